/* The context's members, for the rooms base and kernels only. */
#ifndef DDNI_BASE_CONTEXT_IMPL_H
#define DDNI_BASE_CONTEXT_IMPL_H

#include "base/handle.h"
#include "base/options.h"
#include "base/parallel.h"

enum {
    DDNI_MESSAGE_BYTES = 512
};

struct ddn_context {
    ddni_handle handle;
    ddn_options options;
    ddni_value threads;
    int32_t kernel; /* index of the forced variant, -1 = automatic */
    ddn_parallel_for_fn parallel_for;
    void *parallel_user;
    ddn_progress_fn progress;
    void *progress_user;
    const char *stage; /* of an analysis around inner calls, or NULL */
    double stage_from, stage_to;
    ddni_pool *pool; /* made at the first parallel loop */
    _Atomic int32_t cancel;
    const char *function; /* the public function that is running */
    char message[DDNI_MESSAGE_BYTES];
};

#endif

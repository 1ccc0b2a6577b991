/* The context's members, for the rooms base and kernels, and for numerics/blas_bind.c. */
#ifndef DDNI_BASE_CONTEXT_IMPL_H
#define DDNI_BASE_CONTEXT_IMPL_H

#include "base/handle.h"
#include "base/options.h"
#include "base/parallel.h"

enum {
    DDNI_MESSAGE_BYTES = 512
};

/* The running call, if others make it, too. */
typedef struct ddni_together {
    ddni_bond *bond;      /* NULL: they do not */
    int64_t exchanges;    /* so far */
    int32_t parted;       /* it has failed on all of them: nothing is left to tell */
    int32_t group_parted; /* on those of the bond; those of the outer one are to be told */
    int32_t alone;     /* a part of it runs whose end is told to the others: looks may end that */
    ddn_status failed; /* of this process since the last exchange */
    ddn_status answer; /* of the progress callback: the next exchange ends the call with it */
} ddni_together;

/* The call that is running is one of the bond; or of its outer one, where it is one of both. */
void ddni_join(ddn_context *ctx, ddni_bond *bond);

struct ddn_context {
    ddni_handle handle;
    ddn_options options;
    ddni_value threads, shadow; /* the options, in this order */
    int32_t kernel;             /* index of the forced variant, -1 = automatic */
    ddn_parallel_for_fn parallel_for;
    void *parallel_user;
    ddn_release_fn parallel_release;
    ddn_progress_fn progress;
    void *progress_user;
    ddn_release_fn progress_release;
    int32_t in_progress; /* its callback runs: calls that it makes do not report */
    ddni_stage stage;
    _Atomic int32_t deferred; /* not 0: looks see nothing; threads of a loop look meanwhile */
    const char *entered; /* the outermost function that is running: the stage where there is none */
    const char *reported; /* stage that was reported last, */
    double reached;       /* how far, */
    double ticked;        /* how far `entered` was reported, */
    int64_t reported_at;  /* and when; 0: not yet */
    int32_t in_loop; /* a parallel loop runs: loops of callbacks meanwhile stay on the caller */
    ddni_host_loop host_loop;
    ddni_pool *pool; /* made at the first parallel loop */
    void *lapack;    /* routines of BLAS and LAPACK (numerics/blas_bind.c), once they are bound */
    _Atomic int32_t cancel;
    ddni_together together;
    const char *function; /* the public function that is running */
    int64_t depth;        /* public functions that are running, one inside the other */
    char complaint[DDNI_MESSAGE_BYTES / 2]; /* of a callback: ddn_context_fail */
    char message[DDNI_MESSAGE_BYTES];
};

#endif

/* Steps inside of a call, each of which may fail as an allocation does: the functions of lib that
 * give a status, as one file calls another's (gen_steps.py), and the allocations. */
#ifndef TEST_ROBUST_STEPS_H
#define TEST_ROBUST_STEPS_H

#include <diffdyn/base.h>

enum {
    STEP_TIMES = 1 /* of the calls from one place, so many are steps */
};

struct fixture;

/* How many public functions this thread is in, and how many it was in at steps_start: a public
 * function is a step if another one calls it. */
extern _Thread_local int step_inside, step_outside;

/* From here on steps count in fx->memory.asked of fx, too, and the one with the number
 * fx->memory.fail fails. */
void steps_start(struct fixture *fx);
void steps_end(void);
/* The name of the one that failed, or "". */
const char *step_failed(void);

/* For the generated functions: whether the step that was called from there is the one that fails.
 */
int step_refused(const void *from, const char *name);
ddn_status step_fail(void);

#endif

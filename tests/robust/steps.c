/* Counts steps, and picks the one that fails. */
#include "robust/steps.h"

#include <pthread.h>
#include <string.h>

#include "base/check.h"
#include "robust/hostile.h"

enum {
    PLACES = 1 << 14 /* more than there are calls in lib */
};

_Thread_local int step_inside, step_outside;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    fixture *fx;
    const char *failed;
    const void *from[PLACES];
    int times[PLACES];
} steps = {NULL, "", {NULL}, {0}};

void steps_start(fixture *fx)
{
    step_outside = step_inside;
    pthread_mutex_lock(&lock);
    memset(&steps, 0, sizeof steps);
    steps.fx = fx;
    steps.failed = "";
    pthread_mutex_unlock(&lock);
}

void steps_end(void)
{
    pthread_mutex_lock(&lock);
    steps.fx = NULL;
    pthread_mutex_unlock(&lock);
}

const char *step_failed(void)
{
    return steps.failed;
}

/* How often a step was called from there, this time included. */
static int times_from(const void *from)
{
    uint64_t at = (uintptr_t)from * 0x9e3779b97f4a7c15U >> 50;
    while (steps.from[at] != NULL && steps.from[at] != from) {
        at = (at + 1) % PLACES;
    }
    steps.from[at] = from;
    return ++steps.times[at];
}

int step_refused(const void *from, const char *name)
{
    int refused = 0;
    pthread_mutex_lock(&lock);
    if (steps.fx != NULL && times_from(from) <= STEP_TIMES) {
        refused = ++steps.fx->memory.asked == steps.fx->memory.fail;
        steps.failed = refused ? name : steps.failed;
    }
    pthread_mutex_unlock(&lock);
    return refused;
}

ddn_status step_fail(void)
{
    return ddni_fail(steps.fx->context, DDN_E_NOMEM, "this step has no memory");
}

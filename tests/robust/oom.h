/* Memory that runs out: every constructor and every long call with the k-th allocation failing, for
 * every k. Each run must give DDN_E_NOMEM with a text, and leave no block behind. */
#ifndef TEST_ROBUST_OOM_H
#define TEST_ROBUST_OOM_H

#include "support/failing.h"
#include "support/fixtures.h"

enum {
    N = 6,
    D = 3,
    M = 4
};

/* Points [N][D] with labels, and three times. */
extern const double points[N * D];
extern const int32_t labels[N];
extern const double times[3];

/* Goes to `done` of the function unless the call succeeds. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != DDN_OK) {                                                                    \
            goto done;                                                                             \
        }                                                                                          \
    } while (0)

/* An oracle on the labelled points; *out is NULL on failure. */
ddn_status make_oracle(ddn_context *ctx, ddn_oracle **out);

/* A release function that counts in the int64_t at user. */
void count_release(void *user);

/* Says how many allocations failed, one in each run. */
void report(const char *what, int64_t allocations);

#endif

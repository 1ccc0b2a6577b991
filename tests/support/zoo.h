/* One small oracle of every kind, for tests that all of them must pass. */
#ifndef TEST_SUPPORT_ZOO_H
#define TEST_SUPPORT_ZOO_H

#include <diffdyn/diffdyn.h>

enum {
    ZOO_D = 6,
    ZOO_KINDS = 9
};

/* Oracle number `kind` on that schedule; *name says which it is. */
ddn_oracle *zoo_oracle(ddn_context *ctx, const ddn_schedule *sch, int kind, const char **name);

/* A foreign model of N(1, 2 I) in the given prediction, as a host would write it; user points to a
 * ddn_prediction. */
int32_t zoo_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                    double *out);
int32_t zoo_jvp(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                const double *v, double *out);
int32_t zoo_log_p(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                  double *out);

#endif

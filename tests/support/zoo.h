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
 * zoo_model. Velocities are those of (1), a = e^-t, da/dt = -a, ds/dt = a^2/s, unless `rates` says.
 */
typedef struct zoo_model {
    ddn_prediction prediction;
    void (*rates)(double t, double *da, double *ds); /* of a and s, or NULL */
} zoo_model;
int32_t zoo_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                    int64_t ldx, double *out, int64_t ldo);
int32_t zoo_jvp(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                int64_t ldx, const double *v, int64_t ldv, double *out, int64_t ldo);
int32_t zoo_log_p(void *user, double t, double a, double s, int64_t m, int64_t d, const double *x,
                  int64_t ldx, double *out);
/* The same in single precision, computed in double and rounded once. */
int32_t zoo_predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                        const float *x, int64_t ldx, float *out, int64_t ldo);
int32_t zoo_jvp_f32(void *user, double t, double a, double s, int64_t m, int64_t d, const float *x,
                    int64_t ldx, const float *v, int64_t ldv, float *out, int64_t ldo);

/* A builder with these callbacks, that of the derivative only with_jvp. user is `model`. */
ddn_model *zoo_builder(ddn_context *ctx, const ddn_schedule *sch, int with_jvp, zoo_model *model);

#endif

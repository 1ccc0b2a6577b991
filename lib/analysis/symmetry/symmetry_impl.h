/* The reverse drift of an oracle as a field with zeros, for fixed points and branches.
 *
 * Everything below works with the scaled field
 *     F(x, t) = b(x, t) / L = k m(x) - x,   L = f + c/s^2,  k = a c / (c + f s^2),  m = E[x_0 | x],
 * the majorise-minimise step of the potential (theory.md (50)): its size is a distance, and its
 * derivative A = dF/dx = (c a^2 / (s^4 L)) Cov(x_0 | x) - I is symmetric; b' = L A. */
#ifndef DDNI_ANALYSIS_SYMMETRY_SYMMETRY_IMPL_H
#define DDNI_ANALYSIS_SYMMETRY_SYMMETRY_IMPL_H

#include <diffdyn/symmetry.h>

#include "base/handle.h"
#include "base/options.h"
#include "numerics/krylov.h"
#include "numerics/vector.h"

enum {
    DDNI_SYMMETRY_OPTIONS = 10,
    DDNI_SYMMETRY_KRYLOV = 300,  /* longest Krylov space */
    DDNI_SYMMETRY_FOLLOWED = 64, /* most eigenvalues that are followed */
    DDNI_SYMMETRY_ROWS = 64      /* states evaluated together */
};

struct ddn_symmetry {
    ddni_handle handle;
    ddn_context *ctx;   /* retained */
    ddn_oracle *oracle; /* retained */
    ddn_options options;
    ddni_option table[DDNI_SYMMETRY_OPTIONS];
    ddni_value values[DDNI_SYMMETRY_OPTIONS];
    int64_t d;
    int has_log_p, has_cov;
    double tau_min, tau_max;          /* OU times that the schedule reaches */
    ddn_query *value, *slope, *log_p; /* MEAN; COV or J times v; LOG_P or NULL */
    ddni_krylov krylov;
    double *score; /* [rows][d] of `value`; grown */
    double *pair;  /* [2][d] */
    double *image; /* [d] result of `slope` */
    double *work;  /* [8][d] of fixed points and branches */
};

/* The schedule and the family at one time. */
typedef struct ddni_field {
    double t, a, s2, s, f, c, big_l, k, eta;
} ddni_field;

static inline double ddni_symmetry_f64(const ddn_symmetry *sy, int32_t key)
{
    return ddni_options_f64(&sy->options, key);
}

static inline int64_t ddni_symmetry_i64(const ddn_symmetry *sy, int32_t key)
{
    return ddni_options_i64(&sy->options, key);
}

/* How many eigenvalues are followed. */
int64_t ddni_symmetry_followed(const ddn_symmetry *sy);

/* Coefficients at time t (or log OU time p) for the eta of the options; refuses times out of
 * range and a schedule with L <= 0 there: it has no stable fixed points. */
ddn_status ddni_field_at(ddn_symmetry *sy, double t, ddni_field *field);
ddn_status ddni_field_at_log_tau(ddn_symmetry *sy, double p, ddni_field *field);

/* F of x[m][ldx] to out[m][ldo]; out may be x with ldo == ldx. */
ddn_status ddni_field_value(ddn_symmetry *sy, const ddni_field *field, int64_t m, const double *x,
                            int64_t ldx, double *out, int64_t ldo);
/* A v at x; out may be v. */
ddn_status ddni_field_slope(ddn_symmetry *sy, const ddni_field *field, const double *x,
                            const double *v, double *out);
/* dF/dp at fixed x, p = log of the OU time, by central differences. */
ddn_status ddni_field_drift_in_time(ddn_symmetry *sy, double p, const double *x, double *out);

/* |x| + s sqrt(d): what residuals and distances of fixed points are relative to. */
double ddni_field_size(const ddn_symmetry *sy, const ddni_field *field, const double *x);

/* Leading eigenpairs of A at x: values[count], vectors[count][d]; guess[d] or NULL. */
ddn_status ddni_field_eigen(ddn_symmetry *sy, const ddni_field *field, const double *x,
                            int64_t count, double tolerance, const double *guess, double *values,
                            double *vectors);

/* Relative residual to which eigenpairs can be had: that of rounding, more where TOLERANCE says
 * that the score is noisy or where J v may be a difference. */
double ddni_field_precision(const ddn_symmetry *sy);

/* u of x[m][ldx] to u[m], for an oracle that has LOG_P. */
ddn_status ddni_symmetry_potential(ddn_symmetry *sy, const ddni_field *field, int64_t m,
                                   const double *x, int64_t ldx, double *u);

/* Newton's iteration for F = 0 at fixed t, in place, damped where |F| would rise; runs until the
 * residual stops falling. *residual: |F| / size at the end; DDN_OK whether it converged or not. */
ddn_status ddni_field_newton(ddn_symmetry *sy, const ddni_field *field, int64_t steps, double *x,
                             double *residual);

/* Fixed points from the states x[m][d], m <= DDNI_SYMMETRY_ROWS, in place: descent x <- x + F and
 * Newton where it stays near, or Newton alone if DDN_SYMMETRY_DESCEND is 0. residual[m]: |F| /
 * size at the end. scratch[2 * m * d]. */
ddn_status ddni_field_settle(ddn_symmetry *sy, const ddni_field *field, int64_t m, double *x,
                             double *residual, double *scratch);

/* A result of that kind, in the time of the oracle's schedule, with all settings. */
ddn_status ddni_symmetry_start(const ddn_symmetry *sy, const char *kind, int64_t rows,
                               ddn_result **out);

#define DDNI_UNIT_RATE "1/schedule time"
#define DDNI_UNIT_POTENTIAL "data units^2/time"

#endif

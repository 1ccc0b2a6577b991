/* A system as the analyses of generic dynamics see it. */
#ifndef DDNI_SYSTEM_SYSTEM_IMPL_H
#define DDNI_SYSTEM_SYSTEM_IMPL_H

#include <diffdyn/system.h>

#include "base/handle.h"

struct ddn_system {
    ddni_handle handle;
    ddn_system_kind kind;
    int64_t d;
    ddn_system_fn f, jacobian; /* jacobian may be NULL */
    void *user;
    ddn_release_fn release;
};

/* out[d] = f(p, x), whatever the numbers are: an orbit may leave what a double can hold. */
ddn_status ddni_system_ask(ddn_context *ctx, const ddn_system *sys, double p, const double *x,
                           double *out);
/* out[d] = f(p, x); fails with DDN_E_CALLBACK if the callback does or gives NaN or Inf. */
ddn_status ddni_system_eval(ddn_context *ctx, const ddn_system *sys, double p, const double *x,
                            double *out);

/* out[d][d] = df_i/dx_j at x; scratch[DDNI_JACOBIAN_SCRATCH d] is used where there is no callback
 * for it. x is changed and restored. */
enum {
    DDNI_JACOBIAN_LEVELS = 8,
    DDNI_JACOBIAN_SCRATCH = 2 + DDNI_JACOBIAN_LEVELS
};
ddn_status ddni_system_jacobian(ddn_context *ctx, const ddn_system *sys, double p, double *x,
                                double *out, double *scratch);

/* A system with d = 1 as a function whose zeros are the fixed points: g = f for flows, f - x for
 * maps. A failed callback is kept in status, and gives NaN. */
typedef struct ddni_line {
    ddn_context *ctx;
    const ddn_system *sys;
    double p;
    double p_step; /* width of the differences in p */
    double x_step; /* and of those in x, where there is no Jacobian */
    ddn_status status;
} ddni_line;

double ddni_line_value(void *line, double x);
/* g', by callback or differences. */
double ddni_line_slope(void *line, double x);

/* Where zeros are looked for: an interval in cells of equal width. */
typedef struct ddni_mesh {
    double lo, hi;
    int64_t cells;
    double *values; /* [cells + 1]: g at the ends of the cells, filled in by ddni_line_zeros */
    double scale;   /* the largest |g| of these, likewise */
} ddni_mesh;

/* Whether [lo, hi] can be cut into `grid` cells: finite, and ends that double tells apart. `what`
 * stands before the names of the arguments. */
ddn_status ddni_system_check_interval(ddn_context *ctx, const char *what, double lo, double hi,
                                      int64_t grid);

/* Finds the zeros of g on a mesh, ascending, as ddn_system_fixed_points_1d says. */
ddn_status ddni_line_zeros(ddni_line *line, ddni_mesh *mesh, int64_t capacity, double *x,
                           int64_t *count);

#endif

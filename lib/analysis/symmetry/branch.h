/* Branches of fixed points in (x, p), p = log of the OU time. */
#ifndef DDNI_ANALYSIS_SYMMETRY_BRANCH_H
#define DDNI_ANALYSIS_SYMMETRY_BRANCH_H

#include "analysis/symmetry/symmetry_impl.h"

/* What is kept of a point of a branch, or of an event on it, beside its state. */
typedef struct ddni_mark {
    int64_t branch, unstable, kind, index;
    double p, t, lambda, residual;
} ddni_mark;

/* Rows of marks and states x[count][width] that grow. */
typedef struct ddni_trace {
    int64_t count, capacity, width;
    ddni_mark *mark;
    double *x;
} ddni_trace;

ddn_status ddni_trace_add(ddn_context *ctx, const ddni_allocator *al, ddni_trace *trace,
                          const ddni_mark *mark, const double *x);
void ddni_trace_free(const ddni_allocator *al, ddni_trace *trace);

/* A point on a branch with its leading eigenpairs, largest first (of A, not of the drift). */
typedef struct ddni_spot {
    double p, residual;
    ddni_field field;
    double lambda[DDNI_SYMMETRY_FOLLOWED];
    double *x;       /* [d] */
    double *vectors; /* [k][d] */
} ddni_spot;

/* Work on one diagram. Events have states of width 2 d: x, and the vector whose eigenvalue is 0. */
typedef struct ddni_tracer {
    ddn_symmetry *sy;
    double p_low, p_high;
    int64_t followed, branches, truncated, dropped, missed;
    int stop_at_loss; /* a branch ends where its leading eigenvalue vanishes */
    ddni_trace points, events;
    ddni_spot here, there, between;
    double *memory; /* of the spots and of the vectors below */
    double *predicted, *tangent, *in_time, *rhs, *delta, *best;
} ddni_tracer;

/* Unit tangent or chord (x part divided by `scale`). */
typedef struct ddni_direction {
    const double *x; /* [d] */
    double p, scale;
} ddni_direction;

ddn_status ddni_tracer_create(ddn_symmetry *sy, double p_low, double p_high, ddni_tracer *tracer);
void ddni_tracer_free(ddni_tracer *tracer);

/* Length unit of x along a branch, s d^(1/4): s is the scale on which p_t varies. */
double ddni_tracer_scale(const ddni_tracer *tracer, const ddni_spot *spot);

/* Newton for F = 0 on the plane through (spot->x, spot->p) normal to `normal`, in place; with
 * `polish` until the residual stops falling. *steps: how many it took, -1 if it did not converge.
 * Sets field and residual. */
ddn_status ddni_tracer_correct(ddni_tracer *tracer, ddni_direction normal, int polish,
                               ddni_spot *spot, int64_t *steps);

/* Eigenpairs of the first `count` at a spot, to the given tolerance. */
ddn_status ddni_tracer_eigen(ddni_tracer *tracer, ddni_spot *spot, int64_t count, double tolerance);

/* Where eigenvalue number `index` vanishes between `here` and `there`; adds the event, or counts
 * it as missed. Events from number `first` on are of the same step. */
ddn_status ddni_tracer_locate(ddni_tracer *tracer, int64_t index, int64_t first);

/* Follows the branch through `here` (a fixed point with x, p and field set) until it leaves [p_low,
 * p_high]. Goes towards smaller p if direction < 0, larger if > 0; with 0 along +-v at a branch
 * point: first_x[d] is the unit direction there. */
ddn_status ddni_tracer_follow(ddni_tracer *tracer, int direction, const double *first_x);

#endif

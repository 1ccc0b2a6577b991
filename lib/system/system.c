/* Systems given by callbacks: handle, Jacobian, eigenvalues, Newton iteration; theory.md (70),
 * (71). */
#include "system/system_impl.h"

#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "base/sort.h"
#include "numerics/blas.h"
#include "numerics/vector.h"

static void finish_system(void *object)
{
    ddn_system *sys = object;
    if (sys->release != NULL) {
        sys->release(sys->user);
    }
}

ddn_status ddn_system_create(ddn_context *ctx, ddn_system_kind kind, int64_t d, ddn_system_fn f,
                             ddn_system_fn jacobian, void *user, ddn_release_fn release,
                             ddn_system **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK(ctx, kind == DDN_SYSTEM_FLOW || kind == DDN_SYSTEM_MAP, DDN_E_KEY,
               "unknown kind of system %d", (int)kind);
    DDNI_CHECK_INT(ctx, d, 1, 4096);
    DDNI_CHECK(ctx, f != NULL, DDN_E_NULL, "argument f is NULL");
    ddn_system *sys = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_SYSTEM, sizeof *sys, finish_system, &sys));
    sys->kind = kind;
    sys->d = d;
    sys->f = f;
    sys->jacobian = jacobian;
    sys->user = user;
    sys->release = release;
    *out = sys;
    return DDN_OK;
}

ddn_status ddn_system_retain(const ddn_system *sys)
{
    return ddni_handle_retain(sys, DDNI_SYSTEM);
}

void ddn_system_destroy(ddn_system *sys)
{
    ddni_drop(sys, DDNI_SYSTEM);
}

ddn_status ddni_system_ask(ddn_context *ctx, const ddn_system *sys, double p, const double *x,
                           double *out)
{
    DDNI_TRY(ddni_poll(ctx));
    ddni_fill(sys->d, NAN, out); /* what is not written is not finite */
    return ddni_answer(ctx, "the callback for f", sys->f(sys->user, p, sys->d, x, out));
}

static ddn_status check_output(ddn_context *ctx, const char *what, const double *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, isfinite(out[i]), DDN_E_CALLBACK, "the callback for %s wrote %g", what,
                   out[i]);
    }
    return DDN_OK;
}

ddn_status ddni_system_eval(ddn_context *ctx, const ddn_system *sys, double p, const double *x,
                            double *out)
{
    DDNI_TRY(ddni_system_ask(ctx, sys, p, x, out));
    return check_output(ctx, "f", out, sys->d);
}

/* Column j by central differences at h, h/2, ... extrapolated (Richardson); for each entry the
 * estimate that agrees best with its neighbours in the table is taken. */
static ddn_status difference_column(ddn_context *ctx, const ddn_system *sys, double p, double *x,
                                    int64_t j, double *out, double *scratch)
{
    int64_t d = sys->d;
    double *up = scratch, *down = up + d, *table = down + d; /* [levels][d] */
    double centre = x[j], h = 0.02 * fmax(1, fabs(centre));
    for (int64_t level = 0; level < DDNI_JACOBIAN_LEVELS; level++, h /= 2) {
        double above = centre + h, below = centre - h;
        x[j] = above;
        ddn_status status = ddni_system_eval(ctx, sys, p, x, up);
        if (status == DDN_OK) {
            x[j] = below;
            status = ddni_system_eval(ctx, sys, p, x, down);
        }
        x[j] = centre;
        DDNI_TRY(status);
        for (int64_t i = 0; i < d; i++) {
            table[level * d + i] = (up[i] - down[i]) / (above - below);
        }
    }
    for (int64_t i = 0; i < d; i++) {
        double row[DDNI_JACOBIAN_LEVELS], best = table[i], error = INFINITY;
        for (int level = 0; level < DDNI_JACOBIAN_LEVELS; level++) {
            double fresh = table[level * d + i], factor = 1;
            for (int k = 0; k < level; k++) {
                factor *= 4;
                double next = (factor * fresh - row[k]) / (factor - 1);
                double e = fmax(fabs(next - fresh), fabs(next - row[k]));
                if (e <= error) {
                    error = e;
                    best = next;
                }
                row[k] = fresh;
                fresh = next;
            }
            row[level] = fresh;
        }
        out[i * d + j] = best;
    }
    return DDN_OK;
}

ddn_status ddni_system_jacobian(ddn_context *ctx, const ddn_system *sys, double p, double *x,
                                double *out, double *scratch)
{
    if (sys->jacobian != NULL) {
        ddni_fill(sys->d * sys->d, NAN, out);
        DDNI_TRY(ddni_answer(ctx, "the callback for the Jacobian",
                             sys->jacobian(sys->user, p, sys->d, x, out)));
        return check_output(ctx, "the Jacobian", out, sys->d * sys->d);
    }
    for (int64_t j = 0; j < sys->d; j++) {
        DDNI_TRY(difference_column(ctx, sys, p, x, j, out, scratch));
    }
    return DDN_OK;
}

/* How much an eigenvalue makes a perturbation grow: < 0 decays. */
static double growth(const ddn_system *sys, double re, double im)
{
    return sys->kind == DDN_SYSTEM_FLOW ? re : hypot(re, im) - 1;
}

static ddn_stability classify(const ddn_system *sys, const double *re, const double *im,
                              double tolerance)
{
    int64_t decay = 0, grow = 0;
    for (int64_t i = 0; i < sys->d; i++) {
        double g = growth(sys, re[i], im[i]);
        decay += g < -tolerance;
        grow += g > tolerance;
    }
    if (decay == sys->d) {
        return DDN_STABILITY_STABLE;
    }
    if (grow == sys->d) {
        return DDN_STABILITY_UNSTABLE;
    }
    return grow > 0 && decay > 0 ? DDN_STABILITY_SADDLE : DDN_STABILITY_NEUTRAL;
}

typedef struct eigenvalues {
    const ddn_system *sys;
    double *re, *im;
} eigenvalues;

/* By descending growth, then as LAPACK's list, which keeps pairs together. */
static int32_t grows_faster(const void *what, int64_t i, int64_t j)
{
    const eigenvalues *e = what;
    double gi = growth(e->sys, e->re[i], e->im[i]), gj = growth(e->sys, e->re[j], e->im[j]);
    if (gi != gj) {
        return gi > gj;
    }
    return e->re[i] > e->re[j] || (e->re[i] == e->re[j] && e->im[i] > e->im[j]);
}

static void exchange_eigenvalues(void *what, int64_t i, int64_t j)
{
    eigenvalues *e = what;
    DDNI_EXCHANGE(double, e->re, i, j);
    DDNI_EXCHANGE(double, e->im, i, j);
}

ddn_status ddn_system_eigenvalues(ddn_context *ctx, const ddn_system *sys, double parameter,
                                  double tolerance, const double *x, double *re, double *im,
                                  ddn_stability *stability)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_CHECK_PTR(ctx, re);
    DDNI_CHECK(ctx, isfinite(parameter), DDN_E_NONFINITE, "argument parameter is not finite");
    DDNI_TRY(ddni_check_states(ctx, "x", x, 1, sys->d, sys->d));
    DDNI_CHECK_REAL(ctx, tolerance, 0, 1e300);
    int64_t d = sys->d;
    double *work = NULL;
    DDNI_TRY(
        ddni_alloc_for(ctx, "Jacobian", d * (d + 2 + DDNI_JACOBIAN_SCRATCH), sizeof *work, &work));
    double *jacobian = work, *point = jacobian + d * d, *imaginary = point + d;
    memcpy(point, x, (size_t)d * sizeof *x);
    ddn_status status = ddni_system_jacobian(ctx, sys, parameter, point, jacobian, imaginary + d);
    if (status == DDN_OK) {
        status = ddni_general_eigen(ctx, d, jacobian, re, imaginary);
    }
    if (status == DDN_OK) {
        eigenvalues list = {sys, re, imaginary};
        ddni_sort_by(&list, d, grows_faster, exchange_eigenvalues);
        if (im != NULL) {
            memcpy(im, imaginary, (size_t)d * sizeof *im);
        }
        if (stability != NULL) {
            *stability = classify(sys, re, imaginary, tolerance);
        }
    }
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}

/* ---- Newton iteration -------------------------------------------------------------------- */

enum {
    NEWTON_STEPS = 100,
    HALVINGS = 30
};

typedef struct newton {
    ddn_context *ctx;
    const ddn_system *sys;
    double p;
    double *x, *trial, *g, *trial_g, *step, *jacobian, *scratch;
} newton;

/* g = f, for maps f - x; gives |g|, Infinity where f is not finite: a step went too far. */
static ddn_status residual(const newton *nw, const double *x, double *g, double *size)
{
    DDNI_TRY(ddni_system_ask(nw->ctx, nw->sys, nw->p, x, g));
    if (nw->sys->kind == DDN_SYSTEM_MAP) {
        ddni_axpy(nw->sys->d, -1, x, g);
    }
    double norm = ddni_norm(nw->sys->d, g);
    *size = isfinite(norm) ? norm : INFINITY;
    return DDN_OK;
}

/* Moves nw->x to a fixed point; *found = 0 if it does not get there. A step is halved until |g|
 * falls. At a non-hyperbolic point steps only halve the distance, and end when g is all rounding.
 */
static ddn_status newton_run(newton *nw, int32_t *found)
{
    int64_t d = nw->sys->d;
    double size;
    *found = 0;
    DDNI_TRY(residual(nw, nw->x, nw->g, &size));
    for (int k = 0; k < NEWTON_STEPS; k++) {
        if (size == 0 || isinf(size)) {
            *found = size == 0;
            return DDN_OK;
        }
        DDNI_TRY(ddni_system_jacobian(nw->ctx, nw->sys, nw->p, nw->x, nw->jacobian, nw->scratch));
        for (int64_t i = 0; nw->sys->kind == DDN_SYSTEM_MAP && i < d; i++) {
            nw->jacobian[i * d + i] -= 1;
        }
        memcpy(nw->step, nw->g, (size_t)d * sizeof *nw->g);
        ddn_status solved = ddni_solve(nw->ctx, d, nw->jacobian, nw->step);
        if (solved == DDN_E_CONVERGENCE) { /* singular: this start leads nowhere */
            return DDN_OK;
        }
        DDNI_TRY(solved);
        double length = ddni_norm(d, nw->step), scale = 1 + ddni_norm(d, nw->x);
        double part = 1, trial_size = INFINITY;
        for (int h = 0; h < HALVINGS; h++, part /= 2) {
            for (int64_t i = 0; i < d; i++) {
                nw->trial[i] = nw->x[i] - part * nw->step[i];
            }
            DDNI_TRY(residual(nw, nw->trial, nw->trial_g, &trial_size));
            if (trial_size < size) {
                break;
            }
        }
        if (trial_size < size) {
            double *x = nw->x, *g = nw->g;
            nw->x = nw->trial, nw->g = nw->trial_g;
            nw->trial = x, nw->trial_g = g;
            size = trial_size;
        }
        if (length <= 1e-11 * scale) { /* converged, and polished by the step just taken */
            *found = 1;
            return DDN_OK;
        }
        if (part < 1e-8) {
            return DDN_OK;
        }
    }
    return DDN_OK;
}

static int is_known(const double *x, const double *points, int64_t count, int64_t d)
{
    double reach = 1e-6 * (1 + ddni_norm(d, x));
    for (int64_t k = 0; k < count; k++) {
        if (sqrt(ddni_distance2(d, x, points + k * d)) < reach) {
            return 1;
        }
    }
    return 0;
}

ddn_status ddn_system_fixed_points(ddn_context *ctx, const ddn_system *sys, double parameter,
                                   int64_t m, int64_t capacity, const double *starts, int64_t ldx,
                                   double *x, int64_t *count)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_CHECK_PTR(ctx, x);
    DDNI_CHECK_PTR(ctx, count);
    DDNI_CHECK_INT(ctx, capacity, 1, INT64_MAX / 8192);
    DDNI_CHECK(ctx, isfinite(parameter), DDN_E_NONFINITE, "argument parameter is not finite");
    DDNI_TRY(ddni_check_states(ctx, "starts", starts, m, sys->d, ldx));
    int64_t d = sys->d, found = 0;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "Newton iteration", d * (d + 5 + DDNI_JACOBIAN_SCRATCH),
                            sizeof *work, &work));
    newton nw = {ctx,          sys,          parameter,    work,         work + d,
                 work + 2 * d, work + 3 * d, work + 4 * d, work + 5 * d, work + (5 + d) * d};
    ddn_status status = DDN_OK;
    for (int64_t r = 0; r < m && status == DDN_OK; r++) {
        int32_t arrived = 0;
        memcpy(nw.x, starts + r * ldx, (size_t)d * sizeof *x);
        status = newton_run(&nw, &arrived);
        if (status != DDN_OK || !arrived || is_known(nw.x, x, found, d)) {
            continue;
        }
        if (found == capacity) {
            status =
                ddni_fail(ctx, DDN_E_CAPACITY, "there are more fixed points than capacity = %lld",
                          (long long)capacity);
            break;
        }
        memcpy(x + found * d, nw.x, (size_t)d * sizeof *x);
        found++;
    }
    ddni_free(ddni_context_allocator(ctx), work);
    *count = found;
    return status;
}

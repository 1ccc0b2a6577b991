/* Trajectories of flows with error control, passages through a level; theory.md (70).
 *
 * Dormand and Prince's embedded pair of orders 5 and 4 (1980), the fifth-order result carried on.
 * A passage is located by repeating the last step with part of its length, so that it is as good as
 * the steps themselves. */
#include <string.h>

#include "base/check.h"
#include "numerics/dormand_prince.h"
#include "numerics/roots.h"
#include "numerics/vector.h"
#include "system/system_impl.h"

enum {
    MAX_STEPS = 10000000
};

typedef struct solver {
    ddn_context *ctx;
    const ddn_system *sys;
    double p, tolerance;
    double *k[DDNI_STAGES]; /* slopes; k[0] is that at x */
    double *x, *trial;
    double h;      /* next step, signed */
    int64_t steps; /* taken or refused */
} solver;

/* trial = x after a step h; *error is its estimated error over the tolerance (Infinity where f is
 * not finite on the way). Uses k[0], fills k[1..6]; k[6] is the slope at trial. */
static ddn_status try_step(solver *s, double h, double *error)
{
    int64_t d = s->sys->d;
    *error = INFINITY;
    for (int stage = 1; stage < DDNI_STAGES; stage++) {
        for (int64_t i = 0; i < d; i++) {
            double sum = 0;
            for (int j = 0; j < stage; j++) {
                sum += ddni_stage_weight[stage][j] * s->k[j][i];
            }
            s->trial[i] = s->x[i] + h * sum;
            if (!isfinite(s->trial[i])) {
                return DDN_OK;
            }
        }
        DDNI_TRY(ddni_system_ask(s->ctx, s->sys, s->p, s->trial, s->k[stage]));
    }
    double sum = 0;
    for (int64_t i = 0; i < d; i++) {
        double e = 0;
        for (int j = 0; j < DDNI_STAGES; j++) {
            e += ddni_stage_difference[j] * s->k[j][i];
        }
        e *= h / (s->tolerance * (1 + fmax(fabs(s->x[i]), fabs(s->trial[i]))));
        sum += e * e;
    }
    *error = isfinite(sum) ? sqrt(sum / (double)d) : INFINITY;
    return DDN_OK;
}

/* One accepted step of at most `limit` (signed, in the direction of h) from x to trial; *taken is
 * its length. s->h becomes the next proposal. */
static ddn_status step(solver *s, double t, double limit, double *taken)
{
    for (;;) {
        DDNI_CHECK(s->ctx, s->steps++ < MAX_STEPS, DDN_E_CONVERGENCE,
                   "%d steps do not get beyond time %.17g", MAX_STEPS, t);
        double h = fabs(s->h) < fabs(limit) ? s->h : limit, error;
        DDNI_TRY(try_step(s, h, &error));
        double factor = error > 0 ? 0.9 * pow(error, -0.2) : 5;
        double proposal = h * fmin(5, fmax(error > 1 ? 0.1 : 0.3, factor));
        if (error <= 1) {
            /* A step that was cut to reach `limit` says nothing against longer ones. */
            s->h = fabs(h) < fabs(s->h) ? copysign(fmax(fabs(proposal), fabs(s->h)), h) : proposal;
            *taken = h;
            return DDN_OK;
        }
        s->h = proposal;
        DDNI_CHECK(s->ctx, t + h / 16 != t && fabs(s->h) > 1e-300, DDN_E_CONVERGENCE,
                   "the solution blows up, or is too rough, at time %.17g", t);
    }
}

/* trial becomes x, its slope the first. */
static void accept(solver *s)
{
    double *x = s->x, *k = s->k[0];
    s->x = s->trial;
    s->trial = x;
    s->k[0] = s->k[DDNI_STAGES - 1];
    s->k[DDNI_STAGES - 1] = k;
}

static ddn_status start(solver *s, ddn_context *ctx, const ddn_system *sys, double p,
                        const double *x0, double tolerance, double span, double *work)
{
    int64_t d = sys->d;
    *s = (solver){.ctx = ctx, .sys = sys, .p = p, .tolerance = tolerance};
    s->x = work;
    s->trial = work + d;
    for (int j = 0; j < DDNI_STAGES; j++) {
        s->k[j] = work + (2 + j) * d;
    }
    memcpy(s->x, x0, (size_t)d * sizeof *x0);
    DDNI_TRY(ddni_system_eval(ctx, sys, p, s->x, s->k[0]));
    /* A first step over which x changes by a hundredth of its scale. */
    double rate = 0;
    for (int64_t i = 0; i < d; i++) {
        rate = fmax(rate, fabs(s->k[0][i]) / (1 + fabs(s->x[i])));
    }
    s->h = rate * fabs(span) > 0.01 ? copysign(0.01 / rate, span) : span;
    return DDN_OK;
}

static ddn_status check_flow(ddn_context *ctx, const ddn_system *sys, double p, const double *x0,
                             double tolerance)
{
    DDNI_CHECK(ctx, sys->kind == DDN_SYSTEM_FLOW, DDN_E_UNSUPPORTED, "the system is not a flow");
    DDNI_CHECK(ctx, isfinite(p), DDN_E_NONFINITE, "argument parameter is not finite");
    DDNI_TRY(ddni_check_states(ctx, "x0", x0, 1, sys->d, sys->d));
    DDNI_CHECK_REAL(ctx, tolerance, 1e-14, 0.1);
    return DDN_OK;
}

ddn_status ddn_system_trajectory(ddn_context *ctx, const ddn_system *sys, double parameter,
                                 double tolerance, int64_t count, const double *x0,
                                 const double *times, double *out, int64_t ldx)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_TRY(check_flow(ctx, sys, parameter, x0, tolerance));
    DDNI_CHECK_INT(ctx, count, 2, INT64_MAX / 1024);
    DDNI_CHECK_PTR(ctx, times);
    DDNI_TRY(ddni_check_matrix(ctx, "out", out, count, sys->d, ldx));
    for (int64_t k = 0; k < count; k++) {
        DDNI_CHECK(ctx, isfinite(times[k]), DDN_E_NONFINITE, "times[%lld] is not finite",
                   (long long)k);
        DDNI_CHECK(
            ctx,
            k == 0 || (times[1] > times[0] ? times[k] > times[k - 1] : times[k] < times[k - 1]),
            DDN_E_RANGE, "times[%lld] = %g breaks the order of the times", (long long)k, times[k]);
    }
    int64_t d = sys->d;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "solver", (DDNI_STAGES + 2) * d, sizeof *work, &work));
    solver s;
    ddn_status status =
        start(&s, ctx, sys, parameter, x0, tolerance, times[count - 1] - times[0], work);
    double t = times[0];
    for (int64_t k = 0; k < count && status == DDN_OK; k++) {
        while (t != times[k]) {
            double taken;
            DDNI_TRY_GOTO(step(&s, t, times[k] - t, &taken), fail);
            t = taken == times[k] - t ? times[k] : t + taken;
            accept(&s);
        }
        memcpy(out + k * ldx, s.x, (size_t)d * sizeof *out);
    }
fail:
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}

/* What a passage is judged by: x[coordinate] or |x|, minus the level. */
typedef struct gate {
    solver *s;
    int64_t coordinate;
    double level;
    ddn_status status;
} gate;

static double height(const gate *g, const double *x)
{
    if (g->coordinate >= 0) {
        return x[g->coordinate] - g->level;
    }
    return ddni_norm(g->s->sys->d, x) - g->level;
}

static double height_after(void *arg, double h)
{
    gate *g = arg;
    if (h == 0) {
        return height(g, g->s->x);
    }
    double error;
    g->status = g->status == DDN_OK ? try_step(g->s, h, &error) : g->status;
    return g->status == DDN_OK ? height(g, g->s->trial) : NAN;
}

static ddn_status find_passage(solver *s, gate *g, double t_max, double *time)
{
    double t = 0, last = height(g, s->x);
    *time = INFINITY;
    while (t < t_max) {
        double taken;
        DDNI_TRY(step(s, t, t_max - t, &taken));
        double next = height(g, s->trial);
        if (next == 0 || (last < 0 && next > 0) || (last > 0 && next < 0)) {
            double part = ddni_root(height_after, g, 0, taken), error;
            DDNI_TRY(g->status);
            DDNI_CHECK(s->ctx, isfinite(part), DDN_E_CONVERGENCE, "no passage found at time %g", t);
            DDNI_TRY(try_step(s, part, &error));
            accept(s);
            *time = t + part;
            return DDN_OK;
        }
        accept(s);
        last = next;
        t = taken == t_max - t ? t_max : t + taken;
    }
    return DDN_OK;
}

ddn_status ddn_system_passage(ddn_context *ctx, const ddn_system *sys, double parameter,
                              int64_t coordinate, double level, double t_max, double tolerance,
                              const double *x0, double *time, double *x_end)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_TRY(check_flow(ctx, sys, parameter, x0, tolerance));
    DDNI_CHECK_INT(ctx, coordinate, -1, sys->d - 1);
    DDNI_CHECK(ctx, isfinite(level), DDN_E_NONFINITE, "argument level is not finite");
    DDNI_CHECK(ctx, t_max > 0 && isfinite(t_max), DDN_E_RANGE,
               "argument t_max = %g is not positive", t_max);
    DDNI_CHECK_PTR(ctx, time);
    int64_t d = sys->d;
    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "solver", (DDNI_STAGES + 2) * d, sizeof *work, &work));
    solver s;
    ddn_status status = start(&s, ctx, sys, parameter, x0, tolerance, t_max, work);
    if (status == DDN_OK) {
        gate g = {&s, coordinate, level, DDN_OK};
        status = find_passage(&s, &g, t_max, time);
    }
    if (status == DDN_OK && x_end != NULL) {
        memcpy(x_end, s.x, (size_t)d * sizeof *x_end);
    }
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}

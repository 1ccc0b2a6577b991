/* Probability flow with error control (15).
 *
 * In y = x/a and l = log sigma the flow is dy/dl = y - m(x, t). Dormand and Prince's pair of orders
 * 5 and 4 steps through each grid interval. Each row has its own steps, of lengths |H|/2^k aligned
 * in the interval H: its path does not depend on the batch, while rows at the same place with the
 * same step are evaluated together. */
#include <string.h>

#include "base/progress.h"
#include "integrator/methods.h"
#include "integrator/pair.h"

enum {
    LEVELS = 40 /* halvings of an interval at most */
};

static const int64_t WHOLE = INT64_C(1) << LEVELS; /* places in an interval */
static const double FIRST_LENGTH = 0.25, SAFETY = 0.9, SHRINK = 0.2, GROW = 5.0;

/* Rows are at place[row] in [0, WHOLE] with steps of WHOLE >> level[row]. */
typedef struct flow {
    ddn_integrator *it;
    const ddni_span *span;
    double start, length; /* l at the departure, change of l over the interval */
    double rtol, atol;
    int64_t *place, *group; /* [m]; group: the rows that step together */
    int32_t *level;         /* [m] */
    double *wanted;         /* [m], step length that the error asks for: it->run.row_fresh */
    /* [m][d]: by row, then by number in the group */
    double *y, *slope;
    double *values;
    int64_t base, part; /* the step of the group: from this place, so many places on */
    ddni_pair pair;
} flow;

/* The least halving that gives steps no longer than wanted, aligned at the place. */
static int32_t choose_level(const flow *w, int64_t row, int32_t at_least)
{
    int32_t level = at_least;
    while (level < LEVELS && ldexp(fabs(w->length), -level) > w->wanted[row] * (1.0 + 1e-12)) {
        level++;
    }
    while (level < LEVELS && w->place[row] % (WHOLE >> level) != 0) {
        level++;
    }
    return level;
}

/* The noise level where a share of the group's step is done. */
static ddn_status level_at(void *user, double share, ddni_level *level)
{
    const flow *w = user;
    double place = (double)w->base + share * (double)w->part;
    if (place >= (double)WHOLE) {
        *level = w->span->to;
        return DDN_OK;
    }
    return ddni_flow_level(w->it->ctx, w->it->schedule,
                           w->start + w->length * (place / (double)WHOLE), level);
}

static ddn_status slope_at(void *user, const ddni_level *level, int64_t count, double *k)
{
    flow *w = user;
    ddni_prediction at;
    DDNI_TRY(ddni_integrator_stage(w->it, level, count, w->pair.x, w->values, &at));
    return ddni_flow_slope(w->it->ctx, &at, count, w->it->d, k, w->it->d);
}

/* The rows that are furthest behind, those with the longest steps first. */
static int64_t gather(flow *w)
{
    const ddn_integrator *it = w->it;
    int64_t first = -1, count = 0;
    for (int64_t r = 0; r < it->run.m; r++) {
        if (w->place[r] < WHOLE &&
            (first < 0 || w->place[r] < w->place[first] ||
             (w->place[r] == w->place[first] && w->level[r] < w->level[first]))) {
            first = r;
        }
    }
    for (int64_t r = 0; first >= 0 && r < it->run.m; r++) {
        if (w->place[r] == w->place[first] && w->level[r] == w->level[first]) {
            size_t bytes = (size_t)it->d * sizeof *w->y;
            memcpy(w->pair.from + count * it->d, w->y + r * it->d, bytes);
            memcpy(w->pair.k[0] + count * it->d, w->slope + r * it->d, bytes);
            w->group[count++] = r;
        }
    }
    return count;
}

/* Error of member i of the group in units of the tolerance: root mean square over the coordinates
 * of x. w->pair.x holds the new states. */
static double error_of(const flow *w, int64_t i, double h, double a_old, double a_new)
{
    int64_t d = w->it->d;
    double sum = 0.0;
    for (int64_t j = i * d; j < (i + 1) * d; j++) {
        double error = ddni_pair_difference(&w->pair, j);
        double size = fmax(fabs(a_old * w->pair.from[j]), fabs(w->pair.x[j]));
        double part = h * a_new * error / (w->atol + w->rtol * size);
        sum += part * part;
    }
    return sqrt(sum / (double)d);
}

/* Takes or repeats the step of member i. */
static ddn_status judge(flow *w, int64_t i, double h, double error, double a_new)
{
    ddn_integrator *it = w->it;
    int64_t row = w->group[i], d = it->d;
    double factor = error > 0.0 ? SAFETY * pow(error, -0.2) : GROW;
    factor = isfinite(factor) ? fmin(fmax(factor, SHRINK), GROW) : SHRINK;
    w->wanted[row] = fabs(h) * factor;
    if (error <= 1.0) {
        w->place[row] += WHOLE >> w->level[row];
        w->level[row] = w->place[row] < WHOLE ? choose_level(w, row, 0) : 0;
        for (int64_t j = 0; j < d; j++) {
            w->y[row * d + j] = w->pair.x[i * d + j] / a_new;
        }
        memcpy(w->slope + row * d, w->pair.k[DDNI_STAGES - 1] + i * d,
               (size_t)d * sizeof *w->slope);
        it->run.accepted++;
        return DDN_OK;
    }
    it->run.rejected++;
    w->level[row] = choose_level(w, row, w->level[row] + 1);
    DDNI_CHECK(it->ctx, w->level[row] < LEVELS, DDN_E_CONVERGENCE,
               "row %lld cannot reach the tolerance: its step at log sigma = %g fell to %g",
               (long long)row, w->start + w->length * ((double)w->place[row] / (double)WHOLE),
               fabs(h));
    return DDN_OK;
}

/* One step of the group of `count` rows. */
static ddn_status step_group(flow *w, int64_t count)
{
    int64_t first = w->group[0];
    double h = ldexp(w->length, -w->level[first]);
    ddni_level old, now;
    w->base = w->place[first];
    w->part = WHOLE >> w->level[first];
    DDNI_TRY(level_at(w, 0.0, &old));
    DDNI_TRY(ddni_pair_step(&w->pair, count, h, &now));
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(judge(w, i, h, error_of(w, i, h, old.a, now.a), now.a));
    }
    return DDN_OK;
}

static ddn_status integrate(flow *w)
{
    ddn_integrator *it = w->it;
    DDNI_STAGE(it->ctx, "integrate");
    for (int64_t count = gather(w); count > 0; count = gather(w)) {
        double done = (double)w->place[w->group[0]] / (double)WHOLE;
        DDNI_TRY(ddni_stage_part(it->ctx, done, done));
        DDNI_TRY(step_group(w, count));
    }
    ddni_sum sum = {.terms = 0};
    ddni_sum_add(&sum, w->span->to.a, w->y, it->d);
    return ddni_integrator_write(it, &sum, it->run.next);
}

ddn_status ddni_step_adaptive(ddn_integrator *it, const ddni_span *span)
{
    double **work = it->run.work;
    DDNI_CHECK(
        it->ctx, span->from.a > 0.0, DDN_E_RANGE,
        "method ADAPTIVE goes by log(s/a), which is infinite at t = %.17g, where a = 0: start "
        "earlier, after a step of method EXPONENTIAL with DDN_INTEGRATOR_ETA = 0",
        span->from.t);
    flow w = {.it = it,
              .span = span,
              .start = log(span->from.s / span->from.a),
              .rtol = ddni_integrator_f64(it, DDN_INTEGRATOR_RTOL),
              .atol = ddni_integrator_f64(it, DDN_INTEGRATOR_ATOL),
              .wanted = it->run.row_fresh,
              .y = work[0],
              .slope = work[1],
              .values = work[4],
              .pair = {.ctx = it->ctx,
                       .width = it->d,
                       .from = work[2],
                       .x = work[3],
                       .level = level_at,
                       .slope = slope_at,
                       .user = &w}};
    double relative = ddni_sigma_share(&span->from, &span->to);
    w.length = log1p(-relative);
    for (int32_t s = 0; s < DDNI_STAGES; s++) {
        w.pair.k[s] = work[5 + s];
    }
    ddni_sum start = {.terms = 0};
    ddni_sum_add(&start, 1.0 / span->from.a, span->x, span->ldx);
    DDNI_TRY(ddni_integrator_write(it, &start, w.y));
    DDNI_TRY(ddni_flow_slope(it->ctx, &span->at, it->run.m, it->d, w.slope, it->d));
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(it->ctx, "places", it->run.m, sizeof *w.place, &w.place), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(it->ctx, "groups", it->run.m, sizeof *w.group, &w.group), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(it->ctx, "levels", it->run.m, sizeof *w.level, &w.level), fail);
    for (int64_t r = 0; r < it->run.m; r++) {
        w.wanted[r] = it->run.row_state[r] > 0.0 ? it->run.row_state[r] : FIRST_LENGTH;
        w.level[r] = choose_level(&w, r, 0);
    }
    status = integrate(&w);
fail:
    ddni_free(ddni_context_allocator(it->ctx), w.place);
    ddni_free(ddni_context_allocator(it->ctx), w.group);
    ddni_free(ddni_context_allocator(it->ctx), w.level);
    return status;
}

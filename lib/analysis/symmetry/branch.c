/* Pseudo-arclength continuation of fixed points; one thing in two files: following (this one) and
 * what is met on the way (event.c). theory.md (54).
 *
 * A branch is followed in (x, p), p = log OU time, with the metric |dx|^2 / scale^2 + dp^2. Each
 * step predicts along the last chord and corrects by Newton's iteration on
 *     F(x, p) = 0,   chord . (z - z_predicted) = 0,
 * whose matrix [A F_p; chord^T] is regular also at folds, where A is not (Keller 1977). Steps
 * shrink when the correction is slow or the branch bends. */
#include "analysis/symmetry/branch.h"

#include <string.h>

#include "base/check.h"
#include "base/progress.h"

enum {
    CORRECTIONS = 8,
    POLISHED = 14
};
static const double BEND = 0.93;      /* least cosine between successive chords */
static const double STRAIGHT = 0.985; /* above it steps may grow */
/* Residual at which no Newton step can better a point. */
static const double FLOOR = 1e-16;
static const double SHORTEST = 1e-8; /* step below which a branch is given up */
/* Residual of eigenvectors on the way; eigenvalues are then right to about its square. */
static const double EIGEN = 1e-6;
static const double DEPARTURE = 0.02; /* first step away from a branch point */

ddn_status ddni_trace_add(ddn_context *ctx, const ddni_allocator *al, ddni_trace *trace,
                          const ddni_mark *mark, const double *x)
{
    if (trace->count == trace->capacity) {
        int64_t more = trace->capacity == 0 ? 64 : 2 * trace->capacity;
        ddni_trace grown = {trace->count, more, trace->width, NULL, NULL};
        DDNI_TRY(ddni_alloc_for(ctx, "branches", more, (int64_t)sizeof *mark, &grown.mark));
        ddn_status status =
            ddni_alloc_for(ctx, "branches", more * trace->width, (int64_t)sizeof *x, &grown.x);
        if (status != DDN_OK) {
            ddni_free(al, grown.mark);
            return status;
        }
        if (trace->count > 0) {
            memcpy(grown.mark, trace->mark, (size_t)trace->count * sizeof *mark);
            memcpy(grown.x, trace->x, (size_t)(trace->count * trace->width) * sizeof *x);
        }
        ddni_trace_free(al, trace);
        *trace = grown;
    }
    trace->mark[trace->count] = *mark;
    memcpy(trace->x + trace->count * trace->width, x, (size_t)trace->width * sizeof *x);
    trace->count++;
    return DDN_OK;
}

void ddni_trace_free(const ddni_allocator *al, ddni_trace *trace)
{
    ddni_free(al, trace->mark);
    ddni_free(al, trace->x);
    trace->mark = NULL;
    trace->x = NULL;
    trace->count = trace->capacity = 0;
}

ddn_status ddni_tracer_create(ddn_symmetry *sy, double p_low, double p_high, ddni_tracer *tracer)
{
    int64_t d = sy->d, k = ddni_symmetry_followed(sy);
    memset(tracer, 0, sizeof *tracer);
    tracer->sy = sy;
    tracer->p_low = p_low;
    tracer->p_high = p_high;
    tracer->followed = k;
    tracer->points.width = d;
    tracer->events.width = 2 * d;
    DDNI_TRY(ddni_alloc_for(sy->ctx, "branch states", 3 * (k + 1) * d + 6 * (d + 1),
                            (int64_t)sizeof(double), &tracer->memory));
    double *next = tracer->memory;
    ddni_spot *spots[3] = {&tracer->here, &tracer->there, &tracer->between};
    for (int i = 0; i < 3; i++, next += (k + 1) * d) {
        spots[i]->x = next;
        spots[i]->vectors = next + d;
    }
    tracer->predicted = next;
    tracer->tangent = next + (d + 1);
    tracer->in_time = next + 2 * (d + 1);
    tracer->rhs = next + 3 * (d + 1);
    tracer->delta = next + 4 * (d + 1);
    tracer->best = next + 5 * (d + 1);
    return DDN_OK;
}

void ddni_tracer_free(ddni_tracer *tracer)
{
    const ddni_allocator *al = &tracer->sy->handle.allocator;
    ddni_trace_free(al, &tracer->points);
    ddni_trace_free(al, &tracer->events);
    ddni_free(al, tracer->memory);
    tracer->memory = NULL;
}

double ddni_tracer_scale(const ddni_tracer *tracer, const ddni_spot *spot)
{
    return spot->field.s * pow((double)tracer->sy->d, 0.25);
}

/* The bordered matrix at a point, in units of `scale`. */
typedef struct border {
    ddn_symmetry *sy;
    const ddni_field *field;
    const double *x, *in_time;
    ddni_direction normal;
} border;

static ddn_status apply_border(void *arg, const double *v, double *out)
{
    const border *b = arg;
    int64_t d = b->sy->d;
    DDNI_TRY(ddni_field_slope(b->sy, b->field, b->x, v, out));
    ddni_axpy(d, v[d] / b->normal.scale, b->in_time, out);
    out[d] = ddni_dot(d, b->normal.x, v) + b->normal.p * v[d];
    return DDN_OK;
}

ddn_status ddni_tracer_correct(ddni_tracer *tracer, ddni_direction normal, int polish,
                               ddni_spot *spot, int64_t *steps)
{
    ddn_symmetry *sy = tracer->sy;
    int64_t d = sy->d, most = polish ? POLISHED : CORRECTIONS;
    double *f = tracer->rhs, *delta = tracer->delta, p0 = spot->p, best_p = p0, before = INFINITY;
    double relative;
    double tolerance = ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE);
    memcpy(tracer->predicted, spot->x, (size_t)d * sizeof *spot->x);
    *steps = -1;
    for (int64_t step = 0; step <= most; step++) {
        if (!(fabs(spot->p - p0) < 2)) {
            return DDN_OK;
        }
        DDNI_TRY(ddni_field_at_log_tau(sy, spot->p, &spot->field));
        DDNI_TRY(ddni_field_value(sy, &spot->field, 1, spot->x, d, f, d));
        spot->residual = ddni_norm(d, f) / ddni_field_size(sy, &spot->field, spot->x);
        if (*steps >= 0 && !(spot->residual < before)) {
            /* The floor, or a step along a direction in which A is nearly singular. */
            memcpy(spot->x, tracer->best, (size_t)d * sizeof *spot->x);
            spot->p = best_p;
            spot->residual = before;
            return ddni_field_at_log_tau(sy, best_p, &spot->field);
        }
        if (spot->residual <= tolerance) {
            *steps = step;
            if (!polish || spot->residual < FLOOR) {
                return DDN_OK;
            }
            memcpy(tracer->best, spot->x, (size_t)d * sizeof *spot->x);
            best_p = spot->p;
        } else if (step > 2 && !(spot->residual < before)) {
            return DDN_OK; /* diverging */
        }
        before = spot->residual;
        if (step % 4 == 0) {
            DDNI_TRY(ddni_field_drift_in_time(sy, spot->p, spot->x, tracer->in_time));
        }
        border b = {sy, &spot->field, spot->x, tracer->in_time, normal};
        ddni_operator bordered = {d + 1, apply_border, &b};
        double off = normal.p * (spot->p - p0);
        double along;
        DDNI_SUM(along, d, normal.x[j] * (spot->x[j] - tracer->predicted[j]));
        ddni_scale(d, 1 / normal.scale, f);
        f[d] = off + along / normal.scale;
        DDNI_TRY(ddni_gmres(sy->ctx, &sy->krylov, &bordered, f, DDNI_SYMMETRY_KRYLOV,
                            polish ? 1e-10 : 1e-4, delta, &relative));
        for (int64_t i = 0; i < d; i++) {
            spot->x[i] -= normal.scale * delta[i];
        }
        spot->p -= delta[d];
    }
    return DDN_OK;
}

ddn_status ddni_tracer_eigen(ddni_tracer *tracer, ddni_spot *spot, int64_t count, double tolerance)
{
    tolerance = fmax(tolerance, ddni_field_precision(tracer->sy));
    /* What the vectors hold from an earlier point is a good guess. */
    return ddni_field_eigen(tracer->sy, &spot->field, spot->x, count, tolerance, spot->vectors,
                            spot->lambda, spot->vectors);
}

static ddn_status record(ddni_tracer *tracer, const ddni_spot *spot)
{
    ddni_mark mark = {
        tracer->branches, 0, 0, 0, spot->p, spot->field.t, spot->field.big_l * spot->lambda[0],
        spot->residual};
    for (int64_t j = 0; j < tracer->followed; j++) {
        mark.unstable += spot->lambda[j] > 0;
    }
    ddn_symmetry *sy = tracer->sy;
    return ddni_trace_add(sy->ctx, &sy->handle.allocator, &tracer->points, &mark, spot->x);
}

/* Unit tangent at `here` towards smaller or larger p: A x' = -F_p p'. */
static ddn_status first_tangent(ddni_tracer *tracer, int direction, double scale, double *tp)
{
    ddn_symmetry *sy = tracer->sy;
    int64_t d = sy->d;
    ddni_spot *here = &tracer->here;
    double *rhs = tracer->rhs, *x = tracer->tangent, relative;
    DDNI_TRY(ddni_field_drift_in_time(sy, here->p, here->x, tracer->in_time));
    memset(rhs, 0, (size_t)d * sizeof *rhs);
    rhs[d] = 1;
    memset(tracer->predicted, 0, (size_t)d * sizeof *rhs);
    border b = {sy, &here->field, here->x, tracer->in_time, {tracer->predicted, 1, scale}};
    ddni_operator bordered = {d + 1, apply_border, &b};
    DDNI_TRY(ddni_gmres(sy->ctx, &sy->krylov, &bordered, rhs, DDNI_SYMMETRY_KRYLOV, 1e-8,
                        tracer->delta, &relative));
    double length = direction * hypot(ddni_norm(d, tracer->delta), tracer->delta[d]);
    for (int64_t i = 0; i < d; i++) {
        x[i] = tracer->delta[i] / length;
    }
    *tp = tracer->delta[d] / length;
    return DDN_OK;
}

/* The end of a branch: the fixed point at p = bound, from the line between here and there. */
static ddn_status finish(ddni_tracer *tracer, double bound, int *reached)
{
    ddn_symmetry *sy = tracer->sy;
    ddni_spot *here = &tracer->here, *there = &tracer->there;
    double share = (bound - here->p) / (there->p - here->p);
    for (int64_t i = 0; i < sy->d; i++) {
        there->x[i] = here->x[i] + share * (there->x[i] - here->x[i]);
    }
    there->p = bound;
    DDNI_TRY(ddni_field_at_log_tau(sy, bound, &there->field));
    DDNI_TRY(ddni_field_newton(sy, &there->field, CORRECTIONS, there->x, &there->residual));
    *reached = there->residual <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE);
    return DDN_OK;
}

/* Sign changes of the followed eigenvalues between here and there. */
static ddn_status look_for_events(ddni_tracer *tracer, int *lost)
{
    const int64_t first = tracer->events.count;
    for (int64_t j = 0; j < tracer->followed; j++) {
        double before = tracer->here.lambda[j], after = tracer->there.lambda[j];
        if ((before > 0) != (after > 0)) {
            DDNI_TRY(ddni_tracer_locate(tracer, j, first));
            *lost = *lost || j == 0;
        }
    }
    return DDN_OK;
}

static void advance(ddni_tracer *tracer)
{
    ddni_spot spot = tracer->here;
    tracer->here = tracer->there;
    tracer->there = spot;
}

/* One step of length ds from here along the tangent; *cosine of the bend, *steps as of correct;
 * *ended if there is on a bound. */
static ddn_status attempt(ddni_tracer *tracer, double ds, double scale, double tp, double *cosine,
                          int64_t *steps, int *ended)
{
    ddn_symmetry *sy = tracer->sy;
    int64_t d = sy->d;
    ddni_spot *here = &tracer->here, *there = &tracer->there;
    *ended = 0;
    *steps = -1;
    *cosine = 0;
    for (int64_t i = 0; i < d; i++) {
        there->x[i] = here->x[i] + ds * scale * tracer->tangent[i];
    }
    there->p = here->p + ds * tp;
    if (there->p > tracer->p_low && there->p < tracer->p_high) {
        ddni_direction normal = {tracer->tangent, tp, scale};
        DDNI_TRY(ddni_tracer_correct(tracer, normal, 0, there, steps));
        if (*steps < 0) {
            return DDN_OK;
        }
    }
    if (!(there->p > tracer->p_low && there->p < tracer->p_high)) {
        DDNI_TRY(finish(tracer, there->p <= tracer->p_low ? tracer->p_low : tracer->p_high, ended));
        *steps = *ended ? 1 : -1;
    }
    double along, moved = sqrt(ddni_distance2(d, there->x, here->x)) / scale;
    DDNI_SUM(along, d, tracer->tangent[j] * (there->x[j] - here->x[j]));
    along = along / scale + tp * (there->p - here->p);
    double length = hypot(moved, there->p - here->p);
    *cosine = length > 0 ? along / length : 1;
    return DDN_OK;
}

/* The chord from here to there, in the units of the new point, is the next tangent; its part along
 * the time is returned. */
static double next_tangent(ddni_tracer *tracer, double scale)
{
    const ddni_spot *here = &tracer->here, *there = &tracer->there;
    const int64_t d = tracer->sy->d;
    for (int64_t i = 0; i < d; i++) {
        tracer->tangent[i] = (there->x[i] - here->x[i]) / scale;
    }
    double tp = there->p - here->p;
    double length = hypot(ddni_norm(d, tracer->tangent), tp);
    for (int64_t i = 0; i < d; i++) {
        tracer->tangent[i] /= length;
    }
    return tp / length;
}

ddn_status ddni_tracer_follow(ddni_tracer *tracer, int direction, const double *first_x)
{
    ddn_symmetry *sy = tracer->sy;
    DDNI_STAGE(sy->ctx, "branch");
    int64_t limit = ddni_symmetry_i64(sy, DDN_SYMMETRY_POINTS);
    double longest = ddni_symmetry_f64(sy, DDN_SYMMETRY_STEP), tp = 0, cosine;
    double scale = ddni_tracer_scale(tracer, &tracer->here), ds = fmin(longest, DEPARTURE);
    double begin = tracer->here.p;
    int departing = direction == 0, ended = 0;
    if (departing) {
        memcpy(tracer->tangent, first_x, (size_t)sy->d * sizeof *first_x);
    } else {
        DDNI_TRY(first_tangent(tracer, direction, scale, &tp));
    }
    DDNI_TRY(ddni_tracer_eigen(tracer, &tracer->here, tracer->followed, EIGEN));
    DDNI_TRY(record(tracer, &tracer->here));
    for (int64_t count = 1; !ended;) {
        int64_t steps;
        double done = fmin(1, fabs(tracer->here.p - begin) / (tracer->p_high - tracer->p_low));
        DDNI_TRY(ddni_stage_part(sy->ctx, done, done));
        DDNI_TRY(attempt(tracer, ds, scale, tp, &cosine, &steps, &ended));
        /* Leaving a branch point the chord is not the tangent of what is left. */
        double bend = departing ? 0.5 : BEND;
        if (steps < 0 || (cosine < bend && ds > 100 * SHORTEST)) {
            ended = 0;
            ds *= 0.5;
            if (ds < SHORTEST || count >= limit) {
                tracer->truncated++;
                break;
            }
            continue;
        }
        DDNI_TRY(ddni_tracer_eigen(tracer, &tracer->there, tracer->followed, EIGEN));
        if (!departing) {
            int lost = 0;
            DDNI_TRY(look_for_events(tracer, &lost));
            ended = ended || (lost && tracer->stop_at_loss);
        }
        DDNI_TRY(record(tracer, &tracer->there));
        if (++count >= limit && !ended) {
            tracer->truncated++;
            break;
        }
        scale = ddni_tracer_scale(tracer, &tracer->there);
        tp = next_tangent(tracer, scale);
        if (steps <= 3 && cosine > STRAIGHT) {
            ds = fmin(longest, 1.4 * ds);
        }
        departing = 0;
        advance(tracer);
    }
    tracer->branches++;
    return DDN_OK;
}

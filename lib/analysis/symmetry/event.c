/* Bifurcation points on a branch: where an eigenvalue vanishes. theory.md (54).
 *
 * Along the chord between two points of a branch the eigenvalue is a smooth function with a simple
 * zero, both at folds and where branches cross. It is found by the method of Anderson & Bjorck
 * (1973), each trial point being corrected back to the branch. At a fold t has an extremum there;
 * else another branch crosses. */
#include <string.h>

#include "analysis/symmetry/branch.h"
#include "base/check.h"

enum {
    TRIALS = 60
};
/* Difference of eigenvalues that are one; distance in p of events of a step that are at one point.
 */
static const double REPEATED = 1e-6, SAME_POINT = 1e-4;

typedef struct chord {
    double length, scale, p; /* p: its component along p */
} chord;

/* The chord as unit direction in tracer->tangent's place is wanted later, so it goes to `out`. */
static chord make_chord(const ddni_tracer *tracer, double *out)
{
    int64_t d = tracer->sy->d;
    const ddni_spot *a = &tracer->here, *b = &tracer->there;
    chord c = {0, ddni_tracer_scale(tracer, a), b->p - a->p};
    for (int64_t i = 0; i < d; i++) {
        out[i] = (b->x[i] - a->x[i]) / c.scale;
    }
    c.length = hypot(ddni_norm(d, out), c.p);
    for (int64_t i = 0; i < d; i++) {
        out[i] /= c.length;
    }
    c.p /= c.length;
    return c;
}

/* The point of the branch over the share sigma of the chord, with its eigenvalues. */
static ddn_status evaluate(ddni_tracer *tracer, const chord *c, const double *direction,
                           double sigma, int64_t index, int *ok)
{
    int64_t d = tracer->sy->d, steps;
    ddni_spot *spot = &tracer->between;
    for (int64_t i = 0; i < d; i++) {
        spot->x[i] = tracer->here.x[i] + sigma * c->length * c->scale * direction[i];
    }
    spot->p = tracer->here.p + sigma * c->length * c->p;
    ddni_direction normal = {direction, c->p, c->scale};
    DDNI_TRY(ddni_tracer_correct(tracer, normal, 1, spot, &steps));
    *ok = steps >= 0;
    return *ok ? ddni_tracer_eigen(tracer, spot, index + 1, 1e-13) : DDN_OK;
}

/* The vector of the eigenvalue that vanishes. The vectors of a repeated one are any of its space:
 * what the step's events at the same point, from number `first` on, leave of it, so that each of
 * them says another branch. */
static void take_vector(const ddni_tracer *tracer, ddni_spot *spot, int64_t index, int64_t first,
                        double *out)
{
    const int64_t d = tracer->sy->d;
    const ddni_trace *events = &tracer->events;
    double most = 0;
    for (int64_t j = index; j >= 0 && fabs(spot->lambda[j] - spot->lambda[index]) < REPEATED; j--) {
        double *v = spot->vectors + j * d;
        for (int64_t e = first; e < events->count; e++) {
            if (fabs(events->mark[e].p - spot->p) < SAME_POINT) {
                const double *other = events->x + e * events->width + d;
                ddni_axpy(d, -ddni_dot(d, other, v), other, v);
            }
        }
        const double rest = ddni_norm(d, v);
        if (rest > most) {
            most = rest;
            memcpy(out, v, (size_t)d * sizeof *v);
        }
    }
    ddni_scale(d, 1 / most, out);
}

static ddn_status locate(ddni_tracer *tracer, int64_t index, int64_t first, double *direction)
{
    chord c = make_chord(tracer, direction);
    double a = 0, fa = tracer->here.lambda[index], b = 1, fb = tracer->there.lambda[index];
    ddni_spot *spot = &tracer->between;
    double floor = 4 * ddni_field_precision(tracer->sy) * 1e-3;
    int ok = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double sigma = (a * fb - b * fa) / (fb - fa);
        if (!(sigma > a && sigma < b)) {
            sigma = 0.5 * (a + b);
        }
        DDNI_TRY(evaluate(tracer, &c, direction, sigma, index, &ok));
        if (!ok) { /* once more elsewhere */
            DDNI_TRY(evaluate(tracer, &c, direction, sigma = 0.5 * (a + b), index, &ok));
        }
        if (!ok) {
            break;
        }
        double f = spot->lambda[index];
        if (fabs(f) <= floor || b - a < 1e-14) {
            break;
        }
        if ((f > 0) == (fb > 0)) {
            double keep = 1 - f / fb;
            fa *= keep > 0 ? keep : 0.5;
            b = sigma;
            fb = f;
        } else {
            double keep = 1 - f / fa;
            fb *= keep > 0 ? keep : 0.5;
            a = sigma;
            fa = f;
        }
    }
    if (!ok) {
        tracer->missed++;
        return DDN_OK;
    }
    ddn_symmetry *sy = tracer->sy;
    double before = spot->p - tracer->here.p, after = tracer->there.p - spot->p;
    ddni_mark mark = {tracer->branches,
                      0,
                      DDN_BIFURCATION_BRANCH,
                      index,
                      spot->p,
                      spot->field.t,
                      spot->field.big_l * spot->lambda[index],
                      spot->residual};
    if (before * after < 0) {
        mark.kind = DDN_BIFURCATION_FOLD;
    }
    memcpy(direction, spot->x, (size_t)sy->d * sizeof *direction);
    take_vector(tracer, spot, index, first, direction + sy->d);
    return ddni_trace_add(sy->ctx, &sy->handle.allocator, &tracer->events, &mark, direction);
}

ddn_status ddni_tracer_locate(ddni_tracer *tracer, int64_t index, int64_t first)
{
    ddn_symmetry *sy = tracer->sy;
    double *direction = NULL;
    DDNI_TRY(
        ddni_alloc_for(sy->ctx, "branch states", 2 * sy->d, (int64_t)sizeof(double), &direction));
    ddn_status status = locate(tracer, index, first, direction);
    ddni_free(&sy->handle.allocator, direction);
    return status;
}

/* Fixed points of systems with d = 1: zeros of g = f (flows) or f - x (maps), theory.md (70), (71).
 *
 * Crossings show as sign changes on a grid. A pair of zeros within a cell, and a zero that only
 * touches, show as a local minimum of |g| there, which is then sought and looked at. */
#include <float.h>

#include "base/check.h"
#include "numerics/roots.h"
#include "system/system_impl.h"

/* Extreme values of g this small against its size on the grid are zeros that touch. */
static const double TOUCH = 1e-12;

double ddni_line_value(void *arg, double x)
{
    ddni_line *line = arg;
    double out = NAN;
    if (line->status != DDN_OK) {
        return NAN;
    }
    line->status = ddni_system_eval(line->ctx, line->sys, line->p, &x, &out);
    if (line->status != DDN_OK) {
        return NAN;
    }
    return line->sys->kind == DDN_SYSTEM_MAP ? out - x : out;
}

double ddni_line_slope(void *arg, double x)
{
    ddni_line *line = arg;
    if (line->sys->jacobian == NULL) {
        return ddni_derivative(ddni_line_value, line, x, line->x_step);
    }
    double slope = NAN;
    if (line->status != DDN_OK) {
        return NAN;
    }
    line->status = ddni_system_jacobian(line->ctx, line->sys, line->p, &x, &slope, NULL);
    return line->sys->kind == DDN_SYSTEM_MAP ? slope - 1 : slope;
}

/* Products of small numbers would underflow. */
static int same_sign(double a, double b)
{
    return (a > 0 && b > 0) || (a < 0 && b < 0);
}

/* Stability of the zero x with slope g'; where |slope| <= tolerance, by the sign of g beside it. */
static ddn_stability stability_of(ddni_line *line, double x, double slope, double tolerance,
                                  double reach)
{
    if (line->sys->kind == DDN_SYSTEM_MAP && fabs(slope + 2) <= tolerance) {
        return DDN_STABILITY_NEUTRAL; /* multiplier -1 */
    }
    if (fabs(slope) > tolerance) {
        int decays = slope < 0 && (line->sys->kind == DDN_SYSTEM_FLOW || slope > -2);
        return decays ? DDN_STABILITY_STABLE : DDN_STABILITY_UNSTABLE;
    }
    double left = ddni_line_value(line, x - reach), right = ddni_line_value(line, x + reach);
    if (left > 0 && right < 0) {
        return DDN_STABILITY_STABLE;
    }
    if (left < 0 && right > 0) {
        return DDN_STABILITY_UNSTABLE;
    }
    return same_sign(left, right) ? DDN_STABILITY_HALF_STABLE : DDN_STABILITY_NEUTRAL;
}

typedef struct zeros {
    double *x;
    int64_t count, capacity;
    double apart; /* zeros closer than this are one */
} zeros;

/* x is NaN where the function failed, or has other signs than on the grid. */
static ddn_status add_zero(ddni_line *line, zeros *z, double x)
{
    if (line->status != DDN_OK) {
        return line->status;
    }
    if (isnan(x) || (z->count > 0 && x - z->x[z->count - 1] < z->apart)) {
        return DDN_OK;
    }
    DDNI_CHECK(line->ctx, z->count < z->capacity, DDN_E_CAPACITY,
               "there are more fixed points than capacity = %lld", (long long)z->capacity);
    z->x[z->count++] = x;
    return DDN_OK;
}

typedef struct folded {
    ddni_line *line;
    double sign;
} folded;

static double folded_value(void *arg, double x)
{
    const folded *f = arg;
    return f->sign * ddni_line_value(f->line, x);
}

/* g has one sign at left, right and in between on the grid, and |g| is least inside. */
static ddn_status look_into_dip(ddni_line *line, zeros *z, double left, double right, double sign,
                                double size)
{
    folded f = {line, sign};
    double least = NAN, at = ddni_minimum(folded_value, &f, left, right, &least);
    if (isnan(at)) {
        return line->status;
    }
    if (least > TOUCH * size) {
        return DDN_OK;
    }
    if (least < -TOUCH * size) {
        double first = ddni_root(ddni_line_value, line, left, at);
        DDNI_TRY(add_zero(line, z, first));
        return add_zero(line, z, ddni_root(ddni_line_value, line, at, right));
    }
    /* The minimum is flat to half the digits of x: its slope says where it is. */
    double near = fmin(fmin(at - left, right - at), 1e-4 * (right - left));
    double turn = near > 0 ? ddni_root(ddni_line_slope, line, at - near, at + near) : NAN;
    return add_zero(line, z, isnan(turn) ? at : turn);
}

/* A pole changes sign as a zero does, but g is larger there than at both ends of its cell. What is
 * nothing on the whole grid is rounding. */
static int is_pole(ddni_line *line, const ddni_mesh *mesh, double x, double at_ends)
{
    double size = fabs(ddni_line_value(line, x));
    return size > 10 * at_ends && size > 1e-6 * mesh->scale;
}

/* The same number wherever it is asked for: signs seen on the grid must hold in the searches. */
static double mesh_point(const ddni_mesh *m, int64_t i)
{
    return i == m->cells ? m->hi : m->lo + (m->hi - m->lo) / (double)m->cells * (double)i;
}

ddn_status ddni_line_zeros(ddni_line *line, ddni_mesh *mesh, int64_t capacity, double *x,
                           int64_t *count)
{
    zeros z = {x, 0, capacity, 1e-10 * (mesh->hi - mesh->lo)};
    const int64_t grid = mesh->cells;
    double *values = mesh->values;
    *count = 0;
    mesh->scale = 0;
    for (int64_t i = 0; i <= grid; i++) {
        values[i] = ddni_line_value(line, mesh_point(mesh, i));
        DDNI_TRY(line->status);
        mesh->scale = fmax(mesh->scale, fabs(values[i]));
    }
    ddn_status status = DDN_OK;
    for (int64_t i = 0; i <= grid && status == DDN_OK; i++) {
        double v = values[i];
        if (v == 0) {
            status = add_zero(line, &z, mesh_point(mesh, i));
            continue;
        }
        double next = i < grid ? values[i + 1] : 0, before = i > 0 ? values[i - 1] : 0;
        /* A dip of |g| at this grid point, between neighbours of the same sign. */
        if (i > 0 && i < grid && same_sign(before, v) && same_sign(next, v) &&
            fabs(v) <= fabs(before) && fabs(v) < fabs(next)) {
            status = look_into_dip(line, &z, mesh_point(mesh, i - 1), mesh_point(mesh, i + 1),
                                   v > 0 ? 1 : -1, fmax(fabs(before), fabs(next)));
        }
        if (status == DDN_OK && ((v > 0 && next < 0) || (v < 0 && next > 0))) {
            double at =
                ddni_root(ddni_line_value, line, mesh_point(mesh, i), mesh_point(mesh, i + 1));
            if (isnan(at) || !is_pole(line, mesh, at, fmax(fabs(v), fabs(next)))) {
                status = add_zero(line, &z, at);
            }
        }
    }
    *count = z.count;
    return status != DDN_OK ? status : line->status;
}

ddn_status ddni_system_check_interval(ddn_context *ctx, const char *what, double lo, double hi,
                                      int64_t grid)
{
    DDNI_CHECK(ctx, isfinite(lo) && isfinite(hi) && lo < hi, DDN_E_RANGE,
               "[%slo, %shi] = [%g, %g] is not an interval", what, what, lo, hi);
    DDNI_CHECK(ctx, grid >= 2 && grid <= 100000000, DDN_E_RANGE,
               "argument %sgrid = %lld is outside [2, 100000000]", what, (long long)grid);
    DDNI_CHECK(ctx, isfinite(hi - lo), DDN_E_RANGE,
               "[%slo, %shi] = [%g, %g] is wider than double can say: the limit is 1.797e308", what,
               what, lo, hi);
    double cell = (hi - lo) / (double)grid, apart = 8 * DBL_EPSILON * fmax(fabs(lo), fabs(hi));
    DDNI_CHECK(ctx, cell > apart, DDN_E_RANGE,
               "[%slo, %shi] = [%.17g, %.17g] has cells of width %g, and double needs %g there: "
               "take a wider interval or a smaller %sgrid",
               what, what, lo, hi, cell, apart, what);
    return DDN_OK;
}

ddn_status ddn_system_fixed_points_1d(ddn_context *ctx, const ddn_system *sys, double parameter,
                                      double lo, double hi, int64_t grid, int64_t capacity,
                                      double *x, double *eigenvalue, ddn_stability *stability,
                                      int64_t *count)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_CHECK(ctx, sys->d == 1, DDN_E_UNSUPPORTED, "the system has d = %lld, this needs 1",
               (long long)sys->d);
    DDNI_CHECK(ctx, isfinite(parameter), DDN_E_NONFINITE, "argument parameter is not finite");
    DDNI_TRY(ddni_system_check_interval(ctx, "", lo, hi, grid));
    DDNI_CHECK_INT(ctx, capacity, 1, INT64_MAX / 1024);
    DDNI_CHECK_PTR(ctx, x);
    DDNI_CHECK_PTR(ctx, count);
    ddni_mesh mesh = {lo, hi, grid, NULL, 0};
    DDNI_TRY(ddni_alloc_for(ctx, "grid", grid + 1, sizeof *mesh.values, &mesh.values));
    double h = (hi - lo) / (double)grid;
    ddni_line line = {ctx, sys, parameter, 0, h / 2, DDN_OK};
    ddn_status status = ddni_line_zeros(&line, &mesh, capacity, x, count);
    ddni_free(ddni_context_allocator(ctx), mesh.values);
    for (int64_t i = 0; i < *count && line.status == DDN_OK; i++) {
        double slope = ddni_line_slope(&line, x[i]);
        if (eigenvalue != NULL) {
            eigenvalue[i] = slope + (sys->kind == DDN_SYSTEM_MAP ? 1 : 0);
        }
        if (stability != NULL) {
            /* Neutral is judged against how fast g varies anywhere on the grid. */
            double tolerance = 1e-6 * mesh.scale / (hi - lo);
            stability[i] = stability_of(&line, x[i], slope, tolerance, 1e-3 * h);
        }
    }
    return status != DDN_OK ? status : line.status;
}

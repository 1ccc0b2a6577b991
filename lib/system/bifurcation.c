/* Bifurcations of fixed points in one dimension, theory.md (70), (71).
 *
 * A scan over the parameter gives candidates: the number of zeros of g changes, or g_x (for maps
 * also g_x + 2) changes sign along a branch. Newton iteration then solves what defines the point:
 * g_x = g_p = 0 where branches cross (regular at pitchforks and transcritical points, absent at
 * folds), g = g_x = 0 at a fold, g = g_x + 2 = 0 at a period doubling. */
#include "base/check.h"
#include "base/sort.h"
#include "numerics/roots.h"
#include "system/system_impl.h"

#include <string.h>

/* Zeros whose slopes are within this factor of the least one where their number changes: the root
 * of the curvatures' ratio, if they are folds. */
static const double FLATTEST = 100;

typedef struct found {
    double p, x;
    ddn_system_bifurcation kind;
} found;

typedef struct scan {
    ddni_line line;
    ddni_mesh mesh; /* in x */
    double p_lo, p_hi, dp, dx;
    int64_t room;      /* zeros that a line can have */
    double scale;      /* largest |g| seen at any p */
    double *x, *slope; /* zeros and g_x at the present p, [room] */
    double *old_x, *old_slope;
    double *trial; /* [room] */
    found *list;
    int64_t count, capacity;
} scan;

/* g and g_x at any p. */
static double value_at(scan *s, double x, double p)
{
    s->line.p = p;
    return ddni_line_value(&s->line, x);
}

static double slope_at(scan *s, double x, double p)
{
    s->line.p = p;
    return ddni_line_slope(&s->line, x);
}

typedef struct fixed_x {
    scan *s;
    double x;
} fixed_x;

static double value_of_p(void *arg, double p)
{
    const fixed_x *at = arg;
    return value_at(at->s, at->x, p);
}

static double p_slope_at(scan *s, double x, double p)
{
    fixed_x at = {s, x};
    return ddni_derivative(value_of_p, &at, p, s->line.p_step);
}

/* ---- Refinement -------------------------------------------------------------------------- */

/* The two conditions of a kind of point, to be 0. */
static void conditions(scan *s, ddn_system_bifurcation kind, double x, double p, double out[2])
{
    double slope = slope_at(s, x, p);
    if (kind == DDN_SYSTEM_TRANSCRITICAL) { /* any crossing of branches */
        out[0] = p_slope_at(s, x, p);
    } else {
        out[0] = value_at(s, x, p);
    }
    out[1] = kind == DDN_SYSTEM_PERIOD_DOUBLING ? slope + 2 : slope;
}

/* Newton iteration from (x, p); 1 if it ends at a point near its start that meets the conditions
 * and g = 0. */
static int refine(scan *s, ddn_system_bifurcation kind, double *x, double *p)
{
    double x0 = *x, p0 = *p, hx = s->dx / 64, hp = s->dp / 64;
    double f[2], up[2], down[2], j[2][2];
    for (int step = 0; step < 60 && s->line.status == DDN_OK; step++) {
        conditions(s, kind, *x, *p, f);
        conditions(s, kind, *x + hx, *p, up);
        conditions(s, kind, *x - hx, *p, down);
        for (int i = 0; i < 2; i++) {
            j[i][0] = (up[i] - down[i]) / (2 * hx);
        }
        conditions(s, kind, *x, *p + hp, up);
        conditions(s, kind, *x, *p - hp, down);
        for (int i = 0; i < 2; i++) {
            j[i][1] = (up[i] - down[i]) / (2 * hp);
        }
        double det = j[0][0] * j[1][1] - j[0][1] * j[1][0];
        double move_x = (f[0] * j[1][1] - f[1] * j[0][1]) / det;
        double move_p = (f[1] * j[0][0] - f[0] * j[1][0]) / det;
        if (!isfinite(move_x) || !isfinite(move_p)) {
            return 0;
        }
        *x -= move_x;
        *p -= move_p;
        if (fabs(*x - x0) > 10 * s->dx || fabs(*p - p0) > 3 * s->dp) {
            return 0;
        }
        if (fabs(move_x) <= 1e-11 * (s->mesh.hi - s->mesh.lo) &&
            fabs(move_p) <= 1e-11 * (s->p_hi - s->p_lo)) {
            break;
        }
    }
    if (s->line.status != DDN_OK) {
        return 0;
    }
    conditions(s, kind, *x, *p, f);
    double size = kind == DDN_SYSTEM_TRANSCRITICAL ? s->scale / (s->p_hi - s->p_lo) : s->scale;
    return fabs(f[0]) <= 1e-7 * size && fabs(f[1]) <= 1e-6 * s->scale / (s->mesh.hi - s->mesh.lo) &&
           fabs(value_at(s, *x, *p)) <= 1e-8 * s->scale;
}

static void remember(scan *s, ddn_system_bifurcation kind, double x, double p)
{
    double width_p = s->p_hi - s->p_lo, width_x = s->mesh.hi - s->mesh.lo;
    if (p < s->p_lo - 1e-9 * width_p || p > s->p_hi + 1e-9 * width_p ||
        x < s->mesh.lo - 1e-9 * width_x || x > s->mesh.hi + 1e-9 * width_x) {
        return;
    }
    for (int64_t i = 0; i < s->count && i < s->capacity; i++) {
        if (fabs(s->list[i].p - p) < 1e-6 * width_p && fabs(s->list[i].x - x) < 1e-5 * width_x) {
            return;
        }
    }
    if (s->count < s->capacity) {
        s->list[s->count] = (found){p, x, kind};
    }
    s->count++; /* beyond capacity: only that there are more */
}

static void examine_doubling(scan *s, double x, double p)
{
    if (refine(s, DDN_SYSTEM_PERIOD_DOUBLING, &x, &p)) {
        remember(s, DDN_SYSTEM_PERIOD_DOUBLING, x, p);
    }
}

/* Takes a candidate to what it is a candidate for, if anything. */
static void examine(scan *s, double x, double p)
{
    double at_x = x, at_p = p;
    if (refine(s, DDN_SYSTEM_TRANSCRITICAL, &at_x, &at_p)) {
        double reach = s->dx / 16;
        double left = value_at(s, at_x - reach, at_p), right = value_at(s, at_x + reach, at_p);
        ddn_system_bifurcation kind = DDN_SYSTEM_TRANSCRITICAL;
        if ((left < 0) != (right < 0)) { /* cubic at the point: does it attract? */
            kind = right < 0 ? DDN_SYSTEM_PITCHFORK_SUPER : DDN_SYSTEM_PITCHFORK_SUB;
        }
        remember(s, kind, at_x, at_p);
        return;
    }
    at_x = x, at_p = p;
    if (refine(s, DDN_SYSTEM_SADDLE_NODE, &at_x, &at_p)) {
        remember(s, DDN_SYSTEM_SADDLE_NODE, at_x, at_p);
    }
}

/* ---- Scan -------------------------------------------------------------------------------- */

static ddn_status zeros_at(scan *s, double p, double *x, int64_t *count)
{
    s->line.p = p;
    DDNI_TRY(ddni_line_zeros(&s->line, &s->mesh, s->room, x, count));
    s->scale = fmax(s->scale, s->mesh.scale);
    return DDN_OK;
}

/* What the flattest of the n zeros in s->trial at p are near: several may be at one p. */
static void examine_flattest(scan *s, double p, int64_t n)
{
    double least = INFINITY;
    for (int64_t i = 0; i < n; i++) {
        least = fmin(least, fabs(slope_at(s, s->trial[i], p)));
    }
    for (int64_t i = 0; i < n; i++) {
        if (fabs(slope_at(s, s->trial[i], p)) <= FLATTEST * least) {
            examine(s, s->trial[i], p);
        }
    }
}

/* The number of zeros differs between p0 and p1: where. */
static ddn_status count_changes(scan *s, double p0, int64_t n0, double p1)
{
    for (int k = 0; k < 24; k++) {
        double middle = (p0 + p1) / 2;
        int64_t n = 0;
        DDNI_TRY(zeros_at(s, middle, s->trial, &n));
        if (n == n0) {
            p0 = middle;
        } else {
            p1 = middle;
        }
    }
    for (int side = 0; side < 2; side++) {
        double p = side == 0 ? p0 : p1;
        int64_t n = 0;
        DDNI_TRY(zeros_at(s, p, s->trial, &n));
        examine_flattest(s, p, n);
    }
    return s->line.status;
}

/* Follows the branch through (x0, p0), slope g_x there, to p1 by its tangent and Newton steps. */
static void follow(scan *s, double x0, double slope0, double p0, double p1)
{
    double x = x0 - (p1 - p0) * p_slope_at(s, x0, p0) / slope0, slope1 = NAN;
    for (int k = 0; k < 20; k++) {
        if (!(fabs(x - x0) < 10 * s->dx)) {
            return;
        }
        slope1 = slope_at(s, x, p1);
        double move = value_at(s, x, p1) / slope1;
        x -= move;
        if (fabs(move) < 1e-12 * (s->mesh.hi - s->mesh.lo)) {
            break;
        }
    }
    if (!isfinite(slope1) || s->line.status != DDN_OK) {
        return;
    }
    if ((slope0 < 0) != (slope1 < 0)) {
        double part = slope0 / (slope0 - slope1);
        examine(s, x0 + part * (x - x0), p0 + part * (p1 - p0));
    }
    if (s->line.sys->kind == DDN_SYSTEM_MAP && (slope0 + 2 < 0) != (slope1 + 2 < 0)) {
        double part = (slope0 + 2) / (slope0 - slope1);
        examine_doubling(s, x0 + part * (x - x0), p0 + part * (p1 - p0));
    }
}

static ddn_status run_scan(scan *s, int64_t p_grid)
{
    int64_t old_count = 0;
    for (int64_t k = 0; k <= p_grid; k++) {
        double p = k == p_grid ? s->p_hi : s->p_lo + s->dp * (double)k;
        int64_t count = 0;
        DDNI_TRY(zeros_at(s, p, s->x, &count));
        for (int64_t i = 0; i < count; i++) {
            s->slope[i] = slope_at(s, s->x[i], p);
            DDNI_TRY(s->line.status);
            double flat =
                1e-6 * s->scale / (s->mesh.hi - s->mesh.lo); /* the grid hit a point itself */
            if (fabs(s->slope[i]) <= flat) {
                examine(s, s->x[i], p);
            }
            if (s->line.sys->kind == DDN_SYSTEM_MAP && fabs(s->slope[i] + 2) <= flat) {
                examine_doubling(s, s->x[i], p);
            }
        }
        for (int64_t i = 0; k > 0 && i < old_count; i++) {
            if (s->old_slope[i] != 0) {
                follow(s, s->old_x[i], s->old_slope[i], p - s->dp, p);
            }
        }
        if (k > 0 && count != old_count) {
            DDNI_TRY(count_changes(s, p - s->dp, old_count, p));
        }
        double *x = s->old_x, *slope = s->old_slope;
        s->old_x = s->x, s->old_slope = s->slope;
        s->x = x, s->slope = slope;
        old_count = count;
        DDNI_TRY(s->line.status);
    }
    return DDN_OK;
}

static int32_t is_before(const void *what, int64_t i, int64_t j)
{
    const found *a = (const found *)what + i, *b = (const found *)what + j;
    return a->p < b->p || (a->p == b->p && a->x < b->x); /* no two of them are at one place */
}

static void exchange_found(void *what, int64_t i, int64_t j)
{
    found *list = what;
    DDNI_EXCHANGE(found, list, i, j);
}

ddn_status ddn_system_bifurcations(ddn_context *ctx, const ddn_system *sys, double p_lo,
                                   double p_hi, int64_t p_grid, double x_lo, double x_hi,
                                   int64_t x_grid, int64_t capacity, double *p, double *x,
                                   ddn_system_bifurcation *kind, int64_t *count)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_CHECK(ctx, sys->d == 1, DDN_E_UNSUPPORTED, "the system has d = %lld, this needs 1",
               (long long)sys->d);
    DDNI_TRY(ddni_system_check_interval(ctx, "p_", p_lo, p_hi, p_grid));
    DDNI_TRY(ddni_system_check_interval(ctx, "x_", x_lo, x_hi, x_grid));
    DDNI_CHECK_INT(ctx, capacity, 1, 1000000);
    DDNI_CHECK_PTR(ctx, p);
    DDNI_CHECK_PTR(ctx, x);
    DDNI_CHECK_PTR(ctx, kind);
    DDNI_CHECK_PTR(ctx, count);
    int64_t room = 2 * x_grid + 2;
    double *work = NULL;
    found *list = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "scan", 6 * room, sizeof *work, &work), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "bifurcations", capacity, sizeof *list, &list), fail);
    double dp = (p_hi - p_lo) / (double)p_grid, dx = (x_hi - x_lo) / (double)x_grid;
    scan s = {.line = {ctx, sys, p_lo, dp / 2, dx / 2, DDN_OK},
              .p_lo = p_lo,
              .p_hi = p_hi,
              .dp = dp,
              .dx = dx,
              .room = room,
              .mesh = {x_lo, x_hi, x_grid, work, 0},
              .x = work + room,
              .slope = work + 2 * room,
              .old_x = work + 3 * room,
              .old_slope = work + 4 * room,
              .trial = work + 5 * room,
              .list = list,
              .capacity = capacity};
    DDNI_TRY_GOTO(run_scan(&s, p_grid), fail);
    int64_t given = s.count < capacity ? s.count : capacity;
    ddni_sort_by(list, given, is_before, exchange_found);
    for (int64_t i = 0; i < given; i++) {
        p[i] = list[i].p;
        x[i] = list[i].x;
        kind[i] = list[i].kind;
    }
    *count = given;
    if (s.count > capacity) {
        status = ddni_fail(ctx, DDN_E_CAPACITY, "there are more bifurcations than capacity = %lld",
                           (long long)capacity);
    }
fail:
    ddni_free(ddni_context_allocator(ctx), work);
    ddni_free(ddni_context_allocator(ctx), list);
    return status;
}

/* Fixed points of the reverse drift at one time, from many starts.
 *
 * x <- x + F is the majorise-minimise step of u: log p has no eigenvalue of its Hessian below
 * -1/s^2, so u lies below a paraboloid of curvature L that touches it at x, and x + F is its
 * minimum (theory.md (50)). It never raises u, but creeps near a bifurcation; Newton finishes. */
#include <string.h>

#include "analysis/result_impl.h"
#include "analysis/symmetry/symmetry_impl.h"
#include "base/check.h"
#include "base/progress.h"

enum {
    NEWTON_STEPS = 40
};

/* Newton from a copy of x[d]; taken over if it converged within `reach` times size, and not on a
 * saddle, which the descent only passes by. */
static ddn_status try_newton(ddn_symmetry *sy, const ddni_field *field, double reach, double *x,
                             double *residual, double *copy, int *settled)
{
    int64_t d = sy->d;
    double before = ddni_field_size(sy, field, x), lambda;
    memcpy(copy, x, (size_t)d * sizeof *x);
    DDNI_TRY(ddni_field_newton(sy, field, NEWTON_STEPS, copy, residual));
    double moved = ddni_distance2(d, copy, x);
    *settled = 0;
    if (*residual <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE) &&
        sqrt(moved) <= reach * before) {
        double *vector = sy->work;
        DDNI_TRY(ddni_field_eigen(sy, field, copy, 1, 1e-4, NULL, &lambda, vector));
        *settled = moved == 0 || lambda < 1e-6;
    }
    if (*settled) {
        memcpy(x, copy, (size_t)d * sizeof *x);
    }
    return DDN_OK;
}

static ddn_status newton_alone(ddn_symmetry *sy, const ddni_field *field, int64_t m, double *x,
                               double *residual)
{
    for (int64_t r = 0; r < m; r++) {
        DDNI_TRY(ddni_field_newton(sy, field, 4 * NEWTON_STEPS, x + r * sy->d, &residual[r]));
    }
    return DDN_OK;
}

ddn_status ddni_field_settle(ddn_symmetry *sy, const ddni_field *field, int64_t m, double *x,
                             double *residual, double *scratch)
{
    if (!ddni_symmetry_i64(sy, DDN_SYMMETRY_DESCEND)) {
        return newton_alone(sy, field, m, x, residual);
    }
    int64_t d = sy->d, limit = ddni_symmetry_i64(sy, DDN_SYMMETRY_ITERATIONS), active = m;
    DDNI_STAGE(sy->ctx, "fixed points");
    int64_t row[DDNI_SYMMETRY_ROWS];
    double level[DDNI_SYMMETRY_ROWS]; /* residual at which Newton is tried next */
    double *now = scratch, *f = scratch + m * d;
    for (int64_t r = 0; r < m; r++) {
        row[r] = r;
        level[r] = 1e-2;
        residual[r] = INFINITY;
    }
    for (int64_t i = 0; i <= limit && active > 0; i++) {
        for (int64_t r = 0; r < active; r++) {
            memcpy(now + r * d, x + row[r] * d, (size_t)d * sizeof *x);
        }
        DDNI_TRY(ddni_field_value(sy, field, active, now, d, f, d));
        int64_t left = 0;
        for (int64_t r = 0; r < active; r++) {
            double *state = x + row[r] * d;
            int settled = 0;
            double rest = ddni_norm(d, f + r * d) / ddni_field_size(sy, field, state);
            residual[row[r]] = rest;
            if (rest <= level[row[r]] || i == limit) {
                double reached;
                level[row[r]] = 0.1 * rest;
                DDNI_TRY(try_newton(sy, field, i == limit ? 1 : 0.05, state, &reached, now + r * d,
                                    &settled));
                residual[row[r]] = settled ? reached : rest;
                settled = settled || rest == 0;
            }
            if (!settled && i < limit) {
                ddni_axpy(d, 1, f + r * d, state);
                row[left++] = row[r];
            }
        }
        active = left;
        DDNI_TRY(ddni_stage_part(sy->ctx, (double)i / (double)limit, (double)i / (double)limit));
    }
    return DDN_OK;
}

/* What is known of the distinct fixed points found so far. */
typedef struct found {
    int64_t count, failed;
    double *x; /* [m][d] */
    double *residual, *starts;
} found;

/* Counts the start with a point known already, or adds the point. */
static void merge(ddn_symmetry *sy, const ddni_field *field, found *list, const double *x,
                  double residual)
{
    int64_t d = sy->d;
    if (!(residual <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE))) {
        list->failed++;
        return;
    }
    double near = ddni_symmetry_f64(sy, DDN_SYMMETRY_MERGE) * ddni_field_size(sy, field, x);
    for (int64_t i = 0; i < list->count; i++) {
        if (ddni_distance2(d, list->x + i * d, x) <= near * near) {
            list->starts[i]++;
            return;
        }
    }
    memcpy(list->x + list->count * d, x, (size_t)d * sizeof *x);
    list->residual[list->count] = residual;
    list->starts[list->count++] = 1;
}

static ddn_status search(ddn_symmetry *sy, const ddni_field *field, int64_t m, const double *starts,
                         int64_t lds, double *block, found *list)
{
    int64_t d = sy->d;
    double residual[DDNI_SYMMETRY_ROWS], all = (double)m;
    for (int64_t first = 0; first < m; first += DDNI_SYMMETRY_ROWS) {
        int64_t rows = m - first < DDNI_SYMMETRY_ROWS ? m - first : DDNI_SYMMETRY_ROWS;
        DDNI_TRY(ddni_stage_part(sy->ctx, (double)first / all, (double)(first + rows) / all));
        for (int64_t r = 0; r < rows; r++) {
            memcpy(block + r * d, starts + (first + r) * lds, (size_t)d * sizeof *block);
        }
        DDNI_TRY(ddni_field_settle(sy, field, rows, block, residual, block + rows * d));
        for (int64_t r = 0; r < rows; r++) {
            merge(sy, field, list, block + r * d, residual[r]);
        }
    }
    return DDN_OK;
}

static ddn_status report(ddn_symmetry *sy, const ddni_field *field, const found *list, int64_t m,
                         double *vectors, ddn_result *result)
{
    ddn_context *ctx = sy->ctx;
    int64_t k = ddni_symmetry_followed(sy), d = sy->d;
    double *residual, *lambda, *unstable, *norm, *u, *starts, values[DDNI_SYMMETRY_FOLLOWED], tau;
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"residual", "1", 0, 0}, &residual,
                                    "|b| s^2/(c + f s^2) over |x| + s sqrt(d)"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"lambda", DDNI_UNIT_RATE, 0, 0},
                                    &lambda, "leading eigenvalue of the linearised drift, eta = %g",
                                    field->eta));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"unstable", "1", 0, 0}, &unstable,
                                    "positive ones of the %lld leading eigenvalues", (long long)k));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"norm", "data units", 0, 0}, &norm,
                                    "|x|"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"u", DDNI_UNIT_POTENTIAL, 0, 0},
                                    &u, "potential f |x|^2/2 - c log p"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"starts", "1", 0, 0}, &starts,
                                    "starts that led there, of %lld", (long long)m));
    DDNI_TRY(ddn_schedule_to_ou(ctx, ddn_oracle_schedule(sy->oracle), field->t, &tau));
    DDNI_TRY(ddni_result_add_scalar(ctx, result, (ddni_quantity){"failed", "1", 0, 0},
                                    (double)list->failed, 0, "starts that did not converge"));
    DDNI_TRY(ddni_result_add_scalar(ctx, result, (ddni_quantity){"t", DDNI_UNIT_TIME, 0, 0},
                                    field->t, 0, "time of the schedule"));
    DDNI_TRY(ddni_result_add_scalar(ctx, result, (ddni_quantity){"t_ou", DDNI_UNIT_OU, 0, 0}, tau,
                                    0, "the same as OU time"));
    for (int64_t i = 0; i < list->count; i++) {
        const double *x = list->x + i * d;
        residual[i] = list->residual[i];
        starts[i] = list->starts[i];
        norm[i] = ddni_norm(d, x);
        DDNI_TRY(
            ddni_field_eigen(sy, field, x, k, ddni_field_precision(sy), NULL, values, vectors));
        lambda[i] = field->big_l * values[0];
        unstable[i] = 0;
        for (int64_t j = 0; j < k; j++) {
            unstable[i] += values[j] > 0;
        }
        if (sy->has_log_p) {
            DDNI_TRY(ddni_symmetry_potential(sy, field, 1, x, d, &u[i]));
        }
    }
    return DDN_OK;
}

ddn_status ddn_symmetry_fixed_points(ddn_symmetry *sy, double t, int64_t m, const double *starts,
                                     int64_t lds, double *points, int64_t ldp, ddn_result **out)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    ddn_context *ctx = sy->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, m, 1, INT64_C(1) << 40);
    DDNI_TRY(ddni_check_states(ctx, "starts", starts, m, sy->d, lds));
    DDNI_TRY(ddni_check_matrix(ctx, "points", points, m, sy->d, ldp));
    ddni_field field;
    DDNI_TRY(ddni_field_at(sy, t, &field));
    const ddni_allocator *al = &sy->handle.allocator;
    const int64_t size = (int64_t)sizeof(double);
    DDNI_STAGE(ctx, "fixed points");
    int64_t rows = m < DDNI_SYMMETRY_ROWS ? m : DDNI_SYMMETRY_ROWS, k = ddni_symmetry_followed(sy);
    found list = {0, 0, NULL, NULL, NULL};
    double *block = NULL, *vectors = NULL;
    ddn_result *result = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "fixed points", m * (sy->d + 2), size, &list.x), fail);
    list.residual = list.x + m * sy->d;
    list.starts = list.residual + m;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "states", 3 * rows * sy->d, size, &block), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvectors", k * sy->d, size, &vectors), fail);
    DDNI_TRY_GOTO(search(sy, &field, m, starts, lds, block, &list), fail);
    DDNI_TRY_GOTO(ddni_symmetry_start(sy, "fixed_points", list.count, &result), fail);
    DDNI_TRY_GOTO(report(sy, &field, &list, m, vectors, result), fail);
    for (int64_t i = 0; i < list.count; i++) {
        memcpy(points + i * ldp, list.x + i * sy->d, (size_t)sy->d * sizeof *points);
    }
    *out = result;
    result = NULL;
fail:
    ddn_result_destroy(result);
    ddni_free(al, vectors);
    ddni_free(al, block);
    ddni_free(al, list.x);
    return status;
}

/* The symmetry object: creation, options, drift, potential, leading eigenvalues. theory.md (50),
 * (51). */
#include <string.h>

#include "analysis/result_impl.h"
#include "analysis/symmetry/symmetry_impl.h"
#include "base/check.h"
#include "base/progress.h"
#include "oracle/oracle_impl.h"
#include "schedule/schedule_impl.h"
#include "team/team_impl.h"

/* OU times nearer to 0 or later than these are not followed: s would drown in rounding. */
static const double TAU_LEAST = 1e-12;
static const double TAU_MOST = 300;

static const ddni_option option_table[DDNI_SYMMETRY_OPTIONS] = {
    DDNI_OPTION_F64(DDN_SYMMETRY_ETA, 0, 10, 1),
    DDNI_OPTION_F64(DDN_SYMMETRY_TOLERANCE, 1e-14, 1e-2, 1e-10),
    DDNI_OPTION_F64(DDN_SYMMETRY_MERGE, 1e-12, 1, 1e-6),
    DDNI_OPTION_F64(DDN_SYMMETRY_STEP, 1e-4, 10, 0.1),
    DDNI_OPTION_I64(DDN_SYMMETRY_ITERATIONS, 1, 1000000000, 10000),
    DDNI_OPTION_I64(DDN_SYMMETRY_EIGENVALUES, 1, DDNI_SYMMETRY_FOLLOWED, 2),
    DDNI_OPTION_I64(DDN_SYMMETRY_DESCEND, 0, 1, 1),
    DDNI_OPTION_I64(DDN_SYMMETRY_SEED, INT64_MIN, INT64_MAX, 0),
    DDNI_OPTION_I64(DDN_SYMMETRY_POINTS, 10, 1000000000, 5000),
    DDNI_OPTION_I64(DDN_SYMMETRY_BRANCHES, 1, 1000000, 256),
};
/* Rows of the table whose presets follow the data: scores of f32 and bytes are rounded. */
enum {
    TOLERANCE_ROW = 1,
    MERGE_ROW = 2
};

int64_t ddni_symmetry_followed(const ddn_symmetry *sy)
{
    int64_t wanted = ddni_symmetry_i64(sy, DDN_SYMMETRY_EIGENVALUES);
    return wanted < sy->d ? wanted : sy->d;
}

/* Makes one query with nothing left out beyond rounding: the field must be smooth. */
static ddn_status make_query(ddn_symmetry *sy, ddn_query **out)
{
    DDNI_TRY(ddn_query_create(sy->ctx, sy->oracle, out));
    return ddn_options_set_f64(ddn_query_options(*out), DDN_QUERY_EPSILON, 1e-15);
}

static ddn_status choose_outputs(ddn_symmetry *sy)
{
    const ddn_oracle *o = sy->oracle;
    sy->has_log_p = ddn_oracle_can(o, DDN_OUT_LOG_P) != 0;
    sy->has_cov = ddn_oracle_can(o, DDN_OUT_COV_TIMES_V) != 0;
    DDNI_TRY(make_query(sy, &sy->value));
    DDNI_TRY(make_query(sy, &sy->slope));
    DDNI_TRY(ddn_query_bind_f64(
        sy->slope, sy->has_cov ? DDN_OUT_COV_TIMES_V : DDN_OUT_JACOBIAN_TIMES_V, sy->image, sy->d));
    if (sy->has_log_p) {
        DDNI_TRY(make_query(sy, &sy->log_p));
    }
    return DDN_OK;
}

static void finish_symmetry(void *object)
{
    ddn_symmetry *sy = object;
    const ddni_allocator *al = &sy->handle.allocator;
    ddn_query_destroy(sy->value);
    ddn_query_destroy(sy->slope);
    ddn_query_destroy(sy->log_p);
    ddni_krylov_free(al, &sy->krylov);
    ddni_free(al, sy->score);
    ddni_free(al, sy->pair);
    ddni_free(al, sy->image);
    ddni_free(al, sy->work);
    ddn_oracle_destroy(sy->oracle);
    ddn_context_destroy(sy->ctx);
}

static ddn_status set_up(ddn_symmetry *sy)
{
    const ddn_schedule *sch = ddn_oracle_schedule(sy->oracle);
    const ddn_dataset *ds = ddn_oracle_dataset(sy->oracle);
    double t_min, t_max;
    memcpy(sy->table, option_table, sizeof option_table);
    if (ds != NULL && ddn_dataset_type(ds) != DDN_TYPE_F64) {
        sy->table[TOLERANCE_ROW].preset.f = 1e-5;
        sy->table[MERGE_ROW].preset.f = 1e-3;
    }
    sy->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                                .ctx = sy->ctx,
                                .table = sy->table,
                                .values = sy->values,
                                .count = DDNI_SYMMETRY_OPTIONS,
                                .owner = sy};
    ddni_options_init(&sy->options);
    sy->d = ddn_oracle_d(sy->oracle);
    DDNI_TRY(ddn_schedule_range(sy->ctx, sch, &t_min, &t_max));
    DDNI_TRY(ddni_schedule_to_ou(sy->ctx, sch, t_min, &sy->tau_min));
    DDNI_TRY(ddni_schedule_to_ou(sy->ctx, sch, t_max, &sy->tau_max));
    sy->tau_min = fmax(sy->tau_min, TAU_LEAST);
    sy->tau_max = fmin(sy->tau_max, TAU_MOST);
    const int64_t size = (int64_t)sizeof(double);
    DDNI_TRY(ddni_alloc_for(sy->ctx, "states", 2 * sy->d, size, &sy->pair));
    DDNI_TRY(ddni_alloc_for(sy->ctx, "states", sy->d, size, &sy->image));
    DDNI_TRY(ddni_alloc_for(sy->ctx, "states", 8 * sy->d, size, &sy->work));
    return choose_outputs(sy);
}

ddn_status ddn_symmetry_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_symmetry **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, oracle);
    ddn_symmetry *sy = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_SYMMETRY, sizeof *sy, finish_symmetry, &sy));
    ddni_retain(ctx);
    sy->ctx = ctx;
    ddni_retain(oracle);
    ddni_bind_as(sy, oracle);
    sy->oracle = (ddn_oracle *)(uintptr_t)oracle;
    ddn_status status = set_up(sy);
    if (status != DDN_OK) {
        ddn_symmetry_destroy(sy);
        return status;
    }
    *out = sy;
    return DDN_OK;
}

ddn_status ddni_symmetry_start(const ddn_symmetry *sy, const char *kind, int64_t rows,
                               ddn_result **out)
{
    const ddni_origin origin = {
        .kind = kind, .clock = DDN_CLOCK_SCHEDULE, .oracle = sy->oracle, .options = &sy->options};
    return ddni_result_start(sy->ctx, &origin, rows, out);
}

void ddn_symmetry_destroy(ddn_symmetry *sy)
{
    ddni_drop(sy, DDNI_SYMMETRY);
}

ddn_options *ddn_symmetry_options(ddn_symmetry *sy)
{
    return !DDNI_IS(sy) ? NULL : &sy->options;
}

ddn_status ddn_symmetry_drift(ddn_symmetry *sy, double t, int64_t m, const double *x, int64_t ldx,
                              double *drift, int64_t ldo)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    DDNI_TRY(ddni_check_states(sy->ctx, "x", x, m, sy->d, ldx));
    DDNI_TRY(ddni_check_matrix(sy->ctx, "drift", drift, m, sy->d, ldo));
    ddni_field field;
    DDNI_TRY(ddni_field_at(sy, t, &field));
    /* The field goes through scratch, so drift may be x itself. */
    DDNI_TRY(ddni_field_value(sy, &field, m, x, ldx, drift, ldo));
    for (int64_t r = 0; r < m; r++) {
        for (int64_t i = 0; i < sy->d; i++) {
            drift[r * ldo + i] *= field.big_l;
        }
    }
    return DDN_OK;
}

ddn_status ddni_symmetry_potential(ddn_symmetry *sy, const ddni_field *field, int64_t m,
                                   const double *x, int64_t ldx, double *u)
{
    DDNI_TRY(ddn_query_bind_f64(sy->log_p, DDN_OUT_LOG_P, u, 1));
    DDNI_TRY(ddn_query_run(sy->log_p, field->t, m, x, ldx));
    for (int64_t r = 0; r < m; r++) {
        const double *row = x + r * ldx;
        u[r] = 0.5 * field->f * ddni_dot(sy->d, row, row) - field->c * u[r];
    }
    return DDN_OK;
}

ddn_status ddn_symmetry_potential(ddn_symmetry *sy, double t, int64_t m, const double *x,
                                  int64_t ldx, double *u)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    DDNI_TRY(ddni_check_states(sy->ctx, "x", x, m, sy->d, ldx));
    DDNI_CHECK_PTR(sy->ctx, u);
    DDNI_CHECK(sy->ctx, sy->has_log_p, DDN_E_UNSUPPORTED,
               "an oracle of kind %s gives no log p, so no potential; see ddn_symmetry_line",
               ddn_oracle_kind(sy->oracle));
    ddni_field field;
    DDNI_TRY(ddni_field_at(sy, t, &field));
    return ddni_symmetry_potential(sy, &field, m, x, ldx, u);
}

ddn_status ddn_symmetry_stability(ddn_symmetry *sy, double t, int64_t count, const double *x,
                                  double *values, double *vectors, int64_t ldv)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    DDNI_TRY(ddni_check_states(sy->ctx, "x", x, 1, sy->d, sy->d));
    int64_t most = sy->d < DDNI_SYMMETRY_FOLLOWED ? sy->d : DDNI_SYMMETRY_FOLLOWED;
    DDNI_CHECK_INT(sy->ctx, count, 1, most);
    DDNI_CHECK_PTR(sy->ctx, values);
    if (vectors != NULL) {
        DDNI_TRY(ddni_check_matrix(sy->ctx, "vectors", vectors, count, sy->d, ldv));
    }
    ddni_field field;
    DDNI_TRY(ddni_field_at(sy, t, &field));
    DDNI_STAGE(sy->ctx, "stability");
    double *own = NULL;
    ddn_status status = DDN_OK;
    DDNI_TRY(ddni_alloc_for(sy->ctx, "eigenvectors", count * (sy->d + 1), (int64_t)sizeof(double),
                            &own));
    double *lambda = own + count * sy->d;
    DDNI_TRY_GOTO(
        ddni_field_eigen(sy, &field, x, count, ddni_field_precision(sy), NULL, lambda, own), fail);
    for (int64_t i = 0; i < count; i++) {
        values[i] = field.big_l * lambda[i];
        if (vectors != NULL) {
            memcpy(vectors + i * ldv, own + i * sy->d, (size_t)sy->d * sizeof *vectors);
        }
    }
fail:
    ddni_free(&sy->handle.allocator, own);
    return status;
}

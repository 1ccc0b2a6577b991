/* Memory that runs out, lower layers: datasets, files, schedules, oracles, queries. */
#include "robust/oom.h"

static ddn_status datasets(ddn_context *ctx, void *arg)
{
    (void)arg;
    static const int64_t rows[3] = {5, 0, 5};
    static const int64_t repeated[N] = {0, 1, 0, 0, 1, 0};
    static const double weights[N] = {1, 2, 3, 4, 5, 6};
    static const int32_t classes[1] = {9};
    const double c[2] = {0.5, 1};
    double values[2], vectors[2 * D], sums[2];
    int64_t released = 0, count = 0;
    ddn_dataset *copy = NULL, *borrowed = NULL, *mapped = NULL, *labelled = NULL, *subset = NULL,
                *one = NULL, *copies = NULL, *weighted = NULL, *merged = NULL, *again = NULL,
                *reduced[4] = {NULL};
    ddn_span *spans[2] = {NULL};
    ddn_status status;
    TRY(ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &copy));
    TRY(ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, N, D, points, D, &released, count_release,
                                    &borrowed));
    TRY(ddn_dataset_create_mapped(ctx, borrowed, 2, -1, &mapped));
    TRY(ddn_dataset_create_labelled(ctx, mapped, N, labels, &labelled));
    TRY(ddn_dataset_create_subset(ctx, labelled, 3, rows, &subset));
    TRY(ddn_dataset_create_class_subset(ctx, labelled, 1, classes, &one));
    /* Copies with several labels, weights, and subsets of them. */
    TRY(ddn_dataset_create_subset(ctx, copy, N, repeated, &again));
    TRY(ddn_dataset_create_labelled(ctx, again, N, labels, &copies));
    TRY(ddn_dataset_create_weighted(ctx, copies, N, weights, &weighted));
    TRY(ddn_dataset_create_distinct(ctx, weighted, &merged));
    TRY(ddn_dataset_copy_count(ctx, weighted, &count));
    assert_int_equal(count, 4);
    ddn_dataset_destroy(again);
    again = NULL;
    TRY(ddn_dataset_create_subset(ctx, merged, 2, repeated, &again));
    ddn_dataset_destroy(again);
    again = NULL;
    TRY(ddn_dataset_create_class_subset(ctx, merged, 1, classes, &again));
    TRY(ddn_dataset_spectrum(ctx, copy, 2, values, vectors, D));
    TRY(ddn_dataset_log_det(ctx, copy, 2, c, sums, NULL));
    for (int k = 0; k < 2; k++) { /* more points than dimensions, and fewer */
        TRY(ddn_span_create(ctx, k == 0 ? labelled : subset, 0, &spans[k]));
        TRY(ddn_dataset_create_in_span(ctx, spans[k], DDN_TYPE_F64, &reduced[2 * k]));
        TRY(ddn_dataset_create_in_span(ctx, spans[k], DDN_TYPE_F32, &reduced[2 * k + 1]));
    }
done:
    for (int k = 0; k < 4; k++) {
        ddn_span_destroy(k < 2 ? spans[k] : NULL);
        ddn_dataset_destroy(reduced[k]);
    }
    /* Parents first: children keep what they need. */
    ddn_dataset_destroy(borrowed);
    assert_int_equal(released, borrowed != NULL && mapped == NULL);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(labelled);
    assert_int_equal(released, borrowed != NULL);
    ddn_dataset_destroy(subset);
    ddn_dataset_destroy(one);
    ddn_dataset_destroy(copies);
    ddn_dataset_destroy(weighted);
    ddn_dataset_destroy(merged);
    ddn_dataset_destroy(again);
    ddn_dataset_destroy(copy);
    return status;
}

static ddn_status files(ddn_context *ctx, void *arg)
{
    (void)arg;
    char path[1024];
    ddn_dataset *ds = NULL, *labelled = NULL;
    ddn_status status;
    TRY(ddn_dataset_open(ctx, test_data_path("medium/medium_d16_n128_X.npy", path), DDN_FORMAT_AUTO,
                         &ds));
    TRY(ddn_dataset_open_labelled(ctx, ds, test_data_path("medium/medium_d16_n128_label.npy", path),
                                  &labelled));
done:
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    return status;
}

static int32_t sigma_equals_t(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = 1;
    *s = t;
    *da = 0;
    *ds = 1;
    return 0;
}

static ddn_status schedules(ddn_context *ctx, void *arg)
{
    (void)arg;
    double x[M * D] = {0}, grid[5];
    const double betas[3] = {0.1, 0.2, 0.3};
    ddn_schedule *sch[10] = {NULL};
    ddn_status status;
    TRY(ddn_schedule_create_ou(ctx, &sch[0]));
    TRY(ddn_schedule_create_vp_linear(ctx, 0.1, 20, &sch[1]));
    TRY(ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 100, &sch[2]));
    TRY(ddn_schedule_create_cosine(ctx, 100, 0.008, 0.999, &sch[3]));
    TRY(ddn_schedule_create_edm(ctx, &sch[4]));
    TRY(ddn_schedule_create_custom(ctx, 0.01, 10, sigma_equals_t, NULL, NULL, &sch[5]));
    TRY(ddn_schedule_create_scaled_linear(ctx, 1e-4, 0.02, 100, &sch[6]));
    TRY(ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 3, betas, &sch[7]));
    TRY(ddn_schedule_create_flow(ctx, &sch[8]));
    TRY(ddn_schedule_create_zero_snr(ctx, sch[2], &sch[9]));
    TRY(ddn_schedule_grid(ctx, sch[3], DDN_GRID_LOGSNR, 90, 2, 5, grid));
    TRY(ddn_schedule_forward(ctx, sch[1], 0.1, 0.5, 1, 0, 0, M, D, x, D));
done:
    for (int i = 0; i < 10; i++) {
        ddn_schedule_destroy(sch[i]);
    }
    return status;
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = -x[r * ldx + j] / (a * a + s * s);
    }
    return 0;
}

static int32_t predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                           const float *x, int64_t ldx, float *out, int64_t ldo)
{
    (void)user;
    (void)t;
    for (int64_t i = 0; i < m * d; i++) {
        int64_t r = i / d, j = i % d;
        out[r * ldo + j] = -x[r * ldx + j] / (float)(a * a + s * s);
    }
    return 0;
}

/* A model in double or in single precision. */
static ddn_status make_model(ddn_context *ctx, const ddn_schedule *sch, int single,
                             ddn_oracle **out)
{
    static int64_t released; /* the oracle outlives this call */
    ddn_model *model = NULL;
    ddn_status status;
    released = 0;
    TRY(ddn_model_create(ctx, sch, DDN_PREDICTION_SCORE, D, &released, count_release, &model));
    TRY(single ? ddn_model_set_predict_f32(model, predict_f32)
               : ddn_model_set_predict_f64(model, predict));
    TRY(ddn_oracle_create_model(ctx, model, out));
done:
    ddn_model_destroy(model);
    assert_int_equal(released, model != NULL && *out == NULL);
    return status;
}

enum {
    KINDS = 7
};

/* One oracle of each kind. */
static ddn_status make_kind(ddn_context *ctx, int kind, ddn_oracle **out)
{
    static const double weights[2] = {0.25, 0.75}, variances[2] = {0.5, 1}, unit[D] = {0, 1, 0};
    static const double factors[4] = {1.5, -0.5, 2.5, -1.5}, ends[1] = {0.5};
    ddn_oracle *parts[2] = {NULL, NULL};
    ddn_schedule *sch = NULL;
    ddn_status status;
    *out = NULL;
    if (kind == 0) {
        return make_oracle(ctx, out);
    }
    TRY(ddn_schedule_create_ou(ctx, &sch));
    if (kind == 1) {
        status = ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_ISOTROPIC, 2, D, weights, points,
                                           D, variances, 1, labels, out);
    } else if (kind == 2) {
        status = ddn_oracle_create_two_gaussians(ctx, sch, D, 1, points, out);
    } else if (kind == 3) {
        status = ddn_oracle_create_gaussian(ctx, sch, D, 1, 0.1, points, variances, unit, D, out);
    } else if (kind == 4 || kind == 6) {
        TRY(make_model(ctx, sch, kind == 6, out));
    } else {
        TRY(ddn_oracle_create_two_gaussians(ctx, sch, D, 1, points, &parts[0]));
        TRY(ddn_oracle_create_gaussian(ctx, sch, D, 0, 1, NULL, NULL, NULL, D, &parts[1]));
        status = ddn_oracle_create_timed_combination(ctx, 2, 2, parts, ends, factors, out);
    }
done:
    ddn_oracle_destroy(parts[0]);
    ddn_oracle_destroy(parts[1]);
    ddn_schedule_destroy(sch);
    return status;
}

/* A query with every output that the oracle can give. */
static ddn_status queries(ddn_context *ctx, void *arg)
{
    static const int64_t paths[M] = {3, 1, 4, 1};
    static const float single_points[2 * D] = {0.5F, 0, 1, -1, 2, 0.25F};
    double out[16][M * D], score[M * D];
    float single[M * D];
    int64_t index[16][M];
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    ddn_status status;
    TRY(make_kind(ctx, *(const int *)arg, &oracle));
    TRY(ddn_query_create(ctx, oracle, &query));
    for (ddn_output what = DDN_OUT_SCORE; what <= DDN_OUT_DRAW_INDEX; what++) {
        if (!ddn_oracle_can(oracle, what)) {
            continue;
        }
        if (what == DDN_OUT_ARGMAX || what == DDN_OUT_DRAW_INDEX) {
            TRY(ddn_query_bind_i64(query, what, index[what]));
        } else {
            TRY(ddn_query_bind_f64(query, what, out[what], D));
        }
    }
    TRY(ddn_query_bind_input(query, DDN_IN_V, points, D));
    if (ddn_oracle_can(oracle, DDN_OUT_DRAW)) {
        TRY(ddn_query_set_noise(query, 1, 0, 0, M, paths));
    }
    TRY(ddn_query_run(query, 0.3, 1, points, D));
    TRY(ddn_query_run(query, 0.3, M, points, D)); /* scratch grows */
    TRY(ddn_query_bind_f32(query, DDN_OUT_SCORE, single, D));
    TRY(ddn_query_bind_input_f32(query, DDN_IN_V, single_points, D));
    TRY(ddn_query_run_f32(query, 0.3, 2, single_points, D));
    TRY(ddn_oracle_score(ctx, oracle, 0.3, M, points, D, score, D));
    if (ddn_oracle_components(oracle) > 0) {
        TRY(ddn_oracle_sample_data(ctx, oracle, 0, 0, M, score, D, NULL));
    }
done:
    ddn_oracle_destroy(oracle);
    ddn_query_destroy(query);
    return status;
}

static void datasets_do_not_leak(void **state)
{
    (void)state;
    report("datasets", test_every_allocation(datasets, NULL));
}

static void files_do_not_leak(void **state)
{
    (void)state;
    report("files", test_every_allocation(files, NULL));
}

static void schedules_do_not_leak(void **state)
{
    (void)state;
    report("schedules", test_every_allocation(schedules, NULL));
}

static void queries_do_not_leak(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        report("queries", test_every_allocation(queries, &kind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datasets_do_not_leak),
        cmocka_unit_test(files_do_not_leak),
        cmocka_unit_test(schedules_do_not_leak),
        cmocka_unit_test(queries_do_not_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

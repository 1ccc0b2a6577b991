/* Small data sets with known answers, and measurements on them. */
#include "support/toy.h"

#include "support/failing.h"

ddn_oracle *toy_oracle(ddn_context *ctx, const double *points, int64_t n, int64_t d,
                       const int32_t *labels)
{
    ddn_dataset *ds = NULL, *with_labels = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, points, d, &ds));
    if (labels != NULL) {
        OK(ctx, ddn_dataset_create_labelled(ctx, ds, n, labels, &with_labels));
    }
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, labels != NULL ? with_labels : ds, sch, &oracle));
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(with_labels);
    ddn_schedule_destroy(sch);
    return oracle;
}

ddn_oracle *toy_clusters(ddn_context *ctx, int64_t n, int64_t d, double shift, int labelled)
{
    double *points = malloc((size_t)(n * d) * sizeof *points);
    int32_t *labels = malloc((size_t)n * sizeof *labels);
    assert_true(points != NULL && labels != NULL);
    test_normal(7, n * d, points);
    for (int64_t i = 0; i < n; i++) {
        labels[i] = (int32_t)(i % 2);
        points[i * d] += i % 2 == 0 ? -shift : shift;
    }
    ddn_oracle *oracle = toy_oracle(ctx, points, n, d, labelled ? labels : NULL);
    free(points);
    free(labels);
    return oracle;
}

ddn_dataset *toy_medium(ddn_context *ctx)
{
    char path[1024];
    ddn_dataset *points = NULL, *labelled = NULL;
    OK(ctx, ddn_dataset_open(ctx, test_data_path("medium/medium_d16_n128_X.npy", path),
                             DDN_FORMAT_AUTO, &points));
    OK(ctx, ddn_dataset_open_labelled(
                ctx, points, test_data_path("medium/medium_d16_n128_label.npy", path), &labelled));
    ddn_dataset_destroy(points);
    return labelled;
}

json_t *toy_medium_reference(void)
{
    char path[1024];
    json_error_t error;
    json_t *root = json_load_file(test_data_path("medium/medium_reference.json", path), 0, &error);
    assert_non_null(root);
    return root;
}

typedef struct tiny {
    toy_measurement measure;
    const ddn_oracle *oracle;
} tiny;

static ddn_status tiny_run(ddn_context *ctx, void *arg)
{
    const tiny *run = arg;
    ddn_analysis *an = NULL;
    ddn_result *result = NULL;
    ddn_status status = ddn_analysis_create(ctx, &an);
    if (status == DDN_OK) {
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, 8));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_CLONES, 2));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_STEPS, 1));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, 2));
        OK(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, 2));
        status = run->measure(an, run->oracle, &result);
        assert_true((result == NULL) == (status != DDN_OK));
    }
    ddn_result_destroy(result);
    ddn_analysis_destroy(an);
    return status;
}

int64_t toy_every_allocation(toy_measurement measure, int64_t n)
{
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, n, 3, 2, 1);
    tiny run = {measure, oracle};
    int64_t allocations = test_every_allocation(tiny_run, &run);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
    return allocations;
}

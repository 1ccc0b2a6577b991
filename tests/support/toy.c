#include "support/toy.h"

ddn_oracle *toy_oracle(ddn_context *ctx, const double *points, int64_t n, int64_t d,
                       const int32_t *labels)
{
    ddn_dataset *ds = NULL, *with_labels = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_dataset_create(ctx, points, DDN_TYPE_F64, n, d, d, &ds));
    if (labels != NULL) {
        OK(ctx, ddn_dataset_labelled(ctx, ds, labels, n, &with_labels));
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
    OK(ctx, ddn_dataset_labelled_from_file(
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

double column_at(ddn_context *ctx, const ddn_result *r, const char *name, int64_t row)
{
    int64_t rows = ddn_result_rows(r);
    double *values = malloc((size_t)(rows + 1) * sizeof *values);
    assert_true(values != NULL && row >= 0 && row < rows);
    OK(ctx, ddn_result_column(ctx, r, name, values, rows));
    double value = values[row];
    free(values);
    return value;
}

double scalar_of(ddn_context *ctx, const ddn_result *r, const char *name)
{
    double value;
    OK(ctx, ddn_result_scalar(ctx, r, name, &value, NULL));
    assert_true(ddn_result_definition(r, name)[0] != '\0');
    return value;
}

static void same_bits(const char *name, double a, double b)
{
    if (memcmp(&a, &b, sizeof a) != 0) {
        fail_msg("%s: %.17g and %.17g", name, a, b);
    }
}

void same_results(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    assert_int_equal(ddn_result_rows(a), ddn_result_rows(b));
    assert_int_equal(ddn_result_column_count(a), ddn_result_column_count(b));
    assert_int_equal(ddn_result_scalar_count(a), ddn_result_scalar_count(b));
    for (int64_t i = 0; i < ddn_result_column_count(a); i++) {
        const char *name = ddn_result_column_name(a, i);
        assert_string_equal(name, ddn_result_column_name(b, i));
        for (int64_t k = 0; k < ddn_result_rows(a); k++) {
            same_bits(name, column_at(ctx, a, name, k), column_at(ctx, b, name, k));
        }
    }
    for (int64_t i = 0; i < ddn_result_scalar_count(a); i++) {
        const char *name = ddn_result_scalar_name(a, i);
        double va, vb, ea, eb;
        OK(ctx, ddn_result_scalar(ctx, a, name, &va, &ea));
        OK(ctx, ddn_result_scalar(ctx, b, name, &vb, &eb));
        same_bits(name, va, vb);
        same_bits(name, ea, eb);
    }
}

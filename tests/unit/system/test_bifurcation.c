/* Bifurcation diagrams of small data sets: folds to the reference, pitchforks, how many fixed
 * points there are, and that every point of a branch is one. */
#include "support/bench.h"
#include "support/reference.h"
#include "support/results.h"

/* Every point has no drift, in units of the distance to the next point of the data. */
static void are_fixed_points(const test_bench *b, const ddn_diagram *g, int64_t d)
{
    const ddn_result *points = ddn_diagram_points(g);
    int64_t rows = ddn_result_rows(points);
    double *t = test_column(b->ctx, points, "t"), *norm = test_column(b->ctx, points, "norm");
    double x[16], drift[16];
    for (int64_t i = 0; i < rows; i++) {
        double s2 = -expm1(-2 * t[i]), big_l = -1 + 2 / s2, length = 0;
        OK(b->ctx, ddn_diagram_states(b->ctx, g, i, 1, x, d));
        OK(b->ctx, ddn_symmetry_drift(b->sy, t[i], 1, x, d, drift, d));
        for (int64_t j = 0; j < d; j++) {
            CLOSE(drift[j] / big_l, 0, 0, 2e-10 * (norm[i] + sqrt(s2 * (double)d)));
            length += x[j] * x[j];
        }
        CLOSE(norm[i], sqrt(length), 1e-14, 0);
    }
    free(t);
    free(norm);
}

/* How many distinct fixed points the branches have at the clean end. */
static int64_t count_at_end(const test_bench *b, const ddn_diagram *g, double t_end)
{
    const ddn_result *points = ddn_diagram_points(g);
    int64_t rows = ddn_result_rows(points), count = 0;
    double *t = test_column(b->ctx, points, "t"), *q = test_column(b->ctx, points, "q_0");
    for (int64_t i = 0; i < rows; i++) {
        int fresh = fabs(t[i] / t_end - 1) < 1e-12;
        for (int64_t j = 0; j < i && fresh; j++) {
            fresh = !(fabs(t[j] / t_end - 1) < 1e-12 && fabs(q[i] - q[j]) < 1e-6);
        }
        count += fresh;
    }
    free(t);
    free(q);
    return count;
}

static void folds_of_one_dimension(void **state)
{
    (void)state;
    const json_t *cases = ref_at("ssb.saddle_nodes_1d_asymmetric.cases");
    const double sets[2][5] = {{-1, 0.2, 1.5}, {-2, -1.9, 0.4, 0.5, 3}}, one = 1, t_end = 3e-4;
    for (int set = 0; set < 2; set++) {
        int64_t n = set == 0 ? 3 : 5;
        test_bench b = test_bench_make(1, TEST_OU, sets[set], n, 1);
        ddn_diagram *g = NULL;
        OK(b.ctx, ddn_symmetry_diagram(b.sy, 3, t_end, n, 1, sets[set], 1, &one, 1, &g));
        const ddn_result *points = ddn_diagram_points(g), *events = ddn_diagram_events(g);
        assert_true(test_scalar(b.ctx, points, "folds") == (double)n - 1);
        assert_true(test_scalar(b.ctx, points, "branch_points") == 0);
        assert_true(test_scalar(b.ctx, points, "truncated") == 0);
        assert_true(test_scalar(b.ctx, points, "branches") == (double)n);
        assert_int_equal(count_at_end(&b, g, t_end), 2 * n - 1);
        double *t = test_column(b.ctx, events, "t"), *q = test_column(b.ctx, events, "q_0");
        double *kind = test_column(b.ctx, events, "kind");
        int64_t matched = 0;
        for (size_t i = 0; i < json_array_size(cases); i++) {
            const json_t *c = json_array_get(cases, i);
            if (ref_length(c, "data") != n) {
                continue;
            }
            for (int64_t j = 0; j < n - 1; j++) {
                if (fabs(q[j] - ref_number(c, "x_fold")) < 1e-4) {
                    CLOSE(q[j], ref_number(c, "x_fold"), 0, 1e-8);
                    CLOSE(t[j], ref_number(c, "t_fold"), 1e-10, 0);
                    assert_true(kind[j] == DDN_BIFURCATION_FOLD);
                    matched++;
                }
            }
        }
        assert_int_equal(matched, n - 1);
        /* The branch from late times never loses stability. */
        double *branch = test_column(b.ctx, points, "branch"),
               *lambda = test_column(b.ctx, points, "lambda");
        double *unstable = test_column(b.ctx, points, "unstable");
        for (int64_t i = 0; i < ddn_result_rows(points); i++) {
            assert_true(unstable[i] == (lambda[i] > 0));
            assert_true(branch[i] > 0 || lambda[i] < 0);
        }
        are_fixed_points(&b, g, 1);
        free(t);
        free(q);
        free(kind);
        free(branch);
        free(lambda);
        free(unstable);
        ddn_diagram_destroy(g);
        test_bench_free(&b);
    }
}

/* Two points: a pitchfork at asinh(1)/2, both arms mirror images that solve theta's equation. */
static void pitchfork(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, one = 1;
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 1);
    ddn_diagram *g = NULL;
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, 0.01, 2, 1, data, 1, &one, 1, &g));
    const ddn_result *points = ddn_diagram_points(g), *events = ddn_diagram_events(g);
    assert_true(test_scalar(b.ctx, points, "branch_points") == 1);
    assert_true(test_scalar(b.ctx, points, "folds") == 0);
    assert_true(test_scalar(b.ctx, points, "branches") == 3);
    assert_true(test_scalar(b.ctx, points, "dropped") == 2);
    double *t = test_column(b.ctx, points, "t"), *q = test_column(b.ctx, points, "q_0"), x;
    double *branch = test_column(b.ctx, points, "branch"),
           *lambda = test_column(b.ctx, points, "lambda");
    double *t_c = test_column(b.ctx, events, "t");
    CLOSE(t_c[0], 0.5 * asinh(1), 1e-13, 0);
    OK(b.ctx, ddn_diagram_event_states(b.ctx, g, 0, 1, &x, 1));
    CLOSE(x, 0, 0, 1e-9);
    int64_t seen[3] = {0, 0, 0};
    for (int64_t i = 0; i < ddn_result_rows(points); i++) {
        seen[(int)branch[i]]++;
        if (branch[i] == 0) {
            CLOSE(q[i], 0, 0, 1e-9);
            assert_true((lambda[i] > 0) == (t[i] < t_c[0]));
        } else if (t[i] < t_c[0] - 1e-6) {
            double theta = exp(-t[i]), k = theta * q[i] / (1 - theta * theta);
            CLOSE((1 + theta * theta) * q[i], 2 * theta * tanh(k), 0, 1e-9);
            assert_true(lambda[i] < 0);
        }
    }
    assert_true(seen[0] > 20 && seen[1] > 20 && seen[2] > 20);
    are_fixed_points(&b, g, 1);
    free(t);
    free(q);
    free(branch);
    free(lambda);
    free(t_c);
    ddn_diagram_destroy(g);
    test_bench_free(&b);
}

/* Symmetric sets off the grid of rounding: n points have n - 1 events and 2 n - 1 fixed points at
 * the end whether they are pitchforks or folds, and events come in mirror pairs. */
static void symmetric_sets(void **state)
{
    (void)state;
    const double sets[3][6] = {{-1, -0.5, 0.5, 1}, {-0.7, 0, 0.7}, {-3, -1.1, -1, 1, 1.1, 3}};
    const int64_t sizes[3] = {4, 3, 6};
    const double one = 1;
    for (int set = 0; set < 3; set++) {
        for (int fine = 0; fine < 3; fine++) {
            int64_t n = sizes[set], mirrored = 0;
            test_bench b = test_bench_make(1, TEST_OU, sets[set], n, 1);
            ddn_diagram *g = NULL;
            OK(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_STEP,
                                          0.1 / (1 + fine)));
            OK(b.ctx, ddn_symmetry_diagram(b.sy, 3 + fine, 1e-4, n, 1, sets[set], 1, &one, 1, &g));
            const ddn_result *points = ddn_diagram_points(g), *events = ddn_diagram_events(g);
            assert_true(test_scalar(b.ctx, points, "missed") == 0);
            assert_int_equal(ddn_result_rows(events), n - 1);
            assert_int_equal(count_at_end(&b, g, 1e-4), 2 * n - 1);
            double *t = test_column(b.ctx, events, "t"), *q = test_column(b.ctx, events, "q_0");
            for (int64_t i = 0; i < n - 1; i++) {
                for (int64_t j = 0; j < n - 1; j++) {
                    mirrored += fabs(q[i] + q[j]) < 1e-7 && fabs(t[i] / t[j] - 1) < 1e-9;
                }
            }
            assert_int_equal(mirrored, n - 1);
            free(t);
            free(q);
            ddn_diagram_destroy(g);
            test_bench_free(&b);
        }
    }
}

/* Two Gaussian clusters in three dimensions with different weights: the mirror image of the
 * one-dimensional problem along their axis, so the fold agrees with one found by bisection there.
 */
static void unequal_clusters(void **state)
{
    (void)state;
    enum {
        D = 3
    };
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    ddn_oracle *wide = NULL, *narrow = NULL;
    ddn_symmetry *sy = NULL, *line = NULL;
    ddn_diagram *g = NULL, *h = NULL;
    const double weights[2] = {0.7, 0.3}, axis[D] = {2.0 / 3, -2.0 / 3, 1.0 / 3}, sigma2 = 0.3;
    double means[2 * D], flat[2] = {2, -2}, one = 1;
    for (int j = 0; j < D; j++) {
        means[j] = 2 * axis[j];
        means[D + j] = -2 * axis[j];
    }
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_SHARED, 2, D, weights, means, D,
                                      &sigma2, 1, NULL, &wide));
    OK(ctx, ddn_oracle_create_mixture(ctx, sch, DDN_VARIANCE_SHARED, 2, 1, weights, flat, 1,
                                      &sigma2, 1, NULL, &narrow));
    OK(ctx, ddn_symmetry_create(ctx, wide, &sy));
    OK(ctx, ddn_symmetry_create(ctx, narrow, &line));
    OK(ctx, ddn_symmetry_diagram(sy, 4, 0.05, 2, 1, means, D, axis, D, &g));
    OK(ctx, ddn_symmetry_diagram(line, 4, 0.05, 2, 1, flat, 1, &one, 1, &h));
    const ddn_result *events = ddn_diagram_events(g), *flat_events = ddn_diagram_events(h);
    assert_int_equal(ddn_result_rows(events), 1);
    assert_int_equal(ddn_result_rows(flat_events), 1);
    double *t = test_column(ctx, events, "t"), *q = test_column(ctx, events, "q_0");
    double *flat_t = test_column(ctx, flat_events, "t"),
           *flat_q = test_column(ctx, flat_events, "q_0");
    CLOSE(t[0], flat_t[0], 1e-10, 0);
    CLOSE(q[0], flat_q[0], 0, 1e-8);
    assert_true(q[0] < 0); /* the lighter cluster's branch is the one that is born late */
    free(t);
    free(q);
    free(flat_t);
    free(flat_q);
    ddn_diagram_destroy(g);
    ddn_diagram_destroy(h);
    ddn_symmetry_destroy(sy);
    ddn_symmetry_destroy(line);
    ddn_oracle_destroy(wide);
    ddn_oracle_destroy(narrow);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* Scattered points in several dimensions: every point has its branch, and the same bits come out
 * for 1 and 3 threads. */
static void scattered_points(void **state)
{
    (void)state;
    enum {
        N = 12,
        D = 5
    };
    double data[N * D], e0[D] = {1, 0, 0, 0, 0};
    test_normal(77, N * D, data);
    ddn_diagram *g[2];
    test_bench b[2];
    for (int i = 0; i < 2; i++) {
        b[i] = test_bench_make(i == 0 ? 1 : 3, TEST_OU, data, N, D);
        OK(b[i].ctx, ddn_options_set_f64(ddn_symmetry_options(b[i].sy), DDN_SYMMETRY_STEP, 0.3));
        OK(b[i].ctx, ddn_symmetry_diagram(b[i].sy, 3, 0.002, N, 1, data, D, e0, D, &g[i]));
    }
    are_fixed_points(&b[0], g[0], D);
    const ddn_result *points = ddn_diagram_points(g[0]);
    assert_true(test_scalar(b[0].ctx, points, "truncated") == 0);
    assert_true(test_scalar(b[0].ctx, points, "folds") >= N - 1);
    /* At the clean end there is a stable fixed point for every data point. */
    int64_t rows = ddn_result_rows(points), stable = 0;
    double *t = test_column(b[0].ctx, points, "t"),
           *lambda = test_column(b[0].ctx, points, "lambda");
    double *q = test_column(b[0].ctx, points, "q_0");
    for (int k = 0; k < N; k++) {
        int found = 0;
        for (int64_t i = 0; i < rows; i++) {
            found |=
                fabs(t[i] / 0.002 - 1) < 1e-12 && lambda[i] < 0 && fabs(q[i] - data[k * D]) < 0.02;
        }
        stable += found;
    }
    assert_int_equal(stable, N);
    assert_int_equal(rows, ddn_result_rows(ddn_diagram_points(g[1])));
    double *other = test_column(b[1].ctx, ddn_diagram_points(g[1]), "q_0");
    assert_memory_equal(q, other, (size_t)rows * sizeof *q);
    free(other);
    free(t);
    free(q);
    free(lambda);
    for (int i = 0; i < 2; i++) {
        ddn_diagram_destroy(g[i]);
        test_bench_free(&b[i]);
    }
}

static int32_t stop(void *user, const char *stage, double fraction)
{
    (void)stage;
    assert_true(fraction >= 0 && fraction <= 1);
    return --*(int *)user < 0;
}

static void stops_and_limits(void **state)
{
    (void)state;
    const double data[3] = {-1, 0.2, 1.5};
    double x[2];
    int left = 20;
    test_bench b = test_bench_make(1, TEST_OU, data, 3, 1);
    ddn_diagram *g = NULL;
    OK(b.ctx, ddn_context_set_progress(b.ctx, stop, &left, NULL));
    assert_int_equal(ddn_symmetry_diagram(b.sy, 3, 0.01, 3, 0, data, 1, NULL, 0, &g), DDN_STOPPED);
    assert_null(g);
    OK(b.ctx, ddn_context_set_progress(b.ctx, NULL, NULL, NULL));
    OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_BRANCHES, 1));
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 3, 0.01, 3, 0, data, 1, NULL, 0, &g));
    assert_true(test_scalar(b.ctx, ddn_diagram_points(g), "branches") == 1);
    assert_true(test_scalar(b.ctx, ddn_diagram_points(g), "truncated") == 2);
    int64_t rows = ddn_result_rows(ddn_diagram_points(g));
    FAILS(b.ctx, ddn_diagram_states(b.ctx, g, rows, 1, x, 1), DDN_E_RANGE, "count");
    FAILS(b.ctx, ddn_diagram_states(b.ctx, g, -1, 1, x, 1), DDN_E_RANGE, "first");
    FAILS(b.ctx, ddn_diagram_states(b.ctx, g, 0, 1, x, 0), DDN_E_SHAPE, "less than");
    FAILS(b.ctx, ddn_diagram_states(b.ctx, NULL, 0, 1, x, 1), DDN_E_NULL, "diagram");
    OK(b.ctx, ddn_diagram_states(b.ctx, g, rows, 0, NULL, 1));
    ddn_diagram_destroy(g);
    OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_POINTS, 10));
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 3, 0.01, 0, 0, NULL, 0, NULL, 0, &g));
    assert_true(test_scalar(b.ctx, ddn_diagram_points(g), "truncated") == 1);
    assert_int_equal(ddn_result_rows(ddn_diagram_points(g)), 10);
    ddn_diagram_destroy(g);
    test_bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_of_one_dimension), cmocka_unit_test(pitchfork),
        cmocka_unit_test(symmetric_sets),         cmocka_unit_test(unequal_clusters),
        cmocka_unit_test(scattered_points),       cmocka_unit_test(stops_and_limits),
    };
    return cmocka_run_group_tests_name("bifurcation", tests, NULL, NULL);
}

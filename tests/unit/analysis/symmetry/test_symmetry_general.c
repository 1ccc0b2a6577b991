/* Symmetry breaking in any data: eigenpairs against dense matrices, descent, rotations, scores from
 * outside, bad input, memory that runs out. */
#include "support/bench.h"
#include "support/failing.h"
#include "support/results.h"

/* ---- Linear algebra ---- */

enum {
    SMALL_N = 20,
    SMALL_D = 7
};

/* I + (1 + eta^2) J in full, from the definition. */
static void dense(const double *data, double t, double eta, const double *x, double *matrix)
{
    double a = exp(-t), s2 = -expm1(-2 * t), w[SMALL_N], total = 0, best = -INFINITY;
    double mean[SMALL_D] = {0}, c = 1 + eta * eta;
    for (int i = 0; i < SMALL_N; i++) {
        w[i] = 0;
        for (int j = 0; j < SMALL_D; j++) {
            double r = x[j] - a * data[i * SMALL_D + j];
            w[i] -= r * r / (2 * s2);
        }
        best = fmax(best, w[i]);
    }
    for (int i = 0; i < SMALL_N; i++) {
        w[i] = exp(w[i] - best);
        total += w[i];
    }
    for (int i = 0; i < SMALL_N; i++) {
        w[i] /= total;
        for (int j = 0; j < SMALL_D; j++) {
            mean[j] += w[i] * data[i * SMALL_D + j];
        }
    }
    for (int j = 0; j < SMALL_D; j++) {
        for (int k = 0; k < SMALL_D; k++) {
            double cov = 0;
            for (int i = 0; i < SMALL_N; i++) {
                cov += w[i] * (data[i * SMALL_D + j] - mean[j]) * (data[i * SMALL_D + k] - mean[k]);
            }
            matrix[j * SMALL_D + k] = c * a * a / (s2 * s2) * cov + (j == k ? 1 - c / s2 : 0);
        }
    }
}

/* All eigenpairs: residuals against the dense matrix, orthonormality, order, trace. */
static void eigenpairs(void **state)
{
    (void)state;
    double data[SMALL_N * SMALL_D], x[SMALL_D], matrix[SMALL_D * SMALL_D];
    test_normal(3, SMALL_N * SMALL_D, data);
    test_normal(4, SMALL_D, x);
    test_bench b = test_bench_make(1, TEST_OU, data, SMALL_N, SMALL_D);
    for (int trial = 0; trial < 3; trial++) {
        double eta = trial == 2 ? 0.5 : 1, t = trial == 0 ? 0.1 : 0.6;
        double values[SMALL_D], vectors[SMALL_D][SMALL_D + 1], trace = 0, sum = 0, big = 0;
        OK(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, eta));
        OK(b.ctx, ddn_symmetry_stability(b.sy, t, SMALL_D, x, values, vectors[0], SMALL_D + 1));
        dense(data, t, eta, x, matrix);
        for (int k = 0; k < SMALL_D; k++) {
            trace += matrix[k * SMALL_D + k];
            sum += values[k];
            big = fmax(big, fabs(values[k]));
        }
        for (int k = 0; k < SMALL_D; k++) {
            assert_true(k == 0 || values[k] <= values[k - 1]);
            for (int i = 0; i < SMALL_D; i++) {
                double left = 0;
                for (int j = 0; j < SMALL_D; j++) {
                    left += matrix[i * SMALL_D + j] * vectors[k][j];
                }
                CLOSE(left, values[k] * vectors[k][i], 0, 1e-10 * big);
            }
            for (int l = 0; l <= k; l++) {
                double dot = 0;
                for (int j = 0; j < SMALL_D; j++) {
                    dot += vectors[k][j] * vectors[l][j];
                }
                CLOSE(dot, k == l, 0, 1e-10);
            }
        }
        CLOSE(sum, trace, 1e-11, 1e-11 * big);
    }
    test_bench_free(&b);
}

/* The step x + b/L never raises u, and fixed points have no drift, for several eta. */
static void descent(void **state)
{
    (void)state;
    double data[SMALL_N * SMALL_D], x[SMALL_D], drift[SMALL_D], u, last;
    test_normal(8, SMALL_N * SMALL_D, data);
    test_bench b = test_bench_make(1, TEST_OU, data, SMALL_N, SMALL_D);
    for (int trial = 0; trial < 6; trial++) {
        double eta = 0.5 + 0.5 * (trial % 3), t = trial < 3 ? 0.05 : 0.5;
        double big_l = -1 + (1 + eta * eta) / -expm1(-2 * t);
        OK(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, eta));
        test_normal(20 + trial, SMALL_D, x);
        last = INFINITY;
        for (int step = 0; step < 30; step++) {
            OK(b.ctx, ddn_symmetry_potential(b.sy, t, 1, x, SMALL_D, &u));
            assert_true(u <= last + 1e-12 * fabs(u));
            last = u;
            OK(b.ctx, ddn_symmetry_drift(b.sy, t, 1, x, SMALL_D, drift, SMALL_D));
            for (int j = 0; j < SMALL_D; j++) {
                x[j] += drift[j] / big_l;
            }
        }
        double points[SMALL_N * SMALL_D];
        ddn_result *r = NULL;
        OK(b.ctx, ddn_symmetry_fixed_points(b.sy, t, SMALL_N, data, SMALL_D, points, SMALL_D, &r));
        assert_true(test_scalar(b.ctx, r, "failed") == 0);
        double starts = 0;
        for (int64_t i = 0; i < ddn_result_rows(r); i++) {
            starts += test_element(b.ctx, r, "starts", i);
            assert_true(test_element(b.ctx, r, "lambda", i) < 0);
            assert_true(test_element(b.ctx, r, "residual", i) < 1e-10);
            OK(b.ctx,
               ddn_symmetry_drift(b.sy, t, 1, points + i * SMALL_D, SMALL_D, drift, SMALL_D));
            for (int j = 0; j < SMALL_D; j++) {
                CLOSE(drift[j], 0, 0, 1e-9 * big_l);
            }
        }
        assert_true(starts == SMALL_N);
        assert_true(t > 0.1 || ddn_result_rows(r) == SMALL_N);
        ddn_result_destroy(r);
    }
    test_bench_free(&b);
}

/* Rotated and scaled data: the same picture, rotated. Reflection by a random unit vector. */
static void rotation(void **state)
{
    (void)state;
    double data[SMALL_N * SMALL_D], turned[SMALL_N * SMALL_D], u[SMALL_D], norm = 0;
    test_normal(30, SMALL_N * SMALL_D, data);
    test_normal(31, SMALL_D, u);
    for (int j = 0; j < SMALL_D; j++) {
        norm += u[j] * u[j];
    }
    for (int i = 0; i < SMALL_N; i++) {
        double dot = 0;
        for (int j = 0; j < SMALL_D; j++) {
            dot += u[j] * data[i * SMALL_D + j];
        }
        for (int j = 0; j < SMALL_D; j++) {
            turned[i * SMALL_D + j] = data[i * SMALL_D + j] - 2 * dot * u[j] / norm;
        }
    }
    test_bench b = test_bench_make(1, TEST_OU, data, SMALL_N, SMALL_D),
               c = test_bench_make(1, TEST_OU, turned, SMALL_N, SMALL_D);
    double p[SMALL_N * SMALL_D], q[SMALL_N * SMALL_D];
    ddn_result *r = NULL, *s = NULL;
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, 0.3, SMALL_N, data, SMALL_D, p, SMALL_D, &r));
    OK(c.ctx, ddn_symmetry_fixed_points(c.sy, 0.3, SMALL_N, turned, SMALL_D, q, SMALL_D, &s));
    assert_int_equal(ddn_result_rows(r), ddn_result_rows(s));
    assert_true(ddn_result_rows(r) > 1);
    for (int64_t i = 0; i < ddn_result_rows(r); i++) {
        double dot = 0;
        for (int j = 0; j < SMALL_D; j++) {
            dot += u[j] * p[i * SMALL_D + j];
        }
        for (int j = 0; j < SMALL_D; j++) {
            CLOSE(q[i * SMALL_D + j], p[i * SMALL_D + j] - 2 * dot * u[j] / norm, 0, 1e-8);
        }
        CLOSE(test_element(b.ctx, r, "lambda", i), test_element(c.ctx, s, "lambda", i), 1e-7, 1e-7);
    }
    ddn_result_destroy(r);
    ddn_result_destroy(s);
    test_bench_free(&b);
    test_bench_free(&c);
}

/* ---- A foreign score: no posterior, no log p ---- */

static int32_t two_point_score(void *user, double t, double a, double s, int64_t m, int64_t d,
                               const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        double y = x[r * ldx];
        out[r * ldo] = (a * tanh(a * y / (s * s)) - y) / (s * s);
    }
    return 0;
}

static void foreign_score(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, t = -log(0.8), v = 1;
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 1);
    ddn_oracle *foreign =
        test_model(b.ctx, b.sch, DDN_PREDICTION_SCORE, 1, two_point_score, NULL, NULL);
    ddn_symmetry *sy = NULL;
    OK(b.ctx, ddn_symmetry_create(b.ctx, foreign, &sy));
    enum {
        Q = 201
    };
    double q[Q], x[2], u;
    for (int i = 0; i < Q; i++) {
        q[i] = -2 + 4.0 * i / (Q - 1);
    }
    ddn_result *known = NULL, *found = NULL;
    OK(b.ctx, ddn_symmetry_line(b.sy, t, Q, NULL, &v, q, &known));
    OK(b.ctx, ddn_symmetry_line(sy, t, Q, NULL, &v, q, &found));
    assert_non_null(strstr(ddn_result_definition(found, "u"), "integrated"));
    double first = test_element(b.ctx, known, "u", 0);
    for (int i = 0; i < Q; i += 10) {
        CLOSE(test_element(b.ctx, found, "u", i), test_element(b.ctx, known, "u", i) - first, 0,
              2e-6);
        CLOSE(test_element(b.ctx, found, "slope", i), test_element(b.ctx, known, "slope", i), 1e-12,
              1e-12);
        CLOSE(test_element(b.ctx, found, "curvature", i),
              test_element(b.ctx, known, "curvature", i), 0, 1e-7);
    }
    ddn_result_destroy(known);
    ddn_result_destroy(found);
    OK(b.ctx, ddn_symmetry_fixed_points(sy, t, 2, data, 1, x, 1, &found));
    assert_int_equal(ddn_result_rows(found), 2);
    CLOSE(x[1], 0.9470385761417943, 1e-11, 0);
    ddn_result_destroy(found);
    FAILS(b.ctx, ddn_symmetry_potential(sy, t, 1, x, 1, &u), DDN_E_UNSUPPORTED, "no log p");
    ddn_diagram *diagram = NULL;
    OK(b.ctx, ddn_symmetry_diagram(sy, 2, 0.05, 2, 0, data, 1, NULL, 0, &diagram));
    CLOSE(test_element(b.ctx, ddn_diagram_events(diagram), "t", 0), 0.5 * asinh(1), 1e-7, 0);
    ddn_diagram_destroy(diagram);
    ddn_symmetry_destroy(sy);
    ddn_oracle_destroy(foreign);
    test_bench_free(&b);
}

/* ---- Branches that meet ---- */

/* At the centre of a square two eigenvalues vanish at once. Whatever vectors of their plane Lanczos
 * finds, arms go to all four corners. */
static void corners_of_a_square(void **state)
{
    (void)state;
    const double data[8] = {1, 1, 1, -1, -1, 1, -1, -1};
    test_bench b = test_bench_make(1, TEST_OU, data, 4, 2);
    for (int64_t seed = 0; seed < 12; seed++) {
        ddn_diagram *g = NULL;
        OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_SEED, seed));
        OK(b.ctx, ddn_symmetry_diagram(b.sy, 0.8, 0.2, 0, 0, NULL, 0, NULL, 0, &g));
        const ddn_result *points = ddn_diagram_points(g);
        const int64_t rows = ddn_result_rows(points);
        double x[2], most = test_scalar(b.ctx, points, "branches");
        int met[4] = {0};
        for (int64_t i = 0; i < rows; i++) {
            OK(b.ctx, ddn_diagram_states(b.ctx, g, i, 1, x, 2));
            if (fmin(fabs(x[0]), fabs(x[1])) > 0.9) {
                met[2 * (x[0] > 0) + (x[1] > 0)] = 1;
            }
        }
        if (most != 5 || met[0] + met[1] + met[2] + met[3] != 4) {
            fail_msg("seed %d: %g branches, corners %d %d %d %d", (int)seed, most, met[0], met[1],
                     met[2], met[3]);
        }
        CLOSE(test_scalar(b.ctx, points, "branch_points"), 2, 0, 0);
        ddn_diagram_destroy(g);
    }
    test_bench_free(&b);
}

/* Nearly a square: two eigenvalues vanish within one step, at asinh(1)/2 and asinh(b^2)/2, the
 * second on the arms of the first, too. */
static void close_branch_points(void **state)
{
    (void)state;
    const double data[8] = {1, 0.99, 1, -0.99, -1, 0.99, -1, -0.99};
    test_bench b = test_bench_make(1, TEST_OU, data, 4, 2);
    ddn_diagram *g = NULL;
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 0.8, 0.3, 0, 0, NULL, 0, NULL, 0, &g));
    const ddn_result *events = ddn_diagram_events(g);
    assert_int_equal(ddn_result_rows(events), 4);
    CLOSE(test_element(b.ctx, events, "t", 0), 0.5 * asinh(1), 1e-7, 0);
    for (int64_t i = 1; i < 4; i++) {
        CLOSE(test_element(b.ctx, events, "t", i), 0.5 * asinh(0.99 * 0.99), 1e-7, 0);
    }
    CLOSE(test_scalar(b.ctx, ddn_diagram_points(g), "branches"), 9, 0, 0);
    ddn_diagram_destroy(g);
    test_bench_free(&b);
}

/* The branches of a rectangle: the centre, two and two arms of it, and two on each of the first.
 * A start that is followed beside one of these, since so little is taken for the same, meets their
 * branch points again, but no branch is followed again from there. */
static void branch_points_that_were_met(void **state)
{
    (void)state;
    const double data[8] = {1, 0.5, 1, -0.5, -1, 0.5, -1, -0.5}, t = 0.1;
    test_bench b = test_bench_make(1, TEST_OU, data, 4, 2);
    ddn_options *o = ddn_symmetry_options(b.sy);
    double start[2] = {0.9, 0}, events[2];
    ddn_result *r = NULL;
    OK(b.ctx, ddn_options_set_i64(o, DDN_SYMMETRY_DESCEND, 0));
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, t, 1, start, 2, start, 2, &r));
    ddn_result_destroy(r);
    assert_true(start[0] > 0.9 && start[1] == 0);
    OK(b.ctx, ddn_options_set_i64(o, DDN_SYMMETRY_DESCEND, 1));
    OK(b.ctx, ddn_options_set_i64(o, DDN_SYMMETRY_ITERATIONS, 1));
    OK(b.ctx, ddn_options_set_f64(o, DDN_SYMMETRY_TOLERANCE, 1e-5));
    OK(b.ctx, ddn_options_set_f64(o, DDN_SYMMETRY_MERGE, 1e-12));
    start[0] += 1e-6;
    for (int64_t m = 0; m < 2; m++) {
        ddn_diagram *g = NULL;
        OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, t, m, 0, start, 2, NULL, 0, &g));
        const ddn_result *points = ddn_diagram_points(g);
        CLOSE(test_scalar(b.ctx, points, "dropped"), 0, 0, 0);
        CLOSE(test_scalar(b.ctx, points, "branches"), 9 + (double)m, 0, 0);
        events[m] = test_scalar(b.ctx, points, "branch_points");
        ddn_diagram_destroy(g);
    }
    assert_true(events[0] == 4 && events[1] > 4);
    test_bench_free(&b);
}

/* A set of pairs (x, y) of three x and two y: the branches of the x alone, with their folds, and on
 * each, wherever it is when the y part, two arms. */
static void folds_and_branch_points(void **state)
{
    (void)state;
    const double data[3] = {-1, 0.2, 1.5}, t = 0.1;
    double pairs[12], starts[6] = {0}, counts[2][4];
    for (int i = 0; i < 3; i++) {
        for (int side = 0; side < 2; side++) {
            pairs[4 * i + 2 * side] = data[i];
            pairs[4 * i + 2 * side + 1] = side ? 0.5 : -0.5;
        }
        starts[2 * i] = data[i];
    }
    for (int k = 0; k < 2; k++) {
        test_bench b = test_bench_make(1, TEST_OU, k ? pairs : data, k ? 6 : 3, 1 + k);
        ddn_diagram *g = NULL;
        OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_DESCEND, 0));
        OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, t, 3, 0, starts, 2, NULL, 0, &g));
        const ddn_result *points = ddn_diagram_points(g);
        static const char *const names[4] = {"branches", "folds", "branch_points", "dropped"};
        for (int i = 0; i < 4; i++) {
            counts[k][i] = test_scalar(b.ctx, points, names[i]);
        }
        ddn_diagram_destroy(g);
        test_bench_free(&b);
    }
    static const double want[2][4] = {{3, 2, 0, 1}, {3 + 2 * 5, 2, 5, 1}};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 4; i++) {
            CLOSE(counts[k][i], want[k][i], 0, 0);
        }
    }
}

/* ---- Diagrams that are cut short ---- */

/* A pitchfork with room for few branches: the arms and starts that are left out are counted. */
static void few_branches(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, start = 0.5;
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 1);
    for (int64_t most = 1; most <= 4; most++) {
        ddn_diagram *g = NULL;
        OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_BRANCHES, most));
        OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, 0.05, 0, 0, NULL, 0, NULL, 0, &g));
        const ddn_result *points = ddn_diagram_points(g);
        CLOSE(test_scalar(b.ctx, points, "branches"), fmin((double)most, 3), 0, 0);
        CLOSE(test_scalar(b.ctx, points, "truncated"), fmax(0, 3 - (double)most), 0, 0);
        ddn_diagram_destroy(g);
    }
    OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_BRANCHES, 1));
    ddn_diagram *g = NULL;
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, 0.05, 1, 0, &start, 1, NULL, 0, &g));
    CLOSE(test_scalar(b.ctx, ddn_diagram_points(g), "truncated"), 3, 0, 0);
    CLOSE(test_scalar(b.ctx, ddn_diagram_points(g), "dropped"), 0, 0, 0);
    ddn_diagram_destroy(g);
    test_bench_free(&b);
}

/* Near the fold of these data one iteration is too few: a start that converges nowhere is dropped,
 * though no branch is there; a diagram that begins there has nothing to begin with. */
static void few_iterations(void **state)
{
    (void)state;
    const double data[3] = {-1, 0.2, 1.5}, start = -1;
    test_bench b = test_bench_make(1, TEST_OU, data, 3, 1);
    double x;
    ddn_result *r = NULL;
    ddn_diagram *g = NULL;
    OK(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ITERATIONS, 1));
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, 0.276, 1, &start, 1, &x, 1, &r));
    CLOSE(test_scalar(b.ctx, r, "failed"), 1, 0, 0);
    ddn_result_destroy(r);
    OK(b.ctx, ddn_symmetry_diagram(b.sy, 2, 0.276, 1, 0, &start, 1, NULL, 0, &g));
    CLOSE(test_scalar(b.ctx, ddn_diagram_points(g), "dropped"), 1, 0, 0);
    CLOSE(test_scalar(b.ctx, ddn_diagram_points(g), "branches"), 1, 0, 0);
    ddn_diagram_destroy(g);
    g = NULL;
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 0.276, 0.05, 0, 0, NULL, 0, NULL, 0, &g),
          DDN_E_CONVERGENCE, "no fixed point was reached from 0 at t_start = 0.276: residual");
    assert_non_null(strstr(ddn_context_message(b.ctx), "after 1 steps"));
    assert_null(g);
    test_bench_free(&b);
}

/* ---- Bad input ---- */

static void refusals(void **state)
{
    (void)state;
    const double data[4] = {-1, 0, 1, 0}, nan2[2] = {0, NAN}, q[3] = {0, 1, 1}, eta = NAN;
    test_bench b = test_bench_make(1, TEST_OU, data, 2, 2);
    double x[4], v2[2] = {0, 0}, u;
    ddn_result *r = NULL;
    ddn_diagram *g = NULL;
    ddn_symmetry *none = (ddn_symmetry *)(uintptr_t)1;
    assert_int_equal(ddn_symmetry_create(NULL, b.oracle, &none), DDN_E_NULL);
    FAILS(b.ctx, ddn_symmetry_create(b.ctx, NULL, &none), DDN_E_NULL, "oracle");
    assert_null(none);
    assert_int_equal(ddn_symmetry_drift(NULL, 1, 1, data, 2, x, 2), DDN_E_NULL);
    FAILS(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, -1), DDN_E_RANGE,
          "ETA");
    FAILS(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, NAN),
          DDN_E_NONFINITE, "ETA");
    FAILS(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_EIGENVALUES, 0),
          DDN_E_RANGE, "EIGEN");
    FAILS(b.ctx, ddn_options_set_i64(ddn_symmetry_options(b.sy), 999, 0), DDN_E_KEY, "999");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 0, 1, data, 2, x, 2), DDN_E_RANGE, "0");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, NAN, 1, data, 2, x, 2), DDN_E_NONFINITE, "nan");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, data, 1, x, 2), DDN_E_SHAPE, "of x is 1");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, data, 2, x, 1), DDN_E_SHAPE, "less than");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, nan2, 2, x, 2), DDN_E_NONFINITE, "1");
    FAILS(b.ctx, ddn_symmetry_potential(b.sy, 1, 1, data, 2, NULL), DDN_E_NULL, "u");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, 2, NULL, v2, q, &r), DDN_E_RANGE, "zero vector");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, 3, NULL, data, q, &r), DDN_E_RANGE, "q[2]");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, 1, NULL, data, q, &r), DDN_E_RANGE, "count");
    FAILS(b.ctx, ddn_symmetry_stability(b.sy, 1, 3, data, x, NULL, 0), DDN_E_RANGE, "count");
    FAILS(b.ctx, ddn_symmetry_stability(b.sy, 1, 1, data, &u, x, 1), DDN_E_SHAPE, "less than");
    FAILS(b.ctx, ddn_symmetry_fixed_points(b.sy, 1, 0, data, 2, x, 2, &r), DDN_E_RANGE, "m");
    FAILS(b.ctx, ddn_symmetry_fixed_points(b.sy, 1, 1, nan2, 2, x, 2, &r), DDN_E_NONFINITE,
          "starts");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 0.1, 1, 0, 0, NULL, 0, NULL, 0, &g), DDN_E_RANGE,
          "t_end");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 1, -1, 0, 0, NULL, 0, NULL, 0, &g), DDN_E_RANGE, "-1");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 1, 0.1, 1, 0, NULL, 2, NULL, 0, &g), DDN_E_NULL,
          "starts");
    OK(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, 0));
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 20, 1, data, 2, x, 2), DDN_E_RANGE,
          "at t = 20 this schedule has f + c/s^2 = 0, not above 0");
    OK(b.ctx, ddn_options_set_f64(ddn_symmetry_options(b.sy), DDN_SYMMETRY_ETA, 1));
    FAILS(b.ctx, ddn_symmetry_critical(b.sy, -1, 1, q, &r), DDN_E_RANGE, "lambda");
    FAILS(b.ctx, ddn_symmetry_critical(b.sy, 1, 1, &eta, &r), DDN_E_NONFINITE, "etas");
    FAILS(b.ctx, ddn_symmetry_critical_time(b.ctx, NULL, 1, 1, &u), DDN_E_NULL, "sch");
    assert_null(r);
    assert_null(g);
    assert_null(ddn_diagram_points(NULL));
    ddn_diagram_destroy(NULL);
    ddn_symmetry_destroy(NULL);
    /* m = 0 is nothing to do. */
    OK(b.ctx, ddn_symmetry_drift(b.sy, 1, 0, NULL, 2, x, 2));
    test_bench_free(&b);
}

static ddn_status everything(ddn_context *ctx, void *arg)
{
    (void)arg;
    const double data[3] = {-1, 0.2, 1.5}, v = 1, q[2] = {0, 1}, eta = 1;
    double x[3];
    ddn_schedule *sch = NULL;
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_symmetry *sy = NULL;
    ddn_result *fixed = NULL, *line = NULL, *times = NULL;
    ddn_diagram *g = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    status = status ? status : ddn_dataset_create(ctx, DDN_TYPE_F64, 3, 1, data, 1, &ds);
    status = status ? status : ddn_oracle_create_empirical(ctx, ds, sch, &oracle);
    status = status ? status : ddn_symmetry_create(ctx, oracle, &sy);
    if (status == DDN_OK) {
        status = ddn_options_set_f64(ddn_symmetry_options(sy), DDN_SYMMETRY_STEP, 1);
    }
    status = status ? status : ddn_symmetry_fixed_points(sy, 0.1, 3, data, 1, x, 1, &fixed);
    status = status ? status : ddn_symmetry_line(sy, 0.1, 2, NULL, &v, q, &line);
    status = status ? status : ddn_symmetry_diagram(sy, 1, 0.1, 3, 1, data, 1, &v, 1, &g);
    status = status ? status : ddn_symmetry_critical(sy, 1, 1, &eta, &times);
    ddn_diagram_destroy(g);
    ddn_result_destroy(times);
    ddn_result_destroy(line);
    ddn_result_destroy(fixed);
    ddn_symmetry_destroy(sy);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(everything, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigenpairs),
        cmocka_unit_test(descent),
        cmocka_unit_test(rotation),
        cmocka_unit_test(foreign_score),
        cmocka_unit_test(corners_of_a_square),
        cmocka_unit_test(close_branch_points),
        cmocka_unit_test(branch_points_that_were_met),
        cmocka_unit_test(folds_and_branch_points),
        cmocka_unit_test(few_branches),
        cmocka_unit_test(few_iterations),
        cmocka_unit_test(refusals),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests_name("symmetry_general", tests, NULL, NULL);
}

/* Spontaneous symmetry breaking in small data sets: potential, fixed points, stability, critical
 * times, against reference numbers, closed forms and dense linear algebra. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/reference.h"

/* An empirical oracle and its symmetry object. */
typedef struct bench {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    ddn_symmetry *sy;
} bench;

enum {
    OU,
    VP,
    EDM
};

static ddn_schedule *make_schedule(ddn_context *ctx, int kind)
{
    ddn_schedule *sch = NULL;
    OK(ctx, kind == OU   ? ddn_schedule_create_ou(ctx, &sch)
            : kind == VP ? ddn_schedule_create_vp_linear(ctx, 0.1, 20, &sch)
                         : ddn_schedule_create_edm(ctx, &sch));
    return sch;
}

static bench make(int kind, const double *data, int64_t n, int64_t d)
{
    bench b = {test_context(1), NULL, NULL, NULL, NULL};
    b.sch = make_schedule(b.ctx, kind);
    OK(b.ctx, ddn_dataset_create(b.ctx, data, DDN_TYPE_F64, n, d, d, &b.ds));
    OK(b.ctx, ddn_oracle_create_empirical(b.ctx, b.ds, b.sch, &b.oracle));
    OK(b.ctx, ddn_symmetry_create(b.ctx, b.oracle, &b.sy));
    return b;
}

static void unmake(bench *b)
{
    ddn_symmetry_destroy(b->sy);
    ddn_oracle_destroy(b->oracle);
    ddn_dataset_destroy(b->ds);
    ddn_schedule_destroy(b->sch);
    ddn_context_destroy(b->ctx);
}

static double column(ddn_context *ctx, const ddn_result *result, const char *name, int64_t row)
{
    double values[8192];
    assert_true(ddn_result_rows(result) <= 8192);
    OK(ctx, ddn_result_column(ctx, result, name, values, 8192));
    assert_true(row < ddn_result_rows(result));
    return values[row];
}

static double scalar(ddn_context *ctx, const ddn_result *result, const char *name)
{
    double value;
    OK(ctx, ddn_result_scalar(ctx, result, name, &value, NULL));
    return value;
}

/* ---- One dimension, two points ---- */

static void two_points(void **state)
{
    (void)state;
    const double data[2] = {-1, 1};
    const json_t *cases = ref_at("ssb.two_point_fixed_points.cases");
    bench b = make(OU, data, 2, 1);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double t = -log(ref_number(c, "theta")), zero = 0, lambda, points[2];
        OK(b.ctx, ddn_symmetry_stability(b.sy, t, &zero, 1, &lambda, NULL, 0));
        /* du/dt of VP is beta/2 times that of OU. */
        double want = 2 * ref_number(c, "drift_slope_at_0_over_beta");
        CLOSE(lambda, want, 2e-13, 1e-13);
        ddn_result *r = NULL;
        OK(b.ctx, ddn_symmetry_fixed_points(b.sy, t, 2, data, 1, points, 1, &r));
        const json_t *known = json_object_get(c, "x_star");
        assert_int_equal(ddn_result_rows(r), known != NULL ? 2 : 1);
        assert_true(scalar(b.ctx, r, "failed") == 0);
        for (int64_t j = 0; j < ddn_result_rows(r); j++) {
            double x = known != NULL ? (j == 0 ? -1 : 1) * json_number_value(known) : 0;
            CLOSE(points[j], x, 1e-12, 1e-9);
            if (known != NULL) {
                CLOSE(column(b.ctx, r, "lambda", j),
                      2 * ref_number(c, "drift_slope_at_xstar_over_beta"), 1e-11, 0);
                CLOSE(points[j], x, 1e-12, 0);
                assert_true(column(b.ctx, r, "unstable", j) == 0);
            }
        }
        ddn_result_destroy(r);
    }
    unmake(&b);
}

static void potential_of_the_talk(void **state)
{
    (void)state;
    const double data[2] = {-1, 1};
    const json_t *cases = ref_at("ssb.raya_potential.cases");
    bench b = make(VP, data, 2, 1);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double s = ref_number(c, "s"), x = ref_number(c, "x"), u, drift;
        OK(b.ctx, ddn_symmetry_potential(b.sy, s, 1, &x, 1, &u));
        OK(b.ctx, ddn_symmetry_drift(b.sy, s, 1, &x, 1, &drift, 1));
        CLOSE(u, ref_number(c, "u"), 1e-12, 0);
        CLOSE(-drift, ref_number(c, "u_prime"), 1e-11, 1e-12);
        /* The same along a line through x. */
        double v = 2, q[3] = {-0.01, 0, 0.01};
        ddn_result *r = NULL;
        OK(b.ctx, ddn_symmetry_line(b.sy, s, &x, &v, q, 3, &r));
        CLOSE(column(b.ctx, r, "u", 1), u, 1e-14, 0);
        CLOSE(column(b.ctx, r, "slope", 1), -2 * drift, 1e-13, 1e-12);
        double lambda;
        OK(b.ctx, ddn_symmetry_stability(b.sy, s, &x, 1, &lambda, NULL, 0));
        CLOSE(column(b.ctx, r, "curvature", 1), -4 * lambda, 1e-12, 1e-12);
        ddn_result_destroy(r);
    }
    unmake(&b);
}

/* theta_c^2 = sqrt(2) - 1, by the criterion, by bisection on the measured stability, and by
 * continuation of the branch. */
static void critical_time_of_two_points(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, eta = 1, zero = 0;
    bench b = make(OU, data, 2, 1);
    double t, low = 0.3, high = 0.6, want = sqrt(2) - 1;
    CLOSE(want, json_number_value(ref_at("ssb.theta_c_sq")), 1e-13, 0);
    OK(b.ctx, ddn_symmetry_critical_time(b.ctx, b.sch, eta, 1, &t));
    CLOSE(exp(-2 * t), want, 1e-14, 0);
    while (high - low > 1e-15) {
        double middle = 0.5 * (low + high), lambda;
        OK(b.ctx, ddn_symmetry_stability(b.sy, middle, &zero, 1, &lambda, NULL, 0));
        *(lambda > 0 ? &low : &high) = middle;
        if (!(middle > low) && !(middle < high)) {
            break;
        }
    }
    CLOSE(exp(-2 * low), want, 0, 1e-12);
    const double etas[4] = {0, 0.5, 1, 3};
    ddn_result *r = NULL;
    OK(b.ctx, ddn_symmetry_critical(b.sy, 1, etas, 4, &r));
    CLOSE(exp(-2 * column(b.ctx, r, "t_measured", 2)), want, 0, 1e-12);
    for (int i = 0; i < 4; i++) {
        double c = 1 + etas[i] * etas[i], half = 1 - c; /* s^2 + s (2 c - 2) + 1 - c = 0 */
        double s = half + sqrt(half * half + c - 1);
        if (i > 0) {
            CLOSE(column(b.ctx, r, "t_ou_coordinates", i), -0.5 * log(s), 1e-13, 0);
            CLOSE(column(b.ctx, r, "t_measured", i), -0.5 * log(s), 1e-12, 0);
            CLOSE(column(b.ctx, r, "theta", i), sqrt(s), 1e-13, 0);
        } else { /* the probability flow's origin is unstable at all times */
            assert_true(isnan(column(b.ctx, r, "t", i)));
            assert_true(isnan(column(b.ctx, r, "theta", i)));
        }
        CLOSE(column(b.ctx, r, "t_edm_coordinates", i), 0.5 * log(2), 1e-13, 0);
        CLOSE(column(b.ctx, r, "sigma", i), 1, 1e-13, 0);
    }
    ddn_result_destroy(r);
    unmake(&b);
    /* VP: the same noise level on another clock; EDM: another time. */
    for (int kind = VP; kind <= EDM; kind++) {
        b = make(kind, data, 2, 1);
        OK(b.ctx, ddn_symmetry_critical(b.sy, 1, &eta, 1, &r));
        double wanted = kind == VP ? ref_number(ref_at("ssb"), "vp_s_c_betas_0.1_20") : 1;
        CLOSE(column(b.ctx, r, "t", 0), wanted, 1e-12, 0);
        CLOSE(column(b.ctx, r, "t_measured", 0), wanted, 1e-11, 0);
        ddn_result_destroy(r);
        unmake(&b);
    }
}

/* Gaussian clusters: by bisection on the stability of the origin under the mixture oracle. */
static void critical_times_of_two_gaussians(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = make_schedule(ctx, OU);
    const json_t *cases = ref_at("ssb.two_gaussians_critical_time.cases");
    enum {
        D = 3
    };
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        double length = sqrt(ref_number(c, "m2")), low = 1e-3, high = 8, zero[D] = {0, 0, 0};
        double m[D] = {length / 3, -2 * length / 3, 2 * length / 3}, vector[D], lambda;
        ddn_oracle *oracle = NULL;
        ddn_symmetry *sy = NULL;
        OK(ctx, ddn_oracle_create_two_gaussians(ctx, ou, D, m, ref_number(c, "sigma2"), &oracle));
        OK(ctx, ddn_symmetry_create(ctx, oracle, &sy));
        for (int j = 0; j < 60; j++) {
            double middle = 0.5 * (low + high);
            OK(ctx, ddn_symmetry_stability(sy, middle, zero, 1, &lambda, vector, D));
            *(lambda > 0 ? &low : &high) = middle;
        }
        CLOSE(low, ref_number(c, "t_c"), 1e-11, 0);
        OK(ctx, ddn_symmetry_stability(sy, low, zero, 1, &lambda, vector, D));
        double along = fabs(vector[0] * m[0] + vector[1] * m[1] + vector[2] * m[2]) / length;
        CLOSE(along, 1, 1e-12, 0);
        ddn_symmetry_destroy(sy);
        ddn_oracle_destroy(oracle);
    }
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* ---- Spheres ---- */

/* Points evenly around a circle: the trapezoidal rule, exponentially close to the uniform measure.
 * Its covariance has a double eigenvalue r^2/2, and the fixed points form a circle. */
static void circle(void **state)
{
    (void)state;
    enum {
        N = 64
    };
    double data[2 * N], lambda[2], start[2] = {0.3, -0.2}, x[2], zero[2] = {0, 0};
    for (int i = 0; i < N; i++) {
        data[2 * i] = cos(2 * M_PI * i / N);
        data[2 * i + 1] = sin(2 * M_PI * i / N);
    }
    const json_t *c = json_array_get(ref_at("ssb.hypersphere.cases"), 1);
    assert_true(ref_number(c, "D") == 2 && ref_number(c, "r") == 1);
    bench b = make(OU, data, N, 2);
    double t_c = ref_number(c, "t_ou_c"), t;
    OK(b.ctx, ddn_symmetry_critical_time(b.ctx, b.sch, 1, 0.5, &t));
    CLOSE(t, t_c, 1e-13, 0);
    OK(b.ctx, ddn_symmetry_stability(b.sy, t_c, zero, 2, lambda, NULL, 0));
    CLOSE(lambda[0], 0, 0, 1e-12);
    CLOSE(lambda[1], 0, 0, 1e-12);
    ddn_result *r = NULL;
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, -log(0.9), 1, start, 2, x, 2, &r));
    CLOSE(hypot(x[0], x[1]), ref_number(c, "rho_star_at_theta_0.9"), 1e-11, 0);
    CLOSE(column(b.ctx, r, "norm", 0), hypot(x[0], x[1]), 1e-15, 0);
    CLOSE(column(b.ctx, r, "lambda", 0), 0, 0, 1e-8); /* along the circle it is neutral */
    ddn_result_destroy(r);
    unmake(&b);
}

/* Random antipodal pairs on a sphere: the fixed radius within the sampling error. With n pairs the
 * norm of the mean posterior fluctuates by about 1/sqrt(n): 4 standard errors, fixed seed. */
static void sampled_sphere(void **state)
{
    (void)state;
    enum {
        N = 4000,
        D = 3
    };
    const json_t *c = json_array_get(ref_at("ssb.hypersphere.cases"), 3);
    double r = ref_number(c, "r"), *data = malloc(2 * N * D * sizeof *data), x[D];
    assert_true(ref_number(c, "D") == D && r == 2);
    test_normal(5, N * D, data);
    for (int i = 0; i < N; i++) {
        double *p = data + i * D, norm = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
        for (int j = 0; j < D; j++) {
            p[j] *= r / norm;
            data[(N + i) * D + j] = -p[j];
        }
    }
    bench b = make(OU, data, 2 * N, D);
    ddn_result *fixed = NULL;
    const double start[D] = {1, 1, -1};
    OK(b.ctx, ddn_symmetry_fixed_points(b.sy, -log(0.9), 1, start, D, x, D, &fixed));
    CLOSE(column(b.ctx, fixed, "norm", 0), ref_number(c, "rho_star_at_theta_0.9"), 4 / sqrt(N), 0);
    ddn_result_destroy(fixed);
    unmake(&b);
    free(data);
}

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
    bench b = make(OU, data, SMALL_N, SMALL_D);
    for (int trial = 0; trial < 3; trial++) {
        double eta = trial == 2 ? 0.5 : 1, t = trial == 0 ? 0.1 : 0.6;
        double values[SMALL_D], vectors[SMALL_D][SMALL_D + 1], trace = 0, sum = 0, big = 0;
        OK(b.ctx, ddn_symmetry_set_f64(b.sy, DDN_SYMMETRY_ETA, eta));
        OK(b.ctx, ddn_symmetry_stability(b.sy, t, x, SMALL_D, values, vectors[0], SMALL_D + 1));
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
    unmake(&b);
}

/* The step x + b/L never raises u, and fixed points have no drift, for several eta. */
static void descent(void **state)
{
    (void)state;
    double data[SMALL_N * SMALL_D], x[SMALL_D], drift[SMALL_D], u, last;
    test_normal(8, SMALL_N * SMALL_D, data);
    bench b = make(OU, data, SMALL_N, SMALL_D);
    for (int trial = 0; trial < 6; trial++) {
        double eta = 0.5 + 0.5 * (trial % 3), t = trial < 3 ? 0.05 : 0.5;
        double big_l = -1 + (1 + eta * eta) / -expm1(-2 * t);
        OK(b.ctx, ddn_symmetry_set_f64(b.sy, DDN_SYMMETRY_ETA, eta));
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
        assert_true(scalar(b.ctx, r, "failed") == 0);
        double starts = 0;
        for (int64_t i = 0; i < ddn_result_rows(r); i++) {
            starts += column(b.ctx, r, "starts", i);
            assert_true(column(b.ctx, r, "lambda", i) < 0);
            assert_true(column(b.ctx, r, "residual", i) < 1e-10);
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
    unmake(&b);
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
    bench b = make(OU, data, SMALL_N, SMALL_D), c = make(OU, turned, SMALL_N, SMALL_D);
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
        CLOSE(column(b.ctx, r, "lambda", i), column(c.ctx, s, "lambda", i), 1e-7, 1e-7);
    }
    ddn_result_destroy(r);
    ddn_result_destroy(s);
    unmake(&b);
    unmake(&c);
}

/* ---- A foreign score: no posterior, no log p ---- */

static int32_t two_point_score(void *user, double t, double a, double s, int64_t m, int64_t d,
                               const double *x, double *out)
{
    (void)user;
    (void)t;
    for (int64_t i = 0; i < m * d; i++) {
        out[i] = (a * tanh(a * x[i] / (s * s)) - x[i]) / (s * s);
    }
    return 0;
}

static void foreign_score(void **state)
{
    (void)state;
    const double data[2] = {-1, 1}, t = -log(0.8), v = 1;
    bench b = make(OU, data, 2, 1);
    ddn_oracle *foreign = NULL;
    ddn_symmetry *sy = NULL;
    OK(b.ctx, ddn_oracle_create_callback(b.ctx, b.sch, 1, DDN_PREDICTION_SCORE, two_point_score,
                                         NULL, NULL, NULL, NULL, NULL, &foreign));
    OK(b.ctx, ddn_symmetry_create(b.ctx, foreign, &sy));
    enum {
        Q = 201
    };
    double q[Q], x[2], u;
    for (int i = 0; i < Q; i++) {
        q[i] = -2 + 4.0 * i / (Q - 1);
    }
    ddn_result *known = NULL, *found = NULL;
    OK(b.ctx, ddn_symmetry_line(b.sy, t, NULL, &v, q, Q, &known));
    OK(b.ctx, ddn_symmetry_line(sy, t, NULL, &v, q, Q, &found));
    assert_non_null(strstr(ddn_result_definition(found, "u"), "integrated"));
    double first = column(b.ctx, known, "u", 0);
    for (int i = 0; i < Q; i += 10) {
        CLOSE(column(b.ctx, found, "u", i), column(b.ctx, known, "u", i) - first, 0, 2e-6);
        CLOSE(column(b.ctx, found, "slope", i), column(b.ctx, known, "slope", i), 1e-12, 1e-12);
        CLOSE(column(b.ctx, found, "curvature", i), column(b.ctx, known, "curvature", i), 0, 1e-7);
    }
    ddn_result_destroy(known);
    ddn_result_destroy(found);
    OK(b.ctx, ddn_symmetry_fixed_points(sy, t, 2, data, 1, x, 1, &found));
    assert_int_equal(ddn_result_rows(found), 2);
    CLOSE(x[1], 0.9470385761417943, 1e-11, 0);
    ddn_result_destroy(found);
    FAILS(b.ctx, ddn_symmetry_potential(sy, t, 1, x, 1, &u), DDN_E_UNSUPPORTED, "no log p");
    ddn_diagram *diagram = NULL;
    OK(b.ctx, ddn_symmetry_diagram(sy, 2, 0.05, 2, data, 1, 0, NULL, 0, &diagram));
    CLOSE(column(b.ctx, ddn_diagram_events(diagram), "t", 0), 0.5 * asinh(1), 1e-7, 0);
    ddn_diagram_destroy(diagram);
    ddn_symmetry_destroy(sy);
    ddn_oracle_destroy(foreign);
    unmake(&b);
}

/* ---- Bad input ---- */

static void refusals(void **state)
{
    (void)state;
    const double data[4] = {-1, 0, 1, 0}, nan2[2] = {0, NAN}, q[3] = {0, 1, 1}, eta = NAN;
    bench b = make(OU, data, 2, 2);
    double x[4], v2[2] = {0, 0}, u;
    ddn_result *r = NULL;
    ddn_diagram *g = NULL;
    ddn_symmetry *none = (ddn_symmetry *)(uintptr_t)1;
    assert_int_equal(ddn_symmetry_create(NULL, b.oracle, &none), DDN_E_NULL);
    FAILS(b.ctx, ddn_symmetry_create(b.ctx, NULL, &none), DDN_E_NULL, "oracle");
    assert_null(none);
    assert_int_equal(ddn_symmetry_drift(NULL, 1, 1, data, 2, x, 2), DDN_E_NULL);
    FAILS(b.ctx, ddn_symmetry_set_f64(b.sy, DDN_SYMMETRY_ETA, -1), DDN_E_RANGE, "ETA");
    FAILS(b.ctx, ddn_symmetry_set_f64(b.sy, DDN_SYMMETRY_ETA, NAN), DDN_E_NONFINITE, "ETA");
    FAILS(b.ctx, ddn_symmetry_set_i64(b.sy, DDN_SYMMETRY_EIGENVALUES, 0), DDN_E_RANGE, "EIGEN");
    FAILS(b.ctx, ddn_symmetry_set_i64(b.sy, 999, 0), DDN_E_KEY, "999");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 0, 1, data, 2, x, 2), DDN_E_RANGE, "0");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, NAN, 1, data, 2, x, 2), DDN_E_NONFINITE, "nan");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, data, 1, x, 2), DDN_E_SHAPE, "of x is 1");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, data, 2, x, 1), DDN_E_SHAPE, "ldo");
    FAILS(b.ctx, ddn_symmetry_drift(b.sy, 1, 1, nan2, 2, x, 2), DDN_E_NONFINITE, "1");
    FAILS(b.ctx, ddn_symmetry_potential(b.sy, 1, 1, data, 2, NULL), DDN_E_NULL, "u");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, NULL, v2, q, 2, &r), DDN_E_RANGE, "zero vector");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, NULL, data, q, 3, &r), DDN_E_RANGE, "q[2]");
    FAILS(b.ctx, ddn_symmetry_line(b.sy, 1, NULL, data, q, 1, &r), DDN_E_RANGE, "count");
    FAILS(b.ctx, ddn_symmetry_stability(b.sy, 1, data, 3, x, NULL, 0), DDN_E_RANGE, "count");
    FAILS(b.ctx, ddn_symmetry_stability(b.sy, 1, data, 1, &u, x, 1), DDN_E_SHAPE, "ldv");
    FAILS(b.ctx, ddn_symmetry_fixed_points(b.sy, 1, 0, data, 2, x, 2, &r), DDN_E_RANGE, "m");
    FAILS(b.ctx, ddn_symmetry_fixed_points(b.sy, 1, 1, nan2, 2, x, 2, &r), DDN_E_NONFINITE,
          "starts");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 0.1, 1, 0, NULL, 0, 0, NULL, 0, &g), DDN_E_RANGE,
          "t_end");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 1, -1, 0, NULL, 0, 0, NULL, 0, &g), DDN_E_RANGE, "-1");
    FAILS(b.ctx, ddn_symmetry_diagram(b.sy, 1, 0.1, 1, NULL, 2, 0, NULL, 0, &g), DDN_E_NULL,
          "starts");
    FAILS(b.ctx, ddn_symmetry_critical(b.sy, -1, q, 1, &r), DDN_E_RANGE, "lambda");
    FAILS(b.ctx, ddn_symmetry_critical(b.sy, 1, &eta, 1, &r), DDN_E_NONFINITE, "etas");
    FAILS(b.ctx, ddn_symmetry_critical_time(b.ctx, NULL, 1, 1, &u), DDN_E_NULL, "sch");
    assert_null(r);
    assert_null(g);
    assert_null(ddn_diagram_points(NULL));
    ddn_diagram_destroy(NULL);
    ddn_symmetry_destroy(NULL);
    /* m = 0 is nothing to do. */
    OK(b.ctx, ddn_symmetry_drift(b.sy, 1, 0, NULL, 2, x, 2));
    unmake(&b);
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
    status = status ? status : ddn_dataset_create(ctx, data, DDN_TYPE_F64, 3, 1, 1, &ds);
    status = status ? status : ddn_oracle_create_empirical(ctx, ds, sch, &oracle);
    status = status ? status : ddn_symmetry_create(ctx, oracle, &sy);
    if (status == DDN_OK) {
        status = ddn_symmetry_set_f64(sy, DDN_SYMMETRY_STEP, 1);
    }
    status = status ? status : ddn_symmetry_fixed_points(sy, 0.1, 3, data, 1, x, 1, &fixed);
    status = status ? status : ddn_symmetry_line(sy, 0.1, NULL, &v, q, 2, &line);
    status = status ? status : ddn_symmetry_diagram(sy, 1, 0.1, 3, data, 1, 1, &v, 1, &g);
    status = status ? status : ddn_symmetry_critical(sy, 1, &eta, 1, &times);
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
        cmocka_unit_test(two_points),
        cmocka_unit_test(potential_of_the_talk),
        cmocka_unit_test(critical_time_of_two_points),
        cmocka_unit_test(critical_times_of_two_gaussians),
        cmocka_unit_test(circle),
        cmocka_unit_test(sampled_sphere),
        cmocka_unit_test(eigenpairs),
        cmocka_unit_test(descent),
        cmocka_unit_test(rotation),
        cmocka_unit_test(foreign_score),
        cmocka_unit_test(refusals),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests_name("symmetry", tests, NULL, NULL);
}

/* Denoising errors on training and test data: closed forms of the Wiener filter, of a constant and
 * of two points; the exact score against the identities; models that memorize and models that do
 * not; clones of a model; weights, limits, pooling, what is refused. Would catch: errors of one set
 * with the points of the other, differences of unpaired states, squared errors that are not those
 * of a coordinate, clones of the exact score in place of the model's. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/results.h"

enum {
    N = 60,
    D = 3,
    TIMES = 5
};
static const double times[TIMES] = {0.05, 0.2, 0.6, 1.5, 3};

typedef struct scene {
    ddn_context *ctx;
    ddn_schedule *ou;
    ddn_dataset *train, *test; /* N points of two clusters, 2 N of the same law */
    ddn_oracle *exact;
    ddn_analysis *an;
} scene;

static ddn_dataset *points(ddn_context *ctx, int64_t n, int64_t d, const double *y)
{
    ddn_dataset *ds = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, y, d, &ds));
    return ds;
}

static void make(scene *s)
{
    double y[2 * N * D];
    s->ctx = test_context(1);
    s->ou = test_schedule(s->ctx, TEST_OU);
    for (int set = 0; set < 2; set++) {
        const int n = set == 0 ? N : 2 * N;
        test_normal(71 + set, n * D, y);
        for (int i = 0; i < n; i++) {
            y[i * D] = 0.5 * y[i * D] + (i % 2 ? 1.5 : -1);
        }
        *(set == 0 ? &s->train : &s->test) = points(s->ctx, n, D, y);
    }
    OK(s->ctx, ddn_oracle_create_empirical(s->ctx, s->train, s->ou, &s->exact));
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->exact);
    ddn_dataset_destroy(s->train);
    ddn_dataset_destroy(s->test);
    ddn_schedule_destroy(s->ou);
    ddn_context_destroy(s->ctx);
}

static void set(const scene *s, ddn_analysis_key key, int64_t value)
{
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), key, value));
}

static ddn_result *measure(const scene *s, const ddn_oracle *oracle, const ddn_dataset *train,
                           const ddn_dataset *test)
{
    ddn_result *r = NULL;
    OK(s->ctx, ddn_analysis_generalization(s->an, oracle, train, test, TIMES, 0, times, NULL, &r));
    return r;
}

static double part(const scene *s, const ddn_result *r, const char *name, const char *end, int k)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", name, end);
    return test_element(s->ctx, r, full, k);
}

/* Row k of a column is within four of its errors of a number, and these are small. */
static void near(const scene *s, const ddn_result *r, const char *name, int k, double want)
{
    const double error = part(s, r, name, "_se", k);
    assert_true(error <= 0.1 * fabs(want) + 0.02 * (times[k] + 1));
    CLOSE(test_element(s->ctx, r, name, k), want, 1e-12, 4 * error);
    assert_true(part(s, r, name, "_low", k) <= test_element(s->ctx, r, name, k));
    assert_true(part(s, r, name, "_high", k) >= test_element(s->ctx, r, name, k));
}

/* D(x) = c, or that of an oracle. */
typedef struct host {
    double constant;
    ddn_query *query;
    int64_t most, states;
} host;

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    host *h = user;
    (void)a;
    (void)s;
    h->most = m > h->most ? m : h->most;
    h->states += m;
    if (h->query != NULL) {
        return ddn_query_bind_f64(h->query, DDN_OUT_MEAN, out, ldo) == DDN_OK &&
                       ddn_query_run(h->query, t, m, x, ldx) == DDN_OK
                   ? 0
                   : 7;
    }
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = h->constant;
    }
    return 0;
}

/* ---- Closed forms ---- */

/* Mean of (y - c)^2 over all numbers of a set. */
static double spread(const scene *s, const ddn_dataset *ds, double c)
{
    const int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    double y[2 * N * D], sum = 0;
    OK(s->ctx, ddn_dataset_read(s->ctx, ds, 0, n, y, d));
    for (int64_t i = 0; i < n * d; i++) {
        sum += (y[i] - c) * (y[i] - c) / (double)(n * d);
    }
    return sum;
}

/* A linear filter needs no more than the covariance: (1/d) sum lambda s^2/(a^2 lambda + s^2) on its
 * own data, whatever their law. */
static void wiener_on_training_data(void **state)
{
    (void)state;
    scene s;
    double lambda[D];
    make(&s);
    OK(s.ctx, ddn_dataset_spectrum(s.ctx, s.train, D, lambda, NULL, 0));
    ddn_result *r = measure(&s, s.exact, s.train, NULL);
    for (int k = 0; k < TIMES; k++) {
        const double a2 = exp(-2 * times[k]), s2 = -expm1(-2 * times[k]);
        double want = 0;
        for (int i = 0; i < D; i++) {
            want += lambda[i] * s2 / (a2 * lambda[i] + s2) / D;
        }
        near(&s, r, "e_wiener_train", k, want);
        assert_true(isnan(test_element(s.ctx, r, "e_test", k)));
        assert_true(isnan(test_element(s.ctx, r, "gap", k)));
        assert_true(isnan(test_element(s.ctx, r, "phi_C", k)));
    }
    CLOSE(test_scalar(s.ctx, r, "wiener_axes"), D, 0, 0);
    CLOSE(test_scalar(s.ctx, r, "evaluations"), TIMES * 1024, 0, 0);
    ddn_result_destroy(r);
    unmake(&s);
}

/* In one dimension also on other data: ((1 - a K)^2 E (y - mean)^2 + s^2 K^2, K = a v/(a^2 v +
 * s^2). The filter as the model is the reference itself: no gain, to the last bit. */
static void wiener_on_test_data(void **state)
{
    (void)state;
    static const double y[] = {-1, 0.5, 2, 0.25, -3, 1, 1.5}, other[] = {4, -2, 0.5, 1, -1};
    scene s;
    make(&s);
    set(&s, DDN_ANALYSIS_SAMPLES, 4000);
    ddn_dataset *train = points(s.ctx, 7, 1, y), *test = points(s.ctx, 5, 1, other);
    ddn_oracle *wiener = NULL;
    OK(s.ctx, ddn_oracle_create_gaussian_of(s.ctx, train, s.ou, 1, &wiener));
    ddn_result *r = measure(&s, wiener, train, test);
    double mean = 0;
    for (int i = 0; i < 7; i++) {
        mean += y[i] / 7;
    }
    const double v = spread(&s, train, mean), w = spread(&s, test, mean);
    for (int k = 0; k < TIMES; k++) {
        const double a = exp(-times[k]), s2 = -expm1(-2 * times[k]),
                     gain = a * v / (a * a * v + s2);
        const double left = (1 - a * gain) * (1 - a * gain), noise = s2 * gain * gain;
        near(&s, r, "e_wiener_train", k, left * v + noise);
        near(&s, r, "e_wiener_test", k, left * w + noise);
        near(&s, r, "gap_wiener", k, left * (w - v));
        CLOSE(test_element(s.ctx, r, "gain_train", k), 0, 0, 0);
        CLOSE(test_element(s.ctx, r, "gain_test", k), 0, 0, 0);
        CLOSE(test_element(s.ctx, r, "e_test", k), test_element(s.ctx, r, "e_wiener_test", k), 0,
              0);
        CLOSE(test_element(s.ctx, r, "gap", k), test_element(s.ctx, r, "gap_wiener", k), 0, 0);
    }
    ddn_result_destroy(r);
    ddn_oracle_destroy(wiener);
    ddn_dataset_destroy(train);
    ddn_dataset_destroy(test);
    unmake(&s);
}

static void constant_predictor(void **state)
{
    (void)state;
    scene s;
    make(&s);
    host h = {.constant = 0.25};
    set(&s, DDN_ANALYSIS_SAMPLES, 4000);
    ddn_oracle *model = test_model(s.ctx, s.ou, DDN_PREDICTION_X0, D, predict, &h, NULL);
    ddn_result *r = measure(&s, model, s.train, s.test);
    const double train = spread(&s, s.train, 0.25), test = spread(&s, s.test, 0.25);
    for (int k = 0; k < TIMES; k++) {
        near(&s, r, "e_train", k, train);
        near(&s, r, "e_test", k, test);
        near(&s, r, "gap", k, test - train);
        CLOSE(test_element(s.ctx, r, "gap_paired", k),
              test_element(s.ctx, r, "gap", k) - test_element(s.ctx, r, "gap_wiener", k), 1e-11,
              1e-13);
        CLOSE(test_element(s.ctx, r, "excess_train", k),
              test_element(s.ctx, r, "e_train", k) - test_element(s.ctx, r, "e_exact_train", k),
              1e-12, 0);
        CLOSE(test_element(s.ctx, r, "gain_test", k),
              test_element(s.ctx, r, "e_wiener_test", k) - test_element(s.ctx, r, "e_test", k),
              1e-12, 0);
    }
    ddn_result_destroy(r);
    ddn_oracle_destroy(model);
    unmake(&s);
}

/* Points +-1: mmse = 1 - E tanh^2(r + sqrt(r) g), r = a^2/s^2; also where states between the points
 * are so rare that plain samples would see none. */
static void two_points(void **state)
{
    (void)state;
    static const double y[] = {-1, 1};
    scene s;
    make(&s);
    set(&s, DDN_ANALYSIS_SAMPLES, 4000);
    ddn_dataset *train = points(s.ctx, 2, 1, y);
    ddn_oracle *exact = NULL;
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, train, s.ou, &exact));
    ddn_result *r = measure(&s, exact, train, train);
    for (int k = 0; k < TIMES; k++) {
        const double ratio = 1 / expm1(2 * times[k]), h = 0.01;
        double want = 0;
        for (int i = -1300; i <= 1300; i++) {
            const double g = i * h, c = cosh(ratio + sqrt(ratio) * g);
            want += h * exp(-g * g / 2) / sqrt(2 * acos(-1)) / (c * c);
        }
        const double got = test_element(s.ctx, r, "e_exact_train", k);
        CLOSE(got, want, 0, 4 * part(&s, r, "e_exact_train", "_se", k));
        assert_true(part(&s, r, "e_exact_train", "_se", k) < 0.1 * want);
        CLOSE(test_element(s.ctx, r, "e_train", k), got, 0, 0);
        near(&s, r, "gap", k, 0); /* the test data are the training data */
    }
    ddn_result_destroy(r);
    ddn_oracle_destroy(exact);
    ddn_dataset_destroy(train);
    unmake(&s);
}

/* ---- What models are told apart ---- */

/* The exact score memorizes: no excess, the gap of the exact score; its mmse is that of the
 * identities. Wrapped as a model it is the same, asked in batches of at most MAX_ROWS. */
static void exact_score(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_result *r = measure(&s, s.exact, s.train, s.test), *identities = NULL, *wrapped = NULL;
    OK(s.ctx, ddn_analysis_identities(s.an, s.exact, TIMES, times, &identities));
    for (int k = 0; k < TIMES; k++) {
        const double mmse = test_element(s.ctx, identities, "mmse", k) / D;
        const double error = part(&s, identities, "mmse", "_se", k) / D;
        CLOSE(test_element(s.ctx, r, "e_train", k), mmse, 0,
              4 * hypot(error, part(&s, r, "e_train", "_se", k)));
        CLOSE(test_element(s.ctx, r, "excess_train", k), 0, 0, 1e-28);
        CLOSE(test_element(s.ctx, r, "excess_test", k), 0, 0, 1e-15);
        assert_true(part(&s, r, "gap", "_low", k) > 0 || times[k] > 1);
        assert_true(part(&s, r, "gain_train", "_low", k) > 0 || times[k] > 2);
    }
    assert_true(part(&s, r, "gain_test", "_high", 1) < 0); /* the Wiener filter is better there */
    host h = {.query = NULL};
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    OK(s.ctx, ddn_query_create(s.ctx, s.exact, &h.query));
    OK(s.ctx, ddn_model_create(s.ctx, s.ou, DDN_PREDICTION_X0, D, &h, NULL, &model));
    OK(s.ctx, ddn_model_set_predict_f64(model, predict));
    OK(s.ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, 50));
    OK(s.ctx, ddn_oracle_create_model(s.ctx, model, &oracle));
    wrapped = measure(&s, oracle, s.train, s.test);
    assert_int_equal(h.most, 50);
    CLOSE(test_scalar(s.ctx, wrapped, "evaluations"), (double)h.states, 0, 0);
    for (int64_t i = 0; i < ddn_result_column_count(r); i++) {
        const char *name = ddn_result_column_name(r, i);
        for (int k = 0; k < TIMES; k++) {
            const double want = test_element(s.ctx, r, name, k);
            const double got = test_element(s.ctx, wrapped, name, k);
            assert_true((isnan(want) && isnan(got)) || fabs(got - want) < 1e-9);
        }
    }
    ddn_query_destroy(h.query);
    ddn_model_destroy(model);
    ddn_oracle_destroy(oracle);
    ddn_result_destroy(r);
    ddn_result_destroy(wrapped);
    ddn_result_destroy(identities);
    unmake(&s);
}

/* The law itself as the model generalises: it is above the exact score on training data, below it
 * on test data, where nothing is below it on average, and its clones end at no point in common. */
static void law_and_memory(void **state)
{
    (void)state;
    static const double from[] = {0.02, 1, 5};
    const double means[2 * D] = {1.5, 0, 0, -1, 0, 0}, variances[D] = {0.25, 1, 1};
    const double weights[2] = {0.5, 0.5};
    scene s;
    make(&s);
    set(&s, DDN_ANALYSIS_SAMPLES, 4000);
    ddn_oracle *law = NULL;
    ddn_result *r[2] = {NULL};
    OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.ou, DDN_VARIANCE_SHARED_DIAGONAL, 2, D, weights,
                                        means, D, variances, D, NULL, &law));
    for (int i = 0; i < 2; i++) {
        OK(s.ctx, ddn_analysis_generalization(s.an, i == 0 ? law : s.exact, s.train, s.test, 1, 3,
                                              &times[1], from, &r[i]));
        assert_int_equal(ddn_result_rows(r[i]), 4);
        CLOSE(test_element(s.ctx, r[i], "t", 1), times[1], 0, 0);
        assert_true(isnan(test_element(s.ctx, r[i], "e_train", 0)));
        assert_true(isnan(test_element(s.ctx, r[i], "f_mem", 1)));
    }
    assert_true(part(&s, r[0], "excess_train", "_low", 1) > 0.01);
    assert_true(part(&s, r[0], "excess_test", "_high", 1) < -0.01);
    assert_true(part(&s, r[0], "gain_test", "_low", 1) > 0);
    for (int k = 0; k < 4; k++) {
        if (k == 1) {
            continue;
        }
        /* The exact score ends at points, its clones agree as the identity says. */
        assert_true(part(&s, r[1], "f_mem", "_low", k) > 0.98);
        assert_true(test_element(s.ctx, r[1], "d1_q50", k) < 0.01);
        ddn_result *identities = NULL;
        OK(s.ctx,
           ddn_analysis_identities(s.an, s.exact, 1, &from[k == 0 ? 0 : k - 1], &identities));
        CLOSE(test_element(s.ctx, r[1], "phi_C", k), test_element(s.ctx, identities, "phi_C", 0), 0,
              5 * part(&s, r[1], "phi_C", "_se", k));
        ddn_result_destroy(identities);
    }
    /* Those of the law are fresh points. */
    CLOSE(test_element(s.ctx, r[0], "f_mem", 3), test_scalar(s.ctx, r[0], "f_mem_test"), 0, 0.12);
    CLOSE(test_element(s.ctx, r[0], "d1_q50", 3), test_scalar(s.ctx, r[0], "d1_q50_test"), 0.2, 0);
    assert_true(part(&s, r[0], "f_mem", "_high", 3) < 0.4);
    assert_true(part(&s, r[0], "phi_C", "_high", 3) < 0.1);
    assert_true(test_element(s.ctx, r[0], "d2_q50", 3) > test_element(s.ctx, r[0], "d1_q50", 3));
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
    ddn_oracle_destroy(law);
    unmake(&s);
}

/* ---- Settings and sets ---- */

static void same_columns(const scene *s, const ddn_result *a, const ddn_result *b, double rtol)
{
    for (int64_t i = 0; i < ddn_result_column_count(a); i++) {
        const char *name = ddn_result_column_name(a, i);
        for (int64_t k = 0; k < ddn_result_rows(a); k++) {
            const double want = test_element(s->ctx, a, name, k);
            if (!isnan(want)) {
                CLOSE(test_element(s->ctx, b, name, k), want, rtol, rtol);
            }
        }
    }
}

/* Weights are copies; batches do not show; a row does not depend on the rest of the grid. */
static void weights_batches_grids(void **state)
{
    (void)state;
    static const double y[] = {0, 1, 0, 1, 2, 0.5}, weight[] = {2, 1};
    const double backwards[] = {times[3], times[1]}, clones[] = {2, 0.5};
    scene s;
    make(&s);
    set(&s, DDN_ANALYSIS_NEIGHBOURS, 0);
    set(&s, DDN_ANALYSIS_SAMPLES, 200);
    set(&s, DDN_ANALYSIS_CLONES, 20);
    ddn_dataset *copies = points(s.ctx, 3, 2, y), *bare = points(s.ctx, 2, 2, y + 2), *weighted;
    ddn_oracle *oracle = NULL;
    ddn_result *r[5] = {NULL};
    OK(s.ctx, ddn_dataset_create_weighted(s.ctx, bare, 2, weight, &weighted));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, copies, s.ou, &oracle));
    r[0] = measure(&s, oracle, copies, copies);
    r[1] = measure(&s, oracle, weighted, weighted);
    same_columns(&s, r[0], r[1], 1e-9);
    set(&s, DDN_ANALYSIS_BATCH, 7);
    r[2] = measure(&s, oracle, copies, copies);
    same_columns(&s, r[0], r[2], 1e-9);
    for (int i = 0; i < 2; i++) {
        set(&s, DDN_ANALYSIS_BATCH, i == 0 ? 64 : 3);
        OK(s.ctx, ddn_analysis_generalization(s.an, oracle, copies, bare, 2, 2, backwards, clones,
                                              &r[3 + i]));
        CLOSE(test_element(s.ctx, r[3 + i], "e_train", 0), test_element(s.ctx, r[0], "e_train", 1),
              1e-9, 0);
        CLOSE(test_element(s.ctx, r[3 + i], "e_train", 2), test_element(s.ctx, r[0], "e_train", 3),
              1e-9, 0);
    }
    same_columns(&s, r[3], r[4], 1e-9);
    for (int i = 0; i < 5; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(copies);
    ddn_dataset_destroy(bare);
    ddn_dataset_destroy(weighted);
    unmake(&s);
}

/* Hardly any noise, hardly any signal, one point. */
static void limits(void **state)
{
    (void)state;
    static const double ends[] = {1e-6, 18};
    const double one[D] = {1, 2, 3};
    scene s;
    make(&s);
    set(&s, DDN_ANALYSIS_CLONES, 8);
    ddn_dataset *single = points(s.ctx, 1, D, one);
    ddn_result *r = NULL;
    OK(s.ctx, ddn_analysis_generalization(s.an, s.exact, s.train, s.test, 2, 0, ends, NULL, &r));
    /* In the limit of no noise the exact denoiser gives the nearest point, Wiener's the state. */
    CLOSE(test_element(s.ctx, r, "e_exact_train", 0), 0, 0, 1e-12);
    CLOSE(test_element(s.ctx, r, "e_wiener_train", 0), 2e-6, 0.02, 0);
    assert_true(test_element(s.ctx, r, "e_exact_test", 0) > 0.05);
    /* In that of no signal both give the mean. */
    double mean[D], want[2] = {0};
    OK(s.ctx, ddn_dataset_mean(s.ctx, s.train, D, mean));
    for (int i = 0; i < D; i++) {
        double y[2][2 * N * D];
        OK(s.ctx, ddn_dataset_read(s.ctx, s.train, 0, N, y[0], D));
        OK(s.ctx, ddn_dataset_read(s.ctx, s.test, 0, 2 * N, y[1], D));
        for (int side = 0; side < 2; side++) {
            for (int p = 0; p < (side + 1) * N; p++) {
                const double off = y[side][p * D + i] - mean[i];
                want[side] += off * off / ((side + 1) * N * D);
            }
        }
    }
    CLOSE(test_element(s.ctx, r, "e_exact_train", 1), want[0], 1e-6, 0);
    CLOSE(test_element(s.ctx, r, "e_wiener_train", 1), want[0], 1e-6, 0);
    near(&s, r, "e_exact_test", 1, want[1]);
    ddn_result_destroy(r);
    OK(s.ctx,
       ddn_analysis_generalization(s.an, s.exact, single, single, TIMES, 1, times, times + 3, &r));
    for (int k = 0; k < TIMES; k++) {
        CLOSE(test_element(s.ctx, r, "e_exact_train", k), 0, 0, 0);
        CLOSE(test_element(s.ctx, r, "gap_exact", k), 0, 0, 0);
        CLOSE(test_element(s.ctx, r, "e_wiener_test", k), 0, 0, 1e-24);
    }
    CLOSE(test_element(s.ctx, r, "phi_C", 3), 1, 0, 0);
    assert_true(isnan(test_element(s.ctx, r, "f_mem", 3)));
    assert_true(test_element(s.ctx, r, "d1_q50", 3) > 0 && isnan(part(&s, r, "d2_q50", "", 3)));
    ddn_result_destroy(r);
    ddn_dataset_destroy(single);
    unmake(&s);
}

/* Two halves are one run of all states: means and errors by the textbook, shares, sums. */
static void halves(void **state)
{
    (void)state;
    static const char *const names[] = {"e_train", "gap", "excess_test", "gain_train"};
    scene s;
    ddn_result *r[2] = {NULL}, *both = NULL;
    make(&s);
    set(&s, DDN_ANALYSIS_SAMPLES, 100);
    set(&s, DDN_ANALYSIS_CLONES, 30);
    for (int i = 0; i < 2; i++) {
        set(&s, DDN_ANALYSIS_SEED, i);
        OK(s.ctx, ddn_analysis_generalization(s.an, s.exact, s.train, s.test, 1, 1, &times[2],
                                              &times[2], &r[i]));
    }
    OK(s.ctx, ddn_result_merge(s.ctx, r[0], r[1], &both));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        double sum = 0, squares = 0;
        for (int h = 0; h < 2; h++) {
            const double mean = test_element(s.ctx, r[h], names[i], 0);
            const double error = part(&s, r[h], names[i], "_se", 0);
            sum += 100 * mean;
            squares += 100 * mean * mean + 100 * 99 * error * error;
        }
        CLOSE(test_element(s.ctx, both, names[i], 0), sum / 200, 1e-12, 1e-15);
        CLOSE(part(&s, both, names[i], "_se", 0), sqrt((squares - sum * sum / 200) / 199 / 200),
              1e-6, 1e-12);
    }
    CLOSE(test_element(s.ctx, both, "samples", 0), 200, 0, 0);
    CLOSE(test_element(s.ctx, both, "clones", 0), 60, 0, 0);
    CLOSE(60 * test_element(s.ctx, both, "phi_C", 0),
          30 * (test_element(s.ctx, r[0], "phi_C", 0) + test_element(s.ctx, r[1], "phi_C", 0)),
          1e-12, 0);
    assert_true(isnan(test_element(s.ctx, both, "d1_q50", 0)));
    ddn_result_destroy(both);
    ddn_result_destroy(r[1]);
    OK(s.ctx, ddn_analysis_generalization(s.an, s.exact, s.train, s.train, 1, 1, &times[2],
                                          &times[2], &r[1]));
    FAILS(s.ctx, ddn_result_merge(s.ctx, r[0], r[1], &both), DDN_E_MISMATCH, "test");
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
    unmake(&s);
}

static void refuses(void **state)
{
    (void)state;
    static const double falling[] = {1, 1}, low[] = {1e-4};
    scene s;
    ddn_result *r = NULL;
    make(&s);
    host h = {.constant = NAN};
    ddn_dataset *flat = points(s.ctx, 2, 2, times);
    ddn_oracle *model = test_model(s.ctx, s.ou, DDN_PREDICTION_X0, D, predict, &h, NULL);
#define GENERALIZATION(oracle, train, test, count, clones, t, tc)                                  \
    ddn_analysis_generalization(s.an, oracle, train, test, count, clones, t, tc, &r)
    FAILS(s.ctx, GENERALIZATION(NULL, s.train, s.test, 1, 0, times, NULL), DDN_E_NULL, "oracle");
    FAILS(s.ctx, GENERALIZATION(s.exact, NULL, s.test, 1, 0, times, NULL), DDN_E_NULL, "train");
    FAILS(s.ctx, GENERALIZATION(s.exact, flat, s.test, 1, 0, times, NULL), DDN_E_SHAPE, "train");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, flat, 1, 0, times, NULL), DDN_E_SHAPE, "test");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, NULL, 0, 0, times, NULL), DDN_E_RANGE, "times");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, NULL, 2, 0, falling, NULL), DDN_E_RANGE, "times");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, NULL, 1, -1, times, times), DDN_E_RANGE,
          "clone_times");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, NULL, 1, 1, times, NULL), DDN_E_NULL,
          "clone_times");
    FAILS(s.ctx, GENERALIZATION(s.exact, s.train, NULL, 1, 1, times, low), DDN_E_RANGE, "T_END");
    FAILS(s.ctx, GENERALIZATION(model, s.train, NULL, 1, 0, times, NULL), DDN_E_NONFINITE, "[0]");
    h.constant = 1e160;
    FAILS(s.ctx, GENERALIZATION(model, s.train, s.test, 1, 0, times, NULL), DDN_E_RANGE,
          "squared error");
    h.constant = 0;
    OK(s.ctx,
       ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_METHOD, DDN_METHOD_EXACT));
    FAILS(s.ctx, GENERALIZATION(model, s.train, s.test, 1, 1, times, times), DDN_E_UNSUPPORTED,
          "draw");
    assert_null(r);
    CANCELLED(s.ctx, GENERALIZATION(s.exact, s.train, s.test, 1, 1, times, times));
    assert_null(r);
    ddn_oracle_destroy(model);
    ddn_dataset_destroy(flat);
    unmake(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wiener_on_training_data),
        cmocka_unit_test(wiener_on_test_data),
        cmocka_unit_test(constant_predictor),
        cmocka_unit_test(two_points),
        cmocka_unit_test(exact_score),
        cmocka_unit_test(law_and_memory),
        cmocka_unit_test(weights_batches_grids),
        cmocka_unit_test(limits),
        cmocka_unit_test(halves),
        cmocka_unit_test(refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

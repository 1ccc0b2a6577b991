/* Schedules of every kind: ranges, rates, grids, and custom callbacks that go wrong. */
#include "support/fixtures.h"

/* Kinds used by the tests that hold for all of them. */
enum {
    KINDS = 6
};

/* A schedule like OU in its own time, a = e^-t, s^2 = 1 - e^-2t, with switches for faults. */
typedef struct host {
    int32_t fail_code;
    double fail_after; /* calls at t above this fail */
    double nan_after;
    int32_t sign; /* -1: s/a falls */
    int64_t released;
    double noise_at; /* pure noise */
} host;

static int32_t host_eval(void *user, double t, double *a, double *s, double *da, double *ds)
{
    const host *h = user;
    if (t > h->fail_after) {
        return h->fail_code;
    }
    double u = h->sign > 0 ? t : 10.0 - t;
    *a = exp(-u);
    *s = sqrt(-expm1(-2.0 * u));
    *da = -*a * h->sign;
    *ds = *a * *a / *s * h->sign;
    if (t > h->nan_after) {
        *s = NAN;
    }
    if (t == h->noise_at) {
        *a = 0;
        *s = 1;
    }
    return 0;
}

static void host_release(void *user)
{
    ((host *)user)->released++;
}

static host good_host(void)
{
    return (host){0, INFINITY, INFINITY, 1, 0, INFINITY};
}

static ddn_schedule *make(ddn_context *ctx, int kind, host *h)
{
    ddn_schedule *sch = NULL;
    if (kind <= TEST_EDM) {
        return test_schedule(ctx, (test_kind)kind);
    }
    OK(ctx, ddn_schedule_create_custom(ctx, 0.0, 10.0, host_eval, h, host_release, &sch));
    return sch;
}

static const char *const kind_names[KINDS] = {"ou", "vp_linear", "ddpm", "cosine", "edm", "custom"};
/* Times in the inside of each kind's range. */
static const double inside[KINDS][5] = {
    {1e-6, 1e-3, 0.3, 2.0, 20.0}, {1e-6, 1e-3, 0.2, 0.5, 1.0},  {-0.999, 0.0, 10.25, 500, 999},
    {-0.5, 0.0, 10.25, 500, 999}, {1e-6, 1e-3, 0.5, 80.0, 1e6}, {1e-6, 1e-3, 0.3, 2.0, 10.0}};

static void every_kind(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    host h = good_host();
    for (int kind = 0; kind < KINDS; kind++) {
        ddn_schedule *sch = make(ctx, kind, &h);
        assert_string_equal(ddn_schedule_kind(sch), kind_names[kind]);
        double low, high, a, s, tau, t;
        OK(ctx, ddn_schedule_range(ctx, sch, &low, &high));
        for (int j = 0; j < 5; j++) {
            double at = inside[kind][j];
            OK(ctx, ddn_schedule_eval(ctx, sch, at, &a, &s));
            OK(ctx, ddn_schedule_to_ou(ctx, sch, at, &tau));
            CLOSE(tau, 0.5 * log1p(s * s / (a * a)), 1e-12, 0);
            OK(ctx, ddn_schedule_from_ou(ctx, sch, tau, &t));
            CLOSE(t, at, 1e-12, 1e-12);
            /* f and g^2 are the derivatives that they claim to be */
            double h1 = 1e-4 * fmin(at - low, high - at), a1, a2, s1, s2, f, g2;
            if (h1 <= 0 || kind == TEST_DDPM || kind == TEST_COSINE) {
                continue;
            }
            OK(ctx, ddn_schedule_rates(ctx, sch, at, &f, &g2));
            OK(ctx, ddn_schedule_eval(ctx, sch, at - h1, &a1, &s1));
            OK(ctx, ddn_schedule_eval(ctx, sch, at + h1, &a2, &s2));
            CLOSE(f, log(a2 / a1) / (2 * h1), 1e-6, 1e-9);
            CLOSE(g2, (s2 - s1) * (s2 + s1) / (2 * h1) - 2 * f * s * s, 1e-6, 1e-9);
        }
        FAILS(ctx, ddn_schedule_eval(ctx, sch, low, &a, &s), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_eval(ctx, sch, low - 1, &a, &s), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_eval(ctx, sch, high * 1.01, &a, &s), DDN_E_RANGE, kind_names[kind]);
        FAILS(ctx, ddn_schedule_rates(ctx, sch, low, &a, &s), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_to_ou(ctx, sch, low, &a), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_from_ou(ctx, sch, 0.0, &a), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_from_ou(ctx, sch, -1.0, &a), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_from_ou(ctx, sch, 1e9, &a), DDN_E_RANGE, "outside (");
        FAILS(ctx, ddn_schedule_from_ou(ctx, sch, NAN, &a), DDN_E_NONFINITE, "nan");
        FAILS(ctx, ddn_schedule_eval(ctx, sch, NAN, &a, &s), DDN_E_NONFINITE, "nan");
        FAILS(ctx, ddn_schedule_eval(ctx, sch, INFINITY, &a, &s), DDN_E_NONFINITE, "inf");
        FAILS(ctx, ddn_schedule_eval(ctx, sch, 1.0, NULL, &s), DDN_E_NULL, "argument a");
        FAILS(ctx, ddn_schedule_eval(ctx, NULL, 1.0, &a, &s), DDN_E_NULL, "argument sch");
        ddn_schedule_destroy(sch);
    }
    assert_int_equal(h.released, 1);
    ddn_schedule_destroy(NULL);
    ddn_context_destroy(ctx);
}

static void grids(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    host h = good_host();
    double t[65], b[65];
    for (int kind = 0; kind < KINDS; kind++) {
        ddn_schedule *sch = make(ctx, kind, &h);
        double first = inside[kind][4], last = inside[kind][kind == TEST_COSINE ? 1 : 0];
        for (ddn_grid g = DDN_GRID_UNIFORM; g <= DDN_GRID_KARRAS; g++) {
            if (g == DDN_GRID_GEOMETRIC && (last <= 0)) {
                FAILS(ctx, ddn_schedule_grid(ctx, sch, g, first, last, 65, t), DDN_E_RANGE,
                      "reach");
                continue;
            }
            OK(ctx, ddn_schedule_grid(ctx, sch, g, first, last, 65, t));
            OK(ctx, ddn_schedule_grid(ctx, sch, g, last, first, 65, b));
            assert_true(t[0] == first && t[64] == last && b[0] == last && b[64] == first);
            for (int k = 0; k < 65; k++) {
                assert_true(k == 0 || (t[k] < t[k - 1] && b[k] > b[k - 1]));
                CLOSE(t[k], b[64 - k], 1e-11, 1e-11);
            }
            double a0, s0, a1, s1, a2, s2;
            OK(ctx, ddn_schedule_eval(ctx, sch, t[16], &a0, &s0));
            OK(ctx, ddn_schedule_eval(ctx, sch, t[32], &a1, &s1));
            OK(ctx, ddn_schedule_eval(ctx, sch, t[48], &a2, &s2));
            double c0 = s0 / a0, c1 = s1 / a1, c2 = s2 / a2;
            if (g == DDN_GRID_UNIFORM) {
                CLOSE(t[32], 0.5 * (t[16] + t[48]), 1e-12, 0);
            } else if (g == DDN_GRID_GEOMETRIC) {
                CLOSE(t[32], sqrt(t[16] * t[48]), 1e-12, 0);
            } else if (g == DDN_GRID_LOGSNR) {
                CLOSE(c1, sqrt(c0 * c2), 1e-11, 0);
            } else {
                CLOSE(c1, pow(0.5 * (pow(c0, 1. / 7) + pow(c2, 1. / 7)), 7), 1e-11, 0);
            }
        }
        ddn_schedule_destroy(sch);
    }
    ddn_schedule *ou = test_schedule(ctx, TEST_OU), *ddpm = test_schedule(ctx, TEST_DDPM);
    OK(ctx, ddn_schedule_grid(ctx, ddpm, DDN_GRID_UNIFORM, 63, -1, 65, t));
    for (int k = 0; k < 65; k++) {
        assert_true(t[k] == 63 - k);
    }
    OK(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_KARRAS, 3, 0, 9, t)); /* down to sigma = 0 */
    assert_true(t[8] == 0 && t[7] > 0);
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_LOGSNR, 3, 0, 9, t), DDN_E_RANGE, "reach");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_UNIFORM, 3, 1, 1, t), DDN_E_RANGE, "count = 1");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_UNIFORM, 3, 3, 9, t), DDN_E_RANGE, "t_last");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_UNIFORM, 3, -1, 9, t), DDN_E_RANGE, "-1");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_UNIFORM, NAN, 1, 9, t), DDN_E_NONFINITE, "nan");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, 0, 3, 1, 9, t), DDN_E_KEY, "grid kind 0");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, 1, 3, 1, 9, NULL), DDN_E_NULL, "times");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, 1, 1, 1 + 1e-15, 65, t), DDN_E_RANGE, "separates");
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(ddpm);
    ddn_context_destroy(ctx);
}

static void custom_faults(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    double a, s;
#define CREATE(h, lo, hi)                                                                          \
    ddn_schedule_create_custom(ctx, (lo), (hi), host_eval, (h), host_release, &sch)
    host h = good_host();
    h.fail_after = 3;
    h.fail_code = -5;
    FAILS(ctx, CREATE(&h, 0.01, 5), DDN_E_CALLBACK, "returned -5");
    assert_null(sch);
    h = good_host();
    h.nan_after = 2;
    FAILS(ctx, CREATE(&h, 0.01, 5), DDN_E_NONFINITE, "s = nan");
    h = good_host();
    h.sign = -1;
    FAILS(ctx, CREATE(&h, 0.01, 5), DDN_E_RANGE, "s/a");
    FAILS(ctx, CREATE(&h, 5, 5), DDN_E_RANGE, "t_min");
    FAILS(ctx, CREATE(&h, NAN, 5), DDN_E_NONFINITE, "t_min");
    FAILS(ctx, ddn_schedule_create_custom(ctx, 0, 1, NULL, NULL, NULL, &sch), DDN_E_NULL, "eval");
    assert_int_equal(h.released, 0);
    /* a callback that starts to fail later */
    h = good_host();
    OK(ctx, CREATE(&h, 0.01, 5));
    OK(ctx, ddn_schedule_eval(ctx, sch, 0.01, &a, &s));
    FAILS(ctx, ddn_schedule_eval(ctx, sch, 0.009, &a, &s), DDN_E_RANGE, "outside [");
    h.fail_after = 1;
    h.fail_code = 7;
    a = -1;
    FAILS(ctx, ddn_schedule_eval(ctx, sch, 2, &a, &s), DDN_E_CALLBACK, "returned 7");
    assert_true(a == -1);
    double times[4];
    FAILS(ctx, ddn_schedule_grid(ctx, sch, DDN_GRID_LOGSNR, 0.5, 0.1, 4, times), DDN_E_CALLBACK,
          "returned 7");
    ddn_schedule_destroy(sch);
    assert_int_equal(h.released, 1);
    /* one whose end becomes pure noise later, and one that is so from the beginning */
    h = good_host();
    OK(ctx, CREATE(&h, 0.01, 5));
    h.noise_at = 5;
    FAILS(ctx, ddn_schedule_eval(ctx, sch, 5, &a, &s), DDN_E_RANGE, "gave a = 0, outside");
    ddn_schedule_destroy(sch);
    OK(ctx, CREATE(&h, 0.01, 5));
    OK(ctx, ddn_schedule_eval(ctx, sch, 5, &a, &s));
    assert_true(a == 0 && s == 1);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* What a custom schedule writes at all times, but s = 1 + t rate there. */
typedef struct numbers {
    double a, s, rate, da, ds;
} numbers;

static int32_t write_numbers(void *user, double t, double *a, double *s, double *da, double *ds)
{
    const numbers *n = user;
    *a = n->a;
    *s = n->s * (n->rate == 0 ? 1 : n->rate * t);
    *da = n->da;
    *ds = n->ds;
    return 0;
}

static void custom_numbers(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    static const struct {
        numbers n;
        double t_min;
        const char *part;
        ddn_status status;
    } bad[] = {
        {{1e-151, 1, 1, 0, 1}, 1, "a = 1e-151", DDN_E_RANGE},
        {{1e151, 1, 1, 0, 1}, 1, "a = 1e+151", DDN_E_RANGE},
        {{1, 1e-151, 1, 0, 1e-151}, 1, "s = 1e-151", DDN_E_RANGE},
        {{1, 1e151, 1, 0, 1e151}, 1, "s = 1e+151", DDN_E_RANGE},
        {{1, 1, 1, INFINITY, 1}, 1, "da/dt = inf", DDN_E_NONFINITE},
        {{1, 1, 1, 0, INFINITY}, 1, "ds/dt = inf", DDN_E_NONFINITE},
        {{1, 1, 0, 0, 1}, 1, "does not increase", DDN_E_RANGE},
        {{1, 1, 1, 0, -1}, 1, "let s/a fall", DDN_E_RANGE},
        {{INFINITY, 1, 1, 0, 1}, 1, "a = inf", DDN_E_NONFINITE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        numbers n = bad[i].n;
        FAILS(ctx, ddn_schedule_create_custom(ctx, bad[i].t_min, 2, write_numbers, &n, NULL, &sch),
              bad[i].status, bad[i].part);
        assert_null(sch);
    }
    /* It is asked for a time with that noise at both ends, and beyond. */
    numbers good = {1, 1, 1, 0, 1};
    double t = 0;
    OK(ctx, ddn_schedule_create_custom(ctx, 1, 2, write_numbers, &good, NULL, &sch));
    OK(ctx, ddn_schedule_from_ou(ctx, sch, 0.5 * log(2), &t));
    CLOSE(t, 1, 1e-15, 0);
    OK(ctx, ddn_schedule_from_ou(ctx, sch, 0.5 * log(5), &t));
    CLOSE(t, 2, 1e-15, 0);
    FAILS(ctx, ddn_schedule_from_ou(ctx, sch, 0.3, &t), DDN_E_RANGE, "outside [0.34");
    FAILS(ctx, ddn_schedule_from_ou(ctx, sch, 0.9, &t), DDN_E_RANGE, "outside [");
    FAILS(ctx, ddn_schedule_from_ou(ctx, sch, NAN, &t), DDN_E_NONFINITE, "not finite");
    ddn_schedule_destroy(sch);
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    FAILS(ctx, ddn_schedule_from_ou(ctx, sch, -0.1, &t), DDN_E_RANGE, "outside (");
    ddn_schedule_destroy(sch);
    OK(ctx, ddn_schedule_create_vp_linear(ctx, 0.1, 20, &sch));
    OK(ctx, ddn_noise_draw(ctx, 1, 0, 0, 0, 0, 0, NULL));
    FAILS(ctx, ddn_noise_draw(ctx, 1, 0, 0, 0, 0, 1, NULL), DDN_E_NULL, "z is NULL");
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)s, (void)m, (void)x, (void)ldx, (void)ldo;
    memset(out, 0, (size_t)d * sizeof *out);
    return 0;
}

/* Derivatives that stop being numbers later, where a velocity needs them. */
static void custom_slopes(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int k = 0; k < 3; k++) {
        numbers n = {1, 1, 1, 0, 1};
        ddn_schedule *sch = NULL;
        double x = 0.5, score;
        OK(ctx, ddn_schedule_create_custom(ctx, 1, 2, write_numbers, &n, NULL, &sch));
        ddn_oracle *o = test_model(ctx, sch, DDN_PREDICTION_VELOCITY, 1, predict, NULL, NULL);
        OK(ctx, ddn_oracle_score(ctx, o, 1.5, 1, &x, 1, &score, 1));
        n.da = k == 0 ? INFINITY : 0;
        n.ds = k == 1 ? -INFINITY : k == 2 ? NAN : 1;
        FAILS(ctx, ddn_oracle_score(ctx, o, 1.5, 1, &x, 1, &score, 1), DDN_E_NONFINITE,
              k == 0   ? "da/dt = inf"
              : k == 1 ? "ds/dt = -inf"
                       : "nan");
        ddn_oracle_destroy(o);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

/* a = 1, s = t. */
static int32_t plain_noise(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = *ds = 1;
    *s = t;
    *da = 0;
    return 0;
}

/* Runs begin and end within schedules of little noise alone, and of much alone. */
static void runs_on_short_schedules(void **state)
{
    (void)state;
    static const double ends[][2] = {{1e-4, 0.01}, {0.01, 0.5}, {30, 40}};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
        ddn_schedule *sch = NULL;
        ddn_oracle *o = NULL;
        ddn_integrator *it = NULL;
        double x[2] = {0.5, -1}, times[5], mean[2] = {0};
        OK(ctx,
           ddn_schedule_create_custom(ctx, ends[k][0], ends[k][1], plain_noise, NULL, NULL, &sch));
        OK(ctx, ddn_oracle_create_gaussian(ctx, sch, 2, 0, 1, mean, NULL, NULL, 2, &o));
        OK(ctx, ddn_integrator_create(ctx, o, DDN_METHOD_EXPONENTIAL, &it));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4));
        OK(ctx, ddn_integrator_run(it, 1, x, 2));
        OK(ctx, ddn_integrator_times(it, 5, times));
        assert_true(times[0] <= ends[k][1] && times[4] >= ends[k][0]);
        for (int i = 0; i < 4; i++) {
            assert_true(times[i] > times[i + 1]);
        }
        assert_true(isfinite(x[0]) && isfinite(x[1]));
        ddn_integrator_destroy(it);
        ddn_oracle_destroy(o);
        ddn_schedule_destroy(sch);
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_on_short_schedules),
        cmocka_unit_test(custom_slopes),
        cmocka_unit_test(custom_numbers),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(grids),
        cmocka_unit_test(custom_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Schedules of indices: tables, scaled linear betas, and what is wrong with a table. */
#include "schedule/schedule_impl.h"
#include "support/fixtures.h"

enum {
    STEPS = 1000
};

static double beta_of(int i)
{
    return 1e-4 + (0.02 - 1e-4) * (double)i / (double)(STEPS - 1);
}

/* The betas of DDPM as a table are DDPM to the bit; its alpha_bar are DDPM as far as 16 digits of
 * them tell. */
static void tables_are_what_they_say(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double beta[STEPS], alpha_bar[STEPS];
    long double product = 1;
    for (int i = 0; i < STEPS; i++) {
        beta[i] = beta_of(i);
        product *= 1 - (long double)beta[i];
        alpha_bar[i] = (double)product;
    }
    ddn_schedule *ddpm = test_schedule(ctx, TEST_DDPM), *by_beta = NULL, *by_alpha_bar = NULL;
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, STEPS, beta, &by_beta));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, STEPS, alpha_bar, &by_alpha_bar));
    const double times[] = {-0.9, 0, 0.5, 1, 10.25, 500, 998.75, 999};
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        double a, s, b[2], f[2], g2[2], tau, t;
        OK(ctx, ddn_schedule_eval(ctx, ddpm, times[k], &a, &s));
        OK(ctx, ddn_schedule_eval(ctx, by_beta, times[k], &b[0], &b[1]));
        assert_true(a == b[0] && s == b[1]);
        OK(ctx, ddn_schedule_eval(ctx, by_alpha_bar, times[k], &b[0], &b[1]));
        CLOSE(b[0], a, 1e-15, 0);
        CLOSE(b[1], s, 1e-12, 0);
        OK(ctx, ddn_schedule_rates(ctx, ddpm, times[k], &f[0], &g2[0]));
        OK(ctx, ddn_schedule_rates(ctx, by_alpha_bar, times[k], &f[1], &g2[1]));
        CLOSE(f[1], f[0], 2e-12, 0);
        CLOSE(g2[1], g2[0], 2e-12, 0);
        OK(ctx, ddn_schedule_to_ou(ctx, by_alpha_bar, times[k], &tau));
        OK(ctx, ddn_schedule_from_ou(ctx, by_alpha_bar, tau, &t));
        CLOSE(t, times[k], 1e-11, 1e-11);
    }
    ddn_schedule_destroy(ddpm);
    ddn_schedule_destroy(by_beta);
    ddn_schedule_destroy(by_alpha_bar);
    ddn_context_destroy(ctx);
}

/* Both ends of what double holds: s^2 = 1 - alpha_bar and a^2 = alpha_bar as given. */
static void ends_of_a_table(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double given[5] = {1 - 0x1p-53, 1 - 0x1p-40, 0.7, 1e-8, 1e-300};
    ddn_schedule *sch = NULL;
    double a, s, low, high;
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 5, given, &sch));
    OK(ctx, ddn_schedule_range(ctx, sch, &low, &high));
    assert_true(low == -1 && high == 4);
    for (int i = 0; i < 5; i++) {
        OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
        CLOSE(a * a, given[i], 1e-15, 0);
        CLOSE(s * s, 1 - given[i], 1e-15, 0);
    }
    OK(ctx, ddn_schedule_eval(ctx, sch, 2.25, &a, &s)); /* log a is linear between indices */
    CLOSE(log(a), 0.5 * (0.75 * log(0.7) + 0.25 * log(1e-8)), 1e-14, 0);
    FAILS(ctx, ddn_schedule_eval(ctx, sch, -1, &a, &s), DDN_E_RANGE, "there is no noise");
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

static void scaled_linear(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_SCALED);
    long double product = 1;
    assert_string_equal(ddn_schedule_kind(sch), "scaled_linear");
    for (int i = 0; i < STEPS; i++) {
        double a, s;
        long double root = sqrtl(0.00085L) + (sqrtl(0.012L) - sqrtl(0.00085L)) * i / (STEPS - 1);
        product *= 1 - root * root;
        OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
        CLOSE(a * a, (double)product, 1e-14, 0);
        CLOSE(s * s, (double)(1 - product), 1e-14, 0);
    }
    CLOSE((double)product, 0.0046603, 1e-4, 0); /* alphas_cumprod[999] of Stable Diffusion */
    ddn_schedule_destroy(sch);
    FAILS(ctx, ddn_schedule_create_scaled_linear(ctx, 0, 0.02, 10, &sch), DDN_E_RANGE,
          "beta_first");
    assert_null(sch);
    ddn_context_destroy(ctx);
}

/* An entry that is wrong is named, with its value and the limit. */
static void faults_of_a_table(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
#define TABLE(kind, ...)                                                                           \
    ddn_schedule_create_table(ctx, (kind),                                                         \
                              (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)),         \
                              (double[]){__VA_ARGS__}, &sch)
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 0.5, 0.5), DDN_E_RANGE,
          "alpha_bar: values[2] = 0.5 does not fall below values[1] = 0.5");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 1.0, 0.5), DDN_E_RANGE,
          "alpha_bar: values[0] = 1 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 0.0), DDN_E_RANGE,
          "beta: values[1] = 0 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 0.2, NAN), DDN_E_NONFINITE, "values[2] = nan");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, -INFINITY), DDN_E_NONFINITE, "values[1] = -inf");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 0.1, 1.5), DDN_E_RANGE, "values[1] = 1.5 is outside (0, 1)");
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 1e-306), DDN_E_RANGE, "limit 350");
    FAILS(ctx, TABLE(3, 0.9), DDN_E_KEY, "kind of table 3");
    FAILS(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 0, NULL, &sch), DDN_E_RANGE,
          "count = 0");
    FAILS(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_BETA, 1, NULL, &sch), DDN_E_NULL, "values");
    assert_null(sch);
    ddn_context_destroy(ctx);
}

/* The words of a schedule tell tables apart. */
static void tables_are_told_apart(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *one = NULL, *other = NULL, *same = NULL;
    const double values[2][2] = {{0.9, 0.5}, {0.9, 0.25}};
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[0], &one));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[1], &other));
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 2, values[0], &same));
    assert_string_equal(ddn_schedule_kind(one), "table");
    assert_non_null(strstr(ddni_schedule_text(one), "table(alpha_bar, steps=2, digest="));
    assert_string_equal(ddni_schedule_text(one), ddni_schedule_text(same));
    assert_string_not_equal(ddni_schedule_text(one), ddni_schedule_text(other));
    ddn_schedule_destroy(one);
    ddn_schedule_destroy(other);
    ddn_schedule_destroy(same);
    ddn_context_destroy(ctx);
}

/* ---- Grids of whole indices. */

static const char *const grid_names[] = {"DDN_GRID_LEADING", "DDN_GRID_TRAILING",
                                         "DDN_GRID_LINSPACE"};

/* Table 2 of arXiv:2305.08891 (which counts from 1), and a case with ties. */
static void grids_of_the_paper(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_SCALED);
    static const double paper[3][11] = {{900, 800, 700, 600, 500, 400, 300, 200, 100, 0, -1},
                                        {999, 899, 799, 699, 599, 499, 399, 299, 199, 99, -1},
                                        {999, 888, 777, 666, 555, 444, 333, 222, 111, 0, -1}};
    static const double seven[3][8] = {{852, 710, 568, 426, 284, 142, 0, -1},
                                       {999, 856, 713, 570, 428, 285, 142, -1},
                                       {999, 832, 666, 500, 333, 166, 0, -1}};
    double t[51];
    for (ddn_grid k = DDN_GRID_LEADING; k <= DDN_GRID_LINSPACE; k++) {
        OK(ctx, ddn_schedule_grid(ctx, sch, k, 999, -1, 11, t));
        assert_memory_equal(t, paper[k - DDN_GRID_LEADING], sizeof paper[0]);
        OK(ctx, ddn_schedule_grid(ctx, sch, k, -1, 999, 8, t));
        for (int j = 0; j < 8; j++) {
            assert_true(t[j] == seven[k - DDN_GRID_LEADING][7 - j]);
        }
    }
    /* the offset of 1 of Stable Diffusion: its last step ends at index 0 */
    OK(ctx, ddn_schedule_grid(ctx, sch, DDN_GRID_LEADING, 999, 0, 51, t));
    assert_true(t[0] == 981 && t[1] == 961 && t[49] == 1 && t[50] == 0);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* From every whole index to every lower one in every number of steps that fits: whole, falling,
 * within the ends; the formulas, in double, of the programs that networks are run with. */
static void all_small_grids(void **state)
{
    (void)state;
    enum {
        T = 24
    };
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    double t[T + 2];
    OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, T, &sch));
    for (int low = -1; low < T - 1; low++) {
        for (int high = low + 1; high < T; high++) {
            for (ddn_grid k = DDN_GRID_LEADING; k <= DDN_GRID_LINSPACE; k++) {
                for (int n = 1; n <= high - low; n++) {
                    OK(ctx, ddn_schedule_grid(ctx, sch, k, high, low, n + 1, t));
                    assert_true(t[0] <= high && t[n] == low);
                    assert_true(t[0] == high || k == DDN_GRID_LEADING);
                    for (int j = 0; j < n; j++) {
                        assert_true(t[j] == floor(t[j]) && t[j] > t[j + 1]);
                        double lead = (double)(n - 1 - j) * floor((double)T / n);
                        double trail = rint((double)(n - j) * T / n) - 1;
                        double line = n > 1 ? rint((double)(n - 1 - j) * (T - 1) / (n - 1)) : T - 1;
                        if (low == -1 && high == T - 1) {
                            assert_true(t[j] == (k == DDN_GRID_LEADING    ? lead
                                                 : k == DDN_GRID_TRAILING ? trail
                                                                          : line));
                        }
                    }
                }
                char text[160];
                int room = high - low;
                (void)snprintf(text, sizeof text,
                               "%s has at most %d steps between the indices %d and %d, but %d",
                               grid_names[k - DDN_GRID_LEADING], room, high, low, room + 1);
                FAILS(ctx, ddn_schedule_grid(ctx, sch, k, high, low, room + 2, t), DDN_E_RANGE,
                      text);
            }
        }
    }
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* Times that are no indices, and schedules that have none; a grid that cannot reach names these
 * where they can. */
static void grids_that_do_not_fit(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ddpm = test_schedule(ctx, TEST_DDPM), *ou = test_schedule(ctx, TEST_OU);
    double t[9];
    FAILS(ctx, ddn_schedule_grid(ctx, ddpm, DDN_GRID_TRAILING, 999, 0.5, 9, t), DDN_E_RANGE,
          "DDN_GRID_TRAILING is for whole indices of a schedule that has them, not from 999 to 0.5 "
          "of schedule ddpm, but DDN_GRID_UNIFORM, DDN_GRID_GEOMETRIC, DDN_GRID_LOGSNR and "
          "DDN_GRID_KARRAS can");
    FAILS(ctx, ddn_schedule_grid(ctx, ou, DDN_GRID_LEADING, 3, 1, 3, t), DDN_E_RANGE,
          "schedule ou, but DDN_GRID_UNIFORM, ");
    FAILS(ctx, ddn_schedule_grid(ctx, ddpm, DDN_GRID_LOGSNR, 999, -1, 9, t), DDN_E_RANGE,
          "but DDN_GRID_UNIFORM, DDN_GRID_KARRAS, DDN_GRID_LEADING, DDN_GRID_TRAILING and "
          "DDN_GRID_LINSPACE can");
    FAILS(ctx, ddn_schedule_grid(ctx, ddpm, 8, 999, -1, 9, t), DDN_E_KEY, "grid kind 8");
    ddn_schedule_destroy(ddpm);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

/* ---- Schedules that end in pure noise. */

static void zero_snr(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *base = test_schedule(ctx, TEST_SCALED), *sch = NULL, *again = NULL;
    ddn_schedule *ou = test_schedule(ctx, TEST_OU), *one = NULL;
    double a, s, b, first, last, tau, t, f, g2;
    OK(ctx, ddn_schedule_create_zero_snr(ctx, base, &sch));
    assert_string_equal(ddn_schedule_kind(sch), "zero_snr");
    assert_string_equal(ddni_schedule_text(sch), "zero_snr(scaled_linear(beta_first=0.00085, "
                                                 "beta_last=0.012, steps=1000))");
    OK(ctx, ddn_schedule_eval(ctx, base, 0, &first, &s));
    OK(ctx, ddn_schedule_eval(ctx, base, 999, &last, &s));
    for (int i = 0; i < STEPS; i++) {
        OK(ctx, ddn_schedule_eval(ctx, base, i, &b, &s));
        OK(ctx, ddn_schedule_eval(ctx, sch, i, &a, &s));
        double want = (b - last) * first / (first - last);
        CLOSE(a, want, 1e-11, 0);
        CLOSE(s * s, (1 - want) * (1 + want), 1e-11, 0);
        OK(ctx, ddn_schedule_to_ou(ctx, sch, i, &tau));
        OK(ctx, ddn_schedule_from_ou(ctx, sch, tau, &t));
        CLOSE(t, i, 1e-10, 1e-10);
    }
    assert_true(a == 0 && s == 1 && tau == INFINITY && t == 999);
    OK(ctx, ddn_schedule_eval(ctx, base, 0, &b, &s));
    OK(ctx, ddn_schedule_eval(ctx, sch, 0, &a, &s));
    assert_true(a == b);
    /* a is linear between the last two indices, and there and back */
    OK(ctx, ddn_schedule_eval(ctx, sch, 998, &b, &s));
    OK(ctx, ddn_schedule_eval(ctx, sch, 998.75, &a, &s));
    CLOSE(a, 0.25 * b, 1e-14, 0);
    OK(ctx, ddn_schedule_to_ou(ctx, sch, 998.75, &tau));
    OK(ctx, ddn_schedule_from_ou(ctx, sch, tau, &t));
    CLOSE(t, 998.75, 1e-14, 0);
    OK(ctx, ddn_schedule_rates(ctx, sch, 998.75, &f, &g2));
    CLOSE(f, -4, 1e-12, 0);
    CLOSE(g2, 8, 1e-12, 0);
    FAILS(ctx, ddn_schedule_rates(ctx, sch, 999, &f, &g2), DDN_E_RANGE, "where a = 0");
    /* it stays what it is, and others have no indices */
    OK(ctx, ddn_schedule_create_zero_snr(ctx, sch, &again));
    OK(ctx, ddn_schedule_eval(ctx, again, 500, &a, &s));
    OK(ctx, ddn_schedule_eval(ctx, sch, 500, &b, &s));
    CLOSE(a, b, 1e-15, 0);
    FAILS(ctx, ddn_schedule_create_zero_snr(ctx, ou, &one), DDN_E_UNSUPPORTED,
          "schedule ou has no indices");
    OK(ctx, ddn_schedule_create_ddpm(ctx, 0.1, 0.1, 1, &one));
    ddn_schedule_destroy(again);
    FAILS(ctx, ddn_schedule_create_zero_snr(ctx, one, &again), DDN_E_RANGE, "1 index");
    ddn_schedule_destroy(one);
    ddn_schedule_destroy(base);
    ddn_schedule_destroy(sch);
    ddn_schedule_destroy(ou);
    ddn_context_destroy(ctx);
}

static int32_t straight(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = 1 - t;
    *s = t;
    *da = -1;
    *ds = 1;
    return 0;
}

/* Flow matching, and the same as a schedule of a host. */
static void flow_matching(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *flow = test_schedule(ctx, TEST_FLOW), *own = NULL;
    OK(ctx, ddn_schedule_create_custom(ctx, 0, 1, straight, NULL, NULL, &own));
    const double times[] = {1e-9, 0.1, 0.5, 0.9, 1 - 1e-9, 1 - 0x1p-53, 1};
    for (size_t k = 0; k < sizeof times / sizeof *times; k++) {
        double u = times[k], a, s, tau, t, f, g2;
        const ddn_schedule *both[2] = {flow, own};
        for (int i = 0; i < 2; i++) {
            OK(ctx, ddn_schedule_eval(ctx, both[i], u, &a, &s));
            assert_true(a == 1 - u && s == u);
            OK(ctx, ddn_schedule_to_ou(ctx, both[i], u, &tau));
            CLOSE(tau == INFINITY ? 1 : 0, u == 1 ? 1 : 0, 0, 0);
            OK(ctx, ddn_schedule_from_ou(ctx, both[i], tau, &t));
            CLOSE(t, u, 1e-9, 0);
            CLOSE(1 - t, 1 - u, 1e-7, 0x1p-52);
            if (u == 1) {
                FAILS(ctx, ddn_schedule_rates(ctx, both[i], u, &f, &g2), DDN_E_RANGE,
                      "are infinite at t = 1, where a = 0");
                continue;
            }
            CLOSE(tau, 0.5 * log1p(u * u / ((1 - u) * (1 - u))), 1e-14, 0);
            OK(ctx, ddn_schedule_rates(ctx, both[i], u, &f, &g2));
            CLOSE(f, -1 / (1 - u), 1e-14, 0);
            CLOSE(g2, 2 * u / (1 - u), 1e-14, 0);
        }
    }
    /* all forward noise at u = 1 */
    double x[2] = {5, -7}, z[2] = {1e100, 0};
    OK(ctx, ddn_schedule_forward(ctx, flow, 0, 1, 3, 0, 0, 1, 2, x, 2));
    OK(ctx, ddn_schedule_forward(ctx, flow, 0.5, 1, 3, 0, 0, 1, 2, z, 2));
    assert_memory_equal(x, z, sizeof x);
    ddn_schedule_destroy(flow);
    ddn_schedule_destroy(own);
    ddn_context_destroy(ctx);
}

/* Tables may end in pure noise, and only end. */
static void pure_tables(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = NULL;
    double a, s;
    OK(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 0.25, 0));
    OK(ctx, ddn_schedule_eval(ctx, sch, 2, &a, &s));
    assert_true(a == 0 && s == 1);
    OK(ctx, ddn_schedule_eval(ctx, sch, 1.5, &a, &s));
    CLOSE(a, 0.25, 1e-15, 0);
    ddn_schedule_destroy(sch);
    FAILS(ctx, TABLE(DDN_TABLE_ALPHA_BAR, 0.9, 0, 0), DDN_E_RANGE,
          "values[1] = 0 is outside (0, 1): pure noise is for the last entry");
    FAILS(ctx, TABLE(DDN_TABLE_BETA, 1, 0.5), DDN_E_RANGE, "pure noise is for the last entry");
    ddn_context_destroy(ctx);
}

/* ---- Networks that know indices alone. */

typedef struct asked {
    int64_t calls, strange;
} asked;

static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    asked *seen = user;
    seen->calls++;
    seen->strange += t != floor(t) || t < 0;
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            out[r * ldo + j] = a * x[r * ldx + j] / (a * a + s * s);
        }
    }
    return 0;
}

/* All methods that can end at clean data ask such a network at indices alone; the start is drawn
 * with the noise of the first of them. */
static void networks_of_indices(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_DDPM);
    asked seen = {0, 0};
    ddn_oracle *model = test_model(ctx, sch, DDN_PREDICTION_X0, 2, network, &seen, NULL);
    static const ddn_method methods[] = {DDN_METHOD_EULER,       DDN_METHOD_EDM_HEUN,
                                         DDN_METHOD_EXPONENTIAL, DDN_METHOD_DDPM,
                                         DDN_METHOD_MULTISTEP2,  DDN_METHOD_GRADIENT_ESTIMATION};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        for (ddn_grid k = DDN_GRID_LEADING; k <= DDN_GRID_LINSPACE; k++) {
            ddn_integrator *it = NULL;
            double x[4] = {0}, z[4], a, s;
            OK(ctx, ddn_integrator_create(ctx, model, methods[i], &it));
            ddn_options *o = ddn_integrator_options(it);
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_GRID, k));
            FAILS(ctx, ddn_integrator_run(it, 2, x, 2), DDN_E_RANGE, "whole indices");
            OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_START, 999));
            OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_END, -1));
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, 2000));
            FAILS(ctx, ddn_integrator_run(it, 2, x, 2), DDN_E_RANGE, "at most 1000 steps");
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, 3));
            OK(ctx, ddn_integrator_draw_start(it, 2, x, 2));
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM));
            OK(ctx, ddn_integrator_draw_start(it, 2, z, 2));
            double ratio = x[0] / z[0];
            OK(ctx, ddn_schedule_eval(ctx, sch, 999, &a, &s));
            double want = 1 / s;
            OK(ctx, ddn_schedule_eval(ctx, sch, k == DDN_GRID_LEADING ? 666 : 999, &a, &s));
            CLOSE(ratio, want * s, 1e-14, 0);
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_GRID, k));
            OK(ctx, ddn_integrator_run(it, 2, x, 2));
            ddn_integrator_destroy(it);
        }
    }
    assert_true(seen.calls >= 6 * 3 * 3);
    assert_int_equal(seen.strange, 0);
    ddn_oracle_destroy(model);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* So do the analyses that simulate paths. */
static void analyses_of_indices(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = test_schedule(ctx, TEST_DDPM);
    const double points[4] = {1, 1, -1, -1}, times[2] = {100, 500};
    const int32_t labels[2] = {0, 1};
    ddn_dataset *plain = NULL, *ds = NULL;
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    asked seen = {0, 0};
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 2, 2, points, 2, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, 2, labels, &ds));
    ddn_oracle *model = test_model(ctx, sch, DDN_PREDICTION_X0, 2, network, &seen, ds);
    OK(ctx, ddn_analysis_create(ctx, &an));
    ddn_options *o = ddn_analysis_options(an);
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL));
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_STEPS, 8));
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_CLONES, 4));
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_PATHS, 4));
    OK(ctx, ddn_options_set_f64(o, DDN_ANALYSIS_T_END, 0));
    OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_GRID, DDN_GRID_LEADING));
    FAILS(ctx, ddn_analysis_last_change(an, model, &r), DDN_E_UNSUPPORTED, "DDN_GRID_TRAILING");
    for (ddn_grid k = DDN_GRID_TRAILING; k <= DDN_GRID_LINSPACE; k++) {
        OK(ctx, ddn_options_set_i64(o, DDN_ANALYSIS_GRID, k));
        OK(ctx, ddn_analysis_last_change(an, model, &r));
        ddn_result_destroy(r);
        OK(ctx, ddn_analysis_clones(an, model, 2, times, &r));
        ddn_result_destroy(r);
    }
    assert_true(seen.calls > 2 * 64);
    assert_int_equal(seen.strange, 0);
    OK(ctx, ddn_options_set_f64(o, DDN_ANALYSIS_T_END, 0.5));
    FAILS(ctx, ddn_analysis_last_change(an, model, &r), DDN_E_RANGE, "whole indices");
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(model);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_what_they_say),
        cmocka_unit_test(ends_of_a_table),
        cmocka_unit_test(scaled_linear),
        cmocka_unit_test(faults_of_a_table),
        cmocka_unit_test(tables_are_told_apart),
        cmocka_unit_test(grids_of_the_paper),
        cmocka_unit_test(all_small_grids),
        cmocka_unit_test(grids_that_do_not_fit),
        cmocka_unit_test(networks_of_indices),
        cmocka_unit_test(analyses_of_indices),
        cmocka_unit_test(zero_snr),
        cmocka_unit_test(flow_matching),
        cmocka_unit_test(pure_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Pooling: two halves give what one run of all samples gives, means, errors, shares and intervals;
 * what cannot be pooled is NaN and says so; what does not belong together is refused. */
#include "base/statistics.h"
#include "support/failing.h"
#include "support/files.h"
#include "support/fixtures.h"
#include "support/toy.h"

enum {
    TIMES = 3,
    N = 24,
    D = 3
};
static const double times[TIMES] = {0.1, 0.6, 4};

typedef struct scene {
    ddn_context *ctx;
    ddn_oracle *oracle;
    ddn_analysis *an;
} scene;

static void make(scene *s)
{
    s->ctx = test_context(1);
    s->oracle = toy_clusters(s->ctx, N, D, 1.2, 1);
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->oracle);
    ddn_context_destroy(s->ctx);
}

/* Settings of a half: its samples (of every kind) and seed. */
static void half(const scene *s, int64_t samples, int64_t seed)
{
    static const ddn_analysis_key counts[] = {DDN_ANALYSIS_SAMPLES, DDN_ANALYSIS_CLONES,
                                              DDN_ANALYSIS_PATHS};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), counts[i], samples));
    }
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_SEED, seed));
}

/* Mean and error of a mean over na + nb samples, from the textbook's sums of squares. */
static void by_hand(double a, double a_se, double na, double b, double b_se, double nb,
                    double *mean, double *error)
{
    double n = na + nb, sum = na * a + nb * b;
    double squares =
        a_se * a_se * na * (na - 1) + na * a * a + b_se * b_se * nb * (nb - 1) + nb * b * b;
    *mean = sum / n;
    *error = sqrt((squares - sum * sum / n) / (n - 1) / n);
}

static void mean_column(const scene *s, const ddn_result *const r[3], const char *name, double na,
                        double nb)
{
    char error[64];
    snprintf(error, sizeof error, "%s_se", name);
    for (int64_t k = 0; k < TIMES; k++) {
        double mean, se;
        by_hand(test_element(s->ctx, r[0], name, k), test_element(s->ctx, r[0], error, k), na,
                test_element(s->ctx, r[1], name, k), test_element(s->ctx, r[1], error, k), nb,
                &mean, &se);
        CLOSE(test_element(s->ctx, r[2], name, k), mean, 1e-13, 1e-15);
        CLOSE(test_element(s->ctx, r[2], error, k), se, 1e-6, 1e-12);
    }
}

static void share_column(const scene *s, const ddn_result *const r[3], const char *name, int64_t na,
                         int64_t nb)
{
    char part[3][64];
    snprintf(part[0], sizeof part[0], "%s_se", name);
    snprintf(part[1], sizeof part[1], "%s_low", name);
    snprintf(part[2], sizeof part[2], "%s_high", name);
    for (int64_t k = 0; k < TIMES; k++) {
        double p, want[3];
        int64_t hits = llround(test_element(s->ctx, r[0], name, k) * (double)na) +
                       llround(test_element(s->ctx, r[1], name, k) * (double)nb);
        ddni_proportion(hits, na + nb, &p, &want[0]);
        ddni_wilson_95(hits, na + nb, &want[1], &want[2]);
        CLOSE(test_element(s->ctx, r[2], name, k), p, 0, 0);
        for (int i = 0; i < 3; i++) {
            CLOSE(test_element(s->ctx, r[2], part[i], k), want[i], 0, 0);
        }
    }
}

/* The rules survive files: what was written and read pools to the same bits. */
static void through_files(const scene *s, const ddn_result *const r[3])
{
    static const char *const names[2] = {"h.csv", "h.json"};
    for (int i = 0; i < 2; i++) {
        ddn_result *back[2] = {NULL}, *whole = NULL;
        for (int h = 0; h < 2; h++) {
            OK(s->ctx, ddn_result_write(s->ctx, r[h], test_path(names[i]), DDN_RESULT_FORMAT_AUTO));
            OK(s->ctx,
               ddn_result_open(s->ctx, test_path(names[i]), DDN_RESULT_FORMAT_AUTO, &back[h]));
        }
        OK(s->ctx, ddn_result_merge(s->ctx, back[0], back[1], &whole));
        test_same_texts(s->ctx, whole, r[2]);
        ddn_result_destroy(whole);
        ddn_result_destroy(back[0]);
        ddn_result_destroy(back[1]);
    }
}

static void identities(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_result *r[3] = {NULL};
    half(&s, 40, 1);
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, times, &r[0]));
    half(&s, 90, 2);
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, times, &r[1]));
    OK(s.ctx, ddn_result_merge(s.ctx, r[0], r[1], &r[2]));
    const ddn_result *const all[3] = {r[0], r[1], r[2]};
    static const char *const names[] = {"phi",   "phi_C", "f",    "f_over_alpha",
                                        "df_dt", "w_max", "mmse", "log_p"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mean_column(&s, all, names[i], 40, 90);
        assert_non_null(strstr(ddn_result_definition(r[2], names[i]), "pooled from several runs"));
    }
    for (int64_t k = 0; k < TIMES; k++) {
        CLOSE(test_element(s.ctx, r[2], "samples", k), 130, 0, 0);
    }
    CLOSE(test_scalar(s.ctx, r[2], "evaluations"), 130 * TIMES, 0, 0);
    CLOSE(test_scalar(s.ctx, r[2], "n"), N, 0, 0);
    assert_string_equal(ddn_result_field(r[2], "seed"), "1, 2");
    assert_string_equal(ddn_result_field(r[2], "DDN_ANALYSIS_SAMPLES"), "130");
    assert_string_equal(ddn_result_field(r[2], "kind"), "identities");
    assert_int_equal(ddn_result_clock(r[2]), DDN_CLOCK_SCHEDULE);
    through_files(&s, all);
    /* A whole is a half of a larger whole; its seeds cannot come again. */
    ddn_result *third = NULL, *larger = NULL, *again = NULL;
    half(&s, 50, 3);
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, times, &third));
    OK(s.ctx, ddn_result_merge(s.ctx, r[2], third, &larger));
    const ddn_result *const more[3] = {r[2], third, larger};
    mean_column(&s, more, "phi_C", 130, 50);
    const char *text = strstr(ddn_result_definition(larger, "phi_C"), "pooled from several runs");
    assert_non_null(text);
    assert_null(strstr(text + 1, "pooled"));
    CLOSE(test_element(s.ctx, larger, "samples", 0), 180, 0, 0);
    FAILS(s.ctx, ddn_result_merge(s.ctx, larger, r[1], &again), DDN_E_MISMATCH, "seed 2");
    FAILS(s.ctx, ddn_result_merge(s.ctx, r[0], r[0], &again), DDN_E_MISMATCH, "count twice");
    /* The pooled curves cross as any others. */
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, larger, &again));
    ddn_result_destroy(again);
    ddn_result_destroy(larger);
    ddn_result_destroy(third);
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    unmake(&s);
}

static void simulations(void **state)
{
    (void)state;
    scene s;
    make(&s);
    for (int what = 0; what < 3; what++) {
        ddn_result *r[3] = {NULL};
        for (int h = 0; h < 2; h++) {
            half(&s, h == 0 ? 30 : 70, h);
            OK(s.ctx, what == 0   ? ddn_analysis_clones(s.an, s.oracle, TIMES, times, &r[h])
                      : what == 1 ? ddn_analysis_uturn(s.an, s.oracle, NULL, TIMES, times, &r[h])
                                  : ddn_analysis_branch(s.an, s.oracle, NULL, TIMES, times, &r[h]));
        }
        OK(s.ctx, ddn_result_merge(s.ctx, r[0], r[1], &r[2]));
        const ddn_result *const all[3] = {r[0], r[1], r[2]};
        mean_column(&s, all, "distance2", 30, 70);
        share_column(&s, all, what == 0 ? "phi" : "same_class", 30, 70);
        share_column(&s, all, what == 0 ? "phi_C" : "returned", 30, 70);
        CLOSE(what == 0 ? test_element(s.ctx, r[2], "clones", 1)
                        : test_scalar(s.ctx, r[2], "paths"),
              100, 0, 0);
        if (what > 0) { /* quantiles do not pool */
            mean_column(&s, all, "entropy", 30, 70);
            mean_column(&s, all, "distance2_identity", 30, 70);
            assert_true(isnan(test_element(s.ctx, r[2], "distance2_q50", 1)));
            assert_non_null(strstr(ddn_result_definition(r[2], "distance2_q50"), "pooled: NaN"));
        }
        through_files(&s, all);
        for (int i = 0; i < 3; i++) {
            ddn_result_destroy(r[i]);
        }
    }
    unmake(&s);
}

/* The whole report: its crossings are those of the pooled curves. */
static void reports(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_result *r[3] = {NULL}, *crossed = NULL;
    double value, error, want, want_error;
    for (int h = 0; h < 2; h++) {
        half(&s, 200, h);
        OK(s.ctx, ddn_analysis_regimes(s.an, s.oracle, TIMES, TIMES, times, times, &r[h]));
    }
    OK(s.ctx, ddn_result_merge(s.ctx, r[0], r[1], &r[2]));
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, r[2], &crossed));
    static const char *const names[] = {"t_S_phi", "t_C_phi", "t_C_entropy"};
    for (int i = 0; i < 3; i++) {
        OK(s.ctx, ddn_result_scalar(s.ctx, r[2], names[i], &value, &error));
        OK(s.ctx, ddn_result_scalar(s.ctx, crossed, names[i], &want, &want_error));
        assert_true(value == want || (i == 2 && isnan(value) && isnan(want)));
        assert_true(error == want_error || (i == 2 && isnan(error) && isnan(want_error)));
    }
    assert_false(isnan(test_scalar(s.ctx, r[2], "t_C_phi_clones")));
    const double a = test_scalar(s.ctx, r[0], "t_C_last_change");
    const double b = test_scalar(s.ctx, r[1], "t_C_last_change");
    CLOSE(test_scalar(s.ctx, r[2], "t_C_last_change"), (a + b) / 2, 1e-14, 0);
    assert_true(isnan(test_scalar(s.ctx, r[2], "t_C_last_change_median")));
    CLOSE(test_scalar(s.ctx, r[2], "t_S"), test_scalar(s.ctx, r[0], "t_S"), 0, 0);
    const ddn_result *const all[3] = {r[0], r[1], r[2]};
    mean_column(&s, all, "phi", 200, 200);
    share_column(&s, all, "phi_C_clones", 200, 200);
    through_files(&s, all);
    ddn_result_destroy(crossed);
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    unmake(&s);
}

/* Raw samples, split anywhere: the pooled mean and error are those of all samples. */
static ddn_result *of_samples(ddn_context *ctx, const double *samples, int64_t count,
                              const char *seed)
{
    ddni_mean mean = {0, 0, 0};
    int64_t hits = 0;
    double p, p_error, low, high;
    for (int64_t i = 0; i < count; i++) {
        ddni_mean_add(&mean, samples[i]);
        hits += samples[i] > 1;
    }
    ddni_proportion(hits, count, &p, &p_error);
    ddni_wilson_95(hits, count, &low, &high);
    const double error = ddni_mean_error(&mean);
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, "mine", DDN_CLOCK_NONE, 1, &r));
    OK(ctx, ddn_result_set_field(ctx, r, "seed", seed));
    OK(ctx, ddn_result_add_column(ctx, r, "m", NULL, "mean", &mean.mean));
    OK(ctx, ddn_result_add_column(ctx, r, "m_se", NULL, "its error", &error));
    OK(ctx, ddn_result_add_column(ctx, r, "p", NULL, "share", &p));
    OK(ctx, ddn_result_add_column(ctx, r, "p_se", NULL, "its error", &p_error));
    OK(ctx, ddn_result_add_column(ctx, r, "p_low", NULL, "lower end", &low));
    OK(ctx, ddn_result_add_column(ctx, r, "p_high", NULL, "upper end", &high));
    OK(ctx, ddn_result_add_scalar(ctx, r, "mean", NULL, "mean", mean.mean, error));
    OK(ctx, ddn_result_set_pooling(ctx, r, "m", DDN_POOLING_MEAN, count));
    OK(ctx, ddn_result_set_pooling(ctx, r, "p", DDN_POOLING_SHARE, count));
    OK(ctx, ddn_result_set_pooling(ctx, r, "mean", DDN_POOLING_MEAN, count));
    return r;
}

static void halves_make_the_whole(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double samples[100];
    test_normal(9, 100, samples);
    for (int i = 0; i < 100; i++) {
        samples[i] += 5 * (i > 60); /* the halves have other means */
    }
    static const int64_t splits[] = {1, 2, 37, 61, 99};
    ddn_result *whole = of_samples(ctx, samples, 100, "0");
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        ddn_result *a = of_samples(ctx, samples, splits[i], "1"), *merged = NULL;
        ddn_result *b = of_samples(ctx, samples + splits[i], 100 - splits[i], "2");
        static const char *const names[] = {"m", "m_se", "p", "p_se", "p_low", "p_high"};
        double value, error, want, want_error;
        OK(ctx, ddn_result_merge(ctx, a, b, &merged));
        for (int c = 0; c < 6; c++) {
            CLOSE(test_element(ctx, merged, names[c], 0), test_element(ctx, whole, names[c], 0),
                  1e-13, 0);
        }
        OK(ctx, ddn_result_scalar(ctx, merged, "mean", &value, &error));
        OK(ctx, ddn_result_scalar(ctx, whole, "mean", &want, &want_error));
        CLOSE(value, want, 1e-13, 0);
        CLOSE(error, want_error, 1e-13, 0);
        ddn_result_destroy(merged);
        ddn_result_destroy(a);
        ddn_result_destroy(b);
    }
    FAILS(ctx, ddn_result_set_pooling(ctx, whole, "m", DDN_POOLING_MEAN, 0), DDN_E_RANGE, "count");
    FAILS(ctx, ddn_result_set_pooling(ctx, whole, "m", DDN_POOLING_MEAN, (INT64_C(1) << 53) + 1),
          DDN_E_RANGE, "count");
    FAILS(ctx, ddn_result_set_pooling(ctx, whole, "m", 6, 1), DDN_E_KEY, "pooling = 6");
    FAILS(ctx, ddn_result_set_pooling(ctx, whole, "m", 0, 1), DDN_E_KEY, "pooling = 0");
    FAILS(ctx, ddn_result_set_pooling(ctx, whole, "x", DDN_POOLING_SAME, 0), DDN_E_KEY, "'x'");
    ddn_result_destroy(whole);
    ddn_context_destroy(ctx);
}

/* What differs is named. */
static void what_does_not_belong_together(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_result *a = NULL, *b = NULL, *whole = NULL;
    static const double other_times[TIMES] = {0.1, 0.7, 4};
    ddn_oracle *other = toy_clusters(s.ctx, N + 2, D, 1.2, 1);
    half(&s, 20, 1);
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, times, &a));
    half(&s, 20, 2);
#define REFUSED(call, part)                                                                        \
    do {                                                                                           \
        OK(s.ctx, (call));                                                                         \
        FAILS(s.ctx, ddn_result_merge(s.ctx, a, b, &whole), DDN_E_MISMATCH, part);                 \
        FAILS(s.ctx, ddn_result_merge(s.ctx, b, a, &whole), DDN_E_MISMATCH, part);                 \
        assert_null(whole);                                                                        \
        ddn_result_destroy(b);                                                                     \
    } while (0)
    REFUSED(ddn_analysis_clones(s.an, s.oracle, TIMES, times, &b), "kind");
    REFUSED(ddn_analysis_identities(s.an, s.oracle, TIMES, other_times, &b), "column 't', row 1");
    REFUSED(ddn_analysis_identities(s.an, s.oracle, TIMES - 1, times, &b), "rows");
    REFUSED(ddn_analysis_identities(s.an, other, TIMES, times, &b), "data");
    REFUSED(ddn_result_create(s.ctx, "identities", DDN_CLOCK_SCHEDULE, TIMES, &b), "clock");
    OK(s.ctx, ddn_options_set_f64(ddn_analysis_options(s.an), DDN_ANALYSIS_T_END, 0.01));
    REFUSED(ddn_analysis_identities(s.an, s.oracle, TIMES, times, &b), "DDN_ANALYSIS_T_END");
#undef REFUSED
    FAILS(s.ctx, ddn_result_merge(s.ctx, a, NULL, &whole), DDN_E_NULL, "b");
    FAILS(s.ctx, ddn_result_merge(s.ctx, NULL, a, &whole), DDN_E_NULL, "a");
    ddn_result_destroy(a);
    ddn_oracle_destroy(other);
    unmake(&s);
}

/* ---- What hosts give ---- */

/* A result of two rows, with a column 't'. */
static ddn_result *of_host(ddn_context *ctx, const char *seed)
{
    const double t[2] = {2, 1}; /* descending: the neighbour of row 1 is row 0 */
    ddn_result *r = NULL;
    OK(ctx, ddn_result_create(ctx, "mine", DDN_CLOCK_NONE, 2, &r));
    OK(ctx, ddn_result_add_column(ctx, r, "t", NULL, "times", t));
    OK(ctx, ddn_result_set_pooling(ctx, r, "t", DDN_POOLING_SAME, 0));
    if (seed != NULL) {
        OK(ctx, ddn_result_set_field(ctx, r, "seed", seed));
    }
    return r;
}

static void add(ddn_context *ctx, ddn_result *r, const char *name, double first, double second,
                ddn_pooling pooling, int64_t count)
{
    OK(ctx, ddn_result_add_column(ctx, r, name, NULL, "of a host", (double[]){first, second}));
    OK(ctx, ddn_result_set_pooling(ctx, r, name, pooling, count));
}

static void add_scalar(ddn_context *ctx, ddn_result *r, const char *name, double value,
                       ddn_pooling pooling, int64_t count)
{
    OK(ctx, ddn_result_add_scalar(ctx, r, name, NULL, "of a host", value, 0.5));
    OK(ctx, ddn_result_set_pooling(ctx, r, name, pooling, count));
}

/* Both orders are refused; what is refused goes. */
static void refused(ddn_context *ctx, ddn_result *a, ddn_result *b, ddn_status status,
                    const char *part)
{
    ddn_result *whole = NULL;
    FAILS(ctx, ddn_result_merge(ctx, a, b, &whole), status, part);
    FAILS(ctx, ddn_result_merge(ctx, b, a, &whole), status, part);
    assert_null(whole);
    ddn_result_destroy(a);
    ddn_result_destroy(b);
}

static void results_of_hosts_that_differ(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    char seeds[400];
    refused(ctx, of_host(ctx, "1"), of_host(ctx, NULL), DDN_E_MISMATCH, "has none");
    ddn_result *a = of_host(ctx, "1"), *b = of_host(ctx, "2");
    add(ctx, a, "x", 1, 2, DDN_POOLING_SUM, 0);
    refused(ctx, a, b, DDN_E_MISMATCH, "columns");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    add(ctx, a, "x", 1, 2, DDN_POOLING_SUM, 0);
    add(ctx, b, "y", 1, 2, DDN_POOLING_SUM, 0);
    refused(ctx, a, b, DDN_E_MISMATCH, "column 1 is");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    OK(ctx, ddn_result_set_field(ctx, a, "oracle", "empirical"));
    refused(ctx, a, b, DDN_E_MISMATCH, "differ in oracle: 'empirical' and 'nothing'");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    add(ctx, a, "x", NAN, 2, DDN_POOLING_SAME, 0); /* NaN is the same as NaN alone */
    add(ctx, b, "x", 1, 2, DDN_POOLING_SAME, 0);
    refused(ctx, a, b, DDN_E_MISMATCH, "column 'x', row 0");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    OK(ctx, ddn_result_add_scalar(ctx, a, "x", "s", "of a host", 1, NAN));
    OK(ctx, ddn_result_add_scalar(ctx, b, "x", "ms", "of a host", 1, NAN));
    refused(ctx, a, b, DDN_E_MISMATCH, "unit");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    add_scalar(ctx, a, "x", 1, DDN_POOLING_SAME, 0);
    add_scalar(ctx, b, "x", 1.5, DDN_POOLING_SAME, 0);
    refused(ctx, a, b, DDN_E_MISMATCH, "differ in 'x'");
    a = of_host(ctx, "1"), b = of_host(ctx, "2");
    add_scalar(ctx, a, "x", 1, DDN_POOLING_MEAN, INT64_C(1) << 53);
    add_scalar(ctx, b, "x", 1, DDN_POOLING_MEAN, 1);
    refused(ctx, a, b, DDN_E_RANGE, "2^53");
    memset(seeds, '1', sizeof seeds - 1);
    seeds[sizeof seeds - 1] = '\0';
    a = of_host(ctx, seeds);
    seeds[0] = '2';
    refused(ctx, a, of_host(ctx, seeds), DDN_E_RANGE, "too many seeds");
    ddn_context_destroy(ctx);
}

/* What one half lacks is not made up; parts are those of both. */
static void results_of_hosts(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r[3] = {of_host(ctx, NULL), of_host(ctx, NULL), NULL};
    char text[460];
    static const char long_name[] = "a_name_of_47_bytes_leaves_no_room_for_an_ending";
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + 438, "\xe2\x82\xac", 3); /* a character where the text is cut */
    for (int h = 0; h < 2; h++) {
        const double u = h, part = h == 0 ? 0.25 : 0.75;
        /* a mean of 4 and 12 samples with all its parts; one with none */
        add(ctx, r[h], "m", u, u + 1, DDN_POOLING_MEAN, h == 0 ? 4 : 12);
        add(ctx, r[h], "m_se", 0.1, 0.2, DDN_POOLING_PART, 0);
        add(ctx, r[h], "m_low", u - 0.2, u + 0.6, DDN_POOLING_PART, 0);
        add(ctx, r[h], "m_high", u + 0.3, u + 1.5, DDN_POOLING_PART, 0);
        add(ctx, r[h], "m_rho", 0, 0.5, DDN_POOLING_PART, 0);
        add(ctx, r[h], long_name, u, u, DDN_POOLING_MEAN, h == 0 ? 4 : 12);
        /* shares: one without parts, one that is none */
        add(ctx, r[h], "p", part, 1, DDN_POOLING_SHARE, 4);
        add(ctx, r[h], "q", 1.5, -0.5, DDN_POOLING_SHARE, 4);
        /* an error that is the same in both, and is that of the whole; one that is not */
        add(ctx, r[h], "same", 7, 8, DDN_POOLING_SAME, 0);
        add(ctx, r[h], "same_se", 0.5, 0.5 + u, DDN_POOLING_PART, 0);
        add(ctx, r[h], "unknown", NAN, 3, DDN_POOLING_SAME, 0);
        /* said differently */
        add(ctx, r[h], "z", 1, 2, h == 0 ? DDN_POOLING_SUM : DDN_POOLING_SAME, 0);
        add_scalar(ctx, r[h], "s", part, DDN_POOLING_SHARE, 4);
        add_scalar(ctx, r[h], "s_low", 0, h == 0 ? DDN_POOLING_PART : DDN_POOLING_SAME, 0);
        add_scalar(ctx, r[h], "s_high", 1, DDN_POOLING_PART, 0);
        add_scalar(ctx, r[h], "none", 2, DDN_POOLING_SHARE, 4);
        OK(ctx, ddn_result_add_scalar(ctx, r[h], "long", NULL, text, 1, NAN));
        OK(ctx, ddn_result_set_field(ctx, r[h], "DDN_ANALYSIS_SAMPLES", h == 0 ? "4" : "many"));
        OK(ctx, ddn_result_set_field(ctx, r[h], "DDN_ANALYSIS_CLONES", h == 0 ? "4" : "5"));
        OK(ctx, ddn_result_set_field(ctx, r[h], "DDN_ANALYSIS_PATHS", h == 0 ? "" : "5"));
        OK(ctx, ddn_result_set_field(ctx, r[h], h == 0 ? "mine" : "yours", "free"));
    }
    OK(ctx, ddn_result_merge(ctx, r[0], r[1], &r[2]));
    double mean, error;
    by_hand(0, 0.1, 4, 1, 0.1, 12, &mean, &error);
    CLOSE(test_element(ctx, r[2], "m", 0), mean, 1e-14, 0);
    CLOSE(test_element(ctx, r[2], "m_se", 0), error, 1e-13, 0);
    CLOSE(test_element(ctx, r[2], long_name, 0), mean, 1e-14, 0);
    CLOSE(test_element(ctx, r[2], "m_low", 0), mean - hypot(0.25 * 0.2, 0.75 * 0.2), 1e-14, 0);
    CLOSE(test_element(ctx, r[2], "m_high", 0), mean + hypot(0.25 * 0.3, 0.75 * 0.3), 1e-14, 0);
    /* row 1 with row 0, which is the later one: the covariances of both halves */
    const double both = (1.0 / 16 + 9.0 / 16) * 0.5 * 0.1 * 0.2;
    CLOSE(test_element(ctx, r[2], "m_rho", 1), both / (error * test_element(ctx, r[2], "m_se", 1)),
          1e-12, 0);
    assert_true(isnan(test_element(ctx, r[2], "m_rho", 0)));
    CLOSE(test_element(ctx, r[2], "p", 0), 0.5, 0, 0);
    CLOSE(test_element(ctx, r[2], "p", 1), 1, 0, 0);
    assert_true(isnan(test_element(ctx, r[2], "q", 0)) && isnan(test_element(ctx, r[2], "q", 1)));
    CLOSE(test_element(ctx, r[2], "same", 1), 8, 0, 0);
    CLOSE(test_element(ctx, r[2], "same_se", 0), 0.5, 0, 0);
    assert_true(isnan(test_element(ctx, r[2], "same_se", 1)));
    assert_true(isnan(test_element(ctx, r[2], "unknown", 0)));
    CLOSE(test_element(ctx, r[2], "unknown", 1), 3, 0, 0);
    assert_true(isnan(test_element(ctx, r[2], "z", 0)));
    double low, high;
    ddni_wilson_95(4, 8, &low, &high);
    CLOSE(test_scalar(ctx, r[2], "s"), 0.5, 0, 0);
    CLOSE(test_scalar(ctx, r[2], "s_high"), high, 1e-15, 0);
    assert_true(isnan(test_scalar(ctx, r[2], "s_low")) && isnan(test_scalar(ctx, r[2], "none")));
    const char *definition = ddn_result_definition(r[2], "long");
    assert_memory_equal(definition, text, 438);
    assert_string_equal(definition + 438, "; pooled: NaN, it does not follow from parts");
    assert_string_equal(ddn_result_field(r[2], "DDN_ANALYSIS_CLONES"), "9");
    assert_null(ddn_result_field(r[2], "DDN_ANALYSIS_SAMPLES"));
    assert_null(ddn_result_field(r[2], "DDN_ANALYSIS_PATHS"));
    assert_null(ddn_result_field(r[2], "mine"));
    for (int h = 0; h < 3; h++) {
        ddn_result_destroy(r[h]);
    }
    ddn_context_destroy(ctx);
}

/* A mean with errors and correlations, of which some are missing; nothing can be told of the
 * whole's correlations then. */
static void correlations_need_errors_and_times(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int lacking = 0; lacking < 4; lacking++) { /* nothing, errors, times, neighbours */
        const double t[2] = {2, 1};
        const int64_t rows = lacking == 3 ? 1 : 2;
        ddn_result *r[3] = {NULL};
        for (int h = 0; h < 2; h++) {
            OK(ctx, ddn_result_create(ctx, "mine", DDN_CLOCK_NONE, rows, &r[h]));
            add(ctx, r[h], "m", h, h + 1, DDN_POOLING_MEAN, 4);
            add(ctx, r[h], lacking == 1 ? "e" : "m_se", 0.1, 0.2, DDN_POOLING_PART, 0);
            add(ctx, r[h], "m_rho", 0.5, 0.5, DDN_POOLING_PART, 0);
            OK(ctx, ddn_result_add_column(ctx, r[h], lacking == 2 ? "u" : "t", NULL, "times", t));
        }
        OK(ctx, ddn_result_merge(ctx, r[0], r[1], &r[2]));
        CLOSE(test_element(ctx, r[2], "m", 0), 0.5, 0, 0);
        assert_true(isnan(test_element(ctx, r[2], "m_rho", 0)));
        for (int64_t k = 1; k < rows; k++) {
            assert_true(isnan(test_element(ctx, r[2], "m_rho", k)) == (lacking > 0));
        }
        for (int h = 0; h < 3; h++) {
            ddn_result_destroy(r[h]);
        }
    }
    ddn_context_destroy(ctx);
}

/* Means pool by the counts in another column, if both halves name the same one. */
static void counts_of_other_columns(void **state)
{
    (void)state;
    static const char form[] = "# diffdyn result 1\n# field \"kind\": \"k\"\n"
                               "# field \"clock\": \"none\"\n"
                               "# column \"a\": {\"pooling\": \"sum\"}\n"
                               "# column \"b\": {\"pooling\": \"sum\"}\n"
                               "# column \"m\": {\"pooling\": \"mean\", \"counts\": \"%s\"}\n"
                               "a,b,m\n%s\n# end\n";
    ddn_context *ctx = test_context(1);
    ddn_result *r[3] = {NULL}, *whole = NULL;
    static const char *const counts[3] = {"a", "a", "b"};
    for (int i = 0; i < 3; i++) {
        char text[400];
        snprintf(text, sizeof text, form, counts[i], i == 0 ? "4,8,1" : "12,8,2");
        OK(ctx, ddn_result_open(ctx, test_write_file("counts.csv", text, strlen(text)),
                                DDN_RESULT_FORMAT_CSV, &r[i]));
    }
    OK(ctx, ddn_result_merge(ctx, r[0], r[1], &whole));
    CLOSE(test_element(ctx, whole, "m", 0), 1.75, 1e-15, 0);
    ddn_result_destroy(whole);
    OK(ctx, ddn_result_merge(ctx, r[0], r[2], &whole));
    assert_true(isnan(test_element(ctx, whole, "m", 0)));
    assert_non_null(strstr(ddn_result_definition(whole, "m"), "does not follow from parts"));
    CLOSE(test_element(ctx, whole, "a", 0), 16, 0, 0);
    ddn_result_destroy(whole);
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_context_destroy(ctx);
}

typedef struct pair {
    ddn_result *a, *b;
} pair;

static ddn_status merge(ddn_context *ctx, void *arg)
{
    const pair *p = arg;
    ddn_result *whole = NULL;
    ddn_status status = ddn_result_merge(ctx, p->a, p->b, &whole);
    ddn_result_destroy(whole);
    return status;
}

/* Only whole numbers are counts that add up; other texts stay where they agree. */
static void counts_are_whole_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *want; /* NULL: no field */
    } cases[] = {{"100", "30", "130"},  {"1e2", "30", "130"},
                 {"1.5", "1.5", "1.5"}, {"1.5", "30", NULL},
                 {"30", "1.5", NULL},   {"nan", "nan", "nan"},
                 {"many", "30", NULL},  {"", "30", NULL},
                 {"30", "", NULL},      {"9007199254740992", "2", NULL}};
    ddn_context *ctx = test_context(1);
    const double samples[4] = {1, 2, 3, 5};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ddn_result *a = of_samples(ctx, samples, 2, "1"), *b = of_samples(ctx, samples + 2, 2, "2");
        ddn_result *merged = NULL;
        OK(ctx, ddn_result_set_field(ctx, a, "DDN_ANALYSIS_SAMPLES", cases[i].a));
        OK(ctx, ddn_result_set_field(ctx, b, "DDN_ANALYSIS_SAMPLES", cases[i].b));
        OK(ctx, ddn_result_merge(ctx, a, b, &merged));
        const char *got = ddn_result_field(merged, "DDN_ANALYSIS_SAMPLES");
        const char *want = cases[i].want;
        if ((got == NULL) != (want == NULL) || (got != NULL && strcmp(got, want) != 0)) {
            fail_msg("%s and %s give %s", cases[i].a, cases[i].b, got == NULL ? "nothing" : got);
        }
        ddn_result_destroy(merged);
        ddn_result_destroy(a);
        ddn_result_destroy(b);
    }
    ddn_context_destroy(ctx);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double samples[4] = {1, 2, 3, 5};
    pair p = {of_samples(ctx, samples, 2, "1"), of_samples(ctx, samples + 2, 2, "2")};
    assert_true(test_every_allocation(merge, &p) > 6);
    ddn_result_destroy(p.a);
    ddn_result_destroy(p.b);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities),
        cmocka_unit_test(simulations),
        cmocka_unit_test(reports),
        cmocka_unit_test(halves_make_the_whole),
        cmocka_unit_test(what_does_not_belong_together),
        cmocka_unit_test(results_of_hosts_that_differ),
        cmocka_unit_test(results_of_hosts),
        cmocka_unit_test(correlations_need_errors_and_times),
        cmocka_unit_test(counts_of_other_columns),
        cmocka_unit_test(counts_are_whole_numbers),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, test_make_folder, test_remove_folder);
}

/* The judge's rule, as each analysis applies it: the runs of each are repeated here with the same
 * random numbers, their ends judged by the rule as it is written in analysis.h, one state at a
 * time, and the counts must be equal. Five points on a line, one of them in a class of its own, and
 * so much noise at the clean end that the label of the nearest point is often not the most probable
 * class: an analysis with another rule counts something else. */
#include "analysis/judge.h"
#include "analysis/samples.h"
#include "support/fixtures.h"
#include "support/results.h"

enum {
    N = 5,
    PAIRS = 150,
    STEPS = 6,
    SEED = 3,
    TIMES = 2
};
static const double times[TIMES] = {1.5, 3}, t_end = 0.5;
static const double points[N] = {0.9, -0.9, -0.8, -1.0, -0.85};
static const int32_t labels[N] = {7, 3, 3, 3, 3};
/* Points that judge in place of the oracle's: other places, other labels. */
static const double other_points[N] = {-0.95, -0.9, 0.85, 1.0, 0.2};
static const int32_t other_labels[N] = {3, 3, 7, 7, 3};

/* ---- The rule, written down once more ------------------------------------------------------ */

typedef struct rule {
    const double *y;
    const int32_t *label;
    double variance;
    ddni_class_rule what;
} rule;

static int32_t by_threshold(double x)
{
    return x > -0.5 ? 7 : 3;
}

/* Nearest point and class of a state x at the level a, s2; clean: x/a as the classifier sees it. */
static void judge_one(const rule *r, double a, double s2, double x, double clean, int64_t *nearest,
                      int64_t *class_of)
{
    double logit[N], variance = s2 + a * a * r->variance;
    *nearest = 0;
    for (int i = 0; i < N; i++) {
        logit[i] = -(x - a * r->y[i]) * (x - a * r->y[i]) / (2 * variance);
        *nearest = logit[i] > logit[*nearest] ? i : *nearest;
    }
    *class_of = -1;
    if (r->what == DDNI_CLASSIFIER) {
        *class_of = by_threshold(clean);
    } else if (r->what == DDNI_LABEL_OF_NEAREST) {
        *class_of = r->label[*nearest];
    } else if (r->what == DDNI_MOST_PROBABLE) {
        double best = 0;
        for (int c = 0; c < N; c++) { /* in the order of labels of points: no two are equal here */
            double sum = 0;
            for (int i = 0; i < N; i++) {
                sum += r->label[i] == r->label[c] ? exp(logit[i]) : 0;
            }
            *class_of = sum > best ? r->label[c] : *class_of;
            best = fmax(best, sum);
        }
    }
}

/* ---- The runs, once more ------------------------------------------------------------------- */

typedef struct scene {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *plain, *labelled, *others;
    ddn_analysis *an;
} scene;

static ddn_integrator *integrator(const scene *s, const ddn_oracle *oracle, double t, int denoise)
{
    ddn_integrator *it = NULL;
    OK(s->ctx, ddn_integrator_create(s->ctx, oracle, DDN_METHOD_EXPONENTIAL, &it));
    ddn_options *options = ddn_integrator_options(it);
    OK(s->ctx, ddn_options_set_i64(options, DDN_INTEGRATOR_SEED, SEED));
    OK(s->ctx, ddn_options_set_i64(options, DDN_INTEGRATOR_STEPS, STEPS));
    OK(s->ctx, ddn_options_set_i64(options, DDN_INTEGRATOR_DENOISE, denoise));
    OK(s->ctx, ddn_options_set_f64(options, DDN_INTEGRATOR_ETA, 1));
    OK(s->ctx, ddn_options_set_f64(options, DDN_INTEGRATOR_T_START, t));
    OK(s->ctx, ddn_options_set_f64(options, DDN_INTEGRATOR_T_END, t_end));
    return it;
}

/* Shares of the pairs of time number k that have one nearest point and one class. Starts are
 * samples of `from` or of the oracle; for PATH the state `at`. */
static void count(const scene *s, const ddn_oracle *oracle, const ddn_dataset *from, double at,
                  ddni_measurement what, int64_t k, const rule *r, double share[2])
{
    double x0[PAIRS], z[PAIRS], pair[2 * PAIRS];
    int64_t path[2 * PAIRS], turn = what == DDNI_MEASURE_UTURN;
    int clean = what != DDNI_MEASURE_CLONES || r->what == DDNI_CLASSIFIER;
    ddni_level start, end;
    OK(s->ctx, ddni_schedule_level(s->ctx, s->sch, times[k], &start));
    OK(s->ctx, ddni_schedule_level(s->ctx, s->sch, t_end, &end));
    if (what != DDNI_MEASURE_PATH) {
        ddni_samples samples;
        ddni_samples_init(s->ctx, oracle, from, SEED, what, k, &samples);
        OK(s->ctx, ddni_samples_draw(&samples, 0, PAIRS, x0, z));
        ddni_samples_at(&start, PAIRS, x0, z, z);
    }
    for (int64_t p = 0; p < PAIRS; p++) {
        double x = what == DDNI_MEASURE_PATH ? at : z[p];
        pair[2 * p] = turn ? x0[p] : x;
        pair[2 * p + 1] = x;
    }
    int64_t runs = turn ? PAIRS : 2 * PAIRS;
    for (int64_t i = 0; i < runs; i++) {
        path[i] = ddni_path_run(what, k, i);
    }
    ddn_integrator *it = integrator(s, oracle, times[k], clean);
    OK(s->ctx, ddn_integrator_set_paths(it, runs, path));
    OK(s->ctx, ddn_integrator_run(it, runs, pair + turn, 1 + turn));
    ddn_integrator_destroy(it);
    share[0] = share[1] = 0;
    for (int64_t p = 0; p < PAIRS; p++) {
        int64_t nearest[2], class_of[2];
        for (int i = 0; i < 2; i++) {
            double x = pair[2 * p + i];
            judge_one(r, end.a, end.s2, clean ? end.a * x : x, x, &nearest[i], &class_of[i]);
        }
        share[0] += (double)(nearest[0] == nearest[1]) / PAIRS;
        share[1] += (double)(class_of[0] == class_of[1]) / PAIRS;
    }
}

/* ---- Comparison ---------------------------------------------------------------------------- */

static void same_or_nan(double got, double want)
{
    if (isnan(want)) {
        assert_true(isnan(got));
    } else {
        CLOSE(got, want, 0, 1e-12);
    }
}

static void check(const scene *s, const ddn_oracle *oracle, const ddn_dataset *from, double at,
                  ddni_measurement what, const ddn_result *r, const rule *by)
{
    int clones = what == DDNI_MEASURE_CLONES, path = what == DDNI_MEASURE_PATH;
    const char *const names[2] = {clones ? "phi_C"
                                  : path ? "same_point"
                                         : "returned",
                                  clones ? "phi" : "same_class"};
    for (int64_t k = 0; k < TIMES; k++) {
        double want[2] = {NAN, NAN};
        if (by != NULL) {
            count(s, oracle, from, at, what, k, by, want);
            want[1] = by->what == DDNI_NO_CLASS ? NAN : want[1];
        }
        same_or_nan(test_element(s->ctx, r, names[0], k), want[0]);
        same_or_nan(test_element(s->ctx, r, names[1], k), want[1]);
    }
}

static int32_t classify(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                        int32_t *class_out)
{
    (void)user;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        class_out[r] = by_threshold(x[r * ldx]);
    }
    return 0;
}

static int32_t classify_f32(void *user, int64_t m, int64_t d, const float *x, int64_t ldx,
                            int32_t *class_out)
{
    (void)user;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        class_out[r] = by_threshold((double)x[r * ldx]);
    }
    return 0;
}

/* By the rule, and with a classifier in single precision, which goes before it. */
static void clones(const scene *s, const ddn_oracle *oracle, const rule *by)
{
    ddn_result *r = NULL;
    rule given = by != NULL ? *by : (rule){0};
    given.what = DDNI_CLASSIFIER;
    for (int i = 0; i < (by != NULL ? 2 : 1); i++) {
        OK(s->ctx,
           ddn_analysis_set_classifier_f32(s->an, i == 0 ? NULL : classify_f32, NULL, NULL));
        OK(s->ctx, ddn_analysis_clones(s->an, oracle, TIMES, times, &r));
        check(s, oracle, ddn_oracle_dataset(oracle), 0, DDNI_MEASURE_CLONES, r,
              i == 0 ? by : &given);
        ddn_result_destroy(r);
    }
    OK(s->ctx, ddn_analysis_set_classifier_f32(s->an, NULL, NULL, NULL));
}

/* U-turns and branches: by the rule, and with a classifier, which goes before it. */
static void branches(const scene *s, const ddn_oracle *oracle, const ddn_dataset *starts,
                     const rule *by)
{
    const ddn_dataset *from = starts != NULL ? starts : ddn_oracle_dataset(oracle);
    rule given = *by;
    given.what = DDNI_CLASSIFIER;
    for (int i = 0; i < 2; i++) {
        ddn_result *r = NULL;
        const rule *want = i == 0 ? by : &given;
        OK(s->ctx, ddn_analysis_set_classifier_f64(s->an, i == 0 ? NULL : classify, NULL, NULL));
        OK(s->ctx, ddn_analysis_uturn(s->an, oracle, starts, TIMES, times, &r));
        check(s, oracle, from, 0, DDNI_MEASURE_UTURN, r, want);
        ddn_result_destroy(r);
        OK(s->ctx, ddn_analysis_branch(s->an, oracle, starts, TIMES, times, &r));
        check(s, oracle, from, 0, DDNI_MEASURE_BRANCH, r, want);
        ddn_result_destroy(r);
    }
    OK(s->ctx, ddn_analysis_set_classifier_f64(s->an, NULL, NULL, NULL));
}

static void path(const scene *s, const ddn_oracle *oracle, const ddn_dataset *judging,
                 const rule *by)
{
    const double x[TIMES] = {0.3, 0.3};
    ddn_result *r = NULL;
    OK(s->ctx, ddn_analysis_set_points(s->an, judging));
    OK(s->ctx, ddn_analysis_path(s->an, oracle, DDN_PATH_CLONES, TIMES, 1, times, x, 1, NULL, &r));
    check(s, oracle, NULL, x[0], DDNI_MEASURE_PATH, r, by);
    ddn_result_destroy(r);
    rule given = *by;
    given.what = DDNI_CLASSIFIER;
    OK(s->ctx, ddn_analysis_set_classifier_f64(s->an, classify, NULL, NULL));
    OK(s->ctx, ddn_analysis_path(s->an, oracle, DDN_PATH_CLONES, TIMES, 1, times, x, 1, NULL, &r));
    OK(s->ctx, ddn_analysis_set_classifier_f64(s->an, NULL, NULL, NULL));
    OK(s->ctx, ddn_analysis_set_points(s->an, NULL));
    check(s, oracle, NULL, x[0], DDNI_MEASURE_PATH, r, &given);
    ddn_result_destroy(r);
}

/* ---- Oracles ------------------------------------------------------------------------------- */

static void make(scene *s)
{
    s->ctx = test_context(1);
    s->sch = test_schedule(s->ctx, TEST_OU);
    ddn_dataset *others = NULL;
    OK(s->ctx, ddn_dataset_create(s->ctx, DDN_TYPE_F64, N, 1, points, 1, &s->plain));
    OK(s->ctx, ddn_dataset_create_labelled(s->ctx, s->plain, N, labels, &s->labelled));
    OK(s->ctx, ddn_dataset_create(s->ctx, DDN_TYPE_F64, N, 1, other_points, 1, &others));
    OK(s->ctx, ddn_dataset_create_labelled(s->ctx, others, N, other_labels, &s->others));
    ddn_dataset_destroy(others);
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
    ddn_options *options = ddn_analysis_options(s->an);
    OK(s->ctx, ddn_options_set_i64(options, DDN_ANALYSIS_METHOD, DDN_METHOD_EXPONENTIAL));
    OK(s->ctx, ddn_options_set_i64(options, DDN_ANALYSIS_STEPS, STEPS));
    OK(s->ctx, ddn_options_set_i64(options, DDN_ANALYSIS_SEED, SEED));
    OK(s->ctx, ddn_options_set_i64(options, DDN_ANALYSIS_CLONES, PAIRS));
    OK(s->ctx, ddn_options_set_f64(options, DDN_ANALYSIS_T_END, t_end));
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_dataset_destroy(s->plain);
    ddn_dataset_destroy(s->labelled);
    ddn_dataset_destroy(s->others);
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
}

/* A model that has learned the points. */
static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        double sum = 0, total = 0, y = x[r * ldx];
        for (int i = 0; i < N; i++) {
            double w = exp(-(y - a * points[i]) * (y - a * points[i]) / (2 * s * s));
            total += w;
            sum += w * points[i];
        }
        out[r * ldo] = sum / total;
    }
    return 0;
}

static ddn_oracle *foreign(const scene *s, const ddn_dataset *ds)
{
    return test_model(s->ctx, s->sch, DDN_PREDICTION_X0, 1, predict, NULL, ds);
}

/* ---- Tests --------------------------------------------------------------------------------- */

/* The two rules do differ in every experiment here, else the rest would prove nothing. */
static void rules_differ(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_oracle *oracle = NULL;
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, s.labelled, s.sch, &oracle));
    rule label = {points, labels, 0, DDNI_LABEL_OF_NEAREST}, probable = label, given = label;
    probable.what = DDNI_MOST_PROBABLE;
    given.what = DDNI_CLASSIFIER;
    for (int what = DDNI_MEASURE_CLONES; what <= DDNI_MEASURE_PATH; what++) {
        double one[2], two[2], three[2];
        count(&s, oracle, s.labelled, 0.3, (ddni_measurement)what, 1, &label, one);
        count(&s, oracle, s.labelled, 0.3, (ddni_measurement)what, 1, &probable, two);
        count(&s, oracle, s.labelled, 0.3, (ddni_measurement)what, 1, &given, three);
        assert_true(fabs(one[1] - two[1]) > 0.02 && fabs(one[1] - three[1]) > 0.005);
    }
    ddn_oracle_destroy(oracle);
    unmake(&s);
}

/* Labelled points: the label of the nearest. Points without labels: none. Other points judge in
 * place of the oracle's. */
static void empirical_oracles(void **state)
{
    (void)state;
    scene s;
    make(&s);
    for (int labelled = 0; labelled < 2; labelled++) {
        ddn_oracle *oracle = NULL;
        rule by = {points, labels, 0, labelled ? DDNI_LABEL_OF_NEAREST : DDNI_NO_CLASS};
        rule others = {other_points, other_labels, 0, DDNI_LABEL_OF_NEAREST};
        OK(s.ctx,
           ddn_oracle_create_empirical(s.ctx, labelled ? s.labelled : s.plain, s.sch, &oracle));
        clones(&s, oracle, &by);
        branches(&s, oracle, NULL, &by);
        branches(&s, oracle, s.others, &by); /* starts do not judge where the oracle can */
        path(&s, oracle, NULL, &by);
        path(&s, oracle, s.others, &others);
        OK(s.ctx, ddn_analysis_set_points(s.an, s.others)); /* judge all measurements */
        clones(&s, oracle, &others);
        branches(&s, oracle, NULL, &others);
        branches(&s, oracle, s.labelled, &others);
        OK(s.ctx, ddn_analysis_set_points(s.an, NULL));
        ddn_oracle_destroy(oracle);
    }
    unmake(&s);
}

/* A mixture has components but no data set: the most probable class. */
static void mixtures(void **state)
{
    (void)state;
    scene s;
    make(&s);
    const double weights[N] = {0.2, 0.2, 0.2, 0.2, 0.2}, variance = 0.01;
    for (int labelled = 0; labelled < 2; labelled++) {
        ddn_oracle *oracle = NULL;
        rule by = {points, labels, variance, labelled ? DDNI_MOST_PROBABLE : DDNI_NO_CLASS};
        rule others = {other_points, other_labels, 0, DDNI_LABEL_OF_NEAREST};
        OK(s.ctx,
           ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_SHARED, N, 1, weights, points, 1,
                                     &variance, 1, labelled ? labels : NULL, &oracle));
        clones(&s, oracle, &by);
        branches(&s, oracle, NULL, &by);
        path(&s, oracle, NULL, &by);
        path(&s, oracle, s.others, &others);
        ddn_oracle_destroy(oracle);
    }
    unmake(&s);
}

/* A foreign model: its own data judge, else the points it is given, else nothing. */
static void foreign_models(void **state)
{
    (void)state;
    scene s;
    make(&s);
    rule own = {points, labels, 0, DDNI_LABEL_OF_NEAREST};
    rule none = {points, labels, 0, DDNI_NO_CLASS};
    rule others = {other_points, other_labels, 0, DDNI_LABEL_OF_NEAREST};
    for (int labelled = 0; labelled < 2; labelled++) {
        ddn_oracle *oracle = foreign(&s, labelled ? s.labelled : s.plain);
        clones(&s, oracle, labelled ? &own : &none);
        branches(&s, oracle, NULL, labelled ? &own : &none);
        branches(&s, oracle, s.others, labelled ? &own : &none);
        path(&s, oracle, NULL, labelled ? &own : &none);
        path(&s, oracle, s.others, &others);
        ddn_oracle_destroy(oracle);
    }
    ddn_oracle *bare = foreign(&s, NULL);
    ddn_result *r = NULL;
    const double x[TIMES] = {0, 0};
    branches(&s, bare, s.others, &others);
    path(&s, bare, s.others, &others);
    FAILS(s.ctx, ddn_analysis_clones(s.an, bare, TIMES, times, &r), DDN_E_UNSUPPORTED, "dataset");
    FAILS(s.ctx, ddn_analysis_path(s.an, bare, DDN_PATH_CLONES, TIMES, 1, times, x, 1, NULL, &r),
          DDN_E_UNSUPPORTED, "points");
    FAILS(s.ctx, ddn_analysis_last_change(s.an, bare, &r), DDN_E_UNSUPPORTED, "data");
    ddn_oracle_destroy(bare);
    unmake(&s);
}

/* One Gaussian: nothing to judge by, unless points are given. */
static void nothing_to_judge_by(void **state)
{
    (void)state;
    scene s;
    make(&s);
    const double zero = 0, one = 1;
    ddn_oracle *oracle = NULL;
    rule others = {other_points, other_labels, 0, DDNI_LABEL_OF_NEAREST};
    OK(s.ctx, ddn_oracle_create_gaussian(s.ctx, s.sch, 1, 0, one, &zero, NULL, NULL, 1, &oracle));
    clones(&s, oracle, NULL);
    branches(&s, oracle, s.others, &others);
    path(&s, oracle, s.others, &others);
    ddn_oracle_destroy(oracle);
    unmake(&s);
}

/* Where the run's own weights tell the nearest point, and where the judge of a foreign copy of the
 * same score does: the same paths, the same changes. */
static void last_changes(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_oracle *exact = NULL, *copy = foreign(&s, s.labelled);
    ddn_result *want = NULL, *got = NULL;
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, s.labelled, s.sch, &exact));
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_PATHS, 40));
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_BATCH, 16));
    OK(s.ctx, ddn_analysis_last_change(s.an, exact, &want));
    OK(s.ctx, ddn_analysis_last_change(s.an, copy, &got));
    ddn_result *set = NULL; /* the same points, set as judges */
    OK(s.ctx, ddn_analysis_set_points(s.an, s.plain));
    OK(s.ctx, ddn_analysis_last_change(s.an, exact, &set));
    test_same_results(s.ctx, want, set);
    ddn_result_destroy(set);
    OK(s.ctx, ddn_analysis_set_points(s.an, s.others));
    OK(s.ctx, ddn_analysis_last_change(s.an, exact, &set));
    assert_true(test_scalar(s.ctx, set, "t_C_last_change") !=
                test_scalar(s.ctx, want, "t_C_last_change"));
    ddn_result_destroy(set);
    OK(s.ctx, ddn_analysis_set_points(s.an, NULL));
    double t = test_scalar(s.ctx, want, "t_C_last_change");
    CLOSE(test_scalar(s.ctx, got, "t_C_last_change"), t, 1e-12, 0);
    assert_true(t > t_end && t < 6);
    for (int64_t k = 0; k < ddn_result_rows(want); k++) {
        CLOSE(test_element(s.ctx, got, "changed_after", k),
              test_element(s.ctx, want, "changed_after", k), 0, 1e-12);
    }
    ddn_result_destroy(want);
    ddn_result_destroy(got);
    ddn_oracle_destroy(exact);
    ddn_oracle_destroy(copy);
    unmake(&s);
}

/* ---- Classifiers that fail ----------------------------------------------------------------- */

typedef struct faulty {
    int64_t calls, skipped; /* the row that is not written, -1 for none */
    int32_t answer;
    int released;
} faulty;

static int32_t faulty_classifier(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                                 int32_t *class_out)
{
    faulty *f = user;
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        assert_int_equal(class_out[r], INT32_MIN);
        if (r != f->skipped || f->calls == 0) {
            class_out[r] = by_threshold(x[r * ldx]);
        }
    }
    f->calls++;
    return f->answer;
}

static void release(void *user)
{
    ((faulty *)user)->released++;
}

/* 0.1.0 took the numbers of the batch before where a classifier wrote none. */
static void classifiers_that_fail(void **state)
{
    (void)state;
    scene s;
    make(&s);
    ddn_oracle *oracle = NULL;
    ddn_result *r = NULL;
    faulty f = {.skipped = 3};
    const double x[TIMES] = {0, 0};
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, s.labelled, s.sch, &oracle));
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_BATCH, 16));
    OK(s.ctx, ddn_analysis_set_classifier_f64(s.an, faulty_classifier, &f, release));
    for (int what = 0; what < 4; what++) {
        f.calls = 0;
        FAILS(s.ctx,
              what == 0   ? ddn_analysis_clones(s.an, oracle, TIMES, times, &r)
              : what == 1 ? ddn_analysis_uturn(s.an, oracle, NULL, TIMES, times, &r)
              : what == 2 ? ddn_analysis_branch(s.an, oracle, NULL, TIMES, times, &r)
                          : ddn_analysis_path(s.an, oracle, DDN_PATH_CLONES, TIMES, 1, times, x, 1,
                                              NULL, &r),
              DDN_E_CALLBACK, "no class for row 3");
        assert_int_equal(f.calls, 2);
        assert_null(r);
    }
    f = (faulty){.skipped = -1, .answer = DDN_STOPPED};
    assert_int_equal(ddn_analysis_clones(s.an, oracle, TIMES, times, &r), DDN_STOPPED);
    assert_int_equal(f.calls, 1);
    f.answer = -2;
    FAILS(s.ctx, ddn_analysis_clones(s.an, oracle, TIMES, times, &r), DDN_E_CALLBACK,
          "the classifier returned -2");
    f.answer = 2;
    FAILS(s.ctx, ddn_analysis_clones(s.an, oracle, TIMES, times, &r), DDN_E_CALLBACK,
          "the classifier returned 2");
    assert_int_equal(f.released, 0);
    faulty other = {.skipped = -1};
    OK(s.ctx, ddn_analysis_set_classifier_f64(s.an, faulty_classifier, &other, release));
    assert_int_equal(f.released, 1);
    OK(s.ctx, ddn_analysis_clones(s.an, oracle, TIMES, times, &r));
    assert_string_equal(ddn_result_field(r, "classifier"), "given");
    ddn_result_destroy(r);
    OK(s.ctx, ddn_analysis_set_classifier_f32(s.an, NULL, &other, release));
    assert_int_equal(other.released, 1);
    OK(s.ctx, ddn_analysis_set_classifier_f64(s.an, faulty_classifier, &other, release));
    assert_int_equal(ddn_analysis_set_classifier_f64(NULL, faulty_classifier, &other, release),
                     DDN_E_NULL);
    ddn_oracle_destroy(oracle);
    unmake(&s);
    assert_int_equal(other.released, 3);
    assert_int_equal(f.released, 1);
}

/* Equal probabilities, equal distances: the lowest index. */
static void ties(void **state)
{
    (void)state;
    scene s;
    make(&s);
    const double at[4] = {1, -1, 1, -1}, x[2] = {0, -0.3}, quarter[4] = {0.25, 0.25, 0.25, 0.25};
    const int32_t named[4] = {5, 4, 4, 5};
    ddn_dataset *ds = NULL, *with = NULL;
    ddn_oracle *oracle[2] = {NULL};
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, 4, 1, at, 1, &ds));
    OK(s.ctx, ddn_dataset_create_labelled(s.ctx, ds, 4, named, &with));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, with, s.sch, &oracle[0]));
    OK(s.ctx, ddn_oracle_create_mixture(s.ctx, s.sch, DDN_VARIANCE_SHARED, 4, 1, quarter, at, 1,
                                        (double[]){0}, 1, named, &oracle[1]));
    for (int i = 0; i < 2; i++) {
        ddni_judge judge;
        OK(s.ctx, ddni_judge_create(s.ctx, &(ddni_judge_of){.oracle = oracle[i]}, 2, &judge));
        OK(s.ctx, ddni_judge_noisy(&judge, 1, 2, x, 1));
        assert_int_equal(judge.nearest[0], 0);
        assert_int_equal(judge.nearest[1], 1);
        /* Points 0 and 1 have labels 5 and 4, which are the classes 1 and 0; all classes are
         * equally probable everywhere. */
        assert_int_equal(judge.class_of[0], i == 0);
        assert_int_equal(judge.class_of[1], 0);
        ddni_judge_free(&judge);
        ddn_oracle_destroy(oracle[i]);
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(with);
    unmake(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_differ),
        cmocka_unit_test(empirical_oracles),
        cmocka_unit_test(mixtures),
        cmocka_unit_test(foreign_models),
        cmocka_unit_test(nothing_to_judge_by),
        cmocka_unit_test(last_changes),
        cmocka_unit_test(classifiers_that_fail),
        cmocka_unit_test(ties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What results say of themselves: kind, clock, units, settings; results that a host makes; and that
 * a result of another kind or clock is refused where it would give a wrong time. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/toy.h"

enum {
    N = 12,
    D = 3,
    TIMES = 3
};
static const double times[TIMES] = {0.1, 0.7, 2}, indices[TIMES] = {30, 200, 700};

typedef struct scene {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_oracle *oracle; /* of a toy data set, in the time of DDPM */
    ddn_analysis *an;
    double points[N * D];
    int32_t labels[N];
} scene;

static void make(scene *s, test_kind kind)
{
    s->ctx = test_context(1);
    s->sch = test_schedule(s->ctx, kind);
    ddn_dataset *plain = NULL, *ds = NULL;
    test_normal(3, N * D, s->points);
    for (int i = 0; i < N; i++) {
        s->labels[i] = i % 2;
        s->points[i * D] += i % 2 ? 2 : -2;
    }
    OK(s->ctx, ddn_dataset_create(s->ctx, DDN_TYPE_F64, N, D, s->points, D, &plain));
    OK(s->ctx, ddn_dataset_create_labelled(s->ctx, plain, N, s->labels, &ds));
    OK(s->ctx, ddn_oracle_create_empirical(s->ctx, ds, s->sch, &s->oracle));
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
    static const ddn_analysis_key small[] = {DDN_ANALYSIS_SAMPLES, DDN_ANALYSIS_CLONES,
                                             DDN_ANALYSIS_PATHS, DDN_ANALYSIS_PATH_STEPS};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), small[i], 16));
    }
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_SEED, -5));
    ddn_dataset_destroy(plain);
    ddn_dataset_destroy(ds);
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_oracle_destroy(s->oracle);
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
}

static void field(const ddn_result *r, const char *name, const char *want)
{
    const char *got = ddn_result_field(r, name);
    if (got == NULL || strcmp(got, want) != 0) {
        fail_msg("field %s is '%s', not '%s'", name, got == NULL ? "(none)" : got, want);
    }
}

/* Every column and scalar has a unit or is a count without one; times have the clock's. */
static void units(const ddn_result *r)
{
    const char *time = ddn_result_clock(r) == DDN_CLOCK_OU ? "OU time" : "schedule time";
    static const char *const names[] = {"t",       "t_S",    "t_C_spectrum",   "t_S_phi",
                                        "t_C_phi", "t_grid", "t_C_last_change"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *unit = ddn_result_unit(r, names[i]);
        if (unit != NULL && strcmp(unit, time) != 0) {
            fail_msg("%s of %s is in '%s', not in '%s'", names[i], ddn_result_field(r, "kind"),
                     unit, time);
        }
    }
    const char *ou = ddn_result_unit(r, "t_ou");
    assert_true(ou == NULL || strcmp(ou, "OU time") == 0);
}

/* One result of each kind, of an oracle with the DDPM schedule. */
static void every_kind(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_DDPM);
    ddn_result *r[13] = {NULL};
    int32_t regimes[TIMES];
    char data[80];
    int64_t digest = 0;
    OK(s.ctx, ddn_dataset_digest(s.ctx, ddn_oracle_dataset(s.oracle), &digest));
    snprintf(data, sizeof data, "f64 [12][3], 2 classes, digest %016llx",
             (unsigned long long)digest);
    static const char *const kinds[13] = {
        "identities",   "clones",         "last_change",   "regimes",   "uturn",
        "branch",       "path",           "late_start",    "crossings", "spectrum",
        "memorization", "generalization", "log_likelihood"};
    static const ddn_clock clocks[2] = {DDN_CLOCK_OU, DDN_CLOCK_NONE};
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, indices, &r[0]));
    OK(s.ctx, ddn_analysis_clones(s.an, s.oracle, TIMES, indices, &r[1]));
    OK(s.ctx, ddn_analysis_last_change(s.an, s.oracle, &r[2]));
    OK(s.ctx, ddn_analysis_regimes(s.an, s.oracle, TIMES, TIMES, indices, indices, &r[3]));
    OK(s.ctx, ddn_analysis_uturn(s.an, s.oracle, NULL, TIMES, indices, &r[4]));
    OK(s.ctx, ddn_analysis_branch(s.an, s.oracle, NULL, TIMES, indices, &r[5]));
    OK(s.ctx, ddn_analysis_path(s.an, s.oracle, DDN_PATH_AUTO, TIMES, 1, indices, s.points, D,
                                regimes, &r[6]));
    OK(s.ctx, ddn_analysis_late_start(s.an, s.oracle, TIMES, indices, &r[7]));
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, r[0], &r[8]));
    OK(s.ctx, ddn_analysis_spectrum(s.an, ddn_oracle_dataset(s.oracle), &r[9]));
    OK(s.ctx,
       ddn_analysis_memorization(s.an, ddn_oracle_dataset(s.oracle), 2, s.points, D, &r[10]));
    OK(s.ctx,
       ddn_analysis_generalization(s.an, s.oracle, ddn_oracle_dataset(s.oracle),
                                   ddn_oracle_dataset(s.oracle), TIMES, 0, indices, NULL, &r[11]));
    field(r[11], "test", data);
    OK(s.ctx, ddn_analysis_log_likelihood(s.an, s.oracle, NULL, 0, 2, s.points, D, &r[12]));
    for (int i = 0; i < 13; i++) {
        field(r[i], "kind", kinds[i]);
        field(r[i], "clock", i == 10 ? "none" : i == 9 ? "ou" : "schedule:ddpm");
        assert_int_equal(ddn_result_clock(r[i]),
                         i == 9 || i == 10 ? clocks[i - 9] : DDN_CLOCK_SCHEDULE);
        field(r[i], "library", ddn_version_string());
        field(r[i], "seed", "-5");
        field(r[i], "n", "12");
        field(r[i], "d", "3");
        field(r[i], "data", data);
        field(r[i], "DDN_ANALYSIS_SAMPLES", "16");
        field(r[i], "DDN_ANALYSIS_T_END", "preset");
        field(r[i], "DDN_ANALYSIS_STEPS", "12"); /* of EXACT, where it is left open */
        field(r[i], "DDN_ANALYSIS_EXCESS_LEVEL", "0.05");
        const int of_oracle = i < 9 || i >= 11;
        if (of_oracle) {
            field(r[i], "oracle", "empirical");
            field(r[i], "schedule", "ddpm(beta_first=0.0001, beta_last=0.02, steps=1000)");
        }
        field(r[i], "DDN_ANALYSIS_METHOD", "10"); /* and that is what is taken here */
        const int simulated = i >= 1 && i <= 5;   /* these say how steps were judged */
        assert_int_equal(simulated, ddn_result_field(r[i], "step_error") != NULL);
        assert_int_equal(ddn_result_field_count(r[i]),
                         (of_oracle ? 8 + 1 + 19 : 7 + 19) + (i == 11) + simulated);
        assert_null(ddn_result_field_name(r[i], ddn_result_field_count(r[i])));
        units(r[i]);
        FAILS(s.ctx, ddn_result_set_field(s.ctx, r[i], "note", "x"), DDN_E_STATE, kinds[i]);
        FAILS(s.ctx, ddn_result_add_scalar(s.ctx, r[i], "mine", NULL, "", 1, 0), DDN_E_STATE,
              "complete");
        ddn_result_destroy(r[i]);
    }
    unmake(&s);
}

/* A sampler with step-size error takes more steps than the exact kernel, unless told otherwise. */
static void steps_go_with_the_method(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_OU);
    const double t = 1;
    const char *const want[3] = {"12", "256", "7"};
    for (int i = 0; i < 3; i++) {
        ddn_result *r;
        ddn_options *set = ddn_analysis_options(s.an);
        OK(s.ctx, ddn_options_set_i64(set, DDN_ANALYSIS_STEPS, i < 2 ? 0 : 7));
        OK(s.ctx, ddn_options_set_i64(set, DDN_ANALYSIS_METHOD,
                                      i < 1 ? DDN_METHOD_EXACT : DDN_METHOD_EXPONENTIAL));
        OK(s.ctx, ddn_analysis_clones(s.an, s.oracle, 1, &t, &r));
        field(r, "DDN_ANALYSIS_STEPS", want[i]);
        ddn_result_destroy(r);
    }
    unmake(&s);
}

static void symmetry_kinds(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_OU);
    ddn_symmetry *sy = NULL;
    ddn_diagram *diagram = NULL;
    ddn_result *r[3] = {NULL};
    double found[N * D];
    const double eta = 1;
    OK(s.ctx, ddn_symmetry_create(s.ctx, s.oracle, &sy));
    OK(s.ctx, ddn_options_set_i64(ddn_symmetry_options(sy), DDN_SYMMETRY_POINTS, 20));
    OK(s.ctx, ddn_symmetry_line(sy, 1, TIMES, NULL, s.points, times, &r[0]));
    OK(s.ctx, ddn_symmetry_fixed_points(sy, 0.1, N, s.points, D, found, D, &r[1]));
    OK(s.ctx, ddn_symmetry_critical(sy, 2, 1, &eta, &r[2]));
    OK(s.ctx, ddn_symmetry_diagram(sy, 2, 1, 0, 0, NULL, D, NULL, D, &diagram));
    const ddn_result *all[5] = {r[0], r[1], r[2], ddn_diagram_points(diagram),
                                ddn_diagram_events(diagram)};
    static const char *const kinds[5] = {"line", "fixed_points", "critical", "diagram", "events"};
    for (int i = 0; i < 5; i++) {
        field(all[i], "kind", kinds[i]);
        field(all[i], "clock", "schedule:ou");
        field(all[i], "DDN_SYMMETRY_POINTS", "20");
        field(all[i], "seed", "0");
        units(all[i]);
    }
    ddn_diagram_destroy(diagram);
    for (int i = 0; i < 3; i++) {
        ddn_result_destroy(r[i]);
    }
    ddn_symmetry_destroy(sy);
    unmake(&s);
}

/* 0.1.0 took any number as a time of any result, and t_S of a path was in OU time. */
static void clocks_are_checked(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_DDPM);
    ddn_result *report = NULL, *spectrum = NULL, *identities = NULL, *start = NULL, *r = NULL;
    ddn_regime regime = 0;
    double t;
    OK(s.ctx, ddn_analysis_regimes(s.an, s.oracle, TIMES, 0, indices, NULL, &report));
    OK(s.ctx, ddn_analysis_spectrum(s.an, ddn_oracle_dataset(s.oracle), &spectrum));
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, indices, &identities));
    OK(s.ctx, ddn_analysis_late_start(s.an, s.oracle, TIMES, indices, &start));
    OK(s.ctx, ddn_regime_at(s.ctx, report, DDN_CLOCK_SCHEDULE, 999, &regime));
    assert_int_equal(regime, DDN_REGIME_RANDOM);
    FAILS(s.ctx, ddn_regime_at(s.ctx, report, DDN_CLOCK_OU, 1, &regime), DDN_E_MISMATCH,
          "schedule:ddpm");
    OK(s.ctx, ddn_regime_at(s.ctx, spectrum, DDN_CLOCK_OU, 20, &regime));
    assert_int_equal(regime, DDN_REGIME_RANDOM);
    FAILS(s.ctx, ddn_regime_at(s.ctx, spectrum, DDN_CLOCK_SCHEDULE, 1, &regime), DDN_E_MISMATCH,
          "'ou'");
    FAILS(s.ctx, ddn_regime_at(s.ctx, identities, DDN_CLOCK_SCHEDULE, 1, &regime),
          DDN_E_UNSUPPORTED, "kind 'identities'");
    FAILS(s.ctx, ddn_regime_at(s.ctx, report, DDN_CLOCK_NONE, 1, &regime), DDN_E_KEY, "clock");
    FAILS(s.ctx, ddn_analysis_crossings(s.an, s.oracle, spectrum, &r), DDN_E_MISMATCH, "spectrum");
    FAILS(s.ctx, ddn_analysis_crossings(s.an, s.oracle, start, &r), DDN_E_MISMATCH, "late_start");
    FAILS(s.ctx, ddn_late_start_choose(s.ctx, identities, DDN_START_NOISE, 0.1, &t, NULL),
          DDN_E_MISMATCH, "identities");
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, report, &r));
    CLOSE(test_scalar(s.ctx, r, "t_C_phi"), test_scalar(s.ctx, report, "t_C_phi"), 0, 0);
    ddn_result_destroy(r);
    /* The curves of another schedule. */
    ddn_oracle *ou = toy_oracle(s.ctx, s.points, N, D, s.labels);
    FAILS(s.ctx, ddn_analysis_crossings(s.an, ou, identities, &r), DDN_E_MISMATCH, "beta_first");
    assert_null(r);
    ddn_oracle *flat = toy_oracle(s.ctx, s.points, N, 1, NULL);
    ddn_result *of_ou = NULL;
    OK(s.ctx, ddn_analysis_identities(s.an, ou, TIMES, times, &of_ou));
    FAILS(s.ctx, ddn_analysis_crossings(s.an, flat, of_ou, &r), DDN_E_MISMATCH, "d = 3");
    /* An OU schedule's time is OU time. */
    ddn_result_destroy(report);
    OK(s.ctx, ddn_analysis_regimes(s.an, ou, TIMES, 0, times, NULL, &report));
    OK(s.ctx, ddn_regime_at(s.ctx, report, DDN_CLOCK_OU, 20, &regime));
    ddn_result_destroy(of_ou);
    ddn_result_destroy(report);
    ddn_result_destroy(spectrum);
    ddn_result_destroy(identities);
    ddn_result_destroy(start);
    ddn_oracle_destroy(flat);
    ddn_oracle_destroy(ou);
    unmake(&s);
}

/* t_S of a path without classes: in the time of the schedule, as the column t. */
static void path_has_one_clock(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_DDPM);
    ddn_dataset *plain = NULL;
    ddn_oracle *oracle = NULL;
    ddn_result *r = NULL, *spectrum = NULL;
    double tau;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, N, D, s.points, D, &plain));
    OK(s.ctx, ddn_oracle_create_empirical(s.ctx, plain, s.sch, &oracle));
    OK(s.ctx, ddn_analysis_path(s.an, oracle, DDN_PATH_POSTERIOR, TIMES, 1, indices, s.points, D,
                                NULL, &r));
    OK(s.ctx, ddn_analysis_spectrum(s.an, plain, &spectrum));
    OK(s.ctx, ddn_schedule_to_ou(s.ctx, s.sch, test_scalar(s.ctx, r, "t_S"), &tau));
    CLOSE(tau, test_scalar(s.ctx, spectrum, "t_S"), 1e-12, 0);
    assert_true(test_scalar(s.ctx, r, "t_S") > 100);
    ddn_result_destroy(r);
    ddn_result_destroy(spectrum);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(plain);
    unmake(&s);
}

/* ---- What cannot be measured ---- */

/* A network: never to be asked for no rows. */
static int32_t network(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    (void)a;
    (void)s;
    assert_true(m > 0);
    *(int64_t *)user += m;
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = 0.5 * x[i / d * ldx + i % d];
    }
    return 0;
}

static int32_t density(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out)
{
    (void)user;
    (void)d;
    (void)t;
    (void)a;
    (void)s;
    for (int64_t r = 0; r < m; r++) {
        out[r] = -x[r * ldx] * x[r * ldx];
    }
    return 0;
}

static void explained(const ddn_result *r, const char *name, const char *part)
{
    const char *text = ddn_result_definition(r, name);
    if (text == NULL || strstr(text, part) == NULL) {
        fail_msg("%s: '%s' does not say '%s'", name, text == NULL ? "(none)" : text, part);
    }
}

/* 0.1.0 gave NaN with DDN_OK for all of these, and asked the network for nothing. */
static void what_cannot_be_measured(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_OU);
    const ddn_dataset *ds = ddn_oracle_dataset(s.oracle);
    ddn_oracle *model = NULL, *with_log_p = NULL, *bare = NULL;
    ddn_result *r = NULL, *clones = NULL;
    int64_t rows = 0;
    ddn_model *builder = NULL;
    OK(s.ctx, ddn_model_create(s.ctx, s.sch, DDN_PREDICTION_X0, D, &rows, NULL, &builder));
    OK(s.ctx, ddn_model_set_predict_f64(builder, network));
    OK(s.ctx, ddn_model_set_dataset(builder, ds));
    OK(s.ctx, ddn_oracle_create_model(s.ctx, builder, &model));
    OK(s.ctx, ddn_model_set_log_p(builder, density));
    OK(s.ctx, ddn_oracle_create_model(s.ctx, builder, &with_log_p));
    ddn_model_destroy(builder);
    OK(s.ctx,
       ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_METHOD, DDN_METHOD_EULER));
    FAILS(s.ctx, ddn_analysis_identities(s.an, model, TIMES, times, &r), DDN_E_UNSUPPORTED,
          "ddn_analysis_clones");
    assert_null(r);
    assert_int_equal(rows, 0);
    /* One column can be measured: the others say why they are NaN. */
    OK(s.ctx, ddn_analysis_identities(s.an, with_log_p, TIMES, times, &r));
    assert_false(isnan(test_element(s.ctx, r, "log_p", 1)));
    assert_true(isnan(test_element(s.ctx, r, "phi_C", 1)));
    explained(r, "phi_C", "DDN_OUT_SUM_W2");
    explained(r, "phi", "no classes");
    ddn_result *crossed = NULL;
    FAILS(s.ctx, ddn_analysis_crossings(s.an, with_log_p, r, &crossed), DDN_E_UNSUPPORTED,
          "no curve");
    ddn_result_destroy(r);
    /* The report works for every oracle, and says what it lacks. */
    OK(s.ctx, ddn_analysis_regimes(s.an, model, TIMES, TIMES, times, times, &r));
    explained(r, "phi_C", "DDN_OUT_SUM_W2");
    explained(r, "t_C_entropy", "not measured");
    assert_false(isnan(test_element(s.ctx, r, "phi_C_clones", 1)));
    ddn_result_destroy(r);
    /* Nothing to judge by: only distances, which cross nothing. */
    OK(s.ctx, ddn_oracle_create_gaussian(s.ctx, s.sch, D, 0, 1, NULL, NULL, NULL, D, &bare));
    OK(s.ctx, ddn_analysis_clones(s.an, bare, TIMES, times, &clones));
    FAILS(s.ctx, ddn_analysis_crossings(s.an, bare, clones, &crossed), DDN_E_UNSUPPORTED,
          "ddn_analysis_set_points");
    ddn_result_destroy(clones);
    ddn_oracle_destroy(bare);
    ddn_oracle_destroy(model);
    ddn_oracle_destroy(with_log_p);
    unmake(&s);
}

/* Crossings of U-turns and branches, whose columns have other names: NaN in 0.1.0. */
static void crossings_of_experiments(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_OU);
    static const double wide[4] = {0.02, 0.3, 1, 5};
    OK(s.ctx, ddn_options_set_i64(ddn_analysis_options(s.an), DDN_ANALYSIS_CLONES, 200));
    for (int turn = 0; turn < 2; turn++) {
        ddn_result *r = NULL, *crossed = NULL;
        OK(s.ctx,
           (turn ? ddn_analysis_uturn : ddn_analysis_branch)(s.an, s.oracle, NULL, 4, wide, &r));
        OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, r, &crossed));
        const double t = test_scalar(s.ctx, crossed, "t_C_phi");
        int64_t k = 0;
        while (k < 3 && test_element(s.ctx, r, "returned", k + 1) > 0.5) {
            k++;
        }
        assert_true(t >= wide[k] && t <= wide[k + 1]);
        assert_true(test_scalar(s.ctx, crossed, "t_S_phi") > t);
        assert_true(isnan(test_scalar(s.ctx, crossed, "t_C_entropy")));
        explained(crossed, "t_C_entropy", "no such curve");
        ddn_result_destroy(crossed);
        ddn_result_destroy(r);
    }
    unmake(&s);
}

/* ---- Made by the host ---- */

static void made_by_hand(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_result *r = NULL, *copy = NULL;
    char name[49] = "", text[513] = "";
    memset(name, 'a', 48);
    memset(text, 'b', 512);
    OK(ctx, ddn_result_create(ctx, "my.kind", DDN_CLOCK_SCHEDULE, TIMES, &r));
    OK(ctx, ddn_result_add_column(ctx, r, "t", "schedule time", "times", times));
    OK(ctx, ddn_result_add_scalar(ctx, r, "best", NULL, "the b\xc3\xa9st \"one\"", INFINITY, NAN));
    OK(ctx, ddn_result_set_field(ctx, r, "note", "first"));
    OK(ctx, ddn_result_set_field(ctx, r, "note", "second"));
    OK(ctx, ddn_result_set_field(ctx, r, "library", "another one"));
    field(r, "kind", "my.kind");
    field(r, "clock", "schedule");
    field(r, "note", "second");
    field(r, "library", "another one");
    assert_int_equal(ddn_result_field_count(r), 4);
    assert_string_equal(ddn_result_unit(r, "t"), "schedule time");
    assert_string_equal(ddn_result_unit(r, "best"), "");
    assert_null(ddn_result_unit(r, "none"));
    CLOSE(test_element(ctx, r, "t", 1), times[1], 0, 0);
    FAILS(ctx, ddn_result_add_column(ctx, r, "best", NULL, "", times), DDN_E_STATE, "'best'");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "t", NULL, "", 0, 0), DDN_E_STATE, "'t'");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, name, NULL, "", 0, 0), DDN_E_KEY, "48 characters");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "", NULL, "", 0, 0), DDN_E_KEY, "0 characters");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "a,b", NULL, "", 0, 0), DDN_E_KEY, "byte 1");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "x", name, "", 0, 0), DDN_E_RANGE, "unit");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "x", NULL, text, 0, 0), DDN_E_RANGE, "512 bytes");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "x", NULL, "a\nb", 0, 0), DDN_E_FORMAT, "control");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "x", NULL, "\xc3", 0, 0), DDN_E_FORMAT, "UTF-8");
    FAILS(ctx, ddn_result_add_scalar(ctx, r, "x", NULL, NULL, 0, 0), DDN_E_NULL, "definition");
    FAILS(ctx, ddn_result_add_column(ctx, r, "x", NULL, "", NULL), DDN_E_NULL, "values");
    FAILS(ctx, ddn_result_set_field(ctx, r, "clock", "ou"), DDN_E_KEY, "clock");
    FAILS(ctx, ddn_result_set_field(ctx, r, "kind", "x"), DDN_E_KEY, "kind");
    FAILS(ctx, ddn_result_set_field(ctx, r, "n", text), DDN_E_RANGE, "512 bytes");
    FAILS(ctx, ddn_result_create(ctx, "a b", DDN_CLOCK_OU, 1, &copy), DDN_E_KEY, "kind");
    FAILS(ctx, ddn_result_create(ctx, "k", 0, 1, &copy), DDN_E_KEY, "clock = 0");
    FAILS(ctx, ddn_result_create(ctx, "k", DDN_CLOCK_OU, -1, &copy), DDN_E_RANGE, "rows");
    assert_null(copy);
    OK(ctx, ddn_result_create_copy(ctx, r, &copy));
    test_same_texts(ctx, r, copy);
    OK(ctx, ddn_result_set_field(ctx, copy, "note", "third"));
    OK(ctx, ddn_result_add_scalar(ctx, copy, "more", "1", "one more", 1, 0));
    field(r, "note", "second"); /* nothing is shared */
    assert_int_equal(ddn_result_scalar_count(r), 1);
    ddn_result_destroy(r);
    CLOSE(test_element(ctx, copy, "t", 2), times[2], 0, 0);
    ddn_result_destroy(copy);
    assert_int_equal(ddn_result_clock(NULL), 0);
    assert_int_equal(ddn_result_field_count(NULL), 0);
    assert_null(ddn_result_field(NULL, "kind"));
    ddn_context_destroy(ctx);
}

/* Notes go to a copy of a measurement. */
static void a_copy_of_a_measurement(void **state)
{
    (void)state;
    scene s;
    make(&s, TEST_OU);
    ddn_result *r = NULL, *copy = NULL, *a = NULL, *b = NULL;
    OK(s.ctx, ddn_analysis_identities(s.an, s.oracle, TIMES, times, &r));
    OK(s.ctx, ddn_result_create_copy(s.ctx, r, &copy));
    test_same_texts(s.ctx, r, copy);
    OK(s.ctx, ddn_result_set_field(s.ctx, copy, "data_path", "points.npy"));
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, r, &a));
    OK(s.ctx, ddn_analysis_crossings(s.an, s.oracle, copy, &b));
    test_same_results(s.ctx, a, b);
    ddn_result_destroy(a);
    ddn_result_destroy(b);
    ddn_result_destroy(r);
    ddn_result_destroy(copy);
    unmake(&s);
}

static ddn_status whole_life(ddn_context *ctx, void *arg)
{
    (void)arg;
    ddn_result *r = NULL, *copy = NULL;
    ddn_status status = ddn_result_create(ctx, "k", DDN_CLOCK_OU, TIMES, &r);
    for (int i = 0; status == DDN_OK && i < 20; i++) {
        const char name[2] = {(char)('a' + i), '\0'};
        status = ddn_result_add_column(ctx, r, name, "", "", times);
        status = status == DDN_OK ? ddn_result_set_field(ctx, r, name, name) : status;
    }
    if (status == DDN_OK) {
        status = ddn_result_create_copy(ctx, r, &copy);
    }
    ddn_result_destroy(copy);
    ddn_result_destroy(r);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(test_every_allocation(whole_life, NULL) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),
        cmocka_unit_test(steps_go_with_the_method),
        cmocka_unit_test(symmetry_kinds),
        cmocka_unit_test(clocks_are_checked),
        cmocka_unit_test(path_has_one_clock),
        cmocka_unit_test(what_cannot_be_measured),
        cmocka_unit_test(crossings_of_experiments),
        cmocka_unit_test(made_by_hand),
        cmocka_unit_test(a_copy_of_a_measurement),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every experiment on a foreign model: the exact oracle of some points, behind callbacks in either
 * precision that are asked for few rows at a time, gives what the exact oracle itself gives, within
 * error; with points that judge and with a classifier. What a model does not have is NaN with a
 * reason, or refused by name. */
#include "support/fixtures.h"
#include "support/results.h"

enum {
    N = 40,
    D = 3,
    TIMES = 5,
    PAIRS = 128,
    MOST = 64 /* rows that the network takes at once */
};
static const double times[TIMES] = {0.04, 0.2, 0.5, 0.9, 1.6};

typedef struct network {
    ddn_context *ctx;
    ddn_query *query;
    double x[MOST * D], eps[MOST * D];
    int64_t calls, rows, largest, smallest;
} network;

typedef struct scene {
    ddn_context *ctx, *inner;
    ddn_schedule *sch;
    ddn_dataset *plain, *labelled;
    ddn_oracle *exact;
    ddn_analysis *an;
    network net;
    double points[N * D];
} scene;

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)a;
    network *n = user;
    n->calls++;
    n->rows += m;
    n->largest = m > n->largest ? m : n->largest;
    n->smallest = m < n->smallest ? m : n->smallest;
    assert_true(m >= 1 && m <= MOST);
    OK(n->ctx, ddn_query_run(n->query, t, m, x, ldx));
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = -s * n->eps[i];
    }
    return 0;
}

static int32_t predict_f32(void *user, double t, double a, double s, int64_t m, int64_t d,
                           const float *x, int64_t ldx, float *out, int64_t ldo)
{
    network *n = user;
    double wide[MOST * D];
    for (int64_t i = 0; i < m * d; i++) {
        n->x[i] = (double)x[i / d * ldx + i % d];
    }
    const int32_t failed = predict(user, t, a, s, m, d, n->x, d, wide, d);
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = (float)wide[i];
    }
    return failed;
}

static int32_t side_f64(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                        int32_t *class_out)
{
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        class_out[r] = x[r * ldx] > 0 ? 1 : 0;
    }
    return user == NULL ? 0 : *(int32_t *)user;
}

static int32_t side_f32(void *user, int64_t m, int64_t d, const float *x, int64_t ldx,
                        int32_t *class_out)
{
    (void)d;
    for (int64_t r = 0; r < m; r++) {
        class_out[r] = (double)x[r * ldx] > 0 ? 1 : 0;
    }
    return user == NULL ? 0 : *(int32_t *)user;
}

static scene *make(void)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->ctx = test_context(1);
    s->inner = test_context(1);
    s->sch = test_schedule(s->ctx, TEST_OU);
    int32_t labels[N];
    test_normal(11, N * D, s->points);
    for (int i = 0; i < N; i++) {
        labels[i] = i % 2;
        s->points[i * D] = 0.5 * s->points[i * D] + (i % 2 ? 1.5 : -1.5);
    }
    OK(s->ctx, ddn_dataset_create(s->ctx, DDN_TYPE_F64, N, D, s->points, D, &s->plain));
    OK(s->ctx, ddn_dataset_create_labelled(s->ctx, s->plain, N, labels, &s->labelled));
    OK(s->ctx, ddn_oracle_create_empirical(s->ctx, s->labelled, s->sch, &s->exact));
    s->net.ctx = s->inner;
    s->net.smallest = MOST;
    OK(s->inner, ddn_query_create(s->inner, s->exact, &s->net.query));
    OK(s->inner, ddn_query_bind_f64(s->net.query, DDN_OUT_SCORE, s->net.eps, D));
    OK(s->ctx, ddn_analysis_create(s->ctx, &s->an));
    ddn_options *o = ddn_analysis_options(s->an);
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_CLONES, PAIRS));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_PATHS, 64));
    return s;
}

static void unmake(scene *s)
{
    ddn_analysis_destroy(s->an);
    ddn_query_destroy(s->net.query);
    ddn_oracle_destroy(s->exact);
    ddn_dataset_destroy(s->plain);
    ddn_dataset_destroy(s->labelled);
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
    ddn_context_destroy(s->inner);
    free(s);
}

static ddn_oracle *model_of(scene *s, int single, const ddn_dataset *ds)
{
    ddn_model *model = NULL;
    ddn_oracle *out = NULL;
    OK(s->ctx, ddn_model_create(s->ctx, s->sch, DDN_PREDICTION_EPS, D, &s->net, NULL, &model));
    OK(s->ctx, single ? ddn_model_set_predict_f32(model, predict_f32)
                      : ddn_model_set_predict_f64(model, predict));
    OK(s->ctx, ddn_model_set_dataset(model, ds));
    OK(s->ctx, ddn_options_set_i64(ddn_model_options(model), DDN_MODEL_MAX_ROWS, MOST));
    OK(s->ctx, ddn_oracle_create_model(s->ctx, model, &out));
    ddn_model_destroy(model);
    return out;
}

/* Two measurements of one number agree: within four errors and what steps may leave. */
static void agree(const char *what, double a, double a_se, double b, double b_se, double bias)
{
    print_message("# %-28s %9.4f +- %.4f, exact %9.4f +- %.4f\n", what, a, a_se, b, b_se);
    if (!(fabs(a - b) <= 4 * hypot(a_se, b_se) + bias)) {
        fail_msg("%s: %.4f +- %.4f, the exact oracle %.4f +- %.4f", what, a, a_se, b, b_se);
    }
}

static void columns_agree(scene *s, const ddn_result *a, const char *name, const ddn_result *b,
                          const char *exact, double bias)
{
    char a_se[48], b_se[48];
    snprintf(a_se, sizeof a_se, "%s_se", name);
    snprintf(b_se, sizeof b_se, "%s_se", exact);
    for (int64_t k = 0; k < TIMES; k++) {
        agree(name, test_element(s->ctx, a, name, k), test_element(s->ctx, a, a_se, k),
              test_element(s->ctx, b, exact, k), test_element(s->ctx, b, b_se, k), bias);
    }
}

static void scalars_agree(scene *s, const ddn_result *a, const ddn_result *b, const char *name,
                          double bias)
{
    double value[2], error[2];
    OK(s->ctx, ddn_result_scalar(s->ctx, a, name, &value[0], &error[0]));
    OK(s->ctx, ddn_result_scalar(s->ctx, b, name, &value[1], &error[1]));
    agree(name, value[0], error[0], value[1], error[1], bias);
}

/* The step-size error is told, and is not above the statistical one. */
static void steps_were_judged(scene *s, const ddn_result *r, const char *name)
{
    double change, error;
    const char *note = ddn_result_field(r, "step_error");
    OK(s->ctx, ddn_result_scalar(s->ctx, r, name, &change, &error));
    assert_non_null(note);
    print_message("# %s\n", note);
    assert_true(fabs(change) < 0.06 && error > 0 && error < 0.06);
    assert_non_null(strstr(note, "256 steps of method 30"));
    assert_null(strstr(note, "MORE THAN"));
    assert_string_equal(ddn_result_field(r, "DDN_ANALYSIS_METHOD"), "30");
}

static void clones_and_branches(scene *s, const ddn_oracle *model, const ddn_result *identities)
{
    ddn_result *r = NULL, *c = NULL, *want = NULL;
    OK(s->ctx, ddn_analysis_crossings(s->an, s->exact, identities, &want));
    OK(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r));
    columns_agree(s, r, "phi", identities, "phi", 0.01);
    columns_agree(s, r, "phi_C", identities, "phi_C", 0.015);
    steps_were_judged(s, r, "phi_step");
    OK(s->ctx, ddn_analysis_crossings(s->an, model, r, &c));
    scalars_agree(s, c, want, "t_S_phi", 0.03);
    scalars_agree(s, c, want, "t_C_phi", 0.03);
    assert_true(isnan(test_scalar(s->ctx, c, "t_C_entropy")));
    assert_non_null(strstr(ddn_result_definition(c, "t_C_entropy"), "not measured"));
    ddn_result_destroy(c);
    ddn_result_destroy(r);
    for (int turn = 0; turn < 2; turn++) {
        OK(s->ctx, turn ? ddn_analysis_uturn(s->an, model, NULL, TIMES, times, &r)
                        : ddn_analysis_branch(s->an, model, NULL, TIMES, times, &r));
        columns_agree(s, r, "same_class", identities, "phi", 0.01);
        columns_agree(s, r, "returned", identities, "phi_C", 0.015);
        steps_were_judged(s, r, "same_class_step");
        assert_true(isnan(test_element(s->ctx, r, "entropy", 0)));
        assert_non_null(strstr(ddn_result_definition(r, "entropy"), "NaN: the oracle has no"));
        OK(s->ctx, ddn_analysis_crossings(s->an, model, r, &c));
        scalars_agree(s, c, want, "t_S_phi", 0.03);
        scalars_agree(s, c, want, "t_C_phi", 0.03);
        ddn_result_destroy(c);
        ddn_result_destroy(r);
    }
    ddn_result_destroy(want);
}

static void paths(scene *s, const ddn_oracle *model)
{
    double x[2][D];
    int32_t regimes[2][2];
    ddn_result *r[2];
    const double at[2] = {0.2, 0.9};
    for (int k = 0; k < 2; k++) {
        memcpy(x[k], s->points, sizeof x[k]);
        OK(s->ctx, ddn_schedule_forward(s->ctx, s->sch, 0, at[k], 3, 0, 0, 1, D, x[k], D));
    }
    OK(s->ctx,
       ddn_analysis_path(s->an, model, DDN_PATH_AUTO, 2, 1, at, x[0], D, regimes[0], &r[0]));
    OK(s->ctx,
       ddn_analysis_path(s->an, s->exact, DDN_PATH_AUTO, 2, 1, at, x[0], D, regimes[1], &r[1]));
    for (int k = 0; k < 2; k++) {
        agree("same_point", test_element(s->ctx, r[0], "same_point", k),
              test_element(s->ctx, r[0], "same_point_se", k),
              test_element(s->ctx, r[1], "same_point", k), 0, 0.015);
        agree("same_class", test_element(s->ctx, r[0], "same_class", k),
              test_element(s->ctx, r[0], "same_class_se", k),
              test_element(s->ctx, r[1], "same_class", k), 0, 0.01);
        assert_int_equal(regimes[0][k], regimes[1][k]);
    }
    CLOSE(test_scalar(s->ctx, r[0], "class_level"), test_scalar(s->ctx, r[1], "class_level"), 0.01,
          0);
    steps_were_judged(s, r[0], "same_point_step");
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
}

static void last_changes(scene *s, const ddn_oracle *model)
{
    ddn_result *r[2];
    OK(s->ctx, ddn_analysis_last_change(s->an, model, &r[0]));
    OK(s->ctx, ddn_analysis_last_change(s->an, s->exact, &r[1]));
    scalars_agree(s, r[0], r[1], "t_C_last_change", 0.02);
    scalars_agree(s, r[0], r[1], "t_C_last_change_median", 0.02);
    steps_were_judged(s, r[0], "t_C_last_change_step");
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
}

static void reports(scene *s, const ddn_oracle *model)
{
    static const char *const own[] = {"phi", "phi_C", "f", "df_dt", "w_max", "mmse", "log_p"};
    ddn_result *r[2];
    for (int i = 0; i < 2; i++) {
        OK(s->ctx, ddn_analysis_regimes(s->an, i == 0 ? model : s->exact, TIMES, TIMES, times,
                                        times, &r[i]));
    }
    scalars_agree(s, r[0], r[1], "t_S_phi", 0.03);
    scalars_agree(s, r[0], r[1], "t_C_phi", 0.03);
    scalars_agree(s, r[0], r[1], "t_C_last_change", 0.02);
    CLOSE(test_scalar(s->ctx, r[0], "t_S"), test_scalar(s->ctx, r[1], "t_S"), 1e-12, 0);
    columns_agree(s, r[0], "phi_clones", r[1], "phi", 0.01);
    steps_were_judged(s, r[0], "phi_step");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        assert_true(isnan(test_element(s->ctx, r[0], own[i], 0)));
        assert_non_null(strstr(ddn_result_definition(r[0], own[i]), "not measured: the oracle"));
    }
    ddn_regime regime;
    OK(s->ctx, ddn_regime_at(s->ctx, r[0], DDN_CLOCK_OU, 0.02, &regime));
    assert_int_equal(regime, DDN_REGIME_MEMORIZATION);
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
}

/* The start of a model is compared with the p_t of its data, and says so. */
static void late_starts(scene *s, const ddn_oracle *model)
{
    ddn_result *r[2];
    OK(s->ctx, ddn_analysis_late_start(s->an, model, TIMES, times, &r[0]));
    OK(s->ctx, ddn_analysis_late_start(s->an, s->exact, TIMES, times, &r[1]));
    columns_agree(s, r[0], "kl_gaussian", r[1], "kl_gaussian", 0);
    columns_agree(s, r[0], "kl_noise", r[1], "kl_noise", 0);
    assert_non_null(strstr(ddn_result_definition(r[0], "kl_gaussian"), "exact score of the data"));
    ddn_result_destroy(r[0]);
    ddn_result_destroy(r[1]);
}

/* Samples of the model are copies of the points, as those of the exact score. */
static void copies(scene *s, const ddn_oracle *model)
{
    enum {
        SAMPLES = 64
    };
    double x[SAMPLES * D];
    ddn_integrator *it = NULL;
    ddn_result *r = NULL;
    OK(s->ctx, ddn_integrator_create(s->ctx, model, DDN_METHOD_EXPONENTIAL, &it));
    OK(s->ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_DENOISE, 1));
    OK(s->ctx, ddn_integrator_draw_start(it, SAMPLES, x, D));
    OK(s->ctx, ddn_integrator_run(it, SAMPLES, x, D));
    ddn_integrator_destroy(it);
    OK(s->ctx, ddn_analysis_memorization(s->an, s->labelled, SAMPLES, x, D, &r));
    CLOSE(test_scalar(s->ctx, r, "f_mem"), 1, 0, 0);
    ddn_result_destroy(r);
}

static void everything(scene *s, const ddn_oracle *model)
{
    ddn_result *identities = NULL;
    OK(s->ctx, ddn_analysis_identities(s->an, s->exact, TIMES, times, &identities));
    clones_and_branches(s, model, identities);
    ddn_result_destroy(identities);
    paths(s, model);
    last_changes(s, model);
    reports(s, model);
    late_starts(s, model);
    copies(s, model);
    assert_true(s->net.calls > 1000 && s->net.largest == MOST && s->net.smallest >= 1);
}

/* Drift, stability, fixed points and the time at which the branch from noise ends. */
static void symmetry_of(scene *s, const ddn_oracle *oracle, double tolerance, double *found)
{
    static const double starts[2 * D] = {1.2, 0, 0, -1.2, 0, 0};
    double points[2 * D], vector[D];
    ddn_symmetry *sy = NULL;
    ddn_result *r = NULL;
    ddn_diagram *diagram = NULL;
    OK(s->ctx, ddn_symmetry_create(s->ctx, oracle, &sy));
    OK(s->ctx, ddn_options_set_f64(ddn_symmetry_options(sy), DDN_SYMMETRY_TOLERANCE, tolerance));
    OK(s->ctx, ddn_symmetry_drift(sy, 0.4, 2, starts, D, found, D));
    found += 2 * D;
    OK(s->ctx, ddn_symmetry_stability(sy, 0.4, 1, starts, found++, vector, D));
    OK(s->ctx, ddn_symmetry_fixed_points(sy, 0.4, 2, starts, D, points, D, &r));
    assert_int_equal(ddn_result_rows(r), 2);
    memcpy(found, points, sizeof points);
    found += 2 * D;
    CLOSE(test_scalar(s->ctx, r, "failed"), 0, 0, 0);
    ddn_result_destroy(r);
    OK(s->ctx, ddn_symmetry_diagram(sy, 2.5, 0.5, 2, 0, starts, D, NULL, 0, &diagram));
    *found = test_scalar(s->ctx, ddn_diagram_points(diagram), "branches");
    double u;
    if (tolerance > 1e-9) {
        FAILS(s->ctx, ddn_symmetry_potential(sy, 0.4, 1, starts, D, &u), DDN_E_UNSUPPORTED,
              "log p");
    }
    ddn_diagram_destroy(diagram);
    ddn_symmetry_destroy(sy);
}

/* Derivatives of the model are differences of its answers. */
static void symmetry_breaking(void **state)
{
    (void)state;
    enum {
        NUMBERS = 4 * D + 2
    };
    double exact[NUMBERS], modelled[NUMBERS];
    scene *s = make();
    symmetry_of(s, s->exact, 1e-10, exact);
    for (int single = 0; single < 2; single++) {
        ddn_oracle *model = model_of(s, single, NULL);
        const double near = single ? 2e-4 : 1e-6;
        symmetry_of(s, model, single ? 1e-4 : 1e-8, modelled);
        for (int i = 0; i < NUMBERS; i++) {
            CLOSE(modelled[i], exact[i], near, near);
        }
        ddn_oracle_destroy(model);
    }
    assert_true(exact[NUMBERS - 1] >= 2);
    unmake(s);
}

/* The judging points are set once in the analysis; the model knows no data of its own. */
static void judging_points(void **state)
{
    (void)state;
    scene *s = make();
    ddn_oracle *model = model_of(s, 0, NULL);
    OK(s->ctx, ddn_analysis_set_points(s->an, s->labelled));
    everything(s, model);
    ddn_oracle_destroy(model);
    unmake(s);
}

/* The model knows its data, which have no labels: a classifier tells classes, also those of the
 * points, which say what phi is at infinite time. */
static void classifiers(void **state)
{
    (void)state;
    scene *s = make();
    ddn_oracle *model = model_of(s, 1, s->plain);
    OK(s->ctx, ddn_analysis_set_classifier_f32(s->an, side_f32, NULL, NULL));
    everything(s, model);
    ddn_oracle_destroy(model);
    unmake(s);
}

/* ---- What a model cannot say ---- */

/* Without points, labels and classifier columns are NaN and their definitions say why. */
static void lacking(void **state)
{
    (void)state;
    scene *s = make();
    ddn_oracle *model = model_of(s, 0, s->plain);
    ddn_result *r = NULL, *c = NULL;
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_STEPS, 8));
    OK(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r));
    assert_true(isnan(test_element(s->ctx, r, "phi", 0)));
    assert_non_null(strstr(ddn_result_definition(r, "phi"), "NaN: there is no classifier"));
    assert_true(isnan(test_scalar(s->ctx, r, "phi_step")));
    assert_non_null(strstr(ddn_result_definition(r, "phi_step"), "not measured"));
    OK(s->ctx, ddn_analysis_crossings(s->an, model, r, &c));
    assert_true(isnan(test_scalar(s->ctx, c, "t_S_phi")));
    assert_non_null(strstr(ddn_result_definition(c, "t_S_phi"), "there are no classes"));
    ddn_result_destroy(c);
    ddn_result_destroy(r);
    OK(s->ctx, ddn_analysis_regimes(s->an, model, TIMES, 0, times, NULL, &r));
    assert_true(isnan(test_scalar(s->ctx, r, "t_C_last_change")));
    assert_non_null(strstr(ddn_result_definition(r, "t_C_last_change"), "no clone times"));
    ddn_result_destroy(r);
    ddn_oracle_destroy(model);

    s->net.calls = 0; /* and the network is not asked for nothing */
    model = model_of(s, 0, NULL);
    FAILS(s->ctx, ddn_analysis_identities(s->an, model, TIMES, times, &r), DDN_E_UNSUPPORTED,
          "measure clones of it");
    FAILS(s->ctx, ddn_analysis_late_start(s->an, model, TIMES, times, &r), DDN_E_UNSUPPORTED,
          "ddn_analysis_set_points");
    FAILS(s->ctx, ddn_analysis_last_change(s->an, model, &r), DDN_E_UNSUPPORTED,
          "ddn_analysis_set_points");
    FAILS(s->ctx, ddn_analysis_uturn(s->an, model, NULL, TIMES, times, &r), DDN_E_UNSUPPORTED,
          "ddn_analysis_set_points");
    FAILS(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r), DDN_E_UNSUPPORTED,
          "without a dataset");
    ddn_query *q = NULL;
    double score[D];
    OK(s->ctx, ddn_query_create(s->ctx, model, &q));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    OK(s->ctx, ddn_query_run(q, 1, 0, s->points, D));
    ddn_query_destroy(q);
    assert_int_equal(s->net.calls, 0);
    ddn_oracle_destroy(model);
    unmake(s);
}

/* Nearest points and classes along a run are told by the exact oracle of the model's data, as those
 * of a run of that oracle; a posterior a model has not, and says so. */
static void observers(void **state)
{
    (void)state;
    enum {
        ROWS = 6
    };
    scene *s = make();
    const double axis[D] = {1, 0, 0};
    int64_t index[2][2][ROWS];
    double last[2][2][ROWS], x[2][ROWS * D];
    ddn_observer *posterior = NULL;
    OK(s->ctx, ddn_observer_create_posterior(s->ctx, &posterior));
    for (int foreign = 0; foreign < 2; foreign++) {
        ddn_oracle *model = model_of(s, 0, s->labelled);
        ddn_integrator *it = NULL;
        ddn_observer *ob[3] = {NULL};
        OK(s->ctx,
           ddn_integrator_create(s->ctx, foreign ? model : s->exact, DDN_METHOD_EXPONENTIAL, &it));
        OK(s->ctx, ddn_observer_create_nearest(s->ctx, &ob[0]));
        OK(s->ctx, ddn_observer_create_class(s->ctx, &ob[1]));
        OK(s->ctx, ddn_observer_create_overlap(s->ctx, 1, D, axis, D, &ob[2]));
        for (int i = 0; i < 3; i++) {
            OK(s->ctx, ddn_observer_attach(ob[i], it));
        }
        if (foreign) {
            FAILS(s->ctx, ddn_observer_attach(posterior, it), DDN_E_UNSUPPORTED, "model");
        }
        OK(s->ctx, ddn_integrator_draw_start(it, ROWS, x[foreign], D));
        OK(s->ctx, ddn_integrator_run(it, ROWS, x[foreign], D));
        for (int i = 0; i < 2; i++) {
            OK(s->ctx, ddn_observer_read_i64(ob[i], DDN_RECORD_INDEX, ROWS, index[foreign][i]));
            OK(s->ctx,
               ddn_observer_read_f64(ob[i], DDN_RECORD_LAST_CHANGE, ROWS, last[foreign][i]));
        }
        for (int i = 0; i < 3; i++) {
            ddn_observer_destroy(ob[i]);
        }
        ddn_integrator_destroy(it);
        ddn_oracle_destroy(model);
    }
    ddn_observer_destroy(posterior);
    for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < 2; i++) {
            assert_int_equal(index[1][i][r], index[0][i][r]);
            CLOSE(last[1][i][r], last[0][i][r], 1e-12, 0);
        }
        CLOSE(x[1][r * D], x[0][r * D], 0, 1e-6);
    }
    unmake(s);
}

/* ---- Bad classifiers: one line each ---- */

static int32_t nothing(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                       int32_t *class_out)
{
    (void)user;
    (void)d;
    (void)x;
    (void)ldx;
    for (int64_t r = 0; r + 1 < m; r++) {
        class_out[r] = 0;
    }
    return 0;
}

static int32_t stranger(void *user, int64_t m, int64_t d, const float *x, int64_t ldx,
                        int32_t *class_out)
{
    (void)user;
    (void)d;
    (void)x;
    (void)ldx;
    for (int64_t r = 0; r < m; r++) {
        class_out[r] = r == 2 ? 9 : 1;
    }
    return 0;
}

static void bad_classifiers(void **state)
{
    (void)state;
    scene *s = make();
    int32_t seven = 7;
    ddn_oracle *model = model_of(s, 0, s->labelled);
    ddn_result *r = NULL;
    OK(s->ctx, ddn_options_set_i64(ddn_analysis_options(s->an), DDN_ANALYSIS_STEPS, 2));
    OK(s->ctx, ddn_analysis_set_classifier_f64(s->an, nothing, NULL, NULL));
    FAILS(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r), DDN_E_CALLBACK,
          "the classifier wrote no class for row 127");
    OK(s->ctx, ddn_analysis_set_classifier_f32(s->an, stranger, NULL, NULL));
    FAILS(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r), DDN_E_CALLBACK,
          "the classifier wrote class 9 for row 2, which the data lack: their 2 labels go from 0 "
          "to 1");
    FAILS(s->ctx, ddn_analysis_branch(s->an, model, NULL, TIMES, times, &r), DDN_E_CALLBACK,
          "class 9 for row 2");
    OK(s->ctx, ddn_analysis_set_points(s->an, s->plain)); /* points without labels take any */
    OK(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r));
    ddn_result_destroy(r);
    for (int single = 0; single < 2; single++) {
        OK(s->ctx, single ? ddn_analysis_set_classifier_f32(s->an, side_f32, &seven, NULL)
                          : ddn_analysis_set_classifier_f64(s->an, side_f64, &seven, NULL));
        FAILS(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r), DDN_E_CALLBACK,
              "the classifier returned 7");
    }
    ddn_oracle_destroy(model);
    unmake(s);
}

/* ---- Step-size error ---- */

static void step_error_is_unknown(scene *s, const ddn_oracle *model, const char *why)
{
    ddn_result *r = NULL;
    OK(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r));
    assert_true(isnan(test_scalar(s->ctx, r, "phi_step")));
    assert_non_null(strstr(ddn_result_field(r, "step_error"), why));
    ddn_result_destroy(r);
}

/* Too few steps are noticed and said, by every analysis; the exact kernel has no such error. */
static void few_steps_are_noticed(void **state)
{
    (void)state;
    scene *s = make();
    ddn_options *o = ddn_analysis_options(s->an);
    ddn_oracle *model = model_of(s, 0, s->labelled);
    ddn_result *r = NULL;
    double change, error;
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_STEPS, 8));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_CLONES, 1024));
    OK(s->ctx, ddn_options_set_f64(o, DDN_ANALYSIS_STEP_SHARE, 1));
    OK(s->ctx, ddn_analysis_clones(s->an, model, TIMES, times, &r));
    print_message("# %s\n", ddn_result_field(r, "step_error"));
    assert_non_null(strstr(ddn_result_field(r, "step_error"), "MORE THAN ITS STATISTICAL ERROR"));
    OK(s->ctx, ddn_result_scalar(s->ctx, r, "phi_C_step", &change, &error));
    assert_true(change > 4 * error); /* fewer steps bias upwards */
    assert_non_null(strstr(ddn_result_definition(r, "phi_C_step"), "above the statistical error"));
    ddn_result_destroy(r);
    OK(s->ctx, ddn_options_set_f64(o, DDN_ANALYSIS_STEP_SHARE, 0));
    step_error_is_unknown(s, model, "STEP_SHARE = 0");
    OK(s->ctx, ddn_options_set_f64(o, DDN_ANALYSIS_STEP_SHARE, 1));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_STEPS, 1));
    step_error_is_unknown(s, model, "there is one step");
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_STEPS, 8));
    OK(s->ctx, ddn_analysis_clones(s->an, s->exact, TIMES, times, &r));
    CLOSE(test_scalar(s->ctx, r, "phi_step"), 0, 0, 0);
    assert_non_null(strstr(ddn_result_field(r, "step_error"), "8 steps of method 10: 0"));
    ddn_result_destroy(r);
    ddn_oracle_destroy(model);
    unmake(s);
}

/* Methods that look back or have stages take half the steps anew, the others keep their
 * predictions: both are judged, and nothing is left of it for the next measurement. */
static void every_method_has_a_step_error(void **state)
{
    (void)state;
    static const ddn_method methods[] = {
        DDN_METHOD_EULER, DDN_METHOD_HEUN, DDN_METHOD_EDM_HEUN,   DDN_METHOD_EXPONENTIAL,
        DDN_METHOD_DDPM,  DDN_METHOD_PNDM, DDN_METHOD_MULTISTEP2, DDN_METHOD_GRADIENT_ESTIMATION};
    scene *s = make();
    ddn_options *o = ddn_analysis_options(s->an);
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_STEPS, 16));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_CLONES, 64));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_PATHS, 64));
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_PATH_STEPS, 4));
    for (size_t k = 0; k < sizeof methods / sizeof methods[0]; k++) {
        char said[64];
        double plain = 0;
        OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_METHOD, methods[k]));
        snprintf(said, sizeof said, "16 steps of method %d", (int)methods[k]);
        for (int judged = 0; judged < 2; judged++) {
            ddn_result *r = NULL;
            OK(s->ctx, ddn_options_set_f64(o, DDN_ANALYSIS_STEP_SHARE, judged ? 0.5 : 0));
            OK(s->ctx, ddn_analysis_clones(s->an, s->exact, TIMES, times, &r));
            assert_int_equal(isfinite(test_scalar(s->ctx, r, "phi_step")), judged);
            assert_non_null(strstr(ddn_result_field(r, "step_error"), said));
            ddn_result_destroy(r);
            OK(s->ctx, ddn_analysis_last_change(s->an, s->exact, &r));
            const double mean = test_scalar(s->ctx, r, "t_C_last_change");
            assert_int_equal(isfinite(test_scalar(s->ctx, r, "t_C_last_change_step")), judged);
            assert_true(!judged || mean == plain); /* judging changes no path */
            plain = mean;
            ddn_result_destroy(r);
        }
    }
    unmake(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_has_a_step_error),
        cmocka_unit_test(judging_points),
        cmocka_unit_test(classifiers),
        cmocka_unit_test(lacking),
        cmocka_unit_test(observers),
        cmocka_unit_test(bad_classifiers),
        cmocka_unit_test(few_steps_are_noticed),
        cmocka_unit_test(symmetry_breaking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

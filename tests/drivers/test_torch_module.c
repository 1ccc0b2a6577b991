/* Networks that are TorchScript modules, as oracles of the library: the exact score in every
 * prediction and clock is the exact oracle; the Jacobian by autograd of networks in float and
 * double at all indices; what can be wrong with a module. With --write FOLDER it writes the modules
 * for the test of the driver. */
#include "support/files.h"
#include "support/fixtures.h"
#include "torch_module.h"
#include "torch_modules.h"

enum {
    D = TORCH_D,
    N = TORCH_POINTS,
    M = 6,
    LINE = 1024
};

typedef struct scene {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_oracle *exact;
    torch_form form;
    char line[LINE];
    double points[N * D], x[M * D], v[M * D];
} scene;

static scene *make(test_kind kind)
{
    scene *s = calloc(1, sizeof *s);
    ddn_dataset *ds = NULL;
    assert_non_null(s);
    s->ctx = test_context(1);
    s->sch = test_schedule(s->ctx, kind);
    torch_points(s->points);
    OK(s->ctx, ddn_dataset_create(s->ctx, DDN_TYPE_F64, N, D, s->points, D, &ds));
    OK(s->ctx, ddn_oracle_create_empirical(s->ctx, ds, s->sch, &s->exact));
    ddn_dataset_destroy(ds);
    s->form = (torch_form){.ctx = s->ctx, .d = D, .time_scale = 1, .answer_scale = 1, .threads = 1};
    return s;
}

static void unmake(scene *s)
{
    ddn_oracle_destroy(s->exact);
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
    free(s);
}

/* Noised points, and directions. */
static void states_at(scene *s, double t)
{
    double a, sigma, z[M * D];
    OK(s->ctx, ddn_schedule_eval(s->ctx, s->sch, t, &a, &sigma));
    test_normal(3, M * D, z);
    test_normal(4, M * D, s->v);
    for (int i = 0; i < M * D; i++) {
        s->x[i] = (double)(float)(a * s->points[i] + sigma * z[i]);
    }
}

/* The module NAME.pt as an oracle, which owns it. A remark of the trial is left in s->line. */
static ddn_oracle *oracle_of(scene *s, const char *name, ddn_prediction prediction, double t)
{
    char file[64];
    double a, sigma;
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    snprintf(file, sizeof file, "%s.pt", name);
    torch_module *net = torch_module_open(test_path(file), &s->form, s->line, LINE);
    if (net == NULL) {
        fail_msg("%s", s->line);
    }
    OK(s->ctx, ddn_model_create(s->ctx, s->sch, prediction, D, net, torch_module_close, &model));
    OK(s->ctx, ddn_schedule_eval(s->ctx, s->sch, t, &a, &sigma));
    if (torch_module_try(net, t, a, sigma, M, s->x, s->line, LINE) != 0) {
        fail_msg("%s", s->line);
    }
    OK(s->ctx, torch_module_attach(net, model));
    OK(s->ctx, ddn_oracle_create_model(s->ctx, model, &oracle));
    ddn_model_destroy(model);
    return oracle;
}

static void ask(scene *s, const ddn_oracle *oracle, double t, double *score, double *product)
{
    ddn_query *q = NULL;
    OK(s->ctx, ddn_query_create(s->ctx, oracle, &q));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_JACOBIAN_TIMES_V, product, D));
    OK(s->ctx, ddn_query_bind_input(q, DDN_IN_V, s->v, D));
    OK(s->ctx, ddn_query_run(q, t, M, s->x, D));
    ddn_query_destroy(q);
}

/* Largest distance of a row, relative to its length. */
static double unlike(const double *got, const double *want)
{
    double largest = 0;
    for (int r = 0; r < M; r++) {
        double off = 0, norm = 0;
        for (int j = r * D; j < (r + 1) * D; j++) {
            off += (got[j] - want[j]) * (got[j] - want[j]);
            norm += want[j] * want[j];
        }
        largest = fmax(largest, isnan(off) ? INFINITY : sqrt(off / norm));
    }
    return largest;
}

static void close_to_exact(scene *s, const char *name, ddn_prediction prediction, double t,
                           double error)
{
    double score[M * D], product[M * D], want[M * D], want_product[M * D];
    states_at(s, t);
    ddn_oracle *oracle = oracle_of(s, name, prediction, t);
    assert_string_equal(s->line, "");
    ask(s, oracle, t, score, product);
    ask(s, s->exact, t, want, want_product);
    CLOSE(unlike(score, want), 0, 0, error);
    CLOSE(unlike(product, want_product), 0, 0, error);
    ddn_oracle_destroy(oracle);
}

/* ---- Tests ------------------------------------------------------------------------------- */

static void every_prediction_is_the_exact_score(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        ddn_prediction prediction;
    } rows[] = {{"score", DDN_PREDICTION_SCORE},
                {"eps", DDN_PREDICTION_EPS},
                {"x0", DDN_PREDICTION_X0},
                {"v", DDN_PREDICTION_V},
                {"velocity", DDN_PREDICTION_VELOCITY}};
    scene *s = make(TEST_OU);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (double t = 0.1; t < 4; t *= 3) {
            close_to_exact(s, rows[i].name, rows[i].prediction, t, 1e-9);
        }
    }
    close_to_exact(s, "eps_f32", DDN_PREDICTION_EPS, 0.3, 1e-4);
    s->form.clock = TORCH_CLOCK_LOGSNR;
    close_to_exact(s, "logsnr", DDN_PREDICTION_EPS, 0.3, 1e-9);
    unmake(s);
}

/* A flow whose time runs from noise to data, and a denoiser that is told sigma. */
static void other_clocks(void **state)
{
    (void)state;
    scene *s = make(TEST_FLOW);
    s->form.time_scale = -1;
    s->form.time_shift = 1;
    s->form.answer_scale = -1;
    close_to_exact(s, "flow", DDN_PREDICTION_VELOCITY, 0.4, 1e-9);
    unmake(s);
    s = make(TEST_EDM);
    s->form.clock = TORCH_CLOCK_SIGMA;
    close_to_exact(s, "sigma", DDN_PREDICTION_X0, 0.5, 1e-9);
    unmake(s);
}

/* The derivative of the score in float, against double, and that against differences. */
static void jacobian_at_all_indices(void **state)
{
    (void)state;
    static const ddn_prediction predictions[] = {DDN_PREDICTION_EPS, DDN_PREDICTION_X0,
                                                 DDN_PREDICTION_V};
    static const double indices[] = {0, 1, 5, 20, 100, 400, 700, 999};
    scene *s = make(TEST_DDPM);
    for (int p = 0; p < 3; p++) {
        for (size_t k = 0; k < sizeof indices / sizeof indices[0]; k++) {
            double score[M * D], f32[M * D], f64[M * D], ahead[M * D], behind[M * D], unused[M * D];
            const double h = 1e-5;
            states_at(s, indices[k]);
            ddn_oracle *single = oracle_of(s, "mlp_f32", predictions[p], indices[k]);
            assert_string_equal(s->line, "");
            ddn_oracle *twice = oracle_of(s, "mlp_f64", predictions[p], indices[k]);
            assert_string_equal(s->line, "");
            ask(s, single, indices[k], score, f32);
            ask(s, twice, indices[k], score, f64);
            CLOSE(unlike(f32, f64), 0, 0, 1e-5);
            for (int sign = 1; sign >= -2; sign -= 2) { /* x + h v, x - h v */
                for (int i = 0; i < M * D; i++) {
                    s->x[i] += (sign == 1 ? 1 : -2) * h * s->v[i];
                }
                ask(s, twice, indices[k], sign == 1 ? ahead : behind, unused);
            }
            for (int i = 0; i < M * D; i++) {
                ahead[i] = (ahead[i] - behind[i]) / (2 * h);
            }
            CLOSE(unlike(f64, ahead), 0, 0, 1e-6);
            ddn_oracle_destroy(single);
            ddn_oracle_destroy(twice);
        }
    }
    unmake(s);
}

/* A network with a table takes whole indices alone; one that hides its graph gets differences. */
static void tables_and_hidden_graphs(void **state)
{
    (void)state;
    double score[M * D], product[M * D];
    ddn_query *q = NULL;
    scene *s = make(TEST_DDPM);
    s->form.clock = TORCH_CLOCK_INDEX;
    states_at(s, 300);
    ddn_oracle *oracle = oracle_of(s, "table", DDN_PREDICTION_EPS, 300);
    ask(s, oracle, 300, score, product);
    OK(s->ctx, ddn_query_create(s->ctx, oracle, &q));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    FAILS(s->ctx, ddn_query_run(q, 300.5, M, s->x, D), DDN_E_CALLBACK,
          "takes whole indices, and is asked at 300.5");
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    s->form.clock = TORCH_CLOCK_TIME;
    oracle = oracle_of(s, "hides", DDN_PREDICTION_EPS, 300);
    assert_non_null(strstr(s->line, "differences are taken"));
    ask(s, oracle, 300, score, product);
    double a, sigma, want[M * D];
    OK(s->ctx, ddn_schedule_eval(s->ctx, s->sch, 300, &a, &sigma));
    for (int i = 0; i < M * D; i++) {
        want[i] = -3 * s->v[i] / sigma;
    }
    CLOSE(unlike(product, want), 0, 0, 1e-3);
    ddn_oracle_destroy(oracle);
    unmake(s);
}

/* One line that names the file and the fault. */
static void bad_modules(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"shape", "answers 6 numbers to states of 6 x 4"},
        {"wide", "answers 6 x 8 numbers to states of 6 x 4"},
        {"tuple", "not a tensor"},
        {"integers", "answers numbers of the type Long"},
        {"throws", "the device is gone"},
        {"product", "shapes cannot be multiplied"},
        {"writes", "changes its input in place"},
        {"training", "gives a state another answer with others than alone"},
        {"labels", "Expected at most 2 argument(s)"},
    };
    scene *s = make(TEST_OU);
    states_at(s, 0.3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char file[64];
        snprintf(file, sizeof file, "%s.pt", rows[i].name);
        torch_module *net = torch_module_open(test_path(file), &s->form, s->line, LINE);
        assert_non_null(net);
        assert_int_equal(torch_module_try(net, 0.3, 0.7, 0.6, M, s->x, s->line, LINE), -1);
        if (strstr(s->line, rows[i].text) == NULL || strstr(s->line, file) == NULL ||
            strchr(s->line, '\n') != NULL) {
            fail_msg("%s: %s", rows[i].name, s->line);
        }
        torch_module_close(net);
    }
    unmake(s);
}

static void bad_files(void **state)
{
    (void)state;
    scene *s = make(TEST_OU);
    const char *path = test_write_file("text.pt", "no module", 9);
    assert_null(torch_module_open(path, &s->form, s->line, LINE));
    assert_non_null(strstr(s->line, "text.pt is no TorchScript module"));
    assert_null(strchr(s->line, '\n'));
    assert_null(torch_module_open(test_path("missing.pt"), &s->form, s->line, LINE));
    assert_non_null(strstr(s->line, "missing.pt cannot be read: No such file or directory"));
    assert_null(torch_module_open(test_path(""), &s->form, s->line, LINE));
    assert_non_null(strstr(s->line, "is a directory"));
    assert_null(torch_module_open(test_path("eps_f16.pt"), &s->form, s->line, LINE));
    assert_non_null(strstr(s->line, "half precision"));
    unmake(s);
}

/* What fails in the middle of a run ends it with the text of the module, or the row. */
static void failures_in_a_run(void **state)
{
    (void)state;
    double score[M * D];
    ddn_query *q = NULL;
    scene *s = make(TEST_OU);
    states_at(s, 1);
    ddn_oracle *oracle = oracle_of(s, "late", DDN_PREDICTION_EPS, 1);
    OK(s->ctx, ddn_query_create(s->ctx, oracle, &q));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    OK(s->ctx, ddn_query_run(q, 1, M, s->x, D));
    FAILS(s->ctx, ddn_query_run(q, 0.4, M, s->x, D), DDN_E_CALLBACK, "too early");
    assert_null(strchr(ddn_context_message(s->ctx), '\n'));
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    for (int i = 0; i < M * D; i++) {
        s->x[i] = fmin(s->x[i], 2);
    }
    oracle = oracle_of(s, "nan", DDN_PREDICTION_EPS, 1);
    s->x[3 * D + 2] = 2.75;
    OK(s->ctx, ddn_query_create(s->ctx, oracle, &q));
    OK(s->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    FAILS(s->ctx, ddn_query_run(q, 1, M, s->x, D), DDN_E_NONFINITE, "prediction[3][2] is inf");
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    unmake(s);
}

static void classifiers(void **state)
{
    (void)state;
    static const int32_t known[2] = {3, 8};
    static const struct {
        const char *name;
        int status;
        const char *text;
    } rows[] = {{"classes", 0, NULL},
                {"labels", 0, NULL},
                {"ten", 0, NULL},
                {"lacking", -1, "says class 4 of a state, which no point has"},
                {"one_number", -1, "answers 6 x 1 numbers to 6 states"},
                {"throws", -1, "forward() is missing value for argument"}};
    scene *s = make(TEST_OU);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char file[64];
        int32_t found[M];
        snprintf(file, sizeof file, "%s.pt", rows[i].name);
        torch_module *net = torch_module_open(test_path(file), &s->form, s->line, LINE);
        assert_non_null(net);
        assert_int_equal(torch_module_name_classes(net, 2, known, 0, NULL), 0);
        assert_int_equal(torch_module_try_classifier(net, M, s->points, s->line, LINE),
                         rows[i].status);
        if (rows[i].status != 0) {
            assert_non_null(strstr(s->line, rows[i].text));
            assert_null(strchr(s->line, '\n'));
        } else {
            assert_int_equal(torch_classes(net, M, D, s->points, D, found), 0);
            for (int r = 0; r < M; r++) { /* the points take turns */
                assert_int_equal(found[r], r % 2 == 0 ? 3 : 8);
            }
        }
        torch_module_close(net);
    }
    unmake(s);
}

/* Along the flow, with every product by autograd, as the exact oracle says. */
static void likelihood_of_the_exact_score(void **state)
{
    (void)state;
    double log_p[2][M];
    scene *s = make(TEST_OU);
    states_at(s, 0.1);
    for (int k = 0; k < 2; k++) {
        ddn_analysis *an = NULL;
        ddn_result *r = NULL;
        ddn_oracle *net = k == 0 ? oracle_of(s, "eps", DDN_PREDICTION_EPS, 0.1) : NULL;
        OK(s->ctx, ddn_analysis_create(s->ctx, &an));
        OK(s->ctx, ddn_options_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_T_END, 0.1));
        OK(s->ctx,
           ddn_analysis_log_likelihood(an, net != NULL ? net : s->exact, NULL, 0, M, s->x, D, &r));
        OK(s->ctx, ddn_result_column(s->ctx, r, "log_p", M, log_p[k]));
        ddn_result_destroy(r);
        ddn_analysis_destroy(an);
        ddn_oracle_destroy(net);
    }
    for (int i = 0; i < M; i++) {
        CLOSE(log_p[0][i], log_p[1][i], 0, 1e-8);
    }
    unmake(s);
}

static int make_modules(void **state)
{
    return test_make_folder(state) || torch_modules_write(test_path(""));
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        return torch_modules_write(argv[2]) != 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prediction_is_the_exact_score),
        cmocka_unit_test(other_clocks),
        cmocka_unit_test(jacobian_at_all_indices),
        cmocka_unit_test(tables_and_hidden_graphs),
        cmocka_unit_test(bad_modules),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(failures_in_a_run),
        cmocka_unit_test(classifiers),
        cmocka_unit_test(likelihood_of_the_exact_score),
    };
    return cmocka_run_group_tests(tests, make_modules, test_remove_folder);
}

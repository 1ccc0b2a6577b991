/* What objects and buffers of a fixture give, as numbers that two runs can compare. */
#include "robust/look.h"

#include "robust/pairs.h"

static const double times[3] = {0.1, 0.5, 2}, at[4] = {0.5, 0.25, -0.5, 1};

void look_begin(look *l)
{
    l->count = 0;
}

static void note(look *l, double number)
{
    assert_true(l->count < LOOK_NUMBERS);
    l->numbers[l->count++] = number;
}

static void note_all(look *l, ddn_status status, int64_t count, const double *numbers)
{
    note(l, status);
    for (int64_t i = 0; status == DDN_OK && i < count; i++) {
        note(l, numbers[i]);
    }
}

static void note_text(look *l, const char *text)
{
    double sum = 0;
    for (int64_t i = 0; text != NULL && text[i] != '\0'; i++) {
        sum = fmod(257 * sum + (unsigned char)text[i], 1e9);
    }
    note(l, sum);
}

static void look_context(fixture *fx, look *l, void *object)
{
    (void)fx;
    ddn_schedule *sch = NULL;
    note(l, ddn_schedule_create_ou(object, &sch));
    ddn_schedule_destroy(sch);
}

static void look_options(fixture *fx, look *l, void *object)
{
    (void)fx;
    for (int64_t i = 0; i < ddn_options_count(object); i++) {
        int32_t key = ddn_options_key(object, i);
        int64_t whole = 0;
        double real = 0;
        note(l, ddn_options_get_i64(object, key, &whole));
        note(l, ddn_options_get_f64(object, key, &real));
        note(l, (double)whole);
        note(l, real);
    }
}

static void look_dataset(fixture *fx, look *l, void *object)
{
    int64_t digest = 0, d = ddn_dataset_d(object);
    double row[64] = {0};
    note(l, (double)ddn_dataset_n(object));
    note(l, (double)d);
    note(l, (double)ddn_dataset_class_count(object));
    note(l, ddn_dataset_digest(fx->context, object, &digest));
    note(l, (double)digest);
    assert_true(d <= 64);
    note_all(l, ddn_dataset_read(fx->context, object, 0, 1, row, d), d, row);
}

static void look_span(fixture *fx, look *l, void *object)
{
    double out[4] = {0};
    note(l, (double)ddn_span_rank(object));
    note_all(l, ddn_span_project(fx->context, object, 1, 2, at, 2, out, 2, NULL, 2), 4, out);
}

static void look_schedule(fixture *fx, look *l, void *object)
{
    double as[2] = {0};
    note_all(l, ddn_schedule_eval(fx->context, object, 1, &as[0], &as[1]), 2, as);
}

static void look_oracle(fixture *fx, look *l, void *object)
{
    double out[64] = {0}, x[64];
    int64_t d = ddn_oracle_d(object);
    assert_true(d <= 32);
    for (int64_t i = 0; i < 64; i++) {
        x[i] = at[i % 4];
    }
    note_all(l, ddn_oracle_score(fx->context, object, 0.5, 2, x, d, out, d), 2 * d, out);
}

static void look_query(fixture *fx, look *l, void *object)
{
    (void)fx;
    double out[4] = {0};
    note(l, ddn_query_bind_f64(object, DDN_OUT_SCORE, out, 2));
    note_all(l, ddn_query_run(object, 0.5, 2, at, 2), 4, out);
    note(l, ddn_query_bind_f64(object, DDN_OUT_SCORE, NULL, 2));
}

static void look_result(fixture *fx, look *l, void *object)
{
    double column[512], value[2] = {0};
    int64_t rows = ddn_result_rows(object);
    assert_true(rows <= 512);
    note(l, (double)rows);
    note(l, ddn_result_clock(object));
    for (int64_t i = 0; i < ddn_result_column_count(object); i++) {
        const char *name = ddn_result_column_name(object, i);
        note_text(l, name);
        note_text(l, ddn_result_definition(object, name));
        note_all(l, ddn_result_column(fx->context, object, name, rows, column), rows, column);
    }
    for (int64_t i = 0; i < ddn_result_scalar_count(object); i++) {
        const char *name = ddn_result_scalar_name(object, i);
        note_text(l, name);
        note_all(l, ddn_result_scalar(fx->context, object, name, &value[0], &value[1]), 2, value);
    }
    for (int64_t i = 0; i < ddn_result_field_count(object); i++) {
        note_text(l, ddn_result_field_name(object, i));
        note_text(l, ddn_result_field(object, ddn_result_field_name(object, i)));
    }
}

/* A result that a call gave, which goes. */
static void note_result(fixture *fx, look *l, ddn_status status, ddn_result *result)
{
    note(l, status);
    if (result != NULL) {
        look_result(fx, l, result);
    }
    ddn_result_destroy(result);
}

static void look_analysis(fixture *fx, look *l, void *object)
{
    ddn_result *result = NULL;
    ddn_status status = ddn_analysis_identities(object, fx->oracle, 3, times, &result);
    note_result(fx, l, status, result);
}

static void look_integrator(fixture *fx, look *l, void *object)
{
    (void)fx;
    double x[4] = {0};
    note_all(l, ddn_integrator_draw_start(object, 2, x, 2), 4, x);
    note_all(l, ddn_integrator_run(object, 2, x, 2), 4, x);
}

static void look_step(fixture *fx, look *l, void *object)
{
    (void)fx;
    note(l, ddn_step_time(object));
}

static void look_features(fixture *fx, look *l, void *object)
{
    double out[8] = {0};
    note_all(l, ddn_features_apply(fx->context, object, 2, at, 2, out, 4), 8, out);
}

static void look_frechet(fixture *fx, look *l, void *object)
{
    double x[8], distance2 = 0;
    test_normal(3, 8, x);
    note_all(l, ddn_frechet_distance(fx->context, object, 4, 0, 0, x, 2, &distance2, NULL, NULL), 1,
             &distance2);
}

static void look_observer(fixture *fx, look *l, void *object)
{
    (void)fx;
    double out[512] = {0};
    int64_t whole[512] = {0};
    for (ddn_record what = DDN_RECORD_TIMES; what <= DDN_RECORD_HISTORY; what++) {
        int64_t size = ddn_observer_size(object, what);
        note(l, (double)size);
        assert_true(size <= 512);
        note_all(l, ddn_observer_read_f64(object, what, 512, out), size, out);
        note(l, ddn_observer_read_i64(object, what, 512, whole));
        for (int64_t i = 0; i < size; i++) {
            note(l, (double)whole[i]);
        }
    }
}

static void look_model(fixture *fx, look *l, void *object)
{
    ddn_oracle *oracle = NULL;
    note(l, ddn_oracle_create_model(fx->context, object, &oracle));
    if (oracle != NULL) {
        look_oracle(fx, l, oracle);
    }
    ddn_oracle_destroy(oracle);
}

static void look_symmetry(fixture *fx, look *l, void *object)
{
    (void)fx;
    double u[2] = {0};
    note_all(l, ddn_symmetry_potential(object, 0.5, 2, at, 2, u), 2, u);
}

static void look_team(fixture *fx, look *l, void *object)
{
    (void)fx;
    double what[2] = {(double)ddn_team_rank(object), (double)ddn_team_size(object)};
    note_all(l, DDN_OK, 2, what);
}

static void look_diagram(fixture *fx, look *l, void *object)
{
    look_result(fx, l, (void *)(uintptr_t)ddn_diagram_points(object));
    look_result(fx, l, (void *)(uintptr_t)ddn_diagram_events(object));
}

static void look_system(fixture *fx, look *l, void *object)
{
    double re[1] = {0};
    note_all(l, ddn_system_eigenvalues(fx->context, object, 0.5, 1e-9, at, re, NULL, NULL), 1, re);
}

static const struct {
    const char *kind;
    void (*look)(fixture *fx, look *l, void *object);
} looks[] = {
    {"context", look_context},   {"options", look_options},       {"dataset", look_dataset},
    {"span", look_span},         {"schedule", look_schedule},     {"oracle", look_oracle},
    {"query", look_query},       {"result", look_result},         {"analysis", look_analysis},
    {"step", look_step},         {"integrator", look_integrator}, {"features", look_features},
    {"frechet", look_frechet},   {"observer", look_observer},     {"model", look_model},
    {"symmetry", look_symmetry}, {"diagram", look_diagram},       {"system", look_system},
    {"team", look_team},
};

void look_at(fixture *fx, look *l, const char *kind, void *object)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        if (strcmp(looks[i].kind, kind) == 0) {
            looks[i].look(fx, l, object);
            return;
        }
    }
    fail_msg("look.c does not know what a %s gives", kind);
}

void look_at_buffers(const fixture *fx, look *l, int64_t parameters)
{
    for (int64_t b = 0; b < parameters; b++) {
        for (int64_t i = 0; i < LOOK_BUFFER; i++) {
            note(l, fx->numbers[b][i]);
            note(l, (double)fx->floats[b][i]);
            note(l, (double)fx->integers[b][i]);
            note(l, fx->ints[b][i]);
            note(l, fx->text[b][i]);
        }
    }
}

void look_at_all(fixture *fx, look *l)
{
    pair_object all[PAIR_KINDS];
    pair_objects(fx, all);
    for (int64_t i = 0; i < pair_object_count; i++) {
        if (all[i].object != NULL) {
            look_at(fx, l, all[i].kind, all[i].object);
        }
    }
}

int64_t look_difference(const look *a, const look *b)
{
    int64_t i = 0;
    while (i < a->count && i < b->count &&
           memcmp(&a->numbers[i], &b->numbers[i], sizeof *a->numbers) == 0) {
        i++;
    }
    return i == a->count && i == b->count ? -1 : i;
}

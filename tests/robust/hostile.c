/* The fixture of the generated calls: four labelled points in the plane and everything that stands
 * on them, small enough that even a whole report takes no time. */
#include "robust/hostile.h"

#include <unistd.h>

#include "support/block.h"

void *fixture_allocate(void *user, int64_t bytes, int64_t alignment)
{
    memory *mem = user;
    if (mem == NULL || bytes > INT64_C(1) << 26 || ++mem->asked == mem->fail) {
        return NULL;
    }
    if (mem->keep && mem->count == mem->capacity) {
        mem->capacity = 2 * mem->capacity + 64;
        mem->blocks = realloc(mem->blocks, (size_t)mem->capacity * sizeof(void *));
        assert_non_null(mem->blocks);
    }
    void *block = test_block(bytes, alignment);
    assert_non_null(block);
    if (mem->keep) {
        mem->blocks[mem->count++] = block;
    }
    mem->held++;
    return block;
}

void fixture_deallocate(void *user, void *pointer, int64_t bytes)
{
    memory *mem = user;
    (void)bytes;
    mem->held--;
    if (!mem->keep) {
        free(pointer);
    }
}

static int32_t halve(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = parameter * x[0] / 2;
    return 0;
}

/* The same, but for what is small: no solution then takes millions of steps to vanish. */
static int32_t settle(void *user, double parameter, int64_t d, const double *x, double *out)
{
    const double rest = 0;
    return halve(user, parameter, d, fabs(x[0]) < 1e-3 ? &rest : x, out);
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user;
    (void)t;
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = x[i / d * ldx + i % d] * a / (a * a + s * s);
    }
    return 0;
}

int32_t fixture_levels(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = *ds = 1;
    *s = t;
    *da = 0;
    return 0;
}

static void make_good(fixture *fx)
{
    for (int b = 0; b < HOSTILE_BUFFERS; b++) {
        for (int i = 0; i < HOSTILE_NUMBERS; i++) {
            fx->numbers[b][i] = 0.25 + 0.001 * i;
            fx->floats[b][i] = (float)fx->numbers[b][i];
            fx->ints[b][i] = i % 2;
            fx->integers[b][i] = i % 4;
        }
    }
}

static void make_bad(fixture *fx)
{
    static const double numbers[HOSTILE_BAD / 2] = {NAN,    INFINITY, -INFINITY, 1e308,
                                                    -1e308, 5e-324,   -0.0,      1e15};
    static const int64_t integers[HOSTILE_BAD / 2] = {
        INT64_MIN, -1, 0, INT64_MAX, INT64_MAX - 1, INT64_C(1) << 31, 99, 1};
    static const int32_t ints[HOSTILE_BAD / 2] = {INT32_MIN,     -1,      0,  INT32_MAX,
                                                  INT32_MAX - 1, 1 << 30, 99, 1};
    for (int b = 0; b < HOSTILE_BAD; b++) {
        int good = b >= HOSTILE_BAD / 2; /* all but the first number */
        for (int i = 0; i < HOSTILE_NUMBERS; i++) {
            int bad = b % (HOSTILE_BAD / 2), use = i > 0 && good;
            fx->bad_numbers[b][i] = use ? fx->numbers[0][i] : numbers[bad];
            fx->bad_floats[b][i] = use ? fx->floats[0][i] : (float)numbers[bad];
            fx->bad_integers[b][i] = use ? fx->integers[0][i] : integers[bad];
            fx->bad_ints[b][i] = use ? fx->ints[0][i] : ints[bad];
        }
    }
}

/* The numbers of all fixtures. */
static const fixture *pattern(void)
{
    static fixture *made = NULL;
    if (made == NULL) {
        made = calloc(1, sizeof *made);
        assert_non_null(made);
        make_good(made);
        make_bad(made);
    }
    return made;
}

void fixture_fill(fixture *fx)
{
    const fixture *of = pattern();
    memcpy(fx->numbers, of->numbers, sizeof fx->numbers);
    memcpy(fx->floats, of->floats, sizeof fx->floats);
    memcpy(fx->ints, of->ints, sizeof fx->ints);
    memcpy(fx->integers, of->integers, sizeof fx->integers);
}

static void fill_bad(fixture *fx)
{
    const fixture *of = pattern();
    memcpy(fx->bad_numbers, of->bad_numbers, sizeof fx->bad_numbers);
    memcpy(fx->bad_floats, of->bad_floats, sizeof fx->bad_floats);
    memcpy(fx->bad_integers, of->bad_integers, sizeof fx->bad_integers);
    memcpy(fx->bad_ints, of->bad_ints, sizeof fx->bad_ints);
}

fixture *fixture_new(int32_t keep)
{
    fixture *fx = calloc(1, sizeof *fx);
    assert_non_null(fx);
    test_data_path("medium/medium_d16_n128_X.npy", fx->file);
    fx->paths[0] = fx->file;
    test_data_path("medium/medium_d16_n128_label.npy", fx->label_file);
    snprintf(fx->written, sizeof fx->written, "/tmp/ddn_fixture_%ld.json", (long)getpid());
    for (int64_t i = 0; i < HOSTILE_NUMBERS; i++) {
        fx->falling[i] = 2 / (1 + 0.5 * (double)i);
    }
    fx->unit[0] = fx->unit[3] = 1;
    fx->shares[0] = fx->shares[1] = 0.5;
    fx->memory.keep = keep;
    fixture_fill(fx);
    fill_bad(fx);
    return fx;
}

void fixture_made(fixture *fx, const char *kind, void *object)
{
    if (fx->made != NULL && object != NULL) {
        fx->made(fx, kind, object);
    }
}

/* The exchange of a team of one. */
static int32_t to_itself(void *user, int64_t bytes, const void *give, void *take)
{
    (void)user;
    memcpy(take, give, (size_t)bytes);
    return DDN_OK;
}

static void set_small(ddn_context *ctx, ddn_options *options, const int32_t *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        OK(ctx, ddn_options_set_i64(options, keys[i], 4));
    }
}

static void build_analyses(fixture *fx)
{
    static const double times[3] = {0.1, 0.5, 2}, start[2] = {1, 0};
    static const int32_t small[] = {DDN_ANALYSIS_SAMPLES,    DDN_ANALYSIS_CLONES,
                                    DDN_ANALYSIS_STEPS,      DDN_ANALYSIS_PATHS,
                                    DDN_ANALYSIS_PATH_STEPS, DDN_ANALYSIS_BATCH};
    ddn_context *ctx = fx->context;
    OK(ctx, ddn_analysis_create(ctx, &fx->analysis));
    set_small(ctx, ddn_analysis_options(fx->analysis), small, sizeof small / sizeof *small);
    OK(ctx, ddn_analysis_identities(fx->analysis, fx->oracle, 3, times, &fx->result));
    OK(ctx, ddn_symmetry_create(ctx, fx->oracle, &fx->symmetry));
    OK(ctx, ddn_options_set_i64(ddn_symmetry_options(fx->symmetry), DDN_SYMMETRY_POINTS, 20));
    OK(ctx, ddn_options_set_i64(ddn_symmetry_options(fx->symmetry), DDN_SYMMETRY_ITERATIONS, 200));
    OK(ctx, ddn_team_create(ctx, 0, 1, to_itself, to_itself, NULL, NULL, &fx->team));
    OK(ctx, ddn_symmetry_diagram(fx->symmetry, 2, 1, 1, 0, start, 2, NULL, 2, &fx->diagram));
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, halve, NULL, NULL, NULL, &fx->system));
    OK(ctx, ddn_features_create_identity(ctx, 2, &fx->features));
    OK(ctx, ddn_frechet_create(ctx, fx->dataset, fx->features, &fx->frechet));
}

void fixture_build(fixture *fx)
{
    static const double points[8] = {1, 0, -1, 0.5, 0.25, 1, -0.5, -1};
    static const int32_t labels[4] = {0, 0, 1, 1};
    static const int32_t steps = DDN_INTEGRATOR_STEPS;
    assert_int_equal(ddn_context_create_with_allocator(fixture_allocate, fixture_deallocate,
                                                       &fx->memory, &fx->context),
                     DDN_OK);
    ddn_context *ctx = fx->context;
    ddn_dataset *plain = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 4, 2, points, 2, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, 4, labels, &fx->dataset));
    ddn_dataset_destroy(plain);
    OK(ctx, ddn_span_create(ctx, fx->dataset, 0, &fx->span));
    OK(ctx, ddn_schedule_create_ou(ctx, &fx->schedule));
    OK(ctx, ddn_oracle_create_empirical(ctx, fx->dataset, fx->schedule, &fx->oracle));
    fx->parts[0] = fx->parts[1] = fx->oracle;
    OK(ctx, ddn_model_create(ctx, fx->schedule, DDN_PREDICTION_X0, 2, NULL, NULL, &fx->model));
    OK(ctx, ddn_model_set_predict_f64(fx->model, predict));
    OK(ctx, ddn_query_create(ctx, fx->oracle, &fx->query));
    OK(ctx, ddn_integrator_create(ctx, fx->oracle, DDN_METHOD_EXPONENTIAL, &fx->integrator));
    fx->options = ddn_integrator_options(fx->integrator);
    set_small(ctx, fx->options, &steps, 1);
    OK(ctx, ddn_observer_create_nearest(ctx, &fx->observer));
    build_analyses(fx);
}

typedef struct visit {
    fixture *fx;
    void (*use)(fixture *fx);
} visit;

static int32_t observe(void *user, const ddn_step *step)
{
    visit *v = user;
    v->fx->step = step;
    v->use(v->fx);
    v->fx->step = NULL;
    return DDN_STOPPED;
}

void fixture_with_step(fixture *fx, void (*use)(fixture *fx))
{
    visit v = {fx, use};
    double x[2] = {0.5, 0.25};
    ddn_integrator *it = NULL;
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_integrator_create(ctx, fx->oracle, DDN_METHOD_EULER, &it));
    OK(ctx, ddn_integrator_attach_callback(it, 0, observe, &v, NULL));
    assert_int_equal(ddn_integrator_run(it, 1, x, 2), DDN_STOPPED);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* ---- What few calls need ----------------------------------------------------------------- */

static const double some_times[3] = {0.1, 0.5, 2};

/* The members of fx->memory that count, while something else is made. */
static memory set_aside(fixture *fx)
{
    memory before = fx->memory;
    fx->memory.fail = 0;
    return before;
}

static void put_back(fixture *fx, memory before)
{
    fx->memory.asked = before.asked;
    fx->memory.fail = before.fail;
}

static int32_t stop(void *user, const ddn_step *step)
{
    (void)user;
    return ddn_step_index(step) == 1 ? DDN_STOPPED : DDN_OK;
}

ddn_integrator *fixture_stopped(fixture *fx)
{
    static const int32_t steps = DDN_INTEGRATOR_STEPS;
    double x[4] = {0.5, 0.25, -0.5, 1};
    memory before = set_aside(fx);
    ddn_context *ctx = fx->context;
    if (fx->stopped == NULL) {
        OK(ctx, ddn_integrator_create(ctx, fx->oracle, DDN_METHOD_EXPONENTIAL, &fx->stopped));
        set_small(ctx, ddn_integrator_options(fx->stopped), &steps, 1);
        OK(ctx, ddn_integrator_attach_callback(fx->stopped, 0, stop, NULL, NULL));
        assert_int_equal(ddn_integrator_run(fx->stopped, 2, x, 2), DDN_STOPPED);
        OK(ctx, ddn_integrator_save_size(fx->stopped, &fx->saved_size));
        OK(ctx, ddn_integrator_save(fx->stopped, (int64_t)sizeof fx->saved, fx->saved));
    }
    put_back(fx, before);
    return fx->stopped;
}

void *fixture_saved(fixture *fx)
{
    fixture_stopped(fx);
    return fx->saved;
}

int64_t fixture_saved_size(fixture *fx)
{
    fixture_stopped(fx);
    return fx->saved_size;
}

ddn_analysis *fixture_keeping(fixture *fx)
{
    static const int32_t samples = DDN_ANALYSIS_SAMPLES;
    static const double times[] = {0.5, 1};
    memory before = set_aside(fx);
    ddn_context *ctx = fx->context;
    if (fx->keeping == NULL) {
        ddn_result *result = NULL;
        OK(ctx, ddn_analysis_create(ctx, &fx->keeping));
        set_small(ctx, ddn_analysis_options(fx->keeping), &samples, 1);
        OK(ctx, ddn_analysis_keep(fx->keeping, DDN_KEEP_ALL));
        OK(ctx, ddn_analysis_identities(fx->keeping, fx->oracle, 2, times, &result));
        ddn_result_destroy(result);
        OK(ctx, ddn_analysis_save_size(fx->keeping, &fx->journal_size));
        OK(ctx, ddn_analysis_save(fx->keeping, (int64_t)sizeof fx->journal, fx->journal));
    }
    put_back(fx, before);
    return fx->keeping;
}

void *fixture_journal(fixture *fx)
{
    fixture_keeping(fx);
    return fx->journal;
}

int64_t fixture_journal_size(fixture *fx)
{
    fixture_keeping(fx);
    return fx->journal_size;
}

ddn_result *fixture_open(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->open == NULL) {
        OK(fx->context, ddn_result_create(fx->context, "own", DDN_CLOCK_NONE, 2, &fx->open));
        OK(fx->context,
           ddn_result_add_column(fx->context, fx->open, "x", NULL, "a column", fx->falling));
    }
    put_back(fx, before);
    return fx->open;
}

ddn_result *fixture_report(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->report == NULL) {
        OK(fx->context, ddn_analysis_spectrum(fx->analysis, fx->dataset, &fx->report));
    }
    put_back(fx, before);
    return fx->report;
}

ddn_result *fixture_late(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->late == NULL) {
        OK(fx->context,
           ddn_analysis_late_start(fx->analysis, fx->oracle, 3, some_times, &fx->late));
    }
    put_back(fx, before);
    return fx->late;
}

ddn_result *fixture_half(fixture *fx, int64_t i)
{
    memory before = set_aside(fx);
    if (fx->halves[i] == NULL) {
        ddn_options *options = ddn_analysis_options(fx->analysis);
        OK(fx->context, ddn_options_set_i64(options, DDN_ANALYSIS_SEED, 10 + i));
        OK(fx->context,
           ddn_analysis_identities(fx->analysis, fx->oracle, 3, some_times, &fx->halves[i]));
        OK(fx->context, ddn_options_set_i64(options, DDN_ANALYSIS_SEED, 0));
    }
    put_back(fx, before);
    return fx->halves[i];
}

ddn_system *fixture_flow(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->flow == NULL) {
        OK(fx->context,
           ddn_system_create(fx->context, DDN_SYSTEM_FLOW, 1, settle, NULL, NULL, NULL, &fx->flow));
    }
    put_back(fx, before);
    return fx->flow;
}

ddn_dataset *fixture_many(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->many == NULL) {
        OK(fx->context, ddn_dataset_open(fx->context, fx->file, DDN_FORMAT_AUTO, &fx->many));
    }
    put_back(fx, before);
    return fx->many;
}

ddn_schedule *fixture_indices(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->indices == NULL) {
        OK(fx->context, ddn_schedule_create_ddpm(fx->context, 1e-4, 0.02, 100, &fx->indices));
    }
    put_back(fx, before);
    return fx->indices;
}

const char *fixture_result_file(fixture *fx)
{
    memory before = set_aside(fx);
    if (fx->result_file[0] == '\0') {
        snprintf(fx->result_file, sizeof fx->result_file, "/tmp/ddn_fixture_%ld_result.json",
                 (long)getpid());
        OK(fx->context,
           ddn_result_write(fx->context, fx->result, fx->result_file, DDN_RESULT_FORMAT_JSON));
    }
    put_back(fx, before);
    return fx->result_file;
}

void fixture_tear_down(fixture *fx)
{
    ddn_dataset_destroy(fx->many);
    ddn_schedule_destroy(fx->indices);
    ddn_system_destroy(fx->flow);
    ddn_result *results[] = {fx->open, fx->report, fx->late, fx->halves[0], fx->halves[1]};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        ddn_result_destroy(results[i]);
    }
    ddn_integrator_destroy(fx->stopped);
    ddn_analysis_destroy(fx->keeping);
    ddn_frechet_destroy(fx->frechet);
    ddn_features_destroy(fx->features);
    ddn_system_destroy(fx->system);
    ddn_diagram_destroy(fx->diagram);
    ddn_team_destroy(fx->team);
    ddn_symmetry_destroy(fx->symmetry);
    ddn_result_destroy(fx->result);
    ddn_analysis_destroy(fx->analysis);
    ddn_integrator_destroy(fx->integrator);
    ddn_observer_destroy(fx->observer);
    ddn_model_destroy(fx->model);
    ddn_query_destroy(fx->query);
    ddn_oracle_destroy(fx->oracle);
    ddn_schedule_destroy(fx->schedule);
    ddn_span_destroy(fx->span);
    ddn_dataset_destroy(fx->dataset);
    ddn_context_destroy(fx->context);
}

void fixture_free(fixture *fx)
{
    assert_int_equal(fx->memory.held, 0);
    for (int64_t i = 0; i < fx->memory.count; i++) {
        free(fx->memory.blocks[i]);
    }
    free(fx->memory.blocks);
    unlink(fx->written);
    if (fx->result_file[0] != '\0') {
        unlink(fx->result_file);
    }
    free(fx);
}

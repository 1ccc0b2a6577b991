/* Every call that can take long, and the objects that it is made with. */
#include "robust/long_calls.h"

#include <stdio.h>
#include <unistd.h>

#include "support/block.h"

static const double times[3] = {0.2, 0.6, 1.8};

int32_t is_event(world *w)
{
    return atomic_fetch_add(&w->events, 1) + 1 == w->stop_at;
}

void ask(world *w)
{
    int32_t armed = atomic_load(&w->armed);
    if (armed == ASKING || (armed == COUNTING && is_event(w))) {
        ddn_context_cancel(w->ctx);
    }
}

static void *allocate(void *user, int64_t bytes, int64_t alignment)
{
    ask(user);
    return test_block(bytes, alignment);
}

static void deallocate(void *user, void *pointer, int64_t bytes)
{
    (void)user;
    (void)bytes;
    free(pointer);
}

/* ---- Callbacks: each asks, too ---- */

static int32_t levels(void *user, double t, double *a, double *s, double *da, double *ds)
{
    ask(user);
    *a = exp(-t);
    *s = sqrt(-expm1(-2 * t));
    *da = -*a;
    *ds = *a * *a / *s;
    return 0;
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)t;
    ask(user);
    for (int64_t i = 0; i < m * d; i++) {
        out[i / d * ldo + i % d] = -x[i / d * ldx + i % d] / (a * a + s * s);
    }
    return 0;
}

static int32_t cubic(void *user, double parameter, int64_t d, const double *x, double *out)
{
    ask(user);
    for (int64_t i = 0; i < d; i++) {
        out[i] = parameter * x[i] - x[i] * x[i] * x[i];
    }
    return 0;
}

static int32_t couplings(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)x;
    ask(user);
    for (int64_t i = 0; i < d * d; i++) {
        out[i] = parameter * sin((double)(i * i % 100003));
    }
    return 0;
}

static int32_t logistic(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)d;
    ask(user);
    out[0] = parameter * x[0] * (1 - x[0]);
    return 0;
}

static int32_t squares(void *user, int64_t m, int64_t d, const double *x, int64_t ldx,
                       double *features, int64_t ldf)
{
    (void)d;
    ask(user);
    for (int64_t r = 0; r < m; r++) {
        for (int64_t k = 0; k < 3; k++) {
            features[r * ldf + k] = x[r * ldx + k] * x[r * ldx + k];
        }
    }
    return 0;
}

/* ---- What the calls give ---- */

/* What surrounds a call is no event of it. */
static int32_t hush(world *w)
{
    return atomic_exchange(&w->armed, QUIET);
}

static ddn_status take_result(world *w, ddn_status status, ddn_result *r)
{
    int64_t at = 0;
    int32_t armed = hush(w);
    for (int64_t c = 0; r != NULL && c < ddn_result_column_count(r); c++) {
        int64_t rows = ddn_result_rows(r);
        OK(w->ctx, ddn_result_column(w->ctx, r, ddn_result_column_name(r, c), rows, w->out + at));
        at += rows;
    }
    for (int64_t k = 0; r != NULL && k < ddn_result_scalar_count(r); k++) {
        OK(w->ctx, ddn_result_scalar(w->ctx, r, ddn_result_scalar_name(r, k), w->out + at++, NULL));
    }
    ddn_result_destroy(r);
    atomic_store(&w->armed, armed);
    return status;
}

static ddn_status take_dataset(world *w, ddn_status status, ddn_dataset *ds)
{
    if (ds != NULL) {
        w->out[0] = (double)ddn_dataset_n(ds);
        w->out[1] = (double)ddn_dataset_d(ds);
        w->out[2] = (double)ddn_dataset_class_count(ds);
    }
    ddn_dataset_destroy(ds);
    return status;
}

static ddn_status take_oracle(ddn_status status, ddn_oracle *oracle)
{
    ddn_oracle_destroy(oracle);
    return status;
}

#define CALL(name) static ddn_status name(world *w)
#define RESULT(name, call)                                                                         \
    CALL(name)                                                                                     \
    {                                                                                              \
        ddn_result *out = NULL;                                                                    \
        ddn_status status = (call);                                                                \
        return take_result(w, status, out);                                                        \
    }
#define DATASET(name, call)                                                                        \
    CALL(name)                                                                                     \
    {                                                                                              \
        ddn_dataset *out = NULL;                                                                   \
        ddn_status status = (call);                                                                \
        return take_dataset(w, status, out);                                                       \
    }
#define ORACLE(name, call)                                                                         \
    CALL(name)                                                                                     \
    {                                                                                              \
        ddn_oracle *out = NULL;                                                                    \
        return take_oracle((call), out);                                                           \
    }
#define NUMBERS(name, call)                                                                        \
    CALL(name)                                                                                     \
    {                                                                                              \
        return (call);                                                                             \
    }

/* ---- Data ---- */

DATASET(data_create, ddn_dataset_create(w->ctx, DDN_TYPE_F64, N, D, w->points, D, &out))
DATASET(data_borrow,
        ddn_dataset_create_borrowed(w->ctx, DDN_TYPE_F64, N, D, w->points, D, NULL, NULL, &out))
DATASET(data_label, ddn_dataset_create_labelled(w->ctx, w->plain, N, w->labels, &out))
DATASET(data_subset, ddn_dataset_create_subset(w->ctx, w->ds, N / 2, w->rows, &out))
DATASET(data_classes, ddn_dataset_create_class_subset(w->ctx, w->ds, 1, (int32_t[]){1}, &out))
DATASET(data_weights, ddn_dataset_create_weighted(w->ctx, w->ds, N, w->weights, &out))
DATASET(data_distinct, ddn_dataset_create_distinct(w->ctx, w->copies, &out))
CALL(data_copies)
{
    int64_t copies = 0;
    ddn_status status = ddn_dataset_copy_count(w->ctx, w->copies, &copies);
    w->out[0] = (double)copies;
    return status;
}
DATASET(data_map, ddn_dataset_create_mapped(w->ctx, w->ds, 1e10, 0, &out))
DATASET(data_npy, ddn_dataset_open(w->ctx, w->npy, DDN_FORMAT_AUTO, &out))
DATASET(data_in_place, ddn_dataset_open_in_place(w->ctx, w->cifar, DDN_FORMAT_CIFAR10, &out))
DATASET(data_files,
        ddn_dataset_open_files(w->ctx, DDN_FORMAT_AUTO, 2, (const char *[]){w->npy, w->gz}, &out))
DATASET(data_bytes, ddn_dataset_create_bytes(w->ctx, w->disguised, &out))
DATASET(data_gz, ddn_dataset_open(w->ctx, w->gz, DDN_FORMAT_AUTO, &out))
DATASET(data_cifar, ddn_dataset_open(w->ctx, w->cifar, DDN_FORMAT_CIFAR10, &out))
DATASET(data_label_file, ddn_dataset_open_labelled(w->ctx, w->plain, w->label_file, &out))
DATASET(data_in_span, ddn_dataset_create_in_span(w->ctx, w->span, DDN_TYPE_F32, &out))
NUMBERS(data_read, ddn_dataset_read(w->ctx, w->wide, 0, WIDE / 2, w->out, WIDE))
NUMBERS(data_mean, ddn_dataset_mean(w->ctx, w->wide, WIDE, w->out))
NUMBERS(data_norms, ddn_dataset_squared_norms(w->ctx, w->wide, WIDE, NULL, w->out))
NUMBERS(data_nearest, ddn_dataset_nearest(w->ctx, w->ds, M, 5, w->x, D, NULL, w->out))
NUMBERS(data_lanczos, ddn_dataset_spectrum(w->ctx, w->wide, 3, w->out, w->out + 3, WIDE))
NUMBERS(data_spectrum, ddn_dataset_spectrum(w->ctx, w->dense, 3, w->out, w->out + 3, DENSE))
NUMBERS(data_log_det, ddn_dataset_log_det(w->ctx, w->dense, 3, times, w->out, w->out + 3))
CALL(span_create)
{
    ddn_span *span = NULL;
    ddn_status status = ddn_span_create(w->ctx, w->ds, 0, &span);
    w->out[0] = (double)ddn_span_rank(span);
    ddn_span_destroy(span);
    return status;
}
NUMBERS(span_project,
        ddn_span_project(w->ctx, w->span, 1, M, w->x, D, w->out, D, w->out + M * D, D))
NUMBERS(span_lift, ddn_span_lift(w->ctx, w->span, 1, M, w->x, D, w->out, D))

/* ---- Data over a team ---- */

DATASET(team_open, ddn_dataset_open_team(w->ctx, w->team, DDN_FORMAT_AUTO, 2,
                                         (const char *[]){w->npy, w->gz}, &out))
DATASET(team_in_place,
        ddn_dataset_open_team_in_place(w->ctx, w->team, w->cifar, DDN_FORMAT_CIFAR10, &out))
DATASET(team_label, ddn_dataset_create_labelled(w->ctx, w->shared, N, w->labels, &out))
DATASET(team_weights, ddn_dataset_create_weighted(w->ctx, w->shared, N, w->weights, &out))
DATASET(team_subset, ddn_dataset_create_subset(w->ctx, w->shared, N / 2, w->rows, &out))
DATASET(team_distinct, ddn_dataset_create_distinct(w->ctx, w->shared_copies, &out))
DATASET(team_bytes, ddn_dataset_create_bytes(w->ctx, w->shared_disguised, &out))
CALL(team_span)
{
    ddn_span *span = NULL;
    ddn_status status = ddn_span_create(w->ctx, w->shared, 0, &span);
    w->out[0] = (double)ddn_span_rank(span);
    ddn_span_destroy(span);
    return status;
}
NUMBERS(team_read, ddn_dataset_read_f32(w->ctx, w->shared, 0, N / 2, (float *)w->out, D))
NUMBERS(team_score, ddn_oracle_score(w->ctx, w->together, 0.5, M, w->x, D, w->out, D))

/* ---- Schedules, noise ---- */

CALL(schedule_create)
{
    ddn_schedule *out = NULL;
    ddn_status status = ddn_schedule_create_custom(w->ctx, 1e-3, 8, levels, w, NULL, &out);
    ddn_schedule_destroy(out);
    return status;
}
NUMBERS(schedule_grid,
        ddn_schedule_grid(w->ctx, w->ou, DDN_GRID_LOGSNR, 1e-3, 4, LARGE / 8, w->out))
CALL(schedule_forward)
{
    memcpy(w->out, w->x, sizeof w->x);
    return ddn_schedule_forward(w->ctx, w->ou, 0, 1, 3, 0, 0, M, D, w->out, D);
}
NUMBERS(noise_draw, ddn_noise_draw(w->ctx, 1, 2, 3, 4, 0, LARGE, w->out))

/* ---- Oracles and queries ---- */

ORACLE(oracle_empirical, ddn_oracle_create_empirical(w->ctx, w->wide, w->ou, &out))
ORACLE(oracle_gaussian_of, ddn_oracle_create_gaussian_of(w->ctx, w->ds, w->ou, AXES, &out))
CALL(oracle_gaussian)
{
    ddn_oracle *out = NULL;
    double values[AXES], *vectors = calloc((size_t)(AXES * D), sizeof *vectors);
    assert_non_null(vectors);
    for (int64_t i = 0; i < AXES; i++) {
        values[i] = 1;
        vectors[i * D + i] = 1;
    }
    ddn_status status =
        ddn_oracle_create_gaussian(w->ctx, w->ou, D, AXES, 0, NULL, values, vectors, D, &out);
    free(vectors);
    return take_oracle(status, out);
}
CALL(oracle_mixture)
{
    ddn_oracle *out = NULL;
    double weights[N], one = 1;
    for (int64_t i = 0; i < N; i++) {
        weights[i] = 1.0 / N;
    }
    return take_oracle(ddn_oracle_create_mixture(w->ctx, w->ou, DDN_VARIANCE_SHARED, N, D, weights,
                                                 w->points, D, &one, 0, w->labels, &out),
                       out);
}
NUMBERS(sample_points, ddn_oracle_sample_data(w->ctx, w->empirical, 1, 0, M, w->out, D, NULL))
NUMBERS(sample_mixture, ddn_oracle_sample_data(w->ctx, w->mixture, 1, 0, M, w->out, D, NULL))
NUMBERS(sample_gaussian, ddn_oracle_sample_data(w->ctx, w->gaussian, 1, 0, M, w->out, D, NULL))
NUMBERS(score_empirical, ddn_oracle_score(w->ctx, w->empirical, 0.5, M, w->x, D, w->out, D))
NUMBERS(score_gaussian, ddn_oracle_score(w->ctx, w->gaussian, 0.5, M, w->x, D, w->out, D))
NUMBERS(score_mixture, ddn_oracle_score(w->ctx, w->mixture, 0.5, M, w->x, D, w->out, D))
NUMBERS(score_model, ddn_oracle_score(w->ctx, w->model, 0.5, M, w->x, D, w->out, D))
NUMBERS(score_guided, ddn_oracle_score(w->ctx, w->guided, 0.5, M, w->x, D, w->out, D))

/* All that a query can ask of the data, at a time at which many points matter and at a late one. */
static ddn_status run_query(world *w, double t, double epsilon, int64_t trajectory)
{
    const ddn_output what[] = {DDN_OUT_SCORE,
                               DDN_OUT_DRAW,
                               DDN_OUT_ENTROPY,
                               DDN_OUT_TRACE_COV,
                               DDN_OUT_SECOND_DISTANCE2,
                               DDN_OUT_CLASS_POSTERIOR};
    int32_t armed = hush(w);
    for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
        OK(w->ctx, ddn_query_bind_f64(w->query, what[i], w->out + (int64_t)i * M * D, D));
    }
    OK(w->ctx, ddn_options_set_f64(ddn_query_options(w->query), DDN_QUERY_EPSILON, epsilon));
    OK(w->ctx, ddn_options_set_i64(ddn_query_options(w->query), DDN_QUERY_TRAJECTORY, trajectory));
    atomic_store(&w->armed, armed);
    return ddn_query_run(w->query, t, M, w->x, D);
}
NUMBERS(query_early, run_query(w, 0.01, 1e-9, 0))
NUMBERS(query_late, run_query(w, 2, 1e-9, 0))
NUMBERS(query_direct, run_query(w, 0.5, 0, 0))
NUMBERS(query_trajectory, run_query(w, 0.01, 1e-9, 1))

/* ---- Runs: a stopped one goes on to the end of an unbroken one ---- */

static ddn_status run(world *w, ddn_method method)
{
    ddn_integrator *it = NULL;
    double *x = w->out;
    int32_t armed = hush(w);
    OK(w->ctx, ddn_integrator_create(w->ctx, w->empirical, method, &it));
    OK(w->ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_DENOISE, 1));
    OK(w->ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS,
                                   method == DDN_METHOD_ADAPTIVE ? ADAPTIVE_STEPS : 4));
    OK(w->ctx, ddn_integrator_draw_start(it, M, x, D));
    atomic_store(&w->armed, armed);
    ddn_status first = ddn_integrator_run(it, M, x, D), status = first;
    atomic_store(&w->armed, QUIET);
    while (status == DDN_STOPPED || status == DDN_E_CALLBACK) {
        status = ddn_integrator_resume(it, M, x, D);
    }
    if (status != DDN_E_NOMEM) {
        OK(w->ctx, status);
    }
    ddn_integrator_destroy(it);
    return first;
}
NUMBERS(run_euler, run(w, DDN_METHOD_EULER))
NUMBERS(run_heun, run(w, DDN_METHOD_HEUN))
NUMBERS(run_exact, run(w, DDN_METHOD_EXACT))
NUMBERS(run_adaptive, run(w, DDN_METHOD_ADAPTIVE))
CALL(run_start)
{
    ddn_integrator *it = NULL;
    ddn_status status = ddn_integrator_create(w->ctx, w->empirical, DDN_METHOD_EULER, &it);
    status = status == DDN_OK ? ddn_integrator_draw_start(it, M, w->out, D) : status;
    ddn_integrator_destroy(it);
    return status;
}

/* ---- Analyses ---- */

RESULT(an_identities, ddn_analysis_identities(w->an, w->empirical, 3, times, &out))
RESULT(an_clones, ddn_analysis_clones(w->an, w->empirical, 3, times, &out))
RESULT(an_last_change, ddn_analysis_last_change(w->an, w->empirical, &out))
RESULT(an_spectrum, ddn_analysis_spectrum(w->an, w->dense, &out))
RESULT(an_regimes, ddn_analysis_regimes(w->an, w->empirical, 3, 1, times, times + 1, &out))
RESULT(an_path,
       ddn_analysis_path(w->an, w->empirical, DDN_PATH_AUTO, 2, M / 2, times, w->x, D, NULL, &out))
RESULT(an_uturn, ddn_analysis_uturn(w->an, w->empirical, NULL, 3, times, &out))
RESULT(an_branch, ddn_analysis_branch(w->an, w->empirical, NULL, 3, times, &out))
RESULT(an_memorization, ddn_analysis_memorization(w->an, w->ds, M, w->x, D, &out))
RESULT(an_generalization,
       ddn_analysis_generalization(w->an, w->empirical, w->ds, w->ds, 2, 1, times, times + 1, &out))
RESULT(an_log_likelihood,
       ddn_analysis_log_likelihood(w->an, w->empirical, NULL, 1, 4, w->x, D, &out))
RESULT(an_late_start, ddn_analysis_late_start(w->an, w->empirical, 3, times, &out))

RESULT(sy_line, ddn_symmetry_line(w->sy, 0.5, 3, NULL, w->x, times, &out))
RESULT(sy_fixed, ddn_symmetry_fixed_points(w->sy, 0.5, 8, w->x, D, w->out + LARGE / 2, D, &out))
RESULT(sy_critical, ddn_symmetry_critical(w->sy, 2, 1, times, &out))
NUMBERS(sy_stability, ddn_symmetry_stability(w->sy, 0.5, 2, w->x, w->out, w->out + 2, D))
NUMBERS(sy_drift, ddn_symmetry_drift(w->sy, 0.5, M, w->x, D, w->out, D))
NUMBERS(sy_potential, ddn_symmetry_potential(w->sy, 0.5, M, w->x, D, w->out))
CALL(sy_diagram)
{
    ddn_diagram *diagram = NULL;
    ddn_status status = ddn_symmetry_diagram(w->sy, 2, 1, 1, 1, w->x, D, w->x, D, &diagram);
    ddn_diagram_destroy(diagram);
    return status;
}

CALL(late_pca)
{
    ddn_features *out = NULL;
    ddn_status status = ddn_features_create_pca(w->ctx, w->ds, 3, &out);
    ddn_features_destroy(out);
    return status;
}
NUMBERS(late_features, ddn_features_apply(w->ctx, w->pca, M, w->x, D, w->out, 3))
NUMBERS(late_own, ddn_features_apply(w->ctx, w->own_features, M, w->x, D, w->out, 3))
CALL(late_frechet)
{
    ddn_frechet *out = NULL;
    ddn_status status = ddn_frechet_create(w->ctx, w->ds, w->pca, &out);
    ddn_frechet_destroy(out);
    return status;
}
NUMBERS(late_distance,
        ddn_frechet_distance(w->ctx, w->frechet, M, 0, 9, w->x, D, w->out, w->out + 1, w->out + 2))
NUMBERS(late_draw,
        ddn_late_start_draw(w->ctx, w->ds, w->ou, DDN_START_GAUSSIAN, 1, 0, 0, M, w->out, D))

/* ---- Theory and systems ---- */

NUMBERS(overlap_draw, ddn_theory_overlap_draw(w->ctx, 64, 1, 0.2, 1, 3, 0, LARGE / 16, w->out))
CALL(overlap_run)
{
    memset(w->out, 0, M * sizeof *w->out);
    const double falling[4] = {1.5, 1, 0.6, 0.2};
    return ddn_theory_overlap_run(w->ctx, 64, 1, 0.2, 3, 0, 4, M, falling, w->out);
}
NUMBERS(overlap_phi,
        ddn_theory_overlap_phi(w->ctx, 64, 1, 0.2, 1, 0.1, 50, 500, 3, w->out, w->out + 1))
CALL(knee)
{
    double x[20], y[20], se[20];
    for (int64_t i = 0; i < 20; i++) {
        x[i] = (double)i;
        y[i] = fabs(x[i] - 8);
        se[i] = 0.1;
    }
    return ddn_theory_knee(w->ctx, 20, 5000, 1, x, y, se, w->out, w->out + 20, w->out + 21,
                           w->out + 22);
}
CALL(frechet)
{
    double *one = w->out + LARGE / 4;
    memset(one, 0, (size_t)(FEATURES * FEATURES) * sizeof *one);
    for (int64_t i = 0; i < FEATURES; i++) {
        one[i * (FEATURES + 1)] = 1 + (double)i;
    }
    return ddn_theory_frechet(w->ctx, FEATURES, one + 1, one, one + 1, one, w->out);
}
NUMBERS(flow_trajectory,
        ddn_system_trajectory(w->ctx, w->flow, 1, 1e-9, 3, times, times, w->out, 1))
NUMBERS(flow_passage, ddn_system_passage(w->ctx, w->flow, 1, 0, 0.9, 50, 1e-9, times, w->out, NULL))
CALL(flow_fixed)
{
    int64_t count = 0;
    return ddn_system_fixed_points(w->ctx, w->flow, 1, 3, 8, times, 1, w->out, &count);
}
CALL(flow_fixed_1d)
{
    int64_t count = 0;
    return ddn_system_fixed_points_1d(w->ctx, w->flow, 1, -2, 2, 41, 8, w->out, NULL, NULL, &count);
}
NUMBERS(flow_eigenvalues,
        ddn_system_eigenvalues(w->ctx, w->flow, 1, 1e-9, times, w->out, NULL, NULL))
NUMBERS(coupled_eigenvalues,
        ddn_system_eigenvalues(w->ctx, w->coupled, 1, 1e-9, w->points, w->out, NULL, NULL))
CALL(flow_bifurcations)
{
    int64_t count = 0;
    ddn_system_bifurcation kind[8];
    return ddn_system_bifurcations(w->ctx, w->flow, -1, 1.1, 20, -2, 2.1, 40, 8, w->out, w->out + 8,
                                   kind, &count);
}
NUMBERS(map_orbit, ddn_system_orbit(w->ctx, w->map, 3.7, 100, times, w->out, 1))
CALL(map_escape)
{
    int64_t count = 0;
    return ddn_system_escape(w->ctx, w->map, 3.7, 10, 100, times, &count);
}

/* ---- Results ---- */

NUMBERS(result_write_csv, ddn_result_write(w->ctx, w->halves[0], w->csv, DDN_RESULT_FORMAT_CSV))
NUMBERS(result_write_json, ddn_result_write(w->ctx, w->halves[0], w->json, DDN_RESULT_FORMAT_JSON))
NUMBERS(result_write_npy, ddn_result_write(w->ctx, w->halves[0], w->table, DDN_RESULT_FORMAT_NPY))
RESULT(result_open_csv, ddn_result_open(w->ctx, w->csv, DDN_RESULT_FORMAT_AUTO, &out))
RESULT(result_open_json, ddn_result_open(w->ctx, w->json, DDN_RESULT_FORMAT_AUTO, &out))
RESULT(result_open_npy, ddn_result_open(w->ctx, w->table, DDN_RESULT_FORMAT_AUTO, &out))
RESULT(result_merge, ddn_result_merge(w->ctx, w->halves[0], w->halves[1], &out))

#define ROW(call)                                                                                  \
    {                                                                                              \
#call, call                                                                                \
    }
const long_call long_calls[] = {
    ROW(data_create),
    ROW(data_borrow),
    ROW(data_label),
    ROW(data_subset),
    ROW(data_classes),
    ROW(data_weights),
    ROW(data_distinct),
    ROW(data_copies),
    ROW(data_map),
    ROW(data_npy),
    ROW(data_in_place),
    ROW(data_files),
    ROW(data_bytes),
    ROW(data_gz),
    ROW(data_cifar),
    ROW(data_label_file),
    ROW(data_in_span),
    ROW(data_read),
    ROW(data_mean),
    ROW(data_norms),
    ROW(data_nearest),
    ROW(data_lanczos),
    ROW(data_spectrum),
    ROW(data_log_det),
    ROW(span_create),
    ROW(span_project),
    ROW(span_lift),
    ROW(team_open),
    ROW(team_in_place),
    ROW(team_label),
    ROW(team_weights),
    ROW(team_subset),
    ROW(team_distinct),
    ROW(team_bytes),
    ROW(team_span),
    ROW(team_read),
    ROW(team_score),
    ROW(schedule_create),
    ROW(schedule_grid),
    ROW(schedule_forward),
    ROW(noise_draw),
    ROW(oracle_empirical),
    ROW(oracle_gaussian),
    ROW(oracle_gaussian_of),
    ROW(oracle_mixture),
    ROW(sample_points),
    ROW(sample_mixture),
    ROW(sample_gaussian),
    ROW(score_empirical),
    ROW(score_gaussian),
    ROW(score_mixture),
    ROW(score_model),
    ROW(score_guided),
    ROW(query_early),
    ROW(query_late),
    ROW(query_direct),
    ROW(query_trajectory),
    ROW(run_euler),
    ROW(run_heun),
    ROW(run_exact),
    ROW(run_adaptive),
    ROW(run_start),
    ROW(an_identities),
    ROW(an_clones),
    ROW(an_last_change),
    ROW(an_spectrum),
    ROW(an_regimes),
    ROW(an_path),
    ROW(an_uturn),
    ROW(an_branch),
    ROW(an_memorization),
    ROW(an_generalization),
    ROW(an_log_likelihood),
    ROW(an_late_start),
    ROW(sy_line),
    ROW(sy_fixed),
    ROW(sy_critical),
    ROW(sy_stability),
    ROW(sy_drift),
    ROW(sy_potential),
    ROW(sy_diagram),
    ROW(late_pca),
    ROW(late_features),
    ROW(late_own),
    ROW(late_frechet),
    ROW(late_distance),
    ROW(late_draw),
    ROW(overlap_draw),
    ROW(overlap_run),
    ROW(overlap_phi),
    ROW(knee),
    ROW(frechet),
    ROW(flow_trajectory),
    ROW(flow_passage),
    ROW(flow_fixed),
    ROW(flow_fixed_1d),
    ROW(flow_eigenvalues),
    ROW(coupled_eigenvalues),
    ROW(flow_bifurcations),
    ROW(map_orbit),
    ROW(map_escape),
    ROW(result_write_csv),
    ROW(result_write_json),
    ROW(result_write_npy),
    ROW(result_open_csv),
    ROW(result_open_json),
    ROW(result_open_npy),
    ROW(result_merge),
};
const int64_t long_call_count = (int64_t)(sizeof long_calls / sizeof *long_calls);

/* ---- The world ---- */

static void write_file(char *path, const char *name, const void *bytes, size_t size)
{
    snprintf(path, 64, "/tmp/ddn_stop_%ld_%s", (long)getpid(), name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void write_files(world *w)
{
    static unsigned char cifar[RECORDS * 3073], idx[8 + N] = {0, 0, 8, 1, 0, 0, N >> 8, N & 255};
    static char npy[128 + N * D * 8], command[200];
    int length = snprintf(npy, 128,
                          "%s%c%c%c%c{'descr': '<f8', 'fortran_order': False, "
                          "'shape': (%d, %d), }",
                          "\x93NUMPY", 1, 0, 118, 1, N, D);
    npy[8] = 118;
    npy[7] = 0;
    npy[9] = 0;
    memset(npy + length, ' ', 127 - (size_t)length);
    npy[127] = '\n';
    memcpy(npy + 128, w->points, sizeof w->points);
    write_file(w->npy, "x.npy", npy, sizeof npy);
    write_file(w->cifar, "cifar.bin", cifar, sizeof cifar);
    for (int64_t i = 0; i < N; i++) {
        idx[8 + i] = (unsigned char)w->labels[i];
    }
    write_file(w->label_file, "labels.idx", idx, sizeof idx);
    snprintf(w->gz, sizeof w->gz, "%s.gz", w->npy);
    snprintf(command, sizeof command, "gzip -c %s > %s", w->npy, w->gz);
    assert_int_equal(system(command), 0);
}

static void make_square(world *w, int64_t size, int64_t seed, ddn_dataset **out)
{
    double *x = malloc((size_t)(size * size) * sizeof *x);
    assert_non_null(x);
    test_normal(seed, size * size, x);
    OK(w->ctx, ddn_dataset_create(w->ctx, DDN_TYPE_F64, size, size, x, size, out));
    free(x);
}

/* Two measurements of a host, and the files of the first. */
static void make_halves(world *w)
{
    double *values = malloc(ROWS * sizeof *values);
    assert_non_null(values);
    for (int64_t k = 0; k < 2; k++) {
        ddn_result *r = NULL;
        OK(w->ctx, ddn_result_create(w->ctx, "own", DDN_CLOCK_NONE, ROWS, &r));
        test_normal(30 + k, ROWS, values);
        OK(w->ctx, ddn_result_add_column(w->ctx, r, "x", NULL, "a mean", values));
        OK(w->ctx, ddn_result_set_field(w->ctx, r, "seed", k == 0 ? "1" : "2"));
        OK(w->ctx, ddn_result_set_pooling(w->ctx, r, "x", DDN_POOLING_SUM, 0));
        w->halves[k] = r;
    }
    free(values);
    write_file(w->csv, "r.csv", "", 0);
    write_file(w->json, "r.json", "", 0);
    write_file(w->table, "r.npy", "", 0);
}

static void make_oracles(world *w)
{
    ddn_context *ctx = w->ctx;
    double weights[3] = {0.5, 0.25, 0.25}, one = 0.5;
    OK(ctx, ddn_schedule_create_ou(ctx, &w->ou));
    OK(ctx, ddn_schedule_create_custom(ctx, 1e-3, 8, levels, w, NULL, &w->custom));
    OK(ctx, ddn_oracle_create_empirical(ctx, w->ds, w->ou, &w->empirical));
    OK(ctx, ddn_oracle_create_gaussian_of(ctx, w->ds, w->ou, 5, &w->gaussian));
    OK(ctx, ddn_oracle_create_mixture(ctx, w->ou, DDN_VARIANCE_SHARED, 3, D, weights, w->points, D,
                                      &one, 0, NULL, &w->mixture));
    w->model = test_model(ctx, w->custom, DDN_PREDICTION_SCORE, D, predict, w, NULL);
    OK(ctx, ddn_oracle_create_combination(ctx, 2, (ddn_oracle *[]){w->empirical, w->gaussian},
                                          (double[]){1.5, -0.5}, &w->guided));
    OK(ctx, ddn_query_create(ctx, w->empirical, &w->query));
}

/* The exchange of a team of one. */
static int32_t to_itself(void *user, int64_t bytes, const void *give, void *take)
{
    (void)user;
    memcpy(take, give, (size_t)bytes);
    return DDN_OK;
}

static void make_team(world *w)
{
    ddn_context *ctx = w->ctx;
    OK(ctx, ddn_team_create(ctx, 0, 1, to_itself, to_itself, NULL, NULL, &w->team));
    OK(ctx, ddn_dataset_create_team(ctx, w->team, w->ds, &w->shared));
    OK(ctx, ddn_dataset_create_team(ctx, w->team, w->copies, &w->shared_copies));
    OK(ctx, ddn_dataset_create_team(ctx, w->team, w->disguised, &w->shared_disguised));
    OK(ctx, ddn_oracle_create_empirical(ctx, w->shared, w->ou, &w->together));
}

/* Each of a third of the points three times, with several labels. */
static void make_copies(world *w)
{
    int64_t rows[N];
    ddn_dataset *subset;
    for (int64_t i = 0; i < N; i++) {
        rows[i] = i % (N / 3);
    }
    OK(w->ctx, ddn_dataset_create_subset(w->ctx, w->plain, N, rows, &subset));
    OK(w->ctx, ddn_dataset_create_labelled(w->ctx, subset, N, w->labels, &w->copies));
    ddn_dataset_destroy(subset);
}

/* Bytes as floating-point numbers. */
static void make_disguised(world *w)
{
    double *x = malloc(sizeof w->points);
    assert_non_null(x);
    for (int64_t i = 0; i < N * D; i++) {
        x[i] = (double)(i * 7 % 256) / 255;
    }
    OK(w->ctx, ddn_dataset_create(w->ctx, DDN_TYPE_F64, N, D, x, D, &w->disguised));
    free(x);
}

int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->out = malloc(LARGE * sizeof *w->out);
    assert_non_null(w->out);
    test_normal(21, N * D, w->points);
    test_normal(22, M * D, w->x);
    for (int64_t i = 0; i < N; i++) {
        w->labels[i] = (int32_t)(i % 3);
        w->rows[i] = i;
        w->weights[i] = (double)(1 + i % 5);
    }
    ddn_context *ctx = NULL;
    assert_int_equal(ddn_context_create_with_allocator(allocate, deallocate, w, &ctx), DDN_OK);
    w->ctx = ctx;
    OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 2));
    write_files(w);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, w->points, D, &w->plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, w->plain, N, w->labels, &w->ds));
    make_copies(w);
    make_disguised(w);
    make_square(w, WIDE, 23, &w->wide);
    make_square(w, DENSE, 24, &w->dense);
    make_oracles(w);
    make_halves(w);
    make_team(w);
    OK(ctx, ddn_span_create(ctx, w->ds, 0, &w->span));
    OK(ctx, ddn_features_create_pca(ctx, w->ds, 3, &w->pca));
    OK(ctx, ddn_features_create_callback(ctx, D, 3, squares, w, NULL, &w->own_features));
    OK(ctx, ddn_frechet_create(ctx, w->ds, w->pca, &w->frechet));
    OK(ctx, ddn_analysis_create(ctx, &w->an));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(w->an), DDN_ANALYSIS_SAMPLES, SAMPLES));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(w->an), DDN_ANALYSIS_CLONES, CLONES));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(w->an), DDN_ANALYSIS_STEPS, STEPS));
    OK(ctx, ddn_options_set_i64(ddn_analysis_options(w->an), DDN_ANALYSIS_PATHS, PATHS));
    OK(ctx, ddn_symmetry_create(ctx, w->mixture, &w->sy));
    OK(ctx, ddn_options_set_i64(ddn_symmetry_options(w->sy), DDN_SYMMETRY_POINTS, 20));
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, cubic, NULL, w, NULL, &w->flow));
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, logistic, NULL, w, NULL, &w->map));
    OK(ctx,
       ddn_system_create(ctx, DDN_SYSTEM_FLOW, GENERAL, cubic, couplings, w, NULL, &w->coupled));
    *state = w;
    return 0;
}

int end_world(void **state)
{
    world *w = *state;
    ddn_system_destroy(w->coupled);
    ddn_system_destroy(w->map);
    ddn_system_destroy(w->flow);
    ddn_symmetry_destroy(w->sy);
    ddn_analysis_destroy(w->an);
    ddn_frechet_destroy(w->frechet);
    ddn_features_destroy(w->own_features);
    ddn_features_destroy(w->pca);
    ddn_span_destroy(w->span);
    ddn_query_destroy(w->query);
    ddn_oracle *oracles[] = {w->together, w->guided,   w->model,
                             w->mixture,  w->gaussian, w->empirical};
    for (size_t i = 0; i < sizeof oracles / sizeof *oracles; i++) {
        ddn_oracle_destroy(oracles[i]);
    }
    ddn_schedule_destroy(w->custom);
    ddn_schedule_destroy(w->ou);
    ddn_dataset *sets[] = {w->shared, w->shared_copies, w->shared_disguised,
                           w->dense,  w->wide,          w->copies,
                           w->ds,     w->plain,         w->disguised};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        ddn_dataset_destroy(sets[i]);
    }
    ddn_team_destroy(w->team);
    ddn_result_destroy(w->halves[0]);
    ddn_result_destroy(w->halves[1]);
    ddn_context_destroy(w->ctx);
    unlink(w->csv);
    unlink(w->json);
    unlink(w->table);
    unlink(w->npy);
    unlink(w->gz);
    unlink(w->cifar);
    unlink(w->label_file);
    free(w->out);
    free(w);
    return 0;
}

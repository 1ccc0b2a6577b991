/* Trajectories: states on their way from noise to data, or from points of the data to noise and
 * back, at every time of a grid. trajectory.npy [times][m][d], trajectory.json with the times,
 * trajectory_paths.csv with what each path begins and ends at, trajectory.csv and trajectory.png
 * with the paths in a plane and, of images, trajectory_strip.png. Formulas: doc/theory.md (9), (12)
 * to (15). SPDX-License-Identifier: MIT */
#include "trajectory.h"
#include "commands.h"

#include <math.h>
#include <string.h>

static const struct {
    ddn_method method;
    double eta; /* NaN: it has none */
} methods[] = {{DDN_METHOD_EXACT, NAN}, {DDN_METHOD_EXPONENTIAL, 1},  {DDN_METHOD_EXPONENTIAL, 0},
               {DDN_METHOD_EULER, 1},   {DDN_METHOD_HEUN, NAN},       {DDN_METHOD_EDM_HEUN, NAN},
               {DDN_METHOD_PNDM, NAN},  {DDN_METHOD_MULTISTEP2, NAN}, {DDN_METHOD_ADAPTIVE, NAN}};
#define METHODS "exact|ancestral|ddim|euler|heun|edm-heun|pndm|multistep2|adaptive"

typedef struct settings {
    drv_data data;
    int64_t paths, steps;
    double t_start, t_end; /* OU times */
    int method, from_data, trace;
    const char *image;
} settings;

static struct {
    ddn_dataset *ds;
    ddn_schedule *schedule;
    ddn_oracle *oracle;
    trajectory tr;
    drv_file *file; /* trajectory.npy */
    double *x;      /* [m][d] */
    int64_t *start; /* [m] points that the paths begin at, or NULL */
    int64_t seen;   /* times recorded */
    int leg;
} own;

/* ---- Record ------------------------------------------------------------------------------ */

/* A leg of its own begins where the one before has ended: that state is recorded once. */
static int32_t record(void *user, const ddn_step *step)
{
    (void)user;
    trajectory *tr = &own.tr;
    if (own.leg == 1 && own.seen > 0 && ddn_step_index(step) == 0) {
        return 0;
    }
    const double *x = ddn_step_x(step);
    const int64_t k = own.seen++, column = strip_column(tr, k), ldx = ddn_step_ldx(step);
    tr->t[k] = ddn_step_time(step);
    tr->leg[k] = own.leg;
    drv_npy_rows(own.file, tr->m, tr->d, x, ldx);
    for (int64_t r = 0; r < tr->m; r++) {
        for (int64_t i = 0; i < tr->axes && r < tr->drawn; i++) {
            double *q = &tr->projection[(k * tr->drawn + r) * tr->axes + i];
            for (int64_t j = 0; j < tr->d; j++) {
                *q += x[r * ldx + j] * tr->axis[i * tr->d + j];
            }
        }
        if (tr->strip != NULL && column >= 0 && r < STRIP_ROWS) {
            memcpy(tr->strip + (column * STRIP_ROWS + r) * tr->d, x + r * ldx,
                   (size_t)tr->d * sizeof *x);
        }
    }
    return 0;
}

static ddn_integrator *integrator(ddn_method method, int leg)
{
    ddn_integrator *it = NULL;
    drv_try(ddn_integrator_create(drv.ctx, own.oracle, method, &it));
    drv_keep(it);
    drv_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_SEED, drv.seed);
    drv_try(ddn_integrator_attach_callback(it, 0, record, NULL, NULL));
    own.leg = leg;
    return it;
}

static ddn_integrator *backward(const settings *set)
{
    ddn_integrator *it = integrator(methods[set->method].method, 1);
    ddn_options *of = ddn_integrator_options(it);
    if (!isnan(methods[set->method].eta)) {
        drv_set_f64(of, DDN_INTEGRATOR_ETA, methods[set->method].eta);
    }
    drv_set_f64(of, DDN_INTEGRATOR_T_START, drv_time_of(own.schedule, set->t_start));
    drv_set_f64(of, DDN_INTEGRATOR_T_END, drv_clean_end(own.schedule, set->t_end));
    drv_set_i64(of, DDN_INTEGRATOR_STEPS, set->steps);
    drv_set_i64(of, DDN_INTEGRATOR_FIRST_STEP, set->from_data ? set->steps + 1 : 0);
    return it;
}

/* From clean points, spread evenly over the data, through the times of the way back. */
static void go_forward(const settings *set, int64_t count, const double *times)
{
    const int64_t n = ddn_dataset_n(own.ds), d = own.tr.d;
    double *up = drv_alloc(count + 1, sizeof *up), low = 0, high = 0;
    own.start = drv_alloc(set->paths, sizeof *own.start);
    for (int64_t r = 0; r < set->paths; r++) {
        own.start[r] = (int64_t)((double)r * (double)n / (double)set->paths);
        drv_try(ddn_dataset_read(drv.ctx, own.ds, own.start[r], 1, own.x + r * d, d));
    }
    drv_try(ddn_schedule_range(drv.ctx, own.schedule, &low, &high));
    up[0] = low < 0 ? -1 : 0; /* the noiseless time */
    for (int64_t k = 0; k < count; k++) {
        up[1 + k] = times[count - 1 - k];
    }
    ddn_integrator *it = integrator(DDN_METHOD_FORWARD, 0);
    drv_try(ddn_integrator_set_times(it, count + 1, up));
    drv_try(ddn_integrator_run(it, set->paths, own.x, d));
}

/* The directions that pictures show. */
static void choose_axes(trajectory *tr)
{
    const int64_t n = ddn_dataset_n(own.ds), d = tr->d;
    double values[2];
    tr->axes = d == 1 ? 1 : 2;
    tr->axis = drv_alloc(tr->axes * d, sizeof *tr->axis);
    if (d > 2 && n > 2) {
        drv_try(ddn_dataset_spectrum(drv.ctx, own.ds, 2, values, tr->axis, d));
        return;
    }
    for (int64_t i = 0; i < tr->axes; i++) {
        tr->axis[i * d + i] = 1;
    }
}

static void run(const settings *set, const drv_image *shape)
{
    trajectory *tr = &own.tr;
    ddn_integrator *it = backward(set);
    const int64_t count = ddn_integrator_time_count(it);
    double *times = drv_alloc(count, sizeof *times);
    drv_try(ddn_integrator_times(it, count, times));
    tr->m = set->paths;
    tr->drawn = tr->m < DRAWN ? tr->m : DRAWN;
    tr->d = ddn_dataset_d(own.ds);
    tr->count = set->from_data ? 2 * count : count;
    tr->t = drv_alloc(tr->count, sizeof *tr->t);
    tr->leg = drv_alloc(tr->count, sizeof *tr->leg);
    choose_axes(tr);
    tr->projection = drv_alloc(tr->count * tr->drawn * tr->axes, sizeof *tr->projection);
    if (shape->height > 0) {
        tr->strip = drv_alloc((int64_t)STRIP_COLUMNS * STRIP_ROWS * tr->d, sizeof *tr->strip);
    }
    own.x = drv_alloc(tr->m * tr->d, sizeof *own.x);
    own.file = drv_npy_open(drv_path("trajectory.npy"), 3, (int64_t[]){tr->count, tr->m, tr->d});
    const drv_part parts[] = {
        {"to noise", 0.05, NULL, 0},
        {"to data", drv_cost((double)(tr->m * set->steps), ddn_dataset_n(own.ds), tr->d), NULL, 0}};
    drv_plan(set->from_data ? 2 : 1, set->from_data ? parts : parts + 1);
    if (set->from_data) {
        drv_begin("to noise", 0, 1);
        go_forward(set, count, times);
    } else {
        drv_try(ddn_integrator_draw_start(it, tr->m, own.x, tr->d));
    }
    own.leg = 1;
    drv_begin("to data", 0, 1);
    drv_try(ddn_integrator_run(it, tr->m, own.x, tr->d));
    drv_close(own.file);
}

/* ---- Results ----------------------------------------------------------------------------- */

static void write_times(const settings *set)
{
    const trajectory *tr = &own.tr;
    double *tau = drv_alloc(tr->count, sizeof *tau);
    ddn_result *r = NULL;
    for (int64_t k = 0; k < tr->count; k++) { /* the noiseless time is none of a schedule */
        tau[k] = set->from_data && k == 0 ? 0 : drv_to_ou(own.schedule, tr->t[k]);
    }
    drv_try(ddn_result_create(drv.ctx, "trajectory",
                              drv_is_ou(own.schedule) ? DDN_CLOCK_OU : DDN_CLOCK_SCHEDULE,
                              tr->count, &r));
    drv_keep(r);
    const int64_t size = (int64_t)strlen(drv.schedule) + 1;
    char *schedule = drv_alloc(size, 1);
    memcpy(schedule, drv.schedule, (size_t)size);
    drv_try(ddn_result_set_field(drv.ctx, r, "schedule", drv_plain(schedule, "")));
    drv_try(
        ddn_result_set_field(drv.ctx, r, "states", "trajectory.npy [times][paths][d], float64"));
    drv_try(ddn_result_add_column(drv.ctx, r, "t",
                                  drv_is_ou(own.schedule) ? "OU time" : "schedule time",
                                  "time of the states in this row of trajectory.npy", tr->t));
    drv_try(ddn_result_add_column(drv.ctx, r, "t_ou", "OU time", "the same in OU time", tau));
    drv_try(ddn_result_add_column(drv.ctx, r, "leg", "1", "0: from data to noise, 1: to data",
                                  tr->leg));
    drv_try(ddn_result_add_scalar(drv.ctx, r, "paths", "1", "number of paths", (double)tr->m, 0));
    drv_try(ddn_result_add_scalar(drv.ctx, r, "d", "1", "dimension", (double)tr->d, 0));
    drv_write_result(r, "trajectory.json", "");
}

/* Where each path began and ended, by the point of the largest weight. */
static void write_ends(const settings *set)
{
    static const drv_meaning meanings[] = {
        {"path", "1", "number of the path, from 0"},
        {"start", "1", "point that it began at, from 0 in the data that were taken"},
        {"end", "1", "point of the largest posterior weight at its end"},
        {"label", "1", "label of that point"},
    };
    const trajectory *tr = &own.tr;
    const int64_t n = ddn_dataset_n(own.ds);
    int64_t *end = drv_alloc(tr->m, sizeof *end);
    int32_t *labels = NULL;
    ddn_query *query = NULL;
    drv_try(ddn_query_create(drv.ctx, own.oracle, &query));
    drv_keep(query);
    drv_try(ddn_query_bind_i64(query, DDN_OUT_ARGMAX, end));
    drv_try(ddn_query_run(query, tr->t[tr->count - 1], tr->m, own.x, tr->d));
    if (ddn_dataset_class_count(own.ds) > 0) {
        labels = drv_alloc(n, sizeof *labels);
        drv_try(ddn_dataset_labels(drv.ctx, own.ds, n, labels));
    }
    drv_define(meanings, DRV_COUNT(meanings));
    drv_file *file = drv_csv_open(drv_path("trajectory_paths.csv"), "path,start,end,label");
    printf("  %-6s %-10s %-10s %s\n", "path", "start", "end", "label");
    for (int64_t r = 0; r < tr->m; r++) {
        const double row[4] = {(double)r, own.start ? (double)own.start[r] : NAN, (double)end[r],
                               labels ? (double)labels[end[r]] : NAN};
        drv_csv_row(file, row, 4);
        if (r < STRIP_ROWS) {
            char text[2][24] = {"noise", "-"};
            if (set->from_data) {
                snprintf(text[0], sizeof text[0], "%lld", (long long)own.start[r]);
            }
            if (labels) {
                snprintf(text[1], sizeof text[1], "%d", (int)labels[end[r]]);
            }
            printf("  %-6lld %-10s %-10lld %s\n", (long long)r, text[0], (long long)end[r],
                   text[1]);
        }
    }
    drv_close(file);
}

static void read_options(int argc, char **argv, settings *set)
{
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set->data, DRV_REQUIRED),
        {"paths", "M", "number of paths", DRV_INT, &set->paths, 1, 1e7},
        {"from-data", NULL, "from points of the data to noise and back, instead of from noise",
         DRV_FLAG, &set->from_data, 0, 0},
        {"method", METHODS, "how the way to the data is run", DRV_CHOICE, &set->method, 0, 0},
        {"steps", "K", "steps of each leg; the states at all of their times are recorded", DRV_INT,
         &set->steps, 1, 1e6},
        {"t-start", "T",
         "noisy end; data turn back there (default OU time 6; of data t_S, where classes part)",
         DRV_DOUBLE, &set->t_start, 0, 0},
        {"t-end", "T", "clean end (default OU time 1e-3)", DRV_DOUBLE, &set->t_end, 0, 0},
        {"image", "SHAPE", "28x28, 32x32x3, 3x32x32, none, auto", DRV_STRING, &set->image, 0, 0},
        DRV_SCHEDULE_OPTION,
        DRV_TRACE_OPTION(set->trace),
    };
    drv_start(
        argc, argv,
        "Records states on their way from noise to data, or with --from-data from points to "
        "noise and back, at\nevery time of a grid, with the exact score of the data. Writes "
        "trajectory.npy [times][paths][d],\ntrajectory.json with the times, "
        "trajectory_paths.csv with the ends, trajectory.csv and trajectory.png\nwith the "
        "first 64 paths in a plane and, of images, 8 paths with the times above; these alone in\n"
        "trajectory_strip.png: a row a path, time to the right.",
        "trajectory.npy trajectory.json trajectory_paths.csv trajectory.csv trajectory.gp "
        "trajectory.png trajectory_strip.png",
        options, DRV_COUNT(options));
}

/* The ends that were not given, in OU time. */
static void choose_ends(settings *set)
{
    const double usual = 1e-3;
    const int is_start_given = !isnan(set->t_start), is_end_given = !isnan(set->t_end);
    if (!is_start_given) {
        set->t_start = set->from_data ? ddn_theory_speciation(drv_lambda(own.ds)) : 6;
        set->t_start = fmin(fmax(set->t_start, 10 * usual), drv_last_ou(own.schedule));
    }
    if (!is_end_given) {
        set->t_end = fmin(usual, set->t_start / 10);
    }
    if (!(set->t_end < set->t_start)) {
        drv_die("--t-end = %.6g is not below --t-start = %.6g%s (%s)",
                drv_time_of(own.schedule, set->t_end), drv_time_of(own.schedule, set->t_start),
                is_start_given ? "" : ", where paths begin if no other is given",
                drv_clock(own.schedule));
    }
}

int trajectory_main(int argc, char **argv)
{
    settings set = {.data = DRV_DATA_DEFAULTS,
                    .paths = 8,
                    .steps = 32,
                    .t_start = NAN,
                    .t_end = NAN,
                    .image = "auto"};
    read_options(argc, argv, &set);
    own.schedule = drv_schedule();
    set.t_start = drv_time_given("t-start", own.schedule, set.t_start);
    set.t_end = drv_time_given("t-end", own.schedule, set.t_end);
    own.ds = drv_data_load(&set.data);
    const drv_image shape = drv_image_of(set.image, own.ds);
    choose_ends(&set);
    own.oracle = drv_empirical(own.ds, own.schedule);
    run(&set, &shape);
    printf("%s: n = %lld, d = %lld; %lld paths, %lld times from %.4g to %.4g (%s), seed %lld\n\n",
           drv_shown(drv_data_name(&set.data)), (long long)ddn_dataset_n(own.ds),
           (long long)own.tr.d, (long long)own.tr.m, (long long)own.tr.count, own.tr.t[0],
           own.tr.t[own.tr.count - 1], drv_clock(own.schedule), (long long)drv.seed);
    write_times(&set);
    write_ends(&set);
    draw_trajectory(&own.tr, own.schedule, &shape, drv_caption(&set.data, own.ds));
    printf("\n  results in %s: trajectory.npy, .json, .csv, trajectory_paths.csv, %s%s\n",
           drv_shown(drv.out), drv_picture("trajectory"),
           own.tr.strip ? ", trajectory_strip.png" : "");
    if (set.trace) {
        drv_trace(own.oracle);
    }
    return drv_finish();
}

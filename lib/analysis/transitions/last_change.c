/* Collapse time as the last change of the nearest point along reverse paths (theory.md (34), (43)).
 */
#include "analysis/analysis_impl.h"
#include "analysis/batches.h"
#include "analysis/judge.h"
#include "analysis/result_impl.h"
#include "analysis/samples.h"
#include "analysis/step_error.h"
#include "analysis/transitions/measure.h"
#include "base/check.h"
#include "base/progress.h"
#include "base/statistics.h"
#include "dataset/storage.h"
#include "observer/observer_impl.h"
#include "oracle/oracle_impl.h"

/* Follows the judge's nearest point along runs, at every `every`-th of their times. */
typedef struct judged {
    ddn_observer base;
    ddni_judge *judge; /* borrowed */
    int64_t every;
    int64_t *nearest;    /* [m] at the time before */
    double *last_change; /* [m] */
} judged;

static ddn_status begin(ddn_observer *ob)
{
    judged *self = (judged *)ob;
    DDNI_TRY(ddni_reserve(ob->ctx, "nearest points", ob->m, sizeof(int64_t), &self->nearest));
    return ddni_reserve(ob->ctx, "last changes", ob->m, sizeof(double), &self->last_change);
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    judged *self = (judged *)ob;
    if (k % self->every != 0) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_judge_noisy(self->judge, ddn_step_time(step), ob->m, ddn_step_x(step),
                              ddn_step_ldx(step)));
    for (int64_t r = 0; r < ob->m; r++) {
        const int64_t now = self->judge->nearest[r];
        if (k == 0 || now != self->nearest[r]) {
            self->last_change[r] = ddn_step_time(step);
        }
        self->nearest[r] = now;
    }
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    const judged *self = (const judged *)ob;
    return what != DDN_RECORD_LAST_CHANGE
               ? (ddni_record){DDNI_RECORD_NONE, NULL, 0}
               : (ddni_record){DDNI_RECORD_F64, self->last_change, ob->seen == 0 ? 0 : ob->m};
}

static void destroy(ddn_observer *ob)
{
    ddni_free(&ob->handle.allocator, ((judged *)ob)->nearest);
    ddni_free(&ob->handle.allocator, ((judged *)ob)->last_change);
}

static const ddni_observer_ops judged_ops = {
    .begin = begin, .see = see, .find = find, .destroy = destroy};

typedef struct change_work {
    ddn_context *ctx;
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* that judge, or NULL */
    ddn_dataset *even;         /* points without the weights that they had */
    ddni_judge judge; /* made for points, where the oracle has no weights, and where not every time
                         is looked at; else runs tell */
    ddni_step_error error;
    ddn_integrator *it;
    ddn_observer *observer;
    ddni_samples samples;
    ddni_batches batches;
    ddni_level start;
    int64_t paths, steps, batch, d;
    int64_t every; /* steps of a path between two times of the grid */
    double t_start, t_end;
    double *x, *z;  /* [batch][d] */
    double *change; /* [paths] */
    double *last;   /* [batch] of the run before */
    double *grid;   /* [steps + 1] */
    double *times;  /* [every steps + 1] of the paths */
    double *half;   /* every other one of them */
} change_work;

static void free_changes(change_work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddn_observer_destroy(w->observer);
    ddni_judge_free(&w->judge);
    ddni_step_error_free(&w->error);
    ddn_dataset_destroy(w->even);
    ddni_free(al, w->x);
    ddni_free(al, w->z);
    ddni_free(al, w->change);
    ddni_free(al, w->last);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->grid);
    ddni_free(al, w->times);
    ddni_free(al, w->half);
}

/* Where there is much noise, the heaviest point is the most probable one of all states: the nearest
 * one is told without weights. */
static ddn_status drop_weights(change_work *w)
{
    const ddn_dataset *ds = w->points != NULL ? w->points : ddni_oracle_set(w->oracle);
    if (ds != NULL && ds->weights != NULL) {
        DDNI_TRY(ddni_dataset_drop_weights(w->ctx, ds, &w->even));
        w->points = w->even;
    }
    return DDN_OK;
}

/* Where the oracle is the judge the run gives nearest points as it goes. */
static ddn_status make_observer(change_work *w)
{
    if (w->every == 1 && w->points == NULL && ddn_oracle_can(w->oracle, DDN_OUT_ARGMAX)) {
        return ddn_observer_create_nearest(w->ctx, &w->observer);
    }
    judged *ob = NULL;
    const ddni_judge_of of = {.oracle = w->oracle, .points = w->points};
    DDNI_TRY(ddni_judge_create(w->ctx, &of, w->batch, &w->judge));
    DDNI_TRY(ddni_observer_create(w->ctx, sizeof *ob, &judged_ops, (void *)&ob));
    ob->judge = &w->judge;
    ob->every = w->every;
    w->observer = &ob->base;
    return DDN_OK;
}

/* The times of the paths: those between two of the grid belong to a finer one of its kind. */
static ddn_status set_times(change_work *w, const ddn_analysis *an)
{
    const int64_t count = w->every * w->steps + 1;
    const ddn_grid kind = (ddn_grid)ddni_analysis_i64(an, DDN_ANALYSIS_GRID);
    DDNI_TRY(ddni_alloc_for(w->ctx, "grid of paths", count, sizeof(double), &w->times));
    DDNI_TRY(ddn_schedule_grid(w->ctx, ddn_oracle_schedule(w->oracle),
                               kind != 0 ? kind : DDN_GRID_GEOMETRIC, w->t_start, w->t_end, count,
                               w->times));
    DDNI_TRY(ddni_alloc_for(w->ctx, "grid of paths", count, sizeof(double), &w->half));
    for (int64_t k = 0; k <= w->steps; k++) {
        w->grid[k] = w->times[k * w->every];
    }
    for (int64_t k = 0; 2 * k < count; k++) {
        w->half[k] = w->times[2 * k];
    }
    return ddn_integrator_set_times(w->it, count, w->times);
}

/* Paths from number `first` on from t_start down: their last changes, in w->last. */
static ddn_status run_paths(change_work *w, int64_t first, int64_t m)
{
    DDNI_TRY(ddni_samples_draw(&w->samples, first, m, w->x, w->z));
    ddni_samples_at(&w->start, m * w->d, w->x, w->z, w->x);
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_FIRST_PATH,
                                 ddni_path_run(DDNI_MEASURE_LAST_CHANGE, 0, first)));
    DDNI_TRY(ddn_integrator_run(w->it, m, w->x, w->d));
    return ddn_observer_read_f64(w->observer, DDN_RECORD_LAST_CHANGE, m, w->last);
}

/* Half the steps, of methods that cannot keep their predictions by half the times. */
static ddn_status halve(change_work *w, int32_t on)
{
    if (w->error.same_noise) {
        return ddni_step_error_halve(&w->error, on);
    }
    ((judged *)w->observer)->every = on ? w->every / 2 : w->every;
    return ddn_integrator_set_times(w->it, w->every * w->steps / (on ? 2 : 1) + 1,
                                    on ? w->half : w->times);
}

/* Times of the last change. */
typedef struct change_record {
    double fine, coarse; /* with half the steps, of the paths that run once more */
} change_record;

static ddn_status evaluate_paths(void *user, int64_t first, int64_t m, void *records)
{
    change_work *w = user;
    change_record *change = records;
    const int64_t again = ddni_step_error_count(&w->error, first, m, w->paths);
    DDNI_TRY(run_paths(w, first, m));
    for (int64_t r = 0; r < m; r++) {
        change[r].fine = w->last[r];
    }
    DDNI_TRY(ddni_batches_part(&w->batches, 1, 1));
    if (again == 0) {
        return DDN_OK;
    }
    DDNI_TRY(halve(w, 1));
    DDNI_TRY(run_paths(w, first, again));
    for (int64_t r = 0; r < again; r++) {
        change[r].coarse = w->last[r];
    }
    return halve(w, 0);
}

static void absorb_paths(void *user, int64_t first, int64_t m, const void *records)
{
    change_work *w = user;
    const change_record *change = records;
    const int64_t again = ddni_step_error_count(&w->error, first, m, w->paths);
    for (int64_t r = 0; r < m; r++) {
        w->change[first + r] = change[r].fine;
        if (r < again) {
            ddni_mean_add(&w->error.change[0], change[r].coarse - change[r].fine);
        }
    }
}

static ddn_status prepare_changes(change_work *w, const ddn_analysis *an)
{
    int64_t row = w->d * (int64_t)sizeof(double), seed = ddni_analysis_i64(an, DDN_ANALYSIS_SEED);
    DDNI_TRY(ddni_alloc_for(w->ctx, "paths", w->batch, row, &w->x));
    DDNI_TRY(ddni_alloc_for(w->ctx, "paths", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "last changes", w->paths, sizeof(double), &w->change));
    DDNI_TRY(ddni_alloc_for(w->ctx, "grid of paths", w->steps + 1, sizeof(double), &w->grid));
    DDNI_TRY(ddni_alloc_for(w->ctx, "last changes", w->batch, sizeof(double), &w->last));
    ddni_samples_init(w->ctx, w->oracle, ddni_analysis_starts(an, w->oracle), seed,
                      DDNI_MEASURE_LAST_CHANGE, 0, &w->samples);
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(set_times(w, an));
    DDNI_TRY(drop_weights(w));
    DDNI_TRY(make_observer(w));
    DDNI_TRY(ddn_observer_attach(w->observer, w->it));
    DDNI_TRY(ddni_step_error_create(an, w->oracle, w->it, 1, &w->error));
    w->error.steps = w->every * w->steps;
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(change_record)};
    w->batches.what = (ddni_measured){.kind = "last change", .oracle = w->oracle};
    w->batches.what.times = w->times;
    w->batches.what.count = w->every * w->steps; /* the last one may have no noise */
    w->batches.evaluate = evaluate_paths;
    w->batches.absorb = absorb_paths;
    w->batches.user = w;
    DDNI_TRY(ddni_schedule_level(w->ctx, ddn_oracle_schedule(w->oracle), w->t_start, &w->start));
    return ddni_batches_open(an, &w->batches);
}

static ddn_status measure_changes(change_work *w)
{
    DDNI_STAGE(w->ctx, "last change");
    DDNI_TRY(ddni_batches_run(&w->batches, 0, w->paths, 0, 1));
    return ddni_stage_part(w->ctx, 1, 1);
}

/* The intervals of the grid in which the paths changed last, as times: those of one interval evenly
 * over it, in ascending order. A path that never changed stays at the noisy end. Returns how many
 * did. (43) */
static int64_t spread(change_work *w, ddni_mean *mean)
{
    int64_t done = 0;
    for (int64_t k = w->steps; k > 0; k--) {
        const double low = w->grid[k], width = w->grid[k - 1] - low;
        int64_t first = done;
        while (done < w->paths && w->change[done] == low) {
            ddni_mean_add(mean, low + width / 2);
            done++;
        }
        for (int64_t i = first; i < done; i++) {
            w->change[i] = low + width * ((double)(i - first) + 0.5) / (double)(done - first);
        }
    }
    for (int64_t i = done; i < w->paths; i++) {
        ddni_mean_add(mean, w->change[i]);
    }
    return done;
}

static ddn_status add_change_columns(const change_work *w, ddn_result *r)
{
    double *t, *share[4];
    const ddni_quantity times = {"t_grid", DDNI_UNIT_TIME, DDN_POOLING_SAME, 0};
    const ddni_quantity changed = {"changed_after", "1", DDN_POOLING_SHARE, w->paths};
    DDNI_TRY(ddni_result_add_column(w->ctx, r, times, &t,
                                    "times of the paths, geometric in the oracle's schedule"));
    DDNI_TRY(ddni_result_add_interval(
        w->ctx, r, changed, share, "share of %lld paths whose nearest point changed last below t",
        (long long)w->paths));
    for (int64_t k = 0; k <= w->steps; k++) {
        int64_t below = 0;
        while (below < w->paths && w->change[below] < w->grid[k]) {
            below++;
        }
        t[k] = w->grid[k];
        ddni_proportion(below, w->paths, &share[0][k], &share[1][k]);
        ddni_wilson_95(below, w->paths, &share[2][k], &share[3][k]);
    }
    return DDN_OK;
}

static ddn_status add_change_times(change_work *w, ddn_result *r)
{
    long long paths = (long long)w->paths, steps = (long long)w->steps;
    ddni_mean mean = {0, 0, 0};
    const int64_t changed = spread(w, &mean);
    ddni_quantile middle = ddni_quantile_of(w->change, w->paths, 0.5);
    double low, high;
    ddni_mean_95(w->change, w->paths, &low, &high);
    const char *lacking = "";
    if (2 * changed <= w->paths) {
        middle = (ddni_quantile){NAN, NAN, NAN, NAN};
        lacking = "; NaN: half of the paths never changed";
    }
    const char *text =
        "collapse time: last change of the nearest point, %s of %lld reverse paths on a geometric "
        "grid of %lld steps from %g to %g, known to the step (a finer grid sees later changes); "
        "%lld never changed and count as the start%s";
    const struct {
        ddni_quantity what;
        double value, error;
        const char *text;
    } list[] = {
        {{"t_C_last_change", DDNI_UNIT_TIME, DDN_POOLING_MEAN, paths},
         mean.mean,
         ddni_mean_error(&mean),
         "mean"},
        {{"t_C_last_change_low", DDNI_UNIT_TIME, 0, 0},
         low,
         NAN,
         "lower end of the 95 % interval of the mean"},
        {{"t_C_last_change_high", DDNI_UNIT_TIME, 0, 0},
         high,
         NAN,
         "upper end of the 95 % interval of the mean"},
        {{"t_C_last_change_median", DDNI_UNIT_TIME, 0, 0}, middle.value, middle.error, "median"},
        {{"t_C_last_change_median_low", DDNI_UNIT_TIME, 0, 0},
         middle.low,
         NAN,
         "lower end of the 95 % interval of the median"},
        {{"t_C_last_change_median_high", DDNI_UNIT_TIME, 0, 0},
         middle.high,
         NAN,
         "upper end of the 95 % interval of the median"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        DDNI_TRY(ddni_result_add_scalar(w->ctx, r, list[i].what, list[i].value, list[i].error, text,
                                        list[i].text, paths, steps, w->t_start, w->t_end,
                                        (long long)(w->paths - changed), i < 3 ? "" : lacking));
    }
    return DDN_OK;
}

static ddn_status report(change_work *w, ddn_result *r)
{
    ddni_sort(w->change, w->paths);
    DDNI_TRY(add_change_columns(w, r));
    DDNI_TRY(add_change_times(w, r));
    const ddni_step_names names = {{"t_C_last_change", NULL}, DDNI_UNIT_TIME};
    DDNI_TRY(ddni_step_error_report(&w->error, &names, r));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"paths", "1", DDN_POOLING_SUM, 0},
                                    (double)w->paths, 0, "paths of the last-change measurement"));
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"steps", "1", DDN_POOLING_SAME, 0},
                                  (double)w->steps, 0, "steps of these paths");
}

ddn_status ddni_measure_last_change(const ddn_analysis *an, const ddn_oracle *oracle,
                                    ddn_result **out)
{
    change_work w = {.ctx = an->ctx, .oracle = oracle, .samples = {.ctx = an->ctx}};
    w.points = an->points;
    ddn_result *result = NULL;
    w.paths = ddni_analysis_i64(an, DDN_ANALYSIS_PATHS);
    w.steps = ddni_analysis_i64(an, DDN_ANALYSIS_PATH_STEPS);
    w.batch = ddni_analysis_i64(an, DDN_ANALYSIS_BATCH);
    w.batch = w.batch < w.paths ? w.batch : w.paths;
    w.d = ddn_oracle_d(oracle);
    if (ddni_analysis_method(an, oracle) == DDN_METHOD_EXACT) {
        w.every = 1;
    } else { /* an even number, so that half of it fits the grid */
        w.every = 2 * ((ddni_analysis_steps(an, oracle) + 2 * w.steps - 1) / (2 * w.steps));
    }
    DDNI_TRY(ddni_analysis_ends(an, ddn_oracle_schedule(oracle), &w.t_start, &w.t_end));
    ddn_status status = prepare_changes(&w, an);
    if (status == DDN_OK) {
        status = measure_changes(&w);
    }
    if (status == DDN_OK) {
        status = ddni_analysis_start(an, "last_change", oracle, w.steps + 1, &result);
    }
    if (status == DDN_OK) {
        status = report(&w, result);
    }
    free_changes(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_last_change(ddn_analysis *an, const ddn_oracle *oracle, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK(an->ctx,
               an->points != NULL || ddn_oracle_can(oracle, DDN_OUT_ARGMAX) ||
                   ddn_oracle_dataset(oracle) != NULL,
               DDN_E_UNSUPPORTED,
               "the %s oracle has no components or data to be nearest to: set points "
               "(ddn_analysis_set_points)",
               ddn_oracle_kind(oracle));
    DDNI_LEAVE_MEASUREMENT(an, ddni_measure_last_change(an, oracle, out), out);
}

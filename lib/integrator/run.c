/* The loop over the grid: evaluate, show, step; stop and resume. */
#include <string.h>

#include "base/message.h"
#include "base/progress.h"
#include "base/rng.h"
#include "integrator/integrator_impl.h"

/* Levels of the grid times: only the last one (the first one, forward) may be noiseless, and only
 * if nobody wants the oracle's outputs there. */
static ddn_status check_times(ddn_integrator *it)
{
    for (int64_t k = 0; k < it->run.count; k++) {
        ddni_level level;
        double t = it->run.times[k];
        if (k != (it->method->forward ? 0 : it->run.count - 1)) {
            DDNI_TRY(ddni_schedule_level(it->ctx, it->schedule, t, &level));
            continue;
        }
        DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t, &level));
        DDNI_CHECK(it->ctx, level.s2 > 0.0 || it->method->noiseless, DDN_E_RANGE,
                   "method %s cannot step to the noiseless time %g: end earlier, with "
                   "DDN_INTEGRATOR_DENOISE",
                   it->method->name, t);
        DDNI_CHECK(it->ctx, level.s2 > 0.0 || it->run.asked == 0, DDN_E_UNSUPPORTED,
                   "a callback wants the oracle's outputs at all times, but there are none at the "
                   "noiseless time %g",
                   t);
    }
    return DDN_OK;
}

ddn_status ddni_integrator_prepare(ddn_integrator *it, int64_t m)
{
    DDNI_CHECK(it->ctx, it->paths == NULL || it->path_count >= m, DDN_E_SHAPE,
               "%lld path numbers were set, but the run has m = %lld states",
               (long long)it->path_count, (long long)m);
    int64_t count = ddni_integrator_count(it);
    DDNI_TRY(ddni_reserve(it->ctx, "times", count, (int64_t)sizeof *it->run.times, &it->run.times));
    it->run.count = count;
    DDNI_TRY(ddni_integrator_fill_times(it, it->run.times));
    DDNI_TRY(check_times(it));
    DDNI_TRY(ddn_options_set_f64(ddn_query_options(it->query), DDN_QUERY_EPSILON,
                                 ddni_integrator_f64(it, DDN_INTEGRATOR_EPSILON)));
    DDNI_TRY(ddn_options_set_i64(ddn_query_options(it->query), DDN_QUERY_TRAJECTORY,
                                 ddni_integrator_i64(it, DDN_INTEGRATOR_TRAJECTORY)));
    it->run.m = m;
    return ddni_integrator_reserve(it, m);
}

/* Evaluates what the step and the callbacks need at grid time number index. */
static ddn_status evaluate(ddn_integrator *it, const double *x, int64_t ldx, int64_t *set)
{
    int last = it->run.index == it->run.count - 1;
    ddni_level level;
    *set = 0;
    DDNI_TRY(
        ddni_schedule_level_or_end(it->ctx, it->schedule, it->run.times[it->run.index], &level));
    if (level.s2 <= 0.0) {
        return DDN_OK; /* only the clean data of a forward run, or its counterpart */
    }
    *set = it->run.asked;
    ddni_level raised = level;
    if (!last) {
        DDNI_TRY(ddni_integrator_churn(it, &level, &raised));
    }
    const int kept = it->halved && it->run.index % 2 == 1; /* the prediction before serves */
    /* Where noise is added first, the step evaluates itself. */
    if (!last && !kept && it->method->needs != 0 && raised.t <= level.t) {
        *set |=
            it->method->needs == DDN_OUT_DRAW ? ddni_bit(DDN_OUT_DRAW) : ddni_bit(it->prediction);
    }
    if (last && ddni_integrator_i64(it, DDN_INTEGRATOR_DENOISE) != 0) {
        *set |= ddni_bit(it->prediction);
    }
    if (*set == 0) {
        return DDN_OK;
    }
    ddni_paths paths = ddni_integrator_paths(it);
    int64_t step = ddni_integrator_i64(it, DDN_INTEGRATOR_FIRST_STEP) + it->run.index;
    DDNI_TRY(ddn_query_set_noise(it->query, ddni_integrator_i64(it, DDN_INTEGRATOR_SEED),
                                 paths.first, step, it->path_count, paths.list));
    return ddni_integrator_evaluate(it, it->run.times[it->run.index], it->run.m, x, ldx, *set,
                                    NULL);
}

/* Calls the callbacks that have not seen this time; DDN_STOPPED if one of them asked for it. One
 * that fails will be called again. */
static ddn_status show(ddn_integrator *it, const double *x, int64_t ldx)
{
    int64_t stopped_by = -1;
    ddn_step step = {ddni_tag_of(DDNI_STEP), it, x, ldx, it->run.evaluated & it->run.asked};
    for (; it->run.shown < it->hook_count; it->run.shown++) {
        const ddni_hook *hook = &it->hooks[it->run.shown];
        int32_t answer = hook->fn(hook->user, &step);
        if (answer < 0 && hook->recorder != NULL) {
            return answer;
        }
        if (answer == DDN_STOPPED) { /* the others may look as well */
            stopped_by = it->run.shown;
            continue;
        }
        char who[48];
        ddni_say(who, sizeof who, "callback %lld of the integrator", (long long)it->run.shown);
        DDNI_TRY(ddni_answer(it->ctx, who, answer));
    }
    DDNI_CHECK(it->ctx, stopped_by < 0, DDN_STOPPED, "stopped by callback %lld at t = %.17g",
               (long long)stopped_by, it->run.times[it->run.index]);
    return DDN_OK;
}

/* x := it->run.next. */
static void give_states(const ddn_integrator *it, double *x, int64_t ldx)
{
    if (ldx == it->d && it->run.m > 0) {
        memcpy(x, it->run.next, (size_t)(it->run.m * it->d) * sizeof *x);
        return;
    }
    for (int64_t r = 0; r < it->run.m; r++) {
        memcpy(x + r * ldx, it->run.next + r * it->d, (size_t)it->d * sizeof *x);
    }
}

/* Takes the new states over if they are finite. */
static ddn_status accept(ddn_integrator *it, double *x, int64_t ldx)
{
    const int32_t finite = ddni_all_finite(it->run.m * it->d, it->run.next);
    for (int64_t r = 0; !finite && r < it->run.m; r++) {
        DDNI_CHECK(it->ctx, ddni_all_finite(it->d, it->run.next + r * it->d), DDN_E_NONFINITE,
                   "row %lld is not finite after the step of method %s to t = %.17g: the steps are "
                   "too long there",
                   (long long)r, it->method->name, it->run.times[it->run.index + 1]);
    }
    give_states(it, x, ldx);
    return DDN_OK;
}

/* The arrays written by the step become the newest history. */
static void remember(ddn_integrator *it)
{
    int32_t length = it->method->history;
    if (length > 0) {
        double *fresh = it->run.history[length];
        memmove(it->run.history + 1, it->run.history, (size_t)length * sizeof *it->run.history);
        memmove(it->run.history_time + 1, it->run.history_time,
                (size_t)(length - 1) * sizeof *it->run.history_time);
        it->run.history[0] = fresh;
        it->run.history_time[0] = it->run.times[it->run.index];
        it->run.remembered += it->run.remembered < length;
    }
    double *fresh = it->run.row_fresh;
    it->run.row_fresh = it->run.row_state;
    it->run.row_state = fresh;
}

/* One step; where it fails nothing has happened but evaluations. */
static ddn_status advance(ddn_integrator *it, double *x, int64_t ldx)
{
    ddni_run *run = &it->run;
    ddni_span span = {.k = run->index, .x = x, .ldx = ldx};
    const double *t = run->times + run->index;
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t[0], &span.from));
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t[1], &span.to));
    ddn_output what = it->method->needs == DDN_OUT_DRAW ? DDN_OUT_DRAW : it->prediction;
    span.at = (ddni_prediction){&span.from, x, ldx, run->f64[what], it->d, what};
    int64_t accepted = run->accepted, rejected = run->rejected;
    ddn_status status = it->method->step(it, &span);
    if (status == DDN_OK) {
        status = accept(it, x, ldx);
    }
    if (status != DDN_OK) {
        run->accepted = accepted;
        run->rejected = rejected;
        return status;
    }
    remember(it);
    run->index++;
    run->shown = 0;
    run->evaluated = -1;
    return DDN_OK;
}

/* x := E[x_0 | x] at the end, where the prediction has been evaluated. */
static ddn_status denoise(ddn_integrator *it, double *x, int64_t ldx)
{
    ddni_level level;
    DDNI_TRY(
        ddni_schedule_level_or_end(it->ctx, it->schedule, it->run.times[it->run.index], &level));
    ddni_prediction at = {&level, x, ldx, it->run.f64[it->prediction], it->d, it->prediction};
    ddni_sum sum = {.terms = 0};
    if (level.s2 > 0.0) {
        ddni_sum_add_mean(&sum, 1.0, &at);
    } else {
        ddni_sum_add(&sum, 1.0 / level.a, x, ldx);
    }
    DDNI_TRY(ddni_integrator_write(it, &sum, it->run.next));
    give_states(it, x, ldx);
    return DDN_OK;
}

static ddn_status loop(ddn_integrator *it, double *x, int64_t ldx)
{
    for (;;) {
        int64_t last = it->run.count - 1, set;
        double from = (double)it->run.index / (double)last;
        DDNI_TRY(ddni_stage_part(it->ctx, from, fmin(1, from + 1 / (double)last)));
        if (it->run.evaluated < 0) {
            DDNI_TRY(evaluate(it, x, ldx, &set));
            it->run.evaluated = set;
        }
        DDNI_TRY(show(it, x, ldx));
        if (it->run.index == last) {
            return ddni_integrator_i64(it, DDN_INTEGRATOR_DENOISE) != 0 ? denoise(it, x, ldx)
                                                                        : DDN_OK;
        }
        DDNI_TRY(advance(it, x, ldx));
    }
}

/* The loop, and the phase after it: whatever stops a run, it can go on, with the states of the last
 * completed step. They are kept. */
static ddn_status go(ddn_integrator *it, double *x, int64_t ldx)
{
    it->run.phase = DDN_RUN_RUNNING;
    DDNI_STAGE(it->ctx, "integrate");
    ddn_status status = loop(it, x, ldx);
    it->run.phase = status == DDN_OK ? DDN_RUN_FINISHED : DDN_RUN_STOPPED;
    for (int64_t r = 0; status != DDN_OK && r < it->run.m; r++) {
        memcpy(it->run.next + r * it->d, x + r * ldx, (size_t)it->d * sizeof *x);
    }
    return status;
}

/* What comes before the first step. It is not stopped on the way: then there would be no run to
 * resume. The first step is. */
static ddn_status start(ddn_integrator *it, int64_t m, const double *x, int64_t ldx)
{
    ddni_defer(it->ctx, 1);
    ddn_status status = ddni_check_states(it->ctx, "x", x, m, it->d, ldx);
    if (status == DDN_OK) {
        it->run.phase = DDN_RUN_IDLE; /* a stopped run is given up */
        it->run.asked = it->wanted;
        status = ddni_integrator_prepare(it, m);
    }
    ddni_defer(it->ctx, -1);
    return status;
}

ddn_status ddn_integrator_run(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    ddni_run *run = &it->run;
    DDNI_TRY(start(it, m, x, ldx));
    run->index = run->shown = run->remembered = 0;
    run->evaluated = -1;
    run->evaluations = run->accepted = run->rejected = 0;
    if (it->method->row_state) {
        memset(run->row_state, 0, (size_t)m * sizeof *run->row_state);
    }
    for (int64_t i = 0; i < it->hook_count; i++) {
        if (it->hooks[i].recorder != NULL) {
            it->hooks[i].recorder->forget(it->hooks[i].user);
        }
    }
    return go(it, x, ldx);
}

int32_t ddni_integrator_halve(ddn_integrator *it, int32_t on)
{
    const ddni_method *method = it->method;
    const int can = method->work == 0 && method->history == 0 && !method->forward &&
                    method->needs != DDN_OUT_DRAW && (it->wanted & ddni_bit(it->prediction)) == 0;
    it->halved = can && on;
    return can;
}

ddn_status ddn_integrator_resume(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    ddn_context *ctx = it->ctx;
    DDNI_CHECK(ctx, it->run.phase == DDN_RUN_STOPPED, DDN_E_STATE, "there is no stopped run");
    DDNI_CHECK(ctx, m == it->run.m, DDN_E_SHAPE,
               "argument m = %lld is not the stopped run's m = %lld", (long long)m,
               (long long)it->run.m);
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, it->d, ldx));
    for (int64_t r = 0; r < m; r++) {
        if (memcmp(x + r * ldx, it->run.next + r * it->d, (size_t)it->d * sizeof *x) != 0) {
            it->run.evaluated = -1; /* the caller moved this state */
        }
    }
    return go(it, x, ldx);
}

ddn_status ddn_integrator_reset(ddn_integrator *it)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    it->run.phase = DDN_RUN_IDLE;
    return DDN_OK;
}

ddn_status ddn_integrator_draw_start(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_CHECK(it->ctx, !it->method->forward, DDN_E_UNSUPPORTED,
               "a forward run starts from data (ddn_oracle_sample_data)");
    DDNI_TRY(ddni_check_matrix(it->ctx, "x", x, m, it->d, ldx));
    DDNI_CHECK(it->ctx, it->paths == NULL || it->path_count >= m, DDN_E_SHAPE,
               "%lld path numbers were set, but there are m = %lld states",
               (long long)it->path_count, (long long)m);
    ddni_level level;
    double start;
    DDNI_TRY(ddni_integrator_first_time(it, &start));
    DDNI_TRY(ddni_schedule_level(it->ctx, it->schedule, start, &level));
    ddni_sum sum = {.spread = level.s,
                    .seed = ddni_integrator_i64(it, DDN_INTEGRATOR_SEED),
                    .use = DDNI_USE_START,
                    .paths = ddni_integrator_paths(it)};
    return ddni_sum_evaluate(it->ctx, &sum, m, it->d, x, ldx);
}

ddn_status ddn_integrator_position(const ddn_integrator *it, ddn_run_phase *phase, int64_t *index,
                                   int64_t *count, double *t)
{
    DDNI_ENTER_OBJECT(it, DDNI_READ);
    const ddni_run *run = &it->run;
    int32_t idle = run->phase == DDN_RUN_IDLE;
    if (phase != NULL) {
        *phase = run->phase;
    }
    if (index != NULL) {
        *index = idle ? 0 : run->index;
    }
    if (count != NULL) {
        *count = idle ? 0 : run->count;
    }
    if (t != NULL) {
        *t = idle ? NAN : run->times[run->index];
    }
    return DDN_OK;
}

int64_t ddn_integrator_tally(const ddn_integrator *it, ddn_tally what)
{
    if (!DDNI_IS(it)) {
        return 0;
    }
    switch (what) {
    case DDN_TALLY_EVALUATIONS:
        return it->run.evaluations;
    case DDN_TALLY_ACCEPTED:
        return it->run.accepted;
    case DDN_TALLY_REJECTED:
        return it->run.rejected;
    default:
        return 0;
    }
}

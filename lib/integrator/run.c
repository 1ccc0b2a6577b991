/* The loop over the grid: evaluate, show, step; stop and resume. */
#include <string.h>

#include "base/progress.h"
#include "base/rng.h"
#include "integrator/integrator_impl.h"

/* Levels of the grid times: only the last one (the first one, forward) may be noiseless, and only
 * if nobody wants the oracle's outputs there. */
static ddn_status check_times(ddn_integrator *it)
{
    for (int64_t k = 0; k < it->count; k++) {
        ddni_level level;
        double t = it->times[k];
        if (k != (it->method->forward ? 0 : it->count - 1)) {
            DDNI_TRY(ddni_schedule_level(it->ctx, it->schedule, t, &level));
            continue;
        }
        DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t, &level));
        DDNI_CHECK(it->ctx, level.s2 > 0.0 || it->method->noiseless, DDN_E_RANGE,
                   "method %s cannot step to the noiseless time %g: end earlier, with "
                   "DDN_INTEGRATOR_DENOISE",
                   it->method->name, t);
        DDNI_CHECK(it->ctx, level.s2 > 0.0 || it->wanted == 0, DDN_E_UNSUPPORTED,
                   "a callback wants the oracle's outputs at all times, but there are none at the "
                   "noiseless time %g",
                   t);
    }
    return DDN_OK;
}

static ddn_status reserve_run(ddn_integrator *it, int64_t m)
{
    DDNI_CHECK(it->ctx, it->paths == NULL || it->path_count >= m, DDN_E_SHAPE,
               "%lld path numbers were set, but the run has m = %lld states",
               (long long)it->path_count, (long long)m);
    int64_t count = ddni_integrator_count(it);
    DDNI_TRY(ddni_reserve(it->ctx, "times", count, (int64_t)sizeof *it->times, &it->times));
    it->count = count;
    DDNI_TRY(ddni_integrator_fill_times(it, it->times));
    DDNI_TRY(check_times(it));
    DDNI_TRY(ddn_options_set_f64(ddn_query_options(it->query), DDN_QUERY_EPSILON,
                                 ddni_integrator_f64(it, DDN_INTEGRATOR_EPSILON)));
    DDNI_TRY(ddn_options_set_i64(ddn_query_options(it->query), DDN_QUERY_TRAJECTORY,
                                 ddni_integrator_i64(it, DDN_INTEGRATOR_TRAJECTORY)));
    it->m = m;
    return ddni_integrator_reserve(it, m);
}

/* What comes before the first step. It is not stopped on the way: then there would be no run to
 * resume. The first step is. */
static ddn_status prepare(ddn_integrator *it, int64_t m, const double *x, int64_t ldx,
                          int32_t resumed)
{
    ddni_defer(it->ctx, 1);
    ddn_status status = ddni_check_states(it->ctx, "x", x, m, it->d, ldx);
    if (status == DDN_OK) {
        it->phase = resumed ? it->phase : DDNI_IDLE; /* a stopped run is given up */
        status = reserve_run(it, m);
    }
    ddni_defer(it->ctx, -1);
    return status;
}

/* Evaluates what the step and the callbacks need at grid time number index. */
static ddn_status evaluate(ddn_integrator *it, const double *x, int64_t ldx, int64_t *set)
{
    int last = it->index == it->count - 1;
    ddni_level level;
    *set = 0;
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, it->times[it->index], &level));
    if (level.s2 <= 0.0) {
        return DDN_OK; /* only the clean data of a forward run, or its counterpart */
    }
    *set = it->wanted;
    if (!last && it->method->needs != 0) {
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
    int64_t step = ddni_integrator_i64(it, DDN_INTEGRATOR_FIRST_STEP) + it->index;
    DDNI_TRY(ddn_query_set_noise(it->query, ddni_integrator_i64(it, DDN_INTEGRATOR_SEED),
                                 paths.first, step, it->path_count, paths.list));
    return ddni_integrator_evaluate(it, it->times[it->index], it->m, x, ldx, *set, NULL);
}

/* Calls every callback; DDN_STOPPED if one of them asked for it. */
static ddn_status show(ddn_integrator *it, const double *x, int64_t ldx, int64_t set)
{
    int64_t stopped_by = -1;
    ddn_step step = {ddni_tag_of(DDNI_STEP), it, x, ldx, set & it->wanted};
    for (int64_t i = 0; i < it->hook_count; i++) {
        int32_t answer = it->hooks[i].fn(it->hooks[i].user, &step);
        if (answer < 0 && it->hooks[i].own) {
            return answer;
        }
        if (answer == DDN_STOPPED) { /* the others may look as well */
            stopped_by = i;
            continue;
        }
        DDNI_TRY(ddni_answer(it->ctx, "a callback of the integrator", answer));
    }
    it->observed = 1;
    DDNI_CHECK(it->ctx, stopped_by < 0, DDN_STOPPED, "stopped by callback %lld at t = %.17g",
               (long long)stopped_by, it->times[it->index]);
    return DDN_OK;
}

/* Takes the new states over if they are finite. */
static ddn_status accept(ddn_integrator *it, double *x, int64_t ldx)
{
    for (int64_t r = 0; r < it->m; r++) {
        const double *row = it->next + r * it->d;
        double sum = 0.0;
        for (int64_t j = 0; j < it->d; j++) {
            sum += row[j] * 0.0;
        }
        DDNI_CHECK(it->ctx, sum == 0.0, DDN_E_NONFINITE,
                   "row %lld is not finite after the step of method %s to t = %.17g: the steps are "
                   "too long there",
                   (long long)r, it->method->name, it->times[it->index + 1]);
    }
    for (int64_t r = 0; r < it->m; r++) {
        memcpy(x + r * ldx, it->next + r * it->d, (size_t)it->d * sizeof *x);
    }
    return DDN_OK;
}

/* The arrays written by the step become the newest history. */
static void remember(ddn_integrator *it)
{
    int32_t length = it->method->history;
    if (length > 0) {
        double *fresh = it->history[length];
        memmove(it->history + 1, it->history, (size_t)length * sizeof *it->history);
        memmove(it->history_time + 1, it->history_time,
                (size_t)(length - 1) * sizeof *it->history_time);
        it->history[0] = fresh;
        it->history_time[0] = it->times[it->index];
        it->remembered += it->remembered < length;
    }
    double *fresh = it->row_fresh;
    it->row_fresh = it->row_state;
    it->row_state = fresh;
}

static ddn_status advance(ddn_integrator *it, double *x, int64_t ldx)
{
    ddni_span span = {.k = it->index, .x = x, .ldx = ldx};
    const double *t = it->times + it->index;
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t[0], &span.from));
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, t[1], &span.to));
    ddn_output what = it->method->needs == DDN_OUT_DRAW ? DDN_OUT_DRAW : it->prediction;
    span.at = (ddni_prediction){&span.from, x, ldx, it->f64[what], it->d, what};
    DDNI_TRY(it->method->step(it, &span));
    DDNI_TRY(accept(it, x, ldx));
    remember(it);
    it->index++;
    it->observed = 0;
    return DDN_OK;
}

/* x := E[x_0 | x] at the end, where the prediction has been evaluated. */
static ddn_status denoise(ddn_integrator *it, double *x, int64_t ldx)
{
    ddni_level level;
    DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, it->times[it->index], &level));
    ddni_prediction at = {&level, x, ldx, it->f64[it->prediction], it->d, it->prediction};
    ddni_sum sum = {.terms = 0};
    if (level.s2 > 0.0) {
        ddni_sum_add_mean(&sum, 1.0, &at);
    } else {
        ddni_sum_add(&sum, 1.0 / level.a, x, ldx);
    }
    /* Not to x at once: a run that is stopped here goes on from it. */
    DDNI_TRY(ddni_integrator_write(it, &sum, it->next));
    for (int64_t r = 0; r < it->m; r++) {
        memcpy(x + r * ldx, it->next + r * it->d, (size_t)it->d * sizeof *x);
    }
    return DDN_OK;
}

static ddn_status loop(ddn_integrator *it, double *x, int64_t ldx)
{
    for (;;) {
        int64_t last = it->count - 1, set;
        double from = (double)it->index / (double)last;
        DDNI_TRY(ddni_stage_part(it->ctx, from, fmin(1, from + 1 / (double)last)));
        DDNI_TRY(evaluate(it, x, ldx, &set));
        if (!it->observed) {
            DDNI_TRY(show(it, x, ldx, set));
        }
        if (it->index == last) {
            return ddni_integrator_i64(it, DDN_INTEGRATOR_DENOISE) != 0 ? denoise(it, x, ldx)
                                                                        : DDN_OK;
        }
        DDNI_TRY(advance(it, x, ldx));
    }
}

/* The loop, and the phase after it: a stopped run can go on, a failed one cannot. */
static ddn_status go(ddn_integrator *it, double *x, int64_t ldx)
{
    it->phase = DDNI_RUNNING;
    DDNI_STAGE(it->ctx, "integrate");
    ddn_status status = loop(it, x, ldx);
    it->phase = status == DDN_STOPPED ? DDNI_STOPPED : DDNI_IDLE;
    return status;
}

ddn_status ddn_integrator_run(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_CHECK(it->ctx, it->phase != DDNI_RUNNING, DDN_E_STATE, "the integrator is running");
    DDNI_TRY(prepare(it, m, x, ldx, 0));
    it->index = it->observed = 0;
    it->remembered = 0;
    it->evaluations = it->accepted = it->rejected = 0;
    if (it->method->row_state) {
        memset(it->row_state, 0, (size_t)m * sizeof *it->row_state);
    }
    return go(it, x, ldx);
}

ddn_status ddn_integrator_resume(ddn_integrator *it, int64_t m, double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_CHECK(it->ctx, it->phase == DDNI_STOPPED, DDN_E_STATE, "there is no stopped run%s",
               it->phase == DDNI_RUNNING ? ": the integrator is running" : "");
    DDNI_CHECK(it->ctx, m == it->m, DDN_E_SHAPE,
               "argument m = %lld is not the stopped run's m = %lld", (long long)m,
               (long long)it->m);
    DDNI_TRY(prepare(it, m, x, ldx, 1)); /* callbacks may have been attached meanwhile */
    return go(it, x, ldx);
}

ddn_status ddn_integrator_reset(ddn_integrator *it)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_CHECK(it->ctx, it->phase != DDNI_RUNNING, DDN_E_STATE, "the integrator is running");
    it->phase = DDNI_IDLE;
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
    double start =
        it->user_count > 0 ? it->user_times[0] : ddni_integrator_f64(it, DDN_INTEGRATOR_T_START);
    DDNI_TRY(ddni_schedule_level(it->ctx, it->schedule, start, &level));
    ddni_sum sum = {.spread = level.s,
                    .seed = ddni_integrator_i64(it, DDN_INTEGRATOR_SEED),
                    .use = DDNI_USE_START,
                    .paths = ddni_integrator_paths(it)};
    return ddni_sum_evaluate(it->ctx, &sum, m, it->d, x, ldx);
}

int64_t ddn_integrator_tally(const ddn_integrator *it, ddn_tally what)
{
    if (!DDNI_IS(it)) {
        return 0;
    }
    switch (what) {
    case DDN_TALLY_EVALUATIONS:
        return it->evaluations;
    case DDN_TALLY_ACCEPTED:
        return it->accepted;
    case DDN_TALLY_REJECTED:
        return it->rejected;
    default:
        return 0;
    }
}

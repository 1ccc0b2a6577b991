/* The three regimes along given trajectories. theory.md (20), (36). */
#include <diffdyn/theory.h>
#include <diffdyn/transitions.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "analysis/result_impl.h"
#include "analysis/transitions/path_impl.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/statistics.h"
#include "oracle/oracle_impl.h"

static void free_path(ddni_path_work *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddn_query_destroy(w->query);
    ddni_judge_free(&w->judge);
    ddni_step_error_free(&w->steps);
    ddni_batches_close(&w->states);
    ddni_batches_close(&w->clones);
    void *memory[] = {w->entropy, w->sum_w2,       w->w_max,      w->share, w->state,
                      w->number,  w->share_column, w->share_mean, w->fate};
    for (size_t i = 0; i < sizeof memory / sizeof memory[0]; i++) {
        ddni_free(al, memory[i]);
    }
}

/* By the posterior only the oracle itself can tell what it does next. */
static ddn_status prepare_judge(ddni_path_work *w, const ddn_analysis *an)
{
    DDNI_CHECK(w->ctx, w->pairs > 0 || ddn_oracle_can(w->oracle, DDN_OUT_SUM_W2), DDN_E_UNSUPPORTED,
               "an oracle of kind %s has no posterior weights: use DDN_PATH_CLONES",
               ddn_oracle_kind(w->oracle));
    ddni_judge_of of = {.oracle = w->oracle};
    if (w->pairs > 0) {
        of.points = an->points;
        of.classifier = an->classifier;
    }
    DDNI_TRY(ddni_judge_create(w->ctx, &of, w->batch, &w->judge));
    DDNI_CHECK(w->ctx, w->judge.oracle != NULL, DDN_E_UNSUPPORTED,
               "an oracle of kind %s has no weights and no dataset: set the points where its paths "
               "may end (ddn_analysis_set_points)",
               ddn_oracle_kind(w->oracle));
    w->classes = w->judge.classes;
    return DDN_OK;
}

/* The posterior of the judge at the states. */
static ddn_status prepare_query(ddni_path_work *w)
{
    const int64_t size = (int64_t)sizeof(double);
    DDNI_TRY(ddn_query_create(w->ctx, w->judge.oracle, &w->query));
    DDNI_TRY(ddni_alloc_for(w->ctx, "entropies", w->batch, size, &w->entropy));
    DDNI_TRY(ddni_alloc_for(w->ctx, "weights", w->batch, size, &w->sum_w2));
    DDNI_TRY(ddni_alloc_for(w->ctx, "weights", w->batch, size, &w->w_max));
    DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_ENTROPY, w->entropy, 1));
    DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_SUM_W2, w->sum_w2, 1));
    DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_W_MAX, w->w_max, 1));
    if (w->classes > 0) {
        DDNI_TRY(ddni_alloc_for(w->ctx, "classes", w->batch * w->classes, size, &w->share));
        DDNI_TRY(ddn_query_bind_f64(w->query, DDN_OUT_CLASS_POSTERIOR, w->share, w->classes));
        DDNI_TRY(ddni_alloc_for(w->ctx, "classes", w->classes, sizeof *w->share_column,
                                &w->share_column));
        DDNI_TRY(
            ddni_alloc_for(w->ctx, "classes", w->classes, sizeof *w->share_mean, &w->share_mean));
    }
    return DDN_OK;
}

static ddn_status prepare_continuations(ddni_path_work *w, const ddn_analysis *an, int64_t times)
{
    const int64_t size = (int64_t)sizeof(double);
    double t_start, t_end;
    DDNI_TRY(ddni_analysis_ends(an, ddn_oracle_schedule(w->oracle), &t_start, &t_end));
    DDNI_TRY(ddni_schedule_level(w->ctx, ddn_oracle_schedule(w->oracle), t_end, &w->end));
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_steps(an, w->oracle)));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_DENOISE, 1));
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, t_end));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch * w->d, size, &w->state));
    DDNI_TRY(ddni_alloc_for(w->ctx, "clones", w->batch, size, &w->number));
    return ddni_step_error_create(an, w->oracle, w->it, times, &w->steps);
}

/* Every clone of a time has a path number of its own. */
static ddn_status check_numbers(const ddni_path_work *w, int64_t m)
{
    int64_t most = ddni_path_count(DDNI_MEASURE_PATH) / (2 * w->pairs);
    DDNI_CHECK(w->ctx, m <= most, DDN_E_RANGE,
               "m = %lld trajectories with %lld pairs of clones each: at most %lld are possible",
               (long long)m, (long long)w->pairs, (long long)most);
    return DDN_OK;
}

static ddn_status check_above_end(const ddni_path_work *w, const double *times, int64_t count)
{
    const ddn_schedule *sch = ddn_oracle_schedule(w->oracle);
    double end, tau;
    DDNI_TRY(ddni_schedule_to_ou(w->ctx, sch, w->end.t, &end));
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(ddni_schedule_to_ou(w->ctx, sch, times[i], &tau));
        DDNI_CHECK(w->ctx, tau > end, DDN_E_RANGE,
                   "times[%lld] = %g is not noisier than the clean end T_END = %g of the clones",
                   (long long)i, times[i], w->end.t);
    }
    return DDN_OK;
}

/* The level of same_class; without two classes t_S from the spectrum. */
static ddn_status find_level(ddni_path_work *w)
{
    const ddn_dataset *ds = ddni_oracle_set(w->judge.oracle);
    w->level = w->t_s = NAN;
    double phi;
    DDNI_TRY(ddni_judge_phi_infinity(&w->judge, &phi));
    if (phi < 1) {
        w->level = ddn_theory_phi_level(phi);
    } else if (ds != NULL) {
        double lambda = 0;
        if (ddn_dataset_n(ds) > 1) {
            DDNI_TRY(ddn_dataset_spectrum(w->ctx, ds, 1, &lambda, NULL, 0));
        }
        w->t_s = ddn_theory_speciation(fmax(lambda, 0));
    }
    return DDN_OK;
}

static ddn_regime regime(const ddni_path_work *w, double same_point, double same_class, double tau)
{
    if (same_point >= 0.5) {
        return DDN_REGIME_MEMORIZATION;
    }
    int features = !isnan(w->level) ? same_class >= w->level : tau <= w->t_s;
    return features ? DDN_REGIME_FEATURES : DDN_REGIME_RANDOM;
}

/* ---- The table ---- */

enum {
    SAME_POINT,
    SAME_CLASS,
    ENTROPY,
    W_MAX,
    MEASURED
};

typedef struct table {
    double *t, *tau, *regime, *value[MEASURED], *error[MEASURED];
    double *share[3][4]; /* value, error, interval */
} table;

static ddn_status add_path_columns(const ddni_path_work *w, int64_t m, ddn_result *result, table *c)
{
    const char *const by =
        w->pairs > 0 ? "pairs of simulated clones of each state" : "the posterior at each state";
    static const char *const regimes[3] = {"random", "features", "memorization"};
    ddn_context *ctx = w->ctx;
    const ddni_quantity tau = {"t_ou", DDNI_UNIT_OU, DDN_POOLING_SAME, 0};
    const struct {
        const char *name, *unit, *text, *by;
    } measured[MEASURED] = {{"same_point", "1", "sum w^2, by ", by},
                            {"same_class", "1", "sum_c W_c^2, by ", by},
                            {"entropy", "nats", "posterior entropy, nats", ""},
                            {"w_max", "1", "largest posterior weight", ""}};
    DDNI_TRY(ddni_analysis_add_times(ctx, result, w->oracle, &c->t));
    DDNI_TRY(ddni_result_add_column(ctx, result, tau, &c->tau, "OU time"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"regime", "1", 0, 0}, &c->regime,
                                    "3: same_point >= 1/2; else 2: %s; else 1",
                                    !isnan(w->level) ? "same_class >= class_level" : "t <= t_S"));
    for (int i = 0; i < MEASURED; i++) {
        const ddni_quantity what = {measured[i].name, measured[i].unit, DDN_POOLING_MEAN, m};
        const char *lacking = i != SAME_CLASS  ? ""
                              : w->pairs > 0   ? ddni_judge_no_class(&w->judge)
                              : w->classes > 0 ? ""
                                               : "; NaN: there are no classes";
        DDNI_TRY(ddni_result_add_pair(ctx, result, what, &c->value[i], &c->error[i], "%s%s%s",
                                      measured[i].text, measured[i].by, lacking));
    }
    for (int64_t i = 0; i < w->classes; i++) {
        char name[DDNI_NAME_BYTES];
        ddni_numbered_name("W_", i, name);
        const ddni_quantity what = {name, "1", DDN_POOLING_MEAN, m};
        DDNI_TRY(ddni_result_add_column(ctx, result, what, &w->share_column[i],
                                        "mean posterior of class number %lld", (long long)i));
    }
    for (int i = 0; i < 3; i++) {
        const ddni_quantity what = {regimes[i], "1", DDN_POOLING_SHARE, m};
        DDNI_TRY(ddni_result_add_interval(ctx, result, what, c->share[i],
                                          "share of the trajectories in regime %d", i + 1));
    }
    return DDN_OK;
}

static ddn_status add_path_scalars(const ddni_path_work *w, int64_t m, ddn_result *result)
{
    double t_s = w->t_s, rate; /* in the time of the schedule, as all times of the result */
    if (isfinite(t_s)) {
        DDNI_TRY(ddni_analysis_reach(w->ctx, ddn_oracle_schedule(w->oracle), w->t_s, &t_s, &rate));
    }
    const struct {
        const char *name, *unit, *definition;
        ddn_pooling pooling;
        double value;
    } list[] = {
        {"paths", "1", "trajectories", DDN_POOLING_SUM, (double)m},
        {"classes", "1", "labelled classes", DDN_POOLING_SAME, (double)w->classes},
        {"class_level", "1", "level of same_class between random and features", DDN_POOLING_SAME,
         w->level},
        {"t_S", DDNI_UNIT_TIME,
         "time of the schedule that is used without classes, of OU time log(1 + Lambda)/2; NaN "
         "where the schedule does not reach it",
         DDN_POOLING_SAME, t_s},
        {"clones", "1", "pairs of clones of each state, 0: posterior", DDN_POOLING_SAME,
         (double)w->pairs},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        const ddni_quantity what = {list[i].name, list[i].unit, list[i].pooling, 0};
        DDNI_TRY(ddni_result_add_scalar(w->ctx, result, what, list[i].value, 0, "%s",
                                        list[i].definition));
    }
    return DDN_OK;
}

/* What the states of one time add up to. */
typedef struct row {
    double tau;
    ddni_mean mean[MEASURED];
    int64_t counts[3];
} row;

static void add_state(ddni_path_work *w, int64_t i, row *sum)
{
    const ddni_fate *fate = &w->fate[i];
    const double values[MEASURED] = {fate->same_point, fate->same_class, fate->entropy,
                                     fate->w_max};
    for (int q = 0; q < MEASURED; q++) {
        ddni_mean_add(&sum->mean[q], values[q]);
    }
    const ddn_regime which = regime(w, fate->same_point, fate->same_class, sum->tau);
    sum->counts[which - 1]++;
    if (w->of->regimes != NULL) {
        w->of->regimes[w->k * w->of->m + i] = which;
    }
}

static void absorb_posterior(void *user, int64_t first, int64_t m, const void *records)
{
    ddni_path_work *w = user;
    const double *record = records;
    for (int64_t r = 0; r < m; r++) {
        const ddni_fate *fate = (const ddni_fate *)(const void *)record;
        w->fate[first + r] = *fate;
        record = (const double *)(fate + 1);
        for (int64_t i = 0; i < w->classes; i++) {
            ddni_mean_add(&w->share_mean[i], *record++);
        }
    }
}

static void absorb_clones(void *user, int64_t first, int64_t m, const void *records)
{
    ddni_path_work *w = user;
    const ddni_clones *found = records;
    const double *change = (const double *)(found + 1), pairs = (double)w->pairs;
    const int64_t again = ddni_step_error_count(&w->steps, 0, w->pairs, w->pairs);
    ddni_fate *fate = &w->fate[first];
    (void)m;
    const double point = fmin(fmax(found->same[DDNI_SAME_POINT], 0), pairs);
    const double same_class = fmin(fmax(found->same[DDNI_SAME_CLASS], 0), pairs);
    fate->same_point = point / pairs; /* in [0, 1], whatever a file says */
    fate->same_class = w->judge.class_of != NULL ? same_class / pairs : NAN;
    for (int64_t p = 0; p < again; p++) {
        ddni_step_error_add(&w->steps, w->k, change + p * DDNI_SAMES);
    }
}

static void put_time(ddni_path_work *w, const row *sum, table *c)
{
    const int64_t k = w->k, m = w->of->m;
    const ddni_mean *mean = sum->mean;
    c->t[k] = w->of->times[k];
    c->tau[k] = sum->tau;
    for (int i = 0; i < MEASURED; i++) {
        c->value[i][k] = mean[i].mean;
        c->error[i][k] = ddni_mean_error(&mean[i]);
        if (m == 1 && w->pairs > 0 && i <= SAME_CLASS && !isnan(mean[i].mean)) {
            int64_t hits = (int64_t)(mean[i].mean * (double)w->pairs + 0.5);
            ddni_proportion(hits, w->pairs, &c->value[i][k], &c->error[i][k]);
        }
    }
    for (int64_t i = 0; i < w->classes; i++) {
        w->share_column[i][k] = w->share_mean[i].mean;
    }
    c->regime[k] = regime(w, mean[SAME_POINT].mean, mean[SAME_CLASS].mean, sum->tau);
    for (int i = 0; i < 3; i++) {
        double *const *to = c->share[i];
        ddni_proportion(sum->counts[i], m, &to[0][k], &to[1][k]);
        ddni_wilson_95(sum->counts[i], m, &to[2][k], &to[3][k]);
    }
}

/* Time number k: fates of all its states, their regimes, the row of the table. */
static ddn_status one_time(ddni_path_work *w, int64_t k, table *c)
{
    const double t = w->of->times[k], share = 1 / (double)w->of->count;
    const double from = (double)k * share, to = from + share;
    const int64_t m = w->of->m;
    row sum = {0};
    DDNI_TRY(ddni_schedule_to_ou(w->ctx, ddn_oracle_schedule(w->oracle), t, &sum.tau));
    w->k = k;
    for (int64_t i = 0; i < w->classes; i++) {
        w->share_mean[i] = (ddni_mean){0};
    }
    DDNI_TRY(ddni_batches_run(&w->states, 0, m, from, w->pairs > 0 ? from : to));
    if (w->pairs > 0) {
        DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, t));
        DDNI_TRY(ddni_batches_run(&w->clones, 0, m, from, to));
    }
    for (int64_t i = 0; i < m; i++) {
        add_state(w, i, &sum);
    }
    put_time(w, &sum, c);
    return DDN_OK;
}

static ddn_status measure_path(ddni_path_work *w, ddn_result *result)
{
    table c;
    DDNI_TRY(add_path_columns(w, w->of->m, result, &c));
    DDNI_TRY(add_path_scalars(w, w->of->m, result));
    const ddni_step_names names = {{"same_class", "same_point"}, "1"};
    DDNI_STAGE(w->ctx, "regimes of paths");
    for (int64_t k = 0; k < w->of->count; k++) {
        DDNI_TRY(one_time(w, k, &c));
    }
    if (w->pairs > 0) {
        DDNI_TRY(ddni_step_error_report(&w->steps, &names, result));
    }
    return ddni_stage_part(w->ctx, 1, 1);
}

/* The batches of states, which take the posterior of many at once, and of one with its clones. */
static ddn_status prepare_batches(ddni_path_work *w, const ddn_analysis *an)
{
    const int64_t size = (int64_t)sizeof(double);
    const int64_t again =
        w->pairs > 0 ? ddni_step_error_count(&w->steps, 0, w->pairs, w->pairs) : 0;
    w->states = (ddni_batches){.batch = w->batch, .absorb = absorb_posterior, .user = w};
    w->states.size = (int64_t)sizeof(ddni_fate) + w->classes * size;
    w->states.evaluate = ddni_path_posterior;
    w->states.what = (ddni_measured){.kind = "states of paths", .oracle = w->oracle};
    w->states.what.times = w->of->times;
    w->states.what.count = w->of->count;
    w->states.what.more =
        ddni_digest_rows((uint64_t)w->pairs, w->of->count * w->of->m, w->d, w->of->x, w->of->ldx);
    DDNI_TRY(ddni_batches_open(an, &w->states));
    if (w->pairs == 0) {
        return DDN_OK;
    }
    w->clones = (ddni_batches){.batch = 1, .absorb = absorb_clones, .user = w};
    w->clones.size = (int64_t)sizeof(ddni_clones) + again * DDNI_SAMES * size;
    w->clones.evaluate = ddni_path_clones;
    w->clones.what = w->states.what;
    w->clones.what.kind = "clones of paths";
    return ddni_batches_open(an, &w->clones);
}

ddn_status ddn_analysis_path(ddn_analysis *an, const ddn_oracle *oracle, ddn_path_method method,
                             int64_t count, int64_t m, const double *times, const double *x,
                             int64_t ldx, int32_t *regimes, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    ddn_context *ctx = an->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, oracle);
    DDNI_CHECK(ctx, method >= DDN_PATH_AUTO && method <= DDN_PATH_CLONES, DDN_E_KEY,
               "there is no method %d", (int)method);
    DDNI_TRY(ddni_analysis_check_times(ctx, "times", ddn_oracle_schedule(oracle), times, count));
    DDNI_CHECK_INT(ctx, m, 1, INT64_C(1) << 40);
    DDNI_CHECK_INT(ctx, count, 1, (INT64_C(1) << 40) / m);
    int64_t d = ddn_oracle_d(oracle);
    DDNI_TRY(ddni_check_states(ctx, "x", x, count * m, d, ldx));
    if (method == DDN_PATH_AUTO) {
        method = ddn_oracle_can(oracle, DDN_OUT_SUM_W2) ? DDN_PATH_POSTERIOR : DDN_PATH_CLONES;
    }
    const ddni_trajectories of = {times, x, count, m, ldx, regimes};
    ddni_path_work w = {0};
    w.ctx = ctx;
    w.oracle = oracle;
    w.d = d;
    w.of = &of;
    w.pairs = method == DDN_PATH_CLONES ? ddni_analysis_i64(an, DDN_ANALYSIS_CLONES) : 0;
    /* Whole pairs. */
    w.batch = 2 * ((ddni_analysis_i64(an, DDN_ANALYSIS_BATCH) + 1) / 2);
    ddn_result *result = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(prepare_judge(&w, an), fail);
    DDNI_TRY_GOTO(prepare_query(&w), fail);
    if (w.pairs > 0) {
        DDNI_TRY_GOTO(check_numbers(&w, m), fail);
        DDNI_TRY_GOTO(prepare_continuations(&w, an, count), fail);
        DDNI_TRY_GOTO(check_above_end(&w, times, count), fail);
    }
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "fates", m, (int64_t)sizeof *w.fate, &w.fate), fail);
    DDNI_TRY_GOTO(prepare_batches(&w, an), fail);
    DDNI_TRY_GOTO(find_level(&w), fail);
    DDNI_TRY_GOTO(ddni_analysis_start(an, "path", oracle, count, &result), fail);
    DDNI_TRY_GOTO(measure_path(&w, result), fail);
    *out = result;
    result = NULL;
fail:
    ddn_result_destroy(result);
    free_path(&w);
    DDNI_LEAVE_MEASUREMENT(an, status, out);
}

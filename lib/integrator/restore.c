/* Taking a saved run over. Everything is read, compared and made ready beside the present run,
 * which is given up only when nothing can fail any more. */
#include <string.h>

#include "integrator/saved.h"

/* Schedules are compared to this, relative: exp and log may round differently elsewhere. */
static const double LEVEL_TOLERANCE = 0x1p-40;

/* A saved run as it lies in its buffer; pointers are not aligned. */
typedef struct saved_run {
    ddni_run_identity identity;
    int64_t asked, options;
    const unsigned char *option; /* [options][3] */
    int64_t m, count, index, shown, remembered, evaluations, accepted, rejected;
    int64_t own_times, paths, row_states;
    const unsigned char *path, *level, *states, *history_time, *history[DDNI_HISTORY], *row_state;
    int64_t observers;
    ddni_reader records;
} saved_run;

static int64_t word(const unsigned char *at, int64_t i)
{
    int64_t value;
    memcpy(&value, at + i * (int64_t)sizeof value, sizeof value);
    return value;
}

static double real(const unsigned char *at, int64_t i)
{
    double value;
    memcpy(&value, at + i * (int64_t)sizeof value, sizeof value);
    return value;
}

/* ---- Reading ---- */

static void read_identity(ddni_reader *r, ddni_run_identity *identity)
{
    ddni_read_text(r, identity->method);
    ddni_read_text(r, identity->schedule);
    ddni_read_text(r, identity->oracle);
    identity->prediction = ddni_read_i64(r);
    identity->d = ddni_read_i64(r);
    identity->components = ddni_read_i64(r);
    identity->data = ddni_read_i64(r);
    identity->digest = ddni_read_i64(r);
}

static void read_run(ddni_reader *r, saved_run *s)
{
    int64_t *numbers[] = {&s->m,          &s->count,       &s->index,    &s->shown,
                          &s->remembered, &s->evaluations, &s->accepted, &s->rejected,
                          &s->own_times,  &s->paths};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i] = ddni_read_i64(r);
    }
    s->path = ddni_read(r, s->paths, 8);
}

static void read_arrays(ddni_reader *r, saved_run *s)
{
    s->level = ddni_read(r, s->count, 3 * 8);
    s->states = ddni_read(r, s->m, s->identity.d * 8);
    s->history_time = ddni_read(r, s->remembered, 8);
    for (int64_t i = 0; i < s->remembered; i++) {
        s->history[i] = ddni_read(r, s->m, s->identity.d * 8);
    }
    s->row_states = ddni_read_i64(r);
    s->row_state = ddni_read(r, s->row_states, 8);
}

/* Of evaluations or steps: the run goes on counting. */
static int32_t is_count(int64_t number)
{
    return number >= 0 && number <= INT64_C(1) << 60;
}

/* Finds everything; what is found agrees with itself. */
static ddn_status parse(ddn_context *ctx, int64_t size, const void *buffer, saved_run *s)
{
    *s = (saved_run){.m = 0};
    DDNI_TRY(ddni_saved_check(ctx, &ddni_saved_run, size, buffer));
    ddni_reader r = {(const unsigned char *)buffer + DDNI_SAVED_HEAD, size - DDNI_SAVED_HEAD, 0};
    read_identity(&r, &s->identity);
    s->asked = ddni_read_i64(&r);
    s->options = ddni_read_i64(&r);
    s->option = ddni_read(&r, s->options, 3 * 8);
    read_run(&r, s);
    int32_t sane = !r.bad && s->m >= 0 && s->m <= INT64_C(1) << 40 && s->count >= 2 &&
                   s->index >= 0 && s->index < s->count && s->remembered >= 0 &&
                   s->remembered <= DDNI_HISTORY && s->identity.d >= 1 &&
                   s->identity.d <= DDNI_MAX_D && (s->paths == 0 || s->paths == s->m) &&
                   is_count(s->evaluations) && is_count(s->accepted) && is_count(s->rejected);
    if (sane) {
        read_arrays(&r, s);
        s->observers = ddni_read_i64(&r);
        sane = !r.bad && s->observers >= 0 && (s->row_states == 0 || s->row_states == s->m);
        s->records = r;
    }
    DDNI_CHECK(ctx, sane, DDN_E_FORMAT, "the saved run is damaged: its parts do not fit together");
    return DDN_OK;
}

ddn_status ddn_integrator_saved_rows(const ddn_integrator *it, int64_t size, const void *buffer,
                                     int64_t *m)
{
    DDNI_ENTER_OBJECT(it, DDNI_READ);
    DDNI_CHECK_PTR(it->ctx, buffer);
    DDNI_CHECK_PTR(it->ctx, m);
    saved_run s;
    DDNI_TRY(parse(it->ctx, size, buffer, &s));
    *m = s.m;
    return DDN_OK;
}

/* ---- Comparing ---- */

static ddn_status check_identity(const ddn_integrator *it, const ddni_run_identity *saved)
{
    ddn_context *ctx = it->ctx;
    ddni_run_identity own;
    const char *there = saved->method, *here = it->method->name;
    DDNI_CHECK(ctx, strcmp(there, here) == 0, DDN_E_MISMATCH,
               "the saved run is of method %s, this integrator's of %s", there, here);
    there = saved->oracle;
    here = ddn_oracle_kind(it->oracle);
    DDNI_CHECK(ctx, strcmp(there, here) == 0, DDN_E_MISMATCH,
               "the saved run has an oracle of kind %s, this integrator of kind %s", there, here);
    DDNI_CHECK(ctx, saved->d == it->d, DDN_E_MISMATCH,
               "the saved run has d = %lld, this integrator %lld", (long long)saved->d,
               (long long)it->d);
    there = saved->schedule;
    here = ddn_schedule_kind(it->schedule);
    DDNI_CHECK(ctx, strcmp(there, here) == 0, DDN_E_MISMATCH,
               "the saved run has a schedule of kind %s, this integrator of kind %s", there, here);
    DDNI_TRY(ddni_run_identify(it, &own));
    DDNI_CHECK(ctx, saved->components == own.components, DDN_E_MISMATCH,
               "the saved run has other data: %lld components, this integrator's oracle %lld",
               (long long)saved->components, (long long)own.components);
    DDNI_CHECK(ctx, saved->data == own.data, DDN_E_MISMATCH,
               "the saved run has other data, labels or weights");
    DDNI_CHECK(ctx, saved->digest == own.digest && saved->prediction == own.prediction,
               DDN_E_MISMATCH,
               "the saved run has another %s oracle: other components, parts, "
               "prediction or set of callbacks",
               saved->oracle);
    return DDN_OK;
}

/* The saved value of an option, or its preset. */
static ddni_value saved_value(const saved_run *s, const ddni_option *row)
{
    ddni_value value = row->preset;
    for (int64_t i = 0; i < s->options; i++) {
        if (word(s->option, 3 * i) == row->key) {
            memcpy(&value, s->option + (3 * i + 2) * 8, sizeof value);
        }
    }
    return value;
}

/* Options of the grid mean nothing where the times are the caller's. */
static int32_t is_of_grid(ddn_integrator_key key)
{
    return key == DDN_INTEGRATOR_T_START || key == DDN_INTEGRATOR_T_END ||
           key == DDN_INTEGRATOR_STEPS || key == DDN_INTEGRATOR_GRID;
}

static ddn_status check_options(const ddn_integrator *it, const saved_run *s)
{
    ddn_context *ctx = it->ctx;
    const ddn_options *o = &it->options;
    for (int64_t i = 0; i < s->options; i++) {
        int32_t known = 0;
        for (int32_t k = 0; k < o->count; k++) {
            known |= word(s->option, 3 * i) == o->table[k].key &&
                     word(s->option, 3 * i + 1) == o->table[k].type;
        }
        DDNI_CHECK(ctx, known, DDN_E_MISMATCH,
                   "the saved run has an option with key %lld, which this integrator does not have",
                   (long long)word(s->option, 3 * i));
    }
    for (int32_t k = 0; k < o->count; k++) {
        const ddni_option *row = &o->table[k];
        ddni_value saved = saved_value(s, row);
        if (s->own_times && it->user_count > 0 && is_of_grid(row->key)) {
            continue;
        }
        if (row->type == DDN_TYPE_F64) {
            double own = o->values[k].f;
            DDNI_CHECK(ctx, saved.f == own, DDN_E_MISMATCH,
                       "the saved run has %s = %.17g, this integrator %.17g",
                       ddni_option_name(row->key), saved.f, own);
        } else {
            DDNI_CHECK(ctx, saved.i == o->values[k].i, DDN_E_MISMATCH,
                       "the saved run has %s = %lld, this integrator %lld",
                       ddni_option_name(row->key), (long long)saved.i, (long long)o->values[k].i);
        }
    }
    return DDN_OK;
}

static ddn_status check_paths(const ddn_integrator *it, const saved_run *s)
{
    ddn_context *ctx = it->ctx;
    DDNI_CHECK(ctx, s->m == 0 || (s->paths > 0) == (it->paths != NULL), DDN_E_MISMATCH,
               "path numbers were set for the %s run only (ddn_integrator_set_paths)",
               s->paths > 0 ? "saved" : "present");
    DDNI_CHECK(ctx, it->paths == NULL || it->path_count >= s->m, DDN_E_MISMATCH,
               "%lld path numbers were set, but the saved run has m = %lld states",
               (long long)it->path_count, (long long)s->m);
    for (int64_t r = 0; r < s->paths; r++) {
        DDNI_CHECK(ctx, word(s->path, r) == it->paths[r], DDN_E_MISMATCH,
                   "row %lld of the saved run has path number %lld, here %lld", (long long)r,
                   (long long)word(s->path, r), (long long)it->paths[r]);
    }
    return DDN_OK;
}

/* What callbacks want here must be what the run evaluates. */
static ddn_status compare_wanted(const ddn_integrator *it, const saved_run *s)
{
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        int32_t asked = (s->asked & ddni_bit(what)) != 0;
        DDNI_CHECK(it->ctx, asked || (it->wanted & ddni_bit(what)) == 0, DDN_E_MISMATCH,
                   "a callback wants %s, which the saved run does not evaluate: it would change "
                   "the last digits",
                   ddni_output_of(what).name);
        DDNI_CHECK(it->ctx,
                   !asked || (ddni_output_of(what).observable && ddn_oracle_can(it->oracle, what)),
                   DDN_E_FORMAT, "the saved run is damaged: it asks for output %d", (int)what);
    }
    return DDN_OK;
}

static int32_t agree(double saved, double own)
{
    return saved == own || fabs(saved - own) <= LEVEL_TOLERANCE * fmax(fabs(saved), fabs(own));
}

/* Times and levels, with it->run prepared. */
static ddn_status check_levels(const ddn_integrator *it, const saved_run *s)
{
    ddn_context *ctx = it->ctx;
    for (int64_t k = 0; k < s->count; k++) {
        double t = real(s->level, 3 * k), a = real(s->level, 3 * k + 1),
               sigma = real(s->level, 3 * k + 2);
        ddni_level own;
        DDNI_TRY(ddni_schedule_level_or_end(ctx, it->schedule, it->run.times[k], &own));
        DDNI_CHECK(ctx, agree(t, own.t), DDN_E_MISMATCH,
                   "the saved run has other times: time number %lld is %.17g, here %.17g",
                   (long long)k, t, own.t);
        DDNI_CHECK(ctx, agree(a, own.a) && agree(sigma, own.s), DDN_E_MISMATCH,
                   "the saved run has another schedule: at time number %lld, t = %g, it has a = "
                   "%.17g, s = %.17g, here a = %.17g, s = %.17g",
                   (long long)k, t, a, sigma, own.a, own.s);
    }
    return DDN_OK;
}

/* ---- Observers ---- */

static void decide(ddn_integrator *it, int32_t take)
{
    for (int64_t i = 0; i < it->hook_count; i++) {
        if (it->hooks[i].recorder != NULL) {
            it->hooks[i].recorder->decide(it->hooks[i].user, take);
        }
    }
}

/* Makes the records of the observers on both sides ready, with it->run the restored one. */
static ddn_status load_records(ddn_integrator *it, const saved_run *s)
{
    ddni_reader r = s->records;
    int64_t own = 0, number = 0;
    for (int64_t i = 0; i < it->hook_count; i++) {
        own += it->hooks[i].recorder != NULL;
    }
    if (own == 0 || s->observers == 0) {
        return DDN_OK;
    }
    DDNI_CHECK(it->ctx, own == s->observers, DDN_E_MISMATCH,
               "the saved run has %lld observers, this integrator %lld", (long long)s->observers,
               (long long)own);
    for (int64_t i = 0; i < it->hook_count; i++) {
        const ddni_hook *hook = &it->hooks[i];
        if (hook->recorder == NULL) {
            continue;
        }
        char kind[DDNI_TEXT_BYTES];
        ddni_read_text(&r, kind);
        int64_t bytes = ddni_read_i64(&r);
        ddni_reader record = {ddni_read(&r, bytes, 1), bytes, 0};
        DDNI_CHECK(it->ctx, !r.bad, DDN_E_FORMAT, "the saved run is damaged: observer %lld is cut",
                   (long long)number);
        DDNI_CHECK(it->ctx, strcmp(kind, hook->recorder->kind(hook->user)) == 0, DDN_E_MISMATCH,
                   "observer %lld of the saved run is of kind %s, here of kind %s",
                   (long long)number, kind, hook->recorder->kind(hook->user));
        DDNI_TRY(hook->recorder->load(hook->user, &record));
        number++;
    }
    return DDN_OK;
}

/* ---- Taking over ---- */

/* Fills the empty it->run. */
static ddn_status build(ddn_integrator *it, const saved_run *s)
{
    ddni_run *run = &it->run;
    size_t array = (size_t)(s->m * it->d) * sizeof(double);
    run->asked = s->asked;
    DDNI_CHECK(it->ctx, s->own_times == (it->user_count > 0), DDN_E_MISMATCH,
               "the times were set for the %s run only (ddn_integrator_set_times)",
               s->own_times ? "saved" : "present");
    DDNI_CHECK(it->ctx, ddni_integrator_count(it) == s->count, DDN_E_MISMATCH,
               "the saved run has %lld times, this integrator %lld", (long long)s->count,
               (long long)ddni_integrator_count(it));
    DDNI_TRY(ddni_integrator_prepare(it, s->m));
    DDNI_TRY(check_levels(it, s));
    DDNI_CHECK(it->ctx,
               s->remembered <= it->method->history &&
                   (s->row_states > 0) == (it->method->row_state && s->m > 0),
               DDN_E_FORMAT, "the saved run is damaged: method %s remembers otherwise",
               it->method->name);
    memcpy(run->next, s->states, array);
    DDNI_TRY(ddni_check_states(it->ctx, "saved states", run->next, s->m, it->d, it->d));
    for (int64_t i = 0; i < s->remembered; i++) {
        memcpy(run->history[i], s->history[i], array);
        run->history_time[i] = real(s->history_time, i);
    }
    if (s->row_states > 0) {
        memcpy(run->row_state, s->row_state, (size_t)s->m * sizeof *run->row_state);
    }
    run->index = s->index;
    run->shown = s->shown != 0 ? it->hook_count : 0;
    run->evaluated = -1;
    run->remembered = s->remembered;
    run->evaluations = s->evaluations;
    run->accepted = s->accepted;
    run->rejected = s->rejected;
    run->phase = DDN_RUN_STOPPED;
    return load_records(it, s);
}

ddn_status ddn_integrator_restore(ddn_integrator *it, int64_t size, int64_t m, const void *buffer,
                                  double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    ddn_context *ctx = it->ctx;
    saved_run s;
    DDNI_CHECK_PTR(ctx, buffer);
    DDNI_TRY(ddni_check_matrix(ctx, "x", x, m, it->d, ldx));
    DDNI_TRY(parse(ctx, size, buffer, &s));
    DDNI_CHECK(ctx, m == s.m, DDN_E_SHAPE, "argument m = %lld is not the saved run's m = %lld",
               (long long)m, (long long)s.m);
    DDNI_TRY(check_identity(it, &s.identity));
    DDNI_TRY(check_options(it, &s));
    DDNI_TRY(check_paths(it, &s));
    DDNI_TRY(compare_wanted(it, &s));
    ddni_run present = it->run;
    it->run = (ddni_run){.phase = DDN_RUN_IDLE};
    ddn_status status = build(it, &s);
    decide(it, status == DDN_OK);
    if (status != DDN_OK) {
        ddni_run refused = it->run;
        it->run = present;
        present = refused;
    }
    ddni_run_free(&it->handle.allocator, &present);
    for (int64_t r = 0; status == DDN_OK && r < m; r++) {
        memcpy(x + r * ldx, it->run.next + r * it->d, (size_t)it->d * sizeof *x);
    }
    return status;
}

/* Saved runs, and journals of analyses: a good buffer with some of its words changed and its
 * checksum made right again is restored, and goes on, or is refused; nothing else happens.
 *
 * Bytes that begin with 255 are a journal's: what is measured, then changes of the buffer. The
 * others are: what kind of run, where it stops, what differs in the integrator that takes it
 * over, then changes of the buffer. */
#include "fuzz/driver.h"

#include <math.h>

#include "base/digest.h"
#include "integrator/saved.h"

enum {
    POINTS = 5,
    MOST_D = 3,
    OBSERVERS = 5,
    ROOM = 1 << 15,
    MOST_ROWS = ROOM / 8,
    MOST_CHANGES = 5
};

const char *const fuzz_target = "saved";
const int fuzz_seconds = 20;

/* What can be different in an integrator. */
typedef struct plan {
    ddn_method method;
    int schedule, labels, weights;
    int64_t d, steps, seed;
    int denoise, own_times, own_paths, trajectory;
    int observers; /* bits */
    int64_t stop;  /* index at which it stops; -1: it does not */
} plan;

typedef struct run {
    ddn_integrator *it;
    ddn_observer *observers[OBSERVERS];
    int64_t stop;
} run;

static int64_t inputs, restored, resumed, refused[32], with_records, journals, measured;

void fuzz_report(void)
{
    printf("reached: %lld inputs; %lld restored (%lld with records), %lld of these ran to the end; "
           "refused: %lld damaged, %lld of another run, %lld otherwise\n",
           (long long)inputs, (long long)restored, (long long)with_records, (long long)resumed,
           (long long)refused[-DDN_E_FORMAT], (long long)refused[-DDN_E_MISMATCH],
           (long long)refused[0]);
    printf("reached: %lld journals restored, %lld of these measured on\n", (long long)journals,
           (long long)measured);
}

/* ---- Runs ---------------------------------------------------------------------------------- */

static plan some_plan(fuzz_bytes *b)
{
    static const ddn_method methods[] = {
        DDN_METHOD_EXACT,    DDN_METHOD_EULER,       DDN_METHOD_HEUN,
        DDN_METHOD_EDM_HEUN, DDN_METHOD_EXPONENTIAL, DDN_METHOD_DDPM,
        DDN_METHOD_PNDM,     DDN_METHOD_MULTISTEP2,  DDN_METHOD_GRADIENT_ESTIMATION,
        DDN_METHOD_ADAPTIVE, DDN_METHOD_FORWARD};
    plan p = {.method = methods[fuzz_up_to(b, 11)]};
    int flags = fuzz_u8(b);
    p.schedule = (int)fuzz_up_to(b, 3);
    p.d = 1 + fuzz_up_to(b, MOST_D);
    p.steps = 2 + fuzz_up_to(b, 6);
    p.stop = fuzz_up_to(b, p.steps + 1);
    p.labels = flags & 1;
    p.weights = flags >> 1 & 1;
    p.denoise = flags >> 2 & 1;
    p.own_times = flags >> 3 & 1;
    p.own_paths = flags >> 4 & 1;
    p.trajectory = flags >> 5 & 1;
    p.observers = fuzz_u8(b) & (p.labels ? 31 : 27);
    return p;
}

/* The integrator that takes it over is mostly the same. */
static void vary(plan *p, fuzz_bytes *b)
{
    switch (fuzz_u8(b) % 16) {
    case 1:
        p->seed++;
        break;
    case 2:
        p->steps++;
        break;
    case 3:
        p->observers = fuzz_u8(b) & (p->labels ? 31 : 27);
        break;
    case 4:
        p->weights = !p->weights;
        break;
    case 5:
        p->own_paths = !p->own_paths;
        break;
    case 6:
        p->own_times = !p->own_times;
        break;
    case 7:
        p->denoise = !p->denoise;
        break;
    default:
        break;
    }
}

static void must(ddn_context *ctx, ddn_status status)
{
    fuzz_demand(status == DDN_OK, ddn_status_name(status), ctx);
}

static ddn_oracle *oracle_of(ddn_context *ctx, const plan *p)
{
    static const double points[POINTS * MOST_D] = {1, 0,     -1,    0.5, 0.25, 1,    -0.5, -1,
                                                   2, 0.125, -0.75, 0.5, 3,    0.25, 1};
    static const int32_t labels[POINTS] = {1, 0, 0, 1, 2};
    static const double weights[POINTS] = {1, 2, 3, 1, 1};
    ddn_dataset *ds = NULL, *next = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    must(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, POINTS, p->d, points, p->d, &ds));
    if (p->labels) {
        must(ctx, ddn_dataset_create_labelled(ctx, ds, POINTS, labels, &next));
        ddn_dataset_destroy(ds);
        ds = next;
    }
    if (p->weights) {
        must(ctx, ddn_dataset_create_weighted(ctx, ds, POINTS, weights, &next));
        ddn_dataset_destroy(ds);
        ds = next;
    }
    must(ctx, p->schedule == 0   ? ddn_schedule_create_ou(ctx, &sch)
              : p->schedule == 1 ? ddn_schedule_create_edm(ctx, &sch)
                                 : ddn_schedule_create_ddpm(ctx, 1e-3, 0.2, 50, &sch));
    must(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    return oracle;
}

static void attach_observers(ddn_context *ctx, const plan *p, run *r)
{
    static const double wishes[2] = {1, 0.1}, directions[2 * MOST_D] = {1, 0, 1, 0.5, 2, -1};
    for (int i = 0; i < OBSERVERS; i++) {
        ddn_observer **ob = &r->observers[i];
        if ((p->observers >> i & 1) == 0) {
            continue;
        }
        must(ctx, i == 0   ? ddn_observer_create_snapshots(ctx, 2, wishes, ob)
                  : i == 1 ? ddn_observer_create_nearest(ctx, ob)
                  : i == 2 ? ddn_observer_create_class(ctx, ob)
                  : i == 3 ? ddn_observer_create_posterior(ctx, ob)
                           : ddn_observer_create_overlap(ctx, 2, p->d, directions, p->d, ob));
        must(ctx, ddn_observer_attach(*ob, r->it));
    }
}

static int32_t stop_at(void *user, const ddn_step *step)
{
    const run *r = user;
    return ddn_step_index(step) == r->stop ? DDN_STOPPED : 0;
}

/* What every observer wants: a callback that stops the run may not want less than those. */
static void make(ddn_context *ctx, const plan *p, run *r, int64_t stop)
{
    static const int64_t paths[8] = {4, 2, 2, 90, 1, 3, 7, 8};
    double times[16], first = 0, last = 0;
    ddn_oracle *oracle = oracle_of(ctx, p);
    *r = (run){.stop = stop};
    must(ctx, ddn_integrator_create(ctx, oracle, p->method, &r->it));
    ddn_oracle_destroy(oracle);
    ddn_options *o = ddn_integrator_options(r->it);
    must(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, p->steps));
    must(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_SEED, p->seed));
    ddn_options_set_i64(o, DDN_INTEGRATOR_DENOISE, p->denoise); /* forward runs have none */
    must(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_TRAJECTORY, p->trajectory));
    if (p->own_times) {
        int64_t count = ddn_integrator_time_count(r->it);
        must(ctx, ddn_integrator_times(r->it, 16, times));
        first = times[0];
        last = times[count - 1];
        for (int64_t k = 0; k < count; k++) {
            times[k] = first + (last - first) * (double)k / (double)(count - 1);
        }
        times[count - 1] = last;
        must(ctx, ddn_integrator_set_times(r->it, count, times));
    }
    if (p->own_paths) {
        must(ctx, ddn_integrator_set_paths(r->it, 8, paths));
    }
    attach_observers(ctx, p, r);
    if (stop >= 0) {
        must(ctx, ddn_integrator_attach_callback(r->it, 0, stop_at, r, NULL));
    }
}

static void destroy(run *r)
{
    ddn_integrator_destroy(r->it);
    for (int i = 0; i < OBSERVERS; i++) {
        ddn_observer_destroy(r->observers[i]);
    }
}

/* Runs until it stops; 0 where it came to an end or failed. */
static int run_to_stop(const run *r, int64_t m, double *x, int64_t d)
{
    for (int64_t i = 0; i < m * d; i++) {
        x[i] = (double)(i * 7 % 5) / 2 - 1;
    }
    return ddn_integrator_run(r->it, m, x, d) == DDN_STOPPED;
}

/* ---- The buffer ---------------------------------------------------------------------------- */

static void put(uint8_t *bytes, int64_t i, int64_t value)
{
    memcpy(bytes + 8 * i, &value, sizeof value);
}

static int64_t get(const uint8_t *bytes, int64_t i)
{
    int64_t value;
    memcpy(&value, bytes + 8 * i, sizeof value);
    return value;
}

static void change(fuzz_bytes *b, uint8_t *bytes, int64_t *size)
{
    int64_t words = *size / 8, skip = DDNI_SAVED_HEAD / 8;
    int64_t i = fuzz_u8(b) % 4 == 0 ? fuzz_up_to(b, words) : (skip + fuzz_u8(b)) % words;
    int64_t other = fuzz_up_to(b, words), value;
    double real;
    switch (fuzz_u8(b) % 8) {
    case 0:
        put(bytes, i, get(bytes, i) ^ INT64_C(1) << fuzz_u8(b) % 63);
        break;
    case 1:
        put(bytes, i, fuzz_any_integer(b));
        break;
    case 2:
        real = fuzz_any_real(b);
        memcpy(bytes + 8 * i, &real, sizeof real);
        break;
    case 3:
        put(bytes, i, (int64_t)((uint64_t)get(bytes, i) + (uint64_t)(fuzz_u8(b) - 128)));
        break;
    case 4:
        value = get(bytes, i);
        put(bytes, i, get(bytes, other));
        put(bytes, other, value);
        break;
    case 5:
        *size = 8 * i + fuzz_u8(b) % 2;
        break;
    case 6: /* one word more */
        if (*size + 8 <= ROOM && i < words) {
            memmove(bytes + 8 * i + 8, bytes + 8 * i, (size_t)(*size - 8 * i));
            put(bytes, i, fuzz_u8(b));
            *size += 8;
        }
        break;
    default:
        bytes[8 * i + fuzz_u8(b) % 8] = fuzz_u8(b);
        break;
    }
}

static void change_some(fuzz_bytes *b, uint8_t *bytes, int64_t *size)
{
    int right = fuzz_u8(b) % 16 != 15, count = fuzz_u8(b) % MOST_CHANGES;
    for (int k = 0; k < count && b->left > 0 && *size >= DDNI_SAVED_HEAD; k++) {
        change(b, bytes, size);
    }
    if (right && *size >= DDNI_SAVED_HEAD) {
        put(bytes, 2, *size);
        put(bytes, 3, (int64_t)ddni_digest(bytes + DDNI_SAVED_HEAD, *size - DDNI_SAVED_HEAD));
    }
}

/* ---- What becomes of it -------------------------------------------------------------------- */

static void read_records(ddn_context *ctx, const run *r)
{
    for (int i = 0; i < OBSERVERS; i++) {
        for (ddn_record what = DDN_RECORD_TIMES; what <= DDN_RECORD_HISTORY; what++) {
            int64_t size = ddn_observer_size(r->observers[i], what);
            fuzz_demand(size >= 0 && size <= 1 << 24, "size of a record", ctx);
            double *real = malloc((size_t)size * sizeof *real + 1);
            int64_t *whole = malloc((size_t)size * sizeof *whole + 1);
            ddn_status status = ddn_observer_read_f64(r->observers[i], what, size, real);
            if (status == DDN_E_TYPE) {
                status = ddn_observer_read_i64(r->observers[i], what, size, whole);
            }
            fuzz_demand(size == 0 || status == DDN_OK || status == DDN_E_STATE,
                        ddn_status_name(status), ctx);
            free(real);
            free(whole);
        }
    }
}

/* What was restored can be looked at, saved again, and goes on or says why not. */
static void go_on(ddn_context *ctx, const run *r, int64_t m, double *x, int64_t d)
{
    ddn_run_phase phase = DDN_RUN_NONE;
    int64_t size = 0, rows = -1, index, count;
    double t;
    must(ctx, ddn_integrator_position(r->it, &phase, &index, &count, &t));
    fuzz_demand(phase == DDN_RUN_STOPPED && index >= 0 && index < count, "position", ctx);
    read_records(ctx, r);
    must(ctx, ddn_integrator_save_size(r->it, &size));
    uint8_t *bytes = malloc((size_t)size);
    must(ctx, ddn_integrator_save(r->it, size, bytes));
    must(ctx, ddn_integrator_saved_rows(r->it, size, bytes, &rows));
    fuzz_demand(rows == m, "rows saved again", ctx);
    must(ctx, ddn_integrator_restore(r->it, size, m, bytes, x, d));
    free(bytes);
    ddn_status status = DDN_STOPPED;
    for (int k = 0; k < 3 && status == DDN_STOPPED; k++) {
        status = ddn_integrator_resume(r->it, m, x, d);
    }
    fuzz_demand(status == DDN_OK || status == DDN_STOPPED || status == DDN_E_NONFINITE ||
                    status == DDN_E_CONVERGENCE || status == DDN_E_RANGE || status == DDN_E_STATE,
                ddn_status_name(status), ctx);
    resumed += status == DDN_OK;
    read_records(ctx, r);
}

/* A buffer that was refused has changed nothing. */
static void is_untouched(ddn_context *ctx, const run *r, int64_t m, double *x, int64_t d)
{
    ddn_run_phase phase = DDN_RUN_NONE;
    must(ctx, ddn_integrator_position(r->it, &phase, NULL, NULL, NULL));
    if (phase == DDN_RUN_STOPPED) {
        ddn_status status = ddn_integrator_resume(r->it, m, x, d);
        fuzz_demand(status == DDN_OK, "a stopped run that cannot go on", ctx);
        read_records(ctx, r);
    }
}

static void take_over(ddn_context *ctx, fuzz_memory *memory, const plan *p, const uint8_t *bytes,
                      int64_t size, int64_t fail, int busy)
{
    static double x[MOST_ROWS * MOST_D];
    double own[4 * MOST_D];
    int64_t m = -1;
    run r;
    uint8_t *exact = malloc((size_t)size + 1);
    memcpy(exact, bytes, (size_t)size);
    make(ctx, p, &r, p->stop);
    if (busy) {
        run_to_stop(&r, 4, own, p->d);
    }
    fuzz_doing = "saved_rows";
    ddn_status status = ddn_integrator_saved_rows(r.it, size, exact, &m), other;
    fuzz_demand(status == DDN_OK || status == DDN_E_FORMAT, ddn_status_name(status), ctx);
    fuzz_demand(status != DDN_OK || m >= 0, "rows", ctx);
    x[0] = 77;
    fuzz_doing = "restore";
    memory->fail = fail;
    m = status == DDN_OK && m * p->d <= MOST_ROWS * MOST_D ? m : 1;
    other = ddn_integrator_restore(r.it, size, m, exact, x, p->d);
    memory->fail = 0;
    fuzz_demand(status == DDN_OK || other == status, "restore takes what saved_rows refuses", ctx);
    if (other == DDN_OK) {
        restored++;
        with_records += p->observers != 0;
        fuzz_doing = "go on";
        go_on(ctx, &r, m, x, p->d);
    } else {
        int known = other == DDN_E_FORMAT || other == DDN_E_MISMATCH;
        refused[known ? -other : 0]++;
        fuzz_demand(known || other == DDN_E_SHAPE || other == DDN_E_NONFINITE ||
                        (other == DDN_E_NOMEM && memory->failed),
                    ddn_status_name(other), ctx);
        fuzz_demand(x[0] == 77, "states of a failed call", ctx);
        fuzz_doing = "untouched";
        is_untouched(ctx, &r, 4, own, p->d);
    }
    destroy(&r);
    free(exact);
}

/* ---- Journals ------------------------------------------------------------------------------ */

static ddn_status measure(ddn_analysis *an, const ddn_oracle *oracle, int kind)
{
    static const double times[2] = {0.3, 1.2}, x[5 * MOST_D] = {1, 2, 0, -1, 0.5};
    const int64_t d = ddn_oracle_d(oracle);
    ddn_result *r = NULL;
    ddn_status status =
        kind == 0   ? ddn_analysis_regimes(an, oracle, 2, 1, times, times, &r)
        : kind == 1 ? ddn_analysis_uturn(an, oracle, NULL, 2, times, &r)
        : kind == 2 ? ddn_analysis_path(an, oracle, DDN_PATH_CLONES, 2, 1, times, x, d, NULL, &r)
                    : ddn_analysis_log_likelihood(an, oracle, NULL, 0, 5, x, d, &r);
    ddn_result_destroy(r);
    return status;
}

static void small_settings(ddn_context *ctx, ddn_analysis *an)
{
    static const ddn_analysis_key keys[] = {DDN_ANALYSIS_SAMPLES, DDN_ANALYSIS_CLONES,
                                            DDN_ANALYSIS_PATHS,   DDN_ANALYSIS_STEPS,
                                            DDN_ANALYSIS_BATCH,   DDN_ANALYSIS_PATH_STEPS};
    static const int64_t values[] = {7, 6, 5, 2, 3, 2};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        must(ctx, ddn_options_set_i64(ddn_analysis_options(an), keys[i], values[i]));
    }
    must(ctx, ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_METHOD,
                                  DDN_METHOD_EXPONENTIAL));
    must(ctx, ddn_analysis_keep(an, DDN_KEEP_ALL));
}

static void take_journal(ddn_context *ctx, fuzz_memory *memory, const ddn_oracle *oracle,
                         ddn_analysis *an, int kind, int64_t fail, const uint8_t *bytes,
                         int64_t size)
{
    uint8_t *exact = malloc((size_t)size + 1);
    memcpy(exact, bytes, (size_t)size);
    fuzz_doing = "restore a journal";
    memory->fail = fail;
    ddn_status status = ddn_analysis_restore(an, size, exact);
    memory->fail = 0;
    fuzz_demand(status == DDN_OK || status == DDN_E_FORMAT || status == DDN_E_MISMATCH ||
                    (status == DDN_E_NOMEM && memory->failed),
                ddn_status_name(status), ctx);
    journals += status == DDN_OK;
    fuzz_doing = "measure on";
    const ddn_status next = measure(an, oracle, kind);
    fuzz_demand(next == DDN_OK, ddn_status_name(next), ctx);
    measured += status == DDN_OK;
    free(exact);
}

static void journal(fuzz_bytes *b)
{
    static uint8_t bytes[ROOM];
    fuzz_memory memory;
    ddn_context *ctx = fuzz_context(&memory);
    const int flags = fuzz_u8(b), kind = flags & 3;
    const plan p = {.d = 1 + fuzz_up_to(b, MOST_D), .labels = flags >> 2 & 1};
    int64_t size = 0, fail = fuzz_u8(b);
    ddn_oracle *oracle = oracle_of(ctx, &p);
    ddn_analysis *an = NULL;
    must(ctx, ddn_analysis_create(ctx, &an));
    small_settings(ctx, an);
    fuzz_doing = "save a journal";
    must(ctx, measure(an, oracle, kind));
    must(ctx, ddn_analysis_save_size(an, &size));
    fuzz_demand(size <= ROOM, "size", ctx);
    must(ctx, ddn_analysis_save(an, size, bytes));
    change_some(b, bytes, &size);
    take_journal(ctx, &memory, oracle, an, kind, fail % 4 == 0 ? fail / 4 : 0, bytes, size);
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    fuzz_context_end(ctx, &memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[ROOM];
    double x[4 * MOST_D];
    fuzz_memory memory;
    fuzz_bytes b = {data, size};
    if (size > 0 && data[0] == 255) {
        inputs++;
        fuzz_u8(&b);
        journal(&b);
        return 0;
    }
    ddn_context *ctx = fuzz_context(&memory);
    plan p = some_plan(&b);
    int64_t m = fuzz_up_to(&b, 5), needed = 0, fail = fuzz_u8(&b);
    int busy = fuzz_u8(&b) % 2;
    run r;
    inputs++;
    fuzz_doing = "save";
    make(ctx, &p, &r, p.stop);
    if (run_to_stop(&r, m, x, p.d)) {
        must(ctx, ddn_integrator_save_size(r.it, &needed));
        fuzz_demand(needed <= ROOM, "size", ctx);
        must(ctx, ddn_integrator_save(r.it, needed, bytes));
        plan q = p;
        vary(&q, &b);
        change_some(&b, bytes, &needed);
        take_over(ctx, &memory, &q, bytes, needed, fail % 4 == 0 ? fail / 4 : 0, busy);
    }
    destroy(&r);
    fuzz_context_end(ctx, &memory);
    return 0;
}

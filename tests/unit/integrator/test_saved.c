/* Saved runs: every method from every place bit for bit, what is refused by which name, damaged and
 * forged buffers, and a buffer of the first version of the format.
 *
 * `test_saved --write FILE` writes the buffer of the present version, for tests/data. */
#include "base/digest.h"
#include "integrator/saved.h"
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/methods.h"

enum {
    N = 11,
    D = 5,
    M = 4,
    STEPS = 7,
    ROOM = 1 << 14
};

/* What can be different in an integrator. */
typedef struct plan {
    ddn_method method;
    test_kind schedule;
    int64_t n, d, steps, seed, wanted, denoise;
    double moved, eta; /* of one coordinate of the data; 0: as preset */
    int32_t labels, weighted, own_times, own_paths;
} plan;

static const plan usual = {.method = DDN_METHOD_EULER, .n = N, .d = D, .steps = STEPS, .seed = 99};

static ddn_oracle *oracle_of(ddn_context *ctx, const plan *p)
{
    double points[2 * N * D];
    int32_t labels[2 * N];
    test_normal(21, 2 * N * D, points);
    points[7] += p->moved;
    for (int32_t i = 0; i < 2 * N; i++) {
        labels[i] = i % 2 + (i == 3 && p->labels == 2);
    }
    ddn_schedule *sch = test_schedule(ctx, p->schedule);
    ddn_dataset *ds = NULL, *labelled = NULL, *weighted = NULL;
    ddn_oracle *oracle = NULL;
    double weights[2 * N];
    for (int i = 0; i < 2 * N; i++) {
        weights[i] = i == 0 ? 1 + 1e-9 * p->weighted : 1;
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, p->n, p->d, points, p->d, &ds));
    OK(ctx, ddn_dataset_create_weighted(ctx, ds, p->n, weights, &weighted));
    ddn_dataset_destroy(ds);
    ds = weighted;
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, p->n, labels, &labelled));
    OK(ctx, ddn_oracle_create_empirical(ctx, p->labels ? labelled : ds, sch, &oracle));
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    return oracle;
}

static int32_t stop_at(void *user, const ddn_step *step)
{
    return ddn_step_index(step) == *(int64_t *)user;
}

/* An integrator that stops at *where. */
static ddn_integrator *make(ddn_context *ctx, const plan *p, int64_t *where)
{
    static const int64_t paths[M + 2] = {4, 2, 2, 90, 1, 3};
    double times[STEPS + 1];
    ddn_oracle *oracle = oracle_of(ctx, p);
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, p->method, &it));
    ddn_options *o = ddn_integrator_options(it);
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, p->steps));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_SEED, p->seed));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_DENOISE, p->denoise));
    if (p->eta > 0) {
        OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_ETA, p->eta));
    }
    if (p->own_paths) {
        OK(ctx, ddn_integrator_set_paths(it, M + 1, paths + (p->own_paths == 2)));
    }
    if (p->own_times) {
        for (int k = 0; k <= STEPS; k++) {
            times[k] = pow(p->own_times == 2 ? 0.6 : 0.5, k);
        }
        OK(ctx, ddn_integrator_set_times(it, STEPS + 1, times));
    }
    if (where != NULL) {
        OK(ctx, ddn_integrator_attach_callback(it, p->wanted, stop_at, where, NULL));
    }
    ddn_oracle_destroy(oracle);
    return it;
}

static int64_t save(ddn_context *ctx, ddn_integrator *it, unsigned char *bytes)
{
    int64_t size = 0;
    OK(ctx, ddn_integrator_save_size(it, &size));
    assert_true(size > 0 && size <= ROOM);
    FAILS(ctx, ddn_integrator_save(it, size - 1, bytes), DDN_E_CAPACITY, "capacity");
    FAILS(ctx, ddn_integrator_save(it, size, NULL), DDN_E_NULL, "buffer");
    OK(ctx, ddn_integrator_save(it, size, bytes));
    return size;
}

/* Runs until it stops at `at`, and saves. */
static int64_t saved_at(ddn_context *ctx, const plan *p, int64_t at, unsigned char *bytes)
{
    double x[M * D];
    int64_t where = at;
    ddn_integrator *it = make(ctx, p, &where);
    test_normal(5, M * D, x);
    FAILS(ctx, ddn_integrator_run(it, M, x, p->d), DDN_STOPPED, "stopped by callback");
    int64_t size = save(ctx, it, bytes);
    ddn_integrator_destroy(it);
    return size;
}

static void from_everywhere(ddn_context *ctx, const plan *p)
{
    double start[M * D], whole[M * D], x[M * D], y[M][D + 2], t = 0;
    unsigned char bytes[ROOM];
    int64_t rows = 0, index = 0, count = 0, never = -1;
    ddn_run_phase phase = DDN_RUN_NONE;
    test_normal(5, M * D, start);
    memcpy(whole, start, sizeof x);
    ddn_integrator *plain = make(ctx, p, &never);
    OK(ctx, ddn_integrator_run(plain, M, whole, D));
    for (int64_t at = 0; at <= p->steps; at++) {
        int64_t where = at, size;
        ddn_integrator *it = make(ctx, p, &where), *other = make(ctx, p, NULL);
        memcpy(x, start, sizeof x);
        FAILS(ctx, ddn_integrator_save_size(it, &size), DDN_E_STATE, "no stopped run");
        FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback 0");
        FAILS(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 3),
              DDN_E_STATE, "middle");
        size = save(ctx, it, bytes);
        OK(ctx, ddn_integrator_saved_rows(other, size, bytes, &rows));
        assert_int_equal(rows, M);
        OK(ctx, ddn_integrator_restore(other, size, M, bytes, y[0], D + 2));
        for (int64_t r = 0; r < M; r++) {
            assert_memory_equal(y[r], x + r * D, D * sizeof *x);
        }
        OK(ctx, ddn_integrator_position(other, &phase, &index, &count, &t));
        assert_true(phase == DDN_RUN_STOPPED && index == at && count == p->steps + 1 && t >= 0);
        OK(ctx, ddn_integrator_resume(other, M, y[0], D + 2));
        for (int64_t r = 0; r < M; r++) {
            assert_memory_equal(y[r], whole + r * D, D * sizeof *x);
        }
        for (ddn_tally what = DDN_TALLY_ACCEPTED; what <= DDN_TALLY_REJECTED; what++) {
            assert_int_equal(ddn_integrator_tally(other, what), ddn_integrator_tally(plain, what));
        }
        /* the one that was saved goes on too */
        FAILS(ctx, ddn_integrator_resume(it, M - 1, x, D), DDN_E_SHAPE, "m = 3");
        OK(ctx, ddn_integrator_resume(it, M, x, D));
        assert_memory_equal(x, whole, sizeof x);
        FAILS(ctx, ddn_integrator_resume(it, M, x, D), DDN_E_STATE, "no stopped run");
        ddn_integrator_destroy(other);
        ddn_integrator_destroy(it);
    }
    ddn_integrator_destroy(plain);
}

/* Every method, stopped at every grid time, saved, restored in a fresh integrator and resumed, is
 * the unbroken run. */
static void every_method_from_everywhere(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int k = 0; k < TEST_METHODS; k++) {
        int32_t forward = test_methods[k] == DDN_METHOD_FORWARD;
        plan p = usual;
        p.method = test_methods[k];
        from_everywhere(ctx, &p);
        p.own_paths = 1;
        p.own_times = !forward;
        p.denoise = !forward;
        from_everywhere(ctx, &p);
        p.wanted = INT64_C(1) << DDN_OUT_ENTROPY | INT64_C(1) << DDN_OUT_ARGMAX;
        p.schedule = TEST_EDM;
        from_everywhere(ctx, &p);
    }
    ddn_context_destroy(ctx);
}

/* Other data, labels, weights, schedule, options, times, paths and outputs are refused by name, and
 * nothing has happened then: the integrator's own stopped run goes on to its end. */
static void others_are_refused_by_name(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    struct {
        plan p;
        const char *text;
    } cases[17] = {{usual, "of method EULER, this integrator's of HEUN"},
                   {usual, "other data: 11 components"},
                   {usual, "d = 5, this integrator 4"},
                   {usual, "other data, labels or weights"},
                   {usual, "other data, labels or weights"},
                   {usual, "other data, labels or weights"},
                   {usual, "other data, labels or weights"},
                   {usual, "schedule of kind ou, this integrator of kind vp"},
                   {usual, "DDN_INTEGRATOR_ETA = 1, this integrator 0.5"},
                   {usual, "DDN_INTEGRATOR_SEED = 99, this integrator 98"},
                   {usual, "DDN_INTEGRATOR_STEPS = 7, this integrator 8"},
                   {usual, "DDN_INTEGRATOR_DENOISE = 0, this integrator 1"},
                   {usual, "times were set for the present run only"},
                   {usual, "path numbers were set for the present run only"},
                   {usual, "a callback wants DDN_OUT_LOG_P"}};
    cases[0].p.method = DDN_METHOD_HEUN;
    cases[1].p.n = N + 1;
    cases[2].p.d = D - 1;
    cases[3].p.moved = 0x1p-50;
    cases[4].p.labels = 1;
    cases[5].p.labels = 2;
    cases[6].p.weighted = 1;
    cases[7].p.schedule = TEST_VP;
    cases[8].p.eta = 0.5;
    cases[9].p.seed = 98;
    cases[10].p.steps = 8;
    cases[11].p.denoise = 1;
    cases[12].p.own_times = 1;
    cases[13].p.own_paths = 1;
    cases[14].p.wanted = INT64_C(1) << DDN_OUT_LOG_P;
    unsigned char bytes[ROOM];
    plan saved = usual;
    saved.wanted = INT64_C(1) << DDN_OUT_ENTROPY;
    int64_t size = saved_at(ctx, &saved, 3, bytes);
    for (int i = 0; cases[i].text != NULL; i++) {
        double x[M * D], whole[M * D], y[M * D] = {0};
        int64_t where = 99, d = cases[i].p.d;
        ddn_integrator *it = make(ctx, &cases[i].p, &where);
        test_normal(6, M * D, whole);
        memcpy(x, whole, sizeof x);
        OK(ctx, ddn_integrator_run(it, M, whole, d));
        FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, y, d), DDN_E_MISMATCH, cases[i].text);
        where = 2;
        FAILS(ctx, ddn_integrator_run(it, M, x, d), DDN_STOPPED, "callback");
        FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, y, d), DDN_E_MISMATCH, cases[i].text);
        for (int64_t j = 0; j < M * D; j++) {
            assert_true(y[j] == 0);
        }
        OK(ctx, ddn_integrator_resume(it, M, x, d));
        assert_memory_equal(x, whole, (size_t)(M * d) * sizeof *x);
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* Also times and paths that were set on both sides, and rows. */
static void own_times_and_paths_are_compared(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    unsigned char bytes[ROOM];
    double x[(M + 1) * D];
    plan p = usual, other;
    p.own_times = p.own_paths = 1;
    int64_t size = saved_at(ctx, &p, 3, bytes);
    other = p;
    other.own_times = 2;
    ddn_integrator *it = make(ctx, &other, NULL);
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH,
          "other times: time number 1 is 0.5, here 0.59999999999999998");
    ddn_integrator_destroy(it);
    other = p;
    other.own_paths = 2;
    it = make(ctx, &other, NULL);
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH,
          "row 0 of the saved run has path number 4, here 2");
    ddn_integrator_destroy(it);
    other = p;
    other.own_paths = 0;
    it = make(ctx, &other, NULL);
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH,
          "path numbers were set for the saved run only");
    ddn_integrator_destroy(it);
    p.steps = 3; /* which the own times replace */
    it = make(ctx, &p, NULL);
    FAILS(ctx, ddn_integrator_restore(it, size, M + 1, bytes, x, D), DDN_E_SHAPE, "m = 4");
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D - 1), DDN_E_SHAPE,
          "leading dimension of x");
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, NULL, D), DDN_E_NULL, "x is NULL");
    OK(ctx, ddn_integrator_restore(it, size, M, bytes, x, D));
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* A run without states is saved like others, with path numbers, of which it has none, or without.
 */
static void runs_without_states(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    unsigned char bytes[ROOM];
    double x[D] = {0}, t;
    for (int k = 0; k < 2 * TEST_METHODS; k++) {
        plan p = usual;
        int64_t where = 3, index = 0, count = 0, rows = -1;
        ddn_run_phase phase = DDN_RUN_NONE;
        p.method = test_methods[k / 2];
        p.own_paths = k % 2;
        ddn_integrator *it = make(ctx, &p, &where);
        FAILS(ctx, ddn_integrator_run(it, 0, x, D), DDN_STOPPED, "stopped by callback");
        int64_t size = save(ctx, it, bytes);
        ddn_integrator_destroy(it);
        it = make(ctx, &p, NULL);
        OK(ctx, ddn_integrator_saved_rows(it, size, bytes, &rows));
        assert_int_equal(rows, 0);
        OK(ctx, ddn_integrator_restore(it, size, 0, bytes, x, D));
        OK(ctx, ddn_integrator_position(it, &phase, &index, &count, &t));
        assert_true(phase == DDN_RUN_STOPPED && index == 3);
        OK(ctx, ddn_integrator_resume(it, 0, x, D));
        ddn_integrator_destroy(it);
    }
    ddn_context_destroy(ctx);
}

/* A schedule of the host with the same name and other levels. */
static int32_t levels(void *user, double t, double *a, double *s, double *da, double *ds)
{
    double factor = t > 1 ? *(double *)user : 1;
    *a = exp(-t);
    *s = sqrt(1 - *a * *a) * factor;
    *da = -*a;
    *ds = *a * *a / *s * factor * factor;
    return 0;
}

static ddn_integrator *on_levels(ddn_context *ctx, double *factor)
{
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    const double m[D] = {1, 2}, times[4] = {1.5, 1.2, 0.5, 0.1};
    OK(ctx, ddn_schedule_create_custom(ctx, 1e-3, 5, levels, factor, NULL, &sch));
    OK(ctx, ddn_oracle_create_two_gaussians(ctx, sch, D, 1, m, &oracle));
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EULER, &it));
    OK(ctx, ddn_integrator_set_times(it, 4, times));
    ddn_schedule_destroy(sch);
    ddn_oracle_destroy(oracle);
    return it;
}

static void levels_are_compared(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    unsigned char bytes[ROOM];
    double same = 1, near = 1 + 1e-15, other = 1.001, x[D] = {0};
    ddn_integrator *it = on_levels(ctx, &same);
    int64_t where = 2;
    OK(ctx, ddn_integrator_attach_callback(it, 0, stop_at, &where, NULL));
    FAILS(ctx, ddn_integrator_run(it, 1, x, D), DDN_STOPPED, "callback");
    int64_t size = save(ctx, it, bytes);
    ddn_integrator_destroy(it);
    it = on_levels(ctx, &other);
    FAILS(ctx, ddn_integrator_restore(it, size, 1, bytes, x, D), DDN_E_MISMATCH,
          "another schedule: at time number 0, t = 1.5");
    ddn_integrator_destroy(it);
    it = on_levels(ctx, &near); /* as another machine may round */
    OK(ctx, ddn_integrator_restore(it, size, 1, bytes, x, D));
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* Every byte flipped, every length, is refused as damaged, and the stopped run is not. */
static void damage_is_noticed(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[M * D], whole[M * D], y[M * D] = {0};
    int64_t where = 99, rows = -5;
    plan p = usual;
    p.method = DDN_METHOD_PNDM;
    p.own_paths = 1;
    unsigned char bytes[ROOM];
    int64_t size = saved_at(ctx, &p, 4, bytes);
    ddn_integrator *it = make(ctx, &p, &where);
    test_normal(6, M * D, x);
    memcpy(whole, x, sizeof x);
    OK(ctx, ddn_integrator_run(it, M, whole, D));
    where = 5;
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback");
    for (int64_t i = 0; i < size; i++) {
        unsigned char bit = (unsigned char)(1 << i % 8);
        bytes[i] ^= bit;
        FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, y, D), DDN_E_FORMAT, "saved run");
        FAILS(ctx, ddn_integrator_saved_rows(it, size, bytes, &rows), DDN_E_FORMAT, "saved run");
        bytes[i] ^= bit;
        FAILS(ctx, ddn_integrator_restore(it, i, M, bytes, y, D), DDN_E_FORMAT, "saved run");
    }
    FAILS(ctx, ddn_integrator_restore(it, -1, M, bytes, y, D), DDN_E_FORMAT, "saved run");
    FAILS(ctx, ddn_integrator_restore(it, size, M, NULL, y, D), DDN_E_NULL, "buffer");
    assert_int_equal(rows, -5);
    for (int64_t j = 0; j < M * D; j++) {
        assert_true(y[j] == 0);
    }
    OK(ctx, ddn_integrator_resume(it, M, x, D));
    assert_memory_equal(x, whole, sizeof x);
    OK(ctx, ddn_integrator_restore(it, size, M, bytes, y, D));
    OK(ctx, ddn_integrator_reset(it));
    FAILS(ctx, ddn_integrator_resume(it, M, y, D), DDN_E_STATE, "no stopped run");
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* A byte of the buffer changed and the checksum made to fit. */
static void seal(unsigned char *bytes, int64_t size)
{
    uint64_t sum = ddni_digest(bytes + DDNI_SAVED_HEAD, size - DDNI_SAVED_HEAD);
    memcpy(bytes + 24, &sum, sizeof sum);
}

/* Bytes of a saved usual run: of its states, behind them (no row states, no observers), and from
 * the number of states that are remembered on, which those of evaluations, accepted and rejected
 * steps follow. */
enum {
    STATES = M * D * 8,
    TAIL = 16,
    REMEMBERED = TAIL + STATES + (STEPS + 1) * 24 + 48
};

/* Counts of evaluations, accepted and rejected steps, which a run goes on with. */
static void counts_without_end_are_refused(void **state)
{
    (void)state;
    static const int64_t none[] = {INT64_MAX, (INT64_C(1) << 60) + 1, -1};
    ddn_context *ctx = test_context(1);
    const plan p = usual;
    unsigned char bytes[ROOM];
    double x[M * D];
    const int64_t size = saved_at(ctx, &p, 3, bytes);
    ddn_integrator *it = make(ctx, &p, NULL);
    for (int k = 1; k <= 3; k++) {
        unsigned char *at = bytes + size - REMEMBERED + 8 * k;
        int64_t kept;
        memcpy(&kept, at, sizeof kept);
        for (int i = 0; i < 3; i++) {
            memcpy(at, &none[i], sizeof none[i]);
            seal(bytes, size);
            FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_FORMAT,
                  "do not fit together");
        }
        memcpy(at, &kept, sizeof kept);
    }
    seal(bytes, size);
    OK(ctx, ddn_integrator_restore(it, size, M, bytes, x, D));
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* The number of times says how many follow, and it is that of a run: two or more. */
static void a_run_of_one_time_is_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const plan p = usual;
    unsigned char bytes[ROOM];
    int64_t size = saved_at(ctx, &p, 3, bytes), one_and_first[] = {1, 0}, rows;
    ddn_integrator *it = make(ctx, &p, NULL);
    unsigned char *at = bytes + size - REMEMBERED, *levels = at + 48;
    assert_int_equal(at[-24], STEPS + 1);
    memcpy(at - 24, one_and_first, sizeof one_and_first);
    memmove(levels + 24, levels + 24 * (STEPS + 1), STATES + TAIL);
    size -= 24 * STEPS;
    memcpy(bytes + 16, &size, sizeof size);
    seal(bytes, size);
    FAILS(ctx, ddn_integrator_saved_rows(it, size, bytes, &rows), DDN_E_FORMAT,
          "do not fit together");
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* An option that this library does not know is refused by its key; options that are at their preset
 * are not in the buffer, so that new ones do not matter. */
static void unknown_options_are_refused(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const plan p = usual;
    unsigned char bytes[ROOM];
    double x[M * D];
    int64_t size = saved_at(ctx, &p, 3, bytes), found = 0;
    ddn_integrator *it = make(ctx, &p, NULL);
    for (int64_t i = DDNI_SAVED_HEAD; i + 8 <= size; i += 8) {
        int64_t key;
        memcpy(&key, bytes + i, sizeof key);
        assert_true(key != DDN_INTEGRATOR_TRAJECTORY && key != DDN_INTEGRATOR_ETA);
        if (key == DDN_INTEGRATOR_SEED) {
            key = 3999;
            memcpy(bytes + i, &key, sizeof key);
            found++;
        }
    }
    assert_int_equal(found, 1);
    seal(bytes, size);
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH,
          "an option with key 3999");
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* States before the last ones in a run of a method that keeps none. */
static void more_is_remembered(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t one = 1;
    unsigned char bytes[ROOM] = {0};
    double x[M * D];
    int64_t size = saved_at(ctx, &usual, 3, bytes), longer = size + 8 + STATES;
    memcpy(bytes + size - REMEMBERED, &one, sizeof one);
    memset(bytes + size - TAIL, 0, TAIL + 8 + STATES);
    memcpy(bytes + 16, &longer, sizeof longer);
    seal(bytes, longer);
    ddn_integrator *it = make(ctx, &usual, NULL);
    FAILS(ctx, ddn_integrator_restore(it, longer, M, bytes, x, D), DDN_E_FORMAT,
          "method EULER remembers otherwise");
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* The record of an observer that ends within what it says of itself. */
static void a_record_is_cut(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t cut = 32; /* four of its five first numbers */
    unsigned char bytes[ROOM];
    double x[M * D];
    int64_t where = 3, kind = 0, left = 0;
    ddn_integrator *it = make(ctx, &usual, &where);
    ddn_observer *ob = NULL;
    OK(ctx, ddn_observer_create_nearest(ctx, &ob));
    OK(ctx, ddn_observer_attach(ob, it));
    test_normal(5, M * D, x);
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback");
    int64_t size = save(ctx, it, bytes);
    while (memcmp(bytes + kind, "nearest", 8) != 0) {
        kind += 8;
    }
    memcpy(&left, bytes + kind + 8, sizeof left); /* the record follows, and ends the buffer */
    assert_int_equal(left, size - kind - 16);
    memcpy(bytes + kind + 8, &cut, sizeof cut);
    seal(bytes, size);
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_FORMAT,
          "its nearest record does not fit it");
    ddn_observer_destroy(ob);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* Forged buffers, which no checksum tells: refused or taken, but nothing is read beyond the buffer
 * or asked of memory without end (run under the sanitizers). */
static void forgery_does_no_harm(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    static const double direction[D] = {1};
    double x[M * D];
    unsigned char bytes[ROOM], forged[ROOM];
    plan p = usual;
    p.method = DDN_METHOD_ADAPTIVE;
    int64_t where = 3, refused = 0, taken = 0, rows;
    ddn_integrator *it = make(ctx, &p, &where);
    ddn_observer *ob = NULL;
    OK(ctx, ddn_observer_create_overlap(ctx, 1, D, direction, D, &ob));
    OK(ctx, ddn_observer_attach(ob, it));
    test_normal(5, M * D, x);
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback");
    int64_t size = save(ctx, it, bytes);
    for (int64_t i = 0; i < size; i++) {
        for (size_t v = 0; v < sizeof values; v++) {
            memcpy(forged, bytes, (size_t)size);
            forged[i] = values[v];
            seal(forged, size);
            ddn_status status = ddn_integrator_restore(it, size, M, forged, x, D);
            refused += status != DDN_OK;
            taken += status == DDN_OK;
            ddn_integrator_saved_rows(it, size, forged, &rows);
        }
    }
    print_message("# %lld forged buffers refused, %lld taken\n", (long long)refused,
                  (long long)taken);
    assert_true(refused > size && taken > 0);
    ddn_observer_destroy(ob);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
}

/* What was wanted is evaluated on, so that the bits stay: with and without a callback that looks.
 */
static void wanted_outputs_belong_to_the_run(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    enum {
        MANY = 300
    };
    static double points[MANY * D];
    double x[M * D], whole[M * D], y[M * D];
    unsigned char bytes[ROOM];
    test_normal(8, MANY * D, points);
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_dataset *ds = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL, *other = NULL;
    int64_t where = -1;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, MANY, D, points, D, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EULER, &it));
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EULER, &other));
    /* Ways differ where few points matter, and some do not give all outputs; much later all is
     * drawn to a point, and the last digits agree again. */
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.02));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(other), DDN_INTEGRATOR_T_END, 0.02));
    test_normal(5, M * D, x);
    memcpy(whole, x, sizeof x);
    memcpy(y, x, sizeof x);
    OK(ctx, ddn_integrator_run(it, M, y, D));
    OK(ctx, ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_NEAREST_DISTANCE2, stop_at,
                                           &where, NULL));
    OK(ctx, ddn_integrator_run(it, M, whole, D));
    assert_memory_not_equal(y, whole, sizeof y); /* why all this is needed */
    where = 60;
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "callback");
    FAILS(ctx, ddn_integrator_attach_callback(it, 0, stop_at, &where, NULL), DDN_E_STATE,
          "resume it or call ddn_integrator_reset");
    int64_t size = save(ctx, it, bytes);
    OK(ctx, ddn_integrator_restore(other, size, M, bytes, y, D));
    OK(ctx, ddn_integrator_resume(other, M, y, D));
    assert_memory_equal(y, whole, sizeof y);
    OK(ctx, ddn_integrator_resume(it, M, x, D));
    assert_memory_equal(x, whole, sizeof x);
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(other);
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

/* Saving, restoring into an integrator that has a stopped run of its own, and resuming, with every
 * allocation failing once. A restore that fails leaves that run, a resume that fails can be
 * repeated. */
static ddn_status saved_life(ddn_context *ctx, void *arg)
{
    plan p = usual;
    p.method = *(const ddn_method *)arg;
    double x[M * D], y[M * D], whole[2][M * D];
    unsigned char bytes[ROOM];
    int64_t where = 2, size = 0;
    ddn_context *calm = test_context(1); /* the wholes do not run out of memory */
    for (int i = 0; i < 2; i++) {
        ddn_integrator *it = make(calm, &p, NULL);
        test_normal(5 + i, M * D, whole[i]);
        OK(calm, ddn_integrator_run(it, M, whole[i], D));
        ddn_integrator_destroy(it);
    }
    ddn_oracle *oracle = oracle_of(calm, &p);
    ddn_integrator *it[2] = {NULL, NULL};
    ddn_status status = DDN_OK;
    for (int i = 0; i < 2 && status == DDN_OK; i++) {
        status = ddn_integrator_create(ctx, oracle, p.method, &it[i]);
        if (status == DDN_OK) {
            ddn_options *o = ddn_integrator_options(it[i]);
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, STEPS));
            OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_SEED, 99));
            status = ddn_integrator_attach_callback(it[i], 0, stop_at, &where, NULL);
        }
    }
    test_normal(5, M * D, x);
    test_normal(6, M * D, y);
#define TRY(call) status = status == DDN_OK ? (call) : status
    TRY(ddn_integrator_run(it[0], M, x, D) == DDN_STOPPED ? DDN_OK : DDN_E_NOMEM);
    TRY(ddn_integrator_run(it[1], M, y, D) == DDN_STOPPED ? DDN_OK : DDN_E_NOMEM);
    TRY(ddn_integrator_save_size(it[0], &size));
    TRY(ddn_integrator_save(it[0], size, bytes));
    if (status == DDN_OK) {
        status = ddn_integrator_restore(it[1], size, M, bytes, y, D);
        ddn_status resumed = ddn_integrator_resume(it[1], M, y, D);
        if (status == DDN_OK && resumed == DDN_E_NOMEM) {
            status = resumed;
            OK(ctx, ddn_integrator_resume(it[1], M, y, D));
            resumed = DDN_OK;
        }
        assert_int_equal(resumed, DDN_OK);
        int own = memcmp(y, whole[1], sizeof y) == 0, others = memcmp(y, whole[0], sizeof y) == 0;
        assert_true(own || others);
        assert_true(others || status == DDN_E_NOMEM);
    }
    ddn_integrator_destroy(it[0]);
    ddn_integrator_destroy(it[1]);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(calm);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    for (int k = 0; k < TEST_METHODS; k++) {
        ddn_method method = test_methods[k];
        assert_true(test_every_allocation(saved_life, &method) > 8);
    }
}

/* ---- A buffer that was made when the format was new ---- */

enum {
    OLD_D = 4,
    OLD_M = 3
};

static ddn_integrator *old_case(ddn_context *ctx, int64_t *where, ddn_observer **overlap)
{
    static const uint8_t points[6][OLD_D] = {{0, 9, 1, 3}, {8, 2, 5, 5}, {1, 1, 0, 7},
                                             {4, 4, 9, 2}, {6, 0, 3, 3}, {2, 7, 8, 1}};
    static const int32_t labels[6] = {3, 3, -1, 3, -1, -1};
    static const double direction[OLD_D] = {1, -1, 0.5, 0};
    static const int64_t paths[OLD_M] = {12, 5, 1000};
    ddn_schedule *sch = test_schedule(ctx, TEST_VP);
    ddn_dataset *ds = NULL, *mapped = NULL, *labelled = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_U8, 6, OLD_D, points, OLD_D, &ds));
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 0.25, -1, &mapped));
    OK(ctx, ddn_dataset_create_labelled(ctx, mapped, 6, labels, &labelled));
    OK(ctx, ddn_oracle_create_empirical(ctx, labelled, sch, &oracle));
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_GRADIENT_ESTIMATION, &it));
    ddn_options *o = ddn_integrator_options(it);
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_STEPS, 6));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_SEED, -7));
    OK(ctx, ddn_options_set_i64(o, DDN_INTEGRATOR_DENOISE, 1));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_T_END, 0.05));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_GAMMA, 1.5));
    OK(ctx, ddn_options_set_f64(o, DDN_INTEGRATOR_MU, 0.25));
    OK(ctx, ddn_integrator_set_paths(it, OLD_M, paths));
    OK(ctx, ddn_observer_create_overlap(ctx, 1, OLD_D, direction, OLD_D, overlap));
    OK(ctx, ddn_observer_attach(*overlap, it));
    OK(ctx, ddn_integrator_attach_callback(it, INT64_C(1) << DDN_OUT_ARGMAX, stop_at, where, NULL));
    ddn_oracle_destroy(oracle);
    ddn_dataset_destroy(labelled);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    return it;
}

/* Options, observers and outputs that came since must not matter. Numbers agree to what scores of
 * u8 data promise: another machine, with other kernels, made them. */
static void an_old_buffer_is_read(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    char path[1024];
    unsigned char bytes[ROOM];
    double x[OLD_M * OLD_D], whole[OLD_M * OLD_D], seen[7 * OLD_M], of_whole[7 * OLD_M];
    ddn_observer *overlap = NULL, *overlap_whole = NULL;
    int64_t where = 99, rows = 0;
    FILE *file = fopen(test_data_path("saved_run_1.bin", path), "rb");
    assert_non_null(file);
    int64_t size = (int64_t)fread(bytes, 1, ROOM, file);
    assert_int_equal(fclose(file), 0);
    ddn_integrator *plain = old_case(ctx, &where, &overlap_whole);
    test_normal(5, OLD_M * OLD_D, whole);
    OK(ctx, ddn_integrator_run(plain, OLD_M, whole, OLD_D));
    OK(ctx, ddn_observer_read_f64(overlap_whole, DDN_RECORD_OVERLAP, 7 * OLD_M, of_whole));
    ddn_integrator *it = old_case(ctx, &where, &overlap);
    OK(ctx, ddn_integrator_saved_rows(it, size, bytes, &rows));
    assert_int_equal(rows, OLD_M);
    OK(ctx, ddn_integrator_restore(it, size, OLD_M, bytes, x, OLD_D));
    OK(ctx, ddn_integrator_resume(it, OLD_M, x, OLD_D));
    OK(ctx, ddn_observer_read_f64(overlap, DDN_RECORD_OVERLAP, 7 * OLD_M, seen));
    for (int64_t j = 0; j < OLD_M * OLD_D; j++) {
        CLOSE(x[j], whole[j], 1e-4, 1e-4);
    }
    for (int64_t j = 0; j < 7 * OLD_M; j++) {
        CLOSE(seen[j], of_whole[j], 1e-4, 1e-4);
    }
    ddn_observer_destroy(overlap);
    ddn_observer_destroy(overlap_whole);
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(plain);
    ddn_context_destroy(ctx);
}

static int write_new(const char *name)
{
    ddn_context *ctx = test_context(1);
    double x[OLD_M * OLD_D];
    unsigned char bytes[ROOM];
    ddn_observer *overlap = NULL;
    int64_t where = 3, size = 0;
    ddn_integrator *it = old_case(ctx, &where, &overlap);
    test_normal(5, OLD_M * OLD_D, x);
    FILE *file = fopen(name, "wb");
    int32_t done = file != NULL && ddn_integrator_run(it, OLD_M, x, OLD_D) == DDN_STOPPED &&
                   ddn_integrator_save_size(it, &size) == DDN_OK && size <= ROOM &&
                   ddn_integrator_save(it, size, bytes) == DDN_OK &&
                   fwrite(bytes, 1, (size_t)size, file) == (size_t)size && fclose(file) == 0;
    ddn_observer_destroy(overlap);
    ddn_integrator_destroy(it);
    ddn_context_destroy(ctx);
    return done ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        return write_new(argv[2]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_from_everywhere),
        cmocka_unit_test(others_are_refused_by_name),
        cmocka_unit_test(own_times_and_paths_are_compared),
        cmocka_unit_test(runs_without_states),
        cmocka_unit_test(levels_are_compared),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(counts_without_end_are_refused),
        cmocka_unit_test(a_run_of_one_time_is_refused),
        cmocka_unit_test(unknown_options_are_refused),
        cmocka_unit_test(more_is_remembered),
        cmocka_unit_test(a_record_is_cut),
        cmocka_unit_test(forgery_does_no_harm),
        cmocka_unit_test(wanted_outputs_belong_to_the_run),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(an_old_buffer_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Records that are saved with a run: all kinds, from every grid time; which observers may be there
 * when it is restored; an observer that saw a part of a run does not speak of the whole. */
#include "support/failing.h"
#include "support/toy.h"

enum {
    M = 5,
    D = 3,
    STEPS = 12,
    KINDS = 5,
    ROOM = 1 << 15
};

static const int64_t ALL_WANTED =
    INT64_C(1) << DDN_OUT_ARGMAX | INT64_C(1) << DDN_OUT_CLASS_POSTERIOR |
    INT64_C(1) << DDN_OUT_ENTROPY | INT64_C(1) << DDN_OUT_SUM_W2 | INT64_C(1) << DDN_OUT_W_MAX |
    INT64_C(1) << DDN_OUT_TRACE_COV | INT64_C(1) << DDN_OUT_LOG_P;

static const double WISHES[3] = {3.5, 0.5, 0.02}, OTHER_WISHES[3] = {3.5, 0.5, 0.03};
static const double DIRECTIONS[2][D] = {{1, 2, 3}, {0, -1, 0}};

static ddn_status create(ddn_context *ctx, int kind, ddn_observer **out)
{
    return kind == 0   ? ddn_observer_create_snapshots(ctx, 3, WISHES, out)
           : kind == 1 ? ddn_observer_create_nearest(ctx, out)
           : kind == 2 ? ddn_observer_create_class(ctx, out)
           : kind == 3 ? ddn_observer_create_posterior(ctx, out)
                       : ddn_observer_create_overlap(ctx, 2, D, DIRECTIONS[0], D, out);
}

static int32_t stop_at(void *user, const ddn_step *step)
{
    return ddn_step_index(step) == *(int64_t *)user;
}

/* An integrator that stops at *where; where NULL: it does not. */
static ddn_integrator *integrator(ddn_context *ctx, const ddn_oracle *oracle, int64_t *where)
{
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &it));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, 4));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.01));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, STEPS));
    if (where != NULL) {
        OK(ctx, ddn_integrator_attach_callback(it, ALL_WANTED, stop_at, where, NULL));
    }
    return it;
}

static void observe_all(ddn_context *ctx, ddn_integrator *it, ddn_observer **ob)
{
    for (int kind = 0; kind < KINDS; kind++) {
        OK(ctx, create(ctx, kind, &ob[kind]));
        OK(ctx, ddn_observer_attach(ob[kind], it));
    }
}

static void destroy_all(ddn_observer **ob)
{
    for (int kind = 0; kind < KINDS; kind++) {
        ddn_observer_destroy(ob[kind]);
    }
}

/* Every record of every kind has the same numbers (NaN is NaN). */
static void same_records(ddn_context *ctx, ddn_observer **a, ddn_observer **b)
{
    for (int kind = 0; kind < KINDS; kind++) {
        int32_t records = 0;
        for (ddn_record what = DDN_RECORD_TIMES; what <= DDN_RECORD_HISTORY; what++) {
            int64_t size = ddn_observer_size(a[kind], what);
            double f[2][512];
            int64_t i[2][512];
            assert_true(size <= 512);
            assert_int_equal(size, ddn_observer_size(b[kind], what));
            if (size > 0 && ddn_observer_read_i64(a[kind], what, 512, i[0]) == DDN_OK) {
                OK(ctx, ddn_observer_read_i64(b[kind], what, 512, i[1]));
                assert_memory_equal(i[0], i[1], (size_t)size * 8);
                records++;
            } else if (size > 0) {
                OK(ctx, ddn_observer_read_f64(a[kind], what, 512, f[0]));
                OK(ctx, ddn_observer_read_f64(b[kind], what, 512, f[1]));
                assert_memory_equal(f[0], f[1], (size_t)size * 8);
                records++;
            }
        }
        assert_true(records >= 2);
    }
}

static int64_t save(ddn_context *ctx, ddn_integrator *it, unsigned char *bytes)
{
    int64_t size = 0;
    OK(ctx, ddn_integrator_save_size(it, &size));
    assert_true(size <= ROOM);
    OK(ctx, ddn_integrator_save(it, ROOM, bytes));
    return size;
}

/* A run from its start to its end, observed. */
typedef struct unbroken {
    ddn_context *ctx;
    ddn_oracle *oracle;
    ddn_integrator *it;
    ddn_observer *whole[KINDS];
    double start[M * D];
} unbroken;

static void run_unbroken(unbroken *u)
{
    static int64_t never = -1;
    double x[M * D];
    u->ctx = test_context(1);
    u->oracle = toy_clusters(u->ctx, 40, D, 1.5, 1);
    u->it = integrator(u->ctx, u->oracle, &never);
    observe_all(u->ctx, u->it, u->whole);
    OK(u->ctx, ddn_integrator_draw_start(u->it, M, u->start, D));
    memcpy(x, u->start, sizeof x);
    OK(u->ctx, ddn_integrator_run(u->it, M, x, D));
}

static void end_unbroken(unbroken *u)
{
    destroy_all(u->whole);
    ddn_integrator_destroy(u->it);
    ddn_oracle_destroy(u->oracle);
    ddn_context_destroy(u->ctx);
}

/* Stopped at each time in turn and restored elsewhere, where another run was observed before. */
static void records_come_back(void **state)
{
    (void)state;
    static unsigned char bytes[ROOM];
    double x[M * D];
    ddn_observer *part[KINDS], *there[KINDS];
    unbroken u;
    run_unbroken(&u);
    ddn_context *ctx = u.ctx;
    memcpy(x, u.start, sizeof x);
    for (int64_t at = 0; at <= STEPS; at++) {
        int64_t where = at;
        ddn_integrator *it = integrator(ctx, u.oracle, &where),
                       *other = integrator(ctx, u.oracle, NULL);
        observe_all(ctx, it, part);
        observe_all(ctx, other, there);
        OK(ctx, ddn_integrator_run(other, 2, x, D));
        memcpy(x, u.start, sizeof x);
        assert_int_equal(ddn_integrator_run(it, M, x, D), DDN_STOPPED);
        int64_t size = save(ctx, it, bytes);
        OK(ctx, ddn_integrator_restore(other, size, M, bytes, x, D));
        same_records(ctx, part, there);
        OK(ctx, ddn_integrator_resume(other, M, x, D));
        same_records(ctx, u.whole, there);
        destroy_all(part);
        destroy_all(there);
        ddn_integrator_destroy(it);
        ddn_integrator_destroy(other);
    }
    end_unbroken(&u);
}

static int32_t stop_at_once(void *user, const char *stage, double fraction)
{
    (void)user, (void)stage, (void)fraction;
    return DDN_STOPPED;
}

/* A run that stops before anything was seen has empty records, whatever was seen before. */
static void nothing_seen(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, D, 1.5, 1);
    static unsigned char bytes[ROOM];
    double x[M * D] = {0};
    ddn_observer *ob[KINDS], *there[KINDS];
    ddn_integrator *it = integrator(ctx, oracle, NULL), *other = integrator(ctx, oracle, NULL);
    observe_all(ctx, it, ob);
    observe_all(ctx, other, there);
    OK(ctx, ddn_integrator_run(it, M, x, D));
    OK(ctx, ddn_integrator_run(other, M, x, D));
    OK(ctx, ddn_context_set_progress(ctx, stop_at_once, NULL, NULL));
    FAILS(ctx, ddn_integrator_run(it, M, x, D), DDN_STOPPED, "");
    OK(ctx, ddn_context_set_progress(ctx, NULL, NULL, NULL));
    OK(ctx, ddn_integrator_restore(other, save(ctx, it, bytes), M, bytes, x, D));
    for (int kind = 0; kind < KINDS; kind++) {
        assert_int_equal(ddn_observer_size(there[kind], DDN_RECORD_TIMES), 0);
    }
    OK(ctx, ddn_integrator_resume(other, M, x, D));
    assert_int_equal(ddn_observer_size(there[1], DDN_RECORD_TIMES), STEPS + 1);
    destroy_all(ob);
    destroy_all(there);
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(other);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* A run of no states has records too: the times. */
static void no_states(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, D, 1.5, 1);
    static unsigned char bytes[ROOM];
    double x[1] = {0};
    int64_t where = 4;
    ddn_observer *part[KINDS], *there[KINDS];
    ddn_integrator *it = integrator(ctx, oracle, &where), *other = integrator(ctx, oracle, NULL);
    observe_all(ctx, it, part);
    observe_all(ctx, other, there);
    assert_int_equal(ddn_integrator_run(it, 0, x, D), DDN_STOPPED);
    OK(ctx, ddn_integrator_restore(other, save(ctx, it, bytes), 0, bytes, x, D));
    for (int kind = 0; kind < KINDS; kind++) {
        int64_t size = ddn_observer_size(part[kind], DDN_RECORD_TIMES);
        assert_int_equal(ddn_observer_size(there[kind], DDN_RECORD_TIMES), size);
        assert_true(size >= 3);
    }
    OK(ctx, ddn_integrator_resume(other, 0, x, D));
    assert_int_equal(ddn_observer_size(there[1], DDN_RECORD_TIMES), STEPS + 1);
    destroy_all(part);
    destroy_all(there);
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(other);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Other observers than those of the saved run are refused by name, and their records stay. */
static void observers_are_compared(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 20, D, 1.5, 1);
    static unsigned char bytes[ROOM];
    static const int orders[4][3] = {{0, 4, -1}, {4, 0, -1}, {0, -1, -1}, {0, 5, -1}};
    static const char *const texts[4] = {
        NULL, "observer 0 of the saved run is of kind snapshots, here of kind overlap",
        "the saved run has 2 observers, this integrator 1",
        "observer 1 of the saved run is of kind overlap, here of kind snapshots"};
    double x[M * D] = {0}, times[3], before[3];
    int64_t size = 0, where = 6;
    for (int i = 0; i < 4; i++) {
        ddn_integrator *it = integrator(ctx, oracle, &where);
        ddn_observer *ob[2] = {NULL};
        for (int k = 0; orders[i][k] >= 0; k++) {
            if (orders[i][k] == 5) {
                OK(ctx, ddn_observer_create_snapshots(ctx, 3, OTHER_WISHES, &ob[k]));
            } else {
                OK(ctx, create(ctx, orders[i][k], &ob[k]));
            }
            OK(ctx, ddn_observer_attach(ob[k], it));
        }
        assert_int_equal(ddn_integrator_run(it, M, x, D), DDN_STOPPED);
        if (i == 0) {
            size = save(ctx, it, bytes);
        } else {
            ddn_observer *snapshots = i == 1 ? ob[1] : ob[0];
            OK(ctx, ddn_observer_read_f64(snapshots, DDN_RECORD_TIMES, 3, before));
            FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH, texts[i]);
            OK(ctx, ddn_observer_read_f64(snapshots, DDN_RECORD_TIMES, 3, times));
            assert_memory_equal(times, before, sizeof times);
            OK(ctx, ddn_integrator_resume(it, M, x, D));
        }
        ddn_observer_destroy(ob[0]);
        ddn_observer_destroy(ob[1]);
        ddn_integrator_destroy(it);
    }
    ddn_integrator *it = integrator(ctx, oracle, NULL); /* made with other arguments */
    ddn_observer *ob[2] = {NULL};
    OK(ctx, ddn_observer_create_snapshots(ctx, 3, OTHER_WISHES, &ob[0]));
    OK(ctx, create(ctx, 4, &ob[1]));
    OK(ctx, ddn_observer_attach(ob[0], it));
    OK(ctx, ddn_observer_attach(ob[1], it));
    FAILS(ctx, ddn_integrator_restore(it, size, M, bytes, x, D), DDN_E_MISMATCH,
          "snapshots observer of the saved run was made with other arguments");
    ddn_observer_destroy(ob[0]);
    ddn_observer_destroy(ob[1]);
    ddn_integrator_destroy(it);
    it = integrator(ctx, oracle, NULL); /* none: goes on without */
    OK(ctx, ddn_integrator_restore(it, size, M, bytes, x, D));
    OK(ctx, ddn_integrator_resume(it, M, x, D));
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

/* Observers that join at a restore have seen the rest only: what is about the whole is refused,
 * what is about each time is right. */
static void a_part_is_not_the_whole(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 40, D, 1.5, 1);
    static unsigned char bytes[ROOM];
    double start[M * D], x[M * D], f[2][512];
    int64_t where = 7, never = -1, i[2][512];
    const int64_t rest = STEPS - 7; /* times seen by those who join after number 7 */
    ddn_observer *whole[KINDS], *joined[KINDS];
    ddn_integrator *plain = integrator(ctx, oracle, &never), *it = integrator(ctx, oracle, &where),
                   *other = integrator(ctx, oracle, NULL);
    observe_all(ctx, plain, whole);
    observe_all(ctx, other, joined);
    OK(ctx, ddn_integrator_draw_start(plain, M, start, D));
    memcpy(x, start, sizeof x);
    OK(ctx, ddn_integrator_run(plain, M, x, D));
    memcpy(x, start, sizeof x);
    assert_int_equal(ddn_integrator_run(it, M, x, D), DDN_STOPPED);
    OK(ctx, ddn_integrator_restore(other, save(ctx, it, bytes), M, bytes, x, D));
    FAILS(ctx, ddn_observer_attach(whole[0], other), DDN_E_STATE, "already attached");
    OK(ctx, ddn_integrator_resume(other, M, x, D));
    for (int kind = 1; kind <= 2; kind++) {
        FAILS(ctx, ddn_observer_read_i64(joined[kind], DDN_RECORD_INDEX, M, i[0]), DDN_E_STATE,
              "saw 5 of 13 times of the run");
        FAILS(ctx, ddn_observer_read_i64(joined[kind], DDN_RECORD_CHANGES, M, i[0]), DDN_E_STATE,
              "saw 5 of 13 times of the run");
        FAILS(ctx, ddn_observer_read_f64(joined[kind], DDN_RECORD_LAST_CHANGE, M, f[0]),
              DDN_E_STATE, "saw 5 of 13 times of the run");
        OK(ctx, ddn_observer_read_i64(joined[kind], DDN_RECORD_HISTORY, 512, i[0]));
        OK(ctx, ddn_observer_read_i64(whole[kind], DDN_RECORD_HISTORY, 512, i[1]));
        assert_int_equal(ddn_observer_size(joined[kind], DDN_RECORD_HISTORY), rest * M);
        assert_memory_equal(i[0], i[1] + 8 * M, (size_t)(rest * M) * 8);
    }
    OK(ctx, ddn_observer_read_f64(joined[4], DDN_RECORD_TIMES, 512, f[0]));
    OK(ctx, ddn_observer_read_f64(whole[4], DDN_RECORD_TIMES, 512, f[1]));
    assert_memory_equal(f[0], f[1] + 8, (size_t)rest * 8);
    /* a snapshot whose time is over is not replaced by another time */
    OK(ctx, ddn_observer_read_f64(joined[0], DDN_RECORD_TIMES, 512, f[0]));
    OK(ctx, ddn_observer_read_f64(whole[0], DDN_RECORD_TIMES, 512, f[1]));
    assert_true(isnan(f[0][0]) && f[0][2] == f[1][2]);
    OK(ctx, ddn_observer_read_f64(joined[0], DDN_RECORD_STATES, 512, f[0]));
    assert_true(isnan(f[0][0]));
    /* the next run is whole again */
    OK(ctx, ddn_integrator_run(other, M, x, D));
    OK(ctx, ddn_observer_read_f64(joined[1], DDN_RECORD_LAST_CHANGE, M, f[0]));
    destroy_all(whole);
    destroy_all(joined);
    ddn_integrator_destroy(plain);
    ddn_integrator_destroy(it);
    ddn_integrator_destroy(other);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

#define TRY(call) status = status == DDN_OK ? (call) : status

static int32_t fails_at(void *user, const ddn_step *step)
{
    return ddn_step_index(step) == *(int64_t *)user ? -7 : 0;
}

/* Stopped by the failure of a callback that comes after the observers: restored, they are shown
 * again what they have seen. */
static void seen_once_more(void **state)
{
    (void)state;
    static unsigned char bytes[ROOM];
    double x[M * D];
    int64_t never = -1;
    ddn_observer *part[KINDS], *there[KINDS];
    unbroken u;
    run_unbroken(&u);
    ddn_context *ctx = u.ctx;
    for (int64_t at = 0; at <= STEPS; at += STEPS / 3) {
        int64_t where = at;
        ddn_integrator *it[2] = {integrator(ctx, u.oracle, NULL), integrator(ctx, u.oracle, NULL)};
        observe_all(ctx, it[0], part);
        observe_all(ctx, it[1], there);
        OK(ctx, ddn_integrator_attach_callback(it[0], 0, fails_at, &where, NULL));
        OK(ctx, ddn_integrator_attach_callback(it[1], 0, fails_at, &never, NULL));
        memcpy(x, u.start, sizeof x);
        FAILS(ctx, ddn_integrator_run(it[0], M, x, D), DDN_E_CALLBACK, "returned -7");
        OK(ctx, ddn_integrator_restore(it[1], save(ctx, it[0], bytes), M, bytes, x, D));
        OK(ctx, ddn_integrator_resume(it[1], M, x, D));
        same_records(ctx, u.whole, there);
        destroy_all(part);
        destroy_all(there);
        ddn_integrator_destroy(it[0]);
        ddn_integrator_destroy(it[1]);
    }
    end_unbroken(&u);
}

/* Observers that join at a restore and have no memory at first: resumed again, the record is that
 * of the rest. */
static ddn_status joined_life(ddn_context *ctx, void *oracle)
{
    enum {
        STOP = 4
    };
    static unsigned char bytes[ROOM];
    double x[M * D] = {0};
    int64_t where = STOP, size;
    ddn_context *calm = test_context(1); /* the saved run does not run out of memory */
    ddn_integrator *it = integrator(calm, oracle, &where), *other = NULL;
    ddn_observer *ob = NULL;
    assert_int_equal(ddn_integrator_run(it, M, x, D), DDN_STOPPED);
    size = save(calm, it, bytes);
    ddn_integrator_destroy(it);
    ddn_context_destroy(calm);
    ddn_status status = ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &other);
    TRY(ddn_options_set_f64(ddn_integrator_options(other), DDN_INTEGRATOR_T_START, 4));
    TRY(ddn_options_set_f64(ddn_integrator_options(other), DDN_INTEGRATOR_T_END, 0.01));
    TRY(ddn_options_set_i64(ddn_integrator_options(other), DDN_INTEGRATOR_STEPS, STEPS));
    TRY(create(ctx, 4, &ob));
    TRY(ddn_observer_attach(ob, other));
    TRY(ddn_integrator_restore(other, size, M, bytes, x, D));
    if (status == DDN_OK) {
        status = ddn_integrator_resume(other, M, x, D);
        if (status == DDN_E_NOMEM) {
            OK(ctx, ddn_integrator_resume(other, M, x, D));
        }
        assert_int_equal(ddn_observer_size(ob, DDN_RECORD_TIMES), STEPS - STOP);
        assert_int_equal(ddn_observer_size(ob, DDN_RECORD_OVERLAP), (STEPS - STOP) * M * 2);
    }
    ddn_observer_destroy(ob);
    ddn_integrator_destroy(other);
    return status;
}

/* Saved and restored with every allocation failing once; a refused restore changes no record. */
static ddn_status observed_life(ddn_context *ctx, void *oracle)
{
    static unsigned char bytes[ROOM];
    double x[M * D] = {0};
    int64_t where = 4, size = 0;
    ddn_observer *ob[2][KINDS] = {{NULL}};
    ddn_integrator *it[2] = {NULL};
    ddn_status status = DDN_OK;
    for (int i = 0; i < 2; i++) {
        TRY(ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &it[i]));
        TRY(ddn_options_set_i64(ddn_integrator_options(it[i]), DDN_INTEGRATOR_STEPS, STEPS));
        for (int kind = 0; kind < KINDS; kind++) {
            TRY(create(ctx, kind, &ob[i][kind]));
            TRY(ddn_observer_attach(ob[i][kind], it[i]));
        }
        TRY(ddn_integrator_attach_callback(it[i], 0, stop_at, &where, NULL));
        where = 4 + i;
        TRY(ddn_integrator_run(it[i], M - i, x, D) == DDN_STOPPED ? DDN_OK : DDN_E_NOMEM);
    }
    TRY(ddn_integrator_save_size(it[0], &size));
    TRY(ddn_integrator_save(it[0], ROOM, bytes));
    if (status == DDN_OK) {
        status = ddn_integrator_restore(it[1], size, M, bytes, x, D);
        int64_t rows = status == DDN_OK ? M : M - 1, times = status == DDN_OK ? 5 : 6;
        where = -1;
        assert_int_equal(ddn_observer_size(ob[1][1], DDN_RECORD_INDEX), rows);
        assert_int_equal(ddn_observer_size(ob[1][4], DDN_RECORD_OVERLAP), times * rows * 2);
        ddn_status resumed = ddn_integrator_resume(it[1], rows, x, D);
        status = status == DDN_OK ? resumed : status;
        if (resumed == DDN_OK) {
            assert_int_equal(ddn_observer_size(ob[1][2], DDN_RECORD_HISTORY), (STEPS + 1) * rows);
        }
    }
    for (int i = 0; i < 2; i++) {
        destroy_all(ob[i]);
        ddn_integrator_destroy(it[i]);
    }
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 10, D, 1, 1);
    assert_true(test_every_allocation(observed_life, oracle) > 40);
    assert_true(test_every_allocation(joined_life, oracle) > 10);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(nothing_seen),
        cmocka_unit_test(no_states),
        cmocka_unit_test(observers_are_compared),
        cmocka_unit_test(a_part_is_not_the_whole),
        cmocka_unit_test(seen_once_more),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

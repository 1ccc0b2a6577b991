/* Measurements that are stopped go on to the bits of those that never were: from the journal, from
 * a saved one, after a failed allocation. And what is refused. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/measurements.h"

/* A progress callback that ends the call at report number `at`, 0: never. */
typedef struct stopper {
    int64_t at, reports;
    ddn_status answer;
} stopper;

static int32_t report(void *user, const char *stage, double fraction)
{
    stopper *s = user;
    (void)stage;
    (void)fraction;
    s->reports++;
    return s->reports == s->at ? s->answer : 0;
}

/* A set, and what its measurement gives. */
typedef struct scene {
    ddn_context *ctx;
    measurement_set set;
    stopper stop;
    int64_t count;
    double numbers[MEASUREMENT_NUMBERS];
} scene;

static scene *make_scene(void)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->ctx = test_context(1);
    OK(s->ctx, measurement_set_make(s->ctx, &s->set));
    OK(s->ctx, ddn_context_set_progress(s->ctx, report, &s->stop, NULL));
    return s;
}

static void free_scene(scene *s)
{
    measurement_set_free(&s->set);
    ddn_context_destroy(s->ctx);
    free(s);
}

static ddn_status run(scene *s, int kind, int64_t at)
{
    ddn_result *r = NULL;
    s->stop = (stopper){at, 0, DDN_STOPPED};
    const ddn_status status = measurement_run(&s->set, kind, &r);
    s->count = status == DDN_OK ? measurement_numbers(s->ctx, r, s->numbers) : 0;
    ddn_result_destroy(r);
    return status;
}

/* The run that is never stopped, and how often it reports. */
static int64_t reference(scene *s, int kind)
{
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_NOTHING));
    OK(s->ctx, run(s, kind, 0));
    assert_true(s->count > 20);
    return s->stop.reports;
}

static void same(const scene *got, const scene *want, int kind, int64_t at)
{
    if (got->count != want->count ||
        memcmp(got->numbers, want->numbers, (size_t)want->count * sizeof(double)) != 0) {
        fail_msg("%s, stopped at report %lld: other numbers", measurement_name(kind),
                 (long long)at);
    }
}

static unsigned char *save(scene *s, int64_t *size)
{
    OK(s->ctx, ddn_analysis_save_size(s->set.an, size));
    unsigned char *bytes = malloc((size_t)*size);
    assert_non_null(bytes);
    OK(s->ctx, ddn_analysis_save(s->set.an, *size, bytes));
    return bytes;
}

/* Stopped at every report: the same analysis goes on, and another one from the saved journal. What
 * was evaluated is not evaluated again: towards the end few reports are left. */
static void test_stopped_anywhere(void **state)
{
    (void)state;
    scene *s = make_scene(), *other = make_scene(), *want = make_scene();
    for (int kind = 0; kind < measurement_count(); kind++) {
        const int64_t reports = reference(want, kind), step = 1 + reports / 60;
        int64_t size, empty;
        OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
        free(save(s, &empty));
        for (int64_t at = 1; at <= reports; at += step) {
            FAILS(s->ctx, run(s, kind, at), DDN_STOPPED, "stopped");
            unsigned char *bytes = save(s, &size);
            OK(other->ctx, ddn_analysis_restore(other->set.an, size, bytes));
            OK(s->ctx, run(s, kind, 0));
            same(s, want, kind, at);
            OK(other->ctx, run(other, kind, 0));
            same(other, want, kind, at);
            assert_true(other->stop.reports <= reports);
            free(bytes);
        }
        FAILS(s->ctx, run(s, kind, reports), DDN_STOPPED, "stopped");
        OK(s->ctx, run(s, kind, 0));
        assert_true(2 * s->stop.reports < reports);
        free(save(s, &size));
        assert_int_equal(size, empty); /* one that ends well leaves nothing */
    }
    free_scene(s);
    free_scene(other);
    free_scene(want);
}

/* Stopped again and again, until it is done. */
static void test_stopped_often(void **state)
{
    (void)state;
    scene *s = make_scene(), *want = make_scene();
    for (int kind = 0; kind < measurement_count(); kind++) {
        const int64_t reports = reference(want, kind),
                      some = reports / 2 + 2; /* more than a batch has */
        ddn_status status = DDN_STOPPED;
        OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
        for (int calls = 0; calls < 50 && status == DDN_STOPPED; calls++) {
            status = run(s, kind, some);
        }
        if (status != DDN_OK) {
            fail_msg("%s: stopped at %lld of %lld reports for good", measurement_name(kind),
                     (long long)some, (long long)reports);
        }
        same(s, want, kind, some);
    }
    free_scene(s);
    free_scene(want);
}

/* The progress callback saves while the call runs, which is not ended. */
typedef struct saver {
    scene *s;
    int64_t reports, sizes[2]; /* the first and the last one */
    unsigned char *last;
    int64_t failures;
} saver;

static int32_t save_now(void *user, const char *stage, double fraction)
{
    saver *v = user;
    int64_t size = 0;
    (void)stage;
    (void)fraction;
    v->failures += ddn_analysis_save_size(v->s->set.an, &size) != DDN_OK;
    free(v->last);
    v->last = malloc((size_t)size);
    v->failures += v->last == NULL || ddn_analysis_save(v->s->set.an, size, v->last) != DDN_OK;
    v->failures += ddn_analysis_restore(v->s->set.an, size, v->last) != DDN_E_STATE;
    v->failures += ddn_analysis_keep(v->s->set.an, DDN_KEEP_NOTHING) != DDN_E_STATE;
    v->sizes[v->reports++ > 0] = size;
    return 0;
}

static void test_saved_inside(void **state)
{
    (void)state;
    scene *s = make_scene(), *want = make_scene();
    saver v = {.s = s};
    const int64_t reports = reference(want, 0);
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
    OK(s->ctx, ddn_context_set_progress(s->ctx, save_now, &v, NULL));
    OK(s->ctx, run(s, 0, 0));
    same(s, want, 0, 0);
    assert_int_equal(v.failures, 0);
    assert_true(v.sizes[1] > v.sizes[0]);
    OK(s->ctx, ddn_context_set_progress(s->ctx, report, &s->stop, NULL));
    OK(s->ctx, ddn_analysis_restore(s->set.an, v.sizes[1], v.last));
    OK(s->ctx, run(s, 0, 0));
    same(s, want, 0, 0);
    assert_true(2 * s->stop.reports < reports);
    free(v.last);
    free_scene(s);
    free_scene(want);
}

/* What is kept: nothing, of calls that were stopped, all; of this very measurement only. */
static void test_kept(void **state)
{
    (void)state;
    scene *s = make_scene(), *want = make_scene();
    ddn_options *o = ddn_analysis_options(s->set.an);
    const int64_t reports = reference(want, 0);
    FAILS(s->ctx, run(s, 0, reports), DDN_STOPPED, "stopped");
    OK(s->ctx, run(s, 0, 0));
    assert_int_equal(s->stop.reports, reports); /* nothing was kept */
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_ALL));
    OK(s->ctx, run(s, 0, 0));
    OK(s->ctx, run(s, 0, 0));
    same(s, want, 0, 0);
    assert_true(2 * s->stop.reports < reports);
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_SEED, 4));
    OK(s->ctx, run(s, 0, 0));
    assert_int_equal(s->stop.reports, reports);
    assert_true(memcmp(s->numbers, want->numbers, (size_t)want->count * sizeof(double)) != 0);
    OK(s->ctx, ddn_options_set_i64(o, DDN_ANALYSIS_SEED, 3));
    OK(s->ctx, run(s, 0, 0));
    same(s, want, 0, 0);
    assert_true(2 * s->stop.reports < reports);
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_NOTHING));
    OK(s->ctx, run(s, 0, 0));
    assert_int_equal(s->stop.reports, reports);
    /* What was kept went then; what a stopped run leaves stays when all is to be kept. */
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
    OK(s->ctx, run(s, 0, 0));
    assert_int_equal(s->stop.reports, reports);
    FAILS(s->ctx, run(s, 0, reports - 2), DDN_STOPPED, "stopped");
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_ALL));
    OK(s->ctx, run(s, 0, 0));
    assert_true(2 * s->stop.reports < reports);
    same(s, want, 0, 0);
    free_scene(s);
    free_scene(want);
}

static void test_refused(void **state)
{
    (void)state;
    scene *s = make_scene(), *want = make_scene();
    int64_t size = 0;
    FAILS(s->ctx, ddn_analysis_save_size(s->set.an, &size), DDN_E_STATE, "ddn_analysis_keep");
    FAILS(s->ctx, ddn_analysis_keep(s->set.an, 3), DDN_E_KEY, "keep = 3");
    OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
    const int64_t reports = reference(want, 2);
    FAILS(s->ctx, run(s, 2, reports / 4), DDN_STOPPED, "stopped");
    unsigned char *bytes = save(s, &size);
    FAILS(s->ctx, ddn_analysis_save(s->set.an, size - 1, bytes), DDN_E_CAPACITY, "capacity");
    ddn_analysis *an = s->set.an;
    for (int64_t i = 0; i < size; i++) {
        bytes[i] ^= 0x20;
        FAILS(s->ctx, ddn_analysis_restore(an, size, bytes), DDN_E_FORMAT, "saved journal");
        bytes[i] ^= 0x20;
        FAILS(s->ctx, ddn_analysis_restore(an, i, bytes), DDN_E_FORMAT, "saved journal");
    }
    FAILS(s->ctx, ddn_analysis_restore(an, -1, bytes), DDN_E_FORMAT, "saved journal");
    OK(s->ctx, run(s, 2, 0)); /* nothing has happened to the journal */
    same(s, want, 2, reports / 4);
    assert_true(s->stop.reports < reports);
    free(bytes);
    free_scene(s);
    free_scene(want);
}

/* Memory that runs out at the k-th allocation of a call: the call that is made again goes on. */
static void test_no_memory(void **state)
{
    (void)state;
    scene *want = make_scene(), *s = calloc(1, sizeof *s);
    assert_non_null(s);
    for (int kind = 0; kind < measurement_count(); kind += 3) {
        (void)reference(want, kind);
        for (int64_t k = 1, failed = 1; failed; k += 1 + k / 4) {
            test_memory memory;
            s->ctx = test_failing_context(&memory, 0);
            assert_non_null(s->ctx);
            OK(s->ctx, measurement_set_make(s->ctx, &s->set));
            OK(s->ctx, ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
            memory.fail_at = memory.allocations + k;
            const ddn_status status = run(s, kind, 0);
            failed = status != DDN_OK;
            assert_true(status == DDN_OK || status == DDN_E_NOMEM);
            memory.fail_at = 0;
            OK(s->ctx, run(s, kind, 0));
            same(s, want, kind, -k);
            measurement_set_free(&s->set);
            ddn_context_destroy(s->ctx);
            assert_int_equal(memory.live, 0);
        }
    }
    free(s);
    free_scene(want);
}

static ddn_status life(ddn_context *ctx, void *user)
{
    static unsigned char bytes[1 << 16];
    measurement_set set;
    ddn_result *r = NULL;
    int64_t size = 0;
    (void)user;
    ddn_status status = measurement_set_make(ctx, &set);
    status = status != DDN_OK ? status : ddn_analysis_keep(set.an, DDN_KEEP_ALL);
    status = status != DDN_OK ? status : measurement_run(&set, 0, &r);
    status = status != DDN_OK ? status : ddn_analysis_save_size(set.an, &size);
    status = status != DDN_OK ? status : ddn_analysis_save(set.an, sizeof bytes, bytes);
    status = status != DDN_OK ? status : ddn_analysis_restore(set.an, size, bytes);
    ddn_result_destroy(r);
    measurement_set_free(&set);
    return status;
}

static void test_allocations(void **state)
{
    (void)state;
    assert_true(test_every_allocation(life, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopped_anywhere), cmocka_unit_test(test_stopped_often),
        cmocka_unit_test(test_saved_inside),     cmocka_unit_test(test_kept),
        cmocka_unit_test(test_refused),          cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Stages inside one another, reports between the tiles of a loop, looks that are put off. */
#include "base/check.h"
#include "base/os.h"
#include "base/parallel.h"
#include "support/fixtures.h"

typedef struct seen {
    ddn_context *ctx;
    int64_t calls;
    _Atomic int64_t tiles;
    const char *stage;
    double fraction;
    int32_t answer;
    int32_t backwards;
} seen;

static int32_t follow(void *user, const char *stage, double fraction)
{
    seen *s = user;
    s->calls++;
    s->backwards += s->stage != NULL && strcmp(stage, s->stage) == 0 && fraction < s->fraction;
    s->stage = stage;
    s->fraction = fraction;
    return s->answer;
}

static ddn_status inner(ddn_context *ctx)
{
    DDNI_STAGE(ctx, "inner");
    for (int k = 0; k <= 4; k++) {
        DDNI_TRY(ddni_stage_part(ctx, 0.25 * k, fmin(1, 0.25 * (k + 1))));
        DDNI_TRY(ddni_progress(ctx, "leaf", 0.5));
    }
    return DDN_OK;
}

static void stages_nest(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    seen s = {.ctx = ctx};
    OK(ctx, ddn_context_set_progress(ctx, follow, &s, NULL));
    OK(ctx, inner(ctx));
    assert_string_equal(s.stage, "inner");
    assert_true(s.fraction == 1);
    OK(ctx, ddni_progress(ctx, "leaf", 0.25)); /* the stage has ended */
    assert_string_equal(s.stage, "leaf");
    assert_true(s.fraction == 0.25);
    s.calls = 0;
    {
        DDNI_STAGE(ctx, "outer");
        OK(ctx, ddni_stage_part(ctx, 0.5, 0.75));
        assert_string_equal(s.stage, "outer");
        assert_true(s.fraction == 0.5);
        OK(ctx, inner(ctx));
        assert_string_equal(s.stage, "outer");
        assert_true(s.fraction == 0.75);
        OK(ctx, inner(ctx)); /* once more in the same part: it does not go back */
        assert_true(s.fraction == 0.75);
        OK(ctx, ddni_stage_part(ctx, 1, 1));
        assert_true(s.fraction == 1);
    }
    assert_int_equal(s.calls, 2 + 2 * 10);
    assert_int_equal(s.backwards, 0);
    ddn_context_destroy(ctx);
}

static void slow_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)tile;
    (void)worker;
    seen *s = arg;
    int64_t start = ddni_nanoseconds();
    while (ddni_nanoseconds() - start < 60000000) {
    }
    s->tiles++;
}

/* Without a stage of its own a loop is heard of every 0.1 s, and the answer ends it. */
static void a_loop_reports_by_itself(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    seen s = {.ctx = ctx};
    OK(ctx, ddn_context_set_progress(ctx, follow, &s, NULL));
    OK(ctx, ddni_parallel(ctx, 5, 0, slow_tile, &s));
    assert_true(s.calls > 0 && s.calls < 5);
    assert_int_equal(s.tiles, 5);
    const int32_t answers[] = {DDN_STOPPED, -7};
    for (int i = 0; i < 2; i++) {
        OK(ctx, ddn_context_set_progress(ctx, follow, &s, NULL));
        s.answer = answers[i];
        s.tiles = 0;
        assert_int_equal(ddni_parallel(ctx, 50, 0, slow_tile, &s),
                         i == 0 ? DDN_STOPPED : DDN_E_CALLBACK);
        assert_true(s.tiles < 50);
    }
    ddn_context_destroy(ctx);
}

static void count_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)tile;
    (void)worker;
    ++*(int64_t *)arg;
}

/* A callback between the tiles of a loop may use the same context: its own loops stay on it. */
static int32_t loop_inside(void *user, const char *stage, double fraction)
{
    seen *s = user;
    int64_t tiles = 0;
    (void)stage;
    (void)fraction;
    s->calls++;
    return ddni_parallel(s->ctx, 1000, 1e9, count_tile, &tiles) == DDN_OK && tiles == 1000 ? 0 : -1;
}

static void loops_inside_a_callback(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    seen s = {.ctx = ctx};
    OK(ctx, ddn_context_set_progress(ctx, loop_inside, &s, NULL));
    OK(ctx, ddni_parallel(ctx, 10, 1e9, slow_tile, &s));
    assert_int_equal(s.tiles, 10);
    assert_true(s.calls > 0);
    ddn_context_destroy(ctx);
}

static void looks_can_be_put_off(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    int64_t tiles = 0;
    ddn_context_cancel(ctx);
    ddni_defer(ctx, 1);
    OK(ctx, ddni_poll(ctx));
    OK(ctx, ddni_parallel(ctx, 3, 0, count_tile, &tiles));
    assert_int_equal(tiles, 3);
    ddni_defer(ctx, -1);
    assert_int_equal(ddni_poll(ctx), DDN_STOPPED);
    assert_int_equal(ddni_parallel(ctx, 3, 0, count_tile, &tiles), DDN_STOPPED);
    assert_int_equal(tiles, 3);
    OK(NULL, ddni_poll(NULL));
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_nest),
        cmocka_unit_test(a_loop_reports_by_itself),
        cmocka_unit_test(loops_inside_a_callback),
        cmocka_unit_test(looks_can_be_put_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

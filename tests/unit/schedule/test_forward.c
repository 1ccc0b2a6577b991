/* Forward transitions and levels: precision against long double, statistics, splits. White box. */
#include "schedule/dd.h"
#include "schedule/schedule_impl.h"
#include "support/fixtures.h"

/* x = e^y to all bits of long double, against the sum hi + lo; and expm1, log1p. */
static void double_double(void **state)
{
    (void)state;
    for (double y = -340; y <= 340; y += 0.731) {
        ddni_dd e = ddni_dd_exp(dd_from(y));
        long double want = expl((long double)y);
        assert_true(fabsl(((long double)e.hi - want + e.lo) / want) < 2e-19L);
        /* e^y e^-y = 1 to the full width */
        ddni_dd one = dd_mul(e, ddni_dd_exp(dd_from(-y)));
        CLOSE((one.hi - 1) + one.lo, 0, 0, 1e-29);
    }
    for (double y = 1e-300; y < 0.5; y *= 7.7) {
        for (int sign = -1; sign <= 1; sign += 2) {
            double v = sign * y;
            ddni_dd e = ddni_dd_expm1(dd_from(v));
            long double want = expm1l((long double)v);
            assert_true(fabsl(((long double)e.hi - want + e.lo) / want) < 2e-19L);
            ddni_dd l = ddni_dd_log1p(v);
            want = log1pl((long double)v);
            assert_true(fabsl(((long double)l.hi - want + l.lo) / want) < 2e-19L);
            /* expm1(log1p(v)) = v to the full width */
            ddni_dd back = ddni_dd_expm1(l);
            CLOSE(((back.hi - v) + back.lo) / v, 0, 0, 1e-28);
        }
    }
}

static ddn_schedule *make(ddn_context *ctx, int kind)
{
    ddn_schedule *sch = NULL;
    if (kind == 0) {
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    } else if (kind == 1) {
        OK(ctx, ddn_schedule_create_vp_linear(ctx, 0.1, 20.0, &sch));
    } else if (kind == 2) {
        OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 1000, &sch));
    } else {
        OK(ctx, ddn_schedule_create_edm(ctx, &sch));
    }
    return sch;
}

/* a and s^2 of OU to 1e-19, and the transition variance for times that nearly agree. */
static void levels_are_exact(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *ou = make(ctx, 0), *edm = make(ctx, 3);
    for (double t = 1e-12; t < 300; t *= 3.3) {
        ddni_level at, later;
        OK(ctx, ddni_schedule_level(ctx, ou, t, &at));
        long double a = expl(-(long double)t), s2 = -expm1l(-2 * (long double)t);
        assert_true(fabsl((at.a - a + at.a_low) / a) < 2e-19L);
        assert_true(fabsl((at.s2 - s2 + at.s2_low) / s2) < 2e-19L);
        CLOSE(at.s * at.s, at.s2, 4e-16, 0);
        for (double h = 1; h > 1e-13; h *= 0.03) {
            double t2 = t * (1 + h);
            OK(ctx, ddni_schedule_level(ctx, ou, t2, &later));
            CLOSE(ddni_transition_variance(&at, &later), -expm1(-2 * (t2 - t)), 1e-15, 0);
            OK(ctx, ddni_schedule_level(ctx, edm, t, &at));
            OK(ctx, ddni_schedule_level(ctx, edm, t2, &later));
            CLOSE(ddni_transition_variance(&at, &later), (t2 - t) * (t2 + t), 1e-15, 0);
            OK(ctx, ddni_schedule_level(ctx, ou, t, &at));
        }
    }
    ddni_level end, any;
    OK(ctx, ddni_schedule_level_or_end(ctx, ou, 0.0, &end));
    assert_true(end.a == 1 && end.a_low == 0 && end.s == 0 && end.s2 == 0);
    OK(ctx, ddni_schedule_level(ctx, ou, 0.5, &any));
    CLOSE(ddni_transition_variance(&end, &any), any.s2, 1e-16, 0);
    CLOSE(ddni_transition_variance(&any, &any), 0, 0, 1e-31);
    FAILS(ctx, ddni_schedule_level(ctx, ou, 1e-310, &any), DDN_E_RANGE, "noiseless end");
    ddn_schedule_destroy(ou);
    ddn_schedule_destroy(edm);
    ddn_context_destroy(ctx);
}

enum {
    M = 20000,
    D = 3
};

/* Mean and variance of every coordinate's law of one transition, and of two in a row, each within
 * 4.5 standard errors: false alarm below 2e-4 in all for a random seed; the seed is fixed. */
static void transitions_compose(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(2);
    const double starts[4] = {0, 0, -1, 0}, mids[4] = {0.2, 0.1, 99, 0.7},
                 ends[4] = {0.9, 0.4, 400, 2.0};
    const double clean[D] = {1.5, -0.25, 0.0};
    double *x = malloc((size_t)(M * D) * sizeof *x);
    assert_non_null(x);
    for (int kind = 0; kind < 4; kind++) {
        ddn_schedule *sch = make(ctx, kind);
        double a, s;
        OK(ctx, ddn_schedule_eval(ctx, sch, ends[kind], &a, &s));
        for (int parts = 1; parts <= 2; parts++) {
            for (int64_t r = 0; r < M * D; r++) {
                x[r] = clean[r % D];
            }
            if (parts == 1) {
                OK(ctx,
                   ddn_schedule_forward(ctx, sch, starts[kind], ends[kind], 5, 0, 0, M, D, x, D));
            } else {
                OK(ctx,
                   ddn_schedule_forward(ctx, sch, starts[kind], mids[kind], 6, 0, 0, M, D, x, D));
                OK(ctx,
                   ddn_schedule_forward(ctx, sch, mids[kind], ends[kind], 6, 0, 1, M, D, x, D));
            }
            double all = 0;
            for (int j = 0; j < D; j++) {
                double sum = 0, square = 0;
                for (int64_t r = 0; r < M; r++) {
                    double u = (x[r * D + j] - a * clean[j]) / s;
                    sum += u;
                    square += u * u;
                }
                CLOSE(sum / M, 0, 0, 4.5 / sqrt(M));
                all += square;
            }
            CLOSE(all / (M * D), 1, 0, 4.5 * sqrt(2.0 / (M * D)));
        }
        ddn_schedule_destroy(sch);
    }
    free(x);
    ddn_context_destroy(ctx);
}

/* A row's result depends on its path number alone: not on the batch, the padding, the threads. */
static void splits_and_threads(void **state)
{
    (void)state;
    enum {
        ROWS = 37,
        WIDE = 1100
    };
    static double whole[ROWS][WIDE + 5], part[ROWS][WIDE + 5];
    ddn_context *one = test_context(1), *three = test_context(3);
    ddn_schedule *sch = make(one, 0);
    memset(whole, 0, sizeof whole);
    memset(part, 0, sizeof part);
    OK(one, ddn_schedule_forward(one, sch, 0, 1, 3, 100, 9, ROWS, WIDE, whole[0], WIDE + 5));
    for (int64_t r = 0; r < ROWS; r += 5) {
        int64_t m = r + 5 < ROWS ? 5 : ROWS - r;
        OK(three,
           ddn_schedule_forward(three, sch, 0, 1, 3, 100 + r, 9, m, WIDE, part[r], WIDE + 5));
    }
    assert_memory_equal(whole, part, sizeof whole);
    memset(part, 0, sizeof part);
    OK(three, ddn_schedule_forward(three, sch, 0, 1, 3, 100, 9, ROWS, WIDE, part[0], WIDE + 5));
    assert_memory_equal(whole, part, sizeof whole);
    assert_true(whole[0][WIDE] == 0 && whole[0][0] != whole[1][0]);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(one);
    ddn_context_destroy(three);
}

static void bad_input(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_schedule *sch = make(ctx, 0);
    double x[4] = {1, 2, 3, 4};
#define GO(from, to, path, step, m, d, p, ldx)                                                     \
    ddn_schedule_forward(ctx, sch, (from), (to), 0, (path), (step), (m), (d), (p), (ldx))
    OK(ctx, GO(0, 1, 0, 0, 0, 2, NULL, 2));
    FAILS(ctx, GO(1, 1, 0, 0, 2, 2, x, 2), DDN_E_RANGE, "t_to = 1");
    FAILS(ctx, GO(1, 0.5, 0, 0, 2, 2, x, 2), DDN_E_RANGE, "not later");
    FAILS(ctx, GO(-1, 0.5, 0, 0, 2, 2, x, 2), DDN_E_RANGE, "-1");
    FAILS(ctx, GO(0, NAN, 0, 0, 2, 2, x, 2), DDN_E_NONFINITE, "nan");
    FAILS(ctx, GO(0, 1, -1, 0, 2, 2, x, 2), DDN_E_RANGE, "first_path");
    FAILS(ctx, GO(0, 1, 0, -1, 2, 2, x, 2), DDN_E_RANGE, "step");
    FAILS(ctx, GO(0, 1, 0, 0, 2, 0, x, 2), DDN_E_RANGE, "d = 0");
    FAILS(ctx, GO(0, 1, 0, 0, -1, 2, x, 2), DDN_E_RANGE, "m = -1");
    FAILS(ctx, GO(0, 1, 0, 0, 2, 2, x, 1), DDN_E_SHAPE, "less than");
    FAILS(ctx, GO(0, 1, 0, 0, 2, 2, NULL, 2), DDN_E_NULL, "x");
    x[3] = NAN;
    FAILS(ctx, GO(0, 1, 0, 0, 2, 2, x, 2), DDN_E_NONFINITE, "x[1][1]");
    assert_true(x[0] == 1 && x[1] == 2 && x[2] == 3);
    ddn_schedule_destroy(sch);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(double_double),       cmocka_unit_test(levels_are_exact),
        cmocka_unit_test(transitions_compose), cmocka_unit_test(splits_and_threads),
        cmocka_unit_test(bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

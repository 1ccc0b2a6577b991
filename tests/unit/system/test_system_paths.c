/* Trajectories of flows, orbits and escape of maps, callbacks that fail. */
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/reference.h"
#include "support/systems.h"

enum {
    ROOM = 16
};

static void trajectories(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 1, test_fold);
    const json_t *ref = ref_at("generic_dynamics.x2_minus_1");
    double t = ref_number(ref, "t"), times[4] = {0, t / 3, t / 2, t}, x[4], back[4];
    for (int64_t i = 0; i < ref_length(ref, "x0"); i++) {
        double x0 = ref_element(ref, "x0", i);
        OK(ctx, ddn_system_trajectory(ctx, sys, -1, 1e-13, 4, &x0, times, x, 1));
        CLOSE(x[3], ref_element(ref, "x_t", i), 1e-11, 0);
        CLOSE(x[1], -tanh(t / 3 - atanh(x0)), 1e-11, 1e-12);
        double reversed[4] = {t, t / 2, t / 3, 0};
        OK(ctx, ddn_system_trajectory(ctx, sys, -1, 1e-13, 4, &x[3], reversed, back, 1));
        CLOSE(back[3], x0, 1e-10, 1e-11);
    }
    /* The error follows the tolerance. */
    double x0 = 0.5, exact = -tanh(t - atanh(0.5)), last = 1;
    for (double tolerance = 1e-4; tolerance > 1e-12; tolerance /= 100) {
        OK(ctx, ddn_system_trajectory(ctx, sys, -1, tolerance, 4, &x0, times, x, 1));
        double error = fabs(x[3] - exact);
        assert_true(error < 5 * tolerance && error < last);
        last = error;
    }
    const double tiny[3] = {0, 1e-200, 2e-200}; /* in order, though products of them underflow */
    OK(ctx, ddn_system_trajectory(ctx, sys, -1, 1e-9, 3, &x0, tiny, x, 1));
    CLOSE(x[2], x0, 1e-15, 0);
    double time = 0, two = 2;
    OK(ctx, ddn_system_passage(ctx, sys, -1, -1, 1e13, 5, 1e-13, &two, &time, x));
    CLOSE(time, ref_number(ref, "blowup_x0_2"), 1e-11, 0);
    CLOSE(x[0], 1e13, 1e-9, 0);
    FAILS(ctx, ddn_system_trajectory(ctx, sys, -1, 1e-9, 4, &two, times, x, 1), DDN_E_CONVERGENCE,
          "time 0.549306144");
    const json_t *ghost = ref_at("generic_dynamics.saddle_node");
    const json_t *passage = ref_get(ghost, "passage_time_from_-L_to_L");
    double from = -ref_number(passage, "L");
    OK(ctx, ddn_system_passage(ctx, sys, ref_number(passage, "r"), 0, -from, 1e3, 1e-12, &from,
                               &time, NULL));
    CLOSE(time, ref_number(passage, "T"), 1e-10, 0);
    const json_t *cases = ref_get(ghost, "ghost_passage_time_pi_over_sqrt_r");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        from = -1e12;
        OK(ctx, ddn_system_passage(ctx, sys, ref_number(c, "r"), 0, 1e12, 1e4, 1e-13, &from, &time,
                                   NULL));
        CLOSE(time, ref_number(c, "T"), 1e-10, 0);
    }
    x0 = 0.9;
    OK(ctx, ddn_system_passage(ctx, sys, -1, 0, 2, 7, 1e-10, &x0, &time, x));
    assert_true(isinf(time));
    CLOSE(x[0], -tanh(7 - atanh(0.9)), 1e-9, 0);
    FAILS(ctx, ddn_system_passage(ctx, sys, -1, 1, 2, 7, 1e-10, &x0, &time, x), DDN_E_RANGE,
          "coordinate = 1");
    FAILS(ctx, ddn_system_passage(ctx, sys, -1, 0, 2, 7, 0, &x0, &time, x), DDN_E_RANGE,
          "tolerance");
    times[2] = 0;
    FAILS(ctx, ddn_system_trajectory(ctx, sys, -1, 1e-9, 4, &x0, times, x, 1), DDN_E_RANGE,
          "times[2]");
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* -sqrt(x): not a number below 0; from 1 it is (1 - t/2)^2. Of d = 2, the other one grows. */
static int32_t to_the_edge(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)user;
    (void)p;
    out[0] = -sqrt(x[0]);
    for (int64_t i = 1; i < d; i++) {
        out[i] = 1;
    }
    return 0;
}

static int32_t at_rest(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)user;
    (void)d;
    (void)x;
    out[0] = p;
    return 0;
}

static void edges(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 2, to_the_edge);
    /* Trial steps beyond the edge are taken back. */
    const double start[2] = {1, 0}, times[3] = {0, 1, 1.99};
    double x[6], time = 0;
    OK(ctx, ddn_system_trajectory(ctx, sys, 0, 1e-10, 3, start, times, x, 2));
    CLOSE(x[2], 0.25, 1e-9, 0);
    CLOSE(x[4], 0.005 * 0.005, 1e-3, 0);
    CLOSE(x[5], 1.99, 1e-12, 0);
    /* Passages downward, upward, and none where a path only begins at its level. */
    OK(ctx, ddn_system_passage(ctx, sys, 0, 0, 0.25, 1.9, 1e-11, start, &time, NULL));
    CLOSE(time, 1, 1e-9, 0);
    OK(ctx, ddn_system_passage(ctx, sys, 0, 1, 0.5, 1.9, 1e-11, start, &time, NULL));
    CLOSE(time, 0.5, 1e-9, 0);
    OK(ctx, ddn_system_passage(ctx, sys, 0, 0, 1, 1.9, 1e-11, start, &time, NULL));
    assert_true(isinf(time));
    ddn_system_destroy(sys);
    /* What stays at the level is there from the start. */
    sys = test_flow(ctx, 1, at_rest);
    OK(ctx, ddn_system_passage(ctx, sys, 0, 0, 1, 1.9, 1e-11, start, &time, NULL));
    assert_true(time == 0);
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* z^2 + c with c = user. */
static int32_t square(void *user, double p, int64_t d, const double *z, double *out)
{
    (void)d;
    (void)p;
    const double *c = user;
    out[0] = z[0] * z[0] - z[1] * z[1] + c[0];
    out[1] = 2 * z[0] * z[1] + c[1];
    return 0;
}

static void maps(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const json_t *cases = ref_at("generic_dynamics.mandelbrot.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *ref = json_array_get(cases, k);
        double c[2], zero[2] = {0, 0};
        ref_numbers(ref, "c", c, 2);
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 2, square, NULL, c, NULL, &sys));
        int64_t count = 0, want = (int64_t)ref_number(ref, "escape");
        OK(ctx, ddn_system_escape(ctx, sys, 0, 2, 1000, zero, &count));
        assert_int_equal(count, want);
        if (want < 1001) {
            double *orbit = malloc((size_t)(2 * want + 2) * sizeof *orbit);
            OK(ctx, ddn_system_orbit(ctx, sys, 0, want, zero, orbit, 2));
            CLOSE(hypot(orbit[2 * want], orbit[2 * want + 1]), ref_number(ref, "abs_z_at_stop"),
                  1e-12, 0);
            free(orbit);
        }
        ddn_system_destroy(sys);
    }
    cases = ref_at("generic_dynamics.mandelbrot_fixed_points");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *ref = json_array_get(cases, k);
        double c[2], want[2], z[2], start[2] = {-0.1, 0.1}, re[2], im[2], multiplier[2];
        ref_numbers(ref, "c", c, 2);
        ref_numbers(ref, "z_minus", want, 2);
        ref_numbers(ref, "multiplier_minus", multiplier, 2);
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 2, square, NULL, c, NULL, &sys));
        int64_t count = 0;
        OK(ctx, ddn_system_fixed_points(ctx, sys, 0, 1, 1, start, 2, z, &count));
        assert_int_equal(count, 1);
        int tangent = c[0] == 0.25; /* a double zero: half the digits */
        CLOSE(z[0], want[0], tangent ? 1e-6 : 1e-12, 0);
        CLOSE(z[1], want[1], 1e-12, tangent ? 1e-6 : 1e-12);
        ddn_stability stability = 0;
        OK(ctx, ddn_system_eigenvalues(ctx, sys, 0, 1e-8, want, re, im, &stability));
        CLOSE(re[0], multiplier[0], 1e-9, 0); /* the plane sees it and its conjugate */
        CLOSE(fabs(im[0]), fabs(multiplier[1]), 1e-9, 1e-9);
        CLOSE(hypot(re[1], im[1]), ref_number(ref, "abs_multiplier_minus"), 1e-9, 0);
        double size = ref_number(ref, "abs_multiplier_minus");
        assert_int_equal(stability, tangent    ? DDN_STABILITY_NEUTRAL
                                    : size < 1 ? DDN_STABILITY_STABLE
                                               : DDN_STABILITY_UNSTABLE);
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

static int32_t minus_cube(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * x[0] - x[0] * x[0] * x[0];
    return 0;
}

/* Fails when x > 1, writes NaN when x < -1. */
static int32_t fails_beyond(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)p;
    if (user != NULL) {
        ++*(int64_t *)user;
    }
    out[0] = x[0] < -1 ? NAN : 1 - x[0];
    return x[0] > 1 ? 7 : 0;
}

static void count_release(void *user)
{
    *(int64_t *)user += 1000;
}

static void callbacks_may_fail(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = NULL;
    int64_t calls = 0, count = 0;
    OK(ctx,
       ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, fails_beyond, NULL, &calls, count_release, &sys));
    double x[ROOM], times[2] = {0, -3}, zero = 0, two = 2, p[ROOM], passage;
    ddn_system_bifurcation kind[ROOM];
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, 0, 2, 8, ROOM, x, NULL, NULL, &count),
          DDN_E_CALLBACK, "returned 7");
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -2, 0, 8, ROOM, x, NULL, NULL, &count),
          DDN_E_CALLBACK, "nan");
    FAILS(ctx, ddn_system_bifurcations(ctx, sys, 0, 1, 4, 0, 2, 8, ROOM, p, x, kind, &count),
          DDN_E_CALLBACK, "returned 7");
    FAILS(ctx, ddn_system_fixed_points(ctx, sys, 0, 1, ROOM, &two, 1, x, &count), DDN_E_CALLBACK,
          "returned 7");
    FAILS(ctx, ddn_system_eigenvalues(ctx, sys, 0, 0, &two, x, NULL, NULL), DDN_E_CALLBACK,
          "returned 7");
    FAILS(ctx, ddn_system_trajectory(ctx, sys, 0, 1e-6, 2, &zero, times, x, 1), DDN_E_CONVERGENCE,
          "blows up");
    FAILS(ctx, ddn_system_passage(ctx, sys, 0, 0, 0, 1, 1e-6, &two, &passage, NULL), DDN_E_CALLBACK,
          "returned 7");
    FAILS(ctx, ddn_system_orbit(ctx, sys, 0, 1, &zero, x, 1), DDN_E_UNSUPPORTED, "not a map");
    assert_true(calls > 0 && calls < 1000);
    ddn_system_destroy(sys);
    assert_true(calls >= 1000);
    ddn_system_destroy(NULL);

    sys = (ddn_system *)ctx;
    FAILS(ctx, ddn_system_create(ctx, 3, 1, test_fold, NULL, NULL, NULL, &sys), DDN_E_KEY, "3");
    assert_null(sys);
    FAILS(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 0, test_fold, NULL, NULL, NULL, &sys),
          DDN_E_RANGE, "d = 0");
    FAILS(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, NULL, NULL, NULL, NULL, &sys), DDN_E_NULL,
          "f");
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, fails_beyond, NULL, NULL, NULL, &sys));
    OK(ctx, ddn_system_escape(ctx, sys, 0, 0.5, 10, &zero, &count));
    assert_int_equal(count, 1);
    const double first[] = {0, NAN}; /* which is not of the first one */
    OK(ctx, ddn_system_orbit(ctx, sys, 0, 1, first, x, 1));
    FAILS(ctx, ddn_system_escape(ctx, sys, 0, 5, 10, &two, &count), DDN_E_CALLBACK, "returned 7");
    FAILS(ctx, ddn_system_trajectory(ctx, sys, 0, 1e-6, 2, &zero, times, x, 1), DDN_E_UNSUPPORTED,
          "not a flow");
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

static ddn_status everything_that_allocates(ddn_context *ctx, void *arg)
{
    (void)arg;
    ddn_system *sys = NULL;
    double x[ROOM], p[ROOM], re[2], start[2] = {0.3, 0.1}, times[2] = {0, 1}, c[2] = {0, 0};
    ddn_system_bifurcation kind[ROOM];
    int64_t count;
    ddn_status status =
        ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, minus_cube, NULL, NULL, NULL, &sys);
    if (status == DDN_OK) {
        status = ddn_system_fixed_points_1d(ctx, sys, 1, -2, 2, 9, ROOM, x, NULL, NULL, &count);
    }
    if (status == DDN_OK) {
        status = ddn_system_bifurcations(ctx, sys, -1, 1, 5, -2, 2, 9, ROOM, p, x, kind, &count);
    }
    if (status == DDN_OK) {
        status = ddn_system_trajectory(ctx, sys, 1, 1e-3, 2, start, times, x, 1);
    }
    if (status == DDN_OK) {
        status = ddn_system_passage(ctx, sys, 1, 0, 0.5, 5, 1e-3, start, x, NULL);
    }
    ddn_system_destroy(sys);
    if (status == DDN_OK) {
        status = ddn_system_create(ctx, DDN_SYSTEM_MAP, 2, square, NULL, c, NULL, &sys);
        if (status == DDN_OK) {
            status = ddn_system_fixed_points(ctx, sys, 0, 1, 1, start, 2, x, &count);
        }
        if (status == DDN_OK) {
            status = ddn_system_eigenvalues(ctx, sys, 0, 0, start, re, NULL, NULL);
        }
        if (status == DDN_OK) {
            status = ddn_system_escape(ctx, sys, 0, 2, 5, start, &count);
        }
        ddn_system_destroy(sys);
    }
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_every_allocation(everything_that_allocates, NULL) > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trajectories),
        cmocka_unit_test(edges),
        cmocka_unit_test(maps),
        cmocka_unit_test(callbacks_may_fail),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

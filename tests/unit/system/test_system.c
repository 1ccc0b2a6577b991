/* Fixed points of flows and maps, their stability and bifurcations. */
#include "support/fixtures.h"
#include "support/reference.h"
#include "support/systems.h"

enum {
    ROOM = 16
};

static int32_t fold_slope(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    (void)p;
    out[0] = 2 * x[0];
    return 0;
}

static void fixed_points_of_the_fold(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *exact = NULL;
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, test_fold, fold_slope, NULL, NULL, &exact));
    ddn_system *systems[2] = {test_flow(ctx, 1, test_fold), exact};
    double x[ROOM], slope[ROOM];
    ddn_stability stability[ROOM];
    int64_t count = 0;
    for (int k = 0; k < 2; k++) {
        const json_t *ref = ref_at("generic_dynamics.x2_minus_1");
        OK(ctx, ddn_system_fixed_points_1d(ctx, systems[k], -1, -5, 5, 97, ROOM, x, slope,
                                           stability, &count));
        assert_int_equal(count, 2);
        for (int64_t i = 0; i < 2; i++) {
            CLOSE(x[i], ref_element(ref, "fixed_points", i), 1e-14, 0);
            CLOSE(slope[i], ref_element(ref, "eigenvalues", i), 1e-10, 0);
        }
        assert_int_equal(stability[0], DDN_STABILITY_STABLE);
        assert_int_equal(stability[1], DDN_STABILITY_UNSTABLE);
        const json_t *cases = ref_at("generic_dynamics.saddle_node.cases");
        for (size_t i = 0; i < json_array_size(cases); i++) {
            const json_t *c = json_array_get(cases, i);
            /* Grids that hit 0, and that do not; pairs within a cell. */
            for (int64_t grid = 9; grid < 200; grid = 3 * grid + 1) {
                OK(ctx, ddn_system_fixed_points_1d(ctx, systems[k], ref_number(c, "r"), -5, 4.7,
                                                   grid, ROOM, x, slope, stability, &count));
                assert_int_equal(count, ref_length(c, "fixed_points"));
                for (int64_t j = 0; j < count; j++) {
                    CLOSE(x[j], ref_element(c, "fixed_points", j), 1e-12, 1e-9);
                    CLOSE(slope[j], ref_element(c, "eigenvalues", j), 1e-9, 2e-9);
                }
                assert_int_equal(stability[0],
                                 count == 1 ? DDN_STABILITY_HALF_STABLE : DDN_STABILITY_STABLE);
            }
        }
        OK(ctx, ddn_system_fixed_points_1d(ctx, systems[k], 1e-3, -5, 5, 50, ROOM, x, slope,
                                           stability, &count));
        assert_int_equal(count, 0);
        ddn_system_destroy(systems[k]);
    }
    ddn_context_destroy(ctx);
}

/* sin(3x)(x - 0.2)^2: simple zeros and a touching one; -x^3: neutral but stable. */
static int32_t wavy(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    (void)p;
    out[0] = sin(3 * x[0]) * (x[0] - 0.2) * (x[0] - 0.2);
    return 0;
}

static int32_t minus_cube(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * x[0] - x[0] * x[0] * x[0];
    return 0;
}

/* p x^3 (2.25 - x^2) */
static int32_t flat_between(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * x[0] * x[0] * x[0] * (1.5 - x[0]) * (1.5 + x[0]);
    return 0;
}

/* x^2 to a ten millionth. */
static int32_t grainy(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    volatile double shifted = 1e9 + x[0] * x[0];
    out[0] = shifted - 1e9 + 0 * p;
    return 0;
}

/* Of the differences at eight widths the one that the others agree with: the narrowest has errors
 * up to 3e-4 here. */
static void slopes_of_rounded_functions(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 1, grainy);
    for (double x = 0.5; x < 4; x += 0.37) {
        double slope;
        OK(ctx, ddn_system_eigenvalues(ctx, sys, 0, 0, &x, &slope, NULL, NULL));
        CLOSE(slope, 2 * x, 0, 6e-5);
    }
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* Moves on one side of 0 only: to the right or the left, where x is positive or negative. */
static int32_t one_sided(void *user, double p, int64_t d, const double *x, double *out)
{
    const int *side = user;
    (void)d;
    out[0] = x[0] * *side > 0 ? p * pow(x[0] * *side, 5) : 0;
    return 0;
}

/* The end of a line of fixed points: nothing comes back from the line itself. */
static void the_end_of_a_line_of_fixed_points(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int which = 0; which < 4; which++) {
        int side = which % 2 ? 1 : -1;
        double x[ROOM];
        ddn_stability stability[ROOM];
        int64_t count = 0;
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, one_sided, NULL, &side, NULL, &sys));
        OK(ctx, ddn_system_fixed_points_1d(ctx, sys, which < 2 ? 1 : -1, -1, 1, 4, ROOM, x, NULL,
                                           stability, &count));
        assert_int_equal(count, 3);
        CLOSE(x[side > 0 ? 2 : 0], 0, 0, 1e-12);
        for (int k = 0; k < 3; k++) {
            assert_int_equal(stability[k], DDN_STABILITY_NEUTRAL);
        }
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

static void other_fixed_points(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 1, wavy);
    double x[ROOM];
    ddn_stability stability[ROOM];
    int64_t count = 0;
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -2, 2, 131, ROOM, x, NULL, stability, &count));
    const double want[] = {-M_PI / 3, 0, 0.2, M_PI / 3};
    const ddn_stability kind[] = {DDN_STABILITY_STABLE, DDN_STABILITY_UNSTABLE,
                                  DDN_STABILITY_HALF_STABLE, DDN_STABILITY_STABLE};
    assert_int_equal(count, 4);
    for (int i = 0; i < 4; i++) {
        CLOSE(x[i], want[i], 1e-11, 1e-14);
        assert_int_equal(stability[i], kind[i]);
    }
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -2, 2, 131, 3, x, NULL, NULL, &count),
          DDN_E_CAPACITY, "capacity = 3");
    assert_int_equal(count, 3);
    ddn_system_destroy(sys);

    sys = test_flow(ctx, 1, minus_cube);
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -2, 2.1, 40, ROOM, x, NULL, stability, &count));
    assert_int_equal(count, 1);
    assert_int_equal(stability[0], DDN_STABILITY_STABLE);
    ddn_system_destroy(sys);
    /* A flat one between two others is unstable; nothing holds or drives what does not move. */
    sys = test_flow(ctx, 1, flat_between);
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 1, -2, 2.1, 40, ROOM, x, NULL, stability, &count));
    assert_int_equal(count, 3);
    assert_int_equal(stability[1], DDN_STABILITY_UNSTABLE);
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, 0, 1, 4, ROOM, x, NULL, stability, &count));
    assert_int_equal(count, 5);
    assert_int_equal(stability[2], DDN_STABILITY_NEUTRAL);
    /* A pair within a cell, of which there is room for none. */
    ddn_system_destroy(sys);
    sys = test_flow(ctx, 1, wavy);
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -1.5, 0.9, 2, 1, x, NULL, NULL, &count),
          DDN_E_CAPACITY, "capacity = 1");
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

static int32_t logistic(void *user, double p, int64_t d, const double *x, double *out);

static int32_t logistic_slope(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * (1 - 2 * x[0]);
    return 0;
}

/* Multipliers of the logistic map: p at 0, 2 - p at 1 - 1/p; by a Jacobian and without. */
static void fixed_points_of_maps(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double parameters[3] = {2.5, 3, 3.4};
    const ddn_stability second[3] = {DDN_STABILITY_STABLE, DDN_STABILITY_NEUTRAL,
                                     DDN_STABILITY_UNSTABLE};
    for (int k = 0; k < 2; k++) {
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, logistic, k == 0 ? NULL : logistic_slope,
                                  NULL, NULL, &sys));
        for (int i = 0; i < 3; i++) {
            double p = parameters[i], x[ROOM], multiplier[ROOM];
            ddn_stability stability[ROOM];
            int64_t count = 0;
            OK(ctx, ddn_system_fixed_points_1d(ctx, sys, p, -0.3, 1, 40, ROOM, x, multiplier,
                                               stability, &count));
            assert_int_equal(count, 2);
            CLOSE(x[1], 1 - 1 / p, 1e-13, 0);
            CLOSE(multiplier[0], p, 1e-9, 0);
            CLOSE(multiplier[1], 2 - p, 1e-9, 0);
            assert_int_equal(stability[0], DDN_STABILITY_UNSTABLE);
            assert_int_equal(stability[1], second[i]);
        }
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

/* The reverse SDE of two points +-1: x + 2 score, parameter theta. */
static int32_t two_points(void *user, double theta, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    double delta = 1 - theta * theta;
    out[0] = x[0] + 2 * (theta * tanh(theta * x[0] / delta) - x[0]) / delta;
    return 0;
}

static int32_t two_points_slope(void *user, double theta, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    double delta = 1 - theta * theta, m = tanh(theta * x[0] / delta);
    out[0] = 1 + 2 * (-1 / delta + theta * theta / (delta * delta) * (1 - m * m));
    return 0;
}

static void two_point_diffusion(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = NULL;
    OK(ctx,
       ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, two_points, two_points_slope, NULL, NULL, &sys));
    double x[ROOM], slope[ROOM];
    ddn_stability stability[ROOM];
    int64_t count = 0;
    const json_t *cases = ref_at("ssb.two_point_fixed_points.cases");
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *c = json_array_get(cases, k);
        OK(ctx, ddn_system_fixed_points_1d(ctx, sys, ref_number(c, "theta"), -2, 2, 401, ROOM, x,
                                           slope, stability, &count));
        int broken = json_object_get(c, "x_star") != NULL;
        assert_int_equal(count, broken ? 3 : 1);
        int64_t middle = count / 2;
        CLOSE(x[middle], 0, 0, 1e-14);
        CLOSE(slope[middle], 2 * ref_number(c, "drift_slope_at_0_over_beta"), 1e-11, 1e-13);
        if (broken) {
            CLOSE(x[2], ref_number(c, "x_star"), 1e-12, 0);
            CLOSE(x[0], -x[2], 1e-12, 0);
            CLOSE(slope[2], 2 * ref_number(c, "drift_slope_at_xstar_over_beta"), 1e-9, 0);
            assert_int_equal(stability[1], DDN_STABILITY_UNSTABLE);
            assert_int_equal(stability[2], DDN_STABILITY_STABLE);
        }
    }
    double p[ROOM];
    ddn_system_bifurcation kind[ROOM];
    OK(ctx, ddn_system_bifurcations(ctx, sys, 0.3, 0.9, 20, -2, 2, 101, ROOM, p, x, kind, &count));
    assert_int_equal(count, 1);
    assert_int_equal(kind[0], DDN_SYSTEM_PITCHFORK_SUPER);
    CLOSE(p[0], ref_number(ref_at("ssb"), "theta_c"), 1e-9, 0);
    CLOSE(x[0], 0, 0, 1e-9);
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

typedef struct normal_form {
    ddn_system_kind system;
    ddn_system_bifurcation kind;
    double p, x;
    ddn_system_fn f;
} normal_form;

static int32_t transcritical(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = (p - 0.3) * (x[0] - 0.1) - (x[0] - 0.1) * (x[0] - 0.1);
    return 0;
}

static int32_t subcritical(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * x[0] + pow(x[0], 3);
    return 0;
}

static int32_t fold_of_exp(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = exp(x[0]) - x[0] - p; /* fold at x = 0, p = 1 */
    return 0;
}

static int32_t logistic(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p * x[0] * (1 - x[0]);
    return 0;
}

static void bifurcations(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const normal_form forms[] = {
        {DDN_SYSTEM_FLOW, DDN_SYSTEM_SADDLE_NODE, 0, 0, test_fold},
        {DDN_SYSTEM_FLOW, DDN_SYSTEM_SADDLE_NODE, 1, 0, fold_of_exp},
        {DDN_SYSTEM_FLOW, DDN_SYSTEM_TRANSCRITICAL, 0.3, 0.1, transcritical},
        {DDN_SYSTEM_FLOW, DDN_SYSTEM_PITCHFORK_SUPER, 0, 0, minus_cube},
        {DDN_SYSTEM_FLOW, DDN_SYSTEM_PITCHFORK_SUB, 0, 0, subcritical},
        {DDN_SYSTEM_MAP, DDN_SYSTEM_TRANSCRITICAL, 1, 0, logistic},
        {DDN_SYSTEM_MAP, DDN_SYSTEM_PERIOD_DOUBLING, 3, 2.0 / 3, logistic},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const normal_form *form = &forms[i];
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, form->system, 1, form->f, NULL, NULL, NULL, &sys));
        for (int64_t grid = 20; grid < 90; grid += 23) { /* the first hits some of the points */
            double p[ROOM], x[ROOM];
            ddn_system_bifurcation kind[ROOM];
            int64_t count = 0;
            OK(ctx, ddn_system_bifurcations(ctx, sys, form->p - 1, form->p + 1, grid, -2, 2,
                                            2 * grid, ROOM, p, x, kind, &count));
            assert_int_equal(count, 1);
            assert_int_equal(kind[0], form->kind);
            CLOSE(p[0], form->p, 0, 2e-9);
            CLOSE(x[0], form->x, 0, 4e-9);
        }
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

/* h + r x - x^3 with r = 1: folds at h = +-2 (1/3)^(3/2), x = -+1/sqrt(3). */
static int32_t unfolded(void *user, double h, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = h + x[0] - x[0] * x[0] * x[0];
    return 0;
}

/* p + (x^2 - 1)^2 */
static int32_t two_valleys(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p + (x[0] * x[0] - 1) * (x[0] * x[0] - 1);
    return 0;
}

static void two_folds(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 1, unfolded);
    double p[ROOM], x[ROOM];
    ddn_system_bifurcation kind[ROOM];
    int64_t count = 0;
    OK(ctx, ddn_system_bifurcations(ctx, sys, -1, 1, 31, -2, 2, 60, ROOM, p, x, kind, &count));
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kind[i], DDN_SYSTEM_SADDLE_NODE);
        CLOSE(p[i], (i == 0 ? -2 : 2) * pow(1.0 / 3, 1.5), 1e-9, 0);
        CLOSE(x[i], (i == 0 ? 1 : -1) / sqrt(3), 1e-8, 0);
    }
    FAILS(ctx, ddn_system_bifurcations(ctx, sys, -1, 1, 31, -2, 2, 60, 1, p, x, kind, &count),
          DDN_E_CAPACITY, "capacity = 1");
    FAILS(ctx, ddn_system_bifurcations(ctx, sys, 1, 1, 31, -2, 2, 60, 1, p, x, kind, &count),
          DDN_E_RANGE, "p_lo");
    ddn_system_destroy(sys);
    sys = test_flow(ctx, 2, unfolded);
    FAILS(ctx, ddn_system_bifurcations(ctx, sys, -1, 1, 31, -2, 2, 60, ROOM, p, x, kind, &count),
          DDN_E_UNSUPPORTED, "d = 2");
    ddn_system_destroy(sys);
    /* Two at the same parameter are in the order of x. */
    sys = test_flow(ctx, 1, two_valleys);
    OK(ctx, ddn_system_bifurcations(ctx, sys, -0.5, 1, 31, -2, 2, 61, ROOM, p, x, kind, &count));
    assert_int_equal(count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kind[i], DDN_SYSTEM_SADDLE_NODE);
        CLOSE(p[i], 0, 0, 1e-9);
    }
    assert_true(fabs(fabs(x[0]) - 1) < 1e-8 && fabs(x[0] + x[1]) < 1e-8);
    assert_true(p[0] < p[1] || (p[0] == p[1] && x[0] < x[1]));
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* The sign of user's number: zeros at +-sqrt(-p) or +-sqrt(p). */
static int32_t fold_of_sign(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    out[0] = x[0] * x[0] + *(const double *)user * p;
    return 0;
}

/* A zero that comes in at the side leads to a fold that is beyond the parameters asked for. */
static void folds_beyond_the_ends(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (double sign = -1; sign <= 1; sign += 2) {
        ddn_system *sys = NULL;
        double p[ROOM], x[ROOM];
        ddn_system_bifurcation kind[ROOM];
        int64_t count = -1;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, fold_of_sign, NULL, &sign, NULL, &sys));
        for (int inside = 0; inside < 2; inside++) {
            double near = inside ? 0.01 : -0.01, far = near - 1;
            OK(ctx,
               ddn_system_bifurcations(ctx, sys, sign > 0 ? far : -near, sign > 0 ? near : -far, 20,
                                       -0.2, 1, 20, ROOM, p, x, kind, &count));
            assert_int_equal(count, inside);
        }
        CLOSE(p[0], 0, 0, 1e-9);
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

/* p - x/2 left of 0 and p - 2 x right of it. */
static int32_t bent(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = p - (x[0] < 0 ? 0.5 : 2) * x[0];
    return 0;
}

static int32_t bent_slope(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    (void)p;
    out[0] = x[0] < 0 ? -0.5 : -2;
    return 0;
}

/* A multiplier that jumps over -1 is not -1 anywhere. */
static void a_jump_is_no_doubling(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = NULL;
    double p[ROOM], x[ROOM];
    ddn_system_bifurcation kind[ROOM];
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_MAP, 1, bent, bent_slope, NULL, NULL, &sys));
    for (int64_t grid = 20; grid < 90; grid += 23) {
        int64_t count = -1;
        OK(ctx, ddn_system_bifurcations(ctx, sys, -1, 1.1, grid, -2, 2.1, 2 * grid, ROOM, p, x,
                                        kind, &count));
        assert_int_equal(count, 0);
    }
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

typedef struct moody {
    int64_t calls, good; /* the first ones are of x */
} moody;

static int32_t changes_its_mind(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)p;
    moody *m = user;
    assert_true(isfinite(x[0]));
    out[0] = m->calls++ < m->good ? x[0] : 1;
    return 0;
}

/* Signs on the grid that are not there any more when the zero is sought: there is none, and nobody
 * is asked at NaN. */
static void answers_that_change(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int stays = 0; stays < 2; stays++) {
        moody m = {0, stays ? INT64_MAX : 12}; /* the 12 points of the grid */
        ddn_system *sys = NULL;
        double x[ROOM];
        int64_t count = -1;
        OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, changes_its_mind, NULL, &m, NULL, &sys));
        OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -1, 1.1, 11, ROOM, x, NULL, NULL, &count));
        assert_int_equal(count, stays);
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

/* Folds whose zeros are of any size, and far from 0; poles; cells that double cannot tell apart. */
typedef struct place {
    double at, size;
    int64_t calls;
} place;

static int32_t fold_there(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    place *there = user;
    double y = (x[0] - there->at) / there->size;
    there->calls++;
    out[0] = there->size * (p + y * y);
    return 0;
}

static int32_t tangent(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)p;
    ((place *)user)->calls++;
    out[0] = tan(x[0]);
    return 0;
}

static void extreme_arguments(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    place there = {0, 1, 0};
    ddn_system *sys = NULL;
    double x[ROOM];
    ddn_stability stability[ROOM];
    int64_t count = 0;
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, fold_there, NULL, &there, NULL, &sys));
    for (double size = 1e-300; size < 1e301; size *= 1e50) {
        there = (place){0, size, 0};
        OK(ctx, ddn_system_fixed_points_1d(ctx, sys, -1, -3 * size, 2 * size, 51, ROOM, x, NULL,
                                           stability, &count));
        assert_int_equal(count, 2);
        CLOSE(x[0], -size, 1e-14, 0);
        CLOSE(x[1], size, 1e-14, 0);
        /* Both zeros are one: a product of values of g would underflow. */
        OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -3 * size, 2 * size, 51, ROOM, x, NULL,
                                           stability, &count));
        assert_int_equal(count, 1);
        assert_int_equal(stability[0], DDN_STABILITY_HALF_STABLE);
        assert_true(there.calls < 1000);
    }
    there = (place){1e8, 1, 0}; /* a pair within a cell far from 0 */
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, -1e-8, 1e8 - 3, 1e8 + 2, 51, ROOM, x, NULL, NULL,
                                       &count));
    assert_int_equal(count, 2);
    CLOSE(x[0], 1e8 - 1e-4, 0, 1e-7);
    CLOSE(x[1], 1e8 + 1e-4, 0, 1e-7);
    FAILS(ctx,
          ddn_system_fixed_points_1d(ctx, sys, -1, 1, nextafter(1, 2), 2, ROOM, x, NULL, NULL,
                                     &count),
          DDN_E_RANGE, "cells of width");
    FAILS(ctx,
          ddn_system_fixed_points_1d(ctx, sys, -1, -1e308, 1e308, 2, ROOM, x, NULL, NULL, &count),
          DDN_E_RANGE, "wider than double");
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, -1, NAN, 1, 2, ROOM, x, NULL, NULL, &count),
          DDN_E_RANGE, "not an interval");
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, NAN, -1, 1, 2, ROOM, x, NULL, NULL, &count),
          DDN_E_NONFINITE, "parameter");
    ddn_system_destroy(sys);
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, tangent, NULL, &there, NULL, &sys));
    there.calls = 0;
    OK(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, -5, 5, 51, ROOM, x, NULL, NULL, &count));
    assert_int_equal(count, 3); /* and none at the four poles */
    CLOSE(x[0], -x[2], 1e-15, 0);
    CLOSE(x[2], 3.14159265358979323846, 1e-15, 0);
    assert_true(there.calls < 1000);
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* Rotation and growth in the plane, with a saddle pair: x' = x - x^3 - y, y' = x + p y. */
static int32_t planar(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)d;
    (void)user;
    out[0] = x[0] - pow(x[0], 3) - x[1];
    out[1] = x[0] + p * x[1];
    return 0;
}

static void planar_fixed_points(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *sys = test_flow(ctx, 2, planar);
    double starts[64][3], x[ROOM][2], re[2], im[2];
    for (int i = 0; i < 64; i++) {
        starts[i][0] = -2 + 4.0 * (i % 8) / 7;
        starts[i][1] = -2 + 4.0 * (i / 8) / 7;
        starts[i][2] = NAN; /* padding is not read */
    }
    int64_t count = 0;
    ddn_stability stability = 0;
    /* p = -3: y = x/3, x^3 = 2x/3. */
    OK(ctx, ddn_system_fixed_points(ctx, sys, -3, 64, ROOM, starts[0], 3, x[0], &count));
    /* What stands in the output before is no point that is known: here they are all. */
    const int64_t before = count;
    OK(ctx, ddn_system_fixed_points(ctx, sys, -3, 64, ROOM, starts[0], 3, x[0], &count));
    assert_int_equal(count, before);
    assert_int_equal(count, 3);
    for (int64_t i = 0; i < count; i++) {
        double root = round(x[i][0] / sqrt(2.0 / 3)) * sqrt(2.0 / 3);
        CLOSE(x[i][0], root, 1e-13, 1e-14);
        CLOSE(x[i][1], root / 3, 1e-13, 1e-14);
        OK(ctx, ddn_system_eigenvalues(ctx, sys, -3, 1e-9, x[i], re, im, &stability));
        double trace = 1 - 3 * root * root - 3, det = -3 * (1 - 3 * root * root) + 1;
        CLOSE(re[0] + re[1], trace, 1e-10, 0);
        CLOSE(re[0] * re[1] - im[0] * im[1], det, 1e-9, 0);
        assert_int_equal(stability, det < 0 ? DDN_STABILITY_SADDLE : DDN_STABILITY_STABLE);
    }
    /* p = -1: at 0 the eigenvalues are 0, 0; p = -0.5: a pair 0.25 +- i sqrt(0.4375). */
    double zero[2] = {0, 0};
    OK(ctx, ddn_system_eigenvalues(ctx, sys, -0.5, 1e-9, zero, re, im, &stability));
    CLOSE(re[0], 0.25, 1e-10, 0);
    CLOSE(fabs(im[1]), sqrt(0.4375), 1e-10, 0);
    assert_int_equal(stability, DDN_STABILITY_UNSTABLE);
    OK(ctx, ddn_system_eigenvalues(ctx, sys, -1, 1e-4, zero, re, NULL, &stability));
    assert_int_equal(stability, DDN_STABILITY_NEUTRAL);
    FAILS(ctx, ddn_system_fixed_points(ctx, sys, -3, 64, 2, starts[0], 3, x[0], &count),
          DDN_E_CAPACITY, "capacity = 2");
    FAILS(ctx, ddn_system_fixed_points_1d(ctx, sys, 0, 0, 1, 4, 1, x[0], NULL, NULL, &count),
          DDN_E_UNSUPPORTED, "d = 2");
    /* A circle: |x| reaches 1 along x = (cosh-like) growth of the linear part is checked by length.
     */
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

/* The user's matrix times x, d = 3. */
static int32_t linear(void *user, double p, int64_t d, const double *x, double *out)
{
    const double *a = user;
    (void)p;
    for (int64_t i = 0; i < d; i++) {
        out[i] = 0;
        for (int64_t j = 0; j < d; j++) {
            out[i] += a[i * d + j] * x[j];
        }
    }
    return 0;
}

static int32_t same_matrix(void *user, double p, int64_t d, const double *x, double *out)
{
    (void)p;
    (void)x;
    memcpy(out, user, (size_t)(d * d) * sizeof *out);
    return 0;
}

/* Equal growth: by the real part, then the imaginary one, pairs together; and what some directions
 * that neither grow nor decay make of the others. */
static void eigenvalues_in_order(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const struct {
        double a[9], re[3], im[3];
        ddn_system_kind kind;
        ddn_stability stability;
    } cases[] = {
        {{-2, 0, 0, 0, -2, 3, 0, -3, -2},
         {-2, -2, -2},
         {3, 0, -3},
         DDN_SYSTEM_FLOW,
         DDN_STABILITY_STABLE},
        {{-0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.25},
         {0.5, -0.5, 0.25},
         {0},
         DDN_SYSTEM_MAP,
         DDN_STABILITY_STABLE},
        {{1, 0, 0, 0, 0, 0, 0, 0, 2}, {2, 1, 0}, {0}, DDN_SYSTEM_FLOW, DDN_STABILITY_NEUTRAL},
        {{-1, 0, 0, 0, 0, 0, 0, 0, -2}, {0, -1, -2}, {0}, DDN_SYSTEM_FLOW, DDN_STABILITY_NEUTRAL},
        {{-1, 0, 0, 0, 1, 0, 0, 0, 0}, {1, 0, -1}, {0}, DDN_SYSTEM_FLOW, DDN_STABILITY_SADDLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double re[3], im[3], zero[3] = {0, 0, 0};
        ddn_stability stability;
        ddn_system *sys = NULL;
        OK(ctx, ddn_system_create(ctx, cases[i].kind, 3, linear, same_matrix,
                                  (void *)(uintptr_t)cases[i].a, NULL, &sys));
        OK(ctx, ddn_system_eigenvalues(ctx, sys, 0, 1e-9, zero, re, im, &stability));
        for (int k = 0; k < 3; k++) {
            CLOSE(re[k], cases[i].re[k], 1e-14, 1e-300);
            CLOSE(im[k], cases[i].im[k], 1e-14, 1e-300);
        }
        assert_int_equal(stability, cases[i].stability);
        ddn_system_destroy(sys);
    }
    ddn_context_destroy(ctx);
}

/* x^2 + 1 has no zero: Newton's method wanders, or stands where the slope is 0. */
static void no_fixed_points(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_system *exact = NULL;
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, 1, test_fold, fold_slope, NULL, NULL, &exact));
    double starts[5] = {0, 0.3, -1.7, 40, 1e200}, x[ROOM];
    int64_t count = 7;
    OK(ctx, ddn_system_fixed_points(ctx, exact, 1, 5, ROOM, starts, 1, x, &count));
    assert_int_equal(count, 0);
    /* A start that stands costs the others nothing. */
    OK(ctx, ddn_system_fixed_points(ctx, exact, -1, 5, ROOM, starts, 1, x, &count));
    assert_int_equal(count, 2);
    CLOSE(fabs(x[0]), 1, 1e-14, 0);
    CLOSE(x[0] + x[1], 0, 0, 1e-14);
    ddn_system_destroy(exact);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_points_of_the_fold),
        cmocka_unit_test(other_fixed_points),
        cmocka_unit_test(the_end_of_a_line_of_fixed_points),
        cmocka_unit_test(slopes_of_rounded_functions),
        cmocka_unit_test(two_point_diffusion),
        cmocka_unit_test(bifurcations),
        cmocka_unit_test(two_folds),
        cmocka_unit_test(folds_beyond_the_ends),
        cmocka_unit_test(a_jump_is_no_doubling),
        cmocka_unit_test(answers_that_change),
        cmocka_unit_test(extreme_arguments),
        cmocka_unit_test(planar_fixed_points),
        cmocka_unit_test(fixed_points_of_maps),
        cmocka_unit_test(eigenvalues_in_order),
        cmocka_unit_test(no_fixed_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The ways of the empirical oracle when memory runs out in the middle of a run, and a memory of
 * trajectories under jumps, changing tolerances and numbers of states. */
#include "support/exact.h"
#include "support/failing.h"
#include "support/ways.h"

enum {
    N = 2000,
    D = 6,
    M = 20
};

static test_cloud bytes(void)
{
    double *z = calloc(N * D, sizeof *z);
    test_normal(3, N * D, z);
    test_cloud c = test_cloud_make(DDN_TYPE_U8, N, D, D, 0.02, -2.55, z, 0);
    free(z);
    return c;
}

/* Each allocation of a run fails once; the query then still gives the bits of one that never
 * failed: of points side by side, and without that way with screens (small t), dense sums,
 * covariances (no memory of the first pass), direct. */
static void runs_survive_a_lack_of_memory(void **state)
{
    (void)state;
    static const double times[] = {0.01, 0.5, 3};
    test_cloud c = bytes();
    double x[M * D], score[M * D], cov[M * D], want[2 * M * D];
    test_normal(4, M * D, x);
    for (int how = 0; how < 15; how++) {
        test_memory memory;
        ddn_context *ctx = test_failing_context(&memory, 0);
        ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
        ddn_schedule *sch = NULL;
        ddn_oracle *oracle = NULL;
        ddn_query *q = NULL;
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
        OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
        double t = times[how % 3];
        int64_t m = how / 3 % 2 ? M : 1;
        for (int64_t k = 0, last = DDN_E_NOMEM; last != DDN_OK; k++) {
            /* k = 0: nothing fails; a new query for every k */
            OK(ctx, ddn_query_create(ctx, oracle, &q));
            OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_FORBID, how < 12 ? 1 : 0));
            OK(ctx,
               ddn_options_set_f64(ddn_query_options(q), DDN_QUERY_EPSILON, how < 6 ? 1e-9 : 0));
            OK(ctx, ddn_options_set_i64(ddn_query_options(q), DDN_QUERY_TRAJECTORY, how % 2));
            OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, k == 0 ? want : score, D));
            OK(ctx, ddn_query_bind_f64(q, DDN_OUT_COV_TIMES_V, k == 0 ? want + M * D : cov, D));
            OK(ctx, ddn_query_bind_input(q, DDN_IN_V, x, D));
            memory.fail_at = k == 0 ? 0 : memory.allocations + k;
            ddn_status status = ddn_query_run(q, t, m, x, D);
            memory.fail_at = 0;
            last = k == 0 ? DDN_E_NOMEM : status;
            if (k > 0) {
                assert_true(status == DDN_OK || status == DDN_E_NOMEM);
                OK(ctx, ddn_query_run(q, t, m, x, D));
                assert_true(how % 2 || memcmp(score, want, (size_t)(m * D) * 8) == 0);
                assert_true(how % 2 || memcmp(cov, want + M * D, (size_t)(m * D) * 8) == 0);
            }
            ddn_query_destroy(q);
        }
        ddn_oracle_destroy(oracle);
        ddn_schedule_destroy(sch);
        ddn_dataset_destroy(ds);
        ddn_context_destroy(ctx);
        assert_int_equal(memory.live, 0);
    }
    test_cloud_free(&c);
}

/* Times that go down and up, jumps, tolerances and numbers of states that change: the memory gives
 * the scores of a query without one, and serves some of them. */
static void follow_wildly(const double *weight)
{
    static const double epsilons[] = {1e-9, 1e-2, 1e-6, 0, 1e-300};
    test_cloud c = bytes();
    c.weight = weight;
    ddn_context *ctx = test_context(2);
    ddn_dataset *ds = test_cloud_dataset(ctx, &c, 0);
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *memory = NULL;
    double x[M * D], score[M * D], diff[D], touched = 1;
    test_exact e = test_exact_make(&c);
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &memory));
    OK(ctx, ddn_options_set_i64(ddn_query_options(memory), DDN_QUERY_TRAJECTORY, 1));
    OK(ctx, ddn_options_set_i64(ddn_query_options(memory), DDN_QUERY_FORBID,
                                INT64_C(1) << test_way(oracle, "narrow")));
    OK(ctx, ddn_query_bind_f64(memory, DDN_OUT_SCORE, score, D));
    for (int k = 0; k < 60; k++) {
        double t = 0.03 * (1 + 0.9 * sin(1.7 * k)), a = exp(-t), s2 = -expm1(-2 * t);
        int64_t m = k / 20 == 1 ? 3 : 5;
        test_normal(k % 7 == 6 ? k : 50, m * D, x);
        for (int64_t j = 0; j < m * D; j++) { /* near a point, and now and then near another */
            int64_t near = (j / D * 41 + k / 9 * 13) % N;
            x[j] = a * c.point[near * D + j % D] + 0.3 * sqrt(s2) * x[j];
        }
        OK(ctx, ddn_options_set_f64(ddn_query_options(memory), DDN_QUERY_EPSILON, epsilons[k % 5]));
        OK(ctx, ddn_query_run(memory, t, m, x, D));
        touched = fmin(touched, ddn_query_touched(memory));
        assert_true(ddn_query_dropped(memory) <= epsilons[k % 5]);
        for (int64_t r = 0; r < m; r++) {
            test_exact_at(&c, expl(-(long double)t), -expm1l(-2 * (long double)t), x + r * D, &e);
            for (int64_t j = 0; j < D; j++) {
                diff[j] = score[r * D + j] - e.score[j];
            }
            CLOSE(test_length(D, diff), 0, 0,
                  test_score_allowed(&c, a, s2, x + r * D, &e) +
                      2 * ddn_query_dropped(memory) * c.reach * a / s2);
        }
    }
    assert_true(touched < 0.05);
    test_exact_free(&e);
    ddn_query_destroy(memory);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    test_cloud_free(&c);
}

static void memory_of_wild_trajectories(void **state)
{
    (void)state;
    follow_wildly(NULL);
}

/* Would catch lists that are taken to hold a heavy point that is far away, or to go further than
 * they do for light ones. */
static void wild_trajectories_among_weights(void **state)
{
    (void)state;
    double *some = test_weights(N, 0.5), *extreme = test_weights(N, 12);
    follow_wildly(some);
    follow_wildly(extreme);
    free(some);
    free(extreme);
}

/* Every so many-th point at time t of the OU process: m states. */
static void noised_points(const test_cloud *c, int64_t every, double t, int64_t m, int seed,
                          double *x)
{
    const double a = exp(-t), s = sqrt(-expm1(-2 * t));
    test_normal(seed, m * c->d, x);
    for (int64_t j = 0; j < m * c->d; j++) {
        x[j] = a * c->point[j / c->d * every * c->d + j % c->d] + s * x[j];
    }
}

/* Points, and a query of them. */
typedef struct asked {
    test_cloud c;
    ddn_dataset *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_query *q;
    int64_t refine; /* the way */
} asked;

static asked ask_of(ddn_context *ctx, test_cloud c)
{
    asked of = {.c = c, .ds = test_cloud_dataset(ctx, &c, 0)};
    OK(ctx, ddn_schedule_create_ou(ctx, &of.sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, of.ds, of.sch, &of.oracle));
    OK(ctx, ddn_query_create(ctx, of.oracle, &of.q));
    of.refine = test_way(of.oracle, "refine");
    return of;
}

static void drop(asked *of)
{
    ddn_query_destroy(of->q);
    ddn_oracle_destroy(of->oracle);
    ddn_schedule_destroy(of->sch);
    ddn_dataset_destroy(of->ds);
    test_cloud_free(&of->c);
}

/* Screens pay: over all times at which points come to matter, a batch that is screened is served by
 * lists to a good part, or a part of the points says that it will not be, and batches whose points
 * are few enough are screened. Would catch a guess that looks at the share of a sample alone, which
 * does not see how much larger the largest logit of all points is, and so has sets screened in
 * vain. */
static void screens_are_not_in_vain(void **state)
{
    (void)state;
    enum {
        POINTS = 12000,
        WIDTH = 200,
        RANK = 12,
        STATES = 64
    };
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32};
    ddn_context *ctx = test_context(2);
    double *z = calloc(POINTS * WIDTH, sizeof *z), *x = calloc(STATES * WIDTH, sizeof *x),
           *score = calloc(STATES * WIDTH, sizeof *score);
    test_normal(5, POINTS * WIDTH, z);
    /* As images are: a few directions have nearly all of the variance, some points more of it. */
    for (int64_t i = 0; i < POINTS; i++) {
        double factor[RANK];
        for (int64_t r = 0; r < RANK; r++) {
            factor[r] = z[i * WIDTH + r];
        }
        for (int64_t j = 0; j < WIDTH; j++) {
            z[i * WIDTH + j] *= 0.1;
            for (int64_t r = 0; r < RANK; r++) {
                z[i * WIDTH + j] += 0.5 * factor[r] * cos((double)((j + 1) * (r + 1)));
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        asked of = ask_of(ctx, test_cloud_make(types[k], POINTS, WIDTH, WIDTH, 0.02, -2.55, z, 0));
        OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_SCORE, score, WIDTH));
        int64_t full = 0, none = 0;
        for (double t = 2; t > 0.02; t *= 0.9) {
            noised_points(&of.c, 97, t, STATES, 6, x);
            OK(ctx, ddn_query_run(of.q, t, STATES, x, WIDTH));
            const int64_t tried = ddn_query_tally(of.q, DDN_WAY_TRIED, of.refine);
            const int64_t served = ddn_query_tally(of.q, DDN_WAY_SERVED, of.refine);
            if (served * 4 < tried && ddn_query_touched(of.q) > 1.3) {
                print_error("type %d, t = %g: %d of %d states\n", types[k], t, (int)served,
                            (int)tried);
                fail();
            }
            full += served == STATES;
            none += tried == 0;
        }
        assert_true(full > 8 && none > 5);
        drop(&of);
    }
    free(z);
    free(x);
    free(score);
    ddn_context_destroy(ctx);
}

/* Points far apart in many dimensions, a few dozen states: the point of which a state is a noised
 * copy is above all others by more than any sample shows. Would catch a guess by a sample alone,
 * which takes the others for candidates, and one whose sample is no small part of the work. */
static void noised_points_are_screened(void **state)
{
    (void)state;
    enum {
        POINTS = 1000,
        WIDTH = 400,
        STATES = 17
    };
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32};
    ddn_context *ctx = test_context(1);
    double *z = calloc(POINTS * WIDTH, sizeof *z), *x = calloc(STATES * WIDTH, sizeof *x),
           *score = calloc(STATES * WIDTH, sizeof *score);
    test_normal(7, POINTS * WIDTH, z);
    for (int k = 0; k < 2; k++) {
        asked of = ask_of(ctx, test_cloud_make(types[k], POINTS, WIDTH, WIDTH, 0.025, -3.2, z, 0));
        OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_SCORE, score, WIDTH));
        for (double t = 0.02; t < 0.6; t *= 1.3) {
            noised_points(&of.c, 57, t, STATES, 8, x);
            OK(ctx, ddn_query_run(of.q, t, STATES, x, WIDTH));
            assert_int_equal(ddn_query_tally(of.q, DDN_WAY_SERVED, of.refine), STATES);
            assert_true(ddn_query_touched(of.q) < 1.04);
        }
        drop(&of);
    }
    free(z);
    free(x);
    free(score);
    ddn_context_destroy(ctx);
}

/* A fiftieth of the points, fewer than lists have room for in all, lies together at the beginning,
 * where lists run over: the first eighth of a screen says so, and the rest is not screened. */
static void screens_are_left(void **state)
{
    (void)state;
    enum {
        POINTS = 16384,
        WIDTH = 32,
        TOGETHER = 330
    };
    ddn_context *ctx = test_context(1);
    double *z = calloc(POINTS * WIDTH, sizeof *z), x[WIDTH] = {0.01}, score[WIDTH];
    test_normal(3, POINTS * WIDTH, z);
    for (int64_t i = 0; i < POINTS * WIDTH; i++) {
        z[i] *= i / WIDTH < TOGETHER ? 0.01 : 10;
    }
    asked of = ask_of(ctx, test_cloud_make(DDN_TYPE_F32, POINTS, WIDTH, WIDTH, 1, 0, z, 0));
    OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_SCORE, score, WIDTH));
    OK(ctx, ddn_query_run(of.q, 0.5, 1, x, WIDTH));
    assert_int_equal(ddn_query_tally(of.q, DDN_WAY_TRIED, of.refine), 1);
    assert_int_equal(ddn_query_tally(of.q, DDN_WAY_SERVED, of.refine), 0);
    assert_true(ddn_query_touched(of.q) > 1.1 && ddn_query_touched(of.q) < 1.2);
    drop(&of);
    free(z);
    ddn_context_destroy(ctx);
}

/* Bytes whose spread is small beside their distance from 0, all of which matter to a state: f32
 * would lose digits, and lists of all points cost several times as much as products in double. */
static void crowded_bytes_are_multiplied(void **state)
{
    (void)state;
    enum {
        POINTS = 1000,
        WIDTH = 100,
        STATES = 8
    };
    ddn_context *ctx = test_context(1);
    double *z = calloc(POINTS * WIDTH, sizeof *z), x[STATES * WIDTH], score[STATES * WIDTH];
    test_normal(3, POINTS * WIDTH, z);
    test_normal(4, STATES * WIDTH, x);
    for (int64_t i = 0; i < POINTS * WIDTH; i++) {
        z[i] = rint(128 + 8 * z[i]);
    }
    asked of = ask_of(ctx, test_cloud_make(DDN_TYPE_U8, POINTS, WIDTH, WIDTH, 1, 0, z, 0));
    OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_SCORE, score, WIDTH));
    OK(ctx, ddn_query_run(of.q, 8, STATES, x, WIDTH));
    test_served_all(of.q, of.oracle, "dense_wide", STATES);
    drop(&of);
    free(z);
    ddn_context_destroy(ctx);
}

/* One to eight states of sets so small that their rows lie side by side in tiles, with more points
 * than chunks of a few tiles hold and with fewer, and a last tile that is not full: as by
 * differences. */
static void tiles_of_rows_side_by_side(void **state)
{
    (void)state;
    enum {
        WIDTH = 100,
        STATES = 9 /* the last with lanes */
    };
    const struct {
        int64_t n, d;
    } size[] = {{7001, 24}, {500, WIDTH}};
    const ddn_type type[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    ddn_context *ctx = test_context(2);
    for (int k = 0; k < 6; k++) {
        const int64_t n = size[k % 2].n, d = size[k % 2].d;
        const int32_t f64 = type[k / 2] == DDN_TYPE_F64;
        double *z = calloc((size_t)(n * d), sizeof *z), x[STATES * WIDTH];
        double score[2][STATES * WIDTH];
        test_normal(3, n * d, z);
        test_normal(4, STATES * d, x);
        asked of = ask_of(ctx, test_cloud_make(type[k / 2], n, d, d, 0.025, -3.2, z, 0));
        ddn_query *plain = NULL;
        OK(ctx, ddn_query_create(ctx, of.oracle, &plain));
        OK(ctx, ddn_options_set_i64(ddn_query_options(plain), DDN_QUERY_FORBID,
                                    test_all_but_last(of.oracle)));
        OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_SCORE, score[0], d));
        OK(ctx, ddn_query_bind_f64(plain, DDN_OUT_SCORE, score[1], d));
        for (int64_t m = 1; m <= STATES; m++) {
            OK(ctx, ddn_query_run(of.q, 2, m, x, d));
            OK(ctx, ddn_query_run(plain, 2, m, x, d));
            for (int64_t i = 0; i < m; i++) {
                double length = 0, apart = 0;
                for (int64_t j = i * d; j < i * d + d; j++) {
                    length = hypot(length, score[1][j]);
                    apart = hypot(apart, score[0][j] - score[1][j]);
                }
                assert_true(apart <= (f64 ? 1e-12 : 1e-5) * length);
            }
            test_served_all(of.q, of.oracle, f64 ? "dense_f64" : "dense_f32", m);
        }
        ddn_query_destroy(plain);
        drop(&of);
        free(z);
    }
    ddn_context_destroy(ctx);
}

/* Four states among ten clusters in turns, a tenth of the points near each: the dense way computes
 * sixteen lanes for them. Would catch a price of candidates that four states do not pay, and
 * samples whose stride has a factor in common with the number of clusters, which see half of these.
 */
static void few_states_are_screened(void **state)
{
    (void)state;
    enum {
        POINTS = 600,
        WIDTH = 1024,
        STATES = 4,
        CLUSTERS = 10
    };
    const double t = 0.128;
    ddn_context *ctx = test_context(1);
    double *z = calloc(POINTS * WIDTH, sizeof *z), *x = calloc(STATES * WIDTH, sizeof *x);
    double *centre = calloc(CLUSTERS * WIDTH, sizeof *centre), entropy[STATES];
    test_normal(3, POINTS * WIDTH, z);
    test_normal(4, CLUSTERS * WIDTH, centre);
    for (int64_t i = 0; i < POINTS * WIDTH; i++) {
        z[i] = 0.05 * z[i] + centre[i / WIDTH % CLUSTERS * WIDTH + i % WIDTH];
    }
    asked of = ask_of(ctx, test_cloud_make(DDN_TYPE_U8, POINTS, WIDTH, WIDTH, 0.025, -3.2, z, 0));
    noised_points(&of.c, 56, t, STATES, 5, x);
    OK(ctx, ddn_query_bind_f64(of.q, DDN_OUT_ENTROPY, entropy, 0));
    OK(ctx, ddn_query_run(of.q, t, STATES, x, WIDTH));
    assert_int_equal(ddn_query_tally(of.q, DDN_WAY_SERVED, of.refine), STATES);
    drop(&of);
    free(z);
    free(x);
    free(centre);
    ddn_context_destroy(ctx);
}

/* Rows of which the cache holds fewer than a tile, taken by states by themselves: each draws what
 * it draws among others, in lanes, from all of the points. */
static void draws_among_long_rows(void **state)
{
    (void)state;
    enum {
        POINTS = 300,
        WIDTH = 1200,
        STATES = 20
    };
    ddn_context *ctx = test_context(1);
    double *z = calloc(POINTS * WIDTH, sizeof *z), *x = calloc(STATES * WIDTH, sizeof *x);
    int64_t together[STATES], alone, differ = 0, least = POINTS, most = 0;
    test_normal(3, POINTS * WIDTH, z);
    asked of = ask_of(ctx, test_cloud_make(DDN_TYPE_F64, POINTS, WIDTH, WIDTH, 1, 0, z, 0));
    noised_points(&of.c, 13, 8, STATES, 5, x);
    OK(ctx, ddn_options_set_f64(ddn_query_options(of.q), DDN_QUERY_EPSILON, 0));
    OK(ctx, ddn_query_bind_i64(of.q, DDN_OUT_DRAW_INDEX, together));
    OK(ctx, ddn_query_set_noise(of.q, 11, 0, 0, 0, NULL));
    OK(ctx, ddn_query_run(of.q, 8, STATES, x, WIDTH));
    OK(ctx, ddn_query_bind_i64(of.q, DDN_OUT_DRAW_INDEX, &alone));
    for (int64_t q = 0; q < STATES; q++) {
        OK(ctx, ddn_query_set_noise(of.q, 11, q, 0, 0, NULL));
        OK(ctx, ddn_query_run(of.q, 8, 1, x + q * WIDTH, WIDTH));
        differ += alone != together[q];
        least = alone < least ? alone : least;
        most = alone > most ? alone : most;
    }
    assert_true(differ <= 1); /* so near an edge that rounding shows */
    assert_true(least < POINTS / 5 && most > POINTS - POINTS / 5);
    drop(&of);
    free(z);
    free(x);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_survive_a_lack_of_memory),
        cmocka_unit_test(memory_of_wild_trajectories),
        cmocka_unit_test(wild_trajectories_among_weights),
        cmocka_unit_test(screens_are_not_in_vain),
        cmocka_unit_test(screens_are_left),
        cmocka_unit_test(crowded_bytes_are_multiplied),
        cmocka_unit_test(noised_points_are_screened),
        cmocka_unit_test(tiles_of_rows_side_by_side),
        cmocka_unit_test(few_states_are_screened),
        cmocka_unit_test(draws_among_long_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

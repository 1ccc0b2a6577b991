/* The table of ways: each has a case that it serves, seen by its tally; with it forbidden the
 * result comes by another way and keeps the promise; tallies add up; doc/design.md names the same
 * ways in the same order. Catches a way that has stopped serving the case it exists for. */
#include "support/exact.h"
#include "support/ways.h"

enum {
    M = 20, /* states of a batch */
    MOST_D = 40
};

/* A case made for one way. */
typedef struct made_for {
    const char *way;
    ddn_type type;
    int64_t n, d, clusters;
    double spread, t, away, epsilon; /* epsilon < 0: the preset */
    int trajectory;
} made_for;

static const made_for cases[] = {
    /* Narrow clusters far from each other: a few points count. */
    {"refine", DDN_TYPE_U8, 700, 19, 33, 0.05, 0.01, 0, -1, 0},
    {"refine", DDN_TYPE_F32, 700, 19, 33, 0.05, 0.01, 0, -1, 0},
    {"refine", DDN_TYPE_F64, 700, 19, 33, 0.05, 0.01, 0, -1, 0},
    /* The same by the list that an earlier run left. */
    {"nearby", DDN_TYPE_U8, 1500, 19, 50, 0.05, 0.01, 0, -1, 1},
    {"nearby", DDN_TYPE_F32, 1500, 19, 50, 0.05, 0.01, 0, -1, 1},
    {"nearby", DDN_TYPE_F64, 1500, 19, 50, 0.05, 0.003, 0, -1, 1},
    /* Late times: all points have weight. */
    {"dense_f32", DDN_TYPE_U8, 700, 19, 35, 0.05, 1, 0, -1, 0},
    {"dense_f32", DDN_TYPE_F32, 700, 19, 35, 0.05, 1, 0, -1, 0},
    {"dense_f64", DDN_TYPE_F64, 700, 19, 35, 0.05, 1, 0, -1, 0},
    /* A cluster too large for short lists, where single precision rounds too much. */
    {"refine_wide", DDN_TYPE_F32, 8000, 12, 3, 0.005, 1e-4, 0, -1, 0},
    /* Every point is asked for, where single precision rounds too much. */
    {"dense_wide", DDN_TYPE_U8, 300, 9, 10, 0.006, 5e-5, 0, 0, 0},
    {"dense_wide", DDN_TYPE_F32, 300, 9, 10, 0.006, 5e-5, 0, 0, 0},
    /* The same, so far away that all sums round. */
    {"direct", DDN_TYPE_U8, 300, 9, 300, 0.05, 1, 1e9, 0, 0},
    {"direct", DDN_TYPE_F32, 300, 9, 300, 0.05, 1, 1e9, 0, 0},
    {"direct", DDN_TYPE_F64, 300, 9, 300, 0.05, 1, 1e9, 0, 0},
};
enum {
    CASES = sizeof cases / sizeof *cases
};

typedef struct rig {
    const made_for *how;
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    test_cloud cloud;
    double x[M * MOST_D];
} rig;

/* Points of clusters (number i mod clusters); states are noised points, moved by `away` along the
 * last coordinate, which tells no points apart. */
static rig rig_make(const made_for *how)
{
    rig r = {.how = how, .ctx = test_context(2)};
    int64_t n = how->n, d = how->d, count = n * d;
    double *z = calloc((size_t)(2 * count), sizeof *z), *centre = z + count;
    test_normal(40 + how->n, 2 * count, z);
    for (int64_t k = 0; k < count; k++) {
        int64_t i = k / d, j = k % d;
        double c = 0.5 * centre[i % how->clusters * d + j];
        z[k] = j == d - 1 ? 0.25 : c + how->spread * z[k];
    }
    int bytes = how->type == DDN_TYPE_U8;
    r.cloud = test_cloud_make(how->type, n, d, d, bytes ? 1 / 80. : 1, bytes ? -1.6 : 0, z, 0);
    free(z);
    OK(r.ctx, ddn_schedule_create_ou(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, 0);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    test_normal(900, M * d, r.x);
    double a = exp(-how->t), s = sqrt(-expm1(-2 * how->t));
    for (int64_t k = 0; k < M * d; k++) {
        double y = r.cloud.point[(k / d * 37 + 5) % n * d + k % d];
        r.x[k] = a * y + 0.5 * s * r.x[k] + (k % d == d - 1 ? how->away : 0);
    }
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_dataset_destroy(r->ds);
    ddn_schedule_destroy(r->sch);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
}

/* A query that has run: twice on a trajectory, so that the second run finds lists. */
static ddn_query *ask(const rig *r, int64_t forbidden, double *score)
{
    const made_for *how = r->how;
    ddn_query *q = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &q));
    ddn_options *options = ddn_query_options(q);
    if (how->epsilon >= 0) {
        OK(r->ctx, ddn_options_set_f64(options, DDN_QUERY_EPSILON, how->epsilon));
    }
    OK(r->ctx, ddn_options_set_i64(options, DDN_QUERY_TRAJECTORY, how->trajectory));
    OK(r->ctx, ddn_options_set_i64(options, DDN_QUERY_FORBID, forbidden));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, how->d));
    for (int run = 0; run <= how->trajectory; run++) {
        OK(r->ctx, ddn_query_run(q, how->t, M, r->x, how->d));
    }
    return q;
}

static void check_promise(const rig *r, const ddn_query *q, const double *score)
{
    int64_t d = r->how->d;
    long double a = expl(-(long double)r->how->t), s2 = -expm1l(-2 * (long double)r->how->t);
    test_exact e = test_exact_make(&r->cloud);
    double diff[MOST_D], left_out = 2 * ddn_query_dropped(q) * r->cloud.reach * (double)(a / s2);
    for (int64_t m = 0; m < M; m++) {
        test_exact_at(&r->cloud, a, s2, r->x + m * d, &e);
        for (int64_t j = 0; j < d; j++) {
            diff[j] = score[m * d + j] - e.score[j];
        }
        CLOSE(test_length(d, diff), 0, 0,
              test_score_allowed(&r->cloud, (double)a, (double)s2, r->x + m * d, &e) + left_out);
    }
    test_exact_free(&e);
}

/* The tallies of a run: every state served once, no more served than tried, bytes for rows, and a
 * note where a way did not serve all that came. */
static void check_tally(const rig *r, const ddn_query *q)
{
    int64_t left = M, row = r->how->d * (r->how->type == DDN_TYPE_U8    ? 1
                                         : r->how->type == DDN_TYPE_F32 ? 4
                                                                        : 8);
    double rows = 0;
    for (int64_t way = 0; way < ddn_oracle_way_count(r->oracle); way++) {
        int64_t tried = ddn_query_tally(q, DDN_WAY_TRIED, way);
        int64_t served = ddn_query_tally(q, DDN_WAY_SERVED, way);
        int64_t read = ddn_query_tally(q, DDN_WAY_ROWS, way);
        int64_t bytes = ddn_query_tally(q, DDN_WAY_BYTES, way);
        assert_true(0 <= served && served <= tried && tried <= left);
        assert_true(bytes % row == 0 && bytes / row <= read);
        assert_true(tried == 0 || read > 0 || way == 0); /* "nearby" may find no list */
        assert_int_equal(ddn_query_way_note(q, way) == NULL, left == 0 || served == left);
        rows += (double)read;
        left -= served;
    }
    assert_int_equal(left, 0);
    CLOSE(ddn_query_touched(q), rows / ((double)M * (double)r->how->n), 1e-12, 0);
}

static void each_way_serves_its_case(void **state)
{
    (void)state;
    rig any = rig_make(&cases[0]);
    for (int64_t way = 0; way < ddn_oracle_way_count(any.oracle); way++) {
        int found = 0;
        for (int c = 0; c < CASES; c++) {
            found += strcmp(cases[c].way, ddn_oracle_way_name(any.oracle, way)) == 0;
        }
        assert_true(found > 0); /* no way without a case */
    }
    rig_free(&any);
    for (int c = 0; c < CASES; c++) {
        rig r = rig_make(&cases[c]);
        double score[M * MOST_D];
        ddn_query *q = ask(&r, 0, score);
        test_served_all(q, r.oracle, cases[c].way, M);
        check_tally(&r, q);
        check_promise(&r, q, score);
        ddn_query_destroy(q);
        rig_free(&r);
    }
}

/* With each way forbidden in turn, and with all but each: others serve, as well. */
static void forbidden_ways_are_not_missed(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        rig r = rig_make(&cases[c]);
        int64_t ways = ddn_oracle_way_count(r.oracle), all = (INT64_C(1) << (ways - 1)) - 1;
        double score[M * MOST_D];
        for (int64_t k = 0; k < 2 * (ways - 1); k++) {
            int64_t bit = INT64_C(1) << k / 2;
            ddn_query *q = ask(&r, k % 2 ? all & ~bit : bit, score);
            for (int64_t way = 0; way + 1 < ways; way++) {
                int forbidden = ((k % 2 ? all & ~bit : bit) >> way & 1) != 0;
                assert_true(!forbidden || ddn_query_tally(q, DDN_WAY_TRIED, way) == 0);
            }
            check_tally(&r, q);
            check_promise(&r, q, score);
            ddn_query_destroy(q);
        }
        rig_free(&r);
    }
}

/* The second pass for covariances counts its rows, and their bytes, for each state that was served.
 */
static void covariances_are_counted(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        rig r = rig_make(&cases[c]);
        int64_t d = cases[c].d, way = test_way(r.oracle, cases[c].way);
        double score[M * MOST_D], cov[M * MOST_D];
        ddn_query *plain = ask(&r, 0, score), *both = ask(&r, 0, score);
        OK(r.ctx, ddn_query_bind_f64(both, DDN_OUT_COV_TIMES_V, cov, d));
        OK(r.ctx, ddn_query_bind_input(both, DDN_IN_V, r.x, d));
        for (int run = 0; run < 2; run++) {
            OK(r.ctx, ddn_query_run(run ? both : plain, cases[c].t, M, r.x, d));
        }
        int64_t served = ddn_query_tally(both, DDN_WAY_SERVED, way);
        int64_t more =
            ddn_query_tally(both, DDN_WAY_ROWS, way) - ddn_query_tally(plain, DDN_WAY_ROWS, way);
        int whole = strncmp(cases[c].way, "d", 1) == 0; /* dense or direct: all rows */
        assert_int_equal(served, ddn_query_tally(plain, DDN_WAY_SERVED, way));
        assert_true(whole ? more == served * cases[c].n : more > 0 && more < served * cases[c].n);
        check_tally(&r, both);
        ddn_query_destroy(plain);
        ddn_query_destroy(both);
        rig_free(&r);
    }
}

/* Totals of a query and of its oracle, runs without states, and what is no way. */
static void tallies_add_up(void **state)
{
    (void)state;
    rig r = rig_make(&cases[0]);
    double score[M * MOST_D];
    int64_t way = test_way(r.oracle, "refine"), d = cases[0].d;
    ddn_query *one = ask(&r, 0, score), *other = ask(&r, 0, score);
    OK(r.ctx, ddn_query_run(one, cases[0].t, 3, r.x, d));
    assert_int_equal(ddn_query_tally(one, DDN_WAY_SERVED, way), 3);
    assert_int_equal(ddn_query_tally_total(one, DDN_WAY_SERVED, way), M + 3);
    assert_int_equal(ddn_query_tally_total(other, DDN_WAY_SERVED, way), M);
    assert_int_equal(ddn_oracle_tally(r.oracle, DDN_WAY_SERVED, way), 2 * M + 3);
    for (ddn_way_tally what = DDN_WAY_TRIED; what <= DDN_WAY_BYTES; what++) {
        assert_int_equal(ddn_oracle_tally(r.oracle, what, way),
                         ddn_query_tally_total(one, what, way) +
                             ddn_query_tally_total(other, what, way));
    }
    OK(r.ctx, ddn_query_run(one, cases[0].t, 0, r.x, d));
    assert_int_equal(ddn_query_tally(one, DDN_WAY_TRIED, way), 0);
    assert_int_equal(ddn_query_tally_total(one, DDN_WAY_SERVED, way), M + 3);
    const int64_t strangers[] = {-1, ddn_oracle_way_count(r.oracle), INT64_MAX};
    for (int i = 0; i < 3; i++) {
        assert_null(ddn_oracle_way_name(r.oracle, strangers[i]));
        assert_null(ddn_query_way_note(one, strangers[i]));
        assert_int_equal(ddn_query_tally(one, DDN_WAY_TRIED, strangers[i]), 0);
        assert_int_equal(ddn_query_tally_total(one, DDN_WAY_TRIED, strangers[i]), 0);
        assert_int_equal(ddn_oracle_tally(r.oracle, DDN_WAY_TRIED, strangers[i]), 0);
    }
    assert_int_equal(ddn_query_tally(one, 0, way), 0);
    assert_int_equal(ddn_query_tally(one, DDN_WAY_BYTES + 1, way), 0);
    assert_int_equal(ddn_oracle_tally(r.oracle, 0, way), 0);
    assert_int_equal(ddn_oracle_way_count(NULL), 0);
    assert_int_equal(ddn_query_tally(NULL, DDN_WAY_TRIED, 0), 0);
    /* The last way cannot be forbidden: nothing stands behind it. */
    int64_t last = INT64_C(1) << (ddn_oracle_way_count(r.oracle) - 1);
    FAILS(r.ctx, ddn_options_set_i64(ddn_query_options(one), DDN_QUERY_FORBID, last), DDN_E_RANGE,
          "DDN_QUERY_FORBID");
    ddn_query_destroy(one);
    ddn_query_destroy(other);
    rig_free(&r);
}

/* The table "way | file | ..." of doc/design.md. */
static void the_design_names_the_same_ways(void **state)
{
    (void)state;
    rig r = rig_make(&cases[0]);
    FILE *file = fopen(TEST_DOC "/design.md", "r");
    char line[4096];
    int64_t way = -1;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (way < 0) {
            way += strncmp(line, "| way |", 7) == 0 && fgets(line, sizeof line, file) != NULL;
        } else if (line[0] == '|') {
            char name[64] = "";
            assert_int_equal(sscanf(line, "| `%63[a-z0-9_]` |", name), 1);
            assert_non_null(ddn_oracle_way_name(r.oracle, way));
            assert_string_equal(name, ddn_oracle_way_name(r.oracle, way));
            way++;
        } else {
            break;
        }
    }
    fclose(file);
    assert_int_equal(way, ddn_oracle_way_count(r.oracle));
    rig_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_serves_its_case),
        cmocka_unit_test(forbidden_ways_are_not_missed),
        cmocka_unit_test(covariances_are_counted),
        cmocka_unit_test(tallies_add_up),
        cmocka_unit_test(the_design_names_the_same_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

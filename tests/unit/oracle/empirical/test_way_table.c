/* The table of ways: each has a case that it serves, seen by its tally; with it forbidden the
 * result comes by another way and keeps the promise; tallies add up; doc/design.md names the same
 * ways in the same order. Catches a way that has stopped serving the case it exists for. */
#include "support/way_cases.h"

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
        assert_true(tried == 0 || read > 0 || way == 1); /* "nearby" may find no list */
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
    rig any = rig_make(&cases[0], NULL);
    for (int64_t way = 0; way < ddn_oracle_way_count(any.oracle); way++) {
        int found = 0;
        for (int c = 0; c < CASES; c++) {
            found += strcmp(cases[c].way, ddn_oracle_way_name(any.oracle, way)) == 0;
        }
        assert_true(found > 0); /* no way without a case */
    }
    rig_free(&any);
    for (int c = 0; c < CASES; c++) {
        rig r = rig_make(&cases[c], NULL);
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
        rig r = rig_make(&cases[c], NULL);
        int64_t ways = ddn_oracle_way_count(r.oracle), all = test_all_but_last(r.oracle);
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
        rig r = rig_make(&cases[c], NULL);
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
        int whole = strchr("dn", cases[c].way[0]) != NULL && strcmp(cases[c].way, "nearby") != 0;
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
    rig r = rig_make(&cases[0], NULL);
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
    rig r = rig_make(&cases[0], NULL);
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

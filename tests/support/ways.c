/* Which way of evaluation served the states of a query's last run. */
#include "support/ways.h"

#include "support/fixtures.h"

int64_t test_way(const ddn_oracle *oracle, const char *name)
{
    for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
        if (strcmp(ddn_oracle_way_name(oracle, way), name) == 0) {
            return way;
        }
    }
    print_error("no way %s\n", name);
    fail();
    return -1;
}

int64_t test_all_but_last(const ddn_oracle *oracle)
{
    return (INT64_C(1) << (ddn_oracle_way_count(oracle) - 1)) - 1;
}

const char *test_dense_way(ddn_type type, int wide)
{
    return type == DDN_TYPE_F64 ? "dense_f64" : wide ? "dense_wide" : "dense_f32";
}

int64_t test_served(const ddn_query *query, const ddn_oracle *oracle, const char *name)
{
    return ddn_query_tally(query, DDN_WAY_SERVED, test_way(oracle, name));
}

void test_served_all(const ddn_query *query, const ddn_oracle *oracle, const char *name, int64_t m)
{
    if (test_served(query, oracle, name) == m) {
        return;
    }
    for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
        const char *note = ddn_query_way_note(query, way);
        print_error("%-12s served %ld of %ld%s%s\n", ddn_oracle_way_name(oracle, way),
                    (long)ddn_query_tally(query, DDN_WAY_SERVED, way),
                    (long)ddn_query_tally(query, DDN_WAY_TRIED, way), note == NULL ? "" : ": ",
                    note == NULL ? "" : note);
    }
    print_error("%s should have served all %ld states\n", name, (long)m);
    fail();
}

/* Which ways of evaluation served, in the rows of the benchmark programs; and ways by name. See
 * bench.h. */
#include "bench.h"

#include <string.h>

void bench_served_add(bench_served *sum, const ddn_query *query, const ddn_oracle *oracle)
{
    for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
        sum->states[way] += (double)ddn_query_tally(query, DDN_WAY_SERVED, way);
    }
}

/* Share of the states that the way served. */
static double share(const bench_served *sum, int64_t way)
{
    double all = 0;
    for (int i = 0; i < BENCH_WAYS; i++) {
        all += sum->states[i];
    }
    return sum->states[way] > 0 ? sum->states[way] / all : 0;
}

void bench_served_print(const bench_served *sum, const ddn_oracle *oracle)
{
    for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
        if (sum->states[way] > 0) {
            printf(" %s %.3g %%", ddn_oracle_way_name(oracle, way), 100 * share(sum, way));
        }
    }
}

void bench_served_json(const char *key, const bench_served *sum, const ddn_oracle *oracle)
{
    bench_json_object(key);
    for (int64_t way = 0; way < ddn_oracle_way_count(oracle); way++) {
        if (sum->states[way] > 0) {
            bench_json_number(ddn_oracle_way_name(oracle, way), share(sum, way));
        }
    }
    bench_json_object_end();
}

/* The way of that name, the first `length` letters at `name`. */
static int64_t find(const char *name, size_t length, const ddn_oracle *oracle)
{
    const int64_t count = ddn_oracle_way_count(oracle);
    char known[256] = "";
    for (int64_t way = 0; way < count; way++) {
        const char *text = ddn_oracle_way_name(oracle, way);
        if (strlen(text) == length && strncmp(text, name, length) == 0) {
            return way;
        }
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", way ? ", " : "", text);
    }
    drv_die("--forbid: there is no way '%.*s', only %s", (int)length, name, known);
}

int64_t bench_ways(const char *names, const ddn_oracle *oracle)
{
    int64_t set = 0;
    for (const char *name = names;; name++) {
        const size_t length = strcspn(name, ",");
        const int64_t way = find(name, length, oracle);
        if (way == ddn_oracle_way_count(oracle) - 1) {
            drv_die("--forbid: %s serves what the others leave and cannot be forbidden",
                    ddn_oracle_way_name(oracle, way));
        }
        set |= INT64_C(1) << way;
        name += length;
        if (!*name) {
            return set;
        }
    }
}

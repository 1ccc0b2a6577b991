/* Counter-based noise: known answers, splits, moments and tails. */
#include "base/rng.h"

#include "support/fixtures.h"

/* Philox 4x64-10 in integers (the first row is the published test of Random123), and Box-Muller
 * with 50 digits. Uniform numbers are these bits on every machine; deviates go through log, cos and
 * sin of the C library, and may differ in their last digits. */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        int64_t seed;
        int32_t stream;
        int64_t path, step, block;
        uint64_t bits[4];
        double normal[4];
    } known[] = {
        {0,
         0,
         0,
         0,
         0,
         {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b},
         {1.3643421337447959, -1.7368866713773924, -0.58323843715508314, 0.022785962185410479}},
        {1,
         64,
         2,
         3,
         1,
         {0x5f291a715432f7ca, 0x4c9aa97230e1a653, 0x5b41fc3fb2458ee3, 0x5224bd134e603275},
         {-0.42830357463298966, 1.3400670886309967, -0.61867005782198738, 1.296235430960828}},
        {-7,
         65,
         (INT64_C(1) << 40) + 5,
         -1,
         0,
         {0x63aa6c81344a9d12, 0x8375ce492dbc253e, 0xdcd98c80d30e9a71, 0xa6c10e8acced258a},
         {-1.3686257376381566, -0.116511560157494, -0.31562594035861511, -0.44245845950975813}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        double z[4];
        ddni_normal(known[i].seed, known[i].stream, known[i].path, known[i].step,
                    4 * known[i].block, 4, z);
        for (int64_t k = 0; k < 4; k++) {
            double u = ddni_uniform(known[i].seed, known[i].stream, known[i].path, known[i].step,
                                    4 * known[i].block + k);
            assert_true(u == ((double)(known[i].bits[k] >> 11) + 0.5) * 0x1p-53);
            CLOSE(z[k], known[i].normal[k], 0, 2e-15);
        }
    }
}

static void splits_do_not_matter(void **state)
{
    (void)state;
    double whole[101], part[101];
    ddni_normal(7, 1, 2, 3, 5, 101, whole);
    for (int64_t cut = 0; cut <= 101; cut++) {
        ddni_normal(7, 1, 2, 3, 5, cut, part);
        ddni_normal(7, 1, 2, 3, 5 + cut, 101 - cut, part + cut);
        assert_memory_equal(whole, part, sizeof whole);
    }
}

/* Mean, variance, kurtosis and tail count of 10^6 deviates, each within 4.5 standard errors: false
 * alarm below 1e-4 for a random seed; the seed is fixed. */
static void deviates_are_normal(void **state)
{
    (void)state;
    enum {
        N = 1000000
    };
    double *z = malloc(N * sizeof *z);
    assert_non_null(z);
    ddni_normal(1, 0, 0, 0, 0, N, z);
    double m1 = 0, m2 = 0, m4 = 0, tail = 0, lag = 0;
    for (int64_t i = 0; i < N; i++) {
        m1 += z[i];
        m2 += z[i] * z[i];
        m4 += z[i] * z[i] * z[i] * z[i];
        tail += fabs(z[i]) > 3;
        lag += i > 0 ? z[i] * z[i - 1] : 0;
    }
    CLOSE(m1 / N, 0, 0, 4.5 / sqrt(N));
    CLOSE(m2 / N, 1, 0, 4.5 * sqrt(2.0 / N));
    CLOSE(m4 / N, 3, 0, 4.5 * sqrt(96.0 / N));
    CLOSE(lag / N, 0, 0, 4.5 / sqrt(N));
    CLOSE(tail, 2699.796, 0, 4.5 * sqrt(2699.796));
    free(z);
}

static void arguments_matter(void **state)
{
    (void)state;
    double base = ddni_uniform(1, 2, 3, 4, 5);
    assert_true(base > 0 && base < 1);
    assert_true(base != ddni_uniform(2, 2, 3, 4, 5));
    assert_true(base != ddni_uniform(1, 3, 3, 4, 5));
    assert_true(base != ddni_uniform(1, 2, 4, 4, 5));
    assert_true(base != ddni_uniform(1, 2, 3, 5, 5));
    assert_true(base != ddni_uniform(1, 2, 3, 4, 6));
    assert_true(base == ddni_uniform(1, 2, 3, 4, 5));
}

/* ---- Uses of a seed ------------------------------------------------------------------------ */

/* Steps [first, last] of a stream, or path numbers of a kind. */
typedef struct range {
    const char *name;
    int64_t group, first, last;
} range;

static void apart(const range *list, int count)
{
    for (int i = 0; i < count; i++) {
        assert_true(list[i].first <= list[i].last);
        for (int j = 0; j < i; j++) {
            if (list[i].group == list[j].group && list[i].first <= list[j].last &&
                list[j].first <= list[i].last) {
                fail_msg("%s and %s take the same random numbers", list[i].name, list[j].name);
            }
        }
    }
}

/* Every row of the tables, from its first to its last item: no two take the same numbers of a
 * stream. The streams of runs and of posterior draws have all steps of theirs; there, path numbers
 * keep measurements apart, as they do in the data that an oracle draws. */
static void uses_are_apart(void **state)
{
    (void)state;
    range steps[64], runs[16], data[16];
    int count = 0, run_count = 0, data_count = 0;
#define DDNI_ROW(name, stream_, first_, steps_)                                                    \
    {                                                                                              \
        int64_t last = steps_ == DDNI_ANY_STEPS ? INT64_MAX - 1 : steps_ - 1;                      \
        ddni_draws low = ddni_draws_of(1, DDNI_USE_##name, 0);                                     \
        ddni_draws high = ddni_draws_of(1, DDNI_USE_##name, last);                                 \
        assert_true(low.stream == high.stream && low.stream >= 0 && low.stream < 64);              \
        steps[count++] = (range){#name, low.stream, low.step, high.step};                          \
    }
    DDNI_USES(DDNI_ROW)
#undef DDNI_ROW
#define DDNI_ROW(name, items_, step_, data_block, run_block, bits_)                                \
    {                                                                                              \
        const ddni_measurement what = DDNI_MEASURE_##name;                                         \
        const int64_t last = items_ - 1, end = ddni_path_count(what) - 1;                          \
        if (step_ >= 0) {                                                                          \
            ddni_draws low = ddni_draws_samples(1, what, 0);                                       \
            ddni_draws high = ddni_draws_samples(1, what, last);                                   \
            steps[count++] = (range){#name, low.stream, low.step, high.step};                      \
            low = ddni_draws_choice(1, what, 0);                                                   \
            high = ddni_draws_choice(1, what, last);                                               \
            steps[count++] = (range){#name " (choice)", low.stream, high.step, low.step};          \
        }                                                                                          \
        if (data_block >= 0) {                                                                     \
            data[data_count++] =                                                                   \
                (range){#name, 0, ddni_path_data(what, 0, 0), ddni_path_data(what, last, end)};    \
        }                                                                                          \
        if (run_block >= 0) {                                                                      \
            runs[run_count++] =                                                                    \
                (range){#name, 0, ddni_path_run(what, 0, 0), ddni_path_run(what, last, end)};      \
        }                                                                                          \
        for (int64_t i = 1; i < 3 && i < items_ && run_block >= 0; i++) { /* items, too */         \
            assert_true(ddni_path_run(what, i, 0) > ddni_path_run(what, i - 1, end));              \
        }                                                                                          \
    }
    DDNI_MEASUREMENTS(DDNI_ROW)
#undef DDNI_ROW
    apart(steps, count);
    apart(runs, run_count);
    apart(data, data_count);
    /* The public functions that these numbers go through end here. */
    for (int i = 0; i < run_count; i++) {
        assert_true(runs[i].first >= 0 && runs[i].last <= INT64_C(1) << 60);
    }
    for (int i = 0; i < data_count; i++) {
        assert_true(data[i].first >= 0 && data[i].last <= INT64_C(1) << 60);
    }
}

/* Results depend on these: no row may move. */
static void uses_are_pinned(void **state)
{
    (void)state;
    static const int streams[][2] = {
        {DDNI_STREAM_STEP, 0},    {DDNI_STREAM_START, 1},         {DDNI_STREAM_FORWARD, 2},
        {DDNI_STREAM_DRAW, 3},    {DDNI_STREAM_DRAW_NORMAL, 4},   {DDNI_STREAM_DATA, 5},
        {DDNI_STREAM_LANCZOS, 6}, {DDNI_STREAM_ANALYSIS, 7},      {DDNI_STREAM_BOOTSTRAP, 8},
        {DDNI_STREAM_KNEE, 9},    {DDNI_STREAM_OVERLAP_STEP, 10}, {DDNI_STREAM_FORWARD_RUN, 13}};
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        assert_int_equal(streams[i][0], streams[i][1]);
    }
    assert_int_equal(ddni_draws_of(7, DDNI_USE_START_POINTS, 0).step, 1);
    assert_int_equal(ddni_draws_of(7, DDNI_USE_DATA_NORMAL, 0).step, 1);
    assert_int_equal(ddni_draws_of(7, DDNI_USE_NULL_VECTORS, 0).step, 1);
    assert_int_equal(ddni_draws_of(7, DDNI_USE_PROBES, 0).step, 2);
    assert_int_equal(ddni_draws_of(7, DDNI_USE_KRYLOV, 0).step, 3);
    assert_int_equal(ddni_draws_of(7, DDNI_USE_DRAW, 9).step, 9);
    assert_int_equal(ddni_draws_samples(7, DDNI_MEASURE_IDENTITIES, 0).step, 0);
    assert_int_equal(ddni_draws_samples(7, DDNI_MEASURE_LAST_CHANGE, 0).step, 1);
    assert_int_equal(ddni_draws_samples(7, DDNI_MEASURE_CLONES, 5).step, 21);
    assert_int_equal(ddni_draws_choice(7, DDNI_MEASURE_CLONES, 5).step, -22);
    assert_int_equal(ddni_draws_samples(7, DDNI_MEASURE_UTURN, 5).step, 2000005);
    assert_int_equal(ddni_path_run(DDNI_MEASURE_LAST_CHANGE, 0, 11), 11);
    assert_int_equal(ddni_path_run(DDNI_MEASURE_CLONES, 2, 11), (INT64_C(3) << 40) + 11);
    assert_int_equal(ddni_path_data(DDNI_MEASURE_CLONES, 2, 11), (INT64_C(18) << 40) + 11);
    assert_int_equal(ddni_path_data(DDNI_MEASURE_LAST_CHANGE, 0, 0), INT64_C(1) << 40);
    assert_int_equal(ddni_path_run(DDNI_MEASURE_UTURN, 1, 2),
                     (INT64_C(1010000) << 40) + (INT64_C(1) << 32) + 2);
    /* Numbers by use are numbers by stream, step and path. */
    double one, two;
    ddni_draws draws = ddni_draws_choice(7, DDNI_MEASURE_CLONES, 5);
    assert_true(ddni_draws_uniform(&draws, 3, 2) == ddni_uniform(7, 7, 3, -22, 2));
    draws = ddni_draws_samples(7, DDNI_MEASURE_CLONES, 5);
    ddni_draws_normal(&draws, 3, 2, 1, &one);
    ddni_normal(7, 7, 3, 21, 2, 1, &two);
    assert_true(one == two && draws.seed == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),       cmocka_unit_test(splits_do_not_matter),
        cmocka_unit_test(deviates_are_normal), cmocka_unit_test(arguments_matter),
        cmocka_unit_test(uses_are_apart),      cmocka_unit_test(uses_are_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

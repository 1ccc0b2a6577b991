/* What a rank makes of the others' headers, and of exchanges that fail, in a team or in a group of
 * one. Catches ranks that go on alone, texts that name the wrong one, and a broken team that is
 * used again. The other rank is this one's answer, changed. */
#include "support/fixtures.h"
#include "team/team_impl.h"

enum {
    N = 20,
    D = 3,
    ANSWER = 7 /* of an exchange that fails */
};

/* The rank that there is not. */
typedef struct other {
    int64_t rank;     /* its number; this process has the other one of 0, 1 */
    uint32_t version; /* what its version differs by */
    int32_t ended;    /* it has ended the call */
    int64_t fail_in;  /* this exchange fails, counted down to 0: none */
    int64_t met;      /* exchanges so far */
} other;

static int32_t answer(void *user, int64_t bytes, const void *give, void *take)
{
    other *o = user;
    o->met++;
    memcpy(take, give, (size_t)bytes);
    memcpy((char *)take + bytes, give, (size_t)bytes);
    if (bytes == sizeof(ddni_team_header)) {
        ddni_team_header *header = (ddni_team_header *)take + o->rank;
        header->version = (header->version ^ o->version) & DDNI_TEAM_VERSION;
        header->ended |= o->ended != 0;
    }
    return o->fail_in > 0 && --o->fail_in == 0 ? ANSWER : DDN_OK;
}

static ddn_team *team_with(ddn_context *ctx, other *o)
{
    ddn_team *team = NULL;
    OK(ctx, ddn_team_create(ctx, 1 - o->rank, 2, answer, answer, o, NULL, &team));
    return team;
}

static ddn_team *group_with(ddn_context *ctx, ddn_team *whole, other *o)
{
    ddn_team *group = NULL;
    OK(ctx, ddn_team_create_group(ctx, whole, 2, answer, answer, o, NULL, &group));
    return group;
}

static void another_version_is_told(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    other o = {.rank = 1};
    ddn_team *team = team_with(ctx, &o);
    OK(ctx, ddn_team_agree(ctx, team, DDN_OK));
    o.version = 1;
    FAILS(ctx, ddn_team_agree(ctx, team, DDN_OK), DDN_E_MISMATCH,
          "rank 1 of 2 has another version of the library than rank 0");
    o.version = 0;
    OK(ctx, ddn_team_agree(ctx, team, DDN_OK));
    ddn_team_destroy(team);
    ddn_context_destroy(ctx);
}

/* Who is still in the call, and who has ended it. */
static void another_call_is_told(void **state)
{
    (void)state;
    static const char *const texts[] = {"rank 0 ended ddn_team_agree, rank 1 is in ddn_team_agree",
                                        "rank 0 is in ddn_team_agree, rank 1 ended ddn_team_agree"};
    ddn_context *ctx = test_context(1);
    for (int64_t rank = 0; rank < 2; rank++) {
        other o = {.rank = rank};
        ddn_team *team = team_with(ctx, &o);
        o.ended = 1;
        FAILS(ctx, ddn_team_agree(ctx, team, DDN_OK), DDN_E_MISMATCH, texts[rank]);
        o.ended = 0;
        OK(ctx, ddn_team_agree(ctx, team, DDN_OK));
        ddn_team_destroy(team);
    }
    ddn_context_destroy(ctx);
}

/* Sums, rows and agreement of a set whose halves are the same. */
static ddn_status use(ddn_context *ctx, ddn_team *team, const ddn_dataset *part, ddn_dataset **ds)
{
    static const int64_t rows[] = {1, 3, N + 2};
    double mean[D], values[2];
    ddn_dataset *some = NULL;
    ddn_status status = ddn_dataset_create_team(ctx, team, part, ds);
    if (status == DDN_OK) {
        status = ddn_dataset_mean(ctx, *ds, D, mean);
    }
    if (status == DDN_OK) {
        status = ddn_dataset_spectrum(ctx, *ds, 2, values, NULL, 0);
    }
    if (status == DDN_OK) {
        status = ddn_dataset_create_subset(ctx, *ds, 3, rows, &some);
    }
    ddn_dataset_destroy(some);
    return status;
}

/* A call whose last exchange fails, at which the ranks tell that they are done, has its result; the
 * next one is told. */
static void a_failed_exchange_ends_the_team(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[N * D], mean[D];
    ddn_dataset *part;
    int64_t failures = 0, returned = 0, done = 0;
    test_normal(1, N * D, x);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, D, &part));
    for (int32_t failed = 1; failed; failures += failed) {
        other o = {.rank = 1, .fail_in = failures + 1};
        ddn_team *team = team_with(ctx, &o);
        ddn_dataset *ds = NULL;
        ddn_status status = use(ctx, team, part, &ds);
        failed = o.fail_in == 0;
        if (failed && status != DDN_OK) {
            FAILS(ctx, status, DDN_E_CALLBACK, "exchange");
            returned += strstr(ddn_context_message(ctx), "the team's exchange returned 7") != NULL;
        } else {
            OK(ctx, status);
            done += failed;
        }
        if (failed) {
            FAILS(ctx, ddn_team_agree(ctx, team, DDN_OK), DDN_E_CALLBACK, "exchange");
            FAILS(ctx, ddn_team_agree(ctx, team, DDN_OK), DDN_E_CALLBACK,
                  "an exchange of the team has failed before");
        }
        if (failed && ds != NULL) { /* calls that fail by themselves tell nobody */
            FAILS(ctx, ddn_dataset_mean(ctx, ds, D, NULL), DDN_E_NULL, "is NULL");
            FAILS(ctx, ddn_dataset_mean(ctx, ds, D, mean), DDN_E_CALLBACK, "has failed before");
        }
        ddn_dataset_destroy(ds);
        ddn_team_destroy(team);
    }
    assert_true(failures > 10 && returned > failures / 2);
    assert_int_equal(done, 1);
    ddn_dataset_destroy(part);
    ddn_context_destroy(ctx);
}

/* ---- a group ---- */

static void a_failed_group_does_not_ask_the_whole(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    other all = {.rank = 1}, own = {.rank = 1};
    ddn_team *whole = team_with(ctx, &all), *group = group_with(ctx, whole, &own);
    own.fail_in = 1;
    all.met = 0;
    FAILS(ctx, ddn_team_agree(ctx, group, DDN_OK), DDN_E_CALLBACK, "exchange returned 7");
    assert_int_equal(all.met, 0);
    OK(ctx, ddn_team_agree(ctx, whole, DDN_OK));
    ddn_team_destroy(group);
    ddn_team_destroy(whole);
    ddn_context_destroy(ctx);
}

/* The whole hears of the end of a call of a group unless the group is lost, with its last exchange
 * too; and the group nothing where the whole is lost. */
static void the_end_of_a_call_of_a_group(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double x[N * D], mean[D];
    ddn_dataset *part;
    int64_t failures = 0, done = 0;
    test_normal(1, N * D, x);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, x, D, &part));
    for (int32_t failed = 1; failed; failures += failed) {
        other all = {.rank = 1}, own = {.rank = 1};
        ddn_team *whole = team_with(ctx, &all), *group = group_with(ctx, whole, &own);
        ddn_dataset *ds;
        OK(ctx, ddn_dataset_create_team(ctx, group, part, &ds));
        own.fail_in = failures + 1;
        all.met = 0;
        const ddn_status status = ddn_dataset_mean(ctx, ds, D, mean);
        failed = own.fail_in == 0;
        assert_int_equal(all.met, !failed);
        done += failed && status == DDN_OK;
        if (!failed) {
            OK(ctx, status);
            all.fail_in = 1;
            FAILS(ctx, ddn_team_agree(ctx, whole, DDN_OK), DDN_E_CALLBACK, "exchange returned 7");
            own.met = 0;
            FAILS(ctx, ddn_dataset_mean(ctx, ds, D, NULL), DDN_E_NULL, "is NULL");
            assert_int_equal(own.met, 0);
        }
        ddn_dataset_destroy(ds);
        ddn_team_destroy(group);
        ddn_team_destroy(whole);
    }
    assert_true(failures >= 3);
    assert_int_equal(done, 1);
    ddn_dataset_destroy(part);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_version_is_told),
        cmocka_unit_test(another_call_is_told),
        cmocka_unit_test(a_failed_exchange_ends_the_team),
        cmocka_unit_test(a_failed_group_does_not_ask_the_whole),
        cmocka_unit_test(the_end_of_a_call_of_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A rank whose library is of another version than that of rank 0: all ranks are told. The other
 * rank is this one's header with another version. */
#include "support/fixtures.h"
#include "team/team_impl.h"

static int32_t answer_as_another(void *user, int64_t bytes, const void *give, void *take)
{
    memcpy(take, give, (size_t)bytes);
    memcpy((char *)take + bytes, give, (size_t)bytes);
    if (bytes == sizeof(ddni_team_header)) {
        ddni_team_header *other = (ddni_team_header *)take + 1;
        other->version = (other->version ^ *(const uint32_t *)user) & DDNI_TEAM_VERSION;
    }
    return DDN_OK;
}

static void another_version_is_told(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_team *team = NULL;
    uint32_t change = 0;
    OK(ctx, ddn_team_create(ctx, 0, 2, answer_as_another, answer_as_another, &change, NULL, &team));
    OK(ctx, ddn_team_agree(ctx, team, DDN_OK));
    change = 1;
    FAILS(ctx, ddn_team_agree(ctx, team, DDN_OK), DDN_E_MISMATCH,
          "rank 1 of 2 has another version of the library than rank 0");
    change = 0;
    OK(ctx, ddn_team_agree(ctx, team, DDN_OK));
    ddn_team_destroy(team);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_version_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Shared parts of the tests of memory that runs out. */
#include "robust/oom.h"

const double points[N * D] = {1, 0, 0, -1, 0.5, 0, 0, 1, 1, 0, -1, 1, 2, 0, -2, 0.5, 0.5, 1};
const int32_t labels[N] = {4, 9, 4, 9, 4, 4};
const double times[3] = {0.1, 0.5, 2};

void count_release(void *user)
{
    ++*(int64_t *)user;
}

ddn_status make_oracle(ddn_context *ctx, ddn_oracle **out)
{
    ddn_dataset *ds = NULL, *labelled = NULL;
    ddn_schedule *sch = NULL;
    ddn_status status;
    *out = NULL;
    TRY(ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds));
    TRY(ddn_dataset_create_labelled(ctx, ds, N, labels, &labelled));
    TRY(ddn_schedule_create_ou(ctx, &sch));
    TRY(ddn_oracle_create_empirical(ctx, labelled, sch, out));
done:
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(labelled);
    ddn_schedule_destroy(sch);
    return status;
}

void report(const char *what, int64_t allocations)
{
    assert_true(allocations > 1);
    print_message("# %s: each of %lld allocations failed once\n", what, (long long)allocations);
}

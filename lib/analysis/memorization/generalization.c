/* Does a model memorize its training data or generalise? Denoising errors and what it generates, in
 * one result; theory.md (93), (94). */
#include <diffdyn/memorization.h>

#include "analysis/grids.h"
#include "analysis/memorization/learned_impl.h"
#include "base/check.h"

/* The columns of clones that are measured. */
static const char *const ends[] = {"phi_C", "f_mem", "d1_q50", "d2_q50"};

static ddn_status add_errors(const ddni_learned *of, const ddni_grids *grids,
                             const ddn_result *part, ddn_result *r)
{
    for (int64_t i = 0; i < part->columns.count; i++) {
        const char *name = part->columns.list[i].name;
        DDNI_TRY(ddni_result_copy_column(of->ctx, r, name, part, name, grids->row));
    }
    return DDN_OK;
}

static ddn_status add_parts(const ddni_learned *of, const ddni_grids *grids,
                            ddn_result *const part[2], ddn_result *r)
{
    double *t, *unknown;
    DDNI_TRY(ddni_analysis_add_times(of->ctx, r, of->oracle, &t));
    for (int64_t i = 0; i < grids->rows; i++) {
        t[i] = grids->all[i];
    }
    DDNI_TRY(add_errors(of, grids, part[0], r));
    if (part[1] != NULL) {
        DDNI_TRY(
            ddni_result_copy_column(of->ctx, r, "clones", part[1], "clones", grids->clone_row));
    } else {
        DDNI_TRY(ddni_result_add_column(of->ctx, r, (ddni_quantity){"clones", "1", 0, 0}, &unknown,
                                        "not measured"));
    }
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        DDNI_TRY(ddni_result_copy_pair(of->ctx, r, ends[i], part[1], ends[i], grids->clone_row));
    }
    DDNI_TRY(ddni_result_copy_scalars(of->ctx, r, part[0]));
    return part[1] == NULL ? DDN_OK : ddni_result_copy_scalars(of->ctx, r, part[1]);
}

static ddn_status measure_both(const ddni_learned *of, ddni_grids *grids, ddn_result **out)
{
    ddn_result *part[2] = {NULL, NULL}, *result = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_grids_unite(of->ctx, grids), done);
    DDNI_TRY_GOTO(ddni_measure_denoising(of, grids->times, grids->count, &part[0]), done);
    if (grids->clone_count > 0) {
        DDNI_TRY_GOTO(ddni_measure_generated(of, grids->clone_times, grids->clone_count, &part[1]),
                      done);
    }
    DDNI_TRY_GOTO(ddni_analysis_start_learned(of->an, "generalization", of->oracle, of->train,
                                              of->test, grids->rows, &result),
                  done);
    status = add_parts(of, grids, part, result);
done:
    ddn_result_destroy(part[0]);
    ddn_result_destroy(part[1]);
    ddni_grids_free(of->ctx, grids);
    return ddni_result_hand_out(status, result, out);
}

static ddn_status check_set(const ddni_learned *of, const char *name, const ddn_dataset *ds)
{
    DDNI_CHECK(of->ctx, ds->d == of->d, DDN_E_SHAPE,
               "the points of argument %s have d = %lld, the oracle has %lld", name,
               (long long)ds->d, (long long)of->d);
    return DDN_OK;
}

ddn_status ddn_analysis_generalization(ddn_analysis *an, const ddn_oracle *oracle,
                                       const ddn_dataset *train, const ddn_dataset *test,
                                       int64_t count, int64_t clone_count, const double *times,
                                       const double *clone_times, ddn_result **out)
{
    DDNI_ENTER_MEASUREMENT(an);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, oracle);
    DDNI_CHECK_PTR(an->ctx, train);
    DDNI_CHECK_OPTIONAL(an->ctx, test);
    const ddni_learned of = {.ctx = an->ctx,
                             .an = an,
                             .oracle = oracle,
                             .train = train,
                             .test = test,
                             .d = ddn_oracle_d(oracle)};
    const ddn_schedule *sch = ddn_oracle_schedule(oracle);
    DDNI_TRY(check_set(&of, "train", train));
    if (test != NULL) {
        DDNI_TRY(check_set(&of, "test", test));
    }
    DDNI_TRY(ddni_analysis_check_times(an->ctx, "times", sch, times, count));
    if (clone_count != 0) {
        DDNI_TRY(ddni_analysis_check_times(an->ctx, "clone_times", sch, clone_times, clone_count));
    }
    ddni_grids grids = {.times = times, .clone_times = clone_times};
    grids.count = count;
    grids.clone_count = clone_count;
    DDNI_LEAVE_MEASUREMENT(an, measure_both(&of, &grids, out), out);
}

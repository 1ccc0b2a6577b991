/* U-turns and clones of any oracle by simulation, with the posterior's prediction beside them;
 * theory.md (36), (40).
 *
 * Pairs of rows are compared: row 2p is x_0 (U-turn) or one continuation of x_t (clones), row
 * 2p + 1 the other continuation. The judge tells which ends agree. */
#include "analysis/transitions/uturn_impl.h"

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "base/check.h"
#include "base/progress.h"
#include "numerics/vector.h"
#include "oracle/posterior.h"

void ddni_branch_release(ddni_branch *w)
{
    const ddni_allocator *al = ddni_context_allocator(w->ctx);
    ddn_integrator_destroy(w->it);
    ddn_query_destroy(w->query);
    ddni_judge_free(&w->judge);
    ddni_step_error_free(&w->steps);
    ddni_batches_close(&w->batches);
    ddni_free(al, w->x0);
    ddni_free(al, w->z);
    ddni_free(al, w->pair);
    ddni_free(al, w->path);
    ddni_free(al, w->entropy);
    ddni_free(al, w->distance2);
}

/* ---- One batch --------------------------------------------------------------------------- */

static ddn_status find_entropy(ddni_branch *w, int64_t m, ddni_pair_record *pair)
{
    if (w->entropy == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddn_query_run(w->query, w->level.t, m, w->z, w->d));
    for (int64_t p = 0; p < m; p++) {
        pair[p].entropy = w->entropy[p];
    }
    return DDN_OK;
}

static ddni_measurement measurement(const ddni_branch *w)
{
    return w->clones == 1 ? DDNI_MEASURE_UTURN : DDNI_MEASURE_BRANCH;
}

/* Sets up the pairs of rows of time number k and runs those that are to run. */
static ddn_status run_pairs(ddni_branch *w, int64_t k, int64_t first, int64_t m)
{
    const double *source = w->clones == 1 ? w->x0 : w->z;
    for (int64_t p = 0; p < m; p++) {
        for (int64_t j = 0; j < w->d; j++) {
            w->pair[2 * p * w->d + j] = source[p * w->d + j];
            w->pair[(2 * p + 1) * w->d + j] = w->z[p * w->d + j];
        }
    }
    for (int64_t r = 0; r < w->clones * m; r++) {
        w->path[r] = ddni_path_run(measurement(w), k, w->clones * first + r);
    }
    DDNI_TRY(ddn_integrator_set_paths(w->it, w->clones * m, w->path));
    return w->clones == 1 ? ddn_integrator_run(w->it, m, w->pair + w->d, 2 * w->d)
                          : ddn_integrator_run(w->it, 2 * m, w->pair, w->d);
}

/* The same pairs once more, with half the steps. */
static ddn_status judge_turn_steps(ddni_branch *w, int64_t first, int64_t pairs,
                                   ddni_pair_record *pair)
{
    const int64_t m = ddni_step_error_count(&w->steps, first, pairs, w->paths);
    if (m == 0) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_step_error_halve(&w->steps, 1));
    DDNI_TRY(run_pairs(w, w->k, first, m));
    DDNI_TRY(ddni_judge_clean(&w->judge, &w->end, 2 * m, w->pair));
    for (int64_t p = 0; p < m; p++) {
        ddni_step_error_compare(&w->judge, p, pair[p].same, pair[p].change);
    }
    return ddni_step_error_halve(&w->steps, 0);
}

/* Distances first: the judge takes the pairs back to the level of the clean end. */
static ddn_status evaluate_turns(void *user, int64_t first, int64_t m, void *records)
{
    ddni_branch *w = user;
    ddni_pair_record *pair = records;
    DDNI_TRY(ddni_samples_draw(&w->samples, first, m, w->x0, w->z));
    ddni_samples_at(&w->level, m * w->d, w->x0, w->z, w->z); /* z becomes x_t */
    DDNI_TRY(find_entropy(w, m, pair));
    DDNI_TRY(run_pairs(w, w->k, first, m));
    for (int64_t p = 0; p < m; p++) {
        const double *one = w->pair + 2 * p * w->d;
        pair[p].distance2 = ddni_distance2(w->d, one, one + w->d);
    }
    DDNI_TRY(ddni_judge_clean(&w->judge, &w->end, 2 * m, w->pair));
    for (int64_t p = 0; p < m; p++) {
        ddni_judge_same(&w->judge, p, pair[p].same);
    }
    DDNI_TRY(ddni_batches_part(&w->batches, 1, 1));
    return judge_turn_steps(w, first, m, pair);
}

static void absorb_turns(void *user, int64_t first, int64_t m, const void *records)
{
    ddni_branch *w = user;
    const ddni_pair_record *pair = records;
    const int64_t again = ddni_step_error_count(&w->steps, first, m, w->paths);
    for (int64_t p = 0; p < m; p++) {
        w->distance2[first + p] = pair[p].distance2;
        ddni_agreement_add(pair[p].same, &w->found->same);
        ddni_distance_add(&pair[p], &w->found->distance);
        if (w->entropy != NULL) {
            ddni_mean_add(&w->found->entropy, pair[p].entropy);
        }
        if (p < again) {
            ddni_step_error_add(&w->steps, w->k, pair[p].change);
        }
    }
}

/* ---- Preparation ------------------------------------------------------------------------- */

/* The entropy at x_t of starts that are not the oracle's own; those have identities. */
static ddn_status prepare_entropy(ddni_branch *w)
{
    if (w->own_data || !ddn_oracle_can(w->oracle, DDN_OUT_ENTROPY)) {
        return DDN_OK;
    }
    DDNI_TRY(ddn_query_create(w->ctx, w->oracle, &w->query));
    DDNI_TRY(ddni_alloc_for(w->ctx, "statistics", w->batch, sizeof(double), &w->entropy));
    return ddn_query_bind_f64(w->query, DDN_OUT_ENTROPY, w->entropy, 1);
}

ddn_status ddni_branch_prepare(ddni_branch *w, const ddn_analysis *an, const double *times,
                               int64_t count)
{
    int64_t row = w->d * (int64_t)sizeof(double);
    DDNI_TRY(ddni_alloc_for(w->ctx, "starts", w->batch, row, &w->x0));
    DDNI_TRY(ddni_alloc_for(w->ctx, "starts", w->batch, row, &w->z));
    DDNI_TRY(ddni_alloc_for(w->ctx, "end points", 2 * w->batch, row, &w->pair));
    DDNI_TRY(ddni_alloc_for(w->ctx, "path numbers", 2 * w->batch, sizeof *w->path, &w->path));
    DDNI_TRY(ddni_alloc_for(w->ctx, "distances", w->paths, sizeof(double), &w->distance2));
    DDNI_TRY(ddni_analysis_integrator(an, w->oracle, &w->it));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_STEPS,
                                 ddni_analysis_steps(an, w->oracle)));
    DDNI_TRY(ddn_options_set_i64(ddn_integrator_options(w->it), DDN_INTEGRATOR_DENOISE, 1));
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_END, w->end.t));
    const ddni_judge_of of = {.oracle = w->oracle,
                              .points = an->points,
                              .starts = w->points,
                              .classifier = an->classifier};
    w->own_judge = an->points == NULL || an->points == ddn_oracle_dataset(w->oracle);
    DDNI_TRY(ddni_judge_create(w->ctx, &of, 2 * w->batch, &w->judge));
    const ddn_dataset *starts = w->clones == 1 && !w->own_data ? w->points : NULL;
    DDNI_TRY(
        ddni_distance_typical(w->ctx, ddn_oracle_dataset(w->oracle), starts, 1, 0, &w->typical));
    DDNI_TRY(ddni_step_error_create(an, w->oracle, w->it, count, &w->steps));
    w->batches = (ddni_batches){.batch = w->batch, .size = sizeof(ddni_pair_record)};
    w->batches.what = (ddni_measured){.kind = w->clones == 1 ? "uturn" : "branch",
                                      .oracle = w->oracle,
                                      .times = times,
                                      .count = count,
                                      .data = {w->points}};
    w->batches.evaluate = evaluate_turns;
    w->batches.absorb = absorb_turns;
    w->batches.user = w;
    DDNI_TRY(prepare_entropy(w));
    return ddni_batches_open(an, &w->batches);
}

/* ---- All batches ------------------------------------------------------------------------- */

ddn_status ddni_branch_measure(ddni_branch *w, const ddni_level *level, int64_t k, int64_t times,
                               ddni_tally *out)
{
    const double share = 1 / (double)times;
    out->distance.typical = w->typical;
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, level->t));
    ddni_samples_init(w->ctx, w->oracle, w->points, w->seed, measurement(w), k, &w->samples);
    w->k = k;
    w->level = *level;
    w->found = out;
    DDNI_STAGE(w->ctx, "U-turns");
    return ddni_batches_run(&w->batches, 0, w->paths, (double)k * share, (double)(k + 1) * share);
}

/* What becomes of a state: by the posterior, or by clones of it.
 * theory.md (36). */
#include <string.h>

#include "analysis/transitions/path_impl.h"
#include "base/check.h"
#include "base/rng.h"
#include "oracle/posterior.h"

/* The states of the present time from number `first` on. */
static const double *states_of(const ddni_path_work *w, int64_t first)
{
    return w->of->x + (w->k * w->of->m + first) * w->of->ldx;
}

ddn_status ddni_path_posterior(void *user, int64_t first, int64_t m, void *records)
{
    ddni_path_work *w = user;
    double *record = records;
    DDNI_TRY(ddn_query_run(w->query, w->of->times[w->k], m, states_of(w, first), w->of->ldx));
    for (int64_t r = 0; r < m; r++) {
        ddni_fate *fate = (ddni_fate *)(void *)record;
        fate->entropy = w->entropy[r];
        fate->w_max = w->w_max[r];
        fate->same_point = w->sum_w2[r];
        fate->same_class = NAN;
        record = (double *)(fate + 1);
        if (w->classes > 0) {
            const double *share = w->share + r * w->classes;
            fate->same_class = ddni_same_class(share, w->classes);
            memcpy(record, share, (size_t)w->classes * sizeof *share);
            record += w->classes;
        }
    }
    return DDN_OK;
}

/* Pairs of continuations of x from number `first` on, as the judge sees their ends. */
static ddn_status run_continuations(ddni_path_work *w, int64_t path, int64_t first, int64_t pairs)
{
    for (int64_t r = 0; r < 2 * pairs; r++) {
        memcpy(w->state + r * w->d, states_of(w, path), (size_t)w->d * sizeof *w->state);
        /* Clone number `first + r` of trajectory number `path`. */
        w->number[r] = ddni_path_run(DDNI_MEASURE_PATH, w->k, path * 2 * w->pairs + 2 * first + r);
    }
    DDNI_TRY(ddn_integrator_set_paths(w->it, 2 * pairs, w->number));
    DDNI_TRY(ddn_integrator_run(w->it, 2 * pairs, w->state, w->d));
    return ddni_judge_clean(&w->judge, &w->end, 2 * pairs, w->state);
}

/* Those of the pairs that run once more, with half the steps; change[m][SAMES] has what agreed. */
static ddn_status judge_fate_steps(ddni_path_work *w, int64_t path, int64_t first, int64_t m,
                                   double *change)
{
    if (m == 0) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_step_error_halve(&w->steps, 1));
    DDNI_TRY(run_continuations(w, path, first, m));
    for (int64_t p = 0; p < m; p++) {
        const double same[DDNI_SAMES] = {change[p * DDNI_SAMES], change[p * DDNI_SAMES + 1]};
        ddni_step_error_compare(&w->judge, p, same, change + p * DDNI_SAMES);
    }
    return ddni_step_error_halve(&w->steps, 0);
}

ddn_status ddni_path_clones(void *user, int64_t path, int64_t m, void *records)
{
    ddni_path_work *w = user;
    ddni_clones *found = records;
    double *change = (double *)(found + 1);
    DDNI_ASSERT(m == 1);
    (void)m;
    for (int64_t first = 0; first < w->pairs; first += w->batch / 2) {
        int64_t pairs = w->pairs - first < w->batch / 2 ? w->pairs - first : w->batch / 2;
        const int64_t again = ddni_step_error_count(&w->steps, first, pairs, w->pairs);
        DDNI_TRY(run_continuations(w, path, first, pairs));
        for (int64_t p = 0; p < pairs; p++) {
            double same[DDNI_SAMES];
            ddni_judge_same(&w->judge, p, same);
            for (int i = 0; i < DDNI_SAMES; i++) {
                found->same[i] += same[i];
                if (p < again) {
                    change[(first + p) * DDNI_SAMES + i] = same[i];
                }
            }
        }
        DDNI_TRY(judge_fate_steps(w, path, first, again, change + first * DDNI_SAMES));
    }
    return DDN_OK;
}

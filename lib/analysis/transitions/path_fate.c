/* What becomes of a state: by the posterior, or by clones of it.
 * theory.md (36). */
#include <string.h>

#include "analysis/transitions/path_impl.h"
#include "base/check.h"
#include "base/rng.h"
#include "oracle/posterior.h"

ddn_status ddni_path_posterior(ddni_path_work *w, double t, int64_t m, const double *x, int64_t ldx,
                               ddni_fate *fate)
{
    DDNI_TRY(ddn_query_run(w->query, t, m, x, ldx));
    for (int64_t r = 0; r < m; r++) {
        fate[r].entropy = w->entropy[r];
        fate[r].w_max = w->w_max[r];
        fate[r].same_point = w->sum_w2[r];
        fate[r].same_class =
            w->classes > 0 ? ddni_same_class(w->share + r * w->classes, w->classes) : NAN;
    }
    return DDN_OK;
}

/* Pairs of continuations of x from number `first` on, as the judge sees their ends. */
static ddn_status run_continuations(ddni_path_work *w, int64_t k, int64_t path, int64_t first,
                                    int64_t pairs, const double *x)
{
    for (int64_t r = 0; r < 2 * pairs; r++) {
        memcpy(w->state + r * w->d, x, (size_t)w->d * sizeof *x);
        /* Clone number `first + r` of trajectory number `path`. */
        w->number[r] = ddni_path_run(DDNI_MEASURE_PATH, k, path * 2 * w->pairs + 2 * first + r);
    }
    DDNI_TRY(ddn_integrator_set_paths(w->it, 2 * pairs, w->number));
    DDNI_TRY(ddn_integrator_run(w->it, 2 * pairs, w->state, w->d));
    return ddni_judge_clean(&w->judge, &w->end, 2 * pairs, w->state);
}

static ddn_status judge_fate_steps(ddni_path_work *w, int64_t k, int64_t path, int64_t first,
                                   int64_t pairs, const double *x)
{
    const int64_t m = ddni_step_error_count(&w->steps, first, pairs, w->pairs);
    if (m == 0) {
        return DDN_OK;
    }
    ddni_step_error_keep(&w->steps, &w->judge, m);
    DDNI_TRY(ddni_step_error_halve(&w->steps, 1));
    DDNI_TRY(run_continuations(w, k, path, first, m, x));
    ddni_step_error_compare(&w->steps, k, &w->judge, m);
    return ddni_step_error_halve(&w->steps, 0);
}

ddn_status ddni_path_clones(ddni_path_work *w, double t, int64_t k, int64_t path, const double *x,
                            ddni_fate *fate)
{
    ddni_agreement same = {0, 0};
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, t));
    for (int64_t first = 0; first < w->pairs; first += w->batch / 2) {
        int64_t pairs = w->pairs - first < w->batch / 2 ? w->pairs - first : w->batch / 2;
        DDNI_TRY(run_continuations(w, k, path, first, pairs, x));
        ddni_judge_count(&w->judge, pairs, &same);
        DDNI_TRY(judge_fate_steps(w, k, path, first, pairs, x));
    }
    fate->same_point = (double)same.nearest / (double)w->pairs;
    fate->same_class = w->judge.class_of != NULL ? (double)same.classes / (double)w->pairs : NAN;
    return DDN_OK;
}

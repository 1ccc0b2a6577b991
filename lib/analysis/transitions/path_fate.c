/* What becomes of a state: by the posterior, or by clones of it.
 * theory.md (36). */
#include <string.h>

#include "analysis/transitions/path_impl.h"
#include "base/check.h"

ddn_status ddni_path_posterior(ddni_path_work *w, double t, int64_t m, const double *x, int64_t ldx,
                               ddni_fate *fate)
{
    DDNI_TRY(ddn_query_run(w->query, t, m, x, ldx));
    for (int64_t r = 0; r < m; r++) {
        fate[r].entropy = w->entropy[r];
        fate[r].w_max = w->w_max[r];
        fate[r].same_point = w->sum_w2[r];
        fate[r].same_class = w->classes > 0 ? 0 : NAN;
        for (int64_t c = 0; c < DDNI_PATH_CLASSES; c++) {
            fate[r].share[c] = c < w->classes ? w->share[r * w->classes + c] : NAN;
        }
        for (int64_t c = 0; c < w->classes; c++) {
            double share = w->share[r * w->classes + c];
            fate[r].same_class += share * share;
        }
    }
    return DDN_OK;
}

static int64_t likeliest(const ddni_path_work *w, int64_t row)
{
    const double *share = w->end_share + row * w->classes;
    int64_t best = 0;
    for (int64_t c = 1; c < w->classes; c++) {
        best = share[c] > share[best] ? c : best;
    }
    return best;
}

ddn_status ddni_path_clones(ddni_path_work *w, double t, int64_t k, int64_t path, const double *x,
                            ddni_fate *fate)
{
    int64_t points = 0, classes = 0;
    DDNI_TRY(ddn_options_set_f64(ddn_integrator_options(w->it), DDN_INTEGRATOR_T_START, t));
    for (int64_t first = 0; first < w->pairs; first += w->batch / 2) {
        int64_t pairs = w->pairs - first < w->batch / 2 ? w->pairs - first : w->batch / 2;
        for (int64_t r = 0; r < 2 * pairs; r++) {
            memcpy(w->state + r * w->d, x, (size_t)w->d * sizeof *x);
            /* Every time has its own noise, every trajectory a range of path numbers in it. */
            w->number[r] = ((k + 1) << 48) + path * 2 * w->pairs + 2 * first + r;
        }
        DDNI_TRY(ddn_integrator_set_paths(w->it, w->number, 2 * pairs));
        DDNI_TRY(ddn_integrator_run(w->it, 2 * pairs, w->state, w->d));
        /* The denoised ends at the level of the clean end, where their weights are asked for. */
        for (int64_t i = 0; i < 2 * pairs * w->d; i++) {
            w->state[i] *= w->end.a;
        }
        DDNI_TRY(ddn_query_run(w->ends, w->end.t, 2 * pairs, w->state, w->d));
        for (int64_t r = 0; r < 2 * pairs; r += 2) {
            points += w->nearest[r] == w->nearest[r + 1];
            classes += w->classes > 0 && likeliest(w, r) == likeliest(w, r + 1);
        }
    }
    fate->same_point = (double)points / (double)w->pairs;
    fate->same_class = w->classes > 0 ? (double)classes / (double)w->pairs : NAN;
    return DDN_OK;
}

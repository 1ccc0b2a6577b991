/* Distances of samples from the two nearest distinct points, and the share that are copies.
 * theory.md (91), (92). */
#include <diffdyn/memorization.h>

#include "analysis/memorization/learned_impl.h"
#include "base/check.h"
#include "base/statistics.h"
#include "oracle/empirical/nearest.h"
#include "oracle/query_impl.h"

typedef struct work {
    ddn_context *ctx;
    const ddn_dataset *ds;
    int64_t m;
    double kappa;
    int64_t *index;    /* [m][2] */
    double *distance2; /* [m][2], then d1[m], d2[m], each sorted */
} work;

static void release(work *w)
{
    ddni_free(ddni_context_allocator(w->ctx), w->index);
    ddni_free(ddni_context_allocator(w->ctx), w->distance2);
}

static ddn_status search(work *w, const double *x, int64_t ldx)
{
    ddni_search *search = NULL;
    DDNI_TRY(ddni_alloc_for(w->ctx, "nearest points", 2 * w->m, sizeof *w->index, &w->index));
    DDNI_TRY(ddni_alloc_for(w->ctx, "distances", 2 * w->m, sizeof(double), &w->distance2));
    DDNI_TRY(ddni_search_create(w->ctx, w->ds, &search));
    ddn_status status =
        ddni_search_distinct(w->ctx, search, w->m, 2, x, ldx, w->index, w->distance2);
    ddni_search_free(w->ctx, search);
    DDNI_TRY(status);
    DDNI_CHECK(w->ctx, w->index[1] >= 0, DDN_E_UNSUPPORTED,
               "all %lld points of the data set are equal: none is the second nearest",
               (long long)w->ds->n);
    return DDN_OK;
}

ddn_status ddni_add_copies(ddn_context *ctx, ddn_result *r, const char *name, const char *what,
                           int64_t hits, int64_t m, double kappa)
{
    char low_name[DDNI_NAME_BYTES], high_name[DDNI_NAME_BYTES];
    double share, error, low, high;
    const char *text = "share of %lld %s with d1/d2 < kappa = %.6g%s";
    const long long of = (long long)m;
    ddni_part_name(name, "_low", low_name);
    ddni_part_name(name, "_high", high_name);
    ddni_proportion(hits, m, &share, &error);
    ddni_wilson_95(hits, m, &low, &high);
    DDNI_TRY(ddni_result_add_scalar(ctx, r, (ddni_quantity){name, "1", DDN_POOLING_SHARE, m}, share,
                                    error, text, of, what, kappa, ""));
    DDNI_TRY(ddni_result_add_scalar(ctx, r, (ddni_quantity){low_name, "1", DDN_POOLING_PART, 0},
                                    low, NAN, text, of, what, kappa,
                                    ": lower end of its 95 % Wilson interval"));
    return ddni_result_add_scalar(ctx, r, (ddni_quantity){high_name, "1", DDN_POOLING_PART, 0},
                                  high, NAN, text, of, what, kappa, ": upper end of that interval");
}

ddn_status ddni_add_distance(ddn_context *ctx, ddn_result *r, const char *name, double level,
                             const ddni_distances *of)
{
    const ddni_quantile q = ddni_quantile_of(of->sorted, of->m, level);
    const struct {
        const char *part, *text;
        double value, error;
    } list[] = {
        {"", "", q.value, q.error},
        {"_low", ": lower end of its 95 % interval", q.low, NAN},
        {"_high", ": upper end of that interval", q.high, NAN},
    };
    for (size_t k = 0; k < sizeof list / sizeof list[0]; k++) {
        char full[DDNI_NAME_BYTES];
        ddni_part_name(name, list[k].part, full);
        DDNI_TRY(ddni_result_add_scalar(
            ctx, r, (ddni_quantity){full, DDNI_UNIT_DATA, 0, 0}, list[k].value, list[k].error,
            "%g %% quantile of d%d over %lld %s, by order statistics%s", 100 * level, of->which,
            (long long)of->m, of->what, list[k].text));
    }
    return DDN_OK;
}

/* Quantiles of one of the distances, which are sorted for that. */
static ddn_status add_quantiles(const work *w, ddn_result *r, int which, double *values)
{
    static const double levels[] = {0.05, 0.5, 0.95};
    static const char *const names[2][3] = {{"d1_q05", "d1_q50", "d1_q95"},
                                            {"d2_q05", "d2_q50", "d2_q95"}};
    ddni_sort(values, w->m);
    const ddni_distances of = {"samples", which + 1, w->m, values};
    for (int i = 0; i < 3; i++) {
        DDNI_TRY(ddni_add_distance(w->ctx, r, names[which][i], levels[i], &of));
    }
    return DDN_OK;
}

static ddn_status report(work *w, ddn_result *r)
{
    double *index, *d1, *d2;
    int64_t hits = 0;
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"index", "1", 0, 0}, &index,
                                    "row of the point nearest to the sample, the first of equal "
                                    "distance"));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"d1", DDNI_UNIT_DATA, 0, 0}, &d1,
                                    "distance of the sample from the nearest point"));
    DDNI_TRY(ddni_result_add_column(w->ctx, r, (ddni_quantity){"d2", DDNI_UNIT_DATA, 0, 0}, &d2,
                                    "distance from the nearest of the points that differ from "
                                    "the nearest one"));
    for (int64_t q = 0; q < w->m; q++) {
        index[q] = (double)w->index[2 * q];
        d1[q] = sqrt(w->distance2[2 * q]);
        d2[q] = sqrt(w->distance2[2 * q + 1]);
        hits += d1[q] < w->kappa * d2[q];
    }
    DDNI_TRY(ddni_add_copies(w->ctx, r, "f_mem", "samples", hits, w->m, w->kappa));
    for (int64_t q = 0; q < w->m; q++) {
        w->distance2[q] = d1[q];
        w->distance2[w->m + q] = d2[q];
    }
    DDNI_TRY(add_quantiles(w, r, 0, w->distance2));
    DDNI_TRY(add_quantiles(w, r, 1, w->distance2 + w->m));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"kappa", "1", DDN_POOLING_SAME, 0},
                                    w->kappa, 0, "DDN_ANALYSIS_KAPPA"));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"samples", "1", DDN_POOLING_SUM, 0},
                                    (double)w->m, 0, "samples compared with the points"));
    DDNI_TRY(ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"n", "1", DDN_POOLING_SAME, 0},
                                    (double)w->ds->n, 0, "points of the data set"));
    return ddni_result_add_scalar(w->ctx, r, (ddni_quantity){"d", "1", DDN_POOLING_SAME, 0},
                                  (double)w->ds->d, 0, "dimension");
}

static ddn_status measure(ddn_analysis *an, const ddn_dataset *ds, int64_t m, const double *x,
                          int64_t ldx, ddn_result **out)
{
    work w = {.ctx = an->ctx, .ds = ds, .m = m, .kappa = ddni_analysis_f64(an, DDN_ANALYSIS_KAPPA)};
    ddn_result *result = NULL;
    ddn_status status;
    DDNI_TRY(ddni_check_states(w.ctx, "x", x, m, ds->d, ldx));
    DDNI_TRY_GOTO(search(&w, x, ldx), done);
    DDNI_TRY_GOTO(ddni_analysis_start_of(an, "memorization", ds, DDN_CLOCK_NONE, m, &result), done);
    status = report(&w, result);
done:
    release(&w);
    return ddni_result_hand_out(status, result, out);
}

ddn_status ddn_analysis_memorization(ddn_analysis *an, const ddn_dataset *ds, int64_t m,
                                     const double *x, int64_t ldx, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, ds);
    DDNI_CHECK(an->ctx, m >= 1, DDN_E_RANGE, "argument m = %lld is less than 1", (long long)m);
    return measure(an, ds, m, x, ldx, out);
}

ddn_status ddn_analysis_memorization_f32(ddn_analysis *an, const ddn_dataset *ds, int64_t m,
                                         const float *x, int64_t ldx, ddn_result **out)
{
    DDNI_ENTER_OBJECT(an, DDNI_USE);
    DDNI_CHECK_PTR(an->ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(an->ctx, ds);
    DDNI_CHECK(an->ctx, m >= 1, DDN_E_RANGE, "argument m = %lld is less than 1", (long long)m);
    double *wide = NULL;
    ddn_status status = ddni_query_promote(an->ctx, "x", m, ds->d, x, ldx, &wide);
    status = status == DDN_OK ? measure(an, ds, m, wide, ds->d, out) : status;
    ddni_free(ddni_context_allocator(an->ctx), wide);
    return status;
}

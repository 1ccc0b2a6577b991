/* The mean squared distance of the two ends of pairs; theory.md (46). */
#include "analysis/transitions/distance.h"

#include <math.h>

#include "base/check.h"
#include "base/progress.h"
#include "numerics/vector.h"

enum {
    KNOWN = 5 /* pairs that tell how far pairs part */
};

/* The square of the mean distance of the points from a centre: few outliers do not make it. */
static ddn_status spread_around(ddn_context *ctx, const ddn_dataset *ds, const double *centre,
                                double *row, double *spread)
{
    double mean = 0;
    for (int64_t i = 0; i < ds->n; i++) {
        DDNI_TRY(ddni_poll(ctx));
        ddni_dataset_rows(ds, i, 1, row, ds->d);
        mean += ddni_weight(ds, i) * sqrt(ddni_distance2(ds->d, row, centre));
    }
    *spread = mean * mean;
    return DDN_OK;
}

ddn_status ddni_distance_typical(ddn_context *ctx, const ddn_dataset *ends,
                                 const ddn_dataset *starts, double a, double s, double *typical)
{
    *typical = NAN;
    if (ends == NULL) {
        return DDN_OK;
    }
    ddn_status status = DDN_OK;
    const int64_t row = ends->d * (int64_t)sizeof(double);
    double *scratch = NULL, one, other;
    DDNI_TRY(ddni_alloc_for(ctx, "centre of the ends", 2, row, &scratch));
    DDNI_TRY_GOTO(ddni_dataset_mean(ctx, ends, scratch), fail);
    DDNI_TRY_GOTO(spread_around(ctx, ends, scratch, scratch + ends->d, &one), fail);
    other = one;
    if (starts != NULL && starts != ends) {
        DDNI_TRY_GOTO(spread_around(ctx, starts, scratch, scratch + ends->d, &other), fail);
    }
    *typical = a * a * (one + other) + 2 * (double)ends->d * s * s;
fail:
    ddni_free(ddni_context_allocator(ctx), scratch);
    return status;
}

void ddni_distance_add(const ddni_pair_record *pair, ddni_distance *sum)
{
    const double distance2 = pair->distance2;
    const int apart = isnan(sum->typical) || pair->same[DDNI_SAME_POINT] == 0;
    ddni_mean_add(&sum->all, distance2);
    ddni_mean_add(&sum->parted, apart ? distance2 : 0);
    sum->apart += apart;
    sum->far += apart && (isnan(sum->typical) || distance2 > sum->typical / 16);
    sum->largest = apart ? fmax(sum->largest, distance2) : sum->largest;
}

void ddni_distance_put(const ddni_distance *sum, double *mean, double *error, double *low,
                       double *high)
{
    const double n = (double)sum->all.count, se = ddni_mean_error(&sum->all);
    const double parted = ddni_mean_error(&sum->parted), y = sum->parted.mean;
    const double rest2 = fmax(se * se - parted * parted, 0); /* of those that stay together */
    const int known = sum->far >= KNOWN;
    const double more = (known ? sum->largest - y : sum->typical) / n;
    *mean = sum->all.mean;
    *error = known ? se : hypot(se, more);
    *low = *mean - hypot(y - ddni_events_below(y, parted * parted), DDNI_Z95 * sqrt(rest2));
    *high = *mean + hypot(ddni_events_above(y, parted * parted, more) - y, DDNI_Z95 * sqrt(rest2));
    *low = fmax(*low, 0);
}

/* Members of feature maps. */
#ifndef DDNI_ANALYSIS_LATE_START_FEATURES_IMPL_H
#define DDNI_ANALYSIS_LATE_START_FEATURES_IMPL_H

#include <diffdyn/late_start.h>

#include "base/handle.h"

struct ddn_features {
    ddni_handle handle;
    int64_t d, k;
    double *axes;       /* [k][d], NULL unless principal axes */
    double *mean;       /* [d], with axes */
    ddn_features_fn fn; /* NULL unless a callback */
    ddn_release_fn release;
    void *user;
};

/* As ddn_features_apply, arguments checked. */
ddn_status ddni_features_apply(ddn_context *ctx, const ddn_features *f, int64_t m, const double *x,
                               int64_t ldx, double *out, int64_t ldo);

#endif

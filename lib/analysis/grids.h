/* The grid of a report: that of the curves and that of simulated clones as one. */
#ifndef DDNI_ANALYSIS_GRIDS_H
#define DDNI_ANALYSIS_GRIDS_H

#include <diffdyn/base.h>

/* Both grids are strictly monotone; the second may be empty. */
typedef struct ddni_grids {
    const double *times, *clone_times;
    int64_t count, clone_count;
    double *all;              /* [rows], ascending */
    int64_t *row, *clone_row; /* where each time of both grids is in it */
    int64_t rows;
} ddni_grids;

/* Fills `all` and what follows; to be freed whatever is returned. */
ddn_status ddni_grids_unite(ddn_context *ctx, ddni_grids *grids);
void ddni_grids_free(ddn_context *ctx, ddni_grids *grids);

#endif

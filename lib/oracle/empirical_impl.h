/* The empirical oracle's parts: object, scratch, scan. Layer 4 (oracle). */
#ifndef DDNI_ORACLE_EMPIRICAL_IMPL_H
#define DDNI_ORACLE_EMPIRICAL_IMPL_H

#include "dataset/dataset_impl.h"
#include "oracle/oracle_impl.h"
#include "oracle/posterior.h"

typedef struct ddni_empirical {
    ddn_oracle base;
    double *centre; /* [d] mean of the points: vector sums are taken relative to it */
} ddni_empirical;

/* Scratch of a query. */
typedef struct ddni_scan {
    ddni_posterior *part; /* [chunks][m] */
    double *sum;          /* [chunks][m][d]: sum e^{l - M} (y - centre) */
    double *class_sum;    /* [chunks][m][classes] */
    double *moment;       /* [chunks][m][d + 1]: second pass, Cov v and trace */
    double *tile;         /* [workers][rows][d] */
    double *mean;         /* [m][d] relative to the centre */
} ddni_scan;

ddn_status ddni_scan_run(ddn_context *ctx, const ddni_empirical *o, ddni_scan *scan,
                         const ddni_request *rq, const ddni_level *level, int64_t m,
                         const double *x, int64_t ldx, ddni_report *report);

#endif

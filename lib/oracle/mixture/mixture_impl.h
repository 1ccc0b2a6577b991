/* A Gaussian mixture, and what one noise level makes of it. */
#ifndef DDNI_ORACLE_MIXTURE_MIXTURE_IMPL_H
#define DDNI_ORACLE_MIXTURE_MIXTURE_IMPL_H

#include "oracle/oracle_impl.h"

typedef struct ddni_mixture {
    ddn_oracle base;
    double *log_weight; /* [K], -inf for weight 0 */
    double *cumulative; /* [K], running sum of the weights, last one 1 */
    double *mean;       /* [K][d] */
    double *variance;   /* entry (k, j) at k * variance_k + j * variance_j */
    int64_t variance_k, variance_j;
    int32_t *class_index; /* [K] or NULL */
    int32_t pair;         /* 1: two components with opposite means and one variance */
} ddni_mixture;

enum {
    DDNI_MIXTURE_ROWS = 16,  /* states of a tile: a component is read once for all of them */
    DDNI_MIXTURE_VECTORS = 6 /* rows of d numbers that a worker needs: g and mu of the most
                                probable component, of another, and their sums */
};

/* Scratch of a query: numbers of the level that was evaluated last, and rows for each worker. */
typedef struct ddni_mixture_scratch {
    double a, s2;          /* the level; a = 0 before the first one */
    double *precision;     /* 1/Gamma, laid out as the variances */
    double *offset;        /* [K]: log pi_k - sum_j log(2 pi Gamma_kj)/2 */
    double *sum_precision; /* [K]: sum_j 1/Gamma_kj */
    double *sum_posterior; /* [K]: sum_j s^2 V_kj/Gamma_kj */
    double *rows;          /* [workers][row_size] */
    int64_t row_size;
} ddni_mixture_scratch;

ddn_status ddni_mixture_scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **scratch);
void ddni_mixture_scratch_destroy(ddn_context *ctx, void *scratch);
int64_t ddni_mixture_scratch_bytes(const void *scratch);
/* Gamma of every component, kept as long as the level stays the same. */
void ddni_mixture_prepare(const ddni_mixture *mix, ddni_mixture_scratch *sc,
                          const ddni_level *level);
ddn_status ddni_mixture_evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *scratch,
                                 const ddni_request *rq, const ddni_batch *batch,
                                 ddni_report *report);

#endif

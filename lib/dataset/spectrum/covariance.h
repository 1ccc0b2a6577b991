/* The covariance of a set as an operator and, when it is small, as a matrix.
 *
 * With A the centred points, n x d, it is C = A^T A / n of size d or, when n < d, K = A A^T / n of
 * size n, which has the same eigenvalues but for zeros; theory.md (20). With weights row i of A is
 * that of the centred point times the root of n pi_i; theory.md (25). */
#ifndef DDNI_DATASET_SPECTRUM_COVARIANCE_H
#define DDNI_DATASET_SPECTRUM_COVARIANCE_H

#include "dataset/dataset_impl.h"
#include "kernels/block.h"
#include "kernels/kernels.h"

static inline int64_t ddni_smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

typedef struct ddni_covariance {
    ddn_context *ctx;
    const ddn_dataset *ds;
    const ddn_dataset *own; /* the rows that this process has: ds, or its part over a team; */
    int64_t first;          /* so many are before them */
    const ddni_kernels *kern;
    int64_t size;    /* min(n, d) */
    int by_points;   /* K instead of C */
    double *mean;    /* [d]; */
    double *rest;    /* [d]: mean + rest is what is subtracted, exact copies become 0 */
    double *between; /* [d][DDNI_BLOCK] by points, else [rows][DDNI_BLOCK]: the product halfway */
} ddni_covariance;

/* Over a team all ranks make these calls together. Vectors are those of the whole set, on each. */
ddn_status ddni_covariance_open(ddn_context *ctx, const ddn_dataset *ds, ddni_covariance *c);
void ddni_covariance_close(ddni_covariance *c);

/* out[size][DDNI_BLOCK] = C v or K v. No overlap. The same bits for any number of threads. */
ddn_status ddni_covariance_apply(ddni_covariance *c, const double *v, double *out);

/* v[blocks][d][DDNI_BLOCK] = A^T u for u[blocks][n][DDNI_BLOCK]: from eigenvectors of K to those of
 * C. The points are read once for all blocks. */
ddn_status ddni_covariance_lift(ddni_covariance *c, int64_t blocks, const double *u, double *v);

/* Elements [i][j], j >= i, of the matrix[size][size] itself. */
ddn_status ddni_covariance_matrix(ddni_covariance *c, double *matrix);

#endif

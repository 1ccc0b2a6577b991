/* Matrix-free linear algebra on small Krylov spaces: leading eigenpairs of a symmetric operator,
 * and linear solves. */
#ifndef DDNI_NUMERICS_KRYLOV_H
#define DDNI_NUMERICS_KRYLOV_H

#include "base/alloc.h"

/* A square matrix of size n: out[n] = A v[n], on the calling thread. */
typedef struct ddni_operator {
    int64_t n;
    ddn_status (*apply)(void *arg, const double *v, double *out);
    void *arg;
} ddni_operator;

/* Memory for one calculation at a time, grown as needed. Zero to begin with. */
typedef struct ddni_krylov {
    double *basis;  /* [steps + 1][n] */
    double *small;  /* projected matrices and their eigenvectors */
    double *vector; /* [n] */
} ddni_krylov;

void ddni_krylov_free(const ddni_allocator *al, ddni_krylov *k);

/* How eigenpairs are sought. */
typedef struct ddni_eigen_plan {
    int64_t count, steps; /* pairs; Lanczos steps for each, at least 2 */
    double tolerance;     /* of a residual, relative to the norm of A seen so far */
    int64_t seed;         /* of the deviates in start vectors */
    const double *guess;  /* [n]: what the first one starts from; NULL: 0 */
} ddni_eigen_plan;

typedef struct ddni_eigenpairs {
    double *values;  /* [count] */
    double *vectors; /* [count][ld], of length 1; may hold the guess */
    int64_t ld;
    double residual; /* the largest one */
} ddni_eigenpairs;

/* The largest eigenvalues of the symmetric A, largest first: Lanczos with full reorthogonalisation,
 * one pair after the other, each in the complement of those before. Not reaching the tolerance in
 * `steps` steps a pair, restarted up to 8 times, is DDN_E_CONVERGENCE. */
ddn_status ddni_leading_eigenpairs(ddn_context *ctx, ddni_krylov *k, const ddni_operator *a,
                                   const ddni_eigen_plan *plan, ddni_eigenpairs *out);

/* Solves A x = rhs by GMRES from x = 0 with full orthogonalisation, `steps` long at most; *relative
 * gets |rhs - A x| / |rhs|. The best x found is returned also where the tolerance was not met: the
 * caller judges. */
ddn_status ddni_gmres(ddn_context *ctx, ddni_krylov *k, const ddni_operator *a, const double *rhs,
                      int64_t steps, double tolerance, double *x, double *relative);

#endif

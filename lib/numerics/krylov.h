/* Matrix-free linear algebra on small Krylov spaces: leading eigenpairs of a symmetric operator,
 * and linear solves. */
#ifndef DDNI_NUMERICS_KRYLOV_H
#define DDNI_NUMERICS_KRYLOV_H

#include "base/alloc.h"

/* out[n] = A v[n]; runs on the calling thread. */
typedef ddn_status (*ddni_operator_fn)(void *arg, const double *v, double *out);

/* Memory for one calculation at a time, grown as needed. Zero to begin with. */
typedef struct ddni_krylov {
    double *basis;  /* [steps + 1][n] */
    double *small;  /* projected matrices and their eigenvectors */
    double *vector; /* [3][n] */
} ddni_krylov;

void ddni_krylov_free(const ddni_allocator *al, ddni_krylov *k);

/* The `count` largest eigenvalues of the symmetric A, largest first, with unit eigenvectors
 * vectors[count][ld] (required): Lanczos with full reorthogonalisation, one pair after the other,
 * each in the complement of those before. The first start vector is `guess` (NULL: 0; may be
 * vectors) plus deviates of `seed`. Stops when the residual of the pair is below tolerance
 * times the norm of A seen so far; *residual gets the largest one. Not reaching it in `steps`
 * (>= 2) steps a pair, restarted up to 8 times, is DDN_E_CONVERGENCE. */
ddn_status ddni_leading_eigenpairs(ddn_context *ctx, ddni_krylov *k, int64_t n, ddni_operator_fn op,
                                   void *arg, int64_t count, int64_t steps, double tolerance,
                                   int64_t seed, const double *guess, double *values,
                                   double *vectors, int64_t ld, double *residual);

/* Solves A x = rhs by GMRES from x = 0 with full orthogonalisation, `steps` long at most; *relative
 * gets |rhs - A x| / |rhs|. The best x found is returned also where the tolerance was not met: the
 * caller judges. */
ddn_status ddni_gmres(ddn_context *ctx, ddni_krylov *k, int64_t n, ddni_operator_fn op, void *arg,
                      const double *rhs, int64_t steps, double tolerance, double *x,
                      double *relative);

#endif

/* LAPACK behind the library's own names and sizes. Layer 1 (kernels). */
#include "kernels/lapack.h"

#include "base/check.h"

/* Fortran interface, integers of 32 bits, hidden lengths of the character arguments last. */
void dstev_(const char *jobz, const int32_t *n, double *d, double *e, double *z, const int32_t *ldz,
            double *work, int32_t *info, int64_t jobz_length);

ddn_status ddni_tridiagonal_eigen(ddn_context *ctx, int64_t n, double *diagonal, double *off,
                                  double *vectors, double *work)
{
    DDNI_ASSERT(n >= 1 && n <= INT32_MAX);
    int32_t size = (int32_t)n, info = 0;
    dstev_("V", &size, diagonal, off, vectors, &size, work, &info, 1);
    DDNI_CHECK(ctx, info == 0, DDN_E_CONVERGENCE,
               "the tridiagonal eigenproblem of size %lld did not converge (%d)", (long long)n,
               (int)info);
    return DDN_OK;
}

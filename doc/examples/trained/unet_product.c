/* SPDX-License-Identifier: MIT */
#include "unet_product.h"

#include <stdint.h>

#if DDNI_BLAS_INTEGER_BITS == 64
typedef int64_t blas_int;
#else
typedef int32_t blas_int;
#endif
#define JOIN(name, suffix) name##suffix
#define NAME(name, suffix) JOIN(name, suffix)
#define SGEMM NAME(sgemm_, DDNI_BLAS_SUFFIX)

/* Fortran's interface, with the lengths of texts last. */
extern void SGEMM(const char *transa, const char *transb, const blas_int *m, const blas_int *n,
                  const blas_int *k, const float *alpha, const float *a, const blas_int *lda,
                  const float *b, const blas_int *ldb, const float *beta, float *c,
                  const blas_int *ldc, int64_t transa_length, int64_t transb_length);

/* Rows here are columns there: the transposes, in the other order. */
void product(product_shape shape, float factor, matrix a, matrix b, float keep, float *y, int ld)
{
    const blas_int m = shape.columns, n = shape.rows, k = shape.depth;
    const blas_int lda = b.ld, ldb = a.ld, ldc = ld;
    SGEMM(b.turned ? "T" : "N", a.turned ? "T" : "N", &m, &n, &k, &factor, b.x, &lda, a.x, &ldb,
          &keep, y, &ldc, 1, 1);
}

#ifdef DDNI_BLAS_OPENBLAS
extern void NAME(openblas_set_num_threads, DDNI_BLAS_SUFFIX)(int threads);

void product_threads_one(void)
{
    NAME(openblas_set_num_threads, DDNI_BLAS_SUFFIX)(1);
}
#else
void product_threads_one(void)
{
}
#endif

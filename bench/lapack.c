/* What a covariance tells, as it is usually found: the points less their mean, one dsyrk, and an
 * eigenproblem of LAPACK; by the matrix of inner products where there are fewer points than
 * dimensions. Compiled for this machine. See bench.h. */
#include "bench.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK, as OpenBLAS has it: columns, lengths of texts behind. */
void dsyevd_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda,
             double *w, double *work, const blasint *lwork, blasint *iwork, const blasint *liwork,
             blasint *info, size_t, size_t);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, double *a,
             const blasint *lda, const double *vl, const double *vu, const blasint *il,
             const blasint *iu, const double *abstol, blasint *m, double *w, double *z,
             const blasint *ldz, blasint *isuppz, double *work, const blasint *lwork,
             blasint *iwork, const blasint *liwork, blasint *info, size_t, size_t, size_t);
void dgesdd_(const char *jobz, const blasint *m, const blasint *n, double *a, const blasint *lda,
             double *s, double *u, const blasint *ldu, double *vt, const blasint *ldvt,
             double *work, const blasint *lwork, blasint *iwork, blasint *info, size_t);

static double *take(int64_t count)
{
    return bench_take(count, sizeof(double));
}

void bench_lapack_make(bench_lapack *l, int64_t n, int64_t d, int64_t size)
{
    *l = (bench_lapack){.n = n, .d = d, .size = size};
    if (n > 2147483647 || size > 46340) {
        drv_die("n = %lld, min(n, d) = %lld is beyond OpenBLAS's 32-bit sizes", (long long)n,
                (long long)size);
    }
    l->points = take(n * d);
    l->centred = take(n * d);
    l->mean = take(d);
    l->ones = take(n);
    l->matrix = take(size * size);
    l->values = take(size);
    for (int64_t i = 0; i < n; i++) {
        l->ones[i] = 1 / (double)n;
    }
}

void bench_lapack_free(bench_lapack *l)
{
    void *const all[] = {l->points, l->centred, l->mean, l->ones,
                         l->matrix, l->values,  l->root, l->work};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        free(all[i]);
    }
}

static void subtract_part(void *arg, int64_t part, int64_t parts)
{
    const bench_lapack *l = arg;
    int64_t first, end;
    bench_share(l->n, part, parts, &first, &end);
    for (int64_t i = first; i < end; i++) {
        for (int64_t j = 0; j < l->d; j++) {
            l->centred[i * l->d + j] = l->points[i * l->d + j] - l->mean[j];
        }
    }
}

static void centre(bench_lapack *l)
{
    const blasint n = (blasint)l->n, d = (blasint)l->d;
    cblas_dgemv(CblasRowMajor, CblasTrans, n, d, 1, l->points, d, l->ones, 1, 0, l->mean, 1);
    bench_team(subtract_part, l);
}

/* The covariance, or the inner products over n where these are fewer numbers: its lower triangle
 * as LAPACK counts. */
static void product(bench_lapack *l)
{
    const blasint n = (blasint)l->n, d = (blasint)l->d, size = (blasint)l->size;
    const int by_points = l->size < l->d;
    centre(l);
    cblas_dsyrk(CblasRowMajor, CblasUpper, by_points ? CblasNoTrans : CblasTrans, size,
                by_points ? d : n, 1 / (double)l->n, l->centred, d, 0, l->matrix, size);
}

static void solved(blasint info)
{
    if (info != 0) {
        drv_die("LAPACK's eigenproblem ended with %lld", (long long)info);
    }
}

/* All eigenvalues, ascending; vectors in place of the matrix. */
static void eigen(bench_lapack *l, const char *jobz, double *matrix)
{
    const blasint size = (blasint)l->size, ask = -1;
    blasint info = 0, integers = 0;
    double numbers = 0;
    dsyevd_(jobz, "L", &size, matrix, &size, l->values, &numbers, &ask, &integers, &ask, &info, 1,
            1);
    const blasint lwork = (blasint)numbers;
    double *work = take(lwork);
    blasint *iwork = bench_take(integers, sizeof *iwork);
    dsyevd_(jobz, "L", &size, matrix, &size, l->values, work, &lwork, iwork, &integers, &info, 1,
            1);
    solved(info);
    free(work);
    free(iwork);
}

/* The `count` largest eigenvalues, ascending, and their vectors z[count][size]. */
static void leading(bench_lapack *l, double *z)
{
    const double none = 0;
    const blasint size = (blasint)l->size, ask = -1, first = size - (blasint)l->count + 1;
    blasint info = 0, integers = 0, found = 0, *support = bench_take(2 * l->count, sizeof *support);
    double numbers = 0;
    dsyevr_("V", "I", "L", &size, l->matrix, &size, &none, &none, &first, &size, &none, &found,
            l->values, z, &size, support, &numbers, &ask, &integers, &ask, &info, 1, 1, 1);
    const blasint lwork = (blasint)numbers;
    double *work = take(lwork);
    blasint *iwork = bench_take(integers, sizeof *iwork);
    dsyevr_("V", "I", "L", &size, l->matrix, &size, &none, &none, &first, &size, &none, &found,
            l->values, z, &size, support, work, &lwork, iwork, &integers, &info, 1, 1, 1);
    solved(info);
    free(support);
    free(work);
    free(iwork);
}

double bench_lapack_spectrum(void *lapack)
{
    bench_lapack *l = lapack;
    const double start = drv_seconds();
    const blasint size = (blasint)l->size, d = (blasint)l->d, count = (blasint)l->count;
    double *z = take(l->count * l->size), *vectors = take(l->count * l->d);
    product(l);
    leading(l, z);
    if (l->size < l->d) { /* vectors of the inner products become directions */
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, count, d, size, 1, z, size,
                    l->centred, d, 0, vectors, d);
    }
    l->answer = l->values[l->count - 1];
    free(z);
    free(vectors);
    return drv_seconds() - start;
}

double bench_lapack_log_det(void *lapack)
{
    bench_lapack *l = lapack;
    const double start = drv_seconds();
    product(l);
    eigen(l, "N", l->matrix);
    l->answer = 0;
    for (int64_t k = 0; k < l->size; k++) {
        l->answer += log1p(fmax(l->values[k], 0) / l->c);
    }
    return drv_seconds() - start;
}

/* Fewer points than dimensions: the matrix of inner products would lose directions below 1e-8 of
 * the longest, so the singular values; axes in place of the points, coordinates by columns. */
static void singular(bench_lapack *l, double *coordinates)
{
    const blasint d = (blasint)l->d, n = (blasint)l->n, ask = -1;
    blasint info = 0, *iwork = bench_take(8 * l->n, sizeof *iwork);
    double numbers = 0, *axes = take(l->n * l->d);
    centre(l);
    dgesdd_("S", &d, &n, l->centred, &d, l->values, axes, &d, coordinates, &n, &numbers, &ask,
            iwork, &info, 1);
    const blasint lwork = (blasint)numbers;
    double *work = take(lwork);
    dgesdd_("S", &d, &n, l->centred, &d, l->values, axes, &d, coordinates, &n, work, &lwork, iwork,
            &info, 1);
    solved(info);
    for (int64_t i = 0; i < l->n * l->n; i++) {
        coordinates[i] *= l->values[i % l->n];
    }
    free(axes);
    free(work);
    free(iwork);
}

double bench_lapack_span(void *lapack)
{
    bench_lapack *l = lapack;
    const double start = drv_seconds();
    const blasint size = (blasint)l->size, d = (blasint)l->d, n = (blasint)l->n;
    const int by_points = l->size < l->d;
    double *coordinates = take(l->n * l->size);
    if (by_points) {
        singular(l, coordinates);
    } else {
        product(l);
        eigen(l, "V", l->matrix);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, size, d, 1, l->centred, d,
                    l->matrix, d, 0, coordinates, size);
    }
    const double top = by_points ? l->values[0] : l->values[l->size - 1];
    l->answer = 0;
    for (int64_t k = 0; k < l->size; k++) {
        l->answer += l->values[k] > 1e-12 * top;
    }
    free(coordinates);
    return drv_seconds() - start;
}

void bench_lapack_reference(bench_lapack *l, bench_lapack *set)
{
    const int64_t d = set->d;
    const blasint size = (blasint)d;
    l->root = take(d * d);
    l->work = take(2 * d * d);
    product(set);
    eigen(set, "V", set->matrix);
    for (int64_t k = 0; k < d; k++) {
        l->trace += set->values[k];
        for (int64_t j = 0; j < d; j++) {
            l->work[k * d + j] = sqrt(fmax(set->values[k], 0)) * set->matrix[k * d + j];
        }
    }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, size, size, size, 1, set->matrix, size,
                l->work, size, 0, l->root, size);
    l->other_mean = set->mean;
}

double bench_lapack_frechet(void *lapack)
{
    bench_lapack *l = lapack;
    const double start = drv_seconds();
    const int64_t d = l->d;
    const blasint size = (blasint)d;
    double *half = l->work, *whole = half + d * d, trace = l->trace, square = 0, cross = 0;
    product(l);
    for (int64_t j = 0; j < d; j++) {
        const double apart = l->mean[j] - l->other_mean[j];
        square += apart * apart;
        trace += l->matrix[j * d + j];
    }
    cblas_dsymm(CblasRowMajor, CblasLeft, CblasUpper, size, size, 1, l->matrix, size, l->root, size,
                0, half, size);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, l->root, size, half,
                size, 0, whole, size);
    eigen(l, "N", whole);
    for (int64_t k = 0; k < d; k++) {
        cross += sqrt(fmax(l->values[k], 0));
    }
    l->answer = square + trace - 2 * cross;
    return drv_seconds() - start;
}

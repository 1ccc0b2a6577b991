/* The counter: the compiler calls __sanitizer_cov_trace_pc in every basic block of the library, the
 * linker puts the functions below in place of its looks and of what is not compiled here. */
#include "robust/work.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

#include "base/progress.h"
#include "numerics/blas_symbols.h"

/* Units. Memory and files by the byte, matrices by the multiply-add: three kinds of routine, from
 * products of matrices to those that go through a matrix for every column. */
static const int64_t BLOCK = 10;
static const double COPIED = 1, FILED = 10, INFLATED = 50, PRODUCT = 0.5, THROUGH = 5, COLUMN = 10;

void __sanitizer_cov_trace_pc(void);

/* One for each thread: the work, and its last looks. */
static _Thread_local int64_t done;
static _Thread_local struct {
    int64_t call;       /* these are of */
    int64_t last;       /* look */
    int64_t before_run; /* the last look from another place than the last one */
    work_site *site;    /* of the last one; NULL: the call began */
} mine;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static work_site sites[WORK_SITES];
static int64_t site_count, call, began;
static work_seen seen;

void __sanitizer_cov_trace_pc(void)
{
    done += BLOCK;
}

static void worked(double units)
{
    done += (int64_t)units;
}

static work_site *site_of(void *address)
{
    for (int64_t i = 0; i < site_count; i++) {
        if (sites[i].address == address) {
            return &sites[i];
        }
    }
    if (site_count == WORK_SITES) {
        abort();
    }
    sites[site_count] = (work_site){address, 0};
    return &sites[site_count++];
}

/* A thread of the pool begins with its first look: before it, it had no work of this call. */
static void look(void *from)
{
    pthread_mutex_lock(&lock);
    if (mine.call != call) {
        mine.call = call;
        mine.last = mine.before_run = done;
        mine.site = NULL;
    }
    if (done - mine.last > seen.longest) {
        seen.longest = done - mine.last;
    }
    if (mine.site == NULL || mine.site->address != from) {
        if (mine.site != NULL && done - mine.before_run > mine.site->longest) {
            mine.site->longest = done - mine.before_run;
        }
        mine.before_run = mine.last;
        mine.site = from != NULL ? site_of(from) : NULL;
    }
    mine.last = done;
    seen.looks++;
    pthread_mutex_unlock(&lock);
}

void work_begin(void)
{
    pthread_mutex_lock(&lock);
    call++;
    for (int64_t i = 0; i < site_count; i++) {
        sites[i].longest = 0;
    }
    seen = (work_seen){0};
    pthread_mutex_unlock(&lock);
    look(NULL);
    began = done;
}

work_seen work_end(void)
{
    look(NULL);
    seen.whole = done - began;
    return seen;
}

const work_site *work_sites(int64_t *count)
{
    *count = site_count;
    return sites;
}

/* ---- Looks ---- */

#define WRAP(type, name, parameters, arguments, units)                                             \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        worked(units);                                                                             \
        return __real_##name arguments;                                                            \
    }
#define ROUTINE(name, parameters, arguments, units)                                                \
    void __real_##name parameters;                                                                 \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        worked(units);                                                                             \
        __real_##name arguments;                                                                   \
    }
#define LOOK(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        look(__builtin_return_address(0));                                                         \
        return __real_##name arguments;                                                            \
    }

LOOK(int32_t, ddni_stopping, (const ddn_context *ctx), (ctx))
LOOK(ddn_status, ddni_poll, (ddn_context * ctx), (ctx))

/* What a call says of its progress, before the library puts it in order: 0 <= from <= to <= 1. */
static void note_share(double from, double to)
{
    if (!(from >= 0 && from <= to && to <= 1 + 1e-12)) {
        seen.astray++;
    }
}

ddn_status __real_ddni_progress(ddn_context *ctx, const char *stage, double fraction);
ddn_status __wrap_ddni_progress(ddn_context *ctx, const char *stage, double fraction);
ddn_status __wrap_ddni_progress(ddn_context *ctx, const char *stage, double fraction)
{
    look(__builtin_return_address(0));
    note_share(fraction, 1);
    return __real_ddni_progress(ctx, stage, fraction);
}

ddn_status __real_ddni_stage_part(ddn_context *ctx, double from, double to);
ddn_status __wrap_ddni_stage_part(ddn_context *ctx, double from, double to);
ddn_status __wrap_ddni_stage_part(ddn_context *ctx, double from, double to)
{
    look(__builtin_return_address(0));
    note_share(from, to);
    return __real_ddni_stage_part(ctx, from, to);
}

/* ---- Memory, files ---- */

WRAP(void *, memcpy, (void *to, const void *from, size_t count), (to, from, count),
     (double)count *COPIED)
WRAP(void *, memmove, (void *to, const void *from, size_t count), (to, from, count),
     (double)count *COPIED)
WRAP(void *, memset, (void *to, int byte, size_t count), (to, byte, count), (double)count *COPIED)
WRAP(int, memcmp, (const void *a, const void *b, size_t count), (a, b, count),
     (double)count *COPIED)
WRAP(ssize_t, pread, (int file, void *to, size_t count, off_t offset), (file, to, count, offset),
     (double)count *FILED)
WRAP(ssize_t, write, (int file, const void *from, size_t count), (file, from, count),
     (double)count *FILED)

int __real_inflate(z_stream *z, int flush);
int __wrap_inflate(z_stream *z, int flush);
int __wrap_inflate(z_stream *z, int flush)
{
    uint32_t room = z->avail_out;
    int result = __real_inflate(z, flush);
    worked(INFLATED * (double)(room - z->avail_out));
    return result;
}

/* ---- BLAS and LAPACK: multiply-adds, by their leading term ---- */

static double cube(const blas_int *n)
{
    return (double)*n * (double)*n * (double)*n;
}

static double area(const blas_int *m, const blas_int *n)
{
    return (double)*m * (double)*n;
}

static double volume(const blas_int *m, const blas_int *n, const blas_int *k)
{
    return (double)*m * (double)*n * (double)*k;
}

typedef const char *text;
typedef const blas_int *whole;
typedef const double *real;

ROUTINE(dgemm_,
        (text ta, text tb, whole m, whole n, whole k, real alpha, real a, whole lda, real b,
         whole ldb, real beta, double *c, whole ldc, int64_t la, int64_t lb),
        (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, la, lb), volume(m, n, k) * PRODUCT)
ROUTINE(dsyrk_,
        (text uplo, text trans, whole n, whole k, real alpha, real a, whole lda, real beta,
         double *c, whole ldc, int64_t lu, int64_t lt),
        (uplo, trans, n, k, alpha, a, lda, beta, c, ldc, lu, lt), volume(n, n, k) * PRODUCT / 2)
ROUTINE(dsyr2k_,
        (text uplo, text trans, whole n, whole k, real alpha, real a, whole lda, real b, whole ldb,
         real beta, double *c, whole ldc, int64_t lu, int64_t lt),
        (uplo, trans, n, k, alpha, a, lda, b, ldb, beta, c, ldc, lu, lt), volume(n, n, k) * PRODUCT)
ROUTINE(dtrsm_,
        (text side, text uplo, text trans, text diag, whole m, whole n, real alpha, real a,
         whole lda, double *b, whole ldb, int64_t ls, int64_t lu, int64_t lt, int64_t ld),
        (side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb, ls, lu, lt, ld),
        volume(m, n, *side == 'L' ? m : n) * PRODUCT / 2)
ROUTINE(dtrmm_,
        (text side, text uplo, text trans, text diag, whole m, whole n, real alpha, real a,
         whole lda, double *b, whole ldb, int64_t ls, int64_t lu, int64_t lt, int64_t ld),
        (side, uplo, trans, diag, m, n, alpha, a, lda, b, ldb, ls, lu, lt, ld),
        volume(m, n, *side == 'L' ? m : n) * PRODUCT / 2)
ROUTINE(dlarfb_,
        (text side, text trans, text direct, text storev, whole m, whole n, whole k, real v,
         whole ldv, real t, whole ldt, double *c, whole ldc, double *work, whole ldwork, int64_t ls,
         int64_t lt, int64_t ld, int64_t lv),
        (side, trans, direct, storev, m, n, k, v, ldv, t, ldt, c, ldc, work, ldwork, ls, lt, ld,
         lv),
        PRODUCT * 2 * volume(m, n, k))
ROUTINE(dlarft_,
        (text direct, text storev, whole n, whole k, real v, whole ldv, real tau, double *t,
         whole ldt, int64_t ld, int64_t ls),
        (direct, storev, n, k, v, ldv, tau, t, ldt, ld, ls), volume(n, k, k) * THROUGH / 2)
ROUTINE(dgemv_,
        (text trans, whole m, whole n, real alpha, real a, whole lda, real x, whole incx, real beta,
         double *y, whole incy, int64_t lt),
        (trans, m, n, alpha, a, lda, x, incx, beta, y, incy, lt), area(m, n) * THROUGH)
ROUTINE(dsymv_,
        (text uplo, whole n, real alpha, real a, whole lda, real x, whole incx, real beta,
         double *y, whole incy, int64_t lu),
        (uplo, n, alpha, a, lda, x, incx, beta, y, incy, lu), area(n, n) * THROUGH)
ROUTINE(dlaswp_, (whole n, double *a, whole lda, whole k1, whole k2, whole pivots, whole incx),
        (n, a, lda, k1, k2, pivots, incx), (double)*n *(double)(*k2 - *k1 + 1) * THROUGH)
ROUTINE(dlahr2_,
        (whole n, whole k, whole nb, double *a, whole lda, double *tau, double *t, whole ldt,
         double *y, whole ldy),
        (n, k, nb, a, lda, tau, t, ldt, y, ldy), volume(n, n, nb) * THROUGH)
ROUTINE(dgehd2_,
        (whole n, whole ilo, whole ihi, double *a, whole lda, double *tau, double *work,
         blas_int *info),
        (n, ilo, ihi, a, lda, tau, work, info), cube(n) * THROUGH * 5 / 3)
ROUTINE(dgetrf_, (whole m, whole n, double *a, whole lda, blas_int *pivots, blas_int *info),
        (m, n, a, lda, pivots, info), volume(m, n, *m < *n ? m : n) * PRODUCT / 2)
ROUTINE(dgetrs_,
        (text trans, whole n, whole nrhs, real a, whole lda, whole pivots, double *b, whole ldb,
         blas_int *info, int64_t lt),
        (trans, n, nrhs, a, lda, pivots, b, ldb, info, lt), volume(n, n, nrhs) * THROUGH)
ROUTINE(dstev_,
        (text job, whole n, double *d, double *e, double *z, whole ldz, double *work,
         blas_int *info, int64_t lj),
        (job, n, d, e, z, ldz, work, info, lj), COLUMN * 3 * cube(n))
ROUTINE(dsteqr_,
        (text job, whole n, double *d, double *e, double *z, whole ldz, double *work,
         blas_int *info, int64_t lj),
        (job, n, d, e, z, ldz, work, info, lj), COLUMN * 3 * cube(n))
ROUTINE(dsyevd_,
        (text job, text uplo, whole n, double *a, whole lda, double *w, double *work, whole lwork,
         blas_int *iwork, whole liwork, blas_int *info, int64_t lj, int64_t lu),
        (job, uplo, n, a, lda, w, work, lwork, iwork, liwork, info, lj, lu),
        *lwork < 0 ? 0 : THROUGH * cube(n))
ROUTINE(dsyevr_,
        (text job, text range, text uplo, whole n, double *a, whole lda, real vl, real vu, whole il,
         whole iu, real abstol, blas_int *m, double *w, double *z, whole ldz, blas_int *support,
         double *work, whole lwork, blas_int *iwork, whole liwork, blas_int *info, int64_t lj,
         int64_t lr, int64_t lu),
        (job, range, uplo, n, a, lda, vl, vu, il, iu, abstol, m, w, z, ldz, support, work, lwork,
         iwork, liwork, info, lj, lr, lu),
        cube(n) * THROUGH)
ROUTINE(dgeev_,
        (text left, text right, whole n, double *a, whole lda, double *wr, double *wi, double *vl,
         whole ldvl, double *vr, whole ldvr, double *work, whole lwork, blas_int *info, int64_t ll,
         int64_t lr),
        (left, right, n, a, lda, wr, wi, vl, ldvl, vr, ldvr, work, lwork, info, ll, lr),
        COLUMN * 10 * cube(n))
ROUTINE(dhseqr_,
        (text job, text compz, whole n, whole ilo, whole ihi, double *h, whole ldh, double *wr,
         double *wi, double *z, whole ldz, double *work, whole lwork, blas_int *info, int64_t lj,
         int64_t lc),
        (job, compz, n, ilo, ihi, h, ldh, wr, wi, z, ldz, work, lwork, info, lj, lc),
        COLUMN * 4 * cube(n))
ROUTINE(dlaqr5_,
        (whole wantt, whole wantz, whole kacc22, whole n, whole top, whole bottom, whole shifts,
         double *sr, double *si, double *h, whole ldh, whole iloz, whole ihiz, double *z, whole ldz,
         double *v, whole ldv, double *u, whole ldu, whole nv, double *wv, whole ldwv, whole nh,
         double *wh, whole ldwh),
        (wantt, wantz, kacc22, n, top, bottom, shifts, sr, si, h, ldh, iloz, ihiz, z, ldz, v, ldv,
         u, ldu, nv, wv, ldwv, nh, wh, ldwh),
        COLUMN * 2 * volume(n, n, shifts))
ROUTINE(dlaed2_,
        (blas_int * k, whole n, whole n1, double *d, double *q, whole ldq, blas_int *order,
         double *rho, double *z, double *poles, double *w, double *packed, blas_int *index,
         blas_int *indexc, blas_int *indexp, blas_int *kind, blas_int *info),
        (k, n, n1, d, q, ldq, order, rho, z, poles, w, packed, index, indexc, indexp, kind, info),
        area(n, n) * THROUGH)
ROUTINE(dlaed4_,
        (whole n, whole i, real d, real z, double *delta, real rho, double *out, blas_int *info),
        (n, i, d, z, delta, rho, out, info), COLUMN * 10 * (double)*n)

/* A host that has a BLAS and LAPACK of its own under the names that all of them have, with integers
 * of 64 bits, and shows them to the dynamic linker: none of its functions may be called, neither by
 * the library nor by the OpenBLAS that the library uses. Where the system cannot keep them apart,
 * the library refuses before it computes. */
#include "support/fixtures.h"

/* What the library calls, and what OpenBLAS's LAPACK calls in turn. */
/* clang-format off */
#define NAMES(X) \
    X(dstev) X(dsyevd) X(dgeev) X(dgetrf) X(dgetrs) X(dgemm) X(dsyevr) X(dsyrk) X(dgemv) \
    X(dsymv) X(dsyr2k) X(dtrsm) X(dlaswp) X(dlarfg) X(dlarft) X(dlarfb) X(dlahr2) X(dgehd2) \
    X(dhseqr) X(dlaqr5) X(dtrmm) X(daxpy) X(dlae2) X(dsteqr) X(dlaed2) X(dlaed4) X(dlamrg) \
    X(dsterf) X(dsytrd) X(dormtr) X(dormql) X(dorm2l) X(dormqr) X(dlatrd) X(dsytd2) X(dstedc) \
    X(dstemr) X(dlarf) X(dlarrv) X(dlarre) X(ddot) X(dnrm2) X(dscal) X(dcopy) X(dswap) X(dger) \
    X(dsyr2) X(dtrmv) X(dgehrd) X(dgebal) X(dlahqr) X(dlaqr0) X(dlanst) X(dlansy) X(dlascl) \
    X(dlacpy) X(dlaset) X(dlapy2) X(dlasr) X(dlartg) X(dlamch) X(ilaenv) X(lsame) X(xerbla)
/* clang-format on */

#define HOST(name)                                                                                 \
    void name##_(void);                                                                            \
    void name##_(void)                                                                             \
    {                                                                                              \
        fprintf(stderr, "the host's %s_ was called\n", #name);                                     \
        abort();                                                                                   \
    }
NAMES(HOST)

int64_t idamax_(const int64_t *n, const double *x, const int64_t *step);
int64_t idamax_(const int64_t *n, const double *x, const int64_t *step)
{
    int64_t best = 0;
    for (int64_t i = 0; i < *n; i++) {
        best = fabs(x[i * *step]) > fabs(x[best * *step]) ? i : best;
    }
    return *n > 0 ? best + 1 : 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(FOREIGN_APART) && !defined(SANITIZED)
#define EXPECT OK
#else
#define EXPECT(ctx, call) FAILS((ctx), (call), DDN_E_UNSUPPORTED, "have 64 bits")
#define REFUSED 1
#endif

/* Points +-c_k e_k, whose covariance is diagonal: all eigenvalues by the routines for small, or
 * large, matrices; or the largest by iteration. */
static void spectra(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const int64_t sizes[][2] = {{8, 8}, {660, 100}, {1100, 3}};
    for (int i = 0; i < 3; i++) {
        int64_t d = sizes[i][0], count = sizes[i][1], n = 2 * d;
        double *points = calloc((size_t)(n * d), sizeof *points);
        double *values = malloc((size_t)count * sizeof *values);
        double *vectors = malloc((size_t)(count * d) * sizeof *vectors);
        assert_true(points != NULL && values != NULL && vectors != NULL);
        for (int64_t k = 0; k < d; k++) {
            points[2 * k * d + k] = pow(0.999, (double)k);
            points[(2 * k + 1) * d + k] = -points[2 * k * d + k];
        }
        ddn_dataset *ds = NULL;
        OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, n, d, points, d, &ds));
        EXPECT(ctx, ddn_dataset_spectrum(ctx, ds, count, values, vectors, d));
#if !defined(REFUSED)
        for (int64_t k = 0; k < count; k++) {
            CLOSE(values[k], pow(0.999, 2 * (double)k) / (double)d, 1e-9, 0);
        }
#endif
        ddn_dataset_destroy(ds);
        free(points);
        free(values);
        free(vectors);
    }
    ddn_context_destroy(ctx);
}

enum {
    D = 400
};

/* Blocks of the Jacobian turn, with one speed each. */
static int32_t turn(void *user, double parameter, int64_t d, const double *x, double *out)
{
    (void)user;
    for (int64_t k = 0; k < d; k += 2) {
        double speed = 1 + 0.01 * (double)k;
        out[k] = parameter * x[k] - speed * x[k + 1];
        out[k + 1] = speed * x[k] + parameter * x[k + 1];
    }
    return 0;
}

static void systems(void **state)
{
    (void)state;
    static double x[D], re[D], im[D];
    ddn_context *ctx = test_context(1);
    ddn_system *sys = NULL;
    ddn_stability stability;
    int64_t count = 0;
    OK(ctx, ddn_system_create(ctx, DDN_SYSTEM_FLOW, D, turn, NULL, NULL, NULL, &sys));
    EXPECT(ctx, ddn_system_eigenvalues(ctx, sys, -0.5, 1e-6, x, re, im, &stability));
#if !defined(REFUSED)
    for (int k = 0; k < D; k++) {
        CLOSE(re[k], -0.5, 1e-6, 0);
    }
    x[0] = 1;
    OK(ctx, ddn_system_fixed_points(ctx, sys, -0.5, 1, 1, x, D, re, &count));
    assert_int_equal(count, 1);
    CLOSE(re[0], 0, 0, 1e-9);
#endif
    (void)count;
    ddn_system_destroy(sys);
    ddn_context_destroy(ctx);
}

static void distances(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double mean[2] = {0, 0}, one[4] = {1, 0, 0, 1}, four[4] = {4, 0, 0, 4};
    double distance2 = 0;
    EXPECT(ctx, ddn_theory_frechet(ctx, 2, mean, one, mean, four, &distance2));
#if !defined(REFUSED)
    CLOSE(distance2, 2, 1e-12, 0);
#endif
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spectra), cmocka_unit_test(systems),
                                       cmocka_unit_test(distances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the library asks of a BLAS, with whichever is linked: dense problems with known answers, by
 * LAPACK's drivers and in parts. Argument: the bits of its integers; where they are not those of
 * the build, all is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/blas.h"
#include "numerics/blas_symbols.h"

static void check(int32_t holds, const char *what, const ddn_context *ctx)
{
    if (!holds) {
        printf("not ok: %s: %s\n", what, ddn_context_message(ctx));
        exit(1);
    }
}

/* The second difference: eigenvalues 2 - 2 cos(pi k/(n + 1)). */
static void symmetric(ddn_context *ctx, int64_t n, double *a, double *values)
{
    memset(a, 0, (size_t)(n * n) * sizeof *a);
    for (int64_t i = 0; i < n; i++) {
        a[i * n + i] = 2;
        if (i > 0) {
            a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
        }
    }
    check(ddni_symmetric_eigen(ctx, n, a, values, 1) == DDN_OK, "symmetric", ctx);
    for (int64_t k = 0; k < n; k++) {
        double exact = 2 - 2 * cos(acos(-1) * (double)(k + 1) / (double)(n + 1));
        check(fabs(values[k] - exact) < 1e-12, "eigenvalues", ctx);
    }
}

/* A permutation of n in one cycle: the n-th roots of 1. */
static void general(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    memset(a, 0, (size_t)(n * n) * sizeof *a);
    for (int64_t i = 0; i < n; i++) {
        a[i * n + (i + 1) % n] = 1;
    }
    check(ddni_general_eigen(ctx, n, a, re, im) == DDN_OK, "general", ctx);
    for (int64_t k = 0; k < n; k++) {
        check(fabs(hypot(re[k], im[k]) - 1) < 1e-11, "roots of 1", ctx);
    }
}

static void equations(ddn_context *ctx, int64_t n, double *a, double *x)
{
    for (int64_t i = 0; i < n; i++) {
        x[i] = (double)n + 1;
        for (int64_t j = 0; j < n; j++) {
            a[i * n + j] = i == j ? 2 : 1;
        }
    }
    check(ddni_solve(ctx, n, a, x) == DDN_OK, "equations", ctx);
    for (int64_t i = 0; i < n; i++) {
        check(fabs(x[i] - 1) < 1e-11, "solution", ctx);
    }
}

int main(int argc, char **argv)
{
    const int64_t sizes[] = {12, 330, 660};
    ddn_context *ctx = NULL;
    double *a = malloc(660 * 660 * sizeof *a), *x = malloc(2 * 660 * sizeof *x);
    if (argc < 2 || ddn_context_create(&ctx) != DDN_OK || a == NULL || x == NULL) {
        return 1;
    }
    if (atoi(argv[1]) != DDNI_BLAS_INTEGER_BITS) {
        *a = 1;
        ddn_status status = ddni_symmetric_eigen(ctx, 1, a, x, 0);
        check(status == DDN_E_UNSUPPORTED &&
                  strstr(ddn_context_message(ctx), "-Dblas_integers") != NULL,
              "a refusal", ctx);
        printf("%s\n", ddn_context_message(ctx));
    } else {
        for (int i = 0; i < 3; i++) {
            symmetric(ctx, sizes[i], a, x);
            general(ctx, i < 2 ? sizes[i] : 7, a, x, x + 660);
            equations(ctx, sizes[i], a, x);
        }
    }
    ddn_context_destroy(ctx);
    free(a);
    free(x);
    return 0;
}

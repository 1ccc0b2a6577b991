/* Squared Frechet distance of two Gaussians, theory.md (62).
 *
 * |mean1 - mean2|^2 + tr C1 + tr C2 - 2 sum sqrt(eigenvalues of C1^1/2 C2 C1^1/2). With C1 = V^T L
 * V (rows of V are eigenvectors) those are the eigenvalues of L^1/2 V C2 V^T L^1/2, which is
 * symmetric and never leaves the real numbers. */
#include "theory/frechet.h"

#include <diffdyn/theory.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "numerics/blas.h"

static ddn_status check_gaussian(ddn_context *ctx, const char *name, int64_t d, const double *mean,
                                 const double *cov)
{
    for (int64_t i = 0; i < d; i++) {
        DDNI_CHECK(ctx, isfinite(mean[i]), DDN_E_NONFINITE, "mean%s[%lld] is not finite", name,
                   (long long)i);
        DDNI_TRY(ddni_poll(ctx));
        for (int64_t j = 0; j <= i; j++) {
            DDNI_CHECK(ctx, isfinite(cov[i * d + j]), DDN_E_NONFINITE,
                       "cov%s[%lld][%lld] is not finite", name, (long long)i, (long long)j);
        }
    }
    return DDN_OK;
}

/* Eigenvalues up to so many rounding units of the largest are 0: the root of a rounding error is no
 * small number, and of a covariance of fewer states than dimensions many are 0. */
static const double none = 16 * 0x1p-52;

/* Square roots of eigenvalues that may be 0 up to rounding, but not really negative. */
static ddn_status take_roots(ddn_context *ctx, const char *what, int64_t d, double *values)
{
    double top = values[d - 1] > 0 ? values[d - 1] : 0;
    DDNI_CHECK(ctx, values[0] >= -1e-9 * top, DDN_E_RANGE, "%s has the negative eigenvalue %g",
               what, values[0]);
    for (int64_t i = 0; i < d; i++) {
        values[i] = values[i] > none * top ? sqrt(values[i]) : 0;
    }
    return DDN_OK;
}

/* The upper triangle from the lower one. */
static ddn_status mirror(ddn_context *ctx, int64_t d, double *matrix)
{
    for (int64_t i = 0; i < d; i++) {
        DDNI_TRY(ddni_poll(ctx));
        for (int64_t j = 0; j < i; j++) {
            matrix[j * d + i] = matrix[i * d + j];
        }
    }
    return DDN_OK;
}

ddn_status ddni_halve_gaussian(ddn_context *ctx, const char *what, int64_t d, ddni_gaussian_half *g)
{
    double *roots = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "eigenvalues", d, sizeof *roots, &roots), done);
    DDNI_TRY_GOTO(mirror(ctx, d, g->half), done);
    for (int64_t i = 0; i < d; i++) {
        g->variance[i] = g->half[i * d + i];
    }
    DDNI_TRY_GOTO(ddni_symmetric_eigen(ctx, d, g->half, roots, 1), done);
    DDNI_TRY_GOTO(take_roots(ctx, what, d, roots), done);
    int exponent = 0;
    g->top = frexp(roots[d - 1], &exponent);
    g->unit = ldexp(1, exponent);
    for (int64_t i = 0; i < d; i++) {
        DDNI_TRY_GOTO(ddni_poll(ctx), done);
        for (int64_t j = 0; j < d; j++) {
            g->half[i * d + j] *= roots[i] / g->unit;
        }
    }
done:
    ddni_free(ddni_context_allocator(ctx), roots);
    return status;
}

ddn_status ddni_frechet_from(ddn_context *ctx, int64_t d, const ddni_gaussian_half *g,
                             const double *mean, const double *cov, double top, double *work,
                             double *result)
{
    double *product = work, *c = work + d * d, sum = 0;
    /* The rounding errors of the product are those of both factors, however small it is. */
    const double least = none * (g->top * top) * (g->top * top);
    DDNI_TRY(ddni_matrix_product(ctx, d, g->half, cov, 0, product));
    DDNI_TRY(ddni_matrix_product(ctx, d, product, g->half, 1, c));
    double *roots = product; /* which has been used */
    DDNI_TRY(ddni_symmetric_eigen(ctx, d, c, roots, 0));
    for (int64_t i = 0; i < d; i++) {
        double shift = g->mean[i] - mean[i];
        double root = roots[i] > least ? g->unit * sqrt(roots[i]) : 0;
        sum += shift * shift + g->variance[i] + cov[i * d + i] - 2 * root;
    }
    *result = fmax(0, sum); /* equal Gaussians: 0 to rounding */
    return DDN_OK;
}

/* The body of ddn_theory_frechet; work [4][d][d], then [d]. */
static ddn_status distance(ddn_context *ctx, int64_t d, const double *mean1, const double *cov1,
                           const double *mean2, const double *cov2, double *work, double *result)
{
    DDNI_STAGE(ctx, "Frechet distance");
    double *c = work + 3 * d * d, *roots = c + d * d;
    ddni_gaussian_half g = {mean1, work + 2 * d * d, roots, 1, 0};
    memcpy(c, cov2, (size_t)(d * d) * sizeof *c);
    DDNI_TRY(mirror(ctx, d, c));
    memcpy(work, c, (size_t)(d * d) * sizeof *c);
    DDNI_TRY(ddni_stage_part(ctx, 0, 0.25));
    DDNI_TRY(ddni_symmetric_eigen(ctx, d, work, roots, 0)); /* refuses what is no covariance */
    DDNI_TRY(take_roots(ctx, "argument cov2", d, roots));
    const double top = roots[d - 1];
    DDNI_TRY(ddni_stage_part(ctx, 0.25, 0.75));
    memcpy(g.half, cov1, (size_t)(d * d) * sizeof *c);
    DDNI_TRY(ddni_halve_gaussian(ctx, "argument cov1", d, &g));
    DDNI_TRY(ddni_stage_part(ctx, 0.75, 1));
    return ddni_frechet_from(ctx, d, &g, mean2, c, top, work, result);
}

ddn_status ddn_theory_frechet(ddn_context *ctx, int64_t d, const double *mean1, const double *cov1,
                              const double *mean2, const double *cov2, double *distance2)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_INT(ctx, d, 1, 16384);
    DDNI_CHECK_PTR(ctx, mean1);
    DDNI_CHECK_PTR(ctx, cov1);
    DDNI_CHECK_PTR(ctx, mean2);
    DDNI_CHECK_PTR(ctx, cov2);
    DDNI_CHECK_PTR(ctx, distance2);
    DDNI_TRY(check_gaussian(ctx, "1", d, mean1, cov1));
    DDNI_TRY(check_gaussian(ctx, "2", d, mean2, cov2));

    double *work = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "covariances", 4 * d * d + d, sizeof *work, &work));
    ddn_status status = distance(ctx, d, mean1, cov1, mean2, cov2, work, distance2);
    ddni_free(ddni_context_allocator(ctx), work);
    return status;
}

/* Lanczos with full reorthogonalisation and GMRES, on operators given by a function.
 *
 * Lanczos: A V_j = V_j T_j + beta_j v_{j+1} e_j^T; a Ritz pair (theta, V s) has the residual
 * |beta_j s_j|. Orthogonality is kept by two passes of Gram-Schmidt against all of V, so there are
 * no ghosts. Repeated eigenvalues come out because each pair is sought in the complement of those
 * found before it. GMRES (Saad & Schultz 1986): least |rhs - A x| over the Krylov space, by Givens
 * rotations of the Hessenberg matrix. */
#include "numerics/krylov.h"

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/rng.h"
#include "base/sort.h"
#include "numerics/blas.h"
#include "numerics/vector.h"

void ddni_krylov_free(const ddni_allocator *al, ddni_krylov *k)
{
    ddni_free(al, k->basis);
    ddni_free(al, k->small);
    ddni_free(al, k->vector);
    memset(k, 0, sizeof *k);
}

/* Removes from w its parts along the rows of locked[found][ld] and basis[count][n], twice over
 * both; adds the coefficients of the latter to h[count] unless NULL. */
static void orthogonalise(int64_t n, int64_t found, const double *locked, int64_t ld, int64_t count,
                          const double *basis, double *w, double *h)
{
    for (int pass = 0; pass < 2; pass++) {
        ddni_take_parts(n, found, locked, ld, w, NULL);
        ddni_take_parts(n, count, basis, n, w, h);
    }
}

/* One Lanczos run in the complement of locked[found][ld], from the unit vector basis[0]. On return
 * *value and v[n] are the leading Ritz pair, *residual its residual, *norm the largest |theta|. */
static ddn_status lanczos_run(ddn_context *ctx, ddni_krylov *k, int64_t n, ddni_operator_fn op,
                              void *arg, int64_t found, const double *locked, int64_t ld,
                              int64_t steps, double tolerance, double *value, double *v,
                              double *residual, double *norm)
{
    double *alpha = k->small, *beta = alpha + steps, *d = beta + steps, *e = d + steps;
    double *work = e + steps, *ritz = work + 2 * steps, *w = k->vector;
    int64_t j = 0;
    for (;; j++) {
        double *row = k->basis + j * n;
        DDNI_TRY(op(arg, row, w));
        alpha[j] = ddni_dot(n, row, w);
        orthogonalise(n, found, locked, ld, j + 1, k->basis, w, NULL);
        beta[j] = ddni_norm(n, w);
        *norm = fmax(*norm, fabs(alpha[j]) + beta[j]);
        int closed = !(beta[j] > 1e-14 * *norm) || j + 1 + found == n;
        int last = closed || j + 1 == steps;
        if (last || j % 4 == 3) {
            int64_t size = j + 1;
            memcpy(d, alpha, (size_t)size * sizeof *d);
            memcpy(e, beta, (size_t)size * sizeof *e);
            DDNI_TRY(ddni_tridiagonal_eigen(ctx, size, d, e, ritz, work));
            /* Ascending: the leading pair is the last one. */
            const double *s = ritz + (size - 1) * size;
            *value = d[size - 1];
            *residual = closed ? 0 : beta[j] * fabs(s[size - 1]);
            if (last || *residual <= tolerance * *norm) {
                memset(v, 0, (size_t)n * sizeof *v);
                for (int64_t i = 0; i < size; i++) {
                    ddni_axpy(n, s[i], k->basis + i * n, v);
                }
                ddni_scale(n, 1 / ddni_norm(n, v), v);
                return DDN_OK;
            }
        }
        memcpy(row + n, w, (size_t)n * sizeof *w);
        ddni_scale(n, 1 / beta[j], row + n);
    }
}

typedef struct eigenpairs {
    int64_t n, ld;
    double *values, *vectors, *spare;
} eigenpairs;

static int32_t is_larger(const void *what, int64_t i, int64_t j)
{
    const eigenpairs *p = what;
    return p->values[i] > p->values[j];
}

static void swap_pairs(void *what, int64_t i, int64_t j)
{
    eigenpairs *p = what;
    size_t bytes = (size_t)p->n * sizeof *p->vectors;
    double *a = p->vectors + i * p->ld, *b = p->vectors + j * p->ld;
    DDNI_EXCHANGE(double, p->values, i, j);
    memcpy(p->spare, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, p->spare, bytes);
}

ddn_status ddni_leading_eigenpairs(ddn_context *ctx, ddni_krylov *k, int64_t n, ddni_operator_fn op,
                                   void *arg, int64_t count, int64_t steps, double tolerance,
                                   int64_t seed, const double *guess, double *values,
                                   double *vectors, int64_t ld, double *residual)
{
    steps = steps < n ? steps : n;
    DDNI_TRY(ddni_reserve(ctx, "Krylov basis", steps + 1, n * (int64_t)sizeof(double), &k->basis));
    DDNI_TRY(ddni_reserve(ctx, "Krylov matrices", steps * (steps + 6), (int64_t)sizeof(double),
                          &k->small));
    DDNI_TRY(ddni_reserve(ctx, "Krylov vectors", 3 * n, (int64_t)sizeof(double), &k->vector));
    double norm = 0;
    *residual = 0;
    for (int64_t i = 0; i < count; i++) {
        double *start = k->basis, *v = vectors + i * ld, worst = INFINITY;
        ddni_normal(seed, DDNI_STREAM_LANCZOS, i, 0, 0, n, start);
        if (i == 0 && guess != NULL && ddni_norm(n, guess) > 0) {
            /* Mostly the guess, and enough noise that no eigenvector is out of reach. */
            ddni_scale(n, 1e-3 / ddni_norm(n, start), start);
            ddni_axpy(n, 1 / ddni_norm(n, guess), guess, start);
        }
        for (int attempt = 0; attempt < 8 && !(worst <= tolerance * norm); attempt++) {
            if (attempt > 0) {
                memcpy(start, v, (size_t)n * sizeof *v);
            }
            orthogonalise(n, i, vectors, ld, 0, NULL, start, NULL);
            ddni_scale(n, 1 / ddni_norm(n, start), start);
            DDNI_TRY(lanczos_run(ctx, k, n, op, arg, i, vectors, ld, steps, tolerance, &values[i],
                                 v, &worst, &norm));
        }
        DDNI_CHECK(ctx, worst <= tolerance * norm, DDN_E_CONVERGENCE,
                   "eigenvalue %lld: residual %.3g is above %.3g after 8 runs of %lld steps",
                   (long long)i, worst, tolerance * norm, (long long)steps);
        *residual = fmax(*residual, worst);
    }
    /* Deflation finds them in order up to the tolerance: make the order certain. */
    eigenpairs found = {n, ld, values, vectors, k->vector};
    ddni_sort_by(&found, count, is_larger, swap_pairs);
    return DDN_OK;
}

ddn_status ddni_gmres(ddn_context *ctx, ddni_krylov *k, int64_t n, ddni_operator_fn op, void *arg,
                      const double *rhs, int64_t steps, double tolerance, double *x,
                      double *relative)
{
    steps = steps < n ? steps : n;
    DDNI_TRY(ddni_reserve(ctx, "Krylov basis", steps + 1, n * (int64_t)sizeof(double), &k->basis));
    DDNI_TRY(ddni_reserve(ctx, "Krylov matrices", (steps + 1) * (steps + 4),
                          (int64_t)sizeof(double), &k->small));
    DDNI_TRY(ddni_reserve(ctx, "Krylov vectors", 3 * n, (int64_t)sizeof(double), &k->vector));
    /* r[j][steps + 1]: column j of the triangular factor; g: the rotated right-hand side. */
    double *r = k->small, *g = r + steps * (steps + 1), *cosine = g + steps + 1;
    double *sine = cosine + steps, *w = k->vector;
    double norm = ddni_norm(n, rhs);
    memset(x, 0, (size_t)n * sizeof *x);
    *relative = 0;
    if (!(norm > 0)) {
        return DDN_OK;
    }
    memcpy(k->basis, rhs, (size_t)n * sizeof *rhs);
    ddni_scale(n, 1 / norm, k->basis);
    g[0] = norm;
    int64_t size = 0;
    for (int done = 0; !done; size++) {
        int64_t j = size;
        double *h = r + j * (steps + 1);
        memset(h, 0, (size_t)(steps + 1) * sizeof *h);
        DDNI_TRY(op(arg, k->basis + j * n, w));
        double before = ddni_norm(n, w);
        orthogonalise(n, 0, NULL, 0, j + 1, k->basis, w, h);
        double below = ddni_norm(n, w);
        for (int64_t i = 0; i < j; i++) {
            double upper = cosine[i] * h[i] + sine[i] * h[i + 1];
            h[i + 1] = cosine[i] * h[i + 1] - sine[i] * h[i];
            h[i] = upper;
        }
        double length = hypot(h[j], below);
        cosine[j] = length > 0 ? h[j] / length : 1;
        sine[j] = length > 0 ? below / length : 0;
        h[j] = length;
        g[j + 1] = -sine[j] * g[j];
        g[j] *= cosine[j];
        *relative = fabs(g[j + 1]) / norm;
        done = *relative <= tolerance || j + 1 == steps || !(below > 1e-15 * before);
        if (!done) {
            memcpy(k->basis + (j + 1) * n, w, (size_t)n * sizeof *w);
            ddni_scale(n, 1 / below, k->basis + (j + 1) * n);
        }
    }
    for (int64_t i = size - 1; i >= 0; i--) {
        double y = g[i];
        for (int64_t l = i + 1; l < size; l++) {
            y -= r[l * (steps + 1) + i] * g[l];
        }
        double pivot = r[i * (steps + 1) + i];
        g[i] = pivot != 0 ? y / pivot : 0;
        ddni_axpy(n, g[i], k->basis + i * n, x);
    }
    return DDN_OK;
}

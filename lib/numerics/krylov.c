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

static ddn_status reserve(ddn_context *ctx, ddni_krylov *k, int64_t n, int64_t steps, int64_t small)
{
    const int64_t size = (int64_t)sizeof(double);
    DDNI_TRY(ddni_reserve(ctx, "Krylov basis", steps + 1, n * size, &k->basis));
    DDNI_TRY(ddni_reserve(ctx, "Krylov matrices", small, size, &k->small));
    return ddni_reserve(ctx, "Krylov vectors", n, size, &k->vector);
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

typedef struct search {
    ddn_context *ctx;
    ddni_krylov *k;
    const ddni_operator *a;
    ddni_eigenpairs *out;
    int64_t steps;
    double tolerance, norm; /* norm: the largest |theta| seen */
} search;

/* One Lanczos run for pair number `found`, in the complement of those before, from the unit vector
 * basis[0]; gives the residual of what it finds. */
static ddn_status lanczos_run(search *s, int64_t found, double *residual)
{
    int64_t n = s->a->n, ld = s->out->ld;
    double *alpha = s->k->small, *beta = alpha + s->steps, *d = beta + s->steps, *e = d + s->steps;
    double *work = e + s->steps, *ritz = work + 2 * s->steps, *w = s->k->vector;
    double *v = s->out->vectors + found * ld;
    for (int64_t j = 0;; j++) {
        double *row = s->k->basis + j * n;
        DDNI_TRY(s->a->apply(s->a->arg, row, w));
        alpha[j] = ddni_dot(n, row, w);
        orthogonalise(n, found, s->out->vectors, ld, j + 1, s->k->basis, w, NULL);
        beta[j] = ddni_norm(n, w);
        s->norm = fmax(s->norm, fabs(alpha[j]) + beta[j]);
        int closed = !(beta[j] > 1e-14 * s->norm) || j + 1 + found == n;
        int last = closed || j + 1 == s->steps;
        if (last || j % 4 == 3) {
            int64_t size = j + 1;
            memcpy(d, alpha, (size_t)size * sizeof *d);
            memcpy(e, beta, (size_t)size * sizeof *e);
            DDNI_TRY(ddni_tridiagonal_eigen(s->ctx, size, d, e, ritz, work));
            /* Ascending: the leading pair is the last one. */
            const double *leading = ritz + (size - 1) * size;
            s->out->values[found] = d[size - 1];
            *residual = closed ? 0 : beta[j] * fabs(leading[size - 1]);
            if (last || *residual <= s->tolerance * s->norm) {
                memset(v, 0, (size_t)n * sizeof *v);
                for (int64_t i = 0; i < size; i++) {
                    ddni_axpy(n, leading[i], s->k->basis + i * n, v);
                }
                ddni_scale(n, 1 / ddni_norm(n, v), v);
                return DDN_OK;
            }
        }
        memcpy(row + n, w, (size_t)n * sizeof *w);
        ddni_scale(n, 1 / beta[j], row + n);
    }
}

/* Pair number i, in up to eight runs from noise, or from a guess with enough of it that no
 * eigenvector is out of reach. */
static ddn_status find_pair(search *s, int64_t i, int64_t seed, const double *guess)
{
    int64_t n = s->a->n, ld = s->out->ld;
    double *start = s->k->basis, *v = s->out->vectors + i * ld, residual = INFINITY;
    ddni_draws starts = ddni_draws_of(seed, DDNI_USE_KRYLOV, 0);
    ddni_draws_normal(&starts, i, 0, n, start);
    if (guess != NULL && ddni_norm(n, guess) > 0) {
        ddni_scale(n, 1e-3 / ddni_norm(n, start), start);
        ddni_axpy(n, 1 / ddni_norm(n, guess), guess, start);
    }
    for (int attempt = 0; attempt < 8 && !(residual <= s->tolerance * s->norm); attempt++) {
        if (attempt > 0) {
            memcpy(start, v, (size_t)n * sizeof *v);
        }
        orthogonalise(n, i, s->out->vectors, ld, 0, NULL, start, NULL);
        ddni_scale(n, 1 / ddni_norm(n, start), start);
        DDNI_TRY(lanczos_run(s, i, &residual));
    }
    DDNI_CHECK(s->ctx, residual <= s->tolerance * s->norm, DDN_E_CONVERGENCE,
               "eigenvalue %lld: residual %.3g is above %.3g after 8 runs of %lld steps",
               (long long)i, residual, s->tolerance * s->norm, (long long)s->steps);
    s->out->residual = fmax(s->out->residual, residual);
    return DDN_OK;
}

static int32_t has_larger_value(const void *what, int64_t i, int64_t j)
{
    const double *values = ((const search *)what)->out->values;
    return values[i] > values[j];
}

static void exchange_eigenpairs(void *what, int64_t i, int64_t j)
{
    search *s = what;
    size_t bytes = (size_t)s->a->n * sizeof(double);
    double *a = s->out->vectors + i * s->out->ld, *b = s->out->vectors + j * s->out->ld;
    DDNI_EXCHANGE(double, s->out->values, i, j);
    memcpy(s->k->vector, a, bytes);
    memcpy(a, b, bytes);
    memcpy(b, s->k->vector, bytes);
}

ddn_status ddni_leading_eigenpairs(ddn_context *ctx, ddni_krylov *k, const ddni_operator *a,
                                   const ddni_eigen_plan *plan, ddni_eigenpairs *out)
{
    int64_t steps = plan->steps < a->n ? plan->steps : a->n;
    DDNI_TRY(reserve(ctx, k, a->n, steps, steps * (steps + 6)));
    search s = {ctx, k, a, out, steps, plan->tolerance, 0};
    out->residual = 0;
    for (int64_t i = 0; i < plan->count; i++) {
        DDNI_TRY(find_pair(&s, i, plan->seed, i == 0 ? plan->guess : NULL));
    }
    /* Deflation finds them in order up to the tolerance: make the order certain. */
    ddni_sort_by(&s, plan->count, has_larger_value, exchange_eigenpairs);
    return DDN_OK;
}

ddn_status ddni_gmres(ddn_context *ctx, ddni_krylov *k, const ddni_operator *a, const double *rhs,
                      int64_t steps, double tolerance, double *x, double *relative)
{
    int64_t n = a->n;
    steps = steps < n ? steps : n;
    DDNI_TRY(reserve(ctx, k, n, steps, (steps + 1) * (steps + 4)));
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
        DDNI_TRY(a->apply(a->arg, k->basis + j * n, w));
        double before = ddni_norm(n, w);
        orthogonalise(n, 0, NULL, 0, j + 1, k->basis, w, h);
        double below = ddni_norm(n, w);
        for (int64_t i = 0; i < j; i++) {
            double upper = cosine[i] * h[i] + sine[i] * h[i + 1];
            h[i + 1] = cosine[i] * h[i + 1] - sine[i] * h[i];
            h[i] = upper;
        }
        double length = hypot(h[j], below);
        cosine[j] = length > 0 ? h[j] / length : 0; /* A is singular here: nothing is solved */
        sine[j] = length > 0 ? below / length : 1;
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

/* Eigenvalues of large general matrices in parts, with looks in between: to Hessenberg form by
 * panels, as LAPACK's dgehrd does it, and from there by sweeps of several shifts, as dlaqr0 without
 * its early deflation.
 *
 * All matrices here are LAPACK's, by columns: element (i, j) of a is a[i + j n]. */
#include "numerics/blas_eigen.h"

#include <float.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/progress.h"
#include "numerics/blas_symbols.h"

enum {
    PANEL = 32,  /* reflections applied together, at most */
    SMALL = 192, /* blocks that dhseqr takes whole, within a few ms */
    SHIFTS = 40, /* of one sweep, at most */
    STRIP = 64,  /* columns of its scratch */
    SWEEPS = 30, /* for one block, until something must have split off */
    STUCK = 10   /* after so many the shifts are made up */
};

/* Multiply-adds of a sweep, or of the matrix-vector products of a panel: below 50 ms. */
static const double SWEEP_WORK = 1e8, PANEL_WORK = 2e8;

/* Share of the work until the Hessenberg form, roughly. */
static const double HESSENBERG = 0.3;

typedef struct general {
    ddn_context *ctx;
    int64_t n;
    double *a;
    double *tau, *y, *t;         /* [n], [PANEL][n], [PANEL][PANEL] */
    double *v, *u, *wv, *wh;     /* of a sweep */
    double *block, *work;        /* [SMALL][SMALL] */
    double *re, *im;             /* [n] */
    double *shift_re, *shift_im; /* [SHIFTS] */
} general;

static double magnitude(const general *g, int64_t i, int64_t j)
{
    return fabs(g->a[i + j * g->n]);
}

/* ---- Before ---- */

/* Takes out whoever is alone in its row or column, and whoever is then: their eigenvalues are on
 * the diagonal, to the bit, and would suffer from the rest. The others move up, n is their number.
 */
static ddn_status isolate(general *g)
{
    int64_t n = g->n, left = n, before = n + 1;
    double *row = g->y, *column = row + n, *gone = column + n; /* how many are off the diagonal */
    memset(row, 0, (size_t)(3 * n) * sizeof *row);
    for (int64_t j = 0; j < n; j++) {
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < n; i++) {
            double other = i != j && g->a[i + j * n] != 0;
            row[i] += other;
            column[j] += other;
        }
    }
    while (left < before) {
        before = left;
        for (int64_t i = 0; i < n; i++) {
            if (gone[i] != 0 || (row[i] != 0 && column[i] != 0)) {
                continue;
            }
            DDNI_TRY(ddni_poll(g->ctx));
            gone[i] = 1;
            left--;
            g->re[left] = g->a[i + i * n];
            g->im[left] = 0;
            for (int64_t k = 0; k < n; k++) {
                row[k] -= k != i && g->a[k + i * n] != 0;
                column[k] -= k != i && g->a[i + k * n] != 0;
            }
        }
    }
    for (int64_t j = 0, to = 0; j < n; j++) {
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < n && gone[j] == 0; i++) {
            if (gone[i] == 0) {
                g->a[to++] = g->a[i + j * n];
            }
        }
    }
    g->n = left;
    return DDN_OK;
}

/* Sum of the magnitudes of row and column i off the diagonal. */
static void sums(const general *g, int64_t i, double *row, double *column)
{
    *row = *column = 0;
    for (int64_t k = 0; k < g->n; k++) {
        *column += k == i ? 0 : magnitude(g, k, i);
        *row += k == i ? 0 : magnitude(g, i, k);
    }
}

/* Scales rows and columns by powers of two until they are about equal: what is graded keeps its
 * small eigenvalues. First the whole, so that no square leaves the range; returns that exponent. */
static ddn_status balance(const general *g, int *exponent)
{
    int64_t n = g->n;
    double largest = 0;
    for (int64_t j = 0; j < n; j++) {
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < n; i++) {
            largest = fmax(largest, magnitude(g, i, j));
        }
    }
    frexp(largest, exponent);
    for (int64_t j = 0; j < n && *exponent != 0; j++) {
        DDNI_TRY(ddni_poll(g->ctx));
        for (int64_t i = 0; i < n; i++) {
            g->a[i + j * n] = ldexp(g->a[i + j * n], -*exponent);
        }
    }
    for (int round = 0, changed = 1; changed && round < 20; round++) {
        changed = 0;
        for (int64_t i = 0; i < n; i++) {
            double row, column;
            DDNI_TRY(ddni_poll(g->ctx));
            sums(g, i, &row, &column);
            if (!(row > 0 && column > 0)) {
                continue;
            }
            int half = (ilogb(row) - ilogb(column)) / 2;
            if (half == 0 || ldexp(column, half) + ldexp(row, -half) >= 0.95 * (row + column)) {
                continue;
            }
            changed = 1;
            for (int64_t k = 0; k < n; k++) {
                g->a[k + i * n] = ldexp(g->a[k + i * n], half);
                g->a[i + k * n] = ldexp(g->a[i + k * n], -half);
            }
        }
    }
    return DDN_OK;
}

/* ---- To Hessenberg form ---- */

/* Columns first .. first + width - 1 are reduced (dlahr2): the rest of the matrix follows. */
static ddn_status apply_panel(const general *g, int64_t first, int64_t width)
{
    int64_t n = g->n, begin = first + width, below = n - first - 1;
    const double one = 1, minus = -1;
    blas_int ld = (blas_int)n, depth = (blas_int)width, rows = (blas_int)n;
    blas_int low = (blas_int)below, top = (blas_int)first + 1, less = (blas_int)width - 1, step = 1;
    double *v = g->a + first + 1 + first * n, *corner = g->a + begin + (begin - 1) * n;
    double kept = *corner;
    int64_t at_once = ddni_blas_columns(2 * (double)n * (double)width, n);
    *corner = 1;
    for (int64_t c = begin; c < n; c += at_once) { /* from the right */
        blas_int columns = (blas_int)(n - c < at_once ? n - c : at_once);
        DDNI_TRY(ddni_poll(g->ctx));
        ddni_lapack_of(g->ctx)->dgemm("N", "T", &rows, &columns, &depth, &minus, g->y, &ld,
                                      g->a + c + first * n, &ld, &one, g->a + c * n, &ld, 1, 1);
    }
    *corner = kept;
    ddni_lapack_of(g->ctx)->dtrmm("R", "L", "T", "U", &top, &less, &one, v, &ld, g->y, &ld, 1, 1, 1,
                                  1);
    for (int64_t j = 0; j < width - 1; j++) {
        ddni_lapack_of(g->ctx)->daxpy(&top, &minus, g->y + j * n, &step, g->a + (first + j + 1) * n,
                                      &step);
    }
    blas_int ldt = PANEL;
    for (int64_t c = begin; c < n; c += at_once) { /* from the left */
        blas_int columns = (blas_int)(n - c < at_once ? n - c : at_once);
        DDNI_TRY(ddni_poll(g->ctx));
        ddni_lapack_of(g->ctx)->dlarfb("L", "T", "F", "C", &low, &columns, &depth, v, &ld, g->t,
                                       &ldt, g->a + first + 1 + c * n, &ld, g->y, &ld, 1, 1, 1, 1);
    }
    return DDN_OK;
}

static ddn_status to_hessenberg(const general *g)
{
    int64_t n = g->n, first = 0, width;
    for (; first < n - SMALL; first += width) {
        double left = (double)(n - first), share = left / (double)n;
        double fit = PANEL_WORK / ((double)n * left);
        width = fit >= PANEL ? PANEL : fit < 2 ? 2 : (int64_t)fit;
        blas_int rows = (blas_int)n, k = (blas_int)first + 1, columns = (blas_int)width,
                 ldt = PANEL;
        DDNI_TRY(ddni_progress(g->ctx, "eigenvalues", HESSENBERG * (1 - share * share * share)));
        ddni_lapack_of(g->ctx)->dlahr2(&rows, &k, &columns, g->a + first * n, &rows, g->tau + first,
                                       g->t, &ldt, g->y, &rows);
        DDNI_TRY(apply_panel(g, first, width));
    }
    blas_int size = (blas_int)n, low = (blas_int)first + 1, info = 0;
    ddni_lapack_of(g->ctx)->dgehd2(&size, &low, &size, g->a, &size, g->tau, g->y, &info);
    for (int64_t j = 0; j < n - 2; j++) { /* the reflections are not needed */
        memset(g->a + j + 2 + j * n, 0, (size_t)(n - j - 2) * sizeof *g->a);
    }
    return DDN_OK;
}

/* ---- From there ---- */

/* The first row of the block that ends before `end`: above it the subdiagonal is rounding. */
static int64_t split(const general *g, int64_t end)
{
    for (int64_t k = end - 1; k > 0; k--) {
        double around = magnitude(g, k - 1, k - 1) + magnitude(g, k, k);
        if (magnitude(g, k, k - 1) <= fmax(DBL_EPSILON * around, DBL_MIN)) {
            g->a[k + (k - 1) * g->n] = 0;
            return k;
        }
    }
    return 0;
}

/* Eigenvalues of the block of `size` rows from `first` on, which stays as it is. */
static ddn_status small_block(const general *g, int64_t first, int64_t size, double *re, double *im)
{
    blas_int n = (blas_int)size, one = 1, length = SMALL * SMALL, info = 0;
    double unused = 0;
    for (int64_t j = 0; j < size; j++) {
        memcpy(g->block + j * size, g->a + first + (first + j) * g->n,
               (size_t)size * sizeof *g->block);
    }
    ddni_lapack_of(g->ctx)->dhseqr("E", "N", &n, &one, &n, g->block, &n, re, im, &unused, &one,
                                   g->work, &length, &info, 1, 1);
    DDNI_CHECK(g->ctx, info == 0, DDN_E_CONVERGENCE, "eigenvalues: LAPACK reports %d", (int)info);
    return DDN_OK;
}

/* One sweep over the rows first .. end - 1, with the eigenvalues of their last corner as shifts. */
static ddn_status chase(const general *g, int64_t first, int64_t end, int64_t round)
{
    int64_t size = end - first;
    double fit = SWEEP_WORK / (5 * (double)size * (double)size);
    int64_t count = 2 * (int64_t)fmin(0.5 * SHIFTS, fmax(1, fit / 2));
    DDNI_TRY(small_block(g, end - count, count, g->shift_re, g->shift_im));
    for (int64_t k = 0; k < count && round % STUCK == STUCK - 1; k++) {
        double off = magnitude(g, end - 1, end - 2) + magnitude(g, end - 2, end - 3);
        g->shift_re[k] = g->a[(end - 1) * (g->n + 1)] + 0.75 * off;
        g->shift_im[k] = k % 2 == 0 ? 0.4375 * off : -0.4375 * off;
    }
    blas_int no = 0, accumulate = count > 2, n = (blas_int)g->n, one = 1, shifts = (blas_int)count;
    blas_int from = (blas_int)first + 1, to = (blas_int)end, strip = STRIP, three = 3;
    blas_int ld = 4 * SHIFTS;
    double unused = 0;
    ddni_lapack_of(g->ctx)->dlaqr5(&no, &no, &accumulate, &n, &from, &to, &shifts, g->shift_re,
                                   g->shift_im, g->a, &n, &one, &one, &unused, &one, g->v, &three,
                                   g->u, &ld, &strip, g->wv, &strip, &strip, g->wh, &ld);
    return DDN_OK;
}

static ddn_status values_of(const general *g)
{
    int64_t n = g->n, round = 0;
    for (int64_t end = n; end > 0;) {
        int64_t first = split(g, end);
        double left = (double)end / (double)n;
        DDNI_TRY(ddni_progress(g->ctx, "eigenvalues", 1 - (1 - HESSENBERG) * left * left * left));
        if (end - first <= SMALL) {
            DDNI_TRY(small_block(g, first, end - first, g->re + first, g->im + first));
            end = first;
            round = 0;
            continue;
        }
        DDNI_CHECK(g->ctx, round < SWEEPS * n, DDN_E_CONVERGENCE,
                   "eigenvalues: a block of %lld rows does not split", (long long)(end - first));
        DDNI_TRY(chase(g, first, end, round++));
    }
    return DDN_OK;
}

ddn_status ddni_general_in_parts(ddn_context *ctx, int64_t n, double *a, double *re, double *im)
{
    general g = {.ctx = ctx, .n = n, .a = a, .re = re, .im = im};
    const int64_t parts[] = {n,
                             n * PANEL,
                             PANEL * PANEL,
                             3 * SHIFTS,
                             16 * SHIFTS * SHIFTS,
                             4 * SHIFTS * STRIP,
                             4 * SHIFTS * STRIP,
                             SMALL * SMALL,
                             SMALL * SMALL,
                             SHIFTS,
                             SHIFTS};
    double **const members[] = {&g.tau, &g.y,     &g.t,    &g.v,        &g.u,       &g.wv,
                                &g.wh,  &g.block, &g.work, &g.shift_re, &g.shift_im};
    int64_t total = 0;
    int exponent = 0;
    double *scratch = NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        total += parts[i];
    }
    DDNI_TRY(ddni_lapack_bind(ctx));
    DDNI_TRY(ddni_alloc_for(ctx, "eigenvalue workspace", total, sizeof *scratch, &scratch));
    double *next = scratch;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *members[i] = next;
        next += parts[i];
    }
    ddn_status status;
    DDNI_TRY_GOTO(isolate(&g), done);
    if (g.n > 0) {
        DDNI_TRY_GOTO(balance(&g, &exponent), done);
        DDNI_TRY_GOTO(to_hessenberg(&g), done);
        DDNI_TRY_GOTO(values_of(&g), done);
    }
    for (int64_t i = 0; i < g.n; i++) {
        re[i] = ldexp(re[i], exponent);
        im[i] = ldexp(im[i], exponent);
    }
done:
    ddni_free(ddni_context_allocator(ctx), scratch);
    return status;
}

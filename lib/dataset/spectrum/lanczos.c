/* Block Lanczos with full reorthogonalisation and thick restarts.
 *
 * The basis V of whole blocks obeys C V = V T + Q B E^T: T is the projection of C, Q the next block
 * and E picks the last one, so that a Ritz pair (theta, V s) has the residual |B E^T s|; Wu & Simon
 * (2000) for the restart. A block of eight finds at most eight copies of an eigenvalue. Therefore
 * the pairs found are locked, and the search starts again from random vectors orthogonal to them,
 * until that shows nothing above the smallest pair wanted. */
#include "dataset/spectrum/lanczos.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/sort.h"
#include "dataset/spectrum/orthogonal.h"
#include "numerics/blas.h"

enum {
    B = DDNI_BLOCK,
    EXTRA_BLOCKS = 10, /* of the basis beyond those kept at a restart, at least */
    MAX_KEPT = 66,     /* blocks kept, for 512 pairs */
    MIX_ROWS = 8,
    MAX_STEPS = 4000
};

static const double TOLERANCE = 3e-11; /* of a residual, relative to the largest value */
static const double NOTHING = 1e-13;   /* a vector this small relative to C q is rounding */
static const double SEEN = 1e-4;       /* residual at which the top of the rest counts as known */

typedef struct solver {
    ddni_covariance *c;
    ddn_context *ctx;
    int64_t count, size;
    int64_t kept, blocks; /* blocks after a restart, and at most */
    int64_t used;         /* blocks in T */
    int64_t locked_blocks, locked;
    int64_t drawn;         /* random vectors used so far */
    double norm;           /* largest |C q| seen */
    double *memory;        /* what all arrays are parts of */
    double *basis;         /* [blocks + 1][size][B] */
    double *lock;          /* [locked_blocks][size][B]; columns not in use are 0 */
    double *lock_value;    /* [count] */
    double *image, *fresh; /* [size][B] */
    double *line;          /* [size] */
    double *t;             /* [rank][rank], rank = B * blocks */
    double *copy, *ritz;   /* [rank][rank]: ritz vectors by rows */
    double *theta;         /* [rank], ascending over the first B * used */
    double *mix;           /* [kept][rank][B] */
    double border[B * B];
} solver;

static int64_t round_up(int64_t count)
{
    return (count + B - 1) / B;
}

static int64_t most_blocks(int64_t count)
{
    int64_t kept = round_up(count) + 1;
    return kept + (kept > EXTRA_BLOCKS ? kept : EXTRA_BLOCKS);
}

int64_t ddni_lanczos_minimum(int64_t count)
{
    return B * (most_blocks(count) + 1 + round_up(count));
}

static double *block_at(double *blocks, int64_t size, int64_t index)
{
    return blocks + index * size * B;
}

/* ---- orthogonality ---- */

/* Unless the call is to stop, which the next look tells: makes w orthogonal to all that is locked
 * and to the first `blocks` of the basis, whose coefficients join the last column of blocks of T if
 * `record`. */
static void make_orthogonal(solver *s, double *w, int64_t blocks, int record)
{
    int64_t rank = B * s->blocks;
    for (int64_t i = 0; i < s->locked_blocks && !ddni_stopping(s->ctx); i++) {
        ddni_project_out(s->c->kern, s->size, block_at(s->lock, s->size, i), w, NULL);
    }
    for (int64_t i = 0; i < blocks && !ddni_stopping(s->ctx); i++) {
        double h[B * B] = {0};
        ddni_project_out(s->c->kern, s->size, block_at(s->basis, s->size, i), w, h);
        for (int64_t k = 0; record && k < B * B; k++) {
            s->t[(i * B + k / B) * rank + (blocks - 1) * B + k % B] += h[k];
        }
    }
}

/* Column b of w becomes random, orthogonal to everything before it. */
static void random_column(solver *s, double *w, int64_t b, int64_t blocks)
{
    double unused[B * B] = {0};
    ddni_draws starts = ddni_draws_of(0, DDNI_USE_LANCZOS, 0);
    memset(s->fresh, 0, (size_t)(s->size * B) * sizeof *s->fresh);
    ddni_draws_normal(&starts, s->drawn++, 0, s->size, s->line);
    for (int64_t i = 0; i < s->size; i++) {
        s->fresh[i * B + b] = s->line[i];
    }
    for (int pass = 0; pass < DDNI_PASSES; pass++) {
        make_orthogonal(s, s->fresh, blocks, 0);
    }
    for (int64_t i = 0; i < s->size; i++) {
        w[i * B + b] = s->fresh[i * B + b];
    }
    ddni_orthogonal_column(w, s->size, b, unused);
    ddni_scale_column(w, s->size, b, 1 / sqrt(ddni_column_dot(w, s->size, b, b)));
}

/* w = q r with orthonormal q in place of w. Columns that are only rounding get random successors
 * and a zero in r: the space explored so far is invariant in that direction. */
static void factor(solver *s, double *w, int64_t blocks, double small, double *r)
{
    memset(r, 0, B * B * sizeof *r);
    for (int64_t b = 0; b < B; b++) {
        ddni_orthogonal_column(w, s->size, b, r);
        double length = sqrt(ddni_column_dot(w, s->size, b, b));
        if (length > small) {
            ddni_scale_column(w, s->size, b, 1 / length);
            r[b * B + b] = length;
        } else {
            random_column(s, w, b, blocks);
        }
    }
}

/* The block after the first `blocks` of the basis from w: border[B][B] with w = q border. */
static void next_block(solver *s, double *w, int64_t blocks)
{
    double first[B * B], second[B * B];
    factor(s, w, blocks, NOTHING * s->norm, first);
    /* Short columns have been blown up together with their rounding errors. */
    make_orthogonal(s, w, blocks, 0);
    factor(s, w, blocks, 0, second);
    memset(s->border, 0, sizeof s->border);
    for (int k = 0; k < B * B; k++) {
        for (int j = 0; j < B; j++) {
            s->border[k] += second[k / B * B + j] * first[j * B + k % B];
        }
    }
    memcpy(block_at(s->basis, s->size, blocks), w, (size_t)(s->size * B) * sizeof *w);
}

/* ---- the iteration ---- */

static void start(solver *s)
{
    s->used = 0;
    memset(s->image, 0, (size_t)(s->size * B) * sizeof *s->image);
    for (int64_t b = 0; b < B; b++) {
        random_column(s, s->image, b, 0);
    }
    memcpy(s->basis, s->image, (size_t)(s->size * B) * sizeof *s->image);
}

static ddn_status step(solver *s)
{
    int64_t rank = B * s->blocks, last = B * s->used;
    DDNI_TRY(ddni_covariance_apply(s->c, block_at(s->basis, s->size, s->used), s->image));
    for (int64_t b = 0; b < B; b++) {
        s->norm = fmax(s->norm, sqrt(ddni_column_dot(s->image, s->size, b, b)));
    }
    DDNI_CHECK(s->ctx, isfinite(s->norm), DDN_E_NONFINITE,
               "the covariance is outside the range of double");
    s->used++;
    for (int64_t i = 0; i < last + B; i++) {
        memset(s->t + i * rank + last, 0, B * sizeof *s->t);
    }
    for (int pass = 0; pass < DDNI_PASSES; pass++) {
        make_orthogonal(s, s->image, s->used, 1);
    }
    next_block(s, s->image, s->used);
    return ddni_poll(s->ctx); /* make_orthogonal has left off if so */
}

/* Eigenpairs of T: theta ascending, ritz by rows. */
static ddn_status solve_projection(solver *s)
{
    int64_t rank = B * s->blocks, m = B * s->used;
    for (int64_t i = 0; i < m; i++) {
        memcpy(s->copy + i * m, s->t + i * rank, (size_t)m * sizeof *s->t);
    }
    return ddni_leading_eigen(s->ctx, m, s->copy, m, s->theta, s->ritz);
}

/* Value and residual of the k-th largest Ritz pair. */
static double ritz_value(const solver *s, int64_t k)
{
    return s->theta[B * s->used - 1 - k];
}

static const double *ritz_vector(const solver *s, int64_t k)
{
    return s->ritz + (B * s->used - 1 - k) * B * s->used;
}

static double ritz_residual(const solver *s, int64_t k)
{
    const double *tail = ritz_vector(s, k) + B * (s->used - 1);
    double sum = 0;
    for (int a = 0; a < B; a++) {
        double r = 0;
        for (int b = 0; b < B; b++) {
            r += s->border[a * B + b] * tail[b];
        }
        sum += r * r;
    }
    return sqrt(sum);
}

static void mix_tile(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    solver *s = arg;
    _Alignas(64) double out[MAX_KEPT * MIX_ROWS * B];
    int64_t first = tile * MIX_ROWS;
    int64_t rows = s->size - first < MIX_ROWS ? s->size - first : MIX_ROWS;
    memset(out, 0, (size_t)(s->kept * MIX_ROWS * B) * sizeof *out);
    for (int64_t k = 0; k < s->kept; k++) {
        for (int64_t j = 0; j < s->used; j++) {
            s->c->kern->block_rows(block_at(s->basis, s->size, j) + first * B, rows, B, B,
                                   s->mix + (k * s->used + j) * B * B, out + k * MIX_ROWS * B);
        }
    }
    for (int64_t k = 0; k < s->kept; k++) {
        memcpy(block_at(s->basis, s->size, k) + first * B, out + k * MIX_ROWS * B,
               (size_t)(rows * B) * sizeof *out);
    }
}

/* The basis shrinks to the leading Ritz vectors, followed by the block that was next. */
static ddn_status restart(solver *s)
{
    int64_t rank = B * s->blocks, m = B * s->used;
    for (int64_t k = 0; k < s->kept * B; k++) {
        for (int64_t j = 0; j < m; j++) {
            s->mix[(k / B * m + j) * B + k % B] = ritz_vector(s, k)[j];
        }
    }
    DDNI_TRY(ddni_parallel(s->ctx, (s->size + MIX_ROWS - 1) / MIX_ROWS,
                           (double)s->size * (double)m * (double)(s->kept * B), mix_tile, s));
    memmove(block_at(s->basis, s->size, s->kept), block_at(s->basis, s->size, s->used),
            (size_t)(s->size * B) * sizeof *s->basis);
    memset(s->t, 0, (size_t)(rank * rank) * sizeof *s->t);
    for (int64_t k = 0; k < s->kept * B; k++) {
        s->t[k * rank + k] = ritz_value(s, k);
    }
    s->used = s->kept;
    return DDN_OK;
}

/* Iterates until the leading pairs are good enough: *wanted of them. Before anything is locked
 * these are all pairs; afterwards those above `floor`, and none if the largest is surely below. */
static ddn_status iterate(solver *s, double floor, int64_t *steps, int64_t *wanted)
{
    int64_t checked = 0;
    start(s);
    for (;; ++*steps) {
        DDNI_CHECK(s->ctx, *steps < MAX_STEPS, DDN_E_CONVERGENCE,
                   "the %lld leading eigenpairs were not found in %d block steps",
                   (long long)s->count, MAX_STEPS);
        DDNI_TRY(ddni_progress(s->ctx, "spectrum", (double)s->locked / (double)(s->count + 1)));
        DDNI_TRY(step(s));
        int64_t m = B * s->used;
        if (s->used < s->blocks && (m < s->kept * B || s->used - checked <= s->used / 8)) {
            continue;
        }
        checked = s->used;
        DDNI_TRY(solve_projection(s));
        double top = fmax(ritz_value(s, 0), s->locked > 0 ? s->lock_value[0] : 0);
        int64_t good = 0;
        *wanted = s->count;
        if (s->locked > 0) {
            *wanted = 0;
            while (*wanted < s->count && ritz_value(s, *wanted) > floor + TOLERANCE * top) {
                ++*wanted;
            }
            double gap = floor - ritz_value(s, 0);
            if (*wanted == 0 && ritz_residual(s, 0) <= fmax(0.1 * gap, SEEN * top)) {
                return DDN_OK;
            }
        }
        while (good < *wanted && ritz_residual(s, good) <= TOLERANCE * top) {
            good++;
        }
        if (*wanted > 0 && good == *wanted) {
            return restart(s);
        }
        if (s->used == s->blocks) {
            DDNI_TRY(restart(s));
            checked = s->used;
        }
    }
}

/* Place of the smallest locked value. */
static int64_t smallest(const solver *s)
{
    int64_t place = 0;
    for (int64_t p = 1; p < s->locked; p++) {
        place = s->lock_value[p] < s->lock_value[place] ? p : place;
    }
    return place;
}

/* The first `found` vectors of the basis take free places, or those of the smallest pairs. */
static void lock_pairs(solver *s, int64_t found)
{
    for (int64_t k = 0; k < found; k++) {
        double value = s->t[k * B * s->blocks + k];
        int full = s->locked == s->count;
        int64_t place = full ? smallest(s) : s->locked++;
        if (full && value <= s->lock_value[place]) {
            return;
        }
        s->lock_value[place] = value;
        const double *from = block_at(s->basis, s->size, k / B) + k % B;
        double *to = block_at(s->lock, s->size, place / B) + place % B;
        for (int64_t i = 0; i < s->size; i++) {
            to[i * B] = from[i * B];
        }
    }
}

/* Values and columns, largest first. */
static void copy_sorted(solver *s, double *values, double *vectors)
{
    int64_t order[MAX_KEPT * B];
    for (int64_t k = 0; k < s->count; k++) {
        order[k] = k;
        values[k] = -s->lock_value[k];
    }
    ddni_sort_f64_i64(values, order, s->count);
    for (int64_t k = 0; k < s->count; k++) {
        values[k] = s->lock_value[order[k]];
        const double *from = block_at(s->lock, s->size, order[k] / B) + order[k] % B;
        double *to = block_at(vectors, s->size, k / B) + k % B;
        for (int64_t i = 0; i < s->size; i++) {
            to[i * B] = from[i * B];
        }
    }
}

/* All arrays from one piece of memory: those of whole blocks first, which keeps them aligned. */
static ddn_status allocate(solver *s)
{
    int64_t rank = B * s->blocks, block = s->size * B, total = 0;
    const struct {
        double **where;
        int64_t count;
    } need[] = {
        {&s->basis, (s->blocks + 1) * block},
        {&s->lock, s->locked_blocks * block},
        {&s->image, block},
        {&s->fresh, block},
        {&s->t, rank * rank},
        {&s->copy, rank * rank},
        {&s->ritz, rank * rank},
        {&s->mix, s->kept * B * rank},
        {&s->theta, rank},
        {&s->lock_value, s->count},
        {&s->line, s->size},
    };
    for (size_t k = 0; k < sizeof need / sizeof need[0]; k++) {
        total += need[k].count;
    }
    DDNI_TRY(ddni_alloc_for(s->ctx, "the Lanczos basis", total, sizeof(double), &s->memory));
    total = 0;
    for (size_t k = 0; k < sizeof need / sizeof need[0]; k++) {
        *need[k].where = s->memory + total;
        total += need[k].count;
    }
    return DDN_OK;
}

ddn_status ddni_lanczos(ddni_covariance *c, int64_t count, double *values, double *vectors)
{
    solver s = {.c = c, .ctx = c->ctx, .count = count, .size = c->size};
    s.locked_blocks = round_up(count);
    s.kept = s.locked_blocks + 1;
    s.blocks = most_blocks(count);
    DDNI_ASSERT(s.kept <= MAX_KEPT && c->size >= ddni_lanczos_minimum(count));
    double floor = 0;
    int64_t steps = 0, found = 1;
    ddn_status status = allocate(&s);
    while (status == DDN_OK && found > 0) {
        status = iterate(&s, floor, &steps, &found);
        if (status == DDN_OK) {
            lock_pairs(&s, found);
            floor = s.lock_value[smallest(&s)];
        }
    }
    if (status == DDN_OK) {
        copy_sorted(&s, values, vectors);
    }
    ddni_free(ddni_context_allocator(c->ctx), s.memory);
    return status;
}

/* The table of hot loops, one variant per instruction set.
 *
 * Lanes: a batch of states is laid out transposed, so that a vector register holds one coordinate
 * of several states. Rows (data points) are broadcast against it; sums, maxima and exponentials run
 * along the states without ever adding across a register. The number of lanes of a block is a
 * multiple of DDNI_LANES; unused lanes hold zeros. Strips of DDNI_LANES states lie one after the
 * other, [lane / DDNI_LANES][index][lane % DDNI_LANES], so that a strip's numbers are contiguous
 * and stay in the first-level cache together.
 *
 * What belongs together is handed over as one object: rows, strips, a tile. Numbers in rows and
 * strips have the type that the entry is named after.
 *
 * No entry allocates, fails or keeps state. Pointers never overlap unless said. Empty ranges
 * (rows == 0) are allowed. */
#ifndef DDNI_KERNELS_KERNELS_H
#define DDNI_KERNELS_KERNELS_H

#include <stdint.h>

#include <diffdyn/base.h>

#include "kernels/statistics.h"

enum {
    DDNI_SLICES = 3,         /* int8 numbers that stand for one of 22 bits: each up to 127, the next
                                in 254ths of it, as what rounding leaves is at most a half */
    DDNI_MOST_BYTES = 66000, /* terms of an integer product: 127 * 255 * 66000 < 2^31 */
    DDNI_LANES = 16,         /* granularity of lane blocks, in states: floats of 64 bytes, a cache
                                line and the widest register */
    DDNI_TILE_ROWS = 96,     /* rows handled together: 96 of 784 floats are 300 kB, which stays in a
                                second-level cache of 512 kB; a multiple of 4, 6 and 8 rows */
    DDNI_DEPTH_BLOCK = 256   /* longest run of terms added up in one accumulator by multiply: sums
                                are loaded and stored once in so many steps, and the error bound
                                N + depth / N is at its least for depth = N^2 = 65536 */
};

/* Rows of numbers as they lie in memory, read only: number k of row i at at[i * ld + k]. */
typedef struct ddni_rows {
    const void *at;
    int64_t ld;
} ddni_rows;

/* Numbers by lanes: number i of lane q at at[ddni_lane_at(i, q, strip)], so `strip` is the number
 * of elements between two strips. */
typedef struct ddni_strips {
    void *at;
    int64_t strip;
} ddni_strips;

/* A tile of rows for the softmax: row r has the logit gain * g + by_norm * norm[r] + log_weight[r].
 */
typedef struct ddni_tile {
    int64_t rows;  /* up to DDNI_TILE_ROWS */
    int64_t first; /* index of row 0 among all rows */
    double gain, by_norm;
    const double *norm;       /* [rows] numbers whose mean is wanted */
    const double *log_weight; /* [rows]; NULL: zeros */
    const int32_t *class_of;  /* [rows], below `classes`; NULL: no sums by class */
    int64_t classes;
} ddni_tile;

/* What a screen knows of its lanes, and the candidates it finds: rows that may not be left out. The
 * logit of a row lies within radius * length[row] of slope * g + offset + term[row]. */
typedef struct ddni_screen {
    const float *slope, *offset, *radius; /* [lanes] */
    float *floor; /* [lanes] largest lower bound of a logit so far, -inf before the first row */
    float *cut;   /* [lanes] rows with upper bounds up to this may be missing; -inf at first */
    const float *margin; /* [lanes] rows whose upper bound is below floor - margin are left out */
    int32_t *count;      /* [lanes] candidates listed */
    int32_t capacity;    /* per lane */
    int32_t *row;        /* [lanes][capacity] ascending */
    float *upper;        /* [lanes][capacity] upper bound of the logit */
} ddni_screen;

/* One point in its stored type: coordinate j is scale * stored[j] + shift. */
typedef struct ddni_point {
    const void *stored;
    double scale, shift;
} ddni_point;

/* Memory that will be read soon, fetched towards the second-level cache line by line: one in every
 * mask + 1 (a power of two) steps of a multiplication; for single states as many as are read
 * meanwhile (mask 0) or half of it. Not NULL unless said. */
typedef struct ddni_ahead {
    const char *next, *end;
    int64_t mask;
    /* Of runs of a length, which the multiplications by lanes keep to: where the first ends, and
     * from the end of one to the beginning and to the end of the next; else 0. */
    const char *stop;
    int64_t gap, stride;
} ddni_ahead;

/* Nothing, at the first of all steps. */
static const ddni_ahead ddni_nothing_ahead = {.mask = INT64_MAX};

enum {
    DDNI_NARROW = 16,       /* coordinates of narrow points, at most */
    DDNI_NARROW_FEW = 128,  /* points up to which their logits for a register of states fit the
                               first-level cache beside the points */
    DDNI_FEW = 4,           /* states that share rows one by one */
    DDNI_TURNED = 128,      /* coordinates of tiles whose rows lie side by side, at most, */
    DDNI_TURNED_STATES = 8, /* and states that take them by themselves */
    DDNI_TURNED_RUN = 32,   /* terms of their products that are added up by themselves */
    DDNI_NARROW_STATES = 8  /* that pass over a part of the points together, about a centre */
};
enum {
    DDNI_RUN = 128,    /* terms that are summed by themselves, then added to the others: equal ones
                          round the same way each time */
    DDNI_SHORT_RUN = 8 /* rows that a combine function sums in a register, likewise */
};

/* Roundings of a sum of so many terms, in so many lanes, at its full size: all alike, at worst. */
static inline double ddni_run_roundings(int64_t terms, int64_t lanes)
{
    const double run = (double)(terms < DDNI_RUN ? terms : DDNI_RUN);
    return run / (double)lanes + (double)terms / DDNI_RUN;
}

/* The least weights in sums about a centre, 2^these: what lies further below the largest logit
 * weighs as much. Products of smaller ones and coordinates might be subnormal, where an operation
 * takes a processor a hundred times as long. */
#define DDNI_LEAST_POWER_F32 (-86)
#define DDNI_LEAST_POWER_F64 (-500)

/* The logit of what is no point: e to it is 0, and it can be added to others. */
#define DDNI_NOWHERE (-1e300)

/* Points of few coordinates side by side: coordinate j of point i at at[j * ld + i]. */
typedef struct ddni_columns {
    double *at;
    double *term; /* [ld] added to logits; behind the points DDNI_NOWHERE, their coordinates 0 */
    int64_t n, d, ld; /* ld: n rounded up to a multiple of DDNI_LANES */
} ddni_columns;

/* Logits slope |x - a y|^2 + term. */
typedef struct ddni_narrow_level {
    double a, a_low, slope;
    double least; /* points this far below the largest logit may be left out; -inf: none */
    int32_t fine; /* 1e-15 in the exponentials, and a_low counts, which moves all logits of points
                     far from the origin; else 1e-9 */
} ddni_narrow_level;

/* Sums over the points of one state relative to the largest logit `max`, whose point, the lowest in
 * a tie, is left out. */
typedef struct ddni_narrow_sums {
    double max;
    int64_t argmax;
    double rest, rest_energy, rest_square; /* as in posterior.h */
    double spread;                         /* sum e^{l - max} |y - y_argmax|^2 */
    int64_t skipped;                       /* no more points than this were left out */
    double sum[DDNI_NARROW];               /* sum e^{l - max} (y - y_argmax) */
} ddni_narrow_sums;

/* The points about a centre in f32 or f64, DDNI_LANES of them side by side: their coordinates, then
 * |y|^2, then what is added to logits to base 2, a large negative number behind the points, whose
 * coordinates are 0. */
typedef struct ddni_narrow_points {
    void *at; /* [ld / DDNI_LANES][d + 2][DDNI_LANES] */
    int64_t d, ld;
} ddni_narrow_points;

/* Where number j of point i is. */
static inline int64_t ddni_narrow_at(int64_t d, int64_t j, int64_t i)
{
    return (i / DDNI_LANES * (d + 2) + j) * DDNI_LANES + i % DDNI_LANES;
}

/* States of the type of the points, and the logits of a point to base 2, also of that type:
 * by differences, slope |x - a y|^2 + term, or by products, along . y + by_norm |y|^2 + term. */
typedef struct ddni_narrow_states {
    int64_t count;
    const double *x;     /* [count][d] */
    const double *along; /* [count][d]; NULL: by differences */
    double a, slope, by_norm;
} ddni_narrow_states;

/* Of one state: a number no less than the largest logit to base 2 and less than 1 above it, the sum
 * of 2^{l - max}, and with these weights the means of |y|^2 (unless ddni_narrow_plain) and y; or,
 * where ddni_narrow_apart, of x - a y, whose sums round at the size of the score. */
typedef struct ddni_narrow_mean {
    double max, total, norm, mean[DDNI_NARROW];
} ddni_narrow_mean;

/* By products f64 has digits to spare for what it knows less of. */
static inline int ddni_narrow_plain(int products, int64_t size)
{
    return products && size == (int64_t)sizeof(double);
}

/* Scores of few coordinates are so often nearly 0, where any error shows, that all digits of the
 * weights pay; else they may have the relative error below. */
static inline int ddni_narrow_fine(int64_t d, int64_t size)
{
    return d <= (size == (int64_t)sizeof(double) ? 2 : 1);
}

static inline double ddni_narrow_power(int64_t d, int64_t size)
{
    return ddni_narrow_fine(d, size) ? 0 : size == (int64_t)sizeof(double) ? 1.5e-14 : 5.5e-8;
}

static inline int ddni_narrow_apart(int64_t d, int products, int64_t size)
{
    return d <= (products || size == (int64_t)sizeof(double) ? 3 : 8) &&
           !ddni_narrow_plain(products, size);
}

/* What else is wanted of each state, made of the weights e^{l - max} of single points, that of the
 * nearest one being 1; points that are left out have none. */
typedef struct ddni_narrow_more {
    const int32_t *group; /* [n] of each point, below `groups`; NULL: no sums by group */
    int64_t groups;
    double *group_sum;     /* [states][groups] */
    double *room;          /* [DDNI_LANES][groups] */
    const double *uniform; /* [states] in [0, 1); NULL: no draws */
    int64_t *drawn;        /* [states] the first point up to which the weights, in order of the
                              points, add up to more than `uniform` of all */
    const double *v;       /* [states][ldv]; NULL: no products with the covariance */
    int64_t ldv;
    double *cov; /* [states][d] Cov v */
} ddni_narrow_more;

/* How a state is rounded to multiples of int8 of a step, and what follows. */
typedef struct ddni_rounding {
    const double *unit; /* [d] of the columns; NULL: all 1 */
    const double *centre;
    double shift, step;
    int64_t apart; /* bytes from one group of four numbers to the next */
} ddni_rounding;
typedef struct ddni_rounded {
    double constant; /* sum_j whole_j (shift - centre_j) */
    double rest2;    /* sum_j ((x_j unit_j - step whole_j) / unit_j)^2, where a unit is not 0 */
} ddni_rounded;

/* What a score is made of: a mean[d] relative to from[d], times `factor`; x - a from, as far as it
 * is known. */
typedef struct ddni_scored {
    int64_t d;
    const double *mean, *rest, *x, *from;
    double factor, a, a_low, unit;
} ddni_scored;

/* Where sums by lanes go: out of each of the first `states` lanes comes scale in[j] + weight
 * offset[j]; offset NULL: in[j] as it is. */
typedef struct ddni_unlaned {
    int64_t states;
    double *const *to; /* [states] of [d] */
    double scale;
    const double *weight, *offset; /* [states], [d] */
} ddni_unlaned;

/* Squares of lengths: of a sum, of what is between it and a state, and of the largest part of the
 * state whose products are added up in one place. */
typedef struct ddni_lengths {
    double sum2, apart2, place2;
} ddni_lengths;

/* A few states, or their weights, and what is made of each: up to DDNI_FEW, but for turned tiles.
 */
typedef struct ddni_few {
    int64_t states;
    const void *from[DDNI_TURNED_STATES];
    void *to[DDNI_TURNED_STATES];
} ddni_few;

typedef void (*ddni_multiply_fn)(int64_t rows, int64_t depth, int64_t lanes, ddni_rows a,
                                 ddni_strips b, ddni_strips c, ddni_ahead *ahead);

typedef struct ddni_kernels {
    const char *name;
    const char *needs; /* what the processor must have, for messages */
    int64_t places; /* in which dot_f64 adds up the terms of a product, in turns; dot_f32 has twice
                       as many, or adds in double */

    /* c(i, q) += sum_k a(i, k) b(k, q), i < rows, k < depth, q < lanes; b is only read. Terms are
     * added one after the other within runs of DDNI_DEPTH_BLOCK, the runs' sums then to c:
     * |error| <= (DDNI_DEPTH_BLOCK + depth / DDNI_DEPTH_BLOCK + 2) u |a||b|. What `ahead` says is
     * fetched meanwhile; NULL for nothing. */
    ddni_multiply_fn multiply_f32, multiply_f64;
    /* The same with a(k, i) in place of a(i, k). */
    ddni_multiply_fn multiply_transposed_f32, multiply_transposed_f64;

    /* Adds a tile of rows to the sums. g(row, lane) holds the inner products and is overwritten by
     * e^{l - reference}, l = gain * g + term[row]. The reference moves only when a logit exceeds it
     * by more than DDNI_LEEWAY; rescale says by how much, returns 1 if any lane moved. */
    int32_t (*softmax_f32)(const ddni_tile *tile, int64_t lanes, ddni_strips g,
                           const ddni_lane_sums *sums);
    int32_t (*softmax_f64)(const ddni_tile *tile, int64_t lanes, ddni_strips g,
                           const ddni_lane_sums *sums);

    /* The same for a single state whose inner products are g[row]: lane 0 of sums. */
    int32_t (*softmax_rows_f32)(const ddni_tile *tile, float *g, const ddni_lane_sums *sums);
    int32_t (*softmax_rows_f64)(const ddni_tile *tile, double *g, const ddni_lane_sums *sums);

    /* sum[j][q] += factor[q] from[j][q], j < columns, q < DDNI_LANES; type: F32 or F64, of from. */
    void (*add_scaled)(ddn_type type, int64_t columns, const void *from, const double *factor,
                       double *sum);

    /* term[r] = by_norm norm[r] + log_weight[r], each part and their sum rounded; log_weight may be
     * NULL. */
    void (*terms)(int64_t rows, double by_norm, const double *norm, const double *log_weight,
                  float *term);

    /* Lists the candidates of a tile; g(row, lane) is overwritten. term[row], length[row]: see
     * ddni_screen; first_row: number of row 0 within the chunk that the lists are for. Lanes beyond
     * `states` are ignored. */
    void (*screen_f32)(int64_t rows, int64_t states, ddni_strips g, const float *term,
                       const float *length, int64_t first_row, const ddni_screen *screen);

    /* The same for a single state: lane 0 of `screen`, inner products g[row], overwritten. */
    void (*screen_rows_f32)(int64_t rows, float *g, const float *term, const float *length,
                            int64_t first_row, const ddni_screen *screen);

    /* Integer products, exact for depth <= DDNI_MOST_BYTES: g(i, q) = sum_k a(i, k)
     * b[q / 16][k / 4][q % 16][k % 4] as float, b zero where k >= d; reads a up to the next
     * multiple of 4 columns. NULL where the processor has no instruction for it, and so for all
     * entries on bytes. */
    void (*multiply_u8)(int64_t rows, int64_t d, int64_t lanes, ddni_rows a, const int8_t *b,
                        ddni_strips g, ddni_ahead *ahead);
    /* The same with states in slices: g(i, q) = constant + sum_s scale_s sum_k a(i, k)
     * b[q / 16][k / 4][s][q % 16][k % 4], scale_s = scale[q / 16][s][q % 16] and the constant at
     * s = DDNI_SLICES. Rounded twice at the size of the result. */
    void (*multiply_slices_u8)(int64_t rows, int64_t d, int64_t lanes, ddni_rows a, const int8_t *b,
                               const float *scale, ddni_strips g, ddni_ahead *ahead);
    /* States in slices, for the above: out[k / 4][s][q][k % 4], q < DDNI_LANES, k < d and zeros
     * beyond, nearest whole numbers of x[q][k] * inverse[q] and, for each further slice, of 254
     * times what remains; out of state q is zero where inverse[q] is. x[q] may be NULL then. */
    void (*slice_states)(int64_t d, const double *const *x, const double *inverse, int8_t *out);
    /* A state in slices, for dot_slices_u8: out[s][k] as above, slices `width` bytes apart; writes
     * up to the next multiple of 8 columns. */
    void (*slice_state)(int64_t d, const double *x, double inverse, int8_t *out, int64_t width);
    /* A state as whole numbers, for multiply_u8 and dot_u8: out[how->apart * (k / 4) + k % 4] is
     * the nearest one to x[k] unit[k] / step, zeros for what the last group of four lacks. */
    ddni_rounded (*round_state)(int64_t d, const double *x, const ddni_rounding *how, int8_t *out);
    /* Groups of four rows with their bytes side by side, out[row / 4][j][row % 4], zeros for what
     * the last group lacks; groups are ldo bytes apart, of which 4 d, rounded up to a multiple of
     * 64, are written. */
    void (*interleave_u8)(int64_t rows, int64_t d, ddni_rows y, uint8_t *out, int64_t ldo);
    /* sum(j, q) += sum_row p(row, q) y(row, j) for p >= 0 and interleaved rows, at most 128, whose
     * groups are y.ld bytes apart; p and sum are f32, p only read. p is rounded to 2^-22 of the
     * largest of its lane; mass[q] += the sum of what was used. */
    void (*combine_slices_u8)(int64_t rows, int64_t d, int64_t lanes, ddni_rows y, ddni_strips p,
                              ddni_strips sum, double *mass);
    /* g[row] = sum_j y(row, j) x[j] as float, for one state; x zero beyond d up to a multiple
     * of 64. */
    void (*dot_u8)(int64_t rows, int64_t d, ddni_rows y, const int8_t *x, float *g,
                   ddni_ahead *ahead);

    /* g[row] = scale[DDNI_SLICES] + sum_i scale[i] sum_j y(row, j) x[i][j], x as for dot_u8. */
    void (*dot_slices_u8)(int64_t rows, int64_t d, ddni_rows y, const int8_t *x,
                          const double *scale, float *g, ddni_ahead *ahead);
    /* sum[j] += sum_row p[row] y(row, j) for p >= 0, rows <= 128, without rows of p < least. p is
     * rounded to 2^-22 of its largest; *mass += the sum of what was used. */
    void (*combine_u8)(int64_t rows, int64_t d, ddni_rows y, const float *p, float least,
                       float *sum, double *mass, ddni_ahead *ahead);

    /* out[row][j] = scale * stored[row * ldy + j] + shift - centre[j] for j < d, 0 for d <= j <
     * ldo; y is the point of row 0. */
    void (*unpack_f32)(ddn_type type, int64_t rows, int64_t d, ddni_point y, int64_t ldy,
                       const double *centre, float *out, int64_t ldo);
    void (*unpack_f64)(ddn_type type, int64_t rows, int64_t d, ddni_point y, int64_t ldy,
                       const double *centre, double *out, int64_t ldo);

    /* A state x[d] against the centre: out[j] = (x_j - a centre_j) - a_low centre_j, each
     * difference rounded once; gives |out|^2. */
    double (*relate)(int64_t d, const double *x, double a, double a_low, const double *centre,
                     double *out);
    /* The score of a state x: out[j] = (factor mean_j - rest_j) unit, where the rest is `rest`, or
     * if that is NULL (x_j - a from_j) - a_low from_j. */
    void (*score)(const ddni_scored *of, double *out);
    /* States to lanes: out[j * DDNI_LANES + q] = x[q][j] unit[j], j < d, 0 where x[q] is NULL; unit
     * NULL: all 1. */
    void (*to_lanes_f32)(int64_t d, const double *const *x, const double *unit, float *out);
    void (*to_lanes_f64)(int64_t d, const double *const *x, const double *unit, double *out);
    /* And back, from in[d][DDNI_LANES]. */
    void (*from_lanes)(int64_t d, const double *in, const ddni_unlaned *of);
    /* |sum|^2, |x - factor sum|^2, and the largest sum of squares of the x[j] that have the same j
     * modulo `places`, those of dot_f64 or dot_f32; 0: that are in a run of DDNI_DEPTH_BLOCK. */
    void (*lengths)(int64_t d, const double *x, const double *sum, double factor, int64_t places,
                    ddni_lengths *out);
    /* max_j |x_j unit_j|; unit NULL: all 1. */
    double (*largest)(int64_t d, const double *x, const double *unit);

    /* sum_j ((x_j - a y_j) - a_low y_j)^2, each difference rounded once. */
    double (*distance)(ddn_type type, int64_t d, const double *x, double a, double a_low,
                       ddni_point y);
    /* sum[j] = left * sum[j] + right * (y_j - centre[j]); gives |y - centre|^2. */
    double (*accumulate)(ddn_type type, int64_t d, double *sum, double left, double right,
                         ddni_point y, const double *centre);

    /* sum_j (y_j - z_j) (high_j + low_j - (a + a_low) (y_j - z_j)) to about twice double precision.
     */
    double (*beside)(int64_t d, const double *y, const double *z, const double *high,
                     const double *low, double a, double a_low);

    /* The sums of each state over all points, and what `more` asks for, NULL for nothing; logit:
     * room for the larger of ld and DDNI_NARROW_FEW * DDNI_LANES numbers. */
    void (*narrow)(const ddni_columns *y, const ddni_narrow_level *level, int64_t states,
                   const double *x, int64_t ldx, double *logit, const ddni_narrow_more *more,
                   ddni_narrow_sums *out);

    /* The means of states in the type of the points; ddni_narrow_power is how far the weights may
     * be off beside what all that is rounded comes to. NULL where it would gain nothing. */
    void (*narrow_means_f32)(const ddni_narrow_points *y, const ddni_narrow_states *x,
                             ddni_narrow_mean *out);
    void (*narrow_means_f64)(const ddni_narrow_points *y, const ddni_narrow_states *x,
                             ddni_narrow_mean *out);

    /* to[q][row] = sum_j y(row, j) from[q][j] for few states; same error bound as multiply_f32.
     * What comes of a state does not depend on those beside it. */
    void (*dot_f32)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of, ddni_ahead *ahead);
    void (*dot_f64)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of, ddni_ahead *ahead);
    /* to[q][j] += sum_row from[q][row] y(row, j), likewise, the rows of the call by themselves
     * first, and these in runs of DDNI_SHORT_RUN. */
    void (*combine_f32)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of,
                        ddni_ahead *ahead);
    void (*combine_f64)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of,
                        ddni_ahead *ahead);

    /* The same of a tile whose rows lie side by side, d <= DDNI_TURNED, coordinate j of row r at [j
     * * DDNI_TILE_ROWS
     * + r] of f32 or f64, zeros up to the next multiple of DDNI_LANES rows. dot: to[q][row] = sum_j
     * y(row, j) from[q][j], added up in one place, runs of DDNI_TURNED_RUN by themselves; what lies
     * beyond up to that multiple is left or becomes 0; combine: to[q][j] += sum_row from[q][row]
     * y(row, j), weights likewise zero beyond. */
    void (*dot_turned_f32)(int64_t rows, int64_t d, const void *tile, const ddni_few *of);
    void (*dot_turned_f64)(int64_t rows, int64_t d, const void *tile, const ddni_few *of);
    void (*combine_turned_f32)(int64_t rows, int64_t d, const void *tile, const ddni_few *of);
    void (*combine_turned_f64)(int64_t rows, int64_t d, const void *tile, const ddni_few *of);

    /* Products of a tile of rows with a block of eight vectors, block.h: no overlap.
     * out[rows][8] += x v for x[rows][ldx], v[count][8]. */
    void (*block_rows)(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *v,
                       double *out);
    /* out[count][8] += x^T w for x[rows][ldx], w[rows][8]. */
    void (*block_columns)(const double *x, int64_t rows, int64_t ldx, int64_t count,
                          const double *w, double *out);
} ddni_kernels;

/* Where number i of a lane lies. */
static inline int64_t ddni_lane_at(int64_t i, int64_t lane, int64_t strip)
{
    return lane / DDNI_LANES * strip + i * DDNI_LANES + lane % DDNI_LANES;
}

/* Adds a candidate to the list of a lane. A full list drops those below floor - margin; if there
 * are none, it keeps the better part and raises the cut. */
void ddni_list_candidate(const ddni_screen *screen, int64_t lane, int64_t row, float upper);
/* screen_rows_f32 in plain C. */
void ddni_screen_rows(int64_t rows, float *g, const float *term, const float *length,
                      int64_t first_row, const ddni_screen *screen);

/* Whether the processor forgets what is to be fetched when it cannot keep up (AMD). What states by
 * themselves multiply comes from memory in order there faster than it is fetched, and while they
 * add it up, which the second-level cache has by then, there is time. */
int32_t ddni_drops_fetches(void);

/* The variant in use by a context. */
const ddni_kernels *ddni_context_kernels(const ddn_context *ctx);

/* Names of the variants compiled in, plainest first, with commas; that of the best one which this
 * processor can run. Static texts. */
const char *ddni_kernels_compiled(void);
const char *ddni_kernels_best(void);

extern const ddni_kernels ddni_kernels_reference;
#if defined(DDNI_HAVE_AVX2)
extern const ddni_kernels ddni_kernels_avx2;
#endif
#if defined(DDNI_HAVE_AVX512)
extern const ddni_kernels ddni_kernels_avx512;
#endif
#if defined(DDNI_HAVE_AVX512VNNI)
extern const ddni_kernels ddni_kernels_avx512vnni;
#endif
#if defined(DDNI_HAVE_NEON)
extern const ddni_kernels ddni_kernels_neon;
#endif

#endif

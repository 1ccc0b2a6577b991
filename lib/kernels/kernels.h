/* The table of hot loops, one variant per instruction set. Layer 1 (kernels).
 *
 * Lanes: a batch of states is laid out transposed, [coordinate][state], so that a vector register
 * holds one coordinate of several states. Rows (data points) are broadcast against it; sums,
 * maxima and exponentials run along the states without ever adding across a register. The number of
 * lanes of a block is a multiple of DDNI_LANES; unused lanes hold zeros.
 *
 * No entry allocates, fails or keeps state. Pointers never overlap unless said. Empty ranges
 * (rows == 0) are allowed. */
#ifndef DDNI_KERNELS_H
#define DDNI_KERNELS_H

#include <stdint.h>

#include <diffdyn/base.h>

enum {
    DDNI_SLICES = 3,       /* int8 numbers that stand for one of 22 bits */
    DDNI_LANES = 16,       /* granularity of lane blocks, in states */
    DDNI_DEPTH_BLOCK = 256 /* longest run of terms added up in one accumulator by multiply */
};

/* Sums over the rows of one block of lanes, relative to a reference logit per lane. */
typedef struct ddni_lane_sums {
    double *reference; /* [lanes] -inf before the first row */
    double *best;      /* [lanes] largest logit so far, -inf before the first row */
    int64_t *index;    /* [lanes] its row, the lowest in a tie, -1 before the first row */
    double *total;     /* [lanes] sum e^{l - reference} */
    double *energy;    /* [lanes] sum e^{l - reference} (reference - l) */
    double *square;    /* [lanes] sum e^{2 (l - reference)} */
    double *norm;      /* [lanes] sum e^{l - reference} norm[row] */
    double *classes;   /* [class][lanes] sum of e^{l - reference} by class; NULL if not wanted */
    double *rescale;   /* [lanes] out: factor by which sums kept elsewhere are to be multiplied */
} ddni_lane_sums;

/* What a screen knows of its lanes, and the candidates it finds: rows that may not be left out. The
 * logit of a row lies within radius * length[row] of slope * g + offset + term[row]. */
typedef struct ddni_screen {
    const float *slope, *offset, *radius; /* [lanes] */
    float *floor;     /* [lanes] largest lower bound of a logit so far, -inf before the first row */
    float *cut;       /* [lanes] rows with upper bounds up to this may be missing; -inf at first */
    float margin;     /* rows whose upper bound is below floor - margin are left out */
    int32_t *count;   /* [lanes] candidates listed */
    int32_t capacity; /* per lane */
    int32_t *row;     /* [lanes][capacity] ascending */
    float *upper;     /* [lanes][capacity] upper bound of the logit */
} ddni_screen;

/* One point in its stored type: coordinate j is scale * stored[j] + shift. */
typedef struct ddni_point {
    const void *stored;
    double scale, shift;
} ddni_point;

typedef struct ddni_kernels {
    const char *name;
    const char *needs; /* what the processor must have, for messages */

    /* c[i][q] += sum_k a(i, k) b[k][q], a(i, k) = a[i * row_stride + k * depth_stride], i < rows,
     * k < depth, q < lanes. Terms are added one after the other within runs of DDNI_DEPTH_BLOCK,
     * the runs' sums then to c: |error| <= (DDNI_DEPTH_BLOCK + depth / DDNI_DEPTH_BLOCK + 2) u
     * |a||b|. */
    void (*multiply_f32)(int64_t rows, int64_t depth, int64_t lanes, const float *a,
                         int64_t row_stride, int64_t depth_stride, const float *b, int64_t ldb,
                         float *c, int64_t ldc);
    void (*multiply_f64)(int64_t rows, int64_t depth, int64_t lanes, const double *a,
                         int64_t row_stride, int64_t depth_stride, const double *b, int64_t ldb,
                         double *c, int64_t ldc);

    /* Adds a tile of rows to the sums. g[row][lane] holds the inner products and is overwritten by
     * e^{l - reference}, l = gain * g + term[row]. The reference moves only when a logit exceeds it
     * by more than 16; rescale says by how much, returns 1 if any lane moved. first_row is the
     * index of row 0; class_of[row] or NULL. */
    int32_t (*softmax_f32)(int64_t rows, int64_t lanes, float *g, int64_t ldg, double gain,
                           const double *term, const double *norm, const int32_t *class_of,
                           int64_t class_count, int64_t first_row, const ddni_lane_sums *sums);
    int32_t (*softmax_f64)(int64_t rows, int64_t lanes, double *g, int64_t ldg, double gain,
                           const double *term, const double *norm, const int32_t *class_of,
                           int64_t class_count, int64_t first_row, const ddni_lane_sums *sums);

    /* The same for a single state whose inner products are g[row]: lane 0 of sums. */
    int32_t (*softmax_rows_f32)(int64_t rows, float *g, double gain, const double *term,
                                const double *norm, const int32_t *class_of, int64_t class_count,
                                int64_t first_row, const ddni_lane_sums *sums);

    /* Lists the candidates of a tile; g is overwritten. term[row], length[row]: see ddni_screen;
     * first_row: number of row 0 within the chunk that the lists are for. Lanes beyond `states` are
     * ignored. */
    void (*screen_f32)(int64_t rows, int64_t lanes, int64_t states, float *g, int64_t ldg,
                       const float *term, const float *length, int64_t first_row,
                       const ddni_screen *screen);

    /* Integer products, exact in int32 for depth <= 66000: g[i][q] = sum_k a[i * lda + k]
     * b[q / 16][k / 4][q % 16][k % 4] as float, b zero where k >= d; reads a up to the next
     * multiple of 4 columns. NULL where the processor has no instruction for it. */
    void (*multiply_u8)(int64_t rows, int64_t d, int64_t lanes, const uint8_t *a, int64_t lda,
                        const int8_t *b, float *g, int64_t ldg);
    /* g[row] = sum_j y[row][j] x[j] as float, for one state; x zero beyond d up to a multiple
     * of 64. */
    void (*dot_u8)(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const int8_t *x,
                   float *g);

    /* g[row] = scale[DDNI_SLICES] + sum_i scale[i] sum_j y[row][j] x[i][j], x as for dot_u8. */
    void (*dot_slices_u8)(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const int8_t *x,
                          const double *scale, float *g);
    /* sum[j] += sum_row p[row] y[row][j] for p >= 0, rows <= 128; p is rounded to 2^-22 of its
     * largest. */
    void (*combine_u8)(int64_t rows, int64_t d, const uint8_t *y, int64_t ldy, const float *p,
                       float *sum);

    /* out[row][j] = scale * stored[row][j] + shift - centre[j] for j < d, 0 for d <= j < ldo. */
    void (*unpack_f32)(ddn_type type, int64_t rows, int64_t d, const void *stored, int64_t ld,
                       double scale, double shift, const double *centre, float *out, int64_t ldo);
    void (*unpack_f64)(ddn_type type, int64_t rows, int64_t d, const void *stored, int64_t ld,
                       double scale, double shift, const double *centre, double *out, int64_t ldo);

    /* sum_j ((x_j - a y_j) - a_low y_j)^2, each difference rounded once. */
    double (*distance)(ddn_type type, int64_t d, const double *x, double a, double a_low,
                       ddni_point y);
    /* sum[j] = left * sum[j] + right * (y_j - centre[j]). */
    void (*accumulate)(ddn_type type, int64_t d, double *sum, double left, double right,
                       ddni_point y, const double *centre);

    /* g[row] = sum_j y[row][j] x[j] for one state; same error bound as multiply_f32. */
    void (*dot_f32)(int64_t rows, int64_t d, const float *y, int64_t ldy, const float *x, float *g);
    /* sum[j] += sum_row p[row] y[row][j]. */
    void (*combine_f32)(int64_t rows, int64_t d, const float *y, int64_t ldy, const float *p,
                        float *sum);
} ddni_kernels;

/* Adds a candidate to the list of a lane. A full list drops those below floor - margin; if there
 * are none, it keeps the better part and raises the cut. */
void ddni_list_candidate(const ddni_screen *screen, int64_t lane, int64_t row, float upper);
/* The screen of a single state: lane 0 of `screen`, inner products g[row], overwritten. */
void ddni_screen_rows(int64_t rows, float *g, const float *term, const float *length,
                      int64_t first_row, const ddni_screen *screen);

/* The variant in use by a context. */
const ddni_kernels *ddni_context_kernels(const ddn_context *ctx);

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

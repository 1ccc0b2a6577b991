/* Products of a tile of rows with a block of eight vectors: the inner loops of Krylov methods.
 *
 * A block of vectors is stored interleaved, v[count][8], 64-byte aligned. Every sum runs over its
 * index in order, one partial sum per result: the bits do not depend on how a product is cut into
 * tiles, and on the processor only in whether it multiplies and adds with one rounding. The best
 * variant for it serves, whichever the context has. */
#ifndef DDNI_KERNELS_BLOCK_H
#define DDNI_KERNELS_BLOCK_H

#include <stdint.h>

enum {
    DDNI_BLOCK = 8 /* doubles of a cache line, and of the widest register */
};

/* out[rows][8] += x v for x[rows][ldx], v[count][8]. No overlap. */
void ddni_block_rows(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *v,
                     double *out);

/* out[count][8] += x^T w for x[rows][ldx], w[rows][8]. No overlap. */
void ddni_block_columns(const double *x, int64_t rows, int64_t ldx, int64_t count, const double *w,
                        double *out);

#endif

/* Blocks of eight vectors, which the inner loops of Krylov methods and of spans multiply rows with:
 * block_rows and block_columns of ddni_kernels.
 *
 * A block is stored interleaved, v[count][8], 64-byte aligned. Every sum runs over its index in
 * order, one partial sum per result: the bits do not depend on how a product is cut into tiles, and
 * on the variant only in whether it multiplies and adds with one rounding. */
#ifndef DDNI_KERNELS_BLOCK_H
#define DDNI_KERNELS_BLOCK_H

enum {
    DDNI_BLOCK = 8 /* doubles of a cache line, and of the widest register */
};

#endif

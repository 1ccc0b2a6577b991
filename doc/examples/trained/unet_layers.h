/* The layers of unet.c. Images of a batch lie side by side: x[channel][image][row][column].
 * SPDX-License-Identifier: MIT */
#ifndef UNET_LAYERS_H
#define UNET_LAYERS_H

#include <stddef.h>
#include <stdint.h>

/* Weights, and how far they have been taken. */
typedef struct weights {
    float *values;
    int64_t count, taken;
} weights;

/* Reads an array of one axis from a file, by the library's reader. 0, or -1 with a text. */
int weights_read(weights *w, const char *path, char *error, int size);

typedef struct convolution {
    int in, out, size, stride; /* channels before and after; size x size, padded by size/2 */
    const float *kernel, *bias;
} convolution;
typedef struct linear {
    int in, out;
    const float *matrix, *bias;
} linear;
typedef struct norm {
    int width;
    const float *gain, *bias;
} norm;

/* They take their weights in the order in which torch has them. */
convolution convolution_take(weights *w, int in, int out, int size, int stride);
linear linear_take(weights *w, int in, int out);
norm norm_take(weights *w, int width);

/* Memory of one thread, used like a stack: what is taken is given back by resetting `used`. */
typedef struct arena {
    float *base;
    size_t capacity, used;
} arena;
float *arena_take(arena *memory, size_t count);

/* A batch of m images of side x side pixels. */
typedef struct batch {
    int m, side;
} batch;
static inline size_t batch_pixels(const batch *b)
{
    return (size_t)b->m * (size_t)b->side * (size_t)b->side;
}

/* y = K x + bias; with add, y += that. y has (side/stride)^2 pixels an image. */
void convolve(const convolution *k, const batch *b, const float *x, float *y, int add,
              arena *memory);
/* y = matrix x + bias, one vector. */
void multiply(const linear *k, const float *x, float *y);
/* GroupNorm in eight groups, and with activate SiLU of that. y may be x. */
void normalize(const norm *k, const batch *b, const float *x, float *y, int activate);
/* x := x sigmoid(x) */
void silu(size_t count, float *x);
/* Every pixel becomes four: y of side 2 side. */
void twice(int channels, const batch *b, const float *x, float *y);
/* What every pixel takes from all others: y[width] from qkv[3 width]. */
void attend(int width, const batch *b, const float *qkv, float *y, arena *memory);

#endif

/* The layers of the networks: convolutions as products of matrices (im2col and sgemm), the rest by
 * loops that the compiler makes vectors of. SPDX-License-Identifier: MIT */
#include "unet_layers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

#include "unet_product.h"

enum {
    GROUPS = 8,
    PANEL = 784 /* columns of a product, about: what fits into the caches */
};

/* ---- Weights ----------------------------------------------------------------------------- */

/* The weights of an open file, one a point. */
static ddn_status take_values(ddn_context *ctx, const ddn_dataset *file, float *values)
{
    double part[1024];
    const int64_t n = ddn_dataset_n(file);
    ddn_status status = DDN_OK;
    for (int64_t first = 0; first < n && status == DDN_OK; first += 1024) {
        const int64_t count = n - first < 1024 ? n - first : 1024;
        status = ddn_dataset_read(ctx, file, first, count, part, 1);
        for (int64_t i = 0; i < count && status == DDN_OK; i++) {
            values[first + i] = (float)part[i];
        }
    }
    return status;
}

int weights_read(weights *w, const char *path, char *error, int size)
{
    ddn_context *ctx = NULL;
    ddn_dataset *file = NULL;
    int failed = -1;
    memset(w, 0, sizeof *w);
    if (ddn_context_create(&ctx) || ddn_dataset_open(ctx, path, DDN_FORMAT_AUTO, &file)) {
        snprintf(error, (size_t)size, "%s", ctx ? ddn_context_message(ctx) : "no memory");
    } else if (ddn_dataset_d(file) != 1) {
        snprintf(error, (size_t)size, "%s is not one row of weights", path);
    } else {
        w->count = ddn_dataset_n(file);
        w->values = malloc((size_t)w->count * sizeof *w->values);
        failed = w->values == NULL || take_values(ctx, file, w->values) ? -1 : 0;
        if (failed) {
            snprintf(error, (size_t)size, "no memory for the weights of %s", path);
            free(w->values);
            w->values = NULL;
        }
    }
    ddn_dataset_destroy(file);
    ddn_context_destroy(ctx);
    return failed;
}

/* The next weights; past the end the first ones, and `taken` says that there were too few. */
static const float *take(weights *w, int64_t count)
{
    const int64_t at = w->taken;
    w->taken += count;
    return w->taken <= w->count ? w->values + at : w->values;
}

convolution convolution_take(weights *w, int in, int out, int size, int stride)
{
    convolution k = {in, out, size, stride, NULL, NULL};
    k.kernel = take(w, (int64_t)in * out * size * size);
    k.bias = take(w, out);
    return k;
}

linear linear_take(weights *w, int in, int out)
{
    linear k = {in, out, NULL, NULL};
    k.matrix = take(w, (int64_t)in * out);
    k.bias = take(w, out);
    return k;
}

norm norm_take(weights *w, int width)
{
    norm k = {width, NULL, NULL};
    k.gain = take(w, width);
    k.bias = take(w, width);
    return k;
}

float *arena_take(arena *memory, size_t count)
{
    float *p = memory->base + memory->used;
    memory->used += (count + 15) / 16 * 16;
    return memory->used <= memory->capacity ? p : NULL;
}

/* ---- Convolutions ------------------------------------------------------------------------ */

/* One row of the output's pixels, of what the kernel's place (dy, dx) sees: zero outside. */
static void see_row(const convolution *k, int side, const float *plane, int y, int dx, float *to)
{
    const int across = side / k->stride;
    if (y < 0 || y >= side) {
        memset(to, 0, (size_t)across * sizeof *to);
        return;
    }
    for (int i = 0; i < across; i++) {
        const int x = i * k->stride + dx;
        to[i] = x >= 0 && x < side ? plane[y * side + x] : 0;
    }
}

/* columns[in * size * size][pixels of images first .. first + count - 1] */
static void see(const convolution *k, const batch *b, const float *x, int first, int count,
                float *columns)
{
    const int side = b->side, across = side / k->stride, half = k->size / 2;
    for (int c = 0; c < k->in; c++) {
        for (int place = 0; place < k->size * k->size; place++) {
            const int dy = place / k->size - half, dx = place % k->size - half;
            for (int image = first; image < first + count; image++) {
                const float *plane =
                    x + ((size_t)c * (size_t)b->m + (size_t)image) * (size_t)side * (size_t)side;
                for (int row = 0; row < across; row++, columns += across) {
                    see_row(k, side, plane, row * k->stride + dy, dx, columns);
                }
            }
        }
    }
}

void convolve(const convolution *k, const batch *b, const float *x, float *y, int add,
              arena *memory)
{
    const int across = b->side / k->stride, pixels = across * across, all = b->m * pixels;
    const int depth = k->in * k->size * k->size, direct = k->size == 1;
    const int together = direct ? b->m : pixels < PANEL ? PANEL / pixels : 1;
    const size_t mark = memory->used;
    float *columns =
        direct ? NULL : arena_take(memory, (size_t)depth * (size_t)(together * pixels));
    for (int c = 0; c < k->out; c++) {
        for (int i = 0; i < all; i++) {
            y[(size_t)c * (size_t)all + (size_t)i] =
                k->bias[c] + (add ? y[(size_t)c * (size_t)all + (size_t)i] : 0);
        }
    }
    for (int first = 0; first < b->m; first += together) {
        const int count = b->m - first < together ? b->m - first : together;
        if (!direct) {
            see(k, b, x, first, count, columns);
        }
        product((product_shape){k->out, count * pixels, depth}, 1, (matrix){k->kernel, depth, 0},
                (matrix){direct ? x : columns, count * pixels, 0}, 1, y + first * pixels, all);
    }
    memory->used = mark;
}

void multiply(const linear *k, const float *x, float *y)
{
    memcpy(y, k->bias, (size_t)k->out * sizeof *y);
    product((product_shape){k->out, 1, k->in}, 1, (matrix){k->matrix, k->in, 0}, (matrix){x, 1, 0},
            1, y, 1);
}

/* ---- Between the convolutions ------------------------------------------------------------ */

/* e^x for x <= 0 to a relative error of about 1e-7, without a branch: 2^k e^r, |r| <= log(2)/2. */
static inline float exp_down(float x)
{
    const float kept = x > -87 ? x : -87, shift = 12582912.0F; /* 1.5 * 2^23: rounds to whole */
    const float k = kept * 1.44269504F + shift - shift;
    const float r = kept - k * 0.693359375F + k * 2.12194440e-4F;
    float p = 1 / 5040.0F;
    p = p * r + 1 / 720.0F;
    p = p * r + 1 / 120.0F;
    p = p * r + 1 / 24.0F;
    p = p * r + 1 / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1;
    p = p * r + 1;
    const int32_t bits = ((int32_t)k + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

void silu(size_t count, float *x)
{
    for (size_t i = 0; i < count; i++) {
        const float e = exp_down(-fabsf(x[i]));
        x[i] *= (x[i] < 0 ? e : 1) / (1 + e);
    }
}

/* Scales one group of channels of one image to mean 0 and variance 1. */
static void normalize_group(const norm *k, const batch *b, const float *x, float *y, int first,
                            int image)
{
    const int width = k->width / GROUPS;
    const size_t pixels = (size_t)b->side * (size_t)b->side;
    double sum = 0, squares = 0;
    for (int c = first; c < first + width; c++) {
        const float *of = x + ((size_t)c * (size_t)b->m + (size_t)image) * pixels;
        float part = 0, part2 = 0;
        for (size_t i = 0; i < pixels; i++) {
            part += of[i];
            part2 += of[i] * of[i];
        }
        sum += (double)part;
        squares += (double)part2;
    }
    const double count = (double)pixels * width, mean = sum / count;
    const double scale = 1 / sqrt(fmax(squares / count - mean * mean, 0) + 1e-5);
    for (int c = first; c < first + width; c++) {
        const size_t at = ((size_t)c * (size_t)b->m + (size_t)image) * pixels;
        const float gain = (float)scale * k->gain[c], shift = k->bias[c] - (float)mean * gain;
        for (size_t i = 0; i < pixels; i++) {
            y[at + i] = gain * x[at + i] + shift;
        }
    }
}

void normalize(const norm *k, const batch *b, const float *x, float *y, int activate)
{
    for (int group = 0; group < GROUPS; group++) {
        for (int image = 0; image < b->m; image++) {
            normalize_group(k, b, x, y, group * (k->width / GROUPS), image);
        }
    }
    if (activate) {
        silu((size_t)k->width * batch_pixels(b), y);
    }
}

void twice(int channels, const batch *b, const float *x, float *y)
{
    const size_t side = (size_t)b->side, rows = (size_t)channels * (size_t)b->m * side;
    for (size_t row = 0; row < rows; row++, x += side, y += 4 * side) {
        for (size_t i = 0; i < side; i++) {
            y[2 * i] = y[2 * i + 1] = x[i];
        }
        memcpy(y + 2 * side, y, 2 * side * sizeof *y);
    }
}

/* w := softmax of each row */
static void softmax(int rows, float *w)
{
    for (int i = 0; i < rows; i++, w += rows) {
        float largest = w[0], sum = 0;
        for (int j = 1; j < rows; j++) {
            largest = w[j] > largest ? w[j] : largest;
        }
        for (int j = 0; j < rows; j++) {
            w[j] = exp_down(w[j] - largest);
            sum += w[j];
        }
        for (int j = 0; j < rows; j++) {
            w[j] /= sum;
        }
    }
}

void attend(int width, const batch *b, const float *qkv, float *y, arena *memory)
{
    const int pixels = b->side * b->side, all = b->m * pixels;
    const size_t part = (size_t)width * (size_t)all, mark = memory->used;
    float *w = arena_take(memory, (size_t)pixels * (size_t)pixels);
    for (int image = 0; image < b->m; image++) {
        const float *q = qkv + image * pixels, *k = q + part, *v = k + part;
        product((product_shape){pixels, pixels, width}, 1 / sqrtf((float)width),
                (matrix){q, all, 1}, (matrix){k, all, 0}, 0, w, pixels);
        softmax(pixels, w);
        product((product_shape){width, pixels, pixels}, 1, (matrix){v, all, 0},
                (matrix){w, pixels, 1}, 0, y + image * pixels, all);
    }
    memory->used = mark;
}

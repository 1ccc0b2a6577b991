/* Orthogonality of interleaved blocks. */
#include "dataset/spectrum/orthogonal.h"

#include <stddef.h>

enum {
    BLOCK = DDNI_BLOCK
};

void ddni_project_out(const ddni_kernels *kern, int64_t size, const double *q, double *w, double *h)
{
    _Alignas(64) double dot[BLOCK * BLOCK] = {0};
    kern->block_columns(q, size, BLOCK, BLOCK, w, dot);
    for (int k = 0; k < BLOCK * BLOCK; k++) {
        if (h != NULL) {
            h[k] += dot[k];
        }
        dot[k] = -dot[k];
    }
    kern->block_rows(q, size, BLOCK, BLOCK, dot, w);
}

double ddni_column_dot(const double *w, int64_t size, int64_t a, int64_t b)
{
    double sum = 0;
    for (int64_t i = 0; i < size; i++) {
        sum += w[i * BLOCK + a] * w[i * BLOCK + b];
    }
    return sum;
}

void ddni_orthogonal_column(double *w, int64_t size, int64_t b, double *r)
{
    for (int pass = 0; pass < DDNI_PASSES; pass++) {
        for (int64_t a = 0; a < b; a++) {
            double h = ddni_column_dot(w, size, a, b);
            for (int64_t i = 0; i < size; i++) {
                w[i * BLOCK + b] -= h * w[i * BLOCK + a];
            }
            r[a * BLOCK + b] += h;
        }
    }
}

void ddni_scale_column(double *w, int64_t size, int64_t b, double factor)
{
    for (int64_t i = 0; i < size; i++) {
        w[i * BLOCK + b] *= factor;
    }
}

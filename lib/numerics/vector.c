/* Gram-Schmidt. */
#include "numerics/vector.h"

#include <stddef.h>

void ddni_take_parts(int64_t n, int64_t count, const double *rows, int64_t ld, double *x,
                     double *part)
{
    for (int64_t i = 0; i < count; i++) {
        const double *row = rows + i * ld;
        double c = ddni_dot(n, row, x);
        ddni_axpy(n, -c, row, x);
        if (part != NULL) {
            part[i] += c;
        }
    }
}

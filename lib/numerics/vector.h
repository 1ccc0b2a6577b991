/* Vectors of doubles: sums over their elements in one fixed order, in eight lanes that are added up
 * at the end: vectorisable without licence to reorder, the same bits at every vector width. Size
 * first, as in all of numerics. */
#ifndef DDNI_NUMERICS_VECTOR_H
#define DDNI_NUMERICS_VECTOR_H

#include <math.h>
#include <stdint.h>

enum {
    DDNI_SUM_LANES = 8
};

/* Adds term(j) for j < n; `term` is an expression in the variable j. Result in `sum`. */
#define DDNI_SUM(sum, n, term)                                                                     \
    do {                                                                                           \
        double ddni_lane[DDNI_SUM_LANES] = {0};                                                    \
        int64_t ddni_j = 0;                                                                        \
        for (; ddni_j + DDNI_SUM_LANES <= (n); ddni_j += DDNI_SUM_LANES) {                         \
            for (int64_t ddni_l = 0; ddni_l < DDNI_SUM_LANES; ddni_l++) {                          \
                const int64_t j = ddni_j + ddni_l;                                                 \
                ddni_lane[ddni_l] += (term);                                                       \
            }                                                                                      \
        }                                                                                          \
        for (int64_t ddni_l = 0; ddni_l < (n)-ddni_j; ddni_l++) {                                  \
            const int64_t j = ddni_j + ddni_l;                                                     \
            ddni_lane[ddni_l] += (term);                                                           \
        }                                                                                          \
        (sum) = ((ddni_lane[0] + ddni_lane[4]) + (ddni_lane[2] + ddni_lane[6])) +                  \
                ((ddni_lane[1] + ddni_lane[5]) + (ddni_lane[3] + ddni_lane[7]));                   \
    } while (0)

static inline double ddni_dot(int64_t n, const double *x, const double *y)
{
    double sum;
    DDNI_SUM(sum, n, x[j] * y[j]);
    return sum;
}

/* |x| */
static inline double ddni_norm(int64_t n, const double *x)
{
    return sqrt(ddni_dot(n, x, x));
}

/* |x - y|^2 */
static inline double ddni_distance2(int64_t n, const double *x, const double *y)
{
    double sum;
    DDNI_SUM(sum, n, (x[j] - y[j]) * (x[j] - y[j]));
    return sum;
}

/* x = value */
static inline void ddni_fill(int64_t n, double value, double *x)
{
    for (int64_t j = 0; j < n; j++) {
        x[j] = value;
    }
}

/* y += f x */
static inline void ddni_axpy(int64_t n, double f, const double *restrict x, double *restrict y)
{
    for (int64_t j = 0; j < n; j++) {
        y[j] += f * x[j];
    }
}

/* x *= f */
static inline void ddni_scale(int64_t n, double f, double *x)
{
    for (int64_t j = 0; j < n; j++) {
        x[j] *= f;
    }
}

/* Takes from x its parts along the unit vectors rows[count][ld], one after the other, and adds what
 * it took to part[count] unless that is NULL. */
void ddni_take_parts(int64_t n, int64_t count, const double *rows, int64_t ld, double *x,
                     double *part);

#endif

/* Sums over the coordinates of a row in eight fixed lanes: vectorisable without licence to reorder,
 * the same bits at every vector width. */
#ifndef DDNI_NUMERICS_LANES_H
#define DDNI_NUMERICS_LANES_H

#include <stdint.h>

enum {
    DDNI_SUM_LANES = 8
};

/* Adds term(j) for j < d; `term` is an expression in the variable j. Result in `sum`. */
#define DDNI_LANE_SUM(sum, d, term)                                                                \
    do {                                                                                           \
        double ddni_lane[DDNI_SUM_LANES] = {0};                                                    \
        int64_t ddni_j = 0;                                                                        \
        for (; ddni_j + DDNI_SUM_LANES <= (d); ddni_j += DDNI_SUM_LANES) {                         \
            for (int64_t ddni_l = 0; ddni_l < DDNI_SUM_LANES; ddni_l++) {                          \
                const int64_t j = ddni_j + ddni_l;                                                 \
                ddni_lane[ddni_l] += (term);                                                       \
            }                                                                                      \
        }                                                                                          \
        for (int64_t j = ddni_j; j < (d); j++) {                                                   \
            ddni_lane[j - ddni_j] += (term);                                                       \
        }                                                                                          \
        (sum) = ((ddni_lane[0] + ddni_lane[4]) + (ddni_lane[2] + ddni_lane[6])) +                  \
                ((ddni_lane[1] + ddni_lane[5]) + (ddni_lane[3] + ddni_lane[7]));                   \
    } while (0)

static inline double ddni_dot(const double *x, const double *y, int64_t d)
{
    double sum;
    DDNI_LANE_SUM(sum, d, x[j] * y[j]);
    return sum;
}

/* y += f x */
static inline void ddni_axpy(double *restrict y, double f, const double *restrict x, int64_t d)
{
    for (int64_t j = 0; j < d; j++) {
        y[j] += f * x[j];
    }
}

#endif

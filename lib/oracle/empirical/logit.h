/* Exact logits by direct differences. theory.md (14). */
#ifndef DDNI_ORACLE_EMPIRICAL_LOGIT_H
#define DDNI_ORACLE_EMPIRICAL_LOGIT_H

#include "oracle/empirical/block.h"

/* Exact logit of a point, -|x - a y|^2 / (2 s^2) + log(n pi), by direct differences. */
static inline double ddni_logit(const ddni_block *b, const double *x, int64_t row)
{
    return -b->kern->distance(b->ds->type, b->d, x, b->level->a, b->level->a_low,
                              ddni_point_at(b->ds, row)) /
               (2 * b->level->s2) +
           ddni_log_weight(b, row);
}

/* Rounding of a logit of this size from direct differences: a few units in the last place of the
 * squared distance, whose terms are rounded twice. */
static inline double ddni_logit_error(const ddni_block *b, double logit)
{
    return (b->log_size - logit) * 0x1p-51;
}

/* (|x - a z|^2 - |x - a y|^2) / (2 s^2) + log(pi_y / pi_z) for z = point + d, which is row
 * `other_row`: how much larger the logit of y is than that of z, from the difference of the two
 * points, so that what they have in common does not round.
 */
double ddni_logit_beside(const ddni_block *b, const double *x, int64_t row, int64_t other_row,
                         double *point);

/* Logit of a row, relative to the anchor of state q if it has one; that point is then at point + d,
 * where ddni_fetch_anchor puts it. point[2 d]. */
double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point);
void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point);

#endif

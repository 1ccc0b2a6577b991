/* Exact logits by direct differences. theory.md (14). */
#ifndef DDNI_ORACLE_EMPIRICAL_LOGIT_H
#define DDNI_ORACLE_EMPIRICAL_LOGIT_H

#include "oracle/empirical/block.h"

/* Logit of a point, -|x - a y|^2 / (2 s^2) + log(n pi), by direct differences; a_low: what a has
 * beyond double. */
static inline double ddni_logit_by(const ddni_block *b, const double *x, int64_t row, double a_low)
{
    return -b->kern->distance(b->ds->type, b->d, x, b->level->a, a_low, ddni_point_at(b->ds, row)) /
               (2 * b->level->s2) +
           ddni_log_weight(b, row);
}

/* Exactly. */
static inline double ddni_logit(const ddni_block *b, const double *x, int64_t row)
{
    return ddni_logit_by(b, x, row, b->level->a_low);
}

/* For guesses. */
static inline double ddni_logit_about(const ddni_block *b, const double *x, int64_t row)
{
    return ddni_logit_by(b, x, row, 0);
}

/* Rounding of a logit of this size from direct differences: units in the last place of the squared
 * distance, whose terms are rounded twice and added up in eight places at least; see the dense way
 * for the law of such sums. */
static inline double ddni_logit_error(const ddni_block *b, double logit)
{
    return (b->log_size - logit) * 0x1p-53 * (2 + 0.5 * sqrt((double)b->d / 24));
}

/* Error of a logit that is allowed. */
double ddni_logit_allowed(const ddni_block *b);
/* Whether the rounding of logits, the largest of which is `max`, shows in the weights, or in more
 * than these where the request is for sharp ones. */
int32_t ddni_logits_round(const ddni_block *b, double max);
/* Error of a score that is allowed: of a mean for which |a mean - x| is `length`, and |x|. */
double ddni_score_allowed(const ddni_block *b, double length, double size);
/* How far the rounding of logits moves a times the mean. */
double ddni_mean_moved(const ddni_block *b, const ddni_posterior *p);
/* A guess whether that shows in the score, from the posterior alone, before there are sums. */
int32_t ddni_mean_may_round(const ddni_block *b, const ddni_posterior *p);
/* Whether it, or an error `sums` of the mean besides, shows in the score of state q, whose sums are
 * s->total. */
int32_t ddni_mean_rounds(const ddni_block *b, int64_t q, const ddni_posterior *p, double sums);

enum {
    DDNI_BESIDE = 1 /* logits relative to an anchor round at their size: one that others exceed by
                       more is replaced */
};

/* A point z that logits are taken relative to: anchor[3 d] gets 2 (x - a z) in two doubles behind
 * z, which is there already; and the same for a row, which it fetches. */
void ddni_anchor_set(const ddni_level *level, int64_t d, const double *x, double *anchor);
void ddni_anchor_fetch(const ddni_block *b, const double *x, int64_t row, double *anchor);

/* (|x - a z|^2 - |x - a y|^2) / (2 s^2) + log(pi_y / pi_z) for the anchor at point + d, row
 * `anchor`: how much larger the logit of y is than that of z, as a (y - z) . (2 (x - a z) - a (y -
 * z)) / (2 s^2) to about twice double precision, so that what they have in common does not round.
 * point has room for the row. */
double ddni_exponent_beside(const ddni_kernels *kern, const ddni_level *level, int64_t d,
                            const double *point, const double *anchor); /* without weights */
double ddni_logit_beside(const ddni_block *b, int64_t row, int64_t anchor, double *point);

/* Logit of a row, relative to the anchor of state q if it has one; that is then at point + d, where
 * ddni_fetch_anchor puts it. point[4 d]. */
double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point);
void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point);

#endif

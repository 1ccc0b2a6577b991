/* The outputs of a state, once a way has found its posterior. */
#ifndef DDNI_ORACLE_EMPIRICAL_FINISH_H
#define DDNI_ORACLE_EMPIRICAL_FINISH_H

#include "oracle/empirical/block.h"

/* Writes the outputs of state q from its posterior, total (sum e^{l - M} (y - centre), turned into
 * the mean relative to the centre) and class_total. */
void ddni_finish(const ddni_block *b, int64_t q, const ddni_posterior *p);

/* The part of it that needs the posterior alone, into a row of the batch. */
void ddni_finish_posterior(const ddni_block *b, int64_t row, const ddni_posterior *p);

/* What is known of state q beside its outputs, once it is finished as if its logits were absolute
 * ones of differences; NULL: nobody asks. */
static inline ddni_evidence *ddni_evidence_of(const ddni_block *b, int64_t q)
{
    return b->rq->evidence == NULL ? NULL : b->rq->evidence + b->todo[q];
}

/* Logits of state q were relative to a point: they move its mean by nothing that shows. */
static inline void ddni_evidence_sharp(const ddni_block *b, int64_t q)
{
    ddni_evidence *e = ddni_evidence_of(b, q);
    if (e != NULL) {
        e->mean = 0;
    }
}

/* How far the log of the sum over the points may be off, as the posterior has it; with `beside`, if
 * the largest logit in it is replaced by one of differences, so that its own error is gone. */
double ddni_evidence_error(const ddni_evidence *e, int32_t beside);

/* Class shares of a row of the batch from sums over the weights by groups of labels. */
void ddni_classes_write(const ddni_block *b, int64_t row, const double *sum);

/* log p of a state from the log of its sum over n points. theory.md (11) */
double ddni_log_density(double log_sum, int64_t n, int64_t d, const ddni_level *level);

/* Uniform deviate that selects the draw of a row of the batch. */
double ddni_draw_uniform(const ddni_block *b, int64_t row);
/* Writes a point as the draw of a row of the batch. */
void ddni_draw_write(const ddni_block *b, int64_t row, int64_t point);

/* The mean of a row of the batch, from + relative[d]. */
void ddni_mean_write(const ddni_block *b, int64_t row, const double *from, const double *relative);

/* Covariance outputs of a row of the batch: out[d] is Cov v. */
void ddni_covariance_write(const ddni_block *b, int64_t row, double trace, const double *out);

#endif

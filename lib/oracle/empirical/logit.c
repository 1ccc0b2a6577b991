/* Exact logits, relative to a point where what all have in common would round. theory.md (14). */
#include "oracle/empirical/logit.h"

double ddni_logit_beside(const ddni_block *b, const double *x, int64_t row, int64_t other_row,
                         double *point)
{
    const double *z = point + b->d;
    long double a = (long double)b->level->a + (long double)b->level->a_low, sum = 0;
    ddni_dataset_rows(b->ds, row, 1, point, b->d);
    for (int64_t j = 0; j < b->d; j++) {
        long double y = (long double)point[j], other = (long double)z[j];
        sum += (y - other) * (2 * (long double)x[j] - a * (y + other));
    }
    return (double)(a * sum / (2 * (long double)b->level->s2)) +
           (ddni_log_weight(b, row) - ddni_log_weight(b, other_row));
}

double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point)
{
    const double *x = b->s->state + q * b->d;
    return b->s->anchor[q] < 0 ? ddni_logit(b, x, row)
                               : ddni_logit_beside(b, x, row, b->s->anchor[q], point);
}

void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point)
{
    if (b->s->anchor[q] >= 0) {
        ddni_dataset_rows(b->ds, b->s->anchor[q], 1, point + b->d, b->d);
    }
}

/* Exact logits, relative to a point where what all have in common would round. theory.md (14). */
#include "oracle/empirical/logit.h"

#include "schedule/dd.h"

/* What rounding may do before logits are taken relative to the nearest point: to a logit, which
 * weights follow; to the score, relative (a third of what is promised of f64 data, a tenth of it
 * else) and in units of its floor. */
static const double LOGIT_F64 = 1e-10, LOGIT_OTHERS = 1e-5, SCORE_F64 = 3e-13, SCORE_OTHERS = 1e-6,
                    FLOOR = 0.25;

double ddni_logit_allowed(const ddni_block *b)
{
    return b->ds->type == DDN_TYPE_F64 ? LOGIT_F64 : LOGIT_OTHERS;
}

int32_t ddni_logits_round(const ddni_block *b, double max)
{
    return b->rq->sharp || ddni_logit_error(b, max) > ddni_logit_allowed(b);
}

double ddni_score_allowed(const ddni_block *b, double length, double size)
{
    int32_t f64 = b->ds->type == DDN_TYPE_F64;
    return (f64 ? SCORE_F64 : SCORE_OTHERS) * length + FLOOR * (f64 ? 0x1p-53 : 0x1p-24) * size;
}

/* As in the dense way, an error e of the logits moves the mean by at most e sqrt(tr Cov); here the
 * trace is bounded by what is not at the nearest point, and how far the points that matter can be
 * from it. */
double ddni_mean_moved(const ddni_block *b, const ddni_posterior *p)
{
    double a = b->level->a, s2 = b->level->s2;
    /* Points weigh less than e^-40 where |x - a y|^2 is larger than the least by 80 s^2. */
    double least2 = 2 * s2 * (b->log_most - p->max), near = sqrt(least2) + sqrt(least2 + 80 * s2);
    double reach = fmin(2 * a * sqrt(b->o->norm_max), near);
    return ddni_logit_error(b, p->max) * sqrt(ddni_posterior_one_minus_w_max(p)) * reach;
}

int32_t ddni_mean_may_round(const ddni_block *b, const ddni_posterior *p)
{
    double length = sqrt(2 * b->level->s2 * (b->log_most - p->max));
    return b->want_sum && ddni_mean_moved(b, p) > ddni_score_allowed(b, length, 0);
}

int32_t ddni_mean_rounds(const ddni_block *b, int64_t q, const ddni_posterior *p, double sums)
{
    const double *x = ddni_state(b, q), *sum = b->s->total[q], *from = b->s->from[q];
    double a = b->level->a, total = ddni_posterior_total(p), square = 0;
    if (!b->want_sum) {
        return 0;
    }
    double part[8] = {0}, scale = a / total;
    for (int64_t j = 0; j < b->d; j++) {
        double diff = (x[j] - a * from[j]) - scale * sum[j];
        part[j % 8] += diff * diff;
    }
    for (int64_t v = 0; v < 8; v++) {
        square += part[v];
    }
    double allowed = ddni_score_allowed(b, sqrt(square), sqrt(ddni_square(b, x)));
    return ddni_mean_moved(b, p) + a * sums > allowed;
}

void ddni_anchor_set(const ddni_level *level, int64_t d, const double *x, double *anchor)
{
    double *high = anchor + d, *low = high + d;
    double a = level->a, a_low = level->a_low;
    for (int64_t j = 0; j < d; j++) {
        ddni_dd product = dd_two_prod(-a, anchor[j]), r = dd_two_sum(x[j], product.hi);
        r = dd_two_sum(r.hi, r.lo + (product.lo - a_low * anchor[j]));
        high[j] = 2 * r.hi;
        low[j] = 2 * r.lo;
    }
}

void ddni_anchor_fetch(const ddni_block *b, const double *x, int64_t row, double *anchor)
{
    ddni_dataset_rows(b->ds, row, 1, anchor, b->d);
    ddni_anchor_set(b->level, b->d, x, anchor);
}

double ddni_exponent_beside(const ddni_kernels *kern, const ddni_level *level, int64_t d,
                            const double *point, const double *anchor)
{
    const double *high = anchor + d, *low = high + d, a = level->a;
    return a / (2 * level->s2) * kern->beside(d, point, anchor, high, low, a, level->a_low);
}

double ddni_logit_beside(const ddni_block *b, int64_t row, int64_t anchor, double *point)
{
    const double *y = point;
    if (b->ds->type == DDN_TYPE_F64 && b->ds->scale == 1 && b->ds->shift == 0) {
        y = ddni_stored(b->ds, row);
    } else {
        ddni_dataset_rows(b->ds, row, 1, point, b->d);
    }
    return ddni_exponent_beside(b->kern, b->level, b->d, y, point + b->d) +
           (ddni_log_weight(b, row) - ddni_log_weight(b, anchor));
}

double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point)
{
    const double *x = ddni_state(b, q);
    return b->s->anchor[q] < 0 ? ddni_logit(b, x, row)
                               : ddni_logit_beside(b, row, b->s->anchor[q], point);
}

void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point)
{
    if (b->s->anchor[q] >= 0) {
        ddni_anchor_fetch(b, ddni_state(b, q), b->s->anchor[q], point + b->d);
    }
}

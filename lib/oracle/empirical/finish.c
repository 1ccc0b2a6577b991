/* The outputs of a state, once a way has found its posterior. theory.md (11), (18). */
#include "oracle/empirical/finish.h"

#include <string.h>

#include "base/rng.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/nearby.h"
#include "schedule/dd.h"

double ddni_draw_uniform(const ddni_block *b, int64_t row)
{
    if (b->rq->uniform != NULL) {
        return b->rq->uniform[row];
    }
    ddni_draws choice = ddni_draws_of(b->rq->seed, DDNI_USE_DRAW, b->rq->step);
    return ddni_draws_uniform(&choice, ddni_request_path(b->rq, row), 0);
}

void ddni_draw_write(const ddni_block *b, int64_t row, int64_t point)
{
    if (b->rq->i64[DDN_OUT_DRAW_INDEX] != NULL) {
        b->rq->i64[DDN_OUT_DRAW_INDEX][row] = point;
    }
    if (b->rq->f64[DDN_OUT_DRAW] != NULL) {
        int64_t ld = b->rq->ld[DDN_OUT_DRAW];
        ddni_dataset_rows(b->ds, point, 1, b->rq->f64[DDN_OUT_DRAW] + row * ld, ld);
    }
}

double ddni_log_density(double log_sum, int64_t n, int64_t d, const ddni_level *level)
{
    return log_sum - log((double)n) - 0.5 * (double)d * log(6.283185307179586476925 * level->s2);
}

/* What follows from the posterior alone; logarithms only where they are wanted. */
void ddni_finish_posterior(const ddni_block *b, int64_t row, const ddni_posterior *p)
{
    double *const *out = b->rq->f64;
    if (out[DDN_OUT_LOG_P] != NULL) {
        out[DDN_OUT_LOG_P][row] = ddni_log_density(ddni_posterior_log_sum(p), b->n, b->d, b->level);
    }
    if (out[DDN_OUT_ENTROPY] != NULL) {
        out[DDN_OUT_ENTROPY][row] = ddni_posterior_entropy(p);
    }
    if (out[DDN_OUT_SUM_W2] != NULL) {
        out[DDN_OUT_SUM_W2][row] = ddni_posterior_sum_w2(p);
    }
    if (out[DDN_OUT_W_MAX] != NULL) {
        out[DDN_OUT_W_MAX][row] = ddni_posterior_w_max(p);
    }
    if (out[DDN_OUT_ONE_MINUS_W_MAX] != NULL) {
        out[DDN_OUT_ONE_MINUS_W_MAX][row] = ddni_posterior_one_minus_w_max(p);
    }
    if (b->rq->i64[DDN_OUT_ARGMAX] != NULL) {
        b->rq->i64[DDN_OUT_ARGMAX][row] = p->argmax;
    }
    if (b->rq->evidence != NULL) {
        b->rq->evidence[row] =
            (ddni_evidence){*p, ddni_logit_error(b, p->max), 0, 0x1p-51, ddni_mean_moved(b, p)};
    }
}

/* Sizes of errors are root mean squares: the largest seen in the log of a sum are 1.6 of these, and
 * 2.1 of those of a single logit (test_evidence.c). */
double ddni_evidence_error(const ddni_evidence *e, int32_t beside)
{
    const double most = 2, most_of_one = 3;
    const double rest = ddni_posterior_one_minus_w_max(&e->posterior);
    const double sums = (beside ? 2 * rest : 1) * e->spread + e->weights;
    return most * (sums + 0x1p-52 * log1p(e->posterior.rest)) + most_of_one * e->rounding;
}

/* The groups of labels have sums of their own: they add up to 1 when divided by theirs. A group is
 * a class, or has a share in several; theory.md (25). */
void ddni_classes_write(const ddni_block *b, int64_t row, const double *sum)
{
    const ddni_labels *l = b->ds->labels;
    double *out = b->rq->f64[DDN_OUT_CLASS_POSTERIOR] + row * b->rq->ld[DDN_OUT_CLASS_POSTERIOR];
    double all = 0;
    for (int64_t g = 0; g < b->classes; g++) {
        all += sum[g];
    }
    for (int64_t c = 0; c < l->classes; c++) {
        double own = l->group_share == NULL ? sum[c] : 0;
        for (int64_t g = 0; l->group_share != NULL && g < l->groups; g++) {
            own += sum[g] * l->group_share[g * l->classes + c];
        }
        out[c] = own / all;
    }
}

void ddni_mean_write(const ddni_block *b, int64_t row, const double *from, const double *relative)
{
    const ddni_request *rq = b->rq;
    const int64_t at = row * rq->ld[DDN_OUT_MEAN];
    double *mean = rq->f64[DDN_OUT_MEAN];
    for (int64_t j = 0; mean != NULL && j < b->d; j++) {
        mean[at + j] = from[j] + relative[j];
    }
    for (int64_t j = 0; rq->mean_rest != NULL && j < b->d; j++) {
        rq->mean_rest[at + j] = dd_two_sum(from[j], relative[j]).lo;
    }
}

void ddni_finish(const ddni_block *b, int64_t q, const ddni_posterior *p)
{
    const ddni_request *rq = b->rq;
    const ddni_level *lv = b->level;
    int64_t d = b->d, row = b->todo[q];
    double total = ddni_posterior_total(p);
    ddni_finish_posterior(b, row, p);
    if (b->want_class) {
        ddni_classes_write(b, row, b->s->class_total + q * b->classes);
    }
    double *score_out = rq->f64[DDN_OUT_SCORE], *relative = b->s->total[q];
    const double *from = b->s->from[q];
    /* What else needs the mean itself. */
    const int32_t mean_wanted = rq->f64[DDN_OUT_MEAN] != NULL || b->want_moments;
    double inverse = 1 / total;
    for (int64_t j = 0; b->want_sum && mean_wanted && j < d; j++) {
        relative[j] *= inverse;
    }
    inverse = mean_wanted ? 1 : inverse;
    ddni_mean_write(b, row, from, relative);
    double *score = score_out == NULL ? NULL : score_out + row * rq->ld[DDN_OUT_SCORE];
    /* From what the mean is relative to: its own rounding does not count then. */
    if (score != NULL) {
        const ddni_scored of = {.d = d,
                                .mean = relative,
                                .rest = from == b->o->centre ? ddni_relative(b, q) : NULL,
                                .x = ddni_state(b, q),
                                .from = from,
                                .factor = lv->a * inverse,
                                .a = lv->a,
                                .a_low = lv->a_low,
                                .unit = 1 / lv->s2};
        b->kern->score(&of, score);
    }
    if (b->nearby != NULL) {
        b->nearby->of[row].nearest = p->argmax + 1;
    }
    b->s->posterior[q] = *p;
    b->s->verdict[q] = DDNI_DONE;
}

void ddni_covariance_write(const ddni_block *b, int64_t row, double trace, const double *out)
{
    const ddni_request *rq = b->rq;
    int64_t ld = rq->ld[DDN_OUT_COV_TIMES_V];
    if (rq->f64[DDN_OUT_TRACE_COV] != NULL) {
        rq->f64[DDN_OUT_TRACE_COV][row] = trace;
    }
    if (b->want_cov) {
        memcpy(rq->f64[DDN_OUT_COV_TIMES_V] + row * ld, out, (size_t)b->d * sizeof *out);
    }
}

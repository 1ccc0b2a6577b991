/* The points that can matter for one state, evaluated exactly. theory.md (11), (14), (18). */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/empirical_impl.h"

double ddni_logit_beside(const ddni_block *b, const double *x, int64_t row, double *point)
{
    const double *z = point + b->d;
    long double a = (long double)b->level->a + (long double)b->level->a_low, sum = 0;
    ddni_dataset_rows(b->ds, row, 1, point, b->d);
    for (int64_t j = 0; j < b->d; j++) {
        long double y = (long double)point[j], other = (long double)z[j];
        sum += (y - other) * (2 * (long double)x[j] - a * (y + other));
    }
    return (double)(a * sum / (2 * (long double)b->level->s2));
}

double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point)
{
    const double *x = b->s->state + q * b->d;
    return b->s->anchor[q] < 0 ? ddni_logit(b, x, row) : ddni_logit_beside(b, x, row, point);
}

void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point)
{
    if (b->s->anchor[q] >= 0) {
        ddni_dataset_rows(b->ds, b->s->anchor[q], 1, point + b->d, b->d);
    }
}

/* Logits of the candidates relative to the largest one: where two points compete at small s the
 * rounding of the squared distances themselves would show. */
static void sharpen(const ddni_block *b, const double *x, int64_t count, const int64_t *index,
                    double *logit, int64_t best, double least, double *point)
{
    ddni_dataset_rows(b->ds, index[best], 1, point + b->d, b->d);
    for (int64_t i = 0; i < count; i++) {
        if (i != best && logit[i] >= least) {
            logit[i] = ddni_logit_beside(b, x, index[i], point);
        }
    }
}

/* Sums over the candidates of a state, once their logits (relative to `max`) are known. */
static void sum_candidates(const ddni_block *b, int64_t q, int64_t count, const int64_t *index,
                           const double *logit, double max, double *point)
{
    ddni_scan *s = b->s;
    int64_t d = b->d, k = b->classes;
    ddni_posterior post = ddni_posterior_empty;
    double *total = s->total + q * d, *cls = s->class_total + q * k;
    double top = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        ddni_posterior_add(&post, logit[i], index[i]);
        top = fmax(top, logit[i]);
    }
    double z = ddni_posterior_total(&post);
    memset(total, 0, (size_t)d * sizeof *total);
    memset(cls, 0, (size_t)k * sizeof *cls);
    double left = b->want_draw ? z * ddni_draw_uniform(b, q) : INFINITY;
    int64_t chosen = post.argmax;
    for (int64_t i = 0; i < count; i++) {
        double w = exp(logit[i] - top);
        if (b->want_sum && w > 1e-25) {
            b->kern->accumulate(b->ds->type, d, total, 1, w, ddni_point_at(b->ds, index[i]),
                                b->o->centre);
        }
        if (b->want_class) {
            cls[b->ds->labels->class_index[index[i]]] += w;
        }
        if (left >= 0 && (left -= w) < 0) {
            chosen = index[i];
        }
    }
    if (b->want_draw) {
        ddni_draw_write(b, q, chosen);
    }
    post.max += max;
    ddni_finish(b, q, &post);
    if (!b->want_trace && !b->want_cov) {
        return;
    }
    const double *v = b->want_cov ? b->rq->v + b->todo[q] * b->rq->ldv : NULL;
    double *out = point + d, trace = 0;
    memset(out, 0, (size_t)d * sizeof *out);
    for (int64_t i = 0; i < count; i++) {
        double w = exp(logit[i] - top) / z, square = 0, dot = 0;
        if (w == 0) {
            continue;
        }
        ddni_dataset_rows(b->ds, index[i], 1, point, d);
        for (int64_t j = 0; j < d; j++) {
            point[j] = (point[j] - b->o->centre[j]) - total[j];
            square += point[j] * point[j];
            dot += v != NULL ? point[j] * v[j] : 0;
        }
        trace += w * square;
        for (int64_t j = 0; v != NULL && j < d; j++) {
            out[j] += w * dot * point[j];
        }
    }
    if (b->want_trace) {
        b->rq->f64[DDN_OUT_TRACE_COV][b->todo[q]] = trace;
    }
    if (b->want_cov) {
        int64_t ld = b->rq->ld[DDN_OUT_COV_TIMES_V];
        memcpy(b->rq->f64[DDN_OUT_COV_TIMES_V] + b->todo[q] * ld, out, (size_t)d * sizeof *out);
    }
}

ddn_status ddni_candidates_prepare(ddn_context *ctx, ddni_block *b)
{
    ddni_scan *s = b->s;
    int64_t entries = ddni_workers(ctx) * b->list_capacity;
    DDNI_TRY(ddni_reserve(ctx, "logits", entries, 8, &s->logit));
    DDNI_TRY(ddni_reserve(ctx, "indices", entries, 8, &s->index));
    DDNI_TRY(ddni_reserve(ctx, "counts", b->lanes, 8, &s->logit_count));
    return ddni_reserve(ctx, "counts", b->lanes, 8, &s->kept_count);
}

void ddni_candidates_evaluate(const ddni_block *b, int64_t q, int64_t count, int64_t *index,
                              double *logit, double *point)
{
    double max = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        max = fmax(max, logit[i]);
    }
    /* Whatever the screen listed besides, the same points go into the sums. */
    double error = 2 * ddni_logit_error(max), least = -60 - error;
    int64_t kept = 0, best = 0, rivals = 0;
    for (int64_t i = 0; i < count; i++) {
        double below = logit[i] - max;
        if (below >= -b->log_ratio - error) {
            best = below == 0 ? kept : best;
            index[kept] = index[i];
            logit[kept] = below;
            rivals += below >= least;
            kept++;
        }
    }
    /* Rounding of a squared distance of this size against 1e-13. */
    if (rivals > 1 && error > (b->ds->type == DDN_TYPE_F64 ? 1e-13 : 1e-7)) {
        sharpen(b, b->s->state + q * b->d, kept, index, logit, best, least, point);
    }
    b->s->logit_count[q] = count;
    b->s->kept_count[q] = kept;
    sum_candidates(b, q, kept, index, logit, max, point);
}

void ddni_candidates_report(const ddni_block *b)
{
    for (int64_t q = 0; q < b->m; q++) {
        if (b->s->verdict[q] == DDNI_DONE) {
            /* Each point left out weighs less than epsilon / n. */
            double count = (double)b->s->logit_count[q];
            double left_out = 1 - (double)b->s->kept_count[q] / (double)b->n;
            b->s->dropped = fmax(b->s->dropped, b->rq->epsilon * left_out);
            b->s->touched += count / (double)b->n;
        }
    }
}

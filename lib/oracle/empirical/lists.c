/* Lists of points that hold all that can matter, evaluated exactly. theory.md (11), (14), (18). */
#include "oracle/empirical/lists.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/shared.h"

enum {
    RIVALS = 60 /* weights below e^-60 = 1e-26 do not show in double */
};
static const double LEAST_WEIGHT = 1e-25;   /* of a vector in a sum of doubles, as above */
static const double UNCANCELLED = 1.0 / 64; /* of the squares that a trace is the rest of */

/* A state's candidates: rows, ascending, and their logits relative to `max`, which is absolute. */
typedef struct candidates {
    int64_t count, *index;
    double *logit, max;
    double square; /* sum e^{l - M} |y - from|^2, where the trace is wanted */
} candidates;

/* Logits of the candidates, those that are at least `least`, relative to one of them; gives the
 * largest. */
static int64_t beside(const ddni_block *b, int64_t q, const candidates *of, int64_t anchor,
                      double least, double *point)
{
    int64_t top = anchor;
    ddni_anchor_fetch(b, ddni_state(b, q), of->index[anchor], point + b->d);
    of->logit[anchor] = 0;
    for (int64_t i = 0; i < of->count; i++) {
        if (i != anchor && of->logit[i] >= least) {
            of->logit[i] = ddni_logit_beside(b, of->index[i], of->index[anchor], point);
        }
        top = of->logit[i] > of->logit[top] ? i : top;
    }
    return top;
}

/* Logits of the candidates relative to the largest one: where two points compete at small s the
 * rounding of the squared distances themselves would show. Where that rounding had hidden which is
 * the largest by far, once more. */
static void sharpen(const ddni_block *b, int64_t q, const candidates *of, int64_t best,
                    double least, double *point)
{
    int64_t top = beside(b, q, of, best, least, point);
    if (of->logit[top] > DDNI_BESIDE) {
        beside(b, q, of, top, -INFINITY, point);
    }
}

/* tr Cov from the sums relative to the nearest point, of weight w: sum w |y - from|^2 less
 * |mean - from|^2, which is at most 1 - w of it (Cauchy and Schwarz). Few bits cancel unless many
 * points far off have most of the weight; then, no. */
static int32_t trace_of_sums(const ddni_block *b, int64_t q, double square, double z)
{
    const double whole = square / z, trace = whole - ddni_square(b, b->s->total[q]);
    if (b->want_cov || !(trace >= UNCANCELLED * whole)) {
        return 0;
    }
    ddni_covariance_write(b, b->todo[q], trace, NULL);
    return 1;
}

/* Covariance outputs of state q, whose mean is known: weights e^{logit - top} / z. */
static void spread_of(const ddni_block *b, int64_t q, int64_t count, const int64_t *index,
                      const double *logit, const double scale[2], double *point)
{
    double *out = point + b->d, trace = 0;
    memset(out, 0, (size_t)b->d * sizeof *out);
    for (int64_t i = 0; i < count; i++) {
        double w = exp(logit[i] - scale[0]) / scale[1];
        if (w != 0) {
            b->shared->lists.count[q]++; /* read once more */
            trace += ddni_moments_add(b, q, index[i], w, point, out);
        }
    }
    ddni_covariance_write(b, b->todo[q], trace, out);
}

static ddni_posterior posterior_of(const candidates *of)
{
    ddni_posterior post = ddni_posterior_empty;
    for (int64_t first = 0; first < of->count; first += DDNI_RUN) {
        const int64_t end = of->count - first < DDNI_RUN ? of->count : first + DDNI_RUN;
        ddni_posterior run = ddni_posterior_empty;
        for (int64_t i = first; i < end; i++) {
            ddni_posterior_add(&run, of->logit[i], of->index[i]);
        }
        ddni_posterior_merge(&post, &run);
    }
    return post;
}

static int32_t mean_may_round(const ddni_block *b, const candidates *of)
{
    ddni_posterior whole = posterior_of(of);
    whole.max += of->max;
    return ddni_mean_may_round(b, &whole);
}

/* total += run; run = 0. */
static void close_run(int64_t d, double *run, double *total)
{
    for (int64_t j = 0; j < d; j++) {
        total[j] += run[j];
        run[j] = 0;
    }
}

/* Sums over the candidates of a state; vectors relative to the nearest point, which the centre may
 * be far from; all of them in point[DDNI_POINT d]. */
static ddni_posterior add_up(const ddni_block *b, int64_t q, candidates *of, double *point)
{
    int64_t d = b->d, k = b->classes;
    ddni_posterior post = posterior_of(of);
    double *near = point + 4 * d, *total = near + d, *run = point;
    double *cls = b->s->class_total + q * k;
    const int32_t in_runs = of->count > DDNI_RUN;
    of->square = 0;
    b->s->total[q] = total;
    memset(total, 0, (size_t)d * sizeof *total);
    memset(cls, 0, (size_t)k * sizeof *cls);
    if (in_runs) {
        memset(run, 0, (size_t)d * sizeof *run);
    } else {
        run = total;
    }
    if (b->want_sum) {
        ddni_dataset_rows(b->ds, post.argmax, 1, near, d);
        b->s->from[q] = near;
    }
    for (int64_t i = 0; i < of->count && (b->want_sum || b->want_class); i++) {
        int64_t row = of->index[i];
        double w = exp(of->logit[i] - post.max);
        ddni_point y = ddni_point_at(b->ds, row);
        if (b->want_sum && w > LEAST_WEIGHT && row != post.argmax) {
            of->square += w * b->kern->accumulate(b->ds->type, d, run, 1, w, y, near);
        } else if (b->want_trace && row != post.argmax) {
            of->square += w * b->kern->distance(b->ds->type, d, near, 1, 0, y);
        }
        if (b->want_class) {
            cls[b->ds->labels->group_index[row]] += w;
        }
        if (b->want_sum && in_runs && ((i + 1) % DDNI_RUN == 0 || i + 1 == of->count)) {
            close_run(d, run, total);
        }
    }
    return post;
}

/* The outputs of a state, from its sums; post relative to of->max. */
static void conclude(const ddni_block *b, int64_t q, const candidates *of, ddni_posterior post,
                     double *point)
{
    double z = ddni_posterior_total(&post), top = post.max;
    double left = b->want_draw ? z * ddni_draw_uniform(b, b->todo[q]) : INFINITY;
    int64_t chosen = post.argmax;
    for (int64_t i = 0; b->want_draw && left >= 0 && i < of->count; i++) {
        left -= exp(of->logit[i] - top);
        chosen = left < 0 ? of->index[i] : chosen;
    }
    if (b->want_draw) {
        ddni_draw_write(b, b->todo[q], chosen);
    }
    post.max += of->max;
    ddni_finish(b, q, &post);
    if ((b->want_trace || b->want_cov) && !trace_of_sums(b, q, of->square, z)) {
        spread_of(b, q, of->count, of->index, of->logit, (double[2]){top, z}, point);
    }
}

ddn_status ddni_lists_reserve(ddn_context *ctx, const ddni_block *b, int64_t capacity)
{
    ddni_lists *s = &b->shared->lists;
    int64_t entries = ddni_workers(ctx) * capacity;
    DDNI_TRY(ddni_reserve(ctx, "logits", entries, 8, &s->logit));
    DDNI_TRY(ddni_reserve(ctx, "indices", entries, 8, &s->index));
    DDNI_TRY(ddni_reserve(ctx, "counts", b->lanes, 8, &s->count));
    DDNI_TRY(ddni_reserve(ctx, "counts", b->lanes, 8, &s->kept));
    memset(s->count, 0, (size_t)b->lanes * sizeof *s->count);
    return DDN_OK;
}

void ddni_lists_evaluate(const ddni_block *b, int64_t q, int64_t count, int64_t *index,
                         double *logit, double *point)
{
    double max = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        max = fmax(max, logit[i]);
    }
    /* Whatever the screen listed besides, the same points go into the sums. */
    double error = 2 * ddni_logit_error(b, max), least = -RIVALS - error;
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
    b->shared->lists.kept[q] = kept;
    candidates of = {kept, index, logit, max, 0};
    int32_t sharp = rivals > 1 && (ddni_logits_round(b, max) || mean_may_round(b, &of));
    if (sharp) {
        sharpen(b, q, &of, best, least, point);
    }
    ddni_posterior post = add_up(b, q, &of, point), whole = post;
    whole.max += max;
    if (rivals > 1 && !sharp && ddni_mean_rounds(b, q, &whole, 0)) {
        sharpen(b, q, &of, best, least, point);
        post = add_up(b, q, &of, point);
        sharp = 1;
    }
    conclude(b, q, &of, post, point);
    if (sharp) {
        ddni_evidence_sharp(b, q);
    }
}

void ddni_lists_report(ddni_block *b)
{
    const ddni_lists *s = &b->shared->lists;
    for (int64_t q = 0; q < b->m; q++) {
        ddni_count_rows(b, 1, s->count[q]);
        if (b->s->verdict[q] == DDNI_DONE) {
            /* Each point left out weighs less than epsilon / n. */
            double left_out = 1 - (double)s->kept[q] / (double)b->n;
            b->dropped = fmax(b->dropped, b->rq->epsilon * left_out);
        }
    }
}

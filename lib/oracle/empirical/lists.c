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

/* Whether candidate i is the last one of a run of so many. */
static int32_t ends(const candidates *of, int64_t i, int64_t run)
{
    return (i + 1) % run == 0 || i + 1 == of->count;
}

static ddni_posterior posterior_of(const candidates *of)
{
    ddni_posterior all = ddni_posterior_empty, group = all, run = all;
    for (int64_t i = 0; i < of->count; i++) {
        ddni_posterior_add(&run, of->logit[i], of->index[i]);
        if (ends(of, i, DDNI_SUM_RUN)) {
            ddni_posterior_merge(&group, &run);
            run = ddni_posterior_empty;
        }
        if (ends(of, i, DDNI_SUM_GROUP)) {
            ddni_posterior_merge(&all, &group);
            group = ddni_posterior_empty;
        }
    }
    return all;
}

static int32_t mean_may_round(const ddni_block *b, const candidates *of)
{
    ddni_posterior whole = posterior_of(of);
    whole.max += of->max;
    return ddni_mean_may_round(b, &whole);
}

/* Vector sums of a run of candidates, of a group of runs, and of all: the same memory where there
 * are no more than a run or a group of them. */
typedef struct nested_sums {
    double *run, *group, *all;
} nested_sums;

static nested_sums open_sums(const candidates *of, int64_t d, double *all, double *room)
{
    nested_sums to = {all, all, all};
    if (of->count > DDNI_SUM_GROUP) {
        to.group = room + d;
        memset(to.group, 0, (size_t)d * sizeof *room);
    }
    if (of->count > DDNI_SUM_RUN) {
        to.run = room;
        memset(to.run, 0, (size_t)d * sizeof *room);
    }
    memset(all, 0, (size_t)d * sizeof *all);
    return to;
}

/* to += from; from = 0. */
static void move_sum(int64_t d, double *from, double *to)
{
    for (int64_t j = 0; from != to && j < d; j++) {
        to[j] += from[j];
        from[j] = 0;
    }
}

/* What ends with candidate i. */
static void close_sums(const candidates *of, int64_t i, int64_t d, const nested_sums *to)
{
    if (ends(of, i, DDNI_SUM_RUN)) {
        move_sum(d, to->run, to->group);
    }
    if (ends(of, i, DDNI_SUM_GROUP)) {
        move_sum(d, to->group, to->all);
    }
}

/* Sums over the candidates of a state; vectors relative to the nearest point, which the centre may
 * be far from; all of them in point[DDNI_POINT d]. */
static ddni_posterior add_up(const ddni_block *b, int64_t q, candidates *of, double *point)
{
    int64_t d = b->d, k = b->classes;
    ddni_posterior post = posterior_of(of);
    double *near = point + 4 * d, *total = near + d;
    double *cls = b->s->class_total + q * k;
    const nested_sums to = open_sums(of, d, total, point);
    of->square = 0;
    b->s->total[q] = total;
    memset(cls, 0, (size_t)k * sizeof *cls);
    if (b->want_sum) {
        ddni_dataset_rows(b->ds, post.argmax, 1, near, d);
        b->s->from[q] = near;
    }
    for (int64_t i = 0; i < of->count && (b->want_sum || b->want_class); i++) {
        int64_t row = of->index[i];
        double w = exp(of->logit[i] - post.max);
        ddni_point y = ddni_point_at(b->ds, row);
        if (b->want_sum && w > LEAST_WEIGHT && row != post.argmax) {
            of->square += w * b->kern->accumulate(b->ds->type, d, to.run, 1, w, y, near);
        } else if (b->want_moments && row != post.argmax) {
            of->square += w * b->kern->distance(b->ds->type, d, near, 1, 0, y);
        }
        if (b->want_class) {
            cls[b->ds->labels->group_index[row]] += w;
        }
        if (b->want_sum) {
            close_sums(of, i, d, &to);
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
    if (b->want_moments && !trace_of_sums(b, q, of->square, z)) {
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

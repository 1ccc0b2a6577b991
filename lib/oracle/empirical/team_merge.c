/* Merging what the ranks of a team know of a state: sums in rank order. theory.md (99). */
#include "oracle/empirical/team_merge.h"
#include "base/digest.h"

#include <math.h>
#include <string.h>

#include "numerics/vector.h"
#include "oracle/empirical/logit.h"

/* A weight, or its error, that leaves no trace in a double, whatever it multiplies. */
static const double NOTHING = 1e-40;

/* The parts of one state. */
typedef struct parts {
    const ddni_records *r;
    const ddni_level *level;
    const double *x, *v;
    const double *first;
    int64_t stride;
    double *log_sum, *weight; /* [ranks] */
    int64_t top;              /* part with the likeliest point */
    int64_t heaviest;
} parts;

static const double *record(const parts *p, int64_t k)
{
    return p->first + k * p->stride;
}

/* Logits of the likeliest points beside that of the top one. Rounding of their sizes is gone. By
 * the kernel that gives the same bits on every processor, since two ranks merge the same records.
 */
static void logits_beside(parts *p, double *anchor)
{
    const ddni_records *r = p->r;
    memcpy(anchor, record(p, p->top) + r->point_at, (size_t)r->d * sizeof *anchor);
    ddni_anchor_set(p->level, r->d, p->x, anchor);
    double best = 0, base = record(p, p->top)[DDNI_PART_WEIGHT];
    int64_t top = p->top;
    for (int64_t k = 0; k < r->ranks; k++) {
        const double *part = record(p, k);
        const double *point = part + r->point_at;
        double logit =
            ddni_exponent_beside(&ddni_kernels_reference, p->level, r->d, point, anchor) +
            (part[DDNI_PART_WEIGHT] - base);
        if (logit > best || (logit == best && k < top)) {
            best = logit;
            top = k;
        }
        p->log_sum[k] = logit + part[DDNI_PART_SUM];
    }
    p->top = top;
}

/* The first part whose likeliest point may be the top one, for all that rounding tells: where
 * points tie, each rank chose one of its own, and copies of the top one on lower ranks may not be
 * among these. Theirs are as likely, and have the lower rows. */
static void settle_ties(parts *p)
{
    const double *top = record(p, p->top), beside = fmin(1e-9, p->r->tolerance);
    const double most = p->log_sum[p->top] - top[DDNI_PART_SUM];
    for (int64_t k = 0; k < p->top; k++) {
        const double *part = record(p, k), logit = p->log_sum[k] - part[DDNI_PART_SUM];
        const double errors = part[DDNI_PART_ERROR] + top[DDNI_PART_ERROR];
        if (logit >= most - (p->r->point_exact ? beside : errors)) {
            p->top = k;
        }
    }
}

/* The weights of the parts; returns the log of the sum of all. */
static double weigh(parts *p, double *anchor)
{
    int64_t ranks = p->r->ranks;
    double base = 0;
    p->top = 0;
    for (int64_t k = 0; k < ranks; k++) {
        const double *part = record(p, k);
        p->log_sum[k] = part[DDNI_PART_LOGIT] + part[DDNI_PART_SUM];
        p->top = part[DDNI_PART_LOGIT] > record(p, p->top)[DDNI_PART_LOGIT] ? k : p->top;
    }
    if (p->r->point_exact) {
        base = record(p, p->top)[DDNI_PART_LOGIT];
        logits_beside(p, anchor);
    }
    settle_ties(p);
    p->heaviest = 0;
    for (int64_t k = 1; k < ranks; k++) {
        p->heaviest = p->log_sum[k] > p->log_sum[p->heaviest] ? k : p->heaviest;
    }
    double most = p->log_sum[p->heaviest], rest = 0;
    for (int64_t k = 0; k < ranks; k++) {
        p->weight[k] = exp(p->log_sum[k] - most);
        rest += k == p->heaviest ? 0 : p->weight[k];
    }
    for (int64_t k = 0; k < ranks; k++) {
        p->weight[k] /= 1 + rest;
        /* Now log of the weight; of the heaviest exactly that of the others. */
        p->log_sum[k] = (p->log_sum[k] - most) - log1p(rest);
    }
    return base + most + log1p(rest);
}

static void merge_numbers(const parts *p, double *out)
{
    double entropy = 0, square = 0, outside = 0;
    for (int64_t k = 0; k < p->r->ranks; k++) {
        const double *part = record(p, k);
        double w = p->weight[k];
        entropy += w > 0 ? w * (part[DDNI_PART_ENTROPY] - p->log_sum[k]) : 0;
        square += w * w * part[DDNI_PART_SQUARE];
        outside += k == p->top ? 0 : w;
    }
    out[DDNI_PART_ENTROPY] = entropy;
    out[DDNI_PART_SQUARE] = square;
    out[DDNI_PART_SUM] = outside - p->weight[p->top] * expm1(-record(p, p->top)[DDNI_PART_SUM]);
    out[DDNI_PART_ARGMAX] = record(p, p->top)[DDNI_PART_ARGMAX];
}

/* The two least distances to distinct points: copies of the nearest one in other parts, at the same
 * distance and with the same digest, do not count. */
static void merge_distances(const parts *p, double *out)
{
    int64_t best = 0;
    for (int64_t k = 1; k < p->r->ranks; k++) {
        best = record(p, k)[DDNI_PART_NEAREST] < record(p, best)[DDNI_PART_NEAREST] ? k : best;
    }
    const double *nearest = record(p, best);
    double second = nearest[DDNI_PART_SECOND];
    for (int64_t k = 0; k < p->r->ranks; k++) {
        const double *part = record(p, k);
        int32_t same = ddni_bits(part[DDNI_PART_MARK]) == ddni_bits(nearest[DDNI_PART_MARK]) &&
                       part[DDNI_PART_NEAREST] <= nearest[DDNI_PART_NEAREST];
        second =
            k == best ? second : fmin(second, part[same ? DDNI_PART_SECOND : DDNI_PART_NEAREST]);
    }
    out[DDNI_PART_NEAREST] = nearest[DDNI_PART_NEAREST];
    out[DDNI_PART_SECOND] = second;
}

/* Weighted mean of the vectors at `at`; those of the heaviest part first, so that nothing is lost
 * where it has all the weight. */
static void average(const parts *p, int64_t at, int64_t width, double *out)
{
    const double *main = record(p, p->heaviest) + at;
    double *restrict to = out + at;
    memcpy(to, main, (size_t)width * sizeof *to);
    for (int64_t k = 0; k < p->r->ranks; k++) {
        const double *part = record(p, k) + at;
        const double w = p->weight[k];
        for (int64_t j = 0; k != p->heaviest && w > NOTHING && j < width; j++) {
            to[j] += w * (part[j] - main[j]);
        }
    }
}

/* The mean of a part less that of the heaviest one, off[d]. Means in two doubles: far from the
 * origin one rounds more than what the covariance is made of. */
static void off_heaviest(const parts *p, int64_t k, double *restrict off)
{
    const ddni_records *r = p->r;
    const double *own = record(p, k) + r->mean_at, *rest = record(p, k) + r->rest_at;
    const double *main = record(p, p->heaviest) + r->mean_at;
    const double *main_rest = record(p, p->heaviest) + r->rest_at;
    for (int64_t j = 0; j < r->d; j++) {
        off[j] = (own[j] - main[j]) + (rest[j] - main_rest[j]);
    }
}

/* Cov v and tr Cov, of which the parts' means have a share. room[2 d]: where the merged mean lies,
 * and that of a part. */
static void merge_covariance(const parts *p, double *restrict room, double *out)
{
    const ddni_records *r = p->r;
    double *restrict mean = room, *restrict off = room + r->d, trace = 0;
    memset(mean, 0, (size_t)r->d * sizeof *mean);
    for (int64_t k = 0; k < r->ranks; k++) {
        const double w = p->weight[k];
        off_heaviest(p, k, off);
        for (int64_t j = 0; w > NOTHING && j < r->d; j++) {
            mean[j] += w * off[j];
        }
    }
    for (int64_t k = 0; k < r->ranks; k++) {
        const double *part = record(p, k);
        double along, w = p->weight[k];
        off_heaviest(p, k, off);
        trace += w * (part[DDNI_PART_TRACE] + ddni_distance2(r->d, off, mean));
        if (r->cov_at > 0) {
            const double *cov = part + r->cov_at;
            double *restrict to = out + r->cov_at;
            DDNI_SUM(along, r->d, (off[j] - mean[j]) * p->v[j]);
            for (int64_t j = 0; j < r->d; j++) {
                to[j] += w * (cov[j] + (off[j] - mean[j]) * along);
            }
        }
    }
    out[DDNI_PART_TRACE] = trace;
}

/* Length of the score. */
static double score_length(const parts *p, const double *out)
{
    const ddni_records *r = p->r;
    const double a = p->level->a, s2 = p->level->s2;
    double square;
    if (r->score_at > 0) {
        return ddni_norm(r->d, out + r->score_at);
    }
    const double *mean = out + r->mean_at;
    DDNI_SUM(square, r->d, (a * mean[j] - p->x[j]) * (a * mean[j] - p->x[j]));
    return sqrt(square) / s2;
}

/* The weight of a part, or what it may be by the errors of its sum and of the heaviest part's. */
static double weight_at_most(const parts *p, int64_t k)
{
    const double shown = 1e-3;
    const double doubt = record(p, k)[DDNI_PART_ERROR] + record(p, p->heaviest)[DDNI_PART_ERROR];
    if (k == p->heaviest || doubt < shown) {
        return p->weight[k];
    }
    return fmin(1, exp(p->log_sum[k] + doubt));
}

/* Whether errors of the parts' weights and scores may show. */
static int32_t is_coarse(const parts *p, const double *out)
{
    const ddni_records *r = p->r;
    const int64_t at = r->score_at > 0 ? r->score_at : r->mean_at;
    double moved = 0, worst = 0, others = 0;
    for (int64_t k = 0; k < r->ranks; k++) {
        others += k == p->heaviest ? 0 : weight_at_most(p, k);
    }
    for (int64_t k = 0; k < r->ranks; k++) {
        const double *part = record(p, k);
        const double w = weight_at_most(p, k), error = w * part[DDNI_PART_ERROR];
        worst = w > r->epsilon ? fmax(worst, part[DDNI_PART_ERROR]) : worst;
        moved += w * part[DDNI_PART_DRAW];
        if (at > 0 && others > NOTHING && error > NOTHING) {
            moved += error * sqrt(ddni_distance2(r->d, part + at, out + at));
        }
    }
    if ((r->rest || others > r->epsilon) && worst > r->logs) {
        return 1;
    }
    if (at == 0 || !(moved > 0)) {
        return 0;
    }
    moved *= at == r->score_at ? 1 : p->level->a / p->level->s2;
    double allowed = r->tolerance * score_length(p, out);
    return moved > allowed && moved > allowed + r->floor * ddni_norm(r->d, p->x) / p->level->s2;
}

/* The part by the cumulative weights in rank order, and what is left of the deviate within it. */
static void draw(const parts *p, double *out)
{
    double left = p->first[DDNI_PART_UNIFORM];
    int64_t k = 0, last = p->heaviest;
    for (; k < p->r->ranks; k++) {
        if (left < p->weight[k]) {
            last = k;
            break;
        }
        left -= p->weight[k];
    }
    if (k == p->r->ranks) { /* rounding */
        left = 0;
    }
    out[DDNI_PART_DRAW] = (double)last;
    out[DDNI_PART_UNIFORM] = fmin(left / p->weight[last], 1 - 0x1p-53);
}

void ddni_records_merge(const ddni_records *r, const ddni_merge_room *room, const ddni_level *level,
                        const double *x, const double *v, const double *first, int64_t stride,
                        double *out)
{
    parts p = {.r = r, .level = level, .x = x, .v = v, .first = first, .stride = stride};
    p.log_sum = room->log_sum;
    p.weight = room->weight;
    memset(out, 0, (size_t)r->width * sizeof *out);
    out[DDNI_PART_LOGIT] = weigh(&p, room->anchor);
    merge_numbers(&p, out);
    merge_distances(&p, out);
    if (r->class_at > 0) {
        average(&p, r->class_at, r->classes, out);
    }
    if (r->score_at > 0) {
        average(&p, r->score_at, r->d, out);
    }
    if (r->mean_at > 0) {
        average(&p, r->mean_at, r->d, out);
    }
    if (r->trace) {
        merge_covariance(&p, room->anchor, out);
    }
    draw(&p, out);
    out[DDNI_PART_ERROR] = is_coarse(&p, out);
}

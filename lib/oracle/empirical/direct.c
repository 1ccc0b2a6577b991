/* All points by direct differences in double: the way that is always right. Chunks of rows are
 * summed on their own and merged in order. theory.md (11), (14). */
#include "oracle/empirical/direct.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/moments.h"

/* Additions to a sum over so many points, at most. */
static double roundings(int64_t rows)
{
    const int64_t run = rows < DDNI_SUM_RUN ? rows : DDNI_SUM_RUN;
    return (double)(2 * run) + (double)rows / DDNI_SUM_GROUP;
}

/* Scratch. */
typedef struct direct_scratch {
    double *sum;          /* [chunks][states][d] */
    double *classes;      /* [chunks][states][classes] */
    ddni_posterior *part; /* [chunks][states] */
    double *run;          /* [workers][2][d] */
} direct_scratch;

/* Sums over some points of state q. */
typedef struct portion {
    ddni_posterior post;
    double *sum; /* [d] */
} portion;

static void clear_portion(const ddni_block *b, portion *p)
{
    p->post = ddni_posterior_empty;
    memset(p->sum, 0, (size_t)b->d * sizeof *p->sum);
}

static ddni_merge join_portion(const ddni_block *b, const portion *from, portion *to)
{
    const ddni_merge f = ddni_posterior_merge(&to->post, &from->post);
    for (int64_t j = 0; j < b->d && (f.left != 1 || f.right != 0); j++) {
        to->sum[j] = f.left * to->sum[j] + f.right * from->sum[j];
    }
    return f;
}

/* Beside a logit that is `known` a point may weigh nothing. Gives its logit. */
static double add_point(const ddni_block *b, int64_t q, int64_t i, double known, double *point,
                        portion *to)
{
    const double logit = ddni_logit_of(b, q, i, point);
    if (logit < known - DDNI_NO_WEIGHT) {
        return logit;
    }
    const ddni_merge f = ddni_posterior_add(&to->post, logit, i);
    if (b->want_sum && (f.right > 0 || f.left != 1)) {
        b->kern->accumulate(b->ds->type, b->d, to->sum, f.left, f.right, ddni_point_at(b->ds, i),
                            b->s->from[q]);
    }
    return logit;
}

/* Class sums of a chunk, when rows from `first` on have joined it: relative to its new maximum. */
static void add_classes(const ddni_block *b, ddni_merge f, int64_t first, int64_t count,
                        const double *logit, double max, double *classes)
{
    for (int64_t c = 0; f.left != 1 && c < b->classes; c++) {
        classes[c] *= f.left;
    }
    for (int64_t i = 0; i < count; i++) {
        classes[b->ds->labels->group_index[first + i]] += exp(logit[i] - max);
    }
}

/* Sums of a run and of a group of runs, empty in between, and the logits of the group. */
typedef struct nested {
    portion run, group;
    double logit[DDNI_SUM_GROUP];
} nested;

/* Rows first .. end - 1 as a group. */
static void add_group(const ddni_block *b, int64_t q, int64_t first, int64_t end, double known,
                      double *point, nested *to)
{
    for (int64_t begin = first; begin < end; begin += DDNI_SUM_RUN) {
        const int64_t last = end - begin < DDNI_SUM_RUN ? end : begin + DDNI_SUM_RUN;
        for (int64_t i = begin; i < last; i++) {
            const double most = fmax(known, to->group.post.max);
            to->logit[i - first] = add_point(b, q, i, most, point, &to->run);
        }
        if (to->run.post.argmax >= 0) {
            join_portion(b, &to->run, &to->group);
            clear_portion(b, &to->run);
        }
    }
}

static void scan_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const ddni_block *b = arg;
    const ddni_states *s = b->s;
    const direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes, begin = chunk * b->chunk_rows;
    int64_t end = ddni_chunk_end(b, chunk);
    double *point = ddni_point_of(b, worker), *room = own->run + worker * 2 * d;
    nested sums = {.run.sum = room, .group.sum = room + d};
    for (int64_t q = 0; q < b->m; q++) {
        if (s->verdict[q] == DDNI_DONE) {
            continue;
        }
        ddni_fetch_anchor(b, q, point);
        const int64_t at = chunk * b->m + q;
        portion part = {ddni_posterior_empty, own->sum + at * d};
        double *classes = own->classes + at * k;
        clear_portion(b, &part);
        clear_portion(b, &sums.run);
        clear_portion(b, &sums.group);
        memset(classes, 0, (size_t)k * sizeof *classes);
        for (int64_t first = begin; first < end && !ddni_stopping(b->ctx);
             first += DDNI_SUM_GROUP) {
            const int64_t last = end - first < DDNI_SUM_GROUP ? end : first + DDNI_SUM_GROUP;
            ddni_dataset_ahead(b->ds, first, last - first, begin, end);
            add_group(b, q, first, last, part.post.max, point, &sums);
            if (sums.group.post.argmax < 0) {
                continue;
            }
            const ddni_merge f = join_portion(b, &sums.group, &part);
            clear_portion(b, &sums.group);
            if (b->want_class) {
                add_classes(b, f, first, last - first, sums.logit, part.post.max, classes);
            }
        }
        own->part[at] = part.post;
    }
}

/* Draws an index from the weights: the chunk by its mass, then the row within it. */
static void draw_chunk(const ddni_block *b, int64_t q)
{
    const ddni_posterior *part = ((const direct_scratch *)b->own)->part;
    double *point = b->s->point;
    ddni_fetch_anchor(b, q, point);
    double max = -INFINITY, total = 0;
    for (int64_t c = 0; c < b->chunks; c++) {
        max = fmax(max, part[c * b->m + q].max);
    }
    for (int64_t c = 0; c < b->chunks; c++) {
        const ddni_posterior *p = &part[c * b->m + q];
        total += exp(p->max - max) * ddni_posterior_total(p);
    }
    double left = total * ddni_draw_uniform(b, b->todo[q]);
    int64_t last = -1;
    for (int64_t c = 0; c < b->chunks; c++) {
        const ddni_posterior *p = &part[c * b->m + q];
        double mass = exp(p->max - max) * ddni_posterior_total(p);
        if (left >= mass && c + 1 < b->chunks) {
            left -= mass;
            continue;
        }
        for (int64_t i = c * b->chunk_rows; i < ddni_chunk_end(b, c); i++) {
            if (ddni_leave_off(b, i)) {
                return;
            }
            double w = exp(ddni_logit_of(b, q, i, point) - max);
            last = w > 0 ? i : last;
            left -= w;
            if (left < 0 && last == i) {
                ddni_draw_write(b, b->todo[q], i);
                return;
            }
        }
        left = 0;
    }
    ddni_draw_write(b, b->todo[q], last);
}

/* Whether the mean is so near to the nearest point that a covariance, of which the squared distance
 * is n times at most, may be nothing beside the rounding of either. */
static int32_t at_a_point(const ddni_block *b, int64_t q, const ddni_posterior *p)
{
    const double near2 = 1e-14 * (double)b->n * b->o->norm[p->argmax];
    const double *from = b->s->from[q], *sum = b->s->total[q];
    double *point = b->s->near + q * b->d, square = 0, inverse = 1 / ddni_posterior_total(p);
    ddni_dataset_rows(b->ds, p->argmax, 1, point, b->d);
    for (int64_t j = 0; j < b->d; j++) {
        const double apart = (point[j] - from[j]) - inverse * sum[j];
        square += apart * apart;
    }
    return square <= near2;
}

/* Whether the rounding of the logits, or of sums relative to the centre, shows. */
static int32_t rounding_shows(const ddni_block *b, int64_t q, const ddni_posterior *p)
{
    if (b->n > 1 && b->want_moments && at_a_point(b, q, p)) {
        return 1;
    }
    /* Terms of a size round the same way, as often as there are some in a run, runs in a chunk, and
     * chunks; copies do, however little they weigh. */
    double alike = p->rest > 0 ? p->rest * (p->rest / p->rest_square) : 0;
    double most = roundings(b->chunk_rows) + (double)b->chunks;
    double some = 4 + (b->o->alike > 0 ? most : fmin(alike, most));
    double sums = 0x1p-53 * (b->o->centre_length + some * sqrt(b->o->norm[p->argmax]));
    return b->n > 1 && /* else the centre is the point */
           (ddni_logits_round(b, p->max) || ddni_mean_rounds(b, q, p, sums));
}

/* Has a state done again relative to its nearest point. */
static void set_anchor(const ddni_block *b, int64_t q, int64_t row)
{
    b->s->anchor[q] = row;
    ddni_dataset_rows(b->ds, row, 1, b->s->near + q * b->d, b->d);
    b->s->from[q] = b->s->near + q * b->d;
}

/* Merges the chunks of one state and finishes it, or gives it an anchor to be done again. */
static void merge_state(const ddni_block *b, int64_t q)
{
    const ddni_states *s = b->s;
    const direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes;
    portion whole = {ddni_posterior_empty, s->total[q]};
    double *classes = s->class_total + q * k;
    clear_portion(b, &whole);
    memset(classes, 0, (size_t)k * sizeof *classes);
    for (int64_t c = 0; c < b->chunks; c++) {
        const int64_t at = c * b->m + q;
        const portion part = {own->part[at], own->sum + at * d};
        const ddni_merge f = join_portion(b, &part, &whole);
        for (int64_t g = 0; g < k; g++) {
            classes[g] = f.left * classes[g] + f.right * own->classes[at * k + g];
        }
    }
    ddni_posterior p = whole.post;
    if (s->anchor[q] < 0 ? rounding_shows(b, q, &p) : p.max > DDNI_BESIDE) {
        set_anchor(b, q, p.argmax);
        return;
    }
    if (b->want_draw) {
        draw_chunk(b, q);
    }
    double relative = p.max;
    p.max += s->anchor[q] < 0 ? 0 : ddni_logit(b, ddni_state(b, q), s->anchor[q]);
    ddni_finish(b, q, &p);
    if (s->anchor[q] >= 0) {
        ddni_evidence_sharp(b, q);
    }
    s->posterior[q].max = relative;
}

static ddn_status run(ddn_context *ctx, ddni_block *b)
{
    direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes, parts = b->chunks * b->m;
    double work = (double)b->m * (double)b->n * (double)d * 4;
    DDNI_TRY(ddni_block_sums(ctx, b));
    DDNI_TRY(ddni_reserve(ctx, "sums", b->lanes * d, 8, &b->s->near));
    DDNI_TRY(ddni_reserve(ctx, "posteriors", parts, sizeof *own->part, &own->part));
    DDNI_TRY(ddni_reserve(ctx, "partial sums", parts * d, 8, &own->sum));
    DDNI_TRY(ddni_reserve(ctx, "partial class sums", parts * (k + 1), 8, &own->classes));
    DDNI_TRY(ddni_reserve(ctx, "partial sums", ddni_workers(ctx) * 2 * d, 8, &own->run));
    for (int64_t left = b->m; left > 0;) {
        DDNI_TRY(ddni_parallel(ctx, b->chunks, work, scan_chunk, b));
        ddni_count_rows(b, 1, left * b->n);
        left = 0;
        for (int64_t q = 0; q < b->m; q++) {
            if (b->s->verdict[q] != DDNI_DONE) {
                DDNI_TRY(ddni_poll(ctx));
                merge_state(b, q);
                left += b->s->verdict[q] != DDNI_DONE;
            }
        }
    }
    DDNI_TRY(ddni_poll(ctx)); /* a draw has left off if so */
    return b->want_moments ? ddni_moments_run(ctx, b) : DDN_OK;
}

static const char *why_not(const ddni_block *b)
{
    (void)b;
    return NULL;
}

const ddni_way ddni_way_direct = {
    .name = "direct",
    .why_not = why_not,
    .run = run,
    .failure = "", /* it has none */
    .scratch_bytes = sizeof(direct_scratch),
    .pointers = sizeof(direct_scratch) / sizeof(void *),
};

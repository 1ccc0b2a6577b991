/* All points by direct differences in double: the way that is always right. Chunks of rows are
 * summed on their own and merged in order. theory.md (11), (14). */
#include "oracle/empirical/direct.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"
#include "oracle/empirical/moments.h"

/* Scratch. */
typedef struct direct_scratch {
    double *sum;          /* [chunks][states][d] */
    double *classes;      /* [chunks][states][classes] */
    ddni_posterior *part; /* [chunks][states] */
} direct_scratch;

static void scan_chunk(void *arg, int64_t chunk, int64_t worker)
{
    const ddni_block *b = arg;
    const ddni_states *s = b->s;
    const direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes, end = ddni_chunk_end(b, chunk);
    double *point = s->point + worker * 2 * d;
    for (int64_t q = 0; q < b->m; q++) {
        if (s->verdict[q] == DDNI_DONE) {
            continue;
        }
        ddni_fetch_anchor(b, q, point);
        ddni_posterior *part = &own->part[chunk * b->m + q];
        double *sum = own->sum + (chunk * b->m + q) * d;
        double *cls = own->classes + (chunk * b->m + q) * k;
        *part = ddni_posterior_empty;
        memset(sum, 0, (size_t)d * sizeof *sum);
        memset(cls, 0, (size_t)k * sizeof *cls);
        for (int64_t i = chunk * b->chunk_rows; i < end && !ddni_leave_off(b, i); i++) {
            ddni_merge f = ddni_posterior_add(part, ddni_logit_of(b, q, i, point), i);
            if (b->want_sum && (f.right > 0 || f.left != 1)) {
                b->kern->accumulate(b->ds->type, d, sum, f.left, f.right, ddni_point_at(b->ds, i),
                                    b->o->centre);
            }
            if (b->want_class) {
                for (int64_t c = 0; f.left != 1 && c < k; c++) {
                    cls[c] *= f.left;
                }
                cls[b->ds->labels->group_index[i]] += f.right;
            }
        }
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
    double left = total * ddni_draw_uniform(b, q);
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
                ddni_draw_write(b, q, i);
                return;
            }
        }
        left = 0;
    }
    ddni_draw_write(b, q, last);
}

/* Whether the rounding of the logits shows: as in the dense way, an error e of them moves the mean
 * by at most e sqrt(tr Cov); here the trace is bounded by what is not at the nearest point. */
static int32_t rounding_shows(const ddni_block *b, int64_t q, const ddni_posterior *p)
{
    double error = ddni_logit_error(b, p->max), square = 0, total = ddni_posterior_total(p);
    /* Nothing to be seen in double; and too much for a first order in it. */
    if (b->n == 1 || error < 1e-15) {
        return 0;
    }
    if (error > 1e-2) {
        return 1;
    }
    for (int64_t j = 0; b->want_sum && j < b->d; j++) {
        double diff =
            b->s->relative[q * b->d + j] - b->level->a * b->s->total[q * b->d + j] / total;
        square += diff * diff;
    }
    /* A tenth of what is promised: the trace is a bound, not an estimate. */
    double unit = b->ds->type == DDN_TYPE_F64 ? 1e-13 : 1e-6;
    double reach = 2 * b->level->a * sqrt(b->o->norm_max);
    return b->want_sum &&
           error * sqrt(ddni_posterior_one_minus_w_max(p)) * reach > unit * sqrt(square);
}

/* Merges the chunks of one state and finishes it, or gives it an anchor to be done again. */
static void merge_state(const ddni_block *b, int64_t q)
{
    const ddni_states *s = b->s;
    const direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes;
    ddni_posterior p = ddni_posterior_empty;
    double *total = s->total + q * d, *cls = s->class_total + q * k;
    memset(total, 0, (size_t)d * sizeof *total);
    memset(cls, 0, (size_t)k * sizeof *cls);
    for (int64_t c = 0; c < b->chunks; c++) {
        int64_t at = c * b->m + q;
        ddni_merge f = ddni_posterior_merge(&p, &own->part[at]);
        for (int64_t j = 0; j < d; j++) {
            total[j] = f.left * total[j] + f.right * own->sum[at * d + j];
        }
        for (int64_t j = 0; j < k; j++) {
            cls[j] = f.left * cls[j] + f.right * own->classes[at * k + j];
        }
    }
    if (s->anchor[q] < 0 && rounding_shows(b, q, &p)) {
        s->anchor[q] = p.argmax;
        return;
    }
    if (b->want_draw) {
        draw_chunk(b, q);
    }
    double relative = p.max;
    p.max += s->anchor[q] < 0 ? 0 : ddni_logit(b, s->state + q * d, s->anchor[q]);
    ddni_finish(b, q, &p);
    s->posterior[q].max = relative;
}

static ddn_status run(ddn_context *ctx, ddni_block *b)
{
    direct_scratch *own = b->own;
    int64_t d = b->d, k = b->classes, parts = b->chunks * b->m;
    double work = (double)b->m * (double)b->n * (double)d * 4;
    DDNI_TRY(ddni_reserve(ctx, "posteriors", parts, sizeof *own->part, &own->part));
    DDNI_TRY(ddni_reserve(ctx, "partial sums", parts * d, 8, &own->sum));
    DDNI_TRY(ddni_reserve(ctx, "partial class sums", parts * (k + 1), 8, &own->classes));
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
    return b->want_trace || b->want_cov ? ddni_moments_run(ctx, b) : DDN_OK;
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

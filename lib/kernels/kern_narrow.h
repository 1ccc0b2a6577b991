/* Softmax and sums over points of few coordinates, which lie side by side in registers; or, where
 * there are few points, over states that do. Included by kern_body.h. */

#include "kernels/kern_narrow_weights.h"

/* How terms are added. */
enum {
    FINE = 1,  /* exponentials with all digits */
    STATES = 2 /* lanes are states */
};

/* What one register of weights adds to. */
typedef struct narrow_register {
    f64_vec total, energy, square, spread, sum[DDNI_NARROW];
} narrow_register;

/* Adds points whose logits are `below` the largest, and gives their weights: coordinate j is at[j *
 * ld] and on, or in all lanes that number where the lanes are states; from[j] likewise the nearest
 * point's. */
static inline __attribute__((always_inline)) f64_vec
narrow_add(const int64_t d, const int how, f64_vec below, f64_ivec keep, const double *at,
           int64_t ld, const f64_vec *from, narrow_register *to)
{
    f64_vec w = f64_exponential_to((how & FINE) != 0 ? EXP_DOUBLE : EXP_COARSE, -708, below);
    w = (f64_vec)((f64_ivec)w & keep);
    to->total += w;
    to->energy -= w * below;
    to->square += w * w;
    f64_vec square = {0}; /* by itself: one register does not wait for the one before */
    for (int64_t j = 0; j < d; j++) {
        f64_vec step =
            ((how & STATES) != 0 ? f64_splat(at[j * ld]) : f64_load(at + j * ld)) - from[j];
        to->sum[j] += w * step;
        square += step * step;
    }
    to->spread += w * square;
    return w;
}

/* -|x - a y|^2 / (2 s^2) + term for a register of points, or of states. x - a y is rounded once: of
 * a number that is the same in all lanes a compiler would round the product with a by itself, which
 * shows far from the origin. */
static inline __attribute__((always_inline)) f64_vec
narrow_logit(const int64_t d, const int fine, const int states, const ddni_narrow_level *lv,
             const f64_vec *x, const double *at, int64_t ld, const double *term)
{
    const f64_vec a = f64_splat(lv->a), a_low = f64_splat(lv->a_low);
    f64_vec square = {0};
    for (int64_t j = 0; j < d; j++) {
        f64_vec y = states ? f64_splat(at[j * ld]) : f64_load(at + j * ld);
        f64_vec diff = WIDE_FMS(y, a, x[j]);
        if (fine) {
            diff = WIDE_FMS(y, a_low, -diff);
        }
        square += diff * diff;
    }
    return square * lv->slope + (states ? f64_splat(term[0]) : f64_load(term));
}

static inline __attribute__((always_inline)) void narrow_clear(const int64_t d, narrow_register *r)
{
    r->total = r->energy = r->square = r->spread = (f64_vec){0};
    for (int64_t j = 0; j < d; j++) {
        r->sum[j] = (f64_vec){0};
    }
}

static inline __attribute__((always_inline)) void
narrow_join(const int64_t d, const narrow_register *part, narrow_register *to)
{
    to->total += part->total;
    to->energy += part->energy;
    to->square += part->square;
    to->spread += part->spread;
    for (int64_t j = 0; j < d; j++) {
        to->sum[j] += part->sum[j];
    }
}

/* The first number that equals one of them. */
static inline __attribute__((always_inline)) int64_t first_equal(const double *p, double x)
{
    int64_t k = 0;
    while (!any_lane(f64_load(p + k) == x)) {
        k += LANES64;
    }
    while (p[k] != x) {
        k++;
    }
    return k;
}

/* A run of points, as their logits are, to the sums of a state; the logits become weights. Gives
 * how many were left out. */
static inline __attribute__((always_inline)) int64_t
narrow_run(const int64_t d, const int fine, const narrow_job *job, int64_t first, int64_t last,
           double max, const f64_vec *from, narrow_register *to)
{
    const f64_ivec all = ~(f64_ivec){0};
    int64_t skipped = 0;
    narrow_register part;
    narrow_clear(d, &part);
    for (int64_t i = first; i < last; i += LANES64) {
        f64_vec below = f64_load(job->logit + i) - max, w = {0};
        if (any_lane(below >= job->lv->least)) {
            w = narrow_add(d, fine, below, all, job->y->at + i, job->y->ld, from, &part);
        } else {
            skipped += LANES64;
        }
        f64_store(job->logit + i, w);
    }
    narrow_join(d, &part, to);
    return skipped;
}

/* One state, points in lanes. */
static inline __attribute__((always_inline)) void narrow_points(const int64_t d, const int fine,
                                                                const narrow_job *job, int64_t q,
                                                                ddni_narrow_sums *out)
{
    const ddni_columns *y = job->y;
    const ddni_narrow_level *lv = job->lv;
    const double *x = job->x + q * job->ldx;
    double *logit = job->logit;
    const double *at = y->at;
    const int64_t ld = y->ld, end = (y->n + LANES64 - 1) / LANES64 * LANES64;
    f64_vec xs[DDNI_NARROW], from[DDNI_NARROW], top = f64_splat(-INFINITY);
    for (int64_t j = 0; j < d; j++) {
        xs[j] = f64_splat(x[j]);
    }
    for (int64_t i = 0; i < end; i += LANES64) {
        f64_vec l = narrow_logit(d, fine, 0, lv, xs, at + i, ld, y->term + i);
        f64_store(logit + i, l);
        top = f64_larger(l, top);
    }
    const double max = f64_top(top);
    const int64_t k = first_equal(logit, max);
    logit[k] = DDNI_NOWHERE;
    for (int64_t j = 0; j < d; j++) {
        from[j] = f64_splat(at[j * ld + k]);
    }
    narrow_register r;
    narrow_clear(d, &r);
    int64_t skipped = 0;
    for (int64_t first = 0; first < end; first += DDNI_RUN) {
        const int64_t last = end - first < DDNI_RUN ? end : first + DDNI_RUN;
        skipped += narrow_run(d, fine, job, first, last, max, from, &r);
    }
    out->max = max;
    out->argmax = k;
    out->rest = f64_sum(r.total);
    out->rest_energy = f64_sum(r.energy);
    out->rest_square = f64_sum(r.square);
    out->spread = f64_sum(r.spread);
    out->skipped = skipped;
    for (int64_t j = 0; j < d; j++) {
        out->sum[j] = f64_sum(r.sum[j]);
    }
    if (job->more != NULL) {
        narrow_more_of_points(job, q, out);
    }
}

/* Up to a register of states in lanes, few points. */
static inline __attribute__((always_inline)) void narrow_states(const int64_t d, const int fine,
                                                                const narrow_job *job, int64_t q,
                                                                int64_t states,
                                                                ddni_narrow_sums *out)
{
    const ddni_columns *y = job->y;
    const ddni_narrow_level *lv = job->lv;
    const double *x = job->x + q * job->ldx;
    const int64_t ldx = job->ldx;
    double *logit = job->logit;
    const double *at = y->at;
    const int64_t ld = y->ld;
    f64_vec xs[DDNI_NARROW], from[DDNI_NARROW], top = f64_splat(-INFINITY);
    f64_ivec where = {0};
    for (int64_t j = 0; j < d; j++) {
        xs[j] = narrow_each(x + j, ldx, states);
    }
    for (int64_t i = 0; i < y->n; i++) {
        f64_vec l = narrow_logit(d, fine, 1, lv, xs, at + i, ld, y->term + i);
        f64_ivec better = l > top;
        f64_store(logit + i * LANES64, l);
        top = f64_select(better, l, top);
        where = (where & ~better) | (((f64_ivec){0} + i) & better);
    }
    for (int64_t j = 0; j < d; j++) {
        f64_vec all = {0};
        for (int v = 0; v < LANES64; v++) {
            all[v] = at[j * ld + where[v]];
        }
        from[j] = all;
    }
    narrow_register r;
    narrow_clear(d, &r);
    for (int64_t i = 0; i < y->n; i++) {
        f64_vec below = f64_load(logit + i * LANES64) - top;
        f64_vec w = narrow_add(d, fine | STATES, below, where != i, at + i, ld, from, &r);
        f64_store(logit + i * LANES64, w);
    }
    for (int v = 0; v < states; v++) {
        out[v].max = top[v];
        out[v].argmax = where[v];
        out[v].rest = r.total[v];
        out[v].rest_energy = r.energy[v];
        out[v].rest_square = r.square[v];
        out[v].spread = r.spread[v];
        out[v].skipped = 0;
        for (int64_t j = 0; j < d; j++) {
            out[v].sum[j] = r.sum[j][v];
        }
    }
    if (job->more != NULL) {
        narrow_more_of_states(job, q, states, out);
    }
}

/* States go side by side where that takes fewer steps: a register of points costs about as much as
 * one of states, and its sums over the lanes as much as four. */
static inline __attribute__((always_inline)) void
narrow_of(const int64_t d, const int fine, const narrow_job *job, ddni_narrow_sums *out)
{
    const ddni_columns *y = job->y;
    for (int64_t q = 0; q < job->states; q += LANES64) {
        int64_t count = job->states - q < LANES64 ? job->states - q : LANES64;
        if (y->n <= DDNI_NARROW_FEW && y->n <= count * (y->ld / LANES64 + 4)) {
            narrow_states(d, fine, job, q, count, out + q);
            continue;
        }
        for (int64_t v = q; v < q + count; v++) {
            narrow_points(d, fine, job, v, out + v);
        }
    }
}

/* The sizes of toys have code of their own, whose sums stay in registers. */
#define NARROW_CASE(width, fine)                                                                   \
    static void narrow_##width##_##fine(const narrow_job *job, ddni_narrow_sums *out)              \
    {                                                                                              \
        narrow_of(width > 0 ? width : job->y->d, fine, job, out);                                  \
    }
NARROW_CASE(1, 0)
NARROW_CASE(2, 0)
NARROW_CASE(3, 0)
NARROW_CASE(0, 0)
NARROW_CASE(1, 1)
NARROW_CASE(2, 1)
NARROW_CASE(3, 1)
NARROW_CASE(0, 1)

static void narrow(const ddni_columns *y, const ddni_narrow_level *lv, int64_t states,
                   const double *x, int64_t ldx, double *logit, const ddni_narrow_more *more,
                   ddni_narrow_sums *out)
{
    typedef void (*narrow_fn)(const narrow_job *job, ddni_narrow_sums *out);
    static const narrow_fn cases[2][4] = {{narrow_0_0, narrow_1_0, narrow_2_0, narrow_3_0},
                                          {narrow_0_1, narrow_1_1, narrow_2_1, narrow_3_1}};
    const narrow_job job = {y, lv, states, x, ldx, logit, more};
    cases[lv->fine != 0][y->d <= 3 ? y->d : 0](&job, out);
}

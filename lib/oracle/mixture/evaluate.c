/* Gaussian mixtures: everything a query can ask, state by state; theory.md (16).
 *
 * With Gamma = s^2 + a^2 V, per component g = -(x - a c)/Gamma and mu = c - a V g, the posterior of
 * x_0 is sum_k w_k N(mu_k, s^2 V_k/Gamma_k). Moments are taken about the most probable component:
 * what the others add then keeps its relative accuracy when it is tiny. */
#include "oracle/mixture/mixture_impl.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "numerics/vector.h"

typedef struct pass {
    const ddn_context *ctx;
    const ddni_mixture *mix;
    const ddni_mixture_scratch *level;
    const ddni_request *rq;
    double a, s2;
    const ddni_batch *batch;
} pass;

/* One component at this level; entries of diagonal ones at j, of isotropic ones at 0. */
typedef struct component {
    const double *c, *v, *precision;
    int32_t isotropic;
} component;

/* A state with its weights. */
typedef struct state {
    int64_t row;
    const double *x;
    double *w;         /* [K] */
    double top;        /* largest log pi + log N, or 0 where log p is not wanted */
    double rest, norm; /* sum of the other weights / the largest one; log1p of it */
    int64_t k;         /* component of largest weight */
} state;

static component get_component(const pass *p, int64_t k)
{
    const ddni_mixture *mix = p->mix;
    return (component){mix->mean + k * mix->base.d, mix->variance + k * mix->variance_k,
                       p->level->precision + k * mix->variance_k, !mix->variance_j};
}

/* sum_j (x_j - a c_j)^2 / Gamma_j */
static double scaled_distance2(const component *q, const double *x, double a, int64_t d)
{
    const double *c = q->c, *precision = q->precision;
    double sum;
    if (q->isotropic) {
        DDNI_SUM(sum, d, (x[j] - a * c[j]) * (x[j] - a * c[j]));
        return sum * precision[0];
    }
    DDNI_SUM(sum, d, (x[j] - a * c[j]) * (x[j] - a * c[j]) * precision[j]);
    return sum;
}

/* g and mu of a component, less those of a reference where there is one; mu may be NULL. */
static void component_moments(const component *q, const double *x, double a, int64_t d,
                              const double *g0, const double *mu0, double *restrict g,
                              double *restrict mu)
{
    const double *c = q->c;
    if (q->isotropic) {
        const double precision = q->precision[0];
        for (int64_t j = 0; j < d; j++) {
            g[j] = (a * c[j] - x[j]) * precision;
        }
    } else {
        for (int64_t j = 0; j < d; j++) {
            g[j] = (a * c[j] - x[j]) * q->precision[j];
        }
    }
    for (int64_t j = 0; mu != NULL && j < d; j++) {
        mu[j] = c[j] - a * q->v[q->isotropic ? 0 : j] * g[j];
    }
    for (int64_t j = 0; g0 != NULL && j < d; j++) {
        g[j] -= g0[j];
    }
    for (int64_t j = 0; mu != NULL && mu0 != NULL && j < d; j++) {
        mu[j] -= mu0[j];
    }
}

/* Normalises st->w, which holds log-weights below the largest one (0 at st->k). Returns the entropy
 * of the weights: L + sum w (-l), free of cancellation (theory.md (11)). */
static double normalise(state *st, int64_t count)
{
    double rest = 0;
    for (int64_t k = 0; k < count; k++) {
        rest += k == st->k ? 0.0 : exp(st->w[k]);
    }
    st->rest = rest;
    st->norm = log1p(rest);
    double entropy = st->norm, total = 1.0 + rest;
    for (int64_t k = 0; k < count; k++) {
        double l = st->w[k];
        double w = exp(l) / total;
        st->w[k] = w;
        entropy -= w > 0 ? w * l : 0.0;
    }
    return entropy;
}

static void put(const ddni_request *rq, ddn_output what, int64_t row, double value)
{
    if (rq->f64[what] != NULL) {
        rq->f64[what][row] = value;
    }
}

static void put_index(const ddni_request *rq, ddn_output what, int64_t row, int64_t value)
{
    if (rq->i64[what] != NULL) {
        rq->i64[what][row] = value;
    }
}

static double *out_row(const ddni_request *rq, ddn_output what, int64_t row)
{
    return rq->f64[what] == NULL ? NULL : rq->f64[what] + row * rq->ld[what];
}

static void weight_outputs(const pass *p, state *st)
{
    const ddni_mixture *mix = p->mix;
    const ddni_request *rq = p->rq;
    int64_t count = mix->base.components;
    double entropy = normalise(st, count);
    double sum_w2 = 0;
    for (int64_t k = 0; k < count; k++) {
        sum_w2 += st->w[k] * st->w[k];
    }
    put(rq, DDN_OUT_LOG_P, st->row, st->top + st->norm);
    put(rq, DDN_OUT_ENTROPY, st->row, entropy);
    put(rq, DDN_OUT_SUM_W2, st->row, sum_w2);
    put(rq, DDN_OUT_W_MAX, st->row, st->w[st->k]);
    put(rq, DDN_OUT_ONE_MINUS_W_MAX, st->row, st->rest / (1.0 + st->rest));
    put_index(rq, DDN_OUT_ARGMAX, st->row, st->k);
    double *classes = out_row(rq, DDN_OUT_CLASS_POSTERIOR, st->row);
    if (classes != NULL) {
        memset(classes, 0, (size_t)mix->base.classes * sizeof *classes);
        for (int64_t k = 0; k < count; k++) {
            classes[mix->class_index[k]] += st->w[k];
        }
    }
}

/* x_0 from its posterior: a component by the weights in index order, then its Gaussian. */
static void draw(const pass *p, const state *st, double *g)
{
    const ddni_request *rq = p->rq;
    double *out = out_row(rq, DDN_OUT_DRAW, st->row);
    if (out == NULL && rq->i64[DDN_OUT_DRAW_INDEX] == NULL) {
        return;
    }
    int64_t path = ddni_request_path(rq, st->row), d = p->mix->base.d;
    ddni_draws choice = ddni_draws_of(rq->seed, DDNI_USE_DRAW, rq->step);
    ddni_draws noise = ddni_draws_of(rq->seed, DDNI_USE_DRAW_NORMAL, rq->step);
    double u = ddni_draws_uniform(&choice, path, 0), running = 0;
    int64_t k = st->k;
    for (int64_t i = 0; i < p->mix->base.components; i++) {
        running += st->w[i];
        if (u <= running) {
            k = i;
            break;
        }
    }
    put_index(rq, DDN_OUT_DRAW_INDEX, st->row, k);
    if (out == NULL) {
        return;
    }
    component q = get_component(p, k);
    component_moments(&q, st->x, p->a, d, NULL, NULL, g, out);
    ddni_draws_normal(&noise, path, 0, d, g);
    for (int64_t j = 0; j < d; j++) {
        int64_t i = q.isotropic ? 0 : j;
        out[j] += sqrt(p->s2 * q.v[i] * q.precision[i]) * g[j];
    }
}

/* out += w u (u.v) */
static void add_product(double *restrict out, double w, const double *u, const double *v, int64_t d)
{
    ddni_axpy(d, w * ddni_dot(d, u, v), u, out);
}

/* Sums over the components, about component st->k. NULL: not wanted. */
typedef struct sums {
    double *score, *mean, *jv, *cv; /* outputs of this state; the latter two are sums themselves */
    const double *v;
    int32_t second_mu, second_g;
    double *g0, *g, *sum_g;
    double *mu0, *mu, *sum_mu;
    double trace, divergence;
} sums;

/* What of this state is wanted, and zeros there; returns 0 if there is nothing to do.
 * buffer: [DDNI_MIXTURE_VECTORS][d]. */
static int32_t start_sums(const pass *p, const state *st, double *buffer, sums *s)
{
    const ddni_request *rq = p->rq;
    const int64_t d = p->mix->base.d;
    s->score = out_row(rq, DDN_OUT_SCORE, st->row);
    s->mean = out_row(rq, DDN_OUT_MEAN, st->row);
    s->jv = out_row(rq, DDN_OUT_JACOBIAN_TIMES_V, st->row);
    s->cv = out_row(rq, DDN_OUT_COV_TIMES_V, st->row);
    s->v = rq->v == NULL ? NULL : rq->v + st->row * rq->ldv;
    s->second_mu = s->cv != NULL || rq->f64[DDN_OUT_TRACE_COV] != NULL;
    s->second_g = s->jv != NULL || rq->f64[DDN_OUT_DIVERGENCE] != NULL;
    int32_t want_mu = s->mean != NULL || s->second_mu;
    s->g0 = buffer;
    s->g = s->g0 + d;
    s->sum_g = s->g + d;
    s->mu0 = want_mu ? s->sum_g + d : NULL;
    s->mu = want_mu ? s->mu0 + d : NULL;
    s->sum_mu = want_mu ? s->mu + d : NULL;
    s->trace = s->divergence = 0;
    double *sum[] = {s->sum_g, s->sum_mu, s->jv, s->cv};
    for (int i = 0; i < 4; i++) {
        if (sum[i] != NULL) {
            memset(sum[i], 0, (size_t)d * sizeof *sum[i]);
        }
    }
    return want_mu || s->second_g || s->score != NULL;
}

/* Component k with its weight; the one that the others are relative to is at their origin. */
static void add_component(const pass *p, const state *st, int64_t k, sums *s)
{
    const double w = st->w[k];
    const int64_t d = p->mix->base.d;
    component q = get_component(p, k);
    s->trace += w * p->level->sum_posterior[k];
    s->divergence -= w * p->level->sum_precision[k];
    for (int64_t j = 0; s->jv != NULL && j < d; j++) {
        s->jv[j] -= w * q.precision[q.isotropic ? 0 : j] * s->v[j];
    }
    for (int64_t j = 0; s->cv != NULL && j < d; j++) {
        int64_t i = q.isotropic ? 0 : j;
        s->cv[j] += w * p->s2 * q.v[i] * q.precision[i] * s->v[j];
    }
    if (k == st->k) {
        return;
    }
    component_moments(&q, st->x, p->a, d, s->g0, s->mu0, s->g, s->mu);
    ddni_axpy(d, w, s->g, s->sum_g);
    if (s->sum_mu != NULL) {
        ddni_axpy(d, w, s->mu, s->sum_mu);
    }
    if (s->second_mu) {
        s->trace += w * ddni_dot(d, s->mu, s->mu);
    }
    if (s->second_g) {
        s->divergence += w * ddni_dot(d, s->g, s->g);
    }
    if (s->jv != NULL) {
        add_product(s->jv, w, s->g, s->v, d);
    }
    if (s->cv != NULL) {
        add_product(s->cv, w, s->mu, s->v, d);
    }
}

/* Score, mean and second moments about component st->k. */
static void moments(const pass *p, const state *st, double *buffer)
{
    const int64_t d = p->mix->base.d;
    sums s;
    if (!start_sums(p, st, buffer, &s)) {
        return;
    }
    component top = get_component(p, st->k);
    component_moments(&top, st->x, p->a, d, NULL, NULL, s.g0, s.mu0);
    for (int64_t k = 0; k < p->mix->base.components && !ddni_stopping(p->ctx); k++) {
        if (st->w[k] != 0) {
            add_component(p, st, k, &s);
        }
    }
    for (int64_t j = 0; s.score != NULL && j < d; j++) {
        s.score[j] = s.g0[j] + s.sum_g[j];
    }
    for (int64_t j = 0; s.mean != NULL && j < d; j++) {
        s.mean[j] = s.mu0[j] + s.sum_mu[j];
    }
    if (s.jv != NULL) {
        add_product(s.jv, -1, s.sum_g, s.v, d);
    }
    if (s.cv != NULL) {
        add_product(s.cv, -1, s.sum_mu, s.v, d);
    }
    if (s.second_mu) {
        put(p->rq, DDN_OUT_TRACE_COV, st->row, s.trace - ddni_dot(d, s.sum_mu, s.sum_mu));
    }
    if (s.second_g) {
        put(p->rq, DDN_OUT_DIVERGENCE, st->row, s.divergence - ddni_dot(d, s.sum_g, s.sum_g));
    }
}

/* Two components +-c of one variance: the log-odds are 2 a x.c/Gamma + log(pi_0/pi_1), and
 * score = (a c tanh(odds/2) - x)/Gamma, mean = (s^2 c tanh(odds/2) + a V x)/Gamma. */
static double pair_weights(const pass *p, state *st)
{
    const ddni_mixture *mix = p->mix;
    int64_t d = mix->base.d;
    double odds = 2 * p->a * p->level->precision[0] * ddni_dot(d, mix->mean, st->x) +
                  (mix->log_weight[0] - mix->log_weight[1]);
    st->k = odds < 0;
    st->w[st->k] = 0;
    st->w[!st->k] = -fabs(odds);
    if (p->rq->f64[DDN_OUT_LOG_P] != NULL) {
        component q = get_component(p, st->k);
        st->top = p->level->offset[st->k] - 0.5 * scaled_distance2(&q, st->x, p->a, d);
    }
    return odds;
}

static void pair_moments(const pass *p, const state *st, double odds)
{
    const double *c = p->mix->mean, *x = st->x;
    const double precision = p->level->precision[0], balance = tanh(0.5 * odds);
    double *score = out_row(p->rq, DDN_OUT_SCORE, st->row);
    double *mean = out_row(p->rq, DDN_OUT_MEAN, st->row);
    const double pull = p->a * balance, keep = p->a * p->mix->variance[0] * precision;
    const double shift = p->s2 * precision * balance;
    for (int64_t j = 0; score != NULL && j < p->mix->base.d; j++) {
        score[j] = (pull * c[j] - x[j]) * precision;
    }
    for (int64_t j = 0; mean != NULL && j < p->mix->base.d; j++) {
        mean[j] = shift * c[j] + keep * x[j];
    }
}

static int32_t wants_second_moments(const ddni_request *rq)
{
    return rq->f64[DDN_OUT_TRACE_COV] != NULL || rq->f64[DDN_OUT_DIVERGENCE] != NULL ||
           rq->f64[DDN_OUT_COV_TIMES_V] != NULL || rq->f64[DDN_OUT_JACOBIAN_TIMES_V] != NULL;
}

static void run_tile(void *arg, int64_t tile, int64_t worker)
{
    const pass *p = arg;
    const ddni_mixture *mix = p->mix;
    int64_t d = mix->base.d, count = mix->base.components;
    double *buffer = p->level->rows + worker * p->level->row_size;
    double *w = buffer + DDNI_MIXTURE_VECTORS * d;
    int64_t first = tile * DDNI_MIXTURE_ROWS, left = p->batch->m - first, ldx = p->batch->ldx;
    int64_t rows = left < DDNI_MIXTURE_ROWS ? left : DDNI_MIXTURE_ROWS;
    const double *x = p->batch->x + first * ldx;
    for (int64_t k = 0; !mix->pair && k < count && !ddni_stopping(p->ctx); k++) {
        component q = get_component(p, k);
        for (int64_t r = 0; r < rows; r++) {
            w[r * count + k] =
                p->level->offset[k] - 0.5 * scaled_distance2(&q, x + r * ldx, p->a, d);
        }
    }
    for (int64_t r = 0; r < rows && !ddni_stopping(p->ctx); r++) {
        state st = {.row = first + r, .x = x + r * ldx, .w = w + r * count};
        double odds = 0;
        if (mix->pair) {
            odds = pair_weights(p, &st);
        } else {
            for (int64_t k = 1; k < count; k++) {
                st.k = st.w[k] > st.w[st.k] ? k : st.k;
            }
            st.top = st.w[st.k];
            for (int64_t k = 0; k < count; k++) { /* so far out that |x|^2 overflows: one is left */
                st.w[k] = k == st.k ? 0 : isfinite(st.top) ? st.w[k] - st.top : -HUGE_VAL;
            }
        }
        weight_outputs(p, &st);
        if (mix->pair && !wants_second_moments(p->rq)) {
            pair_moments(p, &st, odds);
        } else {
            moments(p, &st, buffer);
        }
        draw(p, &st, buffer);
    }
}

ddn_status ddni_mixture_evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *scratch,
                                 const ddni_request *rq, const ddni_batch *batch,
                                 ddni_report *report)
{
    ddni_mixture_scratch *sc = scratch;
    const ddni_mixture *mix = (const ddni_mixture *)oracle;
    DDNI_TRY(ddni_reserve(ctx, "mixture scratch", ddni_workers(ctx) * sc->row_size, sizeof(double),
                          &sc->rows));
    ddni_mixture_prepare(mix, sc, batch->level);
    pass p = {ctx, mix, sc, rq, batch->level->a, batch->level->s2, batch};
    /* Per component and coordinate three for the distance and three for the moments. */
    double work = 6.0 * (double)batch->m * (double)oracle->components * (double)oracle->d;
    (void)report; /* nothing is dropped, all is touched */
    int64_t tiles = (batch->m + DDNI_MIXTURE_ROWS - 1) / DDNI_MIXTURE_ROWS;
    return ddni_parallel(ctx, tiles, work, run_tile, &p);
}

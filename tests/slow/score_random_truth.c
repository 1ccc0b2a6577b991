/* Levels of the schedules and answers for a state, in __float128. */
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "score_random.h"

/* ---- Schedules ---- */

enum {
    STEPS = 1000
};
static const double BETA_MIN = 0.1, BETA_MAX = 20, BETA_FIRST = 1e-4, BETA_LAST = 0.02;
static const double OFFSET = 0.008, COSINE_MOST = 0.999;

/* Lines from 1 to 0 and from 0 to 1. */
static int32_t lines(void *user, double t, double *a, double *s, double *da, double *ds)
{
    (void)user;
    *a = 1 - t;
    *s = t;
    *da = -1;
    *ds = 1;
    return 0;
}

ddn_status score_case_schedule(ddn_context *ctx, const score_case *c, ddn_schedule **out)
{
    switch (c->schedule) {
    case OU:
        return ddn_schedule_create_ou(ctx, out);
    case VP:
        return ddn_schedule_create_vp_linear(ctx, BETA_MIN, BETA_MAX, out);
    case DDPM:
        return ddn_schedule_create_ddpm(ctx, BETA_FIRST, BETA_LAST, STEPS, out);
    case COSINE:
        return ddn_schedule_create_cosine(ctx, STEPS, OFFSET, COSINE_MOST, out);
    case EDM:
        return ddn_schedule_create_edm(ctx, out);
    default:
        return ddn_schedule_create_custom(ctx, 1e-7, 0.9999, lines, NULL, NULL, out);
    }
}

/* Betas are numbers in double, which the schedules are made of; rounded as the library does, as a
 * unit more or less of a(t) shows where far clusters compete. */
static double cosine_beta(int64_t i)
{
    double scale = 0.5 * 3.14159265358979323846 / (1 + OFFSET);
    double x = scale * ((double)i / STEPS + OFFSET);
    double y = scale * ((double)(i + 1) / STEPS + OFFSET);
    return fmin(sin(scale / STEPS) * sin(x + y) / (cos(x) * cos(x)), COSINE_MOST);
}

/* tau at an index. */
static quad discrete_tau(int schedule, int64_t index)
{
    quad tau = 0;
    for (int64_t i = 0; i <= index; i++) {
        double beta = schedule == COSINE
                          ? cosine_beta(i)
                          : BETA_FIRST + (BETA_LAST - BETA_FIRST) * (double)i / (STEPS - 1);
        tau -= log1pq(-(quad)beta) / 2;
    }
    return tau;
}

double score_case_time(int schedule, double sigma, stream *s)
{
    double tau = fmin(20, fmax(1e-6, 0.5 * log1p(sigma * sigma))), u;
    switch (schedule) {
    case OU:
        return tau;
    case VP:
        u = (-BETA_MIN + sqrt(BETA_MIN * BETA_MIN + 4 * tau * (BETA_MAX - BETA_MIN))) /
            (BETA_MAX - BETA_MIN);
        return fmin(1, fmax(1e-6, u));
    case EDM:
        return sigma;
    case CUSTOM:
        return fmin(0.9999, fmax(1e-6, sigma / (1 + sigma)));
    default:
        u = sqrt(tau / 5) * STEPS; /* roughly; any index will do */
        return fmin(STEPS - 1, floor(u) + (double)below(s, 20));
    }
}

void score_case_level(score_case *c)
{
    quad t = c->t, tau = t;
    if (c->schedule == EDM || c->schedule == CUSTOM) {
        c->qa = c->schedule == EDM ? 1 : (quad)(1 - c->t);
        c->qs2 = t * t;
    } else {
        if (c->schedule == VP) {
            tau = (BETA_MIN * t + (BETA_MAX - BETA_MIN) * t * t / 2) / 2;
        } else if (c->schedule != OU) {
            tau = discrete_tau(c->schedule, (int64_t)c->t);
        }
        c->qa = expq(-tau);
        c->qs2 = -expm1q(-2 * tau);
    }
    c->a = (double)c->qa;
    c->s = (double)sqrtq(c->qs2);
}

/* ---- A state ---- */

/* Sums of one state, relative to the point `anchor`. */
typedef struct sums {
    const score_case *c;
    const double *x;
    int64_t anchor, top; /* top: of the largest logit */
    double *rough;       /* [n] logits relative to the anchor, in double */
    quad *logit;         /* [n] the same; set where it counts */
    int *counts;         /* [n] whether the point counts */
    quad *mean;          /* [d] relative to the anchor */
    quad max, total;
} sums;

/* log(pi_i / pi_k) */
static quad log_ratio(const score_case *c, int64_t i, int64_t k)
{
    return c->weight == NULL || i == k ? 0 : logq((quad)c->weight[i] / c->weight[k]);
}

/* log(n pi_i) */
static quad log_weight(const score_case *c, int64_t i)
{
    quad sum = 0;
    for (int64_t k = 0; c->weight != NULL && k < c->n; k++) {
        sum += c->weight[k];
    }
    return c->weight == NULL ? 0 : logq(c->n * (quad)c->weight[i] / sum);
}

/* (|x - a z|^2 - |x - a y|^2) / (2 s^2) without cancellation. */
static quad logit_beside(const sums *p, int64_t i)
{
    const score_case *c = p->c;
    const double *y = c->point + i * c->d, *z = c->point + p->anchor * c->d;
    quad sum = 0;
    for (int64_t j = 0; j < c->d; j++) {
        sum += ((quad)y[j] - z[j]) * (2 * (quad)p->x[j] - c->qa * ((quad)y[j] + z[j]));
    }
    return c->qa * sum / (2 * c->qs2) + log_ratio(c, i, p->anchor);
}

/* Logits in double pick the points that are worth the price: all that weigh more than e^-100 of
 * the second largest. */
static void pick(sums *p)
{
    const score_case *c = p->c;
    double best = -INFINITY, second = -INFINITY, s2 = c->s * c->s;
    for (int64_t i = 0; i < c->n; i++) {
        double r2 = 0;
        for (int64_t j = 0; j < c->d; j++) {
            double diff = fma(-c->a, c->point[i * c->d + j], p->x[j]);
            r2 += diff * diff;
        }
        p->rough[i] = -r2 / (2 * s2) + (c->weight == NULL ? 0 : log(c->weight[i] * (double)c->n));
        if (p->rough[i] > best) {
            second = best;
            best = p->rough[i];
            p->anchor = i;
        } else {
            second = fmax(second, p->rough[i]);
        }
    }
    double least = (second > -INFINITY ? second : best) - 100 + 1e-12 * best;
    for (int64_t i = 0; i < c->n; i++) {
        p->counts[i] = p->rough[i] >= least;
        p->rough[i] -= best;
    }
}

static void weigh(sums *p, score_truth *out)
{
    const score_case *c = p->c;
    p->max = 0;
    p->top = p->anchor;
    for (int64_t i = 0; i < c->n; i++) {
        if (p->counts[i]) {
            p->logit[i] = i == p->anchor ? 0 : logit_beside(p, i);
            if (p->logit[i] > p->max || (p->logit[i] == p->max && i < p->top)) {
                p->max = p->logit[i];
                p->top = i;
            }
        }
    }
    quad rest = 0, energy = 0, square = 1, share[MOST_CLASSES] = {0};
    for (int64_t i = 0; i < c->n; i++) {
        if (p->counts[i]) {
            quad l = p->logit[i] - p->max, w = i == p->top ? 1 : expq(l);
            if (i != p->top) {
                rest += w;
                energy -= w * l;
                square += w * w;
            }
            share[c->label[i]] += w;
        }
    }
    p->total = 1 + rest;
    out->rest = (double)(rest / p->total);
    out->entropy = (double)(log1pq(rest) + energy / p->total);
    out->sum_w2 = (double)(square / (p->total * p->total));
    for (int k = 0; k < MOST_CLASSES; k++) {
        out->share[k] = (double)(share[k] / p->total);
    }
}

static void average(sums *p)
{
    const score_case *c = p->c;
    const double *z = c->point + p->anchor * c->d;
    for (int64_t i = 0; i < c->n; i++) {
        if (p->counts[i] && p->logit[i] - p->max > -100) {
            quad w = expq(p->logit[i] - p->max) / p->total;
            for (int64_t j = 0; j < c->d; j++) {
                p->mean[j] += w * ((quad)c->point[i * c->d + j] - z[j]);
            }
        }
    }
}

/* What follows from the mean; the trace in long double, which has the digits. */
static void finish(const sums *p, score_truth *out)
{
    const score_case *c = p->c;
    const double *z = c->point + p->anchor * c->d;
    quad far2 = 0, spread2 = 0;
    long double trace = 0;
    for (int64_t j = 0; j < c->d; j++) {
        quad diff = p->x[j] - c->qa * z[j], off = c->qa * p->mean[j] - diff;
        far2 += diff * diff;
        spread2 += off * off;
        out->score[j] = (double)(off / c->qs2);
        out->mean[j] = (double)(p->mean[j] + z[j]);
        out->size += p->x[j] * p->x[j];
        out->near += z[j] * z[j];
    }
    for (int64_t i = 0; i < c->n; i++) {
        if (p->counts[i]) {
            long double w = (long double)(expq(p->logit[i] - p->max) / p->total), sum = 0;
            for (int64_t j = 0; w > 0 && j < c->d; j++) {
                long double off = (long double)c->point[i * c->d + j] - (long double)z[j] -
                                  (long double)p->mean[j];
                sum += off * off;
            }
            trace += w * sum;
        }
    }
    out->trace = (double)trace;
    for (int64_t i = 0; i < c->n * c->d; i++) {
        out->reach += c->point[i] * c->point[i];
    }
    out->reach = sqrt(out->reach);
    out->size = sqrt(out->size);
    out->near = sqrt(out->near);
    out->spread = (double)sqrtq(spread2);
    out->half_square = (double)(far2 / (2 * c->qs2));
    out->log_p = (double)(p->max - far2 / (2 * c->qs2) + logq(p->total) - logq(c->n) -
                          c->d * logq(8 * atanq(1) * c->qs2) / 2 + log_weight(c, p->anchor));
}

static void multiply(const sums *p, score_truth *out)
{
    const score_case *c = p->c;
    const double *z = c->point + p->anchor * c->d;
    memset(out->cov, 0, (size_t)c->d * sizeof *out->cov);
    for (int64_t i = 0; i < c->n; i++) {
        const double *y = c->point + i * c->d;
        long double along = 0;
        for (int64_t j = 0; p->counts[i] && j < c->d; j++) {
            along += ((long double)y[j] - (long double)z[j] - (long double)p->mean[j]) *
                     (long double)out->v[j];
        }
        const long double w =
            p->counts[i] ? (long double)(expq(p->logit[i] - p->max) / p->total) : 0;
        for (int64_t j = 0; w > 0 && j < c->d; j++) {
            out->cov[j] +=
                (double)(w * ((long double)y[j] - (long double)z[j] - (long double)p->mean[j]) *
                         along);
        }
    }
}

/* How far the row that was taken for the likeliest is from being so. */
static void judge_likeliest(const sums *p, score_truth *out)
{
    const score_case *c = p->c;
    const int64_t own = out->argmax;
    const size_t row = (size_t)c->d * sizeof *c->point;
    out->behind =
        own >= 0 && own < c->n && p->counts[own] ? (double)(p->max - p->logit[own]) : INFINITY;
    for (int64_t i = 0; i < own && isfinite(out->behind); i++) {
        if (memcmp(c->point + i * c->d, c->point + own * c->d, row) == 0 &&
            log_ratio(c, i, own) == 0) {
            out->behind = INFINITY;
        }
    }
}

static void drop_of(const sums *p, double least, const score_truth *truth, score_drop *drop)
{
    const score_case *c = p->c;
    for (int64_t i = 0; i < c->n; i++) {
        /* To first order, and a little more. */
        double l = p->counts[i] ? (double)(p->logit[i] - p->max) : p->rough[i] - (double)p->max;
        double w = 1.05 * exp(l) / (double)p->total, r2 = 0;
        if (i == p->top || !(w > 0) || w > 1.05 * least) {
            continue;
        }
        for (int64_t j = 0; j < c->d; j++) {
            double off = c->point[i * c->d + j] - truth->mean[j];
            r2 += off * off;
        }
        drop->mass += w;
        drop->mean += w * sqrt(r2);
        drop->trace += w * r2;
        drop->entropy += w * (1 - log(w));
        drop->share[c->label[i]] += w;
    }
}

void score_truth_of(const score_case *c, const double *x, double least, score_truth *out,
                    score_drop *drop)
{
    size_t n = (size_t)c->n;
    sums p = {.c = c, .x = x};
    p.rough = calloc(n, sizeof *p.rough);
    p.logit = calloc(n, sizeof *p.logit);
    p.counts = calloc(n, sizeof *p.counts);
    p.mean = calloc((size_t)c->d, sizeof *p.mean);
    if (p.rough == NULL || p.logit == NULL || p.counts == NULL || p.mean == NULL) {
        abort();
    }
    *out = (score_truth){.score = out->score,
                         .mean = out->mean,
                         .cov = out->cov,
                         .v = out->v,
                         .argmax = out->argmax};
    *drop = (score_drop){0};
    pick(&p);
    weigh(&p, out);
    average(&p);
    finish(&p, out);
    if (out->v != NULL) {
        multiply(&p, out);
        judge_likeliest(&p, out);
    }
    drop_of(&p, least, out, drop);
    free(p.rough);
    free(p.logit);
    free(p.counts);
    free(p.mean);
}

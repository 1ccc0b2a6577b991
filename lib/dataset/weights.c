/* Weights of points: the probabilities pi_i, and what follows from them alone. theory.md (25).
 *
 * Digests are made of pi, so pi is made by sums and quotients of doubles in one order, which give
 * the same bits everywhere. */
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/storage.h"

/* Least weight beside the largest: squares of its root, and its logarithm, are far from the ends of
 * the range of double. */
static const double LEAST_SHARE = 1e-250;

/* A sum that keeps what its roundings lose (Neumaier). */
typedef struct careful_sum {
    double sum, lost;
} careful_sum;

static void add(careful_sum *s, double x)
{
    double sum = s->sum + x;
    s->lost += fabs(s->sum) >= fabs(x) ? (s->sum - sum) + x : (x - sum) + s->sum;
    s->sum = sum;
}

static double value(const careful_sum *s)
{
    return s->sum + s->lost;
}

static void finish_weights(void *object)
{
    ddni_weights *w = object;
    const ddni_allocator *al = &w->handle.allocator;
    ddni_free(al, w->pi);
    ddni_free(al, w->log);
    ddni_free(al, w->cumulative);
}

void ddni_weights_release(ddni_weights *w)
{
    ddni_drop(w, DDNI_WEIGHTS);
}

/* The least and the largest of weight[n], all of which must be positive and finite. */
static ddn_status check_weights(ddn_context *ctx, const char *what, int64_t n, const double *weight,
                                double *least, double *most)
{
    *least = INFINITY;
    *most = 0;
    for (int64_t i = 0; i < n; i++) {
        DDNI_TRY(ddni_poll(ctx));
        DDNI_CHECK(ctx, isfinite(weight[i]), DDN_E_NONFINITE, "%s[%lld] = %g is not finite", what,
                   (long long)i, weight[i]);
        DDNI_CHECK(ctx, weight[i] > 0, DDN_E_RANGE, "%s[%lld] = %g is not positive", what,
                   (long long)i, weight[i]);
        *least = fmin(*least, weight[i]);
        *most = fmax(*most, weight[i]);
    }
    DDNI_CHECK(ctx, *least >= LEAST_SHARE * *most, DDN_E_RANGE,
               "%s: the least, %g, is below %g of the largest, %g", what, *least, LEAST_SHARE,
               *most);
    return DDN_OK;
}

/* pi from the weights: divided by their sum, unless that is 1 to the rounding of such quotients. A
 * power of two first takes them away from the ends of the range. */
static void normalise(ddni_weights *w, const double *weight, double most)
{
    int exponent;
    careful_sum total = {0, 0};
    (void)frexp(most, &exponent);
    for (int64_t i = 0; i < w->n; i++) {
        w->pi[i] = ldexp(weight[i], -exponent);
        add(&total, w->pi[i]);
    }
    double sum = value(&total);
    int32_t done = fabs(ldexp(sum, exponent) - 1) <= 0x1p-50;
    for (int64_t i = 0; i < w->n; i++) {
        w->pi[i] = done ? weight[i] : w->pi[i] / sum;
    }
}

/* -sum pi log pi, with all its digits also where one point has nearly all the weight. */
static double entropy_of(const double *pi, int64_t n)
{
    int64_t top = 0;
    careful_sum rest = {0, 0}, entropy = {0, 0};
    for (int64_t i = 1; i < n; i++) {
        top = pi[i] > pi[top] ? i : top;
    }
    for (int64_t i = 0; i < n; i++) {
        if (i != top) {
            add(&rest, pi[i]);
            add(&entropy, -pi[i] * log(pi[i]));
        }
    }
    add(&entropy, -pi[top] * (pi[top] > 0.5 ? log1p(-value(&rest)) : log(pi[top])));
    return value(&entropy);
}

/* What is known from pi. */
static ddn_status describe(ddn_context *ctx, ddni_weights *w)
{
    careful_sum sum = {0, 0}, square = {0, 0};
    w->log_least = INFINITY;
    w->log_most = -INFINITY;
    for (int64_t i = 0; i < w->n; i++) {
        DDNI_TRY(ddni_poll(ctx));
        w->log[i] = log((double)w->n * w->pi[i]);
        w->log_least = fmin(w->log_least, w->log[i]);
        w->log_most = fmax(w->log_most, w->log[i]);
        add(&sum, w->pi[i]);
        add(&square, w->pi[i] * w->pi[i]);
        w->cumulative[i] = fmin(value(&sum), 1);
    }
    w->cumulative[w->n - 1] = 1;
    w->entropy = entropy_of(w->pi, w->n);
    w->square = value(&square);
    return DDN_OK;
}

ddn_status ddni_weights_create(ddn_context *ctx, const char *what, int64_t n, const double *weight,
                               ddni_weights **out)
{
    *out = NULL;
    double least, most;
    ddni_weights *w = NULL;
    ddn_status status;
    DDNI_TRY(check_weights(ctx, what, n, weight, &least, &most));
    if (least == most) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_handle_create(ctx, DDNI_WEIGHTS, sizeof *w, finish_weights, &w));
    w->n = n;
    double **const arrays[] = {&w->pi, &w->log, &w->cumulative};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "weights", n, sizeof(double), arrays[i]), fail);
    }
    normalise(w, weight, most);
    DDNI_TRY_GOTO(describe(ctx, w), fail);
    *out = w;
    return DDN_OK;
fail:
    ddni_weights_release(w);
    return status;
}

void ddni_dataset_set_weights(ddn_dataset *ds, ddni_weights *w)
{
    ddni_weights_release(ds->weights);
    ds->weights = w;
    ds->weight = w == NULL ? NULL : w->pi;
}

double ddni_dataset_entropy(const ddn_dataset *ds)
{
    return ds->weights != NULL ? ds->weights->entropy : log((double)ds->n);
}

double ddni_dataset_square(const ddn_dataset *ds)
{
    return ds->weights != NULL ? ds->weights->square : 1 / (double)ds->n;
}

int64_t ddni_dataset_point(const ddn_dataset *ds, double u)
{
    int64_t low = 0, high = ds->n - 1;
    if (ds->weights == NULL) {
        int64_t i = (int64_t)(u * (double)ds->n);
        return i < ds->n ? i : high;
    }
    while (low < high) { /* the first whose cumulative weight is above u */
        int64_t middle = low + (high - low) / 2;
        if (ds->weights->cumulative[middle] > u) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

void ddni_dataset_class_shares(const ddn_dataset *ds, double *share)
{
    const ddni_labels *l = ds->labels;
    for (int64_t c = 0; c < l->classes; c++) {
        int32_t counted = ds->weight == NULL && l->group_share == NULL;
        share[c] = counted ? (double)l->count[c] / (double)ds->n : 0;
    }
    for (int64_t i = 0; l->group_share == NULL && ds->weight != NULL && i < ds->n; i++) {
        share[l->class_index[i]] += ds->weight[i];
    }
    for (int64_t i = 0; l->group_share != NULL && i < ds->n; i++) {
        const double *of = l->group_share + (int64_t)l->group_index[i] * l->classes;
        for (int64_t c = 0; c < l->classes; c++) {
            share[c] += of[c] * ddni_weight(ds, i);
        }
    }
}

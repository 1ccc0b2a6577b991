/* The posterior monoid. */
#include "oracle/posterior.h"

#include <math.h>

const ddni_posterior ddni_posterior_empty = {-INFINITY, -1, 0, 0, 0};

/* Merge with the larger maximum on the left side. */
static double absorb(ddni_posterior *big, const ddni_posterior *small)
{
    double gap = big->max - small->max; /* >= 0, +inf if small is empty */
    double f = exp(-gap);
    if (f > 0) {
        big->rest += f * (1 + small->rest);
        big->rest_energy += f * (small->rest_energy + gap * (1 + small->rest));
        big->rest_square += f * f * (1 + small->rest_square);
    }
    return f;
}

ddni_merge ddni_posterior_merge(ddni_posterior *left, const ddni_posterior *right)
{
    if (right->argmax < 0) {
        return (ddni_merge){1, 0};
    }
    if (left->argmax < 0) {
        *left = *right;
        return (ddni_merge){0, 1};
    }
    if (left->max > right->max || (left->max == right->max && left->argmax < right->argmax)) {
        return (ddni_merge){1, absorb(left, right)};
    }
    ddni_posterior merged = *right;
    double f = absorb(&merged, left);
    *left = merged;
    return (ddni_merge){f, 1};
}

ddni_merge ddni_posterior_add(ddni_posterior *left, double logit, int64_t index)
{
    ddni_posterior one = {logit, index, 0, 0, 0};
    return ddni_posterior_merge(left, &one);
}

double ddni_posterior_total(const ddni_posterior *p)
{
    return 1 + p->rest;
}

double ddni_posterior_log_sum(const ddni_posterior *p)
{
    return p->max + log1p(p->rest);
}

double ddni_posterior_entropy(const ddni_posterior *p)
{
    return log1p(p->rest) + p->rest_energy / (1 + p->rest);
}

double ddni_posterior_sum_w2(const ddni_posterior *p)
{
    return (1 + p->rest_square) / ((1 + p->rest) * (1 + p->rest));
}

double ddni_posterior_w_max(const ddni_posterior *p)
{
    return 1 / (1 + p->rest);
}

double ddni_posterior_one_minus_w_max(const ddni_posterior *p)
{
    return p->rest / (1 + p->rest);
}

int64_t ddni_most_probable(const double *share, int64_t classes)
{
    int64_t best = 0;
    for (int64_t c = 1; c < classes; c++) {
        best = share[c] > share[best] ? c : best;
    }
    return best;
}

double ddni_same_class(const double *share, int64_t classes)
{
    double same = 0;
    for (int64_t c = 0; c < classes; c++) {
        same += share[c] * share[c];
    }
    return same;
}

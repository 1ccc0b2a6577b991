/* Random data sets and states with everything that an evaluation of the exact score can be asked
 * for, and the true answers in __float128. */
#ifndef TESTS_SLOW_SCORE_RANDOM_H
#define TESTS_SLOW_SCORE_RANDOM_H

#include <math.h>
#include <stdint.h>

#include <diffdyn/diffdyn.h>

__extension__ typedef __float128 quad;

enum {
    MOST_CLASSES = 5,
    MOST_STATES = 40,
    MOST_RANKS = 4
};

/* Schedules. */
enum {
    OU,
    VP,
    DDPM,
    COSINE,
    EDM,
    CUSTOM,
    SCHEDULES
};

/* What is wanted of a query: the ways of evaluation depend on it. */
enum {
    WANT_SUMS = 1,    /* score and mean */
    WANT_REST = 2,    /* entropy and 1 - w_max */
    WANT_TRACE = 4,   /* of the covariance */
    WANT_CLASS = 8,   /* class posterior */
    WANT_MASSES = 16, /* log p, w_max, sum w^2 */
    WANT_TEAM = 32    /* likeliest point, products with the covariance */
};

/* One random case; a function of its number. */
typedef struct score_case {
    int64_t number, n, d, m;
    ddn_type type;
    double scale, shift;
    void *stored;  /* [n][d] */
    double *point; /* [n][d] as the library is to see them */
    int32_t classes, *label;
    int schedule;
    double t, a, s; /* a and s rounded */
    quad qa, qs2;
    double *x;                            /* [m][d] */
    double *weight;                       /* [n]; NULL: all have the same */
    double *v;                            /* [m][d], what covariances are multiplied with */
    int64_t ranks, begin[MOST_RANKS + 1]; /* ranks: of a team, 0: none; rows of each */
    const char *shape;                    /* of the data */
    double offset;                        /* beside its size, of a team */
    int kind[MOST_STATES];
    int wants, trajectory;
    int64_t kernel, forbid;
    double epsilon; /* negative: the preset */
} score_case;

/* What a state has for an answer, and by how much leaving points out can move it. */
typedef struct score_truth {
    double *score, *mean;                       /* [d] */
    double log_p, entropy, sum_w2, rest, trace; /* rest: 1 - w_max */
    double share[MOST_CLASSES];
    double size, near, spread; /* |x|, |y| of the nearest point, |x - a mean| */
    double reach;              /* root of the sum of all |y|^2 */
    double half_square;        /* |x - a y|^2 / (2 s^2) of the nearest point */
    double *cov;               /* [d] Cov v; NULL: not asked for */
    const double *v;           /* [d] */
    int64_t argmax;            /* a row, of which */
    double behind;             /* its logit is so much less than the largest; infinite where it is
                                  a copy of a point before it */
} score_truth;

/* Effect of leaving out all points that weigh at most `least`: to first order. */
typedef struct score_drop {
    double mass, mean, entropy, trace, share[MOST_CLASSES];
} score_drop;

/* A stream of random numbers. */
typedef struct stream {
    uint64_t state;
} stream;
double uniform(stream *s, double low, double high);
double normal(stream *s);
int64_t below(stream *s, int64_t count);
/* 10^u, u uniform. */
double power(stream *s, double low, double high);

score_case score_case_make(int64_t number);
/* The same over a team: other sizes and offsets, copies on several ranks, weights. */
score_case score_case_of_team(int64_t number);
void score_case_free(score_case *c);
/* a(t) and s(t)^2, and a time near a ratio s/a. */
void score_case_level(score_case *c);
double score_case_time(int schedule, double sigma, stream *s);
ddn_status score_case_schedule(ddn_context *ctx, const score_case *c, ddn_schedule **out);

void score_truth_of(const score_case *c, const double *x, double least, score_truth *out,
                    score_drop *drop);

#endif

/* A case for each way of evaluation: data of each type and states that it alone serves. */
#ifndef TEST_SUPPORT_WAY_CASES_H
#define TEST_SUPPORT_WAY_CASES_H

#include "support/exact.h"
#include "support/ways.h"

enum {
    M = 20, /* states of a batch */
    MOST_D = 40
};

/* A case made for one way. */
typedef struct made_for {
    const char *way;
    ddn_type type;
    int64_t n, d, clusters;
    double spread, t, away, epsilon; /* epsilon < 0: the preset */
    int trajectory;
} made_for;

static const made_for cases[] = {
    /* Narrow clusters far from each other: a few points count. */
    {"refine", DDN_TYPE_U8, 1430, 19, 67, 0.05, 0.01, 0, -1, 0},
    {"refine", DDN_TYPE_F32, 1430, 19, 67, 0.05, 0.01, 0, -1, 0},
    {"refine", DDN_TYPE_F64, 1430, 19, 67, 0.05, 0.01, 0, -1, 0},
    /* The same by the list that an earlier run left. */
    {"nearby", DDN_TYPE_U8, 1500, 19, 50, 0.05, 0.01, 0, -1, 1},
    {"nearby", DDN_TYPE_F32, 1500, 19, 50, 0.05, 0.01, 0, -1, 1},
    {"nearby", DDN_TYPE_F64, 1500, 19, 50, 0.05, 0.003, 0, -1, 1},
    /* Late times: all points have weight. */
    {"dense_f32", DDN_TYPE_U8, 700, 19, 35, 0.05, 1, 0, -1, 0},
    {"dense_f32", DDN_TYPE_F32, 700, 19, 35, 0.05, 1, 0, -1, 0},
    {"dense_f64", DDN_TYPE_F64, 700, 19, 35, 0.05, 1, 0, -1, 0},
    /* A cluster too large for short lists, where single precision rounds too much. */
    {"refine_wide", DDN_TYPE_F32, 8000, 17, 3, 0.005, 1e-4, 0, -1, 0},
    /* Every point is asked for, where single precision rounds too much. */
    {"dense_wide", DDN_TYPE_U8, 300, 17, 10, 0.006, 5e-5, 0, 0, 0},
    {"dense_wide", DDN_TYPE_F32, 300, 17, 10, 0.006, 5e-5, 0, 0, 0},
    /* The same, so far away that all sums round. */
    {"direct", DDN_TYPE_U8, 300, 17, 300, 0.05, 1, 1e9, 0, 0},
    {"direct", DDN_TYPE_F32, 300, 17, 300, 0.05, 1, 1e9, 0, 0},
    {"direct", DDN_TYPE_F64, 300, 17, 300, 0.05, 1, 1e9, 0, 0},
    /* Few coordinates: all times at which rounding does not show. */
    {"narrow", DDN_TYPE_U8, 700, 9, 35, 0.05, 1, 0, -1, 0},
    {"narrow", DDN_TYPE_F32, 700, 3, 35, 0.05, 0.1, 0, -1, 0},
    {"narrow", DDN_TYPE_F64, 700, 16, 35, 0.05, 1, 0, -1, 0},
    {"narrow", DDN_TYPE_F64, 20, 2, 20, 0.05, 0.5, 0, 0, 0},
};
enum {
    CASES = sizeof cases / sizeof *cases
};

typedef struct rig {
    const made_for *how;
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    test_cloud cloud;
    double x[M * MOST_D];
    int known; /* the answers: */
    double want[M * MOST_D], room[M];
} rig;

/* Points of clusters (number i mod clusters); states are noised points, moved by `away` along the
 * last coordinate, which tells no points apart. weight[n] or NULL. */
static inline rig rig_make(const made_for *how, const double *weight)
{
    rig r = {.how = how, .ctx = test_context(2)};
    int64_t n = how->n, d = how->d, count = n * d;
    double *z = calloc((size_t)(2 * count), sizeof *z), *centre = z + count;
    test_normal(40 + how->n, 2 * count, z);
    for (int64_t k = 0; k < count; k++) {
        int64_t i = k / d, j = k % d;
        double c = 0.5 * centre[i % how->clusters * d + j];
        z[k] = j == d - 1 ? 0.25 : c + how->spread * z[k];
    }
    int bytes = how->type == DDN_TYPE_U8;
    r.cloud = test_cloud_make(how->type, n, d, d, bytes ? 1 / 80. : 1, bytes ? -1.6 : 0, z, 0);
    r.cloud.weight = weight;
    free(z);
    OK(r.ctx, ddn_schedule_create_ou(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, 0);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    test_normal(900, M * d, r.x);
    double a = exp(-how->t), s = sqrt(-expm1(-2 * how->t));
    for (int64_t k = 0; k < M * d; k++) {
        double y = r.cloud.point[(k / d * 37 + 5) % n * d + k % d];
        r.x[k] = a * y + 0.5 * s * r.x[k] + (k % d == d - 1 ? how->away : 0);
    }
    return r;
}

static inline void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_dataset_destroy(r->ds);
    ddn_schedule_destroy(r->sch);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
}

/* A query that has run: twice on a trajectory, so that the second run finds lists. */
static inline ddn_query *ask(const rig *r, int64_t forbidden, double *score)
{
    const made_for *how = r->how;
    ddn_query *q = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &q));
    ddn_options *options = ddn_query_options(q);
    if (how->epsilon >= 0) {
        OK(r->ctx, ddn_options_set_f64(options, DDN_QUERY_EPSILON, how->epsilon));
    }
    OK(r->ctx, ddn_options_set_i64(options, DDN_QUERY_TRAJECTORY, how->trajectory));
    OK(r->ctx, ddn_options_set_i64(options, DDN_QUERY_FORBID, forbidden));
    OK(r->ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, how->d));
    for (int run = 0; run <= how->trajectory; run++) {
        OK(r->ctx, ddn_query_run(q, how->t, M, r->x, how->d));
    }
    return q;
}

/* The scores in extended precision, and what the promise allows them to be off by. */
static inline void look_up(rig *r)
{
    int64_t d = r->how->d;
    long double a = expl(-(long double)r->how->t), s2 = -expm1l(-2 * (long double)r->how->t);
    test_exact e = test_exact_make(&r->cloud);
    for (int64_t m = 0; m < M; m++) {
        test_exact_at(&r->cloud, a, s2, r->x + m * d, &e);
        memcpy(r->want + m * d, e.score, (size_t)d * sizeof *e.score);
        r->room[m] = test_score_allowed(&r->cloud, (double)a, (double)s2, r->x + m * d, &e);
    }
    r->known = 1;
    test_exact_free(&e);
}

static inline void check_promise(rig *r, const ddn_query *q, const double *score)
{
    int64_t d = r->how->d;
    double a = exp(-r->how->t), s2 = -expm1(-2 * r->how->t), diff[MOST_D];
    if (!r->known) {
        look_up(r);
    }
    for (int64_t m = 0; m < M; m++) {
        for (int64_t j = 0; j < d; j++) {
            diff[j] = score[m * d + j] - r->want[m * d + j];
        }
        CLOSE(test_length(d, diff), 0, 0,
              r->room[m] + 2 * ddn_query_dropped(q) * r->cloud.reach * a / s2);
    }
}

#endif

/* What the tests of the two nearest points share: data sets, states and their answers by
 * differences in long double, the error that is allowed. */
#ifndef TEST_SUPPORT_TWO_NEAREST_H
#define TEST_SUPPORT_TWO_NEAREST_H

#include "support/exact.h"

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    const test_cloud *cloud;
    test_kind kind;
} rig;

static inline rig rig_make(const test_cloud *c, test_kind kind)
{
    rig r = {.ctx = test_context(2), .cloud = c, .kind = kind};
    r.sch = test_schedule(r.ctx, kind);
    r.ds = test_cloud_dataset(r.ctx, c, 2);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    return r;
}

static inline void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_schedule_destroy(r->sch);
    ddn_dataset_destroy(r->ds);
    ddn_context_destroy(r->ctx);
}

static inline double *numbers(int64_t count)
{
    double *memory = calloc((size_t)count, sizeof *memory);
    assert_non_null(memory);
    return memory;
}

/* ---- What must come out ---- */

/* States at one time, and the answers. */
typedef struct question {
    double t, s;
    long double a;
    int64_t m;
    double *x, *first, *second; /* [m][d], [m], [m] */
} question;

/* Numbers, not bytes: -0 is 0. */
static inline int same_point(const test_cloud *c, int64_t i, int64_t k)
{
    for (int64_t j = 0; j < c->d; j++) {
        if (c->point[i * c->d + j] != c->point[k * c->d + j]) {
            return 0;
        }
    }
    return 1;
}

static inline void answer(const test_cloud *c, question *q, int64_t row, long double *distance2)
{
    const double *x = q->x + row * c->d;
    int64_t nearest = 0;
    for (int64_t i = 0; i < c->n; i++) {
        distance2[i] = 0;
        for (int64_t j = 0; j < c->d; j++) {
            long double diff = (long double)x[j] - q->a * (long double)c->point[i * c->d + j];
            distance2[i] += diff * diff;
        }
        nearest = distance2[i] < distance2[nearest] ? i : nearest;
    }
    long double second = INFINITY;
    for (int64_t i = 0; i < c->n; i++) {
        if (distance2[i] < second && !same_point(c, i, nearest)) {
            second = distance2[i];
        }
    }
    q->first[row] = (double)(distance2[nearest] / (q->a * q->a));
    q->second[row] = (double)(second / (q->a * q->a));
}

/* Where x lies: a noised point, one as it is, the midpoint of two, next to one, far from all. */
static inline void place(const test_cloud *c, question *q, int64_t row, int kinds)
{
    double *x = q->x + row * c->d, a = (double)q->a;
    const double *y = c->point + row * 37 % c->n * c->d;
    const double *z = c->point + (row * 37 + 1) % c->n * c->d;
    int64_t kind = row % kinds;
    double size = kind == 0 ? q->s : kind == 3 ? 1e-3 * q->s : kind == 4 ? 1e9 : 0;
    test_normal(100 + row, c->d, x);
    for (int64_t j = 0; j < c->d; j++) {
        x[j] = size * x[j] + (kind == 2 ? 0.5 * a * (y[j] + z[j]) : a * y[j]);
    }
}

static inline void answer_all(const test_cloud *c, question *q)
{
    long double *distance2 = calloc((size_t)c->n, sizeof *distance2);
    assert_non_null(distance2);
    for (int64_t row = 0; row < q->m; row++) {
        answer(c, q, row, distance2);
    }
    free(distance2);
}

static inline question question_make(const rig *r, double t, int64_t m, int kinds)
{
    question q = {.t = t, .m = m, .x = numbers(m * r->cloud->d)};
    double a;
    OK(r->ctx, ddn_schedule_eval(r->ctx, r->sch, t, &a, &q.s));
    q.a = r->kind == TEST_OU ? expl(-(long double)t) : (long double)a;
    q.first = numbers(m);
    q.second = numbers(m);
    for (int64_t row = 0; row < m; row++) {
        place(r->cloud, &q, row, kinds);
    }
    answer_all(r->cloud, &q);
    return q;
}

static inline void question_free(question *q)
{
    free(q->x);
    free(q->first);
    free(q->second);
}

/* A relative error, and the rounding of x and a y; none of it where a = 1 and x is on a point. */
static inline int right(const rig *r, const question *q, int64_t row, double got, double want)
{
    const test_cloud *c = r->cloud;
    double floor = 0x1p-52 * (test_length(c->d, q->x + row * c->d) / (double)q->a + c->reach);
    return got == want ||
           (!(want == 0 && r->kind == TEST_EDM) &&
            fabs(got - want) <= 1e-14 * want + 2 * floor * sqrt(want) + floor * floor);
}

/* Fails unless the first m answers are right; says how they were asked for. */
static inline void all_right(const rig *r, const question *q, int64_t m, const double *first,
                             const double *second, const char *how)
{
    for (int64_t k = 0; k < m; k++) {
        if (!right(r, q, k, first[k], q->first[k]) || !right(r, q, k, second[k], q->second[k])) {
            print_error("type %d, n %ld, d %ld, t %g, batch %ld, state %ld, %s%s: %.17g %.17g, "
                        "not %.17g %.17g\n",
                        r->cloud->type, (long)r->cloud->n, (long)r->cloud->d, q->t, (long)m,
                        (long)k, ddn_context_kernel(r->ctx), how, first[k], second[k], q->first[k],
                        q->second[k]);
            fail();
        }
    }
}

/* ---- What comes out ---- */

typedef struct options {
    int64_t forbid;
    double epsilon; /* negative: the preset */
    int trajectory, score;
} options;

static inline ddn_query *ask(const rig *r, const options *o, double *first, double *second,
                             double *score)
{
    ddn_query *query = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &query));
    ddn_options *of = ddn_query_options(query);
    OK(r->ctx, ddn_options_set_i64(of, DDN_QUERY_FORBID, o->forbid));
    OK(r->ctx, ddn_options_set_i64(of, DDN_QUERY_TRAJECTORY, o->trajectory));
    if (o->epsilon >= 0) {
        OK(r->ctx, ddn_options_set_f64(of, DDN_QUERY_EPSILON, o->epsilon));
    }
    OK(r->ctx, ddn_query_bind_f64(query, DDN_OUT_NEAREST_DISTANCE2, first, 0));
    OK(r->ctx, ddn_query_bind_f64(query, DDN_OUT_SECOND_DISTANCE2, second, 0));
    if (o->score) {
        OK(r->ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, r->cloud->d));
    }
    return query;
}

/* ---- Clouds ---- */

typedef enum layout {
    NORMAL,
    CLUSTERS, /* of 100 points, 1e-3 wide */
    LATTICE,  /* small integers: exact ties, and copies where there is no room */
    PAIRS,    /* each point twice */
    CROWD,    /* the first 3000 equal: longer than any list */
    EQUAL     /* all of them */
} layout;

static inline test_cloud cloud(ddn_type type, int64_t n, int64_t d, layout how, double size,
                               double offset)
{
    double *y = numbers(n * d), *z = numbers(n * d);
    test_normal(n + d, n * d, z);
    for (int64_t k = 0; k < n * d; k++) {
        int64_t i = k / d, j = k % d;
        int64_t of = how == PAIRS ? i / 2 : how == EQUAL || (how == CROWD && i < 3000) ? 0 : i;
        y[k] = how == CLUSTERS  ? z[i / 100 * d + j] + 1e-3 * z[k]
               : how == LATTICE ? fmin(3, floor(fabs(2 * z[k])))
                                : z[of * d + j];
        y[k] = offset + size * y[k];
    }
    double scale = type != DDN_TYPE_U8 ? 1 : how == LATTICE ? 1 : size / 40, shift = 0;
    if (type == DDN_TYPE_U8 && how != LATTICE) {
        shift = offset - 128 * scale;
    } else if (type == DDN_TYPE_F32 && offset != 0) {
        scale = size;
        shift = offset;
    }
    test_cloud c = test_cloud_make(type, n, d, d + n % 2, scale, shift, y, 1);
    free(y);
    free(z);
    return c;
}

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

#endif

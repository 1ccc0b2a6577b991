/* Draws of a data point from the posterior, for each way of evaluation, stored type, batch size and
 * kernel variant. A draw is where the distribution function of the exact weights (long double)
 * passes the uniform deviate of (seed, path, step). Would catch: tile or chunk masses that do not
 * belong to their rows, weights of another state's lane, a deviate of another row, lists that are
 * out of order, points left out that count. White box for the deviate alone. */
#include "base/rng.h"
#include "support/exact.h"
#include "support/sanitized.h"
#include "support/ways.h"

enum {
    SEED = 20,
    MOST = 130 /* states of a batch */
};

/* A data set at one time, and the exact weights of one state. */
typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    test_cloud cloud;
    double *weight;     /* [n] or NULL */
    test_exact exact;   /* of the state in question */
    long double *below; /* [n + 1] the exact weights of the points before this one */
    double t;
    long double a, s2;
} rig;

/* Which way the case is made for. */
typedef enum way {
    REFINE, /* clusters narrower than the noise, far from each other: a few points count */
    TRACK,  /* the same, by the list that an earlier run left */
    DENSE,  /* late: all points have weight; f32, or f64 for f64 data */
    DOUBLE, /* epsilon 0 and logits too large for f32: dense in f64 */
    OFFSET, /* the same for bytes far from shift */
    DIRECT, /* states so far away that all sums round: differences, relative to a point */
    TIGHT,  /* points closer together than dense sums in f64 can tell: differences */
    NARROW, /* few coordinates, points side by side */
    FEW,    /* and few points: states side by side */
    WAYS
} way;
static const char *const names[WAYS] = {"refine", "track", "dense",  "double", "offset",
                                        "direct", "tight", "narrow", "few"};

/* How far the states are away along the coordinate that tells no points apart: so far that sums
 * round, or that all weights vanish before one of them is taken out. */
static const double shifted[WAYS] = {[DIRECT] = 1e9, [DENSE] = 50};

/* The way of evaluation that shall serve it. */
static const char *server_of(way w, ddn_type type)
{
    return w >= NARROW                 ? "narrow"
           : w == REFINE               ? "refine"
           : w == TRACK                ? "nearby"
           : w == DIRECT || w == TIGHT ? "direct"
                                       : test_dense_way(type, w != DENSE);
}

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};

static int is_possible(way w, ddn_type type)
{
    return w == DOUBLE   ? type != DDN_TYPE_F64
           : w == OFFSET ? type == DDN_TYPE_U8
           : w == TIGHT  ? type != DDN_TYPE_U8
                         : 1;
}

/* Points of clusters (number i mod clusters), the last coordinate common to all; with weights over
 * six decades, or all the same. */
static rig rig_make(way w, ddn_type type, int weighted)
{
    static const struct {
        int64_t n, d, clusters;
        double spread, t;
    } how[WAYS] = {
        {700, 19, 33, 0.05, 0.01}, {1500, 19, 50, 0.05, 0.01},  {700, 19, 35, 0.05, 1},
        {300, 9, 10, 0.006, 5e-5}, {300, 9, 300, 0.006, 0.003}, {300, 9, 300, 0.05, 1},
        {300, 9, 3, 1e-6, 5e-13},  {700, 9, 35, 0.05, 0.6},     {100, 2, 100, 0.05, 0.5}};
    rig r = {.ctx = test_context(2), .t = how[w].t};
    int64_t n = how[w].n, d = how[w].d, count = n * d;
    double *z = calloc((size_t)(2 * count), sizeof *z), *centre = z + count;
    test_normal(40 + (int64_t)w, 2 * count, z);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < d; j++) {
            double c = w == OFFSET ? 1 : 0.5 * centre[i % how[w].clusters * d + j];
            z[i * d + j] = j == d - 1 ? 0.25 : c + how[w].spread * z[i * d + j];
        }
    }
    double scale = w == OFFSET ? 0.004 : 1 / 80., shift = w == OFFSET ? 0 : -1.6;
    int bytes = type == DDN_TYPE_U8;
    r.cloud = test_cloud_make(type, n, d, d + 1, bytes ? scale : 1, bytes ? shift : 0, z, 0);
    free(z);
    r.weight = weighted ? test_weights(n, 6) : NULL;
    r.cloud.weight = r.weight;
    OK(r.ctx, ddn_schedule_create_ou(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, 0);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    r.exact = test_exact_make(&r.cloud);
    r.below = calloc((size_t)n + 1, sizeof *r.below);
    r.a = expl(-(long double)r.t);
    r.s2 = -expm1l(-2 * (long double)r.t);
    return r;
}

static void rig_free(rig *r)
{
    test_exact_free(&r->exact);
    free(r->below);
    free(r->weight);
    ddn_oracle_destroy(r->oracle);
    ddn_dataset_destroy(r->ds);
    ddn_schedule_destroy(r->sch);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
}

/* The noised point number k, far away along the coordinate that tells no points apart. */
static void state_of(const rig *r, int64_t k, double away, double *x)
{
    int64_t d = r->cloud.d;
    test_normal(900 + k, d, x);
    for (int64_t j = 0; j < d; j++) {
        double y = r->cloud.point[(k * 37 + 5) % r->cloud.n * d + j];
        x[j] = (double)r->a * y + 0.5 * (double)sqrtl(r->s2) * x[j];
    }
    x[d - 1] += away;
}

/* Makes x the state in question. */
static void take_state(rig *r, const double *x)
{
    test_exact_at(&r->cloud, r->a, r->s2, x, &r->exact);
    for (int64_t i = 0; i < r->cloud.n; i++) {
        r->below[i + 1] = r->below[i] + r->exact.w[i];
    }
}

/* How far u is from the part of (0, 1) that belongs to `index`, 0 within; no part, infinity. */
static double distance(const rig *r, double u, int64_t index)
{
    long double from = r->below[index], to = r->below[index + 1];
    return to > from ? (double)fmaxl(0, fmaxl(from - (long double)u, (long double)u - to))
                     : INFINITY;
}

/* Deviates may be off by what the promise of oracle.h lets the weights be off by: 1e-4 where data
 * are summed in f32, else the rounding of logits; and by epsilon. */
static double allowed(way w, ddn_type type)
{
    return type != DDN_TYPE_F64 && w == DENSE ? 1e-4 : 2e-9;
}

/* The chi-square statistic of the counts of `total` draws, points of one bin being neighbours with
 * an expectation of 5 at least, as a standard normal deviate (Wilson and Hilferty). */
static double surprise(const rig *r, const int64_t *count, int64_t total)
{
    double chi2 = 0, expected = 0, left = (double)total;
    int64_t seen = 0, bins = 0;
    for (int64_t i = 0; i < r->cloud.n; i++) {
        double more = (double)total * (double)r->exact.w[i];
        expected += more;
        left -= more;
        seen += count[i];
        if ((expected >= 5 && left >= 5) || i + 1 == r->cloud.n) {
            chi2 += ((double)seen - expected) * ((double)seen - expected) / expected;
            bins++;
            seen = 0;
            expected = 0;
        }
    }
    assert_true(bins > 4);
    double spread = 2 / (9.0 * (double)(bins - 1));
    return (cbrt(chi2 / (double)(bins - 1)) - (1 - spread)) / sqrt(spread);
}

/* A query for draws, by the way for few coordinates or by the others. */
static ddn_query *ask_for(const rig *r, int narrow, int64_t *draw)
{
    int64_t bit = INT64_C(1) << test_way(r->oracle, "narrow");
    ddn_query *query = NULL;
    OK(r->ctx, ddn_query_create(r->ctx, r->oracle, &query));
    OK(r->ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_FORBID, narrow ? 0 : bit));
    OK(r->ctx, ddn_query_bind_i64(query, DDN_OUT_DRAW_INDEX, draw));
    return query;
}

/* Draws of one state in batches of m. The threshold 4.76 is exceeded by chance in 1e-6 of the
 * cases; seeds are fixed. At most 2 of the 200 to 520 deviates fall so near an edge that f32
 * takes the neighbour, none otherwise. */
static void check_batch(rig *r, way w, int64_t m, int64_t runs)
{
    int64_t d = r->cloud.d, n = r->cloud.n, differ = 0, total = m * runs, draw[MOST];
    int64_t *count = calloc((size_t)n, sizeof *count);
    double *x = calloc((size_t)(2 * MOST * d), sizeof *x), *score = x + MOST * d, top = 0;
    int whole = w >= DOUBLE && w < NARROW;
    for (int64_t q = 0; q < m; q++) {
        state_of(r, 1, shifted[w], x + q * d);
    }
    ddn_query *query = ask_for(r, w >= NARROW, draw);
    OK(r->ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, d));
    OK(r->ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_TRAJECTORY, w == TRACK));
    if (whole) {
        OK(r->ctx, ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, 0));
    }
    for (int64_t k = 0; k < runs; k++) {
        /* Every draw another path, or of the same paths another step. */
        OK(r->ctx, ddn_query_set_noise(query, SEED + w, w == TRACK ? 7 : k * m, k, 0, NULL));
        OK(r->ctx, ddn_query_run(query, r->t, m, x, d));
        if (w != TRACK || k > 0) {
            test_served_all(query, r->oracle, server_of(w, r->cloud.type), m);
        }
        for (int64_t q = 0; q < m; q++) {
            int64_t path = (w == TRACK ? 7 : k * m) + q;
            double u = ddni_uniform(SEED + w, DDNI_STREAM_DRAW, path, k, 0);
            assert_true(draw[q] >= 0 && draw[q] < n);
            count[draw[q]]++;
            double off = distance(r, u, draw[q]);
            differ += off > 0;
            top = fmax(top, off);
        }
    }
    double z = surprise(r, count, total), most = allowed(w, r->cloud.type);
    if (!(top <= most && z < 4.76 && differ <= (most > 1e-8 ? 2 : 0))) {
        print_error("%s, type %d, batch %ld, %s: off by %.2g, %ld of %ld differ, z = %.2f\n",
                    names[w], r->cloud.type, (long)m, ddn_context_kernel(r->ctx), top, (long)differ,
                    (long)total, z);
        fail();
    }
    ddn_query_destroy(query);
    free(count);
    free(x);
}

static void draws_of_every_way_have_the_posterior(void **state)
{
    (void)state;
    static const int64_t batches[] = {1, 2, 17, MOST};
    for (int k = 0; k < 3 * WAYS; k++) {
        way w = (way)(k / 3);
        if (!is_possible(w, types[k % 3])) {
            continue;
        }
        rig r = rig_make(w, types[k % 3], 0);
        double *x = calloc((size_t)r.cloud.d, sizeof *x);
        int64_t slow = w == DIRECT || w == TIGHT ? 2 : 1;
        int32_t supported;
        const char *name;
        state_of(&r, 1, shifted[w], x);
        take_state(&r, x);
        for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
            for (int b = 0; supported && b < 4; b += TEST_SANITIZED ? 3 : 1) {
                OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
                check_batch(&r, w, batches[b], (b == 3 ? 4 * MOST : 200) / batches[b] / slow);
            }
        }
        free(x);
        rig_free(&r);
    }
}

/* ---- One (seed, path, step), one draw ---------------------------------------------------- */

/* How draws are asked for: in batches of m, each of a run of its own, or (memory) of the second run
 * of a query with a memory. */
typedef struct manner {
    int64_t m;
    double epsilon;
    int memory, narrow;
} manner;

/* The draws of states x[MOST][d], with paths of their own. */
static void draw_all(rig *r, const manner *how, const double *x, const int64_t *paths,
                     int64_t *draw)
{
    int64_t d = r->cloud.d;
    double *score = calloc((size_t)(MOST * d), sizeof *score);
    for (int64_t first = 0; first < MOST; first += how->m) {
        int64_t count = MOST - first < how->m ? MOST - first : how->m;
        ddn_query *query = ask_for(r, how->narrow, draw + first);
        OK(r->ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, d));
        OK(r->ctx,
           ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_TRAJECTORY, how->memory));
        if (how->epsilon >= 0) {
            OK(r->ctx,
               ddn_options_set_f64(ddn_query_options(query), DDN_QUERY_EPSILON, how->epsilon));
        }
        OK(r->ctx, ddn_query_set_noise(query, SEED, 0, 3, count, paths + first));
        for (int k = 0; k <= how->memory; k++) {
            OK(r->ctx, ddn_query_run(query, r->t, count, x + first * d, d));
        }
        ddn_query_destroy(query);
    }
    free(score);
}

/* 130 states, no two alike, by way of lists, memory and dense sums, at late times where lists are
 * given up, and of points side by side: every way draws what the exact weights say, also where
 * the points have weights. In f32 at most 2 of 130 deviates are
 * near enough to an edge to differ; seeds are fixed. */
static void a_draw_does_not_depend_on_the_way(void **state)
{
    (void)state;
    static const manner how[] = {{1, 0, 0, 0},   {1, -1, 0, 0},  {2, -1, 0, 0},    {40, 0, 0, 0},
                                 {40, -1, 0, 0}, {130, 0, 0, 0}, {130, -1, 0, 0},  {40, -1, 1, 0},
                                 {1, -1, 0, 1},  {40, 0, 0, 1},  {130, 1e-3, 0, 0}};
    enum {
        HOW = sizeof how / sizeof how[0]
    };
    static const double times[] = {0.01, 0.2, 1};
    int64_t paths[MOST], draw[HOW][MOST];
    for (int64_t q = 0; q < MOST; q++) {
        paths[q] = 5 + (q * 7919) % 1009;
    }
    for (int k = 0; k < 36; k++) {
        rig r = rig_make(k < 18 ? REFINE : NARROW, types[k % 3], k / 9 % 2);
        int64_t d = r.cloud.d, differ[HOW] = {0};
        double *x = calloc((size_t)(MOST * d), sizeof *x);
        r.t = times[k / 3 % 3];
        r.a = expl(-(long double)r.t);
        r.s2 = -expm1l(-2 * (long double)r.t);
        for (int64_t q = 0; q < MOST; q++) {
            state_of(&r, q, 0, x + q * d);
        }
        for (int h = 0; h < HOW; h++) {
            draw_all(&r, &how[h], x, paths, draw[h]);
        }
        for (int64_t q = 0; q < MOST; q++) {
            double u = ddni_uniform(SEED, DDNI_STREAM_DRAW, paths[q], 3, 0);
            take_state(&r, x + q * d);
            for (int h = 0; h < HOW; h++) {
                double off = distance(&r, u, draw[h][q]);
                differ[h] += off > 0;
                CLOSE(off, 0, 0, allowed(DENSE, types[k % 3]) + fmax(how[h].epsilon, 0));
            }
        }
        for (int h = 0; h < HOW; h++) {
            assert_true(differ[h] <= (types[k % 3] == DDN_TYPE_F64 ? 0 : 2));
        }
        free(x);
        rig_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_of_every_way_have_the_posterior),
        cmocka_unit_test(a_draw_does_not_depend_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A set over a team of threads is the set of one process: numbers, every output, runs. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"

enum {
    N = 120,
    D = 24,
    CLASSES = 3,
    M = 10,
    MOST = D > CLASSES ? D : CLASSES,
    OUTPUTS = DDN_OUT_SECOND_DISTANCE2 + 1,
    ODD = 1 /* the rank whose memory fails */
};

/* What a rank has found. */
typedef struct findings {
    double out[OUTPUTS][M * MOST];
    int64_t index[OUTPUTS][M];
    double mean[D], norms[N], samples[M * D], distance2[M * 5], end[M * D], dropped;
    double all_distance2[2 * N], one_distance2[N];
    int64_t n, classes, digest, near[M * 5], all_near[2 * N], drawn[M];
} findings;

/* The points and what is asked. */
typedef struct problem {
    ddn_type type;
    double t;
    double points[N * D], x[M * D], v[M * D];
    uint8_t bytes[N * D];
    float singles[N * D];
    int32_t labels[N];
    int64_t outputs; /* set */
    int32_t weighted;
    findings found[CREW_MOST];
    ddn_status failed;
    char text[512];
    /* Where an allocation of a rank fails. */
    int64_t fail_at, left[CREW_MOST];
    int32_t reached;
    ddn_status status[CREW_MOST];
} problem;

/* Three clusters one after the other, so that ranks have different classes; bytes are stored in
 * eighths. The states are noised points, and midpoints of pairs that ranks share. */
static problem *make_problem(ddn_type type, double t)
{
    problem *p = calloc(1, sizeof *p);
    assert_non_null(p);
    double *noise = p->points;
    p->type = type;
    p->t = t;
    test_normal(7, N * D, noise);
    for (int64_t i = 0; i < N * D; i++) {
        int64_t row = i / D, c = row * CLASSES / N;
        double y = p->points[i] + (i % D == c ? 4.0 : 0.0);
        p->bytes[i] = (uint8_t)fmin(255, fmax(0, 100 + 8 * y));
        p->singles[i] = (float)y;
        p->points[i] = type == DDN_TYPE_U8    ? ((double)p->bytes[i] * 0.125 - 12.5)
                       : type == DDN_TYPE_F32 ? (double)p->singles[i]
                                              : y;
        p->labels[row] = (int32_t)(10 - 3 * c);
    }
    test_normal(8, M * D, p->x);
    test_normal(9, M * D, p->v);
    double a = exp(-t), s = sqrt(1 - a * a);
    for (int64_t i = 0; i < M * D; i++) {
        int64_t r = i / D, j = i % D;
        const double *y = p->points + (r * 17 % N) * D, *z = p->points + ((r * 17 + 60) % N) * D;
        p->x[i] = r % 2 == 0 ? a * y[j] + s * p->x[i] : a * 0.5 * (y[j] + z[j]);
    }
    return p;
}

static ddn_status make_part(ddn_context *ctx, const problem *p, int64_t first, int64_t count,
                            ddn_dataset **out)
{
    ddn_dataset *raw = NULL, *mapped = NULL;
    const void *data = p->type == DDN_TYPE_U8    ? (const void *)(p->bytes + first * D)
                       : p->type == DDN_TYPE_F32 ? (const void *)(p->singles + first * D)
                                                 : (const void *)(p->points + first * D);
    double scale = p->type == DDN_TYPE_U8 ? 0.125 : 1, shift = p->type == DDN_TYPE_U8 ? -12.5 : 0;
    ddn_status status = ddn_dataset_create(ctx, p->type, count, D, data, D, &raw);
    if (status == DDN_OK) {
        status = ddn_dataset_create_mapped(ctx, raw, scale, shift, &mapped);
    }
    if (status == DDN_OK) {
        status = ddn_dataset_create_labelled(ctx, mapped, count, p->labels + first, out);
    }
    ddn_dataset_destroy(raw);
    ddn_dataset_destroy(mapped);
    return status;
}

static ddn_status ask(ddn_context *ctx, const problem *p, const ddn_oracle *oracle, findings *f)
{
    ddn_query *q = NULL;
    ddn_status status = ddn_query_create(ctx, oracle, &q);
    for (ddn_output what = 1; what < OUTPUTS; what++) {
        if ((p->outputs >> what & 1) == 0) {
            continue;
        }
        if (ddn_output_type(what) == DDN_TYPE_I64) {
            STEP(ddn_query_bind_i64(q, what, f->index[what]));
        } else {
            STEP(ddn_query_bind_f64(q, what, f->out[what], ddn_oracle_output_width(oracle, what)));
        }
    }
    STEP(ddn_query_bind_input(q, DDN_IN_V, p->v, D));
    STEP(ddn_query_set_noise(q, 5, 3, 0, 0, NULL));
    STEP(ddn_query_run(q, p->t, M, p->x, D));
    f->dropped = ddn_query_dropped(q);
    ddn_query_destroy(q);
    return status;
}

static ddn_status run(ddn_context *ctx, const problem *p, const ddn_oracle *oracle, findings *f)
{
    ddn_integrator *it = NULL;
    memcpy(f->end, p->x, sizeof f->end);
    ddn_status status = ddn_integrator_create(ctx, oracle, DDN_METHOD_HEUN, &it);
    const double times[] = {2, 1, 0.4, 0.1, 0.03, 0.01};
    STEP(ddn_integrator_set_times(it, 6, times));
    STEP(ddn_integrator_run(it, M, f->end, D));
    ddn_integrator_destroy(it);
    return status;
}

/* All that is compared, of a set that one process or the team has. */
static ddn_status find(ddn_context *ctx, const problem *p, const ddn_dataset *ds, findings *f)
{
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    f->n = ddn_dataset_n(ds);
    f->classes = ddn_dataset_class_count(ds);
    ddn_status status = ddn_dataset_mean(ctx, ds, D, f->mean);
    STEP(ddn_dataset_squared_norms(ctx, ds, N, p->v, f->norms));
    STEP(ddn_dataset_digest(ctx, ds, &f->digest));
    STEP(ddn_dataset_nearest(ctx, ds, M, 5, p->x, D, f->near, f->distance2));
    /* More than any part has. */
    STEP(ddn_dataset_nearest(ctx, ds, 2, N, p->x, D, f->all_near, f->all_distance2));
    STEP(ddn_dataset_nearest(ctx, ds, 1, N, p->x, D, NULL, f->one_distance2));
    STEP(ddn_schedule_create_ou(ctx, &sch));
    STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    STEP(ddn_oracle_sample_data(ctx, oracle, 1, 35, M, f->samples, D, f->drawn));
    STEP(ask(ctx, p, oracle, f));
    STEP(run(ctx, p, oracle, f));
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

/* The set itself, or with weights of which some are near 0. */
static ddn_status weigh(ddn_context *ctx, const problem *p, ddn_dataset *ds, ddn_dataset **out)
{
    double weights[N];
    if (!p->weighted) {
        *out = ds;
        return ddn_dataset_retain(ds);
    }
    for (int i = 0; i < N; i++) {
        weights[i] = exp(-3 * (double)((i * 7) % 11));
    }
    return ddn_dataset_create_weighted(ctx, ds, N, weights, out);
}

/* Parts of sizes in proportion to 1, 2, 3, ... */
static ddn_status part_of(const crew_rank *rank, ddn_context *ctx, const problem *p,
                          ddn_dataset **out)
{
    int64_t all = rank->size * (rank->size + 1) / 2, r = rank->rank;
    int64_t first = N * (r * (r + 1) / 2) / all, end = N * ((r + 1) * (r + 2) / 2) / all;
    return make_part(ctx, p, first, end - first, out);
}

static void rank_finds(crew_rank *rank)
{
    problem *p = rank->user;
    const int64_t r = rank->rank;
    ddn_dataset *part = NULL, *even = NULL, *ds = NULL;
    ddn_status status = part_of(rank, rank->ctx, p, &part);
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &even));
    STEP(weigh(rank->ctx, p, even, &ds));
    STEP(find(rank->ctx, p, ds, &p->found[r]));
    if (status != DDN_OK && r == 0) {
        p->failed = status;
        snprintf(p->text, sizeof p->text, "%s", ddn_context_message(rank->ctx));
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(even);
    ddn_dataset_destroy(part);
}

/* Relative to the length of each row of `want`, and `floor` more. */
static void close_rows(const char *what, const double *got, const double *want, int64_t width,
                       double rtol, double floor)
{
    for (int64_t r = 0; r < M; r++) {
        double size = 0, error = 0;
        for (int64_t j = 0; j < width; j++) {
            size += want[r * width + j] * want[r * width + j];
            error += pow(got[r * width + j] - want[r * width + j], 2);
        }
        if (!(sqrt(error) <= rtol * sqrt(size) + floor)) {
            fail_msg("%s of state %d: off by %g of %g", what, (int)r, sqrt(error), sqrt(size));
        }
    }
}

/* Of state r from a point. */
static double distance2(const problem *p, int64_t r, int64_t row)
{
    double sum = 0;
    for (int64_t j = 0; j < D; j++) {
        sum += pow(p->x[r * D + j] - exp(-p->t) * p->points[row * D + j], 2);
    }
    return sum;
}

/* The promises of oracle.h, of two evaluations that may both use them up. */
static void same_promise(const problem *p, const findings *got, const findings *want)
{
    int f64 = p->type == DDN_TYPE_F64;
    double score = f64 ? 2e-12 : 2e-5, weight = f64 ? 4e-9 : 4e-3, a = exp(-p->t);
    double s2 = 1 - a * a, u = f64 ? 0x1p-53 : 0x1p-24, floor = 2 * (8 + N / 128.0) * u * 20;
    for (ddn_output what = 1; what < OUTPUTS; what++) {
        const double *g = got->out[what], *w = want->out[what];
        const char *name = ddn_output_name(what);
        if ((p->outputs >> what & 1) == 0) {
            continue;
        }
        switch (what) {
        case DDN_OUT_SCORE:
            close_rows(name, g, w, D, score, floor / s2);
            break;
        case DDN_OUT_MEAN:
            close_rows(name, g, w, D, score, (floor + score * sqrt(s2 * D)) / a);
            break;
        case DDN_OUT_ARGMAX:
        case DDN_OUT_DRAW_INDEX: /* of two points at one distance either will do */
            for (int64_t r = 0; r < M; r += 2) {
                assert_int_equal(got->index[what][r], want->index[what][r]);
            }
            for (int64_t r = 1; what == DDN_OUT_ARGMAX && r < M; r += 2) {
                CLOSE(distance2(p, r, got->index[what][r]), distance2(p, r, want->index[what][r]),
                      p->type == DDN_TYPE_F64 ? 1e-12 : 1e-6, 0);
            }
            break;
        case DDN_OUT_DRAW:
            for (int64_t r = 0; r < M; r += 2) {
                assert_memory_equal(g + r * D, w + r * D, D * sizeof *g);
            }
            break;
        case DDN_OUT_LOG_P:
        case DDN_OUT_DIVERGENCE:
            close_rows(name, g, w, 1, weight, weight);
            break;
        case DDN_OUT_CLASS_POSTERIOR:
            close_rows(name, g, w, CLASSES, weight, 4e-9);
            break;
        case DDN_OUT_NEAREST_DISTANCE2:
        case DDN_OUT_SECOND_DISTANCE2:
            close_rows(name, g, w, 1, 1e-13, 0);
            break;
        case DDN_OUT_JACOBIAN_TIMES_V:
            close_rows(name, g, w, D, 4 * weight, weight / s2);
            break;
        default:
            close_rows(name, g, w, what == DDN_OUT_COV_TIMES_V ? D : 1, 2 * weight, 1e-8);
        }
    }
}

/* A set of one process for comparison. */
static findings *reference_of(const problem *p)
{
    findings *f = calloc(1, sizeof *f);
    test_setup s = test_setup_make(1);
    ddn_dataset *even = NULL, *ds = NULL;
    assert_non_null(f);
    OK(s.ctx, make_part(s.ctx, p, 0, N, &even));
    OK(s.ctx, weigh(s.ctx, p, even, &ds));
    OK(s.ctx, find(s.ctx, p, ds, f));
    ddn_dataset_destroy(even);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
    return f;
}

static void compare(problem *p, int64_t size)
{
    findings *want = reference_of(p), *again = malloc(sizeof *again);
    assert_non_null(again);
    for (int repetition = 0; repetition < 2; repetition++) {
        memset(p->found, 0, sizeof p->found);
        test_crew(size, rank_finds, p);
        if (p->failed != DDN_OK) {
            fail_msg("%s", p->text);
        }
        const findings *got = &p->found[0];
        for (int64_t r = 1; r < size; r++) { /* the same bits on all ranks */
            assert_memory_equal(&p->found[r], got, sizeof *got);
        }
        if (repetition > 0) { /* and in every run */
            assert_memory_equal(again, got, sizeof *got);
        }
        memcpy(again, got, sizeof *again);
    }
    assert_int_equal(again->n, N);
    assert_int_equal(again->classes, CLASSES);
    assert_int_equal(again->digest, want->digest);
    assert_memory_equal(again->norms, want->norms, sizeof want->norms);
    assert_memory_equal(again->samples, want->samples, sizeof want->samples);
    assert_memory_equal(again->near, want->near, sizeof want->near);
    assert_memory_equal(again->distance2, want->distance2, sizeof want->distance2);
    assert_memory_equal(again->all_near, want->all_near, sizeof want->all_near);
    assert_memory_equal(again->all_distance2, want->all_distance2, sizeof want->all_distance2);
    assert_memory_equal(again->one_distance2, want->all_distance2, sizeof want->one_distance2);
    assert_memory_equal(again->drawn, want->drawn, sizeof want->drawn);
    for (int j = 0; j < D; j++) {
        CLOSE(again->mean[j], want->mean[j], 1e-14, 1e-15);
    }
    same_promise(p, again, want);
    close_rows("the end of a run", again->end, want->end, D, p->type == DDN_TYPE_F64 ? 1e-9 : 1e-3,
               0);
    free(again);
    free(want);
}

static void every_output_is_that_of_the_whole_set(void **state)
{
    (void)state;
    const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    const double times[] = {1e-4, 0.05, 0.6, 2.5};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
            problem *p = make_problem(types[i], times[k]);
            p->outputs = (INT64_C(1) << OUTPUTS) - 2;
            compare(p, 1 + (i + k) % 4);
            free(p);
        }
    }
}

/* Points with weights: the likeliest one is not the nearest. */
static void weights_count(void **state)
{
    (void)state;
    const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    const double times[] = {0.05, 0.6, 2.5};
    for (int i = 0; i < 9; i++) {
        problem *p = make_problem(types[i % 3], times[i / 3]);
        p->outputs = (INT64_C(1) << OUTPUTS) - 2;
        p->weighted = 1;
        compare(p, 1 + i % 4);
        free(p);
    }
}

/* Each output by itself: none leans on what another one asks for. */
static void outputs_need_no_others(void **state)
{
    (void)state;
    for (ddn_output what = 1; what < OUTPUTS; what++) {
        problem *p = make_problem(DDN_TYPE_F32, 0.3);
        p->outputs = INT64_C(1) << what;
        compare(p, 3);
        free(p);
    }
}

/* ---- copies on several ranks ---- */

typedef struct second {
    double distance2[2];
    ddn_status status[2];
} second;

static void rank_has_a_copy(crew_rank *rank)
{
    static const double points[2][4] = {{0.0, 1, 3, 0}, {-0.0, 1, 5, 0}}, x[2] = {0, 1};
    second *of = rank->user;
    ddn_dataset *part = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *query = NULL;
    ddn_status status = DDN_OK;
    STEP(ddn_dataset_create(rank->ctx, DDN_TYPE_F64, 2, 2, points[rank->rank], 2, &part));
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &ds));
    STEP(ddn_schedule_create_edm(rank->ctx, &sch));
    STEP(ddn_oracle_create_empirical(rank->ctx, ds, sch, &oracle));
    STEP(ddn_query_create(rank->ctx, oracle, &query));
    STEP(ddn_query_bind_f64(query, DDN_OUT_SECOND_DISTANCE2, &of->distance2[rank->rank], 0));
    STEP(ddn_query_run(query, 1, 1, x, 2));
    of->status[rank->rank] = status;
    ddn_query_destroy(query);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
}

/* Equal numbers are equal whatever their bits: -0 is 0, in the first coordinate, too. */
static void copies_on_two_ranks_are_one_point(void **state)
{
    (void)state;
    second of = {{0}, {0}};
    test_crew(2, rank_has_a_copy, &of);
    for (int r = 0; r < 2; r++) {
        assert_int_equal(of.status[r], DDN_OK);
        CLOSE(of.distance2[r], 10, 0, 0);
    }
}

/* ---- no memory ---- */

static void rank_starves(crew_rank *rank)
{
    problem *p = rank->user;
    findings *f = &p->found[rank->rank];
    const int32_t odd = rank->rank == ODD;
    test_memory memory;
    ddn_context *ctx = test_failing_context(&memory, 0);
    ddn_dataset *part = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_status status = part_of(rank, ctx, p, &part);
    STEP(ddn_dataset_create_team(ctx, rank->team, part, &ds));
    STEP(ddn_schedule_create_ou(ctx, &sch));
    STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    memory.fail_at = odd ? memory.allocations + p->fail_at : 0;
    STEP(ddn_oracle_sample_data(ctx, oracle, 1, 35, M, f->samples, D, f->drawn));
    STEP(ask(ctx, p, oracle, f));
    p->status[rank->rank] = status;
    if (odd) {
        p->reached = memory.allocations >= memory.fail_at;
    }
    memory.fail_at = 0;
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
    ddn_context_destroy(ctx);
    p->left[rank->rank] = memory.live;
}

/* Samples with their rows, draws, and states that are asked again: one status for all, wherever an
 * allocation of one rank fails. */
static void no_memory_on_one_rank(void **state)
{
    (void)state;
    problem *p = make_problem(DDN_TYPE_F32, 0.6);
    int64_t failures = 0;
    p->outputs = (INT64_C(1) << OUTPUTS) - 2;
    p->reached = 1;
    for (p->fail_at = 1; p->reached; p->fail_at++) {
        test_crew(3, rank_starves, p);
        for (int r = 0; r < 3; r++) {
            assert_int_equal(p->status[r], p->reached ? DDN_E_NOMEM : DDN_OK);
            assert_int_equal(p->left[r], 0);
        }
        failures += p->reached;
    }
    assert_true(failures > 60);
    assert_memory_equal(&p->found[ODD], &p->found[0], sizeof p->found[0]);
    free(p);
}

/* Exchanges that do nothing, or put what was given elsewhere. */
static int32_t gives_nothing(void *user, int64_t bytes, const void *give, void *take)
{
    const int64_t *elsewhere = user;
    if (*elsewhere != 0) {
        memcpy((char *)take + bytes, give, (size_t)bytes);
    }
    return 0;
}

static void count_releases(void *user)
{
    int64_t *counts = user;
    counts[1]++;
}

/* What a rank wants to say must be in what all have heard: else its own failure is lost, and a call
 * that failed is taken for one that did not. */
static void exchanges_that_do_not_exchange(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (int64_t elsewhere = 0; elsewhere < 2; elsewhere++) {
        int64_t counts[2] = {elsewhere, 0};
        ddn_team *team, *group = (ddn_team *)ctx;
        OK(ctx,
           ddn_team_create(ctx, 0, 2, gives_nothing, gives_nothing, counts, count_releases, &team));
        FAILS(ctx,
              ddn_team_create_group(ctx, team, 3, gives_nothing, gives_nothing, counts,
                                    count_releases, &group),
              DDN_E_CALLBACK, "take[0], of this rank itself, is not what it gave");
        assert_null(group);
        FAILS(ctx, ddn_team_agree(ctx, team, DDN_E_IO), DDN_E_CALLBACK, "has failed before");
        assert_int_equal(counts[1], 0);
        ddn_team_destroy(team);
        assert_int_equal(counts[1], 1);
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_output_is_that_of_the_whole_set),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(outputs_need_no_others),
        cmocka_unit_test(copies_on_two_ranks_are_one_point),
        cmocka_unit_test(no_memory_on_one_rank),
        cmocka_unit_test(exchanges_that_do_not_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

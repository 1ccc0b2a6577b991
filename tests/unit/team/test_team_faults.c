/* What goes wrong on one rank ends the same call on all of them, with one status, and leaves the
 * team in step. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"

enum {
    N = 30,
    D = 6,
    M = 4,
    RANKS = 3,
    ODD = 1 /* the rank that errs */
};

typedef struct rank_state {
    ddn_status status, after; /* of the call, and of a good one after it */
    char text[512];
    double score[M * D];
} rank_state;

/* A fault: what rank ODD does otherwise than the others. */
typedef enum fault {
    NOT_A_NUMBER,
    OTHER_TIME,
    OTHER_STATES,
    NO_STATES,
    OTHER_OUTPUTS,
    OTHER_CALL,
    NO_MEMORY_FOR_OUTPUT, /* it is NULL */
    STOPPED_BY_PROGRESS,
    FAILED_BY_PROGRESS,
    CANCELLED,
    FAILED_BY_OBSERVER,
    SHORT_RUN,
    FAULTS
} fault;

static const ddn_status expected[FAULTS] = {
    [NOT_A_NUMBER] = DDN_E_NONFINITE,      [OTHER_TIME] = DDN_E_MISMATCH,
    [OTHER_STATES] = DDN_E_MISMATCH,       [NO_STATES] = DDN_E_MISMATCH,
    [OTHER_OUTPUTS] = DDN_E_MISMATCH,      [OTHER_CALL] = DDN_E_MISMATCH,
    [NO_MEMORY_FOR_OUTPUT] = DDN_E_NULL,   [STOPPED_BY_PROGRESS] = DDN_STOPPED,
    [FAILED_BY_PROGRESS] = DDN_E_CALLBACK, [CANCELLED] = DDN_STOPPED,
    [FAILED_BY_OBSERVER] = DDN_E_CALLBACK, [SHORT_RUN] = DDN_E_MISMATCH,
};

typedef struct trial {
    fault which;
    rank_state rank[CREW_MOST];
    int64_t fail_at, failures; /* allocations of rank ODD */
    int32_t integrate;
} trial;

static ddn_dataset *part_of(ddn_context *ctx, int64_t rank, int64_t d)
{
    double points[N * D];
    ddn_dataset *part = NULL;
    test_normal(100 + rank, N * D, points);
    return ddn_dataset_create(ctx, DDN_TYPE_F64, N / 2 + rank, d, points, d, &part) == DDN_OK
               ? part
               : NULL;
}

typedef struct stage {
    ddn_dataset *part, *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
} stage;

/* What a rank makes by itself. */
static void stage_own(crew_rank *rank, ddn_context *ctx, stage *s)
{
    *s = (stage){.part = part_of(ctx, rank->rank, D)};
    (void)ddn_schedule_create_ou(ctx, &s->sch);
}

static ddn_status stage_make(crew_rank *rank, ddn_context *ctx, stage *s)
{
    ddn_status status = ddn_dataset_create_team(ctx, rank->team, s->part, &s->ds);
    STEP(ddn_oracle_create_empirical(ctx, s->ds, s->sch, &s->oracle));
    return status;
}

static void stage_free(stage *s)
{
    ddn_oracle_destroy(s->oracle);
    ddn_schedule_destroy(s->sch);
    ddn_dataset_destroy(s->ds);
    ddn_dataset_destroy(s->part);
}

static ddn_status score(ddn_context *ctx, const stage *s, fault which, int32_t odd, double *out)
{
    double x[M * D], other[M * D];
    test_normal(3, M * D, x);
    double t = odd && which == OTHER_TIME ? 0.5000001 : 0.5;
    x[7] = odd && which == NOT_A_NUMBER ? NAN : odd && which == OTHER_STATES ? x[7] + 1e-15 : x[7];
    int64_t m = odd && which == NO_STATES ? 0 : M;
    if (odd && which == OTHER_CALL) {
        return ddn_dataset_mean(ctx, s->ds, D, other);
    }
    ddn_query *q = NULL;
    ddn_status status = ddn_query_create(ctx, s->oracle, &q);
    STEP(ddn_query_bind_f64(q, DDN_OUT_SCORE, out, D));
    if (odd && which == OTHER_OUTPUTS) {
        STEP(ddn_query_bind_f64(q, DDN_OUT_LOG_P, other, D));
    }
    STEP(ddn_query_run(q, t, m, odd && which == NO_MEMORY_FOR_OUTPUT ? NULL : x, D));
    ddn_query_destroy(q);
    return status;
}

static int32_t stop(void *user, const char *name, double fraction)
{
    (void)user, (void)name;
    return fraction > 0 ? DDN_STOPPED : DDN_OK;
}

static int32_t break_down(void *user, const char *name, double fraction)
{
    (void)name;
    return fraction > 0 ? ddn_context_fail(user, "the screen is gone") : DDN_OK;
}

static int32_t cancel(void *user, const char *name, double fraction)
{
    (void)name, (void)fraction;
    ddn_context_cancel(user);
    return DDN_OK;
}

static int32_t observe(void *user, const ddn_step *step)
{
    crew_rank *rank = user;
    return rank->rank == ODD && ddn_step_index(step) == 3
               ? ddn_context_fail(rank->ctx, "the disk is full")
               : DDN_OK;
}

static ddn_status integrate(crew_rank *rank, const stage *s, fault which, int32_t odd)
{
    ddn_context *ctx = rank->ctx;
    const double times[] = {2, 1.5, 1.2, 1, 0.7, 0.5, 0.3, 0.1};
    double x[M * D];
    ddn_integrator *it = NULL;
    test_normal(3, M * D, x);
    ddn_status status = ddn_integrator_create(ctx, s->oracle, DDN_METHOD_EULER, &it);
    STEP(ddn_integrator_set_times(it, odd && which == SHORT_RUN ? 5 : 8, times));
    if (which == FAILED_BY_OBSERVER) {
        STEP(ddn_integrator_attach_callback(it, 0, observe, rank, NULL));
    }
    if (odd) {
        STEP(ddn_context_set_progress(ctx,
                                      which == STOPPED_BY_PROGRESS  ? stop
                                      : which == FAILED_BY_PROGRESS ? break_down
                                      : which == CANCELLED          ? cancel
                                                                    : NULL,
                                      ctx, NULL));
    }
    STEP(ddn_integrator_run(it, M, x, D));
    (void)ddn_context_set_progress(ctx, NULL, NULL, NULL);
    ddn_integrator_destroy(it);
    return status;
}

static void note(rank_state *to, ddn_context *ctx, ddn_status status)
{
    to->status = status;
    snprintf(to->text, sizeof to->text, "%s", ddn_context_message(ctx));
}

static void err(crew_rank *rank)
{
    trial *t = rank->user;
    stage s;
    rank_state *own = &t->rank[rank->rank];
    int32_t odd = rank->rank == ODD;
    stage_own(rank, rank->ctx, &s);
    if (stage_make(rank, rank->ctx, &s) != DDN_OK) {
        note(own, rank->ctx, -100);
    } else {
        note(own, rank->ctx,
             t->which >= STOPPED_BY_PROGRESS ? integrate(rank, &s, t->which, odd)
                                             : score(rank->ctx, &s, t->which, odd, own->score));
        if (t->which == SHORT_RUN && odd) { /* has ended well, and hears of it now */
            note(own, rank->ctx, score(rank->ctx, &s, FAULTS, 0, own->score));
        }
        own->after = score(rank->ctx, &s, FAULTS, 0, own->score);
    }
    stage_free(&s);
}

static void one_status_for_all(void **state)
{
    (void)state;
    for (int which = 0; which < FAULTS; which++) {
        trial t = {.which = which};
        test_crew(RANKS, err, &t);
        for (int r = 0; r < RANKS; r++) {
            if (t.rank[r].status != expected[which] || t.rank[r].after != DDN_OK) {
                fail_msg("fault %d, rank %d: %s instead of %s, then %s: %s", which, r,
                         ddn_status_name(t.rank[r].status), ddn_status_name(expected[which]),
                         ddn_status_name(t.rank[r].after), t.rank[r].text);
            }
            if (strstr(t.rank[r].text, "rank") == NULL && r != ODD) {
                fail_msg("fault %d, rank %d: %s", which, r, t.rank[r].text);
            }
            assert_memory_equal(t.rank[r].score, t.rank[0].score, sizeof t.rank[0].score);
        }
    }
}

/* One ends well, another by itself with an error, the last is still in the call: that hears of the
 * error at once, the first in its next call, and the second does not hear of itself again. */
static void end_apart(crew_rank *rank)
{
    trial *t = rank->user;
    stage s;
    rank_state *own = &t->rank[rank->rank];
    stage_own(rank, rank->ctx, &s);
    if (stage_make(rank, rank->ctx, &s) == DDN_OK) {
        own->status =
            integrate(rank, &s, rank->rank == 0 ? SHORT_RUN : FAILED_BY_OBSERVER, rank->rank == 0);
        if (rank->rank == 0) {
            note(own, rank->ctx, own->status);
            t->failures = score(rank->ctx, &s, FAULTS, 0, own->score);
        }
        snprintf(own->text, sizeof own->text, "%s", ddn_context_message(rank->ctx));
        own->after = score(rank->ctx, &s, FAULTS, 0, own->score);
    }
    stage_free(&s);
}

static void three_ends_of_one_call(void **state)
{
    (void)state;
    trial t = {.failures = -1};
    test_crew(RANKS, end_apart, &t);
    for (int r = 0; r < RANKS; r++) {
        assert_int_equal(t.rank[r].status, r == 0 ? DDN_OK : DDN_E_CALLBACK);
        if (strstr(t.rank[r].text, "the disk is full") == NULL) {
            fail_msg("rank %d: %s", r, t.rank[r].text);
        }
        assert_int_equal(t.rank[r].after, DDN_OK);
        assert_memory_equal(t.rank[r].score, t.rank[0].score, sizeof t.rank[0].score);
    }
    assert_int_equal(t.failures, DDN_E_CALLBACK);
}

/* ---- parts that do not fit ---- */

enum {
    NO_PART,
    OTHER_D,
    OTHER_TYPE,
    OTHER_SCALE,
    OTHER_SHIFT,
    LABELLED,
    UNLABELLED, /* the others have labels */
    WEIGHTED,
    MIXED, /* points with several labels */
    PARTS
};

static ddn_dataset *labelled_part(ddn_context *ctx, int64_t rank)
{
    const int32_t all[N] = {0};
    ddn_dataset *part = part_of(ctx, rank, D), *out = NULL;
    (void)ddn_dataset_create_labelled(ctx, part, ddn_dataset_n(part), all, &out);
    ddn_dataset_destroy(part);
    return out;
}

/* Each point twice, with another label. */
static ddn_dataset *mixed_part(ddn_context *ctx)
{
    const double points[4 * D] = {[0] = 1, [D] = 1, [2 * D] = 2, [3 * D] = 2};
    const int32_t labels[4] = {0, 1, 0, 1};
    ddn_dataset *raw = NULL, *part = NULL, *out = NULL;
    (void)ddn_dataset_create(ctx, DDN_TYPE_F64, 4, D, points, D, &raw);
    (void)ddn_dataset_create_labelled(ctx, raw, 4, labels, &part);
    (void)ddn_dataset_create_distinct(ctx, part, &out);
    ddn_dataset_destroy(part);
    ddn_dataset_destroy(raw);
    return out;
}

static ddn_dataset *odd_part(ddn_context *ctx, int which)
{
    const float singles[2 * D] = {1, 2, 3};
    ddn_dataset *raw = NULL, *out = NULL;
    (void)ddn_dataset_create(ctx, DDN_TYPE_F32, 2, D, singles, D, &raw);
    if (which == OTHER_D) {
        out = part_of(ctx, ODD, D - 1);
    } else if (which == OTHER_TYPE) {
        return raw;
    }
    ddn_dataset_destroy(raw);
    if (which == LABELLED || which == MIXED) {
        return which == MIXED ? mixed_part(ctx) : labelled_part(ctx, ODD);
    }
    ddn_dataset *part = part_of(ctx, ODD, D);
    double even[N];
    for (int i = 0; i < N; i++) {
        even[i] = i + 1;
    }
    if (which == UNLABELLED) {
        return part;
    } else if (which == OTHER_SCALE || which == OTHER_SHIFT) {
        (void)ddn_dataset_create_mapped(ctx, part, which == OTHER_SCALE ? 2 : 1,
                                        which == OTHER_SCALE ? 0 : 3, &out);
    } else if (which == WEIGHTED) {
        (void)ddn_dataset_create_weighted(ctx, part, ddn_dataset_n(part), even, &out);
    }
    ddn_dataset_destroy(part);
    return out;
}

static void bad_part(crew_rank *rank)
{
    trial *t = rank->user;
    ddn_dataset *ds = NULL;
    const int which = (int)t->which;
    ddn_dataset *part = rank->rank == ODD     ? odd_part(rank->ctx, which)
                        : which == UNLABELLED ? labelled_part(rank->ctx, rank->rank)
                                              : part_of(rank->ctx, rank->rank, D);
    note(&t->rank[rank->rank], rank->ctx,
         ddn_dataset_create_team(rank->ctx, rank->team, part, &ds));
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
}

static void parts_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        ddn_status status;
        const char *text;
    } want[PARTS] = {{DDN_E_NULL, "is NULL"},
                     {DDN_E_SHAPE, "points of rank 1 have d = 5, those of rank 0 6"},
                     {DDN_E_SHAPE, "points of rank 1 are f32, those of rank 0 f64"},
                     {DDN_E_SHAPE,
                      "points of rank 1 are 2 times the stored numbers and 0, those of "
                      "rank 0 1 times and 0"},
                     {DDN_E_SHAPE, "points of rank 1 are 1 times the stored numbers and 3, those"},
                     {DDN_E_SHAPE, "rank 1 has labels, rank 0 has none"},
                     {DDN_E_SHAPE, "rank 1 has no labels, rank 0 has some"},
                     {DDN_E_UNSUPPORTED, "the part has weights"},
                     {DDN_E_UNSUPPORTED, "points with several labels"}};
    for (int which = 0; which < PARTS; which++) {
        trial t = {.which = (fault)which};
        test_crew(RANKS, bad_part, &t);
        for (int r = 0; r < RANKS; r++) {
            if (t.rank[r].status != want[which].status ||
                strstr(t.rank[r].text, want[which].text) == NULL) {
                fail_msg("part %d, rank %d: %s: %s", which, r, ddn_status_name(t.rank[r].status),
                         t.rank[r].text);
            }
        }
    }
}

/* ---- no memory, at any place ---- */

static void starve(crew_rank *rank)
{
    trial *t = rank->user;
    rank_state *own = &t->rank[rank->rank];
    test_memory memory;
    ddn_context *ctx = test_failing_context(&memory, 0);
    stage s;
    stage_own(rank, ctx, &s);
    memory.fail_at = rank->rank == ODD ? memory.allocations + t->fail_at : 0;
    ddn_status status = stage_make(rank, ctx, &s);
    STEP(score(ctx, &s, FAULTS, 0, own->score));
    note(own, ctx, status);
    if (rank->rank == ODD) {
        t->failures = memory.allocations >= memory.fail_at;
    }
    memory.fail_at = 0;
    stage_free(&s);
    ddn_context_destroy(ctx);
}

static void no_memory_on_one_rank(void **state)
{
    (void)state;
    int64_t failures = 0;
    trial t;
    do {
        t = (trial){.fail_at = failures + 1};
        test_crew(RANKS, starve, &t);
        for (int r = 0; r < RANKS; r++) {
            if (t.rank[r].status != t.rank[ODD].status) {
                fail_msg("allocation %d: rank %d has %s (%s), rank %d %s", (int)failures, r,
                         ddn_status_name(t.rank[r].status), t.rank[r].text, ODD,
                         ddn_status_name(t.rank[ODD].status));
            }
        }
        failures++;
    } while (t.failures > 0 && failures < 1000);
    assert_int_equal(t.rank[0].status, DDN_OK);
    assert_true(failures > 20);
}

/* ---- what there is not, and agreement by itself ---- */

static void refuse(crew_rank *rank)
{
    trial *t = rank->user;
    stage s;
    rank_state *own = &t->rank[rank->rank];
    ddn_context *ctx = rank->ctx;
    ddn_dataset *other = NULL;
    ddn_analysis *an = NULL;
    stage_own(rank, ctx, &s);
    note(own, ctx, stage_make(rank, ctx, &s));
    own->after = ddn_analysis_create(ctx, &an) == DDN_OK &&
                 ddn_analysis_set_points(an, s.ds) == DDN_E_UNSUPPORTED &&
                 strstr(ddn_context_message(ctx), "spread over a team") != NULL &&
                 ddn_dataset_create_team(ctx, rank->team, s.ds, &other) == DDN_E_UNSUPPORTED;
    own->status = ddn_team_agree(ctx, rank->team, rank->rank == 2 ? DDN_E_IO : DDN_OK);
    own->after &= ddn_team_agree(ctx, rank->team, DDN_OK) == DDN_OK;
    own->after &= ddn_dataset_team(s.ds) == rank->team && ddn_team_size(rank->team) == RANKS &&
                  ddn_team_rank(rank->team) == rank->rank;
    ddn_analysis_destroy(an);
    stage_free(&s);
}

static void refused_and_agreed(void **state)
{
    (void)state;
    trial t = {.which = FAULTS};
    test_crew(RANKS, refuse, &t);
    for (int r = 0; r < RANKS; r++) {
        assert_int_equal(t.rank[r].status, DDN_E_IO);
        assert_int_equal(t.rank[r].after, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_status_for_all),    cmocka_unit_test(three_ends_of_one_call),
        cmocka_unit_test(parts_that_do_not_fit), cmocka_unit_test(no_memory_on_one_rank),
        cmocka_unit_test(refused_and_agreed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

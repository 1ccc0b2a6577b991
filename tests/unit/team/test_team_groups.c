/* Groups of ranks that have the data in parts while the groups share the samples: the bits of one
 * group whatever the number of groups; whatever goes wrong on one rank, in any exchange or
 * allocation, ends the call of all ranks with one status, and leaves them in step. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"
#include "support/measurements.h"

enum {
    ODD = 3, /* the rank that does otherwise: in the last of two groups */
    D = 3
};

typedef enum fault {
    NONE,
    CANCELLED,  /* in exchange number `at` of the measurement */
    STOPPED,    /* by the report of that number */
    FAILED,     /* likewise, with an error */
    NO_MEMORY,  /* at the allocation of that number */
    OTHER_SEED, /* it has another seed */
    NO_NUMBER,  /* its model gives NaN in the call of that number */
} fault;

typedef struct finding {
    ddn_status status, after; /* of the call, and of a good one after it */
    char text[512];
    int64_t count, reports, beyond; /* beyond: the fault came after the end */
    double numbers[MEASUREMENT_NUMBERS];
    int64_t size; /* of the journal after the first call */
    unsigned char *journal;
} finding;

typedef struct job {
    int kind;
    fault fault;
    int64_t at;
    const finding *from; /* whose journal all ranks start with */
    int32_t by_group;    /* the analysis is given the group, not the whole */
    int32_t plain;       /* each rank has all of the data */
    finding found[CREW_MOST];
} job;

typedef struct stage {
    measurement_set set;
    ddn_dataset *part, *ds;
    ddn_oracle *whole; /* the set's own, of all points */
} stage;

/* This rank's rows of the training data. */
static ddn_status part_of(ddn_context *ctx, const ddn_dataset *all, const ddn_team *group,
                          ddn_dataset **out)
{
    int64_t rows[64];
    const int64_t n = ddn_dataset_n(all), size = ddn_team_size(group), r = ddn_team_rank(group);
    const int64_t begin = n * r / size, end = n * (r + 1) / size;
    for (int64_t i = begin; i < end; i++) {
        rows[i - begin] = i;
    }
    return ddn_dataset_create_subset(ctx, all, end - begin, rows, out);
}

static ddn_status stage_make(crew_rank *rank, ddn_context *ctx, const job *of, stage *s)
{
    ddn_status status = measurement_set_make(ctx, &s->set);
    s->whole = s->set.exact;
    if (!of->plain) {
        STEP(part_of(ctx, s->set.train, rank->group, &s->part));
        STEP(ddn_dataset_create_team(ctx, rank->group, s->part, &s->ds));
        STEP(ddn_oracle_create_empirical(ctx, s->ds, s->set.sch, &s->set.exact));
    }
    STEP(ddn_analysis_keep(s->set.an, DDN_KEEP_STOPPED));
    STEP(ddn_analysis_set_team(s->set.an, of->by_group ? rank->group : rank->team));
    if (of->from != NULL) {
        STEP(ddn_analysis_restore(s->set.an, of->from->size, of->from->journal));
    }
    return status;
}

static void stage_free(stage *s)
{
    if (s->set.exact != s->whole) {
        ddn_oracle_destroy(s->set.exact);
        s->set.exact = s->whole;
    }
    ddn_dataset_destroy(s->ds);
    ddn_dataset_destroy(s->part);
    measurement_set_free(&s->set);
}

typedef struct member {
    crew_rank *rank;
    const job *of;
    finding *f;
} member;

static int32_t report(void *user, const char *what, double fraction)
{
    const member *m = user;
    (void)what, (void)fraction;
    if (++m->f->reports != m->of->at || m->rank->rank != ODD) {
        return DDN_OK;
    }
    return m->of->fault == STOPPED  ? DDN_STOPPED
           : m->of->fault == FAILED ? ddn_context_fail(m->rank->ctx, "the screen is gone")
                                    : DDN_OK;
}

static ddn_status measure(const stage *s, const job *of, finding *f)
{
    ddn_result *r = NULL;
    const ddn_status status = measurement_run(&s->set, of->kind, &r);
    f->count = status == DDN_OK ? measurement_numbers(s->set.ctx, r, f->numbers) : 0;
    ddn_result_destroy(r);
    return status;
}

static void keep_journal(const stage *s, finding *f)
{
    if (ddn_analysis_save_size(s->set.an, &f->size) == DDN_OK) {
        f->journal = malloc((size_t)f->size);
        (void)ddn_analysis_save(s->set.an, f->size, f->journal);
    }
}

/* The fault comes in the measurement, or in the agreement after it. */
static ddn_status err(crew_rank *rank, ddn_context *ctx, const stage *s, const job *of, finding *f)
{
    if (of->fault == CANCELLED && rank->rank == ODD) {
        rank->cancel_in = of->at;
    }
    if (of->fault == OTHER_SEED && rank->rank == ODD) {
        (void)ddn_options_set_i64(ddn_analysis_options(s->set.an), DDN_ANALYSIS_SEED, 9);
    }
    ddn_status status = measure(s, of, f);
    if (of->fault == CANCELLED) {
        f->beyond = rank->cancel_in > 0;
        rank->cancel_in = 0;
    }
    if (of->fault == OTHER_SEED) {
        (void)ddn_options_set_i64(ddn_analysis_options(s->set.an), DDN_ANALYSIS_SEED, 3);
    }
    f->reports = INT64_MIN / 2; /* the next measurement is a good one */
    const ddn_status agreed = ddn_team_agree(ctx, rank->group, DDN_OK);
    return status != DDN_OK ? status : agreed;
}

static void rank_measures(crew_rank *rank)
{
    job *of = rank->user;
    finding *f = &of->found[rank->rank];
    member m = {rank, of, f};
    test_memory memory;
    ddn_context *own = of->fault == NO_MEMORY ? test_failing_context(&memory, 0) : NULL;
    ddn_context *ctx = own != NULL ? own : rank->ctx;
    stage s = {.part = NULL};
    ddn_status status = stage_make(rank, ctx, of, &s);
    STEP(ddn_context_set_progress(ctx, report, &m, NULL));
    s.set.spoil = MEASUREMENT_GIVES_NAN;
    s.set.spoil_at = of->fault == NO_NUMBER && rank->rank == ODD ? of->at : 0;
    if (own != NULL) {
        memory.fail_at = rank->rank == ODD ? memory.allocations + of->at : 0;
    }
    f->status = status != DDN_OK ? -100 : err(rank, ctx, &s, of, f);
    snprintf(f->text, sizeof f->text, "%s", ddn_context_message(ctx));
    if (own != NULL) {
        f->beyond = memory.allocations < memory.fail_at;
        memory.fail_at = 0;
    }
    s.set.spoil_at = 0;
    if (f->status == DDN_STOPPED) {
        keep_journal(&s, f);
    }
    f->after = f->status == -100 ? -100 : measure(&s, of, f);
    stage_free(&s);
    ddn_context_destroy(own);
}

static void run_job(job *of, int64_t size, int64_t group)
{
    for (int r = 0; r < CREW_MOST; r++) {
        free(of->found[r].journal);
    }
    memset(of->found, 0, sizeof of->found);
    (void)test_crew_of_groups(size, group, rank_measures, of);
}

/* All ranks have the status, and numbers of the same bits after it. */
static void in_step(const job *of, int64_t size, const finding *want)
{
    for (int64_t r = 0; r < size; r++) {
        const finding *f = &of->found[r];
        if (f->status != of->found[ODD % size].status || f->after != want->after ||
            f->count != want->count ||
            memcmp(f->numbers, want->numbers, (size_t)want->count * sizeof(double)) != 0) {
            fail_msg("%s, fault %d at %d, rank %d of %d: %s, rank %d: %s, then %s: %s",
                     measurement_name(of->kind), (int)of->fault, (int)of->at, (int)r, (int)size,
                     ddn_status_name(f->status), ODD, ddn_status_name(of->found[ODD % size].status),
                     ddn_status_name(f->after), f->text);
        }
    }
}

/* As one group finds it. */
static void alone(int kind, int64_t group, finding *want)
{
    static job of;
    of.kind = kind;
    of.fault = NONE;
    run_job(&of, group, group);
    *want = of.found[0];
    in_step(&of, group, want);
}

/* Measurements that an oracle over a team refuses are refused by groups, too. */
static void test_same_bits(void **state)
{
    (void)state;
    static const int64_t shapes[][2] = {{4, 2}, {6, 2}, {8, 2}, {2, 1}, {6, 3}};
    static finding want;
    static job of;
    for (int kind = 0; kind < measurement_count(); kind++) {
        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
            const int64_t size = shapes[i][0], group = shapes[i][1];
            alone(kind, group, &want);
            of.kind = kind;
            of.by_group = i % 2 == 1;
            run_job(&of, size, group);
            in_step(&of, size, &want);
        }
    }
}

/* With all of the data on each rank, those of a group share the samples, too. */
static void test_whole_data(void **state)
{
    (void)state;
    static finding want;
    static job of;
    for (int kind = 0; kind < measurement_count(); kind += 3) {
        of.kind = kind;
        of.plain = of.by_group = 1;
        run_job(&of, 1, 1);
        want = of.found[0];
        assert_int_equal(want.status, DDN_OK);
        run_job(&of, 4, 2);
        in_step(&of, 4, &want);
    }
}

static int kind_of(const char *name)
{
    int kind = 0;
    while (strcmp(measurement_name(kind), name) != 0) {
        kind++;
    }
    return kind;
}

static const char *const some[] = {"identities", "clones", "U-turns", "branches of a model",
                                   "regimes"};
static const char *const of_models[] = {"clones of a model", "branches of a model"};

/* Until it comes after the end. */
static void fault_anywhere(fault which, ddn_status expected, const char *text)
{
    static finding want;
    static job of;
    const int models = which == NO_NUMBER;
    const size_t count =
        models ? sizeof of_models / sizeof of_models[0] : sizeof some / sizeof some[0];
    for (size_t i = 0; i < count; i++) {
        const char *name = models ? of_models[i] : some[i];
        int64_t hits = 0, beyond = 0;
        of.kind = kind_of(name);
        alone(of.kind, 2, &want);
        of.fault = which;
        for (of.at = 1; !beyond; of.at += 1 + of.at / 6) {
            run_job(&of, 4, 2);
            in_step(&of, 4, &want);
            beyond = which == CANCELLED || which == NO_MEMORY ? of.found[ODD].beyond
                                                              : of.found[ODD].status == DDN_OK;
            if (of.found[ODD].status != DDN_OK) {
                hits++;
                assert_int_equal(of.found[ODD].status, expected);
                for (int r = 0; text != NULL && r < ODD; r++) {
                    if (strstr(of.found[r].text, text) == NULL) {
                        fail_msg("%s, at %d, rank %d: %s", name, (int)of.at, r, of.found[r].text);
                    }
                }
            }
        }
        assert_true(hits > 3);
    }
}

static void test_cancelled(void **state)
{
    (void)state;
    fault_anywhere(CANCELLED, DDN_STOPPED, "rank 3 of 4: ");
}

static void test_stopped(void **state)
{
    (void)state;
    fault_anywhere(STOPPED, DDN_STOPPED, "rank 3 of 4: ");
}

static void test_failed(void **state)
{
    (void)state;
    fault_anywhere(FAILED, DDN_E_CALLBACK, "the screen is gone");
}

static void test_no_memory(void **state)
{
    (void)state;
    fault_anywhere(NO_MEMORY, DDN_E_NOMEM, "rank 3 of 4: ");
}

/* Of one rank alone: the other one of its group has numbers, and goes on. */
static void test_model_gives_nan(void **state)
{
    (void)state;
    fault_anywhere(NO_NUMBER, DDN_E_NONFINITE, "rank 3 of 4: ");
}

static void test_other_settings(void **state)
{
    (void)state;
    static finding want;
    static job of;
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        of.kind = kind_of(some[i]);
        alone(of.kind, 2, &want);
        of.fault = OTHER_SEED;
        run_job(&of, 4, 2);
        in_step(&of, 4, &want);
        assert_int_equal(of.found[0].status, DDN_E_MISMATCH);
    }
}

/* A job that was stopped goes on in another number of groups. */
static void test_goes_on(void **state)
{
    (void)state;
    static finding want;
    static job of, next;
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        int stops = 0;
        of.kind = next.kind = kind_of(some[i]);
        alone(of.kind, 2, &want);
        of.fault = CANCELLED;
        of.found[ODD].beyond = 0;
        for (of.at = 1; !of.found[ODD].beyond; of.at *= 2) {
            run_job(&of, 4, 2);
            if (of.found[ODD].status != DDN_STOPPED || of.found[ODD].journal == NULL) {
                continue;
            }
            stops++;
            next.from = &of.found[stops % 4];
            for (int64_t size = 2; size <= 6; size += 4) {
                run_job(&next, size, 2);
                in_step(&next, size, &want);
                assert_int_equal(next.found[0].status, DDN_OK);
            }
        }
        assert_true(stops > 2);
    }
    run_job(&of, 0, 1);
}

/* ---- calls of a group alone ---- */

typedef struct trial {
    int64_t odd;     /* the rank that errs */
    int32_t no_room; /* by a NULL, not by NaN */
    ddn_status first[CREW_MOST], second[CREW_MOST], third[CREW_MOST], alone;
    char text[CREW_MOST][300];
    int32_t good[CREW_MOST];
} trial;

static void rank_scores(crew_rank *rank)
{
    trial *t = rank->user;
    const job of = {.kind = 0};
    const double x[D] = {0.5, 0.2, -0.1}, odd[D] = {0.5, NAN, -0.1};
    double score[D];
    stage s = {.part = NULL};
    ddn_status status = stage_make(rank, rank->ctx, &of, &s);
    ddn_oracle *o = s.set.exact;
    const int32_t errs = rank->rank == t->odd;
    const double *mine = !errs ? x : t->no_room ? NULL : odd;
    if (status == DDN_OK) {
        t->first[rank->rank] = ddn_oracle_score(rank->ctx, o, 0.5, 1, mine, D, score, D);
        if (rank->rank == 0) { /* it fails by itself before it hears, and tells nobody */
            t->alone = ddn_oracle_score(rank->ctx, o, 0.5, 1, NULL, D, score, D);
        }
        /* One group has ended well, and hears of it now; the other one hears of it again. */
        t->second[rank->rank] = ddn_oracle_score(rank->ctx, o, 0.5, 1, x, D, score, D);
        snprintf(t->text[rank->rank], sizeof t->text[0], "%s", ddn_context_message(rank->ctx));
        t->third[rank->rank] = ddn_oracle_score(rank->ctx, o, 0.5, 1, x, D, score, D);
        t->good[rank->rank] = ddn_team_whole(rank->group) == rank->team &&
                              ddn_team_whole(rank->team) == NULL && ddn_team_whole(NULL) == NULL &&
                              ddn_team_size(rank->group) == 2 &&
                              ddn_team_rank(rank->group) == rank->rank % 2;
    }
    stage_free(&s);
}

/* Of the second call. What the lowest rank of the group says of a call that has ended has no name
 * of a function in front of the rank. */
static void test_error_of_one_group(void **state)
{
    (void)state;
    static const char *const text[] = {"rank 3 of 4: ", "rank 2 of 4: ddn_query_run: argument x"};
    static trial t;
    for (int32_t no_room = 0; no_room < 2; no_room++) {
        const ddn_status want = no_room ? DDN_E_NULL : DDN_E_NONFINITE;
        t = (trial){.odd = no_room ? 2 : 3, .no_room = no_room};
        (void)test_crew_of_groups(4, 2, rank_scores, &t);
        for (int r = 0; r < 4; r++) {
            assert_int_equal(t.first[r], r < 2 ? DDN_OK : want);
            assert_int_equal(t.second[r], want);
            assert_int_equal(t.third[r], DDN_OK);
            assert_int_equal(t.good[r], 1);
            if (strstr(t.text[r], text[no_room]) == NULL) {
                fail_msg("rank %d: %s", r, t.text[r]);
            }
        }
        assert_int_equal(t.alone, DDN_E_NULL);
    }
}

/* ---- groups that cannot be ---- */

static int32_t nothing(void *user, int64_t bytes, const void *give, void *take)
{
    (void)user, (void)bytes, (void)give, (void)take;
    return -1;
}

static int32_t to_itself(void *user, int64_t bytes, const void *give, void *take)
{
    (void)user;
    memcpy(take, give, (size_t)bytes);
    return 0;
}

static ddn_status group_of(crew_rank *rank, ddn_team *whole, int64_t size)
{
    ddn_team *group = NULL;
    const ddn_status status =
        ddn_team_create_group(rank->ctx, whole, size, nothing, nothing, NULL, NULL, &group);
    ddn_team_destroy(group);
    return status;
}

static void rank_groups(crew_rank *rank)
{
    trial *t = rank->user;
    ddn_context *ctx = rank->ctx;
    ddn_team *single = NULL;
    ddn_result *r = NULL;
    const double time = 1;
    const job of = {.plain = 1};
    stage s = {.part = NULL};
    t->good[rank->rank] = group_of(rank, rank->team, 3) == DDN_E_RANGE &&
                          strstr(ddn_context_message(ctx), "does not divide the 4 ranks") != NULL &&
                          group_of(rank, rank->team, 0) == DDN_E_RANGE &&
                          group_of(rank, rank->group, 1) == DDN_E_UNSUPPORTED &&
                          group_of(rank, rank->team, rank->rank == ODD ? 4 : 2) == DDN_E_MISMATCH &&
                          group_of(rank, rank->team, rank->rank == ODD ? 5 : 2) == DDN_E_RANGE &&
                          group_of(rank, rank->team, 4) == DDN_OK;
    ddn_status status = stage_make(rank, ctx, &of, &s);
    STEP(ddn_team_create(ctx, 0, 1, to_itself, to_itself, NULL, NULL, &single));
    STEP(ddn_dataset_create_team(ctx, single, s.set.train, &s.ds));
    STEP(ddn_oracle_create_empirical(ctx, s.ds, s.set.sch, &s.set.exact));
    STEP(ddn_analysis_identities(s.set.an, s.set.exact, 1, &time, &r));
    t->first[rank->rank] = status;
    snprintf(t->text[rank->rank], sizeof t->text[0], "%s", ddn_context_message(ctx));
    stage_free(&s);
    ddn_team_destroy(single);
}

static void test_refused(void **state)
{
    (void)state;
    static trial t;
    (void)test_crew_of_groups(4, 2, rank_groups, &t);
    for (int r = 0; r < 4; r++) {
        assert_int_equal(t.good[r], 1);
        assert_int_equal(t.first[r], DDN_E_UNSUPPORTED);
        assert_non_null(strstr(t.text[r], "over another team"));
    }
}

/* ---- two oracles ---- */

enum {
    PAIRS = 5, /* of an oracle and one of the noisy end */
    STATES = 3
};

typedef struct ends {
    ddn_status status[CREW_MOST][PAIRS];
    char text[CREW_MOST][PAIRS][300];
    double log_p[CREW_MOST][PAIRS][STATES];
} ends;

static ddn_status log_p(const stage *s, const ddn_oracle *oracle, const ddn_oracle *end,
                        double *out)
{
    static const double x[STATES * D] = {0.5, 0.2, -0.1, -1.4, 0.3, 0.2, 1.5, -0.2, 0.1};
    ddn_result *r = NULL;
    ddn_status status = ddn_analysis_log_likelihood(s->set.an, oracle, end, 0, STATES, x, D, &r);
    STEP(ddn_result_column(s->set.ctx, r, "log_p", STATES, out));
    ddn_result_destroy(r);
    return status;
}

/* An oracle of all of the data over a team of this rank alone. */
static ddn_status by_itself(const stage *s, ddn_team *team, ddn_oracle **out)
{
    ddn_dataset *ds = NULL;
    ddn_status status = ddn_dataset_create_team(s->set.ctx, team, s->set.train, &ds);
    STEP(ddn_oracle_create_empirical(s->set.ctx, ds, s->set.sch, out));
    ddn_dataset_destroy(ds);
    return status;
}

static void rank_ends(crew_rank *rank)
{
    ends *e = rank->user;
    ddn_team *single = NULL, *alone = NULL;
    ddn_oracle *other = NULL, *stranger = NULL;
    const job of = {.plain = 0};
    stage s = {.part = NULL};
    ddn_status status = stage_make(rank, rank->ctx, &of, &s);
    STEP(ddn_options_set_f64(ddn_analysis_options(s.set.an), DDN_ANALYSIS_T_END, 0.3));
    STEP(ddn_team_create(rank->ctx, 0, 1, to_itself, to_itself, NULL, NULL, &single));
    STEP(ddn_team_create_group(rank->ctx, rank->team, 1, to_itself, to_itself, NULL, NULL, &alone));
    STEP(by_itself(&s, single, &stranger));
    STEP(by_itself(&s, alone, &other));
    const ddn_oracle *const pairs[PAIRS][2] = {{s.whole, s.whole},
                                               {s.whole, s.set.exact},
                                               {s.set.exact, s.set.exact},
                                               {s.whole, stranger},
                                               {s.set.exact, other}};
    for (int i = 0; i < PAIRS; i++) {
        e->status[rank->rank][i] =
            status != DDN_OK ? status
                             : log_p(&s, pairs[i][0], pairs[i][1], e->log_p[rank->rank][i]);
        snprintf(e->text[rank->rank][i], sizeof e->text[0][0], "%s",
                 ddn_context_message(rank->ctx));
    }
    ddn_oracle_destroy(stranger);
    ddn_oracle_destroy(other);
    stage_free(&s);
    ddn_team_destroy(alone);
    ddn_team_destroy(single);
}

/* A likelihood asks two oracles: each may have its data in a group, if it is the same group. */
static void test_two_oracles(void **state)
{
    (void)state;
    static ends e;
    (void)test_crew_of_groups(4, 2, rank_ends, &e);
    for (int r = 0; r < 4; r++) {
        for (int i = 0; i < PAIRS; i++) {
            const int good = i < 3;
            if (e.status[r][i] != (good ? DDN_OK : DDN_E_UNSUPPORTED) ||
                (!good && strstr(e.text[r][i], "over another team") == NULL)) {
                fail_msg("rank %d, pair %d: %d, %s", r, i, e.status[r][i], e.text[r][i]);
            }
            for (int k = 0; good && k < STATES; k++) {
                CLOSE(e.log_p[r][i][k], e.log_p[0][0][k], 1e-9, 0);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),       cmocka_unit_test(test_whole_data),
        cmocka_unit_test(test_cancelled),       cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_failed),          cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_model_gives_nan), cmocka_unit_test(test_other_settings),
        cmocka_unit_test(test_goes_on),         cmocka_unit_test(test_error_of_one_group),
        cmocka_unit_test(test_refused),         cmocka_unit_test(test_two_oracles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Samples of measurements shared out over a team of threads that have all of the data each: the
 * bits of one process on every rank; one status where a rank stops; journals that go on with
 * another number of ranks. */
#include "support/crew.h"
#include "support/fixtures.h"
#include "support/measurements.h"

enum {
    ODD = 1 /* the rank that does otherwise */
};

typedef struct finding {
    ddn_status status, after; /* of the call, and of one that is not stopped */
    char text[300];
    int64_t count, reports;
    double numbers[MEASUREMENT_NUMBERS];
    int64_t size; /* of the journal after the first call */
    unsigned char *journal;
} finding;

typedef struct job {
    int kind;
    int64_t stop_at;     /* the report at which rank ODD stops; 0: none */
    int32_t other;       /* rank ODD has another seed */
    int32_t cancels;     /* it cancels in place of answering */
    const finding *from; /* whose journal rank ODD starts with, or all ranks do */
    int32_t all_restore;
    int32_t keeps_alone; /* rank ODD keeps a journal, the others none */
    finding found[CREW_MOST];
} job;

typedef struct member {
    ddn_context *ctx;
    const job *of;
    finding *f;
    int64_t rank;
} member;

static int32_t report(void *user, const char *stage, double fraction)
{
    member *m = user;
    (void)stage;
    (void)fraction;
    m->f->reports++;
    if (m->rank == ODD && m->f->reports == m->of->stop_at) {
        if (!m->of->cancels) {
            return DDN_STOPPED;
        }
        ddn_context_cancel(m->ctx);
    }
    return 0;
}

static ddn_status measure(measurement_set *set, const job *of, finding *f)
{
    ddn_result *r = NULL;
    const ddn_status status = measurement_run(set, of->kind, &r);
    f->count = status == DDN_OK ? measurement_numbers(set->ctx, r, f->numbers) : 0;
    ddn_result_destroy(r);
    return status;
}

static ddn_status keep_journal(measurement_set *set, finding *f)
{
    ddn_status status = ddn_analysis_save_size(set->an, &f->size);
    f->journal = status == DDN_OK ? malloc((size_t)f->size) : NULL;
    return f->journal == NULL ? status : ddn_analysis_save(set->an, f->size, f->journal);
}

static void rank_measures(crew_rank *rank)
{
    job *of = rank->user;
    finding *f = &of->found[rank->rank];
    measurement_set set;
    member m = {rank->ctx, of, f, rank->rank};
    ddn_status status = measurement_set_make(rank->ctx, &set);
    const int32_t keeps = !of->keeps_alone || rank->rank == ODD;
    STEP(ddn_analysis_keep(set.an, keeps ? DDN_KEEP_STOPPED : DDN_KEEP_NOTHING));
    STEP(ddn_analysis_set_team(set.an, rank->team));
    if (of->from != NULL && (of->all_restore || rank->rank == ODD)) {
        STEP(ddn_analysis_restore(set.an, of->from->size, of->from->journal));
    }
    if (of->other && rank->rank == ODD) {
        STEP(ddn_options_set_i64(ddn_analysis_options(set.an), DDN_ANALYSIS_SEED, 9));
    }
    STEP(ddn_context_set_progress(rank->ctx, report, &m, NULL));
    f->status = status != DDN_OK ? status : measure(&set, of, f);
    snprintf(f->text, sizeof f->text, "%s", ddn_context_message(rank->ctx));
    if (f->status == DDN_STOPPED) {
        (void)keep_journal(&set, f);
        f->after = measure(&set, of, f);
    }
    measurement_set_free(&set);
}

static void run_job(job *of, int64_t size)
{
    memset(of->found, 0, sizeof of->found);
    (void)test_crew(size, rank_measures, of);
}

static void free_journals(job *of)
{
    for (int i = 0; i < CREW_MOST; i++) {
        free(of->found[i].journal);
        of->found[i].journal = NULL;
    }
}

static void same(const job *of, int64_t rank, const finding *want)
{
    const finding *f = &of->found[rank];
    if (f->count != want->count ||
        memcmp(f->numbers, want->numbers, (size_t)want->count * sizeof(double)) != 0) {
        fail_msg("%s, rank %d: other numbers (%s)", measurement_name(of->kind), (int)rank, f->text);
    }
}

/* What one process finds. */
static void alone(int kind, finding *want)
{
    ddn_context *ctx = test_context(1);
    measurement_set set;
    const job of = {.kind = kind};
    memset(want, 0, sizeof *want);
    OK(ctx, measurement_set_make(ctx, &set));
    OK(ctx, measure(&set, &of, want));
    measurement_set_free(&set);
    ddn_context_destroy(ctx);
}

static void test_same_bits(void **state)
{
    (void)state;
    static finding want;
    static job of;
    for (int kind = 0; kind < measurement_count(); kind++) {
        alone(kind, &want);
        for (int64_t run = 1; run <= 5; run++) { /* of so many ranks; 2 again */
            const int64_t size = run <= 4 ? run : 2;
            of = (job){.kind = kind, .keeps_alone = run == 5};
            run_job(&of, size);
            for (int64_t rank = 0; rank < size; rank++) {
                if (of.found[rank].status != DDN_OK) {
                    fail_msg("%s: %s", measurement_name(kind), of.found[rank].text);
                }
                same(&of, rank, &want);
            }
        }
    }
}

/* A rank that stops ends the call on all of them. It goes on on all; and by another number of
 * ranks, also where one alone has the journal. */
static void test_stopped_on_one(void **state)
{
    (void)state;
    static finding want;
    static job of, next;
    for (int kind = 0; kind < measurement_count(); kind++) {
        alone(kind, &want);
        for (int64_t at = 3; at <= 43; at += 10) {
            of = (job){.kind = kind, .stop_at = at, .cancels = at % 20 == 3};
            run_job(&of, 3);
            for (int64_t rank = 0; rank < 3; rank++) {
                assert_int_equal(of.found[rank].status, of.found[ODD].status);
                same(&of, rank, &want);
            }
            if (of.found[0].status != DDN_STOPPED) { /* it had ended before */
                continue;
            }
            assert_int_equal(of.found[0].size, of.found[2].size);
            assert_memory_equal(of.found[0].journal, of.found[2].journal, of.found[0].size);
            for (int32_t all = 0; all < 2; all++) {
                next = (job){.kind = kind, .from = &of.found[0], .all_restore = all};
                run_job(&next, 2);
                assert_int_equal(next.found[0].status, DDN_OK);
                same(&next, 0, &want);
                same(&next, 1, &want);
            }
            free_journals(&of);
        }
    }
}

static void test_other_settings(void **state)
{
    (void)state;
    static job of;
    for (int kind = 0; kind < measurement_count(); kind++) {
        of = (job){.kind = kind, .other = 1};
        run_job(&of, 3);
        for (int64_t rank = 0; rank < 3; rank++) {
            assert_int_equal(of.found[rank].status, DDN_E_MISMATCH);
            assert_non_null(strstr(of.found[rank].text, "other arguments"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_stopped_on_one),
        cmocka_unit_test(test_other_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Spectra, log determinants, copies and rows of a set over a team of threads are those of the whole
 * set in one process, and the same bits on all ranks. Sets with more points than dimensions and
 * with fewer; matrices and Lanczos; far from 0. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"

enum {
    MOST = 1400 * 40,
    PAIRS = 12,
    LEVELS = 3,
    TIMES = 4
};

typedef struct findings {
    double values[PAIRS], vectors[PAIRS * 1400], sums[LEVELS], errors[LEVELS], rows[4 * 1400];
    double times[TIMES];
    int64_t copies;
    ddn_status status;
    char text[512];
} findings;

typedef struct problem {
    int64_t n, d;
    double points[MOST];
    findings found[CREW_MOST];
} problem;

static const char *const time_names[TIMES] = {"t_S", "t_C_spectrum", "Lambda", "copies"};

static ddn_status find(ddn_context *ctx, const problem *p, const ddn_dataset *ds, findings *f)
{
    const double levels[LEVELS] = {1e-3, 0.3, 40};
    ddn_analysis *an = NULL;
    ddn_result *r = NULL;
    ddn_status status = ddn_dataset_spectrum(ctx, ds, PAIRS, f->values, f->vectors, p->d);
    STEP(ddn_dataset_log_det(ctx, ds, LEVELS, levels, f->sums, f->errors));
    STEP(ddn_dataset_copy_count(ctx, ds, &f->copies));
    STEP(ddn_dataset_read(ctx, ds, p->n / 2 - 2, 4, f->rows, p->d));
    STEP(ddn_analysis_create(ctx, &an));
    STEP(ddn_analysis_spectrum(an, ds, &r));
    for (int i = 0; i < TIMES; i++) {
        STEP(ddn_result_scalar(ctx, r, time_names[i], &f->times[i], NULL));
    }
    ddn_result_destroy(r);
    ddn_analysis_destroy(an);
    return status;
}

static void rank_finds(crew_rank *rank)
{
    problem *p = rank->user;
    findings *f = &p->found[rank->rank];
    int64_t first = p->n * rank->rank / rank->size, end = p->n * (rank->rank + 1) / rank->size;
    first += rank->rank > 0; /* uneven parts */
    end += rank->rank + 1 < rank->size;
    ddn_dataset *part = NULL, *ds = NULL;
    ddn_status status = ddn_dataset_create(rank->ctx, DDN_TYPE_F64, end - first, p->d,
                                           p->points + first * p->d, p->d, &part);
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &ds));
    STEP(find(rank->ctx, p, ds, f));
    f->status = status;
    snprintf(f->text, sizeof f->text, "%s", ddn_context_message(rank->ctx));
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
}

/* Falling variances about `far`; points 3 and n - 2 are copies of point 1. */
static problem *make_problem(int64_t n, int64_t d, double far)
{
    problem *p = calloc(1, sizeof *p);
    assert_non_null(p);
    assert_true(n * d <= MOST && d <= 1400);
    p->n = n;
    p->d = d;
    test_normal(11, n * d, p->points);
    for (int64_t i = 0; i < n * d; i++) {
        p->points[i] = far + p->points[i] * 3 / sqrt(1 + (double)(i % d));
    }
    memcpy(p->points + 3 * d, p->points + d, (size_t)d * sizeof(double));
    memcpy(p->points + (n - 2) * d, p->points + d, (size_t)d * sizeof(double));
    return p;
}

static void compare(const problem *p, const findings *got, const findings *want)
{
    for (int k = 0; k < PAIRS; k++) {
        CLOSE(got->values[k], want->values[k], 1e-10, 1e-12);
        double dot = 0;
        for (int64_t j = 0; j < p->d; j++) {
            dot += got->vectors[k * p->d + j] * want->vectors[k * p->d + j];
        }
        CLOSE(dot, 1, 1e-7, 0); /* of one sign, too */
    }
    for (int k = 0; k < LEVELS; k++) {
        CLOSE(got->sums[k], want->sums[k], 1e-9, 0);
    }
    assert_int_equal(got->copies, 2);
    assert_int_equal(want->copies, 2);
    assert_memory_equal(got->rows, want->rows, (size_t)(4 * p->d) * sizeof(double));
    for (int i = 0; i < TIMES; i++) {
        CLOSE(got->times[i], want->times[i], 1e-9, 0);
    }
}

static void check(int64_t n, int64_t d, double far, int64_t size)
{
    problem *p = make_problem(n, d, far);
    findings *want = calloc(1, sizeof *want);
    assert_non_null(want);
    test_setup s = test_setup_make(1);
    ddn_dataset *ds = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, n, d, p->points, d, &ds));
    OK(s.ctx, find(s.ctx, p, ds, want));
    test_crew(size, rank_finds, p);
    for (int64_t r = 0; r < size; r++) {
        if (p->found[r].status != DDN_OK) {
            fail_msg("%d x %d, rank %d: %s", (int)n, (int)d, (int)r, p->found[r].text);
        }
        assert_memory_equal(&p->found[r], &p->found[0], sizeof *want);
    }
    compare(p, &p->found[0], want);
    ddn_dataset_destroy(ds);
    test_setup_free(&s);
    free(want);
    free(p);
}

static void spectra_are_those_of_the_whole_set(void **state)
{
    (void)state;
    check(1400, 30, 0, 3); /* the matrix of the dimensions, by its parts */
    check(40, 1300, 0, 4); /* that of the points, for which rows go round */
    check(200, 30, 1e6, 2);
    check(30, 30, 0, 1);
}

/* Lanczos: more than 1024 points and dimensions. */
typedef struct large {
    int64_t n, d;
    double *points;
    double values[CREW_MOST][4], want[4];
    ddn_status status[CREW_MOST];
} large;

static void rank_finds_large(crew_rank *rank)
{
    large *l = rank->user;
    int64_t first = l->n * rank->rank / rank->size, end = l->n * (rank->rank + 1) / rank->size;
    ddn_dataset *part = NULL, *ds = NULL;
    ddn_status status = ddn_dataset_create(rank->ctx, DDN_TYPE_F64, end - first, l->d,
                                           l->points + first * l->d, l->d, &part);
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &ds));
    STEP(ddn_dataset_spectrum(rank->ctx, ds, 4, l->values[rank->rank], NULL, l->d));
    l->status[rank->rank] = status;
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
}

static void large_sets_by_lanczos(void **state)
{
    (void)state;
    const int64_t shapes[2][2] = {{1100, 1040}, {1040, 1100}};
    for (int i = 0; i < 2; i++) {
        large l = {.n = shapes[i][0], .d = shapes[i][1]};
        test_setup s = test_setup_make(1);
        ddn_dataset *ds = NULL;
        l.points = malloc((size_t)(l.n * l.d) * sizeof(double));
        assert_non_null(l.points);
        test_normal(12, l.n * l.d, l.points);
        for (int64_t k = 0; k < l.n * l.d; k++) {
            l.points[k] *= k % l.d < 6 ? 9 - (double)(k % l.d) : 1;
        }
        OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, l.n, l.d, l.points, l.d, &ds));
        OK(s.ctx, ddn_dataset_spectrum(s.ctx, ds, 4, l.want, NULL, l.d));
        test_crew(2, rank_finds_large, &l);
        for (int r = 0; r < 2; r++) {
            assert_int_equal(l.status[r], DDN_OK);
            assert_memory_equal(l.values[r], l.values[0], sizeof l.want);
            for (int k = 0; k < 4; k++) {
                CLOSE(l.values[r][k], l.want[k], 1e-10, 0);
            }
        }
        ddn_dataset_destroy(ds);
        test_setup_free(&s);
        free(l.points);
    }
}

/* ---- faults ---- */

typedef struct fault {
    int64_t fail_at; /* the allocation of rank 1 that fails */
    int32_t failed, other;
    ddn_status status[CREW_MOST];
    char text[CREW_MOST][256];
} fault;

/* Rank 1 runs out of memory; or asks for another number of pairs. */
static void rank_fails(crew_rank *rank)
{
    fault *t = rank->user;
    test_memory memory;
    double points[20 * 6], values[6], sum, level = 1;
    ddn_context *ctx = test_failing_context(&memory, 0);
    ddn_dataset *part = NULL, *ds = NULL;
    int64_t copies;
    test_normal(13 + (uint64_t)rank->rank, 20 * 6, points);
    ddn_status status = ddn_dataset_create(ctx, DDN_TYPE_F64, 20, 6, points, 6, &part);
    STEP(ddn_dataset_create_team(ctx, rank->team, part, &ds));
    memory.fail_at = rank->rank == 1 && t->fail_at > 0 ? memory.allocations + t->fail_at : 0;
    STEP(ddn_dataset_spectrum(ctx, ds, rank->rank == 1 && t->other ? 2 : 3, values, NULL, 6));
    STEP(ddn_dataset_log_det(ctx, ds, 1, &level, &sum, NULL));
    STEP(ddn_dataset_copy_count(ctx, ds, &copies));
    STEP(ddn_dataset_read(ctx, ds, 5, 20, points, 6)); /* the part has its own copy */
    t->status[rank->rank] = status;
    snprintf(t->text[rank->rank], sizeof t->text[0], "%s", ddn_context_message(ctx));
    if (rank->rank == 1) {
        t->failed = memory.fail_at > 0 && memory.allocations >= memory.fail_at;
    }
    memory.fail_at = 0;
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
    ddn_context_destroy(ctx);
}

static void one_status_for_all(void **state)
{
    (void)state;
    int64_t failures = 0;
    fault t;
    do {
        t = (fault){.fail_at = failures + 1};
        test_crew(3, rank_fails, &t);
        for (int r = 0; r < 3; r++) {
            if (t.status[r] != t.status[1]) {
                fail_msg("allocation %d: rank %d has %s (%s), rank 1 %s", (int)failures, r,
                         ddn_status_name(t.status[r]), t.text[r], ddn_status_name(t.status[1]));
            }
        }
        failures++;
    } while (t.failed && failures < 1000);
    assert_int_equal(t.status[0], DDN_OK);
    assert_true(failures > 20);
    t = (fault){.other = 1};
    test_crew(3, rank_fails, &t);
    for (int r = 0; r < 3; r++) {
        assert_int_equal(t.status[r], DDN_E_MISMATCH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spectra_are_those_of_the_whole_set),
        cmocka_unit_test(large_sets_by_lanczos),
        cmocka_unit_test(one_status_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

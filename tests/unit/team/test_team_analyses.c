/* Analyses of an oracle over a team of threads: the same results on all ranks, to the bit, which
 * agree with those of one process within their errors. */
#include "support/crew.h"
#include "support/fixtures.h"

enum {
    N = 60,
    D = 8,
    TIMES = 4,
    SAMPLES = 64,
    NUMBERS = 400,
    SCALARS = 64
};

/* What is measured. */
enum {
    IDENTITIES,
    CLONES,
    LAST_CHANGE,
    UTURN,
    BRANCH,
    REGIMES,
    LIKELIHOOD,
    PATH,
    LATE_START,
    KINDS
};

static const double times[TIMES] = {0.3, 0.8, 1.6, 2.6};

typedef struct findings {
    ddn_status status[KINDS];
    char text[KINDS][200];
    double number[KINDS][NUMBERS];
    char name[KINDS][SCALARS][40], data[KINDS][160];
    int64_t numbers[KINDS], scalars[KINDS];
} findings;

typedef struct problem {
    double points[N * D];
    int32_t labels[N];
    int32_t weighted;
    findings found[CREW_MOST];
} problem;

/* All numbers of a result, scalars first. */
static void note(ddn_context *ctx, const ddn_result *r, int kind, findings *f)
{
    int64_t count = 0, rows = ddn_result_rows(r);
    const char *data = ddn_result_field(r, "data");
    for (; count < ddn_result_scalar_count(r) && count < SCALARS; count++) {
        const char *name = ddn_result_scalar_name(r, count);
        snprintf(f->name[kind][count], sizeof f->name[0][0], "%s", name);
        (void)ddn_result_scalar(ctx, r, name, &f->number[kind][count], NULL);
    }
    f->scalars[kind] = count;
    for (int64_t k = 0; k < ddn_result_column_count(r) && count + rows <= NUMBERS; k++) {
        (void)ddn_result_column(ctx, r, ddn_result_column_name(r, k), rows,
                                f->number[kind] + count);
        count += rows;
    }
    f->numbers[kind] = count;
    snprintf(f->data[kind], sizeof f->data[0], "%s", data == NULL ? "" : data);
}

static ddn_status measure(ddn_analysis *an, const ddn_oracle *oracle, int kind, ddn_result **out)
{
    double x[3 * D], path[TIMES * 3 * D];
    int32_t regimes[TIMES * 3];
    test_normal(5, 3 * D, x);
    for (int i = 0; i < TIMES * 3 * D; i++) {
        path[i] = x[i % (3 * D)];
    }
    switch (kind) {
    case IDENTITIES:
        return ddn_analysis_identities(an, oracle, TIMES, times, out);
    case CLONES:
        return ddn_analysis_clones(an, oracle, TIMES, times, out);
    case LAST_CHANGE:
        return ddn_analysis_last_change(an, oracle, out);
    case UTURN:
        return ddn_analysis_uturn(an, oracle, NULL, TIMES, times, out);
    case BRANCH:
        return ddn_analysis_branch(an, oracle, NULL, TIMES, times, out);
    case REGIMES:
        return ddn_analysis_regimes(an, oracle, TIMES, 2, times, times, out);
    case LIKELIHOOD:
        return ddn_analysis_log_likelihood(an, oracle, NULL, 0, 3, x, D, out);
    case PATH:
        return ddn_analysis_path(an, oracle, DDN_PATH_POSTERIOR, TIMES, 3, times, path, D, regimes,
                                 out);
    default:
        return ddn_analysis_late_start(an, oracle, TIMES, times, out);
    }
}

static void find(ddn_context *ctx, const ddn_dataset *ds, findings *f)
{
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_analysis *an = NULL;
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    STEP(ddn_analysis_create(ctx, &an));
    STEP(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SAMPLES, SAMPLES));
    STEP(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATHS, SAMPLES));
    STEP(ddn_options_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_PATH_STEPS, 30));
    for (int kind = 0; kind < KINDS; kind++) {
        ddn_result *r = NULL;
        if (status == DDN_OK) {
            f->status[kind] = measure(an, oracle, kind, &r);
        }
        if (f->status[kind] != DDN_OK) {
            snprintf(f->text[kind], sizeof f->text[kind], "%s", ddn_context_message(ctx));
        } else if (r != NULL) {
            note(ctx, r, kind, f);
        }
        ddn_result_destroy(r);
    }
    ddn_analysis_destroy(an);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
}

/* The set, or with weights of which one in ten is a thousand times the others. */
static ddn_status weigh(ddn_context *ctx, const problem *p, ddn_dataset *ds, ddn_dataset **out)
{
    double weights[N];
    if (!p->weighted) {
        *out = ds;
        return ddn_dataset_retain(ds);
    }
    for (int i = 0; i < N; i++) {
        weights[i] = i % 10 == 3 ? 1000 : 1;
    }
    return ddn_dataset_create_weighted(ctx, ds, N, weights, out);
}

static void rank_finds(crew_rank *rank)
{
    problem *p = rank->user;
    findings *f = &p->found[rank->rank];
    int64_t first = N * rank->rank / rank->size, end = N * (rank->rank + 1) / rank->size;
    ddn_dataset *part = NULL, *raw = NULL, *even = NULL, *ds = NULL;
    ddn_status status = ddn_dataset_create(rank->ctx, DDN_TYPE_F64, end - first, D,
                                           p->points + first * D, D, &part);
    STEP(ddn_dataset_create_team(rank->ctx, rank->team, part, &raw));
    STEP(ddn_dataset_create_labelled(rank->ctx, raw, N, p->labels, &even));
    STEP(weigh(rank->ctx, p, even, &ds));
    if (status == DDN_OK) {
        find(rank->ctx, ds, f);
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(even);
    ddn_dataset_destroy(part);
    ddn_dataset_destroy(raw);
}

/* Two classes, each about its own centre. */
static problem *make_problem(void)
{
    problem *p = calloc(1, sizeof *p);
    assert_non_null(p);
    test_normal(7, N * D, p->points);
    for (int i = 0; i < N; i++) {
        p->labels[i] = i % 2;
        p->points[i * D] += i % 2 == 0 ? 3 : -3;
    }
    return p;
}

static double scalar_of(const findings *f, int kind, const char *name)
{
    for (int64_t k = 0; k < f->scalars[kind]; k++) {
        if (strcmp(f->name[kind][k], name) == 0) {
            return f->number[kind][k];
        }
    }
    fail_msg("no scalar %s", name);
    return NAN;
}

static void ranks_agree_with_each_other_and_with_one_process(void **state)
{
    (void)state;
    static const char *const sure[] = {"n",     "d",      "Lambda",      "t_S",
                                       "t_SSB", "copies", "t_C_spectrum"};
    static const char *const drawn[] = {"t_S_phi", "t_C_phi"};
    problem *p = make_problem();
    findings *want = calloc(1, sizeof *want);
    assert_non_null(want);
    test_setup s = test_setup_make(1);
    ddn_dataset *raw = NULL, *ds = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, N, D, p->points, D, &raw));
    OK(s.ctx, ddn_dataset_create_labelled(s.ctx, raw, N, p->labels, &ds));
    find(s.ctx, ds, want);
    test_crew(3, rank_finds, p);
    for (int kind = 0; kind < KINDS; kind++) {
        for (int r = 0; r < 3; r++) {
            const findings *f = &p->found[r];
            if (f->status[kind] != DDN_OK) {
                fail_msg("analysis %d, rank %d: %s", kind, r, f->text[kind]);
            }
            assert_true(f->numbers[kind] > 10);
            assert_memory_equal(f->number[kind], p->found[0].number[kind], sizeof f->number[kind]);
        }
        assert_string_equal(p->found[0].data[kind], want->data[kind]); /* with its digest */
    }
    for (int i = 0; i < 7; i++) {
        CLOSE(scalar_of(&p->found[0], REGIMES, sure[i]), scalar_of(want, REGIMES, sure[i]), 1e-9,
              0);
    }
    for (int i = 0; i < 2; i++) { /* 64 samples each */
        CLOSE(scalar_of(&p->found[0], REGIMES, drawn[i]), scalar_of(want, REGIMES, drawn[i]), 0.2,
              0);
    }
    CLOSE(scalar_of(&p->found[0], PATH, "class_level"), scalar_of(want, PATH, "class_level"), 1e-12,
          0);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
    test_setup_free(&s);
    free(want);
    free(p);
}

/* The last change of the nearest point, whatever the weights: paths are those of one process. */
static void weights_do_not_say_which_point_is_nearest(void **state)
{
    (void)state;
    problem *p = make_problem();
    findings *want = calloc(1, sizeof *want);
    assert_non_null(want);
    p->weighted = 1;
    test_setup s = test_setup_make(1);
    ddn_dataset *raw = NULL, *even = NULL, *ds = NULL;
    OK(s.ctx, ddn_dataset_create(s.ctx, DDN_TYPE_F64, N, D, p->points, D, &raw));
    OK(s.ctx, ddn_dataset_create_labelled(s.ctx, raw, N, p->labels, &even));
    OK(s.ctx, weigh(s.ctx, p, even, &ds));
    find(s.ctx, ds, want);
    test_crew(3, rank_finds, p);
    for (int r = 0; r < 3; r++) {
        const findings *f = &p->found[r];
        assert_int_equal(f->status[LAST_CHANGE], DDN_OK);
        assert_int_equal(f->numbers[LAST_CHANGE], want->numbers[LAST_CHANGE]);
        for (int64_t k = 0; k < want->numbers[LAST_CHANGE]; k++) {
            CLOSE(f->number[LAST_CHANGE][k], want->number[LAST_CHANGE][k], 1e-6, 1e-9);
        }
    }
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(even);
    ddn_dataset_destroy(raw);
    test_setup_free(&s);
    free(want);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_agree_with_each_other_and_with_one_process),
        cmocka_unit_test(weights_do_not_say_which_point_is_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

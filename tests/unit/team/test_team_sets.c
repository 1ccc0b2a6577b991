/* Sets over a team that are made of one another: digests, which have all of a set in them, are
 * those of the same sets in one process. What goes wrong on one rank ends the call on all. */
#include "support/crew.h"
#include "support/failing.h"
#include "support/fixtures.h"

enum {
    N = 90,
    D = 12,
    COPIES = 30, /* the last points are copies of the first, most with other labels */
    CHOSEN = 70,
    RANKS = 3,
    ODD = 1, /* the rank that errs */
    FLOATS = 5
};

/* What is made of the points. */
typedef enum making {
    SUBSET,
    LATE_ROWS, /* the last rank has them all */
    CLASS,     /* the first rank has it all */
    LABELLED,
    WEIGHTED,
    WEIGHTED_SUBSET,
    WEIGHTED_MAPPED,
    DISTINCT,
    DISTINCT_WEIGHTED,
    DISTINCT_CLASS, /* of points that have several labels */
    DISTINCT_AGAIN, /* of points that have no copies */
    BYTES,
    BYTES_AGAIN, /* of bytes */
    SPAN,
    SPAN_F32,
    MAKINGS
} making;

typedef struct made {
    ddn_status status, after;
    char text[512], description[400];
    int64_t digest, n, classes, copies;
    double rows[N * D], log_p[4], share[4 * 8], distance;
    float floats[FLOATS * D];
} made;

typedef struct trial {
    making which;
    int32_t odd;       /* rank ODD has other arguments */
    int64_t fail_at;   /* its allocation that fails */
    int64_t cancel_in; /* its exchange in which it is cancelled */
    int32_t failed;
    double points[N * D];
    float bytes[N * D]; /* k / 255 */
    int32_t labels[N];
    made by[CREW_MOST];
} trial;

static trial *make_trial(void)
{
    trial *t = calloc(1, sizeof *t);
    assert_non_null(t);
    test_normal(21, N * D, t->points);
    for (int i = 0; i < N; i++) {
        t->labels[i] = i < 20 ? 4 : i % 3;
    }
    memcpy(t->points + (N - COPIES) * D, t->points, COPIES * D * sizeof(double));
    for (int i = 0; i < N * D; i++) {
        t->bytes[i] = (float)((i * 37 + i / 7) % 256) / 255;
    }
    return t;
}

/* ---- making ---- */

static ddn_status weigh(ddn_context *ctx, const ddn_dataset *ds, int32_t odd, ddn_dataset **out)
{
    double weights[N];
    for (int i = 0; i < N; i++) {
        weights[i] = 1 + (i * 7) % 11 + (odd && i == 5);
    }
    return ddn_dataset_create_weighted(ctx, ds, N, weights, out);
}

static ddn_status choose(ddn_context *ctx, const ddn_dataset *ds, int32_t late, int32_t odd,
                         ddn_dataset **out)
{
    int64_t rows[CHOSEN];
    for (int k = 0; k < CHOSEN; k++) { /* in no order, with repetitions */
        rows[k] = late ? N - 8 + k % 7 : (k * 37 + 5) % (N - 10);
    }
    rows[3] += odd;
    return ddn_dataset_create_subset(ctx, ds, CHOSEN, rows, out);
}

static ddn_status span(ddn_context *ctx, const ddn_dataset *ds, ddn_type type, int32_t odd,
                       ddn_dataset **out)
{
    ddn_span *s = NULL;
    ddn_status status = ddn_span_create(ctx, ds, odd ? 0.5 : 0, &s);
    STEP(ddn_dataset_create_in_span(ctx, s, type, out));
    ddn_span_destroy(s);
    return status;
}

/* Of a set that was made of another one first. */
static ddn_status make_second(ddn_context *ctx, making which, const ddn_dataset *ds, int32_t odd,
                              ddn_dataset **out)
{
    ddn_dataset *first = NULL;
    ddn_status status = which == BYTES_AGAIN ? ddn_dataset_create_bytes(ctx, ds, &first)
                        : which == DISTINCT_CLASS || which == DISTINCT_AGAIN
                            ? ddn_dataset_create_distinct(ctx, ds, &first)
                            : weigh(ctx, ds, odd, &first);
    switch (which) {
    case WEIGHTED_SUBSET:
        STEP(choose(ctx, first, 0, odd, out));
        break;
    case WEIGHTED_MAPPED:
        STEP(ddn_dataset_create_mapped(ctx, first, 0.5, odd ? 2 : 1, out));
        break;
    case DISTINCT_CLASS:
        STEP(ddn_dataset_create_class_subset(ctx, first, odd ? 1 : 2, (int32_t[]){4, 1}, out));
        break;
    case BYTES_AGAIN:
        STEP(ddn_dataset_create_bytes(ctx, first, out));
        break;
    default:
        STEP(ddn_dataset_create_distinct(ctx, first, out));
    }
    ddn_dataset_destroy(first);
    return status;
}

static ddn_status make(ddn_context *ctx, const trial *t, const ddn_dataset *ds, int32_t odd,
                       ddn_dataset **out)
{
    int32_t labels[N];
    switch (t->which) {
    case SUBSET:
    case LATE_ROWS:
        return choose(ctx, ds, t->which == LATE_ROWS, odd, out);
    case CLASS:
        return ddn_dataset_create_class_subset(ctx, ds, 1, (int32_t[]){odd ? 1 : 4}, out);
    case LABELLED:
        for (int i = 0; i < N; i++) {
            labels[i] = i / 40 + odd;
        }
        return ddn_dataset_create_labelled(ctx, ds, N, labels, out);
    case WEIGHTED:
        return weigh(ctx, ds, odd, out);
    case DISTINCT:
        return ddn_dataset_create_distinct(ctx, ds, out);
    case BYTES:
        return ddn_dataset_create_bytes(ctx, ds, out);
    case SPAN:
        return span(ctx, ds, DDN_TYPE_F64, odd, out);
    case SPAN_F32:
        return span(ctx, ds, odd ? DDN_TYPE_F64 : DDN_TYPE_F32, 0, out);
    default:
        return make_second(ctx, t->which, ds, odd, out);
    }
}

/* Points first .. with their labels. */
static ddn_status make_part(ddn_context *ctx, const trial *t, int64_t first, int64_t count,
                            ddn_dataset **out)
{
    ddn_dataset *raw = NULL;
    ddn_type type = t->which == BYTES || t->which == BYTES_AGAIN ? DDN_TYPE_F32 : DDN_TYPE_F64;
    const void *data =
        type == DDN_TYPE_F32 ? (const void *)(t->bytes + first * D) : t->points + first * D;
    ddn_status status = ddn_dataset_create(ctx, type, count, D, data, D, &raw);
    STEP(ddn_dataset_create_labelled(ctx, raw, count, t->labels + first, out));
    ddn_dataset_destroy(raw);
    return status;
}

/* ---- what is compared ---- */

static ddn_status ask(ddn_context *ctx, const ddn_dataset *ds, made *m)
{
    double x[4 * D];
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    test_normal(22, 4 * D, x);
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    STEP(ddn_query_create(ctx, oracle, &q));
    STEP(ddn_query_bind_f64(q, DDN_OUT_LOG_P, m->log_p, 1));
    STEP(ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, m->share, 8));
    STEP(ddn_query_run(q, 1.1, 4, x, ddn_dataset_d(ds)));
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

static ddn_status look(ddn_context *ctx, const ddn_dataset *ds, made *m)
{
    int64_t d = ddn_dataset_d(ds);
    m->n = ddn_dataset_n(ds);
    m->classes = ddn_dataset_class_count(ds);
    snprintf(m->description, sizeof m->description, "%s", ddn_dataset_description(ds));
    ddn_status status = ddn_dataset_digest(ctx, ds, &m->digest);
    STEP(ddn_dataset_copy_count(ctx, ds, &m->copies));
    STEP(ddn_dataset_read(ctx, ds, 0, m->n, m->rows, d));
    STEP(ddn_dataset_read_f32(ctx, ds, m->n / 2 - 2, FLOATS, m->floats, d));
    STEP(ask(ctx, ds, m));
    return status;
}

/* Parts of 15, 30 and 45 points, or so. */
static ddn_status make_base(const crew_rank *rank, ddn_context *ctx, const trial *t,
                            ddn_dataset **out)
{
    const int64_t all = rank->size * (rank->size + 1) / 2, r = rank->rank;
    const int64_t first = N * (r * (r + 1) / 2) / all, end = N * ((r + 1) * (r + 2) / 2) / all;
    ddn_dataset *part = NULL;
    ddn_status status = make_part(ctx, t, first, end - first, &part);
    STEP(ddn_dataset_create_team(ctx, rank->team, part, out));
    ddn_dataset_destroy(part);
    return status;
}

static void note(made *m, ddn_context *ctx, ddn_status status)
{
    m->status = status;
    snprintf(m->text, sizeof m->text, "%s", ddn_context_message(ctx));
}

static void rank_makes(crew_rank *rank)
{
    trial *t = rank->user;
    made *m = &t->by[rank->rank];
    ddn_dataset *ds = NULL, *new = NULL;
    ddn_status status = make_base(rank, rank->ctx, t, &ds);
    STEP(make(rank->ctx, t, ds, 0, &new));
    STEP(look(rank->ctx, new, m));
    note(m, rank->ctx, status);
    ddn_dataset_destroy(new);
    ddn_dataset_destroy(ds);
}

/* Axes may differ by rounding: distances between points do not. */
static void same_distances(const made *got, const made *want, int64_t d, double tolerance)
{
    for (int i = 0; i < N; i += 7) {
        double g = 0, w = 0;
        for (int64_t j = 0; j < d; j++) {
            g += pow(got->rows[i * d + j] - got->rows[(i + 5) % N * d + j], 2);
            w += pow(want->rows[i * d + j] - want->rows[(i + 5) % N * d + j], 2);
        }
        CLOSE(g, w, tolerance, tolerance);
    }
}

static void same_set(const trial *t, const made *got, const made *want)
{
    int32_t spans = t->which == SPAN || t->which == SPAN_F32;
    assert_int_equal(got->n, want->n);
    assert_int_equal(got->classes, want->classes);
    assert_string_equal(got->description, want->description);
    if (spans) {
        same_distances(got, want, D, t->which == SPAN ? 1e-12 : 1e-5);
        return;
    }
    assert_int_equal(got->digest, want->digest);
    assert_int_equal(got->copies, want->copies);
    assert_memory_equal(got->rows, want->rows, sizeof want->rows);
    assert_memory_equal(got->floats, want->floats, sizeof want->floats);
    for (int i = 0; i < 4; i++) {
        CLOSE(got->log_p[i], want->log_p[i], t->which < BYTES ? 1e-9 : 1e-3, 0);
        for (int64_t c = 0; c < want->classes; c++) {
            CLOSE(got->share[i * 8 + c], want->share[i * 8 + c], 0, t->which < BYTES ? 1e-9 : 1e-3);
        }
    }
}

static void sets_are_those_of_one_process(void **state)
{
    (void)state;
    for (making which = 0; which < MAKINGS; which++) {
        trial *t = make_trial();
        made *want = calloc(1, sizeof *want);
        assert_non_null(want);
        t->which = which;
        ddn_dataset *ds = NULL, *new = NULL;
        test_setup s = test_setup_make(1);
        OK(s.ctx, make_part(s.ctx, t, 0, N, &ds));
        OK(s.ctx, make(s.ctx, t, ds, 0, &new));
        OK(s.ctx, look(s.ctx, new, want));
        for (int64_t size = 1; size <= 4; size++) {
            memset(t->by, 0, sizeof t->by);
            test_crew(size, rank_makes, t);
            for (int64_t r = 0; r < size; r++) {
                if (t->by[r].status != DDN_OK) {
                    fail_msg("set %d, rank %d of %d: %s", (int)which, (int)r, (int)size,
                             t->by[r].text);
                }
                assert_memory_equal(&t->by[r], &t->by[0], sizeof t->by[0]);
            }
            same_set(t, &t->by[0], want);
        }
        ddn_dataset_destroy(new);
        ddn_dataset_destroy(ds);
        test_setup_free(&s);
        free(want);
        free(t);
    }
}

/* ---- faults ---- */

/* Makes the set with what goes wrong on rank ODD, then a good one. */
static void rank_errs(crew_rank *rank)
{
    trial *t = rank->user;
    made *m = &t->by[rank->rank];
    const int32_t odd = rank->rank == ODD;
    test_memory memory;
    float row[D];
    ddn_context *ctx = test_failing_context(&memory, 0);
    ddn_dataset *ds = NULL, *new = NULL, *other = NULL;
    ddn_context *own = rank->ctx;
    rank->ctx = ctx; /* for cancel_in */
    ddn_status status = make_base(rank, ctx, t, &ds);
    memory.fail_at = odd && t->fail_at > 0 ? memory.allocations + t->fail_at : 0;
    rank->cancel_in = odd ? t->cancel_in : 0;
    STEP(make(ctx, t, ds, odd && t->odd, &new));
    STEP(ddn_dataset_read_f32(ctx, new, 1, 1, row, D));
    note(m, ctx, status);
    if (odd) {
        t->failed = t->fail_at > 0 ? memory.allocations >= memory.fail_at : rank->cancel_in == 0;
    }
    memory.fail_at = rank->cancel_in = 0;
    m->after = ddn_dataset_create_mapped(ctx, ds, 2, 1, &other);
    ddn_dataset_destroy(other);
    ddn_dataset_destroy(new);
    ddn_dataset_destroy(ds);
    rank->ctx = own;
    ddn_context_destroy(ctx);
    m->after = memory.live > 0 ? DDN_E_STATE : m->after; /* blocks are left */
}

/* The same status on all ranks, which can go on. */
static void check_faults(const trial *t, const char *what)
{
    for (int r = 0; r < RANKS; r++) {
        const made *m = &t->by[r];
        if (m->status != t->by[ODD].status || m->after != DDN_OK) {
            fail_msg("set %d, %s %d: rank %d has %s (%s), rank %d %s; then %s", (int)t->which, what,
                     (int)(t->fail_at + t->cancel_in), r, ddn_status_name(m->status), m->text, ODD,
                     ddn_status_name(t->by[ODD].status), ddn_status_name(m->after));
        }
        if (m->status != DDN_OK && r != ODD) {
            assert_non_null(strstr(m->text, "rank 1 of 3"));
            assert_null(strstr(strstr(m->text, "rank") + 1, "rank 1 of 3")); /* once */
        }
    }
}

static void other_arguments(void **state)
{
    (void)state;
    for (making which = 0; which < MAKINGS; which++) {
        trial *t = make_trial();
        t->which = which;
        t->odd = 1;
        if (which != DISTINCT &&
            which < DISTINCT_WEIGHTED) { /* distinct points have no arguments */
            test_crew(RANKS, rank_errs, t);
            check_faults(t, "other arguments");
            assert_int_equal(t->by[0].status, DDN_E_MISMATCH);
        }
        free(t);
    }
}

static void no_memory_and_cancelled(void **state)
{
    (void)state;
    for (making which = 0; which < MAKINGS; which++) {
        for (int cancel = 0; cancel < 2; cancel++) {
            trial *t = make_trial();
            int64_t at = 0, ended = 0;
            t->which = which;
            do {
                at++;
                t->fail_at = cancel ? 0 : at;
                t->cancel_in = cancel ? at : 0;
                test_crew(RANKS, rank_errs, t);
                check_faults(t, cancel ? "cancelled in exchange" : "failing allocation");
                ended += t->by[0].status == (cancel ? DDN_STOPPED : DDN_E_NOMEM);
            } while (t->failed && at < 300);
            assert_int_equal(t->by[0].status, DDN_OK);
            assert_true(ended > 0);
            free(t);
        }
    }
}

/* Rows of no team, rows beyond float on one rank, and numbers that are no bytes. */
static void rank_is_refused(crew_rank *rank)
{
    trial *t = rank->user;
    made *m = &t->by[rank->rank];
    float out[N * D];
    ddn_dataset *ds = NULL, *new = NULL;
    ddn_status status = make_base(rank, rank->ctx, t, &ds);
    if (status == DDN_OK && t->which == SUBSET) {
        status = ddn_dataset_create_subset(rank->ctx, ds, 2, (int64_t[]){0, 1}, &new);
    } else if (status == DDN_OK && t->which == BYTES) {
        status = ddn_dataset_create_bytes(rank->ctx, ds, &new);
    } else if (status == DDN_OK) {
        status = ddn_dataset_read_f32(rank->ctx, ds, 0, N, out, D);
    }
    note(m, rank->ctx, status);
    ddn_dataset_destroy(new);
    ddn_dataset_destroy(ds);
}

static void bad_rows_are_refused(void **state)
{
    (void)state;
    const making kinds[] = {SUBSET, BYTES, WEIGHTED};
    const ddn_status want[] = {DDN_E_RANGE, DDN_E_UNSUPPORTED, DDN_E_RANGE};
    const char *const texts[] = {"2 points for a team of 3 ranks", "row 40, column 3",
                                 "row 40, column 3 is outside"};
    for (int i = 0; i < 3; i++) {
        trial *t = make_trial();
        t->which = kinds[i];
        t->bytes[40 * D + 3] = 0.123456f;
        t->points[40 * D + 3] = 1e40;
        test_crew(RANKS, rank_is_refused, t);
        for (int r = 0; r < RANKS; r++) {
            assert_int_equal(t->by[r].status, want[i]);
            if (strstr(t->by[r].text, texts[i]) == NULL) {
                fail_msg("%s", t->by[r].text);
            }
        }
        free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_those_of_one_process),
        cmocka_unit_test(other_arguments),
        cmocka_unit_test(no_memory_and_cancelled),
        cmocka_unit_test(bad_rows_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How often ranks exchange in a call, and how many bytes a rank gives to the others: the model of
 * doc/howto/several-machines.md, to the byte. */
#include "support/crew.h"
#include "support/fixtures.h"

enum {
    N = 96,
    D = 24,
    WIDE = 128, /* dimensions, more than points */
    M = 10,
    HEADER = 80, /* bytes of an agreement that each rank gives to each other one */
    RECORD = 13, /* numbers of a state beside its vectors */
    STEPS = 7,
    PAIRS = 3
};

typedef enum call {
    SCORE,
    SCORE_AND_MEAN,
    SCORE_AND_TRACE,
    RUN,
    DATA, /* samples of the data */
    MEAN,
    NORMS,
    NEAREST,
    DIGEST_OF_COPY, /* of a set that is made for it: a map, then the digest */
    SPECTRUM,
    SPECTRUM_WIDE,
    CALLS
} call;

typedef struct trial {
    call which;
    int64_t times; /* it is made so often */
    ddn_status status;
    char text[512];
} trial;

typedef struct stage {
    ddn_context *ctx;
    ddn_dataset *part, *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
    ddn_query *q;
    ddn_integrator *it;
    double x[M * WIDE], out[M * WIDE], mean[M * WIDE];
} stage;

static ddn_status prepare(crew_rank *rank, const trial *t, stage *s)
{
    uint8_t points[N * WIDE];
    double times[STEPS + 1];
    const int64_t n = N / rank->size, d = t->which == SPECTRUM_WIDE ? WIDE : D;
    for (int i = 0; i < N * WIDE; i++) {
        points[i] = (uint8_t)((i * 37 + i / 11 * rank->rank + i % 13 * 9) % 251);
    }
    for (int i = 0; i <= STEPS; i++) {
        times[i] = 2.0 - 0.2 * i;
    }
    s->ctx = rank->ctx;
    test_normal(31, M * D, s->x);
    ddn_dataset *raw = NULL;
    ddn_status status = ddn_dataset_create(s->ctx, DDN_TYPE_U8, n, d, points, d, &raw);
    STEP(ddn_dataset_create_mapped(s->ctx, raw, 1.0 / 128, -1, &s->part));
    STEP(ddn_dataset_create_team(s->ctx, rank->team, s->part, &s->ds));
    STEP(ddn_schedule_create_ou(s->ctx, &s->sch));
    STEP(ddn_oracle_create_empirical(s->ctx, s->ds, s->sch, &s->oracle));
    STEP(ddn_query_create(s->ctx, s->oracle, &s->q));
    STEP(ddn_query_bind_f64(s->q, DDN_OUT_SCORE, s->out, d));
    if (t->which == SCORE_AND_MEAN) {
        STEP(ddn_query_bind_f64(s->q, DDN_OUT_MEAN, s->mean, d));
    }
    if (t->which == SCORE_AND_TRACE) {
        STEP(ddn_query_bind_f64(s->q, DDN_OUT_TRACE_COV, s->mean, 0));
    }
    STEP(ddn_integrator_create(s->ctx, s->oracle, DDN_METHOD_EULER, &s->it));
    STEP(ddn_integrator_set_times(s->it, STEPS + 1, times));
    ddn_dataset_destroy(raw);
    return status;
}

static ddn_status make(const trial *t, stage *s)
{
    int64_t near[2 * M], digest;
    double values[PAIRS], norms[N];
    ddn_dataset *other = NULL;
    ddn_status status;
    switch (t->which) {
    case SCORE:
    case SCORE_AND_MEAN:
    case SCORE_AND_TRACE:
        return ddn_query_run(s->q, 1.0, M, s->x, D);
    case RUN:
        memcpy(s->out, s->x, sizeof s->x);
        return ddn_integrator_run(s->it, M, s->out, D);
    case DATA:
        return ddn_oracle_sample_data(s->ctx, s->oracle, 1, 0, M, s->out, D, NULL);
    case MEAN:
        return ddn_dataset_mean(s->ctx, s->ds, D, s->mean);
    case NORMS:
        return ddn_dataset_squared_norms(s->ctx, s->ds, N, NULL, norms);
    case NEAREST:
        return ddn_dataset_nearest(s->ctx, s->ds, M, 2, s->x, D, near, NULL);
    case DIGEST_OF_COPY:
        status = ddn_dataset_create_mapped(s->ctx, s->ds, 2, 1, &other);
        STEP(ddn_dataset_digest(s->ctx, other, &digest));
        ddn_dataset_destroy(other);
        return status;
    default:
        return ddn_dataset_spectrum(s->ctx, s->ds, PAIRS, values, NULL, 0);
    }
}

static void rank_calls(crew_rank *rank)
{
    trial *t = rank->user;
    stage s = {.ctx = rank->ctx};
    ddn_status status = prepare(rank, t, &s);
    for (int64_t k = 0; k < t->times; k++) {
        STEP(make(t, &s));
    }
    if (rank->rank == 0) {
        t->status = status;
        snprintf(t->text, sizeof t->text, "%s", ddn_context_message(rank->ctx));
    }
    ddn_integrator_destroy(s.it);
    ddn_query_destroy(s.q);
    ddn_oracle_destroy(s.oracle);
    ddn_schedule_destroy(s.sch);
    ddn_dataset_destroy(s.ds);
    ddn_dataset_destroy(s.part);
}

/* Of one call of three. */
static crew_count count(call which, int64_t ranks)
{
    crew_count c[2];
    for (int i = 0; i < 2; i++) {
        trial t = {.which = which, .times = 3 * i};
        c[i] = test_crew(ranks, rank_calls, &t);
        if (t.status != DDN_OK) {
            fail_msg("call %d: %s", (int)which, t.text);
        }
    }
    return (crew_count){(c[1].exchanges - c[0].exchanges) / 3, (c[1].bytes - c[0].bytes) / 3};
}

static int64_t up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* What the model says of a sum of `numbers` over the ranks: an agreement, two exchanges of slices.
 */
static crew_count sum_of(int64_t numbers, int64_t ranks)
{
    return (crew_count){3, HEADER + 2 * 8 * up(numbers, ranks)};
}

static crew_count model(call which, int64_t ranks)
{
    const int64_t share = up(M, ranks), own = N / ranks;
    const int64_t records = ranks == 2 ? 1 : 2; /* exchanges: two ranks give each other all */
    crew_count sum;
    switch (which) {
    case SCORE:
        return (crew_count){2 + records, 2 * HEADER + 2 * share * (D + RECORD) * 8};
    case SCORE_AND_MEAN:
        return (crew_count){2 + records, 2 * HEADER + 2 * share * (2 * D + RECORD) * 8};
    case SCORE_AND_TRACE:
        return (crew_count){2 + records, 2 * HEADER + 2 * share * (3 * D + RECORD) * 8};
    case RUN:
        return (crew_count){(1 + records) * STEPS + 1,
                            HEADER + STEPS * (HEADER + 2 * share * (D + RECORD) * 8)};
    case DATA: /* points 0 to 9 are all of rank 0 */
        return (crew_count){3, 2 * HEADER + M * D * 8};
    case MEAN: /* point 0, and a sum */
        sum = sum_of(D, ranks);
        return (crew_count){sum.exchanges + 3, sum.bytes + 2 * HEADER + D * 8};
    case NORMS:
        return (crew_count){3, 2 * HEADER + own * 8};
    case NEAREST:
        return (crew_count){3, 2 * HEADER + M * 2 * 16};
    case DIGEST_OF_COPY: /* what parts are, and the digests of rows */
        return (crew_count){4 + 3, 3 * HEADER + 48 + 2 * HEADER + own * 8};
    case SPECTRUM: /* agreement on what is asked, the mean, the matrix */
        sum = model(MEAN, ranks);
        return (crew_count){1 + sum.exchanges + 3, HEADER + sum.bytes + sum_of(D * D, ranks).bytes};
    default: /* the mean of that many dimensions, and the centred points */
        sum = sum_of(WIDE, ranks);
        return (crew_count){1 + 3 + sum.exchanges + 2,
                            4 * HEADER + (WIDE + own * WIDE) * 8 + sum.bytes};
    }
}

static void bytes_are_those_of_the_model(void **state)
{
    (void)state;
    for (call which = 0; which < CALLS; which++) {
        for (int64_t ranks = 1; ranks <= 4; ranks++) {
            const crew_count got = count(which, ranks), want = model(which, ranks);
            if (got.exchanges != want.exchanges || got.bytes != (ranks - 1) * want.bytes) {
                fail_msg("call %d, %d ranks: %d exchanges of %d bytes, not %d of %d", (int)which,
                         (int)ranks, (int)got.exchanges, (int)got.bytes, (int)want.exchanges,
                         (int)((ranks - 1) * want.bytes));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_those_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

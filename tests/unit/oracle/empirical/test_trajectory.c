/* Queries with a memory of their trajectories: the same scores as without, at a fraction of the
 * reads. */
#include "support/fixtures.h"
#include "support/ways.h"

enum {
    N = 4000,
    D = 24,
    M = 5,
    STEPS = 160
};

typedef struct model {
    ddn_context *ctx;
    ddn_oracle *oracle;
    ddn_schedule *sch;
} model;

/* Points around 20 centres, stored as bytes or floats. */
static model make(ddn_type type)
{
    model w = {.ctx = test_context(2)};
    double *z = malloc((N + 20) * D * sizeof *z);
    float *f = malloc(N * D * sizeof *f);
    uint8_t *u = malloc(N * D);
    assert_true(z != NULL && f != NULL && u != NULL);
    test_normal(5, (N + 20) * D, z);
    for (int64_t i = 0; i < N * D; i++) {
        double y = 0.8 * z[N * D + i / D % 20 * D + i % D] + 0.25 * z[i];
        f[i] = (float)y;
        u[i] = (uint8_t)fmin(255, fmax(0, 127.5 + 40 * y));
    }
    ddn_dataset *ds = NULL, *mapped = NULL;
    OK(w.ctx,
       ddn_dataset_create(w.ctx, type, N, D, type == DDN_TYPE_U8 ? (void *)u : (void *)f, D, &ds));
    if (type == DDN_TYPE_U8) {
        OK(w.ctx, ddn_dataset_create_mapped(w.ctx, ds, 1 / 40.0, -127.5 / 40, &mapped));
        ddn_dataset_destroy(ds);
        ds = mapped;
    }
    OK(w.ctx, ddn_schedule_create_ou(w.ctx, &w.sch));
    OK(w.ctx, ddn_oracle_create_empirical(w.ctx, ds, w.sch, &w.oracle));
    ddn_dataset_destroy(ds);
    free(z);
    free(f);
    free(u);
    return w;
}

static void drop(model *w)
{
    ddn_oracle_destroy(w->oracle);
    ddn_schedule_destroy(w->sch);
    ddn_context_destroy(w->ctx);
}

/* Follows the probability flow (eta = 0) or the reverse SDE (eta = 1) with the scores of the query
 * that remembers, and compares each with one that does not. */
static void follow(ddn_type type, double eta)
{
    model w = make(type);
    ddn_query *memory = NULL, *fresh = NULL;
    double score[M * D], plain[M * D], x[M * D], z[D], times[STEPS + 1], late = 0;
    OK(w.ctx, ddn_query_create(w.ctx, w.oracle, &memory));
    OK(w.ctx, ddn_query_create(w.ctx, w.oracle, &fresh));
    OK(w.ctx, ddn_options_set_i64(ddn_query_options(memory), DDN_QUERY_TRAJECTORY, 1));
    OK(w.ctx, ddn_query_bind_f64(memory, DDN_OUT_SCORE, score, D));
    OK(w.ctx, ddn_query_bind_f64(fresh, DDN_OUT_SCORE, plain, D));
    OK(w.ctx, ddn_schedule_grid(w.ctx, w.sch, DDN_GRID_GEOMETRIC, 3, 1e-3, STEPS + 1, times));
    OK(w.ctx, ddn_noise_draw(w.ctx, 3, 40, 0, 0, 0, M * D, x));
    for (int64_t k = 0; k < STEPS; k++) {
        OK(w.ctx, ddn_query_run(memory, times[k], M, x, D));
        OK(w.ctx, ddn_query_run(fresh, times[k], M, x, D));
        assert_true(ddn_query_dropped(memory) <= 1e-9);
        double h = times[k] - times[k + 1];
        for (int64_t r = 0; r < M; r++) {
            double error = 0, size = 0;
            OK(w.ctx, ddn_noise_draw(w.ctx, 3, 41, r, k, 0, D, z));
            for (int64_t j = r * D; j < (r + 1) * D; j++) {
                error += (score[j] - plain[j]) * (score[j] - plain[j]);
                size += plain[j] * plain[j];
                x[j] += h * (x[j] + (1 + eta * eta) * plain[j]) + eta * sqrt(2 * h) * z[j - r * D];
            }
            assert_true(sqrt(error) <= 1e-5 * sqrt(size));
        }
        late += k >= 3 * STEPS / 4 ? ddn_query_touched(memory) / (STEPS / 4) : 0;
    }
    /* Under noise a list must be renewed now and then, by a reading of everything. */
    assert_true(late < (eta > 0 ? 0.02 : 0.001));
    /* Another number of rows starts afresh; a jump is noticed. */
    test_normal(9, D, x);
    OK(w.ctx, ddn_query_run(memory, 0.2, 1, x, D));
    OK(w.ctx, ddn_query_run(fresh, 0.2, 1, x, D));
    for (int64_t j = 0; j < D; j++) {
        CLOSE(score[j], plain[j], 1e-5, 1e-5);
        x[j] = -x[j];
    }
    OK(w.ctx, ddn_query_run(memory, 0.2, 1, x, D));
    OK(w.ctx, ddn_query_run(fresh, 0.2, 1, x, D));
    for (int64_t j = 0; j < D; j++) {
        CLOSE(score[j], plain[j], 1e-5, 1e-5);
    }
    ddn_query_destroy(memory);
    ddn_query_destroy(fresh);
    drop(&w);
}

static void flow_of_bytes(void **state)
{
    (void)state;
    follow(DDN_TYPE_U8, 0);
}

static void flow_of_floats(void **state)
{
    (void)state;
    follow(DDN_TYPE_F32, 0);
}

static void noise_of_bytes(void **state)
{
    (void)state;
    follow(DDN_TYPE_U8, 1);
}

static void the_option_is_checked(void **state)
{
    (void)state;
    model w = make(DDN_TYPE_F32);
    ddn_query *query = NULL;
    int64_t value = 7;
    OK(w.ctx, ddn_query_create(w.ctx, w.oracle, &query));
    OK(w.ctx, ddn_options_get_i64(ddn_query_options(query), DDN_QUERY_TRAJECTORY, &value));
    assert_int_equal(value, 0);
    FAILS(w.ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_TRAJECTORY, 2),
          DDN_E_RANGE, "[0, 1]");
    FAILS(w.ctx, ddn_options_set_i64(ddn_query_options(query), DDN_QUERY_EPSILON, 1), DDN_E_TYPE,
          "double");
    ddn_query_destroy(query);
    drop(&w);
}

/* An integrator with the memory ends where one without it ends, up to the promise along the flow.
 */
static void a_run_with_memory(void **state)
{
    (void)state;
    model w = make(DDN_TYPE_U8);
    double x[2][M * D];
    for (int64_t memory = 0; memory < 2; memory++) {
        ddn_integrator *it = NULL;
        OK(w.ctx, ddn_integrator_create(w.ctx, w.oracle, DDN_METHOD_EXPONENTIAL, &it));
        OK(w.ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_ETA, 0));
        OK(w.ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 150));
        OK(w.ctx,
           ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_TRAJECTORY, memory));
        OK(w.ctx, ddn_integrator_draw_start(it, M, x[memory], D));
        OK(w.ctx, ddn_integrator_run(it, M, x[memory], D));
        ddn_integrator_destroy(it);
    }
    for (int64_t j = 0; j < M * D; j++) {
        CLOSE(x[1][j], x[0][j], 0, 1e-4);
    }
    drop(&w);
}

enum {
    MANY = 64
};

typedef struct jumps {
    model w;
    ddn_query *memory;
    double x[MANY * D], score[MANY * D];
} jumps;

static void jumps_make(jumps *r)
{
    r->w = make(DDN_TYPE_F32);
    OK(r->w.ctx, ddn_query_create(r->w.ctx, r->w.oracle, &r->memory));
    OK(r->w.ctx, ddn_options_set_i64(ddn_query_options(r->memory), DDN_QUERY_TRAJECTORY, 1));
    OK(r->w.ctx, ddn_query_bind_f64(r->memory, DDN_OUT_SCORE, r->score, D));
}

/* Other points, noised, than at the call before. */
static void jump(jumps *r, int64_t call, double t)
{
    static double y[MANY * D];
    const double a = exp(-t), noise = sqrt(1 - a * a);
    test_normal(100 + call, MANY * D, r->x);
    OK(r->w.ctx,
       ddn_dataset_read(r->w.ctx, ddn_oracle_dataset(r->w.oracle), call * MANY, MANY, y, D));
    for (int64_t i = 0; i < MANY * D; i++) {
        r->x[i] = noise * r->x[i] + a * y[i];
    }
    OK(r->w.ctx, ddn_query_run(r->memory, t, MANY, r->x, D));
    assert_int_equal(test_served(r->memory, r->w.oracle, "nearby"), 0);
}

static void jumps_drop(jumps *r)
{
    ddn_query_destroy(r->memory);
    drop(&r->w);
}

/* States that jump at each call: no list lasts, and screens that save nothing at once are left, as
 * for states without a memory. Once they stay where they are, lists serve them. */
static void states_that_no_list_follows(void **state)
{
    (void)state;
    static jumps r;
    int64_t screened = 0, left = 40;
    jumps_make(&r);
    for (int64_t k = 0; k < 20; k++) {
        jump(&r, k, 0.18);
        screened += test_served(r.memory, r.w.oracle, "refine");
    }
    assert_true(screened <= 3 * MANY); /* of 20; 6 when each state was asked for itself */
    do {
        OK(r.w.ctx, ddn_query_run(r.memory, 0.02, MANY, r.x, D));
    } while (--left > 0 && test_served(r.memory, r.w.oracle, "nearby") < MANY);
    assert_true(left > 0);
    jumps_drop(&r);
}

/* The first 32 points of a list tell that it will not do: the others are not read. */
static void lists_that_will_not_do(void **state)
{
    (void)state;
    static jumps r;
    jumps_make(&r);
    jump(&r, 0, 0.05);
    assert_int_equal(test_served(r.memory, r.w.oracle, "refine"), MANY);
    jump(&r, 1, 0.05);
    assert_true(ddn_query_touched(r.memory) * N < N + 280); /* 328 with all that may be read */
    jumps_drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flow_of_bytes),          cmocka_unit_test(flow_of_floats),
        cmocka_unit_test(noise_of_bytes),         cmocka_unit_test(the_option_is_checked),
        cmocka_unit_test(a_run_with_memory),      cmocka_unit_test(states_that_no_list_follows),
        cmocka_unit_test(lists_that_will_not_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Observers: each record against what a callback sees, last changes, resume, what is refused. */
#include "support/failing.h"
#include "support/toy.h"

enum {
    M = 6,
    D = 3,
    STEPS = 20
};

/* What an independent callback writes down. */
typedef struct log_book {
    int64_t times, stop_at;
    double time[STEPS + 1], x[STEPS + 1][M][D], entropy[STEPS + 1][M], trace[STEPS + 1][M];
    double share[STEPS + 1][M][2];
    int64_t nearest[STEPS + 1][M];
} log_book;

static int32_t write_down(void *user, const ddn_step *step)
{
    log_book *book = user;
    int64_t k = ddn_step_index(step), ld = 0;
    const double *x = ddn_step_x(step);
    const double *share = ddn_step_f64(step, DDN_OUT_CLASS_POSTERIOR, &ld);
    book->time[k] = ddn_step_time(step);
    book->times = k + 1;
    for (int64_t r = 0; r < M; r++) {
        memcpy(book->x[k][r], x + r * ddn_step_ldx(step), sizeof book->x[k][r]);
        book->entropy[k][r] = ddn_step_f64(step, DDN_OUT_ENTROPY, NULL)[r];
        book->trace[k][r] = ddn_step_f64(step, DDN_OUT_TRACE_COV, NULL)[r];
        book->nearest[k][r] = ddn_step_i64(step, DDN_OUT_ARGMAX)[r];
        book->share[k][r][0] = share[r * ld];
        book->share[k][r][1] = share[r * ld + 1];
    }
    return k == book->stop_at;
}

static const int64_t noted = INT64_C(1) << DDN_OUT_ENTROPY | INT64_C(1) << DDN_OUT_TRACE_COV |
                             INT64_C(1) << DDN_OUT_ARGMAX | INT64_C(1) << DDN_OUT_CLASS_POSTERIOR;

static ddn_integrator *integrator(ddn_context *ctx, const ddn_oracle *oracle)
{
    ddn_integrator *it = NULL;
    OK(ctx, ddn_integrator_create(ctx, oracle, DDN_METHOD_EXACT, &it));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_START, 4));
    OK(ctx, ddn_options_set_f64(ddn_integrator_options(it), DDN_INTEGRATOR_T_END, 0.01));
    OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, STEPS));
    return it;
}

static void read_f64(ddn_context *ctx, ddn_observer *ob, ddn_record what, double *out, int64_t size)
{
    assert_int_equal(ddn_observer_size(ob, what), size);
    FAILS(ctx, ddn_observer_read_f64(ob, what, size, NULL), DDN_E_NULL, "out is NULL");
    OK(ctx, ddn_observer_read_f64(ob, what, size, out));
}

static void read_i64(ddn_context *ctx, ddn_observer *ob, ddn_record what, int64_t *out,
                     int64_t size)
{
    assert_int_equal(ddn_observer_size(ob, what), size);
    OK(ctx, ddn_observer_read_i64(ob, what, size, out));
}

/* A label's history, last change and number of changes against the log. */
static void check_track(ddn_context *ctx, ddn_observer *ob, const log_book *book,
                        int64_t label[][M])
{
    int64_t history[(STEPS + 1) * M], index[M], changes[M];
    double last[M];
    read_i64(ctx, ob, DDN_RECORD_HISTORY, history, (STEPS + 1) * M);
    read_i64(ctx, ob, DDN_RECORD_INDEX, index, M);
    read_i64(ctx, ob, DDN_RECORD_CHANGES, changes, M);
    read_f64(ctx, ob, DDN_RECORD_LAST_CHANGE, last, M);
    for (int64_t r = 0; r < M; r++) {
        int64_t first_final = STEPS, count = 0;
        while (first_final > 0 && label[first_final - 1][r] == label[STEPS][r]) {
            first_final--;
        }
        for (int64_t k = 0; k <= STEPS; k++) {
            assert_int_equal(history[k * M + r], label[k][r]);
            count += k > 0 && label[k][r] != label[k - 1][r];
        }
        assert_int_equal(index[r], label[STEPS][r]);
        assert_int_equal(changes[r], count);
        assert_true(last[r] == book->time[first_final]);
    }
}

static void records_are_what_a_callback_sees(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 40, D, 1.5, 1);
    ddn_integrator *it = integrator(ctx, oracle);
    log_book *book = calloc(1, sizeof *book);
    ddn_observer *nearest, *classes, *posterior, *overlap, *snapshots;
    const double v[2][4] = {{1, 2, 3, 99}, {0, -1, 0, 99}}, wishes[] = {100, 0.5, 0.013, 1e-9};
    OK(ctx, ddn_observer_create_nearest(ctx, &nearest));
    OK(ctx, ddn_observer_create_class(ctx, &classes));
    OK(ctx, ddn_observer_create_posterior(ctx, &posterior));
    OK(ctx, ddn_observer_create_overlap(ctx, 2, D, v[0], 4, &overlap));
    OK(ctx, ddn_observer_create_snapshots(ctx, 4, wishes, &snapshots));
    ddn_observer *all[] = {nearest, classes, posterior, overlap, snapshots};
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ddn_observer_size(all[i], DDN_RECORD_TIMES), 0);
        OK(ctx, ddn_observer_attach(all[i], it));
        FAILS(ctx, ddn_observer_attach(all[i], it), DDN_E_STATE, "already attached");
    }
    book->stop_at = 7; /* the records go on after a stop */
    OK(ctx, ddn_integrator_attach_callback(it, noted, write_down, book, NULL));
    double x[M][5];
    OK(ctx, ddn_integrator_draw_start(it, M, x[0], 5));
    assert_int_equal(ddn_integrator_run(it, M, x[0], 5), DDN_STOPPED);
    assert_int_equal(ddn_observer_size(nearest, DDN_RECORD_TIMES), 8);
    OK(ctx, ddn_integrator_resume(it, M, x[0], 5));
    assert_int_equal(book->times, STEPS + 1);

    double times[STEPS + 1], means[STEPS + 1][2], q[STEPS + 1][M][2], states[4][M][D], taken[4];
    for (int i = 0; i < 4; i++) {
        read_f64(ctx, all[i], DDN_RECORD_TIMES, times, STEPS + 1);
        assert_memory_equal(times, book->time, sizeof times);
    }
    check_track(ctx, nearest, book, book->nearest);
    int64_t label[STEPS + 1][M];
    for (int64_t k = 0; k <= STEPS; k++) {
        for (int64_t r = 0; r < M; r++) {
            label[k][r] = book->share[k][r][1] > book->share[k][r][0];
        }
    }
    check_track(ctx, classes, book, label);

    read_f64(ctx, posterior, DDN_RECORD_ENTROPY, means[0], 2 * (STEPS + 1));
    for (int64_t k = 0; k <= STEPS; k++) {
        double mean = 0, variance = 0;
        for (int64_t r = 0; r < M; r++) {
            mean += book->entropy[k][r] / M;
        }
        for (int64_t r = 0; r < M; r++) {
            variance += pow(book->entropy[k][r] - mean, 2) / (M - 1);
        }
        CLOSE(means[k][0], mean, 1e-12, 1e-300);
        CLOSE(means[k][1], sqrt(variance / M), 1e-9, 1e-15);
    }
    read_f64(ctx, posterior, DDN_RECORD_TRACE_COV, means[0], 2 * (STEPS + 1));
    CLOSE(means[STEPS / 2][0] * M,
          book->trace[STEPS / 2][0] + book->trace[STEPS / 2][1] + book->trace[STEPS / 2][2] +
              book->trace[STEPS / 2][3] + book->trace[STEPS / 2][4] + book->trace[STEPS / 2][5],
          1e-12, 0);

    read_f64(ctx, overlap, DDN_RECORD_OVERLAP, q[0][0], (STEPS + 1) * M * 2);
    for (int64_t k = 0; k <= STEPS; k++) {
        for (int64_t r = 0; r < M; r++) {
            const double *y = book->x[k][r];
            CLOSE(q[k][r][0], (y[0] + 2 * y[1] + 3 * y[2]) / sqrt(3), 1e-12, 1e-14);
            CLOSE(q[k][r][1], -y[1] / sqrt(3), 1e-14, 0);
        }
    }

    read_f64(ctx, snapshots, DDN_RECORD_TIMES, taken, 4);
    read_f64(ctx, snapshots, DDN_RECORD_STATES, states[0][0], 4 * M * D);
    assert_true(taken[0] == book->time[0] && taken[3] == book->time[STEPS]);
    for (int i = 0; i < 4; i++) {
        int64_t at = -1;
        for (int64_t k = 0; k <= STEPS; k++) {
            assert_true(fabs(book->time[k] - wishes[i]) >= fabs(taken[i] - wishes[i]));
            at = book->time[k] == taken[i] ? k : at;
        }
        assert_memory_equal(states[i], book->x[at], sizeof states[i]);
    }

    /* A new run starts afresh, with another number of rows. */
    book->stop_at = 2;
    ddn_integrator_destroy(it);
    it = integrator(ctx, oracle);
    for (int i = 0; i < 5; i++) { /* the integrator has let go of them */
        OK(ctx, ddn_observer_attach(all[i], it));
    }
    OK(ctx, ddn_integrator_draw_start(it, 2, x[0], 5));
    OK(ctx, ddn_integrator_run(it, 2, x[0], 5));
    assert_int_equal(ddn_observer_size(nearest, DDN_RECORD_HISTORY), (STEPS + 1) * 2);
    assert_int_equal(ddn_observer_size(snapshots, DDN_RECORD_STATES), 4 * 2 * D);
    OK(ctx, ddn_integrator_run(it, 1, x[0], 5));
    assert_int_equal(ddn_observer_size(nearest, DDN_RECORD_HISTORY), STEPS + 1);
    OK(ctx, ddn_observer_read_f64(posterior, DDN_RECORD_W_MAX, 2 * (STEPS + 1), means[0]));
    assert_true(isnan(means[3][1])); /* one row has no standard error */
    for (int i = 0; i < 5; i++) {
        ddn_observer_destroy(all[i]);
    }
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
    free(book);
}

static void bad_input(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *plain = toy_clusters(ctx, 10, D, 1, 0);
    ddn_integrator *it = integrator(ctx, plain);
    ddn_observer *ob = NULL;
    const double v[] = {1, 2, NAN}, one[] = {1, 1, 1, 1};
    FAILS(ctx, ddn_observer_create_snapshots(ctx, 3, v, &ob), DDN_E_NONFINITE, "times[2]");
    FAILS(ctx, ddn_observer_create_snapshots(ctx, 0, v, &ob), DDN_E_RANGE, "count");
    FAILS(ctx, ddn_observer_create_snapshots(ctx, 1, NULL, &ob), DDN_E_NULL, "times");
    FAILS(ctx, ddn_observer_create_overlap(ctx, 1, 3, v, 3, &ob), DDN_E_NONFINITE,
          "directions[0][2]");
    FAILS(ctx, ddn_observer_create_overlap(ctx, 1, 3, v, 2, &ob), DDN_E_SHAPE, "directions");
    FAILS(ctx, ddn_observer_create_overlap(ctx, 1, 0, one, 2, &ob), DDN_E_RANGE, "d = 0");
    FAILS(ctx, ddn_observer_create_overlap(ctx, 1, 3, NULL, 3, &ob), DDN_E_NULL, "directions");
    FAILS(ctx, ddn_observer_create_nearest(ctx, NULL), DDN_E_NULL, "out");
    assert_null(ob);
    OK(ctx, ddn_observer_create_overlap(ctx, 1, 4, one, 4, &ob));
    FAILS(ctx, ddn_observer_attach(ob, it), DDN_E_SHAPE, "d = 4");
    FAILS(ctx, ddn_observer_attach(ob, NULL), DDN_E_NULL, "it");
    assert_int_equal(ddn_observer_attach(NULL, it), DDN_E_NULL);
    ddn_observer_destroy(ob);
    OK(ctx, ddn_observer_create_class(ctx, &ob));
    FAILS(ctx, ddn_observer_attach(ob, it), DDN_E_UNSUPPORTED, "no classes");
    ddn_observer_destroy(ob);
    OK(ctx, ddn_observer_create_nearest(ctx, &ob));
    OK(ctx, ddn_observer_attach(ob, it));
    double x[D], f;
    int64_t i[2 * (STEPS + 1)];
    OK(ctx, ddn_integrator_draw_start(it, 1, x, D));
    OK(ctx, ddn_integrator_run(it, 1, x, D));
    FAILS(ctx, ddn_observer_read_f64(ob, DDN_RECORD_ENTROPY, 1, &f), DDN_E_KEY,
          "does not have record DDN_RECORD_ENTROPY");
    FAILS(ctx, ddn_observer_read_f64(ob, 99, 1, &f), DDN_E_KEY, "there is no record 99");
    FAILS(ctx, ddn_observer_read_f64(ob, DDN_RECORD_INDEX, 1, &f), DDN_E_TYPE, "int64");
    FAILS(ctx, ddn_observer_read_i64(ob, DDN_RECORD_TIMES, 99, i), DDN_E_TYPE, "double");
    FAILS(ctx, ddn_observer_read_i64(ob, DDN_RECORD_HISTORY, STEPS, i), DDN_E_CAPACITY, "capacity");
    assert_int_equal(ddn_observer_size(ob, DDN_RECORD_STATES), 0);
    assert_int_equal(ddn_observer_size(ob, 999), 0);
    assert_int_equal(ddn_observer_size(NULL, DDN_RECORD_TIMES), 0);
    ddn_observer_destroy(ob);
    ddn_observer_destroy(NULL);
    OK(ctx, ddn_integrator_run(it, 0, x, D)); /* no rows: an empty record; and it lives on */
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(plain);
    ddn_context_destroy(ctx);
}

static int32_t predict(void *user, double t, double a, double s, int64_t m, int64_t d,
                       const double *x, int64_t ldx, double *out, int64_t ldo)
{
    (void)user, (void)t, (void)a, (void)s;
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            out[r * ldo + j] = -x[r * ldx + j];
        }
    }
    return 0;
}

/* A model has no posterior: the data that it was learned from tell, where there are some, also in a
 * run without states. */
static void data_tell_of_models(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *data = toy_clusters(ctx, 10, D, 2, 0);
    const ddn_schedule *sch = ddn_oracle_schedule(data);
    for (int known = 0; known < 2; known++) {
        ddn_oracle *model = test_model(ctx, sch, DDN_PREDICTION_SCORE, D, predict, NULL,
                                       known ? ddn_oracle_dataset(data) : NULL);
        ddn_integrator *it = NULL;
        ddn_observer *ob = NULL;
        double x[2 * D] = {0};
        OK(ctx, ddn_integrator_create(ctx, model, DDN_METHOD_EULER, &it));
        OK(ctx, ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, STEPS));
        OK(ctx, ddn_observer_create_nearest(ctx, &ob));
        if (known) {
            OK(ctx, ddn_observer_attach(ob, it));
            for (int64_t m = 0; m <= 2; m++) {
                OK(ctx, ddn_integrator_run(it, m, m > 0 ? x : NULL, D));
                assert_int_equal(ddn_observer_size(ob, DDN_RECORD_TIMES), STEPS + 1);
                assert_int_equal(ddn_observer_size(ob, DDN_RECORD_HISTORY), (STEPS + 1) * m);
            }
        } else {
            FAILS(ctx, ddn_observer_attach(ob, it), DDN_E_UNSUPPORTED, "DDN_OUT_ARGMAX");
        }
        ddn_observer_destroy(ob);
        ddn_integrator_destroy(it);
        ddn_oracle_destroy(model);
    }
    ddn_oracle_destroy(data);
    ddn_context_destroy(ctx);
}

static ddn_status observed_run(ddn_context *ctx, void *arg)
{
    const double v[] = {1, 2, 3}, times[] = {1, 0.1};
    ddn_observer *ob[5] = {NULL};
    ddn_integrator *it = NULL;
    double x[2 * D] = {0};
    ddn_status status = ddn_integrator_create(ctx, arg, DDN_METHOD_EXACT, &it);
    for (int i = 0; status == DDN_OK && i < 5; i++) {
        status = i == 0   ? ddn_observer_create_nearest(ctx, &ob[i])
                 : i == 1 ? ddn_observer_create_class(ctx, &ob[i])
                 : i == 2 ? ddn_observer_create_posterior(ctx, &ob[i])
                 : i == 3 ? ddn_observer_create_overlap(ctx, 1, D, v, D, &ob[i])
                          : ddn_observer_create_snapshots(ctx, 2, times, &ob[i]);
        if (status == DDN_OK) {
            status = ddn_observer_attach(ob[i], it);
        }
    }
    if (status == DDN_OK) {
        status = ddn_integrator_run(it, 2, x, D);
    }
    for (int i = 0; i < 5; i++) {
        ddn_observer_destroy(ob[i]);
    }
    ddn_integrator_destroy(it);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    ddn_oracle *oracle = toy_clusters(ctx, 10, D, 1, 1);
    assert_true(test_every_allocation(observed_run, oracle) > 20);
    ddn_oracle_destroy(oracle);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_what_a_callback_sees),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(data_tell_of_models),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

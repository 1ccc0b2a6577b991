/* Threads of the host: one oracle shared by many, each with a context of its own. Run under
 * ThreadSanitizer by .ci/run. */
#include <pthread.h>
#include <stdatomic.h>

#include "support/fixtures.h"

enum {
    N = 700,
    D = 40,
    M = 300, /* N * D * 128 is large enough to be worth sharing among threads */
    HOSTS = 4
};

typedef struct world {
    double points[N * D];
    double x[M * D];
    ddn_oracle *oracle;
    double score[M * D]; /* by one thread */
    double entropy[M];
} world;

static void evaluate(ddn_context *ctx, const world *w, double *score, double *entropy)
{
    ddn_query *query = NULL;
    OK(ctx, ddn_query_create(ctx, w->oracle, &query));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_SCORE, score, D));
    OK(ctx, ddn_query_bind_f64(query, DDN_OUT_ENTROPY, entropy, 1));
    OK(ctx, ddn_query_run(query, 0.4, M, w->x, D));
    ddn_query_destroy(query);
}

static int make_world(void **state)
{
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    test_normal(11, N * D, w->points);
    test_normal(12, M * D, w->x);
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, N, D, w->points, D, NULL, NULL, &ds));
    OK(ctx, ddn_schedule_create_ou(ctx, &sch));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &w->oracle));
    ddn_dataset_destroy(ds);
    ddn_schedule_destroy(sch);
    evaluate(ctx, w, w->score, w->entropy);
    ddn_context_destroy(ctx);
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    world *w = *state;
    ddn_oracle_destroy(w->oracle);
    free(w);
    return 0;
}

static void check_same(const world *w, const double *score, const double *entropy)
{
    assert_memory_equal(score, w->score, sizeof w->score);
    assert_memory_equal(entropy, w->entropy, sizeof w->entropy);
}

/* ---- One oracle, many hosts --------------------------------------------------------------- */

typedef struct host {
    const world *w;
    int64_t threads;
    int32_t same;
} host;

/* No assertion here: cmocka's jump must stay on the main thread. */
static void *host_main(void *arg)
{
    host *h = arg;
    double *score = malloc(sizeof h->w->score), *entropy = malloc(sizeof h->w->entropy);
    ddn_context *ctx = NULL;
    ddn_query *query = NULL;
    ddn_status status = ddn_context_create(&ctx);
    if (score == NULL || entropy == NULL || status != DDN_OK ||
        ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, h->threads) != DDN_OK) {
        return NULL;
    }
    h->same = 1;
    for (int round = 0; round < 5 && status == DDN_OK; round++) {
        status = ddn_query_create(ctx, h->w->oracle, &query);
        if (status == DDN_OK) {
            status = ddn_query_bind_f64(query, DDN_OUT_SCORE, score, D);
        }
        if (status == DDN_OK) {
            status = ddn_query_bind_f64(query, DDN_OUT_ENTROPY, entropy, 1);
        }
        if (status == DDN_OK) {
            status = ddn_query_run(query, 0.4, M, h->w->x, D);
        }
        ddn_query_destroy(query);
        h->same = h->same && status == DDN_OK &&
                  memcmp(score, h->w->score, sizeof h->w->score) == 0 &&
                  memcmp(entropy, h->w->entropy, sizeof h->w->entropy) == 0;
    }
    ddn_context_destroy(ctx);
    free(score);
    free(entropy);
    return NULL;
}

static void an_oracle_is_shared_by_hosts(void **state)
{
    pthread_t thread[HOSTS];
    host hosts[HOSTS];
    for (int i = 0; i < HOSTS; i++) {
        hosts[i] = (host){*state, i + 1, 0};
        assert_int_equal(pthread_create(&thread[i], NULL, host_main, &hosts[i]), 0);
    }
    for (int i = 0; i < HOSTS; i++) {
        pthread_join(thread[i], NULL);
        assert_true(hosts[i].same);
    }
}

static void *destroy_main(void *oracle)
{
    ddn_oracle_destroy(oracle);
    return NULL;
}

static void release_counts(void *user)
{
    atomic_fetch_add((_Atomic int32_t *)user, 1);
}

/* The last of several references may be dropped by any thread; the borrowed data is released once.
 */
static void the_last_reference_may_go_anywhere(void **state)
{
    world *w = *state;
    for (int round = 0; round < 50; round++) {
        _Atomic int32_t released = 0;
        ddn_context *ctx = test_context(1);
        ddn_dataset *ds = NULL;
        ddn_schedule *sch = NULL;
        ddn_oracle *oracle[2] = {NULL, NULL};
        OK(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_F64, N, D, w->points, D, &released,
                                            release_counts, &ds));
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
        for (int i = 0; i < 2; i++) {
            OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle[i]));
        }
        ddn_dataset_destroy(ds);
        ddn_schedule_destroy(sch);
        ddn_context_destroy(ctx);
        assert_int_equal(released, 0);
        pthread_t thread[2];
        for (int i = 0; i < 2; i++) {
            assert_int_equal(pthread_create(&thread[i], NULL, destroy_main, oracle[i]), 0);
        }
        for (int i = 0; i < 2; i++) {
            pthread_join(thread[i], NULL);
        }
        assert_int_equal(released, 1);
    }
}

/* Many short loops on a pool that is made anew all the time. */
static void pools_come_and_go(void **state)
{
    const world *w = *state;
    double *score = malloc(sizeof w->score), *entropy = malloc(sizeof w->entropy);
    assert_non_null(score);
    assert_non_null(entropy);
    ddn_context *ctx = test_context(1);
    for (int64_t threads = 1; threads <= 9; threads++) {
        OK(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, threads));
        evaluate(ctx, w, score, entropy);
        check_same(w, score, entropy);
    }
    ddn_context_destroy(ctx);
    free(score);
    free(entropy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_oracle_is_shared_by_hosts),
        cmocka_unit_test(the_last_reference_may_go_anywhere),
        cmocka_unit_test(pools_come_and_go),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}

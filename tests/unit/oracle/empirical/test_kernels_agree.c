/* What does not depend on the machine: every kernel that this processor can run gives the same
 * score, to the promise of oracle.h (1e-12 for f64 data, 1e-5 for others), and the same indices: of
 * the nearest points, of draws, of points in turn. The indices are golden values: they are what a
 * seed means, on every machine. */
#include "support/toy.h"

enum {
    N = 400,
    D = 24,
    M = 8
};

typedef struct answer {
    double score[M * D];
    int64_t nearest[M], draw[M], by_weight[M];
} answer;

/* Points on a grid of 1/64, the same numbers in each type; bytes count in steps of it. */
static void make_points(ddn_type type, void *data)
{
    double z[N * D];
    test_normal(5, N * D, z);
    for (int i = 0; i < N * D; i++) {
        double level = fmin(127, fmax(-128, rint(32 * z[i])));
        if (type == DDN_TYPE_U8) {
            ((uint8_t *)data)[i] = (uint8_t)(level + 128);
        } else if (type == DDN_TYPE_F32) {
            ((float *)data)[i] = (float)(level / 64);
        } else {
            ((double *)data)[i] = level / 64;
        }
    }
}

static void ask(ddn_context *ctx, const ddn_dataset *ds, double t, answer *out)
{
    double x[M * D], weight[N];
    int64_t paths[M];
    ddn_dataset *weighted = NULL;
    ddn_oracle *oracle = NULL, *drawn = NULL;
    ddn_query *q = NULL;
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    for (int64_t i = 0; i < N; i++) {
        weight[i] = (double)(1 + i % 4);
    }
    for (int64_t r = 0; r < M; r++) {
        paths[r] = 100 + r;
    }
    OK(ctx, ddn_dataset_read(ctx, ds, 0, M, x, D));
    OK(ctx, ddn_schedule_forward(ctx, sch, 0, t, 3, 0, 0, M, D, x, D));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    OK(ctx, ddn_query_set_noise(q, 9, 0, 4, M, paths));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, out->score, D));
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, out->nearest));
    OK(ctx, ddn_query_bind_i64(q, DDN_OUT_DRAW_INDEX, out->draw));
    OK(ctx, ddn_query_run(q, t, M, x, D));
    OK(ctx, ddn_dataset_create_weighted(ctx, ds, N, weight, &weighted));
    OK(ctx, ddn_oracle_create_empirical(ctx, weighted, sch, &drawn));
    OK(ctx, ddn_oracle_sample_data(ctx, drawn, 11, 0, M, x, D, out->by_weight));
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_oracle_destroy(drawn);
    ddn_dataset_destroy(weighted);
    ddn_schedule_destroy(sch);
}

static double difference(const double *a, const double *b)
{
    double worst = 0;
    for (int64_t r = 0; r < M; r++) {
        double top = 0, size = 0;
        for (int64_t j = r * D; j < (r + 1) * D; j++) {
            top += (a[j] - b[j]) * (a[j] - b[j]);
            size += b[j] * b[j];
        }
        worst = fmax(worst, sqrt(top / size));
    }
    return worst;
}

static const double times[2] = {0.9, 0.05};
/* By time; the weights' do not depend on it. */
static const int64_t nearest[2][M] = {{230, 181, 154, 188, 320, 324, 270, 66},
                                      {0, 1, 2, 3, 4, 5, 6, 7}};
static const int64_t draw[2][M] = {{63, 137, 33, 7, 303, 134, 365, 281}, {0, 1, 2, 3, 4, 5, 6, 7}};
static const int64_t by_weight[M] = {82, 191, 168, 61, 172, 278, 54, 191};

static void kernels_agree(void **state)
{
    (void)state;
    static const ddn_type types[3] = {DDN_TYPE_F64, DDN_TYPE_F32, DDN_TYPE_U8};
    static double data[N * D];
    for (int k = 0; k < 6; k++) {
        ddn_type type = types[k / 2];
        double t = times[k % 2], worst = 0;
        answer first, other;
        int32_t supported, tried = 0;
        const char *name;
        make_points(type, data);
        for (int32_t i = 0; (name = ddn_kernel_name(i, &supported)) != NULL; i++) {
            if (!supported) {
                continue;
            }
            ddn_context *ctx = test_context(1);
            ddn_dataset *ds = NULL, *mapped = NULL;
            OK(ctx, ddn_context_set_kernel(ctx, name));
            OK(ctx, ddn_dataset_create(ctx, type, N, D, data, D, &ds));
            OK(ctx, ddn_dataset_create_mapped(ctx, ds, type == DDN_TYPE_U8 ? 1.0 / 64 : 1,
                                              type == DDN_TYPE_U8 ? -2 : 0, &mapped));
            ask(ctx, mapped, t, tried++ == 0 ? &first : &other);
            worst = fmax(worst, tried > 1 ? difference(other.score, first.score) : 0);
            const answer *a = tried > 1 ? &other : &first;
            assert_memory_equal(a->nearest, nearest[k % 2], sizeof a->nearest);
            assert_memory_equal(a->draw, draw[k % 2], sizeof a->draw);
            assert_memory_equal(a->by_weight, by_weight, sizeof by_weight);
            ddn_dataset_destroy(mapped);
            ddn_dataset_destroy(ds);
            ddn_context_destroy(ctx);
        }
        print_message("# %d kernels, type %d, t = %g: scores differ by %.2g at most\n", tried,
                      (int)type, t, worst);
        assert_true(worst <= 2 * (type == DDN_TYPE_F64 ? 1e-12 : 1e-5));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

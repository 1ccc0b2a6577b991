/* Class posteriors where there are few classes, half as many as points, and one for each point, of
 * few coordinates and of more, one state and several. Catches sums of lanes that run into those of
 * another class, and points behind the last full register. */
#include "support/fixtures.h"

enum {
    N = 157,
    M = 5,
    MOST_D = 20
};

/* W_c of a state by the definition. */
static void posterior(int64_t d, int64_t classes, const double *y, const double *x, double a,
                      double s, double *want)
{
    long double top = -INFINITY, sum = 0, logit[N];
    for (int64_t i = 0; i < N; i++) {
        logit[i] = 0;
        for (int64_t j = 0; j < d; j++) {
            const long double step = x[j] - (long double)a * y[i * d + j];
            logit[i] -= step * step / (2 * (long double)s * s);
        }
        top = fmaxl(top, logit[i]);
    }
    for (int64_t c = 0; c < classes; c++) {
        want[c] = 0;
    }
    for (int64_t i = 0; i < N; i++) {
        sum += expl(logit[i] - top);
    }
    for (int64_t i = 0; i < N; i++) {
        want[i % classes] += (double)(expl(logit[i] - top) / sum);
    }
}

static void check(ddn_context *ctx, int64_t d, int64_t classes, double t)
{
    static double y[N * MOST_D], x[M * MOST_D], got[M * N], want[N];
    int32_t label[N];
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_dataset *plain = NULL, *ds = NULL;
    ddn_oracle *o = NULL;
    ddn_query *q = NULL;
    double a, s;
    test_normal(d, N * d, y);
    test_normal(d + 1, M * d, x);
    for (int64_t i = 0; i < N; i++) {
        label[i] = (int32_t)(i % classes);
    }
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, N, d, y, d, &plain));
    OK(ctx, ddn_dataset_create_labelled(ctx, plain, N, label, &ds));
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &o));
    OK(ctx, ddn_query_create(ctx, o, &q));
    OK(ctx, ddn_schedule_eval(ctx, sch, t, &a, &s));
    for (int64_t m = 1; m <= M; m += M - 1) {
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, got, classes));
        OK(ctx, ddn_query_run(q, t, m, x, d));
        for (int64_t r = 0; r < m; r++) {
            posterior(d, classes, y, x + r * d, a, s, want);
            for (int64_t c = 0; c < classes; c++) {
                CLOSE(got[r * classes + c], want[c], 1e-9, 1e-15);
            }
        }
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(plain);
    ddn_schedule_destroy(sch);
}

static void classes_have_their_points(void **state)
{
    (void)state;
    static const int64_t classes[] = {1, 2, 78, 79, N};
    static const double times[] = {0.05, 0.7, 3};
    ddn_context *ctx = test_context(1);
    for (size_t k = 0; k < sizeof classes / sizeof *classes; k++) {
        for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
            check(ctx, 2, classes[k], times[i]);
            check(ctx, MOST_D, classes[k], times[i]);
        }
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_have_their_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

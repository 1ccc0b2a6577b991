/* Analyses on schedules that end in pure noise, at times where a = 0 too. */
#include "support/fixtures.h"

enum {
    N = 40,
    D = 4
};

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *plain, *ds;
    ddn_oracle *oracle;
    ddn_analysis *an;
    double last; /* the time of pure noise */
} rig;

static rig make(test_kind kind)
{
    rig g = {.ctx = test_context(1)};
    double data[N * D];
    int32_t labels[N];
    test_normal(5, N * D, data);
    for (int i = 0; i < N; i++) {
        labels[i] = i % 2;
        data[i * D] += i % 2 ? 3 : -3;
    }
    g.sch = test_schedule(g.ctx, kind);
    OK(g.ctx, ddn_schedule_range(g.ctx, g.sch, NULL, &g.last));
    OK(g.ctx, ddn_dataset_create(g.ctx, DDN_TYPE_F64, N, D, data, D, &g.plain));
    OK(g.ctx, ddn_dataset_create_labelled(g.ctx, g.plain, N, labels, &g.ds));
    OK(g.ctx, ddn_oracle_create_empirical(g.ctx, g.ds, g.sch, &g.oracle));
    OK(g.ctx, ddn_analysis_create(g.ctx, &g.an));
    ddn_options *o = ddn_analysis_options(g.an);
    OK(g.ctx, ddn_options_set_i64(o, DDN_ANALYSIS_SAMPLES, 64));
    OK(g.ctx, ddn_options_set_i64(o, DDN_ANALYSIS_CLONES, 64));
    OK(g.ctx, ddn_options_set_i64(o, DDN_ANALYSIS_PATHS, 16));
    return g;
}

static void drop(rig *g)
{
    ddn_analysis_destroy(g->an);
    ddn_oracle_destroy(g->oracle);
    ddn_dataset_destroy(g->ds);
    ddn_dataset_destroy(g->plain);
    ddn_schedule_destroy(g->sch);
    ddn_context_destroy(g->ctx);
}

static double value(ddn_context *ctx, const ddn_result *r, const char *name, int64_t row)
{
    double values[8];
    OK(ctx, ddn_result_column(ctx, r, name, 8, values));
    return values[row];
}

static void every_analysis(void **state)
{
    (void)state;
    for (test_kind kind = TEST_FLOW; kind <= TEST_ZERO_SNR; kind++) {
        rig g = make(kind);
        ddn_context *ctx = g.ctx;
        const double times[3] = {0.2 * g.last, 0.6 * g.last, g.last};
        ddn_result *r = NULL;
        /* nothing is known of the point or of its class */
        OK(ctx, ddn_analysis_identities(g.an, g.oracle, 3, times, &r));
        CLOSE(value(ctx, r, "phi", 2), 0.5, 1e-12, 0);
        CLOSE(value(ctx, r, "phi_C", 2), 1.0 / N, 1e-12, 0);
        CLOSE(value(ctx, r, "f", 2), log(N) / D, 1e-12, 0);

        ddn_result_destroy(r);
        FAILS(ctx, ddn_analysis_clones(g.an, g.oracle, 3, times, &r), DDN_E_RANGE,
              "DDN_GRID_LOGSNR cannot reach");
        OK(ctx,
           ddn_options_set_i64(ddn_analysis_options(g.an), DDN_ANALYSIS_GRID, DDN_GRID_UNIFORM));
        OK(ctx, ddn_analysis_clones(g.an, g.oracle, 3, times, &r));
        CLOSE(value(ctx, r, "phi", 2), 0.5, 0, 4.5 * 0.5 / 8);
        CLOSE(value(ctx, r, "phi_C", 2), 1.0 / N, 0, 4.5 * 0.16 / 8);
        ddn_result_destroy(r);
        OK(ctx, ddn_analysis_uturn(g.an, g.oracle, NULL, 3, times, &r));
        ddn_result_destroy(r);
        OK(ctx, ddn_analysis_late_start(g.an, g.oracle, 3, times, &r));
        CLOSE(value(ctx, r, "kl_gaussian", 2), 0, 0, 1e-12);
        CLOSE(value(ctx, r, "kl_noise", 2), 0, 0, 1e-12);
        ddn_result_destroy(r);
        OK(ctx, ddn_options_set_f64(ddn_analysis_options(g.an), DDN_ANALYSIS_T_START, g.last));
        OK(ctx, ddn_analysis_last_change(g.an, g.oracle, &r));
        ddn_result_destroy(r);
        drop(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_analysis)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Contexts, comparisons, schedules, seeded data. */
#include "support/fixtures.h"

ddn_context *test_context(int64_t threads)
{
    ddn_context *ctx = NULL;
    assert_int_equal(ddn_context_create(&ctx), DDN_OK);
    assert_int_equal(ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, threads),
                     DDN_OK);
    return ctx;
}

void test_ok(ddn_context *ctx, ddn_status status, const char *call, const char *file, int line)
{
    if (status != DDN_OK) {
        print_error("%s gave %s: %s\n", call, ddn_status_name(status), ddn_context_message(ctx));
        _fail(file, line);
    }
}

void test_fails(ddn_context *ctx, ddn_status got, ddn_status want, const char *part,
                const char *call, const char *file, int line)
{
    const char *message = ctx == NULL ? part : ddn_context_message(ctx);
    if (got != want || strstr(message, part) == NULL) {
        print_error("%s gave %s \"%s\", wanted %s \"...%s...\"\n", call, ddn_status_name(got),
                    message, ddn_status_name(want), part);
        _fail(file, line);
    }
}

void test_close(double got, double want, double rtol, double atol, const char *what,
                const char *file, int line)
{
    if (!(fabs(got - want) <= rtol * fabs(want) + atol)) {
        print_error("%s = %.17g, wanted %.17g (difference %.3g, allowed %.3g)\n", what, got, want,
                    got - want, rtol * fabs(want) + atol);
        _fail(file, line);
    }
}

ddn_oracle *test_model(ddn_context *ctx, const ddn_schedule *sch, ddn_prediction prediction,
                       int64_t d, ddn_predict_f64_fn fn, void *user, const ddn_dataset *ds)
{
    ddn_model *model = NULL;
    ddn_oracle *oracle = NULL;
    OK(ctx, ddn_model_create(ctx, sch, prediction, d, user, NULL, &model));
    OK(ctx, ddn_model_set_predict_f64(model, fn));
    OK(ctx, ddn_model_set_dataset(model, ds));
    OK(ctx, ddn_oracle_create_model(ctx, model, &oracle));
    ddn_model_destroy(model);
    return oracle;
}

void test_normal(int64_t seed, int64_t count, double *out)
{
    ddn_context *ctx = test_context(1);
    OK(ctx, ddn_noise_draw(ctx, seed, 63, 0, 0, 0, count, out));
    ddn_context_destroy(ctx);
}

char *test_data_path(const char *name, char *buffer)
{
    snprintf(buffer, 1024, "%s/%s", TEST_DATA, name);
    return buffer;
}

static ddn_schedule *table_of(ddn_context *ctx)
{
    double alpha_bar[1000], product = 1;
    ddn_schedule *sch = NULL;
    for (int i = 0; i < 1000; i++) {
        product *= 1 - (1e-4 + (0.02 - 1e-4) * i / 999.0);
        alpha_bar[i] = product;
    }
    OK(ctx, ddn_schedule_create_table(ctx, DDN_TABLE_ALPHA_BAR, 1000, alpha_bar, &sch));
    return sch;
}

ddn_schedule *test_schedule(ddn_context *ctx, test_kind kind)
{
    ddn_schedule *sch = NULL, *base = NULL;
    switch (kind) {
    case TEST_OU:
        OK(ctx, ddn_schedule_create_ou(ctx, &sch));
        break;
    case TEST_VP:
        OK(ctx, ddn_schedule_create_vp_linear(ctx, 0.1, 20.0, &sch));
        break;
    case TEST_DDPM:
        OK(ctx, ddn_schedule_create_ddpm(ctx, 1e-4, 0.02, 1000, &sch));
        break;
    case TEST_COSINE:
        OK(ctx, ddn_schedule_create_cosine(ctx, 1000, 0.008, 0.999, &sch));
        break;
    case TEST_SCALED:
        OK(ctx, ddn_schedule_create_scaled_linear(ctx, 0.00085, 0.012, 1000, &sch));
        break;
    case TEST_FLOW:
        OK(ctx, ddn_schedule_create_flow(ctx, &sch));
        break;
    case TEST_ZERO_SNR:
        base = test_schedule(ctx, TEST_SCALED);
        OK(ctx, ddn_schedule_create_zero_snr(ctx, base, &sch));
        ddn_schedule_destroy(base);
        break;
    case TEST_TABLE:
        sch = table_of(ctx);
        break;
    case TEST_EDM:
        OK(ctx, ddn_schedule_create_edm(ctx, &sch));
        break;
    }
    return sch;
}

test_setup test_setup_make(int64_t threads)
{
    test_setup s = {.ctx = test_context(threads)};
    s.sch = test_schedule(s.ctx, TEST_OU);
    return s;
}

void test_setup_free(test_setup *s)
{
    ddn_schedule_destroy(s->sch);
    ddn_context_destroy(s->ctx);
}

int32_t test_cancel(void *ctx, const char *stage, double fraction)
{
    (void)stage;
    (void)fraction;
    ddn_context_cancel(ctx);
    return 0;
}

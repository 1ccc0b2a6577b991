/* Evaluation of everything an oracle can give, and comparison of two evaluations. */
#include "support/outputs.h"

#include "support/fixtures.h"

static const double PAD = -77;

int test_is_matrix(ddn_output what)
{
    return what == DDN_OUT_SCORE || what == DDN_OUT_MEAN || what == DDN_OUT_CLASS_POSTERIOR ||
           what == DDN_OUT_COV_TIMES_V || what == DDN_OUT_JACOBIAN_TIMES_V || what == DDN_OUT_DRAW;
}

int test_is_integer(ddn_output what)
{
    return what == DDN_OUT_ARGMAX || what == DDN_OUT_DRAW_INDEX;
}

static int64_t width(const ddn_oracle *oracle, ddn_output what)
{
    return !test_is_matrix(what)             ? 1
           : what == DDN_OUT_CLASS_POSTERIOR ? ddn_oracle_class_count(oracle)
                                             : ddn_oracle_d(oracle);
}

test_outputs test_evaluate(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m,
                           const double *x, int64_t ldx, const double *v)
{
    test_outputs o = {.m = m};
    ddn_query *q = NULL;
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    OK(ctx, ddn_query_set_noise(q, 5, 0, 1, 0, NULL));
    OK(ctx, ddn_query_bind_input(q, DDN_IN_V, v, ldx));
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        int needs_v = what == DDN_OUT_COV_TIMES_V || what == DDN_OUT_JACOBIAN_TIMES_V;
        if (!ddn_oracle_can(oracle, what) || (needs_v && v == NULL)) {
            continue;
        }
        o.ld[what] = width(oracle, what) + (test_is_matrix(what) ? TEST_PAD : 0);
        size_t count = (size_t)(m * o.ld[what]) + 1;
        if (test_is_integer(what)) {
            o.i64[what] = calloc(count, sizeof(int64_t));
            OK(ctx, ddn_query_bind_i64(q, what, o.i64[what]));
            continue;
        }
        o.f64[what] = malloc(count * sizeof(double));
        for (size_t i = 0; i < count; i++) {
            o.f64[what][i] = PAD;
        }
        OK(ctx, ddn_query_bind_f64(q, what, o.f64[what], o.ld[what]));
    }
    OK(ctx, ddn_query_run(q, t, m, x, ldx));
    ddn_query_destroy(q);
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        for (int64_t r = 0; o.f64[what] != NULL && r < m; r++) {
            for (int64_t j = 0; j < o.ld[what]; j++) {
                double value = o.f64[what][r * o.ld[what] + j];
                int none = what == DDN_OUT_SECOND_DISTANCE2 && value == INFINITY;
                assert_true(j < width(oracle, what) ? none || isfinite(value) : value == PAD);
            }
        }
    }
    return o;
}

const double *test_row(const test_outputs *o, ddn_output what, int64_t r)
{
    assert_non_null(o->f64[what]);
    return o->f64[what] + r * o->ld[what];
}

void test_outputs_free(test_outputs *o)
{
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        free(o->f64[what]);
        free(o->i64[what]);
    }
}

void test_close_outputs(const test_outputs *p, const test_outputs *q, double rtol, double atol)
{
    for (ddn_output what = 1; what < TEST_OUTPUTS; what++) {
        for (int64_t i = 0; p->f64[what] && q->f64[what] && i < p->m * p->ld[what]; i++) {
            if (p->f64[what][i] != q->f64[what][i]) { /* also where both are infinite */
                CLOSE(p->f64[what][i], q->f64[what][i], rtol, atol);
            }
        }
    }
}

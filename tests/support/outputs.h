/* Everything an oracle can say about some states, in one call. */
#ifndef TEST_SUPPORT_OUTPUTS_H
#define TEST_SUPPORT_OUTPUTS_H

#include <diffdyn/diffdyn.h>

enum {
    TEST_OUTPUTS = 18,
    TEST_PAD = 3 /* matrices have rows of d (or classes) + TEST_PAD numbers; the pad must survive */
};

/* f64[what] / i64[what]: NULL where the oracle cannot give it. Rows at distance ld[what]. */
typedef struct test_outputs {
    int64_t m;
    double *f64[TEST_OUTPUTS];
    int64_t *i64[TEST_OUTPUTS];
    int64_t ld[TEST_OUTPUTS];
} test_outputs;

/* Evaluates all that the oracle can give at x[m][ldx]; v[m][ldx] or NULL (then nothing that needs
 * it). Draws use seed 5, first path 0, step 1. */
test_outputs test_evaluate(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m,
                           const double *x, int64_t ldx, const double *v);
/* Row r of an output. */
const double *test_row(const test_outputs *o, ddn_output what, int64_t r);
/* Fails unless every double that both have agrees. */
void test_close_outputs(const test_outputs *p, const test_outputs *q, double rtol, double atol);
void test_outputs_free(test_outputs *o);

/* 1 where an output has rows of numbers, 1 where it is int64. */
int test_is_matrix(ddn_output what);
int test_is_integer(ddn_output what);

#endif

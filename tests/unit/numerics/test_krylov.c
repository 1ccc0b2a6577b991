/* Krylov spaces and dense matrices on one symmetric matrix with a known spectrum. */
#include "numerics/krylov.h"

#include "numerics/blas.h"
#include "numerics/vector.h"
#include "support/fixtures.h"

enum {
    N = 40,
    PAIRS = 5
};

/* A = H D H with the reflection H = 1 - 2 u u^T and D the values. */
typedef struct mirror {
    double value[N], u[N];
    int fails;
} mirror;

static void reflect(const mirror *m, double *x)
{
    ddni_axpy(N, -2 * ddni_dot(N, m->u, x), m->u, x);
}

static ddn_status apply(void *arg, const double *v, double *out)
{
    const mirror *m = arg;
    if (m->fails) {
        return DDN_STOPPED;
    }
    memcpy(out, v, N * sizeof *out);
    reflect(m, out);
    for (int64_t i = 0; i < N; i++) {
        out[i] *= m->value[i];
    }
    reflect(m, out);
    return DDN_OK;
}

/* Values 3, 3, 2, 1.5, 1, 0, then -1 and below: a pair of equal ones, and a null space. */
static mirror make(void)
{
    static const double LEADING[] = {1, 3, 0, 1.5, 3, 2};
    mirror m = {.fails = 0};
    test_normal(5, N, m.u);
    ddni_scale(N, 1 / ddni_norm(N, m.u), m.u);
    for (int64_t i = 0; i < N; i++) {
        m.value[i] = i < 6 ? LEADING[i] : -1 - (double)i / N;
    }
    return m;
}

static const double WANT[PAIRS] = {3, 3, 2, 1.5, 1};

static void leading_pairs_come_in_order(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    mirror m = make();
    ddni_krylov k = {0};
    double values[PAIRS], vectors[PAIRS * (N + 3)], image[N];
    ddni_operator a = {N, apply, &m};
    ddni_eigenpairs out = {values, vectors, N + 3, 0};
    for (int64_t steps = 12; steps <= 60; steps += 24) {
        ddni_eigen_plan plan = {PAIRS, steps, 1e-12, 1, NULL};
        OK(ctx, ddni_leading_eigenpairs(ctx, &k, &a, &plan, &out));
        assert_true(out.residual < 1e-11);
        for (int64_t i = 0; i < PAIRS; i++) {
            const double *v = vectors + i * (N + 3);
            CLOSE(values[i], WANT[i], 1e-12, 0);
            assert_int_equal(apply(&m, v, image), DDN_OK);
            ddni_axpy(N, -values[i], v, image);
            CLOSE(ddni_norm(N, image), 0, 0, 1e-10);
            for (int64_t j = 0; j <= i; j++) {
                CLOSE(ddni_dot(N, v, vectors + j * (N + 3)), i == j, 0, 1e-10);
            }
        }
    }
    ddni_eigen_plan too_few = {1, 2, 1e-14, 1, NULL}, plan = {1, 20, 1e-12, 1, NULL};
    FAILS(ctx, ddni_leading_eigenpairs(ctx, &k, &a, &too_few, &out), DDN_E_CONVERGENCE,
          "eigenvalue 0");
    m.fails = 1;
    assert_int_equal(ddni_leading_eigenpairs(ctx, &k, &a, &plan, &out), DDN_STOPPED);
    ddni_krylov_free(ddni_context_allocator(ctx), &k);
    ddn_context_destroy(ctx);
}

/* Nothing can be solved with A = 0: x stays 0, and the residual is said. */
static void gmres_of_nothing(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    mirror m = make();
    memset(m.value, 0, sizeof m.value);
    ddni_krylov k = {0};
    double rhs[N], x[N], relative = 0;
    test_normal(6, N, rhs);
    ddni_operator a = {N, apply, &m};
    OK(ctx, ddni_gmres(ctx, &k, &a, rhs, N, 1e-13, x, &relative));
    CLOSE(relative, 1, 1e-15, 0);
    for (int64_t i = 0; i < N; i++) {
        CLOSE(x[i], 0, 0, 0);
    }
    ddni_krylov_free(ddni_context_allocator(ctx), &k);
    ddn_context_destroy(ctx);
}

static void gmres_solves(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    mirror m = make();
    ddni_krylov k = {0};
    double x[N], rhs[N], image[N], relative;
    ddni_operator a = {N, apply, &m};
    m.value[2] = 0.5; /* regular */
    test_normal(6, N, rhs);
    OK(ctx, ddni_gmres(ctx, &k, &a, rhs, N, 1e-13, x, &relative));
    assert_true(relative <= 1e-13);
    assert_int_equal(apply(&m, x, image), DDN_OK);
    CLOSE(sqrt(ddni_distance2(N, image, rhs)), 0, 0, 1e-12 * ddni_norm(N, rhs));
    /* Too few steps: the best of them, and its true residual. */
    OK(ctx, ddni_gmres(ctx, &k, &a, rhs, 5, 1e-13, x, &relative));
    assert_int_equal(apply(&m, x, image), DDN_OK);
    CLOSE(sqrt(ddni_distance2(N, image, rhs)), relative * ddni_norm(N, rhs), 1e-10, 0);
    assert_true(relative > 1e-6 && relative < 1);
    memset(rhs, 0, sizeof rhs);
    OK(ctx, ddni_gmres(ctx, &k, &a, rhs, 5, 1e-13, x, &relative));
    assert_true(relative == 0 && ddni_norm(N, x) == 0);
    ddni_krylov_free(ddni_context_allocator(ctx), &k);
    ddn_context_destroy(ctx);
}

static void fill(const mirror *m, double *a)
{
    for (int64_t i = 0; i < N; i++) {
        double unit[N] = {0};
        unit[i] = 1;
        assert_int_equal(apply((void *)(uintptr_t)m, unit, a + i * N), DDN_OK);
    }
}

static void dense_matrices_agree(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    mirror m = make();
    static double a[N * N], b[N * N], vectors[N * N];
    double values[N], re[N], im[N], x[N], rhs[N];
    fill(&m, a);
    OK(ctx, ddni_symmetric_eigen(ctx, N, a, values, 1));
    for (int64_t i = 0; i < PAIRS; i++) {
        CLOSE(values[N - 1 - i], WANT[i], 1e-13, 0);
    }
    fill(&m, b);
    OK(ctx, ddni_leading_eigen(ctx, N, b, PAIRS, values, vectors));
    for (int64_t i = 0; i < PAIRS; i++) {
        CLOSE(values[PAIRS - 1 - i], WANT[i], 1e-13, 0);
    }
    fill(&m, b);
    OK(ctx, ddni_general_eigen(ctx, N, b, re, im));
    for (int64_t i = 0; i < PAIRS; i++) {
        CLOSE(re[i], WANT[i], 1e-12, 0);
        CLOSE(im[i], 0, 0, 1e-7); /* the double one may split */
    }
    m.value[2] = 0.5;
    fill(&m, b);
    test_normal(7, N, rhs);
    memcpy(x, rhs, sizeof x);
    OK(ctx, ddni_solve(ctx, N, b, x));
    assert_int_equal(apply(&m, x, re), DDN_OK);
    CLOSE(sqrt(ddni_distance2(N, re, rhs)), 0, 0, 1e-12);
    memset(b, 0, sizeof b);
    FAILS(ctx, ddni_solve(ctx, N, b, x), DDN_E_CONVERGENCE, "singular");
    ddn_context_destroy(ctx);
}

/* A rotation has complex eigenvalues: pairs together, by falling real and imaginary part. */
static void complex_eigenvalues_come_in_order(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    double a[] = {-2, 0, 0, 0, 0, 0.5, -3, 0, 0, 3, 0.5, 0, 0, 0, 0, 7}, re[4], im[4];
    static const double RE[] = {7, 0.5, 0.5, -2}, IM[] = {0, 3, -3, 0};
    OK(ctx, ddni_general_eigen(ctx, 4, a, re, im));
    for (int i = 0; i < 4; i++) {
        CLOSE(re[i], RE[i], 1e-14, 0);
        CLOSE(im[i], IM[i], 1e-14, 0);
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leading_pairs_come_in_order),
        cmocka_unit_test(gmres_solves),
        cmocka_unit_test(gmres_of_nothing),
        cmocka_unit_test(dense_matrices_agree),
        cmocka_unit_test(complex_eigenvalues_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What pruning leaves out is bounded as reported; bits do not depend on threads. */
#include "support/accuracy.h"

/* The mass left out is below the bound reported: with the points in ascending order of weight, the
 * entropy, to which each missing weight adds -w log w, shows what is missing. */
static void what_is_left_out_is_bounded(void **state)
{
    (void)state;
    static const double epsilons[] = {1e-2, 1e-3, 1e-6, 1e-9};
    int pruned = 0;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(3000, 18, 0.4), 3000, 18);
        double *x = numbers(p.d);
        answer got = {.score = numbers(p.d)}, full = {.score = numbers(p.d)};
        truth tr = {numbers(p.d), numbers(p.n), 0, 0};
        for (int k = 4; k < TIMES; k++) {
            states(&p, times[k], 1, x);
            truth_of(&p, times[k], x, &tr);
            ask(&p, times[k], 1, x, 0, &full);
            assert_true(full.dropped == 0);
            for (int e = 0; e < 4; e++) {
                double epsilon = epsilons[e];
                ask(&p, times[k], 1, x, epsilon, &got);
                assert_true(got.dropped <= epsilon);
                pruned += got.listed == 1;
                /* Weights w with a sum of at most delta add at most delta log(n / delta) + delta to
                 * the entropy; leaving them out and dividing by 1 - delta changes it by no more
                 * than that and H delta. */
                double delta = got.dropped, slack = 1e-5 * tr.entropy + 1e-7;
                double bound = delta > 0 ? delta * (log((double)p.n / delta) + 1 + tr.entropy) : 0;
                CLOSE(got.entropy[0], tr.entropy, 0, 2 * bound + slack);
                /* The mean moves by at most 2 delta times the reach of the data. */
                double a = exp(-times[k]), s2 = -expm1(-2 * times[k]), *diff = numbers(p.d);
                for (int64_t j = 0; j < p.d; j++) {
                    diff[j] = got.score[j] - tr.score[j];
                }
                double limit = 2 * delta * p.reach * a / s2 + allowed(&p, times[k], x, &tr);
                if (!(norm(p.d, diff) <= limit)) {
                    print_error("type %d, t = %g, epsilon %g: error %.3g, limit %.3g\n", p.type,
                                times[k], epsilon, norm(p.d, diff), limit);
                    fail();
                }
                free(diff);
            }
        }
        free(x);
        free(got.score);
        free(full.score);
        free(tr.score);
        free(tr.weight);
        drop(&p);
    }
    assert_true(pruned > 0);
}

/* The same bits for 1, 2 and 3 threads, every variant, type, and way through the engine. */
static void bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum {
        N = 2500,
        D = 40
    };
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(N, D, 0.4), N, D);
        double *x = numbers(MAX_BATCH * D);
        answer got = {.score = numbers(MAX_BATCH * D)}, one = {.score = numbers(MAX_BATCH * D)};
        int32_t supported;
        const char *name;
        for (int32_t k = 0; (name = ddn_kernel_name(k, &supported)) != NULL; k++) {
            static const double some[] = {2, 0.05};
            for (int i = 0; supported && i < 8; i++) {
                double t = some[i & 1];
                int64_t m = i & 2 ? 20 : 1;
                states(&p, t, m, x);
                OK(p.ctx, ddn_context_set_kernel(p.ctx, name));
                OK(p.ctx, ddn_options_set_i64(ddn_context_options(p.ctx), DDN_CONTEXT_THREADS, 1));
                ask(&p, t, m, x, i & 4 ? 0 : -1, &one);
                for (int64_t threads = 2; threads <= 3; threads++) {
                    OK(p.ctx, ddn_options_set_i64(ddn_context_options(p.ctx), DDN_CONTEXT_THREADS,
                                                  threads));
                    ask(&p, t, m, x, i & 4 ? 0 : -1, &got);
                    assert_memory_equal(got.score, one.score, (size_t)(m * D) * sizeof(double));
                    assert_memory_equal(got.entropy, one.entropy, (size_t)m * sizeof(double));
                }
            }
        }
        free(x);
        free(got.score);
        free(one.score);
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_is_bounded),
        cmocka_unit_test(bits_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The accuracy that oracle.h promises, for every kernel variant, stored type and batch size,
 * against direct differences in long double: noised points, midpoints of near neighbours,
 * near-duplicates, data far from the origin, many dimensions. */
#include "support/accuracy.h"
#include "support/sanitized.h"

static void every_variant_type_time_and_batch(void **state)
{
    (void)state;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(700, 19, 0.4), 700, 19);
        for (int k = 0; k < TIMES; k += TEST_SANITIZED ? 3 : 1) {
            double top = check_time(&p, times[k], MAX_BATCH, 1);
            print_message("# type %d, t = %g: %.3f of what is allowed\n", types[type], times[k],
                          top);
        }
        drop(&p);
    }
}

/* Thirty points, each with twenty copies at a distance of sigma = 0.03 per coordinate. */
static void near_duplicates(void **state)
{
    (void)state;
    enum {
        N = 600,
        D = 300
    };
    for (int type = 0; type < 3; type++) {
        double *point = normal_points(N, D, 0.03), *centre = normal_points(30, D, 0.3);
        for (int64_t i = 0; i < N; i++) {
            for (int64_t j = 0; j < D; j++) {
                point[i * D + j] += centre[i % 30 * D + j];
            }
        }
        free(centre);
        problem p = make(types[type], point, N, D);
        for (int k = 0; k < TIMES; k += 2) {
            check_time(&p, times[k], 3, 1);
        }
        check_time(&p, 0.01, 17, 1);
        drop(&p);
    }
}

/* Scores alone of states [m][d], and means alone as scores: nothing needs the posterior. */
static void check_alone(const problem *p, double t, int64_t m, const double *x)
{
    const long double a = expl(-(long double)t), s2 = -expm1l(-2 * (long double)t);
    double *out = numbers(m * p->d);
    truth *tr = calloc((size_t)m, sizeof *tr);
    int32_t supported;
    const char *name;
    for (int64_t q = 0; q < m; q++) {
        tr[q] = (truth){.score = numbers(p->d), .weight = numbers(p->n)};
        truth_of(p, t, x + q * p->d, &tr[q]);
    }
    for (int32_t k = 0; (name = ddn_kernel_name(k, &supported)) != NULL; k++) {
        for (int mean = 0; supported && mean < 2; mean++) {
            ddn_query *query = NULL;
            OK(p->ctx, ddn_context_set_kernel(p->ctx, name));
            OK(p->ctx, ddn_query_create(p->ctx, p->oracle, &query));
            OK(p->ctx, ddn_query_bind_f64(query, mean ? DDN_OUT_MEAN : DDN_OUT_SCORE, out, p->d));
            OK(p->ctx, ddn_query_run(query, t, m, x, p->d));
            for (int64_t i = 0; mean && i < m * p->d; i++) {
                out[i] = (double)((a * (long double)out[i] - (long double)x[i]) / s2);
            }
            worst(p, t, m, x, out, tr);
            ddn_query_destroy(query);
        }
    }
    for (int64_t q = 0; q < m; q++) {
        free(tr[q].score);
        free(tr[q].weight);
    }
    free(tr);
    free(out);
}

/* Noised points are made states that the flow of the score leads towards: x = a mean, to which some
 * of s is added, the less the higher the row. */
static void settle(const problem *p, double t, int64_t m, double *x)
{
    const double a = exp(-t), s2 = -expm1(-2 * t);
    truth tr = {.score = numbers(p->d), .weight = numbers(p->n)};
    double *noise = numbers(m * p->d);
    states(p, t, m, x);
    test_normal(7, m * p->d, noise);
    for (int64_t q = 0; q < m; q++) {
        double *at = x + q * p->d;
        for (int step = 0; step < 60; step++) {
            truth_of(p, t, at, &tr);
            for (int64_t j = 0; j < p->d; j++) {
                at[j] += s2 * tr.score[j];
            }
        }
        for (int64_t j = 0; j < p->d; j++) {
            at[j] += pow(0.1, (double)q) * sqrt(s2) * a * noise[q * p->d + j];
        }
    }
    free(noise);
    free(tr.score);
    free(tr.weight);
}

/* More than a few points of few coordinates, whose means may come in single precision where they
 * are all that is asked for. */
static void of_few_coordinates(void **state)
{
    (void)state;
    for (int type = 0; type < 3; type++) {
        for (int64_t d = 1; d <= 16; d += d < 3 ? 1 : 13) {
            problem p = make(types[type], normal_points(300, d, 0.4), 300, d);
            for (int k = 0; k < TIMES; k += TEST_SANITIZED ? 3 : 1) {
                check_time(&p, times[k], 17, 1);
                double *x = numbers(6 * d);
                states(&p, times[k], 6, x);
                check_alone(&p, times[k], 6, x);
                free(x);
            }
            drop(&p);
        }
    }
}

/* Where the score vanishes, what logits round by shows most beside it: single precision, and
 * products in place of differences, have to be known not to do. */
static void of_few_coordinates_where_it_vanishes(void **state)
{
    (void)state;
    enum {
        N = 150,
        M = 6
    };
    static const double late[] = {3e-4, 3e-3, 0.03, 0.1, 0.3};
    for (int type = 0; type < 3; type++) {
        for (int64_t d = 1; d <= 12; d += d < 5 ? 2 : 7) {
            problem p = make(types[type], normal_points(N, d, 0.4), N, d);
            double *x = numbers(M * d);
            for (int k = 0; k < 5; k += TEST_SANITIZED ? 3 : 1) {
                settle(&p, late[k], M, x);
                check_alone(&p, late[k], M, x);
            }
            free(x);
            drop(&p);
        }
    }
}

static void far_from_the_origin(void **state)
{
    (void)state;
    for (int type = 1; type < 3; type++) { /* bytes have their map: nothing new there */
        double *point = normal_points(200, 7, 1);
        for (int64_t i = 0; i < 200 * 7; i++) {
            point[i] += 1e6;
        }
        problem p = make(types[type], point, 200, 7);
        for (int k = 0; k < TIMES; k += TEST_SANITIZED ? 3 : 1) {
            check_time(&p, times[k], 17, 1);
        }
        drop(&p);
    }
}

static void many_dimensions(void **state)
{
    (void)state;
    for (int type = 0; type < 3; type++) {
        problem p = make(types[type], normal_points(24, 12288, 0.4), 24, 12288);
        for (int k = 0; k < TIMES; k += 2) {
            check_time(&p, times[k], 3, 1);
        }
        drop(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_type_time_and_batch),
        cmocka_unit_test(near_duplicates),
        cmocka_unit_test(of_few_coordinates),
        cmocka_unit_test(of_few_coordinates_where_it_vanishes),
        cmocka_unit_test(far_from_the_origin),
        cmocka_unit_test(many_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

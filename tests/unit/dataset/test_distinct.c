/* Copies merged into weights: which points are copies, what becomes of their labels, and that
 * everything measured on the merged set is that of the set with copies. doc/theory.md (25). */
#include "support/exact.h"
#include "support/results.h"

static ddn_dataset *make(ddn_context *ctx, ddn_type type, int64_t n, int64_t d, const void *data,
                         const int32_t *labels)
{
    ddn_dataset *ds, *labelled;
    OK(ctx, ddn_dataset_create(ctx, type, n, d, data, d, &ds));
    if (labels == NULL) {
        return ds;
    }
    OK(ctx, ddn_dataset_create_labelled(ctx, ds, n, labels, &labelled));
    ddn_dataset_destroy(ds);
    return labelled;
}

static ddn_dataset *distinct(ddn_context *ctx, const ddn_dataset *ds)
{
    ddn_dataset *out;
    OK(ctx, ddn_dataset_create_distinct(ctx, ds, &out));
    return out;
}

static int64_t copies_of(ddn_context *ctx, const ddn_dataset *ds)
{
    int64_t copies = -1;
    OK(ctx, ddn_dataset_copy_count(ctx, ds, &copies));
    return copies;
}

static int64_t digest_of(ddn_context *ctx, const ddn_dataset *ds)
{
    int64_t digest = 0;
    OK(ctx, ddn_dataset_digest(ctx, ds, &digest));
    return digest;
}

/* ---- Which points are copies ---------------------------------------------------------------- */

/* In each type, the points in the order in which they come first. Would catch bytes compared in
 * place of numbers, and copies counted as many times as they are compared. */
static void copies_are_equal_numbers(void **state)
{
    (void)state;
    enum {
        N = 8,
        D = 300 /* more than one piece of columns */
    };
    static const int of[N] = {0, 1, 0, 2, 2, 0, 3, 1};
    static const double weights[4] = {3. / 8, 2. / 8, 2. / 8, 1. / 8};
    static uint8_t u[N][D];
    static float f[N][D];
    static double g[N][D], got[4], rows[4][D];
    ddn_context *ctx = test_context(2);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < D; j++) {
            int v = j == D - 1 ? of[i] : (j * 7) % 5;
            u[i][j] = (uint8_t)v;
            g[i][j] = v == 0 && i % 2 ? -0.0 : v;
            f[i][j] = (float)g[i][j];
        }
    }
    const void *data[] = {u, f, g};
    const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    for (int k = 0; k < 3; k++) {
        ddn_dataset *ds = make(ctx, types[k], N, D, data[k], NULL), *one = distinct(ctx, ds);
        assert_int_equal(copies_of(ctx, ds), 4);
        assert_int_equal(copies_of(ctx, one), 0);
        assert_int_equal(ddn_dataset_n(one), 4);
        assert_int_equal(ddn_dataset_type(one), types[k]);
        OK(ctx, ddn_dataset_weights(ctx, one, 4, got));
        assert_memory_equal(got, weights, sizeof got);
        OK(ctx, ddn_dataset_read(ctx, one, 0, 4, rows[0], D));
        for (int i = 0; i < 4; i++) {
            assert_true(rows[i][D - 1] == i);
        }
        ddn_dataset_destroy(one);
        ddn_dataset_destroy(ds);
    }
    ddn_context_destroy(ctx);
}

/* What the map rounds away is no difference; with the old map there is one. */
static void copies_are_seen_under_the_map(void **state)
{
    (void)state;
    static const uint8_t u[4] = {1, 2, 1, 3};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = make(ctx, DDN_TYPE_U8, 4, 1, u, NULL), *mapped, *one;
    assert_int_equal(copies_of(ctx, ds), 1);
    OK(ctx, ddn_dataset_create_mapped(ctx, ds, 1, 0x1p60, &mapped));
    assert_int_equal(copies_of(ctx, mapped), 3);
    one = distinct(ctx, mapped);
    assert_int_equal(ddn_dataset_n(one), 1);
    assert_int_equal(ddn_dataset_is_weighted(one), 0);
    assert_true(ddn_dataset_shift(one) == 0x1p60);
    ddn_dataset_destroy(one);
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Without copies nothing changes; where each point has the same number of them, there are no
 * weights; weights that were there add up. Equal sets have equal digests, others do not. */
static void digests_tell_weights(void **state)
{
    (void)state;
    static const double once[3] = {5, 6, 7}, twice[6] = {5, 6, 5, 7, 7, 6};
    static const double some[4] = {5, 6, 7, 6}, weights[4] = {1, 2, 2, 1}, other[3] = {1, 3, 2};
    ddn_context *ctx = test_context(1);
    ddn_dataset *a = make(ctx, DDN_TYPE_F64, 3, 1, once, NULL), *b = distinct(ctx, a);
    ddn_dataset *c = make(ctx, DDN_TYPE_F64, 6, 1, twice, NULL), *d = distinct(ctx, c);
    assert_int_equal(digest_of(ctx, a), digest_of(ctx, b));
    assert_int_equal(digest_of(ctx, a), digest_of(ctx, d));
    assert_int_equal(ddn_dataset_is_weighted(d), 0);
    ddn_dataset *e = make(ctx, DDN_TYPE_F64, 4, 1, some, NULL), *f, *g, *h;
    OK(ctx, ddn_dataset_create_weighted(ctx, e, 4, weights, &f));
    g = distinct(ctx, f);
    OK(ctx, ddn_dataset_create_weighted(ctx, a, 3, other, &h));
    assert_int_equal(digest_of(ctx, g), digest_of(ctx, h));
    assert_int_not_equal(digest_of(ctx, h), digest_of(ctx, a));
    assert_int_not_equal(digest_of(ctx, e), digest_of(ctx, f));
    ddn_dataset *all[] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) {
        ddn_dataset_destroy(all[i]);
    }
    ddn_context_destroy(ctx);
}

/* ---- Labels of copies ------------------------------------------------------------------------ */

enum {
    MIXED = 8
};
static const double mixed_points[MIXED] = {1, 2, 1, 3, 1, 2, 4, 1};
static const int32_t mixed_labels[MIXED] = {9, 4, 7, 9, 7, 4, 4, 9};

/* Point 1 has the labels 9, 7, 7, 9, the others one each. */
static void labels_of_copies_are_a_distribution(void **state)
{
    (void)state;
    static const double shares[4][3] = {{0, 0.5, 0.5}, {1, 0, 0}, {0, 0, 1}, {1, 0, 0}};
    static const int32_t labels[4] = {7, 4, 9, 4}; /* of two equal ones the lower */
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = make(ctx, DDN_TYPE_F64, MIXED, 1, mixed_points, mixed_labels);
    ddn_dataset *one = distinct(ctx, ds), *again = distinct(ctx, one), *plain;
    double got[4][3];
    int32_t label[4], values[3];
    int64_t counts[3];
    OK(ctx, ddn_dataset_label_shares(ctx, one, 0, 4, got[0], 3));
    assert_memory_equal(got, shares, sizeof got);
    OK(ctx, ddn_dataset_labels(ctx, one, 4, label));
    assert_memory_equal(label, labels, sizeof label);
    OK(ctx, ddn_dataset_classes(ctx, one, 3, values, counts));
    assert_true(values[0] == 4 && values[1] == 7 && values[2] == 9);
    assert_true(counts[0] == 2 && counts[1] == 1 && counts[2] == 1);
    OK(ctx, ddn_dataset_label_shares(ctx, ds, 2, 1, got[0], 3));
    assert_true(got[0][0] == 0 && got[0][1] == 1 && got[0][2] == 0);
    assert_int_equal(digest_of(ctx, one), digest_of(ctx, again));
    /* The same labels without the distribution are another set. */
    OK(ctx, ddn_dataset_create_labelled(ctx, one, 4, labels, &plain));
    assert_int_not_equal(digest_of(ctx, one), digest_of(ctx, plain));
    FAILS(ctx, ddn_dataset_label_shares(ctx, one, 0, 5, got[0], 3), DDN_E_RANGE, "count");
    FAILS(ctx, ddn_dataset_label_shares(ctx, one, 0, 4, got[0], 2), DDN_E_SHAPE, "");
    ddn_dataset_destroy(plain);
    OK(ctx, ddn_dataset_create(ctx, DDN_TYPE_F64, 4, 1, mixed_points, 1, &plain));
    FAILS(ctx, ddn_dataset_label_shares(ctx, plain, 0, 4, got[0], 3), DDN_E_UNSUPPORTED,
          "has no labels");
    ddn_dataset_destroy(plain);
    ddn_dataset_destroy(again);
    ddn_dataset_destroy(one);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* Merged first or chosen first: the same set, bit for bit. Would catch a class that keeps the whole
 * weight of a point of which it has a part. */
static void classes_are_cut_out_with_their_share(void **state)
{
    (void)state;
    static const int32_t wanted[][2] = {{7, 9}, {4, 9}, {9, 9}}; /* 9: the first copy has it */
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = make(ctx, DDN_TYPE_F64, MIXED, 1, mixed_points, mixed_labels);
    ddn_dataset *one = distinct(ctx, ds);
    for (int k = 0; k < 3; k++) {
        ddn_dataset *part, *first, *second;
        OK(ctx, ddn_dataset_create_class_subset(ctx, one, 2, wanted[k], &first));
        OK(ctx, ddn_dataset_create_class_subset(ctx, ds, 2, wanted[k], &part));
        second = distinct(ctx, part);
        assert_int_equal(digest_of(ctx, first), digest_of(ctx, second));
        ddn_dataset_destroy(first);
        ddn_dataset_destroy(second);
        ddn_dataset_destroy(part);
    }
    static const int64_t rows[2] = {1, 0};
    ddn_dataset *subset, *single;
    double weights[2], shares[2][3];
    OK(ctx, ddn_dataset_create_subset(ctx, one, 2, rows, &subset));
    OK(ctx, ddn_dataset_weights(ctx, subset, 2, weights));
    CLOSE(weights[0], 1. / 3, 1e-15, 0); /* 2 of 6 copies */
    CLOSE(weights[1], 2. / 3, 1e-15, 0);
    assert_int_equal(ddn_dataset_class_count(subset), 3);
    OK(ctx, ddn_dataset_label_shares(ctx, subset, 0, 2, shares[0], 3));
    assert_true(shares[0][0] == 1 && shares[1][1] == 0.5 && shares[1][2] == 0.5);
    OK(ctx, ddn_dataset_create_subset(ctx, one, 1, rows, &single)); /* one label is a plain one */
    assert_int_equal(ddn_dataset_class_count(single), 1);
    assert_int_equal(ddn_dataset_is_weighted(single), 0);
    ddn_dataset_destroy(single);
    ddn_dataset_destroy(subset);
    ddn_dataset_destroy(one);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

/* ---- What is measured on the set --------------------------------------------------------------
 */

enum {
    POINTS = 30,
    D = 6
};

/* A set with 1 to 3 copies of each of 30 points in d dimensions and mixed labels, and the same
 * merged. */
typedef struct pair {
    ddn_context *ctx;
    ddn_dataset *copies, *merged;
    int64_t d;
} pair;

static pair pair_make(ddn_type type, int64_t d)
{
    pair p = {.ctx = test_context(2), .d = d};
    int64_t n = 0;
    double *z = calloc((size_t)(POINTS * d), sizeof *z);
    double *y = calloc((size_t)(3 * POINTS * d), sizeof *y);
    float *f = calloc((size_t)(3 * POINTS * d), sizeof *f);
    int32_t label[3 * POINTS];
    test_normal(4, POINTS * d, z);
    for (int64_t k = 0; k < 3 * POINTS; k++) {
        if (k < POINTS || k % POINTS % 3 >= k / POINTS) {
            for (int64_t j = 0; j < d; j++) {
                f[n * d + j] = (float)(3 + z[k % POINTS * d + j] * (double)(1 + j % 4));
                y[n * d + j] = (double)f[n * d + j];
            }
            label[n++] = (int32_t)(k % 4);
        }
    }
    p.copies = make(p.ctx, type, n, d, type == DDN_TYPE_F32 ? (void *)f : (void *)y, label);
    p.merged = distinct(p.ctx, p.copies);
    assert_int_equal(ddn_dataset_n(p.merged), POINTS);
    assert_int_equal(ddn_dataset_is_weighted(p.merged), 1);
    free(z);
    free(y);
    free(f);
    return p;
}

static void pair_free(pair *p)
{
    ddn_dataset_destroy(p->copies);
    ddn_dataset_destroy(p->merged);
    ddn_context_destroy(p->ctx);
}

/* Mean, spectrum and log-determinant, by the matrix of the dimensions and by that of the points. */
static void moments_are_those_of_the_copies(void **state)
{
    (void)state;
    enum {
        LEVELS = 3,
        MOST = 80,
        PAIRS = 5
    };
    static const double c[LEVELS] = {1e-3, 1, 100};
    for (int k = 0; k < 2; k++) {
        pair p = pair_make(DDN_TYPE_F64, k ? MOST : D);
        double mean[2][MOST], values[2][PAIRS], vectors[2][PAIRS][MOST], sums[2][LEVELS];
        for (int i = 0; i < 2; i++) {
            const ddn_dataset *ds = i ? p.merged : p.copies;
            OK(p.ctx, ddn_dataset_mean(p.ctx, ds, MOST, mean[i]));
            OK(p.ctx, ddn_dataset_spectrum(p.ctx, ds, PAIRS, values[i], vectors[i][0], MOST));
            OK(p.ctx, ddn_dataset_log_det(p.ctx, ds, LEVELS, c, sums[i], NULL));
        }
        for (int64_t j = 0; j < p.d; j++) {
            CLOSE(mean[1][j], mean[0][j], 1e-14, 0);
        }
        for (int i = 0; i < PAIRS; i++) {
            CLOSE(values[1][i], values[0][i], 1e-12, 0);
            for (int64_t j = 0; j < p.d; j++) {
                CLOSE(vectors[1][i][j], vectors[0][i][j], 0, 1e-10);
            }
        }
        for (int i = 0; i < LEVELS; i++) {
            CLOSE(sums[1][i], sums[0][i], 1e-11, 0);
        }
        pair_free(&p);
    }
}

/* The span has the same axes, and the reduced set keeps weights and labels. */
static void spans_keep_weights(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        pair p = pair_make(DDN_TYPE_F32, 80);
        ddn_span *span, *other;
        ddn_dataset *reduced;
        double weights[2][POINTS], x[80], c[2][80];
        OK(p.ctx, ddn_span_create(p.ctx, p.merged, 0, &span));
        OK(p.ctx, ddn_span_create(p.ctx, p.copies, 0, &other));
        assert_int_equal(ddn_span_rank(span), POINTS - 1);
        assert_int_equal(ddn_span_rank(other), POINTS - 1);
        OK(p.ctx,
           ddn_dataset_create_in_span(p.ctx, span, k ? DDN_TYPE_F64 : DDN_TYPE_F32, &reduced));
        OK(p.ctx, ddn_dataset_weights(p.ctx, p.merged, POINTS, weights[0]));
        OK(p.ctx, ddn_dataset_weights(p.ctx, reduced, POINTS, weights[1]));
        assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
        assert_int_equal(ddn_dataset_class_count(reduced), 4);
        test_normal(7, 80, x);
        OK(p.ctx, ddn_span_project(p.ctx, span, 1, 1, x, 80, c[0], 80, NULL, 0));
        OK(p.ctx, ddn_span_project(p.ctx, other, 1, 1, x, 80, c[1], 80, NULL, 0));
        for (int64_t j = 0; j < 3; j++) { /* the leading ones: others may swap with rounding */
            CLOSE(fabs(c[0][j]), fabs(c[1][j]), 1e-8, 0);
        }
        ddn_dataset_destroy(reduced);
        ddn_span_destroy(other);
        ddn_span_destroy(span);
        pair_free(&p);
    }
}

static ddn_query *ask(ddn_context *ctx, const ddn_oracle *oracle, double *share, double *score)
{
    ddn_query *q;
    OK(ctx, ddn_query_create(ctx, oracle, &q));
    if (share != NULL) {
        OK(ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, share, 4));
    }
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_SCORE, score, D));
    return q;
}

/* Class posteriors of points with several labels, by every way; the Gaussian of the set. */
static void oracles_are_those_of_the_copies(void **state)
{
    (void)state;
    enum {
        M = 40
    };
    static const double times[] = {1e-3, 0.3, 2};
    static const ddn_type types[] = {DDN_TYPE_F32, DDN_TYPE_F64};
    for (int k = 0; k < 6; k++) {
        pair p = pair_make(types[k % 2], D);
        ddn_schedule *sch;
        double x[M * D], share[2][M * 4], score[2][M * D], gaussian[2][M * D];
        test_normal(3, M * D, x);
        OK(p.ctx, ddn_schedule_create_ou(p.ctx, &sch));
        for (int i = 0; i < 2; i++) {
            const ddn_dataset *ds = i ? p.merged : p.copies;
            ddn_oracle *oracle, *normal;
            OK(p.ctx, ddn_oracle_create_empirical(p.ctx, ds, sch, &oracle));
            OK(p.ctx, ddn_oracle_create_gaussian_of(p.ctx, ds, sch, 3, &normal));
            assert_int_equal(ddn_oracle_class_count(oracle), 4);
            ddn_query *q = ask(p.ctx, oracle, share[i], score[i]);
            ddn_query *r = ask(p.ctx, normal, NULL, gaussian[i]);
            OK(p.ctx, ddn_query_run(q, times[k / 2], M, x, D));
            OK(p.ctx, ddn_query_run(r, times[k / 2], M, x, D));
            ddn_query_destroy(q);
            ddn_query_destroy(r);
            ddn_oracle_destroy(oracle);
            ddn_oracle_destroy(normal);
        }
        double small = types[k % 2] == DDN_TYPE_F64 ? 1e-11 : 2e-4;
        for (int64_t i = 0; i < M * 4; i++) {
            CLOSE(share[1][i], share[0][i], 0, small);
        }
        for (int64_t m = 0; m < M; m++) {
            double size = test_length(D, score[0] + m * D);
            for (int64_t j = m * D; j < (m + 1) * D; j++) {
                CLOSE(score[1][j], score[0][j], 0, fmin(small, 3e-5) * size);
                CLOSE(gaussian[1][j], gaussian[0][j], 1e-9, 1e-9);
            }
        }
        ddn_schedule_destroy(sch);
        pair_free(&p);
    }
}

static void class_posterior(ddn_context *ctx, const ddn_dataset *ds, double out[2])
{
    const double x = 0.4;
    ddn_schedule *sch = test_schedule(ctx, TEST_OU);
    ddn_oracle *o;
    ddn_query *q;
    OK(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &o));
    OK(ctx, ddn_query_create(ctx, o, &q));
    OK(ctx, ddn_query_bind_f64(q, DDN_OUT_CLASS_POSTERIOR, out, 2));
    OK(ctx, ddn_query_run(q, 0.5, 1, &x, 1));
    ddn_query_destroy(q);
    ddn_oracle_destroy(o);
    ddn_schedule_destroy(sch);
}

/* As many copies of each point: labels are shared out, but no weights are needed. */
static void as_many_copies_of_each(void **state)
{
    (void)state;
    static const double x[4] = {1, 1, 2, 2};
    static const int32_t labels[4] = {0, 1, 0, 0};
    static const int64_t turned[2] = {1, 0};
    ddn_context *ctx = test_context(1);
    ddn_dataset *ds = make(ctx, DDN_TYPE_F64, 4, 1, x, labels), *one = distinct(ctx, ds), *subset;
    double want[2], got[2], shares[2][2];
    class_posterior(ctx, ds, want);
    class_posterior(ctx, one, got);
    CLOSE(got[0], want[0], 1e-14, 0);
    CLOSE(got[1], want[1], 1e-14, 0);
    OK(ctx, ddn_dataset_create_subset(ctx, one, 2, turned, &subset));
    class_posterior(ctx, subset, got);
    CLOSE(got[0], want[0], 1e-14, 0);
    CLOSE(got[1], want[1], 1e-14, 0);
    OK(ctx, ddn_dataset_label_shares(ctx, subset, 0, 2, shares[0], 2));
    assert_true(shares[0][0] == 1 && shares[0][1] == 0 && shares[1][0] == 0.5);
    ddn_dataset_destroy(subset);
    /* Class 0 has half of the copies of one point and all of the other. */
    OK(ctx, ddn_dataset_create_class_subset(ctx, one, 1, &labels[0], &subset));
    OK(ctx, ddn_dataset_weights(ctx, subset, 2, got));
    CLOSE(got[0], 1. / 3, 1e-15, 0);
    CLOSE(got[1], 2. / 3, 1e-15, 0);
    ddn_dataset_destroy(subset);
    ddn_dataset_destroy(one);
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_copies_of_each),
        cmocka_unit_test(copies_are_equal_numbers),
        cmocka_unit_test(copies_are_seen_under_the_map),
        cmocka_unit_test(digests_tell_weights),
        cmocka_unit_test(labels_of_copies_are_a_distribution),
        cmocka_unit_test(classes_are_cut_out_with_their_share),
        cmocka_unit_test(moments_are_those_of_the_copies),
        cmocka_unit_test(spans_keep_weights),
        cmocka_unit_test(oracles_are_those_of_the_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

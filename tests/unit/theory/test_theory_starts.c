/* Knee intervals and Frechet distances of late starts against closed forms and 50 digits. */
#include "support/fixtures.h"

/* z that leaves 5 % to all others together, by mpmath at 50 digits: sqrt(2) erfinv(1 - 0.1/others).
 */
static const struct {
    int64_t others;
    double z;
} bounds[] = {{1, 1.6448536269514727149},
              {2, 1.9599639845400542355},
              {4, 2.2414027276049453751},
              {7, 2.4499976606027288618},
              {39, 3.015672247203688253}};
enum {
    MOST = 42 /* points of a curve: the others, the knee and both ends */
};

/* Second difference of the curve that is 1 at k and 0 elsewhere. */
static double response(const double *x, int64_t i, int64_t k)
{
    const double left = x[i] - x[i - 1], right = x[i + 1] - x[i];
    const double rise = ((k == i + 1) - (k == i)) / right, fall = ((k == i) - (k == i - 1)) / left;
    return 2 * (rise - fall) / (left + right);
}

/* The error of the difference of two second differences, which are linear in the values: of all
 * of them. */
static double scatter(int64_t count, const double *x, const double *se, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t k = 0; k < count; k++) {
        sum += pow((response(x, i, k) - response(x, j, k)) * se[k], 2);
    }
    return sqrt(sum);
}

/* The curve with these second differences at the interior points: a sum of hinges. */
static void curve_of(int64_t count, const double *x, const double *second, double *y)
{
    for (int64_t k = 0; k < count; k++) {
        y[k] = 0.3 - 0.1 * x[k];
        for (int64_t i = 1; i < k; i++) {
            y[k] += second[i] * (x[i + 1] - x[i - 1]) / 2 * (x[k] - x[i]);
        }
    }
}

static void grid_of(int64_t count, double *x, double *se)
{
    for (int64_t k = 0; k < count; k++) {
        x[k] = (double)k + 0.3 * sin(2.0 * (double)k);
        se[k] = 0.01 * (1 + (double)(k * k % 5)); /* none stands for all */
    }
}

/* Every point beside the knee, just within what its errors leave and just outside: the interval
 * takes it in, or ends at the knee's neighbours. */
static void a_point_is_left_out_at_the_quantile(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
        const int64_t count = bounds[b].others + 3;
        double x[MOST], y[MOST], se[MOST], second[MOST];
        grid_of(count, x, se);
        for (int64_t knee = 1; knee + 1 < count; knee += 1 + count / 8) {
            for (int64_t i = 1; i + 1 < count; i++) {
                const double least = bounds[b].z * scatter(count, x, se, knee, i);
                for (int outside = 0; outside < 2 && i != knee; outside++) {
                    for (int64_t k = 1; k + 1 < count; k++) {
                        second[k] = k == knee ? 1 : -1000;
                    }
                    second[i] = 1 - least * (outside ? 1 + 1e-6 : 1 - 1e-6);
                    curve_of(count, x, second, y);
                    double low = NAN, high = NAN;
                    OK(ctx, ddn_theory_knee_interval(ctx, count, x, y, se, &low, &high));
                    const int64_t first = outside || i > knee ? knee : i;
                    const int64_t last = outside || i < knee ? knee : i;
                    CLOSE(low, (x[first - 1] + x[first]) / 2, 1e-15, 0);
                    CLOSE(high, (x[last] + x[last + 1]) / 2, 1e-15, 0);
                }
            }
        }
    }
    ddn_context_destroy(ctx);
}

/* Where the true curve has two points of nearly the same second difference, the true knee is in
 * the interval of at least 95 of 100 noisy curves: of 993 of 1000, as only one of the seven others
 * comes near; fewer than 950 are in less than one of 10^9 seeds. It is not the whole grid either.
 */
static void the_knee_is_within_the_interval(void **state)
{
    (void)state;
    enum {
        COUNT = 10,
        SEEDS = 1000
    };
    ddn_context *ctx = test_context(1);
    double x[COUNT], y[COUNT], se[COUNT], noisy[COUNT], second[COUNT] = {0}, wide = 0;
    int hits = 0;
    grid_of(COUNT, x, se);
    for (int k = 0; k < COUNT; k++) {
        se[k] *= 0.3;
    }
    second[3] = 0.3;
    second[6] = 0.301;
    curve_of(COUNT, x, second, y);
    for (int seed = 0; seed < SEEDS; seed++) {
        double low = NAN, high = NAN;
        test_normal(seed, COUNT, noisy);
        for (int k = 0; k < COUNT; k++) {
            noisy[k] = y[k] + se[k] * noisy[k];
        }
        OK(ctx, ddn_theory_knee_interval(ctx, COUNT, x, noisy, se, &low, &high));
        hits += low < x[6] && x[6] < high;
        wide += (high - low) / (x[COUNT - 1] - x[0]) / SEEDS;
    }
    assert_true(hits >= 950);
    assert_true(wide < 0.6);
    ddn_context_destroy(ctx);
}

/* Covariances A A^T and B B^T of lower rank: the distance is |A|^2 + |B|^2 less twice the sum of
 * the singular values of A^T B, by mpmath at 50 digits: svd_r(A.T * B, compute_uv=False). */
static void distances_of_covariances_of_low_rank(void **state)
{
    (void)state;
    enum {
        D = 4
    };
    static const struct {
        double a[D * D], b[D * D], distance; /* columns that are not there are 0 */
    } cases[] = {
        {{1, 2, 0, 0, 0, 1, 0, 0, 3, -1, 0, 0, 2, 0, 0, 0},
         {2, 0, 0, 0, 1, 1, 0, 0, -1, 4, 0, 0, 0, 3, 0, 0},
         3.833621684830818079487036},
        {{1, 0, 0, 0, 2, 0, 0, 0, -2, 0, 0, 0, 4, 0, 0, 0},
         {3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0},
         26},
        {{1, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0}, /* nothing in common */
         {2, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, -3, 0, 0},
         30},
        {{1, 0, 0, 0, 2, 1, 0, 0, 0, 3, 1, 0, 1, 1, 1, 0},
         {5, 0, 0, 0, 1, 4, 0, 0, 2, 1, 3, 0, 1, 2, 0, 2},
         29.57304379816586456447391},
        {{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0},
         {1024, 0, 0, 0, 0, 0x1p-10, 0, 0, 0, 0x1p-10, 0, 0, 512, 0, 0, 0},
         1307329.773718137320173834},
    };
    ddn_context *ctx = test_context(1);
    const double mean1[D] = {1, 2, 3, 4}, mean2[D] = {1, 2, 3, 6}; /* 4 apart, squared */
    for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        double c1[D * D] = {0}, c2[D * D] = {0}, distance = NAN;
        for (int i = 0; i < D * D * D; i++) {
            const int row = i / D / D, column = i / D % D, k = i % D;
            c1[row * D + column] += cases[n].a[row * D + k] * cases[n].a[column * D + k];
            c2[row * D + column] += cases[n].b[row * D + k] * cases[n].b[column * D + k];
        }
        OK(ctx, ddn_theory_frechet(ctx, D, mean1, c1, mean2, c2, &distance));
        CLOSE(distance, 4 + cases[n].distance, 1e-12, 0);
        OK(ctx, ddn_theory_frechet(ctx, D, mean2, c2, mean1, c1, &distance));
        CLOSE(distance, 4 + cases[n].distance, 1e-12, 0);
        OK(ctx, ddn_theory_frechet(ctx, D, mean1, c1, mean1, c1, &distance));
        CLOSE(distance, 0, 0, 1e-13 * (c1[0] + c1[5] + c1[10] + c1[15]));
    }
    ddn_context_destroy(ctx);
}

/* C = F F^T of an 8 x 8 matrix. */
static void covariance_of(double factor[8][8], double *c)
{
    for (int i = 0; i < 64; i++) {
        c[i] = 0;
        for (int k = 0; k < 8; k++) {
            c[i] += factor[i / 8][k] * factor[i % 8][k];
        }
    }
}

/* The same for a factor of rank columns of whole numbers: eigenvalues that are 0 but for rounding,
 * whose roots would be 1e-8, are taken for 0 in either place. */
static void roots_of_rounding_errors_do_not_count(void **state)
{
    (void)state;
    static const struct {
        int rank1, rank2;
        double distance;
    } cases[] = {
        {8, 1, 504.8721405466273742635314}, {8, 2, 444.5710109975270658300498},
        {8, 5, 215.1052345127007309059753}, {8, 7, 157.5249003783641014633934},
        {3, 8, 394.1859207708146034632746}, {5, 5, 227.3637851292036137348984},
        {7, 3, 323.3868583457936216665255},
    };
    ddn_context *ctx = test_context(1);
    const double mean[8] = {0};
    for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++) {
        double a[8][8], b[8][8], c1[64], c2[64], distance = NAN;
        for (int i = 0; i < 64; i++) {
            const int row = i / 8, k = i % 8, mixed = 7 * row + 5 * k + 3 * row * k;
            a[row][k] = k < cases[n].rank1 ? (mixed + 1) % 11 - 5 : 0;
            b[row][k] = k < cases[n].rank2 ? (mixed + 4) % 11 - 5 : 0;
        }
        covariance_of(a, c1);
        covariance_of(b, c2);
        OK(ctx, ddn_theory_frechet(ctx, 8, mean, c1, mean, c2, &distance));
        CLOSE(distance, cases[n].distance, 1e-12, 0);
        OK(ctx, ddn_theory_frechet(ctx, 8, mean, c2, mean, c1, &distance));
        CLOSE(distance, cases[n].distance, 1e-12, 0);
    }
    ddn_context_destroy(ctx);
}

/* Covariances without a direction in common: nothing but the traces. Columns of a Hadamard matrix.
 */
static void distances_of_covariances_that_do_not_meet(void **state)
{
    (void)state;
    ddn_context *ctx = test_context(1);
    const double mean[8] = {0};
    for (int split = 1; split < 8; split++) {
        double a[8][8], b[8][8], c1[64], c2[64], distance = NAN, trace = 0;
        for (int i = 0; i < 64; i++) {
            const int row = i / 8, k = i % 8, bits = row & k;
            const double sign = ((bits ^ bits >> 1 ^ bits >> 2) & 1) ? -1 : 1;
            a[row][k] = k < split ? sign * (k + 1) / 3 : 0;
            b[row][k] = k < split ? 0 : sign * (k + 2) / 7;
            trace += a[row][k] * a[row][k] + b[row][k] * b[row][k];
        }
        covariance_of(a, c1);
        covariance_of(b, c2);
        OK(ctx, ddn_theory_frechet(ctx, 8, mean, c1, mean, c2, &distance));
        CLOSE(distance, trace, 1e-12, 0);
    }
    ddn_context_destroy(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_left_out_at_the_quantile),
        cmocka_unit_test(the_knee_is_within_the_interval),
        cmocka_unit_test(distances_of_covariances_of_low_rank),
        cmocka_unit_test(roots_of_rounding_errors_do_not_count),
        cmocka_unit_test(distances_of_covariances_that_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

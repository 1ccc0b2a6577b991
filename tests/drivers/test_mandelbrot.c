/* The Mandelbrot set of the program flows: escape counts and the regions that are inside for
 * certain against the reference numbers, and a whole picture against a plain loop. */
#include "mandelbrot.h"

#include "support/fixtures.h"
#include "support/reference.h"

static void counts_of_known_points(void **state)
{
    (void)state;
    const json_t *cases = ref_at("generic_dynamics.mandelbrot.cases");
    assert_true(json_array_size(cases) > 3);
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *ref = json_array_get(cases, k);
        double c[2], smooth[2];
        int64_t counts[2], want = (int64_t)ref_number(ref, "escape");
        ref_numbers(ref, "c", c, 2);
        mandelbrot_row(&(mandelbrot_grid){c[0], 3, -3, c[1], 2, 2, 1000, 1e4}, 0, counts, smooth);
        assert_int_equal(counts[0], want);
        assert_true(isnan(smooth[0]) == (want == 1001));
        /* Just outside -2 the way from 2 to the bailout is long. */
        assert_true(want == 1001 || (smooth[0] > (double)want &&
                                     smooth[0] < (double)want + (c[0] == -2.001 ? 12 : 3)));
    }
}

static void inside_for_certain(void **state)
{
    (void)state;
    const json_t *cases = ref_at("generic_dynamics.mandelbrot_fixed_points");
    int seen[3] = {0};
    for (size_t k = 0; k < json_array_size(cases); k++) {
        const json_t *ref = json_array_get(cases, k);
        double c[2];
        ref_numbers(ref, "c", c, 2);
        int want = json_is_true(ref_get(ref, "in_main_cardioid"))  ? 1
                   : json_is_true(ref_get(ref, "in_period2_bulb")) ? 2
                                                                   : 0;
        assert_int_equal(mandelbrot_interior(c[0], c[1]), want);
        seen[want] = 1;
    }
    assert_true(seen[0] && seen[1] && seen[2]);
}

static void picture(void **state)
{
    (void)state;
    enum {
        W = 101,
        H = 67,
        STEPS = 300
    };
    static int64_t counts[H][W];
    static double smooth[H][W];
    const mandelbrot_grid grid = {-2.2, 0.8, -1.1, 1.1, W, H, STEPS, 1e3};
    int64_t inside = 0;
    for (int j = 0; j < H; j++) {
        mandelbrot_row(&grid, j, counts[j], smooth[j]);
    }
    for (int j = 0; j < H; j++) {
        for (int i = 0; i < W; i++) {
            double re = -2.2 + 3.0 * i / (W - 1), im = 1.1 - 2.2 * j / (H - 1), x = 0, y = 0;
            int64_t k = 1;
            for (; k <= STEPS; k++) {
                double next = x * x - y * y + re;
                y = 2 * x * y + im;
                x = next;
                if (x * x + y * y > 4) {
                    break;
                }
            }
            /* Chaotic orbits may differ in the last step that rounding allows. */
            assert_true(llabs(counts[j][i] - k) <= (k > 60 ? 40 : 0));
            assert_int_equal(counts[j][i], counts[H - 1 - j][i]);
            inside += counts[j][i] > STEPS;
        }
    }
    /* Area of the set: 1.5066; of the picture: 6.6. */
    CLOSE(6.6 * (double)inside / (W * H), 1.5066, 0.03, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_known_points),
        cmocka_unit_test(inside_for_certain),
        cmocka_unit_test(picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

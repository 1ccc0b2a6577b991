/* Whether generated samples are copies of the points that a model was made from: the share f_mem of
 * samples that are much nearer to one point than to any other, and the distances from the two
 * nearest points, beside those of test data that the model has not seen; a table,
 * memorization.json, memorization.csv and memorization.png, with samples beside their nearest
 * points. Formulas: doc/theory.md (91), (92). SPDX-License-Identifier: MIT */
#include "memorization.h"
#include "commands.h"

#include <math.h>

typedef struct settings {
    drv_data data;
    const char *samples, *test, *image;
    double kappa;
} settings;

static ddn_dataset *points;

/* The usual mistake: samples in [0, 1] beside points in [-1, 1]. */
static void compare_ranges(const char *path, const memorized *of)
{
    const int64_t d = ddn_dataset_d(points), n = ddn_dataset_n(points);
    double *y = drv_alloc(d, sizeof *y), low = INFINITY, lowest = INFINITY;
    for (int64_t i = 0; i < n && i < 1000; i++) {
        drv_try(ddn_dataset_read(drv.ctx, points, i * (n / (n < 1000 ? n : 1000)), 1, y, d));
        for (int64_t j = 0; j < d; j++) {
            low = fmin(low, y[j]);
        }
    }
    for (int64_t i = 0; i < of->m * d; i++) {
        lowest = fmin(lowest, of->x[i]);
    }
    if (low <= -0.5 && lowest >= 0) {
        drv_warn("%s has no negative numbers, the points have: is it in their units (--scale)?",
                 path);
    }
}

static void measure(const settings *set, const char *option, const char *path, memorized *of)
{
    of->x = drv_rows(option, path, points, &of->m);
    compare_ranges(path, of);
    drv_begin(option, 0, 1);
    ddn_analysis *an = drv_analysis();
    drv_set_f64(ddn_analysis_options(an), DDN_ANALYSIS_KAPPA, set->kappa);
    drv_try(
        ddn_analysis_memorization(an, points, of->m, of->x, ddn_dataset_d(points), &of->result));
    drv_keep(of->result);
}

/* ---- Results ----------------------------------------------------------------------------- */

static void print_number(drv_file *file, const char *key, double value, const char *after)
{
    drv_print(file, "\"%s\": %s%s", key, drv_json_number(value), after);
}

/* The members of one set of samples. */
static void write_set(drv_file *file, const char *indent, const memorized *of)
{
    drv_print(file, "%s\"samples\": %lld,\n%s\"f_mem\": {", indent, (long long)of->m, indent);
    print_number(file, "value", drv_scalar(of->result, "f_mem", NULL), ", ");
    print_number(file, "low", drv_scalar(of->result, "f_mem_low", NULL), ", ");
    print_number(file, "high", drv_scalar(of->result, "f_mem_high", NULL), "}");
    for (int which = 1; which <= 2; which++) {
        static const char *const levels[] = {"q05", "q50", "q95"};
        drv_print(file, ",\n%s\"d%d\": {", indent, which);
        for (int i = 0; i < 3; i++) {
            char name[3][16];
            double error;
            snprintf(name[0], sizeof name[0], "d%d_%s", which, levels[i]);
            snprintf(name[1], sizeof name[1], "d%d_%s_low", which, levels[i]);
            snprintf(name[2], sizeof name[2], "d%d_%s_high", which, levels[i]);
            const double value = drv_scalar(of->result, name[0], &error);
            drv_print(file, "%s\"%s\": {", i ? ", " : "", levels[i]);
            print_number(file, "value", value, ", ");
            print_number(file, "error", error, ", ");
            print_number(file, "low", drv_scalar(of->result, name[1], NULL), ", ");
            print_number(file, "high", drv_scalar(of->result, name[2], NULL), "}");
        }
        drv_print(file, "}");
    }
}

/* What the numbers of its JSON are; the columns of its CSV are the library's. */
static const drv_meaning meanings[] = {
    {"kappa", "1", "samples with d1/d2 below it are copies"},
    {"n", "1", "data points"},
    {"d", "1", "dimensions"},
    {"samples", "1", "number of samples"},
    {"f_mem", "1", "share of samples that are copies; low, high: 95 % interval"},
    {"d1", "data units",
     "distance to the nearest point: quantiles over the samples; error: standard error; low, high: "
     "95 % interval"},
    {"d2", "data units", "the same to the second nearest distinct point"},
    {"test", "", "the same of data that the model has not seen"},
};

static void write_json(const settings *set, const memorized *samples, const memorized *test)
{
    drv_file *file =
        drv_json_open(drv_path("memorization.json"), test ? "kappa,n,d,samples,f_mem,d1,d2,test"
                                                          : "kappa,n,d,samples,f_mem,d1,d2");
    drv_print(file, ",\n  \"kappa\": %.17g,\n  \"n\": %lld,\n  \"d\": %lld,\n", set->kappa,
              (long long)ddn_dataset_n(points), (long long)ddn_dataset_d(points));
    write_set(file, "  ", samples);
    if (test != NULL) {
        drv_print(file, ",\n  \"test\": {\n");
        write_set(file, "    ", test);
        drv_print(file, "\n  }");
    }
    drv_print(file, "\n}\n");
    drv_close(file);
}

static void print_row(const memorized *of)
{
    const ddn_result *r = of->result;
    static const char *const names[] = {"d1_q05", "d1_q50", "d1_q95", "d2_q05", "d2_q50", "d2_q95"};
    printf("  %-8s %8lld  %6.4f [%6.4f, %6.4f]", of->name, (long long)of->m,
           drv_scalar(r, "f_mem", NULL), drv_scalar(r, "f_mem_low", NULL),
           drv_scalar(r, "f_mem_high", NULL));
    for (int i = 0; i < DRV_COUNT(names); i++) {
        printf("%s%9.4g", i % 3 ? "" : "  ", drv_scalar(r, names[i], NULL));
    }
    printf("\n");
}

int memorization_main(int argc, char **argv)
{
    settings set = {DRV_DATA_DEFAULTS, NULL, NULL, "auto", 1 / 3.0};
    const drv_option options[] = {
        DRV_DATA_OPTIONS(set.data, DRV_REQUIRED),
        {"samples", "FILE", "samples: .npy, in the units of the points, or bytes where these are",
         DRV_STRING | DRV_REQUIRED, &set.samples, 0, 0},
        {"test", "FILE", "data that the model has not seen, treated like the samples", DRV_STRING,
         &set.test, 0, 0},
        {"kappa", "K", "samples with d1/d2 < K are copies", DRV_DOUBLE, &set.kappa, 1e-12, 1},
        {"image", "SHAPE", "28x28, 32x32x3, 3x32x32, none, auto", DRV_STRING, &set.image, 0, 0},
    };
    drv_start(argc, argv,
              "Measures how many samples are copies of points: d1 <= d2 are the distances from the "
              "nearest and the\nsecond nearest distinct point. Writes memorization.json, "
              "memorization.csv (memorization_test.csv)\nand memorization.png.",
              "memorization.json memorization.csv memorization_test.csv memorization_images.png "
              "memorization.gp memorization.png",
              options, DRV_COUNT(options));
    drv_define(meanings, DRV_COUNT(meanings));
    points = drv_data_load(&set.data);
    const drv_image shape = drv_image_of(set.image, points);
    memorized samples = {"samples", "memorization.csv", 0, NULL, NULL};
    memorized test = {"test", "memorization_test.csv", 0, NULL, NULL};
    const drv_part parts[] = {{"samples", 1, "nearest points", 0},
                              {"test", 1, "nearest points", 0}};
    drv_plan(set.test != NULL ? 2 : 1, parts);
    measure(&set, "samples", set.samples, &samples);
    if (set.test != NULL) {
        measure(&set, "test", set.test, &test);
    }
    static const char columns[] = "index,d1,d2";
    const memorized *tested = set.test != NULL ? &test : NULL;
    printf("%s: n = %lld, d = %lld; copies: d1/d2 < %.4g\n\n", drv_shown(drv_data_name(&set.data)),
           (long long)ddn_dataset_n(points), (long long)ddn_dataset_d(points), set.kappa);
    printf("  %-8s %8s  %-24s  %9s%9s%9s  %9s%9s%9s\n", "", "", "f_mem [95 %]", "d1: 5 %", "50 %",
           "95 %", "d2: 5 %", "50 %", "95 %");
    print_row(&samples);
    if (tested != NULL) {
        print_row(tested);
    }
    drv_csv_result(drv_path(samples.csv), columns, samples.result);
    if (tested != NULL) {
        drv_csv_result(drv_path(test.csv), columns, test.result);
    }
    write_json(&set, &samples, tested);
    draw_memorization(points, &shape, set.kappa, &samples, tested);
    return drv_finish();
}

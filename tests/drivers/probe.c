/* A driver that does nothing but use every part of the drivers' helper; test_helper.py runs it. */
#include <math.h>

#include "driver.h"

int main(int argc, char **argv)
{
    int64_t count = 3, more = -1;
    double level = 0.5, open_level = NAN;
    int flag = 0, choice = 1;
    const char *word = NULL;
    drv_list whole = {0}, real = {0};
    drv_data data = DRV_DATA_DEFAULTS;
    const drv_option options[] = {
        DRV_DATA_OPTIONS(data, 0),
        {"count", "K", "a count", DRV_INT, &count, 1, 9e15},
        {"more", "K", "number of one more file", DRV_INT, &more, -1, 9e15},
        {"level", "L", "a level", DRV_DOUBLE, &level, 0, 1},
        {"open", "X", "no default", DRV_DOUBLE, &open_level, 0, 0},
        {"flag", NULL, "a flag", DRV_FLAG, &flag, 0, 0},
        {"choice", "red|green|blue", "a choice", DRV_CHOICE, &choice, 0, 0},
        {"word", "WORD", "a word", DRV_STRING, &word, 0, 0},
        {"whole", "A,B", "whole numbers", DRV_INTS, &whole, -5, 5},
        {"real", "A,B", "numbers", DRV_DOUBLES, &real, 0, 0},
    };
    drv_start(argc, argv, "Tries the helper.", "probe.txt probe.csv probe_#.csv probe.gp probe.png",
              options, DRV_COUNT(options));

    if (data.files.count > 0) {
        const ddn_dataset *ds = drv_data_load(&data);
        const int64_t classes = ddn_dataset_class_count(ds);
        int64_t *sizes = drv_alloc(classes, sizeof *sizes);
        if (classes > 0) {
            drv_try(ddn_dataset_classes(drv.ctx, ds, classes, NULL, sizes));
        }
        double *row = drv_alloc(ddn_dataset_d(ds), sizeof *row);
        drv_try(ddn_dataset_read(drv.ctx, ds, 0, 1, row, ddn_dataset_d(ds)));
        printf("n=%lld d=%lld first=%.17g sizes=", (long long)ddn_dataset_n(ds),
               (long long)ddn_dataset_d(ds), row[0]);
        for (int64_t c = 0; c < classes; c++) {
            printf("%s%lld", c ? "," : "", (long long)sizes[c]);
        }
        printf("\n");
    }

    drv_file *values = drv_open(drv_path("probe.txt"));
    drv_print(values, "count %lld\nlevel %.17g\nopen %.17g\nflag %d\nchoice %d\nword %s\nwhole",
              (long long)count, level, open_level, flag, choice, word ? word : "none");
    for (int64_t i = 0; i < whole.count; i++) {
        drv_print(values, " %.17g", whole.at[i]);
    }
    drv_print(values, "\nreal");
    for (int64_t i = 0; i < real.count; i++) {
        drv_print(values, " %.3g", real.at[i]);
    }
    drv_print(values, "\nseed %lld\nthreads %lld\n", (long long)drv.seed, (long long)drv.threads);
    drv_close(values);

    const double x[3] = {1, 2, (double)count}, y[3] = {0.1, NAN, 1e-300};
    const double *const columns[2] = {x, y};
    drv_csv(drv_path("probe.csv"), "x,y", 3, 2, columns);
    if (more >= 0) {
        char name[64];
        snprintf(name, sizeof name, more == 0 ? "unlisted.csv" : "probe_%lld.csv", (long long)more);
        drv_csv(drv_path(name), "x,y", 3, 2, columns);
    }

    drv_file *plot =
        drv_plot_open(&(drv_figure){.name = "probe", .count = 1, .rows = {{1, 40, .legend = 1}}});
    drv_panel(plot, 0, 0);
    drv_print(plot, "plot 'probe.csv' using 1:2 with linespoints linestyle 1 title 'y%lld'\n",
              (long long)count);
    drv_plot_run(plot);

    char text[5][64];
    printf("%s | %s | %s | %s | %s\n", drv_format(12.3456, 0.0123, text[0], 64),
           drv_format(12.3456, 0, text[1], 64), drv_format(NAN, 1, text[2], 64),
           drv_format(1234.5, 67, text[3], 64), drv_format(263.456852263388, 1e-14, text[4], 64));
    return drv_finish();
}

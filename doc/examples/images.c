/* What a file of images holds, to look at: some of its points on one sheet, OUT/images.png, or
 * OUT/images.pgm, images.ppm (no program is needed to draw them). States that were written as .npy
 * are looked at in the same way. SPDX-License-Identifier: MIT */
#include "commands.h"
#include "driver.h"

#include <math.h>

enum {
    SHOWN = 100 /* points without --n */
};

int images_main(int argc, char **argv)
{
    drv_data data = DRV_DATA_DEFAULTS;
    data.most = SHOWN;
    const char *image = "auto";
    int64_t columns = 0;
    int as = 0;
    const drv_option options[] = {
        DRV_DATA_OPTIONS(data, DRV_REQUIRED),
        {"image", "SHAPE", "28x28, 32x32x3, 3x32x32, or auto: squares", DRV_STRING, &image, 0, 0},
        {"columns", "K", "images side by side (default: as many as below each other)", DRV_INT,
         &columns, 1, 1000},
        {"as", "png|pnm", "a PNG, or a PGM (grey) or PPM (colours)", DRV_CHOICE, &as, 0, 0}};
    drv_start(argc, argv, "Draws points of a file as images: 100, or as many as --n says.",
              "images.png images.pgm images.ppm", options, DRV_COUNT(options));
    const ddn_dataset *ds = drv_data_load(&data);
    const drv_image shape = drv_image_of(image, ds);
    const int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    if (shape.height == 0) {
        drv_die(
            "%s: points of %lld numbers are no squares of 8 x 8 or more, grey or of three colours: "
            "say their height and width, such as --image %s",
            drv_data_name(&data), (long long)d, drv_image_example(d));
    }
    columns = columns == 0 ? (int64_t)ceil(sqrt((double)n)) : columns < n ? columns : n;
    const int64_t rows = (n + columns - 1) / columns;
    double *x = drv_alloc(n * d, sizeof *x);
    const double **sheet = drv_alloc(rows * columns, sizeof *sheet);
    drv_try(ddn_dataset_read(drv.ctx, ds, 0, n, x, d));
    for (int64_t i = 0; i < n; i++) {
        sheet[i] = x + i * d;
    }
    const char *name = as == 0 ? "images.png" : shape.channels == 1 ? "images.pgm" : "images.ppm";
    drv_sheet(drv_path(name), &shape, rows, columns, 0, sheet);
    printf("%s\n%lld points of %lldx%lld, %lld channel%s: %s\n", drv_data_description(ds),
           (long long)n, (long long)shape.height, (long long)shape.width, (long long)shape.channels,
           shape.channels == 1 ? "" : "s", drv_shown(drv_path(name)));
    return drv_finish();
}

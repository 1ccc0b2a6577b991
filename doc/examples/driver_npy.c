/* Arrays of doubles as .npy files, written a few rows at a time. See driver.h. */
#include "driver.h"

#include <string.h>

enum {
    ALIGNMENT = 64, /* of the numbers in the file */
    BEFORE = 10     /* bytes before the text of the header */
};

drv_file *drv_npy_open(const char *path, int count, const int64_t *shape)
{
    const uint16_t probe = 1;
    const int is_little = *(const unsigned char *)&probe == 1;
    char text[192] = "";
    drv_append(text, sizeof text, "{'descr': '%cf8', 'fortran_order': False, 'shape': (",
               is_little ? '<' : '>');
    for (int i = 0; i < count; i++) {
        drv_append(text, sizeof text, "%lld,%s", (long long)shape[i], i + 1 < count ? " " : "");
    }
    drv_append(text, sizeof text, "), }");
    const size_t used = BEFORE + strlen(text) + 1;
    const size_t length = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - BEFORE;
    drv_file *file = drv_open(path);
    drv_bytes(file, "\x93NUMPY\x01", 7);
    const char head[3] = {0, (char)(length & 0xff), (char)(length >> 8)};
    drv_bytes(file, head, sizeof head);
    drv_print(file, "%-*s\n", (int)length - 1, text);
    return file;
}

void drv_npy_rows(drv_file *file, int64_t count, int64_t width, const double *values, int64_t ld)
{
    for (int64_t r = 0; r < count; r++) {
        drv_bytes(file, values + r * ld, (size_t)width * sizeof *values);
    }
}

void drv_npy(const char *path, int64_t rows, int64_t columns, const double *values)
{
    const int64_t shape[2] = {rows, columns};
    drv_file *file = drv_npy_open(path, columns > 0 ? 2 : 1, shape);
    drv_npy_rows(file, 1, rows * (columns > 0 ? columns : 1), values, 0);
    drv_close(file);
}

/* The drivers' tables as CSV, and what ways of evaluation did. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

const char *drv_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *drv_shown(const char *text)
{
    const size_t most = 4; /* bytes that one byte becomes */
    const size_t size = most * strlen(text) + 1;
    char *shown = drv_alloc((int64_t)size, 1);
    memcpy(shown, text, strlen(text));
    ddni_text_clean(shown, (int64_t)size);
    return shown;
}

char *drv_plain(char *text, const char *named)
{
    for (char *c = text; *c != 0;) {
        const int64_t length = ddni_text_shown(c);
        if (length == 0 || strchr(named, *c) != NULL) {
            *c = '?';
        }
        c += length > 0 ? length : 1;
    }
    return text;
}

void drv_append(char *text, size_t capacity, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, capacity - used, format, args);
    va_end(args);
}

/* ---- CSV --------------------------------------------------------------------------------- */

drv_file *drv_csv_open(const char *path, const char *header)
{
    drv_file *file = drv_open(path);
    char *columns = drv_alloc((int64_t)strlen(header) + 1, 1);
    memcpy(columns, header, strlen(header));
    drv_file_is_csv(file, columns);
    drv_print(file, "%s\n", header);
    return file;
}

drv_file *drv_matrix_open(const char *path, const char *name)
{
    drv_file *file = drv_open(path);
    if (drv_formats_any()) {
        drv_warn("%s is a matrix, no table with names: it is written as CSV alone", path);
    }
    drv_put_comments(drv_file_stream(file), name);
    return file;
}

static void csv_field(drv_file *file, double value, int64_t i)
{
    drv_print(file, "%s", i ? "," : "");
    if (!isnan(value)) {
        drv_print(file, "%.17g", value);
    }
}

void drv_csv_row(drv_file *file, const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        csv_field(file, values[i], i);
    }
    drv_print(file, "\n");
}

void drv_csv(const char *path, const char *header, int64_t rows, int64_t count,
             const double *const *columns)
{
    drv_file *file = drv_csv_open(path, header);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t i = 0; i < count; i++) {
            csv_field(file, columns[i][r], i);
        }
        drv_print(file, "\n");
    }
    drv_close(file);
}

const char *drv_header(const char *const *names, int64_t count)
{
    size_t size = 1;
    for (int64_t i = 0; i < count; i++) {
        size += strlen(names[i]) + 1;
    }
    char *header = drv_alloc((int64_t)size, 1);
    for (int64_t i = 0; i < count; i++) {
        drv_append(header, size, "%s%s", i ? "," : "", names[i]);
    }
    return header;
}

void drv_csv_result(const char *path, const char *header, const ddn_result *result)
{
    const double *columns[DRV_LIST_CAPACITY];
    int64_t count = 0;
    char names[1024] = "";
    drv_append(names, sizeof names, "%s", header);
    for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ",")) {
        columns[count++] = drv_column(result, name);
    }
    drv_define_by(result);
    drv_csv(path, header, ddn_result_rows(result), count, columns);
    drv_define_by(NULL);
}

/* ---- Ways of evaluation ------------------------------------------------------------------ */

void drv_trace(const ddn_oracle *oracle)
{
    const int64_t count = ddn_oracle_way_count(oracle), n = ddn_oracle_components(oracle);
    int64_t sum[DDN_WAY_BYTES + 1] = {0};
    for (int64_t way = 0; way < count; way++) {
        for (ddn_way_tally what = DDN_WAY_SERVED; what <= DDN_WAY_BYTES; what++) {
            sum[what] += ddn_oracle_tally(oracle, what, way);
        }
    }
    const double all = (double)n * (double)sum[DDN_WAY_SERVED];
    printf("\n  %-12s %14s %14s %16s %9s %16s\n", "way", "states tried", "served", "rows read",
           "of n * all", "bytes read");
    for (int64_t way = 0; way < count; way++) {
        const int64_t rows = ddn_oracle_tally(oracle, DDN_WAY_ROWS, way);
        printf("  %-12s %14lld %14lld %16lld %9.3f%% %16lld\n", ddn_oracle_way_name(oracle, way),
               (long long)ddn_oracle_tally(oracle, DDN_WAY_TRIED, way),
               (long long)ddn_oracle_tally(oracle, DDN_WAY_SERVED, way), (long long)rows,
               100 * (double)rows / fmax(all, 1),
               (long long)ddn_oracle_tally(oracle, DDN_WAY_BYTES, way));
    }
    printf("  %-12s %14s %14lld %16lld %9.3f%% %16lld\n", "all", "", (long long)sum[DDN_WAY_SERVED],
           (long long)sum[DDN_WAY_ROWS], 100 * (double)sum[DDN_WAY_ROWS] / fmax(all, 1),
           (long long)sum[DDN_WAY_BYTES]);
}

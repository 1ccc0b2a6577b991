/* The drivers' tables and pictures: CSV, gnuplot. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *drv_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
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

/* ---- Pictures ---------------------------------------------------------------------------- */

/* Colours that stay apart for colour-blind readers (Okabe and Ito), black text on white. */
static const char *const colours[8] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                       "#e69f00", "#56b4e9", "#555555", "#a6761d"};

/* What --plot can be: a picture that is whole ends so. */
static const struct {
    const char *suffix, *end;
} kinds[] = {
    [DRV_PLOT_PNG] = {"png", "IEND\xae\x42\x60\x82"},
    [DRV_PLOT_PDF] = {"pdf", "%%EOF\n"},
    [DRV_PLOT_SVG] = {"svg", "</svg>\n\n"},
    [DRV_PLOT_NONE] = {"png", ""},
};

/* Of the same size on paper: 100 pixels are an inch. */
static void set_terminal(drv_file *file, int width, int height)
{
    if (drv.plot == DRV_PLOT_PDF) {
        drv_print(
            file,
            "set terminal pdfcairo enhanced size %.2fin,%.2fin font 'DejaVu Sans,10.8' fontscale 1 "
            "linewidth 1.5\n",
            width / 100.0, height / 100.0);
    } else {
        drv_print(file,
                  "set terminal %s enhanced size %d,%d font 'DejaVu Sans,15' linewidth 1.5%s\n",
                  drv.plot == DRV_PLOT_SVG ? "svg" : "pngcairo", width, height,
                  drv.plot == DRV_PLOT_SVG ? " background 'white'" : "");
    }
}

drv_file *drv_plot_open(const char *name, int width, int height)
{
    char script[256];
    const char *suffix = kinds[drv.plot].suffix;
    snprintf(script, sizeof script, "%s.gp", name);
    drv_file *file = drv_open(drv_path(script));
    drv_print(file, "# Draws %s.%s from the files beside it: gnuplot %s.gp\n", name, suffix, name);
    set_terminal(file, width, height);
    drv_print(
        file,
        "if (!exists('to_stdout')) set output '%s.%s'\n"
        "set encoding utf8\n"
        "set datafile separator ','\n"
        "set border linewidth 0.8 linecolor '#333333'\n"
        "set tics nomirror\n"
        "set grid linecolor '#dddddd' linewidth 0.6 linetype 1\n"
        "set key samplen 2 spacing 1.2\n"
        "set style textbox opaque noborder fillcolor 'white'\n"
        "# Bars are 95 %% intervals; a logarithmic axis has no place for what is not above 0\n"
        "low(y, se) = y - 1.96*se\n"
        "high(y, se) = y + 1.96*se\n"
        "above0(y) = y > 0 ? y : 1e-300\n",
        name, suffix);
    for (int i = 0; i < 8; i++) {
        drv_print(file,
                  "set style line %d linecolor '%s' linewidth 1.6 pointtype 7 pointsize 0.9\n",
                  i + 1, colours[i]);
    }
    return file;
}

const char *drv_picture(const char *name)
{
    const size_t size = strlen(name) + 5;
    char *text = drv_alloc((int64_t)size, 1);
    snprintf(text, size, "%s.%s", name, drv.plot == DRV_PLOT_NONE ? "gp" : kinds[drv.plot].suffix);
    return text;
}

void drv_plot_over_times(drv_file *file, const ddn_schedule *sch, double t_min, double t_max)
{
    drv_print(file,
              "set logscale x\nset xtics (0.01,0.02,0.05,0.1,0.2,0.5,1,2,5,10)\nset xrange "
              "[%.17g:%.17g]\n",
              t_min / 1.1, t_max * 1.1);
    drv_time_axis(file, sch, t_min, t_max);
    drv_print(file, "set multiplot layout 2,1\nset lmargin 9\n");
}

/* gnuplot is silent about a full disk: a picture is whole if its end is there. */
static int picture_is_whole(FILE *stream)
{
    const char *end = kinds[drv.plot].end;
    char last[16] = "";
    const size_t length = strlen(end);
    return fseek(stream, -(long)length, SEEK_END) == 0 &&
           fread(last, 1, length, stream) == length && memcmp(last, end, length) == 0;
}

/* The exit status of gnuplot, as wait gives it, or -1. The picture goes to the stream. */
static int run_gnuplot(const char *script, FILE *picture)
{
    const int child = drv_fork();
    if (child == 0) {
        /* In a locale without UTF-8 gnuplot warns about its degree sign. */
        if (chdir(drv.out) == 0 && setenv("LC_ALL", "C.UTF-8", 1) == 0 &&
            dup2(fileno(picture), STDOUT_FILENO) >= 0) {
            execlp("gnuplot", "gnuplot", "-e", "to_stdout=1", script, (char *)NULL);
        }
        _exit(errno == ENOENT ? 127 : 126);
    }
    return child < 0 ? -1 : drv_wait(child);
}

void drv_plot_run(drv_file *file)
{
    char name[256];
    const char *script = drv_base_name(drv_file_path(file));
    snprintf(name, sizeof name, "%.*s.%s", (int)strlen(script) - 3, script, kinds[drv.plot].suffix);
    drv_print(file, "unset output\n");
    drv_close(file);
    if (drv.plot == DRV_PLOT_NONE) {
        return;
    }
    drv_file *picture = drv_open(drv_path(name));
    const int status = run_gnuplot(script, drv_file_stream(picture));
    if (status == 0 && picture_is_whole(drv_file_stream(picture))) {
        drv_close(picture);
        return;
    }
    drv_discard(picture);
    drv_try(DDN_OK); /* a signal to all of a terminal ends gnuplot, too */
    if (status == -1) {
        drv_warn("cannot start gnuplot: %s; %s was not drawn", strerror(errno), drv_path(name));
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        drv_warn("gnuplot is not installed; %s was not drawn (its script is there)",
                 drv_path(name));
    } else if (status != 0) {
        drv_die("gnuplot could not draw %s from %s", drv_path(name), script);
    } else {
        drv_die("cannot write %s: gnuplot left it incomplete; is the disk full?", drv_path(name));
    }
}

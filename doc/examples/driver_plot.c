/* The drivers' pictures: gnuplot scripts of one look, fit for a paper, and what runs them. The look
 * is decided here alone: widths of the columns of a journal, fonts, colours and shapes that stay
 * apart for colour-blind readers and in grey, where legends, tags and notes stand. See driver.h.
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Colours by Okabe and Ito, without their yellow, which is too light for lines. */
static const char *const colours[8] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                       "#000000", "#e69f00", "#56b4e9", "#7f7f7f"};
static const int shapes[8] = {7, 5, 9, 13, 6, 11, 4, 8};
static const char *const dashes[8] = {"solid",  "(10,3)",        "(10,3,2,3)",         "(2,2)",
                                      "(20,4)", "(6,2,2,2,2,2)", "(14,3,2,2,2,2,2,3)", "(4,4)"};

/* What --plot can be: a picture that is whole ends so. */
static const struct {
    const char *suffix, *end;
} kinds[] = {
    [DRV_PLOT_PNG] = {"png", "IEND\xae\x42\x60\x82"},
    [DRV_PLOT_PDF] = {"pdf", "%%EOF\n"},
    [DRV_PLOT_SVG] = {"svg", "</svg>\n\n"},
    [DRV_PLOT_NONE] = {"png", ""},
};

/* ---- Layout ------------------------------------------------------------------------------ */

/* Millimetres. */
static const double TITLE = 5.5, NOTE = 5, LINE = 3.7, MARKS = 4, TAG = 4.5, TOP = 1.5;
static const double SVG_NOTE = 7, SVG_LEFT = 18,
                    SVG_BELOW = 13; /* labels of axes stand farther out there */
static const double BESIDE = 0.008; /* of the axis of times */
static const double LEFT = 15, RIGHT = 4, BETWEEN = 16, BELOW = 11.5, INCH = 25.4;

static drv_figure figure; /* the one that is open */

static double figure_width(const drv_figure *f)
{
    return f->width == DRV_ONE_COLUMN ? 86 : 178;
}

static int panel_count(const drv_figure *f)
{
    int count = 0;
    for (int r = 0; r < f->count; r++) {
        count += f->rows[r].panels;
    }
    return count;
}

static double above(const drv_figure *f, const drv_row *row)
{
    const double tag = panel_count(f) > 1 && !row->shared ? TAG : 0;
    const double lines = row->legend > 0 ? row->legend * LINE + 1 : tag;
    return TOP + (row->marks ? MARKS : 0) + lines;
}

static double left_of(const drv_row *row)
{
    return row->left > 0 ? row->left : drv.plot == DRV_PLOT_SVG ? SVG_LEFT : LEFT;
}

static double below_of(const drv_row *row)
{
    return row->bare ? 1 : drv.plot == DRV_PLOT_SVG ? SVG_BELOW : BELOW;
}

static double note_room(const drv_figure *f)
{
    return f->note == NULL ? 0 : drv.plot == DRV_PLOT_SVG ? SVG_NOTE : NOTE;
}

/* From the top of the figure to that of the axes of a row; of row `count`: the whole height. */
static double down_to(const drv_figure *f, int row)
{
    double mm = f->title ? TITLE : 0;
    for (int r = 0; r < row; r++) {
        mm += above(f, &f->rows[r]) + f->rows[r].height + below_of(&f->rows[r]);
    }
    return row < f->count ? mm + above(f, &f->rows[row]) : mm + note_room(f);
}

static double gap_of(const drv_row *row)
{
    return row->gap > 0 ? row->gap : BETWEEN;
}

double drv_panel_width(const drv_figure *f, int row)
{
    const drv_row *r = &f->rows[row];
    const double right = r->right > 0 ? r->right : RIGHT;
    return (figure_width(f) - left_of(r) - right - (r->panels - 1) * gap_of(r)) / r->panels;
}

/* ---- Scripts ------------------------------------------------------------------------------ */

/* The same look on paper, with letters of 8 points, whatever the kind. The cairo terminals take
 * points of a font for pixels of 1/72 inch at 96 to the inch. An SVG has 200 pixels to the inch,
 * and no pointscale. Points have size 1 and are made small by the terminal, since gnuplot blanks a
 * disc of that size below those with bars. */
static void set_terminal(drv_file *file, double width, double height)
{
    static const char look[] = "font 'DejaVu Sans,8' fontscale";
    width /= INCH;
    height /= INCH;
    if (drv.plot == DRV_PLOT_PDF) {
        drv_print(
            file,
            "set terminal pdfcairo enhanced size %.3fin,%.3fin %s 0.75 linewidth 2 pointscale "
            "0.45\n",
            width, height, look);
    } else if (drv.plot == DRV_PLOT_SVG) {
        drv_print(file,
                  "set terminal svg enhanced size %.0f,%.0f font 'DejaVu Sans,22' linewidth "
                  "200/72. background 'white'\n",
                  200 * width, 200 * height);
    } else {
        drv_print(file,
                  "if (!exists('dpi')) dpi = 240 # another one: gnuplot -e dpi=600 %s.gp\n"
                  "set terminal pngcairo enhanced size %.3f*dpi,%.3f*dpi %s dpi/96. linewidth "
                  "dpi/72. pointscale 0.45*dpi/72.\n",
                  figure.name, width, height, look);
    }
}

/* Styles 1 to 8 are measured points, each with a shape of its own; 11 to 18 are lines without
 * points in the same colours, each with dashes of its own. */
static void set_styles(drv_file *file)
{
    drv_print(file, "dot = %s # size of a point\n", drv.plot == DRV_PLOT_SVG ? "0.5" : "1");
    for (int i = 0; i < 8; i++) {
        drv_print(file,
                  "set style line %d linecolor '%s' linewidth 1 pointtype %d pointsize dot\n"
                  "set style line %d linecolor '%s' linewidth 1.2 dashtype %s\n",
                  i + 1, colours[i], shapes[i], i + 11, colours[i], dashes[i]);
    }
}

drv_file *drv_plot_open(const drv_figure *of)
{
    char script[256];
    figure = *of;
    const char *suffix = kinds[drv.plot].suffix;
    snprintf(script, sizeof script, "%s.gp", figure.name);
    drv_file *file = drv_open(drv_path(script));
    drv_print(file, "# Draws %s.%s from the files beside it: gnuplot %s.gp\n", figure.name, suffix,
              figure.name);
    set_terminal(file, figure_width(of), down_to(of, of->count));
    drv_print(file,
              "if (!exists('to_stdout')) set output '%s.%s'\n"
              "set encoding utf8\n"
              "set datafile separator ','\n"
              "set samples 1001\n"
              "set errorbars small\n"
              "set style textbox opaque noborder fillcolor 'white'\n"
              "# Bars are 95 %% intervals; what a logarithmic axis from `least` has no place for "
              "ends on it\n"
              "low(y, se) = y - 1.96*se\n"
              "high(y, se) = y + 1.96*se\n"
              "cut(y) = y < least ? least : y\n"
              "is_cut(y) = y < least ? least : NaN\n"
              "positive(y) = y > 0 ? y : NaN\n",
              figure.name, suffix);
    set_styles(file);
    drv_print(
        file,
        "fresh = \"unset arrow; unset label; unset object; unset logscale; unset key; "
        "unset xzeroaxis; unset colorbox; set autoscale; set offsets 0,0,0,0; set format; "
        "set xtics autofreq; set ytics autofreq; unset title; unset xlabel; unset ylabel; "
        "set border 31 linewidth 0.6 linecolor '#333333'; set tics nomirror scale 0.6; set grid "
        "linecolor '#e4e4e4' linewidth 0.4 "
        "linetype 1\"\nset multiplot\n");
    return file;
}

/* Title and note go with the first panel. */
static void print_frame(drv_file *file, double height)
{
    if (figure.title) {
        drv_print(file, "set label \"%s\" noenhanced at screen %.4f, screen %.4f left\n",
                  figure.title, 3 / figure_width(&figure), 1 - 0.55 * TITLE / height);
    }
    if (figure.note) {
        drv_print(file, "set label \"%s\" at screen %.4f, screen %.4f left textcolor '#444444'\n",
                  figure.note, 3 / figure_width(&figure), 0.5 * NOTE / height);
    }
}

/* Beside the legend, or at the axes of its panel. */
static void print_tag(drv_file *file, const drv_row *r, int number, int column, double x, double y)
{
    const double width = figure_width(&figure), height = down_to(&figure, figure.count);
    const int is_at_axes = r->shared || (column > 0 && r->gap > 0);
    drv_print(file, "set label '(%c)' at screen %.4f, screen %.4f left\n", 'a' + number,
              (is_at_axes ? x : x - (column > 0 ? BETWEEN - 2 : left_of(r) - 3)) / width,
              (y + (r->shared ? 0.5 * MARKS : above(&figure, r) - TOP - 0.5 * LINE)) / height);
}

void drv_panel(drv_file *file, int row, int column)
{
    const drv_row *r = &figure.rows[row];
    const double width = figure_width(&figure), height = down_to(&figure, figure.count);
    const double wide = drv_panel_width(&figure, row);
    const double x = left_of(r) + column * (wide + gap_of(r)), y = height - down_to(&figure, row);
    int number = column;
    for (int k = 0; k < row; k++) {
        number += figure.rows[k].panels;
    }
    drv_print(file,
              "eval fresh\nset lmargin at screen %.4f\nset rmargin at screen %.4f\n"
              "set tmargin at screen %.4f\nset bmargin at screen %.4f\n",
              x / width, (x + wide) / width, y / height, (y - r->height) / height);
    if (number == 0) {
        print_frame(file, height);
    }
    if (panel_count(&figure) > 1) {
        print_tag(file, r, number, column, x, y);
    }
    if (r->legend > 0 && !(r->shared && column > 0)) {
        drv_print(file,
                  "set key at screen %.4f, screen %.4f left bottom Left reverse vertical maxrows "
                  "%d samplen 1.6 spacing 1\n",
                  (x - 1) / width, (y + (r->marks ? MARKS : 0) + 0.5) / height, r->legend);
    } else if (r->right > 0) {
        drv_print(file,
                  "set key at screen %.4f, screen %.4f left top Left reverse vertical maxrows auto "
                  "samplen 2 "
                  "spacing 1.1\n",
                  (x + wide + 1) / width, y / height);
    }
}

void drv_mark(drv_file *file, double x, const char *text, const char *side)
{
    drv_print(file,
              "set arrow from first %.17g, graph 0 to first %.17g, graph 1 nohead front linecolor "
              "'#333333' linewidth 0.8 dashtype (4,3)\n"
              "set label '%s' at first %.17g, graph 1 %s offset 0,0.6 front\n",
              x, x, text, x, side);
}

/* The text at a tic: gnuplot by itself gives all of them as many decimals as the least one needs.
 */
typedef enum tic_text {
    TIC_NUMBER,
    TIC_POWER,
    TIC_FORMAT /* by `set format`, which another panel may leave out */
} tic_text;

static void print_tic(drv_file *file, double value, tic_text text)
{
    if (text == TIC_FORMAT) {
        drv_print(file, "%.4g", value);
    } else if (text == TIC_POWER) {
        drv_print(file, "'10^{%ld}' %.4g", lround(log10(value)), value);
    } else {
        drv_print(file, "'%.4g' %.4g", value, value);
    }
}

/* As many as have room: 1, 2, 5 or the powers of ten alone. */
static void print_log_tics(drv_file *file, const char *axis, double low, double high, tic_text text)
{
    static const double few[] = {1}, some[] = {1, 2, 5}, many[] = {1, 1.5, 2, 3, 4, 5, 6, 8};
    const double decades = log10(high / low);
    const double *steps = decades > 3 ? few : decades > 0.9 ? some : many;
    const int count = decades > 3 ? 1 : decades > 0.9 ? 3 : 8;
    int printed = 0;
    for (double ten = pow(10, floor(log10(low))); ten <= high; ten *= 10) {
        for (int i = 0; i < count; i++) {
            if (steps[i] * ten > low / 1.001 && steps[i] * ten < high * 1.001) {
                drv_print(file, "%s", printed++ ? ", " : axis);
                print_tic(file, steps[i] * ten, text);
            }
        }
    }
    drv_print(file, "%s", printed ? ")\n" : "");
}

void drv_log_tics(drv_file *file, const char *axis, double low, double high)
{
    const int are_powers = high > 1000 * low && (low < 1e-4 / 1.2 || high > 1.2e4);
    print_log_tics(file, axis, low, high, are_powers ? TIC_POWER : TIC_NUMBER);
}

void drv_log_axis(drv_file *file, double least, double most)
{
    drv_print(file, "set logscale y\nset format y '10^{%%T}'\nleast = %.3g\n", least);
    if (isnan(most)) {
        drv_print(file, "set yrange [least:*]\n");
        return;
    }
    drv_print(file, "set yrange [least:%.3g]\n", most);
    if (most < 300 * least) { /* powers of ten would be one tic or two */
        drv_print(file, "set format y '%%g'\n");
        print_log_tics(file, "set ytics (", least, most, TIC_FORMAT);
    }
}

void drv_log_bars(drv_file *file, const drv_bars *b)
{
    drv_print(file,
              " %s:(cut(%s)):(cut(%s)):(cut(%s)) with %s linestyle %d title '%s',\\\n"
              " %s:(is_cut(%s)) with points linestyle %d pointtype 11 notitle",
              b->from, b->y, b->low, b->high, b->lines ? "yerrorlines" : "yerrorbars", b->style,
              b->title, b->from, b->low, b->style);
}

void drv_time_ends(const ddn_schedule *sch, double *from, double *to)
{
    const int linear = drv_is_time_linear(sch);
    const double room = 0.02 * (*to - *from);
    *from = linear ? *from - room : *from / 1.1;
    *to = linear ? *to + room : *to * 1.1;
}

static void print_time_label(drv_file *file, const ddn_schedule *sch)
{
    const char *symbol = drv_time_symbol(sch);
    if (drv_is_ou(sch)) {
        drv_print(file, "set xlabel '" DRV_TIME "'\n");
    } else {
        drv_print(file, "set xlabel '" DRV_TIME_IN("%s %s%s") "'\n",
                  strcmp(symbol, "t") == 0 ? "time" : symbol, drv_clock(sch),
                  strcmp(symbol, "σ") == 0 ? ", data units" : "");
    }
}

void drv_time_axis(drv_file *file, const ddn_schedule *sch, double from, double to)
{
    drv_time_ends(sch, &from, &to);
    print_time_label(file, sch);
    drv_print(file, "set xrange [%.17g:%.17g]\n", from, to);
    if (drv_is_time_linear(sch)) {
        drv_print(file, "beside(t) = t + %.6g\n", BESIDE * (to - from));
    } else {
        drv_print(file, "set logscale x\nbeside(t) = t*%.6g\n", fmin(pow(to / from, BESIDE), 1.05));
        drv_log_tics(file, "set xtics (", from, to);
    }
}

const char *drv_picture(const char *name)
{
    const size_t size = strlen(name) + 5;
    char *text = drv_alloc((int64_t)size, 1);
    snprintf(text, size, "%s.%s", name, drv.plot == DRV_PLOT_NONE ? "gp" : kinds[drv.plot].suffix);
    return text;
}

/* ---- Running ------------------------------------------------------------------------------ */

/* gnuplot is silent about a full disk: a picture is whole if its end is there. */
static int picture_is_whole(FILE *stream)
{
    const char *end = kinds[drv.plot].end;
    char last[16] = "";
    const size_t length = strlen(end);
    return fseek(stream, -(long)length, SEEK_END) == 0 &&
           fread(last, 1, length, stream) == length && memcmp(last, end, length) == 0;
}

/* The exit status of gnuplot, as wait gives it, or -1. The picture goes to one stream; to the other
 * what gnuplot and its libraries remark, which is of no use where the picture is drawn; NULL: to
 * stderr. */
static int run_gnuplot(const char *script, FILE *picture, FILE *remarks)
{
    const int child = drv_fork();
    if (child == 0) {
        /* In a locale without UTF-8 gnuplot warns about its degree sign. */
        if (chdir(drv_stage()) == 0 && setenv("LC_ALL", "C.UTF-8", 1) == 0 &&
            dup2(fileno(picture), STDOUT_FILENO) >= 0 &&
            (remarks == NULL || dup2(fileno(remarks), STDERR_FILENO) >= 0)) {
            execlp("gnuplot", "gnuplot", "-e", "to_stdout=1", script, (char *)NULL);
        }
        _exit(errno == ENOENT ? 127 : 126);
    }
    return child < 0 ? -1 : drv_wait(child);
}

/* The last line of a stream that says something. */
static const char *last_line(FILE *stream)
{
    enum {
        MOST = 512
    };
    char *last = drv_alloc(MOST, 1), line[MOST];
    if (stream != NULL) {
        rewind(stream);
        while (fgets(line, sizeof line, stream) != NULL) {
            if (line[strspn(line, " \t\r\n^")] != 0) {
                line[strcspn(line, "\r\n")] = 0;
                snprintf(last, MOST, "%s", line);
            }
        }
    }
    return last;
}

/* Viewers smooth the few large pixels of images in an SVG unless it says otherwise, each in words
 * of its own. */
static void copy_svg(FILE *from, drv_file *to)
{
    static const char image[] = "<image ",
                      how[] = "style='image-rendering:optimizeSpeed;image-rendering:pixelated' ";
    size_t matched = 0;
    rewind(from);
    for (int c; (c = getc(from)) != EOF;) {
        drv_bytes(to, &(char){(char)c}, 1);
        matched = c == image[matched] ? matched + 1 : c == image[0];
        if (image[matched] == 0) {
            drv_bytes(to, how, strlen(how));
            matched = 0;
        }
    }
}

/* As run_gnuplot. */
static int run_to_file(const char *script, drv_file *picture, FILE *remarks)
{
    FILE *drawn = drv.plot == DRV_PLOT_SVG ? tmpfile() : NULL;
    const int status = run_gnuplot(script, drawn ? drawn : drv_file_stream(picture), remarks);
    if (drawn != NULL) {
        copy_svg(drawn, picture);
        fclose(drawn);
    }
    return status;
}

void drv_plot_run(drv_file *file)
{
    char name[256];
    const char *script = drv_base_name(drv_file_path(file));
    snprintf(name, sizeof name, "%.*s.%s", (int)strlen(script) - 3, script, kinds[drv.plot].suffix);
    drv_print(file, "unset multiplot\nunset output\n");
    drv_close(file);
    if (drv.plot == DRV_PLOT_NONE || !drv_is_first()) {
        return;
    }
    drv_begin(DRV_PICTURES, 0, 1);
    drv_file *picture = drv_open(drv_path(name));
    FILE *remarks = tmpfile();
    const int status = run_to_file(script, picture, remarks);
    const char *why = last_line(remarks);
    if (remarks != NULL) {
        fclose(remarks);
    }
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
        drv_keep_results();
        drv_die("gnuplot could not draw %s from %s: %s", drv_path(name), script,
                *why ? why : "it does not say why");
    } else {
        drv_keep_results();
        drv_die("cannot write %s: gnuplot left it incomplete; is the disk full?", drv_path(name));
    }
}

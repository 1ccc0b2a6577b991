/* The drivers' progress: one bar, or lines of JSON, for the whole job, from a plan of its parts.
 * See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_PARTS = 16
};

static struct {
    double weight[MOST_PARTS], total;
    int count, at;     /* at: parts that have begun */
    double before;     /* weight of those that have ended */
    double from, to;   /* share of the present part that the calls are */
    double reached;    /* of the whole; never less */
    double start;      /* of the whole job; without a plan of the stage */
    double shown;      /* when the last line was */
    int percent;       /* on it */
    const char *stage; /* on it */
    int is_bar;        /* a bar stands on the terminal's last line */
} own = {.percent = -1, .stage = ""};

double drv_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- The plan ---------------------------------------------------------------------------- */

void drv_plan(int count, const double *weights)
{
    own.count = count < MOST_PARTS ? count : MOST_PARTS;
    own.at = 0;
    own.total = own.before = own.reached = 0;
    own.start = drv_seconds();
    for (int i = 0; i < own.count; i++) {
        own.weight[i] = weights[i];
        own.total += weights[i];
    }
    drv_part();
}

void drv_part(void)
{
    if (own.at < own.count) {
        own.before += own.at > 0 ? own.weight[own.at - 1] : 0;
        own.at++;
    }
    drv_span(0, 1);
}

void drv_span(double from, double to)
{
    own.from = fmin(fmax(from, 0), 1);
    own.to = fmin(fmax(to, own.from), 1);
}

/* Share of the whole job that is done when that share of a call is. */
static double of_whole(double fraction)
{
    if (own.count == 0) {
        return fraction;
    }
    const double part = own.from + (own.to - own.from) * fraction;
    const double done = (own.before + own.weight[own.at - 1] * part) / own.total;
    own.reached = fmin(1, fmax(own.reached, done));
    return own.reached;
}

/* ---- What is shown ----------------------------------------------------------------------- */

void drv_clear_bar(void)
{
    if (own.is_bar) {
        fputs("\r\033[K", stderr);
        own.is_bar = 0;
    }
}

/* What the terminal leaves beside the words. */
static int bar_width(void)
{
    enum {
        WORDS = 64,
        LEAST = 8,
        MOST = 80
    };
    struct winsize size = {0};
    const int columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    const int width = columns > 0 ? columns - WORDS : 32;
    return width < LEAST ? LEAST : width > MOST ? MOST : width;
}

int drv_is_progress_shown(void)
{
    return drv.progress == DRV_PROGRESS_JSON ||
           (drv.progress == DRV_PROGRESS_AUTO && isatty(STDERR_FILENO));
}

static void print_json(const char *stage, double fraction, double spent)
{
    char left[32] = "null";
    if (fraction > 0) {
        snprintf(left, sizeof left, "%.2f", spent * (1 - fraction) / fraction);
    }
    fprintf(stderr, "{\"stage\": \"%s\", \"fraction\": %.4f, \"seconds\": %.2f, \"left\": %s}\n",
            stage, fraction, spent, left);
}

static void print_bar(const char *stage, double fraction, double spent)
{
    char bar[256], left[32] = "";
    const int width = bar_width();
    for (int i = 0; i < width; i++) {
        bar[i] = i < (int)(width * fraction) ? '#' : '.';
    }
    bar[width] = 0;
    if (fraction > 0.02 && spent > 1) {
        snprintf(left, sizeof left, ", %.0f s left", spent * (1 - fraction) / fraction);
    }
    fprintf(stderr, "\r\033[K  %-24s [%s] %3d %%  %.0f s%s", stage, bar, (int)(100 * fraction),
            spent, left);
    own.is_bar = 1;
}

void drv_show_progress(const char *stage, double of_call)
{
    const double fraction = of_whole(of_call), now = drv_seconds();
    const int percent = (int)(100 * fraction), anew = strcmp(stage, own.stage) != 0;
    if (own.count == 0 && anew) {
        own.start = now;
    }
    const int ends = own.count == 0 && fraction >= 1;
    if (!ends && ((!anew && percent == own.percent) || now - own.shown < 0.05)) {
        return; /* stages that take turns would fill a log */
    }
    own.shown = now;
    own.stage = stage;
    own.percent = percent;
    if (drv.progress == DRV_PROGRESS_JSON) {
        print_json(stage, fraction, now - own.start);
    } else if (ends) {
        drv_clear_bar();
    } else {
        print_bar(stage, fraction, now - own.start);
    }
    fflush(stderr);
}

void drv_end_progress(void)
{
    drv_clear_bar();
    if (own.count > 0 && drv.progress == DRV_PROGRESS_JSON) {
        print_json("done", 1, drv_seconds() - own.start);
    }
}

/* The drivers' progress: one bar, or lines of JSON, for the whole job, from a plan of its parts.
 * See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_PARTS = 12,
    LINE = 256 /* columns that a bar takes at most, with its words */
};

static struct {
    drv_part part[MOST_PARTS];
    int count, at;     /* at: the part that runs */
    double from, to;   /* share of it that the calls are */
    double reached;    /* of the whole job; never less */
    double begin;      /* of the plan; without one, of the stage */
    double start;      /* of the program */
    double shown;      /* when the last line was */
    int permille;      /* on it */
    const char *stage; /* on it */
    int is_bar;        /* a bar stands on the terminal's last line */
} own = {.permille = -1, .stage = ""};

double drv_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- The plan ---------------------------------------------------------------------------- */

double drv_cost(double evaluations, int64_t n, int64_t d)
{
    const double number = 1e-10, call = 1e-5; /* seconds of one thread; of a state besides */
    return evaluations * (number * (double)n * (double)d / (double)drv.threads + call);
}

void drv_plan(int count, const drv_part *parts)
{
    const double picture = 1; /* about a second of gnuplot */
    own.count = own.at = 0;
    own.from = own.to = own.reached = 0;
    own.begin = drv_seconds();
    for (int i = 0; i < count && i + 1 < MOST_PARTS; i++) {
        own.part[own.count] = parts[i];
        own.part[own.count++].weight = fmax(parts[i].weight, 1e-9);
    }
    if (drv.plot != DRV_PLOT_NONE) {
        own.part[own.count++] = (drv_part){.name = DRV_PICTURES, .weight = picture};
    }
}

static void enter(int part, double from, double to)
{
    own.at = part;
    own.from = fmin(fmax(from, 0), 1);
    own.to = fmin(fmax(to, own.from), 1);
}

void drv_begin(const char *name, double from, double to)
{
    const int is_picture = strcmp(name, DRV_PICTURES) == 0;
    for (int i = own.at; i < own.count; i++) {
        if (strcmp(own.part[i].name, name) == 0 && (!is_picture || own.at >= i - 1)) {
            enter(i, from, to);
            drv_progress(NULL, 0);
            return;
        }
    }
}

/* A stage of the library may be a part of its own, or one of many within a part. */
static void follow(const char *stage)
{
    for (int i = own.at + 1; i < own.count && own.part[i].follows; i++) {
        if (strcmp(own.part[i].stage, stage) == 0) {
            enter(i, 0, 1);
        }
    }
}

/* Share of the whole job that is done when that share of a call is; stage NULL: none of the library
 * but the part's own count. */
static double of_whole(const char *stage, double fraction)
{
    double before = 0, total = 0;
    if (own.count == 0) {
        return drv.is_planned ? 0 : fraction;
    }
    if (stage != NULL) {
        follow(stage);
    }
    const drv_part *part = &own.part[own.at];
    const int counts = stage == NULL || part->stage == NULL || strcmp(part->stage, stage) == 0;
    for (int i = 0; i < own.count; i++) {
        before += i < own.at ? own.part[i].weight : 0;
        total += own.part[i].weight;
    }
    const double share = own.from + (own.to - own.from) * (counts ? fraction : 0);
    own.reached = fmin(1, fmax(own.reached, (before + part->weight * share) / total));
    return own.reached;
}

/* ---- What is shown ----------------------------------------------------------------------- */

void drv_clear_bar(void)
{
    if (own.is_bar) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        own.is_bar = 0;
    }
}

void drv_flush(void)
{
    drv_clear_bar();
    fflush(stdout);
}

/* A bar is for a terminal that can wipe a line. */
int drv_is_progress_shown(void)
{
    const char *terminal = getenv("TERM");
    const int can_wipe = terminal != NULL && *terminal && strcmp(terminal, "dumb") != 0;
    return drv_is_first() &&
           (drv.progress == DRV_PROGRESS_JSON ||
            (drv.progress == DRV_PROGRESS_AUTO && can_wipe && isatty(STDERR_FILENO)));
}

static void describe_time(double seconds, char text[32])
{
    if (seconds < 100) {
        snprintf(text, 32, "%.0f s", seconds);
    } else if (seconds < 6000) {
        snprintf(text, 32, "%.0f min", seconds / 60);
    } else {
        snprintf(text, 32, "%.1f h", seconds / 3600);
    }
}

/* Seconds, or NaN where too little is done to tell. */
static double time_left(double fraction)
{
    const double spent = drv_seconds() - own.begin;
    return fraction > 0 && spent > 0 ? spent * (1 - fraction) / fraction : NAN;
}

static void print_json(const char *stage, double fraction)
{
    fprintf(stderr,
            "{\"stage\": \"%s\", \"part\": %d, \"parts\": %d, \"fraction\": %.4f, \"seconds\": "
            "%.2f, \"left\": ",
            stage, own.count ? own.at + 1 : 0, own.count, fraction, drv_seconds() - own.start);
    const double left = time_left(fraction);
    fprintf(stderr, isnan(left) ? "null}\n" : "%.2f}\n", left);
}

/* What the terminal is too narrow for is left out: the bar, then the name, then the time. */
static void print_bar(const char *stage, double fraction)
{
    char name[64], percent[16], spent[32], left[32] = "", tail[128], bar[LINE];
    struct winsize size = {0};
    const int known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    const int columns = (known ? size.ws_col < LINE ? size.ws_col : LINE : 80) - 1;
    const double rest = time_left(fraction);
    describe_time(drv_seconds() - own.start, spent);
    snprintf(percent, sizeof percent, "%d %%", (int)(100 * fraction));
    snprintf(tail, sizeof tail, "%s  %s", percent, spent);
    if (fraction > 0.02 && drv_seconds() - own.begin > 1) {
        describe_time(rest, left);
        snprintf(tail, sizeof tail, "%s  %s, %s left", percent, spent, left);
    }
    snprintf(name, sizeof name, "  %-14s %d/%d ", stage, own.at + 1, own.count);
    if (own.count == 0) {
        snprintf(name, sizeof name, "  %-18s ", stage);
    }
    const int words = (int)(strlen(name) + strlen(tail)), least = 8, most = 60;
    const int room = columns - words - 3, width = room > most ? most : room;
    fputs("\r\033[K", stderr);
    if (width >= least) {
        for (int i = 0; i < width; i++) {
            bar[i] = i < (int)(width * fraction) ? '#' : '.';
        }
        fprintf(stderr, "%s[%.*s] %s", name, width, bar, tail);
    } else if (words <= columns) {
        fprintf(stderr, "%s%s", name, tail);
    } else if (*left && (int)(strlen(percent) + strlen(left)) + 7 <= columns) {
        fprintf(stderr, "%s, %s left", percent, left);
    } else if ((int)strlen(percent) <= columns) {
        fputs(percent, stderr);
    }
    own.is_bar = 1;
}

void drv_show_progress(const char *stage, double of_call)
{
    const double fraction = of_whole(stage, of_call), now = drv_seconds();
    const int permille = (int)(1000 * fraction);
    stage = own.count > 0 ? own.part[own.at].name : drv.is_planned ? "reading" : stage;
    const int anew = strcmp(stage, own.stage) != 0;
    own.start = own.start > 0 ? own.start : now;
    if (own.count == 0 && anew) {
        own.begin = now;
    }
    if (own.count == 0 && !drv.is_planned && fraction >= 1) {
        drv_clear_bar(); /* the end of a stage without a plan */
        return;
    }
    if ((!anew && permille == own.permille) || now - own.shown < 0.05) {
        return; /* stages that take turns would fill a log */
    }
    own.shown = now;
    own.stage = stage;
    own.permille = permille;
    if (drv.progress == DRV_PROGRESS_JSON) {
        print_json(stage, fraction);
    } else {
        print_bar(stage, fraction);
    }
    fflush(stderr);
}

void drv_end_progress(void)
{
    drv_clear_bar();
    if (own.count > 0 && drv.progress == DRV_PROGRESS_JSON) {
        own.at = own.count - 1;
        print_json("done", 1);
    }
}

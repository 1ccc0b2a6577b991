/* The drivers' noise schedule from the text of --schedule, and grids and axes of its times. See
 * driver.h. */
#include "driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBERS = 3 /* that a text may have at most */
};

static ddn_status make_ou(const double *p, ddn_schedule **out)
{
    (void)p;
    return ddn_schedule_create_ou(drv.ctx, out);
}

static ddn_status make_vp(const double *p, ddn_schedule **out)
{
    return ddn_schedule_create_vp_linear(drv.ctx, p[0], p[1], out);
}

static ddn_status make_ddpm(const double *p, ddn_schedule **out)
{
    return ddn_schedule_create_ddpm(drv.ctx, p[1], p[2], (int64_t)p[0], out);
}

static ddn_status make_scaled_linear(const double *p, ddn_schedule **out)
{
    return ddn_schedule_create_scaled_linear(drv.ctx, p[1], p[2], (int64_t)p[0], out);
}

static ddn_status make_cosine(const double *p, ddn_schedule **out)
{
    return ddn_schedule_create_cosine(drv.ctx, (int64_t)p[0], p[1], p[2], out);
}

static ddn_status make_edm(const double *p, ddn_schedule **out)
{
    (void)p;
    return ddn_schedule_create_edm(drv.ctx, out);
}

static ddn_status make_flow(const double *p, ddn_schedule **out)
{
    (void)p;
    return ddn_schedule_create_flow(drv.ctx, out);
}

/* Name, what may follow it, their presets; of indices: the first is their number. */
static const struct kind {
    const char *name, *usage;
    int most, indices;
    double preset[NUMBERS];
    ddn_status (*make)(const double *p, ddn_schedule **out);
} kinds[] = {
    {"ou", "", 0, 0, {0}, make_ou},
    {"vp", ":BMIN:BMAX", 2, 0, {0.1, 20}, make_vp},
    {"ddpm", ":N:FIRST:LAST", 3, 1, {1000, 1e-4, 0.02}, make_ddpm},
    {"scaled-linear", ":N:FIRST:LAST", 3, 1, {1000, 0.00085, 0.012}, make_scaled_linear},
    {"cosine", ":N:OFFSET:BMAX", 3, 1, {1000, 0.008, 0.999}, make_cosine},
    {"edm", "", 0, 0, {0}, make_edm},
    {"flow", "", 0, 0, {0}, make_flow},
};

/* What comes after "WORD:", or NULL where the text does not begin so. */
static const char *after(const char *text, const char *word)
{
    const size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && text[length] == ':' ? text + length + 1 : NULL;
}

static void try_to_make(const char *text, ddn_status status)
{
    if (status < 0) {
        drv_die("--schedule = '%s': %s", text, ddn_context_message(drv.ctx));
    }
    drv_try(status);
}

/* The numbers that follow the name take the place of presets, from the first. */
static ddn_schedule *of_numbers(const struct kind *k, const char *text)
{
    double p[NUMBERS];
    memcpy(p, k->preset, sizeof p);
    const char *rest = text + strlen(k->name);
    for (int i = 0; *rest == ':'; i++) {
        char *end = NULL;
        if (i == k->most) {
            drv_die("--schedule = '%s' has too many numbers: %s%s", text, k->name, k->usage);
        }
        p[i] = strtod(rest + 1, &end);
        if (end == rest + 1 || (*end && *end != ':') || !isfinite(p[i])) {
            drv_die("--schedule = '%s': '%s' is not a number: %s%s", text, rest + 1, k->name,
                    k->usage);
        }
        if (i == 0 && k->indices && p[0] != floor(p[0])) {
            drv_die("--schedule = '%s': N = %.10g is not a whole number of indices", text, p[0]);
        }
        rest = end;
    }
    ddn_schedule *sch = NULL;
    p[0] = k->indices ? fmin(fmax(p[0], -1e18), 1e18) : p[0]; /* fits in 64 bits */
    try_to_make(text, k->make(p, &sch));
    return sch;
}

/* alpha_bar or beta at each index, as a trained network has them, from a file of numbers. */
static ddn_schedule *of_file(const char *text, const char *path, ddn_table kind)
{
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    try_to_make(text, ddn_dataset_open(drv.ctx, path, DDN_FORMAT_AUTO, &ds));
    drv_keep(ds);
    const int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds);
    if (n > 1 && d > 1) {
        drv_die("--schedule = '%s': %s is a table of %lld x %lld numbers, not a list of one for "
                "each index",
                text, path, (long long)n, (long long)d);
    }
    double *values = drv_alloc(n * d, sizeof *values);
    drv_try(ddn_dataset_read(drv.ctx, ds, 0, n, values, d));
    drv_note_input(path, ds);
    drv_drop(ds);
    try_to_make(text, ddn_schedule_create_table(drv.ctx, kind, n * d, values, &sch));
    return sch;
}

_Noreturn static void no_such_schedule(const char *text)
{
    char list[256] = "";
    for (int i = 0; i < DRV_COUNT(kinds); i++) {
        drv_append(list, sizeof list, "%s%s%s%s, ", kinds[i].name, kinds[i].most ? "[" : "",
                   kinds[i].usage, kinds[i].most ? "]" : "");
    }
    drv_die("--schedule = '%s' is not one of %salphas:FILE, betas:FILE, zero-snr:SCHEDULE", text,
            list);
}

static ddn_schedule *of_text(const char *text)
{
    const char *rest = after(text, "zero-snr");
    ddn_schedule *sch = NULL;
    if (rest != NULL) {
        ddn_schedule *base = of_text(rest);
        try_to_make(text, ddn_schedule_create_zero_snr(drv.ctx, base, &sch));
        drv_drop(base);
    } else if ((rest = after(text, "alphas")) != NULL) {
        sch = of_file(text, rest, DDN_TABLE_ALPHA_BAR);
    } else if ((rest = after(text, "betas")) != NULL) {
        sch = of_file(text, rest, DDN_TABLE_BETA);
    } else {
        const size_t length = strcspn(text, ":");
        for (int i = 0; i < DRV_COUNT(kinds) && sch == NULL; i++) {
            if (strlen(kinds[i].name) == length && strncmp(text, kinds[i].name, length) == 0) {
                sch = of_numbers(&kinds[i], text);
            }
        }
    }
    if (sch == NULL) {
        no_such_schedule(text);
    }
    drv_keep(sch);
    return sch;
}

ddn_schedule *drv_schedule(void)
{
    return of_text(drv.schedule);
}

ddn_schedule *drv_schedule_of_ou(const char *why)
{
    ddn_schedule *sch = drv_schedule();
    if (!drv_is_ou(sch)) {
        drv_die("--schedule = '%s': %s", drv.schedule, why);
    }
    return sch;
}

int drv_is_ou(const ddn_schedule *sch)
{
    return strcmp(ddn_schedule_kind(sch), "ou") == 0;
}

/* ---- Times ------------------------------------------------------------------------------- */

void drv_check_time(const char *option, const ddn_schedule *sch, double t)
{
    double low = 1e-6, high = 20; /* beyond these nothing happens in OU time */
    if (!drv_is_ou(sch)) {
        drv_try(ddn_schedule_range(drv.ctx, sch, &low, &high));
    }
    double a = 0, s = 0;
    if (t < low || t > high || ddn_schedule_eval(drv.ctx, sch, t, &a, &s) != DDN_OK || !(s > 0)) {
        drv_die("--%s = %.10g is outside %c%.10g, %.10g]%s%s", option, t,
                drv_is_ou(sch) ? '[' : '(', low, high, drv_is_ou(sch) ? "" : " of the schedule ",
                drv_is_ou(sch) ? "" : drv.schedule);
    }
}

double drv_time_given(const char *option, const ddn_schedule *sch, double t)
{
    const double far = 10; /* in OU time: signal is 5e-5 of what it was */
    if (isnan(t)) {
        return t;
    }
    drv_check_time(option, sch, t);
    const double tau = drv_is_ou(sch) ? t : drv_to_ou(sch, t);
    if (!isfinite(tau)) {
        drv_die("--%s = %.10g is pure noise, which is infinitely far in OU time: take %.6g, or any "
                "time below %.10g",
                option, t, drv_time_of(sch, far), t);
    }
    return tau;
}

double drv_time_of(const ddn_schedule *sch, double tau)
{
    double low = 0, high = 0;
    if (drv_is_ou(sch)) {
        return tau;
    }
    drv_try(ddn_schedule_range(drv.ctx, sch, &low, &high));
    return tau >= drv_to_ou(sch, high) ? high : fmin(fmax(drv_from_ou(sch, tau), low), high);
}

double drv_clean_end(const ddn_schedule *sch, double tau)
{
    return fmax(drv_time_of(sch, tau), 0);
}

double drv_last_ou(const ddn_schedule *sch)
{
    double low = 0, high = 0;
    drv_try(ddn_schedule_range(drv.ctx, sch, &low, &high));
    return drv_to_ou(sch, high);
}

const double *drv_times(const ddn_schedule *sch, double tau_min, double tau_max, int64_t count)
{
    double *times = drv_alloc(count, sizeof *times);
    ddn_schedule *ou = drv_ou();
    const double last = drv_is_ou(sch) ? INFINITY : drv_last_ou(sch);
    if (tau_min >= last) {
        drv_die("the times from %.4g to %.4g in OU time are beyond the end of the schedule '%s', "
                "%.4g: take a noisier one",
                tau_min, tau_max, drv.schedule, last);
    }
    drv_try(ddn_schedule_grid(drv.ctx, ou, DDN_GRID_GEOMETRIC, tau_min, fmin(tau_max, last), count,
                              times));
    for (int64_t k = 0; k < count; k++) {
        times[k] = drv_time_of(sch, times[k]);
    }
    drv_drop(ou);
    return times;
}

const char *drv_clock(const ddn_schedule *sch)
{
    static char text[128];
    snprintf(text, sizeof text, "%s%s", drv_is_ou(sch) ? "OU units" : "of the schedule ",
             drv_is_ou(sch) ? "" : drv.schedule);
    return drv_plain(text, "\"\\`'");
}

const char *drv_time_symbol(const ddn_schedule *sch)
{
    double low = 0, high = 0;
    if (strcmp(ddn_schedule_kind(sch), "edm") == 0) {
        return "σ";
    }
    drv_try(ddn_schedule_range(drv.ctx, sch, &low, &high));
    return low < 0 ? "index" : "t";
}

int drv_is_time_linear(const ddn_schedule *sch)
{
    return !drv_is_ou(sch) && strcmp(ddn_schedule_kind(sch), "edm") != 0;
}

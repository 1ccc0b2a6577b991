/* Closed forms at any numbers: each call ends at once, and gives what its header says: a number in
 * its range, NaN where the arguments are outside of theirs, or a status.
 *
 * The bytes are calls: a function, then its arguments. */
#include "fuzz/driver.h"

#include <math.h>

const char *const fuzz_target = "closed";
const int fuzz_seconds = 10;

enum {
    MOST_CALLS = 16,
    MOST_COUNT = 8
};

/* "No function takes longer than some ten milliseconds" (theory.h), with room for sanitizers and
 * a busy machine: what a loop that grows with an argument takes is far beyond. */
static const double LONGEST = 0.5;

/* What an argument may be. */
typedef enum range {
    NONE = 0,
    POSITIVE,     /* finite, > 0 */
    NOT_NEGATIVE, /* finite, >= 0 */
    ABOVE_ONE,    /* finite, > 1 */
    FROM_ONE,     /* finite, >= 1 */
    SHARE,        /* in (0, 1] */
    FINITE,
    TIME,         /* > 0 */
    TIME_OR_ZERO, /* > 0, or 0 where the argument before it, a variance, is > 0 */
} range;

typedef double (*one_fn)(double);
typedef double (*two_fn)(double, double);
typedef double (*three_fn)(double, double, double);
typedef double (*four_fn)(double, double, double, double);
typedef double (*five_fn)(double, double, double, double, double);

/* A function of numbers alone: one of the pointers, the ranges of its arguments in order, and the
 * ends of its results. may_be_nan: NaN is an answer to arguments in range too. */
typedef struct form {
    const char *name;
    one_fn one;
    two_fn two;
    three_fn three;
    four_fn four;
    five_fn five;
    range args[5];
    double low, high;
    int may_be_nan;
    int64_t called, numbers, nans;
    double longest;
} form;

#define FORM(function, arity, lo, hi, nan_too, ...)                                                \
    {                                                                                              \
        .name = "ddn_theory_" #function, .arity = ddn_theory_##function, .args = {__VA_ARGS__},    \
        .low = (lo), .high = (hi), .may_be_nan = (nan_too)                                         \
    }
#define INF HUGE_VAL

static form forms[] = {
    FORM(speciation, one, 0, INF, 0, NOT_NEGATIVE),
    FORM(speciation_asymptotic, one, -INF, INF, 0, POSITIVE),
    FORM(signal, three, 0, INF, 0, NOT_NEGATIVE, NOT_NEGATIVE, TIME_OR_ZERO),
    FORM(signal_time, three, -INF, INF, 1, NOT_NEGATIVE, NOT_NEGATIVE, POSITIVE),
    FORM(phi, one, 0.5, 1, 0, NOT_NEGATIVE),
    FORM(one_minus_phi, one, 0, 0.5, 0, NOT_NEGATIVE),
    FORM(phi_derivative, one, 0, 0.5, 0, NOT_NEGATIVE),
    FORM(phi_sign, three, 0.5, 1, 0, POSITIVE, NOT_NEGATIVE, TIME),
    FORM(phi_level, one, 0, 1, 0, SHARE),
    FORM(label_information, one, 0, 0.6931471805599454, 0, NOT_NEGATIVE),
    FORM(overlap_potential, five, -INF, INF, 0, POSITIVE, POSITIVE, NOT_NEGATIVE, TIME_OR_ZERO,
         FINITE),
    FORM(overlap_slope, five, -INF, INF, 0, POSITIVE, POSITIVE, NOT_NEGATIVE, TIME_OR_ZERO, FINITE),
    FORM(overlap_curvature, five, -INF, INF, 0, POSITIVE, POSITIVE, NOT_NEGATIVE, TIME_OR_ZERO,
         FINITE),
    FORM(collapse, three, 0, INF, 0, ABOVE_ONE, POSITIVE, NOT_NEGATIVE),
    FORM(collapse_alpha, two, 0, INF, 0, POSITIVE, NOT_NEGATIVE),
    FORM(alpha_for_collapse, two, 0, INF, 0, TIME, NOT_NEGATIVE),
    FORM(collapse_two_gaussians, four, 0, INF, 0, ABOVE_ONE, POSITIVE, NOT_NEGATIVE, NOT_NEGATIVE),
    FORM(excess_entropy, five, -INF, INF, 0, FROM_ONE, POSITIVE, NOT_NEGATIVE, NOT_NEGATIVE, TIME),
    FORM(excess_entropy_derivative, four, -INF, INF, 0, POSITIVE, NOT_NEGATIVE, NOT_NEGATIVE, TIME),
    FORM(excess_lower, four, 0, INF, 0, FROM_ONE, FROM_ONE, NOT_NEGATIVE, TIME),
    FORM(excess_upper, four, 0, INF, 0, FROM_ONE, FROM_ONE, NOT_NEGATIVE, TIME),
    FORM(phi_c_lower, four, 0, 1, 0, FROM_ONE, FROM_ONE, NOT_NEGATIVE, TIME),
    FORM(ssb_time, three, 0, INF, 1, POSITIVE, NOT_NEGATIVE, NOT_NEGATIVE),
    FORM(hypersphere_time, two, 0, INF, 0, FROM_ONE, POSITIVE),
    FORM(hypersphere_radius, three, 0, INF, 0, FROM_ONE, POSITIVE, TIME),
    FORM(bessel_ratio, two, 0, 1, 0, FROM_ONE, NOT_NEGATIVE),
    FORM(kl_plain_start, one, 0, INF, 0, NOT_NEGATIVE),
    FORM(kl_gaussian_start, one, 0, INF, 0, NOT_NEGATIVE),
};
enum {
    FORMS = sizeof forms / sizeof *forms,
    OTHERS = 9
};

static int64_t calls, statuses[2];
static double longest_other;

void fuzz_report(void)
{
    double longest = longest_other;
    int64_t numbers = 0, nans = 0, both = 0;
    for (int i = 0; i < FORMS; i++) {
        const form *f = &forms[i];
        longest = f->longest > longest ? f->longest : longest;
        numbers += f->numbers;
        nans += f->nans;
        both += f->numbers > 0 && f->nans > 0;
    }
    printf(
        "reached: %lld calls; %d forms gave %lld numbers, %lld NaN (%lld gave both); others %lld "
        "DDN_OK, %lld refused; longest call %.1f ms\n",
        (long long)calls, FORMS, (long long)numbers, (long long)nans, (long long)both,
        (long long)statuses[1], (long long)statuses[0], 1e3 * longest);
}

static int in_range(range r, double x, double before)
{
    switch (r) {
    case POSITIVE:
        return isfinite(x) && x > 0;
    case NOT_NEGATIVE:
        return isfinite(x) && x >= 0;
    case ABOVE_ONE:
        return isfinite(x) && x > 1;
    case FROM_ONE:
        return isfinite(x) && x >= 1;
    case SHARE:
        return x > 0 && x <= 1;
    case FINITE:
        return isfinite(x);
    case TIME:
        return isfinite(x) && x > 0;
    case TIME_OR_ZERO:
        return isfinite(x) && (x > 0 || (x == 0 && before > 0));
    default:
        return 1;
    }
}

/* Where accuracy is promised: each number is 0 or of ordinary magnitude, a time at most 350.
 * Beyond, NaN is an answer too. */
static int is_promised(const range *args, const double *a)
{
    int good = 1;
    for (int i = 0; i < 5 && args[i] != NONE; i++) {
        double most = args[i] == TIME || args[i] == TIME_OR_ZERO ? 350 : 1e100;
        good &= a[i] == 0 || (fabs(a[i]) >= 1e-100 && fabs(a[i]) <= most);
    }
    return good;
}

/* In [low, high], to the accuracy that is promised. */
static int is_between(double low, double x, double high)
{
    return x >= low - 1e-13 * fabs(low) && x <= high + 1e-13 * fabs(high);
}

/* What a failure says: the call. */
static void describe(const form *f, const double *a, double got)
{
    static char text[300];
    snprintf(text, sizeof text, "%s(%.17g, %.17g, %.17g, %.17g, %.17g) = %.17g", f->name, a[0],
             a[1], a[2], a[3], a[4], got);
    fuzz_doing = text;
}

static void call_form(form *f, fuzz_bytes *b)
{
    double a[5] = {0};
    int good = 1;
    for (int i = 0; i < 5 && f->args[i] != NONE; i++) {
        a[i] = fuzz_any_real(b);
        good &= in_range(f->args[i], a[i], i > 0 ? a[i - 1] : 0);
    }
    fuzz_doing = f->name;
    double start = fuzz_clock();
    double got = f->one != NULL     ? f->one(a[0])
                 : f->two != NULL   ? f->two(a[0], a[1])
                 : f->three != NULL ? f->three(a[0], a[1], a[2])
                 : f->four != NULL  ? f->four(a[0], a[1], a[2], a[3])
                                    : f->five(a[0], a[1], a[2], a[3], a[4]);
    double seconds = fuzz_clock() - start;
    f->longest = seconds > f->longest ? seconds : f->longest;
    f->called++;
    f->numbers += !isnan(got);
    f->nans += isnan(got);
    describe(f, a, got);
    fuzz_demand(seconds < LONGEST, "takes too long", NULL);
    fuzz_demand(good || isnan(got), "a number for arguments out of range", NULL);
    fuzz_demand(!good || f->may_be_nan || !isnan(got) || !is_promised(f->args, a),
                "NaN for arguments in range", NULL);
    fuzz_demand(isnan(got) || is_between(f->low, got, f->high), "a number out of its range", NULL);
}

/* ---- Those with arrays and statuses -------------------------------------------------------- */

static int64_t some_reals(fuzz_bytes *b, double *x)
{
    int64_t count = fuzz_up_to(b, MOST_COUNT + 1);
    for (int64_t i = 0; i < count; i++) {
        x[i] = fuzz_any_real(b);
    }
    return count;
}

/* The argument of a form with an array. */
typedef struct list {
    double x[MOST_COUNT];
    int64_t count;
    int good;     /* there are some, all finite and >= 0 */
    int some;     /* one is > 0 */
    int promised; /* as is_promised */
} list;

static list some_values(fuzz_bytes *b)
{
    list l = {.good = 1, .promised = 1};
    l.count = some_reals(b, l.x);
    for (int64_t i = 0; i < l.count; i++) {
        const double a[5] = {l.x[i]};
        l.good &= in_range(NOT_NEGATIVE, l.x[i], 0);
        l.some |= l.x[i] > 0;
        l.promised &= is_promised((const range[5]){NOT_NEGATIVE}, a);
    }
    l.good &= l.count > 0;
    return l;
}

/* good: the arguments are in range; most: the end of the results, which start at 0. */
static void number(const list *l, double t, double got, int good, double most)
{
    static char text[400];
    int length = snprintf(text, sizeof text, "%s: %.17g for %.17g and", fuzz_doing, got, t);
    for (int64_t i = 0; i < l->count; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, " %.17g", l->x[i]);
    }
    fuzz_doing = text;
    fuzz_demand(good || isnan(got), "a number for arguments out of range", NULL);
    fuzz_demand(!good || !isnan(got) || !l->promised, "NaN for arguments in range", NULL);
    fuzz_demand(isnan(got) || is_between(0, got, most), "a number out of its range", NULL);
    statuses[!isnan(got)]++;
}

/* DDN_OK or one of the statuses of these functions; whether it was DDN_OK. */
static int status_of(ddn_context *ctx, ddn_status status)
{
    fuzz_demand(status == DDN_OK || status == DDN_E_RANGE || status == DDN_E_NONFINITE ||
                    status == DDN_E_SHAPE || status == DDN_E_CONVERGENCE || status == DDN_E_NOMEM,
                ddn_status_name(status), ctx);
    statuses[status == DDN_OK]++;
    return status == DDN_OK;
}

static void with_arrays(fuzz_bytes *b, int which)
{
    double t = fuzz_any_real(b), mean = fuzz_any_real(b);
    list l = some_values(b);
    int64_t n = l.count;
    int late = !(t >= 1e-100 && t <= 350);
    l.promised &= which < 2 || !late; /* elsewhere it is n, or not used */
    switch (which) {
    case 0:
        fuzz_doing = "ddn_theory_phi_infinity";
        number(&l, 0, ddn_theory_phi_infinity(n, l.x), l.good && l.some, 1);
        break;
    case 1:
        fuzz_doing = "ddn_theory_collapse_spectrum";
        number(&l, t, ddn_theory_collapse_spectrum(t, n, l.x),
               l.good && l.some && in_range(ABOVE_ONE, t, 0), INF);
        break;
    case 2:
        fuzz_doing = "ddn_theory_log_n_for_collapse_spectrum";
        number(&l, t, ddn_theory_log_n_for_collapse_spectrum(t, n, l.x),
               l.good && in_range(TIME, t, 0), INF);
        break;
    default:
        fuzz_doing = "ddn_theory_kl_gaussian";
        l.promised &= fabs(mean) <= 1e100;
        number(&l, t, ddn_theory_kl_gaussian(mean, t, n, l.x),
               l.good && in_range(TIME, t, 0) && in_range(NOT_NEGATIVE, mean, 0), INF);
        break;
    }
}

static void wells_and_levels(fuzz_bytes *b, ddn_context *ctx)
{
    double a[5], q[3], curvature[3], psi, lambda, f;
    int64_t count = 0;
    int32_t condensed = 0;
    for (int i = 0; i < 5; i++) {
        a[i] = fuzz_any_real(b);
    }
    static char text[300];
    snprintf(text, sizeof text, "overlap_wells or rem of %.17g, %.17g, %.17g, %.17g", a[0], a[1],
             a[2], a[3]);
    fuzz_doing = text;
    static const range wells[5] = {POSITIVE, POSITIVE, NOT_NEGATIVE, TIME_OR_ZERO};
    static const range energies[5] = {POSITIVE, POSITIVE, TIME};
    int promised = is_promised(wells, a);
    if (status_of(ctx, ddn_theory_overlap_wells(a[0], a[1], a[2], a[3], q, curvature, &count))) {
        fuzz_demand(count == 1 || count == 3, "count", ctx);
        for (int64_t i = 0; i < count; i++) {
            fuzz_demand(!promised || (!isnan(q[i]) && !isnan(curvature[i])), "NaN", ctx);
            fuzz_demand(!promised || i == 0 || q[i] > q[i - 1], "order", ctx);
        }
    }
    promised = is_promised(energies, a);
    if (status_of(ctx, ddn_theory_rem(a[0], a[1], a[2], &psi, &lambda, &f, &condensed))) {
        fuzz_demand(!promised || (!isnan(psi) && is_between(0, lambda, 1) && !isnan(f)), "NaN",
                    ctx);
        fuzz_demand(!promised || condensed == (f < 0), "condensed", ctx);
    }
}

/* The laws of the overlap, with few rows: their time depends on those and on the steps alone. */
static void overlap(fuzz_bytes *b, ddn_context *ctx)
{
    double a[6], q[4], times[MOST_COUNT], phi, error;
    for (int i = 0; i < 6; i++) {
        a[i] = fuzz_any_real(b);
    }
    int64_t seed = fuzz_any_integer(b), path = fuzz_any_integer(b), m = fuzz_up_to(b, 5);
    fuzz_doing = "ddn_theory_overlap_draw";
    if (status_of(ctx, ddn_theory_overlap_draw(ctx, a[0], a[1], a[2], a[3], seed, path, m, q))) {
        int64_t count = some_reals(b, times);
        for (int64_t i = 0; i < m; i++) {
            fuzz_demand(isfinite(q[i]), "NaN", ctx);
        }
        fuzz_doing = "ddn_theory_overlap_run";
        if (status_of(ctx, ddn_theory_overlap_run(ctx, a[0], a[1], a[2], seed, path, count, m,
                                                  times, q))) {
            for (int64_t i = 0; i < m; i++) {
                fuzz_demand(isfinite(q[i]), "NaN", ctx);
            }
        }
    }
    fuzz_doing = "ddn_theory_overlap_phi";
    if (status_of(ctx, ddn_theory_overlap_phi(ctx, a[0], a[1], a[2], a[3], a[4], fuzz_up_to(b, 20),
                                              fuzz_up_to(b, 20), seed, &phi, &error))) {
        fuzz_demand(phi >= 0 && phi <= 1 && error > 0, "phi", ctx);
    }
}

static void frechet(fuzz_bytes *b, ddn_context *ctx)
{
    double mean[2][3], cov[2][9], distance = NAN;
    int64_t d = 1 + fuzz_up_to(b, 3);
    for (int i = 0; i < 2; i++) {
        for (int64_t k = 0; k < d; k++) {
            mean[i][k] = fuzz_any_real(b);
        }
        for (int64_t k = 0; k < d * d; k++) {
            cov[i][k] = k % (d + 1) == 0 || fuzz_u8(b) % 2 ? fuzz_any_real(b) : 0;
        }
    }
    fuzz_doing = "ddn_theory_frechet";
    if (status_of(ctx, ddn_theory_frechet(ctx, d, mean[0], cov[0], mean[1], cov[1], &distance))) {
        fuzz_demand(distance >= 0, "distance", ctx);
    }
}

static void knee(fuzz_bytes *b, ddn_context *ctx)
{
    double x[MOST_COUNT], y[MOST_COUNT], se[MOST_COUNT], second[MOST_COUNT], at, error, share;
    double low, high;
    int64_t count = some_reals(b, x), draws = fuzz_up_to(b, 8);
    for (int64_t i = 0; i < count; i++) {
        x[i] = fuzz_u8(b) % 8 == 0 ? x[i] : (double)i;
        y[i] = fuzz_any_real(b);
        se[i] = fabs(fuzz_any_real(b));
    }
    const double *errors = fuzz_u8(b) % 2 ? se : NULL;
    fuzz_doing = "ddn_theory_knee";
    if (status_of(ctx, ddn_theory_knee(ctx, count, draws, fuzz_any_integer(b), x, y, errors, second,
                                       &at, &error, &share))) {
        fuzz_demand(at > x[0] && at < x[count - 1], "knee", ctx);
        fuzz_demand(isnan(share) || (share >= 0 && share <= 1), "share", ctx);
        fuzz_demand(isnan(error) || error >= 0, "error", ctx);
    }
    fuzz_doing = "ddn_theory_knee_interval";
    if (status_of(ctx, ddn_theory_knee_interval(ctx, count, x, y, se, &low, &high))) {
        fuzz_demand(low <= high, "interval", ctx);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_memory memory;
    fuzz_bytes b = {data, size};
    ddn_context *ctx = fuzz_context(&memory);
    for (int k = 0; k < MOST_CALLS && b.left > 0; k++) {
        int which = fuzz_u8(&b) % (FORMS + OTHERS);
        double start = fuzz_clock();
        calls++;
        if (which < FORMS) {
            call_form(&forms[which], &b);
            continue;
        }
        which -= FORMS;
        if (which < 4) {
            with_arrays(&b, which);
        } else {
            (which == 4   ? wells_and_levels
             : which == 5 ? overlap
             : which == 6 ? frechet
                          : knee)(&b, ctx);
        }
        double seconds = fuzz_clock() - start;
        longest_other = seconds > longest_other ? seconds : longest_other;
        fuzz_demand(seconds < LONGEST, "takes too long", ctx);
    }
    fuzz_context_end(ctx, &memory);
    return 0;
}

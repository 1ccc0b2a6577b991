/* Grids of times: uniform in a coordinate, or of whole indices (19). */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "base/progress.h"
#include "schedule/kinds.h"

static const double KARRAS_RHO = 7.0;

/* sigma = s/a at a time, from its OU time. */
static double sigma_of(double tau)
{
    return sqrt(expm1(2.0 * tau));
}

static const char *const names[] = {"",
                                    "DDN_GRID_UNIFORM",
                                    "DDN_GRID_GEOMETRIC",
                                    "DDN_GRID_LOGSNR",
                                    "DDN_GRID_KARRAS",
                                    "DDN_GRID_LEADING",
                                    "DDN_GRID_TRAILING",
                                    "DDN_GRID_LINSPACE"};

/* ---- Grids of whole indices. */

static int is_whole(ddn_grid kind)
{
    return kind >= DDN_GRID_LEADING;
}

/* p q/n rounded to a whole number, ties to the even one; nothing is negative. */
static int64_t rounded(int64_t p, int64_t q, int64_t n)
{
    int64_t whole = p * q / n, rest = 2 * (p * q % n);
    return whole + (rest > n || (rest == n && whole % 2 != 0));
}

/* Index number k of `steps` steps from index `high` down to `low`, which is reached last. */
static int64_t index_at(ddn_grid kind, int64_t high, int64_t low, int64_t steps, int64_t k)
{
    int64_t left = steps - k;
    if (kind == DDN_GRID_TRAILING || left == 0) {
        return low + rounded(left, high - low, steps);
    }
    if (kind == DDN_GRID_LEADING) {
        int64_t stride = (high + 1) / steps;
        if (steps > 1 && stride > (high - low - 1) / (steps - 1)) {
            stride = (high - low - 1) / (steps - 1);
        }
        return low + 1 + (left - 1) * stride;
    }
    return steps == 1 ? high : low + 1 + rounded(left - 1, high - low - 1, steps - 1);
}

/* Time number k of a grid of whole indices with whole ends. */
static double whole_time(ddn_grid kind, const double ends[2], int64_t count, int64_t k)
{
    int64_t first = (int64_t)ends[0], last = (int64_t)ends[1];
    return first > last ? (double)index_at(kind, first, last, count - 1, k)
                        : (double)index_at(kind, last, first, count - 1, count - 1 - k);
}

static ddn_status check_steps(ddn_context *ctx, ddn_grid kind, const double ends[2], int64_t count)
{
    int64_t room = (int64_t)fabs(ends[0] - ends[1]);
    DDNI_CHECK(ctx, count - 1 <= room, DDN_E_RANGE,
               "%s has at most %lld steps between the indices %g and %g, but %lld are asked for",
               names[kind], (long long)room, ends[0], ends[1], (long long)(count - 1));
    return DDN_OK;
}

/* ---- Grids that are uniform in a coordinate. */

/* The coordinate in which a kind is uniform. */
static double coordinate(ddn_grid kind, double t, double tau)
{
    switch (kind) {
    case DDN_GRID_GEOMETRIC:
        return log(t);
    case DDN_GRID_LOGSNR:
        return log(expm1(2.0 * tau)); /* minus the logSNR */
    case DDN_GRID_KARRAS:
        return pow(sigma_of(tau), 1.0 / KARRAS_RHO);
    default:
        return t;
    }
}

static ddn_status time_at(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind, double c,
                          double *t)
{
    switch (kind) {
    case DDN_GRID_GEOMETRIC:
        *t = exp(c);
        return DDN_OK;
    case DDN_GRID_LOGSNR:
        return ddni_schedule_from_ou(ctx, sch, 0.5 * log1p(exp(c)), t);
    case DDN_GRID_KARRAS:
        return ddni_schedule_from_ou(ctx, sch, 0.5 * log1p(pow(c, 2.0 * KARRAS_RHO)), t);
    default:
        *t = c;
        return DDN_OK;
    }
}

static int reaches(const ddn_schedule *sch, ddn_grid kind, double t, double tau)
{
    return is_whole(kind) ? sch->ops->indices && t == floor(t) : isfinite(coordinate(kind, t, tau));
}

static int reaches_both(const ddn_schedule *sch, ddn_grid kind, const double t[2],
                        const double tau[2])
{
    return reaches(sch, kind, t[0], tau[0]) && reaches(sch, kind, t[1], tau[1]);
}

/* Refuses ends that a kind does not have, and says which kinds have: the noiseless time has no
 * logarithm of a^2/s^2, times that are not positive none of their own, and indices are whole. */
static ddn_status check_reach(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                              const double t[2], const double tau[2])
{
    char others[160] = "";
    const ddn_grid *end = NULL;
    ddn_grid can[DDN_GRID_LINSPACE], count = 0;
    if (reaches_both(sch, kind, t, tau)) {
        return DDN_OK;
    }
    for (ddn_grid k = DDN_GRID_UNIFORM; k <= DDN_GRID_LINSPACE; k++) {
        if (reaches_both(sch, k, t, tau)) {
            can[count++] = k;
        }
    }
    end = can + count - 1;
    for (const ddn_grid *k = can; k < can + count; k++) {
        int64_t used = (int64_t)strlen(others);
        ddni_say(others + used, (int64_t)sizeof others - used, "%s%s",
                 k == can ? "" : (k == end ? " and " : ", "), names[*k]);
    }
    if (is_whole(kind)) {
        return ddni_fail(ctx, DDN_E_RANGE,
                         "%s is for whole indices of a schedule that has them, not from %.17g to "
                         "%.17g of schedule %s, but %s can",
                         names[kind], t[0], t[1], sch->ops->kind, others);
    }
    return ddni_fail(ctx, DDN_E_RANGE, "%s cannot reach from %.17g to %.17g, but %s can",
                     names[kind], t[0], t[1], others);
}

static ddn_status check_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                             const double ends[2], int64_t count, double tau[2])
{
    DDNI_CHECK(ctx, kind >= DDN_GRID_UNIFORM && kind <= DDN_GRID_LINSPACE, DDN_E_KEY,
               "there is no grid kind %d", (int)kind);
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, ends[0], &tau[0]));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, ends[1], &tau[1]));
    DDNI_CHECK(ctx, ends[0] != ends[1], DDN_E_RANGE, "t_first = t_last = %.17g", ends[0]);
    DDNI_TRY(check_reach(ctx, sch, kind, ends, tau));
    return is_whole(kind) ? check_steps(ctx, kind, ends, count) : DDN_OK;
}

ddn_status ddni_schedule_grid_first(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                                    double t_first, double t_last, int64_t count, double *t)
{
    const double ends[2] = {t_first, t_last};
    double tau[2];
    DDNI_TRY(check_grid(ctx, sch, kind, ends, count, tau));
    *t = whole_time(kind, ends, count, 0);
    return DDN_OK;
}

ddn_status ddni_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                              double t_first, double t_last, int64_t count, double *times)
{
    const double ends[2] = {t_first, t_last};
    double tau[2];
    DDNI_TRY(check_grid(ctx, sch, kind, ends, count, tau));
    double c_first = coordinate(kind, t_first, tau[0]);
    double c_last = coordinate(kind, t_last, tau[1]);
    double direction = t_last > t_first ? 1.0 : -1.0;
    for (int64_t k = 0; k < count; k++) {
        double part = (double)k / (double)(count - 1);
        DDNI_TRY(ddni_poll(ctx));
        times[k] = k == 0 ? t_first : t_last;
        if (is_whole(kind)) {
            times[k] = whole_time(kind, ends, count, k);
        } else if (k > 0 && k < count - 1) {
            DDNI_TRY(time_at(ctx, sch, kind, (1.0 - part) * c_first + part * c_last, &times[k]));
        }
        DDNI_CHECK(ctx, k == 0 || direction * (times[k] - times[k - 1]) > 0.0, DDN_E_RANGE,
                   "%lld times from %.17g to %.17g are more than double precision separates",
                   (long long)count, t_first, t_last);
    }
    return DDN_OK;
}

ddn_status ddn_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                             double t_first, double t_last, int64_t count, double *times)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_INT(ctx, count, 2, INT64_C(1) << 40);
    DDNI_CHECK_PTR(ctx, times);
    return ddni_schedule_grid(ctx, sch, kind, t_first, t_last, count, times);
}

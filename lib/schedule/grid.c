/* Grids of times. */
#include "base/check.h"
#include "base/progress.h"
#include "schedule/kinds.h"

static const double KARRAS_RHO = 7.0;

/* sigma = s/a at a time, from its OU time. */
static double sigma_of(double tau)
{
    return sqrt(expm1(2.0 * tau));
}

static const char *const names[] = {"", "DDN_GRID_UNIFORM", "DDN_GRID_GEOMETRIC", "DDN_GRID_LOGSNR",
                                    "DDN_GRID_KARRAS"};

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

static int reaches(ddn_grid kind, double t, double tau)
{
    return isfinite(coordinate(kind, t, tau));
}

/* Refuses ends that a kind has no coordinate for, and says which kinds have: the noiseless time has
 * no logarithm of a^2/s^2, times that are not positive none of their own. */
static ddn_status check_reach(ddn_context *ctx, ddn_grid kind, const double t[2],
                              const double tau[2])
{
    const char *other[DDN_GRID_KARRAS] = {"", "", ""};
    int64_t count = 0;
    if (reaches(kind, t[0], tau[0]) && reaches(kind, t[1], tau[1])) {
        return DDN_OK;
    }
    for (ddn_grid k = DDN_GRID_UNIFORM; k <= DDN_GRID_KARRAS; k++) {
        if (reaches(k, t[0], tau[0]) && reaches(k, t[1], tau[1])) {
            other[count++] = names[k];
        }
    }
    return ddni_fail(ctx, DDN_E_RANGE, "%s cannot reach from %.17g to %.17g, but %s%s%s%s%s can",
                     names[kind], t[0], t[1], other[0], count > 2 ? ", " : "",
                     count > 2 ? other[1] : "", count > 1 ? " and " : "",
                     count > 1 ? other[count - 1] : "");
}

ddn_status ddni_schedule_grid(ddn_context *ctx, const ddn_schedule *sch, ddn_grid kind,
                              double t_first, double t_last, int64_t count, double *times)
{
    const double ends[2] = {t_first, t_last};
    double tau[2];
    DDNI_CHECK(ctx, kind >= DDN_GRID_UNIFORM && kind <= DDN_GRID_KARRAS, DDN_E_KEY,
               "there is no grid kind %d", (int)kind);
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_first, &tau[0]));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_last, &tau[1]));
    DDNI_CHECK(ctx, t_first != t_last, DDN_E_RANGE, "t_first = t_last = %.17g", t_first);
    DDNI_TRY(check_reach(ctx, kind, ends, tau));
    double c_first = coordinate(kind, t_first, tau[0]);
    double c_last = coordinate(kind, t_last, tau[1]);
    double direction = t_last > t_first ? 1.0 : -1.0;
    times[0] = t_first;
    for (int64_t k = 1; k < count; k++) {
        double part = (double)k / (double)(count - 1);
        DDNI_TRY(ddni_poll(ctx));
        times[k] = t_last;
        if (k < count - 1) {
            DDNI_TRY(time_at(ctx, sch, kind, (1.0 - part) * c_first + part * c_last, &times[k]));
        }
        DDNI_CHECK(ctx, direction * (times[k] - times[k - 1]) > 0.0, DDN_E_RANGE,
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

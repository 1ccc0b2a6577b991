/* The grid of times of a run. */
#include <string.h>

#include "integrator/integrator_impl.h"

int64_t ddni_integrator_count(const ddn_integrator *it)
{
    return it->user_count > 0 ? it->user_count : ddni_integrator_i64(it, DDN_INTEGRATOR_STEPS) + 1;
}

ddn_status ddni_integrator_fill_times(const ddn_integrator *it, double *times)
{
    if (it->user_count > 0) {
        memcpy(times, it->user_times, (size_t)it->user_count * sizeof *times);
        return DDN_OK;
    }
    double start = ddni_integrator_f64(it, DDN_INTEGRATOR_T_START);
    double end = ddni_integrator_f64(it, DDN_INTEGRATOR_T_END);
    DDNI_CHECK(it->ctx, end < start, DDN_E_RANGE,
               "DDN_INTEGRATOR_T_END = %.17g is not less than DDN_INTEGRATOR_T_START = %.17g", end,
               start);
    double first = it->method->forward ? end : start, last = it->method->forward ? start : end;
    return ddni_schedule_grid(it->ctx, it->schedule,
                              (ddn_grid)ddni_integrator_i64(it, DDN_INTEGRATOR_GRID), first, last,
                              ddni_integrator_count(it), times);
}

/* A grid that starts at T_START need not be a possible one: states may be drawn before it is. */
ddn_status ddni_integrator_first_time(const ddn_integrator *it, double *t)
{
    ddn_grid grid = (ddn_grid)ddni_integrator_i64(it, DDN_INTEGRATOR_GRID);
    *t = it->user_count > 0 ? it->user_times[0] : ddni_integrator_f64(it, DDN_INTEGRATOR_T_START);
    return it->user_count > 0 || grid != DDN_GRID_LEADING
               ? DDN_OK
               : ddni_schedule_grid_first(it->ctx, it->schedule, grid, *t,
                                          ddni_integrator_f64(it, DDN_INTEGRATOR_T_END),
                                          ddni_integrator_count(it), t);
}

ddn_status ddn_integrator_set_times(ddn_integrator *it, int64_t count, const double *times)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    ddn_context *ctx = it->ctx;
    DDNI_TRY(ddni_integrator_check_idle(it));
    double *copy = NULL;
    if (count != 0) {
        DDNI_CHECK_INT(ctx, count, 2, INT64_C(1) << 40);
        DDNI_CHECK_PTR(ctx, times);
        double direction = it->method->forward ? 1.0 : -1.0;
        for (int64_t k = 0; k < count; k++) {
            ddni_level level;
            DDNI_TRY(ddni_schedule_level_or_end(ctx, it->schedule, times[k], &level));
            DDNI_CHECK(ctx, k == 0 || direction * (times[k] - times[k - 1]) > 0.0, DDN_E_RANGE,
                       "times[%lld] = %.17g does not %s times[%lld] = %.17g", (long long)k,
                       times[k], it->method->forward ? "exceed" : "fall below", (long long)(k - 1),
                       times[k - 1]);
        }
        DDNI_TRY(ddni_alloc_for(ctx, "times", count, sizeof *copy, &copy));
        memcpy(copy, times, (size_t)count * sizeof *copy);
    }
    ddni_free(&it->handle.allocator, it->user_times);
    it->user_times = copy;
    it->user_count = count;
    return DDN_OK;
}

int64_t ddn_integrator_time_count(const ddn_integrator *it)
{
    return !DDNI_IS(it) ? 0 : ddni_integrator_count(it);
}

ddn_status ddn_integrator_times(const ddn_integrator *it, int64_t capacity, double *times)
{
    DDNI_ENTER_OBJECT(it, DDNI_READ);
    DDNI_CHECK_PTR(it->ctx, times);
    DDNI_CHECK_CAPACITY(it->ctx, capacity, ddni_integrator_count(it));
    return ddni_integrator_fill_times(it, times);
}

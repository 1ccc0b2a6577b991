/* Options of integrators: the table that fits method and schedule. */
#include <string.h>

#include "base/check.h"
#include "integrator/integrator_impl.h"

static const double OU_START = 3.0, OU_END = 1e-3;

static const ddni_option common[] = {
    DDNI_OPTION_F64(DDN_INTEGRATOR_T_START, 0, 0, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_T_END, 0, 0, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_ETA, 0, 0, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_EPSILON, 0, 0, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_STEPS, 1, 1000000000, 100),
    DDNI_OPTION_I64(DDN_INTEGRATOR_GRID, DDN_GRID_UNIFORM, DDN_GRID_LINSPACE, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_SEED, INT64_MIN, INT64_MAX, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_FIRST_PATH, 0, INT64_C(1) << 59, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_DENOISE, 0, 1, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_FIRST_STEP, 0, INT64_C(1) << 59, 0),
    DDNI_OPTION_I64(DDN_INTEGRATOR_TRAJECTORY, 0, 1, 0),
};

/* Options that only some methods have. */
static const ddni_option special[] = {
    DDNI_OPTION_F64(DDN_INTEGRATOR_RTOL, 1e-13, 0.1, 1e-6),
    DDNI_OPTION_F64(DDN_INTEGRATOR_ATOL, 1e-300, 1, 1e-8),
    DDNI_OPTION_F64(DDN_INTEGRATOR_GAMMA, 0, 4, 2),
    DDNI_OPTION_F64(DDN_INTEGRATOR_MU, 0, 0.99, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_CHURN, 0, 1e9, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_CHURN_MIN, 0, 1e150, 0),
    DDNI_OPTION_F64(DDN_INTEGRATOR_CHURN_MAX, 0, 1e150, 1e150),
    DDNI_OPTION_F64(DDN_INTEGRATOR_CHURN_NOISE, 0, 10, 1),
    DDNI_OPTION_I64(DDN_INTEGRATOR_VARIANCE, 0, 1, 0),
};

static ddni_option *option(ddn_integrator *it, ddn_integrator_key key)
{
    for (int32_t i = 0; i < it->options.count; i++) {
        if (it->table[i].key == key) {
            return &it->table[i];
        }
    }
    return NULL;
}

static void set_row(ddn_integrator *it, ddn_integrator_key key, double minimum, double maximum,
                    double preset)
{
    *option(it, key) = (ddni_option)DDNI_OPTION_F64(key, minimum, maximum, preset);
}

/* The times of OU time 3 and 1e-3, or as near as the schedule comes. */
static ddn_status default_times(ddn_integrator *it)
{
    double t_min, t_max, tau_min, tau_max, start, end;
    DDNI_TRY(ddn_schedule_range(it->ctx, it->schedule, &t_min, &t_max));
    DDNI_TRY(ddni_schedule_to_ou(it->ctx, it->schedule, t_min, &tau_min));
    DDNI_TRY(ddni_schedule_to_ou(it->ctx, it->schedule, t_max, &tau_max));
    double tau_start = tau_min < OU_START ? fmin(OU_START, tau_max) : tau_max;
    double tau_end = fmax(OU_END < tau_start ? OU_END : OU_END * tau_start, tau_min);
    DDNI_TRY(ddni_schedule_from_ou(it->ctx, it->schedule, tau_start, &start));
    DDNI_TRY(ddni_schedule_from_ou(it->ctx, it->schedule, tau_end, &end));
    set_row(it, DDN_INTEGRATOR_T_START, t_min, t_max, start);
    set_row(it, DDN_INTEGRATOR_T_END, t_min, t_max, end);
    return DDN_OK;
}

/* A run keeps its options to its end. */
static ddn_status changing(void *owner)
{
    return ddni_integrator_check_idle(owner);
}

ddn_status ddni_integrator_init_options(ddn_integrator *it)
{
    const ddni_method *method = it->method;
    int32_t count = (int32_t)(sizeof common / sizeof *common);
    memcpy(it->table, common, sizeof common);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        for (const ddn_integrator_key *key = method->keys; key != NULL && *key != 0; key++) {
            if (*key == special[i].key) {
                it->table[count++] = special[i];
            }
        }
    }
    it->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                                .ctx = it->ctx,
                                .table = it->table,
                                .values = it->values,
                                .count = count,
                                .owner = it,
                                .changing = changing,
                                .method = method->name};
    DDNI_TRY(default_times(it));
    double low, high, preset;
    DDNI_TRY(ddn_options_bounds_f64(ddn_query_options(it->query), DDN_QUERY_EPSILON, &low, &high,
                                    &preset));
    set_row(it, DDN_INTEGRATOR_EPSILON, low, high, preset);
    set_row(it, DDN_INTEGRATOR_ETA, method->eta_min, method->eta_max, method->eta);
    option(it, DDN_INTEGRATOR_GRID)->preset.i = method->grid;
    option(it, DDN_INTEGRATOR_DENOISE)->maximum.i = method->forward ? 0 : 1;
    ddni_options_init(&it->options);
    return DDN_OK;
}

double ddni_integrator_f64(const ddn_integrator *it, ddn_integrator_key key)
{
    return ddni_options_f64(&it->options, key);
}

int64_t ddni_integrator_i64(const ddn_integrator *it, ddn_integrator_key key)
{
    return ddni_options_i64(&it->options, key);
}

ddn_status ddni_integrator_check_idle(ddn_integrator *it)
{
    DDNI_CHECK(it->ctx, it->run.phase == DDN_RUN_IDLE || it->run.phase == DDN_RUN_FINISHED,
               DDN_E_STATE, "the integrator is %s",
               it->run.phase == DDN_RUN_RUNNING
                   ? "running"
                   : "in the middle of a stopped run (resume it or call ddn_integrator_reset)");
    return DDN_OK;
}

ddn_options *ddn_integrator_options(ddn_integrator *it)
{
    return !DDNI_IS(it) ? NULL : &it->options;
}

ddni_paths ddni_integrator_paths(const ddn_integrator *it)
{
    return (ddni_paths){it->paths, ddni_integrator_i64(it, DDN_INTEGRATOR_FIRST_PATH)};
}

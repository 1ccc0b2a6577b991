/* Critical times from the top eigenvalue of the data, in any coordinates and for any eta, and from
 * the branch itself. theory.md (52). */
#include <string.h>

#include "analysis/result_impl.h"
#include "analysis/symmetry/branch.h"
#include "base/check.h"
#include "base/progress.h"
#include "schedule/schedule_impl.h"

/* Noise levels searched for the criterion, as log of the OU time. */
static const double TAU_LAST = 1e-10;   /* or less, where the root is below: it is about lambda/2 */
static const double TAU_LEAST = 1e-300; /* s^2 has to be above 1e-300 */
static const double MEASURED_LAST = 1e-3;
enum {
    SCAN = 400,
    BISECTIONS = 200
};

/* Leading eigenvalue of the drift linearised at the origin, times s^2: -f s^2 + c (a^2 lambda/s^2 -
 * 1). Only its sign is used. */
static ddn_status criterion(ddn_context *ctx, const ddn_schedule *sch, double eta, double lambda,
                            double tau, double *value)
{
    double t, f, g2;
    ddni_level level;
    DDNI_TRY(ddni_schedule_from_ou(ctx, sch, tau, &t));
    DDNI_TRY(ddni_schedule_level(ctx, sch, t, &level));
    DDNI_TRY(ddni_schedule_rates(ctx, sch, t, &f, &g2));
    double c = 0.5 * (1 + eta * eta) * g2;
    *value = -f * level.s2 + c * (level.a * level.a * lambda / level.s2 - 1);
    return DDN_OK;
}

/* Largest root in OU time; NaN if there is none, or the origin is unstable from the start. */
static ddn_status critical_tau(ddn_context *ctx, const ddn_schedule *sch, double eta, double lambda,
                               double *tau)
{
    double t_min, t_max, low, high, value;
    *tau = NAN;
    DDNI_TRY(ddn_schedule_range(ctx, sch, &t_min, &t_max));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_min, &low));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_max, &high));
    low = fmax(low, lambda > 0 ? fmax(TAU_LEAST, fmin(TAU_LAST, 0.01 * lambda)) : TAU_LAST);
    high = fmin(high, 5 + log1p(lambda));
    double above = high;
    DDNI_TRY(criterion(ctx, sch, eta, lambda, above, &value));
    if (value >= 0) {
        return DDN_OK;
    }
    for (int i = 1; i <= SCAN; i++) {
        double below = i == SCAN ? low : high * pow(low / high, (double)i / SCAN);
        DDNI_TRY(criterion(ctx, sch, eta, lambda, below, &value));
        if (!(value >= 0)) {
            above = below;
            continue;
        }
        /* Bisection to the last bit: the criterion is cheap. */
        for (int j = 0; j < BISECTIONS; j++) {
            double middle = 0.5 * (below + above);
            if (!(middle > below && middle < above)) {
                break;
            }
            DDNI_TRY(criterion(ctx, sch, eta, lambda, middle, &value));
            if (value >= 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        *tau = 0.5 * (below + above);
        return DDN_OK;
    }
    return DDN_OK;
}

ddn_status ddn_symmetry_critical_time(ddn_context *ctx, const ddn_schedule *sch, double eta,
                                      double lambda, double *t)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK_PTR(ctx, t);
    DDNI_CHECK_REAL(ctx, eta, 0, 10);
    DDNI_CHECK_REAL(ctx, lambda, 0, 1e300);
    double tau;
    DDNI_TRY(critical_tau(ctx, sch, eta, lambda, &tau));
    if (isnan(tau)) {
        *t = NAN;
        return DDN_OK;
    }
    return ddni_schedule_from_ou(ctx, sch, tau, t);
}

/* ---- From the dynamics itself ---- */

/* Where the branch of fixed points from late times loses stability, for the eta of the options. */
static ddn_status measured(ddn_symmetry *sy, double lambda, double *t)
{
    double first = fmin(sy->tau_max, fmax(3, 2 + 0.5 * log1p(2 * lambda)));
    double last = fmax(sy->tau_min, MEASURED_LAST);
    ddni_tracer tracer;
    double *scratch = NULL;
    ddn_status status;
    *t = NAN;
    DDNI_TRY(ddni_tracer_create(sy, log(last), log(first), &tracer));
    tracer.stop_at_loss = 1;
    ddni_spot *here = &tracer.here;
    here->p = tracer.p_high;
    DDNI_TRY_GOTO(ddni_alloc_for(sy->ctx, "states", 2 * sy->d, (int64_t)sizeof(double), &scratch),
                  fail);
    DDNI_TRY_GOTO(ddni_field_at_log_tau(sy, here->p, &here->field), fail);
    DDNI_TRY_GOTO(ddni_field_settle(sy, &here->field, 1, here->x, &here->residual, scratch), fail);
    if (here->residual <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE)) {
        DDNI_TRY_GOTO(ddni_tracer_follow(&tracer, -1, NULL), fail);
        for (int64_t i = 0; i < tracer.events.count && isnan(*t); i++) {
            *t = tracer.events.mark[i].index == 0 ? tracer.events.mark[i].t : NAN;
        }
    }
fail:
    ddni_free(&sy->handle.allocator, scratch);
    ddni_tracer_free(&tracer);
    return status;
}

typedef struct columns {
    double *eta, *t, *t_ou, *t_ou_coordinates, *t_edm_coordinates, *theta, *sigma, *t_measured;
} columns;

static ddn_status add_columns(ddn_context *ctx, ddn_result *result, columns *c)
{
    const struct {
        const char *name, *unit, *definition;
        double **values;
    } list[] = {
        {"eta", "1", "noise level of the family", &c->eta},
        {"t", DDNI_UNIT_TIME,
         "origin loses stability, from lambda; time and coordinates of the schedule", &c->t},
        {"t_ou", DDNI_UNIT_OU, "the same as OU time", &c->t_ou},
        {"t_ou_coordinates", DDNI_UNIT_OU, "from lambda in OU (and VP) coordinates, OU time",
         &c->t_ou_coordinates},
        {"t_edm_coordinates", DDNI_UNIT_OU, "from lambda in EDM coordinates, OU time",
         &c->t_edm_coordinates},
        {"theta", "1", "exp(-t_ou_coordinates)", &c->theta},
        {"sigma", "data units", "EDM sigma of t_edm_coordinates, sqrt(lambda)", &c->sigma},
        {"t_measured", DDNI_UNIT_TIME,
         "the branch of fixed points from late times loses stability, time of the schedule",
         &c->t_measured},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        const ddni_quantity what = {list[i].name, list[i].unit, 0, 0};
        DDNI_TRY(
            ddni_result_add_column(ctx, result, what, list[i].values, "%s", list[i].definition));
    }
    return DDN_OK;
}

/* t of a schedule, or NaN for NaN. */
static ddn_status time_of(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t)
{
    *t = NAN;
    return isnan(tau) ? DDN_OK : ddni_schedule_from_ou(ctx, sch, tau, t);
}

static ddn_status fill_table(ddn_symmetry *sy, const ddn_schedule *ou, const ddn_schedule *edm,
                             double lambda, const double *etas, int64_t count, columns *c)
{
    ddn_context *ctx = sy->ctx;
    const ddn_schedule *own = ddn_oracle_schedule(sy->oracle);
    DDNI_STAGE(ctx, "critical times");
    for (int64_t i = 0; i < count; i++) {
        DDNI_TRY(ddni_stage_part(ctx, (double)i / (double)count, (double)(i + 1) / (double)count));
        c->eta[i] = etas[i];
        DDNI_TRY(critical_tau(ctx, own, etas[i], lambda, &c->t_ou[i]));
        DDNI_TRY(time_of(ctx, own, c->t_ou[i], &c->t[i]));
        DDNI_TRY(critical_tau(ctx, ou, etas[i], lambda, &c->t_ou_coordinates[i]));
        c->theta[i] = isnan(c->t_ou_coordinates[i]) ? NAN : exp(-c->t_ou_coordinates[i]);
        DDNI_TRY(critical_tau(ctx, edm, etas[i], lambda, &c->t_edm_coordinates[i]));
        DDNI_TRY(time_of(ctx, edm, c->t_edm_coordinates[i], &c->sigma[i]));
        ddni_options_put_f64(&sy->options, DDN_SYMMETRY_ETA, etas[i]);
        DDNI_TRY(measured(sy, lambda, &c->t_measured[i]));
    }
    return ddni_stage_part(ctx, 1, 1);
}

ddn_status ddn_symmetry_critical(ddn_symmetry *sy, double lambda, int64_t count, const double *etas,
                                 ddn_result **out)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    ddn_context *ctx = sy->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_REAL(ctx, lambda, 0, 1e300);
    DDNI_CHECK_PTR(ctx, etas);
    DDNI_CHECK_INT(ctx, count, 1, 1000000);
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK_REAL(ctx, etas[i], 0, 10);
    }
    double eta = ddni_symmetry_f64(sy, DDN_SYMMETRY_ETA);
    ddn_schedule *ou = NULL, *edm = NULL;
    ddn_result *result = NULL;
    columns c;
    ddn_status status;
    DDNI_TRY_GOTO(ddn_schedule_create_ou(ctx, &ou), fail);
    DDNI_TRY_GOTO(ddn_schedule_create_edm(ctx, &edm), fail);
    DDNI_TRY_GOTO(ddni_symmetry_start(sy, "critical", count, &result), fail);
    DDNI_TRY_GOTO(add_columns(ctx, result, &c), fail);
    DDNI_TRY_GOTO(ddni_result_add_scalar(ctx, result,
                                         (ddni_quantity){"lambda", DDNI_UNIT_DATA2, 0, 0}, lambda,
                                         0, "top eigenvalue of the covariance, as given"),
                  fail);
    status = fill_table(sy, ou, edm, lambda, etas, count, &c);
    ddni_options_put_f64(&sy->options, DDN_SYMMETRY_ETA, eta);
    if (status == DDN_OK) {
        *out = result;
        result = NULL;
    }
fail:
    ddn_result_destroy(result);
    ddn_schedule_destroy(edm);
    ddn_schedule_destroy(ou);
    return status;
}

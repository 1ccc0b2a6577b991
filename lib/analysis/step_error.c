/* Step-size error by half as many steps with the same noise; theory.md (47). */
#include "analysis/step_error.h"

#include <math.h>
#include <string.h>

#include "analysis/analysis_impl.h"
#include "analysis/curve.h"
#include "base/check.h"
#include "base/message.h"
#include "integrator/integrator_impl.h"

enum {
    LEAST = 16 /* pairs at least, of those that there are */
};

ddn_status ddni_step_error_create(const ddn_analysis *an, const ddn_oracle *oracle,
                                  ddn_integrator *it, int64_t times, ddni_step_error *e)
{
    *e = (ddni_step_error){.ctx = an->ctx, .it = it, .times = times};
    e->method = ddni_analysis_method(an, oracle);
    e->steps = ddni_analysis_steps(an, oracle);
    e->exact = e->method == DDN_METHOD_EXACT;
    e->same_noise = ddni_integrator_halve(it, 0);
    e->share = e->exact || e->steps < 2 ? 0 : ddni_analysis_f64(an, DDN_ANALYSIS_STEP_SHARE);
    if (e->share == 0) {
        return DDN_OK;
    }
    return ddni_alloc_for(e->ctx, "step errors", times, DDNI_SAMES * (int64_t)sizeof *e->change,
                          &e->change);
}

void ddni_step_error_free(ddni_step_error *e)
{
    if (e->ctx != NULL) {
        ddni_free(ddni_context_allocator(e->ctx), e->change);
    }
}

int64_t ddni_step_error_count(const ddni_step_error *e, int64_t first, int64_t m, int64_t all)
{
    const double wanted = e->share > 0 ? fmax(ceil(e->share * (double)all), LEAST) : 0;
    const double left = fmin(wanted - (double)first, (double)m);
    return left > 0 ? (int64_t)left : 0;
}

ddn_status ddni_step_error_halve(ddni_step_error *e, int32_t on)
{
    if (e->same_noise) {
        ddni_integrator_halve(e->it, on);
        return DDN_OK;
    }
    return ddn_options_set_i64(ddn_integrator_options(e->it), DDN_INTEGRATOR_STEPS,
                               on ? e->steps / 2 : e->steps);
}

void ddni_step_error_compare(const ddni_judge *judge, int64_t p, const double same[DDNI_SAMES],
                             double change[DDNI_SAMES])
{
    ddni_judge_same(judge, p, change);
    for (int i = 0; i < DDNI_SAMES; i++) {
        change[i] -= same[i];
    }
}

void ddni_step_error_add(ddni_step_error *e, int64_t k, const double change[DDNI_SAMES])
{
    for (int i = 0; i < DDNI_SAMES; i++) {
        ddni_mean_add(&e->change[DDNI_SAMES * k + i], change[i]);
    }
}

/* ---- What is said of it ---- */

/* The change of one number, on average over the times and where it is largest beside the errors. */
typedef struct finding {
    double mean, error, statistical; /* of the averages */
    double most, most_error, at;     /* at the time `at` */
    int64_t count;                   /* paths */
    int32_t above;                   /* the statistical error, beyond two errors of its own */
} finding;

static int exceeds(double change, double error, double statistical)
{
    return fabs(change) - 2 * error > statistical;
}

/* Standard errors of the number itself at each time; a scalar has one. */
static const double *errors_of(const ddn_result *r, const char *name, double *scalar)
{
    char error_name[DDNI_NAME_BYTES];
    ddni_error_name(name, error_name);
    const ddni_entry *column = ddni_result_find_column(r, error_name);
    const ddni_entry *own = ddni_result_find_scalar(r, name);
    *scalar = own != NULL ? own->standard_error : NAN;
    return column != NULL ? column->values : scalar;
}

static finding find(const ddni_step_error *e, int quantity, const char *name, const char *unit,
                    const ddn_result *r)
{
    finding f = {.at = NAN};
    double scalar, square = 0, worst = -INFINITY;
    const double *errors = errors_of(r, name, &scalar);
    const ddni_entry *t = ddni_result_find_column(r, "t");
    const double count = (double)e->times;
    for (int64_t k = 0; k < e->times; k++) {
        const ddni_mean *change = &e->change[DDNI_SAMES * k + quantity];
        double error = ddni_mean_error(change);
        if (strcmp(unit, "1") == 0) { /* shares: where no pair changed, the next one may */
            error = hypot(error, 1 / (double)change->count);
        }
        f.mean += change->mean / count;
        square += error * error / (count * count);
        f.statistical += errors[k] / count;
        f.count += change->count;
        f.above |= exceeds(change->mean, error, errors[k]);
        if (fabs(change->mean) - error > worst) {
            worst = fabs(change->mean) - error;
            f.most = change->mean;
            f.most_error = error;
            f.at = t != NULL ? t->values[k] : NAN;
        }
    }
    f.mean = fabs(f.mean) < 1e-15 ? 0 : f.mean; /* of changes that cancel */
    f.error = sqrt(square);
    f.above |= exceeds(f.mean, f.error, f.statistical);
    return f;
}

/* Why nothing was judged; "" where something was. */
static const char *not_judged(const ddni_step_error *e)
{
    return e->exact        ? "0: the method has no step-size error"
           : e->steps < 2  ? "not measured: there is one step"
           : e->share == 0 ? "not measured: DDN_ANALYSIS_STEP_SHARE = 0"
                           : "";
}

static ddn_status set_note(const ddni_step_error *e, ddn_result *r, const char *text)
{
    return ddni_result_set_field(e->ctx, r, "step_error", "%lld steps of method %d: %s",
                                 (long long)e->steps, (int)e->method, text);
}

/* One scalar, and its words at the end of a text. */
static ddn_status report_one(const ddni_step_error *e, const char *name, const char *unit,
                             const finding *f, ddn_result *r)
{
    char full[DDNI_NAME_BYTES];
    ddni_part_name(name, "_step", full);
    const ddni_quantity what = {full, unit, DDN_POOLING_MEAN, f->count};
    const int64_t half = e->steps / 2;
    return ddni_result_add_scalar(e->ctx, r, what, f->mean, f->error,
                                  "step-size error: what half as many steps (%lld of %lld) and the "
                                  "same noise change of %s%s, "
                                  "%lld paths or pairs in all%s",
                                  (long long)half, (long long)e->steps, name,
                                  e->times > 1 ? ", mean over the times" : "", (long long)f->count,
                                  f->above ? "; above the statistical error" : "");
}

static void in_words(const ddni_step_error *e, const char *name, const finding *f, char text[200])
{
    char where[80] = "";
    if (e->times > 1) {
        ddni_say(where, sizeof where, " (%+.2g +- %.1g at t = %.4g)", f->most, f->most_error,
                 f->at);
    }
    ddni_say(text, 200, "%s %+.2g +- %.1g%s%s", name, f->mean, f->error, where,
             f->above ? ", MORE THAN ITS STATISTICAL ERROR: raise DDN_ANALYSIS_STEPS" : "");
}

ddn_status ddni_step_error_report(const ddni_step_error *e, const ddni_step_names *names,
                                  ddn_result *r)
{
    const char *own = not_judged(e);
    char text[DDNI_SAMES][200] = {"", ""};
    for (int i = 0; i < DDNI_SAMES; i++) {
        const char *name = names->curve[i];
        if (name == NULL) {
            continue;
        }
        const int there =
            ddni_result_find_scalar(r, name) != NULL || ddni_result_is_measured(r, name);
        const char *lacking = there ? own : "not measured, as that";
        if (lacking[0] != '\0') {
            char full[DDNI_NAME_BYTES];
            const double value = e->exact && there ? 0 : NAN;
            ddni_part_name(name, "_step", full);
            DDNI_TRY(ddni_result_add_scalar(e->ctx, r, (ddni_quantity){full, names->unit, 0, 0},
                                            value, value, "step-size error of %s; %s", name,
                                            lacking));
            continue;
        }
        const finding f = find(e, i, name, names->unit, r);
        DDNI_TRY(report_one(e, name, names->unit, &f, r));
        in_words(e, name, &f, text[i]);
    }
    if (own[0] != '\0') {
        return set_note(e, r, own);
    }
    char all[DDNI_DEFINITION_BYTES - 64];
    ddni_say(all, sizeof all, "half as many with the same noise change %s%s%s", text[0],
             text[0][0] != '\0' && text[1][0] != '\0' ? "; " : "", text[1]);
    return set_note(e, r, all);
}

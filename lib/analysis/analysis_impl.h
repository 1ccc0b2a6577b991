/* Settings as the analyses see them. */
#ifndef DDNI_ANALYSIS_ANALYSIS_IMPL_H
#define DDNI_ANALYSIS_ANALYSIS_IMPL_H

#include <diffdyn/analysis.h>
#include <diffdyn/integrator.h>

#include "analysis/journal.h"
#include "analysis/judge.h"
#include "analysis/result_impl.h"
#include "base/check.h"
#include "base/options.h"
#include "team/team_impl.h"

enum {
    DDNI_ANALYSIS_OPTIONS = 19
};

struct ddn_analysis {
    ddni_handle handle;
    ddn_context *ctx; /* retained */
    ddn_options options;
    ddni_value values[DDNI_ANALYSIS_OPTIONS];
    ddni_classifier classifier;
    ddn_dataset *points; /* that judge, retained, or NULL */
    ddn_team *team;      /* that shares the batches out, retained, or NULL */
    ddni_journal journal;
};

/* First statement of a public function that measures: a call of the team, if there is one. */
#define DDNI_ENTER_MEASUREMENT(an)                                                                 \
    DDNI_ENTER_OBJECT(an, DDNI_USE);                                                               \
    ddni_team_join((an)->ctx, (an)->team)
/* The status of all ranks, where there are some; what becomes of the result and of the journal. */
ddn_status ddni_analysis_done(ddn_analysis *an, ddn_status status, ddn_result **out);
/* Its last one: returns the status of a call that made *out. */
#define DDNI_LEAVE_MEASUREMENT(an, call, out)                                                      \
    do {                                                                                           \
        ddn_status left_ = (call);                                                                 \
        return ddni_analysis_done(an, left_, out);                                                 \
    } while (0)

/* A result of an analysis: kind and settings; the clock is that of the oracle's schedule. */
ddn_status ddni_analysis_start(const ddn_analysis *an, const char *kind, const ddn_oracle *oracle,
                               int64_t rows, ddn_result **out);
/* One that knows a data set alone; its times, if it has any, are those of a clock. */
ddn_status ddni_analysis_start_of(const ddn_analysis *an, const char *kind, const ddn_dataset *ds,
                                  ddn_clock clock, int64_t rows, ddn_result **out);
/* One of an oracle that was learned from `train`; test may be NULL. */
ddn_status ddni_analysis_start_learned(const ddn_analysis *an, const char *kind,
                                       const ddn_oracle *oracle, const ddn_dataset *train,
                                       const ddn_dataset *test, int64_t rows, ddn_result **out);

double ddni_analysis_f64(const ddn_analysis *an, ddn_analysis_key key);
int64_t ddni_analysis_i64(const ddn_analysis *an, ddn_analysis_key key);

/* OU time tau in the schedule's time, or the noisy end of the schedule if that comes first. */
ddn_status ddni_analysis_time_from_ou(ddn_context *ctx, const ddn_schedule *sch, double tau,
                                      double *t);

/* OU time tau in the schedule's time and dt/dtau there; NaN where the schedule does not reach it.
 */
ddn_status ddni_analysis_reach(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t,
                               double *rate);

/* The noisy and the clean end of simulated paths in the time of this schedule: what was set, or
 * else the default OU times as far as the schedule reaches. Fails by value unless they are noise
 * levels of the schedule and t_end < t_start. */
ddn_status ddni_analysis_ends(const ddn_analysis *an, const ddn_schedule *sch, double *t_start,
                              double *t_end);
ddn_status ddni_analysis_end(const ddn_analysis *an, const ddn_schedule *sch, double *t_end);

/* The method of simulated paths: DDN_ANALYSIS_METHOD, or what the oracle can; NULL: one that can
 * draw. */
ddn_method ddni_analysis_method(const ddn_analysis *an, const ddn_oracle *oracle);

/* Steps of simulated continuations: DDN_ANALYSIS_STEPS, or what goes with the method. */
int64_t ddni_analysis_steps(const ddn_analysis *an, const ddn_oracle *oracle);

/* Where the x_0 of simulated paths come from: the data of the oracle; for one that has none, and
 * cannot sample, the points that judge; NULL: the samples of the oracle. */
const ddn_dataset *ddni_analysis_starts(const ddn_analysis *an, const ddn_oracle *oracle);
/* The same for numbers of the set as a whole, which one over a team can give. */
const ddn_dataset *ddni_analysis_set(const ddn_analysis *an, const ddn_oracle *oracle);

/* An integrator of METHOD with SEED and, where the method leaves a choice, ETA. */
ddn_status ddni_analysis_integrator(const ddn_analysis *an, const ddn_oracle *oracle,
                                    ddn_integrator **out);

/* As ddn_analysis_identities; oracle and times have been checked; *out is NULL and stays so on
 * failure. */
ddn_status ddni_measure_identities(const ddn_analysis *an, const ddn_oracle *oracle,
                                   const double *times, int64_t count, ddn_result **out);

/* The same with that many samples a time, whatever the settings. */
ddn_status ddni_measure_identities_fixed(const ddn_analysis *an, const ddn_oracle *oracle,
                                         const double *times, int64_t count, int64_t samples,
                                         ddn_result **out);

/* The column "t" of a result: times of the oracle's schedule. */
ddn_status ddni_analysis_add_times(ddn_context *ctx, ddn_result *r, const ddn_oracle *oracle,
                                   double **t);

/* Refuses a grid that is empty, not strictly monotone, or not within the schedule. */
ddn_status ddni_analysis_check_times(ddn_context *ctx, const char *name, const ddn_schedule *sch,
                                     const double *times, int64_t count);

#endif

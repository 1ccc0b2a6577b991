/* Members of integrators, and what a method implements. */
#ifndef DDNI_INTEGRATOR_INTEGRATOR_IMPL_H
#define DDNI_INTEGRATOR_INTEGRATOR_IMPL_H

#include <diffdyn/integrator.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/options.h"
#include "integrator/combine.h"

enum {
    DDNI_HISTORY = 3, /* longest memory of a multistep method */
    DDNI_WORK = 12,   /* most work arrays of a method */
    DDNI_INTEGRATOR_OPTIONS = 16
};

/* One step, from grid time number k to the next one. */
typedef struct ddni_span {
    int64_t k;
    ddni_level from, to; /* to.s2 = 0: the noiseless end */
    const double *x;     /* [m][ldx] */
    int64_t ldx;
    ddni_prediction at; /* the evaluation at x, of DDN_OUT_DRAW where the method draws */
} ddni_span;

/* A method. A step reads the states span->x and writes the new ones to it->next[m][d]; whatever it
 * remembers goes to it->history[method->history] (the spare), it->row_fresh: the run takes both
 * over once the new states are known to be finite. */
typedef struct ddni_method {
    ddn_method id;
    const char *name;
    int32_t forward;
    ddn_output needs; /* evaluation at the departure point: DRAW, MEAN or SCORE preferred, 0 none */
    int32_t work;     /* number of arrays it->work[m][d] */
    int32_t history;  /* number of remembered arrays */
    int32_t row_state; /* 1: one remembered number per row */
    int32_t noiseless; /* 1: may end (start, for forward) where s = 0 */
    ddn_grid grid;     /* default grid */
    double eta_min, eta_max, eta;
    int32_t churns;                 /* 1: has DDN_INTEGRATOR_CHURN */
    const ddn_integrator_key *keys; /* options of this method alone, ended by 0; or NULL */
    ddn_status (*step)(ddn_integrator *it, const ddni_span *span);
} ddni_method;

/* The method with an id, or NULL. */
const ddni_method *ddni_method_find(ddn_method id);

/* What the library's own observers can do beyond seeing: their records are saved with the run. */
typedef struct ddni_recorder {
    const char *(*kind)(const void *user);
    void (*save)(const void *user, ddni_writer *w);
    /* Makes what save wrote ready beside the present record, which stays. The run is the restored
     * one by then. */
    ddn_status (*load)(void *user, ddni_reader *r);
    /* What was loaded becomes the record, or is dropped; does nothing where nothing was. */
    void (*decide)(void *user, int32_t take);
    /* The record is empty: another run begins. */
    void (*forget)(void *user);
} ddni_recorder;

typedef struct ddni_hook {
    ddn_observe_fn fn;
    void *user;
    ddn_release_fn release;
    int64_t wanted;
    const ddni_recorder *recorder; /* NULL: a callback of the host. The negative answer of a
                                      recorder is a status with its text */
} ddni_hook;

/* A run. What it needs is reserved at its start, so that it can stop without memory. */
typedef struct ddni_run {
    ddn_run_phase phase;
    int64_t asked; /* outputs that it evaluates: all that hooks wanted at its start. Others would
                      change the ways of evaluation, and so its last digits */
    double *times;
    int64_t count, m, index; /* index: the grid time that the states are at */
    int64_t shown;           /* hooks that have seen them */
    int64_t evaluated;       /* outputs that are evaluated there; -1: none yet */
    double *f64[DDNI_OUTPUTS];
    int64_t *i64[DDNI_OUTPUTS];
    double *next; /* [m][d] the new states of a step; of a stopped run the states */
    double *work[DDNI_WORK];
    double *history[DDNI_HISTORY + 1]; /* newest first; the one after the last is the spare */
    double history_time[DDNI_HISTORY];
    int64_t remembered;
    double *row_state, *row_fresh; /* [m] */
    int64_t evaluations, accepted, rejected;
} ddni_run;

struct ddn_integrator {
    ddni_handle handle;
    ddn_context *ctx;   /* retained */
    ddn_oracle *oracle; /* retained */
    const ddn_schedule *schedule;
    ddn_query *query;
    int64_t bound;              /* outputs that are bound to it; -1: not known */
    const double *bound_values; /* and where the prediction goes */
    const ddni_method *method;
    ddn_output prediction; /* MEAN or SCORE, as method and oracle agree; 0 if neither */
    int64_t d;

    ddni_option table[DDNI_INTEGRATOR_OPTIONS];
    ddn_options options;
    ddni_value values[DDNI_INTEGRATOR_OPTIONS];
    double *user_times;
    int64_t user_count;
    int64_t *paths;
    int64_t path_count;
    ddni_hook *hooks;
    int64_t hook_count;
    int64_t wanted; /* union of the hooks' */
    int32_t halved; /* ddni_integrator_halve */
    ddni_run run;
};

/* Runs of half as many steps with the same noise: the prediction of a step serves the next one as
 * well, which is one step of double length for methods that take the denoiser as constant over a
 * step. 0: this method cannot, as it remembers predictions, has stages, or is exact. Runs may not
 * be stopped and resumed. */
int32_t ddni_integrator_halve(ddn_integrator *it, int32_t on);

double ddni_integrator_f64(const ddn_integrator *it, ddn_integrator_key key);
int64_t ddni_integrator_i64(const ddn_integrator *it, ddn_integrator_key key);
ddni_paths ddni_integrator_paths(const ddn_integrator *it);

/* Options table and defaults for the schedule and the method. */
ddn_status ddni_integrator_init_options(ddn_integrator *it);
/* Refuses changes in the middle of a run. */
ddn_status ddni_integrator_check_idle(ddn_integrator *it);

int64_t ddni_integrator_count(const ddn_integrator *it);
/* The grid of the present options, checked: times[ddni_integrator_count]. */
ddn_status ddni_integrator_fill_times(const ddn_integrator *it, double *times);
/* Its first time, of a backward run. */
ddn_status ddni_integrator_first_time(const ddn_integrator *it, double *t);

/* Times, arrays and query for a run of m rows that asks for it->run.asked. */
ddn_status ddni_integrator_prepare(ddn_integrator *it, int64_t m);
/* Makes the arrays of it. */
ddn_status ddni_integrator_reserve(ddn_integrator *it, int64_t m);
/* Frees them. */
void ddni_run_free(const ddni_allocator *al, ddni_run *run);

/* Evaluates the oracle at x[m][ldx] and time t: the outputs of `set` into it->f64/i64, but the
 * prediction into values[m][d] where that is not NULL. */
ddn_status ddni_integrator_evaluate(ddn_integrator *it, double t, int64_t m, const double *x,
                                    int64_t ldx, int64_t set, double *values);

/* A further prediction inside a step, at stages x[m][d] of time level->t, into values[m][d]. */
ddn_status ddni_integrator_stage(ddn_integrator *it, const ddni_level *level, int64_t m,
                                 const double *x, double *values, ddni_prediction *out);

/* The level that a step from `from` raises the states to first: later than it, or `from` itself. */
ddn_status ddni_integrator_churn(const ddn_integrator *it, const ddni_level *from,
                                 ddni_level *raised);

/* An empty sum that carries the step's noise with the given spread. */
ddni_sum ddni_integrator_sum(const ddn_integrator *it, const ddni_span *span, double spread);
/* it->next or another array [m][d] := sum. */
ddn_status ddni_integrator_write(ddn_integrator *it, const ddni_sum *sum, double *out);

/* The views that hooks get. */
struct ddn_step {
    ddni_tag tag;
    const ddn_integrator *it;
    const double *x;
    int64_t ldx;
    int64_t available; /* set of outputs */
};

/* sigma - sigma' > 0 of two levels without cancellation: (sigma^2 - sigma'^2) a^2 is the transition
 * variance. Infinite where sigma is. */
double ddni_sigma_fall(const ddni_level *from, const ddni_level *to);
/* 1 - sigma'/sigma; 1 where sigma is infinite. */
double ddni_sigma_share(const ddni_level *from, const ddni_level *to);

/* sum := the DDIM step with eta = 0, which holds also from a = 0: x' = (s'/s) x + a' (1 -
 * sigma'/sigma) m. */
void ddni_integrator_add_ddim(ddni_sum *sum, const ddni_span *span);

#endif

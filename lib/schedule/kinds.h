/* What a kind of schedule implements. */
#ifndef DDNI_SCHEDULE_KINDS_H
#define DDNI_SCHEDULE_KINDS_H

#include "schedule/dd.h"
#include "schedule/schedule_impl.h"

/* OU times up to here keep a^2 and (s/a)^2 finite and normal. */
#define DDNI_TAU_MAX 350.0
/* Smallest s^2 that is taken as noise. */
#define DDNI_S2_MIN 1e-300

/* The operations get times inside the range, the noiseless end included. */
typedef struct ddni_schedule_ops {
    const char *kind;
    ddn_status (*level)(ddn_context *ctx, const ddn_schedule *sch, double t, ddni_level *level);
    ddn_status (*rates)(ddn_context *ctx, const ddn_schedule *sch, double t, double *f, double *g2);
    ddn_status (*to_ou)(ddn_context *ctx, const ddn_schedule *sch, double t, double *tau);
    ddn_status (*from_ou)(ddn_context *ctx, const ddn_schedule *sch, double tau, double *t);
    void (*destroy)(ddn_schedule *sch); /* members of the kind only; may be NULL */
    /* da/dt and ds/dt at a level; NULL: of a schedule with a^2 + s^2 = 1 and a > 0, by its rates.
     */
    ddn_status (*slopes)(ddn_context *ctx, const ddn_schedule *sch, const ddni_level *level,
                         double *da, double *ds);
    int32_t indices; /* 1: times are indices, at which the rates jump; constant between them */
} ddni_schedule_ops;

/* Kinds embed this as their first member. */
struct ddn_schedule {
    ddni_handle handle;
    const ddni_schedule_ops *ops;
    double t_min, t_max;
    double tau_min, tau_max; /* OU times of the two */
    char text[160];          /* kind and parameters */
    int32_t noiseless;       /* 1 if s = 0 at t_min, which is then the end of grids only */
};

/* Allocates a schedule of `size` bytes with the common members set, but for tau_min, tau_max. */
ddn_status ddni_schedule_create(ddn_context *ctx, int64_t size, const ddni_schedule_ops *ops,
                                double t_min, double t_max, int32_t noiseless, void *out);

/* Says kind and parameters: "ddpm(steps=1000, ...)". */
typedef struct ddni_parameter {
    const char *name;
    double value;
} ddni_parameter;
void ddni_schedule_say(ddn_schedule *sch, const ddni_parameter *list, int64_t count);

/* Level of a variance-preserving schedule (a^2 + s^2 = 1) at OU time tau >= 0. */
void ddni_level_from_tau(double t, ddni_dd tau, ddni_level *level);

#endif

/* The library's objects that most drivers need, made and kept until exit. See driver.h. */
#include "driver.h"

#include <math.h>

/* ---- Kept objects ------------------------------------------------------------------------ */

typedef struct kept {
    struct kept *next;
    void *object; /* NULL: free for the next one */
    void (*destroy)(void *object);
} kept;
static kept *first;

static void keep(void *object, void (*destroy)(void *object))
{
    kept *k = first;
    while (k && k->object) {
        k = k->next;
    }
    if (!k) {
        k = drv_alloc(1, sizeof *k);
        k->next = first;
        first = k;
    }
    k->object = object;
    k->destroy = destroy;
}

#define KIND(kind)                                                                                 \
    static void destroy_##kind(void *object)                                                       \
    {                                                                                              \
        ddn_##kind##_destroy(object);                                                              \
    }                                                                                              \
    void drv_keep_##kind(ddn_##kind *object)                                                       \
    {                                                                                              \
        keep(object, destroy_##kind);                                                              \
    }
DRV_KINDS(KIND)

void drv_drop(void *object)
{
    for (kept *k = first; k && object; k = k->next) {
        if (k->object == object) {
            k->object = NULL;
            k->destroy(object);
            return;
        }
    }
}

void drv_drop_all(void)
{
    for (kept *k = first; k; k = k->next) {
        drv_drop(k->object);
    }
    first = NULL;
}

/* ---- Common objects ---------------------------------------------------------------------- */

ddn_schedule *drv_ou(void)
{
    ddn_schedule *sch = NULL;
    drv_try(ddn_schedule_create_ou(drv.ctx, &sch));
    drv_keep(sch);
    return sch;
}

ddn_oracle *drv_empirical(const ddn_dataset *ds, const ddn_schedule *sch)
{
    ddn_oracle *oracle = NULL;
    drv_try(ddn_oracle_create_empirical(drv.ctx, ds, sch, &oracle));
    drv_keep(oracle);
    return oracle;
}

ddn_oracle *drv_two_gaussians(const ddn_schedule *sch, int64_t d, double mu)
{
    ddn_oracle *oracle = NULL;
    double *m = drv_alloc(d, sizeof *m);
    for (int64_t j = 0; j < d; j++) {
        m[j] = mu;
    }
    drv_try(ddn_oracle_create_two_gaussians(drv.ctx, sch, d, 1, m, &oracle));
    drv_keep(oracle);
    return oracle;
}

ddn_analysis *drv_analysis(void)
{
    ddn_analysis *an = NULL;
    drv_try(ddn_analysis_create(drv.ctx, &an));
    drv_keep(an);
    drv_set_i64(ddn_analysis_options(an), DDN_ANALYSIS_SEED, drv.seed);
    drv_try(ddn_analysis_set_team(an, drv_team_for(DRV_SPLIT_SAMPLES)));
    return an;
}

void drv_set_i64(ddn_options *options, int32_t key, int64_t value)
{
    drv_try(ddn_options_set_i64(options, key, value));
}

void drv_set_f64(ddn_options *options, int32_t key, double value)
{
    drv_try(ddn_options_set_f64(options, key, value));
}

/* ---- Common numbers ---------------------------------------------------------------------- */

double drv_to_ou(const ddn_schedule *sch, double t)
{
    double tau = NAN;
    drv_try(ddn_schedule_to_ou(drv.ctx, sch, t, &tau));
    return tau;
}

double drv_from_ou(const ddn_schedule *sch, double tau)
{
    double t = NAN;
    drv_try(ddn_schedule_from_ou(drv.ctx, sch, tau, &t));
    return t;
}

double drv_lambda(const ddn_dataset *ds)
{
    double lambda = 0;
    if (ddn_dataset_n(ds) > 1) {
        drv_try(ddn_dataset_spectrum(drv.ctx, ds, 1, &lambda, NULL, 0));
    }
    return fmax(lambda, 0);
}

double *drv_column(const ddn_result *result, const char *name)
{
    const int64_t rows = ddn_result_rows(result);
    double *values = drv_alloc(rows, sizeof *values);
    drv_try(ddn_result_column(drv.ctx, result, name, rows, values));
    return values;
}

double drv_scalar(const ddn_result *result, const char *name, double *standard_error)
{
    double value = NAN;
    drv_try(ddn_result_scalar(drv.ctx, result, name, &value, standard_error));
    return value;
}

void drv_proportion(int64_t hits, int64_t count, double *share, double *standard_error)
{
    const double n = (double)count, p = (double)hits / n;
    *share = p;
    *standard_error = sqrt(p * (1 - p) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

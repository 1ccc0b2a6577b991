/* Foreign models: what a model and the oracles made from it share, and how they are asked. */
#ifndef DDNI_ORACLE_MODEL_IMPL_H
#define DDNI_ORACLE_MODEL_IMPL_H

#include <diffdyn/oracle_kinds.h>

#include "oracle/oracle_impl.h"

/* The host's side, of kind DDNI_MODEL_HOST: released with the last model or oracle that has it. */
typedef struct ddni_model_host {
    ddni_handle handle;
    void *user;
    ddn_release_fn release;
} ddni_model_host;

/* What is asked, and how. */
typedef struct ddni_model_setup {
    ddn_prediction prediction;
    ddn_predict_f64_fn predict_f64;
    ddn_predict_f32_fn predict_f32;
    ddn_jvp_f64_fn jvp_f64;
    ddn_jvp_f32_fn jvp_f32;
    ddn_log_density_fn log_p;
    int64_t max_rows;
    double low, high; /* of the denoiser */
    double step;      /* of differences; 0: what fits the type */
} ddni_model_setup;

/* The oracle. */
typedef struct ddni_foreign {
    ddn_oracle base;
    ddni_model_setup setup;
    ddni_model_host *host;
} ddni_foreign;

extern const ddni_oracle_ops ddni_foreign_ops;

/* Rows in single precision, for callbacks that want them. */
typedef struct ddni_singles {
    float *x, *v, *out;
} ddni_singles;

/* A question: m states x[m][d] at a level and, for the Jacobian, vectors v[m][d], without gaps; the
 * answer goes to out[m][d], that of the log density to out[m]. All of it is asked in batches and
 * checked. */
typedef struct ddni_question {
    const ddni_level *level;
    int64_t m;
    const double *x, *v;
    double *out;
} ddni_question;

ddn_status ddni_model_predict(ddn_context *ctx, const ddni_foreign *fo, ddni_singles *singles,
                              const ddni_question *q);
ddn_status ddni_model_jvp(ddn_context *ctx, const ddni_foreign *fo, ddni_singles *singles,
                          const ddni_question *q);
ddn_status ddni_model_log_p(ddn_context *ctx, const ddni_foreign *fo, const ddni_question *q);

#endif

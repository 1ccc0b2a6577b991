/* Oracles that ask a foreign model on the calling thread; theory.md (17).
 *
 * The score is linear in (prediction, x), so one conversion serves states and, with (d prediction)v
 * and v in their places, products with the Jacobian. Everything is asked and checked before any
 * output is written. */
#include <string.h>

#include <diffdyn/oracle_kinds.h>

#include "base/check.h"
#include "numerics/vector.h"
#include "oracle/oracle_impl.h"

/* |h v| / s of the symmetric difference; promised in oracle_kinds.h. Predictions vary on the scale
 * of s: the difference leaves h^2/6 = 2.5e-9 of a third derivative, and has rounding 2^-53/h =
 * 9e-13 of a prediction in double, 2^-24/h = 5e-4 of one in float. The best steps for these, 2^-18
 * and 2^-8 (cube roots of the units), would be bad for the other. */
static const double DIFFERENCE_STEP = 0x1p-13;

typedef struct foreign {
    ddn_oracle base;
    ddn_prediction prediction;
    ddn_predict_fn predict;
    ddn_predict_jvp_fn jvp;
    ddn_log_density_fn log_p;
    ddn_release_fn release;
    void *user;
} foreign;

typedef struct scratch {
    double *x, *v;       /* contiguous copies, where the caller's are not */
    double *out, *slope; /* prediction; its derivative along v */
    double *moved;       /* states of the symmetric difference */
    double *log_p;
} scratch;

static void destroy(ddn_oracle *oracle)
{
    const foreign *fo = (const foreign *)oracle;
    if (fo->release != NULL) {
        fo->release(fo->user);
    }
}

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **out)
{
    (void)oracle;
    scratch *sc;
    ddn_status status = ddni_alloc_for(ctx, "callback scratch", 1, sizeof *sc, &sc);
    *out = sc;
    return status;
}

static void scratch_destroy(ddn_context *ctx, void *pointer)
{
    scratch *sc = pointer;
    if (sc != NULL) {
        const ddni_allocator *al = ddni_context_allocator(ctx);
        ddni_free(al, sc->x);
        ddni_free(al, sc->v);
        ddni_free(al, sc->out);
        ddni_free(al, sc->slope);
        ddni_free(al, sc->moved);
        ddni_free(al, sc->log_p);
        ddni_free(al, sc);
    }
}

static int64_t scratch_bytes(const void *pointer)
{
    const scratch *sc = pointer;
    return sc == NULL ? 0
                      : (int64_t)sizeof *sc + ddni_alloc_bytes(sc->x) + ddni_alloc_bytes(sc->v) +
                            ddni_alloc_bytes(sc->out) + ddni_alloc_bytes(sc->slope) +
                            ddni_alloc_bytes(sc->moved) + ddni_alloc_bytes(sc->log_p);
}

static ddn_status reserve(ddn_context *ctx, int64_t m, int64_t d, double **rows)
{
    int64_t count;
    DDNI_CHECK(ctx, !__builtin_mul_overflow(m, d, &count), DDN_E_RANGE,
               "m = %lld states are too many", (long long)m);
    return ddni_reserve(ctx, "states for the callback", count, sizeof **rows, rows);
}

/* Rows of length d without gaps: the caller's own, or copied to *copy. */
static ddn_status contiguous(ddn_context *ctx, const double *x, int64_t m, int64_t d, int64_t ld,
                             double **copy, const double **rows)
{
    *rows = x;
    if (ld == d || m == 1) {
        return DDN_OK;
    }
    DDNI_TRY(reserve(ctx, m, d, copy));
    for (int64_t r = 0; r < m; r++) {
        memcpy(*copy + r * d, x + r * ld, (size_t)d * sizeof *x);
    }
    *rows = *copy;
    return DDN_OK;
}

/* Judges what a callback returned and wrote. */
static ddn_status judge(ddn_context *ctx, const char *name, int32_t returned, const double *out,
                        int64_t m, int64_t d)
{
    DDNI_CHECK(ctx, returned == 0, DDN_E_CALLBACK, "the callback for the %s returned %d", name,
               (int)returned);
    return ddni_check_states(ctx, name, out, m, d, d);
}

static ddn_status predict(ddn_context *ctx, const foreign *fo, const ddni_level *level, int64_t m,
                          const double *x, double *out)
{
    int64_t d = fo->base.d;
    return judge(ctx, "prediction",
                 fo->predict(fo->user, level->t, level->a, level->s, m, d, x, out), out, m, d);
}

/* slope = (d prediction) v by the symmetric difference over h v, |h v| = DIFFERENCE_STEP s. */
static ddn_status difference(ddn_context *ctx, const foreign *fo, scratch *sc,
                             const ddni_level *level, int64_t m, const double *x, const double *v)
{
    int64_t d = fo->base.d;
    DDNI_TRY(reserve(ctx, 2 * m, d, &sc->moved));
    double *ahead = sc->moved, *behind = sc->moved + m * d; /* states, then predictions */
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (int64_t r = 0; r < m; r++) {
            const double *vr = v + r * d;
            double norm = ddni_norm(d, vr);
            double h = norm > 0 ? DIFFERENCE_STEP * level->s / norm : 0;
            for (int64_t j = 0; j < d; j++) {
                ahead[r * d + j] = x[r * d + j] + sign * h * vr[j];
            }
        }
        DDNI_TRY(predict(ctx, fo, level, m, ahead, sign > 0 ? behind : sc->slope));
    }
    for (int64_t r = 0; r < m; r++) {
        double norm = ddni_norm(d, v + r * d);
        double scale = 0.5 * norm / (DIFFERENCE_STEP * level->s);
        for (int64_t j = r * d; j < (r + 1) * d; j++) {
            sc->slope[j] = (behind[j] - sc->slope[j]) * scale;
        }
    }
    return DDN_OK;
}

/* Score from a prediction p at x: score = fp p + fx x; denoiser likewise. (17) */
static void score_factors(ddn_prediction kind, const ddni_level *level, double *fp, double *fx)
{
    double a = level->a, s = level->s, norm2 = a * a + level->s2;
    *fp = kind == DDN_PREDICTION_SCORE ? 1
          : kind == DDN_PREDICTION_EPS ? -1 / s
          : kind == DDN_PREDICTION_X0  ? a / level->s2
                                       : -a / (s * norm2);
    *fx = kind == DDN_PREDICTION_X0 ? -1 / level->s2 : kind == DDN_PREDICTION_V ? -1 / norm2 : 0;
}

static void mean_factors(ddn_prediction kind, const ddni_level *level, double *fp, double *fx)
{
    double a = level->a, s = level->s, norm2 = a * a + level->s2;
    *fp = kind == DDN_PREDICTION_SCORE ? level->s2 / a
          : kind == DDN_PREDICTION_EPS ? -s / a
          : kind == DDN_PREDICTION_X0  ? 1
                                       : -s / norm2;
    *fx = kind == DDN_PREDICTION_X0 ? 0 : kind == DDN_PREDICTION_V ? a / norm2 : 1 / a;
}

/* out = fp p + fx x, rows of out at distance ld. */
static void combine(double *out, int64_t ld, double fp, const double *p, double fx, const double *x,
                    int64_t m, int64_t d)
{
    for (int64_t r = 0; out != NULL && r < m; r++) {
        for (int64_t j = 0; j < d; j++) {
            out[r * ld + j] = fp * p[r * d + j] + fx * x[r * d + j];
        }
    }
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *pointer,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report)
{
    const foreign *fo = (const foreign *)oracle;
    const ddni_level *level = batch->level;
    scratch *sc = pointer;
    int64_t d = oracle->d, m = batch->m;
    double *score = rq->f64[DDN_OUT_SCORE], *mean = rq->f64[DDN_OUT_MEAN];
    double *jv = rq->f64[DDN_OUT_JACOBIAN_TIMES_V], *log_p = rq->f64[DDN_OUT_LOG_P];
    const double *xs, *vs = NULL;
    report->dropped = 0;
    report->touched = 1;
    DDNI_TRY(contiguous(ctx, batch->x, m, d, batch->ldx, &sc->x, &xs));
    if (score != NULL || mean != NULL) {
        DDNI_TRY(reserve(ctx, m, d, &sc->out));
        DDNI_TRY(predict(ctx, fo, level, m, xs, sc->out));
    }
    if (jv != NULL) {
        DDNI_TRY(contiguous(ctx, rq->v, m, d, rq->ldv, &sc->v, &vs));
        DDNI_TRY(reserve(ctx, m, d, &sc->slope));
        if (fo->jvp != NULL) {
            DDNI_TRY(judge(ctx, "Jacobian product",
                           fo->jvp(fo->user, level->t, level->a, level->s, m, d, xs, vs, sc->slope),
                           sc->slope, m, d));
        } else {
            DDNI_TRY(difference(ctx, fo, sc, level, m, xs, vs));
        }
    }
    if (log_p != NULL) {
        DDNI_TRY(reserve(ctx, m, 1, &sc->log_p));
        DDNI_TRY(judge(ctx, "log density",
                       fo->log_p(fo->user, level->t, level->a, level->s, m, d, xs, sc->log_p),
                       sc->log_p, m, 1));
        memcpy(log_p, sc->log_p, (size_t)m * sizeof *log_p);
    }
    double fp, fx;
    score_factors(fo->prediction, level, &fp, &fx);
    combine(score, rq->ld[DDN_OUT_SCORE], fp, sc->out, fx, xs, m, d);
    combine(jv, rq->ld[DDN_OUT_JACOBIAN_TIMES_V], fp, sc->slope, fx, vs, m, d);
    mean_factors(fo->prediction, level, &fp, &fx);
    combine(mean, rq->ld[DDN_OUT_MEAN], fp, sc->out, fx, xs, m, d);
    return DDN_OK;
}

/* The points of the dataset in turn, as an empirical oracle gives them. */
static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    DDNI_CHECK(ctx, oracle->dataset != NULL, DDN_E_UNSUPPORTED,
               "this callback oracle was made without a dataset to sample");
    return ddni_oracle_sample_points(ctx, oracle, seed, first_path, m, x, ldx, index);
}

static const ddni_oracle_ops foreign_ops = {
    .kind = "callback",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .sample_data = sample_data,
    .destroy = destroy,
};

ddn_status ddn_oracle_create_callback(ddn_context *ctx, const ddn_schedule *sch, int64_t d,
                                      ddn_prediction prediction, ddn_predict_fn predict_fn,
                                      ddn_predict_jvp_fn jvp, ddn_log_density_fn log_p,
                                      const ddn_dataset *ds, ddn_release_fn release, void *user,
                                      ddn_oracle **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, sch);
    DDNI_CHECK(ctx, predict_fn != NULL, DDN_E_NULL, "argument predict is NULL");
    DDNI_CHECK_INT(ctx, d, 1, DDNI_MAX_D);
    DDNI_CHECK(ctx, prediction >= DDN_PREDICTION_SCORE && prediction <= DDN_PREDICTION_V, DDN_E_KEY,
               "argument prediction = %d is not a ddn_prediction", (int)prediction);
    DDNI_CHECK_OPTIONAL(ctx, ds);
    DDNI_CHECK(ctx, ds == NULL || ddn_dataset_d(ds) == d, DDN_E_SHAPE,
               "the dataset has d = %lld, the oracle %lld", (long long)ddn_dataset_d(ds),
               (long long)d);
    foreign *fo;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *fo, &foreign_ops, sch, ds, d, (void *)&fo));
    fo->prediction = prediction;
    fo->predict = predict_fn;
    fo->jvp = jvp;
    fo->log_p = log_p;
    fo->release = release;
    fo->user = user;
    fo->base.can =
        ddni_bit(DDN_OUT_SCORE) | ddni_bit(DDN_OUT_MEAN) | ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    fo->base.can |= log_p != NULL ? ddni_bit(DDN_OUT_LOG_P) : 0;
    fo->base.direct = ddni_bit(DDN_OUT_JACOBIAN_TIMES_V);
    *out = &fo->base;
    return DDN_OK;
}

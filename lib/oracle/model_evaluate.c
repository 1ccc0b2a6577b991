/* Evaluating an oracle that asks a foreign model; theory.md (17).
 *
 * The score is linear in (prediction, x), so one conversion serves states and, with (d prediction)v
 * and v in their places, products with the Jacobian. Everything is asked and checked before any
 * output is written. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "numerics/vector.h"
#include "oracle/model_impl.h"

/* Pointers alone. */
typedef struct scratch {
    double *x, *v;       /* contiguous copies, where the caller's are not */
    double *out, *slope; /* prediction; its derivative along v */
    double *moved;       /* states of the symmetric difference */
    double *log_p;
    ddni_singles singles;
} scratch;

/* The score and the denoiser from a prediction p at x: score = score_p p + score_x x, and so on. */
typedef struct conversion {
    double score_p, score_x, mean_p, mean_x;
} conversion;

static void destroy(ddn_oracle *oracle)
{
    ddni_drop(((const ddni_foreign *)oracle)->host, DDNI_MODEL_HOST);
}

static ddn_status scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **out)
{
    (void)oracle;
    return ddni_alloc_for(ctx, "model scratch", 1, sizeof(scratch), out);
}

static const int64_t POINTERS = sizeof(scratch) / sizeof(void *);

static void scratch_destroy(ddn_context *ctx, void *pointer)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free_each(al, pointer, POINTERS);
    ddni_free(al, pointer);
}

static int64_t scratch_bytes(const void *pointer)
{
    return ddni_alloc_bytes(pointer) + ddni_alloc_bytes_each(pointer, POINTERS);
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

static int is_single(const ddni_foreign *fo)
{
    return fo->setup.predict_f64 == NULL;
}

/* |h v|/s of the symmetric difference at a state of that length. The rounding of predictions and of
 * the moved states leaves u (1 + |x|/s)/h of a derivative and the difference h^2/6 of a third one,
 * both on the scale of s: least at about the cube root. Wide steps leave the scale on which
 * predictions vary, so there is a limit. Networks in float are less exact than a number in float, u
 * is four times its unit. */
static double difference_step(const ddni_foreign *fo, double length, double s)
{
    const double unit = is_single(fo) ? 0x1p-22 : 0x1p-53;
    return fo->setup.step > 0 ? fo->setup.step : fmin(0x1p-5, cbrt(unit * (1 + length / s)));
}

/* The length of v in units of *unit, which is 1 unless squares of its numbers leave the range of
 * double. */
static double length_of(int64_t d, const double *v, double *unit)
{
    double norm = ddni_norm(d, v), largest = 0;
    *unit = 1;
    if (norm > 1e-140 && norm < 1e140) {
        return norm;
    }
    for (int64_t j = 0; j < d; j++) {
        largest = fmax(largest, fabs(v[j]));
    }
    if (largest == 0) {
        return 0;
    }
    *unit = largest;
    DDNI_SUM(norm, d, (v[j] / largest) * (v[j] / largest));
    return sqrt(norm);
}

/* The moved coordinate as the callback gets it. */
static double moved_to(const ddni_foreign *fo, double x, double by)
{
    return is_single(fo) ? (double)(float)(x + by) : x + by;
}

/* out = (d prediction) v by the symmetric difference. What the rounding of the moved states does to
 * the share of x in the denoiser mean_p p + mean_x x is known, and corrected: where there is little
 * noise that is nearly all of a derivative. */
static ddn_status difference(ddn_context *ctx, const ddni_foreign *fo, scratch *sc,
                             const ddni_question *q, double share)
{
    int64_t d = fo->base.d, m = q->m;
    const double *x = q->x, *v = q->v, s = q->level->s;
    DDNI_TRY(reserve(ctx, 2 * m, d, &sc->moved));
    double *ahead = sc->moved, *behind = sc->moved + m * d; /* states, then predictions */
    for (int sign = 1; sign >= -1; sign -= 2) {
        for (int64_t r = 0; r < m; r++) {
            const double *vr = v + r * d;
            double unit, norm = length_of(d, vr, &unit);
            double h = norm > 0 ? difference_step(fo, ddni_norm(d, x + r * d), s) * s / norm : 0;
            for (int64_t j = 0; j < d; j++) {
                ahead[r * d + j] = moved_to(fo, x[r * d + j], sign * h * (vr[j] / unit));
            }
        }
        ddni_question moved = {q->level, m, ahead, NULL, sign > 0 ? behind : q->out};
        DDNI_TRY(ddni_model_predict(ctx, fo, &sc->singles, &moved));
    }
    for (int64_t r = 0; r < m; r++) {
        double step = difference_step(fo, ddni_norm(d, x + r * d), s);
        double unit, norm = length_of(d, v + r * d, &unit), scale = 0.5 * norm / (step * s);
        const double h = norm > 0 ? step * s / norm : 0;
        for (int64_t j = r * d; j < (r + 1) * d; j++) {
            const double by = h * (v[j] / unit);
            const double off = moved_to(fo, x[j], by) - moved_to(fo, x[j], -by) - 2 * by;
            q->out[j] = (behind[j] - q->out[j] + share * off) * scale * unit;
        }
    }
    return DDN_OK;
}

static int clips(const ddni_foreign *fo)
{
    return fo->setup.low > -INFINITY || fo->setup.high < INFINITY;
}

/* v = a' m + s' (x - a m)/s, with D = a' - a s'/s: m = (v - (s'/s) x)/D, score = (a v - a' x)/(s^2
 * D). Nothing cancels, and nothing is divided by a. (17) */
static ddn_status from_velocity(ddn_context *ctx, const ddni_foreign *fo, const ddni_level *level,
                                conversion *c)
{
    double da, ds;
    DDNI_TRY(ddni_schedule_slopes(ctx, fo->base.schedule, level, &da, &ds));
    double inverse = 1 / (da - level->a * (ds / level->s));
    *c = (conversion){level->a / level->s2 * inverse, -da / level->s2 * inverse, inverse,
                      -ds / level->s * inverse};
    DDNI_CHECK(ctx,
               isfinite(c->score_p) && isfinite(c->score_x) && isfinite(c->mean_p) &&
                   isfinite(c->mean_x),
               DDN_E_RANGE,
               "a velocity does not give the score at t = %.17g, where da/dt = %g and ds/dt = %g",
               level->t, da, ds);
    return DDN_OK;
}

/* The noise that is all there is says nothing of the data. */
static ddn_status check_mean(ddn_context *ctx, const ddni_foreign *fo, const ddni_level *level,
                             const ddni_request *rq)
{
    int noise =
        fo->setup.prediction == DDN_PREDICTION_SCORE || fo->setup.prediction == DDN_PREDICTION_EPS;
    DDNI_CHECK(
        ctx, !noise || level->a > 0 || (rq->f64[DDN_OUT_MEAN] == NULL && !clips(fo)), DDN_E_RANGE,
        "a model that predicts %s does not give the mean at t = %.17g, where a = 0: take one "
        "that predicts x0, v or the velocity, or start earlier",
        fo->setup.prediction == DDN_PREDICTION_EPS ? "the noise" : "the score", level->t);
    return DDN_OK;
}

static ddn_status convert(ddn_context *ctx, const ddni_foreign *fo, const ddni_level *level,
                          conversion *c)
{
    double a = level->a, s = level->s, s2 = level->s2, norm2 = a * a + s2;
    switch (fo->setup.prediction) {
    case DDN_PREDICTION_SCORE:
        *c = (conversion){1, 0, s2 / a, 1 / a};
        return DDN_OK;
    case DDN_PREDICTION_EPS:
        *c = (conversion){-1 / s, 0, -s / a, 1 / a};
        return DDN_OK;
    case DDN_PREDICTION_X0:
        *c = (conversion){a / s2, -1 / s2, 1, 0};
        return DDN_OK;
    case DDN_PREDICTION_V:
        *c = (conversion){-a / (s * norm2), -1 / norm2, -s / norm2, a / norm2};
        return DDN_OK;
    default:
        return from_velocity(ctx, fo, level, c);
    }
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

/* Where the denoiser is outside the bounds: it is the bound, and the score and its derivative are
 * those of a constant denoiser. */
static void clip(const ddni_foreign *fo, const conversion *c, const ddni_request *rq,
                 const ddni_question *q, const double *p)
{
    double *score = rq->f64[DDN_OUT_SCORE], *mean = rq->f64[DDN_OUT_MEAN];
    double *jv = rq->f64[DDN_OUT_JACOBIAN_TIMES_V];
    int64_t d = fo->base.d;
    for (int64_t i = 0; i < q->m * d; i++) {
        double x0 = c->mean_p * p[i] + c->mean_x * q->x[i];
        double bound = fmin(fmax(x0, fo->setup.low), fo->setup.high);
        if (bound == x0) {
            continue;
        }
        int64_t r = i / d, j = i % d;
        if (mean != NULL) {
            mean[r * rq->ld[DDN_OUT_MEAN] + j] = bound;
        }
        if (score != NULL) {
            score[r * rq->ld[DDN_OUT_SCORE] + j] = (q->level->a * bound - q->x[i]) / q->level->s2;
        }
        if (jv != NULL) {
            jv[r * rq->ld[DDN_OUT_JACOBIAN_TIMES_V] + j] = -q->v[i] / q->level->s2;
        }
    }
}

/* Asks what the outputs need: sc->out, sc->slope, sc->log_p. */
static ddn_status ask(ddn_context *ctx, const ddni_foreign *fo, scratch *sc, const ddni_request *rq,
                      const conversion *c, ddni_question *q)
{
    int64_t d = fo->base.d;
    if (rq->f64[DDN_OUT_SCORE] != NULL || rq->f64[DDN_OUT_MEAN] != NULL || clips(fo)) {
        DDNI_TRY(reserve(ctx, q->m, d, &sc->out));
        q->out = sc->out;
        DDNI_TRY(ddni_model_predict(ctx, fo, &sc->singles, q));
    }
    if (rq->f64[DDN_OUT_JACOBIAN_TIMES_V] != NULL) {
        DDNI_TRY(contiguous(ctx, rq->v, q->m, d, rq->ldv, &sc->v, &q->v));
        DDNI_TRY(reserve(ctx, q->m, d, &sc->slope));
        q->out = sc->slope;
        if (fo->setup.jvp_f64 != NULL || fo->setup.jvp_f32 != NULL) {
            DDNI_TRY(ddni_model_jvp(ctx, fo, &sc->singles, q));
        } else {
            DDNI_TRY(difference(ctx, fo, sc, q, c->mean_x / c->mean_p));
        }
    }
    if (rq->f64[DDN_OUT_LOG_P] != NULL) {
        DDNI_TRY(reserve(ctx, q->m, 1, &sc->log_p));
        q->out = sc->log_p;
        DDNI_TRY(ddni_model_log_p(ctx, fo, q));
    }
    return DDN_OK;
}

static ddn_status evaluate(ddn_context *ctx, const ddn_oracle *oracle, void *pointer,
                           const ddni_request *rq, const ddni_batch *batch, ddni_report *report)
{
    const ddni_foreign *fo = (const ddni_foreign *)oracle;
    scratch *sc = pointer;
    int64_t d = oracle->d, m = batch->m;
    conversion c;
    ddni_question q = {.level = batch->level, .m = m};
    (void)report; /* nothing is dropped, all is touched */
    DDNI_TRY(check_mean(ctx, fo, batch->level, rq));
    DDNI_TRY(convert(ctx, fo, batch->level, &c));
    DDNI_TRY(contiguous(ctx, batch->x, m, d, batch->ldx, &sc->x, &q.x));
    DDNI_TRY(ask(ctx, fo, sc, rq, &c, &q));
    combine(rq->f64[DDN_OUT_SCORE], rq->ld[DDN_OUT_SCORE], c.score_p, sc->out, c.score_x, q.x, m,
            d);
    combine(rq->f64[DDN_OUT_MEAN], rq->ld[DDN_OUT_MEAN], c.mean_p, sc->out, c.mean_x, q.x, m, d);
    combine(rq->f64[DDN_OUT_JACOBIAN_TIMES_V], rq->ld[DDN_OUT_JACOBIAN_TIMES_V], c.score_p,
            sc->slope, c.score_x, q.v, m, d);
    if (clips(fo)) {
        clip(fo, &c, rq, &q, sc->out);
    }
    if (rq->f64[DDN_OUT_LOG_P] != NULL) {
        memcpy(rq->f64[DDN_OUT_LOG_P], sc->log_p, (size_t)m * sizeof(double));
    }
    return DDN_OK;
}

/* The points of the dataset in turn, as an empirical oracle gives them. */
static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    DDNI_CHECK(ctx, oracle->dataset != NULL, DDN_E_UNSUPPORTED,
               "this model was made without a dataset to sample");
    return ddni_oracle_sample_points(ctx, oracle, seed, first_path, m, x, ldx, index);
}

/* What can be told of a model from outside; its numbers are the host's. */
static ddn_status digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *out)
{
    (void)ctx;
    const ddni_model_setup *setup = &((const ddni_foreign *)oracle)->setup;
    uint64_t has = (uint64_t)(setup->predict_f64 != NULL) |
                   (uint64_t)(setup->predict_f32 != NULL) << 1 |
                   (uint64_t)(setup->jvp_f64 != NULL) << 2 |
                   (uint64_t)(setup->jvp_f32 != NULL) << 3 | (uint64_t)(setup->log_p != NULL) << 4;
    *out = DDNI_DIGEST_WORDS((uint64_t)setup->prediction, has, ddni_bits(setup->low),
                             ddni_bits(setup->high), ddni_bits(setup->step));
    return DDN_OK;
}

const ddni_oracle_ops ddni_foreign_ops = {
    .kind = "model",
    .scratch_create = scratch_create,
    .scratch_destroy = scratch_destroy,
    .scratch_bytes = scratch_bytes,
    .evaluate = evaluate,
    .sample_data = sample_data,
    .samples_dataset = 1,
    .digest = digest,
    .destroy = destroy,
};

/* Asking the callbacks of a foreign model: in batches, in their own type, and with a check of what
 * they returned and wrote.
 *
 * Before a call the room for the answer is filled with a NaN that no arithmetic gives, so that what
 * the callback left out can be told from a NaN of its own. */
#include <float.h>
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
#include "oracle/model_impl.h"

static const uint64_t UNWRITTEN_F64 = UINT64_C(0x7ff8d1ffd1ffd1ff);
static const uint32_t UNWRITTEN_F32 = UINT32_C(0x7fd1ff0d);

/* What a callback is asked, for messages. */
typedef struct subject {
    const char *what, *who;
} subject;
static const subject prediction = {"prediction", "the callback for the prediction"};
static const subject product = {"Jacobian product", "the callback for the Jacobian product"};
static const subject density = {"log density", "the callback for the log density"};

static int unwritten(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits == UNWRITTEN_F64;
}

static void blank(double *out, int64_t count)
{
    double mark;
    memcpy(&mark, &UNWRITTEN_F64, sizeof mark);
    for (int64_t i = 0; i < count; i++) {
        out[i] = mark;
    }
}

static void blank_singles(float *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        memcpy(out + i, &UNWRITTEN_F32, sizeof *out);
    }
}

/* Singles to doubles; what is unwritten stays so. */
static void widen(const float *in, int64_t count, double *out)
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, in + i, sizeof bits);
        if (bits == UNWRITTEN_F32) {
            memcpy(out + i, &UNWRITTEN_F64, sizeof *out);
        } else {
            out[i] = (double)in[i];
        }
    }
}

/* Rows first .. first + count - 1 of in[][d] as singles. */
static ddn_status narrow(ddn_context *ctx, const char *name, int64_t first, int64_t count,
                         int64_t d, const double *in, float *out)
{
    for (int64_t i = 0; i < count * d; i++) {
        double value = in[first * d + i];
        DDNI_CHECK(
            ctx, fabs(value) <= FLT_MAX, DDN_E_RANGE,
            "%s[%lld][%lld] = %g is outside the range of float, which this model is asked in", name,
            (long long)(first + i / d), (long long)(i % d), value);
        out[i] = (float)value;
    }
    return DDN_OK;
}

/* Says which number of what a callback wrote is none. */
static ddn_status bad_number(ddn_context *ctx, const char *name, int64_t row, int64_t column,
                             double value)
{
    DDNI_CHECK(ctx, !unwritten(value), DDN_E_NONFINITE,
               "%s[%lld][%lld] was not written by the callback for it", name, (long long)row,
               (long long)column);
    return ddni_fail(ctx, DDN_E_NONFINITE, "%s[%lld][%lld] is %g", name, (long long)row,
                     (long long)column, value);
}

/* Judges what a callback returned, and the rows first .. first + count - 1 that it wrote. */
static ddn_status judge(ddn_context *ctx, const subject *asked, int32_t returned, int64_t first,
                        int64_t count, int64_t width, const double *out)
{
    DDNI_TRY(ddni_answer(ctx, asked->who, returned));
    DDNI_TRY(ddni_poll(ctx)); /* it may have taken long */
    ddn_status status = ddni_check_states(ctx, asked->what, out, count, width, width);
    if (status != DDN_E_NONFINITE) {
        return status;
    }
    int64_t i = 0;
    while (isfinite(out[i])) {
        i++;
    }
    return bad_number(ctx, asked->what, first + i / width, i % width, out[i]);
}

/* The next batch: rows *first .. *first + *count - 1; 0 when there are none left. */
static int next_batch(const ddni_foreign *fo, int64_t m, int64_t *first, int64_t *count)
{
    int64_t most = fo->setup.max_rows;
    *first += *count;
    *count = m - *first < most ? m - *first : most;
    return *count > 0;
}

static ddn_status reserve_batch(ddn_context *ctx, const ddni_foreign *fo, int64_t m, float **rows)
{
    int64_t most = m < fo->setup.max_rows ? m : fo->setup.max_rows;
    return ddni_reserve(ctx, "states for the callback", most * fo->base.d, sizeof **rows, rows);
}

ddn_status ddni_model_predict(ddn_context *ctx, const ddni_foreign *fo, ddni_singles *singles,
                              const ddni_question *q)
{
    const ddni_level *l = q->level;
    const int64_t d = fo->base.d;
    const int single = fo->setup.predict_f64 == NULL;
    if (single) {
        DDNI_TRY(reserve_batch(ctx, fo, q->m, &singles->x));
        DDNI_TRY(reserve_batch(ctx, fo, q->m, &singles->out));
    }
    for (int64_t first = 0, count = 0; next_batch(fo, q->m, &first, &count);) {
        const double *x = q->x + first * d;
        double *out = q->out + first * d;
        int32_t returned;
        if (single) {
            DDNI_TRY(narrow(ctx, "x", first, count, d, q->x, singles->x));
            blank_singles(singles->out, count * d);
            returned = fo->setup.predict_f32(fo->host->user, l->t, l->a, l->s, count, d, singles->x,
                                             d, singles->out, d);
            widen(singles->out, count * d, out);
        } else {
            blank(out, count * d);
            returned =
                fo->setup.predict_f64(fo->host->user, l->t, l->a, l->s, count, d, x, d, out, d);
        }
        DDNI_TRY(judge(ctx, &prediction, returned, first, count, d, out));
    }
    return DDN_OK;
}

ddn_status ddni_model_jvp(ddn_context *ctx, const ddni_foreign *fo, ddni_singles *singles,
                          const ddni_question *q)
{
    const ddni_level *l = q->level;
    const int64_t d = fo->base.d;
    const int single = fo->setup.jvp_f64 == NULL;
    if (single) {
        DDNI_TRY(reserve_batch(ctx, fo, q->m, &singles->x));
        DDNI_TRY(reserve_batch(ctx, fo, q->m, &singles->v));
        DDNI_TRY(reserve_batch(ctx, fo, q->m, &singles->out));
    }
    for (int64_t first = 0, count = 0; next_batch(fo, q->m, &first, &count);) {
        double *out = q->out + first * d;
        int32_t returned;
        if (single) {
            DDNI_TRY(narrow(ctx, "x", first, count, d, q->x, singles->x));
            DDNI_TRY(narrow(ctx, "v", first, count, d, q->v, singles->v));
            blank_singles(singles->out, count * d);
            returned = fo->setup.jvp_f32(fo->host->user, l->t, l->a, l->s, count, d, singles->x, d,
                                         singles->v, d, singles->out, d);
            widen(singles->out, count * d, out);
        } else {
            blank(out, count * d);
            returned = fo->setup.jvp_f64(fo->host->user, l->t, l->a, l->s, count, d,
                                         q->x + first * d, d, q->v + first * d, d, out, d);
        }
        DDNI_TRY(judge(ctx, &product, returned, first, count, d, out));
    }
    return DDN_OK;
}

ddn_status ddni_model_log_p(ddn_context *ctx, const ddni_foreign *fo, const ddni_question *q)
{
    const ddni_level *l = q->level;
    const int64_t d = fo->base.d;
    for (int64_t first = 0, count = 0; next_batch(fo, q->m, &first, &count);) {
        double *out = q->out + first;
        blank(out, count);
        int32_t returned =
            fo->setup.log_p(fo->host->user, l->t, l->a, l->s, count, d, q->x + first * d, d, out);
        DDNI_TRY(judge(ctx, &density, returned, first, count, 1, out));
    }
    return DDN_OK;
}

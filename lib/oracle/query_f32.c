/* Public functions of queries in single precision. */
#include "base/check.h"
#include "oracle/query_impl.h"

ddn_status ddn_query_bind_f32(ddn_query *q, ddn_output what, float *out, int64_t ld)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    DDNI_TRY(ddni_query_check_output(q, what, 0, out, ld));
    q->rq.f64[what] = NULL;
    q->singles.out[what] = out;
    ddni_query_note(q, what);
    q->singles.ld[what] = ddni_output_of(what).width == DDNI_WIDTH_ONE ? 1 : ld;
    return DDN_OK;
}

ddn_status ddn_query_bind_input_f32(ddn_query *q, ddn_input what, const float *in, int64_t ld)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    DDNI_TRY(ddni_query_check_input(q, what, in, ld));
    q->rq.v = NULL;
    q->singles.v = in;
    q->singles.ldv = ld;
    return DDN_OK;
}

ddn_status ddn_query_run_f32(ddn_query *q, double t, int64_t m, const float *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    int64_t d = q->oracle->d;
    DDNI_TRY(ddni_query_promote(q->ctx, "x", m, d, x, ldx, &q->singles.wide_x));
    return ddni_query_run(q, t, m, q->singles.wide_x, d);
}

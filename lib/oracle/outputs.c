/* What the outputs are. */
#include "oracle/oracle_impl.h"

#define ROW(name, width, integer, observable)                                                      \
    [name] = {#name, DDNI_WIDTH_##width, integer, observable}

/* Observable: what callbacks along a run may want. */
static const ddni_output outputs[DDNI_OUTPUTS] = {
    ROW(DDN_OUT_SCORE, D, 0, 1),
    ROW(DDN_OUT_MEAN, D, 0, 1),
    ROW(DDN_OUT_LOG_P, ONE, 0, 1),
    ROW(DDN_OUT_ENTROPY, ONE, 0, 1),
    ROW(DDN_OUT_SUM_W2, ONE, 0, 1),
    ROW(DDN_OUT_W_MAX, ONE, 0, 1),
    ROW(DDN_OUT_ONE_MINUS_W_MAX, ONE, 0, 1),
    ROW(DDN_OUT_ARGMAX, ONE, 1, 1),
    ROW(DDN_OUT_CLASS_POSTERIOR, CLASSES, 0, 1),
    ROW(DDN_OUT_TRACE_COV, ONE, 0, 1),
    ROW(DDN_OUT_DIVERGENCE, ONE, 0, 1),
    ROW(DDN_OUT_COV_TIMES_V, D, 0, 0),
    ROW(DDN_OUT_JACOBIAN_TIMES_V, D, 0, 0),
    ROW(DDN_OUT_DRAW, D, 0, 0),
    ROW(DDN_OUT_DRAW_INDEX, ONE, 1, 1),
    ROW(DDN_OUT_NEAREST_DISTANCE2, ONE, 0, 1),
    ROW(DDN_OUT_SECOND_DISTANCE2, ONE, 0, 1),
};

ddni_output ddni_output_of(ddn_output what)
{
    return what > 0 && what < DDNI_OUTPUTS ? outputs[what] : (ddni_output){NULL, 0, 0, 0};
}

const char *ddn_output_name(ddn_output what)
{
    return ddni_output_of(what).name;
}

ddn_type ddn_output_type(ddn_output what)
{
    ddni_output row = ddni_output_of(what);
    return row.name == NULL ? 0 : row.integer ? DDN_TYPE_I64 : DDN_TYPE_F64;
}

int64_t ddni_output_width(const ddn_oracle *oracle, ddn_output what)
{
    ddni_width width = ddni_output_of(what).width;
    return width == DDNI_WIDTH_ONE ? 1 : width == DDNI_WIDTH_D ? oracle->d : oracle->classes;
}

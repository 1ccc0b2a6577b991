/* Options by pinned key. */
#include "base/options.h"

#include "base/check.h"

static int32_t find(const ddni_options *o, int32_t key)
{
    for (int32_t i = 0; i < o->count; i++) {
        if (o->table[i].key == key) {
            return i;
        }
    }
    return -1;
}

static int is_real(int32_t key)
{
    return key < 200;
}

void ddni_options_init(const ddni_options *o, ddni_value *values)
{
    for (int32_t i = 0; i < o->count; i++) {
        if (is_real(o->table[i].key)) {
            values[i].f = o->table[i].preset;
        } else {
            values[i].i = (int64_t)o->table[i].preset;
        }
    }
}

/* Row of a key of the right type, or a failure. */
static ddn_status lookup(ddn_context *ctx, const ddni_options *o, int32_t key, int real,
                         int32_t *row)
{
    *row = find(o, key);
    DDNI_CHECK(ctx, *row >= 0, DDN_E_KEY, "there is no option with key %d", (int)key);
    DDNI_CHECK(ctx, is_real(key) == real, DDN_E_KEY, "option %s takes %s, not %s",
               o->table[*row].name, is_real(key) ? "a double" : "an int64",
               real ? "a double" : "an int64");
    return DDN_OK;
}

ddn_status ddni_options_set_f64(ddn_context *ctx, const ddni_options *o, ddni_value *values,
                                int32_t key, double value)
{
    int32_t row;
    DDNI_TRY(lookup(ctx, o, key, 1, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(ctx, value >= p->minimum && value <= p->maximum,
               isfinite(value) ? DDN_E_RANGE : DDN_E_NONFINITE,
               "option %s = %g is outside [%g, %g]", p->name, value, p->minimum, p->maximum);
    values[row].f = value;
    return DDN_OK;
}

ddn_status ddni_options_set_i64(ddn_context *ctx, const ddni_options *o, ddni_value *values,
                                int32_t key, int64_t value)
{
    int32_t row;
    DDNI_TRY(lookup(ctx, o, key, 0, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(ctx, (double)value >= p->minimum && (double)value <= p->maximum, DDN_E_RANGE,
               "option %s = %lld is outside [%.0f, %.0f]", p->name, (long long)value, p->minimum,
               p->maximum);
    values[row].i = value;
    return DDN_OK;
}

ddn_status ddni_options_get_f64(ddn_context *ctx, const ddni_options *o, const ddni_value *values,
                                int32_t key, double *value)
{
    int32_t row;
    DDNI_CHECK_PTR(ctx, value);
    DDNI_TRY(lookup(ctx, o, key, 1, &row));
    *value = values[row].f;
    return DDN_OK;
}

ddn_status ddni_options_get_i64(ddn_context *ctx, const ddni_options *o, const ddni_value *values,
                                int32_t key, int64_t *value)
{
    int32_t row;
    DDNI_CHECK_PTR(ctx, value);
    DDNI_TRY(lookup(ctx, o, key, 0, &row));
    *value = values[row].i;
    return DDN_OK;
}

ddn_status ddni_options_bounds(ddn_context *ctx, const ddni_options *o, int32_t key,
                               double *minimum, double *maximum, double *preset)
{
    int32_t row = find(o, key);
    DDNI_CHECK(ctx, row >= 0, DDN_E_KEY, "there is no option with key %d", (int)key);
    if (minimum != NULL) {
        *minimum = o->table[row].minimum;
    }
    if (maximum != NULL) {
        *maximum = o->table[row].maximum;
    }
    if (preset != NULL) {
        *preset = o->table[row].preset;
    }
    return DDN_OK;
}

double ddni_options_f64(const ddni_options *o, const ddni_value *values, int32_t key)
{
    return values[find(o, key)].f;
}

int64_t ddni_options_i64(const ddni_options *o, const ddni_value *values, int32_t key)
{
    return values[find(o, key)].i;
}

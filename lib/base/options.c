/* Options by pinned key. */
#include "base/options.h"

#include "base/check.h"

static int32_t find(const ddn_options *o, int32_t key)
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

void ddni_options_init(const ddn_options *o)
{
    for (int32_t i = 0; i < o->count; i++) {
        if (is_real(o->table[i].key)) {
            o->values[i].f = o->table[i].preset;
        } else {
            o->values[i].i = (int64_t)o->table[i].preset;
        }
    }
}

/* Row of a key of the right type, or a failure. */
static ddn_status lookup(const ddn_options *o, int32_t key, int real, int32_t *row)
{
    *row = find(o, key);
    DDNI_CHECK(o->ctx, *row >= 0, DDN_E_KEY, "there is no option with key %d", (int)key);
    DDNI_CHECK(o->ctx, is_real(key) == real, DDN_E_KEY, "option %s takes %s, not %s",
               o->table[*row].name, is_real(key) ? "a double" : "an int64",
               real ? "a double" : "an int64");
    return DDN_OK;
}

static ddn_status store(const ddn_options *o, int32_t row, ddni_value value)
{
    DDNI_TRY(ddni_check_unused(o->ctx, o->owner));
    if (o->changing != NULL) {
        DDNI_TRY(o->changing(o->owner));
    }
    o->values[row] = value;
    return DDN_OK;
}

ddn_status ddn_options_set_f64(ddn_options *o, int32_t key, double value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_TRY(lookup(o, key, 1, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(o->ctx, value >= p->minimum && value <= p->maximum,
               isfinite(value) ? DDN_E_RANGE : DDN_E_NONFINITE,
               "option %s = %g is outside [%g, %g]", p->name, value, p->minimum, p->maximum);
    return store(o, row, (ddni_value){.f = value});
}

ddn_status ddn_options_set_i64(ddn_options *o, int32_t key, int64_t value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_TRY(lookup(o, key, 0, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(o->ctx, (double)value >= p->minimum && (double)value <= p->maximum, DDN_E_RANGE,
               "option %s = %lld is outside [%.0f, %.0f]", p->name, (long long)value, p->minimum,
               p->maximum);
    return store(o, row, (ddni_value){.i = value});
}

ddn_status ddn_options_get_f64(const ddn_options *o, int32_t key, double *value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_CHECK_PTR(o->ctx, value);
    DDNI_TRY(lookup(o, key, 1, &row));
    *value = o->values[row].f;
    return DDN_OK;
}

ddn_status ddn_options_get_i64(const ddn_options *o, int32_t key, int64_t *value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_CHECK_PTR(o->ctx, value);
    DDNI_TRY(lookup(o, key, 0, &row));
    *value = o->values[row].i;
    return DDN_OK;
}

ddn_status ddn_options_bounds(const ddn_options *o, int32_t key, double *minimum, double *maximum,
                              double *preset)
{
    DDNI_ENTER_VIEW(o);
    int32_t row = find(o, key);
    DDNI_CHECK(o->ctx, row >= 0, DDN_E_KEY, "there is no option with key %d", (int)key);
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

int64_t ddn_options_count(const ddn_options *o)
{
    return !DDNI_IS(o) ? 0 : o->count;
}

int32_t ddn_options_key(const ddn_options *o, int64_t i)
{
    return !DDNI_IS(o) || i < 0 || i >= o->count ? 0 : o->table[i].key;
}

const char *ddn_options_name(const ddn_options *o, int32_t key)
{
    int32_t row = !DDNI_IS(o) ? -1 : find(o, key);
    return row < 0 ? NULL : o->table[row].name;
}

void ddni_options_put_f64(const ddn_options *o, int32_t key, double value)
{
    o->values[find(o, key)].f = value;
}

double ddni_options_f64(const ddn_options *o, int32_t key)
{
    return o->values[find(o, key)].f;
}

int64_t ddni_options_i64(const ddn_options *o, int32_t key)
{
    return o->values[find(o, key)].i;
}

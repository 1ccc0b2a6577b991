/* Options by pinned key. */
#include "base/options.h"

#include <string.h>

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

void ddni_options_init(const ddn_options *o)
{
    for (int32_t i = 0; i < o->count; i++) {
        DDNI_ASSERT(ddni_option_name(o->table[i].key) != NULL);
        o->values[i] = o->table[i].preset;
    }
}

int32_t ddni_options_is_preset(const ddn_options *o, int32_t row)
{
    const ddni_value value = o->values[row], preset = o->table[row].preset;
    return o->table[row].type == DDN_TYPE_I64
               ? value.i == preset.i
               : value.f == preset.f || (isnan(value.f) && isnan(preset.f));
}

/* Row of a key, or why this object has none. */
static ddn_status lookup(const ddn_options *o, int32_t key, int32_t *row)
{
    *row = find(o, key);
    if (*row >= 0) {
        return DDN_OK;
    }
    const char *name = ddni_option_name(key), *owners = ddni_option_owners(o->table[0].key);
    DDNI_CHECK(o->ctx, name != NULL, DDN_E_KEY, "there is no option with key %d", (int)key);
    DDNI_CHECK(o->ctx, ddni_option_owners(key) == owners, DDN_E_KEY,
               "%s is an option of %s, not of %s", name, ddni_option_owners(key), owners);
    return ddni_fail(o->ctx, DDN_E_UNSUPPORTED, "method %s has no option %s",
                     o->method != NULL ? o->method : "of this object", name);
}

/* The same, and the type must be the one given. */
static ddn_status lookup_typed(const ddn_options *o, int32_t key, ddn_type type, int32_t *row)
{
    DDNI_TRY(lookup(o, key, row));
    int32_t real = type == DDN_TYPE_F64;
    DDNI_CHECK(o->ctx, o->table[*row].type == type, DDN_E_TYPE, "option %s is %s, not %s",
               ddni_option_name(key), real ? "an int64" : "a double",
               real ? "a double" : "an int64");
    return DDN_OK;
}

static ddn_status changing(const ddn_options *o)
{
    DDNI_TRY(ddni_check_unused(o->ctx, o->owner));
    return o->changing != NULL ? o->changing(o->owner) : DDN_OK;
}

static ddn_status store(const ddn_options *o, int32_t row, ddni_value value)
{
    DDNI_TRY(changing(o));
    o->values[row] = value;
    return DDN_OK;
}

ddn_status ddn_options_set_f64(ddn_options *o, int32_t key, double value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_F64, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(o->ctx, value >= p->minimum.f && value <= p->maximum.f,
               isfinite(value) ? DDN_E_RANGE : DDN_E_NONFINITE,
               "option %s = %.17g is outside [%.15g, %.15g]", ddni_option_name(key), value,
               p->minimum.f, p->maximum.f);
    return store(o, row, (ddni_value){.f = value});
}

ddn_status ddn_options_set_i64(ddn_options *o, int32_t key, int64_t value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_I64, &row));
    const ddni_option *p = &o->table[row];
    DDNI_CHECK(o->ctx, value >= p->minimum.i && value <= p->maximum.i, DDN_E_RANGE,
               "option %s = %lld is outside [%lld, %lld]", ddni_option_name(key), (long long)value,
               (long long)p->minimum.i, (long long)p->maximum.i);
    return store(o, row, (ddni_value){.i = value});
}

ddn_status ddn_options_get_f64(const ddn_options *o, int32_t key, double *value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_CHECK_PTR(o->ctx, value);
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_F64, &row));
    *value = o->values[row].f;
    return DDN_OK;
}

ddn_status ddn_options_get_i64(const ddn_options *o, int32_t key, int64_t *value)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    DDNI_CHECK_PTR(o->ctx, value);
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_I64, &row));
    *value = o->values[row].i;
    return DDN_OK;
}

ddn_status ddn_options_bounds_f64(const ddn_options *o, int32_t key, double *minimum,
                                  double *maximum, double *preset)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    double unused;
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_F64, &row));
    *(minimum != NULL ? minimum : &unused) = o->table[row].minimum.f;
    *(maximum != NULL ? maximum : &unused) = o->table[row].maximum.f;
    *(preset != NULL ? preset : &unused) = o->table[row].preset.f;
    return DDN_OK;
}

ddn_status ddn_options_bounds_i64(const ddn_options *o, int32_t key, int64_t *minimum,
                                  int64_t *maximum, int64_t *preset)
{
    DDNI_ENTER_VIEW(o);
    int32_t row;
    int64_t unused;
    DDNI_TRY(lookup_typed(o, key, DDN_TYPE_I64, &row));
    *(minimum != NULL ? minimum : &unused) = o->table[row].minimum.i;
    *(maximum != NULL ? maximum : &unused) = o->table[row].maximum.i;
    *(preset != NULL ? preset : &unused) = o->table[row].preset.i;
    return DDN_OK;
}

ddn_status ddn_options_reset(ddn_options *o)
{
    DDNI_ENTER_VIEW(o);
    DDNI_TRY(changing(o));
    ddni_options_init(o);
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

int32_t ddn_options_find(const ddn_options *o, const char *name)
{
    for (int32_t i = 0; DDNI_IS(o) && name != NULL && i < o->count; i++) {
        if (strcmp(ddni_option_name(o->table[i].key), name) == 0) {
            return o->table[i].key;
        }
    }
    return -1;
}

const char *ddn_options_name(const ddn_options *o, int32_t key)
{
    return !DDNI_IS(o) || find(o, key) < 0 ? NULL : ddni_option_name(key);
}

ddn_type ddn_options_type(const ddn_options *o, int32_t key)
{
    int32_t row = !DDNI_IS(o) ? -1 : find(o, key);
    return row < 0 ? 0 : o->table[row].type;
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

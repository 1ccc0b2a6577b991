/* Results that hosts make. */
#include <string.h>

#include <diffdyn/version.h>

#include "analysis/result_impl.h"
#include "base/check.h"
#include "base/text.h"
#include "base/utf8.h"

static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:+-";

ddn_status ddni_result_check_name(ddn_context *ctx, const char *what, const char *name)
{
    size_t length = strlen(name), good = strspn(name, allowed);
    DDNI_CHECK(ctx, length > 0 && length < DDNI_NAME_BYTES, DDN_E_KEY,
               "the name of a %s has %lld characters, not 1 to %d", what, (long long)length,
               DDNI_NAME_BYTES - 1);
    DDNI_CHECK(
        ctx, good == length, DDN_E_KEY,
        "the name of a %s has other characters than letters, digits and \"_.:+-\" (byte %lld)",
        what, (long long)good);
    return DDN_OK;
}

ddn_status ddni_result_check_text(ddn_context *ctx, const char *what, const char *text,
                                  int64_t capacity)
{
    DDNI_CHECK(ctx, (int64_t)strlen(text) < capacity, DDN_E_RANGE,
               "the %s has %lld bytes, more than %lld", what, (long long)strlen(text),
               (long long)capacity - 1);
    DDNI_CHECK(ctx, ddni_text_is_clean(text), DDN_E_FORMAT,
               "the %s has control characters or is not UTF-8", what);
    return DDN_OK;
}

ddn_status ddn_result_create(ddn_context *ctx, const char *kind, ddn_clock clock, int64_t rows,
                             ddn_result **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, kind);
    DDNI_TRY(ddni_result_check_name(ctx, "kind", kind));
    DDNI_CHECK(ctx, ddni_clock_name(clock) != NULL, DDN_E_KEY,
               "argument clock = %d is not a ddn_clock", (int)clock);
    DDNI_CHECK_INT(ctx, rows, 0, INT64_C(1) << DDNI_RESULT_ROWS_LOG2);
    const ddni_origin origin = {.kind = kind, .clock = clock};
    DDNI_TRY(ddni_result_start(ctx, &origin, rows, out));
    (*out)->open = 1;
    return DDN_OK;
}

ddn_status ddni_result_table(ddn_context *ctx, int64_t rows, ddn_result **out)
{
    DDNI_TRY(ddni_result_create(ctx, rows, out));
    DDNI_TRY(ddni_result_set_field(ctx, *out, "kind", "table"));
    return ddni_result_set_field(ctx, *out, "clock", "%s", ddni_clock_name((*out)->clock));
}

static ddn_status copy_entries(ddn_context *ctx, ddn_result *result, ddni_entries *to,
                               const ddni_entries *from)
{
    for (int64_t i = 0; i < from->count; i++) {
        DDNI_TRY(ddni_result_add_entry(ctx, result, to, &from->list[i]));
        if (from->list[i].values != NULL) {
            memcpy(to->list[i].values, from->list[i].values, (size_t)result->rows * sizeof(double));
        }
    }
    return DDN_OK;
}

ddn_status ddn_result_create_copy(ddn_context *ctx, const ddn_result *result, ddn_result **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, result);
    ddn_result *copy = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_result_create(ctx, result->rows, &copy), fail);
    copy->clock = result->clock;
    copy->open = 1;
    DDNI_TRY_GOTO(copy_entries(ctx, copy, &copy->fields, &result->fields), fail);
    DDNI_TRY_GOTO(copy_entries(ctx, copy, &copy->scalars, &result->scalars), fail);
    DDNI_TRY_GOTO(copy_entries(ctx, copy, &copy->columns, &result->columns), fail);
fail:
    return ddni_result_hand_out(status, copy, out);
}

static ddn_status check_open(ddn_context *ctx, const ddn_result *result)
{
    DDNI_CHECK(ctx, result->open, DDN_E_STATE,
               "the result (kind '%s') is complete: add to a copy of it (ddn_result_create_copy)",
               ddni_result_text(result, "kind"));
    return DDN_OK;
}

/* What a host gives for a new column or scalar. */
static ddn_status check_new(ddn_context *ctx, const ddn_result *result, const ddni_entries *entries,
                            const char *name, const char *unit, const char *definition)
{
    DDNI_TRY(check_open(ctx, result));
    DDNI_TRY(ddni_result_check_name(ctx, "column or scalar", name));
    DDNI_TRY(ddni_result_check_text(ctx, "unit", unit, DDNI_UNIT_BYTES));
    DDNI_TRY(ddni_result_check_text(ctx, "definition", definition, DDNI_DEFINITION_BYTES));
    DDNI_CHECK(ctx, entries->count < DDNI_RESULT_NAMES, DDN_E_RANGE,
               "the result has %d columns or scalars already", DDNI_RESULT_NAMES);
    DDNI_CHECK(ctx,
               ddni_entries_find(&result->columns, name) == NULL &&
                   ddni_entries_find(&result->scalars, name) == NULL,
               DDN_E_STATE, "the result has '%s' already", name);
    return DDN_OK;
}

ddn_status ddn_result_add_column(ddn_context *ctx, ddn_result *result, const char *name,
                                 const char *unit, const char *definition, const double *values)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    DDNI_CHECK_PTR(ctx, definition);
    DDNI_CHECK(ctx, values != NULL || result->rows == 0, DDN_E_NULL, "argument values is NULL");
    unit = unit == NULL ? "" : unit;
    DDNI_TRY(check_new(ctx, result, &result->columns, name, unit, definition));
    double *column;
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){name, unit, 0, 0}, &column, "%s",
                                    definition));
    if (result->rows > 0) {
        memcpy(column, values, (size_t)result->rows * sizeof *column);
    }
    return DDN_OK;
}

ddn_status ddn_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name,
                                 const char *unit, const char *definition, double value,
                                 double standard_error)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    DDNI_CHECK_PTR(ctx, definition);
    unit = unit == NULL ? "" : unit;
    DDNI_TRY(check_new(ctx, result, &result->scalars, name, unit, definition));
    return ddni_result_add_scalar(ctx, result, (ddni_quantity){name, unit, 0, 0}, value,
                                  standard_error, "%s", definition);
}

ddn_status ddn_result_set_field(ddn_context *ctx, ddn_result *result, const char *name,
                                const char *text)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    DDNI_CHECK_PTR(ctx, text);
    DDNI_TRY(check_open(ctx, result));
    DDNI_TRY(ddni_result_check_name(ctx, "field", name));
    DDNI_CHECK(ctx, strcmp(name, "kind") != 0 && strcmp(name, "clock") != 0, DDN_E_KEY,
               "field '%s' is set when a result is created", name);
    DDNI_TRY(ddni_result_check_text(ctx, "text of a field", text, DDNI_DEFINITION_BYTES));
    DDNI_CHECK(ctx, result->fields.count < DDNI_RESULT_NAMES, DDN_E_RANGE,
               "the result has %d fields already", DDNI_RESULT_NAMES);
    return ddni_result_set_field(ctx, result, name, "%s", text);
}

/* ---- Pooling ---- */

static const struct {
    ddn_pooling pooling;
    const char *name;
} poolings[] = {
    {DDN_POOLING_NONE, "none"},       {DDN_POOLING_SAME, "same"}, {DDN_POOLING_MEAN, "mean"},
    {DDN_POOLING_SHARE, "share"},     {DDN_POOLING_SUM, "sum"},   {DDN_POOLING_PART, "part"},
    {DDNI_POOL_CROSSING, "crossing"},
};
enum {
    POOLINGS = sizeof poolings / sizeof poolings[0]
};

const char *ddni_pooling_name(ddn_pooling pooling)
{
    for (int i = 0; i < POOLINGS; i++) {
        if (poolings[i].pooling == pooling) {
            return poolings[i].name;
        }
    }
    return NULL;
}

int32_t ddni_pooling_of(const char *name, ddn_pooling *pooling)
{
    for (int i = 0; i < POOLINGS; i++) {
        if (strcmp(poolings[i].name, name) == 0) {
            *pooling = poolings[i].pooling;
            return 1;
        }
    }
    return 0;
}

ddn_status ddn_result_set_pooling(ddn_context *ctx, ddn_result *result, const char *name,
                                  ddn_pooling pooling, int64_t count)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    DDNI_TRY(check_open(ctx, result));
    DDNI_CHECK(ctx, pooling <= DDN_POOLING_PART && ddni_pooling_name(pooling) != NULL, DDN_E_KEY,
               "argument pooling = %d is not a ddn_pooling", (int)pooling);
    int counted = pooling == DDN_POOLING_MEAN || pooling == DDN_POOLING_SHARE;
    if (counted) {
        DDNI_CHECK_INT(ctx, count, 1, INT64_C(1) << 53);
    }
    ddni_entry *e = ddni_entries_find(&result->scalars, name);
    e = e != NULL ? e : ddni_entries_find(&result->columns, name);
    DDNI_CHECK(ctx, e != NULL, DDN_E_KEY, "the result has no column or scalar '%.64s'", name);
    e->pooling = pooling;
    e->count = counted ? count : 0;
    e->of[0] = '\0';
    return DDN_OK;
}

/* Results: named columns and scalars with errors and definitions. */
#include "analysis/result_impl.h"

#include <string.h>

#include "base/check.h"
#include "base/message.h"

/* ---- Building ---- */

static void finish_result(void *object)
{
    ddn_result *result = object;
    const ddni_allocator *al = &result->handle.allocator;
    for (int64_t i = 0; i < result->columns.count; i++) {
        ddni_free(al, result->columns.list[i].values);
    }
    ddni_free(al, result->columns.list);
    ddni_free(al, result->scalars.list);
    ddni_free(al, result->fields.list);
}

ddn_status ddni_result_create(ddn_context *ctx, int64_t rows, ddn_result **out)
{
    DDNI_TRY(ddni_handle_create(ctx, DDNI_RESULT, sizeof(ddn_result), finish_result, out));
    (*out)->rows = rows;
    (*out)->clock = DDN_CLOCK_NONE;
    return DDN_OK;
}

ddn_status ddni_result_hand_out(ddn_status status, ddn_result *result, ddn_result **out)
{
    if (status == DDN_OK) {
        *out = result;
    } else {
        ddn_result_destroy(result);
    }
    return status;
}

/* Memory of the result's own host, whatever context it is changed through. */
static ddn_status allocate(ddn_context *ctx, const ddn_result *result, const char *what,
                           int64_t count, int64_t size, void *pointer_to_pointer)
{
    void *p = ddni_alloc(&result->handle.allocator, count, size);
    memcpy(pointer_to_pointer, &p, sizeof p);
    DDNI_CHECK(ctx, p != NULL, DDN_E_NOMEM, "no memory for %s (%lld x %lld bytes)", what,
               (long long)count, (long long)size);
    return DDN_OK;
}

/* Room for one more entry; the new one is zeroed but for its name, and not yet counted. */
static ddn_status append(ddn_context *ctx, ddn_result *result, ddni_entries *entries,
                         const char *name, ddni_entry **out)
{
    DDNI_ASSERT(strlen(name) < DDNI_NAME_BYTES);
    if (entries->count == entries->capacity) {
        int64_t capacity = entries->capacity == 0 ? 16 : 2 * entries->capacity;
        ddni_entry *list = NULL;
        DDNI_TRY(allocate(ctx, result, "result", capacity, sizeof *list, &list));
        if (entries->count > 0) {
            memcpy(list, entries->list, (size_t)entries->count * sizeof *list);
        }
        ddni_free(&result->handle.allocator, entries->list);
        entries->list = list;
        entries->capacity = capacity;
    }
    *out = &entries->list[entries->count];
    memset(*out, 0, sizeof **out);
    ddni_say((*out)->name, DDNI_NAME_BYTES, "%s", name);
    return DDN_OK;
}

static void describe(ddni_entry *e, const ddni_quantity *what)
{
    DDNI_ASSERT(strlen(what->unit) < DDNI_UNIT_BYTES);
    ddni_say(e->unit, DDNI_UNIT_BYTES, "%s", what->unit);
    e->pooling = what->pooling == 0 ? DDN_POOLING_NONE : what->pooling;
    e->count = what->count;
}

static __attribute__((format(printf, 5, 0))) ddn_status
add_column(ddn_context *ctx, ddn_result *result, ddni_quantity what, double **values,
           const char *fmt, va_list args)
{
    ddni_entry *e;
    DDNI_TRY(append(ctx, result, &result->columns, what.name, &e));
    DDNI_TRY(allocate(ctx, result, "result column", result->rows, sizeof(double), &e->values));
    for (int64_t i = 0; i < result->rows; i++) {
        e->values[i] = NAN;
    }
    describe(e, &what);
    ddni_format(e->definition, sizeof e->definition, fmt, args);
    result->columns.count++;
    if (values != NULL) {
        *values = e->values;
    }
    return DDN_OK;
}

ddn_status ddni_result_add_column(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                  double **values, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    ddn_status status = add_column(ctx, result, what, values, fmt, args);
    va_end(args);
    return status;
}

void ddni_part_name(const char *name, const char *part, char out[DDNI_NAME_BYTES])
{
    out[0] = '\0';
    if (strlen(name) + strlen(part) < DDNI_NAME_BYTES) {
        ddni_say(out, DDNI_NAME_BYTES, "%s%s", name, part);
    }
}

void ddni_error_name(const char *name, char out[DDNI_NAME_BYTES])
{
    ddni_part_name(name, "_se", out);
}

void ddni_numbered_name(const char *stem, int64_t number, char out[DDNI_NAME_BYTES])
{
    ddni_say(out, DDNI_NAME_BYTES, "%s%lld", stem, (long long)number);
}

ddn_status ddni_result_add_pair(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                double **values, double **errors, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    ddn_status status = add_column(ctx, result, what, values, fmt, args);
    va_end(args);
    DDNI_TRY(status);
    char error_name[DDNI_NAME_BYTES];
    ddni_error_name(what.name, error_name);
    ddni_quantity error = {error_name, what.unit, DDN_POOLING_PART, 0};
    return ddni_result_add_column(ctx, result, error, errors, "standard error of %s", what.name);
}

ddn_status ddni_result_add_interval(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                    double *values[4], const char *fmt, ...)
{
    static const char *const parts[] = {"", "_se", "_low", "_high"};
    static const char *const texts[] = {"", "standard error of",
                                        "lower end of the 95 % interval of",
                                        "upper end of the 95 % interval of"};
    va_list args;
    va_start(args, fmt);
    ddn_status status = add_column(ctx, result, what, &values[0], fmt, args);
    va_end(args);
    for (int i = 1; i < 4 && status == DDN_OK; i++) {
        char name[DDNI_NAME_BYTES];
        ddni_part_name(what.name, parts[i], name);
        status = ddni_result_add_column(ctx, result,
                                        (ddni_quantity){name, what.unit, DDN_POOLING_PART, 0},
                                        &values[i], "%s %s", texts[i], what.name);
    }
    return status;
}

ddn_status ddni_result_add_scalar(ddn_context *ctx, ddn_result *result, ddni_quantity what,
                                  double value, double standard_error, const char *fmt, ...)
{
    ddni_entry *e;
    DDNI_TRY(append(ctx, result, &result->scalars, what.name, &e));
    va_list args;
    va_start(args, fmt);
    ddni_format(e->definition, sizeof e->definition, fmt, args);
    va_end(args);
    describe(e, &what);
    e->value = value;
    e->standard_error = standard_error;
    result->scalars.count++;
    return DDN_OK;
}

ddn_status ddni_result_set_field(ddn_context *ctx, ddn_result *result, const char *name,
                                 const char *fmt, ...)
{
    ddni_entry *e = ddni_entries_find(&result->fields, name);
    if (e == NULL) {
        DDNI_TRY(append(ctx, result, &result->fields, name, &e));
        result->fields.count++;
    }
    va_list args;
    va_start(args, fmt);
    ddni_format(e->definition, sizeof e->definition, fmt, args);
    va_end(args);
    return DDN_OK;
}

ddn_status ddni_result_add_entry(ddn_context *ctx, ddn_result *result, ddni_entries *entries,
                                 const ddni_entry *entry)
{
    ddni_entry *e;
    double *values = NULL;
    DDNI_TRY(append(ctx, result, entries, entry->name, &e));
    if (entries == &result->columns) {
        DDNI_TRY(allocate(ctx, result, "result column", result->rows, sizeof *values, &values));
    }
    *e = *entry;
    e->values = values;
    entries->count++;
    return DDN_OK;
}

ddni_entry *ddni_entries_find(const ddni_entries *entries, const char *name)
{
    for (int64_t i = 0; i < entries->count; i++) {
        if (strcmp(entries->list[i].name, name) == 0) {
            return &entries->list[i];
        }
    }
    return NULL;
}

const ddni_entry *ddni_result_find_column(const ddn_result *result, const char *name)
{
    return ddni_entries_find(&result->columns, name);
}

const ddni_entry *ddni_result_find_scalar(const ddn_result *result, const char *name)
{
    return ddni_entries_find(&result->scalars, name);
}

void ddni_result_count_by(ddn_result *result, const char *name, const char *counts)
{
    ddni_entry *e = ddni_entries_find(&result->columns, name);
    DDNI_ASSERT(e != NULL);
    e->count = 0;
    ddni_say(e->of, sizeof e->of, "%s", counts);
}

ddn_status ddni_result_copy_column(ddn_context *ctx, ddn_result *result, const char *name,
                                   const ddn_result *source, const char *from, const int64_t *rows)
{
    double *values;
    if (source == NULL) {
        return ddni_result_add_column(ctx, result, (ddni_quantity){name, "1", 0, 0}, &values,
                                      "not measured");
    }
    const ddni_entry *e = ddni_entries_find(&source->columns, from);
    DDNI_CHECK(ctx, e != NULL, DDN_E_KEY, "the result has no column '%s'", from);
    DDNI_TRY(ddni_result_add_column(ctx, result,
                                    (ddni_quantity){name, e->unit, e->pooling, e->count}, &values,
                                    "%s", e->definition));
    for (int64_t i = 0; i < source->rows; i++) {
        values[rows[i]] = e->values[i];
    }
    if (e->of[0] != '\0') {
        ddni_result_count_by(result, name, e->of);
    }
    return DDN_OK;
}

ddn_status ddni_result_copy_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                 const ddn_result *source, const char *from, const int64_t *rows)
{
    static const char *const parts[] = {"", "_se", "_low", "_high", "_rho"};
    if (source == NULL) {
        double *values[4];
        return ddni_result_add_interval(ctx, result, (ddni_quantity){name, "", 0, 0}, values,
                                        "not measured");
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char part[DDNI_NAME_BYTES], part_from[DDNI_NAME_BYTES];
        ddni_part_name(name, parts[i], part);
        ddni_part_name(from, parts[i], part_from);
        if (i < 2 || ddni_entries_find(&source->columns, part_from) != NULL) {
            DDNI_TRY(ddni_result_copy_column(ctx, result, part, source, part_from, rows));
        }
    }
    return DDN_OK;
}

ddn_status ddni_result_copy_scalars(ddn_context *ctx, ddn_result *result, const ddn_result *source)
{
    for (int64_t i = 0; i < source->scalars.count; i++) {
        const ddni_entry *e = &source->scalars.list[i];
        if (ddni_entries_find(&result->scalars, e->name) == NULL) {
            DDNI_TRY(ddni_result_add_entry(ctx, result, &result->scalars, e));
        }
    }
    return DDN_OK;
}

/* ---- Reading ---- */

ddn_status ddn_result_retain(const ddn_result *result)
{
    return ddni_handle_retain(result, DDNI_RESULT);
}

void ddn_result_destroy(ddn_result *result)
{
    ddni_drop(result, DDNI_RESULT);
}

int64_t ddn_result_rows(const ddn_result *result)
{
    return !DDNI_IS(result) ? 0 : result->rows;
}

int64_t ddn_result_column_count(const ddn_result *result)
{
    return !DDNI_IS(result) ? 0 : result->columns.count;
}

int64_t ddn_result_scalar_count(const ddn_result *result)
{
    return !DDNI_IS(result) ? 0 : result->scalars.count;
}

static const char *name_at(const ddni_entries *entries, int64_t i)
{
    return i >= 0 && i < entries->count ? entries->list[i].name : NULL;
}

const char *ddn_result_column_name(const ddn_result *result, int64_t i)
{
    return !DDNI_IS(result) ? NULL : name_at(&result->columns, i);
}

const char *ddn_result_scalar_name(const ddn_result *result, int64_t i)
{
    return !DDNI_IS(result) ? NULL : name_at(&result->scalars, i);
}

ddn_status ddn_result_column(ddn_context *ctx, const ddn_result *result, const char *name,
                             int64_t capacity, double *out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    DDNI_CHECK_PTR(ctx, out);
    const ddni_entry *e = ddni_entries_find(&result->columns, name);
    DDNI_CHECK(ctx, e != NULL, DDN_E_KEY, "the result has no column '%.64s'", name);
    DDNI_CHECK_CAPACITY(ctx, capacity, result->rows);
    memcpy(out, e->values, (size_t)result->rows * sizeof *out);
    return DDN_OK;
}

ddn_status ddn_result_scalar(ddn_context *ctx, const ddn_result *result, const char *name,
                             double *value, double *standard_error)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, name);
    const ddni_entry *e = ddni_entries_find(&result->scalars, name);
    DDNI_CHECK(ctx, e != NULL, DDN_E_KEY, "the result has no scalar '%.64s'", name);
    if (value != NULL) {
        *value = e->value;
    }
    if (standard_error != NULL) {
        *standard_error = e->standard_error;
    }
    return DDN_OK;
}

/* The scalar or else the column of that name; NULL where there is none. */
static const ddni_entry *any(const ddn_result *result, const char *name)
{
    if (!DDNI_IS(result) || name == NULL) {
        return NULL;
    }
    const ddni_entry *e = ddni_entries_find(&result->scalars, name);
    return e != NULL ? e : ddni_entries_find(&result->columns, name);
}

const char *ddn_result_definition(const ddn_result *result, const char *name)
{
    const ddni_entry *e = any(result, name);
    return e == NULL ? NULL : e->definition;
}

const char *ddn_result_unit(const ddn_result *result, const char *name)
{
    const ddni_entry *e = any(result, name);
    return e == NULL ? NULL : e->unit;
}

ddn_clock ddn_result_clock(const ddn_result *result)
{
    return DDNI_IS(result) ? result->clock : 0;
}

int64_t ddn_result_field_count(const ddn_result *result)
{
    return DDNI_IS(result) ? result->fields.count : 0;
}

const char *ddn_result_field_name(const ddn_result *result, int64_t i)
{
    return DDNI_IS(result) ? name_at(&result->fields, i) : NULL;
}

const char *ddn_result_field(const ddn_result *result, const char *name)
{
    const ddni_entry *e =
        DDNI_IS(result) && name != NULL ? ddni_entries_find(&result->fields, name) : NULL;
    return e == NULL ? NULL : e->definition;
}

const char *ddni_result_text(const ddn_result *result, const char *name)
{
    const char *text = ddn_result_field(result, name);
    return text == NULL ? "" : text;
}

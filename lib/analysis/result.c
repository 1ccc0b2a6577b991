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
}

ddn_status ddni_result_create(ddn_context *ctx, int64_t rows, ddn_result **out)
{
    DDNI_TRY(ddni_handle_create(ctx, DDNI_RESULT, sizeof(ddn_result), finish_result, out));
    (*out)->rows = rows;
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

/* Room for one more entry; the new one is zeroed but for its name. */
static ddn_status append(ddn_context *ctx, ddn_result *result, ddni_entries *entries,
                         const char *name, ddni_entry **out)
{
    DDNI_ASSERT(strlen(name) < DDNI_NAME_BYTES);
    if (entries->count == entries->capacity) {
        int64_t capacity = entries->capacity == 0 ? 16 : 2 * entries->capacity;
        ddni_entry *list = NULL;
        DDNI_TRY(ddni_alloc_for(ctx, "result", capacity, sizeof *list, &list));
        if (entries->count > 0) {
            memcpy(list, entries->list, (size_t)entries->count * sizeof *list);
        }
        ddni_free(&result->handle.allocator, entries->list);
        entries->list = list;
        entries->capacity = capacity;
    }
    *out = &entries->list[entries->count];
    memset(*out, 0, sizeof **out);
    strncpy((*out)->name, name, DDNI_NAME_BYTES - 1);
    return DDN_OK;
}

static __attribute__((format(printf, 5, 0))) ddn_status
add_column(ddn_context *ctx, ddn_result *result, const char *name, double **values, const char *fmt,
           va_list args)
{
    ddni_entry *e;
    DDNI_TRY(append(ctx, result, &result->columns, name, &e));
    DDNI_TRY(ddni_alloc_for(ctx, "result column", result->rows, sizeof(double), &e->values));
    for (int64_t i = 0; i < result->rows; i++) {
        e->values[i] = NAN;
    }
    ddni_format(e->definition, sizeof e->definition, fmt, args);
    result->columns.count++;
    if (values != NULL) {
        *values = e->values;
    }
    return DDN_OK;
}

ddn_status ddni_result_add_column(ddn_context *ctx, ddn_result *result, const char *name,
                                  double **values, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    ddn_status status = add_column(ctx, result, name, values, fmt, args);
    va_end(args);
    return status;
}

void ddni_error_name(const char *name, char out[DDNI_NAME_BYTES])
{
    DDNI_ASSERT(strlen(name) + 4 <= DDNI_NAME_BYTES);
    strcpy(out, name);
    strcat(out, "_se");
}

void ddni_numbered_name(const char *stem, int64_t number, char out[DDNI_NAME_BYTES])
{
    char digits[24];
    int64_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    DDNI_ASSERT((int64_t)strlen(stem) + count < DDNI_NAME_BYTES);
    strcpy(out, stem);
    for (char *end = out + strlen(stem); count >= 0; end++) {
        *end = count > 0 ? digits[count - 1] : '\0';
        count--;
    }
}

ddn_status ddni_result_add_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                double **values, double **errors, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    ddn_status status = add_column(ctx, result, name, values, fmt, args);
    va_end(args);
    DDNI_TRY(status);
    char error_name[DDNI_NAME_BYTES];
    ddni_error_name(name, error_name);
    return ddni_result_add_column(ctx, result, error_name, errors, "standard error of %s", name);
}

ddn_status ddni_result_add_scalar(ddn_context *ctx, ddn_result *result, const char *name,
                                  double value, double standard_error, const char *fmt, ...)
{
    ddni_entry *e;
    DDNI_TRY(append(ctx, result, &result->scalars, name, &e));
    va_list args;
    va_start(args, fmt);
    ddni_format(e->definition, sizeof e->definition, fmt, args);
    va_end(args);
    e->value = value;
    e->standard_error = standard_error;
    result->scalars.count++;
    return DDN_OK;
}

static const ddni_entry *find(const ddni_entries *entries, const char *name)
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
    return find(&result->columns, name);
}

const ddni_entry *ddni_result_find_scalar(const ddn_result *result, const char *name)
{
    return find(&result->scalars, name);
}

ddn_status ddni_result_copy_pair(ddn_context *ctx, ddn_result *result, const char *name,
                                 const ddn_result *source, const char *from, const int64_t *rows)
{
    char error_name[DDNI_NAME_BYTES];
    double *values, *errors;
    if (source == NULL) {
        return ddni_result_add_pair(ctx, result, name, &values, &errors, "not measured");
    }
    ddni_error_name(from, error_name);
    const ddni_entry *e = find(&source->columns, from);
    const ddni_entry *se = find(&source->columns, error_name);
    DDNI_CHECK(ctx, e != NULL && se != NULL, DDN_E_KEY, "the result has no columns '%s' and '%s'",
               from, error_name);
    DDNI_TRY(ddni_result_add_pair(ctx, result, name, &values, &errors, "%s", e->definition));
    for (int64_t i = 0; i < source->rows; i++) {
        values[rows[i]] = e->values[i];
        errors[rows[i]] = se->values[i];
    }
    return DDN_OK;
}

ddn_status ddni_result_copy_scalars(ddn_context *ctx, ddn_result *result, const ddn_result *source)
{
    for (int64_t i = 0; i < source->scalars.count; i++) {
        const ddni_entry *e = &source->scalars.list[i];
        if (find(&result->scalars, e->name) == NULL) {
            DDNI_TRY(ddni_result_add_scalar(ctx, result, e->name, e->value, e->standard_error, "%s",
                                            e->definition));
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
    const ddni_entry *e = find(&result->columns, name);
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
    const ddni_entry *e = find(&result->scalars, name);
    DDNI_CHECK(ctx, e != NULL, DDN_E_KEY, "the result has no scalar '%.64s'", name);
    if (value != NULL) {
        *value = e->value;
    }
    if (standard_error != NULL) {
        *standard_error = e->standard_error;
    }
    return DDN_OK;
}

const char *ddn_result_definition(const ddn_result *result, const char *name)
{
    if (!DDNI_IS(result) || name == NULL) {
        return NULL;
    }
    const ddni_entry *e = find(&result->scalars, name);
    if (e == NULL) {
        e = find(&result->columns, name);
    }
    return e == NULL ? NULL : e->definition;
}

/* Results as JSON, and the descriptions that CSV files hold in their comments. */
#include <string.h>

#include "analysis/result_files.h"
#include "base/check.h"
#include "base/message.h"

/* ---- Writing ---- */

static void member(ddni_text *text, const char *name)
{
    ddni_text_json_string(text, name);
    ddni_text_add(text, ": ");
}

/* Without its closing bracket. */
static void open_entry(ddni_text *text, const ddni_entry *e, int scalar)
{
    member(text, e->name);
    ddni_text_add(text, "{");
    if (scalar) {
        member(text, "value");
        ddni_text_json_number(text, e->value);
        ddni_text_add(text, ", \"standard_error\": ");
        ddni_text_json_number(text, e->standard_error);
        ddni_text_add(text, ", ");
    }
    member(text, "unit");
    ddni_text_json_string(text, e->unit);
    ddni_text_add(text, ", \"pooling\": ");
    ddni_text_json_string(text, ddni_pooling_name(e->pooling));
    if (e->count > 0) {
        ddni_text_add(text, ", \"count\": ");
        ddni_text_integer(text, e->count);
    }
    if ((e->pooling == DDN_POOLING_MEAN || e->pooling == DDN_POOLING_SHARE) && e->of[0] != '\0') {
        ddni_text_add(text, ", \"counts\": ");
        ddni_text_json_string(text, e->of);
    }
    if (e->pooling == DDNI_POOL_CROSSING) {
        ddni_text_add(text, ", \"of\": ");
        ddni_text_json_string(text, e->of);
        ddni_text_add(text, ", \"level\": ");
        ddni_text_json_number(text, e->level);
    }
    ddni_text_add(text, ", \"definition\": ");
    ddni_text_json_string(text, e->definition);
}

void ddni_result_write_entry(ddni_text *text, const ddni_entry *e, int scalar)
{
    open_entry(text, e, scalar);
    ddni_text_add(text, "}");
}

void ddni_result_write_json(ddni_text *text, const ddn_result *r)
{
    ddni_text_add(text, "{\"format\": \"diffdyn result\", \"version\": 1,\n \"fields\": {");
    for (int64_t i = 0; i < r->fields.count; i++) {
        ddni_text_add(text, i == 0 ? "\n  " : ",\n  ");
        member(text, r->fields.list[i].name);
        ddni_text_json_string(text, r->fields.list[i].definition);
    }
    ddni_text_add(text, "},\n \"scalars\": {");
    for (int64_t i = 0; i < r->scalars.count; i++) {
        ddni_text_add(text, i == 0 ? "\n  " : ",\n  ");
        ddni_result_write_entry(text, &r->scalars.list[i], 1);
    }
    ddni_text_add(text, "},\n \"rows\": ");
    ddni_text_integer(text, r->rows);
    ddni_text_add(text, ",\n \"columns\": {");
    for (int64_t i = 0; i < r->columns.count; i++) {
        ddni_text_add(text, i == 0 ? "\n  " : ",\n  ");
        open_entry(text, &r->columns.list[i], 0);
        ddni_text_add(text, ",\n   \"values\": [");
        for (int64_t k = 0; k < r->rows && text->status == DDN_OK; k++) {
            ddni_text_add(text, k == 0 ? "" : ", ");
            ddni_text_json_number(text, r->columns.list[i].values[k]);
        }
        ddni_text_add(text, "]}");
    }
    ddni_text_add(text, "}}\n");
}

/* ---- Reading ---- */

ddn_status ddni_result_read_name(ddni_json *json, const ddn_result *result,
                                 const ddni_entries *entries, const char *name)
{
    if (ddni_result_check_name(NULL, "", name) != DDN_OK) {
        return ddni_json_fail(json, "'%.60s' cannot be a name", name);
    }
    int taken = entries == &result->fields ? ddni_entries_find(entries, name) != NULL
                                           : ddni_entries_find(&result->scalars, name) != NULL ||
                                                 ddni_entries_find(&result->columns, name) != NULL;
    if (taken) {
        return ddni_json_fail(json, "'%s' stands twice", name);
    }
    return entries->count < DDNI_RESULT_NAMES
               ? DDN_OK
               : ddni_json_fail(json, "there are more than %d names", DDNI_RESULT_NAMES);
}

ddn_status ddni_result_read_field(ddni_json *json, ddn_result *result)
{
    ddni_entry e = {.name = ""};
    DDNI_TRY(ddni_json_string(json, e.name, sizeof e.name));
    DDNI_TRY(ddni_json_take(json, ':'));
    DDNI_TRY(ddni_json_string(json, e.definition, sizeof e.definition));
    DDNI_TRY(ddni_result_read_name(json, result, &result->fields, e.name));
    return ddni_result_add_entry(json->ctx, result, &result->fields, &e);
}

static ddn_status read_pooling(ddni_json *json, ddn_pooling *pooling)
{
    char name[DDNI_NAME_BYTES];
    DDNI_TRY(ddni_json_string(json, name, sizeof name));
    return ddni_pooling_of(name, pooling) ? DDN_OK
                                          : ddni_json_fail(json, "'%s' is no pooling", name);
}

/* The values of a column, as many as there are rows. */
static ddn_status read_values(ddni_json *json, int64_t rows, double *values)
{
    int first = 1, more;
    DDNI_TRY(ddni_json_take(json, '['));
    for (int64_t k = 0;; k++) {
        DDNI_TRY(ddni_json_next(json, ']', &first, &more));
        if (!more) {
            return k == rows ? DDN_OK
                             : ddni_json_fail(json, "a column has %lld values, not %lld",
                                              (long long)k, (long long)rows);
        }
        if (k == rows) {
            return ddni_json_fail(json, "a column has more than %lld values", (long long)rows);
        }
        DDNI_TRY(ddni_json_number(json, &values[k]));
    }
}

/* One member of a description; what is not known is skipped. */
static ddn_status read_member(ddni_json *json, const char *key, int64_t rows, ddni_entry *e)
{
    if (strcmp(key, "unit") == 0) {
        return ddni_json_string(json, e->unit, sizeof e->unit);
    }
    if (strcmp(key, "definition") == 0) {
        return ddni_json_string(json, e->definition, sizeof e->definition);
    }
    if (strcmp(key, "of") == 0 || strcmp(key, "counts") == 0) {
        return ddni_json_string(json, e->of, sizeof e->of);
    }
    if (strcmp(key, "pooling") == 0) {
        return read_pooling(json, &e->pooling);
    }
    if (strcmp(key, "count") == 0) {
        return ddni_json_count(json, &e->count);
    }
    if (strcmp(key, "level") == 0) {
        return ddni_json_number(json, &e->level);
    }
    if (strcmp(key, "value") == 0) {
        return ddni_json_number(json, &e->value);
    }
    if (strcmp(key, "standard_error") == 0) {
        return ddni_json_number(json, &e->standard_error);
    }
    if (strcmp(key, "values") == 0 && e->values != NULL) {
        return read_values(json, rows, e->values);
    }
    return ddni_json_skip(json);
}

static ddn_status check_rows(const ddni_json *json, int64_t rows, int64_t most)
{
    return rows <= most ? DDN_OK
                        : ddni_json_fail(json, "\"rows\" is %lld, more than the file can have",
                                         (long long)rows);
}

ddn_status ddni_result_read_rows(ddni_json *json, ddn_result *result)
{
    DDNI_TRY(ddni_json_count(json, &result->rows));
    return check_rows(json, result->rows, INT64_C(1) << DDNI_RESULT_ROWS_LOG2);
}

ddn_status ddni_result_read_entry(ddni_json *json, ddn_result *result, int scalar)
{
    ddni_entry start = {.value = NAN, .standard_error = NAN, .pooling = DDN_POOLING_NONE};
    ddni_entries *entries = scalar ? &result->scalars : &result->columns;
    char key[32];
    int first = 1, more, values = 0;
    DDNI_TRY(ddni_json_string(json, start.name, sizeof start.name));
    DDNI_TRY(ddni_json_take(json, ':'));
    DDNI_TRY(ddni_json_take(json, '{'));
    DDNI_TRY(ddni_result_read_name(json, result, entries, start.name));
    /* A column needs a byte or more for each row. */
    DDNI_TRY(scalar ? DDN_OK : check_rows(json, result->rows, json->end - json->at));
    DDNI_TRY(ddni_result_add_entry(json->ctx, result, entries, &start));
    ddni_entry *e = &entries->list[entries->count - 1];
    for (;;) {
        DDNI_TRY(ddni_json_member(json, &first, &more, key, sizeof key));
        if (!more) {
            break;
        }
        values += strcmp(key, "values") == 0;
        DDNI_TRY(read_member(json, key, result->rows, e));
    }
    if ((e->pooling == DDN_POOLING_MEAN || e->pooling == DDN_POOLING_SHARE) && e->count < 1 &&
        (scalar || e->of[0] == '\0')) {
        return ddni_json_fail(json, "'%s' has no count of samples", e->name);
    }
    return scalar || values == 1 || result->rows == 0
               ? DDN_OK
               : ddni_json_fail(json, "column '%s' has no values", e->name);
}

ddn_status ddni_result_settle(ddni_json *json, ddn_result *result)
{
    const char *kind = ddni_result_text(result, "kind");
    const char *clock = ddni_result_text(result, "clock");
    if (ddni_result_check_name(NULL, "", kind) != DDN_OK) {
        return ddni_json_fail(json, "the field \"kind\" is missing or no name");
    }
    return ddni_clock_of(clock, &result->clock)
               ? DDN_OK
               : ddni_json_fail(json, "the field \"clock\" is missing or no clock: '%.40s'", clock);
}

/* The members of an object, each by `read`. */
static ddn_status read_all(ddni_json *json, ddn_result *result, int what)
{
    int first = 1, more;
    DDNI_TRY(ddni_json_take(json, '{'));
    for (;;) {
        DDNI_TRY(ddni_json_next(json, '}', &first, &more));
        if (!more) {
            return DDN_OK;
        }
        DDNI_TRY(what == 'f' ? ddni_result_read_field(json, result)
                             : ddni_result_read_entry(json, result, what == 's'));
    }
}

static ddn_status read_part(ddni_json *json, const char *key, int64_t *seen, ddn_result *result)
{
    static const char *const keys[] = {"fields", "scalars", "rows", "columns", "version", "format"};
    int64_t which = 0, version;
    char format[32];
    while (which < 6 && strcmp(key, keys[which]) != 0) {
        which++;
    }
    if (which < 6 && (*seen >> which & 1) != 0) {
        return ddni_json_fail(json, "\"%s\" stands twice", key);
    }
    *seen |= INT64_C(1) << which;
    switch (which) {
    case 0:
        return read_all(json, result, 'f');
    case 1:
        return read_all(json, result, 's');
    case 2:
        return ddni_result_read_rows(json, result);
    case 3:
        return (*seen & 4) != 0 ? read_all(json, result, 'c')
                                : ddni_json_fail(json, "\"rows\" must come before \"columns\"");
    case 4:
        DDNI_TRY(ddni_json_count(json, &version));
        return version == 1 ? DDN_OK
                            : ddni_json_fail(json, "version %lld is not known", (long long)version);
    case 5:
        DDNI_TRY(ddni_json_string(json, format, sizeof format));
        return strcmp(format, "diffdyn result") == 0
                   ? DDN_OK
                   : ddni_json_fail(json, "the format is '%s', not 'diffdyn result'", format);
    default:
        return ddni_json_skip(json);
    }
}

ddn_status ddni_result_read_json(ddni_json *json, ddn_result **out)
{
    int first = 1, more = 1;
    int64_t seen = 0;
    char key[64];
    DDNI_TRY(ddni_result_create(json->ctx, 0, out));
    DDNI_TRY(ddni_json_take(json, '{'));
    for (;;) {
        DDNI_TRY(ddni_json_member(json, &first, &more, key, sizeof key));
        if (!more) {
            break;
        }
        DDNI_TRY(read_part(json, key, &seen, *out));
    }
    if ((seen & 0x3f) != 0x3f) {
        return ddni_json_fail(json, "one of \"format\", \"version\", \"fields\", \"scalars\", "
                                    "\"rows\", \"columns\" is missing");
    }
    DDNI_TRY(ddni_json_end(json));
    return ddni_result_settle(json, *out);
}

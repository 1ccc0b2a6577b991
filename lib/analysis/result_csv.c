/* Results as CSV: descriptions in comments, a line of names, rows. */
#include <string.h>

#include "analysis/result_files.h"
#include "base/check.h"
#include "base/number.h"
#include "base/progress.h"

static const char magic[] = "# diffdyn result 1";

/* ---- Writing ---- */

static void write_descriptions(ddni_text *text, const ddn_result *r)
{
    for (int64_t i = 0; i < r->fields.count; i++) {
        ddni_text_add(text, "\n# field ");
        ddni_text_json_string(text, r->fields.list[i].name);
        ddni_text_add(text, ": ");
        ddni_text_json_string(text, r->fields.list[i].definition);
    }
    for (int64_t i = 0; i < r->scalars.count; i++) {
        ddni_text_add(text, "\n# scalar ");
        ddni_result_write_entry(text, &r->scalars.list[i], 1);
    }
    if (r->columns.count == 0 && r->rows > 0) { /* no lines that could be counted */
        ddni_text_add(text, "\n# rows ");
        ddni_text_integer(text, r->rows);
    }
    for (int64_t i = 0; i < r->columns.count; i++) {
        ddni_text_add(text, "\n# column ");
        ddni_result_write_entry(text, &r->columns.list[i], 0);
    }
}

void ddni_result_write_csv(ddni_text *text, const ddn_result *r)
{
    ddni_text_add(text, magic);
    write_descriptions(text, r);
    for (int64_t i = 0; i < r->columns.count; i++) {
        ddni_text_add(text, i == 0 ? "\n" : ",");
        ddni_text_add(text, r->columns.list[i].name);
    }
    for (int64_t k = 0; k < r->rows && r->columns.count > 0 && text->status == DDN_OK; k++) {
        for (int64_t i = 0; i < r->columns.count; i++) {
            ddni_text_add(text, i == 0 ? "\n" : ",");
            ddni_text_number(text, r->columns.list[i].values[k]);
        }
    }
    ddni_text_add(text, "\n# end\n");
}

/* ---- Reading ---- */

/* A file of ours that has been cut does not end as it was written. It begins with `magic`, which is
 * longer than the mark. */
static ddn_status take_end(ddni_json *file)
{
    static const char mark[] = "\n# end";
    const int64_t length = (int64_t)sizeof mark - 1;
    const char *end = file->end;
    while (end[-1] == '\n' || end[-1] == '\r') {
        end--;
    }
    DDNI_ASSERT(end - file->at > length);
    if (memcmp(end - length, mark, (size_t)length) != 0) {
        return ddni_json_fail(file, "the file is cut: its last line is not '# end'");
    }
    file->end = end - length;
    return DDN_OK;
}

/* A line of the file, without its end; the file goes on behind it. */
static int take_line(ddni_json *file, ddni_json *line)
{
    if (file->at >= file->end) {
        return 0;
    }
    const char *end = memchr(file->at, '\n', (size_t)(file->end - file->at));
    *line = *file;
    line->end = end == NULL ? file->end : end;
    file->at = end == NULL ? file->end : end + 1;
    file->line++;
    if (line->end > line->at && line->end[-1] == '\r') {
        line->end--;
    }
    return 1;
}

static int starts_with(ddni_json *line, const char *word)
{
    int64_t length = (int64_t)strlen(word);
    if (line->end - line->at < length || memcmp(line->at, word, (size_t)length) != 0) {
        return 0;
    }
    line->at += length;
    return 1;
}

static ddn_status read_comment(ddni_json *line, ddn_result *r)
{
    if (starts_with(line, "# field ")) {
        DDNI_TRY(ddni_result_read_field(line, r));
    } else if (starts_with(line, "# scalar ")) {
        DDNI_TRY(ddni_result_read_entry(line, r, 1));
    } else if (starts_with(line, "# rows ")) {
        DDNI_TRY(ddni_result_read_rows(line, r));
    } else if (starts_with(line, "# column ")) {
        DDNI_TRY(ddni_result_read_entry(line, r, 0));
    } else {
        return DDN_OK;
    }
    return ddni_json_end(line);
}

/* The end of a cell: a comma or the end of the line. Blanks around it do not count. */
static void take_cell(ddni_json *line, const char **from, int64_t *length)
{
    const char *comma = memchr(line->at, ',', (size_t)(line->end - line->at));
    const char *end = comma == NULL ? line->end : comma;
    *from = line->at;
    while (*from < end && (**from == ' ' || **from == '\t')) {
        (*from)++;
    }
    line->at = comma == NULL ? end : end + 1;
    while (end > *from && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *length = end - *from;
}

static int64_t cells(const ddni_json *line)
{
    int64_t count = 1;
    for (const char *c = line->at; c < line->end; c++) {
        count += *c == ',';
    }
    return count;
}

/* The line of names: those of the described columns, or else new ones. */
static ddn_status read_names(ddni_json *line, ddn_result *r)
{
    int64_t described = r->columns.count, count = line->at < line->end ? cells(line) : 0;
    for (int64_t i = 0; i < count; i++) {
        ddni_entry e = {.pooling = DDN_POOLING_NONE};
        const char *from;
        int64_t length;
        take_cell(line, &from, &length);
        if (length >= (int64_t)sizeof e.name || memchr(from, '\0', (size_t)length) != NULL) {
            return ddni_json_fail(line, "the name of column %lld is too long or has a byte 0",
                                  (long long)i + 1);
        }
        memcpy(e.name, from, (size_t)length);
        if (described == 0) {
            DDNI_TRY(ddni_result_read_name(line, r, &r->columns, e.name));
            DDNI_TRY(ddni_result_add_entry(line->ctx, r, &r->columns, &e));
        } else if (i >= described || strcmp(e.name, r->columns.list[i].name) != 0) {
            return ddni_json_fail(line, "column %lld is '%s', not as described", (long long)i + 1,
                                  e.name);
        }
    }
    return count >= described ? DDN_OK
                              : ddni_json_fail(line, "there are %lld columns, %lld are described",
                                               (long long)count, (long long)described);
}

/* Whether a cell is this word, in letters of any size. A cell may hold any bytes, zeros too. */
static int is_word(const char *from, int64_t length, const char *word)
{
    int same = length == (int64_t)strlen(word);
    for (int64_t i = 0; i < length && same; i++) {
        char c = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] - 'A' + 'a') : from[i];
        same = c == word[i];
    }
    return same;
}

static ddn_status read_row(ddni_json *line, ddn_result *r, int64_t k)
{
    if (cells(line) != r->columns.count) {
        return ddni_json_fail(line, "there are %lld numbers for %lld columns",
                              (long long)cells(line), (long long)r->columns.count);
    }
    for (int64_t i = 0; i < r->columns.count; i++) {
        const char *from;
        int64_t length;
        double value = NAN;
        take_cell(line, &from, &length);
        if (is_word(from, length, "inf") || is_word(from, length, "-inf")) {
            value = *from == '-' ? -INFINITY : INFINITY;
        } else if (length > 0 && !is_word(from, length, "nan") &&
                   ddni_number_read(from, length, &value) != length) {
            return ddni_json_fail(line, "'%.*s' is no number", length < 40 ? (int)length : 40,
                                  from);
        }
        r->columns.list[i].values[k] = value;
    }
    return DDN_OK;
}

/* The next line that is no comment: files of other programs may have some at the end. */
static int take_row(ddni_json *file, ddni_json *line)
{
    int found = take_line(file, line);
    while (found && line->at < line->end && *line->at == '#') {
        found = take_line(file, line);
    }
    return found;
}

/* How many rows there are; a row takes a byte for each column or more. */
static ddn_status count_rows(const ddni_json *file, ddn_result *r)
{
    ddni_json at = *file, line;
    int64_t bytes = file->end - file->at;
    r->rows = r->columns.count > 0 ? 0 : r->rows;
    while (r->columns.count > 0 && take_row(&at, &line)) {
        DDNI_TRY(ddni_poll(file->ctx));
        r->rows++;
    }
    if (r->rows > 0 && r->columns.count > (bytes + 1) / r->rows) {
        return ddni_json_fail(file, "%lld rows are too short for %lld columns", (long long)r->rows,
                              (long long)r->columns.count);
    }
    for (int64_t i = 0; i < r->columns.count; i++) {
        double **values = &r->columns.list[i].values;
        ddni_free(&r->handle.allocator, *values);
        *values = NULL;
        DDNI_TRY(ddni_alloc_for(file->ctx, "result column", r->rows, sizeof **values, values));
    }
    return DDN_OK;
}

ddn_status ddni_result_read_csv(ddni_json *file, ddn_result **out)
{
    ddni_json line = *file;
    int own = starts_with(&line, magic);
    if (own) {
        DDNI_TRY(take_end(file));
        DDNI_TRY(ddni_result_create(file->ctx, 0, out));
    } else {
        DDNI_TRY(ddni_result_table(file->ctx, 0, out));
    }
    ddn_result *r = *out;
    int found = take_line(file, &line);
    while (found && line.at < line.end && *line.at == '#') {
        DDNI_TRY(own ? read_comment(&line, r) : DDN_OK);
        found = take_line(file, &line);
    }
    if (found) {
        DDNI_TRY(read_names(&line, r));
    } else if (r->columns.count > 0) {
        return ddni_json_fail(file, "the line of names is missing");
    }
    if (own) {
        DDNI_TRY(ddni_result_settle(file, r));
    }
    DDNI_TRY(count_rows(file, r));
    for (int64_t k = 0; k < r->rows && r->columns.count > 0; k++) {
        DDNI_TRY(ddni_poll(file->ctx));
        take_row(file, &line);
        DDNI_TRY(read_row(&line, r, k));
    }
    return r->columns.count > 0 || own ? DDN_OK : ddni_json_fail(file, "there are no columns");
}

/* Runs that are repeated: --from FILE takes the settings of a JSON or CSV file that a driver wrote
 * (driver_origin.c). A small reader of JSON; what it does not need, it skips. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 64, /* brackets in brackets */
    DATA = 2,     /* among the members of a record */
    MOST_BYTES = 1 << 28
};

typedef struct reader {
    const char *path, *begin, *at, *end;
} reader;

static drv_from from; /* path NULL: there is none */

static _Noreturn void damaged(const reader *r, const char *wanted)
{
    drv_die("--from %s is damaged: there is no %s at byte %lld", r->path, wanted,
            (long long)(r->at - r->begin) + 1);
}

static char look(reader *r)
{
    while (r->at < r->end &&
           (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) {
        r->at++;
    }
    return r->at < r->end ? *r->at : '\0';
}

static int take(reader *r, char c)
{
    if (look(r) != c || r->at == r->end) {
        return 0;
    }
    r->at++;
    return 1;
}

static void expect(reader *r, char c, const char *what)
{
    if (!take(r, c)) {
        damaged(r, what);
    }
}

/* Whether another item follows in brackets that were opened. */
static int next(reader *r, char close, int *first)
{
    const int is_first = *first;
    *first = 0;
    if (take(r, close)) {
        return 0;
    }
    if (!is_first && !take(r, ',')) {
        damaged(r, "comma or closing bracket");
    }
    return 1;
}

/* Four digits of a character's number, as UTF-8; as the byte that it stands for (driver_origin.c).
 */
static char *put_character(reader *r, char *to)
{
    char digits[5] = "", *stop;
    if (r->end - r->at < 4) {
        damaged(r, "number of a character");
    }
    memcpy(digits, r->at, 4);
    const unsigned long c = strtoul(digits, &stop, 16);
    if (*stop || c == 0) {
        damaged(r, "number of a character");
    }
    r->at += 4;
    if (c >= 0xdc80 && c <= 0xdcff) {
        *to++ = (char)(c - 0xdc00);
    } else if (c < 0x80) {
        *to++ = (char)c;
    } else {
        if (c >= 0x800) {
            *to++ = (char)(0xe0 | c >> 12);
        }
        *to++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

static const char *string(reader *r)
{
    static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    expect(r, '"', "text");
    const char *end = r->at;
    while (end < r->end && *end != '"') {
        end += *end == '\\' && end + 1 < r->end ? 2 : 1;
    }
    char *text = drv_alloc(end - r->at + 1, 1), *to = text;
    while (r->at < r->end && *r->at != '"') {
        const char c = *r->at++;
        const char *escape = c == '\\' && r->at < r->end ? strchr(escapes, *r->at) : NULL;
        if (c != '\\') {
            *to++ = c;
        } else if (r->at < r->end && *r->at == 'u') {
            r->at++;
            to = put_character(r, to);
        } else if (escape && *escape) {
            *to++ = meant[escape - escapes];
            r->at++;
        } else {
            damaged(r, "character");
        }
    }
    if (!take(r, '"')) {
        damaged(r, "end of the text");
    }
    return text;
}

static const char *key(reader *r)
{
    const char *name = string(r);
    expect(r, ':', "colon");
    return name;
}

/* A number, true, false, null. */
static const char *word(reader *r)
{
    look(r);
    const char *begin = r->at;
    while (r->at < r->end && *r->at && strchr("+-.0123456789abcdefghijklmnopqrstuvwxyzE", *r->at)) {
        r->at++;
    }
    if (r->at == begin) {
        damaged(r, "value");
    }
    char *text = drv_alloc(r->at - begin + 1, 1);
    memcpy(text, begin, (size_t)(r->at - begin));
    return text;
}

/* Past a value of any kind, which is kept nowhere. */
static void skip(reader *r)
{
    char close[DEEPEST];
    int depth = 0, first = 1;
    do {
        if (depth > 0 && !next(r, close[depth - 1], &first)) {
            depth--;
            continue;
        }
        if (depth > 0 && close[depth - 1] == '}') {
            key(r);
        }
        if (depth < DEEPEST && (take(r, '{') || take(r, '['))) {
            close[depth++] = r->at[-1] == '{' ? '}' : ']';
            first = 1;
        } else if (look(r) == '"') {
            string(r);
        } else {
            word(r);
        }
    } while (depth > 0);
}

/* ---- The record -------------------------------------------------------------------------- */

/* The rest of a list of numbers, separated by commas; NULL for none. */
static const char *numbers(reader *r)
{
    int first = 1;
    size_t size = 1;
    char *list;
    const char *items[DRV_LIST_CAPACITY];
    int count = 0;
    while (next(r, ']', &first)) {
        if (count == DRV_LIST_CAPACITY) {
            damaged(r, "end of the list");
        }
        items[count] = word(r);
        size += strlen(items[count++]) + 1;
    }
    list = drv_alloc((int64_t)size, 1);
    for (int i = 0; i < count; i++) {
        drv_append(list, size, "%s%s", i ? "," : "", items[i]);
    }
    return count ? list : NULL;
}

/* Of two that say the same one would be passed over. */
static void once(const reader *r, int is_first, const char *name)
{
    if (!is_first) {
        drv_die("--from %s is damaged: it says '%s' twice", r->path, name);
    }
}

static void read_command(reader *r)
{
    int first = 1;
    expect(r, '[', "list of words");
    while (next(r, ']', &first)) {
        if (from.words == DRV_FROM_CAPACITY) {
            damaged(r, "end of the command");
        }
        from.command[from.words++] = string(r);
    }
}

static void add_setting(const reader *r, const char *name, const char *text)
{
    if (from.settings == DRV_FROM_CAPACITY) {
        damaged(r, "end of the settings");
    }
    from.names[from.settings] = name;
    from.texts[from.settings++] = text;
}

/* As texts for the command line: one, of a list of texts each. */
static void read_setting(reader *r, const char *name)
{
    int first = 1;
    if (look(r) == '"') {
        add_setting(r, name, string(r));
    } else if (!take(r, '[')) {
        const char *text = word(r);
        const int is_none = strcmp(text, "null") == 0 || strcmp(text, "false") == 0;
        add_setting(r, name, is_none ? NULL : text);
    } else if (look(r) == '"') {
        while (next(r, ']', &first)) {
            add_setting(r, name, string(r));
        }
    } else {
        add_setting(r, name, numbers(r));
    }
}

static void read_settings(reader *r)
{
    int first = 1;
    expect(r, '{', "settings");
    while (next(r, '}', &first)) {
        const char *name = key(r);
        for (int i = 0; i < from.settings; i++) {
            once(r, strcmp(name, from.names[i]) != 0, name);
        }
        read_setting(r, name);
    }
}

/* A member of a file that was read; whether it is one. */
static int read_file_member(reader *r, const char *name, drv_from_file *file)
{
    const char **to = strcmp(name, "path") == 0       ? &file->path
                      : strcmp(name, "absolute") == 0 ? &file->absolute
                                                      : NULL;
    if (to != NULL) {
        *to = string(r);
    }
    return to != NULL;
}

/* The files of one set. */
static void read_files(reader *r, drv_from_input *in)
{
    int first = 1;
    expect(r, '[', "list of files");
    in->more = drv_alloc(DRV_FILES_CAPACITY, sizeof *in->more);
    while (next(r, ']', &first)) {
        int first_member = 1;
        if (in->count == DRV_FILES_CAPACITY) {
            damaged(r, "end of the files");
        }
        drv_from_file *file = &in->more[in->count++];
        expect(r, '{', "file");
        while (next(r, '}', &first_member)) {
            const char *name = key(r);
            if (!read_file_member(r, name, file)) {
                skip(r);
            }
        }
        if (file->path == NULL) {
            damaged(r, "path of a file");
        }
    }
}

static void read_data(reader *r)
{
    int first = 1;
    expect(r, '{', "data");
    while (next(r, '}', &first)) {
        if (from.inputs == DRV_FROM_CAPACITY) {
            damaged(r, "end of the data");
        }
        drv_from_input *in = &from.input[from.inputs];
        int first_member = 1;
        in->option = key(r);
        for (int i = 0; i < from.inputs; i++) {
            once(r, strcmp(in->option, from.input[i].option) != 0, in->option);
        }
        from.inputs++;
        expect(r, '{', "input file");
        while (next(r, '}', &first_member)) {
            const char *name = key(r);
            if (strcmp(name, "digest") == 0) {
                in->digest = string(r);
            } else if (strcmp(name, "files") == 0) {
                once(r, in->more == NULL, name);
                read_files(r, in);
            } else if (!read_file_member(r, name, &in->at)) {
                skip(r);
            }
        }
    }
}

static const char *const members[] = {"command", "settings", "data",     "version",
                                      "kernel",  "blas",     "blas_core"};

static void read_member(reader *r, const char *name)
{
    static const char **const texts[] = {NULL,         NULL,       NULL,           &from.version,
                                         &from.kernel, &from.blas, &from.blas_core};
    static void (*const readers[])(reader * r) = {read_command, read_settings, read_data};
    int i = 0;
    while (i < DRV_COUNT(members) && strcmp(name, members[i]) != 0) {
        i++;
    }
    if (i == DRV_COUNT(members)) {
        skip(r);
        return;
    }
    once(r, !from.has[i], name);
    from.has[i] = 1;
    if (texts[i] != NULL) {
        *texts[i] = string(r);
    } else {
        readers[i](r);
    }
}

static void read_json(reader *r)
{
    int first = 1, first_member = 1;
    take(r, '{');
    while (next(r, '}', &first)) {
        if (strcmp(key(r), "run") != 0) {
            skip(r);
        } else if (take(r, '{')) {
            while (next(r, '}', &first_member)) {
                const char *name = key(r);
                read_member(r, name);
            }
        } else {
            damaged(r, "record of the run");
        }
    }
    look(r);
    if (r->at < r->end) {
        damaged(r, "end of the file");
    }
}

/* Lines "# NAME: JSON". */
static void read_csv(reader *r)
{
    int ended = 0;
    for (const char *line = r->begin, *end; line < r->end; line = end + 1) {
        end = memchr(line, '\n', (size_t)(r->end - line));
        end = end ? end : r->end;
        const char *stop = end > line && end[-1] == '\r' ? end - 1 : end; /* of an editor */
        ended |= stop - line == 5 && memcmp(line, "# end", 5) == 0;
        for (int i = 0; i < DRV_COUNT(members); i++) {
            const size_t length = strlen(members[i]);
            if ((size_t)(stop - line) > length + 4 && memcmp(line, "# ", 2) == 0 &&
                memcmp(line + 2, members[i], length) == 0 &&
                memcmp(line + 2 + length, ": ", 2) == 0) {
                reader part = {r->path, r->begin, line + length + 4, stop};
                read_member(&part, members[i]);
            }
        }
    }
    if (from.words > 0 && !ended) {
        drv_die("--from %s is cut: there is no line '# end'", r->path);
    }
}

/* ---- Use --------------------------------------------------------------------------------- */

static reader read_file(const char *path)
{
    int64_t size = 0;
    const char *bytes = drv_read("from", path, MOST_BYTES, &size);
    return (reader){path, bytes, bytes, bytes + size};
}

/* The words of the command before its options are the program. */
static void check_program(void)
{
    char program[256] = "";
    for (int i = 0; i < from.words && strncmp(from.command[i], "--", 2) != 0; i++) {
        drv_append(program, sizeof program, "%s%s", i ? " " : "", from.command[i]);
        from.first = i + 1;
    }
    if (strcmp(program, drv.program) != 0) {
        drv_die("--from %s was written by '%s', not by '%s'", from.path, program, drv.program);
    }
}

static int number_of(const char *version)
{
    int major = 0, minor = 0, patch = 0;
    return version && sscanf(version, "%3d.%3d.%3d", &major, &minor, &patch) == 3
               ? major * 1000000 + minor * 1000 + patch
               : 0;
}

drv_from *drv_from_read(const char *path)
{
    reader r = read_file(path);
    from.path = path;
    if (look(&r) == '{') {
        read_json(&r);
    } else {
        read_csv(&r);
    }
    if (from.words == 0 || from.settings == 0) {
        drv_die("--from %s does not say how it was made: take a JSON or CSV file that '%s' of "
                "version 0.9.0 or later has written",
                path, drv.program);
    }
    if (!from.has[DATA]) {
        drv_die("--from %s does not say what data it was made from ('data' of 'run'): they cannot "
                "be compared",
                path);
    }
    check_program();
    const int version = number_of(from.version);
    if (version != ddn_version_number()) {
        drv_warn("%s is of %s version %s, this is %s: the numbers may differ", path,
                 version > ddn_version_number() ? "the newer" : "the earlier",
                 from.version ? from.version : "?", ddn_version_string());
    }
    return &from;
}

/* A path from the folder of the record, or from the one above that. */
static const char *beside(const char *path, const char *above)
{
    const size_t folder = (size_t)(drv_base_name(from.path) - from.path);
    const size_t size = folder + strlen(above) + strlen(path) + 1;
    char *text = drv_alloc((int64_t)size, 1);
    snprintf(text, size, "%.*s%s%s", (int)folder, from.path, above, path);
    return text;
}

/* Where a file that was at a path then is now; NULL: nowhere, or still there. */
static const char *place_of(const drv_from_file *file)
{
    const int is_relative = file->path[0] != '/';
    const char *places[] = {file->absolute, is_relative ? beside(file->path, "") : NULL,
                            is_relative ? beside(file->path, "../") : NULL};
    for (int k = 0; k < DRV_COUNT(places) && drv_file_part(file->path) == 0; k++) {
        if (places[k] != NULL && drv_file_part(places[k]) > 0) {
            return places[k];
        }
    }
    return NULL;
}

/* The file of an input that a setting names, of several by its whole text, of one also at the end
 * of it. */
static const drv_from_file *file_of(const drv_from_input *in, const char *text)
{
    for (int i = 0; i < in->count; i++) {
        if (strcmp(in->more[i].path, text) == 0) {
            return &in->more[i];
        }
    }
    const size_t length = strlen(text), tail = in->at.path ? strlen(in->at.path) : length + 1;
    const int is_it =
        in->count == 0 && tail <= length && strcmp(text + length - tail, in->at.path) == 0;
    return is_it ? &in->at : NULL;
}

const char *drv_from_find(const char *option, const char *text)
{
    for (int i = 0; i < from.inputs; i++) {
        const int is_its = strcmp(from.input[i].option, option) == 0;
        const drv_from_file *file = is_its ? file_of(&from.input[i], text) : NULL;
        const char *place = file != NULL ? place_of(file) : NULL;
        if (place != NULL) {
            const size_t before = strlen(text) - strlen(file->path);
            const size_t size = before + strlen(place) + 1;
            char *found = drv_alloc((int64_t)size, 1);
            drv_warn("--%s %s is not here: %s is taken", option, file->path, place);
            snprintf(found, size, "%.*s%s", (int)before, text, place);
            return found;
        }
    }
    return text;
}

/* Whether the file says something else than the library does now. */
static int is_other(const char *then, const char *feature)
{
    const char *now = ddn_feature(feature);
    return then != NULL && strcmp(then, now ? now : "") != 0;
}

void drv_from_kernel(void)
{
    drv_core_choose(from.blas_core);
    if (is_other(from.blas, "blas") || is_other(from.blas_core, "blas_core")) {
        drv_warn("%s was made with the BLAS %s (%s): the last digits may differ", from.path,
                 from.blas ? from.blas : "?", from.blas_core ? from.blas_core : "?");
    }
    if (from.kernel && strcmp(from.kernel, ddn_context_kernel(drv.ctx)) != 0 &&
        ddn_context_set_kernel(drv.ctx, from.kernel) != DDN_OK) {
        drv_warn("%s was made by the kernel %s, which this processor does not have: the last "
                 "digits may differ",
                 from.path, from.kernel);
    }
}

void drv_from_check(const char *option, const char *path, int64_t digest)
{
    char text[20];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)digest);
    for (int i = 0; i < from.inputs; i++) {
        const drv_from_input *in = &from.input[i];
        if (strcmp(in->option, option) == 0 && in->digest && strcmp(in->digest, text) != 0) {
            if (!in->is_other) {
                drv_die("--%s %s has not the data of %s: their digest is %s, there it is %s",
                        option, path, from.path, text, in->digest);
            }
            drv_warn("--%s %s has not the data of %s (digest %s, there %s)", option, path,
                     from.path, text, in->digest);
        }
    }
}

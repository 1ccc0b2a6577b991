/* Where results come from: the record that every JSON and CSV file of a driver has, one for both:
 * the command, what it ran on, all settings, the data with their digests, and what each column is.
 * A run can be repeated from it (driver_from.c); doc/outputs.md describes it. See driver.h. */
#define _GNU_SOURCE
#include "driver.h"

#include "base/utf8.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

enum {
    MOST_INPUTS = 16,
    MOST_NOTES = 32
};

/* A file that was read. */
typedef struct input {
    const char *option;
    const char **paths, **absolutes; /* [count] */
    int64_t count;
    int has_digest;
    int64_t digest, n, d;
} input;

static struct {
    const char *command, *settings; /* JSON */
    struct {
        const char *name, *value;
    } texts[MOST_INPUTS]; /* options that may name files */
    int text_count;
    input inputs[MOST_INPUTS];
    int input_count;
    struct {
        const char *name;
        double value;
    } notes[MOST_NOTES];
    int note_count;
    const drv_meaning *meanings;
    int meaning_count;
    const ddn_result *result;
} own;

/* ---- JSON -------------------------------------------------------------------------------- */

/* A name of a file may be any bytes: what is no UTF-8 becomes half of a surrogate pair, U+DC80 to
 * U+DCFF, from which Python and drv_from_read make the byte again. What a terminal would obey is
 * written by its number. */
static void put_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (const char *c = text; *c;) {
        const int64_t length = ddni_text_sequence(c);
        const unsigned char *byte = (const unsigned char *)c;
        if (length == 0) {
            fprintf(to, "\\udc%02x", byte[0]);
        } else if (ddni_text_shown(c) == 0) {
            const unsigned code =
                length == 1   ? byte[0]
                : length == 2 ? (byte[0] & 0x1fu) << 6 | (byte[1] & 0x3fu)
                              : (byte[0] & 0xfu) << 12 | (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
            fprintf(to, "\\u%04x", code);
        } else if (*c == '"' || *c == '\\') {
            fprintf(to, "\\%c", *c);
        } else {
            fwrite(c, 1, (size_t)length, to);
        }
        c += length ? length : 1;
    }
    fputc('"', to);
}

/* The shortest decimal number that is this one. */
static void put_number(FILE *to, double value)
{
    char text[40] = "null";
    for (int digits = 15; isfinite(value) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value) && !(strtod(text, NULL) > value)) {
            break;
        }
    }
    fputs(text, to);
}

/* One as its name, several as a list. */
static void put_files(FILE *to, const drv_files *files)
{
    for (int64_t i = 0; i < files->count; i++) {
        fputs(i > 0 ? ", " : files->count > 1 ? "[" : "", to);
        put_string(to, files->at[i]);
    }
    fputs(files->count > 1 ? "]" : "", to);
}

/* The value of an option; null where it has none. */
static void put_value(FILE *to, const drv_option *o)
{
    const drv_list *list = o->value;
    const char *word = o->metavariable;
    switch (o->kind & ~DRV_REQUIRED) {
    case DRV_FLAG:
        fputs(*(int *)o->value ? "true" : "false", to);
        return;
    case DRV_INT:
        if (drv_can_be(o, (double)*(int64_t *)o->value)) { /* a default may be none */
            fprintf(to, "%lld", (long long)*(int64_t *)o->value);
            return;
        }
        break;
    case DRV_DOUBLE:
        put_number(to, drv_can_be(o, *(double *)o->value) ? *(double *)o->value : NAN);
        return;
    case DRV_STRING:
        if (*(const char **)o->value) {
            put_string(to, *(const char **)o->value);
            return;
        }
        break;
    case DRV_FILES:
        if (((const drv_files *)o->value)->count > 0) {
            put_files(to, o->value);
            return;
        }
        break;
    case DRV_CHOICE:
        if (*(int *)o->value >= 0) {
            for (int i = *(int *)o->value; i > 0; i--) {
                word += strcspn(word, "|") + 1;
            }
            fprintf(to, "\"%.*s\"", (int)strcspn(word, "|"), word);
            return;
        }
        break;
    default:
        for (int64_t i = 0; i < list->count; i++) {
            fputs(i ? ", " : "[", to);
            put_number(to, list->at[i]);
        }
        fputs(list->count ? "]" : "[]", to);
        return;
    }
    fputs("null", to);
}

/* A text that is written as a stream; taken by its end. */
typedef struct text {
    char *bytes;
    size_t size;
    FILE *stream;
} text;

static FILE *begin_text(text *t)
{
    t->stream = open_memstream(&t->bytes, &t->size);
    if (t->stream == NULL) {
        drv_die("out of memory");
    }
    return t->stream;
}

static const char *end_text(text *t)
{
    const int failed = ferror(t->stream);
    if (fclose(t->stream) != 0 || failed) {
        drv_die("out of memory");
    }
    char *kept = drv_alloc((int64_t)t->size + 1, 1);
    memcpy(kept, t->bytes, t->size);
    free(t->bytes);
    return kept;
}

const char *drv_json_number(double value)
{
    text t;
    put_number(begin_text(&t), value);
    return end_text(&t);
}

const char *drv_option_json(const drv_option *o)
{
    text t;
    put_value(begin_text(&t), o);
    return end_text(&t);
}

/* ---- What is known of the run ------------------------------------------------------------ */

int drv_is_of_run(const drv_option *o)
{
    static const char *const names[] = {"checkpoint", "every", "from",   "out",   "plot",
                                        "progress",   "quiet", "shards", "split", "threads"};
    int found = 0;
    for (int i = 0; i < DRV_COUNT(names); i++) {
        found |= strcmp(o->name, names[i]) == 0;
    }
    return found;
}

/* One that was added later and is not given leaves the record as it was. */
static int is_recorded(const drv_option *o)
{
    const int is_later = strcmp(o->name, "format") == 0 || strcmp(o->name, "pad") == 0;
    const int is_flag = strcmp(o->name, "in-place") == 0;
    const int is_choice = strcmp(o->name, "read-as") == 0;
    return !drv_is_of_run(o) && !(is_later && *(const char **)o->value == NULL) &&
           !(is_flag && *(int *)o->value == 0) && !(is_choice && *(int *)o->value < 0);
}

void drv_origin_start(const drv_table *table, const drv_given *given, int count)
{
    text t;
    FILE *to = begin_text(&t);
    const char *word = drv.program;
    fputc('[', to);
    for (size_t length; (length = strcspn(word, " ")) > 0; word += length + (word[length] == ' ')) {
        char part[128];
        snprintf(part, sizeof part, "%.*s", (int)length, word);
        fputs(word == drv.program ? "" : ", ", to);
        put_string(to, part);
    }
    for (int i = 0; i < count; i++) {
        fprintf(to, ", \"--%s\"", given[i].option->name);
        if (given[i].text) {
            fputs(", ", to);
            put_string(to, given[i].text);
        }
    }
    fputc(']', to);
    own.command = end_text(&t);
    to = begin_text(&t);
    int written = 0;
    for (int i = 0; i < table->total; i++) {
        if (is_recorded(table->all[i])) {
            fprintf(to, "%s\"%s\": ", written++ ? ", " : "{", table->all[i]->name);
            put_value(to, table->all[i]);
        }
    }
    fputs(written ? "}" : "{}", to);
    own.settings = end_text(&t);
    for (int i = 0; i < table->total && own.text_count < MOST_INPUTS; i++) {
        const drv_option *o = table->all[i]; /* the table does not outlive its function */
        const drv_files *files = o->value;
        const int kind = o->kind & ~DRV_REQUIRED, is_text = kind == DRV_STRING;
        if (is_text || (kind == DRV_FILES && files->count > 0)) {
            own.texts[own.text_count].name = o->name;
            own.texts[own.text_count++].value = is_text ? *(const char **)o->value : files->at[0];
        }
    }
}

const char *drv_origin_settings(void)
{
    return own.settings;
}

void drv_compare_options(const drv_option *const *all, int total)
{
    text t;
    FILE *to = begin_text(&t);
    fprintf(to, "the command %s\nversion %s\n", drv.program, ddn_version_string());
    for (int i = 0; i < total; i++) {
        if (!drv_is_of_run(all[i]) || all[i]->value == &drv.split || all[i]->value == &drv.shards) {
            fprintf(to, "--%s ", all[i]->name);
            put_value(to, all[i]);
            fputc('\n', to);
        }
    }
    drv_team_compare(end_text(&t));
}

void drv_note(const char *name, double value)
{
    if (isnan(value)) {
        return;
    }
    for (int i = 0; i < own.note_count; i++) {
        if (strcmp(own.notes[i].name, name) == 0) {
            own.notes[i].value = value;
            return;
        }
    }
    if (own.note_count == MOST_NOTES) {
        drv_die("more than %d notes", MOST_NOTES);
    }
    own.notes[own.note_count].name = name;
    own.notes[own.note_count++].value = value;
}

/* The option whose value that pointer is, or else ends so, as alphas:PATH. */
static const char *option_of(const char *path)
{
    for (int i = 0; i < own.text_count; i++) {
        if (own.texts[i].value == path) {
            return own.texts[i].name;
        }
    }
    for (int i = 0; i < own.text_count; i++) {
        const char *value = own.texts[i].value;
        const size_t length = value ? strlen(value) : 0;
        if (length >= strlen(path) && strcmp(value + length - strlen(path), path) == 0) {
            return own.texts[i].name;
        }
    }
    return "file";
}

int drv_is_input(const struct stat *file)
{
    for (int i = 0; i < own.input_count; i++) {
        for (int64_t k = 0; k < own.inputs[i].count; k++) {
            struct stat st;
            if (stat(own.inputs[i].absolutes[k], &st) == 0 && st.st_dev == file->st_dev &&
                st.st_ino == file->st_ino) {
                return 1;
            }
        }
    }
    return 0;
}

/* Of a member as "x.npz:data" with its name. */
static const char *absolute_path(const char *path)
{
    const size_t length = drv_file_part(path), size = PATH_MAX + strlen(path);
    char *file = drv_alloc((int64_t)length + 1, 1), *absolute = drv_alloc((int64_t)size, 1);
    memcpy(file, path, length);
    if (realpath(file, absolute) == NULL) {
        return path;
    }
    drv_append(absolute, size, "%s", path + length);
    return absolute;
}

void drv_note_input(const char *path, const ddn_dataset *ds)
{
    const drv_files one = {1, {path}};
    drv_note_files(&one, ds);
}

/* Ranks that have all of the data each must have the same. */
static void compare_ranks(const input *in, const char *name)
{
    char line[DRV_LINE];
    snprintf(line, sizeof line, "--%s %s of %lld x %lld numbers with the digest %016llx\n",
             in->option, name, (long long)in->n, (long long)in->d, (unsigned long long)in->digest);
    if (drv_team_for(DRV_SPLIT_SAMPLES) != NULL && drv_team_for(DRV_SPLIT_DATA) == NULL) {
        drv_team_compare(line);
    }
}

void drv_note_files(const drv_files *files, const ddn_dataset *ds)
{
    if (files->count == 0) {
        return;
    }
    const char *option = option_of(files->at[0]);
    for (int i = 0; i < own.input_count; i++) {
        if (strcmp(own.inputs[i].option, option) == 0) {
            return; /* another part of it */
        }
    }
    if (own.input_count == MOST_INPUTS) {
        drv_die("more than %d input files", MOST_INPUTS);
    }
    input *in = &own.inputs[own.input_count++];
    *in = (input){.option = option, .count = files->count, .has_digest = ds != NULL};
    in->paths = drv_alloc(in->count, sizeof *in->paths);
    in->absolutes = drv_alloc(in->count, sizeof *in->absolutes);
    for (int64_t k = 0; k < in->count; k++) {
        drv_check_outside(option, files->at[k]);
        in->paths[k] = files->at[k];
        in->absolutes[k] = absolute_path(in->paths[k]);
    }
    if (ds) {
        drv_try(ddn_dataset_digest(drv.ctx, ds, &in->digest));
        in->n = ddn_dataset_n(ds);
        in->d = ddn_dataset_d(ds);
        compare_ranks(in, drv_files_name(files));
        drv_from_check(option, drv_files_name(files), in->digest);
    }
}

/* ---- What columns and numbers are -------------------------------------------------------- */

void drv_define(const drv_meaning *meanings, int count)
{
    own.meanings = meanings;
    own.meaning_count = count;
}

void drv_define_by(const ddn_result *result)
{
    own.result = result;
}

/* Whether the driver or the result says what the name is. */
static int find_meaning(const char *name, drv_meaning *found)
{
    for (int i = 0; i < own.meaning_count; i++) {
        if (drv_is_like(name, own.meanings[i].name)) {
            *found = own.meanings[i];
            return 1;
        }
    }
    const char *definition = own.result ? ddn_result_definition(own.result, name) : NULL;
    if (definition) {
        *found = (drv_meaning){name, ddn_result_unit(own.result, name), definition};
    }
    return definition != NULL;
}

/* {"unit": ..., "definition": ...}, or nothing where it is not known what that is: what measures
 * the error of something has a meaning by that of the thing. Returns whether it is known. */
static int put_meaning(FILE *to, const char *before, const char *name)
{
    static const struct {
        const char *end, *what;
    } parts[] = {{"_se", "standard error of "},
                 {"_low", "lower end of the 95 % interval of "},
                 {"_high", "upper end of the 95 % interval of "}};
    drv_meaning m;
    const char *what = "";
    char base[128];
    snprintf(base, sizeof base, "%s", name);
    int known = find_meaning(name, &m);
    for (int i = 0; i < DRV_COUNT(parts) && !known; i++) {
        const size_t length = strlen(name), tail = strlen(parts[i].end);
        if (length > tail && length < sizeof base &&
            strcmp(name + length - tail, parts[i].end) == 0) {
            base[length - tail] = 0;
            known = find_meaning(base, &m);
            what = parts[i].what;
        }
    }
    if (known) {
        char definition[1024];
        snprintf(definition, sizeof definition, "%s%s%s%s", what, *what ? base : "",
                 *what ? ": " : "", m.text);
        fputs(before, to);
        put_string(to, name);
        fputs(": {\"unit\": ", to);
        put_string(to, m.unit);
        fputs(", \"definition\": ", to);
        put_string(to, definition);
        fputc('}', to);
    }
    return known;
}

/* ---- The record -------------------------------------------------------------------------- */

/* Each of its members: a line of comment in CSV, else in an object of JSON. */
typedef struct record {
    FILE *to;
    int is_csv, count;
} record;

static FILE *member(record *r, const char *name)
{
    if (r->is_csv) {
        fprintf(r->to, "%s# %s: ", r->count ? "\n" : "", name);
    } else {
        fprintf(r->to, "%s  \"%s\": ", r->count ? ",\n" : "\n", name);
    }
    r->count++;
    return r->to;
}

static void put_file(FILE *to, const input *in, int64_t k)
{
    fputs("{\"path\": ", to);
    put_string(to, in->paths[k]);
    fputs(", \"absolute\": ", to);
    put_string(to, in->absolutes[k]);
}

/* By option; of several files path and absolute are the first's. */
static void put_inputs(FILE *to)
{
    for (int i = 0; i < own.input_count; i++) {
        const input *in = &own.inputs[i];
        fputs(i ? ", " : "", to);
        put_string(to, in->option);
        fputs(": ", to);
        put_file(to, in, 0);
        for (int64_t k = 0; k < in->count && in->count > 1; k++) {
            fputs(k ? ", " : ", \"files\": [", to);
            put_file(to, in, k);
            fputs("}", to);
        }
        fputs(in->count > 1 ? "]" : "", to);
        if (in->has_digest) {
            fprintf(to, ", \"digest\": \"%016llx\", \"n\": %lld, \"d\": %lld",
                    (unsigned long long)in->digest, (long long)in->n, (long long)in->d);
        }
        fputc('}', to);
    }
}

static void put_notes(FILE *to)
{
    for (int i = 0; i < own.note_count; i++) {
        fputs(i ? ", " : "", to);
        put_string(to, own.notes[i].name);
        fputs(": ", to);
        put_number(to, own.notes[i].value);
    }
}

static void put_record(FILE *to, int is_csv)
{
    record r = {to, is_csv, 0};
    struct utsname machine;
    fputs(own.command, member(&r, "command"));
    put_string(member(&r, "version"), ddn_version_string());
    put_string(member(&r, "kernel"), ddn_context_kernel(drv.ctx));
    const char *blas = ddn_feature("blas"), *core = ddn_feature("blas_core");
    put_string(member(&r, "machine"), uname(&machine) == 0 ? machine.machine : "");
    put_string(member(&r, "blas"), blas ? blas : "");
    put_string(member(&r, "blas_core"), core ? core : "");
    fprintf(member(&r, "threads"), "%lld", (long long)drv.threads);
    if (drv_ranks() > 0) {
        fprintf(member(&r, "ranks"), "%lld", (long long)drv_ranks());
        put_string(member(&r, "split"), drv.split == DRV_SPLIT_DATA ? "data" : "samples");
        if (drv.shards != drv_ranks()) {
            fprintf(member(&r, "shards"), "%lld", (long long)drv.shards);
        }
    }
    fprintf(member(&r, "seed"), "%lld", (long long)drv.seed);
    fputs(own.settings, member(&r, "settings"));
    fputc('{', member(&r, "chosen"));
    put_notes(to);
    fputs("}", to);
    fputc('{', member(&r, "data"));
    put_inputs(to);
    fputs("}", to);
    fputs("{\"_se\": \"standard error\", \"_low\": \"lower end of the 95 % interval\", \"_high\": "
          "\"upper end of the 95 % interval\"}",
          member(&r, "errors"));
}

/* Calls put for each name of "A,B,...". */
static void put_meanings(FILE *to, const char *names, const char *first, const char *next)
{
    int known = 0;
    while (names && *names) {
        char name[128];
        const size_t length = strcspn(names, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        known += put_meaning(to, known ? next : first, name);
        names += length + (names[length] == ',');
    }
}

void drv_put_columns(FILE *to, const char *names)
{
    put_meanings(to, names, "\n# column ", "\n# column ");
}

void drv_put_comments(FILE *to, const char *names)
{
    put_record(to, 1);
    drv_put_columns(to, names);
    fputs("\n# end\n", to);
}

drv_file *drv_json_open(const char *path, const char *names)
{
    drv_file *file = drv_open(path);
    FILE *to = drv_file_stream(file);
    fputs("{\n \"run\": {", to);
    put_record(to, 0);
    fputs("},\n \"definitions\": {", to);
    put_meanings(to, names, "\n  ", ",\n  ");
    fputs("}", to);
    return file;
}

/* The library writes the result aside, and the record goes in behind the first line, where its
 * readers skip it. */
void drv_write_result(const ddn_result *result, const char *name, const char *members)
{
    const char *path = drv_path(name), *dot = strrchr(name, '.');
    const int is_csv = dot && strcmp(dot, ".csv") == 0, is_json = dot && strcmp(dot, ".json") == 0;
    if (!drv_is_first()) {
        return;
    }
    if (!is_csv && !is_json) { /* numbers alone */
        drv_file *numbers = drv_open(path);
        drv_try_file(
            ddn_result_write(drv.ctx, result, drv_file_temporary(numbers), DDN_RESULT_FORMAT_NPY),
            numbers);
        drv_close(numbers);
        return;
    }
    drv_file *aside = drv_open_aside(path), *file = drv_open(path);
    drv_try_file(ddn_result_write(drv.ctx, result, drv_file_temporary(aside),
                                  is_csv ? DDN_RESULT_FORMAT_CSV : DDN_RESULT_FORMAT_JSON),
                 aside);
    FILE *from = fopen(drv_file_temporary(aside), "r"), *to = drv_file_stream(file);
    int first = 1;
    for (int c; from && (c = getc(from)) != EOF;) {
        fputc(c, to);
        if (c == '\n' && first) {
            first = 0;
            fputs(is_csv ? "" : " \"run\": {", to);
            put_record(to, is_csv);
            fputs(is_csv ? "\n" : "},\n", to);
            fputs(is_json ? members : "", to);
        }
    }
    if (from == NULL || ferror(from) || fclose(from) != 0) {
        drv_die("cannot read %s again", path);
    }
    drv_discard(aside);
    drv_close(file);
}

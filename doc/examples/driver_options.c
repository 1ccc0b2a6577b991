/* The drivers' command line: a table of options, read and explained. See driver.h. */
#include "driver.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int drv_can_be(const drv_option *o, double value)
{
    const int has_range = o->minimum < 0 || o->minimum > 0 || o->maximum < 0 || o->maximum > 0;
    return !has_range || (value >= o->minimum && value <= o->maximum);
}

static void check_range(const drv_option *o, double value, const char *text)
{
    if (drv_can_be(o, value)) {
        return;
    }
    if (o->maximum >= 9e15) {
        drv_die("--%s = %s must be at least %.10g", o->name, text, o->minimum);
    }
    drv_die("--%s = %s is outside [%.10g, %.10g]", o->name, text, o->minimum, o->maximum);
}

static int64_t parse_integer(const drv_option *o, const char *text)
{
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end != text && (*end == 'e' || *end == 'E')) { /* 1e4 */
        const double value = strtod(text, &end);
        if (*end == 0 && value == floor(value) && fabs(value) <= 0x1p53) {
            v = (long long)value;
        } else {
            end = NULL;
        }
    }
    if (end == NULL || end == text || *end) {
        drv_die("--%s = '%s' is not a whole number", o->name, text);
    }
    if (errno == ERANGE) {
        drv_die("--%s = %s does not fit in 64 bits", o->name, text);
    }
    check_range(o, (double)v, text);
    return v;
}

static double parse_number(const drv_option *o, const char *text)
{
    char *end = NULL;
    double v = strtod(text, &end);
    if (end == text || *end || !isfinite(v)) {
        drv_die("--%s = '%s' is not a finite number", o->name, text);
    }
    check_range(o, v, text);
    return v;
}

static void parse_list(const drv_option *o, const char *text)
{
    drv_list *list = o->value;
    list->count = 0;
    for (const char *p = text;; p++) {
        size_t length = strcspn(p, ",");
        char item[64];
        if (length == 0 || length >= sizeof item) {
            drv_die("--%s = '%s' is not a list such as %s", o->name, text, o->metavariable);
        }
        if (list->count == DRV_LIST_CAPACITY) {
            drv_die("--%s has more than %d entries", o->name, DRV_LIST_CAPACITY);
        }
        memcpy(item, p, length);
        item[length] = 0;
        list->at[list->count++] = (o->kind & ~DRV_REQUIRED) == DRV_INTS
                                      ? (double)parse_integer(o, item)
                                      : parse_number(o, item);
        p += length;
        if (!*p) {
            return;
        }
    }
}

void drv_check_distinct(const char *option, const drv_list *list)
{
    for (int64_t i = 0; i < list->count; i++) {
        for (int64_t k = 0; k < i; k++) {
            if (!(list->at[k] < list->at[i]) && !(list->at[k] > list->at[i])) {
                drv_die("--%s has %.10g twice", option, list->at[i]);
            }
        }
    }
}

static int parse_choice(const drv_option *o, const char *text)
{
    int index = 0;
    for (const char *word = o->metavariable; *word; index++) {
        size_t length = strcspn(word, "|");
        if (strlen(text) == length && strncmp(word, text, length) == 0) {
            return index;
        }
        word += length + (word[length] == '|');
    }
    drv_die("--%s = '%s' is not one of %s", o->name, text, o->metavariable);
}

static int is_of_files(const drv_option *o)
{
    return (o->kind & ~DRV_REQUIRED) == DRV_FILES;
}

static void add_file(const drv_option *o, const char *text)
{
    drv_files *files = o->value;
    if (files->count == DRV_FILES_CAPACITY) {
        drv_die("--%s: more than %d files", o->name, DRV_FILES_CAPACITY);
    }
    files->at[files->count++] = text;
}

const char *drv_files_name(const drv_files *files)
{
    const char *first = files->count > 0 ? files->at[0] : NULL;
    if (files->count < 2) {
        return first;
    }
    const size_t size = strlen(first) + 40;
    char *name = drv_alloc((int64_t)size, 1);
    snprintf(name, size, "%s and %lld more file%s", first, (long long)files->count - 1,
             files->count > 2 ? "s" : "");
    return name;
}

/* Files come behind those that are there. */
static void set_option(const drv_option *o, const char *text)
{
    switch (o->kind & ~DRV_REQUIRED) {
    case DRV_FLAG:
        *(int *)o->value = 1;
        break;
    case DRV_INT:
        *(int64_t *)o->value = parse_integer(o, text);
        break;
    case DRV_DOUBLE:
        *(double *)o->value = parse_number(o, text);
        break;
    case DRV_CHOICE:
        *(int *)o->value = parse_choice(o, text);
        break;
    case DRV_STRING:
    case DRV_FILES:
        if (!*text) {
            drv_die("--%s is empty", o->name);
        }
        if (is_of_files(o)) {
            add_file(o, text);
        } else {
            *(const char **)o->value = text;
        }
        break;
    default:
        parse_list(o, text);
    }
}

/* What the option is set to now, for --help; "" where there is nothing to say. */
static void describe_default(const drv_option *o, char *text, size_t size)
{
    text[0] = 0;
    if (strstr(o->help, "(default") != NULL) {
        return;
    }
    if (o->kind == DRV_INT && drv_can_be(o, (double)*(int64_t *)o->value)) {
        snprintf(text, size, " (default %lld)", (long long)*(int64_t *)o->value);
    } else if (o->kind == DRV_DOUBLE && !isnan(*(double *)o->value)) {
        snprintf(text, size, " (default %.10g)", *(double *)o->value);
    } else if (o->kind == DRV_STRING && *(const char **)o->value) {
        snprintf(text, size, " (default %s)", *(const char **)o->value);
    } else if (o->kind == DRV_INTS || o->kind == DRV_DOUBLES) {
        const drv_list *list = o->value;
        for (int64_t i = 0; i < list->count && strlen(text) + 40 < size; i++) {
            const size_t length = strlen(text);
            snprintf(text + length, size - length, "%s%.10g", i ? "," : " (default ", list->at[i]);
        }
        if (list->count > 0) {
            snprintf(text + strlen(text), size - strlen(text), ")");
        }
    } else if (o->kind == DRV_CHOICE && *(int *)o->value >= 0) {
        const char *word = o->metavariable;
        for (int i = *(int *)o->value; i > 0; i--) {
            word += strcspn(word, "|") + 1;
        }
        snprintf(text, size, " (default %.*s)", (int)strcspn(word, "|"), word);
    }
}

enum {
    LEFT = 28,  /* columns of help before what an option does */
    WIDTH = 110 /* of a line */
};

/* Words from that column on, in lines that begin at LEFT. */
static void print_wrapped(const char *text)
{
    int at = LEFT;
    for (const char *word = text; *word; word += *word == ' ') {
        const int length = (int)strcspn(word, " ");
        if (at > LEFT && at + 1 + length > WIDTH) {
            printf("\n%*s", LEFT, "");
            at = LEFT;
        }
        at += printf(" %.*s", length, word);
        word += length;
    }
    printf("\n");
}

/* "{NAME:TEXT}" is TEXT where the library has that feature, else nothing. */
static void put_features(const char *help, char *text, size_t size)
{
    for (text[0] = 0; *help;) {
        const size_t plain = strcspn(help, "{"), length = strcspn(help + plain, "}");
        drv_append(text, size, "%.*s", (int)plain, help);
        help += plain;
        const char *colon = strchr(help, ':');
        if (length > 0 && help[length] == '}' && colon != NULL) {
            char name[32];
            snprintf(name, sizeof name, "%.*s", (int)(colon - help) - 1, help + 1);
            const char *feature = ddn_feature(name);
            if (feature != NULL && strcmp(feature, "none") != 0) {
                drv_append(text, size, "%.*s", (int)(help + length - colon) - 1, colon + 1);
            }
        }
        help += length + (help[length] == '}');
    }
}

static void print_option(const drv_option *o)
{
    char left[160], preset[256], help[1024], text[1024 + 256];
    const int flag = o->kind == DRV_FLAG;
    snprintf(left, sizeof left, "--%s%s%s", o->name, flag ? "" : " ", flag ? "" : o->metavariable);
    describe_default(o, preset, sizeof preset);
    printf("  %-*s", LEFT - 2, left);
    if (strlen(left) > LEFT - 2) {
        printf("\n%*s", LEFT, "");
    }
    put_features(o->help, help, sizeof help);
    snprintf(text, sizeof text, "%s%s", help, preset);
    print_wrapped(text);
}

/* Rows of DRV_DATA_OPTIONS; --n is something else where there is no --data. */
static int is_of_data(const drv_table *table, const drv_option *o)
{
    static const char *const names[] = {"data", "labels", "classes", "scale",
                                        "n",    "pad",    "read-as", "in-place"};
    int has_data = 0, named = 0;
    for (int i = 0; i < table->own; i++) {
        has_data |= strcmp(table->all[i]->name, names[0]) == 0;
    }
    for (int i = 0; i < DRV_COUNT(names); i++) {
        named |= strcmp(o->name, names[i]) == 0;
    }
    return has_data && named;
}

/* A group of options; of the rows from first to last - 1 those that are of data, or are not. */
static void print_group(const char *title, const drv_table *table, int first, int last, int of_data)
{
    int count = 0;
    for (int i = first; i < last; i++) {
        if (is_of_data(table, table->all[i]) == of_data) {
            printf("%s", count++ == 0 ? title : "");
            print_option(table->all[i]);
        }
    }
}

_Noreturn static void print_help(const drv_table *table)
{
    printf("usage: %s", drv.program);
    for (int i = 0; i < table->total; i++) {
        if (table->all[i]->kind & DRV_REQUIRED) {
            printf(" --%s %s", table->all[i]->name, table->all[i]->metavariable);
        }
    }
    printf(" [options]\n\n%s\n", table->summary);
    print_group("\nData:\n", table, 0, table->own, 1);
    print_group("\nExperiment:\n", table, 0, table->own, 0);
    print_group("\nRun:\n", table, table->own, table->total, 0);
    printf("  %-26s %s\n  %-26s %s\n", "--help, -h", "this text", "--version",
           "of the library, and what it is made of");
    if (*table->files) {
        printf("\nFiles in DIR: %s\n", table->files);
    }
    if (drv.example) {
        printf("\nExample: %s\n", drv.example);
    }
    exit(drv_finish());
}

_Noreturn void drv_version(void)
{
    drv_core_begin();
    printf("libdiffdyn %s\n", ddn_version_string());
    for (int64_t i = 0; i < ddn_feature_count(); i++) {
        const char *name = ddn_feature_name(i);
        printf("  %-20s %s\n", name, ddn_feature(name));
    }
    drv_core_tell();
    exit(drv_finish());
}

/* --help, -h and --version, which no table has. */
static void answer_questions(const drv_table *table, const char *argument)
{
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        print_help(table);
    }
    if (strcmp(argument, "--version") == 0) {
        drv_version();
    }
}

static const drv_option *find_option(const drv_table *table, const char *name, size_t length)
{
    for (int k = 0; k < table->total; k++) {
        const char *its = table->all[k]->name;
        if (strlen(its) == length && strncmp(its, name, length) == 0) {
            return table->all[k];
        }
    }
    return NULL;
}

/* What stands on a command line, in order; with known, what is not in the table ends the program,
 * else it is left out. */
static drv_given *collect(int argc, const char *const *argv, const drv_table *table, int known,
                          int *count)
{
    drv_given *given = drv_alloc(argc, sizeof *given);
    *count = 0;
    for (int i = 0; i < argc; i++) {
        const char *name = argv[i] + 2;
        if (known) {
            answer_questions(table, argv[i]);
        }
        if (strncmp(argv[i], "--", 2) != 0 || !*name) {
            if (!known) {
                continue;
            }
            drv_die("unexpected argument '%s' (see --help)", argv[i]);
        }
        const size_t length = strcspn(name, "=");
        const char *text = name[length] ? name + length + 1 : NULL;
        const drv_option *o = find_option(table, name, length);
        if (!o && known) {
            drv_die("unknown option --%.*s (see --help)", (int)length, name);
        }
        if (!o) {
            continue;
        }
        const int flag = o->kind == DRV_FLAG;
        if (flag && text) {
            drv_die("--%s takes no value", o->name);
        }
        if (!flag && !text && ++i == argc) {
            drv_die("--%s needs a value %s", o->name, o->metavariable);
        }
        given[(*count)++] = (drv_given){o, text || flag ? text : argv[i]};
        while (is_of_files(o) && !text && i + 1 < argc && *argv[i + 1] != '-') {
            given[(*count)++] = (drv_given){o, argv[++i]}; /* what a pattern of the shell gave */
        }
    }
    return given;
}

static const drv_given *find_given(const drv_given *given, int count, const drv_option *o)
{
    const drv_given *last = NULL;
    for (int i = 0; i < count; i++) {
        last = given[i].option == o ? &given[i] : last;
    }
    return last;
}

/* Sets an option to all that was given for it: the last, of files each. */
static void set_given(const drv_option *o, const drv_given *given, int count)
{
    if (is_of_files(o)) {
        ((drv_files *)o->value)->count = 0;
    }
    for (int i = 0; i < count; i++) {
        if (given[i].option == o) {
            set_option(o, given[i].text);
        }
    }
}

/* A file that a setting names, where it is now; it is so in the record of this run, too. */
static const char *find_file(drv_from *from, const char *name, const char *text)
{
    const char *found = drv_from_find(name, text);
    for (int k = from->first; found != text && k + 1 < from->words; k++) {
        const char *word = from->command[k];
        if (strncmp(word, "--", 2) == 0 && strcmp(word + 2, name) == 0 &&
            strcmp(from->command[k + 1], text) == 0) {
            from->command[k + 1] = found;
        }
    }
    return found;
}

/* Sets the options as they are in the file, where nothing else was typed or where that is to be
 * compared. */
static void take_settings(drv_from *from, const drv_table *table, const drv_given *typed, int count)
{
    for (int i = 0, next; i < from->settings; i = next) {
        const char *name = from->names[i];
        const drv_option *o = find_option(table, name, strlen(name));
        const drv_given *other = o ? find_given(typed, count, o) : NULL;
        for (next = i + 1; next < from->settings && strcmp(from->names[next], name) == 0;) {
            next++;
        }
        if (!from->texts[i] || (o && drv_is_of_run(o))) {
            continue;
        }
        if (!o) {
            drv_warn("%s sets --%s, which is not known here and is left out", from->path, name);
            continue;
        }
        if (next > i + 1 && !is_of_files(o)) {
            drv_die("--from %s is damaged: it has several values of '%s'", from->path, name);
        }
        for (int k = i; k < next; k++) {
            set_option(o, other ? from->texts[k] : find_file(from, name, from->texts[k]));
        }
        if (other) {
            const char *before = drv_option_json(o);
            set_given(o, typed, count);
            if (strcmp(before, drv_option_json(o)) != 0) {
                drv_warn("--%s is %s, in place of %s of %s", name, drv_option_json(o), before,
                         from->path);
            }
        }
    }
}

/* Appends what was given for an option: the last, of files each. */
static void append_given(drv_given *to, int *total, const drv_given *given, int count,
                         const drv_option *o)
{
    const drv_given *last = find_given(given, count, o);
    for (int i = 0; i < count; i++) {
        if (given[i].option == o && (is_of_files(o) || &given[i] == last)) {
            to[(*total)++] = given[i];
        }
    }
}

/* The command that does the same without --from: that of the file, with what was typed in the place
 * of what it says of the same options. */
static drv_given *whole_command(const drv_from *from, const drv_table *table,
                                const drv_given *typed, int *count)
{
    int old_count = 0, total = 0;
    const drv_given *old =
        from ? collect(from->words - from->first, from->command + from->first, table, 0, &old_count)
             : NULL;
    drv_given *all = drv_alloc(old_count + *count, sizeof *all);
    for (int i = 0; i < old_count + *count; i++) {
        const drv_option *o = i < old_count ? old[i].option : typed[i - old_count].option;
        if (strcmp(o->name, "from") == 0 || find_given(all, total, o)) {
            continue;
        }
        if (find_given(typed, *count, o)) {
            append_given(all, &total, typed, *count, o);
        } else if (!drv_is_of_run(o)) {
            append_given(all, &total, old, old_count, o);
        }
    }
    *count = total;
    return all;
}

/* Files that were typed may hold other data than then; other points are another scale of states,
 * too. */
static void note_others(drv_from *from, const drv_table *table, const drv_given *typed, int count)
{
    for (int i = 0; i < count; i++) {
        const int all = is_of_data(table, typed[i].option);
        for (int k = 0; k < from->inputs; k++) {
            drv_from_input *in = &from->input[k];
            in->is_other |= all || strcmp(in->option, typed[i].option->name) == 0;
        }
    }
}

static void check_required(const drv_from *from, const drv_table *table, const drv_given *typed,
                           int count)
{
    for (int k = 0; k < table->total; k++) {
        const drv_option *o = table->all[k];
        int is_set = find_given(typed, count, o) != NULL;
        for (int i = 0; from != NULL && i < from->settings; i++) {
            is_set |= from->texts[i] != NULL && strcmp(from->names[i], o->name) == 0;
        }
        if ((o->kind & DRV_REQUIRED) && !is_set) {
            drv_die("--%s %s is missing%s%s (see --help)", o->name, o->metavariable,
                    from ? ", also in the settings of " : "", from ? from->path : "");
        }
    }
}

void drv_parse(int argc, char **argv, const drv_table *table)
{
    int count = 0;
    drv_given *typed =
        collect(argc - (argc > 0), (const char *const *)argv + (argc > 0), table, 1, &count);
    drv_from *from = NULL;
    const drv_option *repeat = find_option(table, "from", strlen("from"));
    const drv_given *file = repeat ? find_given(typed, count, repeat) : NULL;
    if (file) {
        set_option(repeat, file->text);
        from = drv_from_read(file->text);
        note_others(from, table, typed, count);
        take_settings(from, table, typed, count);
    }
    for (int i = 0; i < count; i++) {
        if (find_given(typed, i, typed[i].option) == NULL) {
            set_given(typed[i].option, typed, count);
        }
    }
    check_required(from, table, typed, count);
    const drv_given *all = whole_command(from, table, typed, &count);
    drv_origin_start(table, all, count);
}

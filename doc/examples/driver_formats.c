/* The tables of a run in other formats: --format. Whatever way a driver writes its CSV files, each
 * that is closed is read back as a result of the library, with what its columns are, and written as
 * JSON and NumPy array. See driver.h. */
#include "driver.h"

#include <string.h>

enum {
    MOST_NAME = 256
};
static const char *const endings[] = {"csv", "json", "npy"};
static int chosen[DRV_COUNT(endings)];
static const char *files; /* of the driver; NULL before drv_formats_files */

static int is_listed(const char *name)
{
    for (const char *pattern = files; pattern != NULL; pattern = strchr(pattern, ' ')) {
        pattern += *pattern == ' ';
        if (drv_is_like(name, pattern)) {
            return 1;
        }
    }
    return 0;
}

/* NAME.json of NAME.csv; NAME_table.json where the driver has files of such a name of its own. */
static void name_of_table(const char *csv, const char *ending, char name[MOST_NAME])
{
    const int stem = (int)(strlen(csv) - strlen(".csv"));
    int taken = 0;
    for (int i = 1; i < DRV_COUNT(endings); i++) {
        snprintf(name, MOST_NAME, "%.*s.%s", stem, csv, endings[i]);
        taken |= is_listed(name);
    }
    snprintf(name, MOST_NAME, "%.*s%s.%s", stem, csv, taken ? "_table" : "", ending);
}

const char *drv_formats_files(const char *list)
{
    const size_t size = DRV_COUNT(endings) * (strlen(list) + 1) * 4 + 1;
    char *all = drv_alloc((int64_t)size, 1);
    files = list;
    for (const char *word = list; *word != 0; word += word[0] == ' ') {
        const int length = (int)strcspn(word, " "), bare = word[0] == '=';
        drv_append(all, size, "%s%.*s", *all ? " " : "", length - bare, word + bare);
        if (!bare && length > 4 && strncmp(word + length - 4, ".csv", 4) == 0) {
            char csv[MOST_NAME], name[MOST_NAME];
            snprintf(csv, sizeof csv, "%.*s", length, word);
            for (int i = 1; i < DRV_COUNT(endings); i++) {
                name_of_table(csv, endings[i], name);
                drv_append(all, size, " %s", name);
            }
        }
        word += length;
    }
    return all;
}

void drv_formats_choose(const char *text)
{
    for (const char *word = text; word != NULL;) {
        const size_t length = strcspn(word, ",");
        int found = 0;
        for (int i = 0; i < DRV_COUNT(endings); i++) {
            if (strlen(endings[i]) == length && strncmp(endings[i], word, length) == 0) {
                chosen[i] = found = 1;
            }
        }
        if (!found) {
            drv_die("--format = '%s' is not a list of csv, json and npy, such as json,npy", text);
        }
        word = word[length] ? word + length + 1 : NULL;
    }
}

int drv_formats_any(void)
{
    return chosen[1] || chosen[2];
}

/* The rows as a file of the library, which knows what the columns are: without the blank lines that
 * make blocks for gnuplot. */
static ddn_result *read_back(const char *path, const char *written, const char *columns)
{
    drv_file *aside = drv_open_aside(path);
    FILE *from = fopen(written, "r"), *to = drv_file_stream(aside);
    fprintf(to,
            "# diffdyn result 1\n# field \"kind\": \"table\"\n# field \"clock\": \"none\"\n"
            "# field \"library\": \"%s\"",
            ddn_version_string());
    drv_put_columns(to, columns);
    fputc('\n', to);
    int before = '\n';
    for (int c; from && (c = getc(from)) != EOF && !(c == '#' && before == '\n'); before = c) {
        if (c != '\n' || before != '\n') {
            fputc(c, to);
        }
    }
    fputs("# end\n", to);
    if (from == NULL || ferror(from) || fclose(from) != 0) {
        drv_die("cannot read %s again", path);
    }
    if (fflush(to) != 0 || ferror(to)) {
        drv_die("cannot write %s: is the disk full?", drv_file_path(aside));
    }
    ddn_result *table = NULL;
    drv_try_file(ddn_result_open(drv.ctx, drv_file_temporary(aside), DDN_RESULT_FORMAT_CSV, &table),
                 aside);
    drv_keep(table);
    drv_discard(aside);
    return table;
}

void drv_formats_write(const char *path, const char *written, const char *columns)
{
    const char *csv = drv_base_name(path);
    const size_t length = strlen(drv.out);
    const int is_of_folder =
        strncmp(path, drv.out, length) == 0 && path[length] == '/' && csv == path + length + 1;
    if (!drv_formats_any() || !is_of_folder || !is_listed(csv)) {
        return; /* also a file that an option names */
    }
    ddn_result *table = read_back(path, written, columns);
    for (int i = 1; i < DRV_COUNT(endings); i++) {
        if (chosen[i]) {
            char name[MOST_NAME];
            name_of_table(csv, endings[i], name);
            drv_write_result(table, name, "");
        }
    }
    drv_drop(table);
}

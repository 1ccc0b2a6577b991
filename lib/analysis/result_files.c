/* Result files: which format, all of it or nothing. */
#include "analysis/result_files.h"

#include <string.h>

#include "base/check.h"
#include "base/os.h"
#include "base/progress.h"

static ddn_status check_format(ddn_context *ctx, ddn_result_format format)
{
    DDNI_CHECK(ctx, format >= DDN_RESULT_FORMAT_AUTO && format <= DDN_RESULT_FORMAT_NPY, DDN_E_KEY,
               "argument format = %d is not a ddn_result_format", (int)format);
    return DDN_OK;
}

/* The format that the ending of a name asks for; NONE where that is none of them. */
static ddn_result_format by_ending(const char *path)
{
    static const struct {
        const char *ending;
        ddn_result_format format;
    } endings[] = {{".csv", DDN_RESULT_FORMAT_CSV},
                   {".json", DDN_RESULT_FORMAT_JSON},
                   {".npy", DDN_RESULT_FORMAT_NPY}};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t tail = strlen(endings[i].ending);
        if (length > tail && strcmp(path + length - tail, endings[i].ending) == 0) {
            return endings[i].format;
        }
    }
    return DDN_RESULT_FORMAT_NONE;
}

ddn_status ddn_result_write(ddn_context *ctx, const ddn_result *result, const char *path,
                            ddn_result_format format)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, result);
    DDNI_CHECK_PTR(ctx, path);
    DDNI_TRY(check_format(ctx, format));
    format = format == DDN_RESULT_FORMAT_AUTO ? by_ending(path) : format;
    DDNI_CHECK(ctx, format != DDN_RESULT_FORMAT_NONE, DDN_E_KEY,
               "the name of the file does not end in .csv, .json or .npy: say the format");
    DDNI_CHECK(ctx, format != DDN_RESULT_FORMAT_NPY || result->columns.count > 0, DDN_E_UNSUPPORTED,
               "a result without columns cannot be a .npy file");
    ddni_text text = {.ctx = ctx};
    if (format == DDN_RESULT_FORMAT_CSV) {
        ddni_result_write_csv(&text, result);
    } else if (format == DDN_RESULT_FORMAT_JSON) {
        ddni_result_write_json(&text, result);
    } else {
        ddni_result_write_npy(&text, result);
    }
    ddn_status status = text.status;
    if (status == DDN_OK) {
        status = ddni_file_replace(ctx, path, text.bytes, text.count, ddni_poll);
    }
    ddni_text_free(&text);
    return status;
}

static ddn_result_format by_content(const char *bytes, int64_t count)
{
    int64_t i = 0;
    if (bytes[0] == '\x93') {
        return DDN_RESULT_FORMAT_NPY;
    }
    while (i < count && bytes[i] != '\0' && strchr(" \t\r\n", bytes[i]) != NULL) {
        i++;
    }
    return i < count && bytes[i] == '{' ? DDN_RESULT_FORMAT_JSON : DDN_RESULT_FORMAT_CSV;
}

ddn_status ddn_result_open(ddn_context *ctx, const char *path, ddn_result_format format,
                           ddn_result **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, path);
    DDNI_TRY(check_format(ctx, format));
    ddni_file file;
    char *bytes = NULL;
    ddn_result *result = NULL;
    ddn_status status;
    DDNI_TRY(ddni_file_open(ctx, path, &file));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "a result file", file.bytes, 1, &bytes), fail);
    DDNI_TRY_GOTO(ddni_file_read(ctx, &file, 0, bytes, file.bytes, ddni_poll), fail);
    ddni_json at = {ctx, file.name, bytes, bytes + file.bytes, 1};
    format = format == DDN_RESULT_FORMAT_AUTO ? by_content(bytes, file.bytes) : format;
    status = format == DDN_RESULT_FORMAT_JSON  ? ddni_result_read_json(&at, &result)
             : format == DDN_RESULT_FORMAT_NPY ? ddni_result_read_npy(&at, &result)
                                               : ddni_result_read_csv(&at, &result);
fail:
    ddni_file_close(&file);
    ddni_free(ddni_context_allocator(ctx), bytes);
    return ddni_result_hand_out(status, result, out);
}

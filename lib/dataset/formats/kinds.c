/* Opening sources: the kind is in the first bytes. */
#include <string.h>

#include "base/check.h"
#include "base/os.h"
#include "dataset/formats/source.h"

/* The member that a path names behind ".npz:" and its like, and the length of the path of the file;
 * NULL and the whole length without. */
static const char *split(const char *path, int64_t *length)
{
    static const char *const ends[] = {".npz:", ".zip:", ".h5:", ".hdf5:", ".mat:"};
    const char *member = NULL;
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
        for (const char *at = strstr(path, ends[k]); at != NULL; at = strstr(at + 1, ends[k])) {
            const char *behind = at + strlen(ends[k]);
            member = behind > member ? behind : member;
        }
    }
    *length = (int64_t)(member != NULL ? (size_t)(member - 1 - path) : strlen(path));
    return member;
}

static ddn_status unpack(ddn_context *ctx, ddni_source *file, const char *member, int32_t labels,
                         ddni_source **out)
{
    if (ddni_zip_recognise(file->head, file->head_count)) {
        return ddni_zip_open(ctx, file, member, labels, out);
    }
    if (ddni_hdf5_recognise(file->head, file->head_count)) {
        return ddni_hdf5_open(ctx, file, member, labels, out);
    }
    DDNI_CHECK(ctx, member == NULL, DDN_E_FORMAT,
               "%s: neither a zip archive nor HDF5, so there is no member '%.100s' in it",
               file->name, member);
    if (!ddni_gzip_recognise(file->head, file->head_count)) {
        *out = file;
        return DDN_OK;
    }
    return ddni_gzip_open(ctx, file, out);
}

ddn_status ddni_source_open(ddn_context *ctx, const char *path, const char *member, int32_t labels,
                            ddni_source **out)
{
    int64_t length = (int64_t)strlen(path);
    if (member == NULL) {
        member = split(path, &length);
    }
    ddni_source *file = NULL, *s = NULL;
    *out = NULL;
    if (ddni_is_folder(path)) {
        return ddni_folder_open(ctx, path, labels, out);
    }
    DDNI_TRY(ddni_plain_open(ctx, path, length, &file));
    ddn_status status = unpack(ctx, file, member, labels, &s);
    if (status != DDN_OK) {
        ddni_source_close(file);
        return status;
    }
    if (s != file && s->size < 0 &&
        (ddni_gzip_recognise(s->head, s->head_count) ||
         ddni_zip_recognise(s->head, s->head_count))) {
        status = ddni_fail(ctx, DDN_E_FORMAT, "%s: compressed twice", s->name);
        ddni_source_close(s);
        return status;
    }
    *out = s;
    return DDN_OK;
}

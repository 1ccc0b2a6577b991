/* The memory behind sets: the allocator's, the host's, or a file in place. */
#include "dataset/storage.h"

#include <stdatomic.h>
#include <string.h>

#include "base/check.h"

static void finish_storage(void *object)
{
    ddni_storage *s = object;
    ddni_free(&s->handle.allocator, s->memory);
    ddni_free(&s->handle.allocator, s->description);
    ddni_file_unmap(&s->map);
    if (s->release != NULL) {
        s->release(s->user);
    }
}

ddn_status ddni_storage_new(ddn_context *ctx, ddni_storage **out)
{
    return ddni_handle_create(ctx, DDNI_STORAGE, sizeof **out, finish_storage, out);
}

ddn_status ddni_storage_create(ddn_context *ctx, int64_t bytes, ddni_storage **out, void **memory)
{
    *out = NULL;
    *memory = NULL;
    ddni_storage *s = NULL;
    DDNI_TRY(ddni_storage_new(ctx, &s));
    s->memory = ddni_alloc_raw(&s->handle.allocator, bytes, 1);
    if (s->memory == NULL) {
        ddni_storage_release(s);
        return ddni_fail(ctx, DDN_E_NOMEM, "no memory for the points (%lld bytes)",
                         (long long)bytes);
    }
    *memory = s->memory;
    *out = s;
    return DDN_OK;
}

ddn_status ddni_storage_map(ddn_context *ctx, const ddni_file *f, ddni_storage **out)
{
    *out = NULL;
    ddni_storage *s = NULL;
    DDNI_TRY(ddni_storage_new(ctx, &s));
    ddn_status status = ddni_file_map(ctx, f, &s->map);
    if (status != DDN_OK) {
        ddni_storage_release(s);
        return status;
    }
    *out = s;
    return DDN_OK;
}

ddn_status ddni_storage_describe(ddn_context *ctx, ddni_storage *s, const char *text)
{
    int64_t length = (int64_t)strlen(text) + 1;
    if (length == 1) {
        return DDN_OK;
    }
    char *copy = ddni_alloc_raw(&s->handle.allocator, length, 1);
    DDNI_CHECK(ctx, copy != NULL, DDN_E_NOMEM, "no memory for the description of the points");
    memcpy(copy, text, (size_t)length);
    ddni_free(&s->handle.allocator, s->description);
    s->description = copy;
    return DDN_OK;
}

void ddni_storage_release(ddni_storage *s)
{
    ddni_drop(s, DDNI_STORAGE);
}

/* ---- files in place ---- */

enum {
    WINDOW = 1 << 23 /* bytes that are asked for at once: milliseconds of a fast disk */
};

static const ddni_map *map_of(const ddn_dataset *ds)
{
    return ds->storage != NULL && ds->storage->map.at != NULL ? &ds->storage->map : NULL;
}

int32_t ddni_dataset_in_place(const ddn_dataset *ds)
{
    return map_of(ds) != NULL;
}

ddn_status ddni_dataset_unchanged(ddn_context *ctx, const ddn_dataset *ds)
{
    const ddni_map *map = map_of(ds);
    DDNI_CHECK(
        ctx, map == NULL || !ddni_file_changed(map), DDN_E_IO,
        "the file of a set in place was changed or cut since it was opened (%s): open it anew",
        ds->storage->description);
    return DDN_OK;
}

ddn_status ddni_dataset_settle(ddn_context *ctx, const ddn_dataset *ds)
{
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds));
    if (map_of(ds) == NULL || atomic_load(&ds->storage->finite)) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_check_finite(ctx, ds->storage->description, ds));
    ddni_dataset_is_finite(ds);
    return DDN_OK;
}

void ddni_dataset_is_finite(const ddn_dataset *ds)
{
    if (map_of(ds) != NULL) {
        atomic_store(&ds->storage->finite, 1);
    }
}

/* Up to which byte has been asked for when the rows before this one have been. */
static int64_t asked(const ddn_dataset *ds, int64_t row, int64_t begin, int64_t end)
{
    int64_t size = ds->ld * ddni_type_size(ds->type), limit = end * size;
    int64_t at = row == begin ? begin * size : row * size / WINDOW * WINDOW + 2 * WINDOW;
    return at < limit ? at : limit;
}

void ddni_dataset_ahead(const ddn_dataset *ds, int64_t first, int64_t rows, int64_t begin,
                        int64_t end)
{
    const ddni_map *map = map_of(ds);
    if (map != NULL) {
        int64_t from = asked(ds, first, begin, end), to = asked(ds, first + rows, begin, end);
        if (to > from) {
            ddni_file_ahead(map, (const uint8_t *)ds->data - map->at + from, to - from);
        }
    }
}

int64_t ddni_slab_rows(const ddn_dataset *ds, int64_t bytes, int64_t group)
{
    int64_t rows = bytes / (ds->d * ddni_type_size(ds->type)) / group * group;
    return rows > 0 ? rows : group;
}

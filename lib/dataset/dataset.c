/* Datasets as objects: storage, life time, derivation by map. */
#include <float.h>
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/os.h"
#include "base/progress.h"
#include "dataset/team_set.h"

static const int64_t MAX_BYTES = INT64_C(1) << 62;
static const int64_t MAX_D = INT64_C(1) << 24;

const char *ddni_type_name(ddn_type type)
{
    return type == DDN_TYPE_U8 ? "u8" : type == DDN_TYPE_F32 ? "f32" : "f64";
}

int64_t ddni_type_size(ddn_type type)
{
    return type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : type == DDN_TYPE_F64 ? 8 : 0;
}

/* ---- making sets ---- */

ddn_status ddni_check_shape(ddn_context *ctx, const char *what, ddn_status bad, ddn_type type,
                            int64_t n, int64_t d)
{
    int64_t bytes;
    DDNI_CHECK(ctx, n >= 1, bad, "%s: n = %lld points, at least 1 is needed", what, (long long)n);
    DDNI_CHECK(ctx, d >= 1 && d <= MAX_D, bad, "%s: d = %lld dimensions is outside [1, %lld]", what,
               (long long)d, (long long)MAX_D);
    DDNI_CHECK(ctx,
               !__builtin_mul_overflow(n, d * ddni_type_size(type), &bytes) && bytes < MAX_BYTES,
               bad, "%s: n = %lld times d = %lld is too large", what, (long long)n, (long long)d);
    return DDN_OK;
}

/* The checks that create and borrow share. */
static ddn_status check_array(ddn_context *ctx, const void *data, ddn_type type, int64_t n,
                              int64_t d, int64_t ld)
{
    DDNI_CHECK_PTR(ctx, data);
    DDNI_CHECK(ctx, ddni_type_size(type) > 0, DDN_E_KEY,
               "argument type = %d is none of DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64", (int)type);
    DDNI_TRY(ddni_check_shape(ctx, "argument data", DDN_E_RANGE, type, n, d));
    DDNI_CHECK(ctx, ld >= d, DDN_E_SHAPE, "argument ld = %lld is below d = %lld", (long long)ld,
               (long long)d);
    int64_t bytes;
    DDNI_CHECK(
        ctx,
        ld < MAX_BYTES / 8 && !__builtin_mul_overflow(n, ld * ddni_type_size(type), &bytes) &&
            bytes < MAX_BYTES,
        DDN_E_RANGE, "argument ld = %lld times n = %lld is too large", (long long)ld, (long long)n);
    DDNI_CHECK(ctx, (uintptr_t)data % (uintptr_t)ddni_type_size(type) == 0, DDN_E_RANGE,
               "argument data is not aligned to its type");
    return DDN_OK;
}

static void finish_dataset(void *object)
{
    ddn_dataset *ds = object;
    ddni_labels_release(ds->labels);
    ddni_weights_release(ds->weights);
    ddni_storage_release(ds->storage);
    ddni_free(&ds->handle.allocator, ds->begin);
    ddn_dataset_destroy(ds->part);
    ddn_team_destroy(ds->team);
}

ddn_status ddni_dataset_new(ddn_context *ctx, ddn_dataset **out)
{
    return ddni_handle_create(ctx, DDNI_DATASET, sizeof **out, finish_dataset, out);
}

ddn_status ddni_dataset_wrap(ddn_context *ctx, const char *what, ddni_storage *storage,
                             ddni_array array, ddn_dataset **out)
{
    *out = NULL;
    ddn_dataset *ds = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_dataset_new(ctx, &ds), fail);
    ds->data = array.data;
    ds->type = array.type;
    ds->n = array.n;
    ds->d = array.d;
    ds->ld = array.ld;
    ds->before = array.before;
    ddni_dataset_set_map(ds, 1, 0);
    if (storage->map.at == NULL) { /* else when all is read for the first time */
        DDNI_TRY_GOTO(ddni_check_finite(ctx, what, ds), fail);
    }
    ds->storage = storage;
    *out = ds;
    return DDN_OK;
fail:
    ddn_dataset_destroy(ds);
    ddni_storage_release(storage);
    return status;
}

ddn_status ddni_dataset_derive(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
{
    *out = NULL;
    ddn_dataset *copy = NULL;
    if (ds->team != NULL) {
        ddn_status made = ddni_dataset_derive(ctx, ds->part, &copy);
        return ddni_team_remake_part(ctx, ds, made, copy, 0, out);
    }
    DDNI_TRY(ddni_dataset_new(ctx, &copy));
    copy->data = ds->data;
    copy->type = ds->type;
    copy->n = ds->n;
    copy->d = ds->d;
    copy->ld = ds->ld;
    copy->before = ds->before;
    ddni_dataset_set_map(copy, ds->scale, ds->shift);
    copy->storage = ds->storage;
    ddni_retain(copy->storage);
    ddni_dataset_share_labels(copy, ds);
    ddni_dataset_share_weights(copy, ds);
    *out = copy;
    return DDN_OK;
}

ddn_status ddn_dataset_create(ddn_context *ctx, ddn_type type, int64_t n, int64_t d,
                              const void *data, int64_t ld, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_TRY(check_array(ctx, data, type, n, d, ld));
    int64_t size = ddni_type_size(type);
    ddni_storage *storage;
    void *memory;
    DDNI_TRY(ddni_storage_create(ctx, n * d * size, &storage, &memory));
    for (int64_t i = 0; i < n; i++) {
        ddn_status status = ddni_poll(ctx);
        if (status != DDN_OK) {
            ddni_storage_release(storage);
            return status;
        }
        memcpy((char *)memory + i * d * size, (const char *)data + i * ld * size,
               (size_t)(d * size));
    }
    ddni_array array = {memory, type, n, d, d, 0};
    return ddni_dataset_wrap(ctx, "argument data", storage, array, out);
}

ddn_status ddn_dataset_create_borrowed(ddn_context *ctx, ddn_type type, int64_t n, int64_t d,
                                       const void *data, int64_t ld, void *user,
                                       ddn_release_fn release, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_TRY(check_array(ctx, data, type, n, d, ld));
    ddni_storage *storage = NULL;
    DDNI_TRY(ddni_storage_new(ctx, &storage));
    ddni_array array = {data, type, n, d, ld, 0};
    DDNI_TRY(ddni_dataset_wrap(ctx, "argument data", storage, array, out));
    storage->release = release; /* only now: a failed call leaves the data with the caller */
    storage->user = user;
    return DDN_OK;
}

ddn_status ddn_dataset_retain(const ddn_dataset *ds)
{
    return ddni_handle_retain(ds, DDNI_DATASET);
}

void ddn_dataset_destroy(ddn_dataset *ds)
{
    ddni_drop(ds, DDNI_DATASET);
}

/* ---- map and accessors ---- */

ddn_status ddn_dataset_create_mapped(ddn_context *ctx, const ddn_dataset *ds, double scale,
                                     double shift, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK(ctx, isfinite(scale), DDN_E_NONFINITE, "argument scale = %g is not finite", scale);
    DDNI_CHECK(ctx, scale != 0, DDN_E_RANGE, "argument scale is 0");
    DDNI_CHECK(ctx, isfinite(shift), DDN_E_NONFINITE, "argument shift = %g is not finite", shift);
    ddn_dataset *copy = NULL;
    if (ds->team != NULL) {
        ddn_status made = ddn_dataset_create_mapped(ctx, ds->part, scale, shift, &copy);
        uint64_t digest = DDNI_DIGEST_WORDS(ddni_bits(scale), ddni_bits(shift));
        return ddni_team_remake_part(ctx, ds, made, copy, digest, out);
    }
    DDNI_TRY(ddni_dataset_derive(ctx, ds, &copy));
    ddni_dataset_set_map(copy, scale, shift);
    /* Only large numbers under a large map can leave the range of double. */
    double largest = ds->type == DDN_TYPE_U8 ? 255 : ds->type == DDN_TYPE_F32 ? FLT_MAX : DBL_MAX;
    ddn_status status = DDN_OK;
    if (!isfinite(fabs(scale) * largest + fabs(shift))) {
        status = ddni_check_finite(ctx, "the mapped set", copy);
    }
    if (status != DDN_OK) {
        ddn_dataset_destroy(copy);
        return status;
    }
    *out = copy;
    return DDN_OK;
}

int64_t ddn_dataset_n(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->n : 0;
}

int64_t ddn_dataset_d(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->d : 0;
}

ddn_type ddn_dataset_type(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->type : 0;
}

double ddn_dataset_scale(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->scale : 0;
}

double ddn_dataset_shift(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->shift : 0;
}

const char *ddn_dataset_description(const ddn_dataset *ds)
{
    if (!DDNI_IS(ds)) {
        return NULL;
    }
    const ddni_storage *storage = ds->team != NULL ? ds->part->storage : ds->storage;
    return storage->description != NULL ? storage->description : "";
}

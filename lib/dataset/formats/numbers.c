/* Points and labels from the numbers of a file. */
#include "dataset/formats/numbers.h"

#include <string.h>

#include "base/check.h"
#include "base/progress.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the stored numbers are little-endian");

ddn_type ddni_numbers_type(const ddni_numbers *a)
{
    if (a->kind == 'u') {
        return a->size == 1 ? DDN_TYPE_U8 : 0;
    }
    return a->kind != 'f' ? 0 : a->size == 4 ? DDN_TYPE_F32 : a->size == 8 ? DDN_TYPE_F64 : 0;
}

ddn_status ddni_numbers_points(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                               ddn_dataset **out)
{
    ddn_type type = ddni_numbers_type(a);
    int64_t ld = a->lead + a->d;
    ddni_storage *storage;
    const uint8_t *bytes;
    DDNI_TRY(ddni_check_shape(ctx, s->name, DDN_E_FORMAT, type, a->n, a->d));
    DDNI_TRY(ddni_source_rest(ctx, s, a->promise, a->n * ld * a->size, &storage, &bytes));
    ddni_array array = {bytes + a->lead * a->size, type, a->n, a->d, ld};
    return ddni_dataset_wrap(ctx, s->name, storage, array, out);
}

static int64_t integer_at(const ddni_numbers *a, const uint8_t *bytes)
{
    int8_t i1;
    int16_t i2;
    int32_t i4;
    int64_t i8;
    switch (a->size) {
    case 1:
        memcpy(&i1, bytes, sizeof i1);
        return a->kind == 'u' ? (int64_t)*bytes : (int64_t)i1;
    case 2:
        memcpy(&i2, bytes, sizeof i2);
        return i2;
    case 4:
        memcpy(&i4, bytes, sizeof i4);
        return i4;
    default:
        memcpy(&i8, bytes, sizeof i8);
        return i8;
    }
}

ddn_status ddni_numbers_labels(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t n,
                               int32_t *label)
{
    enum {
        PART = 512
    };
    uint8_t bytes[PART * 8];
    DDNI_CHECK(ctx, a->axes == 1, DDN_E_FORMAT, "%s: labels have one axis, the file has %lld",
               s->name, (long long)a->axes);
    DDNI_CHECK(ctx, a->n == n, DDN_E_SHAPE, "%s: %lld labels for n = %lld points", s->name,
               (long long)a->n, (long long)n);
    DDNI_TRY(ddni_source_expect(ctx, s, a->promise, n * a->size));
    for (int64_t first = 0; first < n; first += PART) {
        int64_t count = n - first < PART ? n - first : PART, got;
        DDNI_TRY(ddni_poll(ctx));
        DDNI_TRY(ddni_source_read(ctx, s, bytes, count * a->size, &got));
        if (got < count * a->size) {
            return ddni_source_check_size(ctx, s, a->promise, n * a->size, first * a->size + got);
        }
        for (int64_t i = 0; i < count; i++) {
            int64_t value = integer_at(a, bytes + i * a->size);
            DDNI_CHECK(ctx, value >= INT32_MIN && value <= INT32_MAX, DDN_E_FORMAT,
                       "%s: label %lld = %lld does not fit in 32 bits", s->name,
                       (long long)(first + i), (long long)value);
            label[first + i] = (int32_t)value;
        }
    }
    return ddni_source_expect_end(ctx, s, a->promise, n * a->size);
}

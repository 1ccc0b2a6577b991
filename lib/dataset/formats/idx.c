/* IDX files (MNIST): 00 00 type axes, the sizes as big-endian 32-bit numbers, then the numbers,
 * big-endian, too. */
#include <string.h>

#include "base/check.h"
#include "dataset/formats/format.h"

enum {
    MAX_AXES = 8,
    MAX_HEADER = 4 + 4 * MAX_AXES
};

_Static_assert((int)MAX_HEADER <= (int)DDNI_HEAD, "the probe sees the whole header");

static int64_t big_endian(const uint8_t *b)
{
    return (int64_t)b[0] << 24 | (int64_t)b[1] << 16 | (int64_t)b[2] << 8 | b[3];
}

/* The types by their byte; 0 for those that there are not. */
static int32_t parse_type_byte(int32_t byte, ddni_numbers *a)
{
    static const struct {
        int32_t byte;
        const char *name; /* as NumPy's */
    } types[] = {{0x08, "|u1"}, {0x09, "|i1"}, {0x0b, ">i2"},
                 {0x0c, ">i4"}, {0x0d, ">f4"}, {0x0e, ">f8"}};
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
        if (types[k].byte == byte) {
            memcpy(a->type, types[k].name, 4);
            a->kind = a->type[1];
            a->size = a->type[2] - '0';
            a->big = a->size > 1;
            return 1;
        }
    }
    return 0;
}

/* Sizes from a header that is long enough; 0 if their product is beyond all bounds. */
static int parse_sizes(const uint8_t *head, ddni_numbers *a)
{
    *a = (ddni_numbers){.promise = "the IDX header promises",
                        .axes = head[3],
                        .n = big_endian(head + 4),
                        .d = 1,
                        .label_at = DDNI_NO_LABELS};
    if (!parse_type_byte(head[2], a)) {
        return 0;
    }
    for (int64_t k = 0; k < a->axes; k++) {
        a->shape[k] = big_endian(head + 4 + 4 * k);
        if (k > 0 && __builtin_mul_overflow(a->d, a->shape[k], &a->d)) {
            return 0;
        }
    }
    int64_t all;
    return !__builtin_mul_overflow(a->n, a->d, &all) && all < INT64_MAX / 32;
}

static int32_t idx_is_magic(const uint8_t *head)
{
    return head[0] == 0 && head[1] == 0 && head[2] >= 0x08 && head[2] <= 0x0e;
}

static int32_t idx_probe(const uint8_t *head, int64_t count, int64_t size)
{
    ddni_numbers a;
    if (count < 4 || !idx_is_magic(head) || head[3] < 1 || head[3] > MAX_AXES) {
        return DDNI_PROBE_NO;
    }
    int64_t bytes = 4 + 4 * head[3];
    int fits =
        bytes <= count && parse_sizes(head, &a) && (size < 0 || bytes + a.n * a.d * a.size == size);
    return fits ? DDNI_PROBE_SURE : DDNI_PROBE_PERHAPS;
}

static ddn_status idx_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    uint8_t head[MAX_HEADER];
    int64_t got;
    DDNI_TRY(ddni_source_read(ctx, s, head, 4, &got));
    DDNI_CHECK(ctx, got == 4, DDN_E_FORMAT, "%s: too short for an IDX header", s->name);
    DDNI_CHECK(ctx, idx_is_magic(head), DDN_E_FORMAT, "%s: wrong IDX magic %02x%02x%02x%02x",
               s->name, head[0], head[1], head[2], head[3]);
    DDNI_CHECK(ctx, parse_type_byte(head[2], &(ddni_numbers){0}), DDN_E_FORMAT,
               "%s: IDX numbers of type 0x%02x, which there is not", s->name, head[2]);
    DDNI_CHECK(ctx, head[3] >= 1 && head[3] <= MAX_AXES, DDN_E_FORMAT,
               "%s: %d axes in the IDX header, 1 to %d are read", s->name, head[3], MAX_AXES);
    DDNI_TRY(ddni_source_read(ctx, s, head + 4, 4 * head[3], &got));
    DDNI_CHECK(ctx, got == 4 * head[3], DDN_E_FORMAT, "%s: the IDX header is truncated", s->name);
    DDNI_CHECK(ctx, parse_sizes(head, a), DDN_E_FORMAT, "%s: the sizes in the IDX header overflow",
               s->name);
    return DDN_OK;
}

const ddni_file_format ddni_idx = {DDN_FORMAT_IDX, idx_probe, idx_describe, 1, 0};

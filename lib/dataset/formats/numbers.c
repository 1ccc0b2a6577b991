/* Points and labels from the numbers of a file. */
#include "dataset/formats/numbers.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/progress.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the stored numbers are little-endian");

enum {
    BLOCK = 1 << 13, /* numbers converted at once */
    WIDEST = 8       /* bytes of a number */
};

ddn_type ddni_numbers_type(const ddni_numbers *a)
{
    int32_t integer = a->kind == 'u' || a->kind == 'i';
    if (a->size == 1) {
        return a->kind == 'u' || a->kind == 'b' ? DDN_TYPE_U8 : a->kind == 'i' ? DDN_TYPE_F32 : 0;
    }
    if (a->size == 2) {
        return integer || a->kind == 'f' || a->kind == 'B' ? DDN_TYPE_F32 : 0;
    }
    if (a->size == 4) {
        return a->kind == 'f' ? DDN_TYPE_F32 : integer ? DDN_TYPE_F64 : 0;
    }
    return a->size == WIDEST && (integer || a->kind == 'f') ? DDN_TYPE_F64 : 0;
}

int32_t ddni_numbers_direct(const ddni_numbers *a)
{
    int32_t same = (a->kind == 'u' && a->size == 1) || (a->kind == 'f' && a->size >= 4);
    return same && !a->big && (!a->fortran || a->d == 1 || a->n == 1);
}

/* ---- one number ---- */

static double of_half(uint16_t h)
{
    int exponent = h >> 10 & 31;
    double fraction = h & 1023;
    double size = exponent == 31  ? (fraction == 0 ? HUGE_VAL : (double)NAN)
                  : exponent == 0 ? ldexp(fraction, -24)
                                  : ldexp(1024 + fraction, exponent - 25);
    return h >> 15 ? -size : size;
}

static double of_bfloat(uint16_t h)
{
    uint32_t bits = (uint32_t)h << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* Bits of a number, its least significant byte first or last. */
static uint64_t bits_at(const ddni_numbers *a, const uint8_t *bytes)
{
    uint64_t bits = 0;
    for (int64_t k = 0; k < a->size; k++) {
        bits |= (uint64_t)bytes[k] << 8 * (a->big ? a->size - 1 - k : k);
    }
    return bits;
}

static double of_float(const ddni_numbers *a, uint64_t bits)
{
    double wide;
    float narrow;
    uint32_t low = (uint32_t)bits;
    if (a->size == 2) {
        return of_half((uint16_t)bits);
    }
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &low, sizeof narrow);
    return a->size == 4 ? (double)narrow : wide;
}

static double number_at(const ddni_numbers *a, const uint8_t *bytes)
{
    uint64_t bits = bits_at(a, bytes);
    if (a->kind == 'f') {
        return of_float(a, bits);
    }
    if (a->kind == 'B') {
        return of_bfloat((uint16_t)bits);
    }
    if (a->kind == 'b') {
        return bits != 0;
    }
    int64_t beyond = 64 - 8 * a->size;
    return a->kind == 'u' ? (double)bits : (double)((int64_t)(bits << beyond) >> beyond);
}

/* ---- points ---- */

/* Where the numbers of a file go. */
typedef struct target {
    ddn_type type;
    void *memory;
    int64_t at, step; /* the first number, and from one to the next */
    int64_t before;   /* rows of the file before those in memory */
} target;

static ddn_status store(ddn_context *ctx, const ddni_source *s, const ddni_numbers *a,
                        const uint8_t *in, int64_t count, const target *to)
{
    const double exact = 9007199254740992.0; /* 2^53 */
    int32_t check = a->size == WIDEST && a->kind != 'f';
    int64_t at = to->at;
    for (int64_t k = 0; k < count; k++, at += to->step) {
        double x = number_at(a, in + k * a->size);
        DDNI_CHECK(ctx, !check || fabs(x) < exact, DDN_E_FORMAT,
                   "%s: row %lld, column %lld is an integer of 2^53 or more, which no double holds "
                   "for certain",
                   s->name, (long long)(to->before + at / a->d), (long long)(at % a->d));
        if (to->type == DDN_TYPE_U8) {
            ((uint8_t *)to->memory)[at] = (uint8_t)x;
        } else if (to->type == DDN_TYPE_F32) {
            ((float *)to->memory)[at] = (float)x;
        } else {
            ((double *)to->memory)[at] = x;
        }
    }
    return DDN_OK;
}

/* The column of the q-th slice along the first axis, where the axes of the file run the other way
 * round than those of a point. */
static int64_t column_of(const ddni_numbers *a, int64_t q)
{
    int64_t column = 0, stride = a->d;
    for (int64_t k = 1; k < a->axes; k++) {
        stride /= a->shape[k];
        column += q % a->shape[k] * stride;
        q /= a->shape[k];
    }
    return column;
}

/* Numbers first .. first+count-1 of the file, of the rows that are wanted. */
static ddn_status store_block(ddn_context *ctx, const ddni_source *s, const ddni_numbers *a,
                              ddni_file_rows rows, const uint8_t *in, int64_t first, int64_t count,
                              void *memory)
{
    target to = {ddni_numbers_type(a), memory, first - rows.first * a->d, 1, rows.first};
    if (!a->fortran) {
        return store(ctx, s, a, in, count, &to);
    }
    to.step = a->d;
    while (count > 0) {
        int64_t row = first % a->n, part = a->n - row < count ? a->n - row : count;
        int64_t low = row > rows.first ? row : rows.first, high = rows.first + rows.count;
        high = high < row + part ? high : row + part;
        to.at = (low - rows.first) * a->d + column_of(a, first / a->n);
        if (low < high) {
            DDNI_TRY(store(ctx, s, a, in + (low - row) * a->size, high - low, &to));
        }
        in += part * a->size;
        first += part;
        count -= part;
    }
    return DDN_OK;
}

/* The next numbers of a source into in[BLOCK * WIDEST], as far as `end`; *count of them. `at` of
 * `all` have been read. */
static ddn_status next_block(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t at,
                             int64_t end, int64_t all, uint8_t *in, int64_t *count)
{
    int64_t got;
    *count = end - at < BLOCK ? end - at : BLOCK;
    DDNI_TRY(ddni_poll(ctx));
    DDNI_TRY(ddni_source_read(ctx, s, in, *count * a->size, &got));
    if (got < *count * a->size) {
        return ddni_source_check_size(ctx, s, a->promise, all * a->size, at * a->size + got);
    }
    return DDN_OK;
}

/* Bytes of the source before those that are wanted, or behind them; `at` of `need` have been read.
 */
static ddn_status pass_over(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t at,
                            int64_t count, int64_t need)
{
    int64_t got;
    DDNI_TRY(ddni_source_skip(ctx, s, count, &got));
    return got == count ? DDN_OK : ddni_source_check_size(ctx, s, a->promise, need, at + got);
}

static ddn_status read_converted(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                                 ddni_file_rows rows, uint8_t *in, void *memory)
{
    const int64_t all = a->n * a->d, size = a->size;
    const int64_t begin = a->fortran ? 0 : rows.first * a->d;
    const int64_t end = a->fortran ? all : begin + rows.count * a->d;
    int64_t count;
    DDNI_TRY(pass_over(ctx, s, a, 0, begin * size, all * size));
    for (int64_t at = begin; at < end; at += count) {
        DDNI_TRY(next_block(ctx, s, a, at, end, all, in, &count));
        DDNI_TRY(store_block(ctx, s, a, rows, in, at, count, memory));
    }
    return pass_over(ctx, s, a, end * size, (all - end) * size, all * size);
}

static ddn_status read_direct(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                              ddni_file_rows rows, void *memory)
{
    const int64_t row = (a->lead + a->d) * a->size, need = a->n * row;
    const int64_t begin = rows.first * row, end = begin + rows.count * row;
    int64_t got;
    DDNI_TRY(pass_over(ctx, s, a, 0, begin, need));
    DDNI_TRY(ddni_source_read(ctx, s, memory, end - begin, &got));
    if (got < end - begin) {
        return ddni_source_check_size(ctx, s, a->promise, need, begin + got);
    }
    return pass_over(ctx, s, a, end, need - end, need);
}

ddn_status ddni_numbers_read(ddn_context *ctx, ddni_source *s, const ddni_numbers *a,
                             ddni_file_rows rows, void *memory)
{
    if (ddni_numbers_direct(a)) {
        DDNI_TRY(read_direct(ctx, s, a, rows, memory));
    } else {
        uint8_t *in = NULL;
        DDNI_TRY(ddni_alloc_for(ctx, "numbers to convert", BLOCK, WIDEST, &in));
        ddn_status status = read_converted(ctx, s, a, rows, in, memory);
        ddni_free(ddni_context_allocator(ctx), in);
        DDNI_TRY(status);
    }
    return ddni_source_expect_end(ctx, s, a->promise, a->n * (a->lead + a->d) * a->size);
}

/* ---- labels ---- */

static ddn_status take_label(ddn_context *ctx, const ddni_source *s, double x, int64_t i,
                             int32_t *label)
{
    DDNI_CHECK(ctx, x == floor(x), DDN_E_FORMAT, "%s: label %lld = %g is no integer", s->name,
               (long long)i, x);
    DDNI_CHECK(ctx, x >= INT32_MIN && x <= INT32_MAX, DDN_E_FORMAT,
               "%s: label %lld = %.17g does not fit in 32 bits", s->name, (long long)i, x);
    *label = (int32_t)x;
    return DDN_OK;
}

/* A number of a row of zeros and a one; *label is -1 until the one has come. */
static ddn_status take_column(ddn_context *ctx, const ddni_source *s, double x, int64_t i,
                              int64_t column, int32_t *label)
{
    DDNI_CHECK(ctx, x == 0 || x == 1, DDN_E_FORMAT,
               "%s: labels in columns are 0 and one 1 in each row: row %lld, column %lld is %g",
               s->name, (long long)i, (long long)column, x);
    DDNI_CHECK(ctx, x == 0 || *label < 0, DDN_E_FORMAT,
               "%s: row %lld has a 1 in column %d and in column %lld, and should have one label",
               s->name, (long long)i, (int)*label, (long long)column);
    *label = x == 1 ? (int32_t)column : *label;
    return DDN_OK;
}

static ddn_status read_labels(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, uint8_t *in,
                              int32_t *label)
{
    int64_t all = a->n * a->d, count;
    for (int64_t i = 0; i < a->n; i++) {
        label[i] = -1;
    }
    for (int64_t at = 0; at < all; at += count) {
        DDNI_TRY(next_block(ctx, s, a, at, all, all, in, &count));
        for (int64_t k = 0; k < count; k++) {
            double x = number_at(a, in + k * a->size);
            int64_t e = at + k, i = a->fortran ? e % a->n : e / a->d;
            int64_t column = a->fortran ? e / a->n : e % a->d;
            DDNI_TRY(a->d == 1 ? take_label(ctx, s, x, i, &label[i])
                               : take_column(ctx, s, x, i, column, &label[i]));
        }
    }
    for (int64_t i = 0; a->d > 1 && i < a->n; i++) {
        DDNI_CHECK(ctx, label[i] >= 0, DDN_E_FORMAT,
                   "%s: row %lld has no 1, and should have one label", s->name, (long long)i);
    }
    return ddni_source_expect_end(ctx, s, a->promise, all * a->size);
}

ddn_status ddni_numbers_labels(ddn_context *ctx, ddni_source *s, const ddni_numbers *a, int64_t n,
                               int32_t *label)
{
    uint8_t *in = NULL;
    int64_t all;
    DDNI_CHECK(ctx, ddni_numbers_type(a) != 0, DDN_E_FORMAT, "%s: labels of type '%s'", s->name,
               a->type);
    DDNI_CHECK(ctx, a->d == 1 || a->axes == 2, DDN_E_FORMAT,
               "%s: labels have one axis, or two with a 1 in each row; the file has %lld", s->name,
               (long long)a->axes);
    DDNI_CHECK(ctx, a->n == n, DDN_E_SHAPE, "%s: %lld labels for n = %lld points", s->name,
               (long long)a->n, (long long)n);
    DDNI_CHECK(
        ctx, a->d >= 1 && a->d <= INT32_MAX && !__builtin_mul_overflow(a->n, a->d * a->size, &all),
        DDN_E_FORMAT, "%s: labels in %lld columns", s->name, (long long)a->d);
    DDNI_TRY(ddni_source_expect(ctx, s, a->promise, all));
    DDNI_TRY(ddni_alloc_for(ctx, "labels to convert", BLOCK, WIDEST, &in));
    ddn_status status = read_labels(ctx, s, a, in, label);
    ddni_free(ddni_context_allocator(ctx), in);
    return status;
}

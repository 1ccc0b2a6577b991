/* What the kernel tests share: shapes with tails, random numbers, a loop over the variants. */
#ifndef TEST_SUPPORT_KERNELS_H
#define TEST_SUPPORT_KERNELS_H

#include "kernels/kernels.h"

#include "support/fixtures.h"

enum {
    ROWS = 7,
    DEPTHS = 8
};
static const int64_t row_counts[ROWS] = {0, 1, 3, 5, 8, 31, 96};
static const int64_t depths[DEPTHS] = {1, 3, 16, 17, 100, 256, 259, 784};
/* Units of rounding. */
#define U32 0x1p-24
#define U64 0x1p-53

/* Fills in a type; f64 keeps all digits. */
static inline void random_f32(int64_t seed, int64_t count, float *out)
{
    double *z = calloc((size_t)count + 1, sizeof *z);
    test_normal(seed, count, z);
    for (int64_t i = 0; i < count; i++) {
        out[i] = (float)z[i];
    }
    free(z);
}

static inline void random_u8(int64_t seed, int64_t count, uint8_t *out)
{
    uint64_t state = (uint64_t)seed * 2 + 1;
    for (int64_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = (uint8_t)(state >> 56);
    }
}

static inline void *take(int64_t count, size_t size)
{
    void *memory = aligned_alloc(64, ((size_t)count * size + 127) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, ((size_t)count * size + 127) / 64 * 64);
    return memory;
}

/* Calls check for each supported variant, forced through a context whose answer is verified. */
static inline void each_variant(void (*check)(const ddni_kernels *k))
{
    ddn_context *ctx = test_context(1);
    int32_t supported, tried = 0;
    const char *name;
    for (int32_t i = 0; (name = ddn_kernel_name(i, &supported)) != NULL; i++) {
        if (!supported) {
            continue;
        }
        OK(ctx, ddn_context_set_kernel(ctx, name));
        assert_string_equal(ddn_context_kernel(ctx), name);
        const ddni_kernels *k = ddni_context_kernels(ctx);
        assert_string_equal(k->name, name);
        print_message("# %s\n", name);
        check(k);
        tried++;
    }
    assert_true(tried >= 1);
    ddn_context_destroy(ctx);
}

/* |got - want| <= bound[i], for count numbers. */
#define WITHIN(got, want, count, bound)                                                            \
    for (int64_t at = 0; at < (count); at++) {                                                     \
        CLOSE((double)(got)[at], (double)(want)[at], 0, (bound));                                  \
    }

#endif

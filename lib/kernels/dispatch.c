/* Choice of the kernel variant by processor feature. */
#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "kernels/kernels.h"

typedef struct variant {
    const ddni_kernels *kernels;
    int32_t (*supported)(void);
} variant;

static int32_t always(void)
{
    return 1;
}

#if defined(DDNI_HAVE_AVX2)
static int32_t has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#if defined(DDNI_HAVE_AVX512)
static int32_t has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

#if defined(DDNI_HAVE_AVX512VNNI)
static int32_t has_avx512vnni(void)
{
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
}
#endif

/* From the plainest to the best. */
static const variant variants[] = {
    {&ddni_kernels_reference, always},
#if defined(DDNI_HAVE_AVX2)
    {&ddni_kernels_avx2, has_avx2},
#endif
#if defined(DDNI_HAVE_AVX512)
    {&ddni_kernels_avx512, has_avx512},
#endif
#if defined(DDNI_HAVE_AVX512VNNI)
    {&ddni_kernels_avx512vnni, has_avx512vnni},
#endif
#if defined(DDNI_HAVE_NEON)
    {&ddni_kernels_neon, always},
#endif
};
static const int32_t variant_count = (int32_t)(sizeof variants / sizeof variants[0]);

int32_t ddni_drops_fetches(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_is("amd") != 0;
#else
    return 0;
#endif
}

const char *ddni_kernels_compiled(void)
{
    return "reference"
#if defined(DDNI_HAVE_AVX2)
           ",avx2"
#endif
#if defined(DDNI_HAVE_AVX512)
           ",avx512"
#endif
#if defined(DDNI_HAVE_AVX512VNNI)
           ",avx512vnni"
#endif
#if defined(DDNI_HAVE_NEON)
           ",neon"
#endif
        ;
}

const char *ddn_kernel_name(int32_t index, int32_t *supported)
{
    if (index < 0 || index >= variant_count) {
        return NULL;
    }
    if (supported != NULL) {
        *supported = variants[index].supported() != 0;
    }
    return variants[index].kernels->name;
}

static const ddni_kernels *best(void)
{
    int32_t i = variant_count - 1;
    while (!variants[i].supported()) {
        i--;
    }
    return variants[i].kernels;
}

const ddni_kernels *ddni_context_kernels(const ddn_context *ctx)
{
    if (ctx->kernel >= 0) {
        return variants[ctx->kernel].kernels;
    }
    return best();
}

const char *ddni_kernels_best(void)
{
    return best()->name;
}

const char *ddn_context_kernel(const ddn_context *ctx)
{
    return !DDNI_IS(ctx) ? "" : ddni_context_kernels(ctx)->name;
}

ddn_status ddn_context_set_kernel(ddn_context *ctx, const char *name)
{
    DDNI_ENTER(ctx);
    DDNI_TRY(ddni_check_outermost(ctx));
    if (name == NULL || strcmp(name, "auto") == 0) {
        ctx->kernel = -1;
        return DDN_OK;
    }
    for (int32_t i = 0; i < variant_count; i++) {
        if (strcmp(name, variants[i].kernels->name) == 0) {
            DDNI_CHECK(ctx, variants[i].supported(), DDN_E_UNSUPPORTED,
                       "this processor cannot run kernel variant '%s', which needs %s", name,
                       variants[i].kernels->needs);
            ctx->kernel = i;
            return DDN_OK;
        }
    }
    return ddni_fail(ctx, DDN_E_UNSUPPORTED, "this build has no kernel variant '%s'", name);
}

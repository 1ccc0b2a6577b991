/* Choice of the kernel variant by processor feature. Layer 1 (kernels). */
#include <string.h>

#include "base/check.h"
#include "base/context_impl.h"

const char *ddn_build_info(void)
{
    return "compiler " __VERSION__ ", kernels reference";
}

const char *ddn_kernel_name(int32_t index, int32_t *supported)
{
    if (supported != NULL) {
        *supported = index == 0;
    }
    return index == 0 ? "reference" : NULL;
}

const char *ddn_context_kernel(const ddn_context *ctx)
{
    (void)ctx;
    return "reference";
}

ddn_status ddn_context_set_kernel(ddn_context *ctx, const char *name)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK(ctx, name == NULL || strcmp(name, "auto") == 0 || strcmp(name, "reference") == 0,
               DDN_E_UNSUPPORTED, "this processor or build has no kernel variant '%s'", name);
    return DDN_OK;
}

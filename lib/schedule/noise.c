/* The noise function as the host can call it. */
#include <diffdyn/schedule.h>

#include "base/check.h"
#include "base/progress.h"
#include "base/rng.h"

enum {
    PART = 1 << 16 /* numbers made between two looks */
};

ddn_status ddn_noise_draw(ddn_context *ctx, int64_t seed, int32_t stream, int64_t path,
                          int64_t step, int64_t first, int64_t count, double *z)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_INT(ctx, first, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(ctx, count, 0, INT64_C(1) << 40);
    DDNI_CHECK(ctx, z != NULL || count == 0, DDN_E_NULL, "argument z is NULL");
    for (int64_t at = 0; at < count; at += PART) {
        DDNI_TRY(ddni_poll(ctx));
        ddni_normal(seed, stream, path, step, first + at, count - at < PART ? count - at : PART,
                    z + at);
    }
    return DDN_OK;
}

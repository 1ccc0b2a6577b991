/* Orbits and escape of iterated maps, theory.md (71). */
#include <string.h>

#include "base/check.h"
#include "numerics/vector.h"
#include "system/system_impl.h"

static ddn_status check_map(ddn_context *ctx, const ddn_system *sys, double p, const double *x0,
                            int64_t steps)
{
    DDNI_CHECK(ctx, sys->kind == DDN_SYSTEM_MAP, DDN_E_UNSUPPORTED, "the system is not a map");
    DDNI_CHECK(ctx, isfinite(p), DDN_E_NONFINITE, "argument parameter is not finite");
    DDNI_CHECK_INT(ctx, steps, 0, INT64_MAX / 65536);
    return ddni_check_states(ctx, "x0", x0, 1, sys->d, sys->d);
}

ddn_status ddn_system_orbit(ddn_context *ctx, const ddn_system *sys, double parameter,
                            int64_t steps, const double *x0, double *out, int64_t ldx)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_TRY(check_map(ctx, sys, parameter, x0, steps));
    DDNI_TRY(ddni_check_matrix(ctx, "out", out, steps + 1, sys->d, ldx));
    memcpy(out, x0, (size_t)sys->d * sizeof *out);
    for (int64_t k = 0; k < steps; k++) {
        DDNI_TRY(ddni_system_ask(ctx, sys, parameter, out + k * ldx, out + (k + 1) * ldx));
    }
    return DDN_OK;
}

ddn_status ddn_system_escape(ddn_context *ctx, const ddn_system *sys, double parameter,
                             double radius, int64_t steps, const double *x0, int64_t *count)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, sys);
    DDNI_TRY(check_map(ctx, sys, parameter, x0, steps));
    DDNI_CHECK_REAL(ctx, radius, 0, 1e300);
    DDNI_CHECK_PTR(ctx, count);
    int64_t d = sys->d;
    double *x = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "orbit", 2 * d, sizeof *x, &x));
    double *now = x, *next = x + d;
    memcpy(now, x0, (size_t)d * sizeof *x);
    ddn_status status = DDN_OK;
    int64_t k = 1;
    for (; k <= steps; k++) {
        DDNI_TRY_GOTO(ddni_system_ask(ctx, sys, parameter, now, next), fail);
        if (!(ddni_norm(d, next) <= radius)) { /* NaN has escaped too */
            break;
        }
        double *swap = now;
        now = next;
        next = swap;
    }
    *count = k;
fail:
    ddni_free(ddni_context_allocator(ctx), x);
    return status;
}

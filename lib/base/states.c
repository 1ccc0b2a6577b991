/* States that the host gives: their shape, and that all of them are finite. */
#include "base/check.h"
#include "base/progress.h"

int32_t ddni_all_finite(int64_t count, const double *x)
{
    double sum[8] = {0}, all = 0; /* 0 if all are, else NaN: NaN and Inf times 0 are */
    int64_t k = 0;
    for (; k + 8 <= count; k += 8) {
        for (int64_t v = 0; v < 8; v++) {
            sum[v] += x[k + v] * 0.0;
        }
    }
    for (; k < count; k++) {
        all += x[k] * 0.0;
    }
    for (int64_t v = 0; v < 8; v++) {
        all += sum[v];
    }
    return all == 0.0;
}

ddn_status ddni_check_states(ddn_context *ctx, const char *name, const double *x, int64_t m,
                             int64_t d, int64_t ldx)
{
    DDNI_TRY(ddni_check_matrix(ctx, name, x, m, d, ldx));
    int64_t seen = 0;
    for (int64_t r = 0; r < m; r++) {
        const double *row = x + r * ldx;
        if ((seen += d) > 1 << 24) { /* some 20 ms */
            seen = 0;
            DDNI_TRY(ddni_poll(ctx));
        }
        if (ddni_all_finite(d, row)) {
            continue;
        }
        for (int64_t j = 0; j < d; j++) {
            DDNI_CHECK(ctx, isfinite(row[j]), DDN_E_NONFINITE, "%s[%lld][%lld] is %g", name,
                       (long long)r, (long long)j, row[j]);
        }
    }
    return DDN_OK;
}

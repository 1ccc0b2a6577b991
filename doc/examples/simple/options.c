/* The options of an object, as a program or a language binding can find them without a manual.
 * Prints key, name, default and bounds of every setting of an analysis.
 * cc options.c -o options $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    ddn_context *ctx = NULL;
    ddn_analysis *an = NULL;
    int failed = ddn_context_create(&ctx) || ddn_analysis_create(ctx, &an);
    const ddn_options *options = ddn_analysis_options(an);
    for (int64_t i = 0; i < ddn_options_count(options) && !failed; i++) {
        const int32_t key = ddn_options_key(options, i);
        printf("%d %s", (int)key, ddn_options_name(options, key));
        if (ddn_options_type(options, key) == DDN_TYPE_F64) {
            double low, high, preset;
            failed = ddn_options_bounds_f64(options, key, &low, &high, &preset);
            printf(" = %g in [%.15g, %.15g]\n", preset, low, high);
        } else {
            int64_t low, high, preset;
            failed = ddn_options_bounds_i64(options, key, &low, &high, &preset);
            printf(" = %" PRId64 " in [%" PRId64 ", %" PRId64 "]\n", preset, low, high);
        }
    }
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
    return failed;
}

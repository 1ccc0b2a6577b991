/* The options of an object, as a program or a language binding can find them without a manual.
 * Prints key, name, default and bounds of every setting of an analysis.
 * cc options.c -o options $(pkg-config --cflags --libs diffdyn)
 * SPDX-License-Identifier: MIT */
#include <diffdyn/diffdyn.h>
#include <stdio.h>

int main(void)
{
    ddn_context *ctx = NULL;
    ddn_analysis *an = NULL;
    int failed = ddn_context_create(&ctx) || ddn_analysis_create(ctx, &an);
    const ddn_options *options = ddn_analysis_options(an);
    for (int64_t i = 0; i < ddn_options_count(options) && !failed; i++) {
        const int32_t key = ddn_options_key(options, i);
        double low, high, preset;
        failed = ddn_options_bounds(options, key, &low, &high, &preset);
        if (!failed) {
            printf("%d %s = %g in [%g, %g]\n", (int)key, ddn_options_name(options, key), preset,
                   low, high);
        }
    }
    if (failed) {
        fprintf(stderr, "%s\n", ddn_context_message(ctx));
    }
    ddn_analysis_destroy(an);
    ddn_context_destroy(ctx);
    return failed;
}

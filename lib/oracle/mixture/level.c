/* Gaussian mixtures: the scratch of a query and the numbers of one noise level; theory.md (16). */
#include "oracle/mixture/mixture_impl.h"

#include "base/check.h"

ddn_status ddni_mixture_scratch_create(ddn_context *ctx, const ddn_oracle *oracle, void **scratch)
{
    const ddni_mixture *mix = (const ddni_mixture *)oracle;
    int64_t count = oracle->components;
    ddni_mixture_scratch *sc;
    DDNI_TRY(ddni_alloc_for(ctx, "mixture scratch", 1, sizeof *sc, &sc));
    *scratch = sc;
    ddn_status status;
    sc->row_size = DDNI_MIXTURE_VECTORS * oracle->d + DDNI_MIXTURE_ROWS * count;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "mixture scratch", 3 * count, sizeof(double), &sc->offset),
                  fail);
    sc->sum_precision = sc->offset + count;
    sc->sum_posterior = sc->offset + 2 * count;
    DDNI_TRY_GOTO(
        ddni_alloc_for(ctx, "mixture scratch", ddni_alloc_bytes(mix->variance), 1, &sc->precision),
        fail);
    return DDN_OK;
fail:
    ddni_mixture_scratch_destroy(ctx, sc);
    *scratch = NULL;
    return status;
}

void ddni_mixture_scratch_destroy(ddn_context *ctx, void *scratch)
{
    ddni_mixture_scratch *sc = scratch;
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free(al, sc->offset);
    ddni_free(al, sc->precision);
    ddni_free(al, sc->rows);
    ddni_free(al, sc);
}

int64_t ddni_mixture_scratch_bytes(const void *scratch)
{
    const ddni_mixture_scratch *sc = scratch;
    return (int64_t)sizeof *sc + ddni_alloc_bytes(sc->offset) + ddni_alloc_bytes(sc->precision) +
           ddni_alloc_bytes(sc->rows);
}

/* Gamma of every component, kept as long as the level stays the same. */
void ddni_mixture_prepare(const ddni_mixture *mix, ddni_mixture_scratch *sc,
                          const ddni_level *level)
{
    if (sc->a == level->a && sc->s2 == level->s2) {
        return;
    }
    sc->a = level->a;
    sc->s2 = level->s2;
    const double two_pi = 6.283185307179586476925;
    int64_t d = mix->base.d, columns = mix->variance_j ? d : 1;
    double repeat = mix->variance_j ? 1.0 : (double)d, log_det = 0;
    for (int64_t k = 0; k < mix->base.components; k++) {
        if (k > 0 && mix->variance_k == 0) { /* as component 0 but for the weight */
            sc->offset[k] = mix->log_weight[k] - 0.5 * repeat * log_det;
            sc->sum_precision[k] = sc->sum_precision[0];
            sc->sum_posterior[k] = sc->sum_posterior[0];
            continue;
        }
        const double *v = mix->variance + k * mix->variance_k;
        double *precision = sc->precision + k * mix->variance_k;
        double sum_precision = 0, sum_posterior = 0;
        log_det = 0;
        for (int64_t j = 0; j < columns; j++) {
            double gamma = level->s2 + level->a * level->a * v[j];
            precision[j] = 1.0 / gamma;
            log_det += log(two_pi * gamma);
            sum_precision += precision[j];
            sum_posterior += level->s2 * v[j] / gamma;
        }
        sc->offset[k] = mix->log_weight[k] - 0.5 * repeat * log_det;
        sc->sum_precision[k] = repeat * sum_precision;
        sc->sum_posterior[k] = repeat * sum_posterior;
    }
}

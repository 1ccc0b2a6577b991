/* What all oracles share: lifetime, questions about them, the one-call score. */
#include "oracle/oracle_impl.h"

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"
#include "dataset/dataset_impl.h"

static void finish_oracle(void *object)
{
    ddn_oracle *oracle = object;
    oracle->ops->destroy(oracle);
    ddn_schedule_destroy(oracle->schedule);
    ddn_dataset_destroy(oracle->dataset);
    ddn_dataset_destroy(oracle->spread);
}

ddn_status ddni_oracle_create(ddn_context *ctx, int64_t size, const ddni_oracle_ops *ops,
                              const ddn_schedule *sch, const ddn_dataset *ds, int64_t d, void *out)
{
    ddn_oracle *o = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_ORACLE, size, finish_oracle, out));
    o = *(ddn_oracle **)out;
    o->ops = ops;
    o->d = d;
    ddni_retain(sch);
    o->schedule = (ddn_schedule *)(uintptr_t)sch;
    if (ds != NULL) {
        ddni_retain(ds);
        o->dataset = (ddn_dataset *)(uintptr_t)ds;
    }
    return DDN_OK;
}

ddn_status ddn_oracle_retain(const ddn_oracle *oracle)
{
    return ddni_handle_retain(oracle, DDNI_ORACLE);
}

void ddn_oracle_destroy(ddn_oracle *oracle)
{
    ddni_drop(oracle, DDNI_ORACLE);
}

int64_t ddn_oracle_d(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? 0 : oracle->d;
}

int64_t ddn_oracle_components(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? 0 : oracle->components;
}

int64_t ddn_oracle_class_count(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? 0 : oracle->classes;
}

const char *ddn_oracle_kind(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? "" : oracle->ops->kind;
}

const ddn_schedule *ddn_oracle_schedule(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? NULL : oracle->schedule;
}

const ddn_dataset *ddn_oracle_dataset(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) ? NULL : oracle->dataset;
}

int64_t ddn_oracle_way_count(const ddn_oracle *oracle)
{
    return !DDNI_IS(oracle) || oracle->ops->way_count == NULL ? 0 : oracle->ops->way_count();
}

const char *ddn_oracle_way_name(const ddn_oracle *oracle, int64_t way)
{
    return way < 0 || way >= ddn_oracle_way_count(oracle) ? NULL : oracle->ops->way_name(way);
}

int64_t ddn_oracle_tally(const ddn_oracle *oracle, ddn_way_tally what, int64_t way)
{
    return way < 0 || way >= ddn_oracle_way_count(oracle) || what < DDN_WAY_TRIED ||
                   what > DDN_WAY_BYTES
               ? 0
               : atomic_load_explicit(&((ddn_oracle *)(uintptr_t)oracle)->tally[way][what - 1],
                                      memory_order_relaxed);
}

int32_t ddn_oracle_can(const ddn_oracle *oracle, ddn_output what)
{
    return DDNI_IS(oracle) && ddni_output_of(what).name != NULL &&
           (oracle->can & ddni_bit(what)) != 0;
}

ddn_status ddni_oracle_digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *digest)
{
    uint64_t data = 0, own = oracle->made_of;
    if (oracle->dataset != NULL) {
        DDNI_TRY(ddni_dataset_digest(ctx, oracle->dataset, &data));
    }
    if (own == 0 && oracle->ops->digest != NULL) {
        DDNI_TRY(oracle->ops->digest(ctx, oracle, &own));
    }
    *digest = DDNI_DIGEST_WORDS(ddni_digest_text(oracle->ops->kind), (uint64_t)oracle->d,
                                (uint64_t)oracle->components, (uint64_t)oracle->classes, data, own);
    return DDN_OK;
}

int64_t ddn_oracle_output_width(const ddn_oracle *oracle, ddn_output what)
{
    return ddn_oracle_can(oracle, what) ? ddni_output_width(oracle, what) : 0;
}

int64_t ddni_oracle_sample_row(const ddn_dataset *ds, int64_t seed, int64_t path)
{
    if (ds->weight == NULL) {
        return path % ds->n;
    }
    ddni_draws choice = ddni_draws_of(seed, DDNI_USE_DATA, 0);
    return ddni_dataset_point(ds, ddni_draws_uniform(&choice, path, 0));
}

ddn_status ddni_oracle_sample_points(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                                     int64_t first_path, int64_t m, double *x, int64_t ldx,
                                     int64_t *index)
{
    const ddn_dataset *ds = oracle->dataset;
    for (int64_t r = 0; r < m; r++) {
        DDNI_TRY(ddni_poll(ctx));
        int64_t i = ddni_oracle_sample_row(ds, seed, first_path + r);
        ddni_dataset_rows(ds, i, 1, x + r * ldx, ldx);
        if (index != NULL) {
            index[r] = i;
        }
    }
    return DDN_OK;
}

ddn_status ddn_oracle_sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                                  int64_t first_path, int64_t m, double *x, int64_t ldx,
                                  int64_t *index)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, oracle);
    /* The last path number is in range, too. */
    DDNI_CHECK_INT(ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_TRY(ddni_check_matrix(ctx, "x", x, m, oracle->d, ldx));
    DDNI_CHECK(ctx, oracle->ops->sample_data != NULL, DDN_E_UNSUPPORTED,
               "an oracle of kind %s has no data to sample", oracle->ops->kind);
    return m == 0 ? DDN_OK
                  : oracle->ops->sample_data(ctx, oracle, seed, first_path, m, x, ldx, index);
}

/* Overlaps q_k = x . v_k / sqrt(d) with given directions at each grid time. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "observer/observer_impl.h"

typedef struct overlap {
    ddn_observer base;
    int64_t directions, d;
    double *v; /* [directions][d] */
    double *q; /* [count][m][directions] */
} overlap;

static ddn_status meet(ddn_observer *ob, const ddn_oracle *oracle)
{
    const overlap *self = (const overlap *)ob;
    DDNI_CHECK(ob->ctx, ddn_oracle_d(oracle) == self->d, DDN_E_SHAPE,
               "the directions have d = %lld, the oracle has d = %lld", (long long)self->d,
               (long long)ddn_oracle_d(oracle));
    return DDN_OK;
}

static ddn_status begin(ddn_observer *ob)
{
    overlap *self = (overlap *)ob;
    int64_t cells;
    DDNI_CHECK(ob->ctx,
               !__builtin_mul_overflow(ob->count, ob->m, &cells) &&
                   !__builtin_mul_overflow(cells, self->directions, &cells),
               DDN_E_NOMEM, "no memory for %lld x %lld x %lld overlaps", (long long)ob->count,
               (long long)ob->m, (long long)self->directions);
    return ddni_reserve(ob->ctx, "overlaps", cells, sizeof(double), &self->q);
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    overlap *self = (overlap *)ob;
    const double *x = ddn_step_x(step);
    int64_t ldx = ddn_step_ldx(step);
    double scale = 1 / sqrt((double)self->d);
    double *q = self->q + k * ob->m * self->directions;
    for (int64_t r = 0; r < ob->m; r++) {
        for (int64_t c = 0; c < self->directions; c++) {
            double sum = 0;
            for (int64_t j = 0; j < self->d; j++) {
                sum += x[r * ldx + j] * self->v[c * self->d + j];
            }
            *q++ = sum * scale;
        }
    }
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    const overlap *self = (const overlap *)ob;
    return what == DDN_RECORD_OVERLAP
               ? (ddni_record){DDNI_RECORD_F64, self->q, ob->seen * ob->m * self->directions}
               : (ddni_record){DDNI_RECORD_NONE, NULL, 0};
}

static int64_t arrays(ddn_observer *ob, ddni_kept *list)
{
    overlap *self = (overlap *)ob;
    list[0] = (ddni_kept){&self->q, ob->seen, ob->count, ob->m * self->directions};
    return 1;
}

static uint64_t digest(const ddn_observer *ob)
{
    const overlap *self = (const overlap *)ob;
    return DDNI_DIGEST_WORDS((uint64_t)self->directions, (uint64_t)self->d,
                             DDNI_DIGEST_OF(self->v, self->directions * self->d));
}

static void destroy(ddn_observer *ob)
{
    overlap *self = (overlap *)ob;
    ddni_free(&ob->handle.allocator, self->v);
    ddni_free(&ob->handle.allocator, self->q);
}

static const ddni_observer_ops ops = {
    .kind = "overlap",
    .meet = meet,
    .begin = begin,
    .see = see,
    .find = find,
    .arrays = arrays,
    .digest = digest,
    .destroy = destroy,
};

ddn_status ddn_observer_create_overlap(ddn_context *ctx, int64_t count, int64_t d,
                                       const double *directions, int64_t ldv, ddn_observer **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, count, 1, 1 << 20);
    DDNI_CHECK_INT(ctx, d, 1, 1 << 24);
    DDNI_CHECK_PTR(ctx, directions);
    DDNI_TRY(ddni_check_states(ctx, "directions", directions, count, d, ldv));
    overlap *self;
    ddn_status status = ddni_observer_create(ctx, sizeof *self, &ops, &self);
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "directions", count, d * (int64_t)sizeof(double), &self->v);
    }
    if (status != DDN_OK) {
        ddn_observer_destroy((ddn_observer *)self);
        return status;
    }
    self->directions = count;
    self->d = d;
    for (int64_t c = 0; c < count; c++) {
        memcpy(self->v + c * d, directions + c * ldv, (size_t)d * sizeof(double));
    }
    *out = &self->base;
    return DDN_OK;
}

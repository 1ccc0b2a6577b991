/* States at the grid times nearest to given times. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "observer/observer_impl.h"

typedef struct snapshots {
    ddn_observer base;
    int64_t wishes;
    double *wish;   /* [wishes] times asked for */
    int64_t *pick;  /* [wishes] time number that comes nearest, from the first one seen on */
    double *taken;  /* [wishes] its time, NaN before it */
    double *states; /* [wishes][m][d] */
    double *grid;   /* scratch: the times of the run */
} snapshots;

/* Chooses beforehand, so that each wish is copied once. Ties go to the earlier step. What lies
 * before the first time seen is never taken. */
static ddn_status begin(ddn_observer *ob)
{
    snapshots *self = (snapshots *)ob;
    int64_t cells, all = ob->first + ob->count;
    DDNI_CHECK(ob->ctx,
               !__builtin_mul_overflow(self->wishes, ob->m, &cells) &&
                   !__builtin_mul_overflow(cells, ob->d, &cells),
               DDN_E_NOMEM, "no memory for %lld snapshots of %lld x %lld states",
               (long long)self->wishes, (long long)ob->m, (long long)ob->d);
    DDNI_TRY(ddni_reserve(ob->ctx, "snapshots", cells, sizeof(double), &self->states));
    DDNI_TRY(ddni_reserve(ob->ctx, "grid of snapshots", all, sizeof(double), &self->grid));
    DDNI_TRY(ddn_integrator_times(ob->it, all, self->grid));
    for (int64_t i = 0; i < self->wishes; i++) {
        int64_t best = 0;
        for (int64_t k = 1; k < all; k++) {
            if (fabs(self->grid[k] - self->wish[i]) < fabs(self->grid[best] - self->wish[i])) {
                best = k;
            }
        }
        self->pick[i] = best - ob->first;
        self->taken[i] = NAN;
    }
    for (int64_t i = 0; i < cells; i++) {
        self->states[i] = NAN;
    }
    return DDN_OK;
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    snapshots *self = (snapshots *)ob;
    const double *x = ddn_step_x(step);
    int64_t ldx = ddn_step_ldx(step);
    for (int64_t i = 0; i < self->wishes; i++) {
        if (self->pick[i] == k) {
            self->taken[i] = ddn_step_time(step);
            for (int64_t r = 0; r < ob->m; r++) {
                memcpy(self->states + (i * ob->m + r) * ob->d, x + r * ldx,
                       (size_t)ob->d * sizeof(double));
            }
        }
    }
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    const snapshots *self = (const snapshots *)ob;
    int64_t rows = ob->seen == 0 ? 0 : self->wishes;
    switch (what) {
    case DDN_RECORD_TIMES:
        return (ddni_record){DDNI_RECORD_F64, self->taken, rows};
    case DDN_RECORD_STATES:
        return (ddni_record){DDNI_RECORD_F64, self->states, rows * ob->m * ob->d};
    default:
        return (ddni_record){DDNI_RECORD_NONE, NULL, 0};
    }
}

static int64_t arrays(ddn_observer *ob, ddni_kept *list)
{
    snapshots *self = (snapshots *)ob;
    int64_t rows = ob->seen == 0 ? 0 : self->wishes;
    list[0] = (ddni_kept){&self->pick, rows, self->wishes, 1};
    list[1] = (ddni_kept){&self->taken, rows, self->wishes, 1};
    list[2] = (ddni_kept){&self->states, rows, self->wishes, ob->m * ob->d};
    return 3;
}

static uint64_t digest(const ddn_observer *ob)
{
    const snapshots *self = (const snapshots *)ob;
    return DDNI_DIGEST_OF(self->wish, self->wishes);
}

static void destroy(ddn_observer *ob)
{
    snapshots *self = (snapshots *)ob;
    const ddni_allocator *al = &ob->handle.allocator;
    ddni_free(al, self->wish);
    ddni_free(al, self->pick);
    ddni_free(al, self->taken);
    ddni_free(al, self->states);
    ddni_free(al, self->grid);
}

static const ddni_observer_ops ops = {
    .kind = "snapshots",
    .begin = begin,
    .see = see,
    .find = find,
    .arrays = arrays,
    .digest = digest,
    .destroy = destroy,
};

ddn_status ddn_observer_create_snapshots(ddn_context *ctx, int64_t count, const double *times,
                                         ddn_observer **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, count, 1, 1 << 24);
    DDNI_CHECK_PTR(ctx, times);
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(ctx, isfinite(times[i]), DDN_E_NONFINITE, "times[%lld] is %g", (long long)i,
                   times[i]);
    }
    snapshots *self;
    ddn_status status = ddni_observer_create(ctx, sizeof *self, &ops, &self);
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "snapshot times", count, sizeof(double), &self->wish);
    }
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "snapshot times", count, sizeof(double), &self->taken);
    }
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "snapshot times", count, sizeof(int64_t), &self->pick);
    }
    if (status != DDN_OK) {
        ddn_observer_destroy((ddn_observer *)self);
        return status;
    }
    self->wishes = count;
    memcpy(self->wish, times, (size_t)count * sizeof(double));
    *out = &self->base;
    return DDN_OK;
}

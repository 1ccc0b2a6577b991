/* Bytes in disguise: sets of floating-point numbers that are bytes under an affine map, such as
 * images divided by 255, as the bytes they were. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "base/progress.h"
#include "dataset/team_set.h"
#include "team/team_impl.h"

enum {
    MOST = 1024,  /* different numbers: some may be roundings of the same byte */
    SLOTS = 4096, /* of the table of them, a power of 2 */
    LAST = 255,
    PART = 1 << 13, /* numbers between two looks at the clock */
    TEXT = 500
};

typedef struct level {
    double x;
    int64_t row, column; /* where it comes first */
    uint8_t byte;
} level;

typedef struct levels {
    int64_t count;
    int16_t slot[SLOTS]; /* number of a level plus 1; 0: free */
    level at[MOST];      /* in the order in which they come first */
    double low, high, largest;
} levels;

/* x = step * byte + low, to `tolerance`. */
typedef struct grid {
    double step, tolerance;
} grid;

/* ---- the different numbers ---- */

static double stored(const ddn_dataset *ds, int64_t at)
{
    double x = ds->type == DDN_TYPE_F32 ? (double)((const float *)ds->data)[at]
                                        : ((const double *)ds->data)[at];
    return x == 0 ? 0 : x; /* -0 is 0 */
}

/* The slot of a number, or the free one where it belongs. */
static int64_t find(const levels *l, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t k = (bits ^ bits >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> 52;
    while (l->slot[k] != 0 && l->at[l->slot[k] - 1].x != x) {
        k = (k + 1) % SLOTS;
    }
    return (int64_t)k;
}

static ddn_status add_level(ddn_context *ctx, levels *l, const level *new_one)
{
    int64_t k = find(l, new_one->x);
    if (l->slot[k] != 0) {
        return DDN_OK;
    }
    DDNI_CHECK(ctx, l->count < MOST, DDN_E_UNSUPPORTED,
               "no bytes: row %lld, column %lld = %.9g is the %dth different number",
               (long long)new_one->row, (long long)new_one->column, new_one->x, MOST + 1);
    l->at[l->count++] = *new_one;
    l->slot[k] = (int16_t)l->count;
    l->low = fmin(l->low, new_one->x);
    l->high = fmax(l->high, new_one->x);
    return DDN_OK;
}

static ddn_status collect(ddn_context *ctx, const ddn_dataset *ds, levels *l)
{
    double last = NAN;
    DDNI_TRY(ddni_dataset_settle(ctx, ds));
    l->low = DBL_MAX;
    l->high = -DBL_MAX;
    for (int64_t i = 0; i < ds->n; i++) {
        for (int64_t j = 0; j < ds->d; j++) {
            level one = {stored(ds, i * ds->ld + j), ds->before + i, j, 0};
            if (j % PART == 0) {
                DDNI_TRY(ddni_poll(ctx));
            }
            if (one.x != last) {
                DDNI_TRY(add_level(ctx, l, &one));
                last = one.x;
            }
        }
    }
    l->largest = fmax(fabs(l->low), fabs(l->high));
    return DDN_OK;
}

/* The different numbers of all ranks, in the order in which they come first. */
static ddn_status collect_of_team(ddn_context *ctx, const ddn_dataset *ds, levels *l)
{
    const int64_t ranks = ds->team->size, size = (int64_t)sizeof *l;
    levels *all = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "the different numbers", ranks, size, &all), fail);
    status = DDNI_TEAM_ALONE(ctx, collect(ctx, ds->part, l));
    DDNI_TRY_GOTO(ddni_team_collect(ctx, ds->team, status, 0, NULL, size, l, all), fail);
    memset(l, 0, sizeof *l);
    l->low = DBL_MAX;
    l->high = -DBL_MAX;
    for (int64_t r = 0; r < ranks; r++) {
        for (int64_t k = 0; k < all[r].count; k++) {
            DDNI_TRY_GOTO(add_level(ctx, l, &all[r].at[k]), fail);
        }
    }
    l->largest = fmax(fabs(l->low), fabs(l->high));
fail:
    ddni_free(ddni_context_allocator(ctx), all);
    return status;
}

/* ---- the map ---- */

/* The byte of a number; -1 where it is none. */
static int32_t byte_of(const levels *l, const grid *g, double x)
{
    double k = nearbyint((x - l->low) / g->step);
    return fabs(fma(g->step, k, l->low) - x) <= g->tolerance ? (int32_t)k : -1;
}

/* The largest step that all numbers are multiples of, counted from the lowest. *doubtful: the level
 * up to which some step would do. */
static int32_t find_step(const levels *l, grid *g, int64_t *doubtful)
{
    *doubtful = 0;
    for (int64_t steps = 1; steps <= LAST; steps++) {
        g->step = l->high / (double)steps - l->low / (double)steps;
        if (g->step < 8 * g->tolerance) {
            return 0; /* too near one another to be told apart */
        }
        int64_t k = 0;
        while (k < l->count && byte_of(l, g, l->at[k].x) >= 0) {
            k++;
        }
        if (k == l->count) {
            return 1;
        }
        *doubtful = k > *doubtful ? k : *doubtful;
    }
    return 0;
}

static ddn_status fit(ddn_context *ctx, ddn_type type, levels *l, grid *g)
{
    int64_t doubtful = 0;
    g->step = 1;
    g->tolerance = ldexp(l->largest, type == DDN_TYPE_F32 ? -22 : -51);
    if (l->low < l->high && !find_step(l, g, &doubtful)) {
        return ddni_fail(ctx, DDN_E_UNSUPPORTED,
                         "no bytes: row %lld, column %lld = %.17g is on no scale of 256 steps on "
                         "which %.9g, %.9g and the numbers before it are",
                         (long long)l->at[doubtful].row, (long long)l->at[doubtful].column,
                         l->at[doubtful].x, l->low, l->high);
    }
    for (int64_t k = 0; k < l->count; k++) {
        l->at[k].byte = (uint8_t)byte_of(l, g, l->at[k].x);
    }
    return DDN_OK;
}

/* ---- the new set ---- */

static ddn_status write_bytes(ddn_context *ctx, const ddn_dataset *ds, const levels *l,
                              uint8_t *bytes)
{
    for (int64_t i = 0; i < ds->n; i++) {
        for (int64_t j = 0; j < ds->d; j++) {
            if (j % PART == 0) {
                DDNI_TRY(ddni_poll(ctx));
            }
            double x = stored(ds, i * ds->ld + j);
            bytes[i * ds->d + j] = l->at[l->slot[find(l, x)] - 1].byte;
        }
    }
    return DDN_OK;
}

static ddn_status make_set(ddn_context *ctx, const ddn_dataset *ds, const levels *l, const grid *g,
                           ddn_dataset **out)
{
    char text[TEXT];
    const char *of = ddn_dataset_description(ds);
    double scale = ds->scale * g->step, shift = fma(ds->scale, l->low, ds->shift);
    ddni_storage *storage = NULL;
    void *memory;
    ddn_status status;
    DDNI_TRY(ddni_storage_create(ctx, ds->n * ds->d, &storage, &memory));
    DDNI_TRY_GOTO(write_bytes(ctx, ds, l, memory), fail);
    ddni_say(text, TEXT, "%s%sbytes k in disguise: %.9g k + %.9g", of, of[0] != '\0' ? "; " : "",
             scale, shift);
    DDNI_TRY_GOTO(ddni_storage_describe(ctx, storage, text), fail);
    ddni_array array = {memory, DDN_TYPE_U8, ds->n, ds->d, ds->d, ds->before};
    status = ddni_dataset_wrap(ctx, "the bytes", storage, array, out);
    storage = NULL;
    if (status == DDN_OK) {
        ddni_dataset_set_map(*out, scale, shift);
        ddni_dataset_share_labels(*out, ds);
        ddni_dataset_share_weights(*out, ds);
    }
fail:
    ddni_storage_release(storage);
    return status;
}

/* As make_set, of the part where there is a team. */
static ddn_status make(ddn_context *ctx, const ddn_dataset *ds, const levels *l, const grid *g,
                       ddn_dataset **out)
{
    if (ds->team == NULL) {
        return make_set(ctx, ds, l, g, out);
    }
    ddn_dataset *part = NULL;
    ddn_status status = DDNI_TEAM_ALONE(ctx, make_set(ctx, ds->part, l, g, &part));
    return ddni_team_remake_part(ctx, ds, status, part, 0, out);
}

ddn_status ddn_dataset_create_bytes(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    if (ds->type == DDN_TYPE_U8) {
        return ddni_dataset_derive(ctx, ds, out);
    }
    levels *l = NULL;
    grid g;
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "the different numbers", 1, sizeof *l, &l));
    DDNI_TRY_GOTO(ds->team != NULL ? collect_of_team(ctx, ds, l) : collect(ctx, ds, l), fail);
    DDNI_TRY_GOTO(fit(ctx, ds->type, l, &g), fail);
    status = make(ctx, ds, l, &g, out);
fail:
    ddni_free(ddni_context_allocator(ctx), l);
    return status;
}

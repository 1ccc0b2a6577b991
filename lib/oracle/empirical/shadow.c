/* A copy of the points in bytes for screens: y_j - centre_j = unit_j (byte - 128) + what is left.
 * theory.md (14). */
#include "oracle/empirical/shadow.h"

#include <float.h>
#include <math.h>

#include "base/check.h"
#include "base/parallel.h"

enum {
    COLUMNS = 64, /* of a task of the first pass: eight cache lines of doubles of each row */
    ROWS = 256,   /* of a task of the second */
    LEVELS = 127, /* whole numbers on each side of 0 */
    FARTHEST = 3 /* a column reaches so far as the third farthest number: stray ones are cut, at the
                    cost of wider bounds for their points alone */
};

/* Beside the largest unit. A column of smaller ones counts as constant: what it has is less than
 * the columns of the largest lose, and states in integers would be coarse in it. */
static const double LEAST_UNIT = 1e-3;

typedef struct making {
    const ddn_context *ctx;
    const ddn_dataset *ds;
    ddni_centred *o;
} making;

static double number_at(const ddn_dataset *ds, int64_t i, int64_t j)
{
    const void *row = ddni_stored(ds, i);
    double stored =
        ds->type == DDN_TYPE_F32 ? (double)((const float *)row)[j] : ((const double *)row)[j];
    return fma(ds->scale, stored, ds->shift);
}

/* Keeps the largest numbers, descending. */
static void rank(double x, double top[FARTHEST])
{
    for (int k = FARTHEST - 1; k >= 0 && x > top[k]; k--) {
        if (k + 1 < FARTHEST) {
            top[k + 1] = top[k];
        }
        top[k] = x;
    }
}

/* The units of some columns; a tile function. */
static void measure_columns(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const making *p = arg;
    const ddn_dataset *ds = p->ds;
    int64_t first = tile * COLUMNS, width = ds->d - first < COLUMNS ? ds->d - first : COLUMNS;
    double top[COLUMNS][FARTHEST] = {{0}};
    for (int64_t i = 0; i < ds->n; i++) {
        if (i % 16 == 0 && ddni_stopping(p->ctx)) {
            return;
        }
        for (int64_t j = 0; j < width; j++) {
            rank(fabs(number_at(ds, i, first + j) - p->o->centre[first + j]), top[j]);
        }
    }
    for (int64_t j = 0; j < width; j++) {
        double unit = top[j][ds->n < FARTHEST ? 0 : FARTHEST - 1] / LEVELS;
        p->o->shadow.unit[first + j] = unit;
    }
}

/* The bytes of some rows, and how much of them is left, rounded up; a tile function. */
static void copy_rows(void *arg, int64_t tile, int64_t worker)
{
    (void)worker;
    const making *p = arg;
    const ddn_dataset *ds = p->ds;
    const double *unit = p->o->shadow.unit, *centre = p->o->centre;
    int64_t d = ds->d, first = tile * ROWS, end = first + ROWS < ds->n ? first + ROWS : ds->n;
    for (int64_t i = first; i < end && !ddni_stopping(p->ctx); i++) {
        uint8_t *to = p->o->shadow.at + i * d;
        double rest2 = 0;
        for (int64_t j = 0; j < d; j++) {
            double y = number_at(ds, i, j), off = y - centre[j];
            double level = unit[j] > 0 ? rint(fmax(-LEVELS, fmin(LEVELS, off / unit[j]))) : 0;
            double rest = fabs(off - unit[j] * level) + 0x1p-52 * (fabs(y) + fabs(centre[j]));
            to[j] = (uint8_t)(level + 128);
            rest2 += rest * rest;
        }
        p->o->shadow.rest[i] = (float)(sqrt(rest2) * (1 + 0x1p-22)) + 0x1p-126F;
    }
}

ddn_status ddni_shadow_create(ddn_context *ctx, const ddn_dataset *ds, ddni_centred *o)
{
    making p = {ctx, ds, o};
    int64_t n = ds->n, d = ds->d;
    double work = (double)n * (double)d * 4, root = 0, top = 0;
    ddni_shadow *s = &o->shadow;
    DDNI_TRY(ddni_alloc_for(ctx, "shadow", n * d, 1, &s->at));
    DDNI_TRY(ddni_alloc_for(ctx, "shadow", n, sizeof *s->rest, &s->rest));
    DDNI_TRY(ddni_alloc_for(ctx, "shadow", d, sizeof *s->unit, &s->unit));
    DDNI_TRY(ddni_alloc_for(ctx, "shadow", d, sizeof *s->origin, &s->origin));
    DDNI_TRY(ddni_parallel(ctx, (d + COLUMNS - 1) / COLUMNS, work, measure_columns, &p));
    for (int64_t j = 0; j < d; j++) {
        top = fmax(top, s->unit[j]);
    }
    for (int64_t j = 0; j < d; j++) {
        s->unit[j] = s->unit[j] >= LEAST_UNIT * top && top > DBL_MIN ? s->unit[j] : 0;
        s->coarse += s->unit[j] > 0 ? 1 / (s->unit[j] * s->unit[j]) : 0;
    }
    DDNI_TRY(ddni_parallel(ctx, (n + ROWS - 1) / ROWS, work, copy_rows, &p));
    for (int64_t i = 0; i < n; i++) {
        s->rest_max = fmax(s->rest_max, (double)s->rest[i]);
        root += sqrt((double)s->rest[i]) / (double)n;
    }
    s->rest_typical = root * root;
    s->rows = (ddn_dataset){.data = s->at, .type = DDN_TYPE_U8, .n = n, .d = d, .ld = d};
    ddni_dataset_set_map(&s->rows, 1, -128);
    return DDN_OK;
}

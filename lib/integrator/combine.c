/* Linear combinations of batches, with noise. */
#include "integrator/combine.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"

enum {
    CHUNK = 512,   /* numbers per tile: sums are formed on the stack */
    MOST_ROWS = 64 /* of a tile, so that threads have some of few short rows each */
};

void ddni_sum_add(ddni_sum *sum, double coefficient, const double *values, int64_t ld)
{
    DDNI_ASSERT(sum->terms < DDNI_TERMS);
    for (int32_t i = 0; i < sum->terms; i++) {
        if (sum->term[i].values == values) {
            sum->term[i].coefficient += coefficient;
            return;
        }
    }
    sum->term[sum->terms++] = (ddni_term){coefficient, values, ld};
}

void ddni_sum_add_mean(ddni_sum *sum, double coefficient, const ddni_prediction *p)
{
    if (p->what == DDN_OUT_MEAN) {
        ddni_sum_add(sum, coefficient, p->values, p->ld);
    } else {
        ddni_sum_add(sum, coefficient / p->level->a, p->x, p->ldx);
        ddni_sum_add(sum, coefficient * p->level->s2 / p->level->a, p->values, p->ld);
    }
}

void ddni_sum_add_score(ddni_sum *sum, double coefficient, const ddni_prediction *p)
{
    if (p->what == DDN_OUT_SCORE) {
        ddni_sum_add(sum, coefficient, p->values, p->ld);
    } else {
        ddni_sum_add(sum, -coefficient / p->level->s2, p->x, p->ldx);
        ddni_sum_add(sum, coefficient * p->level->a / p->level->s2, p->values, p->ld);
    }
}

void ddni_sum_add_noise_estimate(ddni_sum *sum, double coefficient, const ddni_prediction *p)
{
    ddni_sum_add_score(sum, -coefficient * p->level->s, p);
}

typedef struct job {
    const ddni_sum *sum;
    int64_t m, d, ldo;
    int64_t chunks; /* of a row */
    int64_t rows;   /* of a tile: more than one where they are short */
    double *out;
} job;

/* to[k] += factor from[k], rows of `width` numbers that are ld apart; side by side in `to`. */
static void add(int64_t rows, int64_t width, double factor, const double *from, int64_t ld,
                double *to)
{
    if (ld == width) {
        width *= rows;
        rows = 1;
    }
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t k = 0; k < width; k++) {
            to[r * width + k] += factor * from[r * ld + k];
        }
    }
}

static void tile(void *arg, int64_t index, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    const ddni_sum *sum = j->sum;
    double total[CHUNK], z[CHUNK];
    int64_t row = index / j->chunks * j->rows, first = index % j->chunks * CHUNK;
    int64_t rows = j->m - row < j->rows ? j->m - row : j->rows;
    int64_t width = j->d - first < CHUNK ? j->d - first : CHUNK;
    memset(total, 0, (size_t)(rows * width) * sizeof *total);
    for (int32_t i = 0; i < sum->terms; i++) {
        const ddni_term *term = &sum->term[i];
        add(rows, width, term->coefficient, term->values + row * term->ld + first, term->ld, total);
    }
    if (sum->spread > 0.0 && rows > 0 && width > 0) {
        ddni_draws noise = ddni_draws_of(sum->seed, sum->use, sum->step);
        for (int64_t r = 0; r < rows; r++) {
            ddni_draws_normal(&noise, ddni_path(&sum->paths, row + r), first, width, z + r * width);
        }
        add(rows, width, sum->spread, z, width, total);
    }
    if (j->ldo == width) {
        memcpy(j->out + row * width, total, (size_t)(rows * width) * sizeof *total);
        return;
    }
    for (int64_t r = 0; r < rows; r++) {
        memcpy(j->out + (row + r) * j->ldo + first, total + r * width,
               (size_t)width * sizeof *total);
    }
}

ddn_status ddni_sum_evaluate(ddn_context *ctx, const ddni_sum *sum, int64_t m, int64_t d,
                             double *out, int64_t ldo)
{
    int64_t chunks = (d + CHUNK - 1) / CHUNK, rows = d < CHUNK ? CHUNK / d : 1;
    rows = rows > MOST_ROWS ? MOST_ROWS : rows;
    job j = {sum, m, d, ldo, chunks, rows, out};
    double cost = (double)sum->terms + (sum->spread > 0.0 ? 40.0 : 0.0);
    return ddni_parallel(ctx, (m + rows - 1) / rows * chunks, cost * (double)m * (double)d, tile,
                         &j);
}

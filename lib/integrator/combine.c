/* Linear combinations of batches, with noise. */
#include "integrator/combine.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"

enum {
    CHUNK = 512 /* coordinates per tile: sums are formed on the stack */
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
    int64_t d, chunks, ldo;
    double *out;
} job;

static void tile(void *arg, int64_t index, int64_t worker)
{
    (void)worker;
    const job *j = arg;
    const ddni_sum *sum = j->sum;
    double total[CHUNK] = {0}, z[CHUNK];
    int64_t row = index / j->chunks, first = index % j->chunks * CHUNK;
    int64_t count = j->d - first < CHUNK ? j->d - first : CHUNK;
    for (int32_t i = 0; i < sum->terms; i++) {
        double c = sum->term[i].coefficient;
        const double *v = sum->term[i].values + row * sum->term[i].ld + first;
        for (int64_t k = 0; k < count; k++) {
            total[k] += c * v[k];
        }
    }
    if (sum->spread > 0.0) {
        ddni_draws noise = ddni_draws_of(sum->seed, sum->use, sum->step);
        ddni_draws_normal(&noise, ddni_path(&sum->paths, row), first, count, z);
        for (int64_t k = 0; k < count; k++) {
            total[k] += sum->spread * z[k];
        }
    }
    memcpy(j->out + row * j->ldo + first, total, (size_t)count * sizeof *total);
}

ddn_status ddni_sum_evaluate(ddn_context *ctx, const ddni_sum *sum, int64_t m, int64_t d,
                             double *out, int64_t ldo)
{
    int64_t chunks = (d + CHUNK - 1) / CHUNK;
    job j = {sum, d, chunks, ldo, out};
    double cost = (double)sum->terms + (sum->spread > 0.0 ? 40.0 : 0.0);
    return ddni_parallel(ctx, m * chunks, cost * (double)m * (double)d, tile, &j);
}

/* Philox noise and Box-Muller deviates. */
#include "base/rng.h"

#include <math.h>

#include <Random123/philox.h>

#include "base/check.h"

static const struct {
    int32_t stream;
    int64_t first, steps;
} uses[DDNI_USE_COUNT] = {
#define DDNI_ROW(name, stream, first, steps) {stream, first, steps},
    DDNI_USES(DDNI_ROW)
#undef DDNI_ROW
};

static const struct {
    int64_t items, step, data, runs, bits;
} measurements[DDNI_MEASURE_COUNT] = {
#define DDNI_ROW(name, items, step, data, runs, bits) {items, step, data, runs, bits},
    DDNI_MEASUREMENTS(DDNI_ROW)
#undef DDNI_ROW
};

/* ---- Where numbers are -------------------------------------------------------------------- */

int64_t ddni_path_count(ddni_measurement what)
{
    return INT64_C(1) << measurements[what].bits;
}

static int64_t path_number(ddni_measurement what, int64_t block, int64_t item, int64_t i)
{
    DDNI_ASSERT(block >= 0 && item >= 0 && item < measurements[what].items);
    DDNI_ASSERT(i >= 0 && i < ddni_path_count(what));
    return (block << DDNI_BLOCK_BITS) + (item << measurements[what].bits) + i;
}

int64_t ddni_path_data(ddni_measurement what, int64_t item, int64_t i)
{
    return path_number(what, measurements[what].data, item, i);
}

int64_t ddni_path_run(ddni_measurement what, int64_t item, int64_t i)
{
    return path_number(what, measurements[what].runs, item, i);
}

ddni_draws ddni_draws_of(int64_t seed, ddni_use use, int64_t step)
{
    DDNI_ASSERT(step >= 0 && step < uses[use].steps);
    return (ddni_draws){seed, uses[use].first + step, uses[use].stream};
}

ddni_draws ddni_draws_samples(int64_t seed, ddni_measurement what, int64_t item)
{
    DDNI_ASSERT(measurements[what].step >= 0 && item >= 0 && item < measurements[what].items);
    return (ddni_draws){seed, measurements[what].step + item, DDNI_STREAM_ANALYSIS};
}

ddni_draws ddni_draws_choice(int64_t seed, ddni_measurement what, int64_t item)
{
    ddni_draws draws = ddni_draws_samples(seed, what, item);
    draws.step = -1 - draws.step;
    return draws;
}

/* ---- The numbers -------------------------------------------------------------------------- */

/* Block b holds coordinates 4b .. 4b+3. */
static philox4x64_ctr_t block(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t b)
{
    philox4x64_ctr_t counter = {{(uint64_t)path, (uint64_t)step, (uint64_t)b, 0}};
    philox4x64_key_t key = {{(uint64_t)seed, (uint64_t)stream}};
    return philox4x64(counter, key);
}

/* Centre of one of 2^53 equal cells of (0, 1). */
static double unit(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

static void normal_pair(uint64_t a, uint64_t b, double *z)
{
    double radius = sqrt(-2.0 * log(unit(a)));
    double angle = 6.283185307179586476925 * unit(b);
    z[0] = radius * cos(angle);
    z[1] = radius * sin(angle);
}

/* Only pairs that are wanted are made: paths of few coordinates do not need whole blocks. */
void ddni_normal(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t first,
                 int64_t count, double *z)
{
    int64_t end = first + count;
    for (int64_t j = first; j < end;) {
        philox4x64_ctr_t r = block(seed, stream, path, step, j / 4);
        for (int64_t stop = j / 4 * 4 + 4; j < stop && j < end;) {
            double two[2];
            normal_pair(r.v[j % 4 / 2 * 2], r.v[j % 4 / 2 * 2 + 1], two);
            for (int64_t k = j % 2; k < 2 && j < end; k++, j++) {
                *z++ = two[k];
            }
        }
    }
}

double ddni_uniform(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t coordinate)
{
    return unit(block(seed, stream, path, step, coordinate / 4).v[coordinate % 4]);
}

void ddni_draws_normal(const ddni_draws *draws, int64_t path, int64_t first, int64_t count,
                       double *z)
{
    ddni_normal(draws->seed, draws->stream, path, draws->step, first, count, z);
}

double ddni_draws_uniform(const ddni_draws *draws, int64_t path, int64_t coordinate)
{
    return ddni_uniform(draws->seed, draws->stream, path, draws->step, coordinate);
}

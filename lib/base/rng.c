/* Philox noise and Box-Muller deviates. */
#include "base/rng.h"

#include <math.h>

#include <Random123/philox.h>

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

void ddni_normal(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t first,
                 int64_t count, double *z)
{
    int64_t end = first + count;
    for (int64_t j = first; j < end;) {
        philox4x64_ctr_t r = block(seed, stream, path, step, j / 4);
        double four[4];
        normal_pair(r.v[0], r.v[1], four);
        normal_pair(r.v[2], r.v[3], four + 2);
        for (int64_t k = j % 4; k < 4 && j < end; k++, j++) {
            *z++ = four[k];
        }
    }
}

double ddni_uniform(int64_t seed, int32_t stream, int64_t path, int64_t step, int64_t coordinate)
{
    return unit(block(seed, stream, path, step, coordinate / 4).v[coordinate % 4]);
}

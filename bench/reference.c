/* Scores to compare with: every point, direct differences, in double and in long double. See
 * bench.h. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *take(int64_t count, size_t size)
{
    void *memory = malloc((size_t)count * size);
    if (!memory) {
        drv_die("out of memory for the reference (%lld x %zu bytes)", (long long)count, size);
    }
    return memory;
}

#define REAL double
#define NAME(x) f64_##x
#define EXP exp
#define EXPM1 expm1
#define SUMS 32
#include "reference_real.h"
#undef REAL
#undef NAME
#undef EXP
#undef EXPM1
#undef SUMS

#define REAL long double
#define NAME(x) long_##x
#define EXP expl
#define EXPM1 expm1l
#define SUMS 4
#include "reference_real.h"

void bench_reference(const bench_problem *p, double t, const double *x, double *score)
{
    f64_score(p, t, x, score);
}

void bench_reference_long(const bench_problem *p, double t, const double *x, double *score)
{
    long_score(p, t, x, score);
}

/* The baseline: full logits by OpenBLAS. Compiled for this machine and with fast mathematics, as
 * its user would. See bench.h. */
#include "bench.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#define REAL float
#define NAME(x) f32_##x
#define GEMM cblas_sgemm
#define GEMV cblas_sgemv
#define EXP expf
#include "baseline_real.h"
#undef REAL
#undef NAME
#undef GEMM
#undef GEMV
#undef EXP

#define REAL double
#define NAME(x) f64_##x
#define GEMM cblas_dgemm
#define GEMV cblas_dgemv
#define EXP exp
#include "baseline_real.h"

void bench_baseline_make(bench_baseline *b, const bench_problem *p, int64_t m)
{
    const int64_t size = p->type == DDN_TYPE_F64 ? 8 : 4;
    if (p->n > 2147483647 || p->d > 2147483647 || m > 2147483647) {
        drv_die("n = %lld is beyond OpenBLAS's 32-bit sizes", (long long)p->n);
    }
    *b = (bench_baseline){.p = p, .m = m};
    b->state = bench_take(m * p->d, size);
    b->logit = bench_take(m * p->n, size);
    b->mean = bench_take(m * p->d, size);
    b->score = bench_take(m * p->d, 8);
}

double bench_baseline_run(void *baseline)
{
    bench_baseline *b = baseline;
    const double start = drv_seconds();
    if (b->p->type == DDN_TYPE_F64) {
        f64_run(b);
    } else {
        f32_run(b);
    }
    return drv_seconds() - start;
}

void bench_baseline_free(bench_baseline *b)
{
    free(b->state);
    free(b->logit);
    free(b->mean);
    free(b->score);
}

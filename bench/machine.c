/* What the machine is and can do at most: processor, BLAS core, multiply-adds per second in f32,
 * bytes read per second. See bench.h. */
#include "bench.h"

#include <cblas.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#include <math.h>
#endif

const char *bench_cpu(void)
{
    static char model[128] = "unknown";
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[512];
    while (file && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon) {
            snprintf(model, sizeof model, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    return model;
}

void bench_blas_threads(int64_t threads)
{
    openblas_set_num_threads((int)threads);
}

/* ---- Multiply-adds ----------------------------------------------------------------------- */

enum {
    CHAINS = 12,     /* independent accumulators: more than latency times units of any processor */
    REPEATS = 100000 /* about 1 ms */
};

/* acc = acc * m + c stays near c / (1 - m). */
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static float fma512(void)
{
    __m512 acc[CHAINS], m = _mm512_set1_ps(0.5F), c = _mm512_set1_ps(1.0F);
    for (int i = 0; i < CHAINS; i++) {
        acc[i] = _mm512_set1_ps((float)i);
    }
    for (int k = 0; k < REPEATS; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            acc[i] = _mm512_fmadd_ps(acc[i], m, c);
        }
    }
    float sum = 0;
    for (int i = 0; i < CHAINS; i++) {
        sum += _mm512_reduce_add_ps(acc[i]);
    }
    return sum;
}

__attribute__((target("avx2,fma"))) static float fma256(void)
{
    __m256 acc[CHAINS], m = _mm256_set1_ps(0.5F), c = _mm256_set1_ps(1.0F);
    for (int i = 0; i < CHAINS; i++) {
        acc[i] = _mm256_set1_ps((float)i);
    }
    for (int k = 0; k < REPEATS; k++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            acc[i] = _mm256_fmadd_ps(acc[i], m, c);
        }
    }
    float sum = 0;
    for (int i = 0; i < CHAINS; i++) {
        float lanes[8];
        _mm256_storeu_ps(lanes, acc[i]);
        sum += lanes[0] + lanes[7];
    }
    return sum;
}
#endif

static float fma128(void)
{
    float sum = 0;
#if defined(__aarch64__)
    float32x4_t acc[CHAINS], m = vdupq_n_f32(0.5F), c = vdupq_n_f32(1.0F);
    for (int i = 0; i < CHAINS; i++) {
        acc[i] = vdupq_n_f32((float)i);
    }
    for (int k = 0; k < REPEATS; k++) {
        for (int i = 0; i < CHAINS; i++) {
            acc[i] = vfmaq_f32(c, acc[i], m);
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        sum += vaddvq_f32(acc[i]);
    }
#else
    typedef float vec __attribute__((vector_size(16)));
    vec acc[CHAINS];
    for (int i = 0; i < CHAINS; i++) {
        acc[i] = (vec){(float)i};
    }
    for (int k = 0; k < REPEATS; k++) {
        for (int i = 0; i < CHAINS; i++) {
            acc[i] = acc[i] * 0.5F + 1.0F;
        }
    }
    for (int i = 0; i < CHAINS; i++) {
        sum += acc[i][0] + acc[i][3];
    }
#endif
    return sum;
}

static int vector_bytes(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) {
        return 64;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return 32;
    }
#endif
    return 16;
}

static void fma_part(void *arg, int64_t part, int64_t parts)
{
    (void)arg;
    (void)part;
    (void)parts;
    volatile float sink;
#if defined(__x86_64__)
    const int bytes = vector_bytes();
    sink = bytes == 64 ? fma512() : bytes == 32 ? fma256() : fma128();
#else
    sink = fma128();
#endif
    (void)sink;
}

double bench_fma(void *unused)
{
    (void)unused;
    return bench_team(fma_part, NULL);
}

double bench_fma_flops(void)
{
    return 2.0 * CHAINS * REPEATS * (vector_bytes() / 4) * (double)drv.threads;
}

/* ---- Reading ----------------------------------------------------------------------------- */

typedef uint64_t wide __attribute__((vector_size(64), aligned(1), may_alias));

static inline __attribute__((always_inline)) uint64_t read_body(const char *at, int64_t bytes)
{
    wide acc[8] = {{0}};
    int64_t i = 0;
    for (; i + 512 <= bytes; i += 512) {
#pragma GCC unroll 8
        for (int v = 0; v < 8; v++) {
            acc[v] |= *(const wide *)(at + i + v * 64);
        }
    }
    uint64_t sum = 0;
    for (int v = 0; v < 8; v++) {
        sum |= acc[v][0] | acc[v][7];
    }
    for (; i < bytes; i++) {
        sum |= (uint64_t)(unsigned char)at[i];
    }
    return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static uint64_t read512(const char *at, int64_t bytes)
{
    return read_body(at, bytes);
}
__attribute__((target("avx2"))) static uint64_t read256(const char *at, int64_t bytes)
{
    return read_body(at, bytes);
}
#endif

static void read_part(void *arg, int64_t part, int64_t parts)
{
    const bench_memory *memory = arg;
    int64_t first, end;
    bench_share(memory->bytes / 64, part, parts, &first, &end);
    const char *at = (const char *)memory->at + first * 64;
    volatile uint64_t sink;
#if defined(__x86_64__)
    const int bytes = vector_bytes();
    sink = bytes == 64   ? read512(at, (end - first) * 64)
           : bytes == 32 ? read256(at, (end - first) * 64)
                         : read_body(at, (end - first) * 64);
#else
    sink = read_body(at, (end - first) * 64);
#endif
    (void)sink;
}

double bench_read(void *memory)
{
    return bench_team(read_part, memory);
}

/* ---- Description ------------------------------------------------------------------------- */

void bench_json_machine(void)
{
    bench_json_text("cpu", bench_cpu());
    bench_json_text("kernel", ddn_context_kernel(drv.ctx));
    bench_json_text("blas", ddn_feature("blas_core"));
    bench_json_number("threads", (double)drv.threads);
}

static double best_of(double (*run)(void *), void *arg)
{
    double best = run(arg);
    for (int i = 0; i < 9; i++) {
        const double again = run(arg);
        best = again < best ? again : best;
    }
    return best;
}

void bench_print_machine(void)
{
    bench_memory block = {NULL, INT64_C(128) << 20};
    char *memory = drv_alloc(block.bytes, 1);
    memset(memory, 1, (size_t)block.bytes);
    block.at = memory;
    printf("processor  %s, %lld threads\n", bench_cpu(), (long long)drv.threads);
    printf("kernels    %s\n", ddn_context_kernel(drv.ctx));
    printf("build      %s, kernels %s\n", ddn_feature("compiler"), ddn_feature("kernels"));
    printf("BLAS       %s, core %s\n", ddn_feature("blas"), ddn_feature("blas_core"));
    printf("limits     %.0f GF/s of f32 multiply-adds, %.1f GB/s read from 128 MiB\n",
           1e-9 * bench_fma_flops() / best_of(bench_fma, NULL),
           1e-9 * (double)block.bytes / best_of(bench_read, &block));
}

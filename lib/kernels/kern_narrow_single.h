/* Softmax and mean over points of few coordinates in single precision, which lie side by side in
 * registers; included by kern_body.h. */

/* One state, d known when this is compiled, so that its sums stay in registers. */
static inline __attribute__((always_inline)) void
narrow_single_of(const int d, const ddni_narrow_points *y, const ddni_narrow_single *job,
                 const float *x, float *logit, ddni_narrow_mean *out)
{
    const float *at = y->at, *norm = at + d * y->ld, *term = norm + y->ld;
    const int64_t ld = y->ld;
    const float slope = job->slope;
    f32_vec xs[DDNI_NARROW], sum[DDNI_NARROW], top = f32_splat(-INFINITY), total = {0}, norms = {0};
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        xs[j] = f32_splat(x[j]);
        sum[j] = (f32_vec){0};
    }
    for (int64_t i = 0; i < ld; i += LANES32) {
        f32_vec square = {0};
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            f32_vec diff = xs[j] - f32_load(at + j * ld + i) * job->a;
            square += diff * diff;
        }
        f32_vec l = square * slope + f32_load(term + i);
        f32_store(logit + i, l);
        top = f32_select(l > top, l, top);
    }
    float max = top[0];
    for (int v = 1; v < LANES32; v++) {
        max = top[v] > max ? top[v] : max;
    }
    for (int64_t i = 0; i < ld; i += LANES32) {
        f32_vec w = f32_exponential(f32_load(logit + i) - max);
        total += w;
        norms += w * f32_load(norm + i);
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            sum[j] += w * f32_load(at + j * ld + i);
        }
    }
    double all = 0, length = 0;
    for (int v = 0; v < LANES32; v++) {
        all += (double)total[v];
        length += (double)norms[v];
    }
    out->max = (double)max;
    out->norm = length / all;
    for (int j = 0; j < d; j++) {
        double whole = 0;
        for (int v = 0; v < LANES32; v++) {
            whole += (double)sum[j][v];
        }
        out->mean[j] = whole / all;
    }
}

#define NARROW_SINGLE(width)                                                                       \
    static void narrow_single_##width(const ddni_narrow_points *y, const ddni_narrow_single *job,  \
                                      int64_t states, const float *x, float *logit,                \
                                      ddni_narrow_mean *out)                                       \
    {                                                                                              \
        for (int64_t q = 0; q < states; q++) {                                                     \
            narrow_single_of(width, y, job, x + q * width, logit, out + q);                        \
        }                                                                                          \
    }
NARROW_SINGLE(1)
NARROW_SINGLE(2)
NARROW_SINGLE(3)
NARROW_SINGLE(4)
NARROW_SINGLE(5)
NARROW_SINGLE(6)
NARROW_SINGLE(7)
NARROW_SINGLE(8)
NARROW_SINGLE(9)
NARROW_SINGLE(10)
NARROW_SINGLE(11)
NARROW_SINGLE(12)
NARROW_SINGLE(13)
NARROW_SINGLE(14)
NARROW_SINGLE(15)
NARROW_SINGLE(16)

static void narrow_single(const ddni_narrow_points *y, const ddni_narrow_single *job,
                          int64_t states, const float *x, float *logit, ddni_narrow_mean *out)
{
    typedef void (*narrow_single_fn)(const ddni_narrow_points *y, const ddni_narrow_single *job,
                                     int64_t states, const float *x, float *logit,
                                     ddni_narrow_mean *out);
    static const narrow_single_fn cases[DDNI_NARROW] = {
        narrow_single_1,  narrow_single_2,  narrow_single_3,  narrow_single_4,
        narrow_single_5,  narrow_single_6,  narrow_single_7,  narrow_single_8,
        narrow_single_9,  narrow_single_10, narrow_single_11, narrow_single_12,
        narrow_single_13, narrow_single_14, narrow_single_15, narrow_single_16};
    cases[y->d - 1](y, job, states, x, logit, out);
}

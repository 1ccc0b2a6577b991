/* Softmax and mean over points of few coordinates about their centre, which lie side by side in
 * registers: half the work of kern_narrow.h, for states that need no more. Included by kern_body.h
 * for each type, which defines REAL, LANES, NAME(x), EXP_TERMS. */

/* Sums of one state. */
typedef struct NAME(means) {
    NAME(vec) total, norms, sum[DDNI_NARROW];
} NAME(means);

/* Adds the points from `first` to `end`, whose logits lie below max. d is known when this is
 * compiled, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void
NAME(means_run)(const int d, const ddni_narrow_points *y, int64_t first, int64_t end,
                const REAL *logit, REAL max, NAME(means) * to)
{
    const REAL *at = y->at, *norm = at + d * y->ld;
    NAME(vec) total = {0}, norms = {0}, sum[DDNI_NARROW];
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        sum[j] = (NAME(vec)){0};
    }
    for (int64_t i = first; i < end; i += LANES) {
        NAME(vec) w = NAME(exponential)(NAME(load)(logit + i) - max);
        total += w;
        norms += w * NAME(load)(norm + i);
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            sum[j] += w * NAME(load)(at + j * y->ld + i);
        }
    }
    to->total += total;
    to->norms += norms;
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        to->sum[j] += sum[j];
    }
}

static double NAME(means_together)(NAME(vec) x)
{
    double sum = 0;
    for (int v = 0; v < LANES; v++) {
        sum += (double)x[v];
    }
    return sum;
}

/* One state. */
static inline __attribute__((always_inline)) void
NAME(means_of)(const int d, const ddni_narrow_points *y, const ddni_narrow_slope *level,
               const double *x, REAL *logit, ddni_narrow_mean *out)
{
    const REAL *at = y->at, *term = at + (d + 1) * y->ld;
    const int64_t ld = y->ld;
    const REAL slope = (REAL)level->slope, a = (REAL)level->a;
    NAME(vec) xs[DDNI_NARROW], top = NAME(splat)((REAL)-INFINITY);
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        xs[j] = NAME(splat)((REAL)x[j]);
    }
    for (int64_t i = 0; i < ld; i += LANES) {
        NAME(vec) square = {0};
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            NAME(vec) diff = xs[j] - NAME(load)(at + j * ld + i) * a;
            square += diff * diff;
        }
        NAME(vec) l = square * slope + NAME(load)(term + i);
        NAME(store)(logit + i, l);
        top = NAME(select)(l > top, l, top);
    }
    REAL max = top[0];
    for (int v = 1; v < LANES; v++) {
        max = top[v] > max ? top[v] : max;
    }
    NAME(means) sums = {{0}, {0}, {{0}}};
    for (int64_t first = 0; first < ld; first += DDNI_RUN) {
        const int64_t end = ld - first < DDNI_RUN ? ld : first + DDNI_RUN;
        NAME(means_run)(d, y, first, end, logit, max, &sums);
    }
    const double all = NAME(means_together)(sums.total);
    out->max = (double)max;
    out->norm = NAME(means_together)(sums.norms) / all;
    for (int j = 0; j < d; j++) {
        out->mean[j] = NAME(means_together)(sums.sum[j]) / all;
    }
}

#define NARROW_MEANS(width)                                                                        \
    static void NAME(means_##width)(const ddni_narrow_points *y, const ddni_narrow_slope *level,   \
                                    int64_t states, const double *x, REAL *logit,                  \
                                    ddni_narrow_mean *out)                                         \
    {                                                                                              \
        for (int64_t q = 0; q < states; q++) {                                                     \
            NAME(means_of)(width, y, level, x + q * width, logit, out + q);                        \
        }                                                                                          \
    }
NARROW_MEANS(1)
NARROW_MEANS(2)
NARROW_MEANS(3)
NARROW_MEANS(4)
NARROW_MEANS(5)
NARROW_MEANS(6)
NARROW_MEANS(7)
NARROW_MEANS(8)
NARROW_MEANS(9)
NARROW_MEANS(10)
NARROW_MEANS(11)
NARROW_MEANS(12)
NARROW_MEANS(13)
NARROW_MEANS(14)
NARROW_MEANS(15)
NARROW_MEANS(16)
#undef NARROW_MEANS

static void NAME(narrow_means)(const ddni_narrow_points *y, const ddni_narrow_slope *level,
                               int64_t states, const double *x, void *logit, ddni_narrow_mean *out)
{
    typedef void (*means_fn)(const ddni_narrow_points *y, const ddni_narrow_slope *level,
                             int64_t states, const double *x, REAL *logit, ddni_narrow_mean *out);
    static const means_fn cases[DDNI_NARROW] = {
        NAME(means_1),  NAME(means_2),  NAME(means_3),  NAME(means_4),
        NAME(means_5),  NAME(means_6),  NAME(means_7),  NAME(means_8),
        NAME(means_9),  NAME(means_10), NAME(means_11), NAME(means_12),
        NAME(means_13), NAME(means_14), NAME(means_15), NAME(means_16)};
    cases[y->d - 1](y, level, states, x, logit, out);
}

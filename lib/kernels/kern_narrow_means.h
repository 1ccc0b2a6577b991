/* Softmax and mean over points of few coordinates about their centre, which lie side by side in
 * registers: half the work of kern_narrow.h, for states that need no more. Included by kern_body.h
 * for each type, which defines REAL, LANES, NAME(x), EXP_DIGITS. */

/* Sums of one state. */
typedef struct NAME(means) {
    NAME(vec) total, norms, sum[DDNI_NARROW];
} NAME(means);

/* A state in all lanes. */
typedef struct NAME(means_state) {
    REAL a;
    NAME(vec) x[DDNI_NARROW];
} NAME(means_state);

static inline __attribute__((always_inline)) void NAME(means_take)(const int d,
                                                                   const ddni_narrow_slope *level,
                                                                   const double *x,
                                                                   NAME(means_state) * to)
{
    to->a = (REAL)level->a;
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        to->x[j] = NAME(splat)((REAL)x[j]);
    }
}

/* Adds the points from `first` to `end`, whose logits lie below max. d is known when this is
 * compiled, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void
NAME(means_run)(const int d, const ddni_narrow_points *y, int64_t first, int64_t end,
                const NAME(means_state) * of, const REAL *logit, REAL max, NAME(means) * to)
{
    const REAL *at = y->at, *norm = at + d * y->ld;
    const REAL least = sizeof(REAL) == 4 ? DDNI_WEIGHTLESS_F32 : -708;
    NAME(vec) total = {0}, norms = {0}, sum[DDNI_NARROW];
    UNROLL(16)
    for (int j = 0; j < d; j++) {
        sum[j] = (NAME(vec)){0};
    }
    for (int64_t i = first; i < end; i += LANES) {
        NAME(vec) w = NAME(exponential_to)(EXP_DIGITS, least, NAME(load)(logit + i) - max);
        total += w;
        norms += w * NAME(load)(norm + i);
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            NAME(vec) step = NAME(load)(at + j * y->ld + i);
            sum[j] += w * (d <= DDNI_NARROW_APART ? of->x[j] - step * of->a : step);
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

/* The logits of a state at the points from `first` to `end`, and the largest in each lane so far.
 */
static inline __attribute__((always_inline)) void
NAME(means_logits)(const int d, const ddni_narrow_points *y, int64_t first, int64_t end,
                   const NAME(means_state) * of, REAL slope, REAL *logit, NAME(vec) * largest)
{
    const REAL *at = y->at, *term = at + (d + 1) * y->ld;
    NAME(vec) top = *largest;
    for (int64_t i = first; i < end; i += LANES) {
        NAME(vec) square = {0};
        UNROLL(16)
        for (int j = 0; j < d; j++) {
            NAME(vec) diff = of->x[j] - NAME(load)(at + j * y->ld + i) * of->a;
            square += diff * diff;
        }
        NAME(vec) l = square * slope + NAME(load)(term + i);
        NAME(store)(logit + i, l);
        top = NAME(larger)(l, top);
    }
    *largest = top;
}

/* A few states, among which a part of the points is shared while the first-level cache has it. */
static inline __attribute__((always_inline)) void
NAME(means_of)(const int d, const ddni_narrow_points *y, const ddni_narrow_slope *level,
               int64_t states, const double *x, REAL *logit, ddni_narrow_mean *out)
{
    const int64_t ld = y->ld, row = (d + 2) * (int64_t)sizeof(REAL);
    const int64_t part = (MEANS_BYTES / row + DDNI_RUN - 1) / DDNI_RUN * DDNI_RUN;
    NAME(means_state) of;
    NAME(vec) top[DDNI_NARROW_STATES];
    NAME(means) sums[DDNI_NARROW_STATES];
    REAL max[DDNI_NARROW_STATES];
    for (int64_t q = 0; q < states; q++) {
        top[q] = NAME(splat)((REAL)-INFINITY);
        sums[q] = (NAME(means)){{0}, {0}, {{0}}};
    }
    for (int64_t first = 0; first < ld; first += part) {
        const int64_t end = ld - first < part ? ld : first + part;
        for (int64_t q = 0; q < states; q++) {
            NAME(means_take)(d, level, x + q * d, &of);
            NAME(means_logits)
            (d, y, first, end, &of, (REAL)level->slope, logit + q * ld, &top[q]);
        }
    }
    for (int64_t q = 0; q < states; q++) {
        max[q] = NAME(top)(top[q]);
    }
    for (int64_t first = 0; first < ld; first += part) {
        for (int64_t q = 0; q < states; q++) {
            NAME(means_take)(d, level, x + q * d, &of);
            for (int64_t i = first; i < ld && i < first + part; i += DDNI_RUN) {
                const int64_t end = ld - i < DDNI_RUN ? ld : i + DDNI_RUN;
                NAME(means_run)
                (d, y, i, end, &of, logit + q * ld, max[q], &sums[q]);
            }
        }
    }
    for (int64_t q = 0; q < states; q++) {
        const double all = NAME(means_together)(sums[q].total);
        out[q].max = (double)max[q];
        out[q].total = all;
        out[q].norm = NAME(means_together)(sums[q].norms) / all;
        for (int j = 0; j < d; j++) {
            out[q].mean[j] = NAME(means_together)(sums[q].sum[j]) / all;
        }
    }
}

#define NARROW_MEANS(width)                                                                        \
    static void NAME(means_##width)(const ddni_narrow_points *y, const ddni_narrow_slope *level,   \
                                    int64_t states, const double *x, REAL *logit,                  \
                                    ddni_narrow_mean *out)                                         \
    {                                                                                              \
        for (int64_t q = 0; q < states; q += DDNI_NARROW_STATES) {                                 \
            const int64_t left = states - q;                                                       \
            NAME(means_of)                                                                         \
            (width, y, level, left < DDNI_NARROW_STATES ? left : DDNI_NARROW_STATES,               \
             x + q * width, logit, out + q);                                                       \
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

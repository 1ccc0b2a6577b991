/* The score of one state by direct differences, included twice by reference.c. Needs REAL,
 * NAME(x), EXP, EXPM1 and SUMS (partial sums). */

typedef struct NAME(scan) {
    const bench_problem *p;
    const double *x;
    REAL a, s2, top;
    REAL *logit; /* [n] */
    REAL *sum;   /* [parts][d + 1] */
} NAME(scan);

static inline __attribute__((always_inline)) REAL NAME(distance)(const int64_t d, const REAL a,
                                                                 const REAL scale, const REAL shift,
                                                                 const double *x, const void *y,
                                                                 const ddn_type type)
{
    REAL acc[SUMS] = {0};
    int64_t j = 0;
    for (; j + SUMS <= d; j += SUMS) {
        for (int v = 0; v < SUMS; v++) {
            REAL z = type == DDN_TYPE_U8    ? (REAL)((const uint8_t *)y)[j + v]
                     : type == DDN_TYPE_F32 ? (REAL)((const float *)y)[j + v]
                                            : (REAL)((const double *)y)[j + v];
            REAL diff = (REAL)x[j + v] - a * (scale * z + shift);
            acc[v] += diff * diff;
        }
    }
    for (; j < d; j++) {
        REAL z = type == DDN_TYPE_U8    ? (REAL)((const uint8_t *)y)[j]
                 : type == DDN_TYPE_F32 ? (REAL)((const float *)y)[j]
                                        : (REAL)((const double *)y)[j];
        REAL diff = (REAL)x[j] - a * (scale * z + shift);
        acc[0] += diff * diff;
    }
    REAL sum = 0;
    for (int v = 0; v < SUMS; v++) {
        sum += acc[v];
    }
    return sum;
}

static void NAME(logits)(void *arg, int64_t part, int64_t parts)
{
    const NAME(scan) *s = arg;
    const bench_problem *p = s->p;
    const int64_t size = p->type == DDN_TYPE_U8 ? 1 : p->type == DDN_TYPE_F32 ? 4 : 8;
    const REAL scale = (REAL)p->scale, shift = (REAL)p->shift;
    int64_t first, end;
    bench_share(p->n, part, parts, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const void *y = (const char *)p->stored + i * p->d * size;
        REAL r2 = p->type == DDN_TYPE_U8
                      ? NAME(distance)(p->d, s->a, scale, shift, s->x, y, DDN_TYPE_U8)
                  : p->type == DDN_TYPE_F32
                      ? NAME(distance)(p->d, s->a, scale, shift, s->x, y, DDN_TYPE_F32)
                      : NAME(distance)(p->d, s->a, scale, shift, s->x, y, DDN_TYPE_F64);
        s->logit[i] = -r2 / (2 * s->s2);
    }
}

static void NAME(sums)(void *arg, int64_t part, int64_t parts)
{
    const NAME(scan) *s = arg;
    const bench_problem *p = s->p;
    const REAL scale = (REAL)p->scale, shift = (REAL)p->shift;
    REAL *sum = s->sum + part * (p->d + 1);
    int64_t first, end;
    bench_share(p->n, part, parts, &first, &end);
    for (int64_t i = first; i < end; i++) {
        if (s->logit[i] < s->top - 100) { /* together below n e^-100 */
            continue;
        }
        const REAL w = EXP(s->logit[i] - s->top);
        sum[p->d] += w;
        if (p->type == DDN_TYPE_U8) {
            const uint8_t *y = (const uint8_t *)p->stored + i * p->d;
            for (int64_t j = 0; j < p->d; j++) {
                sum[j] += w * (scale * (REAL)y[j] + shift);
            }
        } else if (p->type == DDN_TYPE_F32) {
            const float *y = (const float *)p->stored + i * p->d;
            for (int64_t j = 0; j < p->d; j++) {
                sum[j] += w * (REAL)y[j];
            }
        } else {
            const double *y = (const double *)p->stored + i * p->d;
            for (int64_t j = 0; j < p->d; j++) {
                sum[j] += w * (REAL)y[j];
            }
        }
    }
}

static void NAME(score)(const bench_problem *p, double t, const double *x, double *score)
{
    NAME(scan) s = {.p = p, .x = x, .a = EXP(-(REAL)t), .s2 = -EXPM1(-2 * (REAL)t)};
    const int64_t width = p->d + 1;
    s.logit = take(p->n, sizeof(REAL));
    s.sum = take(drv.threads * width, sizeof(REAL));
    memset(s.sum, 0, (size_t)(drv.threads * width) * sizeof(REAL));
    bench_team(NAME(logits), &s);
    s.top = s.logit[0];
    for (int64_t i = 1; i < p->n; i++) {
        s.top = s.logit[i] > s.top ? s.logit[i] : s.top;
    }
    bench_team(NAME(sums), &s);
    for (int64_t k = 1; k < drv.threads; k++) {
        for (int64_t j = 0; j < width; j++) {
            s.sum[j] += s.sum[k * width + j];
        }
    }
    for (int64_t j = 0; j < p->d; j++) {
        score[j] = (double)((s.a * (s.sum[j] / s.sum[p->d]) - (REAL)x[j]) / s.s2);
    }
    free(s.logit);
    free(s.sum);
}

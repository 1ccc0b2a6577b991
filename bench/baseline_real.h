/* The baseline in one precision, included twice by baseline.c. Needs REAL, NAME(x), GEMM, GEMV,
 * EXP. */

/* Logits of some states to weights; gives the states' sums of weights. */
static void NAME(softmax)(void *arg, int64_t part, int64_t parts)
{
    const bench_baseline *b = arg;
    const bench_problem *p = b->p;
    double a, s2;
    bench_level(b->t, &a, &s2);
    int64_t first, end;
    bench_share(b->m, part, parts, &first, &end);
    const REAL gain = (REAL)(a / s2), slope = (REAL)(a * a / s2);
    for (int64_t q = first; q < end; q++) {
        REAL *l = (REAL *)b->logit + q * p->n, top = -INFINITY, sum = 0;
        for (int64_t i = 0; i < p->n; i++) {
            l[i] = gain * l[i] - slope * (REAL)p->half_norm[i];
            top = l[i] > top ? l[i] : top;
        }
        for (int64_t i = 0; i < p->n; i++) {
            l[i] = EXP(l[i] - top);
            sum += l[i];
        }
        sum = 1 / sum;
        for (int64_t i = 0; i < p->n; i++) {
            l[i] *= sum;
        }
    }
}

static void NAME(run)(bench_baseline *b)
{
    const bench_problem *p = b->p;
    const REAL *y = p->dense;
    REAL *x = b->state, *l = b->logit, *mean = b->mean;
    const blasint n = (blasint)p->n, d = (blasint)p->d, m = (blasint)b->m;
    double a, s2;
    bench_level(b->t, &a, &s2);
    for (int64_t k = 0; k < b->m * p->d; k++) {
        x[k] = (REAL)b->x[k];
    }
    if (m == 1) {
        GEMV(CblasRowMajor, CblasNoTrans, n, d, 1, y, d, x, 1, 0, l, 1);
        NAME(softmax)(b, 0, 1);
        GEMV(CblasRowMajor, CblasTrans, n, d, 1, y, d, l, 1, 0, mean, 1);
    } else {
        GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, d, 1, x, d, y, d, 0, l, n);
        bench_team(NAME(softmax), b);
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, d, n, 1, l, n, y, d, 0, mean, d);
    }
    for (int64_t k = 0; k < b->m * p->d; k++) {
        b->score[k] = (a * (double)mean[k] - b->x[k]) / s2;
    }
}

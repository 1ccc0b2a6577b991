/* What is made of the weights of single points of few coordinates: sums by group, draws, products
 * with the covariance. Included by kern_narrow.h. */

/* Whether any lane of a mask is set. */
static inline __attribute__((always_inline)) int any_lane(f64_ivec mask)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return _mm512_movepi64_mask((__m512i)mask) != 0;
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return _mm256_movemask_pd((__m256d)mask) != 0;
#else
    int64_t any = 0;
    for (int v = 0; v < LANES64; v++) {
        any |= mask[v];
    }
    return any != 0;
#endif
}

/* States x[states][ldx] against points, and room for their logits, which become their weights where
 * more is made of them. */
typedef struct narrow_job {
    const ddni_columns *y;
    const ddni_narrow_level *lv;
    int64_t states;
    const double *x;
    int64_t ldx;
    double *logit;
    const ddni_narrow_more *more; /* NULL: nothing */
} narrow_job;

/* A number of each lane. */
static inline __attribute__((always_inline)) f64_vec narrow_each(const double *of, int64_t stride,
                                                                 int64_t states)
{
    f64_vec all = {0};
    for (int v = 0; v < LANES64; v++) {
        all[v] = of[(v < states ? v : 0) * stride];
    }
    return all;
}

/* The last point with a weight. */
static int64_t narrow_last(const narrow_job *job, int64_t stride)
{
    int64_t i = job->y->n - 1;
    while (i > 0 && !(job->logit[i * stride] > 0)) {
        i--;
    }
    return i;
}

/* ---- One state, points in lanes ---- */

/* Lanes have sums of their own, so that one does not wait for the other, unless that would take
 * longer than the points do. */
static void narrow_groups_of_points(const narrow_job *job, int64_t q)
{
    const ddni_narrow_more *more = job->more;
    const int64_t n = job->y->n, groups = more->groups, copies = 2 * groups < n ? LANES64 : 1;
    const int32_t *group = more->group;
    const double *w = job->logit;
    double *sum = more->room, *out = more->group_sum + q * groups;
    for (int64_t g = 0; g < copies * groups; g++) {
        sum[g] = 0;
    }
    int64_t i = 0, step = copies == 1 ? 0 : groups;
    for (; i + LANES64 <= n; i += LANES64) {
        if (any_lane(f64_load(w + i) > 0)) {
            UNROLL(8)
            for (int64_t v = 0; v < LANES64; v++) {
                sum[v * step + group[i + v]] += w[i + v];
            }
        }
    }
    for (; i < n; i++) {
        sum[group[i]] += w[i];
    }
    for (int64_t g = 0; g < groups; g++) {
        out[g] = 0;
        for (int64_t v = 0; v < copies; v++) {
            out[g] += sum[v * groups + g];
        }
    }
}

static int64_t narrow_draw_of_points(const narrow_job *job, double left)
{
    enum {
        STEP = 4 * LANES64
    };
    const double *w = job->logit;
    const int64_t n = job->y->n;
    int64_t i = 0;
    for (; i + STEP <= n; i += STEP) {
        double part = f64_sum((f64_load(w + i) + f64_load(w + i + LANES64)) +
                              (f64_load(w + i + 2 * LANES64) + f64_load(w + i + 3 * LANES64)));
        if (left < part) {
            break;
        }
        left -= part;
    }
    for (; i < n; i++) {
        left -= w[i];
        if (left < 0) {
            return i;
        }
    }
    return narrow_last(job, 1);
}

/* ---- Products with the covariance, points or states in lanes ---- */

static inline __attribute__((always_inline)) void narrow_products(const int states,
                                                                  const narrow_job *job, int64_t q,
                                                                  int64_t count,
                                                                  const ddni_narrow_sums *of)
{
    const ddni_columns *y = job->y;
    const ddni_narrow_more *more = job->more;
    const int64_t d = y->d, ld = y->ld;
    f64_vec from[DDNI_NARROW], mean[DDNI_NARROW], along[DDNI_NARROW], sum[DDNI_NARROW];
    for (int64_t j = 0; j < d; j++) {
        for (int v = 0; v < LANES64; v++) {
            const ddni_narrow_sums *own = &of[states && v < count ? v : 0];
            from[j][v] = y->at[j * ld + own->argmax];
            mean[j][v] = own->sum[j] / (1 + own->rest);
        }
        along[j] = narrow_each(more->v + q * more->ldv + j, more->ldv, states ? count : 1);
        sum[j] = (f64_vec){0};
    }
    for (int64_t i = 0; i < y->n; i += states ? 1 : LANES64) {
        f64_vec w = f64_load(job->logit + (states ? i * LANES64 : i)), dot = {0}, step[DDNI_NARROW];
        if (!any_lane(w > 0)) {
            continue;
        }
        for (int64_t j = 0; j < d; j++) {
            const double *at = y->at + j * ld + i;
            step[j] = ((states ? f64_splat(*at) : f64_load(at)) - from[j]) - mean[j];
            dot += step[j] * along[j];
        }
        dot *= w;
        for (int64_t j = 0; j < d; j++) {
            sum[j] += dot * step[j];
        }
    }
    for (int64_t v = 0; v < count; v++) {
        for (int64_t j = 0; j < d; j++) {
            double whole = states ? sum[j][v] : f64_sum(sum[j]);
            more->cov[(q + v) * d + j] = whole / (1 + of[v].rest);
        }
    }
}

/* The weights are there, but for that of the nearest point. */
static __attribute__((noinline)) void narrow_more_of_points(const narrow_job *job, int64_t q,
                                                            const ddni_narrow_sums *of)
{
    const ddni_narrow_more *more = job->more;
    job->logit[of->argmax] = 1;
    if (more->group != NULL) {
        narrow_groups_of_points(job, q);
    }
    if (more->uniform != NULL) {
        more->drawn[q] = narrow_draw_of_points(job, more->uniform[q] * (1 + of->rest));
    }
    if (more->v != NULL) {
        narrow_products(0, job, q, 1, of);
    }
}

/* ---- States in lanes ---- */

static void narrow_groups_of_states(const narrow_job *job, int64_t q, int64_t count)
{
    const ddni_narrow_more *more = job->more;
    double *sum = more->room;
    for (int64_t g = 0; g < more->groups; g++) {
        f64_store(sum + g * LANES64, (f64_vec){0});
    }
    for (int64_t i = 0; i < job->y->n; i++) {
        double *to = sum + more->group[i] * LANES64;
        f64_store(to, f64_load(to) + f64_load(job->logit + i * LANES64));
    }
    for (int64_t v = 0; v < count; v++) {
        for (int64_t g = 0; g < more->groups; g++) {
            more->group_sum[(q + v) * more->groups + g] = sum[g * LANES64 + v];
        }
    }
}

static void narrow_draw_of_states(const narrow_job *job, int64_t q, int64_t count,
                                  const ddni_narrow_sums *of)
{
    f64_vec left = narrow_each(job->more->uniform + q, 1, count);
    f64_ivec passed = {0};
    for (int64_t v = 0; v < count; v++) {
        left[v] *= 1 + of[v].rest;
    }
    for (int64_t i = 0; i < job->y->n; i++) {
        left -= f64_load(job->logit + i * LANES64);
        passed -= left >= 0; /* a mask is -1 */
    }
    for (int64_t v = 0; v < count; v++) {
        narrow_job lane = *job;
        lane.logit += v;
        job->more->drawn[q + v] = passed[v] < job->y->n ? passed[v] : narrow_last(&lane, LANES64);
    }
}

static __attribute__((noinline)) void
narrow_more_of_states(const narrow_job *job, int64_t q, int64_t count, const ddni_narrow_sums *of)
{
    for (int64_t v = 0; v < count; v++) {
        job->logit[of[v].argmax * LANES64 + v] = 1;
    }
    if (job->more->group != NULL) {
        narrow_groups_of_states(job, q, count);
    }
    if (job->more->uniform != NULL) {
        narrow_draw_of_states(job, q, count, of);
    }
    if (job->more->v != NULL) {
        narrow_products(1, job, q, count, of);
    }
}

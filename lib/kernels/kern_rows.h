/* Rows against a single state: inner products, vector sums, softmax. Included once per type by
 * kern_body.h; needs REAL, LANES, TYPE and NAME(x). */

static inline __attribute__((always_inline)) void NAME(dot_rows)(const int rows, int64_t d,
                                                                 ddni_rows from, const REAL *x,
                                                                 const int more, REAL *g,
                                                                 ddni_ahead *ahead)
{
    const REAL *y = from.at;
    const int64_t ldy = from.ld;
    NAME(vec) sum[4][2];
    UNROLL(4)
    for (int i = 0; i < rows; i++) {
        sum[i][0] = sum[i][1] = (NAME(vec)){0};
    }
    int64_t j = 0;
    for (; j + 2 * LANES <= d; j += 2 * LANES) {
        fetch_lines(ahead, 4 * VECTOR_BYTES / 64);
        NAME(vec) x0 = NAME(load)(x + j), x1 = NAME(load)(x + j + LANES);
        UNROLL(4)
        for (int i = 0; i < rows; i++) {
            sum[i][0] += NAME(load)(y + i * ldy + j) * x0;
            sum[i][1] += NAME(load)(y + i * ldy + j + LANES) * x1;
        }
    }
    NAME(vec) both[4] = {{0}};
    REAL further[4] = {0}, *total = more ? further : g;
    UNROLL(4)
    for (int i = 0; i < rows; i++) {
        both[i] = sum[i][0] + sum[i][1];
    }
    if (rows == 4) {
        NAME(sums)(both, total);
    } else { /* in the same order: copies of a point have the same product wherever they are */
        const NAME(vec) same[4] = {both[0], both[0], both[0], both[0]};
        REAL four[4];
        NAME(sums)(same, four);
        total[0] = four[0];
    }
    for (int i = 0; j < d && i < rows; i++) {
        for (int64_t k = j; k < d; k++) {
            total[i] += y[i * ldy + k] * x[k];
        }
    }
    for (int i = 0; more && i < rows; i++) {
        g[i] += further[i];
    }
}

/* Rows from row r on. */
static inline __attribute__((always_inline)) ddni_rows NAME(rows_from)(ddni_rows y, int64_t r)
{
    return (ddni_rows){(const REAL *)y.at + r * y.ld, y.ld};
}

/* Of rows that are together, a part of the columns after the other, so that no place adds up more
 * than DDNI_DEPTH_BLOCK terms. */
static inline __attribute__((always_inline)) void
NAME(dot_parts)(const int rows, int64_t d, ddni_rows y, const REAL *x, REAL *g, ddni_ahead *ahead)
{
    const int64_t part = 2 * LANES * DDNI_DEPTH_BLOCK;
    NAME(dot_rows)(rows, d < part ? d : part, y, x, 0, g, ahead);
    for (int64_t from = part; from < d; from += part) {
        const ddni_rows at = {(const REAL *)y.at + from, y.ld};
        NAME(dot_rows)(rows, d - from < part ? d - from : part, at, x + from, 1, g, ahead);
    }
}

static void NAME(dot)(int64_t rows, int64_t d, ddni_rows y, const REAL *x, REAL *g,
                      ddni_ahead *ahead)
{
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        NAME(dot_parts)(4, d, NAME(rows_from)(y, r), x, g + r, ahead);
    }
    for (; r < rows; r++) {
        NAME(dot_parts)(1, d, NAME(rows_from)(y, r), x, g + r, ahead);
    }
}

/* Sums of rows by themselves, then added. */
static inline __attribute__((always_inline)) void NAME(combine_rows)(const int rows, int64_t d,
                                                                     ddni_rows from, const REAL *p,
                                                                     REAL *sum, ddni_ahead *ahead)
{
    const REAL *y = from.at;
    const int64_t ldy = from.ld;
    NAME(vec) weight[DDNI_SHORT_RUN];
    int64_t j = 0;
    UNROLL(DDNI_SHORT_RUN)
    for (int i = 0; i < rows; i++) {
        weight[i] = NAME(splat)(p[i]);
    }
    for (; j + LANES <= d; j += LANES) {
        NAME(vec) s = {0};
        fetch_lines(ahead, 4 * VECTOR_BYTES / 64);
        UNROLL(DDNI_SHORT_RUN)
        for (int i = 0; i < rows; i++) {
            s += NAME(load)(y + i * ldy + j) * weight[i];
        }
        NAME(store)(sum + j, NAME(load)(sum + j) + s);
    }
    for (; j < d; j++) {
        REAL s = 0;
        for (int i = 0; i < rows; i++) {
            s += y[i * ldy + j] * p[i];
        }
        sum[j] += s;
    }
}

/* A few rows by themselves, then all of the call, then what there was. */
static void NAME(combine)(int64_t rows, int64_t d, ddni_rows y, const REAL *p, REAL *sum,
                          ddni_ahead *ahead)
{
    REAL part[4096 / sizeof(REAL)];
    const int64_t most = (int64_t)(sizeof part / sizeof *part);
    for (int64_t from = 0; from < d; from += most) {
        const int64_t width = d - from < most ? d - from : most;
        ddni_rows at = {(const REAL *)y.at + from, y.ld};
        int64_t r = 0;
        memset(part, 0, (size_t)width * sizeof *part);
        for (; r + DDNI_SHORT_RUN <= rows; r += DDNI_SHORT_RUN) {
            NAME(combine_rows)
            (DDNI_SHORT_RUN, width, NAME(rows_from)(at, r), p + r, part, ahead);
        }
        for (; r < rows; r++) {
            NAME(combine_rows)(1, width, NAME(rows_from)(at, r), p + r, part, ahead);
        }
        for (int64_t j = 0; j < width; j++) {
            sum[from + j] += part[j];
        }
    }
}

static REAL NAME(largest)(int64_t rows, const REAL *g)
{
    NAME(vec) top = NAME(splat)(-INFINITY);
    int64_t r = 0;
    for (; r + LANES <= rows; r += LANES) {
        NAME(vec) v = NAME(load)(g + r);
        top = NAME(select)(v > top, v, top);
    }
    REAL best = -INFINITY;
    for (int64_t v = 0; v < LANES; v++) {
        best = top[v] > best ? top[v] : best;
    }
    for (; r < rows; r++) {
        best = g[r] > best ? g[r] : best;
    }
    return best;
}

static inline __attribute__((always_inline)) double NAME(sum_in_double)(NAME(vec) x)
{
    f64_vec several = {0};
    UNROLL(2)
    for (int64_t v = 0; v < LANES; v += LANES64) {
        several += stored_vec(TYPE, &x, v);
    }
    return f64_sum(several);
}

/* g[row] becomes e^{l - reference}; adds the statistics. */
static void NAME(exponentials_of_rows)(int64_t rows, REAL *g, const ddni_lane_sums *s)
{
    REAL ref = (REAL)s->reference[0], low[LANES];
    NAME(vec) sum[DDNI_STATISTICS] = {{0}};
    for (int64_t r = 0; r < rows; r += LANES) {
        int64_t run = rows - r < LANES ? rows - r : LANES;
        NAME(vec) below;
        if (run == LANES) {
            below = NAME(load)(g + r) - ref;
        } else {
            for (int64_t v = 0; v < LANES; v++) {
                low[v] = v < run ? g[r + v] - ref : -800; /* its exponential is exactly 0 */
            }
            below = NAME(load)(low);
        }
        NAME(vec) p = NAME(exponential)(below);
        DDNI_STATISTICS_LIST(ADD_STEP)
        if (run == LANES) {
            NAME(store)(g + r, p);
        } else {
            for (int64_t v = 0; v < run; v++) {
                g[r + v] = p[v];
            }
        }
    }
    for (int i = 0; i < DDNI_STATISTICS; i++) {
        s->sum[i][0] += NAME(sum_in_double)(sum[i]);
    }
}

/* sum_row p[row] norm[row] */
static double NAME(weighted_norms)(int64_t rows, const REAL *p, const double *norm)
{
    f64_vec several = {0};
    double norms = 0;
    int64_t r = 0;
    for (; r + LANES64 <= rows; r += LANES64) {
        several += stored_vec(TYPE, p, r) * f64_load(norm + r);
    }
    for (; r < rows; r++) {
        norms += (double)p[r] * norm[r];
    }
    return norms + f64_sum(several);
}

static int32_t NAME(softmax_rows)(const ddni_tile *t, REAL *g, const ddni_lane_sums *s)
{
    for (int64_t r = 0; r < t->rows; r++) {
        g[r] = (REAL)(t->gain * (double)g[r] + t->term[r]);
    }
    REAL top = NAME(largest)(t->rows, g);
    if ((double)top > s->best[0]) {
        int64_t at = 0;
        while (g[at] != top) {
            at++;
        }
        s->best[0] = (double)top;
        s->index[0] = t->first + at;
    }
    int32_t moved = ddni_lane_move(s, 0);
    for (int64_t c = 0; moved && t->class_of != NULL && c < t->classes; c++) {
        s->classes[c] *= s->rescale[0];
    }
    NAME(exponentials_of_rows)(t->rows, g, s);
    s->norm[0] += NAME(weighted_norms)(t->rows, g, t->norm);
    for (int64_t r = 0; t->class_of != NULL && r < t->rows; r++) {
        s->classes[t->class_of[r]] += (double)g[r];
    }
    return moved;
}

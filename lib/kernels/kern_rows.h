/* Rows against a single state: inner products, vector sums, softmax. Included once per type by
 * kern_body.h; needs REAL, LANES, TYPE and NAME(x). */

/* Rows from row r on. */
static inline __attribute__((always_inline)) ddni_rows NAME(rows_from)(ddni_rows y, int64_t r)
{
    return (ddni_rows){(const REAL *)y.at + r * y.ld, y.ld};
}

/* States side by side in registers. */
typedef struct NAME(few) {
    const REAL *from[4];
    REAL *to[4];
} NAME(few);

/* A register of columns from j on, or the first `some` numbers of it. */
static inline __attribute__((always_inline)) void
NAME(dot_step)(const int rows, const int states, const int half, ddni_rows y, int64_t j,
               int64_t some, const NAME(few) * of, NAME(vec) (*sum)[4][2])
{
    NAME(vec) own[4];
    UNROLL(4)
    for (int q = 0; q < states; q++) {
        own[q] = NAME(load_some)(of->from[q] + j, some);
    }
    UNROLL(4)
    for (int i = 0; i < rows; i++) {
        NAME(vec) row = NAME(load_some)((const REAL *)y.at + i * y.ld + j, some);
        if (states > 1) {
            IN_REGISTER(row);
        }
        UNROLL(4)
        for (int q = 0; q < states; q++) {
            sum[q][i][half] = NAME(fused)(row, own[q], sum[q][i][half]);
        }
    }
}

/* Columns `first` to `end` of rows r and on times states, each product in two registers of places;
 * added to what there is but for the first column. */
static inline __attribute__((always_inline)) void
NAME(dot_rows)(const int rows, const int states, int64_t first, int64_t end, ddni_rows from,
               int64_t r, const NAME(few) * of, ddni_ahead *ahead)
{
    const ddni_rows y = NAME(rows_from)(from, r);
    NAME(vec) sum[4][4][2];
    UNROLL(4)
    for (int q = 0; q < states; q++) {
        UNROLL(4)
        for (int i = 0; i < rows; i++) {
            sum[q][i][0] = sum[q][i][1] = (NAME(vec)){0};
        }
    }
    int64_t j = first;
    for (; j + 2 * LANES <= end; j += 2 * LANES) {
        fetch_lines(ahead, 4 * VECTOR_BYTES / 64);
        NAME(dot_step)(rows, states, 0, y, j, LANES, of, sum);
        NAME(dot_step)(rows, states, 1, y, j + LANES, LANES, of, sum);
    }
    if (j + LANES <= end) {
        NAME(dot_step)(rows, states, 0, y, j, LANES, of, sum);
        j += LANES;
    }
    if (j < end) {
        NAME(dot_step)(rows, states, 1, y, j, end - j, of, sum);
    }
    UNROLL(4)
    for (int q = 0; q < states; q++) {
        NAME(vec) both[4];
        REAL four[4] = {0}, *to = of->to[q] + r, *total = rows == 4 && first == 0 ? to : four;
        UNROLL(4)
        for (int i = 0; i < rows; i++) { /* no product is fused with what is added here */
            IN_REGISTER(sum[q][i][0]);
            IN_REGISTER(sum[q][i][1]);
        }
        /* Copies of a point have the same product wherever they are. */
        UNROLL(4)
        for (int i = 0; i < 4; i++) {
            both[i] = sum[q][i < rows ? i : 0][0] + sum[q][i < rows ? i : 0][1];
        }
        NAME(sums)(both, total);
        for (int i = 0; total != to && i < rows; i++) {
            to[i] = first > 0 ? to[i] + four[i] : four[i];
        }
    }
}

/* States q and on by themselves. */
static inline __attribute__((always_inline)) NAME(few)
    NAME(few_from)(const int states, const ddni_few *of, int64_t q)
{
    NAME(few) some = {{NULL}, {NULL}};
    UNROLL(4)
    for (int i = 0; i < states; i++) {
        some.from[i] = of->from[q + i];
        some.to[i] = of->to[q + i];
    }
    return some;
}

/* Of rows that are together, a part of the columns after the other, so that no place adds up more
 * than DDNI_DEPTH_BLOCK terms. */
static inline __attribute__((always_inline)) void NAME(dot_parts)(const int rows, const int states,
                                                                  int64_t d, ddni_rows y, int64_t r,
                                                                  const NAME(few) * of,
                                                                  ddni_ahead *ahead)
{
    const int64_t part = 2 * LANES * DDNI_DEPTH_BLOCK;
    NAME(dot_rows)(rows, states, 0, d < part ? d : part, y, r, of, ahead);
    for (int64_t from = part; from < d; from += part) {
        NAME(dot_rows)(rows, states, from, d - from < part ? d : from + part, y, r, of, ahead);
    }
}

/* All states with rows that are together, while the first-level cache has these. */
static inline __attribute__((always_inline)) void NAME(dot_states)(const int rows, int64_t d,
                                                                   ddni_rows y, int64_t r,
                                                                   const ddni_few *of,
                                                                   ddni_ahead *ahead)
{
    ddni_ahead nothing = ddni_nothing_ahead;
    int64_t q = 0;
    for (; q + PAIR <= of->states; q += PAIR) {
        const NAME(few) some = NAME(few_from)(PAIR, of, q);
        NAME(dot_parts)(rows, PAIR, d, y, r, &some, q == 0 ? ahead : &nothing);
    }
    if (PAIR > 1 && q < of->states) {
        const NAME(few) one = NAME(few_from)(1, of, q);
        NAME(dot_parts)(rows, 1, d, y, r, &one, q == 0 ? ahead : &nothing);
    }
}

static void NAME(dot)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of, ddni_ahead *ahead)
{
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        NAME(dot_states)(4, d, y, r, of, ahead);
    }
    for (; r < rows; r++) {
        NAME(dot_states)(1, d, y, r, of, ahead);
    }
}

/* The weighted sums of a register of columns from j on, or of the first `some` numbers of it. */
static inline __attribute__((always_inline)) void
NAME(combine_step)(const int rows, const int states, ddni_rows y, int64_t j, int64_t some,
                   NAME(vec) (*weight)[DDNI_SHORT_RUN], NAME(vec) * s)
{
    UNROLL(2)
    for (int q = 0; q < states; q++) {
        s[q] = (NAME(vec)){0};
    }
    UNROLL(DDNI_SHORT_RUN)
    for (int i = 0; i < rows; i++) {
        NAME(vec) row = NAME(load_some)((const REAL *)y.at + i * y.ld + j, some);
        if (states > 1) {
            IN_REGISTER(row);
        }
        UNROLL(2)
        for (int q = 0; q < states; q++) {
            s[q] = NAME(fused)(row, weight[q][i], s[q]);
        }
    }
    UNROLL(2)
    for (int q = 0; q < states; q++) {
        IN_REGISTER(s[q]);
    }
}

/* A run of rows times four states, as combine_rows: so many registers of columns at a time that
 * weights, which the registers do not hold beside them, are read seldom. Gives the columns done. */
static inline __attribute__((always_inline)) int64_t NAME(combine_four)(int64_t first, int64_t d,
                                                                        ddni_rows from, int64_t r,
                                                                        const NAME(few) * of,
                                                                        ddni_ahead *ahead)
{
    enum {
        WIDE = 4
    };
    const ddni_rows y = NAME(rows_from)(from, r);
    int64_t j = 0;
    for (; j + WIDE * LANES <= d; j += WIDE * LANES) {
        NAME(vec) s[4][WIDE] = {{{0}}};
        UNROLL(8)
        for (int i = 0; i < DDNI_SHORT_RUN; i++) {
            NAME(vec) row[WIDE];
            UNROLL(4)
            for (int v = 0; v < WIDE; v++) {
                row[v] = NAME(load)((const REAL *)y.at + i * y.ld + first + j + v * LANES);
                IN_REGISTER(row[v]);
            }
            fetch_lines(ahead, 2 * VECTOR_BYTES / 64);
            UNROLL(4)
            for (int q = 0; q < 4; q++) {
                const NAME(vec) weight = NAME(splat)(of->from[q][r + i]);
                UNROLL(4)
                for (int v = 0; v < WIDE; v++) {
                    s[q][v] = NAME(fused)(row[v], weight, s[q][v]);
                }
            }
        }
        UNROLL(4)
        for (int q = 0; q < 4; q++) {
            UNROLL(4)
            for (int v = 0; v < WIDE; v++) {
                REAL *to = of->to[q] + j + v * LANES;
                IN_REGISTER(s[q][v]);
                NAME(store)(to, NAME(load)(to) + s[q][v]);
            }
        }
    }
    return j;
}

/* Sums of rows r and on by themselves, then added to of->to, of d columns from `first` on. */
static inline __attribute__((always_inline)) void
NAME(combine_rows)(const int rows, const int states, int64_t first, int64_t d, ddni_rows from,
                   int64_t r, const NAME(few) * of, ddni_ahead *ahead)
{
    const ddni_rows y = NAME(rows_from)(from, r);
    NAME(vec) weight[2][DDNI_SHORT_RUN], s[2];
    int64_t j = 0;
    UNROLL(2)
    for (int q = 0; q < states; q++) {
        UNROLL(DDNI_SHORT_RUN)
        for (int i = 0; i < rows; i++) {
            weight[q][i] = NAME(splat)(of->from[q][r + i]);
        }
    }
    for (; j + LANES <= d; j += LANES) {
        fetch_lines(ahead, 4 * VECTOR_BYTES / 64);
        NAME(combine_step)(rows, states, y, first + j, LANES, weight, s);
        UNROLL(2)
        for (int q = 0; q < states; q++) {
            NAME(store)(of->to[q] + j, NAME(load)(of->to[q] + j) + s[q]);
        }
    }
    if (j < d) {
        NAME(combine_step)(rows, states, y, first + j, d - j, weight, s);
        for (int q = 0; q < states; q++) {
            for (int64_t k = j; k < d; k++) {
                of->to[q][k] += s[q][k - j];
            }
        }
    }
}

/* All states with rows that are together. */
static inline __attribute__((always_inline)) void
NAME(combine_states)(const int rows, int64_t first, int64_t d, ddni_rows y, int64_t r,
                     const ddni_few *of, ddni_ahead *ahead)
{
    ddni_ahead nothing = ddni_nothing_ahead;
    ddni_few rest = {.states = of->states};
    const ddni_few *left = of;
    int64_t q = 0;
    if (QUAD && rows == DDNI_SHORT_RUN && of->states == 4) {
        const NAME(few) all = NAME(few_from)(4, of, 0);
        const int64_t done = NAME(combine_four)(first, d, y, r, &all, ahead);
        for (int64_t i = 0; i < 4; i++) {
            rest.from[i] = of->from[i];
            rest.to[i] = all.to[i] + done;
        }
        left = &rest;
        first += done;
        d -= done;
    }
    for (; d > 0 && q + PAIR <= of->states; q += PAIR) {
        const NAME(few) some = NAME(few_from)(PAIR, left, q);
        NAME(combine_rows)(rows, PAIR, first, d, y, r, &some, q == 0 ? ahead : &nothing);
    }
    if (PAIR > 1 && d > 0 && q < of->states) {
        const NAME(few) one = NAME(few_from)(1, left, q);
        NAME(combine_rows)(rows, 1, first, d, y, r, &one, q == 0 ? ahead : &nothing);
    }
}

/* A few rows by themselves, then all of the call, then what there was. */
static void NAME(combine)(int64_t rows, int64_t d, ddni_rows y, const ddni_few *of,
                          ddni_ahead *ahead)
{
    enum {
        MOST = 4096 / sizeof(REAL)
    };
    REAL part[DDNI_FEW][MOST];
    ddni_few some = *of;
    for (int64_t q = 0; q < of->states; q++) {
        some.to[q] = part[q];
    }
    for (int64_t from = 0; from < d; from += MOST) {
        const int64_t width = d - from < MOST ? d - from : MOST;
        int64_t r = 0;
        for (int64_t q = 0; q < of->states; q++) {
            memset(part[q], 0, (size_t)width * sizeof *part[q]);
        }
        for (; r + DDNI_SHORT_RUN <= rows; r += DDNI_SHORT_RUN) {
            NAME(combine_states)(DDNI_SHORT_RUN, from, width, y, r, &some, ahead);
        }
        for (; r < rows; r++) {
            NAME(combine_states)(1, from, width, y, r, &some, ahead);
        }
        for (int64_t q = 0; q < of->states; q++) {
            REAL *sum = (REAL *)of->to[q] + from;
            for (int64_t j = 0; j < width; j++) {
                sum[j] += part[q][j];
            }
        }
    }
}

static REAL NAME(largest)(int64_t rows, const REAL *g)
{
    NAME(vec) top = NAME(splat)(-INFINITY);
    int64_t r = 0;
    for (; r + LANES <= rows; r += LANES) {
        NAME(vec) v = NAME(load)(g + r);
        top = NAME(larger)(v, top);
    }
    REAL best = NAME(top)(top);
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

/* The first of the numbers that equals `one`, which one does. */
static inline __attribute__((always_inline)) int64_t NAME(place)(int64_t rows, const REAL *g,
                                                                 REAL one)
{
    int64_t r = 0;
#if defined(__x86_64__) && VECTOR_BYTES == 64
    for (; r + LANES <= rows; r += LANES) {
        const NAME(vec) all = NAME(load)(g + r), same = NAME(splat)(one);
        const uint32_t equal = sizeof(REAL) == 4
                                   ? _mm512_cmp_ps_mask((__m512)all, (__m512)same, _CMP_EQ_OQ)
                                   : _mm512_cmp_pd_mask((__m512d)all, (__m512d)same, _CMP_EQ_OQ);
        if (equal != 0) {
            return r + __builtin_ctz(equal);
        }
    }
#endif
    while (r + 1 < rows && g[r] != one) {
        r++;
    }
    return r;
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
    const double gain = t->gain;
    double term[DDNI_TILE_ROWS];
    tile_terms(t, term);
    for (int64_t r = 0; r < t->rows; r++) {
        g[r] = (REAL)(gain * (double)g[r] + term[r]);
    }
    REAL top = NAME(largest)(t->rows, g);
    if ((double)top > s->best[0]) {
        s->best[0] = (double)top;
        s->index[0] = t->first + NAME(place)(t->rows, g, top);
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

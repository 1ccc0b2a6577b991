/* The reference kernels over lanes in plain C, included once per floating type by kern_ref.c: what
 * the vector variants are tested against. Needs REAL and NAME(x). */

/* Numbers of a matrix, number k of row i at at[i * row + k * column]. */
typedef struct NAME(matrix) {
    const REAL *at;
    int64_t row, column;
} NAME(matrix);

static void NAME(multiply_of)(int64_t rows, int64_t depth, int64_t lanes, NAME(matrix) a,
                              ddni_strips by, ddni_strips to)
{
    const REAL *b = by.at;
    REAL *c = to.at;
    for (int64_t start = 0; start < depth; start += DDNI_DEPTH_BLOCK) {
        int64_t end = depth - start < DDNI_DEPTH_BLOCK ? depth : start + DDNI_DEPTH_BLOCK;
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t q0 = 0; q0 < lanes; q0 += DDNI_LANES) {
                REAL sum[DDNI_LANES] = {0};
                for (int64_t k = start; k < end; k++) {
                    REAL aik = a.at[i * a.row + k * a.column];
                    for (int64_t q = 0; q < DDNI_LANES; q++) {
                        sum[q] += aik * b[ddni_lane_at(k, q0 + q, by.strip)];
                    }
                }
                for (int64_t q = 0; q < DDNI_LANES; q++) {
                    c[ddni_lane_at(i, q0 + q, to.strip)] += sum[q];
                }
            }
        }
    }
}

static void NAME(multiply)(int64_t rows, int64_t depth, int64_t lanes, ddni_rows a, ddni_strips b,
                           ddni_strips c, ddni_ahead *ahead)
{
    (void)ahead;
    NAME(multiply_of)(rows, depth, lanes, (NAME(matrix)){a.at, a.ld, 1}, b, c);
}

static void NAME(multiply_transposed)(int64_t rows, int64_t depth, int64_t lanes, ddni_rows a,
                                      ddni_strips b, ddni_strips c, ddni_ahead *ahead)
{
    (void)ahead;
    NAME(multiply_of)(rows, depth, lanes, (NAME(matrix)){a.at, 1, a.ld}, b, c);
}

/* One lane of a tile, whose numbers are ldg apart. */
static int32_t NAME(softmax_lane)(const ddni_tile *t, REAL *g, int64_t ldg, const ddni_lane_sums *s,
                                  int64_t q)
{
    int32_t moved = 0;
    for (int64_t r = 0; r < t->rows; r++) {
        const double weight = t->log_weight == NULL ? 0 : t->log_weight[r];
        const double term = t->by_norm * t->norm[r] + weight;
        double l = (double)(REAL)(t->gain * (double)g[r * ldg] + term);
        g[r * ldg] = (REAL)l;
        if (l > s->best[q]) {
            s->best[q] = l;
            s->index[q] = t->first + r;
        }
    }
    moved = ddni_lane_move(s, q);
    for (int64_t c = 0; moved && t->class_of != NULL && c < t->classes; c++) {
        s->classes[c * s->stride + q] *= s->rescale[q];
    }
    double all[DDNI_STATISTICS + 1] = {0}; /* of norms the last */
    for (int64_t first = 0; first < t->rows; first += DDNI_SHORT_RUN) {
        const int64_t left = t->rows - first, run = left < DDNI_SHORT_RUN ? left : DDNI_SHORT_RUN;
        double some[DDNI_STATISTICS + 1] = {0};
        for (int64_t r = first; r < first + run; r++) {
            double below = (double)g[r * ldg] - s->reference[q], p = exp(below);
            g[r * ldg] = (REAL)p;
#define ADD(which, step) some[which] += step;
            DDNI_STATISTICS_LIST(ADD)
#undef ADD
            some[DDNI_STATISTICS] += p * t->norm[r];
            if (t->class_of != NULL) {
                s->classes[t->class_of[r] * s->stride + q] += p;
            }
        }
        for (int i = 0; i <= DDNI_STATISTICS; i++) {
            all[i] += some[i];
        }
    }
    for (int i = 0; i < DDNI_STATISTICS; i++) {
        s->sum[i][q] += all[i];
    }
    s->norm[q] += all[DDNI_STATISTICS];
    return moved;
}

static int32_t NAME(softmax)(const ddni_tile *tile, int64_t lanes, ddni_strips g,
                             const ddni_lane_sums *s)
{
    int32_t moved = 0;
    for (int64_t q = 0; q < lanes; q++) {
        REAL *lane = (REAL *)g.at + ddni_lane_at(0, q, g.strip);
        moved |= NAME(softmax_lane)(tile, lane, DDNI_LANES, s, q);
    }
    return moved;
}

static void NAME(dot)(int64_t rows, int64_t d, ddni_rows from, const ddni_few *of,
                      ddni_ahead *ahead)
{
    (void)ahead;
    const REAL *y = from.at;
    for (int64_t k = 0; k < of->states * rows; k++) {
        const int64_t q = k / rows, r = k % rows;
        const REAL *x = of->from[q];
        double sum[PLACES] = {0};
        for (int64_t first = 0; first < d; first += PLACES) {
            const int64_t count = d - first < PLACES ? d - first : PLACES;
            for (int64_t j = 0; j < count; j++) {
                sum[j] += (double)y[r * from.ld + first + j] * (double)x[first + j];
            }
        }
        ((REAL *)of->to[q])[r] = (REAL)in_pairs(sum);
    }
}

static void NAME(combine)(int64_t rows, int64_t d, ddni_rows from, const ddni_few *of,
                          ddni_ahead *ahead)
{
    (void)ahead;
    const REAL *y = from.at;
    for (int64_t k = 0; k < of->states * d; k++) {
        const int64_t q = k / d, j = k % d;
        const REAL *p = of->from[q];
        REAL *sum = (REAL *)of->to[q] + j;
        double all = 0;
        for (int64_t first = 0; first < rows; first += DDNI_SHORT_RUN) {
            const int64_t end = rows - first < DDNI_SHORT_RUN ? rows : first + DDNI_SHORT_RUN;
            double run = 0;
            for (int64_t r = first; r < end; r++) {
                run += (double)y[r * from.ld + j] * (double)p[r];
            }
            all += run;
        }
        *sum = (REAL)((double)*sum + all);
    }
}

static void NAME(dot_turned)(int64_t rows, int64_t d, const void *tile, const ddni_few *of)
{
    const REAL *y = tile;
    for (int64_t k = 0; k < of->states * rows; k++) {
        const int64_t q = k / rows, r = k % rows;
        double sum = 0;
        for (int64_t j = 0; j < d; j++) {
            sum += (double)y[j * DDNI_TILE_ROWS + r] * (double)((const REAL *)of->from[q])[j];
        }
        ((REAL *)of->to[q])[r] = (REAL)sum;
    }
    for (int64_t k = 0; k < of->states * DDNI_LANES; k++) { /* what others write beyond */
        const int64_t r = rows + k % DDNI_LANES;
        if (r < (rows + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES) {
            ((REAL *)of->to[k / DDNI_LANES])[r] = 0;
        }
    }
}

static void NAME(combine_turned)(int64_t rows, int64_t d, const void *tile, const ddni_few *of)
{
    const REAL *y = tile;
    for (int64_t k = 0; k < of->states * d; k++) {
        const int64_t q = k / d, j = k % d;
        REAL *to = (REAL *)of->to[q] + j;
        double sum = (double)*to;
        for (int64_t r = 0; r < rows; r++) {
            sum += (double)y[j * DDNI_TILE_ROWS + r] * (double)((const REAL *)of->from[q])[r];
        }
        *to = (REAL)sum;
    }
}

static int32_t NAME(softmax_rows)(const ddni_tile *tile, REAL *g, const ddni_lane_sums *s)
{
    return NAME(softmax_lane)(tile, g, 1, s, 0);
}

static void NAME(unpack)(ddn_type type, int64_t rows, int64_t d, ddni_point y, int64_t ldy,
                         const double *centre, REAL *out, int64_t ldo)
{
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t j = 0; j < d; j++) {
            out[r * ldo + j] =
                (REAL)(y.scale * stored_one(type, y.stored, r * ldy + j) + (y.shift - centre[j]));
        }
        for (int64_t j = d; j < ldo; j++) {
            out[r * ldo + j] = 0;
        }
    }
}

static void NAME(to_lanes)(int64_t d, const double *const *x, const double *unit, REAL *out)
{
    for (int64_t q = 0; q < DDNI_LANES; q++) {
        for (int64_t j = 0; j < d; j++) {
            const double number = x[q] == NULL ? 0 : unit == NULL ? x[q][j] : x[q][j] * unit[j];
            out[j * DDNI_LANES + q] = (REAL)number;
        }
    }
}

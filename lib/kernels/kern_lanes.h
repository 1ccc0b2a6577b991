/* Kernels over lanes for one floating type, written with vector extensions and included once per
 * type by kern_body.h. Needs REAL, INTEGER (same size), LANES (per register), TILE_ROWS, NAME(x),
 * EXP_TERMS, OF_BYTES(p). */

typedef REAL NAME(vec) __attribute__((vector_size(LANES * sizeof(REAL))));
typedef REAL NAME(loose)
    __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
typedef INTEGER NAME(ivec) __attribute__((vector_size(LANES * sizeof(REAL))));

static inline NAME(vec) NAME(load)(const REAL *p)
{
    return *(const NAME(loose) *)p;
}

static inline void NAME(store)(REAL *p, NAME(vec) v)
{
    *(NAME(loose) *)p = v;
}

static inline NAME(vec) NAME(splat)(REAL x)
{
    return x - (NAME(vec)){0};
}

/* Offset of register v of a row of lanes, where strips of DDNI_LANES are `strip` numbers apart. */
static inline __attribute__((always_inline)) int64_t NAME(lane_offset)(int v, int64_t strip)
{
    return v * LANES / DDNI_LANES * strip + v * LANES % DDNI_LANES;
}

/* rows x (vectors * LANES) block of c, kept in registers over the whole depth. The rows of a are
 * `stride` apart, its columns 1; or the other way round if transposed. */
static inline __attribute__((always_inline)) void
NAME(block)(const int rows, const int vectors, const int transposed, int64_t depth, const REAL *a,
            int64_t stride, const REAL *b, int64_t strip_b, REAL *c, int64_t strip_c,
            ddni_ahead *ahead)
{
    enum {
        GROUPS = (TILE_ROWS + 2) / 3 /* of three rows, which an address reaches from one base */
    };
    const char *next = ahead->next, *last = ahead->end;
    const int64_t mask = ahead->mask;
    const REAL *at[GROUPS];
    NAME(vec) sum[TILE_ROWS][2];
    UNROLL(16)
    for (int i = 0; i < rows; i++) {
        at[i / 3] = a + i / 3 * 3 * stride;
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            sum[i][v] = (NAME(vec)){0};
        }
    }
    for (int64_t k = 0; k < depth; k++) {
        NAME(vec) bk[2];
        if ((k & mask) == 0 && next < last) {
            __builtin_prefetch(next, 0, 2);
            next += 64;
        }
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            bk[v] = NAME(load)(b + NAME(lane_offset)(v, strip_b) + k * DDNI_LANES);
        }
        UNROLL(16)
        for (int i = 0; i < rows; i++) {
            NAME(vec) aik = NAME(splat)(transposed ? a[k * stride + i] : at[i / 3][i % 3 * stride]);
            UNROLL(2)
            for (int v = 0; v < vectors; v++) {
                sum[i][v] += aik * bk[v];
            }
        }
        UNROLL(16)
        for (int i = 0; i < rows && !transposed; i += 3) {
            at[i / 3]++;
            KEEP_POINTER(at[i / 3]);
        }
    }
    ahead->next = next;
    UNROLL(16)
    for (int i = 0; i < rows; i++) {
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            REAL *to = c + NAME(lane_offset)(v, strip_c) + i * DDNI_LANES;
            NAME(store)(to, NAME(load)(to) + sum[i][v]);
        }
    }
}

/* All rows of c for a few registers of lanes. */
static inline __attribute__((always_inline)) void
NAME(columns)(const int vectors, const int transposed, int64_t rows, int64_t depth, const REAL *a,
              int64_t stride, const REAL *b, int64_t strip_b, REAL *c, int64_t strip_c,
              ddni_ahead *ahead)
{
    const int64_t step = transposed ? 1 : stride;
    int64_t i = 0;
    for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        NAME(block)
        (TILE_ROWS, vectors, transposed, depth, a + i * step, stride, b, strip_b,
         c + i * DDNI_LANES, strip_c, ahead);
    }
    for (; i + 4 <= rows; i += 4) {
        NAME(block)
        (4, vectors, transposed, depth, a + i * step, stride, b, strip_b, c + i * DDNI_LANES,
         strip_c, ahead);
    }
    for (; i < rows; i++) {
        NAME(block)
        (1, vectors, transposed, depth, a + i * step, stride, b, strip_b, c + i * DDNI_LANES,
         strip_c, ahead);
    }
}

static inline __attribute__((always_inline)) void
NAME(multiply_of)(const int transposed, int64_t rows, int64_t depth, int64_t lanes, const REAL *a,
                  int64_t stride, const REAL *b, int64_t strip_b, REAL *c, int64_t strip_c,
                  ddni_ahead *ahead)
{
    ddni_ahead none = {NULL, NULL, 0};
    ahead = ahead == NULL ? &none : ahead;
    for (int64_t k = 0; k < depth; k += DDNI_DEPTH_BLOCK) {
        int64_t run = depth - k < DDNI_DEPTH_BLOCK ? depth - k : DDNI_DEPTH_BLOCK;
        int64_t from = transposed ? k * stride : k, q = 0;
        const REAL *ak = a + from, *bk = b + k * DDNI_LANES;
        for (; q + 2 * LANES <= lanes; q += 2 * LANES) {
            NAME(columns)
            (2, transposed, rows, run, ak, stride, bk + ddni_lane_at(0, q, strip_b), strip_b,
             c + ddni_lane_at(0, q, strip_c), strip_c, ahead);
        }
        for (; q < lanes; q += LANES) {
            NAME(columns)
            (1, transposed, rows, run, ak, stride, bk + ddni_lane_at(0, q, strip_b), strip_b,
             c + ddni_lane_at(0, q, strip_c), strip_c, ahead);
        }
    }
}

static void NAME(multiply)(int64_t rows, int64_t depth, int64_t lanes, const REAL *a, int64_t lda,
                           const REAL *b, int64_t strip_b, REAL *c, int64_t strip_c,
                           ddni_ahead *ahead)
{
    NAME(multiply_of)(0, rows, depth, lanes, a, lda, b, strip_b, c, strip_c, ahead);
}

static void NAME(multiply_transposed)(int64_t rows, int64_t depth, int64_t lanes, const REAL *a,
                                      int64_t lda, const REAL *b, int64_t strip_b, REAL *c,
                                      int64_t strip_c, ddni_ahead *ahead)
{
    NAME(multiply_of)(1, rows, depth, lanes, a, lda, b, strip_b, c, strip_c, ahead);
}

/* e^x for x <= about 88 (f32) or 709 (f64); 0 below the smallest normal number. Splits x = k log 2
 * + r with |r| <= log(2)/2 and sums the series of e^r to the type's precision. */
static inline __attribute__((always_inline)) NAME(vec) NAME(exponential)(NAME(vec) x)
{
    const REAL bias_shift = (REAL)(sizeof(REAL) == 4 ? 12582912.0 : 6755399441055744.0);
    const REAL lowest = (REAL)(sizeof(REAL) == 4 ? -87.0 : -708.0);
    NAME(ivec) keep = x >= lowest;
    NAME(vec) at = (NAME(vec))(((NAME(ivec))x & keep) | ((NAME(ivec))NAME(splat)(lowest) & ~keep));
    NAME(vec) shifted = at * (REAL)1.4426950408889634074 + bias_shift;
    NAME(vec) k = shifted - bias_shift;
    NAME(vec) r;
    if (sizeof(REAL) == 4) {
        r = at - k * (REAL)0.693359375;
        r = r + k * (REAL)2.12194440054690583e-4;
    } else {
        r = at - k * (REAL)6.93147180369123816490e-01;
        r = r - k * (REAL)1.90821492927058770002e-10;
    }
    NAME(vec) sum = NAME(splat)((REAL)1);
    UNROLL(16)
    for (int i = EXP_TERMS; i >= 1; i--) {
        sum = sum * (r * (REAL)(1.0 / i)) + (REAL)1;
    }
    NAME(ivec) power = (NAME(ivec))shifted << (sizeof(REAL) == 4 ? 23 : 52);
    return (NAME(vec))(((NAME(ivec))sum + power) & keep);
}

static inline NAME(vec) NAME(select)(NAME(ivec) mask, NAME(vec) yes, NAME(vec) no)
{
    return (NAME(vec))(((NAME(ivec))yes & mask) | ((NAME(ivec))no & ~mask));
}

/* One register of lanes through one tile of rows. */
static inline __attribute__((always_inline)) int32_t
NAME(softmax_register)(int64_t rows, REAL *g, double gain, const double *term, const double *norm,
                       int64_t q, int64_t first_row, const ddni_lane_sums *s)
{
    NAME(vec) slope = NAME(splat)((REAL)gain);
    NAME(vec) best = NAME(splat)((REAL)-INFINITY);
    NAME(ivec) where = {0};
    for (int64_t r = 0; r < rows; r++) {
        NAME(vec) l = NAME(load)(g + r * DDNI_LANES) * slope + (REAL)term[r];
        NAME(store)(g + r * DDNI_LANES, l);
        NAME(ivec) better = l > best;
        best = NAME(select)(better, l, best);
        where = (where & ~better) | (((NAME(ivec)){0} + (INTEGER)r) & better);
    }
    REAL reference[LANES];
    int32_t moved = 0;
    for (int v = 0; v < LANES; v++) {
        int64_t lane = q + v;
        double top = (double)best[v];
        if (top > s->best[lane]) {
            s->best[lane] = top;
            s->index[lane] = first_row + where[v];
        }
        moved |= ddni_lane_move(s, lane);
        reference[v] = (REAL)s->reference[lane];
    }
    NAME(vec) ref = NAME(load)(reference), sum[DDNI_STATISTICS] = {{0}}, norms = {0};
    for (int64_t r = 0; r < rows; r++) {
        NAME(vec) below = NAME(load)(g + r * DDNI_LANES) - ref;
        NAME(vec) p = NAME(exponential)(below);
        NAME(store)(g + r * DDNI_LANES, p);
        DDNI_STATISTICS_LIST(ADD_STEP)
        norms += p * (REAL)norm[r];
    }
    for (int v = 0; v < LANES; v++) {
        for (int i = 0; i < DDNI_STATISTICS; i++) {
            s->sum[i][q + v] += (double)sum[i][v];
        }
        s->norm[q + v] += (double)norms[v];
    }
    return moved;
}

static int32_t NAME(softmax)(int64_t rows, int64_t lanes, REAL *g, int64_t strip, double gain,
                             const double *term, const double *norm, const int32_t *class_of,
                             int64_t class_count, int64_t first_row, const ddni_lane_sums *s)
{
    int32_t moved = 0;
    for (int64_t q = 0; q < lanes; q += LANES) {
        moved |= NAME(softmax_register)(rows, g + ddni_lane_at(0, q, strip), gain, term, norm, q,
                                        first_row, s);
    }
    if (class_of != NULL) {
        for (int64_t c = 0; moved && c < class_count; c++) {
            for (int64_t q = 0; q < lanes; q++) {
                s->classes[c * s->stride + q] *= s->rescale[q];
            }
        }
        for (int64_t r = 0; r < rows; r++) {
            double *to = s->classes + class_of[r] * s->stride;
            for (int64_t q = 0; q < lanes; q++) {
                to[q] += (double)g[ddni_lane_at(r, q, strip)];
            }
        }
    }
    return moved;
}

/* Bytes are exact in either type, so their map costs one rounding more at most. A strip of columns
 * goes through all rows, since its offsets are the same for each. */
static void NAME(unpack_bytes)(int64_t rows, int64_t d, const uint8_t *y, int64_t ld, double scale,
                               double shift, const double *centre, REAL *out, int64_t ldo)
{
    enum {
        STRIP = 512
    };
    REAL offset[STRIP], slope = (REAL)scale;
    for (int64_t start = 0; start < d; start += STRIP) {
        int64_t width = d - start < STRIP ? d - start : STRIP;
        for (int64_t j = 0; j < width; j++) {
            offset[j] = (REAL)(shift - centre[start + j]);
        }
        for (int64_t r = 0; r < rows; r++) {
            const uint8_t *from = y + r * ld + start;
            REAL *to = out + r * ldo + start;
            int64_t j = 0;
            for (; j + LANES <= width; j += LANES) {
                NAME(store)(to + j, OF_BYTES(from + j) * slope + NAME(load)(offset + j));
            }
            for (; j < width; j++) {
                to[j] = (REAL)from[j] * slope + offset[j];
            }
        }
    }
}

static void NAME(unpack)(ddn_type type, int64_t rows, int64_t d, const void *stored, int64_t ld,
                         double scale, double shift, const double *centre, REAL *out, int64_t ldo)
{
    if (type == DDN_TYPE_U8) {
        NAME(unpack_bytes)(rows, d, stored, ld, scale, shift, centre, out, ldo);
    }
    for (int64_t r = 0; r < rows; r++) {
        REAL *to = out + r * ldo;
        for (int64_t j = 0; type == DDN_TYPE_F32 && j < d; j++) {
            to[j] =
                (REAL)(scale * (double)((const float *)stored)[r * ld + j] + (shift - centre[j]));
        }
        for (int64_t j = 0; type == DDN_TYPE_F64 && j < d; j++) {
            to[j] = (REAL)(scale * ((const double *)stored)[r * ld + j] + (shift - centre[j]));
        }
        for (int64_t j = d; j < ldo; j++) {
            to[j] = 0;
        }
    }
}

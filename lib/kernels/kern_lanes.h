/* Kernels over lanes for one floating type, written with vector extensions and included once per
 * type by kern_body.h. Needs REAL, INTEGER (same size), LANES (per register), TILE_ROWS, NAME(x),
 * EXP_DIGITS, OF_BYTES(p). */

typedef REAL NAME(vec) __attribute__((vector_size(LANES * sizeof(REAL))));
typedef REAL NAME(loose)
    __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
typedef INTEGER NAME(ivec) __attribute__((vector_size(LANES * sizeof(REAL))));

typedef double NAME(doubles)
    __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

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

static inline NAME(vec) NAME(select)(NAME(ivec) mask, NAME(vec) yes, NAME(vec) no)
{
    return (NAME(vec))(((NAME(ivec))yes & mask) | ((NAME(ivec))no & ~mask));
}

/* The largest number of a register, none of which is NaN. */
static inline __attribute__((always_inline)) REAL NAME(top)(NAME(vec) x)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return sizeof(REAL) == 4 ? (REAL)_mm512_reduce_max_ps((__m512)x)
                             : (REAL)_mm512_reduce_max_pd((__m512d)x);
#else
    REAL top = x[0];
    for (int v = 1; v < LANES; v++) {
        top = x[v] > top ? x[v] : top;
    }
    return top;
#endif
}

/* The larger of each two numbers, b where one is not a number. */
static inline NAME(vec) NAME(larger)(NAME(vec) a, NAME(vec) b)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return sizeof(REAL) == 4 ? (NAME(vec))_mm512_max_ps((__m512)a, (__m512)b)
                             : (NAME(vec))_mm512_max_pd((__m512d)a, (__m512d)b);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return sizeof(REAL) == 4 ? (NAME(vec))_mm256_max_ps((__m256)a, (__m256)b)
                             : (NAME(vec))_mm256_max_pd((__m256d)a, (__m256d)b);
#else
    return NAME(select)(a > b, a, b);
#endif
}

/* Offset of register v of a row of lanes, where strips of DDNI_LANES are `strip` numbers apart. */
static inline __attribute__((always_inline)) int64_t NAME(lane_offset)(int v, int64_t strip)
{
    return v * LANES / DDNI_LANES * strip + v * LANES % DDNI_LANES;
}

/* Strips from number i of a lane on. */
static inline __attribute__((always_inline)) ddni_strips NAME(strips_from)(ddni_strips s, int64_t i,
                                                                           int64_t lane)
{
    return (ddni_strips){(REAL *)s.at + ddni_lane_at(i, lane, s.strip), s.strip};
}

/* rows x (vectors * LANES) block of c, kept in registers over the whole depth. */
static inline __attribute__((always_inline)) void NAME(block)(const int rows, const int vectors,
                                                              const int transposed, int64_t depth,
                                                              ddni_rows from, ddni_strips by,
                                                              ddni_strips to, ddni_ahead *ahead)
{
    enum {
        GROUPS = (TILE_ROWS + 2) / 3 /* of three rows, which an address reaches from one base */
    };
    const REAL *a = from.at, *b = by.at, *at[GROUPS];
    REAL *c = to.at;
    const char *next = ahead->next, *last = ahead->end, *stop = ahead->stop;
    const int64_t mask = ahead->mask, stride = from.ld;
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
            if (next == stop) {
                next += ahead->gap;
                stop += ahead->stride;
            }
        }
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            bk[v] = NAME(load)(b + NAME(lane_offset)(v, by.strip) + k * DDNI_LANES);
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
    ahead->stop = stop;
    UNROLL(16)
    for (int i = 0; i < rows; i++) {
        UNROLL(2)
        for (int v = 0; v < vectors; v++) {
            REAL *out = c + NAME(lane_offset)(v, to.strip) + i * DDNI_LANES;
            NAME(store)(out, NAME(load)(out) + sum[i][v]);
        }
    }
}

/* All rows of c for a few registers of lanes. */
static inline __attribute__((always_inline)) void
NAME(columns)(const int vectors, const int transposed, int64_t rows, int64_t depth, ddni_rows a,
              ddni_strips b, ddni_strips c, ddni_ahead *ahead)
{
    const int64_t step = transposed ? 1 : a.ld;
    int64_t i = 0;
    for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        ddni_rows at = {(const REAL *)a.at + i * step, a.ld};
        NAME(block)
        (TILE_ROWS, vectors, transposed, depth, at, b, NAME(strips_from)(c, i, 0), ahead);
    }
    for (; i + 4 <= rows; i += 4) {
        ddni_rows at = {(const REAL *)a.at + i * step, a.ld};
        NAME(block)(4, vectors, transposed, depth, at, b, NAME(strips_from)(c, i, 0), ahead);
    }
    for (; i < rows; i++) {
        ddni_rows at = {(const REAL *)a.at + i * step, a.ld};
        NAME(block)(1, vectors, transposed, depth, at, b, NAME(strips_from)(c, i, 0), ahead);
    }
}

static inline __attribute__((always_inline)) void
NAME(multiply_of)(const int transposed, int64_t rows, int64_t depth, int64_t lanes, ddni_rows a,
                  ddni_strips b, ddni_strips c, ddni_ahead *ahead)
{
    ddni_ahead none = ddni_nothing_ahead;
    ahead = ahead == NULL ? &none : ahead;
    for (int64_t k = 0; k < depth; k += DDNI_DEPTH_BLOCK) {
        int64_t run = depth - k < DDNI_DEPTH_BLOCK ? depth - k : DDNI_DEPTH_BLOCK, q = 0;
        ddni_rows at = {(const REAL *)a.at + (transposed ? k * a.ld : k), a.ld};
        for (; q + 2 * LANES <= lanes; q += 2 * LANES) {
            NAME(columns)
            (2, transposed, rows, run, at, NAME(strips_from)(b, k, q), NAME(strips_from)(c, 0, q),
             ahead);
        }
        for (; q < lanes; q += LANES) {
            NAME(columns)
            (1, transposed, rows, run, at, NAME(strips_from)(b, k, q), NAME(strips_from)(c, 0, q),
             ahead);
        }
    }
}

static void NAME(multiply)(int64_t rows, int64_t depth, int64_t lanes, ddni_rows a, ddni_strips b,
                           ddni_strips c, ddni_ahead *ahead)
{
    NAME(multiply_of)(0, rows, depth, lanes, a, b, c, ahead);
}

static void NAME(multiply_transposed)(int64_t rows, int64_t depth, int64_t lanes, ddni_rows a,
                                      ddni_strips b, ddni_strips c, ddni_ahead *ahead)
{
    NAME(multiply_of)(1, rows, depth, lanes, a, b, c, ahead);
}

#include "kernels/kern_exponential.h"

/* One register of lanes, from q on, through one tile of rows. */
static inline __attribute__((always_inline)) int32_t NAME(softmax_register)(const ddni_tile *t,
                                                                            const double *term,
                                                                            REAL *g, int64_t q,
                                                                            const ddni_lane_sums *s)
{
    const int64_t rows = t->rows;
    const double *norm = t->norm;
    NAME(vec) slope = NAME(splat)((REAL)t->gain);
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
            s->index[lane] = t->first + where[v];
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

static int32_t NAME(softmax)(const ddni_tile *t, int64_t lanes, ddni_strips g,
                             const ddni_lane_sums *s)
{
    int32_t moved = 0;
    const REAL *p = g.at;
    double term[DDNI_TILE_ROWS];
    tile_terms(t, term);
    for (int64_t q = 0; q < lanes; q += LANES) {
        moved |= NAME(softmax_register)(t, term, NAME(strips_from)(g, 0, q).at, q, s);
    }
    if (t->class_of != NULL) {
        for (int64_t c = 0; moved && c < t->classes; c++) {
            for (int64_t q = 0; q < lanes; q++) {
                s->classes[c * s->stride + q] *= s->rescale[q];
            }
        }
        for (int64_t r = 0; r < t->rows; r++) {
            double *to = s->classes + t->class_of[r] * s->stride;
            for (int64_t q = 0; q < lanes; q++) {
                to[q] += (double)p[ddni_lane_at(r, q, g.strip)];
            }
        }
    }
    return moved;
}

/* Bytes are exact in either type, so their map costs one rounding more at most. A strip of columns
 * goes through all rows, since its offsets are the same for each. */
static void NAME(unpack_bytes)(int64_t rows, int64_t d, ddni_point y, int64_t ldy,
                               const double *centre, REAL *out, int64_t ldo)
{
    enum {
        STRIP = 512 /* their offsets are 4 kB at most and stay in the first-level cache */
    };
    REAL offset[STRIP], slope = (REAL)y.scale;
    for (int64_t start = 0; start < d; start += STRIP) {
        int64_t width = d - start < STRIP ? d - start : STRIP;
        for (int64_t j = 0; j < width; j++) {
            offset[j] = (REAL)(y.shift - centre[start + j]);
        }
        for (int64_t r = 0; r < rows; r++) {
            const uint8_t *from = (const uint8_t *)y.stored + r * ldy + start;
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

/* A row in double, rounded. Those of f64 data are often parts of long rows: the part beside it is
 * fetched meanwhile, which is unpacked next. */
static void NAME(unpack_row)(ddn_type type, int64_t d, const void *row, ddni_point map,
                             const double *centre, REAL *to)
{
    const float *f32 = row;
    const double *f64 = row;
    int64_t j = 0;
    for (; type == DDN_TYPE_F64 && j + LANES <= d; j += LANES) {
        UNROLL(2)
        for (int64_t v = 0; v < LANES; v += 64 / (int64_t)sizeof *f64) {
            __builtin_prefetch(f64 + j + d + v, 0, 2);
        }
        NAME(doubles) offset = map.shift - *(const NAME(doubles) *)(centre + j);
        NAME(doubles) y = map.scale * *(const NAME(doubles) *)(f64 + j) + offset;
        NAME(store)(to + j, __builtin_convertvector(y, NAME(vec)));
    }
    for (; type == DDN_TYPE_F64 && j < d; j++) {
        to[j] = (REAL)(map.scale * f64[j] + (map.shift - centre[j]));
    }
    for (; type == DDN_TYPE_F32 && j < d; j++) {
        to[j] = (REAL)(map.scale * (double)f32[j] + (map.shift - centre[j]));
    }
}

static void NAME(unpack)(ddn_type type, int64_t rows, int64_t d, ddni_point y, int64_t ldy,
                         const double *centre, REAL *out, int64_t ldo)
{
    const int64_t size = type == DDN_TYPE_F64 ? 8 : 4;
    if (type == DDN_TYPE_U8) {
        NAME(unpack_bytes)(rows, d, y, ldy, centre, out, ldo);
    }
    for (int64_t r = 0; r < rows; r++) {
        if (type != DDN_TYPE_U8) {
            NAME(unpack_row)
            (type, d, (const char *)y.stored + r * ldy * size, y, centre, out + r * ldo);
        }
        for (int64_t j = d; j < ldo; j++) {
            out[r * ldo + j] = 0;
        }
    }
}

/* The reference kernels over lanes in plain C, included once per floating type by kern_ref.c: what
 * the vector variants are tested against. Needs REAL and NAME(x). */

static void NAME(multiply_of)(int64_t rows, int64_t depth, int64_t lanes, const REAL *a,
                              int64_t row_stride, int64_t depth_stride, const REAL *b,
                              int64_t strip_b, REAL *c, int64_t strip_c)
{
    for (int64_t start = 0; start < depth; start += DDNI_DEPTH_BLOCK) {
        int64_t end = depth - start < DDNI_DEPTH_BLOCK ? depth : start + DDNI_DEPTH_BLOCK;
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t q0 = 0; q0 < lanes; q0 += DDNI_LANES) {
                REAL sum[DDNI_LANES] = {0};
                for (int64_t k = start; k < end; k++) {
                    REAL aik = a[i * row_stride + k * depth_stride];
                    for (int64_t q = 0; q < DDNI_LANES; q++) {
                        sum[q] += aik * b[ddni_lane_at(k, q0 + q, strip_b)];
                    }
                }
                for (int64_t q = 0; q < DDNI_LANES; q++) {
                    c[ddni_lane_at(i, q0 + q, strip_c)] += sum[q];
                }
            }
        }
    }
}

static void NAME(multiply)(int64_t rows, int64_t depth, int64_t lanes, const REAL *a, int64_t lda,
                           const REAL *b, int64_t strip_b, REAL *c, int64_t strip_c,
                           ddni_ahead *ahead)
{
    (void)ahead;
    NAME(multiply_of)(rows, depth, lanes, a, lda, 1, b, strip_b, c, strip_c);
}

static void NAME(multiply_transposed)(int64_t rows, int64_t depth, int64_t lanes, const REAL *a,
                                      int64_t lda, const REAL *b, int64_t strip_b, REAL *c,
                                      int64_t strip_c, ddni_ahead *ahead)
{
    (void)ahead;
    NAME(multiply_of)(rows, depth, lanes, a, 1, lda, b, strip_b, c, strip_c);
}

/* One lane of a tile, whose numbers are ldg apart. */
static int32_t NAME(softmax_lane)(int64_t rows, REAL *g, int64_t ldg, double gain,
                                  const double *term, const double *norm, const int32_t *class_of,
                                  int64_t class_count, int64_t first_row, const ddni_lane_sums *s,
                                  int64_t q)
{
    int32_t moved = 0;
    for (int64_t r = 0; r < rows; r++) {
        double l = (double)(REAL)(gain * (double)g[r * ldg] + term[r]);
        g[r * ldg] = (REAL)l;
        if (l > s->best[q]) {
            s->best[q] = l;
            s->index[q] = first_row + r;
        }
    }
    moved = ddni_lane_move(s, q);
    for (int64_t c = 0; moved && class_of != NULL && c < class_count; c++) {
        s->classes[c * s->stride + q] *= s->rescale[q];
    }
    for (int64_t r = 0; r < rows; r++) {
        double below = (double)g[r * ldg] - s->reference[q], p = exp(below);
        g[r * ldg] = (REAL)p;
#define ADD(which, step) s->sum[which][q] += step;
        DDNI_STATISTICS_LIST(ADD)
#undef ADD
        s->norm[q] += p * norm[r];
        if (class_of != NULL) {
            s->classes[class_of[r] * s->stride + q] += p;
        }
    }
    return moved;
}

static int32_t NAME(softmax)(int64_t rows, int64_t lanes, REAL *g, int64_t strip, double gain,
                             const double *term, const double *norm, const int32_t *class_of,
                             int64_t class_count, int64_t first_row, const ddni_lane_sums *s)
{
    int32_t moved = 0;
    for (int64_t q = 0; q < lanes; q++) {
        moved |= NAME(softmax_lane)(rows, g + ddni_lane_at(0, q, strip), DDNI_LANES, gain, term,
                                    norm, class_of, class_count, first_row, s, q);
    }
    return moved;
}

static void NAME(unpack)(ddn_type type, int64_t rows, int64_t d, const void *stored, int64_t ld,
                         double scale, double shift, const double *centre, REAL *out, int64_t ldo)
{
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t j = 0; j < d; j++) {
            out[r * ldo + j] =
                (REAL)(scale * stored_one(type, stored, r * ld + j) + (shift - centre[j]));
        }
        for (int64_t j = d; j < ldo; j++) {
            out[r * ldo + j] = 0;
        }
    }
}

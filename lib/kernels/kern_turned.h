/* Tiles whose rows lie side by side against a few states: neither products nor sums wait for what
 * goes across a register. Included once per type by kern_body.h; needs REAL, LANES and NAME(x). */

enum {
    NAME(TURNED) = 6 /* registers of rows that are in work together: so many sums at least, none of
                        which waits for another */
};

/* Products of some registers of rows, from row r on, with states. Terms that all round the same way
 * do so at the size of a run, which is a part of them. */
static inline __attribute__((always_inline)) void NAME(turned_dot)(const int registers,
                                                                   const int states, int64_t d,
                                                                   const REAL *at, int64_t r,
                                                                   const ddni_few *of, int64_t q0)
{
    for (int64_t first = 0; first < d; first += DDNI_TURNED_RUN) {
        const int64_t end = d - first < DDNI_TURNED_RUN ? d : first + DDNI_TURNED_RUN;
        NAME(vec) sum[4][NAME(TURNED)];
        UNROLL(4)
        for (int q = 0; q < states; q++) {
            UNROLL(6)
            for (int v = 0; v < registers; v++) {
                sum[q][v] = (NAME(vec)){0};
            }
        }
        for (int64_t j = first; j < end; j++) {
            NAME(vec) own[4];
            UNROLL(4)
            for (int q = 0; q < states; q++) {
                own[q] = NAME(splat)(((const REAL *)of->from[q0 + q])[j]);
            }
            UNROLL(6)
            for (int v = 0; v < registers; v++) {
                NAME(vec) row = NAME(load)(at + j * DDNI_TILE_ROWS + r + v * LANES);
                UNROLL(4)
                for (int q = 0; q < states; q++) {
                    sum[q][v] = NAME(fused)(row, own[q], sum[q][v]);
                }
            }
        }
        UNROLL(4)
        for (int q = 0; q < states; q++) {
            REAL *to = (REAL *)of->to[q0 + q] + r;
            UNROLL(6)
            for (int v = 0; v < registers; v++) {
                IN_REGISTER(sum[q][v]); /* no product is fused with what is added here */
                NAME(vec) all = first > 0 ? NAME(load)(to + v * LANES) + sum[q][v] : sum[q][v];
                NAME(store)(to + v * LANES, all);
            }
        }
    }
}

/* Weighted sums over some registers of rows, from row r on, added to what there is. */
static inline __attribute__((always_inline)) void
NAME(turned_combine)(const int registers, const int states, int64_t d, const REAL *at, int64_t r,
                     const ddni_few *of, int64_t q0)
{
    NAME(vec) weight[2][NAME(TURNED)], sum[2][4];
    REAL part[2][DDNI_TURNED];
    UNROLL(2)
    for (int q = 0; q < states; q++) {
        UNROLL(6)
        for (int v = 0; v < registers; v++) {
            weight[q][v] = NAME(load)((const REAL *)of->from[q0 + q] + r + v * LANES);
        }
    }
    for (int64_t j = 0; j < d; j += 4) {
        const int64_t run = d - j < 4 ? d - j : 4;
        UNROLL(4)
        for (int64_t k = 0; k < 4; k++) {
            const REAL *row = at + (k < run ? j + k : j) * DDNI_TILE_ROWS + r;
            UNROLL(6)
            for (int v = 0; v < registers; v++) {
                NAME(vec) y = NAME(load)(row + v * LANES);
                UNROLL(2)
                for (int q = 0; q < states; q++) {
                    sum[q][k] = v == 0 ? y * weight[q][v] : NAME(fused)(y, weight[q][v], sum[q][k]);
                }
            }
        }
        UNROLL(2)
        for (int q = 0; q < states; q++) {
            NAME(sums)(sum[q], part[q] + j);
        }
    }
    for (int q = 0; q < states; q++) {
        REAL *to = of->to[q0 + q];
        for (int64_t j = 0; j < d; j++) {
            to[j] += part[q][j];
        }
    }
}

/* All rows with so many states from number q0 on: by the widest groups, then one by one. */
#define TURNED_FOR(what, states, q0)                                                               \
    do {                                                                                           \
        int64_t r = 0;                                                                             \
        for (; r + NAME(TURNED) * LANES <= rows; r += NAME(TURNED) * LANES) {                      \
            NAME(what)(NAME(TURNED), states, d, y, r, of, q0);                                     \
        }                                                                                          \
        for (; r < rows; r += LANES) {                                                             \
            NAME(what)(1, states, d, y, r, of, q0);                                                \
        }                                                                                          \
    } while (0)

static void NAME(dot_turned)(int64_t rows, int64_t d, const void *tile, const ddni_few *of)
{
    const REAL *y = tile;
    int64_t q = 0;
    for (; VECTOR_BYTES == 64 && q + 4 <= of->states; q += 4) {
        TURNED_FOR(turned_dot, 4, q);
    }
    for (; q + 2 <= of->states; q += 2) {
        TURNED_FOR(turned_dot, 2, q);
    }
    for (; q < of->states; q++) {
        TURNED_FOR(turned_dot, 1, q);
    }
}

static void NAME(combine_turned)(int64_t rows, int64_t d, const void *tile, const ddni_few *of)
{
    const REAL *y = tile;
    int64_t q = 0;
    for (; VECTOR_BYTES == 64 && q + 2 <= of->states; q += 2) {
        TURNED_FOR(turned_combine, 2, q);
    }
    for (; q < of->states; q++) {
        TURNED_FOR(turned_combine, 1, q);
    }
}
#undef TURNED_FOR

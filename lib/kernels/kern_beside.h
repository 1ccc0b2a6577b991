/* Sums to about twice double precision, as logits relative to a point need them; included by
 * kern_body.h with registers and by kern_ref.c with single numbers. Needs WIDE, a type of one or
 * more doubles, WIDE_LANES, WIDE_LOAD(p), WIDE_FMS(a, b, c), a * b - c rounded once, and
 * WIDE_KEEP(x), which hides from the compiler how x came about: products must round before they are
 * added. */

typedef struct wide_two {
    WIDE hi, lo;
} wide_two;

/* a + b exactly (Knuth). */
static inline __attribute__((always_inline)) wide_two wide_sum(WIDE a, WIDE b)
{
    WIDE s = a + b, t = s - a;
    return (wide_two){s, (a - (s - t)) + (b - t)};
}

/* a * b exactly. */
static inline __attribute__((always_inline)) wide_two wide_product(WIDE a, WIDE b)
{
    WIDE p = a * b;
    WIDE_KEEP(p);
    return (wide_two){p, WIDE_FMS(a, b, p)};
}

/* What one place adds. */
static inline __attribute__((always_inline)) void beside_step(WIDE y, WIDE z, WIDE high, WIDE low,
                                                              WIDE a, WIDE a_low, wide_two *sum)
{
    wide_two diff = wide_sum(y, -z), step = wide_product(-a, diff.hi);
    wide_two other = wide_sum(high, step.hi);
    other.lo += low + (step.lo - (a * diff.lo + a_low * diff.hi));
    wide_two product = wide_product(diff.hi, other.hi), total = wide_sum(sum->hi, product.hi);
    sum->hi = total.hi;
    sum->lo += total.lo + (product.lo + (diff.hi * other.lo + diff.lo * other.hi));
}

static double beside(int64_t d, const double *y, const double *z, const double *high,
                     const double *low, double a, double a_low)
{
    const WIDE none = {0};
    WIDE as = none + a, as_low = none + a_low;
    wide_two sum = {none, none};
    double tail[4][WIDE_LANES];
    int64_t j = 0, left = d % WIDE_LANES;
    for (; j + WIDE_LANES <= d; j += WIDE_LANES) {
        beside_step(WIDE_LOAD(y + j), WIDE_LOAD(z + j), WIDE_LOAD(high + j), WIDE_LOAD(low + j), as,
                    as_low, &sum);
    }
    for (int64_t v = 0; left > 0 && v < WIDE_LANES; v++) { /* what is 0 everywhere adds 0 */
        tail[0][v] = v < left ? y[j + v] : 0;
        tail[1][v] = v < left ? z[j + v] : 0;
        tail[2][v] = v < left ? high[j + v] : 0;
        tail[3][v] = v < left ? low[j + v] : 0;
    }
    if (left > 0) {
        beside_step(WIDE_LOAD(tail[0]), WIDE_LOAD(tail[1]), WIDE_LOAD(tail[2]), WIDE_LOAD(tail[3]),
                    as, as_low, &sum);
    }
    double hi[WIDE_LANES], lo[WIDE_LANES], total = 0, rest = 0;
    __builtin_memcpy(hi, &sum.hi, sizeof hi);
    __builtin_memcpy(lo, &sum.lo, sizeof lo);
    for (int v = 0; v < WIDE_LANES; v++) {
        double s = total + hi[v], t = s - total;
        rest += lo[v] + ((total - (s - t)) + (hi[v] - t));
        total = s;
    }
    return total + rest;
}

/* The exponential over a register; included by kern_lanes.h for each type. */

/* x = k log 2 + r, k a multiple of 1 or, with a table, of 1/16, which is left in the low bits of
 * `shifted`: adding 1.5 * 2^p, whose last place is worth so much, rounds x / log 2 to it. log 2 is
 * in two parts, the first with so few bits (9; 32) that k times it is exact. */
typedef struct NAME(power) {
    NAME(vec) shifted, k, r;
} NAME(power);

static inline __attribute__((always_inline)) NAME(power) NAME(power_of_two)(NAME(vec) x)
{
    const REAL shift = (REAL)(sizeof(REAL) == 4 ? 12582912.0 : 6755399441055744.0) / EXP_STEPS;
    NAME(power) of;
    of.shifted = x * (REAL)1.4426950408889634074 + shift;
    of.k = of.shifted - shift;
    if (sizeof(REAL) == 4) {
        of.r = x - of.k * (REAL)0.693359375;
        of.r = of.r + of.k * (REAL)2.12194440054690583e-4;
    } else {
        of.r = x - of.k * (REAL)6.93147180369123816490e-01;
        of.r = of.r - of.k * (REAL)1.90821492927058770002e-10;
    }
    return of;
}

/* e^x for x <= about 88 (f32) or 709 (f64); 0 below `lowest`, from where on e^x is no less than the
 * smallest normal number, 2^-126 = e^-87.3 or 2^-1022 = e^-708.4. Here from e^r = 1 + r q(r) with
 * |r| <= log(2) / 32, times one of the sixteen 2^{i / 16}, scaled by 2^floor(k), which the
 * processor makes of k. */
#if EXP_STEPS == 16
static inline __attribute__((always_inline)) NAME(vec) NAME(root_of_two)(NAME(vec) shifted)
{
    const __m512i at = (__m512i)shifted;
    return sizeof(REAL) == 4 ? (NAME(vec))_mm512_permutexvar_ps(at, _mm512_loadu_ps(ROOTS_F32))
                             : (NAME(vec))_mm512_permutex2var_pd(_mm512_loadu_pd(ROOTS_F64), at,
                                                                 _mm512_loadu_pd(ROOTS_F64 + 8));
}

/* y 2^floor(k) where x >= lowest, else 0. */
static inline __attribute__((always_inline)) NAME(vec)
    NAME(scaled_from)(NAME(vec) x, REAL lowest, NAME(vec) y, NAME(vec) k)
{
    const NAME(vec) least = NAME(splat)(lowest);
    if (sizeof(REAL) == 4) {
        const __mmask16 keep = _mm512_cmp_ps_mask((__m512)x, (__m512)least, _CMP_GE_OQ);
        return (NAME(vec))_mm512_maskz_scalef_ps(keep, (__m512)y, (__m512)k);
    }
    const __mmask8 keep = _mm512_cmp_pd_mask((__m512d)x, (__m512d)least, _CMP_GE_OQ);
    return (NAME(vec))_mm512_maskz_scalef_pd(keep, (__m512d)y, (__m512d)k);
}

static inline __attribute__((always_inline)) NAME(vec)
    NAME(exponential_to)(const int digits, const REAL lowest, NAME(vec) x)
{
    const int terms = EXP_QUOTIENT[digits].terms;
    const NAME(power) of = NAME(power_of_two)(NAME(larger)(x, NAME(splat)(lowest)));
    const NAME(vec) root = NAME(root_of_two)(of.shifted);
    NAME(vec) q = NAME(splat)((REAL)EXP_QUOTIENT[digits].of[terms - 1]);
    UNROLL(8)
    for (int i = terms - 2; i >= 0; i--) {
        q = q * of.r + (REAL)EXP_QUOTIENT[digits].of[i];
    }
    return NAME(scaled_from)(x, lowest, root * of.r * q + root, of.k);
}

/* 2^{k + r} of k, a multiple of 1/32 or 1/16 with the fraction in the low bits of `shifted`, and
 * q = (2^r - 1) / r. */
#define POWER_STEPS(single) ((single) ? 32 : 16)
static inline __attribute__((always_inline)) NAME(vec)
    NAME(times_power)(NAME(vec) q, NAME(vec) r, NAME(vec) shifted, NAME(vec) k)
{
    if (sizeof(REAL) == 4) {
        const __m512 root = _mm512_permutex2var_ps(_mm512_loadu_ps(ROOTS32), (__m512i)shifted,
                                                   _mm512_loadu_ps(ROOTS32 + 16));
        return (NAME(vec))_mm512_scalef_ps((__m512)((NAME(vec))root * r * q + (NAME(vec))root),
                                           (__m512)k);
    }
    const NAME(vec) root = NAME(root_of_two)(shifted);
    return (NAME(vec))_mm512_scalef_pd((__m512d)(root * r * q + root), (__m512d)k);
}

/* The same by the series of e^r with |r| <= log(2) / 2. */
#else
static inline __attribute__((always_inline)) NAME(vec)
    NAME(exponential_to)(const int digits, const REAL lowest, NAME(vec) x)
{
    const int terms = EXP_TERMS[digits];
    NAME(ivec) keep = x >= lowest;
    NAME(vec) at = (NAME(vec))(((NAME(ivec))x & keep) | ((NAME(ivec))NAME(splat)(lowest) & ~keep));
    const NAME(power) of = NAME(power_of_two)(at);
    NAME(vec) sum = NAME(splat)((REAL)INVERSE_FACTORIAL[terms]), r = of.r;
    if (terms > 7) { /* odd and even terms apart: neither waits for the other */
        NAME(vec) r2 = r * r, other = NAME(splat)((REAL)INVERSE_FACTORIAL[terms - 1]);
        UNROLL(16)
        for (int i = terms - 2; i >= 1; i -= 2) {
            sum = sum * r2 + (REAL)INVERSE_FACTORIAL[i];
            other = other * r2 + (REAL)INVERSE_FACTORIAL[i - 1];
        }
        sum =
            terms % 2 != 0 ? sum * r + other : sum * r2 + (other * r + (REAL)INVERSE_FACTORIAL[0]);
    } else {
        UNROLL(16)
        for (int i = terms - 1; i >= 0; i--) {
            sum = sum * r + (REAL)INVERSE_FACTORIAL[i];
        }
    }
    NAME(ivec) power = (NAME(ivec))of.shifted << (sizeof(REAL) == 4 ? 23 : 52);
    return (NAME(vec))(((NAME(ivec))sum + power) & keep);
}

/* 2^k q of q = 2^r, with k in the low bits of `shifted`. */
#define POWER_STEPS(single) 1
static inline __attribute__((always_inline)) NAME(vec)
    NAME(times_power)(NAME(vec) q, NAME(vec) r, NAME(vec) shifted, NAME(vec) k)
{
    (void)r;
    (void)k;
    return (NAME(vec))((NAME(ivec))q + ((NAME(ivec))shifted << (sizeof(REAL) == 4 ? 23 : 52)));
}
#endif

static inline __attribute__((always_inline)) NAME(vec) NAME(exponential)(NAME(vec) x)
{
    return NAME(exponential_to)(EXP_DIGITS, sizeof(REAL) == 4 ? -87 : -708, x);
}

/* 2^x for x from the least power of the type up to 1; the same for all that is below. */
static inline __attribute__((always_inline)) NAME(vec)
    NAME(power_from_least)(const int fine, NAME(vec) x)
{
    const int single = sizeof(REAL) == 4, terms = POWERS[!single][fine].terms;
    const REAL least = single ? DDNI_LEAST_POWER_F32 : DDNI_LEAST_POWER_F64;
    const REAL shift = (REAL)(single ? 12582912.0 : 6755399441055744.0) / POWER_STEPS(single);
    const NAME(vec) at = NAME(larger)(x, NAME(splat)(least));
    const NAME(vec) shifted = at + shift, k = shifted - shift, r = at - k;
    NAME(vec) q = NAME(splat)((REAL)POWERS[!single][fine].of[terms - 1]);
    UNROLL(16)
    for (int i = terms - 2; i >= 0; i--) {
        q = q * r + (REAL)POWERS[!single][fine].of[i];
    }
    return NAME(times_power)(q, r, shifted, k);
}
#undef POWER_STEPS

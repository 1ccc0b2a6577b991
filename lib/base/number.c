/* Numbers as text. The C library's own conversions follow the locale, which is the host's: what it
 * writes is mended, and reading is done here, in integers of any size, so that each number is
 * rounded once. */
#include "base/number.h"

#include <math.h>
#include <string.h>

#include "base/message.h"

/* With that many digits, whatever the locale writes for the point. */
static void write_digits(double value, int digits, char text[DDNI_NUMBER_BYTES])
{
    char raw[DDNI_NUMBER_BYTES];
    ddni_say(raw, sizeof raw, "%.*g", digits, value);
    char *to = text;
    for (const char *c = raw; *c != '\0'; c++) {
        if (strchr("0123456789+-e", *c) != NULL) {
            *to++ = *c;
        } else if (to == text || to[-1] != '.') { /* of one byte or more */
            *to++ = '.';
        }
    }
    *to = '\0';
}

void ddni_number_write(double value, char text[DDNI_NUMBER_BYTES])
{
    double back = NAN;
    if (!isfinite(value)) {
        strcpy(text, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    for (int digits = 15; digits <= 17 && back != value; digits++) { /* 17 are always enough */
        write_digits(value, digits, text);
        ddni_number_read(text, (int64_t)strlen(text), &back);
    }
}

/* ---- Large integers ---- */

enum {
    LIMBS = 64,    /* of 32 bits: 64 digits times 10^310, or shifted to divide by 10^400 */
    DIGITS = 64,   /* that are read */
    MANTISSA = 53, /* bits of a double */
    NORMAL = -1022 /* exponent of the smallest normal double */
};

typedef struct integer {
    uint32_t limb[LIMBS]; /* lowest first */
    int64_t count;        /* in use; the highest one is not 0 */
} integer;

/* n = n factor + term */
static void scale(integer *n, uint32_t factor, uint32_t term)
{
    uint64_t carry = term;
    for (int64_t i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limb[i] * factor;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0) {
        n->limb[n->count++] = (uint32_t)carry;
    }
}

/* n = floor(n / divisor); returns whether something was left over. */
static int divide(integer *n, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int64_t i = n->count - 1; i >= 0; i--) {
        rest = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (n->count > 0 && n->limb[n->count - 1] == 0) {
        n->count--;
    }
    return rest != 0;
}

static int64_t bits(const integer *n)
{
    return n->count == 0 ? 0 : 32 * n->count - __builtin_clz(n->limb[n->count - 1]);
}

static int bit(const integer *n, int64_t i)
{
    return i >= 0 && (n->limb[i / 32] >> (i % 32) & 1) != 0;
}

/* (n + something in (0, 1) if more) 2^exponent, rounded; n > 0. */
static double rounded(const integer *n, int64_t exponent, int more)
{
    int64_t length = bits(n), top = length - 1 + exponent;
    int64_t keep = top >= NORMAL ? MANTISSA : MANTISSA - (NORMAL - top);
    uint64_t mantissa = 0;
    if (keep < 0) {
        return 0;
    }
    for (int64_t i = 1; i <= keep; i++) { /* bits that n does not have are 0 */
        mantissa = mantissa << 1 | (uint64_t)bit(n, length - i);
    }
    int64_t half = length - 1 - keep;
    int rest = more;
    for (int64_t i = 0; i < half && !rest; i++) {
        rest = bit(n, i);
    }
    mantissa += bit(n, half) && (rest || (mantissa & 1) != 0);
    return ldexp((double)mantissa, (int)(top - keep + 1));
}

/* n 10^power, n > 0 of at most DIGITS digits. */
static double decimal(integer *n, int64_t power)
{
    int64_t shift = 0;
    int more = 0;
    for (; power > 0; power -= power < 9 ? 1 : 9) {
        scale(n, power < 9 ? 10 : 1000000000, 0);
    }
    if (power < 0) { /* enough bits for a quotient of 64 */
        shift = 64 + (-power * 10 + 2) / 3;
        for (int64_t i = 0; i < shift / 16; i++) {
            scale(n, 1 << 16, 0);
        }
        scale(n, 1U << shift % 16, 0);
    }
    for (; power<0; power += power> - 9 ? 1 : 9) {
        more |= divide(n, power > -9 ? 10 : 1000000000);
    }
    return rounded(n, -shift, more);
}

/* ---- Reading ---- */

typedef struct reader {
    const char *at, *end;
    integer n;
    int64_t digits, power;
} reader;

static int is_digit(const reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Takes a run of digits; power counts those after the point, and those that are not kept. */
static int64_t take_digits(reader *r, int after_point)
{
    const char *from = r->at;
    for (; is_digit(r); r->at++) {
        if (r->digits < DIGITS) {
            scale(&r->n, 10, (uint32_t)(*r->at - '0'));
            r->digits += r->n.count > 0;
            r->power -= after_point;
        } else {
            r->power += !after_point;
        }
    }
    return r->at - from;
}

static int take_exponent(reader *r)
{
    int64_t exponent = 0, sign = 1;
    if (r->at < r->end && (*r->at == '+' || *r->at == '-')) {
        sign = *r->at++ == '-' ? -1 : 1;
    }
    const char *from = r->at;
    for (; is_digit(r); r->at++) {
        exponent = exponent < 100000000 ? 10 * exponent + (*r->at - '0') : exponent;
    }
    r->power += sign * exponent;
    return r->at > from;
}

int64_t ddni_number_read(const char *text, int64_t length, double *value)
{
    reader r = {.at = text, .end = text + length};
    int negative = r.at < r.end && *r.at == '-';
    r.at += negative;
    const char *first = r.at;
    int64_t whole = take_digits(&r, 0);
    if (whole == 0 || (whole > 1 && *first == '0')) {
        return 0;
    }
    if (r.at < r.end && *r.at == '.') {
        r.at++;
        if (take_digits(&r, 1) == 0) {
            return 0;
        }
    }
    if (r.at < r.end && (*r.at == 'e' || *r.at == 'E')) {
        r.at++;
        if (!take_exponent(&r)) {
            return 0;
        }
    }
    double magnitude = r.n.count == 0              ? 0
                       : r.digits + r.power > 310  ? INFINITY
                       : r.digits + r.power < -330 ? 0
                                                   : decimal(&r.n, r.power);
    *value = negative ? -magnitude : magnitude;
    return r.at - text;
}

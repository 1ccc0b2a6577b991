/* XXH64 (Collet, 2012): four lanes of 64 bits, about as fast as memory. */
#include "base/digest.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digests are of little-endian numbers");

static const uint64_t P1 = UINT64_C(0x9E3779B185EBCA87), P2 = UINT64_C(0xC2B2AE3D27D4EB4F),
                      P3 = UINT64_C(0x165667B19E3779F9), P4 = UINT64_C(0x85EBCA77C2B2AE63),
                      P5 = UINT64_C(0x27D4EB2F165667C5);

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t load(const unsigned char *p, size_t bytes)
{
    uint64_t x = 0;
    memcpy(&x, p, bytes);
    return x;
}

static uint64_t turn(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * P2, 31) * P1;
}

/* What is left over after the lanes: less than 32 bytes. */
static uint64_t finish(uint64_t h, const unsigned char *p, int64_t left)
{
    for (; left >= 8; left -= 8, p += 8) {
        h = rotate(h ^ turn(0, load(p, 8)), 27) * P1 + P4;
    }
    for (; left >= 4; left -= 4, p += 4) {
        h = rotate(h ^ load(p, 4) * P1, 23) * P2 + P3;
    }
    for (; left > 0; left--, p++) {
        h = rotate(h ^ *p * P5, 11) * P1;
    }
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

uint64_t ddni_digest(const void *data, int64_t bytes)
{
    const unsigned char *p = data;
    int64_t left = bytes;
    uint64_t h = P5;
    if (left >= 32) {
        uint64_t lane[4] = {P1 + P2, P2, 0, 0 - P1};
        for (; left >= 32; left -= 32, p += 32) {
            for (int i = 0; i < 4; i++) {
                lane[i] = turn(lane[i], load(p + 8 * i, 8));
            }
        }
        h = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) + rotate(lane[3], 18);
        for (int i = 0; i < 4; i++) {
            h = (h ^ turn(0, lane[i])) * P1 + P4;
        }
    }
    return finish(h + (uint64_t)bytes, p, left);
}

uint64_t ddni_digest_text(const char *text)
{
    return ddni_digest(text, (int64_t)strlen(text));
}

uint64_t ddni_digest_rows(uint64_t seed, int64_t m, int64_t d, const double *rows, int64_t ld)
{
    for (int64_t r = 0; r < m; r++) {
        seed = DDNI_DIGEST_WORDS(seed, DDNI_DIGEST_OF(rows + r * ld, d));
    }
    return seed;
}

uint64_t ddni_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

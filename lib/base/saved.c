/* The head of saved objects. */
#include "base/saved.h"

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/digest.h"

enum {
    ORDER = 0x01020304
};

static int64_t checksum(int64_t size, const unsigned char *bytes)
{
    return (int64_t)ddni_digest(bytes + DDNI_SAVED_HEAD, size - DDNI_SAVED_HEAD);
}

void ddni_saved_head(const ddni_saved *kind, int64_t size, unsigned char *out)
{
    const int32_t version[2] = {kind->version, ORDER};
    ddni_writer w = {out, 0};
    ddni_write(&w, kind->magic, sizeof kind->magic);
    ddni_write(&w, version, sizeof version);
    ddni_write_i64(&w, size);
    ddni_write_i64(&w, checksum(size, out));
}

ddn_status ddni_saved_check(ddn_context *ctx, const ddni_saved *kind, int64_t size,
                            const unsigned char *in)
{
    const char *what = kind->what;
    int32_t version[2];
    int64_t word[2]; /* size, checksum */
    DDNI_CHECK(ctx, size >= DDNI_SAVED_HEAD, DDN_E_FORMAT,
               "argument size = %lld is less than %d, the least of a %s", (long long)size,
               (int)DDNI_SAVED_HEAD, what);
    DDNI_CHECK(ctx, memcmp(in, kind->magic, sizeof kind->magic) == 0, DDN_E_FORMAT,
               "the buffer does not hold a %s", what);
    memcpy(version, in + 8, sizeof version);
    memcpy(word, in + 16, sizeof word);
    DDNI_CHECK(ctx, version[1] == ORDER, DDN_E_FORMAT, "the %s is damaged: its order mark is wrong",
               what);
    DDNI_CHECK(ctx, version[0] >= 1 && version[0] <= kind->version, DDN_E_FORMAT,
               "the %s has format version %d, this library reads up to %d", what, (int)version[0],
               (int)kind->version);
    DDNI_CHECK(ctx, word[0] == size, DDN_E_FORMAT,
               "the %s is damaged: it has %lld bytes, the buffer %lld", what, (long long)word[0],
               (long long)size);
    DDNI_CHECK(ctx, word[1] == checksum(size, in), DDN_E_FORMAT,
               "the %s is damaged: its checksum is wrong", what);
    return DDN_OK;
}

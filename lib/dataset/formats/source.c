/* Sources of any kind: the head read ahead, and sizes held against what a header promises. */
#include "dataset/formats/source.h"

#include <string.h>

#include "base/check.h"
#include "base/progress.h"

enum {
    DROPPED = 1 << 14 /* bytes passed over at once */
};

void ddni_source_close(ddni_source *s)
{
    if (s != NULL) {
        s->kind->close(s);
    }
}

ddn_status ddni_source_begin(ddn_context *ctx, ddni_source *s)
{
    return s->kind->read(ctx, s, s->head, DDNI_HEAD, &s->head_count);
}

ddn_status ddni_source_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                            int64_t *got)
{
    int64_t ready = s->at < s->head_count ? s->head_count - s->at : 0;
    ready = ready < count ? ready : count;
    *got = 0;
    if (ready > 0) {
        memcpy(buffer, s->head + s->at, (size_t)ready);
    }
    if (count > ready) {
        DDNI_TRY(s->kind->read(ctx, s, (uint8_t *)buffer + ready, count - ready, got));
    }
    *got += ready;
    s->at += *got;
    return DDN_OK;
}

ddn_status ddni_source_skip(ddn_context *ctx, ddni_source *s, int64_t count, int64_t *got)
{
    uint8_t dropped[DROPPED];
    const int64_t ahead =
        s->at > s->head_count ? s->at : s->head_count; /* what the kind has read */
    int64_t part = 1;
    *got = 0;
    if (s->skip != NULL && s->at + count > ahead && s->at + count <= s->size) {
        s->skip(s, s->at + count - ahead);
        s->at += count;
        *got = count;
        return DDN_OK;
    }
    while (*got < count && part > 0) {
        const int64_t left = count - *got;
        DDNI_TRY(ddni_poll(ctx));
        DDNI_TRY(ddni_source_read(ctx, s, dropped, left < DROPPED ? left : DROPPED, &part));
        *got += part;
    }
    return DDN_OK;
}

ddn_status ddni_source_check_size(ddn_context *ctx, const ddni_source *s, const char *promise,
                                  int64_t need, int64_t have)
{
    DDNI_CHECK(ctx, have == need, DDN_E_FORMAT, "%s: %s: %s %lld bytes, the file holds %lld",
               s->name, have < need ? "truncated" : "too long", promise, (long long)need,
               (long long)have);
    return DDN_OK;
}

ddn_status ddni_source_expect(ddn_context *ctx, const ddni_source *s, const char *promise,
                              int64_t need)
{
    if (s->size >= 0) {
        return ddni_source_check_size(ctx, s, promise, need, s->size - s->at);
    }
    DDNI_CHECK(ctx, need <= s->most, DDN_E_FORMAT,
               "%s: truncated: %s %lld bytes, more than %lld compressed bytes can hold", s->name,
               promise, (long long)need, (long long)s->stored);
    return DDN_OK;
}

ddn_status ddni_source_expect_end(ddn_context *ctx, ddni_source *s, const char *promise,
                                  int64_t need)
{
    uint8_t more;
    int64_t got;
    DDNI_TRY(ddni_source_read(ctx, s, &more, 1, &got));
    DDNI_CHECK(ctx, got == 0, DDN_E_FORMAT, "%s: too long: data go on after the %lld bytes that %s",
               s->name, (long long)need, promise);
    return DDN_OK;
}

/* Members of zip archives (NumPy's .npz): stored or deflated, also with 64-bit sizes. The directory
 * at the end of the archive is what counts; sizes in it are held against the file, and every byte
 * that a member gives against them and the check sum. */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "base/progress.h"
#include "dataset/formats/names.h"
#include "dataset/formats/source.h"

enum {
    END = 22,                 /* bytes of the record at the end, after which there may be a text */
    END_SEARCH = END + 65535, /* where it can be */
    LOCATOR = 20,             /* bytes of the record that leads to the 64-bit one */
    END_64 = 56,              /* bytes of that */
    ENTRY = 46,               /* bytes of an entry of the directory, without its texts */
    LOCAL = 30,               /* bytes before a member, without its texts */
    MOST_DIRECTORY = 1 << 24, /* bytes that are read of it */
    MOST_NAME = DDNI_MEMBER_NAME - 1 /* of a member that is read */
};

typedef struct entry {
    char name[MOST_NAME + 1];
    int32_t flags, method;
    uint32_t sum;
    int64_t packed, size, offset;
} entry;

typedef struct directory {
    uint8_t *bytes;
    int64_t count, begin; /* of bytes; where it begins in the file, which is where members end */
} directory;

static int32_t is_record(const uint8_t *b, uint8_t third, uint8_t fourth)
{
    return b[0] == 'P' && b[1] == 'K' && b[2] == third && b[3] == fourth;
}

int32_t ddni_zip_recognise(const uint8_t *head, int64_t count)
{
    return count >= 4 && (is_record(head, 3, 4) || is_record(head, 5, 6));
}

/* ---- the directory ---- */

/* The 64-bit record replaces what does not fit in the one at `end`. */
static ddn_status read_end_64(ddn_context *ctx, ddni_source *file, int64_t end, int64_t *begin,
                              int64_t *count)
{
    uint8_t locator[LOCATOR], record[END_64];
    DDNI_CHECK(ctx, end >= LOCATOR, DDN_E_FORMAT, "%s: the zip archive has no 64-bit directory",
               file->name);
    DDNI_TRY(ddni_plain_at(ctx, file, end - LOCATOR, locator, LOCATOR));
    int64_t at = ddni_little(locator + 8, 8);
    DDNI_CHECK(ctx, is_record(locator, 6, 7) && end >= END_64 && at <= end - END_64, DDN_E_FORMAT,
               "%s: the zip archive has no 64-bit directory", file->name);
    DDNI_TRY(ddni_plain_at(ctx, file, at, record, END_64));
    DDNI_CHECK(ctx, is_record(record, 6, 6), DDN_E_FORMAT,
               "%s: the zip archive has no 64-bit directory", file->name);
    *count = ddni_little(record + 40, 8);
    *begin = ddni_little(record + 48, 8);
    return DDN_OK;
}

/* Where the record at the end of the archive is: tail[count] is the end of the file. */
static int64_t find_end(const uint8_t *tail, int64_t count)
{
    int64_t at = count - END;
    while (at >= 0 &&
           !(is_record(tail + at, 5, 6) && ddni_little(tail + at + 20, 2) <= count - at - END)) {
        at--;
    }
    return at;
}

static ddn_status read_end(ddn_context *ctx, ddni_source *file, uint8_t *tail, directory *d)
{
    int64_t count = file->size < END_SEARCH ? file->size : END_SEARCH;
    DDNI_TRY(ddni_plain_at(ctx, file, file->size - count, tail, count));
    int64_t at = find_end(tail, count), end = file->size - count + at;
    DDNI_CHECK(ctx, at >= 0, DDN_E_FORMAT,
               "%s: truncated: the directory at the end of the zip archive is missing", file->name);
    d->count = ddni_little(tail + at + 12, 4);
    d->begin = ddni_little(tail + at + 16, 4);
    if (d->count == UINT32_MAX || d->begin == UINT32_MAX ||
        ddni_little(tail + at + 10, 2) == UINT16_MAX) {
        DDNI_TRY(read_end_64(ctx, file, end, &d->begin, &d->count));
    }
    DDNI_CHECK(ctx, d->begin <= end && d->count <= end - d->begin, DDN_E_FORMAT,
               "%s: the directory of the zip archive is said to be %lld bytes at %lld, which are "
               "not there",
               file->name, (long long)d->count, (long long)d->begin);
    DDNI_CHECK(ctx, d->count <= MOST_DIRECTORY, DDN_E_FORMAT,
               "%s: a zip directory of %lld bytes, at most %d are read", file->name,
               (long long)d->count, MOST_DIRECTORY);
    return DDN_OK;
}

static ddn_status read_directory(ddn_context *ctx, ddni_source *file, directory *d)
{
    uint8_t *tail = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "the end of an archive", END_SEARCH, 1, &tail));
    ddn_status status = read_end(ctx, file, tail, d);
    ddni_free(ddni_context_allocator(ctx), tail);
    DDNI_TRY(status);
    DDNI_TRY(ddni_alloc_for(ctx, "an archive's directory", d->count + 1, 1, &d->bytes));
    return ddni_plain_at(ctx, file, d->begin, d->bytes, d->count);
}

/* Sizes of 64 bits stand behind the entry, for those of 32 bits that are all ones, in their order.
 */
static void take_extra(const uint8_t *extra, int64_t count, entry *e)
{
    int64_t *const wide[] = {&e->size, &e->packed, &e->offset};
    while (count >= 4) {
        int64_t length = ddni_little(extra + 2, 2), used = 0;
        length = length < count - 4 ? length : count - 4;
        for (int k = 0; k < 3 && ddni_little(extra, 2) == 1; k++) {
            if (*wide[k] == UINT32_MAX && used + 8 <= length) {
                *wide[k] = ddni_little(extra + 4 + used, 8);
                used += 8;
            }
        }
        extra += 4 + length;
        count -= 4 + length;
    }
}

/* The entry at *at, which moves on; 0 at the end of the directory, -1 if it is damaged. A name that
 * is too long is cut. */
static int32_t next_entry(const directory *d, int64_t *at, entry *e)
{
    const uint8_t *b = d->bytes + *at;
    if (*at == d->count) {
        return 0;
    }
    if (d->count - *at < ENTRY || !is_record(b, 1, 2)) {
        return -1;
    }
    int64_t name = ddni_little(b + 28, 2), extra = ddni_little(b + 30, 2),
            note = ddni_little(b + 32, 2);
    if (d->count - *at < ENTRY + name + extra + note) {
        return -1;
    }
    *e = (entry){.flags = (int32_t)ddni_little(b + 8, 2),
                 .method = (int32_t)ddni_little(b + 10, 2),
                 .sum = (uint32_t)ddni_little(b + 16, 4),
                 .packed = ddni_little(b + 20, 4),
                 .size = ddni_little(b + 24, 4),
                 .offset = ddni_little(b + 42, 4)};
    memcpy(e->name, b + ENTRY, (size_t)(name < MOST_NAME ? name : MOST_NAME));
    take_extra(b + ENTRY + name, extra, e);
    *at += ENTRY + name + extra + note;
    return 1;
}

/* ---- which member ---- */

static int32_t is_array(const entry *e)
{
    size_t length = strlen(e->name);
    return length > 4 && strcmp(e->name + length - 4, ".npy") == 0;
}

static int32_t next_name(const void *of, int64_t *at, char name[DDNI_MEMBER_NAME])
{
    entry e;
    if (next_entry(of, at, &e) != 1) {
        return 0;
    }
    memcpy(name, e.name, sizeof e.name);
    return is_array(&e) ? DDNI_MEMBER_ARRAY : DDNI_MEMBER_OTHER;
}

/* What is said of an archive without arrays, which may be one of PyTorch's. */
static const char *without_arrays(const directory *d)
{
    entry e;
    for (int64_t at = 0; next_entry(d, &at, &e) == 1;) {
        if (strstr(e.name, "data.pkl") != NULL) {
            return "a zip archive without an array of NumPy; of PyTorch. To convert: import torch, "
                   "numpy; x = torch.load(file, map_location=\"cpu\").numpy(); "
                   "numpy.save(\"x.npy\", x)";
        }
    }
    return "a zip archive without an array of NumPy";
}

/* ---- a member ---- */

typedef struct member {
    ddni_source source;
    ddni_source *file, *inner;
    entry e;
    int64_t left; /* bytes that are still promised */
    uint32_t sum;
    int32_t checked;
    char *name;                 /* what source.name is */
    char beside[MOST_NAME + 1]; /* the member with the labels, or empty */
} member;

static ddn_status check_end(ddn_context *ctx, member *m)
{
    uint8_t more;
    int64_t got;
    m->checked = 1;
    DDNI_TRY(ddni_source_read(ctx, m->inner, &more, 1, &got));
    DDNI_CHECK(ctx, got == 0, DDN_E_FORMAT,
               "%s: too long: data go on after the %lld bytes that the zip directory promises",
               m->name, (long long)m->e.size);
    DDNI_CHECK(ctx, m->sum == m->e.sum, DDN_E_FORMAT,
               "%s: damaged: the check sum is %08lx, the zip directory says %08lx", m->name,
               (unsigned long)m->sum, (unsigned long)m->e.sum);
    return DDN_OK;
}

static ddn_status member_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                              int64_t *got)
{
    enum {
        PART = 1 << 20
    };
    member *m = (member *)s;
    int64_t wanted = count < m->left ? count : m->left;
    for (*got = 0; *got < wanted;) {
        int64_t part = wanted - *got < PART ? wanted - *got : PART, read;
        uint8_t *to = (uint8_t *)buffer + *got;
        DDNI_TRY(ddni_source_read(ctx, m->inner, to, part, &read));
        DDNI_CHECK(ctx, read == part, DDN_E_FORMAT,
                   "%s: truncated: the zip directory promises %lld bytes, the member holds %lld",
                   m->name, (long long)m->e.size, (long long)(m->e.size - m->left + read));
        m->sum = ddni_gzip_sum(m->sum, to, part);
        m->left -= part;
        *got += part;
    }
    return m->left == 0 && !m->checked ? check_end(ctx, m) : DDN_OK;
}

static void member_close(ddni_source *s)
{
    member *m = (member *)s;
    ddni_allocator al = s->allocator;
    ddni_source_close(m->inner);
    ddni_source_close(m->file);
    ddni_free(&al, m->name);
    ddni_free(&al, m);
}

static const ddni_source_kind MEMBER = {member_read, member_close};

/* "x.npz:data", with the .npy of the member left out. */
static ddn_status make_name(ddn_context *ctx, const ddni_source *file, const entry *e, char **out)
{
    int64_t length = (int64_t)(strlen(file->name) + strlen(e->name)) + 2;
    DDNI_TRY(ddni_alloc_for(ctx, "a name", length, 1, out));
    ddni_say(*out, is_array(e) ? length - 4 : length, "%s:%s", file->name, e->name);
    return DDN_OK;
}

/* What the directory says of a member, and the member itself, must not contradict each other or the
 * file. *first: where its bytes begin. */
static ddn_status check_member(ddn_context *ctx, ddni_source *file, const directory *d,
                               const entry *e, const char *name, int64_t *first)
{
    uint8_t local[LOCAL];
    char again[MOST_NAME];
    size_t length = strlen(e->name);
    DDNI_CHECK(ctx, (e->flags & 0x2041) == 0, DDN_E_FORMAT, "%s: the member is encrypted", name);
    DDNI_CHECK(ctx, e->method == 0 || e->method == 8, DDN_E_FORMAT,
               "%s: compressed by method %d of zip; stored and deflated members are read", name,
               e->method);
    DDNI_CHECK(ctx, length < MOST_NAME, DDN_E_FORMAT, "%s: the name of the member is too long",
               name);
    DDNI_CHECK(ctx,
               e->packed <= d->begin && e->offset <= d->begin - e->packed &&
                   d->begin - e->packed - e->offset >= LOCAL,
               DDN_E_FORMAT, "%s: truncated: %lld bytes at %lld of the zip archive are not there",
               name, (long long)e->packed, (long long)e->offset);
    DDNI_CHECK(
        ctx, e->method == 0 ? e->packed == e->size : e->size / DDNI_DEFLATE_RATIO <= e->packed,
        DDN_E_FORMAT, "%s: the zip directory promises %lld bytes in %lld %s ones, which cannot be",
        name, (long long)e->size, (long long)e->packed, e->method == 0 ? "stored" : "deflated");
    DDNI_TRY(ddni_plain_at(ctx, file, e->offset, local, LOCAL));
    *first = e->offset + LOCAL + ddni_little(local + 26, 2) + ddni_little(local + 28, 2);
    DDNI_CHECK(ctx, is_record(local, 3, 4) && *first <= d->begin - e->packed, DDN_E_FORMAT,
               "%s: no member begins where the zip directory says", name);
    int32_t same =
        ddni_little(local + 26, 2) == (int64_t)length && ddni_little(local + 8, 2) == e->method;
    if (same) {
        DDNI_TRY(ddni_plain_at(ctx, file, e->offset + LOCAL, again, (int64_t)length));
        same = memcmp(again, e->name, length) == 0;
    }
    DDNI_CHECK(ctx, same, DDN_E_FORMAT,
               "%s: the zip directory and the member contradict each other", name);
    return DDN_OK;
}

/* The bytes of a member, inflated where they are deflated. */
static ddn_status open_inner(ddn_context *ctx, ddni_source *file, const entry *e, int64_t first,
                             ddni_source **out)
{
    ddni_source *slice = NULL;
    DDNI_TRY(ddni_plain_slice(ctx, file, first, e->packed, &slice));
    if (e->method == 0) {
        *out = slice;
        return DDN_OK;
    }
    ddn_status status = ddni_inflate_open(ctx, slice, out);
    if (status != DDN_OK) {
        ddni_source_close(slice);
    }
    return status;
}

static ddn_status open_member(ddn_context *ctx, ddni_source *file, const directory *d, member *m)
{
    int64_t first = 0;
    DDNI_TRY(make_name(ctx, file, &m->e, &m->name));
    m->source.name = m->name;
    m->source.stored = m->e.packed;
    m->source.size = m->source.most = m->left = m->e.size;
    DDNI_TRY(check_member(ctx, file, d, &m->e, m->name, &first));
    DDNI_TRY(open_inner(ctx, file, &m->e, first, &m->inner));
    m->inner->name = m->name;
    DDNI_TRY(ddni_source_begin(ctx, &m->source));
    return ddni_gzip_recognise(m->source.head, m->source.head_count)
               ? ddni_fail(ctx, DDN_E_FORMAT, "%s: compressed twice", m->name)
               : DDN_OK;
}

/* m->e: the member that is wanted; m->beside: that of its labels. */
static ddn_status select_member(ddn_context *ctx, const ddni_source *file, const directory *d,
                                const char *name, int32_t labels, member *m)
{
    const ddni_names names = {file->name, "x.npz", without_arrays(d), d, next_name};
    int32_t more;
    int64_t at = 0, beside = -1;
    while ((more = next_entry(d, &at, &m->e)) == 1) {
        DDNI_TRY(ddni_poll(ctx));
    }
    DDNI_CHECK(ctx, more == 0, DDN_E_FORMAT, "%s: the directory of the zip archive is damaged",
               file->name);
    if (name != NULL) {
        DDNI_TRY(ddni_names_find(ctx, &names, name, &at));
    } else {
        DDNI_TRY(ddni_names_choose(ctx, &names, labels, &at, &beside));
    }
    next_entry(d, &at, &m->e);
    if (beside >= 0) {
        next_name(d, &beside, m->beside);
    }
    return DDN_OK;
}

ddn_status ddni_zip_open(ddn_context *ctx, ddni_source *file, const char *name, int32_t labels,
                         ddni_source **out)
{
    directory d = {NULL, 0, 0};
    member *m = NULL;
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "a member of an archive", 1, sizeof *m, &m));
    m->source.kind = &MEMBER;
    m->source.allocator = *ddni_context_allocator(ctx);
    DDNI_TRY_GOTO(read_directory(ctx, file, &d), fail);
    DDNI_TRY_GOTO(select_member(ctx, file, &d, name, labels, m), fail);
    DDNI_TRY_GOTO(open_member(ctx, file, &d, m), fail);
    m->source.labels = m->beside[0] != '\0' ? m->beside : NULL;
    m->source.whence = "the member beside it";
    m->file = file;
    *out = &m->source;
fail:
    ddni_free(ddni_context_allocator(ctx), d.bytes);
    if (status != DDN_OK) {
        member_close(&m->source);
    }
    return status;
}

/* CIFAR binary batches: records of one label byte (CIFAR-10) or two (CIFAR-100: coarse, fine) and
 * 3072 pixel bytes. The records are kept as they are: labels are the padding before each row. */
#include "base/check.h"
#include "dataset/formats/format.h"

enum {
    PIXELS = 3 * 32 * 32,
    LAST_LABEL = 9,
    LAST_COARSE = 19,
    LAST_FINE = 99
};

static int32_t is_records(int64_t lead, int64_t count, int64_t size)
{
    return size > 0 && size % (lead + PIXELS) == 0 && count >= lead;
}

static int32_t cifar10_probe(const uint8_t *head, int64_t count, int64_t size)
{
    return is_records(1, count, size) && head[0] <= LAST_LABEL ? DDNI_PROBE_LIKELY : DDNI_PROBE_NO;
}

static int32_t cifar100_probe(const uint8_t *head, int64_t count, int64_t size)
{
    return is_records(2, count, size) && head[0] <= LAST_COARSE && head[1] <= LAST_FINE
               ? DDNI_PROBE_LIKELY
               : DDNI_PROBE_NO;
}

static ddn_status describe_records(ddn_context *ctx, const ddni_source *s, const char *name,
                                   ddni_numbers *a)
{
    int64_t record = a->lead + PIXELS;
    DDNI_CHECK(ctx, s->size >= 0, DDN_E_FORMAT,
               "%s: compressed, and %s records are counted by the size of the file", s->name, name);
    DDNI_CHECK(ctx, s->size % record == 0, DDN_E_FORMAT,
               "%s: %lld bytes are no whole number of %s records of %lld bytes", s->name,
               (long long)s->size, name, (long long)record);
    a->promise = "the records need";
    a->type[0] = 'u';
    a->type[1] = '1';
    a->kind = 'u';
    a->size = 1;
    a->axes = 4;
    a->n = s->size / record;
    a->shape[0] = a->n;
    a->shape[1] = 3;
    a->shape[2] = a->shape[3] = 32;
    a->d = PIXELS;
    return DDN_OK;
}

static ddn_status cifar10_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    *a = (ddni_numbers){.lead = 1, .label_at = 0, .label_most = LAST_LABEL};
    return describe_records(ctx, s, "CIFAR-10", a);
}

static ddn_status cifar100_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    *a = (ddni_numbers){.lead = 2, .label_at = 1, .label_most = LAST_FINE};
    return describe_records(ctx, s, "CIFAR-100", a);
}

static ddn_status coarse_describe(ddn_context *ctx, ddni_source *s, ddni_numbers *a)
{
    *a = (ddni_numbers){.lead = 2, .label_at = 0, .label_most = LAST_COARSE};
    return describe_records(ctx, s, "CIFAR-100", a);
}

const ddni_file_format ddni_cifar10 = {DDN_FORMAT_CIFAR10, cifar10_probe, cifar10_describe, 0, 1};
const ddni_file_format ddni_cifar100 = {DDN_FORMAT_CIFAR100, cifar100_probe, cifar100_describe, 0,
                                        1};
const ddni_file_format ddni_cifar100_coarse = {DDN_FORMAT_CIFAR100_COARSE, cifar100_probe,
                                               coarse_describe, 0, 1};

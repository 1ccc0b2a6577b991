/* CIFAR-10 binary batches: records of one label byte and 3072 pixel bytes. The records are kept as
 * they are: the label is the padding before each row. */
#include "base/check.h"
#include "base/progress.h"
#include "dataset/formats/format.h"
#include "dataset/formats/numbers.h"

enum {
    PIXELS = 3 * 32 * 32,
    RECORD = 1 + PIXELS,
    LAST_LABEL = 9
};

static int32_t cifar_probe(const uint8_t *head, int64_t count, int64_t size)
{
    return size > 0 && size % RECORD == 0 && count > 0 && head[0] <= LAST_LABEL ? DDNI_PROBE_LIKELY
                                                                                : DDNI_PROBE_NO;
}

static ddn_status take_labels(ddn_context *ctx, const ddni_source *s, const ddn_dataset *points,
                              int32_t *label)
{
    const uint8_t *pixels = points->data;
    for (int64_t i = 0; i < points->n; i++) {
        DDNI_TRY(ddni_poll(ctx));
        label[i] = pixels[i * RECORD - 1];
        DDNI_CHECK(ctx, label[i] <= LAST_LABEL, DDN_E_FORMAT,
                   "%s: record %lld has label %d, CIFAR-10 has 0 to %d", s->name, (long long)i,
                   (int)label[i], LAST_LABEL);
    }
    return DDN_OK;
}

static ddn_status cifar_open(ddn_context *ctx, ddni_source *s, ddn_dataset **out)
{
    DDNI_CHECK(ctx, s->size >= 0, DDN_E_FORMAT,
               "%s: compressed, and CIFAR-10 records are counted by the size of the file", s->name);
    DDNI_CHECK(ctx, s->size % RECORD == 0, DDN_E_FORMAT,
               "%s: %lld bytes are no whole number of CIFAR-10 records of %d bytes", s->name,
               (long long)s->size, RECORD);
    const ddni_numbers records = {"the records need", 'u', 1, 2, s->size / RECORD, PIXELS, 1};
    ddn_dataset *points = NULL;
    int32_t *label = NULL;
    ddn_status status;
    DDNI_TRY(ddni_numbers_points(ctx, s, &records, &points));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", points->n, sizeof *label, &label), fail);
    DDNI_TRY_GOTO(take_labels(ctx, s, points, label), fail);
    status = ddni_dataset_with_labels(ctx, points, label, out);
fail:
    ddni_free(ddni_context_allocator(ctx), label);
    ddn_dataset_destroy(points);
    return status;
}

const ddni_file_format ddni_cifar = {DDN_FORMAT_CIFAR10, cifar_probe, cifar_open, NULL, 1};

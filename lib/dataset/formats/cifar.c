/* CIFAR-10 binary batches: records of one label byte and 3072 pixel bytes. The records are mapped
 * as they are: the label is the padding of the row before it. */
#include "base/check.h"
#include "dataset/formats/file.h"

enum {
    PIXELS = DDNI_CIFAR_RECORD - 1,
    LAST_LABEL = 9
};

static ddn_status take_labels(ddn_context *ctx, const ddni_file *f, const ddn_dataset *points,
                              int32_t *label)
{
    const uint8_t *pixels = points->data;
    for (int64_t i = 0; i < points->n; i++) {
        label[i] = pixels[i * DDNI_CIFAR_RECORD - 1];
        DDNI_CHECK(ctx, label[i] <= LAST_LABEL, DDN_E_FORMAT,
                   "%s: record %lld has label %d, CIFAR-10 has 0 to %d", f->name, (long long)i,
                   (int)label[i], LAST_LABEL);
    }
    return DDN_OK;
}

ddn_status ddni_cifar_open(ddn_context *ctx, const ddni_file *f, ddn_dataset **out)
{
    DDNI_CHECK(ctx, f->bytes % DDNI_CIFAR_RECORD == 0, DDN_E_FORMAT,
               "%s: %lld bytes are no whole number of CIFAR-10 records of %d bytes", f->name,
               (long long)f->bytes, DDNI_CIFAR_RECORD);
    int64_t n = f->bytes / DDNI_CIFAR_RECORD;
    ddn_dataset *points = NULL;
    int32_t *label = NULL;
    ddn_status status;
    DDNI_TRY(ddni_file_map(ctx, f, 1, DDN_TYPE_U8, n, PIXELS, DDNI_CIFAR_RECORD, &points));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", n, sizeof *label, &label), fail);
    DDNI_TRY_GOTO(take_labels(ctx, f, points, label), fail);
    status = ddni_dataset_with_labels(ctx, points, label, out);
fail:
    ddni_free(ddni_context_allocator(ctx), label);
    ddn_dataset_destroy(points);
    return status;
}

/* Labels: the table of distinct values and the calls that read it. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/sort.h"
#include "dataset/storage.h"

void ddni_labels_release(ddni_labels *l)
{
    ddni_drop(l, DDNI_LABELS);
}

static int compare_values(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int32_t index_of(const int32_t *value, int64_t classes, int32_t wanted)
{
    const int32_t *hit = bsearch(&wanted, value, (size_t)classes, sizeof *value, compare_values);
    return hit != NULL ? (int32_t)(hit - value) : -1;
}

static void finish_labels(void *object)
{
    ddni_labels *l = object;
    const ddni_allocator *al = &l->handle.allocator;
    ddni_free(al, l->label);
    ddni_free(al, l->class_index);
    ddni_free(al, l->value);
    ddni_free(al, l->count);
}

ddn_status ddni_labels_create(ddn_context *ctx, const int32_t *label, int64_t n, ddni_labels **out)
{
    ddn_status status;
    *out = NULL;
    ddni_labels *l = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_LABELS, sizeof *l, finish_labels, &l));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", n, sizeof *l->label, &l->label), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class indices", n, sizeof *l->class_index, &l->class_index),
                  fail);
    l->n = n;
    memcpy(l->label, label, (size_t)n * sizeof *label);
    /* class_index first serves as the place where the labels are sorted. */
    int32_t *sorted = l->class_index;
    memcpy(sorted, label, (size_t)n * sizeof *label);
    ddni_sort_i32(sorted, n);
    int64_t classes = 0;
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[classes - 1]) {
            sorted[classes++] = sorted[i];
        }
    }
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class values", classes, sizeof *l->value, &l->value), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class counts", classes, sizeof *l->count, &l->count), fail);
    l->classes = classes;
    memcpy(l->value, sorted, (size_t)classes * sizeof *sorted);
    for (int64_t i = 0; i < n; i++) {
        l->class_index[i] = index_of(l->value, classes, label[i]);
        l->count[l->class_index[i]]++;
    }
    *out = l;
    return DDN_OK;
fail:
    ddni_labels_release(l);
    return status;
}

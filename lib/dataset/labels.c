/* Labels: the table of distinct values and the calls that read it. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/progress.h"
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
    ddni_free(al, l->group_share);
    if (l->group_index != l->class_index) {
        ddni_free(al, l->group_index);
    }
}

ddn_status ddni_labels_new(ddn_context *ctx, ddni_labels **out)
{
    return ddni_handle_create(ctx, DDNI_LABELS, sizeof **out, finish_labels, out);
}

enum {
    PIECE = 1 << 16 /* labels sorted between two looks */
};

/* From *count ascending values to those without repetitions. */
static void drop_repetitions(int32_t *value, int64_t *count)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < *count; i++) {
        if (i == 0 || value[i] != value[kept - 1]) {
            value[kept++] = value[i];
        }
    }
    *count = kept;
}

/* The distinct values among label[n], ascending, to value[n]: piece by piece, each of which joins
 * those of the pieces before it. piece[PIECE] is scratch. */
static ddn_status distinct(ddn_context *ctx, const int32_t *label, int64_t n, int32_t *piece,
                           int32_t *value, int64_t *count)
{
    *count = 0;
    for (int64_t first = 0; first < n; first += PIECE) {
        int64_t size = n - first < PIECE ? n - first : PIECE, old = *count, fresh = 0;
        DDNI_TRY(ddni_poll(ctx));
        memcpy(piece, label + first, (size_t)size * sizeof *label);
        ddni_sort_i32(piece, size);
        drop_repetitions(piece, &size);
        for (int64_t i = 0; i < size; i++) {
            if (index_of(value, old, piece[i]) < 0) {
                piece[fresh++] = piece[i];
            }
        }
        *count = old + fresh;
        for (int64_t i = old, j = fresh; j > 0;) { /* the largest first: none is overwritten */
            int32_t *to = value + i + j - 1;
            *to = i > 0 && value[i - 1] > piece[j - 1] ? value[--i] : piece[--j];
        }
    }
    return DDN_OK;
}

ddn_status ddni_labels_create(ddn_context *ctx, const int32_t *label, int64_t n, ddni_labels **out)
{
    ddn_status status;
    *out = NULL;
    int32_t *piece = NULL;
    ddni_labels *l = NULL;
    DDNI_TRY(ddni_labels_new(ctx, &l));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", n, sizeof *l->label, &l->label), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class indices", n, sizeof *l->class_index, &l->class_index),
                  fail);
    l->n = n;
    memcpy(l->label, label, (size_t)n * sizeof *label);
    int32_t *sorted = l->class_index; /* there is room for them */
    int64_t classes = 0;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", n < PIECE ? n : PIECE, sizeof *piece, &piece),
                  fail);
    DDNI_TRY_GOTO(distinct(ctx, label, n, piece, sorted, &classes), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class values", classes, sizeof *l->value, &l->value), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "class counts", classes, sizeof *l->count, &l->count), fail);
    l->classes = classes;
    memcpy(l->value, sorted, (size_t)classes * sizeof *sorted);
    for (int64_t i = 0; i < n; i++) {
        DDNI_TRY_GOTO(ddni_poll(ctx), fail);
        l->class_index[i] = index_of(l->value, classes, label[i]);
        l->count[l->class_index[i]]++;
    }
    l->groups = classes;
    l->group_index = l->class_index;
    *out = l;
    l = NULL;
fail:
    ddni_free(ddni_context_allocator(ctx), piece);
    ddni_labels_release(l);
    return status;
}

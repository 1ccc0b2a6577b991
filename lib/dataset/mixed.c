/* Labels of which a point may have several, each with a probability: groups of points with the same
 * distribution. theory.md (25). */
#include "dataset/mixed.h"

#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "dataset/copies.h"
#include "dataset/storage.h"

/* What labels are made from. */
typedef struct mixer {
    ddn_context *ctx;
    const ddni_label_mix *from;
    uint64_t *digest;        /* [groups] of the rows of shares */
    int64_t *first;          /* [groups] the lowest with the same shares */
    int64_t *number;         /* [groups] among the new groups, by first use; -1: not used */
    int64_t *place;          /* [classes] among the new classes; -1: not used */
    int32_t *label;          /* [n] the most probable */
    int64_t groups, classes; /* new ones */
    int32_t pure;            /* each point has one label */
} mixer;

static const double *shares_of(const mixer *m, int64_t group)
{
    return m->from->share + group * m->from->classes;
}

static int32_t same_shares(const void *what, int64_t i, int64_t j)
{
    const mixer *m = what;
    return memcmp(shares_of(m, i), shares_of(m, j), (size_t)m->from->classes * sizeof(double)) == 0;
}

static void free_all(mixer *m)
{
    const ddni_allocator *al = ddni_context_allocator(m->ctx);
    ddni_free(al, m->digest);
    ddni_free(al, m->first);
    ddni_free(al, m->number);
    ddni_free(al, m->place);
    ddni_free(al, m->label);
}

/* Equal distributions are one group, numbered in the order in which points use them. */
static ddn_status number_groups(mixer *m)
{
    const ddni_label_mix *from = m->from;
    for (int64_t g = 0; g < from->groups; g++) {
        double sum = 0, *share = from->share + g * from->classes;
        for (int64_t c = 0; c < from->classes; c++) {
            sum += share[c];
        }
        for (int64_t c = 0; c < from->classes && sum > 0; c++) {
            share[c] /= sum;
        }
        DDNI_TRY(ddni_poll(m->ctx));
        m->digest[g] = DDNI_DIGEST_OF(share, from->classes);
        m->number[g] = -1;
    }
    DDNI_TRY(ddni_find_firsts(m->ctx, from->groups, m->digest, same_shares, m, m->first));
    for (int64_t i = 0; i < from->n; i++) {
        int64_t *number = &m->number[m->first[from->group[i]]];
        *number = *number < 0 ? m->groups++ : *number;
    }
    return DDN_OK;
}

/* The most probable label of each point, the lowest in a tie; and the classes that occur. */
static void find_labels(mixer *m)
{
    const ddni_label_mix *from = m->from;
    m->pure = 1;
    for (int64_t c = 0; c < from->classes; c++) {
        m->place[c] = -1;
    }
    for (int64_t g = 0; g < from->groups; g++) {
        const double *share = shares_of(m, g);
        int64_t best = 0, kinds = 0;
        for (int64_t c = 0; c < from->classes; c++) {
            best = share[c] > share[best] ? c : best;
            if (m->number[g] >= 0 && share[c] > 0) {
                m->place[c] = 0;
                kinds++;
            }
        }
        m->pure &= kinds <= 1;
        m->digest[g] = (uint64_t)best; /* done with digests */
    }
    for (int64_t c = 0; c < from->classes; c++) {
        m->place[c] = m->place[c] < 0 ? -1 : m->classes++;
    }
    for (int64_t i = 0; i < from->n; i++) {
        m->label[i] = from->value[m->digest[m->first[from->group[i]]]];
    }
}

/* Takes over the label and fills in the rest. */
static ddn_status fill(mixer *m, ddni_labels *l)
{
    const ddni_label_mix *from = m->from;
    int64_t n = from->n;
    DDNI_TRY(ddni_alloc_for(m->ctx, "labels", n, sizeof *l->label, &l->label));
    DDNI_TRY(ddni_alloc_for(m->ctx, "class indices", n, sizeof *l->class_index, &l->class_index));
    DDNI_TRY(ddni_alloc_for(m->ctx, "label groups", n, sizeof *l->group_index, &l->group_index));
    DDNI_TRY(ddni_alloc_for(m->ctx, "class values", m->classes, sizeof *l->value, &l->value));
    DDNI_TRY(ddni_alloc_for(m->ctx, "class counts", m->classes, sizeof *l->count, &l->count));
    DDNI_TRY(ddni_alloc_for(m->ctx, "label groups", m->groups,
                            m->classes * (int64_t)sizeof *l->group_share, &l->group_share));
    l->n = n;
    l->classes = m->classes;
    l->groups = m->groups;
    memcpy(l->label, m->label, (size_t)n * sizeof *l->label);
    for (int64_t c = 0; c < from->classes; c++) {
        if (m->place[c] >= 0) {
            l->value[m->place[c]] = from->value[c];
        }
    }
    for (int64_t g = 0; g < from->groups; g++) {
        for (int64_t c = 0; m->number[g] >= 0 && c < from->classes; c++) {
            if (m->place[c] >= 0) {
                l->group_share[m->number[g] * l->classes + m->place[c]] = shares_of(m, g)[c];
            }
        }
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t g = m->first[from->group[i]];
        l->group_index[i] = (int32_t)m->number[g];
        l->class_index[i] = (int32_t)m->place[m->digest[g]];
        l->count[l->class_index[i]]++;
    }
    return DDN_OK;
}

ddn_status ddni_labels_create_mixed(ddn_context *ctx, const ddni_label_mix *from, ddni_labels **out)
{
    *out = NULL;
    ddn_status status;
    mixer m = {.ctx = ctx, .from = from};
    ddni_labels *l = NULL;
    int64_t g = from->groups, c = from->classes;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "label groups", g, sizeof *m.digest, &m.digest), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "label groups", g, sizeof *m.first, &m.first), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "label groups", g, sizeof *m.number, &m.number), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "classes", c, sizeof *m.place, &m.place), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "labels", from->n, sizeof *m.label, &m.label), fail);
    DDNI_TRY_GOTO(number_groups(&m), fail);
    find_labels(&m);
    if (m.pure) {
        status = ddni_labels_create(ctx, m.label, from->n, out);
        goto fail;
    }
    DDNI_TRY_GOTO(ddni_labels_new(ctx, &l), fail);
    DDNI_TRY_GOTO(fill(&m, l), fail);
    *out = l;
    l = NULL;
fail:
    ddni_labels_release(l);
    free_all(&m);
    return status;
}

void ddni_label_shares(const ddni_labels *l, int64_t i, double *share)
{
    if (l->group_share != NULL) {
        memcpy(share, l->group_share + (int64_t)l->group_index[i] * l->classes,
               (size_t)l->classes * sizeof *share);
        return;
    }
    memset(share, 0, (size_t)l->classes * sizeof *share);
    share[l->class_index[i]] = 1;
}

ddn_status ddn_dataset_label_shares(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                    int64_t count, double *shares, int64_t lds)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_SET(ctx, ds);
    DDNI_CHECK_INT(ctx, first, 0, ds->n);
    DDNI_CHECK_INT(ctx, count, 0, ds->n - first);
    DDNI_CHECK(ctx, ds->labels != NULL, DDN_E_UNSUPPORTED, "the dataset has no labels");
    DDNI_TRY(ddni_check_matrix(ctx, "shares", shares, count, ds->labels->classes, lds));
    for (int64_t i = 0; i < count; i++) {
        ddni_label_shares(ds->labels, first + i, shares + i * lds);
    }
    return DDN_OK;
}

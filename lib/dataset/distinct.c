/* The distinct points of a set, with the weights of their copies. theory.md (25). */
#include "base/check.h"
#include "base/progress.h"
#include "dataset/copies.h"
#include "dataset/mixed.h"
#include "dataset/storage.h"

/* Copies on their way to one point each. */
typedef struct merger {
    ddn_context *ctx;
    const ddn_dataset *ds;
    int64_t *first; /* [n] lowest copy, then number among the distinct points */
    int64_t *row;   /* [n] of the distinct points */
    double *weight; /* [n] of the distinct points */
    int64_t *group; /* [n] of the distinct points: a group of ds, or one more */
    double *share;  /* [groups][classes] */
    int64_t count;  /* distinct points */
} merger;

/* Rows, weights and numbers of the distinct points. */
static ddn_status merge_points(merger *m)
{
    const ddn_dataset *ds = m->ds;
    DDNI_TRY(ddni_alloc_for(m->ctx, "first copies", ds->n, sizeof *m->first, &m->first));
    DDNI_TRY(ddni_alloc_for(m->ctx, "distinct rows", ds->n, sizeof *m->row, &m->row));
    DDNI_TRY(ddni_alloc_for(m->ctx, "weights", ds->n, sizeof *m->weight, &m->weight));
    DDNI_TRY(ddni_dataset_firsts(m->ctx, ds, m->first));
    for (int64_t i = 0; i < ds->n; i++) {
        if (m->first[i] == i) {
            m->row[m->count] = i;
            m->first[i] = m->count++;
        } else {
            m->first[i] = m->first[m->first[i]]; /* that one has its number */
        }
        m->weight[m->first[i]] += ds->weight == NULL ? 1 : ds->weight[i];
    }
    return DDN_OK;
}

/* The group of each distinct point: that of all its copies, or one of its own. Gives how many
 * groups there are. */
static int64_t find_groups(merger *m)
{
    const ddni_labels *l = m->ds->labels;
    int64_t groups = l->groups;
    for (int64_t k = 0; k < m->count; k++) {
        m->group[k] = l->group_index[m->row[k]];
    }
    for (int64_t i = 0; i < m->ds->n; i++) {
        int64_t *group = &m->group[m->first[i]];
        if (*group < l->groups && *group != l->group_index[i]) {
            *group = groups++;
        }
    }
    return groups;
}

/* The labels of a distinct point are those of its copies, by their weights. */
static ddn_status merge_labels(merger *m, ddni_labels **out)
{
    const ddni_labels *l = m->ds->labels;
    DDNI_TRY(ddni_alloc_for(m->ctx, "label groups", m->count, sizeof *m->group, &m->group));
    int64_t groups = find_groups(m), classes = l->classes;
    if (groups == l->groups) { /* copies agree */
        return ddni_labels_take(m->ctx, l, m->row, m->count, out);
    }
    DDNI_TRY(ddni_alloc_for(m->ctx, "label groups", groups, classes * (int64_t)sizeof *m->share,
                            &m->share));
    for (int64_t g = 0; g < l->groups; g++) {
        for (int64_t c = 0; c < classes; c++) {
            m->share[g * classes + c] =
                l->group_share == NULL ? g == c : l->group_share[g * classes + c];
        }
    }
    for (int64_t i = 0; i < m->ds->n; i++) {
        int64_t g = m->group[m->first[i]];
        double *share = m->share + g * classes,
               weight = m->ds->weight == NULL ? 1 : m->ds->weight[i];
        DDNI_TRY(ddni_poll(m->ctx));
        for (int64_t c = 0; g >= l->groups && c < classes; c++) {
            share[c] += weight * m->share[(int64_t)l->group_index[i] * classes + c];
        }
    }
    ddni_label_mix from = {m->count, groups, classes, m->group, l->value, m->share};
    return ddni_labels_create_mixed(m->ctx, &from, out);
}

static ddn_status build(merger *m, ddn_dataset **out)
{
    ddni_labels *labels = NULL;
    ddni_weights *weights = NULL;
    DDNI_TRY(ddni_weights_create(m->ctx, "weights", m->count, m->weight, &weights));
    ddn_status status = m->ds->labels == NULL ? DDN_OK : merge_labels(m, &labels);
    if (status != DDN_OK) {
        ddni_weights_release(weights);
        return status;
    }
    return ddni_dataset_take(m->ctx, m->ds, m->count, m->row, labels, weights, out);
}

ddn_status ddn_dataset_create_distinct(ddn_context *ctx, const ddn_dataset *ds, ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_SET(ctx, ds);
    merger m = {.ctx = ctx, .ds = ds};
    ddn_status status;
    DDNI_TRY_GOTO(merge_points(&m), fail);
    status = m.count == ds->n ? ddni_dataset_derive(ctx, ds, out) : build(&m, out);
fail:;
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free(al, m.first);
    ddni_free(al, m.row);
    ddni_free(al, m.weight);
    ddni_free(al, m.group);
    ddni_free(al, m.share);
    return status;
}

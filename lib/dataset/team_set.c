/* Datasets over a team: the union of the ranks' rows, in rank order. Numbers of the whole set are
 * merged from those of the parts in rank order, so that all ranks get the same bits. With moments.c
 * one thing in two files: a set over a team asks for those of its part. */
#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "dataset/team_set.h"
#include "numerics/vector.h"
#include "team/team_impl.h"

enum {
    READ = 256 /* rows that go round at once */
};

/* What the ranks must know of each other's parts. */
typedef struct facts {
    int64_t n, d, type, labelled;
    double scale, shift;
} facts;

/* Refuses parts that do not make one set; the same on all ranks. */
static ddn_status check_facts(ddn_context *ctx, const ddn_team *team, const facts *all)
{
    for (int64_t r = 1; r < team->size; r++) {
        const facts *a = &all[0], *b = &all[r];
        DDNI_CHECK(ctx, a->d == b->d, DDN_E_SHAPE,
                   "the points of rank %lld have d = %lld, those of rank 0 %lld", (long long)r,
                   (long long)b->d, (long long)a->d);
        DDNI_CHECK(ctx, a->type == b->type, DDN_E_SHAPE,
                   "the points of rank %lld are %s, those of rank 0 %s", (long long)r,
                   ddni_type_name((ddn_type)b->type), ddni_type_name((ddn_type)a->type));
        DDNI_CHECK(ctx,
                   ddni_bits(a->scale) == ddni_bits(b->scale) &&
                       ddni_bits(a->shift) == ddni_bits(b->shift),
                   DDN_E_SHAPE,
                   "the points of rank %lld are %.17g times the stored numbers and %.17g, those of "
                   "rank 0 %.17g times and %.17g",
                   (long long)r, b->scale, b->shift, a->scale, a->shift);
        DDNI_CHECK(ctx, a->labelled == b->labelled, DDN_E_SHAPE, "rank %lld has %s, rank 0 %s",
                   (long long)r, b->labelled ? "labels" : "no labels",
                   a->labelled ? "has some" : "has none");
    }
    return DDN_OK;
}

static ddn_status check_part(ddn_context *ctx, const ddn_dataset *part)
{
    DDNI_CHECK(ctx, part->weight == NULL, DDN_E_UNSUPPORTED,
               "the part has weights: give them to the set over the team "
               "(ddn_dataset_create_weighted)");
    DDNI_CHECK(ctx, part->labels == NULL || part->labels->group_share == NULL, DDN_E_UNSUPPORTED,
               "the part has points with several labels: make one of distinct points of the set "
               "over the team (ddn_dataset_create_distinct)");
    return DDN_OK;
}

/* Learns what all parts are, and takes over what they have in common; the set's own part knows how
 * many rows are before it. */
static ddn_status learn_parts(ddn_context *ctx, const ddn_dataset *part, ddn_dataset *ds)
{
    ddn_team *team = ds->team;
    const facts own = {part->n,     part->d,    part->type, part->labels != NULL,
                       part->scale, part->shift};
    facts *all = NULL;
    ddn_status status = ddni_alloc_for(ctx, "parts", team->size, sizeof *all, &all);
    if (status == DDN_OK) {
        status = ddni_dataset_derive(ctx, part, &ds->part);
    }
    status = ddni_team_collect(ctx, team, status, 0, NULL, sizeof own, &own, all);
    if (status == DDN_OK) {
        status = check_facts(ctx, team, all);
    }
    for (int64_t r = 0; status == DDN_OK && r < team->size; r++) {
        ds->begin[r + 1] = ds->begin[r] + all[r].n;
        status = ddni_check_shape(ctx, "the points of all ranks", DDN_E_RANGE, part->type,
                                  ds->begin[r + 1], part->d);
    }
    if (status == DDN_OK) {
        ds->part->before = ds->begin[team->rank];
    }
    ds->n = ds->begin[team->size];
    ds->d = ds->ld = part->d;
    ds->type = part->type;
    ddni_dataset_set_map(ds, part->scale, part->shift);
    ddni_free(ddni_context_allocator(ctx), all);
    return status;
}

static ddn_status gather_labels(ddn_context *ctx, ddn_dataset *ds)
{
    int32_t *label = NULL;
    if (ds->part->labels == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "labels", ds->n, sizeof *label, &label));
    ddn_status status = ddni_team_collect(ctx, ds->team, DDN_OK, 0, ds->begin, sizeof *label,
                                          ds->part->labels->label, label);
    if (status == DDN_OK) {
        status = ddni_labels_create(ctx, label, ds->n, &ds->labels);
    }
    ddni_free(ddni_context_allocator(ctx), label);
    return status;
}

/* The set of these parts, without labels and weights. */
static ddn_status join(ddn_context *ctx, ddn_team *team, const ddn_dataset *part, ddn_dataset **out)
{
    ddn_dataset *ds = NULL;
    ddn_status status;
    DDNI_TRY(ddni_dataset_new(ctx, &ds));
    ddni_retain(team);
    ds->team = team;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "parts", team->size + 1, sizeof *ds->begin, &ds->begin),
                  fail);
    DDNI_TRY_GOTO(learn_parts(ctx, part, ds), fail);
    ddni_team_bind(ds, team);
    *out = ds;
    return DDN_OK;
fail:
    ddn_dataset_destroy(ds);
    return status;
}

ddn_status ddn_dataset_create_team(ddn_context *ctx, ddn_team *team, const ddn_dataset *part,
                                   ddn_dataset **out)
{
    DDNI_ENTER(ctx);
    DDNI_CLEAR(out);
    DDNI_CHECK_PTR(ctx, team); /* first: the other ranks are told of what follows */
    DDNI_CHECK_PTR(ctx, out);
    DDNI_CHECK_PTR(ctx, part);
    DDNI_TRY(check_part(ctx, part));
    ddn_dataset *ds = NULL;
    DDNI_TRY(join(ctx, team, part, &ds));
    ddn_status status = gather_labels(ctx, ds);
    if (status != DDN_OK) {
        ddn_dataset_destroy(ds);
        return status;
    }
    *out = ds;
    return DDN_OK;
}

/* ---- of one another ---- */

ddn_status ddni_team_remake(ddn_context *ctx, const ddn_dataset *ds, ddn_status mine,
                            ddni_team_made *made, ddn_dataset **out)
{
    ddn_status status = ddni_team_agree(ctx, ds->team, mine, made->digest, NULL);
    if (status == DDN_OK) {
        status = join(ctx, ds->team, made->part, out);
    }
    if (status == DDN_OK) {
        (*out)->labels = made->labels;
        ddni_dataset_set_weights(*out, made->weights);
    } else {
        ddni_labels_release(made->labels);
        ddni_weights_release(made->weights);
    }
    ddn_dataset_destroy(made->part);
    return status;
}

ddn_status ddni_team_remake_part(ddn_context *ctx, const ddn_dataset *ds, ddn_status mine,
                                 ddn_dataset *part, uint64_t digest, ddn_dataset **out)
{
    ddni_team_made made = {part, ddni_labels_shared(ds), ddni_weights_shared(ds), digest};
    return ddni_team_remake(ctx, ds, mine, &made, out);
}

/* The labels of `count` points from `first` on. */
static ddn_status slice_labels(ddn_context *ctx, const ddni_labels *from, int64_t first,
                               int64_t count, ddni_labels **out)
{
    int64_t *rows = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "labels of a part", count, sizeof *rows, &rows));
    for (int64_t i = 0; i < count; i++) {
        rows[i] = first + i;
    }
    ddn_status status = ddni_labels_take(ctx, from, rows, count, out);
    ddni_free(ddni_context_allocator(ctx), rows);
    return status;
}

ddn_status ddni_team_dress(ddn_context *ctx, const ddni_team_made *made, int64_t first)
{
    ddn_dataset *part = made->part;
    ddni_labels *labels = NULL;
    ddni_weights *weights = NULL;
    if (made->weights != NULL) {
        DDNI_TRY(ddni_weights_create(ctx, "weights", part->n, made->weights->pi + first, &weights));
    }
    ddn_status status =
        made->labels == NULL ? DDN_OK : slice_labels(ctx, made->labels, first, part->n, &labels);
    if (status != DDN_OK) {
        ddni_weights_release(weights);
        return status;
    }
    ddni_labels_release(part->labels);
    part->labels = labels;
    ddni_dataset_set_weights(part, weights);
    return DDN_OK;
}

ddn_status ddni_team_relabel(ddn_context *ctx, const ddn_dataset *ds, ddni_labels *labels,
                             ddni_weights *weights, uint64_t digest, ddn_dataset **out)
{
    ddni_team_made made = {NULL, labels, weights, digest};
    ddn_status status = ddni_dataset_derive(ctx, ds->part, &made.part);
    if (status == DDN_OK) {
        status = ddni_team_dress(ctx, &made, ds->begin[ds->team->rank]);
    }
    return ddni_team_remake(ctx, ds, status, &made, out);
}

const ddn_team *ddn_dataset_team(const ddn_dataset *ds)
{
    return DDNI_IS(ds) ? ds->team : NULL;
}

int64_t ddni_team_owner(const ddn_dataset *ds, int64_t row)
{
    int64_t low = 0, high = ds->team->size - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (row < ds->begin[middle + 1]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* How many of the rows each rank has, as begin[ranks + 1]; this rank's of them into mine. */
static void take_own(const ddn_dataset *ds, int64_t m, const int64_t *index, int64_t *begin,
                     double *mine)
{
    int64_t rank = ds->team->rank, count = 0;
    for (int64_t i = 0; i < m; i++) {
        int64_t owner = ddni_team_owner(ds, index[i]);
        begin[owner + 1]++;
        if (owner == rank) {
            ddni_dataset_rows(ds->part, index[i] - ds->begin[rank], 1, mine + count * ds->d, ds->d);
            count++;
        }
    }
    for (int64_t r = 0; r < ds->team->size; r++) {
        begin[r + 1] += begin[r];
    }
}

ddn_status ddni_team_rows(ddn_context *ctx, const ddn_dataset *ds, int64_t m, const int64_t *index,
                          double *x, int64_t ldx)
{
    ddn_status status;
    int64_t *begin = NULL;
    double *mine = NULL, *sorted = NULL;
    const int64_t row = ds->d * (int64_t)sizeof *x, ranks = ds->team->size;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "ranks", ranks + 1, sizeof *begin, &begin), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "rows", m, row, &mine), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "rows", m, row, &sorted), fail);
    DDNI_TRY_GOTO(ddni_dataset_unchanged(ctx, ds->part), fail);
    take_own(ds, m, index, begin, mine);
    DDNI_TRY_GOTO(ddni_team_collect(ctx, ds->team, DDN_OK, DDNI_DIGEST_OF(index, m), begin, row,
                                    mine, sorted),
                  fail);
    for (int64_t i = 0; i < m; i++) {
        int64_t from = begin[ddni_team_owner(ds, index[i])]++;
        memcpy(x + i * ldx, sorted + from * ds->d, (size_t)row);
    }
fail:
    ddni_free(ddni_context_allocator(ctx), sorted);
    ddni_free(ddni_context_allocator(ctx), mine);
    ddni_free(ddni_context_allocator(ctx), begin);
    return status;
}

ddn_status ddni_team_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                          double *out, int64_t ldo)
{
    int64_t index[READ];
    for (int64_t at = 0; at < count; at += READ) {
        int64_t rows = count - at < READ ? count - at : READ;
        for (int64_t i = 0; i < rows; i++) {
            index[i] = first + at + i;
        }
        DDNI_TRY(ddni_team_rows(ctx, ds, rows, index, out + at * ldo, ldo));
    }
    return DDN_OK;
}

/* Whether this rank's of the rows are in the range of float. */
static ddn_status check_own_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                int64_t count)
{
    const int64_t begin = ds->begin[ds->team->rank], end = begin + ds->part->n;
    const int64_t low = first > begin ? first : begin;
    const int64_t high = first + count < end ? first + count : end;
    DDNI_TRY(ddni_dataset_unchanged(ctx, ds->part));
    return low < high ? ddni_check_f32(ctx, ds->part, low - begin, high - low) : DDN_OK;
}

ddn_status ddni_team_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first, int64_t count,
                              float *out, int64_t ldo)
{
    double *x = NULL;
    const int64_t digest[] = {first, count};
    ddn_status status = DDNI_TEAM_ALONE(ctx, check_own_f32(ctx, ds, first, count));
    if (status == DDN_OK) {
        status = ddni_alloc_for(ctx, "rows", count < READ ? count : READ, ds->d * 8, &x);
    }
    status = ddni_team_agree(ctx, ds->team, status, DDNI_DIGEST_OF(digest, 2), NULL);
    for (int64_t at = 0; status == DDN_OK && at < count; at += READ) {
        const int64_t rows = count - at < READ ? count - at : READ;
        status = ddni_team_read(ctx, ds, first + at, rows, x, ds->d);
        for (int64_t i = 0; status == DDN_OK && i < rows; i++) {
            for (int64_t j = 0; j < ds->d; j++) {
                out[(at + i) * ldo + j] = (float)x[i * ds->d + j];
            }
        }
    }
    ddni_free(ddni_context_allocator(ctx), x);
    return status;
}

/* The probability of this rank's points. */
static double share_of_part(const ddn_dataset *ds)
{
    double share = 0;
    if (ds->weight == NULL) {
        return (double)ds->part->n / (double)ds->n;
    }
    for (int64_t i = 0; i < ds->part->n; i++) {
        share += ds->weight[ds->begin[ds->team->rank] + i];
    }
    return share;
}

/* Shares of the mean as differences from point 0: they do not round where points lie close together
 * far from 0, and are 0 where all are equal. */
static ddn_status own_share(ddn_context *ctx, const ddn_dataset *ds, const double *pivot,
                            double *share, double *rest)
{
    const double weight = share_of_part(ds);
    ddn_status status = DDNI_TEAM_ALONE(ctx, ddni_dataset_mean_parts(ctx, ds->part, share, rest));
    for (int64_t j = 0; j < ds->d; j++) {
        share[j] = weight * ((share[j] - pivot[j]) + rest[j]);
    }
    return status;
}

ddn_status ddni_team_mean_parts(ddn_context *ctx, const ddn_dataset *ds, double *mean, double *rest)
{
    ddn_status status;
    const int64_t zero = 0, d = ds->d;
    double *pivot = NULL, *share = NULL;
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "means", d, 3 * sizeof *pivot, &pivot), fail);
    share = pivot + d;
    DDNI_TRY_GOTO(ddni_team_rows(ctx, ds, 1, &zero, pivot, d), fail);
    status = own_share(ctx, ds, pivot, share, share + d);
    DDNI_TRY_GOTO(ddni_team_sum(ctx, ds->team, status, d, share), fail);
    for (int64_t j = 0; j < d; j++) {
        double low;
        ddni_two_parts(pivot[j], share[j], &mean[j], &low);
        if (rest != NULL) {
            rest[j] = low;
        }
    }
fail:
    ddni_free(ddni_context_allocator(ctx), pivot);
    return status;
}

ddn_status ddni_dataset_agree(ddn_context *ctx, const ddn_dataset *ds, uint64_t digest)
{
    return ds->team == NULL ? DDN_OK : ddni_team_agree(ctx, ds->team, DDN_OK, digest, NULL);
}

ddn_status ddni_team_squared_norms(ddn_context *ctx, const ddn_dataset *ds, const double *centre,
                                   double *norms)
{
    double *own = NULL;
    const uint64_t digest = centre == NULL ? 0 : DDNI_DIGEST_OF(centre, ds->d);
    DDNI_TRY(ddni_alloc_for(ctx, "norms", ds->part->n, sizeof *own, &own));
    ddn_status status =
        DDNI_TEAM_ALONE(ctx, ddn_dataset_squared_norms(ctx, ds->part, ds->part->n, centre, own));
    status = ddni_team_collect(ctx, ds->team, status, digest, ds->begin, sizeof *own, own, norms);
    ddni_free(ddni_context_allocator(ctx), own);
    return status;
}

/* The empirical oracle of a dataset over a team: each rank asks its own points about all states,
 * the records go to the rank that merges a state (all-to-all), and come back merged (all-gather),
 * so that all ranks have the same bits. States whose parts compete closer than their logits are
 * good for are asked again, exactly. theory.md (99); doc/design.md, "Teams". With empirical.c
 * one thing in two files: this oracle has one of its part. */
#include "oracle/empirical/team.h"

#include <string.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/progress.h"
#include "base/rng.h"
#include "numerics/vector.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/team_merge.h"
#include "oracle/empirical/ways.h"
#include "team/team_impl.h"

typedef struct team_oracle {
    ddn_oracle base;
    ddni_empirical *own; /* oracle of this rank's points */
    int64_t *class_of;   /* [classes of the part] class in the whole set */
} team_oracle;

/* Buffers of a query; pointers only, but for the scratch of the ways. */
typedef struct buffers {
    double *record, *take; /* [states of whole blocks][width]; [a block, or two][width] */
    double *merged;        /* [width] */
    double *entropy, *square, *rest, *nearest, *second, *trace, *share, *log_p;
    double *x, *v, *anchor, *weight, *uniform, *drawn, *point;
    int64_t *near, *again, *part, *begin, *index;
    ddni_evidence *evidence;
} buffers;

typedef struct scratch {
    buffers b;
    ddni_scratch *first, *again; /* of the ways; trajectories are remembered in the first alone */
} scratch;

static const int64_t BUFFERS = sizeof(buffers) / sizeof(void *);

/* A pass over states: which, and how they are asked. */
typedef struct pass {
    ddn_context *ctx;
    const team_oracle *o;
    scratch *s;
    const ddni_request *rq; /* the caller's */
    const ddni_level *level, *given;
    ddni_records shape;
    int64_t m, ldx, ldv;
    const double *x, *v; /* [m][ldx], [m][ldv] */
    const int64_t *row;  /* [m] rows of the caller's batch; NULL: r */
    int32_t exact;       /* the second pass */
    uint64_t digest;     /* of all that is asked */
} pass;

/* ---- Life ---- */

static void destroy_team(ddn_oracle *oracle)
{
    team_oracle *o = (team_oracle *)oracle;
    ddn_oracle_destroy(o->own == NULL ? NULL : &o->own->base);
    ddni_free(&oracle->handle.allocator, o->class_of);
}

static void buffers_destroy(ddn_context *ctx, void *pointer)
{
    scratch *s = pointer;
    if (s->first != NULL) {
        ddni_scratch_destroy(ctx, s->first);
    }
    if (s->again != NULL) {
        ddni_scratch_destroy(ctx, s->again);
    }
    ddni_free_each(ddni_context_allocator(ctx), &s->b, BUFFERS);
    ddni_free(ddni_context_allocator(ctx), s);
}

static ddn_status buffers_create(ddn_context *ctx, const ddn_oracle *oracle, void **out)
{
    (void)oracle;
    scratch *s = NULL;
    ddn_status status;
    DDNI_TRY(ddni_alloc_for(ctx, "query scratch", 1, sizeof *s, &s));
    DDNI_TRY_GOTO(ddni_scratch_create(ctx, &s->first), fail);
    DDNI_TRY_GOTO(ddni_scratch_create(ctx, &s->again), fail);
    *out = s;
    return DDN_OK;
fail:
    buffers_destroy(ctx, s);
    return status;
}

static int64_t buffers_bytes(const void *pointer)
{
    const scratch *s = pointer;
    return ddni_alloc_bytes_each(&s->b, BUFFERS) + ddni_scratch_bytes(s->first) +
           ddni_scratch_bytes(s->again);
}

/* ---- What a rank knows ---- */

static int32_t wants(const ddni_request *rq, ddn_output what)
{
    return rq->f64[what] != NULL || rq->i64[what] != NULL;
}

/* Ways that the second pass may not use: those that compute in single precision, and for data that
 * are promised 1e-12 all whose logits are no differences. */
static int64_t inexact_ways(const team_oracle *o)
{
    int64_t set = 0;
    for (int64_t i = 0; i < ddni_way_count(); i++) {
        const char *name = ddni_way_name(i);
        if (strcmp(name, "dense_f32") == 0 ||
            (o->base.spread->type == DDN_TYPE_F64 && strncmp(name, "dense", 5) == 0)) {
            set |= INT64_C(1) << i;
        }
    }
    return set;
}

/* What rounding may do to a score beside what one process allows its ways (3e-13 and 5e-6): parts
 * whose errors are of this size make one of the whole set that is larger by a root of two at most.
 */
static const double SCORE_F64 = 4.5e-13, SCORE_OTHERS = 7.5e-6, FLOOR = 0.25;
/* To the log of the sum of a part, which weights follow: beside scores and means half of what is
 * promised, since two of them meet; alone what ways allow themselves then. */
static const double LOGS_F64 = 5e-10, LOGS_OTHERS = 5e-4, LOGS_ALONE_F64 = 3e-10,
                    LOGS_ALONE_OTHERS = 1e-4;

/* What rounding may do to the log of a part's sum. Scores and means are judged by themselves. */
static double allowed_logs(const ddni_request *rq, int32_t f64)
{
    int32_t shows = 0, alone = 1;
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        const int32_t vector = what == DDN_OUT_SCORE || what == DDN_OUT_MEAN ||
                               what == DDN_OUT_TRACE_COV || what == DDN_OUT_COV_TIMES_V;
        alone &= !(vector && wants(rq, what));
        shows |= what != DDN_OUT_SCORE && what != DDN_OUT_MEAN && wants(rq, what);
    }
    return !shows  ? INFINITY
           : alone ? (f64 ? LOGS_ALONE_F64 : LOGS_ALONE_OTHERS)
                   : (f64 ? LOGS_F64 : LOGS_OTHERS);
}

static void set_shape(pass *p)
{
    const ddni_request *rq = p->rq;
    ddni_records *r = &p->shape;
    int64_t d = p->o->base.d, width = DDNI_PART_NUMBERS;
    int32_t cov = wants(rq, DDN_OUT_COV_TIMES_V), trace = cov || wants(rq, DDN_OUT_TRACE_COV);
    *r = (ddni_records){
        .d = d, .classes = p->o->base.classes, .ranks = p->o->base.spread->team->size};
    const int32_t f64 = p->o->base.spread->type == DDN_TYPE_F64;
    r->tolerance = f64 ? SCORE_F64 : SCORE_OTHERS;
    r->floor = FLOOR * (f64 ? 0x1p-53 : 0x1p-24);
    r->logs = allowed_logs(rq, f64);
    r->trace = trace;
    r->rest = wants(rq, DDN_OUT_W_MAX) || wants(rq, DDN_OUT_ONE_MINUS_W_MAX);
    r->epsilon = rq->epsilon;
    r->point_exact = p->exact;
    if (wants(rq, DDN_OUT_CLASS_POSTERIOR)) {
        r->class_at = width;
        width += r->classes;
    }
    if (wants(rq, DDN_OUT_SCORE)) {
        r->score_at = width;
        width += d;
    }
    if (wants(rq, DDN_OUT_MEAN) || trace) {
        r->mean_at = width;
        width += d;
    }
    if (trace) {
        r->rest_at = width;
        width += d;
    }
    if (cov) {
        r->cov_at = width;
        width += d;
    }
    r->width = width; /* of what is merged */
    if (p->exact) {
        r->point_at = width;
        r->width += d;
    }
}

/* States of a block of exchanges: a multiple of the ranks, blocks of one size, 64 MB of records
 * unless there are many ranks. */
static int64_t states_of_exchange(const pass *p)
{
    int64_t most = DDNI_TEAM_BYTES / (p->shape.width * 8 * p->shape.ranks);
    int64_t need = (p->m + p->shape.ranks - 1) / p->shape.ranks;
    most = most < 1 ? 1 : most;
    int64_t blocks = (need + most - 1) / most;
    return (need + blocks - 1) / blocks * p->shape.ranks;
}

/* Two ranks give each other all records: these are as many bytes as shares of them there and back,
 * in one exchange instead of two, and each merges all states, straight into the outputs. */
static int32_t is_pair(const pass *p)
{
    return p->shape.ranks == 2;
}

/* Rows of records: those of all blocks. */
static int64_t rows_of_blocks(const pass *p)
{
    int64_t block = states_of_exchange(p);
    return (p->m + block - 1) / block * block;
}

/* All memory of a pass: nothing may fail between an agreement and its exchanges. */
static ddn_status reserve_pass(const pass *p)
{
    ddn_context *ctx = p->ctx;
    buffers *b = &p->s->b;
    const ddni_records *r = &p->shape;
    int64_t block = states_of_exchange(p), part_classes = p->o->own->base.classes, d = p->o->base.d;
    struct {
        void *where;
        int64_t count, size;
    } need[] = {
        {&b->record, rows_of_blocks(p), r->width * 8},
        {&b->take, is_pair(p) ? 2 * block : block, r->width * 8},
        {&b->merged, 1, r->width * 8},
        {&b->entropy, p->m, 8},
        {&b->square, p->m, 8},
        {&b->rest, p->m, 8},
        {&b->evidence, p->m, sizeof *b->evidence},
        {&b->nearest, p->m, 8},
        {&b->second, p->m, 8},
        {&b->trace, p->m, 8},
        {&b->log_p, p->m, 8},
        {&b->share, p->m, 8 * (part_classes + 1)},
        {&b->anchor, 3 * d, 8},
        {&b->weight, 2 * r->ranks, 8},
        {&b->near, p->m, 8},
        {&b->point, d, 8},
        {&b->again, p->exact ? 1 : p->m, 8},
        {&b->part, p->exact ? 1 : p->m, 8},
        {&b->uniform, p->exact ? 1 : p->m, 8},
    };
    for (size_t i = 0; i < sizeof need / sizeof *need; i++) {
        DDNI_TRY(
            ddni_reserve(ctx, "what ranks exchange", need[i].count, need[i].size, need[i].where));
    }
    return DDN_OK;
}

/* Evaluates a request at states with this rank's points alone. */
static ddn_status evaluate_own(const pass *p, ddni_scratch *ways, const ddni_request *rq,
                               const ddni_batch *batch, ddni_report *report)
{
    ddni_block b = ddni_block_of(p->ctx, p->o->own, rq, p->level, batch);
    return ddni_ways_run(p->ctx, &b, ways, batch->m, report);
}

/* The request that fills records: numbers side by side, vectors in their places. */
static ddni_request request_of(const pass *p)
{
    buffers *b = &p->s->b;
    const ddni_records *r = &p->shape;
    ddni_request rq = {.epsilon = p->rq->epsilon, .forbidden = p->rq->forbidden};
    rq.trajectory = p->exact ? 0 : p->rq->trajectory;
    rq.forbidden |= p->exact ? inexact_ways(p->o) : 0;
    rq.sharp = p->exact;
    rq.evidence = b->evidence;
    /* What asks more of the ways only where it is wanted. */
    rq.f64[DDN_OUT_ONE_MINUS_W_MAX] = wants(p->rq, DDN_OUT_ONE_MINUS_W_MAX) ? b->rest : NULL;
    rq.f64[DDN_OUT_ENTROPY] = wants(p->rq, DDN_OUT_ENTROPY) ? b->entropy : NULL;
    rq.f64[DDN_OUT_SUM_W2] = wants(p->rq, DDN_OUT_SUM_W2) ? b->square : NULL;
    rq.f64[DDN_OUT_LOG_P] = wants(p->rq, DDN_OUT_LOG_P) ? b->log_p : NULL; /* for its digits */
    if (wants(p->rq, DDN_OUT_NEAREST_DISTANCE2) || wants(p->rq, DDN_OUT_SECOND_DISTANCE2)) {
        rq.f64[DDN_OUT_NEAREST_DISTANCE2] = b->nearest;
        rq.f64[DDN_OUT_SECOND_DISTANCE2] = b->second;
        rq.nearest_row = b->near;
    }
    const ddn_output vectors[] = {DDN_OUT_SCORE, DDN_OUT_MEAN, DDN_OUT_COV_TIMES_V};
    const int64_t at[] = {r->score_at, r->mean_at, r->cov_at};
    for (int i = 0; i < 3; i++) {
        rq.f64[vectors[i]] = at[i] > 0 ? b->record + at[i] : NULL;
        rq.ld[vectors[i]] = r->width;
    }
    if (r->trace) {
        rq.f64[DDN_OUT_TRACE_COV] = b->trace;
        rq.mean_rest = b->record + r->rest_at;
    }
    rq.v = p->v;
    rq.ldv = p->ldv;
    if (r->class_at > 0) {
        rq.f64[DDN_OUT_CLASS_POSTERIOR] = b->share;
        rq.ld[DDN_OUT_CLASS_POSTERIOR] = p->o->own->base.classes;
    }
    return rq;
}

/* The log of the part's sum, in two: the logit of its likeliest point, and the rest. Logits of
 * sums of products have errors: with the logit by differences that of the others remains, and where
 * most of the weight is theirs the sum as it is is better, unless ranks compare these points: what
 * all logits have in common, and how it rounds, then is no part of the sum. Where the likeliest
 * point is asked for, its logit is one by differences, so that ranks agree which one it is. */
static void fill_sum(const pass *p, const ddni_kernels *kern, int64_t q, double *record)
{
    const ddni_evidence *e = p->s->b.evidence + q;
    const ddn_dataset *ds = p->o->base.spread;
    const int64_t row = e->posterior.argmax, first = ds->begin[ds->team->rank];
    const double weight = ds->weights == NULL ? 0 : ds->weights->log[first + row];
    const double rest = ddni_posterior_one_minus_w_max(&e->posterior), half = 0.5;
    const int32_t asked = wants(p->rq, DDN_OUT_ARGMAX) || wants(p->rq, DDN_OUT_W_MAX) ||
                          wants(p->rq, DDN_OUT_ONE_MINUS_W_MAX);
    /* Weights of a part are relative to its own number of points. */
    const double own = ds->part->weights == NULL ? 0 : ds->part->weights->log[row];
    const double known = e->posterior.max + (weight - own);
    double logit = known, sum = log1p(e->posterior.rest);
    if (asked || (e->spread > 0 && rest < half)) {
        ddni_point y = ddni_point_at(ds->part, row);
        logit = weight - kern->distance(ds->part->type, p->shape.d, p->x + q * p->ldx, p->level->a,
                                        p->level->a_low, y) /
                             (2 * p->level->s2);
    }
    if (rest >= half && !p->exact) {
        sum += known - logit;
    }
    record[DDNI_PART_LOGIT] = logit;
    record[DDNI_PART_SUM] = sum;
    record[DDNI_PART_WEIGHT] = weight;
    record[DDNI_PART_ARGMAX] = (double)(first + row);
    record[DDNI_PART_ERROR] = ddni_evidence_error(e, rest < half);
    record[DDNI_PART_DRAW] = e->mean / p->level->a;
    if (p->shape.score_at > 0) {
        record[DDNI_PART_DRAW] = e->mean / p->level->s2;
    }
}

/* Bits that equal points share; -0 is 0. */
static double mark_of(double *point, int64_t d)
{
    for (int64_t j = 0; j < d; j++) {
        point[j] += 0.0;
    }
    uint64_t bits = DDNI_DIGEST_OF(point, d) >> 12; /* a small number, not NaN */
    double mark;
    memcpy(&mark, &bits, sizeof mark);
    return mark;
}

/* Puts the numbers of state q into its record. */
static void fill_record(const pass *p, const ddni_kernels *kern, int64_t q)
{
    const buffers *b = &p->s->b;
    const ddni_records *r = &p->shape;
    const ddn_dataset *ds = p->o->base.spread;
    double *record = b->record + q * r->width;
    const int64_t part_classes = p->o->own->base.classes;
    memset(record, 0, DDNI_PART_NUMBERS * sizeof *record);
    fill_sum(p, kern, q, record);
    if (wants(p->rq, DDN_OUT_ENTROPY)) {
        record[DDNI_PART_ENTROPY] = b->entropy[q];
    }
    if (wants(p->rq, DDN_OUT_SUM_W2)) {
        record[DDNI_PART_SQUARE] = b->square[q];
    }
    if (wants(p->rq, DDN_OUT_NEAREST_DISTANCE2) || wants(p->rq, DDN_OUT_SECOND_DISTANCE2)) {
        record[DDNI_PART_NEAREST] = b->nearest[q];
        record[DDNI_PART_SECOND] = b->second[q];
    }
    if (r->trace) {
        record[DDNI_PART_TRACE] = b->trace[q];
    }
    int64_t at = p->row == NULL ? q : p->row[q];
    ddni_draws choice = ddni_draws_of(p->rq->seed, DDNI_USE_DRAW, p->rq->step);
    int32_t draws = wants(p->rq, DDN_OUT_DRAW) || wants(p->rq, DDN_OUT_DRAW_INDEX);
    record[DDNI_PART_UNIFORM] =
        draws ? ddni_draws_uniform(&choice, ddni_request_path(p->rq, at), 0) : 0;
    if (wants(p->rq, DDN_OUT_SECOND_DISTANCE2)) {
        ddni_dataset_rows(ds->part, b->near[q], 1, b->point, r->d);
        record[DDNI_PART_MARK] = mark_of(b->point, r->d);
    }
    if (r->point_at > 0) {
        ddni_dataset_rows(ds->part, b->evidence[q].posterior.argmax, 1, record + r->point_at, r->d);
    }
    if (r->class_at > 0) {
        memset(record + r->class_at, 0, (size_t)r->classes * sizeof *record);
        for (int64_t c = 0; c < part_classes; c++) {
            record[r->class_at + p->o->class_of[c]] = b->share[q * part_classes + c];
        }
    }
}

/* All that this rank knows of the states, and the memory for the exchanges. */
static ddn_status ask_own(const pass *p, ddni_report *report)
{
    DDNI_TRY(reserve_pass(p));
    const ddni_request rq = request_of(p);
    const ddni_batch batch = {p->given, p->m, p->x, p->ldx};
    const ddni_kernels *kern = ddni_context_kernels(p->ctx);
    buffers *b = &p->s->b;
    memset(b->record + p->m * p->shape.width, 0,
           (size_t)((rows_of_blocks(p) - p->m) * p->shape.width) * sizeof *b->record);
    DDNI_TRY(evaluate_own(p, p->exact ? p->s->again : p->s->first, &rq, &batch, report));
    for (int64_t q = 0; q < p->m; q++) {
        DDNI_TRY(ddni_poll(p->ctx));
        fill_record(p, kern, q);
    }
    return DDN_OK;
}

/* ---- Exchanges ---- */

/* Writes the outputs of a state from its merged record; notes whether to ask again, and what is
 * drawn. */
static void write_merged(const pass *p, int64_t q, const double *record)
{
    const ddni_request *rq = p->rq;
    const ddni_records *r = &p->shape;
    const buffers *b = &p->s->b;
    const int64_t row = p->row == NULL ? q : p->row[q], n = p->o->base.spread->n;
    const double rest = record[DDNI_PART_SUM];
    const struct {
        ddn_output what;
        double value;
    } numbers[] = {
        {DDN_OUT_LOG_P, ddni_log_density(record[DDNI_PART_LOGIT], n, r->d, p->level)},
        {DDN_OUT_ENTROPY, record[DDNI_PART_ENTROPY]},
        {DDN_OUT_SUM_W2, record[DDNI_PART_SQUARE]},
        {DDN_OUT_W_MAX, 1 - rest},
        {DDN_OUT_ONE_MINUS_W_MAX, rest},
        {DDN_OUT_TRACE_COV, record[DDNI_PART_TRACE]},
        {DDN_OUT_NEAREST_DISTANCE2, record[DDNI_PART_NEAREST]},
        {DDN_OUT_SECOND_DISTANCE2, record[DDNI_PART_SECOND]},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (rq->f64[numbers[i].what] != NULL) {
            rq->f64[numbers[i].what][row] = numbers[i].value;
        }
    }
    if (rq->i64[DDN_OUT_ARGMAX] != NULL) {
        rq->i64[DDN_OUT_ARGMAX][row] = (int64_t)record[DDNI_PART_ARGMAX];
    }
    const ddn_output vectors[] = {DDN_OUT_SCORE, DDN_OUT_MEAN, DDN_OUT_COV_TIMES_V,
                                  DDN_OUT_CLASS_POSTERIOR};
    const int64_t at[] = {r->score_at, r->mean_at, r->cov_at, r->class_at};
    for (int i = 0; i < 4; i++) {
        if (at[i] > 0 && rq->f64[vectors[i]] != NULL) {
            memcpy(rq->f64[vectors[i]] + row * rq->ld[vectors[i]], record + at[i],
                   (size_t)(i == 3 ? r->classes : r->d) * sizeof *record);
        }
    }
    b->part[row] = (int64_t)record[DDNI_PART_DRAW];
    b->uniform[row] = record[DDNI_PART_UNIFORM];
}

/* Merges the parts of state q, `stride` apart. */
static void merge_records_of(const pass *p, int64_t q, const double *parts, int64_t stride,
                             double *out)
{
    const buffers *b = &p->s->b;
    const ddni_merge_room room = {b->weight, b->weight + p->shape.ranks, b->anchor};
    ddni_records_merge(&p->shape, &room, p->level, p->x + q * p->ldx,
                       p->v == NULL ? NULL : p->v + q * p->ldv, parts, stride, out);
}

/* Merges this rank's share of a block of states that begins with `first`, into out[share][width].
 */
static void merge_share(const pass *p, int64_t first, int64_t share, double *out)
{
    const int64_t width = p->shape.width;
    for (int64_t i = 0; i < share; i++, out += width) {
        int64_t q = first + p->o->base.spread->team->rank * share + i;
        if (q < p->m) {
            merge_records_of(p, q, p->s->b.take + i * width, share * width, out);
        } else {
            memset(out, 0, (size_t)width * sizeof *out);
        }
    }
}

/* Outputs of states `first` and so on; notes which to ask again. */
static void take_merged(const pass *p, int64_t first, int64_t count, const double *merged,
                        int64_t *again)
{
    for (int64_t q = first; q < first + count; q++, merged += p->shape.width) {
        write_merged(p, q, merged);
        if (!p->exact && merged[DDNI_PART_ERROR] > 0) {
            p->s->b.again[(*again)++] = q;
        }
    }
}

/* A block of states with the records `own`: those of every state to the rank that merges it, and
 * what that makes of them to all. Records that have been given are room for what is made of others.
 */
static ddn_status exchange_shares(pass *p, int64_t first, int64_t count, double *own,
                                  int64_t *again)
{
    buffers *b = &p->s->b;
    ddn_team *team = p->o->base.spread->team;
    const int64_t share = states_of_exchange(p) / p->shape.ranks;
    const int64_t bytes = share * p->shape.width * 8;
    DDNI_TRY(ddni_team_alltoall(p->ctx, team, bytes, own, b->take));
    merge_share(p, first, share, own);
    DDNI_TRY(ddni_team_allgather(p->ctx, team, bytes, own, b->take));
    take_merged(p, first, count, b->take, again);
    return DDN_OK;
}

/* The same of two ranks. */
static ddn_status exchange_all(pass *p, int64_t first, int64_t count, const double *own,
                               int64_t *again)
{
    buffers *b = &p->s->b;
    const int64_t width = p->shape.width, numbers = states_of_exchange(p) * width;
    DDNI_TRY(ddni_team_allgather(p->ctx, p->o->base.spread->team, numbers * 8, own, b->take));
    for (int64_t i = 0; i < count; i++) {
        merge_records_of(p, first + i, b->take + i * width, numbers, b->merged);
        take_merged(p, first + i, 1, b->merged, again);
    }
    return DDN_OK;
}

static ddn_status exchange(pass *p, int64_t *again)
{
    const int64_t block = states_of_exchange(p);
    *again = 0;
    for (int64_t first = 0; first < p->m; first += block) {
        int64_t count = p->m - first < block ? p->m - first : block;
        double *own = p->s->b.record + first * p->shape.width;
        DDNI_TRY(is_pair(p) ? exchange_all(p, first, count, own, again)
                            : exchange_shares(p, first, count, own, again));
    }
    return DDN_OK;
}

/* One pass over the states; how many are to be asked again. */
static ddn_status run_pass(pass *p, ddni_report *report, int64_t *again)
{
    ddn_team *team = p->o->base.spread->team;
    ddni_report own = {.touched = 0};
    set_shape(p);
    ddn_status status = DDNI_TEAM_ALONE(p->ctx, ask_own(p, &own));
    const double number[] = {own.dropped, own.touched};
    ddni_report_add_ways(report, &own, ddni_way_count());
    DDNI_TRY(ddni_team_agree(p->ctx, team, status, p->digest, number));
    for (int64_t r = 0; r < team->size; r++) {
        const ddni_team_header *h = &team->headers[r];
        double part = (double)(p->o->base.spread->begin[r + 1] - p->o->base.spread->begin[r]);
        report->dropped = fmax(report->dropped, h->number[0]);
        report->touched += h->number[1] * part / (double)p->o->base.spread->n;
    }
    return exchange(p, again);
}

/* ---- Draws ---- */

/* Draws within this rank's part the states that fell to it: rows of index and point. */
static ddn_status draw_own(const pass *p, int64_t count)
{
    buffers *b = &p->s->b;
    int64_t rank = p->o->base.spread->team->rank, d = p->o->base.d, at = 0;
    ddni_report report = {.touched = 0};
    for (int64_t q = 0; q < p->m; q++) {
        if (b->part[q] == rank) {
            memcpy(b->x + at * d, p->x + q * p->ldx, (size_t)d * sizeof *b->x);
            b->nearest[at++] = b->uniform[q];
        }
    }
    ddni_request rq = {.epsilon = p->rq->epsilon, .forbidden = p->rq->forbidden};
    rq.uniform = b->nearest;
    rq.i64[DDN_OUT_DRAW_INDEX] = b->index;
    rq.f64[DDN_OUT_DRAW] = b->drawn + 1;
    rq.ld[DDN_OUT_DRAW] = d + 1;
    const ddni_batch batch = {p->given, count, b->x, d};
    if (count > 0) {
        DDNI_TRY(evaluate_own(p, p->s->again, &rq, &batch, &report));
    }
    for (int64_t i = 0; i < count; i++) {
        b->drawn[i * (d + 1)] = (double)(p->o->base.spread->begin[rank] + b->index[i]);
    }
    return DDN_OK;
}

static ddn_status reserve_draws(const pass *p)
{
    buffers *b = &p->s->b;
    const int64_t d = p->o->base.d, m = p->m;
    DDNI_TRY(ddni_reserve(p->ctx, "draws", m * (d + 1), 8, &b->drawn));
    DDNI_TRY(ddni_reserve(p->ctx, "draws", m * (d + 1), 8, &b->record));
    DDNI_TRY(ddni_reserve(p->ctx, "draws", m * d, 8, &b->x));
    DDNI_TRY(ddni_reserve(p->ctx, "draws", m, 8, &b->index));
    return ddni_reserve(p->ctx, "draws", p->o->base.spread->team->size + 1, 8, &b->begin);
}

/* Each state is drawn by the rank whose part was drawn, and given to all. */
static ddn_status run_draws(const pass *p)
{
    buffers *b = &p->s->b;
    const ddni_request *rq = p->rq;
    ddn_team *team = p->o->base.spread->team;
    const int64_t d = p->o->base.d, ranks = team->size;
    ddn_status status = reserve_draws(p);
    if (status != DDN_OK) {
        return ddni_team_agree(p->ctx, team, status, p->digest, NULL);
    }
    memset(b->begin, 0, (size_t)(ranks + 1) * sizeof *b->begin);
    for (int64_t q = 0; q < p->m; q++) {
        b->begin[b->part[q] + 1]++;
    }
    int64_t own = b->begin[team->rank + 1];
    for (int64_t r = 0; r < ranks; r++) {
        b->begin[r + 1] += b->begin[r];
    }
    status = DDNI_TEAM_ALONE(p->ctx, draw_own(p, own));
    DDNI_TRY(ddni_team_collect(p->ctx, team, status, p->digest, b->begin, (d + 1) * 8, b->drawn,
                               b->record));
    for (int64_t q = 0; q < p->m; q++) {
        const double *row = b->record + b->begin[b->part[q]]++ * (d + 1);
        if (rq->i64[DDN_OUT_DRAW_INDEX] != NULL) {
            rq->i64[DDN_OUT_DRAW_INDEX][q] = (int64_t)row[0];
        }
        if (rq->f64[DDN_OUT_DRAW] != NULL) {
            memcpy(rq->f64[DDN_OUT_DRAW] + q * rq->ld[DDN_OUT_DRAW], row + 1,
                   (size_t)d * sizeof *row);
        }
    }
    return DDN_OK;
}

/* ---- Evaluation ---- */

/* Of all that ranks must ask alike. */
static uint64_t digest_request(const ddni_request *rq, const ddni_batch *batch, int64_t d)
{
    int64_t set = 0;
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        set |= wants(rq, what) ? ddni_bit(what) : 0;
    }
    uint64_t paths = rq->paths.list == NULL ? (uint64_t)rq->paths.first
                                            : DDNI_DIGEST_OF(rq->paths.list, batch->m);
    uint64_t own =
        DDNI_DIGEST_WORDS(ddni_bits(batch->level->t), (uint64_t)batch->m, (uint64_t)set,
                          (uint64_t)rq->seed, (uint64_t)rq->step, paths, ddni_bits(rq->epsilon),
                          (uint64_t)rq->trajectory, (uint64_t)rq->forbidden);
    own = ddni_digest_rows(own, batch->m, d, batch->x, batch->ldx);
    return wants(rq, DDN_OUT_COV_TIMES_V) ? ddni_digest_rows(own, batch->m, d, rq->v, rq->ldv)
                                          : own;
}

/* The states that are to be asked again, side by side. */
static ddn_status gather_again(const pass *p, pass *exact, int64_t count)
{
    buffers *b = &p->s->b;
    int64_t d = p->o->base.d;
    DDNI_TRY(ddni_reserve(p->ctx, "states", count * d, 8, &b->x));
    DDNI_TRY(ddni_reserve(p->ctx, "states", count * d, 8, &b->v));
    for (int64_t i = 0; i < count; i++) {
        memcpy(b->x + i * d, p->x + b->again[i] * p->ldx, (size_t)d * sizeof *b->x);
        if (p->v != NULL) {
            memcpy(b->v + i * d, p->v + b->again[i] * p->ldv, (size_t)d * sizeof *b->v);
        }
    }
    exact->x = b->x;
    exact->v = p->v == NULL ? NULL : b->v;
    exact->ldx = exact->ldv = d;
    return DDN_OK;
}

static ddn_status evaluate_team(ddn_context *ctx, const ddn_oracle *oracle, void *pointer,
                                const ddni_request *rq, const ddni_batch *batch,
                                ddni_report *report)
{
    const ddni_level level = ddni_level_of_sums(batch->level);
    int64_t again = 0, none = 0;
    pass p = {.ctx = ctx, .o = (const team_oracle *)oracle, .s = pointer, .rq = rq};
    p.level = &level;
    p.given = batch->level;
    p.m = batch->m;
    p.x = batch->x;
    p.ldx = batch->ldx;
    p.v = wants(rq, DDN_OUT_COV_TIMES_V) ? rq->v : NULL;
    p.ldv = rq->ldv;
    p.digest = digest_request(rq, batch, oracle->d);
    report->dropped = report->touched = 0;
    DDNI_TRY(run_pass(&p, report, &again));
    if (again > 0) {
        pass exact = p;
        exact.m = again;
        exact.row = p.s->b.again;
        exact.exact = 1;
        ddn_status status = gather_again(&p, &exact, again);
        if (status != DDN_OK) {
            return ddni_team_agree(ctx, p.o->base.spread->team, status, p.digest, NULL);
        }
        double touched = report->touched;
        report->touched = 0;
        DDNI_TRY(run_pass(&exact, report, &none));
        report->touched = touched + report->touched * (double)again / (double)p.m;
    }
    if (wants(rq, DDN_OUT_DRAW) || wants(rq, DDN_OUT_DRAW_INDEX)) {
        DDNI_TRY(run_draws(&p));
    }
    return DDN_OK;
}

static ddn_status sample_data(ddn_context *ctx, const ddn_oracle *oracle, int64_t seed,
                              int64_t first_path, int64_t m, double *x, int64_t ldx, int64_t *index)
{
    const ddn_dataset *ds = oracle->spread;
    int64_t *row = NULL;
    ddn_status status = ddni_alloc_for(ctx, "rows", m, sizeof *row, &row);
    for (int64_t r = 0; status == DDN_OK && r < m; r++) {
        row[r] = ddni_oracle_sample_row(ds, seed, first_path + r);
    }
    if (status == DDN_OK) {
        status = ddni_team_rows(ctx, ds, m, row, x, ldx);
    }
    for (int64_t r = 0; status == DDN_OK && index != NULL && r < m; r++) {
        index[r] = row[r];
    }
    ddni_free(ddni_context_allocator(ctx), row);
    return status;
}

static ddn_status digest(ddn_context *ctx, const ddn_oracle *oracle, uint64_t *out)
{
    return ddni_dataset_digest(ctx, oracle->spread, out);
}

/* "empirical", as the oracle of the same points in one process. It has no dataset to hand out: who
 * reads points one by one finds none, and says so. */
static const ddni_oracle_ops ops = {
    .kind = "empirical",
    .scratch_create = buffers_create,
    .scratch_destroy = buffers_destroy,
    .scratch_bytes = buffers_bytes,
    .evaluate = evaluate_team,
    .sample_data = sample_data,
    .digest = digest,
    .way_count = ddni_way_count,
    .way_name = ddni_way_name,
    .destroy = destroy_team,
};

/* Where the part's classes are among those of the whole set. */
static ddn_status map_classes(ddn_context *ctx, team_oracle *o)
{
    const ddni_labels *part = o->base.spread->part->labels, *all = o->base.spread->labels;
    if (all == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddni_alloc_for(ctx, "classes", part->classes, sizeof *o->class_of, &o->class_of));
    for (int64_t c = 0, k = 0; c < part->classes; c++) {
        while (all->value[k] != part->value[c]) {
            k++;
        }
        o->class_of[c] = k;
    }
    return DDN_OK;
}

ddn_status ddni_team_oracle_create(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
                                   ddn_oracle **out)
{
    team_oracle *o = NULL;
    ddn_oracle *own = NULL;
    ddn_status status;
    DDNI_TRY(ddni_oracle_create(ctx, sizeof *o, &ops, sch, NULL, ds->d, &o));
    ddni_retain(ds);
    o->base.spread = (ddn_dataset *)(uintptr_t)ds;
    ddni_team_bind(o, ds->team);
    o->base.components = ds->n;
    o->base.classes = ds->labels != NULL ? ds->labels->classes : 0;
    DDNI_TRY_GOTO(map_classes(ctx, o), fail);
    status = DDNI_TEAM_ALONE(ctx, ddn_oracle_create_empirical(ctx, ds->part, sch, &own));
    o->own = (ddni_empirical *)own;
    DDNI_TRY_GOTO(ddni_team_agree(ctx, ds->team, status, 0, NULL), fail);
    o->base.can = own->can;
    o->base.epsilon_preset = own->epsilon_preset;
    *out = &o->base;
    return DDN_OK;
fail:
    ddn_oracle_destroy(&o->base);
    return status;
}

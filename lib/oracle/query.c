/* Queries: binding of outputs, checks, and the outputs that follow from others. */
#include <string.h>

#include "base/check.h"
#include "oracle/query_impl.h"
#include "team/team_impl.h"

static const ddni_option option_table[DDNI_QUERY_OPTIONS] = {
    DDNI_OPTION_F64(DDN_QUERY_EPSILON, 0, 1e-2, 1e-9),
    DDNI_OPTION_I64(DDN_QUERY_TRAJECTORY, 0, 1, 0),
    DDNI_OPTION_I64(DDN_QUERY_FORBID, 0, 0, 0),
    DDNI_OPTION_I64(DDN_QUERY_PROBES, 0, 1000000, 0),
};

static const int64_t PRODUCTS = sizeof(ddni_query_products) / sizeof(void *);

static void finish_query(void *object)
{
    ddn_query *q = object;
    if (q->scratch != NULL) {
        q->oracle->ops->scratch_destroy(q->ctx, q->scratch);
    }
    ddni_free(&q->handle.allocator, q->paths);
    ddni_free(&q->handle.allocator, q->trace);
    ddni_free_each(&q->handle.allocator, &q->products, PRODUCTS);
    ddni_query_singles_free(q);
    ddn_oracle_destroy(q->oracle);
    ddn_context_destroy(q->ctx);
}

ddn_status ddn_query_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_query **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, oracle);
    ddn_query *q = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_QUERY, sizeof *q, finish_query, &q));
    ddni_retain(ctx);
    q->ctx = ctx;
    ddni_retain(oracle);
    q->oracle = (ddn_oracle *)(uintptr_t)oracle;
    ddni_bind_as(q, oracle);
    ddn_status status = oracle->ops->scratch_create(ctx, oracle, &q->scratch);
    if (status != DDN_OK) {
        ddn_query_destroy(q);
        return status;
    }
    memcpy(q->table, option_table, sizeof option_table);
    q->table[DDNI_QUERY_EPSILON].preset.f = oracle->epsilon_preset;
    /* All ways but the last, which always serves. */
    int64_t ways = ddn_oracle_way_count(oracle);
    q->table[DDNI_QUERY_FORBID].maximum.i = ways > 0 ? (INT64_C(1) << (ways - 1)) - 1 : 0;
    q->options = (ddn_options){.tag = ddni_tag_of(DDNI_OPTIONS),
                               .ctx = ctx,
                               .table = q->table,
                               .values = q->values,
                               .count = DDNI_QUERY_OPTIONS,
                               .owner = q};
    ddni_options_init(&q->options);
    *out = q;
    return DDN_OK;
}

void ddn_query_destroy(ddn_query *q)
{
    ddni_drop(q, DDNI_QUERY);
}

ddn_status ddni_query_check_output(ddn_query *q, ddn_output what, int32_t integer, const void *out,
                                   int64_t ld)
{
    ddni_output row = ddni_output_of(what);
    DDNI_CHECK(q->ctx, row.name != NULL, DDN_E_KEY, "there is no output %d", (int)what);
    DDNI_CHECK(q->ctx, row.integer == integer, DDN_E_TYPE, "output %s is of type %s", row.name,
               row.integer ? "int64" : "double");
    DDNI_CHECK(q->ctx, (q->oracle->can & ddni_bit(what)) != 0, DDN_E_UNSUPPORTED,
               "an oracle of kind %s cannot give output %s%s", q->oracle->ops->kind, row.name,
               row.width == DDNI_WIDTH_CLASSES ? " (it has no labels)" : "");
    int64_t width = row.width == DDNI_WIDTH_ONE ? 0 : ddni_output_width(q->oracle, what);
    DDNI_CHECK(q->ctx, out == NULL || width == 0 || ld >= width, DDN_E_SHAPE,
               "argument ld = %lld is less than the width %lld of output %s", (long long)ld,
               (long long)width, row.name);
    return DDN_OK;
}

ddn_status ddni_query_check_input(ddn_query *q, ddn_input what, const void *in, int64_t ld)
{
    DDNI_CHECK(q->ctx, what == DDN_IN_V, DDN_E_KEY, "there is no input %d", (int)what);
    DDNI_CHECK(q->ctx, in == NULL || ld >= q->oracle->d, DDN_E_SHAPE,
               "argument ld = %lld is less than d = %lld", (long long)ld, (long long)q->oracle->d);
    return DDN_OK;
}

void ddni_query_note(ddn_query *q, ddn_output what)
{
    int64_t bit = ddni_bit(what);
    int32_t single = q->singles.out[what] != NULL;
    int32_t any = single || q->rq.f64[what] != NULL || q->rq.i64[what] != NULL;
    q->singles.set = single ? q->singles.set | bit : q->singles.set & ~bit;
    q->bound = any ? q->bound | bit : q->bound & ~bit;
}

ddn_status ddn_query_bind_f64(ddn_query *q, ddn_output what, double *out, int64_t ld)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    DDNI_TRY(ddni_query_check_output(q, what, 0, out, ld));
    q->singles.out[what] = NULL;
    q->rq.f64[what] = out;
    q->rq.ld[what] = ld;
    ddni_query_note(q, what);
    return DDN_OK;
}

ddn_status ddn_query_bind_i64(ddn_query *q, ddn_output what, int64_t *out)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    DDNI_TRY(ddni_query_check_output(q, what, 1, out, 0));
    q->rq.i64[what] = out;
    ddni_query_note(q, what);
    return DDN_OK;
}

ddn_status ddn_query_bind_input(ddn_query *q, ddn_input what, const double *in, int64_t ld)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    DDNI_TRY(ddni_query_check_input(q, what, in, ld));
    q->singles.v = NULL;
    q->rq.v = in;
    q->rq.ldv = ld;
    return DDN_OK;
}

ddn_status ddn_query_set_noise(ddn_query *q, int64_t seed, int64_t first_path, int64_t step,
                               int64_t count, const int64_t *paths)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    /* Numbers of rows, up to 2^40, may be added to either without overflow. */
    DDNI_CHECK_INT(q->ctx, first_path, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(q->ctx, step, 0, INT64_C(1) << 60);
    DDNI_CHECK_INT(q->ctx, count, 0, INT64_C(1) << 40);
    q->rq.paths.list = NULL; /* the old ones may go, even if there is no room for new ones */
    q->path_count = 0;
    if (paths != NULL) {
        DDNI_TRY(ddni_reserve(q->ctx, "path numbers", count + 1, sizeof *paths, &q->paths));
        for (int64_t i = 0; i < count; i++) {
            q->paths[i] = paths[i];
        }
    }
    q->path_count = paths != NULL ? count : 0;
    q->rq.paths = (ddni_paths){paths != NULL ? q->paths : NULL, first_path};
    q->rq.seed = seed;
    q->rq.step = step;
    return DDN_OK;
}

ddn_options *ddn_query_options(ddn_query *q)
{
    return !DDNI_IS(q) ? NULL : &q->options;
}

double ddn_query_dropped(const ddn_query *q)
{
    return !DDNI_IS(q) ? 0 : q->report.dropped;
}

double ddn_query_touched(const ddn_query *q)
{
    return !DDNI_IS(q) ? 0 : q->report.touched;
}

/* Member `what` of a tally. */
static int64_t member(const ddni_way_tally *tally, ddn_way_tally what)
{
    return what == DDN_WAY_TRIED    ? tally->tried
           : what == DDN_WAY_SERVED ? tally->served
           : what == DDN_WAY_ROWS   ? tally->rows
                                    : tally->bytes;
}

static int32_t is_tally(const ddn_query *q, int64_t way, ddn_way_tally what)
{
    return DDNI_IS(q) && way >= 0 && way < ddn_oracle_way_count(q->oracle) &&
           what >= DDN_WAY_TRIED && what <= DDN_WAY_BYTES;
}

int64_t ddn_query_tally(const ddn_query *q, ddn_way_tally what, int64_t way)
{
    return is_tally(q, way, what) ? member(&q->report.way[way], what) : 0;
}

int64_t ddn_query_tally_total(const ddn_query *q, ddn_way_tally what, int64_t way)
{
    return is_tally(q, way, what) ? q->total[way][what - 1] : 0;
}

const char *ddn_query_way_note(const ddn_query *q, int64_t way)
{
    return is_tally(q, way, DDN_WAY_TRIED) ? q->report.way[way].note : NULL;
}

/* Adds the tally of a run to those of the query and of the oracle, whose counters are shared. */
static void add_tally(ddn_query *q)
{
    const int64_t ways = ddn_oracle_way_count(q->oracle);
    for (int64_t way = 0; way < ways; way++) {
        if (q->report.way[way].tried == 0 && q->report.way[way].rows == 0) {
            continue;
        }
        for (ddn_way_tally what = DDN_WAY_TRIED; what <= DDN_WAY_BYTES; what++) {
            int64_t count = member(&q->report.way[way], what);
            q->total[way][what - 1] += count;
            atomic_fetch_add_explicit(&q->oracle->tally[way][what - 1], count,
                                      memory_order_relaxed);
        }
    }
}

int64_t ddn_query_scratch_bytes(const ddn_query *q)
{
    if (!DDNI_IS(q)) {
        return 0;
    }
    return ddni_alloc_bytes(q->paths) + ddni_alloc_bytes(q->trace) +
           ddni_alloc_bytes_each(&q->products, PRODUCTS) + ddni_query_singles_bytes(q) +
           q->oracle->ops->scratch_bytes(q->scratch);
}

/* div = -d/s^2 + (a/s^2)^2 tr Cov; J v = -v/s^2 + (a/s^2)^2 Cov v. (18) */
static void derive(const ddni_request *asked, const ddni_request *rq, const ddni_batch *batch,
                   int64_t d)
{
    const ddni_level *level = batch->level;
    int64_t m = batch->m;
    double gain = level->a / level->s2;
    double *divergence = asked->f64[DDN_OUT_DIVERGENCE];
    if (divergence != NULL && rq->f64[DDN_OUT_DIVERGENCE] == NULL) {
        for (int64_t r = 0; r < m; r++) {
            /* In this order, since gain^2 alone may be outside the range of double. */
            divergence[r] = gain * (gain * rq->f64[DDN_OUT_TRACE_COV][r]) - (double)d / level->s2;
        }
    }
    double *jv = asked->f64[DDN_OUT_JACOBIAN_TIMES_V];
    if (jv != NULL && rq->f64[DDN_OUT_JACOBIAN_TIMES_V] == NULL) {
        int64_t ldj = asked->ld[DDN_OUT_JACOBIAN_TIMES_V], ldc = rq->ld[DDN_OUT_COV_TIMES_V];
        const double *cov = rq->f64[DDN_OUT_COV_TIMES_V];
        for (int64_t r = 0; r < m; r++) {
            for (int64_t j = 0; j < d; j++) {
                jv[r * ldj + j] =
                    gain * (gain * cov[r * ldc + j]) - rq->v[r * rq->ldv + j] / level->s2;
            }
        }
    }
}

/* Distances are those of x/a. */
static void at_infinity(const ddni_request *rq, int64_t m)
{
    static const ddn_output distances[] = {DDN_OUT_NEAREST_DISTANCE2, DDN_OUT_SECOND_DISTANCE2};
    for (int i = 0; i < 2; i++) {
        double *out = rq->f64[distances[i]];
        for (int64_t r = 0; out != NULL && r < m; r++) {
            out[r] = INFINITY;
        }
    }
}

/* Replaces derived outputs by what they are derived from. */
static ddn_status plan(ddn_query *q, int64_t m, ddni_request *rq)
{
    int64_t direct = q->oracle->direct;
    if (rq->f64[DDN_OUT_DIVERGENCE] != NULL && (direct & ddni_bit(DDN_OUT_DIVERGENCE)) == 0) {
        rq->f64[DDN_OUT_DIVERGENCE] = NULL;
        if (rq->f64[DDN_OUT_TRACE_COV] == NULL) {
            DDNI_TRY(ddni_reserve(q->ctx, "traces", m, sizeof *q->trace, &q->trace));
            rq->f64[DDN_OUT_TRACE_COV] = q->trace;
        }
    }
    if (rq->f64[DDN_OUT_JACOBIAN_TIMES_V] != NULL &&
        (direct & ddni_bit(DDN_OUT_JACOBIAN_TIMES_V)) == 0) {
        if (rq->f64[DDN_OUT_COV_TIMES_V] == NULL) {
            /* J v is made from Cov v in place. */
            rq->f64[DDN_OUT_COV_TIMES_V] = rq->f64[DDN_OUT_JACOBIAN_TIMES_V];
            rq->ld[DDN_OUT_COV_TIMES_V] = rq->ld[DDN_OUT_JACOBIAN_TIMES_V];
        }
        rq->f64[DDN_OUT_JACOBIAN_TIMES_V] = NULL;
    }
    return DDN_OK;
}

void ddni_report_add_ways(ddni_report *sum, const ddni_report *more, int64_t ways)
{
    for (int64_t i = 0; i < ways; i++) {
        sum->way[i].tried += more->way[i].tried;
        sum->way[i].served += more->way[i].served;
        sum->way[i].rows += more->way[i].rows;
        sum->way[i].bytes += more->way[i].bytes;
        sum->way[i].note = more->way[i].note != NULL ? more->way[i].note : sum->way[i].note;
    }
}

ddn_status ddni_query_evaluate(ddn_query *q, const ddni_request *asked, const ddni_batch *batch)
{
    ddni_request rq = *asked;
    ddni_report report = {.touched = 1};
    DDNI_TRY(plan(q, batch->m, &rq));
    ddn_status status =
        q->oracle->ops->evaluate(q->ctx, q->oracle, q->scratch, &rq, batch, &report);
    q->report.dropped = fmax(q->report.dropped, report.dropped);
    q->report.touched += (double)batch->m / (double)q->m * report.touched;
    ddni_report_add_ways(&q->report, &report, ddn_oracle_way_count(q->oracle));
    DDNI_TRY(status);
    derive(asked, &rq, batch, q->oracle->d);
    return DDN_OK;
}

/* Whether anything is wanted. */
static int32_t wants(const ddni_request *rq)
{
    int32_t any = 0;
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        any |= rq->f64[what] != NULL || rq->i64[what] != NULL;
    }
    return any;
}

/* The evaluation of a run. No output is written before all products are there. */
static ddn_status evaluate(ddn_query *q, const ddni_request *rq, const ddni_batch *batch)
{
    double *divergence = rq->f64[DDN_OUT_DIVERGENCE];
    if (divergence == NULL || !ddni_query_by_products(q)) {
        return ddni_query_evaluate(q, rq, batch);
    }
    ddni_request rest = *rq;
    rest.f64[DDN_OUT_DIVERGENCE] = NULL;
    DDNI_TRY(ddni_query_products_run(q, rq, batch));
    if (wants(&rest)) {
        DDNI_TRY(ddni_query_evaluate(q, &rest, batch));
    }
    memcpy(divergence, q->products.sum, (size_t)batch->m * sizeof *divergence);
    return DDN_OK;
}

/* Memory of rows[m][width], ld apart, of numbers of `size` bytes. */
typedef struct region {
    const char *name;
    const void *start;
    int64_t width, ld, size;
} region;

/* Whether two regions of m rows share a number. Columns of one matrix, side by side, do not. */
static int32_t overlap(const region *a, const region *b, int64_t m)
{
    uintptr_t first = (uintptr_t)a->start, second = (uintptr_t)b->start;
    if (second < first) {
        return overlap(b, a, m);
    }
    uintptr_t length = (uintptr_t)((m - 1) * a->ld + a->width) * (uintptr_t)a->size;
    if (second - first >= length) {
        return 0;
    }
    uintptr_t pitch = (uintptr_t)(a->ld * a->size), shift = (second - first) % pitch;
    return pitch != (uintptr_t)(b->ld * b->size) || shift < (uintptr_t)(a->width * a->size) ||
           shift + (uintptr_t)(b->width * b->size) > pitch;
}

/* Refuses outputs that are too large to address, or that overlap each other or what is read. */
static ddn_status check_memory(ddn_query *q, const region *x, const region *v, int64_t m)
{
    region bound[DDNI_OUTPUTS + 2];
    int32_t count = 0;
    for (int64_t left = q->bound; left != 0; left &= left - 1) {
        ddn_output what = (ddn_output)__builtin_ctzll((unsigned long long)left);
        const float *single = q->singles.out[what];
        const void *start = single != NULL            ? (const void *)single
                            : q->rq.f64[what] != NULL ? (const void *)q->rq.f64[what]
                                                      : (const void *)q->rq.i64[what];
        int32_t one = ddni_output_of(what).width == DDNI_WIDTH_ONE;
        int64_t ld = single != NULL ? q->singles.ld[what] : q->rq.ld[what];
        region r = {ddni_output_of(what).name, start, one ? 1 : ddni_output_width(q->oracle, what),
                    one ? 1 : ld, single != NULL ? sizeof *single : sizeof(double)};
        DDNI_TRY(ddni_check_matrix(q->ctx, r.name, start, m, r.width, r.ld));
        bound[count++] = r;
    }
    const int32_t outputs = count;
    bound[count++] = *x;
    bound[count] = *v;
    count += v->start != NULL;
    for (int32_t i = 0; i < outputs; i++) {
        for (int32_t k = i + 1; k < count; k++) {
            DDNI_CHECK(q->ctx, !overlap(&bound[i], &bound[k], m), DDN_E_OVERLAP,
                       "the memory of %s overlaps that of %s", bound[i].name, bound[k].name);
        }
    }
    return DDN_OK;
}

ddn_status ddni_query_run(ddn_query *q, double t, int64_t m, const double *x, int64_t ldx)
{
    ddn_context *ctx = q->ctx;
    q->report = (ddni_report){.touched = m > 0 ? 0 : 1};
    q->m = m;
    ddni_level level;
    DDNI_TRY(ddni_schedule_level(ctx, q->oracle->schedule, t, &level));
    DDNI_TRY(ddni_check_states(ctx, "x", x, m, q->oracle->d, ldx));
    if (m == 0) { /* which other ranks must ask for, too */
        ddn_team *team = ddni_team_of(q);
        return team == NULL ? DDN_OK : ddni_team_agree(ctx, team, DDN_OK, 0, NULL);
    }
    ddni_request rq = q->rq;
    DDNI_TRY(ddni_query_singles_open(q, m, &rq));
    rq.epsilon = q->values[DDNI_QUERY_EPSILON].f;
    rq.trajectory = q->values[DDNI_QUERY_TRAJECTORY].i != 0;
    rq.forbidden = q->values[DDNI_QUERY_FORBID].i;
    region vectors = {"v", NULL, q->oracle->d, rq.ldv, sizeof *rq.v};
    if (rq.f64[DDN_OUT_COV_TIMES_V] != NULL || rq.f64[DDN_OUT_JACOBIAN_TIMES_V] != NULL) {
        DDNI_CHECK(ctx, rq.v != NULL, DDN_E_STATE,
                   "the outputs COV_TIMES_V and JACOBIAN_TIMES_V need the input DDN_IN_V");
        DDNI_TRY(ddni_check_states(ctx, "v", rq.v, m, q->oracle->d, rq.ldv));
        vectors.start = rq.v;
    }
    int probes = rq.f64[DDN_OUT_DIVERGENCE] != NULL && q->values[DDNI_QUERY_PROBES].i > 0;
    if (rq.f64[DDN_OUT_DRAW] != NULL || rq.i64[DDN_OUT_DRAW_INDEX] != NULL || probes) {
        DDNI_CHECK(ctx, rq.paths.list == NULL || q->path_count >= m, DDN_E_SHAPE,
                   "%lld path numbers were set, but the run has m = %lld states",
                   (long long)q->path_count, (long long)m);
    }
    const region states = {"x", x, q->oracle->d, ldx, sizeof *x};
    DDNI_TRY(check_memory(q, &states, &vectors, m));
    ddni_batch batch = {&level, m, x, ldx};
    ddn_status status = evaluate(q, &rq, &batch);
    add_tally(q);
    DDNI_TRY(status);
    if (level.a <= 0.0) {
        at_infinity(&rq, m);
    }
    return ddni_query_singles_close(q, m);
}

ddn_status ddn_query_run(ddn_query *q, double t, int64_t m, const double *x, int64_t ldx)
{
    DDNI_ENTER_OBJECT(q, DDNI_ALONE);
    return ddni_query_run(q, t, m, x, ldx);
}

ddn_status ddn_oracle_score(ddn_context *ctx, const ddn_oracle *oracle, double t, int64_t m,
                            const double *x, int64_t ldx, double *score, int64_t lds)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, oracle);
    ddn_query *query = NULL;
    ddn_status status = ddn_query_create(ctx, oracle, &query);
    if (status == DDN_OK) {
        status = ddn_query_bind_f64(query, DDN_OUT_SCORE, score, lds);
    }
    if (status == DDN_OK) {
        status = ddn_query_run(query, t, m, x, ldx);
    }
    ddn_query_destroy(query);
    return status;
}

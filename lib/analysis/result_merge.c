/* Two independent halves of a measurement become the whole. What each column is says how: by its
 * pooling. */
#include <string.h>

#include "analysis/curve.h"
#include "analysis/result_impl.h"
#include "base/check.h"
#include "base/message.h"
#include "base/number.h"
#include "base/progress.h"
#include "base/statistics.h"

/* ---- What must agree ---- */

/* Settings that say how many samples there are: they add up. And those that may differ. */
static const char *const counts[] = {"DDN_ANALYSIS_SAMPLES", "DDN_ANALYSIS_CLONES",
                                     "DDN_ANALYSIS_PATHS", NULL};
static const char *const free_settings[] = {"DDN_ANALYSIS_SEED", "DDN_ANALYSIS_BATCH",
                                            "DDN_ANALYSIS_MOST_SAMPLES", "DDN_SYMMETRY_SEED", NULL};
/* Besides all other settings. */
static const char *const fixed[] = {"kind", "clock", "oracle", "schedule",   "data",
                                    "n",    "d",     "points", "classifier", NULL};

static int is_one_of(const char *name, const char *const *list)
{
    for (int i = 0; list[i] != NULL; i++) {
        if (strcmp(name, list[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

static int must_agree(const char *name)
{
    return is_one_of(name, fixed) || (strncmp(name, "DDN_", 4) == 0 && !is_one_of(name, counts) &&
                                      !is_one_of(name, free_settings));
}

/* The fields of a that must agree with those of b. */
static ddn_status check_fields(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    for (int64_t i = 0; i < a->fields.count; i++) {
        const ddni_entry *e = &a->fields.list[i];
        const char *other = ddn_result_field(b, e->name);
        DDNI_CHECK(ctx,
                   !must_agree(e->name) || (other != NULL && strcmp(other, e->definition) == 0),
                   DDN_E_MISMATCH, "the results differ in %s: '%.100s' and '%.100s'", e->name,
                   e->definition, other == NULL ? "nothing" : other);
    }
    return DDN_OK;
}

/* The next of the seeds in a list "1, 2"; returns its length, 0 at the end. */
static int64_t next_seed(const char **list)
{
    *list += strspn(*list, ", ");
    return (int64_t)strcspn(*list, ", ");
}

/* Equal seeds are the same random numbers. */
static ddn_status check_seeds(ddn_context *ctx, const ddn_result *a, const ddn_result *b)
{
    const char *ours = ddni_result_text(a, "seed"), *theirs = ddni_result_text(b, "seed");
    DDNI_CHECK(ctx, (ours[0] == '\0') == (theirs[0] == '\0'), DDN_E_MISMATCH,
               "one of the results has a field \"seed\", the other has none");
    int64_t length, other;
    for (const char *s = ours; (length = next_seed(&s)) > 0; s += length) {
        for (const char *t = theirs; (other = next_seed(&t)) > 0; t += other) {
            DDNI_CHECK(ctx, length != other || memcmp(s, t, (size_t)length) != 0, DDN_E_MISMATCH,
                       "both results have seed %.*s: the same random numbers would count twice",
                       (int)length, s);
        }
    }
    return DDN_OK;
}

static ddn_status check_entries(ddn_context *ctx, const char *what, const ddni_entries *a,
                                const ddni_entries *b)
{
    DDNI_CHECK(ctx, a->count == b->count, DDN_E_MISMATCH, "the results have %lld and %lld %ss",
               (long long)a->count, (long long)b->count, what);
    for (int64_t i = 0; i < a->count; i++) {
        const ddni_entry *x = &a->list[i], *y = &b->list[i];
        DDNI_CHECK(ctx, strcmp(x->name, y->name) == 0, DDN_E_MISMATCH,
                   "%s %lld is '%s' in one result and '%s' in the other", what, (long long)i,
                   x->name, y->name);
        DDNI_CHECK(ctx, strcmp(x->unit, y->unit) == 0, DDN_E_MISMATCH,
                   "%s '%s' has unit '%s' in one result and '%s' in the other", what, x->name,
                   x->unit, y->unit);
    }
    return DDN_OK;
}

/* ---- Pooling numbers ---- */

/* A mean, its standard error (or NaN) and how many samples it has. */
typedef struct pool {
    double mean, error, count;
} pool;

/* Sum of squared deviations from the mean; one sample has none. */
static double deviations(const pool *p)
{
    return p->count > 1 ? p->error * p->error * p->count * (p->count - 1) : 0;
}

static pool pooled_mean(const pool *a, const pool *b)
{
    const double n = a->count + b->count, step = b->mean - a->mean;
    const double m2 = deviations(a) + deviations(b) + step * step * (a->count / n) * b->count;
    return (pool){a->mean + step * (b->count / n), sqrt(m2 / (n - 1) / n), n};
}

static int is_share(double x)
{
    return x >= 0 && x <= 1;
}

static int64_t hits(double share, int64_t count)
{
    return (int64_t)floor(share * (double)count + 0.5);
}

static int agree(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* The parts of a column: where they are in the result, or NULL; in both halves and the whole, or in
 * none, since the names agree. */
typedef struct parts {
    double *error, *low, *high, *rho;
} parts;

static parts parts_of(const ddn_result *r, const char *name)
{
    return (parts){ddni_result_part(r, name, "_se"), ddni_result_part(r, name, "_low"),
                   ddni_result_part(r, name, "_high"), ddni_result_part(r, name, "_rho")};
}

/* Samples behind row k of a column: the same for all, or in a column of their own. */
static double count_at(const ddn_result *r, const ddni_entry *e, int64_t k)
{
    const ddni_entry *by_row = e->of[0] == '\0' ? NULL : ddni_result_find_column(r, e->of);
    return by_row == NULL ? (double)e->count : by_row->values[k];
}

/* One row of a column of shares of so many trials in both. */
static void pool_share(const ddni_entry *x, const ddni_entry *y, int64_t k, const double trials[2],
                       double *value, const parts *to)
{
    double error, low, high;
    if (!is_share(x->values[k]) || !is_share(y->values[k]) || !(trials[0] + trials[1] <= 0x1p53) ||
        !(fmin(trials[0], trials[1]) >= 1)) {
        return;
    }
    int64_t total = (int64_t)trials[0] + (int64_t)trials[1];
    int64_t sum = hits(x->values[k], (int64_t)trials[0]) + hits(y->values[k], (int64_t)trials[1]);
    ddni_proportion(sum, total, value, &error);
    ddni_wilson_95(sum, total, &low, &high);
    if (to->error != NULL) {
        to->error[k] = error;
    }
    if (to->low != NULL) {
        to->low[k] = low;
    }
    if (to->high != NULL) {
        to->high[k] = high;
    }
}

/* ---- Columns ---- */

typedef struct halves {
    ddn_context *ctx;
    const ddn_result *a, *b;
    ddn_result *out;
} halves;

/* The distance of a limit of an interval from the mean, of two parts with the shares u and 1 - u
 * of the samples: those of the parts in quadrature. */
static double limit(double u, double a, double b)
{
    return hypot(u * a, (1 - u) * b);
}

/* One row of means: value, error and interval. */
static void pool_mean_row(const halves *h, const ddni_entry *x, const ddni_entry *y, int64_t k,
                          ddni_entry *e)
{
    const parts to = parts_of(h->out, e->name), of_a = parts_of(h->a, e->name);
    const parts of_b = parts_of(h->b, e->name);
    const pool a = {x->values[k], of_a.error == NULL ? NAN : of_a.error[k], count_at(h->a, x, k)};
    const pool b = {y->values[k], of_b.error == NULL ? NAN : of_b.error[k], count_at(h->b, y, k)};
    const pool both = pooled_mean(&a, &b);
    const double u = a.count / both.count;
    e->values[k] = both.mean;
    if (to.error != NULL) {
        to.error[k] = both.error;
    }
    if (to.low != NULL) {
        to.low[k] = both.mean - limit(u, a.mean - of_a.low[k], b.mean - of_b.low[k]);
    }
    if (to.high != NULL) {
        to.high[k] = both.mean + limit(u, of_a.high[k] - a.mean, of_b.high[k] - b.mean);
    }
}

/* Correlations of neighbouring rows: from the covariances of both halves. */
static ddn_status pool_correlations(const halves *h, const ddni_entry *x, const ddni_entry *y,
                                    const ddni_entry *e)
{
    const parts to = parts_of(h->out, e->name), of_a = parts_of(h->a, e->name);
    const parts of_b = parts_of(h->b, e->name);
    const ddni_entry *t = ddni_result_find_column(h->out, "t");
    if (to.rho == NULL || to.error == NULL || t == NULL) {
        return DDN_OK;
    }
    const int rising = h->out->rows < 2 || t->values[1] > t->values[0];
    for (int64_t k = 0; k < h->out->rows; k++) {
        const int64_t next = rising ? k + 1 : k - 1;
        DDNI_TRY(ddni_poll(h->ctx));
        if (next >= 0 && next < h->out->rows) {
            const double a = count_at(h->a, x, k), b = count_at(h->b, y, k), u = a / (a + b);
            const double c = count_at(h->a, x, next), d = count_at(h->b, y, next), v = c / (c + d);
            const double both = u * v * of_a.rho[k] * of_a.error[k] * of_a.error[next] +
                                (1 - u) * (1 - v) * of_b.rho[k] * of_b.error[k] * of_b.error[next];
            to.rho[k] = fmax(-1, fmin(1, both / (to.error[k] * to.error[next])));
        }
    }
    return DDN_OK;
}

static ddn_status pool_means(const halves *h, const ddni_entry *x, const ddni_entry *y,
                             ddni_entry *e)
{
    for (int64_t k = 0; k < h->out->rows; k++) {
        DDNI_TRY(ddni_poll(h->ctx));
        pool_mean_row(h, x, y, k, e);
    }
    return pool_correlations(h, x, y, e);
}

/* An error that is the same in both is that of the whole: it does not come from samples. */
static ddn_status check_same(const halves *h, const ddni_entry *x, const ddni_entry *y,
                             ddni_entry *e)
{
    double *error = ddni_result_part(h->out, e->name, "_se");
    const double *of_a = ddni_result_part(h->a, e->name, "_se"),
                 *of_b = ddni_result_part(h->b, e->name, "_se");
    for (int64_t k = 0; k < h->out->rows; k++) {
        DDNI_TRY(ddni_poll(h->ctx));
        DDNI_CHECK(h->ctx, agree(x->values[k], y->values[k]), DDN_E_MISMATCH,
                   "the results differ in column '%s', row %lld: %.17g and %.17g", e->name,
                   (long long)k, x->values[k], y->values[k]);
        e->values[k] = x->values[k];
        if (error != NULL && agree(of_a[k], of_b[k])) {
            error[k] = of_a[k];
        }
    }
    return DDN_OK;
}

static ddn_status pool_column(const halves *h, int64_t i)
{
    ddni_entry *e = &h->out->columns.list[i];
    const ddni_entry *x = &h->a->columns.list[i], *y = &h->b->columns.list[i];
    const parts to = parts_of(h->out, e->name);
    switch (e->pooling) {
    case DDN_POOLING_SAME:
        return check_same(h, x, y, e);
    case DDN_POOLING_MEAN:
        return pool_means(h, x, y, e);
    case DDN_POOLING_SHARE:
        for (int64_t k = 0; k < h->out->rows; k++) {
            DDNI_TRY(ddni_poll(h->ctx));
            const double trials[2] = {count_at(h->a, x, k), count_at(h->b, y, k)};
            pool_share(x, y, k, trials, &e->values[k], &to);
        }
        return DDN_OK;
    case DDN_POOLING_SUM:
        for (int64_t k = 0; k < h->out->rows; k++) {
            DDNI_TRY(ddni_poll(h->ctx));
            e->values[k] = x->values[k] + y->values[k];
        }
        return DDN_OK;
    default: /* parts are made with what they are parts of */
        return DDN_OK;
    }
}

/* ---- Scalars ---- */

/* A crossing of the pooled curves. */
static void cross_again(const halves *h, ddni_entry *e)
{
    ddni_curve y;
    ddni_crossing c;
    if (!ddni_result_curve(h->out, e->of, &y)) {
        e->pooling = DDN_POOLING_NONE;
        return;
    }
    ddni_cross(&y, e->level, &c);
    e->value = c.t;
    e->standard_error = c.error;
}

/* A share, and its interval where there is one. */
static void pool_share_scalar(const halves *h, ddni_entry *e, int64_t sum)
{
    static const char *const endings[] = {"_low", "_high"};
    double ends[2];
    ddni_proportion(sum, e->count, &e->value, &e->standard_error);
    ddni_wilson_95(sum, e->count, &ends[0], &ends[1]);
    for (int i = 0; i < 2; i++) {
        char name[DDNI_NAME_BYTES];
        ddni_part_name(e->name, endings[i], name);
        ddni_entry *end = ddni_entries_find(&h->out->scalars, name);
        if (end != NULL && end->pooling == DDN_POOLING_PART) {
            end->value = ends[i];
        }
    }
}

static ddn_status pool_scalar(const halves *h, int64_t i)
{
    ddni_entry *e = &h->out->scalars.list[i];
    const ddni_entry *x = &h->a->scalars.list[i], *y = &h->b->scalars.list[i];
    pool a = {x->value, x->standard_error, (double)x->count}, both;
    pool b = {y->value, y->standard_error, (double)y->count};
    switch (e->pooling) {
    case DDN_POOLING_SAME:
        DDNI_CHECK(h->ctx, agree(x->value, y->value), DDN_E_MISMATCH,
                   "the results differ in '%s': %.17g and %.17g", e->name, x->value, y->value);
        e->value = x->value;
        e->standard_error = x->standard_error;
        return DDN_OK;
    case DDN_POOLING_MEAN:
        both = pooled_mean(&a, &b);
        e->value = both.mean;
        e->standard_error = both.error;
        return DDN_OK;
    case DDN_POOLING_SHARE:
        if (is_share(x->value) && is_share(y->value)) {
            pool_share_scalar(h, e, hits(x->value, x->count) + hits(y->value, y->count));
        }
        return DDN_OK;
    case DDN_POOLING_SUM:
        e->value = x->value + y->value;
        e->standard_error = hypot(x->standard_error, y->standard_error);
        return DDN_OK;
    case DDNI_POOL_CROSSING:
        cross_again(h, e);
        return DDN_OK;
    default:
        return DDN_OK;
    }
}

/* ---- The whole ---- */

/* What stands behind the definition of one half goes; what holds of the whole comes. */
static void redefine(ddni_entry *e)
{
    char *tail = strstr(e->definition, "; pooled");
    if (tail != NULL) {
        *tail = '\0';
    }
    int64_t used = (int64_t)strlen(e->definition), room = DDNI_DEFINITION_BYTES - 72;
    used = used < room ? used : room;
    while (used > 0 && ((unsigned char)e->definition[used] & 0xc0) == 0x80) {
        used--; /* not inside a character */
    }
    char *end = e->definition + used;
    if (e->pooling == DDN_POOLING_MEAN || e->pooling == DDN_POOLING_SHARE) {
        char in_all[48] = "";
        if (e->of[0] == '\0') {
            ddni_say(in_all, sizeof in_all, ", %lld in all", (long long)e->count);
        }
        ddni_say(end, DDNI_DEFINITION_BYTES - used, "; pooled from several runs%s", in_all);
    } else if (e->pooling == DDN_POOLING_NONE) {
        ddni_say(end, DDNI_DEFINITION_BYTES - used, "; pooled: NaN, it does not follow from parts");
    } else if (e->pooling == DDNI_POOL_CROSSING) {
        ddni_say(end, DDNI_DEFINITION_BYTES - used, "; pooled: of the pooled curve");
    }
}

/* The entries of a, with NaN where numbers are to come. Where the halves do not say the same, or
 * one of them was not measured, there is nothing to pool by. */
static ddn_status start_entries(const halves *h, ddni_entries *to, const ddni_entries *a,
                                const ddni_entries *b)
{
    for (int64_t i = 0; i < a->count; i++) {
        const ddni_entry *x = &a->list[i], *y = &b->list[i];
        ddni_entry e = *x;
        e.value = e.standard_error = NAN;
        DDNI_CHECK(h->ctx, x->count <= (INT64_C(1) << 53) - y->count, DDN_E_RANGE,
                   "'%s' would stand on more than 2^53 samples", x->name);
        e.count = x->count + y->count;
        if (x->pooling != y->pooling || strcmp(x->of, y->of) != 0 ||
            (x->pooling == DDNI_POOL_CROSSING && !agree(x->level, y->level))) {
            e.pooling = DDN_POOLING_NONE;
        }
        DDNI_TRY(ddni_result_add_entry(h->ctx, h->out, to, &e));
        for (int64_t k = 0; to == &h->out->columns && k < h->out->rows; k++) {
            to->list[i].values[k] = NAN;
        }
    }
    return DDN_OK;
}

/* Adds up two whole numbers that are texts; 0 where they are none. */
static int add_texts(const char *a, const char *b, int64_t *sum)
{
    double x, y;
    int64_t of_a = (int64_t)strlen(a), of_b = (int64_t)strlen(b);
    if (of_a == 0 || of_b == 0 || ddni_number_read(a, of_a, &x) != of_a ||
        ddni_number_read(b, of_b, &y) != of_b || !(fabs(x) + fabs(y) <= 0x1p53) || x != floor(x) ||
        y != floor(y)) {
        return 0;
    }
    *sum = (int64_t)x + (int64_t)y;
    return 1;
}

/* Fields that agree stay; numbers of samples add up; seeds stand side by side. */
static ddn_status merge_fields(const halves *h)
{
    for (int64_t i = 0; i < h->a->fields.count; i++) {
        const ddni_entry *e = &h->a->fields.list[i];
        const char *name = e->name, *other = ddn_result_field(h->b, name);
        int64_t sum;
        if (other == NULL) {
            continue;
        }
        if (strcmp(name, "seed") == 0) {
            DDNI_CHECK(h->ctx, strlen(e->definition) + strlen(other) + 3 < DDNI_DEFINITION_BYTES,
                       DDN_E_RANGE, "there are too many seeds for one field");
            DDNI_TRY(ddni_result_set_field(h->ctx, h->out, name, "%s, %s", e->definition, other));
        } else if (is_one_of(name, counts) && add_texts(e->definition, other, &sum)) {
            DDNI_TRY(ddni_result_set_field(h->ctx, h->out, name, "%lld", (long long)sum));
        } else if (strcmp(e->definition, other) == 0) {
            DDNI_TRY(ddni_result_add_entry(h->ctx, h->out, &h->out->fields, e));
        }
    }
    return DDN_OK;
}

static ddn_status check_halves(const halves *h)
{
    DDNI_TRY(check_fields(h->ctx, h->a, h->b));
    DDNI_TRY(check_fields(h->ctx, h->b, h->a));
    DDNI_CHECK(h->ctx, h->a->rows == h->b->rows, DDN_E_MISMATCH,
               "the results have %lld and %lld rows", (long long)h->a->rows, (long long)h->b->rows);
    DDNI_TRY(check_entries(h->ctx, "column", &h->a->columns, &h->b->columns));
    DDNI_TRY(check_entries(h->ctx, "scalar", &h->a->scalars, &h->b->scalars));
    return check_seeds(h->ctx, h->a, h->b);
}

static ddn_status fill(const halves *h)
{
    ddn_result *out = h->out;
    DDNI_TRY(merge_fields(h));
    DDNI_TRY(start_entries(h, &out->columns, &h->a->columns, &h->b->columns));
    DDNI_TRY(start_entries(h, &out->scalars, &h->a->scalars, &h->b->scalars));
    for (int64_t i = 0; i < out->columns.count; i++) {
        DDNI_TRY(pool_column(h, i));
    }
    for (int64_t i = 0; i < out->scalars.count; i++) {
        DDNI_TRY(pool_scalar(h, i));
    }
    for (int64_t i = 0; i < out->columns.count; i++) {
        redefine(&out->columns.list[i]);
    }
    for (int64_t i = 0; i < out->scalars.count; i++) {
        redefine(&out->scalars.list[i]);
    }
    return DDN_OK;
}

ddn_status ddn_result_merge(ddn_context *ctx, const ddn_result *a, const ddn_result *b,
                            ddn_result **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, a);
    DDNI_CHECK_PTR(ctx, b);
    halves h = {ctx, a, b, NULL};
    DDNI_TRY(check_halves(&h));
    DDNI_TRY(ddni_result_create(ctx, a->rows, &h.out));
    h.out->clock = a->clock;
    return ddni_result_hand_out(fill(&h), h.out, out);
}

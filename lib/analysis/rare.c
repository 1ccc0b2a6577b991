/* States between close points and at isolated ones, drawn more often than they come;
 * theory.md (39). */
#include "analysis/rare.h"

#include <math.h>

#include "base/check.h"
#include "base/progress.h"
#include "dataset/dataset_impl.h"
#include "numerics/vector.h"
#include "oracle/empirical/nearest.h"

enum {
    LOOKED_AT = 48,   /* points by which it is told whether a search is needed */
    ROWS = 128,       /* points searched together */
    FEW = 8,          /* neighbours that are listed however many points there are, and of each */
    SPARSER = 8,      /* of the sets of points of which each is so much smaller than the last */
    OUTPOSTS = 64,    /* points to which the distance says how isolated a point is */
    PAIRS = 1 << 22,  /* most pairs of which more are */
    MOST_CLASSES = 32 /* a search for each class reads all others */
};

static const double common = 0.25; /* overlaps that plain samples see often enough */
static const double seldom = 0.02; /* below: the families have their full shares */
static const double far_share = 0.15;
static const double isolated_from = 3; /* where a point is isolated, in s/a sqrt(log n) */
static const double width = 6;         /* of the noise between two points, in logits */
static const double negligible = -50;  /* log of an overlap relative to the largest */
static const double nothing = -340;    /* logs below: numbers whose squares double cannot hold */

/* ---- Pairs of points -------------------------------------------------------------------- */

/* log Phi(-x). */
static double log_tail(double x)
{
    if (x < 20) {
        return log(0.5 * erfc(x * sqrt(0.5)));
    }
    const double u = 1 / (x * x);
    return -0.5 * x * x - log(x * sqrt(2 * acos(-1))) + log1p(-u * (1 - u * (3 - 15 * u)));
}

static double log_add(double a, double b)
{
    const double most = fmax(a, b), least = fmin(a, b);
    return most == -INFINITY ? most : most + log1p(exp(least - most));
}

/* Two points as states of the first one see them: half their distance in units of the noise, the
 * log of the first weight over the second, and where, along the noise, both have the same share of
 * a state. */
typedef struct pair {
    double rho, heavier, middle;
} pair;

static pair pair_of(const ddni_rare *r, const ddni_level *level, int64_t i, int64_t at)
{
    const double rho = level->a * r->distance[at] / (2 * level->s);
    const double heavier =
        r->ds->weights == NULL ? 0 : log(ddni_weight(r->ds, i) / ddni_weight(r->ds, r->row[at]));
    return (pair){rho, heavier, heavier == 0 ? rho : rho + heavier / (2 * rho)};
}

/* Where the states between both are: beyond the far point nothing is gained. */
static double centre_of(const pair *p)
{
    return fmin(fmax(p->middle, -2 * p->rho), 2 * p->rho);
}

/* Their width along the pair: the noise, or what `width` logits leave of it. */
static double narrow(const pair *p)
{
    return fmin(1, width / (2 * (2 * p->rho - fabs(centre_of(p)))));
}

/* log E min(w_k/w_i, w_i/w_k) / 2 for states of i; for equal weights close to Phi(-rho). */
static double overlap_of(const pair *p)
{
    const double one = log_tail(2 * p->rho - p->middle) - p->heavier;
    const double other = log_tail(2 * p->rho + p->middle) + p->heavier + 4 * p->rho * p->rho;
    return log_add(one, other) - log(2);
}

/* Not below it. */
static double most_overlap(const pair *p)
{
    const double centre = centre_of(p);
    return -0.5 * centre * centre;
}

/* E min(1, r w_k/w_i) <= this for a point of relative weight r that is not nearer than rho. */
static double most_taken(double rho, double r)
{
    const double off = log(r) / (2 * rho);
    return exp(log_tail(rho - off)) + r * exp(log_tail(rho + off));
}

/* log of the density of the moved noise over the plain one, at g. */
static double log_ratio(const pair *p, double g)
{
    const double tau = narrow(p), v = (g - centre_of(p)) / tau;
    return 0.5 * (g * g - v * v) - log(tau);
}

/* ---- Neighbours ------------------------------------------------------------------------- */

void ddni_rare_free(ddni_rare *r)
{
    if (r->ctx == NULL) {
        return;
    }
    const ddni_allocator *al = ddni_context_allocator(r->ctx);
    ddni_free(al, r->row);
    ddni_free(al, r->distance);
    ddni_free(al, r->size);
    ddni_free(al, r->isolation);
    ddni_free(al, r->overlap);
    ddni_free(al, r->share_of);
    ddni_free(al, r->sums);
    ddni_free(al, r->y);
    ddni_free(al, r->other);
    *r = (ddni_rare){0};
}

/* Scratch of a search: rows of points, and the nearest of each. */
typedef struct looking {
    double *x, *distance2;
    int64_t *index, *members, *drawn;
} looking;

static void free_looking(ddn_context *ctx, looking *l)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free(al, l->x);
    ddni_free(al, l->distance2);
    ddni_free(al, l->index);
    ddni_free(al, l->members);
    ddni_free(al, l->drawn);
}

static ddn_status make_looking(ddn_context *ctx, const ddn_dataset *ds, int64_t k, looking *l)
{
    const int64_t most = ROWS * (1 + (k > FEW ? k : FEW));
    DDNI_TRY(ddni_alloc_for(ctx, "points", ROWS, ds->d * (int64_t)sizeof(double), &l->x));
    DDNI_TRY(ddni_alloc_for(ctx, "neighbours", most, sizeof(double), &l->distance2));
    DDNI_TRY(ddni_alloc_for(ctx, "neighbours", most, sizeof(int64_t), &l->index));
    DDNI_TRY(ddni_alloc_for(ctx, "points", ds->n, sizeof(int64_t), &l->drawn));
    return ddni_alloc_for(ctx, "points", ds->n, sizeof(int64_t), &l->members);
}

/* Adds a neighbour of point i, unless it is there. */
static void list(ddni_rare *r, int64_t i, int64_t row, double distance)
{
    int64_t *rows = r->row + i * r->listed, at = 0;
    while (at < r->listed && rows[at] >= 0 && rows[at] != row) {
        at++;
    }
    if (at < r->listed && rows[at] < 0) {
        rows[at] = row;
        r->distance[i * r->listed + at] = distance;
        r->size[i * r->listed + at] = 2 * log(distance);
    }
}

/* Lists the k nearest of points[count] among the rows of `search`, members[] of the set or NULL for
 * all; the point itself may be one of these. */
static ddn_status search_points(ddni_rare *r, looking *l, ddni_search *search,
                                const int64_t *members, const int64_t *points, int64_t count,
                                int64_t k)
{
    k++;
    DDNI_STAGE(r->ctx, "identities");
    for (int64_t first = 0; first < count; first += ROWS) {
        const int64_t m = count - first < ROWS ? count - first : ROWS;
        DDNI_TRY(ddni_stage_part(r->ctx, (double)first / (double)count,
                                 (double)(first + m) / (double)count));
        for (int64_t q = 0; q < m; q++) {
            ddni_dataset_rows(r->ds, points[first + q], 1, l->x + q * r->d, r->d);
        }
        DDNI_TRY(ddni_search_distinct(r->ctx, search, m, k, l->x, r->d, l->index, l->distance2));
        for (int64_t q = 0; q < m * k; q++) {
            if (l->index[q] >= 0 && l->distance2[q] > 0) {
                const int64_t row = members == NULL ? l->index[q] : members[l->index[q]];
                list(r, points[first + q / k], row, sqrt(l->distance2[q]));
            }
        }
        r->searched += m;
    }
    return DDN_OK;
}

/* The nearest points of other classes than c, of those of c. */
static ddn_status search_class(ddni_rare *r, looking *l, int64_t c)
{
    const int32_t *class_of = r->ds->labels->class_index;
    int64_t others = 0, own = r->n;
    for (int64_t i = 0; i < r->n; i++) {
        l->members[class_of[i] != c ? others++ : --own] = i;
    }
    if (others == 0 || own == r->n) {
        return DDN_OK;
    }
    ddn_dataset *rest = NULL;
    ddni_search *search = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(ddn_dataset_create_subset(r->ctx, r->ds, others, l->members, &rest), fail);
    DDNI_TRY_GOTO(ddni_search_create(r->ctx, rest, &search), fail);
    DDNI_TRY_GOTO(search_points(r, l, search, l->members, l->members + others,
                                r->ds->labels->count[c], r->nearest),
                  fail);
fail:
    ddni_search_free(r->ctx, search);
    ddn_dataset_destroy(rest);
    return status;
}

/* A search among `size` points, drawn by their weights. */
static ddn_status make_sparser(ddni_rare *r, looking *l, int64_t size, int64_t stream,
                               ddn_dataset **some, ddni_search **search)
{
    for (int64_t p = 0; p < size; p++) {
        const double u = ddni_draws_uniform(&r->samples->choice, p, stream);
        l->drawn[p] = ddni_dataset_point(r->ds, u);
    }
    DDNI_TRY(ddn_dataset_create_subset(r->ctx, r->ds, size, l->drawn, some));
    return ddni_search_create(r->ctx, *some, search);
}

/* Neighbours among them. */
static ddn_status search_some(ddni_rare *r, looking *l, const int64_t *points, int64_t count,
                              int64_t size, int64_t stream)
{
    const int64_t searched = r->searched;
    ddn_dataset *some = NULL;
    ddni_search *search = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(make_sparser(r, l, size, stream, &some, &search), fail);
    DDNI_TRY_GOTO(search_points(r, l, search, l->drawn, points, count, FEW), fail);
    r->searched = searched + count * size / r->n;
fail:
    ddni_search_free(r->ctx, search);
    ddn_dataset_destroy(some);
    return status;
}

/* How far each point is from the nearest other one among OUTPOSTS. */
static ddn_status search_isolated(ddni_rare *r, looking *l)
{
    ddn_dataset *some = NULL;
    ddni_search *search = NULL;
    ddn_status status;
    DDNI_TRY_GOTO(make_sparser(r, l, OUTPOSTS, 2, &some, &search), fail);
    for (int64_t first = 0; first < r->n; first += ROWS) {
        const int64_t m = r->n - first < ROWS ? r->n - first : ROWS;
        DDNI_TRY_GOTO(ddni_poll(r->ctx), fail);
        ddni_dataset_rows(r->ds, first, m, l->x, r->d);
        DDNI_TRY_GOTO(
            ddni_search_distinct(r->ctx, search, m, 2, l->x, r->d, l->index, l->distance2), fail);
        for (int64_t q = 0; q < m; q++) {
            const double *two = l->distance2 + 2 * q, nearest = two[0] > 0 ? two[0] : two[1];
            r->isolation[first + q] = isfinite(nearest) ? nearest : 0;
        }
    }
    r->searched += OUTPOSTS;
fail:
    ddni_search_free(r->ctx, search);
    ddn_dataset_destroy(some);
    return status;
}

/* How many sparser sets there are: of FEW, SPARSER FEW, ... points, far fewer than all. */
static int64_t sparser_sets(int64_t n)
{
    int64_t sets = 0;
    for (int64_t size = FEW; SPARSER / 2 * size <= n; size *= SPARSER) {
        sets++;
    }
    return sets;
}

/* Neighbours in sparser and sparser sets of points: close points, however many, do not hide what is
 * farther. */
static ddn_status search_scales(ddni_rare *r, looking *l, const int64_t *points, int64_t count)
{
    int64_t size = FEW;
    for (int64_t k = 0; k < sparser_sets(r->n); k++, size *= SPARSER) {
        DDNI_TRY(search_some(r, l, points, count, size, 4 + k));
    }
    return DDN_OK;
}

/* How often states lie between points, between classes, and between far points. The overlaps of
 * close pairs say nothing of far ones, which carry tr Cov: pairs of probability p and size delta^2
 * are as many events as (sum p delta^2)^2 / sum p delta^4. */
typedef struct often {
    double near, across, first, second;
} often;

/* Adds a point: its overlaps with one neighbour after the other, and then their sums. */
static void add_pair(const ddni_rare *r, int64_t at, double overlap, int other, often *sum)
{
    if (overlap == 0) {
        return;
    }
    const double size = exp(r->size[at] - r->longest);
    sum->near += overlap;
    sum->across += other ? overlap : 0;
    sum->first += overlap * size;
    sum->second += overlap * size * size;
}

static void add_point(const often *of, double pi, often *sum)
{
    sum->near += fmin(of->near, pi);
    sum->across += fmin(of->across, pi);
    sum->first += of->first;
    sum->second += of->second;
}

static double often_far(const often *sum)
{
    return sum->second > 0 ? fmin(sum->near, sum->first * (sum->first / sum->second)) : sum->near;
}

static int is_across(const ddni_rare *r, int64_t i, int64_t row)
{
    const ddni_labels *l = r->ds->labels;
    return l != NULL && l->class_index[i] != l->class_index[row];
}

static void find_longest(ddni_rare *r)
{
    r->longest = -INFINITY;
    for (int64_t at = 0; at < r->n * r->listed; at++) {
        r->longest = r->row[at] >= 0 ? fmax(r->longest, r->size[at]) : r->longest;
    }
}

/* Are there states at the level, between some points, that plain samples see too seldom? Pairs of
 * classes are not, where other classes are searched later. */
static int is_rare(const ddni_rare *r, const int64_t *points, const ddni_level *level)
{
    often sum = {0};
    for (int64_t p = 0; p < LOOKED_AT; p++) {
        often here = {0};
        for (int64_t k = 0; k < r->listed; k++) {
            const int64_t at = points[p] * r->listed + k;
            if (r->row[at] >= 0) {
                const pair both = pair_of(r, level, points[p], at);
                add_pair(r, at, exp(overlap_of(&both)) / LOOKED_AT,
                         is_across(r, points[p], r->row[at]), &here);
            }
        }
        add_point(&here, 1.0 / LOOKED_AT, &sum);
    }
    return often_far(&sum) < 2 * common ||
           (r->nearest < r->listed && r->ds->labels != NULL && sum.across < 2 * common);
}

/* Looks at some points: at how many of the levels are overlaps rare? */
static ddn_status count_rare(ddni_rare *r, looking *l, ddni_search *search, int64_t count,
                             const ddni_level *levels, int64_t *rare)
{
    int64_t points[LOOKED_AT], found = 0;
    for (int64_t p = 0; p < LOOKED_AT; p++) {
        points[p] = ddni_dataset_point(r->ds, ddni_draws_uniform(&r->samples->choice, p, 3));
    }
    DDNI_TRY(search_points(r, l, search, NULL, points, LOOKED_AT, r->nearest));
    DDNI_TRY(search_scales(r, l, points, LOOKED_AT));
    find_longest(r);
    for (int64_t k = 0; k < count; k++) {
        DDNI_TRY(ddni_poll(r->ctx));
        found += is_rare(r, points, &levels[k]);
    }
    *rare = found;
    return DDN_OK;
}

static ddn_status search_all(ddni_rare *r, looking *l, int64_t budget, int64_t count,
                             const ddni_level *levels)
{
    const int64_t classes = r->ds->labels == NULL ? 0 : r->ds->labels->classes;
    int64_t rare = 0;
    ddni_search *search = NULL;
    DDNI_TRY(ddni_search_create(r->ctx, r->ds, &search));
    ddn_status status = count_rare(r, l, search, count, levels, &rare);
    if (status != DDN_OK || rare == 0 || (double)rare * (double)budget < (double)r->n) {
        r->listed = 0;
        ddni_search_free(r->ctx, search);
        return status;
    }
    for (int64_t i = 0; i < r->n * r->listed; i++) {
        r->row[i] = -1;
    }
    for (int64_t i = 0; i < r->n; i++) {
        l->members[i] = i;
    }
    status = search_points(r, l, search, NULL, l->members, r->n, r->nearest);
    ddni_search_free(r->ctx, search);
    if (status == DDN_OK) {
        status = search_scales(r, l, l->members, r->n);
    }
    for (int64_t c = 0; status == DDN_OK && c < classes && classes <= MOST_CLASSES; c++) {
        status = search_class(r, l, c);
    }
    find_longest(r);
    return status;
}

ddn_status ddni_rare_init(ddn_context *ctx, const ddni_samples *samples, int64_t neighbours,
                          int64_t budget, int64_t count, const ddni_level *levels, ddni_rare *r)
{
    *r = (ddni_rare){.ctx = ctx, .samples = samples, .ds = samples->points, .d = samples->d};
    r->plain = 1;
    if (r->ds == NULL || neighbours == 0 || r->ds->n < 2) {
        return DDN_OK;
    }
    looking l = {0};
    r->n = r->ds->n;
    const int64_t fair = PAIRS / r->n > FEW ? PAIRS / r->n : FEW;
    neighbours = neighbours < fair ? neighbours : fair;
    neighbours = neighbours < r->n ? neighbours : r->n - 1;
    r->nearest = neighbours;
    r->listed = r->ds->labels != NULL && r->ds->labels->classes > 1 ? 2 * neighbours : neighbours;
    r->listed += FEW * sparser_sets(r->n);
    const int64_t all = r->n * r->listed;
    ddn_status status = make_looking(ctx, r->ds, neighbours, &l);
    DDNI_TRY_GOTO(status, fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", all, sizeof *r->row, &r->row), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", all, sizeof *r->distance, &r->distance), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "neighbours", all, sizeof *r->size, &r->size), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "overlaps", all, sizeof *r->overlap, &r->overlap), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "overlaps", all, sizeof *r->share_of, &r->share_of), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "overlaps", r->n, sizeof(double) * DDNI_FAMILIES, &r->sums),
                  fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "point", r->d, sizeof(double), &r->y), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "point", r->d, sizeof(double), &r->other), fail);
    for (int64_t i = 0; i < all; i++) {
        r->row[i] = -1;
    }
    DDNI_TRY_GOTO(search_all(r, &l, budget, count, levels), fail);
    if (r->n >= 2 * OUTPOSTS) {
        DDNI_TRY_GOTO(ddni_alloc_for(ctx, "points", r->n, sizeof *r->isolation, &r->isolation),
                      fail);
        DDNI_TRY_GOTO(search_isolated(r, &l), fail);
    }
fail:
    free_looking(ctx, &l);
    return status;
}

/* ---- The proposal at a level ------------------------------------------------------------- */

/* log q_F(i, k); -infinity for pairs that do not count beside the largest. */
static double log_q(const ddni_rare *r, int family, int64_t i, int64_t at)
{
    const double q = r->overlap[at] + (family == DDNI_FAR ? r->size[at] : 0) - r->top[family];
    return !(q > negligible) || (family == DDNI_ACROSS && !is_across(r, i, r->row[at])) ? -INFINITY
                                                                                        : q;
}

/* What the points that are not listed can take of the states of i, on average at most. */
static double taken_by_others(const ddni_rare *r, int64_t i, int64_t count, double weight,
                              double rho)
{
    const double others = (double)(r->n - 1 - count), pi = ddni_weight(r->ds, i);
    const double rest = r->ds->weights == NULL ? others * pi : 1 - pi - weight;
    return count == 0               ? 1
           : others > 0 && rest > 0 ? fmin(1, others * most_taken(rho, rest / others / pi))
                                    : 0;
}

/* log of pi_i times the overlap with a neighbour, or -infinity if it is negligible for all
 * families, as far as their largest ones are known; these are kept. */
static double pair_overlap(ddni_rare *r, int64_t i, int64_t at, double log_pi, const pair *p)
{
    double *top = r->top;
    const int other = is_across(r, i, r->row[at]);
    const double most = log_pi + most_overlap(p) - negligible, size = r->size[at];
    if (most < top[DDNI_NEAR] && most + size < top[DDNI_FAR] &&
        (!other || most < top[DDNI_ACROSS])) {
        return -INFINITY;
    }
    const double overlap = log_pi + overlap_of(p);
    top[DDNI_NEAR] = fmax(top[DDNI_NEAR], overlap);
    top[DDNI_FAR] = fmax(top[DDNI_FAR], overlap + size);
    top[DDNI_ACROSS] = other ? fmax(top[DDNI_ACROSS], overlap) : top[DDNI_ACROSS];
    return overlap;
}

/* Overlaps of a point with its neighbours; what its unlisted neighbours can add to it. */
static void fill_point(ddni_rare *r, int64_t i, often *sum, double *unlisted)
{
    const double pi = ddni_weight(r->ds, i), log_pi = log(pi);
    double weight = 0, rho = 0;
    int64_t count = 0;
    often here = {0};
    for (int64_t at = i * r->listed; at < (i + 1) * r->listed && r->row[at] >= 0; at++) {
        const pair p = pair_of(r, &r->level, i, at);
        r->overlap[at] = pair_overlap(r, i, at, log_pi, &p);
        add_pair(r, at, exp(r->overlap[at]), is_across(r, i, r->row[at]), &here);
        count++;
        weight += ddni_weight(r->ds, r->row[at]);
        rho = count <= r->nearest ? p.rho : rho; /* those of all classes come first */
    }
    add_point(&here, pi, sum);
    *unlisted = taken_by_others(r, i, count, weight, rho);
}

/* Overlaps of all pairs, how often states lie between them. */
static ddn_status fill_overlaps(ddni_rare *r, often *sum)
{
    *sum = (often){0};
    r->unlisted = 0;
    for (int f = 0; f < DDNI_FAMILIES; f++) {
        r->top[f] = -INFINITY;
    }
    for (int64_t i = 0; i < r->n; i++) {
        double unlisted;
        DDNI_TRY(ddni_poll(r->ctx));
        fill_point(r, i, sum, &unlisted);
        r->unlisted += ddni_weight(r->ds, i) * unlisted;
    }
    return DDN_OK;
}

static int is_of_points(int family)
{
    return family >= DDNI_EVEN;
}

static double q_of_point(const ddni_rare *r, int family, int64_t i)
{
    return family == DDNI_EVEN ? 1 : ddni_weight(r->ds, i) * fmin(r->isolation[i], r->full);
}

/* Squared distance from which on a point is isolated: beyond it log n nats lie between it and the
 * rest. */
static double full_isolation(const ddni_rare *r, const ddni_level *level)
{
    const double from = isolated_from * level->s / level->a;
    return from * from * log((double)r->n);
}

/* The share of the isolated points: of those that carry most of the sum of q. */
static double often_isolated(const ddni_rare *r, double full)
{
    double first = 0, second = 0;
    for (int64_t i = 0; r->isolation != NULL && i < r->n; i++) {
        const double pi = ddni_weight(r->ds, i), size = fmin(r->isolation[i] / full, 1);
        first += pi * size;
        second += pi * size * size;
    }
    return second > 0 ? first * (first / second) : 1;
}

/* The sum of q_F over all pairs, and its partial sums as shares. */
static void fill_family(ddni_rare *r, int family)
{
    double *sums = r->sums + family * r->n, sum = 0;
    for (int64_t i = 0; i < r->n; i++) {
        double here = is_of_points(family) ? q_of_point(r, family, i) : 0;
        for (int64_t at = i * r->listed;
             !is_of_points(family) && at < (i + 1) * r->listed && r->row[at] >= 0; at++) {
            here += exp(log_q(r, family, i, at));
        }
        sum += here;
        sums[i] = sum;
    }
    for (int64_t i = 0; i < r->n; i++) {
        sums[i] /= sum;
    }
    r->sum[family] = sum;
}

/* log sum_F lambda_F q_F / pi_i of a pair. */
static double share_of_pair(const ddni_rare *r, int64_t i, int64_t at)
{
    double q = 0;
    if (r->overlap[at] == -INFINITY) {
        return -INFINITY;
    }
    for (int f = 0; f < DDNI_EVEN; f++) {
        q += r->share[f] > 0 ? r->share[f] * exp(log_q(r, f, i, at)) / r->sum[f] : 0;
    }
    return log(q) - log(ddni_weight(r->ds, i));
}

/* The share falls to 0 where plain samples see the states themselves. */
static double share_of(double most, double times)
{
    const double u = times >= common   ? 0
                     : times <= seldom ? 1
                                       : log(common / times) / log(common / seldom);
    return most * u * u * (3 - 2 * u);
}

/* The shares of the families, those of pairs only where there are any. */
static ddn_status choose_shares(ddni_rare *r)
{
    often sum;
    DDNI_TRY(fill_overlaps(r, &sum));
    r->share[DDNI_NEAR] = share_of(0.3, sum.near);
    r->share[DDNI_FAR] = share_of(far_share, often_far(&sum));
    r->share[DDNI_ACROSS] = share_of(0.2, sum.across);
    r->share[DDNI_EVEN] = r->ds->weights != NULL && r->listed > 0 ? 0.05 : 0;
    r->share[DDNI_ISOLATED] = share_of(0.1, often_isolated(r, r->full));
    for (int f = 0; f < DDNI_FAMILIES; f++) {
        r->share[f] = is_of_points(f) || r->top[f] > nothing ? r->share[f] : 0;
        r->plain -= r->share[f];
        if (r->share[f] > 0) {
            DDNI_TRY(ddni_poll(r->ctx));
            fill_family(r, f);
        }
    }
    return DDN_OK;
}

ddn_status ddni_rare_level(ddni_rare *r, const ddni_level *level)
{
    r->level = *level;
    r->plain = 1;
    r->unlisted = 1;
    r->far = 0;
    if (r->isolation == NULL && r->listed == 0) {
        return DDN_OK;
    }
    r->full = full_isolation(r, level);
    DDNI_TRY(choose_shares(r));
    if (r->share[DDNI_FAR] > 0) {
        const double whole = r->share[DDNI_FAR] / (far_share * far_share);
        r->far = exp(r->top[DDNI_FAR]) * r->sum[DDNI_FAR] * whole;
    }
    for (int64_t i = 0; i < r->n && r->plain < 1; i++) {
        for (int64_t at = i * r->listed; at < (i + 1) * r->listed && r->row[at] >= 0; at++) {
            r->share_of[at] = share_of_pair(r, i, at);
        }
    }
    return DDN_OK;
}

/* ---- Samples ----------------------------------------------------------------------------- */

/* The family of a sample by a uniform deviate; DDNI_FAMILIES: a plain one. */
static int choose_family(const ddni_rare *r, double u)
{
    u -= r->plain;
    for (int f = 0; f < DDNI_FAMILIES && u >= 0; f++) {
        u -= r->share[f];
        if (u < 0) {
            return f;
        }
    }
    return DDNI_FAMILIES;
}

/* A pair by its share in a family: the point, and where its neighbour is listed, -1 for none. */
static void choose_pair(const ddni_rare *r, int family, double u, int64_t *i, int64_t *at)
{
    const double *sums = r->sums + family * r->n;
    int64_t low = 0, high = r->n - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (sums[middle] > u) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    /* What is left of u goes on within the point. */
    double rest = (u - (low > 0 ? sums[low - 1] : 0)) * r->sum[family];
    *i = low;
    *at = -1;
    for (int64_t k = low * r->listed;
         !is_of_points(family) && k < (low + 1) * r->listed && r->row[k] >= 0; k++) {
        const double q = exp(log_q(r, family, low, k));
        if (q > 0) {
            *at = k;
            rest -= q;
            if (rest < 0) {
                return;
            }
        }
    }
}

/* g = z . e along the pair; e is left in r->other, not divided by the distance. */
static double along(ddni_rare *r, int64_t at, const double *z)
{
    ddni_dataset_rows(r->ds, r->row[at], 1, r->other, r->d);
    for (int64_t j = 0; j < r->d; j++) {
        r->other[j] -= r->y[j];
    }
    return ddni_dot(r->d, z, r->other) / r->distance[at];
}

/* 1 / (plain + points + sum_k D_k sum_F lambda_F q_F / pi). Neighbours that cannot matter are not
 * read. */
static double weight_of(ddni_rare *r, int64_t i, const double *z)
{
    double points = 0;
    for (int f = DDNI_EVEN; f < DDNI_FAMILIES; f++) {
        points += r->share[f] > 0 ? r->share[f] * q_of_point(r, f, i) / r->sum[f] : 0;
    }
    double sum = log(r->plain + points / ddni_weight(r->ds, i));
    for (int64_t at = i * r->listed; at < (i + 1) * r->listed && r->row[at] >= 0; at++) {
        if (r->share_of[at] > -INFINITY) {
            const pair p = pair_of(r, &r->level, i, at);
            const double tau = narrow(&p), v = centre_of(&p);
            const double most = tau < 1 ? 0.5 * v * v / (1 - tau * tau) - log(tau) : INFINITY;
            if (r->share_of[at] + most > sum - 40) {
                sum = log_add(sum, r->share_of[at] + log_ratio(&p, along(r, at, z)));
            }
        }
    }
    return exp(-sum);
}

static void draw_one(ddni_rare *r, int64_t j, double *x, double *z, double *weight)
{
    const ddni_draws *choice = &r->samples->choice;
    const int family = choose_family(r, ddni_draws_uniform(choice, j, 1));
    const double u = ddni_draws_uniform(choice, j, 0);
    int64_t i, at = -1;
    ddni_draws_normal(&r->samples->noise, j, 0, r->d, z);
    if (family == DDNI_FAMILIES) {
        i = ddni_dataset_point(r->ds, u);
    } else {
        choose_pair(r, family, u, &i, &at);
    }
    ddni_dataset_rows(r->ds, i, 1, r->y, r->d);
    if (at >= 0) {
        const pair p = pair_of(r, &r->level, i, at);
        const double g = along(r, at, z);
        ddni_axpy(r->d, (centre_of(&p) + narrow(&p) * g - g) / r->distance[at], r->other, z);
    }
    *weight = weight_of(r, i, z);
    ddni_samples_at(&r->level, r->d, r->y, z, x);
}

ddn_status ddni_rare_draw(ddni_rare *r, int64_t first, int64_t count, double *x, double *z,
                          double *weight)
{
    if (r->plain == 1) {
        DDNI_TRY(ddni_samples_draw(r->samples, first, count, x, z));
        ddni_samples_at(&r->level, count * r->d, x, z, x);
    }
    for (int64_t q = 0; q < count; q++) {
        weight[q] = 1;
        if (r->plain < 1) {
            DDNI_TRY(ddni_poll(r->ctx));
            draw_one(r, first + q, x + q * r->d, z + q * r->d, &weight[q]);
        }
    }
    return DDN_OK;
}

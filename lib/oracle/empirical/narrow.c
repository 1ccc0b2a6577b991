/* Points of few coordinates: all of them in double by differences, side by side in registers. A
 * result stands if the rounding of the logits does not show in it. theory.md (11), (14). */
#include "oracle/empirical/narrow.h"

#include <string.h>

#include "base/check.h"
#include "base/parallel.h"
#include "oracle/empirical/finish.h"
#include "oracle/empirical/logit.h"

enum {
    NUMBERS = 1 << 17, /* of the copy, at most: 1 MB */
    REMEMBERED = 4096, /* points up to which reading them all costs no more than a list does */
    STATES = 64,       /* of a tile, at most */
    STEPS_OF_TILE = 1 << 18, /* pairs of a state and a point in a tile, about: 0.3 ms */
    RIVAL = 4,               /* how far below the largest logit points still matter much */
    PAIR = 8                 /* multiply-adds that a pair costs beside those of the coordinates */
};

/* Distances over s whose squares are far from the end of the range of double, and from
 * DDNI_NOWHERE. */
static const double FAR = 1e140;

/* What is added to logits of columns behind the points. */
static const double BEHIND = -1e30;

/* Sums about the centre, in the precision of the data. */
typedef struct narrow_limits {
    ddn_type type;
    int64_t size; /* bytes of a number */
    double unit;
    double largest2, least2; /* squared distances from the centre that it holds with all digits: the
                                largest one, and the mean */
    double far;              /* how large |x - a centre| over s may be for a try, beyond which the
                                result seldom stands */
    double score;            /* half of what is promised of a score, or a third */
    double weightless;       /* what a weight may be wrong by beside the largest one */
} narrow_limits;
static const narrow_limits limits_f32 = {DDN_TYPE_F32, 4, 0x1p-24, 1e24, 1e-24, 20, 5e-6, 0x1p-86},
                           limits_f64 = {DDN_TYPE_F64, 8,  0x1p-53, 1e200,
                                         1e-200,       50, 3e-13,   0x1p-500};

static const double LOG2_E = 1.4426950408889634074;

/* As in the dense way: root mean square error of products, in units times the lengths; units that
 * a sum rounds by at the size of its terms, and at its own for each addition that it grows by, with
 * the sum of the weights as if all points were alike: those near each other round so, too. */
static const double APART = 0.35, SUM_UNITS = 2, SUM_STEADY = 0.75;

/* Units that logits by products of few coordinates round by at each step at their size: as much as
 * half of the worst, since the same numbers may come again and again. */
static const double ALIKE = 0.5;

/* What cancellation may have taken from the trace, and how much of it may be lost. */
static const double TRACE_UNIT = 1e-15, TRACE_LOST_F64 = 1e-10, TRACE_LOST = 1e-4;

typedef struct narrow_scratch {
    double *logit;    /* [workers][room] */
    double *group;    /* [workers][STATES + DDNI_LANES][groups] sums by group, and room for them */
    int32_t *verdict; /* [states] */
} narrow_scratch;

/* A run over a batch. */
typedef struct narrow_run {
    const ddni_block *b;
    ddni_narrow_level level;
    int64_t m, width;           /* states, and those of a tile */
    int64_t room;               /* numbers of logits of a worker */
    int32_t posterior;          /* outputs are wanted that need more than the mean */
    int32_t more;               /* or the weights of single points */
    const narrow_limits *about; /* states are tried by sums about the centre first; NULL: not */
    double rounding, sums;      /* of a logit and of a mean, in units of their sizes */
    double steady;              /* units that a sum about the centre rounds by while it grows */
    _Atomic int32_t skipped;    /* points were left out */
} narrow_run;

/* ---- The copy ---- */

static const narrow_limits *limits_of(const ddn_dataset *ds)
{
    return ds->type == DDN_TYPE_F64 ? &limits_f64 : &limits_f32;
}

/* The points about their centre. */
static ddn_status create_about(ddn_context *ctx, const narrow_limits *limits, ddni_empirical *o)
{
    const ddni_columns *c = &o->columns;
    const int64_t ld = c->ld;
    void *at = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "columns", ld * (c->d + 2), limits->size, &at));
    o->narrow = (ddni_narrow_points){.at = at, .d = c->d, .ld = ld};
    for (int64_t m = 0; m < ld * (c->d + 2); m++) {
        const int64_t j = m / ld, i = m % ld, k = ddni_narrow_at(c->d, j, i);
        const double y = i >= c->n   ? (j > c->d ? BEHIND : 0)
                         : j < c->d  ? c->at[m] - o->points.centre[j]
                         : j == c->d ? o->points.norm[i]
                                     : c->term[i] * LOG2_E;
        if (limits->type == DDN_TYPE_F64) {
            ((double *)at)[k] = y;
        } else {
            ((float *)at)[k] = (float)y;
        }
    }
    return DDN_OK;
}

ddn_status ddni_narrow_create(ddn_context *ctx, ddni_empirical *o)
{
    const ddn_dataset *ds = o->base.dataset;
    ddni_columns c = {.n = ds->n, .d = ds->d}, *out = &o->columns;
    if (ds->d > DDNI_NARROW || ds->n > NUMBERS / ds->d) {
        return DDN_OK;
    }
    c.ld = (ds->n + DDNI_LANES - 1) / DDNI_LANES * DDNI_LANES;
    DDNI_TRY(ddni_alloc_for(ctx, "columns", c.ld * c.d, sizeof *c.at, &out->at));
    DDNI_TRY(ddni_alloc_for(ctx, "columns", c.ld, sizeof *c.term, &out->term));
    c.at = out->at;
    c.term = out->term;
    *out = c;
    for (int64_t i = 0; i < c.ld; i++) {
        double row[DDNI_NARROW] = {0};
        c.term[i] = i >= c.n ? DDNI_NOWHERE : ds->weights != NULL ? ds->weights->log[i] : 0;
        if (i < c.n) {
            ddni_dataset_rows(ds, i, 1, row, c.d);
        }
        for (int64_t j = 0; j < c.d; j++) {
            c.at[j * c.ld + i] = row[j];
        }
    }
    const narrow_limits *limits = limits_of(ds);
    int32_t fits = o->points.norm_max <= limits->largest2 && o->points.norm_mean >= limits->least2;
    return fits && ds->n > DDNI_NARROW_FEW ? create_about(ctx, limits, o) : DDN_OK;
}

void ddni_narrow_release(const ddni_allocator *al, ddni_empirical *o)
{
    ddni_free(al, o->columns.at);
    ddni_free(al, o->columns.term);
    ddni_free(al, o->narrow.at);
}

/* ---- States ---- */

/* States one after another, or, where nothing is wanted of single points, some of a tile. */
typedef struct narrow_states {
    const double *x;
    int64_t count, ldx, first;
    const int64_t *row; /* [count] of the batch; NULL: from `first` on */
} narrow_states;

/* A state and what is known of it relative to its nearest point. */
typedef struct narrow_state {
    const double *x;
    double from[DDNI_NARROW];     /* that point */
    double rest[DDNI_NARROW];     /* x - a from */
    double relative[DDNI_NARROW]; /* mean - from */
    double spread;                /* mean of |y - from|^2 */
    double trace, unsure;         /* tr Cov, and what cancellation may have taken from it */
} narrow_state;

static void open_state(const narrow_run *p, const double *x, const ddni_narrow_sums *s,
                       narrow_state *of)
{
    const ddni_columns *y = p->b->columns;
    double inverse = 1 / (1 + s->rest), square = 0;
    of->x = x;
    for (int64_t j = 0; j < p->b->d; j++) {
        double from = y->at[j * y->ld + s->argmax];
        of->from[j] = from;
        of->rest[j] = (x[j] - p->level.a * from) - p->level.a_low * from;
        of->relative[j] = s->sum[j] * inverse;
        square += of->relative[j] * of->relative[j];
    }
    of->spread = s->spread * inverse;
    of->trace = of->spread > square ? of->spread - square : 0;
    of->unsure = fmax(TRACE_UNIT, 0.5 * p->sums) * of->spread;
}

/* Whether the result keeps the promise: errors of the logits move the mean by at most so many times
 * the root of the trace, and sums relative to the nearest point round at the size of what lies
 * beside it. Roots are taken where the squares do not tell. */
static int32_t stands(const narrow_run *p, const ddni_narrow_sums *s, const narrow_state *of)
{
    const ddni_block *b = p->b;
    double a = b->level->a, error = (b->log_size - s->max) * p->rounding, square = 0, size = 0;
    if (error > ddni_logit_allowed(b) ||
        (b->want_moments &&
         of->unsure > (b->ds->type == DDN_TYPE_F64 ? TRACE_LOST_F64 : TRACE_LOST) * of->trace &&
         b->n > 1)) {
        return 0;
    }
    if (!b->want_sum) {
        return 1;
    }
    for (int64_t j = 0; j < b->d; j++) {
        double diff = of->rest[j] - a * of->relative[j];
        square += diff * diff;
        size += of->x[j] * of->x[j];
    }
    double logits = error * error * (of->trace + of->unsure), sums = p->sums * p->sums * of->spread;
    double least = ddni_score_allowed(b, 1, 0);
    return 2 * a * a * (logits + sums) <= least * least * square ||
           a * (sqrt(logits) + sqrt(sums)) <= ddni_score_allowed(b, sqrt(square), sqrt(size));
}

static void write_state(const narrow_run *p, int64_t row, const ddni_narrow_sums *s,
                        const narrow_state *of)
{
    const ddni_block *b = p->b;
    const ddni_request *rq = b->rq;
    double *score = rq->f64[DDN_OUT_SCORE];
    double inverse = 1 / b->level->s2;
    if (p->posterior) {
        const ddni_posterior post = {s->max, s->argmax, s->rest, s->rest_energy, s->rest_square};
        ddni_finish_posterior(b, row, &post);
    }
    ddni_mean_write(b, row, of->from, of->relative);
    for (int64_t j = 0; score != NULL && j < b->d; j++) {
        score[row * rq->ld[DDN_OUT_SCORE] + j] =
            (b->level->a * of->relative[j] - of->rest[j]) * inverse;
    }
    if (b->want_trace) {
        rq->f64[DDN_OUT_TRACE_COV][row] = of->trace;
    }
}

/* What a tile is asked for that is made of the weights of single points, and room for it. */
typedef struct narrow_wish {
    ddni_narrow_more more;
    double uniform[STATES], cov[STATES * DDNI_NARROW];
    int64_t drawn[STATES];
} narrow_wish;

static const ddni_narrow_more *open_wish(const narrow_run *p, int64_t first, int64_t count,
                                         int64_t worker, narrow_wish *of)
{
    const ddni_block *b = p->b;
    double *group = ((const narrow_scratch *)b->own)->group;
    of->more = (ddni_narrow_more){.drawn = of->drawn, .cov = of->cov};
    if (b->want_class) {
        of->more.group = b->ds->labels->group_index;
        of->more.groups = b->classes;
        of->more.group_sum = group + worker * (STATES + DDNI_LANES) * b->classes;
        of->more.room = of->more.group_sum + STATES * b->classes;
    }
    for (int64_t q = 0; b->want_draw && q < count; q++) {
        of->uniform[q] = ddni_draw_uniform(b, first + q);
        of->more.uniform = of->uniform;
    }
    if (b->want_cov) {
        of->more.v = b->rq->v + first * b->rq->ldv;
        of->more.ldv = b->rq->ldv;
    }
    return &of->more;
}

/* State q of the tile. */
static void write_wish(const narrow_run *p, int64_t row, int64_t q, double trace,
                       const narrow_wish *of)
{
    const ddni_block *b = p->b;
    if (b->want_class) {
        ddni_classes_write(b, row, of->more.group_sum + q * b->classes);
    }
    if (b->want_draw) {
        ddni_draw_write(b, row, of->drawn[q]);
    }
    if (b->want_cov) {
        ddni_covariance_write(b, row, trace, of->cov + q * b->d);
    }
}

/* Some states in double. */
static void run_states(narrow_run *p, const narrow_states *of_tile, int64_t worker)
{
    const ddni_block *b = p->b;
    const narrow_scratch *own = b->own;
    const int64_t count = of_tile->count, ldx = of_tile->ldx;
    ddni_narrow_sums sums[STATES];
    narrow_wish wish;
    const double *x = of_tile->x;
    const ddni_narrow_more *more =
        p->more ? open_wish(p, of_tile->first, count, worker, &wish) : NULL;
    b->kern->narrow(b->columns, &p->level, count, x, ldx, own->logit + worker * p->room, more,
                    sums);
    for (int64_t q = 0; q < count; q++) {
        const int64_t row = of_tile->row != NULL ? of_tile->row[q] : of_tile->first + q;
        narrow_state of;
        open_state(p, x + q * ldx, &sums[q], &of);
        own->verdict[row] = DDNI_RETRY;
        if (stands(p, &sums[q], &of)) {
            write_state(p, row, &sums[q], &of);
            if (more != NULL) {
                write_wish(p, row, q, of.trace, &wish);
            }
            own->verdict[row] = DDNI_DONE;
        }
        if (sums[q].skipped > 0) {
            atomic_store_explicit(&p->skipped, 1, memory_order_relaxed);
        }
    }
}

/* ---- About the centre ---- */

/* Points below the largest logit by b each, so many that their weights e^-b add up to n / e^h, have
 * a root mean square of b of h at most, or, where h is small, of a little more: the concave hull of
 * u log^2 u, which e^-b = u adds. */
static double below_largest(double h)
{
    const double tangent = 1.594, slope = 0.648;
    return h >= tangent ? h : sqrt(slope * expm1(fmax(0, h)));
}

/* States of a tile as the kernel takes them, x - a centre, rounded and in units that make a a
 * number of its type, so that all that this loses is known. By products the logits are those of
 * `along`, in units that make the factor of |y|^2 such a number. */
typedef struct narrow_about {
    int64_t row[STATES];
    double relative[STATES * DDNI_NARROW];          /* x - a centre */
    double taken[STATES * DDNI_NARROW], units;      /* the same as it was taken, times these */
    double along[STATES * DDNI_NARROW], per_length; /* likewise, for the products */
    double far2;                                    /* the largest |x - a centre|^2 */
    double a, slope, by_norm;                       /* for the kernel */
} narrow_about;

static double of_type(const narrow_run *p, double x)
{
    return p->about->type == DDN_TYPE_F32 ? (double)(float)x : x;
}

static void open_about(const narrow_run *p, int64_t first, int64_t count, narrow_about *of)
{
    const ddni_block *b = p->b;
    const double a = b->level->a, a_low = b->level->a_low, *centre = b->o->centre;
    of->a = of_type(p, a);
    of->units = of->a / a;
    of->slope = p->level.slope * LOG2_E / (of->units * of->units);
    of->by_norm = of_type(p, p->level.slope * LOG2_E * a * a);
    of->per_length = -2 * of->by_norm / a;
    of->far2 = 0;
    for (int64_t q = 0; q < count; q++) {
        const double *from = b->x + (first + q) * b->ldx;
        double length2 = 0;
        of->row[q] = first + q;
        for (int64_t j = 0; j < b->d; j++) {
            const double rest = fma(-a, centre[j], from[j]) - a_low * centre[j];
            of->relative[q * b->d + j] = rest;
            of->taken[q * b->d + j] = of_type(p, rest * of->units);
            of->along[q * b->d + j] = of_type(p, rest * of->per_length);
            length2 += rest * rest;
        }
        of->far2 = fmax(of->far2, length2);
    }
}

/* How far logits by products of a state of this squared length may be off, with points of this mean
 * squared length whose logits lie so much below those of its nearest place: what is added to them
 * rounds once, coordinates once, and sums, which stay between minus the first with what the point
 * lies below and half of the squared length over s^2, once for each coordinate. */
static double products_error(const narrow_run *p, double norm, double length2, double below)
{
    const double a = p->b->level->a, slope = -p->level.slope;
    const double constant = slope * a * a * norm, most = slope * length2;
    return ALIKE * p->about->unit *
           (constant + 2 * sqrt(constant * most) + (double)p->b->d * fmax(most, constant + below));
}

/* Whether it is worth a try: what errors of the logits come to is known only then. They show where
 * the score is small beside what moves it, the less often the more coordinates there are, and where
 * differences round no less there is nothing to lose. Where squares are not summed, they count as
 * the largest one. */
static int32_t try_products(const narrow_run *p, double far2)
{
    static const double seldom[] = {0.01, 0.1, 0.25}; /* of the promise, by coordinates */
    const ddni_block *b = p->b;
    const double d = (double)b->d, top = b->level->a * sqrt(b->o->norm_max);
    const int32_t plain = ddni_narrow_plain(1, p->about->size);
    const double error = products_error(p, plain ? b->o->norm_max : b->o->norm_mean, far2, 0);
    const double apart = APART * p->about->unit * (2 * (3 + sqrt(d)) + b->log_size + 1);
    double room = p->about->score * seldom[b->d < 3 ? b->d - 1 : 2];
    room *= plain ? (d < 8 ? 0.5 : 1) * fmin(1, b->level->s * sqrt(d) / top) : fmax(1, d / 2);
    return error <= fmax(room, apart);
}

/* What is known of a state. */
typedef struct narrow_means {
    double norm, mean2;    /* mean of |y|^2, and |mean|^2 */
    double length2, lost2; /* |x|^2, and of what the logits do not have of x */
    double square;         /* |x - a mean|^2 */
    double total, max;     /* of the weights, and the largest logit, if not a little more */
} narrow_means;

/* What a mean may be off by, times a, for points that lie so much below the largest logit on
 * average. Logits round where y and the squares or products do, which moves the mean by that times
 * the root of the trace; where x does, the mean follows with a Cov / s^2, or by as much as logits
 * of such points can; sums round at the size of what they add, points as they are stored, and, all
 * the same way while they grow, of what they come to; and weights that are 0 are not quite. */
static double error_about(const narrow_run *p, int32_t products, const narrow_means *of,
                          double below)
{
    const ddni_block *b = p->b;
    const int32_t apart = ddni_narrow_apart(b->d, products, p->about->size);
    double a = b->level->a, unit = p->about->unit, inverse = 1 / b->level->s2, d = (double)b->d;
    double trace = fmax(0, of->norm - of->mean2) + 1e-6 * of->norm, spread = sqrt(of->norm);
    double logit = fmax(0, b->log_size - of->max) + fmin(RIVAL, below);
    double steep = sqrt(2 * logit * inverse);
    double error =
        products ? products_error(p, of->norm, of->length2, logit) +
                       unit * (2 * logit + APART * (b->log_size + 1))
                 : APART * unit * (a * spread * steep + (3 + sqrt(d)) * logit + b->log_size + 1);
    double common = sqrt(of->lost2) + 0x1p-53 * (sqrt(of->length2) + a * spread);
    double moved = (error + ddni_narrow_power(b->d, p->about->size)) * sqrt(trace) +
                   common * fmin(a * trace * inverse, steep * sqrt(trace));
    double added = apart ? sqrt(of->square + a * a * trace) : a * spread;
    double grown = apart ? sqrt(of->square) : a * sqrt(of->mean2);
    double sums = unit * (SUM_UNITS * added + a * spread + p->steady * grown);
    double missed = p->about->weightless * (double)b->n / of->total * sqrt(b->o->norm_max);
    return a * (moved + 2 * missed) + sums;
}

/* Writes the score and the mean of a state if it keeps the promise. */
static int32_t finish_about(const narrow_run *p, const narrow_about *state, int64_t q,
                            int32_t products, const ddni_narrow_mean *of)
{
    const ddni_block *b = p->b;
    const ddni_request *rq = b->rq;
    const int32_t apart = ddni_narrow_apart(b->d, products, p->about->size);
    const int64_t row = state->row[q];
    double *score = rq->f64[DDN_OUT_SCORE];
    double a = b->level->a, unit = p->about->unit, inverse = 1 / b->level->s2;
    double length2 = 0, mean2 = 0, square = 0, size2 = 0, lost2 = 0;
    double diff[DDNI_NARROW], mean[DDNI_NARROW]; /* x - a y and y on average */
    for (int64_t j = 0; j < b->d; j++) {
        const int64_t k = q * b->d + j;
        double relative = state->relative[k], taken = state->taken[k] / state->units;
        double lost = relative - (products ? state->along[k] / state->per_length : taken);
        diff[j] =
            apart ? of->mean[j] / state->units + (relative - taken) : relative - a * of->mean[j];
        mean[j] = apart ? (relative - diff[j]) / a : of->mean[j];
        length2 += relative * relative;
        mean2 += mean[j] * mean[j];
        square += diff[j] * diff[j];
        size2 += b->x[row * b->ldx + j] * b->x[row * b->ldx + j];
        lost2 += lost * lost;
    }
    const narrow_means means = {
        .norm = ddni_narrow_plain(products, p->about->size) ? b->o->norm_max : of->norm,
        .length2 = length2,
        .mean2 = mean2,
        .square = square,
        .lost2 = lost2,
        .total = of->total,
        .max = (of->max - 1) / LOG2_E + (products ? p->level.slope * length2 : 0)};
    const double allowed = p->about->score * sqrt(square) + 0.25 * unit * sqrt(size2);
    if (!(error_about(p, products, &means, RIVAL) <= allowed ||
          error_about(p, products, &means, below_largest(log((double)b->n / of->total))) <=
              allowed)) {
        return 0;
    }
    ddni_mean_write(b, row, b->o->centre, mean);
    for (int64_t j = 0; score != NULL && j < b->d; j++) {
        score[row * rq->ld[DDN_OUT_SCORE] + j] = -diff[j] * inverse;
    }
    return 1;
}

/* The states that do not stand are moved to the front; gives their number. */
static int64_t pass_about(const narrow_run *p, int32_t products, int64_t count, narrow_about *of)
{
    const ddni_block *b = p->b;
    const narrow_scratch *own = b->own;
    const int64_t d = b->d;
    const ddni_narrow_states x = {count, of->taken, products ? of->along : NULL,
                                  of->a, of->slope, of->by_norm};
    ddni_narrow_mean mean[STATES];
    int64_t left = 0;
    (p->about->type == DDN_TYPE_F64 ? b->kern->narrow_means_f64
                                    : b->kern->narrow_means_f32)(b->narrow, &x, mean);
    for (int64_t q = 0; q < count; q++) {
        own->verdict[of->row[q]] = DDNI_DONE;
        if (!finish_about(p, of, q, products, &mean[q])) {
            of->row[left] = of->row[q];
            memmove(of->relative + left * d, of->relative + q * d, (size_t)d * sizeof(double));
            memmove(of->taken + left * d, of->taken + q * d, (size_t)d * sizeof(double));
            left++;
        }
    }
    return left;
}

/* A tile function. */
static void run_tile(void *arg, int64_t tile, int64_t worker)
{
    narrow_run *p = arg;
    const ddni_block *b = p->b;
    int64_t first = tile * p->width, count = p->m - first < p->width ? p->m - first : p->width;
    if (p->about == NULL) {
        run_states(p, &(narrow_states){b->x + first * b->ldx, count, b->ldx, first, NULL}, worker);
        return;
    }
    narrow_about of;
    open_about(p, first, count, &of);
    if (try_products(p, of.far2)) {
        count = pass_about(p, 1, count, &of);
    }
    if (count > 0) {
        count = pass_about(p, 0, count, &of);
    }
    if (count > 0) {
        double x[STATES * DDNI_NARROW];
        for (int64_t q = 0; q < count; q++) {
            memcpy(x + q * b->d, b->x + of.row[q] * b->ldx, (size_t)b->d * sizeof *x);
        }
        run_states(p, &(narrow_states){x, count, b->d, 0, of.row}, worker);
    }
}

/* ---- The way ---- */

static const char *why_not(const ddni_block *b)
{
    return b->columns->at == NULL ? "more than 16 coordinates, or more than 131072 numbers in all"
           : b->rq->sharp         ? "logits are wanted relative to a point"
           : b->want_nearest ? "distances from the nearest points, which a search of its own finds"
           : b->rq->trajectory && b->rq->epsilon > 0 && b->n > REMEMBERED
               ? "so many points are listed along trajectories"
               : NULL;
}

/* Whether logits may be too large for sums of them, which the range check of the other ways tells
 * from what double cannot hold. */
static int32_t far_off(const ddni_block *b, int64_t m, double *largest)
{
    double top = sqrt(b->o->norm_max) + b->o->centre_length;
    for (int64_t r = 0; r < m; r++) {
        for (int64_t j = 0; j < b->d; j++) {
            double size = fabs(b->x[r * b->ldx + j]);
            top = size > top ? size : top;
        }
    }
    *largest = top;
    return !(top <= FAR * fmin(1, b->level->s));
}

static ddn_status run(ddn_context *ctx, ddni_block *b, int64_t m, int64_t *rows, int64_t *left)
{
    narrow_scratch *own = b->own;
    const ddni_columns *y = b->columns;
    narrow_run p = {.b = b, .m = m, .room = DDNI_NARROW_FEW * DDNI_LANES};
    p.level = (ddni_narrow_level){.a = b->level->a,
                                  .a_low = b->level->a_low,
                                  .slope = -1 / (2 * b->level->s2),
                                  .least = -b->log_ratio,
                                  .fine = b->ds->type == DDN_TYPE_F64 ||
                                          b->rq->f64[DDN_OUT_LOG_P] != NULL};
    p.room = p.room < y->ld ? y->ld : p.room;
    p.rounding = ddni_logit_error(b, b->log_size - 1);
    p.sums = 0x1p-53 * (2 + ddni_run_roundings(b->n, 1));
    for (ddn_output what = 1; what < DDNI_OUTPUTS; what++) {
        p.posterior |= b->rq->i64[what] != NULL ||
                       (b->rq->f64[what] != NULL && what != DDN_OUT_SCORE && what != DDN_OUT_MEAN);
    }
    p.posterior |= b->rq->evidence != NULL;
    p.more = b->want_class || b->want_draw || b->want_cov;
    p.width = STEPS_OF_TILE / y->n / DDNI_LANES * DDNI_LANES;
    p.width = p.width < DDNI_LANES ? DDNI_LANES : p.width > STATES ? STATES : p.width;
    DDNI_TRY(ddni_reserve(ctx, "logits", ddni_workers(ctx) * p.room, 8, &own->logit));
    DDNI_TRY(ddni_reserve(ctx, "class sums",
                          ddni_workers(ctx) * (STATES + DDNI_LANES) * b->classes * b->want_class, 8,
                          &own->group));
    DDNI_TRY(ddni_reserve(ctx, "verdicts", m, sizeof *own->verdict, &own->verdict));
    double top;
    if (far_off(b, m, &top)) {
        for (int64_t r = 0; r < m; r++) {
            rows[r] = r;
        }
        *left = m;
        return DDN_OK;
    }
    const narrow_limits *limits = limits_of(b->ds);
    if (b->narrow->at != NULL && b->kern->narrow_means_f32 != NULL && !p.posterior &&
        top <= limits->far * b->level->s) {
        p.about = limits;
        p.steady = SUM_STEADY * ddni_run_roundings(b->n, b->kern->places * 4 / limits->size);
    }
    DDNI_TRY(ddni_parallel(ctx, (m + p.width - 1) / p.width,
                           (double)m * (double)y->n * (double)(2 * y->d + PAIR), run_tile, &p));
    for (int64_t r = 0; r < m; r++) {
        if (own->verdict[r] != DDNI_DONE) {
            rows[(*left)++] = r;
        }
    }
    if (p.skipped && b->n > 1) {
        b->dropped = fmax(b->dropped, b->rq->epsilon);
    }
    b->rows += m * b->n * (1 + b->want_cov); /* once more for the products */
    b->bytes += b->n * b->d * ddni_type_size(b->ds->type);
    return DDN_OK;
}

const ddni_way ddni_way_narrow = {
    .name = "narrow",
    .why_not = why_not,
    .run_batch = run,
    .failure = "rounding of differences might show in the result",
    .scratch_bytes = sizeof(narrow_scratch),
    .pointers = sizeof(narrow_scratch) / sizeof(void *),
};

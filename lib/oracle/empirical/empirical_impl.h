/* The empirical oracle's parts.
 *
 * A batch is cut into blocks of states. For each state the cheapest way that keeps the accuracy
 * promise is used (theory.md (14)):
 *   refine  a screen with certified bounds (int8 or f32) lists the points that can matter, and
 * those are evaluated by direct differences in double; dense   all points, inner products in f32 or
 * f64; accepted only if the error that their rounding can cause, seen in the result itself, is
 * small enough; direct  all points by direct differences in double: always right, and the slowest.
 */
#ifndef DDNI_ORACLE_EMPIRICAL_EMPIRICAL_IMPL_H
#define DDNI_ORACLE_EMPIRICAL_EMPIRICAL_IMPL_H

#include <math.h>

#include "dataset/dataset_impl.h"
#include "kernels/kernels.h"
#include "oracle/oracle_impl.h"
#include "oracle/posterior.h"

enum {
    DDNI_TILE_ROWS = 96,         /* rows handled together; stays in the second-level cache */
    DDNI_CHUNK_ROWS = 192,       /* rows of a unit of parallel work, at least */
    DDNI_MAX_CHUNKS = 32,        /* units of a block, at most */
    DDNI_MAX_LANES = 128,        /* states of a block worked on together, at most */
    DDNI_MAX_GROUPS = 4,         /* of that many states, at most, in a block */
    DDNI_CANDIDATES = 64,        /* candidates listed per state and chunk */
    DDNI_WIDE_CANDIDATES = 1024, /* the same, where a dense sum would lose digits */
    DDNI_TRACKED = DDNI_MAX_CHUNKS * DDNI_CANDIDATES, /* points of an active list */
    DDNI_THIN = 2 /* blocks of up to this many states go row by row, without lanes */
};

typedef struct ddni_empirical {
    ddn_oracle base;
    double *centre; /* [d] inner products and sums are taken relative to it */
    double *norm;   /* [n] |y - centre|^2 */
    float *length;  /* [n] its root, rounded up */
    double norm_max, norm_mean;
    double raw_mean;  /* mean of |y - shift|^2, what integer products are made of */
    int32_t in_place; /* rows are f32 and equal to y - centre as stored */
} ddni_empirical;

/* The points within `radius` of where a trajectory was, in the coordinates y = x / a. */
typedef struct ddni_track {
    double radius; /* 0: no list */
    int64_t count;
    int64_t nearest;  /* row of the largest weight at the last evaluation, plus 1; 0: not known */
    int64_t followed; /* evaluations that the list has served */
    int64_t wait, pause; /* screens to do without a new list, now and after the next useless one */
} ddni_track;

/* Scratch of a query; grown when needed. */
typedef struct ddni_scan {
    double *state;         /* [lanes][d] gathered states */
    double *relative;      /* [lanes][d] state - a centre */
    void *lanes;           /* the same in strips, f32 or f64; or as integers, see kernels.h */
    double *slice;         /* [lanes][DDNI_SLICES + 1] scales of the slices, constant, rest */
    void *tile;            /* [workers] row tiles and inner products */
    void *sum;             /* [chunks] dense sums in strips, f32 or f64 */
    double *lane;          /* [chunks][..][lanes] see empirical_dense.h */
    double *weight;        /* [lanes] sum e^{l - M} as the sums of bytes have it */
    double *tile_mass;     /* [tiles][lanes][2] reference and mass of each tile, for draws */
    int32_t *count;        /* [chunks][lanes] candidates */
    float *floor, *cut;    /* [chunks][lanes] */
    float *margin;         /* [lanes] */
    double *far;           /* [rows of the batch] |x - a centre| */
    double *known;         /* [lanes] logit of some point, a lower bound of the largest; or -inf */
    int32_t *row;          /* [chunks][lanes][capacity] */
    float *upper;          /* [chunks][lanes][capacity] */
    float *bound;          /* [4][lanes] slope, offset, radius, floor to begin with */
    double *logit;         /* [workers][chunks * capacity] of the candidates of one state */
    int64_t *index;        /* [workers][chunks * capacity] */
    int64_t *logit_count;  /* [lanes] candidates evaluated */
    int64_t *kept_count;   /* [lanes] of them, those that went into the sums */
    ddni_track *track;     /* [rows of the batch] */
    double *track_centre;  /* [rows][d] */
    float *track_distance; /* [rows][DDNI_TRACKED] ascending */
    int32_t *track_index;  /* [rows][DDNI_TRACKED] */
    int64_t track_rows;
    double *total;             /* [lanes][d] sum e^{l - M} (y - centre), then the mean */
    double *class_total;       /* [lanes][classes] */
    double *point;             /* [workers][2 d] */
    int64_t *anchor;           /* [lanes] row that logits are relative to, -1: absolute */
    double *part_sum;          /* direct: [chunks][lanes][d] */
    double *part_class;        /* direct: [chunks][lanes][classes] */
    double *part_moment;       /* second pass: [chunks][lanes][d + 1] */
    ddni_posterior *part;      /* [chunks][lanes] */
    ddni_posterior *posterior; /* [lanes] */
    int64_t *todo;             /* [lanes] batch rows of the block */
    int32_t *verdict;          /* [lanes] */
    double dropped, touched;   /* sums and maxima for the report */
} ddni_scan;

/* Some states of a batch against all data. */
typedef struct ddni_block {
    const ddni_empirical *o;
    const ddn_dataset *ds;
    ddni_scan *s;
    const ddni_request *rq;
    const ddni_level *level;
    const ddni_kernels *kern;
    const double *x; /* the batch */
    int64_t ldx;
    int64_t m, lanes, d, n, classes;
    const int64_t *todo; /* [m] batch rows */
    int64_t first;       /* the lowest of them at first: row r's entry of `known` is r - first */
    int64_t chunks, chunk_rows;
    int64_t group, groups; /* lanes worked on together, and how many of that in the largest block */
    int32_t want_sum, want_class, want_trace, want_cov, want_draw, want_rest;
    int32_t track;    /* keep and use active lists */
    int32_t fresh;    /* the states gathered are those of the next attempt, untouched */
    int32_t crowded;  /* nearly all points matter to the states seen: others are not asked */
    int32_t single;   /* numbers and logits are well within the range of f32 */
    double gain;      /* a / s^2 */
    double log_ratio; /* log(n / epsilon): points further below the largest logit do not count */
    int64_t list_capacity; /* points of a list that is evaluated */
} ddni_block;

/* A verdict on a state, after a way has been tried. */
enum {
    DDNI_DONE = 0, /* outputs written */
    DDNI_RETRY = 1 /* another way is needed */
};

static inline int64_t ddni_chunk_end(const ddni_block *b, int64_t chunk)
{
    int64_t end = (chunk + 1) * b->chunk_rows;
    return end < b->n ? end : b->n;
}

/* A tile is unpacked in panels of DDNI_DEPTH_BLOCK columns: few memory pages at a time, and rows an
 * odd number of cache lines apart, so that they do not compete for the same places in the cache. */
static inline int64_t ddni_panel_ld(int64_t size)
{
    return DDNI_DEPTH_BLOCK + 64 / size;
}

/* Numbers of a whole tile. */
static inline int64_t ddni_tile_numbers(int64_t d, int64_t size)
{
    int64_t panels = (d + DDNI_DEPTH_BLOCK - 1) / DDNI_DEPTH_BLOCK;
    return panels * DDNI_TILE_ROWS * ddni_panel_ld(size);
}

static inline const void *ddni_stored(const ddn_dataset *ds, int64_t row)
{
    return (const char *)ds->data + row * ds->ld * ddni_type_size(ds->type);
}

/* A tile of rows from `first` on, to be fetched during `products` products of the tile before it
 * with `lanes` lanes: 96 lines of a column block for every 128 steps of one. */
static inline ddni_ahead ddni_next_rows(const ddni_block *b, int64_t lanes, int64_t first,
                                        int64_t products)
{
    int64_t end = first + DDNI_TILE_ROWS < b->n ? first + DDNI_TILE_ROWS : b->n, every = products;
    if (first >= b->n) {
        return (ddni_ahead){NULL, NULL, 0};
    }
    while (every * 2 * DDNI_LANES < products * lanes) {
        every *= 2;
    }
    return (ddni_ahead){ddni_stored(b->ds, first), ddni_stored(b->ds, end), every - 1};
}

/* Fetches a row that will be read soon. */
static inline void ddni_fetch_row(const ddn_dataset *ds, int64_t row)
{
    const char *at = ddni_stored(ds, row);
    for (int64_t k = 0; k < ds->d * ddni_type_size(ds->type); k += 64) {
        __builtin_prefetch(at + k);
    }
}

/* Strides of strips: of the inner products of a tile, and of the states and vector sums. */
enum {
    DDNI_TILE_STRIP = DDNI_TILE_ROWS * DDNI_LANES
};
static inline int64_t ddni_strip(const ddni_block *b)
{
    return b->d * DDNI_LANES;
}

/* Whether rows can be multiplied as the bytes they are. */
static inline int32_t ddni_use_integers(const ddni_block *b)
{
    return b->ds->type == DDN_TYPE_U8 && b->kern->multiply_u8 != NULL && b->d <= DDNI_MOST_BYTES;
}

/* Columns of the integers of a single state. */
static inline int64_t ddni_padded_width(int64_t d)
{
    return (d + 63) / 64 * 64;
}

/* The whole number nearest to |v| < 2^51, without a call. */
static inline double ddni_whole(double v)
{
    return (v + 0x1.8p52) - 0x1.8p52;
}

/* Rows of bytes that may be read in groups of four, *ld apart: as they are stored, or copied to
 * copy[rows][d rounded up to 4] where that would read on behind the data, which may end where
 * memory ends. */
const uint8_t *ddni_rows_in_fours(const ddni_block *b, int64_t first, int64_t rows, uint8_t *copy,
                                  int64_t *ld);

static inline ddni_point ddni_point_at(const ddn_dataset *ds, int64_t row)
{
    return (ddni_point){ddni_stored(ds, row), ds->scale, ds->shift};
}

/* Exact logit of a point, -|x - a y|^2 / (2 s^2), by direct differences. */
static inline double ddni_logit(const ddni_block *b, const double *x, int64_t row)
{
    return -b->kern->distance(b->ds->type, b->d, x, b->level->a, b->level->a_low,
                              ddni_point_at(b->ds, row)) /
           (2 * b->level->s2);
}

/* max_j |x_j|, several at a time. */
static inline double ddni_largest(int64_t d, const double *x)
{
    double top[8] = {0}, all = 0;
    int64_t j = 0;
    for (; j + 8 <= d; j += 8) {
        for (int64_t v = 0; v < 8; v++) {
            double size = fabs(x[j + v]);
            top[v] = size > top[v] ? size : top[v];
        }
    }
    for (; j < d; j++) {
        all = fabs(x[j]) > all ? fabs(x[j]) : all;
    }
    for (int64_t v = 0; v < 8; v++) {
        all = top[v] > all ? top[v] : all;
    }
    return all;
}

/* |x|^2. */
static inline double ddni_square(const ddni_block *b, const double *x)
{
    return b->kern->distance(DDN_TYPE_F64, b->d, x, 0, 0, (ddni_point){x, 1, 0});
}

/* (|x - a z|^2 - |x - a y|^2) / (2 s^2) for z = point + d: how much larger the logit of y is than
 * that of z, from the difference of the two points, so that what they have in common does not
 * round.
 */
double ddni_logit_beside(const ddni_block *b, const double *x, int64_t row, double *point);

/* Logit of a row, relative to the anchor of state q if it has one; that point is then at point + d,
 * where ddni_fetch_anchor puts it. point[2 d]. */
double ddni_logit_of(const ddni_block *b, int64_t q, int64_t row, double *point);
void ddni_fetch_anchor(const ddni_block *b, int64_t q, double *point);

/* Rounding of a logit of this size from direct differences. */
static inline double ddni_logit_error(double logit)
{
    return -logit * 0x1p-51;
}

/* Gathers the block's states and their differences from the centre; sets lanes and chunks. */
ddn_status ddni_block_prepare(ddn_context *ctx, ddni_block *b, int64_t m, const int64_t *todo);

/* The ways: each fills s->verdict[m]. */
ddn_status ddni_refine(ddn_context *ctx, ddni_block *b, int32_t capacity);
ddn_status ddni_dense(ddn_context *ctx, ddni_block *b, ddn_type precision);
ddn_status ddni_direct(ddn_context *ctx, ddni_block *b);

/* Lists of up to b->list_capacity points per state: room for them, their evaluation (index[count]
 * ascending, logit[count] exact; both are overwritten; point[2 d] is scratch) with all outputs of
 * state q, and the share of points that it took. */
ddn_status ddni_candidates_prepare(ddn_context *ctx, ddni_block *b);
void ddni_candidates_evaluate(const ddni_block *b, int64_t q, int64_t count, int64_t *index,
                              double *logit, double *point);
void ddni_candidates_report(const ddni_block *b);

/* Active lists along trajectories, see empirical_track.c: room for them, evaluation of the states
 * whose list still holds, and the lists that a screen leaves behind. */
ddn_status ddni_track_prepare(ddn_context *ctx, const ddni_block *b, int64_t rows);
ddn_status ddni_track_follow(ddn_context *ctx, ddni_block *b);
void ddni_track_note(const ddni_block *b, int64_t q, int32_t capacity, float cut, double slack);

/* Candidates listed per state and chunk: fewer chunks have longer lists. */
static inline int32_t ddni_list_length(const ddni_block *b)
{
    return DDNI_CANDIDATES * (int32_t)b->groups;
}

/* 1 where every point counts, however small its weight: few points, and outputs that show it. */
static inline int32_t ddni_takes_all(const ddni_block *b)
{
    return b->n < DDNI_CANDIDATES || (b->n <= 8 * DDNI_CANDIDATES && b->want_rest);
}
/* Moves the states that a screen is likely to serve to the front of todo[m], which is that of the
 * block, and counts them. b->s->known gets the largest logit that was seen. */
ddn_status ddni_screen_select(ddn_context *ctx, ddni_block *b, int64_t *todo, int64_t *count);

/* Second pass over all points for Cov v and tr Cov of the block's states, whose posterior and mean
 * (total) are known. */
ddn_status ddni_moments(ddn_context *ctx, ddni_block *b);

/* Writes the outputs of state q from its posterior, total (sum e^{l - M} (y - centre), turned into
 * the mean relative to the centre) and class_total. */
void ddni_finish(const ddni_block *b, int64_t q, const ddni_posterior *p);

/* Uniform deviate that selects the draw of state q. */
double ddni_draw_uniform(const ddni_block *b, int64_t q);
/* Writes point `row` as the draw of state q. */
void ddni_draw_write(const ddni_block *b, int64_t q, int64_t row);

ddn_status ddni_scan_run(ddn_context *ctx, const ddni_empirical *o, ddni_scan *scan,
                         const ddni_request *rq, const ddni_level *level, int64_t m,
                         const double *x, int64_t ldx, ddni_report *report);

#endif

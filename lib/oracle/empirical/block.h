/* Some states of a batch against all data: what every way of evaluation starts from and fills. */
#ifndef DDNI_ORACLE_EMPIRICAL_BLOCK_H
#define DDNI_ORACLE_EMPIRICAL_BLOCK_H

#include "base/parallel.h"
#include "oracle/empirical/empirical.h"
#include "oracle/posterior.h"

enum {
    DDNI_MAX_CHUNKS = 32, /* units of a block, at most: their sums are merged one by one */
    DDNI_MAX_LANES = 128, /* states of a block worked on together, at most */
    DDNI_MAX_GROUPS = 4,  /* of that many states, at most, in a block */
    DDNI_THIN = 5         /* states of a block that dense ways take by themselves, at most */
};

/* Equal terms round the same way each time: sums in double are of runs of points, of groups of as
 * many such sums, and of these. */
enum {
    DDNI_SUM_RUN = DDNI_SHORT_RUN,
    DDNI_SUM_GROUP = DDNI_SUM_RUN * DDNI_SUM_RUN
};

/* Points this far below the largest logit have no weight in double: e^-746 is 0. */
#define DDNI_NO_WEIGHT 746

/* Verdict on a state, after a way has been tried. */
enum {
    DDNI_DONE = 0, /* outputs written */
    DDNI_RETRY = 1 /* another way is needed */
};

/* Scratch that all ways share; grown when needed. Pointers only, see ddni_free_each. */
typedef struct ddni_states {
    double *far2;              /* [rows of the batch] |x - a centre|^2, where measured */
    int64_t *todo;             /* [lanes] batch rows of the block */
    double *known;             /* [lanes] logit of some point, a lower bound of the largest; or
                                  -inf; by batch row, see ddni_block.first; or NULL */
    double *relative;          /* [lanes][d] state - a centre, see ddni_relative */
    double *square;            /* [lanes] |state - a centre|^2 */
    const double **from;       /* [lanes] what sums and means are relative to: the nearest point,
                                  or the centre */
    double **total;            /* [lanes] of [d]: sum e^{l - M} (y - from), then the mean - from */
    double *near, *sums;       /* [lanes][d] these of all states, where a way has them at once */
    double *class_total;       /* [lanes][classes] */
    ddni_posterior *posterior; /* [lanes] */
    int32_t *verdict;          /* [lanes] */
    int64_t *anchor;           /* [lanes] row that logits are relative to, -1: absolute */
    double *point;             /* [workers][DDNI_POINT d], see ddni_point_of */
} ddni_states;

struct ddni_nearby;

typedef struct ddni_block {
    const ddn_context *ctx; /* to look whether to stop */
    const ddni_centred *o;
    ddni_centred *measure; /* the same where norms are still to be taken, by the first screen that
                              reads all rows; else NULL */
    const ddn_dataset *ds;
    const ddni_columns *columns; /* the points by columns; members NULL where there are none */
    const ddni_narrow_points
        *narrow; /* about the centre, f64 for f64 data and else f32, likewise */
    ddni_states *s;
    struct ddni_shared *shared; /* scratch of steps that several ways take, see ways.h */
    void *own;                  /* scratch of the way that is tried */
    struct ddni_nearby *nearby; /* what is remembered of trajectories; NULL: they are none */
    const ddni_request *rq;
    const ddni_level *level;
    const ddni_kernels *kern;
    const double *x; /* the batch */
    int64_t ldx;
    int64_t m, lanes, d, n;
    int64_t
        classes; /* groups of labels that class sums are kept of; finish.c makes classes of them */
    const int64_t *todo; /* [m] batch rows */
    int64_t first;       /* the lowest of them at first: row r's entry of `known` is r - first */
    int64_t chunks, chunk_rows;
    int64_t group, groups; /* lanes worked on together, and how many of that in the largest block */
    int32_t want_sum, want_class, want_draw, want_rest, want_nearest;
    int32_t want_trace, want_cov, want_moments; /* the last: either of these */
    int32_t crowded;  /* nearly all points matter to the states seen: others are not screened */
    int32_t shadow;   /* screens read the shadow of the points */
    int32_t single;   /* numbers and logits are well within the range of f32 */
    double gain;      /* a / s^2 */
    double log_ratio; /* log(n / epsilon): points further below the largest logit do not count */
    const double *log_weight;  /* [n] log(n pi_i), added to logits; NULL: no weights, all 0 */
    double log_most, log_size; /* the largest of them; the largest of their sizes */
    double dropped;            /* largest bound on the mass left out so far */
    int64_t rows, bytes; /* read by the way that is tried: a row counts once for each state it is
                            compared with, its bytes once for all that share the reading */
} ddni_block;

/* State q of the block, where the batch has it. */
static inline const double *ddni_state(const ddni_block *b, int64_t q)
{
    return b->x + b->todo[q] * b->ldx;
}

enum {
    DDNI_POINT = 6
};

/* Scratch of a worker: [4 d] for a point, or an anchor as in logit.h; behind it the nearest point
 * and the sum of a state that is evaluated by itself, which stay in the cache. */
static inline double *ddni_point_of(const ddni_block *b, int64_t worker)
{
    return b->s->point + worker * DDNI_POINT * b->d;
}

/* State q less a centre: the state itself where the points keep the origin as their centre. */
static inline const double *ddni_relative(const ddni_block *b, int64_t q)
{
    return b->o->in_place ? ddni_state(b, q) : b->s->relative + q * b->d;
}

/* log(n pi_i) of a row. */
static inline double ddni_log_weight(const ddni_block *b, int64_t row)
{
    return b->log_weight == NULL ? 0 : b->log_weight[row];
}

/* The look of a loop over rows, at every sixteenth. */
static inline int32_t ddni_leave_off(const ddni_block *b, int64_t row)
{
    return row % 16 == 0 && ddni_stopping(b->ctx);
}

/* Counts `rows` rows, of the points or of their shadow, that were read for `states` states
 * together. */
static inline void ddni_count_rows_of(ddni_block *b, const ddn_dataset *ds, int64_t states,
                                      int64_t rows)
{
    b->rows += states * rows;
    b->bytes += rows * b->d * ddni_type_size(ds->type);
}

static inline void ddni_count_rows(ddni_block *b, int64_t states, int64_t rows)
{
    ddni_count_rows_of(b, b->ds, states, rows);
}

static inline int64_t ddni_chunk_end(const ddni_block *b, int64_t chunk)
{
    int64_t end = (chunk + 1) * b->chunk_rows;
    return end < b->n ? end : b->n;
}

/* Whether rows can be read as they are stored where numbers of this type are wanted. */
static inline int32_t ddni_rows_in_place(const ddni_block *b, ddn_type type)
{
    return b->o->in_place && b->ds->type == type;
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

/* A tile of rows from `first` on, to be fetched during `products` products of the tile before it
 * with `lanes` lanes: 96 lines of a column block for every 128 steps of one. Nothing of so few rows
 * that they stay in the second-level cache. */
static inline ddni_ahead ddni_next_rows(const ddn_dataset *ds, int64_t lanes, int64_t first,
                                        int64_t products)
{
    int64_t end = first + DDNI_TILE_ROWS < ds->n ? first + DDNI_TILE_ROWS : ds->n, every = products;
    if (first >= ds->n || ddni_stays_cached(ds)) {
        return ddni_nothing_ahead;
    }
    while (every * 2 * DDNI_LANES < products * lanes) {
        every *= 2;
    }
    return (ddni_ahead){
        .next = ddni_stored(ds, first), .end = ddni_stored(ds, end), .mask = every - 1};
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
static inline int32_t ddni_use_integers(const ddni_block *b, const ddn_dataset *ds)
{
    return ds->type == DDN_TYPE_U8 && b->kern->multiply_u8 != NULL && b->d <= DDNI_MOST_BYTES;
}

/* Whether dense ways multiply the states of a block by themselves, row by row, and not side by side
 * in lanes, where the others of 16 cost as much: as long as that is faster (bench/README.md). Sums
 * are of numbers of `size` bytes. */
static inline int32_t ddni_by_themselves(const ddni_block *b, int64_t size)
{
    enum {
        SHORT = 128 /* bytes of a row whose sum takes as long as they do */
    };
    const int64_t few =
        size == 4 && ddni_use_integers(b, b->ds) ? (b->d < SHORT ? 4 : DDNI_THIN) : DDNI_FEW;
    return b->m <= few;
}

/* Columns of the integers of a single state. */
static inline int64_t ddni_padded_width(int64_t d)
{
    return (d + 63) / 64 * 64;
}

/* |x|^2. */
static inline double ddni_square(const ddni_block *b, const double *x)
{
    return b->kern->distance(DDN_TYPE_F64, b->d, x, 0, 0, (ddni_point){x, 1, 0});
}

/* Sizes of chunks and groups, levels and wishes for m states of a request; dataset, points, classes
 * and level are set. */
void ddni_block_init(ddn_context *ctx, ddni_block *b, int64_t m);
/* All of that for a batch of states against the points of an oracle. */
ddni_block ddni_block_of(ddn_context *ctx, const ddni_empirical *o, const ddni_request *rq,
                         const ddni_level *level, const ddni_batch *batch);

/* The differences of a strip of states from the centre, times unit[d] (NULL: 1), as lanes: number j
 * of lane v at out[j * DDNI_LANES + v], zeros where there is no state. */
void ddni_block_lanes_f32(const ddni_block *b, int64_t strip, const double *unit, float *out);
void ddni_block_lanes_f64(const ddni_block *b, int64_t strip, double *out);

/* Distances of m states from the centre of the points, a times as far as these are, squared; into
 * far2. */
ddn_status ddni_block_measure(ddn_context *ctx, ddni_block *b, int64_t m);
/* Refuses a batch of m states where double cannot hold the logits of those of rows[count], which
 * are measured; NULL: of all of them. */
ddn_status ddni_block_check_range(ddn_context *ctx, ddni_block *b, int64_t m, int64_t count,
                                  const int64_t *rows);

/* Whether f32 can hold all that screens and single sums work with. */
int32_t ddni_block_fits_single(const ddni_block *b, int64_t m, const int64_t *todo);

/* Rows first .. first+rows-1 of bytes that may be read in groups of four columns: as they are
 * stored, or copied to copy[rows][d rounded up to 4] where that would read on behind the data,
 * which may end where memory ends. */
ddni_rows ddni_rows_in_fours(const ddn_dataset *ds, int64_t first, int64_t rows, uint8_t *copy);

/* Takes the states of m batch rows, and their differences from the centre; sets m and lanes. */
ddn_status ddni_block_gather(ddn_context *ctx, ddni_block *b, int64_t m, const int64_t *todo);
/* Room for the sums of all states at once. */
ddn_status ddni_block_sums(ddn_context *ctx, const ddni_block *b);

#endif

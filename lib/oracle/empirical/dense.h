/* All points, inner products over lanes of states, with a running softmax: one thing in three
 * files, the tile loop (dense.c), its variant on bytes as they are stored (slices.c), and its end
 * (merge.c). theory.md (11), (14). */
#ifndef DDNI_ORACLE_EMPIRICAL_DENSE_H
#define DDNI_ORACLE_EMPIRICAL_DENSE_H

#include "oracle/empirical/ways.h"

/* Rows of `lane` per chunk, each [lanes]; the class sums follow. */
enum {
    DDNI_LANE_REFERENCE,
    DDNI_LANE_BEST,
    DDNI_LANE_SUMS, /* DDNI_STATISTICS of them */
    DDNI_LANE_NORM = DDNI_LANE_SUMS + DDNI_STATISTICS,
    DDNI_LANE_RESCALE, /* of the last tile */
    DDNI_LANE_FACTOR,  /* takes the sums of the chunk to ones relative to the largest logit */
    DDNI_LANE_MASS,    /* of the weights as the sums of bytes have them */
    DDNI_LANE_LEFT,    /* weights of the rows left out of the vector sums and of the norms */
    DDNI_LANE_ROWS
};

enum {
    DDNI_MERGE_COLUMNS = 64 /* columns whose sums are added up together */
};

/* Scratch of a dense way. */
typedef struct ddni_dense {
    void *lanes;        /* the states in strips, f32 or f64, or as slices, see kernels.h */
    float *lane_scale;  /* [strips][DDNI_SLICES + 1][DDNI_LANES] scales of slices and constants */
    double *thin_scale; /* [DDNI_THIN][DDNI_SLICES + 1] the same for states by themselves */
    double *lost;       /* [lanes] what the constants lose as floats */
    void *tile;         /* [workers] row tiles and inner products */
    void *sum;          /* [chunks] sums of vectors in strips, f32 or f64 */
    double *lane;       /* [chunks][..][lanes] see above */
    int64_t *index;     /* [chunks][lanes] row of the largest logit */
    double *weight;     /* [lanes] sum e^{l - M} as the sums of bytes have it */
    double *left;       /* [lanes] share of the posterior that was left out */
    double *tile_mass;  /* [tiles][lanes][2] reference and mass of each tile, for draws */
} ddni_dense;

extern const ddni_way ddni_way_dense_f32;  /* bytes and f32 data */
extern const ddni_way ddni_way_dense_f64;  /* f64 data */
extern const ddni_way ddni_way_dense_wide; /* bytes and f32 data, in double */

/* What the tile loop of one precision needs to know. */
typedef struct ddni_dense_run {
    ddni_block *b;
    ddni_dense *s;
    ddn_type precision;
    int64_t size;               /* bytes of a number */
    int64_t tile_bytes;         /* per worker: rows, inner products, terms */
    int64_t tiles;              /* per chunk, at most */
    int64_t groups;             /* of lanes, worked on apart from each other */
    int64_t tile_rows;          /* rows of a tile */
    int32_t thin;               /* row by row, one lane per state */
    int32_t turned;             /* thin, on tiles whose rows lie side by side */
    int32_t integer;            /* on bytes as they are stored, states and weights in int8 slices */
    int64_t chunk, from, strip; /* the first chunk of those that run, and the rows of each */
    int64_t reads;              /* how often the data are read */
} ddni_dense_run;

/* A chunk of rows and a group of lanes. */
typedef struct ddni_dense_part {
    int64_t chunk, lane, lanes;
} ddni_dense_part;

static inline double *ddni_lane_row(const ddni_dense_run *p, int64_t chunk, int64_t row)
{
    return p->s->lane + (chunk * (DDNI_LANE_ROWS + p->b->classes) + row) * p->b->lanes;
}

static inline ddni_lane_sums ddni_lane_sums_of(const ddni_dense_run *p, int64_t chunk, int64_t q)
{
    const ddni_block *b = p->b;
    ddni_lane_sums s = {
        .reference = ddni_lane_row(p, chunk, DDNI_LANE_REFERENCE) + q,
        .best = ddni_lane_row(p, chunk, DDNI_LANE_BEST) + q,
        .index = p->s->index + chunk * b->lanes + q,
        .norm = ddni_lane_row(p, chunk, DDNI_LANE_NORM) + q,
        .classes = b->want_class
                       ? ddni_lane_row(p, chunk, DDNI_LANE_ROWS) + q * (p->thin ? b->classes : 1)
                       : NULL,
        .stride = p->thin ? 1 : b->lanes,
        .rescale = ddni_lane_row(p, chunk, DDNI_LANE_RESCALE) + q,
    };
    for (int64_t i = 0; i < DDNI_STATISTICS; i++) {
        s.sum[i] = ddni_lane_row(p, chunk, DDNI_LANE_SUMS + i) + q;
    }
    return s;
}

/* Blocks of columns, whose sums are added up together. */
static inline int64_t ddni_merge_blocks(const ddni_block *b)
{
    return (b->d + DDNI_MERGE_COLUMNS - 1) / DDNI_MERGE_COLUMNS;
}

static inline char *ddni_dense_sum(const ddni_dense_run *p, int64_t chunk)
{
    return (char *)p->s->sum + chunk * p->b->lanes * p->b->d * p->size;
}

/* Where coordinate j of lane q lies among the states and vector sums. */
static inline int64_t ddni_dense_at(const ddni_dense_run *p, int64_t j, int64_t q)
{
    return p->thin ? q * p->b->d + j : ddni_lane_at(j, q, ddni_strip(p->b));
}

/* The parts of a run on bytes (slices.c): scratch beside the inner products; what all inner
 * products of state q lack; the states of one strip of lanes (a tile function); inner products of a
 * tile and sums of its bytes by lanes; inner products and sums with state q if thin. */
int64_t ddni_slices_scratch(const ddni_block *b);
double ddni_slices_rest(const ddni_dense_run *run, int64_t q);
void ddni_slices_fill(void *run, int64_t strip, int64_t worker);
void ddni_slices_multiply(const ddni_dense_run *run, const ddni_dense_part *part,
                          const ddni_tile *tile, char *scratch, ddni_strips g, ddni_ahead *ahead);
void ddni_slices_combine(const ddni_dense_run *run, const ddni_dense_part *part,
                         const ddni_tile *tile, char *scratch, ddni_strips weights);
void ddni_slices_dot(const ddni_dense_run *run, const ddni_tile *tile, int64_t q, float *g,
                     ddni_ahead *ahead);
void ddni_slices_add(const ddni_dense_run *run, const ddni_dense_part *part, const ddni_tile *tile,
                     const float *weights, ddni_ahead *ahead);

/* The end of a run (merge.c), in this order: weigh the chunks; add up their vector sums by strips
 * of states and blocks of columns (a tile function whose arg is the run); merge, judge and, where
 * it passes, finish state q (likewise). */
void ddni_dense_weigh(const ddni_dense_run *run);
void ddni_dense_add(void *run, int64_t task, int64_t worker);
void ddni_dense_merge(void *run, int64_t q, int64_t worker);

#endif

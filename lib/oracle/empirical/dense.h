/* What the dense way's tile loop and its end share. */
#ifndef DDNI_ORACLE_EMPIRICAL_DENSE_H
#define DDNI_ORACLE_EMPIRICAL_DENSE_H

#include "oracle/empirical/empirical_impl.h"

/* Rows of s->lane per chunk, each [lanes]; the class sums follow. */
enum {
    DDNI_LANE_REFERENCE,
    DDNI_LANE_BEST,
    DDNI_LANE_INDEX,
    DDNI_LANE_TOTAL,
    DDNI_LANE_ENERGY,
    DDNI_LANE_SQUARE,
    DDNI_LANE_NORM,
    DDNI_LANE_RESCALE,
    DDNI_LANE_MASS,    /* of the weights as the sums of bytes have them */
    DDNI_LANE_SKIPPED, /* rows left out of the vector sums */
    DDNI_LANE_ROWS
};

enum {
    DDNI_MERGE_COLUMNS = 16 /* columns whose sums are added up together */
};

/* What the tile loop of one precision needs to know. */
typedef struct ddni_dense_run {
    ddni_block *b;
    ddn_type precision;
    int64_t size;       /* bytes of a number */
    int64_t tile_bytes; /* per worker: rows, inner products, terms */
    int64_t tiles;      /* per chunk, at most */
    int64_t groups;     /* of lanes, worked on apart from each other */
    int32_t thin;       /* row by row, one lane per state */
    int32_t integer;    /* on bytes as they are stored, states and weights in int8 slices */
} ddni_dense_run;

/* A chunk of rows and a group of lanes. */
typedef struct ddni_dense_part {
    int64_t chunk, lane, lanes;
} ddni_dense_part;

static inline double *ddni_lane_row(const ddni_dense_run *p, int64_t chunk, int64_t row)
{
    return p->b->s->lane + (chunk * (DDNI_LANE_ROWS + p->b->classes) + row) * p->b->lanes;
}

static inline ddni_lane_sums ddni_lane_sums_of(const ddni_dense_run *p, int64_t chunk, int64_t q)
{
    const ddni_block *b = p->b;
    return (ddni_lane_sums){
        .reference = ddni_lane_row(p, chunk, DDNI_LANE_REFERENCE) + q,
        .best = ddni_lane_row(p, chunk, DDNI_LANE_BEST) + q,
        .index = (int64_t *)(void *)ddni_lane_row(p, chunk, DDNI_LANE_INDEX) + q,
        .total = ddni_lane_row(p, chunk, DDNI_LANE_TOTAL) + q,
        .energy = ddni_lane_row(p, chunk, DDNI_LANE_ENERGY) + q,
        .square = ddni_lane_row(p, chunk, DDNI_LANE_SQUARE) + q,
        .norm = ddni_lane_row(p, chunk, DDNI_LANE_NORM) + q,
        .classes = b->want_class
                       ? ddni_lane_row(p, chunk, DDNI_LANE_ROWS) + q * (p->thin ? b->classes : 1)
                       : NULL,
        .stride = p->thin ? 1 : b->lanes,
        .rescale = ddni_lane_row(p, chunk, DDNI_LANE_RESCALE) + q,
    };
}

static inline char *ddni_dense_sum(const ddni_dense_run *p, int64_t chunk)
{
    return (char *)p->b->s->sum + chunk * p->b->lanes * p->b->d * p->size;
}

/* Where coordinate j of lane q lies among the states and vector sums. */
static inline int64_t ddni_dense_at(const ddni_dense_run *p, int64_t j, int64_t q)
{
    return p->thin ? q * p->b->d + j : ddni_lane_at(j, q, ddni_strip(p->b));
}

/* The parts of a run on bytes, see empirical_slices.c: scratch beside the
 * inner products; what all inner products of state q lack; the states of one strip of lanes (a tile
 * function); inner products of a tile and sums of its bytes by lanes, inner products with state q
 * if thin. */
int64_t ddni_slices_scratch(const ddni_block *b);
void ddni_slices_add(const ddni_dense_run *run, int64_t chunk, int64_t first, int64_t rows,
                     int64_t q, const float *weights, ddni_ahead *ahead);
double ddni_slices_rest(const ddni_dense_run *run, int64_t q);
void ddni_slices_fill(void *run, int64_t strip, int64_t worker);
void ddni_slices_multiply(const ddni_dense_run *run, const ddni_dense_part *part, int64_t first,
                          int64_t rows, char *scratch, float *g, ddni_ahead *ahead);
void ddni_slices_combine(const ddni_dense_run *run, const ddni_dense_part *part, int64_t first,
                         int64_t rows, char *scratch, const float *weights);
void ddni_slices_dot(const ddni_dense_run *run, int64_t first, int64_t rows, int64_t q, float *g,
                     ddni_ahead *ahead);

/* The end of a run, in this order: weigh the chunks; add up their vector sums by blocks of columns
 * (a tile function whose arg is the run); merge, judge and, where it passes, finish state q
 * (likewise). */
void ddni_dense_weigh(const ddni_dense_run *run);
void ddni_dense_add(void *run, int64_t block, int64_t worker);
void ddni_dense_merge(void *run, int64_t q, int64_t worker);

#endif

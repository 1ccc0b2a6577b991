/* A pass over all data that bounds every logit and lists the points that can matter; theory.md
 * (14).
 *
 * With L_i <= l_i <= U_i from the screen and F = max_i L_i, a point with U_i < F - log(n / epsilon)
 * weighs less than epsilon / n, since the largest logit is at least F. */
#ifndef DDNI_ORACLE_EMPIRICAL_SCREEN_H
#define DDNI_ORACLE_EMPIRICAL_SCREEN_H

#include "oracle/empirical/block.h"

enum {
    DDNI_CANDIDATES = 64,        /* listed per state and chunk: four cache lines of row numbers,
                                    enough for one cluster of neighbours */
    DDNI_WIDE_CANDIDATES = 1024, /* the same, where the narrow lists overflowed */
    DDNI_FEW_POINTS = 8 * DDNI_CANDIDATES /* sets up to this size are listed whole */
};

/* Scratch of a screen. */
typedef struct ddni_screens {
    void *lanes;           /* the states in strips, f32, or as integers, see kernels.h */
    void *tile;            /* [workers] row tiles and inner products */
    int32_t *count;        /* [chunks][lanes] candidates */
    float *floor, *cut;    /* [chunks][lanes] */
    float *margin;         /* [lanes] */
    int32_t *row;          /* [chunks][lanes][capacity] */
    float *upper;          /* [chunks][lanes][capacity] */
    float *slope, *offset; /* [lanes] */
    float *radius, *least; /* [lanes] least: the floor to begin with */
    float *start;          /* [lanes] the cut to begin with */
} ddni_screens;

/* A screen of the states of a block. */
typedef struct ddni_screening {
    const ddni_block *b;
    ddni_screens *s;
    const ddn_dataset *rows;  /* that are read: the points, or their shadow, */
    const double *centre;     /* [d] taken relative to this */
    const double *unit;       /* [d] of the columns of a shadow; NULL: the points themselves */
    double spread;            /* what a rest of the shadow counts as in lengths of points */
    int32_t integer;          /* int8 states against u8 rows */
    int32_t capacity;         /* candidates per state and chunk */
    const double *log_weight; /* [n] part of the logits that are bounded; NULL as prepared: the
                                 bounds are of -|x - a y|^2/(2 s^2) alone, for distances */
    int64_t quads;            /* groups of four coordinates */
    int64_t tile_bytes;       /* per worker */
    int64_t begin, end;       /* chunks to be screened: all of them, unless changed before a run */
    float margin;
    double slack;   /* rounding of the bounds themselves */
    int32_t usable; /* all bounds are within the range of f32 */
} ddni_screening;

/* Prepares a screen of the points or of their shadow; s->margin may be changed before it runs,
 * INFINITY lists all that there is room for, and s->start: rows with bounds up to it are not
 * listed. */
ddn_status ddni_screen_prepare(ddn_context *ctx, const ddni_block *b, ddni_screens *s,
                               int32_t shadow, int32_t capacity, ddni_screening *screening);
/* Its slack, and whether it is usable: anew where the largest norm has grown. */
void ddni_screen_slack(ddni_screening *screening);
ddn_status ddni_screen_run(ddn_context *ctx, ddni_screening *screening);

/* The listed rows of state q, of the chunks last screened, whose upper bound is at least `least`,
 * ascending: index[], returns the count; upper[] gets the bounds unless NULL. */
int64_t ddni_screen_collect(const ddni_screening *p, int64_t q, float least, int64_t *index,
                            float *upper);

/* Largest over the chunks screened so far: rows of state q that are not listed have bounds up to
 * *cut, or weigh nothing beside the largest logit, which is at least *floor. */
void ddni_screen_limits(const ddni_screening *p, int64_t q, float *floor, float *cut);

/* What is to be added to a bound of state q to bound the logit itself. */
double ddni_screen_shift(const ddni_screening *p, int64_t q);
/* Distance from x/a that a row with this upper bound, less its log weight, has at least: a logit of
 * at most u is a distance of at least sqrt(-2 u) s/a; rounded towards 0. */
double ddni_screen_distance(const ddni_block *b, double upper, double shift);

/* Candidates listed per state and chunk: fewer chunks have longer lists. */
static inline int32_t ddni_list_length(const ddni_block *b)
{
    return DDNI_CANDIDATES * (int32_t)b->groups;
}

#endif

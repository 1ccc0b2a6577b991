/* The k nearest points of each state, exactly: by a screen that proves which points cannot matter,
 * else by direct differences with all points. theory.md (90).
 *
 * What counts as the distance is the difference taken in double; ties go to the lowest row. */
#ifndef DDNI_ORACLE_EMPIRICAL_NEAREST_H
#define DDNI_ORACLE_EMPIRICAL_NEAREST_H

#include "oracle/empirical/screen.h"

/* A point near a state: the squared distance |x - a y|^2, and its row. */
typedef struct ddni_near {
    double distance2; /* INFINITY where there is none */
    int64_t row;      /* -1 where there is none */
} ddni_near;

/* Scratch. */
typedef struct ddni_nearest {
    ddni_screens screens;
    ddni_states again; /* states that a first screen left open */
    int64_t *index;    /* [workers][listed] rows listed for one state */
    float *upper;      /* [workers][listed] */
    ddni_near *best;   /* [lanes][k] ascending; a heap before that */
    int64_t *count;    /* [lanes] of best so far */
    double *limit;     /* [lanes] a squared distance within which there are k points */
    ddni_near *part;   /* [states][chunks][k] */
    double *part_far2; /* [states][chunks] largest squared distance */
    double *far2;      /* [lanes] the same of all points, of a state that took all of them */
    int32_t *open;     /* [lanes] 1: not found yet */
    int64_t *read;     /* [lanes] points whose distance was taken */
    int64_t *left;     /* [lanes] states of the block that are open */
    int64_t *row;      /* [lanes] the same by batch row */
} ddni_nearest;

/* The k nearest points of the states of a block that are done: s->best. `distinct`: of copies of a
 * point, equal as numbers, only the first counts; for small k. */
ddn_status ddni_nearest_run(ddn_context *ctx, ddni_block *b, ddni_nearest *s, int64_t k,
                            int32_t distinct);

/* Whether that takes no more than some 100 MB of scratch for m states. */
int32_t ddni_nearest_fits(const ddni_block *b, int64_t m, int64_t k);

/* A search in a dataset, which outlives it; used by one call at a time. */
typedef struct ddni_search ddni_search;
ddn_status ddni_search_create(ddn_context *ctx, const ddn_dataset *ds, ddni_search **out);
/* NULL is a no-op. */
void ddni_search_free(ddn_context *ctx, ddni_search *search);

/* The k nearest points of finite states x[m][ldx], ascending, for 1 <= k <= n: index[m][k] and
 * squared distances distance2[m][k], each or NULL. The same bits for any batch and number of
 * threads. */
ddn_status ddni_search_run(ddn_context *ctx, ddni_search *search, int64_t m, int64_t k,
                           const double *x, int64_t ldx, int64_t *index, double *distance2);
/* The same for points that differ as numbers, for small k; -1 and INFINITY where there are fewer.
 */
ddn_status ddni_search_distinct(ddn_context *ctx, ddni_search *search, int64_t m, int64_t k,
                                const double *x, int64_t ldx, int64_t *index, double *distance2);

#endif

/* States between close points and at isolated ones, drawn more often than they come, each with its
 * weight; theory.md (39).
 *
 * Where the noise is small, most states belong to one point, and the averages live on the few that
 * lie between two close points. The proposal mixes plain samples with families of pairs (point,
 * neighbour) whose noise is moved to the middle between both, and narrowed there to where both
 * points have weight. Where the noise is large, most states belong to many points, and the few that
 * do not to isolated points, which a family of points draws. W = p_t / proposal is the weight of a
 * sample, at most 1 / (share of the plain ones), with mean 1. */
#ifndef DDNI_ANALYSIS_RARE_H
#define DDNI_ANALYSIS_RARE_H

#include "analysis/samples.h"

/* Families: what the pairs are chosen by. */
enum {
    DDNI_NEAR,     /* how often states lie between them */
    DDNI_ACROSS,   /* the same, between classes */
    DDNI_FAR,      /* the first times the squared distance */
    DDNI_EVEN,     /* points whatever their weights, their noise as it is; */
    DDNI_ISOLATED, /* points far from the others, the same */
    DDNI_FAMILIES
};

typedef struct ddni_rare {
    ddn_context *ctx;
    const ddni_samples *samples;
    const ddn_dataset *ds; /* the points of the samples, or NULL */
    int64_t n, d;
    int64_t listed;    /* neighbours of a point, 0: all samples are plain; */
    int64_t nearest;   /* the first of them are the nearest, then come those of sparser sets of
                          points, and of other classes */
    int64_t searched;  /* points whose neighbours have been looked for */
    int64_t *row;      /* [n][listed] neighbours, -1 where there are fewer */
    double *distance;  /* [n][listed] */
    double *size;      /* [n][listed]: log of the squared distance */
    double *isolation; /* [n] or NULL: squared distance to the nearest of some points */
    double *overlap;   /* [n][listed] at the level: log of pi_i E min(w_k/w_i, w_i/w_k) / 2 */
    double *share_of;  /* [n][listed] at the level: log sum_F lambda_F q_F / pi */
    double *sums;      /* [FAMILIES][n] at the level: shares of the points up to one */
    double *y, *other;
    ddni_level level;
    double plain;                /* share of the plain samples */
    double share[DDNI_FAMILIES]; /* of the families */
    double top[DDNI_FAMILIES];   /* log of the largest q of a family, its unit */
    double sum[DDNI_FAMILIES];   /* over all pairs, in that unit */
    double longest;              /* log of the largest squared distance */
    double full;     /* squared distance from which on a point is isolated, at the level */
    double far;      /* W tr Cov of a sample of that family, about; falls to 0 with its
                        share, since plain samples see these states then */
    double unlisted; /* how much weight other points than the listed ones can have */
} ddni_rare;

/* Finds the neighbours of the points of the samples, `neighbours` of each and as many of other
 * classes, if some of the levels has rare states and the search is worth it for `budget`
 * evaluations a level. */
ddn_status ddni_rare_init(ddn_context *ctx, const ddni_samples *samples, int64_t neighbours,
                          int64_t budget, int64_t count, const ddni_level *levels, ddni_rare *r);
void ddni_rare_free(ddni_rare *r);

/* From here on at that level. */
ddn_status ddni_rare_level(ddni_rare *r, const ddni_level *level);

/* Samples first .. first+count-1 at the level: x[count][d] and their weights; z[count][d] is
 * scratch. */
ddn_status ddni_rare_draw(ddni_rare *r, int64_t first, int64_t count, double *x, double *z,
                          double *weight);

#endif

/* The judge of all analyses: which point is nearest to a state, and which class it is. The rule is
 * stated in diffdyn/analysis.h. */
#ifndef DDNI_ANALYSIS_JUDGE_H
#define DDNI_ANALYSIS_JUDGE_H

#include <diffdyn/analysis.h>

#include "dataset/dataset_impl.h"
#include "schedule/schedule_impl.h"

typedef enum ddni_class_rule {
    DDNI_NO_CLASS,
    DDNI_CLASSIFIER,
    DDNI_LABEL_OF_NEAREST,
    DDNI_MOST_PROBABLE
} ddni_class_rule;

/* A classifier of the host's: one of both functions, or none. */
typedef struct ddni_classifier {
    ddn_classify_f64_fn f64;
    ddn_classify_f32_fn f32;
    void *user;
    ddn_release_fn release;
} ddni_classifier;

static inline int ddni_has_classifier(const ddni_classifier *c)
{
    return c->f64 != NULL || c->f32 != NULL;
}

/* What a judge is made from. */
typedef struct ddni_judge_of {
    const ddn_oracle *oracle;
    const ddn_dataset *points; /* that judge in the oracle's place, or NULL */
    const ddn_dataset *starts; /* that judge where the oracle has neither weights nor data */
    ddni_classifier classifier;
} ddni_judge_of;

/* One that is all zero may be freed. */
typedef struct ddni_judge {
    ddn_context *ctx;
    const ddn_oracle *oracle; /* whose weights tell, or NULL where nothing is known of points */
    ddn_oracle *made;         /* the same if it was made here */
    const ddni_labels *labels;
    int64_t rows;
    int64_t d, classes; /* classes whose probability the oracle tells */
    ddni_class_rule rule;
    ddni_classifier classifier;
    ddn_query *query;
    int64_t *nearest;  /* [rows] of the last states, NULL without points */
    int64_t *class_of; /* [rows], NULL without classes */
    int32_t *given;    /* [rows] from the classifier */
    float *single;     /* [rows][d] for one in single precision */
    double *share;     /* [rows][classes] */
} ddni_judge;

/* For up to `rows` states at a time. The judge is to be freed whatever is returned. */
ddn_status ddni_judge_create(ddn_context *ctx, const ddni_judge_of *of, int64_t rows,
                             ddni_judge *judge);
void ddni_judge_free(ddni_judge *judge);

/* The class rule in words. */
const char *ddni_judge_rule(const ddni_judge *judge);
/* Why there are no classes, or no nearest points, as the end of a definition; "" where there are.
 */
const char *ddni_judge_no_class(const ddni_judge *judge);
const char *ddni_judge_no_point(const ddni_judge *judge);

/* phi at infinite time, sum pi_c^2 (24), for this judge: of the labels of its points, else of what
 * the classifier says of them, else of the most probable classes. NaN where it is not known. */
ddn_status ddni_judge_phi_infinity(ddni_judge *judge, double *phi);

/* Judges states x[m][ldx] as they are at the noise level of time t. Without a classifier, which is
 * asked about clean states only. */
ddn_status ddni_judge_noisy(ddni_judge *judge, double t, int64_t m, const double *x, int64_t ldx);
/* Judges clean states x[m][d], at the level of the clean end that they came from: x is scaled by
 * its a. */
ddn_status ddni_judge_clean(ddni_judge *judge, const ddni_level *end, int64_t m, double *x);

/* What the two rows 2p and 2p + 1 of a pair may agree in. */
enum {
    DDNI_SAME_CLASS,
    DDNI_SAME_POINT,
    DDNI_SAMES
};
/* 1 where they do in the last states, else 0, as without classes, without points. */
void ddni_judge_same(const ddni_judge *judge, int64_t p, double same[DDNI_SAMES]);

/* What is recorded of a pair. */
typedef struct ddni_pair_record {
    double same[DDNI_SAMES];
    double change[DDNI_SAMES]; /* by half the steps, of the pairs that ran again */
    double distance2;          /* of the two ends */
    double entropy;            /* of the state that they come from, where it is asked */
} ddni_pair_record;

/* How many pairs agreed. */
typedef struct ddni_agreement {
    int64_t nearest, classes;
} ddni_agreement;
void ddni_agreement_add(const double same[DDNI_SAMES], ddni_agreement *sum);

#endif

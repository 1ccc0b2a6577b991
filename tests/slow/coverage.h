/* What the program `coverage` measures: reported errors against the spread over many seeds. */
#ifndef TEST_SLOW_COVERAGE_H
#define TEST_SLOW_COVERAGE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

enum {
    COVER_TIMES = 6,
    COVER_MOST = 48, /* values of a group */
    COVER_POINTS = 200,
    COVER_D = 20
};
extern const double cover_times[COVER_TIMES]; /* 0.02 ... 4 */

/* What one seed gave. */
typedef struct cover_value {
    double value, se;
    double low, high; /* the 95 % interval that was reported, or NaN: value +- 1.96 se */
    double truth;     /* of this seed alone, or NaN: that of the group */
    double trials; /* > 0: a proportion of so many; where hits or misses are rare, or where it is 1
                      (other discrete values), only its interval counts */
} cover_value;

/* A value without what does not apply. */
cover_value cover_plain(double value, double se);

/* One data set with its oracle, and settings that a measurement may change. */
typedef struct cover_scene {
    const char *data;
    ddn_context *ctx;
    ddn_dataset *ds;
    ddn_schedule *ou;
    ddn_oracle *oracle;
    ddn_analysis *an;
} cover_scene;

/* Several values of one measurement. */
typedef struct cover_group {
    const char *name; /* to choose it by */
    const char *setting;
    int32_t once;  /* not for each data set: it makes its own data */
    int32_t count; /* quantities */
    const char *quantity[8];
    int32_t times; /* values of each: one for each of cover_times, else 1 */
    void (*measure)(cover_scene *s, int64_t seed, cover_value *out); /* out[count][times or 1] */
    void (*truth)(cover_scene *s, double *out);
} cover_group;

extern const cover_group cover_transitions[], cover_starts[], cover_theory[], cover_data[],
    cover_denoising[]; /* the last has no name */

/* Ends the program with the message of the context unless status is DDN_OK. */
void cover_try(cover_scene *s, ddn_status status);
void cover_set(cover_scene *s, ddn_analysis_key key, int64_t value);
double cover_element(cover_scene *s, const ddn_result *r, const char *name, int64_t row);
/* A scalar with its error. */
cover_value cover_scalar(cover_scene *s, const ddn_result *r, const char *name);
/* Row of a column with NAME_se and, where there are any, NAME_low and NAME_high. */
cover_value cover_row(cover_scene *s, const ddn_result *r, const char *name, int64_t row);

/* Seeds of truths: no measurement has one of these. */
#define COVER_TRUTH_SEED INT64_C(1000000007)

#endif

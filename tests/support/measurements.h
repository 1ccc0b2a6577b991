/* Small runs of every measurement that goes by batches of samples, for tests of all of them. They
 * assert nothing, so that threads may make them. */
#ifndef TEST_SUPPORT_MEASUREMENTS_H
#define TEST_SUPPORT_MEASUREMENTS_H

#include <diffdyn/diffdyn.h>

enum {
    MEASUREMENT_NUMBERS = 1024, /* of a result, at most */
    MEASUREMENT_TIMES = 3
};

/* What the model does in the call `spoil_at`. */
typedef enum measurement_spoil {
    MEASUREMENT_FAILS,
    MEASUREMENT_GIVES_NAN
} measurement_spoil;

/* Data, and an analysis of them. */
typedef struct measurement_set {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *train, *test; /* two labelled clusters */
    ddn_oracle *exact, *model; /* of the training data; a model without data */
    ddn_analysis *an;
    double times[MEASUREMENT_TIMES];
    measurement_spoil spoil;
    int64_t spoil_at, calls; /* of the model, counted from 1; 0: never */
} measurement_set;

/* To be freed whatever is returned. The second with other points. */
ddn_status measurement_set_make(ddn_context *ctx, measurement_set *s);
ddn_status measurement_set_make_other(ddn_context *ctx, measurement_set *s);
void measurement_set_free(measurement_set *s);

/* All measurements: their number, their names, and one of them. */
int measurement_count(void);
const char *measurement_name(int kind);
ddn_status measurement_run(const measurement_set *s, int kind, ddn_result **out);

/* All numbers of a result, scalars with their errors first; how many. */
int64_t measurement_numbers(ddn_context *ctx, const ddn_result *r, double *numbers);

#endif

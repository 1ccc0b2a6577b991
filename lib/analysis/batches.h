/* The loop of every measurement: batches of samples, each evaluated to one record a sample, then
 * absorbed in their order. A record is a function of the settings and the number of its sample, and
 * what is measured one of the records alone. */
#ifndef DDNI_ANALYSIS_BATCHES_H
#define DDNI_ANALYSIS_BATCHES_H

#include <diffdyn/analysis.h>

/* Writes the records of samples first .. first + m - 1, which are zero before: draws, runs, judges.
 */
typedef ddn_status (*ddni_evaluate_fn)(void *user, int64_t first, int64_t m, void *records);
/* Adds the same records to what is measured. */
typedef void (*ddni_absorb_fn)(void *user, int64_t first, int64_t m, const void *records);

/* One that is all zero may be closed. */
typedef struct ddni_batches {
    ddn_context *ctx;
    int64_t batch, size; /* samples of one; bytes of a record, which is made of doubles */
    ddni_evaluate_fn evaluate;
    ddni_absorb_fn absorb;
    void *user;      /* of both */
    void *records;   /* [batch] */
    double from, to; /* progress of the batch that is evaluated */
} ddni_batches;

/* b: batch, size, evaluate, absorb, user. */
ddn_status ddni_batches_open(const ddn_analysis *an, ddni_batches *b);
void ddni_batches_close(ddni_batches *b);

/* Samples first .. total - 1; progress from `from` to `to`. */
ddn_status ddni_batches_run(ddni_batches *b, int64_t first, int64_t total, double from, double to);

/* Inside of evaluate: progress of what comes next, as shares of that of the batch. */
ddn_status ddni_batches_part(const ddni_batches *b, double from, double to);

#endif

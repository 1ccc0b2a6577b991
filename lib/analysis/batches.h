/* The loop of every measurement: batches of samples, each evaluated to one record a sample, then
 * absorbed in their order. A record is a function of the settings and the number of its sample, and
 * what is measured one of the records alone. So they may come from the ranks of a team, which
 * evaluate a batch each at a time, or from groups of ranks that have the data together, which
 * evaluate one a group, and from the journal of a call that was stopped: the results are the same.
 */
#ifndef DDNI_ANALYSIS_BATCHES_H
#define DDNI_ANALYSIS_BATCHES_H

#include <diffdyn/analysis.h>

/* Writes the records of samples first .. first + m - 1, which are zero before: draws, runs, judges.
 */
typedef ddn_status (*ddni_evaluate_fn)(void *user, int64_t first, int64_t m, void *records);
/* Adds the same records to what is measured. They may come from a file that lies: any numbers. */
typedef void (*ddni_absorb_fn)(void *user, int64_t first, int64_t m, const void *records);

/* What tells a measurement from others, beside all settings. */
typedef struct ddni_measured {
    const char *kind;
    const ddn_oracle *oracle;
    const double *times; /* [count] */
    int64_t count;
    const ddn_oracle *end;      /* another oracle; or NULL, as both sets */
    const ddn_dataset *data[2]; /* that are given with the call */
    uint64_t more;              /* digest of other arguments */
} ddni_measured;

/* One that is all zero may be closed. */
typedef struct ddni_batches {
    ddni_measured what;
    int64_t batch, size; /* samples of one; bytes of a record, which is made of doubles */
    ddni_evaluate_fn evaluate;
    ddni_absorb_fn absorb;
    void *user; /* of both */
    ddn_context *ctx;
    ddn_team *team;           /* whose ranks share the batches out; or NULL */
    int64_t together;         /* ranks that evaluate a batch together: 1, or those of a group */
    struct ddni_notes *notes; /* the journal's, or NULL */
    int64_t taken;            /* bytes of the notes */
    uint64_t digest;          /* of what all ranks must have in common */
    unsigned char *own, *all; /* records of a batch, and of a round */
    int64_t *begin;           /* [ranks + 1] of those that each rank gives to all */
    double from, to;          /* progress of what is evaluated */
} ddni_batches;

/* b: what, batch, size, evaluate, absorb, user. */
ddn_status ddni_batches_open(const ddn_analysis *an, ddni_batches *b);
void ddni_batches_close(ddni_batches *b);

/* Samples first .. total - 1; progress from `from` to `to`. */
ddn_status ddni_batches_run(ddni_batches *b, int64_t first, int64_t total, double from, double to);

/* Inside of evaluate: progress of what comes next, as shares of that of the batch. */
ddn_status ddni_batches_part(const ddni_batches *b, double from, double to);

#endif

/* A query's members, for the files of this room that implement its functions. */
#ifndef DDNI_ORACLE_QUERY_IMPL_H
#define DDNI_ORACLE_QUERY_IMPL_H

#include "base/options.h"
#include "oracle/oracle_impl.h"

enum {
    DDNI_QUERY_EPSILON, /* rows of the table of options */
    DDNI_QUERY_TRAJECTORY,
    DDNI_QUERY_FORBID,
    DDNI_QUERY_PROBES,
    DDNI_QUERY_OPTIONS
};

/* What is bound in single precision, and the doubles that stand for it during a run. */
typedef struct ddni_query_singles {
    float *out[DDNI_OUTPUTS]; /* NULL: not bound as f32 */
    int64_t ld[DDNI_OUTPUTS];
    const float *v; /* DDN_IN_V */
    int64_t ldv;
    double *wide[DDNI_OUTPUTS], *wide_v, *wide_x;
    int64_t set; /* of the outputs bound as f32 */
} ddni_query_singles;

/* The divergence by products with the Jacobian: states, vectors and products of several vectors a
 * row, and the sums. Pointers alone. */
typedef struct ddni_query_products {
    double *x, *v, *jv, *sum;
} ddni_query_products;

/* Some derived outputs need an output that the caller did not bind: TRACE_COV goes to `trace`. */
struct ddn_query {
    ddni_handle handle;
    ddn_context *ctx;
    ddn_oracle *oracle;
    void *scratch;
    ddni_request rq;
    int64_t bound; /* set of the outputs that have memory, of either precision */
    ddni_query_singles singles;
    int64_t *paths;
    int64_t path_count;
    ddn_options options;
    ddni_option table[DDNI_QUERY_OPTIONS];
    ddni_value values[DDNI_QUERY_OPTIONS];
    double *trace;
    ddni_query_products products;
    ddni_report report;
    int64_t m;                                    /* states of the last run */
    int64_t total[DDNI_MOST_WAYS][DDN_WAY_BYTES]; /* by ddn_way_tally - 1 */
};

/* Refuses to bind `out`: no such output, another type of number, none that the oracle gives, or
 * rows that are too short. */
ddn_status ddni_query_check_output(ddn_query *q, ddn_output what, int32_t integer, const void *out,
                                   int64_t ld);
ddn_status ddni_query_check_input(ddn_query *q, ddn_input what, const void *in, int64_t ld);

/* Notes that an output is bound, or is not. */
void ddni_query_note(ddn_query *q, ddn_output what);

/* ddn_query_run after its check of q. */
ddn_status ddni_query_run(ddn_query *q, double t, int64_t m, const double *x, int64_t ldx);

/* Evaluates what is asked for, outputs that follow from others included, and adds to the report. */
ddn_status ddni_query_evaluate(ddn_query *q, const ddni_request *asked, const ddni_batch *batch);

/* Whether DIVERGENCE, if it is asked for, comes from products with the Jacobian. */
int32_t ddni_query_by_products(const ddn_query *q);
/* It, into q->products.sum[m]. */
ddn_status ddni_query_products_run(ddn_query *q, const ddni_request *rq, const ddni_batch *batch);

/* Rows of singles, checked but for NaN and Inf, as doubles without gaps, in *copy. */
ddn_status ddni_query_promote(ddn_context *ctx, const char *name, int64_t m, int64_t d,
                              const float *rows, int64_t ld, double **copy);
/* Before a run of m >= 1 states: puts doubles in the place of what is bound as singles. */
ddn_status ddni_query_singles_open(ddn_query *q, int64_t m, ddni_request *rq);
/* After a run that did not fail: rounds them. A number beyond the range of float is DDN_E_RANGE;
 * nothing is written then. */
ddn_status ddni_query_singles_close(ddn_query *q, int64_t m);
void ddni_query_singles_free(ddn_query *q);
int64_t ddni_query_singles_bytes(const ddn_query *q);

#endif

/* What the benchmark programs share: threads, timing in turns, quartiles, the machine's limits, the
 * data and the states of a case, the baseline and the references. Uses the public API only, and the
 * helper of the example drivers for options and messages.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H

#include "driver.h"

/* ---- Timing (bench.c) -------------------------------------------------------------------- */

typedef struct bench_quartiles {
    double q1, median, q3;
} bench_quartiles;
/* Sorts values[count]. */
bench_quartiles bench_quartiles_of(double *values, int64_t count);

/* drv.threads threads that run fn(arg, part, parts) at the same time, the caller as part 0. They
 * sleep in between. Returns the seconds from the moment all were ready to the last one's end. */
typedef void (*bench_part_fn)(void *arg, int64_t part, int64_t parts);
double bench_team(bench_part_fn fn, void *arg);
/* Rows [*first, *end) of part number `part`. */
void bench_share(int64_t rows, int64_t part, int64_t parts, int64_t *first, int64_t *end);

/* Something that is timed: one evaluation, which returns the seconds it took. */
typedef struct bench_contender {
    double (*run)(void *arg);
    void *arg;
    int spins; /* leaves threads behind that burn time for a while */
} bench_contender;

/* One turn, in seconds per evaluation: where one takes less than 18 ms it is repeated for 3 ms, and
 * the first one is not counted. */
double bench_turn(const bench_contender *c);

enum {
    BENCH_ROUNDS = 64 /* at most */
};
/* Runs the contenders in turn, forwards and backwards alternately, `rounds` times but no longer
 * than about `budget` seconds (and at least three times); a turn is a bench_turn.
 * seconds[contender][BENCH_ROUNDS]; returns the number of rounds. */
int64_t bench_interleave(const bench_contender *contenders, int64_t count, int64_t rounds,
                         double budget, double (*seconds)[BENCH_ROUNDS]);
/* Quartiles over the rounds of factor * above / below; above or below NULL counts as 1. */
bench_quartiles bench_ratio(double factor, const double *above, const double *below,
                            int64_t rounds);

/* One JSON object on one line of stdout; bench_json_object is a member that is an object. */
void bench_json_open(void);
void bench_json_object(const char *key);
void bench_json_object_end(void);
void bench_json_text(const char *key, const char *text);
void bench_json_number(const char *key, double value);
/* "key": median, "key_q1": ..., "key_q3": ... */
void bench_json_quartiles(const char *key, bench_quartiles q);
void bench_json_close(void);

/* ---- The machine (machine.c) ------------------------------------------------------------- */

const char *bench_cpu(void);
/* Sets the threads of OpenBLAS for this process: the right of a host program. */
void bench_blas_threads(int64_t threads);
/* Multiply-adds in f32 from registers: seconds per bench_fma_flops() operations. */
double bench_fma(void *unused);
double bench_fma_flops(void);
/* Reads memory once. */
typedef struct bench_memory {
    const void *at;
    int64_t bytes;
} bench_memory;
double bench_read(void *memory);
/* The members cpu, kernel, blas, threads of a JSON line. */
void bench_json_machine(void);
/* Prints the same, with measured peak and read rate, as lines for people. */
void bench_print_machine(void);

/* ---- A case (problem.c) ------------------------------------------------------------------ */

enum {
    BENCH_AUTO = 0, /* Fashion-MNIST for d = 784, n <= 60000 where installed, else synthetic */
    BENCH_FASHION = 1,
    BENCH_SYNTHETIC = 2
};

/* Memory for so many numbers of so many bytes, 64-byte aligned, for free(): whole cache lines and
 * one more, so that vectors may read past the end of a row. Dies where there is none. */
void *bench_take(int64_t count, int64_t size);

/* Data in its stored type, and the same as the baseline wants it. */
typedef struct bench_problem {
    int64_t n, d;
    ddn_type type;
    int fashion;
    double scale, shift;
    void *stored;      /* [n][d] of the type */
    int64_t bytes;     /* of stored */
    void *dense;       /* [n][d] f32, or f64 for f64 data; may be stored itself */
    double *half_norm; /* [n] |y|^2 / 2 of dense */
    ddn_dataset *ds;
    ddn_schedule *sch;
    ddn_oracle *oracle;
} bench_problem;

/* Makes the data; n and d of 0 mean the size of Fashion-MNIST. Dies where there is no memory. */
void bench_problem_make(bench_problem *p, int source, int64_t n, int64_t d, ddn_type type);
void bench_problem_free(bench_problem *p);
/* OU coefficients. */
void bench_level(double t, double *a, double *s2);
/* Noised points x[m][d] at time t; row r comes from a point far from that of row r - 1. */
void bench_states(const bench_problem *p, double t, int64_t m, double *x);

/* Exact score of one state by direct differences over all points, in double or in long double (slow
 * and with rounding that does not matter); score[d]. */
void bench_reference(const bench_problem *p, double t, const double *x, double *score);
void bench_reference_long(const bench_problem *p, double t, const double *x, double *score);
/* |score - reference| / |reference| in the Euclidean norm. */
double bench_error(int64_t d, const double *score, const double *reference);

/* ---- The baseline (baseline.c) ----------------------------------------------------------- */

/* The score as it is usually written: all logits by one matrix product, a softmax, a second
 * product; f32 for u8 and f32 data, f64 for f64 data; norms known beforehand; vector exponentials
 * on all threads. */
typedef struct bench_baseline {
    const bench_problem *p;
    int64_t m;
    double t;
    const double *x; /* [m][d] */
    void *state, *logit, *mean;
    double *score; /* [m][d] */
} bench_baseline;
void bench_baseline_make(bench_baseline *b, const bench_problem *p, int64_t m);
double bench_baseline_run(void *baseline);
void bench_baseline_free(bench_baseline *b);

/* The library: one query. */
typedef struct bench_ours {
    ddn_query *query;
    int64_t m, d;
    double t;
    const double *x;
    double *score;
} bench_ours;
/* epsilon < 0: the default. */
void bench_ours_make(bench_ours *o, const bench_problem *p, int64_t m, double epsilon);
double bench_ours_run(void *ours);
void bench_ours_free(bench_ours *o);

/* ---- Toys (plain.c) ---------------------------------------------------------------------- */

/* Paths of the sampler of DDN_METHOD_EXPONENTIAL, eta = 0 or 1, in OU time, by loops. */
typedef struct bench_plain {
    int64_t n, d, m, steps, seed;
    double eta;
    const double *points; /* [n][d] */
    const double *times;  /* [steps + 1] */
    double *x;            /* [m][d] */
    double *logit;        /* [threads][n] */
} bench_plain;
double bench_plain_run(void *plain);

/* ---- Nearest points (scan.c) ------------------------------------------------------------- */

/* The k nearest points by all distances; points in double and norms known beforehand. */
typedef struct bench_scan {
    const bench_problem *p;
    int64_t m, k;
    const double *x;          /* [m][d] */
    double *points, *product; /* [n][d], [block][n] */
    double *distance2;        /* [m][k] */
    int64_t *index;           /* [m][k] */
    int64_t first, count;     /* of the block */
} bench_scan;
void bench_scan_make(bench_scan *s, const bench_problem *p, int64_t m, int64_t k);
double bench_scan_run(void *scan);
void bench_scan_free(bench_scan *s);

/* ---- Covariances (lapack.c) -------------------------------------------------------------- */

/* Points in double, what is made of them, and the number that tells whether both found the same. */
typedef struct bench_lapack {
    int64_t n, d, size; /* of the matrix: min(n, d), or d */
    int64_t count;      /* leading pairs, of a spectrum */
    double c;           /* of a determinant */
    double *points, *centred, *mean, *ones, *matrix, *values;
    double *root, *work, trace; /* of the other covariance, of a distance */
    const double *other_mean;
    double answer;
} bench_lapack;
/* The points are to be filled in. */
void bench_lapack_make(bench_lapack *l, int64_t n, int64_t d, int64_t size);
void bench_lapack_free(bench_lapack *l);
/* The leading eigenpairs (answer: the largest); sum log(1 + lambda / c) from all eigenvalues; axes
 * and coordinates (the rank); the Frechet distance to a set given before (its square). */
double bench_lapack_spectrum(void *lapack);
double bench_lapack_log_det(void *lapack);
double bench_lapack_span(void *lapack);
void bench_lapack_reference(bench_lapack *l, bench_lapack *set);
double bench_lapack_frechet(void *lapack);

/* ---- Ways of evaluation (ways.c) --------------------------------------------------------- */

enum {
    BENCH_WAYS = 64 /* at most: DDN_QUERY_FORBID has a bit for each */
};
/* States that each way served. */
typedef struct bench_served {
    double states[BENCH_WAYS];
} bench_served;
/* Adds those of the query's last run. */
void bench_served_add(bench_served *sum, const ddn_query *query, const ddn_oracle *oracle);
/* Shares of the ways that served any, on stdout: " refine 94 % dense_f32 6 %", or the JSON member
 * "key": {"refine": 0.94, ...}. */
void bench_served_print(const bench_served *sum, const ddn_oracle *oracle);
void bench_served_json(const char *key, const bench_served *sum, const ddn_oracle *oracle);

/* The set of ways for DDN_QUERY_FORBID from their names, separated by commas; dies where a name is
 * unknown or that of the last way. */
int64_t bench_ways(const char *names, const ddn_oracle *oracle);

#endif

/* The answers of the exact score over random data sets, states and settings against __float128, in
 * units of what include/diffdyn/oracle.h promises.
 *
 * Usage: score_random [SETS [FIRST [team]]]: cases FIRST .. FIRST + SETS - 1 (0: 10000 from 0). A
 * case is a function of its number alone: SETS = 1 repeats one, and says what it is. With "team"
 * the cases are others, of points on one to four ranks. Prints each violation with its number, and
 * the worst ratio error / promise per output, type and way of evaluation (of a team on rank 0);
 * ends with status 1 if there was any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "score_random.h"
#include "support/crew.h"

enum {
    SCORE,
    MEAN,
    LOG_P,
    ENTROPY,
    REST,
    SUM_W2,
    W_MAX,
    TRACE,
    CLASS,
    COV,
    ARGMAX,
    JUDGED
};
static const char *const judged[] = {"score", "mean",  "log p", "entropy", "1-w_max", "sum w^2",
                                     "w_max", "trace", "class", "cov v",   "argmax"};

enum {
    WAYS = 9, /* the last: served by several */
    TYPES = 3,
    CHECKED = 4 /* states of a batch */
};
static const char *const type_names[] = {"u8", "f32", "f64"};
static const char *const state_names[] = {"noised", "midpoint", "beside midpoint",
                                          "three",  "far",      "at point"};

typedef struct tables {
    double worst[JUDGED][TYPES][WAYS];
    int64_t number[JUDGED][TYPES][WAYS], count[TYPES][WAYS], violations;
} tables;

/* What a query wrote. */
typedef struct answers {
    double *score, *mean, *cov; /* [m][d] */
    int64_t argmax[MOST_STATES];
    double scalar[JUDGED][MOST_STATES], share[MOST_STATES * MOST_CLASSES], dropped;
    int64_t served[WAYS];
    const char *kernel;
} answers;

static void demand(ddn_context *ctx, ddn_status status, int64_t number)
{
    if (status != DDN_OK) {
        fprintf(stderr, "case %lld: %s\n", (long long)number, ddn_context_message(ctx));
        exit(2);
    }
}

/* The kernel variant number `which` modulo those that this processor runs. */
static const char *kernel(ddn_context *ctx, int64_t which)
{
    const char *names[16], *name;
    int32_t supported, count = 0;
    for (int32_t i = 0; i < 16 && (name = ddn_kernel_name(i, &supported)) != NULL; i++) {
        if (supported) {
            names[count++] = name;
        }
    }
    demand(ctx, ddn_context_set_kernel(ctx, names[which % count]), -1);
    return names[which % count];
}

static void bind(ddn_context *ctx, ddn_query *q, const score_case *c, answers *out)
{
    const struct {
        int wanted;
        ddn_output what;
        double *to;
        int64_t ld;
    } all[] = {{WANT_SUMS, DDN_OUT_SCORE, out->score, c->d},
               {WANT_SUMS, DDN_OUT_MEAN, out->mean, c->d},
               {WANT_MASSES, DDN_OUT_LOG_P, out->scalar[LOG_P], 0},
               {WANT_REST, DDN_OUT_ENTROPY, out->scalar[ENTROPY], 0},
               {WANT_REST, DDN_OUT_ONE_MINUS_W_MAX, out->scalar[REST], 0},
               {WANT_MASSES, DDN_OUT_SUM_W2, out->scalar[SUM_W2], 0},
               {WANT_MASSES, DDN_OUT_W_MAX, out->scalar[W_MAX], 0},
               {WANT_TRACE, DDN_OUT_TRACE_COV, out->scalar[TRACE], 0},
               {WANT_TEAM, DDN_OUT_COV_TIMES_V, out->cov, c->d},
               {WANT_CLASS, DDN_OUT_CLASS_POSTERIOR, out->share, MOST_CLASSES}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (c->wants & all[i].wanted) {
            demand(ctx, ddn_query_bind_f64(q, all[i].what, all[i].to, all[i].ld), c->number);
        }
    }
    if (c->wants & WANT_TEAM) {
        demand(ctx, ddn_query_bind_i64(q, DDN_OUT_ARGMAX, out->argmax), c->number);
        demand(ctx, ddn_query_bind_input(q, DDN_IN_V, c->v, c->d), c->number);
    }
}

/* The set, of which this process has the rows of `rank`; team NULL: all of them. */
static ddn_dataset *make_set(ddn_context *ctx, const score_case *c, ddn_team *team, int64_t rank)
{
    const int64_t size = c->type == DDN_TYPE_U8 ? 1 : c->type == DDN_TYPE_F32 ? 4 : 8;
    const int64_t first = team == NULL ? 0 : c->begin[rank];
    const int64_t rows = (team == NULL ? c->n : c->begin[rank + 1]) - first;
    const char *from = (const char *)c->stored + first * c->d * size;
    ddn_dataset *raw = NULL, *mapped = NULL, *labelled = NULL, *all = NULL, *ds = NULL;
    demand(ctx, ddn_dataset_create(ctx, c->type, rows, c->d, from, c->d, &raw), c->number);
    demand(ctx, ddn_dataset_create_mapped(ctx, raw, c->scale, c->shift, &mapped), c->number);
    demand(ctx, ddn_dataset_create_labelled(ctx, mapped, rows, c->label + first, &labelled),
           c->number);
    if (team != NULL) {
        demand(ctx, ddn_dataset_create_team(ctx, team, labelled, &all), c->number);
        ddn_dataset_destroy(labelled);
        labelled = all;
    }
    ds = labelled;
    if (c->weight != NULL) {
        demand(ctx, ddn_dataset_create_weighted(ctx, labelled, c->n, c->weight, &ds), c->number);
        ddn_dataset_destroy(labelled);
    }
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(raw);
    return ds;
}

static void ask_in(ddn_context *ctx, const score_case *c, ddn_team *team, int64_t rank,
                   answers *out)
{
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    demand(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 1), c->number);
    out->kernel = kernel(ctx, c->kernel);
    ddn_dataset *ds = make_set(ctx, c, team, rank);
    demand(ctx, score_case_schedule(ctx, c, &sch), c->number);
    demand(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle), c->number);
    demand(ctx, ddn_query_create(ctx, oracle, &q), c->number);
    ddn_options *options = ddn_query_options(q);
    demand(ctx, ddn_options_set_i64(options, DDN_QUERY_FORBID, c->forbid), c->number);
    demand(ctx, ddn_options_set_i64(options, DDN_QUERY_TRAJECTORY, c->trajectory), c->number);
    if (c->epsilon >= 0) {
        demand(ctx, ddn_options_set_f64(options, DDN_QUERY_EPSILON, c->epsilon), c->number);
    }
    bind(ctx, q, c, out);
    for (int k = 0; k <= c->trajectory; k++) {
        demand(ctx, ddn_query_run(q, c->t, c->m, c->x, c->d), c->number);
    }
    out->dropped = ddn_query_dropped(q);
    for (int64_t way = 0; way < WAYS; way++) {
        out->served[way] = ddn_query_tally(q, DDN_WAY_SERVED, way);
    }
    ddn_query_destroy(q);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
}

/* Room for answers. */
static answers *answers_make(const score_case *c)
{
    answers *a = calloc(1, sizeof *a);
    double *memory = calloc((size_t)(3 * c->m * c->d), sizeof *memory);
    if (a == NULL || memory == NULL) {
        abort();
    }
    a->score = memory;
    a->mean = memory + c->m * c->d;
    a->cov = memory + 2 * c->m * c->d;
    return a;
}

static void answers_free(answers *a)
{
    free(a->score);
    free(a);
}

typedef struct job {
    const score_case *c;
    answers *of[MOST_RANKS];
} job;

static void rank_asks(crew_rank *rank)
{
    job *j = rank->user;
    ask_in(rank->ctx, j->c, rank->team, rank->rank, j->of[rank->rank]);
}

/* All ranks have the same bits. */
static void ask_team(const score_case *c, answers *out)
{
    job j = {c, {out}};
    const size_t bytes = (size_t)(3 * c->m * c->d) * sizeof *out->score;
    for (int64_t r = 1; r < c->ranks; r++) {
        j.of[r] = answers_make(c);
    }
    (void)test_crew(c->ranks, rank_asks, &j);
    for (int64_t r = 1; r < c->ranks; r++) {
        if (memcmp(j.of[r]->score, out->score, bytes) != 0 ||
            memcmp(j.of[r]->scalar, out->scalar, sizeof out->scalar) != 0 ||
            memcmp(j.of[r]->share, out->share, sizeof out->share) != 0 ||
            memcmp(j.of[r]->argmax, out->argmax, sizeof out->argmax) != 0) {
            fprintf(stderr, "case %lld: rank %lld has other bits\n", (long long)c->number,
                    (long long)r);
            exit(2);
        }
        answers_free(j.of[r]);
    }
}

static void ask(const score_case *c, answers *out)
{
    ddn_context *ctx = NULL;
    if (c->ranks > 0) {
        ask_team(c, out);
        return;
    }
    demand(NULL, ddn_context_create(&ctx), c->number);
    ask_in(ctx, c, NULL, 0, out);
    ddn_context_destroy(ctx);
}

/* y NULL: zeros. */
static double length_of_difference(int64_t d, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        double diff = y == NULL ? x[j] : x[j] - y[j];
        sum += diff * diff;
    }
    return sqrt(sum);
}

/* What the promises leave for the errors of one state. */
static void promise(const score_case *c, const score_truth *t, const score_drop *drop,
                    double *allowed)
{
    int f64 = c->type == DDN_TYPE_F64;
    double u = f64 ? 0x1p-53 : 0x1p-24, relative = f64 ? 1e-12 : 1e-5;
    double weights = f64 ? 1e-9 : 1e-3;
    double s2 = c->s * c->s, tiny = 0x1p-53 * (8 + (double)c->d / 8);
    double floor = (8 + (double)c->n / 128) * u * (t->size + c->a * t->near);
    double once = f64 ? 0x1p-48 : 0x1p-19, lost = 0x1p-50 * t->reach;
    double beyond = 1e-42 * t->reach; /* what the truth leaves out */
    double score = relative * t->spread + floor + c->a * (drop->mean + beyond);
    allowed[SCORE] = score / s2;
    allowed[MEAN] = score / c->a;
    allowed[LOG_P] = weights + tiny * (t->half_square + 100) + drop->mass;
    allowed[ENTROPY] = weights * t->entropy + drop->entropy + 1e-300;
    allowed[REST] = weights * t->rest + drop->mass + 1e-300;
    allowed[SUM_W2] = weights * t->rest + once + 2 * drop->mass;
    allowed[W_MAX] = weights * t->rest + once + drop->mass;
    allowed[TRACE] =
        weights * t->trace + drop->trace +
        (c->ranks > 0 ? 8 * lost * lost / (double)c->n : lost * (sqrt(t->trace) + 8 * lost));
    /* Not promised in the header. Errors of the means of ranks enter with what these differ by. */
    allowed[COV] = t->v == NULL
                       ? 0
                       : (allowed[TRACE] + allowed[MEAN] * (allowed[MEAN] + sqrt(t->trace))) *
                             length_of_difference(c->d, t->v, NULL);
    allowed[ARGMAX] = weights;
    allowed[CLASS] = weights + tiny + 2 * drop->mass;
}

/* Largest error of a class, relative to what is left to it of 1: W (1 - W). */
static double class_error(const score_case *c, const score_truth *t, const score_drop *drop,
                          const double *share, double weights)
{
    double worst = 0;
    for (int k = 0; k < c->classes; k++) {
        double allowed = weights * t->share[k] * (1 - t->share[k]) + 0x1p-50 + drop->share[k] +
                         drop->mass * t->share[k];
        worst = fmax(worst, fabs(share[k] - t->share[k]) / allowed);
    }
    return worst;
}

static int way_of(const score_case *c, const answers *got)
{
    for (int way = 0; way < WAYS - 1; way++) {
        if (got->served[way] == c->m) {
            return way;
        }
    }
    return WAYS - 1;
}

static void report(const score_case *c, const answers *got, int64_t row, int what, double error,
                   double allowed)
{
    static const char *const schedules[] = {"ou", "vp", "ddpm", "cosine", "edm", "custom"};
    static const char *const ways[] = {"narrow",     "nearby",    "refine",
                                       "dense_f32",  "dense_f64", "refine_wide",
                                       "dense_wide", "direct",    "several"};
    int type = c->type == DDN_TYPE_U8 ? 0 : c->type == DDN_TYPE_F32 ? 1 : 2;
    printf("# case %lld row %lld: %s %.3g of %.3g (%.3g times), %s %s n %lld d %lld, scale %.3g "
           "shift %.3g, %s t %.3g, %s, batch %lld, %s, %s, epsilon %.2g, forbid %llx, ranks %lld, "
           "offset/spread %.3g%s\n",
           (long long)c->number, (long long)row, judged[what], error, allowed, error / allowed,
           type_names[type], c->shape, (long long)c->n, (long long)c->d, c->scale, c->shift,
           schedules[c->schedule], c->t, state_names[c->kind[row]], (long long)c->m, got->kernel,
           ways[way_of(c, got)], c->epsilon, (unsigned long long)c->forbid, (long long)c->ranks,
           c->offset, c->weight != NULL ? ", weights" : "");
}

static void judge(const score_case *c, const answers *got, int64_t row, const score_truth *t,
                  const score_drop *drop, tables *out)
{
    static const int wants[] = {WANT_SUMS,  WANT_SUMS,   WANT_MASSES, WANT_REST,
                                WANT_REST,  WANT_MASSES, WANT_MASSES, WANT_TRACE,
                                WANT_CLASS, WANT_TEAM,   WANT_TEAM};
    const double right[] = {0, 0, t->log_p, t->entropy, t->rest, t->sum_w2, 1 - t->rest, t->trace};
    const double *const vector[] = {[SCORE] = got->score, [MEAN] = got->mean, [COV] = got->cov};
    const double *const right_vector[] = {[SCORE] = t->score, [MEAN] = t->mean, [COV] = t->cov};
    double allowed[JUDGED];
    int type = c->type == DDN_TYPE_U8 ? 0 : c->type == DDN_TYPE_F32 ? 1 : 2;
    promise(c, t, drop, allowed);
    for (int what = 0; what < JUDGED; what++) {
        if (!(c->wants & wants[what])) {
            continue;
        }
        double error;
        if (what == SCORE || what == MEAN || what == COV) {
            error = length_of_difference(c->d, vector[what] + row * c->d, right_vector[what]);
        } else if (what == ARGMAX) {
            error = t->behind;
        } else if (what == CLASS) {
            allowed[CLASS] = 1;
            error = class_error(c, t, drop, got->share + row * MOST_CLASSES,
                                c->type == DDN_TYPE_F64 ? 1e-9 : 1e-3);
        } else {
            error = fabs(got->scalar[what][row] - right[what]);
        }
        double ratio = error == 0 ? 0 : error / allowed[what];
        int way = way_of(c, got);
        if (!(ratio <= out->worst[what][type][way])) {
            out->worst[what][type][way] = ratio;
            out->number[what][type][way] = c->number;
        }
        if (!(ratio <= 1)) {
            out->violations++;
            report(c, got, row, what, error, allowed[what]);
        }
    }
    out->count[type][way_of(c, got)]++;
}

/* The least number of points of a rank: parts leave out what weighs little within them. */
static int64_t least_part(const score_case *c)
{
    int64_t least = c->n;
    for (int64_t r = 0; r < c->ranks; r++) {
        int64_t own = c->begin[r + 1] - c->begin[r];
        least = own < least ? own : least;
    }
    return least;
}

static void run_case(int64_t number, int team, tables *out)
{
    score_case c = team ? score_case_of_team(number) : score_case_make(number);
    answers *got = answers_make(&c);
    double *memory = calloc((size_t)(3 * c.d), sizeof *memory);
    if (memory == NULL) {
        abort();
    }
    score_truth truth = {.score = memory, .mean = memory + c.d};
    score_drop drop;
    ask(&c, got);
    double epsilon = c.epsilon >= 0 ? c.epsilon : c.type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
    int64_t step = c.m <= CHECKED ? 1 : (c.m + CHECKED - 1) / CHECKED;
    for (int64_t row = 0; row < c.m; row += step) {
        truth.argmax = got->argmax[row];
        truth.cov = c.v == NULL ? NULL : memory + 2 * c.d;
        truth.v = c.v == NULL ? NULL : c.v + row * c.d;
        score_truth_of(&c, c.x + row * c.d, epsilon / (double)least_part(&c) * 1.01, &truth, &drop);
        judge(&c, got, row, &truth, &drop, out);
    }
    free(memory);
    answers_free(got);
    score_case_free(&c);
}

static void print(const tables *t, int team)
{
    static const char *const ways[] = {"narrow",     "nearby",    "refine",
                                       "dense_f32",  "dense_f64", "refine_wide",
                                       "dense_wide", "direct",    "several"};
    printf("\n| worst error / promise | type |");
    for (int way = 0; way < WAYS; way++) {
        printf(" %s |", ways[way]);
    }
    printf("\n|---|---|---|---|---|---|---|---|---|---|");
    for (int what = 0; what < (team ? JUDGED : COV); what++) {
        for (int type = 0; type < TYPES; type++) {
            printf("\n| %s | %s |", judged[what], type_names[type]);
            for (int way = 0; way < WAYS; way++) {
                const double worst = t->worst[what][type][way];
                if (worst > 0) {
                    printf(" %.2g (%lld) |", worst, (long long)t->number[what][type][way]);
                } else {
                    printf(" |");
                }
            }
        }
    }
    for (int type = 0; type < TYPES; type++) {
        printf("\n| states | %s |", type_names[type]);
        for (int way = 0; way < WAYS; way++) {
            printf(" %lld |", (long long)t->count[type][way]);
        }
    }
    printf("\n\nIn brackets the number of the case. %lld violations.\n", (long long)t->violations);
}

int main(int argc, char **argv)
{
    int64_t sets = argc > 1 ? atoll(argv[1]) : 0, first = argc > 2 ? atoll(argv[2]) : 0;
    const int team = argc > 3 && strcmp(argv[3], "team") == 0;
    static tables all;
    sets = sets > 0 ? sets : 10000;
    for (int64_t number = first; number < first + sets; number++) {
        run_case(number, team, &all);
        if (sets > 1 && (number - first) % 1000 == 999) {
            fprintf(stderr, "%lld sets\n", (long long)(number - first + 1));
        }
    }
    print(&all, team);
    return all.violations > 0;
}

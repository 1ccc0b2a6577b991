/* The answers of the exact score over random data sets, states and settings against __float128, in
 * units of what include/diffdyn/oracle.h promises.
 *
 * Usage: score_random [SETS [FIRST]]: cases FIRST .. FIRST + SETS - 1 (0: 10000 from 0). A case is
 * a function of its number alone: SETS = 1 repeats one, and says what it is. Prints each violation
 * with its number, and the worst ratio error / promise per output, type and way of evaluation; ends
 * with status 1 if there was any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "score_random.h"

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
    JUDGED
};
static const char *const judged[] = {"score",   "mean",  "log p", "entropy", "1-w_max",
                                     "sum w^2", "w_max", "trace", "class"};

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
    double *score, *mean; /* [m][d] */
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
               {WANT_CLASS, DDN_OUT_CLASS_POSTERIOR, out->share, MOST_CLASSES}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (c->wants & all[i].wanted) {
            demand(ctx, ddn_query_bind_f64(q, all[i].what, all[i].to, all[i].ld), c->number);
        }
    }
}

static void ask(const score_case *c, answers *out)
{
    ddn_context *ctx = NULL;
    ddn_dataset *raw = NULL, *mapped = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_query *q = NULL;
    demand(NULL, ddn_context_create(&ctx), c->number);
    demand(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 1), c->number);
    out->kernel = kernel(ctx, c->kernel);
    demand(ctx, ddn_dataset_create(ctx, c->type, c->n, c->d, c->stored, c->d, &raw), c->number);
    demand(ctx, ddn_dataset_create_mapped(ctx, raw, c->scale, c->shift, &mapped), c->number);
    demand(ctx, ddn_dataset_create_labelled(ctx, mapped, c->n, c->label, &ds), c->number);
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
    ddn_dataset_destroy(mapped);
    ddn_dataset_destroy(raw);
    ddn_context_destroy(ctx);
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
    double once = f64 ? 0x1p-49 : 0x1p-20;
    double score = relative * t->spread + floor + c->a * drop->mean;
    allowed[SCORE] = score / s2;
    allowed[MEAN] = score / c->a;
    allowed[LOG_P] = weights + tiny * (t->half_square + 100) + drop->mass;
    allowed[ENTROPY] = weights * t->entropy + drop->entropy + 1e-300;
    allowed[REST] = weights * t->rest + drop->mass + 1e-300;
    allowed[SUM_W2] = weights * t->rest + once + 2 * drop->mass;
    allowed[W_MAX] = weights * t->rest + once + drop->mass;
    allowed[TRACE] = weights * t->trace + drop->trace +
                     0x1p-50 * t->reach * (sqrt(t->trace) + 0x1p-50 * t->reach);
    allowed[CLASS] = weights + tiny + 2 * drop->mass;
}

static double length_of_difference(int64_t d, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t j = 0; j < d; j++) {
        sum += (x[j] - y[j]) * (x[j] - y[j]);
    }
    return sqrt(sum);
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
           "shift %.3g, %s t %.3g, %s, batch %lld, %s, %s, epsilon %.2g, forbid %llx\n",
           (long long)c->number, (long long)row, judged[what], error, allowed, error / allowed,
           type_names[type], c->shape, (long long)c->n, (long long)c->d, c->scale, c->shift,
           schedules[c->schedule], c->t, state_names[c->kind[row]], (long long)c->m, got->kernel,
           ways[way_of(c, got)], c->epsilon, (unsigned long long)c->forbid);
}

static void judge(const score_case *c, const answers *got, int64_t row, const score_truth *t,
                  const score_drop *drop, tables *out)
{
    static const int wants[] = {WANT_SUMS,   WANT_SUMS,   WANT_MASSES, WANT_REST, WANT_REST,
                                WANT_MASSES, WANT_MASSES, WANT_TRACE,  WANT_CLASS};
    const double right[] = {0, 0, t->log_p, t->entropy, t->rest, t->sum_w2, 1 - t->rest, t->trace};
    double allowed[JUDGED];
    int type = c->type == DDN_TYPE_U8 ? 0 : c->type == DDN_TYPE_F32 ? 1 : 2;
    promise(c, t, drop, allowed);
    for (int what = 0; what < JUDGED; what++) {
        if (!(c->wants & wants[what])) {
            continue;
        }
        double error;
        if (what == SCORE || what == MEAN) {
            error =
                length_of_difference(c->d, (what == SCORE ? got->score : got->mean) + row * c->d,
                                     what == SCORE ? t->score : t->mean);
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

static void run_case(int64_t number, tables *out)
{
    score_case c = score_case_make(number);
    answers *got = calloc(1, sizeof *got);
    double *memory = calloc((size_t)((2 * c.m + 2) * c.d), sizeof *memory);
    if (got == NULL || memory == NULL) {
        abort();
    }
    got->score = memory;
    got->mean = memory + c.m * c.d;
    score_truth truth = {.score = memory + 2 * c.m * c.d, .mean = memory + (2 * c.m + 1) * c.d};
    score_drop drop;
    ask(&c, got);
    double epsilon = c.epsilon >= 0 ? c.epsilon : c.type == DDN_TYPE_F64 ? 1e-15 : 1e-9;
    int64_t step = c.m <= CHECKED ? 1 : (c.m + CHECKED - 1) / CHECKED;
    for (int64_t row = 0; row < c.m; row += step) {
        score_truth_of(&c, c.x + row * c.d, epsilon / (double)c.n * 1.01, &truth, &drop);
        judge(&c, got, row, &truth, &drop, out);
    }
    free(memory);
    free(got);
    score_case_free(&c);
}

static void print(const tables *t)
{
    static const char *const ways[] = {"narrow",     "nearby",    "refine",
                                       "dense_f32",  "dense_f64", "refine_wide",
                                       "dense_wide", "direct",    "several"};
    printf("\n| worst error / promise | type |");
    for (int way = 0; way < WAYS; way++) {
        printf(" %s |", ways[way]);
    }
    printf("\n|---|---|---|---|---|---|---|---|---|---|");
    for (int what = 0; what < JUDGED; what++) {
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
    static tables all;
    sets = sets > 0 ? sets : 10000;
    for (int64_t number = first; number < first + sets; number++) {
        run_case(number, &all);
        if (sets > 1 && (number - first) % 1000 == 999) {
            fprintf(stderr, "%lld sets\n", (long long)(number - first + 1));
        }
    }
    print(&all);
    return all.violations > 0;
}

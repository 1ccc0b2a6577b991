/* What the ways of evaluation say of their own errors, which the ranks of a team judge their sums
 * by: the log of the sum over the points and the mean, against sums in long double. Every kernel
 * variant, every way by itself; a way that claimed less than its errors would make a team's scores
 * wrong, one that claimed much more would make it ask twice. */
#include "oracle/empirical/finish.h"
#include "support/exact.h"
#include "support/ways.h"

enum {
    M = 24, /* states */
    WAYS = 4
};

static const char *const way_names[WAYS] = {"dense_f32", "dense_f64", "dense_wide", "direct"};

typedef struct rig {
    ddn_context *ctx;
    ddn_schedule *sch;
    ddn_dataset *ds;
    ddn_oracle *oracle;
    test_cloud cloud;
    ddni_level level;
    long double a, s2;
    double *x, *mean; /* [M][d] */
    long double log_sum[M], top[M];
    ddni_evidence got[M];
    double *score;
} rig;

/* Errors over what was claimed, the largest and their mean square. */
typedef struct ratios {
    double largest, square;
    int64_t count;
} ratios;

static ratios of_sum[WAYS], of_rest[WAYS], of_mean[WAYS];

static void note(ratios *r, double error, double claimed)
{
    double ratio = error / claimed;
    r->largest = fmax(r->largest, ratio);
    r->square += ratio * ratio;
    r->count++;
}

/* Noised points, midpoints of two, and states off the data. */
static void make_states(rig *r, int64_t seed)
{
    const test_cloud *c = &r->cloud;
    const double a = (double)r->a, s = sqrt((double)r->s2);
    test_normal(seed, M * c->d, r->x);
    for (int64_t i = 0; i < M * c->d; i++) {
        int64_t q = i / c->d, j = i % c->d;
        const double *y = c->point + q * 7 % c->n * c->d, *z = c->point + (q * 5 + 1) % c->n * c->d;
        double between = q % 3 == 1 ? 0.5 : 0, far = q % 3 == 2 ? 3 : 1;
        r->x[i] = a * (y[j] + between * (z[j] - y[j])) + (q % 3 == 1 ? 0.1 : far) * s * r->x[i];
    }
}

/* Logs of sums and means in long double. */
static void look_up(rig *r)
{
    const test_cloud *c = &r->cloud;
    test_exact e = test_exact_make(c);
    for (int64_t q = 0; q < M; q++) {
        const double *x = r->x + q * c->d;
        long double far2 = 0;
        test_exact_at(c, r->a, r->s2, x, &e);
        for (int64_t j = 0; j < c->d; j++) {
            long double diff = x[j] - r->a * c->point[e.argmax * c->d + j];
            far2 += diff * diff;
            r->mean[q * c->d + j] = e.mean[j];
        }
        r->top[q] = -far2 / (2 * r->s2);
        r->log_sum[q] = r->top[q] - logl(e.w[e.argmax]);
    }
    test_exact_free(&e);
}

static rig rig_make(ddn_type type, int64_t n, int64_t d, double t, double offset)
{
    rig r = {.ctx = test_context(1)};
    double *v = calloc((size_t)(n * d), sizeof *v);
    const int bytes = type == DDN_TYPE_U8;
    test_normal(n + d, n * d, v);
    for (int64_t i = 0; i < n * d; i++) {
        v[i] = offset + v[i] / sqrt((double)d) * 6;
    }
    r.cloud = test_cloud_make(type, n, d, d, bytes ? 1 / 40. : 1, bytes ? -3.2 : 0, v, 0);
    free(v);
    OK(r.ctx, ddn_schedule_create_ou(r.ctx, &r.sch));
    r.ds = test_cloud_dataset(r.ctx, &r.cloud, 0);
    OK(r.ctx, ddn_oracle_create_empirical(r.ctx, r.ds, r.sch, &r.oracle));
    OK(r.ctx, ddni_schedule_level(r.ctx, r.sch, t, &r.level));
    r.a = (long double)r.level.a + r.level.a_low; /* as the ways are given them */
    r.s2 = r.level.s2;
    r.x = calloc((size_t)(3 * M * d), sizeof *r.x);
    r.mean = r.x + M * d;
    r.score = r.mean + M * d;
    make_states(&r, n + 3 * d);
    look_up(&r);
    return r;
}

static void rig_free(rig *r)
{
    ddn_oracle_destroy(r->oracle);
    ddn_dataset_destroy(r->ds);
    ddn_schedule_destroy(r->sch);
    ddn_context_destroy(r->ctx);
    test_cloud_free(&r->cloud);
    free(r->x);
}

/* The states that one way alone may serve, and the direct one what it does not. */
static void ask(rig *r, int way, int64_t m, ddni_report *report)
{
    const ddn_oracle *o = r->oracle;
    const ddni_batch batch = {&r->level, m, r->x, r->cloud.d};
    ddni_request rq = {.epsilon = o->epsilon_preset, .evidence = r->got};
    void *scratch = NULL;
    rq.f64[DDN_OUT_SCORE] = r->score;
    rq.ld[DDN_OUT_SCORE] = r->cloud.d;
    for (int64_t i = 0; i < o->ops->way_count(); i++) {
        const char *name = o->ops->way_name(i);
        rq.forbidden |=
            strcmp(name, way_names[way]) == 0 || strcmp(name, "direct") == 0 ? 0 : INT64_C(1) << i;
    }
    OK(r->ctx, o->ops->scratch_create(r->ctx, o, &scratch));
    OK(r->ctx, o->ops->evaluate(r->ctx, o, scratch, &rq, &batch, report));
    o->ops->scratch_destroy(r->ctx, scratch);
}

static void judge(const rig *r, int way, int64_t q)
{
    const ddni_evidence *e = r->got + q;
    const test_cloud *c = &r->cloud;
    const double rest = ddni_posterior_one_minus_w_max(&e->posterior),
                 sum = log1p(e->posterior.rest);
    const int beside = e->spread > 0 && rest < 0.5;
    const long double top = beside ? r->top[q] : e->posterior.max;
    way = e->spread > 0 ? way : WAYS - 1;
    note(beside ? &of_rest[way] : &of_sum[way], (double)fabsl(top - r->log_sum[q] + sum),
         ddni_evidence_error(e, beside));
    double moved = 0;
    for (int64_t j = 0; j < c->d; j++) {
        double mean = (double)((r->score[q * c->d + j] * r->s2 + r->x[q * c->d + j]) / r->a);
        moved += pow(mean - r->mean[q * c->d + j], 2);
    }
    double u = c->type == DDN_TYPE_F64 ? 0x1p-53 : 0x1p-24;
    double floor = 2 * u * (test_length(c->d, r->x + q * c->d) / (double)r->a + c->reach);
    note(&of_mean[way], sqrt(moved), e->mean / (double)r->a + floor);
}

static void errors_are_those_claimed(void **state)
{
    (void)state;
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    static const int64_t sizes[][2] = {{2, 30}, {60, 100}, {400, 20}, {200, 300}, {100, 784}};
    static const double times[] = {1e-4, 0.01, 0.1, 0.4, 1, 2.5, 5};
    for (int k = 0; k < 3 * 5 * 7; k++) {
        const int64_t *size = sizes[k / 3 % 5];
        rig r = rig_make(types[k % 3], size[0], size[1], times[k / 15], k % 2 == 0 ? 0 : 0.05);
        int32_t supported;
        const char *name;
        for (int32_t v = 0; (name = ddn_kernel_name(v, &supported)) != NULL; v++) {
            for (int i = 0; supported && i < 2 * WAYS; i++) {
                const int64_t m = i % 2 == 0 ? M : 2;
                ddni_report report = {.touched = 0};
                OK(r.ctx, ddn_context_set_kernel(r.ctx, name));
                ask(&r, i / 2, m, &report);
                for (int64_t q = 0; q < m; q++) {
                    judge(&r, i / 2, q);
                }
            }
        }
        rig_free(&r);
    }
    for (int i = 0; i < WAYS; i++) {
        const ratios *all[] = {&of_sum[i], &of_rest[i], &of_mean[i]};
        for (int k = 0; k < 3; k++) {
            if (all[k]->count == 0) {
                continue;
            }
            assert_true(all[k]->largest < (k == 2 ? 3 : 1));
            print_message(
                "# %s, %s: %lld states, error over claim %.3f at most, %.3f in the mean\n",
                way_names[i],
                k == 0   ? "sum"
                : k == 1 ? "sum beside a logit"
                         : "mean",
                (long long)all[k]->count, all[k]->largest,
                sqrt(all[k]->square / (double)all[k]->count));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The judge: what it is made from, its rule, pairs that agree. */
#include "analysis/judge.h"

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "base/check.h"
#include "oracle/posterior.h"

/* Points that were given; else the oracle, if it has weights; else the points of its data, or of
 * the starts. */
static ddn_status choose(ddni_judge *j, const ddni_judge_of *of)
{
    const ddn_dataset *own = ddn_oracle_dataset(of->oracle), *points = of->points;
    if (points == NULL && ddn_oracle_can(of->oracle, DDN_OUT_ARGMAX)) {
        j->oracle = of->oracle;
    } else {
        points = points != NULL ? points : own != NULL ? own : of->starts;
    }
    if (points != NULL) {
        DDNI_CHECK(j->ctx, ddn_dataset_d(points) == j->d, DDN_E_SHAPE,
                   "the points that judge have d = %lld, the oracle %lld",
                   (long long)ddn_dataset_d(points), (long long)j->d);
        DDNI_TRY(
            ddn_oracle_create_empirical(j->ctx, points, ddn_oracle_schedule(of->oracle), &j->made));
        j->oracle = j->made;
    }
    return DDN_OK;
}

static ddni_class_rule rule_of(const ddni_judge *j)
{
    return ddni_has_classifier(&j->classifier) ? DDNI_CLASSIFIER
           : j->labels != NULL                 ? DDNI_LABEL_OF_NEAREST
           : j->classes > 0                    ? DDNI_MOST_PROBABLE
                                               : DDNI_NO_CLASS;
}

ddn_status ddni_judge_create(ddn_context *ctx, const ddni_judge_of *of, int64_t rows, ddni_judge *j)
{
    *j = (ddni_judge){.ctx = ctx, .classifier = of->classifier};
    j->d = ddn_oracle_d(of->oracle);
    DDNI_TRY(choose(j, of));
    const ddn_dataset *ds = j->oracle == NULL ? NULL : ddn_oracle_dataset(j->oracle);
    j->labels = ds == NULL ? NULL : ds->labels;
    j->classes = j->oracle == NULL ? 0 : ddni_analysis_classes(j->oracle);
    j->rule = rule_of(j);
    if (j->rule != DDNI_NO_CLASS) {
        DDNI_TRY(ddni_alloc_for(ctx, "classes", rows, sizeof *j->class_of, &j->class_of));
    }
    if (j->rule == DDNI_CLASSIFIER) {
        DDNI_TRY(ddni_alloc_for(ctx, "classes", rows, sizeof *j->given, &j->given));
    }
    if (j->classifier.f32 != NULL) {
        DDNI_TRY(ddni_alloc_for(ctx, "states for the classifier", rows,
                                j->d * (int64_t)sizeof *j->single, &j->single));
    }
    if (j->oracle == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddn_query_create(ctx, j->oracle, &j->query));
    DDNI_TRY(ddni_alloc_for(ctx, "nearest points", rows, sizeof *j->nearest, &j->nearest));
    DDNI_TRY(ddn_query_bind_i64(j->query, DDN_OUT_ARGMAX, j->nearest));
    if (j->rule == DDNI_MOST_PROBABLE) {
        DDNI_TRY(ddni_alloc_for(ctx, "class posteriors", rows,
                                j->classes * (int64_t)sizeof *j->share, &j->share));
        DDNI_TRY(ddn_query_bind_f64(j->query, DDN_OUT_CLASS_POSTERIOR, j->share, j->classes));
    }
    return DDN_OK;
}

void ddni_judge_free(ddni_judge *j)
{
    if (j->ctx == NULL) {
        return;
    }
    const ddni_allocator *al = ddni_context_allocator(j->ctx);
    ddn_query_destroy(j->query);
    ddn_oracle_destroy(j->made);
    ddni_free(al, j->nearest);
    ddni_free(al, j->class_of);
    ddni_free(al, j->given);
    ddni_free(al, j->single);
    ddni_free(al, j->share);
    *j = (ddni_judge){0};
}

const char *ddni_judge_rule(const ddni_judge *j)
{
    static const char *const words[] = {
        [DDNI_NO_CLASS] = "not known",
        [DDNI_CLASSIFIER] = "the answer of the caller's classifier",
        [DDNI_LABEL_OF_NEAREST] = "the label of the nearest point",
        [DDNI_MOST_PROBABLE] = "the most probable class",
    };
    return words[j->rule];
}

static ddn_status ask_oracle(ddni_judge *j, double t, int64_t m, const double *x, int64_t ldx)
{
    if (j->oracle == NULL) {
        return DDN_OK;
    }
    DDNI_TRY(ddn_query_run(j->query, t, m, x, ldx));
    for (int64_t r = 0; r < m; r++) {
        if (j->rule == DDNI_LABEL_OF_NEAREST) {
            j->class_of[r] = j->labels->class_index[j->nearest[r]];
        } else if (j->rule == DDNI_MOST_PROBABLE) {
            j->class_of[r] = ddni_most_probable(j->share + r * j->classes, j->classes);
        }
    }
    return DDN_OK;
}

/* The numbers that stand in class_out before the call must not be there after it. */
static ddn_status ask_classifier(ddni_judge *j, int64_t m, const double *x)
{
    const ddni_classifier *c = &j->classifier;
    int32_t returned;
    for (int64_t r = 0; r < m; r++) {
        j->given[r] = INT32_MIN;
    }
    if (c->f64 != NULL) {
        returned = c->f64(c->user, m, j->d, x, j->d, j->given);
    } else {
        for (int64_t i = 0; i < m * j->d; i++) {
            j->single[i] = (float)x[i];
        }
        returned = c->f32(c->user, m, j->d, j->single, j->d, j->given);
    }
    DDNI_TRY(ddni_answer(j->ctx, "the classifier", returned));
    for (int64_t r = 0; r < m; r++) {
        DDNI_CHECK(j->ctx, j->given[r] != INT32_MIN, DDN_E_CALLBACK,
                   "the classifier wrote no class for row %lld", (long long)r);
        j->class_of[r] = j->given[r];
    }
    return DDN_OK;
}

ddn_status ddni_judge_noisy(ddni_judge *j, double t, int64_t m, const double *x, int64_t ldx)
{
    DDNI_ASSERT(j->rule != DDNI_CLASSIFIER);
    return ask_oracle(j, t, m, x, ldx);
}

ddn_status ddni_judge_clean(ddni_judge *j, const ddni_level *end, int64_t m, double *x)
{
    if (j->rule == DDNI_CLASSIFIER) {
        DDNI_TRY(ask_classifier(j, m, x));
    }
    for (int64_t i = 0; i < m * j->d; i++) {
        x[i] *= end->a;
    }
    return ask_oracle(j, end->t, m, x, j->d);
}

void ddni_judge_count(const ddni_judge *j, int64_t pairs, ddni_agreement *sum)
{
    for (int64_t r = 0; r < 2 * pairs; r += 2) {
        sum->nearest += j->nearest != NULL && j->nearest[r] == j->nearest[r + 1];
        sum->classes += j->class_of != NULL && j->class_of[r] == j->class_of[r + 1];
    }
}

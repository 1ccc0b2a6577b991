/* The judge: what it is made from, its rule, pairs that agree. */
#include "analysis/judge.h"

#include <diffdyn/theory.h>

#include "analysis/analysis_impl.h"
#include "analysis/classes.h"
#include "base/check.h"
#include "base/progress.h"
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
    *j = (ddni_judge){.ctx = ctx, .classifier = of->classifier, .rows = rows};
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

const char *ddni_judge_no_class(const ddni_judge *j)
{
    return j->class_of != NULL ? ""
           : j->oracle == NULL ? "; NaN: there is no classifier, and there are no points whose "
                                 "labels could tell"
                               : "; NaN: there is no classifier, and the points have no labels";
}

const char *ddni_judge_no_point(const ddni_judge *j)
{
    return j->nearest != NULL ? ""
                              : "; NaN: there are no points to be nearest to "
                                "(ddn_analysis_set_points)";
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

static int has_label(const ddni_labels *labels, int32_t label)
{
    int64_t low = 0, high = labels == NULL ? 0 : labels->classes;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (labels->value[middle] == label) {
            return 1;
        }
        low = labels->value[middle] < label ? middle + 1 : low;
        high = labels->value[middle] < label ? high : middle;
    }
    return labels == NULL;
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
        DDNI_CHECK(j->ctx, has_label(j->labels, j->given[r]), DDN_E_CALLBACK,
                   "the classifier wrote class %d for row %lld, which the data lack: their %lld "
                   "labels go from %d to %d. Let it choose among these, or judge by points without "
                   "labels (ddn_analysis_set_points)",
                   (int)j->given[r], (long long)r, (long long)j->labels->classes,
                   (int)j->labels->value[0], (int)j->labels->value[j->labels->classes - 1]);
        j->class_of[r] = j->given[r];
    }
    return DDN_OK;
}

enum {
    MOST_CLASSES = 4096 /* that a classifier may tell of points without labels */
};

/* The shares of the points in what the classifier says of them: their squares, or NaN. */
static ddn_status classify_points(ddni_judge *j, const ddn_dataset *ds, int32_t *known,
                                  double *share, double *x, double *phi)
{
    int64_t classes = 0;
    for (int64_t first = 0; first < ds->n; first += j->rows) {
        const int64_t m = ds->n - first < j->rows ? ds->n - first : j->rows;
        ddni_dataset_rows(ds, first, m, x, j->d);
        DDNI_TRY(ask_classifier(j, m, x));
        DDNI_TRY(ddni_poll(j->ctx));
        for (int64_t r = 0; r < m; r++) {
            int64_t c = 0;
            while (c < classes && known[c] != j->given[r]) {
                c++;
            }
            if (c == MOST_CLASSES) {
                return DDN_OK;
            }
            known[c] = j->given[r];
            share[c] += ddni_weight(ds, first + r);
            classes = c < classes ? classes : c + 1;
        }
    }
    *phi = ddn_theory_phi_infinity(classes, share);
    return DDN_OK;
}

ddn_status ddni_judge_phi_infinity(ddni_judge *j, double *phi)
{
    const ddn_dataset *ds = j->oracle == NULL ? NULL : ddn_oracle_dataset(j->oracle);
    *phi = NAN;
    if (j->oracle == NULL || j->rule != DDNI_CLASSIFIER || ds == NULL || j->labels != NULL) {
        return j->oracle == NULL ? DDN_OK : ddni_phi_infinity(j->ctx, j->oracle, phi);
    }
    const ddni_allocator *al = ddni_context_allocator(j->ctx);
    ddn_status status;
    int32_t *known = NULL;
    double *share = NULL, *x = NULL;
    DDNI_TRY_GOTO(ddni_alloc_for(j->ctx, "classes", MOST_CLASSES, sizeof *known, &known), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(j->ctx, "classes", MOST_CLASSES, sizeof *share, &share), fail);
    DDNI_TRY_GOTO(ddni_alloc_for(j->ctx, "points", j->rows, j->d * (int64_t)sizeof *x, &x), fail);
    DDNI_TRY_GOTO(classify_points(j, ds, known, share, x, phi), fail);
fail:
    ddni_free(al, known);
    ddni_free(al, share);
    ddni_free(al, x);
    return status;
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

void ddni_judge_same(const ddni_judge *j, int64_t p, double same[DDNI_SAMES])
{
    same[DDNI_SAME_CLASS] =
        j->class_of != NULL && j->class_of[2 * p] == j->class_of[2 * p + 1] ? 1 : 0;
    same[DDNI_SAME_POINT] =
        j->nearest != NULL && j->nearest[2 * p] == j->nearest[2 * p + 1] ? 1 : 0;
}

void ddni_agreement_add(const double same[DDNI_SAMES], ddni_agreement *sum)
{
    sum->classes += same[DDNI_SAME_CLASS] != 0;
    sum->nearest += same[DDNI_SAME_POINT] != 0;
}

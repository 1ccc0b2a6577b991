/* Bifurcation diagrams: which branches are followed, and the result.
 * theory.md (54). */
#include <string.h>

#include "analysis/result_impl.h"
#include "analysis/symmetry/branch.h"
#include "base/check.h"
#include "base/progress.h"
#include "schedule/schedule_impl.h"

struct ddn_diagram {
    ddni_handle handle;
    int64_t d;
    ddni_trace points, events;
    ddn_result *point_table, *event_table;
};

/* Two states within `near`, relative to the size of x. */
static int same(const ddn_symmetry *sy, const ddni_field *field, double near, const double *x,
                const double *y)
{
    double limit = near * ddni_field_size(sy, field, x);
    return ddni_distance2(sy->d, x, y) <= limit * limit;
}

/* Whether x is the end of a branch at p = p_low. */
static int is_known(const ddni_tracer *tracer, const ddni_field *field, const double *x)
{
    const ddni_trace *points = &tracer->points;
    double near = ddni_symmetry_f64(tracer->sy, DDN_SYMMETRY_MERGE);
    for (int64_t i = 0; i < points->count; i++) {
        if (points->mark[i].p <= tracer->p_low &&
            same(tracer->sy, field, near, x, points->x + i * points->width)) {
            return 1;
        }
    }
    return 0;
}

/* Whether event e was met before, on another branch or by a repeated eigenvalue's other vector. */
static int is_repeated(const ddni_tracer *tracer, const ddni_field *field, int64_t e)
{
    const ddni_trace *events = &tracer->events;
    const double *x = events->x + e * events->width;
    int64_t d = tracer->sy->d;
    for (int64_t i = 0; i < e; i++) {
        const double *y = events->x + i * events->width;
        if (events->mark[i].kind == events->mark[e].kind &&
            fabs(events->mark[i].p - events->mark[e].p) < 1e-4 &&
            same(tracer->sy, field, 1e-3, x, y) && fabs(ddni_dot(d, x + d, y + d)) > 0.9) {
            return 1;
        }
    }
    return 0;
}

static int has_room(ddni_tracer *tracer)
{
    if (tracer->branches < ddni_symmetry_i64(tracer->sy, DDN_SYMMETRY_BRANCHES)) {
        return 1;
    }
    tracer->truncated++;
    return 0;
}

/* Follows both arms of every branch point met from event *next on. */
static ddn_status follow_arms(ddni_tracer *tracer, int64_t *next)
{
    ddn_symmetry *sy = tracer->sy;
    int64_t d = sy->d, width = tracer->events.width;
    double *arm = NULL;
    ddn_status status = DDN_OK;
    DDNI_TRY(ddni_alloc_for(sy->ctx, "branch states", d, (int64_t)sizeof(double), &arm));
    for (; *next < tracer->events.count; (*next)++) {
        ddni_mark mark = tracer->events.mark[*next];
        ddni_spot *here = &tracer->here;
        DDNI_TRY_GOTO(ddni_field_at_log_tau(sy, mark.p, &here->field), fail);
        if (mark.kind != DDN_BIFURCATION_BRANCH || is_repeated(tracer, &here->field, *next)) {
            continue;
        }
        for (int sign = 1; sign >= -1; sign -= 2) {
            if (!has_room(tracer)) {
                continue;
            }
            /* The table may move while a branch is followed. */
            const double *x = tracer->events.x + *next * width;
            memcpy(here->x, x, (size_t)d * sizeof *x);
            for (int64_t i = 0; i < d; i++) {
                arm[i] = sign * x[d + i];
            }
            here->p = mark.p;
            here->residual = mark.residual;
            DDNI_TRY_GOTO(ddni_field_at_log_tau(sy, mark.p, &here->field), fail);
            DDNI_TRY_GOTO(ddni_tracer_follow(tracer, 0, arm), fail);
        }
    }
fail:
    ddni_free(&sy->handle.allocator, arm);
    return status;
}

static ddn_status follow_main(ddni_tracer *tracer, double *scratch)
{
    ddn_symmetry *sy = tracer->sy;
    ddni_spot *here = &tracer->here;
    here->p = tracer->p_high;
    DDNI_TRY(ddni_field_at_log_tau(sy, here->p, &here->field));
    memset(here->x, 0, (size_t)sy->d * sizeof *here->x);
    DDNI_TRY(ddni_field_settle(sy, &here->field, 1, here->x, &here->residual, scratch));
    DDNI_CHECK(
        sy->ctx, here->residual <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE), DDN_E_CONVERGENCE,
        "no fixed point was reached from 0 at t_start = %g: residual %.3g after %lld steps",
        here->field.t, here->residual, (long long)ddni_symmetry_i64(sy, DDN_SYMMETRY_ITERATIONS));
    return ddni_tracer_follow(tracer, -1, NULL);
}

static ddn_status trace(ddni_tracer *tracer, int64_t m, const double *starts, int64_t lds,
                        double *block)
{
    ddn_symmetry *sy = tracer->sy;
    int64_t d = sy->d, next = 0;
    double residual[DDNI_SYMMETRY_ROWS];
    const double share = 1 / (double)(m + 1); /* of each start, and of the branch from 0 */
    DDNI_TRY(ddni_stage_part(sy->ctx, 0, share));
    DDNI_TRY(follow_main(tracer, block));
    DDNI_TRY(follow_arms(tracer, &next));
    for (int64_t first = 0; first < m; first += DDNI_SYMMETRY_ROWS) {
        int64_t rows = m - first < DDNI_SYMMETRY_ROWS ? m - first : DDNI_SYMMETRY_ROWS;
        ddni_field low;
        DDNI_TRY(ddni_field_at_log_tau(sy, tracer->p_low, &low));
        for (int64_t r = 0; r < rows; r++) {
            memcpy(block + r * d, starts + (first + r) * lds, (size_t)d * sizeof *block);
        }
        DDNI_TRY(ddni_field_settle(sy, &low, rows, block, residual, block + rows * d));
        for (int64_t r = 0; r < rows; r++) {
            DDNI_TRY(ddni_stage_part(sy->ctx, (double)(first + r + 1) * share,
                                     (double)(first + r + 2) * share));
            if (!(residual[r] <= ddni_symmetry_f64(sy, DDN_SYMMETRY_TOLERANCE)) ||
                is_known(tracer, &low, block + r * d)) {
                tracer->dropped++;
                continue;
            }
            if (!has_room(tracer)) {
                continue;
            }
            ddni_spot *here = &tracer->here;
            memcpy(here->x, block + r * d, (size_t)d * sizeof *block);
            here->p = tracer->p_low;
            here->residual = residual[r];
            here->field = low;
            DDNI_TRY(ddni_tracer_follow(tracer, 1, NULL));
            DDNI_TRY(follow_arms(tracer, &next));
        }
    }
    return DDN_OK;
}

/* ---- Tables ---- */

/* Columns that points and events share. */
static ddn_status add_common(ddn_symmetry *sy, const ddni_trace *trace, ddn_result *result,
                             int64_t k, const double *directions, int64_t ldv)
{
    ddn_context *ctx = sy->ctx;
    double *branch, *t, *tau, *lambda, *norm, *residual, *q;
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"branch", "1", 0, 0}, &branch,
                                    "number of the branch"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"t", DDNI_UNIT_TIME, 0, 0}, &t,
                                    "time of the schedule"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"t_ou", DDNI_UNIT_OU, 0, 0}, &tau,
                                    "OU time"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"lambda", DDNI_UNIT_RATE, 0, 0},
                                    &lambda, "eigenvalue of the linearised drift, eta = %g",
                                    ddni_symmetry_f64(sy, DDN_SYMMETRY_ETA)));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"norm", "data units", 0, 0}, &norm,
                                    "|x|"));
    DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){"residual", "1", 0, 0}, &residual,
                                    "|b| s^2/(c + f s^2) over |x| + s sqrt(d)"));
    for (int64_t i = 0; i < trace->count; i++) {
        const ddni_mark *mark = &trace->mark[i];
        branch[i] = (double)mark->branch;
        t[i] = mark->t;
        tau[i] = exp(mark->p);
        lambda[i] = mark->lambda;
        residual[i] = mark->residual;
        norm[i] = ddni_norm(sy->d, trace->x + i * trace->width);
    }
    for (int64_t j = 0; j < k; j++) {
        char name[DDNI_NAME_BYTES];
        ddni_numbered_name("q_", j, name);
        DDNI_TRY(ddni_result_add_column(ctx, result, (ddni_quantity){name, "", 0, 0}, &q,
                                        "x . direction %lld", (long long)j));
        for (int64_t i = 0; i < trace->count; i++) {
            q[i] = ddni_dot(sy->d, trace->x + i * trace->width, directions + j * ldv);
        }
    }
    return DDN_OK;
}

static ddn_status make_tables(ddni_tracer *tracer, int64_t m, int64_t k, const double *directions,
                              int64_t ldv, ddn_diagram *diagram)
{
    ddn_symmetry *sy = tracer->sy;
    ddn_context *ctx = sy->ctx;
    const ddni_trace *points = &tracer->points, *events = &tracer->events;
    double *unstable, *kind, *index, folds = 0;
    DDNI_TRY(ddni_symmetry_start(sy, "diagram", points->count, &diagram->point_table));
    DDNI_TRY(ddni_symmetry_start(sy, "events", events->count, &diagram->event_table));
    DDNI_TRY(add_common(sy, points, diagram->point_table, k, directions, ldv));
    DDNI_TRY(ddni_result_add_column(
        ctx, diagram->point_table, (ddni_quantity){"unstable", "1", 0, 0}, &unstable,
        "positive ones of the %lld leading eigenvalues", (long long)tracer->followed));
    for (int64_t i = 0; i < points->count; i++) {
        unstable[i] = (double)points->mark[i].unstable;
    }
    DDNI_TRY(ddni_result_add_column(ctx, diagram->event_table, (ddni_quantity){"kind", "1", 0, 0},
                                    &kind, "1: fold; 2: another branch crosses"));
    DDNI_TRY(add_common(sy, events, diagram->event_table, k, directions, ldv));
    DDNI_TRY(ddni_result_add_column(ctx, diagram->event_table, (ddni_quantity){"index", "1", 0, 0},
                                    &index, "which eigenvalue vanishes, 0 = leading"));
    for (int64_t i = 0; i < events->count; i++) {
        kind[i] = (double)events->mark[i].kind;
        index[i] = (double)events->mark[i].index;
        folds += events->mark[i].kind == DDN_BIFURCATION_FOLD;
    }
    const struct {
        const char *name, *definition;
        double value;
    } scalars[] = {
        {"branches", "branches followed", (double)tracer->branches},
        {"folds", "events of kind 1", folds},
        {"branch_points", "events of kind 2", (double)events->count - folds},
        {"starts", "starts at t_end that were given", (double)m},
        {"dropped", "starts that led to a known branch or did not converge",
         (double)tracer->dropped},
        {"missed", "sign changes of an eigenvalue that could not be located",
         (double)tracer->missed},
        {"truncated", "branches cut short or left out", (double)tracer->truncated},
    };
    for (size_t i = 0; i < sizeof scalars / sizeof scalars[0]; i++) {
        const ddni_quantity what = {scalars[i].name, "1", 0, 0};
        DDNI_TRY(ddni_result_add_scalar(ctx, diagram->point_table, what, scalars[i].value, 0, "%s",
                                        scalars[i].definition));
    }
    return DDN_OK;
}

static void finish_diagram(void *object)
{
    ddn_diagram *diagram = object;
    ddn_result_destroy(diagram->point_table);
    ddn_result_destroy(diagram->event_table);
    ddni_trace_free(&diagram->handle.allocator, &diagram->points);
    ddni_trace_free(&diagram->handle.allocator, &diagram->events);
}

ddn_status ddn_symmetry_diagram(ddn_symmetry *sy, double t_start, double t_end, int64_t m,
                                int64_t k, const double *starts, int64_t lds,
                                const double *directions, int64_t ldv, ddn_diagram **out)
{
    DDNI_ENTER_OBJECT(sy, DDNI_ALONE);
    ddn_context *ctx = sy->ctx;
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_INT(ctx, m, 0, INT64_C(1) << 40);
    DDNI_CHECK_INT(ctx, k, 0, 1000000);
    if (m > 0) {
        DDNI_TRY(ddni_check_states(ctx, "starts", starts, m, sy->d, lds));
    }
    if (k > 0) {
        DDNI_TRY(ddni_check_states(ctx, "directions", directions, k, sy->d, ldv));
    }
    const ddn_schedule *sch = ddn_oracle_schedule(sy->oracle);
    ddni_level level;
    double tau_start, tau_end;
    DDNI_TRY(ddni_schedule_level(ctx, sch, t_start, &level));
    DDNI_TRY(ddni_schedule_level(ctx, sch, t_end, &level));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_start, &tau_start));
    DDNI_TRY(ddni_schedule_to_ou(ctx, sch, t_end, &tau_end));
    DDNI_CHECK(ctx, tau_end < tau_start, DDN_E_RANGE,
               "argument t_end = %g is not less noisy than t_start = %g", t_end, t_start);
    DDNI_STAGE(ctx, "bifurcation diagram");
    ddni_tracer tracer;
    ddn_diagram *diagram = NULL;
    double *block = NULL;
    int64_t rows = m < 1 ? 1 : m < DDNI_SYMMETRY_ROWS ? m : DDNI_SYMMETRY_ROWS;
    ddn_status status;
    DDNI_TRY(ddni_tracer_create(sy, log(tau_end), log(tau_start), &tracer));
    DDNI_TRY_GOTO(ddni_alloc_for(ctx, "states", 3 * rows * sy->d, (int64_t)sizeof(double), &block),
                  fail);
    DDNI_TRY_GOTO(trace(&tracer, m, starts, lds, block), fail);
    DDNI_TRY_GOTO(ddni_handle_create(ctx, DDNI_DIAGRAM, sizeof *diagram, finish_diagram, &diagram),
                  fail);
    diagram->d = sy->d;
    DDNI_TRY_GOTO(make_tables(&tracer, m, k, directions, ldv, diagram), fail);
    /* The states go over to the diagram. */
    diagram->points = tracer.points;
    diagram->events = tracer.events;
    memset(&tracer.points, 0, sizeof tracer.points);
    memset(&tracer.events, 0, sizeof tracer.events);
    *out = diagram;
    diagram = NULL;
fail:
    ddn_diagram_destroy(diagram);
    ddni_free(&sy->handle.allocator, block);
    ddni_tracer_free(&tracer);
    return status;
}

ddn_status ddn_diagram_retain(const ddn_diagram *diagram)
{
    return ddni_handle_retain(diagram, DDNI_DIAGRAM);
}

void ddn_diagram_destroy(ddn_diagram *diagram)
{
    ddni_drop(diagram, DDNI_DIAGRAM);
}

const ddn_result *ddn_diagram_points(const ddn_diagram *diagram)
{
    return DDNI_IS(diagram) ? diagram->point_table : NULL;
}

const ddn_result *ddn_diagram_events(const ddn_diagram *diagram)
{
    return DDNI_IS(diagram) ? diagram->event_table : NULL;
}

static ddn_status read_states(ddn_context *ctx, const ddni_trace *trace, int64_t d, int64_t first,
                              int64_t count, double *out, int64_t ldo)
{
    DDNI_CHECK_INT(ctx, first, 0, trace->count);
    DDNI_CHECK_INT(ctx, count, 0, trace->count - first);
    DDNI_TRY(ddni_check_matrix(ctx, "out", out, count, d, ldo));
    for (int64_t i = 0; i < count; i++) {
        memcpy(out + i * ldo, trace->x + (first + i) * trace->width, (size_t)d * sizeof *out);
    }
    return DDN_OK;
}

ddn_status ddn_diagram_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first,
                              int64_t count, double *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, diagram);
    return read_states(ctx, &diagram->points, diagram->d, first, count, out, ldo);
}

ddn_status ddn_diagram_event_states(ddn_context *ctx, const ddn_diagram *diagram, int64_t first,
                                    int64_t count, double *out, int64_t ldo)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, diagram);
    return read_states(ctx, &diagram->events, diagram->d, first, count, out, ldo);
}

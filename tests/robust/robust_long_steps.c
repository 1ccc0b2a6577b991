/* Every long call, and every one below, with each of its steps refused: the calls of one file of
 * lib to another's that give a status (gen_steps.py), and the allocations. Each place in lib that
 * makes such a call has it refused once, in the first row that gets there. The call gives
 * DDN_E_NOMEM, and what it always gives when all its steps have been refused. robust_steps does the
 * same with calls of a few points, and looks at all objects; these here go to where only longer
 * work goes. */
#include "robust/long_calls.h"
#include "robust/steps.h"

#include <pthread.h>

#include "base/check.h"
#include "numerics/blas.h"
#include "numerics/blas_eigen.h"
#include "support/methods.h"

enum {
    PLACES = 1 << 14, /* more than there are calls in lib */
    PARTS = 70,       /* of a matrix that is taken in several */
    GENERAL_PARTS = 200
};

_Thread_local int step_inside, step_outside;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static world *now;
static const void *places[PLACES];
static const char *refused; /* the step that this run was refused, or NULL */

/* Whether there is a first time for it. */
static int is_new(const void *from)
{
    uint64_t at = (uintptr_t)from * 0x9e3779b97f4a7c15U >> 50;
    while (places[at] != NULL && places[at] != from) {
        at = (at + 1) % PLACES;
    }
    int fresh = places[at] == NULL;
    places[at] = from;
    return fresh;
}

int step_refused(const void *from, const char *name)
{
    int is_first = 0;
    pthread_mutex_lock(&lock);
    if (now != NULL && atomic_load(&now->armed) == COUNTING && refused == NULL && is_new(from)) {
        refused = name;
        is_first = 1;
    }
    pthread_mutex_unlock(&lock);
    return is_first;
}

ddn_status step_fail(void)
{
    return ddni_fail(now->ctx, DDN_E_NOMEM, "this step has no memory");
}

/* ---- More calls ---- */

/* A matrix to be freed: symmetric without structure, or one whose first row is alone and whose
 * elements have to be scaled. */
static double *matrix(int64_t n, int symmetric)
{
    double *a = malloc((size_t)(n * n) * sizeof *a);
    assert_non_null(a);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            double size = symmetric ? 1 : i == 0 && j > 0 ? 0 : 1e9;
            a[i * n + j] = size * (cos((double)(i * j % 1009 + (symmetric ? 0 : j))) + (i == j));
        }
    }
    return a;
}

static ddn_status eigen_in_parts(world *w)
{
    double *a = matrix(PARTS, 1);
    ddn_status status = ddni_eigen_in_parts(w->ctx, PARTS, a, PARTS / 2, w->out, w->out + PARTS);
    free(a);
    return status;
}

static ddn_status general_in_parts(world *w)
{
    double *a = matrix(GENERAL_PARTS, 0);
    ddn_status status =
        ddni_general_in_parts(w->ctx, GENERAL_PARTS, a, w->out, w->out + GENERAL_PARTS);
    free(a);
    return status;
}

static ddn_status eigenvalues_in_parts(world *w)
{
    double *a = matrix(PARTS, 1);
    ddn_status status = ddni_eigen_in_parts(w->ctx, PARTS, a, PARTS, w->out, NULL);
    free(a);
    return status;
}

static ddn_status equations(world *w)
{
    const int64_t n = DDNI_EIGEN_WHOLE + 1;
    double *a = matrix(n, 1);
    for (int64_t i = 0; i < n; i++) {
        a[i * n + i] += (double)n;
        w->out[i] = 1;
    }
    ddn_status status = ddni_solve(w->ctx, n, a, w->out);
    free(a);
    return status;
}

static ddn_status product(world *w)
{
    double *a = matrix(PARTS, 1);
    ddn_status status = ddni_matrix_product(w->ctx, PARTS, a, a, 1, w->out);
    free(a);
    return status;
}

static ddn_status run_method(world *w, ddn_method method)
{
    ddn_integrator *it = NULL;
    ddn_status status = ddn_integrator_create(w->ctx, w->empirical, method, &it);
    if (status == DDN_OK) {
        status = ddn_options_set_i64(ddn_integrator_options(it), DDN_INTEGRATOR_STEPS, 4);
    }
    if (status == DDN_OK) {
        memcpy(w->out, w->x, sizeof w->x);
        status = ddn_integrator_run(it, M, w->out, D);
    }
    ddn_integrator_destroy(it);
    return status;
}

static ddn_status run_methods(world *w)
{
    ddn_status status = DDN_OK;
    for (int64_t i = 0; i < TEST_METHODS && status == DDN_OK; i++) {
        status = run_method(w, test_methods[i]);
    }
    return status;
}

static const long_call more_calls[] = {
    {"eigen_in_parts", eigen_in_parts},
    {"eigenvalues_in_parts", eigenvalues_in_parts},
    {"general_in_parts", general_in_parts},
    {"equations", equations},
    {"product", product},
    {"run_methods", run_methods},
};

/* ---- The test ---- */

/* Returns how many of its steps were refused. */
static int64_t refuse_each(world *w, const long_call *row, double *want)
{
    int64_t count = -1;
    memset(w->out, 0, LARGE * sizeof *w->out);
    OK(w->ctx, row->call(w));
    memcpy(want, w->out, LARGE * sizeof *want);
    do {
        count++;
        refused = NULL;
        memset(w->out, 0, LARGE * sizeof *w->out);
        step_outside = step_inside;
        now = w;
        atomic_store(&w->armed, COUNTING);
        ddn_status status = row->call(w);
        atomic_store(&w->armed, QUIET);
        now = NULL;
        if (status != (refused == NULL ? DDN_OK : DDN_E_NOMEM)) {
            fail_msg("%s, refused %s, gave %s: %s", row->name,
                     refused == NULL ? "nothing" : refused, ddn_status_name(status),
                     ddn_context_message(w->ctx));
        }
    } while (refused != NULL);
    if (memcmp(w->out, want, LARGE * sizeof *want) != 0) {
        fail_msg("%s gives something else after its steps were refused", row->name);
    }
    return count;
}

static void every_step_of_long_calls_is_refused_once(void **state)
{
    world *w = *state;
    int64_t count = 0;
    double *want = malloc(LARGE * sizeof *want);
    assert_non_null(want);
    for (int64_t i = 0; i < long_call_count; i++) {
        count += refuse_each(w, &long_calls[i], want);
    }
    for (size_t i = 0; i < sizeof more_calls / sizeof *more_calls; i++) {
        count += refuse_each(w, &more_calls[i], want);
    }
    free(want);
    print_message("# %lld places: each of their steps refused once\n", (long long)count);
    assert_true(count > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_long_calls_is_refused_once),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}

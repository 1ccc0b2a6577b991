/* Observers: attaching, the order of a record, reading. */
#include "observer/observer_impl.h"

#include <string.h>

#include "base/check.h"
#include "integrator/integrator_impl.h"

static void finish_observer(void *object)
{
    ddn_observer *observer = object;
    observer->ops->destroy(observer);
    ddni_free(&observer->handle.allocator, observer->times);
    ddn_context_destroy(observer->ctx);
}

ddn_status ddni_observer_create(ddn_context *ctx, int64_t size, const ddni_observer_ops *ops,
                                void *out)
{
    ddn_observer *ob = NULL;
    ddn_status status = ddni_handle_create(ctx, DDNI_OBSERVER, size, finish_observer, &ob);
    if (status == DDN_OK) {
        ddni_retain(ctx);
        ob->ctx = ctx;
        ob->ops = ops;
    }
    memcpy(out, &ob, sizeof ob);
    return status;
}

void ddn_observer_destroy(ddn_observer *observer)
{
    ddni_drop(observer, DDNI_OBSERVER);
}

/* A record starts at the first time of a run, or where a restored run goes on without it. */
static ddn_status begin(ddn_observer *ob, const ddn_step *step)
{
    ob->seen = 0;
    ob->first = ddn_step_index(step);
    ob->count = ddn_step_count(step) - ob->first;
    ob->m = ddn_step_m(step);
    ob->d = ddn_step_d(step);
    DDNI_TRY(ddni_reserve(ob->ctx, "observed times", ob->count, sizeof(double), &ob->times));
    return ob->ops->begin(ob);
}

static int32_t observe(void *user, const ddn_step *step)
{
    ddn_observer *ob = user;
    int64_t k = ddn_step_index(step) - ob->first;
    if (ddn_step_index(step) == 0 || k < ob->seen - 1 || k > ob->seen || k >= ob->count ||
        ddn_step_m(step) != ob->m) {
        ddn_status status = begin(ob, step);
        if (status != DDN_OK) {
            ob->count = ob->seen = 0;
            return status;
        }
        k = 0;
    }
    if (k == ob->seen) { /* a resumed run may show the time it stopped at once more */
        ob->times[k] = ddn_step_time(step);
        DDNI_TRY(ob->ops->see(ob, step, k));
        ob->seen++;
    }
    return 0;
}

static void detach(void *user)
{
    ddn_observer *ob = user;
    ob->it = NULL;
    ddn_observer_destroy(ob);
}

ddn_status ddn_observer_attach(ddn_observer *observer, ddn_integrator *it)
{
    DDNI_ENTER_OBJECT(observer, DDNI_ALONE);
    DDNI_CHECK_PTR(observer->ctx, it);
    DDNI_CHECK(observer->ctx, observer->it == NULL, DDN_E_STATE,
               "the observer is already attached to an integrator");
    if (observer->ops->meet != NULL) {
        DDNI_TRY(observer->ops->meet(observer, it->oracle));
    }
    ddni_retain(observer);
    observer->it = it;
    ddn_status status =
        ddn_integrator_attach_callback(it, observer->ops->wanted, observe, observer, detach);
    if (status != DDN_OK) {
        detach(observer);
        return status;
    }
    it->hooks[it->hook_count - 1].own = 1;
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    ddni_record r = ob->ops->find(ob, what);
    if (r.type == DDNI_RECORD_NONE && what == DDN_RECORD_TIMES) {
        r = (ddni_record){DDNI_RECORD_F64, ob->times, ob->seen};
    }
    return r;
}

int64_t ddn_observer_size(const ddn_observer *observer, ddn_record what)
{
    return !DDNI_IS(observer) ? 0 : find(observer, what).count;
}

#define ROW(name) [name] = #name
static const char *const names[] = {
    ROW(DDN_RECORD_TIMES),       ROW(DDN_RECORD_STATES),  ROW(DDN_RECORD_INDEX),
    ROW(DDN_RECORD_LAST_CHANGE), ROW(DDN_RECORD_CHANGES), ROW(DDN_RECORD_ENTROPY),
    ROW(DDN_RECORD_SUM_W2),      ROW(DDN_RECORD_W_MAX),   ROW(DDN_RECORD_TRACE_COV),
    ROW(DDN_RECORD_LOG_P),       ROW(DDN_RECORD_OVERLAP), ROW(DDN_RECORD_HISTORY),
};
#undef ROW

/* Copies a record of 8-byte values to a buffer of the caller. */
static ddn_status copy(const ddn_observer *ob, ddn_record what, int32_t type, void *out,
                       int64_t capacity)
{
    const int32_t known = what > 0 && what < (ddn_record)(sizeof names / sizeof *names);
    DDNI_CHECK(ob->ctx, known, DDN_E_KEY, "there is no record %d", (int)what);
    ddni_record r = find(ob, what);
    DDNI_CHECK(ob->ctx, r.type != DDNI_RECORD_NONE, DDN_E_KEY,
               "this observer does not have record %s", names[what]);
    DDNI_CHECK(ob->ctx, r.type == type, DDN_E_TYPE, "record %s is %s, not %s", names[what],
               r.type == DDNI_RECORD_F64 ? "double" : "int64",
               type == DDNI_RECORD_F64 ? "double" : "int64");
    DDNI_CHECK_CAPACITY(ob->ctx, capacity, r.count);
    if (r.count > 0) {
        DDNI_CHECK_PTR(ob->ctx, out);
        memcpy(out, r.data, (size_t)r.count * 8);
    }
    return DDN_OK;
}

ddn_status ddn_observer_read_f64(const ddn_observer *observer, ddn_record what, int64_t capacity,
                                 double *out)
{
    DDNI_ENTER_OBJECT(observer, DDNI_READ);
    return copy(observer, what, DDNI_RECORD_F64, out, capacity);
}

ddn_status ddn_observer_read_i64(const ddn_observer *observer, ddn_record what, int64_t capacity,
                                 int64_t *out)
{
    DDNI_ENTER_OBJECT(observer, DDNI_READ);
    return copy(observer, what, DDNI_RECORD_I64, out, capacity);
}

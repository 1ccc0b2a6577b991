/* Observers: attaching, the order of a record, reading. */
#include "observer/observer_impl.h"

#include <string.h>

#include "base/check.h"
#include "integrator/integrator_impl.h"

static void forget_told(ddn_observer *ob)
{
    ddn_query_destroy(ob->told.query);
    ddn_oracle_destroy(ob->told.oracle);
    ddni_free(&ob->handle.allocator, ob->told.f64);
    ddni_free(&ob->handle.allocator, ob->told.i64);
    ob->told = (ddni_told){NULL, NULL, NULL, NULL, 0};
}

static void finish_observer(void *object)
{
    ddn_observer *observer = object;
    observer->ops->destroy(observer);
    forget_told(observer);
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

/* ---- What the data say of states, where the oracle of the run has no posterior ---- */

static ddn_status make_told(ddn_observer *ob, const ddn_oracle *oracle)
{
    const ddn_output what = ob->ops->of_data;
    const ddn_dataset *ds = ddn_oracle_dataset(oracle);
    forget_told(ob);
    if (what == 0 || ddn_oracle_can(oracle, what) || ds == NULL) {
        return DDN_OK;
    }
    ddni_told *told = &ob->told;
    DDNI_TRY(ddn_oracle_create_empirical(ob->ctx, ds, ddn_oracle_schedule(oracle), &told->oracle));
    told->width = ddn_oracle_output_width(told->oracle, what);
    return ddn_query_create(ob->ctx, told->oracle, &told->query);
}

static ddn_status ask_told(ddn_observer *ob, const ddn_step *step)
{
    ddni_told *told = &ob->told;
    const ddn_output what = ob->ops->of_data;
    if (told->query == NULL) {
        return DDN_OK;
    }
    if (ddni_output_of(what).integer) {
        DDNI_TRY(ddni_reserve(ob->ctx, "what the data say", ob->m, sizeof(int64_t), &told->i64));
        DDNI_TRY(ddn_query_bind_i64(told->query, what, told->i64));
    } else {
        DDNI_TRY(ddni_reserve(ob->ctx, "what the data say", ob->m,
                              told->width * (int64_t)sizeof(double), &told->f64));
        DDNI_TRY(ddn_query_bind_f64(told->query, what, told->f64, told->width));
    }
    return ddn_query_run(told->query, ddn_step_time(step), ob->m, ddn_step_x(step),
                         ddn_step_ldx(step));
}

const double *ddni_observed_f64(const ddn_observer *ob, const ddn_step *step, ddn_output what,
                                int64_t *ld)
{
    if (ob->told.query == NULL) {
        return ddn_step_f64(step, what, ld);
    }
    *ld = ob->told.width;
    return ob->told.f64;
}

const int64_t *ddni_observed_i64(const ddn_observer *ob, const ddn_step *step, ddn_output what)
{
    return ob->told.query == NULL ? ddn_step_i64(step, what) : ob->told.i64;
}

static int32_t observe(void *user, const ddn_step *step)
{
    ddn_observer *ob = user;
    int64_t k = ddn_step_index(step) - ob->first;
    if (ddn_step_index(step) == 0 || k > ob->seen || k >= ob->count) {
        ddn_status status = begin(ob, step);
        if (status != DDN_OK) {
            ob->count = ob->seen = 0;
            return status;
        }
        k = 0;
    }
    DDNI_ASSERT(k >= ob->seen - 1 && ddn_step_m(step) == ob->m);
    if (k == ob->seen) { /* a restored run may show the time it stopped at once more */
        ob->times[k] = ddn_step_time(step);
        DDNI_TRY(ask_told(ob, step));
        DDNI_TRY(ob->ops->see(ob, step, k));
        ob->seen++;
    }
    return 0;
}

/* ---- Saved with a run ---- */

static const char *kind(const void *user)
{
    return ((const ddn_observer *)user)->ops->kind;
}

static uint64_t made_like(const ddn_observer *ob)
{
    return ob->ops->digest == NULL ? 0 : ob->ops->digest(ob);
}

/* Number of times, first one, shape; times and arrays as far as they are filled. */
static void save(const void *user, ddni_writer *w)
{
    ddn_observer *ob = (ddn_observer *)(uintptr_t)user; /* addresses of arrays are asked for */
    const int64_t numbers[] = {(int64_t)made_like(ob), ob->seen, ob->first, ob->m, ob->d};
    ddni_kept list[DDNI_KEPT_ARRAYS];
    ddni_write(w, numbers, sizeof numbers);
    if (ob->seen == 0) {
        return;
    }
    ddni_write(w, ob->times, ob->seen * (int64_t)sizeof *ob->times);
    int64_t count = ob->ops->arrays(ob, list);
    for (int64_t i = 0; i < count; i++) {
        void *array;
        memcpy(&array, list[i].at, sizeof array);
        ddni_write(w, array, list[i].rows * list[i].width * 8);
    }
}

static void drop(ddn_observer *ob)
{
    const ddni_allocator *al = &ob->handle.allocator;
    if (ob->loaded != NULL) {
        ddni_free(al, ob->loaded->times);
        for (int64_t i = 0; i < ob->loaded->arrays; i++) {
            ddni_free(al, ob->loaded->array[i]);
        }
        ddni_free(al, ob->loaded);
        ob->loaded = NULL;
    }
}

/* Exchanges the shape of the present record and of the loaded one. */
static void swap_shape(ddn_observer *ob)
{
    ddni_loaded *l = ob->loaded;
    const ddni_loaded old = {
        .first = ob->first, .count = ob->count, .seen = ob->seen, .m = ob->m, .d = ob->d};
    ob->first = l->first;
    ob->count = l->count;
    ob->seen = l->seen;
    ob->m = l->m;
    ob->d = l->d;
    l->first = old.first;
    l->count = old.count;
    l->seen = old.seen;
    l->m = old.m;
    l->d = old.d;
}

/* Room for all times of the record, filled as far as it was seen. */
static ddn_status load_array(ddn_observer *ob, ddni_reader *r, int64_t rows, int64_t room,
                             int64_t width, void *out)
{
    void *array;
    const unsigned char *in = ddni_read(r, rows, width * 8);
    DDNI_CHECK(ob->ctx, in != NULL, DDN_E_FORMAT, "the saved run is damaged: a record is cut");
    /* Of a run without states the width is 0; a block has a size all the same. */
    DDNI_TRY(ddni_alloc_for(ob->ctx, "a saved record", room, width > 0 ? width * 8 : 8, out));
    memcpy(&array, out, sizeof array);
    if (rows > 0 && width > 0) {
        memcpy(array, in, (size_t)(rows * width) * 8);
    }
    return DDN_OK;
}

static ddn_status load(void *user, ddni_reader *r)
{
    ddn_observer *ob = user;
    const ddni_run *run = &ob->it->run;
    ddni_loaded *l;
    ddni_kept list[DDNI_KEPT_ARRAYS];
    DDNI_TRY(ddni_alloc_for(ob->ctx, "a saved record", 1, sizeof *l, &ob->loaded));
    l = ob->loaded;
    uint64_t like = (uint64_t)ddni_read_i64(r);
    l->seen = ddni_read_i64(r);
    l->first = ddni_read_i64(r);
    l->m = ddni_read_i64(r);
    l->d = ddni_read_i64(r);
    DDNI_CHECK(ob->ctx, like == made_like(ob), DDN_E_MISMATCH,
               "the %s observer of the saved run was made with other arguments", ob->ops->kind);
    if (l->seen == 0) {
        *l = (ddni_loaded){.seen = 0};
        return DDN_OK;
    }
    /* Of a record that is cut d, the last of these, is 0. */
    DDNI_CHECK(ob->ctx,
               l->seen > 0 && l->first >= 0 && l->seen <= run->index + 1 &&
                   l->first <= run->index + 1 - l->seen && l->m == run->m && l->d == ob->it->d,
               DDN_E_FORMAT, "the saved run is damaged: its %s record does not fit it",
               ob->ops->kind);
    l->count = run->count - l->first;
    DDNI_TRY(load_array(ob, r, l->seen, l->count, 1, &l->times));
    swap_shape(ob);
    int64_t count = ob->ops->arrays(ob, list);
    swap_shape(ob);
    for (int64_t i = 0; i < count; i++) {
        l->arrays = i + 1;
        DDNI_TRY(load_array(ob, r, list[i].rows, list[i].room, list[i].width, &l->array[i]));
    }
    return DDN_OK;
}

static void forget(void *user)
{
    ddn_observer *ob = user;
    ob->seen = ob->count = ob->first = ob->m = 0;
}

/* A run that is restored without a record of this observer begins for it where it is. */
static void decide(void *user, int32_t take)
{
    ddn_observer *ob = user;
    const ddni_allocator *al = &ob->handle.allocator;
    if (take && ob->loaded != NULL && ob->loaded->seen > 0) {
        swap_shape(ob);
        ddni_free(al, ob->times);
        ob->times = ob->loaded->times;
        ob->loaded->times = NULL;
        ddni_kept list[DDNI_KEPT_ARRAYS];
        int64_t count = ob->ops->arrays(ob, list);
        for (int64_t i = 0; i < count; i++) {
            void *old;
            memcpy(&old, list[i].at, sizeof old);
            memcpy(list[i].at, &ob->loaded->array[i], sizeof old);
            ob->loaded->array[i] = old;
        }
    } else if (take) {
        forget(ob);
    }
    drop(ob);
}

static const ddni_recorder recorder = {kind, save, load, decide, forget};

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
    DDNI_TRY(make_told(observer, it->oracle));
    const ddn_oracle *told = observer->told.oracle;
    if (observer->ops->meet != NULL) {
        DDNI_TRY(observer->ops->meet(observer, told != NULL ? told : it->oracle));
    }
    ddni_retain(observer);
    observer->it = it;
    ddn_status status = ddn_integrator_attach_callback(it, told != NULL ? 0 : observer->ops->wanted,
                                                       observe, observer, detach);
    if (status != DDN_OK) {
        detach(observer);
        return status;
    }
    it->hooks[it->hook_count - 1].recorder = &recorder;
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
    int32_t of_whole =
        what == DDN_RECORD_INDEX || what == DDN_RECORD_LAST_CHANGE || what == DDN_RECORD_CHANGES;
    DDNI_CHECK(ob->ctx, !of_whole || ob->first == 0, DDN_E_STATE,
               "record %s is about a whole run, but this observer saw %lld of %lld times of the "
               "run",
               names[what], (long long)ob->seen, (long long)(ob->first + ob->count));
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

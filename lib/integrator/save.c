/* Saving a stopped run. */
#include <string.h>

#include "dataset/dataset_impl.h"
#include "integrator/saved.h"

const ddni_saved ddni_saved_run = {"ddnrun2", 1, "saved run"};

static void copy_text(char out[DDNI_TEXT_BYTES], const char *text)
{
    memset(out, 0, DDNI_TEXT_BYTES);
    strncpy(out, text, DDNI_TEXT_BYTES - 1);
}

ddn_status ddni_run_identify(const ddn_integrator *it, ddni_run_identity *identity)
{
    const ddn_dataset *ds = it->oracle->dataset;
    uint64_t data = 0, digest = 0;
    if (ds != NULL) {
        DDNI_TRY(ddni_dataset_digest(it->ctx, ds, &data));
    }
    DDNI_TRY(ddni_oracle_digest(it->ctx, it->oracle, &digest));
    copy_text(identity->method, it->method->name);
    copy_text(identity->schedule, ddn_schedule_kind(it->schedule));
    copy_text(identity->oracle, ddn_oracle_kind(it->oracle));
    identity->prediction = it->prediction;
    identity->d = it->d;
    identity->components = ddn_oracle_components(it->oracle);
    identity->data = (int64_t)data;
    identity->digest = (int64_t)digest;
    return DDN_OK;
}

static void write_identity(ddni_writer *w, const ddni_run_identity *identity)
{
    ddni_write_text(w, identity->method);
    ddni_write_text(w, identity->schedule);
    ddni_write_text(w, identity->oracle);
    ddni_write_i64(w, identity->prediction);
    ddni_write_i64(w, identity->d);
    ddni_write_i64(w, identity->components);
    ddni_write_i64(w, identity->data);
    ddni_write_i64(w, identity->digest);
}

static void write_options(const ddn_integrator *it, ddni_writer *w)
{
    const ddn_options *o = &it->options;
    int64_t count = 0;
    for (int32_t i = 0; i < o->count; i++) {
        count += !ddni_options_is_preset(o, i);
    }
    ddni_write_i64(w, count);
    for (int32_t i = 0; i < o->count; i++) {
        if (!ddni_options_is_preset(o, i)) {
            ddni_write_i64(w, o->table[i].key);
            ddni_write_i64(w, o->table[i].type);
            ddni_write(w, &o->values[i], sizeof o->values[i]);
        }
    }
}

static void write_run(const ddn_integrator *it, ddni_writer *w)
{
    const ddni_run *run = &it->run;
    const int64_t numbers[] = {run->m,
                               run->count,
                               run->index,
                               run->shown == it->hook_count,
                               run->remembered,
                               run->evaluations,
                               run->accepted,
                               run->rejected,
                               it->user_count > 0,
                               it->paths == NULL ? 0 : run->m};
    ddni_write(w, numbers, sizeof numbers);
    if (it->paths != NULL) {
        ddni_write(w, it->paths, run->m * (int64_t)sizeof *it->paths);
    }
}

static ddn_status write_arrays(const ddn_integrator *it, ddni_writer *w)
{
    const ddni_run *run = &it->run;
    const int64_t array = run->m * it->d * (int64_t)sizeof(double);
    w->bytes += w->at == NULL ? 3 * run->count * (int64_t)sizeof(double) : 0;
    for (int64_t k = 0; w->at != NULL && k < run->count; k++) {
        ddni_level level;
        DDNI_TRY(ddni_schedule_level_or_end(it->ctx, it->schedule, run->times[k], &level));
        ddni_write_f64(w, level.t);
        ddni_write_f64(w, level.a);
        ddni_write_f64(w, level.s);
    }
    ddni_write(w, run->next, array);
    ddni_write(w, run->history_time, run->remembered * (int64_t)sizeof *run->history_time);
    for (int64_t i = 0; i < run->remembered; i++) {
        ddni_write(w, run->history[i], array);
    }
    ddni_write_i64(w, it->method->row_state ? run->m : 0);
    if (it->method->row_state) {
        ddni_write(w, run->row_state, run->m * (int64_t)sizeof *run->row_state);
    }
    return DDN_OK;
}

static void write_records(const ddn_integrator *it, ddni_writer *w)
{
    int64_t count = 0;
    for (int64_t i = 0; i < it->hook_count; i++) {
        count += it->hooks[i].recorder != NULL;
    }
    ddni_write_i64(w, count);
    for (int64_t i = 0; i < it->hook_count; i++) {
        const ddni_hook *hook = &it->hooks[i];
        if (hook->recorder != NULL) {
            ddni_writer counter = {NULL, 0};
            hook->recorder->save(hook->user, &counter);
            ddni_write_text(w, hook->recorder->kind(hook->user));
            ddni_write_i64(w, counter.bytes);
            hook->recorder->save(hook->user, w);
        }
    }
}

/* All but the head. */
static ddn_status write_body(const ddn_integrator *it, const ddni_run_identity *identity,
                             ddni_writer *w)
{
    write_identity(w, identity);
    ddni_write_i64(w, it->run.asked);
    write_options(it, w);
    write_run(it, w);
    DDNI_TRY(write_arrays(it, w));
    write_records(it, w);
    return DDN_OK;
}

/* Digests have no influence on the size. */
static ddn_status measure(const ddn_integrator *it, int64_t *size)
{
    DDNI_CHECK(it->ctx, it->run.phase == DDN_RUN_STOPPED, DDN_E_STATE,
               "there is no stopped run to save%s",
               it->run.phase == DDN_RUN_RUNNING ? ": the integrator is running" : "");
    ddni_run_identity identity = {.d = 0};
    copy_text(identity.method, it->method->name);
    copy_text(identity.schedule, ddn_schedule_kind(it->schedule));
    copy_text(identity.oracle, ddn_oracle_kind(it->oracle));
    ddni_writer w = {NULL, 0};
    DDNI_TRY(write_body(it, &identity, &w));
    *size = DDNI_SAVED_HEAD + w.bytes;
    return DDN_OK;
}

ddn_status ddn_integrator_save_size(const ddn_integrator *it, int64_t *size)
{
    DDNI_ENTER_OBJECT(it, DDNI_READ);
    DDNI_CHECK_PTR(it->ctx, size);
    return measure(it, size);
}

ddn_status ddn_integrator_save(const ddn_integrator *it, int64_t capacity, void *buffer)
{
    DDNI_ENTER_OBJECT(it, DDNI_READ);
    int64_t size = 0;
    ddni_run_identity identity;
    DDNI_TRY(measure(it, &size));
    DDNI_CHECK_CAPACITY(it->ctx, capacity, size);
    DDNI_CHECK_PTR(it->ctx, buffer);
    DDNI_TRY(ddni_run_identify(it, &identity));
    unsigned char *out = buffer;
    ddni_writer w = {out + DDNI_SAVED_HEAD, 0};
    DDNI_TRY(write_body(it, &identity, &w));
    ddni_saved_head(&ddni_saved_run, size, out);
    return DDN_OK;
}

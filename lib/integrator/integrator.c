/* Integrators: handle, path numbers, callbacks. */
#include "integrator/integrator_impl.h"
#include "team/team_impl.h"

#include <string.h>

static void finish_integrator(void *object)
{
    ddn_integrator *it = object;
    const ddni_allocator *al = &it->handle.allocator;
    for (int64_t i = 0; i < it->hook_count; i++) {
        if (it->hooks[i].release != NULL) {
            it->hooks[i].release(it->hooks[i].user);
        }
    }
    ddni_run_free(al, &it->run);
    ddni_free(al, it->hooks);
    ddni_free(al, it->user_times);
    ddni_free(al, it->paths);
    ddn_query_destroy(it->query);
    ddn_oracle_destroy(it->oracle);
    ddn_context_destroy(it->ctx);
}

ddn_status ddn_integrator_create(ddn_context *ctx, const ddn_oracle *oracle, ddn_method method,
                                 ddn_integrator **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    *out = NULL;
    DDNI_CHECK_PTR(ctx, oracle);
    const ddni_method *found = ddni_method_find(method);
    DDNI_CHECK(ctx, found != NULL, DDN_E_KEY, "there is no method %d", (int)method);
    DDNI_CHECK(ctx, found->needs != DDN_OUT_DRAW || ddn_oracle_can(oracle, DDN_OUT_DRAW),
               DDN_E_UNSUPPORTED, "method %s needs posterior draws, which an oracle of kind %s %s",
               found->name, ddn_oracle_kind(oracle), "cannot give");
    ddn_integrator *it = NULL;
    DDNI_TRY(ddni_handle_create(ctx, DDNI_INTEGRATOR, sizeof *it, finish_integrator, &it));
    ddni_retain(ctx);
    it->ctx = ctx;
    ddni_retain(oracle);
    ddni_bind_as(it, oracle);
    it->oracle = (ddn_oracle *)(uintptr_t)oracle;
    it->schedule = ddn_oracle_schedule(oracle);
    it->d = ddn_oracle_d(oracle);
    it->method = found;
    /* The score of pure noise does not know the data: where a schedule ends in it the mean tells.
     */
    it->prediction = found->needs == DDN_OUT_SCORE && !ddni_schedule_pure(it->schedule)
                         ? DDN_OUT_SCORE
                         : DDN_OUT_MEAN;
    ddn_status status;
    DDNI_TRY_GOTO(ddn_query_create(ctx, oracle, &it->query), fail);
    DDNI_TRY_GOTO(ddni_integrator_init_options(it), fail);
    *out = it;
    return DDN_OK;
fail:
    ddn_integrator_destroy(it);
    return status;
}

void ddn_integrator_destroy(ddn_integrator *it)
{
    ddni_drop(it, DDNI_INTEGRATOR);
}

ddn_status ddn_integrator_set_paths(ddn_integrator *it, int64_t count, const int64_t *paths)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_TRY(ddni_integrator_check_idle(it));
    DDNI_CHECK_INT(it->ctx, count, 0, INT64_C(1) << 40);
    DDNI_CHECK(it->ctx, paths != NULL || count == 0, DDN_E_NULL, "argument paths is NULL");
    for (int64_t i = 0; i < count; i++) {
        DDNI_CHECK(it->ctx, paths[i] >= 0 && paths[i] <= INT64_C(1) << 60, DDN_E_RANGE,
                   "paths[%lld] = %lld is outside [0, 2^60]", (long long)i, (long long)paths[i]);
    }
    int64_t *copy = NULL;
    if (count > 0) {
        DDNI_TRY(ddni_alloc_for(it->ctx, "path numbers", count, sizeof *copy, &copy));
        memcpy(copy, paths, (size_t)count * sizeof *copy);
    }
    ddni_free(&it->handle.allocator, it->paths);
    it->paths = copy;
    it->path_count = count;
    return DDN_OK;
}

/* Bits of outputs that exist, that fit in a step, and that this oracle has. */
static ddn_status check_wanted(const ddn_integrator *it, int64_t wanted)
{
    for (int32_t bit = 0; bit < 64; bit++) {
        if (((uint64_t)wanted >> bit & 1) == 0) {
            continue;
        }
        ddni_output row = ddni_output_of(bit);
        DDNI_CHECK(it->ctx, row.name != NULL, DDN_E_KEY,
                   "argument wanted has bit %d, but there is no output %d", (int)bit, (int)bit);
        DDNI_CHECK(it->ctx, row.observable, DDN_E_KEY,
                   "argument wanted has the bit of %s, which steps do not show", row.name);
        DDNI_CHECK(it->ctx, ddn_oracle_can(it->oracle, bit), DDN_E_UNSUPPORTED,
                   "an oracle of kind %s cannot give output %s", ddn_oracle_kind(it->oracle),
                   row.name);
    }
    return DDN_OK;
}

ddn_status ddn_integrator_attach_callback(ddn_integrator *it, int64_t wanted, ddn_observe_fn fn,
                                          void *user, ddn_release_fn release)
{
    DDNI_ENTER_OBJECT(it, DDNI_ALONE);
    DDNI_TRY(ddni_integrator_check_idle(it));
    DDNI_CHECK_PTR(it->ctx, fn);
    DDNI_TRY(check_wanted(it, wanted));
    ddni_hook *hooks = NULL;
    DDNI_TRY(ddni_alloc_for(it->ctx, "callbacks", it->hook_count + 1, sizeof *hooks, &hooks));
    if (it->hook_count > 0) {
        memcpy(hooks, it->hooks, (size_t)it->hook_count * sizeof *hooks);
    }
    hooks[it->hook_count] = (ddni_hook){fn, user, release, wanted, NULL};
    ddni_free(&it->handle.allocator, it->hooks);
    it->hooks = hooks;
    it->hook_count++;
    it->wanted |= wanted;
    return DDN_OK;
}

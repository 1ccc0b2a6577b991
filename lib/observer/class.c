/* The most probable class of each row, and when it changed last. */
#include "base/check.h"
#include "observer/track.h"
#include "oracle/posterior.h"

typedef struct class_observer {
    ddn_observer base;
    ddni_track track;
    int64_t classes;
} class_observer;

static ddn_status meet(ddn_observer *ob, const ddn_oracle *oracle)
{
    class_observer *self = (class_observer *)ob;
    self->classes = ddn_oracle_class_count(oracle);
    DDNI_CHECK(ob->ctx, self->classes > 0, DDN_E_UNSUPPORTED,
               "the %s oracle has no classes: label its data", ddn_oracle_kind(oracle));
    return DDN_OK;
}

static ddn_status begin(ddn_observer *ob)
{
    return ddni_track_begin(ob, &((class_observer *)ob)->track);
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    class_observer *self = (class_observer *)ob;
    int64_t ld;
    const double *posterior = ddni_observed_f64(ob, step, DDN_OUT_CLASS_POSTERIOR, &ld);
    int64_t *row = self->track.history + k * ob->m;
    for (int64_t r = 0; r < ob->m; r++) {
        row[r] = ddni_most_probable(posterior + r * ld, self->classes);
    }
    ddni_track_see(ob, &self->track, k);
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    return ddni_track_find(ob, &((const class_observer *)ob)->track, what);
}

static int64_t arrays(ddn_observer *ob, ddni_kept *list)
{
    return ddni_track_arrays(ob, &((class_observer *)ob)->track, list);
}

static uint64_t digest(const ddn_observer *ob)
{
    return (uint64_t)((const class_observer *)ob)->classes;
}

static void destroy(ddn_observer *ob)
{
    ddni_track_free(ob, &((class_observer *)ob)->track);
}

static const ddni_observer_ops ops = {
    .kind = "class",
    .wanted = INT64_C(1) << DDN_OUT_CLASS_POSTERIOR,
    .of_data = DDN_OUT_CLASS_POSTERIOR,
    .meet = meet,
    .begin = begin,
    .see = see,
    .find = find,
    .arrays = arrays,
    .digest = digest,
    .destroy = destroy,
};

ddn_status ddn_observer_create_class(ddn_context *ctx, ddn_observer **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    return ddni_observer_create(ctx, sizeof(class_observer), &ops, out);
}

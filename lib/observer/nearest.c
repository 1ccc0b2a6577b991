/* The nearest data point argmax w of each row, and when it changed last. */
#include <string.h>

#include "base/check.h"
#include "observer/track.h"

typedef struct nearest {
    ddn_observer base;
    ddni_track track;
} nearest;

static ddn_status begin(ddn_observer *ob)
{
    return ddni_track_begin(ob, &((nearest *)ob)->track);
}

static ddn_status see(ddn_observer *ob, const ddn_step *step, int64_t k)
{
    ddni_track *track = &((nearest *)ob)->track;
    if (ob->m > 0) {
        memcpy(track->history + k * ob->m, ddni_observed_i64(ob, step, DDN_OUT_ARGMAX),
               (size_t)ob->m * sizeof(int64_t));
    }
    ddni_track_see(ob, track, k);
    return DDN_OK;
}

static ddni_record find(const ddn_observer *ob, ddn_record what)
{
    return ddni_track_find(ob, &((const nearest *)ob)->track, what);
}

static int64_t arrays(ddn_observer *ob, ddni_kept *list)
{
    return ddni_track_arrays(ob, &((nearest *)ob)->track, list);
}

static void destroy(ddn_observer *ob)
{
    ddni_track_free(ob, &((nearest *)ob)->track);
}

static const ddni_observer_ops ops = {
    .kind = "nearest",
    .wanted = INT64_C(1) << DDN_OUT_ARGMAX,
    .of_data = DDN_OUT_ARGMAX,
    .begin = begin,
    .see = see,
    .find = find,
    .arrays = arrays,
    .destroy = destroy,
};

ddn_status ddn_observer_create_nearest(ddn_context *ctx, ddn_observer **out)
{
    DDNI_ENTER(ctx);
    DDNI_CHECK_PTR(ctx, out);
    return ddni_observer_create(ctx, sizeof(nearest), &ops, out);
}

/* A discrete label followed along paths. The last change is the first grid time with the final
 * label, so each change moves it to the time just seen (theory.md (34)). */
#include "observer/track.h"

#include "base/check.h"

ddn_status ddni_track_begin(const ddn_observer *ob, ddni_track *track)
{
    int64_t cells;
    DDNI_CHECK(ob->ctx, !__builtin_mul_overflow(ob->count, ob->m, &cells), DDN_E_NOMEM,
               "no memory for %lld x %lld observed labels", (long long)ob->count, (long long)ob->m);
    DDNI_TRY(ddni_reserve(ob->ctx, "observed labels", cells, sizeof(int64_t), &track->history));
    DDNI_TRY(ddni_reserve(ob->ctx, "label changes", ob->m, sizeof(int64_t), &track->changes));
    return ddni_reserve(ob->ctx, "last changes", ob->m, sizeof(double), &track->last_change);
}

void ddni_track_see(const ddn_observer *ob, ddni_track *track, int64_t k)
{
    const int64_t *now = track->history + k * ob->m, *before = now - ob->m;
    for (int64_t r = 0; r < ob->m; r++) {
        if (k == 0) {
            track->changes[r] = 0;
            track->last_change[r] = ob->times[0];
        } else if (now[r] != before[r]) {
            track->changes[r]++;
            track->last_change[r] = ob->times[k];
        }
    }
}

ddni_record ddni_track_find(const ddn_observer *ob, const ddni_track *track, ddn_record what)
{
    int64_t rows = ob->seen == 0 ? 0 : ob->m;
    switch (what) {
    case DDN_RECORD_INDEX:
        return (ddni_record){DDNI_RECORD_I64,
                             rows == 0 ? NULL : track->history + (ob->seen - 1) * ob->m, rows};
    case DDN_RECORD_LAST_CHANGE:
        return (ddni_record){DDNI_RECORD_F64, track->last_change, rows};
    case DDN_RECORD_CHANGES:
        return (ddni_record){DDNI_RECORD_I64, track->changes, rows};
    case DDN_RECORD_HISTORY:
        return (ddni_record){DDNI_RECORD_I64, track->history, ob->seen * ob->m};
    default:
        return (ddni_record){DDNI_RECORD_NONE, NULL, 0};
    }
}

int64_t ddni_track_arrays(ddn_observer *ob, ddni_track *track, ddni_kept *list)
{
    int64_t rows = ob->seen == 0 ? 0 : ob->m;
    list[0] = (ddni_kept){&track->history, ob->seen, ob->count, ob->m};
    list[1] = (ddni_kept){&track->changes, rows, ob->m, 1};
    list[2] = (ddni_kept){&track->last_change, rows, ob->m, 1};
    return 3;
}

void ddni_track_free(const ddn_observer *ob, ddni_track *track)
{
    ddni_free(&ob->handle.allocator, track->history);
    ddni_free(&ob->handle.allocator, track->changes);
    ddni_free(&ob->handle.allocator, track->last_change);
}

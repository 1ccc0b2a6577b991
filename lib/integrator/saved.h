/* Saved runs: what is written and read back.
 *
 * Words of eight bytes, little-endian; texts are their length and their bytes, filled up.
 *
 *     head      "ddnrun2", version (int32), order mark (int32), size, XXH64 of all that follows
 *     identity  method, schedule, oracle (kinds, texts); prediction, d, components; digests of data
 *               and labels, and of the oracle; wanted outputs
 *     options   count, then (key, type, value) of each that differs from its preset
 *     run       m, grid times, index, shown, remembered, tallies (3); 1 if the times are the
 *               caller's; number of path numbers (0 or m) and these
 *     arrays    t, a, s of each grid time; states [m][d]; times and arrays [m][d] of the history,
 *               newest first; number of row states (0 or m) and these
 *     records   number of observers, then kind, bytes and record of each
 *
 * A change of this list is a new version; old ones stay readable. A new option is no change. */
#ifndef DDNI_INTEGRATOR_SAVED_H
#define DDNI_INTEGRATOR_SAVED_H

#include "base/saved.h"
#include "integrator/integrator_impl.h"

extern const ddni_saved ddni_saved_run;

/* What a run belongs to. */
typedef struct ddni_run_identity {
    char method[DDNI_TEXT_BYTES], schedule[DDNI_TEXT_BYTES], oracle[DDNI_TEXT_BYTES];
    int64_t prediction, d, components, data, digest;
} ddni_run_identity;

/* That of this integrator's runs. */
ddn_status ddni_run_identify(const ddn_integrator *it, ddni_run_identity *identity);

#endif

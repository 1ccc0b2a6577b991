/* Parallel loops on the context's threads or the host's parallel-for. */
#ifndef DDNI_BASE_PARALLEL_H
#define DDNI_BASE_PARALLEL_H

#include <diffdyn/base.h>

/* Handles one tile. worker in [0, ddni_workers): index of per-thread scratch. Runs on any thread:
 * no user callbacks, no ddni_fail, no allocation. */
typedef void (*ddni_tile_fn)(void *arg, int64_t tile, int64_t worker);

/* Largest number of tiles that may run at the same time. */
int64_t ddni_workers(const ddn_context *ctx);

/* Runs fn for each tile in [0, tiles); tiles are taken from a shared counter, the caller takes
 * part. `work` is a rough count of multiply-adds of the whole loop: small loops stay on the
 * caller. Results must not depend on who runs what. Fails only if the host's parallel-for does. */
ddn_status ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn, void *arg);

/* Reports progress on the calling thread and looks for cancellation: DDN_OK or DDN_STOPPED. */
ddn_status ddni_progress(ddn_context *ctx, const char *stage, double fraction);

/* Around a call that is one part of a longer one: what it reports from 0 to 1 is passed on as
 * `stage`, from `from` to `to`. stage NULL ends it; not nested. */
void ddni_progress_within(ddn_context *ctx, const char *stage, double from, double to);

/* The library's own threads, as ddni_parallel uses them. */
typedef struct ddni_pool ddni_pool;
void ddni_pool_destroy(ddni_pool *pool);

#endif

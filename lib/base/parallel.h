/* Parallel loops on the context's threads or the host's parallel-for. */
#ifndef DDNI_BASE_PARALLEL_H
#define DDNI_BASE_PARALLEL_H

#include "base/progress.h"

/* Handles one tile. worker in [0, ddni_workers): index of per-thread scratch. Runs on any thread:
 * no user callbacks, no ddni_fail, no allocation. */
typedef void (*ddni_tile_fn)(void *arg, int64_t tile, int64_t worker);

/* Largest number of tiles that may run at the same time. */
int64_t ddni_workers(const ddn_context *ctx);

/* Runs fn for each tile in [0, tiles); tiles are taken from a shared counter, the caller takes
 * part. `work` is a rough count of multiply-adds of the whole loop: small loops stay on the
 * caller. Results must not depend on who runs what. Every worker looks before each tile whether the
 * call is to stop: then the tiles left are skipped, what they write stays as it was, and the loop
 * gives DDN_STOPPED. A tile takes less than 0.1 s, or looks itself, with ddni_stopping. Fails
 * otherwise only if the host's parallel-for does. */
ddn_status ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn, void *arg);

enum {
    DDNI_MOST_WORKERS = 1024
};

/* The loop that the host's parallel-for runs, which its body is given: it lives as long as the
 * context, in case the host calls the body when the loop is over. */
typedef struct ddni_host_loop {
    void *job;
    int64_t workers;
    _Atomic int32_t open, wrong;                    /* the body was called as it may not be */
    _Atomic int64_t inside;                         /* bodies that are running */
    _Atomic uint64_t taken[DDNI_MOST_WORKERS / 64]; /* a bit for each index */
} ddni_host_loop;

/* The library's own threads, as ddni_parallel uses them. */
typedef struct ddni_pool ddni_pool;
/* In a process forked from the one that made the pool only its memory is let go: its threads are
 * not there, and its locks may be held by one of them. */
void ddni_pool_destroy(ddni_pool *pool);

#endif

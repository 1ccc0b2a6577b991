/* A pool of sleeping threads and the loop that feeds it.
 *
 * A loop hands every worker the same job; each takes tiles from one atomic counter until none are
 * left. The caller is worker 0 and returns when all others have left the job. Loops often follow
 * each other closely: whoever has nothing to do looks out for a moment before it sleeps.
 *
 * Locks and condition variables are those of POSIX threads, here and nowhere else: behind names of
 * our own they would say nothing more, and ports of them exist for systems that lack them. */
#include "base/parallel.h"

#include <pthread.h>

#include "base/check.h"
#include "base/context_impl.h"
#include "base/os.h"

/* Below this many multiply-adds waking a thread costs more than it saves. */
static const double SMALL_WORK = 2e6;
/* How long a thread looks out before it sleeps, in nanoseconds. */
static const int64_t LOOKOUT = 100000;

int64_t ddni_workers(const ddn_context *ctx)
{
    return ctx->threads.i;
}

typedef struct job {
    ddni_tile_fn fn;
    void *arg;
    int64_t tiles;
    const ddn_context *ctx;
    ddn_context *teller; /* to report progress from worker 0, where that is the caller; or NULL */
    ddn_status told;     /* what the host answered */
    _Atomic int64_t next;
} job;

struct ddni_pool {
    ddni_allocator allocator;
    pthread_mutex_t mutex;
    pthread_cond_t wake, idle;
    job *current;               /* the job of this generation */
    _Atomic int64_t generation; /* counts jobs */
    int64_t wanted;             /* workers asked to take part in this generation */
    _Atomic int64_t busy;       /* workers inside the job */
    int64_t threads;            /* running threads, the caller not counted */
    int32_t quit;
    int64_t process; /* in which the threads are */
    pthread_t *thread;
};

typedef struct worker_start {
    ddni_pool *pool;
    int64_t worker;
} worker_start;

static void drain(job *j, int64_t worker)
{
    while (!ddni_stopping(j->ctx)) {
        int64_t tile = atomic_fetch_add_explicit(&j->next, 1, memory_order_relaxed);
        if (tile >= j->tiles) {
            return;
        }
        j->fn(j->arg, tile, worker);
        if (worker == 0 && j->teller != NULL && j->told == DDN_OK) {
            j->told = ddni_tick(j->teller, (double)tile / (double)j->tiles);
        }
    }
}

/* Returns when the number is no longer `old`, or after a while. */
static void look_out(_Atomic int64_t *number, int64_t old)
{
    int64_t start = ddni_nanoseconds();
    do {
        for (int i = 0; i < 16; i++) {
            if (atomic_load_explicit(number, memory_order_relaxed) != old) {
                return;
            }
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
        }
    } while (ddni_nanoseconds() - start < LOOKOUT);
}

static void *worker_main(void *start)
{
    ddni_pool *p = ((worker_start *)start)->pool;
    int64_t worker = ((worker_start *)start)->worker;
    int64_t seen = 0;
    pthread_mutex_lock(&p->mutex);
    for (;;) {
        while (!p->quit && (p->generation == seen || worker > p->wanted)) {
            seen = p->generation;
            pthread_cond_wait(&p->wake, &p->mutex);
        }
        if (p->quit) {
            break;
        }
        seen = p->generation;
        job *j = p->current;
        if (j == NULL) {
            continue;
        }
        p->busy++;
        pthread_mutex_unlock(&p->mutex);
        drain(j, worker);
        pthread_mutex_lock(&p->mutex);
        if (--p->busy == 0) {
            pthread_cond_signal(&p->idle);
        }
        pthread_mutex_unlock(&p->mutex);
        look_out(&p->generation, seen);
        pthread_mutex_lock(&p->mutex);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* A pool of `threads` threads besides the caller; fewer if the system refuses some, NULL if it
 * cannot be made at all: the loop then runs on the caller. */
static ddni_pool *pool_create(const ddni_allocator *al, int64_t threads)
{
    ddni_pool *p = ddni_alloc(al, 1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    p->allocator = *al;
    p->process = ddni_process();
    p->thread = ddni_alloc(al, threads, (int64_t)(sizeof *p->thread + sizeof(worker_start)));
    if (p->thread == NULL || pthread_mutex_init(&p->mutex, NULL) != 0) {
        goto fail;
    }
    if (pthread_cond_init(&p->wake, NULL) != 0) {
        pthread_mutex_destroy(&p->mutex);
        goto fail;
    }
    if (pthread_cond_init(&p->idle, NULL) != 0) {
        pthread_cond_destroy(&p->wake);
        pthread_mutex_destroy(&p->mutex);
        goto fail;
    }
    worker_start *start = (worker_start *)(void *)(p->thread + threads);
    for (int64_t i = 0; i < threads; i++) {
        start[i] = (worker_start){p, i + 1};
        if (!ddni_thread_start(&p->thread[i], worker_main, &start[i])) {
            break;
        }
        p->threads++;
    }
    return p;
fail:
    ddni_free(al, p->thread);
    ddni_free(al, p);
    return NULL;
}

static void end_threads(ddni_pool *p)
{
    pthread_mutex_lock(&p->mutex);
    p->quit = 1;
    p->generation++;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    for (int64_t i = 0; i < p->threads; i++) {
        pthread_join(p->thread[i], NULL);
    }
    pthread_cond_destroy(&p->idle);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
}

void ddni_pool_destroy(ddni_pool *p)
{
    if (p == NULL) {
        return;
    }
    if (p->process == ddni_process()) {
        end_threads(p);
    }
    ddni_allocator allocator = p->allocator;
    ddni_free(&allocator, p->thread);
    ddni_free(&allocator, p);
}

static void pool_run(ddni_pool *p, job *j, int64_t helpers)
{
    pthread_mutex_lock(&p->mutex);
    p->current = j;
    p->wanted = helpers;
    p->generation++;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    drain(j, 0);
    int64_t start = ddni_nanoseconds();
    pthread_mutex_lock(&p->mutex);
    p->current = NULL; /* a late riser finds nothing to do */
    for (int64_t inside; (inside = p->busy) > 0 && ddni_nanoseconds() - start < LOOKOUT;) {
        pthread_mutex_unlock(&p->mutex);
        look_out(&p->busy, inside);
        pthread_mutex_lock(&p->mutex);
    }
    while (p->busy > 0) {
        pthread_cond_wait(&p->idle, &p->mutex);
    }
    pthread_mutex_unlock(&p->mutex);
}

/* Two bodies of one index would share its scratch. */
static int32_t claim(ddni_host_loop *l, int64_t index)
{
    uint64_t bit = UINT64_C(1) << (index & 63);
    return index >= 0 && index < l->workers &&
           (atomic_fetch_or(&l->taken[index >> 6], bit) & bit) == 0;
}

static void host_body(void *arg, int64_t index)
{
    ddni_host_loop *l = arg;
    atomic_fetch_add(&l->inside, 1);
    if (atomic_load(&l->open)) {
        if (claim(l, index)) {
            drain(l->job, index);
        } else {
            atomic_store(&l->wrong, 1);
        }
    }
    atomic_fetch_sub(&l->inside, 1);
}

/* After the host's loop: whoever comes now finds nothing to do. Whether bodies were running still,
 * which are waited for. */
static int32_t close_loop(ddni_host_loop *l, job *j)
{
    atomic_store(&l->open, 0);
    if (atomic_load(&l->inside) == 0) {
        return 0;
    }
    atomic_store(&j->next, j->tiles);
    while (atomic_load(&l->inside) != 0) {
        ddni_pause();
    }
    return 1;
}

/* By the host's parallel-for. A host that fails half-way, or whose tasks outlive its loop, must not
 * bring the library to read what is gone. */
static ddn_status host_run(ddn_context *ctx, job *j, int64_t workers)
{
    ddni_host_loop *l = &ctx->host_loop;
    j->teller = NULL;
    l->job = j;
    l->workers = workers;
    for (int64_t i = 0; i <= (workers - 1) >> 6; i++) {
        atomic_store(&l->taken[i], 0);
    }
    atomic_store(&l->wrong, 0);
    atomic_store(&l->open, 1);
    int32_t answer = ctx->parallel_for(ctx->parallel_user, workers, host_body, l);
    int32_t late = close_loop(l, j);
    DDNI_TRY(ddni_answer(ctx, "the host's parallel-for", answer));
    DDNI_CHECK(ctx, !atomic_load(&l->wrong), DDN_E_CALLBACK,
               "the host's parallel-for ran its body twice for one index, or outside of [0, %lld)",
               (long long)workers);
    DDNI_CHECK(ctx, !late, DDN_E_CALLBACK, "the host's parallel-for returned before its body had");
    DDNI_TRY(ddni_poll(ctx));
    DDNI_CHECK(ctx, atomic_load(&j->next) >= j->tiles, DDN_E_CALLBACK,
               "the host's parallel-for did not run its body");
    return DDN_OK;
}

/* The pool of this process; NULL if there can be none. */
static ddni_pool *pool_of(ddn_context *ctx)
{
    if (ctx->pool != NULL && ctx->pool->process != ddni_process()) {
        ddni_pool_destroy(ctx->pool);
        ctx->pool = NULL;
    }
    if (ctx->pool == NULL) {
        ctx->pool = pool_create(&ctx->handle.allocator, ddni_workers(ctx) - 1);
    }
    return ctx->pool;
}

ddn_status ddni_parallel(ddn_context *ctx, int64_t tiles, double work, ddni_tile_fn fn, void *arg)
{
    int64_t workers = ddni_workers(ctx) < tiles ? ddni_workers(ctx) : tiles;
    job j = {fn, arg, tiles, ctx, ctx, DDN_OK, 0};
    ddni_pool *pool = NULL;
    ddn_status status = DDN_OK;
    int32_t alone = workers <= 1 || work < SMALL_WORK || ctx->in_loop;
    if (!alone && ctx->parallel_for == NULL) {
        pool = pool_of(ctx);
    }
    ctx->in_loop += !alone;
    if (!alone && ctx->parallel_for != NULL) {
        status = host_run(ctx, &j, workers);
    } else if (pool != NULL) {
        pool_run(pool, &j, workers - 1);
    } else {
        drain(&j, 0);
    }
    ctx->in_loop -= !alone;
    DDNI_TRY(status);
    DDNI_TRY(j.told);
    return ddni_poll(ctx);
}

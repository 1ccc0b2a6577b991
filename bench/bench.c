/* Threads, timing in turns, quartiles and JSON lines of the benchmark programs. See bench.h. */
#define _GNU_SOURCE
#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int ascending(const void *left, const void *right)
{
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

bench_quartiles bench_quartiles_of(double *values, int64_t count)
{
    double at[3];
    qsort(values, (size_t)count, sizeof *values, ascending);
    for (int i = 0; i < 3; i++) {
        double place = 0.25 * (i + 1) * (double)(count - 1);
        int64_t low = (int64_t)place, high = low + 1 < count ? low + 1 : low;
        at[i] = values[low] + (place - (double)low) * (values[high] - values[low]);
    }
    return (bench_quartiles){at[0], at[1], at[2]};
}

/* ---- Threads ----------------------------------------------------------------------------- */

typedef struct team {
    pthread_mutex_t lock;
    pthread_cond_t start;
    int64_t threads, round;
    bench_part_fn fn;
    void *arg;
    atomic_llong ready, done; /* waited for actively: the wait is shorter than a sleep */
} team;
static team crew = {.lock = PTHREAD_MUTEX_INITIALIZER, .start = PTHREAD_COND_INITIALIZER};

static void meet(atomic_llong *counter, int64_t threads)
{
    atomic_fetch_add(counter, 1);
    while (atomic_load(counter) < threads) {
        sched_yield();
    }
}

static void *worker(void *arg)
{
    const int64_t part = (int64_t)(intptr_t)arg;
    for (int64_t round = 1;; round++) {
        pthread_mutex_lock(&crew.lock);
        while (crew.round < round) {
            pthread_cond_wait(&crew.start, &crew.lock);
        }
        pthread_mutex_unlock(&crew.lock);
        meet(&crew.ready, crew.threads);
        crew.fn(crew.arg, part, crew.threads);
        atomic_fetch_add(&crew.done, 1);
    }
    return NULL;
}

/* The workers live as long as the process. */
static void start_team(void)
{
    crew.threads = drv.threads;
    for (int64_t part = 1; part < crew.threads; part++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, worker, (void *)(intptr_t)part) != 0) {
            drv_die("cannot start %lld threads", (long long)crew.threads);
        }
        pthread_detach(thread);
    }
}

double bench_team(bench_part_fn fn, void *arg)
{
    if (crew.threads == 0) {
        start_team();
    }
    pthread_mutex_lock(&crew.lock);
    crew.fn = fn;
    crew.arg = arg;
    atomic_store(&crew.ready, 0);
    atomic_store(&crew.done, 0);
    crew.round++;
    pthread_cond_broadcast(&crew.start);
    pthread_mutex_unlock(&crew.lock);
    meet(&crew.ready, crew.threads);
    const double start = drv_seconds();
    fn(arg, 0, crew.threads);
    meet(&crew.done, crew.threads);
    return drv_seconds() - start;
}

void bench_share(int64_t rows, int64_t part, int64_t parts, int64_t *first, int64_t *end)
{
    *first = rows * part / parts;
    *end = rows * (part + 1) / parts;
}

/* ---- Turns ------------------------------------------------------------------------------- */

/* Until no thread of this process runs any more: OpenBLAS's wait actively for some time after a
 * call. */
static void settle(void)
{
    const struct timespec pause = {0, 5000000};
    const clock_t quiet = CLOCKS_PER_SEC / 2000;
    for (int i = 0; i < 200; i++) {
        const clock_t before = clock();
        nanosleep(&pause, NULL);
        if (clock() - before < quiet) {
            return;
        }
    }
}

double bench_turn(const bench_contender *c)
{
    /* The system takes some milliseconds to give threads that slept a processor each. */
    const double warm = 20e-3, enough = 10e-3, self_evident = 100e-3;
    double spent = c->run(c->arg);
    if (spent < self_evident) {
        while (spent < warm) {
            spent += c->run(c->arg);
        }
        int64_t count = 0;
        spent = 0;
        while (spent < enough) {
            spent += c->run(c->arg);
            count++;
        }
        spent /= (double)count;
    }
    if (c->spins) {
        settle();
    }
    return spent;
}

int64_t bench_interleave(const bench_contender *contenders, int64_t count, int64_t rounds,
                         double budget, double (*seconds)[BENCH_ROUNDS])
{
    const int64_t least = rounds < 3 ? rounds : 3;
    const double start = drv_seconds();
    rounds = rounds < BENCH_ROUNDS ? rounds : BENCH_ROUNDS;
    for (int64_t i = 0; i < count; i++) {
        contenders[i].run(contenders[i].arg);
    }
    settle();
    int64_t done = 0;
    while (done < rounds && (done < least || drv_seconds() - start < budget)) {
        for (int64_t i = 0; i < count; i++) {
            const int64_t k = done % 2 == 0 ? i : count - 1 - i;
            seconds[k][done] = bench_turn(&contenders[k]);
        }
        done++;
    }
    return done;
}

bench_quartiles bench_ratio(double factor, const double *above, const double *below, int64_t rounds)
{
    double values[BENCH_ROUNDS];
    for (int64_t r = 0; r < rounds; r++) {
        values[r] = factor * (above ? above[r] : 1) / (below ? below[r] : 1);
    }
    return bench_quartiles_of(values, rounds);
}

/* ---- JSON -------------------------------------------------------------------------------- */

static int members;

void bench_json_open(void)
{
    members = 0;
    printf("{");
}

static void key_of(const char *key, const char *suffix)
{
    printf("%s\"%s%s\": ", members++ ? ", " : "", key, suffix);
}

void bench_json_object(const char *key)
{
    key_of(key, "");
    printf("{");
    members = 0;
}

void bench_json_object_end(void)
{
    printf("}");
    members = 1;
}

void bench_json_text(const char *key, const char *text)
{
    key_of(key, "");
    printf("\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            printf("\\");
        }
        printf("%c", *text);
    }
    printf("\"");
}

static void number(double value)
{
    if (isfinite(value)) {
        printf("%.6g", value);
    } else {
        printf("null");
    }
}

void bench_json_number(const char *key, double value)
{
    key_of(key, "");
    number(value);
}

void bench_json_quartiles(const char *key, bench_quartiles q)
{
    key_of(key, "");
    number(q.median);
    key_of(key, "_q1");
    number(q.q1);
    key_of(key, "_q3");
    number(q.q3);
}

void bench_json_close(void)
{
    printf("}\n");
    fflush(stdout);
}

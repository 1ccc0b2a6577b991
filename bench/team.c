/* A score by a team of as many ranks as there are threads, each with one thread and its part of the
 * points, against one process with all points and threads, against one thread with one part
 * (weak scaling), and against all parts at the same time, each by itself, in turns. The ranks are
 * threads that exchange through memory: what is measured is what the team costs beside the network.
 * See README.md. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
    TEAM,
    WHOLE, /* one process, all threads */
    PART,  /* one thread, the part of rank 0 */
    PARTS, /* the threads of the ranks, each with its part by itself */
    CONTENDERS,
    MOST_RANKS = 64,
    ACTIVE = 100000 /* looks */
};

static struct {
    int64_t n, d, batch, rounds;
    int type, data, json, quick;
    double t, budget;
    const char *kernel;
} opt = {.batch = 128, .rounds = 21, .t = 1, .budget = 20, .kernel = "auto"};

static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
static const char *const type_names[] = {"u8", "f32", "f64"};

/* ---- Ranks ---- */

typedef struct crew {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int64_t ranks, waiting, exchanges, bytes;
    _Atomic int64_t turn;
    const void *give[MOST_RANKS];
} crew;

typedef struct member {
    crew *c;
    int64_t rank;
    ddn_context *ctx;
    ddn_team *team;
    ddn_dataset *part, *ds;
    ddn_oracle *oracle, *alone; /* over the team, and of the part by itself */
    bench_ours ours, own;
} member;

typedef struct rig {
    const bench_problem *p;
    const double *x;
    crew c;
    member of[MOST_RANKS];
    bench_ours whole;
} rig;

/* Waits actively for some 100 us, as MPI does for longer, and then without. */
static void meet(crew *c)
{
    const int64_t turn = atomic_load(&c->turn);
    pthread_mutex_lock(&c->lock);
    if (++c->waiting == c->ranks) {
        c->waiting = 0;
        atomic_store(&c->turn, turn + 1);
        pthread_cond_broadcast(&c->moved);
    }
    pthread_mutex_unlock(&c->lock);
    for (int64_t k = 0; k < ACTIVE && atomic_load(&c->turn) == turn; k++) {
    }
    if (atomic_load(&c->turn) != turn) {
        return;
    }
    pthread_mutex_lock(&c->lock);
    while (atomic_load(&c->turn) == turn) {
        pthread_cond_wait(&c->moved, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
}

static int32_t exchange(member *m, int64_t bytes, const void *give, void *take, int to_all)
{
    crew *c = m->c;
    c->give[m->rank] = give;
    meet(c);
    for (int64_t r = 0; r < c->ranks; r++) {
        const char *from = (const char *)c->give[r] + (to_all ? 0 : m->rank * bytes);
        memcpy((char *)take + r * bytes, from, (size_t)bytes);
    }
    if (m->rank == 0) {
        c->exchanges++;
        c->bytes += (c->ranks - 1) * bytes;
    }
    meet(c);
    return DDN_OK;
}

static int32_t allgather(void *user, int64_t bytes, const void *give, void *take)
{
    return exchange(user, bytes, give, take, 1);
}

static int32_t alltoall(void *user, int64_t bytes, const void *give, void *take)
{
    return exchange(user, bytes, give, take, 0);
}

static void must(const member *m, ddn_status status)
{
    if (status != DDN_OK) {
        drv_die("rank %lld: %s", (long long)m->rank, ddn_context_message(m->ctx));
    }
}

static void make_query(const rig *r, const member *m, const ddn_oracle *oracle, bench_ours *ours)
{
    *ours = (bench_ours){.m = opt.batch, .d = r->p->d, .t = opt.t, .x = r->x};
    ours->score = drv_alloc(opt.batch * r->p->d, 8);
    must(m, ddn_query_create(m->ctx, oracle, &ours->query));
    must(m, ddn_query_bind_f64(ours->query, DDN_OUT_SCORE, ours->score, r->p->d));
}

/* On each rank: the set over the team, its part, and a query of each. */
static void make_rank(void *arg, int64_t rank, int64_t ranks)
{
    rig *r = arg;
    member *m = &r->of[rank];
    const bench_problem *p = r->p;
    const size_t size = p->type == DDN_TYPE_U8 ? 1 : p->type == DDN_TYPE_F32 ? 4 : 8;
    ddn_dataset *raw;
    int64_t first, end;
    bench_share(p->n, rank, ranks, &first, &end);
    *m = (member){.c = &r->c, .rank = rank};
    const char *from = (const char *)p->stored + (size_t)(first * p->d) * size;
    must(m, ddn_context_create(&m->ctx));
    must(m, ddn_context_set_kernel(m->ctx, opt.kernel));
    must(m, ddn_team_create(m->ctx, rank, ranks, allgather, alltoall, m, NULL, &m->team));
    must(m, ddn_dataset_create_borrowed(m->ctx, p->type, end - first, p->d, from, p->d, NULL, NULL,
                                        &raw));
    must(m, ddn_dataset_create_mapped(m->ctx, raw, p->scale, p->shift, &m->part));
    must(m, ddn_dataset_create_team(m->ctx, m->team, m->part, &m->ds));
    must(m, ddn_oracle_create_empirical(m->ctx, m->ds, p->sch, &m->oracle));
    must(m, ddn_oracle_create_empirical(m->ctx, m->part, p->sch, &m->alone));
    make_query(r, m, m->oracle, &m->ours);
    make_query(r, m, m->alone, &m->own);
    ddn_dataset_destroy(raw);
}

static void free_rank(void *arg, int64_t rank, int64_t ranks)
{
    (void)ranks;
    member *m = &((rig *)arg)->of[rank];
    ddn_query_destroy(m->ours.query);
    ddn_query_destroy(m->own.query);
    ddn_oracle_destroy(m->oracle);
    ddn_oracle_destroy(m->alone);
    ddn_dataset_destroy(m->ds);
    ddn_dataset_destroy(m->part);
    ddn_team_destroy(m->team);
    ddn_context_destroy(m->ctx);
}

static void run_rank(void *arg, int64_t rank, int64_t ranks)
{
    (void)ranks;
    member *m = &((rig *)arg)->of[rank];
    must(m, ddn_query_run(m->ours.query, m->ours.t, m->ours.m, m->ours.x, m->ours.d));
}

static double run_team(void *arg)
{
    return bench_team(run_rank, arg);
}

static void run_own(void *arg, int64_t rank, int64_t ranks)
{
    (void)ranks;
    bench_ours_run(&((rig *)arg)->of[rank].own);
}

static double run_parts(void *arg)
{
    return bench_team(run_own, arg);
}

/* ---- A case ---- */

/* The largest error of the team's scores, as of those of one process. */
static double difference(const rig *r)
{
    double worst = 0;
    for (int64_t q = 0; q < opt.batch; q++) {
        const double e =
            bench_error(r->p->d, r->of[0].ours.score + q * r->p->d, r->whole.score + q * r->p->d);
        worst = e > worst ? e : worst;
    }
    return worst;
}

static void report(const rig *r, double (*seconds)[BENCH_ROUNDS], int64_t rounds,
                   const crew *one_call)
{
    const bench_problem *p = r->p;
    const bench_quartiles ratio = bench_ratio(1, seconds[TEAM], seconds[WHOLE], rounds);
    const bench_quartiles weak = bench_ratio(1, seconds[PART], seconds[TEAM], rounds);
    const bench_quartiles parts = bench_ratio(1, seconds[PARTS], seconds[WHOLE], rounds);
    const bench_quartiles team = bench_ratio(1e3, seconds[TEAM], NULL, rounds);
    const bench_quartiles whole = bench_ratio(1e3, seconds[WHOLE], NULL, rounds);
    if (!opt.json) {
        printf("%7lld %6lld %5lld %-4s %6lld %9.3f %9.3f %6.3f [%.3f, %.3f] %6.3f [%.3f, %.3f] "
               "%6.3f %9.3f %8.1e\n",
               (long long)p->n, (long long)p->d, (long long)opt.batch, type_names[opt.type],
               (long long)r->c.ranks, team.median, whole.median, ratio.median, ratio.q1, ratio.q3,
               weak.median, weak.q1, weak.q3, parts.median, (double)one_call->bytes * 1e-6,
               difference(r));
        fflush(stdout);
        return;
    }
    bench_json_open();
    bench_json_number("n", (double)p->n);
    bench_json_number("d", (double)p->d);
    bench_json_number("batch", (double)opt.batch);
    bench_json_text("type", type_names[opt.type]);
    bench_json_number("t", opt.t);
    bench_json_text("data", p->fashion ? "fashion-mnist" : "synthetic");
    bench_json_machine();
    bench_json_number("ranks", (double)r->c.ranks);
    bench_json_number("rounds", (double)rounds);
    bench_json_quartiles("ratio", ratio);
    bench_json_quartiles("weak", weak);
    bench_json_quartiles("parts", parts);
    bench_json_quartiles("ms", team);
    bench_json_quartiles("whole_ms", whole);
    bench_json_number("exchanges", (double)one_call->exchanges);
    bench_json_number("bytes", (double)one_call->bytes);
    bench_json_number("difference", difference(r));
    bench_json_close();
}

static void make_whole(rig *r)
{
    bench_ours_make(&r->whole, r->p, opt.batch, -1);
    r->whole.t = opt.t;
    r->whole.x = r->x;
}

static void run_case(int64_t n, int64_t d)
{
    double seconds[CONTENDERS][BENCH_ROUNDS];
    bench_problem p;
    rig r = {.p = &p, .c = {.ranks = drv.threads}};
    bench_problem_make(&p, opt.data, n, d, types[opt.type]);
    double *x = drv_alloc(opt.batch * p.d, 8);
    bench_states(&p, opt.t, opt.batch, x);
    r.x = x;
    pthread_mutex_init(&r.c.lock, NULL);
    pthread_cond_init(&r.c.moved, NULL);
    bench_team(make_rank, &r);
    make_whole(&r);
    crew one_call = r.c;
    run_team(&r);
    one_call.exchanges = r.c.exchanges - one_call.exchanges;
    one_call.bytes = r.c.bytes - one_call.bytes;
    const bench_contender contenders[CONTENDERS] = {
        [TEAM] = {run_team, &r, 0},
        [WHOLE] = {bench_ours_run, &r.whole, 0},
        [PART] = {bench_ours_run, &r.of[0].own, 0},
        [PARTS] = {run_parts, &r, 0},
    };
    const int64_t rounds =
        bench_interleave(contenders, CONTENDERS, opt.rounds, opt.budget, seconds);
    report(&r, seconds, rounds, &one_call);
    bench_ours_free(&r.whole);
    bench_team(free_rank, &r);
    pthread_cond_destroy(&r.c.moved);
    pthread_mutex_destroy(&r.c.lock);
    bench_problem_free(&p);
}

int main(int argc, char **argv)
{
    const drv_option options[] = {
        {"n", "N", "points (default: 60000 of 784 dimensions, and 10000 of 12288)", DRV_INT, &opt.n,
         1, 9e15},
        {"d", "D", "dimensions", DRV_INT, &opt.d, 1, 16777216},
        {"batch", "B", "states of an evaluation", DRV_INT, &opt.batch, 1, 1e6},
        {"type", "u8|f32|f64", "stored type", DRV_CHOICE, &opt.type, 0, 0},
        {"t", "T", "OU time", DRV_DOUBLE, &opt.t, 1e-6, 20},
        {"kernel", "NAME", "kernel variant", DRV_STRING, &opt.kernel, 0, 0},
        {"data", "auto|fashion|synthetic", "points: Fashion-MNIST where it fits, or made up",
         DRV_CHOICE, &opt.data, 0, 0},
        {"rounds", "R", "turns of each contender", DRV_INT, &opt.rounds, 1, BENCH_ROUNDS},
        {"budget", "S", "seconds after which a case gets no more than three turns", DRV_DOUBLE,
         &opt.budget, 0, 1e6},
        {"quick", "", "a tiny set", DRV_FLAG, &opt.quick, 0, 0},
        {"json", "", "one JSON object per case", DRV_FLAG, &opt.json, 0, 0},
    };
    drv.out = ".";
    drv_start(argc, argv, "Times a score by a team of ranks of one thread against one process.", "",
              options, DRV_COUNT(options));
    if (drv.threads > MOST_RANKS) {
        drv_die("--threads %lld is more than %d ranks", (long long)drv.threads, MOST_RANKS);
    }
    if (opt.n > 0 && opt.n < drv.threads) {
        drv_die("--n %lld points for %lld ranks", (long long)opt.n, (long long)drv.threads);
    }
    drv_try(ddn_context_set_kernel(drv.ctx, opt.kernel));
    drv_try(ddn_context_set_progress(drv.ctx, NULL, NULL, NULL));
    bench_blas_threads(1);
    if (!opt.json) {
        bench_print_machine();
        printf("\n%7s %6s %5s %-4s %6s %9s %9s %s %s %6s %9s %8s\n", "n", "d", "B", "type", "ranks",
               "team ms", "one ms", "  team/one [quartiles]", "  weak [quartiles]    ", "parts",
               "MB", "differ");
    }
    if (opt.quick) {
        run_case(600, 50);
    } else if (opt.n > 0 || opt.d > 0) {
        run_case(opt.n, opt.d);
    } else {
        run_case(60000, 784);
        run_case(10000, 12288);
    }
    return drv_finish();
}

/* What doc/scale.md is computed from: how long ranks of MPI take for the two exchanges of a team,
 * short ones and long ones, how many multiply-adds one rank does in a second, and what follows from
 * these for clusters. Run by mpirun, on as many ranks as the network shall be measured between;
 * rank 0 prints a table and a last line of JSON. See README.md. SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <diffdyn/diffdyn.h>
#include <diffdyn/mpi.h>

enum {
    ROUNDS = 25,    /* of which the fastest counts */
    SHORT = 96,     /* bytes of an agreement */
    LONG = 1 << 20, /* bytes for each other rank */
    N = 20000,      /* points, dimensions and states of the score that is timed */
    D = 784,
    M = 128
};

typedef struct machine {
    double shorter, rate, adds; /* seconds of a short exchange; bytes and multiply-adds a second */
} machine;

/* A problem whose cost is told: bytes of a stored number. */
typedef struct problem {
    const char *name;
    double n, d, m, bytes;
} problem;

static MPI_Comm all = MPI_COMM_WORLD;
static int rank, size;

static void must(ddn_context *ctx, ddn_status status)
{
    if (status != DDN_OK) {
        fprintf(stderr, "exchange: rank %d: %s\n", rank,
                ctx != NULL ? ddn_context_message(ctx) : "out of memory");
        MPI_Abort(all, 2);
    }
}

/* What else runs on the machine only adds. */
static double fastest(const double *x, int count)
{
    double least = x[0];
    for (int i = 1; i < count; i++) {
        least = fmin(least, x[i]);
    }
    return least;
}

/* Seconds of one exchange: the slowest rank's, in the fastest round. */
static double time_exchange(ddn_team_allgather_fn exchange, int64_t bytes, int repeats,
                            const void *give, void *take)
{
    double seconds[ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
        MPI_Barrier(all);
        double mine = -MPI_Wtime();
        for (int i = 0; i < repeats; i++) {
            must(NULL, exchange(&all, bytes, give, take));
        }
        mine += MPI_Wtime();
        MPI_Allreduce(&mine, &seconds[r], 1, MPI_DOUBLE, MPI_MAX, all);
    }
    return fastest(seconds, ROUNDS) / repeats;
}

/* Multiply-adds a second of a score that reads all points: a late one reads few. */
static double time_score(int n)
{
    static double x[M * D], score[M * D];
    static uint8_t points[N * D];
    double seconds[ROUNDS];
    ddn_context *ctx = NULL;
    ddn_dataset *raw = NULL, *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    for (int64_t i = 0; i < (int64_t)N * D; i++) {
        points[i] = (uint8_t)((uint64_t)i * UINT64_C(0x9e3779b97f4a7c15) >> 56);
    }
    must(ctx, ddn_context_create(&ctx));
    must(ctx, ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, 1));
    must(ctx, ddn_noise_draw(ctx, 1, 64, rank, 0, 0, M * D, x));
    must(ctx, ddn_dataset_create_borrowed(ctx, DDN_TYPE_U8, n, D, points, D, NULL, NULL, &raw));
    must(ctx, ddn_dataset_create_mapped(ctx, raw, 1 / 127.5, -1, &ds));
    must(ctx, ddn_schedule_create_ou(ctx, &sch));
    must(ctx, ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    must(ctx, ddn_oracle_score(ctx, oracle, 4, M, x, D, score, D));
    for (int r = 0; r < ROUNDS; r++) {
        MPI_Barrier(all);
        double mine = -MPI_Wtime();
        must(ctx, ddn_oracle_score(ctx, oracle, 4, M, x, D, score, D));
        mine += MPI_Wtime();
        MPI_Allreduce(&mine, &seconds[r], 1, MPI_DOUBLE, MPI_MAX, all);
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
    ddn_context_destroy(ctx);
    return 2.0 * n * M * D / fastest(seconds, ROUNDS);
}

/* ---- What follows from them --------------------------------------------------------------- */

/* Seconds of a score over so many ranks on another network: work, then exchanges. */
static void predict(const problem *p, double ranks, const machine *of, double *work, double *talk)
{
    const double share = ceil(p->m / ranks);
    *work = 2 * p->n * p->m * p->d / ranks / of->adds;
    *talk = 4 * of->shorter * ceil(log2(ranks)) +
            (ranks - 1) * (160 + 16 * share * (p->d + 13)) / of->rate;
}

static void print_table(const machine *here)
{
    static const problem problems[] = {{"60000 x 784, u8", 60000, 784, 128, 1},
                                       {"1.3e6 x 12288, u8", 1.3e6, 12288, 128, 1},
                                       {"1.3e6 x 12288, u8", 1.3e6, 12288, 1024, 1}};
    static const double ranks[] = {8, 64, 1024};
    const machine ethernet = {20e-6, 10e9 / 8, here->adds}, fast = {2e-6, 100e9 / 8, here->adds};
    printf("\n| points | states | ranks | GB a rank | work | exchanges, 10 Gbit/s | 100 Gbit/s | "
           "share of work |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
        for (size_t k = 0; k < sizeof ranks / sizeof ranks[0]; k++) {
            const problem *p = &problems[i];
            double work, slow, quick;
            predict(p, ranks[k], &ethernet, &work, &slow);
            predict(p, ranks[k], &fast, &work, &quick);
            printf("| %s | %.0f | %.0f | %.2g | %.2g s | %.2g s | %.2g s | %.0f %%, %.0f %% |\n",
                   p->name, p->m, ranks[k], p->n * p->d * p->bytes / ranks[k] / 1e9, work, slow,
                   quick, 100 * work / (work + slow), 100 * work / (work + quick));
        }
    }
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(all, &rank);
    MPI_Comm_size(all, &size);
    const int quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    if (argc > 2 || (argc == 2 && !quick)) {
        if (rank == 0) {
            fprintf(stderr, "usage: mpirun -n RANKS exchange [--quick]\n");
        }
        MPI_Finalize();
        return 2;
    }
    char *give = calloc((size_t)size, LONG), *take = calloc((size_t)size, LONG);
    must(NULL, give != NULL && take != NULL ? DDN_OK : DDN_E_NOMEM);
    const double gather = time_exchange(ddn_mpi_allgather, SHORT, quick ? 1 : 200, give, take);
    const double swap = time_exchange(ddn_mpi_alltoall, LONG, quick ? 1 : 4, give, take);
    const machine here = {gather, size > 1 ? (size - 1) * (double)LONG / swap : 0,
                          time_score(quick ? 500 : N)};
    if (rank == 0) {
        printf("%d ranks: a short exchange %.3g us, %.3g GB/s from each rank, %.3g multiply-adds a "
               "second and rank\n",
               size, 1e6 * here.shorter, here.rate / 1e9, here.adds);
        print_table(&here);
        printf("{\"ranks\": %d, \"short_seconds\": %.6g, \"bytes_per_second\": %.6g, "
               "\"adds_per_second\": %.6g}\n",
               size, here.shorter, here.rate, here.adds);
    }
    free(give);
    free(take);
    MPI_Finalize();
    return 0;
}

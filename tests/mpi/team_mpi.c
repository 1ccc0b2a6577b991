/* Compiled by mpicc and run by mpirun: a set over MPI_COMM_WORLD. Prints, from each rank, a line
 * with a digest of the bits of what it found, and whether that is what one process finds, also of a
 * set whose rows went from rank to rank; `fault` as the argument: the statuses after a NaN on the
 * last rank; `groups`: a set over each two of the ranks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <diffdyn/diffdyn.h>
#include <diffdyn/mpi.h>

enum {
    N = 240,
    D = 20,
    M = 9
};

#define STEP(call)                                                                                 \
    do {                                                                                           \
        if (status == DDN_OK) {                                                                    \
            status = (call);                                                                       \
        }                                                                                          \
    } while (0)

static double points[N * D], x[M * D];

static void fill(double *out, int64_t count, uint64_t seed)
{
    for (int64_t i = 0; i < count; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        out[i] = (double)(seed >> 11) * 0x1p-52 - 1;
    }
}

static ddn_status run(ddn_context *ctx, const ddn_dataset *ds, double *end)
{
    const double times[] = {2, 1, 0.5, 0.2, 0.05};
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    ddn_integrator *it = NULL;
    memcpy(end, x, sizeof x);
    ddn_status status = ddn_schedule_create_ou(ctx, &sch);
    STEP(ddn_oracle_create_empirical(ctx, ds, sch, &oracle));
    STEP(ddn_integrator_create(ctx, oracle, DDN_METHOD_HEUN, &it));
    STEP(ddn_integrator_set_times(it, 5, times));
    STEP(ddn_integrator_run(it, M, end, D));
    ddn_integrator_destroy(it);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return status;
}

/* The digest of the rows in another order, with weights. */
static ddn_status derive(ddn_context *ctx, const ddn_dataset *ds, int64_t *digest)
{
    int64_t rows[N];
    double weights[N];
    ddn_dataset *turned = NULL, *weighted = NULL;
    for (int64_t i = 0; i < N; i++) {
        rows[i] = N - 1 - i / 2;
        weights[i] = (double)(1 + i % 7);
    }
    ddn_status status = ddn_dataset_create_subset(ctx, ds, N, rows, &turned);
    STEP(ddn_dataset_create_weighted(ctx, turned, N, weights, &weighted));
    STEP(ddn_dataset_digest(ctx, weighted, digest));
    ddn_dataset_destroy(weighted);
    ddn_dataset_destroy(turned);
    return status;
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    double end[M * D], alone[M * D], worst = 0;
    uint64_t digest = 1;
    int64_t derived = 0, want = 1;
    ddn_context *ctx = NULL;
    ddn_team *team = NULL;
    ddn_dataset *part = NULL, *ds = NULL, *whole = NULL;
    fill(points, N * D, 1);
    fill(x, M * D, 2);
    ddn_status status = ddn_context_create(&ctx);
    STEP(argc > 1 && strcmp(argv[1], "groups") == 0
             ? ddn_team_create_mpi_group(ctx, MPI_COMM_WORLD, 2, &team)
             : ddn_team_create_mpi(ctx, MPI_COMM_WORLD, &team));
    int number = 0, ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &number);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    int64_t rank = ddn_team_rank(team), size = ddn_team_size(team);
    int64_t first = size > 0 ? N * rank / size : 0;
    int64_t count = size > 0 ? N * (rank + 1) / size - first : 0;
    STEP(ddn_dataset_create(ctx, DDN_TYPE_F64, count, D, points + first * D, D, &part));
    STEP(ddn_dataset_create_team(ctx, team, part, &ds));
    STEP(ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &whole));
    STEP(run(ctx, whole, alone));
    STEP(derive(ctx, whole, &want));
    STEP(derive(ctx, ds, &derived));
    if (argc > 1 && strcmp(argv[1], "fault") == 0 && rank == size - 1) {
        x[5] = NAN;
    }
    STEP(run(ctx, ds, end));
    for (int64_t i = 0; status == DDN_OK && i < M * D; i++) {
        uint64_t bits;
        memcpy(&bits, &end[i], sizeof bits);
        digest = (digest ^ bits) * UINT64_C(0x9E3779B97F4A7C15);
        worst = fmax(worst, fabs(end[i] - alone[i]));
    }
    printf("rank %d of %d: %s %016llx %d %s\n", number, ranks, ddn_status_name(status),
           status == DDN_OK ? (unsigned long long)digest : 0ULL, worst < 1e-9 && derived == want,
           status == DDN_OK ? "" : ddn_context_message(ctx));
    ddn_dataset_destroy(whole);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(part);
    ddn_team_destroy(team);
    ddn_context_destroy(ctx);
    MPI_Finalize();
    return 0;
}

/* The command diffdyn as the ranks of MPI_COMM_WORLD: mpirun -n 4 diffdyn-mpi COMMAND ... Compiled
 * by the flags of an mpicc; everything else of it knows nothing of MPI. SPDX-License-Identifier:
 * MIT */
#define _GNU_SOURCE
#include "commands.h"
#include "driver.h"

#include <sched.h>
#include <unistd.h>

#include <diffdyn/mpi.h>

static MPI_Comm all, part = MPI_COMM_NULL;

static void leave(void)
{
    if (part != MPI_COMM_NULL) {
        MPI_Comm_free(&part);
    }
    MPI_Comm_free(&all);
    MPI_Finalize();
}

static void *group(int64_t size)
{
    int rank = 0;
    MPI_Comm_rank(all, &rank);
    return MPI_Comm_split(all, (int)(rank / size), rank, &part) == MPI_SUCCESS ? &part : NULL;
}

static void give_up(int status)
{
    MPI_Abort(all, status);
}

/* This rank's share of those of its machine, or those that mpirun has bound it to. */
static int64_t count_processors(void)
{
    MPI_Comm here;
    int ranks = 1;
    MPI_Comm_split_type(all, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &ranks);
    MPI_Comm_free(&here);
    int64_t share = sysconf(_SC_NPROCESSORS_ONLN) / ranks;
#ifdef CPU_COUNT
    cpu_set_t bound;
    if (sched_getaffinity(0, sizeof bound, &bound) == 0 && CPU_COUNT(&bound) < share) {
        share = CPU_COUNT(&bound);
    }
#endif
    return share;
}

int main(int argc, char **argv)
{
    int rank = 0, size = 1, level = 0;
    drv_core_begin(); /* MPI does not like processes that fork */
    if (MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS) {
        return 2;
    }
    MPI_Comm_dup(MPI_COMM_WORLD, &all);
    MPI_Comm_rank(all, &rank);
    MPI_Comm_size(all, &size);
    drv.program = "diffdyn-mpi";
    drv_join(&(drv_world){rank, size, count_processors(), ddn_mpi_allgather, ddn_mpi_alltoall, &all,
                          group, leave, give_up});
    return diffdyn_main(argc, argv);
}

/* Teams of the ranks of an MPI communicator. Not part of diffdyn.h: it is compiled by the user's
 * mpicc, so that the library need not know which MPI there is.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_MPI_H
#define DIFFDYN_MPI_H

#include <stdlib.h>

#include <mpi.h>

#include <diffdyn/team.h>

/** The ddn_team_allgather_fn of a communicator: user points at an MPI_Comm. */
static inline int32_t ddn_mpi_allgather(void *user, int64_t bytes, const void *give, void *take)
{
    return MPI_Allgather(give, (int)bytes, MPI_BYTE, take, (int)bytes, MPI_BYTE,
                         *(MPI_Comm *)user) == MPI_SUCCESS
               ? DDN_OK
               : DDN_E_CALLBACK;
}

/** The ddn_team_alltoall_fn of a communicator: user points at an MPI_Comm. */
static inline int32_t ddn_mpi_alltoall(void *user, int64_t bytes, const void *give, void *take)
{
    return MPI_Alltoall(give, (int)bytes, MPI_BYTE, take, (int)bytes, MPI_BYTE,
                        *(MPI_Comm *)user) == MPI_SUCCESS
               ? DDN_OK
               : DDN_E_CALLBACK;
}

/** The ddn_release_fn of a communicator: frees it and the memory that user points at. */
static inline void ddn_mpi_release(void *user)
{
    MPI_Comm_free((MPI_Comm *)user);
    free(user);
}

/** Makes a team of all ranks of a communicator, which is duplicated: all of them make this call.
 * MPI must be initialised, for MPI_THREAD_FUNNELED at least if the library is given threads and for
 * MPI_THREAD_SERIALIZED if other threads than the first call it, and not be finalised before the
 * team and all that was made over it are destroyed. On all ranks the same status. */
static inline ddn_status ddn_team_create_mpi(ddn_context *ctx, MPI_Comm comm, ddn_team **out)
{
    int rank = 0, size = 0, good = 0, all = 0;
    MPI_Comm *own = (MPI_Comm *)malloc(sizeof *own);
    ddn_status status = DDN_E_NOMEM;
    ddn_team *team = NULL;
    if (out == NULL) {
        status = DDN_E_NULL;
    } else {
        *out = NULL;
    }
    good = own != NULL && out != NULL;
    if (MPI_Allreduce(&good, &all, 1, MPI_INT, MPI_MIN, comm) != MPI_SUCCESS || !all) {
        free(own);
        return good ? DDN_E_CALLBACK : status;
    }
    if (MPI_Comm_dup(comm, own) != MPI_SUCCESS) {
        free(own);
        return DDN_E_CALLBACK;
    }
    MPI_Comm_rank(*own, &rank);
    MPI_Comm_size(*own, &size);
    status = ddn_team_create(ctx, rank, size, ddn_mpi_allgather, ddn_mpi_alltoall, own,
                             ddn_mpi_release, &team);
    good = status == DDN_OK;
    if (MPI_Allreduce(&good, &all, 1, MPI_INT, MPI_MIN, comm) != MPI_SUCCESS || !all) {
        if (good) {
            ddn_team_destroy(team);
            return DDN_E_CALLBACK;
        }
        ddn_mpi_release(own);
        return status;
    }
    *out = team;
    return DDN_OK;
}

/** Makes a team of this rank's group of `size` consecutive ranks of a communicator, which are the
 * ranks of the group in their order (ddn_team_create_group): for sets of which each group has all
 * points and each rank of it a part, while the groups share the samples. ddn_team_whole is the team
 * of all. Of MPI it asks what ddn_team_create_mpi asks. On all ranks the same status; DDN_E_RANGE
 * if size does not divide their number. */
static inline ddn_status ddn_team_create_mpi_group(ddn_context *ctx, MPI_Comm comm, int64_t size,
                                                   ddn_team **out)
{
    ddn_team *whole = NULL;
    MPI_Comm *own = NULL;
    ddn_status status;
    int rank = 0, good = 0;
    if (out != NULL) {
        *out = NULL;
    }
    status = ddn_team_create_mpi(ctx, comm, out != NULL ? &whole : NULL);
    if (status != DDN_OK) {
        return status;
    }
    MPI_Comm_rank(comm, &rank);
    own = (MPI_Comm *)malloc(sizeof *own);
    status = ddn_team_agree(ctx, whole, own != NULL ? DDN_OK : DDN_E_NOMEM);
    if (status == DDN_OK) {
        good = MPI_Comm_split(comm, size < 1 ? 0 : (int)(rank / size), rank, own) == MPI_SUCCESS;
        status = ddn_team_agree(ctx, whole, good ? DDN_OK : DDN_E_CALLBACK);
    }
    if (status == DDN_OK) {
        status = ddn_team_create_group(ctx, whole, size, ddn_mpi_allgather, ddn_mpi_alltoall, own,
                                       ddn_mpi_release, out);
    }
    if (status != DDN_OK && good) {
        MPI_Comm_free(own);
    }
    if (status != DDN_OK) {
        free(own);
    }
    ddn_team_destroy(whole);
    return status;
}

#endif

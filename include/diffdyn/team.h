/* Teams: several processes that have a part of the data each and make the same calls.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_TEAM_H
#define DIFFDYN_TEAM_H

#include <diffdyn/base.h>

DDN_BEGIN_DECLS

/** One of `size` ranks that work together: processes on one or many machines, or threads of one
 * process with a context each. Objects made over a team (ddn_dataset_create_team, oracles of such
 * sets, and the queries and integrators of those) are used by all ranks together: each makes the
 * same calls, in the same order, with the same arguments. They all get the same bits, in each run
 * with the same team size and processors, and the same status:
 * - An error, a stop or a cancel on one rank ends the same call on all of them, with its status and
 *   "rank 2 of 4: " before its text. Ranks that fail in two ways at once each keep their own
 * status. A rank that fails alone after the last exchange of a call (no memory for a result) gets
 * its error there, the others at their next call.
 * - Calls that differ, or their arguments, end with DDN_E_MISMATCH on all ranks.
 * - A request to stop is looked at where ranks exchange, once in an evaluation.
 * A rank that stops calling (it crashed, or left the loop for reasons of its own) leaves the others
 * waiting: that is for the host to notice, as MPI does.
 *
 * One call at a time, whatever the number of contexts: DDN_E_STATE in another thread. Threads that
 * work side by side take a team each (MPI_Comm_dup). */
typedef struct ddn_team ddn_team;

/** Gives `give` to all ranks: take[r] is what rank r gave, one's own included. Called on the thread
 * that made the call, by all ranks in the same order with the same number of bytes, at most 2^26.
 * @param[in] give [bytes]
 * @param[out] take [size][bytes] */
typedef int32_t (*ddn_team_allgather_fn)(void *user, int64_t bytes, const void *give, void *take);

/** Gives give[r] to rank r: take[r] is what rank r gave to this one. Rules as for
 * ddn_team_allgather_fn.
 * @param[in] give [size][bytes]
 * @param[out] take [size][bytes] */
typedef int32_t (*ddn_team_alltoall_fn)(void *user, int64_t bytes, const void *give, void *take);

/** Makes a team of two exchanges of bytes; diffdyn/mpi.h makes one from any communicator. Exchanges
 * nothing. `user` is handed to the callbacks, and to release with the last object made over the
 * team. An exchange that fails, or does not give a rank its own bytes back, ends the call with
 * DDN_E_CALLBACK, on this rank and for good. Errors: DDN_E_NULL, DDN_E_RANGE, DDN_E_NOMEM.
 * @param[in] rank 0 <= rank < size
 * @param[in] size at most 2^20 */
DDN_API ddn_status ddn_team_create(ddn_context *ctx, int64_t rank, int64_t size,
                                   ddn_team_allgather_fn allgather, ddn_team_alltoall_fn alltoall,
                                   void *user, ddn_release_fn release, ddn_team **out);
/** Adds a reference to the team: it then takes one more ddn_team_destroy. DDN_E_NULL, DDN_E_HANDLE.
 */
DDN_API ddn_status ddn_team_retain(const ddn_team *team);
/** Lets go of the team. NULL is a no-op. */
DDN_API void ddn_team_destroy(ddn_team *team);

/** Makes a team of this rank's group: the ranks of `whole` are cut into groups of `size`
 * consecutive ones, of which rank r is number r % size of group r / size. Each group can so have
 * all of the data, each of its ranks a part of them, and the groups share the samples: sets are
 * made over the group, and ddn_analysis_set_team is given the group, too. diffdyn/mpi.h makes both
 * teams of a communicator.
 *
 * The exchanges are those of the group's ranks among each other; rules as for ddn_team_create. All
 * ranks of the whole make this call, and later the same calls with objects made over their groups.
 * Groups wait for each other only where they share something, and at the end of each call, which
 * exchanges one status more among all of them. An error, a stop or a cancel on one rank so ends the
 * same measurement on all ranks of the whole, and its text has the rank's number among all; what
 * groups do beside each other (a score) it ends in the group, and the next call on all ranks.
 *
 * On all ranks the same status. Errors: DDN_E_NULL, DDN_E_HANDLE, DDN_E_RANGE (size does not divide
 * the ranks of the whole), DDN_E_UNSUPPORTED (whole is a group), DDN_E_MISMATCH (sizes differ),
 * DDN_E_NOMEM.
 * @param[in] whole retained
 * @param[in] size ranks of a group, 1 <= size <= those of the whole */
DDN_API ddn_status ddn_team_create_group(ddn_context *ctx, ddn_team *whole, int64_t size,
                                         ddn_team_allgather_fn allgather,
                                         ddn_team_alltoall_fn alltoall, void *user,
                                         ddn_release_fn release, ddn_team **out);

/** This rank; -1 for NULL. */
DDN_API int64_t ddn_team_rank(const ddn_team *team);
/** Number of ranks; 0 for NULL. */
DDN_API int64_t ddn_team_size(const ddn_team *team);
/** The team of which this one is a group.
 * @return borrowed, alive as long as the group; NULL if it is none, and for NULL */
DDN_API const ddn_team *ddn_team_whole(const ddn_team *team);

/** Gives all ranks one status, those of the whole if the team is a group: `mine` of the lowest rank
 * where that is an error, else DDN_STOPPED where one has that, else DDN_OK. For steps that each
 * rank takes by itself, such as opening its file: `status = ddn_team_agree(ctx, team,
 * ddn_dataset_open(...))`. The text of ctx's last error goes with it. A number that is no status is
 * DDN_E_RANGE. */
DDN_API ddn_status ddn_team_agree(ddn_context *ctx, ddn_team *team, ddn_status mine);

DDN_END_DECLS

#endif

/* The empirical oracle of a dataset over a team. */
#ifndef DDNI_ORACLE_EMPIRICAL_TEAM_H
#define DDNI_ORACLE_EMPIRICAL_TEAM_H

#include "oracle/empirical/empirical.h"

/* As ddn_oracle_create_empirical, for a set over a team; all ranks together. */
ddn_status ddni_team_oracle_create(ddn_context *ctx, const ddn_dataset *ds, const ddn_schedule *sch,
                                   ddn_oracle **out);

#endif

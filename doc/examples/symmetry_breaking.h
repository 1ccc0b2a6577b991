/* What the two halves of the driver symmetry_breaking share. SPDX-License-Identifier: MIT */
#ifndef SYMMETRY_BREAKING_H
#define SYMMETRY_BREAKING_H

#include "driver.h"

double ssb_scalar(const ddn_result *result, const char *name);

/* Columns "branch", "t", "t_ou", "lambda", "unstable", "norm", "q_0" of a diagram to OUT/NAME. */
void ssb_write_branches(const char *name, const ddn_result *points);
/* Columns "kind", "branch", "t", "t_ou", "norm", "q_0" of its events. */
void ssb_write_events(const char *name, const ddn_result *events);

/* The same analysis for a data set of any dimension: symmetry_breaking_data.c. */
void ssb_data(const drv_data *data, double eta, int64_t starts, double t_end);
/* Gives back what ssb_data holds. */
void ssb_data_release(void);

#endif

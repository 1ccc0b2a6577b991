/* What the two halves of the driver symmetry_breaking share. SPDX-License-Identifier: MIT */
#ifndef SYMMETRY_BREAKING_H
#define SYMMETRY_BREAKING_H

#include "driver.h"

/* Where the fixed points of this oracle's reverse drift are looked for; kept. */
ddn_symmetry *ssb_symmetry(const ddn_oracle *oracle, double eta, double step);
/* Rows t, q, u of the potential along x0 + q v (x0 NULL: 0), shifted to minimum 0. */
void ssb_write_potential(drv_file *csv, ddn_symmetry *sy, double t, const double *x0,
                         const double *v, const double *q, int64_t count);
/* Columns "branch", "t", "t_ou", "lambda", "unstable", "norm", "q_0" of a diagram to OUT/NAME. */
void ssb_write_branches(const char *name, const ddn_result *points);
/* Columns "kind", "branch", "t", "t_ou", "norm", "q_0" of its events. */
void ssb_write_events(const char *name, const ddn_result *events);

/* The same analysis for a data set of any dimension: symmetry_breaking_data.c. */
/* Returns how many seconds a branch takes, roughly. */
double ssb_open_data(const drv_data *data);
void ssb_data(const drv_data *data, double eta, int64_t starts, double t_end);

#endif

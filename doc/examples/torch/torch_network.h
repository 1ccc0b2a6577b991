/* What the parts of the driver torch_network share: settings, objects, and the numbers that it
 * found. SPDX-License-Identifier: MIT */
#ifndef TORCH_NETWORK_H
#define TORCH_NETWORK_H

#include "../driver.h"
#include "torch_module.h"

typedef struct settings {
    drv_data data, test;
    const char *network, *classifier, *table;
    drv_list shape, classifier_labels;
    int prediction, clock, schedule;
    double time_scale, time_shift, answer_scale, beta_first, beta_last;
    int64_t indices, pairs, steps, times, paths, samples, states, probes, flow_steps;
    double t_min, t_max, t_end; /* OU time */
} settings;

/* Objects that live until the end. Times are in the clock of the schedule. */
typedef struct network {
    ddn_dataset *train, *test; /* test is NULL without --test */
    ddn_schedule *schedule;
    ddn_oracle *oracle, *exact;
    torch_module *module, *classifier; /* classifier is NULL without --classifier */
    double noisy, clean;               /* ends of paths */
    int64_t count;
    double *times;
} network;

/* Results, each NULL where it was not measured. */
typedef struct report {
    ddn_result *regimes, *identities, *crossings; /* the last two of the exact score */
    ddn_result *generalization, *train, *test;    /* the last two: likelihoods */
    double seconds;                               /* that all of them took */
} report;

/* Makes all of it, or ends the program with a line that says what is wrong. */
void network_open(settings *set, network *net);
/* A name for what is predicted, told, and the schedule: --predicts, --clock, --schedule. */
#define NETWORK_PREDICTIONS "eps|x0|v|velocity|score"
#define NETWORK_CLOCKS "time|index|sigma|logsnr|none"
#define NETWORK_SCHEDULES "ou|vp|ddpm|scaled|cosine|edm|flow|table"

/* torch_network.png from the CSV files. */
void network_draw(const settings *set, const network *net, const report *r);
#define NETWORK_FILES                                                                              \
    "torch_network.csv torch_network_errors.csv torch_network.gp torch_network.png regimes.json "  \
    "exact.json exact_times.json generalization.json likelihood_train.json likelihood_test.json"

#endif

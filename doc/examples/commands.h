/* The experiments that the command diffdyn runs. SPDX-License-Identifier: MIT */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "driver.h"

/* What ranks can share (diffdyn-mpi). */
enum {
    ALONE = 0,
    DATA = 1 << DRV_SPLIT_DATA,
    SAMPLES = 1 << DRV_SPLIT_SAMPLES,
    EITHER = DATA | SAMPLES
};

/* Name of the source, of the subcommand, what ranks share, what it does, an example. Sorted. */
#define COMMANDS(X)                                                                                \
    X(branch, "branch", EITHER,                                                                    \
      "clones of noised data: what two continuations of one state share",                          \
      "diffdyn branch --data images.gz --labels labels.gz --classes 1,7")                          \
    X(collapse, "collapse", EITHER,                                                                \
      "excess entropy and phi_C of a data set, and its collapse time t_C",                         \
      "diffdyn collapse --data x.npy --samples 256")                                               \
    X(curse, "curse", ALONE, "collapse time against the number of points and the dimension",       \
      "diffdyn curse --out out")                                                                   \
    X(flows, "flows", ALONE,                                                                       \
      "fixed points, trajectories, bifurcation of a flow; the Mandelbrot set",                     \
      "diffdyn flows --out out")                                                                   \
    X(foreign_score, "foreign-score", ALONE,                                                       \
      "clones of a score given by a callback, beside the exact one",                               \
      "diffdyn foreign-score --data FASHION-images --labels FASHION-labels --classes 1,7 --n "     \
      "2000")                                                                                      \
    X(generalization, "generalization", SAMPLES,                                                   \
      "denoising errors of a model on training and test data",                                     \
      "diffdyn generalization --data x.npy --held 500")                                            \
    X(gmm_collapse, "gmm-collapse", ALONE, "collapse of two Gaussians against theory",             \
      "diffdyn gmm-collapse --out out")                                                            \
    X(gmm_speciation, "gmm-speciation", ALONE,                                                     \
      "speciation of two Gaussians against theory, by dimension",                                  \
      "diffdyn gmm-speciation --out out")                                                          \
    X(images, "images", ALONE, "points of a file on a sheet, as PNG, PGM or PPM",                  \
      "diffdyn images --data x.npz --n 64")                                                        \
    X(late_start, "late-start", ALONE, "sample quality against the start of generation",           \
      "diffdyn late-start --data x.npy --out out")                                                 \
    X(memorization, "memorization", ALONE, "how many samples are copies of points",                \
      "diffdyn memorization --data x.npy --samples made.npy --test held.npy")                      \
    X(phi, "phi", EITHER, "phi(t) of labelled data, and the speciation time t_S",                  \
      "diffdyn phi --data x.npy --labels y.npy --schedule ddpm")                                   \
    X(regimes, "regimes", EITHER,                                                                  \
      "the three regimes of a data set: speciation, collapse, their times",                        \
      "diffdyn regimes --data images.gz --labels labels.gz --classes 1,7 --threads 2")             \
    X(score, "score", DATA, "score, denoiser, log p and posterior at states of your own",          \
      "diffdyn score --data x.npy --states noisy.npy --t 0.5")                                     \
    X(symmetry_breaking, "symmetry", ALONE,                                                        \
      "potential, fixed points and bifurcations of the reverse drift",                             \
      "diffdyn symmetry --data x.npy")                                                             \
    X(trajectory, "trajectory", DATA,                                                              \
      "states along paths from noise, or from data and back, as .npy",                             \
      "diffdyn trajectory --data images.gz --from-data --paths 6 --steps 32")                      \
    X(uturn, "uturn", EITHER, "noised to a time and brought back: what returns",                   \
      "diffdyn uturn --data x.npy --labels y.npy")

/* Each is the main program of its file; argv[0] is what messages begin with. */
#define COMMAND_DECLARATION(file, name, share, what, example)                                      \
    int file##_main(int argc, char **argv);
COMMANDS(COMMAND_DECLARATION)

/* The command itself: finds the subcommand and runs it. */
int diffdyn_main(int argc, char **argv);

#endif

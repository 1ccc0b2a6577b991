/* The classes of an oracle, and what two draws that have nothing to do with one another share. */
#ifndef DDNI_ANALYSIS_CLASSES_H
#define DDNI_ANALYSIS_CLASSES_H

#include <diffdyn/oracle.h>

/* Number of labelled classes whose probabilities the oracle can tell; 0 where it has none. */
int64_t ddni_analysis_classes(const ddn_oracle *oracle);

/* phi at infinite time, sum pi_c^2: the chance that two draws of the data have one class (24). pi_c
 * are the shares of the labels of its data set, else its class probabilities where noise hides
 * everything else. NaN without classes. */
ddn_status ddni_phi_infinity(ddn_context *ctx, const ddn_oracle *oracle, double *phi);

/* phi_C at infinite time, sum pi^2 over the oracle's components; it must have DDN_OUT_SUM_W2. */
ddn_status ddni_phi_c_infinity(ddn_context *ctx, const ddn_oracle *oracle, double *phi_c);

#endif

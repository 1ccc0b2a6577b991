/* The potential of the overlap at one time. */
#ifndef DDNI_THEORY_OVERLAP_H
#define DDNI_THEORY_OVERLAP_H

typedef struct ddni_overlap {
    double mu2;
    double stiffness; /* 2/Gamma - 1 */
    double kappa;     /* e^-t sqrt(d)/Gamma */
} ddni_overlap;

ddni_overlap ddni_overlap_at(double d, double mu2, double sigma2, double t);
double ddni_overlap_slope(const ddni_overlap *v, double q);

#endif

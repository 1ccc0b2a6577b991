/* The coefficients of Dormand and Prince's embedded pair of orders 5 and 4 (J. Comput. Appl. Math.
 * 6 (1980) 19); theory.md (15), (70). */
#ifndef DDNI_NUMERICS_DORMAND_PRINCE_H
#define DDNI_NUMERICS_DORMAND_PRINCE_H

enum {
    DDNI_STAGES = 7
};

/* Where the stages are, in steps; the last two are at its end. */
extern const double ddni_stage_node[DDNI_STAGES];
/* Weights of the earlier slopes at each stage; the last row gives the result, of fifth order, and
 * its slope is the first one of the next step. */
extern const double ddni_stage_weight[DDNI_STAGES][DDNI_STAGES - 1];
/* Fifth order minus fourth. */
extern const double ddni_stage_difference[DDNI_STAGES];

#endif

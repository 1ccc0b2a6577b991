/* Certified pruning, with short and with long lists. */
#ifndef DDNI_ORACLE_EMPIRICAL_REFINE_H
#define DDNI_ORACLE_EMPIRICAL_REFINE_H

#include "oracle/empirical/ways.h"

extern const ddni_way ddni_way_refine;
extern const ddni_way ddni_way_refine_wide;

#endif

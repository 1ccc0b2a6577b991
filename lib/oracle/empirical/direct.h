/* All points by direct differences in double: the way that is always right. */
#ifndef DDNI_ORACLE_EMPIRICAL_DIRECT_H
#define DDNI_ORACLE_EMPIRICAL_DIRECT_H

#include "oracle/empirical/ways.h"

extern const ddni_way ddni_way_direct;

#endif

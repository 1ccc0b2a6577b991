/* libdiffdyn: exact dynamics of diffusion models. This header includes all others.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_DIFFDYN_H
#define DIFFDYN_DIFFDYN_H

#include <diffdyn/analysis.h>
#include <diffdyn/base.h>
#include <diffdyn/dataset.h>
#include <diffdyn/integrator.h>
#include <diffdyn/late_start.h>
#include <diffdyn/likelihood.h>
#include <diffdyn/memorization.h>
#include <diffdyn/observer.h>
#include <diffdyn/oracle.h>
#include <diffdyn/oracle_kinds.h>
#include <diffdyn/result.h>
#include <diffdyn/schedule.h>
#include <diffdyn/symmetry.h>
#include <diffdyn/system.h>
#include <diffdyn/team.h>
#include <diffdyn/theory.h>
#include <diffdyn/transitions.h>
#include <diffdyn/version.h>

#endif

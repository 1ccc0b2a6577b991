/* libdiffdyn: exact dynamics of diffusion models. This header includes all others.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_DIFFDYN_H
#define DIFFDYN_DIFFDYN_H

#include <diffdyn/analysis.h>
#include <diffdyn/base.h>
#include <diffdyn/dataset.h>
#include <diffdyn/dynamics.h>
#include <diffdyn/integrator.h>
#include <diffdyn/late_start.h>
#include <diffdyn/observer.h>
#include <diffdyn/oracle.h>
#include <diffdyn/oracles.h>
#include <diffdyn/path.h>
#include <diffdyn/schedule.h>
#include <diffdyn/symmetry.h>
#include <diffdyn/theory.h>
#include <diffdyn/uturn.h>
#include <diffdyn/version.h>

#endif

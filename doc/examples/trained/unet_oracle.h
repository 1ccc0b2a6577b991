/* A network of unet.h as an oracle of the library.
 * SPDX-License-Identifier: MIT */
#ifndef UNET_ORACLE_H
#define UNET_ORACLE_H

#include "driver.h"

#include "unet.h"

/* The score that follows from the network's noise, clean images clipped to [-1, 1]. points: what it
 * learned, or NULL; distances are from them. Lives until drv_finish(). */
ddn_oracle *unet_oracle(unet *net, const ddn_schedule *schedule, const ddn_dataset *points);

#endif

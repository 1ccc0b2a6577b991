/* What the two files of the command trajectory share. SPDX-License-Identifier: MIT */
#ifndef TRAJECTORY_H
#define TRAJECTORY_H

#include "driver.h"

enum {
    STRIP_COLUMNS = 12, /* times that a strip of images shows */
    STRIP_ROWS = 8,     /* paths */
    DRAWN = 64          /* paths in the plane */
};

/* States at the times of one or two legs: from data to noise, and back to data. */
typedef struct trajectory {
    int64_t count, m, d, drawn;
    double *t, *leg;    /* [count]; 0: forward, 1: backward */
    int64_t axes;       /* 1 or 2 directions that pictures show: */
    double *axis;       /* [axes][d] */
    double *projection; /* [count][drawn][axes] */
    double *strip;      /* [STRIP_COLUMNS][STRIP_ROWS][d], or NULL */
} trajectory;

/* The column of a strip that shows the time number k, or -1. */
int64_t strip_column(const trajectory *tr, int64_t k);
/* trajectory.png and, where strip is not NULL, trajectory_strip.png. */
void draw_trajectory(const trajectory *tr, const ddn_schedule *sch, const drv_image *shape,
                     const char *caption);

#endif

/* Work between two looks of a thread whether its call is to stop, counted instead of timed: the
 * same numbers on every machine, however busy. For programs that are linked with work.c and with
 * the library whose blocks are counted (see meson.build).
 *
 * The unit is what a modest processor does in 0.1 ns: a basic block of the library's code is 10 of
 * them, which is one element of most loops; prices of what is not compiled here, BLAS, the C
 * library and zlib, are in work.c. */
#ifndef TEST_ROBUST_WORK_H
#define TEST_ROBUST_WORK_H

#include <stdint.h>

enum {
    WORK_SITES = 512
};

/* A place in the code that looks. */
typedef struct work_site {
    void *address;   /* behind its call */
    int64_t longest; /* stretch of the last call, had this place not looked */
} work_site;

typedef struct work_seen {
    int64_t longest, whole, looks; /* units; whole: of the calling thread */
    int64_t astray;                /* reports of progress that are no shares of 1 */
} work_seen;

/* Around a call. */
void work_begin(void);
work_seen work_end(void);

/* Places that looked since the program began. */
const work_site *work_sites(int64_t *count);

#endif

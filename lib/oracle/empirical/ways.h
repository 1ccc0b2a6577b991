/* The ways of evaluation: what one is, the table of all of them, and the scratch of a query. */
#ifndef DDNI_ORACLE_EMPIRICAL_WAYS_H
#define DDNI_ORACLE_EMPIRICAL_WAYS_H

#include "oracle/empirical/block.h"

/* One way to evaluate the states of a block. */
typedef struct ddni_way {
    const char *name;
    /* NULL where it can serve states of this block, else why it cannot (static text). */
    const char *(*why_not)(const ddni_block *b);
    /* Moves the states that it is likely to serve to the front of todo[b->m], which are those of
     * the block, and counts them. NULL: all of them. */
    ddn_status (*select)(ddn_context *ctx, ddni_block *b, int64_t *todo, int64_t *count);
    const char *unselected; /* why states may not be selected */
    int64_t width;          /* states at a time, 0: all of a block */
    /* Writes the outputs of the states that it can serve within the promise, and their verdicts. */
    ddn_status (*run)(ddn_context *ctx, ddni_block *b);
    /* In its place, for ways that come first in the table: serves the m states of a batch as it is,
     * before there are blocks, and lists the rows of those that need another way, rows[left]. */
    ddn_status (*run_batch)(ddn_context *ctx, ddni_block *b, int64_t m, int64_t *rows,
                            int64_t *left);
    const char *failure; /* why states that were tried may need another way */
    /* Scratch of its own, b->own: size, and how many pointers to buffers it starts with. Zeroed
     * when a query is made, the buffers freed with it. */
    int64_t scratch_bytes, pointers;
} ddni_way;

/* Scratch of a query: what all ways share, and what each has for itself. */
typedef struct ddni_scratch {
    struct ddni_shared *shared;
    void *own[DDNI_MOST_WAYS];
} ddni_scratch;

int64_t ddni_way_count(void);
const char *ddni_way_name(int64_t way);
/* The names of all of them, with commas; static text. */
const char *ddni_way_names(void);

ddn_status ddni_scratch_create(ddn_context *ctx, ddni_scratch **out);
void ddni_scratch_destroy(ddn_context *ctx, ddni_scratch *s);
int64_t ddni_scratch_bytes(const ddni_scratch *s);

/* Evaluates a batch: blocks of states, each passed down the table until a way serves it. */
ddn_status ddni_ways_run(ddn_context *ctx, ddni_block *b, ddni_scratch *s, int64_t m,
                         ddni_report *report);

#endif

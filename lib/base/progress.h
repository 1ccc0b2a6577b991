/* Cancel and progress. */
#ifndef DDNI_BASE_PROGRESS_H
#define DDNI_BASE_PROGRESS_H

#include <diffdyn/base.h>

/* DDN_STOPPED, with a text, if the call that is running is to stop. For serial loops, which look at
 * least once in 0.1 s of work, on the calling thread. Where nothing has been reported for 0.1 s it
 * also reports how far the call has come. ctx may be NULL. */
ddn_status ddni_poll(ddn_context *ctx);

/* deeper = 1: no look ends the call, until deeper = -1. */
void ddni_defer(ddn_context *ctx, int32_t deeper);

/* Whether the call that is running is to stop: for long tiles, on any thread, and for loops that
 * cannot fail. They leave off at any place, since the next look of the calling thread, at the end
 * of ddni_parallel or by ddni_poll, ends the call. */
int32_t ddni_stopping(const ddn_context *ctx);

/* Reports progress on the calling thread, as `stage` (static text) or as part of the stage that is
 * open; looks whether to stop: DDN_OK or DDN_STOPPED. What the host is told never goes back. */
ddn_status ddni_progress(ddn_context *ctx, const char *stage, double fraction);

/* The same, if nothing has been reported for 0.1 s: as what is open or running. */
ddn_status ddni_tick(ddn_context *ctx, double fraction);

/* What progress is reported as: the name, and the part that the calls inside now make. */
typedef struct ddni_stage {
    const char *name;  /* NULL: none is open */
    double begin, end; /* the whole stage, as shares of the outermost one */
    double from, to;   /* what the calls inside report from 0 to 1 */
} ddni_stage;

/* From here to the end of the block: a loop of calls that may report progress themselves. Within
 * another stage it is a part of that and bears its name, so the host sees one stage. The name is
 * static text. */
#define DDNI_STAGE(ctx, name)                                                                      \
    ddni_scope ddni_this_stage __attribute__((unused, cleanup(ddni_stage_close))) =                \
        ddni_stage_open((ctx), (name))

typedef struct ddni_scope {
    ddn_context *ctx;
    ddni_stage before;
} ddni_scope;
ddni_scope ddni_stage_open(ddn_context *ctx, const char *name);
void ddni_stage_close(ddni_scope *scope);

/* In an open stage: reports `from` and sets [from, to] aside for the calls inside. Looks, too. */
ddn_status ddni_stage_part(ddn_context *ctx, double from, double to);

#endif

/* Two grids of times as one. */
#include "analysis/grids.h"

#include "base/alloc.h"
#include "base/check.h"

void ddni_grids_free(ddn_context *ctx, ddni_grids *g)
{
    const ddni_allocator *al = ddni_context_allocator(ctx);
    ddni_free(al, g->all);
    ddni_free(al, g->row);
    ddni_free(al, g->clone_row);
}

/* Number of the i-th smallest time of a strictly monotone grid. */
static int64_t ascending(const double *times, int64_t count, int64_t i)
{
    return count > 1 && times[0] > times[1] ? count - 1 - i : i;
}

ddn_status ddni_grids_unite(ddn_context *ctx, ddni_grids *g)
{
    int64_t i = 0, j = 0, all = g->count + g->clone_count;
    DDNI_TRY(ddni_alloc_for(ctx, "times", all, sizeof(double), &g->all));
    DDNI_TRY(ddni_alloc_for(ctx, "rows", g->count, sizeof(int64_t), &g->row));
    DDNI_TRY(ddni_alloc_for(ctx, "rows", g->clone_count, sizeof(int64_t), &g->clone_row));
    while (i < g->count || j < g->clone_count) {
        int64_t a = ascending(g->times, g->count, i);
        int64_t b = ascending(g->clone_times, g->clone_count, j);
        double ta = i < g->count ? g->times[a] : INFINITY;
        double tb = j < g->clone_count ? g->clone_times[b] : INFINITY;
        g->all[g->rows] = fmin(ta, tb);
        if (ta <= tb) {
            g->row[a] = g->rows;
            i++;
        }
        if (tb <= ta) {
            g->clone_row[b] = g->rows;
            j++;
        }
        g->rows++;
    }
    return DDN_OK;
}

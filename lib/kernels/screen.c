/* Lists of candidates, and the screen of a single state. Layer 1 (kernels). */
#include <math.h>

#include "kernels/kernels.h"

/* Drops listed candidates that have fallen below the floor. */
static int32_t keep_candidates(const ddni_screen *s, int64_t lane)
{
    int32_t *row = s->row + lane * s->capacity, kept = 0;
    float *upper = s->upper + lane * s->capacity, least = s->floor[lane] - s->margin;
    for (int32_t i = 0; i < s->count[lane]; i++) {
        if (upper[i] >= least) {
            row[kept] = row[i];
            upper[kept++] = upper[i];
        }
    }
    return kept;
}

void ddni_list_candidate(const ddni_screen *s, int64_t lane, int64_t row, float upper)
{
    if (s->count[lane] == s->capacity) {
        int32_t kept = keep_candidates(s, lane);
        s->count[lane] = kept == s->capacity ? -1 : kept;
    }
    if (s->count[lane] >= 0) {
        int64_t at = lane * s->capacity + s->count[lane]++;
        s->row[at] = (int32_t)row;
        s->upper[at] = upper;
    }
}

void ddni_screen_rows(int64_t rows, float *g, const float *term, const float *length,
                      int64_t first_row, const ddni_screen *s)
{
    float slope = s->slope[0], offset = s->offset[0], radius = s->radius[0], floor = s->floor[0];
    for (int64_t r = 0; r < rows; r++) {
        float middle = g[r] * slope + offset + term[r], half = radius * length[r];
        floor = middle - half > floor ? middle - half : floor;
        g[r] = middle + half;
    }
    s->floor[0] = floor;
    for (int64_t r = 0; r < rows && s->count[0] >= 0; r++) {
        if (g[r] >= floor - s->margin) {
            ddni_list_candidate(s, 0, first_row + r, g[r]);
        }
    }
}

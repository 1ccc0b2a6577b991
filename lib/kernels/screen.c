/* Lists of candidates, and the screen of a single state. */
#include <math.h>

#include "kernels/kernels.h"

/* Drops listed candidates below `least`, or not above it if strict. */
static void keep(const ddni_screen *s, int64_t lane, float least, int32_t strict)
{
    int32_t *row = s->row + lane * s->capacity, kept = 0;
    float *upper = s->upper + lane * s->capacity;
    for (int32_t i = 0; i < s->count[lane]; i++) {
        if (upper[i] > least || (upper[i] == least && !strict)) {
            row[kept] = row[i];
            upper[kept++] = upper[i];
        }
    }
    s->count[lane] = kept;
}

static float mean_upper(const ddni_screen *s, int64_t lane)
{
    const float *upper = s->upper + lane * s->capacity;
    double sum = 0;
    for (int32_t i = 0; i < s->count[lane]; i++) {
        sum += (double)upper[i];
    }
    return (float)(sum / s->count[lane]);
}

void ddni_list_candidate(const ddni_screen *s, int64_t lane, int64_t row, float upper)
{
    if (s->count[lane] == s->capacity) {
        keep(s, lane, s->floor[lane] - s->margin[lane], 0);
    }
    if (s->count[lane] == s->capacity) {
        s->cut[lane] = mean_upper(s, lane);
        keep(s, lane, s->cut[lane], 1);
    }
    if (upper > s->cut[lane]) {
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
    for (int64_t r = 0; r < rows; r++) {
        if (g[r] > s->cut[0] && g[r] >= floor - s->margin[0]) {
            ddni_list_candidate(s, 0, first_row + r, g[r]);
        }
    }
}

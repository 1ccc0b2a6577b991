/* Screens and the single-state softmax, in f32; included by kern_body.h. */

static void screen_f32(int64_t rows, int64_t states, ddni_strips g, const float *term,
                       const float *length, int64_t first_row, const ddni_screen *s)
{
    for (int64_t q = 0; q < states; q += LANES32) {
        f32_vec slope = f32_load(s->slope + q), offset = f32_load(s->offset + q);
        f32_vec radius = f32_load(s->radius + q), floor = f32_load(s->floor + q);
        float *top = f32_strips_from(g, 0, q).at;
        for (int64_t r = 0; r < rows; r++) {
            float *at = top + r * DDNI_LANES;
            f32_vec middle = f32_load(at) * slope + offset + term[r], half = radius * length[r];
            f32_vec low = middle - half;
            floor = f32_select(low > floor, low, floor);
            f32_store(at, middle + half);
        }
        f32_store(s->floor + q, floor);
        f32_vec least = floor - f32_load(s->margin + q), cut = f32_load(s->cut + q);
        least = f32_select(cut > least, cut, least);
        f32_ivec any = {0};
        for (int64_t r = 0; r < rows; r++) {
            any |= f32_load(top + r * DDNI_LANES) >= least;
        }
        for (int64_t v = 0; v < LANES32 && q + v < states; v++) {
            if (any[v] == 0) {
                continue;
            }
            for (int64_t r = 0; r < rows; r++) {
                float upper = top[r * DDNI_LANES + v];
                if (upper > s->cut[q + v] && upper >= s->floor[q + v] - s->margin[q + v]) {
                    ddni_list_candidate(s, q + v, first_row + r, upper);
                }
            }
        }
    }
}

static void screen_rows_f32(int64_t rows, float *g, const float *term, const float *length,
                            int64_t first_row, const ddni_screen *s)
{
    f32_vec slope = f32_splat(s->slope[0]), offset = f32_splat(s->offset[0]);
    f32_vec radius = f32_splat(s->radius[0]), floor = f32_splat(s->floor[0]);
    int64_t r = 0, whole = rows / LANES32 * LANES32;
    for (; r < whole; r += LANES32) {
        f32_vec middle = f32_load(g + r) * slope + offset + f32_load(term + r);
        f32_vec half = radius * f32_load(length + r), low = middle - half;
        floor = f32_select(low > floor, low, floor);
        f32_store(g + r, middle + half);
    }
    for (int64_t v = 0; v < LANES32; v++) {
        s->floor[0] = floor[v] > s->floor[0] ? floor[v] : s->floor[0];
    }
    for (; r < rows; r++) {
        float middle = g[r] * slope[0] + offset[0] + term[r], half = radius[0] * length[r];
        s->floor[0] = middle - half > s->floor[0] ? middle - half : s->floor[0];
        g[r] = middle + half;
    }
    float least = s->floor[0] - s->margin[0];
    for (r = 0; r < rows; r += LANES32) {
        int64_t run = rows - r < LANES32 ? rows - r : LANES32;
        int32_t any = r >= whole;
        f32_ivec near = {0};
        if (r < whole) {
            near = f32_load(g + r) >= f32_splat(least > s->cut[0] ? least : s->cut[0]);
        }
        for (int64_t v = 0; v < LANES32; v++) {
            any |= near[v];
        }
        for (int64_t v = 0; any && v < run; v++) {
            if (g[r + v] > s->cut[0] && g[r + v] >= least) {
                ddni_list_candidate(s, 0, first_row + r + v, g[r + v]);
            }
        }
    }
}

static float largest(int64_t rows, const float *g)
{
    f32_vec top = f32_splat(-INFINITY);
    int64_t r = 0;
    for (; r + LANES32 <= rows; r += LANES32) {
        f32_vec v = f32_load(g + r);
        top = f32_select(v > top, v, top);
    }
    float best = -INFINITY;
    for (int64_t v = 0; v < LANES32; v++) {
        best = top[v] > best ? top[v] : best;
    }
    for (; r < rows; r++) {
        best = g[r] > best ? g[r] : best;
    }
    return best;
}

/* g[row] becomes e^{l - reference}; adds the statistics. */
static void exponentials_of_rows(int64_t rows, float *g, const ddni_lane_sums *s)
{
    float ref = (float)s->reference[0], low[LANES32];
    f32_vec sum[DDNI_STATISTICS] = {{0}};
    for (int64_t r = 0; r < rows; r += LANES32) {
        int64_t run = rows - r < LANES32 ? rows - r : LANES32;
        f32_vec below;
        if (run == LANES32) {
            below = f32_load(g + r) - ref;
        } else {
            for (int64_t v = 0; v < LANES32; v++) {
                low[v] = v < run ? g[r + v] - ref : -100.0F; /* its exponential is exactly 0 */
            }
            below = f32_load(low);
        }
        f32_vec p = f32_exponential(below);
        DDNI_STATISTICS_LIST(ADD_STEP)
        if (run == LANES32) {
            f32_store(g + r, p);
        } else {
            for (int64_t v = 0; v < run; v++) {
                g[r + v] = p[v];
            }
        }
    }
    for (int64_t v = 0; v < LANES32; v++) {
        for (int i = 0; i < DDNI_STATISTICS; i++) {
            s->sum[i][0] += (double)sum[i][v];
        }
    }
}

/* sum_row p[row] norm[row] */
static double weighted_norms(int64_t rows, const float *p, const double *norm)
{
    f64_vec several = {0};
    double norms = 0;
    int64_t r = 0;
    for (; r + LANES64 <= rows; r += LANES64) {
        several += stored_vec(DDN_TYPE_F32, p, r) * f64_load(norm + r);
    }
    for (; r < rows; r++) {
        norms += (double)p[r] * norm[r];
    }
    for (int64_t v = 0; v < LANES64; v++) {
        norms += several[v];
    }
    return norms;
}

static int32_t softmax_rows_f32(const ddni_tile *t, float *g, const ddni_lane_sums *s)
{
    for (int64_t r = 0; r < t->rows; r++) {
        g[r] = (float)(t->gain * (double)g[r] + t->term[r]);
    }
    float top = largest(t->rows, g);
    if ((double)top > s->best[0]) {
        int64_t at = 0;
        while (g[at] != top) {
            at++;
        }
        s->best[0] = (double)top;
        s->index[0] = t->first + at;
    }
    int32_t moved = ddni_lane_move(s, 0);
    for (int64_t c = 0; moved && t->class_of != NULL && c < t->classes; c++) {
        s->classes[c] *= s->rescale[0];
    }
    exponentials_of_rows(t->rows, g, s);
    s->norm[0] += weighted_norms(t->rows, g, t->norm);
    for (int64_t r = 0; t->class_of != NULL && r < t->rows; r++) {
        s->classes[t->class_of[r]] += (double)g[r];
    }
    return moved;
}

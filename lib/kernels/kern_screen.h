/* Screens in f32; included by kern_body.h. */

/* The lanes of a register from memory that are at least so much, as bits. */
static inline uint32_t reach(const float *at, f32_vec least)
{
#if defined(__x86_64__) && VECTOR_BYTES == 64
    return _mm512_cmp_ps_mask(_mm512_loadu_ps(at), (__m512)least, _CMP_GE_OQ);
#elif defined(__x86_64__) && VECTOR_BYTES == 32
    return (uint32_t)_mm256_movemask_ps(
        _mm256_cmp_ps(_mm256_loadu_ps(at), (__m256)least, _CMP_GE_OQ));
#else
    const f32_ivec near = f32_load(at) >= least;
    uint32_t lanes = 0;
    for (int64_t v = 0; v < LANES32; v++) {
        lanes |= (uint32_t)(near[v] != 0) << v;
    }
    return lanes;
#endif
}

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
            floor = f32_larger(low, floor);
            f32_store(at, middle + half);
        }
        f32_store(s->floor + q, floor);
        f32_vec least = floor - f32_load(s->margin + q), cut = f32_load(s->cut + q);
        least = f32_larger(cut, least);
        for (int64_t r = 0; r < rows; r++) {
            const float *at = top + r * DDNI_LANES;
            for (uint32_t lanes = reach(at, least); lanes != 0; lanes &= lanes - 1) {
                const int64_t v = __builtin_ctz(lanes), lane = q + v;
                if (lane < states && at[v] > s->cut[lane]) {
                    ddni_list_candidate(s, lane, first_row + r, at[v]);
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
        floor = f32_larger(low, floor);
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
    const float least = s->floor[0] - s->margin[0], top = least > s->cut[0] ? least : s->cut[0];
    for (r = 0; r < rows; r += LANES32) {
        int64_t run = rows - r < LANES32 ? rows - r : LANES32;
        if (r < whole && reach(g + r, f32_splat(top)) == 0) {
            continue;
        }
        for (int64_t v = 0; v < run; v++) {
            if (g[r + v] > s->cut[0] && g[r + v] >= least) {
                ddni_list_candidate(s, 0, first_row + r + v, g[r + v]);
            }
        }
    }
}

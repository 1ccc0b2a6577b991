/* Random cases: shapes of data, types, states where rounding shows, settings. */
#include <stdlib.h>
#include <string.h>

#include "score_random.h"

/* ---- Random numbers ---- */

static uint64_t next(stream *s)
{
    uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double uniform(stream *s, double low, double high)
{
    return low + (high - low) * ((double)(next(s) >> 11) * 0x1p-53);
}

double normal(stream *s)
{
    double r = sqrt(-2 * log(1 - uniform(s, 0, 1)));
    return r * cos(uniform(s, 0, 6.283185307179586));
}

int64_t below(stream *s, int64_t count)
{
    return (int64_t)(next(s) % (uint64_t)count);
}

double power(stream *s, double low, double high)
{
    return pow(10, uniform(s, low, high));
}

/* ---- Shapes of data, of size about 1 in each coordinate ---- */

static void gaussian(stream *s, int64_t n, int64_t d, double *v)
{
    for (int64_t i = 0; i < n * d; i++) {
        v[i] = normal(s);
    }
}

/* Two clusters, far apart. */
static void clusters(stream *s, int64_t n, int64_t d, double *v)
{
    double apart = power(s, 3, 6) / sqrt((double)d);
    gaussian(s, n, d, v);
    for (int64_t i = 0; i < n; i += 1 + below(s, 3)) {
        for (int64_t j = 0; j < d; j++) {
            v[i * d + j] += apart;
        }
    }
}

/* Each point once more at a small distance, or as a copy. */
static void near_copies(stream *s, int64_t n, int64_t d, double *v)
{
    double size = below(s, 4) == 0 ? 0 : power(s, -6, -1);
    gaussian(s, n, d, v);
    for (int64_t i = 1; i < n; i += 2) {
        for (int64_t j = 0; j < d; j++) {
            v[i * d + j] = v[(i - 1) * d + j] + size * normal(s);
        }
    }
}

/* On a sphere, around its centre or to one side of it. */
static void sphere(stream *s, int64_t n, int64_t d, double *v)
{
    double side = below(s, 2) ? 0 : uniform(s, 0, 1);
    gaussian(s, n, d, v);
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < d; j++) {
            v[i * d + j] += side;
            sum += v[i * d + j] * v[i * d + j];
        }
        for (int64_t j = 0; j < d; j++) {
            v[i * d + j] *= sqrt((double)d / (sum > 0 ? sum : 1));
        }
    }
}

static void heavy_tails(stream *s, int64_t n, int64_t d, double *v)
{
    gaussian(s, n, d, v);
    for (int64_t i = 0; i < n; i++) {
        double r = 1 / sqrt(-log(1 - uniform(s, 0, 1)));
        for (int64_t j = 0; j < d; j++) {
            v[i * d + j] *= r;
        }
    }
}

/* Few waves, as pictures are: products grow steadily over many coordinates and then fall. */
static void smooth(stream *s, int64_t n, int64_t d, double *v)
{
    for (int64_t i = 0; i < n; i++) {
        double amplitude[3], phase[3];
        for (int k = 0; k < 3; k++) {
            amplitude[k] = normal(s);
            phase[k] = uniform(s, 0, 0.3);
        }
        for (int64_t j = 0; j < d; j++) {
            double at = 6.283185307179586 * (double)j / (double)d, sum = 0.1 * normal(s);
            for (int k = 0; k < 3; k++) {
                sum += amplitude[k] * cos((k + 1) * at + phase[k]);
            }
            v[i * d + j] = sum;
        }
    }
}

/* Corners of a cube: many points at the same distances. */
static void corners(stream *s, int64_t n, int64_t d, double *v)
{
    for (int64_t i = 0; i < n * d; i++) {
        v[i] = below(s, 2) ? 1 : -1;
    }
}

/* One coordinate that is much larger than all others. */
static void lopsided(stream *s, int64_t n, int64_t d, double *v)
{
    double size = power(s, 1, 3);
    gaussian(s, n, d, v);
    for (int64_t i = 0; i < n; i++) {
        v[i * d] *= size;
    }
}

typedef struct shape {
    const char *name;
    void (*fill)(stream *s, int64_t n, int64_t d, double *v);
} shape;

static const shape shapes[] = {{"gaussian", gaussian},       {"clusters", clusters},
                               {"near copies", near_copies}, {"sphere", sphere},
                               {"heavy tails", heavy_tails}, {"smooth", smooth},
                               {"corners", corners},         {"lopsided", lopsided}};

/* ---- Storing them ---- */

static void choose_map(stream *s, score_case *c)
{
    c->scale = 1;
    c->shift = 0;
    if (c->type == DDN_TYPE_U8 && below(s, 2)) {
        c->scale = 1 / 127.5;
        c->shift = -1;
    } else if (below(s, 3) == 0) {
        c->scale = power(s, -3, 2) * (below(s, 4) ? 1 : -1);
        c->shift = below(s, 3) ? normal(s) * fabs(c->scale) * power(s, 0, 3) : 0;
    }
}

/* Rounds v[n][d] into the type: bytes around a middle, others with a size and an offset of at most
 * 10^most. */
static void store(stream *s, score_case *c, double most, const double *v)
{
    int64_t count = c->n * c->d;
    double middle = below(s, 2) ? 127.5 : uniform(s, 0, 255), width = power(s, -0.3, 1.8);
    double size = below(s, 3) ? 1 : power(s, -3, 3), offset = below(s, 3) ? 0 : power(s, -1, most);
    c->offset = offset;
    for (int64_t i = 0; i < count; i++) {
        double raw = size * (v[i] + offset);
        if (c->type == DDN_TYPE_U8) {
            raw = fmin(255, fmax(0, nearbyint(middle + width * v[i])));
            ((uint8_t *)c->stored)[i] = (uint8_t)raw;
        } else if (c->type == DDN_TYPE_F32) {
            ((float *)c->stored)[i] = (float)raw;
            raw = (double)((float *)c->stored)[i];
        } else {
            ((double *)c->stored)[i] = raw;
        }
        c->point[i] = fma(raw, c->scale, c->shift);
    }
}

/* ---- States ---- */

static double distance2(const score_case *c, int64_t i, int64_t j)
{
    double sum = 0;
    for (int64_t k = 0; k < c->d; k++) {
        double diff = c->point[i * c->d + k] - c->point[j * c->d + k];
        sum += diff * diff;
    }
    return sum;
}

/* The nearest point of another place than i; i if there is none. */
static int64_t neighbour(const score_case *c, int64_t i)
{
    double least = INFINITY;
    int64_t best = i;
    for (int64_t j = 0; j < c->n; j++) {
        double r2 = distance2(c, i, j);
        if (r2 > 0 && r2 < least) {
            least = r2;
            best = j;
        }
    }
    return best;
}

enum {
    NOISED,
    MIDPOINT,
    BESIDE_MIDPOINT,
    THREE,
    FAR,
    AT_POINT,
    STATE_KINDS
};

/* x = a z + noise s g + push e, e the direction from the middle of two points to one of them. */
static void state(stream *s, const score_case *c, int64_t row)
{
    int64_t i = below(s, c->n), k = c->kind[row] == NOISED ? i : neighbour(c, i);
    int64_t l = below(s, c->n), d = c->d;
    double gap2 = fmax(distance2(c, i, k), 1e-300), noise = 0, push = 0;
    double s2 = c->s * c->s;
    noise = c->kind[row] == NOISED                 ? 1
            : c->kind[row] == FAR                  ? power(s, 1, 8)
            : c->kind[row] == THREE && below(s, 2) ? power(s, -4, 0)
                                                   : 0;
    push = c->kind[row] == BESIDE_MIDPOINT ? uniform(s, -4, 4) * s2 / (c->a * gap2) : 0;
    for (int64_t j = 0; j < d; j++) {
        double y = c->point[i * d + j], z = c->point[k * d + j], w = c->point[l * d + j];
        double at = c->kind[row] == NOISED || c->kind[row] == AT_POINT || c->kind[row] == FAR ? y
                    : c->kind[row] == THREE ? (y + z + w) / 3
                                            : 0.5 * (y + z);
        c->x[row * d + j] = c->a * at + push * (z - y) + noise * c->s * normal(s);
    }
}

/* ---- A case ---- */

static void sizes(stream *s, score_case *c)
{
    double most = below(s, 10) ? 2e4 : below(s, 10) ? 2e5 : 1e6;
    c->n = below(s, 3) ? (int64_t)power(s, 0, 3.699) : 1 + below(s, 6);
    c->d = below(s, 4) ? (int64_t)power(s, 0, 3.477) : 1 + below(s, 4);
    while ((double)c->n * (double)c->d > most) {
        if (below(s, 2) && c->n > 1) {
            c->n = c->n * 2 / 3;
        } else if (c->d > 1) {
            c->d = c->d * 2 / 3;
        }
    }
}

static void settings(stream *s, score_case *c)
{
    static const int64_t batches[] = {1, 2, 5, 16, 40};
    static const int wants[] = {WANT_SUMS,
                                31,
                                WANT_SUMS | WANT_CLASS,
                                WANT_SUMS | WANT_MASSES,
                                WANT_REST | WANT_MASSES,
                                WANT_MASSES | WANT_CLASS};
    c->m = batches[below(s, 5)];
    c->wants = wants[below(s, 6)];
    c->trajectory = below(s, 5) == 0;
    c->kernel = below(s, 64);
    c->forbid = below(s, 2) ? 0 : below(s, 64);
    c->epsilon = below(s, 2) ? -1 : below(s, 3) ? 0 : power(s, -14, -2);
}

/* Some points become copies of others. */
static void copy_some(stream *s, const score_case *c, double *v)
{
    for (int64_t k = below(s, c->n + 1); k > 0; k--) {
        const int64_t from = below(s, c->n), to = below(s, c->n);
        memmove(v + to * c->d, v + from * c->d, (size_t)c->d * sizeof *v);
    }
}

/* Ranks with one point at least, or none: one process; weights, vectors. */
static void share_out(stream *s, score_case *c)
{
    c->ranks = below(s, 1 + (c->n < MOST_RANKS ? c->n : MOST_RANKS));
    for (int64_t r = 1; r <= c->ranks; r++) {
        const int64_t first = c->begin[r - 1], left = c->n - first - (c->ranks - r);
        c->begin[r] = r == c->ranks ? c->n : first + 1 + below(s, left);
    }
    c->v = calloc((size_t)(c->m * c->d), sizeof *c->v);
    c->weight = below(s, 3) == 0 ? calloc((size_t)c->n, sizeof *c->weight) : NULL;
    if (c->v == NULL) {
        abort();
    }
    for (int64_t i = 0; i < c->m * c->d; i++) {
        c->v[i] = normal(s);
    }
    const double decades = uniform(s, 0, 12);
    for (int64_t i = 0; c->weight != NULL && i < c->n; i++) {
        c->weight[i] = below(s, 3) ? power(s, -decades, 0) : 1;
    }
    c->wants |= c->number % 2 ? WANT_TEAM : 0;
}

static score_case make(int64_t number, int team)
{
    stream s = {(uint64_t)number * UINT64_C(0xd1342543de82ef95) + 1};
    score_case c = {.number = number, .type = (ddn_type)0};
    static const ddn_type types[] = {DDN_TYPE_U8, DDN_TYPE_F32, DDN_TYPE_F64};
    c.type = types[below(&s, 3)];
    sizes(&s, &c);
    choose_map(&s, &c);
    settings(&s, &c);
    size_t count = (size_t)(c.n * c.d);
    double *v = calloc(count, sizeof *v);
    c.stored = calloc(count, 8);
    c.point = calloc(count, sizeof *c.point);
    c.x = calloc((size_t)(c.m * c.d), sizeof *c.x);
    c.label = calloc((size_t)c.n, sizeof *c.label);
    if (v == NULL || c.stored == NULL || c.point == NULL || c.x == NULL || c.label == NULL) {
        abort();
    }
    const shape *how = &shapes[below(&s, (int64_t)(sizeof shapes / sizeof *shapes))];
    c.shape = how->name;
    how->fill(&s, c.n, c.d, v);
    if (team && below(&s, 3) == 0) {
        copy_some(&s, &c, v);
    }
    store(&s, &c, team && c.type == DDN_TYPE_F64 ? 10 : 6, v);
    c.classes = (int32_t)(1 + below(&s, MOST_CLASSES));
    for (int64_t i = 0; i < c.n; i++) {
        c.label[i] = (int32_t)(i < c.classes ? i : below(&s, c.classes));
    }
    c.classes = c.n < c.classes ? (int32_t)c.n : c.classes;
    /* Times at which points compete, or any. */
    int64_t i = below(&s, c.n);
    double gap = sqrt(distance2(&c, i, neighbour(&c, i))), sigma = gap * power(&s, -1.5, 0.7);
    c.schedule = (int)below(&s, SCHEDULES);
    c.t = score_case_time(c.schedule, sigma > 0 && below(&s, 2) ? sigma : power(&s, -3, 2.5), &s);
    score_case_level(&c);
    for (int64_t row = 0; row < c.m; row++) {
        c.kind[row] = (int)below(&s, STATE_KINDS);
        state(&s, &c, row);
    }
    if (team) {
        share_out(&s, &c);
    }
    free(v);
    return c;
}

score_case score_case_make(int64_t number)
{
    return make(number, 0);
}

score_case score_case_of_team(int64_t number)
{
    return make(number, 1);
}

void score_case_free(score_case *c)
{
    free(c->stored);
    free(c->point);
    free(c->x);
    free(c->label);
    free(c->weight);
    free(c->v);
}

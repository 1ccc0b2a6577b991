/* The reference variant: scalar, plain C, no contraction; right before fast. */
#include <math.h>
#include <stddef.h>

#include "kernels/kernels.h"

enum {
    PLACES = 8 /* in which the terms of a long sum are added up, in turns */
};

static double in_pairs(const double sum[PLACES])
{
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static double stored_one(ddn_type type, const void *p, int64_t j)
{
    return type == DDN_TYPE_U8    ? (double)((const uint8_t *)p)[j]
           : type == DDN_TYPE_F32 ? (double)((const float *)p)[j]
                                  : ((const double *)p)[j];
}

#define REAL float
#define NAME(x) f32_##x
#include "kernels/kern_real.h"
#undef REAL
#undef NAME

#define REAL double
#define NAME(x) f64_##x
#include "kernels/kern_real.h"
#undef REAL
#undef NAME

static void add_scaled(ddn_type type, int64_t columns, const void *from, const double *factor,
                       double *sum)
{
    for (int64_t at = 0; at < columns * DDNI_LANES; at++) {
        sum[at] += factor[at % DDNI_LANES] * stored_one(type, from, at);
    }
}

static double distance(ddn_type type, int64_t d, const double *x, double a, double a_low,
                       ddni_point y)
{
    double sum[PLACES] = {0};
    for (int64_t j = 0; j < d; j++) {
        double p = fma(stored_one(type, y.stored, j), y.scale, y.shift);
        double diff = fma(-p, a_low, fma(-p, a, x[j]));
        sum[j % PLACES] += diff * diff;
    }
    return in_pairs(sum);
}

static double relate(int64_t d, const double *x, double a, double a_low, const double *centre,
                     double *out)
{
    double sum[PLACES] = {0};
    for (int64_t j = 0; j < d; j++) {
        out[j] = fma(-centre[j], a_low, fma(-centre[j], a, x[j]));
        sum[j % PLACES] += out[j] * out[j];
    }
    return in_pairs(sum);
}

static void score(const ddni_scored *of, double *out)
{
    for (int64_t j = 0; j < of->d; j++) {
        double rest = of->rest != NULL
                          ? of->rest[j]
                          : fma(-of->from[j], of->a_low, fma(-of->from[j], of->a, of->x[j]));
        out[j] = fma(of->mean[j], of->factor, -rest) * of->unit;
    }
}

static double largest(int64_t d, const double *x, const double *unit)
{
    double top = 0;
    for (int64_t j = 0; j < d; j++) {
        top = fmax(top, fabs(unit == NULL ? x[j] : x[j] * unit[j]));
    }
    return top;
}

static void from_lanes(int64_t d, const double *in, const ddni_unlaned *of)
{
    for (int64_t q = 0; q < of->states; q++) {
        for (int64_t j = 0; j < d; j++) {
            const double sum = in[j * DDNI_LANES + q];
            of->to[q][j] =
                of->offset == NULL ? sum : of->scale * sum + of->offset[j] * of->weight[q];
        }
    }
}

static void lengths(int64_t d, const double *x, const double *sum, double factor, int64_t places,
                    ddni_lengths *out)
{
    double square[2 * PLACES] = {0}, sum2[PLACES] = {0}, apart2[PLACES] = {0}, most = 0;
    for (int64_t j = 0; j < d; j++) {
        const double apart = x[j] - factor * sum[j];
        double *place = places > 0 ? &square[j % places] : &square[0];
        *place = (places == 0 && j % DDNI_DEPTH_BLOCK == 0 ? 0 : *place) + x[j] * x[j];
        most = fmax(most, *place);
        sum2[j % PLACES] += sum[j] * sum[j];
        apart2[j % PLACES] += apart * apart;
    }
    *out = (ddni_lengths){in_pairs(sum2), in_pairs(apart2), most};
}

static double accumulate(ddn_type type, int64_t d, double *sum, double left, double right,
                         ddni_point y, const double *centre)
{
    double square[PLACES] = {0};
    for (int64_t j = 0; j < d; j++) {
        double p = fma(stored_one(type, y.stored, j), y.scale, y.shift) - centre[j];
        sum[j] = left * sum[j] + right * p;
        square[j % PLACES] += p * p;
    }
    return in_pairs(square);
}

static void terms(int64_t rows, double by_norm, const double *norm, const double *log_weight,
                  float *term)
{
    for (int64_t r = 0; r < rows; r++) {
        term[r] = (float)(by_norm * norm[r]);
        term[r] += log_weight == NULL ? 0 : (float)log_weight[r];
    }
}

static void screen_f32(int64_t rows, int64_t states, ddni_strips g, const float *term,
                       const float *length, int64_t first_row, const ddni_screen *s)
{
    for (int64_t q = 0; q < states; q++) {
        float *at = (float *)g.at + ddni_lane_at(0, q, g.strip);
        for (int64_t r = 0; r < rows; r++) {
            float middle = at[r * DDNI_LANES] * s->slope[q] + s->offset[q] + term[r];
            float half = s->radius[q] * length[r];
            s->floor[q] = fmaxf(s->floor[q], middle - half);
            at[r * DDNI_LANES] = middle + half;
        }
        for (int64_t r = 0; r < rows; r++) {
            float upper = at[r * DDNI_LANES];
            if (upper > s->cut[q] && upper >= s->floor[q] - s->margin[q]) {
                ddni_list_candidate(s, q, first_row + r, upper);
            }
        }
    }
}

#define WIDE double
#define WIDE_LANES 1
#define WIDE_LOAD(p) (*(p))
#define WIDE_FMS(a, b, c) fma(a, b, -(c))
#define WIDE_KEEP(x) (void)0
#include "kernels/kern_beside.h"

/* Of state q, whose weights are w[n]. */
static void narrow_more(const ddni_columns *y, const double *w, int64_t q,
                        const ddni_narrow_more *more, const ddni_narrow_sums *of)
{
    double total = 1 + of->rest;
    for (int64_t g = 0; more->group != NULL && g < more->groups; g++) {
        more->group_sum[q * more->groups + g] = 0;
    }
    for (int64_t i = 0; more->group != NULL && i < y->n; i++) {
        more->group_sum[q * more->groups + more->group[i]] += w[i];
    }
    double left = more->uniform != NULL ? more->uniform[q] * total : -1;
    for (int64_t i = 0; left >= 0 && i < y->n; i++) {
        left -= w[i];
        more->drawn[q] = w[i] > 0 ? i : more->drawn[q];
    }
    for (int64_t j = 0; more->v != NULL && j < y->d; j++) {
        more->cov[q * y->d + j] = 0;
    }
    for (int64_t i = 0; more->v != NULL && i < y->n; i++) {
        double step[DDNI_NARROW], dot = 0;
        for (int64_t j = 0; j < y->d; j++) {
            double from = y->at[j * y->ld + of->argmax];
            step[j] = (y->at[j * y->ld + i] - from) - of->sum[j] / total;
            dot += step[j] * more->v[q * more->ldv + j];
        }
        for (int64_t j = 0; j < y->d; j++) {
            more->cov[q * y->d + j] += w[i] * dot * step[j] / total;
        }
    }
}

/* Adds a run of points and makes weights of their logits. */
static void narrow_add(const ddni_columns *y, int64_t first, double *logit, ddni_narrow_sums *to)
{
    const int64_t end = y->n - first < DDNI_RUN ? y->n : first + DDNI_RUN;
    ddni_narrow_sums part = {0};
    for (int64_t i = first; i < end; i++) {
        double below = logit[i] - to->max, w = exp(below);
        logit[i] = w;
        if (i == to->argmax) {
            continue;
        }
        part.rest += w;
        part.rest_energy -= w * below;
        part.rest_square += w * w;
        for (int64_t j = 0; j < y->d; j++) {
            double step = y->at[j * y->ld + i] - y->at[j * y->ld + to->argmax];
            part.sum[j] += w * step;
            part.spread += w * step * step;
        }
    }
    to->rest += part.rest;
    to->rest_energy += part.rest_energy;
    to->rest_square += part.rest_square;
    to->spread += part.spread;
    for (int64_t j = 0; j < y->d; j++) {
        to->sum[j] += part.sum[j];
    }
}

static void narrow(const ddni_columns *y, const ddni_narrow_level *lv, int64_t states,
                   const double *x, int64_t ldx, double *logit, const ddni_narrow_more *more,
                   ddni_narrow_sums *out)
{
    for (int64_t q = 0; q < states; q++, x += ldx) {
        ddni_narrow_sums s = {.max = -INFINITY};
        for (int64_t i = 0; i < y->n; i++) {
            double square = 0;
            for (int64_t j = 0; j < y->d; j++) {
                double p = y->at[j * y->ld + i], diff = fma(-p, lv->a_low, fma(-p, lv->a, x[j]));
                square += diff * diff;
            }
            logit[i] = square * lv->slope + y->term[i];
            if (logit[i] > s.max) {
                s.max = logit[i];
                s.argmax = i;
            }
        }
        for (int64_t first = 0; first < y->n; first += DDNI_RUN) {
            narrow_add(y, first, logit, &s);
        }
        if (more != NULL) {
            narrow_more(y, logit, q, more, &s);
        }
        out[q] = s;
    }
}

#define UNROLL(n)
#define BLOCK_ROWS 4
#include "kernels/kern_block.h"

const ddni_kernels ddni_kernels_reference = {
    .name = "reference",
    .needs = "nothing",
    .places = PLACES,
    .multiply_f32 = f32_multiply,
    .multiply_f64 = f64_multiply,
    .multiply_transposed_f32 = f32_multiply_transposed,
    .multiply_transposed_f64 = f64_multiply_transposed,
    .softmax_f32 = f32_softmax,
    .softmax_f64 = f64_softmax,
    .softmax_rows_f32 = f32_softmax_rows,
    .softmax_rows_f64 = f64_softmax_rows,
    .terms = terms,
    .screen_f32 = screen_f32,
    .screen_rows_f32 = ddni_screen_rows,
    .unpack_f32 = f32_unpack,
    .unpack_f64 = f64_unpack,
    .add_scaled = add_scaled,
    .relate = relate,
    .score = score,
    .largest = largest,
    .to_lanes_f32 = f32_to_lanes,
    .to_lanes_f64 = f64_to_lanes,
    .from_lanes = from_lanes,
    .lengths = lengths,
    .distance = distance,
    .accumulate = accumulate,
    .beside = beside,
    .narrow = narrow,
    .dot_f32 = f32_dot,
    .dot_f64 = f64_dot,
    .combine_f32 = f32_combine,
    .combine_f64 = f64_combine,
    .dot_turned_f32 = f32_dot_turned,
    .dot_turned_f64 = f64_dot_turned,
    .combine_turned_f32 = f32_combine_turned,
    .combine_turned_f64 = f64_combine_turned,
    .block_rows = block_rows,
    .block_columns = block_columns,
};

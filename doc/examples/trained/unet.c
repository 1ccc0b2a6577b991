/* The networks themselves: the same layers in the same order as in train.py.
 * SPDX-License-Identifier: MIT */
#include "unet.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unet_layers.h"
#include "unet_product.h"

enum {
    WIDE = 24,   /* channels at 28 x 28, */
    MIDDLE = 48, /* 14 x 14, */
    DEEP = 96,   /* and 7 x 7 pixels */
    EMBEDDING = 64,
    TOGETHER = 16, /* images that go through the network side by side */
    THREADS = 64
};

/* ---- Blocks ------------------------------------------------------------------------------ */

typedef struct residual {
    norm norm1;
    convolution conv1;
    linear time;
    norm norm2;
    convolution conv2, skip; /* skip.in = 0: none */
} residual;

static residual residual_take(weights *w, int before, int after)
{
    residual r;
    memset(&r, 0, sizeof r);
    r.norm1 = norm_take(w, before);
    r.conv1 = convolution_take(w, before, after, 3, 1);
    r.time = linear_take(w, 2 * EMBEDDING, after);
    r.norm2 = norm_take(w, after);
    r.conv2 = convolution_take(w, after, after, 3, 1);
    if (before != after) {
        r.skip = convolution_take(w, before, after, 1, 1);
    }
    return r;
}

/* y = x + what the block makes of x and the index; y is not x. */
static void residual_run(const residual *r, const batch *b, const float *time, const float *x,
                         float *y, arena *memory)
{
    const size_t mark = memory->used, pixels = batch_pixels(b);
    const int before = r->conv1.in, after = r->conv1.out;
    float *h = arena_take(memory, (size_t)before * pixels);
    float *g = arena_take(memory, (size_t)after * pixels), shift[DEEP];
    normalize(&r->norm1, b, x, h, 1);
    convolve(&r->conv1, b, h, g, 0, memory);
    multiply(&r->time, time, shift);
    for (int c = 0; c < after; c++) {
        for (size_t i = 0; i < pixels; i++) {
            g[(size_t)c * pixels + i] += shift[c];
        }
    }
    normalize(&r->norm2, b, g, g, 1);
    if (r->skip.in) {
        convolve(&r->skip, b, x, y, 0, memory);
    } else {
        memcpy(y, x, (size_t)after * pixels * sizeof *y);
    }
    convolve(&r->conv2, b, g, y, 1, memory);
    memory->used = mark;
}

typedef struct attention {
    norm norm;
    convolution qkv, out;
} attention;

static attention attention_take(weights *w, int width)
{
    attention a;
    a.norm = norm_take(w, width);
    a.qkv = convolution_take(w, width, 3 * width, 1, 1);
    a.out = convolution_take(w, width, width, 1, 1);
    return a;
}

/* x += what every pixel takes from all others */
static void attention_run(const attention *a, const batch *b, float *x, arena *memory)
{
    const size_t mark = memory->used, size = (size_t)a->norm.width * batch_pixels(b);
    float *h = arena_take(memory, size), *qkv = arena_take(memory, 3 * size);
    normalize(&a->norm, b, x, h, 0);
    convolve(&a->qkv, b, h, qkv, 0, memory);
    attend(a->norm.width, b, qkv, h, memory);
    convolve(&a->out, b, h, x, 1, memory);
    memory->used = mark;
}

/* ---- The network ------------------------------------------------------------------------- */

struct unet {
    weights weights;
    linear time1, time2;
    convolution enter, down14, down7, up14, up28, leave;
    residual left28, left14, first7, second7, right14, right28;
    attention attention;
    norm norm;
    int threads;
    size_t scratch; /* numbers that a thread needs */
    double seconds; /* of all calls; the library makes one at a time */
    int64_t images;
};

unet *unet_open(const char *path, int threads, char *error, int size)
{
    unet *n = calloc(1, sizeof *n);
    if (n == NULL) {
        snprintf(error, (size_t)size, "no memory for a network");
        return NULL;
    }
    weights *w = &n->weights;
    if (weights_read(w, path, error, size) != 0) {
        free(n);
        return NULL;
    }
    n->time1 = linear_take(w, EMBEDDING, 2 * EMBEDDING);
    n->time2 = linear_take(w, 2 * EMBEDDING, 2 * EMBEDDING);
    n->enter = convolution_take(w, 1, WIDE, 3, 1);
    n->left28 = residual_take(w, WIDE, WIDE);
    n->down14 = convolution_take(w, WIDE, MIDDLE, 3, 2);
    n->left14 = residual_take(w, MIDDLE, MIDDLE);
    n->down7 = convolution_take(w, MIDDLE, DEEP, 3, 2);
    n->first7 = residual_take(w, DEEP, DEEP);
    n->attention = attention_take(w, DEEP);
    n->second7 = residual_take(w, DEEP, DEEP);
    n->up14 = convolution_take(w, DEEP, MIDDLE, 3, 1);
    n->right14 = residual_take(w, 2 * MIDDLE, MIDDLE);
    n->up28 = convolution_take(w, MIDDLE, WIDE, 3, 1);
    n->right28 = residual_take(w, 2 * WIDE, WIDE);
    n->norm = norm_take(w, WIDE);
    n->leave = convolution_take(w, WIDE, 1, 3, 1);
    if (w->taken != w->count) {
        snprintf(error, (size_t)size, "%s has %lld weights, the network has %lld", path,
                 (long long)w->count, (long long)w->taken);
        unet_close(n);
        return NULL;
    }
    product_threads_one();
    n->threads = threads < 1 ? 1 : threads > THREADS ? THREADS : threads;
    /* States, skips and what a block holds: at most 9 planes of 2 WIDE channels an image, and the
     * columns of the deepest and of the widest convolution. */
    n->scratch = (size_t)TOGETHER * UNET_PIXELS * 2 * WIDE * 9 + (size_t)UNET_PIXELS * 9 * DEEP;
    return n;
}

void unet_close(unet *n)
{
    if (n != NULL) {
        free(n->weights.values);
        free(n);
    }
}

/* What the blocks are told about the index. */
static void embed(const unet *n, double index, float *time)
{
    float waves[EMBEDDING], hidden[2 * EMBEDDING];
    for (int i = 0; i < EMBEDDING / 2; i++) {
        const double phase = index * exp(-log(10000.0) * i / (EMBEDDING / 2));
        waves[i] = (float)sin(phase);
        waves[EMBEDDING / 2 + i] = (float)cos(phase);
    }
    multiply(&n->time1, waves, hidden);
    silu(2 * EMBEDDING, hidden);
    multiply(&n->time2, hidden, time);
    silu(2 * EMBEDDING, time);
}

/* m images side by side, m <= TOGETHER. */
static void run(const unet *n, const float *time, int m, const float *x, float *out, arena *memory)
{
    const batch b28 = {m, 28}, b14 = {m, 14}, b7 = {m, 7};
    const size_t p28 = batch_pixels(&b28), p14 = batch_pixels(&b14), p7 = batch_pixels(&b7);
    /* Below the skips lies what comes up from the deeper level, as one list of channels. */
    float *h28 = arena_take(memory, 2 * WIDE * p28), *skip28 = h28 + WIDE * p28;
    float *h14 = arena_take(memory, 2 * MIDDLE * p14), *skip14 = h14 + MIDDLE * p14;
    float *h7 = arena_take(memory, DEEP * p7), *g7 = arena_take(memory, DEEP * p7);
    float *up = arena_take(memory, MIDDLE * p28);
    convolve(&n->enter, &b28, x, h28, 0, memory);
    residual_run(&n->left28, &b28, time, h28, skip28, memory);
    convolve(&n->down14, &b28, skip28, h14, 0, memory);
    residual_run(&n->left14, &b14, time, h14, skip14, memory);
    convolve(&n->down7, &b14, skip14, h7, 0, memory);
    residual_run(&n->first7, &b7, time, h7, g7, memory);
    attention_run(&n->attention, &b7, g7, memory);
    residual_run(&n->second7, &b7, time, g7, h7, memory);
    twice(DEEP, &b7, h7, up);
    convolve(&n->up14, &b14, up, h14, 0, memory);
    float *g14 = arena_take(memory, MIDDLE * p14);
    residual_run(&n->right14, &b14, time, h14, g14, memory);
    twice(MIDDLE, &b14, g14, up);
    convolve(&n->up28, &b28, up, h28, 0, memory);
    residual_run(&n->right28, &b28, time, h28, up, memory);
    normalize(&n->norm, &b28, up, up, 1);
    convolve(&n->leave, &b28, up, out, 0, memory);
}

typedef struct share {
    const unet *net;
    const float *time, *x;
    float *out;
    int64_t first, last, ldx, ldo; /* images first .. last - 1 */
    int failed;
} share;

static void *work(void *argument)
{
    share *s = argument;
    arena memory = {malloc(s->net->scratch * sizeof(float)), s->net->scratch, 0};
    float *in = malloc(sizeof(float) * 2 * TOGETHER * UNET_PIXELS), *out;
    s->failed = memory.base == NULL || in == NULL;
    for (int64_t at = s->first; at < s->last && !s->failed; at += TOGETHER) {
        const int m = (int)(s->last - at < TOGETHER ? s->last - at : TOGETHER);
        out = in + TOGETHER * UNET_PIXELS;
        for (int i = 0; i < m; i++) {
            memcpy(in + i * UNET_PIXELS, s->x + (at + i) * s->ldx, UNET_PIXELS * sizeof *in);
        }
        memory.used = 0;
        run(s->net, s->time, m, in, out, &memory);
        for (int i = 0; i < m; i++) {
            memcpy(s->out + (at + i) * s->ldo, out + i * UNET_PIXELS, UNET_PIXELS * sizeof *in);
        }
    }
    free(in);
    free(memory.base);
    return NULL;
}

static double now(void)
{
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double unet_seconds(const unet *n, int64_t *images)
{
    *images = n->images;
    return n->seconds;
}

int32_t unet_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const float *x,
                     int64_t ldx, float *out, int64_t ldo)
{
    unet *n = user;
    const double begin = now();
    (void)a;
    (void)s;
    if (d != UNET_PIXELS) {
        return -1;
    }
    float time[2 * EMBEDDING];
    embed(n, t, time);
    /* The images that go side by side are the same for any number of threads, so are the bits. */
    const int64_t batches = (m + TOGETHER - 1) / TOGETHER;
    const int64_t parts = batches < n->threads ? batches : n->threads;
    share shares[THREADS];
    pthread_t threads[THREADS];
    int started[THREADS] = {0}, failed = 0;
    for (int64_t k = parts; k-- > 0;) {
        shares[k] = (share){n, time, x, out, 0, 0, ldx, ldo, 0};
        shares[k].first = batches * k / parts * TOGETHER;
        shares[k].last = k + 1 < parts ? batches * (k + 1) / parts * TOGETHER : m;
        started[k] = k > 0 && pthread_create(&threads[k], NULL, work, &shares[k]) == 0;
        if (!started[k]) {
            work(&shares[k]);
        }
    }
    for (int64_t k = 0; k < parts; k++) {
        if (started[k]) {
            pthread_join(threads[k], NULL);
        }
        failed |= shares[k].failed;
    }
    n->seconds += now() - begin;
    n->images += m;
    return failed ? -1 : 0;
}

/* ---- The classifier ---------------------------------------------------------------------- */

struct unet_classifier {
    weights weights;
    convolution down14, down7;
    linear out;
    int32_t names[2];
};

enum {
    FEW = 8,   /* channels of the classifier at 14 x 14, */
    MORE = 16, /* and 7 x 7 pixels */
    FEATURES = MORE * 49
};

unet_classifier *unet_classifier_open(const char *path, char *error, int size)
{
    unet_classifier *n = calloc(1, sizeof *n);
    if (n == NULL) {
        snprintf(error, (size_t)size, "no memory for a classifier");
        return NULL;
    }
    if (weights_read(&n->weights, path, error, size) != 0) {
        free(n);
        return NULL;
    }
    n->down14 = convolution_take(&n->weights, 1, FEW, 3, 2);
    n->down7 = convolution_take(&n->weights, FEW, MORE, 3, 2);
    n->out = linear_take(&n->weights, FEATURES, 2);
    if (n->weights.taken != n->weights.count) {
        snprintf(error, (size_t)size, "%s has %lld weights, the classifier has %lld", path,
                 (long long)n->weights.count, (long long)n->weights.taken);
        unet_classifier_close(n);
        return NULL;
    }
    n->names[1] = 1;
    return n;
}

void unet_classifier_close(unet_classifier *n)
{
    if (n != NULL) {
        free(n->weights.values);
        free(n);
    }
}

void unet_classifier_name(unet_classifier *n, int32_t first, int32_t second)
{
    n->names[0] = first;
    n->names[1] = second;
}

int32_t unet_logits(const unet_classifier *n, int64_t m, const float *x, int64_t ldx, float *logits)
{
    const batch b28 = {1, 28}, b14 = {1, 14};
    float h14[FEW * 196], h7[FEATURES];
    arena memory = {malloc(sizeof(float) * (FEW * 9 * UNET_PIXELS)), FEW * 9 * UNET_PIXELS, 0};
    if (memory.base == NULL) {
        return -1;
    }
    for (int64_t i = 0; i < m; i++) {
        convolve(&n->down14, &b28, x + i * ldx, h14, 0, &memory);
        silu(FEW * 196, h14);
        convolve(&n->down7, &b14, h14, h7, 0, &memory);
        silu(FEATURES, h7);
        multiply(&n->out, h7, logits + 2 * i);
    }
    free(memory.base);
    return 0;
}

int32_t unet_classify(void *user, int64_t m, int64_t d, const float *x, int64_t ldx,
                      int32_t *class_out)
{
    const unet_classifier *n = user;
    float *logits = malloc(sizeof(float) * 2 * (size_t)(m > 0 ? m : 1));
    if (d != UNET_PIXELS || logits == NULL || unet_logits(n, m, x, ldx, logits) != 0) {
        free(logits);
        return -1;
    }
    for (int64_t i = 0; i < m; i++) {
        class_out[i] = n->names[logits[2 * i + 1] > logits[2 * i]];
    }
    free(logits);
    return 0;
}

/* The networks of train.py in C: a U-Net that predicts the noise, and a classifier of clean images,
 * 28 x 28 pixels in [-1, 1]. Products by OpenBLAS, in single precision.
 * SPDX-License-Identifier: MIT */
#ifndef UNET_H
#define UNET_H

#include <stdint.h>

enum {
    UNET_SIDE = 28,
    UNET_PIXELS = UNET_SIDE * UNET_SIDE
};

typedef struct unet unet;
typedef struct unet_classifier unet_classifier;

/* Reads the weights that train.py wrote; NULL if that fails, and error says why (a text of at most
 * size bytes). A call is shared by `threads` threads of its own, by images; OpenBLAS is told to
 * make none besides, in the whole process. */
unet *unet_open(const char *path, int threads, char *error, int size);
void unet_close(unet *net);
/* Seconds that calls of unet_predict have taken so far, and images that they have answered. */
double unet_seconds(const unet *net, int64_t *images);
unet_classifier *unet_classifier_open(const char *path, char *error, int size);
void unet_classifier_close(unet_classifier *net);

/* The noise in each of m images at index t of the schedule (-1 < t <= 999, not necessarily whole):
 * a ddn_predict_f32_fn, user is a unet *. */
int32_t unet_predict(void *user, double t, double a, double s, int64_t m, int64_t d, const float *x,
                     int64_t ldx, float *out, int64_t ldo);

/* The larger of the two logits of each of m images: a ddn_classify_f32_fn, user is a
 * unet_classifier *. The second form gives both of them, [m][2]. */
int32_t unet_classify(void *user, int64_t m, int64_t d, const float *x, int64_t ldx,
                      int32_t *class_out);
int32_t unet_logits(const unet_classifier *net, int64_t m, const float *x, int64_t ldx,
                    float *logits);

/* What the two classes are called in the data; 0 and 1 unless it is set. */
void unet_classifier_name(unet_classifier *net, int32_t first, int32_t second);

#endif

/* Points, labels and weights of any numbers: a set, and what is derived of it, or a status; sizes,
 * shares and digests agree.
 *
 * The bytes are points, then calls that make one set of another. */
#include "fuzz/driver.h"

#include <math.h>

const char *const fuzz_target = "sets";
const int fuzz_seconds = 10;

enum {
    MOST_N = 24,
    MOST_D = 4,
    MOST_STEPS = 6
};

static int64_t sets, made[7], refused;

void fuzz_report(void)
{
    printf("reached: %lld sets; made of these: %lld mapped, %lld labelled, %lld weighted, %lld "
           "distinct, %lld subsets, %lld of classes; %lld refused\n",
           (long long)sets, (long long)made[0], (long long)made[1], (long long)made[2],
           (long long)made[3], (long long)made[4], (long long)made[5], (long long)refused);
}

static int known(ddn_context *ctx, ddn_status status)
{
    fuzz_demand(status == DDN_OK || status == DDN_E_RANGE || status == DDN_E_NONFINITE ||
                    status == DDN_E_SHAPE || status == DDN_E_KEY || status == DDN_E_UNSUPPORTED ||
                    status == DDN_E_CONVERGENCE || status == DDN_E_NOMEM,
                ddn_status_name(status), ctx);
    return status == DDN_OK;
}

/* Few different points, so that there are copies; or any. */
static ddn_dataset *points(ddn_context *ctx, fuzz_bytes *b)
{
    double x[MOST_N * MOST_D];
    float y[MOST_N * MOST_D];
    uint8_t z[MOST_N * MOST_D];
    ddn_type type = DDN_TYPE_U8 + (int32_t)fuzz_up_to(b, 3);
    int64_t n = 1 + fuzz_up_to(b, MOST_N), d = 1 + fuzz_up_to(b, MOST_D);
    int any = fuzz_u8(b) % 4 == 0;
    ddn_dataset *ds = NULL;
    for (int64_t i = 0; i < n * d; i++) {
        x[i] = any ? fuzz_any_real(b) : (double)(fuzz_u8(b) % 4);
        y[i] = (float)(fabs(x[i]) < 1e38 ? x[i] : NAN);
        z[i] = fuzz_u8(b);
    }
    const void *data = type == DDN_TYPE_U8    ? (const void *)z
                       : type == DDN_TYPE_F32 ? (const void *)y
                                              : x;
    fuzz_doing = "create";
    known(ctx, ddn_dataset_create(ctx, type, n, d, data, d, &ds));
    return ds;
}

/* ---- What holds of any set ----------------------------------------------------------------- */

static void check_labels(ddn_context *ctx, const ddn_dataset *ds, int64_t n)
{
    int64_t classes = ddn_dataset_class_count(ds), counts[MOST_N * 4], sum = 0;
    int32_t values[MOST_N * 4], labels[MOST_N * 4];
    double shares[MOST_N * MOST_N * 4];
    fuzz_doing = "labels";
    ddn_status status = ddn_dataset_labels(ctx, ds, n, labels);
    fuzz_demand(status == (classes > 0 ? DDN_OK : DDN_E_UNSUPPORTED), "labels", ctx);
    if (classes == 0) {
        return;
    }
    fuzz_demand(classes <= MOST_N, "number of classes", ctx);
    fuzz_demand(ddn_dataset_classes(ctx, ds, classes, values, counts) == DDN_OK, "classes", ctx);
    for (int64_t i = 0; i < classes; i++) {
        sum += counts[i];
        fuzz_demand(i == 0 || values[i] > values[i - 1], "order of the classes", ctx);
    }
    fuzz_demand(sum == n, "counts of the classes", ctx);
    int64_t some = n < MOST_N ? n : MOST_N;
    fuzz_demand(ddn_dataset_label_shares(ctx, ds, 0, some, shares, classes) == DDN_OK, "shares",
                ctx);
    for (int64_t r = 0; r < some; r++) {
        double total = 0;
        for (int64_t i = 0; i < classes; i++) {
            total += shares[r * classes + i];
        }
        fuzz_demand(fabs(total - 1) < 1e-12, "shares add up to 1", ctx);
    }
}

static void check_numbers(ddn_context *ctx, const ddn_dataset *ds, int64_t n, int64_t d)
{
    double x[MOST_D], weights[MOST_N * 4], sum = 0, norms[MOST_N * 4], values[MOST_D];
    double vectors[MOST_D * MOST_D], distance[2];
    int64_t index[2], count = n < d ? n : d;
    fuzz_doing = "weights";
    fuzz_demand(ddn_dataset_weights(ctx, ds, n, weights) == DDN_OK, "weights", ctx);
    for (int64_t i = 0; i < n; i++) {
        fuzz_demand(weights[i] > 0 && weights[i] <= 1, "a weight", ctx);
        sum += weights[i];
    }
    fuzz_demand(fabs(sum - 1) < 1e-12, "weights add up to 1", ctx);
    fuzz_doing = "read";
    fuzz_demand(ddn_dataset_read(ctx, ds, n - 1, 1, x, d) == DDN_OK, "read", ctx);
    fuzz_doing = "nearest";
    if (known(ctx, ddn_dataset_nearest(ctx, ds, 1, n < 2 ? n : 2, x, d, index, distance))) {
        fuzz_demand(distance[0] == 0 && index[0] < n, "a point is nearest to itself", ctx);
        fuzz_demand(n < 2 || distance[1] >= distance[0], "order of the distances", ctx);
    }
    fuzz_doing = "mean";
    known(ctx, ddn_dataset_mean(ctx, ds, d, x));
    fuzz_doing = "norms";
    if (known(ctx, ddn_dataset_squared_norms(ctx, ds, n, NULL, norms))) {
        fuzz_demand(norms[0] >= 0, "a norm", ctx);
    }
    fuzz_doing = "spectrum";
    if (known(ctx, ddn_dataset_spectrum(ctx, ds, count, values, vectors, d))) {
        for (int64_t i = 0; i < count; i++) {
            fuzz_demand(isfinite(values[i]) && (i == 0 || values[i] <= values[i - 1]),
                        "an eigenvalue", ctx);
        }
    }
}

static void check(ddn_context *ctx, const ddn_dataset *ds)
{
    int64_t n = ddn_dataset_n(ds), d = ddn_dataset_d(ds), copies = -1, digest = 0, again = 1;
    fuzz_demand(n >= 1 && n <= MOST_N * 4 && d >= 1 && d <= MOST_D, "shape", ctx);
    fuzz_doing = "copies";
    if (known(ctx, ddn_dataset_copy_count(ctx, ds, &copies))) {
        fuzz_demand(copies >= 0 && copies < n, "copies", ctx);
    }
    fuzz_doing = "digest";
    fuzz_demand(ddn_dataset_digest(ctx, ds, &digest) == DDN_OK, "digest", ctx);
    fuzz_demand(ddn_dataset_digest(ctx, ds, &again) == DDN_OK && again == digest, "digest", ctx);
    check_labels(ctx, ds, n);
    check_numbers(ctx, ds, n, d);
}

/* ---- Sets of sets -------------------------------------------------------------------------- */

static ddn_status derive(ddn_context *ctx, fuzz_bytes *b, const ddn_dataset *ds, int which,
                         ddn_dataset **out)
{
    double weights[MOST_N * 4];
    int32_t labels[MOST_N * 4];
    int64_t rows[MOST_N * 4], n = ddn_dataset_n(ds), count = 1 + fuzz_up_to(b, MOST_N);
    int any = fuzz_u8(b) % 4 == 0;
    for (int64_t i = 0; i < MOST_N * 4; i++) {
        int byte = i < n || i < count ? fuzz_u8(b) : 0;
        weights[i] = any ? fabs(fuzz_any_real(b)) : (double)(1 + byte % 4);
        labels[i] = any ? (int32_t)fuzz_any_integer(b) : byte % 3;
        rows[i] = any && byte > 200 ? fuzz_any_integer(b) : byte % n;
    }
    switch (which) {
    case 0:
        return ddn_dataset_create_mapped(ctx, ds, any ? fuzz_any_real(b) : 0.5,
                                         any ? fuzz_any_real(b) : -1, out);
    case 1:
        return ddn_dataset_create_labelled(ctx, ds, n, labels, out);
    case 2:
        return ddn_dataset_create_weighted(ctx, ds, n, weights, out);
    case 3:
        return ddn_dataset_create_distinct(ctx, ds, out);
    case 4:
        return ddn_dataset_create_subset(ctx, ds, count, rows, out);
    default:
        return ddn_dataset_create_class_subset(ctx, ds, 1 + fuzz_u8(b) % 2, labels, out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"map", "label", "weight", "distinct", "subset", "classes"};
    fuzz_memory memory;
    fuzz_bytes b = {data, size};
    ddn_context *ctx = fuzz_context(&memory);
    ddn_dataset *ds = points(ctx, &b), *next = NULL;
    sets += ds != NULL;
    for (int k = 0; ds != NULL && k < MOST_STEPS; k++) {
        check(ctx, ds);
        if (b.left == 0) {
            break;
        }
        int which = (int)fuzz_up_to(&b, 6);
        fuzz_doing = names[which];
        ddn_status status = derive(ctx, &b, ds, which, &next);
        if (known(ctx, status)) {
            ddn_dataset_destroy(ds);
            ds = next;
            made[which]++;
        } else {
            refused++;
            fuzz_demand(next == NULL, "output of a failed call", ctx);
        }
    }
    ddn_dataset_destroy(ds);
    fuzz_context_end(ctx, &memory);
    return 0;
}

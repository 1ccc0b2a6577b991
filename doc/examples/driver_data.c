/* The drivers' input: a dataset from the options --data --labels --classes --scale --n.
 * See driver.h. */
#include "driver.h"

#include <math.h>
#include <string.h>

enum {
    SCALE_PM1 = 0,
    SCALE_UNIT = 1,
    SCALE_RAW = 2,
    FEW = 1 << 16 /* numbers that are evaluated fast in any type */
};

static ddn_dataset *held; /* the set under construction */
static ddn_format format; /* by which points are opened */

/* The derived set takes the place of the one it was made from. */
static void replace(ddn_dataset *derived)
{
    drv_keep(derived);
    drv_drop(held);
    held = derived;
}

const char *drv_data_name(const drv_data *data)
{
    return drv_files_name(&data->files);
}

static void select_classes(const drv_data *data)
{
    int32_t wanted[DRV_LIST_CAPACITY];
    if (ddn_dataset_class_count(held) == 0) {
        drv_die("--classes needs labels: give --labels FILE, %s has none", drv_data_name(data));
    }
    for (int64_t i = 0; i < data->classes.count; i++) {
        wanted[i] = (int32_t)data->classes.at[i];
    }
    const int64_t count = ddn_dataset_class_count(held);
    int32_t *present = drv_alloc(count, sizeof *present);
    drv_try(ddn_dataset_classes(drv.ctx, held, count, present, NULL));
    for (int64_t i = 0; i < data->classes.count; i++) {
        int64_t c = 0;
        while (c < count && present[c] != wanted[i]) {
            c++;
        }
        if (c == count) {
            drv_die("--classes: no point has the label %d in %s", (int)wanted[i],
                    drv_files_name(data->labels.count ? &data->labels : &data->files));
        }
    }
    ddn_dataset *out = NULL;
    drv_try(ddn_dataset_create_class_subset(drv.ctx, held, data->classes.count, wanted, &out));
    replace(out);
}

/* Splits n over the groups in proportion to their sizes, but at least 1 each: cumulated shares
 * rounded down, so that they add up; an empty group then takes 1 from the largest. */
static void share(int64_t n, int64_t groups, const int64_t *sizes, int64_t *quotas)
{
    int64_t total = 0, before = 0, taken = 0;
    for (int64_t c = 0; c < groups; c++) {
        total += sizes[c];
    }
    for (int64_t c = 0; c < groups; c++) {
        before += sizes[c];
        const int64_t upto = (int64_t)((double)n * (double)before / (double)total);
        quotas[c] = (c == groups - 1 ? n : upto) - taken;
        taken += quotas[c];
    }
    for (int64_t c = 0; c < groups; c++) {
        if (quotas[c] == 0) {
            int64_t largest = 0;
            for (int64_t k = 1; k < groups; k++) {
                largest = quotas[k] > quotas[largest] ? k : largest;
            }
            quotas[largest]--;
            quotas[c]++;
        }
    }
}

/* Of a label among those that there are, in ascending order. */
static int64_t place_of(int32_t label, int64_t count, const int32_t *values)
{
    int64_t low = 0, high = count - 1;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (values[middle] < label) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Rows spread evenly, in each class as many as its share: of the k points of a class with quota q,
 * the j-th is taken where floor(j q / k) steps up. Without labels all points are one class. */
static void select_count(const drv_data *data, int64_t wanted)
{
    const int64_t n = ddn_dataset_n(held), classes = ddn_dataset_class_count(held);
    const int64_t groups = classes > 0 ? classes : 1;
    if (wanted > n) {
        drv_die("--n = %lld exceeds the %lld points of %s%s", (long long)wanted, (long long)n,
                drv_data_name(data), data->classes.count ? " in these classes" : "");
    }
    if (wanted < groups) {
        drv_die("--n = %lld is less than the number of classes, %lld", (long long)wanted,
                (long long)groups);
    }
    int32_t *values = drv_alloc(groups, sizeof *values), *labels = NULL;
    int64_t *sizes = drv_alloc(groups, sizeof *sizes), *quotas = drv_alloc(groups, sizeof *quotas);
    int64_t *seen = drv_alloc(groups, sizeof *seen), *rows = drv_alloc(wanted, sizeof *rows);
    sizes[0] = n;
    if (classes > 0) {
        labels = drv_alloc(n, sizeof *labels);
        drv_try(ddn_dataset_classes(drv.ctx, held, groups, values, sizes));
        drv_try(ddn_dataset_labels(drv.ctx, held, n, labels));
    }
    share(wanted, groups, sizes, quotas);
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        const int64_t c = labels ? place_of(labels[i], groups, values) : 0;
        const int64_t j = seen[c]++;
        if ((j + 1) * quotas[c] / sizes[c] > j * quotas[c] / sizes[c]) {
            rows[count++] = i;
        }
    }
    ddn_dataset *out = NULL;
    drv_try(ddn_dataset_create_subset(drv.ctx, held, count, rows, &out));
    replace(out);
}

/* Floating-point numbers that are bytes under a map are made bytes, unless --scale says how to take
 * the numbers, or they are too few to gain anything. Returns whether they were. */
static int unmask(const drv_data *data)
{
    ddn_dataset *out = NULL;
    const int64_t numbers = ddn_dataset_n(held) * ddn_dataset_d(held);
    if (ddn_dataset_type(held) == DDN_TYPE_U8 || data->scale >= 0 || numbers < FEW) {
        return 0;
    }
    const ddn_status status = ddn_dataset_create_bytes(drv.ctx, held, &out);
    if (status == DDN_E_UNSUPPORTED) {
        return 0;
    }
    drv_try(status);
    replace(out);
    drv_warn(
        "%s holds bytes in disguise, which are taken as bytes with the same values (--scale raw: "
        "as floating-point numbers)",
        drv_data_name(data));
    return 1;
}

/* Bytes that are 0 and 1 alone: truth values, not grey levels. */
static int is_of_bits(void)
{
    const int64_t n = ddn_dataset_n(held), d = ddn_dataset_d(held);
    float *row = drv_alloc(d, sizeof *row);
    for (int64_t i = 0; i < n; i++) {
        drv_try(ddn_dataset_read_f32(drv.ctx, held, i, 1, row, d));
        for (int64_t j = 0; j < d; j++) {
            if (row[j] > 1) {
                return 0;
            }
        }
    }
    return 1;
}

static void rescale(const drv_data *data)
{
    const int bytes = ddn_dataset_type(held) == DDN_TYPE_U8;
    int scale = data->scale >= 0 ? data->scale : bytes ? SCALE_PM1 : SCALE_RAW;
    if (bytes && data->scale < 0 && is_of_bits()) {
        drv_warn("%s holds 0 and 1 alone, which are taken as they are (see --scale)",
                 drv_data_name(data));
        scale = SCALE_RAW;
    }
    if (scale == SCALE_RAW) {
        return;
    }
    if (!bytes) {
        drv_die(
            "--scale %s says what stored bytes 0 to 255 mean, but %s stores floating-point numbers "
            "(bytes in disguise are, too), which have their values: use raw",
            scale == SCALE_PM1 ? "pm1" : "unit", drv_data_name(data));
    }
    ddn_dataset *out = NULL;
    if (scale == SCALE_PM1) {
        drv_try(ddn_dataset_create_mapped(drv.ctx, held, 1 / 127.5, -1, &out));
    } else {
        drv_try(ddn_dataset_create_mapped(drv.ctx, held, 1 / 255.0, 0, &out));
    }
    replace(out);
}

int drv_data_given(const drv_data *data)
{
    const char *alone = data->labels.count > 0    ? "labels"
                        : data->classes.count > 0 ? "classes"
                        : data->scale >= 0        ? "scale"
                        : data->n > 0             ? "n"
                        : data->pad               ? "pad"
                        : data->in_place          ? "in-place"
                        : data->read_as >= 0      ? "read-as"
                                                  : NULL;
    if (data->files.count == 0 && alone) {
        drv_die("--%s needs --data FILE", alone);
    }
    return data->files.count > 0;
}

/* The least number that is stored, which is black: 0 of bytes. */
static double least_number(void)
{
    const int64_t n = ddn_dataset_n(held), d = ddn_dataset_d(held);
    double least = ddn_dataset_shift(held), *row = drv_alloc(d, sizeof *row);
    for (int64_t i = 0; i < n && ddn_dataset_type(held) != DDN_TYPE_U8; i++) {
        drv_try(ddn_dataset_read(drv.ctx, held, i, 1, row, d));
        least = i == 0 ? row[0] : least;
        for (int64_t j = 0; j < d; j++) {
            least = fmin(least, row[j]);
        }
    }
    return least;
}

/* The padded points as they are stored: bytes without their map. */
static void *pad_points(const drv_padding *p, double least, int64_t size)
{
    const int64_t n = ddn_dataset_n(held), d = ddn_dataset_d(held);
    const int64_t wide = p->to.height * p->to.width * p->to.channels;
    const ddn_type type = ddn_dataset_type(held);
    char *points = drv_alloc(n, wide * size);
    double *row = drv_alloc(d, sizeof *row), *padded = drv_alloc(wide, sizeof *padded);
    for (int64_t j = 0; j < wide; j++) {
        padded[j] = least;
    }
    for (int64_t i = 0; i < n; i++) {
        drv_try(ddn_dataset_read(drv.ctx, held, i, 1, row, d));
        for (int64_t k = 0; k < d; k++) {
            const int64_t x = k / p->from.column % p->from.width;
            const int64_t y = k / p->from.row % p->from.height;
            const int64_t c = k / p->from.plane % p->from.channels;
            padded[c * p->to.plane + (y + p->top) * p->to.row + (x + p->left) * p->to.column] =
                row[k];
        }
        for (int64_t j = 0; j < wide; j++) {
            char *to = points + (i * wide + j) * size;
            if (type == DDN_TYPE_U8) {
                const double byte = (padded[j] - ddn_dataset_shift(held)) / ddn_dataset_scale(held);
                *(unsigned char *)to = (unsigned char)lround(byte);
            } else if (type == DDN_TYPE_F32) {
                memcpy(to, &(float){(float)padded[j]}, sizeof(float));
            } else {
                memcpy(to, &padded[j], sizeof(double));
            }
        }
    }
    return points;
}

static char padded_text[1024]; /* what the set is that was padded; "" */

/* Images get an edge (--pad), with the type, the map and the labels that they have. */
static void pad(const char *text, double least)
{
    const int64_t n = ddn_dataset_n(held);
    const ddn_type type = ddn_dataset_type(held);
    const drv_padding p = drv_padding_of(text, held);
    const int64_t wide = p.to.height * p.to.width * p.to.channels;
    const double scale = ddn_dataset_scale(held), shift = ddn_dataset_shift(held);
    int32_t *labels = NULL;
    ddn_dataset *out = NULL;
    padded_text[0] = 0;
    drv_append(padded_text, sizeof padded_text, "%.900s, padded from %lldx%lld to %lldx%lld",
               ddn_dataset_description(held), (long long)p.from.height, (long long)p.from.width,
               (long long)p.to.height, (long long)p.to.width);
    if (ddn_dataset_class_count(held) > 0) {
        labels = drv_alloc(n, sizeof *labels);
        drv_try(ddn_dataset_labels(drv.ctx, held, n, labels));
    }
    const int64_t size = type == DDN_TYPE_U8 ? 1 : type == DDN_TYPE_F32 ? 4 : 8;
    drv_try(ddn_dataset_create_borrowed(drv.ctx, type, n, wide, pad_points(&p, least, size), wide,
                                        NULL, NULL, &out));
    replace(out);
    if (type == DDN_TYPE_U8) {
        drv_try(ddn_dataset_create_mapped(drv.ctx, held, scale, shift, &out));
        replace(out);
    }
    if (labels != NULL) {
        drv_try(ddn_dataset_create_labelled(drv.ctx, held, n, labels, &out));
        replace(out);
    }
}

const char *drv_data_description(const ddn_dataset *ds)
{
    return *ddn_dataset_description(ds) || !*padded_text ? ddn_dataset_description(ds)
                                                         : padded_text;
}

/* The labels of the points as a set [n][1], for a digest of their own: that of the points tells
 * other labels, too, but not which of the two files has changed. */
static void note_labels(const drv_files *files)
{
    const int64_t n = ddn_dataset_n(held);
    int32_t *labels = drv_alloc(n, sizeof *labels);
    double *numbers = drv_alloc(n, sizeof *numbers);
    ddn_dataset *set = NULL;
    drv_try(ddn_dataset_labels(drv.ctx, held, n, labels));
    for (int64_t i = 0; i < n; i++) {
        numbers[i] = labels[i];
    }
    drv_try(ddn_dataset_create(drv.ctx, DDN_TYPE_F64, n, 1, numbers, 1, &set));
    drv_keep(set);
    drv_note_files(files, set);
    drv_drop(set);
}

static ddn_dataset *open_files(ddn_team *team, int64_t count, const char *const *paths)
{
    ddn_dataset *out = NULL;
    drv_try(team != NULL ? ddn_dataset_open_team(drv.ctx, team, format, count, paths, &out)
            : count == 1 ? ddn_dataset_open(drv.ctx, paths[0], format, &out)
                         : ddn_dataset_open_files(drv.ctx, format, count, paths, &out));
    return out;
}

static ddn_dataset *open_points(const drv_data *data, ddn_team *team)
{
    const char *const *paths = data->files.at;
    ddn_dataset *out = NULL;
    if (!data->in_place) {
        return open_files(team, data->files.count, paths);
    }
    if (data->pad) {
        drv_die("--pad makes points of another size, which those of a file in place cannot be: pad "
                "the file (numpy.pad), or leave out --in-place");
    }
    if (data->files.count > 1) {
        drv_die("--in-place takes the points of one file, not of %lld: join them in one, or leave "
                "out --in-place",
                (long long)data->files.count);
    }
    drv_try(team != NULL ? ddn_dataset_open_team_in_place(drv.ctx, team, paths[0], format, &out)
                         : ddn_dataset_open_in_place(drv.ctx, paths[0], format, &out));
    return out;
}

/* Labels of several files, one after another. */
typedef struct joined_labels {
    int32_t *at; /* NULL: there are none, or one file for all points */
    int64_t count;
} joined_labels;

/* Each file of labels beside its file of points, so that two in another order are seen. The points
 * are opened for their number alone. */
static joined_labels join_labels(const drv_data *data, ddn_team *team)
{
    joined_labels joined = {NULL, 0};
    if (data->labels.count < 2) {
        return joined;
    }
    if (data->labels.count != data->files.count) {
        drv_die("--labels names %lld files, --data %lld: give one for each, in the same order, or "
                "one for all",
                (long long)data->labels.count, (long long)data->files.count);
    }
    int64_t *counts = drv_alloc(data->files.count, sizeof *counts), total = 0;
    int32_t **parts = drv_alloc(data->files.count, sizeof *parts);
    for (int64_t i = 0; i < data->files.count; i++) {
        ddn_dataset *out = NULL;
        replace(open_files(team, 1, &data->files.at[i]));
        drv_try(ddn_dataset_open_labelled(drv.ctx, held, data->labels.at[i], &out));
        replace(out);
        counts[i] = ddn_dataset_n(held);
        parts[i] = drv_alloc(counts[i], sizeof *parts[i]);
        drv_try(ddn_dataset_labels(drv.ctx, held, counts[i], parts[i]));
        total += counts[i];
    }
    drv_drop(held);
    held = NULL;
    joined.at = drv_alloc(total, sizeof *joined.at);
    for (int64_t i = 0; i < data->files.count; i++) {
        memcpy(joined.at + joined.count, parts[i], (size_t)counts[i] * sizeof *parts[i]);
        joined.count += counts[i];
    }
    return joined;
}

static void label(const drv_data *data, joined_labels joined)
{
    ddn_dataset *out = NULL;
    if (data->labels.count > 0) {
        drv_try(joined.at != NULL
                    ? ddn_dataset_create_labelled(drv.ctx, held, joined.count, joined.at, &out)
                    : ddn_dataset_open_labelled(drv.ctx, held, data->labels.at[0], &out));
        replace(out);
    }
}

ddn_dataset *drv_data_load(const drv_data *data)
{
    static const ddn_format formats[] = {DDN_FORMAT_NPY_BF16, DDN_FORMAT_CIFAR100_COARSE};
    ddn_dataset *out = NULL;
    ddn_team *team = drv_team_for(DRV_SPLIT_DATA);
    if (team != NULL && data->pad) {
        drv_die("--pad: not where each rank has a part of the data: take --split samples, or pad "
                "the file (numpy.pad)");
    }
    format = data->read_as < 0 ? DDN_FORMAT_AUTO : formats[data->read_as];
    const joined_labels joined = join_labels(data, team);
    replace(open_points(data, team));
    const int unmasked = !data->in_place && unmask(data);
    const double least = data->pad ? least_number() : 0;
    label(data, joined);
    if (data->classes.count > 0) {
        select_classes(data);
    }
    const int64_t n = ddn_dataset_n(held);
    const int64_t classes = ddn_dataset_class_count(held);
    const int64_t most = data->most > classes ? data->most : classes;
    const int64_t wanted = data->n > 0 ? data->n : data->most > 0 && most < n ? most : n;
    if (wanted != n) {
        select_count(data, wanted);
    }
    if (data->pad) {
        pad(data->pad, least);
    }
    if (!unmasked) {
        rescale(data);
    }
    if (data->labels.count > 0) {
        note_labels(&data->labels);
    }
    out = held;
    held = NULL;
    drv_note_files(&data->files, out);
    return out;
}

double *drv_rows(const char *option, const char *path, const ddn_dataset *points, int64_t *m)
{
    ddn_dataset *raw = NULL, *ds = NULL;
    const int64_t d = ddn_dataset_d(points);
    ddn_status status = DDN_E_FORMAT; /* states may be of another kind than the points */
    if (format == DDN_FORMAT_NPY_BF16) {
        status = ddn_dataset_open(drv.ctx, path, format, &raw);
    }
    drv_try(status == DDN_E_FORMAT ? ddn_dataset_open(drv.ctx, path, DDN_FORMAT_AUTO, &raw)
                                   : status);
    drv_keep(raw);
    if (ddn_dataset_d(raw) != d) {
        drv_die("--%s: %s has %lld numbers a row, the points have %lld", option, path,
                (long long)ddn_dataset_d(raw), (long long)d);
    }
    const int bytes = ddn_dataset_type(raw) == DDN_TYPE_U8;
    const int like = bytes && ddn_dataset_type(points) == DDN_TYPE_U8;
    drv_try(ddn_dataset_create_mapped(drv.ctx, raw, like ? ddn_dataset_scale(points) : 1,
                                      like ? ddn_dataset_shift(points) : 0, &ds));
    drv_keep(ds);
    drv_note_input(path, ds);
    *m = ddn_dataset_n(ds);
    double *x = drv_alloc(*m * d, sizeof *x);
    drv_try(ddn_dataset_read(drv.ctx, ds, 0, *m, x, d));
    drv_drop(ds);
    return x;
}

ddn_dataset *drv_data_distinct(ddn_dataset *ds, int64_t *copies)
{
    const int64_t n = ddn_dataset_n(ds);
    ddn_dataset *out = NULL;
    drv_try(ddn_dataset_create_distinct(drv.ctx, ds, &out));
    drv_keep(out);
    drv_drop(ds);
    *copies = n - ddn_dataset_n(out);
    return out;
}

const char *drv_caption(const drv_data *data, const ddn_dataset *ds)
{
    enum {
        SIZE = 256,
        NAME = 40,   /* characters of the file's name, of a long one its end */
        CLASSES = 12 /* that are listed */
    };
    const char *name = drv_base_name(drv_data_name(data)), *start = name + strlen(name);
    for (int k = 0; start > name && k < NAME; k++) { /* a character of UTF-8 is not cut */
        do {
            start--;
        } while (start > name && ((unsigned char)*start & 0xc0) == 0x80);
    }
    char *text = drv_alloc(SIZE, 1);
    drv_append(text, SIZE, "%s%s:  n = %lld,  d = %lld", start > name ? "…" : "", start,
               (long long)ddn_dataset_n(ds), (long long)ddn_dataset_d(ds));
    for (int64_t c = 0; c < data->classes.count && c < CLASSES; c++) {
        drv_append(text, SIZE, "%s%g", c ? ", " : ",  classes ", data->classes.at[c]);
    }
    drv_append(text, SIZE, "%s", data->classes.count > CLASSES ? ", …" : "");
    return drv_plain(text, "\"\\`"); /* what would end the text in a script, or act in it */
}

const char *drv_gaussians(int64_t points, int64_t d, double mu)
{
    enum {
        SIZE = 160
    };
    char *text = drv_alloc(SIZE, 1);
    if (points > 0) {
        drv_append(text, SIZE, "%lld points of ", (long long)points);
    }
    drv_append(text, SIZE, "two Gaussians N(±m, 1), |m|² = ");
    if (mu != 1) {
        drv_append(text, SIZE, "%g ", mu * mu);
    }
    drv_append(text, SIZE, "d,  d = %lld", (long long)d);
    return text;
}

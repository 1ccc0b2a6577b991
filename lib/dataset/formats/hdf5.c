/* A dataset of an HDF5 file as a source: its bytes are those of an .npy file of the same numbers,
 * so that all that is known of .npy files (types, orders of bytes and axes, labels) holds for it.
 * The file is read by libhdf5, where the library was built with it (the option hdf5), which prints
 * nothing, loads no filters and follows no links to other files. */
#include <string.h>

#include "base/check.h"
#include "base/message.h"
#include "dataset/formats/source.h"

enum {
    SIGNATURE = 8 /* bytes */
};

/* MATLAB has a text before. */
int32_t ddni_hdf5_recognise(const uint8_t *head, int64_t count)
{
    return count >= 10 && (memcmp(head, "\x89HDF\r\n\x1a\n", SIGNATURE) == 0 ||
                           memcmp(head, "MATLAB 7.3", 10) == 0);
}

#ifndef DDNI_HDF5
const char *ddni_hdf5_version(void)
{
    return "none";
}

ddn_status ddni_hdf5_open(ddn_context *ctx, ddni_source *file, const char *member, int32_t labels,
                          ddni_source **out)
{
    (void)labels;
    (void)out;
    return ddni_fail(ctx, DDN_E_FORMAT,
                     "%s: HDF5, which this build of the library does not read. To convert: import "
                     "h5py, numpy; x = h5py.File(file)[\"%.100s\"][:]; numpy.save(\"x.npy\", x)",
                     file->name, member != NULL ? member : "NAME");
}
#else

#include <stdatomic.h>

#define H5_USE_110_API /* what later versions call by the same names is something else */
#include <hdf5.h>

#include "base/os.h"
#include "base/progress.h"
#include "dataset/formats/names.h"
#include "dataset/formats/numbers.h"

enum {
    READ_ONLY = 0, /* H5F_ACC_RDONLY without its check of versions, which can end the process */
    MOST_OBJECTS = 4096,
    DEPTH = 8,       /* of groups in groups */
    LINK = 400,      /* bytes of what is said of a link */
    BLOCK = 1 << 20, /* bytes read at once */
    CACHE = 1 << 26  /* most bytes of chunks that stay unpacked */
};

typedef struct hdf5 {
    ddni_source source;
    ddni_source *plain;
    hid_t file, set, type, space;
    int32_t matlab;
    int64_t axes, size;       /* size: bytes of a number */
    hsize_t shape[DDNI_AXES]; /* as in the file */
    char descr[DDNI_TYPE_NAME];
    int64_t at, head_bytes;    /* of the .npy file */
    int64_t next, held, given; /* numbers that were read; bytes of the block, and those given on */
    uint8_t *block;            /* [BLOCK] */
    uint8_t head[DDNI_NPY_HEAD];
    char member[DDNI_MEMBER_NAME], beside[DDNI_MEMBER_NAME];
    char name[]; /* "x.h5:member" */
} hdf5;

const char *ddni_hdf5_version(void)
{
    return H5_VERS_INFO;
}

/* ---- one thread at a time, in silence ---- */

/* The process that is in libhdf5, or 0: of one that this was forked from nobody will leave. */
static _Atomic int64_t inside;

typedef struct visit {
    H5E_auto2_t print;
    void *data;
    unsigned plugins;
} visit;

static ddn_status enter(ddn_context *ctx, visit *v)
{
    int64_t self = ddni_process(), holder = 0;
    while (!atomic_compare_exchange_strong(&inside, &holder, self)) {
        DDNI_TRY(ddni_poll(ctx));
        if (holder == self) {
            ddni_pause();
            holder = 0;
        }
    }
    H5Eget_auto2(H5E_DEFAULT, &v->print, &v->data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLget_loading_state(&v->plugins);
    H5PLset_loading_state(0);
    return DDN_OK;
}

static void leave(const visit *v)
{
    H5PLset_loading_state(v->plugins);
    H5Eset_auto2(H5E_DEFAULT, v->print, v->data);
    atomic_store(&inside, 0);
}

/* What libhdf5 was last unhappy with. */
static herr_t take_reason(unsigned n, const H5E_error2_t *error, void *text)
{
    if (n == 0) {
        ddni_say(text, 100, "%s", error->desc != NULL ? error->desc : "");
    }
    return 0;
}

static ddn_status hdf5_failed(ddn_context *ctx, const char *name, const char *what)
{
    char reason[100] = "";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, reason);
    return ddni_fail(ctx, DDN_E_FORMAT, "%s: libhdf5 cannot read %s: %s", name, what, reason);
}

/* ---- the datasets of a file ---- */

typedef struct found {
    char name[DDNI_MEMBER_NAME];
    int32_t numbers; /* it can be points or labels */
} found;

typedef struct listing {
    const char *file;
    found *at; /* [MOST_OBJECTS] */
    int64_t count, looked;
    haddr_t groups[DEPTH + 1]; /* those that the present one is in */
    const char *member;        /* that is looked for, or NULL */
    char link[LINK];           /* the first that is no hard one, or the one that member leads by */
    int32_t leads;             /* it does */
} listing;

/* "'data' is a link to other.h5:/x", by name, to this file or another one; it is not followed. */
static void say_link(hid_t group, const char *name, const H5L_info_t *info, char text[LINK])
{
    char value[2 * DDNI_MEMBER_NAME];
    const char *file = "", *object = value;
    const int32_t is_known = info->type == H5L_TYPE_SOFT || info->type == H5L_TYPE_EXTERNAL;
    if (!is_known || info->u.val_size > sizeof value ||
        H5Lget_val(group, name, value, sizeof value, H5P_DEFAULT) < 0 ||
        (info->type == H5L_TYPE_EXTERNAL &&
         H5Lunpack_elink_val(value, info->u.val_size, NULL, &file, &object) < 0)) {
        ddni_say(text, LINK, "'%.60s' is a link that cannot be read", name);
        return;
    }
    value[sizeof value - 1] = '\0';
    ddni_say(text, LINK, "'%.60s' is a link to %.100s%s%.100s", name, file, *file ? ":" : "",
             object);
}

/* A member that is no hard link: noted for messages. */
static void note_link(listing *all, hid_t group, const char *path, const char *name,
                      const H5L_info_t *info)
{
    char whole[2 * DDNI_MEMBER_NAME];
    ddni_say(whole, sizeof whole, "%s%s", path, name);
    size_t length = strlen(whole);
    int32_t leads = all->member != NULL && strncmp(all->member, whole, length) == 0 &&
                    (all->member[length] == '\0' || all->member[length] == '/');
    if (all->link[0] == '\0' || leads) {
        say_link(group, name, info, all->link);
        all->leads |= leads;
    }
}

static int32_t has_numbers(hid_t set)
{
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    H5T_class_t class = H5Tget_class(type);
    int32_t axes = H5Sget_simple_extent_ndims(space);
    H5Tclose(type);
    H5Sclose(space);
    return (class == H5T_INTEGER || class == H5T_FLOAT || class == H5T_ENUM) && axes > 0;
}

static ddn_status go_through(ddn_context *ctx, listing *all, hid_t group, const char *path,
                             int32_t depth);

/* A group can be a member of itself. */
static int32_t is_inside(listing *all, hid_t group, int32_t depth)
{
    H5O_info_t info;
    if (H5Oget_info(group, &info) < 0) {
        return 1;
    }
    all->groups[depth] = info.addr;
    for (int32_t k = 0; k < depth; k++) {
        if (all->groups[k] == info.addr) {
            return 1;
        }
    }
    return 0;
}

static ddn_status take_object(ddn_context *ctx, listing *all, hid_t object, const char *path,
                              int32_t depth)
{
    char inner[DDNI_MEMBER_NAME];
    H5I_type_t kind = H5Iget_type(object);
    if (kind == H5I_DATASET) {
        found *f = &all->at[all->count++]; /* at most as many as were looked at */
        ddni_say(f->name, sizeof f->name, "%s", path);
        f->numbers = has_numbers(object);
    }
    if (kind != H5I_GROUP || depth == DEPTH || is_inside(all, object, depth + 1)) {
        return DDN_OK;
    }
    ddni_say(inner, sizeof inner, "%s/", path);
    return go_through(ctx, all, object, inner, depth + 1);
}

/* The members of a group that are in this file: hard links. */
static ddn_status go_through(ddn_context *ctx, listing *all, hid_t group, const char *path,
                             int32_t depth)
{
    H5G_info_t info;
    ddn_status status = DDN_OK;
    if (H5Gget_info(group, &info) < 0) {
        return hdf5_failed(ctx, all->file, "a group");
    }
    for (hsize_t k = 0; k < info.nlinks && status == DDN_OK; k++) {
        char name[DDNI_MEMBER_NAME], whole[DDNI_MEMBER_NAME];
        H5L_info_t link;
        DDNI_CHECK(ctx, all->looked++ < MOST_OBJECTS, DDN_E_FORMAT,
                   "%s: the HDF5 file has more than %d groups and datasets; copy the dataset to a "
                   "file of its own (h5copy)",
                   all->file, MOST_OBJECTS);
        int64_t length = (int64_t)H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, k,
                                                     name, sizeof name, H5P_DEFAULT);
        if (length < 0 || H5Lget_info(group, name, &link, H5P_DEFAULT) < 0 ||
            length + (int64_t)strlen(path) + 2 > DDNI_MEMBER_NAME) {
            continue;
        }
        if (link.type != H5L_TYPE_HARD) {
            note_link(all, group, path, name, &link);
            continue;
        }
        hid_t object = H5Oopen(group, name, H5P_DEFAULT);
        ddni_say(whole, sizeof whole, "%s%s", path, name);
        status = take_object(ctx, all, object, whole, depth);
        H5Oclose(object);
    }
    return status;
}

static int32_t next_dataset(const void *of, int64_t *at, char name[DDNI_MEMBER_NAME])
{
    const listing *all = of;
    if (*at == all->count) {
        return 0;
    }
    const found *f = &all->at[(*at)++];
    memcpy(name, f->name, sizeof f->name);
    return f->numbers ? DDNI_MEMBER_ARRAY : DDNI_MEMBER_OTHER;
}

static ddn_status choose(ddn_context *ctx, hdf5 *d, listing *all, const char *member,
                         int32_t labels)
{
    char nothing[LINK + 100];
    const ddni_names names = {all->file, "x.h5", nothing, all, next_dataset};
    int64_t at = 0, of_labels = -1;
    all->member = member != NULL ? member + strspn(member, "/") : NULL;
    is_inside(all, d->file, 0); /* notes where the first group is */
    DDNI_TRY(go_through(ctx, all, d->file, "", 0));
    DDNI_CHECK(ctx, !all->leads, DDN_E_FORMAT,
               "%s: %s, and links are not followed: name what it leads to", all->file, all->link);
    ddni_say(nothing, sizeof nothing, "an HDF5 file without a dataset of numbers%s%s%s",
             all->link[0] != '\0' ? " of its own: " : "", all->link,
             all->link[0] != '\0' ? ", and links are not followed: name what it leads to" : "");
    if (member != NULL) {
        DDNI_TRY(ddni_names_find(ctx, &names, all->member, &at));
    } else {
        DDNI_TRY(ddni_names_choose(ctx, &names, labels, &at, &of_labels));
    }
    memcpy(d->member, all->at[at].name, DDNI_MEMBER_NAME);
    if (of_labels >= 0) {
        memcpy(d->beside, all->at[of_labels].name, DDNI_MEMBER_NAME);
    }
    return DDN_OK;
}

static ddn_status find_set(ddn_context *ctx, hdf5 *d, const char *member, int32_t labels)
{
    listing all = {.file = d->plain->name};
    DDNI_TRY(
        ddni_alloc_for(ctx, "the names in an HDF5 file", MOST_OBJECTS, sizeof *all.at, &all.at));
    ddn_status status = choose(ctx, d, &all, member, labels);
    ddni_free(ddni_context_allocator(ctx), all.at);
    return status;
}

/* ---- what a dataset is ---- */

/* Floating-point numbers as IEEE's, or bfloat16. */
static char kind_of_float(hid_t type)
{
    static const struct {
        size_t size, place[5], bias; /* sign, exponent at and bits, mantissa at and bits */
        char kind;
    } known[] = {{2, {15, 10, 5, 0, 10}, 15, 'f'},
                 {2, {15, 7, 8, 0, 7}, 127, 'B'},
                 {4, {31, 23, 8, 0, 23}, 127, 'f'},
                 {8, {63, 52, 11, 0, 52}, 1023, 'f'}};
    size_t p[5];
    if (H5Tget_fields(type, &p[0], &p[1], &p[2], &p[3], &p[4]) < 0 ||
        H5Tget_norm(type) != H5T_NORM_IMPLIED) {
        return '\0';
    }
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        if (H5Tget_size(type) == known[k].size && memcmp(p, known[k].place, sizeof p) == 0 &&
            H5Tget_ebias(type) == known[k].bias) {
            return known[k].kind;
        }
    }
    return '\0';
}

static int32_t is_truth(hid_t type)
{
    char name[8];
    int8_t no = 0, yes = 1;
    return H5Tget_size(type) == 1 && H5Tget_nmembers(type) == 2 &&
           H5Tenum_nameof(type, &no, name, sizeof name) >= 0 && strcmp(name, "FALSE") == 0 &&
           H5Tenum_nameof(type, &yes, name, sizeof name) >= 0 && strcmp(name, "TRUE") == 0;
}

/* The type as NumPy calls it, or nothing. */
static void describe_type(hdf5 *d)
{
    hid_t type = H5Tget_class(d->type) == H5T_ENUM ? H5Tget_super(d->type) : H5Tcopy(d->type);
    int64_t size = (int64_t)H5Tget_size(type);
    H5T_order_t order = H5Tget_order(type);
    H5T_class_t class = H5Tget_class(type);
    char kind = '\0';
    if ((order == H5T_ORDER_LE || order == H5T_ORDER_BE) && H5Tget_offset(type) == 0 &&
        (int64_t)H5Tget_precision(type) == 8 * size) {
        kind = class == H5T_FLOAT     ? kind_of_float(type)
               : class != H5T_INTEGER ? '\0'
               : is_truth(d->type)    ? 'b'
               : H5Tget_sign(type)    ? 'i'
                                      : 'u';
    }
    if (kind != '\0' && (size == 1 || size == 2 || size == 4 || size == 8)) {
        ddni_say(d->descr, sizeof d->descr, "%c%c%d",
                 size == 1               ? '|'
                 : order == H5T_ORDER_BE ? '>'
                                         : '<',
                 kind, (int)size);
    }
    d->size = size;
    H5Tclose(type);
}

/* Why it is not read, or NULL; *chunk: bytes of a chunk. */
static const char *why_not(const hdf5 *d, hid_t how, int64_t *chunk)
{
    hsize_t sizes[DDNI_AXES];
    H5D_layout_t layout = H5Pget_layout(how);
    if (d->descr[0] == '\0') {
        return "what it holds are no numbers that are read";
    }
    if (layout == H5D_VIRTUAL || H5Pget_external_count(how) > 0) {
        return "its numbers are in other files";
    }
    for (int k = 0; k < H5Pget_nfilters(how); k++) {
        size_t values = 0;
        H5Z_filter_t id = H5Pget_filter2(how, (unsigned)k, NULL, &values, NULL, 0, NULL, NULL);
        if (id != H5Z_FILTER_DEFLATE && id != H5Z_FILTER_SHUFFLE && id != H5Z_FILTER_FLETCHER32) {
            return "it is compressed by a filter that is not gzip, shuffle or fletcher32";
        }
    }
    *chunk = d->size;
    if (layout == H5D_CHUNKED && H5Pget_chunk(how, DDNI_AXES, sizes) == (int)d->axes) {
        for (int64_t k = 0; k < d->axes; k++) { /* libhdf5 keeps chunks below 4 GB */
            *chunk *= (int64_t)(sizes[k] < UINT32_MAX ? sizes[k] : UINT32_MAX);
            *chunk = *chunk < UINT32_MAX ? *chunk : UINT32_MAX;
        }
    }
    return H5Dget_storage_size(d->set) == 0 ? "nothing was ever written to it" : NULL;
}

/* Sizes that can be, as many numbers as the file can hold. */
static ddn_status check_sizes(ddn_context *ctx, const hdf5 *d, int64_t chunk, int64_t *bytes)
{
    *bytes = d->size;
    for (int64_t k = 0; k < d->axes; k++) {
        DDNI_CHECK(ctx, d->shape[k] > 0, DDN_E_FORMAT, "%s: axis %lld has length 0", d->name,
                   (long long)k);
        DDNI_CHECK(ctx,
                   d->shape[k] < INT64_MAX &&
                       !__builtin_mul_overflow(*bytes, (int64_t)d->shape[k], bytes),
                   DDN_E_FORMAT, "%s: more numbers than can be", d->name);
    }
    int64_t most = *bytes > chunk ? *bytes : chunk;
    DDNI_CHECK(ctx, most / DDNI_DEFLATE_RATIO <= d->plain->size, DDN_E_FORMAT,
               "%s: truncated: %lld bytes, more than a file of %lld can hold", d->name,
               (long long)most, (long long)d->plain->size);
    return DDN_OK;
}

/* Chunks that lie side by side are unpacked once: as many are kept. */
static ddn_status keep_chunks(ddn_context *ctx, hdf5 *d, int64_t bytes)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(access, 10007, (size_t)(bytes < CACHE ? bytes : CACHE), 1);
    H5Dclose(d->set);
    d->set = H5Dopen2(d->file, d->member, access);
    ddn_status status = d->set >= 0 ? DDN_OK : hdf5_failed(ctx, d->name, "it");
    H5Pclose(access);
    return status;
}

static ddn_status describe_dataset(ddn_context *ctx, hdf5 *d, int64_t *bytes)
{
    int64_t chunk = 0;
    d->set = H5Dopen2(d->file, d->member, H5P_DEFAULT);
    d->type = d->set >= 0 ? H5Dget_type(d->set) : -1;
    d->space = d->set >= 0 ? H5Dget_space(d->set) : -1;
    if (d->type < 0 || d->space < 0) {
        return hdf5_failed(ctx, d->name, "it");
    }
    d->axes = H5Sget_simple_extent_ndims(d->space);
    DDNI_CHECK(ctx, d->axes >= 1, DDN_E_FORMAT, "%s: a single value, not an array of points",
               d->name);
    DDNI_CHECK(ctx, d->axes <= DDNI_AXES, DDN_E_FORMAT, "%s: %lld axes, at most %d are read",
               d->name, (long long)d->axes, DDNI_AXES);
    H5Sget_simple_extent_dims(d->space, d->shape, NULL);
    describe_type(d);
    hid_t how = H5Dget_create_plist(d->set);
    const char *why = why_not(d, how, &chunk);
    H5Pclose(how);
    DDNI_TRY(check_sizes(ctx, d, chunk, bytes));
    DDNI_CHECK(ctx, why == NULL, DDN_E_FORMAT,
               "%s: %s. To convert: import h5py, numpy; x = h5py.File(file)[\"%.100s\"][:]%s; "
               "numpy.save(\"x.npy\", x)",
               d->name, why, d->member, d->descr[0] == '\0' ? ".astype(\"f8\")" : "");
    d->matlab = H5Aexists(d->set, "MATLAB_class") > 0;
    return keep_chunks(ctx, d, *bytes);
}

/* MATLAB's first axis is the last one of the dataset. */
static void write_head(hdf5 *d)
{
    int64_t shape[DDNI_AXES];
    for (int64_t k = 0; k < d->axes; k++) {
        shape[k] = (int64_t)d->shape[d->matlab ? d->axes - 1 - k : k];
    }
    d->head_bytes = ddni_npy_head(d->descr, d->matlab, d->axes, shape, d->head);
}

/* ---- its numbers ---- */

/* The next block: along the first axis beyond which all fits, the others whole. */
static ddn_status read_block(ddn_context *ctx, hdf5 *d)
{
    hsize_t start[DDNI_AXES], count[DDNI_AXES];
    int64_t most = BLOCK / d->size, inner = 1, numbers = 1, left = d->next;
    for (int64_t k = d->axes - 1; k >= 0; k--) {
        int64_t length = (int64_t)d->shape[k];
        start[k] = (hsize_t)(left % length);
        left /= length;
        int64_t rest = length - (int64_t)start[k], fit = most / inner;
        count[k] = (hsize_t)(inner > most ? 1 : fit < 1 ? 1 : rest < fit ? rest : fit);
        numbers *= (int64_t)count[k];
        inner = (int64_t)count[k] == length && inner <= most ? inner * length : most + 1;
    }
    visit v;
    ddn_status status = DDN_OK;
    DDNI_TRY(enter(ctx, &v));
    hid_t memory = H5Screate_simple((int)d->axes, count, NULL);
    if (memory < 0 || H5Sselect_hyperslab(d->space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dread(d->set, d->type, memory, d->space, H5P_DEFAULT, d->block) < 0) {
        status = hdf5_failed(ctx, d->name, "its numbers");
    }
    H5Sclose(memory);
    leave(&v);
    d->next += numbers;
    d->held = numbers * d->size;
    d->given = 0;
    return status;
}

static ddn_status hdf5_read(ddn_context *ctx, ddni_source *s, void *buffer, int64_t count,
                            int64_t *got)
{
    hdf5 *d = (hdf5 *)s;
    uint8_t *to = buffer;
    int64_t left = s->size - d->at;
    *got = count < left ? count : left;
    const int64_t head = ddni_npy_take_head(d->head, d->head_bytes, d->at, *got, to);
    for (int64_t done = head, part; done < *got; done += part) {
        if (d->given == d->held) {
            DDNI_TRY(read_block(ctx, d));
        }
        part = d->held - d->given < *got - done ? d->held - d->given : *got - done;
        memcpy(to + done, d->block + d->given, (size_t)part);
        d->given += part;
    }
    d->at += *got;
    return DDN_OK;
}

/* ---- opening and closing ---- */

/* Within a visit. */
static void close_all(hdf5 *d)
{
    static herr_t (*const ends[])(hid_t) = {H5Sclose, H5Tclose, H5Dclose, H5Fclose};
    const hid_t of[] = {d->space, d->type, d->set, d->file};
    for (int k = 0; k < 4; k++) {
        if (of[k] >= 0) {
            ends[k](of[k]);
        }
    }
}

static void let_go(hdf5 *d)
{
    ddni_allocator al = d->source.allocator;
    visit v;
    enter(NULL, &v); /* without a context it waits as long as it takes */
    close_all(d);
    leave(&v);
    ddni_free(&al, d->block);
    ddni_free(&al, d);
}

static void hdf5_close(ddni_source *s)
{
    hdf5 *d = (hdf5 *)s;
    ddni_source *plain = d->plain;
    let_go(d);
    ddni_source_close(plain);
}

static const ddni_source_kind HDF5 = {hdf5_read, hdf5_close};

/* Within a visit. */
static ddn_status open_set(ddn_context *ctx, hdf5 *d, const char *member, int32_t labels)
{
    const char *file = d->plain->name;
    int64_t bytes = 0;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access, 0, 1); /* as for all other files that are read */
#endif
    d->file = H5Fopen(ddni_plain_path(d->plain), READ_ONLY, access);
    ddn_status status = d->file < 0 ? hdf5_failed(ctx, file, "the HDF5 file") : DDN_OK;
    H5Pclose(access);
    DDNI_TRY(status);
    DDNI_TRY(find_set(ctx, d, member, labels));
    ddni_say(d->name, (int64_t)strlen(file) + DDNI_MEMBER_NAME + 1, "%s:%s", file, d->member);
    DDNI_TRY(describe_dataset(ctx, d, &bytes));
    write_head(d);
    d->source.size = d->source.most = d->head_bytes + bytes;
    d->source.labels = d->beside[0] != '\0' ? d->beside : NULL;
    d->source.whence = "the dataset beside it";
    return DDN_OK;
}

static ddn_status open_within(ddn_context *ctx, hdf5 *d, const char *member, int32_t labels)
{
    visit v;
    DDNI_TRY(enter(ctx, &v));
    ddn_status status = open_set(ctx, d, member, labels);
    leave(&v);
    return status;
}

ddn_status ddni_hdf5_open(ddn_context *ctx, ddni_source *file, const char *member, int32_t labels,
                          ddni_source **out)
{
    hdf5 *d = NULL;
    int64_t name = (int64_t)strlen(file->name) + DDNI_MEMBER_NAME + 1;
    DDNI_TRY(ddni_alloc_for(ctx, "an HDF5 file", 1, (int64_t)sizeof *d + name, &d));
    d->source.kind = &HDF5;
    d->source.allocator = *ddni_context_allocator(ctx);
    d->source.name = d->name;
    d->source.stored = file->size;
    d->plain = file;
    d->file = d->set = d->type = d->space = -1;
    ddn_status status = ddni_alloc_for(ctx, "a block of numbers", BLOCK, 1, &d->block);
    if (status == DDN_OK) {
        status = open_within(ctx, d, member, labels);
    }
    if (status == DDN_OK) {
        status = ddni_source_begin(ctx, &d->source);
    }
    if (status != DDN_OK) {
        let_go(d); /* the file is the caller's */
        return status;
    }
    *out = &d->source;
    return DDN_OK;
}
#endif

/* Arbitrary bytes as calls of the library: whatever they are, no call dies, hangs, or leaves
 * something behind.
 *
 * The bytes choose functions and arguments from a pool of handles of all kinds (fuzz_api.h,
 * gen_fuzz.py). Every buffer is as large as the call is told, so what a sanitizer reports is the
 * library's fault; memory and user data that the library does not give back are found here.
 * FUZZ_TRACE=1 prints the calls, FUZZ_SHOW=1 how often each function was called. */
#define _GNU_SOURCE
#include "fuzz/fuzz_api.h"

#include <unistd.h>

#include "support/block.h"

enum {
    MOST_CALLS = 64
};

const char *const fuzz_target = "api";
const int fuzz_seconds = 30; /* a sequence that takes longer hangs */

static int64_t calls, called[1024], succeeded[1024], running;
static int32_t trace;

static void demand(int condition, const char *what)
{
    fuzz_demand(condition, what, NULL);
}

/* ---- Arguments --------------------------------------------------------------------------- */

uint8_t fuzz_byte(fuzz *f)
{
    return f->at < f->size ? f->bytes[f->at++] : 0;
}

int64_t fuzz_below(fuzz *f, int64_t limit)
{
    int64_t value = fuzz_byte(f);
    if (limit > 256) {
        value = value * 256 + fuzz_byte(f);
    }
    return value % limit;
}

int fuzz_one_in(fuzz *f, int64_t count)
{
    return !f->calm && fuzz_below(f, count) == count - 1;
}

int64_t fuzz_size(fuzz *f, int64_t most)
{
    static const int64_t odd[] = {0, -1, INT64_MIN, INT64_C(1) << 62, INT64_MAX, INT64_MAX - 1};
    return fuzz_one_in(f, 24) ? odd[fuzz_below(f, 6)] : 1 + fuzz_below(f, most);
}

int64_t fuzz_m(fuzz *f)
{
    return fuzz_one_in(f, 4) ? fuzz_size(f, FUZZ_ROWS) : f->m;
}

int64_t fuzz_d(fuzz *f)
{
    return fuzz_one_in(f, 16) ? fuzz_size(f, 4) : f->d;
}

int64_t fuzz_ld(fuzz *f)
{
    static const int64_t odd[] = {
        0, -1, 1, INT64_MIN, INT64_C(1) << 61, INT64_C(1) << 62, (INT64_C(1) << 62) + 1, INT64_MAX};
    return fuzz_one_in(f, 16) ? odd[fuzz_below(f, 8)] : f->d + fuzz_below(f, 3);
}

int64_t fuzz_integer(fuzz *f)
{
    static const int64_t odd[] = {
        -1,        -2,        99,         INT64_MIN,        INT64_MAX, INT64_MAX - 1,
        INT32_MAX, INT32_MIN, UINT32_MAX, INT64_C(1) << 60, 1024,      65536};
    return fuzz_one_in(f, 4) ? odd[fuzz_below(f, 12)] : fuzz_below(f, 10);
}

int32_t fuzz_enum(fuzz *f, const int32_t *values, int64_t count)
{
    return fuzz_one_in(f, 32) ? (int32_t)fuzz_integer(f) : values[fuzz_below(f, count)];
}

int32_t fuzz_key(fuzz *f)
{
    return fuzz_enum(f, fuzz_keys, fuzz_key_count);
}

static double odd_real(fuzz *f)
{
    static const double odd[] = {NAN,    INFINITY, -INFINITY, 0.0,   -0.0, -1.0,  1e308, -1e308,
                                 5e-324, 1e-300,   1e15,      1e-15, 1.0,  1e300, 1e12,  2.0};
    return odd[fuzz_below(f, 16)];
}

double fuzz_real(fuzz *f)
{
    return fuzz_one_in(f, 4) ? odd_real(f) : (double)(fuzz_byte(f) - 64) / 32;
}

double fuzz_time(fuzz *f)
{
    return fuzz_one_in(f, 16) ? odd_real(f) : (double)(1 + fuzz_byte(f)) / 64;
}

const char *fuzz_name(fuzz *f)
{
    static const char *const names[] = {
        "phi",   "t", "t_S_phi",  "t_C_phi", "auto",    "reference",    "avx2", "n", "d", "samples",
        "alpha", "",  "phi_C_se", "entropy", "kernels", "no such name", "%s%n"};
    return fuzz_one_in(f, 32) ? NULL
                              : names[fuzz_below(f, (int64_t)(sizeof names / sizeof *names))];
}

const char *const *fuzz_paths(fuzz *f)
{
    static const char *paths[1000];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        paths[i] = i < 3 ? fuzz_path(f, 0) : paths[i % 3];
    }
    return fuzz_one_in(f, 32) ? NULL : paths;
}

int64_t fuzz_extent(int64_t count, const double *dims)
{
    int64_t product = 1;
    for (int64_t i = 0; i < count; i++) {
        if (dims[i] < 0 || dims[i] > 4096 || product > 4096) {
            return -1;
        }
        product *= (int64_t)dims[i];
    }
    return product;
}

static void push(fuzz_list *list, void *item)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 64;
        list->items = realloc(list->items, (size_t)list->capacity * sizeof *list->items);
        demand(list->items != NULL, "no memory");
    }
    list->items[list->count++] = item;
}

/* Uniform in [-1, 1). */
static double noise(fuzz *f)
{
    f->noise = f->noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(int64_t)f->noise * 0x1p-63;
}

/* NULL at times; else count elements, which live until the end. */
static void *buffer(fuzz *f, int64_t *count, size_t size, int32_t nullable)
{
    if (fuzz_one_in(f, nullable ? 3 : 64)) {
        return NULL;
    }
    *count = *count < 0 ? FUZZ_DEFAULT : *count;
    void *memory = malloc((size_t)*count * size + (*count == 0));
    demand(memory != NULL, "no memory");
    push(&f->buffers, memory);
    f->noise += fuzz_byte(f);
    return memory;
}

double *fuzz_doubles(fuzz *f, int64_t count, int32_t nullable, fuzz_style style)
{
    double *x = buffer(f, &count, sizeof *x, nullable);
    int falls = style == FUZZ_TIMES && x != NULL && fuzz_one_in(f, 2);
    for (int64_t i = 0; x != NULL && i < count; i++) {
        double k = (double)(falls ? count - i : i + 1);
        x[i] = style == FUZZ_TIMES      ? 3 * k / (double)count + 0.01 * noise(f) / (double)count
               : style == FUZZ_SHARES   ? 1 / (double)count
               : style == FUZZ_POSITIVE ? fabs(noise(f))
                                        : 1.5 * noise(f);
    }
    if (x != NULL && count > 0 && fuzz_one_in(f, 32)) {
        x[fuzz_below(f, count)] = odd_real(f);
    }
    return x;
}

float *fuzz_floats(fuzz *f, int64_t count, int32_t nullable)
{
    float *x = buffer(f, &count, sizeof *x, nullable);
    for (int64_t i = 0; x != NULL && i < count; i++) {
        x[i] = (float)noise(f);
    }
    if (x != NULL && count > 0 && fuzz_one_in(f, 32)) {
        x[fuzz_below(f, count)] = (float)odd_real(f);
    }
    return x;
}

int64_t *fuzz_integers(fuzz *f, int64_t count, int32_t nullable)
{
    int64_t *x = buffer(f, &count, sizeof *x, nullable);
    for (int64_t i = 0; x != NULL && i < count; i++) {
        x[i] = i % 3;
    }
    if (x != NULL && count > 0 && fuzz_one_in(f, 16)) {
        x[fuzz_below(f, count)] = fuzz_integer(f);
    }
    return x;
}

int32_t *fuzz_ints(fuzz *f, int64_t count, int32_t nullable)
{
    int32_t *x = buffer(f, &count, sizeof *x, nullable);
    for (int64_t i = 0; x != NULL && i < count; i++) {
        x[i] = (int32_t)(i % 2);
    }
    if (x != NULL && count > 0 && fuzz_one_in(f, 16)) {
        x[fuzz_below(f, count)] = (int32_t)fuzz_integer(f);
    }
    return x;
}

char *fuzz_text(fuzz *f, int64_t count, int32_t nullable)
{
    char *x = buffer(f, &count, 1, nullable);
    if (x != NULL) {
        memset(x, 'x', (size_t)count);
    }
    return x;
}

/* ---- Files ------------------------------------------------------------------------------- */

static char folder[] = "/tmp/fuzz_api_XXXXXX";
static const char *const file_names[] = {"points.npy", "labels.npy", "junk",
                                         "points.idx", "none",       "out"};
static char files[6][64];

static void remove_files(void)
{
    for (int i = 0; i < 6; i++) {
        unlink(files[i]);
    }
    rmdir(folder);
}

static void write_file(const char *path, const void *head, size_t head_size, const void *data,
                       size_t size)
{
    FILE *file = fopen(path, "wb");
    demand(file != NULL, path);
    demand(fwrite(head, 1, head_size, file) == head_size && fwrite(data, 1, size, file) == size,
           path);
    demand(fclose(file) == 0, path);
}

static void write_npy(const char *path, const char *dictionary, const void *data, size_t size)
{
    uint8_t head[128] = "\x93NUMPY\x01";
    size_t length = strlen(dictionary);
    head[8] = (uint8_t)length;
    memcpy(head + 10, dictionary, length);
    write_file(path, head, 10 + length, data, size);
}

static void make_files(void)
{
    static const double points[12] = {1, 0, -1, 0.5, 0.25, 1, -0.5, -1, 2, 0.125, -0.75, 0.5};
    static const int64_t labels[6] = {0, 1, 0, 1, 1, 0};
    static const uint8_t idx[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6};
    if (files[0][0] != '\0') {
        return;
    }
    demand(mkdtemp(folder) != NULL, folder);
    for (int i = 0; i < 6; i++) {
        snprintf(files[i], sizeof files[i], "%s/%s", folder, file_names[i]);
    }
    write_npy(files[0], "{'descr': '<f8', 'fortran_order': False, 'shape': (6, 2), }\n", points,
              sizeof points);
    write_npy(files[1], "{'descr': '<i8', 'fortran_order': False, 'shape': (6,), }\n", labels,
              sizeof labels);
    write_file(files[2], "junk", 4, points, 17);
    write_file(files[3], "", 0, idx, sizeof idx);
    atexit(remove_files);
}

/* Points are mapped, so only what is never opened as points is written. */
const char *fuzz_path(fuzz *f, int32_t writes)
{
    int64_t which = fuzz_below(f, 8);
    if (writes) {
        return which == 7 ? NULL : which == 6 ? folder : files[5];
    }
    return which < 5 ? files[which] : which == 5 ? "" : which == 6 ? folder : NULL;
}

/* ---- Memory and user data ---------------------------------------------------------------- */

static void *allocate(void *user, int64_t bytes, int64_t alignment)
{
    fuzz *f = user;
    demand(bytes > 0 && alignment > 0 && (alignment & (alignment - 1)) == 0,
           "size or alignment asked of the host");
    if (bytes > INT64_C(1) << 24 || (f->fail > 0 && --f->fail == 0)) {
        return NULL;
    }
    void *block = test_block(bytes, alignment);
    demand(block != NULL, "no memory");
    if (f->keep) {
        push(&f->blocks, block);
    }
    f->held++;
    return block;
}

static void deallocate(void *user, void *pointer, int64_t bytes)
{
    fuzz *f = user;
    demand(pointer != NULL && bytes > 0, "NULL or nothing given back to the host");
    f->held--;
    if (!f->keep) {
        free(pointer);
    }
}

static void release_token(void *user)
{
    fuzz_token *token = user;
    token->fuzz->tokens--;
    free(token);
}

fuzz_token *fuzz_token_new(fuzz *f, int32_t releases, int64_t d, int64_t k)
{
    fuzz_token *token = malloc(sizeof *token);
    demand(token != NULL, "no memory");
    *token = (fuzz_token){f, d, k, releases && !fuzz_one_in(f, 4) ? release_token : NULL};
    if (token->release == NULL) {
        push(&f->buffers, token);
    } else {
        f->tokens++;
    }
    return token;
}

void fuzz_token_given(fuzz *f, ddn_status status, fuzz_token *token)
{
    (void)f;
    if (status != DDN_OK && token->release != NULL) {
        release_token(token);
    }
}

/* ---- The pool ---------------------------------------------------------------------------- */

/* Number of the which-th slot of that kind, cyclically; -1 if there is none. */
static int64_t find(const fuzz *f, int32_t kind, int64_t which)
{
    int64_t count = 0, last = -1;
    for (int64_t i = 0; i < f->slot_count; i++) {
        count += f->slots[i].kind == kind;
    }
    which = count > 0 ? which % count : 0;
    for (int64_t i = 0; i < f->slot_count && count > 0 && which >= 0; i++) {
        if (f->slots[i].kind == kind) {
            last = i;
            which--;
        }
    }
    return last;
}

void *fuzz_pick(fuzz *f, int32_t kind)
{
    int64_t at = find(f, kind, fuzz_byte(f));
    return at < 0 ? NULL : f->slots[at].object;
}

void *fuzz_object(fuzz *f, int32_t kind, int32_t nullable)
{
    int64_t how = f->calm ? 32 : fuzz_below(f, 64);
    if (how == 63 || (nullable && how < 24)) {
        return NULL;
    }
    if (how == 62 && f->slot_count > 0) {
        return f->slots[fuzz_below(f, f->slot_count)].object;
    }
    if (how == 61 && f->keep && f->dead_count > 0) {
        return f->dead[fuzz_below(f, f->dead_count)].object;
    }
    if (kind == fuzz_kind_step) {
        return (void *)(uintptr_t)f->step;
    }
    void *object = NULL;
    if (kind == fuzz_kind_options || how >= 56) {
        object = fuzz_borrow(f, kind);
    }
    return object != NULL ? object : fuzz_pick(f, kind);
}

void *fuzz_objects(fuzz *f, int32_t kind)
{
    void **objects = malloc(6 * sizeof *objects);
    demand(objects != NULL, "no memory");
    push(&f->buffers, objects);
    for (int i = 0; i < 6; i++) {
        objects[i] = fuzz_object(f, kind, 0);
    }
    return objects;
}

void *fuzz_take(fuzz *f, int32_t kind)
{
    int64_t at = find(f, kind, fuzz_byte(f));
    if (at < 0) {
        return NULL;
    }
    void *object = f->slots[at].object;
    f->slots[at] = f->slots[--f->slot_count];
    int64_t others = 0;
    for (int64_t i = 0; i < f->slot_count; i++) {
        others += f->slots[i].object == object;
    }
    if (others == 0 && f->dead_count < FUZZ_SLOTS) {
        f->dead[f->dead_count++] = (fuzz_slot){kind, object};
    }
    return object;
}

/* Options that make work small, so that any call is short. */
static void make_small(ddn_options *options)
{
    for (int64_t i = 0; options != NULL && i < ddn_options_count(options); i++) {
        static const int64_t small[] = {4, 20, 100};
        int32_t key = ddn_options_key(options, i);
        const char *name = ddn_options_name(options, key);
        int64_t value = 0;
        demand(name != NULL, "an option without a name");
        if (ddn_options_get_i64(options, key, &value) != DDN_OK || value <= 16 ||
            strstr(name, "SEED") != NULL || strstr(name, "FIRST") != NULL ||
            strstr(name, "METHOD") != NULL) {
            continue;
        }
        ddn_status status = DDN_E_RANGE;
        for (int k = 0; k < 3 && status == DDN_E_RANGE; k++) {
            status = ddn_options_set_i64(options, key, small[k]);
        }
    }
}

void fuzz_add(fuzz *f, int32_t kind, ddn_status status, void *object)
{
    demand(status >= 0 || object == NULL, "an object of a failed call");
    if (object == NULL) {
        return;
    }
    make_small(fuzz_options_of(kind, object));
    if (f->slot_count == FUZZ_SLOTS) {
        fuzz_destroy(kind, object);
        return;
    }
    for (int64_t i = 0; i < f->dead_count; i++) {
        if (f->dead[i].object == object) {
            f->dead[i--] = f->dead[--f->dead_count];
        }
    }
    f->slots[f->slot_count++] = (fuzz_slot){kind, object};
}

void fuzz_again(fuzz *f, int32_t kind, ddn_status status, const void *object)
{
    int64_t at = -1;
    for (int64_t i = 0; i < f->slot_count; i++) {
        at = f->slots[i].kind == kind && f->slots[i].object == object ? i : at;
    }
    if (status < 0) {
        return;
    }
    if (at < 0 ||
        f->slot_count == FUZZ_SLOTS) { /* one that is borrowed, or alive only inside others */
        fuzz_destroy(kind, (void *)(uintptr_t)object);
    } else {
        f->slots[f->slot_count++] = f->slots[at];
    }
}

/* ---- Calls ------------------------------------------------------------------------------- */

void fuzz_begin(fuzz *f, int64_t function)
{
    calls++;
    called[function]++;
    running = function;
    fuzz_doing = fuzz_functions[function].name;
    if (trace) {
        fprintf(stderr, "%*s%s\n", (int)f->depth * 2, "", fuzz_functions[function].name);
    }
}

void fuzz_end(fuzz *f, ddn_status status)
{
    if (trace) {
        fprintf(stderr, "%*s-> %s\n", (int)f->depth * 2, "", ddn_status_name(status));
    }
    demand(strcmp(ddn_status_name(status), "unknown status") != 0 && status != DDN_E_INTERNAL,
           "status");
    succeeded[running] += status >= 0;
}

static void call_one(fuzz *f)
{
    int64_t function = fuzz_below(f, 2 * fuzz_function_count);
    if (function >= fuzz_function_count) {
        const fuzz_family *family = &fuzz_families[f->focus];
        function = family->functions[fuzz_below(f, family->count)];
    }
    fuzz_functions[function].call(f);
}

fuzz_behaviour fuzz_behave(fuzz *f)
{
    static const int32_t results[] = {-1, 1, 1, 1, 1, 7, INT32_MIN, DDN_E_CALLBACK};
    fuzz_behaviour how = {0};
    if (f->step != NULL && f->focus == fuzz_kind_integrator && fuzz_one_in(f, 6)) {
        how.result = DDN_STOPPED; /* runs are stopped, saved, restored, resumed */
        return how;
    }
    switch (fuzz_below(f, 32)) {
    case 20:
    case 21:
        how.result = results[fuzz_below(f, 8)];
        break;
    case 22:
        how.nan = 1;
        break;
    case 23:
        how.silent = 1;
        break;
    case 24:
        ddn_context_cancel(fuzz_pick(f, fuzz_kind_context));
        break;
    case 25:
    case 26:
    case 27:
    case 28:
        if (f->depth < FUZZ_DEPTH) {
            int64_t function = running;
            f->depth++;
            call_one(f);
            f->depth--;
            running = function;
        }
        break;
    default:
        break;
    }
    return how;
}

int32_t fuzz_ddn_parallel_for_fn(void *user, int64_t count, ddn_parallel_body_fn body, void *arg)
{
    fuzz_token *token = user;
    int backwards = fuzz_one_in(token->fuzz, 2);
    for (int64_t i = 0; i < count; i++) {
        body(arg, backwards ? count - 1 - i : i);
    }
    return fuzz_one_in(token->fuzz, 16);
}

static int64_t number_of(const char *name)
{
    int64_t i = 0;
    while (i < fuzz_function_count && strcmp(fuzz_functions[i].name, name) != 0) {
        i++;
    }
    return i;
}

void by_hand_ddn_context_create_with_allocator(fuzz *f)
{
    ddn_context *out = NULL;
    fuzz_begin(f, number_of("ddn_context_create_with_allocator"));
    ddn_status status = ddn_context_create_with_allocator(allocate, deallocate, f, &out);
    fuzz_add(f, fuzz_kind_context, status, out);
    fuzz_end(f, status);
}

/* Dead objects can be looked at only if all memory is the host's. */
void by_hand_ddn_context_create(fuzz *f)
{
    ddn_context *out = NULL;
    if (f->keep) {
        by_hand_ddn_context_create_with_allocator(f);
        return;
    }
    fuzz_begin(f, number_of("ddn_context_create"));
    ddn_status status = ddn_context_create(&out);
    fuzz_add(f, fuzz_kind_context, status, out);
    fuzz_end(f, status);
}

void by_hand_ddn_options_set_f64(fuzz *f)
{
    ddn_options *options = fuzz_object(f, fuzz_kind_options, 0);
    int32_t key = fuzz_key(f);
    double value = fuzz_real(f);
    fuzz_begin(f, number_of("ddn_options_set_f64"));
    fuzz_end(f, ddn_options_set_f64(options, key, value));
}

void by_hand_ddn_options_set_i64(fuzz *f)
{
    ddn_options *options = fuzz_object(f, fuzz_kind_options, 0);
    int32_t key = fuzz_one_in(f, 4) ? fuzz_key(f) : ddn_options_key(options, fuzz_below(f, 16));
    int64_t value = fuzz_integer(f);
    fuzz_begin(f, number_of("ddn_options_set_i64"));
    ddn_status status = ddn_options_set_i64(options, key, value);
    if (status == DDN_OK) {
        make_small(options);
    }
    fuzz_end(f, status);
}

void by_hand_ddn_options_reset(fuzz *f)
{
    ddn_options *options = fuzz_object(f, fuzz_kind_options, 0);
    fuzz_begin(f, number_of("ddn_options_reset"));
    ddn_status status = ddn_options_reset(options);
    if (status == DDN_OK) {
        make_small(options);
    }
    fuzz_end(f, status);
}

void by_hand_ddn_integrator_save(fuzz *f)
{
    ddn_integrator *it = fuzz_object(f, fuzz_kind_integrator, 0);
    int64_t need = 0;
    fuzz_begin(f, number_of("ddn_integrator_save"));
    ddn_status status = ddn_integrator_save_size(it, &need);
    int64_t capacity = fuzz_one_in(f, 4) ? fuzz_below(f, 64) : need;
    uint8_t *bytes = malloc((size_t)capacity + 1);
    demand(bytes != NULL && need >= 0 && need < 1 << 24, "size of a saved run");
    push(&f->buffers, bytes);
    if (need > 0) {
        status = ddn_integrator_save(it, capacity, bytes);
        demand(status != DDN_OK || capacity >= need, "size of a saved run");
    }
    if (need > 0 && status == DDN_OK) {
        f->saved = bytes;
        f->saved_size = need;
    }
    fuzz_end(f, status);
}

/* What was saved, some of it changed, or bytes where nothing was; a fresh buffer, to its last byte.
 */
static uint8_t *some_buffer(fuzz *f, const uint8_t *saved, int64_t *size)
{
    *size = saved != NULL ? *size : fuzz_below(f, 100);
    *size = fuzz_one_in(f, 4) ? *size * fuzz_byte(f) / 256 : *size;
    uint8_t *bytes = malloc((size_t)*size + 1);
    demand(bytes != NULL, "no memory");
    for (int64_t i = 0; i < *size; i++) {
        bytes[i] = saved != NULL ? saved[i] : fuzz_byte(f);
    }
    for (int64_t k = fuzz_below(f, 6) - 3; k > 0 && *size > 0; k--) {
        bytes[fuzz_below(f, *size < 65536 ? *size : 65536)] ^= fuzz_byte(f);
    }
    uint8_t *exact = realloc(bytes, (size_t)*size + (*size == 0));
    demand(exact != NULL, "no memory");
    push(&f->buffers, exact);
    return exact;
}

void by_hand_ddn_integrator_restore(fuzz *f)
{
    ddn_integrator *it = fuzz_object(f, fuzz_kind_integrator, 0);
    int64_t size = f->saved_size;
    uint8_t *exact = some_buffer(f, f->saved, &size);
    static double x[64 * 64];
    int64_t m = 0;
    fuzz_begin(f, number_of("ddn_integrator_restore"));
    ddn_status status = ddn_integrator_saved_rows(it, size, exact, &m);
    m = status != DDN_OK || m > 64 || fuzz_one_in(f, 16) ? fuzz_below(f, 64) : m;
    fuzz_end(f, ddn_integrator_restore(it, fuzz_one_in(f, 64) ? -1 : size, m, exact, x, 64));
}

void by_hand_ddn_analysis_save(fuzz *f)
{
    ddn_analysis *an = fuzz_object(f, fuzz_kind_analysis, 0);
    int64_t need = 0;
    fuzz_begin(f, number_of("ddn_analysis_save"));
    ddn_status status = ddn_analysis_save_size(an, &need);
    const int64_t capacity = fuzz_one_in(f, 4) ? fuzz_below(f, 64) : need;
    uint8_t *bytes = malloc((size_t)capacity + 1);
    demand(bytes != NULL && need >= 0 && need < 1 << 28, "size of a journal");
    push(&f->buffers, bytes);
    if (status == DDN_OK) {
        status = ddn_analysis_save(an, capacity, bytes);
        demand(status != DDN_OK || capacity >= need, "size of a journal");
    }
    if (status == DDN_OK) {
        f->journal = bytes;
        f->journal_size = need;
    }
    fuzz_end(f, status);
}

void by_hand_ddn_analysis_restore(fuzz *f)
{
    ddn_analysis *an = fuzz_object(f, fuzz_kind_analysis, 0);
    int64_t size = f->journal_size;
    uint8_t *exact = some_buffer(f, f->journal, &size);
    fuzz_begin(f, number_of("ddn_analysis_restore"));
    fuzz_end(f, ddn_analysis_restore(an, fuzz_one_in(f, 64) ? -1 : size, exact));
}

/* ---- A sequence -------------------------------------------------------------------------- */

/* What most calls need, so that few are made in vain. */
static void begin(fuzz *f)
{
    static const char *const first[] = {"ddn_context_create_with_allocator",
                                        "ddn_dataset_create",
                                        "ddn_dataset_create_labelled",
                                        "ddn_schedule_create_ou",
                                        "ddn_oracle_create_empirical",
                                        "ddn_query_create",
                                        "ddn_integrator_create",
                                        "ddn_analysis_create",
                                        "ddn_symmetry_create",
                                        "ddn_features_create_identity",
                                        "ddn_observer_create_nearest"};
    uint8_t options = fuzz_byte(f);
    f->keep = options & 1;
    f->d = 1 + (options >> 1) % 4;
    f->noise = options;
    f->m = 1 + (options >> 3) % 5;
    f->focus = fuzz_below(f, fuzz_kind_count);
    f->calm = 1;
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        int64_t function = number_of(first[i]);
        demand(function < fuzz_function_count, first[i]);
        fuzz_functions[function].call(f);
    }
    f->calm = 0;
}

static void end(fuzz *f)
{
    int backwards = f->noise & 1;
    f->at = f->size; /* callbacks do as they should */
    f->fail = 0;
    for (int64_t i = 0; i < f->slot_count; i++) {
        fuzz_slot *slot = &f->slots[backwards ? f->slot_count - 1 - i : i];
        fuzz_destroy(slot->kind, slot->object);
    }
    if (trace && f->held != 0) {
        fprintf(stderr, "%lld blocks\n", (long long)f->held);
        memset(f->slots, 0, sizeof f->slots);
        exit(1); /* for a leak checker to say which */
    }
    demand(f->held == 0, "memory that is not given back");
    demand(f->tokens == 0, "user data that is not released");
    for (int64_t i = 0; i < f->buffers.count; i++) {
        free(f->buffers.items[i]);
    }
    for (int64_t i = 0; i < f->blocks.count; i++) {
        free(f->blocks.items[i]);
    }
    free(f->buffers.items);
    free(f->blocks.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    make_files();
    trace = getenv("FUZZ_TRACE") != NULL;
    demand(fuzz_function_count <= 1024, "functions");
    fuzz f = {.bytes = data, .size = size};
    begin(&f);
    for (int call = 0; call < MOST_CALLS && f.at < f.size; call++) {
        if (fuzz_one_in(&f, 32)) {
            f.fail = 1 + fuzz_below(&f, 32);
        }
        call_one(&f);
    }
    end(&f);
    return 0;
}

void fuzz_report(void)
{
    int64_t reached = 0, good = 0;
    for (int64_t i = 0; i < fuzz_function_count; i++) {
        reached += called[i] > 0;
        good += succeeded[i] > 0;
        if (getenv("FUZZ_SHOW") != NULL) {
            printf("%s %lld %lld\n", fuzz_functions[i].name, (long long)called[i],
                   (long long)succeeded[i]);
        }
    }
    printf("reached: %lld calls, %lld of %lld functions called, %lld with success\n",
           (long long)calls, (long long)reached, (long long)fuzz_function_count, (long long)good);
}

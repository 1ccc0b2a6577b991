/* What the generated calls (gen_fuzz.py) of fuzz_api.c stand on: arguments taken from the bytes, a
 * pool of handles, buffers of exactly the size that is promised for them, and callbacks that
 * misbehave as the bytes say. */
#ifndef TEST_FUZZ_API_H
#define TEST_FUZZ_API_H

#include <math.h>

#include "fuzz/driver.h"

enum {
    FUZZ_ROWS = 8,   /* states of one call, at most; memory that is bound has as many */
    FUZZ_SLOTS = 48, /* objects alive */
    FUZZ_DEPTH = 2,  /* calls from callbacks of calls ... */
    FUZZ_DEFAULT =
        1024 /* numbers of a buffer whose size is not documented in terms of the arguments */
};

typedef enum fuzz_style {
    FUZZ_NUMBERS,
    FUZZ_POSITIVE,
    FUZZ_SHARES, /* which add up to 1 */
    FUZZ_TIMES   /* mostly monotone */
} fuzz_style;

typedef struct fuzz_slot {
    int32_t kind;
    void *object;
} fuzz_slot;

typedef struct fuzz_list {
    void **items;
    int64_t count, capacity;
} fuzz_list;

typedef struct fuzz {
    const uint8_t *bytes;
    size_t size, at;
    uint64_t noise; /* fills buffers */
    int64_t d, m;   /* of most points and states */
    int64_t focus;  /* the kind that half of the calls have to do with */
    int32_t
        keep; /* memory that the library gives back stays until the end: dead handles can be used */
    int64_t held;   /* blocks of the library */
    int64_t fail;   /* number of the allocation that fails; 0 none */
    int64_t tokens; /* user data that the library has to release */
    int64_t depth;
    int32_t calm; /* nothing odd happens */
    const void *step;
    fuzz_slot slots[FUZZ_SLOTS], dead[FUZZ_SLOTS];
    int64_t slot_count, dead_count;
    uint8_t *saved; /* a run that was saved */
    int64_t saved_size;
    uint8_t *journal; /* of an analysis */
    int64_t journal_size;
    fuzz_list buffers, blocks;
} fuzz;

/* User data of a callback. */
typedef struct fuzz_token {
    fuzz *fuzz;
    int64_t d, k; /* as the function that took it was told */
    ddn_release_fn release;
} fuzz_token;

/* What a callback does. */
typedef struct fuzz_behaviour {
    int32_t result;
    int32_t silent; /* writes nothing */
    int32_t nan;
} fuzz_behaviour;

typedef struct fuzz_function {
    const char *name;
    void (*call)(fuzz *f);
} fuzz_function;

/* Numbers of the functions that have to do with a kind of object. */
typedef struct fuzz_family {
    const int32_t *functions;
    int64_t count;
} fuzz_family;

/* ---- Made by gen_fuzz.py ----------------------------------------------------------------- */

extern const fuzz_function fuzz_functions[];
extern const int64_t fuzz_function_count;
extern const fuzz_family fuzz_families[]; /* of each kind */
extern const int32_t fuzz_keys[];
extern const int64_t fuzz_key_count;
extern const int32_t fuzz_kind_count, fuzz_kind_context, fuzz_kind_options, fuzz_kind_step,
    fuzz_kind_integrator, fuzz_kind_analysis;
/* An object that another one lends, or NULL. */
void *fuzz_borrow(fuzz *f, int32_t kind);
void fuzz_destroy(int32_t kind, void *object);
/* The options of an object, or NULL. */
ddn_options *fuzz_options_of(int32_t kind, void *object);

/* ---- Arguments --------------------------------------------------------------------------- */

uint8_t fuzz_byte(fuzz *f); /* 0 at the end */
int64_t fuzz_below(fuzz *f, int64_t limit);
int fuzz_one_in(fuzz *f, int64_t count); /* no, at the end */
int64_t fuzz_size(fuzz *f, int64_t most);
int64_t fuzz_m(fuzz *f);
int64_t fuzz_d(fuzz *f);
int64_t fuzz_ld(fuzz *f);
int64_t fuzz_integer(fuzz *f);
int32_t fuzz_enum(fuzz *f, const int32_t *values, int64_t count);
int32_t fuzz_key(fuzz *f);
double fuzz_real(fuzz *f);
double fuzz_time(fuzz *f);
const char *fuzz_name(fuzz *f);
/* As many as any call reads. */
const char *const *fuzz_paths(fuzz *f);
const char *fuzz_path(fuzz *f, int32_t writes);

/* Product of the dimensions of an array; -1 if that is not a small number. */
int64_t fuzz_extent(int64_t count, const double *dims);
/* Arrays of that many numbers (FUZZ_DEFAULT for -1), alive until the end; NULL at times. */
double *fuzz_doubles(fuzz *f, int64_t count, int32_t nullable, fuzz_style style);
float *fuzz_floats(fuzz *f, int64_t count, int32_t nullable);
int64_t *fuzz_integers(fuzz *f, int64_t count, int32_t nullable);
int32_t *fuzz_ints(fuzz *f, int64_t count, int32_t nullable);
char *fuzz_text(fuzz *f, int64_t count, int32_t nullable);

/* ---- The pool ---------------------------------------------------------------------------- */

/* An object of that kind for an argument; NULL, one of another kind or a dead one at times. */
void *fuzz_object(fuzz *f, int32_t kind, int32_t nullable);
/* One of that kind or NULL. */
void *fuzz_pick(fuzz *f, int32_t kind);
/* An array of six of that kind. */
void *fuzz_objects(fuzz *f, int32_t kind);
/* Takes one out, to destroy it. */
void *fuzz_take(fuzz *f, int32_t kind);
/* Adds what a constructor made: there must be nothing if it failed. */
void fuzz_add(fuzz *f, int32_t kind, ddn_status status, void *object);
/* One more reference. */
void fuzz_again(fuzz *f, int32_t kind, ddn_status status, const void *object);

/* ---- Calls ------------------------------------------------------------------------------- */

void fuzz_begin(fuzz *f, int64_t function);
void fuzz_end(fuzz *f, ddn_status status);
fuzz_token *fuzz_token_new(fuzz *f, int32_t releases, int64_t d, int64_t k);
/* After the call that it was given to: it is still the host's unless that gave DDN_OK. */
void fuzz_token_given(fuzz *f, ddn_status status, fuzz_token *token);
fuzz_behaviour fuzz_behave(fuzz *f);
int32_t fuzz_ddn_parallel_for_fn(void *user, int64_t count, ddn_parallel_body_fn body, void *arg);

/* Functions that gen_fuzz.py leaves to hand. */
void by_hand_ddn_context_create(fuzz *f);
void by_hand_ddn_context_create_with_allocator(fuzz *f);
void by_hand_ddn_options_set_f64(fuzz *f);
void by_hand_ddn_options_set_i64(fuzz *f);
void by_hand_ddn_options_reset(fuzz *f);
void by_hand_ddn_integrator_save(fuzz *f);
void by_hand_ddn_integrator_restore(fuzz *f);
void by_hand_ddn_analysis_save(fuzz *f);
void by_hand_ddn_analysis_restore(fuzz *f);

#endif

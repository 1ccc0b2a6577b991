/* What all targets share: they take bytes (libFuzzer's entry), count what they reach, and stop the
 * program where a promise is broken. driver.c makes programs of them.
 *
 * `fuzz_X [--count N] [--first K] [PATH...]`: replays the files and folders given, then makes
 * inputs number K ... K+N-1, always the same ones: mutants of those files, or random bytes without
 * any. With -DDIFFDYN_LIBFUZZER there is no main: libFuzzer brings it (run.sh). */
#ifndef TEST_FUZZ_DRIVER_H
#define TEST_FUZZ_DRIVER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Set by the target: its name, the seconds one input may take, and what to print at the end. */
extern const char *const fuzz_target;
extern const int fuzz_seconds;
void fuzz_report(void);

/* What the present input is doing; for the text of a failure. */
extern const char *fuzz_doing;

/* Aborts with a text unless the condition holds. */
void fuzz_demand(int condition, const char *what, const ddn_context *ctx);

/* Processor time of this thread in seconds. */
double fuzz_clock(void);

/* ---- Memory -------------------------------------------------------------------------------- */

/* What the library holds, and which allocation fails. */
typedef struct fuzz_memory {
    int64_t held;    /* blocks */
    int64_t fail;    /* number of the allocation that fails, counted down; 0: none */
    int32_t failed;  /* one did */
    int64_t largest; /* bytes asked for at once */
} fuzz_memory;

/* A context on that memory, which starts empty. Ask for failures afterwards. */
ddn_context *fuzz_context(fuzz_memory *memory);
/* Lets go of it when all else is gone; demands that nothing is held. */
void fuzz_context_end(ddn_context *ctx, const fuzz_memory *memory);

/* ---- Numbers from bytes -------------------------------------------------------------------- */

/* Bytes that are taken one after another; zeros at the end. */
typedef struct fuzz_bytes {
    const uint8_t *at;
    size_t left;
} fuzz_bytes;

uint8_t fuzz_u8(fuzz_bytes *b);
/* In [0, limit), limit <= 65536. */
int64_t fuzz_up_to(fuzz_bytes *b, int64_t limit);
/* Eight bytes as they are. */
int64_t fuzz_word(fuzz_bytes *b);
/* Ends, neighbours of powers of two, and any number. */
int64_t fuzz_any_integer(fuzz_bytes *b);
/* Ordinary, odd (NaN, infinite, 0, subnormal, large), of any magnitude, of any bits. */
double fuzz_any_real(fuzz_bytes *b);
/* Magic, version and length of a NumPy file before the bytes that are left, a dictionary that ends
 * with its line: the first 10 of head for version 1, else all. Returns how many. */
size_t fuzz_npy_head(const fuzz_bytes *b, int major, uint8_t head[12]);

#endif

/* Programs that fuzz without libFuzzer, and the count at the end with it. */
#define _GNU_SOURCE
#include "fuzz/driver.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "support/block.h"

const char *fuzz_doing = "";

void fuzz_demand(int condition, const char *what, const ddn_context *ctx)
{
    if (!condition) {
        fprintf(stderr, "fuzz_%s: %s: %s (%s)\n", fuzz_target, fuzz_doing, what,
                ddn_context_message(ctx));
        abort();
    }
}

double fuzz_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *allocate(void *user, int64_t bytes, int64_t alignment)
{
    fuzz_memory *memory = user;
    memory->largest = bytes > memory->largest ? bytes : memory->largest;
    if (bytes > INT64_C(1) << 28 || (memory->fail > 0 && --memory->fail == 0)) {
        memory->failed = 1;
        return NULL;
    }
    void *block = test_block(bytes, alignment);
    memory->held += block != NULL;
    return block;
}

static void deallocate(void *user, void *pointer, int64_t bytes)
{
    fuzz_memory *memory = user;
    fuzz_demand(pointer != NULL && bytes > 0, "NULL or nothing given back", NULL);
    memory->held--;
    free(pointer);
}

ddn_context *fuzz_context(fuzz_memory *memory)
{
    ddn_context *ctx = NULL;
    *memory = (fuzz_memory){.held = 0};
    fuzz_doing = "context";
    fuzz_demand(ddn_context_create_with_allocator(allocate, deallocate, memory, &ctx) == DDN_OK,
                "no context", NULL);
    return ctx;
}

void fuzz_context_end(ddn_context *ctx, const fuzz_memory *memory)
{
    ddn_context_destroy(ctx);
    fuzz_demand(memory->held == 0, "memory that is not given back", NULL);
}

uint8_t fuzz_u8(fuzz_bytes *b)
{
    if (b->left == 0) {
        return 0;
    }
    b->left--;
    return *b->at++;
}

int64_t fuzz_up_to(fuzz_bytes *b, int64_t limit)
{
    int64_t value = fuzz_u8(b);
    if (limit > 256) {
        value = value * 256 + fuzz_u8(b);
    }
    return value % limit;
}

int64_t fuzz_word(fuzz_bytes *b)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value |= (uint64_t)fuzz_u8(b) << 8 * i;
    }
    return (int64_t)value;
}

int64_t fuzz_any_integer(fuzz_bytes *b)
{
    static const int64_t odd[] = {0,         -1,        INT64_MIN, INT64_MAX, INT64_MAX - 1,
                                  INT32_MAX, INT32_MIN, 1 << 24,   10};
    switch (fuzz_u8(b) % 4) {
    case 0:
        return fuzz_u8(b);
    case 1:
        return odd[fuzz_up_to(b, 9)];
    case 2: {
        int64_t power = INT64_C(1) << fuzz_up_to(b, 63);
        return power + fuzz_up_to(b, 3) - 1;
    }
    default:
        return fuzz_word(b);
    }
}

double fuzz_any_real(fuzz_bytes *b)
{
    static const double odd[] = {NAN,  INFINITY, -INFINITY, 0,     -0.0,  -1,   1e308,  -1e308,
                                 1e12, 1e15,     5e-324,    1e-15, 1e300, 2.25, 1e-300, 1};
    double value;
    int64_t bits;
    switch (fuzz_u8(b) % 5) {
    case 0:
        return (double)fuzz_u8(b) / 64;
    case 1:
        return odd[fuzz_up_to(b, 16)];
    case 2: /* any magnitude */
        value = (double)(1 + fuzz_u8(b)) / 128;
        return ldexp(value, (int)fuzz_up_to(b, 2140) - 1070);
    case 3: /* an ordinary one, to all digits */
        return (double)fuzz_word(b) * 0x1p-62;
    default:
        bits = fuzz_word(b);
        memcpy(&value, &bits, sizeof value);
        return value;
    }
}

size_t fuzz_npy_head(const fuzz_bytes *b, int major, uint8_t head[12])
{
    const uint8_t *end = memchr(b->at, '\n', b->left);
    const size_t length = end == NULL ? b->left : (size_t)(end - b->at) + 1;
    memcpy(head, "\x93NUMPY\0\0\0\0\0", 12);
    head[6] = (uint8_t)major;
    head[8] = (uint8_t)length;
    head[9] = (uint8_t)(length >> 8);
    return major == 1 ? 10 : 12;
}

#ifdef DIFFDYN_LIBFUZZER

int LLVMFuzzerInitialize(int *count, char ***arguments);

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    atexit(fuzz_report);
    return 0;
}

#else

enum {
    CAPACITY = 1 << 16,
    MOST_FILES = 1024
};

typedef struct seed_file {
    uint8_t *bytes;
    size_t size;
} seed_file;

static seed_file seeds[MOST_FILES];
static int64_t seed_count, sequence = -1, slowest;
static double slowest_seconds;
static const char *present = "";

static void die(int signal_number)
{
    char text[300];
    int length = snprintf(text, sizeof text, "fuzz_%s: signal %d in input %lld %s, %s\n",
                          fuzz_target, signal_number, (long long)sequence, present, fuzz_doing);
    if (write(2, text, (size_t)length) < 0) {
        _exit(4);
    }
    _exit(3);
}

/* The seconds that the next input may take: of the processor, and many more by the clock on the
 * wall, since the machine may be busy. 0: no limit. */
static void limit(int seconds)
{
    const struct itimerval timer = {.it_value.tv_sec = seconds};
    setitimer(ITIMER_PROF, &timer, NULL);
    alarm(20 * (unsigned)seconds);
}

static void run(const uint8_t *bytes, size_t size)
{
    /* A block of its own, so that a sanitizer sees what is read beyond it. */
    uint8_t *exact = malloc(size + (size == 0));
    if (exact == NULL) {
        abort();
    }
    memcpy(exact, bytes, size);
    limit(fuzz_seconds);
    double start = fuzz_clock();
    LLVMFuzzerTestOneInput(exact, size);
    double seconds = fuzz_clock() - start;
    limit(0);
    free(exact);
    if (seconds > slowest_seconds) {
        slowest_seconds = seconds;
        slowest = sequence;
    }
}

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        perror(path);
        return 1;
    }
    uint8_t *bytes = malloc(CAPACITY);
    if (bytes == NULL) {
        abort();
    }
    size_t size = fread(bytes, 1, CAPACITY, f);
    fclose(f);
    present = path;
    run(bytes, size);
    present = "";
    if (seed_count == MOST_FILES) {
        free(bytes);
    } else {
        seeds[seed_count++] = (seed_file){bytes, size};
    }
    return 0;
}

/* A file, or all files of a folder in the order of their names. 0 if all could be read. */
static int replay(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort), failed = 0;
    if (count < 0) {
        return replay_file(path);
    }
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, names[i]->d_name);
        failed |= names[i]->d_name[0] == '.' ? 0 : replay_file(name);
        free(names[i]);
    }
    free(names);
    return failed;
}

static uint64_t random_state;

static uint8_t random_byte(void)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint8_t)(random_state >> 56);
}

static size_t random_below(size_t limit)
{
    size_t value = (size_t)random_byte() << 16 | (size_t)random_byte() << 8 | random_byte();
    return value % limit;
}

/* Flips, overwrites, cuts, repeats: one to four times. */
static size_t mutate(uint8_t *bytes, size_t size)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '(', ')', ',', '\'', '9', '0', 0x08};
    for (size_t k = random_below(4) + 1; k > 0 && size > 0; k--) {
        size_t at = random_below(size), tail = size - at;
        switch (random_below(5)) {
        case 0:
            bytes[at] ^= (uint8_t)(1U << random_below(8));
            break;
        case 1:
            bytes[at] = telling[random_below(sizeof telling)];
            break;
        case 2:
            size = at + 1;
            break;
        case 3:
            if (size + tail <= CAPACITY) {
                memmove(bytes + size, bytes + at, tail);
                size += tail;
            }
            break;
        default:
            bytes[at] = random_byte();
            break;
        }
    }
    return size;
}

/* Input number `sequence`. */
static size_t make(uint8_t *bytes)
{
    random_state = (uint64_t)sequence * UINT64_C(0x9e3779b97f4a7c15);
    random_byte();
    if (seed_count > 0) {
        const seed_file *seed = &seeds[sequence % seed_count];
        memcpy(bytes, seed->bytes, seed->size);
        return mutate(bytes, seed->size);
    }
    size_t size = 64 + 4 * (size_t)random_byte();
    for (size_t i = 0; i < size; i++) {
        bytes[i] = random_byte();
    }
    return size;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[2 * CAPACITY];
    int64_t count = 0, first = 0;
    int failed = 0;
    time_t start = time(NULL);
    signal(SIGABRT, die);
    signal(SIGALRM, die);
    signal(SIGPROF, die);
    for (int i = 1; i < argc; i++) {
        int64_t *number = strcmp(argv[i], "--count") == 0   ? &count
                          : strcmp(argv[i], "--first") == 0 ? &first
                                                            : NULL;
        if (number != NULL && i + 1 < argc) {
            *number = strtoll(argv[++i], NULL, 10);
        } else {
            failed |= replay(argv[i]);
        }
    }
    int64_t files = seed_count;
    for (sequence = first; sequence < first + count; sequence++) {
        run(bytes, make(bytes));
    }
    printf("%lld files, %lld inputs, %lld s; slowest: input %lld, %.2f s\n", (long long)files,
           (long long)count, (long long)(time(NULL) - start), (long long)slowest, slowest_seconds);
    fuzz_report();
    for (int64_t i = 0; i < seed_count; i++) {
        free(seeds[i].bytes);
    }
    return failed;
}

#endif

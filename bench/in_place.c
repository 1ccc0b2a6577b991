/* Passes over a file in place, in units of a plain read of the same file from first to last byte:
 *   in_place FILE [THREADS]        an .npy, IDX or CIFAR file
 * in_place.sh makes the file and sets the limit of memory. Before each measurement the file is
 * taken out of the system's memory. What was fetched from the disk the system counts
 * (/proc/self/io), whatever else the machine does meanwhile; seconds are those of a quiet one. It
 * leaves out what would begin after five minutes. */
#define _GNU_SOURCE /* posix_fadvise */
#include <diffdyn/diffdyn.h>

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK = 1 << 23,
    LONGEST = 300 /* seconds */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Bytes that this process has had fetched from disks; NaN where that is not counted. */
static double fetched(void)
{
    char line[128];
    double bytes = NAN;
    FILE *io = fopen("/proc/self/io", "r");
    while (io != NULL && fgets(line, sizeof line, io) != NULL) {
        long long count;
        bytes = sscanf(line, "read_bytes: %lld", &count) == 1 ? (double)count : bytes;
    }
    if (io != NULL) {
        fclose(io);
    }
    return bytes;
}

static int failed(const ddn_context *ctx)
{
    fprintf(stderr, "in_place: %s\n", ddn_context_message(ctx));
    return 1;
}

static void forget(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd >= 0) {
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
}

/* Seconds that reading takes; *bytes of the file. */
static double plain_read(const char *path, double *bytes)
{
    char *block = malloc(BLOCK);
    int fd = open(path, O_RDONLY);
    double start = now();
    *bytes = 0;
    for (ssize_t got = 1; block != NULL && fd >= 0 && got > 0;) {
        got = read(fd, block, BLOCK);
        *bytes += got > 0 ? (double)got : 0;
    }
    double seconds = now() - start;
    if (fd >= 0) {
        close(fd);
    }
    free(block);
    return seconds;
}

/* How often the ways read the whole file for the last batch. */
static double passes(const ddn_query *q, int64_t ways, double bytes)
{
    double read = 0;
    for (int64_t w = 0; w < ways; w++) {
        read += (double)ddn_query_tally(q, DDN_WAY_BYTES, w);
    }
    return read / bytes;
}

/* Scores of B states at the time t, states being noised points of the beginning of the file. */
static int measure(ddn_context *ctx, const ddn_oracle *oracle, const ddn_dataset *ds,
                   const char *path, double t, int64_t m, double unit, double bytes)
{
    int64_t d = ddn_dataset_d(ds);
    double *x = malloc((size_t)(m * d) * sizeof *x), *score = malloc((size_t)(m * d) * sizeof *x);
    ddn_query *q = NULL;
    int bad = x == NULL || score == NULL || ddn_dataset_read(ctx, ds, 0, m, x, d) != DDN_OK;
    for (int64_t k = 0; !bad && k < m * d; k++) {
        x[k] = exp(-t) * x[k] + sqrt(-expm1(-2 * t)) * sin((double)k);
    }
    bad = bad || ddn_query_create(ctx, oracle, &q) != DDN_OK ||
          ddn_query_bind_f64(q, DDN_OUT_SCORE, score, d) != DDN_OK;
    forget(path);
    double start = now(), before = fetched();
    bad = bad || ddn_query_run(q, t, m, x, d) != DDN_OK;
    double seconds = now() - start;
    if (!bad) {
        printf(
            "t = %-5g B = %-5lld %8.2f s = %6.2f plain reads, fetched %5.2f times, passes %5.2f, "
            "%8.3f s a state\n",
            t, (long long)m, seconds, seconds / unit, (fetched() - before) / bytes,
            passes(q, ddn_oracle_way_count(oracle), bytes), seconds / (double)m);
        fflush(stdout);
    }
    ddn_query_destroy(q);
    free(score);
    free(x);
    return bad ? failed(ctx) : 0;
}

int main(int argc, char **argv)
{
    static const int64_t batches[] = {1, 16, 128, 2, 64, 256};
    const double begin = now();
    ddn_context *ctx = NULL;
    ddn_dataset *raw = NULL, *ds = NULL;
    ddn_schedule *ou = NULL;
    ddn_oracle *oracle = NULL;
    double bytes = 0;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "in_place: in_place FILE [THREADS]\n");
        return 2;
    }
    forget(argv[1]);
    double before = fetched();
    const double unit = plain_read(argv[1], &bytes);
    printf("plain read: %.2f GB, %.2f s, %.2f GB/s, fetched %.2f times\n", bytes / 1e9, unit,
           bytes / 1e9 / unit, (fetched() - before) / bytes);
    forget(argv[1]);
    double start = now();
    int bad = ddn_context_create(&ctx) != DDN_OK ||
              ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS,
                                  argc > 2 ? strtol(argv[2], NULL, 10) : 2) != DDN_OK ||
              ddn_dataset_open_in_place(ctx, argv[1], DDN_FORMAT_AUTO, &raw) != DDN_OK ||
              ddn_dataset_create_mapped(ctx, raw, 1 / 127.5, -1, &ds) != DDN_OK;
    printf("open: %.4f s\n", now() - start);
    start = now();
    before = fetched();
    bad = bad || ddn_schedule_create_ou(ctx, &ou) != DDN_OK ||
          ddn_oracle_create_empirical(ctx, ds, ou, &oracle) != DDN_OK;
    printf("oracle: %.2f s = %.2f plain reads, fetched %.2f times\n", now() - start,
           (now() - start) / unit, (fetched() - before) / bytes);
    fflush(stdout);
    bad = bad ? failed(ctx) : 0;
    for (size_t k = 0; !bad && k < sizeof batches / sizeof *batches; k++) {
        if (now() - begin > LONGEST) {
            printf("B = %lld: left out, five minutes are over\n", (long long)batches[k]);
            continue;
        }
        bad = measure(ctx, oracle, ds, argv[1], 0.1, batches[k], unit, bytes);
        bad = bad || measure(ctx, oracle, ds, argv[1], 8, batches[k], unit, bytes);
    }
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(ou);
    ddn_dataset_destroy(ds);
    ddn_dataset_destroy(raw);
    ddn_context_destroy(ctx);
    return bad;
}

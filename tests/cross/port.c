/* What a port must do on its system: threads whose result is that of one, files
 * with a name that is not ASCII, written twice and read; errors of files with
 * their name; a dense eigenproblem, or a refusal where the system has no BLAS
 * for the library. Argument: a folder that can be written. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <diffdyn/diffdyn.h>

enum {
    N = 3000,
    D = 20,
    M = 64
};

static double points[N * D], states[M * D], one[M * D], two[M * D];

static void check(int32_t holds, const char *what, ddn_context *ctx)
{
    if (!holds) {
        printf("not ok: %s: %s\n", what, ddn_context_message(ctx));
        exit(1);
    }
    printf("ok: %s\n", what);
}

/* The library's own threads. */
static ddn_dataset *scores(ddn_context *ctx)
{
    ddn_dataset *ds = NULL;
    ddn_schedule *sch = NULL;
    ddn_oracle *oracle = NULL;
    for (int i = 0; i < N * D; i++) {
        points[i] = sin(0.37 * i * i + i);
    }
    for (int i = 0; i < M * D; i++) {
        states[i] = 1.5 * cos(0.11 * i * i);
    }
    check(ddn_dataset_create(ctx, DDN_TYPE_F64, N, D, points, D, &ds) == DDN_OK, "a dataset", ctx);
    check(ddn_schedule_create_ou(ctx, &sch) == DDN_OK &&
              ddn_oracle_create_empirical(ctx, ds, sch, &oracle) == DDN_OK,
          "an oracle", ctx);
    for (int t = 0; t < 2; t++) {
        ddn_status set = ddn_options_set_i64(ddn_context_options(ctx), DDN_CONTEXT_THREADS, t + 1);
        check(set == DDN_OK &&
                  ddn_oracle_score(ctx, oracle, 0.3, M, states, D, t == 0 ? one : two, D) == DDN_OK,
              t == 0 ? "scores by one thread" : "scores by two threads", ctx);
    }
    check(memcmp(one, two, sizeof one) == 0, "the same bits", ctx);
    ddn_oracle_destroy(oracle);
    ddn_schedule_destroy(sch);
    return ds;
}

static void files(ddn_context *ctx, const char *folder)
{
    char path[1024];
    ddn_result *made = NULL, *found = NULL;
    double value = 0;
    ddn_status status = DDN_OK;
    snprintf(path, sizeof path, "%s/r\xc3\xa4ume-\xcf\x86.json", folder);
    check(ddn_result_create(ctx, "port", DDN_CLOCK_NONE, 0, &made) == DDN_OK &&
              ddn_result_add_scalar(ctx, made, "x", NULL, "a number", 0.1, NAN) == DDN_OK,
          "a result", ctx);
    for (int round = 0; round < 2 && status == DDN_OK; round++) { /* the second time in its place */
        status = ddn_result_write(ctx, made, path, DDN_RESULT_FORMAT_AUTO);
    }
    check(status == DDN_OK, "a file that is written, and replaced", ctx);
    check(ddn_result_open(ctx, path, DDN_RESULT_FORMAT_AUTO, &found) == DDN_OK &&
              ddn_result_scalar(ctx, found, "x", &value, NULL) == DDN_OK && value == 0.1,
          "the same file, read", ctx);
    ddn_result_destroy(found);
    check(ddn_result_open(ctx, folder, DDN_RESULT_FORMAT_AUTO, &found) == DDN_E_IO &&
              strstr(ddn_context_message(ctx), "not a regular file") != NULL,
          "a folder is no file", ctx);
    snprintf(path, sizeof path, "%s/none/file.csv", folder);
    check(ddn_result_open(ctx, path, DDN_RESULT_FORMAT_AUTO, &found) == DDN_E_IO &&
              strstr(ddn_context_message(ctx), "none/file.csv: cannot open") != NULL,
          "a file that is not there", ctx);
    check(ddn_result_write(ctx, made, path, DDN_RESULT_FORMAT_AUTO) == DDN_E_IO &&
              strstr(ddn_context_message(ctx), "cannot write") != NULL,
          "a folder that is not there", ctx);
    ddn_result_destroy(made);
}

#if !defined(PORT_WITHOUT_BLAS)
/* The sum of all eigenvalues is the trace of the covariance. */
static void spectrum(ddn_context *ctx, const ddn_dataset *ds)
{
    double values[D], sum = 0, trace = 0;
    ddn_status status = ddn_dataset_spectrum(ctx, ds, D, values, NULL, D);
    if (status == DDN_E_UNSUPPORTED) {
        check(strstr(ddn_context_message(ctx), "cannot be loaded") != NULL, "no BLAS: refused",
              ctx);
        return;
    }
    for (int k = 0; k < D; k++) {
        double mean = 0, square = 0;
        for (int i = 0; i < N; i++) {
            mean += points[i * D + k] / N;
            square += points[i * D + k] * points[i * D + k] / N;
        }
        trace += square - mean * mean;
        sum += status == DDN_OK ? values[k] : NAN;
    }
    check(fabs(sum - trace) < 1e-9 * trace, "a spectrum", ctx);
    printf("%s\n", ddn_feature("blas"));
}
#endif

int main(int argc, char **argv)
{
    ddn_context *ctx = NULL;
    if (ddn_context_create(&ctx) != DDN_OK) {
        return 1;
    }
    ddn_dataset *ds = scores(ctx);
    files(ctx, argc > 1 ? argv[1] : ".");
#if !defined(PORT_WITHOUT_BLAS)
    spectrum(ctx, ds);
#endif
    ddn_dataset_destroy(ds);
    ddn_context_destroy(ctx);
    return 0;
}

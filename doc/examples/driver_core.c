/* Which of its kernels OpenBLAS takes. It decides by the model of the processor while it is loaded,
 * and for one that is newer than it is takes those of Prescott, which know SSE3 alone. A program
 * may tell it another core before that, by OPENBLAS_CORETYPE; a library may not, for the
 * environment is the program's. See driver.h, doc/howto/threads-and-hosts.md. */
#define _GNU_SOURCE
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define VARIABLE "OPENBLAS_CORETYPE"
static const char oldest[] = "Prescott";

static struct {
    int begun, is_free;  /* is_free: the user has not said which */
    const char *instead; /* of the oldest, for a processor that OpenBLAS does not know; or NULL */
} own;

/* Whether this processor has what that core needs. */
static int can_run(const char *core)
{
#if defined(__x86_64__)
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const int avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    const int bfloat = avx512 && __builtin_cpu_supports("avx512bf16");
    return strcmp(core, "Cooperlake") == 0                            ? bfloat
           : strcmp(core, "SkylakeX") == 0                            ? avx512
           : strcmp(core, "Haswell") == 0 || strcmp(core, "Zen") == 0 ? avx2
                                                                      : strcmp(core, oldest) == 0;
#else
    (void)core;
    return 0;
#endif
}

static int is_oldest(void)
{
    const char *core = ddn_feature("blas_core");
    return core != NULL && strcmp(core, oldest) == 0;
}

/* Asks in a process of its own, since OpenBLAS decides once in each. */
static int would_be_oldest(void)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        setenv("OPENBLAS_NUM_THREADS", "1", 1); /* it makes no threads that nobody needs */
        _exit(is_oldest());
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 1;
}

void drv_core_begin(void)
{
    if (own.begun++) {
        return;
    }
    own.is_free = getenv(VARIABLE) == NULL;
    const char *best = can_run("SkylakeX") ? "SkylakeX" : can_run("Haswell") ? "Haswell" : NULL;
    if (own.is_free && best != NULL && would_be_oldest()) {
        own.instead = best;
        setenv(VARIABLE, best, 1);
    }
}

void drv_core_choose(const char *core)
{
    drv_core_begin();
    if (own.is_free && core != NULL && can_run(core)) {
        setenv(VARIABLE, core, 1);
    }
}

void drv_core_tell(void)
{
    if (own.instead != NULL && is_oldest()) { /* it was loaded with the program */
        printf("  %-20s %s would make spectra faster: OpenBLAS does not know this processor (core "
               "%s)\n",
               VARIABLE, own.instead, oldest);
    } else if (own.instead != NULL) {
        printf("  %-20s %s, set by this program: OpenBLAS does not know this processor (core %s)\n",
               VARIABLE, own.instead, oldest);
    }
}

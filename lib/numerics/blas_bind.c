/* Where the routines of BLAS and LAPACK come from.
 *
 * All programs and libraries of a process that bring a BLAS give its functions the same names, some
 * with integers of 64 bits, and on ELF systems the dynamic linker takes the first of a name: that
 * of the program or of any library that it named earlier. So OpenBLAS is loaded (DDNI_BLAS_FILE)
 * at the first use, apart from what the program has, and asked for each routine: neither our calls
 * nor those that OpenBLAS makes itself reach another library. Where a system cannot do that or has
 * no need to, and in builds for another BLAS, the routines are those that the linker finds.
 *
 * Either way the width of the integers is tried before anything is computed. The table of
 * addresses is the context's: the library has no variables of its own. */
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/context_impl.h"
#include "numerics/blas.h"
#include "numerics/blas_symbols.h"

#define NAME(name) DDNI_BLAS_NAME(name, DDNI_BLAS_SUFFIX)

/* Bits of the integers that a function takes: a count of 3 as 32 bits, which is negative as 64.
 * Nothing is done with a negative one, and nothing is said (as of other routines): the answer is 0.
 */
static int integer_bits(blas_int (*idamax)(const void *, const double *, const void *))
{
    const int64_t count = (int64_t)((uint64_t)0xffffffffU << 32 | 3), step = 1;
    const double x[3] = {1, 2, 3};
    const union {
        int64_t whole;
        int32_t part[2];
    } order = {1};
    if (order.part[0] != 1) { /* high half first: the two cannot be told apart */
        return DDNI_BLAS_INTEGER_BITS;
    }
    return (int32_t)idamax(&count, x, &step) == 3 ? 32 : 64;
}

static ddn_status check_bits(ddn_context *ctx, int bits, const char *whose)
{
    DDNI_CHECK(ctx, bits == DDNI_BLAS_INTEGER_BITS, DDN_E_UNSUPPORTED,
               "the integers of %s have %d bits, this library is built for %d: build it with "
               "-Dblas_integers=%d, or link the program with another BLAS",
               whose, bits, DDNI_BLAS_INTEGER_BITS, bits);
    return DDN_OK;
}

#if defined(DDNI_BLAS_OPENBLAS)
static const char *threading(int parallel)
{
    const char *const names[] = {"serial", "pthreads", "openmp"};
    return names[parallel < 0 || parallel > 2 ? 2 : parallel];
}
#endif

#if defined(DDNI_BLAS_FILE)
#include "base/library.h"

#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

typedef struct routine {
    const char *name;
    size_t at;
} routine;

#define ROUTINE(name) {TEXT(NAME(name##_)), offsetof(ddni_lapack, name)},
static const routine routines[] = {DDNI_LAPACK_ROUTINES(ROUTINE)};
#undef ROUTINE

/* What the program itself has takes part only where OpenBLAS is not apart: under a sanitizer, or
 * where the program had it loaded before. */
static ddn_status check_program(ddn_context *ctx, void *library, int32_t apart,
                                const ddni_lapack *lapack)
{
    const char *unique = TEXT(NAME(openblas_get_config));
    ddni_lapack other = *lapack;
    void *address = ddni_library_find(NULL, TEXT(NAME(idamax_)));
    if (address == NULL ||
        (apart && ddni_library_find(NULL, unique) != ddni_library_find(library, unique))) {
        return DDN_OK;
    }
    memcpy(&other.idamax, &address, sizeof address);
    return check_bits(ctx, integer_bits(other.idamax), "the program's own BLAS");
}

static ddn_status bind(ddn_context *ctx, ddni_lapack *lapack)
{
    int32_t apart = 0;
    void *library = ddni_library_load(DDNI_BLAS_FILE, &apart);
    DDNI_CHECK(ctx, library != NULL, DDN_E_UNSUPPORTED, "%s cannot be loaded: %s", DDNI_BLAS_FILE,
               ddni_library_problem());
    for (size_t i = 0; i < sizeof routines / sizeof *routines; i++) {
        void *address = ddni_library_find(library, routines[i].name);
        DDNI_CHECK(ctx, address != NULL, DDN_E_UNSUPPORTED, "%s has no function %s", DDNI_BLAS_FILE,
                   routines[i].name);
        memcpy((char *)lapack + routines[i].at, &address, sizeof address);
    }
    DDNI_TRY(check_bits(ctx, integer_bits(lapack->idamax), DDNI_BLAS_FILE));
    return check_program(ctx, library, apart, lapack);
}

ddn_status ddni_lapack_bind(ddn_context *ctx)
{
    if (ctx->lapack != NULL) {
        return DDN_OK;
    }
    ddni_lapack *lapack = NULL;
    DDNI_TRY(ddni_alloc_for(ctx, "the routines of LAPACK", 1, sizeof *lapack, &lapack));
    ddn_status status = bind(ctx, lapack);
    if (status == DDN_OK) {
        ctx->lapack = lapack;
    } else {
        ddni_free(ddni_context_allocator(ctx), lapack);
    }
    return status;
}

const ddni_lapack *ddni_lapack_of(const ddn_context *ctx)
{
    return ctx->lapack;
}

static void *openblas(const char *name)
{
    int32_t apart = 0;
    void *library = ddni_library_load(DDNI_BLAS_FILE, &apart);
    return library != NULL ? ddni_library_find(library, name) : NULL;
}

static const char *ask(const char *name)
{
    void *address = openblas(name);
    char *(*function)(void) = NULL;
    memcpy(&function, &address, sizeof address);
    return function != NULL ? function() : "none";
}

const char *ddni_blas_config(void)
{
    return ask(TEXT(NAME(openblas_get_config)));
}

const char *ddni_blas_core(void)
{
    return ask(TEXT(NAME(openblas_get_corename)));
}

const char *ddni_blas_threading(void)
{
    void *address = openblas(TEXT(NAME(openblas_get_parallel)));
    int (*function)(void) = NULL;
    memcpy(&function, &address, sizeof address);
    return function != NULL ? threading(function()) : "none";
}

#else

/* Declared as the table has them. */
#define ROUTINE(name) extern __typeof__(*((ddni_lapack *)NULL)->name) NAME(name##_);
DDNI_LAPACK_ROUTINES(ROUTINE)
#undef ROUTINE

#define ROUTINE(name) .name = NAME(name##_),
static const ddni_lapack linked = {DDNI_LAPACK_ROUTINES(ROUTINE)};
#undef ROUTINE

ddn_status ddni_lapack_bind(ddn_context *ctx)
{
    return check_bits(ctx, integer_bits(linked.idamax), "the BLAS of this program");
}

const ddni_lapack *ddni_lapack_of(const ddn_context *ctx)
{
    (void)ctx;
    return &linked;
}

#if defined(DDNI_BLAS_OPENBLAS)
char *NAME(openblas_get_config)(void);
char *NAME(openblas_get_corename)(void);
int NAME(openblas_get_parallel)(void);

const char *ddni_blas_config(void)
{
    return NAME(openblas_get_config)();
}

const char *ddni_blas_core(void)
{
    return NAME(openblas_get_corename)();
}

const char *ddni_blas_threading(void)
{
    return threading(NAME(openblas_get_parallel)());
}
#else
const char *ddni_blas_config(void)
{
    return "generic";
}

const char *ddni_blas_core(void)
{
    return "generic";
}

const char *ddni_blas_threading(void)
{
    return "generic";
}
#endif
#endif

const char *ddni_blas_integer_bits(void)
{
    return DDNI_BLAS_INTEGER_BITS == 64 ? "64" : "32";
}

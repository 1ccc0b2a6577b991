/* Status codes, context, threads, errors: the base that every other header stands on.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_BASE_H
#define DIFFDYN_BASE_H

#include <stdint.h>

#include <diffdyn/version.h>

#if defined(__cplusplus)
#define DDN_BEGIN_DECLS extern "C" {
#define DDN_END_DECLS }
#else
#define DDN_BEGIN_DECLS /**< opens the declarations of a header: extern "C" in C++ */
#define DDN_END_DECLS   /**< closes what DDN_BEGIN_DECLS opened */
#endif

/* Stands before each function. Readers of C that know no attributes (cffi, LuaJIT) define it as
 * nothing: doc/ffi.md. On Windows the build of the library defines DDN_BUILDING; programs need
 * nothing, whether they link the DLL or the static library. */
#if !defined(DDN_API)
#if defined(_WIN32) && defined(DDN_BUILDING)
#define DDN_API __declspec(dllexport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define DDN_API __attribute__((visibility("default")))
#else
#define DDN_API
#endif
#endif

DDN_BEGIN_DECLS

/** Result of a call: 0 is success, a positive value is success with a remark, a negative value is
 * an error. Values are pinned: never renumbered, never reused. On an error the context that the
 * call used holds a text (ddn_context_message), and outputs are NULL or untouched. */
typedef int32_t ddn_status;

/** X(name, value, text): the one list of status codes. */
#define DDN_STATUS_LIST(X)                                                                         \
    X(DDN_OK, 0, "success")                                                                        \
    X(DDN_STOPPED, 1, "stopped on request before the end")                                         \
    X(DDN_E_NULL, -1, "a required pointer is NULL")                                                \
    X(DDN_E_RANGE, -2, "an argument is outside its range")                                         \
    X(DDN_E_NONFINITE, -3, "a value is NaN or infinite")                                           \
    X(DDN_E_SHAPE, -4, "shapes do not agree")                                                      \
    X(DDN_E_KEY, -5, "unknown option, name or kind")                                               \
    X(DDN_E_NOMEM, -6, "out of memory")                                                            \
    X(DDN_E_IO, -7, "a file could not be read or written")                                         \
    X(DDN_E_FORMAT, -8, "a file or buffer is not in the expected format")                          \
    X(DDN_E_UNSUPPORTED, -9, "this object cannot do that")                                         \
    X(DDN_E_STATE, -10, "the call does not fit the object's present state")                        \
    X(DDN_E_CALLBACK, -11, "a callback reported failure")                                          \
    X(DDN_E_CONVERGENCE, -12, "an iteration did not converge")                                     \
    X(DDN_E_INTERNAL, -13, "an internal error: please report it")                                  \
    X(DDN_E_HANDLE, -14, "not a live object of the kind that is wanted")                           \
    X(DDN_E_TYPE, -15, "the value is of another type of number")                                   \
    X(DDN_E_CAPACITY, -16, "a buffer is too small")                                                \
    X(DDN_E_MISMATCH, -17, "made with other data, another object or other settings")               \
    X(DDN_E_OVERLAP, -18, "memory that may not overlap does")

#define DDN_STATUS_ENUM_ENTRY(name, value, text) name = value,
enum ddn_status_values {
    DDN_STATUS_LIST(DDN_STATUS_ENUM_ENTRY)
};
#undef DDN_STATUS_ENUM_ENTRY

/** Type of numbers: of stored points, of options, of outputs. */
typedef int32_t ddn_type;
enum ddn_type_values {
    DDN_TYPE_NONE = -1, /**< not a value; keeps the constants signed */
    DDN_TYPE_U8 = 1,    /**< bytes, 0 .. 255 */
    DDN_TYPE_F32 = 2,   /**< float */
    DDN_TYPE_F64 = 3,   /**< double */
    DDN_TYPE_I64 = 4    /**< int64: of options and outputs alone; points are not stored so */
};

/** Name of a status, as "DDN_E_RANGE"; "unknown status" for another number.
 * @return static */
DDN_API const char *ddn_status_name(ddn_status status);
/** Meaning of a status; "unknown status" for another number.
 * @return static */
DDN_API const char *ddn_status_text(ddn_status status);

/** Version of the library at run time, e.g. "0.9.0". Compare with DDN_VERSION_STRING, the version
 * compiled against.
 * @return static */
DDN_API const char *ddn_version_string(void);
/** Version of the library at run time, major * 1000000 + minor * 1000 + patch. Compare with
 * DDN_VERSION, the version compiled against. */
DDN_API int32_t ddn_version_number(void);

/** What this library is made of and what it found on this machine, by name:
 *
 *     "version"            as ddn_version_string
 *     "compiler"           "gcc 12.2.0"
 *     "kernels"            variants compiled in, "reference,avx2,avx512"; see ddn_kernel_name
 *     "kernel"             the best of them that this processor can run
 *     "ways"               ways of evaluation of empirical oracles; see ddn_oracle_way_name
 *     "blas"               version and configuration of OpenBLAS; "generic" if another BLAS is
 *                          linked, "none" if OpenBLAS cannot be loaded
 *     "blas_integer_bits"  "32" or "64": width of the integers that BLAS and LAPACK are called with
 *     "blas_core"          the processor that it took its kernels for, or as "blas"
 *     "blas_threading"     "serial", "pthreads" or "openmp", or as "blas"
 *     "gzip"               version of zlib, by which compressed files are read
 *     "formats"            file formats, ".npz,.npy,IDX,CIFAR-10,CIFAR-100"
 *     "hdf5"               version of libhdf5, or "none"
 *     "images"             versions of libpng and libjpeg, or "none"
 *     "threads"            what the library's own threads are, "pthreads"
 *
 * Lists are comma separated. A later version may have more.
 * @param[in] name which, or NULL
 * @return static, or NULL for a name that this library does not know */
DDN_API const char *ddn_feature(const char *name);
/** How many features there are. */
DDN_API int64_t ddn_feature_count(void);
/** Name of feature number i, from 0.
 * @return static, or NULL for a number out of range */
DDN_API const char *ddn_feature_name(int64_t i);

/* ------------------------------------------------------------------------------------------ */

/** A context carries what calls need besides their objects: the error text, the threads, the
 * allocator, progress and cancellation, the kernel choice. It is used by one thread at a time; use
 * one context per host thread. Datasets, schedules and oracles may be shared by contexts. */
typedef struct ddn_context ddn_context;

/** Memory of the host. Must be thread-safe and must outlive every object made with it. Returns
 * memory aligned to `alignment` (a power of two, at most 4096) or NULL.
 * @return borrowed until ddn_deallocate_fn, or NULL */
typedef void *(*ddn_allocate_fn)(void *user, int64_t bytes, int64_t alignment);
/** Gives memory back to the host, with the size that was asked for. Rules as for ddn_allocate_fn.
 * @param[in,out] pointer [bytes] never NULL */
typedef void (*ddn_deallocate_fn)(void *user, void *pointer, int64_t bytes);

/** Releases something that the library had borrowed; called once, on the thread that lets go of the
 * last reference.
 *
 * What holds for every callback of the library, unless it says otherwise: it runs on the thread
 * that made the call. It returns 0 to go on, DDN_STOPPED to stop (the call returns that), any other
 * value to fail (the call returns DDN_E_CALLBACK; ddn_context_fail gives the text). It must return:
 * no exception, panic or longjmp may cross it. What it should write has been filled with NaN. It
 * may call the library, also with the same context; the object whose call is running is in use, and
 * functions that would change it give DDN_E_STATE; it may be destroyed, and then ends after the
 * call. release is called once with `user` when the library lets go of it; if the function that was
 * given the callback fails, user stays with the caller and release is not called. */
typedef void (*ddn_release_fn)(void *user);

/** Creates a context with the C library's allocator, one thread, and the best kernel for the
 * processor. *out is NULL unless DDN_OK. Errors: DDN_E_NULL, DDN_E_NOMEM. */
DDN_API ddn_status ddn_context_create(ddn_context **out);

/** As ddn_context_create, with the host's memory functions; objects created through this context
 * use them too. */
DDN_API ddn_status ddn_context_create_with_allocator(ddn_allocate_fn allocate,
                                                     ddn_deallocate_fn deallocate, void *user,
                                                     ddn_context **out);

/** Lets go of the context; objects that still use it keep it alive. NULL is a no-op. */
DDN_API void ddn_context_destroy(ddn_context *ctx);

/** Text of the last error of a call that used this context: function, argument, value, limit. ""
 * before the first one.
 * @return borrowed until the next call with this context */
DDN_API const char *ddn_context_message(const ddn_context *ctx);

/** Keys of the options of a context. */
typedef int32_t ddn_context_key;
enum ddn_context_key_values {
    DDN_CONTEXT_NONE = -1,      /**< not a value; keeps the constants signed */
    DDN_CONTEXT_THREADS = 1001, /**< int: threads for the loops inside a call, the caller
                                     included; 1 .. 1024, default 1. Results do not depend on it. */
    DDN_CONTEXT_SHADOW = 1002 /**< int: 1: empirical oracles that are made from then on keep a copy
                                   of f32 and f64 points in bytes, n d + 4 n + 16 d bytes, which
                                   screens read in place of the points where it is fine enough: a
                                   quarter or an eighth of the memory traffic while few points
                                   matter (late times). The promise is the same. 0 (default): not.
                                   Sets of bytes, and those that "narrow" holds, have none. */
};

/** The options of any object, by key. Borrowed from the object (ddn_context_options,
 * ddn_query_options, ...): it lives as long as the object, on the object's threads, and need not be
 * destroyed. Functions give DDN_E_NULL for NULL, so the result of those can be handed on unchecked.
 *
 * Keys are unique over all objects: 1xxx context, 2xxx query, 3xxx integrator, 4xxx analysis, 5xxx
 * symmetry, 6xxx model. The number says nothing about the type: ask ddn_options_type. Errors, after
 * which the option keeps its value: DDN_E_KEY (no such key, or one of another object: the text says
 * whose), DDN_E_UNSUPPORTED (this object's method has no such option), DDN_E_TYPE (a double for an
 * int64 or the other way round), DDN_E_RANGE (out of bounds), DDN_E_NONFINITE (NaN, infinite).
 * Example: doc/examples/simple/options.c */
typedef struct ddn_options ddn_options;
/** The options of a context.
 * @return borrowed, or NULL for NULL */
DDN_API ddn_options *ddn_context_options(ddn_context *ctx);

/** Sets an option of type double. */
DDN_API ddn_status ddn_options_set_f64(ddn_options *options, int32_t key, double value);
/** Sets an option of type int64. */
DDN_API ddn_status ddn_options_set_i64(ddn_options *options, int32_t key, int64_t value);
/** Value of an option of type double.
 * @param[out] value the value */
DDN_API ddn_status ddn_options_get_f64(const ddn_options *options, int32_t key, double *value);
/** Value of an option of type int64.
 * @param[out] value the value */
DDN_API ddn_status ddn_options_get_i64(const ddn_options *options, int32_t key, int64_t *value);

/** Bounds of an option of type double, both included.
 * @param[out] minimum smallest value allowed, or NULL
 * @param[out] maximum largest value allowed, or NULL
 * @param[out] preset the value until another one is set, NaN where the object then chooses one
 *     itself; or NULL */
DDN_API ddn_status ddn_options_bounds_f64(const ddn_options *options, int32_t key, double *minimum,
                                          double *maximum, double *preset);
/** Bounds of an option of type int64, both included.
 * @param[out] minimum smallest value allowed, or NULL
 * @param[out] maximum largest value allowed, or NULL
 * @param[out] preset the value until another one is set, or NULL */
DDN_API ddn_status ddn_options_bounds_i64(const ddn_options *options, int32_t key, int64_t *minimum,
                                          int64_t *maximum, int64_t *preset);

/** Gives all options their presets again. DDN_E_STATE where they may not be changed now. */
DDN_API ddn_status ddn_options_reset(ddn_options *options);

/** How many options there are. */
DDN_API int64_t ddn_options_count(const ddn_options *options);
/** Key of number i, from 0; 0 past the last. */
DDN_API int32_t ddn_options_key(const ddn_options *options, int64_t i);
/** Name of a key, as "DDN_QUERY_EPSILON".
 * @return static, or NULL for a key that these options do not have */
DDN_API const char *ddn_options_name(const ddn_options *options, int32_t key);

/** Key of a name as ddn_options_name gives it, to set an option that a configuration names; -1 if
 * these options have none of that name. */
DDN_API int32_t ddn_options_find(const ddn_options *options, const char *name);
/** Type of an option: DDN_TYPE_F64 or DDN_TYPE_I64; 0 for a key that these options do not have. */
DDN_API ddn_type ddn_options_type(const ddn_options *options, int32_t key);

/** Which variant of the kernels runs: "reference", "avx2", "avx512", "avx512vnni" or "neon". The
 * default is the best one that the processor supports. Forcing one that it does not support is
 * DDN_E_UNSUPPORTED. Used by calls made afterwards.
 * @param[in] name the variant; "auto" or NULL for the default */
DDN_API ddn_status ddn_context_set_kernel(ddn_context *ctx, const char *name);
/** Name of the variant in use.
 * @return static */
DDN_API const char *ddn_context_kernel(const ddn_context *ctx);
/** Name of variant number `index` (0, 1, ...) compiled into the library.
 * @param[out] supported whether this processor can run it, or NULL
 * @return static, or NULL past the last one */
DDN_API const char *ddn_kernel_name(int32_t index, int32_t *supported);

/** What the library gives a parallel-for to call. Never calls user code.
 * @param[in,out] arg as it was handed to ddn_parallel_for_fn */
typedef void (*ddn_parallel_body_fn)(void *arg, int64_t index);
/** The host's own parallel-for (OpenMP, a Rust or Julia scheduler). It must call body(arg, i)
 * exactly once for each i in [0, count), in any order, on any threads, and return 0 after all calls
 * have returned. It may also return DDN_STOPPED to stop, or another value to fail (DDN_E_CALLBACK),
 * without having called it for each i. Calls that go on when it has returned are waited for, later
 * ones do nothing: both are errors, too.
 * @param[in,out] arg handed on to body */
typedef int32_t (*ddn_parallel_for_fn)(void *user, int64_t count, ddn_parallel_body_fn body,
                                       void *arg);

/** Replaces the library's own threads by the host's. `count` asked of it is at most
 * DDN_CONTEXT_THREADS. release(user) is called when another one is set or the context goes.
 * @param[in] parallel_for the loop; or NULL for the library's own */
DDN_API ddn_status ddn_context_set_parallel_for(ddn_context *ctx, ddn_parallel_for_fn parallel_for,
                                                void *user, ddn_release_fn release);

/** Progress of long calls: fraction in [0, 1], which never goes back, of the stage named by the
 * static text `stage` (doc/threads.md has all; the name of the function where there is none), on
 * the thread that made the call. Comes at the parts of a stage, and after 0.1 s without. Returns 0
 * to go on, DDN_STOPPED to stop (the call then returns that), another value to fail
 * (DDN_E_CALLBACK). Calls that it makes itself do not report. No exception, panic or longjmp may
 * cross it. */
typedef int32_t (*ddn_progress_fn)(void *user, const char *stage, double fraction);
/** Sets the progress callback. release(user) is called when another one is set or the context goes.
 * DDN_E_STATE inside a callback.
 * @param[in] progress the callback, or NULL for none */
DDN_API ddn_status ddn_context_set_progress(ddn_context *ctx, ddn_progress_fn progress, void *user,
                                            ddn_release_fn release);

/** Asks the call of this context that is running to stop: it returns DDN_STOPPED, and so does every
 * call inside it, after at most 0.1 s of work; what is then in the outputs is in doc/threads.md.
 * With no call running it does nothing: it never stops a later call. May be called from any thread
 * and from a signal handler. */
DDN_API void ddn_context_cancel(ddn_context *ctx);

/** For callbacks that fail: `return ddn_context_fail(ctx, "the device is gone");` gives the text to
 * the message of the call that is running. Always returns DDN_E_CALLBACK.
 * @param[in] text copied, cut to 255 bytes; or NULL */
DDN_API ddn_status ddn_context_fail(ddn_context *ctx, const char *text);

DDN_END_DECLS

#endif

/* Shared libraries that are loaded while the program runs. Only in builds that load their BLAS
 * (numerics/blas_bind.c). */
#ifndef DDNI_BASE_LIBRARY_H
#define DDNI_BASE_LIBRARY_H

#include <stdint.h>

/* Loads a library for good, so that its own calls and what is found in it are its own functions,
 * whatever the program has under the same names. *apart: whether that holds; not under a sanitizer,
 * which would end the process. NULL: ddni_library_problem says why. Calls of the same file give the
 * same library. */
void *ddni_library_load(const char *file, int32_t *apart);

/* Why this thread's last call failed. */
const char *ddni_library_problem(void);

/* The address of a name, or NULL: of that library, or for NULL what a call of the program itself
 * would reach. */
void *ddni_library_find(void *library, const char *name);

#endif

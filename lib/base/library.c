/* The dynamic linker, of systems that can keep a library's names apart (RTLD_DEEPBIND: glibc,
 * FreeBSD). */
#define _GNU_SOURCE /* RTLD_DEEPBIND, RTLD_DEFAULT */
#include "base/library.h"

#include <dlfcn.h>
#include <stddef.h>

void *ddni_library_load(const char *file, int32_t *apart)
{
    /* The runtime of any sanitizer has this function, and refuses RTLD_DEEPBIND by ending the
     * process. */
    *apart = dlsym(RTLD_DEFAULT, "__sanitizer_report_error_summary") == NULL;
    return dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | (*apart ? RTLD_DEEPBIND : 0));
}

const char *ddni_library_problem(void)
{
    const char *text = dlerror();
    return text != NULL ? text : "unknown";
}

void *ddni_library_find(void *library, const char *name)
{
    return dlsym(library != NULL ? library : RTLD_DEFAULT, name);
}

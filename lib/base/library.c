/* The dynamic linker of systems that can keep a library's names apart: with
 * RTLD_DEEPBIND (glibc, FreeBSD), or as they always do (Windows). */
#if defined(_WIN32)
#include <string.h>

#include <windows.h>

#include "base/library.h"

void *ddni_library_load(const char *file, int32_t *apart)
{
    HMODULE module = NULL;
    wchar_t wide[MAX_PATH];
    *apart = 1;
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, file, -1, wide, MAX_PATH) > 0) {
        module = LoadLibraryW(wide);
    }
    return module;
}

const char *ddni_library_problem(void)
{
    return "Windows does not find it, or what it needs; it may lie beside the "
           "program";
}

void *ddni_library_find(void *library, const char *name)
{
    FARPROC function = library != NULL ? GetProcAddress(library, name) : NULL;
    void *address = NULL;
    memcpy(&address, &function, sizeof address);
    return address;
}

#else
#define _GNU_SOURCE /* RTLD_DEEPBIND, RTLD_DEFAULT */
#include "base/library.h"

#include <dlfcn.h>
#include <stddef.h>

void *ddni_library_load(const char *file, int32_t *apart)
{
    /* The runtime of any sanitizer has this function, and refuses RTLD_DEEPBIND
     * by ending the process. */
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

#endif

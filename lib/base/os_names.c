/* Names of files, the same for all systems. */
#include <string.h>

#include "base/os.h"

enum {
    NAME_LENGTH = 240, /* of a path in an error text */
    NAME_KEPT = 100    /* bytes of a name of a file that its temporary one shows */
};

const char *ddni_end_of_path(const char *path)
{
    size_t length = strlen(path);
    return length > NAME_LENGTH ? path + (length - NAME_LENGTH) : path;
}

static const char *last_separator(const char *path)
{
    const char *last = strrchr(path, '/');
#if defined(_WIN32)
    const char *other = strrchr(path, '\\');
    last = other != NULL && (last == NULL || other > last) ? other : last;
#endif
    return last;
}

void ddni_temporary_name(const char *path, uint64_t number, char *temporary)
{
    const char *slash = last_separator(path);
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1, length = strlen(path);
    if (length > folder + NAME_KEPT) {
        length = folder + NAME_KEPT;
        while (length > folder && ((unsigned char)path[length] & 0xc0) == 0x80) {
            length--; /* not amid a character of UTF-8 */
        }
    }
    for (size_t i = 0; i < length; i++) {
        temporary[i] = path[i];
    }
    memcpy(temporary + length, ".part-0123456789abcdef", DDNI_TEMPORARY);
    for (int i = 0; i < 16; i++) {
        temporary[length + 6 + (size_t)i] = "0123456789abcdef"[number >> (4 * i) & 15];
    }
}

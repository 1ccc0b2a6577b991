#!/usr/bin/env python3
"""Layering and the library's abstinence: who may include whom, and who may call what.

The rooms and their order are those of lib/layers.txt. A file may include its own room, its parent's, rooms above its own
in that list but for siblings (other sub-rooms of its parent), and public headers of those. No two rooms include one
another, in however many steps. A handful of functions of the C library may be called in one file only, or nowhere; what is not C11 in base/os*.c only.
Streams of random numbers are numbered in base/rng.h alone: every use of a seed has a row there (ddni_use).
"""
import re

from source import LIB, ROOMS, finish, library_files, public_headers, room_of, room_of_header, \
    strip, where, without_comments

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Where streams of random numbers go by number.
BY_STREAM = {"base/rng.c", "base/rng.h", "schedule/noise.c"}

# Functions -> files (relative to lib/) that may call them; an empty set: nobody.
ALLOWED = {
    "malloc calloc realloc free posix_memalign aligned_alloc memalign valloc": {"base/alloc.c"},
    "snprintf vsnprintf": {"base/message.c"},
    "printf fprintf vprintf vfprintf dprintf puts fputs putchar fputc perror sprintf vsprintf "
    "fopen freopen fdopen fwrite fread fclose fflush tmpfile": set(),
    "strdup strndup asprintf vasprintf alloca": set(),
    "getenv secure_getenv setenv putenv unsetenv setlocale newlocale uselocale": set(),
    "signal sigaction raise kill sigprocmask": set(),
    "open openat creat read pread readv write pwrite lseek close fsync rename unlink remove stat fstat lstat "
    "sysconf getpid strerror strerror_r clock_gettime gettimeofday nanosleep sigfillset pthread_sigmask "
    "pthread_create": {"base/os.c", "base/os_windows.c"},
    "pthread_join pthread_mutex_init pthread_mutex_destroy pthread_mutex_lock pthread_mutex_unlock pthread_cond_init "
    "pthread_cond_destroy pthread_cond_wait pthread_cond_signal pthread_cond_broadcast": {"base/parallel.c"},
    "dlopen dlsym dlclose dlerror dlmopen dladdr": {"base/library.c"},
    "mmap munmap madvise": {"base/os.c"},  # a mapped file that is cut short ends the host: only where it is asked for
    "mprotect": set(),
    "qsort qsort_r": set(),  # may allocate
    "abort exit _exit _Exit quick_exit atexit __builtin_trap": set(),
    "longjmp setjmp": {"dataset/formats/jpeg.c", "dataset/formats/png.c"},  # the ways out of libjpeg and libpng
    "rand srand random srandom drand48 system popen fork": set(),
    "strtok localtime gmtime asctime ctime": set(),
    "strtod atof strtof sscanf fscanf": set(),  # they read the locale
    "openblas_set_num_threads goto_set_num_threads omp_set_num_threads": set(),
    "ddni_normal ddni_uniform": BY_STREAM,
}
HEADERS = {"stdio.h": {"base/message.c", "base/os.c", "dataset/formats/jpeg.c"}, "pthread.h": {"base/os.h", "base/parallel.c"}, "dlfcn.h": {"base/library.c"},
           "zlib.h": {"dataset/formats/gzip.c"}, "sys/mman.h": {"base/os.c"}, "locale.h": set(), "setjmp.h": {"dataset/formats/jpeg.c"}, "alloca.h": set()}
HEADERS |= {name: {"base/os.c"} for name in ("dirent.h", "limits.h", "signal.h", "time.h", "unistd.h")}
HEADERS |= {name: {"base/os.c", "base/os_windows.c"} for name in ("errno.h", "fcntl.h", "sys/stat.h")}
HEADERS |= {"windows.h": {"base/os_windows.c", "base/library.c"}, "io.h": {"base/os_windows.c"}, "share.h": {"base/os_windows.c"},
            "hdf5.h": {"dataset/formats/hdf5.c"}, "jpeglib.h": {"dataset/formats/jpeg.c"}, "png.h": {"dataset/formats/png.c"},
            "malloc.h": {"base/alloc.c"}, "Random123/philox.h": {"base/rng.c"}}
# Of C11; and what the kernels are made of. Everything else is in HEADERS: lib has no other system in it.
FREE = set("assert.h float.h math.h stdarg.h stdatomic.h stddef.h stdint.h stdlib.h string.h immintrin.h arm_neon.h".split())
# Beyond C11 in its headers: some C libraries have them, some not.
ALLOWED["lgamma_r"] = {"base/statistics.c"}
ALLOWED["exp10 sincos strchrnul memrchr mempcpy stpcpy strsep strcasecmp reallocarray explicit_bzero getline basename"] = set()


def sees(room, other):
    """Whether a file of `room` may include a file of `other`."""
    if room == other:
        return True
    siblings = "/" in other and "/" in room and room.rsplit("/", 1)[0] == other.rsplit("/", 1)[0]
    return ROOMS.index(other) < ROOMS.index(room) and not siblings


def check_includes(path, room, text, problems):
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        at = where(path, text, match.start())
        if name.startswith("diffdyn/"):
            other = room_of_header(name.removeprefix("diffdyn/"))
            if not sees(room, other):
                problems.append(f"{at}: room {room} may not include <{name}> of {other}")
        elif kind == '"':
            other = name.rsplit("/", 1)[0]
            if other not in ROOMS:
                problems.append(f'{at}: write "{name}" as "room/file", from lib/')
            elif not sees(room, other):
                problems.append(f'{at}: room {room} may not include "{name}" of {other}')
        elif name not in FREE and path.relative_to(LIB).as_posix() not in HEADERS.get(name, set()):
            problems.append(f"{at}: <{name}> is not for this file")


def check_calls(path, relative, text, problems):
    for names, files in ALLOWED.items():
        if relative in files:
            continue
        pattern = rf"(?<![\w.>])({'|'.join(names.split())})\s*\("
        for match in re.finditer(pattern, text):
            # A static function of the file's own may have the name.
            if re.search(rf"^static\b[^;{{}}()]*\b{match.group(1)}\(", text, re.MULTILINE):
                continue
            problems.append(f"{where(path, text, match.start())}: {match.group(1)} is not for "
                            f"this file (allowed: {', '.join(sorted(files)) or 'nowhere'})")


def check_streams(path, relative, text, problems):
    for match in re.finditer(r"\bDDNI_STREAM_\w*", text):
        if relative not in BY_STREAM:
            problems.append(f"{where(path, text, match.start())}: {match.group()}: write the use (DDNI_USE_...)")


def main():
    problems = []
    for path in library_files():
        raw = path.read_text()
        check_includes(path, room_of(path), without_comments(raw), problems)
        relative, text = path.relative_to(LIB).as_posix(), strip(raw)
        check_calls(path, relative, text, problems)
        check_streams(path, relative, text, problems)
    for path in public_headers():
        text = without_comments(path.read_text())
        own = room_of_header(path.name)
        for match in INCLUDE.finditer(text):
            name = match.group(2)
            if name.startswith("diffdyn/") and own is not None:
                other = room_of_header(name.removeprefix("diffdyn/"))
                if not sees(own, other):
                    problems.append(f"{where(path, text, match.start())}: {own} may not include <{name}>")
            if match.group(1) == '"':
                problems.append(f"{where(path, text, match.start())}: write <diffdyn/...>")
    finish(problems, "layering")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Layering and the library's abstinence: who may include whom, and who may call what.

Layers, low to high: see LAYERS in source.py. A file of lib/ may include its own folder, lower
layers, and public headers of its own or a lower layer. A handful of functions of the C library may
be called in one file only, or nowhere.
"""
import re

from source import LAYERS, LIB, PUBLIC, finish, library_files, public_headers, strip, where, \
    without_comments

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# Functions -> files (relative to lib/) that may call them; an empty set: nobody.
ALLOWED = {
    "malloc calloc realloc free posix_memalign aligned_alloc memalign valloc": {"base/alloc.c"},
    "snprintf vsnprintf": {"base/message.c"},
    "printf fprintf vprintf vfprintf dprintf puts fputs putchar fputc perror sprintf vsprintf "
    "fopen freopen fdopen fwrite fread fclose fflush tmpfile": set(),
    "strdup strndup asprintf vasprintf alloca": set(),
    "getenv secure_getenv setenv putenv unsetenv setlocale newlocale uselocale": set(),
    "signal sigaction raise kill sigprocmask": set(),
    "pthread_sigmask": {"base/parallel.c"},
    "abort exit _exit _Exit quick_exit atexit __builtin_trap longjmp setjmp": set(),
    "rand srand random srandom drand48 system popen fork": set(),
    "strtok localtime gmtime asctime ctime": set(),
    "strtod atof strtof sscanf fscanf": set(),  # they read the locale
    "openblas_set_num_threads goto_set_num_threads omp_set_num_threads": set(),
}
HEADERS = {"stdio.h": {"base/message.c"}, "signal.h": {"base/parallel.c"}, "locale.h": set(),
           "setjmp.h": set(), "alloca.h": set()}


def layer_of_public(name, seen=()):
    """Index of a public header's layer: its own name, else the highest header it includes."""
    stem = name.removesuffix(".h")
    if stem in LAYERS:
        return LAYERS.index(stem)
    if stem == "diffdyn":
        return len(LAYERS)
    path = PUBLIC / name
    if not path.exists() or name in seen:  # version.h is generated
        return 0
    inner = [i.removeprefix("diffdyn/") for _, i in INCLUDE.findall(path.read_text())
             if i.startswith("diffdyn/")]
    return max([layer_of_public(i, (*seen, name)) for i in inner], default=0)


def check_includes(path, relative, layer, text, problems):
    for match in INCLUDE.finditer(text):
        kind, name = match.groups()
        at = where(path, text, match.start())
        if name.startswith("diffdyn/"):
            if layer_of_public(name.removeprefix("diffdyn/")) > layer:
                problems.append(f"{at}: layer {LAYERS[layer]} includes the higher header <{name}>")
        elif kind == '"':
            folder = name.split("/")[0]
            if "/" not in name or folder not in LAYERS:
                problems.append(f'{at}: write "{name}" as "layer/file", from lib/')
            elif LAYERS.index(folder) > layer:
                problems.append(f'{at}: layer {LAYERS[layer]} includes "{name}" of a higher layer')
        elif name in HEADERS and relative not in HEADERS[name]:
            problems.append(f"{at}: <{name}> is not for this file")


def check_calls(path, relative, text, problems):
    for names, files in ALLOWED.items():
        if relative in files:
            continue
        pattern = rf"(?<![\w.>])({'|'.join(names.split())})\s*\("
        for match in re.finditer(pattern, text):
            problems.append(f"{where(path, text, match.start())}: {match.group(1)} is not for "
                            f"this file (allowed: {', '.join(sorted(files)) or 'nowhere'})")


def main():
    problems = []
    for path in library_files():
        relative = path.relative_to(LIB).as_posix()
        raw = path.read_text()
        layer = LAYERS.index(relative.split("/")[0])
        check_includes(path, relative, layer, without_comments(raw), problems)
        check_calls(path, relative, strip(raw), problems)
    for path in public_headers():
        text = without_comments(path.read_text())
        own = layer_of_public(path.name)
        for match in INCLUDE.finditer(text):
            name = match.group(2)
            if name.startswith("diffdyn/") and layer_of_public(name.removeprefix("diffdyn/")) > own:
                problems.append(f"{where(path, text, match.start())}: includes a higher header")
            if match.group(1) == '"':
                problems.append(f"{where(path, text, match.start())}: write <diffdyn/...>")
    finish(problems, "layering")


if __name__ == "__main__":
    main()

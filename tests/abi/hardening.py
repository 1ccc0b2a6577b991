#!/usr/bin/env python3
"""What doc/security.md promises of the built library, read from it by readelf: hardening.py PATH [--fortified]
[--installed] [--compiler CC]. --fortified: it was built with optimisation. --installed: it must not know where it was built.
--compiler: a library without it is told from this one."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BAD = """#include <string.h>
int ddn_bad(const char *text);
int ddn_bad(const char *text) { char copy[64]; strcpy(copy, text); return copy[1]; }
"""
BAD_FLAGS = ["-shared", "-fPIC", "-O2", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-Wl,-z,execstack", "-Wl,-z,norelro",
             "-Wl,-z,lazy", "-Wl,-rpath,/somewhere"]
BAD_PROBLEMS = 6


def readelf(library, *options):
    return subprocess.run(["readelf", "-W", *options, library], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=True).stdout


def problems(library, fortified, installed):
    """One line for each promise that is not kept."""
    segments = re.findall(r"^\s+(\w+)\s+(?:0x\w+\s+){5}([R ][W ][E ])", readelf(library, "-l"), re.MULTILINE)
    dynamic = readelf(library, "-d")
    imports = {line.split()[7].split("@")[0] for line in readelf(library, "--dyn-syms").splitlines()
               if len(line.split()) > 7 and line.split()[6] == "UND"}
    loaded = [flags for kind, flags in segments if kind == "LOAD"]
    checked = [name for name in imports if re.fullmatch(r"__\w+_chk", name)]
    checks = {
        "its stack can hold code": [flags for kind, flags in segments if kind == "GNU_STACK" and "E" not in flags],
        "memory can be written and run": not [1 for flags in loaded if "W" in flags and "E" in flags],
        "tables of the loader stay writable (no RELRO)": "GNU_RELRO" in [kind for kind, _ in segments],
        "functions are bound late (no BIND_NOW)": re.search(r"BIND_NOW", dynamic),
        "code is relocated (TEXTREL)": "TEXTREL" not in dynamic,
        "no stack protector": "__stack_chk_fail" in imports,
    }
    if fortified:
        checks["no checked string functions (_FORTIFY_SOURCE)"] = checked
    if installed:
        checks["it knows where it was built (RPATH)"] = not re.search(r"\((RPATH|RUNPATH)\)", dynamic)
    return [what for what, holds in checks.items() if not holds]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="the shared library")
    parser.add_argument("--fortified", action="store_true")
    parser.add_argument("--installed", action="store_true")
    parser.add_argument("--compiler")
    args = parser.parse_args()
    if shutil.which("readelf") is None:
        sys.exit(77)
    found = problems(args.path, args.fortified, args.installed)
    if args.compiler:
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "bad.c")
            source.write_text(BAD)
            bad = str(source.with_suffix(".so"))
            subprocess.run([args.compiler, *BAD_FLAGS, str(source), "-o", bad], check=True)
            if len(problems(bad, True, True)) < BAD_PROBLEMS:
                found.append("a library without protection passes for one with it")
    for line in found:
        print(f"{args.path}: {line}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

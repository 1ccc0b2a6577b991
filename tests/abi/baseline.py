#!/usr/bin/env python3
"""The interface against the committed baseline, interface.txt: every typedef and function of the public
headers as a C declaration, one a line. (Values of constants are pinned by abi_constants.c.)

baseline.py --check             the headers still declare exactly that
baseline.py --library LIB CC    and so does the built library: a library of empty functions is compiled
                                from the baseline and compared with LIB by abidiff; 77 without abidiff
                                or without debug information in LIB
baseline.py --write             makes the baseline anew
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
from interface import Enum, declaration, parse  # noqa: E402
from source import LIB, PUBLIC, finish  # noqa: E402

BASELINE = HERE / "interface.txt"
SKIP = 77


def declarations():
    return [declaration(made) for made in parse().order if not isinstance(made, Enum)]


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIP)


def compare_library(library, compiler):
    for tool in ("abidiff", "readelf"):
        if shutil.which(tool) is None:
            skip(f"no {tool}")
    sections = subprocess.run(["readelf", "-S", library], text=True, capture_output=True, check=True)
    if ".debug_info" not in sections.stdout:
        skip("no debug information (-Ddebug=true)")
    stub = "#include <stdint.h>\n"
    for line in BASELINE.read_text().splitlines():
        if line.startswith("typedef"):
            stub += line + "\n"
        else:
            empty = "{}" if line.startswith("void ddn_") else "{ return 0; }"
            stub += line.removesuffix(";") + empty + "\n"
    with tempfile.TemporaryDirectory() as folder:
        old = f"{folder}/libdiffdyn.so"
        subprocess.run([compiler, "-std=gnu11", "-g", "-w", "-shared", "-fPIC", "-x", "c", "-", "-o", old,
                        f"-Wl,--version-script={LIB / 'libdiffdyn.map'}", "-Wl,-soname,libdiffdyn.so.0"],
                       input=stub, text=True, check=True)
        run = subprocess.run(["abidiff", "--headers-dir2", str(PUBLIC), "--drop-private-types", old,
                              library], text=True, capture_output=True, check=False)
    print(run.stdout, run.stderr)
    sys.exit(1 if run.returncode else 0)


def main():
    if "--write" in sys.argv:
        BASELINE.write_text("\n".join(declarations()) + "\n")
        return
    if "--library" in sys.argv:
        compare_library(*sys.argv[2:4])
    now, then = declarations(), BASELINE.read_text().splitlines()
    problems = [f"changed or removed: {line}" for line in then if line not in set(now)]
    problems += [f"not in the baseline: {line}" for line in now if line not in set(then)]
    if problems:
        print("doc/abi.md says what a change to the interface carries; tests/abi/baseline.py --write")
    finish(problems, f"interface ({len(now)} declarations)")


if __name__ == "__main__":
    main()

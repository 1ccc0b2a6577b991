#!/usr/bin/env python3
"""The tests of shared objects, of hosts' loops and of threads under valgrind's helgrind: no race, no lock out of order.

The library and the tests are built with helgrind_atomics.h, which tells helgrind what C11's atomics order; it finds the
locks by itself. A program with a race shows first that it would be found. Nothing is suppressed. Ends with status 1 if
something is found, 77 where valgrind or its headers are missing.

Usage: helgrind.py SOURCE-ROOT [TEST...]
"""
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

# What runs, with the argument that keeps it short.
TESTS = {"robust_threads": [], "robust_loops": [], "robust_shared": ["0"]}
HELGRIND = ["valgrind", "-q", "--tool=helgrind", "--fair-sched=yes", "--error-exitcode=9"]

RACE = """
#include <pthread.h>
#include <stdatomic.h>
static int plain;
static _Atomic int number;
static void *add(void *order)
{
    (void)order;
    plain++;
    atomic_fetch_add_explicit(&number, 1, %s);
    while (atomic_load_explicit(&number, memory_order_relaxed) < 2) {
    }
    return 0;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, add, 0);
    %s
    add(0);
    return pthread_join(thread, 0);
}
"""
# Ordered by the atomic: none is found. By nothing: one is.
ORDERED = RACE % ("memory_order_release", "while (atomic_load(&number) < 1) {\n    }")
UNORDERED = RACE % ("memory_order_relaxed", "while (atomic_load_explicit(&number, memory_order_relaxed) < 1) {\n    }")


def run(*command, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def control(folder, header):
    """Whether helgrind finds the race of one program, and none in the other."""
    found = []
    for name, text in (("ordered", ORDERED), ("unordered", UNORDERED)):
        (folder / f"{name}.c").write_text(text)
        status, said = run("cc", "-pthread", "-g", "-include", header, folder / f"{name}.c", "-o", folder / name)
        if status != 0:
            print(said)
            sys.exit(77)  # no headers of valgrind
        found.append(run(*HELGRIND, folder / name)[0])
    print(f"a race: {'found' if found[1] == 9 else 'NOT FOUND'}; the same, ordered: "
          f"{'none found' if found[0] == 0 else 'FOUND'}")
    return found == [0, 9]


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:] or list(TESTS)
    header = source / "tests/slow/helgrind_atomics.h"
    if shutil.which("valgrind") is None:
        sys.exit(77)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        good = control(folder, header)
        build = folder / "build"
        for command in (["meson", "setup", build, source, "-Dbuildtype=debugoptimized", "-Dtests=enabled",
                         "-Dexamples=false", "-Dbenchmarks=false", f"-Dc_args=-include {header}"],
                        ["ninja", "-C", build] + [f"tests/robust/{test}" for test in wanted]):
            status, said = run(*command)
            if status != 0:
                print(said)
                return 1
        for test in wanted:
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            status, said = run(*HELGRIND, build / "tests/robust" / test, *TESTS.get(test, []))
            seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            passed = said.count("[       OK ]") + len(re.findall(r"(?m)^ok \d", said))
            print(f"{test}: {'no race' if status == 0 else f'status {status}'} in {passed} tests, {seconds:.0f} s "
                  "of processor", flush=True)
            if status != 0 or passed == 0:
                print(said)
                good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

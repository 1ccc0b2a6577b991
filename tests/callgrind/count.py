#!/usr/bin/env python3
"""Instructions that one evaluation takes, against the committed counts, within 2 %.

Usage: count.py [--write] PROGRAM BUILD
BUILD is "release" for an optimised build without sanitizers; anything else is skipped (77), as is a
machine without valgrind or AVX2, or a compiler that is not the baseline's. --write makes the
baseline anew:  tests/callgrind/count.py --write BUILD-DIR/tests/callgrind/shapes release
A count that falls by more than 2 % fails too: renew the baseline, so that the gain is guarded.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).with_name("counts.txt")
VARIANTS = ["reference", "avx2"]
TOLERANCE = 0.02


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def collect(program, variant, shape, times):
    environment = dict(os.environ, OPENBLAS_CORETYPE="Haswell", OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no",
             "--toggle-collect=ddn_query_run", f"--callgrind-out-file={scratch}/out", program,
             variant, shape, str(times)], env=environment, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{variant} {shape}: {done.stderr}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def count(program, variant, shape):
    # The first evaluation also binds symbols and finds memory, which depends on the machine.
    return collect(program, variant, shape, 2) - collect(program, variant, shape, 1)


def main():
    write = "--write" in sys.argv
    program, build = sys.argv[-2:]
    if shutil.which("valgrind") is None:
        skip("no valgrind")
    if " avx2 " not in pathlib.Path("/proc/cpuinfo").read_text().replace("\n", " "):
        skip("no AVX2")
    if build != "release":
        skip(f"counts are of a release build, not of {build}")
    compiler, *shapes = subprocess.run([program], text=True, capture_output=True,
                                       check=True).stdout.splitlines()
    known = {}
    if BASELINE.exists():
        for line in BASELINE.read_text().splitlines():
            key, value = line.rsplit(" ", 1) if not line.startswith("compiler") else (
                "compiler", line)
            known[key] = value
    if not write and known.get("compiler") != compiler:
        skip(f"the counts are of {known.get('compiler', 'no compiler')}, this is {compiler}")
    lines, bad = [compiler], 0
    for variant in VARIANTS:
        for shape in shapes:
            now = count(program, variant, shape)
            lines.append(f"{variant} {shape} {now}")
            if write:
                print(lines[-1])
                continue
            if f"{variant} {shape}" not in known:
                sys.exit(f"{variant} {shape} is not in {BASELINE.name}: renew it (--write)")
            before = int(known[f"{variant} {shape}"])
            change = now / before - 1
            failed = abs(change) > TOLERANCE
            bad += failed
            print(f"{variant} {shape}: {now} instructions, {100 * change:+.2f} %"
                  + (f", more than {100 * TOLERANCE:.0f} %" if failed else ""))
    if write:
        BASELINE.write_text("\n".join(lines) + "\n")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()

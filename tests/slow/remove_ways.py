#!/usr/bin/env python3
"""Removes each row of the table of ways in turn, rebuilds, and demands that the tests notice.

A copy of the checkout is built once; then each row of lib/oracle/empirical/ways.c is taken out in turn and the tests of the
room run. Prints a line per way: the tests that failed. At least one must, and it must be more than the comparison of
names with doc/design.md. Ends with status 1 if a way can be removed unnoticed.

Usage: remove_ways.py SOURCE-ROOT [WAY...]
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from checkout import copy, run

TABLE = "lib/oracle/empirical/ways.c"
TESTS = ["test_way_table", "test_draws", "test_parallel_ways", "test_pruning", "test_trajectory", "test_accuracy",
         "test_extremes", "test_ways", "test_weighted"]
NAMES_ONLY = "the_design_names_the_same_ways"


def failures(build):
    """What fails, as "test: case"; a test that dies counts as a case of its own."""
    found = []
    for name in TESTS:
        program = build / "tests" / "unit" / name
        try:
            done = subprocess.run(["env", "CMOCKA_MESSAGE_OUTPUT=TAP", str(program)], text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False, timeout=600)
        except subprocess.TimeoutExpired:
            found.append(f"{name}: takes for ever")
            continue
        cases = re.findall(r"^not ok \d+ - (\w+)", done.stdout, re.MULTILINE)
        found += [f"{name}: {case}" for case in cases]
        if done.returncode != 0 and not cases:
            found.append(f"{name}: dies with status {done.returncode}")
    return found


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:]
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="ddn_ways_") as folder:
        root = pathlib.Path(folder) / "source"
        build = pathlib.Path(folder) / "build"
        copy(source, root)
        made = run("meson", "setup", str(build), str(root), "-Dtests=enabled", "-Dexamples=false", "-Dbenchmarks=false",
                   "-Dwerror=false")
        if made.returncode != 0:
            sys.exit(made.stdout)
        targets = [f"tests/unit/{name}" for name in TESTS]
        table = root / TABLE
        text = table.read_text()
        ways = re.findall(r"^    &ddni_way_(\w+),", text, re.MULTILINE)
        if not ways:
            sys.exit(f"no rows found in {TABLE}")
        for way in ["", *ways]:
            if wanted and way and way not in wanted:
                continue
            table.write_text(re.sub(rf"^    &ddni_way_{way},.*\n", "", text, flags=re.MULTILINE) if way else text)
            built = run("ninja", "-C", str(build), *targets)
            if built.returncode != 0:
                sys.exit(built.stdout)
            found = failures(build)
            if not way:
                if found:
                    sys.exit("with all ways: " + "; ".join(found))
                print(f"{len(ways)} ways; with all of them {len(TESTS)} test programs pass", flush=True)
                continue
            real = [case for case in found if not case.endswith(NAMES_ONLY)]
            unnoticed += not real
            print(f"without {way}: {'; '.join(real) if real else 'NOTHING FAILS'}", flush=True)
    sys.exit(1 if unnoticed else 0)


if __name__ == "__main__":
    main()

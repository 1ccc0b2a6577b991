#!/usr/bin/env python3
"""Which branches of lib the fast tests take: a table by folder, and every branch that none takes.

Builds lib and tests under gcc's --coverage, without optimisation but for the kernels, runs the fast tests but for lint,
abi and the drivers (which assert less), and reads what gcov counted. A test that fails there is an error. At least 92 %
of the branches of each folder must be taken, and each line with a branch that is not taken must have a reason in
branches_reasons.txt beside this script; a reason that fits no such line any more is an error, unless it begins with "by
chance": some runs take such branches. Kernel variants that this processor cannot run are left out, and named.

How it counts: the branches are gcc's, with NDEBUG: two for each condition and each operand of && and ||, one for each
case of a switch, in macros as elsewhere. A header's line that several files include or expand counts once, and its
branch is taken if one of them takes it. A line that is never reached counts with all its branches.

Usage: branches.py FOLDER [--read]     (--read: of the last run in FOLDER, without building and running)
"""
import collections
import fnmatch
import pathlib
import re
import subprocess
import sys

import gcov
import reasons

ROOT = pathlib.Path(__file__).resolve().parents[2]
REASONS = pathlib.Path(__file__).with_name("branches_reasons.txt")
WANTED = 92.0
CHANCE = "by chance"  # begins the reasons of what some runs take and others do not
SUITES_OUT = ["lint", "abi", "drivers"]


def build_and_run(build):
    gcov.build(ROOT, build, "-Dexamples=false")
    gcov.forget(build)
    command = ["meson", "test", "-C", str(build), "--no-rebuild", "--timeout-multiplier", "10"]
    for suite in SUITES_OUT:
        command += ["--no-suite", suite]
    if subprocess.run(command, env=gcov.ENV, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        print("some tests fail under --coverage: see meson-logs/testlog.txt", flush=True)
        return False
    return True


def counted(build):
    """file -> line -> [function, [taken or not, for each branch]], merged over all files that include it."""
    merged = collections.defaultdict(dict)
    notes = gcov.of_lib(build, ".gcno")
    runnable = [note for note in notes if note.with_suffix(".gcda").exists()]
    for path, lines in gcov.lines(ROOT, build, runnable):
        for number, instances in lines.items():
            for line in instances:
                taken = [branch["count"] > 0 for branch in line["branches"]]
                old = merged[path].get(number)
                if old is None:
                    merged[path][number] = [line.get("function_name", ""), taken]
                else:
                    old[1] = merge(old[1], taken)
    return merged, sorted(note.name for note in notes if note not in runnable)


def merge(old, new):
    """Of two expansions of a line; where their branches differ in number, the longer one, filled from the start."""
    longer, shorter = (old, new) if len(old) >= len(new) else (new, old)
    return [one or (i < len(shorter) and shorter[i]) for i, one in enumerate(longer)]


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    passed = "--read" in sys.argv or build_and_run(build)
    merged, never = counted(build)
    if never:
        print("not run at all: " + ", ".join(never))
    rows, used = reasons.read(REASONS, "files | function | text | reason"), set()
    total, hit, without = collections.Counter(), collections.Counter(), collections.Counter()
    for path in sorted(merged):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text().splitlines()
        for number, (function, taken) in sorted(merged[path].items()):
            folder = path.parent.relative_to(ROOT).as_posix()
            total[folder] += len(taken)
            hit[folder] += sum(taken)
            if all(taken):
                continue
            source = text[number - 1].strip()
            matching = [row for row in rows if fnmatch.fnmatchcase(name, row[1]) and
                        fnmatch.fnmatchcase(function, row[2]) and re.search(row[3], source)]
            used.update(row[0] for row in matching)
            if not matching:
                without[folder] += len(taken) - sum(taken)
                print(f"{name}:{number}: {function}: {sum(taken)} of {len(taken)}: {source}")
    print(f"{'folder':24} {'branches':>8} {'taken':>8} {'share':>8} {'without a reason':>17}")
    low = []
    for folder in sorted(total):
        share = 100.0 * hit[folder] / max(total[folder], 1)
        low += [folder] if share < WANTED else []
        print(f"{folder:24} {total[folder]:8} {hit[folder]:8} {share:7.1f}% {without[folder]:17}")
    print(f"{'all':24} {sum(total.values()):8} {sum(hit.values()):8} "
          f"{100.0 * sum(hit.values()) / sum(total.values()):7.1f}% {sum(without.values()):17}")
    unused = [row for row in rows if row[0] not in used and not row[4].startswith(CHANCE)]
    for row in unused:
        print(f"{REASONS.name}:{row[0]}: fits no line any more")
    for folder in low:
        print(f"{folder}: less than {WANTED:g} %")
    sys.exit(1 if not passed or low or unused or sum(without.values()) else 0)


if __name__ == "__main__":
    main()

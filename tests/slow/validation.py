#!/usr/bin/env python3
"""The numbers of doc/validation.md and doc/times.md: makes them with a build of the library, and checks them.

validation.py BUILD --write [NAME...]   makes the tables NAME... anew (all of them: about a quarter of an hour on two
                                        processors) and writes them between their marks in the pages
validation.py BUILD --check [NAME...]   makes them anew and fails where a row does not hold, or where a number of the page
                                        is not that of now within its error
validation.py BUILD --list              names of the tables

BUILD is the folder of a build with the programs of doc/examples. Tables that programs of their own print (coverage,
score, spectrum, theory) are written only if they are named, and not checked here: those programs are tests themselves.
What is computed, and what it is compared with, is in validated.py.
"""
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import validated
from validated import ROOT

NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
UNCOMPARED = ("deviation", "σ")  # columns whose numbers have a limit of their own, or are scatter
PRINTED = {  # tables that other programs print as Markdown: how they are called
    "coverage_identities": lambda build: [str(build / "tests/slow/coverage_identities")],
    "coverage": lambda build: [str(build / "tests/slow/coverage_table")],
    "score": lambda build: [str(build / "tests/slow/score_random")],
    "spectrum": lambda build: [sys.executable, str(ROOT / "tests/slow/spectrum_random.py"), str(build / "lib/libdiffdyn.so")],
    "theory": lambda build: [sys.executable, str(ROOT / "tests/slow/theory_random.py"), str(build / "lib/libdiffdyn.so"),
                             "--count", "1000"],
}


def marks(name):
    return re.compile(rf"(<!-- validation: {name} -->\n\n?)(.*?)(\n?<!-- end -->)", re.DOTALL)


def page_of(name):
    for page in (ROOT / "doc/validation.md", ROOT / "doc/times.md"):
        if marks(name).search(page.read_text()):
            return page
    raise SystemExit(f"no page has the marks <!-- validation: {name} --> and <!-- end -->")


def rows_of(text):
    """The cells of the lines of the tables of a text."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()
            if line.startswith("|") and not re.match(r"^\|[-:|]+\|$", line)]


def put(name, lines):
    page = page_of(name)
    text = page.read_text()
    page.write_text(marks(name).sub(lambda m: f"<!-- validation: {name} -->\n\n" + "\n".join(lines) + "\n\n<!-- end -->",
                                    text))


def value_and_error(cell):
    """Of "2.76 ± 0.01": both numbers; without an error, the unit of the last digit that is printed."""
    value, _, error = cell.partition(" ± ")
    found = NUMBER.fullmatch(value.strip("`"))
    if not found:
        return None
    mantissa, _, exponent = found.group(0).replace("−", "-").partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return float(found.group(0).replace("−", "-")), float(error) if error else unit


def same(old, new):
    """Whether two cells say the same: texts are equal, numbers agree within their errors."""
    if old == new:
        return True
    a, b = value_and_error(old), value_and_error(new)
    return a is not None and b is not None and abs(a[0] - b[0]) <= 4 * math.hypot(a[1], b[1])


def compare(name, lines):
    """What of the table on the page is not reproduced."""
    page = page_of(name)
    old, new = rows_of(marks(name).search(page.read_text()).group(2)), rows_of("\n".join(lines))
    where = f"{page.relative_to(ROOT)}, {name}"
    if len(old) != len(new) or not old:
        return [f"{where}: {len(old)} lines on the page, {len(new)} now"]
    problems, heads = [], new[0]
    for before, now in zip(old, new):
        if len(before) != len(now):
            problems.append(f"{where}, {now[0]}: other columns")
            continue
        for head, a, b in zip(heads, before, now):
            if not any(word in head for word in UNCOMPARED) and not same(a, b):
                problems.append(f"{where}, {now[0]}, {head}: {a} on the page, {b} now")
    return problems


def printed(name, build):
    """What a program of its own prints, from its first table or heading on; and whether it failed."""
    done = subprocess.run(PRINTED[name](build), text=True, stdout=subprocess.PIPE, check=False)
    lines = done.stdout.rstrip().splitlines()
    while lines and not lines[0].startswith(("|", "#")):
        lines.pop(0)
    if not lines:
        raise SystemExit(f"{name}: {' '.join(PRINTED[name](build))} printed no table, status {done.returncode}")
    return lines, [f"status {done.returncode}"] if done.returncode != 0 else []


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in ("--write", "--check", "--list"):
        sys.exit(__doc__)
    build, what, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]
    if what == "--list":
        print(*validated.TABLES, *PRINTED)
        return
    problems = []
    with tempfile.TemporaryDirectory(prefix="ddn_validation_") as folder:
        tools = validated.Tools(build, pathlib.Path(folder))
        for name in names or validated.TABLES:
            start = time.monotonic()
            if name in PRINTED:
                lines, failed = printed(name, build)
            elif name in validated.TABLES:
                lines, failed = validated.TABLES[name](tools)
            else:
                raise SystemExit(f"no table {name}: {', '.join([*validated.TABLES, *PRINTED])}")
            seconds = time.monotonic() - start
            if lines is None:
                print(f"{name}: skipped: {failed}", flush=True)
                continue
            problems += [f"{name}: {text}" for text in failed]
            if what == "--check":
                problems += compare(name, lines)
            else:
                put(name, [*lines, "", f"(`tests/slow/validation.py build --write {name}`, {seconds:.0f} s.)"])
            print(f"{name}: {len(rows_of(chr(10).join(lines))) - 1} rows, {seconds:.0f} s", flush=True)
    for text in problems:
        print("FAILS", text)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

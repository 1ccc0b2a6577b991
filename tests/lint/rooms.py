#!/usr/bin/env python3
"""The rooms of lib as the pages, the tests and the folders have them, against lib/layers.txt.

rooms.py           the tables in doc/design.md and doc/contributing.md are those of lib/layers.txt, each public header is
                   described, each room has its folder, tests are in rooms, each suite is explained
rooms.py --write   writes the tables anew
"""
import re
import sys

from source import LAYERS, LIB, PUBLIC, ROOMS, ROOT, finish

DESIGN, CONTRIBUTING = ROOT / "doc/design.md", ROOT / "doc/contributing.md"
UNIT = ROOT / "tests/unit"


def quoted(names):
    return ", ".join(f"`{name}`" for name in names)


def design_table():
    rows = [f"| `{room}` | {quoted(headers)} | {text} |" for room, headers, text in LAYERS]
    return "\n".join(["| room | public headers | what lives there |", "|---|---|---|", *rows])


def contributing_list():
    """The rooms in order, in lines that fit."""
    lines = ["   "]
    for room in ROOMS:
        if len(lines[-1]) + len(room) > 110:
            lines.append("   ")
        lines[-1] += f" {room}"
    return "\n".join(lines)


def block(text, path, problems, wanted, write):
    """The text between the marks of a page, compared or replaced."""
    match = re.search(r"(<!-- lib/layers.txt -->\n\n)(.*?)(\n\n<!-- end -->)", text, re.DOTALL)
    if match is None:
        problems.append(f"{path.relative_to(ROOT)}: no marks <!-- lib/layers.txt --> and <!-- end -->")
        return
    if write:
        path.write_text(text[:match.start(2)] + wanted + text[match.end(2):])
    elif match.group(2) != wanted:
        problems.append(f"{path.relative_to(ROOT)}: not the rooms of lib/layers.txt: run tests/lint/rooms.py --write")


def check_headers(text, problems):
    """The table of headers: all of them, in the order of the rooms."""
    described = re.findall(r"^\| `(\w+\.h)` \|", text, re.MULTILINE)
    wanted = [header for _, headers, _ in LAYERS for header in headers]
    if described != wanted:
        problems.append(f"doc/design.md describes the headers {described}, lib/layers.txt has {wanted}")
    present = {path.name for path in PUBLIC.glob("*.h")} | {"version.h"}
    for header in sorted(present ^ set(wanted) - {"diffdyn.h"}):
        if header != "diffdyn.h":
            problems.append(f"{header}: in include/diffdyn or in lib/layers.txt, not in both")


def check_folders(problems):
    with_sources = {path.parent.relative_to(LIB).as_posix() for path in LIB.rglob("*.c")}
    for room in sorted(with_sources ^ set(ROOMS)):
        problems.append(f"lib/{room}: a folder without a line in lib/layers.txt, or a line without sources")
    listed = set(re.findall(r"^  '([\w/]+)': \{", (UNIT / "meson.build").read_text(), re.MULTILINE))
    with_tests = {path.parent.relative_to(UNIT).as_posix() for path in UNIT.rglob("test_*.c")}
    for room in sorted(listed - set(ROOMS)):
        problems.append(f"tests/unit/meson.build: {room} is no room of lib/layers.txt")
    for room in sorted(with_tests ^ listed):
        problems.append(f"tests/unit/{room}: tests that tests/unit/meson.build does not list, or the reverse")


def check_suites(text, problems):
    """Each suite that a meson.build file names, and each of a room, is explained under "Suites"."""
    named = {path.parent.name for path in UNIT.rglob("test_*.c")}
    for path in (ROOT / "tests").rglob("meson.build"):
        for expression in re.findall(r"suites?:\s*(\[[^\]]*\]|'\w+')", path.read_text()):
            named |= set(re.findall(r"'(\w+)'", expression))
    explained = set()
    section = text.split("## Suites")[1].split("\n## ")[0]
    for names in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE) + [section.split("\n| ")[0]]:
        explained |= set(re.findall(r"`([\w/]+)`", names))
    for suite in sorted(named - explained):
        problems.append(f"doc/contributing.md does not explain the suite {suite}")


def main():
    write, problems = "--write" in sys.argv, []
    design, contributing = DESIGN.read_text(), CONTRIBUTING.read_text()
    block(design, DESIGN, problems, design_table(), write)
    block(contributing, CONTRIBUTING, problems, contributing_list(), write)
    if not write:
        check_headers(design, problems)
        check_folders(problems)
        check_suites(contributing, problems)
    finish(problems, f"rooms ({len(ROOMS)})")


if __name__ == "__main__":
    main()

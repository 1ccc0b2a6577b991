#!/usr/bin/env python3
"""The programs of doc/examples/simple: short, on the public interface alone, and found from where a reader looks: a
header names each one ("Example: doc/examples/simple/NAME.c"), doc/index.md says what it shows, a test knows its output.
And the pages of doc/howto: their overview names each one, a test follows it.
"""
import re

from source import ROOT, finish, public_headers

FOLDER = ROOT / "doc/examples/simple"
LIMIT = 40
HEADERS = {"diffdyn/diffdyn.h", "inttypes.h", "math.h", "stdint.h", "stdio.h", "stdlib.h", "string.h"}


def check_program(path, problems):
    text = path.read_text()
    name = path.relative_to(ROOT)
    if text.count("\n") > LIMIT:
        problems.append(f"{name}: {text.count(chr(10))} lines, more than {LIMIT}")
    head = re.match(r"/\*(.*?)\*/", text, re.DOTALL)
    if not head or "Prints" not in head.group(1):
        problems.append(f"{name}: the comment at its head does not say what it prints")
    if head and f" * cc {path.stem}.c -o {path.stem} $(pkg-config --cflags --libs diffdyn)\n" not in head.group(1):
        problems.append(f"{name}: the comment at its head does not say how to compile it")
    for included in re.findall(r'#include [<"]([^>"]+)', text):
        if included not in HEADERS:
            problems.append(f"{name}: includes {included}")
    if not (ROOT / f"tests/drivers/simple/{path.stem}.txt").exists():
        problems.append(f"{name}: no tests/drivers/simple/{path.stem}.txt with its output")


def main():
    problems = []
    index = (ROOT / "doc/index.md").read_text()
    named = {}
    for header in public_headers():
        for path in re.findall(r"Example: (\S+)", header.read_text()):
            named.setdefault(path, []).append(header.name)
    for path in sorted(named):
        if not (ROOT / path).exists():
            problems.append(f"{', '.join(named[path])}: no {path}")
    programs = sorted(FOLDER.glob("*.c"))
    for path in programs:
        check_program(path, problems)
        if path.relative_to(ROOT).as_posix() not in named:
            problems.append(f"{path.relative_to(ROOT)}: no header names it")
        if f"`{path.name}`" not in index:
            problems.append(f"{path.relative_to(ROOT)}: doc/index.md does not name it")
    tested = (ROOT / "tests/drivers/meson.build").read_text()
    overview = (ROOT / "doc/howto/index.md").read_text()
    for page in sorted((ROOT / "doc/howto").glob("*.md")):
        if page.name != "index.md" and f"'howto/{page.stem}'" not in tested:
            problems.append(f"{page.relative_to(ROOT)}: tests/drivers/meson.build does not run it")
        if page.name != "index.md" and f"({page.name})" not in overview:
            problems.append(f"{page.relative_to(ROOT)}: doc/howto/index.md does not name it")
    finish(problems, f"examples ({len(programs)} programs)")


if __name__ == "__main__":
    main()

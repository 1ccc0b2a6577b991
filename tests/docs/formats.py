#!/usr/bin/env python3
"""The tables of doc/formats.md are what test_format_zoo prints.

formats.py PROGRAM           compares; sections that this build does not have (images, HDF5) are left out
formats.py PROGRAM --write   writes the tables that it prints
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "doc/formats.md"
MARKS = re.compile(r"(<!-- zoo: ([^>]*) -->\n\n)(.*?)(\n?<!-- end -->)", re.DOTALL)
FEWEST = 60  # files
FOREIGN = re.compile(r"(cannot read the HDF5 file|image cannot be read): [^`]*")  # what libhdf5, libpng, libjpeg say
BOTH = {"folders": "without libpng and libjpeg", "hdf5": "without libhdf5"}  # a build prints one of them


def printed(program):
    """{section: [(file, what happens)]}."""
    run = subprocess.run([program], text=True, capture_output=True, check=False)
    if run.returncode:
        raise SystemExit(f"{program} ended with {run.returncode}\n{run.stdout}{run.stderr}")
    sections = {}
    for line in (run.stdout + run.stderr).splitlines():
        if line.startswith("# | "):
            _, section, what, text = line.split(" | ", 3)
            sections.setdefault(section, []).append((what, text))
    return sections


def cell(text):
    assert "`" not in text, text
    return "`" + text.replace("|", "\\|") + "`"


def table(rows):
    lines = [f"| {what.replace('|', chr(92) + '|').replace('<', '&lt;').replace('>', '&gt;')} | {cell(text)} |"
             for what, text in rows]
    return "\n".join(["| file | what happens |", "|---|---|", *lines]) + "\n"


def main():
    sections, text, problems = printed(sys.argv[1]), PAGE.read_text(), []
    there = {match[2]: match[3] for match in MARKS.finditer(text)}
    files = sum(map(len, sections.values()))
    for name in sorted(sections.keys() - there.keys()):
        problems.append(f"doc/formats.md: no marks <!-- zoo: {name} --> and <!-- end -->")
    for name in there.keys() - sections.keys():
        if not any(name in pair and sections.keys() & set(pair) for pair in BOTH.items()):
            problems.append(f"doc/formats.md: test_format_zoo prints nothing for {name}")
    if files < FEWEST:
        problems.append(f"only {files} files")
    if sys.argv[2:] == ["--write"] and not problems:
        PAGE.write_text(MARKS.sub(lambda m: m[1] + (table(sections[m[2]]) if m[2] in sections else m[3]) + "\n<!-- end -->",
                                  text))
    else:
        for name in sections.keys() & there.keys():
            old, new = (FOREIGN.sub(r"\1", text).splitlines() for text in (there[name], table(sections[name])))
            problems += [f"{name}: the page has {line}" for line in old if line not in new]
            problems += [f"{name}: now it is    {line}" for line in new if line not in old]
            if not problems and old != new:
                problems.append(f"{name}: in another order")
    print("\n".join([*problems, f"{files} files: {'FAILED: run formats.py --write' if problems else 'ok'}"]))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

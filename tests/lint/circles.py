#!/usr/bin/env python3
"""Files of lib that use one another, in however many steps: only where they are one thing in parts, and say so.

A file uses another where it names a function or a table that the other one defines; a header counts as part of the source
file of its name. A circle is allowed inside one room, if the head comment of a header or source file in it has the words
"one thing in".
"""
import re

from source import LIB, finish, library_files, room_of, strip

DEFINED = re.compile(r"^(?!static|typedef|extern)[a-z][\w \*]*?\b((?:ddni|ddn)_\w+)\s*(?:\([^;{]*\)\s*\{|(?:\[\w*\])?\s*=)",
                     re.MULTILINE)


def unit_of(path):
    """A source file and the header of its name are one."""
    source = path.with_suffix(".c")
    return source if source.exists() else path


def graph():
    texts = {}
    for path in library_files():
        texts.setdefault(unit_of(path), []).append((path, path.read_text()))
    home = {}
    for unit, parts in texts.items():
        for path, text in parts:
            if path.suffix == ".c":
                for name in DEFINED.findall(strip(text)):
                    home[name] = unit
    uses = {}
    for unit, parts in texts.items():
        names = set(re.findall(r"\bddni?_\w+\b", " ".join(strip(text) for path, text in parts if path.suffix == ".c")))
        uses[unit] = {home[name] for name in names if name in home and home[name] != unit}
    return texts, uses


def circles(uses):
    """Strongly connected components of more than one file (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(unit):
        index[unit] = low[unit] = len(index)
        stack.append(unit)
        for other in sorted(uses[unit]):
            if other not in index:
                visit(other)
            if other in stack:
                low[unit] = min(low[unit], low[other])
        if low[unit] == index[unit]:
            part = stack[stack.index(unit):]
            del stack[stack.index(unit):]
            if len(part) > 1:
                found.append(sorted(part))

    for unit in sorted(uses):
        if unit not in index:
            visit(unit)
    return found


def main():
    texts, uses = graph()
    problems = []
    for circle in circles(uses):
        names = ", ".join(unit.relative_to(LIB).as_posix() for unit in circle)
        heads = [text.split("*/")[0] for unit in circle for _, text in texts[unit]]
        if len({room_of(unit) for unit in circle}) > 1:
            problems.append(f"a circle across rooms: {names}")
        elif not any("one thing in" in " ".join(head.replace(" *", " ").split()) for head in heads):
            problems.append(f"a circle that no head comment explains: {names}")
    finish(problems, "circles")


if __name__ == "__main__":
    main()

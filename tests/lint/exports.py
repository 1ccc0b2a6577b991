#!/usr/bin/env python3
"""Public functions: the headers, the version script and the built library name the same set, and
the library keeps no mutable globals.

Usage: exports.py LIBRARY.so CORE.a
"""
import re
import subprocess
import sys

from interface import public_functions
from source import LIB, finish, strip


def tool(*command):
    return subprocess.run(command, text=True, capture_output=True, check=True).stdout


def difference(left, left_name, right, right_name, problems):
    for name in sorted(left - right):
        problems.append(f"{name}: in {left_name}, not in {right_name}")
    for name in sorted(right - left):
        problems.append(f"{name}: in {right_name}, not in {left_name}")


def main():
    library, archive = sys.argv[1:3]
    problems = []
    headers = set(public_functions())
    script = set(re.findall(r"\b(ddn_\w+);", strip((LIB / "libdiffdyn.map").read_text())))
    exported = set()
    for line in tool("nm", "-D", "--defined-only", library).splitlines():
        kind, name = line.split()[-2:]
        if kind != "A":  # the version node itself
            exported.add(name.split("@")[0])
    difference(headers, "the headers", script, "libdiffdyn.map", problems)
    difference(script, "libdiffdyn.map", exported, "the library", problems)
    # Objects in writable sections; constant tables with addresses (.data.rel.ro) are not writable
    # once the library is loaded. Sanitizers add their own.
    for line in tool("objdump", "-t", archive).splitlines():
        match = re.search(r" O (\.(?:data|bss|tdata|tbss)(?:\.(?!rel\.ro)\S*)?)\s+\S+\s+(.*)$", line)
        if match and not re.search(r"asan|ubsan|tsan|\.LANCHOR|__gcov|lto", line):
            problems.append(f"mutable global {match.group(2)} in {match.group(1)}")
    finish(problems, f"exports ({len(headers)} functions)")


if __name__ == "__main__":
    main()

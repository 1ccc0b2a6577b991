"""Builds under gcc's --coverage, and what gcov counted in them."""
import collections
import json
import os
import struct
import subprocess

COUNTS = 0x01A10000  # the record of a function's counts; of a length below 0, where all of them are 0
ENV = {**os.environ, "CC": os.environ.get("CC", "gcc"), "OPENBLAS_NUM_THREADS": "1"}


def build(source, folder, *options):
    """Without optimisation but for the kernels, whose roundings need their fused operations."""
    if not (folder / "build.ninja").exists():
        # Bodies always inlined would count anew in each caller. Counts that threads lose would be missed where gcov
        # takes a branch's count for the difference of two others: below 0, or above it where it is 0.
        subprocess.run(["meson", "setup", str(folder), str(source), "-Dbuildtype=debug", "-Dwarning_level=0",
                        "-Db_ndebug=true", "-Db_coverage=true",
                        "-Dc_args=-Dalways_inline=unused -fprofile-update=prefer-atomic",
                        "-Dtests=enabled", "-Dbenchmarks=false", *options], env=ENV, check=True)
    subprocess.run(["ninja", "-C", str(folder)], env=ENV, check=True, stdout=subprocess.DEVNULL)


def forget(folder):
    for counts in folder.rglob("*.gcda"):
        counts.unlink()


def of_lib(folder, ending):
    """The files of lib's objects with an ending: .gcno (what can be counted) or .gcda (what was)."""
    return [path for path in sorted(folder.rglob("*" + ending)) if "lib" in path.relative_to(folder).parts[0]]


def has_counts(path):
    """Whether anything in a file of counts is not 0, as gcc 12 and later write it; of others, yes."""
    data, at = path.read_bytes(), 16
    if data[7:3:-1] < b"B2":
        return True
    while at + 8 <= len(data):
        tag, length = struct.unpack_from("=Ii", data, at)
        if tag == COUNTS and length > 0:
            return True
        at += 8 + max(length, 0)
    return False


def lines(source, folder, files):
    """Of files of counts or notes: (path of a source in lib, {line: what gcov says of it, each instance}) each."""
    if not files:
        return
    done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *map(str, files)],
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    for text in done.stdout.splitlines():
        for file in json.loads(text)["files"]:
            path = (folder / file["file"]).resolve()
            if path.is_relative_to(source / "lib"):
                found = collections.defaultdict(list)
                for line in file["lines"]:
                    found[line["line_number"]].append(line)
                yield path, found

#!/usr/bin/env python3
"""Small faults put into lib/, one at a time: how many of them do the tests of the fast setup notice?

A fault is a comparison turned over or moved by its end, a sum made a difference, an integer off by one, or a statement
left out, at a place drawn by chance among all lines of lib/. What does not compile, or compiles to the same code, is not
counted. Lint and abi are left out, since they read the source, and programs and bindings, which assert less of lib: what
they alone would notice counts as not noticed. A fault is noticed if a test fails, dies or hangs.
Prints a line per fault and the share noticed, by folder; ends with status 1 if it is below 85 %. Faults that change no
answer (a step of an iteration more, what only makes a call faster) stand with their reason in mutation_reasons.txt beside
this script, once someone has looked; they count for neither side, and are in a column of their own.

Of the tests only those run that execute the line of the fault, as a build under gcc's --coverage tells of each of them
beforehand: quick ones and those of the fault's room first, until one notices it. Those that gcov cannot know all of run
last: tests that fail or are missing in that build, and those that end processes, whose counts are lost. A line without
code of its own (of a long statement) is executed where the lines with code around it are. So the share is that of the
whole suite. For each fault one object is compiled, and what a test needs is linked before it runs.

With --keep a file holds what is found, and a run that was ended is gone on with by the same command; FILE.lines beside
it holds which tests execute which lines.

Usage: mutation.py SOURCE-ROOT [--count N] [--seed S] [--jobs J] [--only PATH-PREFIX] [--keep FILE]
                   [--at FILE:LINE:KIND]...
"""
import argparse
import collections
import fnmatch
import hashlib
import json
import math
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import gcov
import reasons
from checkout import copy, run

WANTED = 0.85
REASONS = pathlib.Path(__file__).with_name("mutation_reasons.txt")
# Not in the fast setup, or reading the source, or what is made of it.
LEFT_OUT = {"slow", "ensemble", "bench", "cross", "install", "ffi", "mpi", "docs", "lint", "abi", "drivers",
            "bindings"}
MEMORY = 12 << 30  # a fault may ask for any amount
LIMIT = 60  # seconds, for tests that wait for a busy disk,
BUSY = 5  # and those of a processor
NEAR = 5  # so many times as long may a test of the fault's room take as another one that runs before it
# Ends processes, or is ended: what these executed, gcov may not have been told.
ENDS = re.compile(r"\b(fork|kill|raise|_exit|send_signal|terminate)\s*\(")
TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
# Statements whose absence the compiler notices, or nobody can: declarations, jumps, assertions.
KEPT = re.compile(r"^\s*(return|break|continue|goto|case|default|else|typedef|static|const|extern|DDNI_ASSERT)\b")


def code_of(text):
    """The text with comments, strings and preprocessor lines blanked, places kept."""
    blank = lambda found: re.sub(r"[^\n]", " ", found.group(0))
    text = re.sub(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", blank, text, flags=re.M)


def places(text):
    """All faults of a file: (line, kind, start, end, replacement)."""
    code, found = code_of(text), []
    inside = [m.span() for m in re.finditer(r"^\{\n.*?^\}", code, flags=re.M | re.S)]  # bodies of functions
    for first, last in inside:
        body = code[first:last]
        for m in re.finditer(r" (<=|>=|==|!=|<|>) ", body):
            found.append(("comparison", first + m.start(1), first + m.end(1), TURNED[m.group(1)]))
        for m in re.finditer(r"(?<=[\w)\]]) ([+-]) (?=[\w(])", body):
            found.append(("sign", first + m.start(1), first + m.end(1), "-" if m.group(1) == "+" else "+"))
        for m in re.finditer(r"(?<![\w.])(\d+)(?![\w.])", body):
            for step in (1, -1):
                if int(m.group(1)) + step >= 0:
                    found.append(("constant%+d" % step, first + m.start(1), first + m.end(1),
                                  str(int(m.group(1)) + step)))
        for m in re.finditer(r"(?<=[;{}]\n)([ \t]+[\w*(][^;{}]*;)(?=\n)", body):
            statement = m.group(1)
            declares = re.match(r"\s*(?:const |static |struct |unsigned )*\w+ \**\w+(?:\[.*\])? ?(?:=|;|,)", statement)
            if not KEPT.match(statement) and not declares:
                found.append(("deleted", first + m.start(1), first + m.end(1), "    (void)0;"))
    return [(text.count("\n", 0, start) + 1, kind, start, end, new) for kind, start, end, new in found]


def objects_of(build, name):
    return sorted(build.glob("lib/*/" + str(name.relative_to("lib")).replace("/", "_") + ".o"))


def object_digest(build, name):
    """Of the code alone: line numbers and paths do not count."""
    h = hashlib.sha256()
    for o in objects_of(build, name):
        h.update(run("objdump", "-d", "-s", "-j", ".text", "-j", ".rodata", "-j", ".data", "-j", ".data.rel.ro", "-r",
                     "--no-addresses", str(o)).stdout.split("\n", 3)[-1].encode())
    return h.hexdigest()


def rooms(root):
    """The rooms of lib/layers.txt, the deepest first."""
    lines = (root / "lib/layers.txt").read_text().splitlines()
    names = [line.split("|")[0].strip() for line in lines if "|" in line and not line.startswith("#")]
    return sorted((n for n in names if n), key=len, reverse=True)


def fast_tests(root, build):
    """The tests of the fast setup in a build, as meson knows them; `targets`: what has to be made for each."""
    targets = {target["id"]: target for target in json.loads(run("meson", "introspect", "--targets", str(build)).stdout)}
    tests = []
    for test in json.loads(run("meson", "introspect", "--tests", str(build)).stdout):
        test["suites"] = {suite.split(":")[-1] for suite in test["suite"]}
        needed = [targets[name] for name in test["depends"] if name in targets]
        test["targets"] = [os.path.relpath(file, build) for target in needed for file in target["filename"]]
        own = [file for target in needed for some in target["target_sources"] for file in some.get("sources", [])]
        own = {os.path.normpath(build / file) for file in own + test["cmd"]}
        own = {file for file in own if file.startswith(str(root / "tests")) and os.path.isfile(file)}
        test["ends"] = any(ENDS.search(pathlib.Path(file).read_text()) for file in own)
        if not test["suites"] & LEFT_OUT:
            tests.append(test)
    return tests


def passes(build, test, scratch, limit, busy):
    """Whether a test passes within so many seconds, and so many of a processor."""
    def limits():
        os.setpgrp()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (busy, busy))
    env = {**os.environ, "TMPDIR": str(scratch), **test["env"]}
    process = subprocess.Popen(test["cmd"], cwd=test["workdir"] or build, env=env, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, preexec_fn=limits)
    try:
        output = process.communicate(timeout=limit)[0]
        return process.returncode in (0, 77) and not re.search(rb"^not ok", output, flags=re.M)
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


class Executed:
    """Which lines of lib each test executes: {test: {file: lines}}; all lines with code."""

    def __init__(self, source, folder, kept):
        mine = hashlib.sha256()
        for path in sorted(p for part in ("lib", "tests") for p in (source / part).rglob("*.[ch]")):
            mine.update(path.read_bytes())
        self.tests, self.code = {}, {}
        found = json.loads(kept.read_text()) if kept and kept.exists() else {"of": ""}
        if found["of"] != mine.hexdigest():
            found = {"of": mine.hexdigest(), **self.count(source, folder)}
            if kept:
                kept.write_text(json.dumps(found))
        sets = lambda files: {name: set(numbers) for name, numbers in files.items()}
        self.code = sets(found["code"])
        self.tests = {name: sets(files) for name, files in found["tests"].items()}

    @staticmethod
    def count(source, folder):
        copied, build = folder / "counted", folder / "counted-build"
        copy(source, copied)
        gcov.build(copied, build, "-Dexamples=false")
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        code, by_test = {}, {}

        def add(to, files, least):
            for path, lines in gcov.lines(copied, build, files):
                some = [number for number, all_of in lines.items() if max(one["count"] for one in all_of) >= least]
                name = str(path.relative_to(copied))
                to[name] = sorted({*to.get(name, []), *some})
        gcov.forget(build)
        add(code, gcov.of_lib(build, ".gcno"), 0)
        for test in fast_tests(copied, build):
            gcov.forget(build)
            if not test["ends"] and passes(build, test, scratch, 20 * test["timeout"], 20 * test["timeout"]):
                by_test[test["name"]] = {}
                add(by_test[test["name"]], [p for p in gcov.of_lib(build, ".gcda") if gcov.has_counts(p)], 1)
            print("# %s %s" % (test["name"], "counted" if test["name"] in by_test else "not counted"), flush=True)
        shutil.rmtree(copied)
        shutil.rmtree(build)
        return {"code": code, "tests": by_test}

    def by(self, test, name, line):
        """Whether a test may execute a line: 1, 0, or -1 where nothing is known of it."""
        if test not in self.tests or name not in self.code:
            return -1
        code, executed = self.code[name], self.tests[test].get(name, set())
        if line in code:
            return int(line in executed)
        return int(max((n for n in code if n < line), default=0) in executed or
                   min((n for n in code if n > line), default=0) in executed)


class Tree:
    """A copy of the source with its build, for one fault at a time."""

    def __init__(self, source, folder):
        self.root, self.build, self.scratch = folder / "tree", folder / "build", folder / "scratch"
        copy(source, self.root)
        self.scratch.mkdir()
        options = ["-Dtests=enabled", "-Dexamples=false", "-Dbenchmarks=false", "--buildtype=debugoptimized"]
        if run("meson", "setup", str(self.build), str(self.root), *options).returncode:
            sys.exit("the tree cannot be configured")
        self.rooms, self.digests = rooms(self.root), {}
        self.tests, self.executed = fast_tests(self.root, self.build), None
        if not self.make(file for test in self.tests for file in test["targets"]):
            sys.exit("the tree does not build")

    def make(self, files):
        return run("ninja", "-j1", "-C", str(self.build), *sorted(set(files))).returncode == 0

    def measure(self):
        """How long each test takes without a fault; they all have to pass."""
        for test in self.tests:
            begin = time.monotonic()
            if not passes(self.build, test, self.scratch, test["timeout"], 10 * test["timeout"]):
                sys.exit("%s fails without a fault" % test["name"])
            test["seconds"] = time.monotonic() - begin

    def chosen(self, name, line):
        """The tests that may execute a line, those to begin with first."""
        room = next((r for r in self.rooms if name.startswith("lib/" + r + "/")), "")
        order = []
        for test in self.tests:
            known = self.executed.by(test["name"], name, line)
            near = room.split("/")[-1] in test["suites"]
            if known != 0:
                order.append((known < 0, test["seconds"] * (1 if near else NEAR), len(order), test))
        return [row[-1] for row in sorted(order)]

    def notices(self, name, line):
        """The first test that fails, or an empty text; None if there is nothing to run."""
        tests, at, some = self.chosen(name, line), 0, 1
        while at < len(tests):
            few, at, some = tests[at:at + some], at + some, 4 * some  # linked together, so that ninja is not asked often
            if not self.make(file for test in few for file in test["targets"]):
                return None
            for test in few:
                seconds = test["seconds"]
                if not passes(self.build, test, self.scratch, LIMIT + 20 * seconds, math.ceil(BUSY + 20 * seconds)):
                    return test["name"]
        return ""

    def attempt(self, fault):
        """A fault in place: None if it does not count, else the test that notices it or an empty text."""
        name, (line, kind, start, end, new) = fault
        path, text = self.root / name, (self.root / name).read_text()
        if name not in self.digests:
            self.digests[name] = object_digest(self.build, name)  # it is that of no fault yet
        path.write_text(text[:start] + new + text[end:])
        try:
            objects = [str(o.relative_to(self.build)) for o in objects_of(self.build, name)]
            if not objects or not self.make(objects) or object_digest(self.build, name) == self.digests[name]:
                return None
            return self.notices(str(name), line)
        finally:
            path.write_text(text)  # newer than what was made of it
            shutil.rmtree(self.scratch)
            self.scratch.mkdir()


def drawn(root, options):
    """All faults in the order in which they are tried; each kind as often, since literals alone are half of all."""
    files = [p.relative_to(root) for p in sorted(root.glob("lib/**/*.c"))]
    faults = [(f, place) for f in files if str(f).startswith(options.only) for place in places((root / f).read_text())]
    if options.at:
        wanted = {tuple(at.split(":")) for at in options.at}
        return [x for x in faults if (str(x[0]), str(x[1][0]), x[1][1]) in wanted]
    rng, left, order = random.Random(options.seed), collections.defaultdict(list), []
    for fault in faults:
        left[fault[1][1].rstrip("+-1")].append(fault)
    for some in left.values():
        rng.shuffle(some)
    while any(left.values()):
        order.append(left[rng.choice([kind for kind in sorted(left) if left[kind]])].pop())
    return order


class Campaign:
    """The faults, handed to the trees one by one, until enough of them count."""

    def __init__(self, faults, count, kept):
        self.faults, self.count, self.next, self.results, self.lock = faults, count, 0, {}, threading.Lock()
        self.kept, self.tried = kept, {}
        self.reasons = reasons.read(REASONS, "files | kind | text | reason")
        # What the file is of: the places of all faults, so their order, seed and sources.
        mine = hashlib.sha256(repr(faults).encode()).hexdigest()
        if kept and kept.exists():
            of, *lines = kept.read_text().splitlines()
            if of != mine:
                sys.exit("%s is of other sources, another seed or other options" % kept)
            self.tried = dict(json.loads(line) for line in lines if line.endswith("]"))
        elif kept:
            kept.write_text(mine + "\n")

    def found(self, index, tree):
        """The test that notices the fault, as kept or as it comes out now."""
        if index in self.tried:
            return self.tried[index]
        by = tree.attempt(self.faults[index])
        if self.kept:
            with self.lock, self.kept.open("a") as file:
                file.write(json.dumps([index, by]) + "\n")
        return by

    def work(self, tree):
        while True:
            with self.lock:
                if self.next == len(self.faults) or len(self.results) >= self.count:
                    return
                index, self.next = self.next, self.next + 1
            by = self.found(index, tree)
            if by is None:
                continue
            name, (line, kind, start, end, new) = self.faults[index]
            text = (tree.root / name).read_text()
            was = " ".join(text[start:end].split())[:70]
            verdict = "noticed" if by else "no answer" if self.has_reason(name, kind, text, start, end) else "SURVIVED"
            with self.lock:
                self.results[index] = (str(name.parent), verdict)
                print("%-9s %s:%d:%s: %s%s%s" % (verdict, name, line, kind, was, "" if kind == "deleted" else " -> " + new,
                                                 " (%s)" % by if by else ""), flush=True)

    def has_reason(self, name, kind, text, start, end):
        """Whether the list has a reason for it: the lines of the fault, what is replaced between two marks."""
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        line = " ".join((text[first:start] + "<<" + text[start:end] + ">>" + text[end:last]).split())
        return any(fnmatch.fnmatch(str(name), file) and kind.startswith(of) and re.search(pattern, line)
                   for _, file, of, pattern, _ in self.reasons)

    def table(self):
        rows = [self.results[index] for index in sorted(self.results)][:self.count]
        count = lambda some, verdict: sum(found == verdict for _, found in some)
        share = lambda some: count(some, "noticed") / max(len(some) - count(some, "no answer"), 1)
        print("\n| folder | faults | that change no answer | of the others noticed |\n|---|---|---|---|")
        for name in [*sorted({folder for folder, _ in rows}), "all"]:
            some = [row for row in rows if name in (row[0], "all")]
            print("| %s | %d | %d | %.1f %% |" % (name, len(some), count(some, "no answer"), 100 * share(some)))
        return share(rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="lib/")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--at", action="append")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trees = [Tree(options.source.resolve(), pathlib.Path(folder) / str(job)) for job in range(options.jobs)]
        lines = options.keep and options.keep.with_name(options.keep.name + ".lines")
        executed = Executed(options.source.resolve(), pathlib.Path(folder), lines)
        trees[0].measure()
        seconds = {test["name"]: test["seconds"] for test in trees[0].tests}
        for tree in trees:
            tree.executed = executed
            for test in tree.tests:
                test["seconds"] = seconds[test["name"]]
        campaign = Campaign(drawn(trees[0].root, options), options.count, options.keep)
        workers = [threading.Thread(target=campaign.work, args=(tree,)) for tree in trees]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        sys.exit(campaign.table() < WANTED)


if __name__ == "__main__":
    main()

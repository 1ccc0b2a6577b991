#!/usr/bin/env python3
"""Small faults put into lib/, one at a time: how many of them do the tests of the fast setup notice?

A fault is a comparison turned over or moved by its end, a sum made a difference, an integer off by one, or a statement
left out, at a place drawn by chance among all lines of lib/. What does not compile, or compiles to the same code, is not
counted. The tests of the fault's room run first, then the others, quick ones first; lint and abi are left out, since
they read the source. A fault is noticed if a test fails, dies or hangs. Prints a line
per fault and the share noticed, by folder; ends with status 1 if it is below 85 %. Faults that change nothing that
anyone could see (a buffer with room to spare, a bound that is never met exactly) count as not noticed.

With --keep a file holds what is found, and a run that was ended is gone on with by the same command.

Usage: mutation.py SOURCE-ROOT [--count N] [--seed S] [--jobs J] [--only PATH-PREFIX] [--keep FILE]
                   [--at FILE:LINE:KIND]...
"""
import argparse
import collections
import hashlib
import json
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

from checkout import copy, run

WANTED = 0.85
# Not in the fast setup, or reading the source, or what is made of it.
LEFT_OUT = {"slow", "ensemble", "bench", "cross", "install", "ffi", "lint", "abi"}
MEMORY = 12 << 30  # a fault may ask for any amount
LIMIT = 60  # seconds, for tests that wait for a busy disk
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


def object_digest(build, name):
    """Of the code alone: line numbers and paths do not count."""
    stem = str(name.relative_to("lib")).replace("/", "_")
    objects = sorted(build.glob("lib/*/" + stem + ".o"))
    h = hashlib.sha256()
    for o in objects:
        h.update(run("objdump", "-d", "-s", "-j", ".text", "-j", ".rodata", "-j", ".data", "-j", ".data.rel.ro", "-r",
                     "--no-addresses", str(o)).stdout.split("\n", 3)[-1].encode())
    return h.hexdigest() if objects else None


def rooms(root):
    """The rooms of lib/layers.txt, the deepest first."""
    lines = (root / "lib/layers.txt").read_text().splitlines()
    names = [line.split("|")[0].strip() for line in lines if "|" in line and not line.startswith("#")]
    return sorted((n for n in names if n), key=len, reverse=True)


class Tree:
    """A copy of the source with its build, for one fault at a time."""

    def __init__(self, source, folder):
        self.root, self.build, self.scratch = folder / "tree", folder / "build", folder / "scratch"
        copy(source, self.root)
        self.scratch.mkdir()
        options = ["-Dtests=enabled", "-Dexamples=true", "-Dbenchmarks=false", "--buildtype=debugoptimized"]
        if run("meson", "setup", str(self.build), str(self.root), *options).returncode or not self.make():
            sys.exit("the tree does not build")
        self.rooms = rooms(self.root)
        self.tests = []
        for test in json.loads(run("meson", "introspect", "--tests", str(self.build)).stdout):
            test["suites"] = {suite.split(":")[-1] for suite in test["suite"]}
            if not test["suites"] & LEFT_OUT:
                self.tests.append(test)

    def make(self):
        return run("ninja", "-j1", "-C", str(self.build)).returncode == 0

    def measure(self):
        """How long each test takes without a fault; they all have to pass."""
        for test in self.tests:
            begin = time.monotonic()
            if not self.passes(test, test["timeout"]):
                sys.exit("%s fails without a fault" % test["name"])
            test["seconds"] = time.monotonic() - begin

    def passes(self, test, limit):
        def limits():
            os.setpgrp()
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        env = {**os.environ, "TMPDIR": str(self.scratch), **test["env"]}
        process = subprocess.Popen(test["cmd"], cwd=test["workdir"] or self.build, env=env, stdout=subprocess.PIPE,
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

    def notices(self, name):
        """The first test that fails, or an empty text."""
        room = next((r for r in self.rooms if str(name).startswith("lib/" + r + "/")), "")
        near = lambda test: room.split("/")[-1] not in test["suites"]
        for test in sorted(self.tests, key=lambda test: (near(test), test["seconds"])):
            if not self.passes(test, LIMIT + 20 * test["seconds"]):
                return test["name"]
        return ""

    def attempt(self, fault):
        """A fault in place: None if it does not count, else the test that notices it or an empty text."""
        name, (line, kind, start, end, new) = fault
        path, text = self.root / name, (self.root / name).read_text()
        before = object_digest(self.build, name)
        path.write_text(text[:start] + new + text[end:])
        try:
            if before is None or not self.make() or object_digest(self.build, name) == before:
                return None
            return self.notices(name)
        finally:
            path.write_text(text)
            self.make()
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
            was = " ".join((tree.root / name).read_text()[start:end].split())[:70]
            with self.lock:
                self.results[index] = (str(name.parent), by != "")
                print("%-8s %s:%d:%s: %s%s%s" % ("noticed" if by else "SURVIVED", name, line, kind, was,
                                                 "" if kind == "deleted" else " -> " + new,
                                                 " (%s)" % by if by else ""), flush=True)

    def table(self):
        rows = [self.results[index] for index in sorted(self.results)][:self.count]
        print("\n| folder | faults | noticed |\n|---|---|---|")
        for name in sorted({folder for folder, _ in rows}):
            hits = [noticed for folder, noticed in rows if folder == name]
            print("| %s | %d | %.0f %% |" % (name, len(hits), 100 * sum(hits) / len(hits)))
        share = sum(noticed for _, noticed in rows) / max(len(rows), 1)
        print("| all | %d | %.1f %% |" % (len(rows), 100 * share))
        return share


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
        trees[0].measure()
        seconds = {test["name"]: test["seconds"] for test in trees[0].tests}
        for test in [test for tree in trees for test in tree.tests]:
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

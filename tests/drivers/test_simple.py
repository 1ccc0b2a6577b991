"""The short programs of doc/examples/simple: each prints what tests/drivers/simple/NAME.txt says, measured
numbers to one unit of their last digit, reports a failure, and under valgrind leaks nothing and reads nothing that it
has not written.

Usage: test_simple.py output PROGRAM... | memory VALGRIND PROGRAM...
"""
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

from run_driver import idx, npy

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "data" / "medium"
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)(?![\w.]*\w)")
# What a program wants on its command line; the others take nothing.
ARGUMENTS = {"transitions": [DATA / "medium_d16_n128_X.npy", DATA / "medium_d16_n128_label.npy"]}


def run(*command):
    """In a folder of its own, which goes with what the program has written there."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(c).resolve()) if pathlib.Path(c).is_file() else str(c) for c in command]
        return subprocess.run(paths, text=True, capture_output=True, check=False, cwd=folder)


def tolerance(text):
    """One unit of the last digit of what is measured, printed with three decimals or more; else 0."""
    decimals = len(text.partition(".")[2]) if "e" not in text else 0
    return 1.01 * 10.0 ** -decimals if decimals >= 3 else 0


def agree(got, wanted):
    if "n" in wanted:  # nan or inf; the sign of a NaN means nothing
        return got.lstrip("-+") == wanted.lstrip("-+")
    return abs(float(got) - float(wanted)) <= tolerance(wanted)


def differences(got, wanted):
    """Lines that differ: in their words, or in a number by more than one unit."""
    problems = []
    got_lines, wanted_lines = got.splitlines(), wanted.splitlines()
    if len(got_lines) != len(wanted_lines):
        problems.append(f"{len(got_lines)} lines instead of {len(wanted_lines)}")
    for g, w in zip(got_lines, wanted_lines):
        same = NUMBER.sub("#", g) == NUMBER.sub("#", w)
        same = same and all(map(agree, NUMBER.findall(g), NUMBER.findall(w)))
        if not same:
            problems.append(f"printed   {g}\n    expected  {w}")
    return problems


def check_output(programs):
    problems = []
    for program in programs:
        name = pathlib.Path(program).name
        done = run(program, *ARGUMENTS.get(name, []))
        if done.returncode != 0 or done.stderr:
            problems.append(f"{name}: status {done.returncode}, {done.stderr}")
        wanted = (HERE / "simple" / f"{name}.txt").read_text()
        problems += [f"{name}: {what}" for what in differences(done.stdout, wanted)]
        if not differences(done.stdout.replace("1", "7"), wanted):
            problems.append(f"{name}: the comparison sees nothing")
        if name == "transitions":
            problems += check_bytes(program)
        if name in ARGUMENTS:  # a file that is not there, and no file
            for arguments, text in [(["missing.npy"] * len(ARGUMENTS[name]), "missing.npy"), ([], "usage")]:
                done = run(program, *arguments)
                if done.returncode != 1 or text not in done.stderr or done.stdout:
                    problems.append(f"{name} {arguments}: status {done.returncode}, {done.stderr}")
    return problems


def check_bytes(program):
    """Bytes of an IDX file are mapped to [-1, 1], where both transitions are on the grid; equal points have none."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        rng = random.Random(1)
        n, d = 64, 16
        labels = idx(f"{folder}/labels", (n,), bytes(k % 2 for k in range(n)))
        two = bytes(rng.randrange(60) + 195 * (k % 2) for k in range(n) for _ in range(d))
        for points, pattern in [(two, r"t_S = \d.*\nt_C = \d.*\n"), (bytes(n * d), r"(?s).*nan: no crossing .*\n")]:
            done = run(program, idx(f"{folder}/points", (n, d), points), labels)
            if done.returncode != 0 or not re.fullmatch(pattern, done.stdout):
                problems.append(f"{program} on bytes: status {done.returncode}, {done.stdout}{done.stderr}")
    return problems


def check_memory(valgrind, programs):
    command = [valgrind, "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=all"]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        # A few points are enough here.
        points = npy(f"{folder}/points.npy", (8, 2), "<f8", struct.pack("<16d", *(k * k % 7 for k in range(16))))
        labels = npy(f"{folder}/labels.npy", (8,), "<i4", struct.pack("<8i", *(k % 2 for k in range(8))))
        for program in programs:
            name = pathlib.Path(program).name
            wanted = ARGUMENTS.get(name, [])
            for arguments in [[points, labels][:len(wanted)]] + ([["missing.npy"] * len(wanted)] if wanted else []):
                done = run(*command, program, *arguments)
                if done.returncode != (1 if "missing.npy" in arguments else 0):
                    problems.append(f"{name} {arguments}: status {done.returncode}\n{done.stderr}")
    return problems


def main():
    what, *rest = sys.argv[1:]
    problems = check_output(rest) if what == "output" else check_memory(rest[0], rest[1:])
    print("\n".join(problems) or "as expected")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""A set over the ranks of mpirun: 1 to 4 ranks, twice each, with every MPI that is installed; and a fault of one rank.

mpi.py LIBRARY OUTPUT INCLUDE...   Exit 77: there is no mpicc with an mpirun of its own.
"""
import os
import pathlib
import re
import subprocess
import sys

from launch import installed

library, output, *includes = sys.argv[1:]
SOURCE = pathlib.Path(__file__).with_name("team_mpi.c")
LINE = re.compile(r"rank (\d+) of (\d+): (\w+) ([0-9a-f]{16}) ([01]) (.*)")


def run(program, launcher, options, ranks, *args):
    """The lines of all ranks, in order."""
    environment = {**os.environ, "LD_LIBRARY_PATH": str(pathlib.Path(library).parent)}
    done = subprocess.run([launcher, *options, "-n", str(ranks), program, *args], capture_output=True, text=True,
                          env=environment, timeout=60, check=False)
    found = sorted(LINE.findall(done.stdout))
    assert done.returncode == 0 and len(found) == ranks, (done.returncode, done.stdout, done.stderr)
    return found


def check(kind, compiler, launcher, options):
    """All that is asked of one MPI."""
    program = f"{output}_{kind}"
    subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *[f"-I{path}" for path in includes], str(SOURCE),
                    library, "-lm", "-o", program], check=True)
    for ranks in range(1, 5):
        first, second = run(program, launcher, options, ranks), run(program, launcher, options, ranks)
        assert first == second, ("another run, other bits", first, second)
        assert len({line[3] for line in first}) == 1, ("ranks differ", first)
        assert all(line[2] == "DDN_OK" and line[4] == "1" for line in first), first
    for line in run(program, launcher, options, 3, "fault"):
        assert line[2] == "DDN_E_NONFINITE" and "x[0][5]" in line[5] or "row 0" in line[5], line
    two = run(program, launcher, options, 2)[0]
    for line in run(program, launcher, options, 2, "groups") + run(program, launcher, options, 4, "groups"):
        assert line[2:5] == two[2:5], ("other bits in groups of two", line, two)
    for line in run(program, launcher, options, 3, "groups"):
        assert line[2] == "DDN_E_RANGE" and "size = 2 does not divide the 3 ranks of the whole" in line[5], line
    print(f"{kind}: the same bits on 1 to 4 ranks, one status after a fault")


found = list(installed())
for mpi in found:
    check(*mpi)
if not found:
    print("no mpicc.openmpi and mpirun.openmpi, nor mpich")
    sys.exit(77)

"""The command diffdyn-mpi, compiled for each MPI that is installed, and its ranks: for the tests of it.

Command line of such a test: KIND LIBRARY OUTPUT DIFFDYN MAIN INCLUDES ARCHIVE..., where KIND is that of an MPI (launch.py), or
all.
"""
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import time

from launch import installed

KIND = sys.argv[1]
LIBRARY, OUTPUT, ALONE, MAIN = map(os.path.abspath, sys.argv[2:6])
INCLUDES, *ARCHIVES = sys.argv[6:]
ENVIRONMENT = {**os.environ, "LD_LIBRARY_PATH": str(pathlib.Path(LIBRARY).parent)}
POINTS = 90
# What a rank runs: its number is found by the launcher's variable; what it ends with goes into a file, since a launcher
# that sees a status other than 0 ends the others.
WRAPPER = """#!/bin/sh
rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}
folder=$1; shift
[ -d "$folder/$rank" ] && cd "$folder/$rank"
[ -f "$folder/more.$rank" ] && set -- "$@" $(cat "$folder/more.$rank")
[ -f "$folder/before.$rank.so" ] && export LD_PRELOAD="$folder/before.$rank.so"
"$@" &
echo $! > "$folder/pid.$rank"
wait $!
echo $? > "$folder/status.$rank"
"""


def points(path, seed, d, kind="<f8"):
    """A file of two clusters."""
    draw = random.Random(seed)
    values = [draw.gauss((i // d % 2 * 8 - 4) * (i % d == 0), 1) for i in range(POINTS * d)]
    write(path, kind, (POINTS, d), struct.pack(f"<{len(values)}{'d' if kind == '<f8' else 'f'}", *values))
    write(path.with_name("y.npy"), "<i4", (POINTS,), struct.pack(f"<{POINTS}i", *(i % 2 for i in range(POINTS))))


def write(path, kind, shape, data):
    """An .npy file."""
    head = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + data)


OTHER_VERSION = """const char *ddn_version_string(void);
const char *ddn_version_string(void)
{
    return "9.9.9";
}
"""


class Mpi:
    """The command, compiled for one MPI, in a folder of its own."""

    def __init__(self, folder, kind, compiler, launcher, options):
        self.kind, self.folder = kind, folder
        # What does not depend on the MPI, the first one shows.
        self.first = kind == next(installed())[0]
        self.compiler, self.program = compiler, f"{OUTPUT}_{kind}"
        subprocess.run([compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *[f"-I{path}" for path in INCLUDES.split(":")],
                        MAIN, *ARCHIVES, LIBRARY, "-lz", "-lm", "-o", self.program], check=True)
        self.launch = [launcher, *options, "-n"]
        self.wrapper = folder / "wrapper"
        self.wrapper.write_text(WRAPPER, encoding="ascii")
        self.wrapper.chmod(0o755)
        points(folder / "x.npy", 1, 3)

    def give_other_version(self, rank):
        """That rank's library says that it is of another one, until the file is removed, which is returned."""
        source, library = self.folder / "version.c", self.folder / f"before.{rank}.so"
        source.write_text(OTHER_VERSION, encoding="ascii")
        subprocess.run([self.compiler, "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
        return library

    def run(self, ranks, *args):
        """A completed run that may fail."""
        return subprocess.run([*self.launch, str(ranks), self.program, *args], capture_output=True, text=True, timeout=180,
                              cwd=self.folder, env=ENVIRONMENT, check=False)

    def well(self, ranks, *args):
        """What it prints."""
        done = self.run(ranks, *args)
        assert done.returncode == 0 and done.stderr == "", (done.returncode, done.stdout, done.stderr)
        return done.stdout

    def alone(self, *args):
        """The same by one process without MPI."""
        subprocess.run([ALONE, *args], check=True, cwd=self.folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL)

    def start(self, ranks, *args):
        """By way of the wrapper; its folder is the test's."""
        for old in [*self.folder.glob("pid.*"), *self.folder.glob("status.*")]:
            old.unlink()
        return subprocess.Popen([*self.launch, str(ranks), str(self.wrapper), str(self.folder), self.program, *args],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder, env=ENVIRONMENT)

    def ends(self, ranks, program, status, text):
        """All ranks with that status, and one line of the command with that text; none of them prints anything else."""
        try:
            out, err = program.communicate(timeout=180)
        finally:
            program.kill()
        found = [int((self.folder / f"status.{r}").read_text(encoding="ascii")) for r in range(ranks)]
        assert found == [status] * ranks, (text, found, out, err)
        lines = [line for line in err.splitlines() if line.startswith("diffdyn")]
        assert len(lines) == 1 and text in lines[0] and out == "", (text, out, err)

    def fault(self, ranks, text, *args, more=None, **folders):
        """A run whose rank 1 has other words behind, or whose ranks have folders of their own: {rank: maker}."""
        if more is not None:
            (self.folder / "more.1").write_text(more, encoding="ascii")
        for rank, make in folders.items():
            (self.folder / rank[1:]).mkdir()
            make(self.folder / rank[1:])
        self.ends(ranks, self.start(ranks, *args), 2, text)
        for rank in folders:
            for file in (self.folder / rank[1:]).iterdir():
                file.unlink()
            (self.folder / rank[1:]).rmdir()
        (self.folder / "more.1").unlink(missing_ok=True)


def results(path):
    """The members of a JSON file of results but for what says how it was run."""
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["run"]
    return data


def journal_bytes(path):
    """Of the journal in a checkpoint; an empty one has about 100."""
    try:
        data = path.read_bytes()
    except OSError:
        return 0
    head = re.match(rb"diffdyn checkpoint 1 (\d+)\n", data)
    assert head, "no whole checkpoint: " + repr(data[:40])
    return len(data) - head.end() - int(head[1])


def is_alive(pid):
    """And no zombie."""
    try:
        return ") Z " not in pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False


def descendants(pid):
    """{process: name} of all that descend from that one."""
    parents, names = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        own, name, parent = re.match(r"(\d+) \((.*)\) \S (\d+)", text, re.S).groups()
        parents[int(own)], names[int(own)] = int(parent), name

    def descends(own):
        while own in parents and own != pid:
            own = parents[own]
        return own == pid
    return {own: name for own, name in names.items() if own != pid and descends(own)}


def ranks_below(pid):
    """Processes of the command that descend from that one."""
    return [own for own, name in descendants(pid).items() if name.startswith("diffdyn_mpi")]


def check_all(*checks):
    """With that MPI, or all. Exit 77: there is none."""
    found = [mpi for mpi in installed() if KIND in (mpi[0], "all")]
    for mpi in found:
        with tempfile.TemporaryDirectory(prefix="ddn_mpi_") as folder:
            one = Mpi(pathlib.Path(folder), *mpi)
            for check in checks:
                begin = time.monotonic()
                check(one)
                print(f"{mpi[0]}: {check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
    if not found:
        print("no mpicc.openmpi and mpirun.openmpi, nor mpich" if KIND == "all" else f"no mpicc.{KIND} and mpirun.{KIND}")
        sys.exit(77)

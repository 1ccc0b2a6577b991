#!/usr/bin/env python3
"""Jobs over ranks that keep checkpoints, killed at random moments (SIGKILL; one rank, which the launcher notices, or the
launcher and all ranks) and started again until they end: the files are those of a run that nobody disturbed. Jobs that
share samples go on on any number of ranks, or by the command without MPI, to the bits of one process; jobs that share
the data on the same number of ranks. Nothing half written is left beside the results.

kill.py KIND LIBRARY OUTPUT DIFFDYN MAIN INCLUDES ARCHIVE...
"""
import os
import random
import signal
import shutil
import subprocess
import time

from ranks import ALONE, ENVIRONMENT, check_all, descendants, is_alive, journal_bytes, ranks_below, results

KILLS = 50  # with each MPI
DATA = ["--data=x.npy", "--labels=y.npy", "--threads=1", "--plot=none", "--quiet"]
JOBS = {"regimes": ["regimes", "--samples=2000", "--clones=1000"], "uturn": ["uturn", "--paths=1000", "--times=4"],
        "branch": ["branch", "--paths=2000", "--times=4"]}


def found_in(folder):
    """What was measured: numbers and texts of all files, without what is said of the run."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            found[path.name] = results(path)
        elif path.suffix == ".csv":
            found[path.name] = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:2] != "# "]
    return found


class Job:
    """One that is killed until it ends; then it begins anew, as long as kills are wanted."""

    def __init__(self, mpi, draw, name, split):
        self.mpi, self.draw, self.split = mpi, draw, split
        self.args = [*JOBS[name], *DATA]
        self.wanted, self.lasts = {}, 3.0
        self.kills = self.starts = self.late = self.ends = self.whole = self.went_on = 0

    def undisturbed(self, ranks):
        """What it finds: by one process, where samples are shared."""
        if self.split == "samples":
            ranks = 0
        if ranks not in self.wanted:
            begin = time.monotonic()
            if ranks == 0:
                self.mpi.alone(*self.args, "--out=whole")
            else:
                self.mpi.well(ranks, *self.args, "--split=data", "--out=whole")
                self.lasts = time.monotonic() - begin
            self.wanted[ranks] = found_in(self.mpi.folder / "whole")
            shutil.rmtree(self.mpi.folder / "whole")
        return self.wanted[ranks]

    def begin(self, ranks):
        """The command on so many ranks; 0: without MPI."""
        last = [*self.args, "--out=out", "--checkpoint=kept", "--every=0.05"]
        command = [ALONE, *last] if ranks == 0 else [*self.mpi.launch, str(ranks), self.mpi.program, *last,
                                                    "--split=" + self.split]
        self.starts += 1
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.mpi.folder,
                                env=ENVIRONMENT)

    def kill(self, program, ranks):
        """Whether there was something to kill; until nothing of it is alive."""
        below = ranks_below(program.pid)
        everyone = [program.pid, *descendants(program.pid)]
        whole = ranks == 0 or self.draw.random() < 0.3
        victims = everyone if whole else [self.draw.choice(below)] if below else []
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        status = program.wait(timeout=60)
        deadline = time.monotonic() + 60
        while any(is_alive(pid) for pid in everyone):
            assert time.monotonic() < deadline, "a rank is left"
            time.sleep(0.05)
        if status == 0 or not victims:
            return False
        self.kills += 1
        self.whole += whole
        self.late += journal_bytes(self.mpi.folder / "kept") > 200
        return True

    def run(self, kills):
        """So many kills more, and then to the end."""
        wanted_kills = self.kills + kills
        folder, done = self.mpi.folder, False
        while not done:
            # Ranks of MPICH that wait take the processor from those that work, and data cost many exchanges.
            ranks = 2 if self.split == "data" and self.mpi.kind == "mpich" else self.draw.randint(2, 4)
            wanted = self.undisturbed(ranks)
            ended = False
            while not ended:
                program = self.begin(ranks)
                if self.kills < wanted_kills:
                    try:
                        program.wait(self.draw.uniform(0.1, 1) * self.lasts)
                    except subprocess.TimeoutExpired:
                        self.kill(program, ranks)
                errors = program.communicate(timeout=300)[1]
                self.went_on += "going on from" in errors
                ended = program.returncode == 0
                assert ended or self.kills > 0, errors
                if self.split == "samples" and not ended:
                    ranks = self.draw.choice([0, 2, 3, 4])
            assert found_in(folder / "out") == wanted, (self.args, ranks, "other numbers")
            left = [path.name for path in folder.iterdir() if path.name.startswith("kept")]
            assert not left, left
            shutil.rmtree(folder / "out")
            self.ends += 1
            done = self.kills >= wanted_kills


def check_kills(mpi):
    """All jobs; prints what happened."""
    draw = random.Random(1)
    jobs = [(name, split, Job(mpi, draw, name, split)) for name in JOBS for split in ("data", "samples")]
    for number, (name, split, job) in enumerate(jobs):
        job.run(KILLS * (number + 1) // len(jobs) - KILLS * number // len(jobs))
        print(f"{mpi.kind}: {name}, {split} shared: {job.kills} kills ({job.whole} of the whole job), {job.starts} starts, "
              f"{job.went_on} went on; {job.late} kills after something had been saved; {job.ends} ends, the same numbers",
              flush=True)
    kills, late = (sum(getattr(job, what) for *_, job in jobs) for what in ("kills", "late"))
    assert kills >= KILLS and 3 * late > kills, (kills, late)
    print(f"{mpi.kind}: {kills} kills, {late} of them after something had been saved")


check_all(check_kills)

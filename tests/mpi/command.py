#!/usr/bin/env python3
"""The command diffdyn-mpi under mpirun of one MPI, or of each that is installed: the same files each time, near those of one
process; a fault of one rank is one line and one status on all, and no rank is left waiting.

command.py KIND LIBRARY OUTPUT DIFFDYN MAIN INCLUDES ARCHIVE...   Exit 77: there is no mpicc of that kind with an mpirun of its own.
"""
import csv
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import time

from ranks import ENVIRONMENT, POINTS, check_all, is_alive, journal_bytes, points, ranks_below, results, write

SMALL = ["--threads=1", "--samples=24", "--clones=8", "--paths=8", "--path-steps=8", "--times=5", "--clone-times=2",
         "--plot=none"]
LONG = ["--threads=1", "--samples=1e7", "--clones=0", "--plot=none"]


def check_regimes(mpi):
    """The same bytes each time; numbers that no sample enters are those of one process, others near them."""
    args = ["regimes", "--data=x.npy", "--labels=y.npy", *SMALL]
    mpi.alone(*args, "--out=alone")
    alone = results(mpi.folder / "alone/regimes.json")
    for ranks in range(1, 5) if mpi.first else (3,):
        texts = [mpi.well(ranks, *args, "--out=out") and (mpi.folder / "out/regimes.json").read_bytes() for _ in range(2)]
        assert texts[0] == texts[1], (ranks, "another run, other bytes")
        names = sorted(path.name for path in (mpi.folder / "out").iterdir())
        assert names == ["entropy.csv", "phi.csv", "regimes.gp", "regimes.json"], names
        found = results(mpi.folder / "out/regimes.json")
        assert json.loads(texts[0])["run"]["ranks"] == ranks
        for name in ("Lambda", "t_S", "t_C_spectrum"):
            assert abs(found[name]["value"] - alone[name]["value"]) < 1e-9, (name, found[name], alone[name])
        for name in ("t_S_phi", "t_C_phi", "t_C_entropy", "t_C_last_change"):
            a, b = found[name], alone[name]
            assert abs(a["value"] - b["value"]) < 6 * (a["stderr"] + b["stderr"]), (name, a, b)


def check_samples(mpi):
    """Ranks that share the samples find the numbers of one process to the last digit."""
    data = ["--data=x.npy", "--labels=y.npy", "--threads=1", "--plot=none"]
    commands = ((["regimes", *SMALL], "regimes"), (["uturn", "--paths=300", "--times=3"], "uturn"),
                (["branch", "--paths=300", "--times=3"], "uturn"), (["phi", "--samples=300", "--times=4"], "phi"),
                (["uturn", "--paths=300", "--times=3"], None))
    for command, name in commands if mpi.first else commands[:1]:
        for folder in ("alone", "shared"):
            shutil.rmtree(mpi.folder / folder, ignore_errors=True)
        args = [*command, *(data if name else data[2:])]
        mpi.alone(*args, "--out=alone")
        files = sorted(path.name for path in (mpi.folder / "alone").glob("*.csv"))
        assert files
        for ranks in (2, 3):
            mpi.well(ranks, *args, "--split=samples", "--out=shared")
            for name in files:
                alone, out = ([line for line in (mpi.folder / folder / name).read_text(encoding="utf-8").splitlines()
                               if not line.startswith("# ")] for folder in ("alone", "shared"))
                assert alone == out, (command, ranks, name)


def check_groups(mpi):
    """Groups that have the data together and share the samples find the numbers of one of them to the last digit, also
    with the points left in their file."""
    data = ["--data=x.npy", "--labels=y.npy", "--threads=1", "--plot=none"]
    commands = (["uturn", "--paths=300", "--times=3"], ["branch", "--paths=300", "--times=3"],
                ["phi", "--samples=300", "--times=4"], ["collapse", "--samples=300", "--times=4"], ["regimes", *SMALL])
    for command in commands if mpi.first else commands[-1:]:
        found = []
        for ranks in (2, 4, 6) if command[0] == "regimes" else (2, 4):
            shutil.rmtree(mpi.folder / "shared", ignore_errors=True)
            mpi.well(ranks, *command, *data, "--shards=2", "--out=shared", *(["--in-place"] if ranks == 4 else []))
            tables = [path.read_text(encoding="utf-8").splitlines() for path in sorted((mpi.folder / "shared").glob("*.csv"))]
            found.append([[line for line in table if not line.startswith("# ")] for table in tables])
        assert found[0] and found.count(found[0]) == len(found), command
    run = json.loads((mpi.folder / "shared/regimes.json").read_text(encoding="utf-8"))["run"]
    assert (run["ranks"], run["split"], run["shards"]) == (6, "data", 2), run
    mpi.fault(4, "--shards 3 does not divide the 4 ranks", "phi", *data, "--shards=3")
    mpi.fault(4, "--shards 2: with --split samples each rank has all of the data", "phi", *data, "--split=samples",
              "--shards=2")
    mpi.fault(4, "--shards 2: here ranks can share the data alone", "score", "--shards=2", "--states=x.npy", "--t=1", *data[:1])
    mpi.fault(4, "rank 1 of 4 has --shards 1, rank 0 has --shards 2", "phi", *data, "--shards=2", more="--shards=1")
    mpi.fault(4, "--shards = 5 is outside", "phi", *data, "--shards=5")


def check_checkpoint(mpi):
    """Ranks that are killed go on from the file of the first one, to the numbers of a run that was not, also with other
    ranks: of a data set in as many parts."""
    args = ["regimes", "--data=x.npy", "--labels=y.npy", "--threads=1", "--plot=none", "--samples=2e3", "--clones=1e3"]
    jobs = (("data", 2, 2), ("data", 4, 2), ("samples", 2, 3))
    for split, ranks, others in jobs if mpi.first else jobs[::2]:
        mine = [*args, "--split=" + split, *(["--shards=2"] if ranks == 4 else [])]
        if ranks == 2:
            mpi.well(2, *mine, "--out=whole")
        kept = mpi.folder / "kept"
        program = subprocess.Popen([*mpi.launch, str(ranks), mpi.program, *mine, "--out=killed", "--checkpoint=kept",
                                    "--every=0.01"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=mpi.folder,
                                   env=ENVIRONMENT)
        while not kept.exists() or kept.stat().st_size < 20000:
            assert program.poll() is None, "it was over before it could be killed"
            time.sleep(0.01)
        os.kill(ranks_below(program.pid)[0], signal.SIGKILL)
        assert program.wait(timeout=60) != 0
        check_other_checkpoints(mpi, kept, mine)
        done = mpi.run(others, *mine, "--out=killed", "--checkpoint=kept")
        assert done.returncode == 0 and done.stderr.count("going on from kept") == 1, done.stderr
        assert results(mpi.folder / "killed/regimes.json") == results(mpi.folder / "whole/regimes.json"), (split, ranks)
        assert not kept.exists()


def check_other_checkpoints(mpi, kept, args):
    """Of another job on all ranks; on one rank none, or another one: nothing goes on, and the file stays."""
    whole, out = kept.read_bytes(), "--out=" + str(mpi.folder / "killed")
    mpi.fault(2, '"seed": 0}, this one "seed": 5}', *args, out, "--checkpoint=kept", "--seed=5")

    def folder(data):
        def make(folder):
            for name in ("x.npy", "y.npy"):
                shutil.copy(mpi.folder / name, folder)
            if data:
                (folder / "kept").write_bytes(data)
        return make
    for one, text in ((None, "rank 1 of 2 has no checkpoint kept, rank 0 has a checkpoint kept of"),
                      (whole[:-9], f"rank 1 of 2 has a checkpoint kept of {len(whole) - 9} bytes")):
        if "--shards=2" not in args:
            mpi.fault(2, text, *args, out, "--checkpoint=kept", _0=folder(whole), _1=folder(one))
    assert kept.read_bytes() == whole


def check_files(mpi):
    """Several files are the set that one file is, each rank reading its share; with labels of each."""
    if not mpi.first:
        return
    rows = struct.pack(f"<{POINTS}i", *(i % 2 for i in range(POINTS)))
    raw = (mpi.folder / "x.npy").read_bytes()
    row = (len(raw) - raw.index(b"\n") - 1) // POINTS
    for name, first, end in (("a", 0, 40), ("b", 40, POINTS)):
        at = raw.index(b"\n") + 1
        write(mpi.folder / f"{name}.npy", "<f8", (end - first, row // 8), raw[at + first * row:at + end * row])
        write(mpi.folder / f"{name}-labels.npy", "<i4", (end - first,), rows[4 * first:4 * end])
    found = []
    for data in (["--data=x.npy", "--labels=y.npy"], ["--data", "a.npy", "b.npy", "--labels", "a-labels.npy", "b-labels.npy"]):
        shutil.rmtree(mpi.folder / "out", ignore_errors=True)
        mpi.well(3, "phi", *data, "--samples=8", "--times=4", "--threads=1", "--plot=none", "--out=out")
        text = (mpi.folder / "out/phi_curve.csv").read_text(encoding="utf-8")
        run = json.loads((mpi.folder / "out/phi_curve.json").read_text(encoding="utf-8"))["run"]
        found.append(([line for line in text.splitlines() if line[0] != "#"],
                      [run["data"][name]["digest"] for name in ("data", "labels")]))
    assert found[0] == found[1] and [file["path"] for file in run["data"]["data"]["files"]] == ["a.npy", "b.npy"], found
    mpi.fault(3, "--in-place takes the points of one file, not of 2", "phi", "--data", "a.npy", "b.npy", "--in-place")
    mpi.fault(3, "b-labels.npy: 50 labels for n = 40 points", "phi", "--data", "a.npy", "b.npy", "--labels", "b-labels.npy",
              "a-labels.npy")


def check_score(mpi):
    """Numbers of one process to rounding, whatever the number of ranks."""
    args = ["score", "--data=x.npy", "--states=x.npy", "--t=0.5", "--threads=1"]
    for folder, run in (("alone", mpi.alone), ("out", lambda *a: mpi.well(3, *a))):
        run(*args, "--out=" + folder)
    rows = []
    for folder in ("alone", "out"):
        with open(mpi.folder / folder / "score.csv", encoding="utf-8") as f:
            rows.append([list(map(float, row)) for row in list(csv.reader(line for line in f if line[0] != "#"))[1:]])
    assert len(rows[0]) == POINTS
    for a, b in zip(*rows):
        assert all(abs(x - y) <= 1e-9 * (1 + abs(x)) for x, y in zip(a, b)), (a, b)


def check_commands(mpi):
    """What works, what is refused; questions are answered once."""
    data = ["--data=x.npy", "--labels=y.npy", "--threads=1", "--plot=none", "--out=out"]
    for command in (["uturn", "--paths=8", "--times=3"], ["branch", "--paths=8", "--times=3"],
                    ["trajectory", "--paths=4", "--steps=4"], ["phi", "--samples=8", "--times=4"],
                    ["collapse", "--samples=8", "--times=4"]):
        mpi.well(2, *command, *data)
    assert mpi.well(2, "--help").count("usage: ") == mpi.well(2, "regimes", "--help").count("usage: diffdyn-mpi regimes") == 1
    mpi.fault(2, "curse has nothing that ranks could share: run diffdyn curse", "curse")
    mpi.fault(2, "there is no command 'regime'", "regime")
    mpi.fault(2, "--data FILE is missing: two Gaussians are no data", "uturn")
    mpi.fault(2, "--split samples: here ranks can share the data alone", "score", "--split=samples",
              "--states=x.npy", "--t=1", *data[:1])
    mpi.fault(2, "--split data: here ranks can share the samples alone", "generalization", "--split=data", *data[:1])


def check_faults(mpi):
    """Of one rank."""
    args = ["regimes", "--data=x.npy", "--labels=y.npy", *SMALL, "--out=" + str(mpi.folder / "fault")]
    for path in ("x.npy", "y.npy"):
        (mpi.folder / path).rename(mpi.folder / ("kept_" + path))

    def good(folder):
        points(folder / "x.npy", 1, 3)

    mpi.fault(3, "rank 1 of 3 has --seed 5, rank 0 has --seed 0: all ranks must run", *args, more="--seed=5",
              _0=good, _1=good, _2=good)
    mpi.fault(3, "rank 1 of 3: unknown option --nonsense", *args, more="--nonsense", _0=good, _1=good, _2=good)
    mpi.fault(2, "rank 1 of 2: ddn_dataset_open_team: x.npy: cannot open", *args, _0=good, _1=lambda folder: None)
    mpi.fault(3, "diffdyn-mpi regimes: ddn_dataset_open_team: x.npy: cannot open", *args, _0=lambda folder: None, _1=good, _2=good)
    if mpi.first:
        check_other_files(mpi, args, good)
    for path in ("x.npy", "y.npy"):
        (mpi.folder / ("kept_" + path)).rename(mpi.folder / path)
    library = mpi.give_other_version(1)
    mpi.fault(3, "rank 1 of 3 has version 9.9.9, rank 0 has version ", *args)
    library.unlink()
    mpi.fault(2, "--checkpoint: cannot write no/kept: No such file", *args, "--checkpoint=no/kept")
    mpi.fault(3, "--out: cannot create folder", *args[:-1], "--out=/proc/no")
    mpi.fault(4, "--out: cannot create folder", *args[:-1], "--shards=2", "--out=/proc/no")


def check_other_files(mpi, args, good):
    """One rank sees other points."""
    mpi.fault(2, "rank 1 sees 90 points of d = 4, rank 0 90 of 3", *args, _0=good, _1=lambda folder: points(folder / "x.npy", 1, 4))
    mpi.fault(2, "rank 1 sees a file with another header", *args, _0=good, _1=lambda folder: points(folder / "x.npy", 1, 3, "<f4"))
    mpi.fault(4, "rank 3 of 4: ddn_dataset_open_team: x.npy: cannot open", *args, "--shards=2", _0=good, _1=good, _2=good,
              _3=lambda folder: None)
    mpi.fault(4, "rank 1 of 4: ddn_dataset_open_team: x.npy: cannot open", *args, "--shards=2", _0=good, _1=lambda folder: None,
              _2=good, _3=good)
    for rank in (0, 1):
        mpi.fault(3, f"rank 1 of 3 has --data x.npy of 90 x {3 + rank} numbers with the digest ", *args, "--split=samples",
                  **{f"_{r}": lambda folder, r=r: points(folder / "x.npy", 1, 3 + (r == 1) * rank, "<f4" if r == 1 else "<f8")
                     for r in range(3)})
    assert not (mpi.folder / "fault/regimes.json").exists()


def check_signals(mpi):
    """To one rank: all end with it, and the first one saves. One that is killed is the launcher's to notice."""
    last = ["--checkpoint=" + str(mpi.folder / "kept"), "--every=1e9", "--out=stopped"]
    for number, status, ranks, rank, split in ((signal.SIGINT, 130, 3, 1, "--split=samples"),
                                               (signal.SIGTERM, 143, 3, 1, "--split=samples"),
                                               (signal.SIGINT, 130, 4, 2, "--shards=2"),
                                               (signal.SIGTERM, 143, 4, 3, "--shards=2")):
        program = mpi.start(ranks, "regimes", "--data=x.npy", *LONG, *last, split)
        pid = wait_for_pid(mpi, rank)
        while not (mpi.folder / "kept").exists():
            assert program.poll() is None
            time.sleep(0.05)
        time.sleep(1)
        os.kill(pid, number)
        mpi.ends(ranks, program, status, "diffdyn-mpi regimes: interrupted")
        assert list((mpi.folder / "stopped").iterdir()) == []
        assert journal_bytes(mpi.folder / "kept") > 1000
        (mpi.folder / "kept").unlink()
    program = subprocess.Popen([*mpi.launch, "2", mpi.program, "regimes", "--data=x.npy", *LONG, "--out=stopped"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=mpi.folder, env=ENVIRONMENT)
    pids = []
    while len(pids) < 2:
        assert program.poll() is None
        time.sleep(0.1)
        pids = ranks_below(program.pid)
    time.sleep(1)
    os.kill(pids[0], signal.SIGKILL)
    assert program.wait(timeout=60) != 0
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "a rank is left"
        time.sleep(0.1)


def wait_for_pid(mpi, rank):
    """A rank's process, when it is at work."""
    path = mpi.folder / f"pid.{rank}"
    while not path.exists() or not path.read_text(encoding="ascii").strip():
        time.sleep(0.05)
    pid = int(path.read_text(encoding="ascii"))
    while not listens(pid):
        time.sleep(0.05)
    time.sleep(0.5)
    return pid


def is_command(pid):
    """And no longer the shell that becomes it."""
    return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="ascii").startswith("diffdyn_mpi")


def listens(pid):
    """Whether SIGINT is caught by the command."""
    if not is_command(pid):
        return False
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"SigCgt:\s*(\w+)", text)[1], 16) >> (signal.SIGINT - 1) & 1


check_all(check_regimes, check_samples, check_groups, check_checkpoint, check_files, check_score, check_commands, check_faults,
          check_signals)

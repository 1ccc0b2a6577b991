#!/usr/bin/env python3
"""`diffdyn regimes --checkpoint`, killed at random moments and started again, writes the report of a run that nobody
disturbed. One of another job is refused, and a file that is no checkpoint; at the end there is none, nor anything half
written. Where none can be written the job ends before it has read its data; a disk that is full later is told once.

Usage: test_checkpoint.py DIFFDYN KILLS
"""
import fcntl
import json
import os
import pathlib
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time

DIFFDYN, KILLS = sys.argv[1], int(sys.argv[2])


def write_points(path, n=300, d=6):
    """Two clusters, as .npy of doubles."""
    random.seed(5)
    rows = [[random.gauss(0, 1) + (3 if i % 2 else -3) * (j == 0) for j in range(d)] for i in range(n)]
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({n}, {d}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
                     + struct.pack(f"<{n * d}d", *(x for row in rows for x in row)))


def command(folder, out, *more):
    return [DIFFDYN, "regimes", "--data", str(folder / "x.npy"), "--out", str(out), "--plot", "none", "--quiet",
            "--threads", "1", "--samples", "4000", "--clones", "400", "--times", "12", "--clone-times", "4", *more]


def report(out):
    """What was measured, without what is said of the run."""
    text = json.loads((out / "regimes.json").read_text())
    return json.dumps({key: text[key] for key in ("rows", "columns", "scalars") if key in text})


def fails(args, *parts):
    run = subprocess.run(args, capture_output=True, text=True)
    assert run.returncode == 2, run
    assert run.stderr.count("\n") == 1 and all(part in run.stderr for part in parts), run.stderr


def where_none_can_be_written(folder, want):
    """An error before the data are read; a part that another process is writing is left alone, an old one taken over."""
    nothing = ["--data", str(folder / "missing.npy")]
    for path, why in ((folder / "no/job", "No such file or directory"), ("/proc/job", ""), (folder / ("j" * 250), "too long")):
        fails(command(folder, folder / "out", "--checkpoint", str(path), *nothing), "--checkpoint: cannot", why)
    part = folder / "job.diffdyn-part"
    part.write_text("of a process that was killed\n" * 5000)
    with open(part, "r+", encoding="ascii") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        fails(command(folder, folder / "out", "--checkpoint", str(folder / "job"), *nothing), "cannot write", "busy")
        assert os.fstat(other.fileno()).st_nlink == 1 and part.stat().st_size == 29 * 5000
    subprocess.run(command(folder, folder / "out", "--checkpoint", str(folder / "job")), check=True)
    assert report(folder / "out") == want
    part.symlink_to(folder / "x.npy")
    fails(command(folder, folder / "out", "--checkpoint", str(folder / "job"), *nothing), "cannot write")
    part.unlink()


def where_a_disk_is_full(folder):
    """One remark, the last good checkpoint stays, and the results are written. Files may have 40 kB here."""
    args = command(folder, folder / "out", "--checkpoint", str(folder / "job"), "--every", "0.02", "--clones", "3000")
    few = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))}
    plain = subprocess.run([*args[:-6], "--clones", "3000"], check=True, capture_output=True, text=True)
    want = report(folder / "out")
    assert plain.stderr == ""
    run = subprocess.run(args, check=True, capture_output=True, text=True, **few)
    assert run.stderr.count("\n") == 1 and "cannot write" in run.stderr and "too large" in run.stderr, run.stderr
    assert report(folder / "out") == want and not (folder / "job").exists()
    job = subprocess.Popen(args, stderr=subprocess.PIPE, text=True, **few)
    assert "cannot write" in job.stderr.readline()
    job.send_signal(signal.SIGKILL)
    job.communicate()
    assert 0 < (folder / "job").stat().st_size <= 40000 and not (folder / "job.diffdyn-part").exists()
    run = subprocess.run(args, check=True, capture_output=True, text=True)
    assert "going on from" in run.stderr and report(folder / "out") == want


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_points(folder / "x.npy")
        start = time.monotonic()
        subprocess.run(command(folder, folder / "plain"), check=True)
        whole = time.monotonic() - start
        want = report(folder / "plain")
        assert "phi_C" in want
        file = folder / "job"
        args = command(folder, folder / "out", "--checkpoint", str(file), "--every", "0.02")
        random.seed(7)
        kills = taken = 0
        while kills < KILLS:
            job = subprocess.Popen(args, stderr=subprocess.PIPE, text=True)
            try:
                job.wait(random.uniform(0.05, 0.6) * whole)
            except subprocess.TimeoutExpired:
                job.send_signal(signal.SIGKILL)
                kills += 1
            taken += "going on from" in job.communicate()[1]
            if job.returncode == 0:
                assert report(folder / "out") == want
                assert not file.exists()
            else:
                assert job.returncode == -signal.SIGKILL, job.returncode
        if file.exists():
            fails([*args, "--seed", "3"], "another job", '"seed": 0', '"seed": 3')
            taken += "going on from" in subprocess.run(args, check=True, capture_output=True, text=True).stderr
            assert report(folder / "out") == want
        assert not file.exists()
        assert taken >= 1, "no run went on from a checkpoint"
        file.write_text("something else\n")
        fails(args, "no checkpoint")
        assert file.read_text() == "something else\n"
        for result in ("phi.csv", "regimes.json"):
            fails(command(folder, folder / "out", "--checkpoint", str(folder / "out" / result)), "where a result goes")
        assert report(folder / "out") == want
        os.mkfifo(folder / "pipe")
        for path in (folder, folder / "pipe"):
            fails(command(folder, folder / "out", "--checkpoint", str(path)), "no regular file")
        file.unlink()
        where_none_can_be_written(folder, want)
        where_a_disk_is_full(folder)
        left = [path.name for path in folder.iterdir() if path.name.startswith("job")]
        assert not left, left
        print(f"{kills} kills, {taken} times a run went on")


if __name__ == "__main__":
    main()

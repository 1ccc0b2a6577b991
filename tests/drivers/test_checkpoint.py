#!/usr/bin/env python3
"""`diffdyn regimes --checkpoint`, killed at random moments and started again, writes the report of a run that nobody
disturbed. One of another job is refused, and a file that is no checkpoint; at the end there is none.

Usage: test_checkpoint.py DIFFDYN KILLS
"""
import json
import os
import pathlib
import random
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
        print(f"{kills} kills, {taken} times a run went on")


if __name__ == "__main__":
    main()

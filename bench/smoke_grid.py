#!/usr/bin/env python3
"""Smoke run of grid.py: cells, resumption, summary, and what is beyond the promise or slower than the baseline is counted.

Usage: smoke_grid.py BUILD-FOLDER
"""
import json
import pathlib
import subprocess
import sys
import tempfile

TOOL = pathlib.Path(__file__).with_name("grid.py")


def run(build, out, *args):
    done = subprocess.run([sys.executable, str(TOOL), build, "--out", str(out), "--shape", "50x3,40x9", "--rounds", "1",
                           "--budget", "0", "--threads", "2", *args], text=True, capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def look_at(build, out):
    cells = out / "cells.jsonl"
    few = ["--type", "f32,f64", "--batch", "1,3", "--t", "1"]
    run(build, out, *few)
    lines = cells.read_text().splitlines()
    assert len(lines) == 16, lines  # 2 sizes, 2 types, 2 batches, 2 baselines
    run(build, out, *few)
    assert cells.read_text().splitlines() == lines  # nothing was missing
    cells.write_text("\n".join(lines[:-2] + [lines[-2][:40]]) + "\n")  # stopped in the middle of a line
    run(build, out, *few)
    again = cells.read_text().splitlines()
    assert len(again) == 17 and again[:14] == lines[:14], again

    done = json.loads(again[-1])
    done["ratio"], done["score_error"] = 0.5, 1e-9
    cells.write_text("\n".join([*again, json.dumps(done)]) + "\n")
    run(build, out, *few, "--summary")
    summary = json.loads((out / "summary.json").read_text())
    assert set(summary) == {"f32", "f64"} and summary["f32"]["cells"] == summary["f64"]["cells"] == 4, summary
    row = summary[done["type"]]
    assert row["beyond_promise"] == 1 and row["below_1"] >= 1 and row["largest_error"] == 1e-9, row
    assert any(cell["ratio"] == 0.5 for cell in row["worst"]), row


def main():
    with tempfile.TemporaryDirectory(prefix="ddn_grid_") as folder:
        look_at(sys.argv[1], pathlib.Path(folder))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Smoke runs of the benchmark programs: the keys of the last line, sane numbers, bad options.

Usage: smoke.py PROGRAM
"""
import json
import os
import subprocess
import sys
import tempfile

KEYS = {
    "score": "ratio ratio_q1 ratio_q3 full_ratio read_ratio read_ratio_q1 fma_share fma_share_q3 "
             "score_error baseline_error ms baseline_ms touched kernel blas cpu threads",
}
GOOD = {
    "score": [["--n", "300", "--d", "33", "--batch", "5", "--type", "u8", "--t", "0.7"],
              ["--n", "300", "--d", "33", "--batch", "1", "--type", "f64", "--t", "1e-4"],
              ["--quick"]],
}
COMMON_BAD = [["--threads", "0"], ["--nonsense"], ["extra"], ["--batch", "0"], ["--batch", "x"]]
BAD = {
    "score": [["--t", "0"], ["--t", "nan"], ["--epsilon", "0.5"], ["--type", "i8"], ["--n", "-3"],
              ["--kernel", "none", "--n", "10"], ["--n", "100", "--d", "8", "--data", "fashion"]],
}


def run(program, *args):
    return subprocess.run([program, *args], text=True, capture_output=True, check=False,
                          timeout=100)


def main():
    program = os.path.abspath(sys.argv[1])
    name = os.path.basename(program)
    os.chdir(tempfile.mkdtemp(prefix="ddn_bench_"))
    for args in GOOD[name]:
        done = run(program, *args, "--rounds", "2", "--threads", "2", "--json")
        assert done.returncode == 0, (args, done.stderr)
        last = json.loads(done.stdout.splitlines()[-1])
        for key in KEYS[name].split():
            assert key in last, (key, last)
        assert last["ratio"] > 0 and last["threads"] == 2, last
        limit = 1e-11 if last.get("type") == "f64" else 1e-5
        assert last["score_error"] <= limit, last
        plain = run(program, *args, "--rounds", "1")
        assert plain.returncode == 0 and "processor" in plain.stdout, (args, plain.stderr)
    for args in COMMON_BAD + BAD[name]:
        done = run(program, *args)
        assert done.returncode == 2, (args, done.returncode, done.stdout, done.stderr)
        assert done.stderr.count("\n") == 1, (args, done.stderr)
    assert "usage" in run(program, "--help").stdout


if __name__ == "__main__":
    main()

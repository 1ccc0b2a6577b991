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
    "covariance": "ratio ratio_q1 ratio_q3 read_ratio ms baseline_ms difference task k states kernel blas cpu threads",
    "farfield": "t rank spread largest threads outside certified order log10_terms ways",
    "growth": "slope_n_ours slope_n_baseline slope_d_ours slope_B_ours_late speedup_threads ways "
              "ways_late kernel",
    "nearest": "ratio ratio_q1 ratio_q3 ms baseline_ms difference queries k kernel blas cpu threads",
    "network": "batch method network_us network_us_q1 library_us share share_q3 kernel blas cpu threads",
    "score": "ratio ratio_q1 ratio_q3 full_ratio read_ratio read_ratio_q1 fma_share fma_share_q3 "
             "score_error baseline_error ms baseline_ms touched ways forbid kernel blas cpu threads",
    "team": "ratio ratio_q1 ratio_q3 weak weak_q1 ms whole_ms exchanges bytes difference ranks kernel blas cpu threads",
    "toy": "ratio ratio_q1 ratio_q3 ms difference n d batch steps method kernel blas cpu threads",
    "trajectory": "ratio ratio_q1 ratio_q3 full_ratio integrator_ratio touched score_error "
                  "touched_1e-0 touched_1e-3 ways ways_1e-0 ways_1e-3 seconds baseline_seconds kernel "
                  "blas cpu threads",
}
GOOD = {
    "covariance": [["--n", "300", "--d", "33", "--task", "spectrum"], ["--n", "300", "--d", "33", "--task", "log_det"],
                   ["--n", "30", "--d", "133", "--task", "span", "--type", "f64"],
                   ["--n", "300", "--d", "33", "--task", "span", "--type", "f32"],
                   ["--n", "30", "--d", "133", "--task", "spectrum", "--k", "7"], ["--n", "300", "--d", "33", "--states", "99"]],
    "farfield": [["--n", "300", "--d", "20", "--data", "synthetic"]],
    "growth": [["--quick"]],
    "nearest": [["--n", "300", "--d", "33", "--batch", "5", "--k", "7", "--queries", "points"],
                ["--n", "300", "--d", "33", "--batch", "1", "--k", "300", "--type", "f64"]],
    "network": [["--batch", "3", "--steps", "2"], ["--batch", "1", "--steps", "2", "--method", "sde"]],
    "score": [["--n", "300", "--d", "33", "--batch", "5", "--type", "u8", "--t", "0.7"],
              ["--n", "300", "--d", "33", "--batch", "1", "--type", "f64", "--t", "1e-4"],
              ["--n", "300", "--d", "33", "--batch", "5", "--t", "0.1", "--forbid",
               "refine_wide,refine,dense_f32,dense_f64,dense_wide"],
              ["--quick"]],
    "team": [["--n", "300", "--d", "33", "--batch", "5", "--type", "u8"],
             ["--n", "200", "--d", "20", "--batch", "1", "--type", "f64", "--t", "0.1"], ["--quick"]],
    "toy": [["--steps", "20", "--batch", "30", "--method", "sde"],
            ["--steps", "20", "--batch", "9", "--n", "40", "--d", "2", "--type", "f32"]],
    "trajectory": [["--quick", "--batch", "1", "--method", "ode"],
                   ["--quick", "--batch", "5", "--method", "sde"]],
}
SHORT = {name: ["--rounds", "1"] for name in ("covariance", "growth", "nearest", "network", "score", "team", "toy")}
COMMON_BAD = [["--threads", "0"], ["--nonsense"], ["extra"], ["--batch", "0"], ["--batch", "x"]]
BAD = {
    "covariance": [["--k", "0"], ["--task", "rank"], ["--n", "9", "--d", "3", "--k", "4", "--task", "spectrum"],
                   ["--n", "9", "--d", "4097", "--task", "frechet"], ["--c", "0"]],
    "farfield": [["--tolerance", "1"]],
    "growth": [["--n-max", "1"], ["--out", "/dev/null/x"]],
    "nearest": [["--k", "0"], ["--queries", "none"], ["--n", "9", "--d", "2", "--k", "10"],
                ["--n", "9", "--d", "2", "--queries", "fresh"]],
    "network": [["--method", "rk4"], ["--rounds", "99"]],
    "score": [["--t", "0"], ["--t", "nan"], ["--epsilon", "0.5"], ["--type", "i8"], ["--n", "-3"],
              ["--kernel", "none", "--n", "10"], ["--n", "100", "--d", "8", "--data", "fashion"],
              ["--n", "99", "--forbid", "refine,"], ["--n", "99", "--forbid", "refine,direct"]],
    "team": [["--type", "i8"], ["--n", "1", "--threads", "2"], ["--t", "0"], ["--threads", "65"]],
    "toy": [["--method", "rk4"], ["--d", "17"], ["--n", "0"]],
    "trajectory": [["--method", "rk4"], ["--steps", "10"], ["--n", "60001"], ["--repeats", "99"]],
}


def run(program, *args):
    return subprocess.run([program, *args], text=True, capture_output=True, check=False,
                          timeout=100)


def check_ways(name, args, last):
    """The ways that served, as shares of the states, none of them forbidden."""
    ways = last["ways"]
    forbidden = last.get("forbid", "").split(",")
    assert all(0 < share <= 1 for share in ways.values()), ways
    assert abs(sum(ways.values()) - 1) < 1e-4, ways
    assert not set(ways) & set(forbidden), (ways, forbidden)
    if len(forbidden) > 1:
        assert ways == {"direct": 1}, ways
    if name == "trajectory":
        decades = [last[f"ways_1e-{k}"] for k in range(4)]
        assert set(ways) == set().union(*decades) and decades[-1]["nearby"] > 0.5, last


def look_at(program):
    name = os.path.basename(program)
    for args in GOOD[name]:
        done = run(program, *args, *SHORT.get(name, []), "--threads", "2", "--json")
        assert done.returncode == 0, (args, done.stderr)
        last = json.loads(done.stdout.splitlines()[-1])
        for key in KEYS[name].split():
            assert key in last, (key, last)
        assert last["threads"] == 2, last
        if name == "growth":
            assert os.path.getsize("out/growth_n.csv") > 100
            assert abs(sum(last["ways_late"].values()) - 1) < 1e-4, last
        elif name == "farfield":
            assert 0 < last["spread"] <= last["largest"], last
            assert last["outside"] <= last["certified"], last
        elif name in ("covariance", "nearest"):
            assert last["ratio"] > 0 and last["difference"] < 1e-12, last
        elif name == "network":
            assert 0 < last["share_q1"] <= last["share"] <= last["share_q3"] < 1, last
        elif name == "team":
            assert last["ratio"] > 0 and last["exchanges"] == 3 and last["difference"] < 1e-5, last
        elif name == "toy":
            assert last["ratio"] > 0 and last["difference"] < 1e-9, last
        else:
            assert last["ratio"] > 0, last
            assert last["score_error"] <= (1e-11 if last["type"] == "f64" else 1e-5), last
        if name in ("covariance", "nearest", "network", "team", "toy"):
            continue
        check_ways(name, args, last)
        plain = run(program, *args, *SHORT.get(name, []))
        assert plain.returncode == 0 and "processor" in plain.stdout, (args, plain.stderr)
        # In growth the ways are those of all rows, elsewhere those of the last.
        rows = plain.stdout if name == "growth" else plain.stdout.splitlines()[-1]
        for way in set(last["ways"]) | set(last.get("ways_late", [])):
            assert f" {way} " in rows, (way, plain.stdout)
    for args in COMMON_BAD + BAD[name]:
        done = run(program, *args)
        assert done.returncode == 2, (args, done.returncode, done.stdout, done.stderr)
        assert done.stderr.count("\n") == 1, (args, done.stderr)
    assert "usage" in run(program, "--help").stdout


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="ddn_bench_") as folder:
        os.chdir(folder)
        look_at(program)
        os.chdir("/")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The grid of cases that the library shall win everywhere: sizes, batches, times and types against plain C + OpenBLAS.

Every cell is timed by `score` in turns with the baseline, in a process of its own for each core of OpenBLAS: as
shipped, and the best one for the processor, or those of --core. A line of JSON for each goes to OUT/cells.jsonl as it
is done; a run that was stopped, or whose grid grew, goes on where cells are missing. Then a summary (OUT/summary.json,
and on the terminal): geometric means, cells below 1, worst cells with the ways that served, errors beyond the promise;
and a heat map of each type (OUT/TYPE.png, needs gnuplot). What counts in a cell is the strongest of these baselines.

Usage: grid.py BUILD-FOLDER [--out FOLDER] [--type u8,f32,f64] [--shape NxD,...] [--batch B,...] [--t T,...] [--core NAME,...]
               [--kernel NAME] [--rounds R] [--budget SECONDS] [--summary]
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys

SHAPES = "1000x1,1000x2,1000x10,2000x64,200x784,1000x784,20000x256,60000x784,4000x3072,200x12288,20000x12288"
BATCHES = "1,2,4,16,32,64,256,1024"
TIMES = "2,0.5,0.1"
LARGEST = {"u8": 7e10, "f32": 7e10, "f64": 5e9}  # B n d: what takes no longer than seconds
PROMISE = {"u8": 1e-5, "f32": 1e-5, "f64": 1e-12}
NOISE = 0.97  # a ratio from here on counts as 1


def best_core():
    """The best core of OpenBLAS that this processor can run."""
    cpu = pathlib.Path("/proc/cpuinfo")
    return "SkylakeX" if cpu.exists() and "avx512f" in cpu.read_text() else "Haswell"


def key(cell):
    return (cell["type"], cell["n"], cell["d"], cell["batch"], cell["t"], cell["core"])


def read(path):
    """The cells that are done, the last line of each; a line that was cut short is none."""
    done = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            cell = json.loads(line)
            done[key(cell)] = cell
        except (ValueError, KeyError):
            continue
    return done


def wanted(args):
    """(type, n, d): [(batch, t)], small ones first."""
    shapes = [tuple(int(k) for k in shape.split("x")) for shape in args.shape.split(",")]
    pairs = [(int(b), float(t)) for b in args.batch.split(",") for t in args.t.split(",")]
    return {(kind, n, d): [(b, t) for b, t in pairs if b * n * d <= LARGEST[kind]]
            for n, d in sorted(shapes, key=lambda s: s[0] * s[1]) for kind in args.type.split(",")}


def measure(args, core, shape, pairs, out):
    """Times the pairs of one set of points with one core of OpenBLAS and appends what `score` prints."""
    kind, n, d = shape
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    if core != "shipped":
        env["OPENBLAS_CORETYPE"] = core
    for t in sorted({t for _, t in pairs}, reverse=True):
        batches = ",".join(str(b) for b, at in pairs if at == t)
        command = [str(args.build / "bench" / "score"), "--json", "--n", str(n), "--d", str(d), "--type", kind, "--batch", batches,
                   "--t", repr(t), "--rounds", str(args.rounds), "--budget", str(args.budget), "--kernel", args.kernel]
        if args.threads:
            command += ["--threads", str(args.threads)]
        with subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE) as process:
            for line in process.stdout:
                cell = json.loads(line)
                cell["core"] = core
                with out.open("a") as file:
                    file.write(json.dumps(cell) + "\n")
                print(f"{kind:4} {n:6} x {d:<6} B {cell['batch']:<5g} t {t:<5g} {core:9} {cell['ratio']:7.2f}  "
                      f"{' '.join(cell['ways'])}", flush=True)
        if process.returncode != 0:
            sys.exit(f"grid.py: {' '.join(command)} ended with status {process.returncode}")


def strongest(done, grid, cores):
    """(type, n, d, batch, t): the cell against the strongest baseline, where all are done."""
    cells = {}
    for (kind, n, d), pairs in grid.items():
        for b, t in pairs:
            found = [done[at] for at in ((kind, n, d, b, t, core) for core in cores) if at in done]
            if len(found) == len(cores):
                cells[kind, n, d, b, t] = min(found, key=lambda c: c["ratio"])
    return cells


def summarize(cells):
    """A dictionary of results by type."""
    summary = {}
    for kind in sorted({at[0] for at in cells}):
        own = [cell for at, cell in cells.items() if at[0] == kind]
        ratios = [cell["ratio"] for cell in own]
        worst = sorted(own, key=lambda c: c["ratio"])[:8]
        summary[kind] = {
            "cells": len(own),
            "geometric_mean": math.exp(sum(map(math.log, ratios)) / len(ratios)),
            "below_1": sum(ratio < NOISE for ratio in ratios),
            "beyond_promise": sum(not cell["score_error"] <= PROMISE[kind] for cell in own),
            "largest_error": max(cell["score_error"] for cell in own),
            "worst": [{k: cell[k] for k in ("n", "d", "batch", "t", "ratio", "ratio_q1", "ratio_q3", "core", "ways")}
                      for cell in worst],
        }
    return summary


def show(summary):
    for kind, row in summary.items():
        print(f"\n{kind}: {row['cells']} cells, geometric mean {row['geometric_mean']:.2f}, below 1: {row['below_1']}, "
              f"largest error {row['largest_error']:.1e}, beyond the promise: {row['beyond_promise']}")
        for cell in row["worst"]:
            print(f"  {cell['n']:6g} x {cell['d']:<6g} B {cell['batch']:<5g} t {cell['t']:<5g} {cell['ratio']:6.2f} "
                  f"[{cell['ratio_q1']:.2f}, {cell['ratio_q3']:.2f}] {cell['core']:9} {' '.join(cell['ways'])}")


def picture(cells, kind, out):
    """A heat map: a panel for each time, a row for each size, a column for each batch; colour and number are the ratio."""
    own = {at[1:]: cell["ratio"] for at, cell in cells.items() if at[0] == kind}
    shapes = sorted({at[:2] for at in own}, key=lambda s: s[0] * s[1])
    batches = sorted({at[2] for at in own})
    times = sorted({at[3] for at in own}, reverse=True)
    lines = [f"set terminal pngcairo size {160 + 420 * len(times)},{120 + 44 * len(shapes)} font 'sans,11'",
             f"set output '{kind}.png'", f"set multiplot layout 1,{len(times)} title '{kind}: time of C + OpenBLAS over ours; above 1 the library is faster'",
             "set palette defined (-3 '#d0553f', -1 '#e8896c', -0.05 '#f6d5b0', 0 '#ffffff', 1 '#b8dcb0', 4 '#6fb58a')",
             "set cbrange [-3:4]", "unset colorbox", "unset key", "set tics scale 0", f"set xrange [-0.5:{len(batches) - 0.5}]",
             f"set yrange [{len(shapes) - 0.5}:-0.5]", "set xlabel 'states'", "set ylabel 'points × dimensions'",
             "set xtics (" + ", ".join(f"'{b}' {i}" for i, b in enumerate(batches)) + ")",
             "set ytics (" + ", ".join(f"'{n} × {d}' {i}" for i, (n, d) in enumerate(shapes)) + ")"]
    for t in times:
        lines += [f"set title 't = {t:g} (OU time)'", "$cells << END"]
        texts = []
        for i, shape in enumerate(shapes):  # an image has all cells
            for k, b in enumerate(batches):
                ratio = own.get((*shape, b, t))
                lines.append(f"{k} {i} {math.log2(ratio) if ratio else math.nan:.3f}")
                texts += [f"{k} {i} {ratio:.{1 if ratio >= 10 else 2}f}"] if ratio else []
        lines += ["END", "$texts << END", *texts, "END",
                  "plot $cells using 1:2:3 with image, $texts using 1:2:3 with labels font ',9'"]
    script = out / f"{kind}.gp"
    script.write_text("\n".join(lines) + "\n")
    subprocess.run(["gnuplot", script.name], cwd=out, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/grid"))
    parser.add_argument("--type", default="u8,f32,f64")
    parser.add_argument("--shape", default=SHAPES)
    parser.add_argument("--batch", default=BATCHES)
    parser.add_argument("--t", default=TIMES)
    parser.add_argument("--core", default="shipped," + best_core(), help="of OpenBLAS; shipped: as it chooses")
    parser.add_argument("--kernel", default="auto")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--budget", type=float, default=2)
    parser.add_argument("--threads", type=int, default=0, help="of both sides (default: those of score)")
    parser.add_argument("--summary", action="store_true", help="of what is there; measures nothing")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    path, cores, grid = args.out / "cells.jsonl", args.core.split(","), wanted(args)
    done = read(path)
    for shape, pairs in grid.items() if not args.summary else ():
        for core in cores:
            missing = [pair for pair in pairs if (*shape, *pair, core) not in done]
            if missing:
                measure(args, core, shape, missing, path)
    cells = strongest(read(path), grid, cores)
    if not cells:
        sys.exit("grid.py: no cell is done with all baselines")
    summary = summarize(cells)
    (args.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    show(summary)
    if shutil.which("gnuplot") is None:
        print("no heat maps: gnuplot is not installed")
        return
    for kind in summary:
        picture(cells, kind, args.out)


if __name__ == "__main__":
    main()

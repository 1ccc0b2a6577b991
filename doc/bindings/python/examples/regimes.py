#!/usr/bin/env python3
"""The main job in Python: two classes of Fashion-MNIST, t_S and t_C as the program `regimes` prints them, and the
picture. regimes.py FOLDER [--quick]"""
import argparse
import os
import sys

import numpy as np

import diffdyn

FASHION = "/usr/share/datasets/fashion-mnist/train-"
QUANTITIES = ("Lambda", "t_S", "t_S_phi", "t_C_phi", "t_C_entropy", "t_C_spectrum")


def load(context):
    pair = diffdyn.Dataset.open(FASHION + "images-idx3-ubyte.gz", FASHION + "labels-idx1-ubyte.gz", context=context)
    return pair.select([1, 7]).mapped(1 / 127.5, -1).distinct()


def find_range(oracle, data, schedule):
    """Where the curves leave their values at the ends of a very wide grid: a few states show it."""
    t_s = diffdyn.theory.speciation(data.spectrum(1)[0])
    top = min(max(t_s + 3, 4), 20)
    pilot = diffdyn.Analysis(data.context, samples=48, neighbours=0, seed=0).identities(
        oracle, schedule.grid(1e-6, top, 28))
    t, phi_c, f = pilot["t"], pilot["phi_C"], pilot["f_over_alpha"]
    first, last = 0, len(t) - 1
    while abs(phi_c[first + 1] - phi_c[0]) < 0.01 and abs(f[first + 1] - f[0]) < 0.002:
        first += 1
    while f[last - 1] > 0.98 and phi_c[last - 1] < 0.02:
        last -= 1
    return t[first], min(max(t_s + 2.3, t[last]), top)


def measure(context, quick=False):
    data = load(context)
    schedule = diffdyn.Schedule.ou(context)
    oracle = diffdyn.Oracle.empirical(data, schedule)
    t_min, t_max = find_range(oracle, data, schedule)
    times = schedule.grid(t_min, t_max, 32)
    analysis = diffdyn.Analysis(context, seed=0, t_end=min(1e-3, t_min / 4), t_start=max(6, t_max),
                                excess_level=0.05, precision=0.01)
    if quick:  # t_S, t_S_phi and the t_C but the one of the paths, without simulations
        return analysis.crossings(oracle, analysis.identities(oracle, times)), analysis.spectrum(data)
    analysis.set(clone_precision=0.08, steps=4, paths=256, path_steps=64)
    report = analysis.regimes(oracle, times, [times[k * 31 // 9] for k in range(10)])
    return report, report


def bars(curves, name):
    """Intervals of 95 %, which stay within [0, 1]."""
    return np.maximum([curves[name] - curves[name + "_low"], curves[name + "_high"] - curves[name]], 0)


def draw(report, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(8, 5))
    for name, label in (("phi", "φ: same class"), ("phi_C", "φ_C: same training point"), ("f_over_alpha", "f/α")):
        axes.errorbar(report["t"], report[name], bars(report, name), label=label, capsize=2)
    for name in ("t_S_phi", "t_C_phi"):
        axes.axvline(report.scalar(name).value, linestyle="--", color="k")
    axes.set(xscale="log", xlabel="time t, OU units (generation runs from right to left)",
             ylabel="probability; f/α (bars: 95 %)")
    axes.legend()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="for regimes.json, .csv and .png; made where it is missing")
    parser.add_argument("--quick", action="store_true", help="without simulations; writes no file")
    given = parser.parse_args()
    os.makedirs(given.folder, exist_ok=True)  # before the work, not after it
    context = diffdyn.Context(threads=2, progress=lambda stage, part: print(f"\r{stage}: {part:4.0%} ", end="",
                                                                            file=sys.stderr))
    times, spectrum = measure(context, given.quick)
    print(file=sys.stderr)
    for name in QUANTITIES:
        source = times if name in times.scalars else spectrum
        value, error = source.scalar(name)
        print(f"{name} {value!r} {error!r}")
    if not given.quick:
        times.write(f"{given.folder}/regimes.json")
        times.write(f"{given.folder}/regimes.csv")
        try:
            draw(times, f"{given.folder}/regimes.png")
        except ImportError:
            print("no picture: python3-matplotlib is missing", file=sys.stderr)


if __name__ == "__main__":
    main()

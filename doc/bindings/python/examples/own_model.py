#!/usr/bin/env python3
"""A network of your own beside the exact model of the same data: φ(t) and φ_C(t), measured by clones of both. Here a
small network that learns two classes of Fashion-MNIST on the way; put yours in its place.

own_model.py PICTURE.png [--points N] [--epochs E] [--pairs P]
"""
import argparse
import importlib.util

import numpy as np
import torch

import diffdyn

FASHION = "/usr/share/datasets/fashion-mnist/train-"


class Network(torch.nn.Module):
    """Predicts the noise: eps(x, t), x [m][d]."""

    def __init__(self, d, width=512):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(d + 2, width), torch.nn.SiLU(), torch.nn.Linear(width, width),
                                        torch.nn.SiLU(), torch.nn.Linear(width, d))

    def forward(self, x, a, s):
        level = torch.stack([a, s], 1).to(x)
        return s.to(x)[:, None] * x + a.to(x)[:, None] * self.body(torch.cat([x, level], 1))


def learn(network, points, epochs, batch=128):
    adam = torch.optim.Adam(network.parameters(), 1e-3)
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(points)).split(batch):
            y, t = points[rows], torch.rand(len(rows)).mul(6.9).sub(4.6).exp()  # 0.01 ... 10
            a, s, z = torch.exp(-t), torch.sqrt(-torch.expm1(-2 * t)), torch.randn(len(rows), points.shape[1])
            loss = ((network(a[:, None] * y + s[:, None] * z, a, s) - z) ** 2).mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item() * len(rows)
        print(f"epoch {epoch}: loss {total / len(points):.4f}", flush=True)


def oracle_of(network, data, schedule):
    """What the library needs of a network: a function of states, at one time, that gives its prediction."""
    @torch.no_grad()
    def predict(x, t, a, s):
        ones = torch.ones(len(x))
        return network(torch.from_numpy(x), a * ones, s * ones)
    return diffdyn.Oracle.model(schedule, data.d, predict, prediction="eps", dtype=np.float32, dataset=data)


def measure(oracles, times, pairs):
    """{name: (φ, φ_C) with errors}: pairs of clones from each time down to the end, by the same method for all."""
    analysis = diffdyn.Analysis(clones=pairs, method="exponential", steps=32, seed=1, t_end=0.01)
    return {name: analysis.clones(oracle, times) for name, oracle in oracles.items()}


def bars(curves, name):
    """Intervals of 95 %, which stay within [0, 1]."""
    return np.maximum([curves[name] - curves[name + "_low"], curves[name + "_high"] - curves[name]], 0)


def draw(results, path):
    from matplotlib.figure import Figure
    figure = Figure(figsize=(8, 5))
    axes = figure.subplots()
    for style, (name, result) in zip(("o-", "s--"), results.items()):
        for column, colour, label in (("phi", "C0", r"same class $\varphi$"), ("phi_C", "C1", r"same training point $\varphi_C$")):
            axes.errorbar(result["t"], result[column], bars(result, column), fmt=style, color=colour,
                          label=f"{label}, {name}", capsize=2)
    axes.set(xscale="log", ylim=(0, 1.05), xlabel="time t, OU units (generation runs from right to left)",
             ylabel="probability (bars: 95 %)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2, frameon=False)
    figure.savefig(path, bbox_inches="tight")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture")
    parser.add_argument("--points", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=64)
    given = parser.parse_args()
    if importlib.util.find_spec("matplotlib") is None:
        parser.error("no matplotlib, which draws the picture: install python3-matplotlib")
    torch.manual_seed(0)
    every = diffdyn.Dataset.open(FASHION + "images-idx3-ubyte.gz", FASHION + "labels-idx1-ubyte.gz").select([1, 7])
    data = every.subset(np.arange(given.points)).mapped(1 / 127.5, -1)
    network = Network(data.d)
    learn(network, torch.from_numpy(data.read().astype(np.float32)), given.epochs)
    schedule = diffdyn.Schedule.ou()
    oracles = {"exact": diffdyn.Oracle.empirical(data, schedule), "network": oracle_of(network, data, schedule)}
    results = measure(oracles, np.geomspace(0.05, 5, 9), given.pairs)
    for name, result in results.items():
        print(name, "phi_C", np.round(result["phi_C"], 2), "phi", np.round(result["phi"], 2))
    draw(results, given.picture)


if __name__ == "__main__":
    main()

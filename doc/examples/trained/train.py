#!/usr/bin/env python3
"""Trains the networks of the driver trained_network: two U-Nets that predict the noise, and a classifier.

Data: two classes of Fashion-MNIST, pixels scaled to [-1, 1]. One U-Net learns --large images and comes to generalise,
the other learns --small ones and comes to repeat them. Schedule: beta from 1e-4 to 0.02 over 1000 indices (Ho et al.
2020), loss |eps - eps_theta|^2, Adam with a rate that falls to zero, average of the weights over the steps.

Writes to --out: large.npy, small.npy, classifier.npy (all weights in the order of `parameters`, float16), and
reference.npy (float32): what torch computes from these rounded weights at given inputs, which unet.c must meet.

Needs python3-torch (Debian: apt-get install python3-torch). One U-Net takes about a quarter of an hour on two cores.
Usage: train.py --images FILE --labels FILE [--classes 1,7] [--out FOLDER] [--steps N] [--only NAME]
"""
import argparse
import copy
import gzip
import math
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

WIDTHS = (24, 48, 96)  # channels at 28 x 28, 14 x 14 and 7 x 7 pixels
EMBEDDING = 64  # numbers that describe the index; twice as many after two linear layers
GROUPS = 8  # of GroupNorm
INDICES = 1000


class Residual(nn.Module):
    """x + what two convolutions make of x and of the index."""

    def __init__(self, before, after):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(GROUPS, before), nn.Conv2d(before, after, 3, padding=1)
        self.time = nn.Linear(2 * EMBEDDING, after)
        self.norm2, self.conv2 = nn.GroupNorm(GROUPS, after), nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Conv2d(before, after, 1) if before != after else None

    def forward(self, x, index):
        h = self.conv1(functional.silu(self.norm1(x))) + self.time(index)[:, :, None, None]
        h = self.conv2(functional.silu(self.norm2(h)))
        return h + (x if self.skip is None else self.skip(x))


class Attention(nn.Module):
    """x + what every pixel takes from all others; one head."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.qkv, self.out = nn.GroupNorm(GROUPS, width), nn.Conv2d(width, 3 * width, 1), nn.Conv2d(width, width, 1)

    def forward(self, x):
        m, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(m, 3, c, h * w).unbind(1)
        weights = torch.softmax(torch.einsum("mci,mcj->mij", q, k) / math.sqrt(c), dim=2)
        return x + self.out(torch.einsum("mij,mcj->mci", weights, v).reshape(m, c, h, w))


class Network(nn.Module):
    """The noise in x of shape [m][1][28][28] at an index of the schedule."""

    def __init__(self):
        super().__init__()
        a, b, c = WIDTHS
        self.time1, self.time2 = nn.Linear(EMBEDDING, 2 * EMBEDDING), nn.Linear(2 * EMBEDDING, 2 * EMBEDDING)
        self.enter = nn.Conv2d(1, a, 3, padding=1)
        self.left28 = Residual(a, a)
        self.down14 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.left14 = Residual(b, b)
        self.down7 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.first7, self.attention, self.second7 = Residual(c, c), Attention(c), Residual(c, c)
        self.up14 = nn.Conv2d(c, b, 3, padding=1)
        self.right14 = Residual(2 * b, b)
        self.up28 = nn.Conv2d(b, a, 3, padding=1)
        self.right28 = Residual(2 * a, a)
        self.norm, self.leave = nn.GroupNorm(GROUPS, a), nn.Conv2d(a, 1, 3, padding=1)

    def forward(self, x, index):
        rates = torch.exp(-math.log(10000.0) * torch.arange(EMBEDDING // 2) / (EMBEDDING // 2))
        phase = index[:, None] * rates[None]
        t = self.time1(torch.cat((torch.sin(phase), torch.cos(phase)), dim=1))
        t = functional.silu(self.time2(functional.silu(t)))
        twice = lambda h: functional.interpolate(h, scale_factor=2, mode="nearest")
        h28 = self.left28(self.enter(x), t)
        h14 = self.left14(self.down14(h28), t)
        h = self.second7(self.attention(self.first7(self.down7(h14), t)), t)
        h = self.right14(torch.cat((self.up14(twice(h)), h14), dim=1), t)
        h = self.right28(torch.cat((self.up28(twice(h)), h28), dim=1), t)
        return self.leave(functional.silu(self.norm(h)))


class Classifier(nn.Module):
    """Logits of the two classes of clean images."""

    def __init__(self):
        super().__init__()
        self.down14, self.down7 = nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.out = nn.Linear(16 * 7 * 7, 2)

    def forward(self, x):
        h = functional.silu(self.down7(functional.silu(self.down14(x))))
        return self.out(h.flatten(1))


def idx(path):
    """An IDX file of bytes: images [n][28][28] or labels [n]."""
    raw = gzip.open(path).read()
    shape = [int.from_bytes(raw[4 + 4 * k:8 + 4 * k], "big") for k in range(raw[3])]
    return torch.from_numpy(numpy.frombuffer(raw, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape).copy())


def fitted(model, loss, steps, rate, part):
    """The average of the weights along `steps` steps of Adam on loss(). What is done so far is kept in the file `part`
    every 500 steps, and a later run goes on from there."""
    average = copy.deepcopy(model)
    adam = torch.optim.Adam(model.parameters(), lr=rate)
    begin, sum_of_losses, done = time.time(), 0.0, 0
    if part.exists():
        kept = torch.load(part)
        if kept["steps"] != steps:
            raise SystemExit("%s is of a run of %d steps, not %d: remove it" % (part, kept["steps"], steps))
        for mine, its in ((model, "model"), (average, "average"), (adam, "adam")):
            mine.load_state_dict(kept[its])
        torch.set_rng_state(kept["random"])
        done = kept["done"]
    for step in range(done, steps):
        for group in adam.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 200) * 0.5 * (1 + math.cos(math.pi * step / steps))
        adam.zero_grad()
        value = loss()
        value.backward()
        adam.step()
        keep = min(0.999, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, new in zip(average.parameters(), model.parameters()):
                mean.lerp_(new, 1 - keep)
        sum_of_losses += value.item()
        if (step + 1) % 500 == 0 or step + 1 == steps:
            print("%s: step %d of %d, loss %.4f, %.0f s" % (part.stem, step + 1, steps, sum_of_losses / (step % 500 + 1),
                                                          time.time() - begin), flush=True)
            sum_of_losses = 0.0
            torch.save({"steps": steps, "done": step + 1, "model": model.state_dict(), "average": average.state_dict(),
                        "adam": adam.state_dict(), "random": torch.get_rng_state()}, part.with_suffix(".new"))
            part.with_suffix(".new").replace(part)
    return average


def train_network(images, steps, batch, seed, part):
    torch.manual_seed(seed)
    net = Network()
    alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, INDICES, dtype=torch.float64), 0)
    a, s = alpha_bar.sqrt().float(), (1 - alpha_bar).sqrt().float()

    def loss():
        x0 = images[torch.randint(len(images), (batch,))]
        index, z = torch.randint(INDICES, (batch,)), torch.randn(x0.shape)
        x = a[index][:, None, None, None] * x0 + s[index][:, None, None, None] * z
        return functional.mse_loss(net(x, index.float()), z)
    return fitted(net, loss, steps, 1e-3, part)


def train_classifier(images, labels, steps, seed, part):
    torch.manual_seed(seed)
    net = Classifier()

    def loss():
        pick = torch.randint(len(images), (128,))
        return functional.cross_entropy(net(images[pick] + 0.1 * torch.randn(128, 1, 28, 28)), labels[pick])
    return fitted(net, loss, steps, 1e-3, part)


def write(model, path):
    """Rounds the weights to float16, in place, and writes them one after the other."""
    with torch.no_grad():
        for weights in model.parameters():
            weights.copy_(weights.half().float())
    numpy.save(path, numpy.concatenate([p.detach().numpy().ravel() for p in model.parameters()]).astype(numpy.float16))
    path.with_suffix(".part").unlink()


def reference(model, path, indices):
    """Answers at inputs that are a formula: x_j = 1.5 sin(0.37 j + k) at row k."""
    j = torch.arange(784, dtype=torch.float64)
    rows = torch.stack([1.5 * torch.sin(0.37 * j + k) for k in range(len(indices))]).float().reshape(-1, 1, 28, 28)
    with torch.no_grad():
        answers = model(rows, torch.tensor(indices)) if isinstance(model, Network) else model(rows)
    numpy.save(path, answers.flatten(1).numpy())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", required=True)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--classes", default="1,7")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--small", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["large", "small", "classifier"])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    images, labels = idx(options.images), idx(options.labels)
    classes = [int(c) for c in options.classes.split(",")]
    mine = sum(labels == c for c in classes) > 0
    images, labels = images[mine][:, None].float() / 127.5 - 1, (labels[mine] == classes[1]).long()
    # The small set: as many of either class, the first of each.
    few = torch.cat([torch.nonzero(labels == c)[:options.small // 2, 0] for c in (0, 1)]).sort().values
    indices = [0.0, 10.0, 250.0, 999.0]
    if options.only in (None, "classifier"):
        net = train_classifier(images, labels, 1500, 3, options.out / "classifier.part")
        write(net, options.out / "classifier.npy")
        reference(net, options.out / "classifier_reference.npy", indices)
        with torch.no_grad():
            print("classifier: %.4f of the training images right"
                  % (net(images).argmax(1) == labels).float().mean().item())
    for name, some, seed in (("large", images, 1), ("small", images[few], 2)):
        if options.only in (None, name):
            net = train_network(some, options.steps, 64, seed, options.out / (name + ".part"))
            write(net, options.out / (name + ".npy"))
            reference(net, options.out / (name + "_reference.npy"), indices)


if __name__ == "__main__":
    main()

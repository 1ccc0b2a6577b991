#!/bin/sh
# Makes the pictures of this folder anew, in some minutes:  doc/pictures/make.sh BUILD
# BUILD is a build folder of this repository. Needs Debian's gnuplot-nox, pngquant, python3-numpy and
# dataset-fashion-mnist.
set -eu
build=$(cd "${1:?usage: doc/pictures/make.sh BUILD}" && pwd)
cd "$(dirname "$0")"
diffdyn=$build/doc/examples/diffdyn
fashion=/usr/share/datasets/fashion-mnist
two="--data $fashion/train-images-idx3-ubyte.gz --labels $fashion/train-labels-idx1-ubyte.gz --classes 1,7"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A subcommand with its options, and the picture that it makes where that has another name.
draw() {
    name=$1 picture=$2
    shift 2
    "$diffdyn" "$@" --out "$work/$name" --quiet --plot none
    shrink "$work/$name" "$picture" "$name"
}

# Pages need less than print.
shrink() {
    (cd "$1" && gnuplot -e dpi=${4:-160} "$2.gp")
    pngquant --force --output "$3.png" "${5:-48}" "$1/$2.png"
}

draw regimes regimes regimes $two
draw uturn uturn uturn $two --n 2000
draw trajectory trajectory trajectory $two --n 1000 --from-data --paths 4 --steps 8 --seed 2
shrink "$work/trajectory" trajectory trajectory 120 32 # images
draw flows flows flows --height 600
shrink "$work/flows" mandelbrot flows_mandelbrot 90
draw gmm-speciation gmm_speciation gmm-speciation
draw gmm-collapse gmm_collapse gmm-collapse --n 20000 --d 256,1024
draw curse curse curse
draw late-start late_start late-start $two --n 300 --samples 64 --steps 5,10,50 --kl-samples 256
draw symmetry symmetry_breaking symmetry
shrink "$work/symmetry" symmetry_breaking symmetry 100 8 # many thin lines
draw generalization generalization generalization $two --n 500
draw foreign-score foreign_score foreign-score $two --n 400

# Samples of which is known how many are copies: 40 of 120.
(cd "$work" && /usr/bin/python3 - "$fashion" <<'END'
import gzip
import sys

import numpy as np


def images(part):
    x, y = (np.frombuffer(gzip.open(f"{sys.argv[1]}/{part}-{name}-ubyte.gz").read(), np.uint8)[head:]
            for name, head in (("images-idx3", 16), ("labels-idx1", 8)))
    return x.reshape(-1, 28, 28)[(y == 1) | (y == 7)].astype(np.float32) / 127.5 - 1


train, unseen = images("train"), images("t10k")
copies = train[:2000:50] + np.random.default_rng(0).normal(0, 0.05, (40, 28, 28)).astype(np.float32)
np.save("x.npy", train[:2000])
np.save("made.npy", np.concatenate([copies, unseen[:80]]))
np.save("held.npy", unseen[80:])
END
)
draw memorization memorization memorization --data "$work/x.npy" --samples "$work/made.npy" --test "$work/held.npy"

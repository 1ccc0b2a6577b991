#!/bin/sh
# Makes the pictures of this folder anew, in a minute or two:  doc/pictures/make.sh BUILD
# BUILD is a build folder of this repository. Needs gnuplot, rsvg-convert and Fashion-MNIST (Debian's gnuplot-nox,
# librsvg2-bin, dataset-fashion-mnist).
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
    "$diffdyn" "$@" --out "$work/$name" --quiet
    (cd "$work/$name" && gnuplot -e dpi=160 "$picture.gp")
    cp "$work/$name/$picture.png" "$name.png"
}

draw regimes regimes regimes $two
draw uturn uturn uturn $two --n 2000 --paths 512
draw flows flows flows --height 460
(cd "$work/flows" && gnuplot -e dpi=100 mandelbrot.gp)
cp "$work/flows/mandelbrot.png" flows_mandelbrot.png
draw gmm-speciation gmm_speciation gmm-speciation
draw gmm-collapse gmm_collapse gmm-collapse --n 4000 --d 256,1024
draw curse curse curse
draw late-start late_start late-start $two --n 300 --samples 64 --steps 5,10,50 --kl-samples 256
draw symmetry symmetry_breaking symmetry
draw generalization generalization generalization $two --n 2000
draw foreign-score foreign_score foreign-score $two --n 2000

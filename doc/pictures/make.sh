#!/bin/sh
# Makes the pictures of this folder anew, in a minute or two:  doc/pictures/make.sh BUILD
# BUILD is a build folder of this repository. Needs Debian's gnuplot-nox, pngquant and dataset-fashion-mnist.
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
draw flows flows flows --height 600
shrink "$work/flows" mandelbrot flows_mandelbrot 90
draw gmm-speciation gmm_speciation gmm-speciation
draw gmm-collapse gmm_collapse gmm-collapse --n 20000 --d 256,1024
draw curse curse curse
draw late-start late_start late-start $two --n 300 --samples 64 --steps 5,10,50 --kl-samples 256
draw symmetry symmetry_breaking symmetry
shrink "$work/symmetry" symmetry_breaking symmetry 100 8 # many thin lines
draw generalization generalization generalization $two --n 2000
draw foreign-score foreign_score foreign-score $two --n 2000

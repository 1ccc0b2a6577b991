#!/bin/sh
# Compiles the crates of doc/bindings/rust by cargo, without a network, against the built library, and runs their tests;
# 77 without cargo. Usage: rust.sh CRATES LIBRARY.so OUTPUT [main_job | vendored]
# `vendored`: against a static library that the crate has Meson build from the sources.
set -eu
command -v cargo >/dev/null || { echo "skipped: no cargo"; exit 77; }
library=$(realpath "$2")
sources=$(realpath "$1/../../..")
mkdir -p "$3"
rm -rf "$3/crates" "$3/lib"
cp -R "$1" "$3/crates" # cargo writes beside its sources
rm -f "$3/crates/Cargo.lock"
cp "$1/../rust.md" "$3/" # its programs are tests
mkdir "$3/lib"
ln -s "$library" "$3/lib/libdiffdyn.so"
ln -s "$library" "$3/lib/libdiffdyn.so.0"
export DIFFDYN_LIB_DIR="$3/lib" LD_LIBRARY_PATH="$3/lib" CARGO_TARGET_DIR="$3/target" RUSTFLAGS="-D warnings" \
    RUSTDOCFLAGS="-L $3/lib"
cd "$3/crates"
if [ "${4-}" = main_job ]; then
    test -e /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz || exit 77
    cargo run --offline --quiet --release --example regimes -- --quick >"$3/regimes.txt"
    cat "$3/regimes.txt"
    # What the program `regimes` writes to regimes.json; main_job of test_python.py has the same.
    for line in "Lambda 103.72727263" "t_S 2.32567978" "t_S_phi 2.244713" "t_C_phi 0.652198"; do
        grep -q "^$line" "$3/regimes.txt" || { echo "not found: $line"; exit 1; }
    done
elif [ "${4-}" = vendored ]; then
    unset DIFFDYN_LIB_DIR LD_LIBRARY_PATH
    export CFLAGS=-O1 # what is not a kernel is compiled sooner
    DIFFDYN_SOURCE=$sources cargo test --offline --test binding 2>&1 | tee "$3/vendored.txt"
    program=$(sed -n 's/^ *Running .*(\(.*\))$/\1/p' "$3/vendored.txt")
    grep -q "^test result: ok" "$3/vendored.txt"
    ldd "$program" | grep libdiffdyn && { echo "not linked statically"; exit 1; }
    exit 0
else
    cargo test --offline --quiet
fi

#!/bin/sh
# Compiles ffi_rust.rs against the built library and runs it; 77 without rustc.
# Usage: ffi_rust.sh SOURCE LIBRARY.so OUTPUT
set -eu
command -v rustc >/dev/null || { echo "no rustc"; exit 77; }
folder=$(dirname "$2")
rustc --edition 2021 -D warnings -C debuginfo=0 -o "$3" -L "$folder" "$1"
LD_LIBRARY_PATH="$folder" "$3"

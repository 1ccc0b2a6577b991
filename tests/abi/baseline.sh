#!/bin/sh
# The binary interface of a built library against the committed baseline, by libabigail.
# Usage: baseline.sh [--write] LIBRARY.so
# --write makes the baseline anew. Needs a gcc build with debug information, on x86_64; else 77.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
baseline=$here/libdiffdyn.abi
write=no
[ "$1" = --write ] && { write=yes; shift; }
library=$1

skip() { echo "skipped: $1"; exit 77; }
command -v abidiff >/dev/null || skip "no abidiff (package abigail-tools)"
[ "$(uname -m)" = x86_64 ] || skip "the baseline is one of x86_64"
readelf -S "$library" | grep -q '\.debug_info' || skip "no debug information (-Ddebug=true)"
readelf -p .comment "$library" | grep -qi clang && skip "the baseline is one of gcc"

headers=$(dirname "$library")/../include/diffdyn # generated; the others are in the source tree
if [ $write = yes ]; then
    abidw --headers-dir "$root/include/diffdyn" --headers-dir "$headers" --drop-private-types \
        --no-corpus-path --no-comp-dir-path --no-show-locs "$library" >"$baseline"
    echo "wrote $baseline"
    exit
fi
abidiff --headers-dir2 "$root/include/diffdyn" --headers-dir2 "$headers" --drop-private-types \
    "$baseline" "$library" && echo "the interface is the baseline's"

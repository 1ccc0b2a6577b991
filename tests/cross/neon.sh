#!/bin/sh
# The kernels for AArch64, built by Debian's cross compiler and run under user-mode emulation:
# tests/unit/kernels/test_kernel*.c with the parts of the library that it needs.
# Usage: neon.sh GENERATED-INCLUDE-DIRECTORY SCRATCH-DIRECTORY
# Needs gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user; else 77.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
generated=$1
scratch=$2/neon
cross=aarch64-linux-gnu-gcc

skip() { echo "skipped: $1"; exit 77; }
command -v $cross >/dev/null || skip "no $cross (package gcc-aarch64-linux-gnu)"
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static) ||
    skip "no qemu-aarch64 (package qemu-user)"
echo 'int main(void) { return 0; }' | $cross -static -x c - -o /dev/null 2>/dev/null ||
    skip "no C library for AArch64 (package libc6-dev-arm64-cross)"

rm -rf "$scratch"
mkdir -p "$scratch/Random123"
# Headers only, without the host's C library.
for folder in /usr/include /usr/local/include; do
    [ -d $folder/Random123 ] && cp -r $folder/Random123 "$scratch"
done
objects=
for source in "$root"/lib/base/*.c "$root"/lib/kernels/*.c "$root/lib/schedule/noise.c" \
    "$root/tests/support/fixtures.c" "$root/tests/unit/kernels"/test_kernel*.c; do
    contract=off
    case $source in
    */kernels/kern_avx*) continue ;;
    */kernels/kern_neon.c) contract=fast ;;
    esac
    object=$scratch/$(basename "$source").o
    $cross -O2 -std=gnu11 -ffunction-sections -ffp-contract=$contract -fno-math-errno \
        -Wall -Wextra -Werror -Wno-psabi -DDDNI_HAVE_NEON -DTEST_DATA='""' -DTEST_DOC='""' -I"$root/tests/cross" \
        -I"$root/tests" -I"$root/include" -I"$root/lib" -I"$generated" -I"$scratch" -c "$source" -o "$object"
    case $source in
    */unit/*) ;;
    *) objects="$objects $object" ;;
    esac
done
for test in "$scratch"/test_kernel*.c.o; do
    # Without the sections nobody calls: the fixtures know more of the library than is here.
    # shellcheck disable=SC2086
    $cross -static -Wl,--gc-sections "$test" $objects -lm -lpthread -o "${test%.c.o}"
    "$qemu" "${test%.c.o}" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
    cat "$scratch/log"
    grep -q '^# neon' "$scratch/log" # the variant really ran
done

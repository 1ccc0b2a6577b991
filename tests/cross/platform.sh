#!/bin/sh
# The library for AArch64 or musl: every file is compiled without a warning, and test programs run: port.c, the consumer
# of the installed library, and the tests of the kernels, under an emulator where the processor is another.
# Usage: platform.sh aarch64|musl GENERATED-INCLUDE-DIRECTORY SCRATCH-DIRECTORY
# Exit status 77 (skipped), with the package that is missing, where it cannot be done.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
platform=$1
scratch=$3/$platform

skip() { echo "skipped: $1"; exit 77; }
need() { command -v "$1" >/dev/null || skip "no $1 (package $2)"; }
case $platform in
aarch64)
    cc=aarch64-linux-gnu-gcc
    need $cc gcc-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
    run="qemu-aarch64 -L /usr/aarch64-linux-gnu"
    kernels=neon
    # Loads OpenBLAS, which there is not for this processor: the refusal is tested.
    blas='-DDDNI_BLAS_OPENBLAS -DDDNI_BLAS_FILE="libopenblas.so.0"'
    # What nobody calls still names zlib, which is not here either.
    link="-static -Wl,--unresolved-symbols=ignore-all"
    ;;
musl)
    cc=musl-gcc
    need $cc musl-tools
    run=
    kernels="avx2 avx512 avx512vnni"
    # Would link a BLAS; there is none for this C library.
    blas="-DPORT_WITHOUT_BLAS"
    link=-static
    ;;
esac
echo 'int main(void) { return 0; }' | $cc -x c - -o /dev/null 2>/dev/null || skip "no C library for $cc"
[ -f /usr/include/zlib.h ] || skip "no zlib.h (package zlib1g-dev)"

rm -rf "$scratch"
mkdir -p "$scratch/include"
# Headers without code; not the folders that also have those of this machine's C library.
for folder in /usr/include /usr/local/include; do
    [ -d $folder/Random123 ] && cp -r $folder/Random123 "$scratch/include"
done
cp /usr/include/zlib.h /usr/include/zconf.h /usr/include/*-linux-gnu/zconf.h "$scratch/include" 2>/dev/null || true
flags="-std=gnu11 -Wall -Wextra -Werror -Wno-psabi -Wno-array-bounds -ffunction-sections -fdata-sections -fno-math-errno"
flags="$flags $blas -DDDNI_BLAS_INTEGER_BITS=32 -DDDNI_BLAS_SUFFIX="
for kernel in $kernels; do
    flags="$flags -DDDNI_HAVE_$(echo "$kernel" | tr '[:lower:]' '[:upper:]')"
done
wide="-mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512"

# Lines of flags and a source, of which two are compiled at a time: only the kernels as the library has them.
jobs() {
    for source in "$root"/lib/*/*.c "$root"/lib/*/*/*.c "$root/tests/support/fixtures.c" "$root/tests/cross/port.c" \
        "$root/tests/install/consumer.c" "$root/tests/unit/kernels"/test_kernel*.c; do
        own="-O0 -ffp-contract=off"
        case $source in
        */os_windows.c) continue ;;
        */png.c | */jpeg.c) continue ;; # of libraries that are not here
        */library.c) [ "$platform" = musl ] && continue ;; # no RTLD_DEEPBIND
        */kern_avx512vnni.c) own="-O2 -ffp-contract=fast $wide -mavx512vnni" ;;
        */kern_avx512.c) own="-O2 -ffp-contract=fast $wide" ;;
        */kern_avx2.c) own="-O2 -ffp-contract=fast -mavx2 -mfma" ;;
        */kern_neon.c) own="-O2 -ffp-contract=fast" ;;
        */lib/kernels/*) own="-O2 -ffp-contract=off" ;;
        esac
        case $source in
        */kern_ref.c) ;;
        */kern_*) echo " $kernels " | grep -q " $(basename "$source" .c | sed s/kern_//) " || continue ;;
        esac
        echo "$own $source"
    done
}
export cc flags scratch root generated="$2"
jobs | xargs -P 2 -I LINE sh -c '
    line="LINE" source="${line##* }" own="${line% *}"
    exec $cc $flags $own -DTEST_DATA="\"\"" -DTEST_DOC="\"\"" -I"$root/tests/cross" -I"$root/tests" -I"$root/include" \
        -I"$root/lib" -I"$generated" -I"$scratch/include" -c "$source" \
        -o "$scratch/$(echo "${source#"$root"/}" | tr / .).o"'

for test in port consumer test_kernels test_kernel_bytes test_kernel_screens; do
    objects=
    for object in "$scratch"/*.o; do
        case $object in
        */tests.cross.* | */tests.install.* | */tests.unit.*) ;;
        *) objects="$objects $object" ;;
        esac
    done
    # Without the sections that nobody calls: what they call of zlib, BLAS and cmocka is not here.
    # shellcheck disable=SC2086
    $cc $link -Wl,--gc-sections "$scratch"/tests.*."$test.c.o" $objects -lm -lpthread -o "$scratch/$test"
    $run "$scratch/$test" "$scratch" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
    cat "$scratch/log"
done
[ "$platform" = musl ] || grep -q '^# neon' "$scratch/log" # the variant really ran

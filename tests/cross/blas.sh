#!/bin/sh
# Every kind of BLAS that doc/portability.md has, linked or loaded: dense problems with it, and the refusal of one whose
# integers have another width than the build's. Libraries that are missing are left out, and named.
# Usage: blas.sh CC GENERATED-INCLUDE-DIRECTORY SCRATCH-DIRECTORY
# Exit status 77 (skipped) without OpenBLAS.
set -eu
cc=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$3/blas
flags="-std=gnu11 -O1 -ffunction-sections -I$root/include -I$root/lib -I$2"
there() { echo 'int main(void) { return 0; }' | $cc -x c - -x none "$@" -o /dev/null 2>/dev/null; }
there -lopenblas || { echo "skipped: no OpenBLAS (package libopenblas-dev)"; exit 77; }
rm -rf "$scratch"
mkdir -p "$scratch/base"
cd "$scratch/base"
for source in "$root"/lib/base/*.c "$root/lib/numerics/vector.c" "$root/lib/schedule/noise.c"; do
    case $source in */os_windows.c) ;; *) echo "$source" ;; esac
done | xargs -P 2 -n 6 $cc $flags -c

# kind NAME BITS-OF-THE-BUILD BITS-OF-THE-BLAS FLAGS LIBRARY...
kind() {
    name=$1 bits=$2 width=$3 own=$4
    shift 4
    if ! there "$@"; then
        echo "left out: $name ($*)"
        return
    fi
    mkdir "$scratch/$name"
    cd "$scratch/$name"
    # shellcheck disable=SC2086
    $cc $flags -DDDNI_BLAS_INTEGER_BITS="$bits" $own "$root"/lib/numerics/blas*.c "$root/tests/cross/dense.c" \
        "$scratch"/base/*.o -Wl,--gc-sections "$@" -lm -lpthread -o dense
    OPENBLAS_NUM_THREADS=1 LD_LIBRARY_PATH="$scratch" ./dense "$width" || { echo "not ok: $name"; exit 1; }
    echo "ok: $name"
}

plain="-DDDNI_BLAS_SUFFIX="
reference=$(echo /usr/lib/*/lapack/liblapack.so.3 /usr/lib/*/blas/libblas.so.3)
reference64=$(echo /usr/lib/*/lapack64/liblapack64.so.3 /usr/lib/*/blas64/libblas64.so.3)
kind openblas 32 32 "$plain -DDDNI_BLAS_OPENBLAS" -lopenblas
kind generic 32 32 "$plain" -llapack -lblas
# shellcheck disable=SC2086
kind reference 32 32 "$plain" $reference
kind openblas64 64 64 "$plain -DDDNI_BLAS_OPENBLAS" -lopenblas64
# shellcheck disable=SC2086
kind reference64 64 64 "$plain" $reference64
kind loaded64 64 64 "$plain -DDDNI_BLAS_OPENBLAS -DDDNI_BLAS_FILE=\"libopenblas64.so.0\"" -lopenblas64
kind wide 32 64 "$plain -DDDNI_BLAS_OPENBLAS" -lopenblas64
kind wide_loaded 32 64 "$plain -DDDNI_BLAS_OPENBLAS -DDDNI_BLAS_FILE=\"libopenblas64.so.0\"" -lopenblas64
kind narrow 64 32 "$plain" -lopenblas
# Names with a suffix, as of libblastrampoline: functions that only jump.
if [ "$(uname -m)" = x86_64 ] && there -lopenblas64; then
    sed -n 's/.*X(\([a-z0-9]*\)).*/&/p' "$root/lib/numerics/blas_symbols.h" | grep -o 'X([a-z0-9]*)' | tr -d 'X()' | grep -v '^name' |
        sed 's/.*/.globl &_64_\n.type &_64_, @function\n&_64_: jmp &_@PLT/' >"$scratch/suffix.s"
    $cc -shared -Wa,--noexecstack "$scratch/suffix.s" -lopenblas64 -o "$scratch/libsuffix.so"
    kind suffix 64 64 "-DDDNI_BLAS_SUFFIX=64_" "$scratch/libsuffix.so"
fi

# And as a user asks for it.
if command -v meson >/dev/null && there -llapack -lblas; then
    # Not optimised, to be compiled sooner. The network among the examples takes it, too; benchmarks are left out where there is no OpenBLAS at all.
    mkdir "$scratch/pc"
    ln -s "$(pkg-config --variable=pcfiledir zlib)/zlib.pc" "$scratch/pc"
    PKG_CONFIG_LIBDIR=$scratch/pc PKG_CONFIG_PATH='' CC=$cc CFLAGS=-O0 meson setup "$scratch/meson" "$root" -Dblas=generic \
        -Dtests=disabled -Dtorch=disabled >"$scratch/log"
    grep -q 'kind *: generic' "$scratch/log" && grep -q 'bound *: linked' "$scratch/log"
    grep 'benchmarks are left out' "$scratch/log"
    ninja -C "$scratch/meson" doc/examples/trained/trained_network >"$scratch/log" || { cat "$scratch/log"; exit 1; }
    objdump -p "$scratch/meson/doc/examples/trained/trained_network" >"$scratch/log"
    if grep 'NEEDED.*openblas' "$scratch/log"; then
        exit 1
    fi
    if meson setup "$scratch/none" "$root" -Dblas=generic -Dblas_libraries=nosuchlapack >"$scratch/log"; then
        exit 1
    fi
    grep 'libnosuchlapack is not found; install OpenBLAS' "$scratch/log"
fi

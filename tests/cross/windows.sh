#!/bin/sh
# The library for Windows by Debian's cross compiler: built by Meson, without a warning, with the interface as all that it
# exports; port.c and the consumer of the installed library with the DLL and with the static library, under Wine; the
# consumer also by find_package of the installed library.
# Usage: windows.sh SCRATCH-DIRECTORY
# Exit status 77 (skipped), with the package that is missing, where it cannot be built.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$1/windows
cc=x86_64-w64-mingw32-gcc-posix

skip() { echo "skipped: $1"; exit 77; }
command -v $cc >/dev/null || skip "no $cc (package gcc-mingw-w64-x86-64-posix)"
[ -f /usr/x86_64-w64-mingw32/include/zlib.h ] || skip "no zlib for Windows (package libz-mingw-w64-dev)"

rm -rf "$scratch"
mkdir -p "$scratch/include"
for folder in /usr/include /usr/local/include; do # headers without code, and nothing else of this system's
    [ -d $folder/Random123 ] && cp -r $folder/Random123 "$scratch/include"
done
cat >"$scratch/cross.ini" <<EOF
[binaries]
c = '$cc'
ar = 'x86_64-w64-mingw32-ar'
strip = 'x86_64-w64-mingw32-strip'
windres = 'x86_64-w64-mingw32-windres'
[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'
[built-in options]
c_args = ['-isystem', '$scratch/include']
c_link_args = ['-static']
EOF
unset CFLAGS LDFLAGS
meson setup "$scratch/build" "$root" --cross-file "$scratch/cross.ini" -Dbuildtype=debug -Dwerror=true -Dexamples=false \
    -Dbenchmarks=false -Dtests=disabled >"$scratch/log" || { cat "$scratch/log"; exit 1; }
ninja -C "$scratch/build" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
lib=$scratch/build/lib
x86_64-w64-mingw32-objdump -p "$lib/libdiffdyn-0.dll" >"$scratch/dump"
grep 'DLL Name' "$scratch/dump"
# Below the table of names: the interface, and nothing else.
sed -n '/Ordinal\/Name Pointer/,/^$/s/.*\[ *[0-9]*\] \([a-z]\)/\1/p' "$scratch/dump" | sort >"$scratch/exported"
sed -n 's/^ *\(ddn_[a-z0-9_]*\);.*/\1/p' "$root/lib/libdiffdyn.map" | sort >"$scratch/interface"
diff "$scratch/interface" "$scratch/exported"
for program in port consumer; do
    source=$(ls "$root"/tests/*/$program.c)
    for kind in dll static; do
        library=$lib/libdiffdyn.dll.a
        [ $kind = static ] && library="$lib/libdiffdyn.a -static -lz -lpthread"
        # shellcheck disable=SC2086
        $cc -std=gnu11 -Wall -Wextra -Werror -I"$root/include" -I"$scratch/build/include" "$source" $library \
            -o "$lib/${program}_$kind.exe"
    done
done

# Where a build has put it, by find_package.
programs="port_dll.exe port_static.exe consumer_dll.exe consumer_static.exe"
if command -v cmake >/dev/null; then
    DESTDIR=$scratch/root meson install -C "$scratch/build" --no-rebuild --quiet
    config=$(dirname "$(find "$scratch/root" -name diffdynConfig.cmake)")
    mkdir "$scratch/cmake"
    cat >"$scratch/cmake/CMakeLists.txt" <<EOF
cmake_minimum_required(VERSION 3.18)
project(consumer C)
find_package(diffdyn REQUIRED)
foreach(kind diffdyn diffdyn_static)
  add_executable(cmake_\${kind} "$root/tests/install/consumer.c")
  target_link_libraries(cmake_\${kind} diffdyn::\${kind})
endforeach()
target_link_options(cmake_diffdyn_static PRIVATE -static)
get_target_property(dll diffdyn::diffdyn IMPORTED_LOCATION)
file(COPY "\${dll}" DESTINATION .)
EOF
    cmake -S "$scratch/cmake" -B "$scratch/cmake/build" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER=$cc \
        -Ddiffdyn_DIR="$config" >"$scratch/log" && cmake --build "$scratch/cmake/build" >>"$scratch/log" ||
        { cat "$scratch/log"; exit 1; }
    programs="$programs $scratch/cmake/build/cmake_diffdyn.exe $scratch/cmake/build/cmake_diffdyn_static.exe"
fi

wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2>/dev/null) || { echo "linked, not run: no wine64 (package wine64)"; exit 0; }
export WINEPREFIX="$scratch/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
mkdir -p "$scratch/folder"
cd "$lib"
for program in $programs; do
    echo "# $program"
    timeout 120 "$wine" $program "$scratch/folder" || { echo "not ok: $program"; exit 1; }
done
[ -f "$scratch/folder/räume-φ.json" ] # the name is what it was, not its bytes in another alphabet

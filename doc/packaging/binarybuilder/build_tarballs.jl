# BinaryBuilder's recipe. See doc/packaging.md: what is written as @...@ is filled in by the packager.
using BinaryBuilder

name = "libdiffdyn"
version = v"0.9.0"

sources = [
    ArchiveSource("@SOURCE_URL@", "@SHA256@"),
    ArchiveSource("https://github.com/DEShawResearch/random123/archive/refs/tags/v1.14.0.tar.gz",
                  "effafd8656b18030b2a5b995cd3650c51a7c45052e6e1c21e48b9fa7a59d926e"),
]

script = raw"""
cd ${WORKSPACE}/srcdir/libdiffdyn-*
export CPPFLAGS="-I$(echo ${WORKSPACE}/srcdir/random123-*)/include"
meson setup build --cross-file="${MESON_TARGET_TOOLCHAIN}" --buildtype=release -Dprefix=${prefix} \
    -Ddefault_library=shared -Dexamples=false -Dtools=false -Dbenchmarks=false -Dtests=disabled -Dtorch=disabled \
    -Dhdf5=disabled -Dimages=disabled
ninja -C build -j${nproc} install
install_license COPYING
"""

# Little-endian 64-bit Linux with the GNU library: where the sources are tested.
platforms = filter(p -> Sys.islinux(p) && libc(p) == "glibc" && arch(p) in ("x86_64", "aarch64"), supported_platforms())

products = [LibraryProduct("libdiffdyn", :libdiffdyn)]

# OpenBLAS with 32-bit integers and plain names; Julia's own has 64-bit integers.
dependencies = [Dependency("OpenBLAS32_jll"), Dependency("Zlib_jll")]

build_tarballs(ARGS, name, version, sources, script, platforms, products, dependencies; julia_compat = "1.6")

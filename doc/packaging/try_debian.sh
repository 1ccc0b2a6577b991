#!/bin/bash
# The Debian packages, made, checked and used: try_debian.sh FOLDER [once] (FOLDER is new; Debian 12 or later).
# - Built from what HEAD has, in two folders; both give the same files. "once" builds one time.
# - lintian finds nothing.
# - As root, with debootstrap: they are installed in a small Debian of their own, where apt gets what they depend on,
#   and the tests of debian/tests run there.
# DEB_BUILD_OPTIONS=nocheck leaves the library's own tests out.
set -euo pipefail
[ $# -ge 1 ] && [ ! -e "$1" ] || { echo "usage: $0 NEW_FOLDER [once]" >&2; exit 2; }
export PATH=/usr/sbin:/usr/bin:/sbin:/bin # the distribution's own tools, whatever else is installed
mkdir -p "$1"
root=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
work=$(cd "$1" && pwd)
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$root/meson.build")

# build FOLDER: source and binary packages in it.
build() {
    mkdir -p "$1"
    git -C "$root" archive --prefix="libdiffdyn-$version/" HEAD | gzip -n >"$1/libdiffdyn_$version.orig.tar.gz"
    tar -xf "$1/libdiffdyn_$version.orig.tar.gz" -C "$1"
    cp -r "$1/libdiffdyn-$version/doc/packaging/debian" "$1/libdiffdyn-$version/debian"
    (cd "$1/libdiffdyn-$version" && dpkg-buildpackage -us -uc) >"$1/build.log" 2>&1 ||
        { tail -30 "$1/build.log"; exit 1; }
}

build "$work/first"
(cd "$work/first" && sha256sum ./*.deb) | tee "$work/hashes"
lintian --version
lintian --display-info --pedantic --fail-on error,warning "$work/first"/*.changes && echo "lintian: no error, no warning"

if [ "${2:-}" != once ]; then
    build "$work/second/elsewhere"
    (cd "$work/second/elsewhere" && sha256sum --quiet -c "$work/hashes") && echo "two builds in two folders: the same files"
fi

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo "not installed: that takes root and debootstrap"
    exit 0
fi
small=$work/small
mirror=${MIRROR:-http://deb.debian.org/debian}
debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$small" "$mirror" >"$work/small.log"
inside() { chroot "$small" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
mkdir "$small/packages"
cp "$work/first"/*.deb "$small/packages"
cp -r "$work/first/libdiffdyn-$version" "$small/source"
(cd "$small/packages" && dpkg-scanpackages . >Packages 2>/dev/null)
echo 'deb [trusted=yes] file:/packages ./' >"$small/etc/apt/sources.list.d/packages.list"
inside apt-get update -q >>"$work/small.log"
# Each test of debian/tests, with the packages that it names and no others before it: what a package lacks shows.
awk '$1 == "Tests:" { test = $2 } $1 == "Depends:" { sub("Depends: ", ""); gsub(",", ""); print test, $0 }' \
    "$small/source/debian/tests/control" >"$work/tests"
while read -r test packages; do
    # shellcheck disable=SC2086
    inside apt-get install -yq --no-install-recommends $packages >>"$work/small.log" 2>&1 ||
        { tail -20 "$work/small.log"; exit 1; }
    inside sh -c "cd /source && debian/tests/$test" >"$work/$test.log" 2>&1 ||
        { tail -20 "$work/$test.log"; echo "debian/tests/$test failed"; exit 1; }
    echo "installed, debian/tests/$test: ok"
done <"$work/tests"

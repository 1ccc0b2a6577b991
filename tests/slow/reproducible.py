#!/usr/bin/env python3
"""The same sources give the same files, wherever they lie and are built: reproducible.py ROOT FOLDER.

Two copies of the checkout, in folders whose names have other lengths, with other names of the build folder; without ccache,
which would give the second what the first made. What is installed of both has the same bytes."""
import hashlib
import os
import pathlib
import shutil
import sys

from checkout import copy, run

PLACES = {"first": "build", "a/folder/elsewhere": "build-of-another-name"}


def installed(root, source, build):
    """Hashes of all that one copy installs, by name."""
    copy(root, source)
    environment = ["env", "CCACHE_DISABLE=1"]
    setup = ["meson", "setup", build, "-Dtests=disabled", "-Dbenchmarks=false", "-Dtorch=disabled"]
    for command in (setup, ["meson", "compile", "-C", build],
                    ["meson", "install", "-C", build, "--no-rebuild", "--destdir", str(source / "root")]):
        done = run(*environment, *command, cwd=source)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}:\n{done.stdout}")
    files = sorted(path for path in (source / "root").rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(source / "root")): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main():
    root, folder = map(pathlib.Path, sys.argv[1:3])
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop("DESTDIR", None)
    first, second = (installed(root, folder / place, build) for place, build in PLACES.items())
    for name in first:
        print(first[name], name)
    differ = [name for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]
    wanted = {"libdiffdyn.a", "diffdyn", "diffdyn.1", "diffdyn.pc"}
    missing = wanted - {pathlib.Path(name).name for name in first}
    sys.exit(f"other bytes in another folder: {', '.join(differ)}; missing: {missing}" if differ or missing else 0)


if __name__ == "__main__":
    main()

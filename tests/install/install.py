#!/usr/bin/env python3
"""The library as its users meet it: installed, found by pkg-config, or as a Meson subproject.

install.py pkgconfig  BUILD_DIR CC   consumer.c against the installed shared and static library
install.py readme     BUILD_DIR CC   the README's program by the README's compile line, with the
                                     output that the README prints
install.py cmake      BUILD_DIR CC   consumer.c by find_package(diffdyn), also after the installation was moved,
                                     and requests for other versions that must fail
install.py uninstalled BUILD_DIR CC  consumer.c against the build tree, by its diffdyn-uninstalled.pc
install.py subproject BUILD_DIR CC   consumer.c in a project that has the library as a subproject, by the wrap files of
                                     doc/packaging, and is not optimised: the kernels are all the same
install.py recipes    BUILD_DIR CC   recipes and wraps of doc/packaging: this version, good syntax, nothing left to invent
"""
import configparser
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WRAPS = ROOT / "doc/packaging/subprojects"
SKIP = 77


def run(*command, **options):
    print("+", shlex.join(map(str, command)), flush=True)
    return subprocess.run([str(c) for c in command], check=True, text=True, **options)


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIP)


def install(build, target):
    """Installs under target and makes the .pc file point there; returns (lib folder, environment)."""
    run("meson", "install", "-C", build, "--no-rebuild", "--destdir", target,
        stdout=subprocess.DEVNULL)
    pc = next(target.rglob("diffdyn.pc"))
    text = pc.read_text()
    prefix = re.search(r"^prefix=(.*)$", text, re.MULTILINE).group(1)
    pc.write_text(text.replace(f"prefix={prefix}\n", f"prefix={target}{prefix}\n"))
    environment = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent),
                       LD_LIBRARY_PATH=str(pc.parent.parent))
    return pc.parent.parent, environment


def flags(environment, *options):
    return run("pkg-config", *options, "diffdyn", env=environment,
               stdout=subprocess.PIPE).stdout.split()


def command(root, environment):
    """The command diffdyn, where the build has it: it runs from where it is installed, with its page and completions."""
    for program in root.rglob("bin/diffdyn"):
        said = run(program, "--version", env=environment, stdout=subprocess.PIPE).stdout
        assert said.startswith("libdiffdyn "), said
        pages = [*root.rglob("man/man1/diffdyn.1"), *root.rglob("bash-completion/completions/diffdyn.bash")]
        assert len(pages) == 2, pages
        assert pages[0].read_text().startswith(".TH DIFFDYN 1"), pages[0]
        assert "complete -o filenames -F _diffdyn diffdyn" in pages[1].read_text(), pages[1]
    for program in root.rglob("bin/diffdyn-mpi"):
        same = [*root.rglob("man/man1/diffdyn-mpi.1"), *root.rglob("bash-completion/completions/diffdyn-mpi.bash")]
        assert [path.resolve() for path in same] == [path.resolve() for path in pages], (program, same)


def pkgconfig(build, cc, folder):
    libdir, environment = install(build, folder / "root")
    version = flags(environment, "--modversion")
    headers = {p.name for p in (ROOT / "include/diffdyn").glob("*.h")} | {"version.h"}
    installed = {p.name for p in (folder / "root").rglob("include/diffdyn/*.h")}
    assert installed == headers, f"installed headers differ: {installed ^ headers}"
    described = flags(environment, "--variable=interface")[0]
    functions = {f["name"] for f in json.loads(pathlib.Path(described).read_text())["functions"]}
    assert "ddn_context_create" in functions, described
    for name in ("COPYING", "README.md"):
        copies = list((folder / "root").rglob(f"share/doc/libdiffdyn/{name}"))
        assert len(copies) == 1 and copies[0].read_bytes() == (ROOT / name).read_bytes(), f"{name} is not installed"
    program = folder / "consumer"
    if any(libdir.glob("libdiffdyn.so")):
        run(cc, HERE / "consumer.c", "-o", program, *flags(environment, "--cflags", "--libs"), "-lm")
        needed = run("objdump", "-p", program, stdout=subprocess.PIPE).stdout
        assert "libdiffdyn.so.0" in needed, "the program is not linked to the soname"
        assert "openblas" not in needed, "a private dependency leaks into the shared link line"
        run(program, env=environment)
        command(folder / "root", environment)
        run(ROOT / "tests/abi/hardening.py", next(libdir.glob("libdiffdyn.so.*.*")), "--installed")
    if any(libdir.glob("libdiffdyn.a")):
        for shared in libdir.glob("libdiffdyn.so*"):
            shared.unlink()
        run(cc, HERE / "consumer.c", "-o", program,
            *flags(environment, "--static", "--cflags", "--libs"), "-lm")
        run(program)
    print("version", *version)


def readme_parts():
    text = (ROOT / "README.md").read_text()
    program = re.search(r"^```c\n(.*?)^```$", text, re.DOTALL | re.MULTILINE).group(1)
    compile_line = re.search(r"^cc .*pkg-config.*$", text, re.MULTILINE).group(0)
    output = re.search(r"prints\n+```(?:text)?\n(.*?)```", text, re.DOTALL).group(1)
    return program, compile_line, output


def readme(build, cc, folder):
    program, compile_line, wanted = readme_parts()
    data = re.search(r'"(/usr/share/[^"]*)"', program).group(1)
    if not pathlib.Path(data).parent.exists():
        skip(f"no {pathlib.Path(data).parent}")
    _, environment = install(build, folder / "root")
    (folder / "regimes.c").write_text(program)
    source = re.search(r"(\S+\.c)\b", compile_line).group(1)
    (folder / source).write_text(program)
    environment["PATH"] = f"{folder}:{environment['PATH']}"
    (folder / "cc").symlink_to(shutil.which(cc))
    run("sh", "-ec", compile_line, cwd=folder, env=environment)
    binary = re.search(r"-o (\S+)", compile_line).group(1)
    got = run(folder / binary, env=environment, stdout=subprocess.PIPE).stdout
    print(got)
    assert got == wanted, f"the README promises\n{wanted}"
    assert program.count("\n") <= 32, "the README's program has grown"


CMAKE = """cmake_minimum_required(VERSION 3.18)
project(consumer C)
find_package(diffdyn %s REQUIRED)
enable_testing()
foreach(target diffdyn::diffdyn diffdyn::diffdyn_static)
  if(TARGET ${target})
    string(REPLACE "::" "_" name ${target})
    add_executable(${name} consumer.c)
    target_link_libraries(${name} ${target} m)
    add_test(NAME ${name} COMMAND ${name})
  endif()
endforeach()
"""


def cmake(build, cc, folder):
    if shutil.which("cmake") is None:
        skip("no cmake")
    libdir, _ = install(build, folder / "first")
    (folder / "first").rename(folder / "root")  # the package must not remember where it was installed
    prefix = folder / "root" / libdir.relative_to(folder / "first")
    version = re.search(r"version: '(\d+)\.(\d+)\.(\d+)'", (ROOT / "meson.build").read_text()).groups()
    major, minor, patch = map(int, version)
    good = ["", f"{major}.{minor}", f"{major}.{minor}.{patch} EXACT", f"{major}"]
    bad = [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}", f"{major + 1}.0", f"{major}.{minor}.{patch + 1} EXACT"]
    bad += [f"{major}.{minor - 1}"] if major == 0 else []  # from 1.0 on an older minor version is met too
    for number, request in enumerate(good + bad):
        source, tree = folder / f"source{number}", folder / f"tree{number}"
        source.mkdir()
        shutil.copy(HERE / "consumer.c", source)
        (source / "CMakeLists.txt").write_text(CMAKE % request)
        done = subprocess.run(["cmake", "-S", source, "-B", tree, f"-DCMAKE_C_COMPILER={cc}",
                               f"-Ddiffdyn_DIR={prefix}/cmake/diffdyn"], text=True, capture_output=True, check=False)
        assert (done.returncode == 0) == (request in good), f"version '{request}':\n{done.stdout}{done.stderr}"
    run("cmake", "--build", folder / "tree0", stdout=subprocess.DEVNULL)
    ran = run("ctest", "--output-on-failure", cwd=folder / "tree0", stdout=subprocess.PIPE).stdout
    assert "diffdyn_diffdyn" in ran, ran
    assert not any(prefix.glob("*.a")) or "diffdyn_diffdyn_static" in ran, ran


def uninstalled(build, cc, folder):
    """Shared and static, from another folder, and the description of the interface."""
    lib = pathlib.Path(build, "lib")
    environment = dict(os.environ, PKG_CONFIG_PATH=f"{build}/meson-uninstalled", LD_LIBRARY_PATH=str(lib))
    described = flags(environment, "--variable=interface")
    assert described and pathlib.Path(described[0]).is_file(), f"no description of the interface: {described}"
    shared = any(lib.glob("libdiffdyn.so"))
    for kind in ["shared"] * shared + ["static"] * (lib / "libdiffdyn.a").is_file():
        wanted = flags(environment, *["--static"] * (kind == "static"), "--cflags", "--libs")
        if kind == "static":
            wanted = ["-l:libdiffdyn.a" if flag == "-ldiffdyn" else flag for flag in wanted]
        run(cc, HERE / "consumer.c", "-o", folder / kind, *wanted, "-lm", cwd=folder)
        needed = run("objdump", "-p", folder / kind, stdout=subprocess.PIPE).stdout
        assert ("libdiffdyn.so" in needed) == (kind == "shared"), needed
        run(folder / kind, env=environment)


def pack(archive, top, files):
    """An archive with the files, (path, name), below the folder top; returns its SHA-256."""
    with tarfile.open(archive, "w:gz") as tar:
        for path, name in files:
            tar.add(path, f"{top}/{name}")
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def wraps(subprojects):
    """The wrap files as a project would have them: places and hashes filled in, with archives that are there already."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        skip("not a git checkout")
    shutil.copytree(WRAPS, subprojects)
    (subprojects / "packagecache").mkdir()
    headers = pathlib.Path("/usr/include/Random123")
    contents = {"diffdyn": [(ROOT / name, name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()],
                "random123": [(headers, "include/Random123")]}
    if not headers.is_dir():
        del contents["random123"]
        (subprojects / "random123.wrap").unlink()
    for name, files in contents.items():
        wrap = subprojects / f"{name}.wrap"
        values = dict(re.findall(r"^(\w+) = (.*)$", wrap.read_text(), re.MULTILINE))
        digest = pack(subprojects / "packagecache" / values["source_filename"], values["directory"], files)
        wrap.write_text(wrap.read_text().replace(values["source_hash"], digest))
    return contents


def subproject(build, cc, folder):
    del build
    vendored = wraps(folder / "subprojects")
    shutil.copy(HERE / "subproject.meson.build", folder / "meson.build")
    shutil.copy(HERE / "consumer.c", folder)
    environment = dict(os.environ, CC=cc, CFLAGS="-O0")
    run("meson", "setup", folder / "build", folder, "-Doptimization=0", "-Ddebug=false",
        "--force-fallback-for=diffdyn,random123", env=environment, stdout=subprocess.DEVNULL)
    run("meson", "test", "-C", folder / "build", env=environment)
    built = run("ninja", "-C", folder / "build", "-t", "targets", "all", stdout=subprocess.PIPE)
    assert "test_context" not in built.stdout, "a subproject builds the library's tests"
    kernels = [entry for entry in json.loads((folder / "build/compile_commands.json").read_text())
               if re.search(r"/(kern_\w+|screen|block)\.c$", entry["file"]) and "/kernels/" in entry["file"]]
    assert len(kernels) >= 3, "the kernels are not found"
    if "random123" in vendored:
        assert "subprojects/random123-" in (folder / "build/compile_commands.json").read_text(), "random123.wrap is not used"
    for entry in kernels:
        levels = re.findall(r"(?<=\s)-O\S*", entry["command"])
        assert levels and levels[-1] == "-O3", f"{entry['file']} is built with {levels}"


def recipes(build, cc, folder):
    """What is written in doc/packaging by hand: each recipe is of this version, and a tool of its language reads it."""
    del build, cc
    version = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text()).group(1)
    here = ROOT / "doc/packaging"
    said = {"conda-forge/meta.yaml": r'set version = "(.*)"', "spack/package.py": r'version\("(.*?)"',
            "vcpkg/vcpkg.json": r'"version": "(.*)"', "homebrew/libdiffdyn.rb": r'version "(.*)"',
            "binarybuilder/build_tarballs.jl": r'version = v"(.*)"', "subprojects/diffdyn.wrap": r"directory = libdiffdyn-(.*)",
            "debian/changelog": r"^libdiffdyn \((.*?)-", "../../README.md": r"version = {(.*)},"}
    for name, pattern in said.items():
        found = re.search(pattern, (here / name).read_text()).group(1)
        assert found == version, f"doc/packaging/{name} is of {found}, meson.build of {version}"
    compile((here / "spack/package.py").read_text(), "package.py", "exec")
    json.loads((here / "vcpkg/vcpkg.json").read_text())
    for wrap in WRAPS.glob("*.wrap"):
        configparser.ConfigParser(interpolation=None).read_string(wrap.read_text())
    if shutil.which("cmake"):
        portfile = here / "vcpkg/portfile.cmake"
        names = sorted(set(re.findall(r"^(vcpkg_\w+)\(", portfile.read_text(), re.MULTILINE)))
        (folder / "port.cmake").write_text("".join(f"function({name})\nendfunction()\n" for name in names) +
                                           f"set(CURRENT_PACKAGES_DIR {folder}/port)\ninclude({portfile})\n")
        run("cmake", "-P", folder / "port.cmake")
    if shutil.which("ruby"):
        run("ruby", "-c", here / "homebrew/libdiffdyn.rb")
    # What the page tells a packager to type needs no archive of the sources, or makes it before.
    page = (ROOT / "doc/packaging.md").read_text()
    assert (here / "debian/source/format").read_text().strip() == "3.0 (quilt)"
    assert re.search(r"^    .*dpkg-buildpackage .*-b$", page, re.MULTILINE)
    assert f"libdiffdyn-{version}/ HEAD | gzip -n >../libdiffdyn_{version}.orig.tar.gz" in page
    for script in ("consumers", "command", "python"):
        run("sh", "-n", here / "debian/tests" / script)


def main():
    what, build, cc = sys.argv[1:4]
    if what not in ("cmake", "recipes", "subproject") and shutil.which("pkg-config") is None:
        skip("no pkg-config")
    with tempfile.TemporaryDirectory() as folder:
        {"cmake": cmake, "pkgconfig": pkgconfig, "readme": readme, "recipes": recipes, "subproject": subproject,
         "uninstalled": uninstalled}[what](build, cc, pathlib.Path(folder))


if __name__ == "__main__":
    main()

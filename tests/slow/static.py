#!/usr/bin/env python3
"""Static analysis of everything that is compiled: lib, doc/examples, bench, tests.

Runs gcc -fanalyzer, scan-build, clang-tidy (one file a process) and cppcheck (all its checks) with the flags that the
build has for each file. No finding may be left but those with a reason in static_reasons.txt beside this script, and
each of these reasons must still fit a finding. Prints a line per tool: files, findings, findings with a reason.

Usage: static.py FOLDER [-j N] [--tool NAME]... [FILE...]
FOLDER is a build that this script sets up if need be (about ten minutes on one core for all of it). With files
named, reasons that fit nothing are not looked for; with tools, only those of these tools.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import reasons

ROOT = pathlib.Path(__file__).resolve().parents[2]
# For what is no fault; the text is a regular expression.
REASONS = pathlib.Path(__file__).with_name("static_reasons.txt")
FOLDERS = ("lib", "doc/examples", "bench", "tests")
CONTRACTS = ["-include", str(ROOT / ".ci" / "contracts.h")]
PROGRAMS = {"gcc": "gcc", "scan-build": "scan-build", "clang-tidy": "clang-tidy", "cppcheck": "cppcheck"}


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          encoding="utf-8", errors="replace", **more)


def set_up(build):
    """The build, its generated files, and what it would compile: file -> (folder, flags)."""
    if not (build / "build.ninja").exists():
        options = ["-Dbuildtype=debug", "-Dtests=enabled", "-Dexamples=true", "-Dbenchmarks=true"]
        done = run(["meson", "setup", str(build), str(ROOT)] + options, env={**os.environ, "CC": "gcc", "CXX": "g++"})
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
    targets = re.findall(r"^(\S+\.[ch]): CUSTOM_COMMAND", run(["ninja", "-C", str(build), "-t", "targets", "all"]).stdout,
                         re.MULTILINE)
    if targets and run(["ninja", "-C", str(build)] + targets).returncode != 0:
        sys.exit("the generated files cannot be made")
    files = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        folder = pathlib.Path(entry["directory"])
        path = (folder / entry["file"]).resolve()
        files.setdefault(path, (folder, flags_of(shlex.split(entry["command"]))))
    # What no build compiles for itself: consumers of the installed library, one file for another processor.
    for name in tracked():
        files.setdefault(ROOT / name, (build, ["-std=gnu11", f"-I{ROOT}/include", f"-I{build}/include", f"-I{ROOT}/lib",
                                                "-I" + str(ROOT / "tests")]))
    return {path: files[path] for path in sorted(files) if path.suffix == ".c"}


def tracked():
    names = run(["git", "-C", str(ROOT), "ls-files", "*.c"]).stdout.split()
    return [name for name in names if name.startswith(tuple(folder + "/" for folder in FOLDERS))]


def flags_of(command):
    """The flags that matter to what is read: without the compiler, outputs, dependencies and optimisation."""
    kept, skip = [], False
    for word in command[1:]:
        if skip or word in ("-o", "-MQ", "-MF"):
            skip = not skip
        elif word not in ("-MD", "-c", "gcc", "-g") and not re.match(r"-O|-fdiagnostics|-W|--coverage", word) and \
                not word.endswith(".c"):
            kept.append(word)
    return kept


def knows_contracts(path):
    """The files that get .ci/contracts.h: those that use the functions it describes but do not define them."""
    return path.is_relative_to(ROOT / "lib") and not path.is_relative_to(ROOT / "lib" / "base")


def place(folder, name):
    path = (folder / name).resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def gcc(path, folder, flags):
    done = run(["gcc", *flags, "-O0", "-fanalyzer", "-fdiagnostics-format=json", "-S", "-o", "/dev/null", str(path)],
               cwd=folder)
    found = []
    for line in done.stderr.splitlines():
        if not line.startswith("["):
            continue
        for item in json.loads(line):
            if item["kind"] == "error" or item.get("option", "").startswith("-Wanalyzer"):
                spot = item["locations"][0]["caret"] if item["locations"] else {"file": str(path), "line": 0}
                found.append((item.get("option", item["kind"]), place(folder, spot["file"]), spot["line"], item["message"]))
    if done.returncode != 0 and not found:
        found.append(("failed", place(folder, path), 0, done.stderr[:300]))
    return found


def scan_build(path, folder, flags):
    """scan-build over one compilation; its reports are property lists."""
    more = CONTRACTS + [f"-I{ROOT}/lib"] if knows_contracts(path) else []
    with tempfile.TemporaryDirectory(prefix="ddn_scan_") as reports:
        done = run(["scan-build", "-plist", "-o", reports, "--use-cc=gcc", "sh", "-c", 'exec "$CC" "$@"', "cc", *more,
                    *clang_flags(flags), "-w", "-c", "-o", f"{reports}/object.o", str(path)], cwd=folder)
        found = []
        for report in pathlib.Path(reports).rglob("*.plist"):
            content = plistlib.loads(report.read_bytes())
            for item in content["diagnostics"]:
                spot = item["location"]
                found.append((item["check_name"], place(folder, content["files"][spot["file"]]), spot["line"],
                              item["description"]))
    if done.returncode != 0 or "Analyzer failures" in done.stdout:
        found.append(("failed", place(folder, path), 0, (done.stderr + done.stdout)[:300]))
    return found


def clang_flags(flags):
    return [flag for flag in flags if flag != "-mprefer-vector-width=512"]


def clang_tidy(path, folder, flags):
    more = CONTRACTS + [f"-I{ROOT}/lib"] if knows_contracts(path) else []
    done = run(["clang-tidy", "--quiet", "--header-filter=.*", str(path), "--", *more, *clang_flags(flags), "-w"], cwd=folder)
    found = []
    for name, line, text, check in re.findall(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*) \[([^\]]+)\]$", done.stdout,
                                              re.MULTILINE):
        found.append((check.split(",")[0], place(folder, name), int(line), text))
    if done.returncode != 0 and not found:
        found.append(("failed", place(folder, path), 0, (done.stderr + done.stdout)[:300]))
    return found


def cppcheck(files, build, jobs):
    """All files in one process, which unusedFunction needs."""
    # Its reader takes the quotes off once more.
    commands = [{"directory": str(folder), "file": str(path),
                 "arguments": ["cc", *(flag.replace('"', '\\"') for flag in flags), "-c", str(path)]}
                for path, (folder, flags) in files.items()]
    with tempfile.TemporaryDirectory(prefix="ddn_cppcheck_") as folder:
        project = pathlib.Path(folder) / "commands.json"
        project.write_text(json.dumps(commands))
        done = run(["cppcheck", f"--project={project}", "--enable=all", "--inline-suppr", "--quiet", "--std=c11",
                    "-D__cppcheck__", "--max-configs=1", "--library=posix", "--suppress=missingIncludeSystem",
                    "--template={id}\t{file}\t{line}\t{message}"], cwd=build)
    found = []
    for line in done.stderr.splitlines():
        parts = line.split("\t")
        if len(parts) == 4:
            found.append((parts[0], place(build, parts[1]), int(parts[2]), parts[3]))
    if done.returncode != 0:
        found.append(("failed", "", 0, (done.stderr + done.stdout)[:300]))
    return found


PER_FILE = {"gcc": gcc, "scan-build": scan_build, "clang-tidy": clang_tidy}


def fits(row, tool, finding):
    _, for_tool, for_check, for_files, text, _ = row
    check, file, line, message = finding
    return (tool in for_tool.split() and fnmatch.fnmatchcase(check, for_check) and
            any(fnmatch.fnmatchcase(file, one) for one in for_files.split()) and
            re.search(text, message + " // " + source_line(file, line)) is not None)


_texts = {}


def source_line(file, line):
    if file not in _texts:
        path = ROOT / file
        _texts[file] = path.read_text(errors="replace").splitlines() if path.is_file() else []
    return _texts[file][line - 1].strip() if 0 < line <= len(_texts[file]) else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=1)
    parser.add_argument("--tool", action="append", choices=list(PROGRAMS))
    args = parser.parse_intermixed_args()
    tools = args.tool or list(PROGRAMS)
    missing = [PROGRAMS[tool] for tool in tools if shutil.which(PROGRAMS[tool]) is None]
    if missing:
        print("skipped: no " + ", ".join(missing))
        sys.exit(77)
    build = args.folder.resolve()
    files = set_up(build)
    if args.files:
        wanted = {path.resolve() for path in args.files}
        files = {path: how for path, how in files.items() if path in wanted}
    rows, used, left = reasons.read(REASONS, "tool | check | files | text | reason"), set(), 0
    for tool in tools:
        if tool == "cppcheck":
            found = cppcheck(files, build, args.j)
        else:
            with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
                found = [one for many in pool.map(lambda item: PER_FILE[tool](item[0], *item[1]), files.items())
                         for one in many]
        found = sorted(set(found), key=lambda one: (one[1], one[2], one[0], one[3]))
        unexplained = 0
        for finding in found:
            matching = [row for row in rows if fits(row, tool, finding)]
            used.update(row[0] for row in matching)
            if not matching:
                unexplained += 1
                check, file, line, message = finding
                print(f"{file}:{line}: {tool} {check}: {message} // {source_line(file, line)}", flush=True)
        print(f"{tool}: {len(files)} files, {len(found)} findings, {len(found) - unexplained} of them with a reason, "
              f"{unexplained} without", flush=True)
        left += unexplained
    unused = [] if args.files else [row for row in rows if row[0] not in used and set(row[1].split()) <= set(tools)]
    for row in unused:
        print(f"{REASONS.name}:{row[0]}: fits no finding any more")
    sys.exit(1 if left or unused else 0)


if __name__ == "__main__":
    main()

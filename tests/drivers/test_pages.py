"""A page that a reader follows from top to bottom: what it tells to save is saved, what it tells to run is run, in one
shell and in an empty folder, and prints what the page says.

Usage: test_pages.py PAGE BUILD CC DIFFDYN [sh]; with sh, prints the script instead of running it (for a machine of
the reader's own, where the library is installed).

- A block of code (```c, ```py ...) is saved where the paragraph before it says: "Save this as `name.c`" or "Append this
  to `name.c`".
- A ```sh block is run; <!-- not run: REASON --> in front of it leaves it out, as what installs packages.
- A ```text block is what the ```sh block before it prints: measured numbers to one unit of their last digit; a line
  "..." stands for any lines.
- <!-- needs: PROGRAM or FILE --> on a page: without it the test is skipped.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from test_simple import differences

SKIP = 77
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TARGET = re.compile(r"\b(save|append)\b[^`]*`([\w.-]+)`", re.IGNORECASE)


def parse(text):
    """Steps of the page: ("save" or "append", name, content), ("run", content), ("prints", content)."""
    steps, problems, end = [], [], 0
    for match in BLOCK.finditer(text):
        kind, content = match.groups()
        before = text[end:match.start()].strip().split("\n\n")[-1]
        end = match.end()
        if kind == "sh":
            if "<!-- not run: " not in before:
                steps.append(("run", content))
        elif kind == "text":
            steps.append(("prints", content))
        else:
            target = TARGET.search(before.replace("\n", " "))
            if target:
                steps.append((target.group(1).lower(), target.group(2), content))
            else:
                problems.append(f"a block of {kind} that the page does not tell to save: {content[:60]!r}")
    return steps, problems


def script(steps):
    """One shell for all commands; the output of each goes to a file of its own beside the folder."""
    lines, ran = ["set -e"], 0
    for step in steps:
        if step[0] == "run":
            ran += 1
            lines.append("{\n%s} >../out.%d\n[ $? -eq 0 ] || exit 1" % (step[1], ran))
        elif step[0] != "prints":
            sign = ">" if step[0] == "save" else ">>"
            lines.append("cat %s%s <<'END_OF_LISTING'\n%sEND_OF_LISTING" % (sign, step[1], step[2]))
    return "\n".join(lines) + "\n"


def unlike(got, wanted):
    """What differs; a line "..." of what is wanted stands for any lines."""
    lines = got.splitlines()
    for number, part in enumerate(re.split(r"^\.\.\.\n", wanted, flags=re.MULTILINE)):
        length = len(part.splitlines())
        starts = range(len(lines) - length + 1) if number else range(min(1, len(lines) - length + 1))
        found = [k for k in starts if not differences("\n".join(lines[k:k + length]), part)]
        if not found:
            return differences("\n".join(lines[:length]), part) or ["not printed:\n" + part]
        lines = lines[found[0] + length:]
    return [] if not lines or wanted.endswith("...\n") else ["printed besides:\n" + "\n".join(lines)]


def environment(folder, build, cc, diffdyn):
    """That of a reader who has installed the library, and nothing else."""
    (folder / "bin").mkdir()
    if "clang" in cc:  # its -fopenmp wants a library of its own
        cc = shutil.which("cc") or cc
    (folder / "bin/cc").symlink_to(shutil.which(cc))
    (folder / "bin/diffdyn").symlink_to(pathlib.Path(diffdyn).resolve())
    return {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8",
            "PKG_CONFIG_PATH": f"{build}/meson-uninstalled", "LD_LIBRARY_PATH": f"{build}/lib",
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def follow(text, build, cc, diffdyn):
    steps, problems = parse(text)
    with tempfile.TemporaryDirectory(prefix="ddn_pages_") as name:
        folder, work = pathlib.Path(name), pathlib.Path(name) / "work"
        work.mkdir()
        done = subprocess.run(["sh", "-c", script(steps)], cwd=work, env=environment(folder, build, cc, diffdyn),
                              text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        outputs = [(folder / f"out.{k + 1}") for k in range(sum(s[0] == "run" for s in steps))]
        got = [path.read_text() if path.exists() else "" for path in outputs]
        if done.returncode:
            problems.append(f"status {done.returncode}: {done.stdout}{done.stderr}{''.join(got)}")
    ran = 0
    for step in steps:
        ran += step[0] == "run"
        if step[0] == "prints" and not problems:
            problems += unlike(got[ran - 1], step[1])
            changed = step[1].replace("1", "7").replace("2", "3")
            if changed != step[1] and not unlike(got[ran - 1], changed):
                problems.append("the comparison sees nothing")
    if not any(step[0] == "run" for step in steps):
        problems.append("nothing is run")
    return problems


def main():
    page, build, cc, diffdyn = sys.argv[1:5]
    text = pathlib.Path(page).read_text()
    needs = re.findall(r"<!-- needs: (\S+) -->", text) + re.findall(r"/usr/share/datasets/[\w-]+", text)
    for needed in ["pkg-config"] + needs:
        if shutil.which(needed) is None and not os.path.exists(needed):
            print("no", needed)
            sys.exit(SKIP)
    if sys.argv[5:] == ["sh"]:
        print(script(parse(text)[0]), end="")
        return
    problems = follow(text, build, cc, diffdyn)
    print("\n".join(problems) or "as the page says")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

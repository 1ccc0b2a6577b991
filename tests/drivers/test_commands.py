"""Every command `diffdyn ...` that a page or a script of doc shows exists, and has the options that it is given there.

Usage: test_commands.py DIFFDYN
"""
import functools
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lint"))
from pages import pages  # noqa: E402

COMMAND = re.compile(r"(?<![\w.-])diffdyn +([a-z][a-z-]*)(?![\w-])(.*)")
VARIABLE = re.compile(r'^ *([A-Za-z]+)="(--[^"]*)"', re.MULTILINE)


def code(text):
    """The lines of a page that are code, continued ones as one, and its code spans; of prose nothing else."""
    inside = False
    for line in text.replace("\\\n", " ").split("\n"):
        if re.match(r"\s*```", line):
            inside = not inside
        elif inside or line.startswith("    "):
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def shown():
    """[(where, command, options)]"""
    for path in pages():
        text = path.read_text()
        variables = {name: re.findall(r"--[a-z][\w-]*", value) for name, value in VARIABLE.findall(text)}
        for line in code(text):
            for command, rest in COMMAND.findall(line):
                rest = re.split(r"[|;&>]|  #", rest)[0]
                options = re.findall(r"(?<![\w-])--[a-z][\w-]*", rest)
                for name in re.findall(r"\$(\w+)", rest):
                    options += variables.get(name, [])
                yield path.relative_to(ROOT).as_posix(), command, options
    script = "doc/pictures/make.sh"
    for command, rest in re.findall(r"^draw \S+ \S+ (\S+)(.*)", (ROOT / script).read_text(), re.MULTILINE):
        yield script, command, re.findall(r"(?<![\w-])--[a-z][\w-]*", rest)


@functools.lru_cache(maxsize=None)
def known(tool, command):
    """The options in its help; None where there is no such command."""
    done = subprocess.run([tool, command, "--help"], text=True, capture_output=True, check=False)
    return set(re.findall(r"--[a-z][\w-]*", done.stdout)) | {"--help"} if done.returncode == 0 else None


def main():
    problems, count = [], 0
    for where, command, options in shown():
        count += 1
        has = known(sys.argv[1], command)
        if has is None:
            problems.append(f"{where}: no command diffdyn {command}")
        else:
            problems += [f"{where}: diffdyn {command} has no {name}" for name in options if name not in has]
    if count < 40:
        problems.append(f"only {count} commands seen")
    print("\n".join(problems) or f"{count} commands")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

"""Copies of the checkout, for scripts that change its sources."""
import shutil
import subprocess
import sys


def run(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def copy(source, target):
    """The files that git knows of; the script is skipped where it knows of none."""
    listed = run("git", "-C", str(source), "ls-files", "-z")
    if listed.returncode != 0:
        sys.exit(77)  # not a git checkout
    for name in listed.stdout.split("\0"):
        if name and (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)

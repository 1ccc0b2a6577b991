#!/usr/bin/env python3
"""What every public function says to hostile arguments, against the table tests/data/refusals.txt: a check that is lost, a limit
that moves or a text that changes is a difference. The table is made anew with --write, and read before it is committed.

Usage: refusals.py ROBUST-HOSTILE [--write]

Of each function and argument: the status, the values that have it (all other arguments being benign; "hostile": all of
them are at once), and what is said to the first of them. Where it makes a result, the names in it with their units, how halves
are pooled, of how many samples, and what the names mean; numbers that are measured stand as #.
"""
import difflib
import json
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path(__file__).resolve().parents[1] / "data" / "refusals.txt"
# What depends on the processor or on libraries of the machine.
ELSEWHERE = ("ddn_context_set_kernel", "ddn_kernel_name")


def entries(text):
    """The scalars and columns of a result."""
    result = json.loads(text)
    for kind in ("scalars", "columns"):
        for name, entry in result[kind].items():
            more = [f"{key} {entry[key]}" for key in ("count", "counts", "of") if key in entry]
            definition = re.sub(r"-?\d+(\.\d+(e[-+]\d+)?|e[-+]\d+)", "#", entry["definition"])
            yield f"    {kind[:-1]} {name} [{entry['unit']}] {', '.join([entry['pooling'], *more])} | {definition}"


def condensed(text):
    functions, results = {}, {}
    for line in text.splitlines():
        if line.startswith("ddn_") and line.partition("|")[2].startswith("result|{"):
            name, _, result = line.split("|", 2)
            results[name] = list(entries(result))
            continue
        if not line.startswith("ddn_") or line.count("|") < 4:
            continue
        name, argument, value, status, said = line.split("|", 4)
        if name in ELSEWHERE:
            continue
        rows = functions.setdefault(name, {})
        values, _ = rows.setdefault((argument, status.removeprefix("DDN_")), ([], said.removeprefix(name + ": ")))
        values.append(value)
    lines = []
    for name, rows in functions.items():
        lines.append(name)
        lines += [f"    {argument} {status}: {' '.join(values)}" + (f" | {said}" if said else "")
                  for (argument, status), (values, said) in rows.items()]
        lines += results.get(name, [])
    return lines


def main():
    done = subprocess.run([sys.argv[1], "print"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    lines = condensed(done.stdout)
    if done.returncode != 0 or len(lines) < 1000:
        sys.exit(f"{sys.argv[1]} print: status {done.returncode}, {len(lines)} lines")
    if "--write" in sys.argv[2:]:
        TABLE.write_text("\n".join(lines) + "\n")
        return
    differences = list(difflib.unified_diff(TABLE.read_text().splitlines(), lines, str(TABLE), "now", lineterm="", n=1))
    print("\n".join(differences))
    sys.exit(len(differences) > 0)


if __name__ == "__main__":
    main()

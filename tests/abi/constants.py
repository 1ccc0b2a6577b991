#!/usr/bin/env python3
"""Pins of the public constants.

constants.py --check   every public constant is pinned in abi_constants.c (whether the values
                       agree is the compiler's business: static_assert), and lib/base/option_names.c
                       has the keys of all options with their names
constants.py --add     appends a pin for each constant that has none; never changes or drops one
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
import interface  # noqa: E402
from source import LIB, finish  # noqa: E402

PINS = HERE / "abi_constants.c"
HEAD = """/* Every public constant with the value it was released with. Values are part of the ABI: a caller
 * compiled yesterday passes yesterday's number. So a line here is added with its constant and never
 * changed or dropped (tests/abi/constants.py --add writes the missing ones).
 * SPDX-License-Identifier: MIT */
#include <assert.h>

#include <diffdyn/diffdyn.h>

#define PIN(name, value) static_assert((name) == (value), #name " is pinned")

"""
MAIN = """
int main(void)
{
    return 0;
}
"""


def keys():
    """{name: value} of the enumerators of every ddn_..._key."""
    return {c.name: c.value for c in interface.parse().constants if c.type.endswith("_key") and c.value >= 0}


def check_names():
    """What is wrong with the library's own list of the names of all options."""
    rows = re.findall(r'\{(\d+), "(DDN_\w+)"\}', (LIB / "base" / "option_names.c").read_text())
    listed, wanted = {name: int(key) for key, name in rows}, keys()
    problems = [f"{name} = {wanted.get(name)} is {listed.get(name)} in lib/base/option_names.c"
                for name in sorted({*listed, *wanted}) if listed.get(name) != wanted.get(name)]
    if len({*wanted.values()}) < len(wanted) or len(rows) != len(listed):
        problems.append("two options have the same key, or one is listed twice")
    if len(wanted) < 40:
        problems.append(f"only {len(wanted)} keys of options found in the headers")
    return problems


def main():
    text = PINS.read_text() if PINS.exists() else HEAD + MAIN
    pinned = set(re.findall(r"^PIN\((DDN_\w+),", text, re.MULTILINE))
    constants = interface.public_constants()
    missing = [name for name in constants if name not in pinned]
    if "--add" in sys.argv:
        lines = "".join(f"PIN({name}, {constants[name]});\n" for name in missing)
        PINS.write_text(text.replace(MAIN, lines + MAIN))
        print(f"{len(missing)} pin(s) added")
        return
    problems = [f"{name} = {constants[name]} is not pinned: run tests/abi/constants.py --add"
                for name in missing]
    finish(problems + check_names(), f"constants ({len(constants)})")


if __name__ == "__main__":
    main()

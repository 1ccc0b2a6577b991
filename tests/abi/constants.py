#!/usr/bin/env python3
"""Pins of the public constants.

constants.py --check   every public constant is pinned in abi_constants.c (whether the values
                       agree is the compiler's business: static_assert)
constants.py --add     appends a pin for each constant that has none; never changes or drops one
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
from source import finish, public_constants  # noqa: E402

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


def main():
    text = PINS.read_text() if PINS.exists() else HEAD + MAIN
    pinned = set(re.findall(r"^PIN\((DDN_\w+),", text, re.MULTILINE))
    constants = public_constants()
    missing = [name for name in constants if name not in pinned]
    if "--add" in sys.argv:
        lines = "".join(f"PIN({name}, {constants[name]});\n" for name in missing)
        PINS.write_text(text.replace(MAIN, lines + MAIN))
        print(f"{len(missing)} pin(s) added")
        return
    problems = [f"{name} = {constants[name]} is not pinned: run tests/abi/constants.py --add"
                for name in missing]
    finish(problems, f"constants ({len(constants)})")


if __name__ == "__main__":
    main()

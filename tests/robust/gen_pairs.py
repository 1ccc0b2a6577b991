#!/usr/bin/env python3
"""Writes, for every public function that can reach a context, a call as it should be (robust_alloc.c), in which one
of the handles can be replaced by another one (robust_pairs.c), from the headers alone.

Usage: gen_pairs.py OUTPUT.c
"""
import pathlib
import sys

from calls import Interface, benign, benign_callbacks, member


# Functions that give one status, whatever they are given.
ALWAYS = {"ddn_context_fail"}
# Makes the context that the others need.
FIRST = "ddn_context_create_with_allocator"


def call(interface, function, handles):
    """The body of the call: argument number `place` is `other`, the rest as it should be."""
    result, name, parameters = function
    arguments, made = [], []
    for place, (kind, argument) in enumerate(parameters):
        value = benign(interface, name, kind, argument, place)
        if place in handles:
            wrong = "two" if "*const*" in kind else "other"
            value = f"place == {place} ? ({kind.replace('*const*', '**')})(void *){wrong} : {value}"
        if "**" in kind:
            made.append(kind.replace("const ", "").rstrip("*"))
        arguments.append(value)
    expression = f"{name}({', '.join(arguments)})"
    text = "    answer a = {0};\n    void *out = NULL;\n    void *two[2] = {other, other};\n" \
        "    (void)out;\n    (void)two;\n    (void)place;\n    (void)fx;\n"
    if result == "void":
        text += f"    {expression};\n"
    elif result == "ddn_status":
        text += f"    a.status = {expression};\n"
    elif result == "double":
        text += f"    a.real = {expression};\n"
    elif result.endswith("*"):
        text += f"    a.pointer = {expression};\n"
    else:
        text += f"    a.integer = {expression};\n"
    for kind in made:
        text += f"    a.made = out != NULL;\n    fixture_made(fx, \"{kind.removeprefix('ddn_')}\", out);\n" \
            f"    {kind}_destroy(out);\n"
    if name.endswith("_retain"):
        text += f"    if (place < 0) {{\n        {name.removesuffix('retain')}destroy({arguments[0].split(': ')[1]});\n    }}\n"
    return text + "    return a;\n"


def handles_of(interface, parameters):
    """{place: kind} of handles and of arrays of them."""
    found = dict(interface.handles(parameters))
    for place, (kind, _) in enumerate(parameters):
        if kind.endswith("*const*") and kind != "const char*const*":
            found[place] = kind.split("*")[0].strip().removeprefix("ddn_")
    return found


def main():
    interface = Interface()
    for kind in interface.kinds:
        if member(kind) == "NULL":
            raise SystemExit(f"the fixture of hostile.h has no {kind}")
    out = ['#include "robust/pairs.h"\n\n', benign_callbacks(interface)]
    rows = []
    for function in interface.functions:
        result, name, parameters = function
        handles = handles_of(interface, parameters)
        if (not handles and name != FIRST) or name in ALWAYS:
            continue
        out.append(f"static answer pair_{name}(fixture *fx, int64_t place, void *other)\n"
                   f"{{\n{call(interface, function, handles)}}}\n\n")
        what = {"void": "PAIR_NOTHING", "ddn_status": "PAIR_STATUS"}.get(result, "PAIR_VALUE")
        places = ", ".join(f'{{{p}, "{kind}"}}' for p, kind in handles.items())
        rows.append(f'    {{"{name}", pair_{name}, {what}, {int(name.endswith("_destroy"))}, '
                    f'{len(parameters)}, {len(handles)}, {{{places or "{0}"}}}}},\n')
    out.append("const pair_case pair_cases[] = {\n" + "".join(rows) + "};\n")
    out.append(f"const int64_t pair_count = {len(rows)};\n\n")
    out.append("void pair_objects(const fixture *fx, pair_object *objects)\n{\n")
    for i, kind in enumerate(interface.kinds):
        out.append(f'    objects[{i}] = (pair_object){{"{kind}", (void *)(uintptr_t){member(kind)}}};\n')
    out.append(f"}}\nconst int64_t pair_object_count = {len(interface.kinds)};\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out))
    print(f"{len(rows)} functions, {len(interface.kinds)} kinds")


if __name__ == "__main__":
    main()

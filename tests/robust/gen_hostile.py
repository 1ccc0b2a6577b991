#!/usr/bin/env python3
"""Writes a test that calls every public function with hostile arguments, from the headers alone, so
that a new function is covered the moment it is declared.

Usage: gen_hostile.py OUTPUT.c

For each function and each parameter: benign values everywhere else, and a hostile one here (NULL,
negative, zero, NaN, infinite, unknown kind, a size that no memory can have; in arrays, such numbers
in the first place and in all). The library may refuse or accept; it may not crash, leave an output
object behind a failure, or fail without a text that names the function.
"""
import json
import pathlib
import sys

from calls import Interface, benign, benign_callbacks

# Sizes of 2^60 and more numbers are none that a caller can have: 2^63 bytes.
HUGE = ["INT64_C(1) << 60", "INT64_C(1) << 61", "(INT64_C(1) << 61) + 1", "INT64_C(1) << 62",
        "INT64_MAX - 1", "INT64_MAX"]
HOSTILE = {
    "int64_t": ["INT64_MIN", "-1", "0"] + HUGE,
    "int32_t": ["INT32_MIN", "-1", "0", "99", "INT32_MAX"],
    "double": ["NAN", "INFINITY", "-INFINITY", "0.0", "-0.0", "-1.0", "1e15", "1e308", "5e-324"],
    "const char*": ["NULL", '""', '"/dev/null/thing"'],
}
# What asks for that much work, and gets it.
WORK = {}
# Arrays of hostile numbers of the fixture.
ARRAYS = {"const double*": "bad_numbers", "const int64_t*": "bad_integers",
          "const int32_t*": "bad_ints", "const float*": "bad_floats"}
BAD = 16


def hostile(interface, function, kind, name):
    if kind in ARRAYS:
        return ["NULL"] + [f"fx->{ARRAYS[kind]}[{i}]" for i in range(BAD)]
    if kind in interface.callbacks or (kind.endswith("*") and kind not in HOSTILE):
        return ["NULL"]
    values = HOSTILE[interface.integer(kind)]
    return [v for v in values if not (v in HUGE and (function, name) in WORK)]


def call(function, label, arguments):
    result, name, parameters = function
    expression = f"{name}({', '.join(arguments)})"
    if result != "ddn_status":
        return f"    {'' if result == 'void' else '(void)'}{expression};\n"
    # ddn_context_fail fails for its caller. The text is in the fixture's context when the call had an object to reach it by.
    reachable = parameters[0][0].endswith("*") and arguments[0] != "NULL" and name != "ddn_context_fail" \
        and parameters[0][0].startswith("ddn_") and "**" not in parameters[0][0]
    # An object's pointer holds something before: what fails makes NULL of it, wherever that went.
    before = "HOSTILE_BEFORE" if reachable and "(void *)&out" in arguments else "NULL"
    text = f"    out = {before};\n    status = {expression};\n" \
        f"    seen(fx, status, \"{name}\", {json.dumps(label)}, {int(reachable)}, out);\n"
    if name.endswith("_retain"):
        text += f"    if (status == DDN_OK) {{\n        {name.removesuffix('retain')}destroy(" \
            f"{arguments[0]});\n    }}\n"
    for kind, _ in parameters:
        if label.endswith("benign") and kind.endswith("ddn_result**"):
            text += f"    seen_result(fx, \"{name}\", out);\n"
        if "**" in kind:
            text += f"    {kind.replace('const ', '').rstrip('*')}_destroy(out == HOSTILE_BEFORE ? NULL : out);\n"
    return text


def rows_of(interface, function):
    """Labels and argument lists: all benign, all hostile, one hostile, and sizes whose product overflows."""
    _, name, parameters = function
    plain = [benign(interface, name, k, n, place) for place, (k, n) in enumerate(parameters)]
    bad = [hostile(interface, name, k, n) for k, n in parameters]
    rows = [("-|benign", plain), ("-|hostile", [b[0] for b in bad])]
    rows += [(f"{parameters[i][1]}|{value.split('->')[-1]}", plain[:i] + [value] + plain[i + 1:])
             for i, values in enumerate(bad) for value in values]
    leading = {i: "INT64_C(1) << 31" for i, (k, n) in enumerate(parameters) if n.startswith("ld")}
    for j, (k, n) in enumerate(parameters):
        if leading and k == "int64_t" and n in ("m", "n", "count", "components", "k"):
            rows.append((f"{n}|too many for the rows",
                         [leading.get(i, "INT64_C(1) << 32" if i == j else value) for i, value in enumerate(plain)]))
    return rows


def main():
    interface = Interface()
    out = ['#include "robust/hostile.h"\n\n', benign_callbacks(interface)]
    calls = 0
    for function in interface.functions:
        _, name, parameters = function
        body = ["    void *out = NULL;\n    ddn_status status = DDN_OK;\n"
                "    (void)out;\n    (void)status;\n    (void)fx;\n"]
        if name.endswith("_destroy"):
            body.append(f"    {name}(NULL);\n")
        elif parameters:
            rows = rows_of(interface, function)
            body += [call(function, *row) for row in rows]
            calls += len(rows)
        out.append(f"static void hostile_{name}(fixture *fx)\n{{\n{''.join(body)}}}\n\n")
    out.append("const hostile_case hostile_cases[] = {\n")
    out += [f'    {{"{f[1]}", hostile_{f[1]}}},\n' for f in interface.functions]
    out.append("};\nconst int64_t hostile_count = "
               "(int64_t)(sizeof hostile_cases / sizeof hostile_cases[0]);\n"
               f"const int64_t hostile_calls = {calls};\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out))
    print(f"{len(interface.functions)} functions, {calls} calls")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes a test that calls every public function with hostile arguments, from the headers alone, so
that a new function is covered the moment it is declared.

Usage: gen_hostile.py OUTPUT.c

For each function and each parameter: benign values everywhere else, and a hostile one here (NULL,
negative, zero, NaN, infinite, unknown kind). The library may refuse or accept; it may not crash,
leave an output object behind a failure, or fail without a text that names the function.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
import interface  # noqa: E402

HOSTILE = {
    "int64_t": ["INT64_MIN", "-1", "0"],
    "int32_t": ["INT32_MIN", "-1", "0", "INT32_MAX"],
    "double": ["NAN", "INFINITY", "-INFINITY", "0.0", "-1.0", "1e308", "5e-324"],
    "const char*": ["NULL", '""', '"/dev/null/thing"'],
}
# Benign values by parameter name, by integer type, else 0.5 or 1. Arrays hold 4096 numbers.
BY_NAME = {
    "capacity": "4096", "count": "2", "clone_count": "2", "m": "2", "d": "2", "n": "4",
    "bytes": "64", "size": "64", "path": "fx->file", "t_first": "2.0", "t_last": "0.1",
    "t_from": "0.1", "t_to": "0.5", "t_min": "0.1", "t_max": "2.0", "beta_max": "0.9",
    "beta_first": "1e-4", "beta_last": "0.02", "steps": "100", "scale": "2.0",
    "key": "DDN_CONTEXT_THREADS",
}
BY_TYPE = {"ddn_method": "10"}


def parse():
    """([(return type, name, [(type, name)])], {typedef: integer type}, {callback: (type, list)})"""
    public = interface.parse()
    functions = [(f.returns, f.name, [(p.type.replace(" *", "*"), p.name) for p in f.params]) for f in public.functions]
    callbacks = {c.name: (c.returns, ", ".join(p.declared for p in c.params)) for c in public.callbacks}
    return functions, public.integers, callbacks


def member(name):
    """The fixture's object of that name; NULL where it has none."""
    text = pathlib.Path(__file__).with_name("hostile.h").read_text()
    return f"fx->{name}" if re.search(rf"\*{name}(\[\d+\])?;", text) else "NULL"


def benign(kind, name, place, integers, callbacks):
    if kind in callbacks:
        return f"benign_{kind}"
    if "**" in kind:
        return "(void *)&out"
    if kind == "const char*":
        return BY_NAME.get(name, '"t"')
    if kind.endswith("*const*"):  # an array of objects
        return member(name)
    if kind.endswith("*"):
        target = kind.replace("const ", "").rstrip("*")
        buffers = {"double": "numbers", "float": "singles", "void": "numbers", "int64_t": "integers", "int32_t": "ints"}
        if integers.get(target) == "int32_t":
            target = "int32_t"
        if target in buffers:  # one buffer per parameter: outputs may not overlap inputs
            return f"fx->{buffers[target]}[{place}]"
        return member(target.removeprefix("ddn_"))
    if name in BY_NAME and name != "path":
        return BY_NAME[name]
    if kind == "double":
        return "0.5"
    return BY_TYPE.get(kind, "2" if name.startswith("ld") else "1")


def hostile(kind, integers, callbacks):
    if kind in callbacks or (kind.endswith("*") and kind not in HOSTILE):
        return ["NULL"]
    return HOSTILE[integers.get(kind, kind)]


def call(function, arguments):
    result, name, parameters = function
    expression = f"{name}({', '.join(arguments)})"
    if result != "ddn_status":
        return f"    {'' if result == 'void' else '(void)'}{expression};\n"
    # ddn_context_fail fails for its caller. The text is in the fixture's context when the call had an object to reach it by.
    reachable = parameters[0][0].endswith("*") and arguments[0] != "NULL" and name != "ddn_context_fail" \
        and parameters[0][0].startswith("ddn_") and "**" not in parameters[0][0]
    text = f"    out = NULL;\n    status = {expression};\n" \
        f"    seen(fx, status, \"{name}\", {int(reachable)}, out);\n"
    for kind, _ in parameters:
        if "**" in kind:
            text += f"    {kind.replace('const ', '').rstrip('*')}_destroy(out);\n"
    return text


def main():
    functions, integers, callbacks = parse()
    out = ['#include "robust/hostile.h"\n\n']
    for name, (result, parameters) in sorted(callbacks.items()):
        names = [p.split()[-1].lstrip("*") for p in parameters.split(",")]
        unused = "".join(f"    *{n} = 1;\n" if p.strip().startswith(("double *", "float *")) else f"    (void){n};\n"
                         for p, n in zip(parameters.split(","), names))
        body = {"void": "", "void *": "    return NULL;\n"}.get(result, "    return 0;\n")
        out.append(f"static {result} benign_{name}({parameters})\n{{\n{unused}{body}}}\n\n")
    calls = 0
    for function in functions:
        _, name, parameters = function
        body = ["    void *out = NULL;\n    ddn_status status = DDN_OK;\n"
                "    (void)out;\n    (void)status;\n    (void)fx;\n"]
        if name.endswith("_destroy"):
            body.append(f"    {name}(NULL);\n")
        elif parameters:
            plain = [benign(k, n, place, integers, callbacks)
                     for place, (k, n) in enumerate(parameters)]
            if name.endswith("_write"):  # the file of the fixture is to be read
                plain = ['"/dev/null/file"' if n == "path" else value
                         for value, (_, n) in zip(plain, parameters)]
            bad = [hostile(k, integers, callbacks) for k, _ in parameters]
            rows = [plain, [b[0] for b in bad]]
            rows += [plain[:i] + [value] + plain[i + 1:]
                     for i, values in enumerate(bad) for value in values]
            body += [call(function, row) for row in rows]
            calls += len(rows)
        out.append(f"static void hostile_{name}(fixture *fx)\n{{\n{''.join(body)}}}\n\n")
    out.append("const hostile_case hostile_cases[] = {\n")
    out += [f'    {{"{f[1]}", hostile_{f[1]}}},\n' for f in functions]
    out.append("};\nconst int64_t hostile_count = "
               "(int64_t)(sizeof hostile_cases / sizeof hostile_cases[0]);\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out))
    print(f"{len(functions)} functions, {calls} calls")


if __name__ == "__main__":
    main()

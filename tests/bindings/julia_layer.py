#!/usr/bin/env python3
"""The Julia binding without Julia. Each ccall of raw.jl against include/interface.json, by a table of types of its own;
each use of these functions in the other files by its number of arguments; each @cfunction against its callback type;
names that are used exist. replace_signatures() makes the Python binding call with raw.jl's types, so that these pass
through a second dynamic FFI (test_python.py LIBRARY julia).
"""
import importlib.util
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "doc" / "bindings" / "julia" / "DiffDyn"
RAW = PACKAGE / "src" / "raw.jl"
HAND = sorted(p for p in PACKAGE.rglob("*.jl") if p != RAW)
# Callbacks of DiffDyn.jl: the Julia function, and the C type that it is passed as.
CFUNCTIONS = {"release": "ddn_release_fn", "progress": "ddn_progress_fn", "predict_f64": "ddn_predict_f64_fn",
              "predict_f32": "ddn_predict_f32_fn", "observed": "ddn_observe_fn",
              "noise": "ddn_schedule_fn", "moved": "ddn_system_fn", "features": "ddn_features_fn"}
CODES = {"Cvoid": "v", "Int32": "i", "Int64": "l", "Float64": "d", "Float32": "f", "Cstring": "s"}


def split(text):
    """Parts of a list between its own commas."""
    parts, depth, part, quoted = [], 0, "", False
    for c in text:
        quoted ^= c == '"'
        depth += 0 if quoted else (c in "([{") - (c in ")]}")
        if c == "," and depth == 0 and not quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += c
    return parts + [part.strip()] if part.strip() else parts


def inside(text, at):
    """What is between the bracket at `at` and its partner."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if depth == 0:
            return text[at + 1:i]
    raise ValueError(text[at:at + 40])


def signatures():
    """{function: (names of parameters, what it returns, types)} of raw.jl."""
    text, found = RAW.read_text(encoding="utf-8"), {}
    for line in re.finditer(r"^(ddn_\w+)\((.*)\) =\n    ccall\(", text, re.M):
        target, returns, types, *passed = split(inside(text, line.end() - 1))
        names = split(line.group(2))
        if target != f"(:{line.group(1)}, libdiffdyn)" or passed != names:
            raise ValueError(f"{line.group(1)}: {target} {passed}")
        found[line.group(1)] = (names, returns, [t for t in split(types[1:-1]) if t])
    return found


def fits(c_type, julia, face):
    """Whether a Julia type is passed as this C type."""
    if c_type in face["callbacks"]:
        return julia == "Ptr{Cvoid}"
    stars, base = c_type.count("*"), c_type.replace("*", "").replace("const", "").strip()
    if base == "char":
        return (stars, julia) in ((1, "Cstring"), (2, "Ptr{Cstring}"))
    base = face["types"].get(base, base)
    julia_stars, julia_base = julia.count("Ptr{"), re.sub(r"Ptr\{|\}", "", julia)
    opaque = stars > 0 and (base == "void" or base in face["handles"])
    want = "Cvoid" if opaque or base == "void" else {"int32_t": "Int32", "int64_t": "Int64", "double": "Float64",
                                                    "float": "Float32"}[base]
    return (julia_stars, julia_base) == (stars, want)


def interface():
    read = json.loads((ROOT / "include" / "interface.json").read_text(encoding="utf-8"))
    return {"types": {t["name"]: t["base"] for t in read["types"]}, "handles": {h["name"] for h in read["handles"]},
            "callbacks": {c["name"]: c for c in read["callbacks"]}, "functions": {f["name"]: f for f in read["functions"]},
            "constants": {c["name"]: c["value"] for c in read["constants"]}}


def check_types(where, row, returns, types, face):
    wanted = [row["returns"], *(p["type"] for p in row["params"])]
    given = [returns, *types]
    if len(wanted) != len(given):
        return [f"{where}: {len(types)} parameters, C has {len(row['params'])}"]
    return [f"{where}: {julia} for {c}" for c, julia in zip(wanted, given) if not fits(c, julia, face)]


def check_raw(face):
    found = signatures()
    problems = [f"{name}: not in raw.jl" for name in face["functions"] if name not in found]
    for name, (_, returns, types) in found.items():
        problems += check_types(name, face["functions"][name], returns, types, face)
    told = set(re.findall(r'^"""\n(ddn_\w+)\(', RAW.read_text(encoding="utf-8"), re.M))
    problems += [f"{name}: has no text in raw.jl" for name in found if name not in told]
    constants = dict(re.findall(r"^const (DDN_\w+) = Int32\((-?\d+)\)$", RAW.read_text(encoding="utf-8"), re.M))
    if {n: int(v) for n, v in constants.items()} != face["constants"]:
        problems.append("constants differ")
    return problems, len(found)


def cfunctions():
    text = (PACKAGE / "src" / "DiffDyn.jl").read_text(encoding="utf-8")
    for use in re.finditer(r"@cfunction\(", text):
        name, returns, types = split(inside(text, use.end() - 1))
        yield name, returns, [t for t in split(types[1:-1]) if t]


def check_hand(face):
    """Numbers of arguments in check(ctx, ddn_f, ...), status_of(...), create(T, ctx, ddn_f, ...) and ddn_f(...)."""
    problems, uses = [], 0
    for path in HAND:
        text = re.sub(r'"""(?s:.*?)"""', "", path.read_text(encoding="utf-8"))
        text = re.sub(r"#.*", "", text)
        for use in re.finditer(r"\b(check|status_of|create)\(|\b(ddn_\w+)\(", text):
            arguments = split(inside(text, use.end() - 1).replace("\n", " "))
            name, passed = use.group(2), len(arguments)
            if name is None:
                skipped = 3 if use.group(1) == "create" else 2
                if len(arguments) < skipped or not arguments[skipped - 1].startswith("ddn_"):
                    continue  # its definition
                name, passed = arguments[skipped - 1], passed - skipped + (use.group(1) == "create")
            uses += 1
            if name in face["functions"] and passed != len(face["functions"][name]["params"]):
                problems.append(f"{path.name}: {name} with {passed} arguments")
        for name in set(re.findall(r"\b(?:ddn|DDN)_\w+", text)):
            if name not in face["functions"] and name not in face["constants"] and name != "DDN_":
                problems.append(f"{path.name}: there is no {name}")
    for name, returns, types in cfunctions():
        problems += check_types(f"@cfunction {name}", face["callbacks"][CFUNCTIONS[name]], returns, types, face)
    return problems, uses


def code(julia):
    return "p" if julia.startswith("Ptr") else CODES[julia]


def replace_signatures():
    """diffdyn._raw with the types of raw.jl and of the @cfunctions in place of its own."""
    path = ROOT / "doc" / "bindings" / "python" / "diffdyn" / "_raw.py"
    spec = importlib.util.spec_from_file_location("diffdyn._raw", path)
    raw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(raw)
    raw.FUNCTIONS = {name: (code(returns), "".join(map(code, types)))
                     for name, (_, returns, types) in signatures().items()}
    raw.CALLBACKS.update({CFUNCTIONS[name]: (code(returns), "".join(map(code, types)))
                          for name, returns, types in cfunctions()})
    sys.modules["diffdyn._raw"] = raw


def main():
    face = interface()
    problems, functions = check_raw(face)
    more, uses = check_hand(face)
    for problem in problems + more:
        print(problem)
    if uses < 60:
        problems.append("uses")
        print(f"only {uses} uses of the functions were found")
    print(f"{functions} ccalls, {uses} uses, {len(problems + more)} problems")
    return 1 if problems + more else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Binding generators and run-time readers of C take the public headers as they are; 77 where the tool is missing.

ffi_headers.py bindgen CC INCLUDE...           bindgen (Rust): every constant is an i32, every comment survives
ffi_headers.py cffi CC LIBRARY INCLUDE...      cffi (Python): ffi.cdef of the preprocessed headers; the main path runs
ffi_headers.py luajit CC LIBRARY INCLUDE...    LuaJIT: ffi.cdef of the same text, and ffi_luajit.lua runs with it

The preprocessed headers are `cc -E -P -DDDN_API=` of one #include, not edited.
"""
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
import interface  # noqa: E402
from source import PUBLIC, finish  # noqa: E402

SKIP = 77


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIP)


def run(*command, **options):
    return subprocess.run([str(c) for c in command], text=True, check=True, stdout=subprocess.PIPE, **options).stdout


def preprocessed(cc, includes):
    return run(cc, "-E", "-P", "-DDDN_API=", *(f"-I{i}" for i in includes), "-xc", "-",
               input="#include <diffdyn/diffdyn.h>\n")


def check_constants(rust, folder, problems):
    """The compiler's word for it where there is one; else the text's."""
    names = [c.name for c in interface.parse().constants]
    kinds = dict(re.findall(r"pub const (DDN_\w+): (\w+) = -?\d+;", rust))
    alias = dict(re.findall(r"pub type (\w+) = ([\w:]+);", rust))
    problems += [f"{name} is {kinds.get(name)} = {alias.get(kinds.get(name))}" for name in names
                 if alias.get(kinds.get(name)) not in ("i32", "::std::os::raw::c_int")]
    if shutil.which("rustc") is not None:
        source = folder / "bindings.rs"
        source.write_text(rust + f"pub const ALL: [i32; {len(names)}] = [{', '.join(names)}];\n")
        run("rustc", "--edition", "2021", "-A", "warnings", "--crate-type", "lib", "--emit", "metadata",
            "-o", folder / "bindings.rmeta", source)
    return len(names)


def bindgen(folder, cc, includes):
    del cc
    if shutil.which("bindgen") is None:
        skip("no bindgen")
    rust = run("bindgen", PUBLIC / "diffdyn.h", "--no-prepend-enum-name", "--", *(f"-I{i}" for i in includes))
    problems = []
    constants = check_constants(rust, folder, problems)
    texts = {name: text for text, name in re.findall(r'((?:^ *#\[doc = ".*"\]\n)*)^ *pub fn (ddn_\w+)\(', rust, re.MULTILINE)}
    functions = interface.parse().functions
    problems += [f"{f.name}: no binding" for f in functions if f.name not in texts]
    problems += [f"{f.name}: its comment is lost" for f in functions if not texts.get(f.name, "-")]
    finish(problems, f"bindgen ({constants} constants, {len(functions)} functions)")


def cffi(folder, cc, library, includes):
    del folder
    try:
        from cffi import FFI
    except ImportError:
        skip("no python3-cffi")
    ffi = FFI()
    ffi.cdef(preprocessed(cc, includes))
    lib = ffi.dlopen(library)

    def made(kind, create, *arguments):
        out = ffi.new(f"{kind} **")
        assert create(*arguments, out) == lib.DDN_OK, arguments
        return ffi.gc(out[0], getattr(lib, f"{kind}_destroy"))

    ctx = made("ddn_context", lib.ddn_context_create)
    points, t, x = ffi.new("double[2]", [-1, 1]), 0.5, 0.3
    ds = made("ddn_dataset", lib.ddn_dataset_create, ctx, lib.DDN_TYPE_F64, 2, 1, points, 1)
    sch = made("ddn_schedule", lib.ddn_schedule_create_ou, ctx)
    oracle = made("ddn_oracle", lib.ddn_oracle_create_empirical, ctx, ds, sch)
    score = ffi.new("double *")
    assert lib.ddn_oracle_score(ctx, oracle, t, 1, ffi.new("double *", x), 1, score, 1) == lib.DDN_OK
    a, s2 = math.exp(-t), 1 - math.exp(-2 * t)
    exact = (a * math.tanh(a * x / s2) - x) / s2
    print("cffi: score", score[0], "exact", exact)
    assert abs(score[0] - exact) < 1e-12
    missing = [f.name for f in interface.parse().functions if not hasattr(lib, f.name)]
    values = [c.name for c in interface.parse().constants if getattr(lib, c.name) != c.value]
    assert not missing and not values, (missing, values)


def luajit(folder, cc, library, includes):
    if shutil.which("luajit") is None:
        skip("no luajit")
    text = folder / "diffdyn.txt"
    text.write_text(preprocessed(cc, includes))
    print(run("luajit", HERE / "ffi_luajit.lua", text, library))


def main():
    what, cc, *rest = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        if what == "bindgen":
            bindgen(pathlib.Path(folder), cc, rest)
        else:
            {"cffi": cffi, "luajit": luajit}[what](pathlib.Path(folder), cc, rest[0], rest[1:])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The low-level layers of the bindings, made from include/interface.json: every function, callback type and constant.

generate.py           writes them
generate.py --check   says which of them are stale; the test `bindings_generated`
"""
import json
import pathlib
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
INTERFACE = HERE.parents[1] / "include" / "interface.json"
NOTE = "Made by doc/bindings/generate.py from include/interface.json: change these, not this file."


class Interface:
    """interface.json with each C type resolved to one of few kinds."""

    def __init__(self):
        self.all = json.loads(INTERFACE.read_text(encoding="utf-8"))
        self.bases = {row["name"]: row["base"] for row in self.all["types"]}
        self.handles = {row["name"] for row in self.all["handles"]}
        self.callbacks = {row["name"] for row in self.all["callbacks"]}

    def kind(self, c_type):
        """(what, const, stars): what is void, a number, char, a handle or a callback type."""
        words = c_type.replace("*", " * ").split()
        what = next(w for w in words if w not in ("const", "*"))
        return self.bases.get(what, what), words[0] == "const", words.count("*")

    def is_callback(self, c_type):
        return c_type in self.callbacks


def declaration(row):
    params = ", ".join(f"{p['type']} {p['name']}".replace("* ", "*") for p in row["params"]) or "void"
    return f"{row['returns']} {row['name']}({params})".replace("* ", "*")


def paragraphs(doc):
    """The lines of a text, wrapped; lists and blocks of code keep theirs."""
    return [piece for line in doc.split("\n") for piece in (textwrap.wrap(line, 110) or [""])]


# ---- Python: ctypes ----------------------------------------------------------------------------------------------

CODES = {"void": "v", "int32_t": "i", "int64_t": "l", "double": "d", "float": "f"}


def python_code(face, c_type):
    what, _, stars = face.kind(c_type)
    if what == "char" and stars == 1:
        return "s"
    return "p" if stars or face.is_callback(c_type) else CODES[what]


def python_rows(face, rows):
    out = []
    for row in rows:
        code = "".join(python_code(face, p["type"]) for p in row["params"])
        out += textwrap.wrap(declaration(row), 110, initial_indent="    # ", subsequent_indent="    #     ")
        out.append(f"    \"{row['name']}\": (\"{python_code(face, row['returns'])}\", \"{code}\"),")
    return out


def python(face):
    out = [f'"""{NOTE}"""', "# Codes of types: v void, i int32, l int64, d double, f float, s text, p pointer.",
           f"VERSION = \"{face.all['version']}\"", "", "FUNCTIONS = {",
           *python_rows(face, face.all["functions"]), "}", "", "CALLBACKS = {",
           *python_rows(face, face.all["callbacks"]), "}", "", "DOCS = {",
           *(f"    \"{f['name']}\": {json.dumps(f['doc'], ensure_ascii=False)}," for f in face.all["functions"]), "}", "",
           "CONSTANTS = {",
           *(f"    \"{c['name']}\": {c['value']}," for c in face.all["constants"]), "}", "", "OPTIONS = {",
           *(f"    \"{o['name']}\": (\"{o['object']}\", \"{CODES[o['type']]}\")," for o in face.all["options"]), "}", "",
           "STATUSES = {", *(f"    {s['value']}: (\"{s['name']}\", \"{s['text']}\")," for s in face.all["statuses"]), "}"]
    return "\n".join(out) + "\n"


# ---- Rust --------------------------------------------------------------------------------------------------------

RUST = {"int32_t": "i32", "int64_t": "i64", "double": "f64", "float": "f32", "char": "c_char", "void": "c_void"}
RUST_WORDS = {"type", "fn", "in", "box", "ref", "match", "move", "loop", "where", "use", "mod"}


def rust_type(face, c_type):
    if face.is_callback(c_type):
        return f"Option<{c_type}>"
    what, const, stars = face.kind(c_type)
    name = RUST.get(what, what)
    if c_type.endswith("*const *"):
        return f"*const *{'const' if const else 'mut'} {name}"
    for i in range(stars):
        name = f"*{'const' if const and i == 0 else 'mut'} {name}"
    return name


def rust_doc(row, indent=""):
    lines = []
    for line in (row.get("doc") or "").split("\n"):
        lines += textwrap.wrap(line.strip(), 110) or [""]
    return [f"{indent}/// {line}".rstrip() for line in lines] if row.get("doc") else []


def rust_signature(face, row):
    params = ", ".join(f"{p['name'] + '_' if p['name'] in RUST_WORDS else p['name']}: {rust_type(face, p['type'])}"
                       for p in row["params"])
    return f"({params})" + ("" if row["returns"] == "void" else f" -> {rust_type(face, row['returns'])}")


def rust(face):
    out = [f"//! {NOTE}", "//! The C functions as they are; the crate `diffdyn` makes them safe.",
           "#![allow(non_camel_case_types, clippy::all, rustdoc::all)]", "use std::os::raw::{c_char, c_void};", ""]
    for row in face.all["handles"]:
        out += [*rust_doc(row), "#[repr(C)]", f"pub struct {row['name']} {{", "    _private: [u8; 0],",
                "    _marker: core::marker::PhantomData<(*mut u8, core::marker::PhantomPinned)>,", "}"]
    for row in face.all["types"]:
        out += [*rust_doc(row), f"pub type {row['name']} = {RUST[row['base']]};"]
    for row in face.all["constants"]:
        out += [*rust_doc(row), f"pub const {row['name']}: {row['type']} = {row['value']};"]
    for row in face.all["callbacks"]:
        out += [*rust_doc(row), f"pub type {row['name']} =", f"    unsafe extern \"C\" fn{rust_signature(face, row)};"]
    out += ["", "#[link(name = \"diffdyn\")]", "extern \"C\" {"]
    for row in face.all["functions"]:
        out += [*rust_doc(row, "    "), f"    pub fn {row['name']}{rust_signature(face, row)};"]
    return "\n".join(out) + "\n}\n"


# ---- Julia -------------------------------------------------------------------------------------------------------

JULIA = {"int32_t": "Int32", "int64_t": "Int64", "double": "Float64", "float": "Float32", "void": "Cvoid"}
JULIA_WORDS = {"function", "type", "in", "end", "module", "using", "import", "where", "do", "const"}


def julia_type(face, c_type):
    what, _, stars = face.kind(c_type)
    if what == "char":
        return "Cstring" if stars == 1 else "Ptr{Cstring}"
    if face.is_callback(c_type):
        return "Ptr{Cvoid}"
    name = JULIA["void" if what in face.handles else what]
    for _ in range(stars):
        name = f"Ptr{{{name}}}"
    return name


def julia(face):
    out = [f"# {NOTE}", ""]
    out += [f"const {row['name']} = Int32({row['value']})" for row in face.all["constants"]]
    for row in face.all["functions"]:
        names = [p["name"] + "_" if p["name"] in JULIA_WORDS else p["name"] for p in row["params"]]
        types = [julia_type(face, p["type"]) for p in row["params"]]
        types = "(" + ", ".join(types) + ("," if len(types) == 1 else "") + ")"
        text = row["doc"].replace("\\", "\\\\").replace("$", "\\$").replace('"', '\\"')
        out += ["", '"""', *textwrap.wrap(declaration(row), 110, initial_indent="    ", subsequent_indent="        "), "",
                *paragraphs(text), '"""', f"{row['name']}({', '.join(names)}) =",
                f"    ccall((:{row['name']}, libdiffdyn), {julia_type(face, row['returns'])},",
                f"          {types}" + "".join(f", {n}" for n in names) + ")"]
    return "\n".join(out) + "\n"


FILES = {"python/diffdyn/_raw.py": python, "rust/diffdyn-sys/src/lib.rs": rust, "julia/DiffDyn/src/raw.jl": julia}


def main():
    face, check, stale = Interface(), "--check" in sys.argv, False
    for name, make in FILES.items():
        path, text = HERE / name, make(face)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        print(f"{name}: {'stale, run doc/bindings/generate.py' if check else 'written'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""include/interface.json, the interface for programs: made from the headers, and for the bounds and presets of options
from the built library. It is installed; pkg-config's variable `interface` says where.

interface_json.py --write LIBRARY   makes it anew
interface_json.py --check LIBRARY   it is what would be made
interface_json.py --headers         the same without the options, which need a library
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lint"))
import interface  # noqa: E402
from library import Library, options  # noqa: E402
from source import ROOT, finish  # noqa: E402

FILE = ROOT / "include" / "interface.json"


def value(parameter):
    return {"name": parameter.name, "type": parameter.type, "direction": parameter.direction,
            "nullable": parameter.nullable, "shape": parameter.shape,
            "ownership": None if parameter.ownership == "not kept" else parameter.ownership}


def function(made):
    row = {"name": made.name, "returns": made.returns, "header": made.header, "doc": text(made.doc)}
    if made.returned.pointer:
        row["returned"] = {key: part for key, part in value(made.returned).items()
                           if key in ("nullable", "shape", "ownership")}
    return row | {"params": [value(p) for p in made.params]}


def text(doc):
    """Paragraphs and lists keep their lines; the rest flows."""
    return re.sub(r"(?<=\S)\n(?=\S)", " ", doc) if doc else None


def made_of_headers(public):
    version = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text()).group(1)
    return {
        "version": version,
        "statuses": [{"name": name, "value": number, "text": meaning} for name, number, meaning in public.statuses],
        "handles": [{"name": h.name, "header": h.header, "doc": text(h.doc)} for h in public.handles],
        "types": [{"name": n.name, "base": n.base, "header": n.header, "doc": text(n.doc)} for n in public.numbers],
        "constants": [{"name": c.name, "value": c.value, "type": c.type, "header": e.header, "doc": text(c.doc)}
                      for e in public.enums for c in e.members],
        "callbacks": [function(c) for c in public.callbacks],
        "functions": [function(f) for f in public.functions],
    }


def made_of_library(public, library):
    docs = {c.value: (c.name, text(c.doc)) for e in public.enums if e.type.endswith("_key") for c in e.members}
    rows = options(Library(library, public))
    for key, row in rows.items():
        name, doc = docs.get(key, (None, None))
        if name != row["name"]:
            raise SystemExit(f"option {key}: the header calls it {name}, the library {row['name']}")
        row["doc"] = doc
    keys = {c.name for e in public.enums if e.type.endswith("_key") for c in e.members if c.value >= 0}
    unknown = keys - {row["name"] for row in rows.values()}
    if unknown:
        raise SystemExit(f"no object has {', '.join(sorted(unknown))}")
    return {"options": [rows[key] for key in sorted(rows)]}


def written(part, indent=""):
    """JSON with one parameter, constant or option a line."""
    rows = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    if not any(isinstance(row, (dict, list)) for row in rows):
        return json.dumps(part, ensure_ascii=False)
    deeper = indent + " "
    if isinstance(part, list):
        return "[\n" + ",\n".join(deeper + written(row, deeper) for row in part) + f"\n{indent}]"
    return "{\n" + ",\n".join(f'{deeper}"{key}": {written(row, deeper)}' for key, row in part.items()) + f"\n{indent}}}"


def main():
    public = interface.parse()
    if "--headers" in sys.argv:
        print(written(made_of_headers(public)))
        return
    whole = made_of_headers(public) | made_of_library(public, sys.argv[2])
    now = written(whole) + "\n"
    if "--write" in sys.argv:
        FILE.write_text(now)
        return
    problems = []
    if now != FILE.read_text():
        then = json.loads(FILE.read_text())
        for part, rows in whole.items():
            old = {row["name"]: row for row in then.get(part, [])} if part != "version" else {}
            new = {row["name"]: row for row in rows} if part != "version" else {}
            problems += [f"{part}: {name} differs" for name in sorted(old.keys() | new.keys())
                         if old.get(name) != new.get(name)]
        problems.append("include/interface.json is not what headers and library say: tests/abi/interface_json.py --write")
    finish(problems, f"interface.json ({', '.join(f'{len(rows)} {part}' for part, rows in whole.items() if part != 'version')})")


if __name__ == "__main__":
    main()

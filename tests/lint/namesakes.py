#!/usr/bin/env python3
"""One name, one thing: no name stands for two functions, types, enumerators or macros of the library.

What a header gives (macros, types, enumerators, inline functions), what other files can link (functions and objects that
are not static) and types with a prefix must have a name of their own in all of lib and include. Static functions and the
types of a .c file must have one within their room.
"""
import re

from source import ROOT, finish, library_files, public_headers, room_of, strip

# (room, or "" for names that all of lib shares; names) -> why they may stand twice for now.
SLOTS = "each file fills the same table of functions, and names its own as the table does"
EXCEPTIONS = {
    ("observer", "arrays begin destroy digest find meet see"): SLOTS,
    ("oracle", "destroy digest evaluate sample_data scratch scratch_bytes scratch_create scratch_destroy"): SLOTS,
    ("oracle/empirical", "run why_not"): SLOTS,
}

DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
UNDEFINE = re.compile(r"^[ \t]*#[ \t]*undef[ \t]+(\w+)", re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "defined", "_Static_assert", "__attribute__", "_Alignas"}


def top_level(code):
    """(head, body) of each declaration or definition of a file; body is None where there are no braces."""
    head, body, depth = "", "", 0
    for char in code:
        if char == "{":
            depth += 1
        if depth > 0:
            body += char
        else:
            head += char
        if char == "}":
            depth -= 1
            # A function ends here; a type or an initialiser with its semicolon.
            if depth == 0 and re.search(r"\)\s*$", head):
                yield head.strip(), body
                head, body = "", ""
        elif char == ";" and depth == 0:
            yield head.strip("; \n"), body or None
            head, body = "", ""


def names(head, body):
    """(kind, name) of what one top-level piece of C defines; declarations of functions define nothing."""
    if re.fullmatch(r"typedef\s+struct\s+(\w+)\s+\1", head) and body is None:
        return  # declared here, defined elsewhere
    if head.startswith(("typedef", "struct", "union", "enum")) and not re.search(r"\)\s*$", head):
        tag = re.match(r"(?:typedef\s+)?(?:struct|union|enum)\s+(\w+)", head)
        if body is not None and tag:
            yield "type", tag.group(1)
        if head.startswith("typedef"):
            pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", head)
            yield "type", pointer.group(1) if pointer else re.search(r"(\w+)\s*(?:\[.*\])?$", head, re.DOTALL).group(1)
        if body is not None and re.match(r"(?:typedef\s+)?enum\b", head):
            for part in body.strip("{}").split(","):
                match = re.match(r"\s*(\w+)", part)
                if match:
                    yield "enumerator", match.group(1)
        return
    call = re.search(r"\b(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", head))
    if body is not None and call and not call.group(1).isupper() and re.search(r"\)\s*$", head) and call.group(1) not in KEYWORDS:
        yield "static function" if re.search(r"\bstatic\b", head) else "function", call.group(1)
    elif body is not None and re.search(r"=\s*$", head) and not re.search(r"\bstatic\b", head):
        yield "object", re.search(r"(\w+)\s*(?:\[[^]]*\])*\s*=\s*$", head).group(1)


def definitions(path):
    """(kind, name) of everything that a file defines at its top level."""
    text = strip(path.read_text())
    code = DIRECTIVE.sub("", text)
    code = re.sub(r"\bDDN_(?:BEGIN|END)_DECLS\b", "", code)
    found = set()
    for head, body in top_level(code):
        found.update(names(head, body))
    gone = set(UNDEFINE.findall(text))
    found.update(("macro", name) for name in DEFINE.findall(text) if name not in gone)
    return found


def main():
    # (room, or "" for what is shared, and name) -> {file: kinds}
    table, problems, used = {}, [], set()
    excepted = {(room, name) for room, names_of in EXCEPTIONS for name in names_of.split()}
    for path in library_files() + public_headers():
        if path.name == "os_windows.c":  # in place of os.c
            continue
        for kind, name in definitions(path):
            shared = path.suffix == ".h" or kind in ("function", "object") or \
                (kind == "type" and name.startswith(("ddni_", "ddn_")))
            if shared or kind in ("static function", "type"):
                places = table.setdefault(("" if shared else room_of(path), name), {})
                places.setdefault(path.relative_to(ROOT).as_posix(), set()).add(kind)
    for key, places in sorted(table.items()):
        if len(places) > 1 and key in excepted:
            used.add(key)
        elif len(places) > 1:
            problems.append(f"{key[1]}: " + ", ".join(f"{'/'.join(sorted(kinds))} in {where}"
                                                      for where, kinds in sorted(places.items())))
    problems += [f"{name} of {room or 'lib'}: an exception that is needed no longer"
                 for room, name in sorted(excepted - used)]
    finish(problems, f"namesakes ({len(table)} names, {len(used)} exceptions)")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What Doxygen reads in place of a file: its INPUT_FILTER. Headers, pages and examples stay plain; what only Doxygen
wants is put in here: anchors, links to equations, groups by room, enumerators of the status list, formulas.

Usage: filter.py FILE    (prints it)
"""
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "lint"))
import pages  # noqa: E402
from pages import DOC  # noqa: E402
from source import LAYERS, room_of_header  # noqa: E402

EXAMPLES = DOC / "examples" / "simple"
NUMBERS_OF_THEORY = ("theory.md", "times.md", "notation.md")  # pages in which every (20) is an equation
EQUATIONS = dict(pages.equations())


def page_ids():
    """{path: id} of all pages; index.md is the main page."""
    outside = {ROOT / "README.md": "readme", ROOT / "bench" / "README.md": "benchmarks"}
    return {path: outside.get(path) or path.relative_to(DOC).with_suffix("").as_posix().replace("/", "_")
            for path in pages.pages()}


# ---- Equations ---------------------------------------------------------------------------------------------------

def link_equations(text, everywhere):
    """(20) becomes a link to equation 20; where not all numbers are equations, those that follow the word theory."""
    def one(match):
        return f'@ref eq_{match[1]} "({match[1]})"' if match[1] in EQUATIONS else match[0]
    number = r"(?<![\w)'])\[?\((\d{1,2})\)\]?(?![\w(\[])"
    if everywhere:
        return re.sub(number, one, text)
    several = r"\(\d{1,2}\)(?:(?:, | and | to |, and )\(\d{1,2}\))*"
    return re.sub(rf"\b[Tt]heory(?:\.md)?`?\]?(?:\([^()\s]*theory\.md\))?,?\s{several}",
                  lambda m: re.sub(number, one, m[0]), text)


# ---- Pages -------------------------------------------------------------------------------------------------------

def anchors(path, page):
    """{anchor: id} of the headings of a page, in order."""
    numbers = {place: f"eq_{n}" for n, place in pages.equations()} if page == "theory" else {}
    return {place: numbers.get(place) or f"{page}_{re.sub(r'[^a-z0-9_]', '_', place)}"
            for _, _, place in pages.headings(path)}


def parent_of(path):
    """Under which page another one stands in the tree: the index of its folder, else the main page."""
    own = path.parent / "index.md"
    return own if own.exists() and own != path else DOC / "index.md"


def bar_code(part):
    """A code span of a table with \\| in it, of which Doxygen would show the backslash."""
    text = part.strip("`").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{text.replace('--', chr(92) + '--')}</code>"


class Page:
    def __init__(self, path):
        self.path, self.pages = path, page_ids()
        self.id = self.pages.get(path, path.stem)
        self.everywhere = path.name in NUMBERS_OF_THEORY
        self.children = set()  # in the tree, in the order of the first link to each
        self.fence = None
        self.anchors = iter(anchors(path, self.id).values())

    def link(self, match):
        """A link of the sources as one of the reference; the bare text where it has no place there."""
        picture, text, target = match.groups()
        if re.match(r"[a-z]+:", target):
            return match[0]
        name, _, part = target.partition("#")
        file = (self.path.parent / name).resolve() if name else self.path
        if picture:
            return f"![{text}]({file.name})"
        text = text.replace('"', "'")
        if file in self.pages:
            page = self.pages[file]
            if part:
                place = anchors(file, page).get(part)
                if place is None:
                    raise SystemExit(f"{self.path}: {target} leads to no heading")
                return f'@ref {place} "{text}"'
            if self.path == parent_of(file) and page not in self.children and page != "index":
                self.children.add(page)
                return f'@subpage {page} "{text}"'
            return f'@ref {page} "{text}"'
        if file.parent == EXAMPLES and file.suffix == ".c":
            return f'@ref {file.name} "{text}"'
        if file == EXAMPLES:
            return f"[{text}](examples.html)"
        if not file.exists():
            raise SystemExit(f"{self.path}: {target} does not exist")
        return text

    def prose(self, line):
        """A line outside of blocks of code: its code spans stay, its formulas become Doxygen's."""
        out = []
        for part in re.split(r"(\$`[^`]*`\$|``.*?``|`[^`]*`)", line):
            if part.startswith("$`"):
                out.append(f"@f${part[2:-2]}@f$")
            elif part.startswith("`") and "\\|" in part and line.startswith("|"):
                out.append(bar_code(part))
            elif part.startswith("`"):
                out.append(f"``{part}``".replace("```", "``") if "'" in part else part)  # ' ends a span of one `
            else:
                out.append(link_equations(part, self.everywhere))
        line = re.sub(r"\*\*(`[^`*]*`)\*\*", r"<b>\1</b>", "".join(out))  # Doxygen knows no bold code
        # Links last: their text may be a code span.
        return re.sub(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)", self.link, line)

    def lines(self):
        for line in self.path.read_text().split("\n"):
            fence = re.match(r"\s*```(\w*)", line)
            if self.fence is None and fence:
                self.fence = fence[1] or "text"
                yield "@f[" if self.fence == "math" else line
            elif self.fence and fence:
                yield "@f]" if self.fence == "math" else line
                self.fence = None
            elif self.fence or line.startswith("    "):
                yield line
            elif re.match(r"\[\(\d+\)\]: ", line):
                continue  # what [(20)] means on hosts of repositories
            else:
                yield self.heading(line) if line.startswith("#") else self.prose(line)

    def heading(self, line):
        level, title = re.match(r"(#+) (.*)", line).groups()
        place = next(self.anchors)
        if level == "#":
            if self.id == "index":
                return line
            return f"# {'README' if self.id == 'readme' else title} {{#{self.id}}}"
        return f"{line} {{#{place}}}"


# ---- Headers -----------------------------------------------------------------------------------------------------

def group_of(room):
    return "room_" + room.replace("/", "_")


def first_sentence(text):
    """A comment whose first sentence is marked as such; Doxygen itself takes every dot for its end."""
    head = re.match(r"/\*\*\s+(@file\s*\n \* )?", text)
    if head is None or text.startswith("@", head.end()):
        return text
    body = text[head.end():]
    end = re.search(r"(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\beq)(?<![\s.])\.(?=\s)"  # a dot, or the end of the paragraph
                    r"|(?=\n \* @)|(?=\n \*\s*\n)|(?=\s*\*/)", body).end()
    rest = re.sub(r"^\s*(?:\*(?!/) ?)?", "", body[end:])
    return f"{head[0]}@brief {body[:end]}\n *\n * {rest}" if rest != "*/" else f"{head[0]}@brief {body[:end]} */"


def comment(text):
    """What a comment of a header says, with links and with its errors in a paragraph of their own."""
    ids = page_ids()
    text = re.sub(r"\bdoc/[\w/]+\.md\b",
                  lambda m: f'@ref {ids[ROOT / m[0]]} "{m[0]}"' if ROOT / m[0] in ids else m[0], text)
    text = link_equations(first_sentence(text), True).replace("#if", "\\#if")
    text = re.sub(r"(?<=[\s*])Errors: ", "\n *\n * @par Errors\n * ", text)
    return re.sub(r"Example: doc/examples/simple/(\w+\.c)", r"\n *\n * @par Example\n * @ref \1", text)


def header(path):
    text = path.read_text()
    name = path.name.removesuffix(".in")
    text = re.sub(r"^/\* (.*?)\*/", lambda m: f"/** @file\n * {m[1]}*/", text, count=1, flags=re.DOTALL)
    text = re.sub(r"(\n \*)? *SPDX-License-Identifier: MIT", "", text, count=1)
    statuses = re.findall(r"X\((DDN_\w+), (-?\d+),\s*\"([^\"]*)\"\)", text)
    text = re.sub(r"#(?:define|undef) DDN_STATUS_ENUM_ENTRY.*", "", text)
    text = text.replace("    DDN_STATUS_LIST(DDN_STATUS_ENUM_ENTRY)",
                        ",\n".join(f"    {n} = {v} /**< {t} */" for n, v, t in statuses))
    between = r"\n+(?:/\*(?:(?!\*/).)*\*/\n+|#(?:[^\n\\]|\\\n)*\n+)*"  # comments and macros
    text = re.sub(rf"\s*\*/\ntypedef int32_t (ddn_\w+);(?={between}enum \1_values)",
                  r"\n * @see #\1_values */\ntypedef int32_t \1;", text, flags=re.DOTALL)
    text = re.sub(r"^enum (ddn_\w+)_values", r"/** Values of \1. */\nenum \1_values", text, flags=re.MULTILINE)
    text = re.sub(r"/\*\*.*?\*/", lambda m: comment(m[0]), text, flags=re.DOTALL)
    room = room_of_header(name)
    if room is None:
        return text
    text = sections(text)
    guard = re.search(r"^#define DIFFDYN_\w+_H\n", text, re.MULTILINE)
    end = text.rindex("#endif")
    return (f"{text[:guard.end()]}/** @addtogroup {group_of(room)}\n * @{{ */\n"
            f"{text[guard.end():end]}/** @}} */\n{text[end:]}")


def sections(text):
    """Comments of the form ---- Name ---- divide what is behind them into named parts of the group."""
    parts = re.split(r"^/\* -{4,} ?(.*?) ?-+ \*/$", text, flags=re.MULTILINE)
    out = parts[0]
    for name, body in zip(parts[1::2], parts[2::2]):
        if not name:
            out += body
            continue
        at = re.search(r"^DDN_END_DECLS|\Z", body, re.MULTILINE).start()
        out += f"/** @name {name}\n * @{{ */{body[:at]}/** @}} */\n{body[at:]}"
    return out


# ---- Rooms and examples ------------------------------------------------------------------------------------------

def rooms():
    """The groups: the rooms that have public headers, in the order of lib/layers.txt."""
    out = []
    public = {room for room, headers, _ in LAYERS if headers}
    for room, headers, text in LAYERS:
        if headers:
            parent = os.path.dirname(room)
            out += ["/**", f" * @defgroup {group_of(room)} {room}", f" * @brief {text[0].upper()}{text[1:]}."]
            if parent in public:
                out.append(f" * @ingroup {group_of(parent)}")
            out += [" *", " * Headers: " + ", ".join(f'@ref {h} "{h}"' for h in headers) + ".", " */"]
    out += [f"/** @example {p.name} */" for p in sorted(EXAMPLES.glob("*.c"))]  # they say themselves what they do
    return "\n".join(out)


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    if path.suffix == ".md":
        print("\n".join(Page(path).lines()))
    elif path.name == "layers.txt":
        print(rooms())
    elif path.suffix == ".h":
        print(header(path))
    else:
        print(path.read_text(), end="")


if __name__ == "__main__":
    main()

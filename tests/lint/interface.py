"""The one parser of the public headers, for tests and tools: functions, callback types, enums, handles, documentation.

A declaration is documented by the `/** ... */` right before it, or by a `/**< ... */` behind it on the same line. Lines
`@param[in] name [m][ldx], or NULL; retained` say of a pointer which way it goes, its shape, whether NULL may stand for
it, and whose it is afterwards; `@return` says the same of a pointer that is returned. What goes without saying (doc/abi.md has the rules) is filled in here: see `_fill`.
"""
import dataclasses
import re

from source import PUBLIC, public_headers

SCALARS = {"int32_t", "int64_t", "double", "float"}


@dataclasses.dataclass
class Value:
    """A parameter, or what a function returns."""
    name: str
    type: str
    documented: bool = False  # has a line of its own
    direction: str = "in"     # in, out, in,out
    nullable: bool = False
    shape: str | None = None      # "[m][ldx]"; None: one value
    ownership: str | None = None  # retained, borrowed, static, created, callback, not kept; None: nothing said

    @property
    def declared(self):
        """As it stands in a list of parameters."""
        return self.type + ("" if self.type.endswith("*") else " ") + self.name

    @property
    def pointer(self):
        return self.type.endswith("*")

    @property
    def target(self):
        """What it points at, without const: "double"; of `ddn_x **`, "ddn_x"."""
        return re.sub(r"\bconst\b|\*", "", self.type).strip()


@dataclasses.dataclass
class Function:
    name: str
    returns: str
    params: list
    header: str
    line: int
    doc: str | None
    returned: Value = None
    unknown: list = dataclasses.field(default_factory=list)  # names of @param that no parameter has


@dataclasses.dataclass
class Constant:
    name: str
    value: int
    type: str
    doc: str | None


@dataclasses.dataclass
class Enum:
    type: str
    tag: str | None
    members: list
    header: str
    line: int


@dataclasses.dataclass
class Named:
    """A typedef: of a handle, or of a kind of number."""
    name: str
    base: str  # "struct", "int32_t"
    header: str
    line: int
    doc: str | None


@dataclasses.dataclass
class Interface:
    functions: list = dataclasses.field(default_factory=list)
    callbacks: list = dataclasses.field(default_factory=list)
    enums: list = dataclasses.field(default_factory=list)
    handles: list = dataclasses.field(default_factory=list)
    numbers: list = dataclasses.field(default_factory=list)
    statuses: list = dataclasses.field(default_factory=list)  # (name, value, text)
    order: list = dataclasses.field(default_factory=list)     # everything, as declared

    @property
    def integers(self):
        """{typedef: integer type}."""
        return {n.name: n.base for n in self.numbers}

    @property
    def constants(self):
        return [m for e in self.enums for m in e.members]


def in_order(name="diffdyn.h", seen=None):
    """Names of the public headers, each after those that it includes."""
    seen = {} if seen is None else seen
    path = PUBLIC / name
    if name not in seen and path.exists():
        seen[name] = None
        for inner in re.findall(r"#include <diffdyn/([\w.]+)>", path.read_text()):
            in_order(inner, seen)
        seen[name] = seen.pop(name)  # move behind what it includes
    return list(seen)


def tidy_type(text):
    """ "const double *", "ddn_x **", "ddn_x *const *": one space before the stars."""
    text = " ".join(text.replace("*", " * ").split())
    return re.sub(r"\* (?=\*)", "*", text).replace("* const", "*const")


def clean(comment):
    """The text of a comment without its frame."""
    body = re.sub(r"^/\*+<?", "", comment)[:-2].rstrip("*")
    return "\n".join(re.sub(r"^[ \t]*\*? ?", "", line) if i else line.strip()
                     for i, line in enumerate(body.split("\n"))).strip()


_PIECE = re.compile(r"""
    (?P<space>\s+) |
    (?P<comment>/\*.*?\*/) |
    (?P<directive>\#(?:[^\n\\]|\\\n|\\.)*) |
    (?P<frame>DDN_(?:BEGIN|END)_DECLS) |
    (?P<declaration>(?:/\*.*?\*/|\{(?:/\*.*?\*/|[^{}])*\}|[^;{}/])+;)
    """, re.DOTALL | re.VERBOSE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PARAM = re.compile(r"^@(param\[(in|out|in,out)\]|return)[ \t]+", re.MULTILINE)


def _bare(text):
    return " ".join(_COMMENT.sub(" ", text).split())


def parse_text(text, header, into):
    """Adds what one header declares."""
    position, doc, last = 0, None, None
    while position < len(text):
        match = _PIECE.match(text, position)
        if not match:
            line = text.count("\n", 0, position) + 1
            raise SystemExit(f"{header}:{line}: cannot read {text[position:position + 40]!r}")
        kind, piece = match.lastgroup, match.group(0)
        line = text.count("\n", 0, position) + 1
        position = match.end()
        if kind == "comment" and piece.startswith("/**<"):
            if last is not None:
                last.doc = clean(piece)
                _document(last)
        elif kind == "comment":
            doc = clean(piece) if piece.startswith("/**") else None
        elif kind == "space":
            if "\n" in piece:
                last = None
            if piece.count("\n") > 1:
                doc = None
        elif kind == "directive":
            for name, value, meaning in re.findall(r"X\((DDN_\w+), (-?\d+),\s*\"([^\"]*)\"\)", piece):
                into.statuses.append((name, int(value), meaning))
            doc = None
        elif kind == "declaration":
            last = _declare(piece, header, line, doc, into)
            doc = None


def _declare(piece, header, line, doc, into):
    bare = _bare(piece)
    if re.match(r"enum\b", bare):
        made = _enum(piece, header, line, into)
        into.enums.append(made)
        into.order.append(made)
        return None
    number = re.fullmatch(r"typedef (int32_t|int64_t) (\w+);", bare)
    handle = re.fullmatch(r"typedef struct (\w+) \1;", bare)
    callback = re.fullmatch(r"typedef ([\w *]+?)\(\*(\w+)\)\((.*)\);", bare)
    function = re.fullmatch(r"(?:DDN_API )?([\w *]+?)\b(\w+) ?\((.*)\);", bare)
    if number:
        made = Named(number[2], number[1], header, line, doc)
        into.numbers.append(made)
    elif handle:
        made = Named(handle[1], "struct", header, line, doc)
        into.handles.append(made)
    elif callback or function:
        result, name, parameters = (callback or function).groups()
        made = Function(name, tidy_type(result), _parameters(parameters), header, line, doc)
        made.returned = Value("", made.returns, direction="out")
        (into.callbacks if callback else into.functions).append(made)
        _document(made)
    else:
        raise SystemExit(f"{header}:{line}: cannot read {bare[:60]!r}")
    into.order.append(made)
    return made


def _parameters(text):
    found = []
    for part in text.split(","):
        if part.strip() not in ("", "void"):
            kind, name, array = re.fullmatch(r"\s*(.*?)\s*(\w+)((?:\[\w*\])*)\s*", part).groups()
            value = Value(name, tidy_type(kind + (" *" if array else "")))
            value.shape = array or None
            found.append(value)
    return found


def _enum(piece, header, line, into):
    tag = re.match(r"enum\s+(\w+)", piece)
    tag = tag.group(1) if tag else None
    body = piece[piece.index("{") + 1:piece.rindex("}")]
    members = []
    if "DDN_STATUS_LIST" in body:
        members = [Constant(name, value, "ddn_status", text) for name, value, text in into.statuses]
    for match in re.finditer(r"(?P<name>DDN_\w+)\s*=\s*(?P<value>-?\w+)\s*,?\s*(?P<doc>/\*.*?\*/)?"
                             r"|/\*.*?\*/", body, re.DOTALL):
        if match["name"]:
            text = match["doc"]
            text = clean(text) if text and text.startswith("/**<") else None
            members.append(Constant(match["name"], int(match["value"], 0), None, text))
    # Of a tagged enum the type is in its tag; of others, the one declared last.
    kind = tag.removesuffix("_values") if tag else into.numbers[-1].name
    for member in members:
        member.type = kind
    return Enum(kind, tag, members, header, line)


def _document(made):
    """Takes the @param lines out of the text of a function and to its parameters."""
    if not isinstance(made, Function):
        return
    if made.doc:
        parts = _PARAM.split(made.doc)
        made.doc = parts[0].strip()
        by_name = {p.name: p for p in made.params}
        for what, direction, text in zip(parts[1::3], parts[2::3], parts[3::3]):
            text = " ".join(text.split())
            name = "" if what == "return" else re.match(r"\w*", text).group(0)
            value = made.returned if what == "return" else by_name.get(name)
            if value is None:
                made.unknown.append(name)
            else:
                _describe(value, direction or "out", text[len(name):])
    _fill(made)


def _describe(value, direction, text):
    value.documented, value.direction = True, direction
    shape = re.match(r"\s*((?:\[[^]]+\])+)", text)
    value.shape = shape.group(1) if shape else value.shape
    value.nullable = bool(re.search(r"\b(?:or|may be) NULL\b", text))
    owner = re.search(r"\b(retained|borrowed|static|not kept)\b", text)
    value.ownership = owner.group(1) if owner else None


def _fill(made):
    """What goes without saying: new handles go out by `**out` and are the caller's; destroy takes NULL, and so do
    getters and release functions; user is handed back to the callbacks of the call."""
    for value in made.params:
        if value.type.endswith("**") and value.name == "out":
            value.direction, value.ownership = "out", "created"
        elif value.type == "ddn_release_fn" or (value.name == "user" and value.type == "void *"):
            value.nullable, value.ownership = True, "callback"
        elif value.type.endswith("_fn"):
            value.ownership = "callback"
    first = made.params[0] if made.params else None
    if first and first.type.startswith(("ddn_", "const ddn_")) and first.type.count("*") == 1 and not first.documented:
        if made.name.endswith("_destroy") or made.returns != "ddn_status":
            first.nullable = True


def parse():
    """The whole interface, in the order in which a compiler sees it."""
    into = Interface()
    names = in_order()
    missing = {p.name for p in public_headers()} - set(names)
    if missing:
        raise SystemExit(f"diffdyn.h does not reach {', '.join(sorted(missing))}")
    for name in names:
        parse_text((PUBLIC / name).read_text(), name, into)
    return into


def public_functions():
    """{name: header} of every function."""
    return {f.name: f.header for f in parse().functions}


def public_constants():
    """{name: value} of every enumerator, the status list included."""
    return {c.name: c.value for c in parse().constants}


def declaration(made):
    """A typedef or a function as one line of C."""
    if isinstance(made, Named):
        return f"typedef struct {made.name} {made.name};" if made.base == "struct" else f"typedef {made.base} {made.name};"

    params = ", ".join(p.declared for p in made.params) or "void"
    if made.name.endswith("_fn"):
        return f"typedef {Value(f'(*{made.name})', made.returns).declared}({params});"
    return f"{Value(made.name, made.returns).declared}({params});"

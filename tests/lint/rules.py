#!/usr/bin/env python3
"""The rules of the public interface (doc/abi.md, "The rules"), as far as a machine can check them, over what
interface.py reads in the headers.

rules.py            checks, and that the table of doc/abi.md has the numbers of this run
rules.py --write    puts the numbers into the table
"""
import re
import sys

import interface
from source import ROOT, finish

PAGE = ROOT / "doc" / "abi.md"
BLOCKS = {"context": 1, "query": 2, "integrator": 3, "analysis": 4, "symmetry": 5, "model": 6}

# rule -> {name: why it may}. Nothing stands here without need.
EXCEPTIONS = {
    "names": {},
    "order": {
        "ddn_deallocate_fn": "memory and its size, as in C",
        "ddn_parallel_body_fn": "arg is to it what user is to others",
    },
    "callbacks": {
        "ddn_model_set_predict_f64": "user is the model's",
        "ddn_model_set_predict_f32": "user is the model's",
        "ddn_model_set_jvp_f64": "user is the model's",
        "ddn_model_set_jvp_f32": "user is the model's",
        "ddn_model_set_log_p": "user is the model's",
        "ddn_allocate_fn": "returns memory",
        "ddn_deallocate_fn": "has nothing to tell",
        "ddn_release_fn": "has nothing to tell",
        "ddn_parallel_body_fn": "is the library's own, called by the host",
    },
    "release": {
        "ddn_context_create_with_allocator": "the allocator must outlive the context",
    },
    "const": {},
    "keys": {},
    "enums": {"ddn_status": "its errors are negative"},
    "comments": {},
    "pointers": {},
    "handles": {},
    "types": {},
}


class Rules:
    def __init__(self, public):
        self.public = public
        self.handles = {h.name for h in public.handles}
        self.callbacks = {c.name for c in public.callbacks}
        self.checked = {}
        self.used = set()
        self.problems = []

    def fault(self, rule, name, text):
        if name in EXCEPTIONS[rule]:
            self.used.add((rule, name))
        else:
            self.problems.append(f"{rule}: {name}: {text}")

    def count(self, rule, number=1):
        self.checked[rule] = self.checked.get(rule, 0) + number

    def is_handle(self, p):
        return p.target in self.handles and p.type.count("*") == 1

    def rank(self, p, first):
        """Place of a parameter in the order of parameters."""
        if self.is_handle(p):
            return 0 if first else 1
        if p.type.endswith("**") and p.target in self.handles and "const" not in p.type:
            return 7
        if p.type in self.callbacks or (p.name == "user" and p.type == "void *"):
            return 5
        if p.type == "const char *" or p.type in self.public.integers:
            return 2
        if not p.pointer:
            return 3
        return 4 if "const" in p.type else 6


RANKS = ["context or object", "other object", "kind or name", "number", "input", "callback", "output", "**out"]


def names(r):
    """Constructors are ddn_<object>_create... or _open..., and these are constructors; `**out` is last."""
    for f in r.public.functions:
        r.count("names")
        made = [p for p in f.params if p.type.endswith("**") and p.target in r.handles and "const" not in p.type]
        called = re.match(r"(ddn_\w+?)_(create|open)(_|$)", f.name)
        if called and not (made and made[-1] is f.params[-1] and made[-1].target == called.group(1)
                           and made[-1].name == "out"):
            r.fault("names", f.name, f"does not end in {called.group(1)} **out")
        if made and made[-1] is not f.params[-1]:
            r.fault("names", f.name, "**out is not last")
        if made and not called and made[-1].target not in ("ddn_result", "ddn_diagram"):
            r.fault("names", f.name, f"makes a {made[-1].target}: ddn_<object>_create or _open")


def order(r):
    """Parameters come in the order of RANKS; an ld stands behind its pointer."""
    for f in r.public.functions + r.public.callbacks:
        r.count("order")
        highest, before = 0, None
        params = f.params[1:] if f.name in r.callbacks and f.params[0].name == "user" else f.params
        for i, p in enumerate(params):
            if re.fullmatch(r"ld\w*", p.name) and not p.pointer:
                if before is None or not before.pointer:
                    r.fault("order", f.name, f"{p.name} does not follow a pointer")
                continue
            rank = r.rank(p, i == 0)
            if rank < highest:
                r.fault("order", f.name, f"{p.name} ({RANKS[rank]}) comes after an {RANKS[highest]}")
            highest, before = max(rank, highest), p


def callbacks(r):
    """Callback types take user first and return int32_t. Functions take fn..., user, release."""
    for c in r.public.callbacks:
        r.count("callbacks")
        if c.params[0].type != "void *" or c.params[0].name != "user" or c.returns != "int32_t":
            r.fault("callbacks", c.name, "is not int32_t (void *user, ...)")
    for f in r.public.functions:
        kinds = [p.type if p.type in r.callbacks else p.name for p in f.params]
        places = [i for i, kind in enumerate(kinds) if kind in r.callbacks and kind != "ddn_release_fn"]
        if not places:
            continue
        r.count("release")
        after = kinds[places[-1] + 1:places[-1] + 3]
        if places != list(range(places[0], places[-1] + 1)) or after[:1] != ["user"]:
            r.fault("callbacks", f.name, "does not take fn..., user")
        elif after[1:] != ["ddn_release_fn"]:
            r.fault("release", f.name, "does not take fn..., user, release")


def const(r):
    """What reads an object takes it const: functions that return what is no status, savers, readers."""
    reads = re.compile(r"(?<!_set)_(save|save_size|read|read_\w+|write|times|size|\w*bounds\w*|get_\w+|position|message)$")
    for f in r.public.functions:
        if not f.params or not r.is_handle(f.params[0]):
            continue
        object_ = f.params[1] if f.params[0].target == "ddn_context" and len(f.params) > 1 and r.is_handle(f.params[1]) \
            else f.params[0]
        getter = f.returns not in ("ddn_status", "void") and not f.name.endswith(("_options", "_retain"))
        if getter or (reads.search(f.name) and object_.target != "ddn_context"):
            r.count("const")
            if "const" not in object_.type:
                r.fault("const", f.name, f"{object_.name} is not const")


def keys(r):
    """Keys of options are unique, in the thousand of their object."""
    seen = {}
    for e in r.public.enums:
        kind = re.fullmatch(r"ddn_(\w+)_key", e.type)
        for member in e.members if kind else []:
            if member.value < 0:
                continue
            r.count("keys")
            if member.value in seen:
                r.fault("keys", member.name, f"has the number of {seen[member.value]}")
            seen[member.value] = member.name
            if member.value // 1000 != BLOCKS.get(kind.group(1)):
                r.fault("keys", member.name, f"{member.value} is not in the thousand of {kind.group(1)}")


def enums(r):
    """Enums are `enum ddn_x_values` behind `typedef int32_t ddn_x`, start with a member _NONE = -1, and say what each
    member is."""
    for e in r.public.enums:
        r.count("enums")
        if e.tag is None or e.type not in r.public.integers or e.tag != f"{e.type}_values":
            r.fault("enums", e.type, "the enum has no tag of its type")
            continue
        if e.members[0].value != -1 or not e.members[0].name.endswith("_NONE"):
            r.fault("enums", e.type, "does not start with a member _NONE = -1")
        for member in e.members:
            if not member.doc:
                r.fault("enums", member.name, "has no comment /**< ... */")


def comments(r):
    """Each function, callback type, handle and kind of number has a comment of its own, which says what no other says;
    what comments name exists."""
    known = {m.name for m in r.public.order if not isinstance(m, interface.Enum)} | {c.name for c in r.public.constants}
    known |= {h.removesuffix(".h") for h in interface.in_order()}
    whose = {}  # text: the first that has it
    for made in r.public.order:
        if isinstance(made, interface.Enum):
            docs = [m.doc or "" for m in made.members]
            name = made.type
        else:
            r.count("comments")
            name, docs = made.name, [made.doc or ""]
            if not made.doc:
                r.fault("comments", name, f"{made.header}:{made.line}: has no comment /** ... */")
            elif whose.setdefault(made.doc, name) != name:
                r.fault("comments", name, f"{made.header}:{made.line}: says the same as {whose[made.doc]}")
        if re.search(r"^[+*] ", "\n".join(docs), re.MULTILINE):
            r.fault("comments", name, "a line starts with an operator, which readers of comments take for a list")
        for word in re.findall(r"\b(?:ddn|DDN)_\w+[a-zA-Z0-9]\b(?!\w|_)", " ".join(docs)):
            if word not in known and not word.startswith("DDN_VERSION"):
                r.fault("comments", name, f"names {word}, which does not exist")


def pointers(r):
    """Pointers that are no plain handles have a @param line; its direction fits const, its shape has the ld."""
    for f in r.public.functions + r.public.callbacks:
        r.count("pointers")
        for name in f.unknown:
            r.fault("pointers", f.name, f"@param {name}: there is no such parameter")
        for p, after in zip(f.params, [*f.params[1:], None]):
            plain = r.is_handle(p) or p.ownership == "created" or (p.name == "user" and p.type == "void *") or \
                p.type == "const char *"
            if p.pointer and not p.documented and not plain:
                r.fault("pointers", f.name, f"no @param of {p.name}")
            if p.documented and p.pointer and ("const" in p.type) != (p.direction == "in") and not r.is_handle(p):
                r.fault("pointers", f.name, f"{p.name} is {p.type} and @param[{p.direction}]")
            if p.documented and after and re.fullmatch(r"ld\w*", after.name) and f"[{after.name}]" not in (p.shape or ""):
                r.fault("pointers", f.name, f"the shape of {p.name} lacks [{after.name}]")
        if f.returned.pointer and not f.returned.documented:
            r.fault("pointers", f.name, "no @return")


def handles(r):
    """Constructors say of each handle that they take whether it is kept."""
    for f in r.public.functions:
        if f.params and f.params[-1].ownership == "created" and re.search(r"_(create|open)(_|$)", f.name):
            r.count("handles")
            for p in f.params[:-1]:
                if p.target in r.handles and p.target != "ddn_context" and p.ownership is None:
                    r.fault("handles", f.name, f"{p.name}: retained, or not kept?")


def types(r):
    """int32_t, int64_t, double, float, pointers to them, to handles, to text, to bytes; callbacks."""
    fit = interface.SCALARS | set(r.public.integers) | r.handles | {"void", "char"}
    for f in r.public.functions + r.public.callbacks:
        r.count("types")
        for p in [f.returned, *f.params]:
            value = p.type in interface.SCALARS or p.type in r.public.integers or p.type in r.callbacks
            if not value and not (p.pointer and p.target in fit) and not (p is f.returned and p.type == "void"):
                r.fault("types", f.name, f"{p.type} {p.name}")


def table(rules):
    """Rows of doc/abi.md with the numbers of this run."""
    text = PAGE.read_text()
    functions = rules.public.functions
    print(f"functions with a text of their own: {len({f.doc for f in functions if f.doc})}/{len(functions)}")
    for rule, number in rules.checked.items():
        text, found = re.subn(rf"^(\|.*`{rule}`.*\| )\d+( \|)$", rf"\g<1>{number}\2", text, flags=re.MULTILINE)
        if not found:
            rules.problems.append(f"doc/abi.md: no row for `{rule}`")
    return text


def main():
    rules = Rules(interface.parse())
    for check in (names, order, callbacks, const, keys, enums, comments, pointers, handles, types):
        check(rules)
    rules.problems += [f"{rule}: {name}: an exception that is needed no longer" for rule, of in EXCEPTIONS.items()
                       for name in of if (rule, name) not in rules.used]
    functions = rules.public.functions
    print(f"functions with a text of their own: {len({f.doc for f in functions if f.doc})}/{len(functions)}")
    for rule, number in rules.checked.items():
        print(f"{rule}: {number} checked, {sum(1 for one, _ in rules.used if one == rule)} exceptions")
    text = table(rules)
    if "--write" in sys.argv:
        PAGE.write_text(text)
    elif text != PAGE.read_text():
        rules.problems.append("doc/abi.md: numbers of another day; tests/lint/rules.py --write")
    finish(rules.problems, "rules")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The HTML reference, made by Doxygen without a warning: everything public has a text of its own and is in the group
of its room, every link of every page leads somewhere.

Usage: reference.py DOXYFILE    (of a build folder)
"""
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
import interface  # noqa: E402
from source import finish, room_of_header  # noqa: E402

SKIP = 77


def make(doxyfile, folder):
    """Runs Doxygen; gives its warnings."""
    settings = pathlib.Path(doxyfile).read_text() + f"""
OUTPUT_DIRECTORY = "{folder}"
GENERATE_XML = YES
XML_PROGRAMLISTING = NO
WARN_AS_ERROR = FAIL_ON_WARNINGS
"""
    run = subprocess.run(["doxygen", "-"], input=settings, text=True, capture_output=True, check=False)
    problems = run.stderr.splitlines()
    if run.returncode and not problems:
        problems.append(f"doxygen ended with {run.returncode}")
    return problems


def text_of(node, names=("briefdescription", "detaileddescription")):
    return " ".join("".join("".join(node.find(n).itertext()) for n in names).split())


def members(folder, problems):
    """{kind: {name: (text, group)}} of what the XML has in groups."""
    found = {"function": {}, "typedef": {}, "enum": {}, "enumvalue": {}, "define": {}}
    for path in folder.glob("xml/group__*.xml"):
        group = ET.parse(path).find("compounddef")
        for node in group.iter("memberdef"):
            name = group.findtext("compoundname")
            found[node.get("kind")][node.findtext("name")] = (text_of(node), name)
            brief = text_of(node, ("briefdescription",))
            if re.search(r"( \.|\b(al|eq|e\.g|i\.e|cf)\.)$", brief):
                problems.append(f"{node.findtext('name')}: its first sentence is cut: {brief}")
            for value in node.iter("enumvalue"):
                found["enumvalue"][value.findtext("name")] = (text_of(value), name)
    return found


def letters(text):
    return "".join(c for c in text if c.isalpha())


def coverage(folder, problems):
    """What the headers declare (by the parser of this project, not Doxygen's) against what the reference has."""
    public = interface.parse()
    headers = {m.name: m.header for m in public.functions + public.callbacks + public.handles + public.numbers}
    headers |= {c.name: e.header for e in public.enums for c in e.members}
    headers |= {e.tag: e.header for e in public.enums}
    wanted = {"function": public.functions, "typedef": public.callbacks + public.handles + public.numbers}
    wanted = {kind: [m.name for m in made] for kind, made in wanted.items()}
    wanted |= {"enum": [e.tag for e in public.enums], "enumvalue": [c.name for c in public.constants]}
    docs = {m.name: m.doc for m in [*public.functions, *public.callbacks, *public.handles, *public.numbers,
                                    *public.constants]}
    found = members(folder, problems)
    for kind, names in wanted.items():
        good = 0
        for name in names:
            text, group = found[kind].get(name, ("", None))
            room = "room_" + room_of_header(headers[name]).replace("/", "_")
            if not text:
                problems.append(f"{headers[name]}: {kind} {name} has no text of its own in the reference")
            elif kind != "enum" and not letters(text).startswith(letters(docs[name].split("Example:")[0])[:60]):
                problems.append(f"{headers[name]}: {kind} {name} has the text of something else: {text[:60]}")
            elif group != room:
                problems.append(f"{headers[name]}: {kind} {name} is in {group}, not in {room}")
            else:
                good += 1
        print(f"{kind}: {good}/{len(names)}")
    others = {name: text for name, (text, _) in found["define"].items()}
    others |= {name: text for name, (text, _) in found["function"].items() if name not in headers}
    problems += [f"{name} has no text" for name, text in others.items() if not text]
    print(f"macros, and functions of mpi.h: {sum(map(bool, others.values()))}/{len(others)}")


class Links(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.targets, self.places = [], set()
        self.feed(path.read_text(errors="replace"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name"):
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.targets.append(value)


def links(folder, problems):
    pages = {path.name: Links(path) for path in folder.glob("html/*.html")}
    count = 0
    for name, page in sorted(pages.items()):
        for target in page.targets:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or target.startswith(("//", "/")):
                continue
            count += 1
            file, place = parts.path or name, urllib.parse.unquote(parts.fragment)
            if not (folder / "html" / file).exists():
                problems.append(f"{name}: no {target}")
            elif place and file in pages and place not in pages[file].places:
                problems.append(f"{name}: nothing at {target}")
    print(f"{count} links in {len(pages)} pages")


def code(folder, problems):
    """No code span shows the backslash of \\| in a table of Markdown."""
    for path in folder.glob("html/*.html"):
        shown = re.findall(r"<code>[^<]*\\\|[^<]*</code>", path.read_text(errors="replace"))
        problems += [f"{path.name}: a backslash before a bar: {text}" for text in shown]


def main():
    if shutil.which("doxygen") is None:
        print("no doxygen")
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        problems = make(sys.argv[1], folder)
        coverage(folder, problems)
        links(folder, problems)
        code(folder, problems)
    finish(problems, "reference")


if __name__ == "__main__":
    main()

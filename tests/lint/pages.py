"""What the lint scripts and the HTML reference share about pages: which there are, their headings, the equations."""
import re

from source import ROOT

DOC = ROOT / "doc"
THEORY = DOC / "theory.md"
NOTATION = DOC / "notation.md"


def pages():
    """All pages, README first."""
    outside = [ROOT / "README.md", ROOT / "bench" / "README.md"]
    return outside + sorted(p for p in DOC.rglob("*.md") if "examples" not in p.parts and
                            (p.parent == DOC / "bindings" or "bindings" not in p.parts))


def slug(title):
    """The anchor that hosts of repositories give a heading."""
    title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def headings(path):
    """[(line number, title, anchor)] of a page."""
    inside, found, count = False, [], {}
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if re.match(r"\s*```", line):
            inside = not inside
        elif not inside and re.match(r"#+ ", line):
            title = line.split(" ", 1)[1]
            name = slug(title)
            count[name] = count.get(name, -1) + 1
            found.append((number, title, name + (f"-{count[name]}" if count[name] else "")))
    return found


def equations():
    """[(number, anchor)] of the equations, in the order of the page."""
    return [(m[1], place) for _, title, place in headings(THEORY) if (m := re.match(r"\((\d+)\) ", title))]


def prose(text):
    """[(line number, line)] of a page without its blocks of code, with code spans and formulas blanked."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*```", line):
            inside = not inside
        elif not inside and not line.startswith("    "):
            yield number, re.sub(r"\$`[^`]*`\$|``.*?``|`[^`]*`", lambda m: "`" * len(m[0]), line)

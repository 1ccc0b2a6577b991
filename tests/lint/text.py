#!/usr/bin/env python3
"""The text itself: clang-format 14, leftovers, the fixed top level; equation numbers, formulas, paths, links of pages.

Usage: text.py format | words | equations [--write] | formulas | paths | links
"""
import re
import shutil
import subprocess
import sys

from pages import NOTATION, THEORY, equations, headings, pages, prose
from source import PUBLIC, ROOT, c_files, finish

SKIP = 77
FOLDERS = ["include", "lib", "tests", "bench", "doc"]
TOP = {"meson.build", "meson_options.txt", "README.md", "COPYING", "include", "lib", "tests",
       "bench", "pkgconfig", "doc"}
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b|<<<<<<<|>>>>>>>")
# Absolute paths belong to one machine, except those of the Debian system itself.
SYSTEM = "usr|etc|proc|sys|dev|lib|tmp|var|bin"
ABSOLUTE = re.compile(rf"""(?:^|[\s"'`(=:])/(?!(?:{SYSTEM})\b)([A-Za-z_][\w.-]*/[\w./-]+)""")

# Of formulas. KaTeX is what hosts of repositories use, MathJax 2 what the HTML reference does.
COMMANDS = set("""alpha bar begin beta chi cos cosh delta Delta end epsilon eta frac gamma gets hat in infty int kappa
    lambda Lambda langle ldots left le lfloor log mathbb mathcal mathrm mathtt max mid min mp mu nabla ne ge
    operatorname Big phi Phi pi pm prod psi qquad quad rangle rfloor rho right sigma sim sin sinh sqrt sum tanh tau
    text tfrac theta
    tilde times to varepsilon varphi vert xi zeta cdot""".split())


def check_format():
    tool = shutil.which("clang-format-14")
    if tool is None:
        print("no clang-format-14")
        sys.exit(SKIP)
    files = [str(p) for p in c_files(*FOLDERS)]
    run = subprocess.run([tool, "--dry-run", "--Werror", "--style=file", *files], text=True,
                         capture_output=True, check=False)
    first = {}
    for line in run.stderr.splitlines():
        match = re.match(r"(.*?):(\d+):\d+: error", line)
        if match:
            first.setdefault(match.group(1), match.group(2))
    return [f"{name}:{line}: not formatted; run clang-format-14 -i on it"
            for name, line in first.items()]


def tracked():
    run = subprocess.run(["git", "-C", str(ROOT), "ls-files"], text=True, capture_output=True,
                         check=False)
    if run.returncode != 0:
        print("not a git checkout")
        sys.exit(SKIP)
    return [ROOT / name for name in run.stdout.splitlines() if (ROOT / name).is_file()]


def check_words():
    problems = []
    for path in tracked():
        relative = path.relative_to(ROOT).as_posix()
        top = relative.split("/")[0]
        if top not in TOP and not top.startswith("."):
            problems.append(f"{relative}: the top level is fixed")
        if path.suffix in (".npy", ".gz", ".csv", ".json", ".abi", ".png", ".jpg", ".h5", ".mat") or path.samefile(__file__) or \
                relative.startswith("tests/fuzz/corpus/"):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            at = f"{relative}:{number}"
            if LEFTOVERS.search(line):
                problems.append(f"{at}: leftover: {line.strip()}")
            if line != line.rstrip():
                problems.append(f"{at}: space at the end of the line")
            match = ABSOLUTE.search(line)
            if match:
                problems.append(f"{at}: path of one machine: /{match.group(1)}")
    return problems


def check_equations():
    """Every cited equation of doc/theory.md exists, no number is given twice. In public headers all (20) are such."""
    numbers = [n for n, _ in equations()]
    problems = [f"doc/theory.md: ({n}) twice" for n in sorted(set(numbers)) if numbers.count(n) > 1]
    for path in c_files(*FOLDERS):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            pattern = r"(?<![\w)'])\((\d\d)\)" if path.parent == PUBLIC else r"theory(?:\.md)? \((\d+)\)"
            for cited in re.findall(pattern, line):
                if cited not in numbers:
                    problems.append(f"{path.relative_to(ROOT)}:{number}: no equation ({cited})")
    for page, target in [(THEORY, "#"), (NOTATION, "theory.md#")]:
        problems += check_citations(page, target)
    return problems


def check_citations(page, target):
    """Each (20) of a page is a link, [(20)], and the list at its end says where all of them lead."""
    problems, places, name = [], dict(equations()), page.relative_to(ROOT)
    text = page.read_text()
    for number, line in prose(text):
        for cited in re.findall(r"(?<![\w)'\[`])\((\d{1,2})\)(?![\w(`])", line):
            if cited in places and not line.startswith("#"):
                problems.append(f"{name}:{number}: ({cited}) is no link: [({cited})]")
        problems += [f"{name}:{number}: no equation ({n})" for n in re.findall(r"\[\((\d+)\)\]", line)
                     if n not in places]
    body = re.sub(r"(\n\[\(\d+\)\]: .*)+\n$", "\n", text).rstrip("\n") + "\n\n"
    whole = body + "".join(f"[({n})]: {target}{place}\n" for n, place in places.items() if f"[({n})]" in body)
    if "--write" in sys.argv:
        page.write_text(whole)
    elif whole != text:
        problems.append(f"{name}: the list at its end is not what it cites: tests/lint/text.py equations --write")
    return problems


def check_links():
    """Each link of a page leads to a file, and to a heading of it where it names one, and each source that is named as
    Wilson 1927 is one that theory.md lists."""
    problems, sources = [], set(re.findall(r"\*\*([A-Z]\w+ \d{4}[a-z]?)\*\*", THEORY.read_text()))
    anchors = {page: {place for _, _, place in headings(page)} for page in pages()}
    for page in pages():
        for number, line in prose(page.read_text()):
            named = re.findall(r"\b([A-Z][^\W\d_A-Z]+ (?:19|20)\d\d[a-z]?)\b", line)
            problems += [f"{page.relative_to(ROOT)}:{number}: {name} is not among the sources of theory.md"
                         for name in named if name not in sources]
            for target in re.findall(r"\]\(([^()\s]+)\)", line):
                name, _, part = target.partition("#")
                file = (page.parent / name).resolve() if name else page
                at = f"{page.relative_to(ROOT)}:{number}"
                if re.match(r"[a-z]+:", target):
                    continue
                if not file.exists():
                    problems.append(f"{at}: no {target}")
                elif part and part not in anchors.get(file, ()):
                    problems.append(f"{at}: no heading {target}")
    return problems


def check_formulas():
    """Braces and environments of each formula match, and its commands are ones that KaTeX and MathJax 2 both draw."""
    problems = []
    for page in pages():
        text = page.read_text()
        found = [(m.start(), m[1]) for m in re.finditer(r"^```math\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
        blank = re.sub(r"^ *```.*?^ *```", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL | re.MULTILINE)
        found += [(m.start(), m[1]) for m in re.finditer(r"(?<!`)\$`([^`]*)`\$", blank)]
        for position, formula in found:
            at = f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, position) + 1}"
            unknown = set(re.findall(r"\\([a-zA-Z]+)", formula)) - COMMANDS
            if unknown:
                problems.append(f"{at}: formula with \\{min(unknown)}: if both draw it, add it to COMMANDS in text.py")
            bare = re.sub(r"\\[{}]", "", formula)
            if bare.count("{") != bare.count("}") or formula.count("\\left") != formula.count("\\right") or \
                    formula.count("\\begin") != formula.count("\\end"):
                problems.append(f"{at}: formula with braces, \\left or \\begin that do not match")
    return problems


def check_paths():
    """Each file that a page names in `...` by its whole path is there; contributing.md names each option of Meson."""
    said = (ROOT / "doc/contributing.md").read_text()
    options = re.findall(r"^option\('(\w+)'", (ROOT / "meson_options.txt").read_text(), re.MULTILINE)
    problems = [f"doc/contributing.md: no option {name}" for name in options
                if not re.search(f"^\\|.*`{name}`", said, re.MULTILINE)]
    for page in pages():
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for name in re.findall(r"`((?:lib|include|tests|bench|doc)/[\w./-]+)[`:]", line):
                if not re.search("NAME|ROOM|KIND", name) and not (ROOT / name).exists():
                    problems.append(f"{page.relative_to(ROOT)}:{number}: no {name}")
    return problems


def main():
    what = sys.argv[1]
    checks = {"format": check_format, "words": check_words, "equations": check_equations,
              "paths": check_paths, "links": check_links, "formulas": check_formulas}
    finish(checks[what](), what)


if __name__ == "__main__":
    main()

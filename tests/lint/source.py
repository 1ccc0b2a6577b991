"""What the lint scripts share: C sources without comments and strings, and their whereabouts."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLIC = ROOT / "include" / "diffdyn"
LIB = ROOT / "lib"


def _layers():
    """(room, [public headers], what lives there) for each line of lib/layers.txt, low to high."""
    rows = []
    for line in (LIB / "layers.txt").read_text().splitlines():
        if not line.startswith("#"):
            room, headers, text = (part.strip() for part in line.split("|"))
            rows.append((room, headers.split(), text))
    return rows


LAYERS = _layers()
ROOMS = [room for room, _, _ in LAYERS]


def room_of(path):
    """The room of a file of lib."""
    return path.parent.relative_to(LIB).as_posix()


def room_of_header(name):
    """The room of a public header; None for the umbrella, which is above all of them."""
    for room, headers, _ in LAYERS:
        if name in headers:
            return room
    if name == "diffdyn.h":
        return None
    raise SystemExit(f"include/diffdyn/{name} has no room in lib/layers.txt")


_TOKENS = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def strip(text):
    """The text with comments blanked and string contents emptied; line numbers stay."""
    def blank(match):
        token = match.group(0)
        if token.startswith("/"):
            return re.sub(r"[^\n]", " ", token)
        return token[0] * 2
    return _TOKENS.sub(blank, text)


def without_comments(text):
    """The text with comments blanked, strings kept (for #include lines)."""
    return _TOKENS.sub(
        lambda m: re.sub(r"[^\n]", " ", m.group(0)) if m.group(0)[0] == "/" else m.group(0), text)


def public_headers():
    """Those of diffdyn.h: mpi.h is for the users' mpicc, and declares nothing that the library has."""
    return sorted(path for path in PUBLIC.glob("*.h") if path.name != "mpi.h")


def library_files():
    return sorted(p for p in LIB.rglob("*") if p.suffix in (".c", ".h", ".inc", ".def"))


def c_files(*folders):
    return sorted(p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in (".c", ".h", ".cpp"))


def where(path, text, position):
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, position) + 1}"


def finish(problems, checked):
    """Prints the problems and leaves with the status that the test harness expects."""
    for problem in problems:
        print(problem)
    print(f"{checked}: {len(problems)} problem(s)")
    sys.exit(1 if problems else 0)

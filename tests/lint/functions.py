#!/usr/bin/env python3
"""Functions of a size that can be read at once: at most 60 lines from signature to closing brace, at most 8 parameters.

Holds for lib, doc/examples and bench, and for the number of parameters in include and tests too. Every file of lib says at
its head what it is for.
"""
import re

from source import LIB, ROOT, c_files, finish, strip

LINES, PARAMETERS = 60, 8

# More parameters on purpose: reason -> names.
REASONS = {
    "in the public interface of 0.1.0, whose signatures stay":
        "ddn_analysis_path ddn_dataset_create_borrowed ddn_schedule_forward ddn_frechet_distance ddn_late_start_draw "
        "ddn_oracle_create_gaussian ddn_oracle_create_mixture ddn_span_project "
        "ddn_symmetry_diagram ddn_system_bifurcations ddn_system_fixed_points ddn_system_fixed_points_1d "
        "ddn_system_passage ddn_system_trajectory ddn_theory_knee ddn_theory_overlap_draw ddn_theory_overlap_phi "
        "ddn_theory_overlap_run",
    "a report of two sets on two grids":
        "ddn_analysis_generalization",
    "the signature of a public callback, and functions that are such a callback":
        "ddn_jvp_f32_fn ddn_jvp_f64_fn ddn_log_density_fn ddn_predict_f32_fn ddn_predict_f64_fn predict predict_f32 "
        "density host_jvp host_jvp_f32 host_log_p host_predict host_predict_f32 network nothing predict_wrapped "
        "failing_product second_batch straight_velocity swirl two_point_score two_points unet_predict zoo_jvp "
        "zoo_jvp_f32 zoo_log_p zoo_predict "
        "zoo_predict_f32",
    "LAPACK's and BLAS's own signatures":
        "SGEMM dgeev dgemm dgemv dgesdd_ dgetrs dhseqr dlaed2 dlahr2 dlaqr5 dlarfb dlarft dstev dsteqr dsyevd dsyevd_ dsyevr "
        "dsyevr_ dsymv dsyr2k dsyrk dtrmm dtrsm",
}
WIDE = {name for names in REASONS.values() for name in names.split()}


def functions(text):
    """(name, first line, last line or None for a declaration, number of parameters) of what is defined or declared
    outside of functions: functions, and pointers to functions in typedefs and structs."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), strip(text),
                  flags=re.MULTILINE)
    found, start, position = [], 0, 0
    while position < len(code):
        c = code[position]
        if c == "{":
            head, end = code[start:position], closing(code, position, "{}")
            signature = last_call(head)
            if signature and "=" not in head:
                found.append((signature[0], line_of(code, first_word(code, start)), line_of(code, end), signature[1]))
            else:
                found += pointers(code, position, end)
                if re.search(r"\b(struct|union|enum)\b[^()]*$", head) or "=" in head:
                    position = end + 1  # what follows belongs to the same declaration
                    continue
            position = start = end + 1
        elif c == ";":
            signature = last_call(code[start:position])
            if signature:
                line = line_of(code, first_word(code, start))
                found.append((signature[0], line, None, signature[1]))
            position = start = position + 1
        else:
            position += 1
    return found


def closing(code, opening, pair):
    """Position of the bracket that closes the one at `opening`."""
    depth = 0
    for position in range(opening, len(code)):
        depth += (code[position] == pair[0]) - (code[position] == pair[1])
        if depth == 0:
            return position
    raise SystemExit(f"bracket without its partner: {code[opening:opening + 60]!r}")


def count(parameters):
    """Number of parameters between two parentheses."""
    depth, commas = 0, 0
    for c in parameters:
        depth += (c in "([{") - (c in ")]}")
        commas += c == "," and depth == 0
    return 0 if parameters.strip() in ("", "void") else commas + 1


def last_call(head):
    """(name, number of parameters) of a signature; None for what is no function."""
    head = re.sub(r"\b(__attribute__\s*\(\(.*?\)\)|_Static_assert\s*\(.*\))", "", head, flags=re.DOTALL).rstrip()
    if not head.endswith(")"):
        return None
    depth = 0
    for opening in range(len(head) - 1, -1, -1):
        depth += (head[opening] == ")") - (head[opening] == "(")
        if depth == 0:
            break
    # name(...), (*name)(...), or MACRO(name)(...)
    name = re.search(r"(\w+)\s*\)?\s*$", head[:opening])
    return (name.group(1), count(head[opening + 1:-1])) if name else None


def pointers(code, first, last):
    """Pointers to functions among the members of a struct."""
    found = []
    for match in re.finditer(r"\(\s*\*\s*(?:const\s+)?(\w+)\s*\)\s*\(", code[first:last]):
        opening = first + match.end() - 1
        end = closing(code, opening, "()")
        found.append((match.group(1), line_of(code, opening), None, count(code[opening + 1:end])))
    return found


def first_word(code, start):
    return start + len(code[start:]) - len(code[start:].lstrip())


def line_of(code, position):
    return code.count("\n", 0, position) + 1


def check(path, used, problems):
    relative = path.relative_to(ROOT).as_posix()
    top = relative.split("/")[0]
    for name, first, last, parameters in functions(path.read_text()):
        faults = []
        if last and last - first + 1 > LINES and top in ("lib", "doc", "bench"):
            faults.append(f"{last - first + 1} lines, more than {LINES}")
        if parameters > PARAMETERS:
            faults.append(f"{parameters} parameters, more than {PARAMETERS}")
        if not faults:
            continue
        if name in WIDE and len(faults) == 1 and parameters > PARAMETERS:
            used.add(name)
        else:
            problems += [f"{relative}:{first}: {name} has {fault}" for fault in faults]


def main():
    problems, used = [], set()
    for path in c_files("include", "lib", "doc/examples", "bench", "tests"):
        check(path, used, problems)
        if path.is_relative_to(LIB) and not path.read_text().lstrip().startswith("/*"):
            problems.append(f"{path.relative_to(ROOT)}: no comment at its head that says what it is for")
    for name in sorted(WIDE - used):
        problems.append(f"REASONS names {name}, which needs no exception: take it out")
    finish(problems, "functions")


if __name__ == "__main__":
    main()

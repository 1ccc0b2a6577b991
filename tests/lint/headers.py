#!/usr/bin/env python3
"""Public headers: fit for every FFI, and each compiles alone as C11 and as C++11.

Usage: headers.py GENERATED_INCLUDE_DIR [CC [CXX]]
"""
import re
import shutil
import subprocess
import sys

from interface import public_functions
from source import PUBLIC, finish, public_headers, strip, where

# The one X-macro of the public headers and its user, which is undefined again at once.
MACROS = {"DDN_STATUS_LIST", "DDN_STATUS_ENUM_ENTRY"}
FORBIDDEN = re.compile(
    r"\b(bool|_Bool|s?size_t|unsigned|signed|long|short|int|wchar_t|_Complex|complex|"
    r"ptrdiff_t|u?intptr_t|uint\d+_t|int8_t|int16_t|FILE|va_list|inline)\b")


def check_text(path, problems):
    text = strip(path.read_text())
    for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)\(", text, re.MULTILINE):
        if match.group(1) not in MACROS:
            problems.append(f"{where(path, text, match.start())}: function-like macro")
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: "\n" * m.group(0).count("\n"), text,
                  flags=re.MULTILINE)
    for match in FORBIDDEN.finditer(code):
        problems.append(f"{where(path, code, match.start())}: type {match.group(1)}")
    for pattern, what in [(r"\.\.\.", "varargs"), (r"\benum\s*\{", "enum without a tag"),
                          (r"\b(?:struct|union)\s*\w*\s*\{", "struct with visible members"),
                          (r"\bchar\s+\w", "char by value"),
                          (r"^(?!\s*(?:DDN_API|typedef|enum|DDN_\w+|[}\w ,()*]))[^\n]*\w+\s*\([^;]*\)\s*\{",
                           "function body")]:
        for match in re.finditer(pattern, code, re.MULTILINE):
            problems.append(f"{where(path, code, match.start())}: {what}")
    for match in re.finditer(r"^[\w ]+[ *](ddn_\w+)\s*\(", code, re.MULTILINE):
        if "DDN_API" not in match.group(0) and "typedef" not in match.group(0):
            problems.append(f"{where(path, code, match.start())}: {match.group(1)} lacks DDN_API")
    for name in set(re.findall(r"\b(ddni_\w+|DDNI_\w+)", code)):
        problems.append(f"{path.name}: internal name {name}")


def compile_alone(command, name, problems):
    source = f"#include <diffdyn/{name}>\n#include <diffdyn/{name}>\ntypedef int not_empty;\n"
    run = subprocess.run(command, input=source, text=True, capture_output=True, check=False)
    if run.returncode != 0:
        problems.append(f"{name} alone with {' '.join(command)}:\n{run.stderr}")


def main():
    generated = sys.argv[1]
    problems = []
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I", str(PUBLIC.parent),
             "-I", generated]
    cc = sys.argv[2:] + ["cc", "c++"][len(sys.argv) - 2:]
    names = [p.name for p in public_headers()] + ["version.h"]
    for path in public_headers():
        check_text(path, problems)
    for compiler, language, extra in [
            (cc[0], "c", ["-std=c11", "-Wstrict-prototypes"]),
            (cc[1], "c++", ["-std=c++11", "-Wold-style-cast"])]:
        if shutil.which(compiler) is None:
            print(f"no {compiler}: {language} not checked")
            continue
        for name in names:
            compile_alone([compiler, "-x", language, *extra, *flags, "-"], name, problems)
    umbrella = (PUBLIC / "diffdyn.h").read_text()
    for name in names:
        if name != "diffdyn.h" and f"<diffdyn/{name}>" not in umbrella:
            problems.append(f"diffdyn.h does not include {name}")
    print(f"{len(names)} headers, {len(public_functions())} functions")
    finish(problems, "headers")


if __name__ == "__main__":
    main()

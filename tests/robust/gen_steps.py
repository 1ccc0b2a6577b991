#!/usr/bin/env python3
"""Writes, for every function of lib that gives a status and that another file of lib can call, one that the linker puts
in its place (--wrap): it may fail instead (steps.h). And the linker's arguments for that.

Usage: gen_steps.py OUTPUT.c OUTPUT.rsp, or --headers: what it reads
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
from source import LIB, public_headers, without_comments  # noqa: E402

# Fail whenever they are called.
ALWAYS = {"ddni_fail", "ddni_json_fail", "ddn_context_fail"}
# Have `void *out`, where they leave a pointer: NULL where they fail.
GIVES = {"ddni_alloc_for", "ddni_handle_create", "ddni_observer_create", "ddni_oracle_create", "ddni_schedule_create"}
# Answer a question to which the caller has an answer of its own, pass on what the host says, or release what they are
# given also where they fail, which a generated function cannot.
TAKES = {"ddni_analysis_done", "ddni_answer", "ddni_dataset_take", "ddni_dataset_wrap", "ddni_handle_retain",
         "ddni_query_singles_close", "ddni_result_check_name", "ddni_result_hand_out", "ddni_subset_wrap",
         "ddni_team_alone", "ddni_team_relabel", "ddni_team_remake", "ddni_team_remake_part", "ddni_team_take"}


def declarations(path):
    """(name, [parameters]) of what gives a status."""
    text = re.sub(r"\s+", " ", re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", "", without_comments(path.read_text()), flags=re.MULTILINE))
    for name, rest in re.findall(r"(?<!static )(?<!inline )\bddn_status (ddni?_\w+)\(((?:[^()]|\([^()]*\))*)\)[^;{]*;", text):
        yield name, [one.strip() for one in re.split(r",(?![^(]*\))", rest)]


def name_of(parameter):
    return re.search(r"(\w+)(?:\[[^\]]*\])*$", parameter).group(1) if "(*" not in parameter else \
        re.search(r"\(\*(\w+)\)", parameter).group(1)


def wrapper(name, parameters):
    varying = parameters[-1] == "..."
    given = [name_of(one) for one in parameters if one not in ("...", "void")]
    signature = ", ".join(parameters)
    text = f"ddn_status __real_{name}({signature});\nddn_status __wrap_{name}({signature});\n" \
        f"ddn_status __wrap_{name}({signature})\n{{\n"
    if name.startswith("ddn_"):
        text += "    int inside = step_inside++ > step_outside;\n"
        refused = "inside && step_refused"
    else:
        refused = "step_refused"
    text += f"    ddn_status gave = DDN_OK;\n    if ({refused}(__builtin_return_address(0), \"{name}\")) {{\n" \
        "        gave = step_fail();\n"
    if re.search(r"\*\*out$", parameters[-1]) or name in GIVES:
        text += f"        *(void **){given[-1]} = NULL;\n"
    text += "    } else {\n"
    if varying:
        text += "        char text[2048];\n        va_list more;\n        va_start(more, fmt);\n" \
            "        vsnprintf(text, sizeof text, fmt, more);\n        va_end(more);\n"
        given[-1:] = ['"%s"', "text"]
    text += f"        gave = __real_{name}({', '.join(given)});\n    }}\n"
    if name.startswith("ddn_"):
        text += "    step_inside--;\n"
    return text + "    return gave;\n}\n\n"


def main():
    found, headers, read = {}, [], public_headers() + sorted(LIB.rglob("*.h"))
    if sys.argv[1:] == ["--headers"]:
        print("\n".join(map(str, read)))
        return
    for path in read:
        rows = [(name, parameters) for name, parameters in declarations(path) if name not in ALWAYS | TAKES]
        found.update(rows)
        if rows and path.is_relative_to(LIB):
            headers.append(path.relative_to(LIB).as_posix())
    text = "".join(f'#include "{header}"\n' for header in headers)
    text = '#include <stdarg.h>\n#include <stdio.h>\n\n#include <diffdyn/diffdyn.h>\n\n' + text + '\n#include "robust/steps.h"\n\n'
    pathlib.Path(sys.argv[1]).write_text(text + "".join(wrapper(*one) for one in found.items()))
    pathlib.Path(sys.argv[2]).write_text("".join(f"--wrap={name}\n" for name in found))
    print(f"{len(found)} functions")


if __name__ == "__main__":
    main()

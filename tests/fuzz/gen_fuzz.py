#!/usr/bin/env python3
"""Writes the calls that fuzz_api.c makes: for every public function one that takes its arguments from the bytes,
and for every type of callback one that behaves as the bytes say. From the headers alone.

Usage: gen_fuzz.py OUTPUT.c
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "robust"))
from calls import Interface, parameters_of, signature  # noqa: E402

# Functions that are called by fuzz_api.c itself.
BY_HAND = {"ddn_context_create", "ddn_context_create_with_allocator", "ddn_options_set_f64", "ddn_options_set_i64", "ddn_options_reset",
           "ddn_integrator_save", "ddn_integrator_restore", "ddn_analysis_save", "ddn_analysis_restore"}
# Sizes: what they are mostly.
SIZES = {"d": "fuzz_d(f)", "m": "fuzz_m(f)", "n": "fuzz_size(f, 8)", "capacity": "fuzz_size(f, 40)"}
# What only a number that is not small takes long for, and counts of things that are made.
COUNTS = ("count", "components", "k", "steps", "pairs", "draws", "replicates", "grid", "p_grid", "x_grid", "width",
          "height", "clone_count", "i", "way", "first", "coordinate", "index", "bytes", "size", "rows", "intervals")
# Where callbacks write rows of another width than the state's.
WIDTHS = {"ddn_features_fn": "token->k"}
# Exchanges of a team, whose size is the token's d: all ranks give the same.
EXCHANGES = {"ddn_team_allgather_fn": "0", "ddn_team_alltoall_fn": "r * bytes"}
WRITES = {"a": "exp(-t)", "s": "sqrt(-expm1(-2 * t))", "da": "-exp(-t)", "ds": "exp(-2 * t) / sqrt(-expm1(-2 * t))"}
# Numbers are mostly times, or whatever they are.
TIMES = re.compile(r"^(t|t_\w+|times|clone_times|tau|etas?)$")
# What is only good if it is not negative; of those, what is small.
POSITIVE = re.compile(r"^(weights|variances|values|eigenvalues|cov\d|sigma2|mu2|m2|residual|variance|scale|lambda|radius)$")
SMALL = ("tolerance", "rtol", "atol", "epsilon")
# Arrays whose size depends on more than the documented shape says.
UNKNOWN = {("ddn_oracle_create_mixture", "variances")}
NAMES = {"path": "fuzz_path(f, {writes})", "name": "fuzz_name(f)"}


def scalar(interface, kind, name):
    if interface.enums.get(kind):
        values = ", ".join(interface.enums[kind])
        return f"fuzz_enum(f, (const int32_t[]){{{values}}}, {len(interface.enums[kind])})"
    if name == "key":
        return "fuzz_key(f)"
    base = interface.integer(kind)
    if base == "double":
        if name in SMALL:
            return "fuzz_one_in(f, 4) ? fuzz_real(f) : 1e-8"
        return f"fuzz_{'time' if TIMES.match(name) or POSITIVE.match(name) else 'real'}(f)"
    if base == "float":
        return "(float)fuzz_real(f)"
    if name == "wanted":
        return "fuzz_one_in(f, 4) ? fuzz_integer(f) : 2 * fuzz_below(f, 32)"
    if name.startswith("ld"):
        return "fuzz_ld(f)"
    if name in SIZES:
        return SIZES[name]
    if name in COUNTS:
        return "fuzz_size(f, 6)" if base == "int64_t" else "(int32_t)fuzz_size(f, 6)"
    return "fuzz_integer(f)" if base == "int64_t" else "(int32_t)fuzz_integer(f)"


def extent(shape, names, function, name):
    """The number of elements of an array, as an expression; -1 where the arguments do not tell."""
    if (function, name) in UNKNOWN:
        return "-1"
    if not shape:
        return "1"
    if "_bind" in function and "ld" in names:
        return "fuzz_extent(2, (const double[]){FUZZ_ROWS, fmax((double)a_ld, 1)})"
    dims = re.findall(r"\[([^\]]*)\]", shape)
    for dim in dims:
        if not set(re.findall(r"[A-Za-z]\w*", dim)) <= names or not re.fullmatch(r"[\w +*-]+", dim):
            return "-1"
    dims = [re.sub(r"([A-Za-z]\w*)", r"(double)a_\1", dim) for dim in dims]
    # Where a leading dimension does not matter, as for one number a row, it may be 0 or less.
    dims = [f"fmax({dim}, 1)" if "a_ld" in dim else dim for dim in dims]
    return f"fuzz_extent({len(dims)}, (const double[]){{{', '.join(dims)}}})"


def array(interface, function, kind, name):
    """A buffer of the size that is documented, or a large one."""
    names = {n for k, n in function[2] if not k.endswith("*")}
    size = extent(interface.shape(function[1], name), names, function[1], name)
    target = interface.integer(kind.replace("const ", "").rstrip("*"))
    null = int(interface.nullable(function[1], name))
    style = "FUZZ_TIMES" if TIMES.match(name) else "FUZZ_SHARES" if name == "weights" else \
        "FUZZ_POSITIVE" if POSITIVE.match(name) else "FUZZ_NUMBERS"
    maker = {"double": f"fuzz_doubles(f, {size}, {null}, {style})", "float": f"fuzz_floats(f, {size}, {null})",
             "int64_t": f"fuzz_integers(f, {size}, {null})", "int32_t": f"fuzz_ints(f, {size}, {null})",
             "void": f"fuzz_doubles(f, {size}, {null}, FUZZ_NUMBERS)", "char": f"fuzz_text(f, {size}, {null})"}
    if target not in maker:
        raise SystemExit(f"{function[1]}: no buffer for {kind} {name}")
    return maker[target]


def one(interface, function, kind, name):
    """(group, expression): scalars first, then what depends on their values."""
    parameters = function[2]
    handle = interface.handle(kind)
    if "**" in kind:
        return 0, "NULL"
    if handle:
        return 1, f"fuzz_object(f, KIND_{handle}, {int(interface.nullable(function[1], name))})"
    if kind in interface.callbacks:
        if kind == "ddn_release_fn":
            return 3, "token->release"
        square = "_square" if name == "jacobian" else ""
        null = interface.nullable(function[1], name)
        return 2, f"fuzz_one_in(f, {3 if null else 40}) ? NULL : fuzz_{kind}{square}"
    if kind == "const char*":
        maker = NAMES.get(name, "fuzz_name(f)")
        return 2, maker.format(writes=int(bool(re.search("write|save|result_open", function[1]))))
    if kind == "const char*const*":
        return 2, "fuzz_paths(f)"
    if kind.endswith("*const*"):
        return 2, f"fuzz_objects(f, KIND_{kind.split('*')[0].strip().removeprefix('ddn_')})"
    if kind == "void*" and any(k in interface.callbacks for k, _ in parameters):
        return 3, "token"
    if kind.endswith("*"):
        return 2, array(interface, function, kind, name)
    return 0, scalar(interface, kind, name)


def call(interface, function, index):
    result, name, parameters = function
    text, made = "", []
    values = [(*one(interface, function, kind, argument), kind, argument) for kind, argument in parameters]
    callback = any(v[1] == "token" for v in values)
    releases = any(v[1] == "token->release" for v in values)
    for group in (0, 1, 2):
        for level, value, kind, argument in values:
            if level == group:
                space = "" if kind.endswith("*") else " "
                local = kind.replace("**", "*") if "**" in kind else kind
                text += f"    {local}{space}a_{argument} = {value};\n"
                if "**" in kind:
                    made.append((kind.replace("const ", "").rstrip("*").removeprefix("ddn_"), f"a_{argument}"))
    if callback:
        names = {n for k, n in parameters if k == "int64_t"}
        width = ", ".join(f"a_{n}" if n in names else "f->d" for n in ("d", "k"))
        if name.startswith("ddn_team_"):
            width = "a_size, 0"
        text += f"    fuzz_token *token = fuzz_token_new(f, {releases:d}, {width});\n"
    arguments = []
    for (level, value, kind, argument) in values:
        arguments.append(f"&a_{argument}" if "**" in kind else value if level == 3 else f"a_{argument}")
    expression = f"{name}({', '.join(arguments)})"
    text += f"    fuzz_begin(f, {index});\n"
    if name.endswith("_destroy"):
        kind = interface.handle(parameters[0][0])
        text = f"    {parameters[0][0]}a_{parameters[0][1]} = fuzz_take(f, KIND_{kind});\n" \
            f"    fuzz_begin(f, {index});\n"
    if result == "ddn_status":
        text += f"    ddn_status status = {expression};\n"
    elif result == "void":
        text += f"    {expression};\n    ddn_status status = DDN_OK;\n"
    elif result == "const char*":
        text += f"    const char *got = {expression};\n    ddn_status status = got == NULL || strlen(got) < 100000;\n"
    else:
        text += f"    (void){expression};\n    ddn_status status = DDN_OK;\n"
    for kind, argument in made:
        text += f"    fuzz_add(f, KIND_{kind}, status, {argument});\n"
    if name.endswith("_retain"):
        text += f"    fuzz_again(f, KIND_{interface.handle(parameters[0][0])}, status, a_{parameters[0][1]});\n"
    if callback:
        text += "    fuzz_token_given(f, status, token);\n"
    return text + "    fuzz_end(f, status);\n"


def callback(interface, name, square):
    """A callback that takes its behaviour from the bytes: see fuzz_behave."""
    made = interface.callbacks[name]
    parameters = parameters_of(made)
    names = {n: k for k, n in parameters}
    user = parameters[0][1]
    body = "".join(f"    (void){n};\n" for _, n in parameters[1:])
    body += f"    fuzz_token *token = {user};\n    fuzz *f = token->fuzz;\n"
    if "step" in names:
        body += "    const void *outer = f->step;\n    f->step = (const void *)step;\n"
    body += "    fuzz_behaviour how = fuzz_behave(f);\n"
    if "step" in names:
        body += "    f->step = outer;\n"
    body += "    double x0 = how.nan ? NAN : 1;\n    (void)x0;\n"
    state = next((n for k, n in parameters if k in ("const double*", "const float*") and n == "x"), None)
    rows = "m" if "m" in names else "1"
    width = WIDTHS.get(name, "d" if "d" in names else "token->d")
    width = f"{width} * {width}" if square else width
    writes = ""
    for k, n in parameters:
        base = k.rstrip("*")
        if not k.endswith("*") or k.startswith("const") or base not in ("double", "float", "int32_t", "int64_t"):
            continue
        if n in WRITES:
            writes += f"    *{n} = x0 * {WRITES[n]};\n"
            continue
        place = list(names).index(n)
        ld = next((b for a, b in parameters[place + 1:place + 2] if b.startswith("ld")), None)
        one = len(re.findall(r"\[", made.params[place].shape or "")) == 1 and rows == "m"
        columns = "1" if one else width  # [m]
        value = f"({base})(r + 1)" if base.startswith("int") else \
            f"({base})(x0 * {'-0.5 * ' + state + '[0]' if state else '0.25'} + 0.01 * (double)j)"
        writes += f"    for (int64_t r = 0; r < {rows}; r++) {{\n" \
            f"        for (int64_t j = 0; j < {columns}; j++) {{\n" \
            f"            {n}[r * {ld or '(' + columns + ')'} + j] = {value};\n        }}\n    }}\n"
    if name in EXCHANGES:
        writes = "    for (int64_t r = 0; r < token->d; r++) {\n        memcpy((char *)take + r * bytes, " \
            f"(const char *)give + {EXCHANGES[name]}, (size_t)bytes);\n    }}\n"
    if writes:
        body += f"    if (how.silent) {{\n        return how.result;\n    }}\n{writes}"
    suffix = "_square" if square else ""
    return f"{signature(made, f'fuzz_{name}{suffix}')}\n{{\n{body}    return how.result;\n}}\n\n"


# Whose behaviour is a contract that a host may not break.
CONTRACTS = ("ddn_allocate_fn", "ddn_deallocate_fn", "ddn_release_fn", "ddn_parallel_body_fn", "ddn_parallel_for_fn")


def borrowed(interface):
    """Objects that others lend: a function for each kind that has such getters."""
    lenders = {}
    for result, name, parameters in interface.functions:
        kind = interface.handle(result)
        if kind and len(parameters) == 1 and interface.handle(parameters[0][0]):
            lenders.setdefault(kind, []).append((name, interface.handle(parameters[0][0])))
    text = "void *fuzz_borrow(fuzz *f, int32_t kind)\n{\n    switch (kind) {\n"
    for kind, getters in lenders.items():
        text += f"    case KIND_{kind}:\n        switch (fuzz_below(f, {len(getters)})) {{\n"
        for i, (name, owner) in enumerate(getters):
            text += f"        case {i}:\n            return (void *)(uintptr_t){name}(fuzz_pick(f, KIND_{owner}));\n"
        text += "        }\n        return NULL;\n"
    return text + "    default:\n        return NULL;\n    }\n}\n\n"


def destroy(interface):
    text = "void fuzz_destroy(int32_t kind, void *object)\n{\n    switch (kind) {\n"
    for kind in interface.kinds:
        if any(name == f"ddn_{kind}_destroy" for _, name, _ in interface.functions):
            text += f"    case KIND_{kind}:\n        ddn_{kind}_destroy(object);\n        break;\n"
    return text + "    default:\n        break;\n    }\n}\n\n"


def options_of(interface):
    text = "ddn_options *fuzz_options_of(int32_t kind, void *object)\n{\n    switch (kind) {\n"
    for result, name, parameters in interface.functions:
        if interface.handle(result) == "options" and len(parameters) == 1:
            text += f"    case KIND_{interface.handle(parameters[0][0])}:\n        return {name}(object);\n"
    return text + "    default:\n        return NULL;\n    }\n}\n\n"


def families(interface):
    """For each kind of object the functions that take or make one."""
    text, rows = "", []
    for kind in interface.kinds:
        members = [i for i, (_, name, parameters) in enumerate(interface.functions)
                   if any(k.replace("const ", "").rstrip("*") == f"ddn_{kind}" for k, _ in parameters)]
        text += f"static const int32_t family_{kind}[] = {{{', '.join(map(str, members))}}};\n"
        rows.append(f"{{family_{kind}, {len(members)}}}")
    return f"{text}const fuzz_family fuzz_families[] = {{{', '.join(rows)}}};\n\n"


def header(interface):
    kinds = ", ".join(f"KIND_{kind}" for kind in interface.kinds)
    keys = ", ".join(key for values in interface.keys.values() for key in values)
    return '#include "fuzz/fuzz_api.h"\n\n' \
        f"enum {{\n    {kinds},\n    KIND_COUNT\n}};\n" \
        f"const int32_t fuzz_kind_count = KIND_COUNT, fuzz_kind_context = KIND_context, " \
        f"fuzz_kind_options = KIND_options,\n    fuzz_kind_step = KIND_step, fuzz_kind_integrator = KIND_integrator, fuzz_kind_analysis = KIND_analysis;\n" \
        f"const int32_t fuzz_keys[] = {{{keys}}};\n" \
        "const int64_t fuzz_key_count = (int64_t)(sizeof fuzz_keys / sizeof *fuzz_keys);\n\n"


def main():
    interface = Interface()
    out = [header(interface), borrowed(interface), destroy(interface), options_of(interface), families(interface)]
    for name, made in sorted(interface.callbacks.items()):
        if name not in CONTRACTS:
            assert made.returns == "int32_t" and made.params[0].declared == "void *user", name
            out.append(callback(interface, name, False))
            if name == "ddn_system_fn":
                out.append(callback(interface, name, True))
    rows = []
    for index, function in enumerate(interface.functions):
        name = function[1]
        if name in BY_HAND:
            rows.append(f'    {{"{name}", by_hand_{name}}},\n')
            continue
        out.append(f"static void call_{name}(fuzz *f)\n{{\n{call(interface, function, index)}}}\n\n")
        rows.append(f'    {{"{name}", call_{name}}},\n')
    out.append("const fuzz_function fuzz_functions[] = {\n" + "".join(rows) + "};\n"
               f"const int64_t fuzz_function_count = {len(rows)};\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out))
    print(f"{len(rows)} functions")


if __name__ == "__main__":
    main()

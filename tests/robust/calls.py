"""The public interface as calls: what gen_hostile.py, gen_pairs.py and gen_fuzz.py share.

From the headers alone (tests/lint/interface.py), so that a new function is covered the moment it is declared.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
import interface as headers  # noqa: E402

# Benign values by parameter name, by integer type, else 0.5 or 1. Arrays hold 4096 numbers.
BY_NAME = {
    "capacity": "4096", "count": "2", "clone_count": "2", "m": "2", "d": "2", "n": "4",
    "bytes": "64", "size": "64", "path": "fx->file", "t_first": "2.0", "t_last": "0.1",
    "t_from": "0.1", "t_to": "0.5", "t_min": "0.1", "t_max": "2.0", "beta_max": "0.9",
    "beta_first": "1e-4", "beta_last": "0.02", "steps": "100", "scale": "2.0", "key": "DDN_INTEGRATOR_STEPS",
    "t_end": "0.1", "lo": "-1.0", "hi": "2.0", "x_lo": "-1.0", "x_hi": "1.5", "p_hi": "1.5", "grid": "10",
    "p_grid": "10", "x_grid": "10", "draws": "2",
}
BY_TYPE = {"ddn_method": "10"}
BY_FUNCTION = {
    ("ddn_options_set_f64", "key"): "DDN_INTEGRATOR_T_START",
    ("ddn_options_get_f64", "key"): "DDN_INTEGRATOR_T_START",
    ("ddn_context_set_kernel", "name"): '"auto"',
    ("ddn_dataset_create_labelled", "count"): "4",
    ("ddn_dataset_create_in_span", "type"): "DDN_TYPE_F64",
    ("ddn_integrator_attach_callback", "wanted"): "0",
    ("ddn_query_bind_i64", "what"): "DDN_OUT_ARGMAX",
    ("ddn_query_bind_input", "what"): "DDN_IN_V",
    ("ddn_result_scalar", "name"): '"n"',
    ("ddn_theory_knee", "count"): "4",
    ("ddn_theory_knee_interval", "count"): "4",
}


def plain(kind):
    """A type without a space before its stars."""
    return kind.replace(" *", "*")


def parameters_of(function):
    return [(plain(p.type), p.name) for p in function.params]


class Interface:
    """functions: [(return type, name, [(type, name)])]; integers: {typedef: integer type};
    callbacks: {name: function}; kinds: names of opaque objects without "ddn_"; enums: {typedef: [constants]};
    keys: {object: [keys of its options]}."""

    def __init__(self):
        parsed = headers.parse()
        self.functions = [(plain(f.returns), f.name, parameters_of(f)) for f in parsed.functions]
        self.integers = parsed.integers
        self.callbacks = {f.name: f for f in parsed.callbacks}
        self.kinds = [h.name.removeprefix("ddn_") for h in parsed.handles]
        self.enums = {e.type: [m.name for m in e.members] for e in parsed.enums}
        self.keys = {name[len("ddn_"):-len("_key")]: values for name, values in self.enums.items()
                     if name.endswith("_key")}
        self._values = {(f.name, p.name): p for f in parsed.functions for p in f.params}

    def shape(self, function, name):
        """The documented shape of an array, as "[m][ldx]", or ""."""
        return self._values[function, name].shape or ""

    def nullable(self, function, name):
        """Whether NULL is documented as a value of that parameter."""
        return self._values[function, name].nullable

    def integer(self, kind):
        """The integer type behind an enum's name; other types as they are."""
        return self.integers.get(kind, kind)

    def handle(self, kind):
        """The kind of object ("oracle") that a parameter of that type points to, else None."""
        name = kind.replace("const ", "").removesuffix("*").removeprefix("ddn_")
        return name if kind.endswith("*") and "**" not in kind and name in self.kinds else None

    def handles(self, parameters):
        """Places and kinds of the handles among the parameters."""
        return [(place, self.handle(kind)) for place, (kind, _) in enumerate(parameters)
                if self.handle(kind)]


def member(name):
    """The fixture's object of that name; NULL where it has none."""
    text = pathlib.Path(__file__).with_name("hostile.h").read_text()
    return f"fx->{name}" if re.search(rf"\*{name}(\[\w+\])?;", text) else "NULL"


def benign(interface, function, kind, name, place):
    """A value for a parameter with which a call can succeed on the fixture `fx`."""
    if name == "path" and function.endswith("_write"):  # the file of the fixture is to be read
        return '"/dev/null/file"'
    if (function, name) in BY_FUNCTION:
        return BY_FUNCTION[function, name]
    if kind in interface.callbacks:
        return f"benign_{kind}"
    if "**" in kind:
        return "(void *)&out"
    if kind == "const char*":
        return BY_NAME.get(name, '"t"')
    if kind.endswith("*const*"):  # an array of objects
        return member(name)
    if kind.endswith("*"):
        target = interface.integer(kind.replace("const ", "").rstrip("*"))
        buffers = {"double": "numbers", "void": "numbers", "float": "floats", "int64_t": "integers",
                   "int32_t": "ints", "char": "text"}
        if target in buffers:  # one buffer per parameter: outputs may not overlap inputs
            return f"fx->{buffers[target]}[{place}]"
        return member(target.removeprefix("ddn_"))
    if name in BY_NAME and name != "path":
        return BY_NAME[name]
    if kind == "double":
        return "0.5"
    return BY_TYPE.get(kind, "2" if name.startswith("ld") else "1")


def signature(callback, name):
    """The head of a definition of that type."""
    parameters = ", ".join(p.declared for p in callback.params)
    return f"static {headers.Value(name, callback.returns).declared}({parameters})"


def benign_callbacks(interface):
    """Definitions of benign_NAME for every type of callback: they write 1 and succeed."""
    text = ""
    for name, callback in sorted(interface.callbacks.items()):
        body = ""
        for kind, argument in parameters_of(callback):
            writes = kind in ("double*", "float*", "int32_t*")
            body += f"    *{argument} = 1;\n" if writes else f"    (void){argument};\n"
        if name == "ddn_parallel_for_fn":
            body += "    for (int64_t i = 0; i < count; i++) {\n        body(arg, i);\n    }\n"
        body += {"void": "", "void *": "    return NULL;\n"}.get(callback.returns, "    return 0;\n")
        text += f"{signature(callback, f'benign_{name}')}\n{{\n{body}}}\n\n"
    return text

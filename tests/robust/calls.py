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
    ("ddn_analysis_generalization", "clone_times"): "fx->falling",
    ("ddn_analysis_generalization", "test"): "fx->dataset",
    ("ddn_analysis_generalization", "times"): "fx->falling",
    ("ddn_analysis_generalization", "train"): "fx->dataset",
    ("ddn_analysis_restore", "buffer"): "fixture_journal(fx)",
    ("ddn_analysis_restore", "size"): "fixture_journal_size(fx)",
    ("ddn_analysis_save", "an"): "fixture_keeping(fx)",
    ("ddn_analysis_save_size", "an"): "fixture_keeping(fx)",
    ("ddn_context_create_with_allocator", "allocate"): "fixture_allocate",
    ("ddn_context_create_with_allocator", "deallocate"): "fixture_deallocate",
    ("ddn_context_create_with_allocator", "user"): "&fx->memory",
    ("ddn_context_set_kernel", "name"): '"auto"',
    ("ddn_dataset_create_in_span", "type"): "DDN_TYPE_F64",
    ("ddn_dataset_create_labelled", "count"): "4",
    ("ddn_dataset_create_weighted", "count"): "4",
    ("ddn_dataset_create_weighted", "weights"): "fx->falling",
    ("ddn_dataset_open_files", "count"): "1",
    ("ddn_dataset_open_files", "paths"): "fx->paths",
    ("ddn_dataset_open_team", "count"): "1",
    ("ddn_dataset_open_team", "paths"): "fx->paths",
    ("ddn_dataset_open_labelled", "ds"): "fixture_many(fx)",
    ("ddn_dataset_open_labelled", "path"): "fx->label_file",
    ("ddn_diagram_event_states", "count"): "0",
    ("ddn_diagram_event_states", "first"): "0",
    ("ddn_frechet_distance", "m"): "4",
    ("ddn_frechet_distance", "replicates"): "2",
    ("ddn_integrator_attach_callback", "wanted"): "0",
    ("ddn_integrator_restore", "buffer"): "fixture_saved(fx)",
    ("ddn_integrator_restore", "it"): "fixture_stopped(fx)",
    ("ddn_integrator_restore", "size"): "fixture_saved_size(fx)",
    ("ddn_integrator_resume", "it"): "fixture_stopped(fx)",
    ("ddn_integrator_save", "it"): "fixture_stopped(fx)",
    ("ddn_integrator_save_size", "it"): "fixture_stopped(fx)",
    ("ddn_integrator_saved_rows", "buffer"): "fixture_saved(fx)",
    ("ddn_integrator_saved_rows", "size"): "fixture_saved_size(fx)",
    ("ddn_integrator_set_times", "times"): "fx->falling",
    ("ddn_late_start_choose", "result"): "fixture_late(fx)",
    ("ddn_late_start_interval", "result"): "fixture_late(fx)",
    ("ddn_observer_read_i64", "what"): "DDN_RECORD_INDEX",
    ("ddn_options_bounds_f64", "key"): "DDN_INTEGRATOR_T_START",
    ("ddn_options_get_f64", "key"): "DDN_INTEGRATOR_T_START",
    ("ddn_options_set_f64", "key"): "DDN_INTEGRATOR_T_START",
    ("ddn_oracle_create_gaussian", "values"): "fx->falling",
    ("ddn_oracle_create_gaussian", "vectors"): "fx->unit",
    ("ddn_oracle_create_mixture", "components"): "2",
    ("ddn_oracle_create_mixture", "weights"): "fx->shares",
    ("ddn_query_bind_i64", "what"): "DDN_OUT_ARGMAX",
    ("ddn_query_bind_input", "what"): "DDN_IN_V",
    ("ddn_query_bind_input_f32", "what"): "DDN_IN_V",
    ("ddn_regime_at", "report"): "fixture_report(fx)",
    ("ddn_result_add_column", "result"): "fixture_open(fx)",
    ("ddn_result_add_scalar", "result"): "fixture_open(fx)",
    ("ddn_result_merge", "a"): "fixture_half(fx, 0)",
    ("ddn_result_merge", "b"): "fixture_half(fx, 1)",
    ("ddn_result_open", "format"): "DDN_RESULT_FORMAT_AUTO",
    ("ddn_result_open", "path"): "fixture_result_file(fx)",
    ("ddn_result_scalar", "name"): '"n"',
    ("ddn_result_set_field", "result"): "fixture_open(fx)",
    ("ddn_result_set_pooling", "name"): '"x"',
    ("ddn_result_set_pooling", "result"): "fixture_open(fx)",
    ("ddn_result_write", "format"): "DDN_RESULT_FORMAT_AUTO",
    ("ddn_result_write", "path"): "fx->written",
    ("ddn_schedule_create_custom", "eval"): "fixture_levels",
    ("ddn_schedule_create_table", "kind"): "DDN_TABLE_BETA",
    ("ddn_schedule_create_zero_snr", "base"): "fixture_indices(fx)",
    ("ddn_system_passage", "coordinate"): "0",
    ("ddn_system_passage", "sys"): "fixture_flow(fx)",
    ("ddn_system_passage", "tolerance"): "1e-6",
    ("ddn_system_trajectory", "sys"): "fixture_flow(fx)",
    ("ddn_system_trajectory", "tolerance"): "1e-6",
    ("ddn_team_agree", "mine"): "DDN_OK",
    ("ddn_team_create_group", "size"): "1",
    ("ddn_theory_frechet", "cov1"): "fx->unit",
    ("ddn_theory_frechet", "cov2"): "fx->unit",
    ("ddn_theory_knee", "count"): "4",
    ("ddn_theory_knee_interval", "count"): "4",
    ("ddn_theory_overlap_run", "times"): "fx->falling",
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

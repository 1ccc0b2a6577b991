"""The built library called by names of parameters, as the headers declare them; and an object of every kind of options."""
import ctypes
import math

import interface

NUMBERS = {"int32_t": ctypes.c_int32, "int64_t": ctypes.c_int64, "double": ctypes.c_double, "float": ctypes.c_float}


class Library:
    """call("ddn_dataset_n", ds=handle): arguments that are not given are NULL; `out` is made here and returned."""

    def __init__(self, path, public):
        self.loaded = ctypes.CDLL(str(path))
        self.public = public
        self.functions = {f.name: f for f in public.functions}
        self.constants = {c.name: c.value for c in public.constants}

    def number(self, kind):
        return NUMBERS[self.public.integers.get(kind, kind)]

    def call(self, name, /, **given):
        declared = self.functions[name]
        function = getattr(self.loaded, name)
        kinds = [ctypes.c_void_p if p.pointer or p.type.endswith("_fn") else self.number(p.type)
                 for p in declared.params]
        out = ctypes.c_void_p()
        arguments = []
        for parameter in declared.params:
            value = given.pop(parameter.name, None)
            arguments.append(ctypes.byref(out) if parameter.ownership == "created" else value)
        if given:
            raise SystemExit(f"{name} has no parameter {', '.join(given)}")
        function.argtypes = kinds
        function.restype = {"void": None, "const char *": ctypes.c_char_p}.get(
            declared.returns, ctypes.c_void_p if declared.returned.pointer else None)
        if declared.returns not in ("void",) and not declared.returned.pointer:
            function.restype = self.number(declared.returns)
        result = function(*arguments)
        made = declared.params and declared.params[-1].ownership == "created"
        if made and result == 0:
            return out
        return None if made else result


def objects(library):
    """Yields (kind, handle, what it is) of objects that have options: all kinds, each on data, schedules and with the
    methods that its presets and bounds could depend on."""
    call = library.call
    ctx = call("ddn_context_create")
    yield "context", ctx, "context"
    yield "analysis", call("ddn_analysis_create", ctx=ctx), "analysis"
    methods = [(name, value) for name, value in library.constants.items()
               if name.startswith("DDN_METHOD_") and value > 0]
    for kind, number in (("F32", ctypes.c_float), ("F64", ctypes.c_double)):
        points = (number * 6)(1, 0, -1, 0, 0, 2)
        ds = call("ddn_dataset_create", ctx=ctx, type=library.constants[f"DDN_TYPE_{kind}"], n=3, d=2, data=points, ld=2)
        for name, numbers in (("ou", {}), ("edm", {}), ("ddpm", {"beta_first": 1e-4, "beta_last": 0.02, "steps": 1000})):
            sch = call(f"ddn_schedule_create_{name}", ctx=ctx, **numbers)
            oracle = call("ddn_oracle_create_empirical", ctx=ctx, ds=ds, sch=sch)
            where = f"{kind}, {name}"
            yield "model", call("ddn_model_create", ctx=ctx, sch=sch, d=2,
                                prediction=library.constants["DDN_PREDICTION_EPS"]), where
            yield "query", call("ddn_query_create", ctx=ctx, oracle=oracle), where
            yield "symmetry", call("ddn_symmetry_create", ctx=ctx, oracle=oracle), where
            for method, value in methods:
                it = call("ddn_integrator_create", ctx=ctx, oracle=oracle, method=value)
                if it is not None:
                    yield "integrator", it, f"{where}, {method}"


def _bounds(library, options, key):
    """("double" or "int64_t", minimum, maximum, preset)"""
    real = library.call("ddn_options_type", options=options, key=key) == library.constants["DDN_TYPE_F64"]
    values = [(ctypes.c_double if real else ctypes.c_int64)() for _ in range(3)]
    status = library.call("ddn_options_bounds_f64" if real else "ddn_options_bounds_i64", options=options, key=key,
                          **dict(zip(("minimum", "maximum", "preset"), map(ctypes.byref, values))))
    if status != 0:
        raise SystemExit(f"option {key}: bounds fail with status {status}")
    return ("double" if real else "int64_t", *(v.value for v in values))


def options(library):
    """{key: {name, object, type, minimum, maximum, preset}} of all objects. None: it depends on data, schedule or method
    of the object, or there is none."""
    found, kinds = {}, set()
    for kind, handle, what in objects(library):
        if not handle:
            raise SystemExit(f"{kind} could not be made: {what}")
        kinds.add(f"ddn_{kind}_options")
        of = library.call(f"ddn_{kind}_options", **{library.functions[f"ddn_{kind}_options"].params[0].name: handle})
        for i in range(library.call("ddn_options_count", options=of)):
            key = library.call("ddn_options_key", options=of, i=i)
            name = library.call("ddn_options_name", options=of, key=key).decode()
            number, *bounds = _bounds(library, of, key)
            row = {"key": key, "name": name, "object": kind, "type": number}
            row |= {what: value if math.isfinite(value) else None
                    for what, value in zip(("minimum", "maximum", "preset"), bounds)}
            before = found.setdefault(key, row)
            if (before["name"], before["object"], before["type"]) != (name, kind, number):
                raise SystemExit(f"key {key} is {before['name']} of {before['object']} and {name} of {kind}")
            for what in ("minimum", "maximum", "preset"):
                if before[what] != row[what]:
                    before[what] = None
    unmade = {f.name for f in library.public.functions if f.name.endswith("_options")} - kinds
    if unmade:
        raise SystemExit(f"no object for {', '.join(sorted(unmade))}: tests/abi/library.py, objects()")
    return found

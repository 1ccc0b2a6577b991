"""libdiffdyn from Python: how a diffusion model that has learned its data perfectly behaves in time.

    import diffdyn
    data = diffdyn.Dataset(points, labels)                      # numpy or torch, [n][d]
    oracle = diffdyn.Oracle.empirical(data, diffdyn.Schedule.ou())
    report = diffdyn.Analysis(samples=500).regimes(oracle, times)
    report.scalar("t_S_phi"), report["phi"]

Needs numpy; arrays of torch are taken as they are. Errors are diffdyn.Error; Ctrl-C ends a call within 0.1 s of work.
Functions that have no method here are called as diffdyn.lib.ddn_NAME with the `pointer` of objects.
"""
import collections
import ctypes
import os
import threading

import numpy as np

from . import _call, _raw
from ._arrays import in_place, lent, plain, real, rows, stops, vector, whole
from ._call import Error, Handle, Stopped, WithOptions, call, constant, create, lib, text

CONSTANTS = _raw.CONSTANTS
_local = threading.local()


class Context(WithOptions):
    """What calls need besides their objects: threads, progress, cancellation. One thread at a time is in a call of a
    context, others wait. progress(stage, fraction) is called during long calls; True stops them."""
    kind, shared = "context", False
    context = property(lambda self: self)

    def __init__(self, threads=1, progress=None):
        self._core, self.progress = _call.Core(), progress
        out = ctypes.c_void_p()
        status = lib.ddn_context_create(ctypes.byref(out))
        if status != 0:
            raise Error(status)
        self._core.pointer = out.value
        super().__init__(self, out.value)
        call(self, "ddn_context_set_progress", out, _call.progress, None, None)
        self.set(threads=threads)

    def cancel(self):
        """Asks the call that is running to stop; from any thread."""
        lib.ddn_context_cancel(self.pointer)


def default_context():
    """The context of this thread: what objects are made with where none is given."""
    if not hasattr(_local, "context"):
        _local.context = Context()
    return _local.context


def _made(cls, given, name, *args):
    given = given or default_context()
    return cls._of(given, create(given, cls.kind, name, *args))


class _Shared(Handle):
    """Immutable, and free to be shared by threads."""

    @classmethod
    def _of(cls, context_, pointer):
        self = cls.__new__(cls)
        Handle.__init__(self, context_, pointer)
        return self

    def _again(self):
        """A second handle, for objects that go on when this one is closed."""
        pointer = self.pointer
        getattr(lib, f"ddn_{self.kind}_retain")(pointer)
        return self._of(self.context, pointer)


class Dataset(_Shared):
    """Points [n][d] of float64, float32 or uint8 (others become float64), with labels and weights or without. Images
    [n][...] are flattened. copy=False reads the array where it is, which must then stay as it is; its rows may be
    apart."""
    kind = "dataset"

    def __init__(self, points, labels=None, weights=None, copy=True, context=None):
        x = plain(points)
        kinds = {"uint8": "U8", "float32": "F32", "float64": "F64"}
        held = rows(x, x.dtype if x.dtype.name in kinds else np.float64)
        given = context or default_context()
        head = (CONSTANTS["DDN_TYPE_" + kinds[held.array.dtype.name]], held.m, held.d, held.pointer, held.ld)
        if copy:
            pointer = create(given, "dataset", "ddn_dataset_create", given.pointer, *head)
        else:
            if not np.shares_memory(held.array, x):
                raise ValueError("copy=False needs rows of float64, float32 or uint8 in order")
            number = _call.keep(held)
            try:
                pointer = create(given, "dataset", "ddn_dataset_create_borrowed", given.pointer, *head, number,
                                 _call.release)
            except BaseException:  # Ctrl-C, too: C has not taken it, or has given it back
                _call.forget(number)
                raise
        super().__init__(given, pointer)
        if labels is not None or weights is not None:
            made = self if labels is None else self.labelled(labels)
            made = made if weights is None else made.weighted(weights)
            self.close()
            made._end.detach()  # its object is this one's now
            super().__init__(given, made._pointer)

    @classmethod
    def open(cls, path, labels=None, format="auto", context=None):
        given = context or default_context()
        made = _made(cls, given, "ddn_dataset_open", given.pointer, os.fsencode(path), constant("FORMAT", format))
        return made if labels is None else made.labelled(labels)

    def _derived(self, name, *args):
        return _made(Dataset, self.context, name, self.context.pointer, self.pointer, *args)

    def labelled(self, labels):
        """With labels from an array or a file."""
        if isinstance(labels, (str, bytes, os.PathLike)):
            return self._derived("ddn_dataset_open_labelled", os.fsencode(labels))
        held = whole(labels, np.int32, "labels")
        return self._derived("ddn_dataset_create_labelled", len(held), held.ctypes.data)

    def weighted(self, weights):
        held = vector(weights)
        return self._derived("ddn_dataset_create_weighted", len(held), held.ctypes.data)

    def select(self, classes):
        """The points of these classes."""
        held = whole(classes, np.int32, "classes")
        return self._derived("ddn_dataset_create_class_subset", len(held), held.ctypes.data)

    def subset(self, indices):
        """The points with these numbers, or those where a mask of n truth values is True."""
        chosen = np.atleast_1d(plain(indices))
        if chosen.dtype == bool:
            if chosen.shape != (self.n,):
                raise ValueError(f"a mask needs one truth value for each of {self.n} points, not shape {chosen.shape}")
            chosen = np.flatnonzero(chosen)
        held = whole(chosen, np.int64, "numbers of points")
        return self._derived("ddn_dataset_create_subset", len(held), held.ctypes.data)

    def mapped(self, scale, shift):
        """scale y + shift, without a copy: mapped(1 / 127.5, -1) makes bytes -1 ... 1."""
        return self._derived("ddn_dataset_create_mapped", scale, shift)

    def distinct(self):
        """Copies of a point merged into its weight."""
        return self._derived("ddn_dataset_create_distinct")

    n = property(lambda self: lib.ddn_dataset_n(self.pointer))
    d = property(lambda self: lib.ddn_dataset_d(self.pointer))
    shape = property(lambda self: (self.n, self.d))

    def __len__(self):
        return self.n

    def read(self, first=0, count=None):
        count = self.n - first if count is None else count
        out = np.empty((max(count, 0), self.d))
        call(self.context, "ddn_dataset_read", self.context.pointer, self.pointer, first, count, out.ctypes.data,
             self.d)
        return out

    @property
    def labels(self):
        """An array, or None."""
        if lib.ddn_dataset_class_count(self.pointer) == 0:
            return None
        out = np.empty(self.n, np.int32)
        call(self.context, "ddn_dataset_labels", self.context.pointer, self.pointer, len(out), out.ctypes.data)
        return out

    def mean(self):
        out = np.empty(self.d)
        call(self.context, "ddn_dataset_mean", self.context.pointer, self.pointer, len(out), out.ctypes.data)
        return out

    def spectrum(self, count=None):
        """The largest eigenvalues of the covariance (1/n)."""
        out = np.empty(min(self.shape) if count is None else count)
        call(self.context, "ddn_dataset_spectrum", self.context.pointer, self.pointer, len(out), out.ctypes.data,
             None, 0)
        return out

    def span(self, tolerance=0.0):
        """Where the points lie: their mean and the axes that they fill."""
        made = _made(Span, self.context, "ddn_span_create", self.context.pointer, self.pointer, tolerance)
        made.d = self.d
        return made

    def draw_start(self, schedule, t, m, kind="gaussian", seed=0, first_path=0):
        """m states to start a reverse run from at time t: "gaussian", with mean and covariance of the points, or
        "noise"."""
        out = np.empty((m, self.d))
        call(self.context, "ddn_late_start_draw", self.context.pointer, self.pointer, schedule.pointer,
             constant("START", kind), t, seed, first_path, m, out.ctypes.data, self.d)
        return out

    def nearest(self, x, k=1):
        """Indices and squared distances [m][k] of the nearest points."""
        x = rows(x)
        _same_d(self, x)
        index, distance2 = np.empty((x.m, k), np.int64), np.empty((x.m, k))
        call(self.context, "ddn_dataset_nearest", self.context.pointer, self.pointer, x.m, k, x.pointer, x.ld,
             index.ctypes.data, distance2.ctypes.data)
        return index, distance2


class Span(_Shared):
    """The affine span of n points, of `rank` dimensions: the same problem in fewer coordinates where n < d. project
    gives coordinates and what lies outside, lift brings back; `a` is 1 for points, a(t) for states."""
    kind = "span"
    rank = property(lambda self: lib.ddn_span_rank(self.pointer))
    distance = property(lambda self: lib.ddn_span_distance(self.pointer))

    def dataset(self, type="f64"):
        """The points in the coordinates of the span."""
        return _made(Dataset, self.context, "ddn_dataset_create_in_span", self.context.pointer, self.pointer,
                     constant("TYPE", type))

    def project(self, x, a=1.0):
        """(coordinates [m][rank], the rest [m][d])"""
        x = rows(x)
        _same_d(self, x)
        coordinates, rest = np.empty((x.m, self.rank)), np.empty((x.m, x.d))
        call(self.context, "ddn_span_project", self.context.pointer, self.pointer, a, x.m, x.pointer, x.ld,
             coordinates.ctypes.data, self.rank, rest.ctypes.data, x.d)
        return coordinates, rest

    def lift(self, coordinates, a=1.0):
        c = rows(coordinates)
        if c.d != self.rank:
            raise ValueError(f"rows of {self.rank} numbers are needed, not {c.d}")
        out = np.empty((c.m, self.d))
        call(self.context, "ddn_span_lift", self.context.pointer, self.pointer, a, c.m, c.pointer, c.ld,
             out.ctypes.data, self.d)
        return out


def _same_d(thing, x):
    if x.d != thing.d:
        raise ValueError(f"rows of {thing.d} numbers are needed, not {x.d}")


@_call.callback("ddn_schedule_fn")
def _schedule(function, t, *out):
    values = tuple(function(t))
    if len(values) != len(out):
        raise ValueError(f"a schedule gives (a, s, da/dt, ds/dt), not {len(values)} numbers")
    for pointer, value in zip(out, values):
        ctypes.c_double.from_address(pointer).value = value


class Schedule(_Shared):
    """A noise schedule: x_t = a(t) x_0 + s(t) z."""
    kind = "schedule"

    @classmethod
    def _new(cls, kind, *args, context=None):
        given = context or default_context()
        return _made(cls, given, f"ddn_schedule_create_{kind}", given.pointer, *args)

    @classmethod
    def ou(cls, context=None):
        return cls._new("ou", context=context)

    @classmethod
    def vp_linear(cls, beta_min=0.1, beta_max=20.0, context=None):
        return cls._new("vp_linear", beta_min, beta_max, context=context)

    @classmethod
    def ddpm(cls, beta_first=1e-4, beta_last=0.02, steps=1000, context=None):
        return cls._new("ddpm", beta_first, beta_last, steps, context=context)

    @classmethod
    def scaled_linear(cls, beta_first=0.00085, beta_last=0.012, steps=1000, context=None):
        return cls._new("scaled_linear", beta_first, beta_last, steps, context=context)

    @classmethod
    def cosine(cls, steps=1000, offset=0.008, beta_max=0.999, context=None):
        return cls._new("cosine", steps, offset, beta_max, context=context)

    @classmethod
    def edm(cls, context=None):
        return cls._new("edm", context=context)

    @classmethod
    def flow(cls, context=None):
        return cls._new("flow", context=context)

    @classmethod
    def table(cls, values, kind="alpha_bar", context=None):
        """From the numbers of a trained model, such as alphas_cumprod of diffusers."""
        held = vector(values)
        return cls._new("table", constant("TABLE", kind), len(held), held.ctypes.data, context=context)

    @classmethod
    def custom(cls, function, t_min, t_max, context=None):
        """A schedule of your own: function(t) gives (a, s, da/dt, ds/dt); s/a has to increase."""
        number = _call.keep(function)
        try:
            return cls._new("custom", t_min, t_max, _schedule, number, _call.release, context=context)
        except BaseException:
            _call.forget(number)
            raise

    name = property(lambda self: text(lib.ddn_schedule_kind(self.pointer)))

    def _numbers(self, name, count, *args):
        out = [ctypes.c_double() for _ in range(count)]
        call(self.context, f"ddn_schedule_{name}", self.context.pointer, self.pointer, *args, *map(ctypes.byref, out))
        return tuple(o.value for o in out) if count > 1 else out[0].value

    @property
    def range(self):
        return self._numbers("range", 2)

    def eval(self, t):
        """(a, s)"""
        return self._numbers("eval", 2, t)

    def to_ou(self, t):
        return self._numbers("to_ou", 1, t)

    def from_ou(self, tau):
        return self._numbers("from_ou", 1, tau)

    def grid(self, first, last, count, kind="geometric"):
        out = np.empty(count)
        call(self.context, "ddn_schedule_grid", self.context.pointer, self.pointer, constant("GRID", kind), first, last,
             count, out.ctypes.data)
        return out


# ---- Models in Python ----------------------------------------------------------------------------------------------

_Model = collections.namedtuple("_Model", "predict jvp log_p")


def _write(out, answer, what):
    answer = real(answer)
    if answer.size == out.size and (len(out) == 1 or answer.shape[:1] == out.shape[:1]):
        answer = answer.reshape(out.shape)  # images; not columns for rows
    if answer.shape != out.shape:
        raise ValueError(f"{what} gave an array of shape {answer.shape} for states of shape {out.shape}")
    out[...] = answer


def _predictor(suffix, c_type):
    @_call.callback(f"ddn_predict_{suffix}_fn")
    def predict(model, t, a, s, m, d, x, ldx, out, ldo):
        _write(lent(out, m, d, ldo, c_type), model.predict(lent(x, m, d, ldx, c_type).copy(), t, a, s), "predict")

    @_call.callback(f"ddn_jvp_{suffix}_fn")
    def jvp(model, t, a, s, m, d, x, ldx, v, ldv, out, ldo):
        _write(lent(out, m, d, ldo, c_type), model.jvp(lent(x, m, d, ldx, c_type).copy(),
                                                       lent(v, m, d, ldv, c_type).copy(), t, a, s), "jvp")
    return predict, jvp


@_call.callback("ddn_log_density_fn")
def _log_p(model, t, a, s, m, d, x, ldx, out):
    _write(lent(out, 1, m, m, ctypes.c_double)[0],
           model.log_p(lent(x, m, d, ldx, ctypes.c_double).copy(), t, a, s), "log_p")


_PREDICTORS = {"float32": ("f32", *_predictor("f32", ctypes.c_float)),
               "float64": ("f64", *_predictor("f64", ctypes.c_double))}


class _ModelHandle(WithOptions):
    kind, shared = "model", False


class Oracle(_Shared):
    """What knows the score of the noised data: exactly (empirical, mixtures), or by a model of your own."""
    kind = "oracle"

    @classmethod
    def _new(cls, given, kind, *args):
        return _made(cls, given, f"ddn_oracle_create_{kind}", given.pointer, *args)

    @classmethod
    def empirical(cls, dataset, schedule, context=None):
        """The exact score of the points: the perfectly learned model."""
        return cls._new(context or dataset.context, "empirical", dataset.pointer, schedule.pointer)

    @classmethod
    def two_gaussians(cls, schedule, mean, sigma2=1.0, context=None):
        """Half N(mean, sigma2), half N(-mean, sigma2)."""
        held = vector(mean)
        return cls._new(context or schedule.context, "two_gaussians", schedule.pointer, len(held), sigma2,
                        held.ctypes.data)

    @classmethod
    def gaussian_of(cls, dataset, schedule, count, context=None):
        return cls._new(context or dataset.context, "gaussian_of", dataset.pointer, schedule.pointer, count)

    @classmethod
    def model(cls, schedule, d, predict, prediction="eps", dtype=np.float32, jvp=None, log_p=None, dataset=None,
              context=None, **options):
        """A model of your own: predict(x, t, a, s) gets states [m][d] (an array of its own, so it may be kept) and
        gives an array or tensor of their size; `prediction` says what ("score", "eps", "x0", "v", "velocity").
        jvp(x, v, t, a, s) is its derivative along v, log_p(x, t, a, s) the log density (both optional). Options:
        max_rows, clip_low, clip_high, step. What the callbacks refer to lives as long as the oracle."""
        given = context or schedule.context
        dtype = np.dtype(dtype).name
        if dtype not in _PREDICTORS:
            raise ValueError(f"dtype is float32 or float64, not {dtype}")
        suffix, predictor, derivative = _PREDICTORS[dtype]
        number = _call.keep(_Model(predict, jvp, log_p))
        try:
            pointer = create(given, "model", "ddn_model_create", given.pointer, schedule.pointer,
                             constant("PREDICTION", prediction), d, number, _call.release)
        except BaseException:
            _call.forget(number)
            raise
        with _ModelHandle(given, pointer) as made:
            call(given, f"ddn_model_set_predict_{suffix}", pointer, predictor)
            if jvp is not None:
                call(given, f"ddn_model_set_jvp_{suffix}", pointer, derivative)
            if log_p is not None:
                call(given, "ddn_model_set_log_p", pointer, _log_p)
            if dataset is not None:
                call(given, "ddn_model_set_dataset", pointer, dataset.pointer)
            made.set(**options)
            return cls._new(given, "model", pointer)

    @classmethod
    def combination(cls, parts, factors, context=None):
        """The sum of factors times scores: guidance is combination([conditional, unconditional], [1 + w, -w])."""
        held = vector(factors)
        pointers = (ctypes.c_void_p * len(parts))(*(p.pointer for p in parts))
        if len(held) != len(parts):
            raise ValueError(f"{len(parts)} parts with {len(held)} factors")
        return cls._new(context or parts[0].context, "combination", len(parts), pointers, held.ctypes.data)

    d = property(lambda self: lib.ddn_oracle_d(self.pointer))
    name = property(lambda self: text(lib.ddn_oracle_kind(self.pointer)))

    def can(self, output):
        return bool(lib.ddn_oracle_can(self.pointer, constant("OUT", output)))

    def score(self, x, t, context=None):
        x, given = rows(x), context or self.context
        _same_d(self, x)
        out = np.empty((x.m, x.d))
        call(given, "ddn_oracle_score", given.pointer, self.pointer, t, x.m, x.pointer, x.ld, out.ctypes.data, x.d)
        return out

    def sample(self, m, seed=0, first_path=0, context=None):
        """m states of the data that the oracle stands for."""
        given, out = context or self.context, np.empty((m, self.d))
        call(given, "ddn_oracle_sample_data", given.pointer, self.pointer, seed, first_path, m, out.ctypes.data,
             self.d, None)
        return out


_MATRICES = ("score", "mean", "class_posterior", "cov_times_v", "jacobian_times_v", "draw")  # others: a number a state


class _OfOracle(WithOptions):
    """Has a handle of its own of the oracle that it works with."""
    shared = False

    def __init__(self, oracle, context, options, *args):
        given = context or oracle.context
        super().__init__(given, create(given, self.kind, f"ddn_{self.kind}_create", given.pointer, oracle.pointer,
                                       *args))
        self.oracle = oracle._again()
        self.set(**options)

    def close(self):
        super().close()
        self.oracle.close()


class Query(_OfOracle):
    """Evaluates any outputs of an oracle in one pass. Options: epsilon, trajectory, forbid, probes."""
    kind = "query"

    def __init__(self, oracle, context=None, **options):
        super().__init__(oracle, context, options)

    def run(self, x, t, *outputs, v=None, out=None):
        """A dict of arrays: run(x, t, "score", "entropy", "argmax"). `v` [m][d] is what the outputs ..._times_v
        multiply. `out` maps names to arrays that are written in place."""
        x, made, held = rows(x), dict(out or {}), []
        _same_d(self.oracle, x)
        with self.context._core.lock:
            try:
                for name in dict.fromkeys((*made, *outputs)):
                    made[name] = self._bind(name, x.m, made.get(name), held)
                if v is not None:
                    held.append(rows(v))
                    if held[-1].array.shape != (x.m, x.d):
                        raise ValueError(f"v has shape {held[-1].array.shape}, the states {(x.m, x.d)}")
                    call(self.context, "ddn_query_bind_input", self.pointer, CONSTANTS["DDN_IN_V"], held[-1].pointer,
                         held[-1].ld)
                call(self.context, "ddn_query_run", self.pointer, t, x.m, x.pointer, x.ld)
            finally:
                self._unbind(made, v)
        return made

    def _bind(self, name, m, out, held):
        what = constant("OUT", name)
        integer = lib.ddn_output_type(what) == CONSTANTS["DDN_TYPE_I64"]
        width = lib.ddn_oracle_output_width(self.oracle.pointer, what)
        if out is None:
            out = np.empty((m, width) if name in _MATRICES else m, np.int64 if integer else np.float64)
        target = in_place(out if name in _MATRICES else out[:, None], np.int64 if integer else np.float64)
        if target.array.shape != (m, max(width, 1)) or integer and m > 1 and target.ld != 1:
            raise ValueError(f"{name} of {m} states has rows of {max(width, 1)} numbers, not shape {out.shape}")
        held.append(target)
        if integer:
            call(self.context, "ddn_query_bind_i64", self.pointer, what, target.pointer)
        else:
            call(self.context, "ddn_query_bind_f64", self.pointer, what, target.pointer, target.ld)
        return out

    def _unbind(self, made, v):
        for name in made:
            what = constant("OUT", name)
            if lib.ddn_output_type(what) == CONSTANTS["DDN_TYPE_I64"]:
                lib.ddn_query_bind_i64(self.pointer, what, None)
            else:
                lib.ddn_query_bind_f64(self.pointer, what, None, 0)
        if v is not None:
            lib.ddn_query_bind_input(self.pointer, CONSTANTS["DDN_IN_V"], None, 0)


# ---- Results -------------------------------------------------------------------------------------------------------

Estimate = collections.namedtuple("Estimate", "value error")


class Result(_Shared):
    """Columns of numbers (result["phi"]), and scalars with their standard errors, units and definitions."""
    kind = "result"

    @classmethod
    def open(cls, path, format="auto", context=None):
        given = context or default_context()
        return _made(cls, given, "ddn_result_open", given.pointer, os.fsencode(path), constant("RESULT_FORMAT", format))

    def _names(self, what):
        count = getattr(lib, f"ddn_result_{what}_count")(self.pointer)
        return [text(getattr(lib, f"ddn_result_{what}_name")(self.pointer, i)) for i in range(count)]

    columns = property(lambda self: self._names("column"))
    scalars = property(lambda self: self._names("scalar"))

    @property
    def fields(self):
        """What was measured, how and with what: texts by name."""
        return {name: text(lib.ddn_result_field(self.pointer, name.encode())) for name in self._names("field")}

    def __len__(self):
        return lib.ddn_result_rows(self.pointer)

    def __iter__(self):
        """Names of columns, as keys of a dict: "phi" in result, {name: result[name] for name in result}."""
        return iter(self.columns)

    def __getitem__(self, column):
        out = np.empty(len(self))
        call(self.context, "ddn_result_column", self.context.pointer, self.pointer, column.encode(), len(out),
             out.ctypes.data)
        return out

    def scalar(self, name):
        value, error = ctypes.c_double(), ctypes.c_double()
        call(self.context, "ddn_result_scalar", self.context.pointer, self.pointer, name.encode(), ctypes.byref(value),
             ctypes.byref(error))
        return Estimate(value.value, error.value)

    def definition(self, name):
        return text(lib.ddn_result_definition(self.pointer, name.encode()))

    def unit(self, name):
        return text(lib.ddn_result_unit(self.pointer, name.encode()))

    def write(self, path, format="auto"):
        call(self.context, "ddn_result_write", self.context.pointer, self.pointer, os.fsencode(path),
             constant("RESULT_FORMAT", format))

    def merged(self, other):
        """Independent runs pooled to one."""
        return _made(Result, self.context, "ddn_result_merge", self.context.pointer, self.pointer, other.pointer)

    def latest_start(self, level, kind="gaussian"):
        """The time from which on a start is less than `level` nats wrong, by a result of Analysis.late_start; NaN where
        none is."""
        t, error = ctypes.c_double(), ctypes.c_double()
        call(self.context, "ddn_late_start_choose", self.context.pointer, self.pointer, constant("START", kind), level,
             ctypes.byref(t), ctypes.byref(error))
        return Estimate(t.value, error.value)

    def regime(self, t, clock="ou"):
        """"random", "features" or "memorization", by a report of Analysis.regimes."""
        out = ctypes.c_int32()
        call(self.context, "ddn_regime_at", self.context.pointer, self.pointer, constant("CLOCK", clock), t,
             ctypes.byref(out))
        return {CONSTANTS["DDN_REGIME_" + name.upper()]: name
                for name in ("random", "features", "memorization")}[out.value]


class Analysis(WithOptions):
    """Measures. Options are those of the headers: samples, precision, clones, steps, seed, paths, method, t_end ..."""
    kind, shared = "analysis", False

    def __init__(self, context=None, **options):
        given = context or default_context()
        super().__init__(given, create(given, "analysis", "ddn_analysis_create", given.pointer))
        self.set(**options)

    def _measure(self, name, *args):
        return _made(Result, self.context, f"ddn_analysis_{name}", self.pointer, *args)

    def _at(self, name, times, *objects):
        held = vector(times)
        return self._measure(name, *(o.pointer for o in objects), len(held), held.ctypes.data)

    def identities(self, oracle, times):
        return self._at("identities", times, oracle)

    def clones(self, oracle, times):
        return self._at("clones", times, oracle)

    def late_start(self, oracle, times):
        return self._at("late_start", times, oracle)

    def uturn(self, oracle, starts, times):
        return self._at("uturn", times, oracle, starts)

    def branch(self, oracle, starts, times):
        return self._at("branch", times, oracle, starts)

    def last_change(self, oracle):
        return self._measure("last_change", oracle.pointer)

    def spectrum(self, dataset):
        return self._measure("spectrum", dataset.pointer)

    def crossings(self, oracle, curves):
        return self._measure("crossings", oracle.pointer, curves.pointer)

    def _curves(self, name, objects, times, clone_times):
        t, c = vector(times), vector(clone_times)
        return self._measure(name, *(o.pointer for o in objects), len(t), len(c), t.ctypes.data,
                             c.ctypes.data if len(c) else None)

    def regimes(self, oracle, times, clone_times=()):
        """Everything about the three regimes: curves, t_S and t_C by each definition."""
        return self._curves("regimes", (oracle,), times, clone_times)

    def generalization(self, oracle, train, test, times, clone_times=()):
        return self._curves("generalization", (oracle, train, test), times, clone_times)

    def memorization(self, dataset, x):
        x = rows(x)
        _same_d(dataset, x)
        return self._measure("memorization", dataset.pointer, x.m, x.pointer, x.ld)


# ---- Dynamics ------------------------------------------------------------------------------------------------------

class Step:
    """What an observer sees, for the time of its call: index, count, time, x, and the outputs that it asked for by
    name. Arrays are copies."""

    def __init__(self, pointer, oracle):
        self._alive, self._oracle = pointer, oracle

    @property
    def _pointer(self):
        if self._alive is None:
            raise ValueError("a step ends with the observer's call: keep what is read of it")
        return self._alive

    index = property(lambda self: lib.ddn_step_index(self._pointer))
    count = property(lambda self: lib.ddn_step_count(self._pointer))
    time = property(lambda self: lib.ddn_step_time(self._pointer))

    @property
    def x(self):
        p = self._pointer
        m, d = lib.ddn_step_m(p), lib.ddn_step_d(p)
        return lent(lib.ddn_step_x(p), m, d, lib.ddn_step_ldx(p), ctypes.c_double).copy()

    def __getitem__(self, output):
        p, what = self._pointer, constant("OUT", output)
        m, ld = lib.ddn_step_m(p), ctypes.c_int64(1)
        if lib.ddn_output_type(what) == CONSTANTS["DDN_TYPE_I64"]:
            c_type, width, found = ctypes.c_int64, 1, lib.ddn_step_i64(p, what)
        else:
            c_type, width = ctypes.c_double, lib.ddn_oracle_output_width(self._oracle.pointer, what)
            found = lib.ddn_step_f64(p, what, ctypes.byref(ld))
        if not found:
            raise KeyError(f"{output} was not asked for: observe(..., outputs=[{output!r}])")
        out = lent(found, m, max(width, 1), ld.value, c_type).copy()
        return out if output in _MATRICES else out[:, 0]


@_call.callback("ddn_observe_fn")
def _observe(watch, pointer):
    function, oracle = watch
    step = Step(pointer, oracle)
    try:
        return stops(function(step))
    finally:
        step._alive = None


class Integrator(_OfOracle):
    """Runs the dynamics. Methods: exact (oracles of data), exponential, heun, ddpm (all) ...; options: steps, eta,
    seed, t_start, t_end, grid ..."""
    kind = "integrator"

    def __init__(self, oracle, method, context=None, **options):
        super().__init__(oracle, context, options, constant("METHOD", method))

    def start(self, m):
        """States at the first time."""
        out = np.empty((m, self.oracle.d))
        call(self.context, "ddn_integrator_draw_start", self.pointer, m, out.ctypes.data, self.oracle.d)
        return out

    def _go(self, name, x):
        x = in_place(x)
        _same_d(self.oracle, x)
        return _call.status_of(self.context, name, self.pointer, x.m, x.pointer, x.ld) == 0

    def run(self, x):
        """Moves the states in place (float64, row distance free). False: stopped, `resume` goes on."""
        return self._go("ddn_integrator_run", x)

    def resume(self, x):
        return self._go("ddn_integrator_resume", x)

    def observe(self, function, outputs=()):
        """function(step) sees each step; True stops the run."""
        number = _call.keep((function, self.oracle))
        wanted = sum(1 << constant("OUT", name) for name in outputs)
        try:
            call(self.context, "ddn_integrator_attach_callback", self.pointer, wanted, _observe, number, _call.release)
        except Error:
            _call.forget(number)
            raise

    @property
    def times(self):
        out = np.empty(lib.ddn_integrator_time_count(self.pointer))
        call(self.context, "ddn_integrator_times", self.pointer, len(out), out.ctypes.data)
        return out

    def set_times(self, times):
        held = vector(times)
        call(self.context, "ddn_integrator_set_times", self.pointer, len(held), held.ctypes.data)

    def save(self):
        """A stopped run, as bytes."""
        size = ctypes.c_int64()
        call(self.context, "ddn_integrator_save_size", self.pointer, ctypes.byref(size))
        out = ctypes.create_string_buffer(size.value)
        call(self.context, "ddn_integrator_save", self.pointer, size.value, out)
        return out.raw

    def restore(self, saved):
        """The states of a saved run, which `resume` goes on with."""
        m = ctypes.c_int64()
        call(self.context, "ddn_integrator_saved_rows", self.pointer, len(saved), saved, ctypes.byref(m))
        x = np.empty((m.value, self.oracle.d))
        call(self.context, "ddn_integrator_restore", self.pointer, len(saved), m.value, saved, x.ctypes.data,
             self.oracle.d)
        return x


from . import theory  # noqa: E402
from ._late_start import Features, Frechet  # noqa: E402
from ._symmetry import Diagram, Symmetry  # noqa: E402
from ._system import Bifurcation, FixedPoint, System  # noqa: E402

__version__ = _raw.VERSION

"""Spontaneous symmetry breaking: potential, fixed points and their bifurcations, of any oracle."""
import numpy as np

from . import CONSTANTS, Result, _made, _OfOracle, _same_d, _Shared
from ._arrays import rows, vector
from ._call import call, lib

EVENTS = {CONSTANTS["DDN_BIFURCATION_FOLD"]: "fold", CONSTANTS["DDN_BIFURCATION_BRANCH"]: "branch"}


class Symmetry(_OfOracle):
    """The drift b = -grad u of the reverse dynamics. Options: eta, tolerance, merge, step, iterations, eigenvalues,
    descend, seed, points, branches."""
    kind = "symmetry"

    def __init__(self, oracle, context=None, **options):
        super().__init__(oracle, context, options)

    def _states(self, x):
        x = rows(x)
        _same_d(self.oracle, x)
        return x

    def _vector(self, x):
        x = vector(x)
        if len(x) != self.oracle.d:
            raise ValueError(f"a vector of {self.oracle.d} numbers is needed, not {len(x)}")
        return x

    def drift(self, x, t):
        x = self._states(x)
        out = np.empty((x.m, x.d))
        call(self.context, "ddn_symmetry_drift", self.pointer, t, x.m, x.pointer, x.ld, out.ctypes.data, x.d)
        return out

    def potential(self, x, t):
        """u of each state; for oracles with log p."""
        x = self._states(x)
        out = np.empty(x.m)
        call(self.context, "ddn_symmetry_potential", self.pointer, t, x.m, x.pointer, x.ld, out.ctypes.data)
        return out

    def line(self, t, v, q, x0=None):
        """A result along x0 + q v: "q", "u", "slope", "curvature"."""
        v, q, x0 = self._vector(v), vector(q), None if x0 is None else self._vector(x0)
        return _made(Result, self.context, "ddn_symmetry_line", self.pointer, t, len(q),
                     None if x0 is None else x0.ctypes.data, v.ctypes.data, q.ctypes.data)

    def stability(self, x, t, count=1):
        """(eigenvalues, eigenvectors [count][d]) of the linearised drift at one state, largest first: a fixed point is
        stable where all are negative."""
        x = self._vector(x)
        values, vectors = np.empty(count), np.empty((count, len(x)))
        call(self.context, "ddn_symmetry_stability", self.pointer, t, count, x.ctypes.data, values.ctypes.data,
             vectors.ctypes.data, len(x))
        return values, vectors

    def fixed_points(self, starts, t):
        """(points, result): where the starts lead to, each once, and their "lambda", "unstable", "u" ..."""
        x = self._states(starts)
        points = np.empty((x.m, x.d))
        result = _made(Result, self.context, "ddn_symmetry_fixed_points", self.pointer, t, x.m, x.pointer, x.ld,
                       points.ctypes.data, x.d)
        return points[:len(result)].copy(), result

    def diagram(self, t_start, t_end, starts=(), directions=()):
        """The branches of fixed points between a noisy and a clean time: from t_start down, and from the starts, which
        are states at t_end, up. The results have x . direction as "q_0", "q_1" ..."""
        x, v = (self._states(a) if len(a) else None for a in (starts, directions))
        head = [a.m if a else 0 for a in (x, v)]
        arrays = [part for a in (x, v) for part in ((a.pointer, a.ld) if a else (None, 0))]
        made = _made(Diagram, self.context, "ddn_symmetry_diagram", self.pointer, t_start, t_end, *head, *arrays)
        made._d = self.oracle.d
        return made

    def critical(self, largest, etas=(1.0,)):
        """When the centre loses stability, for each eta: from the largest eigenvalue of the covariance ("t"), and as
        it is ("t_measured")."""
        held = vector(etas)
        return _made(Result, self.context, "ddn_symmetry_critical", self.pointer, largest, len(held), held.ctypes.data)


class Diagram(_Shared):
    """Branches of fixed points: `points` and `events` are results, `states` and `event_states` what belongs to their
    rows; event_kinds says "fold" or "branch" (a pitchfork in symmetric data)."""
    kind = "diagram"

    def _result(self, name):
        pointer = getattr(lib, f"ddn_diagram_{name}")(self.pointer)
        lib.ddn_result_retain(pointer)
        return Result._of(self.context, pointer)

    points = property(lambda self: self._result("points"))
    events = property(lambda self: self._result("events"))

    @property
    def event_kinds(self):
        return [EVENTS[int(kind)] for kind in self.events["kind"]]

    def _states(self, name, count):
        out = np.empty((count, self._d))
        call(self.context, f"ddn_diagram_{name}", self.context.pointer, self.pointer, 0, count, out.ctypes.data, self._d)
        return out

    states = property(lambda self: self._states("states", len(self.points)))
    event_states = property(lambda self: self._states("event_states", len(self.events)))

"""Flows dx/dtau = f(p, x) and maps x' = f(p, x) that are given by a function: fixed points, stability, bifurcations,
trajectories."""
import collections
import ctypes

import numpy as np

from . import CONSTANTS, _Shared, _call, default_context
from ._arrays import lent, real, rows, vector
from ._call import call, constant, create, lib

STABILITIES = {CONSTANTS["DDN_STABILITY_" + name.upper()]: name
               for name in ("stable", "unstable", "saddle", "half_stable", "neutral")}
BIFURCATIONS = {CONSTANTS["DDN_SYSTEM_" + name.upper()]: name
                for name in ("saddle_node", "transcritical", "pitchfork_super", "pitchfork_sub", "period_doubling")}

FixedPoint = collections.namedtuple("FixedPoint", "x eigenvalue stability")
Bifurcation = collections.namedtuple("Bifurcation", "parameter x kind")
_Functions = collections.namedtuple("_Functions", "f jacobian")


def _caller(which):
    @_call.callback("ddn_system_fn")
    def run(functions, parameter, d, x, out):
        answer = real(getattr(functions, which)(parameter, lent(x, 1, d, d, ctypes.c_double)[0].copy()))
        size = d if which == "f" else d * d
        if answer.size != size:
            raise ValueError(f"{which} gave {answer.size} numbers, {size} are needed")
        lent(out, 1, size, size, ctypes.c_double)[0][...] = answer.reshape(-1)
    return run


_f, _jacobian = _caller("f"), _caller("jacobian")


class System(_Shared):
    """System("flow", d, f): f(p, x) gets a parameter and a state [d] and gives dx/dtau ("flow") or the next state
    ("map"). jacobian(p, x) gives [d][d]; without, differences are taken."""
    kind = "system"

    def __init__(self, kind, d, f, jacobian=None, context=None):
        given, self.d = context or default_context(), d
        number = _call.keep(_Functions(f, jacobian))
        try:
            pointer = create(given, "system", "ddn_system_create", given.pointer, constant("SYSTEM", kind), d, _f,
                             None if jacobian is None else _jacobian, number, _call.release)
        except BaseException:
            _call.forget(number)
            raise
        super().__init__(given, pointer)

    def _call(self, name, *args):
        call(self.context, f"ddn_system_{name}", self.context.pointer, self.pointer, *args)

    def _state(self, x):
        x = vector(x)
        if len(x) != self.d:
            raise ValueError(f"a state of {self.d} numbers is needed, not {len(x)}")
        return x

    def fixed_points_1d(self, parameter, low, high, cells=200, capacity=64):
        """All in [low, high], ascending, of a system with d = 1."""
        x, eigenvalue, stability = np.empty(capacity), np.empty(capacity), np.empty(capacity, np.int32)
        count = ctypes.c_int64()
        self._call("fixed_points_1d", parameter, low, high, cells, capacity, x.ctypes.data, eigenvalue.ctypes.data,
                   stability.ctypes.data, ctypes.byref(count))
        return [FixedPoint(float(x[i]), float(eigenvalue[i]), STABILITIES[int(stability[i])])
                for i in range(count.value)]

    def fixed_points(self, parameter, starts):
        """Where Newton's iteration leads to from the starts, each point once."""
        starts = rows(starts)
        if starts.d != self.d:
            raise ValueError(f"rows of {self.d} numbers are needed, not {starts.d}")
        out, count = np.empty((starts.m, self.d)), ctypes.c_int64()
        self._call("fixed_points", parameter, starts.m, starts.m, starts.pointer, starts.ld, out.ctypes.data,
                   ctypes.byref(count))
        return out[:count.value].copy()

    def eigenvalues(self, parameter, x, tolerance=1e-9):
        """(eigenvalues of the Jacobian, complex; what they say: "stable", "saddle" ...)"""
        x, re, im = self._state(x), np.empty(self.d), np.empty(self.d)
        stability = ctypes.c_int32()
        self._call("eigenvalues", parameter, tolerance, x.ctypes.data, re.ctypes.data, im.ctypes.data,
                   ctypes.byref(stability))
        return re + 1j * im, STABILITIES[stability.value]

    def bifurcations(self, parameters, xs, cells=(100, 100), capacity=64):
        """All in the rectangle (low, high) of parameters times (low, high) of x, of a system with d = 1."""
        p, x, kind, count = np.empty(capacity), np.empty(capacity), np.empty(capacity, np.int32), ctypes.c_int64()
        self._call("bifurcations", *parameters, cells[0], *xs, cells[1], capacity, p.ctypes.data, x.ctypes.data,
                   kind.ctypes.data, ctypes.byref(count))
        return [Bifurcation(float(p[i]), float(x[i]), BIFURCATIONS[int(kind[i])]) for i in range(count.value)]

    def trajectory(self, parameter, x0, times, tolerance=1e-10):
        """States [times][d] of a flow; x0 is the one at times[0]."""
        x0, times = self._state(x0), vector(times)
        out = np.empty((len(times), self.d))
        self._call("trajectory", parameter, tolerance, len(times), x0.ctypes.data, times.ctypes.data, out.ctypes.data,
                   self.d)
        return out

    def passage(self, parameter, x0, level, coordinate=-1, t_max=1e3, tolerance=1e-10):
        """(first time at which a flow has x[coordinate] = level, or |x| = level for -1; the state there). The time is
        infinite where t_max comes first."""
        x0, time, end = self._state(x0), ctypes.c_double(), np.empty(self.d)
        self._call("passage", parameter, coordinate, level, t_max, tolerance, x0.ctypes.data, ctypes.byref(time),
                   end.ctypes.data)
        return time.value, end

    def orbit(self, parameter, x0, steps):
        """Iterates [steps + 1][d] of a map, the first is x0."""
        x0, out = self._state(x0), np.empty((steps + 1, self.d))
        self._call("orbit", parameter, steps, x0.ctypes.data, out.ctypes.data, self.d)
        return out

    def escape(self, parameter, x0, radius, steps):
        """The first iterate of a map with |x| > radius, or None if none of the first `steps` is."""
        x0, count = self._state(x0), ctypes.c_int64()
        self._call("escape", parameter, radius, steps, x0.ctypes.data, ctypes.byref(count))
        return count.value if count.value <= steps else None

"""How good samples are: features of states, and the Fréchet distance of samples from data."""
import ctypes

import numpy as np

from . import Estimate, _call, _made, _same_d, _Shared, default_context
from ._arrays import lent, real, rows
from ._call import call, create, lib


@_call.callback("ddn_features_fn")
def _features(function, m, d, x, ldx, out, ldo):
    made, k = function
    answer = real(made(lent(x, m, d, ldx, ctypes.c_double).copy()))
    if answer.shape != (m, k):
        raise ValueError(f"the features of {m} states have shape {answer.shape}, not {(m, k)}")
    lent(out, m, k, ldo, ctypes.c_double)[...] = answer


class Features(_Shared):
    """Features.pca(dataset, k): the k leading principal axes; Features.function(d, k, f): f(x) gives [m][k] of states
    [m][d], such as a network's; Features.identity(d): the coordinates themselves."""
    kind = "features"

    @classmethod
    def _new(cls, given, kind, *args):
        return _made(cls, given, f"ddn_features_create_{kind}", given.pointer, *args)

    @classmethod
    def identity(cls, d, context=None):
        return cls._new(context or default_context(), "identity", d)

    @classmethod
    def pca(cls, dataset, k, context=None):
        return cls._new(context or dataset.context, "pca", dataset.pointer, k)

    @classmethod
    def function(cls, d, k, f, context=None):
        number = _call.keep((f, k))
        try:
            return cls._new(context or default_context(), "callback", d, k, _features, number, _call.release)
        except BaseException:
            _call.forget(number)
            raise

    d = property(lambda self: lib.ddn_features_d(self.pointer))

    def __len__(self):
        return lib.ddn_features_count(self.pointer)

    def __call__(self, x):
        x = rows(x)
        _same_d(self, x)
        out = np.empty((x.m, len(self)))
        call(self.context, "ddn_features_apply", self.context.pointer, self.pointer, x.m, x.pointer, x.ld,
             out.ctypes.data, len(self))
        return out


class Frechet(_Shared):
    """The reference: all points of a dataset, in features. distance(x) tells how far samples are from it."""
    kind = "frechet"

    def __init__(self, dataset, features, context=None):
        given = context or dataset.context
        super().__init__(given, create(given, "frechet", "ddn_frechet_create", given.pointer, dataset.pointer,
                                       features.pointer))
        self.d = dataset.d

    def distance(self, x, replicates=0, seed=0):
        """The squared distance, with its standard error by that many replicates (NaN without). Compare equal numbers of
        samples: few make it too large."""
        x, value, error = rows(x), ctypes.c_double(), ctypes.c_double()
        _same_d(self, x)
        call(self.context, "ddn_frechet_distance", self.context.pointer, self.pointer, x.m, seed, replicates, x.pointer,
             x.ld, ctypes.byref(value), ctypes.byref(error), None)
        return Estimate(value.value, error.value)

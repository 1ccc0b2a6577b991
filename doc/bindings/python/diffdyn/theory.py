"""The closed forms: theory.phi(r), theory.speciation(lambda_), theory.collapse_spectrum(n, eigenvalues) ..., each
function ddn_theory_NAME that takes numbers, and at most one array, and gives a number."""
from . import _raw
from ._arrays import vector
from ._call import lib


def _form(name, codes):
    function = getattr(lib, name)

    def form(*args):
        wanted = len(codes) - ("p" in codes)  # an array comes with its count
        if len(args) != wanted:
            raise TypeError(f"{name} takes {wanted} arguments, {len(args)} were given")
        held, passed = [], []
        for arg, code in zip(args, codes.replace("lp", "p")):
            if code == "p":
                held.append(vector(arg))
                passed += [len(held[-1]), held[-1].ctypes.data]
            else:
                passed.append(arg)
        return function(*passed)
    form.__name__ = name[len("ddn_theory_"):]
    form.__doc__ = f"{_raw.DOCS[name]}\n\n{name} of theory.h."
    return form


for _name, (_returns, _codes) in _raw.FUNCTIONS.items():
    if _name.startswith("ddn_theory_") and _returns == "d" and set(_codes.replace("lp", "", 1)) <= {"d"}:
        globals()[_name[len("ddn_theory_"):]] = _form(_name, _codes)

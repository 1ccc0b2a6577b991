"""numpy arrays and torch tensors as rows of numbers for C, without a copy wherever their layout allows it."""
import ctypes

import numpy as np


def plain(x):
    """A numpy array over the same memory where there is one: torch tensors lose their gradient and come to the CPU."""
    if hasattr(x, "detach"):
        x = x.detach().cpu()
        try:
            return x.numpy()
        except TypeError:  # bfloat16
            return x.float().numpy()
    if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
        raise ValueError("masked numbers are no numbers: fill them (x.filled(0)), or leave out their rows")
    return np.asarray(x)


def real(x):
    """As `plain`; numpy itself would take the real part of complex numbers, with a warning."""
    x = plain(x)
    if x.dtype.kind == "c":
        raise ValueError(f"real numbers are needed, not {x.dtype}")
    return x


def _ld(x):
    """The distance of rows in elements, or None where the rows are not what C can step through."""
    if x.ndim != 2 or not x.flags.aligned or not x.dtype.isnative:
        return None
    m, d = x.shape
    if x.size == 0:  # numpy gives such an array no strides
        return max(d, 1)
    if d > 1 and x.strides[1] != x.itemsize:
        return None
    if m <= 1:
        return max(d, 1)
    ld, rest = divmod(x.strides[0], x.itemsize)
    return ld if rest == 0 and ld >= d else None


class Rows:
    """`array` with m rows of d numbers, ld apart, at `pointer`. Hold it while C uses the pointer."""

    def __init__(self, array):
        self.array, self.ld = array, _ld(array)
        self.m, self.d = array.shape
        self.pointer = array.ctypes.data


def _matrix(x):
    if x.ndim < 2:
        raise ValueError(f"rows of numbers are needed, as an array of two dimensions; this has shape {x.shape}")
    return x if x.ndim == 2 else x.reshape(x.shape[0], -1)  # images: a view, or a copy of odd layouts


def rows(x, dtype=np.float64):
    """For reading: of another type or layout a copy."""
    x = _matrix(real(x))
    if x.dtype != dtype:
        x = x.astype(dtype)
    return Rows(x if _ld(x) is not None else np.array(x, dtype=x.dtype.newbyteorder("="), order="C"))


def in_place(x, dtype=np.float64):
    """For writing: never a copy, so type and layout have to fit."""
    if getattr(getattr(x, "device", None), "type", "cpu") != "cpu":
        raise ValueError(f"memory on {x.device} cannot be written here: pass x.cpu()")
    given = plain(x) if hasattr(x, "detach") else x
    if not isinstance(given, np.ndarray):
        raise TypeError(f"an array of numpy or a tensor of torch is needed to write to, not {type(x).__name__}")
    x = _matrix(given)
    if x.dtype != dtype or not given.flags.writeable or _ld(x) is None or not (
            x is given or np.shares_memory(x, given)):
        raise ValueError(f"to write to, rows of {np.dtype(dtype)} in order are needed (their distance is free); this "
                         f"is {given.dtype}, shape {given.shape}, strides {given.strides}"
                         f"{'' if given.flags.writeable else ', read-only'}")
    return Rows(x)


def vector(x, dtype=np.float64):
    """One-dimensional and contiguous; hold it while C uses `.ctypes.data`."""
    return np.ascontiguousarray(np.atleast_1d(real(x)), dtype=dtype).reshape(-1)


def whole(x, dtype, what):
    """As `vector`, for whole numbers: what would change on the way to them is refused."""
    given = np.atleast_1d(plain(x))
    numbers = given.dtype.kind in "biufO"
    with np.errstate(invalid="ignore"):
        made = given.astype(dtype) if numbers else given
    if not numbers or not np.all(made == given):
        raise ValueError(f"{what} are whole numbers of type {np.dtype(dtype)}, which these {given.dtype} are not")
    return vector(made, dtype)


def stops(answer):
    """True, also numpy's or torch's; what else a function gives (None, the length of a text) stops nothing."""
    return answer is True or str(getattr(answer, "dtype", "")).endswith("bool") and bool(answer)


def lent(pointer, m, d, ld, c_type):
    """A view of the library's rows, for the time of a callback."""
    size = ctypes.sizeof(c_type)
    flat = np.frombuffer((c_type * ((m - 1) * ld + d)).from_address(pointer), c_type)
    return np.lib.stride_tricks.as_strided(flat, (m, d), (ld * size, size))

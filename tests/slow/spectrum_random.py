#!/usr/bin/env python3
"""Spectra, log determinants and spans of small random sets against numbers of 40 digits.

Sets of all types, few and many points, far from 0 (up to 1e15 times their spread), with copies, of fewer dimensions than
they have, of one point many times, under maps. The reference takes the numbers that ddn_dataset_read gives as they are,
so that what the format rounds is no error. Reported are the largest error of an eigenvalue as a share of the largest, of
the log determinant as the change of all eigenvalues by a share of the largest that explains it, and the number of spans
of another dimension than the exact rank.

Prints a Markdown table, a row per kind of set. Ends with status 1 if a promise is broken, 77 without mpmath.

Usage: spectrum_random.py LIBRARY [--count N] [--seed S]
"""
import argparse
import ctypes
import random
import sys

try:
    import mpmath as mp
    from mpmath import mpf
except ImportError:
    print("mpmath is not installed")
    sys.exit(77)

I64, F64 = ctypes.c_int64, ctypes.c_double
STORED = {"u8": (1, ctypes.c_uint8), "f32": (2, ctypes.c_float), "f64": (3, F64)}


class Library:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.ddn_context_message.restype = ctypes.c_char_p
        self.lib.ddn_span_rank.restype = I64
        self.lib.ddn_span_distance.restype = F64
        self.ctx = ctypes.c_void_p()
        self.lib.ddn_context_create(ctypes.byref(self.ctx))

    def call(self, name, *arguments, may_fail=False):
        status = getattr(self.lib, name)(self.ctx, *arguments)
        if status != 0 and not may_fail:
            sys.exit(f"{name}: {self.lib.ddn_context_message(self.ctx)}")
        return status

    def dataset(self, kind, n, d, rows, scale, shift):
        code, c_type = STORED[kind]
        data = (c_type * (n * d))(*[x for row in rows for x in row])
        plain, mapped = ctypes.c_void_p(), ctypes.c_void_p()
        self.call("ddn_dataset_create", code, I64(n), I64(d), data, I64(d), ctypes.byref(plain))
        self.call("ddn_dataset_create_mapped", plain, F64(scale), F64(shift), ctypes.byref(mapped))
        self.lib.ddn_dataset_destroy(plain)
        return mapped

    def read(self, ds, n, d):
        out = (F64 * (n * d))()
        self.call("ddn_dataset_read", ds, I64(0), I64(n), out, I64(d))
        return [list(out[i * d:(i + 1) * d]) for i in range(n)]


def draw_set(r):
    """Kind, shape and stored numbers of a random set, and its map."""
    most = 40 if r.random() < 0.03 else 10
    n, d = r.randint(1, most), r.randint(1, most)
    kind, shape = r.choice(list(STORED)), r.choice(["plain", "far", "copies", "one point", "flat", "outlier"])
    scale, shift = (1.0, 0.0) if r.random() < 0.5 else (10 ** r.uniform(-3, 3), r.choice([0.0, -1.0, 10 ** r.uniform(0, 6)]))
    rank = r.randint(1, max(1, min(n, d) - 1))
    if kind == "u8":
        rows = [[r.randint(0, 255) for _ in range(d)] for _ in range(n)]
    elif shape == "flat":
        axes = [[r.randint(-50, 50) for _ in range(d)] for _ in range(rank)]
        rows = [[float(sum(c * a[j] for c, a in zip(parts, axes))) for j in range(d)]
                for parts in ([r.randint(-9, 9) for _ in range(rank)] for _ in range(n))]
    else:
        spread = 10 ** r.uniform(-3, 3)
        away = spread * 10 ** r.uniform(0, 15 if kind == "f64" else 6) if shape == "far" else 0.0
        centre = [away * r.uniform(0.5, 1) for _ in range(d)]
        rows = [[c + spread * r.gauss(0, 1) for c in centre] for _ in range(n)]
    if shape == "outlier":
        rows[0] = [min(255, x) if kind == "u8" else 1e4 * x for x in rows[0]]
    if shape in ("copies", "one point"):
        first = rows[:1] if shape == "one point" else rows[:max(1, n // 2)]
        rows = [list(r.choice(first)) for _ in range(n)]
    return kind, shape, n, d, rows, scale, shift


def exact_spectrum(rows, n, d):
    """Eigenvalues of the covariance, falling, min(n, d) of them."""
    with mp.workdps(80):
        mean = [mp.fsum(mpf(row[j]) for row in rows) / n for j in range(d)]
        x = [[mpf(row[j]) - mean[j] for j in range(d)] for row in rows]
        if n < d:
            m = mp.matrix(n, n)
            for i in range(n):
                for k in range(i + 1):
                    m[i, k] = m[k, i] = mp.fsum(a * b for a, b in zip(x[i], x[k])) / n
        else:
            m = mp.matrix(d, d)
            for i in range(d):
                for k in range(i + 1):
                    m[i, k] = m[k, i] = mp.fsum(row[i] * row[k] for row in x) / n
        size = min(n, d)
        if all(m[i, i] == 0 for i in range(size)):
            return [mpf(0)] * size
        return sorted((max(v, mpf(0)) for v in mp.eigsy(m, eigvals_only=True)), reverse=True)


def compare_log_det(library, ds, values, worst):
    """The share of the largest value by which all of them must move to give the library's sums."""
    top, size = values[0], len(values)
    c = (F64 * 3)(*[float(top) * f if top > 0 else 1.0 for f in (1e-6, 1e-2, 10.0)])
    sums = (F64 * 3)()
    library.call("ddn_dataset_log_det", ds, I64(3), c, sums, None)
    for level, got in zip(c, sums):
        want = mp.fsum(mp.log1p(v / level) for v in values)
        slope = mp.fsum(1 / (level + v) for v in values) * top
        error = abs(mpf(got) - want)
        worst = max(worst, float(error / slope)) if slope > 0 else max(worst, float(error))
    return worst, size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("path", help="the shared library")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    mp.mp.dps = 40
    library, r = Library(options.path), random.Random(options.seed)
    table, good = {}, True
    for _ in range(options.count):
        kind, shape, n, d, rows, scale, shift = draw_set(r)
        ds = library.dataset(kind, n, d, rows, scale, shift)
        values = exact_spectrum(library.read(ds, n, d), n, d)
        size = min(n, d)
        got = (F64 * size)()
        library.call("ddn_dataset_spectrum", ds, I64(size), got, None, I64(0))
        row = table.setdefault((kind, shape), [0, 0.0, 0.0, 0])
        row[0] += 1
        if values[0] == 0:
            good &= all(v == 0 for v in got)
            row[1] = max(row[1], max(got))
        else:
            row[1] = max(row[1], max(float(abs(mpf(v) - w) / values[0]) for v, w in zip(got, values)))
        row[2], _ = compare_log_det(library, ds, values, row[2])
        # Axes whose variance is neither certainly there nor certainly rounding do not count.
        floor = values[0] * mpf(10) ** -12 + mpf(10) ** -24 * mp.fsum(mpf(x) ** 2 for line in library.read(ds, n, d)
                                                                     for x in line) / n
        rank = sum(1 for v in values if v > floor)
        clear = all(v > floor or v < values[0] * mpf(10) ** -40 for v in values)
        if n >= 2 and rank > 0 and clear:
            span = ctypes.c_void_p()
            library.call("ddn_span_create", ds, F64(0), ctypes.byref(span))
            row[3] += library.lib.ddn_span_rank(span) != rank
            library.lib.ddn_span_destroy(span)
        library.lib.ddn_dataset_destroy(ds)
    print("| type | set | sets | eigenvalues | log det | wrong ranks |\n|---|---|---|---|---|---|")
    for (kind, shape), (count, error, log_det, ranks) in sorted(table.items()):
        print(f"| {kind} | {shape} | {count} | {error:.1e} | {log_det:.1e} | {ranks} |")
        good &= error <= 1e-10 and log_det <= 1e-10 and ranks == 0
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

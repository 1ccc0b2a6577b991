#!/usr/bin/env python3
"""All closed forms of theory.h and the conversions of schedule.h against numbers of 50 digits.

Each function is called through the shared library with random arguments, log-uniform over the range for which the
header promises accuracy, its ends included. The reference is computed by mpmath from the definition, by other formulas
than the library's where there are such. The header allows an error of a share of the result (the promise) and what
changes of the arguments by 1e-15 make; the worst of what remains after the second is reported as a share of the result.

Prints a Markdown table, a row per function. Ends with status 1 if a promise is broken, 77 without mpmath.

Usage: theory_random.py LIBRARY [--count N] [--seed S] [FUNCTION-PART...]
"""
import argparse
import ctypes
import math
import random
import sys
import time

try:
    import mpmath as mp
    from mpmath import mpf
except ImportError:
    print("mpmath is not installed")
    sys.exit(77)

TINY, HUGE = 1e-300, 1.7976931348623157e308
DIGITS = 50
FULL = 420  # digits for formulas that add numbers of all magnitudes


# ---- arguments -----------------------------------------------------------------------------------------------------

class Draw:
    """Random arguments; each method is one kind of argument."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def log(self, low, high):
        return math.exp(self.r.uniform(math.log(low), math.log(high)))

    def positive(self):
        """A number of any magnitude, most of them ordinary."""
        kind = self.r.random()
        if kind < 0.03:
            return self.r.choice([1e-100, 1.0, 1e100, 2.0, 0.5])
        return self.log(1e-100, 1e100) if kind < 0.4 else self.log(1e-8, 1e8) if kind < 0.7 else self.log(0.01, 100)

    def not_negative(self):
        return 0.0 if self.r.random() < 0.1 else self.positive()

    def wide(self):
        """Any positive double."""
        return self.log(5e-308, HUGE) if self.r.random() < 0.4 else self.positive()

    def wide_or_zero(self):
        return 0.0 if self.r.random() < 0.05 else self.wide()

    def time(self):
        kind = self.r.random()
        if kind < 0.25:
            return self.log(1e-100, 350)
        return self.log(1e-6, 20) if kind < 0.9 else self.r.uniform(0.1, 350)

    def points(self):
        """n > 1."""
        kind = self.r.random()
        if kind < 0.2:
            return 1 + self.log(3e-16, 1)
        return self.log(1.001, 1e308) if kind < 0.4 else self.log(1.5, 1e12)

    def dims(self):
        """d >= 1."""
        kind = self.r.random()
        if kind < 0.3:
            return self.log(1, 1e100)
        return float(self.r.randint(1, 20)) if kind < 0.5 else self.log(1, 1e6)

    def sign(self, x):
        return x if self.r.random() < 0.5 else -x

    def numbers(self, draw, most=6):
        return [draw() for _ in range(self.r.randint(1, most))]


# ---- the averages over one Gaussian number: 1 - phi, its derivative, I(r) ----------------------------------------------

BITS = 280
ONE = 1 << BITS
STEP = mpf(1) / 12  # poles at i pi/2: the trapezoid sum is off by e^-2 pi (pi/2) 12 = 1e-51


def fixed(x):
    return int(mp.nint(mp.ldexp(x, BITS)))


class Averages:
    """e^(-r/2) E F(sqrt(r) g) for three F, as sums over one grid of y whose values are made once."""

    def __init__(self):
        with mp.workdps(90):
            self.step = STEP
            ys = [k * STEP for k in range(1 + int(mpf(130) / STEP))]
            self.lists = {}
            for name, f in (("other", lambda y: mp.sech(y) / 2), ("slope", lambda y: mp.sech(y) ** 3 / 2),
                            ("entropy", self.entropy)):
                self.lists[name] = [fixed(f(y)) for y in ys]
        self.known = {}

    @staticmethod
    def entropy(y):
        """cosh(y) times the entropy of the label given y."""
        e = mp.exp(-2 * y)
        return mp.cosh(y) * (mp.log1p(e) + 2 * y * e / (1 + e))

    def get(self, name, r):
        key = (name, r)
        if key not in self.known:
            if len(self.known) > 5000:
                self.known.clear()
            self.known[key] = self.compute(name, r)
        return self.known[key]

    def compute(self, name, r):
        with mp.workdps(90):
            r = mpf(r)
            if r < mpf("0.06"):
                return self.narrow(name, r)
            values = self.lists[name]
            ratio = fixed(mp.exp(-self.step ** 2 / (2 * r)))
            square = (ratio * ratio) >> BITS
            weight, total = ONE, values[0]
            for value in values[1:]:
                weight = (weight * ratio) >> BITS
                ratio = (ratio * square) >> BITS
                term = (weight * value) >> (BITS - 1)
                total += term
                if term == 0:
                    break
            return mp.ldexp(mpf(total), -BITS) * self.step * mp.exp(-r / 2) / mp.sqrt(2 * mp.pi * r)

    def narrow(self, name, r):
        """Small r: the grid in g = y/sqrt(r)."""
        f = {"other": lambda y: mp.sech(y) / 2, "slope": lambda y: mp.sech(y) ** 3 / 2, "entropy": self.entropy}[name]
        h, root = mpf(2) / 7, mp.sqrt(r)
        total = f(mpf(0))
        for k in range(1, 70):
            g = k * h
            total += 2 * mp.exp(-g * g / 2) * f(root * g)
        return total * h * mp.exp(-r / 2) / mp.sqrt(2 * mp.pi)


AVERAGES = None


def other(r):
    """1 - phi(r)."""
    return AVERAGES.get("other", mpf(r))


def slope(r):
    return AVERAGES.get("slope", mpf(r))


def moments(r, most):
    """E y^k, y ~ N(r, r)."""
    found = [mpf(1), mpf(r)]
    while len(found) <= most:
        k = len(found)
        found.append(r * found[-1] + (k - 1) * r * found[-2])
    return found


LOG_COSH = None


def log_cosh_series():
    global LOG_COSH
    if LOG_COSH is None:
        LOG_COSH = {2 * k: mpf(4) ** k * (mpf(4) ** k - 1) * mp.bernoulli(2 * k) / (2 * k) / mp.factorial(2 * k)
                    for k in range(1, 15)}
    return LOG_COSH


def information(r):
    """I(r) = log 2 - E(entropy) = r - E log cosh y, y ~ N(r, r)."""
    r = mpf(r)
    if r == 0:
        return mpf(0)
    if r < mpf("1e-5"):
        with mp.workdps(FULL):
            m = moments(r, 28)
            return r - sum(c * m[k] for k, c in log_cosh_series().items())
    if r > 2000:
        return mp.log(2)
    return mp.log(2) - AVERAGES.get("entropy", r)


def kl_plain(r):
    with mp.workdps(FULL):
        return mpf(r) / 2 - information(r)


def kl_gaussian_start(r):
    with mp.workdps(FULL):
        return mp.log1p(mpf(r)) / 2 - information(r)


# ---- the rest of theory.h ----------------------------------------------------------------------------------------------

def fade(t):
    return mp.exp(-2 * mpf(t))


def delta(t):
    return -mp.expm1(-2 * mpf(t))


def gamma(sigma2, t):
    return delta(t) + mpf(sigma2) * fade(t)


def signal(m2, sigma2, t):
    return mpf(m2) * fade(t) / gamma(sigma2, t)


def signal_time(m2, sigma2, r):
    with mp.workdps(FULL):
        x = mpf(m2) / r - sigma2
        return mp.log1p(x) / 2 if x >= 0 else None


def phi_sign(m2, sigma2, t):
    """1 - 2 E P(g) P(-g), to twenty digits: the formula above other_sign in speciation.c."""
    with mp.workdps(24):
        r = signal(m2, sigma2, t)
        beta = mp.sqrt(mpf(sigma2) * fade(t) / delta(t))
        rho = mp.sqrt(r)
        if r > 20000:
            return mpf(1)
        split = rho / beta if beta > 0 else mp.inf

        def cdf(x):
            return mp.erfc(-x / mp.sqrt(2)) / 2

        def total(g):
            y = rho * g
            up, down = mp.exp(y), mp.exp(-y)
            near, far = cdf(split + beta * g), cdf(beta * g - split)
            near2, far2 = cdf(split - beta * g), cdf(-beta * g - split)
            return mp.exp(-g * g / 2) * (up * near + down * far) * (down * near2 + up * far2) / (2 * (up + down))
        ends = [mpf(11), 55 / rho if rho > 0 else mp.inf]
        if beta > 0:
            ends.append(max(split / beta + 11 / beta, 11 / beta))
            ends[1] = max(ends[1], 11 / beta if split < 11 else 0)
        end = min(ends)
        step = min(mpf(1) / 3, mpf("0.18") / rho if rho > 0 else 1, mpf("0.33") / beta if beta > 0 else 1)
        count = int(end / step) + 1
        half = total(mpf(0)) / 2 + sum(total(k * step) for k in range(1, count))
        return 1 - 4 * half * step * mp.exp(-r / 2) / mp.sqrt(2 * mp.pi)


def overlap(d, mu2, sigma2, t):
    g = gamma(sigma2, t)
    return 2 / g - 1, mp.exp(-mpf(t)) * mp.sqrt(mpf(d)) / g


def log_cosh(y):
    y = abs(y)
    return y + mp.log1p(mp.exp(-2 * y)) - mp.log(2) if y > 1 else mp.log(mp.cosh(y))


def potential(d, mu2, sigma2, t, q):
    with mp.workdps(FULL):
        stiffness, kappa = overlap(d, mu2, sigma2, t)
        return stiffness / 2 * mpf(q) ** 2 - 2 * mpf(mu2) * log_cosh(kappa * q)


def overlap_slope(d, mu2, sigma2, t, q):
    with mp.workdps(FULL):
        stiffness, kappa = overlap(d, mu2, sigma2, t)
        return stiffness * mpf(q) - 2 * mpf(mu2) * kappa * mp.tanh(kappa * q)


def curvature(d, mu2, sigma2, t, q):
    with mp.workdps(FULL):
        stiffness, kappa = overlap(d, mu2, sigma2, t)
        y = kappa * q
        return stiffness - 2 * mpf(mu2) * kappa ** 2 * (mp.sech(y) ** 2 if abs(y) < 2000 else 0)


def falling_newton(f, x):
    """The largest zero of a convex f that rises there, from above."""
    for _ in range(400):
        value, rise = f(x)
        step = value / rise
        x -= step
        if abs(step) < mpf(10) ** (-40) * abs(x):
            break
    return x


def well(d, mu2, sigma2, t):
    """The outer zero of V' and V'' there; None if the middle is the only one."""
    with mp.workdps(130):
        stiffness, kappa = overlap(d, mu2, sigma2, t)
        if stiffness <= 0 or 2 * mu2 * kappa ** 2 <= stiffness:
            return None
        w = stiffness / (2 * mpf(mu2) * kappa ** 2)
        y = 1 / w
        if y < 10 ** 4:
            y = falling_newton(lambda y: (w * y - mp.tanh(y), w - mp.sech(y) ** 2), y)
        return y / kappa, stiffness - 2 * mu2 * kappa ** 2 * (mp.sech(y) ** 2 if y < 2000 else 0)


def collapse_alpha(alpha, sigma2):
    return mp.log1p(mpf(sigma2) / mp.expm1(2 * mpf(alpha))) / 2


def collapse(n, d, sigma2):
    return mp.log1p(mpf(sigma2) / mp.expm1(2 * mp.log(mpf(n)) / d)) / 2


def excess(n, d, m2, sigma2, t):
    with mp.workdps(FULL):
        g = gamma(sigma2, t)
        return (mp.log(mpf(n)) - information(signal(m2, sigma2, t))) / d + mp.log(delta(t) / g) / 2


def excess_slope(d, m2, sigma2, t):
    g, r = gamma(sigma2, t), signal(m2, sigma2, t)
    label = 2 * r * other(r) / (g * d) if r < 20000 else 0
    return mpf(sigma2) * fade(t) / (delta(t) * g) + label


def excess_lower(n, d, sigma2, t):
    return max(mpf(0), excess(n, d, 0, sigma2, t))


def smaller_mean(offset, d, b, divided):
    """E 1/(1 + e^-R) or E log(1 + e^R) for an offset <= 0, to more than 20 digits: along Re z = c, or by residues where
    a few of them are enough."""
    with mp.workdps(40):
        share = b / (1 + b)

        def height(z):
            return z * offset - d / 2 * mp.log1p(-share * z * z)
        total, first = mpf(0), height(mpf(1))
        for k in range(1, 60):
            if share * k * k >= 1 or height(mpf(k)) > first - 2 * (k - 1):
                break
            total -= (-1) ** k * mp.exp(height(mpf(k))) / (k if divided else 1)
            if height(mpf(k)) < first - 60:
                return total
    with mp.workdps(20):
        low, high = mpf(0), mpf(1)
        for _ in range(60):
            c = (low + high) / 2
            rise = offset + d * share * c / (1 - share * c * c) - mp.pi * mp.cot(mp.pi * c) - (1 / c if divided else 0)
            low, high = (low, c) if rise > 0 else (c, high)
            if high - low < min(low, 1 - high) / 1000:
                break
        q = 1 - share * c * c
        bend = d * share * (2 - q) / q ** 2 + (mp.pi * mp.csc(mp.pi * c)) ** 2 + (1 / c ** 2 if divided else 0)
    with mp.workdps(24):
        h, base, total = 1 / mp.sqrt(bend) / 8, height(c), mpf(0)
        for k in range(200000):
            z = mp.mpc(c, k * h)
            value = mp.exp(height(z) - base) / mp.sin(mp.pi * z) / (z if divided else 1)
            total += value.real / (2 if k == 0 else 1)
            if k == 0:
                top = abs(value)
            elif abs(value) < mpf(10) ** -20 * top:
                break
        return total * h * mp.exp(base)


def bound(kind):
    """E log(1 + e^R)/d or E 1/(1 + e^R); see also `nested`."""
    def mean(n, d, sigma2, t):
        with mp.workdps(60):
            d, b = mpf(d), mpf(sigma2) / mp.expm1(2 * mpf(t))
            offset = mp.log(mpf(n) - 1) - d / 2 * mp.log1p(b)
            rest = smaller_mean(-abs(offset), d, b, kind == "excess") if abs(offset) < 20000 else mpf(0)
            if kind == "excess":
                return (max(offset, 0) + rest) / d
            return 1 - rest if offset <= 0 else rest
    return mean


def nested(n, d, sigma2, t):
    """Both bounds by adaptive sums over chi and g, for ordinary arguments."""
    with mp.workdps(20):
        b = mpf(sigma2) / mp.expm1(2 * mpf(t))
        offset, spread = mp.log(mpf(n) - 1) - mpf(d) / 2 * mp.log1p(b), mp.sqrt(b / (1 + b))
        norm = mpf(2) ** (1 - mpf(d) / 2) / mp.gamma(mpf(d) / 2)

        def over(f):
            def inner(chi):
                weight = norm * chi ** (d - 1) * mp.exp(-chi * chi / 2)
                total, h = mpf(0), mpf(1) / max(4, 3 * spread * chi)
                for k in range(int(-10 / h), int(10 / h) + 1):
                    g = k * h
                    total += mp.exp(-g * g / 2) * f(offset + spread * chi * g)
                return weight * total * h / mp.sqrt(2 * mp.pi)
            root = mp.sqrt(d)
            return mp.quad(inner, [max(0, root - 8), max(0, root - 2), root, root + 2, root + 8])
        return (over(lambda x: mp.log1p(mp.exp(-abs(x))) + max(x, 0)) / d, over(lambda x: 1 / (1 + mp.exp(x))))


def rem_excess(alpha, b, lam):
    k = 1 + lam * b
    return alpha - mp.log(k) / 2 - lam * (1 + b) / (2 * k) + lam * (b / (2 * k) + (1 + b) / (2 * k * k))


def rem(alpha, sigma2, t):
    with mp.workdps(FULL):
        b = mpf(sigma2) / mp.expm1(2 * mpf(t))
        f = mpf(alpha) - mp.log1p(b) / 2
        if f >= 0:
            return f - mpf(1) / 2, mpf(1), f
        low, high = mp.sqrt(mpf(alpha) / (b * (b + 1))) / 4, mpf(1)  # it may be tiny: halved by squares, then Newton
        for _ in range(25):
            lam = mp.sqrt(low * high)
            low, high = (lam, high) if rem_excess(alpha, b, lam) > 0 else (low, lam)
        for _ in range(12):
            k = 1 + lam * b
            lam += rem_excess(alpha, b, lam) / (lam * (b * b / (2 * k * k) + b * (1 + b) / k ** 3))
        k = 1 + lam * b
        return -b / (2 * k) - (1 + b) / (2 * k * k), lam, f


def ssb(m2, sigma2, eta):
    with mp.workdps(900):
        m2, sigma2, e2 = mpf(m2), mpf(sigma2), mpf(eta) ** 2
        k = 1 - sigma2
        b = (1 + e2) * (k + m2) - 2 * k
        if k == 0:
            s = e2 / b if b > 0 else mpf(2)
        else:
            s = (mp.sqrt(b * b + 4 * k * k * e2) - b) / (2 * k * k)
        if s > 1:
            return None
        return -mp.log(s) / 2 if s > 0 else mp.inf


def bessel(dim, k):
    """A_D(k): from the fraction, or where k is large by powers of 1/k at fixed x = (D - 1)/(2 k) in Taylor series."""
    dim, k = mpf(dim), mpf(k)
    if k == 0:
        return mpf(0)
    if k < 5000 or k < dim / 10 ** 12:
        last = int(60 + 2 * 130 * k / (dim + mp.sqrt(dim * dim + 520 * k)))
        value = (dim + 2 * last) / k + 1
        for i in range(last - 1, -1, -1):
            value = (dim + 2 * i) / k + 1 / value
        return 1 / value
    order = 7
    x = (dim - 1) / (2 * k)
    w2 = [1 + x * x, 2 * x, mpf(1)] + [mpf(0)] * order  # 1 + (x + e)^2
    w = [mp.sqrt(w2[0])]
    for j in range(1, order + 1):
        w.append((w2[j] - sum(w[i] * w[j - i] for i in range(1, j))) / (2 * w[0]))
    f = [[w[j] - (x if j == 0 else 1 if j == 1 else 0) for j in range(order + 1)]]
    f[0][0] = 1 / (w[0] + x)

    def inverse_twice_w(a, length):
        q = []
        for j in range(length):
            q.append((a[j] / 2 - sum(w[i] * q[j - i] for i in range(1, j + 1))) / w[0])
        return q
    for p in range(1, order):
        length = order + 1 - p
        before = f[-1]
        left = []
        for j in range(length):
            derivative = (j + 1) * before[j + 1]
            left.append((p - 1) * before[j] + x * derivative + (j * before[j] if j > 0 else 0)
                        - sum(f[i][a] * f[p - i][j - a] for i in range(1, p) for a in range(j + 1)))
        f.append(inverse_twice_w(left, length))
    return sum(f[p][0] / k ** p for p in range(order))


def ring(dim, r, t):
    with mp.workdps(130):
        dim, r, t = mpf(dim), mpf(r), mpf(t)
        w = mp.sinh(2 * t) / r ** 2
        if w * dim >= 1:
            return mpf(0)
        k = mp.sqrt(1 - w * (dim - 1)) / w

        def f(k):
            a = bessel(dim, k)
            return w * k - a, w - (1 - a * a - (dim - 1) * a / k)
        if k < 10 ** 30:
            k = falling_newton(f, k)
            return w * k * r / mp.cosh(t)
        return mp.sqrt(1 - (dim - 1) * w) * r / mp.cosh(t)  # 1/k^2 is beyond the digits


def collapse_spectrum(n, values):
    with mp.workdps(FULL):
        target = 2 * mp.log(mpf(n))
        top = max(values)
        if top == 0:
            return None

        def f(u):
            e = mp.exp(u)
            return sum(mp.log1p(v / e) for v in values) - target, -sum(v / (v + e) for v in values)
        u = mp.log(mpf(top)) - mp.log(mp.expm1(target))  # below the root: f is convex in u
        for _ in range(400):
            value, rise = f(u)
            u -= value / rise
            if abs(value / rise) < mpf(10) ** -60:
                break
        return mp.log1p(mp.exp(u)) / 2


def log_n_spectrum(t, values):
    e = mp.expm1(2 * mpf(t))
    return sum(mp.log1p(v / e) for v in values) / 2


def kl_gaussian(mean2, t, values):
    with mp.workdps(FULL):
        s = fade(t)
        total = s * mean2
        for v in values:
            x = s * (mpf(v) - 1)
            total += x - mp.log1p(x)
        return total / 2


def sphere_time(dim, r):
    with mp.workdps(FULL):
        return mp.asinh(mpf(r) ** 2 / dim) / 2


def phi_infinity(weights):
    total = sum(mpf(w) for w in weights)
    return sum((w / total) ** 2 for w in weights) if total > 0 else None


# ---- schedules -----------------------------------------------------------------------------------------------------------

def squares(coordinate, value):
    """(s/a)^2 of a coordinate, by number."""
    value = mpf(value)
    return [None, lambda: mp.expm1(2 * value), lambda: mp.exp(-value), lambda: value ** 2,
            lambda: 1 / value - 1, lambda: 1 / value ** 2 - 1][coordinate]()


def convert(source, target, value):
    with mp.workdps(FULL):
        square = squares(source, value)
        return [None, lambda: mp.log1p(square) / 2, lambda: -mp.log(square), lambda: mp.sqrt(square),
                lambda: 1 / (1 + square), lambda: 1 / mp.sqrt(1 + square)][target]()


class Schedule:
    """A schedule of the library beside its OU time tau(t), its rate tau'(t), and how to draw times."""

    def __init__(self, name, handle, tau, rate, draw_time, edm=False):
        self.name, self.handle, self.tau, self.rate, self.draw_time, self.edm = name, handle, tau, rate, draw_time, edm

    def level(self, t):
        with mp.workdps(150):
            tau = self.tau(mpf(t))
            return mp.exp(-tau), mp.sqrt(-mp.expm1(-2 * tau))


def discrete(betas):
    sums = [mpf(0)]
    for beta in betas:
        sums.append(sums[-1] - mp.log1p(-beta) / 2)

    def tau(t):
        i = max(0, min(len(betas) - 1, int(mp.ceil(t))))
        return sums[i] + (sums[i + 1] - sums[i]) * (t - (i - 1))

    def rate(t):
        i = max(0, min(len(betas) - 1, int(mp.ceil(t))))
        return sums[i + 1] - sums[i]
    return tau, rate


def schedules(lib, ctx, draw):
    """Each kind a few times over, with random parameters."""
    made = []

    def create(name, *arguments):
        out = ctypes.c_void_p()
        status = getattr(lib, "ddn_schedule_create_" + name)(ctx, *arguments, ctypes.byref(out))
        return out if status == 0 else None
    made.append(Schedule("ou", create("ou"), lambda t: t, lambda t: mpf(1), lambda: draw.log(1e-100, 350)))
    made.append(Schedule("edm", create("edm"), lambda t: mp.log1p(t * t) / 2, None, lambda: draw.log(1e-100, 1e100), True))
    for _ in range(12):
        low = 0.0 if draw.r.random() < 0.2 else draw.log(1e-3, 10)
        high = max(low, draw.log(0.01, 500))
        tau = (lambda a, b: lambda u: (mpf(a) * u + (mpf(b) - a) * u * u / 2) / 2)(low, high)
        rate = (lambda a, b: lambda u: (mpf(a) + (mpf(b) - a) * u) / 2)(low, high)
        made.append(Schedule("vp_linear", create("vp_linear", ctypes.c_double(low), ctypes.c_double(high)), tau, rate,
                             lambda: draw.log(1e-60, 1) if draw.r.random() < 0.5 else draw.r.uniform(1e-6, 1)))
    for _ in range(12):
        steps = draw.r.choice([1, 2, 10, 100, 1000, 4000])
        first, last = draw.log(1e-6, 0.1), draw.log(1e-4, 0.3)
        with mp.workdps(60):
            betas = [mpf(first) + (mpf(last) - first) * i / max(1, steps - 1) for i in range(steps)]
            tau, rate = discrete(betas)
        made.append(Schedule("ddpm", create("ddpm", ctypes.c_double(first), ctypes.c_double(last), ctypes.c_int64(steps)),
                             tau, rate, index_draw(draw, steps)))
    for _ in range(8):
        steps = draw.r.choice([2, 10, 100, 1000, 4000])
        offset, most = draw.r.choice([0.008, 0.0, draw.log(1e-4, 1)]), draw.r.choice([0.999, 0.9999, 0.9])
        with mp.workdps(60):
            def g(i, steps=steps, offset=offset):
                return mp.cos((mpf(i) / steps + offset) / (1 + mpf(offset)) * mp.pi / 2) ** 2
            betas = [min(1 - g(i + 1) / g(i), mpf(most)) for i in range(steps)]
            tau, rate = discrete(betas)
        made.append(Schedule("cosine", create("cosine", ctypes.c_int64(steps), ctypes.c_double(offset),
                                              ctypes.c_double(most)), tau, rate, index_draw(draw, steps)))
    return [s for s in made if s.handle is not None]


def index_draw(draw, steps):
    def time():
        if draw.r.random() < 0.5:
            return float(draw.r.randint(0, steps - 1))
        return draw.r.uniform(-1, steps - 1) if draw.r.random() < 0.8 else -1 + draw.log(1e-15, 1)
    return time


# ---- the comparison ---------------------------------------------------------------------------------------------------------

class Row:
    """The worst of one function."""

    def __init__(self, name, promise):
        self.name, self.promise = name, promise
        self.count, self.worst, self.where, self.seconds = 0, 0.0, "", time.time()
        self.bad = []

    def add(self, got, want, arguments, again=None):
        """Compares; again(arguments) is the reference, for what changes of the arguments make."""
        self.count += 1
        if want is None:
            if not math.isnan(got):
                self.note(math.inf, arguments, got, want)
            return
        if math.isnan(got):
            self.note(math.inf, arguments, got, want)
            return
        if abs(want) > HUGE:
            if not math.isinf(got):
                self.note(math.inf, arguments, got, want)
            return
        if math.isinf(got):
            self.note(math.inf, arguments, got, want)
            return
        error = abs(mpf(got) - want)
        allowed = TINY
        if error > allowed + self.promise / 10 * abs(want) and again is not None:
            allowed += sum(self.changes(arguments, want, again))
        share = max(mpf(0), error - allowed) / abs(want) if want != 0 else (mpf(0) if error <= allowed else mp.inf)
        self.note(float(share), arguments, got, want)

    @staticmethod
    def changes(arguments, want, again):
        for k, value in enumerate(arguments):
            for j in range(len(value) if isinstance(value, list) else 1):
                changed = list(arguments)
                with mp.workdps(FULL):
                    if isinstance(value, list):
                        changed[k] = list(value)
                        changed[k][j] = mpf(value[j]) * (1 + mpf(10) ** -15)
                    elif isinstance(value, float):
                        changed[k] = mpf(value) * (1 + mpf(10) ** -15)
                    else:
                        continue
                moved = again(*changed)
                if moved is not None and mp.isfinite(moved):
                    yield abs(moved - want)

    def note(self, share, arguments, got, want):
        if share > self.worst:
            self.worst, self.where = share, ", ".join(map(repr, arguments))
        if share > self.promise:
            self.bad.append(f"{self.name}({', '.join(map(repr, arguments))}) = {got!r}, wanted "
                            f"{mp.nstr(want, 20) if want is not None else 'NaN'}")

    def show(self):
        print(f"| `{self.name}` | {self.count} | {self.worst:.1e} | {self.promise:.0e} | {self.where} | "
              f"{time.time() - self.seconds:.0f} |", flush=True)
        for line in self.bad[:3]:
            print("    " + line, file=sys.stderr, flush=True)
        return not self.bad


def c_double(lib, name, kinds):
    """The function of the library as one of Python's numbers; 'l' is a list with its length before it."""
    function = getattr(lib, name)
    function.restype = ctypes.c_double

    def call(*arguments):
        sent = []
        for kind, value in zip(kinds, arguments):
            if kind == "l":
                sent += [ctypes.c_int64(len(value)), (ctypes.c_double * len(value))(*value)]
            else:
                sent.append(ctypes.c_double(value))
        return function(*sent)
    return call


def numbers_of(draw):
    """name, kinds of arguments, how they are drawn, reference, promise."""
    d = draw
    mixture = [d.not_negative, d.not_negative]
    return [
        ("speciation", "d", [d.wide_or_zero], lambda x: mp.log1p(mpf(x)) / 2, 1e-12),
        ("speciation_asymptotic", "d", [d.wide], lambda x: mp.log(mpf(x)) / 2, 1e-12),
        ("signal", "ddd", [d.not_negative, d.not_negative, d.time], signal, 1e-12),
        ("signal_time", "ddd", [d.not_negative, d.not_negative, d.positive], signal_time, 1e-12),
        ("phi", "d", [d.wide_or_zero], lambda r: 1 - (other(r) if 0 < r < 20000 else 0 if r else mpf(1) / 2), 1e-13),
        ("one_minus_phi", "d", [lambda: min(d.wide(), d.log(1e-3, 1400))], other, 1e-13),
        ("phi_derivative", "d", [lambda: min(d.wide(), d.log(1e-3, 1400))], slope, 1e-13),
        ("phi_sign", "ddd", [d.positive, d.not_negative, d.time], phi_sign, 1e-13),
        ("phi_infinity", "l", [lambda: d.numbers(d.wide_or_zero)], phi_infinity, 1e-12),
        ("phi_level", "d", [lambda: d.log(1e-100, 1)], lambda p: p + (1 - mpf(p)) * (1 - 2 * other(1)), 1e-12),
        ("label_information", "d", [d.wide_or_zero], information, 1e-13),
        ("overlap_potential", "ddddd", [d.positive, d.positive, d.not_negative, d.time, lambda: d.sign(d.positive())],
         potential, 1e-12),
        ("overlap_slope", "ddddd", [d.positive, d.positive, d.not_negative, d.time, lambda: d.sign(d.positive())],
         overlap_slope, 1e-12),
        ("overlap_curvature", "ddddd", [d.positive, d.positive, d.not_negative, d.time,
                                        lambda: d.sign(d.not_negative())], curvature, 1e-12),
        ("collapse", "ddd", [d.points, d.positive, d.not_negative], collapse, 1e-12),
        ("collapse_alpha", "dd", [d.wide, d.not_negative], collapse_alpha, 1e-12),
        ("alpha_for_collapse", "dd", [d.time, d.not_negative], collapse_alpha, 1e-12),
        ("collapse_spectrum", "dl", [d.points, lambda: d.numbers(d.not_negative)], collapse_spectrum, 1e-12),
        ("log_n_for_collapse_spectrum", "dl", [d.time, lambda: d.numbers(d.not_negative)], log_n_spectrum, 1e-12),
        ("excess_entropy", "ddddd", [d.points, d.positive, *mixture, d.time], excess, 1e-12),
        ("excess_entropy_derivative", "dddd", [d.positive, *mixture, d.time], excess_slope, 1e-12),
        ("excess_lower", "dddd", [d.points, d.dims, d.not_negative, d.time], excess_lower, 1e-12),
        ("excess_upper", "dddd", [d.points, d.dims, d.not_negative, d.time], bound("excess"), 1e-12),
        ("phi_c_lower", "dddd", [d.points, d.dims, d.not_negative, d.time], bound("phi"), 1e-12),
        ("ssb_time", "ddd", [d.positive, d.not_negative, lambda: d.r.choice([0.0, 1.0, d.positive()])], ssb, 1e-12),
        ("hypersphere_time", "dd", [d.dims, d.wide], sphere_time, 1e-12),
        ("hypersphere_radius", "ddd", [d.dims, d.positive, d.time], ring, 1e-12),
        ("bessel_ratio", "dd", [d.dims, d.wide_or_zero], bessel, 1e-12),
        ("kl_plain_start", "d", [d.wide_or_zero], kl_plain, 1e-12),
        ("kl_gaussian_start", "d", [d.wide_or_zero], kl_gaussian_start, 1e-12),
        ("kl_gaussian", "ddl", [d.not_negative, d.time, lambda: d.numbers(d.not_negative)], kl_gaussian, 1e-12),
    ]


def check_numbers(lib, draw, count, wanted):
    good = True
    for name, kinds, draws, reference, promise in numbers_of(draw):
        if not wanted(name):
            continue
        call, row = c_double(lib, "ddn_theory_" + name, kinds), Row("ddn_theory_" + name, promise)
        for _ in range(count):
            arguments = [f() for f in draws]
            row.add(call(*arguments), reference(*arguments), arguments, reference)
        good &= row.show()
    return good


def near_critical(draw, arguments, critical):
    """Half of the times lie around the critical one, where there is one."""
    if mp.isfinite(critical) and critical > 0 and draw.r.random() < 0.5:
        arguments[-1] = float(min(mpf(350), critical * (1 - mpf(draw.log(1e-14, 1)))))
        if arguments[-1] < 1e-100:
            arguments[-1] = 1e-100
    return arguments


def check_wells(lib, draw, count):
    pair = [Row("ddn_theory_overlap_wells, q", 1e-12), Row("ddn_theory_overlap_wells, V''", 1e-12)]
    numbers = Row("ddn_theory_overlap_wells, count", 1e-12)
    for _ in range(count):
        arguments = [draw.positive(), draw.positive(), draw.not_negative(), draw.time()]
        critical = ssb(arguments[0] * arguments[1], arguments[2], 1.0)
        if critical is not None:
            arguments = near_critical(draw, arguments, critical)
        q, bend, found = (ctypes.c_double * 3)(), (ctypes.c_double * 3)(), ctypes.c_int64()
        status = lib.ddn_theory_overlap_wells(*map(ctypes.c_double, arguments), q, bend, ctypes.byref(found))
        want = well(*arguments)
        stiffness, kappa = overlap(*arguments)
        edge = abs(curvature(*arguments, 0.0)) < 1e-13 * (abs(stiffness) + 2 * arguments[1] * kappa ** 2)
        edge = edge or abs(2 - gamma(*arguments[2:])) < 1e-13
        numbers.count += 1
        if status != 0 or (found.value == 3) != (want is not None):
            if not edge:
                numbers.note(math.inf, arguments, found.value, want[0] if want else None)
            continue
        if want is not None:
            pair[0].add(q[2], want[0], arguments, lambda *a: (well(*a) or [None])[0])
            pair[1].add(bend[2], want[1], arguments, lambda *a: (well(*a) or [None, None])[1])
            if not (q[0] == -q[2] and q[1] == 0 and bend[0] == bend[2] and bend[1] <= 0 <= bend[2]):
                numbers.note(math.inf, arguments, q[0], want[0])
    return all([row.show() for row in (*pair, numbers)])


def check_rem(lib, draw, count):
    rows = [Row(f"ddn_theory_rem, {name}", 1e-12) for name in ("psi_plus", "lambda_c", "f")]
    for _ in range(count):
        arguments = [draw.positive(), draw.positive(), draw.time()]
        if draw.r.random() < 0.5:
            arguments[0] = draw.r.uniform(0, 2) * float(mp.log1p(arguments[1] / mp.expm1(2 * mpf(arguments[2]))) / 2)
        if not 1e-100 < arguments[0] < 1e100:
            continue
        out = [ctypes.c_double() for _ in range(3)]
        condensed = ctypes.c_int32()
        lib.ddn_theory_rem(*map(ctypes.c_double, arguments), *map(ctypes.byref, out), ctypes.byref(condensed))
        want = rem(*arguments)
        for k in range(3):
            rows[k].add(out[k].value, want[k], arguments, (lambda k: lambda *a: rem(*a)[k])(k))
    return all([row.show() for row in rows])


def check_two_gaussians(lib, draw, count):
    """The zero of f: by the Newton step that the reference makes from the library's."""
    call = c_double(lib, "ddn_theory_collapse_two_gaussians", "dddd")
    row = Row("ddn_theory_collapse_two_gaussians", 1e-12)

    def step(n, d, m2, sigma2, t):
        with mp.workdps(80):
            return excess(n, d, m2, sigma2, t) / excess_slope(d, m2, sigma2, t)
    for _ in range(count):
        arguments = [draw.points(), draw.positive(), draw.not_negative(), draw.not_negative()]
        n, d, m2, sigma2 = arguments
        got = call(*arguments)
        if not math.isfinite(got):
            row.note(math.inf, arguments, got, mpf(0))
        elif sigma2 == 0 and (m2 == 0 or n >= 2):
            row.add(got, mpf(0), arguments)
        elif got < 1e-299:
            row.add(0.0 if excess(*arguments, 1e-298) >= 0 else math.inf, mpf(0), arguments)
        elif excess(*arguments, got * (1 + mpf(10) ** -9)) < 0 or excess(*arguments, got * (1 - mpf(10) ** -9)) > 0:
            if abs(step(*arguments, got)) > 1e-7 * got:
                row.note(math.inf, arguments, got, mpf(0))
        else:
            t = mpf(got)
            with mp.workdps(80):
                want = t - step(*arguments, t)
            row.add(got, want, arguments, lambda *a, t=t: t - step(*a, t))
    return row.show()


def check_bounds_formula(draw):
    """The contour of the reference against sums over chi and g."""
    row = Row("(37): contour against nested sums", 1e-11)
    for _ in range(6):
        arguments = [draw.log(2, 1e6), float(draw.r.randint(2, 60)), draw.log(0.1, 10), draw.log(0.1, 3)]
        for want, got in zip(nested(*arguments), (bound("excess")(*arguments), bound("phi")(*arguments))):
            row.add(float(got), want, arguments)
    return row.show()


def check_conversions(lib, ctx, draw, count):
    row = Row("ddn_time_convert", 1e-12)
    draws = [None, lambda: draw.log(1e-100, 340), lambda: draw.sign(draw.log(1e-3, 450)),
             lambda: draw.log(1e-100, 1e100), lambda: draw.log(1e-100, 1), lambda: draw.log(1e-100, 1)]
    near_one = lambda: 1 - draw.log(2e-16, 0.5)
    out = ctypes.c_double()
    for _ in range(count):
        source, target = draw.r.randint(1, 5), draw.r.randint(1, 5)
        value = near_one() if source >= 4 and draw.r.random() < 0.5 else draws[source]()
        if not 0 < value < 1 and source >= 4:
            continue
        if lib.ddn_time_convert(ctx, source, target, ctypes.c_double(value), ctypes.byref(out)) == 0:
            row.add(out.value, convert(source, target, value), [source, target, value], convert)
    return row.show()


def check_frechet(lib, ctx, draw, count):
    """Against roots of the eigenvalues of L^T C2 L, C1 = L L^T, as a share of |m|^2 + tr C1 + tr C2."""
    row, out = Row("ddn_theory_frechet", 1e-13), ctypes.c_double()
    for _ in range(count):
        d, size = draw.r.randint(1, 5), draw.log(1e-100, 1e100)
        means = [[draw.r.gauss(0, 1) * math.sqrt(size) for _ in range(d)] for _ in range(2)]
        covs = []
        for _ in range(2):
            a = [[draw.r.gauss(0, 1) for _ in range(d + 3)] for _ in range(d)]
            covs.append([[size * (sum(x * y for x, y in zip(a[i], a[j])) + (i == j)) for j in range(d)]
                         for i in range(d)])
        flat = [(ctypes.c_double * d)(*means[k]) if what == 0 else (ctypes.c_double * (d * d))(*sum(covs[k], []))
                for k in range(2) for what in range(2)]
        if lib.ddn_theory_frechet(ctx, ctypes.c_int64(d), *flat, ctypes.byref(out)) != 0:
            row.add(math.nan, mpf(0), [d, size])
            continue
        one, two = mp.matrix(covs[0]) / size, mp.matrix(covs[1]) / size
        root = mp.cholesky(one)
        trace = sum(one[i, i] + two[i, i] for i in range(d))
        trace += sum((mpf(x) - mpf(y)) ** 2 for x, y in zip(*means)) / size
        want = trace - 2 * sum(mp.sqrt(v) for v in mp.eigsy(root.T * two * root, eigvals_only=True))
        row.add(1 + out.value / size / float(trace), 1 + want / trace, [d, size])
    return row.show()


def grid_time(kind, first, last, step, steps):
    """The time of a grid of the OU schedule after `step` of so many steps; there (s/a)^2 = e^(2t) - 1."""
    there, back = [(lambda t: t, lambda c: c), (mp.log, mp.exp),
                   (lambda t: mp.log(mp.expm1(2 * t)), lambda c: mp.log1p(mp.exp(c)) / 2),
                   (lambda t: mp.expm1(2 * t) ** (mpf(1) / 14), lambda c: mp.log1p(c ** 14) / 2)][kind - 1]
    with mp.workdps(FULL):
        part = mpf(step) / steps
        return back((1 - part) * there(mpf(first)) + part * there(mpf(last)))


def check_grids(lib, ctx, draw, count):
    rows = [Row(f"ddn_schedule_grid, {name}", 1e-12) for name in ("uniform", "geometric", "logsnr", "karras")]
    ou = ctypes.c_void_p()
    lib.ddn_schedule_create_ou(ctx, ctypes.byref(ou))
    for _ in range(count):
        kind, steps = draw.r.randint(1, 4), draw.r.randint(3, 12)
        first, last = draw.log(1e-100, 340), draw.log(1e-100, 340)
        times = (ctypes.c_double * steps)()
        if lib.ddn_schedule_grid(ctx, ou, kind, ctypes.c_double(first), ctypes.c_double(last), ctypes.c_int64(steps),
                                 times) != 0:
            continue  # more times than double separates
        where = [kind, first, last, draw.r.randrange(steps), steps - 1]
        rows[kind - 1].add(times[where[3]], grid_time(*where), where, grid_time)
    lib.ddn_schedule_destroy(ou)
    return all([row.show() for row in rows])


def check_schedules(lib, ctx, draw, count):
    rows = {name: Row(f"ddn_schedule_{name}", 1e-12) for name in ("eval, a", "eval, s", "to_ou", "from_ou", "rates, g2")}
    one, two = ctypes.c_double(), ctypes.c_double()
    made = schedules(lib, ctx, draw)
    for _ in range(count):
        s = draw.r.choice(made)
        t = s.draw_time()
        label = f"{s.name}: "
        if lib.ddn_schedule_eval(ctx, s.handle, ctypes.c_double(t), ctypes.byref(one), ctypes.byref(two)) != 0:
            continue
        if not s.edm:
            a = lambda t: s.level(t)[0]
            rows["eval, a"].add(one.value, a(t), [t], a)
            b = lambda t: s.level(t)[1]
            rows["eval, s"].add(two.value, b(t), [t], b)
        with mp.workdps(60):
            lib.ddn_schedule_to_ou(ctx, s.handle, ctypes.c_double(t), ctypes.byref(one))
            tau = lambda t: s.tau(mpf(t)) if not s.edm else convert(3, 1, t)
            want = tau(t)
            rows["to_ou"].add(one.value, want, [t, label], tau)
            # Back: the error in t is one in tau, which the rate tells.
            lib.ddn_schedule_from_ou(ctx, s.handle, ctypes.c_double(one.value), ctypes.byref(two))
            rows["from_ou"].add(float(tau(two.value)), mpf(one.value), [t, label],
                                lambda t, label: mpf(one.value) + abs(tau(t) - want))
            if s.rate is not None:
                lib.ddn_schedule_rates(ctx, s.handle, ctypes.c_double(t), ctypes.byref(one), ctypes.byref(two))
                rows["rates, g2"].add(two.value, 2 * s.rate(mpf(t)), [t, label],
                                      lambda t, label: 2 * s.rate(mpf(t)))
    return all([row.show() for row in rows.values()])


def main():
    global AVERAGES
    parser = argparse.ArgumentParser()
    parser.add_argument("path", help="the shared library")
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    mp.mp.dps = DIGITS
    AVERAGES = Averages()
    lib = ctypes.CDLL(options.path)
    ctx = ctypes.c_void_p()
    if lib.ddn_context_create(ctypes.byref(ctx)) != 0:
        sys.exit("no context")
    draw, count = Draw(options.seed), options.count

    def wanted(name):
        return not options.names or any(part in name for part in options.names)
    print("| function | sets | worst relative error | promise | at | s |\n|---|---|---|---|---|---|")
    checks = [
        ("wells", lambda: check_wells(lib, draw, count)),
        ("rem", lambda: check_rem(lib, draw, count)),
        ("collapse_two_gaussians", lambda: check_two_gaussians(lib, draw, count)),
        ("bounds_formula", lambda: check_bounds_formula(draw)),
        ("time_convert", lambda: check_conversions(lib, ctx, draw, count)),
        ("schedule", lambda: check_schedules(lib, ctx, draw, count)),
        ("frechet", lambda: check_frechet(lib, ctx, draw, min(count, 1000))),
        ("schedule_grid", lambda: check_grids(lib, ctx, draw, count)),
    ]
    good = check_numbers(lib, draw, count, wanted)
    for name, check in checks:
        if wanted(name):
            good &= check()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

"""What validation.py computes: the tables, each a function of the tools that returns its lines and what of it fails.

Exact values are closed forms evaluated here, or those of tests/data/reference.json (50 digits, computed without the
library). Measured ones come with one standard error and their distance from the exact value in standard errors; more
than LIMIT of these fail. Statistical rows have fixed seeds: with about 150 of them, 4 σ happens by chance once in 100
changes of the random numbers.
"""
import csv
import ctypes
import decimal
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/abi"), str(ROOT / "tests/lint")]
import interface  # noqa: E402
from library import Library  # noqa: E402

LIMIT = 4  # standard errors
STREAM = 64  # of the noise function: those of hosts begin there
FASHION = "/usr/share/datasets/fashion-mnist/train-"
FASHION_ARGS = ["--data", FASHION + "images-idx3-ubyte.gz", "--labels", FASHION + "labels-idx1-ubyte.gz", "--classes=1,7"]
REFERENCE = json.loads((ROOT / "tests/data/reference.json").read_text())


def doubles(values):
    return (ctypes.c_double * len(values))(*values)


def mean_and_error(values):
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) * (len(values) - 1)))


class Tools:
    """The library and the programs of a build."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.lib = Library(build / "lib/libdiffdyn.so", interface.parse())
        self.ctx = self.lib.call("ddn_context_create")
        self.set(self.lib.call("ddn_context_options", ctx=self.ctx), "DDN_CONTEXT_THREADS", 2)
        self.ou = self.made("ddn_schedule_create_ou")
        self.keep = []

    def c(self, name):
        return self.lib.constants[name]

    def call(self, name, /, **given):
        """Calls with the context where the function has one; a status must be 0."""
        declared = self.lib.functions[name]
        if declared.params and declared.params[0].name == "ctx":
            given["ctx"] = self.ctx
        result = self.lib.call(name, **given)
        if declared.returns == "ddn_status" and result != 0 and declared.params[-1].ownership != "created":
            raise SystemExit(f"{name}: status {result}: {self.message()}")
        return result

    def made(self, name, /, **given):
        handle = self.call(name, **given)
        if handle is None:
            raise SystemExit(f"{name}: {self.message()}")
        return handle

    def message(self):
        return (self.lib.call("ddn_context_message", ctx=self.ctx) or b"").decode()

    def number(self, name, /, **given):
        """A double that is given through a pointer, the last parameter."""
        value = ctypes.c_double()
        self.call(name, **given, **{self.lib.functions[name].params[-1].name: ctypes.byref(value)})
        return value.value

    def theory(self, name, *values):
        """A closed form by position."""
        names = [p.name for p in self.lib.functions[f"ddn_theory_{name}"].params]
        return self.lib.call(f"ddn_theory_{name}", **dict(zip(names, values)))

    def set(self, options, key, value):
        kind = "f64" if isinstance(value, float) else "i64"
        if self.lib.call(f"ddn_options_set_{kind}", options=options, key=self.c(key), value=value) != 0:
            raise SystemExit(f"{key}: {self.message()}")

    def destroy(self, *objects):
        for kind, handle in objects:
            self.lib.call(f"ddn_{kind}_destroy", **{self.lib.functions[f"ddn_{kind}_destroy"].params[0].name: handle})

    # ---- Data, oracles, results

    def dataset(self, points, labels=None, kind="F64", number=ctypes.c_double):
        """Of rows of numbers."""
        flat = [v for row in points for v in row]
        return self.labelled(self.made("ddn_dataset_create", type=self.c(f"DDN_TYPE_{kind}"), n=len(points),
                                       d=len(points[0]), data=(number * len(flat))(*flat), ld=len(points[0])), labels)

    def labelled(self, ds, labels):
        if labels is None:
            return ds
        return self.made("ddn_dataset_create_labelled", ds=ds, count=len(labels),
                         labels=(ctypes.c_int32 * len(labels))(*labels))

    def empirical(self, ds, sch=None):
        return self.made("ddn_oracle_create_empirical", ds=ds, sch=sch or self.ou)

    def two_gaussians(self, d, m2, sigma2=1.0):
        return self.made("ddn_oracle_create_two_gaussians", sch=self.ou, d=d, sigma2=sigma2,
                         m=doubles([math.sqrt(m2 / d)] * d))

    def drawn(self, n, d, m2, seed, sigma2=1.0):
        """A labelled data set of n points of two Gaussians; m2 = 0: one."""
        oracle = self.two_gaussians(d, m2, sigma2)
        x, index = (ctypes.c_double * (n * d))(), (ctypes.c_int64 * n)()
        self.call("ddn_oracle_sample_data", oracle=oracle, seed=seed, first_path=0, m=n, x=x, ldx=d, index=index)
        ds = self.made("ddn_dataset_create", type=self.c("DDN_TYPE_F64"), n=n, d=d, data=x, ld=d)
        self.destroy(("oracle", oracle))
        return self.labelled(ds, list(index))

    def analysis(self, **settings):
        an = self.made("ddn_analysis_create")
        for name, value in settings.items():
            self.set(self.lib.call("ddn_analysis_options", an=an), f"DDN_ANALYSIS_{name}", value)
        return an

    def scalar(self, result, name):
        value, error = ctypes.c_double(), ctypes.c_double()
        self.call("ddn_result_scalar", result=result, name=ctypes.c_char_p(name.encode()), value=ctypes.byref(value),
                  standard_error=ctypes.byref(error))
        return value.value, error.value

    def column(self, result, name):
        rows = self.lib.call("ddn_result_rows", result=result)
        out = (ctypes.c_double * rows)()
        self.call("ddn_result_column", result=result, name=ctypes.c_char_p(name.encode()), capacity=rows, out=out)
        return list(out)

    def identities(self, oracle, times, **settings):
        an = self.analysis(**settings)
        result = self.made("ddn_analysis_identities", an=an, oracle=oracle, count=len(times), times=doubles(times))
        self.destroy(("analysis", an))
        return result

    def has(self, result, name):
        return self.call("ddn_result_definition", result=result, name=ctypes.c_char_p(name.encode())) is not None

    def grid(self, sch, kind, first, last, count):
        times = (ctypes.c_double * count)()
        self.call("ddn_schedule_grid", sch=sch, kind=self.c(f"DDN_GRID_{kind}"), t_first=first, t_last=last, count=count,
                  times=times)
        return list(times)

    def run(self, oracle, method, times, x, **options):
        """The end of one trajectory."""
        it = self.made("ddn_integrator_create", oracle=oracle, method=self.c(f"DDN_METHOD_{method}"))
        for name, value in options.items():
            self.set(self.lib.call("ddn_integrator_options", it=it), f"DDN_INTEGRATOR_{name}", value)
        self.call("ddn_integrator_set_times", it=it, count=len(times), times=doubles(times))
        state = doubles(x)
        self.call("ddn_integrator_run", it=it, m=1, x=state, ldx=len(x))
        self.destroy(("integrator", it))
        return list(state)

    # ---- Programs

    def program(self, name, *args):
        """Standard output of an experiment of the command diffdyn; its files are in folder/name."""
        command = [str(self.build / "doc/examples/diffdyn"), name, *args, "--threads", "2", "--out", str(self.folder / name)]
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def written(self, program, name):
        with open(self.folder / program / name, encoding="utf-8") as file:
            return list(csv.DictReader(line for line in file if not line.startswith("#")))


# ---- Tables ---------------------------------------------------------------------------------------------------------

def shown(value, digits):
    return value if isinstance(value, str) else f"{value:.{digits}g}"


def with_error(value, error):
    """Two digits of the error, and the value to the same place."""
    if not math.isfinite(value):
        return "none"
    if not error > 0 or not math.isfinite(error):
        return f"{value:.6g}"
    places = max(0, 1 - math.floor(math.log10(error)))
    return f"{value:.{places}f} ± {error:.{places}f}"


class Table:
    """Rows of what is published, exact, and ours."""

    def __init__(self, head=("what", "published", "exact", "ours", "deviation", "by")):
        self.head, self.rows, self.failed = head, [], []

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def fail_if(self, condition, what, text):
        if condition:
            self.failed.append(f"{what}: {text}")

    def exact(self, what, published, exact, ours, by, limit=1e-12, digits=12):
        """One number that is known."""
        off = abs(ours - exact) / (abs(exact) or 1)
        self.fail_if(not off <= limit, what, f"{ours!r} is not {exact!r} to {limit:g}")
        self.add(what, published, shown(exact, digits), shown(ours, digits), f"{off:.0e}" if off else "0", by)

    def many(self, what, published, exact, ours, by, limit=1e-12, floor=1e-300):
        """Several numbers that are known, shown by the largest deviation; floor: what counts as 0."""
        off = max(abs(o - e) / max(abs(e), floor) for o, e in zip(ours, exact))
        self.fail_if(not off <= limit or len(ours) != len(exact), what, f"off by {off:g}, allowed {limit:g}")
        self.add(what, published, f"{len(exact)} numbers", "the same", f"{off:.0e}" if off else "0", by)

    def measured(self, what, published, exact, ours, error, by, digits=6):
        """One number with a standard error."""
        off = (ours - exact) / error
        self.fail_if(not abs(off) <= LIMIT, what, f"{ours!r} ± {error!r} is {off:.1f} standard errors from {exact!r}")
        self.add(what, published, shown(exact, digits), with_error(ours, error), f"{off:+.1f} σ", by)

    def scatter(self, what, published, scores, by):
        """Several measured numbers, as deviations in standard errors: chi^2, and the largest."""
        chi2, k, worst = sum(z * z for z in scores), len(scores), max(map(abs, scores))
        self.fail_if(chi2 > k + LIMIT * math.sqrt(2 * k) or worst > LIMIT + 1, what,
                     f"chi2 {chi2:.1f} of {k}, largest {worst:.1f} σ")
        self.add(what, published, f"χ² = {k} ± {math.sqrt(2 * k):.0f}", f"{k} numbers", f"χ² = {chi2:.3g}, at most {worst:.2g} σ",
                 by)

    def result(self):
        lines = ["| " + " | ".join(self.head) + " |", "|" + "---|" * len(self.head)]
        return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in self.rows], self.failed


def quadrature(function, step=0.01):
    """E f(g), g ~ N(0, 1), by the trapezoid rule on [-13, 13]."""
    count = round(13 / step)
    return step / math.sqrt(2 * math.pi) * math.fsum(
        function(k * step) * math.exp(-(k * step) ** 2 / 2) for k in range(-count, count + 1))


def label_information(r):
    return quadrature(lambda g: math.log(2) - math.log1p(math.exp(-2 * (r + math.sqrt(r) * g)))
                      if r + math.sqrt(r) * g > -300 else math.log(2) + 2 * (r + math.sqrt(r) * g))


def root(function, low, high):
    """Of an increasing function, by bisection."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


def collapse_time(n, d, sigma2=1.0):
    return math.log1p(sigma2 / math.expm1(2 * math.log(n) / d)) / 2


def excess_entropy(n, d, m2, t):
    """Two Gaussians of variance 1."""
    return math.log(n) / d + math.log(-math.expm1(-2 * t)) / 2 - label_information(m2 * math.exp(-2 * t)) / d


# ---- Levels and speciation

def levels(t):
    """phi and its levels."""
    table, ref = Table(), REFERENCE["phi_two_gaussians"]
    by_r = ref["by_r"]
    phi1 = by_r["phi"][by_r["r"].index(1.0)]
    share = 2 * phi1 - 1
    slope = -quadrature(lambda g: (1 + g / 2) / math.cosh(1 + g) ** 2)
    table.exact("φ at r = 1, the level of t_S for two classes", "0.775", phi1, t.theory("phi", 1.0), "`ddn_theory_phi(1)`")
    table.exact("level as a share of 1 − φ(∞)", "", share, 2 * t.theory("phi_level", 0.5) - 1, "`ddn_theory_phi_level(1/2)`")
    table.exact("level for classes of 90 % and 10 %", "", 0.82 + 0.18 * share, t.theory("phi_level", t.theory(
        "phi_infinity", 2, doubles([0.9, 0.1]))), "`ddn_theory_phi_level(0.82)`")
    table.exact("dφ/dt at r = 1, σ = 1", "", slope, -2 * t.theory("phi_derivative", 1.0),
                "`ddn_theory_phi_derivative(1)`")
    table.many("φ(r), r = 1e-6 … 32", "", by_r["phi"], [t.theory("phi", r) for r in by_r["r"]], "`ddn_theory_phi`")
    table.many("1 − φ(r), to its last digits", "", by_r["one_minus_phi"],
               [t.theory("one_minus_phi", r) for r in by_r["r"]], "`ddn_theory_one_minus_phi`")
    table.many("I(r)", "", by_r["mutual_information_I"], [t.theory("label_information", r) for r in by_r["r"]],
               "`ddn_theory_label_information`")
    for case in ref["tables"]:
        table.many(f"curve φ(t), d = {case['d']}, t = 1 … 10", "figure", case["phi"],
                   [t.theory("phi", t.theory("signal", case["m2"], 1.0, time)) for time in ref["t"]],
                   "`ddn_theory_phi(ddn_theory_signal)`")
    table.many("φ for σ² ≠ 1", "", [c["phi"] for c in ref["sigma_ne_1"]],
               [t.theory("phi", t.theory("signal", c["m2"], c["sigma2"], c["t"])) for c in ref["sigma_ne_1"]],
               "`ddn_theory_phi(ddn_theory_signal)`")
    sign = ref["sign_classifier"]
    table.many("φ where the class is the sign of m·x₀", "", sign["phi_sign"],
               [t.theory("phi_sign", sign["m_norm"] ** 2, sign["sigma2"], time) for time in sign["t"]],
               "`ddn_theory_phi_sign`", limit=1e-10)
    cases = REFERENCE["potential_V"]["cases"]
    for name, key in (("potential", "V"), ("slope", "dV"), ("curvature", "d2V")):
        table.many(f"{name} of the overlap, {key}(q, t)", "formula", [c[key] for c in cases],
                   [t.theory(f"overlap_{name}", *(float(c[k]) for k in ("d", "mu2", "sigma2", "t", "q"))) for c in cases],
                   f"`ddn_theory_overlap_{name}`", limit=1e-11, floor=1e-3)
    return table.result()


PUBLISHED_CHI2 = {256: "27 of 18", 1024: "29 of 16", 4096: "15 of 15", 16384: "2.5 of 13"}


def speciation(t):
    """Times of speciation, and the curves by simulation."""
    table, ref = Table(), REFERENCE["speciation_times"]
    table.many("½ log Λ, Λ = 0.5 … 16384", "formula", ref["tS_asymptotic_half_log_Lambda"],
               [t.theory("speciation_asymptotic", v) for v in ref["Lambda"]], "`ddn_theory_speciation_asymptotic`", floor=1e-3)
    table.many("½ log(1 + Λ)", "", ref["tS_finite_half_log1p_Lambda"], [t.theory("speciation", v) for v in ref["Lambda"]],
               "`ddn_theory_speciation`")
    text = t.program("gmm-speciation")
    found = re.findall(r"d = (\d+): t_S = (\S+) ± (\S+) .*?form (\S+) at (\d+)", text)
    for d, value, error, _, _ in found:
        table.measured(f"t_S of two Gaussians, d = {d}", f"½ log d = {math.log(int(d)) / 2:.4f}", math.log(int(d)) / 2,
                       float(value), float(error), "`diffdyn gmm-speciation` (10⁴ pairs)")
    points = [(math.log(int(d)), float(value), float(error)) for d, value, error, _, _ in found]
    weight = [1 / e ** 2 for _, _, e in points]
    centre = sum(w * x for w, (x, _, _) in zip(weight, points)) / sum(weight)
    spread = sum(w * (x - centre) ** 2 for w, (x, _, _) in zip(weight, points))
    table.measured("slope of t_S in log d", "½", 0.5,
                   sum(w * (x - centre) * y for w, (x, y, _) in zip(weight, points)) / spread, spread ** -0.5,
                   "`diffdyn gmm-speciation`")
    for d, _, _, chi2, count in found:
        k = int(count)
        table.fail_if(abs(float(chi2) - k) > LIMIT * math.sqrt(2 * k), f"d = {d}", f"chi2 = {chi2} of {k}")
        table.add(f"φ(t) of 10⁴ simulated pairs, d = {d}: χ² against the closed form", PUBLISHED_CHI2[int(d)],
                  f"{k} ± {math.sqrt(2 * k):.0f}", chi2, f"{(float(chi2) - k) / math.sqrt(2 * k):+.1f} σ", "`diffdyn gmm-speciation`")
    text = t.program("gmm-speciation", "--method", "simulate", "--d", "256", "--pairs", "4000", "--t-max", "5")
    value, error, chi2, count = re.search(r"t_S = (\S+) ± (\S+) .*?form (\S+) at (\d+)", text).groups()
    table.measured("t_S of two Gaussians, paths in d = 256 dimensions", "", math.log(256) / 2, float(value), float(error),
                   "`diffdyn gmm-speciation --method simulate --d 256 --pairs 4000 --t-max 5`")
    times = []
    for seed in range(8):
        ds = t.drawn(4096, 256, 256.0, seed)
        an = t.analysis()
        result = t.made("ddn_analysis_spectrum", an=an, ds=ds)
        times.append(t.scalar(result, "t_S")[0])
        t.destroy(("result", result), ("analysis", an), ("dataset", ds))
    ratio = 256 / 4096  # of dimensions to points: what noise adds to the largest eigenvalue of a sample
    table.measured("t_S from the spectrum of 4096 points, d = 256 (with the bias of a finite sample)", "½ log Λ",
                   math.log1p(257 * (1 + ratio / 256)) / 2, *mean_and_error(times), "`ddn_analysis_spectrum`, 8 data sets")
    return table.result()


# ---- Collapse

TALK_SETS = (("ImageNet-16", 2000, 768), ("CIFAR", 3000, 3072), ("MNIST32", 10000, 1024), ("ImageNet-32", 2000, 3072),
             ("LSUN64", 40000, 12288))


def collapse(t):
    """Times of collapse in theory, and the sandwich of measured ones."""
    table = Table()
    for name, n, d in TALK_SETS:
        table.exact(f"t_C of Gaussian data of the size of {name}, n = {n}, d = {d}", "formula", collapse_time(n, d),
                    t.theory("collapse", n, d, 1.0), "`ddn_theory_collapse`")
    cases = REFERENCE["collapse_times_gaussian"]
    table.many("t_C, n = 2 … 1e9, d = 1 … 1e5, σ² = ¼, 1, 4", "formula", [c["tC"] for c in cases],
               [t.theory("collapse", c["n"], c["d"], c["sigma2"]) for c in cases], "`ddn_theory_collapse`")
    for time in (0.05, 0.2, 1.0):
        table.exact(f"n ~ e^{{αd}}: log(n)/d for t_C = {time:g}", "n ~ e^d", math.log1p(1 / math.expm1(2 * time)) / 2,
                    t.theory("alpha_for_collapse", time, 1.0), "`ddn_theory_alpha_for_collapse`")
    exact = root(lambda x: excess_entropy(20000, 256, 256, x), 0.5, 3)
    table.exact("t_C of two Gaussians, n = 20000, d = 256, with the label information", "1.29879 (without)", exact,
                t.theory("collapse_two_gaussians", 20000.0, 256.0, 256.0, 1.0), "`ddn_theory_collapse_two_gaussians`",
                limit=1e-11)
    table.exact("what dropping it adds to f/α well below t_S", "0", math.log(2) / math.log(20000),
                (t.theory("excess_entropy", 20000.0, 256.0, 0.0, 1.0, 1.0)
                 - t.theory("excess_entropy", 20000.0, 256.0, 256.0, 1.0, 1.0)) * 256 / math.log(20000),
                "`ddn_theory_excess_entropy`, t = 1", limit=1e-8)
    for case in REFERENCE["collapse_times_spectrum"]["cases"]:
        table.exact(f"t_C of a spectrum, λ = 4, 2, … 1/32, n = {case['n']}", "", case["tC"],
                    t.theory("collapse_spectrum", case["n"], len(case["eigenvalues"]), doubles(case["eigenvalues"])),
                    "`ddn_theory_collapse_spectrum`")
    excess = REFERENCE["excess_entropy_gmm"]["cases"]
    table.many("f(t) of two Gaussians", "figure", [f for c in excess for f in c["f_exact"]],
               [t.theory("excess_entropy", c["n"], c["d"], c["m2"], c["sigma2"], time) for c in excess for time in c["t"]],
               "`ddn_theory_excess_entropy`", limit=1e-11)
    rem = [(case, rem_of(t, case)) for case in REFERENCE["rem"]["cases"]]
    for k, name in enumerate(("psi_plus", "lambda_c", "f")):
        table.many(f"random energies: {name}", "", [c[name] for c, _ in rem], [ours[k] for _, ours in rem], "`ddn_theory_rem`",
                   limit=1e-10, floor=1e-3)
    bounds = REFERENCE["collapse_finite_size_bounds"]["cases"]
    for key, name in (("fe_lower", "excess_lower"), ("fe_upper", "excess_upper"), ("phiC_lower", "phi_c_lower")):
        table.many(f"bounds at finite size: {key}", "", [c[key] for c in bounds],
                   [t.theory(name, c["n"], c["d"], 1.0, c["t"]) for c in bounds], f"`ddn_theory_{name}`", limit=1e-8,
                   floor=1e-2)
    sandwich(t, table, bounds)
    published = {256: "curve", 1024: "curve", 4096: "curve"}
    text = t.program("gmm-collapse", "--d", "256")
    for d, time, value, error, off in re.findall(r"d = (\d+), n = 20000: t_C = (\S+) .*?1/2 at (\S+) ± (\S+); .*?most (\S+) st",
                                                 text):
        table.fail_if(float(off) > LIMIT, f"d = {d}", f"f leaves its bounds by {off} standard errors")
        table.add(f"f^e of n = 20000 points of two Gaussians, d = {d}, 24 times: how far outside the bounds",
                  published[int(d)], "≤ 0 σ", "inside" if float(off) <= 0 else "at the edge", f"{float(off):+.1f} σ", "`diffdyn gmm-collapse --d 256`")
        table.fail_if(float(value) < float(time), f"d = {d}", "phi_C = 1/2 before t_C")
        table.add(f"φ_C = ½ there (later than t_C as d is finite)", f"t_C = {time}", f"> {time}",
                  f"{value} ± {error}", f"{(float(value) - float(time)) / float(error):+.0f} σ", "`diffdyn gmm-collapse --d 256`")
    return table.result()


def rem_of(t, case):
    psi, exponent, f, condensed = ctypes.c_double(), ctypes.c_double(), ctypes.c_double(), ctypes.c_int32()
    t.call("ddn_theory_rem", alpha=case["alpha"], sigma2=1.0, t=case["t"], psi_plus=ctypes.byref(psi),
           lambda_c=ctypes.byref(exponent), f=ctypes.byref(f), condensed=ctypes.byref(condensed))
    return psi.value, exponent.value, f.value


def sandwich(t, table, bounds):
    """Measured f and phi_C of Gaussian data between their bounds, averaged over data sets."""
    for n, d, sets in ((200, 16, 24), (1000, 64, 8), (5000, 64, 4)):
        cases = [c for c in bounds if (c["n"], c["d"]) == (n, d)]
        times = [c["t"] for c in cases]
        f, phi = [], []
        for seed in range(sets):
            ds = t.drawn(n, d, 0.0, 100 + seed)
            oracle = t.empirical(ds)
            result = t.identities(oracle, times, SAMPLES=1024, SEED=seed)
            f.append(t.column(result, "f"))
            phi.append(t.column(result, "phi_C"))
            t.destroy(("result", result), ("oracle", oracle), ("dataset", ds))
        outside = 0.0
        for k, case in enumerate(cases):
            value, error = mean_and_error([row[k] for row in f])
            outside = max(outside, (case["fe_lower"] - value) / error, (value - case["fe_upper"]) / error)
            value, error = mean_and_error([row[k] for row in phi])
            outside = max(outside, (case["phiC_lower"] - value) / error)
        by = f"`ddn_analysis_identities`, {sets} data sets"
        what = f"Gaussian data, n = {n}, d = {d}: f^e and φ_C at 5 times, how far outside the bounds"
        table.fail_if(outside > LIMIT, what, f"{outside:.1f} σ")
        table.add(what, "", "≤ 0 σ", "inside" if outside <= 0 else "at the edge", f"{outside:+.1f} σ", by)
        at = min(range(len(cases)), key=lambda k: abs(times[k] - collapse_time(n, d)))
        for name, rows, low, high in (("φ_C", phi, cases[at]["phiC_lower"], 1.0),
                                      ("f^e/α, which does not vanish", [[v * d / math.log(n) for v in row] for row in f], 0.0,
                                       cases[at]["fe_upper"] * d / math.log(n))):
            value, error = mean_and_error([row[at] for row in rows])
            table.fail_if(not low - LIMIT * error <= value <= high + LIMIT * error, what, f"{name} = {value}")
            table.add(f"{name} at t_C = {times[at]:.4f}", "½" if name == "φ_C" else "0", f"{low:.3f} … {high:.3f}",
                      with_error(value, error), "within", by)


# ---- Identities

def scores(t, result, columns, cases):
    """Deviations of measured columns from exact values, in standard errors: of the 95 % interval on the side of the exact
    value where there is one."""
    found = []
    for column, key in columns.items():
        values, errors = t.column(result, column), t.column(result, column + "_se")
        if t.has(result, column + "_low"):
            ends = list(zip(t.column(result, column + "_low"), t.column(result, column + "_high")))
        else:
            ends = [(v - 1.96 * e, v + 1.96 * e) for v, e in zip(values, errors)]
        for value, (low, high), case in zip(values, ends, cases):
            exact, known = case[key] if isinstance(case[key], list) else (case[key], 0.0)
            side = (high - value if exact > value else value - low) / 1.96
            total = math.hypot(side, known)
            off = value - exact if abs(value - exact) > 1e-12 * abs(exact) else 0.0
            if known == 0 or abs(1 - exact) > 1e-4:  # nearer to 1 the other program's error knows nothing of rare states
                found.append(max(-1e3, min(1e3, off / max(total, 1e-300))))
    return found


def identities(t):
    """Averages over states, clones and U-turns against quadrature in one dimension, and a set with known averages."""
    table = Table()
    by_data = {}
    for case in REFERENCE["exact_1d"]["cases"]:
        by_data.setdefault(json.dumps([case["data"], case["labels"]]), []).append(case)
    columns = {"f": "fe", "phi": "phi", "phi_C": "phi_C", "w_max": "E_max_w", "mmse": "mmse", "df_dt": "dfe_dt"}
    for key, cases in by_data.items():
        points, labels = json.loads(key)
        oracle = t.empirical(t.dataset([[p] for p in points], labels))
        times = [c["t"] for c in cases]
        name = f"points {', '.join(f'{p:g}' for p in points)}"
        result = t.identities(oracle, times, SAMPLES=20000)
        table.scatter(f"{name}: f, φ, φ_C, E w_max, mmse, df/dt at t = 0.01 … 2.5", "", scores(t, result, columns, cases),
                      "`ddn_analysis_identities`")
        an = t.analysis(CLONES=20000, STEPS=4, T_END=1e-6)  # the nearest of points 0.1 apart is then decided
        result = t.made("ddn_analysis_clones", an=an, oracle=oracle, count=len(times), times=doubles(times))
        table.scatter(f"{name}: φ, φ_C of clones, 4 steps of the exact kernel", "equal to the identities",
                      scores(t, result, {"phi": "phi", "phi_C": "phi_C"}, cases), "`ddn_analysis_clones`")
        result = t.made("ddn_analysis_uturn", an=an, oracle=oracle, starts=None, count=len(times), times=doubles(times))
        table.scatter(f"{name}: share of U-turns that return, that keep the class", "",
                      scores(t, result, {"same_class": "phi", "returned": "phi_C"}, cases), "`ddn_analysis_uturn`")
    medium = json.loads((ROOT / "tests/data/medium/medium_reference.json").read_text())
    ds = t.made("ddn_dataset_open", path=ctypes.c_char_p(os.fsencode(ROOT / "tests/data/medium/medium_d16_n128_X.npy")),
                format=0)
    ds = t.made("ddn_dataset_open_labelled", ds=ds,
                path=ctypes.c_char_p(os.fsencode(ROOT / "tests/data/medium/medium_d16_n128_label.npy")))
    columns = {"f": "fe", "phi": "phi", "phi_C": "phi_C", "w_max": "E_max_w", "mmse": "mmse"}
    result = t.identities(t.empirical(ds), [c["t"] for c in medium["cases"]], SAMPLES=20000)
    table.scatter("n = 128, d = 16: the same against 10⁶ states of another program", "", scores(t, result, columns, medium["cases"]),
                  "`ddn_analysis_identities`")
    an = t.analysis()
    result = t.made("ddn_analysis_spectrum", an=an, ds=ds)
    table.exact("its t_S", "", medium["tS_finite"], t.scalar(result, "t_S")[0], "`ddn_analysis_spectrum`", limit=1e-9)
    table.exact("its t_C_spectrum", "", medium["tC_gauss_spectrum"], t.scalar(result, "t_C_spectrum")[0],
                "`ddn_analysis_spectrum`", limit=1e-9)
    return table.result()


# ---- Symmetry breaking

def symmetry(t):
    """Critical times, folds, the hypersphere."""
    table, ref = Table(), REFERENCE["ssb"]
    text = t.program("symmetry")
    vp, tau = map(float, re.search(r"pitchfork at VP time (\S+)  \(OU time (\S+)\)", text).groups())
    by = "`diffdyn symmetry`"
    table.exact("θ_c of two points ±1, found by following the branch", "0.6436", ref["theta_c"], math.exp(-tau), by,
                limit=1e-9, digits=10)
    table.exact("θ_c²", "√2 − 1", math.sqrt(2) - 1, math.exp(-2 * tau), by, limit=1e-9, digits=10)
    table.exact("the same as OU time", "", math.asinh(1) / 2, tau, by, limit=1e-9, digits=10)
    table.exact("the same as VP time (β from 0.1 to 20)", "0.293", ref["vp_s_c_betas_0.1_20"], vp, by, limit=1e-9, digits=10)
    table.exact("the same by its closed form", "", math.asinh(1) / 2, t.theory("ssb_time", 1.0, 0.0, 1.0),
                "`ddn_theory_ssb_time(1, 0, 1)`")
    kept, error, exact, known = map(float, re.search(r"last: (\S+) ± (\S+) of .*there: (\S+) ± (\S+)", text).groups())
    table.measured("share of paths whose nearest point there is their last", "", exact, kept, math.hypot(error, known), by)
    cases = ref["two_gaussians_critical_time"]["cases"]
    table.many("critical time of two Gaussians, σ² = 0 … 4", "", [c["t_c"] for c in cases],
               [t.theory("ssb_time", c["m2"], c["sigma2"], 1.0) for c in cases], "`ddn_theory_ssb_time`")
    lambdas = REFERENCE["speciation_times"]
    table.many("½ asinh Λ for centred points of equal norm", "", lambdas["t_ssb_half_asinh_Lambda"],
               [t.theory("ssb_time", v, 0.0, 1.0) for v in lambdas["Lambda"]], "`ddn_theory_ssb_time(Λ, 0, 1)`")
    table.exact("the same test in EDM coordinates, Λ = 2, any η: OU time", "", math.log(3) / 2, critical_edm(t, 2.0),
                "`ddn_symmetry_critical_time`", limit=1e-11)
    fixed_points(t, table, ref["two_point_fixed_points"]["cases"])
    raya = ref["raya_potential"]["cases"]
    vp_schedule = t.made("ddn_schedule_create_vp_linear", beta_min=0.1, beta_max=20.0)
    sy = t.made("ddn_symmetry_create", oracle=t.empirical(t.dataset([[-1.0], [1.0]]), vp_schedule))
    for name, key, sign in (("potential", "u", 1), ("drift", "u_prime", -1)):
        table.many(f"{name} of ±1 in VP time, 9 points (x, s)", "formula", [sign * c[key] for c in raya],
                   [one_value(t, sy, name, c["s"], c["x"]) for c in raya], f"`ddn_symmetry_{name}`", limit=1e-12, floor=1e-3)
    cases = ref["hypersphere"]["cases"]
    table.many("θ_c of the sphere, D = 1 … 100", "formula", [c["theta_c"] for c in cases],
               [math.exp(-t.theory("hypersphere_time", c["D"], c["r"])) for c in cases], "`ddn_theory_hypersphere_time`")
    cases = [c for c in cases if "rho_star_at_theta_0.9" in c]
    table.many("radius of the ring of fixed points, θ = 0.9", "", [c["rho_star_at_theta_0.9"] for c in cases],
               [t.theory("hypersphere_radius", c["D"], c["r"], -math.log(0.9)) for c in cases],
               "`ddn_theory_hypersphere_radius`", limit=1e-11)
    folds = {}
    for case in ref["saddle_nodes_1d_asymmetric"]["cases"]:
        folds.setdefault(tuple(case["data"]), []).append((case["t_fold"], case["x_fold"]))
    for points, exact in folds.items():
        listed = ",".join(f"{p:g}" for p in points)
        text = t.program("symmetry", f"--points={listed}")
        found = [(float(a), float(b)) for a, b in re.findall(r"saddle-node at .*?OU time (\S+)\)  x = (\S+)", text)]
        name = f"folds of the points {listed}: OU times"
        table.fail_if(len(found) != len(points) - 1 or "pitchfork" in text, name, f"{len(found)} folds")
        table.many(name, "a pitchfork", sorted(e[0] for e in exact), sorted(f[0] for f in found),
                   f"`diffdyn symmetry --points={listed}`", limit=1e-6)
    return table.result()


def critical_edm(t, value):
    edm = t.made("ddn_schedule_create_edm")
    sigma = t.number("ddn_symmetry_critical_time", sch=edm, eta=0.7, **{"lambda": value})
    return t.number("ddn_schedule_to_ou", sch=edm, t=sigma)


def one_value(t, sy, name, time, x):
    out = ctypes.c_double()
    given = {"u": ctypes.byref(out)} if name == "potential" else {"drift": ctypes.byref(out), "ldo": 1}
    t.call(f"ddn_symmetry_{name}", sy=sy, t=time, m=1, x=doubles([x]), ldx=1, **given)
    return out.value


def fixed_points(t, table, cases):
    """Those of the points +-1 below the critical time, and how stable they are (in OU time twice that per beta)."""
    sy = t.made("ddn_symmetry_create", oracle=t.empirical(t.dataset([[-1.0], [1.0]])))
    at, slope = [], []
    cases = [c for c in cases if "x_star" in c]
    for case in cases:
        point = (ctypes.c_double * 1)()
        result = t.made("ddn_symmetry_fixed_points", sy=sy, t=-math.log(case["theta"]), m=1, starts=doubles([1.0]), lds=1,
                        points=point, ldp=1)
        at.append(point[0])
        slope.append(t.column(result, "lambda")[0] / 2)
    table.many("fixed points of ±1, θ = 0.65 … 0.99", "(1 + θ²) x = 2θ E[y|x]", [c["x_star"] for c in cases], at,
               "`ddn_symmetry_fixed_points`", limit=1e-9)
    table.many("slope of the drift there", "", [c["drift_slope_at_xstar_over_beta"] for c in cases], slope,
               "`ddn_symmetry_fixed_points`", limit=1e-8)


# ---- Samplers

def error_of(x, exact):
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(x, exact)))


def samplers(t):
    """Orders of the samplers on the probability flow of five points, and steps of known outcome."""
    table, ref = Table(), REFERENCE["samplers"]
    case = ref["pf_ode_trajectories"]["cases"][0]
    x, start, end = case["x_T"], case["T"], 0.3
    exact = case["x"][case["t_out"].index(end)]
    ds = t.dataset(ref["data"])
    ou, edm = t.empirical(ds), t.empirical(ds, t.made("ddn_schedule_create_edm"))

    def order(what, published, expected, oracle, method, grid, steps, target, scale=1.0, **options):
        off = []
        for count in (steps, 2 * steps):
            got = t.run(oracle, method, grid(count + 1), [v * scale for v in x], **options)
            off.append(error_of(got, target))
        got = math.log2(off[0] / off[1])
        table.fail_if(abs(got - expected) > 0.2, what, f"order {got:.2f}, stated {expected}")
        table.add(what, published, expected, f"{got:.2f}", f"error {off[1]:.0e} at {2 * steps} steps",
                  f"`DDN_METHOD_{method}`")

    def ou_grid(kind):
        return lambda count: t.grid(t.ou, kind, start, end, count)

    log = ou_grid("LOGSNR")
    order("Euler, η = 0", 1, 1, ou, "EULER", log, 400, exact, ETA=0.0)
    order("Heun of the flow", 2, 2, ou, "HEUN", log, 100, exact)
    order("EDM's Heun", 2, 2, ou, "EDM_HEUN", ou_grid("KARRAS"), 100, exact)
    order("DDIM, η = 0", 1, 1, ou, "EXPONENTIAL", log, 400, exact, ETA=0.0)
    order("DPM-Solver++(2M)", 2, 2, ou, "MULTISTEP2", log, 100, exact)
    order("PNDM, equal steps of t", 2, 2, ou, "PNDM", ou_grid("UNIFORM"), 200, exact)
    scale = [math.exp(v) for v in (start, end)]
    sigma = [math.sqrt(math.expm1(2 * v)) for v in (start, end)]
    order("PNDM, equal steps of σ", 4, 4, edm, "PNDM",
          lambda count: [sigma[0] + (sigma[1] - sigma[0]) * k / (count - 1) for k in range(count)], 1600,
          [v * scale[1] for v in exact], scale[0])
    order("gradient estimation, γ = 2", "", 1, ou, "GRADIENT_ESTIMATION", log, 400, exact)
    order("gradient estimation, γ = 3/2", "", 2, ou, "GRADIENT_ESTIMATION", log, 100, exact, GAMMA=1.5)
    discrete(t, table, ds, x)
    adaptive = t.run(ou, "ADAPTIVE", [start, 1.0, end], x, RTOL=1e-12, ATOL=1e-13, EPSILON=0.0)
    table.exact("adaptive, |x(0.3)| from |x(3)|", "", error_of(exact, [0, 0, 0]), error_of(adaptive, [0, 0, 0]),
                "`DDN_METHOD_ADAPTIVE`, 1e-12", limit=1e-10)
    steps_of_known_outcome(t, table, ds, ref)
    return table.result()


def discrete(t, table, ds, x):
    """Heun's rule on a schedule with kinks. It takes the rate at a kink from one side, so at whole indices the limit is not
    the flow's own; the order is that of the differences of successive numbers of steps."""
    sch = t.made("ddn_schedule_create_ddpm", beta_first=1e-4, beta_last=0.02, steps=1000)
    oracle = t.empirical(ds, sch)
    exact = t.run(oracle, "ADAPTIVE", [800.0, 240.0], x, RTOL=1e-12, ATOL=1e-13, EPSILON=0.0)
    ends = [t.run(oracle, "HEUN", [800.0 - 560 * k / count for k in range(count + 1)], x) for count in (70, 140, 280)]
    got = math.log2(error_of(ends[0], ends[1]) / error_of(ends[1], ends[2]))
    what = "Heun of the flow on the DDPM schedule, steps of 8, 4, 2 whole indices: order of the differences"
    table.fail_if(abs(got - 2) > 0.2, what, f"order {got:.2f}")
    table.add(what, 2, 2, f"{got:.2f}", f"limit {error_of(ends[2], exact):.0e} off the flow", "`DDN_METHOD_HEUN`")


def steps_of_known_outcome(t, table, ds, ref):
    """One trajectory of each sampler whose numbers are known."""
    x, sch = ref["x"], t.made("ddn_schedule_create_ddpm", beta_first=1e-4, beta_last=0.02, steps=1000)
    ddpm, ou = t.empirical(ds, sch), t.empirical(ds)
    one = ref["ou_steps"]
    for method, key in (("HEUN", "heun_pf_ode"), ("EXPONENTIAL", "exponential_pf_ode_ddim"),
                        ("EULER", "euler_maruyama_score_at_departure_eta0")):
        options = {} if method == "HEUN" else {"ETA": 0.0}
        table.many(f"one step from t = 1 to 0.9: {method.lower()}", "", one[key],
                   t.run(ou, method, [one["t"], one["t_next"]], x, **options), f"`DDN_METHOD_{method}`")
    ddim = [c for c in ref["ddim"]["cases"] if c["eta"] == 0]
    table.many("DDIM, index 500 to 400, 0, −1", "formula", [v for c in ddim for v in c["x_next"]],
               [v for c in ddim for v in t.run(ddpm, "EXPONENTIAL", [float(c["i"]), float(c["i_next"])], x, ETA=0.0)],
               "`DDN_METHOD_EXPONENTIAL`")
    pndm = ref["pndm"]
    table.many("PNDM, 6 steps from index 960 to 0", "formula, indices off by one", pndm["trajectory_corrected"][-2],
               t.run(ddpm, "PNDM", [float(i) for i in pndm["seq"][:-1]], x), "`DDN_METHOD_PNDM`")
    heun = ref["edm_heun"]
    table.many("EDM's Heun, σ = 2, 1, ¼, 0", "", heun["trajectory"][-1],
               t.run(t.empirical(ds, t.made("ddn_schedule_create_edm")), "EDM_HEUN", heun["sigmas"], x), "`DDN_METHOD_EDM_HEUN`")
    for name, made in (("ddpm_linear_T1000", sch),
                       ("cosine_T1000", t.made("ddn_schedule_create_cosine", steps=1000, offset=0.008, beta_max=0.999))):
        known = REFERENCE["schedules"][name]
        table.many(f"OU time of indices, {name}", "", known["t_ou"],
                   [t.number("ddn_schedule_to_ou", sch=made, t=float(i)) for i in known["i"]], "`ddn_schedule_to_ou`")


# ---- Late start

def late_start(t):
    """Divergences of starts, Fréchet distance, knee."""
    table, ref = Table(), REFERENCE["late_start"]
    two = ref["two_gaussian_sigma1"]
    plain, gauss = two["KL_Pt_vs_N0I = r/2-I(r)"], two["KL_Pt_vs_gaussian_late_start = log(1+r)/2-I(r)"]
    at = two["r"].index(1.0)
    table.exact("KL(p_t ‖ N(0, I)) of two Gaussians at t_S", "", plain[at], t.theory("kl_plain_start", 1.0),
                "`ddn_theory_kl_plain_start(1)`")
    table.exact("KL(p_t ‖ Gaussian start) at t_S", "", gauss[at], t.theory("kl_gaussian_start", 1.0),
                "`ddn_theory_kl_gaussian_start(1)`", limit=1e-11)
    table.many("the first, r = 0.01 … 5", "", plain, [t.theory("kl_plain_start", r) for r in two["r"]],
               "`ddn_theory_kl_plain_start`", limit=1e-11)
    table.many("the second, r = 0.01 … 5", "", gauss, [t.theory("kl_gaussian_start", r) for r in two["r"]],
               "`ddn_theory_kl_gaussian_start`", limit=1e-9)
    mean2 = sum(v * v for v in ref["mean"])
    table.many("KL between Gaussian and noise start, 5 times", "", [c["KL_Nmut_Sigmat_vs_N0I"] for c in ref["cases"]],
               [t.theory("kl_gaussian", mean2, c["t"], 3, doubles(ref["eigenvalues_desc"])) for c in ref["cases"]],
               "`ddn_theory_kl_gaussian`", limit=1e-11)
    f = REFERENCE["frechet"]
    flat = {k: doubles([v for row in f[k] for v in row]) for k in ("cov1", "cov2")}
    table.exact("Fréchet distance of two Gaussians", "", f["d2"], t.number(
        "ddn_theory_frechet", d=3, mean1=doubles(f["mean1"]), mean2=doubles(f["mean2"]), **flat), "`ddn_theory_frechet`",
        limit=1e-11)
    knee = REFERENCE["late_start_knee"]
    second, where = (ctypes.c_double * len(knee["fid"]))(), ctypes.c_double()
    t.call("ddn_theory_knee", count=len(knee["fid"]), draws=0, seed=0, x=doubles(knee["T_start"]), y=doubles(knee["fid"]),
           second=second, knee=ctypes.byref(where))
    table.exact("knee of a synthetic curve, index", "", float(knee["argmax_T_all"]), where.value, "`ddn_theory_knee`")
    table.many("its second differences", "", knee["second_derivative_nonuniform"][1:-1], list(second)[1:-1],
               "`ddn_theory_knee`", limit=1e-11)
    chosen_starts(t, table)
    return table.result()


def chosen_starts(t, table):
    """The latest start with KL below a level, from data of two Gaussians, against the closed form."""
    found, levels_ = {0.03: [], 0.1: []}, (0.03, 0.1)
    times_ = t.grid(t.ou, "GEOMETRIC", 1.0, 2.6, 15)
    for seed in range(8):
        ds = t.drawn(4000, 16, 16.0, 300 + seed)
        oracle, an, out = t.empirical(ds), t.analysis(SEED=700 + seed, SAMPLES=4096), ctypes.c_double()
        result = t.made("ddn_analysis_late_start", an=an, oracle=oracle, count=len(times_), times=doubles(times_))
        for level in levels_:
            t.call("ddn_late_start_choose", result=result, kind=t.c("DDN_START_NOISE"), level=level, t=ctypes.byref(out))
            found[level].append(out.value)
        t.destroy(("result", result), ("analysis", an), ("oracle", oracle), ("dataset", ds))
    for level, values in found.items():
        r = root(lambda v, level=level: v / 2 - label_information(v) - level, 1e-3, 10)
        table.measured(f"latest start from noise with KL ≤ {level:g} nat, n = 4000, d = 16", "", math.log(16 / r) / 2,
                       *mean_and_error(values), "`ddn_late_start_choose`, 8 data sets")


# ---- Flows and maps

SYSTEM_FN = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_double, ctypes.c_int64, ctypes.POINTER(ctypes.c_double),
                             ctypes.POINTER(ctypes.c_double))


def system(t, kind, d, f):
    """A flow or map of a Python function of (parameter, x)."""
    def call(_, parameter, count, x, out):
        for i, value in enumerate(f(parameter, x[:count])):
            out[i] = value
        return 0
    function = SYSTEM_FN(call)
    t.keep.append(function)
    return t.made("ddn_system_create", kind=t.c(f"DDN_SYSTEM_{kind}"), d=d, f=function)


def flows(t):
    """The first talk's flows and maps."""
    table, ref = Table(), REFERENCE["generic_dynamics"]
    fold = system(t, "FLOW", 1, lambda r, x: [r + x[0] * x[0]])
    text = t.program("flows", "--height", "1200", "--steps", "2000")
    names = re.findall(r"x\* = (\S+) \((\w+), f' = (\S+)\)", text)
    table.fail_if(names != [("-1", "stable", "-2"), ("1", "unstable", "2")], "x² − 1", str(names))
    table.add("ẋ = x² − 1: fixed points", "stable at −1, unstable at 1", "f' = −2, 2",
              "; ".join(f"{x} {kind}, f' = {slope}" for x, kind, slope in names), "0", "`diffdyn flows`")
    at, error = map(float, re.search(r"saddle-node at r = (\S+) ± ([\d.e-]+)", text).groups())
    table.fail_if(abs(at) > 1e-9, "fold", str(at))
    table.add("ẋ = r + x²: bifurcation", "r = 0", "0", f"{at:.9f}", f"within {error:.0e}", "`diffdyn flows`")
    known = ref["x2_minus_1"]
    out = []
    for x0 in known["x0"]:
        path = (ctypes.c_double * 2)()
        t.call("ddn_system_trajectory", sys=fold, parameter=-1.0, tolerance=1e-12, count=2, x0=doubles([x0]),
               times=doubles([0, known["t"]]), out=path, ldx=1)
        out.append(path[1])
    table.many("x(1.5) from x₀ = 0, ½, −0.9", "picture", known["x_t"], out, "`ddn_system_trajectory`", limit=1e-10)
    table.exact("time to 10⁹ from x₀ = 2 (blow-up)", "", known["blowup_x0_2"] - 1e-9, passage(t, fold, -1.0, 2.0, 1e9),
                "`ddn_system_passage`", limit=1e-9, digits=10)
    ghost = ref["saddle_node"]["passage_time_from_-L_to_L"]
    table.exact("passage of the ghost, r = 0.01, −10 to 10", "", ghost["T"], passage(t, fold, ghost["r"], -10.0, 10.0),
                "`ddn_system_passage`", limit=1e-9, digits=10)
    mandelbrot(t, table, ref)
    area, error = map(float, re.search(r"area (\S+) ± (\S+)", text).groups())
    table.measured("area of the Mandelbrot set (1.50659, Förstemann 2012)", "", 1.50659, area, error,
                   "`diffdyn flows --height 1200 --steps 2000`")
    return table.result()


def passage(t, sys_, parameter, start, level):
    time = ctypes.c_double()
    t.call("ddn_system_passage", sys=sys_, parameter=parameter, coordinate=0, level=level, t_max=1e4, tolerance=1e-12,
           x0=doubles([start]), time=ctypes.byref(time))
    return time.value


def mandelbrot(t, table, ref):
    """Escape counts of z^2 + c, and its fixed points."""
    counts = []
    for case in ref["mandelbrot"]["cases"]:
        a, b = case["c"]
        z2 = system(t, "MAP", 2, lambda _, x, a=a, b=b: [x[0] * x[0] - x[1] * x[1] + a, 2 * x[0] * x[1] + b])
        count = ctypes.c_int64()
        t.call("ddn_system_escape", sys=z2, parameter=0.0, radius=2.0, steps=1000, x0=doubles([0, 0]), count=ctypes.byref(count))
        counts.append(count.value)
    exact = [case["escape"] for case in ref["mandelbrot"]["cases"]]
    table.many("z² + c: steps to escape of 14 points c (¼ stays, 0.26 leaves after 30)", "diverges or stays", exact, counts,
               "`ddn_system_escape`", limit=0.0)
    moduli = []
    cases = ref.get("mandelbrot_fixed_points") or REFERENCE["mandelbrot_fixed_points"]
    for case in cases:
        a, b = case["c"]
        z2 = system(t, "MAP", 2, lambda _, x, a=a, b=b: [x[0] * x[0] - x[1] * x[1] + a, 2 * x[0] * x[1] + b])
        re_, im = (ctypes.c_double * 2)(), (ctypes.c_double * 2)()
        t.call("ddn_system_eigenvalues", sys=z2, parameter=0.0, tolerance=0.0, x=doubles(case["z_minus"]), re=re_, im=im)
        moduli.append(math.hypot(re_[0], im[0]))
    table.many("modulus of the multiplier of its fixed points", "", [c["abs_multiplier_minus"] for c in cases], moduli,
               "`ddn_system_eigenvalues`", limit=1e-9)


# ---- Errata of the talks

def errata(t):
    """What a formula of the talks gives as it stands, what is right, and what the library gives."""
    table = Table(("the talk says", "right is", "what shows it", "as the talk says", "exact", "ours", "deviation"))

    def row(says, right, shows, wrong, exact, ours, limit=1e-10, digits=6):
        off = abs(ours - exact) / (abs(exact) or 1)
        table.fail_if(not off <= limit, says, f"{ours!r} is not {exact!r}")
        table.add(says, right, shows, shown(wrong, digits), shown(exact, digits), shown(ours, digits), f"{off:.0e}" if off else "0")

    time = 0.7
    delta = -math.expm1(-2 * time)
    f, g2 = ctypes.c_double(), ctypes.c_double()
    t.call("ddn_schedule_rates", sch=t.ou, t=time, f=ctypes.byref(f), g2=ctypes.byref(g2))
    row("dx = −x dt + ξ dt, ξ ~ N(0, 1)", "√2 dW, forward and backward", "variance of x as t → ∞, g²/2", 0.5, 1.0,
        g2.value / (-2 * f.value))
    a, s = ctypes.c_double(), ctypes.c_double()
    t.call("ddn_schedule_eval", sch=t.ou, t=time, a=ctypes.byref(a), s=ctypes.byref(s))
    row("√(1 − e^−2t) = Δ_t", "Δ_t = 1 − e^−2t, the coefficient is √Δ_t", "coefficient of the noise at t = 0.7", delta,
        math.sqrt(delta), s.value)
    d = 256.0
    split = root(lambda x: t.theory("overlap_curvature", d, 1.0, 1.0, x, 0.0), 0.1, 10)
    row("log cosh(q e^(−t√d))", "log cosh(q e^−t √d)", "when the well splits, d = 256",
        math.log(2) / (2 * math.sqrt(d)), math.log(2 * d) / 2, split, limit=1e-9)
    m = [1.0] * 16
    oracle = t.two_gaussians(16, 16.0)
    score = (ctypes.c_double * 16)()
    at = 0.3
    t.call("ddn_oracle_score", oracle=oracle, t=at, m=1, x=doubles([v * math.exp(-at) for v in m]), ldx=16, score=score, lds=16)
    row("−dx = (−x ± m e^−t) dt", "−dx = (−x ± 2 m e^−t) dt", "pull of the class at its centre, in units of m e^−t", 1.0, 2.0,
        (math.exp(-at) + 2 * score[0] + math.exp(-at)) / math.exp(-at), limit=1e-6)
    oracle = t.empirical(t.dataset([[0.0]]))
    t.call("ddn_oracle_score", oracle=oracle, t=time, m=1, x=doubles([1.0]), ldx=1, score=score, lds=1)
    row("exp(−½|x − a e^−t|²/(2Δ))", "exp(−|x − a e^−t|²/(2Δ))", "score at distance 1 of a single point, t = 0.7",
        -1 / (2 * delta), -1 / delta, score[0])
    row("t_C = ½ log(1 + 1/(n^(2/d) − 1))", "σ²/(n^(2/d) − 1)", "n = 20000, d = 256, σ² = ¼", collapse_time(2e4, 256),
        collapse_time(2e4, 256, 0.25), t.theory("collapse", 2e4, 256.0, 0.25))
    row("t_S = ½ log d", "½ log(µ² d)", "|m|² = µ² d, µ = 2, d = 256", math.log(256) / 2, math.log(1024) / 2,
        t.theory("signal_time", 1024.0, 1.0, 1.0))
    row("t_S = ½ log Λ", "½ log(1 + Λ)", "Λ = 3.05", math.log(3.05) / 2, math.log(4.05) / 2, t.theory("speciation", 3.05))
    index_ratios(t, row)
    return table.result()


def index_ratios(t, row):
    """Ratios of measured and predicted t_S were taken of DDPM indices; in OU time they are others, whatever Lambda."""
    beta = [1e-4 + (0.02 - 1e-4) * i / 999 for i in range(1000)]
    taus, total = [], 0.0
    for b in beta:
        total -= math.log1p(-b) / 2
        taus.append(total)

    def tau_of(index):
        low = int(index)
        return taus[low] + (index - low) * (taus[low + 1] - taus[low])

    sch = t.made("ddn_schedule_create_ddpm", beta_first=1e-4, beta_last=0.02, steps=1000)
    predicted = math.log(12.11) / 2
    index = t.number("ddn_schedule_from_ou", sch=sch, tau=predicted)
    exact_index = root(lambda i: tau_of(i) - predicted, 0, 998)
    for ratio in (0.96, 0.82, 1.02, 0.86):
        row("t_S within 15 % (ratios of indices)", "32 %: ratios in OU time", f"index ratio {ratio}, Λ = 12.11", ratio,
            tau_of(ratio * exact_index) / predicted,
            t.number("ddn_schedule_to_ou", sch=sch, t=ratio * index) / predicted, digits=3)


# ---- Accuracy of the score

TYPES = {"f64": ("F64", ctypes.c_double, 1e-12, 2.0 ** -53), "f32": ("F32", ctypes.c_float, 1e-5, 2.0 ** -24),
         "u8": ("U8", ctypes.c_uint8, 1e-5, 2.0 ** -24)}
ACCURACY_TIMES = (1e-6, 1e-4, 0.01, 0.1, 1.0, 5.0)


def stored(kind, d, rng):
    """40 points as their type stores them, and exactly as the library is to see them."""
    raw = [[rng.gauss(0, 0.4) for _ in range(d)] for _ in range(40)]
    if kind == "u8":
        raw = [[min(255, max(0, round((v + 1) * 127.5))) for v in row] for row in raw]
        scale, shift = decimal.Decimal(1 / 127.5), decimal.Decimal(-1)
        return raw, [[scale * v + shift for v in row] for row in raw]
    raw = [[ctypes.c_float(v).value if kind == "f32" else v for v in row] for row in raw]
    return raw, [[decimal.Decimal(v) for v in row] for row in raw]


def exact_score(points, x, time):
    """Score and tr Cov by direct differences in 50 digits."""
    a, s2 = (-decimal.Decimal(time)).exp(), 1 - (-2 * decimal.Decimal(time)).exp()
    state = [decimal.Decimal(v) for v in x]
    logits = [-sum((u - a * v) ** 2 for u, v in zip(state, point)) / (2 * s2) for point in points]
    top = max(logits)
    weights = [(value - top).exp() if value - top > -200 else decimal.Decimal(0) for value in logits]
    total = sum(weights)
    used = [(w / total, point) for w, point in zip(weights, points) if w]
    mean = [sum(w * point[j] for w, point in used) for j in range(len(x))]
    trace = sum(w * sum((u - v) ** 2 for u, v in zip(point, mean)) for w, point in used)
    return [(a * u - v) / s2 for u, v in zip(mean, state)], trace, a, s2


def accuracy(t):
    """Relative error of the empirical score of 40 points at noised points and near midpoints, 50 digits as reference."""
    table = Table(("type", "d", *(f"deviation at t = {time:g}" for time in ACCURACY_TIMES),
                   "deviation as a share of what is promised"))
    rng = random.Random(1)
    decimal.getcontext().prec = 50
    for kind, (name, number, relative, unit) in TYPES.items():
        for d in (1, 16, 256):
            raw, points = stored(kind, d, rng)
            ds = t.dataset(raw, None, name, number)
            if kind == "u8":
                ds = t.made("ddn_dataset_create_mapped", ds=ds, scale=1 / 127.5, shift=-1.0)
            oracle, cells, worst = t.empirical(ds), [], 0.0
            for time in ACCURACY_TIMES:
                largest = 0.0
                for k in range(4):
                    near = [points[3 * k]] if k % 2 == 0 else [points[3 * k], points[3 * k + 1]]
                    size = math.sqrt(-math.expm1(-2 * time)) * (1 if k % 2 == 0 else 0.01)
                    x = [math.exp(-time) * float(sum(v) / len(v)) + size * rng.gauss(0, 1) for v in zip(*near)]
                    off, share = score_error(t, oracle, points, x, time, relative, unit)
                    largest, worst = max(largest, off), max(worst, share)
                cells.append(f"{largest:.0e}")
            table.fail_if(worst > 1, f"{kind}, d = {d}", f"{worst:.2f} of what is promised")
            table.add(kind, d, *cells, f"{worst:.2f}")
    return table.result()


def score_error(t, oracle, points, x, time, relative, unit):
    """Relative error of the score, and what it is of the error that is promised."""
    exact, trace, a, s2 = exact_score(points, x, time)
    score = (ctypes.c_double * len(x))()
    t.call("ddn_oracle_score", oracle=oracle, t=time, m=1, x=doubles(x), ldx=len(x), score=score, lds=len(x))
    off = float(sum((decimal.Decimal(u) - v) ** 2 for u, v in zip(score, exact)).sqrt())
    size = float(sum(v * v for v in exact).sqrt())
    reach = max(float(sum(v * v for v in p).sqrt()) for p in points)
    floor = unit * (math.sqrt(sum(v * v for v in x)) + float(a) * reach) / float(s2)
    return off / size, off / (relative * size + floor * max(1.0, float(a * a / s2 * trace)))


# ---- Times against n and d

TIMES = ("t_S", "t_S_asymptotic", "t_S_phi", "t_SSB", "t_C_spectrum", "t_C_entropy", "t_C_phi", "t_C_last_change",
         "t_C_last_change_median")
SIZES = {0.3: ((12, 24), (18, 16), (24, 8), (32, 4)), 0.1: ((36, 24), (54, 16), (72, 8), (96, 4))}  # d, data sets


def report_of(t, n, d, seed):
    """All times of one data set of two Gaussians, |m|² = d, with their errors."""
    ds = t.drawn(n, d, float(d), seed)
    oracle = t.empirical(ds)
    t_c = collapse_time(n, d)
    grid = t.grid(t.ou, "GEOMETRIC", t_c / 4, math.log(d) / 2 + 2.3, 40)
    an = t.analysis(SAMPLES=1024, PATHS=256, PATH_STEPS=64, SEED=seed, T_END=t_c / 20)
    result = t.made("ddn_analysis_regimes", an=an, oracle=oracle, count=len(grid), clone_count=0, times=doubles(grid),
                    clone_times=None)
    found = {name: t.scalar(result, name) for name in TIMES}
    t.destroy(("result", result), ("analysis", an), ("oracle", oracle), ("dataset", ds))
    return found


def averaged(pairs):
    """Mean over data sets; its error from their scatter, or from their own errors where these say more."""
    mean, scatter = mean_and_error([value for value, _ in pairs])
    return mean, max(scatter, math.sqrt(sum(error ** 2 for _, error in pairs)) / len(pairs))


def times(t):
    """The library's times on data of two Gaussians, with log(n)/d fixed: a table for each log(n)/d."""
    lines, failed = [], []
    for alpha, sizes in SIZES.items():
        sizes = [(d, round(math.exp(alpha * d)), sets) for d, sets in sizes]
        found = [[report_of(t, n, d, 1000 * d + k) for k in range(sets)] for d, n, sets in sizes]
        table = Table((f"α = {alpha}", *(f"d = {d}, n = {n}" for d, n, _ in sizes), "d → ∞"))
        limit = f"{t.theory('collapse_alpha', alpha, 1.0):.4f}"
        limits = {"t_S": "½ log d", "t_S_asymptotic": "½ log d", "t_S_phi": "½ log d", "t_SSB": "½ log 2d"}
        table.add("½ log d", *(f"{math.log(d) / 2:.4f}" for d, _, _ in sizes), "")
        for name in TIMES:
            if name == "t_C_spectrum":
                table.add("t_C of one Gaussian", *(f"{t.theory('collapse', float(n), float(d), 1.0):.4f}" for d, n, _ in sizes),
                          limit)
                table.add("t_C of two Gaussians", *(f"{t.theory('collapse_two_gaussians', n, d, d, 1.0):.4f}"
                                                    for d, n, _ in sizes), limit)
            cells = [averaged([f[name] for f in sets]) for sets in found]
            table.add(f"`{name}`", *(with_error(*cell) for cell in cells), limits.get(name, limit))
            if name == "t_S_phi":
                for (d, _, _), (value, error) in zip(sizes, cells):
                    table.fail_if(abs(value - math.log(d) / 2) > LIMIT * error + 0.3 / d, f"d = {d}", f"t_S_phi = {value}")
        more, wrong = table.result()
        lines += [*more, ""]
        failed += wrong
    return lines[:-1], failed


def main_job(t):
    """The same times on Fashion-MNIST 1/7."""
    if not os.path.exists(FASHION_ARGS[1]):
        return None, "the package dataset-fashion-mnist is not installed"
    table = Table(("time", "Fashion-MNIST 1/7", "definition in the result"))
    t.program("regimes", *FASHION_ARGS, "--path-steps", "64")
    report = json.loads((t.folder / "regimes/regimes.json").read_text())["scalars"]
    for name in ("Lambda", *TIMES):
        entry = report[name]
        table.add(f"`{name}`", with_error(entry["value"], entry["standard_error"]), entry["definition"])
    return table.result()


TABLES = {"levels": levels, "speciation": speciation, "collapse": collapse, "identities": identities, "symmetry": symmetry,
          "samplers": samplers, "late_start": late_start, "flows": flows, "errata": errata, "accuracy": accuracy,
          "times": times, "main_job": main_job}

"""--schedule: one noise level is one thing whatever the clock; what is refused, and how."""
import json
import math
import os
import struct

import run_driver
from run_driver import DriverTest, npy

BETAS = [1e-4 + (0.02 - 1e-4) * i / 999 for i in range(1000)]
REGIMES = ("regimes", "--samples", 400, "--clones", 60, "--times", 12, "--clone-times", 4, "--paths", 40,
           "--plot=none", "--quiet")


def ou_of_index(t):
    """OU time at index t of the usual DDPM schedule, between indices log a linear."""
    low = math.floor(t)
    log_a = [0.5 * sum(math.log1p(-b) for b in BETAS[:k + 1]) for k in (low, low + 1)]
    at = log_a[0] + (t - low) * (log_a[1] - log_a[0])
    return -at  # a = e^-tau where a^2 + s^2 = 1


class Schedule(DriverTest):
    def report(self, *args):
        x, y = self.clusters(60)
        self.succeeds(*REGIMES, "--data", x, "--labels", y, *args)
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            return json.load(f)

    def test_clocks_agree(self):
        """Times of three schedules, in OU time, are those of the OU schedule."""
        want = self.report()["scalars"]
        to_ou = {"ddpm": ou_of_index, "edm": lambda t: 0.5 * math.log1p(t * t),
                 "vp:0.2:10": lambda t: 0.5 * (0.2 * t + 9.8 * t * t / 2)}
        for name, convert in to_ou.items():
            report = self.report("--schedule", name)
            self.assertTrue(report["fields"]["schedule"].startswith(name.split(":", maxsplit=1)[0]))
            got = report["scalars"]
            self.assertAlmostEqual(convert(got["t_S"]["value"]), want["t_S"]["value"], delta=1e-6)
            for time in ("t_S_phi", "t_C_phi"):
                self.assertAlmostEqual(convert(got[time]["value"]), want[time]["value"],
                                       delta=0.05 * want[time]["value"], msg=(name, time))

    def test_tables(self):
        """The numbers of a trained network's scheduler are the schedule that they come from."""
        bars, product = [], 1.0
        for beta in BETAS:
            product *= 1 - beta
            bars.append(product)
        x, y = self.clusters(60)
        rows = []
        for name, numbers in (("ddpm", None), ("alphas", bars), ("betas", BETAS)):
            if numbers:
                name += ":" + npy(self.path(name + ".npy"), (1000,), "<f8", struct.pack("<1000d", *numbers))
            self.succeeds("uturn", "--data", x, "--labels", y, "--paths=50", "--times=3", "--schedule", name, "--plot=none")
            rows.append([{k: float(v or "nan") for k, v in row.items()} for row in self.rows("uturn.csv")])
        for other in rows[1:]:
            for a, b in zip(rows[0], other):
                self.assertAlmostEqual(a["t"], b["t"], delta=1e-3)
                self.assertEqual(a["returned"], b["returned"])

    def test_all_of_them(self):
        for name in ("vp", "ddpm:100:1e-3:0.2", "scaled-linear", "cosine:500", "flow", "zero-snr:cosine"):
            done = self.succeeds("uturn", "--d=8", "--paths=20", "--times=3", "--plot=none", "--schedule", name)
            self.assertIn("times of the schedule " + name, done.stdout)
        done = self.succeeds("foreign-score", "--d=4", "--points=32", "--pairs=20", "--times=2", "--steps=8",
                             "--schedule=vp")
        self.assertIn("times of the schedule vp", done.stdout)
        done = self.succeeds("generalization", "--d=4", "--points=32", "--pairs=8", "--samples=32", "--times=2",
                             "--schedule=edm")
        self.assertIn("times of the schedule edm", done.stdout)
        x, _ = self.clusters(60)
        done = self.succeeds("late-start", "--data", x, "--samples=20", "--features=2", "--steps=5",
                             "--kl-samples=20", "--schedule=cosine:40")
        self.assertIn("schedule cosine:40", done.stdout)

    def test_refusals(self):
        x, _ = self.clusters(60)
        data = ("regimes", "--data", x)
        for text, *args in (
                ("--schedule = 'foo' is not one of ou, vp[:BMIN:BMAX], ", *data, "--schedule=foo"),
                ("'ou:1' has too many numbers: ou", *data, "--schedule=ou:1"),
                ("'vp:a': 'a' is not a number: vp:BMIN:BMAX", *data, "--schedule=vp:a"),
                ("N = 1.5 is not a whole number", *data, "--schedule=ddpm:1.5"),
                ("'ddpm:0': ", *data, "--schedule=ddpm:0"),
                ("'ddpm:1e10': ddn_schedule_create_ddpm: argument steps = 10000000000 is outside", *data,
                 "--schedule=ddpm:1e10"),
                ("'alphas:nowhere': ", *data, "--schedule=alphas:nowhere"),
                ("is a table of 60 x 3 numbers", *data, "--schedule", "betas:" + x),
                ("has no indices", *data, "--schedule=zero-snr:ou"),
                ("--t-max = 1.5 is outside (0, 1] of the schedule vp", *data, "--schedule=vp", "--t-max=1.5"),
                ("--t-min = -1 is outside (-1, 999]", *data, "--schedule=ddpm", "--t-min=-1"),
                ("--t-max = 25 is outside [1e-06, 20]", *data, "--t-max=25"),
                ("closed forms in OU time", "curse", "--schedule=vp"),
                ("are those of OU time", "gmm-collapse", "--schedule=edm"),
                ("are those of OU time", "gmm-speciation", "--schedule=edm"),
                ("no other is offered", "symmetry", "--schedule=edm"),
                ("no indices to start from", "late-start", "--data", x, "--schedule=ou"),
                ("--starts = 200 is outside [3, 99]", "late-start", "--data", x, "--schedule=ddpm:100", "--starts=200"),
                ("less than the 5 that PNDM needs", "late-start", "--data", x, "--schedule=ddpm:3")):
            with self.subTest(text):
                self.refuses(text, *args)


if __name__ == "__main__":
    run_driver.main()

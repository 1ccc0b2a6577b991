"""doc/examples/late_start on small data: curves, files, bad input."""
import os
import random
import struct

import run_driver
from run_driver import DriverTest, npy

QUICK = ("--samples=40", "--features=2", "--replicates=8", "--kl-samples=64")


class LateStart(DriverTest):
    def data(self, n=40, d=4):
        rng = random.Random(3)
        rows = [4 * rng.gauss(0, 1) + (6 * (i % 2) - 3 if j == 0 else 0) for i in range(n)
                for j in range(d)]
        return npy(self.path("x.npy"), (n, d), "<f8", struct.pack("<%dd" % len(rows), *rows))

    def table(self, name):
        return [{k: float(v) for k, v in row.items()} for row in run_driver.csv_rows(os.path.join(self.out, name))]

    def test_curves(self):
        done = self.succeeds("--data", self.data(), "--steps=5,10,100", *QUICK)
        rows = self.table("late_start.csv")
        self.assertEqual([r["start"] for r in rows],
                         [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 999])
        names = [m + "_" + s + "_" + k for k in ("noise", "gaussian")
                 for m in ("ddpm", "ddim", "pndm") for s in ("5", "10", "100")]
        self.assertEqual(list(rows[0]), ["start", "t"] + [n + e for n in names for e in ("", "_se")])
        for name in names:
            self.assertTrue(all(r[name] >= 0 and r[name + "_se"] >= 0 for r in rows), name)
        # Starting from noise too late is bad; the Gaussian start is then better.
        for sampler in ("ddpm_100", "ddim_100", "pndm_100"):
            first = rows[0]
            self.assertGreater(first[sampler + "_noise"], 10 * rows[-1][sampler + "_noise"])
            self.assertGreater(first[sampler + "_noise"], 3 * first[sampler + "_gaussian"])
        divergence = self.table("late_start_kl.csv")
        for early, late in zip(divergence, divergence[1:]):
            self.assertGreater(early["kl_noise"], late["kl_noise"] - 3 * late["kl_noise_se"])
            self.assertGreaterEqual(early["kl_noise"], early["kl_gaussian"])
            for name in ("kl_noise", "kl_gaussian"):
                self.assertTrue(early[name + "_low"] < early[name] < early[name + "_high"])
        for text in ("n = 40, d = 4", "DDPM    100  noise", "knee", "KL <= 0.1 nat", "±"):
            self.assertIn(text, done.stdout)

    def test_trace(self):
        few, more = (self.traced_states(40, "--data", self.data(), "--steps=5", *QUICK, "--samples", samples)
                     for samples in (20, 30))
        # 11 starts of 2 kinds; DDPM and DDIM 5 scores each, PNDM 14: its first three steps take four.
        self.assertEqual(more - few, 10 * 11 * 2 * (5 + 5 + 14))

    def test_threads_do_not_matter(self):
        seen = set()
        for threads in (1, 2, 3):
            self.succeeds("--data", self.data(n=200), "--steps=5", "--threads", threads, *QUICK)
            seen.add(run_driver.measured(os.path.join(self.out, "late_start.csv")))
        self.assertEqual(len(seen), 1)

    def test_one_start(self):
        """A picture of one start has a range, and values without spread have no error but six digits."""
        done = self.succeeds("--data", self.data(), "--steps=5,6", "--starts=400", *QUICK)
        self.assertEqual(done.stderr, "")
        self.assertNotIn("± 0.0000000", done.stdout)
        self.assertNotIn("nan", done.stdout)  # one start has no knee
        with open(os.path.join(self.out, "late_start.gp"), encoding="utf-8") as f:
            self.assertIn("using ($1 + 0.5)", f.read())  # beside the other one

    def test_short_schedules(self):
        """Starts that were not given are as many as there are indices for."""
        for schedule, starts in (("ddpm:5", [3, 4]), ("cosine:20", [3, 4, 6, 8, 10, 11, 13, 15, 17, 19]), ("ddpm:100", [
                5, 10, 20, 30, 40, 50, 59, 69, 79, 89, 99])):
            self.succeeds("--data", self.data(), "--steps=5", "--schedule", schedule, "--plot=none", *QUICK)
            self.assertEqual([row["start"] for row in self.table("late_start.csv")], starts)

    def test_bad_input(self):
        x = self.data()
        for text, *args in (
                ("--data FILE is missing",),
                ("--steps = 3 is less than the 4", "--data", x, "--steps=3"),
                ("--starts must increase", "--data", x, "--starts=100,50"),
                ("--steps has 5 twice", "--data", x, "--steps=5,10,5"),
                ("--starts = 1000 is outside [3, 999]", "--data", x, "--starts=1000"),
                ("--features = 5 exceeds min(n, d) = 4", "--data", x, "--features=5"),
                ("--replicates = 1 is outside", "--data", x, "--replicates=1"),
                ("nowhere", "--data", "nowhere")):
            with self.subTest(text):
                self.refuses(text, *args)


if __name__ == "__main__":
    run_driver.main()

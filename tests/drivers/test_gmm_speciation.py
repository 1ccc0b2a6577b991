"""The driver gmm_speciation: phi(t) of two Gaussians by three methods."""
import csv
import os

import run_driver
from run_driver import DriverTest

# phi at t = 1, 1.5, ... for d = 256, from the closed form at 50 digits.
PHI_256 = [0.9999999969135221, 0.9997241205287627, 0.9770064407503248, 0.8621141568969113,
           0.7068516878993857, 0.596366371478467, 0.5396877052098495]


class Speciation(DriverTest):
    def curve(self, *args):
        self.succeeds("--d", 256, "--t-max", 4, "--csv", self.path("c.csv"), *args)
        rows = [tuple(map(float, r)) for r in list(csv.reader(run_driver.csv_lines(self.path("c.csv"))))[1:]]
        self.assertEqual([r[0] for r in rows], [1 + 0.5 * k for k in range(7)])
        return rows

    def test_closed(self):
        for row, want in zip(self.curve("--method", "closed"), PHI_256):
            self.assertAlmostEqual(row[1], want, delta=1e-12)
            self.assertEqual(row[2], 0)

    def check_paths(self, rows):
        for row, want in zip(rows, PHI_256):
            self.assertLess(abs(row[1] - want), 4.5 * row[2])
            self.assertGreater(row[2], 0)

    def test_paths(self):
        reduced = self.curve("--method", "reduced", "--pairs", 1000, "--steps", 100)
        self.check_paths(reduced)
        self.assertEqual(reduced, self.curve("--method=reduced", "--pairs=1000", "--steps=100",
                                             "--threads=2"))
        self.check_paths(self.curve("--method", "simulate", "--pairs", 300))
        self.check_paths(self.curve("--method", "simulate", "--pairs", 150, "--sampler", "euler",
                                    "--steps", 100))

    def test_several(self):
        done = self.succeeds("--d", "16,64", "--method", "closed", "--t-max", 3)
        self.assertIn("d = 16: t_S = 1.38629 (exact 1.3863)", done.stdout)
        for name in ("gmm_speciation_d16.csv", "gmm_speciation_d64.csv", "gmm_speciation.gp"):
            self.assertTrue(os.path.exists(self.path("out/" + name)))
        with open(self.path("out/gmm_speciation_closed.csv"), encoding="utf-8") as f:
            self.assertEqual(f.readline(), "t,phi_d16,phi_d64\n")

    def test_interrupt(self):
        self.is_interrupted("--pairs", 10 ** 9, "--d", 256)
        self.is_interrupted("--pairs", 10 ** 9, "--d", 256, after=0.3)
        self.is_interrupted("--method", "simulate", "--pairs", 10 ** 7, "--d", 256, after=0.3)

    def test_bad_options(self):
        self.refuses("--csv needs a single --d", "--csv", self.path("c.csv"))
        self.refuses("--d = 0", "--d", 0)
        self.refuses("--d has 64 twice", "--d", "64,16,64", "--method", "closed")  # of one d there is one file
        self.refuses("--csv: ./out/../out/gmm_speciation_d4.csv is where a result goes", "--d", 4, "--method", "closed", "--csv",
                     "./out/../out/gmm_speciation_d4.csv")
        self.refuses("--d = 2000000", "--d", 2000000)
        self.refuses("--pairs = 1", "--pairs", 1)
        self.refuses("--method = 'magic'", "--method", "magic")
        self.refuses("unknown option --dim", "--dim", 3)
        self.refuses("cannot write /proc/x", "--d", 4, "--method", "closed", "--csv", "/proc/x")
        self.refuses("cannot create folder", "--out", "/proc/x", out=False)


run_driver.main()

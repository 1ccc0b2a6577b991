"""The driver curse: collapse times against n and d."""
import math

import run_driver
from run_driver import DriverTest


class Curse(DriverTest):
    def rows(self, name):
        return [r for r in run_driver.csv_rows(self.path("out/" + name)) if r[next(iter(r))]]

    def test_numbers(self):
        done = self.succeeds("--d", "8,64", "--t", 0.5, "--alpha", 0.2, "--log10-n", 6)
        self.assertIn("n = 20000, d = 64: t_C =", done.stdout)
        rows = self.rows("collapse.csv")
        self.assertEqual(len(rows), 2 * 401)
        for r in rows:
            n, d = float(r["n"]), float(r["d"])
            want = 0.5 * math.log1p(1 / (n ** (2 / d) - 1))
            self.assertAlmostEqual(float(r["t_C_gaussian"]), want, delta=1e-9)
            self.assertGreater(float(r["t_C_mixture"]), want)
            self.assertLess(float(r["t_C_power_law"]), want)
        for r in self.rows("points.csv"):
            d = float(r["d"])
            want = d * 0.5 * math.log1p(1 / math.expm1(1)) / math.log(10)
            self.assertAlmostEqual(float(r["log10_n_gaussian"]), want, delta=1e-9 * d)
        for r in self.rows("condensation.csv"):
            if float(r["t_over_t_C"]) < 0.99:
                self.assertLess(float(r["lambda_c"]), 1)
                self.assertLess(float(r["psi_plus"]), -0.5)

    def test_bad_options(self):
        self.refuses("--d = 0", "--d", 0)
        self.refuses("--d = 99999999", "--d", 99999999)
        self.refuses("--t = -1", "--t", -1)
        self.refuses("unknown option --dim", "--dim", 3)
        self.refuses("cannot create folder", "--out", "/proc/x", out=False)


run_driver.main()

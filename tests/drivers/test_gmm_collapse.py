"""The driver gmm_collapse: f(t)/alpha of two Gaussians."""

import run_driver
from run_driver import DriverTest


class Collapse(DriverTest):
    def rows(self, name="out/gmm_collapse_d16.csv"):
        return [{k: float(v) for k, v in r.items()} for r in run_driver.csv_rows(self.path(name))]

    def test_estimator_is_within_the_bounds(self):
        done = self.succeeds("--d", 16, "--n", 400, "--samples", 400, "--times", 9, "--csv",
                             self.path("c.csv"))
        self.assertIn("d = 16, n = 400: t_C = ", done.stdout)
        rows, brief = self.rows(), self.rows("c.csv")
        self.assertEqual(len(rows), 9)
        last = -1
        for r, b in zip(rows, brief):
            self.assertEqual((b["t"], b["f_over_alpha"], b["se"]),
                             (r["t"], r["f_over_alpha"], r["f_over_alpha_se"]))
            self.assertGreater(r["f_over_alpha_se"], 0)
            # 4.5 standard errors, and the spread from one data set to another at this small n.
            room = 4.5 * r["f_over_alpha_se"] + 0.06
            self.assertGreater(r["f_over_alpha"], r["lower_over_alpha"] - room)
            self.assertLess(r["f_over_alpha"], r["upper_over_alpha"] + room)
            self.assertGreater(r["phi_C"], r["phi_C_lower"] - 0.1)
            self.assertLess(r["f_exact_over_alpha"], r["f_gauss_over_alpha"])
            self.assertGreater(r["t"], last)
            last = r["t"]
        self.assertEqual(self.rows(), rows)

    def test_threads_do_not_matter(self):
        first = None
        for threads in (1, 2):
            self.succeeds("--d", 16, "--n", 300, "--samples", 64, "--times", 3, "--threads", threads)
            rows = self.rows()
            self.assertEqual(rows, first or rows)
            first = rows

    def test_interrupt(self):
        for after in 0, 0.3:
            self.is_interrupted("--d", 4096, "--n", 100000, "--samples", 100000, after=after)

    def test_bad_options(self):
        self.refuses("--csv needs a single --d", "--csv", self.path("c.csv"))
        self.refuses("--d = 0", "--d", 0)
        self.refuses("--d has 1 twice", "--d", "1,01")
        self.refuses("is where a result goes", "--d", 4, "--n", 9, "--csv", self.out + "/gmm_collapse_closed_d4.csv")
        self.refuses("--n = 1 ", "--n", 1)
        self.refuses("--samples = 1", "--samples", 1)
        self.refuses("GB", "--d", 65536, "--n", 10000000)
        self.refuses("unknown option --dim", "--dim", 3)
        self.refuses("cannot create folder", "--out", "/proc/x", out=False)


run_driver.main()

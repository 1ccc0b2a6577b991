"""The commands uturn and foreign-score: numbers, files, refusals."""
import math
import os

import run_driver
from run_driver import DriverTest


class Branching(DriverTest):
    def rows(self, name):
        return [{k: float(v) if v else math.nan for k, v in row.items()}
                for row in super().rows(name)]

    def files(self, *names):
        for name in names:
            self.assertGreater(os.path.getsize(os.path.join(self.out, name)), 100, name)

    def uturn(self):
        run_driver.PROGRAM[1:] = ["uturn"]

    def foreign(self):
        run_driver.PROGRAM[1:] = ["foreign-score"]

    def test_uturn_of_gaussians(self):
        self.uturn()
        done = self.succeeds("--d", 16, "--paths", 400, "--times", 5, "--steps", 3, "--seed", 1)
        self.assertIn("same class = 0.75 at t = ", done.stdout)
        for line in done.stdout.splitlines()[3:8]:  # three simulated numbers, three predicted ones
            self.assertEqual(line.count("±"), 6, line)
        rows = self.rows("uturn.csv")
        self.assertEqual(len(rows), 5)
        for row in rows:
            se = math.hypot(row["same_class_se"], 0.01)
            self.assertLess(abs(row["same_class"] - row["same_class_identity"]), 4 * se)
            self.assertLess(abs(row["same_class_identity"] - row["phi_theory"]), 0.05)
            self.assertTrue(row["same_class_low"] <= row["same_class"] <= row["same_class_high"])
            for name in ("returned", "same_class", "distance2"):
                self.assertGreater(row[name + "_identity_se"], 0)
            self.assertLess(abs(row["distance2"] - row["distance2_identity"]),
                            0.02 * row["distance2"] + 6 * row["distance2_se"])
        self.files("uturn.csv", "uturn.gp")

    def test_uturn_of_data(self):
        self.uturn()
        x, y = self.clusters(40)
        done = self.succeeds("--data", x, "--labels", y, "--paths", 100, "--times", 4, "--clones",
                             "--method", "ancestral", "--steps", 30)
        self.assertIn("clone pairs", done.stdout)
        rows = self.rows("uturn.csv")
        self.assertEqual(rows[0]["same_class"], 1)
        self.assertGreater(rows[0]["returned"], rows[-1]["returned"])
        self.assertTrue(math.isnan(rows[0]["phi_theory"]))

    def test_trace(self):
        self.uturn()
        x, _ = self.clusters(40)
        few, more = (self.traced_states(40, "--data", x, "--paths", 50, "--times", 3, "--method", "ancestral",
                                        "--steps", steps) for steps in (10, 14))
        again = 16  # of 50 U-turns run once more, with half the steps
        self.assertEqual(more - few, 3 * (50 * 4 + again * 2))
        self.refuses("--trace needs --data FILE", "--trace")

    def test_same_seed_same_bytes(self):
        self.uturn()
        seen = set()
        for threads in (1, 2):
            self.succeeds("--d", 8, "--paths", 20, "--times", 3, "--threads", threads)
            seen.add(run_driver.measured(os.path.join(self.out, "uturn.csv")))
        self.assertEqual(len(seen), 1)

    def test_foreign_score(self):
        self.foreign()
        done = self.succeeds("--d", 8, "--points", 64, "--pairs", 150, "--times", 5, "--steps", 30)
        self.assertIn("t_S exact = ", done.stdout)
        rows = self.rows("foreign_score.csv")
        # Both keep the class at the first time; only the exact score has collapsed there.
        self.assertGreater(rows[0]["phi_foreign"], 0.9)
        self.assertGreater(rows[0]["distance2_foreign"], 4 * rows[0]["distance2_exact"])
        # At the last one the clones are independent for both.
        self.assertLess(rows[-1]["phi_foreign"], 0.75)
        self.assertLess(abs(rows[-1]["distance2_foreign"] / rows[-1]["distance2_exact"] - 1), 0.4)
        self.files("foreign_score.csv", "foreign_score.gp")

    def test_refusals(self):
        x, y = self.clusters(40)
        self.uturn()
        self.refuses("unknown option", "--pathz", 3)
        self.refuses("--d", "--d", 0)
        self.refuses("--method", "--method", "magic")
        self.refuses("t-end < t-min < t-max", "--t-min", 2, "--t-max", 1)
        self.refuses("exceeds the 40 points", "--data", x, "--n", 41)
        self.refuses("nowhere", "--data", self.path("nowhere"))
        self.refuses("full", "--out", "/dev/full/x", out=False)
        self.refuses("--labels needs --data FILE", "--labels", y)
        self.refuses("--n needs --data FILE", "--n", 9)
        self.refuses("--in-place needs --data FILE", "--in-place")
        self.foreign()
        self.refuses("--classes needs --data FILE", "--classes", "0,1")
        self.refuses("two or more classes", "--data", x)
        self.refuses("--rank = 5 is too large", "--data", x, "--labels", y, "--rank", 5)
        self.refuses("--pairs", "--pairs", 1)
        self.refuses("full", "--out", "/dev/full/x", out=False)


if __name__ == "__main__":
    run_driver.main()

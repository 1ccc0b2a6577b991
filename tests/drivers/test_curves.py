"""The commands phi, collapse and branch: numbers that regimes and uturn give too, files, refusals."""
import json
import os

import run_driver
from run_driver import DriverTest


class Curves(DriverTest):
    def json(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            return json.load(f)

    def test_as_in_regimes(self):
        """The same states at the same times give the same numbers to the last bit."""
        x, y = self.clusters(60)
        common = ("--data", x, "--labels", y, "--samples=300", "--times=14", "--plot=none")
        self.succeeds("regimes", *common, "--clones=0", "--paths=20")
        whole = self.json("regimes.json")
        for command, times in (("phi", ("t_S_phi", "t_S")), ("collapse", ("t_C_phi", "t_C_entropy", "t_C_spectrum"))):
            done = self.succeeds(command, *common)
            curve = self.json(command + "_curve.json")
            for name in times:
                self.assertEqual(curve["scalars"][name]["value"], whole["scalars"][name]["value"])
                self.assertIn("  %s " % name, done.stdout)
            for name in ("t", "phi", "phi_C", "f_over_alpha"):
                self.assertEqual(curve["columns"][name]["values"], whole["columns"][name]["values"])
            rows = self.rows(command + "_curve.csv")
            self.assertEqual([float(row["t"]) for row in rows], curve["columns"]["t"]["values"])

    def test_schedule(self):
        x, y = self.clusters(60)
        done = self.succeeds("phi", "--data", x, "--labels", y, "--samples=200", "--times=10", "--schedule=ddpm")
        self.assertIn("times of the schedule ddpm", done.stdout)
        curve = self.json("phi_curve.json")
        self.assertTrue(curve["fields"]["schedule"].startswith("ddpm"))
        self.assertGreater(curve["scalars"]["t_S"]["value"], 100)  # an index
        self.assertIn("here that of the schedule", curve["scalars"]["t_S"]["definition"])

    def test_branch(self):
        """What uturn --clones gives, under a name of its own."""
        x, y = self.clusters(60)
        common = ("--data", x, "--labels", y, "--paths=50", "--times=3")
        self.succeeds("uturn", "--clones", *common)
        want = self.rows("uturn.csv")
        done = self.succeeds("branch", *common)
        self.assertIn("clone pairs", done.stdout)
        self.assertEqual(self.rows("branch.csv"), want)

    def test_refusals(self):
        x, y = self.clusters(60)
        self.refuses("has no labels of two or more classes", "phi", "--data", x)
        self.refuses("unknown option --level", "phi", "--data", x, "--labels", y, "--level=0.1")
        self.refuses("--samples = 1 gives no standard error", "collapse", "--data", x, "--samples=1")
        self.refuses("--t-min = 2 is not below --t-max = 1", "collapse", "--data", x, "--t-min=2", "--t-max=1")
        self.refuses("--data FILE is missing", "collapse")
        self.refuses("unknown option --clones", "branch", "--data", x, "--clones")


if __name__ == "__main__":
    run_driver.main()

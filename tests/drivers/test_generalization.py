"""doc/examples/generalization on small data: models whose answer is known, files, bad input."""
import json
import os
import random
import struct

import run_driver
from run_driver import DriverTest, npy

SMALL = ("--samples=400", "--pairs=40", "--times=5")


class Generalization(DriverTest):
    def table(self):
        """Rows by number of the time; empty fields are None."""
        return [{k: float(v) if v else None for k, v in row.items()} for row in run_driver.csv_rows(os.path.join(self.out, "generalization.csv"))]

    def json(self):
        with open(os.path.join(self.out, "generalization.json"), encoding="utf-8") as f:
            return json.load(f)

    def points(self, name, seed, count, d):
        rng = random.Random(seed)
        flat = [rng.gauss(0, 1) + (2 if i // d % 2 else 0) for i in range(count * d)]
        return npy(self.path(name), (count, d), "<f8", struct.pack("<%dd" % len(flat), *flat))

    def test_models(self):
        """The exact score memorizes, the law does not, a kernel density is between both."""
        found = {}
        for model in ("law", "exact", "kernel", "wiener"):
            done = self.succeeds("--d=6", "--points=300", "--model", model, *SMALL)
            self.assertEqual(done.stderr, "")
            found[model] = self.table()
            self.assertEqual(len(found[model]), 5)
        for k, exact in enumerate(found["exact"]):
            self.assertLess(abs(exact["e_train"] - exact["e_exact_train"]), 1e-12)
            self.assertEqual(found["wiener"][k]["gap_paired"], 0)
            for model in ("law", "kernel", "wiener"):
                self.assertEqual(found[model][k]["e_exact_train"], exact["e_exact_train"])
                self.assertGreaterEqual(found[model][k]["excess_train_low"], 0)
        low = {model: rows[1] for model, rows in found.items()}  # t = 0.08
        self.assertGreater(low["exact"]["gap_low"], low["kernel"]["gap_high"])
        self.assertGreater(low["kernel"]["gap_low"], abs(low["law"]["gap"]))
        self.assertLess(low["law"]["gap_paired_low"], 0.02)
        self.assertEqual([row["phi_C"] is not None for row in found["law"]], [True, False, True, False, True])
        self.assertEqual(found["exact"][4]["f_mem"], 1)
        self.assertLess(found["law"][4]["f_mem_high"], 0.5)
        written = self.json()
        self.assertEqual(written["fields"]["kind"], "generalization")
        self.assertEqual(written["scalars"]["n_test"]["value"], 300)

    def test_equal_points(self):
        """There is no second nearest point that would tell copies from others: the rest is measured."""
        same = npy(self.path("same.npy"), (12, 3), "|u1", b"abc" * 12)
        self.assertNotIn("of the test data: f_mem", self.succeeds("--data", same, *SMALL).stdout)
        rows = self.table()
        self.assertEqual({row["f_mem"] for row in rows}, {None})
        self.assertEqual(rows[0]["phi_C"], 1)
        with open(os.path.join(self.out, "generalization.gp"), encoding="utf-8") as f:
            self.assertNotIn("f_{mem}", f.read())

    def test_data(self):
        """A sixth of the points is held out; the same numbers for any number of threads, and without clones."""
        x = self.points("x.npy", 1, 121, 4)
        seen = set()
        for threads in (1, 2):
            done = self.succeeds("--data", x, *SMALL, "--threads", threads)
            seen.add(run_driver.measured(os.path.join(self.out, "generalization.csv")))
        self.assertEqual(len(seen), 1)
        self.assertIn("n = 100, d = 4, 21 test points; the model is a kernel density", done.stdout)
        with open(os.path.join(self.out, "generalization.png"), "rb") as f:
            self.assertEqual(f.read(4), b"\x89PNG")
        before = self.table()
        self.succeeds("--data", x, "--samples=400", "--pairs=0", "--times=5")
        for row, same in zip(self.table(), before, strict=True):
            self.assertEqual(row["e_test"], same["e_test"])
            self.assertIsNone(row["phi_C"])

    def test_refuses(self):
        x = self.points("x.npy", 1, 30, 2)
        self.refuses("law of", "--data", x, "--model=law")
        self.refuses("--held 30 leaves none of the 30 points", "--data", x, "--held=30")
        self.refuses("--pairs 1", "--pairs=1")
        self.refuses("t-min", "--t-min=0")
        self.refuses("--model", "--model=network")


if __name__ == "__main__":
    run_driver.main()

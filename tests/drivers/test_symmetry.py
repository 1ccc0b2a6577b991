"""doc/examples/symmetry_breaking: the line and a small data set, files, bad input."""
import math
import os
import random
import struct

import run_driver
from run_driver import DriverTest, npy

LINE = ["critical.csv", "branches.csv", "events.csv", "potential.csv", "paths.csv",
        "symmetry_breaking.gp"]
DATA = ["data_class_branches.csv", "data_class_events.csv", "data_branches.csv", "data_events.csv",
        "data_potential.csv", "symmetry_breaking_data.gp"]


class SymmetryBreaking(DriverTest):
    def table(self, name):
        return [{k: float(v) if v else None for k, v in row.items()}
                for row in run_driver.csv_rows(os.path.join(self.out, name))]

    def wrote(self, names):
        for name in names:
            self.assertGreater(os.path.getsize(os.path.join(self.out, name)), 0, name)

    def test_two_points(self):
        done = self.succeeds("--paths=400", "--steps=40", "--seed=3")
        self.wrote(LINE)
        critical = {row["eta"]: row for row in self.table("critical.csv")}
        self.assertAlmostEqual(math.exp(-2 * critical[1]["t_ou"]), math.sqrt(2) - 1, delta=1e-12)
        self.assertAlmostEqual(critical[1]["t_measured"], critical[1]["t"], delta=1e-10)
        self.assertIsNone(critical[0]["t"])
        events = self.table("events.csv")
        self.assertEqual(len(events), 1)
        self.assertEqual(events[0]["kind"], 2)
        self.assertAlmostEqual(events[0]["t"], 0.29264165432814315, delta=1e-9)
        self.assertEqual({row["branch"] for row in self.table("branches.csv")}, {0, 1, 2})
        # Share of paths that keep their point against E max w: both with their errors.
        words = done.stdout.split("their last: ")[1].split()
        self.assertAlmostEqual(float(words[0]), 0.8, delta=4.5 * float(words[2]) + 0.01)

    def test_folds(self):
        self.succeeds("--points=-1,0.2,1.5", "--paths=10", "--steps=10", "--eta=1")
        events = self.table("events.csv")
        self.assertEqual([row["kind"] for row in events], [1, 1])
        self.assertAlmostEqual(events[0]["t_ou"], 0.26758462313491965, delta=1e-9)
        self.assertAlmostEqual(events[1]["t_ou"], 0.1603184266652983, delta=1e-9)

    def test_same_for_any_thread_count(self):
        texts = []
        for threads in (1, 3):
            self.succeeds("--paths=20", "--steps=10", "--threads", threads)
            texts.append([run_driver.measured(os.path.join(self.out, name)) for name in LINE])
        self.assertEqual(texts[0], texts[1])

    def test_data(self):
        rng = random.Random(2)
        labels = [i % 2 for i in range(30)]
        rows = [[rng.gauss(0, 0.5) + (4 * c - 2 if j == 0 else 0) for j in range(9)]
                for c in labels]
        x = npy(self.path("x.npy"), (30, 9), "<f8",
                struct.pack("<270d", *[v for row in rows for v in row]))
        y = npy(self.path("y.npy"), (30,), "|u1", bytes(labels))
        done = self.succeeds("--data", x, "--labels", y, "--starts=3", "--paths=10", "--steps=10")
        self.wrote(LINE + DATA + ["data_pictures.csv"])
        self.assertIn("Lambda = ", done.stdout)
        folds = self.table("data_class_events.csv")
        self.assertEqual(len(folds), 1)  # the second class is born in one
        self.assertLess(abs(folds[0]["t_ou"] - 0.5 * math.asinh(4.25)), 0.3)
        alone = self.succeeds("--data", x, "--starts=0", "--paths=10", "--steps=10", "--eta=0.8")
        self.assertIn("n = 30", alone.stdout)
        for run in (done, alone):
            self.assertNotIn("could not draw", run.stderr)
            self.assertNotIn("warning", run.stderr)

    def test_refusals(self):
        self.refuses("--wrong", "--wrong=1")
        self.refuses("--eta", "--eta=-1")
        self.refuses("--points", "--points=1")
        self.refuses("--paths", "--paths=1")
        self.refuses("missing.npy", "--data", "missing.npy", "--paths=10", "--steps=10")
        self.refuses("/dev/null/x", "--out=/dev/null/x", out=False)
        x = npy(self.path("x.npy"), (2, 1), "<f8", struct.pack("<2d", -1, 1))
        self.refuses("--t-end", "--data", x, "--t-end=5", "--paths=10", "--steps=10")
        self.refuses("--scale needs --data FILE", "--scale=raw")
        same = npy(self.path("same.npy"), (4, 3), "|u1", b"abc" * 4)
        self.refuses("all points are equal, so there is no symmetry", "--data", same)
        help_text = self.succeeds("--help").stdout
        self.assertIn("(default -1,1)", help_text)
        for option in ("--points", "--eta", "--data", "--starts", "--out", "--seed", "--threads"):
            self.assertIn(option, help_text)


if __name__ == "__main__":
    run_driver.main()

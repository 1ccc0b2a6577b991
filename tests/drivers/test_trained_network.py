"""doc/examples/trained/trained_network with the networks that lie beside it, on a few images of Fashion-MNIST: what it
writes, that it is the same for any number of threads, interruption, bad input."""
import gzip
import json
import os
import shutil
import subprocess
import sys
import time

import run_driver
from run_driver import DriverTest, npy

TEST = "/usr/share/datasets/fashion-mnist/t10k-"
SMALL = ("--pairs=3", "--times=4", "--steps=4", "--samples=8", "--few=20")


class TrainedNetwork(DriverTest):
    def setUp(self):
        super().setUp()
        self.labels, self.images = (self.head(name, offset, size) for name, offset, size in (
            ("labels-idx1-ubyte.gz", 8, 1), ("images-idx3-ubyte.gz", 16, 784)))
        mine = [i for i, label in enumerate(self.labels) if label in b"\1\7"]
        self.data = self.part("data", mine[:200])
        self.test = self.part("test", mine[200:260])

    @staticmethod
    def head(name, offset, size):
        with gzip.open(TEST + name) as f:
            return f.read(offset + 2000 * size)[offset:]

    def part(self, name, rows):
        """Options of a set: images and labels in .npy files."""
        x = npy(self.path(name + ".npy"), (len(rows), 784), "|u1",
                b"".join(self.images[784 * i:784 * (i + 1)] for i in rows))
        y = npy(self.path(name + "_labels.npy"), (len(rows),), "|u1", bytes(self.labels[i] for i in rows))
        return {"data": ("--data", x, "--labels", y), "test": ("--test", x, "--test-labels", y)}[name]

    def json(self):
        with open(os.path.join(self.out, "trained_network.json"), encoding="utf-8") as f:
            numbers = json.load(f)
        self.assertIn("settings", numbers.pop("run"))
        self.assertEqual(set(numbers.pop("definitions")), set(numbers))
        return numbers

    def table(self, name):
        return [{k: float(v) if v else None for k, v in row.items()} for row in run_driver.csv_rows(os.path.join(self.out, name))]

    def test_numbers(self):
        seen = []
        for threads in (1, 2):
            done = self.succeeds(*self.data, *self.test, "--classes=1,7", *SMALL, "--threads", threads)
            self.assertEqual(done.stderr, "")
            self.assertIn("of their time in the networks", done.stdout)
            seen.append(self.json())
        one, two = seen
        self.assertEqual(set(one), set(two))
        self.assertEqual(one["t_S"], two["t_S"])
        self.assertEqual(one["f_mem_test"]["value"], two["f_mem_test"]["value"])
        # The answers to a batch differ in rounding with the number of images that go side by side.
        for key in ("gap_large", "gap_small", "d1_large", "d1_small"):
            self.assertLess(abs(one[key]["value"] - two[key]["value"]), 1e-3 * abs(one[key]["value"]), key)
        curves = self.table("trained_network.csv")
        self.assertEqual(len(curves), 4)
        for row in curves:
            for key in ("phi_identity", "phi_exact", "phi_network"):
                self.assertTrue(0 <= row[key + "_low"] <= row[key] <= row[key + "_high"] <= 1, row)
        self.assertEqual(curves[0]["phi_network"], 1)
        # At t = 0.1 the exact score gives one of its points for every image, the network does not.
        row = self.table("large_errors.csv")[0]
        self.assertLess(row["e_test_high"], row["e_exact_test_low"])
        self.assertEqual([len(self.table(name + ".csv")) for name in ("large", "small", "test")], [8, 8, 60])
        with open(os.path.join(self.out, "trained_network.png"), "rb") as f:
            self.assertEqual(f.read(4), b"\x89PNG")

    def files(self):
        """Of the results, but for pictures and what is said of the run."""
        names = [name for name in sorted(os.listdir(self.out)) if name.endswith(".csv")]
        self.assertEqual(len(names), 6)
        return [self.json()] + [run_driver.csv_lines(os.path.join(self.out, name)) for name in names]

    def test_killed(self):
        """A job that is killed amid its clones goes on from its checkpoint to the same files."""
        args = (*self.data, *self.test, "--classes=1,7", *SMALL, "--threads=1", "--plot=none")
        self.succeeds(*args)
        whole = self.files()
        shutil.rmtree(self.out)
        kept, sizes = self.path("kept"), set()
        args = (*args, "--checkpoint", kept, "--every=0.01")
        program = subprocess.Popen([*run_driver.PROGRAM, *map(str, args), "--out", self.out], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, cwd=self.dir)
        while len(sizes) < 8:
            self.assertIsNone(program.poll(), "it was over before it could be killed")
            if os.path.exists(kept):
                sizes.add(os.stat(kept).st_size)
            time.sleep(0.005)
        program.kill()
        program.wait()
        done = self.run_it(*args)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("going on from"), 1)
        self.assertEqual(self.files(), whole)
        self.assertEqual([name for name in os.listdir(self.dir) if name.startswith("kept")], [])

    def test_refuses(self):
        all_ = (*self.data, *self.test, "--classes=1,7", *SMALL)
        self.refuses("large.npy: cannot open: No such file or directory (error 2) (--weights)", *all_, "--weights", self.dir)
        self.refuses("the networks know two classes of images of 784 pixels", *self.data, *self.test, "--classes=1")
        self.refuses("--pairs", *all_, "--pairs=1")
        self.refuses("--test", *self.data)

    def test_interrupted(self):
        self.is_interrupted(*self.data, *self.test, "--classes=1,7", "--pairs=2000", "--steps=900", after=0.5)


if __name__ == "__main__":
    if not os.path.exists(TEST + "images-idx3-ubyte.gz"):
        sys.exit(77)  # skipped: the package dataset-fashion-mnist is not installed
    run_driver.main()

"""doc/examples/torch/torch_network on modules whose answer is known: the exact score, a table, bad input."""
import json
import os
import random
import struct
import subprocess
import sys

import run_driver
from run_driver import DriverTest, npy

MODULES = os.path.abspath(sys.argv.pop(2))  # writes the modules
N, D = 48, 4
QUICK = ("--pairs=24", "--paths=8", "--samples=40", "--states=6", "--times=5", "--steps=24", "--flow-steps=16")


class TorchNetwork(DriverTest):
    def setUp(self):
        super().setUp()
        subprocess.run([MODULES, "--write", self.dir], check=True)
        with open(self.path("points.f64"), "rb") as f:
            self.x = npy(self.path("x.npy"), (N, D), "<f8", f.read())
        self.y = npy(self.path("y.npy"), (N,), "|u1", bytes([3, 8] * (N // 2)))
        rng = random.Random(2)
        flat = [rng.gauss(0, 0.5) + (1.5 * (1 - 2 * (i // D % 2)) if i % D == 0 else 0) for i in range(30 * D)]
        self.test = npy(self.path("test.npy"), (30, D), "<f8", struct.pack("<%dd" % len(flat), *flat))

    def net(self, name, *args):
        return ("--data", self.x, "--network", self.path(name + ".pt"), "--threads=1", *args)

    def labelled(self, name, *args):
        return self.net(name, "--labels", self.y, *args)

    def table(self, name):
        return [{k: float(v) if v else None for k, v in row.items()} for row in run_driver.csv_rows(os.path.join(self.out, name))]

    def scalars(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            return json.load(f)["scalars"]

    def agrees(self, one, two, factor=4.0):
        error = (one["standard_error"]**2 + two["standard_error"]**2)**0.5
        self.assertLess(abs(one["value"] - two["value"]), factor * error)

    def test_exact_score(self):
        """Everything that is measured of the exact score as a module is what the exact oracle says."""
        done = self.succeeds(*self.labelled("eps", "--classifier", self.path("classes.pt"), "--test", self.test,
                                            "--pairs=128", "--paths=24", "--samples=64", "--states=8", "--times=6",
                                            "--steps=96", "--probes=0", "--flow-steps=16"))
        self.assertEqual(done.stderr, "")
        self.assertIn("Jacobian by autograd", done.stdout)
        for row in self.table("torch_network.csv"):
            for name in ("phi", "phi_C"):
                error = (row[name + "_se"]**2 + row[name + "_exact_se"]**2)**0.5
                self.assertLess(abs(row[name] - row[name + "_exact"]), 4.5 * error, (name, row))
        regimes, exact = self.scalars("regimes.json"), self.scalars("generalization.json")
        times = self.scalars("exact_times.json")
        for name in ("t_S_phi", "t_C_phi"):
            self.agrees(regimes[name + "_clones"], times[name])
        self.assertEqual(exact["n_test"]["value"], 30)
        for row in self.table("torch_network_errors.csv"):
            for part in ("train", "test"):
                if row["e_" + part] is not None:
                    self.assertLess(abs(row["e_" + part] - row["e_exact_" + part]), 1e-9)
        with open(os.path.join(self.out, "generalization.json"), encoding="utf-8") as f:
            columns = json.load(f)["columns"]
        self.assertGreater([v for v in columns["f_mem"]["values"] if v is not None][-1], 0.95)
        train, test = (self.scalars("likelihood_%s.json" % part)["mean_log_p"]["value"] for part in ("train", "test"))
        self.assertGreater(train, test + 10)
        with open(os.path.join(self.out, "torch_network.png"), "rb") as f:
            self.assertEqual(f.read(4), b"\x89PNG")

    def test_flow_in_single_precision_and_table(self):
        """A flow from noise to data; float; a network of whole indices; parts that are left out."""
        for name, *options in (("flow", "--schedule=flow", "--predicts=velocity", "--time-scale=-1", "--time-shift=1",
                                "--answer-scale=-1"), ("eps_f32",), ("sigma", "--schedule=edm", "--predicts=x0",
                                                                     "--clock=sigma")):
            done = self.succeeds(*self.labelled(name, *options, *QUICK))
            self.assertEqual(done.stderr, "")
            for row in self.table("torch_network_errors.csv"):
                if row["e_train"] is not None:
                    self.assertLess(abs(row["e_train"] / row["e_exact_train"] - 1), 1e-3)
        table = ("--schedule=ddpm", "--clock=index")
        done = self.succeeds(*self.labelled("table", *table, *QUICK))
        self.assertIn("no likelihood", done.stderr)
        self.succeeds(*self.net("table", *table, "--states=0", "--samples=0", "--pairs=8", "--paths=4"))
        self.succeeds(*self.net("table", *table, "--states=0", "--pairs=0", "--samples=20"))
        abar = npy(self.path("abar.npy"), (100,), "<f8", struct.pack("<100d", *(0.95**(k + 1) for k in range(100))))
        self.succeeds(*self.net("table", "--schedule=table", "--table", abar, "--clock=index", "--states=0",
                                "--steps=8", "--samples=20", "--pairs=8", "--paths=4"))

    def test_shape(self):
        """Images go to the network as images."""
        few = ("--pairs=0", "--samples=0", "--states=2", "--flow-steps=8")
        self.succeeds(*self.net("images", "--shape=1,2,2", *few))
        self.refuses("must match the size", *self.net("images", *few))

    def test_hidden_graph(self):
        done = self.succeeds(*self.net("hides", "--pairs=0", "--samples=0", "--states=2", "--flow-steps=8"))
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("hides.pt has another derivative by autograd", done.stderr)
        self.assertIn("Jacobian by differences", done.stdout)

    def test_refuses(self):
        """One line each, before or while it runs."""
        self.refuses("cannot be read", *self.net("missing"))
        with open(self.path("text.pt"), "w", encoding="ascii") as f:
            f.write("no module")
        self.refuses("text.pt is no TorchScript module", *self.net("text"))
        for name, text in (("shape", "answers 2 numbers to states of 2 x 4"), ("throws", "the device is gone"),
                           ("training", "another answer with others")):
            self.refuses(text, *self.net(name))
        self.refuses("is inf", *self.net("nan", *QUICK))
        self.refuses("too early", *self.net("late", "--t-max=2", *QUICK, "--pairs=2"))
        self.refuses("--shape has 6 numbers", *self.net("eps", "--shape=1,2,3"))
        self.refuses("--table FILE", *self.net("eps", "--schedule=table"))
        self.refuses("fewer than 4 times", *self.net("table", "--schedule=ddpm", "--clock=index", "--steps=900"))
        self.refuses("is not between", *self.net("eps", "--t-min=3", "--t-max=2"))
        self.refuses("says class 4 of a state, which no point has",
                     *self.labelled("eps", "--classifier", self.path("lacking.pt")))
        self.refuses("--classifier-labels", *self.labelled("eps", "--classifier", self.path("classes.pt"),
                                                           "--classifier-labels=3,5"))


if __name__ == "__main__":
    run_driver.main()

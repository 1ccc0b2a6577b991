"""No preset makes an option that was given an error: each option of each subcommand is tried alone, with small and large
values, on data that are small as well."""
import json
import os
import re
import shutil
import struct

import run_driver
from run_driver import DriverTest, npy

DATA = ("--data", "x.npy", "--labels", "y.npy")
# What every run has, so that it is short: how much is measured, never where or how.
BASE = {
    "branch": (*DATA, "--paths=4", "--steps=2"),
    "collapse": ("--data", "x.npy", "--samples=4"),
    "curse": (),
    "flows": ("--height=16", "--steps=5"),
    "foreign-score": (*DATA, "--samples=4", "--pairs=4", "--steps=2"),
    "generalization": (*DATA, "--samples=4", "--pairs=4"),
    "gmm-collapse": ("--samples=4", "--d=4,8", "--n=50"),
    "gmm-speciation": ("--d=16", "--pairs=10"),
    "images": ("--data", "x.npy"),
    "late-start": ("--data", "x.npy", "--samples=4", "--kl-samples=4", "--replicates=4", "--steps=5"),
    "memorization": ("--data", "x.npy", "--samples", "s.npy"),
    "phi": (*DATA, "--samples=4"),
    "regimes": (*DATA, "--samples=4", "--clones=4", "--paths=4", "--path-steps=4"),
    "score": (*DATA, "--states", "s.npy", "--t=0.5"),
    "symmetry": (*DATA, "--starts=2", "--paths=4", "--steps=10"),
    "trajectory": (*DATA, "--paths=3", "--steps=3"),
    "uturn": (*DATA, "--paths=4", "--steps=2"),
}
# What is of all alike, or is a question of the data.
LEFT_OUT = {"checkpoint", "every", "format", "from", "out", "plot", "progress", "quiet", "seed", "threads", "data", "labels",
            "states", "samples", "test", "csv", "schedule", "classes", "read-as", "pad", "image", "in-place"}
# trajectory says where paths begin if no --t-start is given: an end beyond it is no time to end at.
REFUSED = {("trajectory", "t-end"), ("regimes", "clones")}
NUMBERS = ("1", "3", "8", "60", "0.01", "1e-6")


class Presets(DriverTest):
    def setUp(self):
        super().setUp()
        rows = [[8 * (i % 2) + (i * (j + 3)) % 7 for j in range(64)] for i in range(24)]
        for name, some in (("x.npy", rows), ("s.npy", rows[:5])):
            flat = sum(some, [])
            npy(self.path(name), (len(some), 64), "<f8", struct.pack("<%dd" % len(flat), *flat))
        npy(self.path("y.npy"), (24,), "|u1", bytes(i % 2 for i in range(24)))

    def options(self, command):
        """Names and metavariables."""
        text = self.succeeds(command, "-h", out=False).stdout
        return re.findall(r"^  --([a-z0-9-]+)(?: (\S+))?", text, flags=re.M)

    def values(self, metavariable):
        """Of a number, a list of numbers, or words."""
        if metavariable == "" or "|" in metavariable:
            return metavariable.split("|")
        return NUMBERS

    def one(self, command, name, value):
        """Works, or is refused by a line that names no option but this one, and those that the run was given."""
        base = [word for word in BASE[command] if not word.startswith("--%s=" % name)]
        option = "--%s=%s" % (name, value) if value else "--" + name
        done = self.run_it(command, *base, option, *(() if command == "images" else ("--plot=none", "--threads=1")))
        shutil.rmtree(self.out, ignore_errors=True)
        if done.returncode == 0:
            return True
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), (command, option, done.stderr))
        given = {word.split("=")[0] for word in base if word.startswith("--")}
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", done.stderr.split(": ", 1)[1])) - given
        if (command, name) not in REFUSED:
            self.assertLessEqual(named, {"--" + name}, (command, option, done.stderr))
        self.assertIn(name, done.stderr, (command, option, done.stderr))
        return False

    def test_each_option_alone(self):
        listed = re.findall(r"^  ([a-z][a-z-]+) {2,}\S", self.succeeds("--help", out=False).stdout, flags=re.M)
        self.assertEqual(sorted(listed), sorted(BASE))
        tried = good = 0
        for command in BASE:
            for name, metavariable in self.options(command):
                if name in LEFT_OUT | {"help", "version"}:
                    continue
                for value in self.values(metavariable):
                    with self.subTest(command + " --" + name + " " + value):
                        good += self.one(command, name, value)
                        tried += 1
        self.assertGreater(tried, 400)
        self.assertGreater(good, tried / 2)


    def test_what_presets_become(self):
        """It is recorded, and repeated from the record."""
        for command, option, chosen in (("regimes", "--times=8", {"clone-times": 8}),
                                        ("regimes", "--clone-times=40", {"times": 40}),
                                        ("regimes", "--seed=3", {"times": 32, "clone-times": 10}),
                                        ("uturn", "--t-max=0.02", {"t-min": 0.002, "t-max": 0.02, "t-end": 1e-4}),
                                        ("uturn", "--t-min=5e-5", {"t-min": 5e-5, "t-end": 5e-6}),
                                        ("branch", "--t-end=0.3", {"t-min": 0.6, "t-end": 0.3}),
                                        ("generalization", "--t-max=0.01", {"t-min": 0.002, "t-max": 0.01}),
                                        ("generalization", "--t-min=6", {"t-min": 6, "t-max": 60}),
                                        ("foreign-score", "--t-max=0.02", {"t-min": 0.002}),
                                        ("uturn", "--schedule=ddpm:5", {"t-max": 4}),
                                        ("generalization", "--schedule=ddpm:5", {"t-max": 4}), ("foreign-score", "--schedule=ddpm:5", {"t-max": 4}),
                                        ("foreign-score", "--n=3", {"rank": 0}), ("regimes", "--schedule=ddpm:5", {"t-max": 4}),
                                        ("late-start", "--n=20", {"features": 20}),
                                        ("phi", "--t-max=0.01", {"t-max": 0.01})):
            with self.subTest(command + " " + option):
                self.succeeds(command, *BASE[command], option, "--plot=none", "--quiet", "--threads=1")
                name = next(name for name in sorted(os.listdir(self.out)) if name.endswith(".csv"))
                with open(os.path.join(self.out, name), encoding="utf-8") as f:
                    text = f.read()
                found = json.loads(re.search("^# chosen: (.*)$", text, flags=re.M)[1])
                for key, value in chosen.items():
                    self.assertAlmostEqual(found[key], value, delta=1e-9 * value, msg=key)
                self.assertEqual(self.succeeds(command, "--from", os.path.join(self.out, name), "--plot=none", "--quiet",
                                               "--threads=1").stderr, "")
                with open(os.path.join(self.out, name), encoding="utf-8") as f:
                    self.assertEqual(f.read(), text)
                shutil.rmtree(self.out)

    def test_more_classes_than_points_that_are_taken(self):
        """One of each class then: images takes 100 points, and would have named --n to those who did not give it."""
        npy(self.path("many.npy"), (300, 64), "|u1", bytes(i * 7 % 256 for i in range(300 * 64)))
        npy(self.path("each.npy"), (300,), "<i4", struct.pack("<300i", *(i // 2 for i in range(300))))
        self.assertIn("150 points of 8x8", self.succeeds("images", "--data", "many.npy", "--labels", "each.npy").stdout)
        self.refuses("--n = 20 is less than the number of classes, 150", "images", "--data", "many.npy", "--labels", "each.npy",
                     "--n=20")


if __name__ == "__main__":
    run_driver.main()

"""The pictures of all commands: gnuplot has nothing to say, panels have tags and labels, legends stand outside of the
axes, no measured point lies beyond an axis."""
import os
import random
import re
import shutil
import struct
import subprocess
import unittest

import run_driver
from run_driver import DriverTest, npy

FEW = ("--samples", 32, "--times", 5)
LATE = ("--samples=8", "--features=2", "--kl-samples=8")


@unittest.skipIf(shutil.which("gnuplot") is None, "no gnuplot")
class Pictures(DriverTest):
    def clusters(self, name):
        """60 labelled images of 8 x 8 around two means; the name of the file is long."""
        draw = random.Random(5)
        values = [draw.gauss(1 - 2 * (i % 2), 1) for i in range(60) for _ in range(64)]
        return ("--data", npy(self.path(name + "-" * 120 + ".npy"), (60, 64), "<f8", struct.pack("<3840d", *values)),
                "--labels", npy(self.path("y.npy"), (60,), "<i4", struct.pack("<60i", *(i % 2 for i in range(60)))))

    def table(self, script, folder):
        """What gnuplot draws with points: the lines of its tables, in order and as plain numbers, whose last letter says
        what is out of range."""
        lines = ["set terminal unknown"]
        for k, command in enumerate(re.sub(r"\\\n", " ", script).split("\n")):
            if re.match("set (terminal|multiplot|output)|unset (multiplot|output)|if |set format", command):
                continue
            if command.startswith("plot") and re.search("with (yerror|points)", command):
                # a table of lines with bars has no bars
                bars = command.replace("yerrorlines", "yerrorbars")
                lines += [f"set table 'points{k:04}.txt'", bars, "unset table"]
            elif not command.startswith("plot"):
                lines.append(command)
        done = subprocess.run(["gnuplot"], input="\n".join(lines), cwd=folder, text=True, capture_output=True, check=True)
        self.assertNotIn("warning: Skipping", done.stderr)
        for name in sorted(os.listdir(folder)):
            if name.startswith("points") and name.endswith(".txt"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    yield f.read()

    def panels_are_good(self, name, script):
        panels = script.split("eval fresh\n")[1:]
        for k, panel in enumerate(panels):
            self.assertEqual(f"set label '({chr(ord('a') + k)})'" in panel, len(panels) > 1, (name, k))
            if "unset border" not in panel:
                self.assertRegex(panel, "set xlabel '.+'", name)
            margin = {m: float(v) for m, v in re.findall(r"set ([lrtb])margin at screen ([\d.]+)", panel)}
            for x, y in re.findall(r"set key at screen ([\d.]+), screen ([\d.]+)", panel):
                self.assertTrue(float(y) > margin["t"] or float(x) > margin["r"], (name, k))
        self.assertNotIn("set key top", script)
        note = re.search(r'^set label "(.*)" at .*#444444', script, re.MULTILINE)
        inches = float(re.search(r"^set terminal .* size ([\d.]+)\*dpi", script, re.MULTILINE)[1])
        if note:  # letters are 1.45 mm wide
            self.assertLess(1.45 * len(re.sub("[_^{}]", "", note[1])), 25.4 * inches, note[1])

    def draws(self, *args):
        done = self.succeeds(*args, "--out", self.out, out=False)
        self.assertEqual(done.stderr, "", args)
        scripts = [name for name in sorted(os.listdir(self.out)) if name.endswith(".gp")]
        self.assertTrue(scripts, args)
        for name in scripts:
            with open(os.path.join(self.out, name), encoding="utf-8") as f:
                script = f.read()
            self.panels_are_good(name, script)
            for text in self.table(script, self.out):
                for line in text.splitlines():
                    # x, y, both ends of the bar, and whether the point is in range; lines may leave it
                    if len(line.split()) == 5 and line.endswith(" o"):
                        self.fail(f"{name}: a point out of range: {line}")
        shutil.rmtree(self.out)

    def test_theory(self):
        self.draws("curse")
        self.draws("flows", "--height=32")
        self.draws("gmm-speciation", "--d=16,64", "--pairs=50", "--t-max=4")
        self.draws("gmm-speciation", "--d=16", "--method=closed", "--t-max=1")
        self.draws("gmm-collapse", "--n=200", "--d=16,32", *FEW)
        self.draws("symmetry", "--paths=20", "--steps=50")

    def test_data(self):
        data = self.clusters("x")
        self.draws("regimes", *data, "--samples=16", "--clones=4", "--times=8", "--clone-times=3", "--paths=8")
        self.draws("regimes", *data, "--samples=16", "--clones=4", "--times=8", "--clone-times=3", "--paths=8",
                   "--schedule=vp")
        self.draws("uturn", *data, "--paths=20", "--times=2")
        self.draws("uturn", "--paths=20", "--times=3", "--clones")
        self.draws("generalization", *data, "--pairs=16", *FEW)
        self.draws("branch", *data, "--paths=20", "--times=3")
        self.draws("phi", *data, *FEW)
        self.draws("collapse", *data, *FEW, "--schedule=ddpm")
        self.draws("trajectory", *data, "--from-data", "--paths=3", "--steps=5")
        self.draws("trajectory", *data, "--paths=2", "--steps=5", "--image=none", "--schedule=edm")
        self.draws("foreign-score", *data, "--pairs=16", "--steps=10", *FEW)
        self.draws("late-start", *data, *LATE, "--steps=4", "--starts=400")
        self.draws("memorization", "--data", data[1], "--samples", data[1])
        self.draws("symmetry", *data, "--paths=20", "--steps=50", "--starts=2")

    def test_many_curves(self):
        """Points of one start stand side by side, bars that reach 0 end at the axis, and a mark says so."""
        self.succeeds("late-start", *self.clusters("x"), *LATE, "--steps=4,5,6", "--starts=100,500,900", "--out", self.out,
                      out=False)
        with open(os.path.join(self.out, "late_start.gp"), encoding="utf-8") as f:
            script = f.read()
        panels = [[line.split() for line in text.splitlines() if line and line[0] != "#"]
                  for text in self.table(script, self.out)]
        self.assertEqual(len(panels), 7)
        cut = 0
        for panel, least in zip(panels, re.findall(r"^least = (.*)", script, re.MULTILINE)):
            x = [row[0] for row in panel if len(row) == 5 and row[4] == "i"]
            self.assertTrue(len(x) == len(set(x)) == 9 or panel is panels[-1], x)
            ends = sum(len(row) == 5 and row[4] == "i" and float(row[2]) == float(least) for row in panel)
            marks = sum(len(row) == 3 and float(row[1]) == float(least) for row in panel)
            self.assertEqual(ends, marks)
            cut += marks
        self.assertGreater(cut, 0)
        for text in ("'knee'", "goes on below the axis", "'6 steps'"):
            self.assertIn(text, script)

    def test_units_of_times(self):
        """Axes say what times of a schedule are; a strip of images has its times, and others have no panel of them."""
        data = self.clusters("x")
        for schedule, label in (("edm", "t (σ of the schedule edm, data units)"), ("vp", "t (time of the schedule vp)"),
                                ("ddpm", "t (index of the schedule ddpm)")):
            self.assertIn(label, self.script("phi", *data, *FEW, "--schedule", schedule))
        script = self.script("trajectory", *data, "--from-data", "--paths=3", "--steps=5", "--t-start=1.25", "--image=8x8")
        self.assertRegex(script, r"set label 't' at .*\n(set label 'path \d' .*\n){3}set label '0' at ")
        self.assertIn("set label '1.25' at ", script)
        self.assertNotIn("path 0", self.script("trajectory", *data, "--paths=3", "--steps=5", "--image=none"))

    def test_pixels(self):
        """Those of images in an SVG are not smoothed by who shows it."""
        self.succeeds("trajectory", *self.clusters("x"), "--paths=2", "--steps=3", "--plot=svg", "--quiet", "--out", self.out,
                      out=False)
        with open(os.path.join(self.out, "trajectory.svg"), encoding="utf-8") as f:
            images = re.findall(r"<image ([^>]*?)xlink:href", f.read())
        self.assertEqual(len(images), 1)
        self.assertIn("image-rendering:pixelated", images[0])

    def test_copies_alone(self):
        """A distribution of one number is a step, for which gnuplot has no line."""
        x = self.clusters("x")[1]
        script = self.script("memorization", "--data", x, "--samples", x, "--image=none")
        self.assertEqual(len(re.findall(r"^set arrow from 0,0 to 0,1 nohead front linestyle 11 ", script, re.MULTILINE)), 2)

    def test_tics_of_a_decade(self):
        """An axis of a decade or two has more tics than its powers of ten, which panels without numbers have, too."""
        script = self.script("late-start", *self.clusters("x"), *LATE, "--steps=4", "--starts=900,950,990")
        tics = re.findall(r"^set ytics \((.*)\)$", script, re.MULTILINE)
        least, most = map(float, re.findall(r"^least = (.*)\nset yrange \[least:([\d.e+-]+)\]", script, re.MULTILINE)[0])
        self.assertLess(most, 300 * least)
        self.assertEqual(len(tics), 6)
        self.assertGreater(len(tics[0].split(", ")), 3)

    def script(self, *args):
        self.succeeds(*args, "--plot=none", "--quiet", "--out", self.out, out=False)
        name = [name for name in os.listdir(self.out) if name.endswith(".gp")][0]
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            text = f.read()
        shutil.rmtree(self.out)
        return text

    def test_texts_at_axes(self):
        """Numbers at tics have the decimals that they need, and at times no bare point."""
        data = self.clusters("x")
        for low, tics in ((1e-3, "'0.001' 0.001, '0.01' 0.01, '0.1' 0.1, '1' 1"),
                          (0.1, "'0.1' 0.1, '0.2' 0.2, '0.5' 0.5, '1' 1"),
                          (1e-5, "'10^{-5}' 1e-05, '10^{-4}' 0.0001, '10^{-3}' 0.001, '10^{-2}' 0.01")):
            self.assertIn("set xtics (" + tics, self.script("phi", *data, *FEW, "--t-min", low, "--t-max=4"))
        script = self.script("regimes", *data, "--samples=16", "--clones=0", "--times=8", "--clone-times=3", "--paths=8",
                             "--schedule=ddpm")
        self.assertRegex(script, r"t_S = \d+'")

    def test_no_regimes(self):
        """Where phi_C does not change with t there are none, and none are shaded over each other."""
        one = npy(self.path("one.npy"), (3, 4), "<f8", struct.pack("<12d", *range(1, 5), *range(1, 5), *range(1, 5)))
        script = self.script("regimes", "--data", one, "--samples=16", "--clones=0", "--times=8", "--clone-times=3",
                             "--paths=8")
        self.assertNotRegex(script, "memorization|random noise|set object rectangle")


if __name__ == "__main__":
    run_driver.main()

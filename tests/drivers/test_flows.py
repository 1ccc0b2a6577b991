"""The driver flows: flows of the first talk and the Mandelbrot set."""
import os
import re
import signal
import subprocess
import time

import run_driver
from run_driver import DriverTest


class Flows(DriverTest):
    def test_area_is_within_its_error(self):
        """Points that leave late do not count as inside: 200 steps alone give 1.528, 30 errors of pixels too much."""
        done = self.succeeds("--height", 600, "--steps", 200)
        area, error = map(float, re.search(r"area (\S+) ± (\S+)", done.stdout).groups())
        self.assertLess(abs(area - 1.5066), 2 * error)
        self.assertLess(error, 0.006)

    def test_numbers(self):
        done = self.succeeds("--height", 120, "--steps", 200)
        self.assertIn("x* = -1 (stable, f' = -2), x* = 1 (unstable, f' = 2)", done.stdout)
        errors = [float(e) for e in re.findall(r"(?:error of x\(t\)|passage times) (\S+?)[;,]",
                                               done.stdout)]
        self.assertEqual(len(errors), 2)
        self.assertLess(max(errors), 1e-8)
        r = float(re.search(r"saddle-node at r = (\S+)", done.stdout).group(1))
        self.assertLess(abs(r), 1e-9)
        area, error = map(float, re.search(r"area (\S+) ± (\S+)", done.stdout).groups())
        self.assertLess(abs(area - 1.5066), 3 * error)
        self.assertLess(error, 0.02)
        for line in run_driver.csv_lines(self.path("out/saddle_node.csv"))[1:]:
            r, stable, unstable = line.split(",")
            self.assertAlmostEqual(float(stable), -(-float(r)) ** 0.5, places=6)
            self.assertAlmostEqual(float(unstable), (-float(r)) ** 0.5, places=6)
        for name in ("flows.gp", "mandelbrot.gp", "flow.csv", "passage.csv", "mandelbrot.csv"):
            self.assertTrue(os.path.getsize(self.path("out/" + name)) > 100)

    def test_bad_options(self):
        self.refuses("--height = 99999", "--height", 99999)
        self.refuses("--steps = 0", "--steps", 0)
        self.refuses("--tolerance = 1", "--tolerance", 1)
        self.refuses("unknown option --size", "--size", 3)
        self.refuses("cannot create folder", "--out", "/proc/x", out=False)

    def test_interrupt(self):
        """A signal ends the program in its own loop too, which no call of the library could stop."""
        with subprocess.Popen([*run_driver.PROGRAM, "--height", "8192", "--steps", "1000000", "--out", self.out],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            time.sleep(1.0)
            self.assertIsNone(running.poll())
            running.send_signal(signal.SIGTERM)
            output, errors = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 143)
        self.assertIn("interrupted", errors)
        self.assertEqual(output, "")

    def test_full_disk(self):
        self.refuses("cannot write", "--height", 120, "--steps", 50, file_limit=4096)


run_driver.main()

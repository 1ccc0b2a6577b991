"""doc/examples/memorization on small data: numbers against a search by hand, images, files, bad input."""
import json
import math
import os
import random
import struct

import run_driver
from run_driver import DriverTest, npy, png

SIDE = 8


class Memorization(DriverTest):
    def setUp(self):
        super().setUp()
        self.sheet = os.path.join(self.out, "memorization_images.png")

    def points(self, name, rows, descr="<f8"):
        flat = [v for row in rows for v in row]
        payload = bytes(flat) if descr == "|u1" else struct.pack("<%d%s" % (len(flat), descr[1:].replace(
            "f8", "d").replace("f4", "f")), *flat)
        return npy(self.path(name), (len(rows), len(rows[0])), descr, payload)

    def images(self, seed, count, shape):
        """Smooth bytes in that shape, as ...xYxX or YxXx3."""
        rng = random.Random(seed)
        rows = []
        for _ in range(count):
            a, b, c = (rng.uniform(0.2, 0.9) for _ in range(3))
            value = {}
            for y in range(SIDE):
                for x in range(SIDE):
                    for k in range(3):
                        value[k, y, x] = int(127 + 100 * math.sin(a * x + b * y + c + 2 * k))
            order = ([(k, y, x) for k in range(3) for y in range(SIDE) for x in range(SIDE)] if shape == "planes"
                     else [(k, y, x) for y in range(SIDE) for x in range(SIDE) for k in range(3)])
            rows.append([value[key] for key in order])
        return rows

    def table(self, name):
        return [{k: float(v) for k, v in row.items()} for row in run_driver.csv_rows(os.path.join(self.out, name))]

    def json(self):
        with open(os.path.join(self.out, "memorization.json"), encoding="utf-8") as f:
            return json.load(f)

    def by_hand(self, points, samples, kappa):
        """index, d1, d2 of each sample, and the share below kappa."""
        rows = []
        for s in samples:
            near = sorted((math.dist(s, p), i) for i, p in enumerate(points))
            first = near[0]
            second = next(d for d, i in near if points[i] != points[first[1]])
            rows.append((first[1], first[0], second))
        return rows, sum(d1 < kappa * d2 for _, d1, d2 in rows) / len(rows)

    def test_numbers(self):
        rng = random.Random(1)
        points = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(50)]
        points += points[:20]
        samples = [[v + 0.05 * rng.gauss(0, 1) for v in points[i]] for i in range(30)]
        samples += [[rng.gauss(0, 1) for _ in range(3)] for _ in range(30)]
        fresh = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(80)]
        files = ("--data", self.points("x.npy", points), "--samples", self.points("s.npy", samples))
        for kappa, *more in ((1 / 3,), (0.5, "--kappa=0.5", "--test", self.points("t.npy", fresh))):
            done = self.succeeds(*files, *more)
            want, share = self.by_hand(points, samples, kappa)
            for got, (index, d1, d2) in zip(self.table("memorization.csv"), want, strict=True):
                self.assertEqual(got["index"], index)
                self.assertAlmostEqual(got["d1"], d1, delta=1e-13)
                self.assertAlmostEqual(got["d2"], d2, delta=1e-13)
            found = self.json()
            self.assertEqual((found["n"], found["d"], found["samples"], found["kappa"]), (70, 3, 60, kappa))
            f = found["f_mem"]
            self.assertEqual(f["value"], share)
            self.assertTrue(0 < f["low"] < share < f["high"] < 1)
            for name, which in (("d1", 1), ("d2", 2)):
                ordered = sorted(row[which] for row in want)
                self.assertAlmostEqual(found[name]["q50"]["value"], (ordered[29] + ordered[30]) / 2, delta=1e-13)
                self.assertGreater(found[name]["q50"]["error"], 0)
                # P(Bin(60, 1/2) < 22) = 0.014, P(Bin(60, 1/2) < 23) = 0.026: theory.md (92)
                part = 0.953845313533062
                for end, first, second in (("low", 21, 22), ("high", 38, 37)):
                    between = ordered[first] + part * (ordered[second] - ordered[first])
                    self.assertAlmostEqual(found[name]["q50"][end], between, delta=1e-9)
                self.assertIsNone(found[name]["q05"]["low"])
                self.assertLess(found[name]["q05"]["value"], found[name]["q95"]["value"])
            self.assertIn("samples        60  %.4f" % share, done.stdout)
            self.assertFalse(os.path.exists(self.sheet))
        test = found["test"]
        self.assertEqual((test["samples"], test["f_mem"]["value"]), (80, self.by_hand(points, fresh, 0.5)[1]))
        self.assertEqual(len(self.table("memorization_test.csv")), 80)
        self.assertIn("test           80", done.stdout)

    def test_images(self):
        """Bytes are scaled as the points are; the sheet shows each sample above its point, in both orders of colours."""
        sheets = set()
        for shape in ("planes", "pixels"):
            points = self.images(1, 40, shape)
            samples = [[min(v + 1, 255) for v in points[i]] for i in (7, 3, 21)]
            self.succeeds("--data", self.points("x.npy", points, "|u1"), "--samples",
                          self.points("s.npy", samples, "|u1"))
            self.assertEqual([row["index"] for row in self.table("memorization.csv")], [7, 3, 21])
            self.assertAlmostEqual(self.table("memorization.csv")[0]["d1"], math.sqrt(3 * SIDE * SIDE) / 127.5,
                                   delta=1e-12)
            self.assertEqual(self.json()["f_mem"]["value"], 1)
            width, height, channels, pixels = png(self.sheet)
            self.assertEqual((width, height, channels), (3 * SIDE + 4, 2 * SIDE + 2, 3))
            colour = {(x, y): pixels[3 * (y * width + x):][:3] for x in range(width) for y in range(height)}
            self.assertEqual(colour[SIDE, 0], b"\xff\xff\xff")
            for x in range(SIDE):
                for y in range(SIDE):
                    for up, down in zip(colour[x, y], colour[x, y + SIDE + 2]):
                        self.assertLessEqual(abs(up - down), 3)
            sheets.add(pixels)
            with open(os.path.join(self.out, "memorization.png"), "rb") as f:
                self.assertEqual(f.read(4), b"\x89PNG")
        self.assertEqual(len(sheets), 1)  # the same pictures, however they are stored
        self.succeeds("--data", self.points("x.npy", points, "|u1"), "--samples",
                      self.points("s.npy", samples, "|u1"), "--image=12x16")
        self.assertEqual(png(self.sheet)[:3], (3 * 16 + 4, 26, 1))

    def test_units(self):
        points = self.images(1, 40, "planes")
        unit = [[v / 255 for v in row] for row in points[:5]]
        done = self.succeeds("--data", self.points("x.npy", points, "|u1"), "--samples",
                             self.points("s.npy", unit, "<f4"))
        self.assertIn("no negative numbers", done.stderr)
        done = self.succeeds("--data", self.points("x.npy", points, "|u1"), "--scale=unit", "--samples",
                             self.points("s.npy", unit, "<f4"))
        self.assertEqual(done.stderr, "")
        self.assertLess(self.json()["d1"]["q50"]["value"], 1e-5)

    def test_copies_of_all_points(self):
        """Samples at distance 0 leave the picture a range: gnuplot has nothing to warn of."""
        x = self.points("x.npy", [[0, 1.0], [2, 3], [4, 4]])
        done = self.succeeds("--data", x, "--samples", x)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.json()["f_mem"]["value"], 1)

    def test_threads_do_not_matter(self):
        rng = random.Random(2)
        points = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(400)]
        files = ("--data", self.points("x.npy", points), "--samples", self.points("s.npy", points[::7]))
        seen = set()
        for threads in (1, 2, 3):
            self.succeeds(*files, "--threads", threads)
            seen.add(run_driver.measured(os.path.join(self.out, "memorization.csv")))
        self.assertEqual(len(seen), 1)

    def test_bad_input(self):
        x = self.points("x.npy", [[0, 1.0], [2, 3], [4, 4]])
        same = self.points("same.npy", [[1.0, 1], [1, 1]])
        for text, *args in (
                ("--data FILE is missing", "--samples", x),
                ("--samples FILE is missing", "--data", x),
                ("--kappa = 1.5 is outside", "--data", x, "--samples", x, "--kappa=1.5"),
                ("--samples: ", "--data", x, "--samples", self.points("s.npy", [[1.0, 2, 3]])),
                ("--test: ", "--data", x, "--samples", x, "--test", self.points("s.npy", [[1.0, 2, 3]])),
                ("--image 3x3 has 9 numbers, the points have 2", "--data", x, "--samples", x, "--image=3x3"),
                ("--image 2 is not like", "--data", x, "--samples", x, "--image=2"),
                ("--image 2x1x5 is not like", "--data", x, "--samples", x, "--image=2x1x5"),
                ("are equal", "--data", same, "--samples", x),
                ("nowhere", "--data", x, "--samples", "nowhere")):
            with self.subTest(text):
                self.refuses(text, *args)


if __name__ == "__main__":
    run_driver.main()

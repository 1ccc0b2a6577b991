"""The commands trajectory and score: arrays against sums by hand, files, refusals."""
import json
import math
import os
import re
import random
import struct

import run_driver
from run_driver import DriverTest, npy


def read_npy(path):
    """Shape and numbers of a file of doubles."""
    with open(path, "rb") as f:
        data = f.read()
    length = struct.unpack("<H", data[8:10])[0]
    header = data[10:10 + length].decode()
    assert data[:8] == b"\x93NUMPY\x01\x00" and (10 + length) % 64 == 0 and header.endswith("\n")
    assert "'descr': '<f8'" in header and "'fortran_order': False" in header
    shape = [int(k) for k in header.split("(")[1].split(")")[0].split(",") if k.strip()]
    numbers = struct.unpack("<%dd" % math.prod(shape), data[10 + length:])
    return shape, numbers


class States(DriverTest):
    def points(self, d, n=30):
        draw = random.Random(3)
        self.y = [[draw.gauss(6 * (i % 2) - 3, 1) for _ in range(d)] for i in range(n)]
        return (npy(self.path("x.npy"), (n, d), "<f8", struct.pack("<%dd" % (n * d), *sum(self.y, []))),
                npy(self.path("y.npy"), (n,), "<i4", struct.pack("<%di" % n, *(i % 2 for i in range(n)))))

    def read(self, name):
        return read_npy(os.path.join(self.out, name))

    def test_score(self):
        """Against the sums over the points, for two clocks of one noise level."""
        x, y = self.points(3)
        states = [[0.3, -0.2, 1.0], [-2.0, -3.0, -2.5]]
        tau = 0.4
        a, s = math.exp(-tau), math.sqrt(-math.expm1(-2 * tau))
        for schedule, t, scale in (("ou", tau, 1), ("edm", math.sqrt(math.expm1(2 * tau)), math.exp(tau))):
            noisy = npy(self.path("s.npy"), (2, 3), "<f8", struct.pack("<6d", *(scale * v for v in sum(states, []))))
            self.succeeds("score", "--data", x, "--labels", y, "--states", noisy, "--t", "%.17g" % t, "--schedule",
                          schedule)
            table = self.rows("score.csv")
            for r, state in enumerate(states):
                logits = [-sum((u - a * v) ** 2 for u, v in zip(state, p)) / (2 * s * s) for p in self.y]
                top = max(logits)
                total = sum(math.exp(v - top) for v in logits)
                w = [math.exp(v - top) / total for v in logits]
                mean = [sum(wi * p[j] for wi, p in zip(w, self.y)) for j in range(3)]
                log_p = top + math.log(total / len(self.y)) - 1.5 * math.log(2 * math.pi * s * s) - 3 * math.log(scale)
                entropy = -sum(v * math.log(v) for v in w if v > 0)
                for j in range(3):
                    score = (a * mean[j] - state[j]) / (s * s) / scale
                    self.assertAlmostEqual(self.read("denoiser.npy")[1][3 * r + j], mean[j], delta=1e-9)
                    self.assertAlmostEqual(self.read("score.npy")[1][3 * r + j], score, delta=1e-9)
                self.assertAlmostEqual(self.read("log_p.npy")[1][r], log_p, delta=1e-9)
                self.assertAlmostEqual(self.read("entropy.npy")[1][r], entropy, delta=1e-9)
                self.assertAlmostEqual(self.read("classes.npy")[1][2 * r + 1],
                                       sum(v for i, v in enumerate(w) if i % 2), delta=1e-9)
                self.assertEqual(int(table[r]["nearest"]), max(range(30), key=lambda i: logits[i]))
        self.assertEqual(self.read("score.npy")[0], [2, 3])
        self.assertEqual(self.read("entropy.npy")[0], [2])

    def test_from_noise(self):
        x, y = self.points(2)
        self.succeeds("trajectory", "--data", x, "--labels", y, "--paths=5", "--steps=10", "--t-end=0.002")
        shape, numbers = self.read("trajectory.npy")
        self.assertEqual(shape, [11, 5, 2])
        with open(os.path.join(self.out, "trajectory.json"), encoding="utf-8") as f:
            times = json.load(f)["columns"]["t"]["values"]
        self.assertEqual((len(times), times[0], times[-1]), (11, 6, 0.002))
        self.assertEqual(times, sorted(times, reverse=True))
        for r, row in enumerate(self.rows("trajectory_paths.csv")):
            end = numbers[10 * 10 + 2 * r:10 * 10 + 2 * r + 2]  # at a small time: close to its point
            self.assertLess(math.dist(end, self.y[int(row["end"])]), 0.4)
            self.assertEqual(int(row["label"]), int(row["end"]) % 2)
            self.assertEqual(row["start"], "")
        paths = self.rows("trajectory.csv")
        self.assertEqual(len(paths), 55)
        self.assertEqual([float(paths[21]["q1"]), float(paths[21]["q2"])], list(numbers[10 * 10 + 2:10 * 10 + 4]))

    def ways(self):
        """What the script draws by lines: of so many states of a path those up to or from one, in that style."""
        with open(os.path.join(self.out, "trajectory.gp"), encoding="utf-8") as f:
            return re.findall(r"\$1 == p && int\(column\(0\)\) % (\d+) (.=) (\d+) \?.* linestyle (\d+)", f.read())

    def test_from_data(self):
        """Forward from the points themselves; both legs meet in one state; the same for any number of threads."""
        x, _ = self.points(4)
        seen = set()
        for threads in (1, 2):
            self.succeeds("trajectory", "--data", x, "--from-data", "--paths=3", "--steps=6", "--schedule=ddpm",
                          "--threads", threads)
            shape, numbers = self.read("trajectory.npy")
            seen.add(numbers)
        self.assertEqual(len(seen), 1)
        self.assertEqual(shape, [14, 3, 4])
        starts = [int(row["start"]) for row in self.rows("trajectory_paths.csv")]
        self.assertEqual(starts, [0, 10, 20])
        self.assertEqual(list(numbers[:12]), sum((self.y[i] for i in starts), []))
        with open(os.path.join(self.out, "trajectory.json"), encoding="utf-8") as f:
            columns = json.load(f)["columns"]
        times, legs, tau = (columns[name]["values"] for name in ("t", "leg", "t_ou"))
        self.assertEqual(times[0], -1)
        self.assertEqual(legs, [0] * 8 + [1] * 6)
        self.assertEqual(times[1:8], times[7:][::-1])
        self.assertEqual((tau[0], tau[1:8]), (0, sorted(tau[1:8])))
        # Each way is drawn in its own style alone, from or up to the state where they meet; so is the one from noise.
        self.assertEqual(self.ways(), [("14", "<=", "7", "11"), ("14", ">=", "7", "12")])
        self.succeeds("trajectory", "--data", x, "--paths=3", "--steps=6", "--plot=none")
        self.assertEqual(self.ways(), [("7", ">=", "0", "12")])
        # Fresh noise on the way back: in the first step it is not that of a step on the way there.
        there = [u - v for u, v in zip(numbers[7 * 12:8 * 12], numbers[6 * 12:7 * 12])]
        back = [v - u for u, v in zip(numbers[7 * 12:8 * 12], numbers[8 * 12:9 * 12])]
        self.assertGreater(max(abs(u + v) for u, v in zip(there, back)), 0.1)

    def test_input_is_not_replaced(self):
        """An output of the name of a file that the run reads."""
        x, _ = self.points(3)
        own = os.path.join(self.out, "trajectory.npy")
        os.makedirs(self.out, exist_ok=True)
        os.rename(x, own)
        with open(own, "rb") as f:
            before = f.read()
        self.refuses("is read by this run", "trajectory", "--data", own, "--steps=4", "--plot=none")
        with open(own, "rb") as f:
            self.assertEqual(f.read(), before)

    def test_methods_and_strip(self):
        n, d = 12, 64
        pixels = bytes((7 * i * i + 13 * j) % 256 for i in range(n) for j in range(d))
        x = npy(self.path("i.npy"), (n, 8, 8), "|u1", pixels)
        for method in ("exact", "ancestral", "ddim", "euler", "heun", "edm-heun", "pndm", "multistep2", "adaptive"):
            self.succeeds("trajectory", "--data", x, "--method", method, "--steps=8", "--paths=2", "--plot=none")
        with open(os.path.join(self.out, "trajectory_strip.png"), "rb") as f:
            head = f.read(24)
        # 9 times side by side, 2 paths below each other, 2 pixels between.
        self.assertEqual(struct.unpack(">II", head[16:24]), (9 * 10 - 2, 2 * 10 - 2))

    def test_one_dimension(self):
        x, _ = self.points(1)
        done = self.succeeds("trajectory", "--data", x, "--steps=20", "--schedule=vp")
        self.assertIn("of the schedule vp", done.stdout)
        self.assertNotIn("q2", self.rows("trajectory.csv")[0])

    def test_ends(self):
        """Of each schedule: what is said of its noisy end is a cure; an end that is given chooses no other one."""
        x, _ = self.points(3)
        for schedule, last in (("flow", "1"), ("zero-snr:ddpm:100", "99"), ("zero-snr:cosine:50", "49")):
            done = self.refuses("--t-start = %s is pure noise" % last, "trajectory", "--data", x, "--schedule", schedule,
                                "--t-start", last)
            cure = done.stderr.split(": take ")[1].split(",")[0]
            self.succeeds("trajectory", "--data", x, "--schedule", schedule, "--t-start", cure, "--steps=4", "--plot=none")
            for command in ("uturn", "regimes", "collapse"):
                self.refuses("--t-max = %s is pure noise" % last, command, "--data", x, "--schedule", schedule, "--t-max",
                             last)
            self.succeeds("score", "--data", x, "--states", x, "--schedule", schedule, "--t", last)
        self.refuses("--t-end = 7 is not below --t-start = 6, where paths begin if no other is given (OU units)",
                     "trajectory", "--data", x, "--t-end=7")
        self.refuses("--t-end = 7 is not below --t-start = ", "trajectory", "--data", x, "--t-end=7", "--from-data")
        self.succeeds("trajectory", "--data", x, "--t-end=7", "--t-start=9", "--steps=4", "--plot=none")
        self.succeeds("trajectory", "--data", x, "--t-start=0.0005", "--steps=4", "--plot=none")

    def test_refusals(self):
        x, _ = self.points(3)
        wide = npy(self.path("w.npy"), (2, 4), "<f8", bytes(64))
        for text, *args in (
                ("--states FILE is missing", "score", "--data", x, "--t=1"),
                ("--t T is missing", "score", "--data", x, "--states", x),
                ("--states: %s has 4 numbers a row, the points have 3" % wide, "score", "--data", x, "--states", wide,
                 "--t=1"),
                ("--t = 0 is outside", "score", "--data", x, "--states", x, "--t=0"),
                ("nowhere", "score", "--data", x, "--states=nowhere", "--t=1"),
                ("--data FILE is missing", "trajectory"),
                ("is not one of exact|", "trajectory", "--data", x, "--method=magic"),
                ("is not below --t-start", "trajectory", "--data", x, "--t-end=2", "--t-start=1"),
                ("--paths = 0", "trajectory", "--data", x, "--paths=0"),
                ("--image 5x5 has 25 numbers", "trajectory", "--data", x, "--image=5x5")):
            with self.subTest(text):
                self.refuses(text, *args)

    def test_interrupted(self):
        x, _ = self.points(3)
        run_driver.PROGRAM[1:] = ["trajectory"]
        try:
            self.is_interrupted("--data", x, "--paths=1e4", "--steps=2e4", "--method=euler", after=0.3)
        finally:
            run_driver.PROGRAM[1:] = []
        self.assertEqual([name for name in os.listdir(self.out) if not name.endswith(".old")], [])


if __name__ == "__main__":
    run_driver.main()

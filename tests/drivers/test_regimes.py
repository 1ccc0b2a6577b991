"""doc/examples/regimes on small data: results, files, bad input."""
import csv
import json
import math
import os
import random
import struct

import run_driver
from run_driver import DriverTest, idx, npy

TIMES = ["t_S", "t_S_asymptotic", "t_S_phi", "t_C_phi", "t_C_entropy", "t_C_last_change", "t_C_spectrum"]
SHARES = ("phi", "phi_clones", "phi_C", "phi_C_clones")
PHI = ",".join(["t"] + [name + end for name in SHARES for end in ("", "_se")] +
               [name + end for name in SHARES for end in ("_low", "_high")])
QUICK = ("--samples=200", "--clones=100", "--paths=40", "--path-steps=30", "--steps=3")


def two_clusters(n=60, d=6, distance=4.0):
    """Rows of two Gaussian clusters at +-distance/2 along the first axis, and their labels."""
    rng = random.Random(1)
    labels = [i % 2 for i in range(n)]
    return [[rng.gauss(0, 1) + (distance * (c - 0.5) if j == 0 else 0) for j in range(d)]
            for c in labels], labels


def largest_eigenvalue(rows):
    n, d = len(rows), len(rows[0])
    mean = [sum(r[j] for r in rows) / n for j in range(d)]
    rows = [[r[j] - mean[j] for j in range(d)] for r in rows]
    v = [1.0] * d
    for _ in range(2000):
        p = [sum(a * b for a, b in zip(r, v)) for r in rows]
        w = [sum(p[i] * rows[i][j] for i in range(n)) / n for j in range(d)]
        value = math.sqrt(sum(x * x for x in w))
        v = [x / value for x in w]
    return value


class Regimes(DriverTest):
    def files(self, **options):
        rows, labels = two_clusters(**options)
        flat = [v for r in rows for v in r]
        return (npy(self.path("x.npy"), (len(rows), len(rows[0])), "<f8",
                    struct.pack("<%dd" % len(flat), *flat)),
                npy(self.path("y.npy"), (len(labels),), "|u1", bytes(labels)))

    def report(self):
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            return json.load(f)

    def result(self):
        return self.report()["scalars"]

    def about(self, *names):
        fields = self.report()["fields"]
        return tuple(fields[name] for name in names)

    def table(self, name):
        """Header line and rows; empty fields are None."""
        rows = list(csv.reader(run_driver.csv_lines(os.path.join(self.out, name))))
        return ",".join(rows[0]), [[float(v) if v else None for v in r] for r in rows[1:]]

    def test_copies_are_merged(self):
        """Each point three times: the same times as once, and said so; counted one by one if asked."""
        x, y = self.files()
        self.succeeds("--data", x, "--labels", y, *QUICK)
        once = self.result()
        rows, labels = two_clusters()
        flat = [v for r in rows for v in r] * 3
        x = npy(self.path("x3.npy"), (180, 6), "<f8", struct.pack("<%dd" % len(flat), *flat))
        y = npy(self.path("y3.npy"), (180,), "|u1", bytes(labels) * 3)
        done = self.succeeds("--data", x, "--labels", y, *QUICK)
        self.assertIn("120 copies were merged", done.stdout)
        self.assertEqual(self.about("copies_merged", "n"), ("120", "60"))
        for key in TIMES + ["alpha"]:
            self.assertEqual(self.result()[key]["value"], once[key]["value"], key)
        done = self.succeeds("--data", x, "--labels", y, "--keep-copies", *QUICK)
        self.assertNotIn("merged", done.stdout)
        self.assertEqual(self.about("copies_merged", "n"), ("0", "180"))
        self.assertEqual(self.result()["copies"]["value"], 120)
        self.assertAlmostEqual(self.result()["alpha"]["value"], math.log(180) / 6, places=14)

    def test_bytes_in_disguise(self):
        """Images divided by 255 are taken as the bytes they were, and said so; as they are if asked."""
        n, d = 600, 110
        rng = random.Random(2)
        flat = [rng.randrange(120) + 100 * (i // d % 2) for i in range(n * d)]
        x = npy(self.path("x.npy"), (n, d), "<f4", struct.pack("<%df" % len(flat), *[k / 255 for k in flat]))
        y = npy(self.path("y.npy"), (n,), "|b1", bytes(i % 2 for i in range(n)))
        done = self.succeeds("--data", x, "--labels", y, *QUICK)
        self.assertIn("holds bytes in disguise", done.stderr)
        self.assertIn("bytes k in disguise", done.stdout)
        self.assertIn("'<f4' numbers stored as f32; bytes k in disguise", self.about("data_description")[0])
        self.assertRegex(self.about("data")[0], "^u8 ")
        masked = self.result()
        done = self.succeeds("--data", x, "--labels", y, "--scale", "raw", *QUICK)
        self.assertNotIn("disguise", done.stderr + done.stdout)
        self.assertRegex(self.about("data")[0], "^f32 ")
        self.refuses("(bytes in disguise are, too), which have their values: use raw", "--data", x, "--scale", "pm1")
        for key in ("Lambda", "t_S"):
            self.assertAlmostEqual(self.result()[key]["value"] / masked[key]["value"], 1, places=6)

    def test_two_clusters(self):
        x, y = self.files()
        done = self.succeeds("--data", x, "--labels", y, *QUICK)
        self.assertEqual(done.stderr.replace("gnuplot is not installed", ""), "")
        got = self.result()
        self.assertEqual(self.about("kind", "clock", "n", "d", "labels", "seed", "data_path", "labels_path",
                                    "DDN_ANALYSIS_SAMPLES", "DDN_ANALYSIS_EXCESS_LEVEL"),
                         ("regimes", "schedule:ou", "60", "6", "0, 1", "0", x, y, "200", "0.05"))
        self.assertRegex(self.about("data")[0], r"^f64 \[60\]\[6\], 2 classes, digest [0-9a-f]{16}$")
        self.assertRegex(self.about("library")[0], r"^\d+\.\d+\.\d+$")
        self.assertAlmostEqual(got["alpha"]["value"], math.log(60) / 6, places=14)
        for key in ["Lambda"] + TIMES:
            self.assertTrue(math.isfinite(got[key]["value"]), key)
            self.assertGreaterEqual(got[key]["standard_error"], 0)
            self.assertEqual(got[key]["unit"], "data units^2" if key == "Lambda" else "schedule time")
            self.assertGreater(len(got[key]["definition"]), 20)
        top = largest_eigenvalue(two_clusters()[0])
        self.assertAlmostEqual(got["Lambda"]["value"], top, places=8)
        self.assertAlmostEqual(got["t_S"]["value"], math.log1p(top) / 2, places=9)
        self.assertAlmostEqual(got["t_S_asymptotic"]["value"], math.log(top) / 2, places=9)
        for key in ("t_S_phi", "t_C_phi", "t_C_entropy", "t_C_last_change"):
            self.assertGreater(got[key]["standard_error"], 0, key)
        self.assertLess(got["t_C_phi"]["value"], got["t_S_phi"]["value"])
        for text in ("n = 60 points, d = 6", "classes 0 (30), 1 (30)", "t_S_phi", "±", "t_C_last_change_median  ",
                     "III  memorization"):
            self.assertIn(text, done.stdout)
        self.check_files(got)

    def check_files(self, got):
        header, rows = self.table("phi.csv")
        self.assertEqual(header, PHI)
        self.assertEqual(len(rows), 32)
        simulated = [r for r in rows if r[3] is not None]
        self.assertEqual(len(simulated), 10)
        for t, phi, phi_se, sim, sim_se, phi_c, phi_c_se, sim_c, sim_c_se, *ends in simulated:
            for value, low, high in zip((phi, sim, phi_c, sim_c), ends[::2], ends[1::2], strict=True):
                self.assertTrue(low <= value <= high and low < high, (t, value, low, high))
            # 20 comparisons at 5 standard errors: false alarm about 1e-5, fixed seed.
            self.assertLess(abs(phi - sim), 5 * math.hypot(phi_se, sim_se) + 1e-9, t)
            self.assertLess(abs(phi_c - sim_c), 5 * math.hypot(phi_c_se, sim_c_se) + 1e-9, t)
        times = [r[0] for r in rows]
        self.assertEqual(times, sorted(times))
        # Both transitions lie inside, and the curves reach their ends.
        self.assertGreater(rows[0][5], 0.97)
        self.assertLess(rows[-1][5], 0.1)
        self.assertLess(rows[-1][1], 0.56)
        for key in ("t_S_phi", "t_C_phi", "t_C_entropy"):
            self.assertTrue(times[1] < got[key]["value"] < times[-2], key)
        header, rows = self.table("entropy.csv")
        self.assertEqual(header, "t,f_over_alpha,f_over_alpha_se,f_over_alpha_low,f_over_alpha_high")
        self.assertEqual([r[0] for r in rows], times)
        for early, late in zip(rows, rows[1:]):
            self.assertLess(early[1], late[1] + 5 * (early[2] + late[2]) + 1e-9)
        if os.path.exists(os.path.join(self.out, "regimes.png")):
            self.assertGreater(os.path.getsize(os.path.join(self.out, "regimes.png")), 10000)

    def test_threads_and_seeds(self):
        x, y = self.files(n=300)  # enough work for more than one thread
        seen = {}
        for name, *args in (("1", "--threads=1"), ("2", "--threads=2"), ("3", "--threads=3"),
                            ("seed", "--seed=1")):
            self.succeeds("--data", x, "--labels", y, *QUICK, *args)
            seen[name] = []
            for file in ("regimes.json", "phi.csv", "entropy.csv"):
                seen[name].append(run_driver.measured(os.path.join(self.out, file)))
        self.assertEqual(seen["1"], seen["2"])
        self.assertEqual(seen["1"], seen["3"])
        self.assertNotEqual(seen["1"][1], seen["seed"][1])
        self.assertEqual(self.about("seed"), ("1",))

    def test_without_labels_and_clones(self):
        x, _ = self.files()
        done = self.succeeds("--data", x, *QUICK, "--clones=0", "--t-min=0.01", "--t-max", 5,
                             "--times=25")
        got = self.result()
        self.assertEqual(self.about("labels"), ("",))
        self.assertIsNone(got["t_S_phi"]["value"])
        self.assertIn("no classes", got["t_S_phi"]["definition"])
        self.assertRegex(done.stdout, r"t_S_phi\s+no labels")
        _, rows = self.table("phi.csv")
        self.assertEqual(len(rows), 25)
        self.assertEqual((rows[0][0], rows[-1][0]), (0.01, 5))
        for row in rows:
            self.assertEqual([v is None for v in row], [False] + 4 * [True] + 2 * [False] + 2 * [True] +
                             4 * [True] + 2 * [False] + 2 * [True])

    def test_trace(self):
        x, y = self.files(n=100)
        few, more = (self.traced_states(100, "--data", x, "--labels", y, *QUICK, "--t-min=0.01", "--t-max=4",
                                        "--samples", samples) for samples in (200, 250))
        self.assertEqual(more - few, 32 * 50)

    def test_idx_and_cifar(self):
        rng = random.Random(2)
        x = idx(self.path("x.gz"), (40, 2, 2), bytes(rng.randrange(256) for _ in range(160)))
        y = idx(self.path("y.gz"), (40,), bytes(i % 4 for i in range(40)))
        self.succeeds("--data", x, "--labels", y, "--classes=1,3", *QUICK)
        self.assertEqual(self.about("n", "d", "labels"), ("20", "4", "1, 3"))
        self.succeeds("--data", x, "--labels", y, "--n=12", "--scale=unit", *QUICK)
        self.assertEqual(self.about("n", "labels"), ("12", "0, 1, 2, 3"))
        with open(self.path("batch.bin"), "wb") as f:
            for i in range(8):
                f.write(bytes([i % 2]) + bytes(rng.randrange(256) for _ in range(3072)))
        self.succeeds("--data", self.path("batch.bin"), *QUICK)
        self.assertEqual(self.about("n", "d"), ("8", "3072"))

    def test_one_point_and_copies_of_one(self):
        for n in (1, 5):
            x = npy(self.path("x.npy"), (n, 2), "<f4", struct.pack("<2f", 0.5, 1) * n)
            done = self.succeeds("--data", x, *QUICK)
            self.assertEqual(done.stderr.replace("gnuplot is not installed", ""), "")
            self.assertEqual(self.result()["Lambda"]["value"], 0)
            self.assertIsNone(self.result()["t_C_phi"]["value"])
            self.assertIn("No regimes", done.stdout)
            self.assertNotIn("nan", done.stdout)

    def test_bad_input(self):
        x, y = self.files()
        with open(x, "rb") as f:
            good = f.read()
        nan = struct.pack("<d", math.nan)
        inf = struct.pack("<d", math.inf)

        def changed(name, data):
            with open(self.path(name), "wb") as f:
                f.write(data)
            return self.path(name)

        cases = [
            ("missing.npy", self.path("missing.npy")),
            ("cut.npy", changed("cut.npy", good[:-8])),
            ("long.npy", npy(self.path("long.npy"), (3, 2), "<f16", bytes(96))),
            ("object.npy", npy(self.path("object.npy"), (3, 2), "|O", bytes(48))),
            ("n0.npy", npy(self.path("n0.npy"), (0, 2), "<f8", b"")),
            ("d0.npy", npy(self.path("d0.npy"), (3, 0), "<f8", b"")),
            ("nan.npy", changed("nan.npy", good[:-8] + nan)),
            ("inf.npy", changed("inf.npy", good[:-8] + inf)),
            ("magic.idx", idx(self.path("magic.idx"), (2, 2), bytes(4), magic=0x12345678)),
            ("short.idx", idx(self.path("short.idx"), (9, 2), bytes(4))),
            ("short.gz", idx(self.path("short.gz"), (9, 2), bytes(4))),
            ("folder", self.path("folder")),
        ]
        os.mkdir(self.path("folder"))
        for text, path in cases:
            with self.subTest(text):
                self.refuses(text, "--data", path)
        short = npy(self.path("short.npy"), (59,), "|u1", bytes(59))
        for text, *args in (
                ("--data FILE is missing",),
                ("short.npy", "--data", x, "--labels", short),
                ("label 4", "--data", x, "--labels", y, "--classes=0,4"),
                ("--t-min = 0 is outside", "--data", x, "--t-min=0"),
                ("--t-min = -1 is outside", "--data", x, "--t-min=-1"),
                ("--t-min = 'nan'", "--data", x, "--t-min=nan"),
                ("--t-min = 2 is not below --t-max = 1", "--data", x, "--t-min=2", "--t-max=1"),
                ("--samples = -1", "--data", x, "--samples=-1"),
                ("--samples = 1 gives no standard error", "--data", x, "--samples=1"),
                ("--clones = 1 gives no standard error", "--data", x, "--clones=1"),
                ("drop --samples to reach the precision", "--data", x, "--samples=9", "--precision=0.01"),
                ("drop --clones to reach the precision", "--data", x, "--clones=0", "--clone-precision=0.1"),
                ("--precision = 0", "--data", x, "--precision=0"),
                ("--clone-times = 99 exceeds --times = 98", "--data", x, "--clone-times=99", "--times=98"),
                ("--n = 61", "--data", x, "--n=61")):
            with self.subTest(text):
                self.refuses(text, *args)

    def test_full_disk(self):
        x, y = self.files()
        os.mkdir(self.out)
        for name in ("phi.csv", "entropy.csv", "regimes.gp"):
            path = os.path.join(self.out, name)
            if os.path.lexists(path):
                os.remove(path)
            os.symlink("/dev/full", path)
            with self.subTest(name):
                self.refuses(path + ": No space left", "--data", x, "--labels", y, *QUICK)
            os.remove(path)
        self.succeeds("--data", x, "--labels", y, *QUICK)
        before = self.report()
        self.refuses("File too large", "--data", x, "--labels", y, *QUICK, "--seed=7", file_limit=100)
        self.assertEqual(self.report(), before)  # the last good report is still whole
        self.assertEqual([name for name in os.listdir(self.out) if ".part-" in name], [])


if __name__ == "__main__":
    run_driver.main()

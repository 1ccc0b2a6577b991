"""The drivers' helper: command line, result files, pictures, full disks."""
import os
import struct

import run_driver
from run_driver import DriverTest, idx, npy


class Options(DriverTest):
    def probe(self, *args):
        self.succeeds(*args)
        with open(os.path.join(self.out, "probe.txt"), encoding="utf-8") as f:
            return dict(line.rstrip("\n").split(" ", 1) for line in f if " " in line)

    def test_values_in_both_forms(self):
        got = self.probe("--count", 7, "--level=0.25", "--open", "-1e3", "--flag", "--choice=blue",
                         "--word", "=a=", "--whole=-5,0,5", "--real", "0.5,1e-3", "--seed", "-9",
                         "--threads=2")
        self.assertEqual(got, {
            "count": "7", "level": "0.25", "open": "-1000", "flag": "1", "choice": "2", "word": "=a=",
            "whole": "-5 0 5", "real": "0.5 0.001", "seed": "-9", "threads": "2"})

    def test_defaults(self):
        got = self.probe()
        self.assertEqual([got[name] for name in ("count", "level", "open", "choice", "word")],
                         ["3", "0.5", "nan", "1", "none"])
        self.assertEqual(got["threads"], str(os.sysconf("SC_NPROCESSORS_ONLN")))

    def test_help(self):
        done = self.succeeds("--help", out=False)
        for text in ("usage: probe", "Tries the helper.", "--count K", "a count (default 3)",
                     "(default 0.5)", "(default green)", "--out DIR", "--seed S", "--threads T",
                     "--help"):
            self.assertIn(text, done.stdout)
        self.assertFalse(os.path.exists(self.path("out")))

    def test_bad_command_lines(self):
        for text, *args in (
                ("unknown option --cuont", "--cuont", 3),
                ("unknown option --coun", "--coun=3"),
                ("unexpected argument 'file'", "file"),
                ("unexpected argument '--'", "--"),
                ("unexpected argument '-n'", "-n"),
                ("--count = 0 must be at least 1", "--count", 0),
                ("--count = '1.5' is not a whole number", "--count=1.5"),
                ("--count = '' is not", "--count="),
                ("--count = 99999999999999999999 does not fit", "--count", "99999999999999999999"),
                ("--level = 1.5 is outside [0, 1]", "--level", 1.5),
                ("--level = 'nan' is not a finite", "--level", "nan"),
                ("--level = '1e999' is not a finite", "--level", "1e999"),
                ("--open = 'x' is not", "--open=x"),
                ("--flag takes no value", "--flag=1"),
                ("--choice = 'red|green' is not one of red|green|blue", "--choice", "red|green"),
                ("--choice = '' is not one of", "--choice="),
                ("--word is empty", "--word", ""),
                ("--whole = 9 is outside [-5, 5]", "--whole", "1,9"),
                ("--whole = '1,,2' is not a list such as A,B", "--whole", "1,,2"),
                ("--whole = '1,' is not a list", "--whole", "1,"),
                ("--real has more than 256 entries", "--real", ",".join(["1"] * 257)),
                ("--threads = 0 is outside [1, 1024]", "--threads", 0)):
            with self.subTest(text):
                self.refuses(text, *args)
        self.refuses("--count needs a value K", "--count", out=False)

    def test_out_folder(self):
        deep = os.path.join(self.dir, "a", "b", "c")
        self.succeeds("--out", deep + "/", out=False)
        self.assertTrue(os.path.exists(os.path.join(deep, "probe.csv")))
        open(self.path("file"), "w", encoding="utf-8").close()
        self.refuses("file is not a folder", "--out", self.path("file"), out=False)
        self.refuses("cannot create folder", "--out", self.path("file/x"), out=False)
        self.refuses("cannot create folder /proc/x", "--out", "/proc/x", out=False)


class Output(DriverTest):
    def test_csv_has_all_digits_and_empty_fields(self):
        self.succeeds()
        with open(os.path.join(self.out, "probe.csv"), encoding="utf-8") as f:
            rows = [line.rstrip("\n").split(",") for line in f]
        self.assertEqual(rows[0], ["x", "y"])
        self.assertEqual([len(r) for r in rows], [2, 2, 2, 2])
        self.assertEqual(float(rows[1][1]), 0.1)
        self.assertEqual(rows[2][1], "")
        self.assertEqual(float(rows[3][1]), 1e-300)

    def test_values_with_errors(self):
        self.assertIn("12.346 ± 0.012 | 12.3456 | not reached | 1234 ± 67 | 263.457",
                      self.succeeds().stdout)

    def test_picture(self):
        done = self.succeeds()
        if "gnuplot is not installed" in done.stderr:
            self.skipTest("no gnuplot")
        with open(os.path.join(self.out, "probe.png"), "rb") as f:
            self.assertEqual(f.read(8), b"\x89PNG\r\n\x1a\n")

    def test_picture_that_is_not_whole(self):
        folder = self.path("bin")  # a gnuplot that ends well but stops writing half-way
        os.mkdir(folder)
        with open(os.path.join(folder, "gnuplot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho half > probe.png\n")
        os.chmod(os.path.join(folder, "gnuplot"), 0o755)
        self.refuses("probe.png: gnuplot left it incomplete",
                     env={"PATH": folder + ":" + os.environ["PATH"]})

    def test_no_gnuplot_is_a_remark(self):
        done = self.succeeds(env={"PATH": "/nonexistent"})
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("gnuplot is not installed", done.stderr)
        self.assertTrue(os.path.exists(os.path.join(self.out, "probe.gp")))

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        os.mkdir(self.out)
        for name in ("probe.csv", "probe.txt", "probe.gp"):
            path = os.path.join(self.out, name)
            if os.path.exists(path):
                os.remove(path)
            os.symlink("/dev/full", path)
            with self.subTest(name):
                self.refuses("cannot write %s: No space left" % path)
            os.remove(path)

    def test_file_size_limit(self):
        self.refuses("probe.txt: File too large", file_limit=0)

    def test_full_standard_output(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        command = "exec '%s' --out '%s' > /dev/full" % (run_driver.PROGRAM, self.out)
        self.assertEqual(os.system(command) >> 8, 2)


class Data(DriverTest):
    """--data --labels --classes --scale --n."""

    def bytes_of_three_classes(self, n=30):
        """Points (i, 2i, 255 - i) with labels 0, 1, 1, 5, 5, 5 in turn."""
        points = bytes(v for i in range(n) for v in (i, 2 * i, 255 - i))
        labels = bytes((0, 1, 1, 5, 5, 5)[i % 6] for i in range(n))
        return (idx(self.path("x.gz"), (n, 1, 3), points),
                idx(self.path("y-idx"), (n,), labels))

    def says(self, text, *args):
        self.assertIn(text, self.succeeds(*args).stdout)

    def test_idx_with_classes_and_scales(self):
        x, y = self.bytes_of_three_classes()
        self.says("n=30 d=3 first=-1 sizes=\n", "--data", x)
        self.says("n=30 d=3 first=-1 sizes=5,10,15\n", "--data", x, "--labels", y)
        self.says("n=20 d=3 first=0 sizes=5,15\n", "--data", x, "--labels", y, "--classes", "5,0",
                  "--scale=raw")
        self.says("n=15 d=3 first=%.17g sizes=15\n" % (3 / 255), "--data", x, "--labels", y,
                  "--classes=5", "--scale=unit")
        self.says("n=15 d=3 first=%.17g sizes=15\n" % (1 / 127.5 * 3 - 1), "--data", x, "--labels",
                  y, "--classes=5", "--scale=pm1")

    def test_a_part_keeps_the_shares_of_the_classes(self):
        x, y = self.bytes_of_three_classes()
        self.says("n=12 d=3 first=2 sizes=\n", "--data", x, "--n=12", "--scale=raw")
        self.says("n=12 d=3", "--data", x, "--labels", y, "--n=12")
        self.says("sizes=2,4,6\n", "--data", x, "--labels", y, "--n=12")
        self.says("sizes=1,1,1\n", "--data", x, "--labels", y, "--n=3")
        self.says("n=30", "--data", x, "--labels", y, "--n=30")

    def test_npy_and_cifar(self):
        x = npy(self.path("x.npy"), (2, 2), "<f4", struct.pack("<4f", 0.5, 1, 2, 3))
        y = npy(self.path("y.npy"), (2,), "<i8", struct.pack("<2q", -7, 4))
        self.says("n=2 d=2 first=0.5 sizes=1,1\n", "--data", x, "--labels", y)
        self.says("n=1 d=2 first=0.5 sizes=1\n", "--data", x, "--labels", y, "--classes=-7")
        with open(self.path("batch.bin"), "wb") as f:
            for label in (3, 8, 8):
                f.write(bytes([label]) + bytes(range(256)) * 12)
        self.says("n=3 d=3072 first=-1 sizes=1,2\n", "--data", self.path("batch.bin"))
        self.says("n=2 d=3072 first=0 sizes=2\n", "--data", self.path("batch.bin"), "--classes=8",
                  "--scale=unit")

    def test_bad_data(self):
        x, y = self.bytes_of_three_classes()
        floats = npy(self.path("x.npy"), (2, 2), "<f4", struct.pack("<4f", 0.5, 1, 2, 3))
        for text, *args in (
                ("nowhere.npy", "--data", self.path("nowhere.npy")),
                ("--classes needs labels", "--data", x, "--classes=1"),
                ("no point has the label 3 in " + y, "--data", x, "--labels", y, "--classes=1,3"),
                ("y-idx", "--data", floats, "--labels", y),
                ("--scale pm1 is for bytes", "--data", floats, "--scale=pm1"),
                ("--n = 31 exceeds the 30 points of " + x, "--data", x, "--n=31"),
                ("--n = 6 exceeds the 5 points", "--data", x, "--labels", y, "--classes=0", "--n=6"),
                ("--n = 2 is less than the number of classes, 3", "--data", x, "--labels", y,
                 "--n=2"),
                ("--n = 0 must be at least 1", "--data", x, "--n=0")):
            with self.subTest(text):
                self.refuses(text, *args)


if __name__ == "__main__":
    run_driver.main()

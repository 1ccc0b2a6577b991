"""The drivers' helper: command line, result files, pictures, full disks."""
import os
import shutil
import signal
import struct
import subprocess
import time

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
        rows = [line.rstrip("\n").split(",") for line in run_driver.csv_lines(os.path.join(self.out, "probe.csv"))]
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

    def test_no_gnuplot_is_a_remark(self):
        done = self.succeeds(env={"PATH": "/nonexistent"})
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("gnuplot is not installed", done.stderr)
        self.assertTrue(os.path.exists(os.path.join(self.out, "probe.gp")))

    def put(self, name, text):
        with open(os.path.join(self.out, name), "w", encoding="utf-8") as f:
            f.write(text)

    def text(self, name):
        with open(os.path.join(self.out, name), encoding="utf-8") as f:
            return f.read()

    def test_files_of_another_run_are_set_aside(self):
        """Results of other options or of a run with gnuplot would pass for those of this run."""
        self.succeeds("--more", 7)
        self.assertEqual(self.succeeds("--more", 7).stderr, "")  # written anew, all of them
        foreign = ("probe_.csv", "probe_7.csvx", "probe_x.csv", "xprobe_7.csv", "probe_8.csv.old", "notes.txt")
        for name in foreign:
            self.put(name, name)
        os.mkdir(os.path.join(self.out, "probe_9.csv"))
        os.symlink("/dev/null", os.path.join(self.out, "probe_10.csv"))
        before, kept = sorted(os.listdir(self.out)), self.text("probe_7.csv")
        drawn = "probe.png" in before
        self.refuses("--count = 0", "--more", 8, "--count", 0)
        self.refuses("unlisted.csv is missing in the list", "--more", 0)
        self.assertEqual(sorted(os.listdir(self.out)), before)  # a run that fails moves nothing
        done = self.succeeds("--more", 8)
        self.assertEqual(done.stderr.splitlines(),
                         ["probe: %s is of an earlier run: renamed to probe_7.csv.old"
                          % os.path.join(self.out, "probe_7.csv")])
        self.assertEqual(sorted(os.listdir(self.out)),
                         sorted(set(before) - {"probe_7.csv"} | {"probe_7.csv.old", "probe_8.csv"}))
        self.assertEqual(self.text("probe_7.csv.old"), kept)
        for name in foreign:
            self.assertEqual(self.text(name), name)
        done = self.succeeds("--more", 8, env={"PATH": "/nonexistent"})
        self.assertIn("gnuplot is not installed", done.stderr)
        self.assertEqual(os.path.exists(os.path.join(self.out, "probe.png.old")), drawn)
        self.assertFalse(os.path.exists(os.path.join(self.out, "probe.png")))

    def test_what_another_process_writes_meanwhile_stays(self):
        """A second run into the same folder, or the user, may write such a name while this one runs."""
        self.succeeds("--more", 7)
        os.makedirs(self.path("bin"))
        with open(self.path("bin/gnuplot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\necho new > ../probe_7.csv; echo new > ../probe_8.csv; exit 127\n")
        os.chmod(self.path("bin/gnuplot"), 0o755)
        self.succeeds(env={"PATH": self.path("bin")})
        self.assertEqual(self.text("probe_7.csv"), "new\n")
        self.assertEqual(self.text("probe_8.csv"), "new\n")

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

    def test_pipe_is_written_itself(self):
        os.mkdir(self.out)
        os.mkfifo(os.path.join(self.out, "probe.txt"))
        reader = os.open(os.path.join(self.out, "probe.txt"), os.O_RDONLY | os.O_NONBLOCK)
        self.succeeds()
        self.assertIn(b"count 3\n", os.read(reader, 4096))
        os.close(reader)

    def test_pipe_without_a_reader_is_left_by_a_signal(self):
        os.mkdir(self.out)
        os.mkfifo(os.path.join(self.out, "probe.txt"))
        with subprocess.Popen([*run_driver.PROGRAM, "--out", self.out], stdout=subprocess.DEVNULL) as waiting:
            time.sleep(0.3)
            self.assertIsNone(waiting.poll())
            waiting.send_signal(signal.SIGTERM)
            try:
                self.assertEqual(waiting.wait(timeout=20), 143)
            except subprocess.TimeoutExpired:
                waiting.kill()
                self.fail("the signal was not obeyed")

    def test_links_and_permissions_stay(self):
        os.mkdir(self.out)
        with open(self.path("target"), "w", encoding="utf-8") as f:
            f.write("old")
        os.chmod(self.path("target"), 0o640)
        os.symlink(self.path("target"), os.path.join(self.out, "probe.txt"))
        self.succeeds()
        self.assertTrue(os.path.islink(os.path.join(self.out, "probe.txt")))
        self.assertEqual(os.stat(self.path("target")).st_mode & 0o777, 0o640)
        with open(self.path("target"), encoding="utf-8") as f:
            self.assertTrue(f.read().startswith("count 3\n"))

    def test_full_standard_output(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        command = "exec '%s' --out '%s' > /dev/full" % (run_driver.PROGRAM[0], self.out)
        self.assertEqual(os.system(command) >> 8, 2)


class LastGood(DriverTest):
    """Whatever goes wrong in a second run: each file is the whole one of the first run or the whole one of the second."""

    def files(self, folder=None):
        found = {}
        for name in os.listdir(folder or self.out):
            if os.path.isdir(os.path.join(folder or self.out, name)):
                self.assertIn(".part-", name)
                continue
            found[name] = run_driver.measured(os.path.join(folder or self.out, name))
        return found

    old = new = None

    def setUp(self):
        super().setUp()
        if self.new is None:
            for run, count in (("old", 3), ("new", 5)):
                self.succeeds("--count=%d" % count)
                setattr(LastGood, run, self.files())
                shutil.rmtree(self.out)
        if "probe.png" not in self.new:
            self.skipTest("no gnuplot")
        self.assertEqual([name for name in self.old if self.old[name] == self.new[name]], [])
        self.put_old()

    def put_old(self):
        os.makedirs(self.out, exist_ok=True)
        for name, content in self.old.items():
            with open(os.path.join(self.out, name), "wb") as f:
                f.write(content)

    def fake_gnuplot(self, script):
        """Environment with a gnuplot that is this shell script."""
        os.makedirs(self.path("bin"), exist_ok=True)
        with open(self.path("bin/gnuplot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n" + script + "\n")
        os.chmod(self.path("bin/gnuplot"), 0o755)
        return {"PATH": self.path("bin") + ":" + os.environ["PATH"]}

    def are_whole(self, kept, folder=None, litter=False):
        """Those in `kept` are of the first run, the others of the second; nothing else is there."""
        now = {name: content for name, content in self.files(folder).items() if not litter or ".part-" not in name}
        self.assertEqual(sorted(name.removesuffix(".old") for name in now), sorted(self.old))
        for name, content in now.items():
            self.assertEqual(content, (self.old if name in kept else self.new)[name.removesuffix(".old")], name)

    def test_file_size_limit(self):
        order = ["probe.txt", "probe.csv", "probe.gp", "probe.png"]
        sizes = [len(self.new[name]) for name in order]
        for limit in sorted({0, 1, *(size - 1 for size in sizes)}):
            first = next(k for k, size in enumerate(sizes) if size > limit)
            with self.subTest(limit=limit):
                done = self.run_it("--count=5", file_limit=limit)
                self.assertEqual(done.returncode, 2)
                self.assertIn(order[first], done.stderr)
                self.assertIn("incomplete" if first == 3 else "File too large", done.stderr)
                self.are_whole(order if first < 3 else ["probe.png.old"])
                shutil.rmtree(self.out)
                self.put_old()

    def test_gnuplot_that_fails(self):
        for text, script in (("gnuplot left it incomplete", "echo half"),
                             ("gnuplot left it incomplete", "exit 0"),
                             ("gnuplot could not draw", "echo half; exit 1"),
                             ("gnuplot could not draw", "echo half; kill -9 $$")):
            with self.subTest(script):
                done = self.run_it("--count=5", env=self.fake_gnuplot(script))
                self.assertEqual(done.returncode, 2)
                self.assertIn(text, done.stderr)
                self.are_whole(["probe.png.old"])  # a picture costs no numbers
                shutil.rmtree(self.out)
                self.put_old()

    def test_killed_while_it_writes(self):
        done = self.run_it("--count=5", env=self.fake_gnuplot("echo half; kill -9 $PPID"))
        self.assertEqual(done.returncode, -9)
        self.are_whole(self.old, litter=True)
        done = self.succeeds("--count=5")
        self.assertRegex(done.stderr, r"out/\.part-\d+ is of a run that was killed, and can be removed\n\Z")
        self.are_whole([], litter=True)

    def test_folder_vanishes(self):
        with open(self.path("picture"), "wb") as f:
            f.write(self.new["probe.png"])
        self.refuses("cannot write out/probe.png: No such file", "--count=5", "--out=out", out=False,
                     env=self.fake_gnuplot("mv ../../out ../../gone; exec cat ../../picture"))
        self.are_whole(self.old, folder=self.path("gone"), litter=True)

    def test_full_disk(self):
        """A small file system, with less and less room."""
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", self.path("disk")]
        os.mkdir(self.path("disk"))
        if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("no small file system (this needs root)")
        try:
            self.out = self.path("disk/out")
            self.put_old()
            failed = 0
            for filler in range(4, 64, 8):
                with self.subTest(filler=filler):
                    with open(self.path("disk/filler"), "wb", buffering=0) as f:
                        try:
                            f.write(bytes(1024 * filler))
                        except OSError:
                            pass
                    done = self.run_it("--count=5")
                    now = self.files()
                    if "probe.png.old" in now:  # the picture alone had no room
                        self.are_whole(["probe.png.old"])
                    else:
                        self.are_whole(self.old if now == self.old else [])
                    self.assertEqual(done.returncode, 0 if now == self.new else 2, done.stderr)
                    failed += done.returncode == 2
                    shutil.rmtree(self.out)
                    os.remove(self.path("disk/filler"))
                    self.put_old()
            self.assertGreaterEqual(failed, 3)
        finally:
            subprocess.run(["umount", self.path("disk")], check=True)

    def test_folder_that_cannot_be_written(self):
        user = 65534 if os.getuid() == 0 else None
        for folder in (self.dir, self.out):
            os.chmod(folder, 0o555)
        try:
            self.refuses("cannot write in folder", "--count=5", user=user)
        except PermissionError:
            self.skipTest("another user cannot see the program")
        finally:
            for folder in (self.dir, self.out):
                os.chmod(folder, 0o755)
        self.are_whole(list(self.old))


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

    def test_points_that_stay_in_their_file(self):
        """Everything as with the file read, but that bytes in disguise stay floats."""
        x = npy(self.path("x.npy"), (2, 2), "<f4", struct.pack("<4f", 0.5, 1, 2, 3))
        y = npy(self.path("y.npy"), (2,), "<i8", struct.pack("<2q", -7, 4))
        with open(self.path("batch.bin"), "wb") as f:
            for label in (3, 8, 8):
                f.write(bytes([label]) + bytes(range(256)) * 12)
        batch = self.path("batch.bin")
        for args in (("--data", x, "--labels", y), ("--data", x, "--labels", y, "--classes=-7"), ("--data", x, "--n=1"),
                     ("--data", batch), ("--data", batch, "--classes=8", "--scale=unit"), ("--data", batch, "--scale=raw")):
            self.assertEqual(self.succeeds(*args).stdout, self.succeeds(*args, "--in-place").stdout)
        grey = [i % 256 / 127.5 - 1 for i in range(1 << 17)]
        hidden = npy(self.path("hidden.npy"), (1 << 9, 1 << 8), "<f8", struct.pack(f"<{1 << 17}d", *grey))
        self.assertIn("bytes in disguise", self.succeeds("--data", hidden).stderr)
        self.assertEqual(self.succeeds("--data", hidden, "--in-place").stderr, "")

    def test_bad_data(self):
        x, y = self.bytes_of_three_classes()
        floats = npy(self.path("x.npy"), (2, 2), "<f4", struct.pack("<4f", 0.5, 1, 2, 3))
        for text, *args in (
                ("nowhere.npy", "--data", self.path("nowhere.npy")),
                ("--classes needs labels", "--data", x, "--classes=1"),
                ("no point has the label 3 in " + y, "--data", x, "--labels", y, "--classes=1,3"),
                ("y-idx", "--data", floats, "--labels", y),
                ("--scale pm1 says what stored bytes 0 to 255 mean", "--data", floats, "--scale=pm1"),
                ("--n = 31 exceeds the 30 points of " + x, "--data", x, "--n=31"),
                ("--n = 6 exceeds the 5 points", "--data", x, "--labels", y, "--classes=0", "--n=6"),
                ("--n = 2 is less than the number of classes, 3", "--data", x, "--labels", y,
                 "--n=2"),
                ("--n = 0 must be at least 1", "--data", x, "--n=0"),
                ("packed, and only plain files can be used in place: unpack it, or read it", "--data", x, "--in-place"),
                ("--pad makes points of another size", "--data", x, "--in-place", "--pad=2x2")):
            with self.subTest(text):
                self.refuses(text, *args)


if __name__ == "__main__":
    run_driver.main()

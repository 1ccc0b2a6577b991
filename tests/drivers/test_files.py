"""Several files as one set, and files that are read as something else on request: the numbers, the record, the
messages, in every subcommand that takes data."""
import json
import os
import random
import shutil
import struct
import subprocess
import zipfile
import zlib

import run_driver
from run_driver import DriverTest, idx, npy
from schema import problems
from test_outputs import RUNS, SCHEMA, comments, two_groups, write_rows

ONE = ("--data", "x.npy", "--labels", "y.npy")
PARTS = ("--data", "a.npy", "b.npy", "--data", "c, d.npy")
LABELS = ("--labels=la.npy", "--labels", "lb.npy", "lc.npy")
NAMES = {"data": ["a.npy", "b.npy", "c, d.npy"], "labels": ["la.npy", "lb.npy", "lc.npy"]}


def several(args):
    """The same run with parts of the file for the whole."""
    words, taken = [], 0
    while taken < len(args):
        word = args[taken]
        known = {"--data": PARTS, "--labels": LABELS}.get(word)
        words += known or [word]
        taken += 2 if known else 1
    return words


class Files(DriverTest):
    def setUp(self):
        super().setUp()
        rows = two_groups()
        for name, first, end in (("x.npy", 0, 60), ("a.npy", 0, 11), ("b.npy", 11, 12), ("c, d.npy", 12, 60),
                                 ("s.npy", 0, 30)):
            write_rows(self.path(name), rows[first:end])
        for name, first, end in (("y.npy", 0, 60), ("la.npy", 0, 11), ("lb.npy", 11, 12), ("lc.npy", 12, 60)):
            npy(self.path(name), (end - first,), "|u1", bytes(i % 2 for i in range(first, end)))

    def tables(self):
        """The numbers of all CSV files, and the record of one of them."""
        names = sorted(name for name in os.listdir(self.out) if name.endswith(".csv"))
        return ({name: run_driver.csv_lines(os.path.join(self.out, name)) for name in names},
                comments(os.path.join(self.out, names[0]))["run"])

    def everything(self):
        found = {}
        for name in os.listdir(self.out):
            with open(os.path.join(self.out, name), "rb") as f:
                found[name] = f.read()
        return found

    def test_every_command(self):
        """The numbers of one file, in every subcommand with --data; the record names all files; --from repeats it."""
        tried = 0
        for command, args in RUNS.items():
            if "--data" not in args:
                continue
            with self.subTest(command):
                self.succeeds(command, *args, "--plot=none", "--quiet")
                wanted, one = self.tables()
                shutil.rmtree(self.out)
                self.succeeds(command, *several(args), "--plot=none", "--quiet")
                found, run = self.tables()
                self.assertEqual(found, wanted)
                for option, names in NAMES.items():
                    if option not in run["data"]:
                        continue
                    self.assertEqual(run["settings"][option], names)
                    file = run["data"][option]
                    self.assertEqual(file["digest"], one["data"][option]["digest"])
                    self.assertEqual([part["path"] for part in file["files"]], names)
                    self.assertEqual([part["absolute"] for part in file["files"]],
                                     [os.path.realpath(self.path(name)) for name in names])
                    self.assertNotIn("files", one["data"][option])
                first = self.everything()
                for name in sorted(first):
                    if name.endswith(".json"):
                        self.assertEqual(problems(json.loads(first[name]), SCHEMA, SCHEMA), [], name)
                record = next(name for name in sorted(first) if name.endswith((".json", ".csv")))
                self.assertEqual(self.succeeds(command, "--from", os.path.join(self.out, record), "--plot=none",
                                               "--quiet").stderr, "")
                self.assertEqual(self.everything(), first)
                shutil.rmtree(self.out)
                tried += 1
        self.assertGreaterEqual(tried, 9)

    def test_commands_that_run_without_data(self):
        """They take several files as well; and the sheet of images, which has no record."""
        for command, *args in (("foreign-score", "--pairs=20", "--times=2", "--steps=8"),
                               ("generalization", "--pairs=8", "--samples=32", "--times=2", "--held=10")):
            found = []
            for data in (ONE, PARTS + LABELS):
                self.succeeds(command, *data, *args, "--plot=none", "--quiet")
                tables, run = self.tables()
                found.append((tables, run["data"]["data"]["digest"]))
            self.assertEqual(found[0], found[1])
            self.assertEqual(run["settings"]["data"], NAMES["data"])
        sheets = []
        for data in (ONE, PARTS + LABELS):
            self.succeeds("images", *data, "--image=2x2")
            sheets.append(self.everything())
        self.assertEqual(sheets[0], sheets[1])

    def test_names_on_the_terminal(self):
        said = self.succeeds("phi", *several(RUNS["phi"]), "--plot=none").stdout
        self.assertIn("a.npy and 2 more files: n = 60, d = 4", said)
        self.assertIn("a.npy and 1 more file: ", self.succeeds("collapse", "--data", "a.npy", "c, d.npy", "--samples=8",
                                                             "--times=4", "--plot=none").stdout)

    def test_one_file_of_labels_for_all(self):
        used = ("--samples=8", "--times=4", "--plot=none", "--quiet")
        self.succeeds("phi", *ONE, *used)
        wanted, _ = self.tables()
        self.succeeds("phi", *PARTS, "--labels=y.npy", *used)
        found, run = self.tables()
        self.assertEqual((found, run["settings"]["labels"]), (wanted, "y.npy"))

    def test_choices(self):
        """--classes, --n, --scale and --pad are of the whole set."""
        used = ("--paths=2", "--times=2", "--steps=2", "--plot=none", "--quiet")
        pixels = bytes(i * i % 251 for i in range(64 * 9))
        for name, first, end in (("p", 0, 9), ("q", 0, 4), ("r", 4, 9)):
            idx(self.path(name + ".gz"), (end - first, 8, 8), pixels[64 * first:64 * end])
            idx(self.path(name + "-labels"), (end - first,), bytes(i % 3 for i in range(first, end)))
        for more in ((), ("--classes=0,2",), ("--n=6",), ("--classes=1,2", "--n=4", "--scale=unit"), ("--pad=12x12",)):
            digests = []
            for args in (("--data=p.gz", "--labels=p-labels"),
                         ("--data", "q.gz", "r.gz", "--labels", "q-labels", "r-labels"),
                         ("--data=q.gz", "--data=r.gz", "--labels=q-labels", "--labels=r-labels")):
                self.succeeds("uturn", *args, *more, *used)
                _, run = self.tables()
                digests.append({name: file["digest"] for name, file in run["data"].items()})
            self.assertEqual(digests[0], digests[1], more)
            self.assertEqual(digests[0], digests[2], more)

    def test_labels_within(self):
        """CIFAR batches bring their labels."""
        for k, labels in enumerate(((3, 8), (8, 3, 3))):
            with open(self.path("data_batch_%d.bin" % k), "wb") as f:
                for label in labels:
                    f.write(bytes([label]) + bytes((label * 31 + i * (k + 1)) % 256 for i in range(3072)))
        for more, n in ((), 5), (("--classes=3",), 3):
            said = self.succeeds("uturn", "--data", "data_batch_0.bin", "data_batch_1.bin", *more, "--paths=2", "--times=2",
                                 "--steps=2", "--plot=none").stdout
            self.assertIn("data_batch_0.bin and 1 more file: n = %d, d = 3072" % n, said)

    def test_bfloat16(self):
        """u2 on request, of points and of states; states of floats stay floats."""
        draw = random.Random(8)
        halves = [[draw.randrange(0x3e00, 0x4100) | draw.randrange(2) << 15 for _ in range(4)] for _ in range(20)]
        for name, rows in (("h.npy", halves), ("h0.npy", halves[:7]), ("h1.npy", halves[7:]), ("hs.npy", halves[::3])):
            flat = sum(rows, [])
            npy(self.path(name), (len(rows), 4), "<u2", struct.pack("<%dH" % len(flat), *flat))
            npy(self.path(name.replace("h", "f", 1)), (len(rows), 4), "<f4", struct.pack("<%dI" % len(flat), *(v << 16 for v in flat)))
        used = ("score", "--t=0.5", "--plot=none", "--quiet")
        found = []
        for args in (("--data=f.npy", "--states=fs.npy"), ("--data=h.npy", "--states=hs.npy", "--read-as=bf16"),
                     ("--data=h.npy", "--states=fs.npy", "--read-as=bf16"),
                     ("--data", "h0.npy", "h1.npy", "--states=hs.npy", "--read-as=bf16"), ("--data=h.npy", "--states=hs.npy")):
            self.succeeds(*used, *args)
            tables, run = self.tables()
            self.assertEqual(run["settings"].get("read-as", ""), "bf16" if args[-1] == "--read-as=bf16" else "")
            found.append((tables, run["data"]["data"]["digest"]))
            if args[1] == "h1.npy" or args[-1] == "--read-as=bf16":
                self.assertEqual(self.succeeds(used[0], *used[2:], "--from", self.path("out/score.csv")).stderr, "")
                self.assertEqual(self.tables()[0], tables)
        self.assertEqual(found[:4], found[:1] * 4)
        self.assertNotEqual(found[4], found[0])
        for text, *args in (("f.npy: numbers of type '<f4', which are no bfloat16: those are u2", "--data=f.npy"),
                            ("", "--data=h.npy", "--in-place")):
            self.refuses(text, *used, *args, "--states=hs.npy", "--read-as=bf16")
        self.refuses("--read-as = 'f2' is not one of bf16|coarse", *used, "--data=h.npy", "--states=hs.npy", "--read-as=f2")
        self.refuses("--read-as needs --data FILE", "uturn", "--read-as=bf16")

    def test_coarse_labels(self):
        """Of CIFAR-100, whose fine ones are the preset; also of several files."""
        for name, labels in (("train.bin", ((2, 90), (2, 91), (19, 4))), ("test.bin", ((2, 90), (0, 3)))):
            with open(self.path(name), "wb") as f:
                for coarse, fine in labels:
                    f.write(bytes([coarse, fine]) + bytes((fine * 31 + i) % 256 for i in range(3072)))
        for names, more, n in ((("train.bin",), (), 2), (("train.bin",), ("--classes=2", "--read-as=coarse"), 2),
                               (("train.bin", "test.bin"), ("--classes=2", "--read-as=coarse"), 3),
                               (("train.bin", "test.bin"), ("--classes=90",), 2)):
            more = more or ("--classes=90,91",)
            said = self.succeeds("uturn", "--data", *names, *more, "--paths=2", "--times=2", "--steps=2", "--plot=none").stdout
            self.assertIn(": n = %d, d = 3072" % n, said)
        self.refuses("no point has the label 90", "uturn", "--data=train.bin", "--classes=90", "--read-as=coarse")

    def test_refusals(self):
        npy(self.path("three.npy"), (2, 3), "<f8", bytes(48))
        npy(self.path("bytes.npy"), (2, 4), "|u1", bytes(8))
        for text, *args in (
                ("--labels names 2 files, --data 3: give one for each, in the same order, or one for all", *PARTS,
                 "--labels", "la.npy", "lb.npy"),
                ("--labels names 2 files, --data 1:", "--data=x.npy", "--labels", "y.npy", "y.npy"),
                ("lc.npy: 48 labels for n = 11 points", *PARTS, "--labels", "lc.npy", "lb.npy", "la.npy"),
                ("three.npy: d = 3, and 4 in the first file", "--data", "x.npy", "three.npy"),
                ("bytes.npy: numbers of type '|u1'", "--data", "x.npy", "bytes.npy"),
                ("y.npy: 60 labels for n = 11 points", *PARTS, "--labels=y.npy", "--labels=lb.npy", "--labels=y.npy"),
                ("none.npy: cannot open", "--data", "x.npy", "none.npy"),
                ("--data is empty", "--data", "x.npy", ""),
                ("--in-place takes the points of one file, not of 3: join them in one, or leave out", *PARTS, "--in-place"),
                ("more than 1000 files", "--data", *["x.npy"] * 1001),
                ("unexpected argument 'y.npy'", "--data=x.npy", "y.npy"),
                ("no point has the label 7 in la.npy and 2 more files", *PARTS, *LABELS, "--classes=7")):
            with self.subTest(text):
                self.refuses(text, "phi", *args, "--samples=8", "--times=4")
        self.refuses("--data needs a value FILE", "phi", *ONE, "--data", out=False)

    def test_from(self):
        """Files that have moved, others beside it, damage."""
        used = ("--samples=8", "--times=4", "--plot=none", "--quiet")
        self.succeeds("phi", *PARTS, *LABELS, *used)
        record = shutil.copy(self.path("out/phi_curve.json"), self.path("r.json"))
        wanted, old = self.tables()
        self.assertEqual(old["command"][2:14], ["--data", "a.npy", "--data", "b.npy", "--data", "c, d.npy", "--labels", "la.npy",
                                                "--labels", "lb.npy", "--labels", "lc.npy"])
        done = self.succeeds("phi", "--from", record, "--data", "x.npy", "--labels", "y.npy", "--plot=none", "--quiet")
        self.assertEqual(done.stderr, "diffdyn phi: --data is \"x.npy\", in place of [\"a.npy\", \"b.npy\", \"c, d.npy\"] "
                         "of %s\ndiffdyn phi: --labels is \"y.npy\", in place of [\"la.npy\", \"lb.npy\", \"lc.npy\"] of %s\n"
                         % (record, record))
        found, run = self.tables()
        self.assertEqual((found, run["command"].count("--data")), (wanted, 1))
        done = self.succeeds("phi", "--from", record, "--data", "b.npy", "a.npy", "c, d.npy", "--labels", "lb.npy", "la.npy",
                             "lc.npy", "--plot=none", "--quiet")
        self.assertIn("--data b.npy and 2 more files has not the data of", done.stderr)
        os.mkdir(self.path("elsewhere"))
        shutil.move(self.path("b.npy"), self.path("elsewhere/b.npy"))
        self.refuses("b.npy: cannot open", "phi", "--from", record)
        shutil.move(record, self.path("elsewhere/r.json"))
        record = self.path("elsewhere/r.json")
        done = self.succeeds("phi", "--from", record, "--plot=none", "--quiet")
        place = self.path("elsewhere/b.npy")
        self.assertEqual(done.stderr, "diffdyn phi: --data b.npy is not here: %s is taken\n" % place)
        found, run = self.tables()
        self.assertEqual((found, run["settings"]["data"]), (wanted, ["a.npy", place, "c, d.npy"]))
        self.assertEqual([run["command"][i + 1] for i, word in enumerate(run["command"]) if word == "--data"],
                         ["a.npy", place, "c, d.npy"])
        with open(record, encoding="utf-8") as f:
            text = f.read()
        for old, new in (('"files": [{', '"files": {"x": {'), ('"files": [{"path"', '"files": [{"pith"'),
                         ('"data": ["a.npy", "b.npy"', '"data": ["a.npy", 3'), ('"seed": 0', '"seed": ["0", "1"]'),
                         ('"files": [', '"files": [], "files": [')):
            self.assertIn(old, text)
            with open(self.path("bad.json"), "w", encoding="utf-8") as f:
                f.write(text.replace(old, new))
            self.refuses("is damaged", "phi", "--from", self.path("bad.json"))

    def test_members_of_archives(self):
        """The record has where the archive is, and it is found from elsewhere, as any file is."""
        for name, points in (("z.npz", "x.npy"), ("two.npz", "b.npy")):
            with zipfile.ZipFile(self.path(name), "w") as archive:
                archive.write(self.path(points), "some.npy")
                archive.write(self.path("y.npy"), "y.npy")
        used = ("--samples=8", "--times=4", "--plot=none", "--quiet", "--format=json")
        self.succeeds("phi", *ONE, *used)
        wanted, _ = self.tables()
        os.mkdir(self.path("elsewhere"))
        for data in (("z.npz:some",), ("a.npy", "two.npz:some.npy", "c, d.npy")):
            self.succeeds("phi", "--data", *data, "--labels", "z.npz:y", *used)
            found, run = self.tables()
            self.assertEqual(found, wanted)
            absolute = [os.path.realpath(self.path(name)) for name in data]
            self.assertEqual(run["data"]["data"]["absolute"], absolute[0])
            self.assertEqual([file["absolute"] for file in run["data"]["data"].get("files", [])], absolute[len(data) == 1:])
            with open(self.path("out/phi_curve.json"), encoding="utf-8") as f:
                self.assertEqual(problems(json.load(f), SCHEMA, SCHEMA), [])
            done = subprocess.run([run_driver.PROGRAM[0], "phi", "--from", "../out/phi_curve.json", "--out=out", "--plot=none",
                                   "--quiet"], cwd=self.path("elsewhere"), capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            for option, name in (*(("data", name) for name in data), ("labels", "z.npz:y")):
                self.assertIn("--%s %s is not here: %s is taken" % (option, name, os.path.realpath(self.path(name))), done.stderr)
            self.assertEqual(run_driver.csv_lines(self.path("elsewhere/out/phi_curve.csv")), wanted["phi_curve.csv"])

    def test_folders_of_images(self):
        """Pictures of results are not put among the images of the data, where the next run would read them."""
        for row in range(6):
            os.makedirs(self.path("images/%s" % "ab"[row % 2]), exist_ok=True)
            pixels = b"".join(b"\0" + bytes((40 * row + 7 * y * x) % 256 for x in range(8)) for y in range(8))
            chunks = ((b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
            with open(self.path("images/%s/%d.png" % ("ab"[row % 2], row)), "wb") as f:
                f.write(b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + kind + body +
                                                        struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks))
        if self.run_it("images", "--data", "images").returncode != 0:
            self.skipTest("a build without libpng")
        used = ("--samples=8", "--times=4", "--plot=none", "--quiet")
        for out in ("images", "images/a", "images/out", "images/../images/out"):
            self.refuses("--out: %s is in the folder images of --data, where" % out, "phi", "--data", "images", *used, "--out", out,
                         out=False)
        self.succeeds("phi", "--data", "images", *used, "--out", "images.out", out=False)

    def test_an_input_is_never_a_result(self):
        """Also the second file."""
        os.mkdir(self.out)
        for name in ("phi_curve.csv", "phi_curve.json"):
            shutil.copy(self.path("b.npy"), os.path.join(self.out, name))
        done = self.run_it("phi", "--data", "a.npy", "out/phi_curve.csv", "c, d.npy", *LABELS, "--samples=8", "--times=4", "--plot=none")
        self.assertEqual(done.returncode, 2, done.stderr)
        with open(self.path("b.npy"), "rb") as f, open(self.path("out/phi_curve.csv"), "rb") as g:
            self.assertEqual(f.read(), g.read())


if __name__ == "__main__":
    run_driver.main()

"""What every JSON and CSV file of the command says of itself, held against doc/result.schema.json, and --from, which
repeats a run to the byte."""
import copy
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys

import run_driver
import schema
from run_driver import DriverTest, npy

with open(os.path.join(os.path.dirname(__file__), "../../doc/result.schema.json"), encoding="utf-8") as schema_file:
    SCHEMA = json.load(schema_file)
TABLE = {"$ref": "#/$defs/table"}
DATA = ("--data", "x.npy", "--labels", "y.npy")
RUNS = {
    "branch": (*DATA, "--paths=20", "--times=3"),
    "collapse": ("--data", "x.npy", "--samples=32", "--times=6", "--level=0.1"),
    "curse": (),
    "flows": ("--height=60", "--steps=50"),
    "foreign-score": ("--d=4", "--points=32", "--pairs=20", "--times=2", "--steps=8"),
    "generalization": ("--d=4", "--points=32", "--pairs=8", "--samples=32", "--times=2"),
    "gmm-collapse": ("--d=8", "--n=500", "--samples=20", "--times=3"),
    "gmm-speciation": ("--d=16", "--pairs=100", "--t-max=3"),
    "late-start": ("--data", "x.npy", "--samples=20", "--features=2", "--steps=5", "--kl-samples=20"),
    "memorization": ("--data", "x.npy", "--samples", "s.npy", "--test", "x.npy"),
    "phi": (*DATA, "--samples=32", "--times=6", "--schedule=ddpm"),
    "regimes": (*DATA, "--samples=32", "--clones=32", "--times=8", "--clone-times=3", "--paths=16", "--path-steps=8"),
    "score": (*DATA, "--states", "s.npy", "--t=0.5"),
    "symmetry": (*DATA, "--starts=2", "--paths=20", "--steps=10"),
    "trajectory": (*DATA, "--from-data", "--paths=3", "--steps=5"),
    "uturn": (*DATA, "--paths=20", "--times=3"),
}
DRAWN = {"images"}  # pictures alone
REGIMES = ["n", "d", "alpha", "classes", "Lambda", "t_S", "t_S_asymptotic", "t_S_phi", "t_C_phi", "t_C_entropy",
           "t_C_last_change", "t_C_spectrum", "seed"]
COLUMNS = {"phi.csv": "t,phi,phi_se,phi_clones,phi_clones_se,phi_C,phi_C_se,phi_C_clones,phi_C_clones_se",
           "entropy.csv": "t,f_over_alpha,f_over_alpha_se"}


def comments(path):
    """Those of a CSV file as the "table" of the schema."""
    with open(path, encoding="utf-8") as f:
        lines = [line[2:].rstrip("\n") for line in f if line.startswith("# ")]
    table = {"run": {}, "definitions": {}}
    for line in lines:
        match = re.fullmatch(r'column ("[^"]*"): (\{.*\})', line)
        if match:
            table["definitions"][json.loads(match[1])] = json.loads(match[2])
        elif re.match(r"[a-z_]+: ", line):
            name, text = line.split(": ", 1)
            table["run"][name] = json.loads(text)
    assert lines[-1] == "end"
    return table


def two_groups():
    """60 points in d = 4, in turns of one and the other."""
    draw = random.Random(3)
    return [[draw.gauss(6 * (i % 2) - 3, 1) for _ in range(4)] for i in range(60)]


def write_rows(path, rows):
    """Of 4 numbers each."""
    return npy(path, (len(rows), 4), "<f8", struct.pack("<%dd" % (4 * len(rows)), *sum(rows, [])))


class OutputTest(DriverTest):
    """Runs of all commands, in a folder with data for them."""

    def setUp(self):
        super().setUp()
        rows = two_groups()
        for name, some in (("x.npy", rows), ("s.npy", rows[::2]), ("other.npy", [[2 * v for v in r] for r in rows])):
            write_rows(self.path(name), some)
        npy(self.path("y.npy"), (60,), "|u1", bytes(i % 2 for i in range(60)))

    def run_command(self, command, *args):
        return self.succeeds(command, *(args or RUNS[command]), "--plot=none", "--quiet")

    def described(self, command):
        """Checks every file in the folder; returns their names."""
        names = sorted(n for n in os.listdir(self.out) if n.endswith((".csv", ".json")))
        for name in names:
            path = os.path.join(self.out, name)
            if name.endswith(".json"):
                with open(path, encoding="utf-8") as f:
                    found = json.load(f)
                self.assertEqual(schema.problems(found, SCHEMA, SCHEMA), [], name)
            else:
                found = comments(path)
                self.assertEqual(schema.problems(found, TABLE, SCHEMA), [], name)
                header = run_driver.csv_lines(path)[0].rstrip("\n").split(",")
                names_of = ["log_steps"] if name == "mandelbrot.csv" else header
                self.assertEqual(list(found["definitions"]), names_of, name)
            run = found["run"]
            self.assertEqual(run["command"][:2], ["diffdyn", command])
            given = [word.lstrip("-").split("=")[0] for word in RUNS[command] if word.startswith("--")]
            self.assertEqual(set(given) - set(run["settings"]), set(), "every option stands in the settings")
            read = {word.lstrip("-") for word, file in zip(RUNS[command], RUNS[command][1:]) if file.endswith(".npy")}
            self.assertEqual(set(run["data"]), read, name)
            for file in run["data"].values():
                self.assertEqual(file["absolute"], os.path.realpath(self.path(file["path"])))
        return names

    def everything(self):
        found = {}
        for name in os.listdir(self.out):
            with open(os.path.join(self.out, name), "rb") as f:
                found[name] = f.read()
        return found


class Outputs(OutputTest):
    def test_every_command(self):
        """All files say how they were made; from each of them the run is repeated: not a byte differs."""
        listed = re.findall(r"^  ([a-z][a-z-]+) {2,}\S", self.succeeds("--help", out=False).stdout, flags=re.M)
        self.assertEqual(set(listed) - DRAWN, set(RUNS))
        for command in RUNS:
            with self.subTest(command):
                shutil.rmtree(self.out, ignore_errors=True)
                self.run_command(command)
                first, names = self.everything(), self.described(command)
                self.assertGreaterEqual(len(names), 1)
                for name in {names[0], names[-1]}:
                    done = self.run_command(command, "--from", os.path.join(self.out, name))
                    self.assertEqual(done.stderr, "")
                    self.assertEqual(self.everything(), first, name)

    def test_checker(self):
        """The comparison with the schema sees what is wrong."""
        self.run_command("regimes")
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            good = json.load(f)
        for change in (lambda r: r.pop("run"), lambda r: r["run"].pop("settings"), lambda r: r.pop("columns"),
                       lambda r: r["run"].update(threads=0), lambda r: r["run"].update(version="x"),
                       lambda r: r["run"]["data"]["data"].update(digest="12"),
                       lambda r: r["scalars"]["t_S"].pop("definition"), lambda r: r["scalars"]["t_S"].update(value="1"),
                       lambda r: r["columns"]["t"]["values"].append(True), lambda r: r.update(format="other")):
            bad = copy.deepcopy(good)
            change(bad)
            self.assertNotEqual(schema.problems(bad, SCHEMA, SCHEMA), [])
        try:
            import jsonschema
        except ImportError:
            return
        jsonschema.Draft202012Validator(SCHEMA).validate(good)

    def test_keys_and_columns_of_0_1_0(self):
        self.run_command("regimes")
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual([key for key in REGIMES if key not in report], [])
        self.assertEqual((report["n"], report["d"], report["classes"], report["seed"]), (60, 4, [0, 1], 0))
        for key in REGIMES[4:-1]:
            self.assertEqual(set(report[key]), {"value", "stderr"})
            self.assertEqual(list(report[key].values()),
                             [report["scalars"][key][part] for part in ("value", "standard_error")])
        for name, columns in COLUMNS.items():
            with open(os.path.join(self.out, name), encoding="utf-8") as f:
                self.assertTrue(f.readline().startswith(columns))  # the first line: no comment comes before it

    def test_lines_of_the_page_read_csv(self):
        """With empty cells, where no clones were run."""
        self.run_command("regimes")
        with open(os.path.join(os.path.dirname(__file__), "../../doc/outputs.md"), encoding="utf-8") as f:
            lines = re.search(r"^```py\n(.*?)^```", f.read(), re.DOTALL | re.MULTILINE).group(1).splitlines()
        self.assertIn(",,", pathlib.Path(self.path("out/phi.csv")).read_text())
        read = 0
        for line in lines:
            program = f"import {line.split('.')[0]}\nprint('rows:', len({line}))"
            for python in filter(os.path.exists, {sys.executable, "/usr/bin/python3"}):
                done = subprocess.run([python, "-c", program], cwd=self.path("."), text=True, capture_output=True,
                                      check=False)
                if "ModuleNotFoundError" not in done.stderr:
                    self.assertIn("rows: 8\n", done.stdout, f"{line}: {done.stderr}")
                    read += 1
        if not read:
            self.skipTest("no numpy")

    def test_other_threads_and_folder(self):
        self.run_command("regimes")
        first = {name: run_driver.measured(os.path.join(self.out, name)) for name in COLUMNS | {"regimes.json": 0}}
        for threads in (1, 3):
            self.succeeds("regimes", "--from", self.path("out/phi.csv"), "--plot=none", "--threads", threads,
                          "--out", self.path("again"), out=False)
            for name, wanted in first.items():
                self.assertEqual(run_driver.measured(self.path("again/" + name)), wanted, name)
            again = comments(self.path("again/phi.csv"))["run"]
            self.assertEqual(again["threads"], threads)
            self.assertIn("--threads", again["command"])
            self.assertNotIn("--quiet", again["command"])  # that of the first run was its own

    def test_options_beside_it(self):
        """They win, and it is said where they differ."""
        self.run_command("regimes", *RUNS["regimes"], "--seed=5")
        file = shutil.copy(os.path.join(self.out, "regimes.json"), self.path("r.json"))
        done = self.run_command("regimes", "--from", file, "--times=8", "--level", "0.1")
        self.assertEqual(done.stderr, "diffdyn regimes: --level is 0.1, in place of 0.05 of %s\n" % file)
        run = comments(os.path.join(self.out, "phi.csv"))["run"]
        self.assertEqual((run["seed"], run["settings"]["level"], run["settings"]["paths"]), (5, 0.1, 16))
        self.assertEqual(run["command"].count("--times"), 1)
        with open(file, encoding="utf-8") as f:
            old = json.load(f)["run"]
        # The command that is recorded does the same without the file.
        again = subprocess.run([run_driver.PROGRAM[0], *run["command"][1:]], cwd=self.dir, capture_output=True,
                               check=True, text=True)
        self.assertEqual(again.stdout, "")
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["run"], run)
        self.assertNotEqual(old["settings"], run["settings"])

    def test_data(self):
        self.run_command("regimes")
        file = shutil.copy(os.path.join(self.out, "regimes.json"), self.path("r.json"))
        done = self.run_command("regimes", "--from", file, "--data", "other.npy")
        self.assertIn("--data other.npy has not the data of " + file, done.stderr)
        self.assertIn('--data is "other.npy", in place of "x.npy"', done.stderr)
        shutil.move(self.path("x.npy"), self.path("moved.npy"))
        self.refuses("x.npy", "regimes", "--from", file)
        done = self.run_command("regimes", "--from", file, "--data", "moved.npy")
        self.assertEqual(done.stderr.count("\n"), 1)  # the same data under another name
        shutil.copy(self.path("other.npy"), self.path("x.npy"))
        self.refuses("--data x.npy has not the data of %s: their digest is" % file, "regimes", "--from", file)
        shutil.move(self.path("moved.npy"), self.path("x.npy"))
        os.mkdir(self.path("elsewhere"))
        done = subprocess.run([run_driver.PROGRAM[0], "regimes", "--from", "../r.json", "--plot=none", "--quiet"],
                              cwd=self.path("elsewhere"), capture_output=True, text=True, check=True)
        self.assertIn("--data x.npy is not here: %s is taken" % os.path.realpath(self.path("x.npy")), done.stderr)

    def test_labels(self):
        """Those have a digest of their own, so that the file that has changed is named."""
        self.run_command("phi")
        record = shutil.copy(self.path("out/phi_curve.json"), self.path("r.json"))
        with open(record, encoding="utf-8") as f:
            self.assertRegex(json.load(f)["run"]["data"]["labels"]["digest"], "^[0-9a-f]{16}$")
        npy(self.path("z.npy"), (60,), "|u1", bytes((i + (i < 3)) % 2 for i in range(60)))
        done = self.run_command("phi", "--from", record, "--labels=z.npy")
        for text in ('--labels is "z.npy", in place of "y.npy"', "--labels z.npy has not the data of"):
            self.assertIn(text, done.stderr)
        shutil.copy(self.path("z.npy"), self.path("y.npy"))
        self.refuses("--labels y.npy has not the data of %s: their digest is" % record, "phi", "--from", record)

    def test_padded_images(self):
        """--pad makes the points that numpy.pad makes: the digests say so."""
        draw, used = random.Random(7), ("--paths=2", "--times=2", "--steps=2", "--plot=none", "--quiet")

        def digest(*args):
            self.succeeds("uturn", *args, *used)
            return {name: (file["digest"], file["d"]) for name, file in
                    comments(self.path("out/uturn.csv"))["run"]["data"].items()}

        def pad(image, top, left, value):
            wide = [value] * (len(image[0]) + 2 * left)
            return [wide] * top + [[value] * left + row + [value] * left for row in image] + [wide] * top
        npy(self.path("y.npy"), (6,), "|u1", bytes(i % 2 for i in range(6)))
        for descr, code, black in (("|u1", "B", 0), ("<f4", "f", -1), ("<f8", "d", -2)):
            images = [[[draw.randrange(200) if code == "B" else draw.choice((black, 0.5, 7)) for _ in range(10)]
                       for _ in range(8)] for _ in range(6)]
            images[5][0][0] = black
            for name, some in (("x", images), ("p", [pad(image, 2, 3, black) for image in images])):
                flat = sum((sum(image, []) for image in some), [])
                npy(self.path(name + ".npy"), (6, len(some[0]), len(some[0][0])), descr,
                    struct.pack("<%d%s" % (len(flat), code), *flat))
            labelled = ("--labels=y.npy", "--n=4")
            self.assertEqual(digest("--data=x.npy", "--pad=8x10:12x16", *labelled), digest("--data=p.npy", *labelled))
        colours = [[[[draw.randrange(256) for _ in range(8)] for _ in range(8)] for _ in range(3)] for _ in range(4)]
        plain = [[pad(plane, 4, 4, 0) for plane in image] for image in colours]
        for some, name, width in ((colours, "x", 8), (plain, "p", 16)):
            planes = bytes(v for image in some for plane in image for row in plane for v in row)
            npy(self.path(name + "0.npy"), (4, 3, width, width), "|u1", planes)
            pixels = bytes(v for image in some for rows in zip(*image) for pixel in zip(*rows) for v in pixel)
            npy(self.path(name + "1.npy"), (4, width, width, 3), "|u1", pixels)
        for k, shape in ((0, "3x8x8"), (1, "8x8x3")):
            self.assertEqual(digest("--data=x%d.npy" % k, "--pad=%s:16x16" % shape, "--scale=unit"),
                             digest("--data=p%d.npy" % k, "--scale=unit"))
        record = shutil.copy(self.path("out/uturn.csv"), self.path("r.csv"))
        self.assertEqual(self.run_command("uturn", "--from", record, "--data=x1.npy", "--pad=8x8x3:16x16").stderr.count("\n"), 1)
        for text, args in (("5 more rows than 8 cannot be as many at the top and the bottom: take 12 or 14", "3x8x8:13x16"),
                           ("the images have 8 columns, more than 6", "3x8x8:16x6"),
                           ("--pad 8x9 has 72 numbers, the points have 192", "8x9:10x11"),
                           ("--pad 32 is not like 32x32 or 28x20:32x32", "32"),
                           ("images of more than 2^24 numbers", "3x8x8:999999998x999999998")):
            self.refuses(text, "uturn", "--data=x0.npy", "--pad", args)
        self.refuses("say their height and width before it, such as --pad 2x2:16x16", "uturn", "--data=s.npy",
                     "--pad=16x16")
        self.refuses("--pad needs --data FILE", "uturn", "--pad=16x16")

    def test_schedule_file(self):
        """A file that the schedule names is found from elsewhere, and beside the record where both have moved."""
        npy(self.path("b.npy"), (100,), "<f8", struct.pack("<100d", *(1e-3 + 1e-3 * i for i in range(100))))
        run = ("uturn", "--data", "x.npy", "--paths=20", "--times=3", "--schedule", "zero-snr:betas:b.npy")
        self.run_command(*run)
        rows = run_driver.csv_lines(self.path("out/uturn.csv"))
        for name in ("elsewhere", "moved"):
            os.mkdir(self.path(name))

        def repeat(record, *more):
            return subprocess.run([run_driver.PROGRAM[0], "uturn", "--from", record, "--plot=none", "--quiet", *more],
                                  cwd=self.path("elsewhere"), capture_output=True, text=True, check=False)
        done = repeat("../out/uturn.csv")
        self.assertIn("--schedule b.npy is not here: %s is taken\n" % os.path.realpath(self.path("b.npy")), done.stderr)
        self.assertEqual((done.returncode, run_driver.csv_lines(self.path("elsewhere/out/uturn.csv"))), (0, rows))
        command = comments(self.path("elsewhere/out/uturn.csv"))["run"]["command"]
        self.assertIn("zero-snr:betas:" + os.path.realpath(self.path("b.npy")), command)
        for name in ("x.npy", "b.npy"):
            shutil.move(self.path(name), self.path("moved"))
        shutil.move(self.path("out"), self.path("moved"))  # and no longer at their absolute paths
        done = repeat("../moved/out/uturn.csv", "--out", "two")
        self.assertIn("--schedule b.npy is not here: ../moved/out/../b.npy is taken\n", done.stderr)
        self.assertIn("--data x.npy is not here: ../moved/out/../x.npy is taken\n", done.stderr)
        self.assertEqual((done.returncode, run_driver.csv_lines(self.path("elsewhere/two/uturn.csv"))), (0, rows))
        npy(self.path("moved/b.npy"), (100,), "<f8", struct.pack("<100d", *(2e-3 + 1e-3 * i for i in range(100))))
        done = repeat("../moved/out/uturn.csv")
        self.assertEqual(done.returncode, 2)
        self.assertIn("has not the data of ../moved/out/uturn.csv", done.stderr)

    def test_other_files_beside_it(self):
        """Whatever option names a file, another one may be given; that the data are others is said."""
        betas = npy(self.path("b.npy"), (100,), "<f8", struct.pack("<100d", *(1e-3 + 1e-3 * i for i in range(100))))
        other = npy(self.path("c.npy"), (100,), "<f8", struct.pack("<100d", *(2e-3 + 1e-3 * i for i in range(100))))
        self.run_command("score", "--data=x.npy", "--states=s.npy", "--t=50", "--schedule=betas:" + betas)
        record = shutil.copy(self.path("out/score.csv"), self.path("r.csv"))
        for option, text, path in (("--states", "x.npy", "x.npy"), ("--schedule", "betas:" + other, other)):
            done = self.run_command("score", "--from", record, option, text)
            self.assertIn("%s %s has not the data of %s" % (option, path, record), done.stderr)
        shutil.copy(self.path("other.npy"), self.path("s.npy"))
        self.refuses("--states s.npy has not the data", "score", "--from", record)

    def test_refusals(self):
        self.run_command("regimes")
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(self.out, "phi.csv"), encoding="utf-8") as f:
            table = f.read()

        def changed(name, content):
            with open(self.path(name), "w", encoding="utf-8") as f:
                f.write(content)
            return self.path(name)
        self.refuses("was written by 'diffdyn regimes', not by 'diffdyn uturn'", "uturn", "--from", "out/regimes.json")
        self.refuses("cannot read it: No such file", "regimes", "--from", "none.json")
        os.mkfifo(self.path("pipe"))
        with open(self.path("large"), "wb") as f:
            f.truncate(2**28 + 1)
        for name, said in ((".", "it is a folder, no regular file"), ("/dev/zero", "it is no regular file"),
                           ("pipe", "it is no regular file"), ("large", "has 268435457 bytes, more than the 268435456")):
            self.refuses(said, "regimes", "--from", name)  # none is read, and for none it waits
        for content in ("{}", "", "t,phi\n1,2\n", '{"n": 3}', "\0\0"):
            self.refuses("does not say how it was made", "regimes", "--from", changed("plain", content))
        self.refuses("there is no line '# end'", "regimes", "--from", changed("cut.csv", table[:-6]))
        for part in (text[:len(text) // 2], text[:900], text.replace('"settings": {', '"settings": [', 1),
                     text + "x", text.replace('"command": [', '"command": {', 1), text.replace(":", "", 1),
                     '{"run": {"command": ["\\uzzzz"', "{" * 999, '{"a":' + "[" * 100):
            self.refuses("is damaged", "regimes", "--from", changed("bad.json", part))
        for old, new, said in (
                ('"settings": {', '"settings": {"seed": 1, ', "it says 'seed' twice"),
                ('"run": {', '"run": {"kernel": "x", ', "it says 'kernel' twice"),
                ('"data": {"labels": {', '"data": {"labels": {}, "labels": {', "it says 'labels' twice"),
                ('  "data": {', '  "date": {', "does not say what data it was made from"),
                ('"settings": {"data": "x.npy"', '"settings": {"data": null', "--data FILE is missing, also in the settings")):
            self.assertIn(old, text)
            self.refuses(said, "regimes", "--from", changed("r.json", text.replace(old, new, 1)))
        self.refuses("it says 'seed' twice", "regimes", "--from",
                     changed("t.csv", table.replace('# settings: {', '# settings: {"seed": 1, ', 1)))
        windows = changed("w.csv", table.replace("\n", "\r\n"))
        self.assertEqual(self.run_command("regimes", "--from", windows).stderr, "")
        self.refuses("--times = 3 is outside", "regimes", "--from",
                     changed("less.json", text.replace('"times": 8', '"times": 3', 1)))
        self.refuses("unknown option --from", "images", "--from", "out/regimes.json")

    def test_other_versions(self):
        self.run_command("regimes")
        with open(os.path.join(self.out, "regimes.json"), encoding="utf-8") as f:
            text = f.read()
        own = re.search(r'"version": "([0-9.]+)"', text)[1]
        for version, kind in (("99.0.0", "newer"), ("0.8.1", "earlier")):
            other = text.replace('"version": "%s"' % own, '"version": "%s"' % version, 1)
            other = other.replace('"settings": {', '"settings": {"news": 3, "nothing": null, ', 1)
            with open(self.path("v.json"), "w", encoding="utf-8") as f:
                f.write(other)
            lines = self.run_command("regimes", "--from", self.path("v.json")).stderr.splitlines()
            self.assertEqual(len(lines), 2)
            self.assertIn("is of the %s version %s, this is %s: the numbers may differ" % (kind, version, own), lines[0])
            self.assertIn("sets --news, which is not known here", lines[1])

    def test_kernel(self):
        """That of the file is used for the same bits; one that the processor lacks is said."""
        self.run_command("regimes")
        path = os.path.join(self.out, "regimes.json")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        kernel = json.loads(text)["run"]["kernel"]
        with open(self.path("k.json"), "w", encoding="utf-8") as f:
            f.write(text.replace('"kernel": "%s"' % kernel, '"kernel": "reference"', 1))
        self.run_command("regimes", "--from", self.path("k.json"))
        self.assertEqual(comments(os.path.join(self.out, "phi.csv"))["run"]["kernel"], "reference")
        with open(self.path("k.json"), "w", encoding="utf-8") as f:
            f.write(text.replace('"kernel": "%s"' % kernel, '"kernel": "abacus"', 1))
        self.assertIn("the kernel abacus, which this processor does not have",
                      self.run_command("regimes", "--from", self.path("k.json")).stderr)
        with open(self.path("b.json"), "w", encoding="utf-8") as f:
            f.write(text.replace('"blas_core": "', '"blas_core": "Not', 1))
        self.assertIn("was made with the BLAS", self.run_command("regimes", "--from", self.path("b.json")).stderr)

    def test_core(self):
        """The core of OpenBLAS of the file is used for the same bits, unless the user says which."""
        self.succeeds("regimes", *RUNS["regimes"], "--plot=none", "--quiet",
                      env={**os.environ, "OPENBLAS_CORETYPE": "Prescott"})
        first, record = self.everything(), shutil.copy(self.path("out/regimes.json"), self.path("r.json"))
        if comments(self.path("out/phi.csv"))["run"]["blas_core"] != "Prescott":
            self.skipTest("no OpenBLAS that can be told its core")
        self.assertEqual(self.run_command("regimes", "--from", record).stderr, "")
        self.assertEqual(self.everything(), first)

    def test_odd_names(self):
        """Names of files that JSON must write in another way."""
        for name in ('a "b"\\c.npy', "grün 0.npy", "tab\there.npy", os.fsdecode(b"latin\xe9.npy")):
            shutil.copy(self.path("x.npy"), self.path(name))
            self.succeeds("uturn", "--data", name, "--paths=20", "--times=3", "--plot=none", "--quiet")
            file = os.path.join(self.out, "uturn.csv")
            self.assertEqual(comments(file)["run"]["data"]["data"]["path"], name)
            first = self.everything()
            self.assertEqual(self.run_command("uturn", "--from", file).stderr, "")
            self.assertEqual(self.everything(), first)

    ODD = ("red\x1b[31m.npy", "two\nlines.npy", "back\rhere.npy", "c1\x9b31m.npy", "bidi\u202exyz\u2066.npy",
           "sep\u2028\u2029.npy", os.fsdecode(b"latin\xe9\x9b.npy"))

    def is_plain(self, done):
        """Nothing that a terminal would obey but the ends of lines."""
        for text in (done.stdout, done.stderr):
            self.assertNotRegex(text, "[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\udc80-\udcff]")

    def test_names_that_a_terminal_would_obey(self):
        """They are shown escaped, JSON stays valid, and both say the name."""
        for name in self.ODD:
            shutil.copy(self.path("x.npy"), self.path(name))
            out = name[:-4]
            done = self.succeeds("regimes", "--data", name, *RUNS["regimes"][2:], "--plot=none", "--out", out, out=False)
            self.is_plain(done)
            with open(self.path(out + "/regimes.json"), encoding="utf-8") as f:
                report = json.load(f)
            self.assertEqual(report["run"]["data"]["data"]["path"], name)
            shown = re.sub(r"[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\udc80-\udcff]",
                           lambda c: "".join("\\x%02x" % byte for byte in os.fsencode(c[0])), name)
            self.assertEqual((report["fields"]["data_path"], report["fields"]["labels_path"]), (shown, "y.npy"))
            self.assertIn(shown, done.stdout)
            self.assertEqual(done.stderr, "")
            again = self.succeeds("regimes", "--from", out + "/regimes.json", "--plot=none")
            self.assertEqual(again.stderr, "")
            for args in (("--from", name), ("--data", "no" + name), ("--data", name, "--out", name),
                         ("--data", name, "--classes=1"), ("--" + name,), (name,), ("--data=x.npy", "--n", name)):
                done = self.refuses("", "regimes", *args, out=False)
                self.is_plain(done)

    def test_every_command_shows_names(self):
        name = self.ODD[0]
        shutil.copy(self.path("x.npy"), self.path(name))
        for command, args in RUNS.items():
            if "x.npy" not in args or command == "regimes":
                continue
            args = [name if word == "x.npy" else word for word in args]
            self.is_plain(self.succeeds(command, *args, "--plot=none", "--out", "o" + name, out=False))

    def test_odd_names_of_schedules(self):
        """They are in texts of results and pictures, which hold no such bytes."""
        numbers = struct.pack("<100d", *(1e-3 + 1e-3 * i for i in range(100)))
        for name in ('a "b"\\c.npy', "it's.npy", "tab\there.npy", "two\nlines.npy", os.fsdecode(b"latin\xe9.npy"), "ü.npy"):
            npy(self.path(name), (100,), "<f8", numbers)
            for command, args in (("trajectory", ("--paths=3", "--steps=5")), ("uturn", ("--paths=20", "--times=3"))):
                done = self.succeeds(command, "--data=x.npy", *args, "--schedule", "betas:" + name, "--quiet")
                self.assertEqual(done.stderr, "", (command, name))
            first = self.everything()
            done = self.succeeds("uturn", "--from", self.path("out/uturn.csv"), "--quiet")
            self.assertEqual((done.stderr, self.everything()), ("", first))


if __name__ == "__main__":
    run_driver.main()

"""--format: the tables of every command as JSON and NumPy arrays have the numbers of the CSV files, to the last digit."""
import ast
import csv
import json
import math
import os
import re
import shutil
import struct

import run_driver
import test_outputs

BOTH = "--format=npy,json"
MATRIX = "mandelbrot.csv"
SHORT = ("flows", *test_outputs.RUNS["flows"])


def read_npy(path):
    """Names and columns of an array with named fields of doubles."""
    with open(path, "rb") as f:
        data = f.read()
    assert data[:6] == b"\x93NUMPY" and data[6] in (1, 2)
    head = 10 if data[6] == 1 else 12
    start = head + int.from_bytes(data[8:head], "little")
    header = ast.literal_eval(data[head:start].decode())
    names = [name for name, kind in header["descr"] if kind == "<f8"]
    assert len(names) == len(header["descr"])
    row = struct.Struct("<%dd" % len(names))
    rows = list(row.iter_unpack(data[start:]))
    assert (len(rows),) == header["shape"]
    return names, [[r[i] for r in rows] for i in range(len(names))]


def read_json(path):
    with open(path, encoding="utf-8") as f:
        columns = json.load(f, parse_int=float)["columns"]  # -0 is a whole number for Python
    return list(columns), [[math.nan if v is None else float(v) for v in c["values"]] for c in columns.values()]


def read_csv(path):
    names, *rows = csv.reader(line for line in run_driver.csv_lines(path) if line.strip())
    return names, [[float(r[i]) if r[i] else math.nan for r in rows] for i in range(len(names))]


def same(table, other):
    """Whether names and the bits of all numbers are equal; one NaN is as good as another."""
    return table[0] == other[0] and [[repr(v) for v in c] for c in table[1]] == [[repr(v) for v in c] for c in other[1]]


class Formats(test_outputs.OutputTest):
    def own(self, ending):
        return {name for name in os.listdir(self.out) if name.endswith(ending)}

    def test_every_command(self):
        """Beside what is written without the option, which stays, each CSV file has a JSON file and an array."""
        for command in test_outputs.RUNS:
            with self.subTest(command):
                shutil.rmtree(self.out, ignore_errors=True)
                self.run_command(command)
                plain = {name: run_driver.csv_lines(os.path.join(self.out, name)) for name in self.own(".csv")}
                before = set(os.listdir(self.out))
                with open(os.path.join(self.out, min(plain)), encoding="utf-8") as f:
                    self.assertNotIn('"format"', f.read(), "the record is as it was")
                self.run_command(command, *test_outputs.RUNS[command], BOTH)
                self.described(command)
                added = set(os.listdir(self.out)) - before
                self.assertEqual(len(added), 2 * len(set(plain) - {MATRIX}))
                for name, lines in plain.items():
                    path = os.path.join(self.out, name)
                    self.assertEqual(run_driver.csv_lines(path), lines)
                    stem = name[:-4] if name[:-4] + ".json" in added else name[:-4] + "_table"
                    if name != MATRIX:
                        table = read_csv(path)
                        self.assertGreaterEqual(added, {stem + ".json", stem + ".npy"})
                        self.assertTrue(same(table, read_json(os.path.join(self.out, stem + ".json"))), name)
                        self.assertTrue(same(table, read_npy(os.path.join(self.out, stem + ".npy"))), name)

    def test_one_of_them(self):
        for text, endings in (("csv", ()), ("json", (".json",)), ("csv,npy", (".npy",)), ("npy,npy", (".npy",))):
            shutil.rmtree(self.out, ignore_errors=True)
            self.run_command("foreign-score", *test_outputs.RUNS["foreign-score"], "--format", text)
            self.assertEqual(set(os.listdir(self.out)), {"foreign_score" + e for e in (".csv", ".gp", *endings)})

    def test_units_and_definitions(self):
        self.run_command(*SHORT, BOTH)
        with open(os.path.join(self.out, "passage.json"), encoding="utf-8") as f:
            columns = json.load(f)["columns"]
        with open(os.path.join(self.out, "passage.csv"), encoding="utf-8") as f:
            lines = [line[len("# column "):] for line in f if line.startswith("# column ")]
        for line in lines:
            for name, meaning in json.loads("{%s}" % line).items():
                column = columns.pop(name)
                self.assertEqual({key: column[key] for key in meaning}, meaning)
        self.assertEqual(columns, {})

    def test_repeated(self):
        """From the JSON file comes the same again; without the option, the files of before are set aside."""
        self.run_command(*SHORT, BOTH)
        first = self.everything()
        done = self.run_command("flows", "--from", os.path.join(self.out, "flow.json"))
        self.assertEqual(self.everything(), first)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn(MATRIX + " is a matrix", done.stderr)
        done = self.run_command("flows", "--from", os.path.join(self.out, "flow.json"), "--format", "csv")
        self.assertIn('--format is "csv", in place of "npy,json"', done.stderr)
        tables = {"flow", "saddle_node", "passage"}
        self.assertEqual(self.own(".old"), {name + e for name in tables for e in (".json.old", ".npy.old")})
        self.assertEqual(self.own(".json") | self.own(".npy"), set())

    def test_file_of_an_option(self):
        """A file that the user names is that one alone."""
        self.run_command("gmm-speciation", *test_outputs.RUNS["gmm-speciation"], BOTH, "--csv", self.path("mine.csv"))
        self.assertEqual([name for name in os.listdir(self.dir) if name.startswith("mine")], ["mine.csv"])
        self.assertIn("gmm_speciation_d16.npy", self.own(".npy"))

    def test_refused(self):
        for text in ("x", "csv,", ",npy", "json npy", "JSON", "csv;npy"):
            self.refuses("--format = '%s' is not a list of csv, json and npy" % text, "flows", "--format", text)
        self.refuses("--format is empty", "flows", "--format=")
        self.refuses("unknown option --format", "images", "--data=x.npy", BOTH)
        self.assertFalse(os.path.exists(self.out))

    def test_names_of_temporary_files(self):
        """What stops at any size: the message has the name of the result, never that of a file that it goes through."""
        named = set()
        for limit in (0, 2000, 6000, 9000, 12000):
            done = self.run_it("phi", *test_outputs.RUNS["phi"], BOTH, "--plot=none", "--quiet", file_limit=limit)
            self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)
            self.assertNotRegex(done.stderr, r"\.aside|\.part-")
            named |= set(re.findall(r"out/(\w+\.\w+): ", done.stderr))
        self.assertLessEqual({"phi_curve.csv", "phi_curve.json"}, named)

    def test_help(self):
        text = self.succeeds("regimes", "--help", out=False).stdout
        self.assertIn("--format csv,json,npy", text)
        listed = next(line for line in text.splitlines() if line.startswith("Files in DIR: ")).split()
        self.assertLessEqual({"phi.csv", "phi.json", "phi.npy", "entropy.npy", "regimes.json"}, set(listed))
        text = self.succeeds("trajectory", "--help", out=False).stdout
        self.assertIn(" trajectory_table.npy", text)
        self.assertNotIn("=", next(line for line in self.succeeds("flows", "--help", out=False).stdout.splitlines()
                                   if line.startswith("Files in DIR: ")))


if __name__ == "__main__":
    run_driver.main()

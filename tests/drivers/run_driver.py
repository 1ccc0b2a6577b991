"""Runs a driver for the tests of doc/examples: exit status, output, files of input."""
import csv
import gzip
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

PROGRAM = []  # and its subcommand
os.environ.pop("OPENBLAS_CORETYPE", None)  # what is around the tests has no say in their files


def main():
    """python3 test_x.py PROGRAM [SUBCOMMAND]: what to test comes first on the command line."""
    PROGRAM.append(os.path.abspath(sys.argv.pop(1)))
    if len(sys.argv) > 1 and re.fullmatch("[a-z-]*[a-z]", sys.argv[1]):
        PROGRAM.append(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)


def png(path):
    """Width, height, bytes of a pixel, and the pixels of a PNG as the programs write them; check sums are held."""
    with open(path, "rb") as f:
        data = f.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        chunks[kind] = data[at + 8:at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(data[at + 4:at + 8 + size])
        at += 12 + size
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert depth == 8 and colour in (0, 2) and rest == [0, 0, 0]
    samples = 3 if colour else 1
    rows, row = zlib.decompress(chunks[b"IDAT"]), 1 + width * samples
    assert len(rows) == height * row and set(rows[::row]) == {0}
    return width, height, samples, b"".join(rows[y * row + 1:(y + 1) * row] for y in range(height))


def csv_lines(path):
    """Lines of a CSV file without its comments."""
    with open(path, encoding="utf-8") as f:
        return [line for line in f if not line.startswith("#")]


def csv_rows(path):
    """Rows of a CSV file as dictionaries of texts."""
    return list(csv.DictReader(csv_lines(path)))


def measured(path):
    """The bytes of a file but for what it says of the command and the threads, which change no number."""
    with open(path, "rb") as f:
        return b"".join(line for line in f
                        if not re.match(rb'# (command|threads): |  "(command|threads)": ', line))


class DriverTest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="ddn_drivers_")
        self.out = os.path.join(self.dir, "out")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def clusters(self, n):
        """n labelled points in d = 3 around +-4 along the first axis."""
        draw = random.Random(5)
        points, labels = [], []
        for i in range(n):
            labels.append(i % 2)
            points += [draw.gauss(8 * (i % 2) - 4, 1), draw.gauss(0, 1), draw.gauss(0, 1)]
        return (npy(self.path("x.npy"), (n, 3), "<f8", struct.pack(f"<{3 * n}d", *points)),
                npy(self.path("y.npy"), (n,), "<i4", struct.pack(f"<{n}i", *labels)))

    def rows(self, name):
        """Those of a CSV file that the driver wrote."""
        return csv_rows(os.path.join(self.out, name))

    def run_it(self, *args, out=True, env=None, file_limit=None, user=None):
        """Completed process with text streams; --out self.out unless out is False."""
        command = [*PROGRAM, *map(str, args)] + (["--out", self.out] if out else [])
        limit = None
        if file_limit is not None:
            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=env, cwd=self.dir, preexec_fn=limit, user=user, check=False)

    def succeeds(self, *args, **options):
        done = self.run_it(*args, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.bars_are_explained()
        return done

    def bars_are_explained(self):
        """Bars are 95 % intervals in all pictures, which say so; a standard error is never a bar's length."""
        for name in os.listdir(self.out) if os.path.isdir(self.out) else ():
            if name.endswith(".gp"):
                with open(os.path.join(self.out, name), encoding="utf-8", errors="replace") as f:
                    text = f.read()
                bars = re.findall(r"using ((?:(?! using ).)*?) (?:skip 1 )?with yerror", text.replace("\\\n", " "))
                self.assertEqual("bars: 95 %" in text, bool(bars), name)
                for columns in bars:
                    self.assertEqual(columns.count(":"), 3, (name, columns))

    def refuses(self, text, *args, **options):
        """Exit status 2 and one line on stderr that contains the text."""
        done = self.run_it(*args, **options)
        self.assertEqual(done.returncode, 2, (args, done.stdout, done.stderr))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(text, done.stderr)
        return done

    def is_interrupted(self, *args, after=0):
        """Ctrl-C, `after` seconds after the program has begun to listen, ends what would take minutes: status 130, one
        line, and no result."""
        program = subprocess.Popen([*PROGRAM, *map(str, args), "--out", self.out], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=self.dir)
        try:
            listens = False
            while not listens:
                self.assertIsNone(program.poll(), "it ended by itself")
                with open("/proc/%d/status" % program.pid, encoding="ascii") as status:
                    caught = next(line for line in status if line.startswith("SigCgt"))
                listens = int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1
            time.sleep(after)
            program.send_signal(signal.SIGINT)
            _, text = program.communicate(timeout=20)
        finally:
            program.kill()
        self.assertEqual(program.returncode, 130, text)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertIn("interrupted", text)
        self.assertEqual([name for name in os.listdir(self.out) if name.endswith((".csv", ".png"))], [])

    def traced_states(self, n, *args):
        """Number of states in the table of --trace, which must add up and be all that --trace adds."""
        plain, traced = self.succeeds(*args).stdout, self.succeeds(*args, "--trace").stdout
        self.assertEqual(traced[:len(plain)], plain)
        head, *rows = [line.split() for line in traced[len(plain):].splitlines() if line]
        self.assertEqual(head[0], "way")
        *ways, total = rows
        left, sums = int(total[1]), [0, 0, 0]
        self.assertEqual(total[0], "all")
        for name, tried, *numbers in ways:
            served, read, share, size = (float(v.rstrip("%")) for v in numbers)
            self.assertTrue(0 <= served <= int(tried) <= left, (name, ways))
            self.assertEqual(read > 0, int(tried) > 0 and size > 0, (name, ways))
            self.assertAlmostEqual(share, 100 * read / (n * int(total[1])), delta=6e-4)
            left -= served
            sums = [a + b for a, b in zip(sums, (served, read, size))]
        self.assertEqual(left, 0, ways)
        self.assertEqual(sums, [int(total[1]), int(total[2]), int(total[4])])
        return int(total[1])


def npy(path, shape, descr, payload, fortran=False):
    """Writes an .npy 1.0 file with the given header and bytes."""
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s,), }" % (
        descr, fortran, ", ".join(map(str, shape)))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + payload)
    return path


def idx(path, shape, payload, magic=None):
    """Writes an IDX file of unsigned bytes, compressed if the name ends in .gz."""
    head = struct.pack(">I", 0x800 + len(shape) if magic is None else magic)
    head += b"".join(struct.pack(">I", k) for k in shape)
    with (gzip.open if path.endswith(".gz") else open)(path, "wb") as f:
        f.write(head + payload)
    return path

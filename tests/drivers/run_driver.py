"""Runs a driver for the tests of doc/examples: exit status, output, files of input."""
import gzip
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None


def main():
    """python3 test_x.py PROGRAM: the driver to test comes first on the command line."""
    global PROGRAM
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)


class DriverTest(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="ddn_drivers_")
        self.out = os.path.join(self.dir, "out")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_it(self, *args, out=True, env=None, file_limit=None):
        """Completed process with text streams; --out self.out unless out is False."""
        command = [PROGRAM, *map(str, args)] + (["--out", self.out] if out else [])
        limit = None
        if file_limit is not None:
            def limit():
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=env, cwd=self.dir, preexec_fn=limit, check=False)

    def succeeds(self, *args, **options):
        done = self.run_it(*args, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refuses(self, text, *args, **options):
        """Exit status 2 and one line on stderr that contains the text."""
        done = self.run_it(*args, **options)
        self.assertEqual(done.returncode, 2, (args, done.stdout, done.stderr))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(text, done.stderr)
        return done


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

"""The Python that errors of ddn_dataset_open say converts a file does: a file of each kind is made, the line of the
message is run as it stands, and what it writes is opened and compared. The lines of the last table of doc/data.md are
those of the messages, and run too.

conversions.py LIBRARY    by a python3 that has numpy; 77 without one. What a kind needs besides (scipy, h5py, torch,
                          PIL, lmdb, pandas with pyarrow) is skipped where it is missing.
"""
import glob
import importlib.util
import json
import os
import pathlib
import pickle
import re
import struct
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
if importlib.util.find_spec("numpy") is None:
    other = "/usr/bin/python3"  # the system's, where the first one in PATH is another
    if os.path.exists(other) and not os.path.samefile(sys.executable, other) and "TRIED" not in os.environ:
        os.execve(other, [other, *sys.argv], dict(os.environ, TRIED="1"))
    print("skipped: no python3 with numpy")
    sys.exit(77)

os.environ["DIFFDYN_LIBRARY"] = sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "doc/bindings/python"))
import numpy as np  # noqa: E402
import diffdyn  # noqa: E402

X = np.random.default_rng(3).integers(0, 256, (20, 6))
MODULES = ("glob", "h5py", "lmdb", "numpy", "pandas", "pickle", "PIL.Image", "safetensors.numpy", "scipy.io", "torch")
SIZES = {"<f4": "F32", "|u1": "U8", "<f8": "F64"}


def needs(*names):
    for name in names:
        if importlib.util.find_spec(name) is None:
            raise unittest.SkipTest("no " + name)


def message(path):
    """The text of the error with which the file does not open."""
    try:
        diffdyn.Dataset.open(path)
    except diffdyn.Error as error:
        return str(error)
    raise AssertionError(path + " opens")


def load_safetensors(path):
    """What safetensors.numpy.load_file does, for tests without it: a length, a JSON head, the bytes."""
    with open(path, "rb") as f:
        data = f.read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    made = {}
    for name, about in json.loads(data[8:start]).items():
        kind = next(k for k, size in SIZES.items() if size == about["dtype"])
        begin, end = about["data_offsets"]
        made[name] = np.frombuffer(data[start + begin:start + end], kind).reshape(about["shape"])
    return made


def stand_in():
    """The module safetensors, which Debian 12 has not: its function by hand, so that the line can be run."""
    if importlib.util.find_spec("safetensors") is None:
        package, part = types.ModuleType("safetensors"), types.ModuleType("safetensors.numpy")
        part.load_file = load_safetensors
        package.numpy = part
        sys.modules.update({"safetensors": package, "safetensors.numpy": part})


class Conversions(unittest.TestCase):
    """In each test: a file, the line, the points."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder.name)

    def run_line(self, line, x, **names):
        """Runs the line, which writes x.npy; it holds the points x."""
        if os.path.exists("x.npy"):
            os.remove("x.npy")
        exec(line.replace("NAME", "points"), dict(names))  # pylint: disable=exec-used
        made = diffdyn.Dataset.open("x.npy")
        np.testing.assert_array_equal(made.read(), np.asarray(x, float).reshape(len(x), -1))

    def converts(self, file, row, x=X, says=None, **names):
        """The line of the error, and the expression of the row of the page."""
        text = message(file)
        line = re.search("To convert: (.*)", text)
        self.assertIsNotNone(line, text)
        if says:
            self.assertIn(says, text)
        self.run_line(line[1], x, file=file, **names)
        imports = [f"import {name}\n" for name in MODULES if name in ROWS[row] or name == "numpy"]
        self.run_line("".join(imports) + f"x = {ROWS[row]}; numpy.save('x.npy', x)", x, file=file, **names)

    def test_pickle(self):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            with open("batch", "wb") as f:
                pickle.dump({b"data": X.astype("u1"), b"labels": [0] * 20}, f, protocol)
            self.converts("batch", "pickle (CIFAR for Python)")

    def test_pickle_of_an_array(self):
        with open("array", "wb") as f:
            pickle.dump(X.astype("f4"), f)
        self.run_line(re.search("To convert: (.*)", message("array"))[1], X, file="array")

    def test_torch(self):
        needs("torch")
        import torch
        for old in (False, True):
            torch.save(torch.tensor(X, dtype=torch.float32), "x.pt", _use_new_zipfile_serialization=not old)
            self.converts("x.pt", "PyTorch `.pt`", says="PyTorch")

    def test_safetensors(self):
        data = X.astype("<f4").tobytes()
        head = json.dumps({"points": {"dtype": "F32", "shape": [20, 6], "data_offsets": [0, len(data)]}},
                          separators=(",", ":")).encode()
        head += b" " * (-len(head) % 8)
        with open("x.safetensors", "wb") as f:
            f.write(struct.pack("<Q", len(head)) + head + data)
        stand_in()
        self.converts("x.safetensors", "safetensors")

    def test_hdf5(self):
        """As a build without libhdf5 says it, and as one with it does of a filter that it has not."""
        needs("h5py")
        import h5py
        with h5py.File("x.h5", "w") as f:
            f.create_dataset("points", data=X, chunks=(4, 2), compression="lzf")
        self.converts("x.h5", "HDF5 beyond the above")
        with h5py.File("texts.h5", "w") as f:
            f["points"] = [["1", "2.5"], ["-3", "1e3"]]
        if diffdyn.lib.ddn_feature(b"hdf5") != b"none":
            line = re.search("To convert: (.*)", message("texts.h5:points"))[1]
            self.run_line(line, [[1, 2.5], [-3, 1000]], file="texts.h5")

    def test_matlab(self):
        needs("scipy")
        import scipy.io
        scipy.io.savemat("x.mat", {"points": X.astype(float)})
        self.converts("x.mat", "MATLAB `.mat`", says="MATLAB")

    def test_lmdb(self):
        needs("lmdb")
        import lmdb
        with lmdb.open("base") as base, base.begin(write=True) as transaction:
            for i, row in enumerate(X):
                transaction.put(b"%04d" % i, row.astype("u1").tobytes())
        self.converts("base/data.mdb", "LMDB", folder="base", decode=lambda v: np.frombuffer(v, "u1"))

    def test_parquet(self):
        needs("pandas", "pyarrow")
        import pandas
        pandas.DataFrame(X.astype("f4"), columns=list("abcdef")).to_parquet("x.parquet")
        self.converts("x.parquet", "Parquet")

    def test_text(self):
        np.savetxt("x.csv", X, delimiter=",", fmt="%d")
        self.converts("x.csv", "text")
        np.savetxt("x.txt", X, fmt="%.18e")
        self.run_line(re.search("To convert: (.*)", message("x.txt"))[1], X, file="x.txt")

    def test_images(self):
        needs("PIL")
        from PIL import Image
        os.mkdir("folder")
        images = X.reshape(20, 2, 3).astype("u1")
        for i, image in enumerate(images):
            Image.fromarray(image).save("folder/%02d.png" % i)
        self.converts("folder/03.png", "a folder of `.png` or `.jpg`, where it is not read",
                      images, files=sorted(glob.glob("folder/*.png")))

    def test_folder(self):
        """What a build without libpng says of the folder."""
        needs("PIL")
        from PIL import Image
        os.mkdir("folder")
        images = X.reshape(20, 2, 3).astype("u1")
        for i, image in enumerate(images):
            Image.fromarray(image).save("folder/%02d.png" % i)
        try:
            made = diffdyn.Dataset.open("folder").read()
            np.testing.assert_array_equal(made, X)
        except diffdyn.Error as error:
            self.run_line(re.search("To convert: (.*)", str(error))[1], images)

    def test_every_row(self):
        """Each row of the page has a test above."""
        source = pathlib.Path(__file__).read_text()
        self.assertEqual([row for row in ROWS if f'"{row}"' not in source], [])


def rows_of_page():
    """{what: expression} of the last table of doc/data.md."""
    text = (ROOT / "doc/data.md").read_text().split("\n## The rest")[1]
    return dict(re.findall(r"^\| (.*?) \| `(.*?)`[^|]*\|$", text, re.MULTILINE))


ROWS = rows_of_page()

if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")  # lines for a prompt leave files open

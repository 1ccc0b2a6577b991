#!/usr/bin/env python3
"""The HDF5 files of tests/unit/dataset/formats/test_hdf5.c, written by h5py 3.7 with HDF5 1.10. Run in this folder; the
files need not be the same bytes with other versions, so they are committed."""
import os

import h5py
import numpy as np

SIX = np.array([[1, 0, 2], [100, 3, 7]])
TYPES = {"u1": "u1", "i1": "i1", "u2": "<u2", "u2_big": ">u2", "i2": "<i2", "i2_big": ">i2", "u4": "<u4", "i4_big": ">i4",
         "u8": "<u8", "i8_big": ">i8", "f2": "<f2", "f2_big": ">f2", "f4": "<f4", "f4_big": ">f4", "f8": "<f8",
         "f8_big": ">f8"}


def bfloat16():
    t = h5py.h5t.IEEE_F32LE.copy()
    t.set_fields(15, 7, 8, 0, 7)
    t.set_ebias(127)
    t.set_precision(16)
    t.set_size(2)
    return t


def count(*shape):
    return np.arange(np.prod(shape)).reshape(shape)


def main():
    with h5py.File("numbers.h5", "w") as f:
        for name, kind in TYPES.items():
            f["types/" + name] = SIX.astype(kind)
        f["types/bool"] = SIX > 1
        f.create_dataset("types/enum", data=SIX.astype("i2"), dtype=h5py.enum_dtype({"A": 1, "B": 2}, "i2"))
        space = h5py.h5s.create_simple((2, 3))
        d = h5py.h5d.create(f["types"].id, b"bf16", bfloat16(), space)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, SIX.astype("f4"))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        d = h5py.h5d.create(f.id, b"compact", h5py.h5t.STD_U8LE, space, plist)
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, SIX.astype("u1"))
        for k in range(20):
            f["types/f4"].attrs["note %d" % k] = "x" * 200  # more messages than one block has room for
        f["labels/seven"], f["labels/columns"] = np.array([7, -2], "<i8"), np.eye(2)[::-1]

    with h5py.File("chunks.h5", "w") as f:
        f.create_dataset("plain", data=count(13, 5).astype("<i2"), chunks=(4, 2))
        f.create_dataset("gzip", data=count(13, 5).astype("<f4"), chunks=(4, 2), compression="gzip")
        f.create_dataset("all", data=count(13, 5).astype("<f8"), chunks=(4, 2), compression="gzip", shuffle=True,
                         fletcher32=True)
        f.create_dataset("sum", data=count(13, 5).astype(">i2"), chunks=(5, 5), fletcher32=True)
        f.create_dataset("deep", data=count(13, 5, 1, 1).astype("<u2"), chunks=(3, 3, 1, 1), compression="gzip",
                         maxshape=(None, 5, 1, 1))
        f.create_dataset("many", data=count(13, 5).astype("u1"), chunks=(1, 1))
        d = f.create_dataset("sparse", (13, 5), "<f4", chunks=(4, 5))
        d[4:8] = count(13, 5)[4:8]
        d = f.create_dataset("filled", (13, 5), "<f4", chunks=(4, 5), fillvalue=3)
        d[4:8] = 1
        f.create_dataset("never", (13, 5), "<f4", chunks=(4, 5))

    with h5py.File("latest.h5", "w", libver="latest") as f:
        f["deep/group/data"], f["deep/labels"] = SIX.astype("<f4"), np.array([4, 5])
        f.create_dataset("chunks", data=count(13, 5), chunks=(4, 2))

    with h5py.File("other.h5", "w") as f:
        f["texts"], f["text"], f["value"] = ["a", "b"], "a", 3.0
        f["records"], f["empty"] = np.zeros(3, [("a", "f4")]), np.zeros((0, 3))
        f["references"] = np.array([f.ref], h5py.ref_dtype)
        f["type"] = np.dtype("<f4")
        f.create_dataset("named", (2, 3), f["type"])
        f.create_dataset("lzf", data=count(13, 5), chunks=(4, 2), compression="lzf")
        f.create_dataset("outside", (2, 3), "u1", external=[("/etc/passwd", 0, 6)])
        f.create_dataset("never", (2, 3), "u1")

    with h5py.File("virtual.h5", "w") as f:
        layout = h5py.VirtualLayout((2, 3), "u1")
        layout[:] = h5py.VirtualSource("numbers.h5", "types/u1", (2, 3))
        f.create_virtual_dataset("virtual", layout)
        f["again"], f["soft"], f["far"] = f["/"], h5py.SoftLink("/x"), h5py.ExternalLink("other.h5", "/value")
        f["one"] = SIX.astype("u1")

    with h5py.File("links.h5", "w") as f:
        f["data"], f["g/soft"] = h5py.ExternalLink("other.h5", "/value"), h5py.SoftLink("/nowhere")

    with h5py.File("train.h5", "w") as f:
        f["x_train"], f["y_train"], f["x_test"] = SIX.astype("u1").reshape(2, 1, 3), np.array([4, 1], "u1"), SIX

    with h5py.File("matlab.mat", "w", userblock_size=512) as f:
        f["x"] = SIX.T.astype("<f8")
        f["x"].attrs["MATLAB_class"] = np.bytes_("double")
    with open("matlab.mat", "r+b") as f:
        f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + bytes(8) + b"\0\2IM")
    for name in sorted(os.listdir(".")):
        print(name, os.path.getsize(name))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the first files of the corpora: good files of every format, behind the head that the targets read
(fuzz_points.c, fuzz_images.c, fuzz_results.c), and random bytes for targets that make something of any (RANDOM). What was found later
stands beside them.

Usage: seeds.py [CORPUS]   (default: the folder corpus beside this file)
"""
import gzip
import io
import pathlib
import random
import struct
import sys
import zipfile
import zlib

# target: (files, bytes of each)
RANDOM = {"saved": (24, 48), "closed": (16, 96), "schedules": (16, 96), "sets": (16, 160), "api": (12, 400)}

CSV = """# diffdyn result 1
# field "kind": "k"
# field "clock": "ou"
# scalar "s": {"value": 1.5, "standard_error": null, "pooling": "crossing", "of": "y", "level": 0.5}
# column "t": {"pooling": "same"}
# column "y": {"pooling": "mean", "count": 3}
# column "y_se": {"pooling": "part"}
t,y,y_se
1,nan,-inf
2,1e-300,0.1
3,-0,inf
# end
"""
JSON = """{"format": "diffdyn result", "version": 1, "fields": {"kind": "k", "clock": "schedule:ou", "seed": "1, 2"},
"scalars": {"s": {"value": "inf", "definition": "\\u00e9 \\"x\\""}}, "rows": 2,
"columns": {"p": {"pooling": "share", "count": 4, "values": [0.5, null]}, "p_low": {"values": [0, 1]}},
"more": [[{"a": []}]]}"""
CURVES = """{"format": "diffdyn result", "version": 1, "fields": {"kind": "clones", "clock": "ou", "seed": "1",
"DDN_ANALYSIS_CLONES": "8"}, "scalars": {"n": {"value": 6, "standard_error": 0, "pooling": "same"},
"t_S": {"value": 1.5, "pooling": "crossing", "of": "phi", "level": 0.7},
"m": {"value": 1, "standard_error": 0.1, "pooling": "mean", "count": 9}, "evals": {"value": 9, "pooling": "sum"},
"q": {"value": 0.25, "pooling": "share", "count": 8}, "q_low": {"value": 0.1, "pooling": "part"}}, "rows": 3,
"columns": {"t": {"unit": "OU time", "pooling": "same", "values": [1, 2, 3]},
"samples": {"pooling": "sum", "values": [4, 5, 6]},
"phi": {"pooling": "share", "count": 8, "values": [1, 0.75, 0.5]}, "phi_se": {"pooling": "part", "values": [0.1, 0.1, 0.1]},
"phi_low": {"pooling": "part", "values": [0.9, 0.6, 0.4]}, "phi_high": {"pooling": "part", "values": [1, 0.8, 0.6]},
"f": {"pooling": "mean", "of": "samples", "values": [1, 2, -1]}, "f_se": {"pooling": "part", "values": [0.1, 0, 1]},
"f_rho": {"pooling": "part", "values": [0.5, 0.5, null]}}}"""
TABLE = "x, y\n1,2\n,nan\n-3e5,inf\n"
IDX_POINTS = bytes([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6])
IDX_LABELS = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])


def dictionary(descr, shape):
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()


def npy(major, descr, shape, data):
    head = dictionary(descr, shape)
    length = struct.pack("<H", len(head)) if major == 1 else struct.pack("<I", len(head))
    return b"\x93NUMPY" + bytes([major, 0]) + length + head + data


def archive(deflated):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as z:
        for name, data in (("X.npy", npy(1, "'<f4'", "(3, 2)", bytes(24))), ("y.npy", npy(1, "'|u1'", "(3,)", b"012"))):
            z.writestr(zipfile.ZipInfo(name), data)
    return made.getvalue()


def points():
    """name: (how, n - 1, zeros, failing, the rest), as in fuzz_points.c."""
    gzipped = gzip.compress(IDX_POINTS, mtime=0)
    doubles = struct.pack("<6d", 1, 0, -1, 0.5, 0.25, 2)
    return {
        "npy_f8": (0, 0, 0, 0, npy(1, "'<f8'", "(3, 2)", doubles)),
        "npy_f4": (0, 0, 0, 0, npy(2, "'<f4'", "(2, 2, 2)", bytes(32))),
        "npy_i8_labels": (0, 2, 0, 0, npy(3, "'<i8'", "(3,)", struct.pack("<3q", 0, 7, -2))),
        "npy_u1_zeros": (8 | 4, 0, 6, 0, dictionary("'|u1'", "(3, 2)")),
        "npy_i2_labels": (8 | 4, 2, 6, 0, dictionary("'<i2'", "(3,)")),
        "npy_nan": (0, 0, 0, 0, npy(1, "'<f8'", "(1, 1)", struct.pack("<d", float("nan")))),
        "idx_points": (0, 0, 0, 0, IDX_POINTS),
        "idx_labels": (0, 2, 0, 0, IDX_LABELS),
        "idx_gzip": (1, 0, 0, 0, IDX_POINTS),
        "idx_two_members": (2, 2, 0, 0, IDX_LABELS),
        "idx_tail": (3, 2, 0, 0, IDX_LABELS),
        "idx_gzip_bytes": (0, 0, 0, 0, gzipped),
        "idx_failing": (32, 0, 0, 3, IDX_POINTS),
        "made_npy": (64, 0, 0, 0, bytes([2, 1, 0, 1, 3, 1, 2, 1]) + doubles),
        "made_npy_labels": (64, 2, 0, 0, bytes([2, 0, 2, 1, 3, 1]) + bytes(24)),
        "made_idx": (64, 0, 0, 0, bytes([0, 2, 0, 1, 3, 1, 2, 1, 2, 1])),
        "zip_stored": (128, 0, 0, 0, npy(1, "'<f8'", "(3, 2)", doubles)),
        "zip_deflated": (128 | 1, 0, 0, 0, npy(1, "'>f4'", "(3, 2)", bytes(24))),
        "zip_labels": (128 | 4, 2, 0, 0, npy(1, "'<i2'", "(3,)", struct.pack("<3h", 4, 0, -2))),
        "zip_made": (128 | 64, 0, 0, 0, bytes([2, 1, 0, 1, 3, 1, 2, 1]) + doubles),
        "zip_bytes": (0, 0, 0, 0, archive(False)),
        "zip_bytes_deflated": (0, 0, 0, 0, archive(True)),
        "npy_fortran": (0, 0, 0, 0, npy(1, "'<f2'", "(3, 2)", bytes(12)).replace(b"False", b"True ")),
        "npy_one_hot": (0, 2, 0, 0, npy(1, "'|b1'", "(3, 2)", bytes([1, 0, 0, 1, 1, 0]))),
        "npy_bf16": (0, 0, 0, 0, npy(1, "'<u2'", "(3, 2)", struct.pack("<6H", 0x3f80, 0, 0, 0x4000, 1, 2))),
        **{f"idx_{code:02x}": (0, 0, 0, 0, bytes([0, 0, code, 2, 0, 0, 0, 2, 0, 0, 0, 1]) + struct.pack(">2" + kind, 1, 2))
           for code, kind in ((8, "B"), (9, "b"), (11, "h"), (12, "i"), (14, "d"))},
        "idx_f8_gzip": (1, 0, 0, 0, bytes([0, 0, 14, 1, 0, 0, 0, 3]) + struct.pack(">3d", 1, 2, -3)),
        "idx_i4_labels": (0, 2, 0, 0, bytes([0, 0, 12, 1, 0, 0, 0, 3]) + struct.pack(">3i", 7, -8, 70000)),
        "npy_gzip": (1, 0, 0, 0, npy(1, "'<f8'", "(3, 2)", doubles)),
        "npy_fortran_gzip": (1, 1, 0, 0, npy(1, "'>i2'", "(3, 2)", bytes(range(12))).replace(b"False", b"True ")),
        "npy_ranks": (0, 6, 0, 0, npy(1, "'<f8'", "(3, 2)", doubles)),
        "npy_fortran_ranks": (0, 10, 0, 0, npy(1, "'<f4'", "(3, 2)", bytes(24)).replace(b"False", b"True ")),
        "cifar_ranks": (16, 6, 0, 0, bytes([1, 9, 3])),
        "npy_one_hot_f8": (0, 1, 0, 0, npy(1, "'<f8'", "(2, 3)", struct.pack("<6d", 0, 0, 1, 1, 0, 0))),
        "npy_one_column": (0, 2, 0, 0, npy(1, "'>u2'", "(3, 1)", struct.pack(">3H", 4, 0, 65535))),
        "cifar100": (16 | 8, 2, 0, 0, bytes([0, 99, 42])),
        "cifar100_bad": (16 | 8, 2, 0, 0, bytes([1, 100])),
        "idx_f4": (0, 0, 0, 0, bytes([0, 0, 13, 2, 0, 0, 0, 2, 0, 0, 0, 1]) + struct.pack(">2f", 1, -0.5)),
        "cifar": (16, 0, 0, 0, bytes([1, 9, 3])),
        "cifar_bad": (16 | 4, 0, 5, 0, bytes([1, 9])),
    }


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, depth, colour, rows, extra=b""):
    """rows: with the byte of their filters."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) + extra
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def images():
    """name: (how, failing, the rest), as in fuzz_images.c."""
    def raw(data, jpeg=False):
        return bytes([3 if jpeg else 1]) + struct.pack(">H", len(data)) + data

    data = pathlib.Path(__file__).parents[1] / "data/images"
    files = {path.stem: raw(path.read_bytes(), path.suffix == ".jpg") for path in sorted(data.glob("*.[jp][pn]g"))}
    grey, again = raw(png(3, 2, 8, 0, bytes([0, 1, 2, 3, 0, 4, 5, 6]))), bytes([4])
    table = chunk(b"PLTE", bytes(range(9)))
    made = {f"made_{i}": (0, 0, bytes([0, kind, colour, 9, 0, 5, 3]) + bytes(range(30)))
            for i, (kind, colour) in enumerate(((0, 0), (3, 0), (4, 0), (0, 2), (3, 2), (5, 4), (8, 0), (0, 5), (3, 6)))}
    return {
        **{"file_" + name: (0, 0, rest) for name, rest in files.items()},
        **made,
        "grey": (0, 0, grey + again),
        "grey_classes": (1, 0, grey + again + again),
        "grey_failing": (2, 9, grey + again),
        "jpeg_classes": (1, 0, files["grey"] + again + files["interlaced"]),
        "mixed": (0, 0, grey + files["colours"]),
        "palette": (0, 0, raw(png(2, 1, 8, 3, bytes([0, 0, 2]), table))),
        "palette_clear": (0, 0, raw(png(2, 1, 8, 3, bytes([0, 0, 2]), table + chunk(b"tRNS", bytes([255, 0]))))),
        "opaque": (0, 0, raw(png(2, 1, 8, 4, bytes([0, 1, 255, 2, 255])))),
        "text": (0, 0, raw(b"no image")),
    }


def written():
    """Bytes of which the target writes files, in both formats."""
    draw = random.Random("written")
    return {f"written_{i:02}": (4, 0, 0, bytes([i % 2, 3, (0, 1, 6)[i % 3], 12, 3]) + draw.randbytes(40 + 20 * i))
            for i in range(8)}


def results():
    """name: (how, failing, version, the rest), as in fuzz_results.c."""
    table = "[('a', '<f8'), ('b', '<f8')]"
    return {
        "csv": (0, 0, 0, CSV.encode()),
        "json": (0, 0, 0, JSON.encode()),
        "json_curves": (0, 0, 0, CURVES.encode()),
        "json_failing": (32, 20, 0, JSON.encode()),
        "table": (0, 0, 0, TABLE.encode()),
        "npy": (2, 0, 1, dictionary(table, "(3,)") + bytes(48)),
        "npy_whole": (0, 0, 0, npy(1, table, "(1,)", bytes(16))),
        "made": (1, 0, 0, bytes([0, 3, 2]) + bytes([0, 0, 3, 5, 1, 64, 1, 2, 1, 2] * 6)),
        **written(),
    }


def main():
    corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("corpus")
    for target, seeds, layout in (("points", points(), ">BBHB"), ("images", images(), ">BB"), ("results", results(), ">BBB")):
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, (*head, rest) in seeds.items():
            (folder / name).write_bytes(struct.pack(layout, *head) + rest)
        print(f"{target}: {len(seeds)} files")
    draw = random.Random("journals")
    for i in range(8, 16):
        (corpus / "saved" / f"journal_{i:02}").write_bytes(bytes([255, i]) + draw.randbytes(40))
    for target, (files, size) in RANDOM.items():
        folder = corpus / target
        folder.mkdir(parents=True, exist_ok=True)
        draw = random.Random(target)
        for i in range(files):
            (folder / f"random_{i:02}").write_bytes(draw.randbytes(size))
        print(f"{target}: {files} files")


if __name__ == "__main__":
    main()

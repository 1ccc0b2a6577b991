#!/usr/bin/env python3
"""The images of tests/unit/dataset/formats/test_folder.c that it cannot write itself, by Pillow 9.4 and by hand: JPEG,
and interlaced PNG. Run in this folder; other versions may write other bytes, so the files are committed."""
import struct
import zlib

from PIL import Image

WIDTH, HEIGHT = 16, 8
# Two blocks of one colour each, which JPEG keeps to a step or two.
GREY = [40, 200]
COLOURS = [(200, 40, 90), (20, 120, 250)]
INKS = [(10, 20, 30, 40), (50, 60, 70, 80)]


def halves(mode, values):
    image = Image.new(mode, (WIDTH, HEIGHT), values[0])
    image.paste(values[1], (WIDTH // 2, 0, WIDTH, HEIGHT))
    return image


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def interlaced(width, height):
    """Grey pixels 0, 1, 2, ... in the seven passes of Adam7."""
    rows = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(y0, height, dy):
            row = bytes(y * width + x for x in range(x0, width, dx))
            rows += b"\0" + row if row else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    halves("L", GREY).save("grey.jpg", quality=95)
    halves("RGB", COLOURS).save("colours.jpg", quality=95, subsampling=0)
    halves("RGB", COLOURS).save("progressive.jpg", quality=95, subsampling=0, progressive=True)
    halves("CMYK", INKS).save("cmyk.jpg", quality=95)
    with open("interlaced.png", "wb") as f:
        f.write(interlaced(16, 8))


if __name__ == "__main__":
    main()

"""doc/examples/images: sheets of points, pixel by pixel, in each kind of file, and bad input."""
import os
import random

import run_driver
from run_driver import DriverTest, npy, png

GAP = 2


def tiled(images, height, width, samples, columns):
    """The sheet of images that are bytes in the order of pixels: white where there is none."""
    rows = -(-len(images) // columns)
    across, down = columns * (width + GAP) - GAP, rows * (height + GAP) - GAP
    canvas = bytearray(b"\xff" * (across * down * samples))
    for i, image in enumerate(images):
        for y in range(height):
            at = ((i // columns * (height + GAP) + y) * across + i % columns * (width + GAP)) * samples
            canvas[at:at + width * samples] = image[y * width * samples:(y + 1) * width * samples]
    return across, down, samples, bytes(canvas)


def noise(seed, count, size):
    """Images with a 0 and a 255 among them, so that bytes are shown as they are."""
    rng = random.Random(seed)
    return [bytes([0, 255]) + bytes(rng.randrange(256) for _ in range(size - 2)) for _ in range(count)]


class Images(DriverTest):
    def sheet(self, name="images.png"):
        return os.path.join(self.out, name)

    def written(self, name, images):
        return npy(self.path(name), (len(images), len(images[0])), "|u1", b"".join(images))

    def test_grey(self):
        images = noise(1, 7, 9 * 9)
        data = self.written("x.npy", images)
        done = self.succeeds("--data", data, "--labels", npy(self.path("y.npy"), (7,), "|u1", bytes(7)))
        self.assertIn("7 points of 9x9, 1 channel: ", done.stdout)
        self.assertEqual(png(self.sheet()), tiled(images, 9, 9, 1, 3))
        self.succeeds("--data", data, "--columns=5", "--as=pnm")
        with open(self.sheet("images.pgm"), "rb") as f:
            width, height, _, pixels = tiled(images, 9, 9, 1, 5)
            self.assertEqual(f.read(), b"P5\n%d %d\n255\n" % (width, height) + pixels)
        self.assertFalse(os.path.exists(self.sheet())) # of the first run, and set aside

    def test_kind_of_picture(self):
        """--as alone decides: no --plot is there that would be read and change nothing."""
        data = self.written("x.npy", noise(1, 7, 9 * 9))
        self.refuses("unknown option --plot", "--data", data, "--plot=pdf")
        self.assertNotIn("--plot", self.succeeds("--help", out=False).stdout)

    def test_colours(self):
        """The same pixels side by side and in planes."""
        images = noise(2, 6, 8 * 10 * 3)
        planes = [image[0::3] + image[1::3] + image[2::3] for image in images]
        for data, shape in ((images, "8x10x3"), (planes, "3x8x10")):
            self.succeeds("--data", self.written("x.npy", data), "--image", shape, "--columns=40")
            self.assertEqual(png(self.sheet()), tiled(images, 8, 10, 3, 6))
        self.succeeds("--data", self.path("x.npy"), "--image=3x8x10", "--columns=4", "--as=pnm")
        with open(self.sheet("images.ppm"), "rb") as f:
            width, height, _, pixels = tiled(images, 8, 10, 3, 4)
            self.assertEqual(f.read(), b"P6\n%d %d\n255\n" % (width, height) + pixels)

    def test_one_channel(self):
        """Said at either end, also where the other one could be three colours."""
        images = noise(5, 4, 3 * 10)
        data = self.written("x.npy", images)
        for shape, height, width in (("3x10x1", 3, 10), ("1x3x10", 3, 10), ("1x10x3", 10, 3), ("10x3x1", 10, 3)):
            self.succeeds("--data", data, "--image", shape)
            self.assertEqual(png(self.sheet()), tiled(images, height, width, 1, 2), shape)

    def test_many(self):
        data = self.written("x.npy", noise(3, 130, 64))
        self.succeeds("--data", data)
        self.assertEqual(png(self.sheet())[:3], (98, 98, 1))
        self.succeeds("--data", data, "--n=130")
        self.assertEqual(png(self.sheet())[:3], (118, 108, 1))

    def test_bad_input(self):
        data = self.written("x.npy", noise(4, 3, 80))
        self.refuses("points of 80 numbers are no squares of 8 x 8 or more", "--data", data)
        self.refuses("such as --image 8x10", "--data", data)
        self.refuses("--image 3x9x3 may be three planes", "--data", data, "--image=3x9x3")
        self.refuses("--image 2x5x8 is not like 28x28", "--data", data, "--image=2x5x8")
        self.refuses("--image 9x9 has 81 numbers, the points have 80", "--data", data, "--image=9x9")
        self.refuses("--columns = 0", "--data", data, "--columns=0")


if __name__ == "__main__":
    run_driver.main()

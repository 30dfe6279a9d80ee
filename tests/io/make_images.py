"""Writes tests/data/image: `python make_images.py DIR`; requires Pillow and NumPy. *.npy contains Pillow's pixels."""

import pathlib
import sys

import numpy
from PIL import Image

target = pathlib.Path(sys.argv[1])
rows, columns = numpy.mgrid[0:5, 0:7]
colours = numpy.stack([rows * 50, columns * 40, 255 - 10 * rows - 20 * columns], axis=-1).astype(numpy.uint8)

Image.fromarray(colours).save(target / "rgb.png")
Image.fromarray(numpy.dstack([colours, colours[..., 1]])).save(target / "rgba.png")
Image.fromarray(colours[..., 0]).save(target / "grey.png")
Image.fromarray(colours).quantize(8).save(target / "palette.png")
Image.fromarray((rows * 12000 + columns * 300).astype(numpy.uint16)).save(target / "grey16.png")
numpy.save(target / "rgb.npy", colours)
numpy.save(target / "palette.npy", numpy.asarray(Image.open(target / "palette.png").convert("RGB")))

# Smooth, so that decoders differ only in rounding; baseline and progressive JPEG.
rows, columns = numpy.mgrid[0:24, 0:40]
smooth = numpy.stack([100 + 60 * numpy.sin(rows / 9), 100 + 60 * numpy.cos(columns / 11), 80 + 2.5 * columns], axis=-1)
for kind in ("baseline", "progressive"):
    path = target / f"{kind}.jpg"
    Image.fromarray(smooth.astype(numpy.uint8)).save(path, quality=95, subsampling=0, progressive=kind == "progressive")
    numpy.save(target / f"{kind}.npy", numpy.asarray(Image.open(path)))

Image.fromarray(colours[:1, :1]).save(target / "one_pixel.png")
Image.fromarray(colours).save(target / "colours.gif")

"""Makes the cases of resampling with Pillow: an image of smooth colours, edges and noise at other sizes."""
import pathlib

import numpy as np
from PIL import Image

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(1)
rows, columns = np.mgrid[0:23, 0:31]
image = np.stack([rows * 11, columns * 8, (rows + columns) % 2 * 255], -1) + rng.integers(-20, 20, (23, 31, 3))
image[5:9, 4:20] = [255, 0, 30]
image = np.clip(image, 0, 255).astype(np.uint8)
np.save(here / "image.npy", image)
for code, name in enumerate(["nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"]):
    for width, height in ((8, 8), (40, 23), (31, 50)):
        np.save(here / f"{name}-{width}x{height}.npy", np.asarray(Image.fromarray(image).resize((width, height), code)))

"""Datasets of HDF5 files, read by h5dump (Debian's hdf5-tools), so that any Python will do."""
from __future__ import annotations

import pathlib
import re
import subprocess


def dataset(file: pathlib.Path, path: str) -> tuple[list[float], tuple[int, ...]]:
    """The numbers of a dataset, row by row, and its shape."""
    try:
        dump = subprocess.run(["h5dump", "-y", "-m", "%.17g", "-w", "0", "-d", path, str(file)], check=True, capture_output=True,
                              text=True).stdout
    except FileNotFoundError:
        raise RuntimeError("h5dump is missing (Debian's hdf5-tools; scripts/install-packages test)") from None
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{file}: {path}: {error.stderr.strip()}") from None
    shape = re.search(r"DATASPACE +SIMPLE \{ \(([\d, ]+)\)", dump)
    data = re.search(r"DATA \{(.*?)\}", dump, re.DOTALL)
    return [float(word) for word in data[1].replace(",", " ").split()], tuple(int(n) for n in shape[1].split(","))

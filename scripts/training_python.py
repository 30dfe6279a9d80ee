"""Shared by the training scripts: run in the active Python or in a virtual environment with the required packages."""
from __future__ import annotations

import importlib.util
import os
import pathlib
import subprocess
import sys


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def ensure_python(folder: pathlib.Path, packages: dict[str, str]) -> None:
    """Continue in a virtual environment in `folder` unless the active Python has all of `packages` (module: package)."""
    missing = [package for module, package in packages.items() if importlib.util.find_spec(module) is None]
    if not missing:
        return
    venv = folder / "venv"
    if pathlib.Path(sys.prefix) == venv:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {', '.join(missing)} missing in {venv}; remove this folder and run again")
    python = venv / "bin" / "python3"
    if not python.exists():
        say(f"installing {', '.join(packages.values())} into {venv}")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages.values()], check=True)
    os.execv(python, [python, *sys.argv])

"""The simulators that benchmarks/peers/run knows: how each is installed, started, and which rows it has."""
from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class NotInstalled(Exception):
    """Why a simulator cannot run here."""


def last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "no reason given"


def carry_out(words: list, what: str) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotInstalled(f"{what}: {last_line(done.stderr or done.stdout)}")




@dataclasses.dataclass(frozen=True)
class Contest:
    """A row of `tripartite bench` that a simulator takes part in."""
    workload: str
    method: str
    precision: str
    tolerance: float  # relative, of the check
    own_method: str = ""  # of the program's row, where it has another name
    note: str = ""
    beside: tuple = ()  # precisions of the program's rows it stands beside; its own unless told

    def __post_init__(self):
        object.__setattr__(self, "beside", self.beside or (self.precision,))

    @property
    def row_method(self) -> str:
        return self.own_method or self.method


def double(workload: str, method: str, tolerance: float, own_method: str = "", note: str = "") -> Contest:
    """Of a simulator that knows double precision alone."""
    return Contest(workload, method, "float64", tolerance, own_method, note, ("float32", "float64"))


def both(workload: str, *methods: str) -> list[Contest]:
    return [Contest(workload, method, precision, tolerance) for method in methods
            for precision, tolerance in (("float32", 1e-4), ("float64", 1e-9))]


class PythonSimulator:
    """Installed from PyPI into a virtual environment of its own: simulators want different versions of what they share."""

    def __init__(self, name: str, packages: list[str], contests: list[Contest], environment: str = ""):
        self.name, self.packages, self.contests, self.environment = name, packages, contests, environment or name

    def prepare(self, folder: pathlib.Path) -> list:
        environment = folder / self.environment
        python, ready = environment / "bin" / "python3", environment / "ready"
        wanted = " ".join(self.packages)
        if not ready.exists() or ready.read_text() != wanted:
            carry_out([sys.executable, "-m", "venv", environment], "virtual environment")
            carry_out([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages], "pip")
            ready.write_text(wanted)
        return [python, HERE / f"{self.name}_peer.py"]


class CompiledSimulator:
    """A library of Debian and a program that is compiled here, for this machine, as the plain loops are."""

    def __init__(self, name: str, header: str, libraries: list[str], contests: list[Contest]):
        self.name, self.header, self.libraries, self.contests = name, header, libraries, contests

    def prepare(self, folder: pathlib.Path) -> list:
        compiler = os.environ.get("CXX", "c++")
        if shutil.which(compiler) is None:
            raise NotInstalled(f"no compiler {compiler}")
        if not self.has_header(compiler):
            carry_out([ROOT / "scripts" / "install-packages", "peers"], "install-packages")
        if not self.has_header(compiler):
            raise NotInstalled(f"{compiler} does not find {self.header}")
        program = folder / self.name
        carry_out([compiler, "-std=c++20", "-O3", "-march=native", "-ffast-math", "-fno-tree-slp-vectorize", "-fopenmp",
                   f"-I{ROOT}", f"-I{ROOT / 'include'}", HERE / f"{self.name}.cpp", "-o", program, *self.libraries],
                  "compiler")
        return [program]

    def has_header(self, compiler: str) -> bool:
        return subprocess.run([compiler, "-x", "c++", "-E", "-o", os.devnull, "-"], input=f"#include <{self.header}>\n",
                              text=True, capture_output=True, check=False).returncode == 0


def all_simulators(backend: str = "cpu") -> list:
    on_jax = both("W1", "rk4", "euler")
    if backend == "cuda":
        return [PythonSimulator("diffrax", ["jax[cuda12]", "diffrax"], on_jax, "diffrax-cuda")]
    adaptive = "adaptive, relative tolerance 1e-6"
    return [
        PythonSimulator("brian2", ["brian2", "cython", "numpy<2.3"], both("W1", "rk4", "euler") + both("W5", "rk4", "euler")),
        PythonSimulator("nest", ["nest-simulator"], [double("W4", "rkf45", 1e-6, "rk4", "adaptive within 0.1 ms")]),
        CompiledSimulator("odeint", "boost/numeric/odeint.hpp", [], both("W1", "rk4", "euler")),
        CompiledSimulator("sundials", "arkode/arkode_erkstep.h",
                          ["-lsundials_arkode", "-lsundials_cvode", "-lsundials_nvecopenmp",
                           "-lsundials_sunnonlinsolfixedpoint"],
                          [double("W1", "rk4", 1e-9), double("W1", "dormand_prince", 1e-4, "rk4", adaptive),
                           double("W1", "adams", 1e-4, "rk4", adaptive)]),
        PythonSimulator("diffrax", ["jax", "diffrax"], on_jax)]

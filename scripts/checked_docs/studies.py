"""The studies of scripts/run-studies as runs, and the rows of their study.csv."""
from __future__ import annotations

import functools
import os
import pathlib
import subprocess
import tempfile

from checked_docs.runs import Run

run_studies = pathlib.Path(__file__).resolve().parents[1] / "run-studies"


@functools.cache
def _commands() -> dict[str, str]:
    """What scripts/run-studies would run: command lines by the names of the studies."""
    with tempfile.TemporaryDirectory() as folder:
        lines = subprocess.run([str(run_studies), folder], env={**os.environ, "TRIPARTITE": "echo"}, check=True, capture_output=True,
                               text=True).stdout.splitlines()
    split = (line.rsplit(" --out ", 1) for line in lines)
    return {pathlib.Path(out).name: command for command, out in split}


def study(name: str, seconds: float) -> Run:
    return Run(_commands()[name], seconds)


def values(run, measure: str, value: float, by: float | None = None, features: str | None = None) -> list[float]:
    """A measure at one value of the varied parameter, for every seed."""
    found = [float(row[measure]) for row in run.csv("study.csv")
             if float(row["value"]) == value and (by is None or float(row["by"]) == by)
             and (features is None or row["features"] == features)]
    if not found:
        raise LookupError(f"study.csv has no row of value {value:g}, by {by}, features {features}")
    return found


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def deviation(numbers: list[float]) -> float:
    """Standard deviation over seeds."""
    return (sum((number - mean(numbers))**2 for number in numbers) / (len(numbers) - 1))**0.5


def at(run, measure: str, value: float, by: float | None = None) -> float:
    """A measure of a study with one feature map: its mean over seeds."""
    return mean(values(run, measure, value, by))

"""A simulator in a process of its own, which takes turns."""
from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import select
import subprocess
import time

from simulators import Contest


def sources_of(row: dict, chosen: argparse.Namespace) -> pathlib.Path:
    """A file of which neuron each synapse listens to, as the program and its rival have it."""
    rivals = os.environ.get("TRIPARTITE_RIVALS") or pathlib.Path(chosen.program).parent / "tripartite_rivals"
    path = pathlib.Path(chosen.folder) / "sources.json"
    with open(path, "w") as file:
        subprocess.run([rivals, "W5-sources", "--n", str(row["n"]), "--second", str(row["indegree"])], stdout=file, check=True)
    return path


class Failed(Exception):
    """Why a simulator has no time."""


class Wrong(Failed):
    """Its result is not that of the program."""


class Peer:
    """A simulator that waits for its turns on one row."""

    def __init__(self, simulator, start: list, contest: Contest, row: dict, chosen: argparse.Namespace):
        self.contest, self.patience = contest, chosen.patience
        self.name, self.seconds, self.problem = simulator.name, None, {}
        words = [*start, contest.workload, "--method", contest.method, "--precision", contest.precision, "--n", row["n"],
                 "--steps", row["steps"], "--threads", chosen.threads]
        if hasattr(simulator, "packages"):
            words += ["--folder", chosen.folder]
        if "indegree" in row:
            words += ["--second", row["indegree"], "--sources", sources_of(row, chosen)]
        self.log = pathlib.Path(chosen.folder) / f"{simulator.name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=log, env=dict(os.environ, OMP_NUM_THREADS=str(chosen.threads), JAX_PLATFORMS=chosen.backend))
        with self.problems():
            self.name = self.answer()["peer"]

    @contextlib.contextmanager
    def problems(self):
        """Keeps, as a part of the row, why the simulator has no time from now on."""
        try:
            yield
        except Failed as problem:
            self.problem = {"wrong" if isinstance(problem, Wrong) else "absent": str(problem)}

    def answer(self) -> dict:
        """The next line that the simulator prints."""
        line, end = b"", time.monotonic() + self.patience
        while not line.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise Failed(f"took longer than {self.patience:g} s")
            read = os.read(self.process.stdout.fileno(), 4096)
            if not read:
                raise Failed(f"ended with status {self.process.wait()}; {self.log} says why")
            line += read
        try:
            return json.loads(line)
        except json.JSONDecodeError:
            raise Failed(f"expected one JSON object, answered {line!r}") from None

    def turn(self, check: float) -> None:
        if self.problem:
            return
        with self.problems():
            self.process.stdin.write(b"turn\n")
            self.process.stdin.flush()
            answer = self.answer()
            # NaN fails.
            if not abs(answer["check"] - check) <= self.contest.tolerance * abs(check):
                raise Wrong(f"the results differ: {answer['check']:.9g} there, {check:.9g} here")
            self.seconds = min(self.seconds or answer["seconds"], answer["seconds"])

    def end(self) -> None:
        """At the end of its input a simulator tidies up and leaves."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

"""Runs of the program, kept in directories that are named after command line and input files, and after the program."""
from __future__ import annotations

import csv
import functools
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import time

from checked_docs import hdf5


class RunError(Exception):
    pass


class CannotCheck(Exception):
    """Why a claim cannot be checked on this machine."""


class Run:
    """A command line of the program, or of another program of the same build (`program="tests/…"`), and about how long it
    takes on two idle cores. `directory=False`: the program writes no run directory; {directory} in a command line of another
    program is a directory for its files. `may_fail`: a refusal is a result, too."""

    def __init__(self, command: str, seconds: float, program: str = "tripartite", directory: bool = True, may_fail: bool = False):
        self.command = " ".join(command.split())
        self.seconds = seconds
        self.program = program
        self.directory = directory and program == "tripartite"
        self.may_fail = may_fail

    def __str__(self):
        return f"{self.program} {self.command}"


class Result:
    def __init__(self, folder: pathlib.Path):
        self._run = folder / "run"
        self._folder = folder

    @functools.cached_property
    def output(self) -> str:
        return (self._folder / "output").read_text(encoding="utf-8")

    @functools.cached_property
    def messages(self) -> str:
        return (self._folder / "messages").read_text(encoding="utf-8")

    @functools.cached_property
    def results(self):
        """What --json prints."""
        return json.loads(self.output)

    @functools.cached_property
    def config(self):
        return json.loads((self._run / "summary.json").read_text(encoding="utf-8"))["config"]

    @functools.cached_property
    def measured(self):
        """`seconds`, `cpu_seconds` and `peak_bytes` of the process."""
        return json.loads((self._folder / "measured.json").read_text(encoding="utf-8"))

    def json(self, name: str):
        return json.loads((self._folder / name).read_text(encoding="utf-8"))

    def csv(self, name: str) -> list[dict[str, str]]:
        with open(self._run / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def dataset(self, file: str, path: str):
        return hdf5.dataset(self._run / file, path)

    def recording(self, field: str) -> tuple[list[float], list[list[float]]]:
        """Times [s] and, per element, the values of a recorded state."""
        values, (frames, elements) = self.dataset("recordings.h5", f"/report/{field}/data")
        start, _, step = self.dataset("recordings.h5", f"/report/{field}/mapping/time")[0]
        return [(start + i * step) / 1000 for i in range(frames)], [values[i::elements] for i in range(elements)]

    def mean(self, state: str) -> tuple[list[float], list[float]]:
        return self.dataset("means.h5", "/time")[0], self.dataset("means.h5", f"/mean/{state}")[0]

    def events(self, population: str, file: str = "releases.h5") -> list[tuple[float, int]]:
        """Times [s] and elements, sorted by time."""
        times = self.dataset(file, f"/spikes/{population}/timestamps")[0]
        return sorted((time / 1000, int(node)) for time, node in
                      zip(times, self.dataset(file, f"/spikes/{population}/node_ids")[0]))


class Cache:
    """`threads`: of each run; results do not depend on it. `takes_older`: runs of earlier builds will do."""

    def __init__(self, root: pathlib.Path, build: pathlib.Path, folder: pathlib.Path, threads: int, takes_older: bool, say):
        self._root, self._build, self._folder = root, build, folder
        self._threads, self._takes_older, self._say = threads, takes_older, say
        self._results: dict[str, Result] = {}

    def result(self, run: Run) -> Result:
        key = self._key(run)
        if key not in self._results:
            folder = self._folder / f"{key}-{self._digest(self._program(run)).hex()[:12]}"
            if not (folder / "measured.json").exists():
                older = sorted(self._folder.glob(f"{key}-*/measured.json"), key=lambda file: file.stat().st_mtime)
                if self._takes_older and older:
                    folder = older[-1].parent
                    self._say(f"of an earlier build: {run}")
                else:
                    self._execute(run, folder)
            self._results[key] = Result(folder)
        return self._results[key]

    @functools.cache
    def _digest(self, path: pathlib.Path) -> bytes:
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(file.read_bytes())
        return digest.digest()

    def _program(self, run: Run) -> pathlib.Path:
        path = self._build / run.program
        if not path.exists():
            raise RunError(f"{path} does not exist")
        return path

    def _key(self, run: Run) -> str:
        """Of the command line and the files that it names."""
        digest = hashlib.sha256(str(run).encode())
        for word in shlex.split(run.command):
            if (self._root / word).exists():
                digest.update(self._digest(self._root / word))
        return digest.hexdigest()[:20]

    def _execute(self, run: Run, folder: pathlib.Path):
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        words = [str(self._program(run).resolve()), *shlex.split(run.command.replace("{directory}", str(part.resolve())))]
        if run.program == "tripartite":
            words += ["--json"] + (["--out", str(part.resolve() / "run")] if run.directory else [])
            words += ["--threads", str(self._threads)] if self._threads else []
        self._say(f"running {run}  (about {run.seconds:g} s on two idle cores)")
        (part / "command").write_text(str(run) + "\n", encoding="utf-8")
        with open(part / "output", "wb") as output, open(part / "messages", "wb") as messages:
            begin = time.monotonic()
            child = subprocess.Popen(words, cwd=self._root, stdin=subprocess.DEVNULL, stdout=output, stderr=messages)
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except KeyboardInterrupt:
                child.wait()
                raise
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - begin
        if child.returncode != 0 and not run.may_fail:
            lines = (part / "messages").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise RunError(f"{run}: exit status {child.returncode}: {lines[-1] if lines else ''}")
        measured = {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024}
        (part / "measured.json").write_text(json.dumps(measured), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)

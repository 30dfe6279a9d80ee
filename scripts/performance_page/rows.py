"""Rows of `tripartite bench --json` and benchmarks/peers/run, merged."""
from __future__ import annotations

import json
import pathlib
import sys

PLAIN = "plain C++"


def is_peer(row: dict) -> bool:
    """A row of another simulator."""
    return "peer_method" in row


def key_of(row: dict) -> tuple:
    """What rows of several runs share if they are the same measurement."""
    peer = (row["peer"], row["peer_method"], row["peer_precision"]) if is_peer(row) else ()
    return (row["workload"], row["variant"], row["precision"], row["threads"], row["n"], *peer)


def by_simulator(rows: list[dict]) -> dict[tuple, dict]:
    """Measurements of other simulators: by workload, name, method and precision, their rows by precision of the program."""
    groups = {}
    for row in rows:
        if is_peer(row):
            key = (row["workload"], row["peer"], row["peer_method"], row["peer_precision"])
            groups.setdefault(key, {})[row["precision"]] = row
    return groups


def merged(files: list[str]) -> tuple[dict, list[dict]]:
    """What the first file says of program and machine, and the rows of all, each with the median of its ratios (of its
    rates where there is no rival)."""
    runs = []
    for name in files:
        try:
            runs.append(json.loads(pathlib.Path(name).read_text()))
            runs[-1]["rows"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            sys.exit(f"draw-performance: {name}: expected rows of tripartite bench --json: {error}")
    commits = {run["version"]["commit"] for run in runs}
    if len(commits) > 1:
        sys.exit(f"draw-performance: runs of different programs: {', '.join(sorted(commits))}")
    # Runs of other simulators repeat rows of the program, which runs of the program alone have with all that goes with them.
    is_repeated = not all(any(map(is_peer, run["rows"])) for run in runs)
    groups = {}
    for name, run in zip(files, runs):
        has_peers = any(map(is_peer, run["rows"]))
        for row in run["rows"]:
            if has_peers and is_repeated and not is_peer(row):
                continue
            if "wrong" in row and row["workload"] == "precision":  # a state left its domain: an error without bound
                print(f"left out: {row['variant']}: {row['wrong']}", file=sys.stderr)
                continue
            if "wrong" in row and not is_peer(row):
                sys.exit(f"draw-performance: {name}: {row['workload']} {row['variant']} {row['precision']}: {row['wrong']}")
            groups.setdefault(key_of(row), []).append(row)
    for group in groups.values():
        group.sort(key=lambda row: row["ratio"] or row["rate"])
    return runs[0], [group[len(group) // 2] for group in groups.values()]

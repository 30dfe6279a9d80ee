"""The tables of docs/performance.md."""
from __future__ import annotations

from performance_page.rows import by_simulator, is_peer

SPECIAL = ("matrix", "scaling", "start", "precision", "checkpoint")
SETS = ("baseline", "avx2", "avx512")


def number(rate: float) -> str:
    for factor, prefix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if rate >= factor:
            return f"{rate / factor:.3g}{prefix}"
    return f"{rate:.3g}"


def table(head: str, lines: list[list[str]]) -> str:
    columns = head.count("|") + 1
    return "\n".join([f"| {head} |", "|" + "---|" * columns] + ["| " + " | ".join(line) + " |" for line in lines])


def workloads(rows: list[dict]) -> str:
    lines = []
    for row in rows:
        if row["workload"] in SPECIAL or is_peer(row):
            continue
        variant = row["variant"]
        if "accurate" in row:
            variant += f"; {100 * row['accurate']:.2f} % of synapses accurate"
        lines.append([row["workload"], variant, row["precision"], str(row["n"]), f"{number(row['rate'])} {row['unit']}",
                      "" if row["peer_rate"] is None else number(row["peer_rate"]),
                      "" if row["ratio"] is None else f"{row['ratio']:.2f}",
                      "" if row["fraction"] is None else f"{100 * row['fraction']:.0f} %",
                      f"{row['of_w1']:.2f}" if "of_w1" in row else ""])
    return table("workload | variant | precision | n | per second | plain loop | ratio | of ceiling | over W1", lines)


def simulators(rows: list[dict]) -> str:
    """One line per measurement of another simulator, beside the program in the same precision and in float32."""
    lines = []
    for (workload, peer, method, precision), beside in by_simulator(rows).items():
        row = beside.get(precision) or next(iter(beside.values()))
        words = method + (f" ({row['note']})" if "note" in row else "")
        first = [workload, peer, words, precision]
        if "wrong" in row or "absent" in row:
            lines.append([*first, "wrong result" if "wrong" in row else row["absent"].split(":")[0], "", ""])
            continue
        cells = []
        for wanted in ("float64", "float32"):
            other = beside.get(wanted)
            cells.append("" if other is None else f"{number(other['rate'])}, {other['ratio']:.3g}×")
        lines.append([*first, f"{number(row['peer_rate'])} {row['unit']}", *cells])
    return table("workload | simulator | its method | its precision | per second | tripartite float64 | tripartite float32", lines)


def starts(rows: list[dict]) -> str:
    return table("command | ms to the first step",
                 [[f"`{row['variant']}`", f"{1000 / row['rate']:.0f}"] for row in rows if row["workload"] == "start"])


def checkpoint(rows: list[dict]) -> str:
    lines = []
    for row in rows:
        if row["workload"] == "checkpoint":
            cost = f"{100 * row['cost']:.2f} % of every {row['interval']:g} s" if "cost" in row else ""
            lines.append([row["variant"], str(row["n"]), f"{number(row['rate'])} {row['unit']}",
                          "" if row["peer_rate"] is None else number(row["peer_rate"]),
                          "" if row["ratio"] is None else f"{row['ratio']:.2f}", cost])
    return table("measured | synapses | per second | beside it | ratio | cost", lines)


def matrix(rows: list[dict]) -> str:
    cells = {}
    marks = []
    for row in rows:
        if row["workload"] != "matrix":
            continue
        key = (row["method"], row["drive"], row["clocks"])
        text = f"{row['rate'] / 1e6:.3g}"
        if "marked" in row:
            marks.append(row["marked"])
            text = f"**{text}** ✗"
        cells.setdefault(key, {})[row["precision"], row["instruction_set"]] = text
    lines = [[method, drive, "one" if clocks == 1 else "two",
              *(found.get((precision, name), "") for precision in ("float32", "float64") for name in SETS)]
             for (method, drive, clocks), found in cells.items()]
    head = "method | drive | clocks | " + " | ".join(f"{precision} {name}" for precision in ("float32", "float64") for name in SETS)
    said = ("\n\nNo cell is marked: no wider instruction set is slower than a narrower one, no float32 than float64."
            if not marks else "\n\nMarked:\n" + "\n".join(f"- {words}" for words in marks))
    return table(head, lines) + said if lines else ""


def scaling(rows: list[dict]) -> str:
    lines = [[str(row["n"]), str(row["threads"]), number(row["rate"])] for row in
             sorted((row for row in rows if row["workload"] == "scaling"), key=lambda row: (row["n"], row["threads"]))]
    return table("synapses | threads | synapse steps per second", lines)


def bound(value: float | None, factor: float) -> str:
    return "some missing" if value is None else f"{value * factor:.2g}"


def precision(rows: list[dict]) -> str:
    lines = [[row["variant"].rsplit(", ", 1)[0], row["drive"], number(row["rate"]), bound(row["calcium_error"], 1),
              bound(row["release_error"], 1e3)] for row in rows if row["workload"] == "precision"]
    return table("method, tolerance or step | drive | synapse ms per second | error of calcium [µM] | of releases [ms]", lines)

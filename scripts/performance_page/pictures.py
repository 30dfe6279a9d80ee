"""The pictures of docs/performance.md, as SVG."""
from __future__ import annotations

import math
import pathlib

from performance_page.rows import by_simulator, is_peer
from performance_page.tables import SPECIAL, number

METHOD_COLOURS = {"dormand_prince": "#21918c", "rosenbrock": "#5e3c99", "rk4": "#33638d", "euler": "#c2571a",
                  "exponential_euler": "#b8860b", "exponential_midpoint": "#7a4f01"}
COLOURS = {"W1": "#21918c", "W3": "#c2571a", "W4": "#5e3c99", "W5": "#33638d"}


class Svg:
    def __init__(self, width: float, height: float):
        self.parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
                      'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>']

    def line(self, x1, y1, x2, y2, colour, more=""):
        self.parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>')

    def text(self, x, y, words, anchor="start", more=""):
        words = words.replace("&", "&amp;").replace("<", "&lt;")
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{words}</text>')

    def bar(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" fill="{colour}"/>')

    def dot(self, x, y, colour, is_filled):
        fill = colour if is_filled else "#ffffff"
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>')

    def write(self, path: pathlib.Path):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(self.parts) + "\n</svg>\n")


def bars(rows: list[dict], path: pathlib.Path, words: str, label) -> bool:
    """Ratios on a logarithmic axis, from 1. False if there is none."""
    rows = [row for row in rows if row["ratio"]]
    if not rows:
        return False
    low = min(-2, *(math.floor(math.log2(row["ratio"])) for row in rows))
    high = max(3, *(math.ceil(math.log2(row["ratio"])) for row in rows))
    left, width, step = 330, 460, 18
    height = step * len(rows) + 50
    svg = Svg(left + width + 60, height)

    def x(ratio):
        return left + width * (math.log2(ratio) - low) / (high - low)

    for power in range(low, high + 1):
        svg.line(x(2**power), 20, x(2**power), height - 20, "#444444" if power == 0 else "#dddddd")
        svg.text(x(2**power), 14, f"{2**power:g}×", "middle")
    for i, row in enumerate(rows):
        y = 26 + i * step
        begin, end = sorted((x(1), x(row["ratio"])))
        svg.text(left - 8, y + 11, label(row), "end")
        svg.bar(begin, y, end - begin, step - 5, "#21918c" if row["ratio"] >= 1 else "#c2571a")
        svg.text(left + width + 8, y + 11, f"{row['ratio']:.3g}")
    svg.text(left + width / 2, height - 5, words, "middle")
    svg.write(path)
    return True


def ratios(rows: list[dict], path: pathlib.Path) -> bool:
    return bars([row for row in rows if row["workload"] not in SPECIAL and not is_peer(row)], path,
                "rate over that of the plain loop",
                lambda row: f"{row['workload']} {row['variant']}, {row['precision']}")


def simulators(rows: list[dict], path: pathlib.Path) -> bool:
    rows = [beside.get(precision) or next(iter(beside.values())) for (*_, precision), beside in by_simulator(rows).items()]
    return bars(rows, path, "rate over that of the simulator",
                lambda row: f"{row['workload']} {row['peer'].split(' on ')[0]}, {row['peer_method']}, {row['peer_precision']}")


def roofline(run: dict, rows: list[dict], path: pathlib.Path) -> bool:
    """Operations per second over operations per byte, under the ceilings of the run. False without them."""
    rows = [row for row in rows if row["workload"] in COLOURS and row.get("operations") and row.get("bytes") and not is_peer(row)]
    ceilings = run.get("ceilings")
    if not rows or not ceilings:
        return False
    left, top, width, height = 70, 20, 600, 400
    intensities = [row["operations"] / row["bytes"] for row in rows]
    speeds = [row["operations"] * row["rate"] for row in rows]
    x_low, x_high = math.floor(math.log10(min(intensities))), math.ceil(math.log10(max(intensities)) + 0.7)
    y_low = math.floor(math.log10(min(speeds)))
    y_high = math.ceil(math.log10(max(ceilings["multiply_add_float32"], ceilings["product"])) + 0.1)
    svg = Svg(left + width + 150, top + height + 50)

    def x(value):
        return left + width * (math.log10(value) - x_low) / (x_high - x_low)

    def y(value):
        return top + height * (1 - (math.log10(value) - y_low) / (y_high - y_low))

    for power in range(x_low, x_high + 1):
        svg.line(x(10**power), top, x(10**power), top + height, "#eeeeee")
        svg.text(x(10**power), top + height + 16, f"{10**power:g}", "middle")
    for power in range(y_low, y_high + 1):
        svg.line(left, y(10**power), left + width, y(10**power), "#eeeeee")
        svg.text(left - 6, y(10**power) + 4, number(10.0**power), "end")
    svg.text(left + width / 2, top + height + 38, "operations per byte", "middle")
    svg.text(0, 0, "operations per second", "middle", f'transform="translate(14 {top + height / 2:g}) rotate(-90)"')
    bandwidth = ceilings["bandwidth"]
    for name, words in (("multiply_add_float32", "multiply-add float32"), ("multiply_add_float64", "multiply-add float64"),
                        ("product", "sgemm")):
        roof = ceilings[name]
        corner = max(roof / bandwidth, 10**x_low)
        dash = 'stroke-dasharray="5 4"' if name == "product" else ""
        svg.line(x(corner), y(roof), left + width, y(roof), "#222222", dash)
        if name == "product":
            svg.text(x(corner) + 8, y(roof) - 4, words, more='font-size="11"')
        else:
            svg.text(left + width + 6, y(roof) + 4, words, more='font-size="11"')
    steep = min(ceilings["multiply_add_float32"], ceilings["product"] if ceilings["product"] > ceilings["multiply_add_float32"] else math.inf)
    begin = max(10**x_low, 10**y_low / bandwidth)
    svg.line(x(begin), y(begin * bandwidth), x(steep / bandwidth), y(steep), "#222222")
    middle = math.sqrt(begin * steep / bandwidth)
    svg.text(x(middle) - 8, y(middle * bandwidth), f"triad {number(bandwidth)}B/s", "end", 'font-size="11"')
    taken = [(x(intensity) - 6, x(intensity) + 6, y(speed)) for intensity, speed in zip(intensities, speeds)]
    for row, intensity, speed in sorted(zip(rows, intensities, speeds), key=lambda each: -each[2]):
        at_x, at_y = x(intensity), y(speed)
        svg.dot(at_x, at_y, COLOURS[row["workload"]], row["precision"] == "float32")
        variant = row["variant"].replace(", held", "").replace(", 10^6 synapses", "")
        words = f"{row['workload']} {variant}"
        begin, end, middle = at_x + 8, at_x + 8 + 6 * len(words), at_y
        while any(abs(middle - other) < 10 and begin < last and first < end for first, last, other in taken):
            middle += 2
        taken.append((begin, end, middle))
        svg.text(begin, middle + 4, words, more=f'font-size="10" fill="{COLOURS[row["workload"]]}"')
    svg.dot(left + width + 14, top + 60 + height / 2, "#444444", True)
    svg.text(left + width + 24, top + 64 + height / 2, "float32")
    svg.dot(left + width + 14, top + 80 + height / 2, "#444444", False)
    svg.text(left + width + 24, top + 84 + height / 2, "float64")
    svg.write(path)
    return True


def precision(rows: list[dict], path: pathlib.Path) -> bool:
    """Error over time of the machine, both logarithmic: above calcium, below releases; left rates, right spikes. A point
    on the upper edge: some synapse has another number of releases. False without rows."""
    rows = [row for row in rows if row["workload"] == "precision"]
    if not rows:
        return False
    drives = list(dict.fromkeys(row["drive"] for row in rows))
    width, height, gap, left, top = 330, 220, 60, 70, 52
    svg = Svg(left + len(drives) * (width + gap) + 60, top + 2 * (height + gap) + 10)
    costs = [1e9 / row["rate"] for row in rows]
    x_low, x_high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    for panel, (key, factor, words) in enumerate((("calcium_error", 1, "calcium [µM]"), ("release_error", 1e3, "releases [ms]"))):
        known = [row[key] * factor for row in rows if row[key]]
        y_low, y_high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
        bottom = top + panel * (height + gap) + height
        for column, drive in enumerate(drives):
            begin = left + column * (width + gap)

            def x(cost):
                return begin + width * (math.log10(cost) - x_low) / (x_high - x_low)

            def y(error):
                if error is None:
                    return bottom - height
                return bottom - (height - 16) * (math.log10(max(error, 10**y_low)) - y_low) / (y_high - y_low)

            for power in range(x_low, x_high + 1):
                svg.line(x(10**power), bottom - height, x(10**power), bottom, "#eeeeee")
                svg.text(x(10**power), bottom + 16, f"{10.0**power:g}", "middle")
            for power in range(y_low, y_high + 1):
                svg.line(begin, y(10**power), begin + width, y(10**power), "#eeeeee")
                svg.text(begin - 6, y(10**power) + 4, f"{10.0**power:g}", "end")
            svg.text(begin, bottom - height - 6, f"error of {words}, {drive}")
            svg.text(begin + width / 2, bottom + 34, "ns per synapse and ms of model", "middle")
            for method, colour in METHOD_COLOURS.items():
                points = sorted((x(1e9 / row["rate"]), y(row[key] and row[key] * factor))
                                for row in rows if row["method"] == method and row["drive"] == drive)
                for (x1, y1), (x2, y2) in zip(points, points[1:]):
                    svg.line(x1, y1, x2, y2, colour, 'stroke-width="1.5"')
                for at_x, at_y in points:
                    svg.dot(at_x, at_y, colour, True)
    for i, (method, colour) in enumerate(METHOD_COLOURS.items()):
        at = left + i * 150
        svg.dot(at, 14, colour, True)
        svg.text(at + 9, 18, method)
    svg.write(path)
    return True

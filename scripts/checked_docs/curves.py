"""What is read off a curve."""
from __future__ import annotations


def rises_through(times, values, threshold) -> list[float]:
    """When the values cross a threshold upwards, between two samples by a straight line."""
    return [t0 + (t1 - t0) * (threshold - y0) / (y1 - y0)
            for t0, t1, y0, y1 in zip(times, times[1:], values, values[1:]) if y0 <= threshold < y1]


def peaks(times, values, above) -> list[tuple[float, float]]:
    """Time and height of the highest value of each stretch above a threshold, stretches cut off by the end left out."""
    found, best = [], None
    for time, value in zip(times, values):
        if value > above:
            if best is None or value > best[1]:
                best = (time, value)
        elif best:
            found.append(best)
            best = None
    return found


def between(times, values, begin, end) -> list[float]:
    return [value for time, value in zip(times, values) if begin <= time <= end]


def first(times, values, holds) -> float:
    """The first time at which a condition on the value holds."""
    return next(time for time, value in zip(times, values) if holds(value))

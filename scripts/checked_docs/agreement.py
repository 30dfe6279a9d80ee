"""Whether a recomputed value is what the prose states: it must round to the digits of the prose."""
from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

# 12 000; 1.5; .72; 3e-4
NUMBER = r"\d{1,3}(?: \d{3})+(?!\d)|\d*\.?\d+(?:[eE][-−]?\d+)?"

WORDS = {word: number for number, word in enumerate(
    "no one two three four five six seven eight nine ten eleven twelve".split())}
PARTS = {"half": (1, 2), "third": (1, 3), "quarter": (1, 4), "fifth": (1, 5), "tenth": (1, 10),
         "quarters": (3, 4), "thirds": (2, 3)}


@dataclasses.dataclass(frozen=True)
class Bound:
    """A recomputed extreme, of which the prose states a bound."""
    value: float
    is_upper: bool

    def __str__(self):
        return f"{'at most' if self.is_upper else 'at least'} {in_digits(self.value)}"


def at_most(value: float) -> Bound:
    return Bound(value, True)


def at_least(value: float) -> Bound:
    return Bound(value, False)


def in_digits(value) -> str:
    return value if isinstance(value, str) else f"{value:.6g}" if not isinstance(value, Bound) else str(value)


def interval(stated: str) -> tuple[float, float]:
    """All values that round to the stated number: `1.50` is [1.495, 1.505]; `a quarter` lies between 1/4.5 and 1/3.5."""
    words = stated.replace("-", " ").split()
    if words and words[-1] in PARTS:
        over, under = PARTS[words[-1]]
        return over / (under + 0.5), over / (under - 0.5)
    if stated in WORDS:
        return WORDS[stated] - 0.5, WORDS[stated] + 0.5
    if not re.fullmatch(rf"[-−+]?(?:{NUMBER})", stated):
        raise ValueError(f"'{stated}' is neither a number nor a word for one")
    number = Decimal(stated.replace(" ", "").replace("−", "-"))
    half = Decimal((0, (5,), number.as_tuple().exponent - 1))
    return float(number - half), float(number + half)


def agrees(stated: str, found) -> bool:
    low, high = interval(stated)
    if isinstance(found, Bound):
        return found.value <= high if found.is_upper else found.value >= low
    slack = 1e-9 * max(abs(low), abs(high))  # a value on the edge may be rounded either way
    return low - slack <= found <= high + slack

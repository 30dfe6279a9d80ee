"""A quote of a document in which numbers are marked: `a source of <0.8> uM`, `<a quarter>`; `<:10>` marks an input."""
from __future__ import annotations

import dataclasses
import re

MARK = re.compile(r"<(:?)([^<>]+)>")


@dataclasses.dataclass(frozen=True)
class Mark:
    begin: int  # in the quote without marks
    stated: str
    is_given: bool


def parse(marked: str) -> tuple[str, list[Mark]]:
    """The words of a marked quote, on one line, and its marks."""
    marked = " ".join(marked.split())
    quote, end, marks = "", 0, []
    for match in MARK.finditer(marked):
        quote += marked[end:match.start()]
        marks.append(Mark(len(quote), match[2], bool(match[1])))
        quote += match[2]
        end = match.end()
    return quote + marked[end:], marks

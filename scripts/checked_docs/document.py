"""A document, its claims, and the numbers in it that are not claims."""
from __future__ import annotations

import dataclasses
import typing

from checked_docs import quote
from checked_docs.prose import Prose, QuoteError
from checked_docs.runs import Run


@dataclasses.dataclass
class Claim:
    name: str  # of the document, of the function
    marked: str
    after: str
    runs: tuple[Run, ...]
    recompute: typing.Callable

    @property
    def seconds(self) -> float:
        return sum(run.seconds for run in self.runs)


@dataclasses.dataclass
class Given:
    reason: str
    marked: str
    after: str


class Document:
    """Claims are added where their quotes are: `@document.claim("calcium rises to <1> uM", run)`."""

    def __init__(self, path: str, every_number: bool = True):
        self.path = path  # from the root of the project
        self.every_number = every_number  # must be a claim or given
        self.claims: list[Claim] = []
        self.given_numbers: list[Given] = []

    def claim(self, marked: str, *runs: Run, after: str = ""):
        """Marks a function that returns the values, in order, of the numbers marked in a quote; True if a quote without marks
        holds. It is called with the results of the runs."""
        def add(recompute):
            self.claims.append(Claim(f"{self.path.split('/')[-1].removesuffix('.md')}.{recompute.__name__}", marked, after, runs,
                                     recompute))
            return recompute
        return add

    def given(self, reason: str, *marked: str, after: str = ""):
        """Numbers that no run can give: inputs, citations, definitions. Without marks, all numbers of a quote."""
        self.given_numbers += [Given(reason, each, after) for each in marked]

    def uncovered(self, prose: Prose) -> tuple[list[tuple[int, int]], list[str]]:
        """Numbers that neither a claim nor `given` covers, and quotes that do not occur."""
        covered, errors = set(), []
        for entry in [*self.claims, *self.given_numbers]:
            words, marks = quote.parse(entry.marked)
            try:
                places = prose.places(words, entry.after)
            except QuoteError as error:
                errors.append(f"{self.path}: {getattr(entry, 'name', 'given')}: {error}")
                continue
            if marks:
                for mark in marks:
                    covered.update(places[mark.begin:mark.begin + len(mark.stated)])
            elif isinstance(entry, Given):
                covered.update(places)
        return [span for span in prose.numbers() if not covered.issuperset(range(*span))], errors

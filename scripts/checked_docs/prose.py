"""A Markdown file as prose: quotes are found whatever the line breaks, numbers wherever they are not code."""
from __future__ import annotations

import bisect
import pathlib
import re

from checked_docs.agreement import NUMBER

# A number in prose: digits within a name (IP3, O_3K, e^2) are none.
STANDALONE = re.compile(rf"(?<![\w.^])(?:{NUMBER})")
# Not prose within a line: code, pictures, targets of links.
CODE = re.compile(r"`[^`]*`|!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)]*\)")


def without_code(text: str) -> str:
    """The text with blanks in place of code: fenced and indented blocks (equations, commands), and code within lines."""
    lines, is_fenced, may_indent = [], False, True
    for line in text.split("\n"):
        is_fence = line.startswith("```")
        is_code = is_fenced or is_fence or (may_indent and line.startswith("    "))
        is_fenced ^= is_fence
        may_indent = is_code or not line.strip() or line.startswith("#")
        lines.append(" " * len(line) if is_code else line)
    return CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), "\n".join(lines))


class QuoteError(Exception):
    pass


class Prose:
    def __init__(self, path: pathlib.Path):
        self.text = path.read_text(encoding="utf-8")
        self._line_ends = [match.start() for match in re.finditer("\n", self.text)]
        words = list(re.finditer(r"\S+", self.text))
        self._flat = " ".join(word.group() for word in words)
        self._places: list[int] = []  # of each character of _flat in text
        for word in words:
            self._places += range(word.start(), word.end() + 1)

    def line(self, place: int) -> int:
        return bisect.bisect_left(self._line_ends, place) + 1

    def numbers(self) -> list[tuple[int, int]]:
        """Begin and end of every number outside of code."""
        return [match.span() for match in STANDALONE.finditer(without_code(self.text))]

    def places(self, quote: str, after: str = "") -> list[int]:
        """Where each character of a quote stands in the text. The quote must occur once (behind `after`)."""
        begin = 0
        if after:
            begin = self._flat.find(after)
            if begin < 0:
                raise QuoteError(f'"{after}" does not occur')
        at = self._flat.find(quote, begin)
        if at < 0:
            raise QuoteError(f'"{quote}" does not occur' + (f' after "{after}"' if after else ""))
        if not after and self._flat.find(quote, at + 1) >= 0:
            raise QuoteError(f'"{quote}" occurs more than once')
        return self._places[at:at + len(quote)]

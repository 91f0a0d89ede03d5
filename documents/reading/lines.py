"""Turn page texts into lines that compare: one width, one kind of blank, nothing invisible."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

# A letter has short lines. What is longer is noise, and noise must not cost time.
MAX_LINE: Final = 1_000
MAX_LINES: Final = 3_000
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\0"))
_BLANKS: Final = re.compile(r"[^\S\n]")
_LINE: Final = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of page *page* (from 1), *offset* characters into the page's normal text."""

    page: int
    offset: int
    text: str


def normal(text: str) -> str:
    """Fold width (NFKC), drop zero-width signs, make every blank a space; keep line breaks."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return _BLANKS.sub(" ", folded.replace("\r\n", "\n").replace("\r", "\n"))


def lines(texts: Sequence[str]) -> list[Line]:
    """Return the first ``MAX_LINES`` lines of normal *texts*, each cut at ``MAX_LINE``."""
    return list(islice(_lines(texts), MAX_LINES))


def _lines(texts: Sequence[str]) -> Iterator[Line]:
    for page, text in enumerate(texts, start=1):
        for match in _LINE.finditer(text):
            line = match.group()[:MAX_LINE].strip()
            if line:
                yield Line(page, match.start(), line)


def after_label(label: re.Pattern[str], found: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Yield each line that carries *label* with what follows it, if need be on the next line."""
    for line, following in zip(found, [*found[1:], Line(0, 0, "")], strict=False):
        match = label.search(line.text)
        if match:
            yield line, line.text[match.end() :].strip(" :") or following.text

"""Lines of words that compare: one width, one kind of blank, nothing invisible."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\0"))
_BLANKS: Final = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Line:
    """Line *number* (from 0) of page *page* (from 1)."""

    page: int
    number: int
    text: str


def normal(text: str) -> str:
    """Fold width (NFKC), drop zero-width signs, make every blank a space."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).translate(_INVISIBLE))


def after_label(label: re.Pattern[str], found: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """Yield each line that carries *label* with what follows it, if need be on the next line."""
    for line, following in zip(found, [*found[1:], Line(0, 0, "")], strict=False):
        match = label.search(line.text)
        if match:
            yield line, line.text[match.end() :].strip(" :") or following.text

"""Read the fields of a paper from the lines seen on its pages.

Every value is a proposal with its place, its confidence, and whether it may be taken for sure.
Sure is only what more than one thing speaks for: a check digit, a known name, a whole date.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from documents.reading.certificates import read_certificate
from documents.reading.confirmations import read_confirmation
from documents.reading.fields import FieldRead, Known
from documents.reading.inspections import read_inspection
from documents.reading.lines import normal
from documents.reading.seen import SeenPage

Reader = Callable[[Sequence[SeenPage], Known], Iterable[FieldRead]]
READERS: Final[Mapping[str, Reader]] = {
    "confirmation": read_confirmation,
    "certificate": read_certificate,
    "inspection": read_inspection,
}
# Fifty pages of sixty rows of five cells.
MOST_LINES: Final = 15_000
MOST_SIGNS: Final = 400
READABLE: Final = frozenset(READERS)


def read_paper(
    kind: str,
    pages: Sequence[SeenPage],
    *,
    countries: Mapping[str, Iterable[str]],
    makers: Mapping[str, Iterable[str]],
    declared_vins: Collection[str] = (),
) -> tuple[FieldRead, ...]:
    """Return what *pages* of a paper of *kind* say; of a kind that is not read, nothing.

    *countries* gives names in any language by ISO code, *makers* names by any key;
    *declared_vins* are those the exporter entered, to mend what was misread.
    """
    reader = READERS.get(kind)
    known = Known(countries, makers, frozenset(declared_vins))
    return tuple(reader(list(bounded(pages)), known)) if reader else ()


def bounded(pages: Sequence[SeenPage]) -> Iterator[SeenPage]:
    """Yield *pages* with lines of a length and number that a paper has: noise costs no time."""
    left = MOST_LINES
    for page in pages:
        kept = [
            replace(line, text=text)
            for line in page.lines[:left]
            if (text := normal(line.text[:MOST_SIGNS]).strip())
        ]
        left -= len(kept)
        yield replace(page, lines=tuple(kept))

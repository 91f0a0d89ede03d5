"""Read the fields of a paper from the lines seen on its pages.

Every value is a proposal with its place, its confidence, and whether it may be taken for sure.
Sure is only what more than one thing speaks for: a check digit, a known name, a whole date.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from documents.reading.certificates import read_certificate
from documents.reading.confirmations import read_confirmation
from documents.reading.fields import FieldRead, Known
from documents.reading.inspections import read_inspection
from documents.reading.seen import SeenPage

Reader = Callable[[Sequence[SeenPage], Known], Iterable[FieldRead]]
READERS: Final[Mapping[str, Reader]] = {
    "confirmation": read_confirmation,
    "certificate": read_certificate,
    "inspection": read_inspection,
}
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
    return tuple(reader(pages, known)) if reader else ()

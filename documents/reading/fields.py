"""Values read, where they stand and how sure they are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from typing import Any, Final

from rapidfuzz.distance import Hamming

from documents.reading.lines import Line, normal
from documents.reading.names import Names
from documents.reading.repair import repair_vin
from documents.reading.seen import Box, SeenLine, SeenPage
from exports.identifiers import canonical_vin

# The least confidence of any sign in a line that still counts as sure.
SURE: Final = 0.55
SURE_VIN: Final = 0.6
# A reader mistakes signs but drops none: one in eight of a name may be misread. A name longer by
# a city is another company.
MISREAD: Final = 8
# World manufacturer identifiers of China begin so.
CHINESE: Final = ("L", "H")


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One value: *printed* as it stands there, *value* what it is taken for."""

    field: str
    position: int
    value: str
    printed: str
    confidence: float
    sure: bool
    page: int
    box: Box
    repair: str = ""
    parts: Mapping[str, Any] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """The names and VINs that may be expected."""

    countries: Mapping[str, Iterable[str]]
    makers: Mapping[str, Iterable[str]]
    vins: Collection[str]

    @property
    def country_names(self) -> Names:
        """Return the names of countries, ready to be searched for."""
        return Names(self.countries, whole=False)

    @property
    def maker_names(self) -> list[str]:
        """Return every known name of a manufacturer."""
        return [name for names in self.makers.values() for name in names]


class Sheet:
    """The lines of a paper as text to search, each with the way back to its place."""

    def __init__(self, pages: Sequence[SeenPage]) -> None:
        """Take the lines in reading order, each by itself."""
        self.lines: list[Line] = []
        self.seen: list[SeenLine] = []
        for page in pages:
            for number, line in enumerate(page.lines):
                self.lines.append(Line(page.number, number, line.text))
                self.seen.append(line)

    def place(self, line: Line) -> SeenLine:
        """Return where *line*, one of ``lines``, was seen."""
        for known, seen in zip(self.lines, self.seen, strict=True):
            if known.page == line.page and known.number == line.number:
                return seen
        raise LookupError(line)

    def field(
        self,
        name: str,
        value: str,
        line: Line,
        *,
        sure: bool = True,
        position: int = 0,
        **more: Any,
    ) -> FieldRead:
        """Return *value* as read from *line*; sure only if the line was read surely."""
        seen = self.place(line)
        return FieldRead(
            field=name,
            position=position,
            value=value,
            printed=more.pop("printed", value),
            confidence=seen.confidence,
            sure=sure and seen.confidence >= SURE,
            page=line.page,
            box=seen.box,
            **more,
        )


def company(name: str, *, known: Sequence[str]) -> tuple[str, bool]:
    """Return the known name that *name* is, and whether it is exactly that."""
    bare = normal(name).replace(" ", "")
    for candidate in known:
        if normal(candidate).replace(" ", "") == bare:
            return candidate, True
    alike = [
        candidate
        for candidate in known
        if len(candidate) == len(bare)
        and Hamming.distance(candidate, bare) <= max(len(bare) // MISREAD, 1)
    ]
    return (alike[0] if len(alike) == 1 else name), False


def vin_field(
    printed: str,
    seen: SeenLine,
    *,
    page: int,
    position: int,
    known: Known,
    parts: Mapping[str, Any],
) -> FieldRead:
    """Return a VIN as it is taken; sure only with its check digit and a clear reading."""
    read = canonical_vin(printed)
    taken = repair_vin(read, declared=known.vins)
    declared = taken.value in known.vins
    clear = seen.confidence >= (SURE if declared else SURE_VIN)
    more = {**parts, "suggestion": taken.suggestion} if taken.suggestion else dict(parts)
    valid = not taken.suggestion and repair_vin(taken.value, declared=()).value == taken.value
    return FieldRead(
        field="vin",
        position=position,
        value=taken.value,
        printed=read,
        confidence=seen.confidence,
        sure=clear and valid and not taken.repair and (declared or read[:1] in CHINESE),
        page=page,
        box=seen.box,
        repair=taken.repair,
        parts=more,
    )


def iso(day: date | None) -> str:
    """Return *day* as readings write it."""
    return day.isoformat() if day else ""


def numbered(fields: Iterable[FieldRead]) -> Iterator[FieldRead]:
    """Yield *fields* with positions counted from 0 within each kind."""
    counts: dict[str, int] = {}
    for found in fields:
        position = counts.get(found.field, 0)
        counts[found.field] = position + 1
        yield found if found.position == position else _at(found, position)


def _at(found: FieldRead, position: int) -> FieldRead:
    values = {name: getattr(found, name) for name in FieldRead.__dataclass_fields__}
    return FieldRead(**{**values, "position": position})

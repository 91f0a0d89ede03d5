"""Read an after-sales confirmation letter from its text layer.

Every value is a proposal with the place it came from; nothing is corrected or guessed. All
searches are linear in the length of the text.

Source of the fields: enterprise guideline of 2025-12-11, I(2).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from documents.reading.dates import first_date, is_lone_date
from documents.reading.lines import Line, after_label, lines, normal
from documents.reading.names import Names
from exports.identifiers import canonical_vin

T = TypeVar("T")
MAX_SOURCE: Final = 200
DATE_WIDTH: Final = 16
_IGNORE: Final = re.IGNORECASE
# Letters that a VIN cannot have are let through: a misprint must be seen, not overlooked.
_VIN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{17}(?![A-Za-z0-9])")
_NUMBER: Final = re.compile(
    r"(?:编号(?: ?No\.?)?|(?<![A-Za-z])No\.) ?:? ?([A-Z0-9][A-Z0-9()\[\]〔〕/_-]{3,40})", _IGNORE
)
_ISSUED: Final = re.compile(
    r"(?:(?:签发|出具|开具)日期|(?<!登记)(?<!注册)日期)(?: ?date(?: of issue)?)?"
    r"|date of issue|issued? (?:date|on)|(?<![a-z])date(?= ?:)",
    _IGNORE,
)
_UNTIL: Final = re.compile(
    r"有效期(?:限)?(?:至|到)(?: ?valid until)?|valid (?:until|through|till|to)", _IGNORE
)
_DESTINATION: Final = re.compile(r"出口国(?:别|家)|目的(?:国|地)|destination", _IGNORE)
_MAKER: Final = re.compile(r"生产(?:企业|厂家|厂商)|manufacturer", _IGNORE)
_ISSUER: Final = re.compile(r"出具单位(?: ?Issued by)?|(?<![a-z])issued by", _IGNORE)
_OUTLETS: Final = re.compile(
    r"(?:售后)?(?:维修)?服务网点|after-sales outlets|service outlets", _IGNORE
)
_OUTLETS_END: Final = re.compile(
    r"(?:签发|出具|开具)?日期|date ?:|有效期|valid until|我(?:单位|公司)|we confirm", _IGNORE
)
_PHONE: Final = re.compile(r"(?<![\w-])\+?\d[\d ()-]{6,24}\d$")
# Repeated at the top of each page.
_HEADING: Final = re.compile(r"国家|country|\d+ ?/ ?\d+$", _IGNORE)
COLUMNS: Final = ("name", "address", "provider")
_CELL: Final = re.compile(r" ?[|｜] ?| {2,}")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A value, the page it stands on (from 1), and the line as printed (normal text, cut)."""

    value: T
    page: int
    offset: int
    source_text: str


@dataclass(frozen=True, slots=True)
class ReadOutlet:
    """A service outlet. Where columns cannot be told apart, *name* holds all the words."""

    country: str
    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class LetterReading:
    """What the text proposes. ``destinations`` and ``manufacturers`` are keys of the arguments."""

    vins: tuple[Read[str], ...]
    number: Read[str] | None
    issuer: Read[str] | None
    issued_on: Read[date] | None
    valid_until: Read[date] | None
    destinations: tuple[Read[str], ...]
    manufacturers: tuple[Read[str], ...]
    outlets: tuple[Read[ReadOutlet], ...]


def read_letter(
    texts: Sequence[str],
    *,
    countries: Mapping[str, Iterable[str]],
    makers: Mapping[str, Iterable[str]],
) -> LetterReading:
    """Read the letter whose pages have *texts*.

    *countries* gives names in any language by ISO code, *makers* names by any key.
    """
    pages = [normal(text) for text in texts]
    found = lines(pages)
    heading, end = _outlet_section(found)
    body = found[:heading] + found[end:]
    country_names = Names(countries, whole=False)
    return LetterReading(
        vins=_vins(pages),
        number=_number(body),
        issuer=_issuer(body),
        issued_on=_issued_on(body),
        valid_until=_first_date_after(_UNTIL, body),
        destinations=_named(country_names, body, label=_DESTINATION),
        manufacturers=_named(Names(makers, whole=True), body, label=_MAKER),
        outlets=tuple(_outlets(found[heading:end], names=country_names)),
    )


def _read(value: T, line: Line) -> Read[T]:
    return Read(value, line.page, line.offset, line.text[:MAX_SOURCE])


def _vins(pages: Sequence[str]) -> tuple[Read[str], ...]:
    """Return each candidate once, where it first stands."""
    reads: dict[str, Read[str]] = {}
    for page, text in enumerate(pages, start=1):
        for match in _VIN.finditer(text):
            vin = canonical_vin(match.group())
            if not (vin.isalpha() or vin.isdigit()):
                source = _around(text, match)
                reads.setdefault(vin, Read(vin, page, match.start(), source))
    return tuple(reads.values())


def _around(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind("\n", match.start() - MAX_SOURCE, match.start()) + 1, 0)
    start = max(start, match.start() - MAX_SOURCE // 2)
    return text[start : start + MAX_SOURCE].partition("\n")[0].strip()


def _number(body: Iterable[Line]) -> Read[str] | None:
    for line in body:
        match = _NUMBER.search(line.text)
        if match and any(sign.isdigit() for sign in match[1]):
            return _read(match[1], line)
    return None


def _issuer(body: Sequence[Line]) -> Read[str] | None:
    for line, text in after_label(_ISSUER, body):
        return _read(text, line)
    return None


def _issued_on(body: Sequence[Line]) -> Read[date] | None:
    """Prefer a labelled date; else take the last one that stands alone, as under a seal."""
    labelled = _first_date_after(_ISSUED, body)
    if labelled:
        return labelled
    for line in reversed(body):
        written = first_date(line.text) if is_lone_date(line.text) else None
        if written:
            return _read(written, line)
    return None


def _first_date_after(label: re.Pattern[str], body: Sequence[Line]) -> Read[date] | None:
    """Return the date right behind *label*; one further on belongs to something else."""
    for line, text in after_label(label, body):
        written = first_date(text[:DATE_WIDTH])
        if written:
            return _read(written, line)
    return None


def _named(names: Names, body: Sequence[Line], *, label: re.Pattern[str]) -> tuple[Read[str], ...]:
    """Return each name once: from the labelled lines, or where these name none, from any."""
    labelled = [Line(line.page, line.offset, text) for line, text in after_label(label, body)]
    reads = _once(names.find_in(labelled))
    return reads or _once(names.find_in(body))


def _once(found: Iterable[tuple[Line, str]]) -> tuple[Read[str], ...]:
    reads: dict[str, Read[str]] = {}
    for line, key in found:
        reads.setdefault(key, _read(key, line))
    return tuple(reads.values())


def _outlet_section(found: Sequence[Line]) -> tuple[int, int]:
    """Return where the list of outlets begins and ends; both ends of the text if there is none."""
    heading = next((at for at, line in enumerate(found) if _OUTLETS.match(line.text)), len(found))
    following = range(heading + 1, len(found))
    return heading, next((at for at in following if _OUTLETS_END.match(found[at].text)), len(found))


def _outlets(section: Iterable[Line], *, names: Names) -> Iterator[Read[ReadOutlet]]:
    """Yield an outlet for each stretch of lines that opens with a country's name."""
    stretch: list[Line] = []
    for line in section:
        if _HEADING.match(line.text):
            continue
        if names.opening(line.text):
            yield from _outlet(stretch, names=names)
            stretch = [line]
        elif stretch:
            stretch.append(line)
    yield from _outlet(stretch, names=names)


def _outlet(stretch: Sequence[Line], *, names: Names) -> Iterator[Read[ReadOutlet]]:
    if not stretch:
        return
    country, words = "", " ".join(line.text for line in stretch)
    while opening := names.opening(words):
        country, length = opening
        words = words[length:].lstrip(" /,()|")
    phone = _PHONE.search(words[-MAX_SOURCE:])
    # Name, address, provider, phone: only drawn columns show where one ends.
    cells = [cell for cell in _CELL.split(words) if cell]
    name, address = (cells[0], cells[1]) if len(cells) >= len(COLUMNS) else (words, "")
    if phone:
        name = name.removesuffix(phone.group()).rstrip()
    yield _read(ReadOutlet(country, name, address, phone.group() if phone else ""), stretch[0])

"""Read the companies of a letter: who made the vehicles, who writes, who exports."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import Hamming

from documents.reading.dates import is_lone_date
from documents.reading.fields import FieldRead, Known
from documents.reading.labels import (
    ADDRESSED,
    COMPANY,
    COMPANY_ALONE,
    EXPORTER,
    ISSUER,
    MADE_BY,
    MAKER,
    USCC,
)
from documents.reading.names import MISREAD
from documents.reading.sheet import Line, Sheet

# The name stands right above the day, a line for the seal at most between them.
ABOVE: Final = 2


def company(name: str, *, known: Sequence[str]) -> tuple[str, bool]:
    """Return the known name that *name* is, and whether it is exactly that."""
    bare = bare_name(name)
    if bare in known:
        return bare, True
    alike = []
    for candidate in known:
        plain = bare_name(candidate)
        if plain == bare:
            return candidate, True
        # A name longer by a city is another company, not a misread one.
        misread = max(len(bare) // MISREAD, 1)
        if len(plain) == len(bare) and Hamming.distance(plain, bare) <= misread:
            alike.append(candidate)
    return (alike[0] if len(alike) == 1 else name), False


def bare_name(name: str) -> str:
    """Return *name* without its blanks, which readers lose and find."""
    return name.replace(" ", "")


def maker(sheet: Sheet, known: Known) -> Iterator[FieldRead]:
    """Yield the maker: behind its label, or where the running words say who made the vehicles."""
    for line, text in sheet.after(MAKER):
        yield named("maker", text, line, sheet, known)
        return
    for paragraph in sheet.paragraphs():
        match = MADE_BY.search(paragraph.text)
        if match:
            line = paragraph.line_at(match.start(1))
            yield named("maker", match[1], line, sheet, known)
            return


def issuer(sheet: Sheet, known: Known) -> Iterator[FieldRead]:
    """Yield who writes: behind the label, signed right above the day, or else named last."""
    for line, text in sheet.after(ISSUER):
        yield named("issuer", text, line, sheet, known)
        return
    for line in signatures(sheet):
        yield named("issuer", line.text, line, sheet, known)
        return
    for line in reversed(sheet.lines):
        if COMPANY_ALONE.fullmatch(line.text):
            yield replace(named("issuer", line.text, line, sheet, known), sure=False)
            return


def signatures(sheet: Sheet) -> Iterator[Line]:
    """Yield, last first, each company's name that stands right above a day."""
    for line in reversed(sheet.lines):
        if is_lone_date(line.text):
            above = sheet.lines[max(line.number - ABOVE, 0) : line.number]
            yield from (near for near in reversed(above) if COMPANY.search(near.text))


def named(field: str, text: str, line: Line, sheet: Sheet, known: Known) -> FieldRead:
    """Return a company as *field*: by its known name where it has one, else unsure."""
    value, exact = company(text.rpartition(":")[2].strip(), known=known.maker_names)
    return sheet.field(field, value, line, sure=exact, printed=text)


def exporter(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the exporter behind its label or as addressed, with its credit code if there."""
    addressed = [
        (line, match[1]) for line in sheet.lines if (match := ADDRESSED.fullmatch(line.text))
    ]
    for line, text in [*sheet.after(EXPORTER), *addressed]:
        code = USCC.search(text)
        name = text[: code.start()].strip(" ,(:|/") if code else text
        parts = {"uscc": code.group()} if code else {}
        yield sheet.field("exporter", name, line, sure=False, printed=text, parts=parts)
        return

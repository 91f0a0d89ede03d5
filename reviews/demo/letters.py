"""Draw the papers an exporter would upload, with a text layer, for demonstrations and tests.

Nothing here is a real seal or certificate: the registration certificate and the plain papers
say that they are specimens, and every name comes from the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from reviews.paper.press import Press

TEMPLATES: Final = Path(__file__).parent
# Plain papers carry no date of their own; a fixed one keeps their bytes, and address, the same.
PAPER_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A confirmation letter as its issuer writes it, right or wrong.

    ``vehicles`` are (VIN, brand, model, registered on); ``outlets`` are (country, name, address,
    provider, phone), the country as it shall be printed, such as "哈萨克斯坦 Kazakhstan".
    The seal bears the issuer's name unless ``seal_name`` is another; ``seal_below`` stands under
    the star, as 合同专用章; ``seal_turn`` is by how many degrees the hand that stamped turned it.
    """

    number: str
    manufacturer_name: str
    issuer_name: str
    destination_zh: str
    destination_en: str
    exporter_name: str
    exporter_uscc: str
    vehicles: tuple[tuple[str, str, str, date], ...]
    outlets: tuple[tuple[str, str, str, str, str], ...]
    issued_on: date
    valid_until: date | None
    sealed: bool
    seal_name: str = ""
    seal_below: str = ""
    seal_turn: int = 0


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The page of a registration certificate that the checks look at."""

    number: str
    authority: str
    owner: str
    vin: str
    brand: str
    model: str
    maker: str
    fuel: str
    use: str
    registered_on: date
    transferred_on: date | None


@dataclass(frozen=True)
class _Paper:
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Seal:
    name: str
    below: str


def draw_letter(letter: Letter) -> bytes:
    """Return the letter as PDF; the seal is drawn, so it adds nothing to the text layer."""
    seal = (letter.seal_name or letter.issuer_name, letter.seal_below)
    artwork = {"seal": _seal(*seal)} if letter.sealed else {}
    return _press("letter").pull(letter, dated=_midnight(letter.issued_on), artwork=artwork)


def draw_certificate(certificate: Certificate) -> bytes:
    """Return a specimen of a registration certificate as PDF."""
    dated = _midnight(certificate.registered_on)
    return _press("certificate").pull(certificate, dated=dated, artwork={})


def draw_paper(title: str, lines: Sequence[str]) -> bytes:
    """Return a titled page of *lines* as PDF: a contract, a report, a declaration."""
    return _press("paper").pull(_Paper(title, tuple(lines)), dated=PAPER_DATE, artwork={})


@cache
def _press(name: str) -> Press:
    return Press(TEMPLATES / f"{name}.typ")


@lru_cache(maxsize=64)
def _seal(name: str, below: str) -> bytes:
    return _press("seal").etch(_Seal(name, below))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)

"""What the exporter declared, the letter says and the registry answered, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import RegistryAnswer
from exports.identifiers import looks_like
from exports.models import Vehicle
from exports.wording import say
from reviews.checks import from_json
from reviews.checks.model import ConfirmationFacts, Facts
from reviews.models import Finding
from reviews.naming import Names

LETTER_CHECK: Final = "CNF-05"  # the check that stores everything a letter says
GRAVITY: Final = {"fail": 0, "attention": 1, "pass": 2, "not_applicable": 3}
JUDGED_TOGETHER: Final = ("brand", "model")
GRAVE: Final = ("fail", "attention")
BESIDE_VIN: Final = ("brand", "model", "registered_on")  # what a letter may print of a vehicle
FROM_REGISTRY: Final = {"brand", "model", "registered_on", "transferred_on", "owner_name"}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a value; ``differs`` marks what another source writes otherwise."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One field in three sources, and what the checks about it came to.

    *glosses* are names in the reader's language for what a source prints in another.
    """

    name: str
    field: str
    declared: list[Part]
    letter: list[Part]
    registry: list[Part]
    outcome: str
    notes: list[str]
    glosses: Mapping[str, str]

    @property
    def one_word(self) -> bool:
        """Tell whether the values are read character by character, each on one line."""
        return self.name == "vin"


@dataclass(frozen=True, slots=True)
class Sources:
    """What the rows are read from."""

    vehicle: Vehicle
    facts: Facts
    letter: ConfirmationFacts | None
    answer: RegistryAnswer | None
    names: Names
    printed: Mapping[str, str] | None


ROWS: Final[tuple[tuple[str, Promise, tuple[str, ...]], ...]] = (
    ("vin", gettext_lazy("VIN"), ("VIN-01", "VIN-04", "CNF-05")),
    ("brand", gettext_lazy("brand"), ("REG-04",)),
    ("model", gettext_lazy("model"), ("REG-04",)),
    ("maker_name", gettext_lazy("manufacturer"), ("CNF-02", "CNF-03", "CNF-04")),
    ("registered_on", gettext_lazy("registered on"), ("REG-01", "REG-05", "AGE-01")),
    ("transferred_on", gettext_lazy("transferred, pending export, on"), ("REG-02", "AGE-02")),
    ("owner_name", gettext_lazy("owner"), ("REG-03",)),
    ("destination", gettext_lazy("destination"), ("CNF-06", "DST-01")),
    ("outlets", gettext_lazy("service outlets"), ("CNF-07",)),
    ("term", gettext_lazy("letter issued, valid until"), ("CNF-10",)),
)


def facts_judged(findings: Iterable[Finding]) -> Facts:
    """Return the facts a run judged the letters on, as it stored them; empty before a run."""
    for finding in findings:
        if finding.check_id == LETTER_CHECK:
            return from_json(finding.inputs)
    return Facts()


def compare(sources: Sources, *, findings: list[Finding]) -> list[Row]:
    """Return a row for each field, those that differ first."""
    by_check = {finding.check_id: finding for finding in findings}
    rows = [
        row_of(name, label=label, about=checks, sources=sources, by_check=by_check)
        for name, label, checks in ROWS
    ]
    return sorted(rows, key=lambda row: GRAVITY[row.outcome])


def row_of(
    name: str,
    *,
    label: Promise,
    about: tuple[str, ...],
    sources: Sources,
    by_check: Mapping[str, Finding],
) -> Row:
    """Return one row: the three values, and the gravest of the checks about it."""
    declared = declared_value(name, sources=sources)
    letter = letter_value(name, sources=sources)
    registry = registry_value(name, sources=sources)
    # One check judges brand and model together; whichever of them agrees is in no doubt.
    agreed = name in JUDGED_TOGETHER and declared == registry != ""
    found = sorted(
        (by_check[check] for check in about if check in by_check and not agreed),
        key=lambda finding: GRAVITY[finding.outcome],
    )
    settled = "pass" if agreed else "not_applicable"
    printed = {"declared": declared, "letter": letter} if name == "maker_name" else {}
    return Row(
        name=name,
        field=str(label),
        declared=marked(declared, against=registry or letter),
        letter=marked(letter, against=declared) or unread(name, sources=sources),
        registry=marked(registry, against=declared),
        outcome=found[0].outcome if found else settled,
        notes=list(dict.fromkeys(say(f.sentence) for f in found if f.outcome in GRAVE)),
        glosses={source: sources.names.maker(value) for source, value in printed.items()},
    )


def declared_value(name: str, *, sources: Sources) -> str:
    """Return what the exporter entered."""
    if name == "destination":
        return sources.names.country(sources.facts.application.destination)
    return text(getattr(sources.vehicle, name, None))


def letter_value(name: str, *, sources: Sources) -> str:
    """Return what the letter that was judged says."""
    letter = sources.letter
    if letter is None:
        return ""
    if name == "vin":
        named = sources.vehicle.vin in letter.vins
        return sources.vehicle.vin if named else next(iter(letter.vins), _("not named"))
    values = {
        "maker_name": letter.issuer_name,
        "destination": ", ".join(sources.names.country(code) for code in letter.destinations),
        "outlets": ", ".join(
            f"{outlet.name} ({sources.names.country(outlet.country)})" for outlet in letter.outlets
        ),
        "term": f"{text(letter.issued_on) or '?'} – {text(letter.valid_until)}",
    }
    return values.get(name) or (sources.printed or {}).get(name, "")


def unread(name: str, *, sources: Sources) -> list[Part]:
    """Return the word for what stands beside the VIN on a letter, but could not be read."""
    if sources.letter is None or name not in BESIDE_VIN:
        return []
    return [Part(_("not read"))]


def registry_value(name: str, *, sources: Sources) -> str:
    """Return what the registry answered."""
    if sources.answer is None:
        return ""
    if name == "vin":
        return sources.answer.vin
    return text(getattr(sources.answer, name)) if name in FROM_REGISTRY else ""


def text(value: str | date | None) -> str:
    """Return a value as the table writes it; dates in ISO."""
    return value.isoformat() if isinstance(value, date) else value or ""


def marked(value: str, *, against: str) -> list[Part]:
    """Cut *value* where it differs from *against*; values far apart are not marked.

    >>> [part.text for part in marked("LGX0", against="LGXO") if part.differs]
    ['0']
    """
    places = set(looks_like(value, against)) if value and against else set()
    if not places or len(places) > max(3, len(value) // 3):
        return [Part(value)] if value else []
    letters = enumerate(value, start=1)
    runs = groupby(letters, key=lambda pair: pair[0] in places)
    return [Part("".join(sign for _at, sign in run), differs) for differs, run in runs]

"""What a person is shown of a clean case: pieces of its letter beside what was declared.

Of a confirmation attested at the manufacturer's desk there is no paper to cut from: its words are
shown, and instead of a seal who attested it.

A case of which a piece is missing is not fit for the lane, and :class:`Unfit` says why. A fixed
number of queries for any number of cases; no picture is opened here, the browser cuts.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q

from documents.models import (
    Confirmation,
    ConfirmedVehicle,
    Document,
    Outlet,
    Page,
    Reading,
    Seal,
    Signature,
)
from documents.models.seals import SealKind
from exports.models import Line
from reviews.models import Case, CheckRun

Field = Reading.Field
MOST_OUTLETS: Final = 3
SIGNATURE: Final = "signature"
ATTESTED: Final = "attested"
# How much of the paper around a value is shown, in heights of its box. The page lets the outer
# fifth of the height fade out, so that no line above or below seems cut off (lane.css).
AROUND: Final = 0.8
SEAL_AROUND: Final = 0.08
LETTER: Final = (
    "vin",
    "confirmation",
    "confirmation__exporter",
    "confirmation__number",
    "confirmation__issuer_name",
    "confirmation__issued_on",
    "confirmation__source",
    "confirmation__version",
    "confirmation__entered_by__name",
    "confirmation__document",
    "confirmation__document__key",
)


STANDING: Final = Q(confirmation__revoked_at__isnull=True) & (
    Q(confirmation__source=Confirmation.Source.ATTESTED)
    | Q(
        confirmation__document__state=Document.State.READY,
        confirmation__document__withdrawn_at__isnull=True,
    )
)


class Why(StrEnum):
    """Why a clean case is not fit for the lane."""

    NO_LETTER = "no_letter"
    SEVERAL_LETTERS = "several_letters"
    VIN = "vin"
    DESTINATION = "destination"
    OUTLET = "outlet"
    SEAL = "seal"


class Unfit(Exception):
    """A clean case of which a piece cannot be shown."""

    def __init__(self, why: Why) -> None:
        """Keep the reason."""
        self.why = why
        super().__init__(why.value)


@dataclass(frozen=True)
class Crop:
    """One piece: where it is cut from (pixels of the page's picture), what is read and declared.

    ``sha256`` names the piece: that of the picture's own content address together with the box.
    Words alone, such as a verified signature, have no box.
    """

    kind: str
    page: int
    read: str
    declared: str
    box: list[int]
    size: list[int]
    sha256: str = ""
    specimen: int | None = None


@dataclass(frozen=True)
class Proof:
    """All that is shown of one case, as it will stand on its record."""

    run_id: int
    policy: str
    letter: str
    document: str
    crops: list[Crop]

    def as_json(self) -> dict[str, Any]:
        """Return the proof as the tile keeps it."""
        return {**asdict(self), "run": self.run_id}


class Evidence:
    """What the letters of some cases show, fetched at once: eight queries."""

    def __init__(self, cases: Sequence[Case]) -> None:
        """Fetch."""
        self.vins = vins_of(cases)
        self.letters = letters_of([vin for vins in self.vins.values() for vin in vins])
        documents = {row["confirmation__document"] for row in self.letters} - {None}
        self.pages = pages_of(documents)
        self.readings = readings_of(documents, vins={row["vin"] for row in self.letters})
        self.seals = seals_of(documents)
        self.signers = signers_of(documents)
        self.outlets = outlets_of({row["confirmation"] for row in self.letters})
        self.runs = runs_of(cases)

    def proof(self, case: Case) -> Proof:
        """Return what is shown of *case*.

        Raises:
            Unfit: a piece is missing; what cannot be shown is never signed unseen.
        """
        letter = self.letter(case)
        run = self.runs[case.pk]
        attested = letter["confirmation__source"] == Confirmation.Source.ATTESTED
        return Proof(
            run_id=run.pk,
            policy=run.policy.code if run.policy else "",
            letter=letter["confirmation__number"],
            document="" if attested else str(letter["confirmation__document__key"]),
            crops=self.attested(case, letter) if attested else self.cut_from(case, letter),
        )

    def cut_from(self, case: Case, letter: Mapping[str, Any]) -> list[Crop]:
        """Return the pieces of a paper *letter*.

        Raises:
            Unfit: see :meth:`proof`.
        """
        document = letter["confirmation__document"]
        return [
            *self.of_vins(document, self.vins[case.application_id]),
            self.of_destination(document, case.destination_code),
            *self.of_outlets(document, letter["confirmation"], case.destination_code),
            self.of_seal(document, issuer=letter["confirmation__issuer_name"]),
        ]

    def attested(self, case: Case, letter: Mapping[str, Any]) -> list[Crop]:
        """Return what an attested *letter* says of *case*, in words, and who says it.

        Raises:
            Unfit: it names no outlet in the country.
        """
        code = case.destination_code
        outlets = self.outlets[letter["confirmation"], code][:MOST_OUTLETS]
        if not outlets:
            raise Unfit(Why.OUTLET)
        by, day = letter["confirmation__entered_by__name"], letter["confirmation__issued_on"]
        version = letter["confirmation__version"]
        said = f"{by} · {day.isoformat()}" + (f" · v{version}" if version > 1 else "")
        vins = self.vins[case.application_id]
        return [
            *(in_words(Why.VIN, vin, declared=vin) for vin in vins),
            in_words(Why.DESTINATION, code, declared=code),
            in_words(Why.OUTLET, "; ".join(outlets), declared=""),
            in_words(ATTESTED, said, declared=letter["confirmation__issuer_name"]),
        ]

    def letter(self, case: Case) -> dict[str, Any]:
        """Return the one letter that names every vehicle of *case*."""
        vins = self.vins[case.application_id]
        naming = [
            row
            for row in self.letters
            if row["vin"] in vins and row["confirmation__exporter"] == case.exporter_id
        ]
        named = {row["vin"] for row in naming}
        if not vins or named != set(vins):
            raise Unfit(Why.NO_LETTER)
        if len({row["confirmation"] for row in naming}) > 1:
            raise Unfit(Why.SEVERAL_LETTERS)
        return naming[0]

    def of_vins(self, document: int, vins: Iterable[str]) -> Iterator[Crop]:
        """Yield the line of each vehicle; only a VIN read just as declared can be pointed to."""
        read = {each.value: each for each in self.readings[document, Field.VIN]}
        for vin in vins:
            if vin not in read:
                raise Unfit(Why.VIN)
            yield self.cut(read[vin], Why.VIN, declared=vin)

    def of_destination(self, document: int, code: str) -> Crop:
        """Return the place where the country of the case is named."""
        for reading in self.readings[document, Field.DESTINATION]:
            if reading.value == code:
                return self.cut(reading, Why.DESTINATION, declared=code)
        raise Unfit(Why.DESTINATION)

    def of_outlets(self, document: int, letter: int, code: str) -> Iterator[Crop]:
        """Yield the first service outlets in the country of the case."""
        here = [
            reading
            for reading in self.readings[document, Field.OUTLET]
            if reading.parts.get("country", code) == code
        ]
        if not here or not self.outlets[letter, code]:
            raise Unfit(Why.OUTLET)
        declared = "; ".join(self.outlets[letter, code][:MOST_OUTLETS])
        for place, reading in enumerate(here[:MOST_OUTLETS]):
            yield self.cut(reading, Why.OUTLET, declared="" if place else declared)

    def of_seal(self, document: int, *, issuer: str) -> Crop:
        """Return the maker's official seal, else who signed electronically."""
        for seal in self.seals[document]:
            page = self.pages.get((document, seal.page))
            if page and seal.box:
                return crop_of(
                    page,
                    seal.box,
                    kind=Why.SEAL,
                    read=seal.ring_text,
                    declared=issuer,
                    around=SEAL_AROUND,
                    specimen=seal.specimen_id,
                )
        if document not in self.signers:
            raise Unfit(Why.SEAL)
        return in_words(SIGNATURE, self.signers[document], declared=issuer)

    def cut(self, reading: Reading, kind: Why, *, declared: str) -> Crop:
        """Return the piece of the page on which *reading* stands."""
        page = self.pages.get((reading.document_id, reading.page))
        if page is None or not reading.box:
            raise Unfit(kind)
        read = reading.printed or reading.value
        return crop_of(page, reading.box, kind=kind, read=read, declared=declared, around=AROUND)


def in_words(kind: str, read: str, *, declared: str) -> Crop:
    """Return a piece of which there is no picture."""
    return Crop(str(kind), 0, read, declared, box=[], size=[])


def crop_of(
    page: Page,
    box: Sequence[float],
    *,
    kind: Why,
    read: str,
    declared: str,
    around: float,
    specimen: int | None = None,
) -> Crop:
    """Return the piece of *page* in *box* (fractions of the page) with some paper around it."""
    left, top, width, height = box
    margin = around * height * page.height
    x = max(round(left * page.width - margin), 0)
    y = max(round(top * page.height - margin), 0)
    right = min(round((left + width) * page.width + margin), page.width)
    bottom = min(round((top + height) * page.height + margin), page.height)
    named = f"{page.image}|{list(box)}".encode()
    return Crop(
        kind=kind.value,
        page=page.number,
        read=read,
        declared=declared,
        box=[x, y, right - x, bottom - y],
        size=[page.width, page.height],
        sha256=hashlib.sha256(named).hexdigest(),
        specimen=specimen,
    )


def vins_of(cases: Iterable[Case]) -> Mapping[int, list[str]]:
    """Return the VINs of each application, in their order."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Line.objects.filter(application__in=[case.application_id for case in cases])
    for application, vin in rows.order_by("position").values_list("application", "vin"):
        found[application].append(vin)
    return found


def letters_of(vins: Sequence[str]) -> list[dict[str, Any]]:
    """Return the standing letters that name *vins*, one row for each VIN."""
    rows = ConfirmedVehicle.objects.filter(STANDING, vin__in=vins)
    return list(rows.order_by("id").values(*LETTER))


def pages_of(documents: Iterable[int]) -> Mapping[tuple[int, int], Page]:
    """Return the pages by document and number, without their words."""
    rows = Page.objects.filter(document__in=documents)
    slim = rows.only("document_id", "number", "width", "height", "image")
    return {(page.document_id, page.number): page for page in slim}


def readings_of(
    documents: Iterable[int], *, vins: Iterable[str]
) -> Mapping[tuple[int, str], list[Reading]]:
    """Return what was read, by document and field; of the VINs only *vins*, a letter has many."""
    rows = Reading.objects.filter(document__in=documents)
    wanted = rows.filter(field__in=[Field.DESTINATION, Field.OUTLET]) | rows.filter(
        field=Field.VIN, value__in=vins
    )
    found: dict[tuple[int, str], list[Reading]] = defaultdict(list)
    for reading in wanted.order_by("position", "id"):
        found[reading.document_id, reading.field].append(reading)
    return found


def seals_of(documents: Iterable[int]) -> Mapping[int, list[Seal]]:
    """Return the red official seals of each document, the surest first."""
    found: dict[int, list[Seal]] = defaultdict(list)
    rows = Seal.objects.filter(
        document__in=documents, kind=SealKind.OFFICIAL, colour=Seal.Colour.RED
    )
    for seal in rows.defer("mark", "pixels").order_by("-score", "id"):
        found[seal.document_id].append(seal)
    return found


def signers_of(documents: Iterable[int]) -> Mapping[int, str]:
    """Return who signed each document validly and as a whole."""
    rows = Signature.objects.filter(
        document__in=documents, standing=Signature.Standing.VALID, covers_whole=True
    )
    return dict(rows.order_by("-id").values_list("document", "signer"))


def outlets_of(letters: Iterable[int]) -> Mapping[tuple[int, str], list[str]]:
    """Return the outlets entered from each letter, by country."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for outlet in Outlet.objects.filter(confirmation__in=letters).order_by("id"):
        words = " · ".join(filter(None, [outlet.name, outlet.address]))
        found[outlet.confirmation_id, outlet.country_id].append(words)
    return found


def runs_of(cases: Iterable[Case]) -> Mapping[int, CheckRun]:
    """Return the newest run of the checks of each case."""
    rows = CheckRun.objects.filter(case__in=[case.pk for case in cases]).select_related("policy")
    return {run.case_id: run for run in rows.order_by("id")}

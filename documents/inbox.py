"""The papers inbox: what was uploaded and is not used yet, matched by the VINs read in it.

A match is proposed, never made: only the exporter puts a paper where it belongs. Ticked
beforehand is only what is sure: every value read without doubt, and one place to put it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from documents import confirming, filing, proposals
from documents.models import Confirmation, Document, Reading
from documents.reading.papers import READABLE
from documents.showing import Standing, standings_of
from exports.errors import DomainError, Incomplete, Moved
from exports.identifiers import plain_name
from exports.models import (
    Application,
    Destination,
    Exporter,
    Line,
    Manufacturer,
    ManufacturerName,
    User,
    Vehicle,
)
from exports.wording import explain

LETTER: Final = Document.Kind.CONFIRMATION
Field = Reading.Field
PAGE: Final = 20
MOST_OFFERED: Final = 8
# What the name of a file says of its kind; the first that fits wins.
NAMED: Final = (
    (LETTER, ("确认书", "售后", "confirmation", "letter", "asc-")),
    (Document.Kind.CERTIFICATE, ("登记证", "certificate", "绿本")),
    (Document.Kind.INSPECTION, ("检测", "检验", "inspection")),
    (Document.Kind.DECLARATION, ("声明", "declaration")),
    (Document.Kind.INVOICE, ("发票", "invoice")),
    (Document.Kind.CONTRACT, ("合同", "contract")),
)
# What a letter must say before it can be entered as it was read.
NEEDED: Final = (Field.ISSUER, Field.VIN, Field.DESTINATION)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper may go: an application, and in it one vehicle or the whole batch."""

    application: Application
    vehicle: Vehicle | None
    ticked: bool = False

    def value(self, document: Document) -> str:
        """Return what its tick box sends for *document*."""
        return f"{document.pk}.{self.application.pk}.{self.vehicle.pk if self.vehicle else 0}"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the inbox: how far it is, what was read, where it may go.

    ``matched`` and ``unmatched`` are the VINs read, the exporter's and no vehicle's of theirs;
    ``missing`` what a letter does not say and a person must enter; ``drafts`` the drafts whose
    vehicles a letter names, ``foreign`` that some are another maker's; ``sure`` lets it be ticked
    beforehand.
    """

    document: Document
    standing: Standing
    matched: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    drafts: list[Application] = field(default_factory=list)
    foreign: bool = False
    places: list[tuple[Place, str]] = field(default_factory=list)
    sure: bool = False

    @property
    def is_letter(self) -> bool:
        """Tell whether it is a confirmation letter."""
        return self.document.kind == LETTER

    @property
    def is_ready(self) -> bool:
        """Tell whether it was opened and read."""
        return self.document.state == Document.State.READY

    @property
    def read(self) -> int:
        """Return how many VINs were read."""
        return len(self.matched) + len(self.unmatched)


def kind_named(name: str) -> str:
    """Return the kind of paper the file *name* speaks of, ``other`` where it says nothing."""
    said = name.lower()
    kinds = (kind for kind, words in NAMED if any(word in said for word in words))
    return str(next(kinds, Document.Kind.OTHER))


def unused(exporter: Exporter) -> QuerySet[Document]:
    """Return the papers of *exporter* that serve nothing yet: letters not entered, others loose."""
    rows = Document.objects.filter(exporter=exporter, withdrawn_at__isnull=True)
    letters = Q(kind=LETTER, confirmation__isnull=True)
    return rows.filter(letters | (~Q(kind=LETTER) & Q(attachments__isnull=True)))


def papers_of(
    documents: Sequence[Document], *, exporter: Exporter, about: Application | None
) -> list[Paper]:
    """Return *documents* with what they match: at most eight queries, however many they are.

    *about* is the draft the exporter came from; it stands first among the places.
    """
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in Reading.objects.filter(document__in=documents).order_by("id"):
        readings[reading.document_id].append(reading)
    vins = {each.value for rows in readings.values() for each in rows if each.field == Field.VIN}
    fleet = Vehicle.objects.filter(exporter=exporter, vin__in=vins)
    known = _Known(
        own=dict(fleet.values_list("vin", "maker_name")),
        lines=drafted(exporter, vins),
        drafts=offered(exporter, about=about),
        makers=makers_among(readings.values()),
        about=about,
    )
    standings = standings_of(documents)
    return [
        paper_of(document, standing, readings[document.pk], known)
        for document, standing in zip(documents, standings, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the papers are matched with; ``own`` are the exporter's VINs, each with its maker."""

    own: Mapping[str, str]
    lines: Mapping[str, list[Line]]
    drafts: list[Application]
    makers: set[str]
    about: Application | None


def drafted(exporter: Exporter, vins: Collection[str]) -> dict[str, list[Line]]:
    """Return the lines of *exporter*'s drafts by VIN: one query."""
    rows = Line.objects.filter(
        vin__in=vins,
        application__exporter=exporter,
        application__filed_on__isnull=True,
        application__discarded_at__isnull=True,
    )
    by_vin: dict[str, list[Line]] = defaultdict(list)
    for line in rows.select_related("application__destination", "vehicle").order_by("pk"):
        by_vin[line.vin].append(line)
    return by_vin


def offered(exporter: Exporter, *, about: Application | None) -> list[Application]:
    """Return the newest drafts, *about* first: one query."""
    rows = Application.objects.drafts().filter(exporter=exporter).select_related("destination")
    newest = list(rows.order_by("-pk")[:MOST_OFFERED])
    return newest if about is None else [about, *(each for each in newest if each != about)]


def makers_among(readings: Iterable[list[Reading]]) -> set[str]:
    """Return which of the issuers read are announced makers: one query."""
    names = {proposals.initial_of(rows)["issuer_name"] for rows in readings if rows}
    found = ManufacturerName.objects.filter(
        name__in=names, manufacturer__kind=Manufacturer.Kind.MAKER
    )
    return set(found.values_list("name", flat=True))


def paper_of(
    document: Document, standing: Standing, readings: list[Reading], known: _Known
) -> Paper:
    """Return one paper with what was read in it and where it may go."""
    if document.state != Document.State.READY:
        return Paper(document, standing)
    vins = proposals.values(readings, Field.VIN)
    matched = [vin for vin in vins if vin in known.own]
    unmatched = [vin for vin in vins if vin not in known.own]
    if document.kind == LETTER:
        return letter_of(document, standing, readings, known, matched=matched, unmatched=unmatched)
    places = places_for(document, matched, readings, known)
    return Paper(
        document,
        standing,
        matched,
        unmatched,
        places=[(place, place.value(document)) for place in places],
        sure=any(place.ticked for place in places),
    )


def letter_of(
    document: Document,
    standing: Standing,
    readings: list[Reading],
    known: _Known,
    *,
    matched: list[str],
    unmatched: list[str],
) -> Paper:
    """Return a letter with the drafts whose vehicles it names.

    It is sure only for vehicles of the very maker that issued it.
    """
    issuer = proposals.initial_of(readings)["issuer_name"]
    drafts = {line.application for vin in matched for line in known.lines.get(vin, ())}
    makers = {plain_name(known.own[vin]) for vin in matched}
    read_well = not missing_in(readings) and beyond_doubt(readings, makers=known.makers)
    return Paper(
        document,
        standing,
        matched,
        unmatched,
        missing=missing_in(readings),
        drafts=sorted(drafts, key=lambda each: each.pk),
        foreign=bool(matched) and makers != {plain_name(issuer)},
        sure=read_well and makers == {plain_name(issuer)},
    )


def missing_in(readings: Sequence[Reading]) -> list[str]:
    """Return the labels of what a letter must say and was not read in it."""
    there = {reading.field for reading in readings}
    if Field.MAKER in there:
        there.add(Field.ISSUER)
    return [str(Field(name).label) for name in NEEDED if name not in there]


def beyond_doubt(readings: Sequence[Reading], *, makers: set[str]) -> bool:
    """Tell whether every value is sure and the issuer an announced maker."""
    issuer = proposals.initial_of(readings)["issuer_name"]
    return issuer in makers and all(each.sure for each in readings if each.field in NEEDED)


def places_for(
    document: Document, matched: list[str], readings: Sequence[Reading], known: _Known
) -> list[Place]:
    """Return where a paper that is no letter may go, the sure place ticked.

    Sure is: its VINs were read without doubt, and each stands in one draft. Of a kind that names
    no VIN it is the draft the exporter came from.
    """
    found = [line for vin in matched for line in known.lines.get(vin, ())]
    if found:
        doubted = any(not each.sure for each in readings if each.field == Field.VIN)
        once = len(found) == len({line.vin for line in found}) and not doubted
        return [Place(line.application, line.vehicle, ticked=once) for line in found[:PAGE]]
    return [
        Place(draft, None, ticked=draft == known.about and document.kind not in READABLE)
        for draft in known.drafts
    ]


@transaction.atomic
def enter_as_read(document: Document, *, by: User, at: datetime) -> Confirmation:
    """Enter a letter with what was read from it, as its exporter confirms by asking for it.

    Raises:
        NotAllowed, RoleMissing: *by* does not act for the exporter.
        Incomplete: issuer, VINs or destination were not read; a person must enter them.
        Moved: it is not ready, or a colleague entered it meanwhile.
    """
    if document.state != Document.State.READY or document.withdrawn_at:
        raise Moved(subject=document)
    readings = proposals.readings_of(document)
    missing = missing_in(readings)
    if missing:
        raise Incomplete(missing=", ".join(missing))
    facts = proposals.initial_of(readings)
    countries = Destination.objects.in_bulk()
    outlets = [
        {**outlet, "country": countries[outlet["country"]]}
        for outlet in proposals.outlets_of(readings)
        if outlet["country"] in countries
    ]
    return confirming.enter_confirmation(
        document.exporter,
        document=document,
        destinations=[countries[code] for code in facts["destinations"] if code in countries],
        vins=facts["vins"].split(),
        outlets=outlets,
        by=by,
        at=at,
        **{name: facts[name] for name in confirming.FACTS},
    )


@dataclass
class Tidied:
    """What became of the papers put away: how many, and what was refused and why."""

    entered: int = 0
    attached: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def put_away(
    *,
    letters: Iterable[Document],
    places: Iterable[tuple[Document, Application, Vehicle | None]],
    by: User,
    at: datetime,
) -> Tidied:
    """Enter *letters* and attach papers to *places*, each by itself: a refusal stops no other."""
    done = Tidied()
    for letter in letters:
        done.entered += tried(done, letter, partial(enter_as_read, letter, by=by, at=at))
    for document, application, vehicle in places:
        put = partial(filing.attach_to_draft, document, application, vehicle=vehicle)
        done.attached += tried(done, document, partial(put, by=by, at=at))
    return done


def tried(done: Tidied, document: Document, act: Callable[[], object]) -> bool:
    """Do *act*; a refusal is noted in *done* beside the name of the paper."""
    try:
        act()
    except DomainError as refusal:
        done.refused.append((document.name, explain(refusal)))
        return False
    return True

"""The office's file on an exporter or a maker: what they are, and how their cases went."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from documents.models import Confirmation, Specimen, TrustedCertificate
from exports.identifiers import spellings
from exports.models import Exporter, Manufacturer, ManufacturerName, User
from reviews import notes
from reviews.casefile import TONES
from reviews.models import STATUS_LABELS, Case, Decision, Note, Request, RequestItem
from reviews.models.cases import CaseQuerySet
from reviews.reach import exporters_within
from reviews.states import Status

# What counts as the past of a unit: its latest cases, so that a large one costs no more.
MOST_COUNTED: Final = 500
MOST_SHOWN: Final = 20
MOST_LISTED: Final = 10
MOST_NAMES: Final = 6


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the counted cases stand in one status."""

    word: str
    tone: str
    count: int


@dataclass(frozen=True)
class Past:
    """How the latest cases of one unit went, as far as one person may see them."""

    counted: int
    capped: bool
    tallies: list[Tally]
    cases: list[Case]
    overrides: list[Decision]
    refusals: list[Decision]
    requests: list[Request]


@dataclass(frozen=True)
class ExporterFile:
    """The file of an exporter."""

    exporter: Exporter
    past: Past
    revoked: list[Confirmation]
    notes: list[Note]


@dataclass(frozen=True)
class MakerFile:
    """The file of a maker; letters of exporters out of reach come without the exporter's name."""

    maker: Manufacturer
    names: list[ManufacturerName]
    past: Past
    specimens: list[Specimen]
    certificates: list[TrustedCertificate]
    revoked: list[tuple[Confirmation, bool]]
    notes: list[Note]


def of_exporter(exporter: Exporter, *, user: User) -> ExporterFile:
    """Return the file of *exporter* as *user* may read it: nine queries."""
    cases = Case.objects.visible_to(user).filter(exporter=exporter).order_by("-id")
    letters = Confirmation.objects.filter(exporter=exporter, revoked_at__isnull=False)
    return ExporterFile(
        exporter=exporter,
        past=past_of(cases.values_list("pk", flat=True)[: MOST_COUNTED + 1]),
        revoked=list(letters.select_related("revoked_by").order_by("-id")[:MOST_LISTED]),
        notes=notes.about(exporter),
    )


def of_maker(maker: Manufacturer, *, user: User) -> MakerFile:
    """Return the file of *maker* as *user* may read it: a dozen queries and one for each name."""
    names = sorted(maker.names.all(), key=lambda name: name.listed_from, reverse=True)
    letters = Confirmation.objects.filter(manufacturer=maker, revoked_at__isnull=False)
    revoked = list(letters.select_related("exporter", "revoked_by").order_by("-id")[:MOST_LISTED])
    owners = exporters_within(user).filter(pk__in={letter.exporter_id for letter in revoked})
    known = set(owners.values_list("pk", flat=True))
    return MakerFile(
        maker=maker,
        names=names,
        past=past_of(made_by(names, Case.objects.visible_to(user))),
        specimens=list(maker.specimens.order_by("-id")[:MOST_LISTED]),
        certificates=list(maker.certificates.order_by("-id")[:MOST_LISTED]),
        revoked=[(letter, letter.exporter_id in known) for letter in revoked],
        notes=notes.about(maker),
    )


def made_by(names: Iterable[ManufacturerName], cases: CaseQuerySet) -> list[int]:
    """Return the ids of the latest of *cases* whose first vehicle bears one of *names*.

    Asked name by name, so that each question runs along the index by name and due time.
    """
    written = {spelling for name in names for spelling in spellings(name.name)}
    found: list[int] = []
    for name in sorted(written)[:MOST_NAMES]:
        rows = cases.filter(maker_name=name).order_by("-due_at", "-id")
        found += rows.values_list("pk", flat=True)[: MOST_COUNTED + 1]
    return sorted(found, reverse=True)


def past_of(ids: Iterable[int]) -> Past:
    """Return how the cases *ids* went, newest first: five queries."""
    found = list(ids)
    counted = found[:MOST_COUNTED]
    cases = Case.objects.filter(pk__in=counted[:MOST_SHOWN]).order_by("-id")
    return Past(
        counted=len(counted),
        capped=len(found) > MOST_COUNTED,
        tallies=tallies_of(counted),
        cases=list(cases.select_related("exporter")),
        overrides=signed(counted, Q(outcome=Decision.Outcome.ISSUE, failed_checks__gt=0)),
        refusals=signed(counted, Q(outcome=Decision.Outcome.REFUSE)),
        requests=asked(counted),
    )


def tallies_of(ids: list[int]) -> list[Tally]:
    """Return how many of the cases *ids* stand in each status, in the order of the states."""
    rows = Case.objects.filter(pk__in=ids).order_by().values_list("status").annotate(Count("pk"))
    counts = dict(rows)
    return [
        Tally(str(STATUS_LABELS[status]), TONES[status], counts[status])
        for status in Status
        if status in counts
    ]


def signed(ids: list[int], which: Q) -> list[Decision]:
    """Return the latest signed decisions on the cases *ids* of one kind."""
    rows = Decision.objects.filter(which, case__in=ids, state=Decision.State.SIGNED)
    brought = rows.select_related("case", "recommended_by", "signed_by")
    return list(brought.order_by("-id")[:MOST_LISTED])


def asked(ids: list[int]) -> list[Request]:
    """Return the latest requests on the cases *ids*, with how many points each had and has left."""
    still = Q(items__state=RequestItem.State.OPEN)
    rows = Request.objects.filter(case__in=ids).select_related("case")
    counted = rows.annotate(points=Count("items"), points_open=Count("items", filter=still))
    return list(counted.order_by("-id")[:MOST_LISTED])

"""Memory across cases: what a paper shares with earlier ones, of any exporter.

Every search is bounded and uses an index; what was noticed once is not noticed again.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from documents.models import Confirmation, ConfirmedVehicle, Document, Echo, Page, Reading, Seal
from documents.vision.likeness import distance, same_pixels
from exports.models import User

MOST: Final = 20
MOST_LOOKED_AT: Final = 500
# Bits of 64 in which the marks of two pictures of one page may differ.
NEAR: Final = 6
# Two letters of one form look alike; they are one page only if they say the same.
SAME_WORDS: Final = 0.9
QUARTERS: Final = ("mark_a", "mark_b", "mark_c", "mark_d")
Kind = Echo.Kind
Noticed = Iterator[tuple[Document, dict[str, Any]]]


def listen(document: Document, *, at: datetime) -> int:
    """Note what *document* shares with earlier papers; return how much was new."""
    if document.withdrawn_at:
        return 0
    found = [
        Echo(document=document, earlier=earlier, kind=kind, facts=facts, noticed_at=at)
        for kind, search in SEARCHES.items()
        for earlier, facts in bounded(search(document))
    ]
    before = document.echoes.count()
    Echo.objects.bulk_create(found, ignore_conflicts=True)
    return document.echoes.count() - before


def bounded(found: Noticed) -> Noticed:
    """Yield each earlier paper once, at most ``MOST``."""
    seen: set[int] = set()
    for earlier, facts in found:
        if earlier.pk not in seen and len(seen) < MOST:
            seen.add(earlier.pk)
            yield earlier, facts


def others(document: Document) -> QuerySet[Document]:
    """Return the papers *document* is compared with: older, in use, of anybody."""
    return Document.objects.filter(pk__lt=document.pk, withdrawn_at__isnull=True)


def same_file(document: Document) -> Noticed:
    """Find the same bytes."""
    for earlier in others(document).filter(sha256=document.sha256)[:MOST]:
        yield earlier, {}


def near_page(document: Document) -> Noticed:
    """Find pages that look the same and say the same, in files of other bytes."""
    different = others(document).exclude(sha256=document.sha256)
    for page in document.pages.exclude(mark=""):
        quarter = Q()
        for name in QUARTERS:
            quarter |= Q(**{name: getattr(page, name)})
        alike = Page.objects.filter(quarter, document__in=different).select_related("document")
        for other in alike.order_by("-id")[:MOST_LOOKED_AT]:
            near = distance(page.mark, other.mark) <= NEAR
            if near and says_the_same(page.text, other.text):
                yield other.document, {"page": page.number, "earlier_page": other.number}


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two pages share nearly all their words; pages nobody read say nothing."""
    first, second = set(one.split()), set(other.split())
    if not first or not second:
        return False
    return len(first & second) >= SAME_WORDS * max(len(first), len(second))


def vins_of(document: Document) -> set[str]:
    """Return the VINs that were entered from *document*, or else read."""
    entered = ConfirmedVehicle.objects.filter(confirmation__document=document)
    read = document.readings.filter(field=Reading.Field.VIN)
    known = set(entered.values_list("vin", flat=True)[:MOST_LOOKED_AT])
    return known or set(read.values_list("value", flat=True)[:MOST_LOOKED_AT])


def number_reused(document: Document) -> Noticed:
    """Find letters of the same number and issuer that name other VINs."""
    number, issuer = value_of(document, "number"), value_of(document, "issuer")
    if not number or not issuer:
        return
    vins = vins_of(document)
    read = Reading.objects.filter(field=Reading.Field.NUMBER, value=number)
    for earlier in others(document).filter(pk__in=read.values("document"))[:MOST]:
        more = vins - vins_of(earlier)
        if more and value_of(earlier, "issuer") == issuer:
            yield earlier, {"number": number, "vins": sorted(more)[:MOST]}


def value_of(document: Document, field: str) -> str:
    """Return the one value read for *field*, empty if none was."""
    return document.readings.filter(field=field).values_list("value", flat=True).first() or ""


def naming(document: Document) -> Iterator[tuple[Confirmation, list[str]]]:
    """Yield the standing confirmations of earlier letters that name one of the same VINs."""
    vins = vins_of(document)
    rows = (
        Confirmation.objects.filter(
            vehicles__vin__in=vins, document__in=others(document), revoked_at__isnull=True
        )
        .select_related("document")
        .prefetch_related("vehicles", "destinations")
        .distinct()
        .order_by("-id")[:MOST_LOOKED_AT]
    )
    for confirmation in rows:
        shared = {vehicle.vin for vehicle in confirmation.vehicles.all()} & vins
        yield confirmation, sorted(shared)[:MOST]


def other_country(document: Document) -> Noticed:
    """Find letters that confirm one of the VINs for another country."""
    here = set(document.readings.filter(field="destination").values_list("value", flat=True))
    for confirmation, shared in naming(document):
        there = {country.pk for country in confirmation.destinations.all()}
        if here and there and not here & there and confirmation.document:
            yield confirmation.document, {"vins": shared, "countries": sorted(there)}


def other_exporter(document: Document) -> Noticed:
    """Find letters of another exporter that name one of the VINs."""
    for confirmation, shared in naming(document):
        if confirmation.exporter_id != document.exporter_id and confirmation.document:
            yield confirmation.document, {"vins": shared}


def seal_copied(document: Document) -> Noticed:
    """Find seals of the very same pixels: pasted, not stamped anew.

    A seal of a file that is signed electronically is a picture by nature and proves nothing.
    """
    if document.signatures.exists():
        return
    for seal in document.seals.exclude(pixels=""):
        alike = Seal.objects.filter(
            document__in=others(document).exclude(sha256=document.sha256),
            document__signatures__isnull=True,
            kind=seal.kind,
        ).select_related("document")
        for other in alike.order_by("-id")[:MOST_LOOKED_AT]:
            if same_pixels(seal.pixels, other.pixels):
                yield other.document, {"page": seal.page, "earlier_page": other.page}


SEARCHES: Final[dict[str, Callable[[Document], Noticed]]] = {
    Kind.SAME_FILE: same_file,
    Kind.NEAR_PAGE: near_page,
    Kind.NUMBER_REUSED: number_reused,
    Kind.OTHER_COUNTRY: other_country,
    Kind.OTHER_EXPORTER: other_exporter,
    Kind.SEAL_COPIED: seal_copied,
}


def echoes_for(documents: Iterable[Document], user: User) -> QuerySet[Echo]:
    """Return what *documents* share with others, as far as *user* may see both.

    Staff see all; an exporter only what two papers of its own share.
    """
    echoes = Echo.objects.filter(document__in=documents).select_related("earlier")
    if user.exporter:
        mine = Q(document__exporter=user.exporter, earlier__exporter=user.exporter)
        return echoes.filter(mine)
    return echoes if user.office else echoes.none()

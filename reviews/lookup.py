"""Finding a case by any of its numbers, each complete: nothing is searched by a part of it."""

import re
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Right

from documents.models import Attachment, Confirmation, Document
from exports.identifiers import USCC_LENGTH, VIN_LENGTH, canonical_vin
from exports.models import Line, Vehicle
from reviews.models import Case, Licence
from reviews.models.cases import CaseQuerySet

MOST_FOUND: Final = 50
TAIL: Final = 6
SHA256: Final = re.compile(r"[0-9a-f]{64}")


def search(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Narrow *cases* to those *text* names exactly.

    A VIN or its last six, a credit code, a reference, a licence's or a letter's number, or the
    SHA-256 of a paper.
    """
    sign = canonical_vin(text)
    if len(sign) == VIN_LENGTH and sign.isalnum():
        return cases.filter(application__in=applications_with(Q(vin=sign)))
    if len(sign) == TAIL and sign.isalnum():
        return cases.filter(application__in=applications_with(Q(tail=sign)))
    if len(sign) == USCC_LENGTH and sign.isalnum():
        return cases.filter(exporter__uscc=sign)
    if SHA256.fullmatch(text.lower()):
        return cases.filter(pk__in=papered(text.lower()))
    printable = "".join(sign for sign in text if sign.isprintable())
    return cases.filter(pk__in=numbered(printable.strip()))


def applications_with(vehicle: Q) -> Any:
    """Return the applications whose lines hold a vehicle that matches."""
    vehicles = Vehicle.objects.annotate(tail=Right("vin", TAIL)).filter(vehicle)
    return Line.objects.filter(vehicle__in=vehicles.values("pk")).values("application")


def numbered(text: str) -> list[int]:
    """Return the ids of the cases a reference, licence number or letter number belongs to.

    One query where the text is a reference, three at most.
    """
    found = list(Case.objects.filter(reference=text.upper()).values_list("pk", flat=True))
    found = found or list(Licence.objects.filter(number=text).values_list("case", flat=True))
    if found or not text:
        return found
    return lettered(Confirmation.objects.filter(number=text))


def lettered(letters: QuerySet[Confirmation]) -> list[int]:
    """Return the ids of the cases with a vehicle that *letters* name, of their own exporter."""
    vins = list(letters.values_list("vehicles__vin", flat=True)[:1000])
    owners = list(letters.values_list("exporter", flat=True))
    lines = Line.objects.filter(vehicle__vin__in=vins, application__exporter__in=owners)
    return list(lines.values_list("application__case", flat=True)[:MOST_FOUND])


def papered(digest: str) -> list[int]:
    """Return the ids of the cases that hold a paper with these very bytes."""
    papers = Document.objects.filter(sha256=digest)
    attached = Attachment.objects.filter(document__in=papers)
    filed = list(attached.values_list("application__case", flat=True)[:MOST_FOUND])
    letters = Confirmation.objects.filter(document__in=papers)
    return [pk for pk in {*filed, *lettered(letters)} if pk is not None]

"""Seals of the very same pixels: copied, not stamped."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from documents.memory.found import MOST_LOOKED_AT, Found, Search, of_other_bytes
from documents.models import Document, Page, Reading, Seal
from documents.vision.likeness import same_pixels

LAYER: Final = Page.Source.LAYER


def seal_copied(document: Document) -> Search:
    """Find seals of the very same pixels in files of other bytes, where one of them is a scan.

    In a file that was made digitally the seal is a picture by nature, so two such prove nothing;
    a scan that shows the pixels of another file was never stamped.
    """
    mine = list(document.seals.exclude(pixels=""))
    if not mine:
        return
    made = digital_pages([document.pk])
    alike = [
        (seal, other)
        for other in candidates(document, mine)
        for seal in mine
        if same_pixels(seal.pixels, other.pixels)
    ][:MOST_LOOKED_AT]
    theirs = digital_pages({other.document_id for _seal, other in alike})
    for seal, other in alike:
        both = (document.pk, seal.page) in made and (other.document_id, other.page) in theirs
        if not both:
            yield Found(other.document, mine={"page": seal.page}, theirs={"page": other.page})


def candidates(document: Document, seals: Iterable[Seal]) -> list[Seal]:
    """Return the seals to compare with: equal ones, the issuer's newest, the newest of all."""
    rows = (
        Seal.objects.filter(document__in=of_other_bytes(document))
        .exclude(pixels="")
        .select_related("document")
        .order_by("-id")
    )
    equal = rows.filter(pixels__in={seal.pixels for seal in seals})
    issuers = document.readings.filter(field=Reading.Field.ISSUER).values_list("value", flat=True)
    same_issuer = Reading.objects.filter(field=Reading.Field.ISSUER, value__in=list(issuers))
    of_issuer = rows.filter(document__in=same_issuer.values("document"))
    newest = rows.filter(kind__in={seal.kind for seal in seals})
    found = [seal for part in (equal, of_issuer, newest) for seal in part[:MOST_LOOKED_AT]]
    return list({seal.pk: seal for seal in found}.values())


def digital_pages(ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return, of documents, the pages made digitally: with a text layer, or signed as a file."""
    signed = Q(document__signatures__isnull=False)
    pages = Page.objects.filter(signed | Q(source=LAYER), document__in=list(ids))
    return set(pages.values_list("document_id", "number"))

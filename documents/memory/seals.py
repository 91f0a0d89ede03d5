"""Seals of the very same pixels: copied, not stamped."""

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Q

from documents.memory.found import MOST_LOOKED_AT, Found, Search, of_other_bytes
from documents.models import Document, Page, Reading, Seal
from documents.vision.likeness import same_pixels

LAYER: Final = Page.Source.LAYER
Place = tuple[int, int]


def seal_copied(document: Document) -> Search:
    """Find seals of the very same pixels in files of other bytes, where one of them is a scan.

    In a file that was made digitally the seal is a picture by nature, so two such prove nothing;
    a scan that shows the pixels of another file was never stamped.
    """
    mine = list(document.seals.exclude(pixels=""))
    if not mine:
        return
    alike = [
        (seal.page, place)
        for place, pixels in candidates(document, mine)
        for seal in mine
        if same_pixels(seal.pixels, pixels)
    ][:MOST_LOOKED_AT]
    found = of_other_bytes(document).in_bulk({place[0] for _page, place in alike})
    made = digital_pages([document.pk, *found])
    for page, place in alike:
        both_made = (document.pk, page) in made and place in made
        if place[0] in found and not both_made:
            yield Found(found[place[0]], mine={"page": page}, theirs={"page": place[1]})


def candidates(document: Document, seals: Collection[Seal]) -> list[tuple[Place, str]]:
    """Return place and pixels of equal seals, the issuer's newest, and the newest of all.

    Pixels that were saved again differ in a few bits, which no index finds; so the newest are
    compared one by one, and older ones only if they are equal.
    """
    rows = Seal.objects.exclude(pixels="").exclude(document=document).order_by("-id")
    equal = rows.filter(pixels__in={seal.pixels for seal in seals})
    of_issuer = rows.filter(document__in=letters_of_issuer(document))
    newest = rows.filter(kind__in={seal.kind for seal in seals})
    found: dict[int, tuple[Place, str]] = {}
    for part in (equal, of_issuer, newest):
        for pk, other, page, pixels in part.values_list("pk", "document_id", "page", "pixels")[
            :MOST_LOOKED_AT
        ]:
            found[pk] = ((other, page), pixels)
    return [found[pk] for pk in sorted(found, reverse=True)]


def letters_of_issuer(document: Document) -> set[int]:
    """Return the newest papers on which the same issuer was read."""
    issuer = Reading.objects.filter(field=Reading.Field.ISSUER)
    names = issuer.filter(document=document).values_list("value", flat=True)
    same = issuer.filter(value__in=set(names)).order_by("-document_id")
    return set(same.values_list("document_id", flat=True)[:MOST_LOOKED_AT])


def digital_pages(ids: Iterable[int]) -> set[Place]:
    """Return, of documents, the pages made digitally: with a text layer, or signed as a file."""
    signed = Q(document__signatures__isnull=False)
    pages = Page.objects.filter(signed | Q(source=LAYER), document__in=list(ids))
    return set(pages.values_list("document_id", "number"))

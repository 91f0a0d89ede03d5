"""The same file, and pages that look the same and say the same in another file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Q

from documents.memory.found import MOST, MOST_LOOKED_AT, Found, Search, of_other_bytes, others
from documents.models import Document, Page, Reading
from documents.vision.likeness import distance

# Bits of 64 in which the marks of two pictures of one page may differ.
NEAR: Final = 6
# Letters of one form look alike; two pages are one only if they name nearly the same things.
SAME_WORDS: Final = 0.9
FEWEST_NUMBERS: Final = 3
QUARTERS: Final = ("mark_a", "mark_b", "mark_c", "mark_d")
VIN: Final = re.compile(r"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])")
NUMBER: Final = re.compile(r"(?<![A-Z0-9])(?=[A-Z-]*[0-9])[A-Z0-9-]{6,}")


def same_file(document: Document) -> Search:
    """Find the same bytes."""
    for other in others(document).filter(sha256=document.sha256).order_by("-id")[:MOST]:
        yield Found(other)


def near_page(document: Document) -> Search:
    """Find pages that look the same and say the same, in files of other bytes.

    A page that names nothing, such as the list of outlets a maker adds to every letter, is
    repeated by nature and does not count.
    """
    pages = list(document.pages.exclude(mark=""))
    told = telling(pages, kinds={document.pk: document.kind})
    for page in pages:
        mine = told[page.pk]
        if not mine:
            continue
        alike = near(page, document, candidates(page, mine))
        theirs = telling(alike, kinds={other.document_id: other.document.kind for other in alike})
        for other in alike:
            if says_the_same(mine, theirs[other.pk]):
                yield Found(
                    other.document, mine={"page": page.number}, theirs={"page": other.number}
                )


def candidates(page: Page, words: set[str]) -> dict[int, str]:
    """Return the marks of pages that share a quarter of it, or on which one of *words* was read.

    The first finds papers nobody reads; the second finds the one letter among thousands of one
    form, which all share their quarters.
    """
    quarter = Q()
    for name in QUARTERS:
        quarter |= Q(**{name: getattr(page, name)})
    read = Reading.objects.filter(field=Reading.Field.VIN, value__in=sorted(words)[:MOST])
    sources = read.order_by("-id").values_list("document_id", flat=True)[:MOST_LOOKED_AT]
    rows = Page.objects.exclude(mark="").order_by("-id").values_list("pk", "mark")
    by_look = rows.filter(quarter)[:MOST_LOOKED_AT]
    by_words = rows.filter(document__in=set(sources))[:MOST_LOOKED_AT]
    return dict([*by_look, *by_words])


def near(page: Page, document: Document, marks: Mapping[int, str]) -> list[Page]:
    """Return the pages whose pictures differ by no more than a new scan or encoding would.

    Pages of *document* itself and of its very bytes are left out.
    """
    found = [pk for pk, mark in marks.items() if distance(page.mark, mark) <= NEAR]
    rows = Page.objects.filter(pk__in=found, document__in=of_other_bytes(document))
    rows = rows.select_related("document").order_by("-id")
    return list(rows.defer("lines", "disagreements"))


def telling(pages: Iterable[Page], *, kinds: Mapping[int, str]) -> dict[int, set[str]]:
    """Return by page what tells it from others of its form: its VINs, else its numbers.

    Of a letter only VINs count, as telephone numbers of outlets are the same in all.
    """
    rows = list(pages)
    read = Reading.objects.filter(
        field=Reading.Field.VIN, document__in={page.document_id for page in rows}
    )
    vins: dict[tuple[int, int], set[str]] = defaultdict(set)
    for pk, number, value in read.values_list("document_id", "page", "value"):
        vins[pk, number].add(value)
    found = {}
    for page in rows:
        text = page.text.upper()
        named = vins[page.document_id, page.number] or set(VIN.findall(text))
        is_letter = kinds[page.document_id] == Document.Kind.CONFIRMATION
        found[page.pk] = named or (set() if is_letter else numbers(text))
    return found


def numbers(text: str) -> set[str]:
    """Return the longer numbers of *text*, if there are enough of them to tell pages apart."""
    found = set(NUMBER.findall(text))
    return found if len(found) >= FEWEST_NUMBERS else set()


def says_the_same(one: set[str], other: set[str]) -> bool:
    """Tell whether two pages name nearly the same things; pages nobody could read say nothing."""
    most = max(len(one), len(other))
    return most > 0 and len(one & other) >= SAME_WORDS * most

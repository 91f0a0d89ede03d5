"""Which pages of which papers a question shows: those its point needs, and no others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from documents.models import Attachment, Confirmation, Document, Page, Reading, Seal
from exports.models import Line
from reviews.models import Case, Opinion, Point

MOST_PAGES: Final = 6


def papers_for(case: Case, point: str, *, line: Line, letter: str) -> list[dict[str, Any]]:
    """Return the papers *point* needs, each ``{"key", "kind", "sha256", "pages"}``."""
    chosen = CHOSEN.get(point)
    if chosen is None:
        return []
    return [paper for paper in chosen(case, line=line, letter=letter) if paper["pages"]]


def of_letter(case: Case, *, line: Line, letter: str) -> Iterator[dict[str, Any]]:
    """Yield the letter: its first page, which names the issuer, and each page with a seal."""
    given = Confirmation.objects.filter(pk=letter, exporter=case.exporter_id)
    document = ready(Document.objects.filter(pk__in=given.values("document"))).first()
    if document is not None:
        sealed = Seal.objects.filter(document=document).values_list("page", flat=True)
        yield paper(document, numbers={1, *sealed})


def of_certificate(case: Case, *, line: Line, letter: str) -> Iterator[dict[str, Any]]:
    """Yield the certificates of this vehicle; a paper of the whole batch counts if it names it."""
    attached = Attachment.objects.filter(application=case.application_id)
    own = attached.filter(vehicle=line.vehicle_id).values("document")
    shared = attached.filter(vehicle__isnull=True).values("document")
    naming = Reading.objects.filter(field=Reading.Field.VIN, value=line.vin).values("document")
    about = Q(pk__in=own) | Q(pk__in=shared) & (Q(pk__in=naming) if case.vehicle_count > 1 else Q())
    kind = Document.objects.filter(about, kind=Document.Kind.CERTIFICATE)
    for document in ready(kind).order_by("id"):
        yield paper(document, numbers=range(1, MOST_PAGES + 1))


CHOSEN: Final[Mapping[str, Callable[..., Iterator[dict[str, Any]]]]] = {
    Point.LISTING: of_letter,
    Point.REGISTRATION: of_certificate,
}


def ready(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Narrow to what was opened safely and not taken back."""
    return documents.filter(state=Document.State.READY, withdrawn_at__isnull=True)


def paper(document: Document, *, numbers: Iterable[int]) -> dict[str, Any]:
    """Return one paper with those of its pages that are shown."""
    pages = document.pages.filter(number__in=set(numbers)).order_by("number")
    return {
        "key": str(document.key),
        "kind": document.kind,
        "sha256": document.sha256,
        "pages": list(pages.values_list("number", flat=True)[:MOST_PAGES]),
    }


def shown_pages(opinion: Opinion) -> list[tuple[str, str, Page]]:
    """Return what *opinion* shows as (key, kind, page), papers destroyed since left out."""
    wanted = {entry["key"]: set(entry["pages"]) for entry in opinion.papers}
    pages = (
        Page.objects.filter(document__key__in=wanted)
        .exclude(document__state__in=Document.REJECTED)
        .select_related("document")
        .order_by("document_id", "number")
    )
    return [
        (str(page.document.key), page.document.kind, page)
        for page in pages
        if page.number in wanted[str(page.document.key)]
    ]


def shows(opinion: Opinion, *, key: str, number: int) -> bool:
    """Tell whether page *number* of the document *key* is among those *opinion* shows."""
    return any(entry["key"] == key and number in entry["pages"] for entry in opinion.papers)

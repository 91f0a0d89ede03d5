"""The documents of a case as the reviewer's viewer shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from documents.models import Attachment, Confirmation, Document
from documents.showing import PageView
from reviews.models import Case

COLUMNS: Final = (
    "id",
    "key",
    "kind",
    "name",
    "state",
    "confirmation__id",
    "confirmation__number",
    "confirmation__revoked_at",
    "pages__number",
    "pages__width",
    "pages__height",
    "pages__text",
)


@dataclass(frozen=True)
class Paper:
    """One document of the case, its pages if it is open, the letter it carries if it is one."""

    key: str
    title: str
    state: str
    url: str
    original_url: str
    letter: str
    revoked: bool
    pages: list[PageView]


def papers_of(case: Case, *, vins: Sequence[str]) -> list[Paper]:
    """Return the documents of the case with their pages, letters first: one query."""
    papers: dict[int, Paper] = {}
    for row in documents_of(case, vins=vins).values(*COLUMNS):
        paper = papers.setdefault(row["id"], paper_of(case, row))
        if row["pages__number"]:
            paper.pages.append(page_view(case, row))
    return list(papers.values())


def documents_of(case: Case, *, vins: Sequence[str]) -> QuerySet[Document]:
    """Return the documents attached to the application, and the letters that name its VINs."""
    attached = Attachment.objects.filter(application=case.application_id).values("document")
    naming = Confirmation.objects.filter(exporter=case.exporter_id, vehicles__vin__in=vins)
    either = Q(pk__in=attached) | Q(pk__in=naming.values("document"))
    return Document.objects.filter(either).order_by("-confirmation", "kind", "id", "pages__number")


def paper_of(case: Case, row: dict[str, Any]) -> Paper:
    """Return one document without its pages."""
    kind = str(Document.Kind(row["kind"]).label)
    number = row["confirmation__number"] or ""
    return Paper(
        key=str(row["key"]),
        title=f"{kind} {number}".strip() if row["confirmation__id"] else f"{kind} · {row['name']}",
        state=row["state"],
        url=page_of(case, document=str(row["key"])),
        original_url=reverse("workbench:document_original", args=[case.reference, row["key"]]),
        letter=str(row["confirmation__id"] or ""),
        revoked=row["confirmation__revoked_at"] is not None,
        pages=[],
    )


def page_view(case: Case, row: dict[str, Any]) -> PageView:
    """Return one page as the viewer takes it."""
    number = row["pages__number"]
    return PageView(
        number=number,
        src=reverse("workbench:document_page", args=[case.reference, row["key"], number]),
        width=row["pages__width"],
        height=row["pages__height"],
        text=row["pages__text"],
    )


def carrying(papers: Iterable[Paper], letter: str) -> Paper | None:
    """Return the document that carries a confirmation."""
    return next((paper for paper in papers if paper.letter == letter), None)


def page_of(case: Case, **choice: str) -> str:
    """Return the address of the case page open at a vehicle or document."""
    return reverse("workbench:case", args=[case.reference], query=choice)

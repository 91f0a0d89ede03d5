"""The documents of a case as the reviewer's viewer shows them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from documents import evidence
from documents.models import Attachment, Confirmation, Document, Echo, Reading
from documents.showing import (
    PageView,
    ReadView,
    Record,
    Seen,
    Sorted,
    seen_on,
    sorted_out,
    state_of,
)
from exports.models import Line
from reviews.checks.model import ConfirmationFacts
from reviews.comparison import Part, marked, text
from reviews.facts import is_near
from reviews.models import Case
from reviews.naming import Names

COLUMNS: Final = (
    "id",
    "key",
    "kind",
    "name",
    "state",
    "hindrance",
    "withdrawn_at",
    "scanned_by",
    "confirmation__id",
    "confirmation__number",
    "confirmation__revoked_at",
    "pages__number",
    "pages__width",
    "pages__height",
    "pages__text",
    "pages__disagreements",
)
MOST_CASES: Final = 3
MOST_VINS: Final = 3


@dataclass(frozen=True)
class Paper:
    """One document of the case, its pages if it is open, the letter it carries if it is one."""

    id: int
    key: str
    title: str
    state: str
    word: str
    tone: str
    scanned_by: str
    url: str
    original_url: str
    letter: str
    revoked: bool
    pages: list[PageView]


def papers_of(case: Case, rows: Iterable[Mapping[str, Any]]) -> list[Paper]:
    """Return documents with their pages from *rows* of :data:`COLUMNS`, one for each page."""
    papers: dict[int, Paper] = {}
    for row in rows:
        paper = papers.setdefault(row["id"], paper_of(case, row))
        if row["pages__number"] and row["state"] not in Document.REJECTED:
            paper.pages.append(page_view(case, row))
    return list(papers.values())


def documents_of(case: Case, *, vins: Sequence[str]) -> QuerySet[Document]:
    """Return the letters that name its VINs, then the papers attached to the application."""
    attached = Attachment.objects.filter(application=case.application_id).values("document")
    naming = Confirmation.objects.filter(exporter=case.exporter_id, vehicles__vin__in=vins)
    either = Q(pk__in=attached) | Q(pk__in=naming.values("document"))
    return Document.objects.filter(either).order_by("-confirmation", "kind", "id", "pages__number")


def paper_of(case: Case, row: Mapping[str, Any]) -> Paper:
    """Return one document without its pages."""
    kind = str(Document.Kind(row["kind"]).label)
    number = row["confirmation__number"] or ""
    facts = ("state", "hindrance", "withdrawn_at")
    word, tone = state_of(Document(**{name: row[name] for name in facts}))
    return Paper(
        id=row["id"],
        key=str(row["key"]),
        title=f"{kind} {number}".strip() if row["confirmation__id"] else f"{kind} · {row['name']}",
        state=row["state"],
        word=word,
        tone=tone,
        scanned_by=row["scanned_by"],
        url=page_of(case, document=str(row["key"])),
        original_url=reverse("workbench:document_original", args=[case.reference, row["key"]]),
        letter=str(row["confirmation__id"] or ""),
        revoked=row["confirmation__revoked_at"] is not None,
        pages=[],
    )


def page_view(case: Case, row: Mapping[str, Any]) -> PageView:
    """Return one page as the viewer takes it."""
    number = row["pages__number"]
    return PageView(
        number=number,
        src=reverse("workbench:document_page", args=[case.reference, row["key"], number]),
        width=row["pages__width"],
        height=row["pages__height"],
        text=row["pages__text"],
        disagreements=row["pages__disagreements"],
    )


def carrying(papers: Iterable[Paper], letter: str) -> Paper | None:
    """Return the document that carries a confirmation."""
    return next((paper for paper in papers if paper.letter == letter), None)


def page_of(case: Case, **choice: str) -> str:
    """Return the address of the case page open at a vehicle or document."""
    return reverse("workbench:case", args=[case.reference], query=choice)


@dataclass(frozen=True)
class Compared:
    """One value of the open paper: as read, as it stands on record, as it was declared.

    *gloss* names in the reader's language what was declared in another.
    """

    read: ReadView
    parts: list[Part]
    declared: str
    outcome: str
    gloss: str


@dataclass(frozen=True)
class Met:
    """Another paper that shares something with the open one."""

    what: str
    facts: list[str]
    paper: str
    exporter: str
    links: list[tuple[str, str]]


@dataclass(frozen=True)
class Opened:
    """The open paper with all that was seen on it."""

    seen: Seen
    rows: list[Compared]
    others: Sorted
    met: list[Met]

    @property
    def kinds(self) -> set[str]:
        """Return the outcome words of the boxes drawn on its pages."""
        return {box.outcome for page in self.seen.pages for box in page.boxes}


def opened(
    case: Case, paper: Paper, *, line: Line, letter: ConfirmationFacts | None, names: Names
) -> Opened:
    """Return what was seen on *paper*, compared with *line*: at most three queries.

    *letter* is what stands on record of it, as it was judged.
    """
    record = Record(entered=on_record(letter) if paper.letter else None, countries=names.countries)
    seen = seen_on(
        paper.id,
        pages=paper.pages,
        record=record,
        specimen_at=lambda pk: reverse("workbench:specimen", args=[case.reference, pk]),
    )
    here = [
        vin_kept(view, letter) if view.field == Reading.Field.VIN and letter else view
        for view in about(seen.readings, line.vin)
    ]
    named = {view.name for view in here}
    return Opened(
        seen=seen,
        rows=list(compared(here, declared=declared_of(case, line), names=names)),
        others=sorted_out(view for view in seen.readings if view.name not in named),
        met=[met(echo, other, paper) for echo, other in echoes_of(paper)],
    )


def about(views: Sequence[ReadView], vin: str) -> list[ReadView]:
    """Return the values about the vehicle: all but the VINs of others.

    Only where its own VIN was not read do those count that could be it, misread.
    """
    own = {view.name for view in views if vin in (view.raw, entered_for(view))}
    own = own or {view.name for view in views if is_near(view.raw, vin)}
    return [view for view in views if view.field != Reading.Field.VIN or view.name in own]


def vin_kept(view: ReadView, letter: ConfirmationFacts) -> ReadView:
    """Return a VIN with whether it was entered so; of a letter only VINs near it are known."""
    kept = view.raw in letter.vins
    return replace(view, kept=kept, corrected=None if kept else view.corrected)


def entered_for(view: ReadView) -> str:
    """Return what was entered instead of a value."""
    return view.corrected.entered if view.corrected else ""


def on_record(letter: ConfirmationFacts | None) -> dict[str, list[str]]:
    """Return what was entered from a letter, by the field it is read as; VINs stand apart."""
    if letter is None:
        return {}
    field = Reading.Field
    return {
        field.ISSUER: [letter.issuer_name],
        field.NUMBER: [letter.number],
        field.ISSUED_ON: [text(letter.issued_on)],
        field.VALID_UNTIL: [text(letter.valid_until)],
        field.DESTINATION: list(letter.destinations),
    }


def declared_of(case: Case, line: Line) -> dict[str, str]:
    """Return what the exporter declared, by the field it is read as."""
    field, vehicle = Reading.Field, line.vehicle
    return {
        field.MAKER: vehicle.maker_name,
        field.DESTINATION: case.destination_code,
        field.EXPORTER: case.exporter.name_zh,
        field.VIN: line.vin,
        field.BRAND: vehicle.brand,
        field.MODEL: vehicle.model,
        field.REGISTERED_ON: text(vehicle.registered_on),
        field.TRANSFERRED_ON: text(vehicle.transferred_on),
        field.OWNER: vehicle.owner_name,
    }


def compared(
    views: Sequence[ReadView], *, declared: Mapping[str, str], names: Names
) -> Iterator[Compared]:
    """Yield each value with what was declared; of several one that agrees is enough."""
    agreed = {view.field for view in views if view.raw == declared.get(view.field)}
    for view in views:
        said = declared.get(view.field, "")
        differs = bool(said) and view.field not in agreed
        country = view.field == Reading.Field.DESTINATION
        shown = view.raw if view.field == Reading.Field.VIN else view.value
        yield Compared(
            read=view,
            parts=[Part(names.country(view.raw))] if country else marked(shown, against=said),
            declared=names.country(said) if country else said,
            gloss=names.maker(said) if view.field == Reading.Field.MAKER else "",
            outcome="pass" if said == view.raw else "attention" if differs else "",
        )


def echoes_of(paper: Paper) -> list[tuple[Echo, Document]]:
    """Return what other papers share with *paper*, whoever sent them, the newest first."""
    return evidence.echoes_about([paper.id]).get(paper.id, [])


def met(echo: Echo, other: Document, paper: Paper) -> Met:
    """Return one other paper, with the filed applications that have it."""
    newer = echo.document_id == paper.id
    names = sorted({used.application.reference for used in other.attachments.all()})
    return Met(
        what=echo.get_kind_display(),
        facts=list(shared(echo, newer=newer)),
        paper=other.name,
        exporter=str(other.exporter),
        links=[
            (name, reverse("workbench:case", args=[name], query={"document": str(other.key)}))
            for name in names[:MOST_CASES]
        ],
    )


def shared(echo: Echo, *, newer: bool) -> Iterator[str]:
    """Yield what the two papers share and where they part, seen from the open one."""
    facts = echo.facts
    here, there = ("", "earlier_") if newer else ("earlier_", "")
    if facts.get("number"):
        yield str(facts["number"])
    if facts.get("page"):
        pages = {"here": facts[f"{here}page"], "there": facts[f"{there}page"]}
        yield _("page %(here)d here, page %(there)d there") % pages
    if facts.get(f"{there}countries"):
        yield _("there for %(countries)s") % {"countries": ", ".join(facts[f"{there}countries"])}
    if facts.get("vins"):
        yield ", ".join(facts["vins"][:MOST_VINS])

"""The whole record of one case: every event, finding, question, decision and paper, to print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, Q, QuerySet

from documents.models import Document
from exports.models import Event
from reviews import history
from reviews.exhibits import documents_of
from reviews.explaining import FindingView, view_of
from reviews.models import (
    Case,
    CheckRun,
    Decision,
    Finding,
    Interval,
    Licence,
    Note,
    Request,
    RequestItem,
)

# A batch holds twenty vehicles at most; a case with a longer past says that it goes on.
MOST_EVENTS: Final = 2000
MOST_RUNS: Final = 50


@dataclass(frozen=True)
class Found:
    """One run of the checks with all it found, vehicle by vehicle."""

    run: CheckRun
    findings: list[tuple[str, FindingView]]


@dataclass(frozen=True)
class Record:
    """Everything known of a case; ``cut`` where the ledger goes on beyond what is shown."""

    case: Case
    runs: list[Found]
    decisions: list[Decision]
    requests: list[Request]
    notes: list[Note]
    papers: list[Document]
    spans: list[Interval]
    licence: Licence | None
    events: list[history.Item]
    cut: bool


SHOWN: Final[Mapping[str, Q]] = {
    "decisions": Q(action__regex=r"^(case|decision|licence)\.")
    & ~Q(action__endswith=".downloaded"),
    "papers": Q(subject__in=["document", "confirmation"]),
}
EXPORTER: Final = "exporter"


def of(case: Case) -> Record:
    """Return the record of *case*, oldest first: some twenty queries, whatever its size."""
    told = list(events_of(case).order_by("seq")[: MOST_EVENTS + 1])
    decided = Decision.objects.filter(case=case)
    items = RequestItem.objects.select_related("reason", "line")
    asked = Request.objects.filter(case=case).select_related("asked_by")
    people = ("recommended_by", "signed_by", "run")
    return Record(
        case=case,
        runs=runs_of(case),
        decisions=list(decided.select_related(*people).order_by("id")),
        requests=list(asked.prefetch_related(Prefetch("items", queryset=items)).order_by("id")),
        notes=list(Note.objects.filter(case=case).with_words().order_by("id")),
        papers=papers_of(case),
        spans=list(case.intervals.order_by("since", "id")),
        licence=Licence.objects.filter(case=case).select_related("revoked_by").first(),
        events=[history.item_of(event) for event in told[:MOST_EVENTS]],
        cut=len(told) > MOST_EVENTS,
    )


def papers_of(case: Case) -> list[Document]:
    """Return the documents of *case* with the letters they carry: two queries."""
    rows = documents_of(case, vins=vins_of(case)).order_by("id").distinct()
    return list(rows.select_related("confirmation"))


def vins_of(case: Case) -> list[str]:
    """Return the VINs of *case*."""
    return list(case.application.lines.values_list("vin", flat=True))


def events_of(case: Case, *, show: str = "") -> QuerySet[Event]:
    """Narrow the ledger to *case* and all that belongs to it, and to one kind of act: four queries.

    *show* is a key of :data:`SHOWN`, or ``exporter`` for what the exporter's people did.
    """
    licences = Licence.objects.filter(case=case).values_list("number", flat=True)
    events = history.told_of(keys_of(case, papers=papers_of(case), licences=list(licences)))
    if show == EXPORTER:
        return events.filter(on_behalf_of__in=[case.exporter.name_zh, case.exporter.name_en or "-"])
    return events.filter(SHOWN.get(show, Q()))


def keys_of(
    case: Case, *, papers: Iterable[Document], licences: Sequence[str]
) -> dict[str, list[str]]:
    """Return under which names the ledger knows what belongs to *case*."""
    known = list(papers)
    letters = [paper.confirmation for paper in known if hasattr(paper, "confirmation")]
    return {
        "application": [case.reference],
        "case": [case.reference],
        "vehicle": vins_of(case),
        "document": [str(paper.key) for paper in known],
        "confirmation": [str(letter.pk) for letter in letters],
        "licence": [*licences],
    }


def runs_of(case: Case) -> list[Found]:
    """Return every run of the checks with its findings, oldest first: two queries."""
    findings = Finding.objects.select_related("line").order_by("line__position", "id")
    runs = CheckRun.objects.filter(case=case).select_related("policy").order_by("-id")[:MOST_RUNS]
    brought = runs.prefetch_related(Prefetch("findings", queryset=findings))
    return [
        Found(run, [(finding.line.vin, view_of(finding)) for finding in run.findings.all()])
        for run in reversed(brought)
    ]

"""What the page of a case asks of the database: two questions, each of several things at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Subquery

from documents.models import Confirmation, Reading, RegistryAnswer
from exports.models import Line
from exports.together import keep, together
from reviews import exhibits, naming
from reviews.comparison import GRAVE
from reviews.models import (
    Case,
    CheckRun,
    Decision,
    Finding,
    Holiday,
    Interval,
    Opinion,
    Reason,
    RequestItem,
)


@dataclass(frozen=True)
class Around:
    """The rows about the case as a whole."""

    lines: list[Line]
    items: list[RequestItem]
    reasons: list[Reason]
    intervals: list[Interval]
    holidays: list[tuple[date, bool]]


@dataclass(frozen=True)
class Within:
    """The rows about one vehicle, and the papers of the case with a row for each page.

    *printed* is what a paper prints beside the vehicle's VIN, by the paper's id; a paper that does
    not name it is not in it.
    """

    findings: list[Finding]
    answer: RegistryAnswer | None
    papers: list[dict[str, Any]]
    printed: dict[int, dict[str, str]]
    names: naming.Names


def around(case: Case) -> Around:
    """Return what belongs to *case*, its decisions and opinions kept with it: one query.

    Items come with the latest request first. The coded reasons come also where none can be given
    now, to show what was sent late.
    """
    items = RequestItem.objects.filter(request__case=case).order_by("-request", "id")
    decisions, given, opinions, *rows = together(
        Decision.objects.filter(case=case).select_related("recommended_by", "signed_by", "run"),
        Decision.reasons.through.objects.filter(decision__case=case).select_related("reason"),
        Opinion.objects.filter(about(case)).select_related(
            "ministry", "code", "asked_by", "answered_by"
        ),
        case.application.lines.select_related("vehicle").order_by("position"),
        items.select_related("request__asked_by", "reason", "line"),
        Reason.objects.filter(active=True),
        case.intervals.order_by("since", "id"),
        Holiday.objects.values_list("day", "is_workday"),
    )
    keep_decisions(case, decisions, given)
    keep(case, "opinions", opinions)
    return Around(*rows)


def about(case: Case) -> Q:
    """Match the opinions on *case*, and those on its vehicle from before it was taken out."""
    return Q(case=case) | Q(case=case.split_from_id, vin=case.first_vin)


def keep_decisions(case: Case, decisions: Iterable[Decision], given: Iterable[Any]) -> None:
    """Keep *decisions* with their *given* reasons at the case."""
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for row in given:
        reasons[row.decision_id].append(row.reason)
    for decision in decisions:
        keep(decision, "reasons", sorted(reasons[decision.pk], key=lambda reason: reason.code))
    keep(case, "decisions", decisions)


def within(case: Case, line: Line, *, lines: Sequence[Line]) -> Within:
    """Return what the latest run found, the registry's newest answer and the papers: one query.

    Of *line* every finding comes, of the others what is not settled.
    """
    latest = CheckRun.objects.filter(case=case).order_by("-id").values("id")[:1]
    shown = Finding.objects.filter(Q(line=line) | Q(outcome__in=GRAVE), run=Subquery(latest))
    answers = RegistryAnswer.objects.latest_first([line.vin]).select_related("recorded_by")
    vins = [each.vin for each in lines]
    documents = exhibits.documents_of(case, vins=vins)
    letters = Confirmation.objects.filter(exporter=case.exporter_id, vehicles__vin__in=vins)
    read = Reading.objects.filter(
        field=Reading.Field.VIN, value=line.vin, document__in=documents.order_by().values("pk")
    )
    makers = {each.vehicle.maker_name for each in lines}
    findings, newest, papers, printed, *names = together(
        shown.select_related("run__policy").order_by("id"),
        answers[:1],
        documents.values(*exhibits.COLUMNS),
        read.order_by("-position").values_list("document", "parts"),
        naming.countries(),
        naming.makers(makers, letters=letters),
    )
    return Within(
        findings, newest[0] if newest else None, papers, dict(printed), naming.names_of(*names)
    )

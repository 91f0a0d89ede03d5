"""What the page of an application shows: vehicles with their findings, papers, what is to do.

The same for a draft, judged as if it were filed today, and for a filed one, as its last run of
checks found it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from documents.models import Attachment, ConfirmedVehicle, Document
from exports.models import Application, Line
from exports.showing import Clock
from exports.wording import say
from reviews import assessment
from reviews.checks import CHECKS, from_json
from reviews.checks.age import verdict_on
from reviews.checks.model import Finding as Found
from reviews.checks.model import Outcome
from reviews.discretion import for_exporter
from reviews.models import Case, Finding

ORDER: Final = (Outcome.FAIL, Outcome.ATTENTION, Outcome.PASS, Outcome.NOT_APPLICABLE)
EXPECTED: Final = (
    Document.Kind.CERTIFICATE,
    Document.Kind.CONTRACT,
    Document.Kind.INSPECTION,
    Document.Kind.DECLARATION,
)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in the reader's language; *follows* from another that already fails."""

    outcome: str
    follows: bool
    sentence: str
    title: str
    cure: str
    clause: str


@dataclass(frozen=True, slots=True)
class VehicleView:
    """One vehicle of the batch: its clock, its letters, what the checks say."""

    line: Line
    clock: Clock | None
    letters: list[ConfirmedVehicle]
    findings: list[FindingView]

    @property
    def open(self) -> list[FindingView]:
        """Return what fails or wants a look, failing first."""
        return [f for f in self.findings if is_open(f)]

    @property
    def settled(self) -> list[FindingView]:
        """Return what passes, does not apply, or only repeats that something is missing."""
        return [f for f in self.findings if not is_open(f)]

    @property
    def worst(self) -> str:
        """Return the outcome that decides how the vehicle stands."""
        return self.findings[0].outcome if self.findings else ""

    @property
    def lacks_letter(self) -> bool:
        """Tell whether a letter is needed and none names the vehicle."""
        return bool(self.clock and self.clock.verdict.needs_letter and not self.letters)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do before filing. ``state`` is done, todo, advised or unknown."""

    label: str
    url: str
    state: str
    note: str


def views_of_draft(application: Application, *, on: date) -> list[VehicleView]:
    """Return the vehicles as the checks would find them if the draft were filed on *on*."""
    return vehicle_views(application, assessment.preview(application, applied_on=on))


def views_of_case(application: Application, case: Case) -> list[VehicleView]:
    """Return the vehicles as the last run of the checks found them; empty findings before one."""
    found: dict[int, list[Finding]] = defaultdict(list)
    run = case.runs.order_by("-id").first()
    for finding in run.findings.all() if run else []:
        found[finding.line_id].append(finding)
    return vehicle_views(application, found)


def vehicle_views(
    application: Application, found: Mapping[int, Iterable[Found | Finding]]
) -> list[VehicleView]:
    """Join lines, letters and findings: two queries."""
    lines = list(application.lines.select_related("vehicle").order_by("position"))
    letters = letters_naming(application, [line.vin for line in lines])
    return [
        VehicleView(
            line=line,
            clock=clock_in(found.get(line.pk, ())),
            letters=letters[line.vin],
            findings=in_order(found.get(line.pk, ())),
        )
        for line in lines
    ]


def letters_naming(application: Application, vins: list[str]) -> dict[str, list[ConfirmedVehicle]]:
    """Return the exporter's standing letters by VIN: one query."""
    rows = ConfirmedVehicle.objects.filter(
        vin__in=vins,
        confirmation__exporter=application.exporter_id,
        confirmation__revoked_at__isnull=True,
    ).select_related("confirmation__document")
    by_vin: dict[str, list[ConfirmedVehicle]] = defaultdict(list)
    for row in rows:
        by_vin[row.vin].append(row)
    return by_vin


def clock_in(findings: Iterable[Found | Finding]) -> Clock | None:
    """Return the rule's verdict that a run kept; the check's stored inputs replay it."""
    for finding in findings:
        if finding.check_id == "AGE-01":
            facts = from_json(finding.inputs)
            verdict = verdict_on(facts)
            window = facts.terms.window_days if facts.terms else None
            return Clock(verdict, window) if verdict else None
    return None


def in_order(findings: Iterable[Found | Finding]) -> list[FindingView]:
    """Return *findings* in the reader's language, the worst first."""
    shown = [finding_view(finding) for finding in findings]
    return sorted(shown, key=lambda finding: ORDER.index(Outcome(finding.outcome)))


def is_open(finding: FindingView) -> bool:
    """Tell whether *finding* is worth the reader's attention."""
    return finding.outcome in (Outcome.FAIL, Outcome.ATTENTION) and not finding.follows


def follows_from_no_letter(finding: Found | Finding) -> bool:
    """Tell whether *finding* only says of an absent letter what CNF-01 said already."""
    return (
        finding.check_id.startswith("CNF-")
        and finding.check_id != "CNF-01"
        and finding.outcome == Outcome.ATTENTION
        and not finding.inputs.get("confirmations")
    )


def finding_view(finding: Found | Finding) -> FindingView:
    """Return one finding in the reader's language, as far as it is the exporter's business."""
    check, told = CHECKS.get(finding.check_id), for_exporter(finding)
    return FindingView(
        outcome=str(told.outcome),
        follows=follows_from_no_letter(finding),
        sentence=say(told.sentence),
        title=say(check.title) if check else finding.check_id,
        cure=say(told.cure) if told.cure else "",
        clause=say(check.clause) if check else "",
    )


def papers_of(application: Application) -> list[Attachment]:
    """Return the papers of *application* with their documents: one query."""
    rows = application.attachments.select_related("document", "vehicle")
    return list(rows.order_by("document__kind", "id"))


def missing_kinds(papers: Iterable[Attachment]) -> list[str]:
    """Return the kinds of paper an office expects and does not find, as words."""
    there = {
        paper.document.kind
        for paper in papers
        if paper.document.state in (Document.State.READY, *Document.UNDER_WAY)
    }
    return [str(kind.label) for kind in EXPECTED if kind not in there]


def tasks_of(
    application: Application, *, vehicles: list[VehicleView], papers: list[Attachment]
) -> list[Task]:
    """Return what is to do before *application* is filed, in a sensible order."""
    return [
        terms_task(application),
        vehicles_task(application, count=len(vehicles)),
        letters_task(vehicles),
        papers_task(application, papers=papers),
    ]


def terms_task(application: Application) -> Task:
    """Say whether destination, port and contract are given."""
    names = ("destination_id", "port_id", "contract_number")
    done = all(getattr(application, name) for name in names)
    return Task(
        label=_("Destination, port and contract"),
        url=reverse("portal:application_edit", args=[application.reference]),
        state="done" if done else "todo",
        note="",
    )


def vehicles_task(application: Application, *, count: int) -> Task:
    """Say how many vehicles are in the batch."""
    return Task(
        label=_("Vehicles"),
        url=reverse("portal:application_vehicles", args=[application.reference]),
        state="done" if count else "todo",
        note=_("%(count)d of at most 20") % {"count": count} if count else "",
    )


def letters_task(vehicles: list[VehicleView]) -> Task:
    """Say how many vehicles still lack the letter the rule asks for; without any, none is known."""
    lacking = sum(vehicle.lacks_letter for vehicle in vehicles)
    return Task(
        label=_("Confirmation letters"),
        url=reverse("portal:letters"),
        state="advised" if lacking else "done" if vehicles else "unknown",
        note=_("%(count)d vehicles need one") % {"count": lacking} if lacking else "",
    )


def papers_task(application: Application, *, papers: list[Attachment]) -> Task:
    """Say which papers an office usually asks for."""
    missing = missing_kinds(papers)
    return Task(
        label=_("Other papers"),
        url=reverse("portal:application_attach", args=[application.reference]),
        state="advised" if missing else "done",
        note=_("not there yet: %(kinds)s") % {"kinds": ", ".join(missing)} if missing else "",
    )

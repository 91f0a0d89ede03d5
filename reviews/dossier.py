"""What the page of an application shows: vehicles with their findings, and papers.

The same for a draft, judged as if it were filed today, and for a filed one, as its last run of
checks found it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from documents.models import Attachment, ConfirmedVehicle
from exports.models import Application, Line
from exports.rules import Sentence
from exports.showing import Clock
from exports.wording import say
from reviews import assessment
from reviews.checks import CHECKS, from_json
from reviews.checks.age import verdict_on
from reviews.checks.model import Finding as Found
from reviews.checks.model import Outcome
from reviews.discretion import for_exporter
from reviews.explaining import follows_no_letter
from reviews.models import Case, Finding

ORDER: Final = (Outcome.FAIL, Outcome.ATTENTION, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding in the reader's language; *follows* from another that already fails.

    ``said``, ``mended`` and ``basis`` are the same in both languages.
    """

    check_id: str
    outcome: str
    follows: bool
    said: Sentence
    mended: Sentence | None
    basis: Sentence
    title: str

    @property
    def sentence(self) -> str:
        """Return what was found."""
        return say(self.said)

    @property
    def cure(self) -> str:
        """Return what would mend it, empty where nothing need be."""
        return say(self.mended) if self.mended else ""

    @property
    def clause(self) -> str:
        """Return the legal basis."""
        return say(self.basis)


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


def finding_view(finding: Found | Finding) -> FindingView:
    """Return one finding in the reader's language, as far as it is the exporter's business."""
    check, told = CHECKS.get(finding.check_id), for_exporter(finding)
    return FindingView(
        check_id=finding.check_id,
        outcome=str(told.outcome),
        follows=follows_no_letter(finding),
        said=told.sentence,
        mended=told.cure,
        basis=check.clause if check else Sentence(zh="", en=""),
        title=say(check.title) if check else finding.check_id,
    )


def papers_of(application: Application) -> list[Attachment]:
    """Return the papers of *application* with their documents: one query."""
    rows = application.attachments.select_related("document", "vehicle")
    return list(rows.order_by("document__kind", "id"))

"""Stored findings in the reader's language, with all they read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from exports.wording import say
from reviews.checks import CHECKS, from_json
from reviews.checks.model import Finding as Found
from reviews.checks.model import Json, Outcome
from reviews.checks.papers import ECHO_CHECKS
from reviews.comparison import GRAVE, GRAVITY
from reviews.models import Finding

NO_LETTER: Final = "CNF-01"


@dataclass(frozen=True)
class FindingView:
    """One finding as the finding component takes it."""

    outcome: str
    title: str
    sentence: str
    cure: str
    clause: str
    version: str
    inputs: list[tuple[str, str]]
    links: list[tuple[str, str]]
    follows: bool = False


@dataclass(frozen=True)
class Doubt:
    """A check that fails or wants a look at some vehicles of a batch: name and page of each."""

    outcome: str
    title: str
    vehicles: list[tuple[str, str]]


def of_application(findings: Iterable[Finding]) -> list[FindingView]:
    """Return, once each, what is grave and about no single vehicle: exporter, terms, papers."""
    once = {
        finding.check_id: finding
        for finding in findings
        if finding.outcome in GRAVE and not is_about_vehicle(finding)
    }
    return in_order(once.values())


def by_check(findings: Iterable[Finding], *, pages: Mapping[int, tuple[str, str]]) -> list[Doubt]:
    """Return what is grave about single vehicles, check by check, the gravest first.

    *pages* gives name and address of each vehicle by the id of its line.
    """
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for finding in sorted(findings, key=lambda each: (GRAVITY[each.outcome], each.check_id)):
        if is_cause(finding) and is_about_vehicle(finding):
            found.setdefault((finding.outcome, finding.check_id), []).append(pages[finding.line_id])
    return [
        Doubt(outcome, title_of(check_id), vehicles)
        for (outcome, check_id), vehicles in found.items()
    ]


def is_cause(finding: Finding) -> bool:
    """Tell whether *finding* is grave of itself, not for want of a letter another asks for."""
    return finding.outcome in GRAVE and not follows_no_letter(finding)


def is_about_vehicle(finding: Finding) -> bool:
    """Tell whether *finding* is about one vehicle, not about the application as a whole."""
    check = CHECKS.get(finding.check_id)
    return check is None or check.subject == "vehicle"


def follows_no_letter(finding: Found | Finding) -> bool:
    """Tell whether *finding* only says of an absent letter what CNF-01 says already."""
    return (
        finding.check_id.startswith("CNF-")
        and finding.check_id != NO_LETTER
        and finding.outcome == Outcome.ATTENTION
        and not finding.inputs.get("confirmations")
    )


def title_of(check_id: str) -> str:
    """Return number and name of a check, of one no longer known its number."""
    check = CHECKS.get(check_id)
    return f"{check_id} · {say(check.title)}" if check else check_id


def in_order(findings: Iterable[Finding]) -> list[FindingView]:
    """Return *findings* in the reader's language, the gravest first."""
    ranked = sorted(findings, key=lambda finding: GRAVITY[finding.outcome])
    return [view_of(finding) for finding in ranked]


def view_of(finding: Finding) -> FindingView:
    """Return one finding in the reader's language."""
    check = CHECKS.get(finding.check_id)
    return FindingView(
        outcome=finding.outcome,
        title=title_of(finding.check_id),
        sentence=say(finding.sentence),
        cure=say(finding.cure) if finding.cure else "",
        clause=say(check.clause) if check else "",
        version=check.since if check else "",
        inputs=list(flattened(finding.inputs)),
        links=list(papers_met(finding)),
        follows=follows_no_letter(finding),
    )


def papers_met(finding: Finding) -> Iterable[tuple[str, str]]:
    """Yield name and address, in its own case, of each other paper a finding about papers names."""
    if finding.check_id not in ECHO_CHECKS or finding.outcome not in GRAVE:
        return
    for paper in from_json(finding.inputs).papers:
        for echo in paper.echoes:
            for case in echo.cases if echo.kind in ECHO_CHECKS[finding.check_id] else ():
                page = reverse("workbench:case", args=[case], query={"document": echo.paper})
                yield f"{case} · {echo.name}", page


def flattened(inputs: dict[str, Json]) -> Iterable[tuple[str, str]]:
    """Yield every fact a check read as a name and a value people can read."""
    for group, value in inputs.items():
        if isinstance(value, dict):
            yield from ((f"{group}.{name}", plain(fact)) for name, fact in value.items())
        else:
            yield group, plain(value)


def plain(value: Json) -> str:
    """Return a stored fact on one line."""
    if isinstance(value, list):
        return "; ".join(plain(each) for each in value) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {plain(fact)}" for name, fact in value.items() if fact)
    return "–" if value in (None, "") else str(value)

"""Stored findings in the reader's language, with all they read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from exports.wording import say
from reviews.checks import CHECKS, from_json
from reviews.checks.model import Json
from reviews.checks.papers import ECHO_CHECKS
from reviews.comparison import GRAVE, GRAVITY
from reviews.models import Finding


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


def in_order(findings: Iterable[Finding]) -> list[FindingView]:
    """Return *findings* in the reader's language, the gravest first."""
    ranked = sorted(findings, key=lambda finding: GRAVITY[finding.outcome])
    return [view_of(finding) for finding in ranked]


def view_of(finding: Finding) -> FindingView:
    """Return one finding in the reader's language."""
    check = CHECKS.get(finding.check_id)
    return FindingView(
        outcome=finding.outcome,
        title=f"{finding.check_id} · {say(check.title)}" if check else finding.check_id,
        sentence=say(finding.sentence),
        cure=say(finding.cure) if finding.cure else "",
        clause=say(check.clause) if check else "",
        version=check.since if check else "",
        inputs=list(flattened(finding.inputs)),
        links=list(papers_met(finding)),
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

"""What a finding says to the exporter it is about: nothing of anybody else's papers or cases.

Nor what offices ask of one another: of that an exporter reads one sentence, whatever was asked.

A finding on shared papers is not hidden but judged anew on the exporter's own papers alone. So it
reads the same whether others have anything in common with them or not.
"""

from dataclasses import replace
from typing import Final

from exports.rules import Sentence
from reviews.checks import from_json, run
from reviews.checks.model import Facts, Outcome
from reviews.checks.model import Finding as Found
from reviews.checks.opinions import OPINION_CHECKS
from reviews.checks.papers import ECHO_CHECKS
from reviews.models import Finding

TAKEN_ELSEWHERE: Final = "VIN-04"
STANDS_ELSEWHERE: Final = Sentence(
    zh="该车架号还出现在其他申请或许可证中。",
    en="This VIN stands in another application or licence as well.",
)

BETWEEN_OFFICES: Final = Sentence(
    zh="部门之间征求的意见不对外公开。", en="What offices ask of one another is not told here."
)


def for_exporter(finding: Found | Finding) -> Found | Finding:
    """Return *finding* as its exporter may know it."""
    if finding.check_id == TAKEN_ELSEWHERE:
        return without_places(finding)
    if finding.check_id in OPINION_CHECKS:
        return Found(finding.check_id, Outcome.NOT_APPLICABLE, BETWEEN_OFFICES, None, {})
    if finding.check_id not in ECHO_CHECKS:
        return finding
    told = among_own_papers(from_json(finding.inputs))
    (judged,) = run(told, only=[finding.check_id])
    return judged


def among_own_papers(facts: Facts) -> Facts:
    """Return *facts* without what the papers share with other exporters' papers."""
    papers = (
        replace(paper, echoes=tuple(echo for echo in paper.echoes if echo.own))
        for paper in facts.papers
    )
    return replace(facts, papers=tuple(papers))


def without_places(finding: Found | Finding) -> Found | Finding:
    """Return the finding that a VIN is used elsewhere without saying where."""
    outcome = Outcome(finding.outcome)
    if outcome not in (Outcome.FAIL, Outcome.ATTENTION):
        return finding
    return Found(finding.check_id, outcome, STANDS_ELSEWHERE, finding.cure, {})

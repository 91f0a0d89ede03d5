"""What reviewers ask and why they refuse in the demonstration: as the failed checks suggest."""

from collections.abc import Iterable
from typing import Final

from reviews.decisions import Question
from reviews.demo.vehicles import Car
from reviews.intake import ItemAnswer
from reviews.models import Case, Finding, Reason, Request, RequestItem

FIELDS: Final = {
    "VIN-01": "vin",
    "REG-01": "registered_on",
    "REG-02": "transferred_on",
    "REG-04": "model",
    "REG-05": "transferred_on",
    "AGE-01": "registered_on",
}
# A confirmation, by the fact that no other paper speaks of it.
LETTER_CHECKS: Final = "CNF"
MOST: Final = 3
FALLBACK_REFUSAL: Final = "RF12"
FALLBACK_QUESTION: Final = "RC09"


def failures(case: Case) -> list[Finding]:
    """Return the failed findings of the latest run, in order."""
    run = case.runs.order_by("-id")[0]
    failed = run.findings.filter(outcome=Finding.Outcome.FAIL)
    return list(failed.select_related("line").order_by("line__position", "id"))


def reasons_behind(check_id: str, *, use: str) -> list[Reason]:
    """Return the coded reasons that name *check_id*."""
    rows = Reason.objects.filter(use=use, active=True).order_by("code")
    return [reason for reason in rows if check_id in reason.checks]


def refusal_reasons(case: Case) -> list[Reason]:
    """Return a refusal reason for each kind of failure."""
    found = {
        reason.code: reason
        for failed in {finding.check_id for finding in failures(case)}
        for reason in reasons_behind(failed, use=Reason.Use.REFUSAL)[:1]
    }
    return [found[code] for code in sorted(found)] or [Reason.objects.get(pk=FALLBACK_REFUSAL)]


def questions_about(case: Case) -> list[Question]:
    """Return a question for each field or paper that failed, a contract if nothing did."""
    asked: dict[tuple[int, str], Question] = {}
    for finding in failures(case):
        question = question_about(finding)
        if question:
            asked.setdefault((finding.line_id, question.field or question.document_kind), question)
    fallback = Question(reason=Reason.objects.get(pk=FALLBACK_QUESTION), document_kind="contract")
    return list(asked.values())[:MOST] or [fallback]


def question_about(finding: Finding) -> Question | None:
    """Return the question that would mend *finding*, if a reason for one is coded."""
    reasons = reasons_behind(finding.check_id, use=Reason.Use.CORRECTION)
    if not reasons:
        return None
    field = FIELDS.get(finding.check_id, "")
    about_letter = finding.check_id.startswith(LETTER_CHECKS)
    return Question(
        reason=reasons[0],
        line=finding.line,
        field=field,
        document_kind="confirmation" if about_letter else "" if field else "other",
        check_id=finding.check_id,
    )


def replies_to(request: Request, *, cars: Iterable[Car]) -> list[ItemAnswer]:
    """Return an answer to every item: the true value of a field, else words."""
    items = request.items.select_related("line__vehicle", "reason")
    by_certificate = {car.true["certificate_number"]: car for car in cars}
    return [reply_to(item, by_certificate=by_certificate) for item in items]


def reply_to(item: RequestItem, *, by_certificate: dict[str, Car]) -> ItemAnswer:
    """Answer one item; a field that was right all along is confirmed in words."""
    if not item.field or item.line is None:
        return ItemAnswer(item=item, text="已随合同第九条说明，请审核。")
    vehicle = item.line.vehicle
    value = by_certificate[vehicle.certificate_number].true[item.field]
    if getattr(vehicle, item.field) == value:
        return ItemAnswer(item=item, text="与登记证书一致，请核对。")
    return ItemAnswer(item=item, value=value)

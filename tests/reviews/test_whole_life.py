"""A batch from draft to licence through the services alone."""

import pytest

from exports import ledger
from reviews import claims, decisions, intake, licensing
from reviews.models import Case, Licence, Reason
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_case,
    make_confirmation,
    make_exporter,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("committed")


def test_a_batch_goes_from_draft_to_a_licence_that_is_revoked():
    exporter = make_exporter()
    clerk = clerk_of(exporter)
    reviewer = make_person("reviewer", exporter.office)
    senior = make_person("senior", exporter.office)
    young = make_vehicle(exporter, by=clerk, age=100)
    old = make_vehicle(exporter, by=clerk, age=300)
    make_confirmation([young], by=clerk)
    for vehicle in (young, old):
        answer_registry(vehicle)

    case = make_case(exporter, young, old, by=clerk)
    case.refresh_from_db()
    assert case.status == "in_review"
    assert case.failed == 0, list(
        case.runs.get().findings.filter(outcome="fail").values_list("check_id", "sentence_en")
    )

    case = claims.claim(case, by=reviewer, at=NOON)
    question = decisions.Question(reason=Reason.objects.get(pk="RC09"), document_kind="contract")
    request = decisions.ask(case, questions=[question], by=reviewer, at=NOON)
    reply = intake.ItemAnswer(item=request.items.get(), text="见合同第九条")
    intake.answer(request, answers=[reply], by=clerk, at=NOON)
    case = Case.objects.get(pk=case.pk)
    assert case.status == "in_review"

    decision = decisions.recommend(case, "issue", by=reviewer, at=NOON)
    decisions.sign(decision, by=senior, at=NOON)

    licence = Licence.objects.get()
    assert licence.paper_state == "ready"
    assert licence.lines.count() == 2
    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")
    assert list(ledger.verify()) == []

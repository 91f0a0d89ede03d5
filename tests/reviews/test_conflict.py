"""An act on a page that is not true any more: what happened stands beside it, no word is lost."""

import pytest
from django.urls import reverse

from exports.models import Role
from reviews import assessment, claims, decisions
from reviews.models import Case, Decision, Request
from tests.factories import NOON, answer_registry, make_failing_case, make_person, recommend_refusal

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(exporter, clerk, reviewer) -> Case:
    return claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)


@pytest.fixture
def page(client, case, reviewer):
    """The page Wang has open."""
    client.force_login(reviewer)
    return client.get(reverse("workbench:case", args=[case.reference]))


@pytest.fixture
def rechecked(page, case, reviewer) -> Case:
    """After the page was opened Li sent back what was drafted elsewhere; the checks found more."""
    sent_back(case, reviewer)
    answer_registry(case.application.lines.get().vehicle, brand="吉利")
    assessment.recheck(Case.objects.get(pk=case.pk), by=reviewer, at=NOON)
    return Case.objects.get(pk=case.pk)


def sent_back(case: Case, reviewer) -> None:
    """Draft a refusal in another window, and have it sent back."""
    li = make_person(Role.SENIOR, reviewer.office, name="Li")
    draft = recommend_refusal(Case.objects.get(pk=case.pk), by=reviewer)
    decisions.send_back(draft, by=li, at=NOON, note="请再看印章")


def post(client, page, action: str, **data):
    file = page.context["file"]
    url = reverse("workbench:act", args=[file.case.reference, action])
    seen = {"version": file.case.version, "seen": file.seen}
    return client.post(url + "?lang=en", seen | data)


def hidden(page, action: str) -> dict[str, object]:
    """Return what the form of *action* on *page* carries unseen."""
    (offer,) = (offer for offer in page.context["offers"] if offer.name == action)
    return {name: offer.form[name].value() for name in ("version", "seen")}


def test_what_happened_meanwhile_stands_beside_the_words(client, page, rechecked):
    refused = post(client, page, "recommend-refusal", reasons=["RF01"], note="理由很长很长")

    shown = refused.content.decode()
    assert refused.status_code == 409
    assert 'id="conflict"' in shown
    assert "请再看印章" in shown
    assert "Li" in shown
    assert "理由很长很长" in shown
    assert "Send it on the case as it is now" in shown
    assert Decision.objects.get().note == ""


def test_sent_again_it_goes_through_with_the_same_words(client, page, rechecked):
    words = {"reasons": ["RF01"], "note": "理由很长很长"}
    refused = post(client, page, "recommend-refusal", **words)

    url = reverse("workbench:act", args=[rechecked.reference, "recommend-refusal"])
    again = client.post(url, hidden(refused, "recommend-refusal") | words)

    assert again.status_code == 302
    assert Decision.objects.filter(state="held").get().note == "理由很长很长"


def test_a_request_keeps_its_ticks_and_its_question(client, page, rechecked):
    (offer,) = (offer for offer in page.context["offers"] if offer.name == "request")
    first = offer.form.fields["items"].choices[0][0]

    words = {"items": [first], "question": "请补第二页", "reason": "RC09"}
    refused = post(client, page, "request", **words)

    (offer,) = (offer for offer in refused.context["offers"] if offer.name == "request")
    assert refused.status_code == 409
    assert offer.form["question"].value() == "请补第二页"
    assert offer.form["items"].value() == [first]
    assert not Request.objects.exists()
    # The findings that came meanwhile can be asked about, but nobody ticked them.
    assert any(key.startswith("REG-04") for key, _label in offer.form.fields["items"].choices)


def test_a_second_change_is_met_again(client, page, rechecked, reviewer):
    refused = post(client, page, "recommend-refusal", reasons=["RF01"], note="理由")
    sent_back(rechecked, reviewer)

    url = reverse("workbench:act", args=[rechecked.reference, "recommend-refusal"])
    words = {"reasons": ["RF01"], "note": "理由"}
    again = client.post(url, hidden(refused, "recommend-refusal") | words)

    assert again.status_code == 409
    assert "理由" in again.content.decode()


def test_a_form_without_its_place_in_the_ledger_is_still_refused_in_words(client, page, rechecked):
    refused = post(client, page, "recommend-refusal", reasons=["RF01"], note="理由", seen="x")

    assert refused.status_code == 409
    assert 'id="conflict"' not in refused.content.decode()
    assert "理由" in refused.content.decode()


def test_words_typed_for_a_case_a_supervisor_took_come_back(client, page, case, office):
    supervisor = make_person(Role.SUPERVISOR, office, name="Zhao")
    claims.claim(Case.objects.get(pk=case.pk), by=supervisor, at=NOON)

    refused = post(client, page, "recommend-refusal", reasons=["RF01"], note="理由很长很长")

    shown = refused.content.decode()
    assert refused.status_code == 409
    assert "理由很长很长" in shown
    assert "Zhao" in shown
    assert "Send it on the case as it is now" not in shown


def test_the_page_asks_what_changed_without_leaving(client, page, rechecked):
    address = reverse("workbench:since", args=[rechecked.reference])

    told = client.get(
        address, {"after": page.context["file"].seen}, headers={"X-Requested-With": "fetch"}
    ).content.decode()

    assert 'id="conflict"' in told
    assert "<html" not in told
    assert client.get(address, {"after": "x"}).status_code == 200


def test_checks_that_answer_otherwise_make_another_version(client, page, case):
    """No status changed, yet what the page showed is not what would be decided on now."""
    answer_registry(case.application.lines.get().vehicle, brand="吉利")
    assessment.recheck(Case.objects.get(pk=case.pk), by=case.assignee, at=NOON)

    refused = post(client, page, "recommend-refusal", reasons=["RF01"], note="理由")

    assert refused.status_code == 409
    assert 'id="conflict"' in refused.content.decode()
    assert not Decision.objects.exists()


def test_checks_that_answer_as_before_leave_the_version(case):
    same = Case.objects.get(pk=case.pk)

    assessment.recheck(same, by=case.assignee, at=NOON)

    assert same.version == case.version

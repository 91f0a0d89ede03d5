"""What the page of a case shows first, what it asks about, and what one key does."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from exports.models import Exporter
from reviews import casefile, claims, decisions
from reviews.acts import offers_of
from reviews.casefile import CaseFile
from reviews.models import Case, Reason
from tests import factories
from tests.factories import NOON, answer_registry, make_case, make_clean_case, make_failing_case

pytestmark = pytest.mark.usefixtures("law")


def file_of(case: Case, user) -> CaseFile:
    here = casefile.find(user, case.reference)
    return casefile.read(here, user=user, vin="", document="")


def offer(case: Case, user, name: str):
    return next(each for each in offers_of(file_of(case, user)) if each.name == name)


@pytest.fixture
def batch(exporter, clerk) -> Case:
    """Three cars of an exporter without a filing; the second is young and has no letter."""
    cars = [factories.make_vehicle(exporter, by=clerk, age=age) for age in (300, 100, 300)]
    for car in cars:
        answer_registry(car)
    case = make_case(exporter, *cars, by=clerk)
    Exporter.objects.filter(pk=exporter.pk).update(filing_number="")
    return factories.checked(Case.objects.get(pk=case.pk))


# --- what is wrong comes first ----------------------------------------------------------------
def test_what_is_about_the_exporter_stands_once_and_not_at_each_vehicle(batch, reviewer):
    file = file_of(batch, reviewer)

    shared = [finding.title for finding in file.of_application]
    assert len(shared) == len(set(shared)) >= 1
    assert any(title.startswith("EXP-") for title in shared)
    assert not [each for each in file.findings if each.title in shared]
    assert not file.grave  # of the first vehicle there is nothing else to say


def test_of_a_batch_the_page_says_first_what_is_wrong_with_which_vehicles(client, batch, reviewer):
    young = batch.application.lines.get(position=2).vin
    client.force_login(reviewer)

    page = client.get(reverse("workbench:case", args=[batch.reference]) + "?lang=en")

    doubts = {doubt.title.split(" ")[0]: doubt for doubt in page.context["file"].doubts}
    assert [vin for vin, _url in doubts["CNF-01"].vehicles] == [young]
    assert doubts["CNF-01"].outcome == "fail"
    assert "CNF-05" not in doubts  # follows from the letter that is missing
    text = page.content.decode()
    order = [text.index(f'id="{name}"') for name in ("against", "doubts", "vehicle")]
    assert order == sorted(order)


def test_failed_checks_stand_above_the_fields_that_agree(client, exporter, clerk, reviewer):
    case = make_failing_case(exporter, by=clerk)
    client.force_login(reviewer)

    text = client.get(
        reverse("workbench:case", args=[case.reference]) + "?lang=en"
    ).content.decode()

    assert text.index("What stands against this vehicle") < text.index("without a doubt")


def test_what_does_not_apply_is_folded_apart_from_what_agrees(client, exporter, clerk, reviewer):
    case = make_clean_case(exporter, by=clerk)
    client.force_login(reviewer)

    page = client.get(reverse("workbench:case", args=[case.reference]) + "?lang=en")

    file, text = page.context["file"], page.content.decode()
    assert {finding.outcome for finding in file.passed} == {"pass"}
    assert {finding.outcome for finding in file.idle} == {"not_applicable"}
    assert f"{len(file.idle)} checks do not apply" in text
    assert [*file.passed, *file.idle] == [*file.findings]


# --- an absent letter is asked for once -------------------------------------------------------
def test_what_waits_for_the_letter_is_neither_doubted_nor_asked_by_itself(
    exporter, clerk, reviewer
):
    case = make_failing_case(exporter, by=clerk)
    file = file_of(case, reviewer)

    with override("en"):
        asked = offer(case, reviewer, "request").form.fields["items"].choices

    assert {each.title.split(" ")[0] for each in file.following} >= {"CNF-02", "CNF-05"}
    assert not {each.title for each in file.grave} & {each.title for each in file.following}
    assert len([label for _key, label in asked if "confirmation" in label]) == 1


def test_on_a_clean_case_the_form_begins_where_something_can_be_chosen(exporter, clerk, reviewer):
    form = offer(make_clean_case(exporter, by=clerk), reviewer, "request").form

    assert "items" not in form.fields
    assert "data-start" in str(form["reason"])


def test_a_refusal_begins_at_its_reasons(exporter, clerk, reviewer):
    form = offer(make_failing_case(exporter, by=clerk), reviewer, "recommend-refusal").form

    assert "data-start" in str(form["reasons"])
    assert form["reasons"].value()  # what failed is ticked


# --- one key ----------------------------------------------------------------------------------
def test_a_clean_issue_takes_one_key_alone_and_at_the_second_signature(
    exporter, clerk, reviewer, senior
):
    alone = make_clean_case(exporter, by=clerk)
    held = make_clean_case(exporter, by=clerk)
    for case in (alone, held):
        claims.claim(case, by=reviewer, at=NOON)
    decisions.recommend(held, "issue", by=reviewer, at=NOON)
    clean = {case.attention == case.failed == 0 for case in (alone, held)}

    assert clean == {True}
    assert offer(alone, reviewer, "issue").at_once
    assert offer(held, senior, "sign").at_once


def test_a_refusal_and_an_override_are_read_before_they_are_signed(
    exporter, clerk, reviewer, senior
):
    refused = claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)
    factories.recommend_refusal(refused, by=reviewer)
    forced = claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)
    over = Reason.objects.filter(use=Reason.Use.OVERRIDE)[:1]
    decisions.recommend(forced, "issue", reasons=over, by=reviewer, at=NOON, note="另有证明")

    assert not offer(refused, senior, "sign").at_once
    assert not offer(forced, senior, "sign").at_once


# --- focus and undo ---------------------------------------------------------------------------
def test_the_page_opens_with_the_focus_on_its_head(client, exporter, clerk, reviewer):
    case = make_clean_case(exporter, by=clerk)
    client.force_login(reviewer)

    page = client.get(reverse("workbench:case", args=[case.reference])).content.decode()

    assert f'<h1 tabindex="-1" autofocus>{case.reference}</h1>' in page


def test_a_recommendation_is_offered_back_on_the_next_page(
    client, exporter, clerk, reviewer, settings
):
    settings.UNDO_SECONDS = 60
    first, second = (make_failing_case(exporter, by=clerk) for _each in range(2))
    client.force_login(reviewer)
    address = reverse("workbench:act", args=[first.reference, "recommend-refusal"])
    client.post(address, {"version": first.version, "reasons": ["RF01"], "note": "x"})

    page = client.get(reverse("workbench:case", args=[second.reference])).content.decode()

    undo = reverse("workbench:act", args=[first.reference, "take-back"])
    assert f'action="{undo}"' in page
    version = Case.objects.get(pk=first.pk).version
    client.post(undo, {"version": version})
    assert Case.objects.get(pk=first.pk).status == "in_review"

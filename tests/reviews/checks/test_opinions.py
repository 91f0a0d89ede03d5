"""What another ministry answered, as the checks weigh it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from exports.rules import Sentence
from reviews.checks.model import OpinionFacts
from reviews.checks.opinions import OPINION_CHECKS
from reviews.checks.registry import run
from tests.reviews.checks.making import GOOD, outcome_of

POINTS = dict(zip(OPINION_CHECKS, ("listing", "registration", "declaration"), strict=True))
POLICE = Sentence("公安部", "Ministry of Public Security")


def opinion(check_id: str, **facts: Any) -> OpinionFacts:
    asked = OpinionFacts(
        key="Y2026-000001",
        point=POINTS[check_id],
        ministry=POLICE,
        due_on=date(2026, 5, 12),
    )
    return replace(asked, **facts)


def answered(check_id: str, weight: str, **facts: Any) -> OpinionFacts:
    told = {"code": "OR01", "answer": Sentence("一致", "agrees"), "answered_on": date(2026, 5, 11)}
    return opinion(check_id, weight=weight, **(told | facts))


def judged(check_id: str, *opinions: OpinionFacts) -> str:
    return outcome_of(check_id, replace(GOOD, opinions=opinions))


@pytest.mark.parametrize("check_id", OPINION_CHECKS)
def test_where_nobody_was_asked_the_check_does_not_apply(check_id):
    assert judged(check_id) == "not_applicable"


@pytest.mark.parametrize("check_id", OPINION_CHECKS)
@pytest.mark.parametrize(
    ("weight", "outcome"),
    [("for", "pass"), ("against", "fail"), ("neutral", "attention"), ("", "attention")],
)
def test_an_answer_counts_by_its_weight(check_id, weight, outcome):
    assert judged(check_id, answered(check_id, weight)) == outcome


@pytest.mark.parametrize("check_id", OPINION_CHECKS)
def test_an_open_question_asks_for_an_eye_and_names_who_is_asked_and_until_when(check_id):
    (found,) = run(replace(GOOD, opinions=(opinion(check_id),)), only=[check_id])

    assert found.outcome == "attention"
    assert "公安部" in found.sentence.zh
    assert "2026年5月12日" in found.sentence.zh
    assert "12 May 2026" in found.sentence.en


def test_a_point_is_weighed_by_its_own_check_alone():
    facts = replace(GOOD, opinions=(answered("OPN-02", "against"),))

    assert [outcome_of(check_id, facts) for check_id in OPINION_CHECKS] == [
        "not_applicable",
        "fail",
        "not_applicable",
    ]


def test_the_last_answer_counts():
    first, second = answered("OPN-02", "against"), answered("OPN-02", "for", key="Y2026-000002")

    assert judged("OPN-02", first, second) == "pass"
    assert judged("OPN-02", second, first) == "fail"


def test_an_answer_against_stands_while_the_ministry_is_asked_anew():
    assert judged("OPN-02", answered("OPN-02", "against"), opinion("OPN-02")) == "fail"
    assert judged("OPN-02", answered("OPN-02", "for"), opinion("OPN-02")) == "attention"


def test_an_answer_about_other_facts_than_todays_no_longer_passes():
    changed = (Sentence("型号", "model"),)
    facts = replace(GOOD, opinions=(answered("OPN-02", "for", changed=changed),))
    (stale,) = run(facts, only=["OPN-02"])

    assert stale.outcome == "attention"
    assert "型号" in stale.sentence.zh
    assert "model" in stale.sentence.en
    assert judged("OPN-02", answered("OPN-02", "against", changed=changed)) == "fail"

"""DOC-01 to DOC-06: what asks for an eye, and that nothing here refuses."""

from dataclasses import replace

import pytest

from reviews.checks.model import DisagreementFacts, EchoFacts, PaperFacts
from tests.reviews.checks.making import PAPER, VIN, outcome_of, paper, sentence_of, spoil

CHECK_OF = {
    "same_file": "DOC-02",
    "near_page": "DOC-02",
    "number_reused": "DOC-03",
    "other_country": "DOC-04",
    "other_exporter": "DOC-05",
    "seal_copied": "DOC-06",
}
ECHO = EchoFacts(
    kind="same_file",
    paper="other-1",
    name="their-letter.pdf",
    exporter="某某出口有限公司",
    cases=("E2026-000009",),
    vins=(VIN,),
    countries=("RU",),
    page=1,
)


@pytest.mark.parametrize(("kind", "check_id"), CHECK_OF.items())
def test_each_kind_of_echo_asks_for_an_eye_in_its_check_alone(kind: str, check_id: str):
    facts = paper(echoes=(replace(ECHO, kind=kind),))

    assert outcome_of(check_id, facts) == "attention"
    assert "E2026-000009" in sentence_of(check_id, facts)
    assert "their-letter.pdf" in sentence_of(check_id, facts)
    others = set(CHECK_OF.values()) - {check_id}
    assert {outcome_of(other, facts) for other in others} == {"pass"}


def test_a_country_is_named_where_it_is_known():
    here = replace(ECHO, kind="other_country")

    assert "(RU)" in sentence_of("DOC-04", paper(echoes=(here,)))
    assert "()" not in sentence_of("DOC-04", paper(echoes=(replace(here, countries=()),)))


def test_many_echoes_are_counted_after_the_first_three():
    said = sentence_of("DOC-02", paper(echoes=(ECHO,) * 5))

    assert "And 2 more" in said
    assert said.count("their-letter.pdf") == 3


def test_a_contradiction_names_field_and_both_values():
    parted = DisagreementFacts(page=2, field="vin", layer=VIN, picture="LC0PS5J45SF184639")
    said = sentence_of("DOC-01", paper(disagreements=(parted,)))

    assert outcome_of("DOC-01", paper(disagreements=(parted,))) == "attention"
    assert all(part in said for part in ("page 2", "VIN", VIN, "LC0PS5J45SF184639"))


@pytest.mark.parametrize(
    "change", [{"hidden_text": True}, {"seen": 0}, {"unread": 1}, {"pages": 2}]
)
def test_hidden_text_and_pages_nobody_looked_at_ask_for_an_eye(change: dict):
    assert outcome_of("DOC-01", paper(**change)) == "attention"


@pytest.mark.parametrize("check_id", ["DOC-01", *sorted(set(CHECK_OF.values()))])
def test_papers_that_were_not_looked_at_pass_nothing(check_id: str):
    assert outcome_of(check_id, paper(seen=0, pages=0)) == "attention"
    assert outcome_of(check_id, spoil(papers=())) == "not_applicable"


def test_a_letter_for_other_vehicles_says_nothing_of_this_one():
    elsewhere = replace(PAPER, names_vehicle=False, hidden_text=True, echoes=(ECHO,))

    assert outcome_of("DOC-01", spoil(papers=(elsewhere,))) == "not_applicable"
    assert outcome_of("DOC-02", spoil(papers=(PAPER, elsewhere))) == "pass"


def test_an_empty_paper_is_no_paper():
    assert outcome_of("DOC-02", spoil(papers=(PaperFacts(),))) == "not_applicable"

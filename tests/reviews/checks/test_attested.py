"""Confirmations attested in the system, and letters their maker disowns."""

from dataclasses import replace
from datetime import date

import pytest

from reviews.checks import run
from reviews.checks.codec import from_json, to_json
from tests.reviews.checks.making import GOOD

LETTER = GOOD.confirmations[0]
ATTESTED = replace(LETTER, attested=True)


def outcome(facts, check_id):
    return str(run(facts, [check_id])[0].outcome)


def given(*letters, papers=GOOD.papers):
    return replace(GOOD, confirmations=letters, papers=papers)


def test_what_is_attested_needs_no_seal():
    facts = given(ATTESTED, papers=())

    assert (outcome(facts, "CNF-08"), outcome(facts, "CNF-11")) == ("pass", "pass")
    assert outcome(given(LETTER, papers=()), "CNF-08") == "attention"


def test_an_attestation_without_a_day_does_not_pass():
    assert outcome(given(replace(ATTESTED, issued_on=None), papers=()), "CNF-08") == "attention"


def test_an_attestation_by_an_unlisted_unit_still_fails():
    facts = given(replace(ATTESTED, listed_name_on_issue=False, former_name=False))

    assert outcome(facts, "CNF-02") == "fail"


@pytest.mark.parametrize(
    ("word", "expected"), [("", "not_applicable"), ("ours", "pass"), ("forged", "fail")]
)
def test_the_makers_word_counts(word, expected):
    assert outcome(given(replace(LETTER, word=word)), "CNF-11") == expected


def test_a_forged_letter_beside_a_good_one_wants_an_eye():
    forged = replace(LETTER, key="z", word="forged", word_on=date(2026, 6, 1))

    assert outcome(given(LETTER, forged), "CNF-11") == "attention"
    assert outcome(given(LETTER, forged), "CNF-10") == "pass"


def test_what_was_stored_before_reads_as_paper():
    stored = to_json(GOOD)
    for letter in stored["confirmations"]:
        del letter["attested"], letter["word"], letter["word_on"]

    assert from_json(stored).confirmations == GOOD.confirmations

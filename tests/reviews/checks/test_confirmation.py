from dataclasses import replace
from datetime import date

import pytest

from tests.reviews.checks.making import (
    GOOD,
    LETTER,
    cure_of,
    letter,
    outcome_of,
    sentence_of,
    spoil,
)

LETTER_CHECKS = ("CNF-02", "CNF-03", "CNF-04", "CNF-05", "CNF-06", "CNF-07", "CNF-10")
ALL_CHECKS = ("CNF-01", *LETTER_CHECKS)
OLD = {
    "vehicle__registered_on": date(2025, 1, 10),
    "vehicle__transferred_on": date(2026, 3, 1),
}
CLAIMED = replace(LETTER, on_file=False)
TRANSITION = {
    "vehicle__registered_on": date(2025, 12, 20),
    "vehicle__transferred_on": date(2025, 12, 31),
}


@pytest.mark.parametrize("check_id", ALL_CHECKS)
def test_a_flawless_letter_passes_every_check(check_id):
    assert outcome_of(check_id, GOOD) == "pass"


@pytest.mark.parametrize("check_id", ALL_CHECKS)
def test_nothing_is_asked_where_no_letter_is_needed_and_none_given(check_id):
    proven = spoil(**TRANSITION, registry__transferred_on=date(2025, 12, 31))
    for facts in (spoil(**OLD), proven, spoil(terms=None)):
        assert outcome_of(check_id, replace(facts, confirmations=())) == "not_applicable"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (spoil(confirmations=(CLAIMED,)), "attention"),
        (spoil(confirmations=(CLAIMED, LETTER)), "pass"),
        (spoil(confirmations=()), "fail"),
        (spoil(confirmations=(), registry=None, **TRANSITION), "attention"),
        (spoil(confirmations=(), application__applied_on=None), "attention"),
        (spoil(confirmations=(), vehicle__registered_on=None), "attention"),
        (spoil(confirmations=(CLAIMED,), **OLD), "not_applicable"),
    ],
)
def test_cnf_01_demands_a_letter_where_the_rule_does(facts, outcome):
    assert outcome_of("CNF-01", facts) == outcome


@pytest.mark.parametrize("check_id", LETTER_CHECKS)
@pytest.mark.parametrize("given", [(), (CLAIMED,)])
def test_a_missing_letter_passes_no_check(check_id, given):
    assert outcome_of(check_id, spoil(confirmations=given)) == "attention"


@pytest.mark.parametrize(
    ("check_id", "facts", "outcome"),
    [
        ("CNF-02", letter(listed_name_on_issue=False, former_name=True), "attention"),
        (
            "CNF-02",
            letter(listed_name_on_issue=False, former_name=True, manufacturer_name="旧名"),
            "attention",
        ),
        ("CNF-02", letter(issued_on=None), "attention"),
        ("CNF-02", letter(issuer_name=""), "attention"),
        ("CNF-02", letter(listed_name_on_issue=False), "fail"),
        ("CNF-03", letter(issuer_kind="unknown"), "attention"),
        ("CNF-03", letter(issuer_kind="sales"), "fail"),
        ("CNF-03", letter(issuer_kind="dealer"), "fail"),
        ("CNF-03", letter(issuer_kind="refitter"), "fail"),
        ("CNF-03", letter(issuer_kind="parent"), "fail"),
        ("CNF-03", letter(issuer_kind="overseas"), "fail"),
        ("CNF-04", letter(issuer_name="比亚迪汽车工业 有限公司"), "pass"),
        ("CNF-04", letter(issuer_name="比亚迪工业公司"), "attention"),
        ("CNF-04", letter(issuer_name="新名", linked_names=(LETTER.issuer_name,)), "attention"),
        ("CNF-04", letter(issuer_name=""), "attention"),
        ("CNF-04", spoil(vehicle__maker_name=""), "attention"),
        ("CNF-04", letter(issuer_name="吉利", manufacturer_name="吉利"), "fail"),
        ("CNF-05", letter(vins=("lc0-ps5j45sf184638",)), "pass"),
        ("CNF-05", letter(vins=()), "attention"),
        ("CNF-05", letter(vins=(), vins_named=4), "fail"),
        ("CNF-05", spoil(vehicle__vin=""), "attention"),
        ("CNF-05", letter(vins=("LC0PS5J45SF1B4638",)), "fail"),
        ("CNF-05", letter(vins=("L6T7MDW33RK656594",)), "fail"),
        ("CNF-06", letter(destinations=("KZ", "UZ")), "attention"),
        ("CNF-06", letter(destinations=()), "attention"),
        ("CNF-06", spoil(application__destination=""), "attention"),
        ("CNF-06", spoil(application__contract_destination=""), "attention"),
        ("CNF-06", letter(destinations=("UZ", "RU")), "fail"),
        ("CNF-06", spoil(application__contract_destination="RU"), "fail"),
        ("CNF-10", letter(valid_until=None), "pass"),
        ("CNF-10", letter(valid_until=date(2026, 5, 10)), "pass"),
        ("CNF-10", letter(valid_until=date(2026, 5, 9)), "fail"),
        ("CNF-10", letter(revoked_on=date(2026, 5, 1)), "fail"),
        ("CNF-10", letter(issued_on=None), "attention"),
        ("CNF-10", spoil(application__applied_on=None), "attention"),
        ("CNF-10", letter(issued_on=date(2025, 11, 1)), "attention"),
        ("CNF-10", letter(issued_on=date(2026, 1, 9)), "attention"),
        ("CNF-10", letter(issued_on=date(2026, 5, 11)), "attention"),
        ("CNF-10", spoil(vehicle__registered_on=None), "pass"),
    ],
)
def test_a_spoilt_letter_is_judged_as_the_table_says(check_id, facts, outcome):
    assert outcome_of(check_id, facts) == outcome


def outlet(**changes):
    return letter(outlets=(replace(LETTER.outlets[0], **changes),))


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (outlet(phone=""), "pass"),
        (outlet(name=""), "attention"),
        (outlet(address=""), "attention"),
        (outlet(provider=""), "attention"),
        (outlet(country="KG"), "attention"),
        (outlet(country="RU"), "fail"),
        (letter(outlets=()), "fail"),
        (spoil(application__destination=""), "attention"),
    ],
)
def test_cnf_07_looks_for_an_outlet_in_the_country(facts, outcome):
    assert outcome_of("CNF-07", facts) == outcome


def test_a_near_twin_on_the_letter_is_named_but_never_matched():
    assert sentence_of("CNF-05", letter(vins=("LC0PS5J45SF1B4638",))) == (
        "The confirmation does not name LC0PS5J45SF184638; the nearest is LC0PS5J45SF1B4638:"
        ' character 13 "8" against "B".'
    )


def test_a_bad_letter_that_is_not_needed_only_draws_the_eye():
    facts = replace(spoil(**OLD), confirmations=(replace(LETTER, issuer_kind="dealer"),))

    assert outcome_of("CNF-03", facts) == "attention"
    assert "needs no confirmation" in sentence_of("CNF-03", facts)


def test_a_bad_letter_can_be_cured_by_another_or_by_waiting():
    assert cure_of("CNF-03", letter(issuer_kind="dealer")) == (
        "Have the manufacturer itself issue and seal the confirmation, or withdraw and apply"
        " again on or after 10 July 2026, when none is needed."
    )


def test_half_right_letters_do_not_add_up_to_a_right_one():
    wrong_country = replace(LETTER, key="a", destinations=("RU",))
    wrong_issuer = replace(LETTER, key="b", issuer_kind="dealer")
    facts = spoil(confirmations=(wrong_country, wrong_issuer))

    assert [outcome_of(check_id, facts) for check_id in LETTER_CHECKS].count("fail") == 1


def test_the_best_letter_is_judged_whatever_the_order():
    other = replace(LETTER, key="b", vins=("L6T7MDW33RK656594",))
    undated = replace(LETTER, key="c", issued_on=None, issuer_kind="sales")
    for letters in ((other, undated, LETTER), (LETTER, other, undated)):
        facts = spoil(confirmations=letters)
        assert {outcome_of(check_id, facts) for check_id in LETTER_CHECKS} == {"pass"}

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.reviews.checks.making import LETTER, TERMS, cure_of, outcome_of, sentence_of, spoil

REGISTERED = date(2026, 1, 10)


def aged(days, **changes):
    return spoil(
        **{"application__applied_on": REGISTERED + timedelta(days=days), "confirmations": ()}
        | changes
    )


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (aged(181), "pass"),
        (aged(180), "fail"),
        (aged(60), "fail"),
        (aged(180, confirmations=(LETTER,)), "attention"),
        (aged(176, confirmations=(LETTER,)), "attention"),
        (aged(175, confirmations=(LETTER,)), "pass"),
        (aged(60, confirmations=(replace(LETTER, on_file=False),)), "attention"),
        (aged(181, registry__registered_on=date(2026, 1, 11)), "attention"),
        (aged(60, registry__registered_on=date(2026, 1, 11)), "fail"),
        (aged(181, registry=None), "pass"),
        (aged(60, vehicle__registered_on=None), "fail"),
        (aged(-1, vehicle__transferred_on=None), "fail"),
        (aged(200, vehicle__transferred_on=date(2027, 1, 1)), "fail"),
        (aged(60, application__applied_on=None), "attention"),
        (aged(60, terms=None), "not_applicable"),
    ],
)
def test_age_01_counts_the_days(facts, outcome):
    assert outcome_of("AGE-01", facts) == outcome


def test_age_01_says_when_waiting_cures():
    assert cure_of("AGE-01", aged(60)) == (
        "Add the manufacturer's after-sales confirmation, or withdraw and apply again on or after"
        " 10 July 2026, when none is needed."
    )


def before(**changes):
    """Return a vehicle transferred on the last day before the rule, applied for on day 60."""
    moved = date(2025, 12, 31)
    base = {
        "vehicle__registered_on": date(2025, 12, 20),
        "vehicle__transferred_on": moved,
        "registry__registered_on": date(2025, 12, 20),
        "registry__transferred_on": moved,
        "application__applied_on": date(2026, 2, 18),
        "confirmations": (),
    }
    return spoil(**base | changes)


@pytest.mark.parametrize(
    ("facts", "transition", "age"),
    [
        (before(), "pass", "pass"),
        (before(registry__transferred_on=None), "attention", "attention"),
        (before(registry=None), "attention", "attention"),
        (before(registry__transferred_on=date(2026, 1, 1)), "fail", "fail"),
        (before(application__applied_on=None), "pass", "attention"),
        (before(application__applied_on=date(2025, 12, 31)), "not_applicable", "not_applicable"),
        (before(application__applied_on=date(2026, 6, 18)), "pass", "pass"),
        (before(application__applied_on=date(2026, 6, 19)), "not_applicable", "pass"),
        (before(terms=replace(TERMS, transition_before=None)), "not_applicable", "fail"),
        (before(terms=None), "not_applicable", "not_applicable"),
        (before(vehicle__transferred_on=date(2026, 1, 1)), "not_applicable", "fail"),
        (before(vehicle__transferred_on=None), "not_applicable", "fail"),
    ],
)
def test_age_02_believes_the_registry_about_the_transition(facts, transition, age):
    assert (outcome_of("AGE-02", facts), outcome_of("AGE-01", facts)) == (transition, age)


def test_a_disproved_transition_is_told_with_the_registrys_date():
    facts = before(registry__transferred_on=date(2026, 1, 5))

    assert "on 5 January 2026" in sentence_of("AGE-02", facts)
    assert "19 June 2026" in cure_of("AGE-02", facts)


def test_the_end_of_the_calendar_offers_no_waiting():
    late = date(9999, 12, 1)
    facts = aged(
        0, vehicle__registered_on=late, application__applied_on=late, vehicle__transferred_on=late
    )

    assert cure_of("AGE-01", facts) == "Add the manufacturer's after-sales confirmation."

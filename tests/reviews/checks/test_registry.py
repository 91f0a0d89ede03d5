import json
from dataclasses import is_dataclass
from datetime import date
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.rules import Sentence
from reviews.checks import CHECKS, affected_by, concerning, from_json, run, to_json
from reviews.checks.model import ApplicationFacts, ConfirmationFacts, Facts
from tests.reviews.checks.making import GOOD, TERMS, VIN

IDS = [
    *("VIN-01", "VIN-02", "VIN-03", "VIN-04"),
    *("REG-01", "REG-02", "REG-03", "REG-04", "REG-05"),
    *("AGE-01", "AGE-02"),
    *("CNF-01", "CNF-02", "CNF-03", "CNF-04", "CNF-05", "CNF-06", "CNF-07"),
    *("CNF-08", "CNF-10", "CNF-11"),
    *("DOC-01", "DOC-02", "DOC-03", "DOC-04", "DOC-05", "DOC-06"),
    *("EXP-01", "EXP-02", "EXP-03", "EXP-04"),
    "DST-01",
    "ZKM-01",
    *("OPN-01", "OPN-02", "OPN-03"),
]
NOBODY_ASKED = dict.fromkeys(("CNF-11", "OPN-01", "OPN-02", "OPN-03"), "not_applicable")
PLAIN = {
    date: st.dates(date(2025, 6, 1), date(2026, 12, 31)) | st.dates(max_value=date(9000, 1, 1)),
    str: st.sampled_from(["", "KZ", "RU", "maker", "sales", "normal", VIN, "甲"])
    | st.text(max_size=4),
}


def test_the_table_holds_exactly_these_checks_in_this_order():
    assert list(CHECKS) == IDS


def test_every_row_is_told_in_both_languages():
    for row in CHECKS.values():
        assert all((row.title.zh, row.title.en, row.clause.zh, row.clause.en, row.since))


def test_a_flawless_application_passes_everything_that_applies():
    outcomes = {finding.check_id: str(finding.outcome) for finding in run(GOOD)}

    assert outcomes == dict.fromkeys(IDS, "pass") | NOBODY_ASKED | {"AGE-02": "not_applicable"}


def test_nothing_passes_on_nothing():
    outcomes = {finding.check_id: str(finding.outcome) for finding in run(Facts())}

    assert list(outcomes) == IDS
    assert "pass" not in outcomes.values()


def test_an_empty_letter_on_a_known_day_passes_nothing_but_its_presence():
    today = ApplicationFacts(applied_on=date(2026, 5, 10))
    bare = run(Facts(application=today, terms=TERMS))
    empty = run(Facts(application=today, terms=TERMS, confirmations=(ConfirmationFacts(),)))

    assert [f.check_id for f in bare if f.outcome == "pass"] == []
    assert [f.check_id for f in empty if f.outcome == "pass"] == ["CNF-01"]


def test_only_the_checks_asked_for_run_and_in_table_order():
    assert [f.check_id for f in run(GOOD, only=["ZKM-01", "VIN-01"])] == ["VIN-01", "ZKM-01"]


@pytest.mark.parametrize("group", ["vehicle", "exporter", "application", "maker"])
def test_a_change_of_one_fact_names_the_checks_that_read_it(group):
    for row in CHECKS.values():
        for read in row.reads:
            if read.startswith(f"{group}."):
                assert row.check_id in affected_by([read])
                assert row.check_id in affected_by([group])


def test_a_change_runs_again_nothing_else():
    assert affected_by(["exporter.standing"]) == ("EXP-04",)
    assert affected_by(["history"]) == ("VIN-04",)
    assert affected_by(["history.used_licences"]) == ("VIN-04",)
    assert affected_by([]) == ()


def test_checks_about_the_application_are_told_apart():
    assert concerning("application") == ("EXP-01", "EXP-02", "EXP-03", "EXP-04", "DST-01")
    assert set(concerning("application")) | set(concerning("vehicle")) == set(IDS)


def any_value(kind):
    """Draw any fact of *kind*, texts mostly from words that mean something to a check."""
    if is_dataclass(kind):
        hints = get_type_hints(kind).items()
        return st.builds(kind, **{name: any_value(hint) for name, hint in hints})
    if get_origin(kind) is tuple:
        return st.lists(any_value(get_args(kind)[0]), max_size=2).map(tuple)
    if get_origin(kind) is UnionType:
        return st.none() | any_value(get_args(kind)[0])
    return PLAIN[kind] if kind in PLAIN else st.from_type(kind)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_value(Facts))
def test_every_finding_replays_from_what_is_stored(facts):
    stored = json.loads(json.dumps(to_json(facts)))

    assert from_json(stored) == facts
    for finding in run(facts):
        inputs = json.loads(json.dumps(finding.inputs))
        assert run(from_json(stored), only=[finding.check_id]) == (finding,)
        assert run(from_json(inputs), only=[finding.check_id]) == (finding,)


def test_a_finding_stores_no_fact_its_check_did_not_declare():
    (finding,) = run(GOOD, only=["EXP-04"])

    assert finding.inputs == {"exporter": {"standing": "normal"}}
    assert isinstance(finding.sentence, Sentence)

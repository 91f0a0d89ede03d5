"""Forms forgive how a thing is written, refuse the impossible, and ask about the doubtful."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from exports.fleet import FACTS
from exports.forms import PaperDateField, TermsForm, VehicleForm, choices_of
from exports.tables import neutral
from tests.factories import (
    TODAY,
    make_destination,
    make_exporter,
    make_port,
    vehicle_facts,
)

VIN = "LBV9HJATXR4325143"
WRONG_DIGIT = "LBV9HJAT2R4325143"

# Hostile and careless VINs: what was typed, and what must become of it.
VINS = [
    (" LBV9HJATXR4325143 ", VIN),
    ("LBV-9HJATX R4325143", VIN),
    ("lbv9hjatxr4325143", VIN),
    ("ＬＢＶ９ＨＪＡＴＸＲ４３２５１４３", VIN),
    ("LBV9HJATXR4325143　", VIN),
    ("LBV9HJAT\u200bXR4325143", VIN),
    ("\ufeffLBV9HJATXR4325143", VIN),
    ("", None),
    ("' OR '1'='1' -- ", None),
    ("<script>alert(1)<", None),
    ("=1+1+cmd|/C calc!", None),
    ("00000000000000000", None),
    ("HJRBTТW23VV091104", None),
    ("L6TNDTZ91S88881I5", None),
    ("LB306LKT5SM24零489", None),
    ("LJDU9ZG19SE10780٦", None),
    ("LRWCJFF9\x00T0738090", None),
    ("LC0PS5J4\nSF184638", None),
    ("LSJSX33F9VX67413🚗", None),
    ("\u202e495656KR33WDM7T6L\u202c", None),
    ("LSGCLJWZ8TY7591790", None),
    ("X" * 5000, None),
]
DATES = [
    ("2026-06-30", date(2026, 6, 30)),
    ("2026/6/30", date(2026, 6, 30)),
    ("2026年6月30日", date(2026, 6, 30)),
    (" ２０２６年６月３０日 ", date(2026, 6, 30)),
    ("20260630", date(2026, 6, 30)),
]
NO_DATES = ["2026-06-31", "03/04/2026", "2026630", "tomorrow", "0026-06-30", "2026-06-30\x00"]


def sent(**changes):
    """Return what a browser sends for a good vehicle, but for *changes*."""
    facts = vehicle_facts(make_exporter(), vin=VIN) | changes
    shown = {"kind": "passenger", "origin": "domestic", "use": "private"} | facts
    return {name: "" if value is None else str(value) for name, value in shown.items()}


def form_for(**changes):
    ticks = changes.pop("printed_so", [])
    return VehicleForm(sent(**changes) | {"printed_so": ticks}, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "kept"), VINS)
def test_a_vin_is_read_in_any_dress_and_never_repaired(typed, kept):
    form = form_for(vin=typed)

    assert form.is_valid() == (kept is not None)
    if kept is None:
        assert list(form.errors) == ["vin"]
    else:
        assert form.facts["vin"] == kept


@pytest.mark.django_db
def test_the_message_names_the_position_and_the_likely_slip():
    [message] = form_for(vin="LB3T1M5Z8R4O36281").errors["vin"]

    assert "12" in message
    assert "0" in message


@pytest.mark.parametrize(("typed", "day"), DATES)
def test_a_date_is_read_as_papers_print_it(typed, day):
    assert PaperDateField().clean(typed) == day


@pytest.mark.parametrize("typed", NO_DATES)
def test_what_is_no_day_or_two_days_is_never_guessed(typed):
    with pytest.raises(ValidationError):
        PaperDateField().clean(typed)


@pytest.mark.django_db
def test_a_wrong_check_digit_is_saved_only_once_it_is_confirmed():
    asked = form_for(vin=WRONG_DIGIT)
    assert not asked.is_valid()
    assert set(asked.errors) == {"vin", "printed_so"}
    [(token, label)] = asked.fields["printed_so"].choices
    assert WRONG_DIGIT in label

    confirmed = form_for(vin=WRONG_DIGIT, printed_so=[token])

    assert confirmed.is_valid(), confirmed.errors
    assert confirmed.facts["vin"] == WRONG_DIGIT


@pytest.mark.django_db
def test_a_tick_confirms_the_value_it_was_set_beside_and_no_other():
    [(token, _)] = tokens(form_for(vin=WRONG_DIGIT))

    assert not form_for(vin="LGWP77YP3VK292065", printed_so=[token]).is_valid()
    assert not form_for(vin=WRONG_DIGIT, printed_so=["vin:", "anything"]).is_valid()


DOUBTFUL_DATES = [
    {"produced_on": TODAY - timedelta(days=10), "registered_on": TODAY - timedelta(days=20)},
    {"registered_on": TODAY - timedelta(days=10), "transferred_on": TODAY - timedelta(days=20)},
    {"registered_on": TODAY + timedelta(days=1), "transferred_on": None},
]


@pytest.mark.django_db
@pytest.mark.parametrize("dates", DOUBTFUL_DATES)
def test_an_implausible_order_of_dates_can_still_be_saved(dates):
    asked = form_for(**dates)
    assert not asked.is_valid()

    confirmed = form_for(**dates, printed_so=[token for token, _ in tokens(asked)])

    assert confirmed.is_valid(), confirmed.errors


@pytest.mark.django_db
def test_what_was_confirmed_when_it_was_saved_is_not_asked_again():
    shown = vehicle_facts(make_exporter(), vin=WRONG_DIGIT)
    form = VehicleForm(sent(vin=WRONG_DIGIT, brand="另一牌"), today=TODAY, initial=shown)

    assert form.is_valid(), form.errors


@pytest.mark.django_db
def test_a_missing_registration_date_is_no_error():
    form = form_for(registered_on=None, transferred_on=None, produced_on=None)

    assert form.is_valid(), form.errors
    assert form.facts["registered_on"] is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8703.80.10.90", "8703801090"),
        ("８７０３ ２３", "870323"),
        ("8703", None),
        ("87x323", None),
    ],
)
def test_an_hs_code_is_six_to_ten_digits(typed, kept):
    form = form_for(hs_code=typed)

    assert form.is_valid() == (kept is not None)
    assert kept is None or form.facts["hs_code"] == kept


@pytest.mark.django_db
def test_a_form_speaks_of_every_fact_and_of_nothing_else():
    form = form_for()

    assert form.is_valid(), form.errors
    assert set(form.facts) == set(FACTS)


@pytest.mark.django_db
def test_terms_may_stay_open_and_fill_in_what_goes_without_saying():
    exporter = make_exporter()
    make_destination()
    make_port()

    empty = TermsForm({}, exporter=exporter)
    some = TermsForm({"destination": "KZ"}, exporter=exporter)

    assert empty.is_valid(), empty.errors
    assert some.is_valid(), some.errors
    assert some.terms["contract_destination"] == make_destination()
    assert some.terms["consignor_uscc"] == exporter.uscc


@pytest.mark.django_db
def test_countries_stand_in_the_order_of_their_names():
    make_destination("RU")
    make_destination("KZ")

    codes = [code for code, _ in choices_of([make_destination("RU"), make_destination("KZ")])]

    assert codes == ["", "RU", "KZ"]  # É, Ha: by pinyin, not by code point


CELLS = [
    ("=1+1", "'=1+1"),
    ("+1+1", "'+1+1"),
    ("@SUM(1)", "'@SUM(1)"),
    ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
    ("|calc", "'|calc"),
    ("\u200b=1+1", "'\u200b=1+1"),
    ("\ufeff=1+1", "'\ufeff=1+1"),
    ("＝1+1", "'＝1+1"),
    ("\t=1+1", "'\t=1+1"),
    ("-5", "-5"),
    ("+86 13800000000", "+86 13800000000"),
    ("91110000600037341L", "91110000600037341L"),
    ("A@B 汽车", "A@B 汽车"),
    (None, ""),
    (5200, "5200"),
]


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_no_cell_acts_as_a_formula_and_plain_values_stay(cell, written):
    assert neutral(cell) == written


def tokens(form):
    form.is_valid()
    return form.fields["printed_so"].choices

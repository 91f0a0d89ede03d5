"""Reference data: loaded once, then the office's own."""

from datetime import date

import pytest

from exports.models import Destination, Manufacturer, Policy, Port, Prefix
from reviews import checks, reference
from reviews.models import Holiday, Reason
from tests.factories import NOON

pytestmark = pytest.mark.usefixtures("law")

TABLES = (Destination, Manufacturer, Policy, Port, Prefix, Holiday, Reason)


def test_every_table_is_filled():
    assert all(table.objects.exists() for table in TABLES)


def test_loading_again_adds_nothing_and_keeps_what_was_edited():
    counts = [table.objects.count() for table in TABLES]
    Reason.objects.filter(pk="RC01").update(text_zh="本局措辞", active=False)
    Destination.objects.filter(pk="KZ").update(import_note="本局备注")

    reference.load(at=NOON)

    assert [table.objects.count() for table in TABLES] == counts
    assert Reason.objects.get(pk="RC01").text_zh == "本局措辞"
    assert Destination.objects.get(pk="KZ").import_note == "本局备注"


def test_every_reason_says_itself_in_both_languages_and_every_refusal_names_its_clause():
    for reason in Reason.objects.all():
        assert reason.text.zh
        assert reason.text.en
    for refusal in Reason.objects.filter(use=Reason.Use.REFUSAL):
        assert refusal.clause.zh
        assert refusal.clause.en


def test_every_use_has_a_reason_and_the_sweeps_code_exists():
    assert set(Reason.objects.values_list("use", flat=True)) >= {
        Reason.Use.CORRECTION,
        Reason.Use.REFUSAL,
        Reason.Use.CLOSURE,
        Reason.Use.OVERRIDE,
    }
    assert Reason.objects.get(pk="CL02").use == Reason.Use.CLOSURE


def test_reasons_point_at_checks_by_wellformed_ids():
    families = {check_id.split("-")[0] for check_id in checks.CHECKS}
    named = {check for reason in Reason.objects.all() for check in reason.checks}

    assert named & set(checks.CHECKS)
    assert families & {check.split("-")[0] for check in named}


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [(date(2026, 2, 17), False), (date(2026, 10, 1), False), (date(2026, 10, 10), True)],
)
def test_the_calendar_knows_holidays_and_make_up_days(day: date, is_workday: bool):
    assert Holiday.objects.get(pk=day).is_workday is is_workday


def test_the_chinese_regions_are_handled_apart():
    regions = Destination.objects.filter(is_chinese_region=True).values_list("pk", flat=True)

    assert set(regions) <= {"HK", "MO", "TW"}


def test_the_rule_is_in_force_from_its_first_day():
    assert Policy.objects.in_force(date(2025, 12, 31)) is None
    assert Policy.objects.in_force(date(2026, 1, 1)).terms.window_days == 180

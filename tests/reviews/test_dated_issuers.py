"""Whether a unit may confirm is read from the announcement of the letter's own day."""

from datetime import date, timedelta

import pytest

from documents import confirming
from documents.models import Document
from exports.models import Exporter, Manufacturer, ManufacturerName, User
from reviews import facts
from reviews.checks.registry import run
from tests.factories import TODAY, make_confirmation, make_draft, make_vehicle

pytestmark = pytest.mark.usefixtures("law")
OLD, NEW = "某某汽车有限公司", "某某汽车股份有限公司"
CHANGE = TODAY - timedelta(days=30)
BEFORE, AFTER = CHANGE - timedelta(days=10), CHANGE + timedelta(days=10)


@pytest.fixture
def maker(db: None) -> Manufacturer:
    """A maker that changed its name on the day CHANGE."""
    unit = Manufacturer.objects.create(kind="maker")
    unit.names.create(name=OLD, listed_from=date(2015, 1, 1), listed_until=CHANGE - timedelta(1))
    unit.names.create(name=NEW, listed_from=CHANGE, batch="第401批", announced_on=CHANGE)
    return unit


def judged(exporter: Exporter, clerk: User, *, issuer: str, issued_on: date | None, made_by: str):
    """Return the outcomes of CNF-02, CNF-03 and CNF-04 for one letter about one vehicle."""
    vehicle = make_vehicle(exporter, by=clerk, age=100, maker_name=made_by)
    make_confirmation([vehicle], by=clerk, issuer_name=issuer, issued_on=issued_on)
    Document.objects.update(state=Document.State.READY)
    draft = make_draft(exporter, vehicle, by=clerk)
    (told,) = facts.of_application(draft, applied_on=TODAY).values()
    found = {finding.check_id: finding for finding in run(told)}
    return tuple(str(found[check].outcome) for check in ("CNF-02", "CNF-03", "CNF-04"))


@pytest.mark.parametrize(
    ("issuer", "issued_on", "made_by", "outcomes"),
    [
        (OLD, BEFORE, OLD, ("pass", "pass", "pass")),
        (NEW, AFTER, NEW, ("pass", "pass", "pass")),
        (OLD, AFTER, OLD, ("attention", "pass", "pass")),
        (NEW, BEFORE, NEW, ("attention", "pass", "pass")),
        (NEW, AFTER, OLD, ("pass", "pass", "attention")),
        (OLD, BEFORE, NEW, ("pass", "pass", "attention")),
        (OLD, CHANGE - timedelta(days=1), OLD, ("pass", "pass", "pass")),
        (NEW, CHANGE, NEW, ("pass", "pass", "pass")),
        (OLD, None, OLD, ("attention", "pass", "pass")),
        (NEW, None, NEW, ("attention", "pass", "pass")),
        ("某某汽车", AFTER, NEW, ("fail", "attention", "fail")),
    ],
)
def test_the_name_of_the_letters_day_counts(
    maker, exporter, clerk, issuer, issued_on, made_by, outcomes
):
    found = judged(exporter, clerk, issuer=issuer, issued_on=issued_on, made_by=made_by)

    assert found == outcomes


def test_a_maker_struck_off_before_the_letter_is_not_listed(maker, exporter, clerk):
    ManufacturerName.objects.filter(name=NEW).update(listed_until=CHANGE + timedelta(days=5))

    found = judged(exporter, clerk, issuer=NEW, issued_on=AFTER, made_by=NEW)

    assert found[0] == "fail"


def test_a_maker_listed_only_after_the_letter_needs_an_eye(exporter, clerk):
    unit = Manufacturer.objects.create(kind="maker")
    unit.names.create(name=NEW, listed_from=CHANGE)

    assert judged(exporter, clerk, issuer=NEW, issued_on=BEFORE, made_by=NEW)[0] == "attention"


@pytest.mark.parametrize("kind", ["sales", "dealer", "overseas", "parent"])
def test_a_known_unit_of_another_kind_stands_in_no_announcement(exporter, clerk, kind):
    unit = Manufacturer.objects.create(kind=kind)
    unit.names.create(name="某某汽车销售有限公司", listed_from=date(2015, 1, 1))

    found = judged(
        exporter,
        clerk,
        issuer="某某汽车销售有限公司",
        issued_on=AFTER,
        made_by="某某汽车销售有限公司",
    )

    assert found[:2] == ("fail", "fail")


def test_a_refitter_is_listed_and_still_may_not_confirm(exporter, clerk):
    unit = Manufacturer.objects.create(kind="refitter")
    unit.names.create(name="某某专用车有限公司", listed_from=date(2015, 1, 1))

    found = judged(
        exporter, clerk, issuer="某某专用车有限公司", issued_on=AFTER, made_by="某某专用车有限公司"
    )

    assert found[:2] == ("pass", "fail")


def test_of_two_units_that_bore_one_name_the_letters_day_tells_which(maker, exporter, clerk):
    heir = Manufacturer.objects.create(kind="dealer")
    heir.names.create(name=OLD, listed_from=CHANGE)

    assert confirming.manufacturer_named(OLD, on=BEFORE) == maker.pk
    assert confirming.manufacturer_named(OLD, on=AFTER) == heir.pk
    assert confirming.manufacturer_named(OLD, on=None) == heir.pk
    assert judged(exporter, clerk, issuer=OLD, issued_on=BEFORE, made_by=OLD)[1] == "pass"
    assert judged(exporter, clerk, issuer=OLD, issued_on=AFTER, made_by=OLD)[1] == "fail"


def test_a_name_announced_after_the_letter_was_entered_is_found(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=100, maker_name=NEW)
    letter = make_confirmation([vehicle], by=clerk, issuer_name=NEW, issued_on=AFTER)
    assert letter.manufacturer is None
    Manufacturer.objects.create(kind="maker").names.create(name=NEW, listed_from=CHANGE)

    draft = make_draft(exporter, vehicle, by=clerk)
    (told,) = facts.of_application(draft, applied_on=TODAY).values()

    assert told.confirmations[0].listed_name_on_issue

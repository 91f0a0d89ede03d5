"""Who hears of what, and each of them once."""

from datetime import timedelta

import pytest

from exports.models import Exporter, Notice, Role, User
from reviews import claims, telling
from reviews.models import Case
from tests.factories import NOON, make_case, make_exporter, make_office, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(exporter: Exporter, clerk: User) -> Case:
    case = make_case(exporter, by=clerk)
    Notice.objects.all().delete()
    return case


def told() -> set[int]:
    return set(Notice.objects.values_list("to", flat=True))


def test_the_exporters_owners_and_clerks_hear_and_nobody_else(
    case: Case, exporter: Exporter, clerk: User
):
    owner = make_person(Role.OWNER, exporter)
    make_person(Role.VIEWER, exporter)
    make_person(Role.CLERK, exporter, is_active=False)
    make_person(Role.OWNER, make_exporter(office=exporter.office))

    telling.tell_exporter(case, "returned", at=NOON)

    assert told() == {owner.pk, clerk.pk}
    assert set(Notice.objects.values_list("path", flat=True)) == {
        f"/portal/applications/{case.reference}/"
    }


def test_those_who_sign_at_the_cases_office_hear_and_nobody_else(case: Case, exporter: Exporter):
    signers = {make_person(role, exporter.office).pk for role in (Role.SENIOR, Role.SUPERVISOR)}
    make_person(Role.REVIEWER, exporter.office)
    make_person(Role.SENIOR, make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅"))

    telling.tell_seniors(case, "signature", at=NOON)

    assert told() == signers
    assert set(Notice.objects.values_list("path", flat=True)) == {case.get_absolute_url()}


def test_a_case_nobody_holds_tells_nobody(case: Case):
    telling.tell_assignee(case, "answered", at=NOON)

    assert told() == set()


def test_one_step_tells_once_and_the_next_step_again(case: Case, reviewer: User):
    case = claims.claim(case, by=reviewer, at=NOON)

    for version in (case.version, case.version, case.version + 1):
        case.version = version
        telling.tell_assignee(case, "answered", at=NOON)

    assert Notice.objects.filter(to=reviewer).count() == 2


def test_what_follows_from_no_step_is_told_once_per_what_it_follows_from(
    case: Case, reviewer: User
):
    case = claims.claim(case, by=reviewer, at=NOON)

    for version, due in ((1, "friday"), (2, "friday"), (2, "monday")):
        case.version = version
        telling.tell_assignee(case, "due", at=NOON + timedelta(days=version), once_per=due)

    assert Notice.objects.filter(to=reviewer).count() == 2


def test_a_notice_carries_the_reference_and_its_facts(case: Case, clerk: User):
    telling.tell_exporter(case, "returned", at=NOON, items=2, answer_by=NOON.date())

    assert Notice.objects.get(to=clerk).facts == {
        "reference": case.reference,
        "items": 2,
        "answer_by": "2026-06-30",
    }

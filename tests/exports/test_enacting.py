"""Policies: drafted by one, enacted by another, then unchangeable by anybody."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from exports import enacting
from exports.errors import Moved, PolicyDayTaken, PolicyInForce, RoleMissing, SamePerson
from exports.models import Event, Office, Policy, Role, User
from tests.factories import NOON, make_person

PARAMETERS: dict[str, Any] = {
    "code": "648-2027",
    "effective_from": date(2027, 1, 1),
    "window_days": 200,
    "clause_zh": "第一条",
    "clause_en": "Clause 1",
}


@pytest.fixture
def drafter(office: Office) -> User:
    return make_person(Role.POLICY, office)


@pytest.fixture
def enacter(office: Office) -> User:
    return make_person(Role.SUPERVISOR, office)


@pytest.fixture
def enacted(drafter: User, enacter: User) -> Policy:
    draft = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS)
    return enacting.enact(draft, by=enacter, at=NOON)


def test_a_draft_binds_nobody_until_it_is_enacted(law: None, drafter: User, enacter: User):
    draft = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS)
    day = date(2027, 3, 1)
    assert Policy.objects.in_force(day).code == "648-2026"

    enacting.enact(draft, by=enacter, at=NOON)

    assert Policy.objects.in_force(day) == draft
    assert Policy.objects.in_force(date(2026, 12, 31)).code == "648-2026"
    assert Policy.objects.in_force(date(2025, 12, 31)) is None


def test_drafter_and_enacter_are_two_people(drafter: User, office: Office):
    draft = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS)

    with pytest.raises(SamePerson):
        enacting.enact(draft, by=drafter, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.update(enacted_by=drafter, enacted_at=NOON)


def test_who_amends_a_draft_counts_as_its_drafter(drafter: User, office: Office):
    draft = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS)
    second = make_person(Role.POLICY, office)
    enacting.amend_policy(draft, by=second, at=NOON, window_days=150)

    with pytest.raises(SamePerson):
        enacting.enact(draft, by=second, at=NOON)
    assert enacting.enact(draft, by=drafter, at=NOON).window_days == 150


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.AUDITOR])
def test_other_roles_touch_no_policy(role: Role, office: Office, drafter: User):
    person = make_person(role, office, is_superuser=True)
    draft = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS)

    with pytest.raises(RoleMissing):
        enacting.draft_policy(by=person, at=NOON, **PARAMETERS)
    with pytest.raises(RoleMissing):
        enacting.amend_policy(draft, by=person, at=NOON, window_days=1)
    with pytest.raises(RoleMissing):
        enacting.enact(draft, by=person, at=NOON)


def test_an_enacted_policy_is_amended_by_a_new_version_only(enacted: Policy, drafter: User):
    with pytest.raises(PolicyInForce):
        enacting.amend_policy(enacted, by=drafter, at=NOON, window_days=1)


def test_enacting_twice_enacts_once(enacted: Policy, office: Office):
    with pytest.raises(Moved):
        enacting.enact(enacted, by=make_person(Role.SUPERVISOR, office), at=NOON)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exports_policy SET window_days = 1",
        "UPDATE exports_policy SET enacted_at = NULL, enacted_by_id = NULL",
        "DELETE FROM exports_policy",
    ],
)
def test_the_database_refuses_to_change_what_is_enacted(statement: str, enacted: Policy):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    enacted.refresh_from_db()
    assert enacted.window_days == 200


def test_two_policies_do_not_begin_on_one_day(enacted: Policy, drafter: User, enacter: User):
    rival = enacting.draft_policy(by=drafter, at=NOON, **PARAMETERS | {"code": "rival"})

    with pytest.raises(PolicyDayTaken):
        enacting.enact(rival, by=enacter, at=NOON)


def test_each_step_is_on_the_ledger(enacted: Policy):
    actions = Event.objects.order_by("seq").values_list("action", flat=True)

    assert list(actions) == ["policy.drafted", "policy.enacted"]

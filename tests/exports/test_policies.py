"""Who may write for an exporter: every role, whole table."""

import pytest

from exports.errors import Frozen, NotAllowed, RoleMissing
from exports.models import EXPORTER_ROLES, MINISTRY_ROLES, OFFICE_ROLES, Exporter, Role, User
from exports.policies import check_can_amend, check_can_write_for, check_role
from tests.factories import (
    clerk_of,
    make_draft,
    make_exporter,
    make_manufacturer,
    make_ministry,
    make_person,
)

pytestmark = pytest.mark.django_db


def someone(role: Role, exporter: Exporter, **fields: object) -> User:
    if role in EXPORTER_ROLES:
        return make_person(role, exporter, **fields)
    if role in MINISTRY_ROLES:
        return make_person(role, make_ministry(), **fields)
    return make_person(
        role, exporter.office if role in OFFICE_ROLES else make_manufacturer(), **fields
    )


@pytest.mark.parametrize("role", Role)
def test_owners_and_clerks_write_for_their_company_and_nobody_else(role: Role, exporter: Exporter):
    person = someone(role, exporter)

    if role in (Role.OWNER, Role.CLERK):
        check_can_write_for(person, exporter)
    else:
        with pytest.raises(NotAllowed):
            check_can_write_for(person, exporter)
    with pytest.raises(NotAllowed):
        check_can_write_for(person, make_exporter())


@pytest.mark.parametrize("role", Role)
def test_a_role_is_itself_and_no_other(role: Role, exporter: Exporter):
    person = someone(role, exporter)

    check_role(person, role)
    for other in set(Role) - {role}:
        with pytest.raises(RoleMissing):
            check_role(person, other)


@pytest.mark.parametrize("role", Role)
def test_who_left_holds_no_role(role: Role, exporter: Exporter):
    with pytest.raises(RoleMissing):
        check_role(someone(role, exporter, is_active=False), role)


def test_a_superuser_gets_no_shortcut(exporter: Exporter):
    root = User.objects.create_superuser("root@example.test", "x", name="Root")

    with pytest.raises(RoleMissing):
        check_role(root, *Role)
    with pytest.raises(NotAllowed):
        check_can_write_for(root, exporter)


def test_only_a_draft_is_amended(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, by=clerk)
    check_can_amend(clerk, draft)

    draft.discarded_at = draft.opened_at
    with pytest.raises(Frozen):
        check_can_amend(clerk, draft)
    with pytest.raises(NotAllowed):
        check_can_amend(clerk_of(make_exporter()), draft)

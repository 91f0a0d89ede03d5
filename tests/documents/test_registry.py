"""The registry's answers: kept as they come, the newest counting."""

from datetime import timedelta

import pytest

from documents import registry
from documents.evidence import latest_answers
from documents.models import RegistryAnswer
from exports.errors import RoleMissing
from exports.models import Event, Exporter, Role
from tests.factories import NOON, TODAY, make_person, make_vin

pytestmark = pytest.mark.django_db


def test_an_answer_is_kept_under_the_canonical_vin_and_on_the_ledger():
    vin = make_vin()

    registry.record_answer(
        f" {vin.lower()} ", by=None, at=NOON, source="test registry", registered_on=TODAY
    )

    answer, event = RegistryAnswer.objects.get(), Event.objects.get()
    assert (answer.vin, answer.registered_on, answer.recorded_by) == (vin, TODAY, None)
    assert (event.action, event.subject_key) == ("registry.answered", vin)
    assert event.after == {"registered_on": TODAY.isoformat()}


def test_what_the_registry_did_not_say_stays_unsaid():
    registry.record_answer(make_vin(), by=None, at=NOON, source="test registry")

    answer = RegistryAnswer.objects.get()
    assert (answer.mortgaged, answer.seized, answer.stolen, answer.registered_on) == (None,) * 4


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR])
def test_who_decides_may_note_what_the_registry_said(role: Role, exporter: Exporter):
    person = make_person(role, exporter.office)

    registry.record_answer(make_vin(), by=person, at=NOON, source="电话核实")

    assert RegistryAnswer.objects.get().recorded_by == person


@pytest.mark.parametrize("role", [Role.OWNER, Role.CLERK, Role.POLICY, Role.AUDITOR])
def test_nobody_else_speaks_for_the_registry(role: Role, exporter: Exporter):
    side = exporter if role in (Role.OWNER, Role.CLERK) else exporter.office

    with pytest.raises(RoleMissing):
        registry.record_answer(make_vin(), by=make_person(role, side), at=NOON, source="我说的")
    assert not RegistryAnswer.objects.exists()


def test_a_later_answer_supersedes_and_none_is_lost():
    vin = make_vin()
    for hours, owner in ((2, "新"), (0, "旧"), (2, "更新")):
        at = NOON + timedelta(hours=hours)
        registry.record_answer(vin, by=None, at=at, source="test registry", owner_name=owner)

    assert latest_answers([vin])[vin].owner_name == "更新"
    assert RegistryAnswer.objects.count() == 3

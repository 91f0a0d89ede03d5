"""The small demonstration, loaded once for all tests of this file and rolled back."""

from collections import Counter as Tally
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count

from documents.models import (
    Confirmation,
    ConfirmationRequest,
    Document,
    Echo,
    ListedOutlet,
    RegistryAnswer,
    RequestedVehicle,
    Seal,
    Signature,
)
from exports import ledger
from exports.identifiers import check_uscc, check_vin
from exports.models import (
    Application,
    Event,
    Exporter,
    Membership,
    Notice,
    Office,
    Policy,
    Role,
    User,
    Vehicle,
)
from exports.rules import Outcome, judge, legal_day
from reviews.demo import stage
from reviews.demo.cast import PASSWORD
from reviews.demo.programme import PROGRAMME, roles
from reviews.management.commands.demo import SIGN_INS
from reviews.models import Case, Decision, Finding, Licence, Replacement
from reviews.states import Status

pytestmark = pytest.mark.django_db
AFTERNOON = datetime(2026, 11, 24, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield stage.load(at=AFTERNOON, small=True)
        transaction.set_rollback(True)


def test_the_full_programme_has_as_many_applications_and_letters_as_promised():
    everything = list(roles(small=False))

    assert len(everything) >= 400
    assert sum(bool(role.letter) for role in everything) >= 30
    assert sum(role.letter == "clean" for role in everything) >= 10
    assert {role.ending for role in everything} == set(PROGRAMME)
    assert stage.VEHICLES >= 1500


def test_cases_stand_in_every_status():
    # Whatever was decided has settled: the demonstration begins with nothing in the balance.
    settled = set(Status) - {Status.SETTLING}
    assert set(Case.objects.values_list("status", flat=True)) == settled
    in_review = Case.objects.filter(status=Status.IN_REVIEW)
    assert in_review.filter(assignee=None).exists()
    assert in_review.exclude(assignee=None).exists()
    assert in_review.filter(requests__answered_at__isnull=False).exists()
    assert in_review.filter(due_at__date=legal_day(AFTERNOON)).exists()


def test_drafts_and_discarded_drafts_are_there():
    assert Application.objects.drafts().exists()
    assert Application.objects.filter(discarded_at__isnull=False).exists()


def test_licences_stand_in_every_way_and_all_are_drawn():
    assert set(Licence.objects.values_list("state", "paper_state")) == {
        (state, "ready") for state in Licence.State
    }
    assert Replacement.objects.waiting().exists()


def test_vehicles_meet_every_outcome_of_the_rule():
    terms = Policy.objects.get().terms
    proven = set(
        RegistryAnswer.objects.filter(transferred_on__isnull=False).values_list("vin", flat=True)
    )
    outcomes = Tally(
        judge(
            registered_on=vehicle.registered_on,
            transferred_on=vehicle.transferred_on,
            applied_on=filed_on or legal_day(AFTERNOON),
            transfer_proven=vehicle.vin in proven,
            terms=terms,
        ).outcome
        for vehicle, filed_on in vehicles_as_filed()
    )

    assert set(outcomes) == set(Outcome)
    assert outcomes[Outcome.REQUIRED] >= 20
    assert outcomes[Outcome.NOT_REQUIRED] >= 100
    assert sum(outcomes.values()) >= stage.SMALL_VEHICLES


def vehicles_as_filed():
    filed = dict(Application.objects.values_list("lines__vehicle", "filed_on"))
    return [(vehicle, filed.get(vehicle.pk)) for vehicle in Vehicle.objects.all()]


def test_numbers_are_valid_but_for_the_planned_mistakes():
    problems = Tally(
        check.problem.code if (check := check_vin(vin)).problem else "none"
        for vin in Vehicle.objects.values_list("vin", flat=True)
    )

    assert set(problems) == {"none", "vin_check_digit"}
    assert problems["vin_check_digit"] < problems["none"] / 10
    codes = Exporter.objects.values_list("uscc", flat=True)
    assert [code for code in codes if check_uscc(code).problem] == []
    assert len(codes) >= 25


def test_some_letters_are_signed_and_the_others_sealed():
    signatures = list(Signature.objects.select_related("manufacturer"))

    assert signatures
    assert all(found.standing == "valid" and found.manufacturer for found in signatures)
    assert Seal.objects.filter(colour="red", kind="official").exists()
    assert not Echo.objects.filter(kind="seal_copied").exists()


def test_letters_are_opened_and_both_right_and_wrong():
    assert set(Document.objects.values_list("state", flat=True)) == {"ready"}
    assert Document.objects.filter(pages__text__contains="售后维修服务确认书").exists()
    assert Confirmation.objects.filter(revoked_at__isnull=False).exists()
    failed = set(
        Finding.objects.filter(outcome="fail", check_id__startswith="CNF").values_list(
            "check_id", flat=True
        )
    )
    assert {"CNF-01", "CNF-03", "CNF-05", "CNF-06", "CNF-07", "CNF-10"} <= failed
    clean = Case.objects.filter(
        status="issued", failed=0, application__attachments__document__kind="confirmation"
    )
    assert clean.exists()


def test_decisions_took_the_signatures_they_need():
    assert Decision.objects.filter(outcome="refuse", state="signed").exists()
    assert Decision.objects.filter(outcome="issue", failed_checks__gt=0, state="signed").exists()
    assert set(Decision.objects.values_list("state", flat=True)) == {"held", "signed"}


def test_everybody_one_can_sign_in_as_exists():
    people = [User.objects.get(email=f"{word}@chuguan.example") for word, _name in SIGN_INS]

    assert {person.role for person in people} == set(Role)
    assert all(person.check_password(PASSWORD) for person in people)
    assert Office.objects.count() == 6
    levels = Office.objects.values_list("level").annotate(Count("id")).order_by("level")
    assert dict(levels) == {"national": 1, "province": 4, "city": 1}
    assert Membership.objects.filter(role=Role.REVIEWER).count() >= 10


def test_the_ledger_holds_and_its_events_are_in_the_order_of_time():
    assert list(ledger.verify()) == []
    moments = list(Event.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= AFTERNOON


def test_old_notices_are_not_mailed_and_the_last_ones_wait():
    waiting = Notice.objects.filter(state="waiting")

    assert 0 < waiting.count() < 40
    assert set(Notice.objects.values_list("state", flat=True)) == {"waiting", "discarded"}


def test_loading_again_changes_nothing_and_says_how_to_sign_in():
    before = Event.objects.count(), Case.objects.count()
    said = StringIO()

    call_command("demo", "--small", stdout=said)

    assert (Event.objects.count(), Case.objects.count()) == before
    assert PASSWORD in said.getvalue()
    assert "clerk@chuguan.example" in said.getvalue()


def test_the_makers_desk_has_something_of_each_kind():
    assert ConfirmationRequest.objects.open().count() >= 2
    assert RequestedVehicle.objects.filter(state="declined").exclude(words="").exists()
    attested = Confirmation.objects.get(source=Confirmation.Source.ATTESTED)
    assert attested.outlets.exists()
    assert Confirmation.objects.filter(word="forged").exists()
    assert ListedOutlet.objects.count() >= 5

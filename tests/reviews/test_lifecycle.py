"""The one writer of a status: the arrows of the table, each once, and nothing else."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from exports.errors import Moved, TransitionRefused
from exports.models import Event
from reviews.lifecycle import advance
from reviews.models import Case
from reviews.states import FINAL, TRANSITIONS, Status
from tests.factories import NOON, make_case

pytestmark = pytest.mark.django_db

PAIRS = list(product(Status, Status))
ARROWS = [(origin, to) for origin, to in PAIRS if to in TRANSITIONS[origin]]
GAPS = [(origin, to) for origin, to in PAIRS if to not in TRANSITIONS[origin]]


def put(case: Case, status: Status) -> Case:
    """Write the status past the service, as only a test may."""
    closed_at = NOON if status in FINAL else None
    Case.objects.filter(pk=case.pk).update(status=status, closed_at=closed_at)
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize(("origin", "to"), ARROWS)
def test_an_arrow_moves_the_case_and_writes_one_event(origin: Status, to: Status):
    case = put(make_case(), origin)
    version, events = case.version, Event.objects.count()

    moved = advance(case, to, by=None, at=NOON, note="why")

    event = Event.objects.first()
    assert (moved.status, moved.version, moved.status_since) == (to, version + 1, NOON)
    assert Event.objects.count() == events + 1
    assert (event.action, event.subject_key) == (f"case.{to}", case.reference)
    assert (event.before, event.after) == ({"status": origin}, {"status": to})
    assert event.note == "why"


@pytest.mark.parametrize(("origin", "to"), GAPS)
def test_what_is_no_arrow_is_refused_and_leaves_no_trace(origin: Status, to: Status):
    case = put(make_case(), origin)
    before, events = Case.objects.filter(pk=case.pk).values().get(), Event.objects.count()

    with pytest.raises(TransitionRefused):
        advance(case, to, by=None, at=NOON)

    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert Event.objects.count() == events


def test_of_two_who_read_the_same_version_the_second_is_told():
    case = make_case()
    first, second = Case.objects.get(pk=case.pk), Case.objects.get(pk=case.pk)

    advance(first, Status.IN_REVIEW, by=None, at=NOON)

    with pytest.raises(Moved):
        advance(second, Status.WITHDRAWN, by=None, at=NOON)
    assert Case.objects.get(pk=case.pk).status == Status.IN_REVIEW


def test_who_reads_anew_is_not_told_so():
    case = make_case()
    advance(Case.objects.get(pk=case.pk), Status.IN_REVIEW, by=None, at=NOON)

    advance(Case.objects.get(pk=case.pk), Status.WITHDRAWN, by=None, at=NOON)

    assert Case.objects.get(pk=case.pk).status == Status.WITHDRAWN


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_final_case_is_closed_and_an_open_one_is_not(status: Status):
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status=status)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(closed_at=NOON)


def test_the_database_knows_no_other_status():
    case = make_case()

    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status="approved")

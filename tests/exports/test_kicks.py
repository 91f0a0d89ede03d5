"""Kicks: sent once the row stands; a broker that is down is logged and never felt."""

import logging

import pytest
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from exports.kicks import held_back, kick, kick_after_commit, kick_each_after_commit

ran: list[int] = []


@shared_task(name="tests.note")
def note(*, number: int) -> None:
    ran.append(number)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    ran.clear()


class Away:
    """A task whose broker does not answer, as Celery shows it."""

    name = "tests.away"

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def delay(self, **arguments: object) -> None:
        raise self.failure


@pytest.mark.usefixtures("committed")
def test_a_kick_waits_for_the_commit():
    with transaction.atomic():
        kick_after_commit(note, number=1)
        assert ran == []

    assert ran == [1]


@pytest.mark.usefixtures("committed")
def test_what_is_rolled_back_is_never_kicked():
    with transaction.atomic():
        kick_after_commit(note, number=1)
        transaction.set_rollback(True)

    assert ran == []


@pytest.mark.usefixtures("committed")
def test_each_value_is_kicked_once():
    with transaction.atomic():
        kick_each_after_commit(note, name="number", values=[3, 1, 2])

    assert ran == [3, 1, 2]


@pytest.mark.usefixtures("committed")
def test_what_is_held_back_waits_for_the_sweep():
    with held_back(), transaction.atomic():
        kick_after_commit(note, number=1)
    with transaction.atomic():
        kick_after_commit(note, number=2)

    assert ran == [2]


@pytest.mark.parametrize("failure", [OperationalError(), RedisAway(), ConnectionRefusedError()])
def test_a_broker_that_is_away_is_logged_and_not_felt(
    failure: Exception, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        kick(Away(failure), number=1)

    assert "tests.away waits for its sweep" in caplog.text


def test_any_other_failure_is_no_secret():
    with pytest.raises(ZeroDivisionError):
        kick(Away(ZeroDivisionError()), number=1)

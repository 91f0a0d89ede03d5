"""What the product asks of its broker, on the real thing."""

import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from kombu import pools

from config.celery import app
from exports.kicks import kick
from reviews.models import Case
from reviews.tasks import assess_case
from tests.factories import make_case
from tests.services import Broker

pytestmark = pytest.mark.redis


def queued(name: str) -> list[Any]:
    """Return the messages waiting in a queue, oldest first."""
    with app.connection_for_read() as connection:
        rows = connection.default_channel.client.lrange(name, 0, -1)
    return [json.loads(row) for row in reversed(rows)]


@pytest.fixture(autouse=True)
def fresh_connections(broker: Broker) -> Iterator[None]:
    """Forget the connections to the server of the test before."""
    yield
    forget_connections()


def forget_connections() -> None:
    pools.reset()
    app._after_fork()


@pytest.mark.usefixtures("committed")
def test_filing_sends_one_kick_that_carries_nothing_but_an_id():
    case = make_case()

    (message,) = queued("checks")

    assert message["headers"]["task"] == "reviews.assess_case"
    assert message["headers"]["kwargsrepr"] == repr({"case_id": case.pk})
    assert Case.objects.get().status == "checking"


@pytest.mark.parametrize(("name", "route"), sorted(settings.CELERY_TASK_ROUTES.items()))
def test_every_kind_of_work_has_its_own_queue(name, route):
    app.send_task(name)

    assert [message["headers"]["task"] for message in queued(route["queue"])] == [name]


def test_a_kick_while_the_broker_is_away_returns_at_once(broker, caplog):
    broker.stop()
    began = time.monotonic()

    kick(assess_case, case_id=1)

    assert time.monotonic() - began < 3
    assert "waits for its sweep" in caplog.text


def test_the_queue_survives_the_broker_being_killed(broker):
    kick(assess_case, case_id=1)
    time.sleep(1.1)  # the append-only file is written through once a second
    broker.stop(signal.SIGKILL)
    broker.start()
    forget_connections()

    assert len(queued("checks")) == 1

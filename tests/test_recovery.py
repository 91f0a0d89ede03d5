"""``kill -9`` of the worker and a broker that goes away: nothing lost, nothing done twice.

Real workers on the suite's database and broker. To be sure that a kill hits the middle of the
work, the worker is frozen, the database asked whether the work is taken and not done, and only
then the worker is killed; otherwise it thaws and the test looks again.
"""

import select
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports import ledger
from exports.models import Delivery, Event, Exporter, Notice
from reviews import claims, decisions, intake
from reviews.models import Case, CheckRun, Licence
from tests.factories import (
    answer_registry,
    clerk_of,
    make_draft,
    make_exporter,
    make_person,
    make_vehicle,
)
from tests.services import Broker, Crew, strike, until

pytestmark = [pytest.mark.worker, pytest.mark.timeout(180)]
BATCHES = 6


def file_batches(exporter: Exporter, *, number: int = BATCHES, cars: int = 4) -> list[Case]:
    clerk = clerk_of(exporter)
    drafts = []
    for _ in range(number):
        vehicles = [make_vehicle(exporter, by=clerk) for _ in range(cars)]
        for vehicle in vehicles:
            answer_registry(vehicle)
        drafts.append(make_draft(exporter, *vehicles, by=clerk))
    return [intake.file(draft, by=clerk, at=timezone.now()) for draft in drafts]


def kill_amid(crew: Crew, taken: Callable[[], bool]) -> None:
    """Start a worker and kill it at a moment when *taken* says that work is half done."""
    worker = crew.worker()
    for _ in range(2000):
        strike(worker, signal.SIGSTOP)
        if taken():
            strike(worker, signal.SIGKILL)
            return
        strike(worker, signal.SIGCONT)
        time.sleep(0.01)
    pytest.fail("the worker was never seen in the middle of its work")


def test_a_worker_killed_during_a_check_loses_no_case_and_checks_none_twice(crew: Crew):
    cases = file_batches(make_exporter())
    half_done = Case.objects.filter(status="checking", lease_until__isnull=False)

    kill_amid(crew, half_done.exists)
    assert half_done.exists()
    crew.beat()
    crew.worker()

    until(lambda: not Case.objects.filter(status="checking").exists(), what="every case checked")
    assert set(Case.objects.values_list("status", flat=True)) == {"in_review"}
    assert CheckRun.objects.count() == len(cases)
    assert Event.objects.filter(action="case.checked").count() == len(cases)
    assert Event.objects.filter(action="case.in_review").count() == len(cases)
    assert list(ledger.verify()) == []


def test_a_worker_killed_during_a_pdf_leaves_every_licence_with_one_paper(crew: Crew):
    exporter = make_exporter()
    reviewer = make_person("reviewer", exporter.office)
    cases = file_batches(exporter, number=4, cars=1)
    first = crew.worker()
    until(lambda: not Case.objects.filter(status="checking").exists(), what="every case checked")
    strike(first, signal.SIGKILL)
    for case in cases:
        held = claims.claim(Case.objects.get(pk=case.pk), by=reviewer, at=timezone.now())
        decisions.issue(held, by=reviewer, at=timezone.now())
    half_done = Licence.objects.filter(paper_state="waiting", lease_until__isnull=False)

    kill_amid(crew, half_done.exists)
    assert half_done.exists()
    crew.beat()
    crew.worker()

    until(lambda: not Licence.objects.exclude(paper_state="ready").exists(), what="every paper")
    assert Licence.objects.exclude(paper="").count() == len(cases)
    assert Event.objects.filter(action="licence.drawn").count() == len(cases)
    told = Notice.objects.filter(template="reviews/issued").values_list("facts__number", flat=True)
    assert sorted(told) == sorted(Licence.objects.values_list("number", flat=True))


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that takes its time: it answers a message only once it is told to."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.open = threading.Event()
        self.holding = 0
        self.accepted: list[str] = []


class Session(socketserver.StreamRequestHandler):
    """One conversation; a message counts once its sender has our answer."""

    def handle(self) -> None:
        self.say("220 mailbox")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.take_message()
            else:
                self.say("221 bye" if word == b"QUIT" else "250 ok")

    def take_message(self) -> None:
        assert isinstance(self.server, Mailbox)
        self.say("354 go on")
        body = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.server.holding += 1
        while not self.server.open.wait(0.02) and not self.is_deserted():
            pass
        self.server.holding -= 1
        if not self.is_deserted():
            self.server.accepted.append(message_from_bytes(body)["Message-ID"])
            self.say("250 taken")

    def is_deserted(self) -> bool:
        """Tell whether the sender is gone; it will come again, so nothing was accepted."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.open.set()
        server.shutdown()


def test_a_worker_killed_while_the_mail_server_thinks_tells_everybody_once(
    crew: Crew, mailbox: Mailbox
):
    crew.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mailbox.server_address[1]}"
    file_batches(make_exporter(), number=3, cars=1)
    people = Notice.objects.count()
    assert people >= 3
    worker = crew.worker()
    until(lambda: mailbox.holding, what="a message under way")

    strike(worker, signal.SIGKILL)
    until(lambda: not mailbox.holding, what="the mail server to see its sender die")
    mailbox.open.set()
    crew.beat()
    crew.worker()

    until(lambda: not Notice.objects.exclude(state="sent").exists(), what="every notice sent")
    time.sleep(2)  # two more sweeps, which must find nothing to do
    assert len(mailbox.accepted) == len(set(mailbox.accepted)) == people
    assert Delivery.objects.filter(delivered=True).count() == people


def test_filing_while_the_broker_is_away_succeeds_and_moves_on_when_it_is_back(
    crew: Crew, broker: Broker, client: Client
):
    exporter = make_exporter()
    crew.beat()
    crew.worker()
    file_batches(exporter, number=1, cars=1)
    until(lambda: Case.objects.filter(status="in_review").exists(), what="the crew at work")
    clerk = clerk_of(exporter)
    draft = make_draft(exporter, by=clerk)
    client.force_login(clerk)
    broker.stop(signal.SIGKILL)

    began = time.monotonic()
    page = reverse("portal:application_file", args=[draft.reference])
    response = client.post(page, {"version": draft.version}, follow=True)
    took = time.monotonic() - began
    assert response.status_code == 200
    assert took < 3
    case = Case.objects.get(application=draft)
    assert case.status == "checking"
    time.sleep(3)  # the crew meets the broker's absence more than once

    broker.start()

    until(
        lambda: Case.objects.filter(pk=case.pk, status="in_review").exists(),
        what="the same crew, not restarted, to go on",
    )
    assert CheckRun.objects.filter(case=case).count() == 1

"""The ledger: appended with the act, refused to be touched, and telling if it was."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from exports import ledger
from exports.logs import current_request_id
from exports.models import Event, Exporter, Head, User
from tests import conftest
from tests.factories import NOON

LENGTH = 6


@pytest.fixture
def chain(db: None, exporter: Exporter, clerk: User) -> tuple[int, str]:
    """Six events; returns the anchor somebody noted down."""
    for number in range(1, LENGTH + 1):
        ledger.record("test.done", exporter, by=clerk, at=NOON, after={"number": number})
    head = Head.objects.get()
    return head.seq, head.mac


@pytest.fixture
def as_dba(chain: tuple[int, str]) -> tuple[int, str]:
    """The same, with the triggers dropped, as somebody could who owns the database."""
    conftest.arm(on=False)
    return chain


def first_break(anchor: tuple[int, str] | None = None) -> int | None:
    return next((found.seq for found in ledger.verify(anchor=anchor)), None)


# --- writing ------------------------------------------------------------------------------------
def test_an_event_says_who_did_what_for_whom_when_and_in_which_request(
    exporter: Exporter, clerk: User
):
    token = current_request_id.set("request-1")
    event = ledger.record(
        "test.done", exporter, by=clerk, at=NOON, before={"a": 1}, after={"a": 2}, note="why"
    )
    current_request_id.reset(token)

    event.refresh_from_db()
    assert (event.actor, event.actor_key) == ("Alice", str(clerk.pk))
    assert event.on_behalf_of == exporter.name_zh
    assert (event.subject, event.subject_key) == ("exporter", str(exporter))
    assert (event.at, event.before, event.after, event.note) == (NOON, {"a": 1}, {"a": 2}, "why")
    assert event.request_id == "request-1"


def test_what_the_system_does_has_no_actor(exporter: Exporter):
    event = ledger.record("test.done", ("thing", "1"), by=None, at=NOON)

    assert (event.actor, event.actor_key, event.on_behalf_of) == ("", "", "")


def test_events_are_chained_and_the_head_follows(chain: tuple[int, str]):
    events = list(Event.objects.order_by("seq"))

    assert [event.seq for event in events] == list(range(1, LENGTH + 1))
    assert [event.previous for event in events] == ["", *(event.mac for event in events[:-1])]
    assert chain == (LENGTH, events[-1].mac)
    assert list(ledger.verify(anchor=chain)) == []


@pytest.mark.usefixtures("committed")
def test_outside_a_transaction_nothing_is_written():
    with pytest.raises(transaction.TransactionManagementError):
        ledger.record("test.done", ("thing", "1"), by=None, at=NOON)


def test_if_the_act_fails_its_event_goes_too(chain: tuple[int, str], exporter: Exporter):
    with transaction.atomic():
        ledger.record("test.done", exporter, by=None, at=NOON)
        transaction.set_rollback(True)

    assert Event.objects.count() == LENGTH
    assert list(ledger.verify(anchor=chain)) == []


# --- the triggers -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exports_event SET note = 'x' WHERE seq = 3",
        "UPDATE exports_event SET seq = seq",
        "DELETE FROM exports_event WHERE seq = 3",
        "DELETE FROM exports_event",
        "DELETE FROM exports_head",
        "UPDATE exports_head SET seq = 2",
        "UPDATE exports_head SET seq = seq + 2",
    ],
)
def test_the_database_refuses_whoever_asks(statement: str, chain: tuple[int, str]):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(ledger.verify(anchor=chain)) == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no TRUNCATE")
def test_the_database_refuses_to_empty_the_table(chain: tuple[int, str]):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE exports_event")


@pytest.mark.parametrize(
    "touch",
    [
        lambda: Event.objects.filter(seq=3).update(note="x"),
        lambda: Event.objects.filter(seq=3).delete(),
        lambda: Event.objects.get(seq=3).save(),
    ],
    ids=["update", "delete", "save"],
)
def test_the_database_refuses_the_programs_own_objects(
    touch: Callable[[], object], chain: tuple[int, str]
):
    with pytest.raises(DatabaseError), transaction.atomic():
        touch()


# --- what verification finds --------------------------------------------------------------------
FORGED = {"actor": "Mallory", "note": "x", "action": "test.undone", "after": {"number": 9}}


@pytest.mark.parametrize("field", sorted(FORGED))
def test_an_edit_is_found_where_it_was_made(field: str, as_dba: tuple[int, str]):
    Event.objects.filter(seq=3).update(**{field: FORGED[field]})

    assert first_break() == 3


def test_a_backdated_event_is_found(as_dba: tuple[int, str]):
    Event.objects.filter(seq=4).update(at=NOON.replace(year=2025))

    assert first_break() == 4


def test_a_deletion_in_the_middle_is_found(as_dba: tuple[int, str]):
    Event.objects.filter(seq=3).delete()

    assert first_break() == 3


def test_a_deleted_beginning_is_found(as_dba: tuple[int, str]):
    Event.objects.filter(seq__lte=2).delete()

    assert first_break() == 1


def test_a_cut_tail_is_found_by_the_head(as_dba: tuple[int, str]):
    Event.objects.filter(seq__gt=4).delete()

    assert first_break() == 5


def test_a_cut_tail_with_a_forged_head_is_found_by_the_anchor_alone(as_dba: tuple[int, str]):
    Event.objects.filter(seq__gt=4).delete()
    Head.objects.update(seq=4, mac=Event.objects.get(seq=4).mac)

    assert first_break() is None
    assert first_break(as_dba) == 5


def test_a_tail_that_was_cut_and_grown_again_is_found_by_the_anchor(
    as_dba: tuple[int, str], exporter: Exporter
):
    Event.objects.filter(seq__gt=5).delete()
    Head.objects.update(seq=5, mac=Event.objects.get(seq=5).mac)
    ledger.record("test.done", exporter, by=None, at=NOON)

    assert first_break() is None
    assert first_break(as_dba) == LENGTH


def test_two_swapped_events_are_found(as_dba: tuple[int, str]):
    for old, new in ((3, 1000), (4, 3), (1000, 4)):
        Event.objects.filter(seq=old).update(seq=new)

    assert first_break() == 3


def test_an_inserted_event_is_found(as_dba: tuple[int, str]):
    for seq in range(LENGTH, 3, -1):
        Event.objects.filter(seq=seq).update(seq=seq + 1)
    forged = Event.objects.get(seq=3)
    forged.seq, forged.previous, forged.mac = 4, forged.mac, "0" * 64
    forged.save(force_insert=True)

    assert first_break() == 4


def test_who_lacks_the_key_cannot_chain_an_event(as_dba: tuple[int, str], settings: object):
    settings.LEDGER_KEY = "guessed"
    ledger.record("test.done", ("thing", "1"), by=None, at=NOON)
    settings.LEDGER_KEY = "laptop-only-secret-that-check-deploy-refuses-in-production"

    assert first_break() == LENGTH + 1


def test_an_untouched_chain_is_not_accused(as_dba: tuple[int, str]):
    assert list(ledger.verify(anchor=as_dba)) == []


# --- the command --------------------------------------------------------------------------------
def test_the_command_prints_an_anchor_it_accepts(
    chain: tuple[int, str], capsys: pytest.CaptureFixture[str]
):
    call_command("verify_ledger")
    anchor = capsys.readouterr().out.split()[-1]

    assert anchor == f"{chain[0]}:{chain[1]}"
    call_command("verify_ledger", anchor=anchor)


def test_the_command_fails_and_says_where(
    as_dba: tuple[int, str], capsys: pytest.CaptureFixture[str]
):
    Event.objects.filter(seq=3).update(note="x")

    with pytest.raises(CommandError):
        call_command("verify_ledger")
    assert "event 3:" in capsys.readouterr().err


def test_the_command_refuses_what_is_no_anchor(chain: tuple[int, str]):
    with pytest.raises(CommandError):
        call_command("verify_ledger", anchor="yesterday")

"""The ledger: append-only, chained, written in the transaction of the act it tells of."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model

from exports.logs import current_request_id
from exports.models import Event, Head, User

FACTS = (
    "seq",
    "actor",
    "actor_key",
    "on_behalf_of",
    "action",
    "subject",
    "subject_key",
    "before",
    "after",
    "note",
    "request_id",
    "previous",
)


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    what: str


def record(
    action: str,
    subject: Model | tuple[str, str],
    *,
    by: User | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Append one event; *by* is ``None`` when the system itself acted.

    Must run inside the transaction of the act: either both stand or neither. Takes the row lock
    of the chain's head until that transaction ends, so call it after the act's own writes.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The ledger is written with its act.")
    label, key = subject if isinstance(subject, tuple) else (label_of(subject), str(subject))
    head = Head.objects.select_for_update().get(pk=1)
    event = Event(
        seq=head.seq + 1,
        at=at.astimezone(UTC),
        actor=by.name if by else "",
        actor_key=str(by.pk) if by else "",
        on_behalf_of=str(by.acting_as.organisation) if by and by.acting_as else "",
        action=action,
        subject=label,
        subject_key=key,
        before=as_json(before or {}),
        after=as_json(after or {}),
        note=note,
        request_id=current_request_id.get(),
        previous=head.mac,
    )
    event.mac = mac_of(event)
    event.save(force_insert=True)
    Head.objects.filter(pk=1).update(seq=event.seq, mac=event.mac)
    return event


def label_of(subject: Model) -> str:
    """Return the ledger's word for the kind of *subject*."""
    return str(subject._meta.model_name)


def as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return *facts* as the database will give them back, so that both hash alike."""
    loaded: dict[str, Any] = json.loads(json.dumps(facts, cls=DjangoJSONEncoder))
    return loaded


def mac_of(event: Event) -> str:
    """Return the keyed digest of *event* and, through ``previous``, of all before it."""
    facts = {name: getattr(event, name) for name in FACTS}
    facts["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    body = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(settings.LEDGER_KEY.encode(), body.encode(), hashlib.sha256).hexdigest()


def verify(*, anchor: tuple[int, str] | None = None) -> Iterator[Break]:
    """Walk the whole chain and yield each place where it does not hold.

    *anchor* is a (number, digest) pair noted down earlier, outside the database: with it even a
    chain cut off and closed again is found. Streams; memory stays flat.
    """
    expected, previous = 1, ""
    for event in Event.objects.order_by("seq").iterator(chunk_size=2000):
        if event.seq != expected:
            yield Break(expected, f"events {expected} to {event.seq - 1} are missing")
        elif event.previous != previous:
            yield Break(event.seq, "does not follow the event before it")
        if not hmac.compare_digest(mac_of(event), event.mac):
            yield Break(event.seq, "was changed after it was written")
        if anchor and anchor[0] == event.seq and anchor[1] != event.mac:
            yield Break(event.seq, "is not the event that was anchored")
        expected, previous = event.seq + 1, event.mac
    yield from verify_end(last=expected - 1, mac=previous, anchor=anchor)


def verify_end(*, last: int, mac: str, anchor: tuple[int, str] | None) -> Iterator[Break]:
    """Yield what is wrong with the end of the chain, which cutting its tail would show."""
    head = Head.objects.get(pk=1)
    if (head.seq, head.mac) != (last, mac):
        yield Break(last + 1, f"the chain ends at {last}, its head says {head.seq}")
    if anchor and anchor[0] > last:
        yield Break(last + 1, f"event {anchor[0]} was anchored and is gone")

"""What the office set: numbers no law fixes, and keys; what is not loaded counts as shipped."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import Any, Final

from django.core.cache import cache
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from exports.models import Office
from reviews.models import OfficeQueue, Shortcut, Threshold

SHIPPED: Final = Path(__file__).parent / "data" / "thresholds.csv"
KEPT: Final = "office-settings"
SECONDS_KEPT: Final = 10


def threshold(code: str) -> int:
    """Return the number of *code* in its unit; a change is heard everywhere within 10 seconds.

    Raises:
        KeyError: no such number is shipped.
    """
    return int(as_set().get(code, shipped()[code]["value"]))


@dataclass(frozen=True)
class Opening:
    """The view a queue opens with, empty for the shipped one, and its working days ahead."""

    view: str
    horizon: int


def queue_of(office: Office | None) -> Opening:
    """Return what the queue of *office* opens with."""
    view, _colon, days = as_set().get(f"queue:{office.pk if office else 0}", "").partition(":")
    return Opening(view, int(days or threshold("queue.horizon")))


def as_set() -> Mapping[str, str]:
    """Return numbers by code, keys by action, queues by office: one query every 10 seconds."""
    found: dict[str, str] | None = cache.get(KEPT)
    if found is None:
        numbers = Threshold.objects.order_by().values_list("code", Cast("value", CharField()))
        keys = Shortcut.objects.order_by().values_list("action", "key")
        queues = OfficeQueue.objects.order_by().values_list(
            Concat(Value("queue:"), "office", output_field=CharField()),
            Concat("view", Value(":"), "horizon", output_field=CharField()),
        )
        found = dict(numbers.union(keys, queues, all=True))
        cache.set(KEPT, found, SECONDS_KEPT)
    return found


def forget() -> None:
    """Ask the database again, in this process."""
    cache.delete(KEPT)


@once
def shipped() -> Mapping[str, dict[str, Any]]:
    """Return the shipped table by code."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return {row["code"]: {**row, "value": int(row["value"])} for row in csv.DictReader(file)}


def load() -> None:
    """Create the missing numbers; what the office has set stays."""
    rows = (Threshold(**row) for row in shipped().values())
    Threshold.objects.bulk_create(rows, ignore_conflicts=True)

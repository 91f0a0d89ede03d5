"""What the office set: numbers no law fixes, and keys; what is not loaded counts as shipped."""

import csv
from collections.abc import Mapping
from functools import cache as once
from pathlib import Path
from typing import Any, Final

from django.core.cache import cache
from django.db.models import CharField
from django.db.models.functions import Cast

from reviews.models import Shortcut, Threshold

SHIPPED: Final = Path(__file__).parent / "data" / "thresholds.csv"
KEPT: Final = "office-settings"
SECONDS_KEPT: Final = 10


def threshold(code: str) -> int:
    """Return the number of *code* in its unit; a change is heard everywhere within 10 seconds.

    Raises:
        KeyError: no such number is shipped.
    """
    return int(as_set().get(code, shipped()[code]["value"]))


def as_set() -> Mapping[str, str]:
    """Return the numbers by code and the keys by action: one query every 10 seconds for both."""
    found: dict[str, str] | None = cache.get(KEPT)
    if found is None:
        numbers = Threshold.objects.order_by().values_list("code", Cast("value", CharField()))
        keys = Shortcut.objects.order_by().values_list("action", "key")
        found = dict(numbers.union(keys, all=True))
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

"""The numbers no law fixes, as the office set them; what is not loaded counts as shipped."""

import csv
from collections.abc import Mapping
from functools import cache as once
from pathlib import Path
from typing import Any, Final

from django.core.cache import cache

from reviews.models import Threshold

SHIPPED: Final = Path(__file__).parent / "data" / "thresholds.csv"
KEPT: Final = "thresholds"
SECONDS_KEPT: Final = 10


def threshold(code: str) -> int:
    """Return the number of *code* in its unit; a change is heard everywhere within 10 seconds.

    Raises:
        KeyError: no such number is shipped.
    """
    return numbers().get(code, shipped()[code]["value"])


def numbers() -> Mapping[str, int]:
    """Return all numbers by code: one query every 10 seconds."""
    found: dict[str, int] | None = cache.get(KEPT)
    if found is None:
        found = dict(Threshold.objects.values_list("code", "value"))
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

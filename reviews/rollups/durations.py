"""How long things take, as a histogram small enough to add up over any days and offices.

Bucket *n* holds what took at least ``BASE ** n`` seconds and less than ``BASE ** (n + 1)``, so a
median read from it is true to within a quarter of itself.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import log
from typing import Final

BASE: Final = 1.5
LAST: Final = 39  # from 85 days on


def bucket_of(took: timedelta) -> int:
    """Return the number of the bucket *took* falls into, 0 to :data:`LAST`."""
    seconds = took.total_seconds()
    return min(int(log(seconds, BASE)), LAST) if seconds >= 1 else 0


def quantile(histogram: Mapping[int, int], share: float) -> timedelta | None:
    """Return what *share* (0 to 1) of the times did not exceed; ``None`` without any.

    Within its bucket the times are taken to lie evenly on the scale of the buckets.
    """
    wanted = share * sum(histogram.values())
    passed = 0
    for number, times in sorted(histogram.items()):
        if times and passed + times >= wanted:
            place = (wanted - passed) / times
            return timedelta(seconds=BASE ** (number + place))
        passed += times
    return None

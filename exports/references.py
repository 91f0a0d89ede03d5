"""Numbers that people read: taken in order, one row lock a series, never reused."""

from django.db import transaction
from django.db.models import F

from exports.models import Counter


@transaction.atomic
def next_number(series: str) -> int:
    """Return the next number of *series*; holds its row lock until the transaction ends."""
    if not Counter.objects.filter(pk=series).update(last=F("last") + 1):
        Counter.objects.bulk_create([Counter(series=series, last=0)], ignore_conflicts=True)
        Counter.objects.filter(pk=series).update(last=F("last") + 1)
    return Counter.objects.get(pk=series).last


def application_reference(year: int) -> str:
    """Return a fresh reference such as ``E2026-000123``."""
    return f"E{year}-{next_number(f'application-{year}'):06d}"

"""Who stands behind rows of the queue: who gave a case up to the seniors, who decided it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from exports.models import Event
from reviews.models import Decision


class Deciders(NamedTuple):
    """Who recommended a decision that took effect, and who else signed it, if anybody did."""

    first: str
    second: str


def escalated_by(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return by reference who escalated those of *rows* that are: one query, none without any."""
    references = [row["reference"] for row in rows if row["escalated_at"]]
    if not references:
        return {}
    events = Event.objects.filter(
        subject="case", subject_key__in=references, action="case.escalated"
    )
    return dict(events.order_by("seq").values_list("subject_key", "actor"))


def deciders_of(rows: Iterable[Mapping[str, Any]]) -> dict[int, Deciders]:
    """Return by case who decided those of *rows* that are closed: one query, none without any."""
    closed = [row["id"] for row in rows if row["closed_at"]]
    if not closed:
        return {}
    signed = Decision.objects.filter(case__in=closed, state=Decision.State.SIGNED).order_by()
    names = signed.values_list("case", "recommended_by__name", "signed_by__name", "needs_second")
    return {case: Deciders(first, second if two else "") for case, first, second, two in names}

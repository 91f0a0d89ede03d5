"""Light rows of the queue, its tabs and its chips turned into words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language

from exports.models import Destination, Policy, User
from exports.rules import legal_day
from reviews import presence, queue_markup, queue_names, queues, risk
from reviews.casefile import TONES
from reviews.desk_filters import TERMS, worded
from reviews.models import STATUS_LABELS
from reviews.queue_address import Address
from reviews.queue_columns import COLUMNS, OF_CLOSED
from reviews.saved_views import Kept
from reviews.states import FINAL, Status

NEVER_LATE = FINAL | {Status.RETURNED, Status.SETTLING}
KEYS = "1234567890"


def tabs(counts: dict[str, int], *, address: Address) -> list[dict[str, object]]:
    """Return the tabs of the queue with how many cases each holds."""
    return [
        {
            "name": name,
            "label": view.label,
            "means": view.means,
            "tally": capped(counts.get(name, 0)) if view.counted else "",
            "current": name == address.view,
            "key": key,
        }
        for key, (name, view) in zip(KEYS, queues.VIEWS.items(), strict=True)
    ]


def kept_tabs(views: list[Kept], *, address: Address) -> list[dict[str, object]]:
    """Return the saved views that are shown as tabs."""
    here = address.query()
    return [
        {"name": view.name, "query": view.query, "current": view.query == here}
        for view in views
        if view.pinned
    ]


def capped(count: int) -> str:
    """Return a count nobody took to its end."""
    return f"{queues.MOST_COUNTED - 1:,}+" if count >= queues.MOST_COUNTED else f"{count:,}"


def chips(address: Address) -> list[dict[str, object]]:
    """Return the filters that are on, by their words, each with the address without it."""
    return [
        {
            "label": TERMS[name].label,
            "value": worded(name, value),
            "query": address.without(name).query(),
        }
        for name, value in address.terms
    ]


def heads(columns: Sequence[str], *, address: Address) -> list[dict[str, object]]:
    """Return the heads of the table; a column that can order the rows says so."""
    may_sort = queues.LISTS[address.view].order == queues.BY_DUE
    found = [{**COLUMNS, **OF_CLOSED}[name] for name in columns]
    return [
        {
            "label": column.label,
            "short": column.short,
            "numeric": column.numeric,
            "sort": column.sort if may_sort else "",
            "current": column.sort == address.sort,
        }
        for column in found
    ]


def shown(
    rows: list[dict[str, Any]],
    *,
    columns: Sequence[str],
    user: User,
    at: datetime,
    boxes: bool = True,
) -> dict[str, object]:
    """Return what turns light rows into words, with *boxes* to select them by.

    Once the reference data is at hand: a query where a row is escalated, one where one is closed.
    """
    chinese = (get_language() or "zh").startswith("zh")
    countries = countries_of(chinese=chinese)
    words = {status: str(label) for status, label in STATUS_LABELS.items()}
    reasons = {name: str(reason) for name, reason in risk.REASONS.items()}
    viewers = presence.viewers_of([row["id"] for row in rows], but=user, at=at)
    escalated = queue_names.escalated_by(rows)
    deciders = queue_names.deciders_of(rows) if "by" in columns else {}
    for row in rows:
        status = Status(row["status"])
        row["country"] = countries.get(row["destination_code"], row["destination_code"])
        row["late"] = row["due_at"] < at and status not in NEVER_LATE
        row["more"] = row["vehicle_count"] - 1
        row["word"] = words[status]
        row["tone"] = TONES[status]
        row["mine"] = row["assignee_id"] == user.pk
        row["exporter"] = exporter_of(row, chinese=chinese)
        row["why"] = reasons.get(row["risk_reason"], "")
        row["viewers"] = " · ".join(each.sentence for each in viewers.get(row["id"], ()))
        row["deciders"] = deciders.get(row["id"])
        row["escalated"] = row["escalated_at"] is not None and status not in FINAL
        row["escalated_by"] = escalated.get(row["reference"], "")
        row["on_hold"] = put_off_until(row, at=at)
    window = window_on(at)
    body = queue_markup.body(rows, columns=columns, window=window, boxes=boxes)
    return {"rows": rows, "body": body, "boxes": boxes}


def put_off_until(row: dict[str, Any], *, at: datetime) -> datetime | None:
    """Return until when a case is put off, ``None`` where it is not."""
    until: datetime | None = row["hold_until"]
    return until if until and until > at and row["status"] not in FINAL else None


def window_on(at: datetime) -> int | None:
    """Return the days within which a letter is needed, up to a minute old."""
    day = legal_day(at)
    key = f"window:{day}"
    found: int | None = cache.get(key, 0)
    if found == 0:
        found = Policy.objects.window_on(day)
        cache.set(key, found, 60)
    return found


def countries_of(*, chinese: bool) -> dict[str, str]:
    """Return the names of all destinations by code, up to a minute old."""
    key = f"destinations:{chinese}"
    found: dict[str, str] | None = cache.get(key)
    if found is None:
        names = Destination.objects.order_by("pk").values_list("pk", "name_zh", "name_en")
        found = {code: zh if chinese else en or zh for code, zh, en in names}
        cache.set(key, found, 60)
    return found


def exporter_of(row: dict[str, Any], *, chinese: bool) -> str:
    """Return the exporter's name in the reader's language; Chinese where no other is known."""
    return str(
        row["exporter__name_zh"]
        if chinese
        else row["exporter__name_en"] or row["exporter__name_zh"]
    )

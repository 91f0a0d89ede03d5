"""Light rows of the queue turned into words."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import get_language

from exports.models import Destination, Policy, User
from exports.rules import legal_day
from reviews import queue_markup, queues
from reviews.casefile import TONES
from reviews.desk_filters import CaseFilter
from reviews.models import STATUS_LABELS
from reviews.states import FINAL, Status

NEVER_LATE = FINAL | {Status.RETURNED}


def tabs(user: User, *, current: str) -> list[dict[str, object]]:
    """Return the tabs of the queue with how many cases each holds."""
    counted = queues.tallies(user)
    return [
        {
            "name": name,
            "label": view.label,
            "tally": capped(counted[name]) if view.counted else "",
            "current": name == current,
        }
        for name, view in queues.VIEWS.items()
    ]


def capped(count: int) -> str:
    """Return a count nobody took to its end."""
    return f"{queues.MOST_COUNTED - 1}+" if count >= queues.MOST_COUNTED else str(count)


def chips(chosen: CaseFilter) -> list[dict[str, object]]:
    """Return the filters that are on, by their words."""
    if not chosen.form.is_valid():
        return []
    return [
        {
            "label": field.label,
            "value": worded(field, chosen.form, name),
            "url": without(chosen.form.data, name),
        }
        for name, field in chosen.form.fields.items()
        if chosen.form.cleaned_data.get(name)
    ]


def without(asked: QueryDict, name: str) -> str:
    """Return the address of the first page with one filter taken off."""
    kept = asked.copy()
    for gone in (name, "before", "after"):
        kept.pop(gone, None)
    return f"?{kept.urlencode()}"


def worded(field: Any, form: Any, name: str) -> str:
    """Return the chosen value of one filter as people read it."""
    value = form.cleaned_data[name]
    return str(dict(getattr(field, "choices", ())).get(value, value))


def shown(rows: list[dict[str, Any]], *, user: User, at: datetime) -> dict[str, object]:
    """Return what turns light rows into words: two queries for the whole page."""
    chinese = (get_language() or "zh").startswith("zh")
    countries = countries_of(chinese=chinese)
    words = {status: str(label) for status, label in STATUS_LABELS.items()}
    for row in rows:
        status = Status(row["status"])
        row["country"] = countries.get(row["destination_code"], row["destination_code"])
        row["late"] = row["due_at"] < at and status not in NEVER_LATE
        row["more"] = row["vehicle_count"] - 1
        row["word"] = words[status]
        row["tone"] = TONES[status]
        row["mine"] = row["assignee_id"] == user.pk
        row["exporter"] = exporter_of(row, chinese=chinese)
    window = Policy.objects.window_on(legal_day(at))
    return {"rows": rows, "body": queue_markup.body(rows, window=window)}


def countries_of(*, chinese: bool) -> dict[str, str]:
    """Return the names of all destinations by code, up to a minute old."""
    key = f"destinations:{chinese}"
    found: dict[str, str] | None = cache.get(key)
    if found is None:
        names = Destination.objects.values_list("pk", "name_zh", "name_en")
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

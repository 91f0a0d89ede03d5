"""The rows of the queue as HTML, joined in Python.

Fifty rows of ten cells through the template engine took most of the page's time; this is the one
place where speed decides how markup is written (``bench/queue.py``). Every value is escaped here.
"""

from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Any, Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

ROW: Final = (
    '<tr{tr_class} data-row><td><input type="checkbox" name="cases" value="{reference}"'
    ' aria-label="{select}"></td>'
    '<td data-label="{l_due}"><span class="nowrap">{due}</span></td>'
    '<th scope="row"><a class="nowrap" href="{url}">{reference}</a></th>'
    '<td data-label="{l_vin}"><span><span class="vin"><span>{vin_1}</span><span>{vin_2}</span>'
    "<span>{vin_3}</span></span>{more}</span></td>"
    '<td data-label="{l_exporter}">{exporter}</td>'
    '<td data-label="{l_destination}"><span>{country} <span class="muted mono">{code}</span></span>'
    "</td>"
    '<td data-label="{l_days}" class="num"><span>{days}</span></td>'
    '<td data-label="{l_checks}"><span class="nowrap tallies">{checks}</span></td>'
    '<td data-label="{l_status}"><span class="tag tag-{tone}">{word}</span></td>'
    '<td data-label="{l_who}">{who}</td></tr>'
)
PLACE: Final = "REFERENCE"
TALLY: Final = (
    '<span class="outcome outcome-{kind}">{icon}{count}<span class="vh"> {word}</span></span> '
)


def body(rows: list[dict[str, Any]], *, window: int | None) -> SafeString:
    """Return the table rows for light *rows* that :func:`reviews.queue_rows.shown` put in words."""
    words = vocabulary()
    return mark_safe("".join(row_markup(row, words=words, window=window) for row in rows))  # noqa: S308 - each value is escaped below


def vocabulary() -> dict[str, str]:
    """Return the words every row repeats, in the active language, escaped once."""
    words = {
        "l_due": _("Due"),
        "l_vin": _("VIN"),
        "l_exporter": _("Exporter"),
        "l_destination": _("Destination"),
        "l_days": _("Youngest, day"),
        "l_checks": _("Checks"),
        "l_status": _("Status"),
        "l_who": _("Who"),
        "late": _("late"),
        "you": _("you"),
        "failed": _("failed"),
        "attention": _("to look at"),
        "passed": _("agree"),
        "select": _("Select {reference}"),
    }
    address = reverse("workbench:case", args=[PLACE])  # resolved once, not once a row
    return {name: escape(word) for name, word in words.items()} | {"address": address}


def row_markup(row: Mapping[str, Any], *, words: dict[str, str], window: int | None) -> str:
    """Return one row."""
    reference, vin = escape(row["reference"]), row["first_vin"]
    return ROW.format(
        **words | {"select": words["select"].format(reference=reference)},
        tr_class=' class="is-late"' if row["late"] else "",
        reference=reference,
        url=words["address"].replace(PLACE, reference),
        due=due(row, words=words),
        vin_1=escape(vin[:3]),
        vin_2=escape(vin[3:9]),
        vin_3=escape(vin[9:]),
        more=f' <span class="muted nowrap">+{row["more"]}</span>' if row["more"] else "",
        exporter=escape(row["exporter"]),
        country=escape(row["country"]),
        code=escape(row["destination_code"]),
        days=days(row["youngest_days"], window=window),
        checks=checks(row, words=words),
        tone=row["tone"],
        word=escape(str(row["word"])),
        who=who(row, words=words),
    )


def due(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return the due time; lateness by mark, word and colour."""
    moment = localtime(row["due_at"])
    if row["late"]:
        shown = f"{moment:%m-%d %H:%M} {words['late']}"
        return f'<span class="outcome outcome-fail">{icon("clock")}{shown}</span>'
    stamp = moment.isoformat(timespec="seconds")
    return f'{icon("clock")} <time datetime="{stamp}">{moment:%Y-%m-%d %H:%M}</time>'


def days(count: int | None, *, window: int | None) -> str:
    """Return the youngest vehicle's day beside the window."""
    if count is None:
        return "–"
    return f'{count}<span class="muted">/{window}</span>' if window else str(count)


def checks(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return how many checks failed, need a look and agree; none of a kind is left out."""
    kinds = (("fail", "failed"), ("attention", "attention"), ("pass", "passed"))
    return "".join(
        TALLY.format(kind=kind, icon=icon(kind), count=row[name], word=words[name])
        for kind, name in kinds
        if row[name]
    )


def who(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return who holds the case."""
    if row["mine"]:
        return f"<strong>{words['you']}</strong>"
    return escape(row["assignee__name"] or "–")


@cache
def icon(name: str) -> str:
    """Return an icon's markup; drawn once a process."""
    return render_to_string("components/icon.html", {"name": name})

"""The rows of the queue as HTML, joined in Python.

Fifty rows of twelve cells through the template engine took most of the page's time; this is the
one place where speed decides how markup is written (``bench/queue.py``). Every value is escaped
here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from html import escape
from typing import Any, Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from reviews.queue_columns import COLUMNS, OF_CLOSED

OPENING: Final = '<tr{tr_class} data-row="{pk}">'
BOX: Final = (
    '<td><input type="checkbox" name="cases" value="{reference}" aria-label="{select}"></td>'
)
CELLS: Final[Mapping[str, str]] = {
    "due": '<td data-label="{l_due}"><span class="nowrap">{due}</span></td>',
    "risk": '<td data-label="{l_risk}">{risk}</td>',
    "reference": '<th scope="row"><a class="nowrap" href="{url}">{reference}</a></th>',
    "vin": '<td data-label="{l_vin}"><span><span class="vin"><span>{vin_1}</span>'
    "<span>{vin_2}</span><span>{vin_3}</span></span>{more}</span></td>",
    "exporter": '<td data-label="{l_exporter}"><span class="clip" title="{exporter}">{exporter}'
    "</span></td>",
    "maker": '<td data-label="{l_maker}"><span class="clip" title="{maker}">{maker}</span></td>',
    "destination": '<td data-label="{l_destination}"><span>{country}'
    ' <span class="muted mono">{code}</span></span></td>',
    "vehicles": '<td data-label="{l_vehicles}" class="num">{vehicles}</td>',
    "days": '<td data-label="{l_days}" class="num"><span>{days}</span></td>',
    "checks": '<td data-label="{l_checks}"><span class="nowrap tallies">{checks}</span></td>',
    "status": '<td data-label="{l_status}"><span><span class="tag tag-{tone}">{word}</span>{marks}'
    "</span></td>",
    "who": '<td data-label="{l_who}"><span>{who} <span class="viewers">{viewers}</span></span>'
    "</td>",
    "closed": '<td data-label="{l_closed}"><span class="nowrap">{closed}</span></td>',
    "by": '<td data-label="{l_by}"><span>{by}</span></td>',
}
PLACE: Final = "REFERENCE"
TALLY: Final = (
    '<span class="outcome outcome-{kind}">{icon}{count}<span class="vh"> {word}</span></span> '
)
HIGH: Final = 60


def body(
    rows: list[dict[str, Any]], *, columns: Sequence[str], window: int | None, boxes: bool
) -> SafeString:
    """Return the table rows for light *rows* that :func:`reviews.queue_rows.shown` put in words.

    With *boxes* each row can be selected.
    """
    words = vocabulary()
    cells = "".join(CELLS[name] for name in columns)
    form = f"{OPENING}{BOX if boxes else ''}{cells}</tr>"
    made = (row_markup(row, form=form, words=words, window=window) for row in rows)
    return mark_safe("".join(made))  # noqa: S308 - each value is escaped below


def vocabulary() -> dict[str, str]:
    """Return the words every row repeats, in the active language, escaped once."""
    labels = {**COLUMNS, **OF_CLOSED}
    words = {f"l_{name}": str(column.label) for name, column in labels.items()} | {
        "late": _("late"),
        "escalated": _("escalated"),
        "by_whom": _("by {person}"),
        "put_off": _("put off until {day}"),
        "second": _("second signature: {person}"),
        "you": _("you"),
        "failed": _("failed"),
        "attention": _("to look at"),
        "passed": _("agree"),
        "select": _("Select {reference}"),
    }
    address = reverse("workbench:case", args=[PLACE])  # resolved once, not once a row
    return {name: escape(word) for name, word in words.items()} | {"address": address}


def row_markup(
    row: Mapping[str, Any], *, form: str, words: dict[str, str], window: int | None
) -> str:
    """Return one row."""
    reference, vin = escape(row["reference"]), escape(row["first_vin"])
    return form.format(
        **words
        | {
            "select": words["select"].format(reference=reference),
            "by": deciders(row, words=words),
        },
        tr_class=' class="is-late"' if row["late"] else "",
        pk=row["id"],
        reference=reference,
        url=words["address"].replace(PLACE, reference),
        due=due(row, words=words),
        risk=risk(row),
        vin_1=vin[:3],
        vin_2=vin[3:11],
        vin_3=vin[11:],
        more=f' <span class="muted nowrap">+{row["more"]}</span>' if row["more"] else "",
        exporter=escape(row["exporter"]),
        maker=escape(row["maker_name"]) or "–",
        country=escape(row["country"]),
        code=escape(row["destination_code"]),
        vehicles=row["vehicle_count"],
        days=days(row["youngest_days"], window=window),
        checks=checks(row, words=words),
        tone=row["tone"],
        word=escape(str(row["word"])),
        marks=marks(row, words=words),
        closed=stamp(row["closed_at"]) if row["closed_at"] else "–",
        who=who(row, words=words),
        viewers=escape(row["viewers"]),
    )


def due(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return the due time; lateness by mark, word and colour."""
    moment = localtime(row["due_at"])
    if row["late"]:
        mark, word = icon("attention"), words["late"]
        return (
            f'<span class="outcome outcome-fail">{mark}{moment:%m-%d %H:%M}</span>'
            f' <span class="outcome-fail late">{word}</span>'
        )
    return stamp(moment)


def stamp(moment: datetime) -> str:
    """Return a moment as a reader and a machine read it."""
    here = localtime(moment)
    exact = here.isoformat(timespec="seconds")
    this_year = here.year == localtime().year
    return f'<time datetime="{exact}">{here:{"%m-%d %H:%M" if this_year else "%Y-%m-%d"}}</time>'


def marks(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return what else one must know of a case: given up to the seniors by whom, put off how long.

    ``on_hold`` is the moment until which it is put off.
    """
    said = ""
    if row["escalated"]:
        by = (
            words["by_whom"].format(person=escape(row["escalated_by"]))
            if row["escalated_by"]
            else ""
        )
        said += f' <span class="tag tag-warn">{words["escalated"]}</span>'
        said += f' <span class="muted small">{by}</span>' if by else ""
    if row["on_hold"]:
        until = words["put_off"].format(day=f"{localtime(row['on_hold']):%m-%d}")
        said += f' <span class="tag tag-neutral">{until}</span>'
    return said


def deciders(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return who decided a closed case, and who gave the second signature."""
    found = row["deciders"]
    if found is None:
        return "–"
    second = words["second"].format(person=escape(found.second)) if found.second else ""
    return escape(found.first) + (f' <span class="muted small">{second}</span>' if second else "")


def risk(row: Mapping[str, Any]) -> str:
    """Return the risk with its first reason; a high one is bold, not only coloured."""
    why = escape(row["why"])
    number = f"<strong>{row['risk']}</strong>" if row["risk"] >= HIGH else str(row["risk"])
    shown = f' <span class="muted small why" title="{why}">{why}</span>' if why else ""
    return f"<span>{number}{shown}</span>"


def days(count: int | None, *, window: int | None) -> str:
    """Return the youngest vehicle's day beside the window."""
    if count is None:
        return "–"
    return f'{count}<span class="muted">/{window}</span>' if window else str(count)


def checks(row: Mapping[str, Any], *, words: Mapping[str, str]) -> str:
    """Return how many checks agree, need a look and failed; none of a kind is left out."""
    kinds = (("pass", "passed"), ("attention", "attention"), ("fail", "failed"))
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

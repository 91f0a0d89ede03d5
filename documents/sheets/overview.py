"""What the pages of the import show of a spreadsheet."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import Document, Sheet, SheetRow
from documents.sheets.cells import shown
from documents.sheets.grouping import groups_of, warnings_of
from documents.sheets.saving import Plan
from documents.sheets.wording import broken, is_choice, remarks_of
from exports.models import Application, Destination, Port, User, Vehicle
from exports.policies import WRITERS

STEPS: Final = (
    ("file", gettext_lazy("File")),
    ("columns", gettext_lazy("Columns")),
    ("fix", gettext_lazy("Fix")),
    ("check", gettext_lazy("Preview")),
    ("done", gettext_lazy("Done")),
)
MOST_GROUPS: Final = 20
MOST_BATCHES: Final = 60
MOST_NAMED: Final = 12
LABELS: Final = {
    Sheet.State.RECEIVED: gettext_lazy("Reading the file"),
    Sheet.State.CHECKING: gettext_lazy("Checking the rows"),
    Sheet.State.SAVING: gettext_lazy("Saving vehicles and drafts"),
}
TONES: Final = {
    Sheet.State.BROKEN: "bad",
    Sheet.State.DEAD: "bad",
    Sheet.State.COLUMNS: "info",
    Sheet.State.CHECKED: "info",
}
State = SheetRow.State


def steps(here: str) -> list[dict[str, str]]:
    """Return the way of an import, standing at *here*."""
    names = [name for name, _label in STEPS]
    at = names.index(here)
    places = ["done" if n < at else "current" if n == at else "todo" for n in range(len(names))]
    return [
        {"label": str(label), "state": place}
        for (_name, label), place in zip(STEPS, places, strict=True)
    ]


def counts_of(sheet: Sheet) -> dict[str, int]:
    """Return how many rows stand where: one query."""
    wanted = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    exempt = Count("pk", filter=Q(exempt=True, state__in=[*SheetRow.OPEN, State.SAVED]))
    changed = Count("pk", filter=Q(state=State.KNOWN) & ~Q(differs=[]))
    found: dict[str, int] = sheet.rows.aggregate(**wanted, exempt=exempt, changed=changed)
    return found | {"open": found["ready"] + found["known"]}


def of(sheet: Sheet, *, here: str = "") -> dict[str, Any]:
    """Return what the pages of a checked *sheet* show; a fixed number of queries."""
    counts = counts_of(sheet)
    groups = groups_of(sheet) if counts["bad"] else []
    at = here or ("fix" if counts["bad"] or counts["open"] else "done")
    drafts = Application.objects.filter(
        pk__in=sheet.rows.filter(application__isnull=False).values("application")
    )
    return {
        "sheet": sheet,
        "counts": counts,
        "groups": groups[:MOST_GROUPS],
        "more_groups": max(len(groups) - MOST_GROUPS, 0),
        "warnings": warnings_of(sheet)[:MOST_GROUPS] if counts["ready"] else [],
        "apart": apart(sheet),
        "lists": lists_for(groups),
        "remarks": remarks_of(sheet.remarks),
        "steps": steps(at),
        "drafts": list(drafts.order_by("-pk")[:MOST_NAMED]) if counts["saved"] else [],
        "draft_count": drafts.count() if counts["saved"] else 0,
    }


def lists_for(groups: Iterable[Any]) -> dict[str, Any]:
    """Return what one may choose from in the bad cells, for the fields that occur."""
    fields = {group.first["field"] for group in groups}
    lists: dict[str, Any] = {}
    if "destination" in fields:
        lists["destinations"] = list(Destination.objects.all())
    if "port" in fields:
        lists["ports"] = list(Port.objects.all())
    choices: dict[str, Any] = {}
    for name in filter(is_choice, fields):
        field: Any = Vehicle._meta.get_field(name)
        choices[name] = list(field.choices)
    return lists | {"choices": choices}


def apart(sheet: Sheet) -> list[SheetRow]:
    """Return some of the rows that need nobody: twice in the file, or under way."""
    rows = sheet.rows.filter(state__in=(State.TWICE, State.LIVE))
    return list(rows.order_by("number", "pk")[:MOST_NAMED])


def working(sheet: Sheet) -> dict[str, Any]:
    """Return how far the work on *sheet* is, with the first problems."""
    finished = sheet.state not in Sheet.WORKING
    done, total = sheet.done, sheet.total
    if sheet.state == Sheet.State.SAVING:
        counts = counts_of(sheet)
        done, total = counts["saved"], counts["saved"] + counts["open"]
    waits = ""
    if sheet.hindrance == Document.Hindrance.SCANNER:
        waits = _("The virus scanner cannot be reached. We try again.")
    return {
        "sheet": sheet,
        "label": _("Finished") if finished else str(LABELS[Sheet.State(sheet.state)]),
        "done": done,
        "total": total,
        "waits": waits,
        "finished": finished,
        "groups": groups_of(sheet)[:5] if sheet.state == Sheet.State.CHECKING else [],
        "steps": steps("fix" if sheet.state == Sheet.State.CHECKING else "check"),
        "poll": reverse("portal:sheet_progress", args=[sheet.key]),
    }


def closed(sheet: Sheet, user: User) -> dict[str, Any]:
    """Return what a page says about a spreadsheet that cannot be worked on."""
    sentences = {
        Sheet.State.BROKEN: broken(sheet.problem),
        Sheet.State.DEAD: _("We could not work on the file. Upload it once more."),
        Sheet.State.COLUMNS: _("Somebody who may write has to say what the columns hold."),
    }
    said = sentences.get(Sheet.State(sheet.state), str(sheet.get_state_display()))
    return {"sheet": sheet, "said": said, "may_write": user.role in WRITERS}


def listed(sheets: list[Sheet]) -> list[dict[str, Any]]:
    """Return what the list shows of each of *sheets*: one query for all."""
    wanted = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    rows = SheetRow.objects.filter(sheet__in=sheets).values("sheet").annotate(**wanted)
    counts = {row["sheet"]: row for row in rows}
    return [
        {
            "sheet": sheet,
            "counts": counts.get(sheet.pk, {}),
            "tone": TONES.get(Sheet.State(sheet.state), "neutral"),
        }
        for sheet in sheets
    ]


def columns_with_samples(sheet: Sheet, form: forms.Form) -> list[dict[str, Any]]:
    """Return each column's field with what stands in the first rows."""
    rows = list(sheet.rows.order_by("number", "pk").values_list("cells", flat=True)[:3])
    return [
        {
            "field": form[f"c{at}"],
            "samples": [shown(cells[at])[:40] for cells in rows if at < len(cells)],
        }
        for at in range(len(sheet.heads))
        if f"c{at}" in form.fields
    ]


def planned(plan: Plan) -> dict[str, Any]:
    """Return the drafts that will be made, places in words: two queries."""
    keys = [batch.key for batch in plan.batches]
    countries = Destination.objects.in_bulk({key[0] for key in keys})
    ports = Port.objects.in_bulk({key[1] for key in keys if key[1]})
    batches = [
        {
            "destination": countries.get(batch.key[0], batch.key[0]),
            "port": ports.get(batch.key[1], ""),
            "contract_number": batch.key[2],
            "hs_code": batch.key[3],
            "maker_name": batch.key[4],
            "count": len(batch.rows),
        }
        for batch in plan.batches[:MOST_BATCHES]
    ]
    return {
        "plan": plan,
        "batches": batches,
        "more_batches": max(len(plan.batches) - MOST_BATCHES, 0),
    }

"""What the pages of many vehicles show: the preview, the drafts to join, what was refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from exports.batching import plan_for
from exports.fleet_many import Foreseen
from exports.models import MOST_VEHICLES, Application, Exporter, Vehicle

# A page of 500 rows would be too heavy; the counts above the table hold for all.
SHOWN: Final = 100
DRAFTS_OFFERED: Final = 10
FIELDS: Final = {field.name: field for field in Vehicle._meta.fields}


@dataclass(frozen=True, slots=True)
class Preview:
    """What facts would do to the chosen vehicles: counts, and the rows worth reading first."""

    rows: list[dict[str, Any]]
    changing: int
    alike: int
    held: int
    more: int


def preview_of(foreseen: Iterable[Foreseen]) -> Preview:
    """Sort *foreseen*: what is held or doubtful first, what changes then, what stays not at all."""
    every = list(foreseen)
    held = [each for each in every if each.held_by is not None]
    open_to = [each for each in every if each.held_by is None]
    changing = [each for each in open_to if each.changes]
    listed = held + sorted(changing, key=lambda each: not each.doubts)
    return Preview(
        rows=[row_of(each) for each in listed[:SHOWN]],
        changing=len(changing),
        alike=len(open_to) - len(changing),
        held=len(held),
        more=max(len(listed) - SHOWN, 0),
    )


def row_of(foreseen: Foreseen) -> dict[str, Any]:
    """Return one vehicle as the preview shows it, in the reader's words."""
    return {
        "vin": foreseen.vehicle.vin,
        "held_by": foreseen.held_by,
        "doubts": foreseen.doubts,
        "changes": [
            {"label": label_of(name), "before": shown(name, before), "after": shown(name, after)}
            for name, before, after in foreseen.changes
        ],
    }


def label_of(name: str) -> str:
    """Return the label of the fact *name*."""
    return capfirst(str(FIELDS[name].verbose_name))


def shown(name: str, value: object) -> str:
    """Return *value* of the fact *name* in words; a dash for nothing."""
    choices = dict(FIELDS[name].flatchoices)
    return str(choices.get(value, "" if value is None else value)) or "–"


def facts_shown(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return *facts* as label and value in the reader's words."""
    return [(label_of(name), shown(name, value)) for name, value in facts.items()]


def refusals_shown(refused: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the VINs that were left as they are, each with the reason in the reader's language."""
    return [(vin, _(kept["text"]) % kept["facts"]) for vin, kept in list(refused.items())[:SHOWN]]


def draft_choices(exporter: Exporter, vehicles: list[Vehicle]) -> list[dict[str, Any]]:
    """Return the newest drafts that some of *vehicles* would fit into, and how many of them."""
    drafts = Application.objects.drafts().filter(exporter=exporter).select_related("destination")
    offered = []
    for draft in drafts.order_by("-pk")[:DRAFTS_OFFERED]:
        plan = plan_for(vehicles, into=draft)
        if plan.count:
            there = draft.lines.count()
            offered.append({"draft": draft, "joining": plan.count, "there": there})
    return [each | {"most": MOST_VEHICLES} for each in offered]

"""The history of one row of a stock page: what the ledger says of it, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import Event
from exports.paging import KeysetPage, page_of

VERBS: Final[dict[str, Promise]] = {
    "added": _("Added"),
    "changed": _("Changed"),
    "registered": _("Registered"),
    "admitted": _("Admitted"),
    "drafted": _("Drafted"),
    "amended": _("Draft changed"),
    "enacted": _("Enacted"),
    "uploaded": _("Uploaded"),
    "applied": _("Applied"),
    "taken_back": _("Taken back"),
    "retired": _("Retired"),
    "trusted": _("Trusted"),
    "withdrawn": _("Withdrawn"),
    "password_set": _("New password set"),
    "retried": _("To be tried again"),
}


@dataclass(frozen=True)
class Change:
    """One value before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One act as the history shows it."""

    at: datetime
    who: str
    what: str
    changes: list[Change]
    why: str


def history_of(
    model: type[Model], subject: tuple[str, str], *, before: str
) -> tuple[list[Entry], KeysetPage[Event]]:
    """Return one page of the acts on *subject*, newest first, and the page itself: one query."""
    kind, key = subject
    page = page_of(Event.objects.filter(subject=kind, subject_key=key), before=before)
    return [entry_of(event, model=model) for event in page.rows], page


def entry_of(event: Event, *, model: type[Model]) -> Entry:
    """Tell one act."""
    verb = event.action.rpartition(".")[2]
    names = sorted(event.before.keys() | event.after.keys())
    return Entry(
        at=event.at,
        who=" · ".join(filter(None, [event.actor, event.on_behalf_of])),
        what=str(VERBS.get(verb, event.action)),
        changes=[
            Change(
                label_of(model, name), shown(event.before.get(name)), shown(event.after.get(name))
            )
            for name in names
        ],
        why=event.note,
    )


def label_of(model: type[Model], field: str) -> str:
    """Return the name of a field as people read it, its own where the row has no such field."""
    try:
        found = model._meta.get_field(field)
    except FieldDoesNotExist:
        return field
    return str(getattr(found, "verbose_name", field))


def shown(value: Any) -> str:
    """Return a kept value as people read it."""
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "–"
    return "–" if value in (None, "") else str(value)

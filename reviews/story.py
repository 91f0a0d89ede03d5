"""The ledger of one application told to its exporter: what happened, when, and by whom.

Whatever the office does among itself is left out, and so are the notes its people write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.models import Application, Event

MOST_EVENTS: Final = 200
SENTENCES: Final[Mapping[str, Promise]] = {
    "application.opened": gettext_lazy("Draft opened"),
    "application.amended": gettext_lazy("Terms changed"),
    "application.discarded": gettext_lazy("Draft discarded"),
    "application.filed": gettext_lazy("Application filed"),
    "application.corrected": gettext_lazy("Terms corrected as the office asked"),
    "line.added": gettext_lazy("Vehicle added: %(vin)s"),
    "line.removed": gettext_lazy("Vehicle taken out: %(vin)s"),
    "document.attached": gettext_lazy("Paper added"),
    "document.detached": gettext_lazy("Paper taken out"),
    "case.checked": gettext_lazy("Checks finished; the office has the application"),
    "case.taken_out": gettext_lazy(
        "Vehicle %(vin)s taken out by the office; it goes on as application %(reference)s"
    ),
    "case.split_off": gettext_lazy(
        "Vehicle %(vin)s taken out of application %(reference)s; filing day and papers are kept"
    ),
    "case.returned": gettext_lazy("The office asks for information or correction"),
    "case.checking": gettext_lazy("Questions answered; every check runs again"),
    "case.issued": gettext_lazy("Export licence granted"),
    "licence.issued": gettext_lazy("Licence %(number)s issued"),
    "licence.revoked": gettext_lazy("Licence revoked"),
    "licence.expired": gettext_lazy("Licence expired"),
    "case.refused": gettext_lazy("Application refused"),
    "case.withdrawn": gettext_lazy("Application withdrawn"),
    "case.lapsed": gettext_lazy("Application lapsed: no answer in time"),
}
BAD: Final = frozenset({"case.refused", "case.lapsed", "licence.revoked"})
# The note was written by the exporter, or told to it when it was written.
NOTES_SHOWN: Final = frozenset({"case.withdrawn", "licence.revoked"})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the timeline component takes it."""

    when: datetime
    what: str
    who: str
    note: str
    bad: bool


def story_of(application: Application) -> list[Item]:
    """Return what happened to *application*, newest first: one query."""
    events = Event.objects.filter(
        subject__in=["application", "case"],
        subject_key=application.reference,
        action__in=SENTENCES,
    )
    return [item_of(event, application) for event in events.order_by("-seq")[:MOST_EVENTS]]


def item_of(event: Event, application: Application) -> Item:
    """Tell one event."""
    return Item(
        when=event.at,
        what=sentence_of(event),
        who=who_acted(event, application),
        note=event.note if event.action in NOTES_SHOWN else "",
        bad=event.action in BAD,
    )


def who_acted(event: Event, application: Application) -> str:
    """Return who acted: of the reader's company the person, of the office only its name."""
    exporter, office = application.exporter, application.office
    if not event.actor_key:
        return _("the system")
    if event.on_behalf_of in (exporter.name_zh, exporter.name_en):
        return event.actor
    return office.name if event.on_behalf_of == office.name_zh else event.on_behalf_of


def sentence_of(event: Event) -> str:
    """Return what *event* tells, with the facts its sentence names."""
    facts = {"vin": "", "number": "", "reference": "", **event.before, **event.after}
    return str(SENTENCES[event.action]) % facts
